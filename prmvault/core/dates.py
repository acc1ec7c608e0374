"""Dates as people know them: whole, without year, only a year; yearly days, ages and ISO weeks.

A partial date's forms are those of docs/format.md; weeks are ISO 8601's. No clock is read here: the day that
counts as today is always a parameter.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from prmvault.core.messages import message

LEAP_DAYS = ("feb-28", "mar-01")
_FEBRUARY, _LEAP_DAY = 2, 29
_A_LEAP_YEAR = 2000
_LONGEST_DATE = 48
_LONGEST_QUOTE = 40

_TIME_PART = r"(?:[Tt][0-9:.,+Zz -]*| +[0-9]{1,2}:[0-9:.,+Zz -]*)?"
_PARTIAL = re.compile(
    rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}}){_TIME_PART}"
    r"|(?:--)?(?P<month_only>[0-9]{2})-(?P<day_only>[0-9]{2})"
    r"|(?P<year_of_month>[0-9]{4})-(?P<month_of_year>[0-9]{2})"
    r"|(?P<about>~ ?)?(?P<year_only>[0-9]{4})"
)
# Compiled by their first use: few texts need them, and start-up has to be short.
_WEEK = r"([0-9]{4})-?[Ww]([0-9]{2})"
_THREE_NUMBERS = r"([0-9]{1,4})(?:\. ?|[/ -])([0-9]{1,2})(?:\. ?|[/ -])([0-9]{1,4})"
_TWO_NUMBERS = r"(?:--)?([0-9]{1,2})(?:\. ?|[/-])([0-9]{1,2})\.?"
_PARTIAL_FORMS = "Write 1987-03-14, --03-14 (no year), 1987-03, 1987 or ~1987 (about)."


class DateError(ValueError):
    """A text is no date, period or rule; the message is one line for people, `hint` the remedy."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class PartialDate(NamedTuple):
    """What is known of a date; `about` means that the year is an estimate. `str` gives the canonical text."""

    year: int | None
    month: int | None
    day: int | None
    about: bool = False

    def __str__(self) -> str:
        if self.year is None:
            return f"--{self.month:02d}-{self.day:02d}"
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return ("~" if self.about else "") + "-".join(parts)


class Age(NamedTuple):
    """Whole years from `low` to `high`, both included; the same number twice where the age is certain."""

    low: int
    high: int
    about: bool = False

    def __str__(self) -> str:
        return message("about {age}", age=self.high) if self.about or self.low != self.high else str(self.high)


def quoted(text: str) -> str:
    """Return `text` in quotes for a message: one line, no control characters, at most some 40 characters."""
    line = " ".join(text[: 4 * _LONGEST_QUOTE].split())
    line = "".join([c for c in line if c.isprintable()])
    return f'"{line[:_LONGEST_QUOTE]}…"' if len(line) > _LONGEST_QUOTE else f'"{line}"'


def parse_partial_date(text: str) -> PartialDate:
    """Return the partial date that `text` is; a time of day after a whole date is dropped.

    Raises DateError for every other text and for days that no calendar has, such as 1990-02-30.
    """
    stripped = text.strip()
    match = _PARTIAL.fullmatch(stripped) if len(stripped) <= _LONGEST_DATE else None
    if match:
        found = match.groupdict()
        year = found["year"] or found["year_of_month"] or found["year_only"]
        month = found["month"] or found["month_only"] or found["month_of_year"]
        day = found["day"] or found["day_only"]
        partial = PartialDate(
            int(year) if year else None,
            int(month) if month else None,
            int(day) if day else None,
            found["about"] is not None,
        )
        if _exists(partial):
            return partial
    raise DateError(f"{quoted(text)} is not a date", hint=_likely_form(stripped) or _PARTIAL_FORMS)


def parse_iso_date(text: str) -> date:
    """Return the day that `text` names as 2026-11-20; a time of day after it is dropped.

    Raises DateError for every other text.
    """
    try:
        day = full_date(parse_partial_date(text))
    except DateError as error:
        hint = "Write 2026-11-20." if error.hint == _PARTIAL_FORMS else error.hint
        raise DateError(str(error), hint=hint) from None
    if day is None:
        raise DateError(f"{quoted(text)} is not a whole date", hint="Write year, month and day: 2026-11-20.")
    return day


def day_or_none(text: str) -> date | None:
    """Return the day that `text` names as `parse_iso_date` reads it; None where it is none."""
    try:
        return parse_iso_date(text) if text else None
    except DateError:
        return None


def full_date(partial: PartialDate) -> date | None:
    """Return the day itself where year, month and day are known, else None."""
    if partial.year is None or partial.month is None or partial.day is None:
        return None
    return date(partial.year, partial.month, partial.day)


def day_in_year(year: int, month: int, day: int, leap_day: str = "feb-28") -> date:
    """Return the given day of `year`; 29 February is 28 February or 1 March in common years."""
    if (month, day) == (_FEBRUARY, _LEAP_DAY) and not is_leap_year(year):
        return date(year, 3, 1) if leap_day == "mar-01" else date(year, 2, 28)
    return date(year, month, day)


def is_leap_year(year: int) -> bool:
    """Return whether `year` has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def next_occurrence(partial: PartialDate, on_or_after: date, leap_day: str = "feb-28") -> date | None:
    """Return the first yearly return of `partial` that is not before `on_or_after` nor before its own year.

    The day itself counts, so a birthday today is today. 29 February is the 29th in leap years and what
    `leap_day` (one of LEAP_DAYS) says in common years. None where month or day are unknown, and after the
    year 9999.
    """
    if partial.month is None or partial.day is None:
        return None
    first = max(on_or_after.year, partial.year or 1)
    for year in range(first, min(first + 1, date.max.year) + 1):
        day = day_in_year(year, partial.month, partial.day, leap_day)
        if day >= on_or_after:
            return day
    return None


def age_on(born: PartialDate, day: date, leap_day: str = "feb-28") -> Age | None:
    """Return the age on `day`: a range where only year or month of birth are known, None before birth.

    `leap_day` says on which day someone born on 29 February turns a year older in common years.
    """
    return lived(born, PartialDate(day.year, day.month, day.day), leap_day)


def lived(born: PartialDate, died: PartialDate, leap_day: str = "feb-28") -> Age | None:
    """Return the age that was reached, as a range as wide as the two dates are vague.

    None where a year is unknown or death comes before birth.
    """
    if born.year is None or died.year is None:
        return None
    born_first, born_last = _first_and_last_day(born)
    died_first, died_last = _first_and_last_day(died)
    if died_last < born_first:
        return None
    high = _whole_years(born_first, died_last, leap_day)
    low = max(0, _whole_years(born_last, died_first, leap_day))
    return Age(low, high, born.about or died.about or low != high)


def parse_week(text: str) -> date:
    """Return the Monday of the ISO week that `text` names as 2026-W47 or 2026W47; raises DateError."""
    stripped = text.strip()
    match = re.fullmatch(_WEEK, stripped) if len(stripped) <= _LONGEST_DATE else None
    if match:
        try:
            monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
        except ValueError:
            pass
        else:
            if monday <= date.max - timedelta(days=6):
                return monday
    raise DateError(f"{quoted(text)} is not a week", hint="Write year and ISO week: 2026-W47.")


def week_name(day: date) -> str:
    """Return the ISO week that holds `day`, as 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def week_days(monday: date) -> tuple[date, ...]:
    """Return `monday` and the six days after it."""
    return tuple(monday + timedelta(days=i) for i in range(7))


def _exists(partial: PartialDate) -> bool:
    """Return whether a calendar has such a date; 29 February without year exists."""
    year = _A_LEAP_YEAR if partial.year is None else partial.year
    month = 1 if partial.month is None else partial.month
    try:
        date(year, month, 1 if partial.day is None else partial.day)
    except ValueError:
        return False
    return True


def _likely_form(text: str) -> str:
    """Return a hint with the dates that numbers in another order may mean, or with what is wrong."""
    if len(text) > _LONGEST_DATE:
        return ""
    readings: list[PartialDate] = []
    if match := re.fullmatch(_THREE_NUMBERS, text):
        first, second, third = match.groups()
        orders = [(first, second, third), (third, second, first), (third, first, second)]
        orders = orders[: 2 if "." in text else 3]
        readings = [PartialDate(int(y), int(m), int(d)) for y, m, d in orders if len(y) == len("1987")]
    elif match := re.fullmatch(_TWO_NUMBERS, text):
        pairs = [(match[2], match[1]), (match[1], match[2])][: 1 if "." in text else 2]
        readings = [PartialDate(None, int(m), int(d)) for m, d in pairs]
    written = list(dict.fromkeys(str(reading) for reading in readings if _exists(reading)))
    if written:
        return f"Write {' or '.join(written)}."
    for year, month, _, _ in readings:
        if year and month and _exists(PartialDate(year, month, None)):
            return f"{year:04d}-{month:02d} has only {days_in_month(year, month)} days."
    return ""


def _first_and_last_day(partial: PartialDate) -> tuple[date, date]:
    """Return the earliest and the latest day that a partial date with a year can mean."""
    assert partial.year is not None
    if partial.month is None:
        return date(partial.year, 1, 1), date(partial.year, 12, 31)
    if partial.day is None:
        return date(partial.year, partial.month, 1), last_day_of_month(partial.year, partial.month)
    day = date(partial.year, partial.month, partial.day)
    return day, day


def last_day_of_month(year: int, month: int) -> date:
    """Return the last day of a month."""
    return date(year, month, days_in_month(year, month))


def days_in_month(year: int, month: int) -> int:
    """Return how many days a month has, 28 to 31."""
    if month == _FEBRUARY:
        return _LEAP_DAY if is_leap_year(year) else _LEAP_DAY - 1
    return 30 if month in (4, 6, 9, 11) else 31


def _whole_years(born: date, day: date, leap_day: str) -> int:
    """Return the birthdays from `born` (not counted) up to `day`; negative before birth."""
    birthday = day_in_year(day.year, born.month, born.day, leap_day)
    return day.year - born.year - (day < birthday)
