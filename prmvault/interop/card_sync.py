"""Merging a person's two cards, the vault's and a folder's, property by property: each side has its own base.

The bases are what the two sides said after the last sync. They differ where a server drops what it has no place for:
that something rare is gone on the folder's side is then no wish to remove it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from prmvault.core.identity import email_key
from prmvault.core.merge_order import unite_lines
from prmvault.core.merge_values import Lost, settle
from prmvault.core.model import Value
from prmvault.core.model import canonical as value_key
from prmvault.core.people import phone_key
from prmvault.interop.content_lines import Line, line_text, parse_line
from prmvault.interop.drafts import Draft
from prmvault.interop.vcard_canonical import KEY_PARAM, Unit, canonical, units_of
from prmvault.interop.vcard_facts import LISTS, MORE_NAME_PARTS

COMMON = ("name", "names", "aliases", "phones", "emails", "addresses", "urls", "org", "title", "birthday", "photo")
"""What every phone can hold: if it is gone in the folder, somebody has removed it."""

_COMMON_PROPERTIES = ("FN", "N", "NICKNAME", "TEL", "EMAIL", "ADR", "URL", "ORG", "TITLE", "BDAY", "NOTE", "PHOTO")
_NOT_MERGED = ("uid", "updated", "vcard", "members")
_NOT_MERGED_RAW = ("UID", "REV")


class Card(NamedTuple):
    """What a card says, in the one form that two cards are compared in.

    `fields` are those of a draft without uid, revision and raw lines; parts of `names` that are properties of their own
    have keys of their own, `names.maiden`. `raw` are the raw lines, as in `vcard`.
    """

    fields: Mapping[str, Value]
    raw: tuple[str, ...] = ()
    notes: str = ""


class Bases(NamedTuple):
    """What the vault's card and the folder's said after the last sync."""

    vault: Card
    folder: Card


class Merged(NamedTuple):
    """What both are to say now, and what the folder said otherwise and lost."""

    card: Card
    lost: tuple[Lost, ...] = ()


def card_of(draft: Draft) -> Card:
    """Return what a draft says that a sync carries."""
    fields = {key: value for key, value in draft.fields.items() if key not in _NOT_MERGED}
    if isinstance(names := fields.pop("names", None), dict):
        own = {part: text for part, text in names.items() if part not in MORE_NAME_PARTS}
        fields |= {"names": own} if own else {}
        fields |= {f"names.{part}": text for part, text in names.items() if part in MORE_NAME_PARTS}
    raw = draft.fields.get("vcard", [])
    texts = [text for text in raw if isinstance(text, str)] if isinstance(raw, list) else []
    lines = tuple([text for text in texts if (line := parse_line(text)) and line.key not in _NOT_MERGED_RAW])
    notes = draft.notes.replace("\r\n", "\n").replace("\r", "\n")
    return Card(fields, lines, "\n".join([line.rstrip() for line in notes.split("\n")]).strip())


def is_same(one: Card, other: Card) -> bool:
    """Tell whether two cards say the same; the order of entries and the wording of raw lines do not count."""
    return not differing(one, other) and one.notes == other.notes and raw_units(one).keys() == raw_units(other).keys()


def differing(one: Card, other: Card) -> list[str]:
    """Return the fields in which two cards differ."""
    keys = dict.fromkeys([*one.fields, *other.fields])
    return [key for key in keys if not _same(one.fields.get(key), other.fields.get(key))]


def raw_units(card: Card) -> dict[Hashable, Unit]:
    """Return the raw lines by what they mean, those that belong together as one."""
    lines = [line for text in card.raw if (line := parse_line(text))]
    return {(_key_of(unit), canonical(unit)): unit for unit in units_of(lines)}


def merge_cards(bases: Bases | None, vault: Card, folder: Card, phone_of: Callable[[str], str] = phone_key) -> Merged:
    """Merge what either side has changed since its base; without bases, all that either says.

    Of two single values the vault's stays; lists are united by what their entries mean, notes line by line. `phone_of`
    gives the key by which phone numbers are one.
    """
    if bases is None:
        folder = folder._replace(fields=_respelled(vault.fields, folder.fields, phone_of))
        folder = _still_once(vault, folder)
    bases = bases or Bases(Card({}), Card({}))
    folder = _still_once(bases.vault, folder)
    bases = bases._replace(folder=_still_once(bases.vault, bases.folder))
    fields: dict[str, Value] = {}
    lost: list[Lost] = []
    for key in dict.fromkeys([*vault.fields, *folder.fields]):
        settled, lost_here = _merged_value(key, bases, vault.fields.get(key), folder.fields.get(key))
        lost += lost_here
        if settled is not None:
            fields[key] = settled
    return Merged(Card(fields, _merged_raw(bases, vault, folder), _merged_notes(bases, vault, folder)), tuple(lost))


def is_up_to_date(bases: Bases | None, vault: Card, folder: Card) -> bool:
    """Tell whether the folder's card may stay though it differs: only by what its server did not take from us."""
    if bases is None:
        return is_same(vault, folder)
    folder = _still_once(bases.vault, folder)
    bases = bases._replace(folder=_still_once(bases.vault, bases.folder))
    for key in differing(vault, folder):
        ours, theirs = vault.fields.get(key), folder.fields.get(key)
        is_old = _same(ours, bases.vault.fields.get(key))
        was_told = _same(theirs, bases.folder.fields.get(key)) or (theirs is None and key not in COMMON)
        if not (is_old and was_told):
            return False
    if vault.notes != folder.notes and (vault.notes != bases.vault.notes or folder.notes != bases.folder.notes):
        return False
    ours_raw, theirs_raw, old_raw = raw_units(vault), raw_units(folder), raw_units(bases.vault)
    return ours_raw.keys() - theirs_raw.keys() <= old_raw.keys() and theirs_raw.keys() <= ours_raw.keys()


def _same(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return Counter(map(value_key, one)) == Counter(map(value_key, other))
    return value_key(one) == value_key(other)


def _merged_value(
    key: str, bases: Bases, vault: Value | None, folder: Value | None
) -> tuple[Value | None, Sequence[Lost]]:
    base = bases.folder.fields.get(key)
    is_dropped = folder is None and base is not None and key not in COMMON
    if is_dropped or _same(folder, base) or _same(vault, folder):
        return vault, ()
    if key in LISTS:
        settled = settle((key,), base or [], vault or [], folder or [])
        return settled.value or None, settled.lost
    if _same(vault, bases.vault.fields.get(key)):
        return folder, ()
    return _clash((key,), base, vault, folder)


def _clash(
    path: tuple[str, ...], base: Value | None, vault: Value | None, folder: Value | None
) -> tuple[Value | None, Sequence[Lost]]:
    """Settle what both sides have changed: a change goes before a removal, the vault's value before the folder's."""
    if vault is None or folder is None:
        return (folder if vault is None else vault), ()
    if not isinstance(vault, dict) or not isinstance(folder, dict):
        return vault, (Lost(path, vault, folder),)
    parts: dict[str, Value] = {}
    lost: list[Lost] = []
    old = base if isinstance(base, dict) else {}
    for key in dict.fromkeys([*vault, *folder]):
        ours, theirs = vault.get(key), folder.get(key)
        part: Value | None
        lost_here: Sequence[Lost] = ()
        if theirs == old.get(key) or ours == theirs:
            part = ours
        elif ours == old.get(key):
            part = theirs
        else:
            part, lost_here = _clash((*path, key), old.get(key), ours, theirs)
        lost += lost_here
        if part is not None:
            parts[key] = part
    return parts or None, lost


def _respelled(
    vault: Mapping[str, Value], folder: Mapping[str, Value], phone_of: Callable[[str], str]
) -> dict[str, Value]:
    """Return the folder's fields with phones and e-mails written as the vault has them, where they are the same."""
    fields = dict(folder)
    for key, key_of in (("phones", phone_of), ("emails", email_key)):
        known = {key_of(text): text for item in _items(vault.get(key)) if (text := _text(item)) and key_of(text)}
        if known and key in fields:
            fields[key] = [_with_text(item, known.get(key_of(_text(item)), "")) for item in _items(fields[key])]
    return fields


def _still_once(vault: Card, folder: Card) -> Card:
    """Return the folder's card with days that come once as the vault told it: phones have no word for that.

    What they have corrected, the day or its label, comes as often as it did.
    """
    ours, theirs = (
        [entry for entry in _items(card.fields.get("dates")) if isinstance(entry, dict)] for card in (vault, folder)
    )
    there = [{part: text for part, text in entry.items() if part != "repeat"} for entry in theirs]
    days: list[Value] = []
    for entry in theirs:
        like = [
            (day != entry, day.get("label") != entry.get("label"), known["repeat"])
            for known in ours
            if "repeat" in known and (day := {part: text for part, text in known.items() if part != "repeat"})
            if day == entry or (day not in there and not {*_parts_of(day)}.isdisjoint(_parts_of(entry)))
        ]
        is_told = "repeat" in entry or entry in ours
        days.append(entry if is_told or not like else {**entry, "repeat": min(like, key=lambda each: each[:2])[2]})
    return folder if days == theirs else folder._replace(fields={**folder.fields, "dates": days})


def _parts_of(day: Mapping[str, Value]) -> list[tuple[str, str]]:
    return [(part, text) for part, text in day.items() if part in ("label", "date") and isinstance(text, str)]


def _items(value: Value | None) -> list[Value]:
    return value if isinstance(value, list) else [value] if value else []


def _text(item: Value) -> str:
    value = item.get("value", "") if isinstance(item, dict) else item
    return value if isinstance(value, str) else ""


def _with_text(item: Value, text: str) -> Value:
    if not text:
        return item
    return {**item, "value": text} if isinstance(item, dict) else text


def _merged_notes(bases: Bases, vault: Card, folder: Card) -> str:
    base = bases.folder.notes
    if folder.notes in (base, vault.notes):
        return vault.notes
    if vault.notes == bases.vault.notes:
        return folder.notes
    return "\n".join(unite_lines(*[text.split("\n") if text else [] for text in (base, vault.notes, folder.notes)]))


def _merged_raw(bases: Bases, vault: Card, folder: Card) -> tuple[str, ...]:
    """Return the vault's raw lines without those that the folder has removed, and with those that it has added."""
    ours, theirs, old = raw_units(vault), raw_units(folder), raw_units(bases.folder)
    properties = {line.key for unit in theirs.values() for line in unit.lines}
    gone = {
        key
        for key, unit in old.items()
        if key not in theirs and (unit.lines[0].key in properties or unit.lines[0].key in _COMMON_PROPERTIES)
    }
    kept = {key: unit for key, unit in ours.items() if key not in gone}
    come = {key: unit for key, unit in theirs.items() if key not in old and key not in ours}
    return tuple([line_text(line) for line in _in_groups([*kept.values(), *come.values()])])


def _in_groups(units: Iterable[Unit]) -> list[Line]:
    """Return the lines of units, each of several lines in a group of its own."""
    lines: list[Line] = []
    for number, unit in enumerate(units, 1):
        group = f"item{number}" if len(unit.whole) > 1 else ""
        lines += [line._replace(group=group) for line in unit.whole]
    return lines


def _key_of(unit: Unit) -> str:
    return next((value for line in unit.lines for value in line.param(KEY_PARAM)), "")
