"""From what is typed on a command line to values: `key=value` by the kind of the key, days, times and amounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.dates import DateError, PartialDate, parse_partial_date
from prmvault.core.money import parse_money
from prmvault.core.phrases import parse_day
from prmvault.core.problems import EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prmvault.core.model import Value
    from prmvault.core.schema import Field

_ASSIGNMENT = re.compile(r"([^=+]{1,80}?)\s*(\+?=)(.*)", re.DOTALL)
_LABELLED = re.compile(r"([^\W\d_][\w -]{0,40}):\s+(\S.*)", re.DOTALL)
LABELLED_KINDS = ("contacts", "social", "dates", "related", "addresses")
"""The kinds of fields whose entries may be `label: value`."""

DATE_KINDS = ("date", "partial date", "death")
_LIST_KINDS = (*LABELLED_KINDS, "texts", "tags", "links", "gifts", "debts", "reminders")
_TAG_SPLIT = re.compile(r"[,\s]+")
# Two days on which only a day without a year falls on the same day of different years.
_PROBES = (date(2000, 6, 15), date(2012, 3, 9))
_RANGE = re.compile(r"[-–]")
_NO_DATE = ("yes", "true", "ja", "no", "false", "nein")


class Assignment(NamedTuple):
    """A key (its parts), the value that was typed, and whether it is to be added (`+=`)."""

    path: tuple[str, ...]
    text: str
    adds: bool


def parse_assignment(given: str) -> Assignment:
    """Return what `key=value`, `key+=value` or `key.part=value` says; raises PrmvaultError (usage)."""
    match = _ASSIGNMENT.fullmatch(given)
    path = tuple(part.strip() for part in match[1].split(".")) if match else ()
    if match is None or not all(part and part.isprintable() for part in path):
        hint = "such as birthday=1987-03-14, tags+=friend, met.where=Leipzig"
        raise PrmvaultError(f"{given!r} is not key=value", exit_code=EXIT_USAGE, hint=hint)
    if not _is_whole(match[3]):
        raise PrmvaultError(f"{given!r} has half a character", exit_code=EXIT_USAGE, hint="type it in UTF-8")
    return Assignment(path, match[3].strip(), match[2] == "+=")


def _is_whole(text: str) -> bool:
    """Tell whether a file can hold a text: what was typed in another encoding than UTF-8 comes in half characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_list(field: Field | None) -> bool:
    """Tell whether a field holds a list."""
    return field is not None and (field.kind in _LIST_KINDS or field.kind.startswith("list of "))


def typed_values(field: Field | None, text: str, today: date) -> list[Value]:
    """Return the values of a field (None: the user's own key) for what was typed: dates in their canonical form.

    They are one, or several where the text tells several tags. `label: value` becomes a map where the field has
    labelled entries. Raises PrmvaultError for what is no date, and for nothing.
    """
    kind = field.kind.removeprefix("list of ") if field is not None else ""
    if kind in DATE_KINDS and text and text.casefold() not in _NO_DATE:
        return [str(known_day(text, today))]
    if kind == "tags":
        tags: list[Value] = [tag.strip("#/") for tag in _TAG_SPLIT.split(text) if tag.strip("#/")]
        text = text if tags else ""
        if tags:
            return tags
    if not text:
        raise PrmvaultError("there is no value", exit_code=EXIT_USAGE, hint="prmvault unset NAME KEY removes a key")
    labelled = _LABELLED.fullmatch(text) if kind in LABELLED_KINDS and "://" not in text[:12] else None
    if labelled is None:
        return [text]
    label, value = labelled[1].strip(), labelled[2].strip()
    if kind == "dates":
        value = str(known_day(value, today))
    return [{label: f"[[{value}]]" if kind == "related" and "[[" not in value else value}]


def known_day(text: str, today: date) -> PartialDate:
    """Return the day that `text` tells, as a partial date or as people say it; `30 May` has no year.

    Raises PrmvaultError (usage) for everything else.
    """
    try:
        return parse_partial_date(text)
    except DateError as error:
        first = error
    try:
        found = parse_day(text, today, prefer="past")
        probes = {parse_day(text, probe, prefer="past") for probe in _PROBES}
    except DateError as error:
        hint = error.hint if "ambiguous" in str(error) else first.hint
        raise PrmvaultError(str(error), exit_code=EXIT_USAGE, hint=hint) from None
    if len(probes) > 1 and len({(day.month, day.day) for day in probes}) == 1:
        return PartialDate(None, found.month, found.day)
    return PartialDate(found.year, found.month, found.day)


def day_from(text: str | None, today: date, *, future: bool = False) -> date:
    """Return the day that an option names, today if it is left out; raises PrmvaultError (usage)."""
    if not text:
        return today
    try:
        return parse_day(text, today, prefer="future" if future else "past")
    except DateError as error:
        raise PrmvaultError(str(error), exit_code=EXIT_USAGE, hint=error.hint) from None


def time_from(text: str) -> str:
    """Return the time that an option names (`7:30`, `7pm`, `19 Uhr`) as `19:00`; raises PrmvaultError (usage)."""
    from prmvault.core.note import split_time

    given = " ".join(text.split())
    for sign in ("", " Uhr"):
        at, rest = split_time(f"{given}{sign} ")
        if at and not rest and not _RANGE.search(given):
            return at
    raise PrmvaultError(f"{text!r} is not a time", exit_code=EXIT_USAGE, hint="write it as 18:00")


def amount_from(text: str) -> str:
    """Return the amount of money that an option names, as `20 EUR`; raises PrmvaultError (usage)."""
    amount = parse_money(text)
    if amount is None or amount.startswith("-"):
        raise PrmvaultError(f"{text!r} is no amount of money", exit_code=EXIT_USAGE, hint="write it as 20 EUR")
    return amount.removeprefix("+")


def entry_of(parts: Mapping[str, str | None]) -> dict[str, Value]:
    """Return a front matter entry of the parts that are there."""
    return {key: value for key, value in parts.items() if value}


def matching_items(items: Sequence[Value], text: str) -> list[int]:
    """Return the numbers of the items of a list that `text` tells: the item itself, or one of its parts."""
    from prmvault.core.model import texts_in
    from prmvault.core.names import name_key
    from prmvault.core.people import linked_name

    wanted = name_key(linked_name(text))
    return [
        number
        for number, item in enumerate(items)
        if any(name_key(linked_name(part)) == wanted for part in texts_in(item))
    ]
