"""What a day in somebody's life is, by its label in English or German."""

from __future__ import annotations

import pytest

from prmvault.core.occasions import is_round, meant_occasion, occasion_of


@pytest.mark.parametrize(
    ("label", "occasion"),
    [
        ("wedding", "wedding"),
        ("Hochzeitstag", "wedding"),
        ("standesamtliche Trauung", "wedding"),
        ("anniversary", "wedding"),
        ("work anniversary", "other"),
        ("Namenstag", "nameday"),
        ("name day", "nameday"),
        ("Todestag der Mutter", "memorial"),
        ("first met", "other"),
        ("kennengelernt", "other"),
        ("", "other"),
    ],
)
def test_a_label_tells_the_occasion(label: str, occasion: str) -> None:
    assert occasion_of(label) == occasion
    assert occasion_of(label, is_alive=False) == "memorial"


@pytest.mark.parametrize(
    ("text", "occasion"),
    [("70. Geburtstag", "birthday"), ("Weihnachten", "christmas"), ("Xmas", "christmas"), ("fun", "")],
)
def test_what_a_gift_is_for_is_understood(text: str, occasion: str) -> None:
    assert meant_occasion(text) == occasion


@pytest.mark.parametrize(
    ("occasion", "years", "expected"),
    [
        ("birthday", "70", True),
        ("birthday", "75", True),
        ("birthday", "18", True),
        ("wedding", "18", False),
        ("wedding", "25", True),
        ("birthday", "71", False),
        ("birthday", "about 70", False),
        ("birthday", "", False),
    ],
)
def test_round_years(occasion: str, years: str, expected: bool) -> None:
    assert is_round(occasion, years) is expected
