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
_WISHES = (
    r"(?:wants?|wanted|would like|would love|wish(?:es|ed) for|is wishing for|"
    r"wünsch(?:t|te|en|ten) sich|möchten?|hätten? gern[e]?|will|wollen) "
)
_WISH = re.compile(rf"(?:, (?:und |and )?| und | and )((?:she|he|they|sie|er) {_WISHES}(?!to\b|know\b|wissen\b)\S)")
_WISHING = re.compile(rf"\b{_WISHES}")
THREAD_TAG = re.compile(r"(?:^|(?<=\s))#(?:thread|offen|open|follow-?up|nachfragen)(?![\w/-])", re.IGNORECASE)
_TAG = re.compile(r"(?:^|(?<=\s))#[\w/-]{1,60}")
_LONGEST_CLAUSE = 140
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
    """Return the gist of an item without the clauses that are `told` already (as `clause_text` makes them).

    Nothing where all of them are. The tag of an open thread is only for the program.
    """
    parts = clauses(without_lead(text))
    left = [clause for clause in parts if clause_text(clause) not in told]
    rest = without_lead(text) if len(left) == len(parts) else _joined(left)
    return shortened(" ".join(THREAD_TAG.sub("", rest).split()), longest)


def clause_text(clause: str) -> str:
    """Return a clause as it is told by itself: without tags, and not too long."""
    return shortened(" ".join(_TAG.sub("", clause).split()), _LONGEST_CLAUSE)


def wish_in(text: str) -> str:
    """Return the part behind a comma or `and` in which a wish is told (`she wants a lamp`); else the whole text."""
    wish = _WISH.search(text)
    return text[wish.start(1) :] if wish and not _WISHING.search(text, 0, wish.start()) else text


def clauses(text: str) -> list[str]:
    """Return the sentences, lines and halves (`;`) of an item's text."""
    return [clause.strip(" ;–") for clause in _CLAUSE.split(text) if clause.strip(" ;–")]


def lines_of(text: str) -> list[str]:
    """Return the lines of an item's text, which stand in one with dashes between them."""
    return text.split(" – ")


def _joined(parts: Sequence[str]) -> str:
    ends = [" " if part.endswith((".", "!", "?", "…")) else "; " for part in parts]
    return "".join([part for pair in zip(parts, ends, strict=True) for part in pair]).rstrip(" ;")
