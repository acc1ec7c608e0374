"""Joining two notes that are about one thing: the second goes into the first, and all links to it with it.

First the first note gets all that the second one says, then the links follow, then the second is removed: whenever a
process is killed, nothing is lost, and each link means one of the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prmvault.app.names import link_meanings
from prmvault.app.rename import editable_note, links_of, with_alias
from prmvault.app.steps import Edit, Move, Plan, Remove, retargeting, text_of
from prmvault.core.join import SELF, Joining, join_notes
from prmvault.core.names import name_key
from prmvault.core.people import Name, meant
from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.core.relations import relation_of
from prmvault.vault.refresh import types_of

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note


def plan_merge(vault: Vault, path: str, other_path: str) -> Plan:
    """Return what joining the note at `other_path` into that at `path` does.

    Raises PrmvaultError where the two are one, or of two types, or one of them can't be read.
    """
    if path == other_path:
        raise PrmvaultError(f"both names mean {path}", exit_code=EXIT_USAGE, hint="name two notes, by path if need be")
    note, other = editable_note(vault, path), editable_note(vault, other_path)
    if note.type != other.type:
        message = f"{path} is a note of type {note.type}, {other_path} of type {other.type}"
        raise PrmvaultError(message, exit_code=EXIT_USAGE, hint="give both the same type first, if they are one thing")
    bare, other_bare = path.removesuffix(".md"), other_path.removesuffix(".md")
    target = _link_name(vault, path, other_path)
    names = [other_bare.rpartition("/")[2], other.title]
    links = links_of(vault, other_path, [*names, other_bare], (target, bare))
    # A link by path that must stay needs a name to live on.
    by_path = [other_bare] if any(name_key(left.target) == name_key(other_bare) for left in links.left) else []
    own = {edit.path: edit for edit in links.edits}
    text = text_of(vault, other_path)
    theirs = own[other_path].change(text) if other_path in own else text
    joining = _joining(vault, note, other, by_path)
    rename = own[path].change if path in own else retargeting({}, {})

    def change(ours: str) -> str:
        joined = join_notes(rename(ours), theirs, joining)
        for alias in by_path:
            joined = with_alias(joined, alias)
        return joined

    steps: list[Edit | Move | Remove] = [Edit(path, change)]
    steps += [edit for edit in links.edits if edit.path not in (path, other_path)]
    steps.append(Remove(other_path, text))
    left = tuple(each for each in links.left if each.path != other_path)
    return Plan(f"merge {other.title} into {note.title}", tuple(steps), left)


def _joining(vault: Vault, note: Note, other: Note, more_names: list[str]) -> Joining:
    both = (note.path, other.path)
    words = vault.settings.relation_words()
    people: dict[str, str] = {}

    def person_of(name: str) -> str:
        if name not in people:
            paths = link_meanings(vault.facts, name, of_type="person") or link_meanings(vault.facts, name)
            people[name] = (SELF if paths[0] in both else paths[0]) if len(paths) == 1 else name_key(name)
            if paths and set(paths) <= set(both):
                people[name] = SELF
        return people[name]

    return Joining(
        fields=types_of(vault.settings)[note.type].fields,
        names=tuple(dict.fromkeys([other.path.removesuffix(".md").rpartition("/")[2], other.title, *more_names])),
        own_names=(note.path.removesuffix(".md").rpartition("/")[2], note.title),
        name_keys=("name",) if note.type == "person" else ("name", "title"),
        person_of=person_of,
        relation_of=lambda word: relation_of(word, words).type,
        log_headings=tuple(heading.casefold() for heading in vault.settings.log_headings),
    )


def _link_name(vault: Vault, path: str, other_path: str) -> str:
    """Return how to link the note at `path` when the other is gone: by its name, by its path where that is shared."""
    bare = path.removesuffix(".md")
    stem = bare.rpartition("/")[2]
    rows = [Name(*row) for row in vault.facts.names_of_key(name_key(stem)) if row[2] != other_path]
    return stem if meant(stem, rows) == (path,) else bare
