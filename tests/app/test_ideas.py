"""Gift ideas and wishes out of journal days and logs: whose they are, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from prmvault.app.ideas import told_ideas
from prmvault.app.world import People


def ideas(make_vault: Any, day: str, **more: str) -> list[tuple[str, str, str]]:
    """Return (person, kind, text) of the ideas that a journal day tells of Ann, Bob and Cem."""
    files = {f"people/{name}.md": "" for name in ("Ann", "Bob", "Cem")}
    vault = make_vault({**files, "journal/2026/2026-11-01.md": day, **more})
    found = told_ideas(vault, People(vault).meant)
    return [(each.person.removeprefix("people/").removesuffix(".md"), each.kind, each.text) for each in found]


def test_an_item_with_the_tag_is_an_idea_for_whom_it_links(make_vault: Any) -> None:
    assert ideas(make_vault, "- call [[Ann]]: wants a bench #gift\n- saw [[Bob]] #wish a kite\n- visit [[Cem]]\n") == [
        ("Ann", "gift", "call Ann: wants a bench"),
        ("Bob", "wish", "saw Bob a kite"),
    ]


def test_of_several_people_it_is_that_of_those_whom_the_line_links(make_vault: Any) -> None:
    assert ideas(make_vault, "- lunch with [[Ann]] and [[Bob]]\n  - [[Bob]] wants a kite #wish\n") == [
        ("Bob", "wish", "Bob wants a kite")
    ]


def test_where_the_line_links_nobody_it_is_that_of_all(make_vault: Any) -> None:
    found = ideas(make_vault, "- lunch with [[Ann]] and [[Bob]]\n  - a tent #gift\n")
    assert sorted(found) == [("Ann", "gift", "a tent"), ("Bob", "gift", "a tent")]


@pytest.mark.parametrize("tag", ["#gifts", "#gift/idea", "#gift-wrap", "#gifted", "x#gift", "`#gift`"])
def test_other_tags_are_no_ideas(make_vault: Any, tag: str) -> None:
    assert ideas(make_vault, f"- call [[Ann]]: a book {tag}\n") == []


def test_a_mention_and_a_log_may_tell_ideas_too(make_vault: Any) -> None:
    log = "## Log\n- 2026-11-02 wants a lamp #wish\n"
    found = ideas(make_vault, "- heard of [[Ann]] #mention: a hat #gift\n", **{"people/Bob.md": log})
    assert sorted(found) == [("Ann", "gift", "heard of Ann #mention: a hat"), ("Bob", "wish", "wants a lamp")]


def test_an_idea_for_a_name_that_two_have_is_nobodys(make_vault: Any) -> None:
    more = {"people/a/Zoe.md": "", "people/b/Zoe.md": ""}
    assert ideas(make_vault, "- call [[Zoe]]: a hat #gift\n", **more) == []


@pytest.mark.parametrize(
    ("day", "gist"),
    [
        ("- call [[Ann]]: wants a garden bench #gift\n", "wants a garden bench"),
        ("- met [[Ann]], 61 km; her bags are worn #gift\n", "her bags are worn"),
        ("- met [[Ann]]: fine. A lamp #wish in green; bye\n", "A lamp in green"),
        ("- lunch with [[Ann]]\n  - a tent\n  - #gift\n", "a tent"),
        ("- #gift for [[Ann]]: a hat\n", "a hat"),
        ("- #mention [[Ann]] a hat #gift\n", "Ann a hat"),
    ],
)
def test_the_gist_is_the_part_with_the_tag(make_vault: Any, day: str, gist: str) -> None:
    vault = make_vault({"people/Ann.md": "", "journal/2026/2026-11-01.md": day})
    assert [each.gist for each in told_ideas(vault, People(vault).meant)] == [gist]


def test_of_one_sentence_it_is_what_tells_the_wish(make_vault: Any) -> None:
    day = "- Besuch bei [[Ann]], sie wünscht sich eine Leselampe #wish\n"
    vault = make_vault({"people/Ann.md": "", "journal/2026/2026-11-01.md": day})
    assert [each.gist for each in told_ideas(vault, People(vault).meant)] == ["sie wünscht sich eine Leselampe"]
