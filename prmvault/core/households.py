"""Households: people who share an address, or are spouse, partner or child to each other; a visit to one is to all.

Nobody is guessed to live with somebody: what speaks against it (another address, a family of one's own) counts first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.names import fold, name_key

if TYPE_CHECKING:
    from prmvault.core.model import Note
    from prmvault.core.reminders import Happening

VISIT = "visit"
"""The channel that counts for the whole household."""

_GROWN_AT = 25
_COUPLE = ("spouse", "partner")
_SEPARATED = ("ex-spouse", "ex-partner")
_NO_HOME = frozenset(fold(word) for word in ("work", "office", "business", "Arbeit", "Büro", "dienstlich", "Firma"))
# Applied in this order to folded text.
_SHORTER = ((",", " "), ("strasse", "str"), ("street", "st"), ("road", "rd"), ("avenue", "ave"), (".", " "))


class Member(NamedTuple):
    """Somebody who may live with others: the note's path, `address_keys`, and whether the person is alive.

    Who is `grown` does not live with the parents but by an address.
    """

    path: str
    addresses: frozenset[str]
    alive: bool
    grown: bool = False


class Tie(NamedTuple):
    """What `left` and `right` (paths) are to each other: spouse, partner, ex-spouse, ex-partner, or child.

    With `child`, left is the parent of right. Who has no note may stand there by any text that is no path.
    """

    left: str
    right: str
    kind: str


def address_keys(note: Note) -> tuple[str, ...]:
    """Return the keys under which a person's addresses are compared: street and postcode, street and place.

    Whoever names a floor (`extended`) shares only that floor with others; an address at work is none.
    """
    keys: dict[str, None] = {}
    for address in note.fields.get("addresses", ()):
        street = _address_part(address.get("street", ""))
        places = [_address_part(address[key]) for key in ("postcode", "locality") if address.get(key)]
        if not street or not _NO_HOME.isdisjoint(name_key(address.get("label", "")).replace(",", " ").split()):
            continue
        # A street alone tells a house only with its number, as an address that is typed in one line has it.
        for place in places or ([""] if any(c.isdigit() for c in street) else []):
            keys["\n".join((street, _address_part(address.get("extended", "")), place))] = None
    return tuple(keys)


def is_grown(birthday: str, today: date) -> bool:
    """Tell whether somebody born on a partial date is too old to live with the parents as a matter of course."""
    from prmvault.core.dates import age_on, parse_partial_date

    age = age_on(parse_partial_date(birthday), today) if birthday else None
    return age is not None and age.low >= _GROWN_AT


def households(members: Mapping[str, Member], ties: Iterable[Tie]) -> tuple[tuple[str, ...], ...]:
    """Return the households of two and more of `members` (by path), each sorted, in order; the dead are in none.

    People belong together who share an address, and couples and parents with their children unless both have
    addresses and share none. A child that has a spouse, partner or child of its own does not live with its parents
    but by an address, and one whose parents live apart with neither of them.
    """
    living = {path: member for path, member in members.items() if member.alive}
    stated = list(ties)
    above = {path: path for path in living}
    first_at: dict[str, str] = {}
    for path, member in living.items():
        for key in member.addresses:
            _join(above, path, first_at.setdefault(key, path))
    for left, right, kind in stated:
        if kind in _COUPLE and left in living and right in living and not _live_apart(living[left], living[right]):
            _join(above, left, right)
    # All of these are found before one of them counts: the order of ties must not matter.
    for parent, child in list(_children_at_home(living, stated, above)):
        _join(above, parent, child)
    groups: dict[str, list[str]] = {}
    for path in sorted(living):
        groups.setdefault(_home(above, path), []).append(path)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def with_visits(
    last: Mapping[str, Happening], households: Mapping[str, tuple[str, ...]], visits: Mapping[str, Happening]
) -> dict[str, Happening]:
    """Return the last contact by a person's path where a visit to one counts for all of the household.

    `last` has the last contact of each person alone, `visits` the last visit to each (those with the channel VISIT),
    `households` the members of everybody's household by path, the same for each of them (none for who lives alone).
    """
    at_home: dict[str, Happening] = {}
    for path, visit in visits.items():
        _keep_newest(at_home, households.get(path, (path,))[0], visit)
    newest = dict(last)
    for home, visit in at_home.items():
        for path in households.get(home, (home,)):
            _keep_newest(newest, path, visit)
    return newest


def _keep_newest(known: dict[str, Happening], path: str, told: Happening) -> None:
    before = known.get(path)
    if before is None or (before.date, before.time) < (told.date, told.time):
        known[path] = told


def _address_part(text: str) -> str:
    key = name_key(text)
    for long, short in _SHORTER:
        key = key.replace(long, short)
    return " ".join(key.split())


def _live_apart(one: Member, other: Member) -> bool:
    return bool(one.addresses and other.addresses) and one.addresses.isdisjoint(other.addresses)


def _children_at_home(
    living: Mapping[str, Member], ties: Iterable[Tie], above: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield (parent, child) for the children who live with their parents, by what is known of couples in `above`."""
    grown: set[str] = set()
    separated: set[frozenset[str]] = set()
    parents: dict[str, dict[str, None]] = {}
    for left, right, kind in ties:
        if kind == "child":
            grown.add(left)
            if left in living and right in living and not _live_apart(living[left], living[right]):
                parents.setdefault(right, {})[left] = None
        elif kind in _COUPLE:
            grown.update((left, right))
        elif kind in _SEPARATED:
            separated.add(frozenset((left, right)))
    for child, known in parents.items():
        if (
            child in grown
            or living[child].grown
            or any(
                (frozenset(pair) in separated or _live_apart(living[pair[0]], living[pair[1]]))
                and _home(above, pair[0]) != _home(above, pair[1])
                for pair in combinations(known, 2)
            )
        ):
            continue
        yield from ((parent, child) for parent in known)


def _home(above: dict[str, str], path: str) -> str:
    """Return the one who stands for the group of `path`."""
    while above[path] != path:
        above[path] = path = above[above[path]]
    return path


def _join(above: dict[str, str], one: str, other: str) -> None:
    above[_home(above, one)] = _home(above, other)
