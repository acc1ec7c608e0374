"""What a hit shows: the line that says it, cut to length, with the found words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import normalize

from prmvault.core.names import fold
from prmvault.search.analysis import word_spans
from prmvault.search.compile import Wanted

_LENGTH = 160


class Snippet(NamedTuple):
    """A line of a note: its number, its text, and (start, end) of the found words in the text.

    `exact` tells that one of the words stands there as it was typed.
    """

    line: int
    text: str
    marks: tuple[tuple[int, int], ...]
    exact: bool


def snippet(text: str, wanted: Wanted, length: int = _LENGTH, *, names: str = "") -> Snippet:
    """Return the line of `text` with the most of the wanted words; where none has any, the first with text.

    Words of the note's own `names` count last: they say which note it is, not what is asked about.
    """
    text = normalize("NFC", text)
    own = {word for word, _, _ in word_spans(normalize("NFC", names))}
    begins = (*(word for word in wanted.words if word), *wanted.prefixes)
    best: tuple[tuple[int, ...], int, str, list[tuple[int, int]]] | None = None
    exact = has_exact(text, wanted)
    for number, line in enumerate(text.split("\n"), 1):
        folded = fold(line)
        if not any(begin in folded for begin in begins):
            continue
        spans = list(word_spans(line))
        found = [span for span in spans if _is_wanted(span[0], wanted)]
        worth = _worth([word for word, _, _ in spans], {word for word, _, _ in found}, wanted, own)
        if found and (best is None or worth > best[0]):
            best = (worth, number, line, [(start, end) for _, start, end in found])
    if best is None:
        return _first_line(text, length, exact=exact)
    _, number, line, marks = best
    return Snippet(number, *_cut(line.rstrip(), marks, length), exact)


def _worth(words: list[str], found: set[str], wanted: Wanted, own: set[str]) -> tuple[int, ...]:
    """Return how much a line says: whole phrases, then different words but names, all words, those of `key:value`."""
    in_a_row = " ".join(words) if wanted.phrases else ""
    phrases = sum(phrase in in_a_row for phrase in wanted.phrases)
    return phrases, len(found - own), len(found), len(found & wanted.keyed)


def _is_wanted(word: str, wanted: Wanted) -> bool:
    return word in wanted.words or (bool(wanted.prefixes) and word.startswith(wanted.prefixes))


def has_exact(text: str, wanted: Wanted) -> bool:
    """Tell whether one of the wanted words stands in `text` as it was typed."""
    spelled = wanted.spelled
    if not spelled:
        return False
    lower = normalize("NFC", text).lower()
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", lower) for word in spelled if word in lower)


def _first_line(text: str, length: int, *, exact: bool) -> Snippet:
    """Return the first line that says something: below the front matter, if there is anything."""
    lines = text.split("\n")
    start = 0
    if lines[0].rstrip() == "---":
        closing = [at for at, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")]
        start = closing[0] + 1 if closing else 0
    for number, line in enumerate(lines[start:], start + 1):
        if line.strip():
            return Snippet(number, line.strip()[:length], (), exact)
    return Snippet(1, "", (), exact)


def _cut(line: str, marks: Sequence[tuple[int, int]], length: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Cut a line to `length` around its first mark, at blanks, with … where something is missing."""
    indent = len(line) - len(line.lstrip())
    start, end = indent, len(line)
    if end - start > length:
        start = max(indent, min(marks[0][0] - length // 3, end - length))
        if start > indent:
            blank = line.find(" ", start, marks[0][0])
            start = blank + 1 if blank >= 0 else start
        end = min(end, start + length)
        if end < len(line):
            blank = line.rfind(" ", max(start, marks[0][1]), end)
            end = blank if blank > start else end
    before, after = "…" if start > indent else "", "…" if end < len(line) else ""
    offset = len(before) - start
    kept = tuple((first + offset, last + offset) for first, last in marks if first >= start and last <= end)
    return before + line[start:end] + after, kept
