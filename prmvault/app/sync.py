"""`sync`: what was written here is committed, what others wrote comes in, and both go to the remote.

Notes are locked only while files are read for the commit or replaced after the merge. Whenever the process is killed,
the next sync goes on from what is there.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.listen import is_touched, listen
from prmvault.app.sync_files import chosen_files, has_digests_to_keep, message_of, set_up_with
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.vault.git import refuse_unfinished
from prmvault.vault.git_config import Config, read_config, refuse_foreign
from prmvault.vault.git_setup import ATTRIBUTES, IGNORED, missing_attributes, missing_drivers
from prmvault.vault.git_sync import (
    GoneError,
    OfflineError,
    Remote,
    Repository,
    apart,
    branches_at,
    changes_of,
    commit_files,
    fetched,
    fetching,
    look_at,
    push,
    remote_of,
    wait_for_index,
)
from prmvault.vault.locks import held
from prmvault.vault.merge_files import is_page, journal_folder

if TYPE_CHECKING:
    import subprocess
    from datetime import date

    from prmvault.app.vault import Say, Vault
    from prmvault.vault.git_merge import Copy

_PATIENCE = 5
"""So often a push that was beaten, or a merge that was overtaken by a save, is tried again."""

_LOCK_TIMEOUT_S = 60
_MANY_GONE = 20
_TOO_LARGE_A_PART = 5
"""So many notes, and more than a fifth of all, are not removed everywhere without a word: a folder may be missing."""


class Synced(NamedTuple):
    """What a sync did, or, with `--dry-run`, would do. Paths are in the vault.

    `left` are files that git does not know and that are left so; `merged` and `pushed` count commits; `changed` are
    the files that came in; `both` to `copies` are as in `Merge`; `ahead` and `behind` are what is left to do, None
    where the remote was not asked; `offline` tells why not.
    """

    branch: str
    remote: str
    set_up: tuple[str, ...] = ()
    committed: str = ""
    message: str = ""
    paths: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    merged: int = 0
    changed: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    clashing: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    pushed: int = 0
    ahead: int | None = None
    behind: int | None = None
    offline: str = ""
    refreshed: str = ""


class _Syncing:
    """A sync under way: the repository as it is now, the result so far, and the vault, once it is needed."""

    def __init__(self, root: str, say: Say, *, is_quiet: bool, removes: bool = False) -> None:
        self.root = root
        self.removes = removes
        self.say = say
        self.is_quiet = is_quiet
        self.repository = look_at(root)
        self.config: Config = read_config(root)
        self.remote: Remote | None = remote_of(self.repository, self.config)
        self.vault: Vault | None = None
        self._held: contextlib.ExitStack | None = None
        self.result = Synced(self.repository.branch, self.remote.name if self.remote else "")

    def hold(self) -> None:
        """Take the lock of the one sync, before anything is written, and look again; a look alone needs none."""
        if self._held is None:
            self._held = contextlib.ExitStack()
            self._held.enter_context(_only_one(self.root))
            self.looked()

    def close(self) -> None:
        """Let go of vault and lock."""
        if self.vault is not None:
            self.vault.facts.close()
        if self._held is not None:
            self._held.close()

    def opened(self) -> Vault:
        """Return the vault, up to date when it was opened."""
        from prmvault.app.vault import open_vault

        if self.vault is None:
            self.vault = open_vault(self.root, self.say)
        return self.vault

    def looked(self) -> Repository:
        """Look at the repository again."""
        self.repository = look_at(self.root)
        return self.repository

    def note(self, **values: object) -> None:
        """Remember what was done."""
        self.result = self.result._replace(**values)  # type: ignore[arg-type]


def sync(
    root: str, today: date, say: Say, *, dry_run: bool = False, is_quiet: bool = True, removes: bool = False
) -> Synced:
    """Commit, fetch, merge and push the vault at `root`; return what was done.

    With `dry_run` it only fetches, and tells what there is to do. With `is_quiet` nothing asks for a passphrase. Where
    a large part of the notes is gone, it goes on only if that is meant (`removes`).
    Without a way to the remote the result says so (`offline`). Raises PrmvaultError where it can't go on.
    """
    syncing = _Syncing(root, say, is_quiet=is_quiet, removes=removes)
    refuse_foreign(root, syncing.config, syncing.result.remote)
    try:
        with _fetching(syncing) as process:
            _prepare(syncing, dry_run=dry_run)
            if not dry_run and is_touched(root):
                _hear(syncing, today)
            _commit(syncing, dry_run=dry_run)
            if syncing.remote is not None:
                _exchange(syncing, syncing.remote, process, dry_run=dry_run)
        if syncing.result.changed and not dry_run:
            _refresh(syncing, today)
    finally:
        syncing.close()
    return syncing.result


@contextlib.contextmanager
def _fetching(syncing: _Syncing) -> Iterator[subprocess.Popen[bytes] | None]:
    """Begin to fetch beside the work on the disk, where there is a remote."""
    if syncing.remote is None:
        yield None
        return
    with fetching(syncing.repository, syncing.remote, is_quiet=syncing.is_quiet) as process:
        yield process


def _prepare(syncing: _Syncing, *, dry_run: bool) -> None:
    """Wait for others, refuse what others left unfinished, finish what a killed sync left, and set the clone up."""
    from prmvault.vault.git_checkout import finish, is_unfinished

    root = syncing.root
    wait_for_index(syncing.repository)
    if not dry_run and is_unfinished(syncing.repository):
        from prmvault.app.edit import editing

        refuse_unfinished(root)
        syncing.hold()
        with editing(syncing.opened()):
            finish(syncing.looked(), _merge_message(syncing))
        syncing.looked()
    missing = missing_attributes(root, journal_folder(root))
    drivers = missing_drivers(syncing.config)
    if dry_run:
        ignored = [IGNORED] if has_digests_to_keep(root) else []
        syncing.note(set_up=(*([ATTRIBUTES] if missing else []), *ignored, *(["merge drivers"] if drivers else [])))
    elif missing or drivers or has_digests_to_keep(root):
        changes_of(syncing.repository)  # Refuses what somebody has not finished, before anything is written.
        syncing.hold()
        syncing.note(set_up=tuple(set_up_with(root, syncing.config)))


def _commit(syncing: _Syncing, *, dry_run: bool) -> None:
    """Commit what changed in the vault; of files that git doesn't know only what belongs to a vault."""
    changes = changes_of(syncing.repository)
    if not any(changes):
        return
    if dry_run:
        paths, left = chosen_files(syncing.root, changes)
        syncing.note(paths=paths, left=left, message=message_of(syncing.repository, paths) if paths else "")
        return
    from prmvault.app.edit import editing

    paths, left = chosen_files(syncing.root, changes)
    syncing.note(left=left)
    if not paths:
        return
    syncing.hold()
    vault = syncing.opened()
    with editing(vault):
        wait_for_index(syncing.repository)
        repository = syncing.looked()
        paths, left = chosen_files(syncing.root, changes_of(repository))
        if not paths:
            return
        if not syncing.removes:
            _refuse_emptied(vault, paths)
        message = message_of(repository, paths)
        made = commit_files(repository, syncing.config, message, paths)
    if made:
        before = syncing.result
        syncing.note(
            committed=made,
            message="; ".join(filter(None, [before.message, message])),
            paths=tuple(dict.fromkeys([*before.paths, *paths])),
            left=left,
        )
    syncing.looked()


def _refuse_emptied(vault: Vault, paths: Iterable[str]) -> None:
    """Raise PrmvaultError where a large part of the notes is gone: more likely by a mistake than on purpose."""
    notes = [path for path in paths if path.endswith(".md")]
    there = sum(os.path.lexists(os.path.join(vault.root, path)) for path in notes)
    gone = len(notes) - 2 * there  # What was moved is there under another name.
    left = sum(vault.facts.counts().values())
    if gone >= _MANY_GONE and gone * _TOO_LARGE_A_PART > left + gone:
        message = f"{gone} of {left + gone} notes are gone from the folder; nothing was committed"
        hint = "prmvault sync --removals takes them away everywhere; git restore . brings them back"
        raise PrmvaultError(message, hint=hint)


def _exchange(syncing: _Syncing, remote: Remote, process: subprocess.Popen[bytes] | None, *, dry_run: bool) -> None:
    """Merge what the remote has and push, again where somebody else was faster."""
    assert process is not None, "it was begun, as there is a remote"
    for attempt in range(_PATIENCE):
        try:
            if attempt == 0:
                theirs = fetched(syncing.repository, remote, process)
            else:
                with fetching(syncing.repository, remote, is_quiet=syncing.is_quiet) as again:
                    theirs = fetched(syncing.repository, remote, again)
        except GoneError:
            _refuse_another_branch(syncing, remote)
            theirs = ""
        except OfflineError as error:
            syncing.note(offline=str(error))
            return
        ahead, behind = apart(syncing.repository, syncing.repository.head, theirs)
        syncing.note(ahead=ahead, behind=behind)
        if dry_run:
            return
        if ahead or behind:
            syncing.hold()
            ahead, behind = apart(syncing.repository, syncing.repository.head, theirs)
        if behind:
            _take_in(syncing, theirs, behind)
            ahead, behind = apart(syncing.repository, syncing.repository.head, theirs)
        try:
            if ahead and not push(syncing.repository, remote, is_quiet=syncing.is_quiet):
                continue
        except OfflineError as error:
            syncing.note(offline=str(error), ahead=ahead, behind=0)
            return
        syncing.note(ahead=0, behind=0, pushed=ahead)
        return
    message = f"others push to {remote.name} all the time; what was written here is committed, but not pushed"
    raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="sync again in a moment")


def _refuse_another_branch(syncing: _Syncing, remote: Remote) -> None:
    """Refuse a first push to a remote that has branches, but not this one: two names would mean two vaults."""
    if remote.is_upstream:
        return
    others = branches_at(syncing.repository, remote, is_quiet=syncing.is_quiet)
    if others:
        branch = syncing.repository.branch
        hint = (
            f"git branch -m {others[0]} gives it the same name; or git push -u {remote.name} {branch} makes a new one"
        )
        message = f"{remote.name} has no branch {branch}, but {', '.join(others[:3])}"
        raise PrmvaultError(f"{message}; nothing was pushed", hint=hint)


def _take_in(syncing: _Syncing, theirs: str, count: int) -> None:
    """Merge the commit `theirs` and bring the files there; what is saved meanwhile is committed, and merged again."""
    from prmvault.app.edit import editing
    from prmvault.vault.git_checkout import bring, in_vault
    from prmvault.vault.git_merge import Merge, is_ancestor, merge_commits

    vault = syncing.opened()
    digests = vault.settings.digest_folder
    for _ in range(_PATIENCE):
        before = syncing.repository
        if not before.head or is_ancestor(before, before.head, theirs):
            merge = Merge(theirs)
        else:
            merge = merge_commits(before, syncing.config, theirs, _merge_message(syncing), digests)
        with editing(vault):
            wait_for_index(before)
            in_the_way = bring(before, merge.commit, _merge_message(syncing))
        if not in_the_way:
            after = syncing.looked()
            changed = _changed_between(before.head, after)
            syncing.note(
                merged=syncing.result.merged + count,
                changed=(*syncing.result.changed, *changed),
                both=(*syncing.result.both, *merge.both),
                kept=(*syncing.result.kept, *merge.kept),
                clashing=(*syncing.result.clashing, *merge.clashing),
                copies=(*syncing.result.copies, *merge.copies),
            )
            return
        paths = [in_vault(before, path) for path in in_the_way]
        _commit(syncing, dry_run=False)
        _commit_pages(syncing, [path for path in paths if is_page(path, digests)])
        if syncing.repository.head == before.head and not set(paths) & set(changes_of(before).known):
            message = f"{paths[0]} is not in git, and a file of this name comes from {syncing.result.remote}"
            raise PrmvaultError(f"{message}; nothing was merged", hint="give yours another name, and sync again")
    message = "notes change all the time; what was written is committed, but not merged"
    raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="sync again in a moment")


def _commit_pages(syncing: _Syncing, paths: Sequence[str]) -> None:
    """Commit pages that git ignores here, and that come in: somebody wrote on them, so they are merged."""
    from prmvault.app.edit import editing

    there = [path for path in paths if os.path.isfile(os.path.join(syncing.root, path))]
    if there:
        with editing(syncing.opened()):
            commit_files(syncing.repository, syncing.config, message_of(syncing.repository, there), there)
        syncing.looked()


def _changed_between(old: str, repository: Repository) -> list[str]:
    from prmvault.vault.git_checkout import changed_paths

    return [
        path.removeprefix(repository.prefix)
        for path in changed_paths(repository, old, repository.head)
        if path.startswith(repository.prefix)
    ]


def _hear(syncing: _Syncing, today: date) -> None:
    """Carry what was ticked in the digest to its notes."""
    heard = listen(syncing.opened(), today)
    syncing.vault = heard.vault
    for line in (*heard.carried, *map(str, heard.problems)):
        syncing.say(line)


def _refresh(syncing: _Syncing, today: date) -> None:
    """Bring facts, index and digest up to date with what came in."""
    from prmvault.app.vault import refreshed_vault
    from prmvault.app.watch import bring_up_to_date

    syncing.vault = refreshed_vault(syncing.opened())
    _hear(syncing, today)
    syncing.vault = refreshed_vault(syncing.opened())
    syncing.note(refreshed=bring_up_to_date(syncing.vault, today))


def _merge_message(syncing: _Syncing) -> str:
    remote = syncing.remote
    return f"Merge {remote.name}/{remote.branch}" if remote else "Merge"


@contextlib.contextmanager
def _only_one(root: str) -> Iterator[None]:
    """Hold the lock of the one sync of this vault; where the cache can't be written there is none."""
    from prmvault.vault.places import cache_folder

    busy = "another prmvault is syncing this vault"
    with held(cache_folder(root), "sync.lock", busy, timeout_s=_LOCK_TIMEOUT_S):
        yield
