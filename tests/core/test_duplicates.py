"""Who may be in the vault twice: judged by names, addresses and birthdays, and rather not said than said wrongly."""

from __future__ import annotations

import pytest

from prmvault.core.duplicates import likeness, possible_pairs, profile_of
from prmvault.core.model import Note
from prmvault.core.note import parse_note
from prmvault.core.people import Name, note_names
from prmvault.vault.read_settings import parse_settings
from prmvault.vault.refresh import reading_of

READING = reading_of(parse_settings(""))


def person(name: str, front: str = "", folder: str = "people") -> Note:
    return parse_note(f"{folder}/{name}.md", f"---\ntype: person\n{front}\n---\n", READING)


def judged(first: Note, second: Note, *, related: bool = False) -> tuple[int, tuple[str, ...]]:
    """Return the judgement; it is the same the other way round, and the pair is among those that are looked at."""
    told = likeness(profile_of(first), profile_of(second), related=related)
    assert likeness(profile_of(second), profile_of(first), related=related).score == told.score
    if told.score:
        rows = [Name(key, rank, note.path, text) for note in (first, second) for key, rank, text in note_names(note)]
        days = {note.path: note.fields["birthday"] for note in (first, second) if "birthday" in note.fields}
        assert possible_pairs(rows, days) == {tuple(sorted((first.path, second.path)))}
    return told


@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        (("Ann Lee", "uid: a"), ("Bob", "uid: a"), ("same uid",)),
        (("Anna Müller", ""), ("Anna Mueller", ""), ("same name",)),
        (("Anna Müller", ""), ("Müller Anna", ""), ("same words in the names",)),
        (("Müller, Anna", ""), ("Anna Müller", ""), ("same words in the names",)),
        (("Dr. Anna Müller", ""), ("Anna Müller", ""), ("same name but for a title",)),
        (("Anna Müller", ""), ("Anna Maria Müller", ""), ("one name has more words",)),
        (("Anna Müller", ""), ("A. Müller", ""), ("same family name and initial",)),
        (("Katharina Schmidt", ""), ("Katarina Schmitt", ""), ("names almost the same",)),
        (("Gerda Becker", "aliases: Oma"), ("Oma", ""), ("both are called Oma",)),
        (("Anna Huber", "aliases: Anna Müller"), ("Anna Müller", ""), ("both are called Anna Müller",)),
        (("Anna Müller", "birthday: 1987-03-14"), ("Anna Huber", "birthday: 1987-03-14"), ("same first name", "same birthday 1987-03-14")),
        (("Mama", "phones: 0171 3920021"), ("Gerda Becker", "phones: +49 171 3920021"), ("same phone 0171 3920021",)),
        (("Ann Lee", "emails: x@example.org"), ("Bob Ray", "emails: X@example.org"), ("same e-mail x@example.org",)),
        (("Ann Lee", "emails: x@example.org"), ("Ann Ray Lee", "emails: x@example.org"), ("one name has more words", "same e-mail x@example.org")),
        (("Ann Lee", "birthday: --03-14"), ("Ann M Lee", "birthday: 1987-03-14"), ("one name has more words", "birthdays --03-14 and 1987-03-14 agree")),
        (("Julia Berg", "birthday: 1987-03-14"), ("Julian Berg", "birthday: 1987-03-14"), ("names almost the same", "same birthday 1987-03-14")),
    ],
)  # fmt: skip
def test_two_who_may_be_one_are_told_with_the_reasons(
    first: tuple[str, str], second: tuple[str, str], reasons: tuple[str, ...]
) -> None:
    score, told = judged(person(*first), person(*second))
    assert score > 0
    assert told == reasons


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Anna Müller", ""), ("Tom Becker", "")),
        (("Anna Müller", ""), ("Anna Becker", "")),
        (("Anna Müller", ""), ("Max Müller", "")),
        (("Tim Meyer", ""), ("Tom Meyer", "")),
        (("Julia Berg", ""), ("Julian Berg", "")),
        (("Martin Berg", ""), ("Martina Berg", "")),
        (("Ann Lee", "birthday: 1987-03-14"), ("Ann Lee", "birthday: 1950-01-02")),
        (("Ann Lee", "birthday: 1987-03-14"), ("Ann Lee", "birthday: --03-15")),
        (("Ann Lee", "birthday: 1987"), ("Ann Lee", "birthday: 1988-01-01")),
        (("Ann Lee", "birthday: ~1970"), ("Ann Lee", "birthday: 1980")),
        (("Ann Lee", "emails: x@example.org\nbirthday: 1987-03-14"), ("Bob Ray", "emails: x@example.org\nbirthday: 1987-03-15")),
        # A household: the family's name, or the address.
        (("Anna Müller", "phones: 030 123456"), ("Max Müller", "phones: 030 123456")),
        (("Anna Müller", "phones: 030 123456\naddresses: {street: Am Weg 3, locality: Ulm}"), ("Max Huber", "phones: 030 123456\naddresses: {street: am weg 3, locality: Ulm}")),
        # Twins, and two grandmothers.
        (("Anna Müller", "birthday: 1987-03-14"), ("Lena Müller", "birthday: 1987-03-14")),
        (("Gerda Becker", "aliases: Oma"), ("Hilde Lang", "aliases: Oma")),
    ],
)  # fmt: skip
def test_two_who_are_likely_two_are_not_told(first: tuple[str, str], second: tuple[str, str]) -> None:
    assert judged(person(*first), person(*second, folder="others")) == (0, ())


def test_who_is_related_is_not_the_same_unless_the_uid_is() -> None:
    father, son = person("Hans Lang"), person("Hans Lang", folder="others")
    assert judged(father, son)[0] > 0
    assert judged(father, son, related=True) == (0, ())
    assert judged(person("Hans Lang", "uid: a"), person("Hans", "uid: a"), related=True)[0] == 100


def test_a_birthday_that_agrees_counts_for_more_than_a_name_alone() -> None:
    scores = [
        judged(person("Ann Lee", first), person("Ann Lee", second, folder="others"))[0]
        for first, second in (
            ("birthday: 1987-03-14", "birthday: 1987-03-14"),
            ("birthday: 1987", "birthday: 1987-03-14"),
            ("", ""),
        )
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_a_number_that_many_share_makes_no_pairs() -> None:
    notes = [
        person(f"{name} {family}", "phones: 030 123456")
        for name, family in zip(
            ["Ann", "Bob", "Cid", "Dan", "Eva"], ["Ash", "Bell", "Cole", "Dahl", "Ebb"], strict=True
        )
    ]
    rows = [Name(key, rank, note.path, text) for note in notes for key, rank, text in note_names(note)]
    assert possible_pairs(rows, {}) == set()
    few = [row for row in rows if "Eva" not in row.path]
    assert len(possible_pairs(few, {})) == 6
