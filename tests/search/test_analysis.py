from __future__ import annotations

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.search.analysis import same_stem, special_words, stem_prefix, stemmers, word_spans, words
from tests.conftest import environment

BOTH = stemmers(["de", "en"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Straße, STRASSE!", ["die", "strasse", "strasse"]),
        ("Müller mueller MÜLLER Muller", ["muller"] * 4),
        ("neue Quelle, Bauer, teuer", ["neue", "quelle", "bauer", "teuer"]),
        ("don't e-mail anna@example.org", ["don", "t", "e", "mail", "anna", "example", "org"]),
        ("snake_case 2026-11-21 +49 171", ["snake", "case", "2026", "11", "21", "49", "171"]),
        ("李小龍 Ωμέγα Łódź", ["李小龍", "ωμεγα", "lodz"]),
        ("", []),
        ("🎂 — …", []),
    ],
)
def test_words_are_folded_and_in_order(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text(max_size=100))
def test_words_do_not_depend_on_case_or_normal_form_and_are_stable(text: str) -> None:
    found = words(text)
    assert words(unicodedata.normalize("NFD", unicodedata.normalize("NFC", text))) == words(
        unicodedata.normalize("NFC", text)
    )
    assert words(" ".join(found)) == found


@given(st.text(st.sampled_from("aeouäöüßnm AEÖ,.-_'"), max_size=60))
def test_marked_places_hold_the_words_that_are_indexed(line: str) -> None:
    line = unicodedata.normalize("NFC", line)
    spans = list(word_spans(line))
    assert [word for word, _, _ in spans] == words(line)
    assert all(words(line[start:end]) == [word] for word, start, end in spans)


def test_the_exact_spelling_is_kept_for_words_beyond_ascii_only() -> None:
    assert special_words("Schön schon, Straße; straße") == {"=schön", "=straße"}
    assert special_words(unicodedata.normalize("NFD", "Schön")) == {"=schön"}
    assert special_words("plain") == set()


@pytest.mark.parametrize(
    ("word", "other"),
    [("garden", "gardening"), ("wish", "wishes"), ("run", "running"), ("haus", "hauser"), ("geburtstag", "geburtstage"),
     ("kind", "kinder"), ("bank", "banken"), ("besuchen", "besuche")],
)  # fmt: skip
def test_forms_of_a_word_share_a_stem_and_its_beginning(word: str, other: str) -> None:
    for mine, theirs in ((word, other), (other, word)):
        assert same_stem(mine, [theirs, "zebra"], BOTH) == [theirs]
        prefix = stem_prefix(mine, BOTH)
        assert prefix == "" or theirs.startswith(prefix)


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=1, max_size=15))
def test_a_stem_prefix_begins_the_word_and_is_not_too_short(word: str) -> None:
    prefix = stem_prefix(word, BOTH)
    assert word.startswith(prefix)
    assert prefix == "" or len(prefix) >= 3


def test_only_the_languages_asked_for_are_stemmed() -> None:
    assert len(stemmers(["de"])) == 1
    assert len(stemmers(["en", "de"])) == 2
    assert stemmers(["xx"]) == ()
    assert same_stem("garden", ["gardening"], stemmers(["en"])) == ["gardening"]
    assert same_stem("haus", ["hauser"], ()) == []


def test_the_stemmers_package_is_whole_after_ours_took_a_part_of_it() -> None:
    code = (
        "from prmvault.search.analysis import stemmers\n"
        "assert stemmers(['de'])[0]('kinder') == 'kind'\n"
        "import snowballstemmer\n"
        "assert snowballstemmer.stemmer('french').stemWord('maisons') == 'maison'\n"
        "assert stemmers(['en'])[0]('wishes') == 'wish'\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], env=environment(), check=True)
