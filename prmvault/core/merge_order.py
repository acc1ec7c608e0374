"""Sequences in three versions: what of two of them is the same, and one order for all that the two sides hold."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

_WORD = re.compile(r"\w\w")

Key = TypeVar("Key", bound=Hashable)


class Order(NamedTuple, Generic[Key]):
    """What orders things that both sides put into one place: `when` is a date or time or empty, `text` their text.

    `newest_first` is asked only where two such meet.
    """

    text: Callable[[Key], str]
    when: Callable[[Key], str] = lambda _: ""
    newest_first: Callable[[], bool] = lambda: False


def align(old: Sequence[Key], new: Sequence[Key], tells: Callable[[Key], bool] | None = None) -> list[tuple[int, int]]:
    """Return the places (in `old`, in `new`) of what is the same in both, both rising.

    What occurs once in both is matched first (patience diff), then what lies between. What does not tell enough, such
    as the line below a table's head, is matched only beside something else that is. No input takes long.
    """
    pairs: list[tuple[int, int]] = []
    todo = [(0, len(old), 0, len(new))]
    while todo:
        begin, end, at, stop = todo.pop()
        while begin < end and at < stop and old[begin] == new[at]:
            pairs.append((begin, at))
            begin, at = begin + 1, at + 1
        while begin < end and at < stop and old[end - 1] == new[stop - 1]:
            end, stop = end - 1, stop - 1
            pairs.append((end, stop))
        anchors = _anchors(old[begin:end], new[at:stop], tells) if begin < end and at < stop else []
        found = [(begin + left, at + right) for left, right in anchors]
        pairs += found
        if found:
            bounds = [(begin - 1, at - 1), *found, (end, stop)]
            for (left, right), (next_left, next_right) in pairwise(bounds):
                todo.append((left + 1, next_left, right + 1, next_right))
    return sorted(pairs)


def tells(line: str) -> bool:
    """Tell whether a line says enough for another one like it to be the same line."""
    return _WORD.search(line) is not None


def weave(order: Order[Key], base: Sequence[Key], left: Sequence[Key], right: Sequence[Key]) -> list[Key]:
    """Return all that any version holds, each once, in an order in which both sides find theirs again.

    No version holds anything twice. Where only one side has moved things, its order counts. What both sides put into
    one place comes by `when`, else what stands for something that its side took out comes first, else by `text`.
    Swapping the sides changes the result only where both have moved things.
    """
    sides = [_with_ghosts(order, base, left, right), _with_ghosts(order, base, right, left)]
    if _is_moved(base, right) and not _is_moved(base, left):
        left, right = right, left
        sides.reverse()
    own = [set(side) for side in (left, right)]
    shared = set(sides[0]) & set(sides[1])
    runs = [_runs(side, shared) for side in sides]
    woven: list[Key] = []
    for anchor in (None, *(key for key in sides[0] if key in shared)):
        woven += () if anchor is None else (anchor,)
        first, second = (run.get(anchor, []) for run in runs)
        is_gone = [anchor is not None and anchor not in side for side in own]
        woven += _together(first, second, order, is_gone)
    return woven


def unite_lines(base: Sequence[str], left: Sequence[str], right: Sequence[str]) -> list[str]:
    """Merge lines: what one side takes out is out, what either side adds is in."""
    if left in (right, base):
        return list(right)
    if right == base:
        return list(left)
    texts = list(base)
    numbers: list[list[int]] = []
    for side in (left, right):
        places = {new: old for old, new in align(base, side)}
        numbers.append([places.get(at, -1) for at in range(len(side))])
    for mine, other in pair_new(tells, left, right, numbers[0], numbers[1]):
        numbers[0][mine] = numbers[1][other] = len(texts)
        texts.append(left[mine])
    for lines, own in zip((left, right), numbers, strict=True):
        for at, line in enumerate(lines):
            if own[at] < 0:
                own[at] = len(texts)
                texts.append(line)
    there = [set(own) for own in numbers]
    woven = weave(Order(texts.__getitem__), range(len(base)), numbers[0], numbers[1])
    return [texts[key] for key in woven if key >= len(base) or (key in there[0] and key in there[1])]


def pair_new(
    tells: Callable[[Key], bool],
    left: Sequence[Key],
    right: Sequence[Key],
    left_old: Sequence[int],
    right_old: Sequence[int],
) -> list[tuple[int, int]]:
    """Return the places of what both sides have put alike into one place.

    `left_old` and `right_old` give for each its place in the base, or -1 for what is new.
    """
    pairs: list[tuple[int, int]] = []
    runs = [_new_runs(old) for old in (left_old, right_old)]
    for anchor, mine in runs[0].items():
        other = runs[1].get(anchor, [])
        found = align([left[at] for at in mine], [right[at] for at in other], tells)
        pairs += [(mine[first], other[second]) for first, second in found]
    return pairs


def _new_runs(old: Sequence[int]) -> dict[int, list[int]]:
    runs: dict[int, list[int]] = {}
    anchor = -1
    for at, number in enumerate(old):
        if number < 0:
            runs.setdefault(anchor, []).append(at)
        else:
            anchor = number
    return runs


def _anchors(old: Sequence[Key], new: Sequence[Key], tells: Callable[[Key], bool] | None) -> list[tuple[int, int]]:
    """Return pairs of what occurs once in both; where there is none, of each one's first, second … occurrence."""
    counts = Counter(old), Counter(new)
    both = {key for key in counts[0] if key in counts[1] and (tells is None or tells(key))}
    once = {key for key in both if counts[0][key] == 1 == counts[1][key]}
    places = [_places(keys, once or both) for keys in (old, new)]
    return _rising([(at, places[1][key]) for key, at in places[0].items() if key in places[1]])


def _places(keys: Iterable[Key], among: set[Key]) -> dict[tuple[Key, int], int]:
    """Return the place of the first, second … occurrence of each of those `among`."""
    seen: Counter[Key] = Counter()
    places: dict[tuple[Key, int], int] = {}
    for at, key in enumerate(keys):
        if key in among:
            places[key, seen[key]] = at
            seen[key] += 1
    return places


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of `pairs`, whose first places rise, in which the second ones rise, too."""
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        tails[length : length + 1] = [number]
        before.append(tails[length - 1] if length else -1)
    found: list[tuple[int, int]] = []
    number = tails[-1] if tails else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _with_ghosts(order: Order[Key], base: Sequence[Key], side: Sequence[Key], other: Sequence[Key]) -> list[Key]:
    """Return `side` with what it lacks of `base`, so that the places of that still order the rest.

    It stands behind what it follows on the other side and in the base; among things that have a time, by its own.
    """
    places = {key: place for place, key in enumerate(side)}
    behind: dict[Key, int] = {}
    before = -1
    for key in other:
        before = places.get(key, before)
        behind[key] = before
    ghosts: dict[int, list[Key]] = {}
    before = -1
    for key in base:
        before = places[key] if key in places else max(before, behind.get(key, -1))
        if key not in places:
            ghosts.setdefault(before, []).append(key)
    result: list[Key] = []
    pending = ghosts.get(-1, [])
    known = set(base)
    for place, key in enumerate(side):
        while pending and (key in known or not _is_before(key, pending[0], order)):
            result.append(pending.pop(0))
        result.append(key)
        pending += ghosts.get(place, ())
    return result + pending


def _is_before(key: Key, other: Key, order: Order[Key]) -> bool:
    times = order.when(key), order.when(other)
    return all(times) and (times[0] > times[1] if order.newest_first() else times[0] < times[1])


def _is_moved(base: Sequence[Key], side: Sequence[Key]) -> bool:
    places = {key: place for place, key in enumerate(base)}
    order = [places[key] for key in side if key in places]
    return order != sorted(order)


def _runs(side: Sequence[Key], shared: set[Key]) -> Mapping[Key | None, list[Key]]:
    """Return what only this side holds, by what stands before it."""
    runs: dict[Key | None, list[Key]] = {}
    anchor: Key | None = None
    for key in side:
        if key in shared:
            anchor = key
        else:
            runs.setdefault(anchor, []).append(key)
    return runs


def _together(first: list[Key], second: list[Key], order: Order[Key], is_gone: Sequence[bool]) -> list[Key]:
    if not first or not second:
        return first or second
    by_text = [order.text(key) for key in second] < [order.text(key) for key in first]
    if is_gone[1] if is_gone[0] != is_gone[1] else by_text:
        first, second = second, first
    newest_first = any(order.when(key) for key in first) and any(order.when(key) for key in second)
    newest_first = newest_first and order.newest_first()
    times = [_times(run, order, newest_first=newest_first) for run in (first, second)]
    merged: list[Key] = []
    at = 0
    for key, time in zip(second, times[1], strict=True):
        while at < len(first) and (times[0][at] >= time if newest_first else times[0][at] <= time):
            merged.append(first[at])
            at += 1
        merged.append(key)
    return merged + first[at:]


def _times(run: Sequence[Key], order: Order[Key], *, newest_first: bool) -> list[str]:
    """Return the time of each; what has none stays behind what it follows."""
    time = "\uffff" if newest_first else ""
    times: list[str] = []
    for key in run:
        time = order.when(key) or time
        times.append(time)
    return times
