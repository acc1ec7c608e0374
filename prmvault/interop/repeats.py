"""How something repeats, from the vault's words (`monthly`, `every weekday`, rules) to RFC 5545's RRULE.

Such a rule counts the first day in any case, so it begins on the first day on which the vault's reading has it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from prmvault.core.model import ONCE
from prmvault.core.periods import Period

SURE_DAYS = 28
"""Every month has so many days."""

_FEBRUARY, _LEAP_DAY = 2, 29


class Repeat(NamedTuple):
    """A rule: the parts of an RRULE but UNTIL, in their order, and the last day that it may have, if any."""

    parts: tuple[tuple[str, str], ...]
    until: date | None = None


def each_year(day: date, leap_day: str, interval: int = 1) -> Repeat:
    """Return the rule for each `interval`-th year from `day` on, be it a 29 February (`leap_day` as in `dates`)."""
    often = [("FREQ", "YEARLY"), *([("INTERVAL", str(interval))] if interval > 1 else [])]
    if (day.month, day.day) != (_FEBRUARY, _LEAP_DAY):
        return Repeat(tuple(often))
    if leap_day == "mar-01":
        # Day 60 of a year is 29 February, or 1 March where there is none.
        return Repeat((*often, ("BYYEARDAY", "60")))
    return Repeat((*often, ("BYMONTH", "2"), ("BYMONTHDAY", "-1")))


def first_and_rule(
    start: date, repeat: str, leap_day: str, after: date = date.min
) -> tuple[date, Repeat | None] | None:
    """Return the first day later than `after` of something that begins at `start`, and the rule for those that follow.

    `repeat` is as a note has it, empty or one of `ONCE` for something that comes once (then there is no rule). None
    where no day is left. A rule that counts its days keeps them all while one is left, also those up to `after`.
    """
    if not repeat or repeat in ONCE:
        return (start, None) if start > after else None
    from prmvault.core.recurrence import next_repeat, parse_repeat

    earliest = max(start.toordinal(), after.toordinal() + 1)
    if earliest > date.max.toordinal():
        return None
    how = parse_repeat(repeat)
    first = next_repeat(start, repeat, date.fromordinal(earliest), leap_day=leap_day)
    if first is None:
        return None
    if isinstance(how, Period):
        return first, _of_period(start, how, leap_day)
    if "COUNT" in how.parts:
        first = next_repeat(start, repeat, start, leap_day=leap_day) or first
    parts = tuple((name, value) for name, value in how.parts.items() if (name, value) != ("WKST", "MO"))
    return first, Repeat(parts, how.until if how.until < date.max else None)


def _of_period(start: date, period: Period, leap_day: str) -> Repeat:
    if period.months and not period.months % 12:
        return each_year(start, leap_day, period.months // 12)
    if not period.months:
        weeks, days = divmod(period.days, 7)
        often, interval = ("DAILY", period.days) if days else ("WEEKLY", weeks)
        return Repeat((("FREQ", often), *([("INTERVAL", str(interval))] if interval > 1 else [])))
    often_months = [("FREQ", "MONTHLY"), *([("INTERVAL", str(period.months))] if period.months > 1 else [])]
    if start.day <= SURE_DAYS:
        return Repeat(tuple(often_months))
    # The 31st is the last day of a shorter month: the last one of those days that the month has.
    days_of_month = ",".join(str(day) for day in range(SURE_DAYS, start.day + 1))
    return Repeat((*often_months, ("BYMONTHDAY", days_of_month), ("BYSETPOS", "-1")))
