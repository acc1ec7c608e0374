"""The types of notes and their fields: the built-in ones and those that the settings declare.

Names of person fields are vCard 4's where it has the thing (RFC 6350, RFC 9554), Obsidian's for tags and aliases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Field(NamedTuple):
    """A field of a note type; `kind` is a name in `kinds.KINDS` or `choice`, whose values are in `of`.

    What is not `indexed` is left out of what a search finds.
    """

    kind: str
    of: tuple[str, ...] = ()
    required: bool = False
    indexed: bool = True


class NoteType(NamedTuple):
    """A type of note, its folder in the vault, its fields, and the template of new notes (empty: named as the type)."""

    name: str
    folder: str
    fields: Mapping[str, Field]
    template: str = ""


_EVERY_NOTE = {
    "type": Field("text"),
    "uid": Field("text"),
    "tags": Field("tags"),
    "tag": Field("tags"),
    "aliases": Field("texts"),
    "alias": Field("texts"),
    "created": Field("date"),
    "updated": Field("date"),
    "former_uids": Field("texts"),
    "merge_conflicts": Field("conflicts"),
}
_REACHABLE = {
    "emails": Field("contacts"),
    "phones": Field("contacts"),
    "urls": Field("contacts"),
    "addresses": Field("addresses"),
    "social": Field("social"),
    "im": Field("social"),
    "vcard": Field("texts"),
}
_PERSON = {
    "name": Field("text"),
    "names": Field("map"),
    "pronouns": Field("text"),
    "gender": Field("text"),
    "languages": Field("texts"),
    "timezone": Field("text"),
    "kind": Field("text"),
    "org": Field("texts"),
    "title": Field("text"),
    "role": Field("text"),
    "birthday": Field("partial date"),
    "deceased": Field("death"),
    "dates": Field("dates"),
    "related": Field("related"),
    "cadence": Field("cadence"),
    "snoozed": Field("date"),
    "met": Field("map"),
    "likes": Field("texts"),
    "dislikes": Field("texts"),
    "wishes": Field("texts"),
    "food": Field("texts"),
    "pets": Field("texts"),
    "facts": Field("texts"),
    "gifts": Field("gifts"),
    "debts": Field("debts"),
    "reminders": Field("reminders"),
    "photo": Field("text"),
    "documents": Field("texts"),
    "not_same_as": Field("links"),
}
_JOURNAL = {
    "date": Field("date"),
    "mood": Field("choice", ("1", "2", "3", "4", "5")),
    "people": Field("links"),
    "place": Field("text"),
}
_EVENT = {
    "title": Field("text"),
    "start": Field("moment"),
    "end": Field("moment"),
    "timezone": Field("text"),
    "repeat": Field("repeat"),
    "except": Field("list of date"),
    "status": Field("text"),
    "place": Field("text"),
    "people": Field("links"),
    "url": Field("text"),
}
_DEAL = {
    "title": Field("text"),
    "stage": Field("choice", ("lead", "offer", "won", "lost")),
    "amount": Field("money"),
    "close": Field("date"),
    "org": Field("link"),
    "people": Field("links"),
}

PLAIN_NOTE = NoteType("note", "", _EVERY_NOTE)
FOLDERS = {
    "person": "people",
    "journal": "journal",
    "organization": "organizations",
    "event": "events",
    "deal": "deals",
}


def note_types(folders: Mapping[str, str] = FOLDERS, own: Mapping[str, NoteType] | None = None) -> dict[str, NoteType]:
    """Return the note types by name.

    `folders` gives the folder of a type; `own` gives, by name, a type whose folder may be empty (then it is the known
    one) and whose fields add to the built-in ones or replace them.
    """
    built_in = {
        "person": {**_EVERY_NOTE, **_REACHABLE, **_PERSON},
        "journal": {**_EVERY_NOTE, **_JOURNAL},
        "organization": {**_EVERY_NOTE, **_REACHABLE, "name": Field("text")},
        "event": {**_EVERY_NOTE, **_EVENT},
        "deal": {**_EVERY_NOTE, **_DEAL},
    }
    types = {"note": PLAIN_NOTE}
    for name, fields in built_in.items():
        types[name] = NoteType(name, folders.get(name, FOLDERS[name]), fields)
    for name, declared in (own or {}).items():
        base = types.get(name, NoteType(name, name, _EVERY_NOTE))
        fields = {**base.fields, **declared.fields}
        types[name] = declared._replace(folder=declared.folder or base.folder, fields=fields)
    return types


def type_of(path: str, declared: str, types: Mapping[str, NoteType]) -> NoteType:
    """Return the type of the note at `path`: what its `type:` key declares, else its folder's, else a plain note."""
    for name in (declared, declared.strip().casefold()):
        if name in types:
            return types[name]
    best = types["note"]
    for candidate in types.values():
        inside = candidate.folder and path.startswith(candidate.folder + "/")
        if inside and len(candidate.folder) > len(best.folder):
            best = candidate
    return best
