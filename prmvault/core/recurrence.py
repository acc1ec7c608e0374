"""Periods (`3 weeks`), repeats (`monthly`, `every 2 weeks`) and recurrence rules of whole days.

Rules are those of RFC 5545, section 3.3.10, without times of day: dateutil computes them, and what is here
checks them and keeps them short. Phrases such as `every month on the last` are those of Obsidian's Tasks.
"""

from __future__ import annotations

import re
from collections import deque
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.dates import DateError, day_in_year, parse_iso_date, quoted
from prmvault.core.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_PHRASE = 100
_LONGEST_RULE = 500
_MOST_MONTHS = 1200
_MOST_DAYS = 36525
# Monday 29 February needs 40 years at most; a rule with COUNT has to be counted from its start.
_YEARS_SEARCHED = 60
_YEARS_COUNTED = 150

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

_FREQUENCIES = {"DAILY": (0, 1), "WEEKLY": (0, 7), "MONTHLY": (1, 0), "YEARLY": (12, 0)}
_SUB_DAILY = ("HOURLY", "MINUTELY", "SECONDLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
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
_RULE_FORMS = "Write weekly, every 2 weeks or a rule of whole days such as FREQ=MONTHLY;BYDAY=1MO."

_PHRASE = r"every (?:([0-9]{1,4}|other) )?([a-z, ]+?)(?: on (?:the )?([a-z0-9, ]+))?"
_PHRASE_DAY = r"(?:([0-9]{1,2})(?:st|nd|rd|th))?( ?last)?(?: ?([a-z]{3,9}))?"
_PHRASE_SEPARATOR = r"(?:, ?(?:and )?| and )(?:on )?(?:the )?"
_PHRASE_FORMS = "Write every 2 weeks, every week on Sunday, every weekday or every month on the last."
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_PHRASE_WEEKDAYS = (*_DAY_NAMES, *[name[:3] for name in _DAY_NAMES])
_PHRASE_MONTHS = (*_MONTH_NAMES, *[name[:3] for name in _MONTH_NAMES])


class Period(NamedTuple):
    """A length of time in calendar months and days."""

    months: int
    days: int


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
    return _sensible(Period(unit[0] * number, unit[1] * number), text)


def parse_lead(text: str) -> tuple[Period, ...]:
    """Return the periods that `text` names, separated by commas; raises DateError if one of them is none."""
    if len(text) > _LONGEST_RULE:
        raise DateError(f"{quoted(text)} is not a list of periods", hint="Write 7 days, or 2 weeks, 1 day.")
    return tuple(parse_period(part) for part in text.split(","))


def parse_repeat(text: str) -> Period | Rule:
    """Return what `text` says about repeating: a period (`monthly`) or a rule (`FREQ=…`, `every weekday`).

    Raises DateError for anything else.
    """
    rule = text if "=" in text[:_LONGEST_RULE] else _rule_of_phrase(text)
    if rule:
        return _parse_rule(rule)
    try:
        return parse_period(text)
    except DateError as error:
        message = str(error).replace("is not a period of time", "does not say how often")
        raise DateError(message, hint=_RULE_FORMS) from None


def parse_task_repeat(text: str) -> tuple[str, bool]:
    """Return the repeat of a task, as the text of a rule or a period, and whether it counts from when done.

    Examples are `every month on the 1st`, `every january` and `every 2 weeks when done`. Raises DateError for
    anything else.
    """
    line = " ".join(text.split())
    from_done = line.lower().endswith(" when done")
    repeat = line[: -len(" when done")] if from_done else line
    try:
        parse_repeat(repeat)
    except DateError:
        raise DateError(f"{quoted(text)} does not say how often", hint=_PHRASE_FORMS) from None
    return _rule_of_phrase(repeat) or repeat, from_done


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


def next_repeat(start: date, repeat: str, on_or_after: date, *, leap_day: str = "feb-28") -> date | None:
    """Return the first repeat of `start` that is not before `on_or_after`; None if there is none.

    Periods count from `start`, which is the first repeat: the 31st monthly falls on the last day of shorter
    months, and years after 29 February follow `leap_day`. A rule begins on the first day from `start` on that
    it matches and skips days that do not exist, as RFC 5545 says; if it matches none for 60 years, there is
    no repeat, and a rule with COUNT is over after 150. Raises DateError if `repeat` is neither.
    """
    how = parse_repeat(repeat)
    if isinstance(how, Rule):
        first = max(start, on_or_after)
        last = _within_calendar(first, how.period.months + 12 * _YEARS_SEARCHED, how.period.days)
        return next((day for day in _days_of_rule(how, start, first, last) if day >= first), None)
    index = _periods_between(start, how, on_or_after)
    for candidate in (index, index + 1):
        day = _nth_repeat(start, how, candidate, leap_day)
        if day is None or day >= on_or_after:
            return day
    return None


def previous_repeat(start: date, repeat: str, before_or_on: date, *, leap_day: str = "feb-28") -> date | None:
    """Return the last repeat of `start` that is not after `before_or_on`; None if there is none.

    The rules are those of next_repeat.
    """
    if before_or_on < start:
        return None
    how = parse_repeat(repeat)
    if isinstance(how, Rule):
        return _previous_of_rule(how, start, before_or_on)
    index = _periods_between(start, how, before_or_on)
    day = _nth_repeat(start, how, index, leap_day)
    return day if day is not None and day <= before_or_on else _nth_repeat(start, how, index - 1, leap_day)


def _number(amount: str) -> int | None:
    """Return the number that digits or a number word name."""
    return _NUMBER_WORDS.get(amount) if amount.isalpha() else int(amount)


def _sensible(period: Period, text: str) -> Period:
    """Return `period`, or raise DateError where it is no length that a life has."""
    if period.months <= 0 and period.days <= 0:
        raise DateError(f"{quoted(text)} is no length of time", hint="Write a number from 1 on: 3 weeks.")
    if period.months > _MOST_MONTHS or period.days > _MOST_DAYS:
        raise DateError(f"{quoted(text)} is more than a hundred years")
    return period


def _periods_between(start: date, period: Period, day: date) -> int:
    """Return how many whole periods lie between `start` and `day`: exactly, or one too many for months."""
    if day <= start:
        return 0
    if period.months:
        return ((day.year - start.year) * 12 + day.month - start.month) // period.months
    return (day - start).days // period.days


def _nth_repeat(start: date, period: Period, index: int, leap_day: str) -> date | None:
    """Return the day that is `index` periods after `start`, None past the year 9999."""
    try:
        day = add_period(start, Period(period.months * index, period.days * index))
    except DateError:
        return None
    is_in_years = period.days == 0 and period.months % 12 == 0
    return day_in_year(day.year, start.month, start.day, leap_day) if is_in_years else day


def _rule_of_phrase(text: str) -> str | None:
    """Return the rule that a phrase of Obsidian's Tasks is; None if it is none, or a mere period."""
    # Not folded: that makes "tusday" of Tuesday.
    phrase = " ".join(text.lower().split()) if len(text) <= _LONGEST_PHRASE else ""
    match = re.fullmatch(_PHRASE, phrase)
    if not match:
        return None
    number, subject, on = match.groups()
    subjects = re.split(_PHRASE_SEPARATOR, subject)
    days = re.split(_PHRASE_SEPARATOR, on) if on else []
    if (unit := subject.removesuffix("s")) in {"week", "month"} and days:
        rule = f"FREQ={unit.upper()}LY;INTERVAL={2 if number == 'other' else number or 1}"
    elif all(name in _PHRASE_MONTHS for name in subjects) and not number:
        months = [str(_PHRASE_MONTHS.index(name) % 12 + 1) for name in subjects]
        rule = f"FREQ=YEARLY;BYMONTH={','.join(months)}"
        if not days:
            return rule
    elif not number and not days:
        rule = "FREQ=WEEKLY"
        days = [*_DAY_NAMES[:5]] if subject == "weekday" else subjects
    else:
        return None
    by_day = _days_of_phrase(days, weekly=rule.startswith("FREQ=WEEKLY"))
    return f"{rule};{by_day}" if by_day else None


def _days_of_phrase(items: list[str], *, weekly: bool) -> str | None:
    """Return the part of a rule that days such as `1st`, `2nd last friday` or, in a week, `friday` are."""
    weekdays, month_days = [], []
    for item in items:
        match = re.fullmatch(_PHRASE_DAY, item)
        number, last, name = match.groups() if match else (None, None, None)
        ordinal = ("-" if last else "") + (number or ("1" if last else ""))
        if (ordinal and weekly) or not (name in _PHRASE_WEEKDAYS if name else ordinal):
            return None
        if name:
            weekdays.append(ordinal + name[:2].upper())
        else:
            month_days.append(ordinal)
    if weekdays and month_days:
        return None
    return f"BYDAY={','.join(weekdays)}" if weekdays else f"BYMONTHDAY={','.join(month_days)}"


def _parse_rule(text: str) -> Rule:
    """Return the rule that an RRULE's text is, with or without `RRULE:` before it; raises DateError."""
    line = text.strip().upper() if len(text) <= _LONGEST_RULE else ""
    parts: dict[str, str] = {}
    for part in line.removeprefix("RRULE:").rstrip(";").split(";"):
        name, _, value = "".join(part.split()).partition("=")
        if name in parts or not value:
            raise DateError(f"{quoted(text)} is not a recurrence rule", hint=_RULE_FORMS)
        parts[name] = value
    frequency = parts.get("FREQ", "")
    if frequency not in _FREQUENCIES:
        told = f"FREQ={frequency} repeats more often than daily" if frequency in _SUB_DAILY else ""
        raise DateError(told or f"{quoted(text)} has no frequency that is known", hint=_RULE_FORMS)
    for name, value in parts.items():
        in_month = name == "BYDAY" and (frequency == "MONTHLY" or "BYMONTH" in parts)
        pattern = _RULE_PARTS.get(f"{name} of a month" if in_month else name, "(?!)")
        if not re.fullmatch(pattern, f",{value}" if name.startswith("BY") else value):
            raise DateError(f"{quoted(f'{name}={value}')} cannot be in a recurrence rule", hint=_RULE_FORMS)
    until = parts.pop("UNTIL", "").replace("-", "")
    last = parse_iso_date(f"{until[:4]}-{until[4:6]}-{until[6:8]}") if until else date.max
    interval = int(parts.get("INTERVAL", 1))
    months, days = _FREQUENCIES[frequency]
    period = _sensible(Period(months * interval, days * interval), text)
    kept = {name: value for name, value in parts.items() if name not in _TIMES_OF_DAY}
    return Rule({"WKST": "MO", **kept}, period, last)


def _days_of_rule(rule: Rule, start: date, first: date, last: date) -> Iterator[date]:
    """Yield the days of a rule that begins at `start`: from `first` or somewhat earlier to `last`."""
    from dateutil.rrule import rrule, rrulestr

    moved = start
    if "COUNT" in rule.parts:
        last = min(last, _within_calendar(start, 12 * _YEARS_COUNTED))
    else:
        moved = _moved_start(rule, start, first)
    last = min(last, rule.until)
    interval = _Interval(rule.parts.get("INTERVAL", 1))
    interval.steps_left = _periods_between(moved, rule.period, last) + 2
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
    taken = {
        "WEEKLY": {"BYDAY": _WEEKDAYS[start.weekday()]},
        "MONTHLY": {"BYMONTHDAY": str(start.day)},
        "YEARLY": {"BYMONTH": str(start.month), "BYMONTHDAY": str(start.day)},
    }
    return {**taken.get(rule.parts["FREQ"], {}), **rule.parts}


def _moved_start(rule: Rule, start: date, first: date) -> date:
    """Return the first day of the rule's last period (year, month …) up to `first`; at least `start`."""
    passed = {
        "DAILY": 0,
        "WEEKLY": (start.weekday() - _WEEKDAYS.index(rule.parts["WKST"])) % 7,
        "MONTHLY": start.day - 1,
        "YEARLY": start.timetuple().tm_yday - 1,
    }
    origin = date.fromordinal(max(1, start.toordinal() - passed[rule.parts["FREQ"]]))
    index = _periods_between(origin, rule.period, first)
    moved = add_period(origin, Period(rule.period.months * index, rule.period.days * index))
    return max(start, moved)


def _previous_of_rule(rule: Rule, start: date, before_or_on: date) -> date | None:
    bound = min(before_or_on, rule.until)
    for years in (1, 8, _YEARS_SEARCHED):  # most rules match within the last year
        first = max(start, _within_calendar(bound, -12 * years))
        days = deque(_days_of_rule(rule, start, first, bound), maxlen=1)
        if days:
            return days[0]
        if first == start or "COUNT" in rule.parts:
            break
    return None


def _within_calendar(day: date, months: int, days: int = 0) -> date:
    """Return the day that is so much after `day`, or before it, but none outside the calendar."""
    try:
        return add_period(day, Period(months, days))
    except DateError:
        return date.max if months > 0 else date.min
