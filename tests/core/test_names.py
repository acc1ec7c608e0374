from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from prmvault.core.file_names import collision_key, portable_file_name
from prmvault.core.names import cut_name, fold, name_key

FORBIDDEN = set('\\/:*?"<>|#^[]%')
EVERY_CHARACTER = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


@pytest.mark.parametrize(
    "names",
    [
        ("Müller", "Mueller", "MULLER", "muller", "Mu\u0308ller"),
        ("Groß", "GROSS", "gross", "Groẞ"),
        ("Jörg", "Joerg", "jorg"),
        ("Bäcker", "Baecker", "backer"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Søren Ærø", "soren aero"),
        ("Zoë", "zoe", "ZOË"),
        ("İpek", "ipek", "Ipek"),
        ("O’Neill", "O'Neill"),
        ("Ｆｕｌｌ", "full"),
        ("ﬁnn", "finn"),
        ("شَمْس", "شمس"),
    ],
)
def test_spellings_of_one_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({fold(name) for name in names}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Müller", "Möller"), ("Neue", "Neu"), ("Quelle", "Qulle"), ("Bauer", "Baur"), ("李", "王")],
)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_key_of_a_name_has_single_blanks() -> None:
    assert name_key("  Anna\u00a0\tMaria  Müller ") == "anna maria muller"


@given(st.text())
@example("℡")
@example("Aee")
@example("xaeoe")
@example("Ώ\u0345")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert name_key(name_key(text)) == name_key(text)


def test_folding_twice_changes_no_character_of_unicode() -> None:
    once = fold(" ".join(EVERY_CHARACTER))
    assert fold(once) == once


@given(st.text())
def test_a_name_is_found_in_either_normal_form_and_in_capitals(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("Anna Müller", "Anna Müller"),
        ("Anna Mu\u0308ller", "Anna Müller"),
        ("李小龍", "李小龍"),
        ("Anna/Ben", "Anna Ben"),
        (r'a\b:c*d?e"f<g>h|i#j^k[l]m%n', "a b c d e f g h i j k l m n"),
        ("  Anna \t Müller\n", "Anna Müller"),
        (".Anna.", "Anna"),
        ("...-~ Dr. Anna ~-...", "Dr. Anna"),
        ("An\u200bna\u202e\u2066\u061c\u00ad", "Anna"),
        ("A\u200d\u0308", "Ä"),
        ("Anna\x00\x1b[31m", "Anna 31m"),
        ("CON", "_CON"),
        ("nul.0", "_nul.0"),
        ("NUL .0", "_NUL .0"),
        ("Com1", "_Com1"),
        ("LPT¹.txt", "_LPT¹.txt"),
        ("conin$", "_conin$"),
        ("Connie", "Connie"),
        ("console", "console"),
        ("com10", "com10"),
    ],
)
def test_a_name_becomes_a_file_name_that_every_system_takes(name: str, file_name: str) -> None:
    assert portable_file_name(name) == file_name


@pytest.mark.parametrize("name", ["", " ", "...", "///", "\u200b", "-~.", "\x00", "#^[]"])
def test_a_name_without_usable_characters_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no character"):
        portable_file_name(name)


@pytest.mark.parametrize(
    "name",
    ["a" * 100_000, "ü" * 300, "李" * 300, "👩‍👧" * 300, "nul." + "a" * 300, "a " * 300, "e\u0301" * 300],
)
def test_a_long_name_is_cut_to_200_bytes_between_characters(name: str) -> None:
    cut = portable_file_name(name)
    assert 190 < len(cut.encode()) <= 200
    assert "\ufffd" not in cut


@given(st.text(max_size=300))
@example("\u0338<")
@example("<\u0338")
@example("A\u200d\u0308")
@example("nul\u200b")
@example("a" * 199 + " b")
@example("a" * 196 + "\u200dü" * 4)
def test_a_file_name_is_safe_and_making_it_again_changes_nothing(name: str) -> None:
    try:
        made = portable_file_name(name)
    except ValueError:
        assume(False)  # noqa: FBT003 - Hypothesis takes it by position
    assert portable_file_name(made) == made
    assert unicodedata.is_normalized("NFC", made)
    assert 0 < len(made.encode()) <= 200
    assert not set(made) & FORBIDDEN
    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in made)
    assert made == made.strip(" .-~")
    assert made.split(".")[0].rstrip().casefold() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna.md", "anna.md"),
        ("M\u00fcller.md", "Mu\u0308ller.md"),
        ("MÜLLER.md", "müller.md"),
        ("Straße.md", "STRASSE.md"),
    ],
)
def test_names_that_differ_in_case_or_normal_form_only_collide(one: str, other: str) -> None:
    assert collision_key(one) == collision_key(other)


def test_names_that_differ_in_accents_do_not_collide() -> None:
    assert collision_key("Müller.md") != collision_key("Muller.md")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Anna", {"given": "Anna"}),
        (" Dr.  Anna Berg", {"family": "Berg", "given": "Dr. Anna"}),
        ("Winkler, Rosemarie", {"family": "Winkler", "given": "Rosemarie"}),
        ("von der Au, Dr. Eva Maria", {"family": "von der Au", "given": "Dr. Eva Maria"}),
        ("Martin Luther King, Jr.", {"family": "King", "given": "Martin Luther", "suffix": "Jr."}),
        ("Anna Berg, Dr. med.", {"family": "Berg", "given": "Anna", "suffix": "Dr. med."}),
        ("Anna, Ben, Carl", {"family": "Carl", "given": "Anna, Ben,"}),
        ("Anna,", {"given": "Anna,"}),
        ("03437 5550106", {"given": "03437 5550106"}),
        ("1, 2", {"given": "1, 2"}),
        ("", {"given": ""}),
    ],
)
def test_a_name_is_cut_at_its_comma_or_before_its_last_word(name: str, parts: dict[str, str]) -> None:
    assert cut_name(name) == parts
