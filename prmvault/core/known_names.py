"""The names of people, by how they may be written in prose: whole, by given name, by family name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from prmvault.core.mention_words import TITLES
from prmvault.core.people import RANK_ALIAS, RANK_NAME, Name
from prmvault.core.prose import WORD

MOST_WORDS = 10
"""A name of more words is not looked for."""


class KnownNames(NamedTuple):
    """The names of people, by how they may be written.

    `whole` are names and aliases by their key without signs at the end; `begun` what they begin with, up to the end of
    each word; `given` and `family` the people by given name and by what may be a family name; `parts` the words of
    a person's names behind the given name.
    """

    whole: dict[str, list[Name]]
    begun: set[str]
    given: dict[str, dict[str, bool]]
    family: dict[str, dict[str, None]]
    parts: dict[str, set[str]]


def known_names(rows: Iterable[Name]) -> KnownNames:
    """Return the names among `rows` by which people may be mentioned."""
    known = KnownNames({}, set(), {}, {}, {})
    for row in rows:
        words = list(WORD.finditer(row.key)) if row.rank in (RANK_NAME, RANK_ALIAS) else []
        if not words or words[0].start() or len(words) > MOST_WORDS or not _is_name(row.key):
            continue
        first = words[0][0]
        known.whole.setdefault(row.key[: words[-1].end()], []).append(row)
        known.begun.update([row.key[: word.end()] for word in words[:-1]])
        if row.rank == RANK_NAME and "," not in row.key:
            # What stands in parentheses tells people apart who have the same name.
            words = [word for word in words if "(" not in row.key[: word.start()]]
            while words and words[0][0] in TITLES:
                del words[0]
            for word in words[1:] or (words if first in TITLES else []):
                known.family.setdefault(row.key[word.start() : words[-1].end()], {})[row.path] = None
            known.parts.setdefault(row.path, set()).update(word[0] for word in words[1:])
            if len(words) > 1 and len(words[0][0]) > 1:
                written = name_words[0] if (name_words := WORD.findall(row.text)) else ""
                known.given.setdefault(words[0][0], {})[row.path] = written[:1].isupper()
    return known


def _is_name(key: str) -> bool:
    """Tell whether a name has more than one letter."""
    return sum(char.isalpha() for char in key) > 1
