"""One VEVENT as plain values: when it is, how it repeats, where, and who comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from prmvault.core.dates import DateError
from prmvault.core.model import Value
from prmvault.core.problems import Problem
from prmvault.interop.content_lines import Line
from prmvault.interop.ical_moments import At, end_of, in_zone, read_moment, read_moments
from prmvault.interop.ical_repeats import repeat_of
from prmvault.interop.ical_split import first_property
from prmvault.interop.ical_zones import Zones
from prmvault.interop.vcard_values import one_line, unescape

MAX_TURNS = 400
"""So many days that are left out of a series, or added to it, are read."""

_MAX_RULES = 5
_MAX_PEOPLE = 100
_MAX_TEXT = 300
_MAX_PLACE = 500
_MAX_UID = 500
_MAX_NOTES = 20_000
_WEB = ("http://", "https://")
_ADDRESS = re.compile(r"[^\s@<>\"]{1,100}@[^\s@<>\"]{1,150}")
_NO_PEOPLE = ("@group.calendar.google.com", "@resource.calendar.google.com", "unknownorganizer@calendar.google.com")
_THINGS = ("ROOM", "RESOURCE", "GROUP")
_MEETINGS = ("URL", "CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")
_GOOGLE_BLOCK = re.compile(r"-::[~:]{3,300}-")
_BLOCK = re.compile(r"_{8,300}")
_CALLS = ("teams", "zoom", "skype", "webex")
_UIDS = "b5c6e3f0-6d0a-4f7c-8f57-0f7b7f6b2d11"
"""The namespace (RFC 4122, uuid5) of the uids of events that have none."""


_Report = Callable[..., None]
"""`_report(line, code, message, hint)`, the hint may be missing."""


class Event(NamedTuple):
    """What an event says. `moved_from` is the turn of the series `uid` that it replaces, None where it is itself one.

    `repeats` are its rules in the vault's words, `left_out` the days (ISO text) on which the series is not, `added` the
    moments on which it is beside. `version` grows with every change that its maker made. `fields` are what front matter
    takes as it is.
    """

    uid: str
    line: int
    title: str
    start: At
    end: At | None
    moved_from: At | None
    repeats: tuple[str, ...]
    left_out: tuple[str, ...]
    added: tuple[At, ...]
    fields: dict[str, Value]
    notes: str
    version: tuple[int, str, str]
    made: date | None
    is_yearly: bool
    is_cancelled: bool
    is_declined: bool


def read_event(
    lines: Sequence[Line], number: int, source: str, zones: Zones, me: frozenset[str]
) -> tuple[Event | None, list[Problem]]:
    """Return what an event says that begins on the line `number`, and what of it is not understood.

    None where it has no day: that is told. `me` are addresses in lower case.
    """
    problems: list[Problem] = []

    def _report(at: int, code: str, message: str, hint: str = "") -> None:
        problems.append(Problem(source, at or number, code, message, hint))

    title = _text(lines, "SUMMARY", _MAX_TEXT) or "unnamed"
    begin = first_property(lines, "DTSTART")
    if begin is None:
        _report(number, "bad-ical", f'the event "{title[:40]}" has no day and is left out')
        return None, problems
    try:
        start = _whole_day(read_moment(begin, zones), lines)
        moved = first_property(lines, "RECURRENCE-ID")
        moved_from = read_moment(moved, zones) if moved else None
    except DateError as error:
        _report(begin.number, "bad-date", f'the event "{title[:40]}" is left out: {error}', error.hint)
        return None, problems
    if moved and moved.param("RANGE"):
        _report(moved.number, "bad-ical", f'"{title[:40]}" is changed from a turn on: only this turn is read so')
    if start.unknown:
        message = f'the time zone "{one_line(start.unknown)[:40]}" is not known: the time is that of any place'
        _report(begin.number, "unknown-zone", message, "write timezone: Europe/Berlin into the note")
    end = None
    try:
        end = _end(lines, start, zones)
    except DateError as error:
        _report(begin.number, "bad-date", f'the end of "{title[:40]}" is left out: {error}', error.hint)
    repeats, rules = _repeats(lines, start, zones, _report) if moved_from is None else ([], [])
    left_out = [in_zone(at, start.zone).text[:10] for at in _turns(lines, "EXDATE", zones, _report)]
    added = [in_zone(at, start.zone) for at in _turns(lines, "RDATE", zones, _report)] if moved_from is None else []
    fields, is_declined = _fields(lines, me)
    people = [line for line in lines if line.key == "ATTENDEE"]
    if len(people) > _MAX_PEOPLE:
        _report(people[0].number, "too-large", f'"{title[:40]}" has {len(people)} people: only {_MAX_PEOPLE} are read')
    if rules:
        fields["rrule"] = rules
    changed = _stamp(lines, "LAST-MODIFIED")
    if changed:
        fields["updated"] = changed[:10]
    sequence = _text(lines, "SEQUENCE", 9)
    event = Event(
        uid=_text(lines, "UID", _MAX_UID) or _made_uid(title, start),
        line=number,
        title=title,
        start=start,
        end=end,
        moved_from=moved_from,
        repeats=tuple(repeats),
        left_out=tuple(sorted(set(left_out))),
        added=tuple(dict.fromkeys(added)),
        fields=fields,
        notes=_without_calls(_notes(lines), str(fields.get("url", ""))),
        version=(int(sequence) if sequence.isdecimal() else 0, changed, _stamp(lines, "DTSTAMP")),
        made=_day(_stamp(lines, "CREATED") or changed or _stamp(lines, "DTSTAMP")),
        is_yearly="yearly" in repeats or any(rule.startswith("FREQ=YEARLY") for rule in repeats),
        is_cancelled=_text(lines, "STATUS", 20).upper() == "CANCELLED",
        is_declined=is_declined,
    )
    return event, problems


def _text(lines: Sequence[Line], name: str, most: int) -> str:
    line = first_property(lines, name)
    return one_line(unescape(line.value[: 4 * most]))[:most] if line else ""


def _notes(lines: Sequence[Line]) -> str:
    line = first_property(lines, "DESCRIPTION")
    text = unescape(line.value[:_MAX_NOTES]) if line else ""
    return "\n".join([row.rstrip() for row in text.split("\n")]).strip()


def _without_calls(notes: str, url: str) -> str:
    """Return notes without the blocks that a program of video calls puts below them, where `url` is the call's link.

    They are between two rows of signs, or below the last one. A block without the link stays as it is.
    """
    rows = notes.split("\n") if url else []
    kept: list[str] = []
    at = 0
    while at < len(rows):
        sign = next((sign for sign in (_GOOGLE_BLOCK, _BLOCK) if sign.fullmatch(rows[at])), None)
        ends = (n for n in range(at + 1, len(rows)) if sign and sign.fullmatch(rows[n]))
        end = next(ends, len(rows) - 1) if sign else at
        block = "\n".join(rows[at : end + 1])
        if sign and url in block and (sign is _GOOGLE_BLOCK or any(word in block.casefold() for word in _CALLS)):
            at = end + 1
        else:
            kept.append(rows[at])
            at += 1
    return "\n".join(kept).strip() if len(kept) < len(rows) else notes


def _whole_day(start: At, lines: Sequence[Line]) -> At:
    """Return the start as a day where Outlook says that it is one."""
    is_day = _text(lines, "X-MICROSOFT-CDO-ALLDAYEVENT", 10).upper() == "TRUE"
    return At(start.when.replace(hour=0, minute=0), "", is_day=True) if is_day else start


def _end(lines: Sequence[Line], start: At, zones: Zones) -> At | None:
    line = first_property(lines, "DTEND")
    end = read_moment(line, zones) if line else None
    if end and start.is_day and not end.is_day and end.when > start.when:
        # A midnight is the first moment that is not part of the day.
        end = At((end.when - timedelta(seconds=1)).replace(hour=0, minute=0, second=0), "", is_day=False)
    return end_of(start, end, first_property(lines, "DURATION"))


def _repeats(lines: Sequence[Line], start: At, zones: Zones, _report: _Report) -> tuple[list[str], list[Value]]:
    """Return the rules in the vault's words, and those that it cannot say as they are."""
    repeats: list[str] = []
    kept: list[Value] = []
    for line in [line for line in lines if line.key == "RRULE" and line.value.strip()][:_MAX_RULES]:
        try:
            repeats.append(repeat_of(line.value.strip(), start, zones))
        except DateError as error:
            kept.append(one_line(line.value)[:_MAX_TEXT])
            _report(line.number, "bad-repeat", f"{error}; the event comes once, and the rule is kept", error.hint)
    if any(line.key == "EXRULE" for line in lines):
        _report(0, "bad-repeat", "EXRULE is not read: the series may have days too many")
    return list(dict.fromkeys(repeats)), kept


def _turns(lines: Sequence[Line], name: str, zones: Zones, _report: _Report) -> list[At]:
    found: list[At] = []
    for line in [line for line in lines if line.key == name and line.value.strip()]:
        try:
            found += read_moments(line, zones, MAX_TURNS - len(found))
        except DateError as error:
            _report(line.number, "bad-date", f"{name} is left out: {error}", error.hint)
        if len(found) >= MAX_TURNS:
            _report(line.number, "too-large", f"{name} has more than {MAX_TURNS} days; the rest is left out")
            break
    return found


def _fields(lines: Sequence[Line], me: frozenset[str]) -> tuple[dict[str, Value], bool]:
    """Return place, people and link of an event, and whether one has declined it oneself."""
    fields: dict[str, Value] = {}
    place = first_property(lines, "LOCATION")
    if place:
        parts = [one_line(part) for part in unescape(place.value[: 4 * _MAX_PLACE]).split("\n")]
        fields["place"] = ", ".join(filter(None, parts))[:_MAX_PLACE]
    is_declined = False
    people: dict[str, Value] = {}
    for line in lines:
        if line.key not in ("ATTENDEE", "ORGANIZER") or len(people) >= _MAX_PEOPLE:
            continue
        name, address = _person(line)
        if address.casefold() in me:
            is_declined = is_declined or "DECLINED" in [value.upper() for value in line.param("PARTSTAT")]
        elif (name or address) and not _is_thing(line, address):
            people.setdefault(address.casefold() or name, {"name": name, "address": address})
    if people:
        fields["people"] = [*people.values()]
    for line in [line for name in _MEETINGS for line in lines if line.key == name]:
        link = unescape(line.value.strip())
        if link.lower().startswith(_WEB) and len(link) <= _MAX_PLACE and not any(c.isspace() for c in link):
            fields["url"] = link
            break
    return fields, is_declined


def _person(line: Line) -> tuple[str, str]:
    """Return the name and the e-mail address of somebody who comes; either may be empty."""
    value = unescape(line.value.strip())
    given = [value.partition(":")[2] if value.lower().startswith("mailto:") else value, *line.param("EMAIL")]
    address = next((text.strip() for text in given if _ADDRESS.fullmatch(text.strip())), "")
    name = one_line(next(iter(line.param("CN")), "")).strip("'\" ")[:_MAX_TEXT]
    return ("" if name.casefold() == address.casefold() or _ADDRESS.fullmatch(name) else name), address


def _is_thing(line: Line, address: str) -> bool:
    kinds = {value.upper() for value in line.param("CUTYPE")}
    return bool(kinds & set(_THINGS)) or address.casefold().endswith(_NO_PEOPLE)


def _stamp(lines: Sequence[Line], name: str) -> str:
    """Return a time stamp as ISO text that can be compared; empty where it is none."""
    line = first_property(lines, name)
    try:
        return read_moment(line, Zones((), ())).when.isoformat() if line else ""
    except DateError:
        return ""


def _day(stamp: str) -> date | None:
    return date.fromisoformat(stamp[:10]) if stamp else None


def _made_uid(title: str, start: At) -> str:
    from uuid import UUID, uuid5

    return uuid5(UUID(_UIDS), f"{title}\n{start.text}\n{start.zone}").urn
