"""Which tags are almost another one, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.tag_slips import Slip, tag_slips


def slips(**counts: int) -> list[tuple[str, str]]:
    rows = [(tag.replace("__", "/"), f"{tag}{number}") for tag, count in counts.items() for number in range(count)]
    return [(slip.tag, slip.meant) for slip in tag_slips(rows)]


@pytest.mark.parametrize(
    ("odd", "common"),
    [
        ("Freund", "freund"),
        ("FAMILY", "family"),
        ("Müsli", "musli"),
        ("choirs", "choir"),
        ("freunde", "freund"),
        ("families", "family"),
        ("family", "families"),
        ("friend", "friends"),
        ("familiy", "family"),
        ("famly", "family"),
        ("fmaily", "family"),
        ("xamily", "family"),
        ("familu", "family"),
        ("Familiy", "family"),
    ],
)
def test_a_rare_tag_beside_a_common_one_almost_like_it_is_odd(odd: str, common: str) -> None:
    assert slips(**{odd: 1, common: 5}) == [(odd, common)]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("work", "york"),
        ("cat", "cats"),
        ("trip2025", "trip2026"),
        ("sister", "minister"),
        ("family", "famliiy"),
        ("as", "a"),
    ],
)
def test_two_words_are_two_tags(left: str, right: str) -> None:
    assert slips(**{left: 1, right: 2}) == []
    if (left, right) != ("cat", "cats"):
        assert slips(**{left: 1, right: 9}) == slips(**{left: 9, right: 1}) == []


def test_what_is_used_more_often_is_meant() -> None:
    assert slips(Freund=5, freund=9) == slips(choirs=3, choir=9) == slips(familiy=2, family=20) == []
    assert slips(choirs=2, choir=6) == [("choirs", "choir")]


def test_of_nested_tags_the_part_that_is_odd_is_told_once() -> None:
    assert slips(family=3, family__uk=3, familiy__uk=1) == [("familiy", "family")]
    assert slips(work__berlin=6, work__berlni=1) == [("work/berlni", "work/berlin")]
    assert slips(work__berlin=6, home__berlni=1) == []


def test_a_note_counts_once_and_is_where_to_look() -> None:
    rows = [("family/uk", "a"), ("family/de", "a"), ("family", "b"), ("family", "c"), ("Family", "d")]
    assert list(tag_slips(rows)) == [Slip("Family", "family", 1, 3, "d")]


@given(st.lists(st.tuples(st.text("abAB/s", min_size=1, max_size=6), st.sampled_from("1234567")), max_size=40))
def test_what_is_meant_is_always_more_common(rows: list[tuple[str, str]]) -> None:
    for slip in tag_slips(rows):
        assert slip.notes <= 2 < 3 * slip.notes <= slip.meant_notes
        assert slip.tag != slip.meant


def test_many_tags_are_compared_without_comparing_each_with_each() -> None:
    words = [f"{chr(97 + a)}{chr(97 + b)}{chr(97 + c)}ily" for a in range(26) for b in range(26) for c in range(26)]
    rows = [(word, str(number)) for word in words[::2] for number in range(5)] + [(word, "x") for word in words[1::2]]
    assert len(list(tag_slips(rows))) == len(words) // 2
