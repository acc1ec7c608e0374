"""Lengths of time as people say them: `3 weeks`, `alle 2 Wochen`, `monthly`; in calendar months and days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from prmvault.core.dates import DateError, quoted
from prmvault.core.names import fold

_LONGEST_PHRASE = 100
_LONGEST_LIST = 500
_MOST_MONTHS = 1200
_MOST_DAYS = 36525

# Words are in their folded form.
_UNITS = {
    **dict.fromkeys(("d", "day", "days", "tag", "tage", "tagen"), (0, 1)),
    **dict.fromkeys(("w", "week", "weeks", "woche", "wochen"), (0, 7)),
    **dict.fromkeys(("m", "month", "months", "monat", "monate", "monaten", "monats"), (1, 0)),
    **dict.fromkeys(("y", "year", "years", "j", "jahr", "jahre", "jahren", "jahres"), (12, 0)),
}
_ADVERBS = {
    **dict.fromkeys(("daily", "taglich"), (0, 1)),
    **dict.fromkeys(("weekly", "wochentlich"), (0, 7)),
    **dict.fromkeys(("fortnightly", "14-taglich", "14-tagig"), (0, 14)),
    **dict.fromkeys(("monthly", "monatlich"), (1, 0)),
    **dict.fromkeys(("quarterly", "vierteljahrlich"), (3, 0)),
    **dict.fromkeys(("half-yearly", "halbjahrlich"), (6, 0)),
    **dict.fromkeys(("yearly", "annually", "jahrlich"), (12, 0)),
}
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_GERMAN = ("ein", "zwei", "drei", "vier", "funf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwolf")
_NUMBER_WORDS = {
    **{word: number for words in (_ENGLISH, _GERMAN) for number, word in enumerate(words, start=1)},
    **dict.fromkeys(("a", "an", "eine", "einen", "einem", "einer"), 1),
}
_AMOUNT = re.compile(r"(every |each |alle |jede[nrs]? )?([+-]?[0-9]{1,6} ?|[a-z]{1,8} )??([a-z]{1,8})")
_PERIOD_FORMS = "Write 3 weeks, 2 months, 10 days, weekly or every 2 weeks (German works too)."


class Period(NamedTuple):
    """A length of time in calendar months and days."""

    months: int
    days: int


@lru_cache(maxsize=256)
def parse_period(text: str) -> Period:
    """Return the length of time that `text` names: `3 weeks`, `alle 2 Wochen`, `monthly`, `2w`.

    English and German. Raises DateError for anything else, and for zero, less, and more than a hundred years.
    """
    folded = " ".join(fold(text).split()) if len(text) <= _LONGEST_PHRASE else ""
    unit: tuple[int, int] | None = _ADVERBS.get(folded)
    number: int | None = 1
    if unit is None and (match := _AMOUNT.fullmatch(folded)):
        every, amount, name = match.groups()
        unit = _UNITS.get(name)
        number = _number(amount.strip()) if amount else (1 if every else None)
    if unit is None or number is None:
        raise DateError(f"{quoted(text)} is not a period of time", hint=_PERIOD_FORMS)
    return sensible(Period(unit[0] * number, unit[1] * number), text)


def parse_lead(text: str) -> tuple[Period, ...]:
    """Return the periods that `text` names, separated by commas; raises DateError if one of them is none."""
    if len(text) > _LONGEST_LIST:
        raise DateError(f"{quoted(text)} is not a list of periods", hint="Write 7 days, or 2 weeks, 1 day.")
    return tuple(parse_period(part) for part in text.split(","))


def add_period(day: date, period: Period) -> date:
    """Return the day that is `period` after `day` (before it, where the numbers are negative).

    A month without such a day gives its last day: 31 January and a month is 28 or 29 February. Raises
    DateError outside the years 1 to 9999.
    """
    try:
        if not period.months:
            return day + timedelta(days=period.days)  # Without dateutil: a question starts sooner.
        from dateutil.relativedelta import relativedelta

        return day + relativedelta(months=period.months, days=period.days)
    except (ValueError, OverflowError):
        raise DateError(f"no calendar goes that far from {day.isoformat()}") from None


def within_calendar(day: date, months: int, days: int = 0) -> date:
    """Return the day that is so much after `day`, or before it, but none outside the calendar."""
    try:
        return add_period(day, Period(months, days))
    except DateError:
        return date.max if months > 0 else date.min


def periods_between(start: date, period: Period, day: date) -> int:
    """Return how many whole periods lie between `start` and `day`: exactly, or one too many for months."""
    if day <= start:
        return 0
    if period.months:
        return ((day.year - start.year) * 12 + day.month - start.month) // period.months
    return (day - start).days // period.days


def sensible(period: Period, text: str) -> Period:
    """Return `period`, or raise DateError where it is no length that a life has."""
    if period.months <= 0 and period.days <= 0:
        raise DateError(f"{quoted(text)} is no length of time", hint="Write a number from 1 on: 3 weeks.")
    if period.months > _MOST_MONTHS or period.days > _MOST_DAYS:
        raise DateError(f"{quoted(text)} is more than a hundred years")
    return period


def _number(amount: str) -> int | None:
    """Return the number that digits or a number word name."""
    return _NUMBER_WORDS.get(amount) if amount.isalpha() else int(amount)
