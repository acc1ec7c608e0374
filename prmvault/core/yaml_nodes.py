"""Where the parts of front matter stand in its text: nodes by their path, their true ends, comments, and its layout.

PyYAML's marks are places in the text, but the end mark of a block collection is that of whatever comes next, that of
a block text is behind its trailing blank lines, and an empty value has no width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from prmvault.core.problems import PrmvaultError
from prmvault.core.yaml_text import Layout

Step = str | int
"""A key of a map, or the index of a list's item, from 0."""

_GAP = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_COMMENT = re.compile(r"#[^\r\n]*+")
_COMMENT_LINE = re.compile(r"([ \t]{0,99})#[^\n]*\n?")


class OddLayoutError(Exception):
    """This text is laid out such that a small change of it is not safe; the message says why."""


class Place(NamedTuple):
    """A value in the tree: number `at` of `parent`, under `key` if that is a map; `in_flow` inside of [] or {}."""

    parent: yaml.CollectionNode
    at: int
    key: yaml.ScalarNode | None
    node: yaml.Node
    in_flow: bool


def locate(root: yaml.Node, path: tuple[Step, ...]) -> tuple[Place | None, tuple[Step, ...]]:
    """Follow `path` as far as it is there; return the last place and the steps that are left.

    Raises PrmvaultError for a key on the way that is there twice.
    """
    place, node, in_flow = None, root, False
    for depth, step in enumerate(path):
        in_flow = in_flow or bool(getattr(node, "flow_style", False))
        found = _child(node, step, in_flow=in_flow)
        if found is None:
            return place, path[depth:]
        place, node = found, found.node
    return place, ()


def _child(node: yaml.Node, step: Step, *, in_flow: bool) -> Place | None:
    if isinstance(node, yaml.SequenceNode):
        if isinstance(step, int) and 0 <= step < len(node.value):
            return Place(node, step, None, node.value[step], in_flow)
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    found = [Place(node, at, key, value, in_flow) for at, (key, value) in enumerate(node.value) if key.value == step]
    if len(found) > 1:
        raise PrmvaultError(f"{step!r} is there twice", hint="keep one of the two")
    return found[0] if found else None


def start_of(node: yaml.Node) -> int:
    """Return the place of the node's first character."""
    return int(node.start_mark.index)


def column_of(node: yaml.Node) -> int:
    """Return the column in which the node begins, from 0; for a block list that of its dashes."""
    return int(node.start_mark.column)


def end_of(text: str, node: yaml.Node) -> int:
    """Return the place behind the node's last character, without the line break behind it."""
    start, end = start_of(node), int(node.end_mark.index)
    if isinstance(node, yaml.ScalarNode):
        if node.style not in ("|", ">"):
            return end
        return start + _length_of_block(text[start:end])
    if has_brackets(text, node):
        return end
    last = node.value[-1]
    return end_of(text, last[1] if isinstance(last, tuple) else last)


def _length_of_block(written: str) -> int:
    """Return the length of a block text without the line break behind it, and without blank lines that don't count."""
    header, *lines = written.removesuffix("\n").split("\n")
    if "+" not in header.split("#", 1)[0]:
        first = next((line for line in lines if line.strip()), "")
        indent = len(first) - len(first.lstrip(" "))
        while lines and not lines[-1].strip() and len(lines[-1].rstrip("\r")) <= indent:
            lines.pop()
    return len("\n".join([header, *lines]).removesuffix("\r"))


def has_brackets(text: str, node: yaml.Node) -> bool:
    """Tell whether the node is a list or map in brackets; `[a: b]` holds a map without any."""
    return bool(getattr(node, "flow_style", False)) and text[start_of(node)] in "[{"


def entries_of(text: str, node: yaml.CollectionNode) -> list[tuple[int, int]]:
    """Return where the entries of a map, or the items of a list (without their dashes), begin and end."""
    pairs = [entry if isinstance(entry, tuple) else (entry, entry) for entry in node.value]
    return [(start_of(first), max(end_of(text, first), end_of(text, last))) for first, last in pairs]


def begin_of(text: str, place: Place) -> int:
    """Return where an entry begins: its key, or in a block list its dash."""
    if place.key is not None:
        return start_of(place.key)
    return start_of(place.node) if place.in_flow else _dash(text, place)


def sign_end(text: str, place: Place) -> int:
    """Return the place behind the colon or the dash that stands before the value; raises OddLayoutError without one."""
    if place.key is None:
        return _dash(text, place) + 1
    colon = skip(text, end_of(text, place.key))
    if text[colon : colon + 1] != ":":
        raise OddLayoutError("a key has no colon")
    return colon + 1


def _dash(text: str, place: Place) -> int:
    before = place.parent.value[place.at - 1] if place.at else None
    dash = start_of(place.parent) if before is None else skip(text, end_of(text, before))
    if text[dash : dash + 1] != "-":
        raise OddLayoutError("an item has no dash")
    return dash


def skip(text: str, place: int) -> int:
    """Return the place of the next sign that is no blank, line break or comment."""
    gap = _GAP.match(text, place)
    return gap.end() if gap else place


def line_start(text: str, place: int) -> int:
    """Return where the line begins in which `place` is."""
    return text.rfind("\n", 0, place) + 1


def line_end(text: str, place: int) -> int:
    """Return where that line ends, without its line break."""
    end = text.find("\n", place)
    if end < 0:
        return len(text)
    return end - 1 if end > place and text[end - 1] == "\r" else end


def next_line(text: str, place: int) -> int:
    """Return where the line after it begins."""
    end = text.find("\n", place)
    return len(text) if end < 0 else end + 1


def lines_end(text: str, end: int, column: int) -> int:
    """Return where an entry's lines end whose value ends at `end`: comments below from `column` on are its own."""
    place = next_line(text, end)
    comment = _COMMENT_LINE.match(text, place)
    while comment and len(comment[1]) >= column:
        place = comment.end()
        comment = _COMMENT_LINE.match(text, place)
    return place


def has_comments(text: str, begin: int, node: yaml.Node) -> bool:
    """Tell whether comments stand between `begin` and the end of `node`; one behind its own | or > is not counted."""
    for leaf in _leaves(node):
        header = text[start_of(leaf) : line_end(text, start_of(leaf))] if leaf.style in ("|", ">") else ""
        if "#" in text[begin : start_of(leaf)] or ("#" in header and leaf is not node):
            return True
        begin = max(begin, end_of(text, leaf))
    return "#" in text[begin : end_of(text, node)]


def comments_of(text: str, root: yaml.Node) -> list[str]:
    """Return the comments in a text, each from its # to the end of its line; `root` is what the text says."""
    found: list[str] = []
    begin = 0
    for leaf in _leaves(root):
        start = start_of(leaf)
        found += _COMMENT.findall(text, begin, start)
        if leaf.style in ("|", ">"):
            found += _COMMENT.findall(text, start, line_end(text, start))
        begin = max(begin, end_of(text, leaf))
    return found + _COMMENT.findall(text, begin)


def _leaves(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
        return
    for entry in node.value:
        for part in entry if isinstance(entry, tuple) else (entry,):
            yield from _leaves(part)


def layout_of(text: str, root: yaml.Node | None) -> Layout:
    """Return how this note writes lists and maps, as far as it has any."""
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        return Layout()
    lists = [(key, node) for key, node in root.value if isinstance(node, yaml.SequenceNode)]
    of_texts = [node for _, node in lists if all(isinstance(item, yaml.ScalarNode) for item in node.value)]
    dashes = [column_of(node) - column_of(key) for key, node in lists if not has_brackets(text, node)]
    maps = [(key, node) for key, node in root.value if isinstance(node, yaml.MappingNode) and not node.flow_style]
    steps = [column_of(node) - column_of(key) for key, node in maps]
    in_brackets = [has_brackets(text, node) for node in of_texts]
    flow_lists = bool(in_brackets) and all(in_brackets)
    return Layout(flow_lists, dash=dashes[0] if dashes else 2, step=steps[0] if steps else 2)
