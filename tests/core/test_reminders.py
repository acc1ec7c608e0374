"""Reminders: what is shown on which day, what is overdue, and who is never bothered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.model import Note
from prmvault.core.note import parse_note
from prmvault.core.reminders import (
    Happening,
    OpenTask,
    Reminder,
    World,
    by_household,
    reminder_values,
    reminders,
)
from prmvault.vault.refresh import reading_of
from prmvault.vault.settings import Settings

FRIDAY = date(2026, 11, 20)
READING = reading_of(Settings())


def world(
    *notes: str,
    today: date = FRIDAY,
    last: Mapping[str, str] | None = None,
    cadence: Mapping[str, str] | None = None,
    leap_day: str = "feb-28",
    happenings: tuple[Happening, ...] = (),
) -> World:
    """Return the world of people whose front matter is given: `Ann: birthday: --01-01` is people/Ann.md."""
    people: list[Note] = []
    events: list[Note] = []
    tasks = []
    for text in notes:
        name, _, front = text.partition("|")
        folder = "events" if "start:" in front else "people"
        path = f"{folder}/{name}.md"
        front, _, body = front.partition("===")
        note = parse_note(path, f"---\n{front.strip()}\n---\n{body}", READING)
        (events if folder == "events" else people).append(note)
        tasks += [OpenTask(path, task, (name,)) for task in note.tasks if task.status == "open"]
    told = {
        f"people/{name}.md": Happening(day, "", "call", "talked", (name,), "journal/x.md", 1)
        for name, day in (last or {}).items()
    }
    return World(today, tuple(people), tuple(events), tuple(tasks), happenings, told, cadence or {}, leap_day)


def titles(found: list[Reminder], kind: str = "") -> list[str]:
    return [f"{each.date} {each.title}" for each in found if kind in ("", each.kind)]


def on(day: date, *notes: str, **more: Any) -> list[Reminder]:
    return reminders(world(*notes, **more), day, day)


# Birthdays


def test_a_birthday_today_is_shown_today_with_the_age_and_the_line() -> None:
    (found,) = on(FRIDAY, "Ann|org: Acme\nbirthday: 1990-11-20")
    assert found == Reminder(FRIDAY, "birthday", "Ann turns 36", "Ann", "people/Ann.md", 3, "36", occasion="birthday")


def test_a_birthday_without_a_year_has_no_age() -> None:
    (found,) = on(FRIDAY, "Ann|birthday: --11-20")
    assert (found.title, found.age) == ("Ann has a birthday", "")


@pytest.mark.parametrize("text", ["1990-11", "1990", "~1990"])
def test_a_birthday_without_a_day_is_on_no_day(text: str) -> None:
    assert reminders(world(f"Ann|birthday: {text}"), date(2026, 1, 1), date(2026, 12, 31)) == []


def test_the_day_of_birth_itself_is_no_turning_of_nought() -> None:
    assert titles(on(FRIDAY, "Ann|birthday: 2026-11-20")) == ["2026-11-20 Ann is born"]
    assert on(FRIDAY, "Ann|birthday: 2027-11-20") == []


@pytest.mark.parametrize(
    ("leap_day", "year", "day"),
    [
        ("feb-28", 2026, date(2026, 2, 28)),
        ("mar-01", 2026, date(2026, 3, 1)),
        ("feb-28", 2028, date(2028, 2, 29)),
        ("mar-01", 2028, date(2028, 2, 29)),
    ],
)
@pytest.mark.parametrize("born", ["1988-02-29", "--02-29"])
def test_a_birthday_on_29_february_has_its_day_in_every_year(leap_day: str, year: int, day: date, born: str) -> None:
    found = reminders(world(f"Ann|birthday: {born}", leap_day=leap_day), date(year, 1, 1), date(year, 12, 31))
    assert [each.date for each in found] == [day]
    assert found[0].age == (str(year - 1988) if born.startswith("1988") else "")


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(2026, 2040), st.sampled_from(["feb-28", "mar-01"]))
def test_everybody_has_one_birthday_a_year(born: date, year: int, leap_day: str) -> None:
    found = reminders(world(f"Ann|birthday: {born}", leap_day=leap_day), date(year, 1, 1), date(year, 12, 31))
    assert [each.age for each in found] == [str(year - born.year)]


@pytest.mark.parametrize("died", ["2018-02-09", "2018", "~2018", "yes", "true", "last spring"])
def test_the_dead_are_remembered_but_never_congratulated_and_never_due(died: str) -> None:
    note = f"Opa|birthday: 1931-11-20\ndeceased: {died}\ncadence: 1 week\ntags: family"
    found = reminders(world(note, last={"Opa": "2016-01-01"}, cadence={"family": "1 week"}), FRIDAY, FRIDAY)
    assert [each.kind for each in found] == ["date"]
    assert found[0].title.startswith("Opa was born on this day 95 years ago (†")
    assert found[0].age == ""


def test_who_is_not_dead_is_congratulated() -> None:
    assert titles(on(FRIDAY, "Opa|birthday: 1931-11-20\ndeceased: no")) == ["2026-11-20 Opa turns 95"]


# Dates


def test_a_wedding_comes_every_year_with_its_years() -> None:
    note = "Ann|dates:\n  - {label: wedding, date: 2016-11-20}\n  - first met: --11-20"
    assert titles(on(FRIDAY, note)) == ["2026-11-20 Ann: first met", "2026-11-20 Ann: wedding (10 years)"]


@pytest.mark.parametrize("never", ["none", "never", "no"])
def test_a_date_that_does_not_repeat_comes_only_once(never: str) -> None:
    note = f"Ann|dates:\n  - {{label: exam, date: 2026-11-20, repeat: {never}}}"
    assert titles(on(FRIDAY, note)) == ["2026-11-20 Ann: exam"]
    assert reminders(world(note), date(2026, 11, 21), date(2028, 1, 1)) == []


def test_a_date_without_year_that_does_not_repeat_is_on_no_day() -> None:
    assert on(FRIDAY, "Ann|dates:\n  - {label: exam, date: --11-20, repeat: none}") == []


# Reminders of one's own


def reminder(rest: str) -> str:
    return f"Ann|reminders:\n  - {{text: call, {rest}}}"


def test_a_reminder_comes_on_its_day() -> None:
    (found,) = on(FRIDAY, reminder("on: 2026-11-20"))
    assert (found.title, found.person, found.line, found.overdue_days) == ("call", "Ann", 3, 0)


def test_a_reminder_that_comes_once_is_overdue_until_it_is_done() -> None:
    (found,) = on(FRIDAY, reminder("on: 2025-11-20"))
    assert (found.date, found.overdue_days) == (date(2025, 11, 20), 365)
    for done in ("yes", "true", "x", "ja", "2025-11-20", "2026-01-01"):
        assert on(FRIDAY, reminder(f"on: 2025-11-20, done: {done}")) == []


@pytest.mark.parametrize("done", ["no", "2025-11-19", "2026-02-30", "9999-99-99", "2026"])
def test_what_does_not_say_that_it_was_done_leaves_it_open(done: str) -> None:
    assert [each.overdue_days for each in on(FRIDAY, reminder(f"on: 2025-11-20, done: {done}"))] == [365]


def test_a_reminder_that_was_done_ahead_of_its_day_is_silent() -> None:
    assert on(FRIDAY, reminder("on: 2026-11-20, done: 2026-11-20")) == []


def test_a_repeating_reminder_comes_at_every_turn() -> None:
    week = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=21)
    found = reminders(world(reminder("on: 2026-11-06, repeat: weekly, done: 2026-11-20")), *week)
    assert [each.date.day for each in found] == [27, 4, 11]


def test_a_rule_of_icalendar_is_understood() -> None:
    found = reminders(world(reminder('on: 2026-01-30, repeat: "FREQ=MONTHLY;BYDAY=-1FR"')), FRIDAY, date(2026, 12, 31))
    assert [each.date for each in found if not each.overdue_days] == [date(2026, 11, 27), date(2026, 12, 25)]


def test_a_missed_turn_is_overdue_until_it_is_done() -> None:
    monthly = reminder("on: 2026-01-01, repeat: monthly")
    assert [each.overdue_days for each in on(date(2026, 11, 30), monthly, today=date(2026, 11, 30))] == [29]
    later = reminder("on: 2026-01-01, repeat: monthly, done: 2026-11-01")
    assert on(date(2026, 11, 30), later, today=date(2026, 11, 30)) == []


def test_of_several_missed_turns_the_last_is_overdue_beside_the_one_of_today() -> None:
    weekly = reminder("on: 2026-01-02, repeat: weekly")
    assert [(each.date.day, each.overdue_days) for each in on(FRIDAY, weekly)] == [(13, 7), (20, 0)]


def test_what_ended_without_being_done_stays_overdue() -> None:
    ended = reminder('on: 2026-01-01, repeat: "FREQ=MONTHLY;COUNT=3"')
    assert [(each.date, each.overdue_days) for each in on(FRIDAY, ended)] == [(date(2026, 3, 1), 264)]


def test_a_missed_turn_within_the_days_asked_for_comes_once() -> None:
    monthly = world(reminder("on: 2026-10-19, repeat: monthly"))
    found = reminders(monthly, date(2026, 11, 1), date(2026, 12, 31))
    assert [(each.date.day, each.overdue_days) for each in found] == [(19, 1), (19, 0)]


def test_where_done_is_used_a_missed_turn_stays_overdue() -> None:
    monthly = reminder("on: 2026-01-01, repeat: monthly, done: 2026-10-01")
    assert [each.overdue_days for each in on(FRIDAY, monthly)] == [19]
    assert on(FRIDAY, reminder("on: 2026-01-01, repeat: monthly, done: 2026-11-01")) == []


@pytest.mark.parametrize("never", ["none", "never", "No"])
def test_a_reminder_may_say_that_it_comes_once(never: str) -> None:
    note = reminder(f"on: 2026-11-20, repeat: {never}")
    assert titles(reminders(world(note), FRIDAY, date(2030, 1, 1))) == ["2026-11-20 call"]
    assert [each.overdue_days for each in on(FRIDAY, reminder(f"on: 2026-11-01, repeat: {never}"))] == [19]


def test_a_reminder_done_for_good_never_comes_again() -> None:
    done = reminder("on: 2026-01-01, repeat: weekly, done: yes")
    assert reminders(world(done), FRIDAY, date(2027, 11, 20)) == []


def test_leads_are_heads_ups_before_the_day() -> None:
    found = reminders(world(reminder('on: 2026-11-30, lead: "7 days, 1 day"')), FRIDAY, date(2026, 11, 30))
    assert titles(found) == [
        "2026-11-23 call (on 2026-11-30)",
        "2026-11-29 call (on 2026-11-30)",
        "2026-11-30 call",
    ]


def test_a_lead_reaches_over_the_end_of_the_days_asked_for() -> None:
    assert titles(on(FRIDAY, reminder("on: 2026-11-27, repeat: yearly, lead: 7 days"))) == [
        "2026-11-20 call (on 2026-11-27)"
    ]


def test_a_reminder_without_a_day_is_no_reminder() -> None:
    assert on(FRIDAY, reminder("on: soon")) == on(FRIDAY, reminder("on: 2026-11")) == []


# Tasks


def test_a_task_counts_on_its_due_day_and_is_overdue_after_it() -> None:
    body = "Ann|type: person\n===- [ ] today ⏫ 📅 2026-11-20\n- [ ] late 📅 2026-11-10\n- [x] done 📅 2026-11-10\n- [ ] some day\n"
    assert [(each.title, each.overdue_days, each.reason) for each in on(FRIDAY, body)] == [
        ("late", 10, ""),
        ("today", 0, "high priority"),
    ]


def test_the_due_day_counts_before_the_scheduled_one() -> None:
    body = "Ann|type: person\n===- [ ] both ⏳ 2026-11-19 📅 2026-11-20\n- [ ] planned ⏳ 2026-11-20\n- [ ] begun 🛫 2026-11-20\n"
    assert titles(on(FRIDAY, body), "task") == ["2026-11-20 both", "2026-11-20 planned"]


# Contacts


def due(*notes: str, **more: Any) -> list[tuple[str, date, int]]:
    found = reminders(world(*notes, **more), FRIDAY, date(2030, 1, 1))
    return [(each.title, each.date, each.overdue_days) for each in found if each.kind == "contact"]


def test_a_persons_own_cadence_counts_from_the_last_contact() -> None:
    assert due("Ann|cadence: 3 weeks", last={"Ann": "2026-11-01"}) == [("Ann", date(2026, 11, 22), 0)]
    assert due("Ann|cadence: 3 weeks", last={"Ann": "2026-10-01"}) == [("Ann", date(2026, 10, 22), 29)]


def test_of_several_tags_the_shortest_cadence_counts_and_ones_own_before_all() -> None:
    by_tag = {"family": "3 weeks", "friend": "2 months", "default": "1 year"}
    last = {"Ann": "2026-11-01"}
    assert due("Ann|tags: [friend, family]", cadence=by_tag, last=last)[0][1] == date(2026, 11, 22)
    assert due("Ann|tags: [friend]", cadence=by_tag, last=last)[0][1] == date(2027, 1, 1)
    assert due("Ann|tags: [choir]", cadence=by_tag, last=last)[0][1] == date(2027, 11, 1)
    assert due("Ann|tags: [family]\ncadence: 1 year", cadence=by_tag, last=last)[0][1] == date(2027, 11, 1)


def test_a_nested_tag_has_its_own_cadence_or_that_of_the_tag_above() -> None:
    by_tag = {"family": "3 weeks", "family/uk": "6 weeks"}
    last = {"Ann": "2026-11-01"}
    assert due("Ann|tags: [family/us]", cadence=by_tag, last=last)[0][1] == date(2026, 11, 22)
    assert due("Ann|tags: [family/uk/whitby]", cadence=by_tag, last=last)[0][1] == date(2026, 12, 13)


@pytest.mark.parametrize("never", ["never", "nie", "Never"])
def test_never_means_never(never: str) -> None:
    by_tag = {"family": "3 weeks", "choir": never}
    assert due(f"Ann|cadence: {never}\ntags: family", cadence=by_tag) == []
    assert due("Ann|tags: choir", cadence=by_tag) == []


def test_without_a_rule_nobody_is_due() -> None:
    assert due("Ann|tags: work", cadence={"family": "3 weeks"}) == []


def test_without_a_contact_it_counts_from_created_or_is_due_today() -> None:
    assert due("Ann|cadence: 3 weeks\ncreated: 2026-11-10") == [("Ann", date(2026, 12, 1), 0)]
    assert due("Ann|cadence: 3 weeks") == [("Ann", FRIDAY, 0)]


def test_the_reason_names_the_rule_and_the_last_contact() -> None:
    (found,) = on(FRIDAY, "Ann|tags: friend", cadence={"friend": "2 weeks"}, last={"Ann": "2026-11-06"})
    assert found.reason == "#friend every 2 weeks (prmvault.yaml); last contact 2026-11-06"


@pytest.mark.parametrize(
    ("last", "ends"), [("2026-11-06", "2026-12-06"), ("2026-10-01", "2026-11-01, which has passed")]
)
def test_the_reason_names_the_day_at_the_latest(last: str, ends: str) -> None:
    note = world("Ann|cadence: {every: 2 weeks, at_most: 1 month}", last={"Ann": last})
    (found,) = reminders(note, FRIDAY, date(2026, 11, 30))
    assert found.reason.endswith(f"at the latest {ends}")


def test_the_reason_tells_the_latest_day_and_that_it_has_passed() -> None:
    note = "Ann|cadence: {every: 1 week, at_most: 3 weeks}"
    (near,) = on(FRIDAY, note, last={"Ann": "2026-10-30"})
    (late,) = on(FRIDAY, note, last={"Ann": "2026-10-29"})
    assert near.reason == "cadence 1 week (people/Ann.md:2); last contact 2026-10-30; at the latest 2026-11-20"
    assert (
        late.reason
        == "cadence 1 week (people/Ann.md:2); last contact 2026-10-29; at the latest 2026-11-19, which has passed"
    )


def test_the_line_of_a_contact_is_that_of_the_own_rule_and_none_of_a_tags() -> None:
    settings = {"friend": "2 weeks"}
    given = world("Ann|cadence: 1 week", "Bob|tags: friend", cadence=settings)._replace(cadence_lines={"friend": 7})
    assert [(each.line, each.reason) for each in reminders(given, FRIDAY, FRIDAY)] == [
        (2, "cadence 1 week (people/Ann.md:2); never in touch yet"),
        (0, "#friend every 2 weeks (prmvault.yaml:7); never in touch yet"),
    ]


# Households


HOME = ("people/Ann.md", "people/Bob.md", "people/Cy.md")


def at_home(*notes: str, **more: Any) -> list[Reminder]:
    """Return what is due up to a week from Friday, with Ann, Bob and Cy in one household."""
    given = world(*notes, **more)._replace(households=dict.fromkeys(HOME, HOME))
    return by_household(reminders(given, FRIDAY, FRIDAY + timedelta(days=7)), given)


def test_those_of_one_household_who_are_due_are_one_line() -> None:
    last = {"Ann": "2026-11-15", "Bob": "2026-11-01", "Cy": "2026-11-20", "Dan": "2026-11-02"}
    ann, bob, cy, dan = (f"{name}|cadence: {days} days" for name, days in zip(last, (7, 7, 90, 7), strict=True))
    found = at_home(ann, bob, cy, dan, last=last)
    assert [(each.title, each.person, each.date.day, each.overdue_days, each.others) for each in found] == [
        ("Bob, Ann", "Bob, Ann", 8, 12, ("people/Ann.md",)),
        ("Dan", "Dan", 9, 11, ()),
    ]
    assert (found[0].path, found[0].reason) == (
        "people/Bob.md",
        "cadence 7 days (people/Bob.md:2); last contact 2026-11-01",
    )


def test_only_contacts_of_a_household_become_one() -> None:
    found = at_home("Ann|birthday: --11-20", "Bob|birthday: --11-20\ncadence: 1 day", "Cy|cadence: 1 day")
    assert [(each.kind, each.title) for each in found] == [
        ("birthday", "Ann has a birthday"),
        ("birthday", "Bob has a birthday"),
        ("contact", "Bob, Cy"),
    ]


def test_what_is_merged_has_the_earliest_day_in_whatever_order_it_came() -> None:
    given = world("Ann|cadence: 1 week", "Bob|cadence: 1 week", last={"Ann": "2026-11-01", "Bob": "2026-10-01"})
    given = given._replace(households=dict.fromkeys(HOME, HOME))
    (found,) = by_household(reversed(reminders(given, FRIDAY, FRIDAY)), given)
    assert (found.title, found.date, found.overdue_days) == ("Ann, Bob", date(2026, 10, 8), 43)


# JSON


def test_the_values_of_a_reminder_are_plain() -> None:
    (found,) = on(FRIDAY, "Ann|cadence: {every: 1 week, at_most: 2 weeks}", last={"Ann": "2026-11-01"})
    assert reminder_values(found) == json.loads(json.dumps(reminder_values(found)))
    assert reminder_values(found) == {
        "date": "2026-11-08",
        "kind": "contact",
        "title": "Ann",
        "person": "Ann",
        "path": "people/Ann.md",
        "line": 2,
        "age": "",
        "overdue_days": 12,
        "reason": "cadence 1 week (people/Ann.md:2); last contact 2026-11-01; at the latest 2026-11-15, which has passed",
        "others": [],
        "occasion": "",
        "latest": "2026-11-15",
        "is_past_latest": True,
    }


def test_all_kinds_of_reminders_have_the_same_values() -> None:
    birthday, contact = on(FRIDAY, "Ann|birthday: --11-20\ncadence: 1 week")
    assert list(reminder_values(birthday)) == list(reminder_values(contact))
    assert (reminder_values(birthday)["latest"], reminder_values(birthday)["is_past_latest"]) == (None, False)


# Any day that there is


ANY_DAY = st.dates() | st.sampled_from([date.min, date.max, date(2024, 2, 29), FRIDAY])
REPEATS = st.sampled_from(
    ["", ", repeat: daily", ", repeat: monthly", ", repeat: yearly", ", repeat: FREQ=MONTHLY;BYDAY=-1FR"]
)


@given(
    ANY_DAY,
    ANY_DAY,
    st.integers(0, 60),
    ANY_DAY,
    REPEATS,
    st.sampled_from(["", ", lead: 7 days", ', lead: "100 years, 1 day"']),
)
def test_no_day_is_too_early_or_too_late(
    today: date, first: date, length: int, start: date, repeat: str, lead: str
) -> None:
    last = date.fromordinal(min(first.toordinal() + length, date.max.toordinal()))
    note = (
        f"Ann|birthday: {start}\ncadence: 100 years\ncreated: {start}\ndates:\n  - wedding: {start}\n"
        f"reminders:\n  - {{text: call, on: {start}{repeat}{lead}}}\n"
        f"===- [ ] a 📅 {start}\n- [ ] b 🛫 {start} ⏳ {first}\n"
    )
    event = f"Fest|start: {start}\nend: {max(start, first)}" + repeat.replace(", ", "\n")
    found = reminders(world(note, event, today=today), first, last)
    for each in found:
        assert each.overdue_days in (0, (today - each.date).days)
        assert each.overdue_days or each.kind == "contact" or first <= each.date <= last


@given(ANY_DAY, REPEATS.filter(bool), ANY_DAY)
def test_a_reminder_that_was_never_done_is_overdue_from_its_second_day_on(
    start: date, repeat: str, today: date
) -> None:
    found = [each for each in on(today, reminder(f"on: {start}{repeat}"), today=today) if each.overdue_days]
    if "FREQ" not in repeat:
        assert len(found) == (1 if start < today else 0)
    assert len(found) <= 1


# Plans


def test_items_of_days_and_events_are_plans() -> None:
    dinner = Happening("2026-11-20", "19:00", "meal", "dinner with Ann", ("Ann", "Bob"), "journal/2026-11-20.md", 4)
    party = 'Party|start: 2026-11-20 15:00\nplace: Grimma\npeople: ["[[Ann]]", "[[people/Bob|B]]"]'
    found = reminders(world(party, happenings=(dinner,)), FRIDAY, FRIDAY)
    assert [(each.title, each.person, each.line) for each in found] == [
        ("15:00 Party, Grimma", "Ann, B", 2),
        ("19:00 dinner with Ann", "Ann, Bob", 4),
    ]


def test_a_repeating_event_comes_at_every_turn_and_a_broken_rule_only_once() -> None:
    week = FRIDAY, FRIDAY + timedelta(days=13)
    assert len(reminders(world("Choir|start: 2026-09-02 19:30\nrepeat: FREQ=WEEKLY"), *week)) == 2
    assert len(reminders(world("Choir|start: 2026-11-20\nrepeat: now and then"), *week)) == 1


@pytest.mark.parametrize(("leap_day", "day"), [("feb-28", date(2027, 2, 28)), ("mar-01", date(2027, 3, 1))])
@pytest.mark.parametrize("repeat", ["yearly", "4 years"])
def test_an_event_on_29_february_has_its_day_as_the_settings_say(leap_day: str, day: date, repeat: str) -> None:
    fest = f"Fest|start: 2024-02-29\nrepeat: {repeat}"
    found = reminders(world(fest, leap_day=leap_day), date(2027, 1, 1), date(2028, 12, 31))
    leap = date(2028, 2, 29)
    assert [each.date for each in found] == ([day, leap] if repeat == "yearly" else [leap])


FESTIVAL = "Festival|start: 2026-11-18 19:30\nend: 2026-11-21\nplace: Grimma"


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (18, 30, "2026-11-18 19:30 Festival, Grimma (until 2026-11-21)"),
        (1, 18, "2026-11-18 19:30 Festival, Grimma (until 2026-11-21)"),
        (19, 30, "2026-11-19 Festival, Grimma (until 2026-11-21)"),
        (21, 21, "2026-11-21 Festival, Grimma (until 2026-11-21)"),
        (1, 17, None),
        (22, 30, None),
    ],
)
def test_an_event_of_several_days_is_shown_on_the_first_that_is_asked_for(
    first: int, last: int, shown: str | None
) -> None:
    found = reminders(world(FESTIVAL), date(2026, 11, first), date(2026, 11, last))
    assert titles(found) == ([shown] if shown else [])


def test_an_event_that_ends_on_its_day_does_not_say_until_when() -> None:
    assert titles(on(FRIDAY, "Fest|start: 2026-11-20 19:30\nend: 2026-11-20 22:00")) == ["2026-11-20 19:30 Fest"]


def test_each_turn_of_an_event_has_all_of_its_days() -> None:
    weekend = "Weekend|start: 2026-01-30\nend: 2026-02-01\nrepeat: FREQ=MONTHLY;BYDAY=-1FR"
    found = reminders(world(weekend), date(2026, 11, 28), date(2026, 12, 31))
    assert titles(found) == ["2026-11-28 Weekend (until 2026-11-29)", "2026-12-25 Weekend (until 2026-12-27)"]
    assert reminders(world(weekend), date(2026, 11, 30), date(2026, 12, 24)) == []
    once = "Weekend|start: 2026-11-20\nend: 2026-11-22\nrepeat: none"
    assert titles(reminders(world(once), date(2026, 11, 22), date(2030, 1, 1))) == [
        "2026-11-22 Weekend (until 2026-11-22)"
    ]


def test_all_is_in_order_of_days_and_of_kinds() -> None:
    found = reminders(
        world("Ann|birthday: --11-21\ncadence: 1 day", "Bob|birthday: --11-20", "Fest|start: 2026-11-20"),
        FRIDAY,
        date(2026, 11, 22),
    )
    assert [each.kind for each in found] == ["birthday", "plan", "contact", "birthday"]


def test_turns_that_are_left_out_and_what_is_cancelled_are_no_plans() -> None:
    choir = "Choir|start: 2026-12-03 19:30\nrepeat: weekly\nexcept: [2026-12-24, 2026-12-31]"
    party = "Party|start: 2026-12-05\nstatus: cancelled"
    found = reminders(world(choir, party), date(2026, 12, 1), date(2027, 1, 8))
    days = ["2026-12-03", "2026-12-10", "2026-12-17", "2027-01-07"]
    assert titles(found, "plan") == [f"{day} 19:30 Choir" for day in days]
