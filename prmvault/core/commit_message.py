"""The message of a commit that holds what somebody wrote: `Anna Müller: phones; journal 2026-11-20, 21`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from prmvault.core.changes import changes

_MOST_PARTS = 5
_MOST_KEYS = 4
_MOST_DAYS = 6
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Written(NamedTuple):
    """A file that changed: its path in the vault, and its text before and after (None: there was or is none)."""

    path: str
    before: str | None
    after: str | None


def commit_message(written: Sequence[Written]) -> str:
    """Return the message for these files: people and other notes by name with the keys that changed, days by date.

    The texts of the first few are enough: only so many are told in full.
    """
    days = sorted({_day(each.path) for each in written} - {""})
    parts = []
    others = [each for each in written if not _day(each.path)]
    for each in others[:_MOST_PARTS]:
        name = each.path.rpartition("/")[2]
        what = ", ".join(_what(each)) if name.endswith(".md") else ""
        parts.append(f"{name.removesuffix('.md')}{': ' if what else ''}{what}")
    if days:
        parts.append(f"journal {_days(days)}")
    if len(others) > _MOST_PARTS:
        more = len(others) - _MOST_PARTS
        parts.append(f"{more} more {'file' if more == 1 else 'files'}")
    return "; ".join(parts) or "nothing"


def _what(written: Written) -> Iterator[str]:
    """Yield what changed in a note: `new`, `removed`, or its keys."""
    if written.before is None or written.after is None:
        if written.after is not None:
            yield "new"
        elif written.before is not None:
            yield "removed"
        return
    keys = list(dict.fromkeys(change.key for change in changes(written.before, written.after)))
    yield from keys[:_MOST_KEYS]
    if len(keys) > _MOST_KEYS:
        yield "…"


def _day(path: str) -> str:
    name = path.rpartition("/")[2].removesuffix(".md")
    return name if _DAY.fullmatch(name) else ""


def _days(days: Sequence[str]) -> str:
    """Return days in short: `2026-11-20, 21`, or from when to when."""
    if len(days) > _MOST_DAYS:
        return f"{days[0]} to {days[-1]} ({len(days)} days)"
    shown = [days[0]]
    for before, day in pairwise(days):
        shown.append(day[8:] if before[:7] == day[:7] else day)
    return ", ".join(shown)
