"""When two cards say the same: properties in a form in which only what they mean is left, of whatever version.

Order, case of names and types, groups' names, encodings, and what says nothing (empty values, VOICE) are gone. A
property is mapped to a key of the front matter for good only if what is made of the key again is the same in this form.
"""

from __future__ import annotations

import binascii
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from prmvault.interop.content_lines import PLACE_TYPES, Line, is_binary, media_type, without_media_type
from prmvault.interop.labels import own_label
from prmvault.interop.vcard_values import (
    apple_type,
    components,
    escape,
    is_uri,
    label_of,
    labelled,
    partial_date,
    relation_type,
    split_value,
    unescape,
)

KEY_PARAM = "X-PRMVAULT-KEY"
"""A raw line in a note that has it is the wording of what this key holds; see `vcard_read`."""

FILE_PARAM = "X-PRMVAULT-FILE"
"""The value of a raw line is in this file in `attachments/`."""

REPEAT_PARAM = "X-PRMVAULT-REPEAT"
"""How often a day comes, `none` for once: cards have no word for it, and without it each day comes every year."""

SERVICE_PARAMS = ("SERVICE-TYPE", "X-SERVICE-TYPE")
USER_PARAMS = ("USERNAME", "X-USER")
OMIT_YEAR = "X-APPLE-OMIT-YEAR"

DROPPED = ("BEGIN", "END", "VERSION", "PROFILE", "PRODID", "X-PRODID")
_TEXTS = (
    "FN",
    "X-PHONETIC-FIRST-NAME",
    "X-PHONETIC-MIDDLE-NAME",
    "X-PHONETIC-LAST-NAME",
    "X-MAIDENNAME",
    "NICKNAME",
    "CATEGORIES",
    "EMAIL",
    "TEL",
    "URL",
    "TITLE",
    "ROLE",
    "NOTE",
    "UID",
    "TZ",
    "LANG",
    "PRONOUNS",
)
_STRUCTURED = ("N", "ADR", "ORG", "GENDER")
_DATES = ("BDAY", "DEATHDATE", "ANNIVERSARY", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-ABDATE")
_SOCIAL = ("SOCIALPROFILE", "X-SOCIALPROFILE")
_LISTS = ("NICKNAME", "CATEGORIES")
_MAX_ITEMS = 2000
_EMPTY = re.compile(r"\\[nN]|[;\s]")
_WEDDING = "_$!<Anniversary>!$_"
_SILENT_TYPES = {"TEL": {"voice"}, "EMAIL": {"internet"}}
_USUAL_VALUES = {
    **dict.fromkeys(_TEXTS, ("text",)),
    **dict.fromkeys(_DATES, ("date", "date-time", "date-and-or-time")),
    **dict.fromkeys(("URL", "PHOTO", "UID", *_SOCIAL), ("uri", "url", "text")),
    "TEL": ("uri", "text", "phone-number"),
    "TZ": ("utc-offset", "text"),
    "IMPP": ("uri", "url"),
    "REV": ("timestamp", "date-time", "date"),
}
_IMAGE_BEGINS = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF8": "gif",
    b"BM": "bmp",
    b"II*\0": "tif",
    b"MM\0*": "tif",
}


class Unit(NamedTuple):
    """Properties that belong together: one, or all of a group with the group's X-ABLabel and X-ABADR."""

    lines: tuple[Line, ...]
    label: str = ""
    country: str = ""

    @property
    def whole(self) -> tuple[Line, ...]:
        """All lines of the unit, as they stood in the card."""
        group = self.lines[0].group
        extra = [("X-ABADR", self.country), ("X-ABLabel", self.label)]
        return (*self.lines, *[Line(group, name, (), escape(text)) for name, text in extra if text])


def units_of(lines: Iterable[Line]) -> list[Unit]:
    """Return the lines of a card that say something, in units; NICKNAME and CATEGORIES as one line for each item."""
    groups: dict[str, list[Line]] = {}
    for number, line in enumerate(lines):
        if line.params or _EMPTY.sub("", line.value):  # Else it says nothing.
            groups.setdefault(f"{line.group.lower()}." if line.group else str(number), []).append(line)
    units: list[Unit] = []
    for members in groups.values():
        if len(members) == 1:
            line = members[0]._replace(group="")
            items = split_value(line.value, ",") if line.key in _LISTS else [line.value]
            items = items if len(items) <= _MAX_ITEMS else [line.value]
            units += [Unit((line._replace(value=item),)) for item in items if item.strip() or len(items) == 1]
        else:
            units.append(_group_unit(members))
    return units


def canonical(unit: Unit) -> Hashable | None:
    """Return what a unit means; None where it says nothing."""
    told = [part for line in unit.lines if (part := _canonical_line(line, unit)) is not None]
    if len(unit.lines) == 1 or not told:
        return told[0] if told else None
    return ("GROUP", frozenset(Counter(told).items()), unit.label, unit.country.lower())


def image_ending(data: bytes) -> str:
    """Return the ending for a picture's file by how its data begin; empty for none that is known."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        return "avif" if data[8:12] == b"avif" else "heic"
    return next((ending for begin, ending in _IMAGE_BEGINS.items() if data.startswith(begin)), "")


def binary_data(line: Line) -> bytes | None:
    """Return the bytes of a base64 value; None where it is none."""
    try:
        return binascii.a2b_base64(line.value.encode("ascii") + b"=" * (-len(line.value) % 4), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        return None


def _group_unit(members: Sequence[Line]) -> Unit:
    """Return a group as a unit; an X-ABLabel (or X-ABADR) is its label only if there is one, and something to label."""
    extra = {
        key: found[0]
        for key in ("X-ABLABEL", "X-ABADR")
        if len(found := [line for line in members if line.key == key]) == 1 and not found[0].params
    }
    lines = tuple([line for line in members if line not in extra.values()])
    if not lines:
        return Unit(tuple(members))
    label, country = (unescape(extra[key].value) if key in extra else "" for key in ("X-ABLABEL", "X-ABADR"))
    return Unit(lines, label, country)


class _Told:
    """A property on its way to its form for comparing: what a function for its kind has used is taken out."""

    def __init__(self, line: Line, label: str) -> None:
        self.line = line
        self.label = label
        self.types: set[str] = set()
        self.params: dict[str, tuple[str, ...]] = {}
        usual = _USUAL_VALUES.get(line.key, ())
        for name, values in line.params:
            if name == "TYPE":
                self.types.update([value.lower() for value in values if value])
            elif name == "PREF" and values == ("1",):
                self.types.add("pref")
            elif name not in (KEY_PARAM, "CHARSET") and not (name == "VALUE" and values[0].lower() in usual):
                self.params[name] = values
        self.types -= _SILENT_TYPES.get(line.key, set())
        if apple_type(label):
            self.types.add(apple_type(label))
            self.label = ""
        elif self.label != own_label(self.label) and not self.types - {"pref", "voice", "internet"}:
            types, self.label = labelled(own_label(self.label))
            self.types.update(kind.lower() for kind in types)


def _canonical_line(line: Line, unit: Unit) -> Hashable | None:
    if line.key in DROPPED:
        return None
    is_alone = len(unit.lines) == 1
    told = _Told(line, unit.label if is_alone else "")
    name, value = _VALUES.get(line.key, _raw_value)(told)
    if not value and not told.params and (line.key in _VALUES or not told.types):
        return None
    params = frozenset(told.params.items())
    return (name, value, frozenset(told.types), params, told.label, unit.country.lower() if is_alone else "")


def _raw_value(told: _Told) -> tuple[str, Hashable]:
    return told.line.key, _binary(told) if is_binary(told.line) else told.line.value.strip()


def _text(told: _Told) -> tuple[str, Hashable]:
    text = unescape(told.line.value).strip()
    return told.line.key, text.removeprefix("tel:") if told.line.key == "TEL" else text


def _structured(told: _Told) -> tuple[str, Hashable]:
    return told.line.key, tuple(components(told.line.value))


def _photo(told: _Told) -> tuple[str, Hashable]:
    return told.line.key, _binary(told) if is_binary(told.line) else unescape(told.line.value).strip()


def _binary(told: _Told) -> Hashable:
    """Return hash and type: what a picture's data say of their type goes before what the card says."""
    told.params.pop("ENCODING", None)
    told.params.pop("MEDIATYPE", None)
    data = binary_data(told.line)
    ending = image_ending(data) if data and told.line.key == "PHOTO" else ""
    if ending or told.line.param("TYPE") != without_media_type(told.line).param("TYPE"):
        told.types &= set(PLACE_TYPES)
    if data is None:
        return (told.line.value, media_type(told.line))
    return (hashlib.sha256(data).hexdigest(), ending or media_type(told.line)) if data else ""


def _date(told: _Told) -> tuple[str, Hashable]:
    line = told.line
    omitted = next(iter(told.params.get(OMIT_YEAR, ())), "")
    if told.params.get("CALSCALE", ("",))[0].lower() == "gregorian":
        del told.params["CALSCALE"]
    name = line.key
    if name == "X-ABDATE" and told.label == _WEDDING:
        name, told.label = "ANNIVERSARY", ""
    text = unescape(line.value).strip()
    read = partial_date(text, omitted)
    if read is None:
        return name, text
    if read[0].startswith("--"):
        told.params.pop(OMIT_YEAR, None)
    return name, read


def _revision(told: _Told) -> tuple[str, Hashable]:
    day = partial_date(told.line.value.strip())
    return told.line.key, day[0] if day else told.line.value


def _kind(told: _Told) -> tuple[str, Hashable]:
    word = unescape(told.line.value).strip().lower()
    if told.line.key == "X-ABSHOWAS":
        return ("KIND", "org") if word == "company" else (told.line.key, word)
    return "KIND", "" if word == "individual" else word


def _related(told: _Told) -> tuple[str, Hashable]:
    """Return the word for the relation, and whom it is with: by name or by URI."""
    by_name = told.line.key == "X-ABRELATEDNAMES" or told.params.get("VALUE", ("",))[0].lower() == "text"
    told.params.pop("VALUE", None)
    text = unescape(told.line.value).strip()
    word = label_of([], told.label)
    if word:
        told.types.discard(relation_type(word))
    elif len(told.types - {"pref"}) == 1:
        word = (told.types - {"pref"}).pop()
        told.types.discard(word)
    told.label = ""
    return "RELATED", (word or "contact", text, by_name or not is_uri(text)) if text else ""


def _member(told: _Told) -> tuple[str, Hashable]:
    return "MEMBER", unescape(told.line.value).strip()


def _social(told: _Told) -> tuple[str, Hashable]:
    """Return service, user and address; Apple has the service as a TYPE."""
    service = _taken(told, SERVICE_PARAMS)
    if told.line.key == "X-SOCIALPROFILE" and not service:
        services = told.types - set(PLACE_TYPES)
        service = services.pop() if len(services) == 1 else ""
        told.types.discard(service)
    user = _taken(told, USER_PARAMS)
    told.params.pop("VALUE", None)
    name = "IMPP" if told.line.key == "IMPP" else "SOCIALPROFILE"
    value = unescape(told.line.value).strip()
    return name, (service.casefold(), user, value) if value or user else ""


def _taken(told: _Told, names: Sequence[str]) -> str:
    for name in names:
        if name in told.params:
            return ",".join(told.params.pop(name))
    return ""


_VALUES: dict[str, Callable[[_Told], tuple[str, Hashable]]] = {
    **dict.fromkeys(_TEXTS, _text),
    **dict.fromkeys(_STRUCTURED, _structured),
    **dict.fromkeys(_DATES, _date),
    **dict.fromkeys(("KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS"), _kind),
    **dict.fromkeys(("RELATED", "X-ABRELATEDNAMES"), _related),
    **dict.fromkeys(("IMPP", "SOCIALPROFILE", "X-SOCIALPROFILE"), _social),
    **dict.fromkeys(("MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"), _member),
    "PHOTO": _photo,
    "REV": _revision,
}
