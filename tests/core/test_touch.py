"""Whom to be in touch with: how, and what is told beside the name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from prmvault.core.channels import channel_of, channel_words
from prmvault.core.model import Task
from prmvault.core.note import parse_note
from prmvault.core.reminders import CONTACTS, Happening, OpenTask, World, by_household, reminders
from prmvault.core.threads import Said
from prmvault.core.touch import action_of, by_need, todo, touch_values
from prmvault.vault.refresh import reading_of
from prmvault.vault.settings import Settings

MONDAY = date(2026, 11, 16)
READING = reading_of(Settings())


def said(channel: str, text: str = "x", day: str = "2026-11-01") -> Said:
    return Said(day, "", channel, text, f"journal/{day}.md", 1)


def world(*names: str, tasks: tuple[OpenTask, ...] = (), home: bool = False) -> World:
    people = tuple(parse_note(f"people/{name}.md", "---\ncadence: 1 week\n---\n", READING) for name in names)
    paths = tuple(note.path for note in people)
    last = {path: Happening("2026-11-01", "", "call", "call Ann: well", ("Ann",), "j.md", 1) for path in paths}
    households = dict.fromkeys(paths, paths) if home else {}
    return World(MONDAY, people, (), tasks, (), last, {}, "feb-28", households)


def values(given: World, told: dict[str, list[Said]]) -> dict[str, Any]:
    found = by_household(by_need(reminders(given, MONDAY, MONDAY + timedelta(days=6), CONTACTS)), given)
    return touch_values(found[0], given, lambda path: told.get(path, []), MONDAY)


@pytest.mark.parametrize(
    ("channel", "action"),
    [("call", "call"), ("meal", "meet"), ("mail", "mail"), ("chat", "message"), ("gift", "touch"), ("", "touch")],
)
def test_the_usual_channel_tells_what_to_do(channel: str, action: str) -> None:
    assert action_of([said(channel)]) == action


@pytest.mark.parametrize("channel", ["call", "video", "visit", "meeting", "mail", "letter", "chat"])
def test_the_line_that_is_ticked_tells_the_channel_to_the_log(channel: str) -> None:
    assert channel_of(todo(action_of([said(channel)]), "[[Ann]]"), channel_words({})) == channel


def test_without_a_channel_it_is_to_get_in_touch() -> None:
    assert todo("touch", "Ann") == "get in touch with Ann"


def test_a_thread_of_the_last_talk_is_not_told_twice() -> None:
    given = world("Ann")
    talk = Said("2026-11-01", "", "call", "call Ann: well; operation on Tuesday", "j.md", 1)
    last = Happening("2026-11-01", "", "call", talk.text, ("Ann",), "j.md", 1)
    found = values(given._replace(last={"people/Ann.md": last}), {"people/Ann.md": [talk]})
    assert (found["last"]["gist"], [thread["text"] for thread in found["threads"]]) == (
        "well",
        ["operation on Tuesday"],
    )


def test_in_a_household_a_thread_bears_the_name_unless_it_is_about_several() -> None:
    both = said("call", "move on Tuesday")
    told = {"people/Ann.md": [both, said("call", "exam on Wednesday")], "people/Bob.md": [both]}
    found = values(world("Ann", "Bob", home=True), told)
    assert {thread["text"]: thread["person"] for thread in found["threads"]} == {
        "move on Tuesday": "",
        "exam on Wednesday": "Ann",
    }


def test_a_visit_to_another_of_the_household_says_to_whom() -> None:
    assert values(world("Ann"), {})["last"]["with"] == ""
    assert values(world("Bob"), {})["last"]["with"] == "Ann"


def test_open_tasks_about_the_person_are_threads_unless_they_are_far_off() -> None:
    days = ("2026-11-20", "", "2027-05-01")
    tasks = tuple(
        OpenTask("x.md", Task(at, f"task {at}", "open", due=day), ("Ann",), ("people/Ann.md",))
        for at, day in enumerate(days)
    )
    later = OpenTask("x.md", Task(9, "begins later", "open", start="2026-12-01"), ("Ann",), ("people/Ann.md",))
    found = values(world("Ann", tasks=(*tasks, later)), {})
    assert [thread["text"] for thread in found["threads"]] == ["task 0", "task 1"]


@pytest.mark.parametrize(
    ("text", "channel", "shown"),
    [
        ("Besuch von Jonas", "visit", ""),
        ("visited Ann at home", "visit", ""),
        ("call Ann: called twice", "call", ""),
        ("call Ann: well", "call", "call"),
        ("long talk, a visit next", "visit", "visit"),
    ],
)
def test_a_channel_that_the_gist_begins_with_is_not_told_again(text: str, channel: str, shown: str) -> None:
    given = world("Ann")
    talk = Happening("2026-11-01", "", channel, text, ("Ann",), "j.md", 1)
    assert values(given._replace(last={"people/Ann.md": talk}), {})["last"]["channel_name"] == shown
