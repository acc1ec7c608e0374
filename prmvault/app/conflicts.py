"""What notes keep under `merge_conflicts`: listed with what the note says now, and settled one way or the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.edit import change_note
from prmvault.core.edit import append_value, remove_value, set_value
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.join import CONFLICTS
from prmvault.core.merge_values import place_of
from prmvault.core.problems import PrmvaultError
from prmvault.core.yaml_text import yaml_flow

if TYPE_CHECKING:
    from prmvault.app.edit import Planned
    from prmvault.app.vault import Vault
    from prmvault.core.edit import Step
    from prmvault.core.model import Value


class Conflict(NamedTuple):
    """A value that was kept beside the one that won: its place, its key (`label` tells several of one key apart).

    `kept` is that value, `now` is what the note says, both as YAML on one line.
    """

    path: str
    line: int
    key: str
    label: str
    now: str
    kept: str


class _Record(NamedTuple):
    number: int
    key: str
    label: str
    value: Value


def conflicts(vault: Vault, path: str = "") -> list[Conflict]:
    """Return the conflicts that notes keep, of one note or of all."""
    from prmvault.app.steps import text_of

    found = []
    for each, line in vault.facts.key_lines(CONFLICTS):
        if path in ("", each):
            try:
                text = text_of(vault, each)
            except PrmvaultError:
                continue  # It went, or does not parse any more: check tells that.
            front = parse_front_matter(each, text, split_note(text))
            for record in _records(front.values):
                at = front.lines.get(f"{CONFLICTS}.{record.number}", line)
                now = _now(front.values, record.key)
                shown = "" if now is None else yaml_flow(now)
                found.append(Conflict(each, at, record.key, record.label, shown, yaml_flow(record.value)))
    return found


def settle(vault: Vault, path: str, label: str, *, take: bool, dry_run: bool = False) -> Planned:
    """Settle one conflict of a note: `take` puts the kept value in the place of the one that won, else it is forgotten.

    `label` is a key, or `key#2` for the second of several. Raises PrmvaultError where there is no such conflict.
    """

    def change(text: str) -> str:
        values = parse_front_matter(path, text, split_note(text)).values
        record = _chosen(path, list(_records(values)), label)
        text = remove_value(text, (CONFLICTS, record.number) if isinstance(values[CONFLICTS], list) else (CONFLICTS,))
        return _taken(text, _steps(values, record.key), _now(values, record.key), record) if take else text

    return change_note(vault, path, change, dry_run=dry_run)


def _taken(text: str, steps: tuple[Step, ...], now: Value | None, record: _Record) -> str:
    """Return the note's text with the kept value: of an entry of a list only the parts that were said differently.

    Nothing else of the list is touched; raises PrmvaultError where it is not clear which entry is meant.
    """
    if not isinstance(now, list) or isinstance(record.value, list):
        return set_value(text, steps, record.value)
    if not isinstance(record.value, dict):
        return text if record.value in now else append_value(text, steps, record.value)
    number = place_of(now, record.value)
    if number is None:
        hint = f"write it in an editor, then prmvault conflicts --drop {record.label}"
        raise PrmvaultError(f"it is not clear which of {record.key} is meant by {yaml_flow(record.value)}", hint=hint)
    for part, value in record.value.items():
        text = set_value(text, (*steps, number, part), value)
    return text


def _records(values: dict[str, Value]) -> Iterator[_Record]:
    """Yield the entries that have the form of a record; several of one key get numbers."""
    kept = values.get(CONFLICTS, [])
    seen: dict[str, int] = {}
    for number, item in enumerate(kept if isinstance(kept, list) else [kept]):
        key = item.get("key") if isinstance(item, dict) else None
        if isinstance(item, dict) and isinstance(key, str) and "value" in item:
            seen[key] = seen.get(key, 0) + 1
            yield _Record(number, key, key if seen[key] == 1 else f"{key}#{seen[key]}", item["value"])


def _chosen(path: str, records: list[_Record], label: str) -> _Record:
    found = [record for record in records if record.label == label or f"{record.key}#1" == label == f"{record.label}#1"]
    if len(found) == 1:
        several = [record.label for record in records if record.key == label]
        if len(several) < 2:  # noqa: PLR2004 - one is meant
            return found[0]
        hint = f"write {several[0]}#1, {', '.join(several[1:])}"
        raise PrmvaultError(f"{path} keeps {len(several)} values of {label}", hint=hint)
    known = ", ".join(record.label for record in records)
    hint = f"it keeps {known}" if known else "prmvault conflicts lists all"
    raise PrmvaultError(f"{path} keeps no other value of {label}", hint=hint)


def _steps(values: dict[str, Value], key: str) -> tuple[Step, ...]:
    """Return a record's key as a path: a key of the note as it is, else parts between dots."""
    return (key,) if key in values or "." not in key else tuple(key.split("."))


def _now(values: dict[str, Value], key: str) -> Value | None:
    value: Value | None = values
    for step in _steps(values, key):
        value = value.get(str(step)) if isinstance(value, dict) else None
    return value
