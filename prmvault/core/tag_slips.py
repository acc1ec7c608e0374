"""Tags that are almost another one: in other letters or accents, in the plural, or with a slip of one letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from prmvault.core.names import fold

_RARE = 2
_TIMES = 3
"""A tag that is in so many notes at most is odd where another form of it is in so many times more."""

_COMMON = 5
_SHORTEST = 5
"""A letter makes another word easily: only long words that are in one note, beside one in so many, are slips."""

_SHORTEST_BASE = 3
_PLURALS = ("s", "es", "n", "en", "e")


class Slip(NamedTuple):
    """A tag, or what nested ones begin with, that may be another; how many notes have each, and the path of one."""

    tag: str
    meant: str
    notes: int
    meant_notes: int
    path: str


def tag_slips(rows: Iterable[tuple[str, str]]) -> Iterator[Slip]:
    """Return the odd tags among (tag, path of a note that has it); a tag counts for those that it is nested in, too."""
    notes: dict[str, set[str]] = {}
    for tag, path in rows:
        parts = tag.split("/")
        for end in range(1, len(parts) + 1):
            notes.setdefault("/".join(parts[:end]), set()).add(path)
    # What can be meant, by the key of the tag above it and its own: of several spellings the most used.
    best: dict[tuple[str, str], str] = {}
    for tag in sorted(notes, key=lambda each: (-len(notes[each]), each)):
        best.setdefault(_place(tag), tag)
    slips = _one_letter_less((place for place, tag in best.items() if len(notes[tag]) >= _COMMON))
    odd: set[str] = set()
    for tag in sorted(notes):
        if tag.rpartition("/")[0] in odd:
            odd.add(tag)  # It is told of the tag above it.
            continue
        meant = _meant(tag, notes, best, slips)
        if meant:
            odd.add(tag)
            yield Slip(tag, meant, len(notes[tag]), len(notes[meant]), min(notes[tag]))


def _meant(
    tag: str,
    notes: dict[str, set[str]],
    best: dict[tuple[str, str], str],
    slips: dict[tuple[str, str], list[str]],
) -> str:
    """Return the tag that is meant by one which is rare, or nothing."""
    count = len(notes[tag])
    if count > _RARE:
        return ""
    above, key = _place(tag)
    for form in (key, *_other_numbers(key)):
        meant = best.get((above, form), tag)
        if meant != tag and len(notes[meant]) >= _TIMES * count:
            return meant
    if count > 1 or not _may_have_slip(key):
        return ""
    for less in (key, *_deletions(key)):
        for form in slips.get((above, less), ()):
            if form != key and _is_slip(key, form):
                return best[above, form]
    return ""


def _place(tag: str) -> tuple[str, str]:
    above, _, last = fold(tag).rpartition("/")
    return above, last


def _other_numbers(key: str) -> Iterator[str]:
    """Return the plural forms of a word, and what it may be the plural of, in English and German."""
    if len(key) >= _SHORTEST_BASE:
        yield from (key + ending for ending in _PLURALS)
        if key.endswith("y"):
            yield key[:-1] + "ies"
    if key.endswith("ies"):
        yield key[:-3] + "y"
    for ending in _PLURALS:
        if key.endswith(ending) and len(key) - len(ending) >= _SHORTEST_BASE:
            yield key.removesuffix(ending)


def _one_letter_less(places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """Return the keys of tags by what they are with and without each one of their letters."""
    found: dict[tuple[str, str], list[str]] = {}
    for above, key in places:
        if _may_have_slip(key):
            for less in {key, *_deletions(key)}:
                found.setdefault((above, less), []).append(key)
    return found


def _deletions(key: str) -> Iterator[str]:
    for at in range(len(key)):
        yield key[:at] + key[at + 1 :]


def _may_have_slip(key: str) -> bool:
    """Tell whether a word is long enough, and none in which a digit makes the difference."""
    return len(key) >= _SHORTEST and not any(char.isdigit() for char in key)


def _is_slip(left: str, right: str) -> bool:
    """Tell whether a letter is missing, too much, another one, or two are swapped."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    rest, other = left[start:], right[start:]
    if len(rest) != len(other):
        return rest[1:] == other or rest == other[1:]
    return rest[1:] == other[1:] or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
