"""The example vault: what its notes say is what the program answers, and nothing in it is written by a question."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.vault import open_vault
from prmvault.app.world import People, world_of
from prmvault.core.periods import add_period, parse_period
from prmvault.core.reminders import Reminder, reminders

FRIDAY = date(2026, 11, 20)
SUNDAY = date(2026, 11, 22)
EXAMPLE = Path(__file__).resolve().parent.parent / "example-vault"


@pytest.fixture
def seen(example: str) -> Any:
    """Return a function that tells what is to be remembered between two days, seen from the Friday."""
    vault = open_vault(example, lambda _text: None)

    def see(first: date, last: date, kind: str) -> list[Reminder]:
        world = world_of(vault, People(vault), FRIDAY, (first, last), contacts_until=FRIDAY)
        return [each for each in reminders(world, first, last) if each.kind == kind]

    yield see
    vault.facts.close()


def test_the_vault_holds_what_it_should(prmvault: Any, example: str) -> None:
    told = json.loads(prmvault("-C", example, "status", "--json").out)
    assert told["notes"] == {"person": 27, "journal": 67, "organization": 4, "event": 4, "note": 2}


def test_its_only_problems_are_the_deliberate_ones(prmvault: Any, example: str) -> None:
    problems = json.loads(prmvault("-C", example, "check", "--json").out)
    assert [(problem["path"], problem["line"], problem["code"]) for problem in problems] == [
        ("journal/2026/2026-10-31.md", 9, "dangling-link"),
        ("journal/2026/2026-10-31.md", 9, "dangling-link"),
        ("people/Dieter Saß.md", 3, "bad-date"),
        ("people/Wilhelm Bruch.md", 3, "bad-yaml"),
    ]


def test_birthdays_of_five_weeks(seen: Any) -> None:
    found = seen(date(2026, 11, 16), date(2026, 12, 20), "birthday")
    assert [(each.date.isoformat(), each.person, each.age) for each in found] == [
        ("2026-11-17", "Ida Becker", "9"),
        ("2026-11-21", "Klaus Weißhaupt", "70"),
        ("2026-11-22", "Lan Nguyễn", ""),
        ("2026-11-26", "Emily Weißhaupt", "41"),
        ("2026-11-29", "Priya Raman", "40"),
        ("2026-12-08", "Peter Hartley", "72"),
    ]


def test_other_dates_of_five_weeks(seen: Any) -> None:
    found = seen(date(2026, 11, 16), date(2026, 12, 20), "date")
    assert [each.title for each in found] == [
        "Lukas Weißhaupt: wedding (10 years)",
        "Heinrich Weißhaupt was born on this day 95 years ago († 2018-02-09)",
        "Katharina Groß: Namenstag",
    ]
    assert (found[0].path, found[0].line) == ("people/Lukas Weißhaupt.md", 17)


@pytest.mark.parametrize(("year", "day"), [(2027, "2027-02-28"), (2028, "2028-02-29")])
def test_the_birthday_of_29_february(seen: Any, year: int, day: str) -> None:
    assert [
        each.date.isoformat()
        for each in seen(date(year, 2, 1), date(year, 3, 31), "birthday")
        if each.person == "Sofía Moreno"
    ] == [day]


def test_who_is_overdue(seen: Any) -> None:
    assert [(each.person, each.date.isoformat(), each.overdue_days) for each in seen(FRIDAY, FRIDAY, "contact")] == [
        ("Anna Schröder", "2026-08-20", 92),
        ("Frieda Köhler", "2026-09-20", 61),
        ("Oliver Hartley", "2026-11-07", 13),
        ("Marcus Rivera", "2026-11-15", 5),
    ]


def test_who_is_due_later_and_who_never(seen: Any) -> None:
    later = {
        each.person: each.date.isoformat()
        for each in seen(FRIDAY, date(2027, 12, 31), "contact")
        if not each.overdue_days
    }
    assert later == {
        "Gerda Weißhaupt": "2026-11-22", "Priya Raman": "2026-12-03", "Klaus Weißhaupt": "2026-12-05",
        "Renate Weißhaupt": "2026-12-05", "Joan Hartley": "2026-12-06", "Peter Hartley": "2026-12-06",
        "Sofía Moreno": "2026-12-10", "Lukas Weißhaupt": "2026-12-11", "Ida Becker": "2026-12-17",
        "Tom Becker": "2026-12-31", "Anna Whitfield": "2027-01-30", "Lan Nguyễn": "2027-02-10",
    }  # fmt: skip


def test_reminders_of_the_week_and_after(seen: Any) -> None:
    found = seen(FRIDAY, date(2026, 11, 27), "reminder")
    assert [(each.date.isoformat(), each.path, each.line, each.overdue_days) for each in found] == [
        ("2026-10-15", "people/Anna Schröder.md", 10, 36),
        ("2026-11-15", "people/Gerda Weißhaupt.md", 20, 5),
        ("2026-11-20", "people/Jürgen Oßwald.md", 10, 0),
        ("2026-11-22", "people/Gerda Weißhaupt.md", 20, 0),
        ("2026-11-23", "people/Joan Hartley.md", 13, 0),
        ("2026-11-27", "people/Reinhold Böhm.md", 9, 0),
    ]
    assert [
        each.title
        for each in seen(date(2026, 11, 16), date(2026, 11, 16), "reminder")
        if each.path.startswith("people/Joan")
    ] == ["post the Advent calendar to Granny (on 2026-11-23)"]
    mothers_day = [
        each.date.day for each in seen(date(2027, 5, 1), date(2027, 5, 31), "reminder") if "Renate" in each.path
    ]
    assert mothers_day == [2, 9]  # With a lead of seven days.


def test_tasks_that_are_overdue_and_due(seen: Any) -> None:
    assert [(each.date.isoformat(), each.path, each.line) for each in seen(FRIDAY, date(2026, 11, 21), "task")] == [
        ("2026-10-31", "notes/Ideas for the garden.md", 26),
        ("2026-11-10", "journal/2026/2026-11-05.md", 1),
        ("2026-11-18", "people/Klaus Weißhaupt.md", 33),
        ("2026-11-19", "events/Papas 70. Geburtstag.md", 20),
        ("2026-11-20", "people/Klaus Weißhaupt.md", 34),
        ("2026-11-20", "journal/2026/2026-11-17.md", 5),
        ("2026-11-21", "events/Papas 70. Geburtstag.md", 19),
        ("2026-11-21", "journal/2026/2026-11-20.md", 9),
    ]


def test_the_horizon_of_the_digest_is_four_weeks() -> None:
    assert add_period(SUNDAY, parse_period("4 weeks")) == date(2026, 12, 20)


def test_no_question_writes_to_the_vault(prmvault: Any, example: str) -> None:
    def fingerprint() -> dict[str, tuple[int, str]]:
        files = [path for path in Path(example).rglob("*") if path.is_file()]
        return {str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files}

    before = fingerprint()
    for arguments in (["list"], ["find", "oma"], ["search", "bench"], ["status"], ["check"], ["digest", "--stdout"],
                      ["list", "--json"], ["journal", "2026-11-20"]):  # fmt: skip
        assert prmvault("-C", example, *arguments).code in (0, 1)
    assert fingerprint() == before


def test_the_example_is_about_nobody() -> None:
    """Domains are reserved for examples (RFC 2606), telephone numbers for drama or no use."""
    for file in EXAMPLE.rglob("*.md"):
        for domain in re.findall(r"@([\w-]+(?:\.[\w-]+)+)", file.read_text(encoding="utf-8")):
            assert re.search(r"(?:^|\.)example\.(?:org|com|net)$|\.example$", domain), (file, domain)
