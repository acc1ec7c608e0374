"""Copies that file sync tools (Syncthing, Dropbox, Nextcloud) leave of a conflict: found, and merged into the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.edit import change_note, editable_text, read_note, remove_note
from prmvault.core.merge import merge_notes
from prmvault.core.note import copied_from, is_conflict_copy
from prmvault.core.problems import PrmvaultError

if TYPE_CHECKING:
    from prmvault.app.edit import Planned
    from prmvault.app.vault import Vault


class Copy(NamedTuple):
    """A conflict copy and the note that it is a copy of (paths)."""

    path: str
    note: str


def copies(vault: Vault) -> list[Copy]:
    """Return all conflict copies in the vault; the note of one may be gone."""
    return [Copy(path, copied_from(path)) for path in vault.facts.files() if is_conflict_copy(path)]


def join_copy(vault: Vault, path: str, *, dry_run: bool = False) -> Planned:
    """Merge a conflict copy into its note, with the committed version as base, and remove the copy.

    What both say differently is kept under `merge_conflicts`. Raises PrmvaultError where it is no copy, where the
    note is gone, and where one of them can't be read; then nothing is changed.
    """
    chosen = next((copy for copy in copies(vault) if path in copy), None)
    if chosen is None:
        raise PrmvaultError(f"{path} is no copy of a conflict", hint="prmvault conflicts lists the copies")
    note = vault.facts.note(chosen.note)
    if note is None:
        hint = f"if it is to be kept, give it the name {chosen.note}"
        raise PrmvaultError(f"{chosen.path}: its note {chosen.note} is not there", hint=hint)
    theirs = editable_text(chosen.path, read_note(vault, chosen.path))
    base = _committed(vault, chosen.note)
    kind = "journal" if note.type == "journal" else "note"

    def merged(ours: str) -> str:
        result = merge_notes(base, ours, theirs, kind=kind)
        if not result.ok:
            hint = "take over by hand what is missing, then delete the copy"
            raise PrmvaultError(f"{chosen.path} can't be merged into {chosen.note}", hint=hint)
        return result.text

    planned = change_note(vault, chosen.note, merged, dry_run=dry_run)
    if not dry_run:
        remove_note(vault, chosen.path, theirs)
    return planned


def _committed(vault: Vault, path: str) -> str:
    """Return the text of a note as it was last committed, or nothing where git does not know it."""
    from prmvault.vault.git import is_repository
    from prmvault.vault.git_log import contents, has_commits, text_name

    if not is_repository(vault.root) or not has_commits(vault.root):
        return ""
    data = contents(vault.root, [text_name("HEAD", path)])[0]
    try:
        return "" if data is None else data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
