"""What an item about somebody tells, in short: without the words that only say that one talked, cut at a sentence."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

_LONGEST_LEAD = 60
_MOST_WORDS = 8
_LEAST = 60
"""A cut at the end of a sentence leaves at least so many characters; else it is made between two words."""

_LEAD = re.compile(r"([^:!?\n]{1,60}): (?=\S)")
_OWN_TAG = re.compile(r"(?:^|(?<=\s))#(?:mention|gift|wish)(?=[\s:.,;!?]|$)")
# A point behind a number or a short word (21. November, Dr. Weiß) ends no sentence.
_SENTENCE = re.compile(r"(?:(?<=[^\W\d_]{3})\.|[!?…])[\"'”“»«)]{0,2}(?= )|(?= – )|;(?= )")
_CLAUSE = re.compile(r"(?<=[^\W\d_]{3}\.) |(?<=[!?…;]) | – ")


def gist(text: str, longest: int = 160) -> str:
    """Return what an item tells, in at most `longest` characters: of `call Ann: the knee is better` the second half."""
    return shortened(without_lead(text), longest)


def without_lead(text: str) -> str:
    """Return an item's text without `call Ann:` before it and without our own tags; a longer beginning stays."""
    text = " ".join(_OWN_TAG.sub("", text).split()).lstrip(": ")
    lead = _LEAD.match(text)
    if lead is None or len(lead[1].split()) > _MOST_WORDS or len(lead[1]) > _LONGEST_LEAD or '"' in lead[1]:
        return text
    return text[lead.end() :]


def shortened(text: str, longest: int) -> str:
    """Return `text`, cut behind a sentence, a line or a clause where it is longer, else between two words, with `…`."""
    if len(text) <= longest:
        return text
    ends = [end.end() for end in _SENTENCE.finditer(text, 0, longest - 1) if end.end() >= _LEAST]
    if ends:
        return f"{text[: ends[-1]].rstrip(' ;')} …"
    return f"{text[: longest - 2].rpartition(' ')[0] or text[: longest - 2]} …"


def gist_beside(text: str, told: Collection[str], longest: int = 160) -> str:
    """Return the gist of an item without the clauses that are `told` already; nothing where all of them are."""
    parts = clauses(without_lead(text))
    left = [clause for clause in parts if clause not in told]
    return gist(text, longest) if len(left) == len(parts) else shortened(_joined(left), longest)


def clauses(text: str) -> list[str]:
    """Return the sentences, lines and halves (`;`) of an item's text."""
    return [clause.strip(" ;–") for clause in _CLAUSE.split(text) if clause.strip(" ;–")]


def lines_of(text: str) -> list[str]:
    """Return the lines of an item's text, which stand in one with dashes between them."""
    return text.split(" – ")


def _joined(parts: Sequence[str]) -> str:
    ends = [" " if part.endswith((".", "!", "?", "…")) else "; " for part in parts]
    return "".join([part for pair in zip(parts, ends, strict=True) for part in pair]).rstrip(" ;")
