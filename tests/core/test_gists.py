"""What an item tells, in short."""

from __future__ import annotations

import pytest

from prmvault.core.gists import clause_text, clauses, gist, gist_beside, shortened, wish_in


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("call Oma Gerda: the knee is better", "the knee is better"),
        ("telefoniert mit Tante Frieda: Vereinsfest", "Vereinsfest"),
        ("#mention Anna: Kathi saw her prints", "Kathi saw her prints"),
        ("call Ann: wants a bench #gift – in green", "wants a bench – in green"),
        ("walked with Ann", "walked with Ann"),
        ("he said so! And then: more", "he said so! And then: more"),
        ("one two three four five six seven eight nine: ten", "one two three four five six seven eight nine: ten"),
        ('Opa said "so: no"', 'Opa said "so: no"'),
        ("at 18:30 a call", "at 18:30 a call"),
        ("", ""),
    ],
)
def test_what_only_says_that_one_talked_is_left_out(text: str, short: str) -> None:
    assert gist(text) == short


def test_a_long_one_is_cut_behind_a_sentence() -> None:
    text = "The first sentence is long enough to stand alone, and it ends here. The second one is cut off somewhere."
    assert shortened(text, 90) == "The first sentence is long enough to stand alone, and it ends here. …"


def test_else_it_is_cut_between_two_words() -> None:
    assert shortened("word " * 30, 42) == "word word word word word word word word …"
    assert shortened("x" * 100, 20) == "x" * 18 + " …"


def test_what_is_short_stays() -> None:
    assert shortened("a b", 3) == "a b"


def test_clauses_are_lines_sentences_and_halves_but_numbers_and_titles_end_none() -> None:
    text = 'OP am 17. November. Danach Reha; ruft an – "gut?" – Dr. Weiß kommt! ja'
    assert clauses(text) == ["OP am 17. November.", "Danach Reha", "ruft an", '"gut?"', "Dr. Weiß kommt!", "ja"]


def test_what_is_told_already_is_left_out_of_the_rest() -> None:
    text = "call Ann: new job, starts in May; the cat is well. All fine"
    assert gist_beside(text, {"new job, starts in May"}) == "the cat is well. All fine"
    assert gist_beside(text, set()) == "new job, starts in May; the cat is well. All fine"
    assert gist_beside("call Ann: new job", {"new job"}) == ""


def test_the_tag_of_an_open_thread_is_never_told() -> None:
    text = "call Ann: the cat is well; ask for the lamp #thread"
    assert gist_beside(text, {"ask for the lamp"}) == "the cat is well"
    assert gist_beside(text, set()) == "the cat is well; ask for the lamp"
    long = "x" * 80 + " " + "y" * 80
    assert gist_beside(f"call Ann: {long}; well", {clause_text(long)}) == "well"


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Besuch bei Oma Lotte, sie wünscht sich eine Leselampe", "sie wünscht sich eine Leselampe"),
        ("tea with Ann and she would like a lamp, a green one", "she would like a lamp, a green one"),
        ("Kino, und er hätte gern Rollschuhe", "er hätte gern Rollschuhe"),
        ("she wants a lamp, and she wants a hat", "she wants a lamp, and she wants a hat"),
        ("sie wird sich wohl eine Lampe wünschen, sagt er", "sie wird sich wohl eine Lampe wünschen, sagt er"),
        ("a lamp, she said, would be fine", "a lamp, she said, would be fine"),
        ("walk, she wants to know the price", "walk, she wants to know the price"),
    ],
)
def test_of_a_story_the_part_that_tells_the_wish_is_taken(text: str, wish: str) -> None:
    assert wish_in(text) == wish
