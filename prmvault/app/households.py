"""Who lives with whom, from the facts: of the whole vault at once, or of one person by a few rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from prmvault.app.names import link_meanings
from prmvault.core.households import Member, Tie, households, is_grown
from prmvault.core.people import RANK_ALIAS
from prmvault.core.relations import relation_of

if TYPE_CHECKING:
    from datetime import date

    from prmvault.app.vault import Vault
    from prmvault.core.model import Note
    from prmvault.core.relations import Relation

_KINDS = {
    **{kind: kind for kind in ("spouse", "partner", "ex-spouse", "ex-partner", "child")},
    "parent": "child",
}
"""Relation type → kind of tie; that of a parent is the child's the other way round."""


def all_households(
    vault: Vault, titles: Iterable[str], notes: Iterable[Note], meant: Callable[[str], str], today: date
) -> dict[str, tuple[str, ...]]:
    """Return, for everybody of the paths `titles` who lives with others, the paths of all of the household.

    `notes` have what is known of birthdays and deaths; `meant` tells whom the key of a link means, or nothing.
    """
    addresses: dict[str, set[str]] = {}
    for key, path in vault.facts.addresses():
        addresses.setdefault(path, set()).add(key)
    words = vault.settings.relation_words()
    stated = ((path, meant(key) or _nameless(key), word) for key, path, word in vault.facts.all_relations())
    ties = list(_ties(stated, words))
    children = {tie.right for tie in ties if tie.kind == "child"}
    known = {note.path: note for note in notes}

    def member(path: str) -> Member:
        note, keys = known.get(path), frozenset(addresses.get(path, ()))
        if note is None:
            return Member(path, keys, alive=True)
        grown = path in children and is_grown(note.fields.get("birthday", ""), today)
        return Member(path, keys, not note.fields.get("deceased"), grown)

    groups = households({path: member(path) for path in titles}, ties)
    return {path: group for group in groups for path in group}


def household_of(vault: Vault, path: str, today: date) -> tuple[str, ...]:
    """Return the paths of the person's household today, itself among them; just itself for somebody who lives alone."""
    words = vault.settings.relation_words()
    members: dict[str, Member] = {}
    stated: list[tuple[str, str, str]] = []
    asked: set[str] = set()
    addresses: set[str] = set()
    waiting = {path}
    while waiting:
        one = waiting.pop()
        asked.add(one)
        note = vault.facts.note(one)
        if note is None or note.type != "person":
            continue
        keys = vault.facts.addresses_of(one)
        grown = is_grown(note.fields.get("birthday", ""), today)
        members[one] = Member(one, frozenset(keys), not note.fields.get("deceased"), grown)
        near = [*_stated_by(vault, one, words), *_stated_of(vault, one, words)]
        stated += near
        waiting.update(other for left, right, _ in near for other in (left, right) if other not in asked)
        for key in keys:
            if key not in addresses:
                addresses.add(key)
                waiting.update(other for other in vault.facts.people_at_address(key) if other not in asked)
    for group in households(members, _ties(stated, words)):
        if path in group:
            return group
    return (path,)


def _stated_by(vault: Vault, path: str, words: dict[str, Relation]) -> Iterator[tuple[str, str, str]]:
    for key, word in vault.facts.relations_of(path):
        if relation_of(word, words).type in _KINDS:
            meant = link_meanings(vault.facts, key, of_type="person")
            yield path, meant[0] if len(meant) == 1 else _nameless(key), word


def _stated_of(vault: Vault, path: str, words: dict[str, Relation]) -> Iterator[tuple[str, str, str]]:
    keys = [key for key, rank, _, _ in vault.facts.names_of_path(path) if rank <= RANK_ALIAS]
    for other, word in vault.facts.relations_to(keys):
        if relation_of(word, words).type in _KINDS and other != path:
            yield from (each for each in _stated_by(vault, other, words) if each[1] == path)


def _ties(stated: Iterable[tuple[str, str, str]], words: dict[str, Relation]) -> Iterator[Tie]:
    """Return the ties of what notes state: (path, path of the related person, word)."""
    kinds: dict[str, str] = {}
    for path, other, word in stated:
        kind = kinds.get(word)
        if kind is None:
            kind = kinds[word] = relation_of(word, words).type
        if kind in _KINDS and path != other:
            left, right = (other, path) if kind == "parent" else (path, other)
            yield Tie(left, right, _KINDS[kind])


def _nameless(key: str) -> str:
    """Return what stands for somebody without a note: no path."""
    return f"?{key}"
