"""The rules of what is to be remembered when, as one table: each line is a promise to people, with its numbers."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import pytest

from prmvault.core.dates import age_on, lived, parse_partial_date
from prmvault.core.note import parse_note
from prmvault.core.reminders import Happening, OpenTask, Reminder, World, reminders
from prmvault.vault.refresh import reading_of
from prmvault.vault.settings import Settings

READING = reading_of(Settings())


class Rule(NamedTuple):
    """What a note (front matter, `===`, body) shows when asked for some days, seen from the first of them.

    `last` is the day of the last contact, `settings` are cadences by tag, such as `friend: 2 months`, on lines 4, 5 …
    """

    says: str
    note: str
    asked: str
    shows: list[str]
    last: str = ""
    settings: tuple[str, ...] = ()
    leap_day: str = "feb-28"


def reminder(text: str) -> str:
    return f"reminders:\n  - {{text: pay, {text}}}"


RULES = [
    # Birthdays
    Rule(
        "a birthday today is shown today, not next year",
        "birthday: 1990-11-20",
        "2026-11-20..2027-11-19",
        ["2026-11-20 Ann turns 36"],
    ),
    Rule(
        "a birthday yesterday is shown next year",
        "birthday: 1990-11-19",
        "2026-11-20..2027-11-19",
        ["2027-11-19 Ann turns 37"],
    ),
    Rule("a birthday without a year has no age", "birthday: --11-20", "2026-11-20", ["2026-11-20 Ann has a birthday"]),
    Rule("a year of birth alone has no day", "birthday: 1970", "2026-01-01..2026-12-31", []),
    Rule(
        "29 February is the 28th in common years and the 29th in leap years",
        "birthday: 1988-02-29",
        "2026-01-01..2028-12-31",
        ["2026-02-28 Ann turns 38", "2027-02-28 Ann turns 39", "2028-02-29 Ann turns 40"],
    ),
    Rule(
        "29 February is 1 March in common years, if the setting says so",
        "birthday: 1988-02-29",
        "2026-01-01..2028-12-31",
        ["2026-03-01 Ann turns 38", "2027-03-01 Ann turns 39", "2028-02-29 Ann turns 40"],
        leap_day="mar-01",
    ),
    Rule(
        "29 February of an unknown year follows the same rule",
        "birthday: --02-29",
        "2027-01-01..2028-12-31",
        ["2027-02-28 Ann has a birthday", "2028-02-29 Ann has a birthday"],
    ),
    Rule(
        "29 February of an unknown year follows the setting, too",
        "birthday: --02-29",
        "2027-01-01..2028-12-31",
        ["2027-03-01 Ann has a birthday", "2028-02-29 Ann has a birthday"],
        leap_day="mar-01",
    ),
    Rule(
        "29 February is the 28th in 2100, which is no leap year",
        "birthday: 1996-02-29",
        "2100-01-01..2100-12-31",
        ["2100-02-28 Ann turns 104"],
    ),
    # The dead
    Rule(
        "the birthday of the dead is worded differently",
        "birthday: 1980-10-10\ndeceased: 2010-10-10",
        "2026-10-01..2026-10-31",
        [
            "2026-10-10 16 years ago Ann died",
            "2026-10-10 Ann was born on this day 46 years ago († 2010-10-10)",
        ],
    ),
    Rule(
        "the day of a death comes each year after it, and not on the day itself",
        "deceased: 2026-02-09",
        "2026-01-01..2028-12-31",
        ["2027-02-09 1 year ago Ann died", "2028-02-09 2 years ago Ann died"],
    ),
    Rule(
        "a death on 29 February follows the leap day rule",
        "deceased: 2024-02-29",
        "2026-01-01..2026-12-31",
        ["2026-02-28 2 years ago Ann died"],
    ),
    Rule(
        "a death whose year is not known is told without one",
        "deceased: --02-09",
        "2026-01-01..2026-12-31",
        ["2026-02-09 Ann died on this day"],
    ),
    Rule("a death of which only the year is known has no day", "deceased: 2018", "2026-01-01..2026-12-31", []),
    Rule("nor has one of which nothing is known", "deceased: yes", "2026-01-01..2026-12-31", []),
    Rule(
        "the dead have no cadence, neither their own nor a tag's",
        "cadence: 1 week\ntags: family\ndeceased: 2010",
        "2026-10-01..2026-10-31",
        [],
        last="2009-01-01",
        settings=("family: 3 weeks",),
    ),
    # Repeats
    Rule(
        "the 31st monthly is the last day of shorter months and returns to 31",
        reminder("on: 2026-01-31, repeat: monthly"),
        "2026-01-31..2026-06-01",
        ["2026-01-31 pay", "2026-02-28 pay", "2026-03-31 pay", "2026-04-30 pay", "2026-05-31 pay"],
    ),
    Rule(
        "the 31st monthly is 29 February in a leap year",
        reminder("on: 2026-01-31, repeat: monthly, done: 2028-02-01"),
        "2028-02-01..2028-03-31",
        ["2028-02-29 pay", "2028-03-31 pay"],
    ),
    Rule(
        "weekly from 1980-01-01, asked on 2017-01-01, is 2017-01-03",
        reminder("on: 1980-01-01, repeat: weekly, done: 2017-01-01"),
        "2017-01-01..2017-01-09",
        ["2017-01-03 pay"],
    ),
    Rule(
        "monthly from 1980-01-01, asked on 2017-01-01, is that day",
        reminder("on: 1980-01-01, repeat: monthly, done: 2016-12-31"),
        "2017-01-01..2017-01-31",
        ["2017-01-01 pay"],
    ),
    Rule(
        "yearly on 1 January, asked on 2017-02-01, is 2018-01-01 with its heads-ups 30 and 7 days before",
        reminder('on: 1980-01-01, repeat: yearly, lead: "30 days, 7 days", done: 2017-01-01'),
        "2017-02-01..2018-01-31",
        ["2017-12-02 pay (on 2018-01-01)", "2017-12-25 pay (on 2018-01-01)", "2018-01-01 pay"],
    ),
    Rule(
        "a heads-up comes on its day, though the day itself was not asked for",
        reminder('on: 1980-01-01, repeat: yearly, lead: "30 days, 7 days", done: 2017-01-01'),
        "2017-12-02..2017-12-24",
        ["2017-12-02 pay (on 2018-01-01)"],
    ),
    Rule(
        "yearly on 29 February follows the setting",
        reminder("on: 2024-02-29, repeat: yearly, done: 2026-12-31"),
        "2027-01-01..2028-12-31",
        ["2027-03-01 pay", "2028-02-29 pay"],
        leap_day="mar-01",
    ),
    # What was missed
    Rule(
        "a one-off in the past is overdue, not next year's",
        reminder("on: 2025-11-20"),
        "2026-11-20..2027-12-31",
        ["2025-11-20 pay, 365 days overdue"],
    ),
    Rule("a one-off that is done is gone", reminder("on: 2025-11-20, done: 2025-11-25"), "2026-11-20..2027-12-31", []),
    Rule(
        "a missed turn is overdue until it is done, though never any was",
        reminder("on: 2020-11-23, repeat: yearly"),
        "2026-11-20",
        ["2025-11-23 pay, 362 days overdue"],
    ),
    Rule(
        "a missed turn is overdue beside the next one",
        reminder("on: 2026-01-02, repeat: weekly, done: 2026-11-06"),
        "2026-11-20..2026-11-27",
        ["2026-11-13 pay, 7 days overdue", "2026-11-20 pay", "2026-11-27 pay"],
    ),
    Rule(
        "done on its day or later settles a missed turn and leaves the next",
        reminder("on: 2026-01-02, repeat: weekly, done: 2026-11-14"),
        "2026-11-20..2026-11-26",
        ["2026-11-20 pay"],
    ),
    Rule(
        "done before it settles nothing",
        reminder("on: 2026-01-01, repeat: monthly, done: 2026-10-31"),
        "2026-11-30",
        ["2026-11-01 pay, 29 days overdue"],
    ),
    Rule(
        "a rule that has ended leaves its last turn overdue",
        reminder("on: 2026-01-01, repeat: FREQ=MONTHLY;COUNT=3"),
        "2026-11-20..2027-12-31",
        ["2026-03-01 pay, 264 days overdue"],
    ),
    # Putting off
    Rule(
        "a reminder that is put off comes on that day instead of its own",
        reminder("on: 2026-11-15, snooze: 2026-11-25"),
        "2026-11-20..2026-11-30",
        ["2026-11-25 pay"],
    ),
    Rule(
        "and is silent until then",
        reminder("on: 2026-11-15, snooze: 2026-11-25"),
        "2026-11-20..2026-11-24",
        [],
    ),
    Rule(
        "so is one that would come before that day",
        reminder("on: 2026-11-22, snooze: 2026-11-25"),
        "2026-11-20..2026-11-30",
        ["2026-11-25 pay"],
    ),
    Rule(
        "a reminder that was put off is overdue since the day to which it was",
        reminder("on: 2026-11-15, snooze: 2026-11-18"),
        "2026-11-20",
        ["2026-11-18 pay, 2 days overdue"],
    ),
    Rule(
        "of several turns before that day only one comes, and those after it as ever",
        reminder("on: 2026-01-02, repeat: weekly, done: 2026-11-06, snooze: 2026-11-22"),
        "2026-11-20..2026-11-28",
        ["2026-11-22 pay", "2026-11-27 pay"],
    ),
    Rule(
        "a turn that was missed later is overdue by its own day",
        reminder("on: 2026-01-02, repeat: weekly, done: 2026-10-30, snooze: 2026-11-08"),
        "2026-11-16",
        ["2026-11-13 pay, 3 days overdue"],
    ),
    Rule(
        "done ends it",
        reminder("on: 2026-11-15, snooze: 2026-11-25, done: 2026-11-16"),
        "2026-11-20..2026-11-30",
        [],
    ),
    Rule(
        "a day before the turn puts nothing off",
        reminder("on: 2026-11-22, snooze: 2026-11-21"),
        "2026-11-20..2026-11-30",
        ["2026-11-22 pay"],
    ),
    Rule(
        "there is no heads-up for a turn that is put off",
        reminder("on: 2026-11-22, lead: 2 days, snooze: 2026-11-25"),
        "2026-11-20..2026-11-30",
        ["2026-11-25 pay"],
    ),
    Rule(
        "somebody who is put off is not to be thought of before that day",
        "cadence: 3 weeks\nsnoozed: 2026-12-05",
        "2026-11-20..2027-12-31",
        ["2026-12-05 Ann: cadence 3 weeks (people/Ann.md:2); last contact 2026-10-01; put off until 2026-12-05"],
        last="2026-10-01",
    ),
    Rule(
        "a day before the next contact puts nobody off",
        "cadence: 3 weeks\nsnoozed: 2026-11-21",
        "2026-11-20..2027-12-31",
        ["2026-11-22 Ann: cadence 3 weeks (people/Ann.md:2); last contact 2026-11-01"],
        last="2026-11-01",
    ),
    Rule(
        "a contact on that day or later ends it",
        "cadence: 3 weeks\nsnoozed: 2026-11-10",
        "2026-11-20..2027-12-31",
        ["2026-12-01 Ann: cadence 3 weeks (people/Ann.md:2); last contact 2026-11-10"],
        last="2026-11-10",
    ),
    Rule(
        "with whom one was never in touch, that day is the first",
        "cadence: 3 weeks\nsnoozed: 2026-11-25",
        "2026-11-20..2027-12-31",
        ["2026-11-25 Ann: cadence 3 weeks (people/Ann.md:2); never in touch yet; put off until 2026-11-25"],
    ),
    # Staying in touch
    Rule(
        "next contact is the last one and the person's own period",
        "cadence: 3 weeks\ntags: friend",
        "2026-11-20..2027-12-31",
        ["2026-11-22 Ann: cadence 3 weeks (people/Ann.md:2); last contact 2026-11-01"],
        last="2026-11-01",
        settings=("friend: 2 months",),
    ),
    Rule(
        "else that of a tag",
        "tags: friend",
        "2026-11-20..2027-12-31",
        ["2027-01-01 Ann: #friend every 2 months (prmvault.yaml:4); last contact 2026-11-01"],
        last="2026-11-01",
        settings=("friend: 2 months", "default: 1 year"),
    ),
    Rule(
        "else everybody's",
        "tags: choir",
        "2026-11-20..2027-12-31",
        ["2027-11-01 Ann: everybody every 1 year (prmvault.yaml:5); last contact 2026-11-01"],
        last="2026-11-01",
        settings=("friend: 2 months", "default: 1 year"),
    ),
    Rule("without a rule nobody is due", "tags: choir", "2026-11-20..2027-12-31", [], last="2020-01-01"),
    Rule(
        "without a contact yet it counts from created",
        "cadence: 3 weeks\ncreated: 2026-11-10",
        "2026-11-20..2027-12-31",
        ["2026-12-01 Ann: cadence 3 weeks (people/Ann.md:2); in the vault since 2026-11-10"],
    ),
    Rule(
        "without that one was never in touch, and today is the day",
        "cadence: 3 weeks",
        "2026-11-20..2027-12-31",
        ["2026-11-20 Ann: cadence 3 weeks (people/Ann.md:2); never in touch yet"],
    ),
    Rule(
        "the soft limit makes due, the hard one is told",
        "cadence: {every: 3 weeks, at_most: 2 months}",
        "2026-11-20",
        [
            "2026-10-22 Ann: cadence 3 weeks (people/Ann.md:2); last contact 2026-10-01; at the latest 2026-12-01, 29 days overdue"
        ],
        last="2026-10-01",
    ),
    Rule(
        "that the hard limit has passed is told",
        "cadence: {every: 3 weeks, at_most: 1 month}",
        "2026-11-02",
        [
            "2026-10-22 Ann: cadence 3 weeks (people/Ann.md:2); last contact 2026-10-01; at the latest 2026-11-01, which has passed, 11 days overdue"
        ],
        last="2026-10-01",
    ),
    Rule(
        "a hard limit alone makes due, and so does one before the soft limit",
        "cadence: {every: 3 months, at_most: 1 month}",
        "2026-11-20..2027-12-31",
        ["2026-12-01 Ann: cadence 3 months (people/Ann.md:2); last contact 2026-11-01; at the latest 2026-12-01"],
        last="2026-11-01",
    ),
    # Tasks
    Rule("a task is shown on its day", "a: b===- [ ] pay 📅 2026-11-20", "2026-11-20", ["2026-11-20 pay"]),
    Rule(
        "a task that was scheduled for later than it was due was put off: the scheduled day counts",
        "a: b===- [ ] pay ⏳ 2026-11-25 📅 2026-11-10",
        "2026-11-20..2026-11-30",
        ["2026-11-25 pay"],
    ),
    Rule(
        "after that day it is overdue since then",
        "a: b===- [ ] pay ⏳ 2026-11-25 📅 2026-11-10",
        "2026-11-27",
        ["2026-11-25 pay, 2 days overdue"],
    ),
    Rule(
        "a task that was scheduled before it is due is due on its due day",
        "a: b===- [ ] pay ⏳ 2026-11-10 📅 2026-11-25",
        "2026-11-20..2026-11-30",
        ["2026-11-25 pay"],
    ),
    Rule(
        "a task is neither overdue nor shown before its start",
        "a: b===- [ ] pay 🛫 2026-11-25 📅 2026-11-10",
        "2026-11-20..2026-11-24",
        [],
    ),
    Rule(
        "a task that is past its day when it starts is shown at its start",
        "a: b===- [ ] pay 🛫 2026-11-25 📅 2026-11-10",
        "2026-11-20..2026-11-30",
        ["2026-11-25 pay"],
    ),
    Rule(
        "a task that has begun is overdue after its day",
        "a: b===- [ ] pay 🛫 2026-11-01 📅 2026-11-10",
        "2026-11-20",
        ["2026-11-10 pay, 10 days overdue"],
    ),
    Rule(
        "a task that begins before its day is shown on its day",
        "a: b===- [ ] pay 🛫 2026-11-22 📅 2026-11-25",
        "2026-11-20..2026-11-30",
        ["2026-11-25 pay"],
    ),
    Rule("a start alone is no day to be done", "a: b===- [ ] pay 🛫 2026-11-20", "2026-11-20..2027-11-20", []),
    Rule(
        "what is cancelled or done is gone", "a: b===- [-] pay 📅 2026-11-10\n- [x] pay 📅 2026-11-10", "2026-11-20", []
    ),
    Rule(
        "an unknown sign in a box is open",
        "a: b===- [/] pay 📅 2026-11-10",
        "2026-11-20",
        ["2026-11-10 pay, 10 days overdue"],
    ),
]


def shown(each: Reminder) -> str:
    reason = f": {each.reason}" if each.kind == "contact" else ""
    late = f", {each.overdue_days} days overdue" if each.overdue_days else ""
    return f"{each.date} {each.title}{reason}{late}"


@pytest.mark.parametrize("rule", RULES, ids=[rule.says for rule in RULES])
def test_the_rule_holds(rule: Rule) -> None:
    front, _, body = rule.note.partition("===")
    note = parse_note("people/Ann.md", f"---\n{front}\n---\n{body}\n", READING)
    assert note.problems == ()
    first, _, last = rule.asked.partition("..")
    settings = [line.partition(": ") for line in rule.settings]
    world = World(
        today=date.fromisoformat(first),
        people=(note,),
        events=(),
        tasks=tuple(OpenTask(note.path, task, ("Ann",)) for task in note.tasks),
        happenings=(),
        last={note.path: Happening(rule.last, "", "call", "talked", ("Ann",), "j.md", 1)} if rule.last else {},
        cadence={tag: period for tag, _, period in settings},
        leap_day=rule.leap_day,
        cadence_lines={tag: line for line, (tag, _, _) in enumerate(settings, start=4)},
    )
    found = reminders(world, date.fromisoformat(first), date.fromisoformat(last or first))
    assert [shown(each) for each in found] == rule.shows


def test_each_rule_is_said_once() -> None:
    assert len({rule.says for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        pytest.param("1981-10-29", "2018-01-01", "36", id="born 1981-10-29 one is 36 on 2018-01-01"),
        pytest.param("1981-10-29", "2018-10-28", "36", id="and the day before the birthday"),
        pytest.param("1981-10-29", "2018-10-29", "37", id="and 37 on it"),
        pytest.param("1970", "2018-01-01", "about 48", id="born in 1970, day unknown, one is 47 or 48: about 48"),
        pytest.param("~1970", "2018-01-01", "about 48", id="so is who was born about 1970"),
        pytest.param("--10-29", "2018-01-01", None, id="without a year there is no age"),
        pytest.param("1988-02-29", "2026-02-28", "38", id="who was born on 29 February is older on the 28th"),
    ],
)
def test_the_age(born: str, day: str, age: str | None) -> None:
    found = age_on(parse_partial_date(born), date.fromisoformat(day))
    assert (str(found) if found else None) == age


def test_who_was_born_1980_10_10_and_died_2010_10_10_lived_30_years() -> None:
    assert str(lived(parse_partial_date("1980-10-10"), parse_partial_date("2010-10-10"))) == "30"
