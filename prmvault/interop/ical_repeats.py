"""How something repeats, from RFC 5545's RRULE to the vault's words: the other way of `repeats`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from prmvault.core.dates import DateError, quoted
from prmvault.core.recurrence import parse_repeat
from prmvault.core.rules import LONGEST_RULE, parts_of_start
from prmvault.interop.content_lines import Line
from prmvault.interop.ical_moments import At, in_zone, read_moment
from prmvault.interop.ical_zones import Zones
from prmvault.interop.repeats import SURE_DAYS

_MOST_COUNTED = 10_000
"""So many turns are more than a life: a rule with more has no end."""

_CLOCK = {"BYHOUR": "hour", "BYMINUTE": "minute", "BYSECOND": "second"}
_WORDS = {"DAILY": ("daily", "days"), "WEEKLY": ("weekly", "weeks"), "MONTHLY": ("monthly", "months")}
_WORDS |= {"YEARLY": ("yearly", "years")}


def repeat_of(rule: str, start: At, zones: Zones) -> str:
    """Return how an event repeats that begins at `start`: in words where these say the same, else as a rule.

    Raises DateError for a rule that front matter cannot say, such as one that comes several times a day.
    """
    parts = _parts(rule)
    for name, unit in _CLOCK.items():
        if parts.pop(name, "").lstrip("0") not in ("", str(getattr(start.when, unit)).lstrip("0")):
            raise DateError(f"{quoted(rule)} comes at other times of the day, too")
    if until := parts.get("UNTIL"):
        parts["UNTIL"] = f"{_last_day(until, start, zones):%Y%m%d}".zfill(8)
    if parts.get("COUNT", "").isdecimal() and (len(parts["COUNT"]) > 5 or int(parts["COUNT"]) > _MOST_COUNTED):  # noqa: PLR2004 - digits
        del parts["COUNT"]
    if parts.get("WKST") == "MO":
        del parts["WKST"]
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    text = ";".join([f"{name}={value}" for name, value in parts.items()])
    parse_repeat(text)
    return _in_words(parts, start.when) or text


def _parts(rule: str) -> dict[str, str]:
    text = "".join(rule.split()).upper() if len(rule) <= LONGEST_RULE else ""
    parts: dict[str, str] = {}
    for part in text.removeprefix("RRULE:").strip(";").split(";"):
        name, _, value = part.partition("=")
        if name in parts or not value:
            raise DateError(f"{quoted(rule)} is not a recurrence rule")
        parts[name] = value
    return parts


def _last_day(until: str, start: At, zones: Zones) -> date:
    """Return the last day on which something may come: UNTIL is a moment, mostly in UTC, and days are the series'."""
    last = read_moment(Line("", "UNTIL", (), until), zones)
    if last.is_day or start.is_day:
        return last.when.date()
    last = in_zone(last, start.zone)
    is_before = last.when.time() < start.when.time() and last.when.date() > date.min
    return last.when.date() - timedelta(days=1) if is_before else last.when.date()


def _in_words(parts: dict[str, str], start: datetime) -> str:
    """Return a rule as `weekly` or `every 2 weeks`, or nothing where that would not be the same."""
    plain = dict(parts)
    frequency, interval = plain.pop("FREQ"), int(plain.pop("INTERVAL", "1"))
    own = parts_of_start(frequency, start)
    if any(own.get(name) != value.lstrip("0") for name, value in plain.items()):
        return ""
    if frequency == "YEARLY" and len(plain) == 1:
        return ""  # A month or a day of the month alone is more than one day a year.
    if frequency in ("MONTHLY", "YEARLY") and start.day > SURE_DAYS:
        return ""  # A rule leaves out what a month has not, the vault's words take its last day.
    word, units = _WORDS[frequency]
    return word if interval == 1 else f"every {interval} {units}"
