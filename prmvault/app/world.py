"""From the facts to the plain values of which reminders and the digest are made."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from prmvault.core.markdown import plain_text
from prmvault.core.names import name_key
from prmvault.core.people import Name, meant
from prmvault.core.reminders import Happening, OpenTask, World

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prmvault.app.vault import Vault
    from prmvault.vault.fact_rows import Told


class People:
    """All people of the vault by the names that links use; answers whom a link means."""

    def __init__(self, vault: Vault) -> None:
        # Ten thousand people are held at once here: what reminders do not need is let go.
        self.notes = tuple(note._replace(links=(), contacts=(), tasks=()) for note in vault.facts.notes("person"))
        self._titles = {note.path: note.title for note in self.notes}
        self._names: dict[str, list[Name]] = {}
        for row in vault.facts.all_names(of_type="person"):
            self._names.setdefault(row[0], []).append(Name(*row))

    def meant(self, target: str) -> str:
        """Return the path of the person whom a link means, or nothing for nobody or a tie."""
        paths = meant(target, self._names.get(name_key(target.removesuffix(".md")), ()))
        return paths[0] if len(paths) == 1 else ""

    def title(self, path: str) -> str:
        """Return the name of the person in the note at `path`, or nothing where it is no person's."""
        return self._titles.get(path, "")


def world_of(vault: Vault, people: People, today: date, days: tuple[date, date], contacts_until: date) -> World:
    """Return the facts for reminders seen from `today`, with what happens on the `days` from first to last.

    What tells of somebody up to `contacts_until` counts as the last contact.
    """
    facts = vault.facts
    horizon = contacts_until.isoformat()
    newest: dict[str, Happening] = {}
    for told in facts.last_contacts(horizon):
        path = _person_of(told, people)
        known = newest.get(path)
        if path and (known is None or (known.date, known.time) < (told.contact.date, told.contact.time)):
            newest[path] = _happening(told, (people.title(path),))
    return World(
        today=today,
        people=people.notes,
        events=tuple(facts.notes("event")),
        tasks=tuple(_open_tasks(vault, people)),
        happenings=happenings(people, facts.contacts_between(*(day.isoformat() for day in days))),
        last=newest,
        cadence=vault.settings.cadence,
        leap_day=vault.settings.leap_day,
    )


def happenings(people: People, rows: Iterable[Told]) -> tuple[Happening, ...]:
    """Return the items about people, those of one line together; links to nobody known are left out."""
    found: dict[tuple[str, int], Happening] = {}
    for told in rows:
        path = _person_of(told, people)
        if not path or told.contact.mention:
            continue
        key = told.path, told.contact.line
        names = found[key].people if key in found else ()
        found[key] = _happening(told, tuple(dict.fromkeys([*names, people.title(path)])))
    return tuple(found.values())


def _happening(told: Told, names: tuple[str, ...]) -> Happening:
    contact = told.contact
    return Happening(contact.date, contact.time, contact.channel, contact.text, names, told.path, contact.line)


def _person_of(told: Told, people: People) -> str:
    """A person's own log is about that person, however many share the name."""
    own = told.path if told.path.rsplit("/", 1)[-1] == told.target + ".md" and people.title(told.path) else ""
    return own or people.meant(told.target)


def _open_tasks(vault: Vault, people: People) -> Iterable[OpenTask]:
    """A task is about the people whom it links and the person in whose note it stands."""
    for path, task in vault.facts.open_tasks():
        paths = [path, *(people.meant(target) for target in task.links)]
        names = dict.fromkeys(people.title(each) for each in paths if people.title(each))
        yield OpenTask(path, task._replace(text=plain_text(task.text)), tuple(names))
