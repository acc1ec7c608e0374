from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.channels import channel_words
from prmvault.core.model import Note
from prmvault.core.note import Reading, parse_note
from prmvault.core.people import (
    RANK_ALIAS,
    RANK_EMAIL,
    RANK_NAME,
    RANK_ORG,
    RANK_PATH,
    RANK_PHONE,
    Name,
    contact_keys,
    find_people,
    linked_name,
    meant,
    note_names,
    organizations,
    person_row,
    phone_key,
    relation_rows,
    tolerant_matches,
)
from prmvault.core.schema import note_types

READING = Reading(note_types(), channel_words({}))


def note(yaml: str, path: str = "people/Anna Müller.md", body: str = "") -> Note:
    return parse_note(path, f"---\n{yaml}\n---\n{body}", READING)


def rows(*notes: Note) -> list[Name]:
    return [Name(key, rank, each.path, text) for each in notes for key, rank, text in note_names(each)]


def test_a_person_is_found_under_path_names_mail_phone_and_employer() -> None:
    names = note_names(
        note(
            'name: Dr. Anna Müller\naliases: [Annie]\nemails: A@B.org\nphones: [{work: "+49 171 3920021"}]\norg: ["[[ACME|the firm]]", Research]'
        )
    )
    assert set(names) == {
        ("people/anna muller", RANK_PATH, "people/Anna Müller"),
        ("anna muller", RANK_NAME, "Anna Müller"),
        ("dr. anna muller", RANK_NAME, "Dr. Anna Müller"),
        ("annie", RANK_ALIAS, "Annie"),
        ("a@b.org", RANK_EMAIL, "A@B.org"),
        ("1713920021", RANK_PHONE, "+49 171 3920021"),
        ("acme", RANK_ORG, "ACME"),
    }


@pytest.mark.parametrize("yaml", ["org: ACME", "org: [[a], [b]]", "org: {a: b}", "org: [{a: [b]}]"])
@pytest.mark.parametrize("path", ["organizations/X.md", "deals/X.md", "X.md", "people/X.md"])
def test_an_employer_of_any_form_breaks_no_type(yaml: str, path: str) -> None:
    read = note(yaml, path)
    names = [text for _, rank, text in note_names(read) if rank == RANK_ORG]
    assert names == (["ACME"] if path.startswith("people") and yaml == "org: ACME" else organizations(read)[:1])
    assert "A" not in names


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *(
            ("+49 171 3920021", "1713920021"),
            ("0171 3920021", "1713920021"),
            ("0049 171/3920021", "1713920021"),
        ),
        *(
            ("+49 (0)171 3920021", "1713920021"),
            ("+1 212 555 0100", "2125550100"),
            ("(212) 555-0100", "2125550100"),
        ),
        *(("12345", "12345"), ("1234", ""), ("112", ""), ("", ""), ("no phone", ""), ("+", ""), ("00", "")),
    ],
)
def test_a_phone_has_one_key_at_home_and_abroad(text: str, key: str) -> None:
    assert phone_key(text) == key


@given(st.text(st.sampled_from("+0123456789 ()/-²٣x"), max_size=30))
def test_any_phone_has_a_key_of_digits(text: str) -> None:
    key = phone_key(text)
    assert key == "" or (len(key) >= 5 and key.isdigit())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[[Max]]", "Max"),
        ("[[Max|M]]", "Max"),
        ("[[Max#Log|M]]", "Max"),
        ("[[people/Max.md]]", "people/Max"),
        (" Max ", "Max"),
        ("[[]]", ""),
    ],
)
def test_a_link_names_a_note_and_a_text_names_itself(text: str, name: str) -> None:
    assert linked_name(text) == name


def test_a_row_of_the_table_prefers_what_the_person_prefers() -> None:
    read = note("birthday: 03-14\norg: [ACME, Lab]\nphones: [1, {value: 2, pref: 1}, {label: x}]\ntags: [a, b]")
    assert person_row(read) == ("Anna Müller", "--03-14", "ACME", "2", "", "a b")
    assert person_row(note("", "x.md")) is None


def test_relations_and_contacts_are_told_by_the_key_of_the_person() -> None:
    read = note(
        'related:\n  - Oma: "[[people/Gerda|G]]"\n  - Tom Müller',
        body="## Log\n- 2026-11-20 call with [[Ben Groß]]\n",
    )
    assert relation_rows(read) == (("people/gerda", "Oma"), ("tom muller", "contact"))
    assert [row[:2] for row in contact_keys(read)] == [
        ("anna muller", "Anna Müller"),
        ("ben gross", "Ben Groß"),
    ]


ANNA = note("aliases: [Ann]")
ANNA_2 = note("", "people/Anna Mueller.md")
BEN = note(
    "aliases: [Anna Müller, Benny]\nemails: ben@muller.org\nphones: 0171 3920021\norg: Müller AG",
    "people/Ben-Ole Groß.md",
)


@pytest.mark.parametrize(
    ("target", "paths"),
    [
        ("Anna Müller", ("people/Anna Müller.md",)),
        ("Anna Mueller", ("people/Anna Mueller.md",)),
        ("anna muller", ("people/Anna Müller.md", "people/Anna Mueller.md")),
        ("people/Anna Müller", ("people/Anna Müller.md",)),
        ("people/Anna Müller.md", ("people/Anna Müller.md",)),
    ],
)
def test_a_link_means_path_before_name_before_alias_and_a_tie_is_told(target: str, paths: tuple[str, ...]) -> None:
    from prmvault.core.names import name_key

    key = name_key(target.removesuffix(".md"))
    assert meant(target, [row for row in rows(ANNA, ANNA_2, BEN) if row.key == key]) == paths


def test_a_link_means_nobody_by_mail_or_phone() -> None:
    assert meant("ben@muller.org", [row for row in rows(BEN) if row.key == "ben@muller.org"]) == ()


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("benny", "people/Ben-Ole Groß.md"),
        ("ole", "people/Ben-Ole Groß.md"),
        ("gross be", "people/Ben-Ole Groß.md"),
        ("3920021", "people/Ben-Ole Groß.md"),
        ("+49 171 3920021", "people/Ben-Ole Groß.md"),
        ("BEN@muller", "people/Ben-Ole Groß.md"),
        ("ann", "people/Anna Müller.md"),
    ],
)
def test_people_are_found_by_beginnings_words_mail_and_phone(query: str, first: str) -> None:
    assert find_people(query, rows(ANNA, ANNA_2, BEN))[0] == first


def test_nobody_is_found_where_nothing_fits() -> None:
    assert find_people("xyz", rows(ANNA, BEN)) == []


def test_a_misspelled_name_is_found() -> None:
    assert tolerant_matches("Ana Müler", rows(ANNA, note("", "people/Zoe.md"))) == ["people/Anna Müller.md"]
