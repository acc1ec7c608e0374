"""Pairs of people that may be one: proposed with reasons, and remembered as two where the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.links import link_targets
from prmvault.app.names import link_meanings
from prmvault.app.rename import editable_note
from prmvault.app.steps import Edit, Plan
from prmvault.core.duplicates import likeness, possible_pairs, profile_of
from prmvault.core.edit import append_value
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.model import texts_in
from prmvault.core.people import Name, linked_name

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note

DIFFERENT = "not_same_as"


class Duplicate(NamedTuple):
    """Two notes of people that may be about one; the first is the fuller one, into which to merge.

    `names` are their titles, `targets` how a command or a link names each of them.
    """

    paths: tuple[str, str]
    names: tuple[str, str]
    targets: tuple[str, str]
    score: int
    reasons: tuple[str, ...]


def duplicates(vault: Vault) -> list[Duplicate]:
    """Return the pairs of people that may be one, the likeliest first."""
    facts = vault.facts
    birthdays = {row[0]: row[2] for row in facts.people_rows() if row[2]}
    pairs = possible_pairs((Name(*row) for row in facts.all_names(of_type="person")), birthdays)
    notes: dict[str, Note] = {}
    for path in {path for pair in pairs for path in pair}:
        note = facts.note(path)
        if note is not None:
            notes[path] = note
    profiles = {path: profile_of(note) for path, note in notes.items()}
    target = link_targets(vault)
    found = []
    for pair in pairs:
        first, second = sorted((notes[path] for path in pair), key=_fullness)
        related = names_other(vault, first, second, "related")
        alike = likeness(profiles[first.path], profiles[second.path], related=related)
        if alike.score and not names_other(vault, first, second, DIFFERENT):
            found.append(
                Duplicate(
                    (first.path, second.path),
                    (first.title, second.title),
                    (target(first.path), target(second.path)),
                    *alike,
                )
            )
    return sorted(found, key=lambda each: (-each.score, each.paths))


def plan_different(vault: Vault, path: str, other_path: str) -> Plan:
    """Return the plan that remembers, in the note at `path`, that the other one is somebody else."""
    note, other = editable_note(vault, path), editable_note(vault, other_path)
    link = f"[[{link_targets(vault)(other_path)}]]"

    def change(text: str) -> str:
        known = texts_in(parse_front_matter("", text, split_note(text)).values.get(DIFFERENT, ""))
        return text if link in known else append_value(text, (DIFFERENT,), link)

    return Plan(f"{note.title} is not {other.title}", (Edit(path, change),))


def names_other(vault: Vault, first: Note, second: Note, key: str) -> bool:
    """Tell whether one of two notes names the other under `key`."""
    for note, other in ((first, second), (second, first)):
        for entry in note.fields.get(key, ()):
            name = linked_name(entry["person"] if isinstance(entry, dict) else entry)
            if other.path in link_meanings(vault.facts, name, of_type="person"):
                return True
    return False


def _fullness(note: Note) -> tuple[int, str]:
    """Return the order in which two notes are the one to keep: what says more first."""
    return -(len(note.fields) + len(note.links) + len(note.contacts)), note.path
