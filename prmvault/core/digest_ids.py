"""The block ids of a digest's lines: by these a line that was ticked leads back to its source.

An id is made of what the line is about, never of how it is told: it is the same on every machine, in every language,
and each time that the page is made. `key` is a note's `uid`, or its path where it has none, so that a note that gets
another name keeps its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prmvault.core.model import Task
from prmvault.core.names import fold

LINE_ID = re.compile(r"\^([tcrgd]-[0-9a-f]{6})(?=[ \t\r]{0,9}$)")
"""A digest's block id at the end of a line."""


def task_id(key: str, task: Task) -> str:
    """Return the id of a task: its note, its text, and the day by which it is told apart from its next turn."""
    return _id("t", key, fold(task.text), task.due or task.scheduled or task.start)


def contact_id(week: str, keys: Iterable[str]) -> str:
    """Return the id of being in touch in a week (`2026-W47`) with somebody, or with the people of a household."""
    return _id("c", week, *sorted(keys))


def reminder_id(key: str, text: str, day: str) -> str:
    """Return the id of one turn, on `day` (ISO), of an entry of `reminders:`."""
    return _id("r", key, fold(text), day)


def gift_id(key: str, what: str, status: str) -> str:
    """Return the id of a gift on its way from `status` (idea, planned) to the next one."""
    return _id("g", key, fold(what), status)


def debt_id(key: str, amount: str, what: str, day: str) -> str:
    """Return the id of an open entry of `debts:`."""
    return _id("d", key, amount, fold(what), day)


def _id(letter: str, *parts: str) -> str:
    from _blake2 import blake2b  # hashlib would load OpenSSL

    return f"{letter}-{blake2b(chr(0).join(parts).encode(errors='replace'), digest_size=3).hexdigest()}"
