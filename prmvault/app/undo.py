"""Taking back the last commit that a command made: its files become as they were before it, by a further commit.

Nothing is done unless each of them is as that commit left it, on disk and in git's index, so no later edit is lost. A
file that is as before already is fine too: an undo that was killed goes on where it stopped.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.edit import editing
from prmvault.app.history import note_text, refuse_without_git
from prmvault.core.changes import Change, changes
from prmvault.core.file_names import collision_key
from prmvault.core.problems import EXIT_BUSY, EXIT_NOTHING_FOUND, PrmvaultError
from prmvault.vault.files import Content, create_file, move_file, read_file, remove_file, swap_file
from prmvault.vault.git import as_one_commit, refuse_unfinished
from prmvault.vault.git_log import Commit, FileChange, changes_between, contents, last_made, staged

if TYPE_CHECKING:
    from prmvault.app.vault import Vault

_BY_HAND = "git revert {} takes it back by hand"
_MOST_TOLD = 10


class Restored(NamedTuple):
    """A file that becomes as it was: what this changes; `is_gone` if it is not there afterwards."""

    path: str
    changes: tuple[Change, ...]
    is_gone: bool


class Undo(NamedTuple):
    """What is taken back, and how: for each file its contents as the commit left it, and before it (None: no file)."""

    commit: Commit
    restored: tuple[Restored, ...]
    files: tuple[_File, ...]
    moves: tuple[tuple[str, str], ...]


class _File(NamedTuple):
    path: str
    left: bytes | None
    before: bytes | None


def plan_undo(vault: Vault) -> Undo:
    """Return what undoing the last commit of a command does.

    Raises PrmvaultError where there is none, and where one of its files was changed since.
    """
    refuse_without_git(vault)
    refuse_unfinished(vault.root)
    commit = last_made(vault.root)
    if commit is None:
        hint = "git log lists all commits, git revert takes one back"
        raise PrmvaultError("prmvault has made no commit here that could be undone", hint=hint)
    differing = changes_between(vault.root, commit.parents[0] if commit.parents else "", commit.name)
    texts = contents(vault.root, [name for each in differing for name in (each.after, each.before)])
    files = [_File(each.path, *texts[2 * at : 2 * at + 2]) for at, each in enumerate(differing)]
    moves = tuple(_moves(differing))
    moved = [old for _, old in moves]
    for each, file in zip(differing, files, strict=True):
        if _is_odd(each, file) or (file.left is None and file.path not in moved and not _is_utf8(file.before)):
            message = f"{commit.subject} can't be undone: {file.path} is no note that could be written"
            raise PrmvaultError(message, hint=_BY_HAND.format(commit.name[:10]))
    _refuse_changed(vault, commit, differing, files, moves)
    restored = [_restored(file, moves) for file in files if _content(vault, file.path) != _fitting(vault, file)]
    if not restored:
        raise PrmvaultError(f"{commit.subject} is taken back already", exit_code=EXIT_NOTHING_FOUND)
    return Undo(commit, tuple(restored), tuple(files), moves)


def undo(vault: Vault, plan: Undo) -> None:
    """Do it, as one commit; raises PrmvaultError before anything is touched where git can't commit now."""
    with editing(vault), as_one_commit(vault.root, _message(plan.commit.subject), [file.path for file in plan.files]):
        for new, old in plan.moves:
            if _is_listed(vault, new) and not _is_listed(vault, old):
                move_file(vault.root, new, old)
        for file in plan.files:
            _restore(vault, file)
            vault.written.append(file.path)


def _message(subject: str) -> str:
    if subject.startswith("undo: "):
        return f"redo: {subject.removeprefix('undo: ')}"
    return f"undo: {subject.removeprefix('redo: ')}"


def _is_odd(change: FileChange, file: _File) -> bool:
    """Tell whether something is no plain file, or so large that its content is not at hand."""
    is_unknown = (bool(change.after) and file.left is None) or (bool(change.before) and file.before is None)
    return is_unknown or not change.is_regular


def _is_utf8(data: bytes | None) -> bool:
    try:
        (data or b"").decode()
    except UnicodeDecodeError:
        return False
    return True


def _moves(differing: Sequence[FileChange]) -> Iterator[tuple[str, str]]:
    """Yield (path now, path before) of files that the commit moved: to go back they are moved, so they keep their mode.

    A commit moves one note to wherever it likes, or several to names that only look other.
    """
    come = [each for each in differing if each.status == "A"]
    gone = [each for each in differing if each.status == "D"]
    is_one = len(come) == len(gone) == 1
    for new in come:
        for old in gone:
            same_name = collision_key(old.path) == collision_key(new.path)
            if same_name or old.before == new.after or is_one:
                yield new.path, old.path
                gone.remove(old)
                break


def _refuse_changed(
    vault: Vault,
    commit: Commit,
    differing: Iterable[FileChange],
    files: Iterable[_File],
    moves: Sequence[tuple[str, str]],
) -> None:
    """Refuse where a file is neither as the commit left it nor as it was before."""
    index = staged(vault.root, [each.path for each in differing])
    left = {file.path: file.left for file in files}
    # What an undo that was killed has moved, but not yet changed back.
    moved = {old: left[new] for new, old in moves}
    changed = []
    for each, file in zip(differing, files, strict=True):
        now = _content(vault, file.path)
        fine = [file.left, file.before, *([moved[file.path]] if file.path in moved else [])]
        on_disk = any(now == known or _is_same_text(now, known) for known in fine)
        if not on_disk or index.get(each.path, "") not in (each.after, each.before):
            changed.append(each.path)
    changed += [new for new, old in moves if not (_is_listed(vault, new) or _is_listed(vault, old))]
    if not changed:
        return
    count = "1 file was" if len(changed) == 1 else f"{len(changed)} files were"
    lines = [f"changed: {path}" for path in changed[:_MOST_TOLD]]
    lines += [f"and {len(changed) - _MOST_TOLD} more"] if len(changed) > _MOST_TOLD else []
    lines.append(_BY_HAND.format(commit.name[:10]))
    raise PrmvaultError(f"{commit.subject} can't be undone: {count} changed since", hint="\n".join(lines))


def _restored(file: _File, moves: Iterable[tuple[str, str]]) -> Restored:
    told: tuple[Change, ...] = changes(note_text(file.left), note_text(file.before))
    for new, old in moves:
        if file.path == old:
            told = (Change("renamed", "file", new, old),)
    return Restored(file.path, told, file.before is None)


def _restore(vault: Vault, file: _File) -> None:
    """Make a file what it was before the commit."""
    try:
        now: Content | None = read_file(vault.root, file.path)
    except FileNotFoundError:
        now = None
    wanted = _fitting(vault, file)
    if wanted is None:
        # Where case does not matter, the file that was moved back still answers to its other name.
        is_gone = now is None or not _is_listed(vault, file.path)
        done = is_gone or (now is not None and remove_file(vault.root, file.path, now))
    elif now is None:
        create_file(vault.root, file.path, wanted.decode())
        done = True
    else:
        done = now.data == wanted or swap_file(vault.root, file.path, now, wanted)
    if not done:
        message = f"{file.path} changed meanwhile; not all was taken back"
        raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="look at it, and try again")


def _is_listed(vault: Vault, path: str) -> bool:
    """Tell whether there is a file of just this name."""
    folder, name = os.path.split(os.path.join(vault.root, path))
    return os.path.isdir(folder) and name in os.listdir(folder)


def _content(vault: Vault, path: str) -> bytes | None:
    try:
        return read_file(vault.root, path).data
    except FileNotFoundError:
        return None


def _fitting(vault: Vault, file: _File) -> bytes | None:
    """Return what the file was before, with the line endings that it has on disk (core.autocrlf)."""
    now = _content(vault, file.path)
    has_crlf = now is not None and now != file.left and _is_same_text(now, file.left)
    return _with_crlf(file.before) if has_crlf and file.before is not None else file.before


def _is_same_text(now: bytes | None, stored: bytes | None) -> bool:
    return now is not None and stored is not None and b"\r" not in stored and now == _with_crlf(stored)


def _with_crlf(data: bytes) -> bytes:
    return data.replace(b"\n", b"\r\n")
