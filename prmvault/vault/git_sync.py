"""The steps of a sync that need no merge: what git says of the vault, a commit of what changed, fetch and push.

What goes over the network runs with the user's own configuration and credentials, after `git_config.refuse_foreign`.
Nothing here forces a push or rewrites a commit.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from prmvault.core.problems import EXIT_BUSY, EXIT_USAGE, PrmvaultError
from prmvault.vault.git import (
    SAFE_OPTIONS,
    UNFINISHED,
    Done,
    git_or_fail,
    identity_options,
    is_repository,
    on_one_line,
    own_environment,
    refuse_unfinished,
    run_git,
    there_and_gone,
    update_index,
)
from prmvault.vault.git_config import Config

_LOCK_PATIENCE_S = 30.0
_PAUSE_S = 0.05
_OFFLINE = (
    "could not resolve host",
    "couldn't resolve host",
    "temporary failure in name resolution",
    "network is unreachable",
    "no route to host",
    "connection refused",
    "connection timed out",
    "operation timed out",
    "connection reset",
    "failed to connect",
    "couldn't connect",
    "does not appear to be a git repository",  # a drive that is not there
)
"""What git says where there is no way to the remote, in lower case."""

_BEATEN = ("[rejected]", "cannot lock ref", "failed to update ref", "incorrect old value", "is at ")


class Repository(NamedTuple):
    """The repository of a vault: its work tree, its own folder, and the vault's folder in it ("" or "sub/").

    `head` is the commit that is checked out, or empty on a branch without one; `branch` has no `refs/heads/`.
    """

    root: str
    top: str
    folder: str
    prefix: str
    branch: str
    head: str


class Changes(NamedTuple):
    """What differs from the last commit, as paths in the vault: files that git knows, and files that it doesn't."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


class Remote(NamedTuple):
    """Where a branch is kept elsewhere: the remote's name, the branch there, our copy of it, and is it set so."""

    name: str
    branch: str
    ref: str
    is_upstream: bool


class OfflineError(PrmvaultError):
    """There is no way to the remote now."""


class GoneError(PrmvaultError):
    """The remote has no such branch (yet)."""


def look_at(root: str) -> Repository:
    """Return the repository of the vault; raises PrmvaultError where it has none, or no branch is checked out."""
    asked = ("--show-toplevel", "--absolute-git-dir", "--show-prefix")
    told = run_git(root, "rev-parse", *asked, "HEAD", "--symbolic-full-name", "HEAD")
    lines = told.out.split("\n")
    if told.code != 0:
        # No repository; or a branch without a commit, and then the rest is asked again.
        told = run_git(root, "rev-parse", *asked)
        lines = [*told.out.split("\n"), "", run_git(root, "symbolic-ref", "--quiet", "HEAD").out]
    if told.code != 0 or (lines[2] and not is_repository(root)):
        hint = "git init makes it one; or prmvault init, for a new vault"
        raise PrmvaultError("the vault is not kept in git", hint=hint)
    top, folder, prefix, head, branch = lines[:5]
    if not branch.startswith("refs/heads/"):
        hint = "git switch main (or your branch) goes back to it; git switch -c NAME keeps what you have there"
        raise PrmvaultError("no branch is checked out (a detached HEAD); nothing was done", hint=hint)
    return Repository(root, top, folder, prefix, branch.removeprefix("refs/heads/"), head)


def wait_for_index(repository: Repository, patience: float = _LOCK_PATIENCE_S) -> None:
    """Wait until no other git is at work in the vault; raises PrmvaultError (busy) after `patience` seconds."""
    lock = os.path.join(repository.folder, "index.lock")
    end = time.monotonic() + patience
    while os.path.exists(lock):
        if time.monotonic() > end:
            hint = f"wait for it; where none is running, delete {lock}"
            raise PrmvaultError("another git is at work in the vault", exit_code=EXIT_BUSY, hint=hint)
        time.sleep(_PAUSE_S)


def changes_of(repository: Repository) -> Changes:
    """Return what differs from the last commit within the vault, without submodules and what git ignores.

    Raises PrmvaultError where somebody is in the middle of a merge or the like.
    """
    if any(os.path.exists(os.path.join(repository.folder, name)) for name in UNFINISHED):
        refuse_unfinished(repository.root)
    options = ("--porcelain=v2", "-z", "--untracked-files=all", "--ignore-submodules=all", "--no-renames")
    told = git_or_fail(repository.root, "status", *options, "--", ".")
    known: list[str] = []
    unknown: list[str] = []
    for line in told.split("\0") if told else ():
        kind, _, rest = line.partition(" ")
        if kind == "u":
            refuse_unfinished(repository.root)
        if kind == "1" and not rest.split(" ", 2)[1].startswith("S"):
            known.append(rest.split(" ", 7)[7].removeprefix(repository.prefix))
        elif kind == "?" and not rest.endswith("/"):
            unknown.append(rest.removeprefix(repository.prefix))
    return Changes(tuple(known), tuple(unknown))


def commit_files(repository: Repository, config: Config, message: str, paths: Sequence[str]) -> str:
    """Commit `paths` (in the vault) as they are on disk; return the commit, or nothing where there is no difference.

    What is staged outside of them stays so. Where git signs the user's commits, it signs this one.
    """
    root = repository.root
    there, gone = there_and_gone(root, paths)
    with passing_index(repository, repository.head) as index:
        update_index(root, there, gone, index)
        tree = git_or_fail(root, "write-tree", index=index)
    old = git_or_fail(root, "rev-parse", f"{repository.head}^{{tree}}") if repository.head else ""
    if tree == old:
        update_index(root, there, gone, "")
        return ""
    new = commit_tree(repository, config, tree, message, [repository.head] if repository.head else [])
    # The index first: if the process is killed in between, the change is staged, and committed the next time.
    update_index(root, there, gone, "")
    git_or_fail(root, "update-ref", "-m", f"commit: {on_one_line(message)}", "HEAD", new, repository.head)
    return new


@contextlib.contextmanager
def passing_index(repository: Repository, tree: str) -> Iterator[str]:
    """Give an index of `tree` (or an empty one) that goes away again."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="prmvault-") as folder:
        index = os.path.join(folder, "index")
        git_or_fail(repository.root, "read-tree", tree or "--empty", index=index)
        yield index


def commit_tree(repository: Repository, config: Config, tree: str, message: str, parents: Sequence[str]) -> str:
    """Make a commit of a tree; no branch moves."""
    signed = ["-S"] if config.is_true("commit.gpgsign") else []
    before = [part for parent in parents for part in ("-p", parent)]
    told, root = on_one_line(message) + "\n", repository.root
    return git_or_fail(root, *identity_options(root), "commit-tree", *signed, tree, *before, given=told)


def remote_of(repository: Repository, config: Config) -> Remote | None:
    """Return where the branch is kept elsewhere, or None for nowhere; raises PrmvaultError where it is not clear."""
    branch = repository.branch
    name = config.value(f"branch.{branch}.remote")
    merged = config.value(f"branch.{branch}.merge").removeprefix("refs/heads/")
    names = config.remotes()
    if name == ".":
        raise PrmvaultError(f"{branch} follows a branch of this same clone", hint="git branch --unset-upstream")
    if not name:
        name = "origin" if "origin" in names else names[0] if len(names) == 1 else ""
    if not names:
        return None
    if name not in names:
        hint = f"git branch --set-upstream-to=REMOTE/{branch}, with one of {', '.join(names)}"
        raise PrmvaultError(
            f"it is not clear with which remote {branch} is to be synced", exit_code=EXIT_USAGE, hint=hint
        )
    return Remote(name, merged or branch, f"refs/remotes/{name}/{merged or branch}", bool(merged))


@contextlib.contextmanager
def fetching(repository: Repository, remote: Remote, *, is_quiet: bool) -> Iterator[subprocess.Popen[bytes]]:
    """Begin to fetch the branch, beside other work; `fetched` waits for it. It ends with the block at the latest."""
    arguments = (
        *("fetch", "--quiet", "--no-recurse-submodules", "--no-tags", "--no-write-fetch-head", "--refmap="),
        *("--", remote.name, f"+refs/heads/{remote.branch}:{remote.ref}"),
    )
    process = _begin(repository, arguments, is_quiet=is_quiet)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()


def fetched(repository: Repository, remote: Remote, process: subprocess.Popen[bytes]) -> str:
    """Wait for what was begun; return the commit that the branch has at the remote.

    Raises OfflineError where there is no way to it, GoneError where it has no such branch, PrmvaultError otherwise.
    """
    _, said = process.communicate()
    told = said.decode("utf-8", "replace")
    if process.returncode != 0:
        if "couldn't find remote ref" in told:
            raise GoneError(f"{remote.name} has no branch {remote.branch}")
        raise _failed(remote, "fetch", told)
    return git_or_fail(repository.root, "rev-parse", "--verify", f"{remote.ref}^{{commit}}")


def branches_at(repository: Repository, remote: Remote, *, is_quiet: bool) -> list[str]:
    """Return the names of the branches that the remote has."""
    done = _finished(_begin(repository, ("ls-remote", "--heads", "--", remote.name), is_quiet=is_quiet))
    if done.code != 0:
        raise _failed(remote, "ls-remote", done.err)
    return [line.partition("\trefs/heads/")[2] for line in done.out.split("\n") if line]


def push(repository: Repository, remote: Remote, *, is_quiet: bool) -> bool:
    """Push the branch; False where somebody else was faster. Raises OfflineError and PrmvaultError."""
    upstream = () if remote.is_upstream else ("--set-upstream",)
    arguments = (
        *("push", "--quiet", "--porcelain", "--no-recurse-submodules", "--no-follow-tags", *upstream),
        *("--", remote.name, f"refs/heads/{repository.branch}:refs/heads/{remote.branch}"),
    )
    done = _finished(_begin(repository, arguments, is_quiet=is_quiet))
    if done.code == 0:
        # Where the user's own settings of the remote keep no copy of the branch, this one does.
        git_or_fail(repository.root, "update-ref", remote.ref, f"refs/heads/{repository.branch}")
        return True
    told = f"{done.out}\n{done.err}"
    if any(word in told for word in _BEATEN):
        return False
    raise _failed(remote, "push", told)


def apart(repository: Repository, ours: str, theirs: str) -> tuple[int, int]:
    """Return how many commits only we have, and how many only they; empty means none."""
    if theirs == ours:
        return 0, 0
    if not theirs or not ours:
        one = ours or theirs
        count = int(git_or_fail(repository.root, "rev-list", "--count", one)) if one else 0
        return (count, 0) if ours else (0, count)
    ahead, behind = git_or_fail(repository.root, "rev-list", "--left-right", "--count", f"{ours}...{theirs}").split()
    return int(ahead), int(behind)


def _begin(repository: Repository, arguments: Sequence[str], *, is_quiet: bool) -> subprocess.Popen[bytes]:
    """Start a git command that uses the network, with the user's own configuration and helpers.

    With `is_quiet` it has no terminal, so that not even ssh can ask a question that nobody answers.
    """
    environment = own_environment() | {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
    if is_quiet:
        environment.setdefault("SSH_ASKPASS_REQUIRE", "never")
    return subprocess.Popen(  # noqa: S603 - git with our own arguments
        ["git", *SAFE_OPTIONS, "-c", "protocol.ext.allow=never", "-c", "log.showSignature=false", *arguments],  # noqa: S607 - the user's git
        cwd=repository.root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=is_quiet,
    )


def _finished(process: subprocess.Popen[bytes]) -> Done:
    try:
        out, err = process.communicate()
    except BaseException:
        process.terminate()
        process.communicate()
        raise
    return Done(
        process.returncode, out.decode("utf-8", "surrogateescape").removesuffix("\n"), err.decode("utf-8", "replace")
    )


def _failed(remote: Remote, what: str, told: str) -> PrmvaultError:
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    said = next(
        (line for line in lines if line.startswith(("fatal:", "error:", "!"))), lines[0] if lines else "no reason"
    )
    if any(words in told.lower() for words in _OFFLINE):
        return OfflineError(f"{remote.name} can't be reached: {said}", exit_code=EXIT_BUSY, hint="sync again later")
    reason = next((line for line in lines if line.startswith("remote:") and line != "remote:"), "")
    hint = f"git {what} {remote.name} tells more"
    return PrmvaultError(f"git {what} failed: {said}{' – ' if reason else ''}{reason}", hint=hint)
