"""Cutting a stream of bytes into vCards, or calendars, one at a time: byte order marks, UTF-16, all line ends."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Protocol

from prmvault.core.problems import Problem

MAX_LINE = 16 * 1024 * 1024
"""Bytes of a line before it is unfolded; a photo that was never folded is one line."""

_MAX_CARD = 48 * 1024 * 1024
_MAX_ROWS = 400_000
_BLOCK = 1024 * 1024
_UTF8_BOM = b"\xef\xbb\xbf"
_MARK = re.compile(rb"(BEGIN|END)[ \t]{0,9}:[ \t]{0,9}(\S{1,60})[ \t]{0,99}", re.IGNORECASE)
_AGENT = re.compile(
    rb"(?:[\w-]{1,50}\.)?AGENT(?:;[^:]{0,200})?:[ \t]{0,9}(?P<begin>BEGIN:VCARD[ \t]{0,9})?", re.IGNORECASE
)
_CLOSE_IT = "add a line END:VCARD"
_NOT_WHOLE = "export it again: the file is not whole"
_CUT_OFF = f"{_NOT_WHOLE}; or close it with a line END:VCARD"


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class RawCard(NamedTuple):
    """The lines between BEGIN and END with their numbers, still as bytes and folded; `line` is that of BEGIN."""

    line: int
    rows: list[tuple[int, bytes]]


class _Watched:
    """A stream that knows whether what has been read of it ends with a whole line."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.ends_a_line = True

    def read(self, size: int) -> bytes:
        """Return the next bytes, empty at the end."""
        block = self._stream.read(size)
        if block:
            self.ends_a_line = block.rstrip(b"\0").endswith((b"\n", b"\r"))  # Of UTF-16, too.
        return block


class _Open:
    """The card that is being collected."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.rows: list[tuple[int, bytes]] = []
        self.size = 0
        self.agents = 0
        self.foreign = 0
        self.told_foreign = False
        self.told_size = False


def split_cards(stream: BinaryIO, source: str) -> Iterator[RawCard | Problem]:
    """Yield each card of `stream`, and what is wrong between and around them; `source` is its name in the problems.

    A card that is not closed ends where the next one begins; the last one is left out if the file ends in the middle of
    a line, as its last value is half of one. No more than one card is held in memory.
    """
    watched = _Watched(stream)
    card: _Open | None = None
    found = told_empty = False
    stray = 0
    for number, row in physical_lines(watched):
        if row is None:
            yield too_long(source, number)
            continue
        verb, what = marked(row)
        if verb == "BEGIN" and what == "VCARD" and not (card and _is_in_agent(card)):
            if card and (card.rows or not told_empty):
                told_empty = not card.rows
                yield from _unclosed(source, card)
            card, found = _Open(number), True
        elif card is None:
            stray = stray or (number if row.strip() else 0)
        elif verb == "END" and what == "VCARD" and not card.agents:
            yield RawCard(card.line, card.rows)
            card = None
        else:
            yield from _collect(card, number, row, source)
    if card and card.rows and not watched.ends_a_line:
        yield Problem(source, card.line, "bad-vcard", "the file ends within this vCard, which is left out", _CUT_OFF)
    elif card and (card.rows or not told_empty):
        yield from _unclosed(source, card, _NOT_WHOLE)
    if not found:
        yield Problem(source, 0, "bad-vcard", "the file holds no vCard", "a vCard begins with BEGIN:VCARD")
    elif stray:
        yield Problem(source, stray, "bad-vcard", "text outside of the vCards is left out", "")


def marked(row: bytes) -> tuple[str, str]:
    """Return BEGIN or END and what begins or ends on this line, in capitals; two empty texts for any other line."""
    match = _MARK.fullmatch(row) if row[:1] in (b"B", b"b", b"E", b"e") else None
    return (match[1].decode().upper(), match[2].decode("latin-1").upper()) if match else ("", "")


def agent_header(row: bytes) -> tuple[bool, bool]:
    """Tell whether a line is the AGENT of vCard 2.1 that a card follows, and whether it has the card's BEGIN itself."""
    match = _AGENT.fullmatch(row) if len(row) < 300 else None  # noqa: PLR2004 - longer than the pattern can match
    return match is not None, match is not None and match["begin"] is not None


def physical_lines(stream: _Readable) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines with their numbers, as UTF-8 or whatever it is, without line ends; None is one too long."""
    number = 0
    rest = b""
    dropping = False
    for block in _blocks(stream):
        lines = (rest + block).splitlines(keepends=True)
        # A carriage return may be the half of a line end.
        rest = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        for line in lines:
            number += 1
            yield number, None if dropping else line.rstrip(b"\r\n")
            dropping = False
        if dropping or len(rest) > MAX_LINE:
            dropping = True
            rest = rest[-1:] if rest.endswith(b"\r") else b""
    if rest or dropping:
        yield number + 1, None if dropping else rest.rstrip(b"\r")


def too_long(source: str, number: int) -> Problem:
    """Return what is told of a line that `physical_lines` leaves out."""
    message = f"a line of more than {MAX_LINE // 1024**2} MB is left out"
    return Problem(source, number, "too-large", message, "look at what made this file")


def _blocks(stream: _Readable) -> Iterator[bytes]:
    """Yield the stream in blocks, UTF-16 as UTF-8."""
    first = stream.read(_BLOCK)
    codec = _utf16(first)
    if not codec:
        yield first.removeprefix(_UTF8_BOM)
        while block := stream.read(_BLOCK):
            yield block
        return
    # Half a pair is told later as a character that no text has.
    decoder = codecs.getincrementaldecoder(codec)("surrogatepass")
    block = first
    while block:
        yield decoder.decode(block).removeprefix("\ufeff").encode("utf-8", "surrogatepass")
        block = stream.read(_BLOCK)


def _utf16(begin: bytes) -> str:
    if begin.startswith((codecs.BOM_UTF16_LE, b"B\0E\0")):
        return "utf-16-le"
    return "utf-16-be" if begin.startswith((codecs.BOM_UTF16_BE, b"\0B\0E")) else ""


def _is_in_agent(card: _Open) -> bool:
    if card.agents:
        return True
    last = card.rows[-1][1] if card.rows else b""
    is_agent, has_begin = agent_header(last)
    return is_agent and not has_begin


def _collect(card: _Open, number: int, row: bytes, source: str) -> Iterator[Problem]:
    """Take one more line into the card; what is no card's (another component in it) is left out and told once."""
    verb, what = marked(row)
    if what == "VCARD":
        card.agents += 1 if verb == "BEGIN" else -1
    elif agent_header(row)[1]:
        card.agents += 1
    elif verb and not card.agents:
        card.foreign = max(0, card.foreign + (1 if verb == "BEGIN" else -1))
        if not card.told_foreign:
            card.told_foreign = True
            message = f"{what[:40]} inside of a vCard is left out"
            yield Problem(source, number, "bad-vcard", message, "")
        return
    if card.foreign or not (row.strip() or row[:1] in (b" ", b"\t")):
        return
    card.size += len(row)
    if card.size <= _MAX_CARD and len(card.rows) < _MAX_ROWS:
        card.rows.append((number, row))
    elif not card.told_size:
        card.told_size = True
        message = "the vCard is too large; what follows in it is left out"
        yield Problem(source, number, "too-large", message, "look at what made this file")


def _unclosed(source: str, card: _Open, hint: str = _CLOSE_IT) -> Iterator[RawCard | Problem]:
    what = "the vCard is not closed" if card.rows else "the vCard is empty and not closed"
    yield Problem(source, card.line, "bad-vcard", what, hint)
    if card.rows:
        yield RawCard(card.line, card.rows)
