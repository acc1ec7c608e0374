"""Birthdays, wedding days, days of death in calendars: events made of contacts, told from what only looks like them.

They are known by what Nextcloud and KDE add, by the category, by the calendar's name (Google, Apple), and, for whole
days that come each year, by a summary that is nothing but somebody's birthday (Outlook).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from prmvault.core.names import fold
from prmvault.interop.content_lines import Line
from prmvault.interop.ical_split import first_property
from prmvault.interop.vcard_values import one_line, split_value, unescape

_NO_YEARS = (1604, 1900)
"""What Apple and Outlook write where the year is not known."""

_SURE_YEARS = 3
"""A series that was made so many years after its first day begins with what it remembers."""

_LONGEST = 200
_BIRTHDAY_WORDS = ("birthday", "birthdays", "geburtstag", "geburtstage", "anniversaires", "cumpleanos", "compleanni")
_WEDDING_WORDS = ("anniversary", "anniversaries", "hochzeitstag", "hochzeitstage", "jahrestag", "wedding anniversary")
_SIGNS = "🎂🎉🎈🎁🥳💍💒⚰✝\N{VARIATION SELECTOR-16} \t"
_GREETING = frozenset(
    (
        *("birthday", "anniversary", "wedding", "happy", "your", "my", "geburtstag", "jahrestag", "hochzeitstag"),
        *("dein", "deinem", "mein", "alles", "gute", "liebe", "zu", "zum", "herzlich", "herzliche", "herzlichen"),
        *("glückwunsch", "glückwünsche"),
    )
)
"""Words of a summary that names nobody: one's own day in Google's calendar."""

_YEAR = re.compile(r"[12][0-9]{3}")
_YEAR_BEHIND = re.compile(r"(.{1,150}?) ?\((?:\*|born |geb\. ?)?([12][0-9]{3})\)")
_FORMS = (
    re.compile(r"(?i)(.{1,150}?)['’]s? (?:[0-9]{1,3}(?:st|nd|rd|th) )?birthday"),
    re.compile(r"(?i)birthday(?: of|:| –| -)? (.{1,150})"),
    re.compile(r"(?i)(?:[0-9]{1,3}\. )?geburtstag(?: von|:| –| -)? (.{1,150})"),
    re.compile(r"(?i)(.{1,150}?) hat (?:[0-9]{1,3}\. )?geburtstag"),
    re.compile(r"(?i)(.{1,150}?)['’]s? (?:[0-9]{1,3}\. )?geburtstag"),
    re.compile(r"(?i)(.{1,150}?)['’]s? (?:[0-9]{1,3}(?:st|nd|rd|th) )?(?:wedding )?anniversary"),
    re.compile(r"(?i)(?:hochzeitstag|jahrestag|anniversary)(?: von| of|:| –| -)? (.{1,150})"),
    re.compile(r"(?i)(.{1,150}?)(?:[:,]| –| -) (?:birthday|geburtstag|hochzeitstag|jahrestag|anniversary)"),
)
_WEDDING_FORMS = re.compile(r"(?i).{0,160}(?:anniversary|hochzeitstag|jahrestag).{0,160}")
_CAKES = ("🎂", "🎉", "🎈", "🥳")


class PersonDay(NamedTuple):
    """A day of somebody: `kind` is birthday, anniversary or death, `day` a partial date.

    `uid` and `address` may be empty; `name` is where a calendar of birthdays has a day that names nobody.
    """

    kind: str
    name: str
    day: str
    uid: str = ""
    address: str = ""


def day_of_person(
    lines: Sequence[Line], first: date, calendar: str, made: date | None, *, is_yearly: bool
) -> PersonDay | None:
    """Return whose birthday, wedding day or day of death an event of whole days is; None where it is something else.

    `first` is its first day, `calendar` the name of the calendar, `made` the day on which the event was made, if told.
    """
    told = {line.key: line.value.strip() for line in lines if line.key.startswith("X-")}
    summary = first_property(lines, "SUMMARY")
    text = one_line(unescape(summary.value))[:_LONGEST] if summary else ""
    kind = _kind(lines, told, calendar, text, is_yearly=is_yearly)
    if not kind:
        return None
    name, year = _name_and_year(text)
    name = one_line(unescape(told.get("X-KDE-KABC-NAME-1", ""))) or name
    year = _told_year(told) or year
    is_old = made is not None and is_yearly and made.year - first.year >= _SURE_YEARS
    if not year and is_old and first.year not in _NO_YEARS and not _is_unknown(told):
        year = str(first.year)
    if not name and fold(calendar) not in (*_BIRTHDAY_WORDS, *_WEDDING_WORDS):
        return None
    day = f"{year or '-'}-{first.month:02}-{first.day:02}"
    return PersonDay(kind, name, day, _uid(lines, told), told.get("X-KDE-KABC-EMAIL-1", ""))


def _kind(lines: Sequence[Line], told: dict[str, str], calendar: str, text: str, *, is_yearly: bool) -> str:
    field = told.get("X-NEXTCLOUD-BC-FIELD-TYPE", "").upper()
    if field:
        return {"BDAY": "birthday", "ANNIVERSARY": "anniversary", "DEATHDATE": "death"}.get(field, "")
    if told.get("X-KDE-KABC-BIRTHDAY", "").upper() == "YES":
        return "birthday"
    if told.get("X-KDE-KABC-ANNIVERSARY", "").upper() == "YES":
        return "anniversary"
    categories = [
        fold(unescape(part).strip())
        for line in lines
        if line.key == "CATEGORIES"
        for part in split_value(line.value[:_LONGEST], ",")
    ]
    looks_like_wedding = _WEDDING_FORMS.fullmatch(text) is not None
    if any(word in _BIRTHDAY_WORDS for word in categories) or fold(calendar) in _BIRTHDAY_WORDS:
        return "anniversary" if looks_like_wedding else "birthday"
    if any(word in _WEDDING_WORDS for word in categories) or fold(calendar) in _WEDDING_WORDS:
        return "anniversary" if _name_and_year(text)[0] not in ("", text) else ""
    if not is_yearly or not (text.startswith(_CAKES) or any(form.fullmatch(text) for form in _FORMS)):
        return ""
    return "anniversary" if looks_like_wedding else "birthday"


def _name_and_year(text: str) -> tuple[str, str]:
    """Return the name in a summary such as `🎂 Anna Müller (1987)` or `Anna Müller's birthday`, and the year."""
    name = text.strip(_SIGNS)
    year = ""
    if _GREETING.issuperset(name.casefold().strip("!. ").split()):
        return "", ""
    if behind := _YEAR_BEHIND.fullmatch(name):
        name, year = behind.groups()
    for form in _FORMS:
        if match := form.fullmatch(name):
            name = match[1]
            break
    return name.strip(" ,:-–"), year


def _told_year(told: dict[str, str]) -> str:
    year = told.get("X-NEXTCLOUD-BC-YEAR", "")
    return year if _YEAR.fullmatch(year) and not _is_unknown(told) else ""


def _is_unknown(told: dict[str, str]) -> bool:
    return told.get("X-NEXTCLOUD-BC-UNKNOWN-YEAR") == "1"


def _uid(lines: Sequence[Line], told: dict[str, str]) -> str:
    """Return the uid of the contact, where the event tells it: KDE's own, or a link into Apple's address book."""
    if told.get("X-KDE-KABC-UID-1"):
        return told["X-KDE-KABC-UID-1"][:_LONGEST]
    url = first_property(lines, "URL")
    text = url.value.strip() if url else ""
    return text.removeprefix("addressbook://")[:_LONGEST] if text.startswith("addressbook://") else ""
