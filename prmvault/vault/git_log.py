"""Reading the history of the vault from git: commits, what they changed, and texts as they were; nothing is written.

All is asked of the object store, by plumbing and with every option of the user's own log configuration set back, so
that no filter, no pager and no check of signatures is run.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import NamedTuple

from prmvault.vault.files import MAX_NOTE_BYTES
from prmvault.vault.git import MADE_BY, SAFE_OPTIONS, git_or_fail, local_environment, run_git

_FORMAT = "--format=%H%n%P%n%ct%n%aI%n%an%n%B"
_LOG = (
    *("log", "-z", "--no-follow", "--no-show-signature", "--no-color", "--no-decorate"),
    *("--encoding=UTF-8", _FORMAT),
)
_REGULAR = ("100644", "100755")
_STEP = 500
_CHUNK = 65536


class Commit(NamedTuple):
    """A commit: `committed` in seconds since 1970, `date` the author's (ISO, with the zone), `message` as a whole."""

    name: str
    parents: tuple[str, ...]
    committed: int
    date: str
    author: str
    message: str

    @property
    def subject(self) -> str:
        """Return the first line of the message."""
        return self.message.partition("\n")[0]


class FileChange(NamedTuple):
    """A file that differs between two states: `status` is A, D, M or T; the hashes are empty where no file is."""

    status: str
    path: str
    before: str
    after: str
    is_regular: bool


class Stored(NamedTuple):
    """A regular file in a commit: its hash and its size in bytes."""

    blob: str
    size: int


def has_commits(root: str) -> bool:
    """Tell whether there is a commit yet."""
    return run_git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}").code == 0


def commits_of(
    root: str, path: str, *, start: str = "HEAD", since: str = ""
) -> Generator[tuple[Commit, bool], None, None]:
    """Yield the commits up to `start` that changed the file at `path`, newest first, those in `since` left out.

    Each comes with whether the file is new in it. git goes on looking only while somebody listens: a long history is
    gone through once, and no further than is wanted.
    """
    stop = [f"^{since}"] if since else []
    told = ("--raw", "--no-renames", "--no-abbrev", "--no-ext-diff")
    with _piped(
        root, "--literal-pathspecs", "-c", "log.showRoot=true", *_LOG, *told, start, *stop, "--", path
    ) as pieces:
        last: Commit | None = None
        raw = ""
        for piece in pieces:
            if raw:
                assert last is not None, "a file comes behind its commit"
                yield last, raw.endswith(" A")
                raw = ""
            elif piece.startswith("\n:"):
                raw = piece
            else:
                last = _commit(piece)
                if len(last.parents) > 1:
                    yield last, False


def last_deleted(root: str, paths: Sequence[str]) -> str:
    """Return which of these files a commit deleted last, or nothing."""
    told = ("--diff-filter=D", "--name-only", "--no-renames", "--relative", "--max-count=1", "--format=")
    out = git_or_fail(root, "--literal-pathspecs", *_LOG[:-1], *told, "HEAD", "--", *paths)
    return next((path for path in out.split("\0") if path in paths), "")


def commit_until(root: str, moment: int) -> Commit | None:
    """Return the last commit up to `moment` (seconds since 1970) on the way that HEAD came, or None."""
    found = _commits(git_or_fail(root, *_LOG, "--first-parent", "--max-count=1", f"--before={moment}", "HEAD", "--"))
    return found[0] if found else None


def first_commit(root: str) -> Commit:
    """Return the first commit on the way that HEAD came; raises PrmvaultError where there is none."""
    name = git_or_fail(root, "rev-list", "--first-parent", "--max-parents=0", "HEAD", "--").splitlines()[-1]
    return _commits(git_or_fail(root, *_LOG, "--max-count=1", name, "--"))[0]


def last_made(root: str) -> Commit | None:
    """Return the newest commit that a command made (`MADE_BY`), or None."""
    out = (
        git_or_fail(root, *_LOG, "--fixed-strings", f"--grep={MADE_BY}", "--no-merges", "HEAD", "--")
        if has_commits(root)
        else ""
    )
    for commit in _commits(out):
        if commit.message.rstrip("\n").rpartition("\n")[2] == MADE_BY:
            return commit
    return None


def changes_between(root: str, before: str, after: str) -> list[FileChange]:
    """Return the files of the vault that differ between two commits; no file counts as renamed.

    An empty `before` is the state before the first commit.
    """
    before = before or git_or_fail(root, "mktree")
    return _file_changes(git_or_fail(root, "diff-tree", "-r", "-z", "--raw", *_PLAIN, before, after, "--"))


def changes_on_disk(root: str, commit: str) -> list[FileChange]:
    """Return the tracked files that are, or may be, other on disk than in a commit; nothing is read to make sure."""
    return _file_changes(git_or_fail(root, "diff-index", "-z", "--raw", *_PLAIN, commit, "--"))


def staged(root: str, paths: Sequence[str]) -> dict[str, str]:
    """Return path → hash of what the index has for some files; a conflict has none."""
    if not paths:
        return {}
    found: dict[str, str] = {}
    for entry in git_or_fail(root, "--literal-pathspecs", "ls-files", "-z", "--stage", "--", *paths).split("\0"):
        told, _, path = entry.partition("\t")
        if path:
            found[path] = told.split(" ")[1] if told.endswith(" 0") else ""
    return found


def files_at(root: str, commit: str) -> dict[str, Stored]:
    """Return path → blob of all regular files of the vault in a commit; links and submodules are left out."""
    found: dict[str, Stored] = {}
    for entry in git_or_fail(root, "ls-tree", "-r", "-z", "-l", commit).split("\0"):
        told, _, path = entry.partition("\t")
        if path:
            mode, kind, blob, size = told.split()
            if kind == "blob" and mode in _REGULAR and size.isdecimal():
                found[path] = Stored(blob, int(size))
    return found


def text_name(commit: str, path: str) -> str:
    """Return the name by which `contents` finds a file in a commit."""
    return f"{commit}:./{path}"


def contents(root: str, names: Iterable[str]) -> list[bytes | None]:
    """Return the contents of blobs; None where there is no such file, and for what is too large to be a note."""
    wanted = list(names)
    found: dict[str, bytes] = {}
    # A line break would be the end of a name.
    askable = [name for name in dict.fromkeys(wanted) if "\n" not in name]
    for first in range(0, len(askable), _STEP):
        step = askable[first : first + _STEP]
        told = git_or_fail(root, "cat-file", "--batch-check=%(objecttype) %(objectsize)", given=_lines(step))
        chosen = [name for name, line in zip(step, told.split("\n"), strict=True) if _is_readable(line)]
        if chosen:
            out = git_or_fail(root, "cat-file", "--batch", given=_lines(chosen)).encode("utf-8", "surrogateescape")
            found.update(zip(chosen, _cut(out), strict=True))
    return [found.get(name) for name in wanted]


_PLAIN = ("--no-renames", "--no-abbrev", "--relative", "--no-ext-diff", "--ignore-submodules=all")


@contextlib.contextmanager
def _piped(root: str, *arguments: str) -> Iterator[Iterator[str]]:
    """Run git and give what it prints between one NUL and the next as it comes; it is ended with the block."""
    with subprocess.Popen(  # noqa: S603 - git with our own arguments
        ["git", *SAFE_OPTIONS, *arguments],  # noqa: S607 - the user's git
        cwd=root,
        env=local_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield _pieces(process)
        finally:
            process.kill()


def _pieces(process: subprocess.Popen[bytes]) -> Iterator[str]:
    assert process.stdout is not None
    waiting = b""
    while chunk := os.read(process.stdout.fileno(), _CHUNK):
        *pieces, waiting = (waiting + chunk).split(b"\0")
        for piece in pieces:
            yield piece.decode("utf-8", "surrogateescape")


def _commits(out: str) -> list[Commit]:
    return [_commit(entry) for entry in out.split("\0") if entry]


def _commit(text: str) -> Commit:
    name, parents, committed, date, author, message = text.split("\n", 5)
    return Commit(name, tuple(parents.split()), int(committed), date, author, message)


def _file_changes(out: str) -> list[FileChange]:
    parts = out.split("\0")
    found = []
    for told, path in zip(parts[::2], parts[1::2], strict=False):
        old_mode, mode, before, after, status = told.removeprefix(":").split(" ")
        regular = all(each in (*_REGULAR, "000000") for each in (old_mode, mode))
        found.append(FileChange(status[:1], path, before.strip("0") and before, after.strip("0") and after, regular))
    return found


def _lines(names: Iterable[str]) -> str:
    return "".join(f"{name}\n" for name in names)


def _is_readable(told: str) -> bool:
    kind, _, size = told.partition(" ")
    return kind == "blob" and size.isdecimal() and int(size) <= MAX_NOTE_BYTES


def _cut(out: bytes) -> list[bytes]:
    """Return the contents in what `cat-file --batch` prints: a line with the size, the content, a line break."""
    found = []
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        size = int(out[at:end].rsplit(b" ", 1)[1])
        found.append(out[end + 1 : end + 1 + size])
        at = end + 1 + size + 1
    return found
