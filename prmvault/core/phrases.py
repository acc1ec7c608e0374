"""Days as people say them, in English and German: `last friday`, `vor 3 Wochen`, `30 May`, `30.5.`.

What has two readings is refused with both of them, never guessed. Words are compared folded (see names.fold).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

from prmvault.core.dates import DateError, last_day_of_month, parse_iso_date, quoted
from prmvault.core.messages import Message, counted, message
from prmvault.core.names import fold
from prmvault.core.periods import Period, add_period, parse_period

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Prefer = Literal["past", "future"]

_LONGEST_PHRASE = 60
_YEARS_TO_A_LEAP_DAY = 8
_HINT = (
    "Write 2026-11-20, today, yesterday, last friday, 3 weeks ago, in 2 weeks, 30 May, 30.5., end of month; "
    "or heute, gestern, letzten Freitag, vor 3 Wochen, in 2 Wochen, 30. Mai, Monatsende."
)

_DAYS_FROM_TODAY = {
    fold(word): days
    for days, words in {
        -2: ("vorgestern", "day before yesterday", "the day before yesterday"),
        -1: ("yesterday", "gestern"),
        0: ("today", "heute"),
        1: ("tomorrow", "morgen"),
        2: ("übermorgen", "day after tomorrow", "the day after tomorrow"),
    }.items()
    for word in words
}
_WEEKDAYS = {
    fold(word): number
    for number, words in enumerate(
        (
            "monday mon montag mo",
            "tuesday tue tues dienstag di",
            "wednesday wed mittwoch mi",
            "thursday thu thur thurs donnerstag do",
            "friday fri freitag fr",
            "saturday sat samstag sonnabend sa",
            "sunday sun sonntag so",
        )
    )
    for word in words.split()
}
_MONTHS = {
    fold(word): number
    for number, words in enumerate(
        (
            "january jan januar jänner jän",
            "february feb februar feber",
            "march mar märz mär mrz",
            "april apr",
            "may mai",
            "june jun juni",
            "july jul juli",
            "august aug",
            "september sep sept",
            "october oct oktober okt",
            "november nov",
            "december dec dezember dez",
        ),
        start=1,
    )
    for word in words.split()
}
_NEAR = {-1: message("yesterday"), 0: message("today"), 1: message("tomorrow")}
# From how many days on, and how many days each.
_YEARS, _MONTHS_LONG, _WEEKS = (730, 365.25), (60, 30.44), (21, 7)
_SHORT_NAMES = (
    *(message("Mon"), message("Tue"), message("Wed"), message("Thu"), message("Fri"), message("Sat"), message("Sun")),
)
_ADVERBS = (
    *(message("daily"), message("weekly"), message("monthly"), message("quarterly"), message("yearly")),
    *(message("every day"), message("every week"), message("every month"), message("every year"), message("none")),
)

_WEEKDAY = "(?P<weekday>" + "|".join(sorted(_WEEKDAYS, key=len, reverse=True)) + r")\.?"
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>[0-9]{1,2})"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})"
_BEFORE = r"(?P<before>last|letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?)"
_AFTER = r"(?P<after>next|nachste[nrsm]?|kommende[nrsm]?)"
_AMOUNT = r"(?!every|each|alle|jede)((?:[0-9]{1,4} ?|[a-z]{1,8} )[a-z]{1,8})"
_LEADING_WORDS = re.compile(rf"(?:on |am )?(?:{_WEEKDAY},? )?(?:the |den |dem )?")


class _Question(NamedTuple):
    """One phrase as it was typed, the day that counts as today, and where days without a year lie."""

    text: str
    today: date
    prefer: Prefer


def parse_day(text: str, today: date, *, prefer: Prefer) -> date:
    """Return the day that `text` names in English or German, seen from `today`.

    `prefer` decides where the text leaves it open, for weekdays and for days without a year: the last one up
    to today or the first one from today on. `last week` is seven days ago. A year of two digits is the
    nearest one to today's. Raises DateError, with a hint, for everything else and for what has two readings
    (3/4/26).
    """
    folded = " ".join(fold(text).split()) if len(text) <= _LONGEST_PHRASE else ""
    if folded in _DAYS_FROM_TODAY:
        return _shifted(_Question(text, today, prefer), Period(0, _DAYS_FROM_TODAY[folded]))
    leading = _LEADING_WORDS.match(folded)
    assert leading is not None
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(folded, leading.end()):
            day = read(match, _Question(text, today, prefer))
            weekday = leading["weekday"]
            if weekday and _WEEKDAYS[weekday] != day.weekday():
                raise DateError(
                    f"{quoted(text)} has the wrong weekday: it is {describe_day(day)}",
                    hint="Leave the weekday out, or correct one of the two.",
                )
            return day
    raise DateError(f"{quoted(text)} is not a day that is understood", hint=_HINT)


def weekday_number(word: str) -> int | None:
    """Return the number of the weekday that `word` names in English or German (0 is Monday), or None."""
    return _WEEKDAYS.get(fold(word.strip()))


def describe_day(day: date) -> Message:
    """Return the day as an answer to a phrase, `Fri 2026-11-20`; parse_day reads it back."""
    return message("{weekday} {day}", weekday=_SHORT_NAMES[day.weekday()], day=day)


def describe_distance(day: date, today: date) -> Message:
    """Return how far `day` is from today, as people say it: `tomorrow`, `in 6 weeks`, `20 days ago`."""
    days = (day - today).days
    if days in _NEAR:
        return _NEAR[days]
    return _from_now_on(days) if days > 0 else _gone_by(-days)


def describe_overdue(days: int) -> Message:
    """Return how long something is overdue."""
    return counted("{count} day overdue", "{count} days overdue", days)


def describe_period(text: str) -> str:
    """Return a period as it was written, such that it can be told in another language: `2 weeks`, `weekly`."""
    told = _repeated_period(text) if text.startswith("every ") else _counted_period(text)
    return told or next((each for each in _ADVERBS if each == text), text)


def _repeated_period(text: str) -> Message | None:
    count, unit = _number_and_unit(text.removeprefix("every "))
    told = {
        "day": counted("every {count} day", "every {count} days", count),
        "week": counted("every {count} week", "every {count} weeks", count),
        "month": counted("every {count} month", "every {count} months", count),
        "year": counted("every {count} year", "every {count} years", count),
    }.get(unit)
    return told if told == text else None


def _counted_period(text: str) -> Message | None:
    count, unit = _number_and_unit(text)
    told = {
        "day": counted("{count} day", "{count} days", count),
        "week": counted("{count} week", "{count} weeks", count),
        "month": counted("{count} month", "{count} months", count),
        "year": counted("{count} year", "{count} years", count),
    }.get(unit)
    return told if told == text else None  # `1 weeks` stays as it was typed.


def _number_and_unit(text: str) -> tuple[int, str]:
    number, _, unit = text.partition(" ")
    is_number = number.isascii() and number.isdigit() and len(number) <= len("9999")
    return (int(number), unit.removesuffix("s")) if is_number else (0, "")


def _from_now_on(days: int) -> Message:
    if days >= _YEARS[0]:
        return counted("in {count} year", "in {count} years", round(days / _YEARS[1]))
    if days >= _MONTHS_LONG[0]:
        return counted("in {count} month", "in {count} months", round(days / _MONTHS_LONG[1]))
    if days >= _WEEKS[0]:
        return counted("in {count} week", "in {count} weeks", round(days / _WEEKS[1]))
    return counted("in {count} day", "in {count} days", days)


def _gone_by(days: int) -> Message:
    if days >= _YEARS[0]:
        return counted("{count} year ago", "{count} years ago", round(days / _YEARS[1]))
    if days >= _MONTHS_LONG[0]:
        return counted("{count} month ago", "{count} months ago", round(days / _MONTHS_LONG[1]))
    if days >= _WEEKS[0]:
        return counted("{count} week ago", "{count} weeks ago", round(days / _WEEKS[1]))
    return counted("{count} day ago", "{count} days ago", days)


def _iso_day(match: re.Match[str], question: _Question) -> date:
    try:
        return parse_iso_date(match[0])
    except DateError as error:
        raise _no_such_day(question, error.hint) from None


def _weekday(match: re.Match[str], question: _Question) -> date:
    wanted, today = _WEEKDAYS[match["weekday"]], question.today.weekday()
    if match["before"] or (question.prefer == "past" and not match["after"]):
        days = -((today - wanted) % 7)
        return _shifted(question, Period(0, days or (-7 if match["before"] else 0)))
    days = (wanted - today) % 7
    return _shifted(question, Period(0, days or (7 if match["after"] else 0)))


def _ago(match: re.Match[str], question: _Question) -> date:
    period = _period(match[1], question)
    return _shifted(question, Period(-period.months, -period.days))


def _from_now(match: re.Match[str], question: _Question) -> date:
    return _shifted(question, _period(match[1], question))


def _last_or_next(match: re.Match[str], question: _Question) -> date:
    period = _period(f"1 {match['unit']}", question)
    return _shifted(question, Period(-period.months, -period.days) if match["before"] else period)


def _end_of_month(_match: re.Match[str], question: _Question) -> date:
    today = question.today
    last = last_day_of_month(today.year, today.month)
    if question.prefer == "future" or today == last:
        return last
    return _shifted(question, Period(0, -today.day))


def _named_month(match: re.Match[str], question: _Question) -> date:
    return _one_of(question, [_resolved(question, match["year"], _MONTHS[match["month"]], int(match["day"]))])


def _dotted(match: re.Match[str], question: _Question) -> date:
    return _one_of(question, [_resolved(question, match["year"], int(match["number"]), int(match["day"]))])


def _year_first(match: re.Match[str], question: _Question) -> date:
    return _one_of(question, [_resolved(question, match[1], int(match[2]), int(match[3]))])


def _slashes(match: re.Match[str], question: _Question) -> date:
    first, second = int(match[1]), int(match[2])
    readings = (
        _resolved(question, match["year"], second, first),
        _resolved(question, match["year"], first, second),
    )
    return _one_of(question, readings)


def _one_of(question: _Question, readings: Sequence[date | None]) -> date:
    """Return the only day among the readings; raises DateError where there is none or more than one."""
    days = list(dict.fromkeys(day for day in readings if day))
    if not days:
        raise _no_such_day(question, _HINT)
    if len(days) > 1:
        both = " or ".join(day.isoformat() for day in days)
        remedy = f"Write {both}; or {days[0].day}.{days[0].month}. for the day first."
        raise DateError(f"{quoted(question.text)} is ambiguous: {both}", hint=remedy)
    return days[0]


def _resolved(question: _Question, year: str | None, month: int, day: int) -> date | None:
    """Return the day of that year, or the nearest on the preferred side of today; None if there is none."""
    today = question.today
    if year is None:
        step = -1 if question.prefer == "past" else 1
        years = range(today.year, today.year + step * (_YEARS_TO_A_LEAP_DAY + 1), step)
        days = [found for one in years if (found := _day_or_none(one, month, day))]
        return next((one for one in days if one == today or (one > today) == (step > 0)), None)
    number = int(year)
    if len(year) == len("26"):
        century = today.year - today.year % 100
        number = min((century + number + shift for shift in (-100, 0, 100)), key=lambda one: abs(one - today.year))
    return _day_or_none(number, month, day)


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _period(amount: str, question: _Question) -> Period:
    try:
        return parse_period(amount)
    except DateError:
        raise DateError(f"{quoted(question.text)} is not a day that is understood", hint=_HINT) from None


def _shifted(question: _Question, period: Period) -> date:
    """Return the day that lies `period` from today; raises DateError outside the calendar."""
    if not period.months:
        try:
            return question.today + timedelta(days=period.days)
        except OverflowError:
            raise _no_such_day(question, "") from None
    return add_period(question.today, period)


def _no_such_day(question: _Question, hint: str) -> DateError:
    return DateError(f"{quoted(question.text)} is not a day of the calendar", hint=hint)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], _Question], date]], ...] = (
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[t ].*)?"), _iso_day),
    (re.compile(rf"(?:{_BEFORE} |{_AFTER} )?{_WEEKDAY}"), _weekday),
    (re.compile(rf"{_AMOUNT} ago"), _ago),
    (re.compile(rf"vor {_AMOUNT}"), _ago),
    (re.compile(rf"in {_AMOUNT}"), _from_now),
    (re.compile(rf"{_AMOUNT} from now"), _from_now),
    (re.compile(rf"(?:{_BEFORE}|{_AFTER}) (?P<unit>week|month|year|woche|monat|jahr)"), _last_or_next),
    (
        re.compile(r"end of (?:the |this )?month|month end|monatsende|ende (?:des |vom )?monats?"),
        _end_of_month,
    ),
    (re.compile(rf"{_DAY}(?:\.|st|nd|rd|th)? ?(?:of )?{_MONTH}(?:,? {_YEAR})?"), _named_month),
    (re.compile(rf"{_MONTH} {_DAY}(?:\.|st|nd|rd|th)?(?:,? {_YEAR})?"), _named_month),
    (re.compile(rf"{_DAY}\. ?(?P<number>[0-9]{{1,2}})(?:\.(?: ?{_YEAR})?)?"), _dotted),
    (re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"), _year_first),
    (re.compile(rf"([0-9]{{1,2}})/([0-9]{{1,2}})(?:/{_YEAR})?"), _slashes),
)
