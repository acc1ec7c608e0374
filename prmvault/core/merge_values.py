"""Front matter values in three versions: maps key by key, lists by what their items mean, one winner of two texts.

A winner depends on the two values only, never on whose they are. What loses comes back as such, to be kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prmvault.core.dates import DateError, parse_iso_date
from prmvault.core.merge_order import Order, weave
from prmvault.core.model import Value, canonical
from prmvault.core.schema import note_types

_LISTS = (
    "contacts",
    "addresses",
    "social",
    "dates",
    "related",
    "gifts",
    "debts",
    "reminders",
    "texts",
    "tags",
    "links",
)
_WHOLE = ("org",)
"""A list that is one thing: the units of an employer are not those of another."""

_GIFT_STEPS = ("idea", "planned", "given", "received")
_LATER = ("done", "settled", "updated")
_EARLIER = ("created",)
_NO_RECORD = ("created", "updated", "done")
"""When a note was made and changed: one of the two is right, and nobody has to settle which."""

# What makes two entries one: the parts that have to be the same; a plain text is an entry with that one part.
_SIGNS = (
    *(("uid",), ("id",), ("service", "value"), ("service", "user"), ("value",), ("what",), ("text",)),
    *(("type", "person"), ("person",)),
)
_MAIN = ("value", "what", "text")
_RECORD = {"key", "value"}
_ADDRESS = ("street", "locality", "postcode", "region", "pobox")

_Path = tuple[str, ...]


class Lost(NamedTuple):
    """What a value at `path` would have been by the other side; a list's item comes with what tells which it is."""

    path: _Path
    kept: Value
    other: Value


class Settled(NamedTuple):
    """A value, None where there is none any more, and what it was on the side that lost."""

    value: Value | None
    lost: tuple[Lost, ...] = ()


def settle(path: _Path, base: Value | None, left: Value | None, right: Value | None) -> Settled:
    """Merge the values at `path`; None is a key that is missing.

    A change beats what is as it was, also a removal; where one side removes what the other changes, it stays.
    """
    if left in (right, base):
        return Settled(right)
    if right == base:
        return Settled(left)
    if left is None or right is None:
        return Settled(right if left is None else left)
    is_list = is_list_key(path) or (path[-1:] != _WHOLE and (isinstance(left, list) or isinstance(right, list)))
    items = [_items(path, value) for value in (base, left, right)] if is_list else []
    if is_list and None not in items[1:]:
        return _settle_list(path, *(each or [] for each in items))
    if isinstance(left, dict) and isinstance(right, dict):
        return _settle_map(path, base if isinstance(base, dict) else {}, left, right)
    if is_list_key(path):
        return _settle_list(path, *(_split(value) for value in (base, left, right)))
    return _settle_clash(path, left, right)


def is_list_key(path: _Path) -> bool:
    """Tell whether a text at `path` is meant as a list of one, by the types that every vault has."""
    if len(path) != 1 or path[0] in _WHOLE:
        return False
    fields = [each.fields[path[0]] for each in note_types().values() if path[0] in each.fields]
    return any(field.kind in (*_LISTS, "conflicts") for field in fields)


def place_of(items: Sequence[Value], record: Mapping[str, Value]) -> int | None:
    """Return the number of the item that a record of a conflict is about, or None where no single one is."""
    wanted = _sign(dict(record))
    found = [number for number, item in enumerate(items) if isinstance(item, dict) and _sign(item) == wanted]
    if not _sign_keys(dict(record)):
        # It has no part that names it; then what it shares with an item tells, all but what was said differently.
        shared = [
            sum(item.get(key) == part for key, part in record.items()) if isinstance(item, dict) else 0
            for item in items
        ]
        best = max(shared, default=0)
        found = [number for number, count in enumerate(shared) if best and count == best]
    return found[0] if len(found) == 1 else None


def _items(path: _Path, value: Value | None) -> list[Value] | None:
    """Return a list's items, those of a text or of a single entry, too; None for a map that is no entry."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return [value] if is_list_key(path) and _is_entry(value) else None
    return [value] if value else []


def _split(value: Value | None) -> list[Value]:
    """Return `{work: a, home: b}` as a list of its pairs."""
    if isinstance(value, dict) and not _is_entry(value):
        return [{label: part} for label, part in value.items()]
    return value if isinstance(value, list) else [value] if value else []


def _is_entry(value: dict[str, Value]) -> bool:
    return set(value) == _RECORD or _sign(value) != (canonical(value),)


def _settle_map(
    path: _Path, base: Mapping[str, Value], left: Mapping[str, Value], right: Mapping[str, Value]
) -> Settled:
    parts: dict[str, Value] = {}
    lost: list[Lost] = []
    for key in weave(Order(str), list(base), list(left), list(right)):
        settled = settle((*path, key), base.get(key), left.get(key), right.get(key))
        lost += settled.lost
        if settled.value is not None:
            parts[key] = settled.value
    return Settled(parts or None, tuple(lost))


def _settle_list(path: _Path, base: Sequence[Value], left: Sequence[Value], right: Sequence[Value]) -> Settled:
    """Unite lists: an item is the same in two of them by its sign, or by its label where only that is left."""
    lists = (base, left, right)
    signs = _signs(lists)
    named = [dict(zip(each, items, strict=True)) for each, items in zip(signs, lists, strict=True)]
    merged: dict[tuple[str, ...], Value] = {}
    lost: list[Lost] = []
    for sign in dict.fromkeys([*signs[1], *signs[2]]):
        settled = _settle_item(path, *(each.get(sign) for each in named))
        lost += settled.lost
        if settled.value is not None:
            merged[sign] = settled.value
    order = Order[tuple[str, ...]](lambda sign: canonical(merged.get(sign)))
    most = _counts(left) | _counts(right)
    result: list[Value] = []
    for sign in weave(order, *signs):
        if sign in merged and most.get(canonical(merged[sign]), 1) > 0:
            result.append(merged[sign])
            most[canonical(merged[sign])] = most.get(canonical(merged[sign]), 1) - 1
    return Settled(result or None, tuple(lost))


def _counts(items: Sequence[Value]) -> Counter[str]:
    return Counter([canonical(item) for item in items])


def _signs(lists: Sequence[Sequence[Value]]) -> list[list[tuple[str, ...]]]:
    """Return what tells each item of each list; no list has one of these twice."""
    plain = [[_sign(item) for item in items] for items in lists]
    twice = {sign for each in plain for sign, count in Counter(each).items() if count > 1}
    signs: list[list[tuple[str, ...]]] = []
    for items, each in zip(lists, plain, strict=True):
        seen: Counter[str] = Counter()
        numbered: list[tuple[str, ...]] = []
        for item, sign in zip(items, each, strict=True):
            whole = canonical(item)
            numbered.append((whole, str(seen[whole])) if sign in twice else sign)
            seen[whole] += 1
        signs.append(numbered)
    for number in (1, 2):
        signs[number] = _by_label(lists[0], signs[0], lists[number], signs[number])
    return signs


def _by_label(
    base: Sequence[Value],
    base_signs: Sequence[tuple[str, ...]],
    side: Sequence[Value],
    signs: Sequence[tuple[str, ...]],
) -> list[tuple[str, ...]]:
    """Take an item that a side has for one that it lacks, if the two have the same label, and no others have it."""
    known, there = set(base_signs), set(signs)
    gone = [(_label(item), sign) for item, sign in zip(base, base_signs, strict=True) if sign not in there]
    new = [_label(item) for item, sign in zip(side, signs, strict=True) if sign not in known]
    counts = Counter([label for label, _ in gone]), Counter(new)
    labels = {label: sign for label, sign in gone if label and counts[0][label] == 1 == counts[1][label]}
    return [sign if sign in known else labels.get(_label(item), sign) for item, sign in zip(side, signs, strict=True)]


def _sign(item: Value) -> tuple[str, ...]:
    """Return what makes an item the same as another one: a part that names it, else all of it."""
    if isinstance(item, str):
        return ("", item)
    if isinstance(item, dict) and set(item) != _RECORD:
        keys = _sign_keys(item)
        if keys:
            names = ("",) if keys[0] in _MAIN else keys
            return (*names, *[str(item[key]) for key in keys])
    return (canonical(item),)


def _sign_keys(item: dict[str, Value]) -> tuple[str, ...]:
    """Return the parts that name an entry; none where it has no such part."""
    for keys in _SIGNS:
        parts = [item.get(key) for key in keys]
        if all(isinstance(part, str) and part for part in parts):
            return keys
    return ()


def _label(item: Value) -> tuple[str, ...]:
    """Return what is likely to stay while somebody corrects an entry."""
    if not isinstance(item, dict):
        return ()
    keys = ("by", "for", "date") if "amount" in item else ("label",)
    parts = [canonical(item.get(key)) for key in keys]
    return (*keys, *parts) if any(item.get(key) for key in keys) else ()


def _settle_item(path: _Path, base: Value | None, left: Value | None, right: Value | None) -> Settled:
    for one, other in ((left, right), (right, left)):
        if base is None and isinstance(one, str) and isinstance(other, dict):
            return Settled(other)  # `{value: a@b.example, label: work}` says what `a@b.example` says, and more.
    is_address = any(isinstance(each, dict) and set(_ADDRESS) & set(each) for each in (left, right))
    if is_address and left is not None and right is not None and left != right and base not in (left, right):
        settled = _settle_clash((), left, right)  # Half of one address and half of another is none.
    else:
        settled = settle((), base, left, right)
    lost = [Lost(path, each.kept, _entry(settled.value, each)) for each in settled.lost]
    return Settled(settled.value, tuple(lost))


def _entry(item: Value | None, lost: Lost) -> Value:
    """Return the part of an item that lost, with what tells which item it is."""
    value = lost.other
    for key in reversed(lost.path):
        value = {key: value}
    if not lost.path or not isinstance(item, dict) or not isinstance(value, dict):
        return value
    keys = _sign_keys(item) or ("amount", "by", "for", "date", "label")
    return {**{key: item[key] for key in keys if key in item}, **value}


def _settle_clash(path: _Path, left: Value, right: Value) -> Settled:
    key = path[-1] if path else ""
    kept, other = sorted((left, right), key=lambda value: _rank(key, value), reverse=True)
    if key in _EARLIER and _day(kept) and _day(other):
        kept, other = sorted((kept, other), key=_day)
    is_known = not other or (path and key in _NO_RECORD)
    return Settled(kept, () if is_known else (Lost(path, kept, other),))


def _rank(key: str, value: Value) -> tuple[bool, int, int, str, int, str]:
    """Return by what the winner of two values is found: the one that says more, or that is further on its way."""
    text = value if isinstance(value, str) else canonical(value)
    kind = 2 if isinstance(value, dict) else 1 if isinstance(value, list) else 0
    step = _GIFT_STEPS.index(text) if key == "status" and text in _GIFT_STEPS else -1
    day = _day(value) if key in _LATER else ""
    return bool(value), kind, step, day, len(text), text


def _day(value: Value) -> str:
    try:
        return str(parse_iso_date(value)) if isinstance(value, str) else ""
    except DateError:
        return ""
