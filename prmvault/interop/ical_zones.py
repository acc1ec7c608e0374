"""Time zones of calendars: IANA's names, Windows's, those of other programs, and what a VTIMEZONE says (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from prmvault.core.rules import WEEKDAYS
from prmvault.interop.content_lines import Line
from prmvault.interop.content_split import RawCard
from prmvault.interop.ical_split import zone_parts

_LONGEST_NAME = 60
_MAX_PARTS = 20
_YEAR = 2026
"""The year whose changes tell apart zones that have no name."""

_SETTLED = 2000
"""What began before this year, and does not return, is as good as always; what began later is one change of several."""

_DAY = timedelta(days=1)
_NAME = re.compile(r"[A-Za-z0-9_+-]{1,20}(?:/[A-Za-z0-9_+-]{1,20}){0,2}")
_OFFSET = re.compile(r"([+-])([01][0-9]|2[0-3]):?([0-5][0-9])(?::?[0-5][0-9])?")
_START = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})[0-9]{0,2}Z?")
_YEARLY = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_UTC_NAMES = ("UTC", "GMT", "Z", "ETC/UTC", "ETC/GMT", "UNIVERSAL", "TZONE://MICROSOFT/UTC")
_HOME = ("Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Asia/Tokyo", "Europe/Paris")
"""What is tried before all others where a zone has no name: of zones with the same clock, the best known."""


class Observance(NamedTuple):
    """A STANDARD or DAYLIGHT: the distance from UTC from `start` on, and the weekday of a month on which it returns.

    `rule` is (month, number of the weekday, 1 to 5 or from the end -1 to -5, weekday from 0 for Monday) or None.
    """

    start: datetime
    offset: timedelta
    rule: tuple[int, int, int] | None


class Zones:
    """The zones of a calendar, by their TZID: each is looked for once."""

    def __init__(self, declared: Iterable[RawCard], preferred: Sequence[str]) -> None:
        self._declared: dict[str, Any] = {}
        for raw in declared:
            own, parts = zone_parts(raw)
            name = next((line.value.strip() for line in own if line.key == "TZID"), "")
            self._declared.setdefault(name, (own, parts))
        self._preferred = [name for name in preferred if known_zone(name)]
        self._names: dict[str, str] = {}

    def name(self, tzid: str) -> str:
        """Return IANA's name for a TZID; empty where none fits."""
        if tzid not in self._names:
            self._names[tzid] = self._find(tzid)
        return self._names[tzid]

    def in_utc(self, moment: datetime, tzid: str) -> datetime | None:
        """Return a moment of a zone without a name in UTC, by its VTIMEZONE; None where there is none."""
        _, parts = self._declared.get(tzid, ((), ()))
        known = [made for part in parts[:_MAX_PARTS] if (made := observance(part))]
        try:
            return moment - _offset_at(known, moment) if known else None
        except OverflowError:
            return None

    def _find(self, tzid: str) -> str:
        text = tzid.strip().strip('"').strip()
        if text.upper() in _UTC_NAMES:
            return "UTC"
        own, parts = self._declared.get(tzid, ((), ()))
        located = next((line.value.strip() for line in own if line.key == "X-LIC-LOCATION"), "")
        for candidate in (text, located, *_endings(text)):
            if found := known_zone(candidate) or _of_windows(candidate):
                return found
        return self._same_clock(parts) or _of_city(text)

    def _same_clock(self, parts: Sequence[Sequence[Line]]) -> str:
        """Return a zone whose clock changes as the observances say: one of the preferred, else a well-known one."""
        known = [made for part in parts[:_MAX_PARTS] if (made := observance(part))]
        if not known or any(not each.rule and each.start.year > _SETTLED for each in known):
            return ""
        moments = [datetime(_YEAR, month, 15) for month in (1, 7)]  # noqa: DTZ001 - of the zone's own clock
        for each in known:
            onset = _onset(each, _YEAR)
            moments += [onset - _DAY, onset + _DAY] if onset else []
        wanted = [_offset_at(known, moment) for moment in moments]
        for name in dict.fromkeys([*self._preferred, *_HOME, *_windows().values()]):
            if known_zone(name):
                zone = ZoneInfo(name)
                if [moment.replace(tzinfo=zone).utcoffset() for moment in moments] == wanted:
                    return name
        return ""


def known_zone(name: str) -> str:
    """Return the name of a zone as IANA spells it, or nothing where it has none of that name."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        return ""
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        return ""


def moved(moment: datetime, zone: str, other: str) -> datetime:
    """Return a moment of the clock in `zone` as the clock in `other` has it; both are known zones."""
    try:
        return moment.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo(other)).replace(tzinfo=None)
    except OverflowError:
        return moment


def observance(lines: Iterable[Line]) -> Observance | None:
    """Return what a STANDARD or DAYLIGHT says, or None where it says nothing that can be used."""
    told = {line.key: line.value.strip().upper() for line in lines}
    offset, start = _OFFSET.fullmatch(told.get("TZOFFSETTO", "")), _START.fullmatch(told.get("DTSTART", ""))
    if offset is None or start is None:
        return None
    try:
        begin = datetime(*(int(part) for part in start.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - five numbers
    except ValueError:
        return None
    distance = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    rule = dict(part.partition("=")[::2] for part in told.get("RRULE", "")[:500].split(";"))
    weekday, month = _YEARLY.fullmatch(rule.get("BYDAY", "")), rule.get("BYMONTH", "")
    is_yearly = rule.get("FREQ") == "YEARLY" and weekday and month.isdecimal() and month in map(str, range(1, 13))
    returns = (int(month), int(weekday[1]), WEEKDAYS.index(weekday[2])) if is_yearly and weekday else None
    return Observance(begin, distance if offset[1] == "+" else -distance, returns)


def _offset_at(known: Sequence[Observance], moment: datetime) -> timedelta:
    """Return the distance from UTC at a moment: that of the observance that began last before it."""
    begun = [
        (onset, each.offset)
        for each in known
        for year in (moment.year - 1, moment.year)
        if (onset := _onset(each, year)) and onset <= moment
    ]
    begun += [(each.start, each.offset) for each in known if each.start <= moment]
    return max(begun)[1] if begun else min(known, key=lambda each: each.start).offset


def _onset(each: Observance, year: int) -> datetime | None:
    """Return when an observance begins in a year; None where it does not return, or has not begun by then."""
    if each.rule is None or year < max(each.start.year, date.min.year + 1) or year >= date.max.year:
        return None
    month, number, weekday = each.rule
    first = date(year, month, 1)
    days = [first + _DAY * ((weekday - first.weekday()) % 7 + 7 * week) for week in range(5)]
    days = [day for day in days if day.month == month]
    day = days[max(number, -len(days)) if number < 0 else min(number, len(days)) - 1]
    return datetime.combine(day, each.start.time())


def _endings(text: str) -> list[str]:
    """Return what may be a zone's name at the end of a path such as `/mozilla.org/20050126_1/Europe/Berlin`."""
    parts = text[:300].split("/")
    return ["/".join(parts[-count:]) for count in (3, 2) if len(parts) > count]


def _windows() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    return WINDOWS_TO_OLSON


def _of_windows(text: str) -> str:
    return known_zone(_windows().get(text, ""))


def _of_city(text: str) -> str:
    """Return the zone of a city that a name such as `(UTC+01:00) Amsterdam, Berlin, Rome` tells."""
    words = set(re.findall(r"[A-Z][a-z]{2,20}", text[:300]))
    for name in dict.fromkeys([*_HOME, *_windows().values()]):
        if name.rpartition("/")[2] in words and known_zone(name):
            return name
    return ""
