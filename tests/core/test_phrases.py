from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.dates import DateError
from prmvault.core.phrases import describe_day, parse_day

if TYPE_CHECKING:
    from prmvault.core.phrases import Prefer

FRIDAY = date(2026, 11, 20)
ordinary_days = st.dates(date(1900, 1, 1), date(2200, 12, 31))
preferences: st.SearchStrategy[Prefer] = st.sampled_from(("past", "future"))
WORDS = (
    "last next letzten nächsten vor in ago the den of end on am every alle a zwei week weeks Woche Wochen month "
    "Monat years Jahr days Tage friday Fr Mo So may Mai 30. March Dez 3 12 29. 2. 2026 0 99999 3/4 3/4/26 30.5. "
    "2026-11-20 today morgen - , . / : 1st from now Monatsende"
)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T12:00", "2026-11-20"),
        ("2026/11/20", "2026-11-20"),
        ("today", "2026-11-20"),
        ("Heute", "2026-11-20"),
        ("yesterday", "2026-11-19"),
        ("gestern", "2026-11-19"),
        ("vorgestern", "2026-11-18"),
        ("the day before yesterday", "2026-11-18"),
        ("tomorrow", "2026-11-21"),
        ("morgen", "2026-11-21"),
        ("übermorgen", "2026-11-22"),
        ("uebermorgen", "2026-11-22"),
        ("  LAST   friday ", "2026-11-13"),
        ("next friday", "2026-11-27"),
        ("last monday", "2026-11-16"),
        ("next monday", "2026-11-23"),
        ("letzten Freitag", "2026-11-13"),
        ("am letzten Dienstag", "2026-11-17"),
        ("nächsten Montag", "2026-11-23"),
        ("naechsten Montag", "2026-11-23"),
        ("kommenden Samstag", "2026-11-21"),
        ("vorigen Sonntag", "2026-11-15"),
        ("3 weeks ago", "2026-10-30"),
        ("a week ago", "2026-11-13"),
        ("two months ago", "2026-09-20"),
        ("1 year ago", "2025-11-20"),
        ("vor 3 Wochen", "2026-10-30"),
        ("vor einer Woche", "2026-11-13"),
        ("vor zwölf Tagen", "2026-11-08"),
        ("in 2 weeks", "2026-12-04"),
        ("in twelve days", "2026-12-02"),
        ("in zwei Wochen", "2026-12-04"),
        ("in einem Monat", "2026-12-20"),
        ("in fünf Jahren", "2031-11-20"),
        ("2 weeks from now", "2026-12-04"),
        ("last week", "2026-11-13"),
        ("last month", "2026-10-20"),
        ("letzte Woche", "2026-11-13"),
        ("letzten Monat", "2026-10-20"),
        ("nächste Woche", "2026-11-27"),
        ("next year", "2027-11-20"),
        ("30 May 2026", "2026-05-30"),
        ("30th of May, 2026", "2026-05-30"),
        ("May 30 2026", "2026-05-30"),
        ("May 30th, 2026", "2026-05-30"),
        ("30. Mai 2026", "2026-05-30"),
        ("am 3. März 2026", "2026-03-03"),
        ("3. Maerz 2026", "2026-03-03"),
        ("1. Jänner 2026", "2026-01-01"),
        ("24 Dez. 2025", "2025-12-24"),
        ("30.5.2026", "2026-05-30"),
        ("30. 5. 2026", "2026-05-30"),
        ("30.05.26", "2026-05-30"),
        ("14.03.87", "1987-03-14"),
        ("14.03.76", "1976-03-14"),
        ("14.03.75", "2075-03-14"),
        ("25/12/2026", "2026-12-25"),
        ("12/25/2026", "2026-12-25"),
        ("5/5/26", "2026-05-05"),
        ("Fri 2026-11-20", "2026-11-20"),
        ("Freitag, den 20.11.2026", "2026-11-20"),
    ],
)
@pytest.mark.parametrize("prefer", ["past", "future"])
def test_a_phrase_with_one_meaning_is_that_day_whatever_is_preferred(text: str, day: str, prefer: Prefer) -> None:
    assert parse_day(text, FRIDAY, prefer=prefer).isoformat() == day


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("friday", "2026-11-20", "2026-11-20"),
        ("fri", "2026-11-20", "2026-11-20"),
        ("Fr", "2026-11-20", "2026-11-20"),
        ("on friday", "2026-11-20", "2026-11-20"),
        ("am Freitag", "2026-11-20", "2026-11-20"),
        ("tuesday", "2026-11-17", "2026-11-24"),
        ("Tues.", "2026-11-17", "2026-11-24"),
        ("Di.", "2026-11-17", "2026-11-24"),
        ("Sonnabend", "2026-11-14", "2026-11-21"),
        ("30 May", "2026-05-30", "2027-05-30"),
        ("May 30", "2026-05-30", "2027-05-30"),
        ("30. Mai", "2026-05-30", "2027-05-30"),
        ("30.5.", "2026-05-30", "2027-05-30"),
        ("30.5", "2026-05-30", "2027-05-30"),
        ("20 Nov", "2026-11-20", "2026-11-20"),
        ("21. November", "2025-11-21", "2026-11-21"),
        ("25/12", "2025-12-25", "2026-12-25"),
        ("29 Feb", "2024-02-29", "2028-02-29"),
        ("Sa 30.5.", "2026-05-30", None),
        ("end of month", "2026-10-31", "2026-11-30"),
        ("end of the month", "2026-10-31", "2026-11-30"),
        ("Monatsende", "2026-10-31", "2026-11-30"),
        ("Ende des Monats", "2026-10-31", "2026-11-30"),
    ],
)
def test_where_a_phrase_leaves_it_open_a_log_looks_back_and_a_due_date_ahead(
    text: str, past: str, future: str | None
) -> None:
    assert parse_day(text, FRIDAY, prefer="past").isoformat() == past
    if future:
        assert parse_day(text, FRIDAY, prefer="future").isoformat() == future


def test_the_end_of_the_month_is_today_on_its_last_day() -> None:
    last = date(2026, 11, 30)
    assert parse_day("end of month", last, prefer="past") == last
    assert parse_day("end of month", last, prefer="future") == last


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("3/4/26", ("2026-04-03", "2026-03-04")),
        ("3/4/2026", ("2026-04-03", "2026-03-04")),
        ("3/4", ("2026-04-03", "2026-03-04")),
    ],
)
def test_day_and_month_that_can_change_places_are_refused_with_both_readings(
    text: str, readings: tuple[str, str]
) -> None:
    with pytest.raises(DateError, match="is ambiguous") as refused:
        parse_day(text, FRIDAY, prefer="past")
    for reading in readings:
        assert reading in str(refused.value)
        assert reading in refused.value.hint
        assert parse_day(reading, FRIDAY, prefer="past").isoformat() == reading


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a day that is understood"),
        ("someday", "is not a day that is understood"),
        ("am Morgen", "is not a day that is understood"),
        ("in every week", "is not a day that is understood"),
        ("in every 2 weeks", "is not a day that is understood"),
        ("vor 200 Jahren", "is not a day that is understood"),
        ("may 2026", "is not a day that is understood"),
        ("30.526", "is not a day that is understood"),
        ("2026-W47", "is not a day that is understood"),
        ("٣ weeks ago", "is not a day that is understood"),
        ("2026-02-30", "is not a day of the calendar"),
        ("31.2.", "is not a day of the calendar"),
        ("29.2.2027", "is not a day of the calendar"),
        ("30 Feb 2026", "is not a day of the calendar"),
        ("13/13/2026", "is not a day of the calendar"),
        ("1.1.0000", "is not a day of the calendar"),
        ("Sat 2026-11-20", "wrong weekday: it is Fri 2026-11-20"),
    ],
)
def test_what_is_no_day_is_refused_with_a_remedy(text: str, message: str) -> None:
    with pytest.raises(DateError, match=message) as refused:
        parse_day(text, FRIDAY, prefer="future")
    assert str(refused.value).startswith(f'"{text}"')
    assert refused.value.hint


@pytest.mark.parametrize("piece", ["x", " ", "in ", "1", "friday ", "last ", "1.", "3/", "ä", "mo mo, ", "the "])
def test_a_huge_text_is_refused_with_a_short_message(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    with pytest.raises(DateError) as refused:
        parse_day(text, FRIDAY, prefer="past")
    assert len(str(refused.value)) < 100


@given(
    text=st.lists(st.sampled_from(WORDS.split()), max_size=5).map(" ".join) | st.text(max_size=30),
    today=st.dates(),
    prefer=preferences,
)
@example(text="next friday", today=date.max, prefer="future")
@example(text="yesterday", today=date.min, prefer="past")
@example(text="29. 2.", today=date.max, prefer="future")
@example(text="1.1.99", today=date.max, prefer="future")
@example(text="end of month", today=date(1, 1, 3), prefer="past")
@example(text="in 99 Jahren", today=date.max, prefer="past")
def test_no_text_and_no_day_raises_anything_but_a_date_error(text: str, today: date, prefer: Prefer) -> None:
    try:
        day = parse_day(text, today, prefer=prefer)
    except DateError as error:
        refused = error
    else:
        assert type(day) is date
        return
    assert len(str(refused).splitlines()) == 1


@given(day=st.dates(), today=ordinary_days, prefer=preferences)
def test_a_described_day_reads_back(day: date, today: date, prefer: Prefer) -> None:
    assert describe_day(FRIDAY) == "Fri 2026-11-20"
    assert parse_day(describe_day(day), today, prefer=prefer) == day
    assert parse_day(day.isoformat(), today, prefer=prefer) == day


@given(day=ordinary_days, today=ordinary_days)
def test_a_day_without_year_is_the_nearest_one_on_the_preferred_side(day: date, today: date) -> None:
    phrase = f"{day.day}.{day.month}."
    past = parse_day(phrase, today, prefer="past")
    future = parse_day(phrase, today, prefer="future")
    assert past <= today <= future
    assert (past.day, past.month) == (future.day, future.month) == (day.day, day.month)
    between = (past + timedelta(days=i) for i in range(1, (future - past).days))
    assert all((one.day, one.month) != (day.day, day.month) for one in between)


@given(today=ordinary_days, name=st.sampled_from(["Mon", "di", "Mittwoch", "thursday", "Fr.", "Samstag", "so"]))
def test_a_weekday_is_at_most_six_days_off_and_last_and_next_are_never_today(today: date, name: str) -> None:
    past = parse_day(name, today, prefer="past")
    future = parse_day(name, today, prefer="future")
    before = parse_day(f"last {name}", today, prefer="future")
    after = parse_day(f"next {name}", today, prefer="past")
    assert past.weekday() == future.weekday() == before.weekday() == after.weekday()
    assert timedelta() <= today - past <= timedelta(days=6)
    assert timedelta() <= future - today <= timedelta(days=6)
    assert timedelta(days=1) <= today - before <= timedelta(days=7)
    assert timedelta(days=1) <= after - today <= timedelta(days=7)


def test_a_leap_day_is_found_across_a_century_without_one() -> None:
    assert parse_day("29 Feb", date(2104, 2, 28), prefer="past") == date(2096, 2, 29)
    assert parse_day("29 Feb", date(2096, 3, 1), prefer="future") == date(2104, 2, 29)
