"""All that is wrong in a vault: the problems of single notes, and those that only show between notes.

A new check is one function and one entry in `CHECKS` or `THOROUGH`; those of what people wrote are in `app.checks`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from shlex import quote
from typing import TYPE_CHECKING

from prmvault.app.checks import (
    duplicate_names,
    impossible_dates,
    impossible_relations,
    misspelled_keys,
    old_keys,
    tag_slips,
)
from prmvault.app.links import link_targets
from prmvault.app.names import link_meanings
from prmvault.app.texts import note_text
from prmvault.app.vault import Vault
from prmvault.core.file_names import collision_key
from prmvault.core.note import is_conflict_copy
from prmvault.core.people import Name
from prmvault.core.problems import Problem
from prmvault.render.language import ENGLISH, catalogue_place, language_of
from prmvault.vault.files import SETTINGS_FILE

if TYPE_CHECKING:
    from datetime import date

_ATTACHMENTS = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".pdf", ".txt", ".csv", ".mp3", ".mp4", ".canvas")


def vault_problems(vault: Vault) -> list[Problem]:
    """Return the problems that keep something from being read or meant: those of notes, settings and folders."""
    found = [*vault.problems, *vault.facts.problems()]
    for check in CHECKS:
        found += check(vault)
    return sorted(found, key=lambda problem: (problem.path, problem.line, problem.code))


def all_problems(vault: Vault, today: date) -> list[Problem]:
    """Return all that `check` tells: also what is only likely to be wrong, or takes a longer look."""
    found = [*vault_problems(vault), *impossible_dates(vault, today)]
    for check in THOROUGH:
        found += check(vault)
    return sorted(found, key=lambda problem: (problem.path, problem.line, problem.code))


def ambiguous_links(vault: Vault) -> Iterator[Problem]:
    """Links that may mean several notes."""
    meanings: dict[str, tuple[str, ...]] = {}
    for path, target, line in vault.facts.tied_links():
        if target not in meanings:
            meanings[target] = link_meanings(vault.facts, target)
        paths = meanings[target]
        if len(paths) > 1:
            hint = "write the path, such as " + " or ".join(f"[[{each.removesuffix('.md')}]]" for each in paths[:3])
            yield Problem(path, line, "ambiguous-link", f"[[{target}]] may mean {len(paths)} notes", hint)


def links_without_note(vault: Vault) -> list[tuple[str, str, int]]:
    """Return (path, target, line) of the links to notes that are not there (yet); files of other kinds don't count."""
    return [row for row in vault.facts.dangling_links() if not row[1].casefold().endswith(_ATTACHMENTS)]


def dangling_links(vault: Vault) -> Iterator[Problem]:
    """Links to notes that are not there (yet), with the note that may be meant: it was moved or renamed, or a slip."""
    links = links_without_note(vault)
    if not links:
        return
    from prmvault.core.likely import Likely, likely_meant

    meant = likely_meant((target for _, target, _ in links), (Name(*row) for row in vault.facts.all_names()))
    link = link_targets(vault)
    hints: dict[str, str] = {}
    for path, target, line in links:
        if target not in hints:
            found = meant.get(target, Likely((), is_moved=False))
            names = [link(each) for each in found.paths]
            hints[target] = f"did you mean {' or '.join(f'[[{name}]]' for name in names)}?"
            if not names:
                hints[target] = f"prmvault add person {quote(target)}"
            elif len(names) == 1 and not found.is_moved:
                hints[target] += f" If it has a new name: prmvault set {quote(names[0])} aliases+={quote(target)}"
        yield Problem(path, line, "dangling-link", f"[[{target}]] has no note", hints[target])


def duplicate_uids(vault: Vault) -> Iterator[Problem]:
    """Notes that claim the same identity."""
    first: dict[str, str] = {}
    for uid, path in vault.facts.shared_uids():
        if first.setdefault(uid, path) != path:
            note = vault.facts.note(path)
            line = note.lines.get("uid", 1) if note else 1
            yield Problem(path, line, "duplicate-uid", f"{first[uid]} has the same uid", "remove the uid of the copy")


def colliding_names(vault: Vault) -> Iterator[Problem]:
    """Files that are one file on macOS or Windows, and names in decomposed form."""
    first: dict[str, str] = {}
    for path in vault.facts.files():
        if first.setdefault(collision_key(path), path) != path:
            hint = "rename one of them: macOS and Windows can hold only one"
            yield Problem(
                path,
                0,
                "name-collision",
                f"the name differs from {first[collision_key(path)]} only in case or normal form",
                hint,
            )
        elif unicodedata.normalize("NFC", path) != path:
            yield Problem(path, 0, "name-not-nfc", "the file name is in decomposed form (NFD)", "rename it")


def unread_files(vault: Vault) -> Iterator[Problem]:
    """Copies that a file sync tool made of a conflict, and files that could not be read."""
    known = dict(vault.facts.titles())
    for path in vault.facts.files():
        if is_conflict_copy(path):
            hint = f"prmvault conflicts --join {quote(path)} takes over what its note lacks"
            yield Problem(path, 0, "conflict-copy", "a sync tool left this copy of a conflict; it is not read", hint)
        elif path not in known and not vault.ignores(path):
            yield Problem(path, 0, "unreadable", "the file can't be read", "look at its permissions and its name")


def unknown_language(vault: Vault) -> Iterator[Problem]:
    """A language of the settings for which there is no catalogue on this machine: all is told in English.

    The digest does not tell it: its text is the same on every machine.
    """
    code = vault.settings.language
    language = language_of(code)
    if language.is_english and code.partition("_")[0] != ENGLISH:
        lines = (note_text(vault.root, SETTINGS_FILE) or "").split("\n")
        line = next((number for number, text in enumerate(lines, 1) if text.startswith("language:")), 1)
        message = f"there is no catalogue of the language {code!r} here; what people read is in English"
        hint = f"language: de or en; or put one to {catalogue_place(code)}"
        yield Problem(SETTINGS_FILE, line, "bad-setting", message, hint)


def digest_edits(vault: Vault) -> Iterator[Problem]:
    """What was ticked or put off on a page of the digest, and could not be carried to where it belongs."""
    from prmvault.app.listen import waiting_problems

    yield from waiting_problems(vault)


def merged_as_text(vault: Vault) -> Iterator[Problem]:
    """A clone in which git would merge notes as mere text; git itself says nothing about that."""
    from prmvault.vault.git import is_repository

    if not is_repository(vault.root):
        return
    from prmvault.app.sync_files import not_set_up

    if not_set_up(vault.root):
        message = "git would merge the notes of this clone as text, and leave its marks in them"
        yield Problem(".gitattributes", 0, "no-merge-driver", message, "prmvault git-setup")


CHECKS: tuple[Callable[[Vault], Iterator[Problem]], ...] = (
    unread_files,
    duplicate_uids,
    ambiguous_links,
    colliding_names,
)
"""What the digest and `status` count, too."""


THOROUGH: tuple[Callable[[Vault], Iterator[Problem]], ...] = (
    dangling_links,
    misspelled_keys,
    old_keys,
    duplicate_names,
    impossible_relations,
    tag_slips,
    merged_as_text,
    digest_edits,
    unknown_language,
)
"""What only `check` tells: a link to a note that is yet to be written is common, and a key may be the user's own."""
