"""Bodies of notes in three versions: section by section, list items as items, everything else line by line.

Nothing that a side adds is lost, and nothing that it takes out comes back unless the other side has changed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from prmvault.core.markdown import HEADING, body_lines
from prmvault.core.merge_items import Clash, chosen, unite_units
from prmvault.core.merge_order import Order, tells, weave

_Key = tuple[str, int]
_SAME = 0.5
"""How many of its lines a section has to keep under another heading to be the same section."""


class _Section(NamedTuple):
    """A heading with what stands under it up to the next one; `above` are the blank lines before the heading.

    What stands before the first heading has no heading.
    """

    above: tuple[str, ...]
    heading: str
    lines: tuple[str, ...]


def merge_bodies(
    base: Sequence[str], left: Sequence[str], right: Sequence[str], kind: str
) -> tuple[list[str], tuple[Clash, ...]]:
    """Merge the lines of three bodies; items of a journal are ordered by time, others by date."""
    if left in (right, base):
        return list(right), ()
    if right == base:
        return list(left), ()
    sections = [_sections(lines) for lines in (base, left, right)]
    for side in (1, 2):
        sections[side] = _renamed(sections[0], sections[side])
    texts = {key: section.heading for each in sections for key, section in each.items()}
    merged: list[str] = []
    clashes: list[Clash] = []
    for key in weave(Order(texts.__getitem__), *(list(each) for each in sections)):
        lines, found = _merged(kind, *(each.get(key) for each in sections))
        merged += lines
        clashes += found
    return merged, tuple(clashes)


def _sections(lines: Sequence[str]) -> dict[_Key, _Section]:
    """Return the sections by their headings, of which each may be there more than once."""
    found: dict[_Key, _Section] = {}
    seen: Counter[str] = Counter()
    above: list[str] = []
    heading = ""
    begin = 0

    def close(end: int) -> None:
        name = heading.strip(" #\r").casefold()
        found[name, seen[name]] = _Section(tuple(above), heading, tuple(lines[begin:end]))
        seen[name] += 1

    for number, written, line in body_lines("\n".join(lines), 0):
        if line.startswith("#") and HEADING.match(written):
            end = number
            while end > begin and not lines[end - 1].strip():
                end -= 1
            close(end)
            above, heading, begin = list(lines[end:number]), lines[number], number + 1
    close(len(lines))
    return found


def _renamed(base: dict[_Key, _Section], side: dict[_Key, _Section]) -> dict[_Key, _Section]:
    """Give sections the key of one that they were in the base, if they hold enough of its lines under a new heading."""
    gone = {key: lines for key in base if key not in side and (lines := _telling(base[key]))}
    names: dict[_Key, _Key] = {}
    for key in [key for key in side if key not in base] if gone else ():
        lines = _telling(side[key])
        share, old = max(((len(was & lines) / len(was), old) for old, was in gone.items()), default=(0.0, key))
        if share >= _SAME:
            names[key] = old
            del gone[old]
    return {names.get(key, key): section for key, section in side.items()}


def _telling(section: _Section) -> set[str]:
    """Return the lines by which a section is known: those that hold a word."""
    return {line.strip() for line in section.lines if tells(line)}


def _merged(
    kind: str, base: _Section | None, left: _Section | None, right: _Section | None
) -> tuple[list[str], list[Clash]]:
    if left in (right, base):
        return _written(right), []
    if right == base:
        return _written(left), []
    old, *sides = [each.lines if each else () for each in (base, left, right)]
    lines, clashes = unite_units(old, sides[0], sides[1], kind)
    there = [each for each in (left, right) if each]
    if len(there) == 1:
        is_same = base is not None and there[0].heading == base.heading
        return (_written(there[0]._replace(lines=tuple(lines))) if lines or not is_same else []), clashes
    headings = chosen(base and base.heading, there[0].heading, there[1].heading)
    if len(headings) > 1:
        clashes.append(Clash("", headings[-1], headings[0]))
    above = chosen(base and base.above, there[0].above, there[1].above)[-1]
    return [*above, *filter(None, headings), *lines], clashes


def _written(section: _Section | None) -> list[str]:
    if section is None:
        return []
    return [*section.above, *filter(None, [section.heading]), *section.lines]
