"""The front matter of a note changed key by key: fields set and removed, entries of lists added and completed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from prmvault.app.edit import Change, Planned, change_note
from prmvault.app.key_words import key_in
from prmvault.app.values import (
    DATE_KINDS,
    LABELLED_KINDS,
    Assignment,
    is_list,
    known_day,
    matching_items,
    typed_values,
)
from prmvault.core.dates import DateError, PartialDate, parse_partial_date
from prmvault.core.edit import append_value, remove_value, set_value
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.names import fold
from prmvault.core.note import parse_note
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError
from prmvault.vault.refresh import reading_of, types_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prmvault.app.vault import Vault
    from prmvault.core.edit import Step
    from prmvault.core.model import Value
    from prmvault.core.schema import Field

# The parts of an entry, the one that a bare text is first (as `core.entry_kinds` reads them).
_PARTS = {
    "contacts": ("value", "label", "pref"),
    "addresses": ("street", "label", "pobox", "extended", "locality", "region", "postcode", "country"),
    "social": ("value", "service", "user"),
    "dates": ("date", "label", "repeat"),
    "related": ("person", "type"),
    "gifts": ("what", "status", "date", "for", "amount", "url"),
    "debts": ("amount", "by", "for", "date", "settled"),
    "reminders": ("text", "on", "repeat", "lead", "done"),
}
_NAMING = ("label", "service", "type")


def set_fields(
    vault: Vault, path: str, assignments: Sequence[Assignment], today: date, *, dry_run: bool = False
) -> Planned:
    """Set or add to keys of a note's front matter; what would be a problem is refused. Raises PrmvaultError."""
    fields = _fields(vault, path)
    given = with_days_in_english(vault, fields, assignments)

    def change(text: str) -> str:
        return with_fields(text, fields, given, today)

    return change_note(vault, path, checked(vault, path, change), dry_run=dry_run)


def with_days_in_english(
    vault: Vault, fields: Mapping[str, Field], assignments: Sequence[Assignment]
) -> list[Assignment]:
    """Return what was assigned, with the days in it that were said in the vault's language as English says them."""
    kinds = {key: field.kind for key, field in fields.items()}
    return [
        each._replace(text=vault.day_in_english(each.text))
        if kinds.get(each.path[0]) in (*DATE_KINDS, "dates") or each.path == ("met", "date")
        else each
        for each in assignments
    ]


def with_fields(
    text: str, fields: Mapping[str, Field], assignments: Sequence[Assignment], today: date, *, own: Iterable[str] = ()
) -> str:
    """Return the text of a note whose type has these `fields` with what was assigned; raises PrmvaultError.

    `own` are keys that count as the note's own besides those that it has.
    """
    known = {*fields, *front_values(text), *own}
    for each in assignments:
        meant = "" if each.path[0] in known else key_in(fields, each.path[0])
        if meant:
            message = f"there is no key {each.path[0]!r}"
            raise PrmvaultError(message, exit_code=EXIT_USAGE, hint=f"did you mean {meant}?")
    done: set[tuple[str, ...]] = set()
    for each in assignments:
        if len(each.path) > 1:
            text = _with_part(text, fields.get(each.path[0]), each, today)
            continue
        field = fields.get(each.path[0])
        values = typed_values(field, each.text, today)
        if each.adds or each.path in done:
            for value in values:
                text = appended(text, field, each.path[0], value)
        else:
            new = _new_value(text, field, each.path[0], values)
            if each.path == ("birthday",) and isinstance(new, str):
                new = _as_exact(front_values(text).get("birthday"), new)
            text = set_value(text, each.path, new)
        done.add(each.path)
    return text


def unset_fields(vault: Vault, path: str, keys: Sequence[str], *, dry_run: bool = False) -> Planned:
    """Remove keys (`birthday`, `met.where`) or items of lists (`tags=friend`, `phones.work`) from the front matter.

    Raises PrmvaultError where one of them is not there, several items are meant, or what is left would be a problem.
    """
    fields = _fields(vault, path)

    def change(text: str) -> str:
        for given in keys:
            key, sign, item = given.partition("=")
            steps = tuple(part.strip() for part in key.split("."))
            values = front_values(text)
            if not sign:
                text = remove_value(text, _place_of(values, fields.get(steps[0]), steps))
                continue
            items = values.get(steps[0], [])
            for step in steps[1:]:
                items = items.get(step, []) if isinstance(items, dict) else []
            numbers = matching_items(items if isinstance(items, list) else [items], item)
            if len(numbers) != 1:
                message = f"{len(numbers)} items of {key.strip()} are" if numbers else f"nothing of {key.strip()} is"
                raise PrmvaultError(
                    f"{message} {item.strip()!r}", hint=f"prmvault get NAME {key.strip()} shows what is"
                )
            text = remove_value(text, (*steps, numbers[0]) if isinstance(items, list) else steps)
        return text

    return change_note(vault, path, checked(vault, path, change), dry_run=dry_run)


def checked(vault: Vault, path: str, change: Change) -> Change:
    """Return a change that is refused where the note would have a problem that it does not have now."""
    reading = reading_of(vault.settings)

    def apply(text: str) -> str:
        after = change(text)
        known = Counter((each.code, each.message) for each in parse_note(path, text, reading).problems)
        for problem in parse_note(path, after, reading).problems:
            known[problem.code, problem.message] -= 1
            if known[problem.code, problem.message] < 0:
                message = f"{problem.message} [{problem.code}]; nothing was written"
                raise PrmvaultError(message, exit_code=EXIT_USAGE, hint=problem.hint)
        return after

    return apply


def front_values(text: str) -> dict[str, Value]:
    """Return the front matter of a note's text as it was typed."""
    return parse_front_matter("", text, split_note(text)).values


def entries_of(vault: Vault, path: str, text: str, key: str) -> Sequence[dict[str, Any]]:
    """Return the entries of a list as they are read from a note's text, each with the number of its `item`."""
    found: Sequence[dict[str, Any]] = parse_note(path, text, reading_of(vault.settings)).fields.get(key, ())
    return found


def appended(text: str, field: Field | None, key: str, value: Value, *, again: bool = False) -> str:
    """Return the text with a further item in a list; one that is there stays alone, unless it may come `again`.

    Raises PrmvaultError where it has no place.
    """
    old = front_values(text).get(key, "")
    if value in (old if isinstance(old, list) else [old]) and not again:
        return text
    if isinstance(old, dict) and field is not None and _is_by_label(old, field.kind):
        if isinstance(value, dict) and len(value) == 1 and not set(value) & set(_PARTS[field.kind]):
            label, part = next(iter(value.items()))
            if label not in old:
                return set_value(text, (key, label), part)
        if len(old) > 1:
            message = f"{key} has its entries by label, and this one has no place there"
            raise PrmvaultError(message, hint=f"write {key} as a list of lines that begin with -, in an editor")
    return append_value(text, (key,), value)


def with_parts(text: str, key: str, number: int, parts: Mapping[str, Value]) -> str:
    """Return the text with parts set in an entry of `gifts`, `debts`, `reminders` or `dates`, in whatever form it is.

    An entry in a short form (a text, `label: value`) becomes a map. Raises PrmvaultError where it has no place for it.
    """
    value = front_values(text).get(key)
    known = _PARTS[key]
    if isinstance(value, dict) and _is_by_label(value, key):
        message = f"{key} has its entries by label, with no place for {' and '.join(parts)}"
        raise PrmvaultError(message, hint=f"write {key} as a list of lines that begin with -, in an editor")
    is_item = isinstance(value, list)
    entry = value[number] if isinstance(value, list) else value
    steps: tuple[Step, ...] = (key, number) if is_item else (key,)
    if isinstance(entry, dict) and set(known) & set(entry):
        for part, new in parts.items():
            text = set_value(text, (*steps, part), new)
        return text
    whole: dict[str, Value] = {known[0]: entry} if isinstance(entry, str) else {}
    for label, told in entry.items() if isinstance(entry, dict) else ():
        whole |= {known[0]: told, "label": label}
    return set_value(text, steps, {**whole, **parts} if is_item else [{**whole, **parts}])


def _fields(vault: Vault, path: str) -> Mapping[str, Field]:
    note = vault.facts.note(path)
    assert note is not None, "a path that was resolved has its note"
    return types_of(vault.settings)[note.type].fields


def _new_value(text: str, field: Field | None, key: str, values: Sequence[Value]) -> Value:
    """Return the value of a key that is set: a list where it holds one, but one text in the place of one text."""
    old = front_values(text).get(key, "")
    is_one = len(values) == 1 and (not is_list(field) or (isinstance(old, str) and old and isinstance(values[0], str)))
    return values[0] if is_one else list(values)


def _as_exact(old: Value | None, new: str) -> str:
    """Return a birthday that is set anew with the parts that only the old one tells (its year, where that is known).

    Raises PrmvaultError where it would tell less than before.
    """
    try:
        before, after = parse_partial_date(old if isinstance(old, str) else ""), parse_partial_date(new)
    except DateError:
        return new
    known, told = _parts_of(before), _parts_of(after)
    if known.keys() <= told.keys():
        return new
    both = known | told
    agrees = both == told | known
    if agrees and (told.keys() - known.keys() or (len(told) == len(("month", "day")) and "year" not in told)):
        whole = str(PartialDate(both.get("year"), both.get("month"), both.get("day"), before.about or after.about))
        try:
            return str(parse_partial_date(whole))
        except DateError:
            pass  # About a year, or 29 February of another one.
    message = f"{new} tells less than the birthday that is there, {old}"
    hint = "write year, month and day; prmvault unset NAME birthday forgets the old one"
    raise PrmvaultError(message, exit_code=EXIT_USAGE, hint=hint)


def _parts_of(day: PartialDate) -> dict[str, int]:
    """Return what is known of a day."""
    parts = {"year": day.year, "month": day.month, "day": day.day}
    return {name: part for name, part in parts.items() if part is not None}


def _with_part(text: str, field: Field | None, given: Assignment, today: date) -> str:
    """Return the text with `key.part` set; in a list the part is the label of an entry (`phones.work`)."""
    key, part = given.path[0], given.path[-1]
    kind = field.kind if field is not None else ""
    values = front_values(text)
    old = values.get(key)
    value: Value = str(known_day(given.text, today)) if given.path == ("met", "date") else given.text
    if kind in LABELLED_KINDS and len(given.path) == len(("phones", "work")) and part not in _PARTS[kind]:
        typed = typed_values(field, f"{part}: {given.text}", today)[0]
        value = typed[part] if isinstance(typed, dict) and part in typed else given.text
        if given.adds or not isinstance(old, dict | None):
            place = () if given.adds else _labelled(values, field, given.path)
            return set_value(text, place, value) if place else appended(text, field, key, {part: value})
    if given.adds:
        return append_value(text, given.path, value)
    return set_value(text, _place_of(values, field, given.path), value)


def _place_of(values: Mapping[str, Value], field: Field | None, path: tuple[str, ...]) -> tuple[Step, ...]:
    """Return where `key.part` stands: in a list of entries the part is a label, or a part of the only entry."""
    items = values.get(path[0])
    if not isinstance(items, list) or len(path) == 1:
        return path
    if len(items) == 1 and isinstance(items[0], dict) and path[1] in (*items[0], *_PARTS.get(_kind(field), ())):
        return (path[0], 0, *path[1:])
    place = _labelled(values, field, path)
    # A whole entry goes, not only what is in it.
    return place[:2] if place else path


def _labelled(values: Mapping[str, Value], field: Field | None, path: tuple[str, ...]) -> tuple[Step, ...]:
    """Return the place of the value that has a label in a list, or nothing; raises PrmvaultError where several have."""
    items = values.get(path[0])
    found: list[tuple[Step, ...]] = []
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if not isinstance(item, dict):
            continue
        main = "user" if "user" in item else _PARTS.get(_kind(field), ("value",))[0]
        if any(fold(str(item.get(name, ""))) == fold(path[1]) for name in _NAMING):
            found.append((path[0], number, main))
        elif path[1] in item and len(item) == 1:
            found.append((path[0], number, path[1]))
    if len(found) > 1:
        message = f"{len(found)} entries of {path[0]} are {path[1]!r}"
        raise PrmvaultError(message, exit_code=EXIT_NOTHING_FOUND, hint="change the one that is meant in an editor")
    return found[0] if found else ()


def _is_by_label(value: Mapping[str, Value], kind: str) -> bool:
    return kind in _PARTS and bool(value) and not set(value) & set(_PARTS[kind])


def _kind(field: Field | None) -> str:
    return field.kind if field is not None else ""
