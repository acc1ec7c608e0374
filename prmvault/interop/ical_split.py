"""Cutting iCalendar files (RFC 5545, also vCalendar 1.0) into calendars with their events and time zones.

Tolerant: components that are not closed, or nested where nothing belongs, end where the next one begins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple

from prmvault.core.problems import Problem
from prmvault.interop.content_lines import Line, card_lines, parse_line
from prmvault.interop.content_split import RawCard, marked, physical_lines, too_long

_MAX_COMPONENT = 4 * 1024 * 1024
_MAX_ROWS = 20_000
_MAX_HEAD = 500
_MAX_ZONES = 200
_KEPT = ("VEVENT", "VTIMEZONE")


class Calendar(NamedTuple):
    """One VCALENDAR: its own properties, its events and time zones as raw lines, and how many others it has, by name.

    `unclosed` and `large` are the lines of components that do not end and of those that are cut.
    """

    head: list[Line]
    events: list[RawCard]
    zones: list[RawCard]
    others: Counter[str]
    unclosed: list[int]
    large: list[int]


def split_calendars(stream: BinaryIO, source: str) -> Iterator[Calendar | Problem]:
    """Yield each calendar of `stream`, and what is wrong around them; one calendar at a time is in memory."""
    walk = _Walk()
    found = False
    stray = 0
    for number, row in physical_lines(stream):
        if row is None:
            yield too_long(source, number)
            continue
        verb, what = marked(row)
        if what == "VCALENDAR":
            if walk.has_anything():
                yield walk.ended(is_closed=verb == "END")
            walk, found = _Walk(), found or verb == "BEGIN"
            walk.is_open = verb == "BEGIN"
        elif verb:
            walk.mark(number, verb, what)
        elif not walk.take(number, row):
            stray = stray or number
    if walk.has_anything():
        found = True
        yield walk.ended(is_closed=False)
    if not found:
        hint = "a calendar begins with BEGIN:VCALENDAR"
        yield Problem(source, 0, "bad-ical", "the file holds no calendar", hint)
    elif stray:
        yield Problem(source, stray, "bad-ical", "text outside of the calendars is left out", "")


def component_lines(raw: RawCard, source: str, what: str) -> tuple[list[Line], list[Problem]]:
    """Return the properties of a component, and at most one problem of each sort; `what` names it in the problems."""
    lines, problems = card_lines(raw, source)
    return lines, [
        problem._replace(
            code=problem.code.replace("bad-vcard", "bad-ical"), message=problem.message.replace("the vCard", what)
        )
        for problem in problems
    ]


class _Walk:
    """The calendar that is being collected; `_deep` counts the components that are open inside of the current one."""

    def __init__(self) -> None:
        self.is_open = False
        self._calendar = Calendar([], [], [], Counter(), [], [])
        self._head: list[tuple[int, bytes]] = []
        self._what = ""
        self._begun = 0
        self._rows: list[tuple[int, bytes]] = []
        self._size = 0
        self._deep = 0

    def has_anything(self) -> bool:
        return self.is_open or bool(self._what or self._calendar.events)

    def mark(self, number: int, verb: str, what: str) -> None:
        """Take a BEGIN or END of any component but VCALENDAR."""
        if verb == "BEGIN" and (not self._what or what == "VEVENT"):
            if self._what:
                self._calendar.unclosed.append(self._begun)
                self._close()
            self._what, self._begun = what, number
        elif verb == "BEGIN":
            self._deep += 1
            self._keep(number, f"BEGIN:{what}".encode() if self._what == "VTIMEZONE" else b"")
        elif self._what == what:
            self._close()
        elif self._deep:
            self._deep -= 1
            self._keep(number, f"END:{what}".encode() if self._what == "VTIMEZONE" else b"")

    def take(self, number: int, row: bytes) -> bool:
        """Take a line of text; tell whether it is part of anything."""
        if not self._what:
            if self.is_open and len(self._head) < _MAX_HEAD:
                self._head.append((number, row[:_MAX_ROWS]))
            return self.is_open or not row.strip()
        if self._what == "VTIMEZONE" or (self._what == "VEVENT" and not self._deep):
            self._keep(number, row)
        return True

    def ended(self, *, is_closed: bool) -> Calendar:
        """Return the calendar."""
        if self._what:
            self._calendar.unclosed.append(self._begun)
            self._close()
        elif not is_closed:
            self._calendar.unclosed.append(self._head[0][0] if self._head else 1)
        self._calendar.head.extend(component_lines(RawCard(0, self._head), "", "")[0])
        return self._calendar

    def _keep(self, number: int, row: bytes) -> None:
        if not row or self._what not in _KEPT:
            return
        if self._size + len(row) <= _MAX_COMPONENT and len(self._rows) < _MAX_ROWS:
            self._size += len(row)
            self._rows.append((number, row))
        elif not (self._calendar.large and self._calendar.large[-1] == self._begun):
            self._calendar.large.append(self._begun)

    def _close(self) -> None:
        if self._what == "VEVENT":
            self._calendar.events.append(RawCard(self._begun, self._rows))
        elif self._what == "VTIMEZONE" and len(self._calendar.zones) < _MAX_ZONES:
            self._calendar.zones.append(RawCard(self._begun, self._rows))
        elif self._what:
            self._calendar.others[self._what[:40]] += 1
        self._what, self._rows, self._size, self._deep = "", [], 0, 0


def first_property(lines: Sequence[Line], *names: str) -> Line | None:
    """Return the first property with one of these names, those named first before others; None where there is none."""
    for name in names:
        for line in lines:
            if line.key == name and line.value.strip():
                return line
    return None


def zone_parts(raw: RawCard) -> tuple[list[Line], list[list[Line]]]:
    """Return the properties of a VTIMEZONE, and those of each STANDARD and DAYLIGHT in it."""
    own: list[Line] = []
    parts: list[list[Line]] = []
    current = own
    for number, row in raw.rows:
        verb, what = marked(row)
        if verb:
            current = [] if verb == "BEGIN" and what in ("STANDARD", "DAYLIGHT") else own
            parts += [current] if current is not own else []
        elif line := parse_line(row.decode("utf-8", "replace"), number):
            current.append(line)
    return own, parts
