"""Reading calendars (RFC 5545) into drafts: meetings as events, birthdays and the like as days of people.

A series is one draft with its rule. What was moved in it (RECURRENCE-ID) or added (RDATE) is a draft of its own, whose
uid is the series', a slash and the moment that it was to be at; the days left out are the series' key `except`.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import BinaryIO, NamedTuple

from prmvault.core.dates import DateError
from prmvault.core.model import Value
from prmvault.core.names import name_key
from prmvault.core.problems import Problem
from prmvault.core.recurrence import next_repeat
from prmvault.interop.drafts import OWN_ENTRY, Draft
from prmvault.interop.ical_birthdays import PersonDay, day_of_person
from prmvault.interop.ical_event import MAX_TURNS, Event, read_event
from prmvault.interop.ical_moments import At, in_zone
from prmvault.interop.ical_split import Calendar, component_lines, first_property, split_calendars
from prmvault.interop.ical_write import PRODUCT
from prmvault.interop.ical_zones import Zones
from prmvault.interop.vcard_values import one_line, unescape

_MOST_ALIKE = 20
_MAX_NAME = 200
_HEAD = 4096
_ANSWERS = ("REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER")
"""Messages about a meeting that are not the meeting (RFC 5546)."""

_OTHERS = {"VTODO": "tasks (VTODO)", "VJOURNAL": "journal entries (VJOURNAL)", "VFREEBUSY": "busy times (VFREEBUSY)"}


class _Wanted(NamedTuple):
    """What is wanted of a file: events within these days (either may be open), without these people and uids."""

    source: str
    first: date
    last: date
    me: frozenset[str]
    own: Collection[str]
    zone: str


def read_ical(
    data: bytes | BinaryIO,
    source: str,
    *,
    first: date | None = None,
    last: date | None = None,
    me: Collection[str] = (),
    own: Collection[str] = (),
    zone: str = "",
) -> Iterator[Draft | Problem]:
    """Yield a draft for each event of `data` that goes on between `first` and `last`, and what was wrong.

    Drafts are of the kind `event`, or `person` for days of people. `fields["people"]` of an event are maps
    with `name` and `address`, see `people_texts`. `me` are one's own e-mail addresses, which are left out; `own` are
    the uids that our export gives, whose events are left out. A moment in UTC is told by the clock of the calendar's
    own zone, else of `zone` (IANA's name), but in a series. One calendar at a time is in memory; no content raises.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    mine = frozenset([address.casefold() for address in me])
    wanted = _Wanted(source, first or date.min, last or date.max, mine, own, zone)
    told = _Told(source)
    for part in split_calendars(stream, source):
        if isinstance(part, Problem):
            yield part
        else:
            yield from _read_calendar(part, wanted, told)
    yield from told.rest()


def is_ical(head: bytes) -> bool:
    """Tell whether a file that begins so is a calendar."""
    return b"BEGIN:VCALENDAR" in head[:_HEAD].replace(b"\0", b"").upper()


def people_texts(people: Value, known: Callable[[str], str]) -> list[str]:
    """Return the people of an event as texts for front matter: what `known` gives for an address, such as a link.

    Whose address it does not know (it gives nothing) is there by name, or by the address where that is all.
    """
    texts = []
    for each in people if isinstance(people, list) else ():
        if isinstance(each, dict):
            name, address = str(each.get("name", "")), str(each.get("address", ""))
            texts.append((known(address) if address else "") or name or address)
    return list(dict.fromkeys(texts))


class _Told:
    """The problems of a file: of each sort so many are told, each message once, and the rest is counted."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._counts: Counter[tuple[str, str]] = Counter()
        self._told: dict[tuple[str, str], set[str]] = {}
        self._left_out: Counter[str] = Counter()

    def __call__(self, problems: list[Problem], sort: str) -> Iterator[Problem]:
        for problem in problems:
            told = self._told.setdefault((problem.code, sort), set())
            if problem.message in told or len(told) == _MOST_ALIKE:
                self._counts[problem.code, sort] += 1
                continue
            told.add(problem.message)
            yield problem

    def leave_out(self, what: str, count: int = 1) -> None:
        """Count what is no event, or none for the vault."""
        self._left_out[what] += count

    def rest(self) -> Iterator[Problem]:
        """Yield what is told in the end."""
        for (code, sort), count in self._counts.items():
            yield Problem(self._source, 0, code, f"{count} more of the same: {sort}", "")
        others = {name: self._left_out.pop(name) for name in _OTHERS.values() if name in self._left_out}
        for counts, hint in ((others, "only events are read from a calendar"), (self._left_out, "")):
            if counts:
                what = ", ".join([f"{name}: {count}" for name, count in counts.items()])
                yield Problem(self._source, 0, "left-out", f"left out: {what}", hint)


def _read_calendar(calendar: Calendar, wanted: _Wanted, told: _Told) -> Iterator[Draft | Problem]:
    head = {line.key: one_line(unescape(line.value))[:_MAX_NAME] for line in reversed(calendar.head)}
    if head.get("PRODID") == PRODUCT:
        yield from _own_entries(calendar, wanted.source)
        return
    for name, count in calendar.others.items():
        if name in _OTHERS:
            told.leave_out(_OTHERS[name], count)
    if calendar.unclosed:
        many = f" ({len(calendar.unclosed)} times)" if len(calendar.unclosed) > 1 else ""
        problem = Problem(wanted.source, calendar.unclosed[0], "bad-ical", f"an END is missing{many}", "")
        yield from told([problem], "a calendar in which an END is missing")
    if calendar.large:
        message = f"the component is too large and is cut ({len(calendar.large)} of the calendar)"
        problem = Problem(wanted.source, calendar.large[0], "too-large", message, "look at what made this file")
        yield from told([problem], "a calendar in which a component is cut")
    if head.get("METHOD", "").upper() in _ANSWERS:
        told.leave_out("answers to an invitation", len(calendar.events))
        return
    zones = Zones(calendar.zones, [head.get("X-WR-TIMEZONE", ""), wanted.zone])
    home = zones.name(head.get("X-WR-TIMEZONE", "")) or zones.name(wanted.zone)
    events: dict[tuple[str, str], Event] = {}
    for item in _events(calendar, wanted, zones, head, told):
        if isinstance(item, Problem | Draft):
            yield item
        else:
            key = item.uid, item.moved_from.text if item.moved_from else ""
            # The same event twice: what was changed last counts.
            if key not in events or item.version >= events[key].version:
                events[key] = item
    yield from _drafts(events, wanted, home, told)


def _own_entries(calendar: Calendar, source: str) -> Iterator[Draft]:
    """Yield what prmvault itself has exported: it is known, and nothing is made of it."""
    for raw in calendar.events:
        summary = first_property(component_lines(raw, source, "the event")[0], "SUMMARY")
        name = one_line(unescape(summary.value))[:_MAX_NAME] if summary else ""
        yield Draft(OWN_ENTRY, name, {}, source=source, line=raw.line)


def _events(
    calendar: Calendar, wanted: _Wanted, zones: Zones, head: dict[str, str], told: _Told
) -> Iterator[Event | Draft | Problem]:
    name = head.get("X-WR-CALNAME") or head.get("NAME", "")
    days: dict[tuple[str, str, str], tuple[PersonDay, int]] = {}
    for number, raw in enumerate(calendar.events):
        calendar.events[number] = raw._replace(rows=[])  # Two of the same are not held in memory.
        lines, problems = component_lines(raw, wanted.source, "the event")
        yield from told(problems, "a line of an event that is not understood")
        uid = first_property(lines, "UID")
        if uid and unescape(uid.value).strip() in wanted.own:
            continue
        event, wrong = read_event(lines, raw.line, wanted.source, zones, wanted.me)
        yield from told(wrong, "an event that is not understood")
        if event is None:
            continue
        if event.is_declined:
            told.leave_out("meetings that you declined")
            continue
        day = None
        if event.start.is_day and event.moved_from is None:
            day = day_of_person(lines, event.start.when.date(), name, event.made, is_yearly=event.is_yearly)
        if day is None:
            yield event._replace(is_cancelled=event.is_cancelled or head.get("METHOD", "").upper() == "CANCEL")
        elif not event.is_cancelled:
            days.setdefault((day.kind, day.name, day.day), (day, raw.line))
    unnamed = sum(not day.name for day, _ in days.values())
    if unnamed:
        told.leave_out("birthdays that name nobody", unnamed)
    yield from _people([each for each in days.values() if each[0].name], wanted.source)


def _people(days: Iterable[tuple[PersonDay, int]], source: str) -> Iterator[Draft]:
    """Yield a draft for each person, and the first line: days under one name are one's, unless two are of one kind."""
    named: dict[str, list[tuple[PersonDay, int]]] = {}
    for each in days:
        named.setdefault(name_key(each[0].name), []).append(each)
    for several in named.values():
        uids = {day.uid for day, _ in several if day.uid}
        is_one = len({day.kind for day, _ in several}) == len(several) and len(uids) <= 1
        for own in [several] if is_one else [[each] for each in several]:
            fields: dict[str, Value] = {"name": own[0][0].name}
            for day, _ in own:
                fields |= {"uid": day.uid} if day.uid else {}
                fields |= {"emails": [day.address]} if day.address else {}
                if day.kind == "anniversary":
                    fields["dates"] = [{"label": day.kind, "date": day.day}]
                else:
                    fields["birthday" if day.kind == "birthday" else "deceased"] = day.day
            yield Draft("person", own[0][0].name, fields, source=source, line=own[0][1])


def _drafts(events: dict[tuple[str, str], Event], wanted: _Wanted, home: str, told: _Told) -> Iterator[Draft]:
    series = {uid: event for (uid, moved), event in events.items() if not moved and event.repeats}
    left_out: dict[str, set[str]] = {}
    for (uid, _), event in events.items():
        if event.moved_from is not None and uid in series:
            left_out.setdefault(uid, set()).add(in_zone(event.moved_from, series[uid].start.zone).text[:10])
    for event in events.values():
        if event.moved_from is not None:
            of = series.get(event.uid)
            turn = in_zone(event.moved_from, of.start.zone if of else event.start.zone)
            if of and turn.text[:10] in of.left_out and of.version >= event.version:
                event = event._replace(is_cancelled=True)  # noqa: PLW2901 - it was moved, and then taken out
            yield from _single(event, f"{event.uid}/{turn.text.replace(' ', 'T')}", wanted, home)
            continue
        if not event.repeats:
            yield from _single(event, event.uid, wanted, home)
        for number, repeat in enumerate(event.repeats):
            uid = f"{event.uid}/rule-{number + 1}" if number else event.uid
            days = sorted({*event.left_out, *left_out.get(event.uid, ())})[:MAX_TURNS]
            if _goes_on(event, repeat, wanted):
                more: dict[str, Value] = {"except": [*days]} if days else {}
                yield _draft(event, uid, event.start, repeat, wanted, more)
            else:
                told.leave_out("series that have no day")
        for at in event.added:
            turn = in_zone(at, event.start.zone)
            if not _is_turn(event, turn):
                moved = event._replace(start=turn, end=_moved_end(event, turn))
                yield from _single(moved, f"{event.uid}/{turn.text.replace(' ', 'T')}", wanted, home)


def _single(event: Event, uid: str, wanted: _Wanted, home: str) -> Iterator[Draft]:
    """Yield an event that comes once, if it is wanted."""
    if event.start.zone == "UTC" and home:
        start = in_zone(event.start, home)
        event = event._replace(start=start, end=in_zone(event.end, home) if event.end else None)
    last = (event.end or event.start).when.date()
    if event.start.when.date() <= wanted.last and last >= wanted.first:
        yield _draft(event, uid, event.start, "", wanted, {})


def _draft(event: Event, uid: str, start: At, repeat: str, wanted: _Wanted, more: dict[str, Value]) -> Draft:
    fields: dict[str, Value] = {"title": event.title, "start": start.text}
    if event.end:
        fields["end"] = event.end.text
    if start.zone:
        fields["timezone"] = start.zone
    if repeat:
        fields["repeat"] = repeat
    fields |= {**more, **event.fields}
    if event.is_cancelled:
        fields["status"] = "cancelled"
    return Draft("event", event.title, {**fields, "uid": uid}, event.notes, (), wanted.source, event.line)


def _goes_on(event: Event, repeat: str, wanted: _Wanted) -> bool:
    """Tell whether a turn of a series goes on within the days that are wanted."""
    start = event.start.when.date()
    length = event.end.when.date() - start if event.end else timedelta()
    reach = max(wanted.first, date.min + length)
    try:
        day = next_repeat(start, repeat, max(start, reach - length))
    except DateError:
        return True
    return day is not None and day <= wanted.last


def _is_turn(event: Event, turn: At) -> bool:
    """Tell whether a moment that is added to an event is one of its own, or left out."""
    day, start = turn.when.date(), event.start.when.date()
    if turn.when.time() != event.start.when.time() or day < start:
        return False
    if day == start or turn.text[:10] in event.left_out:
        return True
    return any(next_repeat(start, repeat, day) == day for repeat in event.repeats)


def _moved_end(event: Event, start: At) -> At | None:
    if event.end is None:
        return None
    try:
        return event.end._replace(when=start.when + (event.end.when - event.start.when))
    except OverflowError:
        return None
