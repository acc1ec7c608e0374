"""Joining two notes about one thing: what the other one says is put into the first, and nothing of either is lost.

Lists are united by what their items mean, maps key by key. Where both say something else, the first note's value
stays, and the other is kept under `merge_conflicts`, where `check` finds it. All else of the first stays byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from prmvault.core.edit import Step, append_value, remove_value, set_value
from prmvault.core.fences import split_note
from prmvault.core.file_names import collision_key
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.join_body import join_bodies
from prmvault.core.kinds import KINDS
from prmvault.core.model import Value, canonical
from prmvault.core.names import name_key
from prmvault.core.people import linked_name, phone_key
from prmvault.core.schema import Field
from prmvault.core.value_kinds import LINKED

SELF = "\0"
"""What `Joining.person_of` says of the two notes themselves."""

CONFLICTS = "merge_conflicts"
FORMER_UIDS = "former_uids"

_Path = tuple[Step, ...]
_OF_THE_NOTE = ("type", "uid", "created", "updated", "alias", "aliases", "tag")
_WHOLE = ("org",)
"""Lists that are one thing: the units of an employer are not those of another."""

ENTRY_KINDS = ("contacts", "addresses", "social", "dates", "gifts", "debts", "reminders")
"""Kinds of lists whose items are entries of several parts."""

_BESIDE = ("label", "pref")
"""Parts of an entry that do not make it another one."""


class Joining(NamedTuple):
    """What the joining of two notes needs to know of the vault.

    `fields` are those of their type; `names` the other note's names, which become aliases; `own_names` the first
    one's; `name_keys` the keys that hold them. `person_of` tells whom a link or name means, as a path or a folded
    name, SELF for either note; `relation_of` gives the type that a relation's word means, `phone_of` the key by which
    phone numbers are compared.
    """

    fields: Mapping[str, Field]
    names: tuple[str, ...]
    own_names: tuple[str, ...]
    name_keys: tuple[str, ...]
    person_of: Callable[[str], str]
    relation_of: Callable[[str], str]
    log_headings: tuple[str, ...]
    phone_of: Callable[[str], str] = phone_key


class Stated(NamedTuple):
    """A person who is named in `related`: where the name stands, the word for the relation, and the name as typed."""

    path: _Path
    word: str
    name: str


class Edit(NamedTuple):
    """One change of a note's front matter: `change(text, path, *value)` makes it."""

    change: Callable[..., str]
    path: _Path
    value: tuple[Value, ...]


def join_notes(text: str, other: str, joining: Joining) -> str:
    """Return the note `text` with what `other` says put into it; doing it twice changes nothing more.

    Both have to be readable. Raises PrmvaultError where a key can't be changed without touching anything else.
    """
    ours, theirs = (parse_front_matter("", each, split_note(each)).values for each in (text, other))
    for edit in edits_of(ours, theirs, joining):
        text = edit.change(text, edit.path, *edit.value)
    head, body = _cut(text)
    if head and not head.endswith("\n"):
        head += "\n"
    return head + join_bodies(body, _cut(other)[1], joining.log_headings)


def people_in(related: Value) -> Iterator[Stated]:
    """Yield the people who are named in the value of `related`, in each of the forms that it may have."""
    numbered = enumerate(related) if isinstance(related, list) else ()
    items: list[tuple[_Path, Value]] = [((number,), item) for number, item in numbered]
    for path, item in items if isinstance(related, list) else [((), related)]:
        if isinstance(item, str):
            yield Stated(path, "contact", item)
        elif isinstance(item, dict):
            keys = ["person"] if "person" in item else list(item)
            for key in keys:
                named, word = item[key], item.get("type") if key == "person" else key
                texts = enumerate(named) if isinstance(named, list) else [(-1, named)]
                for number, name in texts:
                    if isinstance(name, str):
                        place: _Path = (*path, key) if number < 0 else (*path, key, number)
                        yield Stated(place, word if isinstance(word, str) and word else "contact", name)


def _cut(text: str) -> tuple[str, str]:
    body = split_note(text).body
    return text[: len(text) - len(body)], body


def edits_of(ours: dict[str, Value], theirs: dict[str, Value], joining: Joining) -> Iterator[Edit]:
    """Yield what is to be changed in the first note's front matter, in an order in which no place moves."""
    # A list is made shorter last, so that what is added to it follows its style; a single value is no list yet.
    self_named = list(_without_self(ours, joining))
    last = [edit for edit in self_named if isinstance(ours.get(str(edit.path[0])), list)]
    yield from (edit for edit in self_named if edit not in last)
    yield from _identity(ours, theirs)
    for name in _new_aliases(ours, theirs, joining):
        yield Edit(append_value, ("aliases",), (name,))
    # `tag` and `tags` are one list, whichever of them a note has.
    mine_too, theirs_too = ({"tags": _united(each.get("tags"), each.get("tag"))} for each in (ours, theirs))
    for key, value in {**theirs, **theirs_too}.items():
        if key in (*_OF_THE_NOTE, *joining.name_keys) or value in ("", [], {}):
            continue
        field = joining.fields.get(key, Field("raw"))
        mine = {**ours, **mine_too}.get(key, "")
        kind = "whole" if key in _WHOLE else field.kind
        yield from _joined(key, kind, mine, value, (ours, joining))
    yield from last


def _identity(ours: dict[str, Value], theirs: dict[str, Value]) -> Iterator[Edit]:
    """Keep the first note's uid; the other's is remembered.

    It is no conflict for somebody to settle, but a fact: a contact that an import or a sync knows by that uid is
    this note now. Without it the next import would make the note anew that was just joined.
    """
    uid = theirs.get("uid", "")
    if uid and not ours.get("uid"):
        yield Edit(set_value, ("uid",), (uid,))
    elif uid and uid != ours["uid"] and uid not in _list(ours.get(FORMER_UIDS)):
        yield Edit(append_value, (FORMER_UIDS,), (uid,))
    created = [_read("date", each.get("created", "")) for each in (ours, theirs)]
    if created[1] and (not created[0] or created[1] < created[0]):
        yield Edit(set_value, ("created",), (created[1],))


def _new_aliases(ours: dict[str, Value], theirs: dict[str, Value], joining: Joining) -> Iterator[str]:
    known = {collision_key(name) for name in (*joining.own_names, *_texts(ours, "aliases"), *_texts(ours, "alias"))}
    for name in (*joining.names, *_texts(theirs, "aliases"), *_texts(theirs, "alias")):
        if name.strip() and collision_key(name) not in known:
            known.add(collision_key(name))
            yield name


def _without_self(ours: dict[str, Value], joining: Joining) -> Iterator[Edit]:
    """Take out what would name the joined note itself, from the end, so that no place moves."""
    related = ours.get("related", "")
    for stated in reversed(list(people_in(related) if "related" in joining.fields else ())):
        if all(joining.person_of(linked_name(name)) == SELF for name in LINKED.findall(stated.name) or [stated.name]):
            item = related[int(stated.path[0])] if isinstance(related, list) else related
            whole = isinstance(item, dict) and "person" in item and not isinstance(item["person"], list)
            yield Edit(remove_value, ("related", *(stated.path[:-1] if whole else stated.path)), ())
    others = _list(ours.get("not_same_as"))
    for number in range(len(others) - 1, -1, -1):
        name = others[number]
        if isinstance(name, str) and joining.person_of(linked_name(name)) == SELF:
            place: _Path = ("not_same_as", number) if isinstance(ours["not_same_as"], list) else ("not_same_as",)
            yield Edit(remove_value, place, ())


def _joined(
    key: str, kind: str, ours: Value, theirs: Value, context: tuple[dict[str, Value], Joining]
) -> Iterator[Edit]:
    """Yield the edits that join one key's values."""
    known, joining = context
    if kind == "related":
        yield from _related(ours, theirs, joining)
    elif kind in ENTRY_KINDS:
        yield from _entries((key, kind), ours, theirs, context)
    elif kind in ("texts", "tags", "links"):
        yield from _plain_list(key, kind, ours, theirs, joining)
    elif kind == "map" and not isinstance(ours, list) and not isinstance(theirs, list):
        if isinstance(ours, str) and ours and isinstance(theirs, dict):
            ours = {"note": ours}  # A text is a map's note.
            yield Edit(set_value, (key,), (ours,))
        yield from _unknown((key,), ours, theirs, known)
    elif kind == "conflicts":
        yield from _added((key,), ours, theirs)  # Not set, for records of this joining may stand there by now.
    elif kind == "raw" or kind.startswith("list of "):
        yield from _unknown((key,), ours, theirs, known)
    elif ours in ("", [], {}):
        yield Edit(set_value, (key,), (theirs,))
    else:
        mine, others = _understood(kind, ours), _understood(kind, theirs)
        if kind == "partial date" and _says_more(others, mine):
            yield Edit(set_value, (key,), (theirs,))
        elif (
            (mine is None or mine != others)
            and ours != theirs
            and not (kind == "partial date" and _says_more(mine, others))
        ):
            yield from _conflict(key, theirs, known)


def _unknown(path: _Path, ours: Value, theirs: Value, known: dict[str, Value]) -> Iterator[Edit]:
    """Join what has no kind: maps key by key, lists by whole items; a text and a list are a list."""
    if ours in ("", [], {}):
        yield Edit(set_value, path, (theirs,))
    elif isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in theirs.items():
            if value not in ("", [], {}):
                yield from _unknown((*path, key), ours.get(key, ""), value, known)
    elif isinstance(ours, list) or isinstance(theirs, list):
        yield from _added(path, ours, theirs)
    elif ours != theirs:
        yield from _conflict(".".join(map(str, path)), theirs, known)


def _added(path: _Path, ours: Value, theirs: Value) -> Iterator[Edit]:
    """Add the items that ours does not have."""
    have = {canonical(item) for item in _list(ours)}
    for item in _list(theirs):
        if canonical(item) not in have:
            have.add(canonical(item))
            yield Edit(append_value, path, (item,))


def _conflict(key: str, value: Value, known: dict[str, Value]) -> Iterator[Edit]:
    record: Value = {"key": key, "value": value}
    if canonical(record) not in {canonical(each) for each in _list(known.get(CONFLICTS))}:
        yield Edit(append_value, (CONFLICTS,), (record,))


def _plain_list(key: str, kind: str, ours: Value, theirs: Value, joining: Joining) -> Iterator[Edit]:
    """Unite lists of texts, tags or links."""

    def meaning(text: str) -> str:
        return joining.person_of(linked_name(text)) if kind == "links" else " ".join(text.split()).casefold()

    have = {meaning(text) for text in _read(kind, ours) or ()}
    unread = {canonical(item) for item in _list(ours)}
    for item in _list(theirs):
        texts = [text for text in _read(kind, [item]) or () if text]
        if not texts and item not in ("", [], {}) and canonical(item) not in unread:
            unread.add(canonical(item))
            yield Edit(append_value, (key,), (item,))  # What is not understood is kept as it is.
        for text in texts:
            if meaning(text) not in have and meaning(text) != SELF:
                have.add(meaning(text))
                yield Edit(append_value, (key,), (text if kind != "texts" else item,))


def _related(ours: Value, theirs: Value, joining: Joining) -> Iterator[Edit]:
    """Unite relations by what one is to whom; those to the joined note itself are left out."""

    def meaning(entry: dict[str, Any]) -> tuple[str, str]:
        return joining.relation_of(str(entry["type"])), joining.person_of(linked_name(entry["person"]))

    have = {meaning(entry) for entry in _read("related", ours) or ()}
    for entry in _read("related", theirs) or ():
        person = meaning(entry)[1]
        if meaning(entry) in have or person == SELF:
            continue
        have.add(meaning(entry))
        more = {key: part for key, part in entry.items() if key not in ("type", "person", "item")}
        kind = str(entry["type"])
        short = {kind: entry["person"]} if not more and kind not in ("type", "person") else None
        item = short or {"type": kind, "person": entry["person"], **more}
        if isinstance(ours, dict) and "person" not in ours and short and kind not in ours:
            yield Edit(set_value, ("related", kind), (entry["person"],))
        else:
            yield Edit(append_value, ("related",), (item,))


def _entries(
    of: tuple[str, str], ours: Value, theirs: Value, context: tuple[dict[str, Value], Joining]
) -> Iterator[Edit]:
    """Unite entries by what they hold, labels aside; what only the other says of one is taken over."""
    (key, kind), (known, joining) = of, context
    mine = entries_in(kind, ours)
    signs = [entry_meaning(key, kind, item, joining.phone_of) for item in mine]
    have = {sign: number for number, sign in reversed(list(enumerate(signs)))}
    fuller: dict[int, Value] = {}
    new: list[Value] = []
    for item in entries_in(kind, theirs):
        sign = entry_meaning(key, kind, item, joining.phone_of)
        if sign not in have:
            have[sign] = len(mine) + len(new)
            new.append(item)
            continue
        at = have[sign]
        before = fuller.get(at, mine[at]) if at < len(mine) else new[at - len(mine)]
        both = _fuller(kind, before, item)
        if both is None:
            yield from _conflict(key, item, known)
        elif at >= len(mine):
            new[at - len(mine)] = both
        elif both != before:
            fuller[at] = both
    if isinstance(ours, dict) and len(mine) > 1:
        # Lines of `label: value` stay so as long as no two have one label, and none is a word of its own there.
        more = {label: value for item in new if isinstance(item, dict) for label, value in item.items()}
        are_pairs = not fuller and all(isinstance(item, dict) and len(item) == 1 for item in new)
        if are_pairs and len(entries_in(kind, {**ours, **more})) == len(mine) + len(new):
            for label, value in more.items():
                yield Edit(set_value, (key, label), (value,))
        else:
            yield Edit(set_value, (key,), ([*(fuller.get(at, item) for at, item in enumerate(mine)), *new],))
        return
    for at, item in fuller.items():
        # Empty items are no entries, but have their places.
        places = [place for place, each in enumerate(_list(ours)) if each not in ("", [], {})]
        yield Edit(set_value, (key, places[at]) if isinstance(ours, list) else (key,), (item,))
    for item in new:
        yield Edit(append_value, (key,), (item,))


def entries_in(kind: str, value: Value) -> list[Value]:
    """Return the entries of a list, of `{work: a, home: b}` too, as they were typed."""
    if isinstance(value, dict) and len(value) > 1:
        read = _read(kind, value) or ()
        if any(entry.get("label") in value or entry.get("service") in value for entry in read):
            return [{label: text} for label, text in value.items()]
    return [item for item in _list(value) if item not in ("", [], {})]


def entry_meaning(key: str, kind: str, item: Value, phone_of: Callable[[str], str] = phone_key) -> str:
    """Return what makes an entry the same as another one."""
    read = _read(kind, [item])
    # Lists within an entry are not read: it is the same only as one that is typed so.
    if not read or (isinstance(item, dict) and any(isinstance(part, list | dict) for part in item.values())):
        return canonical(item)
    entry = {part: text for part, text in read[0].items() if part != "item" and text}
    if kind == "contacts":
        value = str(entry.get("value", ""))
        number = phone_of(value) if key == "phones" else ""
        return number or value.strip().rstrip("/").casefold()
    if kind == "addresses":
        entry = {part: part_key(kind, text) for part, text in entry.items() if part not in _BESIDE}
    return canonical(entry)


def part_key(kind: str, text: object) -> str:
    """Return the key by which parts of entries are compared: lines of a street are often joined with commas."""
    return name_key(str(text).replace(",", " ") if kind == "addresses" else str(text))


def _fuller(kind: str, ours: Value, theirs: Value) -> Value | None:
    """Return our entry with what only the other one says of the same; None where they say different things."""
    mine, others = (_read(kind, [each]) for each in (ours, theirs))
    if not mine or not others:
        return ours
    said = {part: text for part, text in mine[0].items() if part != "item"}
    missing = {part: text for part, text in others[0].items() if part != "item" and text and not said.get(part)}
    for part, text in others[0].items():
        is_same = part in ("item", "value", "pref") or part_key(kind, text) == part_key(kind, said.get(part) or text)
        if not is_same and text:
            return None
    return {**said, **missing} if missing else ours


def _says_more(left: str | None, right: str | None) -> bool:
    """Tell whether the partial date `left` says all that `right` says, and more."""
    if not left or not right or left == right:
        return False
    return left.startswith(f"{right}-") or (
        right.startswith("--") and left.endswith(right[1:]) and not left.startswith("--")
    )


def _read(kind: str, value: Value, report: Callable[..., None] = lambda *_problem: None) -> Any:
    """Return what a value says by its kind, None where it is not understood."""
    if value in ("", [], {}):
        return None
    reader = KINDS.get("texts" if kind == "whole" else kind)
    return reader(value, report) if reader else value


def _understood(kind: str, value: Value) -> Any:
    """Return what a value says by its kind, None where anything of it has a problem: that is compared as it stands."""
    problems: list[object] = []
    read = _read(kind, value, lambda *problem: problems.append(problem))
    return None if problems else read


def _texts(values: dict[str, Value], key: str) -> list[str]:
    return list(_read("texts", values.get(key, "")) or ())


def _united(left: Value | None, right: Value | None) -> Value:
    return [*_list(left), *_list(right)]


def _list(value: Value | None) -> list[Value]:
    return value if isinstance(value, list) else [value] if value else []
