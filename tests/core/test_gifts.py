"""Gift ideas: each once, and nothing that was given already."""

from __future__ import annotations

from typing import Any

import pytest

from prmvault.core.gifts import Idea, choices, given_before
from prmvault.core.note import parse_note
from prmvault.vault.refresh import reading_of
from prmvault.vault.settings import Settings

READING = reading_of(Settings())


def person(front: str, name: str = "Ida Becker") -> Any:
    note = parse_note(f"people/{name}.md", f"---\n{front}\n---\n", READING)
    assert note.problems == ()
    return note


def told(text: str, gist: str = "", kind: str = "gift") -> Idea:
    return Idea("people/Ida Becker.md", text, "journal/2026/2026-10-31.md", 3, kind, "2026-10-31", gist or text)


def shown(front: str, *ideas: Idea, occasion: str = "birthday") -> list[str]:
    return [choice.text for choice in choices(person(front), ideas, occasion)]


def test_what_is_planned_comes_first_then_ideas_wishes_and_what_was_told() -> None:
    front = "wishes: [kite]\ngifts:\n  - hat\n  - {what: ball, status: planned}"
    found = choices(person(front), [told("call Ida: a lamp", "a lamp")], "birthday")
    assert [(choice.text, choice.status, choice.source, choice.told) for choice in found] == [
        ("ball", "planned", "gifts", "ball"),
        ("hat", "idea", "gifts", "hat"),
        ("kite", "wish", "wishes", "kite"),
        ("a lamp", "idea", "journal", "call Ida: a lamp"),
    ]


@pytest.mark.parametrize(
    ("given", "idea"),
    [
        ("Rollschuhe", "Rollschuhe in Größe 33"),
        ("rollschuhe", "Rolschuhe, rot"),
        ("Buch über Eulen", "ein Buch über die Eulen"),
        ("fountain pen", "a proper fountain pen, broad nib"),
        ("Müslischale", "Mueslischale blau"),
        ("手套", "手套"),
    ],
)
def test_what_was_given_is_no_idea_any_more(given: str, idea: str) -> None:
    front = f'gifts: [{{what: "{given}", status: given, date: 2019-01-01}}]\nwishes: ["{idea}"]'
    assert shown(front) == []


@pytest.mark.parametrize(
    ("given", "idea"),
    [
        ("Buch über Eulen", "Buch über Katzen"),
        ("Socken Größe 40", "Schuhe Größe 40"),
        ("hat", "bat"),
        ("Schallplatte Manfred Krug", "Schallplatte Miles Davis"),
        ("手套", "围巾"),
    ],
)
def test_something_like_it_is_one(given: str, idea: str) -> None:
    front = f'gifts: [{{what: "{given}", status: given}}]\nwishes: ["{idea}"]'
    assert shown(front) == [idea]


def test_what_somebody_gave_to_the_user_is_not_what_was_given() -> None:
    assert shown("gifts: [{what: socks, status: received}]\nwishes: [socks]") == ["socks"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Rollschuhe in Größe 33", "Ida wishes for roller skates, Größe 33"),
        ("Gartenbank mit Armlehnen", "eine Gartenbank wie die von Opa"),
        ("fountain pen", "a proper fountain pen, broad nib"),
        ("ein Teleskop", "Ida wünscht sich ein Teleskop"),
        ("Teleskop", "Telleskop"),
        ("!!!", "!!!"),
    ],
)
def test_one_idea_from_two_sources_is_shown_once(first: str, second: str) -> None:
    assert shown(f'wishes: ["{first}"]', told(second)) == [first]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Buch über Eulen", "Buch über Katzen"),
        ("Socken Größe 40", "Schuhe Größe 40"),
        ("手套", "围巾"),
        ("tea", "coffee"),
        ("40", "a hat in 40"),
    ],
)
def test_two_ideas_stay_two(first: str, second: str) -> None:
    assert shown(f'wishes: ["{first}"]', told(second)) == [first, second]


def test_what_was_told_of_a_wish_that_was_given_is_gone_too() -> None:
    front = "gifts: [{what: Rollschuhe, status: given}]\nwishes: [Rollschuhe in Größe 33]"
    assert shown(front, told("roller skates, Größe 33")) == []


def test_what_is_for_another_occasion_is_left_for_it() -> None:
    front = "gifts:\n  - {what: owl, for: Weihnachten}\n  - {what: hat, for: 9. Geburtstag}\n  - {what: kite, for: fun}"
    assert shown(front) == ["hat", "kite"]
    assert shown(front, occasion="christmas") == ["owl", "kite"]
    assert shown(front, occasion="nameday") == ["kite"]


def test_the_ideas_for_others_are_not_shown() -> None:
    assert shown("wishes: [kite]", told("a lamp")._replace(person="people/Tom.md")) == ["kite"]


def test_what_was_given_before_is_told_newest_first() -> None:
    front = (
        "gifts:\n  - {what: a, status: given, date: 2019-05-01}\n  - {what: b, status: given}\n"
        "  - {what: c, status: given, date: 2025-11-17}\n  - {what: d, status: planned}"
    )
    assert given_before(person(front)) == [
        {"year": "2025", "what": "c"},
        {"year": "2019", "what": "a"},
        {"year": "", "what": "b"},
    ]
