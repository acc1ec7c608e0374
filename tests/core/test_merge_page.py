"""Two machines' versions of a digest's page become one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmvault.core.digest_join import join_page
from prmvault.core.digest_page import edits_of, parse_page, with_done
from prmvault.core.digest_told import edits_on, told_marks, with_told
from prmvault.core.merge_page import merge_pages
from tests.core.test_digest_page import GENERATED, PAGE, PAGES, Hand


def both_ways(base: str, ours: str, theirs: str) -> str:
    """Merge, and see that it makes no difference who does."""
    merged = merge_pages(base, ours, theirs)
    assert merged == merge_pages(base, theirs, ours)
    return merged


def carried(page: str, day: str) -> str:
    for edit in edits_of(parse_page(page)):
        page = with_done(page, edit, edit.day or day)
    return page


def test_notes_of_both_sides_stay() -> None:
    merged = both_ways(PAGE, PAGE + "\nours\n", PAGE + "\ntheirs\n")
    assert merged.startswith(PAGE)
    assert sorted(merged.removeprefix(PAGE).split()) == ["ours", "theirs"]


def test_of_two_wordings_of_a_note_both_stay_without_markers() -> None:
    page = PAGE + "\nbuy flowers\n\nthe end\n"
    merged = both_ways(page, page.replace("flowers", "red flowers"), page.replace("flowers", "wine"))
    assert "red flowers" in merged
    assert "wine" in merged
    assert "<<<" not in merged


def test_a_tick_wins_over_a_line_that_was_generated_anew() -> None:
    ticked = PAGE.replace("- [ ] call [[Oma Gerda]]", "- [x] call [[Oma Gerda]]: well")
    other = join_page(GENERATED.replace("call [[Oma Gerda]]", "ring [[Oma Gerda]]"), PAGE)
    merged = both_ways(PAGE, ticked, other)
    assert [edit.text for edit in edits_of(parse_page(merged))] == ["call [[Oma Gerda]]: well"]
    assert merged.count("^c-3f2a1c") == 1


def test_a_tick_that_one_side_has_carried_is_done() -> None:
    ticked = PAGE.replace("- [ ] call", "- [x] call")
    merged = both_ways(PAGE, carried(ticked, "2026-11-20"), PAGE)
    assert merged == carried(ticked, "2026-11-20")
    merged = both_ways(PAGE, carried(ticked, "2026-11-20"), ticked)
    after = carried(merged, "2026-11-21")
    assert after.count("^c-3f2a1c") == 1
    assert "✅ 2026-11-20 ^c-3f2a1c" in after


def test_one_line_that_was_carried_on_two_days_is_there_once() -> None:
    ticked = PAGE.replace("- [ ] call", "- [x] call")
    merged = both_ways(PAGE, carried(ticked, "2026-11-20"), carried(ticked, "2026-11-21"))
    assert merged == carried(ticked, "2026-11-20")


def test_what_one_side_took_out_stays_out_and_what_it_no_longer_generates_may_come_again() -> None:
    taken_out = join_page(GENERATED, PAGE.replace("- 📍 dentist\n", ""))
    fewer = join_page(GENERATED.replace("- 🎂 Anna turns 30\n", ""), PAGE)
    merged = both_ways(PAGE, taken_out, fewer)
    assert "dentist" not in merged
    assert "turns 30" not in merged
    after = join_page(GENERATED, merged)
    assert "dentist" not in after
    assert "turns 30" in after


def test_pages_that_were_made_apart_and_one_that_lost_its_mark_lose_nothing() -> None:
    ours = join_page(GENERATED, "") + "\nours\n"
    theirs = join_page(GENERATED.replace("dentist", "barber"), "") + "\ntheirs\n"
    merged = both_ways("", ours, theirs)
    assert join_page(GENERATED, merged).split("<!--")[0] == ours.split("<!--")[0]
    cut = "\n".join(ours.split("\n")[:5])
    assert set(ours.split("\n")) <= set(both_ways(ours, cut, ours + "more\n").split("\n"))


def test_new_words_of_a_line_below_done_are_heard_from_either_side_and_only_once() -> None:
    ticked = PAGE.replace("- [ ] call", "- [x] call")
    (edit,) = edits_on(parse_page(ticked))
    old, new = "call [[Oma Gerda]]", "call [[Oma Gerda]]: well"
    page = with_done(ticked, edit, "2026-11-20", marks=told_marks(edit.id, old, "item", ()))
    assert edits_on(parse_page(page)) == []
    reworded = page.replace(f"{old} ✅", f"{new} ✅")
    (again,) = edits_on(parse_page(both_ways(page, reworded, page + "mine\n")))
    assert (again.what, again.text) == ("reworded", new)
    told = with_told(reworded, edits_on(parse_page(reworded))[0], told_marks(edit.id, new, "item 2", ()))
    for other in (page, reworded):
        merged = both_ways(page, told, other + "mine\n")
        assert edits_on(parse_page(merged)) == []
    back = both_ways(page, told, page + "mine\n").replace(f"{new} ✅", f"{old} ✅")
    assert [each.text for each in edits_on(parse_page(back))] == [old]
    assert edits_on(parse_page(join_page(GENERATED, told))) == []
    assert told_marks(edit.id, new, "item 2", ())[0] in join_page("# Week\n", told)


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_line_endings_stay_those_of_the_page(eol: str) -> None:
    page = PAGE.replace("\n", eol)
    merged = both_ways(page, f"{page}ours{eol}", f"{page}theirs{eol}")
    assert merged.count("\r\n") == (merged.count("\n") if eol == "\r\n" else 0)


def test_an_emptied_page_is_no_version() -> None:
    assert both_ways(PAGE, "", PAGE + "mine\n") == PAGE + "mine\n"


@settings(max_examples=200, deadline=None)
@given(pages=st.tuples(PAGES, PAGES, PAGES), seeds=st.tuples(st.integers(0, 2**32), st.integers(0, 2**32)))
def test_no_line_of_either_side_is_lost(pages: tuple[str, str, str], seeds: tuple[int, int]) -> None:
    base = join_page(pages[0], "")
    hands = [Hand(seed) for seed in seeds]
    sides: list[str] = []
    for hand, generated in zip(hands, pages[1:], strict=True):
        hand.count = 1000 * len(sides)
        page = join_page(generated, hand.edit(base))
        sides.append(carried(page, "2026-11-20") if hand.random.random() < 0.5 else page)
    merged = both_ways(base, *sides)
    after = join_page(pages[1], merged)
    for text in (merged, after):
        words = set(text.replace(",", " ").split())
        assert hands[0].written | hands[1].written <= words
    assert join_page(pages[1], after) == after
    assert both_ways(base, merged, sides[0]).count("<!-- prmvault") <= 1
