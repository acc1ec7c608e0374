"""What is known of a person, as JSON values: own facts, relations both ways, last and next contact, tasks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from prmvault.app.households import household_of
from prmvault.app.names import link_meanings, resolve_me
from prmvault.core.cadence import next_contact, reason_text
from prmvault.core.dates import age_on, full_date, parse_partial_date
from prmvault.core.households import VISIT
from prmvault.core.model import DEAD
from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, linked_name, organizations
from prmvault.core.relations import (
    gender_letter,
    inverse_type,
    relation_of,
    told_relation,
    word_for,
)
from prmvault.render.language import language_of

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note
    from prmvault.core.relations import Relation
    from prmvault.vault.fact_rows import Told
    from prmvault.vault.facts import Facts


class Asked:
    """A person of whom something is asked: each part of the answer is worked out once, when it is wanted.

    `parts` are PARTS, or those of a bigger answer: the name of a part and the function that works it out.
    """

    def __init__(self, vault: Vault, note: Note, today: date, parts: Mapping[str, Part]) -> None:
        self.vault, self.note, self.today = vault, note, today
        self.keys = link_keys(vault.facts, note.path)
        self._parts = parts
        self._known: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        """Return a part; raises KeyError where there is none of that name."""
        if name not in self._known:
            self._known[name] = self._parts[name](self)
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names of all parts."""
        return iter(self._parts)

    def all(self) -> dict[str, Any]:
        """Return all parts."""
        return {name: self[name] for name in self}


def person_json(vault: Vault, note: Note, today: date) -> dict[str, Any]:
    """Return what `find --json` and `list person --json` say of a person, and `show --json` among more."""
    return Asked(vault, note, today, PARTS).all()


def link_keys(facts: Facts, path: str) -> set[str]:
    """Return the keys of all links that may mean the note at `path`."""
    return {key for key, rank, _, _ in facts.names_of_path(path) if rank <= RANK_ALIAS}


def last_contact(vault: Vault, note: Note, keys: Iterable[str], today: date) -> dict[str, Any] | None:
    """Return when, how and about what one was last in touch with the person up to `today`, or None.

    A visit to somebody of the household counts; `visited` tells to whom.
    """
    own = next((told for told in _about(vault, note, keys, today) if not told.contact.mention), None)
    newest, visited = own, ""
    for title, told in visits_at_home(vault, note, today):
        if newest is None or told.contact[:2] > newest.contact[:2]:  # Day and time.
            newest, visited = told, title
    return contact_json(newest, visited) if newest else None


def contact_json(told: Told, visited: str = "") -> dict[str, Any]:
    """Return an item about somebody as JSON; `visited` is whom of the household it was about instead."""
    contact = told.contact
    return {
        "date": contact.date,
        "time": contact.time or None,
        "channel": contact.channel or None,
        "text": contact.text,
        "visited": visited or None,
        "path": told.path,
        "line": contact.line,
    }


def visits_at_home(vault: Vault, note: Note, today: date) -> Iterator[tuple[str, Told]]:
    """Return the visits to others of the person's household up to `today`, with whom each was to."""
    for path in household_of(vault, note.path, today):
        other = vault.facts.note(path) if path != note.path else None
        if other is None:
            continue
        for told in _about(vault, other, link_keys(vault.facts, path), today):
            if told.contact.channel == VISIT and not told.contact.mention:
                yield other.title, told


def told_about(vault: Vault, note: Note, keys: Iterable[str], today: date) -> list[Told]:
    """Return all items about the person up to `today`, mentions too, newest first."""
    return list(_about(vault, note, keys, today))


def _about(vault: Vault, note: Note, keys: Iterable[str], today: date) -> Iterator[Told]:
    meant: dict[str, bool] = {}
    for told in vault.facts.contacts_of(keys, today.isoformat()):
        if _is_about(vault, told, note, meant):
            yield told


def relations(vault: Vault, note: Note, keys: Iterable[str]) -> list[dict[str, Any]]:
    """Return the person's relations: those that the note states, and those that others' notes state of the person.

    `word` is as the note has it; where another note states the relation, it is that for the gender, if this is known.
    It can be told in the vault's language.
    """
    more = vault.settings.relations
    is_english = language_of(vault.settings.language).is_english  # Which needs no gender for a word that is there.
    words = vault.settings.relation_words()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in note.fields.get("related", ()):
        name = linked_name(entry["person"])
        paths = link_meanings(vault.facts, name, of_type="person")
        path = paths[0] if len(paths) == 1 else None
        kind, gender = relation_of(entry["type"], words)
        title = vault.facts.title(path) if path else name
        word = entry["type"]
        if not is_english and kind not in more:
            other = vault.facts.note(path) if path and not gender else None
            word = told_relation(word, kind, gender or (gender_of(vault, other, words) if other else ""))
        found.setdefault((kind, path or name), {"type": kind, "word": word, "name": title, "path": path})
    for other, stated in _stated_by_others(vault, note, keys):
        kind = inverse_type(relation_of(stated, words).type, more)
        if (kind, other.path) not in found:
            gender = gender_of(vault, other, words)
            known = word_for(kind, gender, more)
            word = known if kind in more else told_relation(known, kind, gender)
            found[kind, other.path] = {"type": kind, "word": word, "name": other.title, "path": other.path}
    return list(found.values())


def gender_of(vault: Vault, note: Note, words: dict[str, Relation]) -> str:
    """Return F, M or nothing: by the note's `gender`, else by the words by which other notes relate the person."""
    told = gender_letter(str(note.fields.get("gender", "")))
    if told or "gender" in note.fields:
        return told
    stated = {
        relation_of(word, words).gender for _, word in _stated_by_others(vault, note, link_keys(vault.facts, note.path))
    } - {""}
    return stated.pop() if len(stated) == 1 else ""


def _stated_by_others(vault: Vault, note: Note, keys: Iterable[str]) -> Iterator[tuple[Note, str]]:
    """Return the notes that state a relation to the person, with the word: in Lena's note, Tom is her `father`."""
    for path, word in vault.facts.relations_to(keys):
        other = vault.facts.note(path) if path != note.path else None
        if other is not None and _states(vault, other, word, note):
            yield other, word


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


def _next_contact(asked: Asked) -> dict[str, str] | None:
    note, settings, last = asked.note, asked.vault.settings, asked["last_contact"]
    if asked["is_me"]:
        return None
    begin, lines = last["date"] if last else "", settings.cadence_lines
    due = next_contact(note, begin, by_tag=settings.cadence, today=asked.today, lines=lines)
    return None if due is None else {"due": due.due.isoformat(), "reason": reason_text(due)}


def _tasks(vault: Vault, note: Note, wanted: Collection[str]) -> list[dict[str, Any]]:
    """Return the open tasks in the person's note and those elsewhere that link the person, by day."""
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
    return sorted(tasks, key=lambda task: task["due"] or "9999")


def age_of(note: Note, today: date, leap_day: str) -> int | str | None:
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


def without_item(value: Any) -> Any:
    """Return a list of maps without the numbers by which their lines are found, and anything else as it is."""
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        return value
    return [{key: part for key, part in entry.items() if key != "item"} for entry in value]


def note_json(vault: Vault, note: Note, today: date) -> dict[str, Any]:
    """Return a person's JSON, with the front matter that it does not tell under `fields`, or any other note's."""
    if note.type != "person":
        return other_json(note)
    known = person_json(vault, note, today)
    return {**known, "fields": {key: without_item(value) for key, value in note.fields.items() if key not in known}}


def other_json(note: Note) -> dict[str, Any]:
    """Return the JSON of a note that is no person's: path, type, title, date, tags and its front matter."""
    return {
        "path": note.path,
        "type": note.type,
        "title": note.title,
        "date": note.date or None,
        "tags": list(note.tags),
        "fields": {key: without_item(value) for key, value in note.fields.items()},
    }


def _listed(key: str) -> Part:
    return lambda asked: without_item(asked.note.fields.get(key, []))


Part = Callable[[Asked], Any]

PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "path": lambda asked: asked.note.path,
        "name": lambda asked: asked.note.title,
        "is_me": lambda asked: asked.note.path == resolve_me(asked.vault),
        "aliases": lambda asked: asked.note.fields.get("aliases", []),
        "emails": _listed("emails"),
        "phones": _listed("phones"),
        "org": lambda asked: ", ".join(organizations(asked.note)) or None,
        "birthday": lambda asked: asked.note.fields.get("birthday"),
        "deceased": lambda asked: asked.note.fields.get("deceased"),
        "age": lambda asked: age_of(asked.note, asked.today, asked.vault.settings.leap_day),
        "tags": lambda asked: list(asked.note.tags),
        "related": lambda asked: relations(asked.vault, asked.note, asked.keys),
        "last_contact": lambda asked: last_contact(asked.vault, asked.note, asked.keys, asked.today),
        "next_contact": _next_contact,
        "tasks": lambda asked: _tasks(asked.vault, asked.note, asked.keys),
        "gifts": _listed("gifts"),
        "wishes": lambda asked: asked.note.fields.get("wishes", []),
        "debts": _listed("debts"),
        "dates": _listed("dates"),
    }
)
"""The parts of a person's JSON, in this order; scripts rely on the names."""
