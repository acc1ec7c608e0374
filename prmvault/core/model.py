"""What a note becomes: plain values that any command can read without the machinery that made them."""

from __future__ import annotations

from typing import Any, NamedTuple

from prmvault.core.problems import Problem

Value = str | list["Value"] | dict[str, "Value"]
"""What a front matter value is before its kind is known: text, or lists and maps of text."""

DEAD = "yes"
"""Somebody has died, and the day is not known."""

IDEA_TAGS = ("gift", "wish")
"""Tags that make an item about somebody an idea of what to give."""

CANCELLED = "cancelled"
"""The `status` of an event that does not take place."""

ONCE = ("none", "never", "no")
"""What `repeat` says of something that comes only once."""


class Task(NamedTuple):
    """A task item; dates are ISO text or empty, `status` is open, done or cancelled."""

    line: int
    text: str
    status: str
    due: str = ""
    scheduled: str = ""
    start: str = ""
    done: str = ""
    priority: str = ""
    repeat: str = ""
    links: tuple[str, ...] = ()


class Contact(NamedTuple):
    """One list item that tells of people: an interaction, a plan (if its day is yet to come) or a mere mention.

    `targets` are the people's names as linked; `text` is for reading; `tags` are the item's, of which those of an idea
    are not for the targets in `no_idea_for`.
    """

    date: str
    time: str
    channel: str
    text: str
    line: int
    targets: tuple[str, ...]
    tags: tuple[str, ...]
    mention: bool = False
    no_idea_for: tuple[str, ...] = ()


class Note(NamedTuple):
    """What one file says. `fields` holds typed values of known keys and the text of all others.

    `date` is a journal day's date or an event's start (ISO text, else empty); `links` are (target, line) of body
    and front matter; `lines` maps keys to lines (`FrontMatter.lines`); `readable` is False where the front matter
    could not be read.
    """

    path: str
    type: str
    title: str
    date: str
    fields: dict[str, Any]
    lines: dict[str, int]
    links: tuple[tuple[str, int], ...]
    tags: tuple[str, ...]
    tasks: tuple[Task, ...]
    contacts: tuple[Contact, ...]
    problems: tuple[Problem, ...]
    readable: bool

    def line_of(self, key: str, item: int) -> int:
        """Return the line of an entry of the list at `key`; that of the key where they share one."""
        return self.lines.get(f"{key}.{item}", self.lines.get(key, 1))


def texts_in(value: Any) -> list[str]:
    """Return all texts in a front matter value, in their order; keys of maps are left out."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in texts_in(part)]


def canonical(value: Any) -> str:
    """Return a text that is the same for values that are the same, whatever the order of their keys."""
    import json  # Most questions have no need of it.

    return json.dumps(value, sort_keys=True, ensure_ascii=False)
