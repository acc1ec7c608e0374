"""Recurrence rules of whole days: those of RFC 5545, section 3.3.10, without times of day.

dateutil computes them, and what is here checks them and keeps them short.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.dates import DateError, parse_iso_date, quoted
from prmvault.core.periods import Period, add_period, periods_between, sensible, within_calendar

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_RULE = 500
RULE_FORMS = "Write weekly, every 2 weeks or a rule of whole days such as FREQ=MONTHLY;BYDAY=1MO."

# Monday 29 February needs 40 years at most; a rule with COUNT has to be counted from its start.
_YEARS_SEARCHED = 60
_YEARS_COUNTED = 150

_FREQUENCIES = {"DAILY": (0, 1), "WEEKLY": (0, 7), "MONTHLY": (1, 0), "YEARLY": (12, 0)}
_SUB_DAILY = ("HOURLY", "MINUTELY", "SECONDLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""From Monday on, as RFC 5545 writes them."""

_TIMES_OF_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DAY = "(MO|TU|WE|TH|FR|SA|SU)"
_DAY_OF_YEAR = "[+-]?0{0,2}([1-9]|[1-9][0-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])"
# What dateutil may be given. The lists have to be short, as it goes through them for each day. Days with an
# ordinal beside days without are taken as days that have to be both, and 6MO of a month can be an IndexError.
_RULE_PARTS = {
    "FREQ": "|".join(_FREQUENCIES),
    "INTERVAL": "[1-9][0-9]{0,2}|1000",
    "COUNT": "[1-9][0-9]{0,3}|10000",
    "UNTIL": "([0-9]{8}|[0-9]{4}-[0-9]{2}-[0-9]{2})(T[0-9:]{4,8}Z?)?",
    "WKST": _DAY,
    "BYMONTH": "(,(0?[1-9]|1[0-2])){1,12}",
    "BYMONTHDAY": "(,[+-]?(0?[1-9]|[12][0-9]|3[01])){1,31}",
    "BYYEARDAY": f"(,{_DAY_OF_YEAR}){{1,31}}",
    "BYWEEKNO": "(,[+-]?(0?[1-9]|[1-4][0-9]|5[0-3])){1,53}",
    "BYDAY": f"(,{_DAY}){{1,7}}|(,[+-]?(0?[1-9]|[1-4][0-9]|5[0-3]){_DAY}){{1,35}}",
    "BYDAY of a month": f"(,{_DAY}){{1,7}}|(,[+-]?0?[1-5]{_DAY}){{1,35}}",
    "BYSETPOS": f"(,{_DAY_OF_YEAR}){{1,5}}",
    **dict.fromkeys(_TIMES_OF_DAY, "(,[0-9]{1,2}){1,60}"),
}


class Rule(NamedTuple):
    """A recurrence rule of RFC 5545 that was checked: all parts but UNTIL, FREQ times INTERVAL, UNTIL."""

    parts: dict[str, str]
    period: Period
    until: date


class _Interval(int):
    """An INTERVAL that ends the walk of a rule, by an OverflowError, after `steps_left` steps.

    dateutil looks at UNTIL and COUNT only when a day matches, so a rule that matches none (30 February) goes
    on to the year 9999, which takes seconds. It adds the interval, or the interval times 7, once a step.
    """

    steps_left = 0

    def __radd__(self, other: int) -> int:
        return other + self._step()

    def __mul__(self, other: int) -> int:
        return self._step() * other

    def _step(self) -> int:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise OverflowError
        return int(self)


def parse_rule(text: str) -> Rule:
    """Return the rule that an RRULE's text is, with or without `RRULE:` before it; raises DateError."""
    line = text.strip().upper() if len(text) <= LONGEST_RULE else ""
    parts: dict[str, str] = {}
    for part in line.removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = "".join(part.split()).partition("=")
        if name in parts or not value:
            raise DateError(f"{quoted(text)} is not a recurrence rule", hint=RULE_FORMS)
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        told = f"FREQ={frequency} repeats more often than daily" if frequency in _SUB_DAILY else ""
        raise DateError(told or f"{quoted(text)} has no frequency that is known", hint=RULE_FORMS)
    for name, value in parts.items():
        in_month = name == "BYDAY" and (frequency == "MONTHLY" or "BYMONTH" in parts)
        pattern = _RULE_PARTS.get(f"{name} of a month" if in_month else name, "(?!)")
        if not re.fullmatch(pattern, f",{value}" if name.startswith("BY") else value):
            raise DateError(f"{quoted(f'{name}={value}')} cannot be in a recurrence rule", hint=RULE_FORMS)
    until = parts.pop("UNTIL", "").replace("-", "")
    last = parse_iso_date(f"{until[:4]}-{until[4:6]}-{until[6:8]}") if until else date.max
    interval = int(parts.get("INTERVAL", 1))
    months, days = _FREQUENCIES[frequency]
    period = sensible(Period(months * interval, days * interval), text)
    kept = {name: value for name, value in parts.items() if name not in _TIMES_OF_DAY}
    return Rule({"WKST": "MO", **kept}, period, last)


def next_of_rule(rule: Rule, start: date, on_or_after: date) -> date | None:
    """Return the first day of a rule that begins at `start` that is not before `on_or_after`."""
    first = max(start, on_or_after)
    last = within_calendar(first, rule.period.months + 12 * _YEARS_SEARCHED, rule.period.days)
    return next((day for day in _days_of_rule(rule, start, first, last) if day >= first), None)


def previous_of_rule(rule: Rule, start: date, before_or_on: date) -> date | None:
    """Return the last day of a rule that begins at `start` that is not after `before_or_on`."""
    bound = min(before_or_on, rule.until)
    for years in (1, 8, _YEARS_SEARCHED):  # most rules match within the last year
        first = max(start, within_calendar(bound, -12 * years))
        days = deque(_days_of_rule(rule, start, first, bound), maxlen=1)
        if days:
            return days[0]
        if first == start or "COUNT" in rule.parts:
            break
    return None


def _days_of_rule(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """Yield the days of a rule that begins at `start`: from `first` or somewhat earlier to `last`."""
    from dateutil.rrule import rrule, rrulestr

    moved = start
    if "COUNT" in rule.parts:
        last = min(last, within_calendar(start, 12 * _YEARS_COUNTED))
    else:
        moved = _moved_start(rule, start, first)
    last = min(last, rule.until)
    interval = _Interval(rule.parts.get("INTERVAL", 1))
    interval.steps_left = periods_between(moved, rule.period, last) + 2
    text = ";".join([f"{name}={value}" for name, value in _explicit_parts(rule, start).items()])
    walk = rrulestr(text, dtstart=moved)
    assert isinstance(walk, rrule)
    try:
        for moment in walk.replace(interval=interval):
            if moment.date() > last:
                return
            yield moment.date()
    except (OverflowError, ValueError):  # the steps are used up, or the calendar is
        return


def _explicit_parts(rule: Rule, start: date) -> dict[str, str]:
    """Return the parts of `rule` with those that dateutil would take from the day at which it is started."""
    if not {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}.isdisjoint(rule.parts):
        return rule.parts
    return {**parts_of_start(rule.parts["FREQ"], start), **rule.parts}


def parts_of_start(frequency: str, start: date) -> dict[str, str]:
    """Return the parts that a rule of this FREQ takes from its first day where it has none of its own."""
    return {
        "WEEKLY": {"BYDAY": WEEKDAYS[start.weekday()]},
        "MONTHLY": {"BYMONTHDAY": str(start.day)},
        "YEARLY": {"BYMONTH": str(start.month), "BYMONTHDAY": str(start.day)},
    }.get(frequency, {})


def _moved_start(rule: Rule, start: date, first: date) -> date:
    """Return the first day of the rule's last period (year, month …) up to `first`; at least `start`."""
    passed = {
        "DAILY": 0,
        "WEEKLY": (start.weekday() - WEEKDAYS.index(rule.parts["WKST"])) % 7,
        "MONTHLY": start.day - 1,
        "YEARLY": start.timetuple().tm_yday - 1,
    }
    origin = date.fromordinal(max(1, start.toordinal() - passed[rule.parts["FREQ"]]))
    index = periods_between(origin, rule.period, first)
    moved = add_period(origin, Period(rule.period.months * index, rule.period.days * index))
    return max(start, moved)
