"""The files of a vault: finding the root, looking at what is there, reading and writing without ever losing a byte.

Nothing here follows a symbolic link or opens what is not a regular file, so a pulled vault can neither lead out of
its folder nor make a command wait on a pipe.
"""

from __future__ import annotations

import contextlib
import os
import stat
from array import array
from collections.abc import Container, Iterator
from typing import NamedTuple

from prmvault.core.problems import EXIT_NO_VAULT, PrmvaultError, Problem

SETTINGS_FILE = "prmvault.yaml"
"""Its presence marks the root of a vault."""

MAX_NOTE_BYTES = 4 * 1024 * 1024
_POSITIVE = 0x7FFFFFFFFFFFFFFF
NUMBERS_PER_FILE = 4
"""What `Folder.stats` holds for each file: mtime_ns, ctime_ns, size, inode."""


class Folder(NamedTuple):
    """The Markdown files of one folder as they are on disk.

    `path` is relative to the vault ("" is its root); `names` are file names as the system gives them, joined by
    NUL; `stats` are `NUMBERS_PER_FILE` signed 64-bit numbers a file, in the same order. Two looks at an untouched
    folder give equal bytes, which is the cheapest comparison there is.
    """

    path: str
    names: bytes
    stats: bytes


class Content(NamedTuple):
    """The text of a file and the numbers (as in `Folder.stats`) under which it was read."""

    data: bytes
    stats: tuple[int, int, int, int]


def find_root(start: str) -> str | None:
    """Return the nearest folder from `start` upwards that holds `prmvault.yaml`."""
    folder = os.path.abspath(start)
    while True:
        if os.path.isfile(os.path.join(folder, SETTINGS_FILE)):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def look(root: str, skipped: Container[str], unreadable: list[str]) -> Iterator[Folder]:
    """Look at every folder of the vault: one `stat` a Markdown file, hidden and `skipped` folders left out.

    Folders that can't be read (no permission, a path too long, a name that is no UTF-8) are added to `unreadable`.
    """
    waiting = [""]
    while waiting:
        path = waiting.pop()
        names: list[str] = []
        stats = array("q")
        add_name, add_stats = names.append, stats.extend
        try:
            with _entries(os.path.join(root, path) if path else root, below=bool(path)) as entries:
                for entry in entries:
                    name = entry.name
                    if name.endswith(".md"):
                        if name[0] == "." or not entry.is_file(follow_symlinks=False):
                            continue
                        try:
                            s = entry.stat(follow_symlinks=False)
                        except FileNotFoundError:
                            continue
                        add_name(name)
                        add_stats((s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino & _POSITIVE))
                    elif name[0] != "." and entry.is_dir(follow_symlinks=False):
                        below = f"{path}/{name}" if path else name
                        if not is_text(name):
                            unreadable.append(shown_path(below))
                        elif below not in skipped:
                            waiting.append(below)
        except (FileNotFoundError, NotADirectoryError):
            continue  # It went away between two looks: the next one knows.
        except OSError:
            unreadable.append(path)
            continue
        yield Folder(path, os.fsencode("\0".join(names)), stats.tobytes())


def folder_entries(folder: Folder) -> dict[str, tuple[int, ...]]:
    """Return the folder's files by name with their numbers."""
    if not folder.names:
        return {}
    stats = array("q")
    stats.frombytes(folder.stats)
    numbers = iter(stats)
    names = os.fsdecode(folder.names).split("\0")
    return dict(zip(names, zip(*[numbers] * NUMBERS_PER_FILE, strict=True), strict=True))


def pack_folder(path: str, entries: dict[str, tuple[int, ...]]) -> Folder:
    """Return the `Folder` of these entries, in their order."""
    stats = array("q")
    for numbers in entries.values():
        stats.extend(numbers)
    return Folder(path, os.fsencode("\0".join(entries)), stats.tobytes())


def is_text(name: str) -> bool:
    """Tell whether a file's name is text: one that is no UTF-8 comes from the system with lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def shown_path(path: str) -> str:
    """Return `path` as it can be shown and stored, with a mark for each byte that is no text."""
    return os.fsencode(path).decode("utf-8", "replace")


def stats_of(root: str, path: str) -> tuple[int, int, int, int] | None:
    """Return the numbers of one file, or None where no regular file is."""
    try:
        s = os.lstat(os.path.join(root, path))
    except OSError:
        return None
    return _numbers(s) if stat.S_ISREG(s.st_mode) else None


def read_file(root: str, path: str, *, most: int = MAX_NOTE_BYTES) -> Content:
    """Read a regular file of the vault, of one that is larger than `most` bytes its beginning and one byte more.

    Raises OSError where it cannot be read (it went away, is no regular file, has no permission). A file that
    changes while it is read comes back with the numbers from before, so the next look sees that it differs.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(os.path.join(root, path), flags)
    try:
        s = os.fstat(descriptor)
        if not stat.S_ISREG(s.st_mode):
            raise OSError(f"{path} is not a regular file")
        chunks = []
        left = most + 1
        while left > 0 and (chunk := os.read(descriptor, min(left, MAX_NOTE_BYTES + 1))):
            chunks.append(chunk)
            left -= len(chunk)
    finally:
        os.close(descriptor)
    return Content(b"".join(chunks), _numbers(s))


def decode_note(path: str, data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """Return the text of a note; what is not UTF-8 is read as well as can be, with a problem."""
    problems: list[Problem] = []
    if len(data) > MAX_NOTE_BYTES:
        data = data[:MAX_NOTE_BYTES]
        message = f"the note is larger than {MAX_NOTE_BYTES // 1024 // 1024} MB; only its beginning is read"
        problems.append(Problem(path, 0, "too-large", message, "move data into attachments/"))
        text = data.decode("utf-8", "replace")
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        problems.append(Problem(path, 1, "not-utf8", "the file is UTF-16", "save it as UTF-8"))
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problems.append(Problem(path, line, "not-utf8", "the file is not UTF-8", "save it as UTF-8"))
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.append(Problem(path, line, "control-character", "a NUL byte is in the text", "remove it"))
    return text, tuple(problems)


def create_file(root: str, path: str, text: str | bytes) -> None:
    """Create a new file in the vault, with its folders; raises FileExistsError rather than overwrite.

    The whole text is there or nothing is: it is written beside its place, brought to disk, and linked to the name.
    """
    target = inside(root, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    temporary = _write_beside(target, text.encode() if isinstance(text, str) else text)
    try:
        try:
            os.link(temporary, target)
        except FileExistsError:
            raise
        except OSError:
            # No hard links here (FAT, some shares): exclusive creation claims the name, the rename fills it.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            try:
                os.replace(temporary, target)
            except OSError:
                os.unlink(target)
                raise
            return
        os.unlink(temporary)
    except OSError:
        os.unlink(temporary)
        raise


def replace_file(root: str, path: str, data: bytes) -> None:
    """Write a file that is ours to write (the digest), as a whole: a reader sees the old text or the new one."""
    target = inside(root, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    temporary = _write_beside(target, data)
    try:
        if os.path.exists(target):
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)
    except OSError:
        os.unlink(temporary)
        raise


def swap_file(root: str, path: str, before: Content, data: bytes) -> bool:
    """Put `data` in the place of a file that is still as it was read; tell whether it was so.

    A reader sees the old text or the new one; the file keeps its mode. Only a write within the last microseconds
    before the rename could be missed, by no program that waits for a lock or replaces files as a whole.
    """
    target = inside(root, path)
    temporary = _write_beside(target, data, mode=0o600)
    try:
        _make_like(temporary, os.lstat(target))
        if stats_of(root, path) == before.stats:
            os.replace(temporary, target)
            _sync_folder(target)
            return True
    except FileNotFoundError:
        pass  # It went away meanwhile.
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    return False


def remove_file(root: str, path: str, before: Content) -> bool:
    """Remove a file that is still as it was read; tell whether it was so."""
    if stats_of(root, path) != before.stats:
        return False
    os.unlink(inside(root, path))
    return True


def move_file(root: str, old: str, new: str) -> None:
    """Give a file another path in the vault, with its folders; raises FileExistsError rather than overwrite.

    Names that are one name to the file system (`anna.md`, `Anna.md` on macOS) go by a third one, which is a note's,
    too: a process that is killed in between leaves no note out of sight.
    """
    source, target = inside(root, old), inside(root, new)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.lexists(target):
        if source == target or not os.path.samefile(source, target) or _is_listed(target):
            raise FileExistsError(target)
        between = f"{target.removesuffix('.md')} (renamed by prmvault).md"
        os.rename(source, between)
        os.rename(between, target)
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        os.rename(source, target)  # No hard links here.
        return
    os.unlink(source)


def _make_like(path: str, status: os.stat_result) -> None:
    """Give a file the mode of another, and its owner and group where we may (root in somebody's vault)."""
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(OSError):
            os.chown(path, status.st_uid, status.st_gid)
    os.chmod(path, stat.S_IMODE(status.st_mode))


def _is_listed(path: str) -> bool:
    """Tell whether the folder has an entry of just this name: then it is a file of its own."""
    return os.path.basename(path) in os.listdir(os.path.dirname(path))


def _sync_folder(target: str) -> None:
    """Bring a rename to disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(os.path.dirname(target), os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def inside(root: str, path: str) -> str:
    """Return the absolute path of `path` in the vault; raises PrmvaultError where it would lead out of it."""
    names_no_file = os.path.basename(path) in ("", ".", "..")
    if names_no_file or "\\" in path or "\0" in path or os.path.isabs(path):
        raise PrmvaultError(f"{path!r} is not a path in the vault", exit_code=EXIT_NO_VAULT)
    real_root = os.path.realpath(root)
    target = os.path.join(real_root, path)
    real = os.path.join(os.path.realpath(os.path.dirname(target)), os.path.basename(target))
    if os.path.commonpath([real_root, real]) != real_root:
        raise PrmvaultError(f"{path!r} leads out of the vault", exit_code=EXIT_NO_VAULT)
    return real


def _write_beside(target: str, data: bytes, mode: int = 0o666) -> str:
    temporary = os.path.join(os.path.dirname(target), f".{os.getpid()}.prmvault.tmp")
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)  # A killed process's, or a link in a pulled vault that would lead out of it.
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


@contextlib.contextmanager
def _entries(folder: str, *, below: bool) -> Iterator[Iterator[os.DirEntry[str]]]:
    """List a folder through its descriptor where the system can: a `stat` then need not walk the path (-10 %)."""
    if os.scandir not in os.supports_fd:
        with os.scandir(folder) as entries:
            yield entries
        return
    # The vault's own folder may be reached by a link; those below come from `is_dir(follow_symlinks=False)`.
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | (os.O_NOFOLLOW if below else 0))
    try:
        with os.scandir(descriptor) as entries:
            yield entries
    finally:
        os.close(descriptor)


def _numbers(s: os.stat_result) -> tuple[int, int, int, int]:
    return s.st_mtime_ns, s.st_ctime_ns, s.st_size, s.st_ino & _POSITIVE
