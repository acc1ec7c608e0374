"""Carrying into a note what has changed on its card: only the entries that differ are touched, in the note's own form.

An entry that is corrected keeps its place and its further parts; what two sides said differently is kept as `merge`
keeps it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prmvault.core.edit import Step, append_value, remove_value, set_value
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.join import CONFLICTS
from prmvault.core.merge_values import Lost
from prmvault.core.model import Value
from prmvault.core.model import canonical as value_key
from prmvault.interop.card_sync import Card, differing, raw_units
from prmvault.interop.content_lines import line_text, parse_line
from prmvault.interop.vcard_facts import LISTS, NAME_PARTS, Fact, compact, facts_in
from prmvault.interop.vcard_fields import facts_of
from prmvault.interop.vcard_generate import unit_of

_RAW = "vcard"
_PAIRS = (("label", "value"), ("label", "date"), ("service", "user"), ("type", "person"))
"""Entries of just these parts may be typed as `label: value`."""

_OLD_SPELLINGS = {"tags": ("tags", "tag"), "aliases": ("aliases", "alias")}


class _Place(NamedTuple):
    """An entry of a list in the note: where it stands, what is written there, and what it says on a card."""

    path: tuple[Step, ...]
    written: Value
    says: tuple[Value, ...]


def with_card(text: str, before: Card, after: Card, lost: Sequence[Lost], with_notes: Callable[[str, str], str]) -> str:
    """Return a note's text such that its card, which said `before`, says `after`.

    `lost` is kept under `merge_conflicts`, each only once; `with_notes` makes other notes stand in the text. Raises
    PrmvaultError where a key can't be changed.
    """
    for key in differing(before, after):
        new = after.fields.get(key)
        if key in LISTS:
            text = _with_list(text, key, _items(before.fields.get(key)), _items(new))
        elif key.startswith("names"):
            text = _with_names(text, {key.removeprefix("names."): new or ""} if "." in key else _parts_of_n(new))
        elif new is not None:
            text = set_value(text, (key,), new)
        elif key in front_of(text):
            text = remove_value(text, (key,))
    text = _with_raw(text, before, after)
    for each in lost:
        record: Value = {"key": ".".join(each.path), "value": each.other}
        kept = front_of(text).get(CONFLICTS, [])
        if value_key(record) not in [value_key(item) for item in _items(kept)]:
            text = append_value(text, (CONFLICTS,), record)
    return with_notes(text, after.notes) if after.notes != before.notes else text


def front_of(text: str) -> dict[str, Value]:
    """Return the values of a note's front matter."""
    return parse_front_matter("", text, split_note(text)).values


def _items(value: Value | None) -> list[Value]:
    return value if isinstance(value, list) else [value] if value else []


def _parts_of_n(names: Value | None) -> dict[str, Value]:
    told = names if isinstance(names, dict) else {}
    return {part: told.get(part, "") for part in NAME_PARTS}


def _with_names(text: str, parts: Mapping[str, Value]) -> str:
    """Set or remove parts of `names`; whatever else the user has written there stays."""
    there = front_of(text).get("names", {})
    if not isinstance(there, dict):
        there = {"note": there} if there else {}  # A text is a map's note.
        told = {**there, **{part: value for part, value in parts.items() if value}}
        return set_value(text, ("names",), told) if told != there else text
    for part, value in parts.items():
        if value and value != there.get(part):
            text = set_value(text, ("names", part), value)
        elif not value and part in there:
            text = remove_value(text, ("names", part))
    return text


def _with_list(text: str, key: str, before: Sequence[Value], after: Sequence[Value]) -> str:
    removed, added = _less(before, after), _less(after, before)
    places = list(_places(front_of(text), key))
    if any(_is_among(value, place.says) and len(place.says) > 1 for value in removed for place in places):
        return _rewritten(text, key, removed, added)
    is_one_for_one = len(removed) == len(added) == 1
    going: list[tuple[Step, ...]] = []
    for old in removed:
        place = next((each for each in places if each.says == (old,)), None)
        if place is None:
            continue  # Somebody has taken it out meanwhile.
        places.remove(place)
        new = added[0] if is_one_for_one else _successor(old, added)
        if new is None:
            going.append(place.path)
        else:
            added = _less(added, [new])
            text = set_value(text, place.path, _in_the_form_of(place.written, old, new))
    for path in sorted(going, key=lambda path: [str(path[0]), *path[1:]], reverse=True):
        text = remove_value(text, path)
    for value in added:
        text = append_value(text, (_spelling(text, key),), value)
    return text


def _rewritten(text: str, key: str, removed: Sequence[Value], added: Sequence[Value]) -> str:
    """Write a whole list anew, where one of its items says several things of which one goes."""
    says = [value for place in _places(front_of(text), key) for value in place.says]
    for name in _OLD_SPELLINGS.get(key, ())[1:]:
        if name in front_of(text):
            text = remove_value(text, (name,))
    value: list[Value] = [*_less(says, removed), *added]
    return set_value(text, (key,), value) if value else remove_value(text, (key,))


def _spelling(text: str, key: str) -> str:
    """Return the key as the note has it: `tag` where there is no `tags`."""
    there = front_of(text)
    return next((name for name in _OLD_SPELLINGS.get(key, ()) if name in there), key)


def _places(values: Mapping[str, Value], key: str) -> Iterator[_Place]:
    for name in _OLD_SPELLINGS.get(key, (key,)):
        value = values.get(name)
        if isinstance(value, list):
            for number, item in enumerate(value):
                yield _Place((name, number), item, _says(key, [item]))
        elif value:
            yield _Place((name,), value, _says(key, value))


def _says(key: str, value: Value) -> tuple[Value, ...]:
    """Return what a value of the note says on a card, in the form of drafts."""
    told: list[Value] = []
    for fact in facts_in({key: value}):
        unit = unit_of(fact, "3.0")
        back = facts_of(unit) if unit else []
        same = back[0] if len(back) == 1 and back[0].key == key else fact
        told += _items(compact([Fact(key, same.value)])[key])
    return tuple(told)


def _less(values: Sequence[Value], others: Sequence[Value]) -> list[Value]:
    """Return `values` without `others`, each of these taken away once."""
    left = [value_key(each) for each in others]
    kept = []
    for value in values:
        if value_key(value) in left:
            left.remove(value_key(value))
        else:
            kept.append(value)
    return kept


def _is_among(value: Value, others: Sequence[Value]) -> bool:
    return value_key(value) in [value_key(each) for each in others]


def _successor(old: Value, added: Sequence[Value]) -> Value | None:
    """Return the new entry that is the old one, corrected: the one that shares most with it."""
    parts = _parts(old)
    shared = [len(parts & _parts(new)) for new in added]
    best = max(shared, default=0)
    return added[shared.index(best)] if best else None


def _parts(value: Value) -> set[tuple[str, str]]:
    told = value if isinstance(value, dict) else {"value": value}
    return {(key, value_key(part)) for key, part in told.items() if key != "pref"}


def _in_the_form_of(written: Value, old: Value, new: Value) -> Value:
    """Return the new entry with those parts of the written one that are no card's, and as short as that is."""
    if not isinstance(written, dict) or not isinstance(old, dict):
        return new
    if set(old) <= set(written):
        told = new if isinstance(new, dict) else {"value": new}
        return {**{key: part for key, part in written.items() if key not in old}, **told}
    pair = next((pair for pair in _PAIRS if isinstance(new, dict) and set(pair) == set(new) == set(old)), None)
    if len(written) == 1 and pair and isinstance(new, dict) and isinstance(label := new[pair[0]], str):
        return {label: new[pair[1]]}
    return new


def _with_raw(text: str, before: Card, after: Card) -> str:
    """Change the raw lines by what they mean; those that come get groups that the note has not used."""
    ours, wanted = raw_units(before), raw_units(after)
    come = [unit for key, unit in wanted.items() if key not in ours]
    gone = {key for key in ours if key not in wanted}
    if not come and not gone:
        return text
    lines = [item for item in _items(front_of(text).get(_RAW)) if isinstance(item, str)]
    kept: list[Value] = []
    for group in _grouped(lines):
        keys = raw_units(Card({}, tuple(group))).keys()
        kept += [] if keys and keys <= gone else group
    used = [line.group.lower() for text_line in kept if (line := parse_line(str(text_line)))]
    number = 0
    for unit in come:
        group_name = ""
        if len(unit.whole) > 1:
            while (group_name := f"item{(number := number + 1)}") in used:
                continue
        kept += [line_text(line._replace(group=group_name)) for line in unit.whole]
    if kept:
        return set_value(text, (_RAW,), kept)
    return remove_value(text, (_RAW,)) if _RAW in front_of(text) else text


def _grouped(lines: Sequence[str]) -> list[list[str]]:
    """Return raw lines in the order in which they stand, those of one group together."""
    groups: dict[str, list[str]] = {}
    for number, text in enumerate(lines):
        line = parse_line(text)
        groups.setdefault(f"{line.group.lower()}." if line and line.group else str(number), []).append(text)
    return list(groups.values())
