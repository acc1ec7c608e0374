"""What changed between two versions of a note, key by key and item by item, as values and in words."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.markdown import HEADING, parse_body, plain_text
from prmvault.core.model import Task, Value, canonical, texts_in
from prmvault.core.names import name_key

_ONE_KEY = {"tag": "tags", "alias": "aliases"}
_MAIN = ("what", "text", "value", "person", "label", "amount", "name", "date", "service", "street", "key")
"""The parts of an entry that tell what it is about, the first that it has."""

_BARE = ("status", "label", "type", "date", "user", "done")
"""Parts that are understood without their name."""

_LABELS = ("label", "type", "service")
_LONGEST = 100
_TELLS_NOTHING = ("---", "...", "type: person")


class Change(NamedTuple):
    """One thing that changed.

    `kind` is that of a fact: `added`, `removed`, `changed`; of a list's item: `item-added`, `item-removed`,
    `item-changed`; of lines (`key` is log, text or front matter): `lines`, with those that went and those that came;
    of the front matter: `unreadable`, with the problems; or of the whole note: `created`, `deleted`, `renamed` and
    `joined` (with paths), `form` (nothing but spacing, order, quotes or comments).
    """

    kind: str
    key: str
    before: Value | None = None
    after: Value | None = None


class _Side(NamedTuple):
    """One version: its facts, or why they can't be read, its tasks, and its other lines."""

    values: dict[str, Value]
    problem: str
    front: list[str]
    tasks: list[Value]
    log: list[str]
    text: list[str]


def changes(
    before: str | None, after: str | None, log_headings: Sequence[str] = ("log", "verlauf")
) -> tuple[Change, ...]:
    """Return what differs between two versions of a note; None is no note at all.

    `log_headings` are folded. Any text can be compared, also what can't be read as a note.
    """
    if before == after:
        return ()
    if after is None:
        return (Change("deleted", "note"),)
    old, new = _read(before or "", log_headings), _read(after, log_headings)
    found = [Change("created", "note")] if before is None else []
    if old.problem or new.problem:
        found.append(Change("unreadable", "front matter", old.problem or None, new.problem or None))
        found += _lines_changed("front matter", old.front, new.front)
    else:
        for key in dict.fromkeys([*new.values, *old.values]):
            found += _changed(key, old.values.get(key), new.values.get(key))
    found += _changed("tasks", old.tasks, new.tasks)
    found += _lines_changed("log", old.log, new.log)
    found += _lines_changed("text", old.text, new.text)
    return tuple(found) or (Change("form", "note"),)


def is_same_note(before: str, after: str) -> bool:
    """Tell whether two texts are versions of one note: by their uid, else because half of their lines are the same."""
    uids = [parse_front_matter("", text, split_note(text)).values.get("uid") for text in (before, after)]
    if all(uids):
        return uids[0] == uids[1]
    old, new = (Counter(_telling_lines(text)) for text in (before, after))
    return 4 * (old & new).total() >= old.total() + new.total() > 0


def change_words(change: Change) -> str:
    """Return a change in words, on one line; not cleaned for a terminal."""
    before, after = value_words(change.before), value_words(change.after)
    match change.kind:
        case "created" | "deleted":
            return change.kind
        case "form":
            return "only spacing, order, quotes or comments changed"
        case "joined":
            return f"joined with {before}"
        case "added":
            told = f"added {after}"
        case "removed":
            told = f"removed {before}"
        case "item-added":
            told = f"+ {after}"
        case "item-removed":
            told = f"- {before}"
        case "order":
            told = "in another order"
        case "unreadable":
            told = f"can't be read: {after}" if after else "can be read again"
        case "lines":
            told = _count_words(change)
        case _:
            told = f"{before} → {after}"
    return f"{change.key}: {told}"


def value_words(value: Value | None) -> str:
    """Return a value of front matter as people read it, on one line and not too long."""
    if value is None:
        return ""
    text = " ".join(plain_text(_words(value)).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"


def _words(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    main = next((key for key in _MAIN if value.get(key)), "")
    rest = {key: _words(part) for key, part in value.items() if key != main and part}
    if not main:
        return ", ".join(f"{key} {part}" for key, part in rest.items())
    more = ", ".join(part if key in _BARE else f"{key} {part}" for key, part in rest.items())
    return f"{_words(value[main])} ({more})" if more else _words(value[main])


def _count_words(change: Change) -> str:
    gone, come = texts_in(change.before), texts_in(change.after)
    both = min(len(gone), len(come))
    counts = ((both, "changed"), (len(come) - both, "added"), (len(gone) - both, "removed"))
    told = ", ".join(f"{count} {'line' if count == 1 else 'lines'} {what}" for count, what in counts if count > 0)
    return f"{told}: {value_words(come[0].lstrip('-*+ '))}" if len(come) == 1 and not gone else told


def _read(text: str, log_headings: Sequence[str]) -> _Side:
    parts = split_note(text)
    front = parse_front_matter("", text, parts)
    values: dict[str, Value] = {}
    for key, value in front.values.items():
        known = _ONE_KEY.get(key, key)
        both = [*_items(values[known]), *_items(value)] if known in values else value
        if both not in ("", [], {}):
            values[known] = both
    lines = parts.body.replace("\r", "").split("\n")
    tasks = parse_body(parts.body).tasks
    apart = {task.line for task in tasks}
    log: list[str] = []
    other: list[str] = []
    level = 0
    for number, line in enumerate(lines, start=1):
        heading = HEADING.match(line)
        if heading and not (level and len(heading[1]) > level):
            level = len(heading[1]) if heading[2].strip().casefold() in log_headings else 0
        if line.strip() and number not in apart:
            (log if level and not heading else other).append(line.strip())
    problem = "" if front.readable else front.problems[0].message
    front_lines = [line.strip() for line in (parts.yaml or "").split("\n") if line.strip()]
    return _Side(values, problem, front_lines, [_task_value(task) for task in tasks], log, other)


def _task_value(task: Task) -> Value:
    known = {"text": task.text, "status": "" if task.status == "open" else task.status, "due": task.due}
    known |= {"scheduled": task.scheduled, "start": task.start, "done": task.done, "repeat": task.repeat}
    return {key: value for key, value in known.items() if value}


def _changed(key: str, old: Value | None, new: Value | None) -> Iterator[Change]:
    """Yield what changed of one key."""
    if old == new:
        return
    if isinstance(old, list) or isinstance(new, list):
        yield from _items_changed(key, _items(old), _items(new))
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for part in dict.fromkeys([*new, *old]):
            yield from _changed(f"{key}.{part}", old.get(part) or None, new.get(part) or None)
    elif old is None:
        yield Change("added", key, None, new)
    elif new is None:
        yield Change("removed", key, old, None)
    else:
        yield Change("changed", key, old, new)


def _items(value: Value | None) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _items_changed(key: str, old: list[Value], new: list[Value]) -> Iterator[Change]:
    """Yield which items came, went, or say something else now, known by what they are about."""
    gone, come = _without_equal(old, new), _without_equal(new, old)
    if not gone and not come:
        yield Change("order", key, old, new)
        return
    for sign in (_subject, _label):
        waiting: dict[str, deque[int]] = {}
        for at, item in enumerate(gone):
            waiting.setdefault(sign(item), deque()).append(at)
        pairs = {}
        left = []
        for item in come:
            places = waiting.get(sign(item)) if sign(item) else None
            if places:
                pairs[places.popleft()] = item
            else:
                left.append(item)
        for at, item in pairs.items():
            yield Change("item-changed", key, gone[at], item)
        gone, come = [item for at, item in enumerate(gone) if at not in pairs], left
    for item in gone:
        yield Change("item-removed", key, item, None)
    for item in come:
        yield Change("item-added", key, None, item)


def _without_equal(items: Iterable[Value], others: Iterable[Value]) -> list[Value]:
    left = Counter(map(canonical, others))
    found = []
    for item in items:
        if left[canonical(item)] > 0:
            left[canonical(item)] -= 1
        else:
            found.append(item)
    return found


def _subject(item: Value) -> str:
    """Return what an item is about, folded."""
    if isinstance(item, str):
        return name_key(item)
    if isinstance(item, Mapping):
        return name_key(next((_words(item[key]) for key in _MAIN if item.get(key)), ""))
    return ""


def _label(item: Value) -> str:
    return " ".join(_words(item[key]) for key in _LABELS if item.get(key)) if isinstance(item, Mapping) else ""


def _lines_changed(key: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """Yield the lines that went and came, wherever they stand: counting them takes no time, however long the text."""
    before, after = Counter(old), Counter(new)
    gone: list[Value] = [*(before - after).elements()]
    come: list[Value] = [*(after - before).elements()]
    if gone or come:
        yield Change("lines", key, gone, come)


def _telling_lines(text: str) -> Iterator[str]:
    return (line for each in text.split("\n") if (line := each.strip()) and line not in _TELLS_NOTHING)
