from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.dates import (
    LEAP_DAYS,
    Age,
    DateError,
    PartialDate,
    age_on,
    day_in_year,
    day_or_none,
    full_date,
    lived,
    next_occurrence,
    parse_iso_date,
    parse_partial_date,
    parse_week,
    quoted,
    week_days,
    week_name,
)

leap_days = st.sampled_from(LEAP_DAYS)
whole_dates = st.dates().map(lambda day: PartialDate(day.year, day.month, day.day))
dates_without_year = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(
    lambda day: PartialDate(None, day.month, day.day)
)
partial_dates = st.one_of(
    whole_dates,
    dates_without_year,
    st.builds(PartialDate, st.integers(1, 9999), st.integers(1, 12), st.none(), st.just(value=False)),
    st.builds(PartialDate, st.integers(1, 9999), st.none(), st.none(), st.booleans()),
)


@pytest.mark.parametrize(
    ("text", "expected", "canonical"),
    [
        ("1987-03-14", PartialDate(1987, 3, 14), "1987-03-14"),
        ("--03-14", PartialDate(None, 3, 14), "--03-14"),
        ("03-14", PartialDate(None, 3, 14), "--03-14"),
        ("1987-03", PartialDate(1987, 3, None), "1987-03"),
        ("1987", PartialDate(1987, None, None), "1987"),
        ("~1987", PartialDate(1987, None, None, about=True), "~1987"),
        ("  1987-03-14\t\n", PartialDate(1987, 3, 14), "1987-03-14"),
        ("1987-03-14T12:30:00Z", PartialDate(1987, 3, 14), "1987-03-14"),
        ("1987-03-14t12:30:00.000+01:00", PartialDate(1987, 3, 14), "1987-03-14"),
        ("1987-03-14 12:00", PartialDate(1987, 3, 14), "1987-03-14"),
        ("--02-29", PartialDate(None, 2, 29), "--02-29"),
        ("2000-02-29", PartialDate(2000, 2, 29), "2000-02-29"),
        ("0001-01-01", PartialDate(1, 1, 1), "0001-01-01"),
        ("9999-12-31", PartialDate(9999, 12, 31), "9999-12-31"),
    ],
)
def test_every_form_of_a_partial_date_is_read_and_has_one_canonical_text(
    text: str, expected: PartialDate, canonical: str
) -> None:
    assert parse_partial_date(text) == expected
    assert str(parse_partial_date(text)) == canonical


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1990-02-30", "1990-02 has only 28 days"),
        ("1987-02-29", "1987-02 has only 28 days"),
        ("1900-02-29", "1900-02 has only 28 days"),
        ("31-02-1990", "1990-02 has only 28 days"),
        ("2026-04-31T10:00", "Write 1987-03-14"),
        ("14.03.1987", "Write 1987-03-14."),
        ("05.03.1987", "Write 1987-03-05."),
        ("1987-3-14", "Write 1987-03-14."),
        ("3/4/1987", "Write 1987-04-03 or 1987-03-04."),
        ("14.3.", "Write --03-14."),
        ("3/4", "Write --04-03 or --03-04."),
        ("--02-30", "--03-14 (no year)"),
        ("0000-03-14", "--03-14 (no year)"),
        ("0000", "~1987 (about)"),
        ("1987-13", "1987-03,"),
        ("1987-00", "1987-03,"),
        ("~1987-03", "~1987 (about)"),
        ("70-7-14", "1987-03-14"),
        ("१९८७", "1987"),
        ("", "1987"),
        ("spring", "1987"),
        ("1987-03-14 or so", "1987"),
    ],
)
def test_what_is_no_date_is_refused_with_the_text_and_a_remedy(text: str, hint: str) -> None:
    with pytest.raises(DateError, match=r"is not a date$") as refused:
        parse_partial_date(text)
    assert str(refused.value) == f'"{text}" is not a date'
    assert hint in refused.value.hint


@pytest.mark.parametrize("text", ["x" * 100_000, "1" * 100_000, "-" * 100_000, "1987-03-14T" + "0" * 100_000])
def test_a_huge_text_is_refused_with_a_short_message(text: str) -> None:
    with pytest.raises(DateError) as refused:
        parse_partial_date(text)
    assert len(str(refused.value)) < 80


def test_a_quoted_text_is_one_line_without_control_characters() -> None:
    assert quoted("a\nb\x1b[31m\u202ec") == '"a b[31mc"'


@given(partial_dates)
def test_a_partial_date_reads_back_from_its_text(partial: PartialDate) -> None:
    assert parse_partial_date(str(partial)) == partial


@given(st.text(alphabet="0123456789-~./T: W", max_size=14) | st.text())
def test_parsers_raise_nothing_but_date_errors_of_one_line(text: str) -> None:
    messages = []
    for parse in (parse_partial_date, parse_iso_date, parse_week):
        try:
            parse(text)
        except DateError as error:
            messages.append(str(error))
    assert all(len(message.splitlines()) == 1 for message in messages)


@pytest.mark.parametrize(
    ("partial", "expected"),
    [
        (PartialDate(1987, 3, 14), date(1987, 3, 14)),
        (PartialDate(None, 3, 14), None),
        (PartialDate(1987, 3, None), None),
        (PartialDate(1987, None, None), None),
    ],
)
def test_only_year_month_and_day_make_a_full_date(partial: PartialDate, expected: date | None) -> None:
    assert full_date(partial) == expected


def test_an_iso_date_is_a_whole_date_and_may_have_a_time() -> None:
    assert parse_iso_date(" 2026-11-20T10:00 ") == date(2026, 11, 20)
    with pytest.raises(DateError, match='"2026-11" is not a whole date'):
        parse_iso_date("2026-11")
    with pytest.raises(DateError, match='"today" is not a date') as refused:
        parse_iso_date("today")
    assert refused.value.hint == "Write 2026-11-20."


@pytest.mark.parametrize(
    ("text", "on_or_after", "leap_day", "expected"),
    [
        ("1987-03-14", date(2026, 3, 14), "feb-28", date(2026, 3, 14)),
        ("1987-03-14", date(2026, 3, 15), "feb-28", date(2027, 3, 14)),
        ("--12-31", date(2026, 12, 31), "feb-28", date(2026, 12, 31)),
        ("--01-01", date(2026, 12, 31), "feb-28", date(2027, 1, 1)),
        ("2000-02-29", date(2026, 1, 1), "feb-28", date(2026, 2, 28)),
        ("2000-02-29", date(2026, 1, 1), "mar-01", date(2026, 3, 1)),
        ("2000-02-29", date(2026, 2, 28), "feb-28", date(2026, 2, 28)),
        ("2000-02-29", date(2026, 3, 1), "feb-28", date(2027, 2, 28)),
        ("2000-02-29", date(2026, 3, 1), "mar-01", date(2026, 3, 1)),
        ("2000-02-29", date(2027, 3, 2), "mar-01", date(2028, 2, 29)),
        ("--02-29", date(2028, 1, 1), "mar-01", date(2028, 2, 29)),
        ("--02-29", date(2100, 1, 1), "feb-28", date(2100, 2, 28)),
        ("--02-29", date(2000, 1, 1), "feb-28", date(2000, 2, 29)),
        ("2030-05-01", date(2026, 1, 1), "feb-28", date(2030, 5, 1)),
        ("9999-01-01", date(9999, 1, 2), "feb-28", None),
        ("1987-03", date(2026, 1, 1), "feb-28", None),
        ("~1987", date(2026, 1, 1), "feb-28", None),
    ],
)
def test_the_next_occurrence_of_a_yearly_day(
    text: str, on_or_after: date, leap_day: str, expected: date | None
) -> None:
    assert next_occurrence(parse_partial_date(text), on_or_after, leap_day) == expected


@given(partial=whole_dates | dates_without_year, day=st.dates(), leap_day=leap_days)
def test_the_next_occurrence_is_the_first_such_day_from_the_given_one_on(
    partial: PartialDate, day: date, leap_day: str
) -> None:
    found = next_occurrence(partial, day, leap_day)
    first_year = max(day.year, partial.year or 1)
    if found is None:
        last = date(9999, partial.month or 1, 28)
        assert first_year == 9999
        assert day > last
        return
    assert found >= day
    assert found.year >= first_year
    if (partial.month, partial.day) == (2, 29) and found.year % 4:
        assert (found.month, found.day) == {"feb-28": (2, 28), "mar-01": (3, 1)}[leap_day]
    elif (partial.month, partial.day) != (2, 29):
        assert (found.month, found.day) == (partial.month, partial.day)
    assert partial.month is not None
    assert partial.day is not None
    if found.year > first_year:
        assert found.year == first_year + 1
        assert day_in_year(first_year, partial.month, partial.day, leap_day) < day


@pytest.mark.parametrize(
    ("born", "day", "expected", "shown"),
    [
        ("1981-10-29", date(2018, 1, 1), Age(36, 36), "36"),
        ("1981-10-29", date(2018, 10, 28), Age(36, 36), "36"),
        ("1981-10-29", date(2018, 10, 29), Age(37, 37), "37"),
        ("1981-10-29", date(1981, 10, 29), Age(0, 0), "0"),
        ("1981-10-29", date(1981, 10, 28), None, "None"),
        ("1970", date(2018, 1, 1), Age(47, 48, about=True), "about 48"),
        ("1970", date(2018, 12, 31), Age(48, 48), "48"),
        ("1970", date(1970, 6, 1), Age(0, 0), "0"),
        ("1970", date(1969, 12, 31), None, "None"),
        ("~1970", date(2018, 12, 31), Age(48, 48, about=True), "about 48"),
        ("1970-05", date(2018, 4, 30), Age(47, 47), "47"),
        ("1970-05", date(2018, 5, 15), Age(47, 48, about=True), "about 48"),
        ("1970-05", date(2018, 6, 1), Age(48, 48), "48"),
        ("--03-14", date(2018, 1, 1), None, "None"),
    ],
)
def test_the_age_is_as_exact_as_the_date_of_birth(born: str, day: date, expected: Age | None, shown: str) -> None:
    age = age_on(parse_partial_date(born), day)
    assert age == expected
    assert str(age) == shown


@pytest.mark.parametrize(
    ("day", "leap_day", "years"),
    [
        (date(2025, 2, 27), "feb-28", 24),
        (date(2025, 2, 28), "feb-28", 25),
        (date(2025, 2, 28), "mar-01", 24),
        (date(2025, 3, 1), "mar-01", 25),
        (date(2024, 2, 28), "feb-28", 23),
        (date(2024, 2, 29), "mar-01", 24),
    ],
)
def test_who_is_born_on_29_february_turns_older_on_the_leap_day_setting(day: date, leap_day: str, years: int) -> None:
    assert age_on(PartialDate(2000, 2, 29), day, leap_day) == Age(years, years)


@pytest.mark.parametrize(
    ("born", "died", "expected"),
    [
        ("1980-10-10", "2010-10-10", Age(30, 30)),
        ("1980-10-10", "2010-10-09", Age(29, 29)),
        ("1980-10-10", "2010", Age(29, 30, about=True)),
        ("1980", "2010", Age(29, 30, about=True)),
        ("~1980", "2010-12-31", Age(30, 30, about=True)),
        ("1980-10-10", "--05-01", None),
        ("1980-10-10", "1979", None),
    ],
)
def test_the_years_that_someone_lived(born: str, died: str, expected: Age | None) -> None:
    assert lived(parse_partial_date(born), parse_partial_date(died)) == expected


@given(born=partial_dates, day=st.dates(), leap_day=leap_days)
def test_an_age_is_never_negative_and_spans_at_most_a_year(born: PartialDate, day: date, leap_day: str) -> None:
    age = age_on(born, day, leap_day)
    if age is not None:
        assert 0 <= age.low <= age.high <= age.low + 1
        assert age.about or age.low == age.high


@given(born=whole_dates, day=st.dates(), leap_day=leap_days)
def test_an_age_goes_up_on_the_birthday_and_on_no_other_day(born: PartialDate, day: date, leap_day: str) -> None:
    today, tomorrow = (
        age_on(born, one, leap_day) for one in (day, min(day, date.max - timedelta(days=1)) + timedelta(days=1))
    )
    if today and tomorrow and day < date.max:
        is_birthday = next_occurrence(born, day + timedelta(days=1), leap_day) == day + timedelta(days=1)
        assert (tomorrow.high > today.high) == is_birthday


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("2026-W47", date(2026, 11, 16)),
        ("2026W47", date(2026, 11, 16)),
        (" 2026-w01 ", date(2025, 12, 29)),
        ("2020-W53", date(2020, 12, 28)),
    ],
)
def test_an_iso_week_is_read_as_its_monday(text: str, monday: date) -> None:
    assert parse_week(text) == monday


@pytest.mark.parametrize(
    "text",
    ["47", "W47", "2026-47", "2026-W5", "2026-W54", "2021-W53", "2026-W00", "9999-W52", "", "2026-W47-1"],
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(DateError, match="is not a week") as refused:
        parse_week(text)
    assert "2026-W47" in refused.value.hint


@given(st.dates(max_value=date(9999, 12, 26)))
def test_a_day_is_among_the_seven_days_of_the_week_that_its_name_names(day: date) -> None:
    days = week_days(parse_week(week_name(day)))
    assert day in days
    assert len(days) == 7
    assert days[0].weekday() == 0
    assert {week_name(one) for one in days} == {week_name(day)}


@pytest.mark.parametrize(
    ("text", "day"),
    [("2026-11-20", date(2026, 11, 20)), ("2026-11-20 18:00", date(2026, 11, 20)), ("2026-11", None), ("", None)],
)
def test_a_text_that_may_be_no_day_is_read_without_an_error(text: str, day: date | None) -> None:
    assert day_or_none(text) == day
