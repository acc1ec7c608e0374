"""The vault's trash (Obsidian's own), where the notes of people lie whose cards were deleted; nothing else reads it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from prmvault.app.edit import editable_text
from prmvault.app.new_paths import file_stem
from prmvault.core.edit import set_value
from prmvault.core.file_names import stem_of
from prmvault.core.frontmatter import known_front_matter
from prmvault.core.join import FORMER_UIDS
from prmvault.core.problems import PrmvaultError
from prmvault.vault.files import is_text, read_file

TRASH_FOLDER = ".trash"


class Trashed(NamedTuple):
    """A note in the trash: its path and type, its uid, and its text."""

    path: str
    kind: str
    uid: str
    text: str


def trash_path(root: str, path: str) -> str:
    """Return the path in the trash that a note gets, one that no file has."""
    stem, number = stem_of(path), 1
    while os.path.lexists(os.path.join(root, target := f"{TRASH_FOLDER}/{_numbered(stem, number)}.md")):
        number += 1
    return target


def with_own_name(text: str, source: str, path: str, name: str) -> str:
    """Return a note's text such that the person keeps the name where the file comes back from the trash under another.

    `name` is that on the card.
    """
    stem = stems_of(source, name)[0]
    if stem == stem_of(path) or known_front_matter(text).values.get("name"):
        return text
    return set_value(text, ("name",), name if stem == file_stem(name) else stem)


def stems_of(source: str, name: str) -> tuple[str, ...]:
    """Return the file names, without ending, that a note in the trash may have had; `name` is that on the card."""
    stem, name = stem_of(source), file_stem(name)
    is_numbered = stem.startswith(f"{name} (") and stem.endswith(")") and stem[len(name) + 2 : -1].isdigit()
    return (name, stem) if is_numbered else (stem,)


def notes_in_trash(root: str) -> dict[str, Trashed]:
    """Return the notes in the trash by uid and by their former uids; of several with one uid the newest.

    Only regular files are read, by no link, and nothing is returned for what can't be read.
    """
    found: dict[str, tuple[tuple[bool, int], Trashed]] = {}
    for path in _files(root):
        try:
            content = read_file(root, path)
            text = editable_text(path, content)
        except (OSError, PrmvaultError):
            continue
        values = known_front_matter(text).values
        uid, former = values.get("uid"), values.get(FORMER_UIDS, [])
        if not isinstance(uid, str) or not uid:
            continue
        trashed = Trashed(path, str(values.get("type", "")), uid, text)
        for each in [uid, *(former if isinstance(former, list) else [former])]:
            rank = (each == uid, content.stats[0])
            if isinstance(each, str) and each and (each not in found or rank >= found[each][0]):
                found[each] = (rank, trashed)
    return {uid: trashed for uid, (_, trashed) in found.items()}


def _files(root: str) -> Iterator[str]:
    top = os.path.join(root, TRASH_FOLDER)
    if os.path.islink(top):
        return
    for folder, _, names in os.walk(top):
        inner = os.path.relpath(folder, root).replace(os.sep, "/")
        for name in sorted(names):
            if name.endswith(".md") and is_text(f"{inner}/{name}"):
                yield f"{inner}/{name}"


def _numbered(stem: str, number: int) -> str:
    return f"{stem} ({number})" if number > 1 else stem
