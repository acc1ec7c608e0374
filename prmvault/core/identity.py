"""Who is who: the signs by which a record of another program is the person of a note, and names that say no.

A name alone is never enough, and an address or number is not, either, where the names are clearly two people's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from prmvault.core.duplicates import name_words
from prmvault.core.kinds import KINDS
from prmvault.core.model import Value
from prmvault.core.names import name_key

_PROFILE = re.compile(r"(?i)(?:https?://)?(?:[a-z]{2,3}\.)?linkedin\.com/(?:in|pub)/([^/?#\s]{1,200})")
_SPACE = "8b1d9f0c-93a3-5b6a-8f0e-0d7f3f6f2a51"
"""Of the uids that are made of what they stand for (RFC 4122, uuid5). To change it would break every second import."""

_LEAST_BEGINNING = 3


class Signs(NamedTuple):
    """The signs of one person, in the order in which they count; each is compared as a text."""

    uids: tuple[str, ...]
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    profiles: tuple[str, ...]


def signs_of(fields: Mapping[str, Value], phone_of: Callable[[str], str]) -> Signs:
    """Return the signs in front matter, as typed or read; `phone_of` gives the key of a phone number."""
    uids = [text for key in ("uid", "former_uids") for text in _texts(fields.get(key, "")) if text]
    profiles = [_profile(text) for key in ("urls", "social") for text in _texts(fields.get(key, ""))]
    return Signs(
        _unique(uids),
        _unique(email_key(text) for text in _values(fields.get("emails", ""))),
        _unique(phone_of(text) for text in _values(fields.get("phones", ""))),
        _unique(profiles),
    )


def email_key(text: str) -> str:
    """Return the key by which e-mail addresses are compared."""
    return text.strip().removeprefix("mailto:").casefold()


def members_of(fields: Mapping[str, Value]) -> frozenset[str]:
    """Return the members of LinkedIn that front matter names; an old address (`/pub/`) is no name of one."""
    texts = [text for key in ("urls", "social") for text in _texts(fields.get(key, "")) if "/in/" in text.casefold()]
    return frozenset(filter(None, map(_profile, texts)))


def names_agree(name: str, others: Iterable[str]) -> bool:
    """Tell whether `name` and one of `others` may be one person's: only two whole names can say that they are not.

    Their first words have to be one, an initial of it, or its beginning (`Alex`, `Alexander`). A name of one word
    (`Mama`, `Luki`) says nothing against a record, and for one only if that begins with it.
    """
    words = name_words(name_key(name))
    told = [name_words(name_key(other)) for other in others]
    whole = [other for other in told if len(other) > 1]
    if len(words) < 2 or not whole:  # noqa: PLR2004 - a first and a last one
        return True
    return any(other[:1] == words[:1] or (len(other) > 1 and _may_be_one(words, other)) for other in told)


def is_same_name(name: str, other: str) -> bool:
    """Tell whether two names differ in nothing but titles, commas and the order of their words."""
    return sorted(name_words(name_key(name))) == sorted(name_words(name_key(other)))


def uid_of_note(path: str) -> str:
    """Return the uid under which a note that has none is given to other programs: always the same for its path."""
    return _made_of("note", path.removesuffix(".md"))


def uid_of_record(kind: str, name: str, fields: Mapping[str, Value], notes: str) -> str:
    """Return the uid of a record that comes without one: the same if the same record is read again."""
    return _made_of("record", json.dumps([kind, name, fields, notes], sort_keys=True, ensure_ascii=True))


def _made_of(kind: str, text: str) -> str:
    from uuid import UUID, uuid5

    plain = text.encode("utf-8", "replace").decode()
    return f"urn:uuid:{uuid5(UUID(_SPACE), kind + chr(10) + plain)}"


def _may_be_one(left: list[str], right: list[str]) -> bool:
    if sorted(left) == sorted(right):
        return True
    short, long = sorted((left[0], right[0]), key=len)
    bare = short.rstrip(".")
    beginning = len(bare) == 1 or len(bare) >= _LEAST_BEGINNING
    return bool(bare) and beginning and long.startswith(bare)


def _profile(text: str) -> str:
    found = _PROFILE.match(text.strip()) if len(text) < 1000 else None  # noqa: PLR2004 - no address is longer
    return _decoded(found[1]).casefold() if found else ""


def _decoded(text: str) -> str:
    """Return a part of an address with its letters as they are read: `jos%C3%A9` is `josé`."""
    from urllib.parse import unquote

    return unquote(text) if "%" in text else text


def _values(value: Value) -> list[str]:
    entries = KINDS["contacts"](value, lambda *_problem: None) if value else []
    return [str(entry.get("value", "")) for entry in entries or []]


def _texts(value: Value) -> list[str]:
    """Return the texts in a value: its own, those of a list, those in the entries of a list."""
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value
    return [text for part in parts if not isinstance(part, int) for text in _texts(part)]


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([text for text in texts if text]))
