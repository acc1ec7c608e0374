"""Facts: what a note's front matter says of somebody, one value at a time and in one form, for cards and from cards."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from prmvault.core.kinds import KINDS
from prmvault.core.model import Value
from prmvault.core.people import linked_name
from prmvault.core.schema import note_types
from prmvault.interop.vcard_canonical import image_ending

LISTS = ("aliases", "emails", "phones", "urls", "addresses", "social", "im", "dates", "related", "tags", "languages")
"""The keys of which a card can have several; of all others the first counts."""

_ORDER = (
    *("name", "names", "aliases", "pronouns", "gender", "birthday", "deceased", "org", "title", "role"),
    *("phones", "emails", "addresses", "urls", "social", "im", "dates", "related", "tags"),
    *("languages", "timezone", "kind", "photo", "uid", "updated"),
)
ADDRESS_PARTS = ("pobox", "extended", "street", "locality", "region", "postcode", "country")
NAME_PARTS = ("family", "given", "middle", "prefix", "suffix")
"""The parts of N."""

MORE_NAME_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "phonetic_given": "X-PHONETIC-FIRST-NAME",
        "phonetic_middle": "X-PHONETIC-MIDDLE-NAME",
        "phonetic_family": "X-PHONETIC-LAST-NAME",
        "maiden": "X-MAIDENNAME",
    }
)
"""Further parts of `names` and the properties that say them, each on its own: phones write them, no RFC has them."""

ANNIVERSARY = "anniversary"

_HASH_DIGITS = 16
_NOT_TAG = re.compile(r"[^\w/\u0300-\u036f-]{1,100}(?:-{1,9}[^\w/\u0300-\u036f-]{1,100}){0,9}")


class Fact(NamedTuple):
    """A key of the front matter (or `notes`, `type`) and its value, or one entry of its list, typed and in one form."""

    key: str
    value: Value


def place_of(fact: Fact) -> tuple[str, str]:
    """Return what no two facts of a note can share: a single value's key, a tag. Two empty texts for all others.

    Facts of `names` share the key, but no part.
    """
    if fact.key == "tags":
        return (fact.key, str(fact.value))
    if fact.key == "names" and isinstance(fact.value, dict):
        return (fact.key, next((part for part in fact.value if part in MORE_NAME_PARTS), ""))
    return ("", "") if fact.key in LISTS else (fact.key, "")


def facts_in(fields: Mapping[str, Value]) -> list[Fact]:
    """Return the facts that cards can hold from a note's fields, as written or typed already; problems are not told."""
    facts: list[Fact] = []
    for key, value in fields.items():
        if key in ("notes", "type"):
            facts.append(Fact(key, value))
            continue
        key = {"tag": "tags", "alias": "aliases"}.get(key, key)  # noqa: PLW2901 - the older spelling of the same
        kind = _kinds().get(key)
        typed = KINDS[kind](value, _quiet) if kind and value not in ("", [], {}) else None
        if key == "org" and typed:
            typed = [linked_name(text) for text in typed]
        if not typed:
            continue
        facts += [Fact(key, _entry_of(key, entry)) for entry in typed] if key in LISTS else [Fact(key, typed)]
    return facts


def one_for_each_property(facts: list[Fact]) -> list[Fact]:
    """Return facts with those of `names` in parts, as cards have them: N, and a property for each further part."""
    parted: list[Fact] = []
    for fact in facts:
        if fact.key != "names" or not isinstance(fact.value, dict):
            parted.append(fact)
            continue
        texts = {part: text for part, text in fact.value.items() if isinstance(text, str) and text.strip()}
        of_name: dict[str, Value] = {part: texts[part] for part in NAME_PARTS if part in texts}
        parted += [Fact("names", of_name)] if of_name else []
        parted += [Fact("names", {part: texts[part]}) for part in MORE_NAME_PARTS if part in texts]
    return parted


def compact(facts: list[Fact]) -> dict[str, Value]:
    """Return facts as front matter: entries that are only a value as a text, keys in the order of `_ORDER`."""
    fields: dict[str, Value] = {}
    for key, value in sorted(facts, key=lambda fact: _ORDER.index(fact.key)):
        if key in LISTS:
            entries = fields.setdefault(key, [])
            assert isinstance(entries, list)
            entries.append(_short(key, value))
        elif key == "org" and isinstance(value, list) and len(value) == 1:
            fields[key] = value[0]
        elif key == "names" and isinstance(value, dict):
            there = fields.get(key, {})
            both = {**there, **value} if isinstance(there, dict) else value
            fields[key] = {part: both[part] for part in (*NAME_PARTS, *MORE_NAME_PARTS) if part in both}
        else:
            fields[key] = value
    return fields


def photo_name(data: bytes) -> str:
    """Return the file name of a picture: by what it holds, never by what somebody calls it."""
    return f"photo-{content_hash(data)}.{image_ending(data) or 'bin'}"


def content_hash(data: bytes) -> str:
    """Return the part of a file name that tells its content."""
    return hashlib.sha256(data).hexdigest()[:_HASH_DIGITS]


def tag_of(category: str) -> str:
    """Return a category as a tag that Obsidian takes; empty where nothing is left of it."""
    parts = [_NOT_TAG.sub("-", part.strip()).strip("-") for part in category.strip().lstrip("#").split("/")]
    tag = "/".join([part for part in parts if part])
    return f"{tag}-" if tag.isdigit() else tag


def _quiet(_code: str, _message: str, _hint: str, _item: int) -> None:
    """Tell nobody: what is wrong in a note is told by `check`."""


@cache
def _kinds() -> dict[str, str]:
    fields = note_types()["person"].fields
    others = ("vcard", "type", "tag", "alias")
    return {key: field.kind for key, field in fields.items() if key not in others and not field.kind.startswith("list")}


def _entry_of(key: str, entry: Any) -> Value:
    if isinstance(entry, str):
        return entry
    told: dict[str, Value] = {name: part for name, part in entry.items() if name != "item" and part}
    if key == "related":
        return {"type": told.get("type", "contact"), "person": linked_name(str(entry["person"])), **_rest(told)}
    return told


def _rest(entry: dict[str, Value]) -> dict[str, Value]:
    return {name: part for name, part in entry.items() if name not in ("type", "person")}


def _short(key: str, value: Value) -> Value:
    if isinstance(value, dict) and list(value) == ["value"] and key in ("emails", "phones", "urls"):
        return value["value"]
    return value
