"""Adding what somebody else's record says to a note, and never overwriting what the user wrote.

Missing keys are set, lists get the items that they lack (compared by what they mean, `join.py`). Where both say
something else it is a clash: the note stays as it is, unless the record goes before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from prmvault.core.edit import Step, add_values, append_value, set_value
from prmvault.core.file_names import stem_of
from prmvault.core.frontmatter import FrontMatter, known_front_matter
from prmvault.core.identity import is_same_name
from prmvault.core.join import CONFLICTS, ENTRY_KINDS, Edit, Joining, edits_of, entries_in, entry_meaning, part_key
from prmvault.core.kinds import KINDS
from prmvault.core.model import Value
from prmvault.core.names import cut_name, name_key
from prmvault.core.people import linked_name
from prmvault.core.schema import Field

_ENTRIES = ("addresses", "social", "dates")
"""Lists of entries of which each part tells which one it is; one that says less than another is the same."""

_LABELLED = ("contacts", "addresses", "social")
"""Lists of entries whose label only names them: the same under another label is no other one."""

_BESIDE = ("item", "pref")
_EMPTY: tuple[Value, ...] = ("", [], {})


class Clash(NamedTuple):
    """A key (`names.given` for a part) of which note and record say different things."""

    key: str
    ours: Value
    theirs: Value


class Filling(NamedTuple):
    """What a record changes in a note, and where the two clash."""

    edits: tuple[Edit, ...]
    clashes: tuple[Clash, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys that change."""
        return tuple(dict.fromkeys([str(edit.path[0]) for edit in self.edits]))


def plan_filling(
    ours: Mapping[str, Value], theirs: Mapping[str, Value], joining: Joining, *, file_wins: bool = False
) -> Filling:
    """Return what the fields of a record change in those of a note (as typed or read).

    With `file_wins` the record's value goes in the place of what clashes with it. `joining.names` are the record's
    names for the note: another one than `joining.own_names` becomes an alias.
    """
    mine = {key: plain(value) for key, value in ours.items() if key not in joining.name_keys}
    told = _less_said(mine, theirs, joining)
    if not file_wins:
        told = {key: _without_other_labels(key, mine.get(key, ""), value, joining) for key, value in told.items()}
    edits: list[Edit] = []
    clashes: list[Clash] = []
    first = _org_edit(mine, told.pop("org")) if "org" in told else []
    for key in [key for key in told if joining.fields.get(key, Field("raw")).kind in _ENTRIES]:
        told[key], fuller = _new_entries(key, joining.fields[key].kind, mine.get(key, ""), told[key])
        first += fuller
    for edit in [*first, *edits_of(mine, told, _with_real_names(joining, mine))]:
        record = edit.value[0] if edit.value else ""
        if edit.path[0] != CONFLICTS or not isinstance(record, dict):
            edits.append(edit)
            continue
        key, value = str(record["key"]), record["value"]
        is_entry = joining.fields.get(key, Field("raw")).kind in ENTRY_KINDS
        found = _entry_clash(key, value, (mine, told), joining) if is_entry else _clash(key, value, mine)
        if found and found[1] and file_wins:
            edits.append(found[1])
        elif found:
            clashes.append(found[0])
    return Filling(tuple(edits), tuple(clashes))


def filled(text: str, edits: Sequence[Edit]) -> str:
    """Return the note `text` with the edits made; raises PrmvaultError where one can't be made."""
    there = known_front_matter(text).values
    new: dict[str, Value] = {}
    rest: list[Edit] = []
    for edit in edits:
        key = str(edit.path[0])
        known = new.get(key)
        if len(edit.path) > 1 or key in there or edit.change not in (set_value, append_value):
            rest.append(edit)
        elif edit.change is set_value:
            new[key] = edit.value[0]
        elif known is None or isinstance(known, list):
            new[key] = [*(known or []), edit.value[0]]
        else:
            rest.append(edit)
    if new:
        text = add_values(text, new)
    for edit in rest:
        text = edit.change(text, edit.path, *edit.value)
    return text


def own_names(path: str, values: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the names of a note itself: of its file, and what it says."""
    name = values.get("name", "")
    return tuple(dict.fromkeys([stem_of(path), *([name] if isinstance(name, str) and name else [])]))


def values_of(front: FrontMatter) -> dict[str, Value]:
    """Return the values of front matter, `tag` and `alias` under the names that all commands write."""
    return {{"alias": "aliases"}.get(key, key): value for key, value in front.values.items()}


def plain(value: Any) -> Value:
    """Return a value as somebody may have typed it: without the numbers of items that typed values have."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items() if isinstance(part, str | list | dict)}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value if isinstance(value, str) else str(value)


def _less_said(mine: Mapping[str, Value], theirs: Mapping[str, Value], joining: Joining) -> dict[str, Value]:
    """Return a record's fields without what the note says in other words already."""
    told = {key: value for key, value in theirs.items() if value not in _EMPTY and key != CONFLICTS}
    if "names" in told and not mine.get("names") and any(_is_cut_of(told["names"], name) for name in joining.own_names):
        del told["names"]  # A card has to have them: cut from the name, they say nothing.
    if "org" in told and mine.get("org"):
        have, units = _names(mine["org"]), _names(told["org"])
        if have[: len(units)] == units:
            del told["org"]
    for key in ("uid", "created", "updated"):
        if not isinstance(told.get(key, ""), str):
            del told[key]
    return told


def _is_cut_of(names: Value, name: str) -> bool:
    return names == cut_name(name)


def _org_edit(mine: Mapping[str, Value], org: Value) -> list[Edit]:
    """Return the edit that sets an employer where there is none, or adds the units that the record knows."""
    have = mine.get("org", "")
    if have in _EMPTY:
        return [Edit(set_value, ("org",), (org,))]
    items: list[Value] = have if isinstance(have, list) else [have]
    units: list[Value] = org if isinstance(org, list) else [org]
    if _names(units)[: len(items)] == _names(items):
        return [Edit(set_value, ("org",), ([*items, *units[len(items) :]],))]
    return [Edit(set_value, (CONFLICTS,), ({"key": "org", "value": org},))]


def _new_entries(key: str, kind: str, ours: Value, theirs: Value) -> tuple[Value, list[Edit]]:
    """Return the entries of a record that the note does not have, and the edits for those of which it knows more."""
    have = [_parts(kind, item) for item in ours] if isinstance(ours, list) else [_parts(kind, ours)]
    new: list[Value] = []
    edits: list[Edit] = []
    for item in theirs if isinstance(theirs, list) else [theirs]:
        parts = _parts(kind, item)
        if not parts or any(parts.items() <= known.items() for known in have):
            if not parts:
                new.append(item)
            continue
        place = next((at for at, known in enumerate(have) if known and known.items() <= parts.items()), None)
        if place is None or not isinstance(ours, list) or not isinstance(item, dict):
            new.append(item)
            continue
        mine = ours[place]
        edits.append(
            Edit(
                set_value,
                (key, place),
                ({**item, **mine} if isinstance(mine, dict) and _is_entry(mine, item) else item,),
            )
        )
        have[place] = parts
    return new, edits


def _is_entry(mine: Mapping[str, Value], theirs: Mapping[str, Value]) -> bool:
    """Tell whether an entry is written with the names of its parts, and not shorter: `{home: Lange Straße 1}`."""
    return set(mine) <= set(theirs) | set(_BESIDE)


def _parts(kind: str, item: Value) -> dict[str, str]:
    """Return what an entry says, folded; nothing where it is not understood, or more than one entry."""
    return {
        part: part_key(kind, text)
        for part, text in _bare(kind, item).items()
        if part not in _BESIDE and isinstance(text, str)
    }


def _without_other_labels(key: str, ours: Value, theirs: Value, joining: Joining) -> Value:
    """Return the entries of a record, without the label where the note has the same under another one.

    What something is called is the user's choice, and each program has words of its own (`Mobil`, `mobile`, `iPhone`).
    """
    kind = joining.fields.get(key, Field("raw")).kind
    if kind not in _LABELLED or ours in _EMPTY:
        return theirs
    labels: dict[str, set[str]] = {}
    for item in entries_in(kind, ours):
        entry = _bare(kind, item)
        labels.setdefault(_meaning(key, kind, entry, joining), set()).add(name_key(str(entry.get("label", ""))))
    told: list[Value] = []
    for item in entries_in(kind, theirs):
        entry = _bare(kind, item)
        there = labels.get(_meaning(key, kind, entry, joining), {""}) if entry.get("label") else {""}
        is_other = "" not in there and name_key(str(entry["label"])) not in there
        told.append({part: text for part, text in entry.items() if part != "label"} if is_other else item)
    return told if isinstance(theirs, list) else theirs if told == [theirs] else told


def _bare(kind: str, item: Value) -> dict[str, Value]:
    """Return the parts of an entry; nothing where it is not understood, or more than one entry."""
    read = KINDS[kind](item if isinstance(item, list) else [item], lambda *_problem: None) or []
    return {part: text for part, text in read[0].items() if part != "item" and text} if len(read) == 1 else {}


def _meaning(key: str, kind: str, entry: Mapping[str, Value], joining: Joining) -> str:
    """Return by what an entry is the same as another one, whatever it is called."""
    bare: Value = {part: text for part, text in entry.items() if part not in ("label", "pref")}
    return entry_meaning(key, kind, bare, joining.phone_of) if bare else ""


def _names(value: Value) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [name_key(linked_name(item)) for item in items if isinstance(item, str)]


def _with_real_names(joining: Joining, mine: Mapping[str, Value]) -> Joining:
    """Leave out names that differ from the note's own only in titles, order or spelling."""
    aliases = mine.get("aliases", "")
    known = [*joining.own_names, *[text for text in (aliases if isinstance(aliases, list) else [aliases]) if text]]
    new = [name for name in joining.names if not any(is_same_name(name, str(other)) for other in known)]
    return joining._replace(names=tuple(new))


def _clash(key: str, theirs: Value, mine: Mapping[str, Value]) -> tuple[Clash, Edit | None]:
    """Return where a value differs, and the edit by which the record's goes in its place."""
    path: tuple[Step, ...] = (key,)
    ours = mine.get(key, "")
    if key not in mine and "." in key:
        first, _, rest = key.partition(".")
        inner = mine.get(first, "")
        ours, path = (inner.get(rest, "") if isinstance(inner, dict) else ""), (first, rest)
    return Clash(key, ours, theirs), Edit(set_value, path, (theirs,))


def _entry_clash(
    key: str, item: Value, both: tuple[Mapping[str, Value], Mapping[str, Value]], joining: Joining
) -> tuple[Clash, Edit | None] | None:
    """Return where an entry differs; nothing if it is the record's own entries that do, as the note has one of them.

    A map of several, `{work: a, home: b}`, is the user's to change.
    """
    kind, (mine, told) = joining.fields[key].kind, both
    ours = mine.get(key, "")
    items = entries_in(kind, ours)

    def sign(each: Value) -> str:
        return entry_meaning(key, kind, each, joining.phone_of)

    place = next((at for at, each in enumerate(items) if sign(each) == sign(item)), None)
    if place is None:
        return None
    same = [each for each in entries_in(kind, told.get(key, "")) if sign(each) == sign(item)]
    have = [_parts(kind, each).items() for each in items if sign(each) == sign(item)]
    if any(_parts(kind, each).items() <= parts for each in same for parts in have):
        return None
    read = [KINDS[kind]([each], lambda *_problem: None) for each in (items[place], item)]
    if not all(len(each or ()) == 1 for each in read):
        return None
    value: Value = {part: text for each in read for part, text in each[0].items() if part != "item" and text}
    if len(items) > 1 and not isinstance(ours, list):
        return Clash(key, items[place], item), None
    if isinstance(ours, list):
        path: tuple[Step, ...] = (key, next(at for at, each in enumerate(ours) if each is items[place]))
    else:
        path, value = (key,), [value]
    return Clash(key, items[place], item), Edit(set_value, path, (value,))
