"""A person's note as a card, and what becomes of both when the folder's card says something else."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.fences import split_note
from prmvault.core.file_names import stem_of
from prmvault.core.merge_values import Lost
from prmvault.core.notes_section import HEADINGS, notes_of, replaced_notes
from prmvault.core.phones import phone_reader, region_of
from prmvault.core.problems import PrmvaultError
from prmvault.interop.card_edit import front_of, with_card
from prmvault.interop.card_sync import Bases, Card, card_of, differing, is_up_to_date, merge_cards
from prmvault.interop.drafts import ATTACHMENTS, Attachment, Draft
from prmvault.interop.vcard_read import read_all
from prmvault.interop.vcard_write import files_of, write_card
from prmvault.vault.files import inside, read_file, stats_of
from prmvault.vault.refresh import content_hash

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note, Value

_MAX_PHOTO = 32 * 1024 * 1024


class Whose(NamedTuple):
    """The note that a card is of; `uid` is what it has or is to get."""

    path: str
    kind: str
    uid: str


class Told(NamedTuple):
    """A note as a card: the text of the card, and what it says."""

    text: str
    card: Card


class Settled(NamedTuple):
    """What becomes of a person: the new text of the note, the files that it needs, and the card.

    `card` is empty where the folder may keep its own; `bases` are what both sides say then; `lost` is what the folder
    said otherwise.
    """

    text: str
    attachments: tuple[Attachment, ...]
    card: str
    bases: Bases
    lost: tuple[Lost, ...]


def told_by(root: str, whose: Whose, text: str, draft: Draft | None = None) -> Told:
    """Return the card of a note with this `text`; what it names and is not on this machine is taken from `draft`."""
    values = front_of(text)
    spare = {each.name: each.data for each in draft.attachments} if draft else {}
    fields: dict[str, Value] = {**values, "name": values.get("name") or stem_of(whose.path), "uid": whose.uid}
    photo = _photo(root, values.get("photo", ""))
    if photo is None and values.get("photo"):
        photo = next((each.data for each in draft.attachments if each.key == "photo"), None) if draft else None
    files = {name: data for name in files_of(fields) if (data := _file(root, ATTACHMENTS + name, spare.get(name)))}
    card = write_card(fields, notes_of(split_note(text).body), photo, "3.0", kind=whose.kind, files=files)
    drafts = read_all(card.encode(), whose.path).drafts
    if len(drafts) != 1:
        raise PrmvaultError(f"{whose.path} can't be written as a card")
    return Told(card, card_of(drafts[0]))


def settled(vault: Vault, whose: Whose, text: str, draft: Draft, bases: Bases | None) -> Settled:
    """Bring a note and the folder's card together.

    Raises PrmvaultError where the note can't be changed so, or would not say all that it has to.
    """
    root, settings = vault.root, vault.settings
    before = told_by(root, whose, text, draft)
    theirs = card_of(draft)
    phone_of = phone_reader(region_of(settings.region, settings.language))
    merged = merge_cards(bases, before.card, theirs, phone_of)
    log_headings = tuple(each.casefold() for each in settings.log_headings)
    with_notes = partial(replaced_notes, heading=heading_of(vault), log_headings=log_headings)
    new = with_card(text, before.card, merged.card, merged.lost, with_notes)
    after = before if new == text else told_by(root, whose, new, draft)
    if differing(merged.card, after.card):  # A key was made of another one, as the parts of a name are of the name.
        new = with_card(new, after.card, merged.card, (), with_notes)
        after = told_by(root, whose, new, draft)
    needed = tuple([each for each in draft.attachments if each.name in new])
    _refuse_loss(whose, merged.card, after.card)
    if draft.fields.get("uid") == whose.uid and is_up_to_date(bases, after.card, theirs):
        return Settled(new, needed, "", Bases(after.card, theirs), merged.lost)
    return Settled(new, needed, after.text, Bases(after.card, after.card), merged.lost)


def heading_of(vault: Vault) -> str:
    """Return how a new section of notes is called in this vault."""
    return HEADINGS.get(vault.settings.language[:2], HEADINGS["en"])


def stamp_of(vault: Vault, note: Note) -> str:
    """Return what tells that a note, or the picture that it names, has changed."""
    return _stamp(vault.root, vault.facts.hash_of(note.path) or b"", note.fields.get("photo", ""))


def stamp_of_text(vault: Vault, text: str) -> str:
    """Return what `stamp_of` says of a note with this text."""
    return _stamp(vault.root, content_hash(text.encode()), front_of(text).get("photo", ""))


def _stamp(root: str, content: bytes, photo: object) -> str:
    path = _photo_path(photo)
    picture = stats_of(root, path) if path else None
    return f"{content.hex()} {picture[0]} {picture[2]}" if picture else content.hex()


def _refuse_loss(whose: Whose, wanted: Card, told: Card) -> None:
    """Refuse to go on where the note would not say something that it has to: both sides stay as they are."""
    missing = [key for key in differing(wanted, told) if key in wanted.fields]
    if wanted.notes != told.notes:
        missing.append("notes")
    if missing:
        message = f"{whose.path} can't take over {', '.join(missing)} from its card; both stay as they are"
        raise PrmvaultError(message, hint="change it by hand on one side")


def _photo(root: str, value: Value) -> bytes | None:
    path = _photo_path(value)
    return _file(root, path, None, most=_MAX_PHOTO) if path else None


def _photo_path(value: object) -> str:
    """Return the path in the vault that `photo` names, as a path or as a link of Obsidian's."""
    if not isinstance(value, str) or "://" in value:
        return ""
    name = value.strip().removeprefix("!").removeprefix("[[").removesuffix("]]").partition("|")[0].strip()
    return name if "/" in name or not name else ATTACHMENTS + name


def _file(root: str, path: str, spare: bytes | None, *, most: int = _MAX_PHOTO) -> bytes | None:
    """Return what a file of the vault holds; what is not there, or outside of the vault, is `spare`."""
    try:
        content = read_file(root, os.path.relpath(inside(root, path), os.path.realpath(root)), most=most)
    except (OSError, PrmvaultError):
        return spare
    return content.data if len(content.data) <= most else spare
