"""Signs of people, and names that speak for or against."""

from __future__ import annotations

import pytest

from prmvault.core.identity import is_same_name, members_of, names_agree, signs_of, uid_of_note, uid_of_record
from prmvault.core.model import Value
from prmvault.core.people import phone_key
from prmvault.core.phones import phone_reader, region_of


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Anna Müller", "Dr. Anna Mueller"),
        ("Müller, Anna", "Anna Müller"),
        ("A. Müller", "Anna Müller"),
        ("Alex Berg", "Alexander Berg"),
        ("Anna Schmidt", "Anna Müller"),
        ("Mama", "Renate Braun"),
    ],
)
def test_names_that_may_be_one_persons_agree(left: str, right: str) -> None:
    assert names_agree(left, [right])
    assert names_agree(right, [left])


@pytest.mark.parametrize(("left", "right"), [("Anna Müller", "Bernd Müller"), ("Jo Berg", "Joachim Berg")])
def test_two_whole_names_of_different_people_do_not_agree(left: str, right: str) -> None:
    assert not names_agree(left, [right])
    assert names_agree(left, [right, left])


def test_a_nickname_speaks_only_for_a_record_that_begins_with_it() -> None:
    names = ["Lukas Weißhaupt", "Luki"]
    assert names_agree("Luki Vogel", names)
    assert names_agree("Chef", names)
    assert names_agree("Jörg Müller", ["Chef"])
    assert not names_agree("Prof. Jörg Müller", names)


def test_a_title_or_the_order_of_words_makes_no_other_name() -> None:
    assert is_same_name("Prof. Dr. Jörg Müller", "müller, joerg")
    assert not is_same_name("Jörg Müller", "Jörg Maria Müller")


def test_signs_are_read_from_every_form_of_a_field() -> None:
    fields: dict[str, Value] = {
        "uid": "urn:uuid:1",
        "former_uids": ["urn:uuid:2"],
        "emails": {"work": "Anna@Example.org", "home": "a@b.example"},
        "phones": [{"value": "0171 3920021", "label": "mobile"}, "030 1234567"],
        "urls": ["https://de.linkedin.com/in/anna-mueller/?x=1", "https://example.org/in/anna"],
    }
    signs = signs_of(fields, phone_reader("DE"))
    assert signs.uids == ("urn:uuid:1", "urn:uuid:2")
    assert signs.emails == ("anna@example.org", "a@b.example")
    assert signs.phones == ("+491713920021", "+49301234567")
    assert signs.profiles == ("anna-mueller",)


def test_members_of_linkedin_are_told_by_their_address_in_any_spelling() -> None:
    fields: dict[str, Value] = {
        "urls": ["https://www.linkedin.com/in/jos%C3%A9-%C3%A1lvarez-9", "linkedin.com/pub/jose/1/2"],
        "social": {"linkedin": "https://linkedin.com/in/José-Álvarez-9/"},
    }
    assert members_of(fields) == {"josé-álvarez-9"}
    assert signs_of(fields, phone_reader("")).profiles == ("josé-álvarez-9", "jose")


def test_phone_numbers_of_any_spelling_have_one_key_where_the_region_is_known() -> None:
    key = phone_reader("IE")
    assert key("+353 86 123 4567") == key("086 1234567") == key("00353861234567") == "+353861234567"
    assert phone_reader("US")("(415) 555-0100") == "+14155550100"


def test_without_a_region_the_digits_count() -> None:
    assert phone_reader("") is phone_key
    assert phone_reader("DE")("110") == phone_key("110") == ""
    assert phone_reader("DE")("1" * 5000) == phone_key("1" * 5000)


@pytest.mark.parametrize(
    ("region", "language", "expected"),
    [("US", "de", "US"), ("", "de", "DE"), ("", "pt_BR", "BR"), ("", "en", ""), ("", "zh_Hans", "")],
)
def test_the_region_comes_from_the_settings_or_the_language(region: str, language: str, expected: str) -> None:
    assert region_of(region, language) == expected


def test_uids_that_are_made_depend_on_nothing_but_what_they_stand_for() -> None:
    assert uid_of_note("people/Anna.md") == uid_of_note("people/Anna")
    assert uid_of_note("people/Anna.md") != uid_of_note("people/Ana.md")
    first = uid_of_record("person", "Anna", {"a": "1", "b": ["\ud800"]}, "")
    assert first == uid_of_record("person", "Anna", {"b": ["\ud800"], "a": "1"}, "")
    assert first != uid_of_record("person", "Anna", {"a": "1"}, "")
