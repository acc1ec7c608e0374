"""What is typed on a command line: assignments, values by kind, days, times, amounts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.app.values import (
    Assignment,
    amount_from,
    day_from,
    is_list,
    known_day,
    matching_items,
    parse_assignment,
    time_from,
    typed_values,
)
from prmvault.core.problems import PrmvaultError
from prmvault.core.schema import Field, note_types

TODAY = date(2026, 11, 20)
PERSON = note_types()["person"].fields


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("birthday=1987-03-14", Assignment(("birthday",), "1987-03-14", adds=False)),
        ("tags += friend", Assignment(("tags",), "friend", adds=True)),
        ("met.where=Halle = Saale", Assignment(("met", "where"), "Halle = Saale", adds=False)),
        ("shoe size=38", Assignment(("shoe size",), "38", adds=False)),
        ("größe=", Assignment(("größe",), "", adds=False)),
        ("facts+=a+b=c\nd", Assignment(("facts",), "a+b=c\nd", adds=True)),
    ],
)
def test_an_assignment_is_a_key_a_value_and_whether_it_is_added(typed: str, expected: Assignment) -> None:
    assert parse_assignment(typed) == expected


@pytest.mark.parametrize("typed", ["", "=", "=x", "x", "a..b=c", ".a=b", "a.=b", " =b", "+=x", "x" * 100_000 + "=y"])
def test_what_is_no_assignment_is_refused(typed: str) -> None:
    with pytest.raises(PrmvaultError) as told:
        parse_assignment(typed)
    assert told.value.exit_code == 2
    assert told.value.hint


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading_of_assignments_days_times_and_amounts(text: str) -> None:
    for read in (parse_assignment, time_from, amount_from, lambda text: known_day(text, TODAY)):
        try:
            read(text)
        except PrmvaultError as error:
            assert error.exit_code == 2  # noqa: PT017 - either way is right


@pytest.mark.parametrize(
    ("key", "text", "values"),
    [
        ("birthday", "14.3.1987", ["1987-03-14"]),
        ("birthday", "30 May", ["--05-30"]),
        ("birthday", "30. Mai", ["--05-30"]),
        ("birthday", "~1987", ["~1987"]),
        ("birthday", "gestern", ["2026-11-19"]),
        ("deceased", "ja", ["ja"]),
        ("created", "yesterday", ["2026-11-19"]),
        ("tags", "#family, choir friends/x", ["family", "choir", "friends/x"]),
        ("phones", "work: 0341 123", [{"work": "0341 123"}]),
        ("phones", "0341 123", ["0341 123"]),
        ("urls", "https://example.org", ["https://example.org"]),
        ("urls", "blog: https://example.org", [{"blog": "https://example.org"}]),
        ("related", "child: Ida Becker", [{"child": "[[Ida Becker]]"}]),
        ("related", "Schwester: [[Ida]]", [{"Schwester": "[[Ida]]"}]),
        ("dates", "wedding: 20.8.2016", [{"wedding": "2016-08-20"}]),
        ("food", "allergy: nuts", ["allergy: nuts"]),
        ("no such key", "yes", ["yes"]),
    ],
)
def test_a_value_is_put_as_its_kind_wants_it(key: str, text: str, values: list[Any]) -> None:
    assert typed_values(PERSON.get(key), text, TODAY) == values


@pytest.mark.parametrize(("key", "text"), [("birthday", "31.2.1990"), ("birthday", "3/4/87"), ("dates", "x: never")])
def test_a_day_that_is_none_is_refused(key: str, text: str) -> None:
    with pytest.raises(PrmvaultError) as told:
        typed_values(PERSON[key], text, TODAY)
    assert told.value.exit_code == 2


@pytest.mark.parametrize("key", ["birthday", "food", "tags", "phones", "my own"])
def test_nothing_is_no_value_but_something_to_remove(key: str) -> None:
    with pytest.raises(PrmvaultError, match="there is no value") as told:
        typed_values(PERSON.get(key), "", TODAY)
    assert "unset" in told.value.hint


def test_lists_are_known_by_their_kind() -> None:
    assert [key for key in ("food", "tags", "phones", "gifts", "birthday", "met") if is_list(PERSON[key])] == [
        "food",
        "tags",
        "phones",
        "gifts",
    ]
    assert is_list(Field("list of number"))
    assert not is_list(None)


@pytest.mark.parametrize(
    ("text", "day"),
    [("friday", "2026-11-20"), ("gestern", "2026-11-19"), ("letzten Freitag", "2026-11-13"), ("", "2026-11-20")],
)
def test_a_day_looks_to_the_past(text: str, day: str) -> None:
    assert day_from(text, TODAY).isoformat() == day
    assert day_from("1 March", TODAY, future=True) == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("18:00", "18:00"),
        ("7:30", "07:30"),
        ("7.30", "07:30"),
        ("7pm", "19:00"),
        ("7 am", "07:00"),
        ("12am", "00:00"),
        ("19 Uhr", "19:00"),
        ("7.30 Uhr", "07:30"),
        (" 19 ", "19:00"),
    ],
)
def test_a_time_may_be_said_as_people_do(text: str, time: str) -> None:
    assert time_from(text) == time


@pytest.mark.parametrize("text", ["25:00", "24", "18:60", "soon", "18:00 sharp", "18:00-19:00", "-5", "7pm pm"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(PrmvaultError, match="is not a time"):
        time_from(text)


def test_an_amount_is_written_in_one_way() -> None:
    assert [amount_from(text) for text in ("6,50 €", "20 EUR", "$20", "1.200,50 €")] == [
        "6.50 EUR",
        "20 EUR",
        "20 USD",
        "1200.50 EUR",
    ]
    for text in ("much", "-5 EUR", ""):
        with pytest.raises(PrmvaultError, match="no amount of money"):
            amount_from(text)


def test_an_item_is_meant_by_itself_or_by_one_of_its_parts() -> None:
    items: list[Any] = ["Choir", {"work": "0341 1"}, {"value": "x@y.org", "label": "home"}, {"child": "[[Ida|I]]"}]
    assert [matching_items(items, text) for text in ("choir", "0341 1", "home", "Ida", "[[ida]]", "zz")] == [
        [0],
        [1],
        [2],
        [3],
        [3],
        [],
    ]
