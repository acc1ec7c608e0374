"""The digest of a week: a pure function of the vault's facts and the week, as plain values for templates and JSON.

Nothing in it depends on when it is made, so that every machine makes the same text and it changes only with the
notes. The week is seen from its Monday: what was due before is overdue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from prmvault.core.cadence import reason_text
from prmvault.core.dates import week_days, week_name
from prmvault.core.file_names import stem_of
from prmvault.core.model import Note
from prmvault.core.names import fold
from prmvault.core.problems import Problem
from prmvault.core.reminders import (
    WITHOUT_CONTACTS,
    Happening,
    OpenTask,
    Reminder,
    World,
    by_household,
    reminder_values,
    reminders,
)

T = TypeVar("T")

MOST = 12
"""How many lines a long section shows; the rest is counted."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ROUND_AGE = 10


class Idea(NamedTuple):
    """Something to give to somebody: a gift idea or a wish (`kind` gift or wish), where it is written, and when."""

    person: str
    text: str
    path: str
    line: int
    kind: str = "gift"
    date: str = ""


class Materials(NamedTuple):
    """What the digest is made of, beside the world seen from Monday: all of it plain.

    `year_ago` is what happened in the same days of the year before; `ideas` what people wished for; `link` turns a
    note's path into the text of a link.
    """

    world: World
    horizon: timedelta
    year_ago: Sequence[Happening]
    ideas: Sequence[Idea]
    problems: Sequence[Problem]
    link: Callable[[str], str]


def make_digest(monday: date, materials: Materials) -> dict[str, Any]:
    """Return the digest of the week that begins on `monday`."""
    days = week_days(monday)
    sunday = days[-1]
    world, link = materials.world, materials.link
    week = reminders(world, monday, sunday)
    until = sunday + materials.horizon
    # From Monday on: what began this week and goes on is told there.
    coming = [each for each in reminders(world, monday, until, WITHOUT_CONTACTS) if each.date > sunday]
    late = [each for each in week if each.overdue_days and each.kind != "contact"]
    undated = [each for each in world.tasks if _is_undated(each, sunday)]
    return {
        "week": week_name(monday),
        "first": monday.isoformat(),
        "last": sunday.isoformat(),
        "days": [_day(day, week, link) for day in days if _of_day(day, week)],
        "contacts": _cut(by_household(_worst_first(week), world), lambda each: _contact(each, world, link)),
        "overdue": _cut(late, lambda each: _entry(each, link)),
        "undated": _cut(undated, lambda task: _undated(task, link)),
        "coming": _cut(_most_important(_first_of_each(coming)), lambda each: _entry(each, link)),
        "gifts": _cut(_gifts(world, [each for each in (*week, *coming) if each.kind == "birthday"], materials), dict),
        "year_ago": _cut(materials.year_ago, lambda each: _happening(each, link)),
        "problems": _cut(materials.problems, lambda problem: problem._asdict()),
    }


def _of_day(day: date, found: Iterable[Reminder]) -> list[Reminder]:
    return [each for each in found if each.date == day and not each.overdue_days and each.kind != "contact"]


def _day(day: date, found: Iterable[Reminder], link: Callable[[str], str]) -> dict[str, Any]:
    entries = [_entry(each, link) for each in _of_day(day, found)]
    return {"date": day.isoformat(), "weekday": _WEEKDAYS[day.weekday()], "entries": entries}


def _entry(each: Reminder, link: Callable[[str], str]) -> dict[str, Any]:
    is_round = each.age.isdigit() and int(each.age) % _ROUND_AGE == 0
    return {
        **reminder_values(each),
        # The page says why, the JSON of `upcoming` also in which line that stands.
        "reason": reason_text(each.contact, place=False) if each.contact else each.reason,
        "weekday": _WEEKDAYS[each.date.weekday()],
        "link": ", ".join([link(path) for path in (each.path, *each.others)]),
        "is_round": is_round,
    }


def _contact(each: Reminder, world: World, link: Callable[[str], str]) -> dict[str, Any]:
    told = world.last.get(each.path)
    last = None
    if told is not None:
        last = {"date": told.date, "channel": told.channel, "text": told.text, "path": told.path, "line": told.line}
    return {**_entry(each, link), "last": last}


def _worst_first(week: Iterable[Reminder]) -> list[Reminder]:
    return sorted((each for each in week if each.kind == "contact"), key=lambda each: (each.date, each.title))


def _first_of_each(coming: Iterable[Reminder]) -> list[Reminder]:
    """Return each line of a note once: of what repeats within the horizon, the next time is enough."""
    first: dict[tuple[str, int, str], Reminder] = {}
    for each in coming:
        first.setdefault((each.path, each.line, each.kind), each)
    return list(first.values())


def _is_undated(each: OpenTask, sunday: date) -> bool:
    """Tell whether a task has no day and begins up to Sunday."""
    return not (each.task.due or each.task.scheduled) and each.task.start <= sunday.isoformat()


def _undated(task: OpenTask, link: Callable[[str], str]) -> dict[str, Any]:
    return {
        "title": task.task.text,
        "person": ", ".join(task.people),
        "path": task.path,
        "line": task.task.line,
        "link": link(task.path),
    }


def _happening(each: Happening, link: Callable[[str], str]) -> dict[str, Any]:
    return {**each._asdict(), "people": list(each.people), "link": link(each.path)}


def _gifts(world: World, birthdays: Iterable[Reminder], materials: Materials) -> list[dict[str, Any]]:
    """Return for each coming birthday what could be given, without what was given already."""
    notes = {note.path: note for note in world.people}
    gifts = []
    for each in birthdays:
        note = notes[each.path]
        ideas = _ideas_for(note, materials.ideas)
        if ideas:
            gifts.append({**_entry(each, materials.link), "ideas": ideas})
    return gifts


def _ideas_for(note: Note, told: Sequence[Idea]) -> list[str]:
    given = {fold(gift.get("what", "")) for gift in note.fields.get("gifts", ()) if gift["status"] == "given"}
    ideas = [_gift_text(gift) for gift in note.fields.get("gifts", ()) if gift["status"] in ("idea", "planned")]
    ideas += [f"{wish} (wish)" for wish in note.fields.get("wishes", ())]
    ideas += [f"{idea.text} ({stem_of(idea.path)})" for idea in told if idea.person == note.path]
    return [idea for idea in dict.fromkeys(ideas) if fold(idea) not in given]


def _gift_text(gift: Mapping[str, Any]) -> str:
    planned = "planned" if gift["status"] == "planned" else ""
    extra = ", ".join(text for text in (planned, gift.get("amount", "")) if text)
    return f"{gift.get('what', '?')} ({extra})" if extra else str(gift.get("what", "?"))


def _most_important(coming: Sequence[Reminder]) -> list[Reminder]:
    """Return what is coming with all birthdays and dates before the rest is cut: these are to be known early."""
    by_importance = sorted(range(len(coming)), key=lambda at: (coming[at].kind not in ("birthday", "date"), at))
    kept = set(by_importance[:MOST])
    return [coming[at] for at in sorted(range(len(coming)), key=lambda at: (at not in kept, at))]


def _cut(section: Sequence[T], shown: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """Return the first of a section as they are `shown`, and how many more there are."""
    return {"lines": [shown(each) for each in section[:MOST]], "more": max(0, len(section) - MOST)}
