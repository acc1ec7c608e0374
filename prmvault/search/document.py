"""What the index holds of a note: the words of its names, the words of its text, and terms for `key:value`."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from prmvault.core.fences import split_note
from prmvault.core.file_names import stem_of
from prmvault.core.model import texts_in
from prmvault.core.names import fold, name_key
from prmvault.core.relations import Relation, relation_of, relation_words
from prmvault.search.analysis import special_words, words

if TYPE_CHECKING:
    from prmvault.core.model import Note

FORMAT = 4
"""Raise this whenever what is indexed changes: an older index is then built again."""

_MAX_TERM = 80


def index_schema() -> Any:
    """Return the Whoosh schema: `names` and `body` are words with places, `terms` are `key=value`, `date` a number."""
    from whoosh import fields

    from prmvault.search.whoosh_speed import terms_field, words_field

    return fields.Schema(
        path=fields.ID(stored=True, unique=True),
        names=words_field(),
        body=words_field(),
        terms=terms_field(),
        # Signed: ranges over unsigned numbers give wrong answers in Whoosh 2.7.5 (0 to 20260501, say).
        date=fields.NUMERIC(int, bits=32, signed=True),
    )


def document(note: Note, file_text: str, unindexed: AbstractSet[str] = frozenset()) -> dict[str, Any]:
    """Return the values of the index's fields for `note`, whose file holds `file_text`.

    The words are those of the front matter's values, but for the keys `unindexed`, and of the body; of the whole file
    where it can't be read.
    """
    if unindexed:
        note = _without(note, unindexed)
    text = "\n".join([*texts_in(note.fields), split_note(file_text).body]) if note.readable else file_text
    stem = stem_of(note.path)
    names = dict.fromkeys([note.title, stem, *note.fields.get("aliases", ())])
    fields: dict[str, Any] = {
        "path": note.path,
        # What a hit shows is one stored value: Whoosh would keep a table for each field.
        "_stored_path": (note.path, note.title, note.type, note.date),
        "names": [word for name in names for word in words(name)],
        "body": words(text),
        "terms": sorted(_terms(note, stem) | special_words(text) | special_words(" ".join(names))),
    }
    if note.date:
        fields["date"] = int(note.date.replace("-", ""))
    return fields


def keyed_terms(key: str, value: str) -> list[str]:
    """Return the terms under which `key: value` is found: the whole value, and each of its words."""
    begin = f"{key.casefold()}="
    whole = begin + name_key(value)
    return [whole[:_MAX_TERM], *(begin + word for word in words(value))]


def _without(note: Note, keys: AbstractSet[str]) -> Note:
    """Return the note without these fields and the links in them."""
    lines = {line for place, line in note.lines.items() if place in keys or place.rpartition(".")[0] in keys}
    return note._replace(
        fields={key: value for key, value in note.fields.items() if key not in keys},
        links=tuple(link for link in note.links if link[1] not in lines),
    )


def _terms(note: Note, stem: str) -> set[str]:
    terms = {f"type={note.type}"}
    for tag in note.tags:
        parts = fold(tag).split("/")
        terms.update("tag=" + "/".join(parts[:count]) for count in range(1, len(parts) + 1))
    for target, _ in note.links:
        terms.update(keyed_terms("person", target.rsplit("/", 1)[-1]))
    if note.type == "person":
        terms.update(keyed_terms("person", stem))
    table = _relation_table()
    for entry in note.fields.get("related", ()):
        # `Kind: "[[Lea]]"` is found by related:child, too.
        terms.add(f"related={fold(relation_of(entry['type'], table).type)}")
    terms.update(f"channel={contact.channel}" for contact in note.contacts if contact.channel)
    for key, value in note.fields.items():
        if key not in ("tags", "aliases", "vcard"):
            for text in texts_in(value):
                terms.update(keyed_terms(key, text))
    return terms


@lru_cache(maxsize=1)
def _relation_table() -> dict[str, Relation]:
    return relation_words()
