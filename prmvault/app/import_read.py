"""The files that an import reads: what the command line names, opened one at a time, each in its format."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from prmvault.core.problems import EXIT_USAGE, PrmvaultError, Problem

if TYPE_CHECKING:
    from prmvault.interop.drafts import Draft
    from prmvault.interop.registry import Asked

STDIN = "-"


class Source(NamedTuple):
    """A file to be read: its name for the report, its path (empty: a stream, kept in `spool`), and its format."""

    name: str
    path: str
    format: str
    spool: BinaryIO | None = None


def find_sources(paths: Iterable[str], format_name: str) -> Iterator[Source | Problem]:
    """Yield the files that `paths` name: files, folders of such (what is hidden left out), and `-`, standard input.

    What no format knows is a problem. Raises PrmvaultError for a path where nothing is, before anything is read.
    """
    named = list(paths)
    for path in named:
        if path != STDIN and not os.path.exists(os.path.expanduser(path)):
            raise PrmvaultError(f"there is no file {path}", exit_code=EXIT_USAGE, hint="name a file, a folder, or -")
    for path in dict.fromkeys(named):
        if path == STDIN:
            yield _source("standard input", "", format_name, _spooled(sys.stdin.buffer))
        elif _is_pipe(os.path.expanduser(path)):
            with open(os.path.expanduser(path), "rb") as pipe:
                spool = _spooled(pipe)
            yield _source(os.path.basename(path), "", format_name, spool)
        elif os.path.isdir(os.path.expanduser(path)):
            yield from _in_folder(os.path.expanduser(path), format_name)
        else:
            yield _source(os.path.basename(path), os.path.expanduser(path), format_name)


def read_source(source: Source, asked: Asked) -> Iterator[Draft | Problem]:
    """Yield what is in a file; one that can't be read is a problem."""
    from prmvault.interop.registry import FORMATS

    read = FORMATS[source.format].read
    assert read is not None, "only formats that can be read are found"
    try:
        with _opened(source) as file:
            yield from read(file, source.name, asked)
    except OSError as error:
        yield _unreadable(source.name, error)


def _in_folder(folder: str, format_name: str) -> Iterator[Source | Problem]:
    from prmvault.interop.registry import FORMATS

    made = FORMATS.get(format_name)
    endings = tuple([each.ending for each in ([made] if made else FORMATS.values()) if each.read and each.ending])
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield _unreadable(folder, error)
        return
    wanted = [name for name in names if name.lower().endswith(endings) and not name.startswith(".")]
    if not wanted:
        hint = f"known are {', '.join(endings)}"
        raise PrmvaultError(f"no file in {folder} can be imported", exit_code=EXIT_USAGE, hint=hint)
    for name in wanted:
        yield _source(name, os.path.join(folder, name), format_name)


_SHEETS = (".xlsx", ".xls", ".ods", ".numbers")


def _source(name: str, path: str, format_name: str, spool: BinaryIO | None = None) -> Source | Problem:
    from prmvault.interop.registry import FORMATS, HEAD_BYTES, format_of

    source = Source(name, path, format_name, spool)
    try:
        if path and not os.path.isfile(path):
            return Problem(name, 0, "unreadable", "it is no file", "")
        with _opened(source) as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        return _unreadable(name, error)
    found = format_name or format_of(head, name)
    if not found:
        known = ", ".join([each for each, made in FORMATS.items() if made.read])
        hint = f"say what it is with --from ({known}); for a table of your own: --map COLUMN=KEY"
        if name.lower().endswith(_SHEETS):
            hint = "open it in its program, and save it as CSV there"
        return Problem(name, 0, "unknown-format", "the file is of no format that is known", hint)
    return source._replace(format=found)


def _opened(source: Source) -> BinaryIO:
    if source.spool is None:
        return open(source.path, "rb")
    source.spool.seek(0)
    return os.fdopen(os.dup(source.spool.fileno()), "rb")


def _is_pipe(path: str) -> bool:
    """Tell whether a path that somebody named is a pipe, such as the shell makes of `<(command)`."""
    return stat.S_ISFIFO(os.stat(path).st_mode)


def _spooled(stream: BinaryIO) -> BinaryIO:
    """Return standard input, or a pipe, as a file that can be read twice; what is large is on the disk."""
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the import
    shutil.copyfileobj(stream, spool)
    spool.flush()
    return spool


def _unreadable(name: str, error: OSError) -> Problem:
    return Problem(name, 0, "unreadable", f"it can't be read: {error.strerror or error}", "")
