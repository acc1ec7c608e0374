"""List items and lines in three versions: one order for all of them, and what both sides changed of one item.

An item is known by its text, without its checkbox and the day it was done: what is ticked on one side and reworded on
the other is both. Two wordings of one item, or of one line, are both kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from itertools import dropwhile, pairwise
from typing import NamedTuple, TypeVar

from prmvault.core.item_line import box_rank, item_line, with_done
from prmvault.core.markdown import ITEM, indent_of, parse_links, without_code
from prmvault.core.merge_order import Order, align, pair_new, tells, weave

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_WORD = re.compile(r"\w{1,100}")
_SAME = 0.6
"""How many of the words of two wordings have to be the same for one item."""

_MOST_PAIRS = 400

Texts = TypeVar("Texts", str, tuple[str, ...])


class Clash(NamedTuple):
    """Both sides say something else of one thing: of a key of the front matter, or (with an empty `key`) of a line.

    `kept` stands in the note, `other` under `merge_conflicts`; of a line both stand in the text.
    """

    key: str
    kept: str
    other: str


class _Unit(NamedTuple):
    """A line, a block of code, or an item with what is under it; `above` are the blank lines before it."""

    above: tuple[str, ...]
    lines: tuple[str, ...]
    is_item: bool = False


_NO_UNIT = _Unit((), ())


class _Side(NamedTuple):
    """One side's units, and for each the number of the one that it was in the base, or -1."""

    units: list[_Unit]
    numbers: list[int]


class _Version(NamedTuple):
    """A unit on each side, None where it is not (any more), and what it was before both."""

    base: _Unit | None
    left: _Unit | None
    right: _Unit | None


def unite_units(
    base: Sequence[str], left: Sequence[str], right: Sequence[str], kind: str
) -> tuple[list[str], list[Clash]]:
    """Merge lines that hold items; those of the `kind` "journal" are ordered by time, others by date."""
    base, left, right = tuple(base), tuple(left), tuple(right)
    if left in (right, base):
        return list(right), []
    if right == base:
        return list(left), []
    (old, old_end), *read = [_units(lines) for lines in (base, left, right)]
    sides = [_Side(units, _numbers(old, units)) for units, _ in read]
    _number_new(sides[0], sides[1], len(old))
    named = [dict(zip(side.numbers, side.units, strict=True)) for side in sides]
    known = {**dict(enumerate(old)), **named[1], **named[0]}

    @cache
    def when(number: int) -> str:
        return _when(known[number], kind)

    @cache
    def is_newest_first() -> bool:
        return any(_is_newest_first([when(number) for number in side.numbers]) for side in sides)

    order = Order[int](lambda number: "\n".join(known[number].lines), when, is_newest_first)
    woven = weave(order, range(len(old)), sides[0].numbers, sides[1].numbers)
    versions = [
        _Version(old[number] if number < len(old) else None, named[0].get(number), named[1].get(number))
        for number in woven
    ]
    clashes = _replaced(versions)
    lines: list[str] = []
    begun_by = (True, True)
    heads = [*sides[0].units[:1], *sides[1].units[:1]]
    before = _NO_UNIT
    for version in versions:
        merged, found = _merged(version, kind)
        clashes += found
        if not merged:
            continue
        there = [unit for unit in version[1:] if unit]
        if lines and before.is_item and there[0].is_item and all(any(unit is head for head in heads) for unit in there):
            # The blank lines above stood before the list, not within it.
            merged = list(dropwhile(lambda line: not line.strip(), merged))
        before = there[0]
        by = (version.left is not None, version.right is not None)
        if not merged[0].strip() or not lines or all(by):
            begun_by = by
        elif by[0] != by[1] and begun_by == by[::-1] and not (version.left or version.right or _NO_UNIT).is_item:
            lines.append("")  # Two paragraphs that the sides have put in one place do not become one.
            begun_by = by
        lines += merged
    return [*lines, *chosen(old_end, read[0][1], read[1][1])[-1]], clashes


def chosen(base: Texts | None, left: Texts, right: Texts) -> list[Texts]:
    """Return what remains of three versions; two where both sides have another one, the longer, greater one last."""
    if left in (right, base):
        return [right]
    return [left] if right == base else sorted((left, right), key=lambda each: (len(each), each))


def _units(lines: Sequence[str]) -> tuple[list[_Unit], tuple[str, ...]]:
    """Return the units of `lines`, and the blank lines at their end."""
    units: list[_Unit] = []
    above: list[str] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            above.append(lines[at])
            at += 1
            continue
        end = _end(lines, at)
        units.append(_Unit(tuple(above), tuple(lines[at:end]), ITEM.match(lines[at]) is not None))
        above, at = [], end
    return units, tuple(above)


def _end(lines: Sequence[str], at: int) -> int:
    """Return the line behind the unit that begins on line `at`."""
    bullet = ITEM.match(lines[at])
    fence = _fence(lines[at], "")
    depth = indent_of(lines[at])
    end = number = at + 1
    while number < len(lines) and (bullet or fence):
        line = lines[number]
        number += 1
        if fence:
            fence, end = _fence(line, fence), number
        elif line.strip():
            if indent_of(line) <= depth:
                break
            fence, end = _fence(line, ""), number
    return end


def _fence(line: str, fence: str) -> str:
    return without_code(line.rstrip("\r"), fence)[0] if fence or "`" in line or "~~~" in line else ""


def _when(unit: _Unit, kind: str) -> str:
    from prmvault.core.note import split_time

    if not unit.is_item:
        return ""
    item = item_line(unit.lines[0])
    if kind == "journal":
        return split_time(item.time)[0]
    day = _DATE.match(item.text)
    return day[0] if day else ""


def _is_newest_first(days: Sequence[str]) -> bool:
    known = [day for day in days if day]
    return known[:1] > known[-1:] and known == sorted(known, reverse=True)


def _numbers(old: Sequence[_Unit], new: Sequence[_Unit]) -> list[int]:
    """Return for each new unit which of the old ones it was, or -1."""
    pairs = align([unit.lines for unit in old], [unit.lines for unit in new])
    numbers = [-1] * len(new)
    for before, after in pairs:
        numbers[after] = before
    for sign in (_telling, _time_and_text, _text):
        taken = set(numbers)
        left = [(at, unit) for at, unit in enumerate(old) if at not in taken]
        right = [(at, unit) for at, unit in enumerate(new) if numbers[at] < 0]
        for before, after in _pairs(sign, left, right):
            numbers[after] = before
    # In another wording, a line is looked for where it was, then anywhere.
    gaps = [*pairwise([(-1, -1), *pairs, (len(old), len(new))]), ((-1, -1), (len(old), len(new)))]
    taken = set(numbers)
    for (begin, at), (end, stop) in gaps:
        gone = [number for number in range(begin + 1, end) if number not in taken]
        came = [number for number in range(at + 1, stop) if numbers[number] < 0]
        for before, after in _alike(old, gone, new, came):
            numbers[after] = before
            taken.add(before)
    return numbers


def _number_new(left: _Side, right: _Side, first: int) -> None:
    """Number what the sides have added, from `first` on: with one number what both have added."""
    lines = [[unit.lines for unit in side.units] for side in (left, right)]
    pairs = pair_new(lambda unit: any(map(tells, unit)), lines[0], lines[1], left.numbers, right.numbers)
    number = first
    for sign in (None, _whole, _time_and_text):
        if sign is not None:
            pairs = _pairs(sign, *(_new(side) for side in (left, right)))
        for mine, other in pairs:
            left.numbers[mine] = right.numbers[other] = number
            number += 1
    for side in (left, right):
        for at, _ in _new(side):
            side.numbers[at] = number
            number += 1


def _new(side: _Side) -> list[tuple[int, _Unit]]:
    return [(at, unit) for at, unit in enumerate(side.units) if side.numbers[at] < 0]


def _telling(unit: _Unit) -> Hashable:
    """Return all of a unit, if it says so much that another one of that kind is the same one."""
    return unit.lines if unit.is_item or any(map(tells, unit.lines)) else None


def _whole(unit: _Unit) -> Hashable:
    return unit.lines if unit.is_item else None


def _time_and_text(unit: _Unit) -> Hashable:
    item = item_line(unit.lines[0]) if unit.is_item else None
    return item and (item.time.strip(), item.text.strip())


def _text(unit: _Unit) -> Hashable:
    return item_line(unit.lines[0]).text.strip() if unit.is_item else None


def _pairs(
    sign: Callable[[_Unit], Hashable], left: Sequence[tuple[int, _Unit]], right: Sequence[tuple[int, _Unit]]
) -> list[tuple[int, int]]:
    """Return the places of units with the same sign: the first with the first, the second with the second.

    Those without a sign have no partner.
    """
    places: dict[Hashable, list[int]] = {}
    for at, unit in reversed(right):
        key = sign(unit)
        places.setdefault(key, []).extend([at] if key else [])
    return [(at, places[sign(unit)].pop()) for at, unit in left if places.get(sign(unit))]


def _alike(old: Sequence[_Unit], gone: list[int], new: Sequence[_Unit], came: list[int]) -> list[tuple[int, int]]:
    """Return the places of what is likely to be one item, or one line, in two wordings, the likeliest first."""
    if not gone or not came or len(gone) * len(came) > _MOST_PAIRS:
        return []
    scores = [(-_likeness(old[before], new[after]), before, after) for before in gone for after in came]
    pairs: list[tuple[int, int]] = []
    for score, before, after in sorted(scores):
        if -score >= _SAME and before in gone and after in came:
            pairs.append((before, after))
            gone.remove(before)
            came.remove(after)
    return pairs


def _likeness(old: _Unit, new: _Unit) -> float:
    """Return how much of their words two items, or two lines, share, from 0 to 1; not those of different people."""
    texts = [item_line(unit.lines[0]).text.strip() if unit.is_item else "\n".join(unit.lines) for unit in (old, new)]
    if not all(texts) or old.is_item != new.is_item:
        return 0.0
    links = [{link.target for link in parse_links(text)} for text in texts]
    if links[0] and links[1] and not links[0] & links[1]:
        return 0.0
    texts.sort(key=len)
    if texts[1].startswith(texts[0]):
        return 1.0
    words = [set(_WORD.findall(text.casefold())) for text in texts]
    return 2 * len(words[0] & words[1]) / max(1, len(words[0]) + len(words[1]))


def _replaced(versions: Sequence[_Version]) -> list[Clash]:
    """Return what both sides have put in the place of the same lines."""
    clashes: list[Clash] = []
    is_gone = False
    new: list[list[str]] = [[], []]
    for version in (*versions, None):
        if version is None or (version.left and version.right):
            if is_gone and new[0] and new[1]:
                clashes.append(Clash("", *sorted(("\n".join(new[0]), "\n".join(new[1])), reverse=True)))
            is_gone, new = False, [[], []]
            continue
        is_gone = is_gone or not (version.left or version.right)
        for side, unit in enumerate(version[1:]):
            new[side] += unit.lines if unit and version.base is None else ()
    return clashes


def _merged(version: _Version, kind: str) -> tuple[list[str], list[Clash]]:
    """Return the lines of one unit; none where a side has taken it out and the other has left it as it was."""
    base, left, right = version
    if left is None or right is None:
        only = left or right
        is_gone = only is None or (base is not None and only.lines == base.lines)
        return ([] if only is None or is_gone else [*only.above, *only.lines]), []
    above = chosen(base and base.above, left.above, right.above)[-1]
    if not (left.is_item and right.is_item):
        first, *more = chosen(base and base.lines, left.lines, right.lines)
        between = [""] if above and more else []  # Two paragraphs do not become one.
        clashes = [Clash("", "\n".join(other), "\n".join(first)) for other in more]
        return [*above, *first, *between, *(line for other in more for line in other)], clashes
    lines, clashes = _merged_items(base, left, right, kind)
    return [*above, *lines], clashes


def _merged_items(base: _Unit | None, left: _Unit, right: _Unit, kind: str) -> tuple[list[str], list[Clash]]:
    was = item_line(base.lines[0]) if base else None
    mine, other = item_line(left.lines[0]), item_line(right.lines[0])
    below, clashes = unite_units(base.lines[1:] if base else (), left.lines[1:], right.lines[1:], kind)
    bullet = chosen(was and was.bullet, mine.bullet, other.bullet)[-1]
    box = max(chosen(was and was.box, mine.box, other.box), key=box_rank)
    boxes = {mine.box: mine.done, other.box: other.done}
    is_clash = len(boxes) > 1 and not (was and was.box in boxes)
    done = boxes[box] if is_clash else chosen(was and was.done, mine.done, other.done)[-1]
    times = chosen(was and was.time, mine.time, other.time)
    texts = chosen(was and was.text, mine.text, other.text)
    if len(times) == len(texts) == 1:
        wordings = [(times[0], texts[0])]
    else:
        wordings = sorted({(mine.time, mine.text), (other.time, other.text)}, key=lambda each: (len(each[1]), each))
    first = [f"{bullet}{box}{time}{with_done(text, done)}" for time, text in wordings]
    if len(first) > 1:
        clashes.append(Clash("", first[1], first[0]))
    for written in (left.lines[0], right.lines[0]):
        first = [written if item_line(line) == item_line(written) else line for line in first]
    return [*first, *below], clashes
