"""Bringing the files of a vault from one commit to another, so that neither a save nor a kill at any point is lost.

Before the first file changes, two refs tell from where to where. Each file is replaced as a whole, if it still is as
the old commit has it; the branch moves last. So after a kill each file is as the one or as the other commit has it,
or was changed by the user since; `finish` then goes on, or goes back.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.vault.files import inside
from prmvault.vault.git import git_or_fail, on_one_line, run_git, with_nuls
from prmvault.vault.git_sync import Repository, passing_index, wait_for_index

_FROM = "refs/worktree/prmvault-from"
_TO = "refs/worktree/prmvault-to"
_NOTHING = "000000"
_LINK = "120000"
_SUBMODULE = "160000"


class _Change(NamedTuple):
    """A path of the work tree and what the two commits have there: mode and name in git's store."""

    path: str
    old_mode: str
    new_mode: str
    old: str
    new: str

    def turned(self) -> _Change:
        """Return the change back."""
        return _Change(self.path, self.new_mode, self.old_mode, self.new, self.old)


class _State(NamedTuple):
    """What is at a path now: its name in git's store (empty: nothing is there), and the numbers of the file."""

    oid: str
    numbers: tuple[int, ...]


def bring(repository: Repository, new: str, message: str) -> tuple[str, ...]:
    """Make branch, index and files those of the commit `new`; return the paths that stand in the way, if any.

    Then nothing has changed. A file stands in the way that is not as the commit has it which is checked out: it was
    saved meanwhile, or git doesn't know it.
    """
    old = repository.head
    if git_or_fail(repository.root, "rev-parse", "HEAD") != old:
        hint = "sync again"
        raise PrmvaultError(
            "another git has made a commit meanwhile; nothing was merged", exit_code=EXIT_BUSY, hint=hint
        )
    changes = _changes(repository, old, new)
    git_or_fail(repository.top, "read-tree", "--dry-run", "-i", "-m", old, new)
    states = _states(repository, changes)
    todo: list[_Change] = []
    in_the_way: list[str] = []
    for change in changes:
        oid = states[change.path].oid
        if oid == change.new and change.old != change.new:
            continue
        # Where only the mode differs, the file is put there anew, too.
        if oid == change.old:
            todo.append(change)
        else:
            in_the_way.append(change.path)
    if in_the_way:
        return tuple(in_the_way)
    git_or_fail(repository.root, "update-ref", _FROM, old)
    git_or_fail(repository.root, "update-ref", _TO, new)
    late = _put(repository, new, todo, states)
    if late:
        _go_back(repository, changes, old)
        _forget(repository)
        return late
    _arrive(repository, new, message)
    return ()


def is_unfinished(repository: Repository) -> bool:
    """Tell whether a process was killed while it brought the files to another commit."""
    if os.path.isdir(os.path.join(repository.folder, "reftable")):
        return bool(run_git(repository.root, "for-each-ref", "--count=1", _FROM, _TO).out)
    # Such refs are files: asking git for them would take longer than all else that is to be looked at.
    return any(os.path.exists(os.path.join(repository.folder, ref)) for ref in (_FROM, _TO))


def changed_paths(repository: Repository, old: str, new: str) -> list[str]:
    """Return the paths (in the work tree) of the files in which two commits differ."""
    return [change.path for change in _changes(repository, old, new)]


def finish(repository: Repository, message: str) -> bool:
    """Go on where a process was killed that brought the files to another commit; tell whether there was such a one."""
    old, new = (run_git(repository.root, "rev-parse", "--verify", "--quiet", ref).out for ref in (_FROM, _TO))
    if not old and not new:
        return False
    if old and new and repository.head == old:
        changes = _changes(repository, old, new)
        states = _states(repository, changes)
        if all(states[change.path].oid in (change.old, change.new) for change in changes):
            todo = [change for change in changes if states[change.path].oid == change.old]
            if not _put(repository, new, todo, states):
                _arrive(repository, new, message)
                return True
        # Somebody changed notes since: their version is one of the old commit, or one that has its merge in it.
        # What is already new goes back, and the next merge takes it all together.
        _go_back(repository, changes, old)
    _forget(repository)
    return True


def _arrive(repository: Repository, new: str, message: str) -> None:
    """Bring the index, then the branch, to where the files are."""
    wait_for_index(repository)
    git_or_fail(repository.top, "read-tree", "-i", "-m", repository.head, new)
    git_or_fail(repository.root, "update-ref", "-m", on_one_line(message), "HEAD", new, repository.head)
    _forget(repository)
    run_git(repository.top, "update-index", "-q", "--refresh")


def _forget(repository: Repository) -> None:
    # First the one without which the other means nothing.
    for ref in (_TO, _FROM):
        run_git(repository.root, "update-ref", "-d", ref)


def _go_back(repository: Repository, changes: Sequence[_Change], old: str) -> None:
    """Give the files that are as the new commit has them back as they were."""
    states = _states(repository, changes)
    back = [change.turned() for change in changes if states[change.path].oid == change.new]
    _put(repository, old, back, states)


def _changes(repository: Repository, old: str, new: str) -> list[_Change]:
    """Return the files in which two commits differ, as paths in the work tree; submodules are the user's."""
    told = git_or_fail(repository.top, "diff-tree", "-r", "-z", "--raw", "--no-renames", old, new).split("\0")
    found = []
    for line, path in zip(told[::2], told[1::2], strict=False):
        old_mode, new_mode, old_oid, new_oid, _ = line.removeprefix(":").split(" ")
        if _SUBMODULE not in (old_mode, new_mode):
            gone, come = ("" if mode == _NOTHING else oid for mode, oid in ((old_mode, old_oid), (new_mode, new_oid)))
            found.append(_Change(path, old_mode, new_mode, gone, come))
    return found


def _states(repository: Repository, changes: Sequence[_Change]) -> dict[str, _State]:
    """Look at the files that are to change: what they are in git's eyes, and their numbers from before."""
    found: dict[str, _State] = {}
    files = []
    for change in changes:
        path = change.path
        numbers = _numbers(_place(repository, path))
        found[path] = _State("", numbers)
        if numbers and stat.S_ISLNK(numbers[0]):
            data = os.readlink(_place(repository, path))
            oid = git_or_fail(repository.top, "hash-object", "--no-filters", "--stdin", given=data)
            found[path] = _State(oid, numbers)
        elif numbers and stat.S_ISREG(numbers[0]):
            files.append(path)
        elif numbers:
            found[path] = _State("a folder", numbers)
    plain = [path for path in files if "\n" not in path]
    given = "".join(f"{path}\n" for path in plain)
    told = git_or_fail(repository.top, "hash-object", "--stdin-paths", given=given).split("\n") if plain else []
    told += [git_or_fail(repository.top, "hash-object", "--", path) for path in files if "\n" in path]
    for path, oid in zip([*plain, *(path for path in files if "\n" in path)], told, strict=True):
        found[path] = _State(oid, found[path].numbers)
    return found


def _put(repository: Repository, tree: str, changes: Sequence[_Change], states: dict[str, _State]) -> tuple[str, ...]:
    """Give each file what `tree` has at its path; end at the first that changed since it was looked at, and return it.

    What goes away goes first: a name in another case may be the same file.
    """
    ordered = sorted(changes, key=lambda change: change.new_mode != _NOTHING)
    with _staged(repository, tree, [change.path for change in ordered if change.new_mode != _NOTHING]) as staged:
        for change in ordered:
            target = _place(repository, change.path)
            if _numbers(target) != states[change.path].numbers:
                return (change.path,)
            if change.new_mode == _NOTHING:
                _remove(repository, target)
                continue
            source = os.path.join(staged, change.path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            _keep_mode(source, states[change.path].numbers, change)
            _replace(source, target)
    return ()


@contextlib.contextmanager
def _staged(repository: Repository, tree: str, paths: Iterable[str]) -> Iterator[str]:
    """Write files of a tree beside the vault, as git writes them into a work tree; give the folder."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="prmvault-", dir=repository.folder) as folder:
        with passing_index(repository, tree) as index:
            given = with_nuls(paths)
            if given:
                git_or_fail(
                    repository.top, "checkout-index", "-z", "--stdin", f"--prefix={folder}/", given=given, index=index
                )
        yield folder


def _replace(source: str, target: str) -> None:
    try:
        os.replace(source, target)
    except OSError:
        if os.path.isdir(target) and not os.path.islink(target):
            with contextlib.suppress(OSError):
                os.rmdir(target)
        # The repository is on another disk than the vault.
        beside = os.path.join(os.path.dirname(target), f".{os.getpid()}.prmvault.tmp")
        from shutil import copy2

        try:
            copy2(source, beside, follow_symlinks=False)
            os.replace(beside, target)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise


def _remove(repository: Repository, target: str) -> None:
    """Remove a file, and the folders that are empty then, as git does."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(target)
    folder = os.path.dirname(target)
    while folder not in (repository.top, os.path.realpath(repository.root)) and len(folder) > len(repository.top):
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)


def _keep_mode(source: str, numbers: tuple[int, ...], change: _Change) -> None:
    """Give a file the mode of the one that it replaces, where the commits say nothing else."""
    if numbers and stat.S_ISREG(numbers[0]) and change.old_mode == change.new_mode and change.new_mode != _LINK:
        os.chmod(source, stat.S_IMODE(numbers[0]))


def _place(repository: Repository, path: str) -> str:
    """Return where a path of the work tree is; raises PrmvaultError where a link would lead out of it."""
    return inside(repository.top, path)


def _numbers(target: str) -> tuple[int, ...]:
    """Return mode, time, size and inode of what is there, or nothing."""
    try:
        status = os.lstat(target)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    return status.st_mode, status.st_mtime_ns, status.st_size, status.st_ino


def in_vault(repository: Repository, path: str) -> str:
    """Return a path of the work tree as one in the vault; one outside of it raises PrmvaultError."""
    if not path.startswith(repository.prefix):
        hint = "commit it, or git stash it, and sync again"
        raise PrmvaultError(f"{path}, outside of the vault, has changes that a merge would overwrite", hint=hint)
    return path.removeprefix(repository.prefix)
