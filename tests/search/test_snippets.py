from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.search.analysis import words
from prmvault.search.compile import Wanted
from prmvault.search.snippets import Snippet, snippet


def wanted(
    *found: str, prefixes: tuple[str, ...] = (), phrases: tuple[str, ...] = (), spelled: tuple[str, ...] = ()
) -> Wanted:
    return Wanted(words=frozenset(found), prefixes=prefixes, phrases=phrases, spelled=frozenset(spelled))


def marked(shown: Snippet) -> list[str]:
    return [shown.text[start:end] for start, end in shown.marks]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_the_line_is_that_of_the_file(end: str, begin: str, form: Literal["NFC", "NFD"]) -> None:
    lines = ["---", "name: Jörg", "---", "", "Erste Zeile", "In der Straße wohnt Müller.", ""]
    text = begin + unicodedata.normalize(form, end.join(lines))
    shown = snippet(text, wanted("strasse", "muller"))
    assert shown.line == 6
    assert shown.text == "In der Straße wohnt Müller."
    assert marked(shown) == ["Straße", "Müller"]


def test_what_is_on_the_first_line_behind_a_mark_is_marked() -> None:
    shown = snippet("\ufeffMüller da", wanted("muller"))
    assert shown.line == 1
    assert marked(shown) == ["Müller"]


@pytest.mark.parametrize("strange", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r"])
def test_only_newlines_make_lines(strange: str) -> None:
    assert snippet(f"a{strange}b\nMüller", wanted("muller")).line == 2


def test_the_line_with_the_most_words_wins_and_the_first_of_equals() -> None:
    text = "garden\ngarden bench\nbench garden\n"
    assert snippet(text, wanted("garden", "bench")).line == 2
    assert snippet(text, wanted("garden")).line == 1


def test_a_phrase_wins_over_more_words() -> None:
    text = "bench, garden and house\nthe garden bench\n"
    assert snippet(text, wanted("garden", "bench", "house", phrases=("garden bench",))).line == 2


def test_beginnings_are_marked_as_whole_words() -> None:
    assert marked(snippet("Gärten und Garten, Art\n", wanted(prefixes=("gart",)))) == ["Gärten", "Garten"]


def test_a_part_of_a_word_is_not_marked() -> None:
    shown = snippet("Zahnarzttermin\nder Arzt\n", wanted("arzt"))
    assert (shown.line, marked(shown)) == (2, ["Arzt"])


def test_without_a_word_the_first_line_that_says_something_is_shown() -> None:
    assert snippet("---\nname: x\n---\n\n  Hallo \n", Wanted()) == Snippet(5, "Hallo", (), exact=False)
    assert snippet("---\nname: x\n---\n", Wanted()).text == ""
    assert snippet("", Wanted()) == Snippet(1, "", (), exact=False)
    assert snippet("---\nunclosed", Wanted()).text == "---"


@pytest.mark.parametrize(
    ("text", "is_exact"),
    [
        ("so schön hier", True),
        ("SCHÖN", True),
        ("schon", False),
        ("unschön", False),
        ("scho\u0308n", True),
        ("schön.", True),
    ],
)
def test_an_exact_spelling_is_told(text: str, is_exact: bool) -> None:
    assert snippet(text, wanted("schon", spelled=("schön",))).exact is is_exact


def test_a_long_line_is_cut_at_blanks_around_the_first_word() -> None:
    line = "wort " * 100 + "Müller " + "ende " * 100
    shown = snippet(line, wanted("muller"), 60)
    assert marked(shown) == ["Müller"]
    assert shown.text.startswith("…wort")
    assert shown.text.endswith("…")
    assert len(shown.text) <= 62


@given(
    st.text(st.sampled_from(" abcäöüß-.,'🎂李\t"), max_size=400),
    st.text(st.sampled_from(" abcäöüß\n"), max_size=100),
    st.integers(20, 200),
)
def test_marks_are_words_that_were_wanted_wherever_a_line_is_cut(before: str, after: str, length: int) -> None:
    shown = snippet(f"{before} Müller {after}", wanted("muller"), length)
    assert marked(shown)[:1] == ["Müller"]
    assert all(words(text) == ["muller"] for text in marked(shown))
    assert "\n" not in shown.text
    assert len(shown.text) <= length + 2


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_text_has_a_snippet(text: str, query: str) -> None:
    shown = snippet(text, wanted(*words(query), spelled=(query,)))
    assert 1 <= shown.line <= text.count("\n") + 1
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
    if set(words(query)) & set(words(text)) and text.isascii():
        assert shown.marks


def test_a_word_longer_than_the_line_may_be_is_shown_all_the_same() -> None:
    shown = snippet("x" * 50 + " " + "müller" * 60 + " y", wanted("muller" * 60), 40)
    assert marked(shown) in ([], ["müller" * 60])
    assert shown.line == 1


def test_words_of_the_notes_own_name_count_last() -> None:
    text = "---\nemails: [tom@example.org]\nrelated:\n  - child: Ida\n---\n"
    wanted = Wanted(words=frozenset({"tom", "child"}))
    assert snippet(text, wanted, names="Tom Becker").line == 4
    assert snippet(text, wanted).line == 2
