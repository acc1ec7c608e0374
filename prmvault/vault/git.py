"""Calling git on the user's vault: one way to run it, and commits of exactly the notes that a command changed.

A vault that was copied (not cloned) brings its `.git` along, whose configuration and hooks can name commands. What
is called here runs none of them: see `SAFE_OPTIONS` and `_refuse_foreign_filters`. Aliases need no care, because git
never takes one for a command of its own; of what a configuration includes, the values count, not that it is included.
The user's own configuration (`~/.gitconfig`) is theirs, filters too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from prmvault.core.problems import EXIT_BUSY, EXIT_NOTHING_FOUND, PrmvaultError
from prmvault.vault.files import SETTINGS_FILE

SAFE_OPTIONS = (
    "-c", "core.fsmonitor=",  # a command that git asks what has changed
    # No hooks: those of a copied vault are anybody's; a hook that rewrites notes would make a commit of more than was
    # asked for, and one that refuses would leave the notes changed without a commit.
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.splitIndex=false",  # the index for a commit is a passing one
    "-c", "core.quotePath=false",
    "-c", "core.safecrlf=false",
    "-c", "i18n.commitEncoding=UTF-8",
    "-c", "safe.bareRepository=explicit",  # a folder of the vault that looks like one, with a configuration of its own
)  # fmt: skip
"""What every call of git begins with."""

_ENVIRONMENT = {
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    # In a partial clone, a missing object would be fetched, by a command that its configuration names.
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
}
_PLACES = ("DIR", "WORK_TREE", "INDEX_FILE", "OBJECT_DIRECTORY", "COMMON_DIR", "NAMESPACE", "PREFIX")
"""Variables (GIT_…) that point to another repository, set where a hook or an alias of the user's calls us."""

KNOWN_FILTERS = frozenset(
    {
        "git-lfs clean -- %f",
        "git-lfs smudge -- %f",
        "git-lfs filter-process",
        '"git-crypt" clean',
        '"git-crypt" smudge',
    }
)
"""What `git lfs install --local` and `git-crypt` write into a repository's own configuration."""

UNFINISHED = {
    "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
}
"""What lies in a repository's folder while something is not finished → its name."""

MADE_BY = "Made-by: prmvault"
"""The trailer of commits whose content is a command's, not the user's; `undo` looks for it."""

_IDENTITY = {"user.name": "prmvault", "user.email": "prmvault@localhost"}


class Done(NamedTuple):
    """How a git command ended; `out` is its standard output without the last newline."""

    code: int
    out: str
    err: str


def is_repository(root: str) -> bool:
    """Tell whether the vault at `root` is kept in git: it is the top of a work tree, or tracked in one further up.

    A vault that merely lies in a folder which is a repository (a home folder with its dotfiles) is not.
    """
    if shutil.which("git") is None:
        return False
    top = run_git(root, "rev-parse", "--show-toplevel")
    if top.code != 0:
        return False
    if os.path.realpath(top.out) == os.path.realpath(root):
        return True
    return run_git(root, "ls-files", "--error-unmatch", "--", SETTINGS_FILE).code == 0


@contextlib.contextmanager
def as_one_commit(root: str, message: str, paths: Sequence[str]) -> Iterator[None]:
    """Make what is done to `paths` within the block one commit, such that `git revert` brings back just what was.

    What was not committed of these paths before is committed on its own first. A vault that is not kept in git is
    simply edited. If the block raises, nothing more is committed. Raises PrmvaultError before anything is touched
    where git can't take the commit now.
    """
    if not is_repository(root):
        yield
        return
    refuse_unfinished(root)
    _refuse_foreign_filters(root, paths)
    commit(root, f"Before: {message}", paths)
    yield
    try:
        commit(root, message, paths, made=True)
    except PrmvaultError as error:
        told = f"the notes are changed, but not committed: {error}"
        raise PrmvaultError(told, exit_code=error.exit_code, hint="git add and git commit make up for it") from None


def refuse_unfinished(root: str) -> None:
    """Raise PrmvaultError where a merge or the like is under way, or another git is at work: no commit may come now."""
    folder = git_or_fail(root, "rev-parse", "--absolute-git-dir")
    for name, what in UNFINISHED.items():
        if os.path.exists(os.path.join(folder, name)):
            hint = f"finish it, or give it up with git {what} --abort, and try again"
            raise PrmvaultError(f"the vault is in the middle of a git {what}; nothing was changed", hint=hint)
    if git_or_fail(root, "ls-files", "-z", "--unmerged", "--", "."):
        hint = "settle them, then git add and git commit"
        raise PrmvaultError("the vault has conflicts of a merge; nothing was changed", hint=hint)
    if os.path.exists(os.path.join(folder, "index.lock")):
        hint = "wait for it; where none is running, delete .git/index.lock"
        raise PrmvaultError("another git is at work in the vault; nothing was changed", exit_code=EXIT_BUSY, hint=hint)


def commit(root: str, message: str, paths: Iterable[str], *, made: bool = False) -> str:
    """Commit `paths` (in the vault, with forward slashes) as they are on disk, new and removed ones too.

    Everything else in the index and in the work tree stays as it is, also what was staged. Return the commit's name,
    or nothing where there was no difference. Files that git ignores are left out. `made` marks what a command made of
    them, so that `undo` can take it back.
    """
    chosen = _not_ignored(root, paths)
    _refuse_foreign_filters(root, chosen)
    there, gone = there_and_gone(root, chosen)
    head = run_git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").out
    import tempfile

    # The plumbing, not `git commit`: that asks for signatures, and begins to tidy the repository up.
    with tempfile.TemporaryDirectory(prefix="prmvault-") as folder:
        index = os.path.join(folder, "index")
        git_or_fail(root, "read-tree", head or "--empty", index=index)
        update_index(root, there, gone, index)
        tree = git_or_fail(root, "write-tree", index=index)
    if tree == (git_or_fail(root, "rev-parse", f"{head}^{{tree}}") if head else git_or_fail(root, "mktree")):
        return ""
    parent = ["-p", head] if head else []
    told = on_one_line(message) + (f"\n\n{MADE_BY}" if made else "") + "\n"
    new = git_or_fail(root, *identity_options(root), "commit-tree", tree, *parent, given=told)
    # The index first: if the process is killed in between, the change is staged; the other way round, the next
    # commit of the user would undo it.
    update_index(root, there, gone, "")
    git_or_fail(root, "update-ref", "-m", f"commit: {on_one_line(message)}", "HEAD", new, head)
    return new


def make_repository(root: str, files: Sequence[str]) -> bool:
    """Make a git repository with a first commit of `files`, unless git is missing or the folder is in one already.

    What else lies in the folder is the user's to commit, or not.
    """
    if shutil.which("git") is None or run_git(root, "rev-parse", "--git-dir").code == 0:
        return False
    if run_git(root, "init", "-q", "-b", "main").code != 0:
        return False
    with contextlib.suppress(PrmvaultError):  # A repository without a first commit is one, too.
        commit(root, "A new vault", files)
    return True


def run_git(root: str, *arguments: str, given: str = "", index: str = "") -> Done:
    """Run git in the vault, with nothing that a prepared repository could use, and without the network."""
    environment = local_environment()
    if index:
        environment["GIT_INDEX_FILE"] = index
    done = subprocess.run(  # noqa: S603 - git with our own arguments
        ["git", *SAFE_OPTIONS, *arguments],  # noqa: S607 - the user's git
        cwd=root,
        env=environment,
        input=given.encode("utf-8", "surrogateescape"),
        capture_output=True,
        check=False,
        # Interrupted or killed with us, git would leave its locks behind: what it has begun it finishes.
        start_new_session=True,
    )
    out = done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")
    return Done(done.returncode, out, done.stderr.decode("utf-8", "replace"))


def git_or_fail(root: str, *arguments: str, given: str = "", index: str = "") -> str:
    """Run git; return its standard output. Raises PrmvaultError where it fails."""
    done = run_git(root, *arguments, given=given, index=index)
    if done.code != 0:
        raise git_failure(next(part for part in arguments if part != "-c" and "=" not in part), done)
    return done.out


def git_failure(command: str, done: Done) -> PrmvaultError:
    """Return the error that tells how a git command failed."""
    lines = done.err.strip().splitlines() or [f"it ended with {done.code}"]
    code = EXIT_BUSY if ".lock" in done.err else EXIT_NOTHING_FOUND
    return PrmvaultError(f"git {command} failed: {lines[0]}", exit_code=code, hint="git status may tell more")


def own_environment() -> dict[str, str]:
    """Return this process's environment without what would lead git to another repository."""
    return {name: value for name, value in os.environ.items() if name not in {f"GIT_{each}" for each in _PLACES}}


def local_environment() -> dict[str, str]:
    """Return the environment for a git that stays on this machine and asks nothing."""
    return own_environment() | _ENVIRONMENT


def identity_options(root: str) -> list[str]:
    """Return options for a name in commits, only where git has none: a record must not fail for want of it."""
    if all(run_git(root, "var", name).code == 0 for name in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")):
        return []
    missing = [key for key in _IDENTITY if run_git(root, "config", key).code != 0]
    return [part for key in missing for part in ("-c", f"{key}={_IDENTITY[key]}")]


def there_and_gone(root: str, paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the paths of files that are there, and of those that are gone.

    Where case does not matter, the old name of a file that was renamed in case only still finds it; only the folder's
    list tells how it is spelled.
    """
    listed: dict[str, frozenset[str]] = {}
    wanted = list(paths)
    there: list[str] = []
    gone: list[str] = []
    for path in wanted:
        folder, name = os.path.split(os.path.join(root, path))
        if folder not in listed:
            try:
                listed[folder] = frozenset(os.listdir(folder))
            except OSError:
                listed[folder] = frozenset()
        names = listed[folder]
        other = name not in names and os.path.lexists(os.path.join(folder, name))
        renamed = other and any(os.path.join(root, each) != path and os.path.basename(each) in names for each in wanted)
        (there if name in names or (other and not renamed) else gone).append(path)
    return there, gone


def update_index(root: str, there: Sequence[str], gone: Sequence[str], index: str) -> None:
    """Take files into an index as they are on disk, and others out; an empty `index` is the repository's own."""
    for option, paths in (("--force-remove", gone), ("--add", there)):
        if paths:
            git_or_fail(root, "update-index", option, "-z", "--stdin", given=with_nuls(paths), index=index)


def on_one_line(message: str) -> str:
    """Return a commit's message as one line of signs that can be shown."""
    return " ".join("".join(char if char.isprintable() else " " for char in message).split())


def with_nuls(paths: Iterable[str]) -> str:
    """Return paths as git reads them with -z."""
    return "".join(f"{path}\0" for path in paths)


def _not_ignored(root: str, paths: Iterable[str]) -> list[str]:
    """Return `paths` without those that git neither tracks nor would take."""
    wanted = list(dict.fromkeys(paths))
    # This command alone takes patterns where others take paths: a note that is named :(top) would be one.
    asked = {os.path.join(".", path): path for path in wanted}
    done = run_git(root, "check-ignore", "-z", "--stdin", given=with_nuls(asked))
    if done.code not in (0, 1):
        raise git_failure("check-ignore", done)
    ignored = set(done.out.split("\0"))
    return [path for written, path in asked.items() if written not in ignored]


def _refuse_foreign_filters(root: str, paths: Sequence[str]) -> None:
    """Refuse where a filter, a command of the repository's own configuration, would run on one of `paths`."""
    listed = run_git(root, "config", "--list", "-z", "--show-scope").out.split("\0")
    entries = zip(listed[::2], listed[1::2], strict=False)
    own = [entry.partition("\n")[::2] for scope, entry in entries if scope in ("local", "worktree")]
    # An extension of git-lfs is a command, too, also where its filter is the user's own.
    extension = next((key for key, _ in own if key.startswith("lfs.extension.") and key.endswith(".clean")), "")
    foreign = {"lfs": extension} if extension else {}
    known = frozenset() if extension else KNOWN_FILTERS
    for key, value in own:
        section, _, rest = key.partition(".")
        name, _, part = rest.rpartition(".")
        if section == "filter" and part in ("clean", "process") and value not in known:
            foreign[name] = key
    if not foreign or not paths:
        return
    told = git_or_fail(root, "check-attr", "-z", "--stdin", "filter", given=with_nuls(paths)).split("\0")
    for path, name in zip(told[::3], told[2::3], strict=False):
        if name in foreign:
            hint = f"if you trust it, set {foreign[name]} with git config --global instead"
            message = f"git would run a command that this vault's own configuration names, filter {name!r}, on {path}"
            raise PrmvaultError(f"{message}; nothing was committed", hint=hint)
