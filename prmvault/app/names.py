"""Whom a name means: the one place that looks people up, for links, for commands and for queries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, RANK_NAME, Name, find_people, meant, tolerant_matches

if TYPE_CHECKING:
    from prmvault.vault.facts import Facts


def find(facts: Facts, text: str, *, tolerant: bool = True) -> list[str]:
    """Return the paths of the people whom `text` may name, best first; spelled almost so, if nobody is named so."""
    rows = [Name(*row) for row in facts.names_like(text, of_type="person")]
    found = find_people(text, rows)
    if found or not tolerant:
        return found
    return tolerant_matches(text, [Name(*row) for row in facts.all_names(of_type="person")])


def link_meanings(facts: Facts, target: str, *, of_type: str = "") -> tuple[str, ...]:
    """Return the paths that a link may mean: one, none (it dangles), or several (a tie)."""
    rows = [Name(*row) for row in facts.names_of_key(name_key(target.removesuffix(".md")), of_type=of_type)]
    return meant(target, rows)


def person_keys(facts: Facts, text: str) -> list[str]:
    """Return the keys of all names of the person whom `text` means exactly, or nothing."""
    paths = link_meanings(facts, text, of_type="person")
    if len(paths) != 1:
        return []
    return [key for key, rank, _, _ in facts.names_of_path(paths[0]) if RANK_NAME <= rank <= RANK_ALIAS]
