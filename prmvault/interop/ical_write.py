"""Calendars as files: RFC 5545 (iCalendar), written by the icalendar library.

What is written depends on the entries alone: the time stamps are those of the notes, not of the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Component

    from prmvault.interop.entries import Entry
    from prmvault.interop.repeats import Repeat

PRODUCT = "-//prmvault//prmvault//EN"
"""Who made the file; by this prmvault knows its own again."""

ENDING = ".ics"

_EPOCH = date(1970, 1, 1)
_SEQUENCE_BEGIN = date(2000, 1, 1)
_LONGEST_ZONE = 60
_STATUS = {"open": "NEEDS-ACTION", "done": "COMPLETED", "cancelled": "CANCELLED"}
_HEAD = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:{PRODUCT}\r\n"
_END = "END:VCALENDAR\r\n"

Tell = Callable[[str], str]


def write_calendar(entries: Sequence[Entry], tell: Tell, known: MutableMapping[str, str] | None = None) -> bytes:
    """Return all entries as one calendar.

    `tell` tells messages in the reader's language. `known` holds the pieces that were made before, by what they were
    made of; those used are put back into it, all others go.
    """
    made = {} if known is None else known
    pieces = {key: made.get(key) or _component(entry, tell) for key, entry in _keyed(entries, tell)}
    if known is not None:
        known.clear()
        known.update(pieces)
    zones = sorted({zone for entry in entries if (zone := _known_zone(entry))})
    return f"{_HEAD}{''.join(map(_zone, zones))}{''.join(pieces.values())}{_END}".encode()


def write_entries(entries: Sequence[Entry], tell: Tell) -> Iterator[tuple[str, bytes]]:
    """Return each entry as a calendar of its own, with its file's name (a vdir: one entry a file)."""
    for entry in entries:
        zone = _known_zone(entry)
        text = f"{_HEAD}{_zone(zone) if zone else ''}{_component(entry, tell)}{_END}"
        yield f"{entry.uid}{ENDING}", text.encode()


def _keyed(entries: Iterable[Entry], tell: Tell) -> Iterator[tuple[str, Entry]]:
    """Yield a hash of what each piece is made of, texts as they are told, with the entry."""
    from hashlib import blake2b

    for entry in entries:
        told = (entry.category, entry.summary, entry.description)
        whole = repr((entry, [tell(text) for text in told]))
        yield blake2b(whole.encode(), digest_size=16).hexdigest(), entry


def _component(entry: Entry, tell: Tell) -> str:
    """Return an entry as a VEVENT or VTODO."""
    from icalendar import Alarm, Event, Todo

    made: Component = Event() if entry.todo is None else Todo()
    made.add("uid", entry.uid)
    summary = tell(entry.summary)
    made.add("summary", summary)
    changed = date.fromisoformat(entry.stamp) if entry.stamp else _EPOCH
    stamp = datetime.combine(changed, time(), UTC)
    made.add("dtstamp", stamp)
    if entry.stamp:
        made.add("last-modified", stamp)
    made.add("sequence", max(0, (changed - _SEQUENCE_BEGIN).days))
    made.add("class", "PRIVATE")
    made.add("categories", [tell(entry.category)])
    for name, text in (("description", tell(entry.description)), ("location", entry.place)):
        if text:
            made.add(name, text)
    if entry.start is not None:
        made.add("dtstart", _in_zone(entry.start, entry))
    if entry.todo is not None:
        _add_task(made, entry)
        return _text(made)
    if entry.end is not None:
        made.add("dtend", _in_zone(entry.end, entry))
    made.add("transp", "OPAQUE" if entry.is_busy else "TRANSPARENT")
    if entry.repeat is not None:
        made.add("rrule", _rule(entry.repeat, entry))
    if entry.left_out:
        made.add("exdate", [_in_zone(moment, entry) for moment in entry.left_out])
    for distance in entry.alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", distance)
        made.add_component(alarm)
    return _text(made)


def _add_task(made: Component, entry: Entry) -> None:
    todo = entry.todo
    assert todo is not None
    made.add("status", _STATUS[todo.status])
    if todo.due is not None:
        made.add("due", todo.due)
    if todo.priority:
        made.add("priority", todo.priority)
    if todo.status == "done":
        made.add("percent-complete", 100)
        if todo.done is not None:
            # A moment in UTC is asked for; noon is the same day in almost all zones.
            made.add("completed", datetime.combine(todo.done, time(12), UTC))


def _rule(repeat: Repeat, entry: Entry) -> Any:
    from icalendar import vRecur

    rule = vRecur.from_ical(";".join([f"{name}={value}" for name, value in repeat.parts]))
    if repeat.until is not None:
        until: date = repeat.until
        if isinstance(entry.start, datetime):
            # The last moment of that day, of the same kind as the start: in UTC, unless it floats.
            last = datetime.combine(until, time(23, 59, 59))
            zone = _known_zone(entry)
            until = last.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if zone and until < date.max else last
        rule["UNTIL"] = [until]
    return rule


def _in_zone(moment: date, entry: Entry) -> date:
    zone = _known_zone(entry)
    return moment.replace(tzinfo=ZoneInfo(zone)) if zone and isinstance(moment, datetime) else moment


def _known_zone(entry: Entry) -> str:
    """Return the zone of an entry that has a time, or nothing where the zone is none that is known."""
    if not entry.zone or not isinstance(entry.start, datetime) or len(entry.zone) > _LONGEST_ZONE:
        return ""
    try:
        return ZoneInfo(entry.zone).key
    except (ValueError, OSError, KeyError):
        return ""


def _zone(zone: str) -> str:
    """Return the zone's VTIMEZONE; UTC needs none."""
    if zone == "UTC":
        return ""
    from icalendar import Timezone

    made = Timezone.from_tzid(zone)
    made.pop("COMMENT", None)
    return _text(made)


def _text(made: Component) -> str:
    data: bytes = made.to_ical()
    return data.decode()
