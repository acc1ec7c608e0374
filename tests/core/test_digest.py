"""The digest as values: what is in which section, cut to what can be read."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from prmvault.core.digest import MOST, Materials, make_digest
from prmvault.core.digest_ids import LINE_ID, reminder_id, task_id
from prmvault.core.gifts import Idea
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
        "years": (),
        "ideas": (),
        "problems": (),
        "moods": {},
        "contacts": {},
        "link": lambda path: f"<{path}>",
        "key": lambda path: path,
        "said": lambda _path: (),
        "dated": (),
        "meant": lambda _target: "",
        "title": lambda path: path.removeprefix("people/").removesuffix(".md"),
    }
    return Materials(**{"world": world, **values, **more})


def test_an_empty_vault_has_an_empty_digest() -> None:
    digest = make_digest(MONDAY, materials())
    nothing = {"lines": [], "more": 0}
    assert (digest.pop("week"), digest.pop("first")) == ("2026-W47", "2026-11-16")
    assert digest.pop("last") == "2026-11-22"
    assert [digest.pop(key) for key in ("days", "summary", "years", "weeks")] == [[], [], [], []]
    assert digest.pop("plots") == {"mood": None, "contacts": None}
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


@pytest.mark.parametrize(
    ("born", "is_round"), [(1986, True), (1987, False), (2026, True), (2008, True), (2001, True), (2000, False)]
)
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
            years=[(1, [Happening("2025-11-17", "", "", "talk", ("P",), "j.md", at) for at in range(count)])],
        ),
    )
    for section in ("contacts", "overdue", "undated", "coming", "gifts", "problems"):
        assert (len(digest[section]["lines"]), digest[section]["more"]) == (MOST, 3), section
    (year,) = digest["years"]
    assert len(year["lines"]) + year["more"] == count
    assert year["more"] > 0


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
    assert (gift["person"], [(idea["text"], idea["status"], idea["next"]) for idea in gift["ideas"]]) == (
        "Ann",
        [("Ball", "planned", "given"), ("a kite", "wish", "planned"), ("likes owls", "idea", "planned")],
    )
    assert gift["given"] == [{"year": "", "what": "buch"}]


def test_where_there_is_no_idea_it_is_what_the_person_likes() -> None:
    people = [
        person("Ann", "birthday: --11-30\nlikes: [owls, tea]"),
        person("Bob", "birthday: --11-30\nlikes: [tea]\nwishes: [a kite]"),
        person("Cy", "birthday: --11-30\ngifts: [{what: hat, status: given}]"),
        person("Opa", "birthday: --11-30\nlikes: [tea]\ndeceased: 2018"),
    ]
    lines = make_digest(MONDAY, materials(*people))["gifts"]["lines"]
    assert [(line["person"], line["likes"]) for line in lines] == [("Ann", ["owls", "tea"]), ("Bob", [])]


def test_what_is_for_christmas_is_thought_of_at_christmas() -> None:
    ann = person("Ann", "birthday: --12-20\ngifts:\n  - {what: owl, for: Weihnachten}\n  - {what: hat, for: birthday}")
    (birthday,) = make_digest(MONDAY, materials(ann))["gifts"]["lines"]
    assert [idea["text"] for idea in birthday["ideas"]] == ["hat"]
    lines = make_digest(date(2026, 11, 30), materials(ann))["gifts"]["lines"]
    assert [(line["date"], line["occasion"], [idea["text"] for idea in line["ideas"]]) for line in lines] == [
        ("2026-12-20", "birthday", ["hat"]),
        ("2026-12-24", "christmas", ["owl"]),
    ]


def test_a_name_day_and_a_wedding_are_occasions_and_have_their_sign() -> None:
    ann = person("Ann", "dates: [{label: Namenstag, date: --11-18}]\nwishes: [a kite]")
    bob = person("Bob", "dates: [{label: Hochzeitstag, date: 2016-11-19}, {label: first met, date: --11-20}]")
    opa = person("Opa", "deceased: 2018-11-17\nbirthday: 1931-11-16\ndates: [{label: wedding, date: 1955-11-18}]")
    digest = make_digest(MONDAY, materials(ann, bob, opa))
    entries = [entry for day in digest["days"] for entry in day["entries"]]
    assert [(entry["sign"], entry["occasion"], entry["title"]) for entry in entries] == [
        ("🕯️", "memorial", "Opa was born on this day 95 years ago († 2018-11-17)"),
        ("🕯️", "memorial", "8 years ago Opa died"),
        ("🌼", "nameday", "Ann: Namenstag"),
        ("🕯️", "memorial", "Opa: wedding (71 years)"),
        ("💍", "wedding", "Bob: Hochzeitstag (10 years)"),
        ("📌", "other", "Bob: first met"),
    ]
    assert [(line["person"], line["occasion"]) for line in digest["gifts"]["lines"]] == [("Ann", "nameday")]
    assert [entry["is_round"] for entry in entries if entry["occasion"] == "wedding"] == [True]


def ids_of(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for each in value for found in ids_of(each)]
    if isinstance(value, dict):
        own = [value["id"]] if value.get("id") else []
        return own + [found for each in value.values() for found in ids_of(each)]
    return []


def test_what_can_be_done_has_an_id_and_no_id_stands_twice() -> None:
    ann = person(
        "Ann",
        "cadence: 1 week\nbirthday: --11-20\nwishes: [a kite]\ndebts: [{amount: 5 EUR, for: tea}]\n"
        "reminders:\n  - {text: pay, on: 2026-11-27, lead: 7 days}\n  - {text: call, on: 2026-11-10}",
    )
    twin = Task(3, "twin", "open", due="2026-11-18")
    tasks = (
        OpenTask("x.md", twin, ()),
        OpenTask("x.md", twin._replace(line=4), ()),
        OpenTask("x.md", Task(5, "some day", "open"), ()),
        OpenTask("x.md", Task(6, "Ann, please", "open", due="2026-12-01"), (), (), "[[Ann]], please"),
    )
    digest = make_digest(MONDAY, materials(ann, tasks=tasks))
    found = ids_of(digest)
    assert len(found) == len(set(found)) == 8
    assert all(LINE_ID.search(f"- [ ] x ^{each}") for each in found)
    assert sorted(each[0] for each in found) == sorted("cdgrrttt")
    assert task_id("x.md", Task(6, "[[Ann]], please", "open", due="2026-12-01")) in found
    (line,) = [entry for day in digest["days"] for entry in day["entries"] if entry["kind"] == "reminder"]
    assert line["id"] == reminder_id("people/Ann.md", "pay", "2026-11-27")
    assert (line["date"], line["day"]) == ("2026-11-20", "2026-11-27")
    assert "pay" not in [entry["title"] for entry in digest["coming"]["lines"]]


def test_a_birthday_is_nothing_to_tick() -> None:
    digest = make_digest(MONDAY, materials(person("Ann", "birthday: --11-20")))
    assert ids_of(digest) == []


def test_the_id_of_a_reminder_is_that_of_its_turn_wherever_it_is_put() -> None:
    turns = []
    for snooze in ("", ", snooze: 2026-11-18"):
        ann = person("Ann", f"reminders: [{{text: pay, on: 2026-11-13{snooze}}}]")
        turns += ids_of(make_digest(MONDAY, materials(ann)))
    assert turns == [reminder_id("people/Ann.md", "pay", "2026-11-13")] * 2


def test_what_is_late_for_years_comes_after_what_is_late_for_days() -> None:
    days = ("2019-01-01", "2026-11-10", "2024-05-05", "2026-10-01")
    tasks = tuple(OpenTask("x.md", Task(at, day, "open", due=day), ()) for at, day in enumerate(days))
    people = [person(f"P{at}", "cadence: 1 week") for at in range(4)]
    last = {f"people/P{at}.md": Happening(day, "", "", "talk", (f"P{at}",), "j.md", 1) for at, day in enumerate(days)}
    digest = make_digest(MONDAY, materials(*people, tasks=tasks, last=last))
    order = ["2026-10-01", "2026-11-10", "2024-05-05", "2019-01-01"]
    assert [entry["title"] for entry in digest["overdue"]["lines"]] == order
    contacts = digest["contacts"]["lines"]
    assert [each["last"]["date"] for each in contacts] == order
    assert [each["is_stale"] for each in contacts] == [False, False, True, True]


def test_the_summary_counts_in_words() -> None:
    ann = person("Ann", "birthday: --11-20\ncadence: 1 week")
    bob = person("Bob", "birthday: --11-21")
    tasks = (OpenTask("x.md", Task(1, "a", "open", due="2026-11-10"), ()),)
    digest = make_digest(MONDAY, materials(ann, bob, tasks=tasks))
    assert digest["summary"] == ["2 birthdays", "1 thing overdue", "1 person to be in touch with"]


def test_debts_are_told_net_and_one_by_one() -> None:
    debts = "debts: [{amount: 20 EUR, for: tickets}, {amount: 6.50 EUR, by: me}, {amount: 9 EUR, settled: yes}]"
    even = "debts: [{amount: 5 EUR}, {amount: 5 EUR, by: me, for: tea}]"
    lines = make_digest(MONDAY, materials(person("Ann", debts), person("Bob", even)))["debts"]["lines"]
    assert [([net["text"] for net in line["net"]], line["is_even"]) for line in lines] == [
        (["Ann owes you 13.50 EUR"], False),
        ([], True),
    ]
    assert [(entry["text"], entry["what"]) for line in lines for entry in line["entries"]] == [
        ("20 EUR from Ann", "tickets"),
        ("6.50 EUR to Ann", ""),
        ("5 EUR from Bob", ""),
        ("5 EUR to Bob", "tea"),
    ]


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


def test_what_comes_every_week_is_not_coming_up_again() -> None:
    ann = person(
        "Ann",
        "reminders: [{text: bins, on: 2026-11-04, repeat: 1 week, done: 2026-11-11},"
        " {text: rent, on: 2026-11-17, repeat: 2 weeks}]",
    )
    choir = parse_note("events/Choir.md", "---\nstart: 2026-11-18\nrepeat: FREQ=WEEKLY\n---\n", READING)
    given = materials(ann)
    digest = make_digest(MONDAY, given._replace(world=given.world._replace(events=(choir,))))
    told = [entry["title"] for day in digest["days"] for entry in day["entries"]]
    assert sorted(told) == ["Choir", "bins", "rent"]
    assert [entry["title"] for entry in digest["coming"]["lines"]] == ["rent"]


@pytest.mark.parametrize(
    ("gift", "likes"),
    [
        ("{what: a hat, status: given, date: 2026-11-10}", None),
        ("{what: a hat, status: given, date: 2026, for: birthday}", None),
        ("{what: a hat, status: given, date: 2026-11-10, for: christmas}", ["tea"]),
        ("{what: a hat, status: given, date: 2025-11-20, for: birthday}", ["tea"]),
        ("{what: a hat, status: given, for: birthday}", ["tea"]),
    ],
)
def test_who_got_something_for_the_day_needs_no_hint(gift: str, likes: list[str] | None) -> None:
    ann = person("Ann", f"birthday: 1986-11-20\nlikes: [tea]\ngifts: [{gift}]")
    assert [line["likes"] for line in make_digest(MONDAY, materials(ann))["gifts"]["lines"]] == (
        [likes] if likes else []
    )
