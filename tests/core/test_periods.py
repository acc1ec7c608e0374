"""Lengths of time: in which words they are understood, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from prmvault.core.dates import DateError
from prmvault.core.periods import Period, add_period, parse_lead, parse_period


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
