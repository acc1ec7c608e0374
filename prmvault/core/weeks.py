"""The last weeks as numbers and as a line of bars: how the days were (mood), and how often one was in touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from prmvault.core.dates import week_days, week_name

WEEKS = 12

_BARS = "▁▂▃▄▅▆▇█"
_NONE = "·"
_LOWEST, _HIGHEST = 1, 5


def first_of_weeks(monday: date) -> date:
    """Return the first day of the weeks before the one that begins on `monday`."""
    return date.fromordinal(max(1, monday.toordinal() - 7 * WEEKS))


def weeks_before(monday: date, moods: Mapping[str, int], contacts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the weeks before the one that begins on `monday`, the oldest first; nothing where all are empty.

    `moods` and `contacts` are by day (ISO text): the mood from 1 to 5, and how many contacts there were.
    """
    weeks = []
    for number in range(WEEKS, 0, -1):
        begin = monday - timedelta(weeks=number) if monday.toordinal() > 7 * number else None
        if begin is None:
            continue
        days = [day.isoformat() for day in week_days(begin)]
        told = [moods[day] for day in days if day in moods]
        weeks.append(
            {
                "week": week_name(begin),
                "first": days[0],
                "last": days[-1],
                "mood": round(sum(told) / len(told), 1) if told else None,
                "moods": len(told),
                "contacts": sum(contacts.get(day, 0) for day in days),
            }
        )
    return weeks if any(week["moods"] or week["contacts"] for week in weeks) else []


def plots(weeks: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any] | None]:
    """Return a line of bars for the mood and one for the contacts of weeks; None for what there is nothing of."""
    moods = [week["mood"] for week in weeks]
    known = [mood for mood in moods if mood is not None]
    counts = [week["contacts"] for week in weeks]
    mood = {
        "line": "".join(_NONE if mood is None else _bar(mood - _LOWEST, _HIGHEST - _LOWEST) for mood in moods),
        "last": known[-1] if known else None,
        "mean": round(sum(known) / len(known), 1) if known else None,
    }
    most = max(counts, default=0)
    contacts = {
        "line": "".join(_bar(count, most) for count in counts),
        "last": counts[-1] if counts else 0,
        "most": most,
        "sum": sum(counts),
    }
    return {"mood": mood if known else None, "contacts": contacts if most else None}


def _bar(value: float, most: float) -> str:
    """Return the bar for a value from 0 to `most`; only nothing has the lowest one."""
    if not value or not most:
        return _BARS[0]
    return _BARS[max(1, round(value / most * (len(_BARS) - 1)))]
