"""A typed line as bash splits it (its manual, 3.1.2 Quoting), and what to write there so that it reads a text back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

_SAFE = frozenset("_%+,./:=@-")
"""Besides letters and digits, what means itself within a word."""
_SPECIAL = frozenset(";&|<>(){}*?[!")
_BLANKS = " \t\n"


class Word(NamedTuple):
    """A word as it was typed, the text that it stands for, and the quote (', " or none) that is open at its end.

    `places` are where each character of the text stands in what was typed, with the quote around it; `is_plain` is
    False where the shell would make something else of it ($x, `x`, ~, x*): what the text is then only the shell knows.
    """

    raw: str
    text: str
    quote: str
    places: tuple[tuple[int, str], ...]
    is_plain: bool = True


def split_line(line: str) -> list[Word]:
    """Return the words of a command line that may end within one; the last is the one in which it ends, or empty."""
    words: list[Word] = []
    at = 0
    is_within = False
    while at < len(line):
        is_within = line[at] not in _BLANKS
        if is_within:
            words.append(_word_at(line, at))
        at += len(words[-1].raw) if is_within else 1
    return words if is_within else [*words, Word("", "", "", ())]


def _word_at(line: str, start: int) -> Word:
    text: list[str] = []
    places: list[tuple[int, str]] = []
    quote = ""
    is_plain = True
    at = start
    while at < len(line) and (quote or line[at] not in _BLANKS):
        sign = line[at]
        follows = line[at + 1 : at + 2]
        place = at - start
        at += 1
        if sign == quote or (not quote and sign in "'\""):
            quote = "" if quote else sign
            continue
        if sign == "\\" and quote != "'" and (not quote or follows in '$`"\\'):
            sign = follows  # A backslash at the end says nothing yet.
            at += 1
        elif (sign in "$`" and quote != "'") or (sign in _SPECIAL and not quote) or (sign in "~#" and at == start + 1):
            is_plain = False
        if sign:
            text.append(sign)
            places.append((place, quote))
    return Word(line[start:at], "".join(text), quote, tuple(places), is_plain)


def written(word: Word, begun: str, value: str) -> str:
    """Return what is to stand in place of `word`, whose last part `begun` is completed to `value`.

    What was typed stays as it is where `value` begins with it.
    """
    raw = word.raw
    if value.startswith(begun):
        # A backslash at the end waits for what comes; that has its own.
        if not word.quote and (len(raw) - len(raw.rstrip("\\"))) % 2:
            raw = raw[:-1]
        return raw + quoted(value[len(begun) :], word.quote)
    start, quote = word.places[len(word.text) - len(begun)]
    return raw[:start] + quoted(value, quote)


def quoted(text: str, quote: str) -> str:
    """Return `text` as it is written inside of an open `quote`, or outside of any."""
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote:
        # No backslash helps against ! within double quotes: it stands outside of them.
        return "".join('"\\!"' if c == "!" else "\\" + c if c in '"$`\\' else c for c in text)
    return "".join(c if c.isalnum() or c in _SAFE or not c.isascii() else "\\" + c for c in text)


def replies(lines: Sequence[str], word: Word, last: str) -> list[str]:
    """Return the lines for COMPREPLY: without what stands before `last`, the part of the word that bash replaces."""
    before = word.raw.removesuffix(last)
    fitting = [line[len(before) :] for line in lines if line.startswith(before)]
    if word.quote:
        # A quote that begins the reply is taken for the open one, and one of the two goes.
        fitting = [word.quote + line if line.startswith(word.quote) else line for line in fitting]
    # Bash puts in what all have in common, even if that is less than was typed; a blank keeps it from that.
    common = os.path.commonprefix(fitting)  # noqa: RUF071 - characters are meant
    is_less = len(common.replace("\\", "")) < len(last.replace("\\", ""))
    if len(fitting) > 1 and is_less and not common.startswith(last):
        fitting[0] = " " + fitting[0]
    return fitting
