"""What is to be remembered between two days: a list of sources, each a function of the vault's facts and the days.

A new kind of reminder is one function and one entry in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from prmvault.core.cadence import NextContact, next_contact, reason_text
from prmvault.core.dates import age_on, day_or_none, full_date, next_occurrence, parse_iso_date, parse_partial_date
from prmvault.core.label_names import label_name
from prmvault.core.messages import counted, message
from prmvault.core.model import CANCELLED, DEAD, ONCE, Note, Task
from prmvault.core.occasions import BIRTHDAY, MEMORIAL, occasion_of
from prmvault.core.turns import begun_before, leads, missed, moved, occurrences, put_off


class Happening(NamedTuple):
    """An item of a journal day or of a log about people: `people` are their names, `paths` those of their notes.

    `date` is ISO text.
    """

    date: str
    time: str
    channel: str
    text: str
    people: tuple[str, ...]
    path: str
    line: int
    paths: tuple[str, ...] = ()


class OpenTask(NamedTuple):
    """An open task and the people whom it is about: their names, and the paths of their notes.

    The task's text is for reading; `written` is as the note has it.
    """

    path: str
    task: Task
    people: tuple[str, ...]
    paths: tuple[str, ...] = ()
    written: str = ""


class World(NamedTuple):
    """What reminders are made of, all of it plain: nothing here reads a file or a clock.

    `today` is the day seen from: what is due before it is overdue. `last` gives the last contact by a person's path,
    `households` the paths of a person's household, the same for each in it (none for who lives alone). `cadence` gives
    rules by tag, and `cadence_lines` their lines in the settings.
    """

    today: date
    people: tuple[Note, ...]
    events: tuple[Note, ...]
    tasks: tuple[OpenTask, ...]
    happenings: tuple[Happening, ...]
    last: Mapping[str, Happening]
    cadence: Mapping[str, str]
    leap_day: str
    households: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    cadence_lines: Mapping[str, int] = MappingProxyType({})


_Day = date
"""In `Reminder`, `date` is a field."""


class Reminder(NamedTuple):
    """One thing to remember. `age` is years as text (`36`, `about 48`) or empty; `overdue_days` 0 if not overdue.

    A contact has the rule by which it is due; `others` are the paths of further people whom it is about, too.
    `occasion` is what a day of somebody's life is (`core.occasions`). `time` (of a plan) is the beginning of the title.
    `turn` is the day of a reminder by its own rule: `date` may be ahead of it, or later where it was put off; `text` is
    that of its entry. `task` is what a task's reminder is made of. Of a plan, `text` is its title without the time, and
    `about` are the paths of those whom a journal day's is about.
    """

    date: date
    kind: str
    title: str
    person: str
    path: str
    line: int
    age: str = ""
    overdue_days: int = 0
    reason: str = ""
    contact: NextContact | None = None
    others: tuple[str, ...] = ()
    occasion: str = ""
    time: str = ""
    turn: _Day | None = None
    text: str = ""
    task: OpenTask | None = None
    about: tuple[str, ...] = ()


NAMELESS = message("reminder")
"""What a reminder without a text is called."""

_DAY = timedelta(days=1)
_NOT_PLAIN = ("contact", "time", "turn", "text", "task", "about")

Source = Callable[[World, date, date], Iterable[Reminder]]


def reminders(world: World, first: date, last: date, sources: Iterable[Source] = ()) -> list[Reminder]:
    """Return all that is to be remembered from `first` to `last`, and what is overdue on `world.today`, by day.

    `sources` are all of `SOURCES` if none are given.
    """
    found = [each for source in sources or SOURCES for each in source(world, first, last)]
    return sorted(found, key=lambda each: (each.date, KINDS.index(each.kind), each.title, each.path, each.line))


def by_household(found: Iterable[Reminder], world: World) -> list[Reminder]:
    """Return reminders with the contacts of one household as one, in the place of the first of them.

    That one has all names, the earliest day, the most days overdue, and what else the first one has.
    """
    merged: list[Reminder] = []
    places: dict[str, int] = {}
    for each in found:
        home = world.households.get(each.path, (each.path,))[0]
        if each.kind != "contact" or home not in places:
            if each.kind == "contact":
                places[home] = len(merged)
            merged.append(each)
            continue
        known = merged[places[home]]
        merged[places[home]] = known._replace(
            date=min(known.date, each.date),
            title=f"{known.title}, {each.title}",
            person=f"{known.person}, {each.person}",
            overdue_days=max(known.overdue_days, each.overdue_days),
            others=(*known.others, each.path, *each.others),
        )
    return merged


def reminder_values(each: Reminder) -> dict[str, Any]:
    """Return a reminder as values for JSON; `latest` is the day by which a contact is due at the latest, or None."""
    latest = each.contact.latest if each.contact else None
    plain = {key: value for key, value in each._asdict().items() if key not in _NOT_PLAIN}
    return {
        **plain,
        "date": each.date.isoformat(),
        "others": list(each.others),
        "latest": latest.isoformat() if latest else None,
        "is_past_latest": each.contact is not None and each.contact.is_past_latest,
    }


def happening_values(each: Happening) -> dict[str, Any]:
    """Return an item about people as values for JSON."""
    plain = {key: value for key, value in each._asdict().items() if key != "paths"}
    return {**plain, "people": list(each.people)}


def birthdays(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Birthdays of the living with their age; those of the dead are a date to remember."""
    for note in world.people:
        if "birthday" not in note.fields:
            continue
        born = parse_partial_date(note.fields["birthday"])
        line = note.lines.get("birthday", 1)
        for day in _yearly(born, first, last, world.leap_day):
            age = age_on(born, day, world.leap_day)
            years = str(age) if age is not None else ""
            if note.fields.get("deceased"):
                title = _born_title(note, years)
                yield Reminder(day, "date", title, note.title, note.path, line, occasion=MEMORIAL)
            else:
                title = _birthday_title(note.title, years)
                yield Reminder(day, "birthday", title, note.title, note.path, line, years, occasion=BIRTHDAY)


def deaths(world: World, first: date, last: date) -> Iterator[Reminder]:
    """The days on which people died, each year after it."""
    for note in world.people:
        died = note.fields.get("deceased", DEAD)
        if died == DEAD:
            continue
        when = parse_partial_date(died)
        line = note.lines.get("deceased", 1)
        for day in _yearly(when, first, last, world.leap_day):
            years = day.year - when.year if when.year else 0
            if when.year and not years:
                continue  # On the day itself nobody is to be told.
            title = message("{name} died on this day", name=note.title)
            if years:
                title = counted("{count} year ago {name} died", "{count} years ago {name} died", years, name=note.title)
            age = str(years) if years else ""
            yield Reminder(day, "date", title, note.title, note.path, line, age, occasion=MEMORIAL)


def dates(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Weddings, name days and whatever else has a date in a person's note: yearly, or once with `repeat: none`."""
    for note in world.people:
        for entry in note.fields.get("dates", ()):
            when = parse_partial_date(entry["date"])
            label = label_name(entry["label"]) if entry.get("label") else message("date")
            line = note.line_of("dates", entry["item"])
            if entry.get("repeat") in ONCE:
                once = full_date(when)
                days: list[date] = [once] if once is not None and first <= once <= last else []
            else:
                days = _yearly(when, first, last, world.leap_day)
            occasion = occasion_of(label, is_alive=not note.fields.get("deceased"))
            for day in days:
                years = day.year - when.year if when.year else 0
                title = message("{name}: {label}", name=note.title, label=label)
                if years > 0:
                    title = counted(
                        "{name}: {label} ({count} year)",
                        "{name}: {label} ({count} years)",
                        years,
                        name=note.title,
                        label=label,
                    )
                age = str(years) if years > 0 else ""
                yield Reminder(day, "date", title, note.title, note.path, line, age, occasion=occasion)


def own_reminders(world: World, first: date, last: date) -> Iterator[Reminder]:
    """The `reminders:` of people: on their day, ahead of it by their lead, and overdue until they are done.

    A turn that is put off comes on the day of its `snooze` instead, and is overdue after that.
    """
    for note in world.people:
        for entry in note.fields.get("reminders", ()):
            line = note.line_of("reminders", entry["item"])
            text = entry.get("text") or NAMELESS

            def remind(
                day: date, turn: date, title: str, *, note: Note = note, line: int = line, text: str = text
            ) -> Reminder:
                return Reminder(day, "reminder", title, note.title, note.path, line, turn=turn, text=text)

            late = _late_turn(entry, world)
            if late is not None and (late[1] < world.today or first <= late[1] <= last):
                yield remind(late[1], late[0], text)._replace(overdue_days=max(0, (world.today - late[1]).days))
            ahead_of = leads(entry)
            reach = moved(last, max(ahead_of, default=timedelta()))
            begin = max(first, late[1]) if late and late[0] != late[1] else first
            for day in occurrences(entry, begin, reach, world.leap_day):
                if day <= last and (late is None or day != late[1]):
                    yield remind(day, day, text)
                for lead in ahead_of:
                    ahead = moved(day, -lead)
                    if first <= ahead <= last:
                        yield remind(ahead, day, message("{text} (on {day})", text=text, day=day))


def next_turn(entry: Mapping[str, Any], day: date, leap_day: str) -> date | None:
    """Return the first day, from `day` on, of an entry of `reminders:` that is not done; None if none is left."""
    found = occurrences(entry, day, moved(day, timedelta(days=366 * 5)), leap_day)
    return found[0] if found else None


def plans(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Items of journal days about people, and events: one of several days on the first of them that is asked for."""
    for told in world.happenings:
        day = parse_iso_date(told.date)
        if first <= day <= last:
            title, names = f"{told.time} {told.text}".strip(), ", ".join(told.people)
            plan = Reminder(day, "plan", title, names, told.path, told.line, time=told.time)
            yield plan._replace(text=told.text, about=told.paths)
    for note in world.events:
        for day, until in _event_days(note, first, last, world.leap_day):
            shown = max(day, first)
            time = note.fields["start"][11:] if shown == day else ""
            place = f", {note.fields['place']}" if note.fields.get("place") else ""
            text = f"{note.title}{place}"
            title = f"{time} {text}".strip()
            if until > day:
                title, text = (message("{text} (until {day})", text=each, day=until) for each in (title, text))
            people = ", ".join(link.strip("[]").split("|")[-1] for link in note.fields.get("people", ()))
            line = note.lines.get("start", 1)
            yield Reminder(shown, "plan", title, people, note.path, line, time=time, text=text)


def tasks(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Open tasks with a day: on it, and overdue after it (`task_day`).

    A task is not to be thought of before its start: until that has come it is not overdue, and not shown before it.
    """
    for each in world.tasks:
        path, task, people = each[:3]
        day = task_day(task)
        if day is None or task.status != "open":
            continue
        start = _first_day(task.start)
        if start is not None and start > world.today:
            day = max(day, start)
        late = max(0, (world.today - day).days)
        if late or first <= day <= last:
            reason = priority_text(task.priority)
            yield Reminder(day, "task", task.text, ", ".join(people), path, task.line, "", late, reason, task=each)


def task_day(task: Task) -> date | None:
    """Return the day of a task: the due day; a scheduled one after it is the day to which it was put off."""
    return _first_day(max(task.due, task.scheduled) if task.due else task.scheduled, task.due, task.scheduled)


def priority_text(word: str) -> str:
    """Return how a task's priority is told, one of the signs' words or one that the user wrote."""
    told = {
        "highest": message("highest priority"),
        "high": message("high priority"),
        "medium": message("medium priority"),
        "low": message("low priority"),
        "lowest": message("lowest priority"),
    }
    return told.get(word) or (message("{word} priority", word=word) if word else "")


def contacts(world: World, first: date, last: date) -> Iterator[Reminder]:
    """People with whom one has not been in touch for as long as their cadence says."""
    del first
    for note in world.people:
        told = world.last.get(note.path)
        begin, rules = told.date if told else "", world.cadence
        due = next_contact(note, begin, by_tag=rules, today=world.today, lines=world.cadence_lines, until=last)
        if due is not None:
            late = max(0, (world.today - due.due).days)
            line = due.line if due.path == note.path else 0
            why = reason_text(due)
            yield Reminder(due.due, "contact", note.title, note.title, note.path, line, "", late, why, due)


KINDS = ("birthday", "date", "plan", "reminder", "task", "contact")
WITHOUT_CONTACTS: tuple[Source, ...] = (birthdays, deaths, dates, plans, own_reminders, tasks)
CONTACTS: tuple[Source, ...] = (contacts,)
SOURCES: tuple[Source, ...] = (*WITHOUT_CONTACTS, *CONTACTS)


def _late_turn(entry: Mapping[str, Any], world: World) -> tuple[date, date] | None:
    """Return the turn that was missed or put off last, and the day on which it comes: its own, or where it was put."""
    off = put_off(entry, world.leap_day)
    day = missed(entry, world.today, world.leap_day)
    return off if day is None or (off is not None and off[0] >= day) else (day, day)


def _birthday_title(name: str, years: str) -> str:
    if years == "0":
        return message("{name} is born", name=name)
    return message("{name} turns {age}", name=name, age=years) if years else message("{name} has a birthday", name=name)


def _born_title(note: Note, years: str) -> str:
    """Return how the birthday of somebody who has died is told."""
    died = note.fields["deceased"]
    death = "†" if died == DEAD else message("† {day}", day=day_or_none(died) or died)
    if not years:
        return message("{name} was born on this day ({death})", name=note.title, death=death)
    return counted(
        "{name} was born on this day {count} year ago ({death})",
        "{name} was born on this day {count} years ago ({death})",
        int(years),
        name=note.title,
        death=death,
    )


def _yearly(when: Any, first: date, last: date, leap_day: str) -> list[date]:
    days = []
    day = next_occurrence(when, first, leap_day)
    while day is not None and day <= last:
        days.append(day)
        day = next_occurrence(when, day + _DAY, leap_day) if day < date.max else None
    return days


def _event_days(note: Note, first: date, last: date, leap_day: str) -> list[tuple[date, date]]:
    """Return the first and the last day of each turn of an event that goes on between `first` and `last`."""
    if not note.fields.get("start") or note.fields.get("status") == CANCELLED:
        return []
    entry = {"on": note.fields["start"][:10], "repeat": note.fields.get("repeat")}
    start = parse_iso_date(entry["on"])
    length = timedelta()
    if note.fields.get("end"):
        length = max(length, parse_iso_date(note.fields["end"][:10]) - start)
    begun = begun_before(start, entry["repeat"], first, leap_day) if length else None
    running = [begun] if begun is not None and first - begun <= length else []
    days = (*running, *occurrences(entry, first, last, leap_day))
    return [(day, moved(day, length)) for day in days if day.isoformat() not in note.fields.get("except", ())]


def _first_day(*texts: str) -> date | None:
    """Return the first of `texts` that is a day."""
    return next(filter(None, map(day_or_none, texts)), None)
