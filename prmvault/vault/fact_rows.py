"""From notes to the rows of the facts cache, and back."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from prmvault.core.model import Contact, Note, Task
from prmvault.core.problems import Problem

TOLD_COLUMNS = "target, path, date, time, channel, text, line, tags, mention"


class NoteRows(NamedTuple):
    """What a note leaves in the tables; `names` are (key, rank, text), the rest (key, …); see `core.people`."""

    note: Note
    hash: bytes
    names: tuple[tuple[str, int, str], ...]
    contacts: tuple[tuple[str, str, Contact], ...]
    relations: tuple[tuple[str, str], ...]
    person: tuple[str, str, str, str, str, str] | None
    remembered: tuple[dict[str, Any], dict[str, int]] | None
    addresses: tuple[str, ...]


class Told(NamedTuple):
    """An item about somebody (`model.Contact`) with the note that tells it and the link by which it names them."""

    target: str
    path: str
    contact: Contact


def told_from_row(row: tuple[Any, ...]) -> Told:
    """Return the item in a row of `TOLD_COLUMNS` (what follows them is left out)."""
    target, path, date, time, channel, text, line, tags, mention = row[:9]
    contact = Contact(date, time, channel, text, line, (target,), tuple(tags.split()), bool(mention))
    return Told(target, path, contact)


def to_json(value: Any) -> str:
    """Return a note, a task or a part of one as JSON text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def note_from_json(text: str) -> Note:
    """Return the note that `to_json` wrote."""
    path, kind, title, date, fields, lines, links, tags, tasks, contacts, problems, readable = json.loads(text)
    return Note(
        path,
        kind,
        title,
        date,
        fields,
        lines,
        tuple((target, line) for target, line in links),
        tuple(tags),
        tuple(_task(task) for task in tasks),
        tuple(_contact(contact) for contact in contacts),
        tuple(Problem(*problem) for problem in problems),
        readable,
    )


def remembered_people(rows: list[tuple[str, str, str]]) -> list[Note]:
    """Return people from (path, title, `core.people.remembered` as JSON), with what that holds and nothing else."""
    known = json.loads(f"[{','.join([facts for _, _, facts in rows])}]")
    return [
        Note(path, "person", title, "", fields, lines, (), (), (), (), (), readable=True)
        for (path, title, _), (fields, lines) in zip(rows, known, strict=True)
    ]


def task_from_json(text: str) -> Task:
    """Return the task that `to_json` wrote."""
    return _task(json.loads(text))


def _task(values: list[Any]) -> Task:
    return Task(*values)._replace(links=tuple(values[-1]))


def _contact(values: list[Any]) -> Contact:
    date, time, channel, text, line, targets, tags, mention, others = values
    return Contact(date, time, channel, text, line, tuple(targets), tuple(tags), mention, tuple(others))
