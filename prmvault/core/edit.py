"""Changing one key of a note's front matter, byte for byte: only that key's lines differ afterwards.

A change is spliced into the text where the YAML parser says that things stand; then the result is read again and
compared with the same change made on the data. What differs in anything else is not returned but refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import yaml

from prmvault.core.fences import OPENING, split_note
from prmvault.core.frontmatter import compose_front_matter, known_front_matter
from prmvault.core.model import Value
from prmvault.core.problems import PrmvaultError, Problem
from prmvault.core.yaml_nodes import (
    OddLayoutError,
    Place,
    Step,
    end_of,
    has_brackets,
    layout_of,
    line_start,
    lines_end,
    locate,
    start_of,
)
from prmvault.core.yaml_splice import Splice, add_item, add_key, remove_entry, replace_value, spliced, wrap_in_list
from prmvault.core.yaml_text import Layout, yaml_entry

__all__ = ["Step", "add_values", "append_value", "remove_value", "set_value"]

_BY_HAND = "change it by hand"
_MOST_STEPS = 40


class _Front(NamedTuple):
    """A note's text cut before and behind the YAML, which is read as data and as nodes."""

    before: str
    yaml: str
    after: str
    values: dict[str, Value]
    problems: tuple[Problem, ...]
    root: yaml.Node | None
    layout: Layout
    eol: str


def set_value(text: str, path: tuple[Step, ...], value: Value) -> str:
    """Return the note's `text` with `value` at `path`: a key, a key in a map, or a list's item that is there.

    Missing keys (maps on the way, too) are added at the end; a text without front matter gets one. Setting what
    is there changes nothing. Raises PrmvaultError where this can't be done without touching anything else.
    """
    front = _read(text)
    expected = _with(front.values, path, path, value)
    if expected == front.values:
        return text
    attempts: list[Callable[[], str]] = [
        lambda: _splice(front, _set(front, path, value)),
        lambda: _splice(front, _set(_without_literals(front), path, value)),
    ]
    steps = _steps(_at(front.values, path), value)
    if steps:
        attempts.insert(0, lambda: _in_steps(text, path, steps))
    return _first_exact(front, path, expected, attempts)


def add_values(text: str, values: Mapping[str, Value]) -> str:
    """Return the note's `text` with several keys that it lacks, as `set_value` adds them, but in one go.

    (Each change on its own reads the note twice, which counts where an import fills thousands.) Errors are those of
    `set_value`.
    """
    front = _read(text)
    result = _added_at_once(front, values)
    if result:
        return result
    for key, value in values.items():
        text = set_value(text, (key,), value)
    return text


def append_value(text: str, path: tuple[Step, ...], value: Value) -> str:
    """Return the note's `text` with `value` as a further item of the list at `path`.

    A missing key and an empty value become a list; any other text, and a map, becomes the first item of one.
    Raises PrmvaultError as `set_value` does.
    """
    front = _read(text)
    old = _at(front.values, path)
    items = [*old, value] if isinstance(old, list) else [old, value] if old else [value]
    expected = _with(front.values, path, path, items)
    return _first_exact(
        front,
        path,
        expected,
        [
            lambda: _splice(front, _append(front, path, old, value)),
            lambda: _splice(front, _set(_without_literals(front), path, items)),
        ],
    )


def remove_value(text: str, path: tuple[Step, ...]) -> str:
    """Return the note's `text` without the key or item at `path`; a list or map that is left empty goes, too.

    Comments behind the value and inside of it go with it, those above stay. Raises PrmvaultError where nothing is
    there, and as `set_value` does.
    """
    front = _read(text)
    if _at(front.values, path) is None:
        raise PrmvaultError(f"there is no {_name(path)} to remove", hint="look at the note for what there is")
    if front.root is not None:
        locate(front.root, path)  # Refuses doubled keys before the path is shortened.
    while len(path) > 1 and len(_at(front.values, path[:-1]) or "") == 1:
        path = path[:-1]
    expected = _without(front.values, path)
    return _first_exact(front, path, expected, [lambda: _splice(front, remove_entry(front.yaml, _there(front, path)))])


def _added_at_once(front: _Front, values: Mapping[str, Value]) -> str:
    """Return the text with keys added behind the last one; nothing where that is not plainly right."""
    is_plain = front.root is not None and not has_brackets(front.yaml, front.root) and front.yaml.endswith("\n")
    last = front.yaml.rstrip().rpartition("\n")[2].lstrip()
    if not is_plain or last.startswith("#") or front.yaml != front.yaml.rstrip() + front.eol:
        return ""
    lines = "".join([f"{yaml_entry(key, value, 0, front.layout)}\n" for key, value in values.items()])
    expected = {**front.values, **values}
    result = front.before + front.yaml + lines.replace("\n", front.eol) + front.after
    at = len(front.yaml)
    same = list(expected) == [*front.values, *values]
    return result if same and not _difference(front, at, at, expected, result) else ""


def _read(text: str) -> _Front:
    parts = split_note(text)
    read = known_front_matter(text)
    if not read.readable:
        raise _unreadable("it is left as it is", read.problems[0])
    if parts.yaml is None:
        bom = "\ufeff" if text.startswith("\ufeff") else ""
        first, is_line, _ = text.partition("\n")
        eol = "\r\n" if is_line and first.endswith("\r") else "\n"
        return _Front(f"{bom}---{eol}", "", f"---{eol}{parts.body}", {}, (), None, Layout(), eol)
    opening = OPENING.match(text)
    assert opening is not None, "front matter was found behind it"
    before = opening[0]
    eol = "\r\n" if before.endswith("\r\n") else "\n"
    root = compose_front_matter(parts.yaml)
    if not isinstance(root, yaml.MappingNode):
        root = None
    after = text[len(before) + len(parts.yaml) :]
    return _Front(before, parts.yaml, after, read.values, read.problems, root, layout_of(parts.yaml, root), eol)


def _unreadable(what: str, problem: Problem) -> PrmvaultError:
    return PrmvaultError(f"{what}: line {problem.line}: {problem.message} [{problem.code}]", hint=problem.hint)


def _first_exact(
    front: _Front, path: tuple[Step, ...], expected: dict[str, Value], attempts: Sequence[Callable[[], str]]
) -> str:
    """Return the first result that is exact; the last attempt writes the whole of the key's value anew."""
    start, end = _lines_of(front, path[0])
    _refuse_tags(front, path[0], start, end)

    def rewritten() -> str:
        place = _there(front, path[:1])
        return _splice(front, replace_value(front.yaml, place, expected[str(path[0])], front.layout))

    reason = ""
    for attempt in (*attempts, rewritten) if path[0] in expected and len(path) > 1 else attempts:
        try:
            result = attempt()
        except OddLayoutError as odd:
            reason = str(odd)
            continue
        different = _difference(front, start, end, expected, result)
        if not different:
            return result
        reason = different
    raise PrmvaultError(f"{_name(path)} can't be changed safely: {reason}", hint=_BY_HAND)


def _difference(front: _Front, start: int, end: int, expected: dict[str, Value], result: str) -> str:
    """Return in what `result` is not what it has to be, or nothing: its data, and each byte outside of the lines."""
    head, tail = front.before + front.yaml[:start], front.yaml[end:] + front.after
    if not (result.startswith(head) and result.endswith(tail)) or len(result) < len(head) + len(tail):
        return "other lines would change"
    parts = split_note(result)
    read = known_front_matter(result)
    if not read.readable:
        return f"the note could not be read afterwards ({read.problems[0].message})"
    if not result.endswith(front.after) or parts.body != split_note(front.before + front.after).body:
        return "the text below the front matter would change"
    if read.values != expected or list(read.values) != list(expected):
        return "it would be read as something else"
    worse = Counter(problem.code for problem in read.problems) - Counter(problem.code for problem in front.problems)
    return f"it would have a problem [{min(worse)}]" if worse else ""


def _lines_of(front: _Front, key: Step) -> tuple[int, int]:
    """Return where the lines of a top-level key begin and end; those of one that is missing are empty."""
    text, root = front.yaml, front.root
    if root is None:
        return len(text), len(text)
    if has_brackets(text, root):
        return line_start(text, start_of(root)), lines_end(text, end_of(text, root), 1)
    place, _ = locate(root, (key,))
    if place is None:
        end = lines_end(text, end_of(text, root), 1)
        return end, end
    assert place.key is not None, "a key of a map"
    end = max(end_of(text, place.key), end_of(text, place.node))
    return line_start(text, start_of(place.key)), lines_end(text, end, place.key.start_mark.column + 1)


def _refuse_tags(front: _Front, key: Step, start: int, end: int) -> None:
    for problem in front.problems:
        line = 2 + front.yaml.count("\n", 0, start)
        if problem.code == "yaml-tag" and line <= problem.line < line + front.yaml.count("\n", start, end):
            raise PrmvaultError(f"{key} can't be changed: line {problem.line}: {problem.message}", hint=problem.hint)


def _splice(front: _Front, splices: list[Splice]) -> str:
    return front.before + spliced(front.yaml, splices, front.eol) + front.after


def _set(front: _Front, path: tuple[Step, ...], value: Value) -> list[Splice]:
    if front.root is None:
        return add_key(front.yaml, None, str(path[0]), _nested(path[1:], value), front.layout)
    place, left = locate(front.root, path)
    if not left:
        return replace_value(front.yaml, _there(front, path), value, front.layout)
    if place is not None and isinstance(place.node, yaml.ScalarNode):
        return replace_value(front.yaml, place, _nested(left, value), front.layout)
    node = front.root if place is None else place.node
    return add_key(front.yaml, node, str(left[0]), _nested(left[1:], value), front.layout)


def _append(front: _Front, path: tuple[Step, ...], old: Value | None, value: Value) -> list[Splice]:
    if not old and not isinstance(old, list):
        return _set(front, path, [value])
    place = _there(front, path)
    if isinstance(old, list):
        return add_item(front.yaml, place, value, front.layout)
    return wrap_in_list(front.yaml, place, value, front.layout)


def _without_literals(front: _Front) -> _Front:
    """Return `front` for writing no block text: a line of blanks that follows would become one of its own."""
    return front._replace(layout=front.layout._replace(literals=False))


def _there(front: _Front, path: tuple[Step, ...]) -> Place:
    place, left = (None, path) if front.root is None else locate(front.root, path)
    if place is None or left:
        raise OddLayoutError("it is not found in the text")
    return place


def _nested(keys: tuple[Step, ...], value: Value) -> Value:
    for key in reversed(keys):
        value = {str(key): value}
    return value


class _Change(NamedTuple):
    """One step from a list or map to another: set a part, append an item, or remove one."""

    verb: str
    at: tuple[Step, ...]
    value: Value = ""


def _steps(old: Value | None, new: Value) -> list[_Change]:
    """Return the small changes that lead from one list or map to another, so that what stays keeps its comments."""
    changes: list[_Change] = []
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        changes += [_Change("set", (key,), part) for key, part in new.items() if old.get(key) != part]
        changes += [_Change("remove", (key,)) for key in old if key not in new]
    elif isinstance(old, list) and isinstance(new, list) and old and new:
        same = 0
        while len(new) < len(old) and same < len(new) and old[-1 - same] == new[-1 - same]:
            same += 1
        shared = len(new) - same
        changes += [_Change("set", (at,), new[at]) for at in range(min(shared, len(old))) if old[at] != new[at]]
        changes += [_Change("remove", (at,)) for at in reversed(range(shared, len(old) - same))]
        changes += [_Change("append", (), item) for item in new[len(old) :]]
    return changes if len(changes) <= _MOST_STEPS else []


def _in_steps(text: str, path: tuple[Step, ...], changes: list[_Change]) -> str:
    try:
        for change in changes:
            if change.verb == "remove":
                text = remove_value(text, (*path, *change.at))
            else:
                make = set_value if change.verb == "set" else append_value
                text = make(text, (*path, *change.at), change.value)
    except PrmvaultError as error:
        raise OddLayoutError(str(error)) from None
    return text


def _at(value: Value, path: tuple[Step, ...]) -> Value | None:
    """Return the data at `path`, or None."""
    for step in path:
        if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
            continue
        if not (isinstance(value, dict) and isinstance(step, str) and step in value):
            return None
        value = value[step]
    return value


def _with(values: dict[str, Value], whole: tuple[Step, ...], path: tuple[Step, ...], value: Value) -> dict[str, Value]:
    """Return the data with `value` at `path`: what the changed text has to be read as."""
    step, rest = path[0], path[1:]
    if not isinstance(step, str):
        raise PrmvaultError(f"{_name(whole)}: there is no list in this place", hint="append to a list to make one")
    inner = values.get(step, "")
    return {**values, step: _inside(inner, whole, rest, value) if rest else value}


def _inside(inner: Value, whole: tuple[Step, ...], path: tuple[Step, ...], value: Value) -> Value:
    step, rest = path[0], path[1:]
    if isinstance(step, int) and isinstance(inner, list):
        if not 0 <= step < len(inner):
            raise PrmvaultError(f"{_name(whole)}: the list has {len(inner)} items", hint="append makes a new one")
        part = _inside(inner[step], whole, rest, value) if rest else value
        return [*inner[:step], part, *inner[step + 1 :]]
    if isinstance(inner, dict) or not inner:
        return _with(dict(inner) if isinstance(inner, dict) else {}, whole, path, value)
    what = "a list" if isinstance(inner, list) else "text"
    raise PrmvaultError(f"{_name(whole)}: there is {what} in this place, no map", hint=_BY_HAND)


def _without(value: dict[str, Value], path: tuple[Step, ...]) -> dict[str, Value]:
    kept = _less(value, path)
    assert isinstance(kept, dict), "a map without a key is a map"
    return kept


def _less(value: Value, path: tuple[Step, ...]) -> Value:
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        parts = [
            (key, _less(part, rest) if key == step else part) for key, part in value.items() if rest or key != step
        ]
        return dict(parts)
    return [_less(part, rest) if at == step else part for at, part in enumerate(value) if rest or at != step]


def _name(path: tuple[Step, ...]) -> str:
    return ".".join([str(step + 1 if isinstance(step, int) else step) for step in path])
