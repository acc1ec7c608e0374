"""All that is known of one person, as `show`, `get` and `last` need it: own facts, family with ages, what was told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from prmvault.app.households import household_of
from prmvault.app.ideas import ideas_among
from prmvault.app.names import link_meanings
from prmvault.app.people import (
    PARTS,
    Asked,
    Part,
    age_of,
    contact_json,
    link_keys,
    other_json,
    relations,
    told_about,
    visits_at_home,
    without_item,
)
from prmvault.core.debts import net_debts
from prmvault.core.households import VISIT
from prmvault.core.markdown import plain_text

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note
    from prmvault.vault.fact_rows import Told

_MOST_SINCE = 8
_ITEM = re.compile(r"(?:[-*+>]|[0-9]{1,9}[.)]) ")
_SAID = (
    *("name", "aliases", "emails", "phones", "org", "birthday", "deceased", "tags", "related", "gifts", "wishes"),
    *("debts", "dates", "reminders", "documents"),
)
"""The keys of a note that are parts of the card themselves."""


def card(vault: Vault, note: Note, today: date) -> dict[str, Any]:
    """Return what `show --json` prints: a person's JSON with all that the card shows beside it."""
    return asked_card(vault, note, today).all()


def asked_card(vault: Vault, note: Note, today: date) -> Asked:
    """Return a person's card of which only what is asked for is worked out."""
    return Asked(vault, note, today, _PARTS)


def other_card(vault: Vault, note: Note) -> dict[str, Any]:
    """Return what `show --json` prints of a note that is no person's: its fields, and the people who name it."""
    keys = link_keys(vault.facts, note.path)
    paths = vault.facts.notes_linking(keys, of_type="person")
    members = vault.facts.people_of_organization(keys) if note.type == "organization" else []
    people = [vault.facts.title(path) for path in dict.fromkeys([*members, *paths])]
    return {**other_json(note), "people": people}


def prose_of(vault: Vault, note: Note) -> list[str]:
    """Return the paragraphs of a note, each on one line: no log, no tasks, no headings, no code."""
    from prmvault.app.texts import note_text
    from prmvault.core.fences import split_note

    headings = tuple(heading.casefold() for heading in vault.settings.log_headings)
    paragraphs = [""]
    for line in split_note(note_text(vault.root, note.path) or "").body.split("\n"):
        text = line.strip()
        if text.startswith("#") and text.lstrip("#").strip().casefold() in headings:
            break
        if text.startswith(("```", "~~~")):
            break
        if text.startswith(("- [", "* [", "+ [")):
            continue
        is_apart = not text or text.startswith(("#", "|")) or _ITEM.match(text)
        if is_apart and paragraphs[-1]:
            paragraphs.append("")
        if text and not text.startswith("#"):
            paragraphs[-1] = f"{paragraphs[-1]} {plain_text(text)}".strip()
    return [text for text in paragraphs if text]


def contacts_with(vault: Vault, note: Note, today: date, channel: str = "") -> list[dict[str, Any]]:
    """Return the contacts with a person up to `today`, newest first, those of a channel if one is given.

    Visits to others of the household count.
    """
    told = [
        each for each in told_about(vault, note, link_keys(vault.facts, note.path), today) if not each.contact.mention
    ]
    places = {(each.path, each.contact.line) for each in told}
    found = [contact_json(each) for each in told if channel in ("", each.contact.channel)]
    for title, visit in visits_at_home(vault, note, today) if channel in ("", VISIT) else ():
        if (visit.path, visit.contact.line) not in places:
            places.add((visit.path, visit.contact.line))
            found.append(contact_json(visit, title))
    # A stable order: newest first, the lines of a day at the same time as they stand.
    return sorted(found, key=lambda each: (each["date"], each["time"] or ""), reverse=True)


def _related(asked: Asked) -> list[dict[str, Any]]:
    """Return the relations, each with the age of the related person, where there is a note."""
    vault = asked.vault
    found = []
    for related in relations(vault, asked.note, asked.keys):
        note = vault.facts.note(related["path"]) if related["path"] else None
        age = age_of(note, asked.today, vault.settings.leap_day) if note else None
        found.append({**related, "age": age, "deceased": note.fields.get("deceased") if note else None})
    return found


def _household(asked: Asked) -> list[dict[str, str]]:
    facts, own = asked.vault.facts, asked.note.path
    return [
        {"name": facts.title(path), "path": path} for path in household_of(asked.vault, own, asked.today) if path != own
    ]


def _told(asked: Asked) -> list[Told]:
    return told_about(asked.vault, asked.note, asked.keys, asked.today)


def _gifts(asked: Asked) -> list[dict[str, Any]]:
    """Return the gifts of the note, and the ideas that journal days and logs tell."""
    ideas = [each for each in ideas_among(asked.note.path, _told(asked)) if each.kind == "gift"]
    told = [
        {"what": each.text, "status": "idea", "date": each.date, "path": each.path, "line": each.line} for each in ideas
    ]
    return [*PARTS["gifts"](asked), *told]


def _wishes(asked: Asked) -> list[str]:
    wishes = [each.text for each in ideas_among(asked.note.path, _told(asked)) if each.kind == "wish"]
    return list(dict.fromkeys([*PARTS["wishes"](asked), *wishes]))


def _own_fields(asked: Asked) -> dict[str, Any]:
    return {key: without_item(value) for key, value in asked.note.fields.items() if key not in _SAID}


def _open_reminders(note: Note) -> list[dict[str, Any]]:
    reminders = []
    for entry in note.fields.get("reminders", ()):
        line = note.line_of("reminders", entry["item"])
        known = {key: value for key, value in entry.items() if key != "item"}
        if not entry.get("done") or entry.get("repeat"):
            reminders.append({**known, "path": note.path, "line": line})
    return reminders


def _since(asked: Asked) -> list[dict[str, Any]]:
    """Return what was written of a person after the last contact: mentions, and lines of journal days, newest first."""
    vault, note = asked.vault, asked.note
    last = asked["last_contact"]["date"] if asked["last_contact"] else ""
    told = _told(asked)
    found = [contact_json(each) for each in told if each.contact.mention and each.contact.date > last]
    known = {(each.path, each.contact.line) for each in told}
    known |= {(each["path"], each["line"]) for each in asked["tasks"]}
    for day, path, line, target in vault.facts.journal_lines_with(asked.keys, last, asked.today.isoformat()):
        if (path, line) not in known and link_meanings(vault.facts, target, of_type="person") == (note.path,):
            known.add((path, line))
            about = {"time": None, "channel": None, "text": "", "visited": None, "path": path, "line": line}
            found.append({"date": day, **about})
    found.sort(key=lambda each: (each["date"], each["path"], each["line"]), reverse=True)
    # Only of the lines that are shown the notes are read.
    shown = ({**each, "text": each["text"] or _line_of(vault, each["path"], each["line"])} for each in found)
    return list(islice((each for each in shown if each["text"]), _MOST_SINCE))


def _line_of(vault: Vault, path: str, line: int) -> str:
    """Return a line of a note as a person reads it, or nothing where it is not there any more."""
    from prmvault.app.texts import note_text

    lines = (note_text(vault.root, path) or "").split("\n")
    return plain_text(lines[line - 1].strip(" \t\r>-*+")) if line <= len(lines) else ""


_PARTS: Mapping[str, Part] = MappingProxyType(
    {
        **PARTS,
        "related": _related,
        "gifts": _gifts,
        "wishes": _wishes,
        "household": _household,
        "net_debts": lambda asked: net_debts(asked.note.fields.get("debts", ())),
        "reminders": lambda asked: _open_reminders(asked.note),
        "since": _since,
        "documents": lambda asked: asked.note.fields.get("documents", []),
        "fields": _own_fields,
    }
)
"""The parts of a card: those of a person's JSON, some of them with more, and what only the card has."""
