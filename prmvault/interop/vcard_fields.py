"""What vCard properties are in the front matter: a function for each property, from its value to a fact."""

from __future__ import annotations

import re
from collections.abc import Callable

from prmvault.core.model import Value
from prmvault.interop.content_lines import PLACE_TYPES, Line, is_binary
from prmvault.interop.drafts import ATTACHMENTS
from prmvault.interop.labels import NO_LABELS
from prmvault.interop.vcard_canonical import OMIT_YEAR, REPEAT_PARAM, SERVICE_PARAMS, USER_PARAMS, Unit, binary_data
from prmvault.interop.vcard_facts import (
    ADDRESS_PARTS,
    ANNIVERSARY,
    LISTS,
    MORE_NAME_PARTS,
    NAME_PARTS,
    Fact,
    facts_in,
    photo_name,
    place_of,
    tag_of,
)
from prmvault.interop.vcard_values import (
    KNOWN_TYPES,
    components,
    is_uri,
    label_of,
    one_line,
    partial_date,
    split_value,
    unescape,
)

_MAX_TEXT = 4000
"""Characters of a value in the front matter; what is longer stays raw (and goes to a file)."""

_MAX_NOTES = 1_000_000
_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):(.{1,2000})", re.DOTALL)
_YES = "yes"


def facts_of(unit: Unit) -> list[Fact]:
    """Return what the properties of a unit say in the front matter; nothing for those that have no key there."""
    facts: list[Fact] = []
    for line in unit.lines:
        read = _READERS.get(line.key)
        key, value = read(line, unit) if read else ("", None)
        if value:
            typed = facts_in({key: [value] if key in LISTS and isinstance(value, str) else value})
            # What is read as something else in a note (a name that looks like several links) is not for it.
            facts += typed if len(typed) == 1 and _is_small(typed[0]) else []
    taken: set[tuple[str, str]] = set()
    kept = []
    for fact in facts:
        if place_of(fact) not in taken:
            kept.append(fact)
            taken |= {place_of(fact)} - {("", "")}
    return kept


def _is_small(fact: Fact) -> bool:
    if isinstance(fact.value, str):
        return len(fact.value) <= (_MAX_NOTES if fact.key == "notes" else _MAX_TEXT)
    parts = fact.value.values() if isinstance(fact.value, dict) else fact.value
    return all(isinstance(part, str) and len(part) <= _MAX_TEXT for part in parts)


def _types(line: Line) -> list[str]:
    """Return the TYPE values, those that everybody knows in lower case."""
    types = [value for value in line.param("TYPE") if value]
    return [value.lower() if value.isupper() or value.lower() in KNOWN_TYPES else value for value in types]


def _pref(line: Line) -> str:
    return _YES if "pref" in _types(line) or line.param("PREF") == ("1",) else ""


def _entry(line: Line, **parts: str) -> dict[str, Value] | None:
    """Return an entry of its parts that are not empty, with `pref`; None where there is none."""
    told: dict[str, Value] = {key: part for key, part in parts.items() if part}
    if told and _pref(line):
        told["pref"] = _YES
    return told or None


Found = tuple[str, Value | None]
_Reader = Callable[[Line, Unit], Found]


def _text_of(line: Line) -> str:
    return unescape(line.value).strip()


def _one_text(key: str) -> _Reader:
    return lambda line, _: (key, one_line(_text_of(line)))


def _contact(key: str, scheme: str = "") -> _Reader:
    def read(line: Line, unit: Unit) -> Found:
        value = _text_of(line).removeprefix(scheme)
        return key, _entry(line, value=value, label=label_of(_types(line), unit.label)) if value else None

    return read


def _address(line: Line, unit: Unit) -> Found:
    parts = dict(zip(ADDRESS_PARTS, components(line.value), strict=False))
    if not any(parts.values()):
        return "addresses", None
    entry = _entry(line, label=label_of(_types(line), unit.label), **parts, country_code=unit.country)
    return "addresses", entry


def _names(line: Line, _: Unit) -> Found:
    parts = dict(zip(NAME_PARTS, components(line.value), strict=False))
    told: dict[str, Value] = {key: one_line(parts[key]) for key in NAME_PARTS if parts.get(key)}
    return "names", told or None


def _further_name(part: str) -> _Reader:
    def read(line: Line, _: Unit) -> Found:
        text = one_line(_text_of(line))
        return "names", {part: text} if text else None

    return read


def _org(line: Line, _: Unit) -> Found:
    parts: list[Value] = [one_line(part) for part in components(line.value)]
    return "org", parts or None


def _gender(line: Line, _: Unit) -> Found:
    return "gender", ";".join(components(line.value))


def _day(line: Line) -> str:
    """Return the partial date of a line: an estimated year and what is no date at all stand in VALUE=text."""
    text = _text_of(line)
    if next(iter(line.param("VALUE")), "").lower() == "text":
        return text if text.startswith("~") and partial_date(text[1:]) else ""
    read = partial_date(text, next(iter(line.param(OMIT_YEAR)), ""))
    return read[0] if read else ""


def _birthday(line: Line, _: Unit) -> Found:
    return "birthday", _day(line)


def _death(line: Line, _: Unit) -> Found:
    is_told = line.param("VALUE") == ("text",) and _text_of(line) == _YES
    return "deceased", _YES if is_told else _day(line)


def _date(line: Line, unit: Unit) -> Found:
    label = label_of([], unit.label) or ("" if line.key == "X-ABDATE" else ANNIVERSARY)
    day = _day(line)
    repeat = _param_of(line, (REPEAT_PARAM,))
    return "dates", _entry(line, label=one_line(label), date=day, repeat=repeat) if day else None


def _revision(line: Line, _: Unit) -> Found:
    read = partial_date(line.value.strip())
    return "updated", read[0] if read and len(read[0]) == len("2026-11-22") and read[0][0] != "-" else None


def _kind(line: Line, _: Unit) -> Found:
    word = _text_of(line).lower()
    if line.key == "X-ABSHOWAS":
        return "type", "organization" if word == "company" else None
    note_type = {"org": "organization", "group": "group"}.get(word)
    return ("type", note_type) if note_type else ("kind", None if word == "individual" else one_line(_text_of(line)))


def _note(line: Line, _: Unit) -> Found:
    return "notes", unescape(line.value).strip()


def _category(line: Line, _: Unit) -> Found:
    category = unescape(line.value)
    return "tags", None if category.strip() in NO_LABELS else tag_of(category)


def _photo(line: Line, _: Unit) -> Found:
    data = binary_data(line) if is_binary(line) else None
    return "photo", ATTACHMENTS + photo_name(data) if data else None


def _related(line: Line, unit: Unit) -> Found:
    types = [kind for kind in _types(line) if kind != "pref"]
    word = one_line(label_of([], unit.label)) or (types[0].lower() if types else "contact")
    who = one_line(_text_of(line))
    by_name = line.key == "X-ABRELATEDNAMES" or next(iter(line.param("VALUE")), "").lower() == "text"
    if not who or ("[[" in who):
        return "related", None
    return "related", _entry(line, type=word, person=who, uid=who if is_uri(who) and not by_name else "")


def _relation(word: str) -> _Reader:
    return lambda line, _: ("related", _entry(line, type=word, person=one_line(_text_of(line))))


def _param_of(line: Line, names: tuple[str, ...]) -> str:
    return next((",".join(line.param(name)) for name in names if line.param(name)), "")


def _social(line: Line, unit: Unit) -> Found:
    service = _param_of(line, SERVICE_PARAMS)
    services = [value for value in line.param("TYPE") if value and value.lower() not in PLACE_TYPES]
    if not service and services:
        service = services[0]
    user, value = _param_of(line, USER_PARAMS), _text_of(line)
    if not (user or value):
        return "social", None
    places = [kind for kind in _types(line) if kind in ("home", "work")]
    return "social", _entry(line, service=service, user=user, value=value, label=label_of(places, unit.label))


def _im(line: Line, unit: Unit) -> Found:
    service, user, value = _param_of(line, SERVICE_PARAMS), _param_of(line, USER_PARAMS), _text_of(line)
    uri = _URI.fullmatch(value)
    if uri and not service and not user:
        service, user, value = uri[1], uri[2], ""
    elif value and service and not user and not uri:
        user, value = value, ""
    if not (user or value):
        return "im", None
    return "im", _entry(line, service=service, user=user, value=value, label=label_of(_types(line), unit.label))


def _im_of(service: str) -> _Reader:
    return lambda line, unit: (
        "im",
        _entry(line, service=service, user=_text_of(line), label=label_of(_types(line), unit.label))
        if line.value.strip()
        else None,
    )


def _android(line: Line, _: Unit) -> Found:
    """Read what Android has no property for: `vnd.android.cursor.item/nickname;Soph;1;;`."""
    kind, value, number, label = (unescape(part).strip() for part in [*split_value(line.value, ";"), "", "", ""][:4])
    kind = kind.rpartition("/")[2]
    if kind == "nickname":
        return "aliases", one_line(value)
    if kind == "relation" and value:
        index = int(number) if number.isdecimal() and len(number) <= 2 else 0  # noqa: PLR2004 - two digits
        word = _ANDROID_RELATIONS[index] if index < len(_ANDROID_RELATIONS) else ""
        return "related", {"type": word or one_line(label) or "contact", "person": one_line(value)}
    read = partial_date(value) if kind == "contact_event" else None
    if read is None:
        return "", None
    word = {"1": ANNIVERSARY, "3": "birthday"}.get(number) or one_line(label)
    return "dates", {"label": word, "date": read[0]} if word else {"date": read[0]}


_ANDROID_RELATIONS = (
    *("", "assistant", "brother", "child", "partner", "father", "friend", "manager", "mother", "parent", "partner"),
    *("", "", "sister", "spouse"),
)
"""What the numbers in Android's relations mean."""

_IM_SERVICES = ("aim", "icq", "jabber", "msn", "yahoo", "skype", "gtalk", "qq", "gadugadu", "groupwise", "matrix")
_RELATIONS = ("spouse", "manager", "assistant")

_READERS: dict[str, _Reader] = {
    "UID": _one_text("uid"),
    "FN": _one_text("name"),
    "N": _names,
    **{name: _further_name(part) for part, name in MORE_NAME_PARTS.items()},
    "NICKNAME": _one_text("aliases"),
    "EMAIL": _contact("emails"),
    "TEL": _contact("phones", "tel:"),
    "URL": _contact("urls"),
    "ADR": _address,
    "BDAY": _birthday,
    "DEATHDATE": _death,
    **dict.fromkeys(("ANNIVERSARY", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-ABDATE"), _date),
    "ORG": _org,
    "TITLE": _one_text("title"),
    "ROLE": _one_text("role"),
    "NOTE": _note,
    "PHOTO": _photo,
    **dict.fromkeys(("RELATED", "X-ABRELATEDNAMES"), _related),
    **{f"X-{word.upper()}": _relation(word) for word in (*_RELATIONS, "child")},
    **{f"X-MS-{word.upper()}": _relation(word) for word in _RELATIONS},
    **{f"X-EVOLUTION-{word.upper()}": _relation(word) for word in _RELATIONS},
    **{f"X-KADDRESSBOOK-X-{word.title()}sName".upper(): _relation(word) for word in _RELATIONS},
    "X-KADDRESSBOOK-X-SPOUSENAME": _relation("spouse"),
    **dict.fromkeys(("SOCIALPROFILE", "X-SOCIALPROFILE", "X-SOCIAL-PROFILE"), _social),
    "IMPP": _im,
    **{f"X-{service.upper()}": _im_of(service) for service in _IM_SERVICES},
    "X-GOOGLE-TALK": _im_of("gtalk"),
    "X-SKYPE-USERNAME": _im_of("skype"),
    "CATEGORIES": _category,
    "X-ANDROID-CUSTOM": _android,
    "GENDER": _gender,
    "X-GENDER": _gender,
    "PRONOUNS": _one_text("pronouns"),
    "LANG": _one_text("languages"),
    "TZ": _one_text("timezone"),
    **dict.fromkeys(("KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS"), _kind),
    "REV": _revision,
}
