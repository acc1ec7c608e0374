"""Rules of RFC 5545: the days are those of a walk from the start, without the walk."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest
from dateutil.rrule import rrule, rrulestr
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.recurrence import next_repeat, previous_repeat
from prmvault.core.rules import _Interval

ONE_DAY = timedelta(days=1)
near_dates = st.dates(date(1990, 1, 1), date(2040, 12, 31))


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
