"""The rows of a CSV file (RFC 4180, and what programs make of it), one at a time, whatever its encoding and delimiter.

A row that is cut wrongly is told, and reading goes on at its second line: an open quote does not swallow the rest.
"""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO, NamedTuple, cast

from prmvault.core.problems import EXIT_USAGE, PrmvaultError, Problem
from prmvault.interop.content_split import physical_lines

DELIMITERS = (",", ";", "\t")
HEAD = 12
"""Within so many lines the header is looked for; LinkedIn has a few lines of text above it."""

_MAX_ROW = 1_000_000
"""Characters of a row; Python's csv reads at most 131,072 of them in a cell."""

_FREE = 4_000_000
"""So many characters may be read a second time after errors, and one for each that is read the first time."""


class Row(NamedTuple):
    """The cells of a row; `line` is the first of its lines in the file."""

    line: int
    cells: list[str]


class _TooLongError(csv.Error):
    """A row is longer than any that holds a person."""


class _Lines:
    """Gives lines to Python's csv, and those of a broken row but the first one a second time."""

    def __init__(self, lines: Iterable[tuple[int, str | None]]) -> None:
        self._lines = iter(lines)
        self._again: deque[tuple[int, str | None]] = deque()
        self._allowed = _FREE
        self._size = 0
        self.row: list[tuple[int, str | None]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._again:
            number, text = self._again.popleft()
        else:
            number, text = next(self._lines)
            self._allowed += len(text or "")
        if text is not None and len(text) > _MAX_ROW:
            text = None
        self.row.append((number, text))
        self._size += len(text or "")
        if text is None or self._size > _MAX_ROW:
            raise _TooLongError
        return f"{text}\n"

    def begin(self) -> None:
        """Forget the lines of the row before."""
        self.row, self._size = [], 0

    def go_back(self) -> int:
        """Have all lines of the row but the first one read again; return the last line that is lost."""
        if len(self.row) > 1 and self._size <= self._allowed:
            self._allowed -= self._size
            self._again.extendleft(reversed(self.row[1:]))
            return self.row[0][0]
        return self.row[-1][0]


def read_rows(
    stream: BinaryIO, source: str, delimiter: str, encoding: str = "", start: int = 1
) -> Iterator[Row | Problem]:
    """Yield the rows of `stream` (which can seek) from the line `start` on, and what is wrong with those left out.

    `encoding` is Python's name of one; without it the file is UTF-8, UTF-16 or, where a line is no UTF-8, Windows-1252.
    Raises PrmvaultError for an encoding that does not exist.
    """
    lines = (numbered for numbered in _texts(stream, encoding) if numbered[0] >= start)
    yield from _rows(lines, source, delimiter)


def head_rows(stream: BinaryIO, encoding: str = "") -> dict[str, list[Row]]:
    """Return the rows within the first lines of `stream`, by the delimiter that they are cut with."""
    lines = list(islice(_texts(stream, encoding), HEAD))
    return {mark: [row for row in _rows(lines, "", mark) if isinstance(row, Row)] for mark in DELIMITERS}


def _rows(numbered: Iterable[tuple[int, str | None]], source: str, delimiter: str) -> Iterator[Row | Problem]:
    lines = _Lines(numbered)
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            first, last = lines.row[0][0], lines.go_back()
            yield _told(source, first, last, error)
            reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield Row(lines.row[0][0], cells)


def _told(source: str, first: int, last: int, error: csv.Error) -> Problem:
    what = f"the lines up to {last} are" if last > first else "the row is"
    if isinstance(error, _TooLongError) or "limit" in str(error):
        return Problem(source, first, "too-large", f"{what} too long and left out", "look at what made this file")
    hint = "a cell that holds quotes, delimiters or line breaks is in quotes, and quotes in it are doubled"
    return Problem(source, first, "bad-csv", f"{what} left out, as the quotes do not fit", hint)


def _texts(stream: BinaryIO, encoding: str) -> Iterator[tuple[int, str | None]]:
    for number, line in physical_lines(_recoded(stream, encoding)):
        yield number, None if line is None else _decoded(line)


def _recoded(stream: BinaryIO, encoding: str) -> BinaryIO:
    """Return the stream as UTF-8, or as what is told by its first bytes."""
    stream.seek(0)
    if not encoding:
        first = stream.read(4)
        stream.seek(0)
        if first[1::2] == b"\0\0" or first[::2] == b"\0\0":
            encoding = "utf-16-le" if first[1] == 0 else "utf-16-be"
    if not encoding:
        return stream
    try:
        "a".encode(encoding)
    except (LookupError, UnicodeError):
        known = "write one that Python knows, such as utf-8, cp1252, cp850 or mac-roman"
        raise PrmvaultError(f'there is no encoding "{encoding[:40]}"', exit_code=EXIT_USAGE, hint=known) from None
    return cast("BinaryIO", codecs.EncodedFile(stream, "utf-8", encoding, errors="replace"))


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("utf-8", "surrogatepass")  # Half a pair of UTF-16; it is cleaned away.
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return line.decode("latin-1")
