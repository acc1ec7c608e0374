"""The words of a line of prose, with what they may be without a genitive; used by `mentions`."""

from __future__ import annotations

import re
from typing import NamedTuple

from prmvault.core.mention_words import NO_GENITIVE
from prmvault.core.names import fold

_MARKED_LETTER = "(?:[^\\W_]|[\u0300-\u036f])"
_WORD_PATTERN = f"{_MARKED_LETTER}{{1,100}}(?:['’-]{_MARKED_LETTER}{{1,100}}){{0,10}}"
WORD = re.compile(_WORD_PATTERN)
# Links, HTML, addresses of the web and of mail, tags and handles are no prose; what is left are words.
_PROSE = re.compile(
    r"!?\[\[[^\[\]\n]{0,400}\]\]|!?\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)|<[^<>\n]{1,300}>"
    r"|[A-Za-z][A-Za-z0-9+.-]{0,20}://\S{1,2000}|www\.\S{1,2000}|[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
    rf"|[#@][\w/-]{{1,100}}|(?P<word>{_WORD_PATTERN})"
)
_SHORTEST_GENITIVE = 3


class Word(NamedTuple):
    """A word of a line from `begin` to `end`, what stands between it and the word before it, and its keys.

    A form is a key and how many characters at the end are no part of the link. The first is the word as it is, the
    second that without a genitive: `Tom's` and `Toms`.
    """

    begin: int
    end: int
    text: str
    gap: str
    forms: tuple[tuple[str, int], ...]


def prose_words(written: str, line: str) -> list[Word]:
    """Return the words of a line's prose; `line` is the same without its code."""
    words: list[Word] = []
    done = 0
    for match in _PROSE.finditer(line):
        if match["word"]:
            begin, end = match.span()
            text = written[begin:end]
            words.append(Word(begin, end, text, written[done:begin], _forms(text)))
            done = end
    return words


def _forms(word: str) -> tuple[tuple[str, int], ...]:
    key = fold(word)
    if word.endswith(("'s", "’s")):
        return ((key, 0), (fold(word[:-2]), 2))
    if word.endswith("s") and len(word) > _SHORTEST_GENITIVE and key not in NO_GENITIVE:
        return ((key, 0), (fold(word[:-1]), 0))
    return ((key, 0),)
