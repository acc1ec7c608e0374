"""What of a vault belongs into a calendar: people's days, reminders, plans and tasks, as plain entries.

An entry is a function of the notes alone: no clock, so that an unchanged vault makes the same calendar everywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from prmvault.core.characters import LOW, UNSEEN
from prmvault.core.dates import PartialDate, day_in_year, day_or_none, full_date, parse_iso_date, parse_partial_date
from prmvault.core.label_names import label_name
from prmvault.core.messages import message
from prmvault.core.model import CANCELLED, DEAD, ONCE, Note
from prmvault.core.people import linked_name
from prmvault.core.reminders import Happening, OpenTask
from prmvault.core.turns import is_for_good
from prmvault.interop.repeats import Repeat, each_year, first_and_rule

_NAMESPACE = "8d0d2c56-5f0e-4f0a-9a55-6d3a7f2f4c1e"
"""Of the uids (RFC 4122, uuid5). To change it would put everything into people's calendars a second time."""

_FIRST_YEAR = 1904
"""Days of earlier years begin in this one (a leap year): some calendars know none before 1900, and count all turns."""

_YEAR_OF_NONE = 1972
"""The first leap year that every calendar knows, for days whose year nobody knows."""

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_NINE = timedelta(hours=9)
_A_WEEK_AHEAD = _NINE - timedelta(days=7)
_LONGEST = 500
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)(?:[:.][0-5]\d(?:[.,]\d{1,9})?)? ?(Z|z|[+-]\d\d:?\d\d)?", re.ASCII)
_CONTROL = re.compile(f"[{LOW}{UNSEEN}]")
_PRIORITIES = {"highest": 1, "high": 3, "medium": 5, "low": 7, "lowest": 9}


_BIRTHDAY, _REMEMBERED = message("Birthday"), message("Day to remember")
_REMINDER, _PLAN, _TASK = message("Reminder"), message("Plan"), message("Task")


class ToDo(NamedTuple):
    """What only a task has: `status` as in `model.Task`, its days, and its priority, 1 (highest) to 9 or 0."""

    status: str
    due: date | None
    done: date | None
    priority: int


class Entry(NamedTuple):
    """One thing in a calendar: an event, or with `todo` a task. Texts are clean, and messages where they are ours.

    `end` is the first day or moment that is not part of it. Moments are those of the clock in `zone`, or of any place
    where it is empty. Alarms are distances from the beginning of the first day. `left_out` are the turns (days or
    moments, as `start` is) on which what repeats is not. `stamp` is the day (ISO text) of the last change, if the note
    tells it.
    """

    uid: str
    stamp: str
    category: str
    summary: str
    start: date | None = None
    end: date | None = None
    zone: str = ""
    repeat: Repeat | None = None
    description: str = ""
    place: str = ""
    alarms: tuple[timedelta, ...] = ()
    is_busy: bool = False
    left_out: tuple[date, ...] = ()
    todo: ToDo | None = None


class Facts(NamedTuple):
    """What calendars are made of; `marks` gives for a path the note's `uid` and the day of its last change, if told."""

    people: Sequence[Note]
    events: Sequence[Note]
    tasks: Sequence[OpenTask]
    happenings: Sequence[Happening]
    marks: Mapping[str, tuple[str, str]]
    leap_day: str


class _Identities:
    """Gives uids that stay while their note and what it is about stay; what is there twice is numbered."""

    def __init__(self, marks: Mapping[str, tuple[str, str]]) -> None:
        from uuid import UUID, uuid5

        self._namespace, self._uuid5 = UUID(_NAMESPACE), uuid5
        self._marks = marks
        self._seen: Counter[str] = Counter()

    def __call__(self, path: str, kind: str, what: str = "") -> tuple[str, str]:
        """Return the `uid` and the `stamp` of an entry."""
        identity, day = self._marks.get(path, ("", ""))
        name = f"{_clean(identity or path)}\n{kind}\n{what}"
        number = self._seen[name]
        self._seen[name] += 1
        return str(self._uuid5(self._namespace, f"{name}\n{number}" if number else name)), day


def calendar_entries(facts: Facts) -> list[Entry]:
    """Return all that belongs into a calendar, always in the same order."""
    identify = _Identities(facts.marks)
    found: list[Entry] = []
    for note in facts.people:
        found += _own_day(note, facts.leap_day, identify)
        found += _dates(note, facts.leap_day, identify)
        found += _reminders(note, facts.leap_day, identify)
    for note in facts.events:
        found += _event(note, facts.leap_day, identify)
    found += [_plan(told, identify) for told in facts.happenings]
    # A task that repeats gets its next one above it: counted from below, the one that is done keeps its number.
    return found + [_task(told, identify) for told in reversed(facts.tasks)][::-1]


def _own_day(note: Note, leap_day: str, identify: _Identities) -> Iterator[Entry]:
    """The birthday, or the day of a death: this without an alarm."""
    died = note.fields.get("deceased")
    told = died or note.fields.get("birthday")
    when = parse_partial_date(told) if told and told != DEAD else None
    first = _first_return(when) if when else None
    if when is None or first is None:
        return
    name = _clean(note.title)
    if died:
        summary = message("† {name}", name=name)
        description: str = message("Died in {year}", year=when.year) if when.year else ""
        alarms: tuple[timedelta, ...] = ()
    else:
        summary = message("🎂 {name}", name=name)
        description = message("Birthday, born in {year}", year=when.year) if when.year else _BIRTHDAY
        alarms = (_NINE, _A_WEEK_AHEAD)
    yield Entry(
        *identify(note.path, "death" if died else "birthday"),
        category=_REMEMBERED if died else _BIRTHDAY,
        summary=summary,
        start=first,
        end=first + _DAY,
        repeat=each_year(first, leap_day),
        description=description,
        alarms=alarms,
    )


def _dates(note: Note, leap_day: str, identify: _Identities) -> Iterator[Entry]:
    """Weddings, name days and whatever else has a date; those of the dead have no alarm."""
    for entry in note.fields.get("dates", ()):
        when = parse_partial_date(entry["date"])
        label = _clean(entry.get("label") or "")
        mark = identify(note.path, "date", label)
        is_once = entry.get("repeat") in ONCE
        first = full_date(when) if is_once else _first_return(when)
        if first is None or first == date.max:
            continue
        name = _clean(note.title)
        yield Entry(
            *mark,
            category=_REMEMBERED,
            summary=message("{name}: {label}", name=name, label=label_name(label)) if label else name,
            start=first,
            end=first + _DAY,
            repeat=None if is_once else each_year(first, leap_day),
            description=message("Since {year}", year=when.year) if when.year and not is_once else "",
            alarms=() if note.fields.get("deceased") else (_NINE, _A_WEEK_AHEAD),
        )


def _reminders(note: Note, leap_day: str, identify: _Identities) -> Iterator[Entry]:
    """The `reminders:` that are not done, from the first day on that is not."""
    from prmvault.core.periods import parse_lead

    for entry in note.fields.get("reminders", ()):
        text, name = _clean(entry.get("text") or ""), _clean(note.title)
        mark = identify(note.path, "reminder", text)
        found = first_and_rule(parse_iso_date(entry["on"]), entry.get("repeat") or "", leap_day, _done_until(entry))
        if found is None or found[0] == date.max:
            continue
        first, repeat = found
        leads = [period.days + 30 * period.months for period in parse_lead(entry["lead"])] if entry.get("lead") else []
        summary = text if name in text else message("{text} ({name})", text=text, name=name)
        yield Entry(
            *mark,
            category=_REMINDER,
            summary=summary if text else message("Think of {name}", name=name),
            start=first,
            end=first + _DAY,
            repeat=repeat,
            alarms=tuple(_NINE - timedelta(days=days) for days in dict.fromkeys([0, *leads])),
        )


def _event(note: Note, leap_day: str, identify: _Identities) -> Iterator[Entry]:
    start = note.fields.get("start")
    if not start or note.fields.get("status") == CANCELLED:
        return
    found = first_and_rule(parse_iso_date(start[:10]), note.fields.get("repeat") or "", leap_day)
    if found is None or found[0].year == date.max.year:
        return
    first, repeat = found
    begin, end, zone = _span(start, note.fields.get("end") or "", _clean(note.fields.get("timezone") or ""))
    moved = first - parse_iso_date(start[:10])
    if end.year + moved.days // 365 >= date.max.year:
        return  # No calendar goes that far.
    people = [_clean(_shown(text)) for text in note.fields.get("people", ())]
    yield Entry(
        *identify(note.path, "event"),
        category=_PLAN,
        summary=_clean(note.title),
        start=begin + moved,
        end=end + moved,
        zone=zone,
        repeat=repeat,
        description=message("With {names}", names=", ".join(filter(None, people))) if any(people) else "",
        place=_clean(note.fields.get("place") or ""),
        is_busy=True,
        left_out=tuple([_on(parse_iso_date(day), begin) for day in note.fields.get("except", ())]) if repeat else (),
    )


def _on(day: date, begin: date) -> date:
    """Return a day, at the time of `begin` where that is a moment."""
    return datetime.combine(day, begin.time()) if isinstance(begin, datetime) else day


def _shown(link: str) -> str:
    """Return what a link shows; a name without a link is shown as it is."""
    return link.partition("|")[2].removesuffix("]]") or linked_name(link)


def _plan(told: Happening, identify: _Identities) -> Entry:
    """An item of a journal day that is yet to come; where it has a time, an hour is kept free for it."""
    day, text = parse_iso_date(told.date), _clean(told.text)
    clock = _CLOCK.fullmatch(told.time)
    begin = datetime.combine(day, time(int(clock[1]), int(clock[2]))) if clock else day
    names = _clean(", ".join(told.people))
    return Entry(
        *identify(told.path, "plan", text),
        category=_PLAN,
        summary=text or names,
        start=begin,
        end=begin + (_HOUR if clock else _DAY),
        description=message("With {names}", names=names) if names else "",
        is_busy=clock is not None,
    )


def _task(told: OpenTask, identify: _Identities) -> Entry:
    task, text = told.task, _clean(told.task.text)
    names = [_clean(name) for name in told.people]
    start, due = day_or_none(task.start), day_or_none(task.due) or day_or_none(task.scheduled)
    return Entry(
        *identify(told.path, "task", text),
        category=_TASK,
        summary=text or _TASK,
        start=start if start is None or due is None or start <= due else None,
        description=message("About {names}", names=", ".join(names)) if set(names) - {""} else "",
        todo=ToDo(task.status, due, day_or_none(task.done), _PRIORITIES.get(task.priority.casefold(), 0)),
    )


def _first_return(when: PartialDate) -> date | None:
    """Return the day on which a yearly day begins in a calendar; None where no day of the year is known."""
    if when.month is None or when.day is None:
        return None
    year = _YEAR_OF_NONE if when.year is None else max(when.year, _FIRST_YEAR)
    first = day_in_year(year, when.month, when.day)
    return first if first < date.max else None


def _done_until(entry: Mapping[str, Any]) -> date:
    """Return the day up to which a reminder is done: the last of the calendar where it is done for good."""
    done = str(entry.get("done") or "").strip()
    if is_for_good(done):
        return date.max
    return day_or_none(done) or date.min


def _span(start: str, end: str, zone: str) -> tuple[date, date, str]:
    """Return where an event begins and where it is over, and the zone of these moments (empty where they float).

    Whole days where the start has no time that is understood; an hour where the end tells nothing.
    """
    first = parse_iso_date(start[:10])
    begin = _moment(start)
    if begin is None:
        last = max(first, parse_iso_date(end[:10])) if end else first
        return first, (last + _DAY if last < date.max else last), ""
    over = _moment(end) if end else None
    if end and over is None:
        last = parse_iso_date(end[:10])
        over = datetime.combine(last + _DAY, time(), begin.tzinfo) if first < last < date.max else None
    if begin.tzinfo is not None:
        zone = "UTC"
    if over is None or (over.tzinfo is None) != (begin.tzinfo is None) or over <= begin:
        over = begin + _HOUR
    return begin.replace(tzinfo=None), over.replace(tzinfo=None), zone


def _moment(text: str) -> datetime | None:
    """Return the moment that `2026-12-05 19:30` is, in UTC where it has an offset; None where there is no time."""
    clock = _CLOCK.fullmatch(text[11:].strip())
    if clock is None:
        return None
    moment = datetime.combine(parse_iso_date(text[:10]), time(int(clock[1]), int(clock[2])))
    offset = clock[3]
    if not offset:
        return moment
    digits = offset[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) if digits else timedelta()
    try:
        return (moment - away if offset.startswith("+") else moment + away).replace(tzinfo=UTC)
    except OverflowError:
        return None


def _clean(text: str) -> str:
    """Return `text` on one line, without control characters, and no longer than what a calendar can show."""
    line = " ".join(text[: 4 * _LONGEST].split())
    line = line if line.isprintable() else _CONTROL.sub("", line)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
