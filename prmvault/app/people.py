"""What is known of a person, as JSON values: own facts, relations both ways, last and next contact, tasks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from prmvault.app.names import link_meanings
from prmvault.core.dates import age_on, full_date, parse_partial_date
from prmvault.core.model import DEAD
from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, linked_name, next_contact, organizations
from prmvault.core.relations import inverse_type, relation_of, relation_words

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note
    from prmvault.vault.fact_rows import Told


def person_json(vault: Vault, note: Note, today: date) -> dict[str, Any]:
    """Return what `show --json`, `find --json` and `list person --json` say of a person."""
    facts = vault.facts
    keys = {key for key, rank, _, _ in facts.names_of_path(note.path) if rank <= RANK_ALIAS}
    fields = note.fields
    last = last_contact(vault, note, keys, today)
    due = next_contact(note, last["date"] if last else "", by_tag=vault.settings.cadence, today=today)
    return {
        "path": note.path,
        "name": note.title,
        "aliases": fields.get("aliases", []),
        "emails": _without_item(fields.get("emails", [])),
        "phones": _without_item(fields.get("phones", [])),
        "org": ", ".join(organizations(note)) or None,
        "birthday": fields.get("birthday"),
        "deceased": fields.get("deceased"),
        "age": _age(note, today, vault.settings.leap_day),
        "tags": list(note.tags),
        "related": relations(vault, note, keys),
        "last_contact": last,
        "next_contact": None if due is None else {"due": due.due.isoformat(), "reason": due.reason},
        "tasks": _tasks(vault, note, keys),
        "gifts": _without_item(fields.get("gifts", [])),
        "wishes": fields.get("wishes", []),
        "debts": _without_item(fields.get("debts", [])),
        "dates": _without_item(fields.get("dates", [])),
    }


def last_contact(vault: Vault, note: Note, keys: Iterable[str], today: date) -> dict[str, Any] | None:
    """Return when, how and about what one was last in touch with the person up to `today`, or None."""
    meant: dict[str, bool] = {}
    for told in vault.facts.contacts_of(keys, today.isoformat()):
        if not told.contact.mention and _is_about(vault, told, note, meant):
            contact = told.contact
            return {
                "date": contact.date,
                "time": contact.time or None,
                "channel": contact.channel or None,
                "text": contact.text,
                "path": told.path,
                "line": contact.line,
            }
    return None


def relations(vault: Vault, note: Note, keys: Iterable[str]) -> list[dict[str, Any]]:
    """Return the person's relations: those that the note states, and those that others' notes state of the person."""
    more = vault.settings.relations
    words = relation_words(more)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in note.fields.get("related", ()):
        name = linked_name(entry["person"])
        paths = link_meanings(vault.facts, name, of_type="person")
        path = paths[0] if len(paths) == 1 else None
        kind = relation_of(entry["type"], words).type
        title = vault.facts.title(path) if path else name
        found[kind, path or name] = {"type": kind, "word": entry["type"], "name": title, "path": path}
    for path, word in vault.facts.relations_to(keys):
        other = vault.facts.note(path)
        if path == note.path or other is None or not _states(vault, other, word, note):
            continue
        kind = inverse_type(relation_of(word, words).type, more)
        found.setdefault((kind, path), {"type": kind, "word": kind, "name": other.title, "path": path})
    return list(found.values())


def _states(vault: Vault, other: Note, word: str, note: Note) -> bool:
    """Tell whether `other` says that `note`'s person is its `word`."""
    return any(
        entry["type"] == word
        and link_meanings(vault.facts, linked_name(entry["person"]), of_type="person") == (note.path,)
        for entry in other.fields.get("related", ())
    )


def _is_about(vault: Vault, told: Told, note: Note, meant: dict[str, bool]) -> bool:
    """Tell whether the link by which the item names somebody means just this person."""
    if told.path == note.path:
        return True
    if told.target not in meant:
        meant[told.target] = link_meanings(vault.facts, told.target, of_type="person") == (note.path,)
    return meant[told.target]


def _tasks(vault: Vault, note: Note, keys: Iterable[str]) -> list[dict[str, Any]]:
    """Return the open tasks in the person's note and those elsewhere that link the person."""
    wanted = set(keys)
    tasks = []
    for path, task in vault.facts.open_tasks(about=(note.path, wanted)):
        linked = any(
            name_key(target) in wanted and link_meanings(vault.facts, target, of_type="person") == (note.path,)
            for target in task.links
        )
        if path == note.path or linked:
            from prmvault.core.markdown import plain_text

            day = task.due or task.scheduled
            tasks.append({"text": plain_text(task.text), "due": day or None, "path": path, "line": task.line})
    return tasks


def _age(note: Note, today: date, leap_day: str) -> int | str | None:
    """Return the age today (or at death): a number, or `about 48`."""
    if "birthday" not in note.fields:
        return None
    until = today
    if "deceased" in note.fields:
        died = None if note.fields["deceased"] == DEAD else full_date(parse_partial_date(note.fields["deceased"]))
        if died is None:
            return None
        until = died
    age = age_on(parse_partial_date(note.fields["birthday"]), until, leap_day)
    if age is None:
        return None
    return age.low if age.low == age.high and not age.about else str(age)


def _without_item(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in entry.items() if key != "item"} for entry in entries]
