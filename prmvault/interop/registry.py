"""The formats that the vault can be written in, by their names on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from prmvault.interop.ical import write_calendar, write_entries

Tell = Callable[[str], str]
"""Tells a message in the reader's language (`render.language`)."""


class Format(NamedTuple):
    """A format: what it is for, how its files end, and what makes them of its items.

    `write` makes one file of all items, `write_each` a file of each, with its name.
    """

    about: str
    ending: str
    write: Callable[[Sequence[Any], Tell], bytes]
    write_each: Callable[[Sequence[Any], Tell], Iterator[tuple[str, bytes]]]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "ical": Format(
            about="iCalendar: birthdays, dates, reminders, plans and tasks",
            ending=".ics",
            write=write_calendar,
            write_each=write_entries,
        ),
    }
)
