"""Writing a note as a vCard, 3.0 or 4.0: what its keys say, and the raw lines that an import kept beside them."""

from __future__ import annotations

import binascii
import re
import uuid
from collections.abc import Iterable, Mapping, Sequence

from prmvault.core.model import Value
from prmvault.core.names import cut_name
from prmvault.interop.content_lines import Line, clean_line, is_binary, parse_line, write_lines
from prmvault.interop.drafts import ATTACHMENTS
from prmvault.interop.vcard_canonical import DROPPED, FILE_PARAM, KEY_PARAM, Unit, units_of
from prmvault.interop.vcard_facts import NAME_PARTS, Fact, facts_in, one_for_each_property, photo_name
from prmvault.interop.vcard_fields import facts_of
from prmvault.interop.vcard_generate import unit_of
from prmvault.interop.vcard_values import escape, escape_uri, one_line, split_value

_SPACE = uuid.UUID("5d3c1a52-0a0e-5c5b-9b0e-6f2c8f7e1a44")
_FILE_NAME = re.compile(r"[a-z0-9-]{1,120}\.[a-z0-9]{1,5}")
_NOT_FACTS = ("photo", "vcard", "notes", "type", "members")
_FIRST = ("UID", "FN", "N")


def write_card(
    fields: Mapping[str, Value],
    notes: str = "",
    photo: bytes | None = None,
    version: str = "3.0",
    *,
    kind: str = "person",
    files: Mapping[str, bytes] | None = None,
) -> str:
    """Return the vCard of a note: its front matter `fields` (as read or typed), its `notes`, and its `photo`.

    `kind` is the note's type, person or organization, or `group` (`members` are uids then). `files` holds, by their
    names in `attachments/`, what `files_of(fields)` asks for. Without `uid` the card has one that is made of the name:
    give each note one before it is synced. Fields that cards have no place for are left out.
    """
    told = {key: value for key, value in fields.items() if key not in _NOT_FACTS}
    told["name"] = _name(fields)
    uid = fields.get("uid")
    told["uid"] = _printable(uid) if isinstance(uid, str) else ""
    told["uid"] = told["uid"] or f"urn:uuid:{uuid.uuid5(_SPACE, str(told['name']))}"
    facts = facts_in({**told, "type": kind, **({"notes": notes.strip()} if notes.strip() else {})})
    facts = _with_org(one_for_each_property(facts), kind)
    if photo:
        facts.append(Fact("photo", ATTACHMENTS + photo_name(photo)))
    slots: list[tuple[Fact, Sequence[Unit]]] = []
    for fact in facts:
        made = unit_of(fact, version, photo)
        slots.append((fact, [made] if made else []))
    extra = _put_raw(slots, _raw_lines(fields.get("vcard", ""), photo, files or {}))
    members = [Unit((_member(text, version),)) for text in _texts(fields.get("members", ""))] if kind == "group" else []
    units = [*[unit for _, made in slots for unit in made], *members, *extra]
    lines = _with_groups(units)
    if not any(line.key == "N" for line in lines):
        lines.append(Line("", "N", (), _split_name(str(told["name"]), kind)))
    ordered = sorted(lines, key=lambda line: _FIRST.index(line.key) if line.key in _FIRST else len(_FIRST))
    return write_lines(_with_one_list(ordered), version)


def files_of(fields: Mapping[str, Value]) -> list[str]:
    """Return the names in `attachments/` of the files that raw lines of a note's `vcard` key stand in."""
    lines = [parse_line(text) for text in _texts(fields.get("vcard", ""))]
    return list(dict.fromkeys([name for line in lines if line and (name := _file_of(line))]))


def _file_of(line: Line) -> str:
    """Return the name of the file that a raw line's value is in: only such as an import makes, never a path."""
    name = next(iter(line.param(FILE_PARAM)), "")
    return name if _FILE_NAME.fullmatch(name) else ""


def _member(uid: str, version: str) -> Line:
    return Line("", "MEMBER" if version == "4.0" else "X-ADDRESSBOOKSERVER-MEMBER", (), escape_uri(uid))


def _texts(value: Value) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item.strip()]


def _name(fields: Mapping[str, Value]) -> str:
    for key in ("name", "aliases", "emails", "phones"):
        facts = facts_in({key: fields[key]}) if key in fields else []
        value = facts[0].value if facts else ""
        text = value.get("value", "") if isinstance(value, dict) else value
        if isinstance(text, str) and _printable(text):
            return _printable(text)
    return "unnamed"


def _printable(text: str) -> str:
    """Return a text on one line, without what a card can't hold."""
    return one_line(clean_line(Line("", "", (), text)).value)


def _with_org(facts: list[Fact], kind: str) -> list[Fact]:
    """Return the facts with ORG for an organization, without which phones show it as nobody."""
    if kind != "organization" or any(fact.key == "org" for fact in facts):
        return facts
    name = next(fact.value for fact in facts if fact.key == "name")
    return [*facts, Fact("org", [name])]


def _raw_lines(value: Value, photo: bytes | None, files: Mapping[str, bytes]) -> list[Line]:
    """Return the raw lines of a note with what stands in files; lines that are none, or whose file is missing, not."""
    lines: list[Line] = []
    for text in _texts(value):
        line = parse_line(text)
        if line is None or line.key in DROPPED:
            continue
        if not line.param(FILE_PARAM):
            lines.append(line)
            continue
        name = _file_of(line)
        data = photo if photo and photo_name(photo) == name else files.get(name)
        if data is None:
            continue
        if line.key == "X-PRMVAULT-MORE":
            more: list[Value] = [*data.decode("utf-8", "replace").split("\n")]
            lines += _raw_lines([text for text in more if "X-PRMVAULT-MORE" not in str(text)], photo, files)
        elif is_binary(line):
            value_text = binascii.b2a_base64(data, newline=False).decode()
            lines.append(line.without(FILE_PARAM)._replace(value=value_text))
        else:
            lines.append(line.without(FILE_PARAM)._replace(value=data.decode("utf-8", "replace")))
    return lines


def _put_raw(slots: list[tuple[Fact, Sequence[Unit]]], lines: Iterable[Line]) -> list[Unit]:
    """Put raw lines in the place of the facts that they tell in other words; return those that tell further things.

    What the user has changed since goes before the raw line.
    """
    extra: list[Unit] = []
    free: dict[str, list[int]] = {}
    for number, (fact, _) in enumerate(slots):
        free.setdefault(fact.key, []).append(number)
    for marked in units_of(lines):
        unit = marked._replace(lines=tuple([line.without(KEY_PARAM) for line in marked.lines]))
        if unit == marked:
            extra.append(unit)
            continue
        places: list[int] = []
        facts = facts_of(unit)
        for fact in facts:
            fits = (at for at in free.get(fact.key, ()) if at not in places and slots[at][0].value == fact.value)
            place = next(fits, None)
            if place is not None:
                places.append(place)
        if facts and len(places) == len(facts):
            for place in places:
                free[slots[place][0].key].remove(place)
                slots[place] = (slots[place][0], [])
            slots[places[0]] = (slots[places[0]][0], [unit])
        else:
            extra += [Unit((line,)) for line in unit.lines if not facts_of(Unit((line,)))]
    return extra


def _with_groups(units: Sequence[Unit]) -> list[Line]:
    """Return the lines of all units; those that belong together get a group of their own."""
    lines: list[Line] = []
    number = 0
    for unit in units:
        if len(unit.whole) == 1:
            lines.append(unit.lines[0]._replace(group=""))
            continue
        number += 1
        lines += [line._replace(group=f"item{number}") for line in unit.whole]
    return lines


def _split_name(name: str, kind: str) -> str:
    """Return N for a name that nobody has taken apart; an organization has none."""
    parts = {} if kind == "organization" else cut_name(name)
    return ";".join([escape(parts.get(part, "")) for part in NAME_PARTS])


def _with_one_list(lines: Sequence[Line]) -> list[Line]:
    """Return the lines with the categories in one, as many readers look at the first only."""
    plain = [line for line in lines if line.key == "CATEGORIES" and not line.params and not line.group]
    values = list(dict.fromkeys([part for line in plain for part in split_value(line.value, ",") if part.strip()]))
    kept = [line for line in lines if line not in plain]
    return [*kept, Line("", "CATEGORIES", (), ",".join(values))] if values else kept
