"""The name at the beginning of a command's words, which nobody wants to quote: `note Tom Becker likes it`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prmvault.app.names import link_meanings, resolve, resolve_any
from prmvault.core.problems import EXIT_AMBIGUOUS, EXIT_NOTHING_FOUND, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from prmvault.app.vault import Vault

_MOST_WORDS = 8


def split_name(
    vault: Vault, words: Sequence[str], today: date, *, only_people: bool = True
) -> tuple[str, tuple[str, ...]]:
    """Return the path of the note that the first of `words` mean, and the words behind its name.

    The name is the longest run of words that is just one note's name or alias, if the first word alone does not mean
    another one; else it is the first word. Errors are those of `resolve`.
    """
    for count in range(min(len(words), _MOST_WORDS), 1, -1):
        path = _so_named(vault, " ".join(words[:count]), only_people=only_people)
        if path and _first_alone(vault, words[0], today, only_people=only_people) in ("", path):
            return path, tuple(words[count:])
    path = resolve(vault, words[0], today) if only_people else resolve_any(vault, words[0], today)
    return path, tuple(words[1:])


def _so_named(vault: Vault, name: str, *, only_people: bool) -> str:
    """Return the path of the only one with this very name: a person, else any other; or nothing."""
    for of_type in ("person",) if only_people else ("person", ""):
        paths = link_meanings(vault.facts, name, of_type=of_type)
        if paths:
            return paths[0] if len(paths) == 1 else ""
    return ""


def _first_alone(vault: Vault, word: str, today: date, *, only_people: bool) -> str:
    """Return the path that a word means for sure, or nothing where it means nobody, or several."""
    for of_type in ("person",) if only_people else ("person", ""):
        try:
            return resolve(vault, word, today, of_type=of_type, tolerant=False)
        except PrmvaultError as error:
            if error.exit_code == EXIT_AMBIGUOUS:
                return ""
            if error.exit_code != EXIT_NOTHING_FOUND:
                raise
    return ""
