"""The turns of what comes again: days of an entry of `reminders:` and of events, what was missed, and what was put off.

An entry is a map with `on`, and with `repeat`, `lead`, `done` and `snooze` if it has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from prmvault.core.dates import day_or_none, parse_iso_date
from prmvault.core.model import ONCE

_DAY = timedelta(days=1)
_MOST_TURNS = 400
"""A daily one over a year."""


def occurrences(entry: Mapping[str, Any], first: date, last: date, leap_day: str) -> list[date]:
    """Return the turns from `first` to `last` that are not done."""
    start = parse_iso_date(entry["on"])
    repeat = entry.get("repeat")
    if not repeat or repeat in ONCE:
        return [start] if first <= start <= last and not is_done(entry, start) else []
    from prmvault.core.recurrence import next_repeat

    days: list[date] = []
    day = next_repeat(start, repeat, first, leap_day=leap_day)
    while day is not None and day <= last and len(days) < _MOST_TURNS:
        if not is_done(entry, day):
            days.append(day)
        day = next_repeat(start, repeat, day + _DAY, leap_day=leap_day) if day < date.max else None
    return days


def missed(entry: Mapping[str, Any], today: date, leap_day: str) -> date | None:
    """Return the last day before today on which the reminder came and has not been done since."""
    day = begun_before(parse_iso_date(entry["on"]), entry.get("repeat"), today, leap_day)
    return None if day is None or is_done(entry, day) else day


def put_off(entry: Mapping[str, Any], leap_day: str) -> tuple[date, date] | None:
    """Return the turn that is put off, and the day on which it comes instead; None where none is.

    It is the last turn before the day of `snooze`, as long as that is not done.
    """
    until = day_or_none(str(entry.get("snooze") or ""))
    if until is None:
        return None
    turn = missed(entry, until, leap_day)
    return None if turn is None else (turn, until)


def begun_before(start: date, repeat: str | None, day: date, leap_day: str) -> date | None:
    """Return the last turn before `day` of what came first on `start`."""
    if start >= day:
        return None
    if not repeat or repeat in ONCE:
        return start
    from prmvault.core.recurrence import previous_repeat

    return previous_repeat(start, repeat, day - _DAY, leap_day=leap_day)


def is_done(entry: Mapping[str, Any], day: date) -> bool:
    """Tell whether the reminder of `day` is done: `done` is the day on which it last was, or yes for good."""
    done = str(entry.get("done") or "").strip()
    if done[:4].isdigit():
        until = day_or_none(done)
        return until is not None and until >= day  # What is no date ticks nothing off.
    return is_for_good(done)


def is_for_good(done: str) -> bool:
    """Tell whether a reminder's `done` says that it is done with all its turns."""
    return done.casefold() in ("true", "yes", "x", "ja", "done")


def leads(entry: Mapping[str, Any]) -> list[timedelta]:
    """Return how long before its day a reminder is to be told already."""
    if not entry.get("lead"):
        return []
    from prmvault.core.periods import parse_lead

    return [timedelta(days=period.days + 30 * period.months) for period in parse_lead(entry["lead"])]


def moved(day: date, by: timedelta) -> date:
    """Return `day` and so much, but none outside the calendar."""
    return date.fromordinal(min(max(day.toordinal() + by.days, 1), date.max.toordinal()))
