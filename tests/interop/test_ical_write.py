"""Entries as iCalendar: what another reader (the icalendar library) finds in the file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from prmvault.core.dates import PartialDate
from prmvault.core.messages import message
from prmvault.core.model import Note, Task
from prmvault.core.reminders import Happening, OpenTask
from prmvault.interop.entries import Entry, Facts, calendar_entries
from prmvault.interop.ical_write import write_calendar, write_entries


def person(name: str = "Ann Lee", path: str = "", **fields: Any) -> Note:
    return Note(path or f"people/{name}.md", "person", name, "", fields, {}, (), (), (), (), (), readable=True)


def event(title: str = "Party", **fields: Any) -> Note:
    return Note(f"events/{title}.md", "event", title, "", fields, {}, (), (), (), (), (), readable=True)


def facts(
    people: Iterable[Note] = (),
    events: Iterable[Note] = (),
    tasks: Iterable[OpenTask] = (),
    happenings: Iterable[Happening] = (),
    **more: Any,
) -> Facts:
    return Facts(
        tuple(people), tuple(events), tuple(tasks), tuple(happenings), **{"marks": {}, "leap_day": "feb-28", **more}
    )


def task(text: str, line: int = 1, path: str = "notes/a.md", **parts: Any) -> OpenTask:
    return OpenTask(path, Task(line, text, parts.pop("status", "open"), **parts), ())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def read(entries: list[Entry]) -> list[Any]:
    calendar = Calendar.from_ical(write_calendar(entries, str))
    return [part for part in calendar.subcomponents if part.name != "VTIMEZONE"]


def only(*people: Note, **more: Any) -> Any:
    (found,) = read(calendar_entries(facts(people, **more)))
    return found


def alarms(found: Any) -> list[timedelta]:
    return [alarm.decoded("trigger") for alarm in found.walk("VALARM")]


def test_a_birthday_is_a_private_whole_day_each_year_with_two_alarms() -> None:
    found = only(person(birthday="1984-03-14"))
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (date(1984, 3, 14), date(1984, 3, 15))
    assert (str(found["summary"]), str(found["description"])) == ("🎂 Ann Lee", "Birthday, born in 1984")
    assert (found["transp"], found["class"]) == ("TRANSPARENT", "PRIVATE")
    assert found["rrule"].to_ical() == b"FREQ=YEARLY"
    nine = timedelta(hours=9)
    assert alarms(found) == [nine, nine - timedelta(days=7)]


@pytest.mark.parametrize(
    ("born", "first"),
    [("--03-14", "1972-03-14"), ("--02-29", "1972-02-29"), ("1891-02-28", "1904-02-28"), ("1896-02-29", "1904-02-29")],
)
def test_a_day_without_a_year_or_of_long_ago_begins_where_calendars_can_follow(born: str, first: str) -> None:
    found = only(person(birthday=born))
    assert found.decoded("dtstart").isoformat() == first


@pytest.mark.parametrize("born", ["1984", "~1984", "1984-03", "9999-12-31"])
def test_what_has_no_day_of_the_year_is_left_out(born: str) -> None:
    assert calendar_entries(facts([person(birthday=born)])) == []


def test_the_dead_have_no_birthday_but_a_quiet_day() -> None:
    dates = [{"date": "1950-06-01", "label": "wedding", "item": 0}]
    death, wedding = read(calendar_entries(facts([person(birthday="1930-01-02", deceased="2018-02-09", dates=dates)])))
    assert (str(death["summary"]), death.decoded("dtstart")) == ("† Ann Lee", date(2018, 2, 9))
    assert alarms(death) == alarms(wedding) == []
    assert calendar_entries(facts([person(birthday="1930-01-02", deceased="yes")])) == []


def test_a_date_that_comes_once_has_no_rule() -> None:
    dates = [{"date": "2019-02-01", "label": "moved", "repeat": "none", "item": 0}]
    found = only(person(dates=dates))
    assert "rrule" not in found
    assert str(found["summary"]) == "Ann Lee: moved"


def test_a_reminder_begins_where_it_is_not_done_and_rings_by_its_lead() -> None:
    entry = {"text": "Flowers", "on": "2026-01-09", "repeat": "monthly", "lead": "2 weeks, 1 day", "done": "2026-03-09"}
    found = only(person(reminders=[{**entry, "item": 0}]))
    assert found.decoded("dtstart") == date(2026, 4, 9)
    assert str(found["summary"]) == "Flowers (Ann Lee)"
    assert alarms(found) == [timedelta(hours=9) - timedelta(days=days) for days in (0, 14, 1)]
    for done in ("yes", "2026-01-09"):
        once = {"text": "Flowers", "on": "2026-01-09", "done": done, "item": 0}
        assert calendar_entries(facts([person(reminders=[once])])) == []


def test_an_event_has_its_zone_and_repeats_until_a_day_of_it() -> None:
    party = event(
        start="2026-11-20 19:30", end="2026-11-20 22:00", timezone="Europe/Berlin", repeat="FREQ=WEEKLY;UNTIL=20261218"
    )
    text = write_calendar(calendar_entries(facts(events=[party])), str).decode()
    assert "DTSTART;TZID=Europe/Berlin:20261120T193000\r\n" in text
    assert "TZID:Europe/Berlin\r\n" in text
    assert "UNTIL=20261218T225959Z" in text


def test_turns_that_are_left_out_are_told_and_what_is_cancelled_is_not_there() -> None:
    fields: dict[str, Any] = {"start": "2026-12-03 19:30", "repeat": "weekly", "except": ["2026-12-24", "2026-12-31"]}
    (made,) = read(calendar_entries(facts(events=[event(timezone="Europe/Berlin", **fields)])))
    assert [each.dt.replace(tzinfo=None) for each in made["exdate"].dts] == [
        at("2026-12-24 19:30"),
        at("2026-12-31 19:30"),
    ]
    assert read(calendar_entries(facts(events=[event(start="2026-12-03", status="cancelled")]))) == []
    (whole,) = read(calendar_entries(facts(events=[event(**{**fields, "start": "2026-12-03"})])))
    assert [each.dt for each in whole["exdate"].dts] == [date(2026, 12, 24), date(2026, 12, 31)]
    assert "EXDATE;VALUE=DATE" in whole.to_ical().decode()


@pytest.mark.parametrize("zone", ["", "Nowhere/Else", "../../etc/passwd", "Europe", "x" * 500, "Europe/Berlin/x"])
def test_an_event_without_a_zone_that_is_known_floats(zone: str) -> None:
    found = only(events=[event(start="2026-11-20 19:30", timezone=zone, repeat="FREQ=WEEKLY;UNTIL=20261218")])
    assert found["dtstart"].to_ical() == b"20261120T193000"
    assert "TZID" not in found["dtstart"].params
    assert b"UNTIL=20261218T235959" in found["rrule"].to_ical()
    assert b"Z" not in found["rrule"].to_ical()


@pytest.mark.parametrize(
    ("start", "end", "begins", "ends"),
    [
        ("2026-07-25", "2026-08-08", date(2026, 7, 25), date(2026, 8, 9)),
        ("2026-07-25", "", date(2026, 7, 25), date(2026, 7, 26)),
        ("2026-07-25 10:00", "", at("2026-07-25 10:00"), at("2026-07-25 11:00")),
        ("2026-07-25 10:00", "2026-07-25 09:00", at("2026-07-25 10:00"), at("2026-07-25 11:00")),
        ("2026-07-25 10:00", "2026-07-26", at("2026-07-25 10:00"), at("2026-07-27 00:00")),
        ("2026-07-25 10:00", "2026-07-25", at("2026-07-25 10:00"), at("2026-07-25 11:00")),
        ("2026-07-25 in the morning", "", date(2026, 7, 25), date(2026, 7, 26)),
        ("2026-07-25 10:00:00Z", "2026-07-25 12:00Z", *(datetime(2026, 7, 25, hour, tzinfo=UTC) for hour in (10, 12))),
        ("2026-07-25 00:30+02:00", "", *(datetime(2026, 7, 24, hour, 30, tzinfo=UTC) for hour in (22, 23))),
    ],
)
def test_an_event_lasts_as_long_as_its_note_says(start: str, end: str, begins: date, ends: date) -> None:
    found = only(events=[event(start=start, end=end)])
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (begins, ends)


def test_a_plan_with_a_time_keeps_an_hour_free() -> None:
    plans = [
        Happening("2026-12-05", time, "", f"lunch {time}", ("Ann Lee",), "journal/a.md", 3) for time in ("18:00", "")
    ]
    timed, whole = read(calendar_entries(facts(happenings=plans)))
    assert (timed.decoded("dtstart"), timed.decoded("dtend")) == (at("2026-12-05 18:00"), at("2026-12-05 19:00"))
    assert (timed["transp"], whole["transp"]) == ("OPAQUE", "TRANSPARENT")
    assert whole.decoded("dtstart") == date(2026, 12, 5)


def test_tasks_have_their_day_state_and_priority() -> None:
    tasks = [
        task("call", due="2026-11-20", scheduled="2026-11-01", start="2026-11-10", priority="high"),
        task("write", scheduled="2026-11-22", start="2026-12-24"),
        task("read", status="done", done="2026-11-02"),
        task("sing", status="cancelled"),
    ]
    call, write, done, cancelled = read(calendar_entries(facts(tasks=tasks)))
    assert (call.decoded("due"), call.decoded("dtstart"), call["priority"]) == (
        date(2026, 11, 20),
        date(2026, 11, 10),
        3,
    )
    assert (write.decoded("due"), "dtstart" in write, write["status"]) == (date(2026, 11, 22), False, "NEEDS-ACTION")
    assert (done["status"], done.decoded("completed").date()) == ("COMPLETED", date(2026, 11, 2))
    assert cancelled["status"] == "CANCELLED"


def test_the_stamp_is_the_notes_and_not_the_clocks() -> None:
    ann = person(birthday="--03-14")
    told = only(ann, marks={ann.path: ("", "2026-11-02")})
    assert told.decoded("dtstamp") == told.decoded("last-modified") == datetime(2026, 11, 2, tzinfo=UTC)
    later = only(ann, marks={ann.path: ("", "2026-11-03")})
    assert later["sequence"] > told["sequence"] > only(ann)["sequence"] == 0


def test_uids_stay_with_the_note_and_what_it_is_about() -> None:
    def uids(*people: Note, **more: Any) -> list[str]:
        return [entry.uid for entry in calendar_entries(facts(people, **more))]

    dates = [{"date": "2012-08-04", "label": "wedding", "item": 0}]
    before = uids(person(birthday="1984-03-14", dates=dates))
    dates = [{"date": "2012-08-05", "label": "wedding", "item": 0}]
    assert uids(person(birthday="1984-03-15", dates=dates)) == before
    moved = person(path="people/family/Ann.md", birthday="1984-03-14")
    assert uids(moved) != before[:1]
    marks = {moved.path: ("urn:uuid:1", ""), "people/Ann Lee.md": ("urn:uuid:1", "")}
    assert uids(moved, marks=marks) == uids(person(birthday="--01-01"), marks=marks)


def test_a_task_that_repeats_keeps_its_uid_when_it_is_done() -> None:
    (before,) = calendar_entries(facts(tasks=[task("water", 4, due="2026-11-20")]))
    done = task("water", 5, due="2026-11-20", status="done", done="2026-11-20")
    following, finished = calendar_entries(facts(tasks=[task("water", 4, due="2026-11-27"), done]))
    assert finished.uid == before.uid != following.uid


def test_texts_are_told_in_the_readers_language_and_names_are_not() -> None:
    def tell(text: str) -> str:
        return {"Birthday": "Geburtstag", "Birthday, born in {year}": "Geburtstag, geboren {year}"}.get(
            getattr(text, "source", ""), text
        ).replace("{year}", "1984")

    (found,) = Calendar.from_ical(write_calendar(calendar_entries(facts([person(birthday="1984-03-14")])), tell)).events
    assert str(found["description"]) == "Geburtstag, geboren 1984"
    assert found["categories"].to_ical() == b"Geburtstag"


def test_only_what_differs_is_made_anew_and_what_went_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, str] = {}
    entries = calendar_entries(facts([person(name, birthday="--03-14") for name in ("Ann", "Bo", "Cy")]))
    whole = write_calendar(entries, str, known)
    assert len(known) == 3
    changed = [entries[0], entries[1]._replace(summary=message("🎂 {name}", name="Boris"))]
    made: list[str] = []

    def make(entry: Entry, _tell: object) -> str:
        made.append(entry.uid)
        return entry.uid

    monkeypatch.setattr("prmvault.interop.ical_write._component", make)
    write_calendar(changed, str, known)
    assert made == [entries[1].uid]
    assert len(known) == 2
    monkeypatch.undo()
    assert write_calendar(entries, str, known) == whole == write_calendar(entries, str)


HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "END:VEVENT\r\nBEGIN:VEVENT",
        "a\\nb",
        "\\",
        ';,:"',
        "\x00\x1b[2J",
        "\u202eabc",
        "x\u2028y\x85z",
        "🎂" * 200,
        "",
        "\\N",
    ]
)
ANY_DAY = st.builds(
    PartialDate, st.none() | st.integers(1, 9999), st.integers(1, 12), st.integers(1, 28), st.sampled_from([False])
).map(str) | st.sampled_from(["1984", "~1984", "1984-02", "--02-29", "2024-02-29", "9999-12-31", "0001-01-01"])
FULL_DAY = st.dates().map(str)


@given(
    st.lists(st.tuples(HOSTILE, ANY_DAY), max_size=4),
    st.lists(
        st.tuples(HOSTILE, FULL_DAY, HOSTILE | st.just("12:30"), st.sampled_from(["", "weekly", "yearly", "4 months"])),
        max_size=4,
    ),
    st.sampled_from(["feb-28", "mar-01"]),
    st.sampled_from(["", "UTC", "Europe/Berlin", "America/New_York"]),
)
def test_any_day_and_any_text_give_a_file_that_is_read_whole(
    people: list[tuple[str, str]], more: list[tuple[str, str, str, str]], leap_day: str, zone: str
) -> None:
    notes = [person(name, birthday=day, dates=[{"date": day, "label": name, "item": 0}]) for name, day in people]
    notes += [
        person(name, reminders=[{"text": text, "on": day, "repeat": repeat, "item": 0}])
        for name, day, text, repeat in more
    ]
    events = [
        event(name, start=f"{day} {text}", place=text, repeat=repeat, timezone=zone) for name, day, text, repeat in more
    ]
    tasks = [task(text, due=day, path=name) for name, day, text, _ in more]
    entries = calendar_entries(facts(notes, events, tasks, leap_day=leap_day))
    found = read(entries)
    assert [str(part["uid"]) for part in found] == [entry.uid for entry in entries]
    assert len({entry.uid for entry in entries}) == len(entries)
    summaries = [str(part["summary"]) for part in found]
    assert summaries == [entry.summary.replace("\\N", "\n") for entry in entries]
    assert all(text.isprintable() or not any(ord(c) < 32 for c in text.replace("\n", "")) for text in summaries)
    assert sum(1 for _ in write_entries(entries, str)) == len(entries)
