"""The way that a card goes through a vault and back: card → draft → text of a note → what is read in it → card."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

from prmvault.core.edit import set_value
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.interop.content_lines import Line, card_lines
from prmvault.interop.content_split import RawCard, split_cards
from prmvault.interop.vcard_canonical import canonical, units_of
from prmvault.interop.vcard_read import read_all
from prmvault.interop.vcard_write import files_of, write_card

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from prmvault.core.model import Value
    from prmvault.interop.drafts import Draft


def card_of(*properties: str, version: str = "3.0") -> bytes:
    """Return a card of these lines."""
    lines = ["BEGIN:VCARD", f"VERSION:{version}", *properties, "END:VCARD"]
    return "".join([f"{line}\r\n" for line in lines]).encode("utf-8", "surrogatepass")


def draft_of(*properties: str, version: str = "3.0") -> Draft:
    """Return the draft of a card of these lines, which has no problem."""
    reading = read_all(card_of(*properties, version=version), "a.vcf")
    assert reading.problems == ()
    return reading.drafts[0]


def problems_of(data: bytes) -> list[str]:
    return [str(problem) for problem in read_all(data, "a.vcf").problems]


def lines_of(data: bytes) -> list[list[Line]]:
    """Return the properties of every card that says something."""
    cards = [part for part in split_cards(io.BytesIO(data), "a.vcf") if isinstance(part, RawCard)]
    return [lines for card in cards if (lines := card_lines(card, "a.vcf")[0])]


def canonical_card(lines: Iterable[Line]) -> Counter[Hashable]:
    """Return what a whole card means; the same nickname, category or note twice is there once."""
    return Counter({meant: 1 for unit in units_of(lines) if (meant := canonical(unit)) is not None})


def meaning_of(data: bytes) -> list[Counter[Hashable]]:
    return [meant for lines in lines_of(data) if (meant := canonical_card(lines))]


def note_of(draft: Draft) -> str:
    """Return the front matter of a draft's note, as an import writes it."""
    text = ""
    for key, value in draft.fields.items():
        text = set_value(text, (key,), value)
    return text


def read_back(text: str) -> dict[str, Value]:
    front = parse_front_matter("people/A.md", text, split_note(text))
    assert front.readable
    assert front.problems == ()
    return front.values


def written(draft: Draft, version: str, fields: dict[str, Any] | None = None) -> str:
    """Return the card of the note that a draft has become; `fields` are what it has now, if it was changed."""
    values = read_back(note_of(draft)) if fields is None else fields
    data = {attachment.name: attachment.data for attachment in draft.attachments}
    photo = data.get(str(values.get("photo", "")).removeprefix("attachments/"))
    files = {name: data[name] for name in files_of(values)}
    return write_card(values, draft.notes, photo, version, kind=draft.kind, files=files)


def lost(data: bytes, version: str) -> list[Hashable]:
    """Return what the cards of `data` say and those that have been through the vault do not."""
    drafts = read_all(data, "a.vcf").drafts
    before = meaning_of(data)
    assert len(drafts) == len(before)
    gone: list[Hashable] = []
    for draft, meant in zip(drafts, before, strict=True):
        after = meaning_of(written(draft, version).encode())
        assert len(after) == 1
        gone += (meant - after[0]).elements()
    return gone
