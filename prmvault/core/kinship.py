"""What can't be between parents and children: somebody who is their own ancestor, a parent younger than the child."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from prmvault.core.dates import PartialDate, lived

LEAST_YEARS = 12
"""A parent who is less than this many years older is a slip."""

_ABOUT_YEARS = 10
"""So far off a year may be that is only about right."""


class Stated(NamedTuple):
    """A relation that the note at `path` states to the person at `other`: the word as typed, and what it means."""

    path: str
    other: str
    word: str
    kind: str


class Impossible(NamedTuple):
    """A relation that can't be. `people` are the paths of those concerned: oneself, parent and child, or a circle."""

    stated: Stated
    why: str
    people: tuple[str, ...]
    years: int = 0


def impossible_relations(relations: Iterable[Stated], births: Mapping[str, PartialDate]) -> Iterator[Impossible]:
    """Return what can't be: `self`, `circle` (each the parent of the next), `later`, or `close` (too few `years`).

    `births` are the birthdays by path. Each circle is told once, each pair of parent and child, too.
    """
    parents: dict[str, dict[str, Stated]] = {}
    for stated in sorted(relations):
        if stated.path == stated.other:
            yield Impossible(stated, "self", (stated.path,))
        elif stated.kind in ("parent", "child"):
            pair = (stated.other, stated.path) if stated.kind == "parent" else (stated.path, stated.other)
            parents.setdefault(pair[0], {}).setdefault(pair[1], stated)
    for circle in _circles(parents):
        steps = zip(circle, (*circle[1:], circle[0]), strict=True)
        yield Impossible(min(parents[parent][child] for parent, child in steps), "circle", circle)
    for parent, children in parents.items():
        for child, stated in children.items():
            years = _older_by(births.get(parent), births.get(child))
            if years is not None and years < LEAST_YEARS:
                yield Impossible(stated, "later" if years < 0 else "close", (parent, child), years)


def begins_after(born: PartialDate, died: PartialDate) -> bool:
    """Tell whether a birthday is surely after a death; both need a year for that."""
    if born.year is None or died.year is None or lived(born, died) is not None:
        return False
    return not (born.about or died.about) or born.year - died.year > _ABOUT_YEARS


def _older_by(parent: PartialDate | None, child: PartialDate | None) -> int | None:
    """Return by how many years at most the parent is older, -1 for one born later; None where that is unknown."""
    if parent is None or child is None or parent.year is None or child.year is None:
        return None
    age = lived(parent, child)
    years = age.high if age else min(child.year - parent.year, -1)
    if parent.about or child.about:
        years += _ABOUT_YEARS
    return max(years, -1)


def _circles(parents: Mapping[str, Mapping[str, Stated]]) -> Iterator[tuple[str, ...]]:
    """Return one circle of each group of people in which everybody is an ancestor of everybody, the shortest of one."""
    for group in sorted(_knots(parents), key=min):
        first = min(group)
        came_from: dict[str, str] = {}
        waiting = [first]
        for person in waiting:
            for child in parents.get(person, ()):
                if child in group and child not in came_from:
                    came_from[child] = person
                    waiting.append(child)
            if first in came_from:
                break
        circle = [first]
        while (before := came_from[circle[-1]]) != first:
            circle.append(before)
        yield (first, *reversed(circle[1:]))


def _knots(parents: Mapping[str, Mapping[str, Stated]]) -> Iterator[set[str]]:
    """Return the strongly connected groups of more than one (Tarjan 1972), without recursion: lines are long."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: dict[str, None] = {}
    for start in parents:
        if start in number:
            continue
        path = [(start, iter(parents[start]))]
        number[start] = lowest[start] = len(number)
        open_[start] = None
        while path:
            person, children = path[-1]
            for child in children:
                if child not in number:
                    number[child] = lowest[child] = len(number)
                    open_[child] = None
                    path.append((child, iter(parents.get(child, ()))))
                    break
                if child in open_:
                    lowest[person] = min(lowest[person], number[child])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[person])
                if lowest[person] == number[person]:
                    group = set()
                    while person not in group:
                        group.add(open_.popitem()[0])
                    if len(group) > 1:
                        yield group
