"""How something repeats: periods from their first day, phrases of tasks, and what lies between two turns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.dates import LEAP_DAYS, DateError
from prmvault.core.periods import Period, add_period
from prmvault.core.recurrence import next_repeat, parse_repeat, parse_task_repeat, previous_repeat

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
