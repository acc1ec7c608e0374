"""The last weeks as numbers and bars."""

from __future__ import annotations

from datetime import date

from prmvault.core.weeks import WEEKS, first_of_weeks, plots, weeks_before

MONDAY = date(2026, 11, 16)


def test_there_are_twelve_weeks_before_this_one_the_oldest_first() -> None:
    weeks = weeks_before(MONDAY, {}, {"2026-11-15": 1})
    assert len(weeks) == WEEKS
    assert (weeks[0]["first"], weeks[-1]["last"]) == (first_of_weeks(MONDAY).isoformat(), "2026-11-15")
    assert [week["contacts"] for week in weeks] == [0] * 11 + [1]


def test_this_week_and_what_is_older_do_not_count() -> None:
    assert weeks_before(MONDAY, {"2026-11-16": 5, "2026-08-23": 5}, {"2026-11-16": 1}) == []


def test_the_mood_of_a_week_is_the_mean_of_its_days() -> None:
    weeks = weeks_before(MONDAY, {"2026-11-09": 4, "2026-11-10": 5, "2026-11-15": 5}, {})
    assert (weeks[-1]["mood"], weeks[-1]["moods"], weeks[-2]["mood"]) == (4.7, 3, None)


def test_a_bar_is_as_high_as_its_value_and_a_week_without_one_has_a_dot() -> None:
    moods = {"2026-11-09": 1, "2026-11-02": 3, "2026-10-26": 5}
    found = plots(weeks_before(MONDAY, moods, {"2026-11-09": 8, "2026-11-02": 1}))
    mood, contacts = found["mood"], found["contacts"]
    assert mood == {"line": "·········█▅▁", "last": 1.0, "mean": 3.0}
    assert contacts == {"line": "▁▁▁▁▁▁▁▁▁▁▂█", "last": 8, "most": 8, "sum": 9}


def test_what_there_is_nothing_of_has_no_plot() -> None:
    assert plots([]) == {"mood": None, "contacts": None}
    assert plots(weeks_before(MONDAY, {"2026-11-09": 3}, {}))["contacts"] is None


def test_at_the_beginning_of_the_calendar_there_are_fewer_weeks() -> None:
    assert weeks_before(date(1, 1, 8), {"0001-01-01": 3}, {})[0]["mood"] == 3.0
    assert weeks_before(date(1, 1, 1), {}, {}) == []
    assert first_of_weeks(date(1, 1, 8)) == date.min
