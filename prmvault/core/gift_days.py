"""The days on which something may be given: birthdays, name days, wedding days, and Christmas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from prmvault.core.messages import message
from prmvault.core.occasions import BIRTHDAY, CHRISTMAS, NAMEDAY, WEDDING
from prmvault.core.reminders import Reminder, World

_CHRISTMAS_EVE = (12, 24)


def gift_days(found: Iterable[Reminder], world: World, first: date, last: date) -> list[Reminder]:
    """Return the occasions among `found`, the first one of each person, and Christmas from `first` to `last`."""
    of_people: dict[str, Reminder] = {}
    for each in found:
        if each.occasion in (BIRTHDAY, NAMEDAY, WEDDING) and not each.overdue_days:
            of_people.setdefault(each.path, each)
    return [*of_people.values(), *_christmas(world, first, last)]


def _christmas(world: World, first: date, last: date) -> Iterator[Reminder]:
    """Return Christmas for each of the living whose note has a gift that is for a day."""
    eves = (date(year, *_CHRISTMAS_EVE) for year in {first.year, last.year})
    for day in (eve for eve in eves if first <= eve <= last):
        for note in world.people:
            if any(gift.get("for") for gift in note.fields.get("gifts", ())) and not note.fields.get("deceased"):
                title = message("{name}: Christmas", name=note.title)
                line = note.lines.get("gifts", 1)
                yield Reminder(day, "date", title, note.title, note.path, line, occasion=CHRISTMAS)
