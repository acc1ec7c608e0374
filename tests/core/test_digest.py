"""The digest as values: what is in which section, cut to what can be read."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from prmvault.core.digest import MOST, Idea, Materials, make_digest
from prmvault.core.markdown import one_line_markdown
from prmvault.core.model import Task
from prmvault.core.note import parse_note
from prmvault.core.problems import Problem
from prmvault.core.reminders import Happening, OpenTask, World
from prmvault.vault.refresh import reading_of
from prmvault.vault.settings import Settings

MONDAY = date(2026, 11, 16)
READING = reading_of(Settings())


def person(name: str, front: str) -> Any:
    return parse_note(f"people/{name}.md", f"---\n{front}\n---\n", READING)


def materials(*people: Any, tasks: tuple[OpenTask, ...] = (), **more: Any) -> Materials:
    cadence = more.pop("cadence", {})
    world = World(MONDAY, people, (), tasks, more.pop("happenings", ()), more.pop("last", {}), cadence, "feb-28")
    values = {
        "horizon": timedelta(weeks=4),
        "year_ago": (),
        "ideas": (),
        "problems": (),
        "link": lambda path: f"<{path}>",
    }
    return Materials(**{"world": world, **values, **more})


def test_an_empty_vault_has_an_empty_digest() -> None:
    digest = make_digest(MONDAY, materials())
    nothing = {"lines": [], "more": 0}
    assert (digest.pop("week"), digest.pop("first")) == ("2026-W47", "2026-11-16")
    assert digest.pop("last") == "2026-11-22"
    assert digest.pop("days") == []
    assert all(section == nothing for section in digest.values())


def test_the_digest_is_plain_values() -> None:
    ann = person("Ann", "birthday: 1986-11-20\ncadence: 1 week")
    last = {"people/Ann.md": Happening("2026-11-01", "", "call", "talked", ("Ann",), "journal/x.md", 1)}
    digest = make_digest(MONDAY, materials(ann, last=last))
    assert json.loads(json.dumps(digest)) == digest


def test_a_week_shows_its_days_in_order_without_empty_ones() -> None:
    digest = make_digest(MONDAY, materials(person("Ann", "birthday: --11-22"), person("Bob", "birthday: --11-16")))
    assert [(day["weekday"], [entry["title"] for entry in day["entries"]]) for day in digest["days"]] == [
        ("Monday", ["Bob has a birthday"]),
        ("Sunday", ["Ann has a birthday"]),
    ]


@pytest.mark.parametrize(("born", "is_round"), [(1986, True), (1987, False), (2026, True)])
def test_round_birthdays_are_marked(born: int, is_round: bool) -> None:
    digest = make_digest(MONDAY, materials(person("Ann", f"birthday: {born}-11-20")))
    assert digest["days"][0]["entries"][0]["is_round"] is is_round


def test_what_is_overdue_on_monday_is_not_shown_among_the_days() -> None:
    tasks = tuple(
        OpenTask("x.md", Task(1, text, "open", due=due), ()) for text, due in [("a", "2026-11-15"), ("b", "2026-11-16")]
    )
    digest = make_digest(MONDAY, materials(tasks=tasks))
    assert [entry["title"] for entry in digest["overdue"]["lines"]] == ["a"]
    assert [entry["title"] for entry in digest["days"][0]["entries"]] == ["b"]


def test_contacts_are_worst_first_and_never_among_the_days() -> None:
    last = {
        f"people/{name}.md": Happening(day, "", "call", "talked", (name,), "journal/x.md", 1)
        for name, day in (("Ann", "2026-11-01"), ("Bob", "2026-01-01"), ("Cy", "2026-11-20"))
    }
    people = [person(name, "cadence: 1 week") for name in ("Ann", "Bob", "Cy")]
    digest = make_digest(MONDAY, materials(*people, last=last))
    assert [entry["title"] for entry in digest["contacts"]["lines"]] == ["Bob", "Ann"]
    assert digest["contacts"]["lines"][0]["last"]["date"] == "2026-01-01"
    assert digest["days"] == []


def test_those_of_one_household_who_are_due_this_week_are_one_line_with_all_links() -> None:
    last = {
        f"people/{name}.md": Happening(day, "", "call", f"with {name}", (name,), "journal/x.md", 1)
        for name, day in (("Ann", "2026-11-08"), ("Bob", "2026-11-01"), ("Cy", "2026-11-16"))
    }
    given = materials(*(person(name, "cadence: 1 week") for name in ("Ann", "Bob", "Cy")), last=last)
    given = given._replace(world=given.world._replace(households=dict.fromkeys(last, tuple(last))))
    (line,) = make_digest(MONDAY, given)["contacts"]["lines"]
    assert (line["title"], line["link"]) == ("Bob, Ann", "<people/Bob.md>, <people/Ann.md>")
    assert (line["date"], line["overdue_days"], line["last"]["text"]) == ("2026-11-08", 8, "with Bob")
    assert line["reason"] == "cadence 1 week; last contact 2026-11-01"


def test_a_task_without_a_day_is_shown_from_its_start_on() -> None:
    tasks = tuple(
        OpenTask("x.md", Task(1, text, "open", start=start), ())
        for text, start in [("a", ""), ("b", "2026-11-22"), ("c", "2026-11-23")]
    )
    digest = make_digest(MONDAY, materials(tasks=tasks))
    assert [entry["title"] for entry in digest["undated"]["lines"]] == ["a", "b"]


def test_coming_shows_each_line_of_a_note_once_and_no_contacts() -> None:
    ann = person(
        "Ann", "cadence: 3 weeks\nreminders:\n  - {text: call, on: 2026-11-02, repeat: weekly, done: 2026-11-16}"
    )
    digest = make_digest(MONDAY, materials(ann))
    assert [entry["date"] for entry in digest["coming"]["lines"]] == ["2026-11-23"]


def test_what_goes_on_after_the_week_is_told_in_it_and_not_again() -> None:
    trip = parse_note("events/Trip.md", "---\nstart: 2026-11-13\nend: 2026-12-01\n---\n", READING)
    fair = parse_note("events/Fair.md", "---\nstart: 2026-11-23\nend: 2026-11-30\n---\n", READING)
    given = materials()
    digest = make_digest(MONDAY, given._replace(world=given.world._replace(events=(trip, fair))))
    assert [entry["title"] for entry in digest["days"][0]["entries"]] == ["Trip (until 2026-12-01)"]
    assert [(entry["date"], entry["title"]) for entry in digest["coming"]["lines"]] == [
        ("2026-11-23", "Fair (until 2026-11-30)")
    ]


def test_long_sections_are_cut_and_the_rest_is_counted() -> None:
    count = MOST + 3
    people = [
        person(f"P{number:02}", "cadence: 1 week\nbirthday: --11-30\nwishes: [a book]") for number in range(count)
    ]
    tasks = [OpenTask("x.md", Task(at, f"t{at}", "open", due="2026-01-01"), ()) for at in range(count)]
    tasks += [OpenTask("y.md", Task(at, f"t{at}", "open"), ()) for at in range(count)]
    digest = make_digest(
        MONDAY,
        materials(
            *people,
            tasks=tuple(tasks),
            problems=[Problem("x.md", at, "bad-date", "no date") for at in range(count)],
            year_ago=[Happening("2025-11-17", "", "", "talk", ("P",), "j.md", at) for at in range(count)],
        ),
    )
    for section in ("contacts", "overdue", "undated", "coming", "gifts", "year_ago", "problems"):
        assert (len(digest[section]["lines"]), digest[section]["more"]) == (MOST, 3), section


def test_of_what_is_coming_birthdays_are_never_cut_for_plans() -> None:
    plans = tuple(Happening("2026-11-24", "", "", f"plan {at}", ("P",), "j.md", at) for at in range(MOST + 3))
    digest = make_digest(MONDAY, materials(person("Ann", "birthday: --12-08"), happenings=plans))
    titles = [entry["title"] for entry in digest["coming"]["lines"]]
    assert (len(titles), titles[-1], digest["coming"]["more"]) == (MOST, "Ann has a birthday", 4)


def test_gift_ideas_are_shown_for_coming_birthdays_without_what_was_given() -> None:
    ann = person(
        "Ann",
        "birthday: --11-30\nwishes: [a kite]\ngifts:\n  - Buch\n  - {what: Ball, status: planned, amount: 20 EUR}\n"
        "  - {what: buch, status: given}\n  - {what: soap, status: received}",
    )
    far = person("Far", "birthday: --06-01\nwishes: [a kite]")
    ideas = [Idea("people/Ann.md", "likes owls", "journal/2026-01-01.md", 3), Idea("people/Far.md", "x", "y.md", 1)]
    (gift,) = make_digest(MONDAY, materials(ann, far, ideas=ideas))["gifts"]["lines"]
    assert (gift["person"], gift["ideas"]) == (
        "Ann",
        ["Ball (planned, 20 EUR)", "a kite (wish)", "likes owls (2026-01-01)"],
    )


@pytest.mark.parametrize("monday", [date(2026, 12, 28), date(2027, 1, 4), date(2024, 12, 30)])
def test_weeks_at_the_turn_of_the_year_have_seven_days(monday: date) -> None:
    people = [person(f"P{day}", f"birthday: --{monday + timedelta(days=day):%m-%d}") for day in range(7)]
    digest = make_digest(monday, materials(*people))
    assert [entry["title"] for day in digest["days"] for entry in day["entries"]] == [
        f"P{day} has a birthday" for day in range(7)
    ]
    assert digest["week"] == f"{monday:%G-W%V}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain *text* #tag [[Ann]]", "plain *text* #tag [[Ann]]"),
        ("a\nb\r\n\n## c\x00\x1b", "a b ## c"),
        ("# no heading", "\\# no heading"),
        ("#tag", "#tag"),
        ("> no quote", "\\> no quote"),
        ("- no item", "\\- no item"),
        ("1. no list", "1\\. no list"),
        ("1.5 litres", "1.5 litres"),
        ("---", "\\---"),
        ("* * *", "\\* * *"),
        ("**bold**", "**bold**"),
        ("```sh", "\\`\\`\\`sh"),
        ("~~~", "\\~~~"),
        ("[ ] no box", "\\[ ] no box"),
        ("<!-- no comment", "\\<!-- no comment"),
        ("a <details> b", "a \\<details> b"),
        ("I <3 you", "I <3 you"),
        ("%% no comment", "\\%% no comment"),
        ("$$ no sum", "\\$$ no sum"),
        ("open [[ end", "open \\[[ end"),
        ("a ![[photo.png]] b", "a \\![[photo.png]] b"),
        ("one ` tick", "one \\` tick"),
        ("two `ticks`", "two `ticks`"),
    ],
)
def test_a_text_of_a_note_stays_a_piece_of_one_line(text: str, expected: str) -> None:
    assert one_line_markdown(text) == expected


def test_a_path_stays_between_its_backticks() -> None:
    assert one_line_markdown("people/a`b\nc.md", code=True) == "people/a'b c.md"
