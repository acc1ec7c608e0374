"""Writing links: one link's text, and new targets for the links of a note, in its body and in its front matter."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import yaml

from prmvault.core.fences import OPENING, split_note
from prmvault.core.frontmatter import compose_front_matter, parse_front_matter
from prmvault.core.markdown import body_lines, link_target, links_in
from prmvault.core.model import Value
from prmvault.core.problems import PrmvaultError
from prmvault.core.yaml_text import yaml_text

NewTarget = Callable[[str], "str | None"]
"""Answers a link's target (as `link_target` gives it) with another one; None: it stays."""

_NOT_IN_TARGET = re.compile(r"[\[\]|#^\x00-\x1f]")
_NOT_IN_SHOWN = str.maketrans("[]|", "()/")
# In front matter, a value may go on in the next line, and a link in it, too.
_YAML_LINK = re.compile(r"\[\[([^\[\]|]{1,400})(?:\|[^\[\]]{0,400})?\]\]")
_YAML_BREAK = re.compile(r"[ \t]{0,400}\r?\n[ \t]{0,400}")
_SAFE_IN_FLOW = re.compile(r"[^\W_][\w /.-]{0,400}")


class _Place(NamedTuple):
    """A text in the front matter, from `begin` to `end`; `style` is its quote, `|`, `>`, or `[[` where it has none."""

    begin: int
    end: int
    style: str


def link_text(target: str, shown: str) -> str:
    """Return the link to `target` that shows `shown`: `[[Grace Hopper|Grace]]`, or `[[Grace]]` if they are the same.

    `shown` becomes one line without what would end the link. Without a target that a link can hold, it is all.
    """
    shown = " ".join(shown.translate(_NOT_IN_SHOWN).split())
    if not target.strip() or _NOT_IN_TARGET.search(target):
        return shown
    return f"[[{target}]]" if shown in ("", target) else f"[[{target}|{shown}]]"


def rewrite_links(text: str, new_target: NewTarget) -> tuple[str, int]:
    """Return the note `text` with the targets of its links as `new_target` says, and how many links changed.

    These are the links that the reader finds: in the body, but not in code, and in the values of the front matter.
    All else of a link stays: `!`, heading, block, shown text, `.md`. A front matter that can't be read is left as it
    is. Raises PrmvaultError where a link in the front matter can't be changed without changing something else.
    """
    if "[[" not in text:
        return text, 0
    parts = split_note(text)
    head, changed = text[: len(text) - len(parts.body)], 0
    if parts.yaml and "[[" in parts.yaml:
        head, changed = _rewrite_head(head, new_target)
    lines = []
    for raw, (_, written, line) in zip(parts.body.split("\n"), body_lines(parts.body, 1), strict=True):
        new, count = _rewrite_line(written, line, new_target) if "[[" in line else (written, 0)
        changed += count
        lines.append(new + raw[len(written) :])
    return head + "\n".join(lines), changed


def _rewrite_head(head: str, new_target: NewTarget) -> tuple[str, int]:
    """Return the front matter, fences and all, with new targets in its values."""
    parts = split_note(head)
    front = parse_front_matter("", head, parts)
    opening = OPENING.match(head)
    if not front.readable or parts.yaml is None or opening is None:
        return head, 0
    values = {key: _rewrite_value(value, new_target) for key, value in front.values.items()}
    if values == front.values:
        return head, 0
    new, changed = _rewrite_yaml(parts.yaml, new_target)
    head = head[: opening.end()] + new + head[opening.end() + len(parts.yaml) :]
    _verify(head, values)
    return head, changed


def _rewrite_value(value: Value, new_target: NewTarget) -> Value:
    if isinstance(value, dict):
        return {key: _rewrite_value(part, new_target) for key, part in value.items()}
    if isinstance(value, list):
        return [_rewrite_value(part, new_target) for part in value]
    return _rewrite_line(value, value, new_target)[0] if "[[" in value else value


def _rewrite_line(written: str, line: str, new_target: NewTarget) -> tuple[str, int]:
    """Return a line with new targets; `line` is the same without its code."""
    pieces, done = [], 0
    for link in links_in(line):
        begin, end = _target_place(link[2])
        begin, end = link.start(2) + begin, link.start(2) + end
        new = _other_name(link_target(link[2]), new_target)
        if new is not None and written[begin:end] == line[begin:end]:
            pieces += [written[done:begin], new]
            done = end
    return "".join([*pieces, written[done:]]), len(pieces) // 2


def _other_name(target: str, new_target: NewTarget) -> str | None:
    new = new_target(target) if target else None
    if new is None or new == target:
        return None
    if not new.strip() or _NOT_IN_TARGET.search(new):
        raise PrmvaultError(f'no link can point at "{new[:60]}"')
    return new


def _target_place(written: str) -> tuple[int, int]:
    """Return where in a link's text the name stands that `link_target` gives."""
    name = written.split("#", 1)[0]
    begin = len(name) - len(name.lstrip())
    return begin, begin + len(link_target(written))


def _verify(head: str, values: dict[str, Value]) -> None:
    after = parse_front_matter("", head, split_note(head))
    if not after.readable or after.values != values:
        raise PrmvaultError(
            "a link in the front matter can't be changed without changing more",
            hint='Put each [[link]] there in "quotes".',
        )


def _rewrite_yaml(text: str, new_target: NewTarget) -> tuple[str, int]:
    """Return the YAML of a front matter with new targets in its values."""
    root = compose_front_matter(text)
    edits = [edit for place in _places(root, text) for edit in _edits(text, place, new_target)] if root else []
    pieces, done = [], 0
    for begin, end, new in sorted(edits):
        pieces += [text[done:begin], new]
        done = end
    return "".join([*pieces, text[done:]]), len(edits)


def _places(node: yaml.Node, text: str) -> Iterator[_Place]:
    """Yield the texts in the values below `node` that may hold links."""
    begin, end = node.start_mark.index, node.end_mark.index
    written = text[begin:end]
    if isinstance(node, yaml.ScalarNode):
        if "[[" in written:
            yield _Place(begin, end, node.style or "")
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _places(value, text)
    elif "\n" not in written and written.startswith("[[") and _YAML_LINK.fullmatch(written):
        yield _Place(begin, end, "[[")
    else:
        for item in node.value:
            yield from _places(item, text)


def _edits(text: str, place: _Place, new_target: NewTarget) -> Iterator[tuple[int, int, str]]:
    """Yield what is to be written where, in one text of the front matter."""
    for link in _YAML_LINK.finditer(text, place.begin, place.end):
        if place.style == "|" and "\n" in link[0]:
            continue  # A literal text keeps its lines, and no link goes over two.
        begin, end = _target_place(link[1])
        target = _unquoted(link[1][begin:end], place.style)
        new = _other_name(target, new_target)
        if new is None:
            continue
        begin, end = link.start(1) + begin, link.start(1) + end
        if place.style == "[[" and not _SAFE_IN_FLOW.fullmatch(new):
            # To YAML a link without quotes is a list in a list, where a comma or a quote means something.
            yield (place.begin, place.end, yaml_text(text[place.begin : begin] + new + text[end : place.end]))
        else:
            yield (begin, end, _quoted(new, place.style))


def _unquoted(written: str, style: str) -> str:
    """Return what a part of a text in the front matter says."""
    if style == '"' and "\\" in written:
        node = compose_front_matter(f'"{written}"')
        return str(node.value) if node else ""
    written = _YAML_BREAK.sub(" ", written)
    return written.replace("''", "'") if style == "'" else written


def _quoted(name: str, style: str) -> str:
    """Return `name` as it stands inside a text of this style."""
    if style == '"':
        return name.replace("\\", "\\\\").replace('"', '\\"')
    return name.replace("'", "''") if style == "'" else name
