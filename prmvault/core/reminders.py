"""What is to be remembered between two days: a list of sources, each a function of the vault's facts and the days.

A new kind of reminder is one function and one entry in `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from prmvault.core.cadence import NextContact, next_contact, reason_text
from prmvault.core.dates import age_on, full_date, next_occurrence, parse_iso_date, parse_partial_date
from prmvault.core.model import DEAD, ONCE, Note, Task


class Happening(NamedTuple):
    """An item of a journal day or of a log about people: `people` are their names, `date` is ISO text."""

    date: str
    time: str
    channel: str
    text: str
    people: tuple[str, ...]
    path: str
    line: int


class OpenTask(NamedTuple):
    """An open task and the people whom it is about."""

    path: str
    task: Task
    people: tuple[str, ...]


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


class Reminder(NamedTuple):
    """One thing to remember. `age` is years as text (`36`, `about 48`) or empty; `overdue_days` 0 if not overdue.

    A contact has the rule by which it is due; `others` are the paths of further people whom it is about, too.
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


_DAY = timedelta(days=1)

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
    plain = {key: value for key, value in each._asdict().items() if key != "contact"}
    return {
        **plain,
        "date": each.date.isoformat(),
        "others": list(each.others),
        "latest": latest.isoformat() if latest else None,
        "is_past_latest": each.contact is not None and each.contact.is_past_latest,
    }


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
            died = note.fields.get("deceased")
            if died:
                title = f"{note.title} was born on this day" + (f" {years} years ago" if years else "")
                death = "†" if died == DEAD else f"† {died}"
                yield Reminder(day, "date", f"{title} ({death})", note.title, note.path, line)
            else:
                title = f"{note.title} turns {years}" if years else f"{note.title} has a birthday"
                if years == "0":
                    title = f"{note.title} is born"
                yield Reminder(day, "birthday", title, note.title, note.path, line, years)


def dates(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Weddings, name days and whatever else has a date in a person's note: yearly, or once with `repeat: none`."""
    for note in world.people:
        for entry in note.fields.get("dates", ()):
            when = parse_partial_date(entry["date"])
            label = entry.get("label") or "date"
            line = note.lines.get(f"dates.{entry['item']}", note.lines.get("dates", 1))
            if entry.get("repeat") in ONCE:
                once = full_date(when)
                days: list[date] = [once] if once is not None and first <= once <= last else []
            else:
                days = _yearly(when, first, last, world.leap_day)
            for day in days:
                years = day.year - when.year if when.year else 0
                title = f"{note.title}: {label}" + (f" ({years} years)" if years > 0 else "")
                yield Reminder(day, "date", title, note.title, note.path, line, str(years) if years > 0 else "")


def own_reminders(world: World, first: date, last: date) -> Iterator[Reminder]:
    """The `reminders:` of people: on their day, ahead of it by their lead, and overdue until they are done."""
    for note in world.people:
        for entry in note.fields.get("reminders", ()):
            line = note.lines.get(f"reminders.{entry['item']}", note.lines.get("reminders", 1))
            text = entry.get("text") or "reminder"

            def remind(day: date, title: str, late: int = 0, *, note: Note = note, line: int = line) -> Reminder:
                return Reminder(day, "reminder", title, note.title, note.path, line, overdue_days=late)

            missed = _missed(entry, world.today, world.leap_day)
            if missed is not None:
                yield remind(missed, text, (world.today - missed).days)
            leads = _leads(entry)
            reach = _moved(last, max(leads, default=timedelta()))
            for day in _occurrences(entry, first, reach, world.leap_day):
                if day <= last and day != missed:
                    yield remind(day, text)
                for lead in leads:
                    ahead = _moved(day, -lead)
                    if first <= ahead <= last:
                        yield remind(ahead, f"{text} (on {day.isoformat()})")


def next_turn(entry: Mapping[str, Any], day: date, leap_day: str) -> date | None:
    """Return the first day, from `day` on, of an entry of `reminders:` that is not done; None if none is left."""
    found = _occurrences(entry, day, _moved(day, timedelta(days=366 * 5)), leap_day)
    return found[0] if found else None


def plans(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Items of journal days about people, and events: one of several days on the first of them that is asked for."""
    for told in world.happenings:
        day = parse_iso_date(told.date)
        if first <= day <= last:
            title = f"{told.time} {told.text}".strip()
            yield Reminder(day, "plan", title, ", ".join(told.people), told.path, told.line)
    for note in world.events:
        for day, until in _event_days(note, first, last, world.leap_day):
            shown = max(day, first)
            time = note.fields["start"][11:] if shown == day else ""
            place = f", {note.fields['place']}" if note.fields.get("place") else ""
            end = f" (until {until.isoformat()})" if until > day else ""
            people = ", ".join(text.strip("[]").split("|")[-1] for text in note.fields.get("people", ()))
            title = f"{time} {note.title}{place}{end}".strip()
            yield Reminder(shown, "plan", title, people, note.path, note.lines.get("start", 1))


def tasks(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Open tasks with a day: on it, and overdue after it; the due day counts before the scheduled one.

    A task is not to be thought of before its start: until that has come it is not overdue, and not shown before it.
    """
    for path, task, people in world.tasks:
        day = _first_day(task.due, task.scheduled)
        if day is None or task.status != "open":
            continue
        start = _first_day(task.start)
        if start is not None and start > world.today:
            day = max(day, start)
        late = max(0, (world.today - day).days)
        if late or first <= day <= last:
            reason = f"{task.priority} priority" if task.priority else ""
            yield Reminder(day, "task", task.text, ", ".join(people), path, task.line, "", late, reason)


def contacts(world: World, first: date, last: date) -> Iterator[Reminder]:
    """People with whom one has not been in touch for as long as their cadence says."""
    del first
    for note in world.people:
        told = world.last.get(note.path)
        begin, rules = told.date if told else "", world.cadence
        due = next_contact(note, begin, by_tag=rules, today=world.today, lines=world.cadence_lines)
        if due is not None and due.due <= last:
            late = max(0, (world.today - due.due).days)
            line = due.line if due.path == note.path else 0
            why = reason_text(due)
            yield Reminder(due.due, "contact", note.title, note.title, note.path, line, "", late, why, due)


KINDS = ("birthday", "date", "plan", "reminder", "task", "contact")
WITHOUT_CONTACTS: tuple[Source, ...] = (birthdays, dates, plans, own_reminders, tasks)
SOURCES: tuple[Source, ...] = (*WITHOUT_CONTACTS, contacts)


def _yearly(when: Any, first: date, last: date, leap_day: str) -> list[date]:
    days = []
    day = next_occurrence(when, first, leap_day)
    while day is not None and day <= last:
        days.append(day)
        day = next_occurrence(when, day + _DAY, leap_day) if day < date.max else None
    return days


def _moved(day: date, by: timedelta) -> date:
    """Return `day` and so much, but none outside the calendar."""
    return date.fromordinal(min(max(day.toordinal() + by.days, 1), date.max.toordinal()))


def _occurrences(entry: Mapping[str, Any], first: date, last: date, leap_day: str) -> list[date]:
    start = parse_iso_date(entry["on"])
    repeat = entry.get("repeat")
    if not repeat or repeat in ONCE:
        return [start] if first <= start <= last and not _is_done(entry, start) else []
    from prmvault.core.recurrence import next_repeat

    days: list[date] = []
    day = next_repeat(start, repeat, first, leap_day=leap_day)
    while day is not None and day <= last and len(days) < 400:  # noqa: PLR2004 - a daily one over a year
        if not _is_done(entry, day):
            days.append(day)
        day = next_repeat(start, repeat, day + _DAY, leap_day=leap_day) if day < date.max else None
    return days


def _missed(entry: Mapping[str, Any], today: date, leap_day: str) -> date | None:
    """Return the last day before today on which the reminder came and has not been done since."""
    start = parse_iso_date(entry["on"])
    day = _begun_before(start, entry.get("repeat"), today, leap_day)
    return None if day is None or _is_done(entry, day) else day


def _is_done(entry: Mapping[str, Any], day: date) -> bool:
    """Tell whether the reminder of `day` is done: `done` is the day on which it last was, or yes for good."""
    done = str(entry.get("done") or "").strip()
    if done[:4].isdigit():
        from prmvault.core.dates import DateError

        try:
            return parse_iso_date(done) >= day
        except DateError:
            return False  # What is no date ticks nothing off.
    return done.casefold() in ("true", "yes", "x", "ja", "done")


def _leads(entry: Mapping[str, Any]) -> list[timedelta]:
    if not entry.get("lead"):
        return []
    from prmvault.core.periods import parse_lead

    return [timedelta(days=period.days + 30 * period.months) for period in parse_lead(entry["lead"])]


def _event_days(note: Note, first: date, last: date, leap_day: str) -> list[tuple[date, date]]:
    """Return the first and the last day of each turn of an event that goes on between `first` and `last`."""
    if not note.fields.get("start"):
        return []
    entry = {"on": note.fields["start"][:10], "repeat": note.fields.get("repeat")}
    start = parse_iso_date(entry["on"])
    length = timedelta()
    if note.fields.get("end"):
        length = max(length, parse_iso_date(note.fields["end"][:10]) - start)
    begun = _begun_before(start, entry["repeat"], first, leap_day) if length else None
    running = [begun] if begun is not None and first - begun <= length else []
    return [(day, _moved(day, length)) for day in (*running, *_occurrences(entry, first, last, leap_day))]


def _begun_before(start: date, repeat: str | None, day: date, leap_day: str) -> date | None:
    """Return the last turn before `day`."""
    if start >= day:
        return None
    if not repeat or repeat in ONCE:
        return start
    from prmvault.core.recurrence import previous_repeat

    return previous_repeat(start, repeat, day - _DAY, leap_day=leap_day)


def _first_day(*texts: str) -> date | None:
    """Return the first of `texts` that is a day."""
    from prmvault.core.dates import DateError

    for text in texts:
        try:
            return parse_iso_date(text)
        except DateError:
            continue
    return None
