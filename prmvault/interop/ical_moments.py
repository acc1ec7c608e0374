"""Days, moments and lengths of time as calendars write them (RFC 5545, sections 3.3.4 to 3.3.6)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from prmvault.core.dates import DateError, quoted
from prmvault.interop.content_lines import Line
from prmvault.interop.ical_zones import Zones, moved

_MOMENT = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,][0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_LENGTH = re.compile(
    r"([+-]?)P(?:([0-9]{1,5})W)?(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?"
)
_FORMS = "calendars write 20261205 or 20261205T193000Z"
_DAY = timedelta(days=1)


class At(NamedTuple):
    """A day (at midnight, `is_day`) or a moment of the clock in `zone`, which is empty where it is that of any place.

    `unknown` is the name of a zone that nobody knows.
    """

    when: datetime
    zone: str
    is_day: bool
    unknown: str = ""

    @property
    def text(self) -> str:
        """As front matter has it."""
        return f"{self.when:%Y-%m-%d}".zfill(10) if self.is_day else f"{self.when:%Y-%m-%d %H:%M}".zfill(16)


def read_moments(line: Line, zones: Zones, most: int) -> list[At]:
    """Return the first so many moments of a property (EXDATE and RDATE can have several); raises DateError."""
    return [_read(part.strip(), line, zones) for part in line.value.split(",", most)[:most] if part.strip()]


def read_moment(line: Line, zones: Zones) -> At:
    """Return the day or moment that a property says; raises DateError where it is none."""
    return _read(line.value.strip(), line, zones)


def in_zone(at: At, zone: str) -> At:
    """Return a moment by the clock in `zone`; a day, and what belongs to no zone, stays."""
    if at.is_day or not at.zone or not zone or at.zone == zone:
        return at
    return At(moved(at.when, at.zone, zone), zone, is_day=False)


def end_of(start: At, end: At | None, length: Line | None) -> At | None:
    """Return the last day, or the moment of the end, by the clock of the start; None where it is the start's.

    Raises DateError where it lies before the start.
    """
    if end is None and length is not None:
        try:
            end = start._replace(when=start.when + _length(length.value))
        except OverflowError:
            raise DateError("no calendar goes that far") from None
    if end is None:
        return None
    if start.is_day:
        last = datetime.combine(end.when.date(), time())
        if end.is_day and last > start.when:
            last -= _DAY  # The end is the first day that is not part of it.
        end = start._replace(when=last)
    elif end.is_day:
        end = start._replace(when=end.when)
    else:
        end = in_zone(end, start.zone)
    if end.when < start.when:
        raise DateError(f"it ends ({end.text}) before it begins")
    return end if end.when > start.when else None


def _read(text: str, line: Line, zones: Zones) -> At:
    match = _MOMENT.fullmatch(text.partition("/")[0]) if len(text) < 100 else None  # noqa: PLR2004 - RDATE has periods
    if match is None:
        raise DateError(f"{quoted(text)} is no day", hint=_FORMS)
    year, month, day, hour, minute, second, suffix = match.groups()
    try:
        whole = date(int(year), int(month), int(day))
        if hour is None:
            return At(datetime.combine(whole, time()), "", is_day=True)
        late = hour == "24" and minute == "00"
        clock = time(0 if late else int(hour), int(minute), min(59, int(second or 0)))
        moment = datetime.combine(whole, clock) + (_DAY if late else timedelta())
        if suffix and suffix not in "Zz":
            distance = timedelta(hours=int(suffix[1:3]), minutes=int(suffix[-2:]))
            moment, suffix = moment - distance if suffix[0] == "+" else moment + distance, "Z"
    except (ValueError, OverflowError):
        raise DateError(f"{quoted(text)} is no day of any calendar", hint=_FORMS) from None
    if suffix:
        return At(moment, "UTC", is_day=False)
    return _of_zone(moment, next(iter(line.param("TZID")), ""), zones)


def _of_zone(moment: datetime, tzid: str, zones: Zones) -> At:
    if not tzid:
        return At(moment, "", is_day=False)
    name = zones.name(tzid)
    if name:
        return At(moment, name, is_day=False)
    by_rules = zones.in_utc(moment, tzid)
    if by_rules is not None:
        return At(by_rules, "UTC", is_day=False)
    return At(moment, "", is_day=False, unknown=tzid)


def _length(text: str) -> timedelta:
    match = _LENGTH.fullmatch(text.strip()) if len(text) < 100 else None  # noqa: PLR2004 - longer ones are none
    if match is None or not any(match.groups()[1:]):
        raise DateError(f"{quoted(text)} is no length of time", hint="calendars write PT1H30M")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length
