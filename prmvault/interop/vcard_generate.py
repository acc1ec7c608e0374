"""From facts to vCard properties, 3.0 (as phones and Radicale take them) and 4.0."""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable

from prmvault.core.model import DEAD, Value
from prmvault.core.relations import gender_letter
from prmvault.interop.content_lines import PLACE_TYPES, Line, Params
from prmvault.interop.vcard_canonical import OMIT_YEAR, REPEAT_PARAM, Unit, image_ending
from prmvault.interop.vcard_facts import ADDRESS_PARTS, ANNIVERSARY, MORE_NAME_PARTS, NAME_PARTS, Fact
from prmvault.interop.vcard_values import UNKNOWN_YEAR, date_value, escape, escape_uri, labelled, relation_type

_GENDER = re.compile(r"([MFONU]?)(?:;(.{0,4000}))?", re.DOTALL)
_OFFSET = re.compile(r"[+-][0-9]{2}:?(?:[0-9]{2})?|Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}")
_NO = ("no", "false", "nein", "0")


def unit_of(fact: Fact, version: str, photo: bytes | None = None) -> Unit | None:
    """Return a fact as properties of vCard `version` (3.0 or 4.0); `photo` is what the fact's file holds.

    None where cards have no place for it.
    """
    if fact.key == "photo":
        return _photo(photo) if photo else None
    write = _WRITERS.get(fact.key)
    return write(fact.value, version) if write else None


def _unit(name: str, value: str, params: Params = (), label: str = "", country: str = "") -> Unit:
    return Unit((Line("", name, params, value),), label, country)


def _types(types: tuple[str, ...], version: str, entry: dict[str, Value]) -> Params:
    """Return TYPE and what says that this entry is the preferred one."""
    is_preferred = _part(entry, "pref").lower() not in ("", *_NO)
    if version == "4.0":
        params: Params = (("TYPE", types),) if types else ()
        return (*params, ("PREF", ("1",))) if is_preferred else params
    words = (*[kind.upper() for kind in types], *(("pref",) if is_preferred else ()))
    return (("TYPE", words),) if words else ()


def _part(entry: dict[str, Value], key: str) -> str:
    value = entry.get(key, "")
    return value if isinstance(value, str) else ""


def _map(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


Writer = Callable[[Value, str], Unit | None]


def _text(name: str) -> Writer:
    return lambda value, _: _unit(name, escape(str(value)))


def _contact(name: str, escaped: Callable[[str], str] = escape) -> Writer:
    def write(value: Value, version: str) -> Unit | None:
        entry = _map(value)
        how = labelled(_part(entry, "label"))
        if not _part(entry, "value"):
            return None
        return _unit(name, escaped(_part(entry, "value")), _types(how.types, version, entry), how.label)

    return write


def _names(value: Value, _: str) -> Unit:
    parts = _map(value)
    for part, name in MORE_NAME_PARTS.items():
        if part in parts:
            return _unit(name, escape(_part(parts, part)))
    return _unit("N", ";".join([escape(_part(parts, key)) for key in NAME_PARTS]))


def _address(value: Value, version: str) -> Unit | None:
    entry = _map(value)
    if not any(_part(entry, key) for key in ADDRESS_PARTS):
        return None
    how = labelled(_part(entry, "label"))
    written = ";".join([escape(_part(entry, key)) for key in ADDRESS_PARTS])
    return _unit("ADR", written, _types(how.types, version, entry), how.label, _part(entry, "country_code"))


def _org(value: Value, _: str) -> Unit:
    parts = value if isinstance(value, list) else [value]
    return _unit("ORG", ";".join([escape(str(part)) for part in parts]))


def _gender(value: Value, _: str) -> Unit:
    known = _GENDER.fullmatch(str(value))
    letter, rest = (known[1], known[2] or "") if known else (gender_letter(str(value)), str(value))
    return _unit("GENDER", f"{letter};{escape(rest)}" if rest else letter)


def _day(name: str) -> Writer:
    def write(value: Value, version: str) -> Unit:
        date = str(value)
        if date.startswith("~") or date == DEAD:
            return _unit(name, escape(date), (("VALUE", ("text",)),))
        written, is_omitted = date_value(date, version)
        return _unit(name, written, ((OMIT_YEAR, (UNKNOWN_YEAR,)),) if is_omitted else ())

    return write


def _date(value: Value, version: str) -> Unit | None:
    entry = _map(value)
    label = _part(entry, "label")
    name = "ANNIVERSARY" if version == "4.0" and label == ANNIVERSARY else "X-ABDATE"
    unit = _day(name)(_part(entry, "date"), version)
    assert unit is not None, "a date is always written"
    line = unit.lines[0]
    repeat = _part(entry, "repeat")
    often: Params = ((REPEAT_PARAM, (repeat,)),) if repeat else ()
    line = line._replace(params=(*line.params, *often, *_types((), version, entry)))
    return Unit((line,), "" if name == "ANNIVERSARY" else labelled(label, with_types=False).label)


def _revision(value: Value, version: str) -> Unit:
    day = str(value)
    return _unit("REV", f"{day.replace('-', '')}T000000Z" if version == "4.0" else f"{day}T00:00:00Z")


def _timezone(value: Value, version: str) -> Unit:
    is_offset = _OFFSET.fullmatch(str(value)) is not None
    told = "utc-offset" if is_offset and version == "4.0" else "text" if not is_offset and version == "3.0" else ""
    return _unit("TZ", escape(str(value)), (("VALUE", (told,)),) if told else ())


def _type(value: Value, version: str) -> Unit | None:
    if value == "group":
        return _unit("KIND" if version == "4.0" else "X-ADDRESSBOOKSERVER-KIND", "group")
    if value != "organization":
        return None
    return _unit("KIND", "org") if version == "4.0" else _unit("X-ABShowAs", "COMPANY")


def _related(value: Value, version: str) -> Unit | None:
    entry = _map(value)
    word, uid = _part(entry, "type") or "contact", _part(entry, "uid")
    who = uid or _part(entry, "person")
    if not who:
        return None
    kind = relation_type(word)
    if version == "3.0" and not uid:
        return _unit(
            "X-ABRELATEDNAMES", escape(who), _types((), version, entry), labelled(word, with_types=False).label
        )
    params = _types((kind,) if kind else (), version, entry)
    if not uid:
        params = (*params, ("VALUE", ("text",)))
    label = "" if kind == word else labelled(word, with_types=False).label
    return _unit("RELATED", escape_uri(who) if uid else escape(who), params, label)


def _social(value: Value, version: str) -> Unit | None:
    entry = _map(value)
    service, user, address = _part(entry, "service"), _part(entry, "user"), _part(entry, "value")
    if not (user or address):
        return None
    how = labelled(_part(entry, "label"))
    params = _types(how.types, version, entry)
    if version == "4.0":
        named = [("SERVICE-TYPE", service), ("USERNAME", user)]
        params = (*params, *[(name, (text,)) for name, text in named if text])
        if not _SCHEME.match(address.partition(":")[0]) or ":" not in address:
            params = (*params, ("VALUE", ("text",)))
        return _unit("SOCIALPROFILE", escape_uri(address), params, how.label)
    if _SCHEME.fullmatch(service) and service.lower() not in PLACE_TYPES:
        params = (("TYPE", (service, *dict(params).get("TYPE", ()))),)
        service = ""
    named = [("X-SERVICE-TYPE", service), ("X-USER", user)]
    params = (*params, *[(name, (text,)) for name, text in named if text])
    return _unit("X-SOCIALPROFILE", escape_uri(address), params, how.label)


def _im(value: Value, version: str) -> Unit | None:
    entry = _map(value)
    service, user, address = _part(entry, "service"), _part(entry, "user"), _part(entry, "value")
    if not (user or address):
        return None
    how = labelled(_part(entry, "label"))
    params = _types(how.types, version, entry)
    if user and not address and _SCHEME.fullmatch(service):
        return _unit("IMPP", escape_uri(f"{service}:{user}"), params, how.label)
    named = [("X-SERVICE-TYPE", service), ("X-USER", user if address else "")]
    params = (*params, *[(name, (text,)) for name, text in named if text])
    return _unit("IMPP", escape_uri(address or user), params, how.label)


def _photo(data: bytes) -> Unit:
    ending = image_ending(data)
    kinds = {"jpg": "JPEG", "tif": "TIFF"}
    declared: Params = (("TYPE", (kinds.get(ending, ending.upper()),)),) if ending else ()
    value = binascii.b2a_base64(data, newline=False).decode()
    return _unit("PHOTO", value, (*declared, ("ENCODING", ("b",))))


_WRITERS: dict[str, Writer] = {
    "uid": _text("UID"),
    "name": _text("FN"),
    "names": _names,
    "aliases": _text("NICKNAME"),
    "org": _org,
    "title": _text("TITLE"),
    "role": _text("ROLE"),
    "emails": _contact("EMAIL"),
    "phones": _contact("TEL"),
    "addresses": _address,
    "urls": _contact("URL", escape_uri),
    "im": _im,
    "social": _social,
    "birthday": _day("BDAY"),
    "deceased": _day("DEATHDATE"),
    "dates": _date,
    "related": _related,
    "gender": _gender,
    "pronouns": _text("PRONOUNS"),
    "languages": _text("LANG"),
    "timezone": _timezone,
    "kind": _text("KIND"),
    "type": _type,
    "tags": _text("CATEGORIES"),
    "notes": _text("NOTE"),
    "updated": _revision,
}
