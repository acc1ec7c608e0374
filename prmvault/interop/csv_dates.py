"""Dates as spreadsheets and programs write them, and in which order a file has day, month and year."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from prmvault.core.dates import DateError, parse_partial_date, quoted

_NUMBERS = re.compile(r"([0-9]{1,4}) ?([./-]) ?([0-9]{1,2}) ?\2 ?([0-9]{1,4})(?:[T ][0-9:]{1,8}(?: ?[APap][Mm])?)?")
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})\.")
_NO_DAY = re.compile(r"[0/. :-]{1,20}|1/1/4501|1\.1\.4501|4501-01-01|01[./]01[./]4501")
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_LONGEST = 48
_PROBE = date(2000, 1, 1)


class AmbiguousError(DateError):
    """Day and month may be the one or the other."""


def has_no_day(text: str) -> bool:
    """Tell whether a cell says that there is no date: `0/0/00`, or Outlook's 1 January 4501."""
    return len(text) <= _LONGEST and _NO_DAY.fullmatch(text) is not None


def date_of(text: str, order: str = "") -> str:
    """Return the partial date that a cell means, in the vault's form; `order` decides where more than one is possible.

    It is `dmy`, `mdy`, `ymd` (day, month and year in their order) or empty. Raises AmbiguousError where it is needed
    and missing, and DateError for what is no date.
    """
    text = text.strip()
    try:
        return str(parse_partial_date(text))
    except DateError as error:
        problem = error
    if len(text) > _LONGEST:
        raise problem
    readings = _readings(text)
    if readings:
        days = set(readings.values())
        if len(days) > 1 and order not in readings:
            both = " or ".join(sorted(days))
            raise AmbiguousError(f"{quoted(text)} may be {both}", hint="say --date-order dmy or --date-order mdy")
        return readings[order] if order in readings else days.pop()
    day = _in_words(text)
    if not day:
        raise problem
    return day


def order_of(cells: Iterable[str]) -> str:
    """Return the order that the cells have which leave no choice; empty where none does, or where they differ."""
    seen = {order for cell in cells for order in _only(_readings(cell.strip()[:_LONGEST]))}
    return seen.pop() if len(seen) == 1 else ""


def _only(readings: dict[str, str]) -> list[str]:
    return [*readings] if len(readings) == 1 and "ymd" not in readings else []


def _readings(text: str) -> dict[str, str]:
    """Return the days that numbers can mean, by their order."""
    if match := _DAY_AND_MONTH.fullmatch(text):
        found = [("dmy", "", match[2], match[1])]
    elif match := _NUMBERS.fullmatch(text):
        first, mark, second, third = match[1], match[2], match[3], match[4]
        found = [("dmy", third, second, first), ("mdy", third, first, second), ("ymd", first, second, third)]
        if mark == ".":
            del found[1]
        found = [each for each in found if len(each[1]) == len("1987")]
    else:
        return {}
    days = {}
    for order, year, month, day in found:
        try:
            written = f"{year}-{month:0>2}-{day:0>2}" if year else f"--{month:0>2}-{day:0>2}"
            days[order] = str(parse_partial_date(written))
        except DateError:
            continue
    return days


def _in_words(text: str) -> str:
    """Return the day of a text with the month as a word, in English or German; empty for others."""
    from prmvault.core.phrases import parse_day

    if not (_YEAR.search(text) and any(c.isalpha() for c in text)):
        return ""
    try:
        days = {parse_day(text, _PROBE, prefer="past"), parse_day(text, _PROBE, prefer="future")}
    except DateError:
        return ""
    return str(days.pop()) if len(days) == 1 else ""
