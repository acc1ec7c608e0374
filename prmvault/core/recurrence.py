"""How something repeats: periods (`monthly`, `every 2 weeks`), rules of RFC 5545 and phrases of Obsidian's Tasks.

Phrases such as `every month on the last` are rules in other words.
"""

from __future__ import annotations

import re
from datetime import date

from prmvault.core.dates import DateError, day_in_year, quoted
from prmvault.core.periods import Period, add_period, parse_period, periods_between
from prmvault.core.rules import LONGEST_RULE, RULE_FORMS, Rule, next_of_rule, parse_rule, previous_of_rule

_LONGEST_PHRASE = 100

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


def parse_repeat(text: str) -> Period | Rule:
    """Return what `text` says about repeating: a period (`monthly`) or a rule (`FREQ=…`, `every weekday`).

    Raises DateError for anything else.
    """
    rule = text if "=" in text[:LONGEST_RULE] else _rule_of_phrase(text)
    if rule:
        return parse_rule(rule)
    try:
        return parse_period(text)
    except DateError as error:
        message = str(error).replace("is not a period of time", "does not say how often")
        raise DateError(message, hint=RULE_FORMS) from None


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


def next_repeat(start: date, repeat: str, on_or_after: date, *, leap_day: str = "feb-28") -> date | None:
    """Return the first repeat of `start` that is not before `on_or_after`; None if there is none.

    Periods count from `start`, which is the first repeat: the 31st monthly falls on the last day of shorter
    months, and years after 29 February follow `leap_day`. A rule begins on the first day from `start` on that
    it matches and skips days that do not exist, as RFC 5545 says; if it matches none for 60 years, there is
    no repeat, and a rule with COUNT is over after 150. Raises DateError if `repeat` is neither.
    """
    how = parse_repeat(repeat)
    if isinstance(how, Rule):
        return next_of_rule(how, start, on_or_after)
    index = periods_between(start, how, on_or_after)
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
        return previous_of_rule(how, start, before_or_on)
    index = periods_between(start, how, before_or_on)
    day = _nth_repeat(start, how, index, leap_day)
    return day if day is not None and day <= before_or_on else _nth_repeat(start, how, index - 1, leap_day)


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
