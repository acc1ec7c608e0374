"""People and organizations as other programs have them: what a note says, its section of notes, its picture."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.fences import split_note
from prmvault.core.file_names import collision_key, stem_of
from prmvault.core.fill import plain
from prmvault.core.identity import uid_of_note
from prmvault.core.notes_section import notes_of
from prmvault.core.people import linked_name
from prmvault.core.problems import PrmvaultError
from prmvault.interop.drafts import ATTACHMENTS
from prmvault.vault.files import decode_note, inside, read_file

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note, Value

_TYPES = ("person", "organization")
_MAX_FILE = 20 * 1024 * 1024


class Card(NamedTuple):
    """A note as it is given to other programs: its fields with name and uid, its notes, the data of its picture.

    `stem` is the name of its file, without ending; `files` are those that raw lines stand in, by name.
    """

    stem: str
    kind: str
    name: str
    fields: Mapping[str, Value]
    notes: str = ""
    photo: bytes | None = None
    files: Mapping[str, bytes] = {}


def cards(vault: Vault, chosen: Collection[str] | None = None) -> list[Card]:
    """Return the people and organizations of the vault, or those at the paths that are chosen, in order."""
    found: list[Card] = []
    taken: set[str] = set()
    for note in _notes(vault, chosen):
        card = card_of_note(vault, note)
        stem, number = card.stem, 1
        while collision_key(stem) in taken:
            number += 1
            stem = f"{card.stem} ({number})"
        taken.add(collision_key(stem))
        found.append(card._replace(stem=stem))
    return found


def card_of_note(vault: Vault, note: Note) -> Card:
    """Return one note as a card. A note without uid has one that is always the same for its path."""
    from prmvault.interop.vcard_write import files_of

    fields: dict[str, Value] = {key: plain(value) for key, value in note.fields.items()}
    fields["name"] = note.title
    fields["uid"] = fields.get("uid") or uid_of_note(note.path)
    photo = None
    named = fields.get("photo", "")
    if isinstance(named, str) and named:
        photo = _data(vault, linked_name(named))
    data = {name: _data(vault, ATTACHMENTS + name) for name in files_of(fields)}
    files = {name: each for name, each in data.items() if each is not None}
    return Card(stem_of(note.path), note.type, note.title, fields, _notes_text(vault, note.path), photo, files)


def _notes(vault: Vault, chosen: Collection[str] | None) -> Iterator[Note]:
    for name in _TYPES:
        if chosen is None:
            yield from vault.facts.notes(name)
    for path in sorted(chosen or ()):
        note = vault.facts.note(path)
        if note is not None and note.type in _TYPES:
            yield note


def _notes_text(vault: Vault, path: str) -> str:
    try:
        text, _ = decode_note(path, read_file(vault.root, path).data)
    except OSError:
        return ""
    return notes_of(split_note(text).body)


def _data(vault: Vault, path: str) -> bytes | None:
    """Return what an attachment holds; None where it is missing, outside of the vault, or too large for a card."""
    try:
        target = inside(vault.root, path)
        if os.path.islink(target) or not os.path.isfile(target) or os.path.getsize(target) > _MAX_FILE:
            return None
        with open(target, "rb") as file:
            return file.read(_MAX_FILE)
    except (OSError, ValueError, PrmvaultError):
        return None
