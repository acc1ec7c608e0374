"""From the facts to the plain values of which reminders and the digest are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from prmvault.app.households import all_households
from prmvault.app.names import link_meanings, resolve_me
from prmvault.core.households import VISIT, with_visits
from prmvault.core.markdown import plain_text
from prmvault.core.names import name_key
from prmvault.core.reminders import Happening, OpenTask, World

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note, Task
    from prmvault.vault.fact_rows import Told


_FEW = 50


class People:
    """The people of the vault by the names that links use; answers whom a link means."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._found: dict[str, str] = {}

    @cached_property
    def titles(self) -> dict[str, str]:
        """Path → name of all people."""
        return self._vault.facts.people_titles()

    @cached_property
    def _paths(self) -> dict[str, str]:
        # Almost all names are one person's; of the others each is looked at once.
        return self._vault.facts.unshared_names()

    def meant(self, target: str) -> str:
        """Return the path of the person whom a link means, or nothing for nobody or a tie."""
        # A few are looked up; for many it takes less time to have the names of all.
        is_many = "_paths" in self.__dict__ or len(self._found) > _FEW
        known = self._paths.get(name_key(target.removesuffix(".md"))) if is_many else None
        if known is None and target not in self._found:
            paths = link_meanings(self._vault.facts, target, of_type="person")
            self._found[target] = paths[0] if len(paths) == 1 else ""
        return known if known is not None else self._found[target]

    def meant_by_key(self, key: str) -> str:
        """Return the path of the person whose only name has this key, or nothing."""
        return self._paths.get(key, "")

    def title(self, path: str) -> str:
        """Return the name of the person in the note at `path`, or nothing where it is no person's."""
        return self.titles.get(path, "")


def world_of(vault: Vault, people: People, today: date, days: tuple[date, date], contacts_until: date) -> World:
    """Return the facts for reminders seen from `today`, with what happens on the `days` from first to last.

    What tells of somebody up to `contacts_until` counts as the last contact.
    """
    facts = vault.facts
    notes = facts.remembered()
    if "default" in vault.settings.cadence:
        notes += _without_facts(people, {note.path for note in notes})
    me = resolve_me(vault)
    # One is not to be in touch with oneself, whatever the rule for everybody says.
    notes = [_never_due(note) if note.path == me else note for note in notes]
    households = all_households(vault, people.titles, notes, people.meant_by_key, today)
    horizon = contacts_until.isoformat()
    last = _newest(facts.last_contacts(horizon), people)
    visits = _newest(facts.last_contacts(horizon, channel=VISIT), people) if households else {}
    return World(
        today=today,
        people=tuple(notes),
        events=tuple(facts.notes("event")),
        tasks=tuple(task for task, _ in with_people(people, facts.open_tasks())),
        happenings=happenings(people, facts.contacts_between(*(day.isoformat() for day in days))),
        last=with_visits(last, households, visits),
        cadence=vault.settings.cadence,
        leap_day=vault.settings.leap_day,
        households=households,
        cadence_lines=vault.settings.cadence_lines,
    )


def _without_facts(people: People, known: set[str]) -> list[Note]:
    """Return the people of whom there is nothing to remember: the rule for everybody is for them, too."""
    from prmvault.vault.fact_rows import remembered_people

    return remembered_people([(path, title, "[{},{}]") for path, title in people.titles.items() if path not in known])


def _never_due(note: Note) -> Note:
    return note._replace(fields={**note.fields, "cadence": {"every": "never"}})


def happenings(people: People, rows: Iterable[Told]) -> tuple[Happening, ...]:
    """Return the items about people, those of one line together; links to nobody known are left out."""
    found: dict[tuple[str, int], Happening] = {}
    for told in rows:
        path = about_person(told, people)
        if not path or told.contact.mention:
            continue
        key = told.path, told.contact.line
        names, paths = (found[key].people, found[key].paths) if key in found else ((), ())
        each = _happening(told, tuple(dict.fromkeys([*names, people.title(path)])))
        found[key] = each._replace(paths=tuple(dict.fromkeys([*paths, path])))
    return tuple(found.values())


def _newest(rows: Iterable[Told], people: People) -> dict[str, Happening]:
    """Return the newest of the items by the path of the person."""
    newest: dict[str, Happening] = {}
    for told in rows:
        path = about_person(told, people)
        known = newest.get(path)
        if path and (known is None or (known.date, known.time) < (told.contact.date, told.contact.time)):
            newest[path] = _happening(told, (people.title(path),))
    return newest


def _happening(told: Told, names: tuple[str, ...]) -> Happening:
    contact = told.contact
    return Happening(contact.date, contact.time, contact.channel, contact.text, names, told.path, contact.line)


def about_person(told: Told, people: People) -> str:
    """Return the path of the person whom an item is about, or nothing.

    A person's own log is about that person, however many share the name.
    """
    own = told.path if told.path.rsplit("/", 1)[-1] == told.target + ".md" and people.title(told.path) else ""
    return own or people.meant(told.target)


def with_people(people: People, rows: Iterable[tuple[str, Task]]) -> Iterator[tuple[OpenTask, list[str]]]:
    """Return tasks for reading, with the paths of those in whose note they stand and of those whom they link."""
    for path, task in rows:
        paths = [each for each in (path, *map(people.meant, task.links)) if people.title(each)]
        names = dict.fromkeys(map(people.title, paths))
        yield OpenTask(path, task._replace(text=plain_text(task.text)), tuple(names), tuple(paths), task.text), paths
