"""Which note a link may mean that means none: one that was moved or renamed, or whose name is spelled almost so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, RANK_NAME, Name

_MOST = 2
"""More notes than these would be no hint."""

_MOST_WITH_SIGN = 100
"""A word or a beginning that more names have tells nothing."""

_BEGIN = 3
_ALIKE = 86


class Likely(NamedTuple):
    """The notes that a link may mean; `is_moved`: its name is right, and only the folder is another one."""

    paths: tuple[str, ...]
    is_moved: bool


def likely_meant(targets: Iterable[str], rows: Iterable[Name]) -> dict[str, Likely]:
    """Return, for the targets of links for which there are some, one note or two that each may mean.

    `rows` are the names of all notes; a target is compared with those that share a word or begin alike.
    """
    paths: dict[str, set[str]] = {}
    for row in rows:
        if RANK_NAME <= row.rank <= RANK_ALIAS:
            paths.setdefault(row.key, set()).add(row.path)
    signs: dict[str, list[_Known]] = {}
    for key in paths:
        known = _Known(key, frozenset(_words(key)), _digits(key))
        for sign in _signs(known):
            signs.setdefault(sign, []).append(known)
    found: dict[str, Likely] = {}
    for target in dict.fromkeys(targets):
        folder, _, name = target.rpartition("/")
        key = name_key(name)
        if folder and 0 < len(paths.get(key, ())) <= _MOST:
            found[target] = Likely(tuple(sorted(paths[key])), is_moved=True)
            continue
        near = {path for each in _near(key, signs) for path in paths[each]}
        if 0 < len(near) <= _MOST:
            found[target] = Likely(tuple(sorted(near)), is_moved=False)
    return found


class _Known(NamedTuple):
    """The key of a name, its words, and its digits, in which no slip is understood."""

    key: str
    words: frozenset[str]
    digits: str


def _near(key: str, signs: Mapping[str, list[_Known]]) -> list[str]:
    """Return the keys that are spelled almost as `key`, else those that have all its words, or all of whose it has."""
    from rapidfuzz import fuzz

    wanted = _Known(key, frozenset(_words(key)), _digits(key))
    candidates: dict[_Known, None] = {}
    for sign in _signs(wanted):
        with_sign = signs.get(sign, [])
        if len(with_sign) <= _MOST_WITH_SIGN:
            candidates.update(dict.fromkeys(known for known in with_sign if known.digits == wanted.digits))
    alike = [known.key for known in candidates if fuzz.ratio(key, known.key) >= _ALIKE]
    return alike or [known.key for known in candidates if _is_part(wanted.words, known.words)]


def _signs(known: _Known) -> set[str]:
    """Return what a name shares with those that it is compared with: a word, or the first letters."""
    return {*known.words, f"{known.key[:_BEGIN]}*"}


def _is_part(words: frozenset[str], others: frozenset[str]) -> bool:
    """Tell whether a name has all words of the one that is looked for, or this all of its, if these are two or more."""
    return words < others or (len(others) > 1 and others < words)


def _words(key: str) -> list[str]:
    return key.replace("-", " ").split()


def _digits(key: str) -> str:
    return "".join(char for char in key if char.isdigit())
