"""What repeats, as RRULE: another program's reading of the rule has the days that the vault has."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from dateutil.rrule import rrule, rrulestr
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.recurrence import next_repeat
from prmvault.interop.repeats import Repeat, each_year, first_and_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANY = 14


def text_of(rule: Repeat) -> str:
    until = [("UNTIL", f"{rule.until:%Y%m%d}")] if rule.until else []
    return ";".join(f"{name}={value}" for name, value in (*rule.parts, *until))


def other_days(first: date, rule: Repeat) -> list[date]:
    read = rrulestr(text_of(rule), dtstart=datetime.combine(first, time()))
    assert isinstance(read, rrule)
    return [moment.date() for moment in islice(read, _MANY)]


def our_days(start: date, repeat: str, leap_day: str, after: date = date.min) -> Iterator[date]:
    day = next_repeat(start, repeat, max(start, after + timedelta(days=1)), leap_day=leap_day)
    while day is not None:
        yield day
        day = next_repeat(start, repeat, day + timedelta(days=1), leap_day=leap_day)


REPEATS = (
    *("daily", "weekly", "every 2 weeks", "10 days", "monthly", "3 months", "yearly", "every 2 years", "4 years"),
    *("every weekday", "every week on Sunday", "every month on the last", "every month on the 2nd Friday"),
    *("every January on the 15th", "every 3 months on the 1st", "alle 2 Wochen", "jährlich"),
    *("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU"),
    *("RRULE:FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;UNTIL=20270201", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;COUNT=2"),
)


@pytest.mark.parametrize("repeat", REPEATS)
@pytest.mark.parametrize("leap_day", ["feb-28", "mar-01"])
@pytest.mark.parametrize("start", [date(2026, 11, 20), date(2026, 1, 31), date(2024, 2, 29), date(2026, 10, 30)])
def test_the_days_are_those_of_the_vault(start: date, repeat: str, leap_day: str) -> None:
    found = first_and_rule(start, repeat, leap_day)
    assert found is not None
    first, rule = found
    assert rule is not None
    assert other_days(first, rule) == list(islice(our_days(start, repeat, leap_day), _MANY))


@given(
    st.dates(date(1990, 1, 1), date(2100, 12, 31)),
    st.builds(lambda n, unit: f"{n} {unit}", st.integers(1, 60), st.sampled_from(["days", "weeks", "months", "years"])),
    st.sampled_from(["feb-28", "mar-01"]),
    st.integers(-400, 3000),
)
def test_periods_too_from_the_first_day_that_is_not_done(start: date, repeat: str, leap: str, done_for: int) -> None:
    done = start + timedelta(days=done_for)
    found = first_and_rule(start, repeat, leap, done)
    assert found is not None
    first, rule = found
    assert rule is not None
    ours = list(islice(our_days(start, repeat, leap, done), 6))
    assert first == ours[0] > done
    assert other_days(first, rule)[:6] == ours


def test_a_rule_that_counts_keeps_its_days_until_the_last_is_done() -> None:
    start, rule = date(2026, 11, 2), "FREQ=WEEKLY;COUNT=3"
    assert first_and_rule(start, rule, "feb-28", date(2026, 11, 9)) == (
        start,
        Repeat((("FREQ", "WEEKLY"), ("COUNT", "3"))),
    )
    assert first_and_rule(start, rule, "feb-28", date(2026, 11, 16)) is None


@pytest.mark.parametrize("repeat", ["", "none", "never", "no"])
def test_what_comes_once_has_no_rule_and_is_over_when_it_is_done(repeat: str) -> None:
    day = date(2026, 11, 20)
    assert first_and_rule(day, repeat, "feb-28") == (day, None)
    assert first_and_rule(day, repeat, "feb-28", day) is None


def test_a_rule_that_never_comes_and_one_that_is_done_for_good_are_left_out() -> None:
    day = date(2026, 11, 20)
    assert first_and_rule(day, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "feb-28") is None
    assert first_and_rule(day, "weekly", "feb-28", date.max) is None


@pytest.mark.parametrize(
    ("leap_day", "days"),
    [
        ("feb-28", ["1988-02-29", "1989-02-28", "1990-02-28", "1991-02-28", "1992-02-29", "1993-02-28"]),
        ("mar-01", ["1988-02-29", "1989-03-01", "1990-03-01", "1991-03-01", "1992-02-29", "1993-03-01"]),
    ],
)
def test_a_birthday_on_29_february_comes_each_year_on_the_day_of_the_setting(leap_day: str, days: list[str]) -> None:
    born = date(1988, 2, 29)
    assert [day.isoformat() for day in other_days(born, each_year(born, leap_day))[:6]] == days
