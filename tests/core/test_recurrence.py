from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from dateutil.rrule import rrule, rrulestr
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.dates import LEAP_DAYS, DateError
from prmvault.core.recurrence import (
    Period,
    _Interval,
    add_period,
    next_repeat,
    parse_lead,
    parse_period,
    parse_repeat,
    parse_task_repeat,
    previous_repeat,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_DAY = timedelta(days=1)
near_dates = st.dates(date(1990, 1, 1), date(2040, 12, 31))
repeats = st.sampled_from(
    [
        "daily",
        "weekly",
        "monthly",
        "yearly",
        "every 2 weeks",
        "alle 10 Tage",
        "every 5 months",
        "alle 3 Jahre",
    ]
)


def lists(*values: object, first: str = "") -> st.SearchStrategy[str]:
    chosen = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    return chosen.map(lambda some: first + ",".join(str(value) for value in some))


RULE_PARTS = {
    "INTERVAL": st.integers(1, 5).map(str),
    "COUNT": st.integers(1, 40).map(str),
    "WKST": st.sampled_from(["MO", "SU", "WE"]),
    "BYMONTH": lists(1, 2, 6, 12),
    "BYMONTHDAY": lists(13, 29, 31, -1, -7, first="1,"),
    "BYYEARDAY": lists(60, 366, -1, -366),
    "BYWEEKNO": lists(1, 20, 52, 53),
    "BYDAY": lists("MO", "WE", "SU"),
    "BYDAY with ordinals": lists("1MO", "-1FR", "5WE", "+2SU"),
    "BYSETPOS": lists(1, 2, 5, -1, -3),
    "UNTIL": near_dates.map("{:%Y%m%d}".format),
}
NOT_TOGETHER = [{"COUNT", "UNTIL"}, {"BYDAY with ordinals", "BYDAY"}]


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules of RFC 5545, with those that match seldom or never."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    chosen: set[str] = set()
    for name in draw(st.lists(st.sampled_from(sorted(RULE_PARTS)), max_size=4, unique=True)):
        if not any(together <= chosen | {name} for together in NOT_TOGETHER):
            chosen.add(name)
    values = {name.split()[0]: draw(RULE_PARTS[name]) for name in sorted(chosen)}
    return ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in values.items())])


def plain_days(rule: str, start: date, last: date) -> list[date]:
    """Return the days up to `last` that dateutil gives if it goes through them all from `start` on."""
    plain = rrulestr(rule, dtstart=start)
    assert isinstance(plain, rrule)
    interval = _Interval(rule.partition("INTERVAL=")[2].partition(";")[0] or 1)
    interval.steps_left = (last - start).days + 2
    days = []
    try:
        for moment in plain.replace(interval=interval):
            if moment.date() > last:
                break
            days.append(moment.date())
    except OverflowError:
        pass
    return days


def count_steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by each period that dateutil steps to."""
    steps: list[int] = []
    step = _Interval._step

    def counted(interval: _Interval) -> int:
        steps.append(interval.steps_left)
        return step(interval)

    monkeypatch.setattr(_Interval, "_step", counted)
    return steps


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("3 weeks", 0, 21),
        ("3 Wochen", 0, 21),
        ("2 Monate", 2, 0),
        ("2 Monaten", 2, 0),
        ("1 Jahr", 12, 0),
        ("14 Tage", 0, 14),
        ("1 day", 0, 1),
        ("alle 2 Wochen", 0, 14),
        ("every 3 weeks", 0, 21),
        ("Every Week", 0, 7),
        ("jede Woche", 0, 7),
        ("jeden Monat", 1, 0),
        ("jedes Jahr", 12, 0),
        ("two months", 2, 0),
        ("a year", 12, 0),
        ("einer Woche", 0, 7),
        ("zwölf Tage", 0, 12),
        ("fünf Tage", 0, 5),
        ("daily", 0, 1),
        ("täglich", 0, 1),
        ("taeglich", 0, 1),
        ("weekly", 0, 7),
        ("wöchentlich", 0, 7),
        ("monthly", 1, 0),
        ("monatlich", 1, 0),
        ("quarterly", 3, 0),
        ("vierteljährlich", 3, 0),
        ("yearly", 12, 0),
        ("jährlich", 12, 0),
        ("2w", 0, 14),
        ("3m", 3, 0),
        ("1y", 12, 0),
        ("10d", 0, 10),
        ("  10   days ", 0, 10),
        ("100 years", 1200, 0),
    ],
)
def test_a_period_is_understood_in_both_languages(text: str, months: int, days: int) -> None:
    assert parse_period(text) == Period(months, days)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 weeks", "is no length of time"),
        ("-3 weeks", "is no length of time"),
        ("101 years", "more than a hundred years"),
        ("36526 days", "more than a hundred years"),
        ("1201 months", "more than a hundred years"),
        ("week", "is not a period of time"),
        ("1.5 months", "is not a period of time"),
        ("3", "is not a period of time"),
        ("3 parsecs", "is not a period of time"),
        ("aweek", "is not a period of time"),
        ("", "is not a period of time"),
        ("now and then", "is not a period of time"),
        ("9" * 100_000 + " days", "is not a period of time"),
        ("every " * 20_000, "is not a period of time"),
    ],
)
def test_what_is_no_sensible_period_is_refused(text: str, message: str) -> None:
    with pytest.raises(DateError, match=message) as refused:
        parse_period(text)
    assert len(str(refused.value)) < 80


def test_a_lead_is_one_period_or_several() -> None:
    assert parse_lead("7 days") == (Period(0, 7),)
    assert parse_lead("2 Wochen, 1 Tag") == (Period(0, 14), Period(0, 1))
    for text in ("7 days,", "", "soon", "1 day," * 100_000):
        with pytest.raises(DateError):
            parse_lead(text)


@pytest.mark.parametrize(
    ("day", "period", "expected"),
    [
        (date(2026, 1, 31), Period(1, 0), date(2026, 2, 28)),
        (date(2028, 1, 31), Period(1, 0), date(2028, 2, 29)),
        (date(2028, 2, 29), Period(12, 0), date(2029, 2, 28)),
        (date(2026, 3, 31), Period(-1, 0), date(2026, 2, 28)),
        (date(2026, 12, 31), Period(0, 1), date(2027, 1, 1)),
        (date(2026, 1, 31), Period(1, 1), date(2026, 3, 1)),
    ],
)
def test_adding_a_period_stays_within_the_month(day: date, period: Period, expected: date) -> None:
    assert add_period(day, period) == expected


@pytest.mark.parametrize("period", [Period(12, 0), Period(0, 366), Period(-120_000, 0), Period(10**9, 0)])
def test_adding_a_period_beyond_the_calendar_is_a_date_error(period: Period) -> None:
    with pytest.raises(DateError, match="no calendar goes that far"):
        add_period(date(9999, 6, 1), period)


@pytest.mark.parametrize(
    ("start", "repeat", "on_or_after", "expected"),
    [
        (date(1980, 1, 1), "weekly", date(2017, 1, 1), date(2017, 1, 3)),
        (date(1980, 1, 1), "monthly", date(2017, 1, 1), date(2017, 1, 1)),
        (date(1980, 1, 1), "yearly", date(2017, 2, 1), date(2018, 1, 1)),
        (date(2026, 1, 31), "monthly", date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 1, 31), "monatlich", date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 1, 31), "monthly", date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 11, 20), "every 2 weeks", date(2026, 11, 21), date(2026, 12, 4)),
        (date(2026, 11, 20), "alle 2 Wochen", date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 20), "daily", date(2020, 1, 1), date(2026, 11, 20)),
        (date(9999, 6, 1), "yearly", date(9999, 6, 2), None),
        (date(2026, 1, 1), "FREQ=MONTHLY;BYDAY=1MO", date(2026, 11, 3), date(2026, 12, 7)),
        (date(2026, 1, 1), "RRULE:FREQ=MONTHLY;BYDAY=1MO", date(2026, 11, 2), date(2026, 11, 2)),
        (date(2026, 1, 1), "rrule:freq=weekly;byday=mo,we;", date(2026, 11, 3), date(2026, 11, 4)),
        (date(2026, 1, 1), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", date(2027, 3, 1), date(2028, 2, 29)),
        (date(2026, 1, 1), "FREQ=DAILY;BYHOUR=9;BYMINUTE=30", date(2026, 11, 3), date(2026, 11, 3)),
        (date(2026, 1, 1), "FREQ=DAILY;COUNT=3", date(2026, 1, 3), date(2026, 1, 3)),
        (date(2026, 1, 1), "FREQ=DAILY;COUNT=3", date(2026, 1, 4), None),
        (date(2026, 1, 1), "FREQ=WEEKLY;UNTIL=20261231", date(2027, 1, 1), None),
        (date(2026, 1, 1), "FREQ=DAILY;UNTIL=20301231T000000Z", date(2030, 12, 31), date(2030, 12, 31)),
        (date(2026, 1, 1), "FREQ=DAILY;UNTIL=20301231T000000Z", date(2031, 1, 1), None),
        (date(2026, 1, 31), "FREQ=MONTHLY", date(2026, 2, 1), date(2026, 3, 31)),
        (date(2026, 1, 15), "FREQ=YEARLY;BYMONTH=3", date(2026, 1, 15), date(2026, 3, 15)),
        (date(2026, 1, 1), "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", date(2026, 1, 1), date(2026, 5, 10)),
        (date(2026, 1, 1), "FREQ=YEARLY;BYDAY=20MO", date(2026, 1, 1), date(2026, 5, 18)),
        (date(2025, 1, 1), "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", date(2025, 2, 1), date(2025, 12, 29)),
        (date(2026, 1, 1), "FREQ=YEARLY;BYWEEKNO=53;BYDAY=TH", date(2026, 2, 1), date(2026, 12, 31)),
        (date(2025, 1, 1), "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU", date(2025, 2, 1), date(2025, 12, 28)),
    ],
)
def test_the_next_repeat(start: date, repeat: str, on_or_after: date, expected: date | None) -> None:
    assert next_repeat(start, repeat, on_or_after) == expected


@pytest.mark.parametrize(
    ("on_or_after", "leap_day", "expected"),
    [
        (date(2025, 1, 1), "feb-28", date(2025, 2, 28)),
        (date(2025, 1, 1), "mar-01", date(2025, 3, 1)),
        (date(2025, 3, 1), "mar-01", date(2025, 3, 1)),
        (date(2027, 3, 2), "mar-01", date(2028, 2, 29)),
        (date(2027, 3, 2), "feb-28", date(2028, 2, 29)),
    ],
)
def test_yearly_from_29_february_follows_the_leap_day_setting(on_or_after: date, leap_day: str, expected: date) -> None:
    assert next_repeat(date(2024, 2, 29), "yearly", on_or_after, leap_day=leap_day) == expected


@pytest.mark.parametrize(
    ("start", "repeat", "before_or_on", "expected"),
    [
        (date(2026, 1, 31), "monthly", date(2026, 3, 30), date(2026, 2, 28)),
        (date(2026, 1, 31), "monthly", date(2026, 3, 31), date(2026, 3, 31)),
        (date(1980, 1, 1), "weekly", date(2017, 1, 2), date(2016, 12, 27)),
        (date(2026, 1, 1), "yearly", date(2025, 12, 31), None),
        (date(2026, 1, 1), "FREQ=MONTHLY;BYDAY=1MO", date(2026, 1, 4), None),
        (date(2026, 1, 1), "FREQ=MONTHLY;BYDAY=1MO", date(2026, 11, 1), date(2026, 10, 5)),
        (date(2026, 1, 1), "FREQ=DAILY;COUNT=3", date(2026, 11, 1), date(2026, 1, 3)),
        (date(2026, 1, 1), "FREQ=DAILY;UNTIL=20260201", date(2026, 11, 1), date(2026, 2, 1)),
        (date(2026, 1, 1), "FREQ=DAILY;UNTIL=20251201", date(2026, 11, 1), None),
        (date(1900, 1, 1), "FREQ=DAILY;UNTIL=19000201", date(2026, 11, 1), date(1900, 2, 1)),
    ],
)
def test_the_previous_repeat(start: date, repeat: str, before_or_on: date, expected: date | None) -> None:
    assert previous_repeat(start, repeat, before_or_on) == expected


@pytest.mark.parametrize(
    ("repeat", "message"),
    [
        ("FREQ=SECONDLY", "more often than daily"),
        ("FREQ=HOURLY;INTERVAL=24", "more often than daily"),
        ("FREQ=DAILY;INTERVAL=0", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;INTERVAL=-1", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;INTERVAL=1001", "cannot be in a recurrence rule"),
        ("FREQ=YEARLY;INTERVAL=101", "more than a hundred years"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;COUNT=0", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;COUNT=10001", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;UNTIL=20260230", '"2026-02-30" is not a date'),
        ("FREQ=DAILY;UNTIL=00000101", "is not a date"),
        ("FREQ=DAILY;UNTIL=tomorrow", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;BYDAY=", "is not a recurrence rule"),
        ("FREQ=DAILY;BYDAY=XX", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYDAY=0MO", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYDAY=6MO", "cannot be in a recurrence rule"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=6MO", "cannot be in a recurrence rule"),
        ("FREQ=YEARLY;BYDAY=54MO", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYDAY=MO,1TU", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYDAY=" + ",".join(["1MO"] * 36), "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,,2", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=" + ",".join(["1"] * 32), "cannot be in a recurrence rule"),
        ("FREQ=YEARLY;BYYEARDAY=367", "cannot be in a recurrence rule"),
        ("FREQ=YEARLY;BYWEEKNO=54", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,2,3,4,5,6", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;EXDATE=20260101", "cannot be in a recurrence rule"),
        ("FREQ=DAILY\nEXDATE:20260101", "no frequency that is known"),
        ("FREQ=MONTHLY;BYDAY of a month=MO", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYMONTH=-1", "cannot be in a recurrence rule"),
        ("FREQ=MONTHLY;BYMONTHDAY=١", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;BYEASTER=0", "cannot be in a recurrence rule"),
        ("FREQ=DAILY;FREQ=DAILY", "is not a recurrence rule"),
        ("FREQ=FORTNIGHTLY", "no frequency that is known"),
        ("INTERVAL=2", "no frequency that is known"),
        ("DTSTART=20260101;FREQ=DAILY", "cannot be in a recurrence rule"),
        ("DTSTART:20260101\nRRULE:FREQ=DAILY", "is not a recurrence rule|cannot be in|no frequency"),
        ("FREQ=DAILY;BYMONTHDAY=" + "1," * 50_000 + "1", "is not a recurrence rule"),
        ("now and then", "does not say how often"),
        ("x" * 100_000, "does not say how often"),
        ("", "does not say how often"),
    ],
)
def test_a_repeat_that_makes_no_sense_is_refused(repeat: str, message: str) -> None:
    ask: Callable[[date, str, date], date | None]
    for ask in (next_repeat, previous_repeat):
        with pytest.raises(DateError, match=message) as refused:
            ask(date(2026, 1, 1), repeat, date(2026, 11, 20))
        assert len(str(refused.value).splitlines()) == 1
        assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    "repeat",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
        "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;COUNT=10000;BYDAY=MO;BYYEARDAY=61",
    ],
)
@pytest.mark.parametrize("start", [date(1, 1, 1), date(2026, 1, 1), date(9999, 12, 31)])
def test_a_rule_that_never_matches_has_no_repeat_and_ends_its_search(
    repeat: str, start: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = count_steps(monkeypatch)
    assert next_repeat(start, repeat, date(2026, 11, 20)) is None
    forwards = len(steps)
    assert 1 <= forwards <= (55_000 if "COUNT" in repeat else 22_000)
    assert previous_repeat(start, repeat, date(2026, 11, 20)) is None
    assert len(steps) - forwards <= (55_000 if "COUNT" in repeat else 26_000)


@pytest.mark.parametrize("frequency", ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
def test_dateutil_cannot_walk_further_than_the_interval_lets_it(frequency: str) -> None:
    never = rrulestr(f"FREQ={frequency};BYMONTH=2;BYMONTHDAY=30", dtstart=date(2026, 1, 1))
    assert isinstance(never, rrule)
    interval = _Interval(1)
    interval.steps_left = 10
    with pytest.raises(OverflowError):
        list(never.replace(interval=interval))
    assert interval.steps_left == -1


@pytest.mark.parametrize(
    "repeat",
    ["FREQ=DAILY", "FREQ=DAILY;BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=YEARLY"],
)
def test_a_rule_from_long_ago_is_not_walked_from_its_start(repeat: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = count_steps(monkeypatch)
    assert next_repeat(date(1970, 1, 1), repeat, date(2026, 11, 20)) is not None
    assert len(steps) <= 7
    assert previous_repeat(date(1970, 1, 1), repeat, date(2026, 11, 20)) is not None
    assert len(steps) <= 7 + 367


def test_a_counted_rule_is_counted_for_150_years_at_most() -> None:
    rule = "FREQ=MONTHLY;COUNT=10000"
    assert next_repeat(date(1900, 1, 1), rule, date(2049, 12, 2)) == date(2050, 1, 1)
    assert next_repeat(date(1900, 1, 1), rule, date(2050, 1, 2)) is None
    assert previous_repeat(date(1900, 1, 1), rule, date(2300, 1, 1)) == date(2050, 1, 1)


def test_count_and_until_both_end_a_rule() -> None:
    start = date(2026, 1, 1)
    assert next_repeat(start, "FREQ=DAILY;COUNT=5;UNTIL=20260103", date(2026, 1, 4)) is None
    assert previous_repeat(start, "FREQ=DAILY;COUNT=5;UNTIL=20260103", date(2026, 2, 1)) == date(2026, 1, 3)
    assert previous_repeat(start, "FREQ=DAILY;COUNT=2;UNTIL=20260103", date(2026, 2, 1)) == date(2026, 1, 2)


@pytest.mark.parametrize("repeat", ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=SA,SU", "FREQ=YEARLY;BYWEEKNO=52"])
def test_a_rule_ends_with_the_calendar(repeat: str) -> None:
    following = next_repeat(date(9999, 12, 1), repeat, date(9999, 12, 1))
    while following and following < date.max:
        following = next_repeat(date(9999, 12, 1), repeat, following + ONE_DAY)
    assert following in {None, date.max}
    assert next_repeat(date(1, 1, 1), repeat, date(1, 1, 20)) is not None


def test_dateutil_is_not_imported_before_it_is_needed() -> None:
    code = "import sys, prmvault.core.recurrence; sys.exit('dateutil' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("week_start", "days"), [("MO", ["05", "10", "19", "24"]), ("SU", ["05", "17", "19", "31"])])
def test_the_first_day_of_the_week_decides_which_weeks_are_left_out(week_start: str, days: list[str]) -> None:
    # The example of RFC 5545, section 3.8.5.3.
    rule = f"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={week_start}"
    start = day = date(1997, 8, 5)
    found = []
    while following := next_repeat(start, rule, day):
        found.append(f"{following:%d}")
        day = following + ONE_DAY
    assert found == days


def test_a_rare_day_is_found() -> None:
    monday_29_february = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"
    assert next_repeat(date(2026, 1, 1), monday_29_february, date(2026, 1, 1)) == date(2044, 2, 29)
    assert previous_repeat(date(1980, 1, 1), monday_29_february, date(2044, 2, 28)) == date(2016, 2, 29)
    every_100_years = "FREQ=YEARLY;INTERVAL=100"
    assert next_repeat(date(2000, 5, 1), every_100_years, date(2026, 1, 1)) == date(2100, 5, 1)
    assert previous_repeat(date(2000, 5, 1), every_100_years, date(2100, 4, 30)) == date(2000, 5, 1)


TASK_REPEATS = [
    ("every day", "every day", date(2026, 11, 21)),
    ("every 3 days", "every 3 days", date(2026, 11, 23)),
    ("every week", "every week", date(2026, 11, 27)),
    ("every 2 weeks", "every 2 weeks", date(2026, 12, 4)),
    ("every year", "every year", date(2027, 11, 20)),
    ("Every  Week on Sunday", "FREQ=WEEKLY;INTERVAL=1;BYDAY=SU", date(2026, 11, 22)),
    ("every week on Tuesday, Thursday", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,TH", date(2026, 11, 24)),
    ("every 2 weeks on mon and fri", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", date(2026, 11, 30)),
    ("every other week on Friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", date(2026, 12, 4)),
    ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", date(2026, 11, 23)),
    ("every Sunday", "FREQ=WEEKLY;BYDAY=SU", date(2026, 11, 22)),
    ("every month on the 1st", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=1", date(2026, 12, 1)),
    ("every month on the 1st and 15th", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=1,15", date(2026, 12, 1)),
    ("every month on the last", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-1", date(2026, 11, 30)),
    ("every month on the 2nd last", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-2", date(2026, 11, 29)),
    ("every month on the last Friday", "FREQ=MONTHLY;INTERVAL=1;BYDAY=-1FR", date(2026, 11, 27)),
    ("every month on the 2nd last Friday", "FREQ=MONTHLY;INTERVAL=1;BYDAY=-2FR", date(2026, 12, 18)),
    ("every 6 months on the 1st Wednesday", "FREQ=MONTHLY;INTERVAL=6;BYDAY=1WE", date(2027, 5, 5)),
    ("every january", "FREQ=YEARLY;BYMONTH=1", date(2027, 1, 20)),
    ("every January on the 15th", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=15", date(2027, 1, 15)),
    ("every February on the last", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", date(2027, 2, 28)),
    (
        "every April and December on the 1st and 24th",
        "FREQ=YEARLY;BYMONTH=4,12;BYMONTHDAY=1,24",
        date(2026, 12, 1),
    ),
    ("alle 2 Wochen", "alle 2 Wochen", date(2026, 12, 4)),
    ("FREQ=DAILY;INTERVAL=2", "FREQ=DAILY;INTERVAL=2", date(2026, 11, 22)),
]


@pytest.mark.parametrize(("phrase", "repeat", "expected"), TASK_REPEATS)
def test_the_repeat_of_a_task_is_a_rule_or_a_period(phrase: str, repeat: str, expected: date) -> None:
    start = date(2026, 11, 20)  # a Friday
    assert parse_task_repeat(phrase) == (repeat, False)
    assert parse_task_repeat(f"{phrase}  When done ") == (repeat, True)
    assert next_repeat(start, repeat, start + ONE_DAY) == expected
    assert next_repeat(start, phrase, start + ONE_DAY) == expected


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "when done",
        "every",
        "every when done",
        "every blue moon",
        "every week on the 1st",
        "every week on the last Friday",
        "every month on the",
        "every month on the 0th",
        "every month on the 32nd",
        "every month on the 6th Friday",
        "every month on the 1st and Friday",
        "every month on the first",
        "every day on Monday",
        "every year on the 1st",
        "every weekday on Monday",
        "every 2 weekdays",
        "every 2 january",
        "every january and monday",
        "every 0 weeks on Monday",
        "every 9999 weeks on Monday",
        "every month on the 1st when done when done",
        "every " + "monday, " * 20 + "monday",
        "every month on the " + "1st, " * 100_000,
        "FREQ=HOURLY",
    ],
)
def test_a_task_repeat_that_makes_no_sense_is_refused_with_a_hint(phrase: str) -> None:
    with pytest.raises(DateError, match="does not say how often") as refused:
        parse_task_repeat(phrase)
    assert "every week on Sunday" in refused.value.hint
    assert len(str(refused.value)) < 100


def test_when_done_is_for_tasks_only() -> None:
    with pytest.raises(DateError, match="does not say how often"):
        next_repeat(date(2026, 1, 1), "every week on Sunday when done", date(2026, 1, 1))


@given(start=near_dates, repeat=repeats, day=near_dates, leap_day=st.sampled_from(LEAP_DAYS))
def test_previous_and_next_repeat_enclose_the_day_and_leave_none_out(
    start: date, repeat: str, day: date, leap_day: str
) -> None:
    following = next_repeat(start, repeat, day, leap_day=leap_day)
    previous = previous_repeat(start, repeat, day, leap_day=leap_day)
    assert following is not None
    assert following >= max(start, day)
    if previous is None:
        assert day < start
        assert following == start
    else:
        assert start <= previous <= day
        assert (previous == day) == (following == day)
        assert next_repeat(start, repeat, previous, leap_day=leap_day) == previous
        assert next_repeat(start, repeat, previous + ONE_DAY, leap_day=leap_day) == (
            following if following > day else next_repeat(start, repeat, day + ONE_DAY, leap_day=leap_day)
        )


@given(start=near_dates, repeat=repeats, ahead=st.integers(-40, 1500))
def test_the_next_repeat_is_the_first_that_counting_from_the_start_meets(start: date, repeat: str, ahead: int) -> None:
    period = parse_repeat(repeat)
    assert isinstance(period, Period)
    day = start + timedelta(days=ahead)
    index, counted = 0, start
    while counted < day:
        index += 1
        counted = add_period(start, Period(period.months * index, period.days * index))
    assert next_repeat(start, repeat, day) == counted


@given(rule=rules(), start=near_dates, ahead=st.integers(-100, 4000))
@example(rule="FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1", start=date(2026, 1, 7), ahead=28)
@example(rule="FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU", start=date(2026, 1, 4), ahead=29)
@example(rule="FREQ=MONTHLY;BYDAY=MO", start=date(2000, 1, 8), ahead=24)
@example(rule="FREQ=YEARLY;BYDAY=MO", start=date(2000, 1, 2), ahead=365)
@example(rule="FREQ=MONTHLY", start=date(2026, 1, 31), ahead=40)
def test_a_rule_gives_the_days_that_a_walk_from_its_start_gives(rule: str, start: date, ahead: int) -> None:
    day = start + timedelta(days=ahead)
    last = day + timedelta(days=1500)
    days = plain_days(rule, start, last)
    following = next((found for found in days if found >= day), None)
    found = next_repeat(start, rule, day)
    assert found == following or (following is None and found is not None and found > last)
    assert previous_repeat(start, rule, day) == max((found for found in days if found <= day), default=None)


@given(rule=rules(), start=st.dates(date(1, 1, 1), date(30, 12, 31)), ahead=st.integers(0, 4000))
def test_a_rule_may_begin_where_the_calendar_begins(rule: str, start: date, ahead: int) -> None:
    day = start + timedelta(days=ahead)
    previous = previous_repeat(start, rule, day)
    assert previous is None or start <= previous <= day
