"""Days as people say them in a further language, turned into the English that core.phrases reads.

English and German are read there. A further language brings its words in its catalogue (context `day words`), one or
several for each of `PHRASES` and `WORDS`; the names of weekdays and months are CLDR's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from prmvault.core.names import fold

PHRASES = (
    *("today", "yesterday", "day before yesterday", "tomorrow", "day after tomorrow", "end of month"),
    *("{amount} ago", "in {amount}", "last {unit}", "next {unit}"),
)
"""Whole phrases. `{amount}` is a number and a unit, `{unit}` a unit or a weekday."""

WORDS = (
    *("day", "days", "week", "weeks", "month", "months", "year", "years", "on", "the"),
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)

_LONGEST = 60
_PART = re.compile(r"\{[a-z]{1,10}\}")
_TOKEN = re.compile(r"[^\W\d_]{1,60}|[^\w\s]|[0-9]{1,60}|_|\s")


class DayWords(NamedTuple):
    """A language's words: English phrase → phrases, English word → words."""

    phrases: Mapping[str, tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]


def in_english(text: str, words: DayWords) -> str:
    """Return a day that is said in the words of a language as English says it; what is not known as it is."""
    if len(text) > _LONGEST:
        return text
    said = _folded(text)
    table = {_folded(each).rstrip("."): english for english, known in words.names.items() for each in known}
    for english, known in words.phrases.items():
        for phrase in sorted(map(_folded_phrase, known), key=len, reverse=True):
            before, sign, behind = _parted(phrase)
            if not sign:
                if said == phrase:
                    return english
            elif said.startswith(before) and said.endswith(behind) and len(said) > len(before) + len(behind):
                inner = _told(said[len(before) : len(said) - len(behind)], table)
                if inner is not None:
                    first, _, last = _parted(english)
                    return f"{first}{inner}{last}"
    told = _told(said, table)
    return text if told is None else told


def _told(said: str, table: Mapping[str, str]) -> str | None:
    """Return the words of a text in English; None where one of them is not known."""
    told = []
    for token in _TOKEN.findall(said.strip()):
        if token.isalpha() and token not in table and token not in (*WORDS, *MONTHS, *WEEKDAYS):
            return None
        told.append(table.get(token, token))
    return "".join(told)


def _parted(phrase: str) -> tuple[str, str, str]:
    part = _PART.search(phrase)
    return (phrase[: part.start()], part[0], phrase[part.end() :]) if part else (phrase, "", "")


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


def _folded_phrase(phrase: str) -> str:
    """Return a phrase as texts are compared, with its `{part}` as it is."""
    before, sign, behind = _parted(" ".join(phrase.split()))
    return f"{_led(before, fold(before))}{sign}{_ended(behind, fold(behind))}" if sign else _folded(phrase)


def _led(written: str, folded: str) -> str:
    return folded.strip() + " " if written.endswith(" ") and folded.strip() else folded.strip()


def _ended(written: str, folded: str) -> str:
    return " " + folded.strip() if written.startswith(" ") and folded.strip() else folded.strip()
