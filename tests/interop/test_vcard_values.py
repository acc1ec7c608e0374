from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.interop.vcard_values import (
    Labelled,
    components,
    date_value,
    escape,
    label_of,
    labelled,
    partial_date,
    relation_type,
    split_value,
    unescape,
)


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("1980-02-03", "1980-02-03"),
        ("19800203", "1980-02-03"),
        ("1980-2-3", "1980-02-03"),
        ("--0203", "--02-03"),
        ("--02-03", "--02-03"),
        ("1604-02-29", "--02-29"),
        ("1996-04", "1996-04"),
        ("1985", "1985"),
    ],
)
def test_the_forms_of_a_birthday_are_partial_dates(value: str, date: str) -> None:
    assert partial_date(value) == (date, "")


def test_a_time_of_day_is_told_apart() -> None:
    assert partial_date("1980-02-03T10:00:00Z") == ("1980-02-03", "T10:00:00Z")
    assert partial_date("19800203T000000") == ("1980-02-03", "T000000")


def test_the_year_that_is_said_to_be_omitted_is_unknown() -> None:
    assert partial_date("2000-02-29", "2000") == ("--02-29", "")
    assert partial_date("2000-02-29", "1604") == ("2000-02-29", "")


@pytest.mark.parametrize(
    "value",
    ["", "70-7-14", "0000-02-03", "0000", "1990-02-30", "---03", "T1000", "around 1980", "3.2.1980", "19723101"],
)
def test_what_is_no_date_is_none(value: str) -> None:
    assert partial_date(value) is None


@pytest.mark.parametrize(
    ("date", "three", "four"),
    [
        ("1980-02-03", ("1980-02-03", False), ("19800203", False)),
        ("--02-29", ("1604-02-29", True), ("--0229", False)),
        ("1996-04", ("1996-04", False), ("1996-04", False)),
        ("1985", ("1985", False), ("1985", False)),
    ],
)
def test_partial_dates_are_written_as_each_version_has_them(
    date: str, three: tuple[str, bool], four: tuple[str, bool]
) -> None:
    assert (date_value(date, "3.0"), date_value(date, "4.0")) == (three, four)
    assert partial_date(three[0]) == partial_date(four[0]) == (date, "")


def test_escapes_are_those_of_vcard_and_the_sloppy_one_of_google() -> None:
    assert unescape(r"a\, b\; c\\d\nE\N http\:// \p \ ") == "a, b; c\\d\nE\n http:// \\p \\ "
    assert escape("a, b; c\\d\r\ne") == r"a\, b\; c\\d\ne"


def test_values_are_cut_at_marks_that_are_not_escaped() -> None:
    assert split_value(r"a\;b;c\\;d;", ";") == [r"a\;b", r"c\\", "d", ""]
    assert split_value("a;b\\", ";") == ["a", "b\\"]
    assert components(r";; Am Weg 3\, hinten ;Grimma;;") == ["", "", "Am Weg 3, hinten", "Grimma"]


@given(st.lists(st.text(st.characters(exclude_characters="\r")), min_size=1))
def test_parts_that_were_escaped_are_the_same_again(texts: list[str]) -> None:
    value = ";".join(escape(text) for text in texts)
    assert [unescape(part) for part in split_value(value, ";")] == texts


@pytest.mark.parametrize(
    ("types", "apple", "label"),
    [
        (["home"], "", "home"),
        (["voice", "cell", "work", "pref"], "", "work mobile"),
        (["internet"], "", ""),
        ([], "_$!<HomePage>!$_", "homepage"),
        ([], "_$!<Work>!$_", "work"),
        ([], "_$!<Unheard>!$_", "_$!<Unheard>!$_"),
        (["home"], "Ferienhaus", "Ferienhaus"),
        ([], "Fax (privat)", "home fax"),
        ([], "Geschäftlich", "work"),
        ([], "Sonstige", "other"),
        ([], "Büro", "Büro"),
        (["pref", "voice"], "Mobil", "mobile"),
        (["home"], "privat", "privat"),
    ],
)
def test_an_entry_has_one_label(types: list[str], apple: str, label: str) -> None:
    assert label_of(types, apple) == label


@pytest.mark.parametrize(
    ("label", "how"),
    [
        ("work mobile", Labelled(("work", "cell"), "")),
        ("homepage", Labelled((), "_$!<HomePage>!$_")),
        ("Ferienhaus", Labelled((), "Ferienhaus")),
        ("Handy", Labelled(("cell",), "Handy")),
        ("privat", Labelled(("home",), "privat")),
        ("Fax (privat)", Labelled(("home", "fax"), "Fax (privat)")),
        ("Work", Labelled(("work",), "Work")),
        ("", Labelled((), "")),
    ],
)
def test_a_label_is_written_as_types_where_these_say_the_same(label: str, how: Labelled) -> None:
    assert labelled(label) == how


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("mother", "parent"),
        ("Schwester", "sibling"),
        ("neighbour", "neighbor"),
        ("Friend", "friend"),
        ("Vermieter", ""),
    ],
)
def test_a_relation_word_has_the_type_of_the_rfc_where_there_is_one(word: str, kind: str) -> None:
    assert relation_type(word) == kind
