"""What is to be done and whom to call: upcoming days, people who have been waiting, open tasks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.app.people import link_keys
from prmvault.app.world import People, with_people, world_of
from prmvault.core.names import fold
from prmvault.core.reminders import Happening, OpenTask, Reminder, World, contacts, reminder_values, reminders
from prmvault.core.tasks import task_key

if TYPE_CHECKING:
    from prmvault.app.vault import Vault


class Waiting(NamedTuple):
    """Somebody with whom one has not been in touch for long: how many days overdue (0: there is no rule), and why."""

    person: str
    path: str
    due: str
    overdue_days: int
    reason: str
    last: Happening | None


def upcoming(vault: Vault, today: date, days: int) -> tuple[list[Reminder], World]:
    """Return what is to be remembered up to `days` days from today, and what is overdue; and the facts behind it."""
    until = today + timedelta(days=days)
    people = People(vault)
    world = world_of(vault, people, today, (today, until), contacts_until=today)
    # What a person's log tells of today has happened; what today's page tells may be yet to come.
    plans = (each for each in world.happenings if each.date > today.isoformat() or not people.title(each.path))
    return reminders(world._replace(happenings=tuple(plans)), today, until), world


def reminder_json(each: Reminder) -> dict[str, Any]:
    """Return a reminder as JSON; `age` as that of a person: a number, `about 48`, or None."""
    age = int(each.age) if each.age.isdigit() else each.age or None
    return {**reminder_values(each), "age": age, "reason": each.reason or None}


def stale(vault: Vault, today: date, tag: str = "") -> list[Waiting]:
    """Return who is overdue by the cadence, worst first, of those with a tag if one is given.

    Where no cadence is set for any of them, the living by how long there was silence: never in touch first.
    """
    people = People(vault)
    world = world_of(vault, people, today, (today, today), contacts_until=today)
    chosen = set(people.titles)
    if tag:
        chosen = {path for path, *_, tags in vault.facts.people_rows() if _has_tag(tags.split(), tag)}
    ruled = [each for each in contacts(world, today, date.max) if each.path in chosen]
    if ruled:
        late = sorted((each for each in ruled if each.overdue_days), key=lambda each: (each.date, each.title))
        return [
            Waiting(
                each.person, each.path, each.date.isoformat(), each.overdue_days, each.reason, world.last.get(each.path)
            )
            for each in late
        ]
    return _by_silence(vault, people, world, chosen)


def _by_silence(vault: Vault, people: People, world: World, chosen: set[str]) -> list[Waiting]:
    from prmvault.app.names import resolve_me

    # Where nobody is ever due, whoever has a cadence has `never`.
    never = {note.path for note in world.people if note.fields.get("deceased") or note.fields.get("cadence")}
    silent = []
    for path in chosen - never - {resolve_me(vault)}:
        last = world.last.get(path)
        days = (world.today - date.fromisoformat(last.date)).days if last else None
        reason = "never in touch yet" if days is None else f"silent for {days} days"
        silent.append(Waiting(people.title(path), path, "", 0, f"{reason}; no cadence is set", last))
    return sorted(silent, key=lambda each: (each.last.date if each.last else "", each.person))


def _has_tag(tags: list[str], wanted: str) -> bool:
    key = fold(wanted.strip("#/"))
    return any(fold(tag) == key or fold(tag).startswith(key + "/") for tag in tags)


def tasks(vault: Vault, today: date, person: str = "", *, closed: bool = False) -> list[OpenTask]:
    """Return the open tasks, the most urgent first, and with `closed` those done and cancelled behind them.

    `person` is the path of somebody's note: then only the tasks about this person.
    """
    about = (person, link_keys(vault.facts, person)) if person else None
    rows = vault.facts.all_tasks() if closed else vault.facts.open_tasks(about)
    found = [task for task, paths in with_people(People(vault), rows) if not person or person in (task.path, *paths)]
    found.sort(key=lambda each: (each.task.status != "open", task_key(each.task, today), each.path, each.task.line))
    return found


def task_json(task: OpenTask) -> dict[str, Any]:
    """Return a task as JSON: text, dates, priority, people, path and line."""
    told = task.task
    return {
        "text": told.text,
        "status": told.status,
        "due": told.due or None,
        "scheduled": told.scheduled or None,
        "start": told.start or None,
        "done": told.done or None,
        "priority": told.priority or None,
        "repeat": told.repeat or None,
        "people": list(task.people),
        "path": task.path,
        "line": told.line,
    }
