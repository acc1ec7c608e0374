"""Adding a list item to a note: to a journal day, or to the log of a person's note. All other bytes stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from prmvault.core.fences import split_note
from prmvault.core.markdown import CHECKBOX, HEADING, ITEM, parse_body, without_code
from prmvault.core.problems import EXIT_USAGE, PrmvaultError

_BULLET = re.compile(r"([ \t]{0,40})(?:([-*+])|(\d{1,9})([.)]))([ \t]{1,40})")
_BOM = "\ufeff"
_LARGEST_NUMBER = 999_999_999
_CODE_INDENT = 5
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# What begins something of its own, so that it does not go on with the paragraph above it.
_BEGINS_BLOCK = ("#", ">", "|", "```", "~~~", "---", "***", "___", "===")


class _Item(NamedTuple):
    """A top-level list item: its first line, the line behind what belongs to it, and its text."""

    begin: int
    end: int
    text: str


class _Part(NamedTuple):
    """What stands between two headings: the lines from `begin` up to `end`, with their top-level list items.

    `code` is the line from which a code block goes on that nothing closes; else it is behind the last line.
    """

    begin: int
    end: int
    heading: str
    items: tuple[_Item, ...]
    code: int


def add_item(text: str, item: str, below: Sequence[str] = ()) -> tuple[str, int]:
    """Return a journal day's `text` with the list item `item` (without bullet), and the line on which it stands.

    The lines `below` come indented under it. It goes behind the last top-level item before the first heading (a title
    on top aside), else to the end of that part, with the bullet and the line ending of its neighbours. Raises
    PrmvaultError if `item` is empty, if the front matter is not closed, and if the place is in a code block that
    nothing closes.
    """
    lines, parts = _read(text)
    part = parts[0]
    if len(parts) > 1 and not any(line.strip() for line in lines[part.begin : part.end]):
        has_title = lines[part.end].startswith(("# ", "#\t"))
        part = parts[1] if has_title else part
    text, line = _with_item(text, lines, part, _one_line(item), len(part.items))
    return add_below(text, line, [each for each in below if each.strip()], line), line


def add_log_line(text: str, item: str, headings: tuple[str, ...], new_heading: str) -> tuple[str, int]:
    """Return `text` with the list item `item` under the heading of its log, and the line on which it stands.

    The log is under the first heading whose casefolded title is one of `headings`; if there is none, `new_heading`
    is added at the end. Where the items are in the order of the dates with which they begin, the new one is, too:
    newest last, or newest first where they are so. Raises PrmvaultError as `add_item` does.
    """
    lines, parts = _read(text)
    item = _one_line(item)
    part = next((part for part in parts[1:] if part.heading.casefold() in headings), None)
    if part is not None:
        return _with_item(text, lines, part, item, _place_by_date(part.items, item))
    blank = [""] if lines and lines[-1].strip() else []
    return _inserted(text, lines, parts[-1], len(lines), [*blank, f"## {new_heading}", "", f"- {item}"])


def add_below(text: str, line: int, below: Sequence[str], end: int) -> str:
    """Return `text` with lines indented under the item on line `line`, behind line `end`, the last one under it.

    Raises PrmvaultError where they would change other items than that one.
    """
    if not below:
        return text
    mark = _BOM if text.startswith(_BOM) else ""
    lines = text.removeprefix(mark).split("\n")
    bullet = _BULLET.match(lines[line - 1])
    assert bullet is not None, "it was put there"
    tabs = [each.expandtabs(4) for each in below]
    least = min(len(each) - len(each.lstrip()) for each in tabs)
    ending = "\r" if lines[line - 1].endswith("\r") else ""
    lines[end:end] = [" " * len(bullet[0]) + each[least:].rstrip() + ending for each in tabs]
    result = mark + "\n".join(lines)
    old, new = [parse_body(note.body, note.body_line).items for note in (split_note(text), split_note(result))]
    if [(item.text, item.heading) for item in old] != [(item.text, item.heading) for item in new]:
        raise PrmvaultError("what stands under the item can't be added there", hint="close the code block in it")
    return result


def _read(text: str) -> tuple[list[str], list[_Part]]:
    """Return the lines of a note, and its parts: what stands before the first heading, and under each one."""
    note = split_note(text)
    if note.unclosed:
        raise PrmvaultError("the front matter is not closed", hint="Add a line --- below its last key.")
    lines = text.removeprefix(_BOM).split("\n")
    if not lines[-1]:
        lines.pop()
    parts: list[_Part] = []
    items: list[_Item] = []
    begin, heading, fence, code = note.body_line - 1, "", "", len(lines) + 1
    indent = 0
    is_open = goes_on = False  # For the reader an item ends with text at the margin, for Markdown with a blank line.
    for number in range(begin, len(lines)):
        written = lines[number].rstrip("\r")
        was_code = bool(fence)
        fence, _ = without_code(written, fence)
        if fence and not was_code:
            code = number
        if not written.strip():
            continue
        plain = not fence and not was_code
        title = HEADING.match(written) if plain else None
        if title:
            parts.append(_Part(begin, number, heading, tuple(items), len(lines) + 1))
            begin, heading, items, is_open, goes_on = number + 1, title[2].strip(" #"), [], False, False
            continue
        bullet = ITEM.match(written) if plain else None
        depth = len(bullet[1].expandtabs(4)) if bullet else 0
        at_margin = written[0] not in " \t"
        if bullet and (not is_open or depth <= indent):
            items.append(_Item(number, number + 1, written[bullet.end() :]))
            indent, is_open, goes_on = depth, True, True
            continue
        is_open = is_open and (not at_margin or bullet is not None)
        if goes_on:
            follows = number == items[-1].end and not written.startswith(_BEGINS_BLOCK)
            goes_on = was_code or not at_margin or follows
        if goes_on:
            items[-1] = items[-1]._replace(end=number + 1)
    parts.append(_Part(begin, len(lines), heading, tuple(items), code if fence else len(lines) + 1))
    return lines, parts


def _one_line(item: str) -> str:
    """Return a list item's text as one line that opens no code block."""
    item = " ".join([line.strip() for line in item.splitlines() if line.strip()])
    if not item:
        raise PrmvaultError("there is nothing to add", exit_code=EXIT_USAGE)
    return f"\\{item}" if without_code(f"- {item}", "")[0] else item


def _place_by_date(items: tuple[_Item, ...], item: str) -> int:
    """Return before how many-th of `items` the new one belongs."""
    found = [(place, _DATE.match(_without_box(old.text))) for place, old in enumerate(items)]
    dated = [(place, date[0]) for place, date in found if date]
    dates = [date for _, date in dated]
    new = _DATE.match(_without_box(item))
    if new is None or dates not in (sorted(dates), sorted(dates, reverse=True)):
        return len(items)
    if dates == sorted(dates):
        return next((place for place, date in dated if date > new[0]), len(items))
    return next((place for place, date in dated if date <= new[0]), len(items))


def _without_box(text: str) -> str:
    checkbox = CHECKBOX.match(text)
    return text[checkbox.end() :] if checkbox else text


def _with_item(text: str, lines: list[str], part: _Part, item: str, place: int) -> tuple[str, int]:
    """Return `text` with `item` in a part of it, before the item with the number `place`."""
    if part.items:
        neighbour = part.items[max(place - 1, 0)]
        at = neighbour.end if place else neighbour.begin
        return _inserted(text, lines, part, at, [_bullet_like(lines[neighbour.begin], behind=place > 0) + item])
    at = part.end
    while at > part.begin and not lines[at - 1].strip():
        at -= 1
    new = [f"- {item}"]
    if at and lines[at - 1].strip():
        if at < part.end:
            at += 1  # The blank line that is there.
        else:
            new.insert(0, "")
    if at < len(lines) and lines[at].strip():
        new.append("")
    return _inserted(text, lines, part, at, new)


def _bullet_like(line: str, *, behind: bool) -> str:
    """Return what stands before an item's text, as in its neighbour's line."""
    match = _BULLET.match(line)
    assert match is not None, "the neighbour is an item"
    indent, bullet, number, sign, gap = match.groups()
    if number is not None:
        bullet = f"{min(int(number) + behind, _LARGEST_NUMBER)}{sign}"
    return f"{indent}{bullet}{gap if len(gap) < _CODE_INDENT else ' '}"


def _inserted(text: str, lines: list[str], part: _Part, at: int, new: list[str]) -> tuple[str, int]:
    """Return `text` with the lines `new` before the one with the number `at`, and the line of the item among them."""
    if at > part.code:
        hint = f"Close the code block that begins on line {part.code + 1}."
        raise PrmvaultError("a code block there is not closed", hint=hint)
    has_ending = at < len(lines) or text.endswith("\n")
    is_crlf = lines[at - 1].endswith("\r") if at and has_ending else "\r\n" in text
    ending = "\r\n" if is_crlf else "\n"
    begin = len(text) - len(text.removeprefix(_BOM)) + sum(len(line) + 1 for line in lines[:at])
    before, after = text[:begin], text[begin:]
    if at and not has_ending:
        before += ending
    result = before + "".join([line + ending for line in new]) + after
    line = at + 1 + max(number for number, line in enumerate(new) if line)
    _verify(text, result, line)
    return result, line


def _verify(before: str, after: str, line: int) -> None:
    """Refuse what would change other items than the one that came."""
    old, new = [parse_body(note.body, note.body_line).items for note in (split_note(before), split_note(after))]
    others = [item._replace(line=0) for item in new if item.line != line]
    if len(new) != len(old) + 1 or others != [item._replace(line=0) for item in old]:
        raise PrmvaultError("the item can't be added there without changing what stands around it")
