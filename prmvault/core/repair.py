"""What can be put right in a front matter without asking: links without quotes, dates in another form, old keys.

Only what is certain is changed, nothing else moves by a byte, and what says something in the note says the same after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import yaml

from prmvault.core.edit import Step, append_value, remove_value, set_value
from prmvault.core.fences import OPENING, split_note
from prmvault.core.frontmatter import FrontMatter, compose_front_matter, parse_front_matter
from prmvault.core.model import Value
from prmvault.core.problems import PrmvaultError
from prmvault.core.schema import Field
from prmvault.core.value_kinds import numbered_items, read_tags
from prmvault.core.yaml_text import yaml_text

OLD_KEYS = {"tag": "tags", "alias": "aliases"}
"""Keys that Obsidian reads no longer from 1.9 on, with those that it does (obsidian.md/help/properties)."""

DayOf = Callable[[str], str]
"""Answers a text with the one partial date that it can mean, as it is written in a vault, or with nothing."""

_DATES = ("date", "partial date", "death", "moment")
_DATED = {"dates": "date", "gifts": "date", "debts": "date", "reminders": "on"}
"""Kinds of entries with their part that is a date."""

_PARTS_OF_DATES = ("date", "label", "repeat")
_WHOLE = ("date", "moment", "reminders")
"""Kinds that need a year."""


class Repair(NamedTuple):
    """What was put right: the line of the note as it was, the code of the problem, and what was done."""

    line: int
    code: str
    message: str


class _Date(NamedTuple):
    path: tuple[Step, ...]
    text: str
    whole: bool


def repaired(text: str, fields: Mapping[str, Field], day_of: DayOf) -> tuple[str, list[Repair]]:
    """Return the note `text` with its front matter put right, and what was done; `fields` are those of its type.

    A front matter that can't be read is left as it is, and so is what can't be changed without changing more.
    """
    front = parse_front_matter("", text, split_note(text))
    if not front.readable or not front.values:
        return text, []
    text, done = _with_quoted_links(text, front)
    for found in [date for key, value in front.values.items() for date in _dates(key, value, fields)]:
        day = day_of(found.text)
        if not day or (found.whole and day.startswith("--")):
            continue
        try:
            text = set_value(text, found.path, day)
        except PrmvaultError:
            continue
        done.append(Repair(_line(front, found.path), "bad-date", f'"{found.text}" written as {day}'))
    for old, new in OLD_KEYS.items():
        changed = _with_new_key(text, old, new, fields)
        if changed != text:
            what = f"{old} joined with {new}" if new in front.values else f"{old} written as {new}"
            done.append(Repair(front.lines[old], "old-key", what))
            text = changed
    return text, sorted(done)


def _with_quoted_links(text: str, front: FrontMatter) -> tuple[str, list[Repair]]:
    """Return the text with each link that YAML takes for a list in a list in quotes."""
    parts = split_note(text)
    opening = OPENING.match(text)
    if not any(problem.code == "unquoted-link" for problem in front.problems) or not parts.yaml or not opening:
        return text, []
    root = compose_front_matter(parts.yaml)
    pieces, done, found = [text[: opening.end()]], 0, []
    for begin, end in _bare_links(root, parts.yaml) if root else ():
        written = parts.yaml[begin:end]
        pieces += [parts.yaml[done:begin], yaml_text(written)]
        done = end
        line = parts.yaml_line + parts.yaml.count("\n", 0, begin)
        found.append(Repair(line, "unquoted-link", f'"{written}" put in quotes'))
    new = "".join([*pieces, parts.yaml[done:], text[opening.end() + len(parts.yaml) :]])
    after = parse_front_matter("", new, split_note(new))
    return (new, found) if after.readable and after.values == front.values else (text, [])


def _bare_links(node: yaml.Node, text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where links without quotes go, in their order."""
    if isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _bare_links(value, text)
    elif isinstance(node, yaml.SequenceNode):
        begin, end = int(node.start_mark.index), int(node.end_mark.index)
        written = text[begin:end]
        inner = node.value[0].value if len(node.value) == 1 and isinstance(node.value[0], yaml.SequenceNode) else None
        is_flat = inner is not None and all(isinstance(part, yaml.ScalarNode) for part in inner)
        if is_flat and "\n" not in written and written.startswith("[[") and written.endswith("]]"):
            yield begin, end
        else:
            for item in node.value:
                yield from _bare_links(item, text)


def _dates(key: str, value: Value, fields: Mapping[str, Field]) -> Iterator[_Date]:
    """Yield the texts of a key that are to be dates."""
    kind = fields[key].kind if key in fields else ""
    is_list = kind.startswith("list of ")
    kind = kind.removeprefix("list of ")
    whole = kind in _WHOLE
    if kind in _DATES:
        items = enumerate(value) if is_list and isinstance(value, list) else [(-1, value)]
        yield from (_Date((key,) if at < 0 else (key, at), item, whole) for at, item in items if isinstance(item, str))
    elif kind in _DATED and not is_list:
        numbered = numbered_items(value) if isinstance(value, list) else [(-1, value)]
        for at, item in numbered:
            place: tuple[Step, ...] = (key,) if at < 0 else (key, at)
            if kind == "dates" and isinstance(item, str):
                yield _Date(place, item, whole)
            elif isinstance(item, dict):
                named = kind != "dates" or any(part in item for part in _PARTS_OF_DATES)
                for part in [_DATED[kind]] if named else list(item):
                    inner = item.get(part)
                    if isinstance(inner, str):
                        yield _Date((*place, part), inner, whole)


def _line(front: FrontMatter, path: tuple[Step, ...]) -> int:
    """Return the line of the longest beginning of a path that has one."""
    for end in (3, 2, 1):
        line = front.lines.get(".".join(map(str, path[:end])))
        if line:
            return line
    return 1


def _with_new_key(text: str, old: str, new: str, fields: Mapping[str, Field]) -> str:
    """Return the text with the value of one key under another, joined with what is there; else as it is."""
    values = parse_front_matter("", text, split_note(text)).values
    if old not in values or any(key not in fields for key in (old, new)) or fields[old].kind != fields[new].kind:
        return text
    texts, known = (_texts(values.get(key, ""), fields[new].kind) for key in (old, new))
    if texts is None or known is None:
        return text
    if new not in values:
        return _renamed_key(text, old, new)
    try:
        for item in texts:
            if item not in known:
                text = append_value(text, (new,), item)
        return remove_value(text, (old,))
    except PrmvaultError:
        return text


def _texts(value: Value, kind: str) -> list[str] | None:
    """Return the tags or texts of a value; None where something else is in it."""
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        return None
    if kind == "tags":
        return read_tags(value, lambda *_problem: None)
    return [str(item) for item in items if item]


def _renamed_key(text: str, old: str, new: str) -> str:
    """Return the text with another name for a key of its front matter, the value untouched."""
    parts = split_note(text)
    opening = OPENING.match(text)
    root = compose_front_matter(parts.yaml) if parts.yaml else None
    if opening is None or not isinstance(root, yaml.MappingNode):
        return text
    before = parse_front_matter("", text, parts)
    for key, _ in root.value:
        begin = opening.end() + int(key.start_mark.index)
        if key.value == old and text.startswith(old, begin):
            changed = text[:begin] + new + text[begin + len(old) :]
            after = parse_front_matter("", changed, split_note(changed))
            wanted = [(new if name == old else name, value) for name, value in before.values.items()]
            return changed if after.readable and list(after.values.items()) == wanted else text
    return text
