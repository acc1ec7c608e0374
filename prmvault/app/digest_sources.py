"""Where the digest's lines come from: tasks, reminders, people, gifts and debts, each by the id of its line."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.app.materials import key_of
from prmvault.app.world import People
from prmvault.core.dates import parse_iso_date, week_name
from prmvault.core.digest_ids import contact_id, debt_id, gift_id, reminder_id, task_id
from prmvault.core.digest_page import Edit, Page, line_id
from prmvault.core.gifts import NEXT
from prmvault.core.reminders import NAMELESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from prmvault.app.vault import Vault
    from prmvault.core.model import Note, Task

_MOST_TOGETHER = 6
"""So many people of one line are looked for in every combination."""


class Turn(NamedTuple):
    """One turn of an entry of somebody's reminders."""

    path: str
    line: int
    entry: Mapping[str, Any]
    day: date


class Gift(NamedTuple):
    """Something to give to the person at `path`: an entry of `gifts` with its status, or (-1) what was only told."""

    path: str
    item: int
    what: str
    status: str


class Sources:
    """All that a line of the page of a week can come from, by its id; open or closed, looked for when it is asked."""

    def __init__(self, vault: Vault, page: Page, monday: date) -> None:
        self.vault = vault
        self.page = page
        self.monday = monday
        self.key = key_of(vault)

    @cached_property
    def people(self) -> Sequence[Note]:
        """Those of whom there is something to remember."""
        return self.vault.facts.remembered()

    @cached_property
    def tasks(self) -> Mapping[str, list[tuple[str, Task]]]:
        """Each task with its note."""
        found: dict[str, list[tuple[str, Task]]] = {}
        for path, task in self.vault.facts.all_tasks():
            for key in self.keys(path):
                found.setdefault(task_id(key, task), []).append((path, task))
        return found

    @cached_property
    def turns(self) -> Mapping[str, list[Turn]]:
        """The turns of reminders that the page can tell: the last one before its week, and those up to its horizon."""
        from prmvault.core.periods import add_period, parse_period
        from prmvault.core.turns import begun_before, leads, moved, occurrences

        leap_day = self.vault.settings.leap_day
        until = add_period(self.monday + timedelta(days=6), parse_period(self.vault.settings.digest_horizon))
        found: dict[str, list[Turn]] = {}
        for note, entry in _entries(self.people, "reminders"):
            bare = {**entry, "done": "", "snooze": ""}
            last = begun_before(parse_iso_date(entry["on"]), entry.get("repeat"), self.monday, leap_day)
            reach = moved(until, max(leads(entry), default=timedelta()))
            for day in (*([last] if last else []), *occurrences(bare, self.monday, reach, leap_day)):
                line = note.line_of("reminders", entry["item"])
                for key in self.keys(note.path):
                    name = reminder_id(key, entry.get("text") or NAMELESS, day.isoformat())
                    found.setdefault(name, []).append(Turn(note.path, line, entry, day))
        return found

    @cached_property
    def gifts(self) -> Mapping[str, tuple[str, list[Gift]]]:
        """The status of which an id is made, and what it may be: entries of `gifts`, wishes, and what items tell.

        An entry is there under the id of each status that it had, has or will have.
        """
        from prmvault.app.ideas import told_ideas

        found: dict[str, tuple[str, list[Gift]]] = {}
        for note, entry in _entries(self.people, "gifts"):
            what = entry.get("what", "")
            for status, key in product(NEXT, self.keys(note.path)):
                name = gift_id(key, what, status)
                found.setdefault(name, (status, []))[1].append(Gift(note.path, entry["item"], what, entry["status"]))
        told = [(note.path, wish, wish) for note in self.people for wish in note.fields.get("wishes", ())]
        told += [(each.person, each.text, each.gist) for each in told_ideas(self.vault, People(self.vault).meant)]
        for path, text, gist in told:
            for key in self.keys(path):
                name = gift_id(key, text, "idea")
                found.setdefault(name, ("idea", []))[1].append(Gift(path, -1, gist or text, ""))
        return found

    @cached_property
    def debts(self) -> Mapping[str, list[tuple[str, Mapping[str, Any]]]]:
        """Entries of `debts`, settled or not, with their notes."""
        found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for note, entry in _entries(self.people, "debts"):
            for key in self.keys(note.path):
                found.setdefault(id_of_debt(key, entry), []).append((note.path, entry))
        return found

    @cached_property
    def told(self) -> Mapping[str, tuple[str, ...]]:
        """The ids of contacts that the journal has, with its notes: these were put down, here or on another machine."""
        from prmvault.vault.files import read_file

        found: dict[str, dict[str, None]] = {}
        for path, *_ in self.vault.facts.overview("journal"):
            with contextlib.suppress(OSError):
                data = read_file(self.vault.root, path).data
                if b"^c-" in data:
                    for name in filter(None, map(line_id, data.decode("utf-8", "replace").split("\n"))):
                        found.setdefault(name, {})[path] = None
        return {name: tuple(paths) for name, paths in found.items()}

    def keys(self, path: str) -> tuple[str, ...]:
        """Return what the ids of a note's lines may be made of: it may have got its `uid` since the page was made."""
        return tuple(dict.fromkeys((self.key(path), path)))

    def people_of(self, edit: Edit) -> tuple[str, ...]:
        """Return the paths of those with whom a line is to be in touch, or nothing."""
        from prmvault.core.markdown import parse_links

        people = People(self.vault)
        week = week_name(self.monday)
        linked = dict.fromkeys(filter(None, (people.meant(link.target) for link in parse_links(edit.text))))
        few = list(linked)[:_MOST_TOGETHER]
        together = [paths for count in range(len(few), 0, -1) for paths in combinations(few, count)]
        for paths in (*together, *((path,) for path in people.titles), *self._households(people)):
            if contact_id(week, map(self.key, paths)) == edit.id:
                return paths
        for paths in (*together, *((path,) for path in people.titles)):
            if any(contact_id(week, keys) == edit.id for keys in product(*map(self.keys, paths))):
                return paths
        return ()

    def lines(self, name: str) -> int:
        """Return how many lines with this id stand above Done."""
        return sum(line_id(line) == name for _, line in self.page.body)

    def closed(self, name: str) -> int:
        """Return how many lines with this id stand below Done."""
        return sum(line_id(line) == name for _, line in self.page.done)

    def _households(self, people: People) -> Iterator[tuple[str, ...]]:
        from prmvault.app.households import all_households

        homes = all_households(self.vault, people.titles, list(self.people), people.meant_by_key, self.monday)
        for home in dict.fromkeys(homes.values()):
            few = home[:_MOST_TOGETHER]
            yield from (paths for count in range(len(few), 1, -1) for paths in combinations(few, count))
            yield home


def id_of_debt(key: str, entry: Mapping[str, Any]) -> str:
    """Return the id of a line about an entry of `debts`; `key` is its note's."""
    return debt_id(key, entry["amount"], entry.get("for", ""), entry.get("date", ""))


def _entries(people: Iterable[Note], key: str) -> Iterator[tuple[Note, Mapping[str, Any]]]:
    for note in people:
        for entry in note.fields.get(key, ()):
            yield note, entry
