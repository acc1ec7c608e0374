"""Reading vCards of any version into drafts, such that nothing is lost.

Each property becomes a key of the front matter; then the property is made of the key again. If it does not say the
same (`vcard_canonical`), the line is kept under `vcard:` as well: with X-PRMVAULT-KEY where a key holds what it says in
other words (the line counts as long as the key is not changed), without where no key does.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from prmvault.core.model import Value
from prmvault.core.problems import Problem
from prmvault.interop.content_lines import BINARY, Line, card_lines, is_binary, line_text, media_type
from prmvault.interop.content_split import RawCard, split_cards
from prmvault.interop.drafts import Attachment, Draft, Reading, gathered
from prmvault.interop.vcard_canonical import FILE_PARAM, KEY_PARAM, Unit, binary_data, canonical, units_of
from prmvault.interop.vcard_facts import Fact, compact, content_hash, photo_name, place_of
from prmvault.interop.vcard_fields import facts_of
from prmvault.interop.vcard_generate import unit_of
from prmvault.interop.vcard_values import one_line, partial_date, unescape

_DATES = ("BDAY", "DEATHDATE", "ANNIVERSARY", "X-ANNIVERSARY", "X-ABDATE")
_WEB = ("http://", "https://")
_MEMBERS = ("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER")
_MAX_RAW_LINE = 2000
_MAX_RAW = 30_000
_MAX_FACTS = 60_000
"""Characters: front matter is read up to 131,072 of them, and the user needs room, too."""

_ENDINGS = {"application/pgp-keys": "asc", "image/svg+xml": "svg", "audio/ogg": "ogg", "audio/mpeg": "mp3"}


def read_vcards(data: bytes | BinaryIO, source: str) -> Iterator[Draft | Problem]:
    """Yield a draft for each card in `data`, and what was wrong, in the order of the file.

    `source` is the file's name, for the drafts and problems. One card at a time is in memory. Raises nothing for any
    content.
    """
    for part in split_cards(io.BytesIO(data) if isinstance(data, bytes) else data, source):
        if isinstance(part, Problem):
            yield part
        else:
            yield from _read_card(part, source)


def read_all(data: bytes | BinaryIO, source: str) -> Reading:
    """Return all drafts and problems of `data` at once."""
    return gathered(read_vcards(data, source))


class _Card:
    """A card on its way to a draft: what was taken from it so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.facts: list[Fact] = []
        self.size = 0
        self.raw: list[str] = []
        self.taken: set[tuple[str, str]] = set()
        self.seen: set[object] = set()
        self.attachments: dict[str, Attachment] = {}
        self.members: list[Unit] = []
        self.problems: list[Problem] = []

    def first(self, key: str) -> Value:
        return next((fact.value for fact in self.facts if fact.key == key), "")


def _read_card(raw: RawCard, source: str) -> Iterator[Draft | Problem]:
    lines, problems = card_lines(raw, source)
    card = _Card(source)
    for unit in units_of([line.without(KEY_PARAM, FILE_PARAM) for line in lines]):
        _take(card, unit)
    yield from problems
    yield from card.problems
    if card.facts or card.raw or card.attachments or card.members:
        yield _draft(card, raw.line)
    else:
        yield Problem(source, raw.line, "bad-vcard", "the vCard says nothing and is left out", "")


def _take(card: _Card, unit: Unit) -> None:
    """Take what a unit says: as facts, as raw lines, or as both where facts alone say it differently."""
    meant = canonical(unit)
    if meant is None or meant in card.seen:
        return
    card.seen.add(meant)
    line = unit.lines[0]
    if line.key in _MEMBERS and len(unit.whole) == 1:
        card.members.append(unit)
        return
    facts = facts_of(unit)
    size = sum([len(str(fact.value)) for fact in facts if fact.key != "notes"])
    if any(place_of(fact) in card.taken for fact in facts) or card.size + size > _MAX_FACTS:
        facts = []
    else:
        _tell_what_is_odd(card, unit, facts)
    card.size += size if facts else 0
    photo = binary_data(line) if facts and facts[0].key == "photo" else None
    if photo:
        name = photo_name(photo)
        card.attachments[name] = Attachment(name, photo, _photo_type(name), "photo")
    card.facts += facts
    card.taken.update([place for fact in facts if (place := place_of(fact))[0]])
    made = [made for fact in facts if (made := unit_of(fact, "3.0", photo))]
    if len(made) != 1 or canonical(made[0]) != meant:
        _keep_raw(card, unit, facts[0].key if facts else "")


def _tell_what_is_odd(card: _Card, unit: Unit, facts: list[Fact]) -> None:
    """Tell what the user may want to repair in the note: the line itself is kept in any case."""
    line = unit.lines[0]
    text = unescape(line.value).strip()
    is_text = next(iter(line.param("VALUE")), "").lower() == "text"
    told, code, hint = "", "bad-vcard", ""
    if line.key == "FN" and "\n" in text:
        told = "the name has a line break, which is read as a blank"
    elif facts:
        return
    elif line.key == "FN" and len(text) > _MAX_RAW_LINE:
        told, code = "the name is too long for a note and is kept in attachments/", "too-large"
        hint = "look at what made this file"
    elif line.key in BINARY and is_binary(line) and binary_data(line) is None:
        told = f"{line.key} is no base64 and is kept as it is"
    elif line.key == "PHOTO" and not is_binary(line) and not text.lower().startswith(_WEB):
        told = f'the photo is not in the vCard, but said to be at "{one_line(text)[:60]}"; it is not fetched'
    elif line.key in _DATES and not is_text and partial_date(text) is None:
        told, code = f'{line.key} "{one_line(text)[:40]}" is no date and is kept as it is', "bad-date"
        hint = "write YYYY-MM-DD in the note"
    if told:
        card.problems.append(Problem(card.source, line.number, code, told, hint))


def _keep_raw(card: _Card, unit: Unit, key: str) -> None:
    for number, line in enumerate(unit.whole):
        kept = _with_file(card, line)
        if key and number == 0:
            kept = kept._replace(params=((KEY_PARAM, (key,)), *kept.params))
        card.raw.append(line_text(kept))


def _with_file(card: _Card, line: Line) -> Line:
    """Return the line with its value in a file where it is long, so that the note stays one that people can read."""
    if len(line.value) <= _MAX_RAW_LINE:
        return line
    data = binary_data(line) if is_binary(line) else None
    if data is None:
        name = _attach(card, "vcard", line.value.encode(), "txt", "text/plain")
    elif line.key == "PHOTO" and photo_name(data) in card.attachments:
        name = photo_name(data)
    else:
        kind = media_type(line)
        ending = photo_name(data).rpartition(".")[2]
        name = _attach(card, line.key.lower(), data, _ENDINGS.get(kind, ending), kind)
    return line._replace(params=(*line.params, (FILE_PARAM, (name,))), value="")


def _attach(card: _Card, stem: str, data: bytes, ending: str, kind: str) -> str:
    name = f"{stem}-{content_hash(data)}.{ending}"
    card.attachments.setdefault(name, Attachment(name, data, kind, "vcard"))
    return name


def _photo_type(name: str) -> str:
    ending = name.rpartition(".")[2]
    known = {"jpg": "image/jpeg", "tif": "image/tiff", "bin": "application/octet-stream"}
    return known.get(ending, f"image/{ending}")


def _draft(card: _Card, line: int) -> Draft:
    kind = str(card.first("type")) or "person"
    for unit in card.members:
        if kind != "group" or unit.lines[0].params:
            _keep_raw(card, unit, "")
    name = _name(card)
    own_name = Fact("org", [name]) if kind == "organization" else None
    fields = compact([fact for fact in card.facts if fact.key not in ("notes", "type") and fact != own_name])
    fields = {"name": name, **fields}
    if kind == "group":
        fields["members"] = [unescape(unit.lines[0].value).strip() for unit in card.members if not unit.lines[0].params]
    if card.raw:
        fields["vcard"] = _bounded(card)
    notes = card.first("notes")
    assert isinstance(notes, str), "notes are text"
    return Draft(kind, name, fields, notes, tuple(card.attachments.values()), card.source, line)


def _bounded(card: _Card) -> list[Value]:
    """Return the raw lines; what is too much for front matter is in a file, which the last line names."""
    size = 0
    for number, text in enumerate(card.raw):
        size += len(text) + 6
        if size > _MAX_RAW:
            rest = "\n".join(card.raw[number:])
            name = _attach(card, "vcard", rest.encode(), "txt", "text/plain")
            return [*card.raw[:number], f"X-PRMVAULT-MORE;{FILE_PARAM}={name}:"]
    return [*card.raw]


def _name(card: _Card) -> str:
    """Return the name of whom the card is of: as it says, else of its parts, its organization, an address."""
    name = card.first("name")
    if isinstance(name, str) and name:
        return name
    order = ("prefix", "given", "middle", "family", "suffix")
    for parts in [fact.value for fact in card.facts if fact.key == "names"]:
        if isinstance(parts, dict) and (spoken := [str(parts[key]) for key in order if key in parts]):
            return one_line(" ".join(spoken))
    org = card.first("org")
    if isinstance(org, list) and org:
        return str(org[0])
    for key in ("aliases", "emails", "phones"):
        value = card.first(key)
        text = value.get("value", "") if isinstance(value, dict) else value
        if isinstance(text, str) and text:
            return text
    return "unnamed"
