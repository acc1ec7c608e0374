"""Notes that may be about one person: a cheap look that leaves few pairs, then a judgement of each with its reasons.

The judgement errs on the side of silence: people share landlines, families share names, twins share birthdays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.dates import PartialDate, full_date, parse_partial_date
from prmvault.core.households import address_keys
from prmvault.core.names import name_key
from prmvault.core.people import (
    RANK_ALIAS,
    RANK_EMAIL,
    RANK_NAME,
    RANK_PHONE,
    RANK_UID,
    Name,
    note_names,
    organizations,
)

if TYPE_CHECKING:
    from prmvault.core.model import Note

Pair = tuple[str, str]
"""Two paths, in their order."""

_LEAST = 30
"""What a pair has to score to be told."""

_MOST_SHARED = 4
"""A phone or e-mail that more people have is a switchboard's and tells nothing."""

_ALIKE = 85
_ABOUT_YEARS = 5
_TITLES = frozenset(("dr", "prof", "herr", "frau", "mr", "mrs", "ms", "dipl", "ing", "med", "phd", "jr", "sr"))


class Likeness(NamedTuple):
    """How likely two notes are about one person (0: no reason to think so, 100: they say so), and why."""

    score: int
    reasons: tuple[str, ...]


class Profile(NamedTuple):
    """What of a person's note is compared.

    `rows` are the names, e-mails and the like by rank and key, `names` the keys of names and aliases with the rank,
    `words` the words of each; `family` is the last word of a whole name, else empty; `homes` are address keys.
    """

    rows: dict[tuple[int, str], str]
    names: dict[str, int]
    words: tuple[tuple[str, ...], ...]
    birthday: PartialDate | None
    family: str
    homes: frozenset[str]
    org: str


_NONE = Likeness(0, ())


def possible_pairs(rows: Iterable[Name], birthdays: Mapping[str, str]) -> set[Pair]:
    """Return the pairs of paths that are worth a closer look.

    `rows` are the names of people, `birthdays` partial dates by path. Nobody is compared with everybody: pairs are
    looked for among those who share a name, an address, the first and last word of a name, or the beginnings of both.
    """
    groups: dict[tuple[str, ...], dict[str, None]] = {}
    keys: dict[str, list[str]] = {}
    for row in rows:
        if row.rank in (RANK_NAME, RANK_ALIAS):
            words = name_words(row.key)
            keys.setdefault(" ".join(words), []).append(row.path)
            signs: list[tuple[str, ...]] = [tuple(sorted(words))]
            if len(words) > 1:
                signs += [("ends", words[0], words[-1])]
            day = birthdays.get(row.path, "")
            if words and day:
                signs.append(("born", day, words[0]))
        elif row.rank in (RANK_EMAIL, RANK_PHONE, RANK_UID):
            signs = [(str(row.rank), row.key)]
        else:
            continue
        for sign in signs:
            groups.setdefault(sign, {})[row.path] = None
    found: set[Pair] = set()
    for sign, paths in groups.items():
        shared = sign[:1] in ((str(RANK_EMAIL),), (str(RANK_PHONE),))
        if 1 < len(paths) <= (_MOST_SHARED if shared else len(paths)):
            found.update(combinations(sorted(paths), 2))
    for left, right in _spelled_alike(keys):
        found.update(_ordered(one, other) for one in keys[left] for other in keys[right] if one != other)
    return found


def profile_of(note: Note) -> Profile:
    """Return what of a person's note counts in a comparison."""
    rows = {(rank, key): text for key, rank, text in note_names(note)}
    names: dict[str, int] = {}
    for rank, key in rows:
        if rank in (RANK_NAME, RANK_ALIAS):
            names.setdefault(key, rank)
    day = note.fields.get("birthday")
    title = name_words(name_key(note.title))
    return Profile(
        rows,
        names,
        tuple(tuple(name_words(key)) for key in names),
        parse_partial_date(day) if isinstance(day, str) and day else None,
        title[-1] if len(title) > 1 else "",
        frozenset(address_keys(note)),
        "".join(organizations(note)[:1]),
    )


def likeness(first: Profile, second: Profile, *, related: bool) -> Likeness:
    """Judge whether two notes of people are about one person; `related` tells that one names the other a relation."""
    shared = {
        rank: [key for each, key in first.rows if each == rank and (rank, key) in second.rows] for rank in _SHARED
    }
    if shared[RANK_UID]:
        return Likeness(100, ("same uid",))
    left, right = first.birthday, second.birthday
    if related or (left and right and birthdays_contradict(left, right)):
        return _NONE
    is_same_day = left is not None and left == right and full_date(left) is not None
    score, reason = _by_name(first, second, is_same_day=is_same_day)
    reasons = [reason] if score else []
    is_named_so = score > 0
    for rank, what in _SHARED.items():
        for key in shared[rank][:1]:
            if is_named_so:
                score += 45
            elif not _lives_with(first, second):
                # Nothing in the names speaks for it: a single name may be anybody's, two whole ones are two people.
                score += _LEAST if first.family and second.family else 40
            else:
                continue
            reasons.append(f"same {what} {first.rows[rank, key]}")
    if not score:
        return _NONE
    if left and right:
        score += 35 if is_same_day else 10
        reasons.append(f"same birthday {left}" if left == right else f"birthdays {left} and {right} agree")
    if first.org and first.org == second.org:
        score += 5
        reasons.append(f"same organization {first.org}")
    return Likeness(min(score, 99), tuple(reasons)) if score >= _LEAST else _NONE


_SHARED = {RANK_EMAIL: "e-mail", RANK_PHONE: "phone", RANK_UID: "uid"}


def _by_name(first: Profile, second: Profile, *, is_same_day: bool) -> tuple[int, str]:
    """Return what the names say: a score and the reason."""
    best = (0, "")
    for key in first.names.keys() & second.names.keys():
        ranks = {first.names[key], second.names[key]}
        text = first.rows[first.names[key], key]
        whole = len(key.split()) > 1
        if ranks == {RANK_NAME}:
            told = (60 if whole else 45, "same name")
        elif RANK_NAME in ranks:
            told = (55 if whole else 45, f"both are called {text}")
        else:
            told = (35 if whole else 20, f"both are called {text}")
        best = max(best, told)
    for left in first.words:
        for right in second.words:
            best = max(best, _alike(left, right))
    if not best[0] and is_same_day and {each[0] for each in first.words} & {each[0] for each in second.words}:
        # A family name changes, but in a large vault two of one first name are born on one day by chance, too.
        return 20, "same first name"
    return best


def _alike(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[int, str]:
    """Return how alike the words of two different names are, and in what way."""
    if min(len(left), len(right)) < 2 or left == right:  # noqa: PLR2004 - a first and a last one
        return (50, "same name but for a title") if left == right and len(left) > 1 else (0, "")
    if sorted(left) == sorted(right):
        return 55, "same words in the names"
    short, long = sorted((left, right), key=len)
    if short[-1] == long[-1]:
        if short[0] == long[0] and set(short) <= set(long):
            return 40, "one name has more words"
        if _is_initial(short[0], long[0]) or _is_initial(long[0], short[0]):
            return 32, "same family name and initial"
    if len(left) == len(right) and all(_is_slip(*pair) for pair in zip(left, right, strict=True)):
        # Julia and Julian, Martin and Martina are two names: a slip is elsewhere than in the last letters.
        if left[0] != right[0] and left[0][:-2] == right[0][: len(left[0]) - 2]:
            return 15, "names almost the same"
        return 35, "names almost the same"
    return 0, ""


def _is_slip(left: str, right: str) -> bool:
    """Tell whether two words may be one, spelled otherwise: a letter in six."""
    from rapidfuzz.distance import OSA

    shortest = min(len(left), len(right))
    return left == right or (shortest > 3 and OSA.distance(left, right) <= max(1, shortest // 6))  # noqa: PLR2004 - Tim, Tom


def _is_initial(word: str, name: str) -> bool:
    return len(word.rstrip(".")) == 1 and name.startswith(word.rstrip(".")) and len(name) > 2  # noqa: PLR2004 - with a dot


def name_words(key: str) -> list[str]:
    """Return the words of a name's key, with neither titles nor commas."""
    words = [word.strip(",;") for word in key.split()]
    kept = [word for word in words if word.strip(".") not in _TITLES]
    return kept or words


def _spelled_alike(keys: Iterable[str]) -> Iterable[Pair]:
    """Return pairs of keys that begin alike in one word and are spelled almost the same, or have an initial."""
    from rapidfuzz import fuzz, process

    blocks: dict[tuple[int, str, str], list[str]] = {}
    initials: list[str] = []
    for key in keys:
        words = key.split()
        if len(words) < 2:  # noqa: PLR2004 - a first and a last one
            continue
        if len(words[0].rstrip(".")) == 1:
            initials.append(key)
        blocks.setdefault((0, words[0][:3], words[-1][:1]), []).append(key)
        blocks.setdefault((1, words[0][:1], words[-1][:3]), []).append(key)
        blocks.setdefault((2, words[0][:1], words[-1]), []).append(key)
    for key in initials:
        words = key.split()
        for other in blocks[2, words[0][:1], words[-1]]:
            if other != key:
                yield key, other
    for sign, block in blocks.items():
        if sign[0] == 2:  # noqa: PLR2004 - for initials only
            continue
        for at, key in enumerate(block[:-1]):
            for other, _, _ in process.extract(
                key, block[at + 1 :], scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None
            ):
                yield key, other


def birthdays_contradict(left: PartialDate, right: PartialDate) -> bool:
    """Tell whether two birthdays can't be one: any part that both have differs."""
    if left.year is not None and right.year is not None:
        about = _ABOUT_YEARS if left.about or right.about else 0
        if abs(left.year - right.year) > about:
            return True
    months = left.month is not None and right.month is not None and left.month != right.month
    return months or (left.day is not None and right.day is not None and left.day != right.day)


def _lives_with(first: Profile, second: Profile) -> bool:
    """Tell whether the two may share a household: the family name, or an address."""
    return (first.family != "" and first.family == second.family) or bool(first.homes & second.homes)


def _ordered(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)
