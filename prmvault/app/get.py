"""One fact by its path, through relations: `Tom children.name`, `me brother.dates.wedding`, `oma last.text`.

What a step means is tried in this order: a key of the person (as in `show --json`, in singular or plural) or a key of
the note's own, a relation, and within a list the entry with that label, else that part of each entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from prmvault.app.card import asked_card, other_card
from prmvault.app.key_words import SHORT, key_in, plain_key
from prmvault.app.people import Asked, gender_of
from prmvault.core.dates import quoted
from prmvault.core.names import fold
from prmvault.core.problems import EXIT_NOTHING_FOUND, PrmvaultError
from prmvault.core.relations import Relation, relation_of

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note

_SAME_LABEL = (
    {"wedding", "wedding day", "wedding anniversary", "anniversary", "hochzeit", "hochzeitstag", "married"},
    {"name day", "nameday", "namenstag"},
    {"first met", "met", "kennengelernt"},
    {"home", "privat", "zuhause"},
    {"work", "business", "office", "arbeit", "geschaftlich", "buro", "dienstlich"},
    {"cell", "mobile", "mobil", "handy"},
)
_CONTENT = ("date", "value", "user", "amount", "what", "text", "name")
_NOTHING: tuple[Any, ...] = (None, "", [], {})
_MOST_STEPS = 12


class _Labelled(dict[str, Any]):
    """An entry that was chosen by its label: what it is about is the answer, unless another step follows."""


def get_fact(vault: Vault, path: str, steps: str, today: date) -> Any:
    """Return the value at `steps` (`dates.wedding`) of the note at `path`, as JSON has it.

    Related people come as entries of `related`. Raises PrmvaultError where a step is not known or nothing is there.
    """
    parts = [part.strip() for part in steps.split(".") if part.strip()]
    if not parts or len(parts) > _MOST_STEPS:
        raise PrmvaultError(f"{quoted(steps)} is no path of 1 to {_MOST_STEPS} steps", hint="such as children.name")
    reader = _Reader(vault, today)
    value: Any = reader.note(path)
    name = vault.facts.title(path)
    for count, part in enumerate(parts, 1):
        value = reader.step(value, part)
        if value in _NOTHING:
            asked = ".".join(parts[:count])
            hint = reader.hint
            raise PrmvaultError(
                f"nothing is known of {quoted(asked)} for {name}", exit_code=EXIT_NOTHING_FOUND, hint=hint
            )
    return _content(value)


class _Reader:
    """Takes steps; holds the vault and the relation words. `hint` tells what would help where nothing was found."""

    def __init__(self, vault: Vault, today: date) -> None:
        self.hint = ""
        self._vault = vault
        self._today = today
        self._words = vault.settings.relation_words()

    def note(self, path: str) -> Asked | dict[str, Any]:
        """Return the card of the note at `path`."""
        note = self._vault.facts.note(path)
        assert note is not None, "a path that was resolved has its note"
        if note.type == "person":
            return asked_card(self._vault, note, self._today)
        known = other_card(self._vault, note)
        return {**known.pop("fields"), **known}

    def step(self, value: Any, part: str) -> Any:
        """Return what `part` is of `value`."""
        if isinstance(value, Asked):
            return self._of_person(value, part)
        if isinstance(value, list):
            return self._of_list(value, part)
        if _is_person(value) and part not in ("type", "word"):
            return self._of_person(asked_card(self._vault, self._note(value["path"]), self._today), part)
        return self._of_map(value, part) if isinstance(value, dict) else None

    def _note(self, path: str) -> Note:
        note = self._vault.facts.note(path)
        assert note is not None, "who is related by a path has a note"
        return note

    def _of_list(self, entries: list[Any], part: str) -> Any:
        labelled = [_Labelled(each) for each in entries if isinstance(each, dict) and _has_label(each, part)]
        if labelled:
            return _one_or_all(labelled)
        found: list[Any] = []
        unknown: list[PrmvaultError] = []
        for each in _each_person_once(entries):
            try:
                value = self.step(each, part)
            except PrmvaultError as error:
                unknown.append(error)  # What only some of them have is the answer.
                continue
            found += value if isinstance(value, list) else [value]
        if unknown and len(unknown) == len(entries):
            raise unknown[0]
        return list(_each_person_once([each for each in found if each not in _NOTHING]))

    def _of_map(self, value: dict[str, Any], part: str) -> Any:
        key = key_in(value, part)
        if key or not {"path", "type", "title"} <= value.keys():
            return value[key] if key else None
        raise self._unknown(value["title"], part, value)

    def _of_person(self, person: Asked, part: str) -> Any:
        own = person["fields"]
        known = [*(name for name in person if name != "fields"), *own]
        key = key_in(known, part)
        for value in (person[key] if key in [*person] else None, own.get(key)):
            if value not in _NOTHING:
                return value
        related = self._related(person, part)
        if related:
            return _one_or_all(related)
        dated = [_Labelled(each) for each in person["dates"] if _has_label(each, part)]
        if dated or key or self._is_relation_word(part):
            return _one_or_all(dated) if dated else None
        raise self._unknown(person["name"], part, [*known, *SHORT, *self._words])

    def _unknown(self, name: str, part: str, known: Iterable[str]) -> PrmvaultError:
        from difflib import get_close_matches

        near = get_close_matches(part[:50], known, n=3)
        keys = "birthday, phones, addresses, last.text, next.due, dates.wedding"
        hint = f"did you mean {' or '.join(near)}?" if near else f"such as {keys}; a key of the note's own; a relation"
        return PrmvaultError(f"{name} has no {quoted(part)}", exit_code=EXIT_NOTHING_FOUND, hint=hint)

    def _is_relation_word(self, part: str) -> bool:
        return fold(part) in self._words or relation_of(part, self._words) != Relation(part)

    def _related(self, person: Asked, part: str) -> list[dict[str, Any]]:
        """Return those who are `part` (brother, children, Oma) to the person."""
        asked = relation_of(part, self._words)
        found, doubtful = [], []
        for related in person["related"]:
            stated = relation_of(related["word"], self._words)
            if related["type"] != asked.type and fold(related["word"]) != fold(part):
                continue
            gender = (stated.gender or self._gender(related)) if asked.gender else ""
            if gender == asked.gender:
                found.append(related)
            elif not gender:
                doubtful.append(related["name"])
        if doubtful and not found:
            self.hint = f"{doubtful[0]} is a {asked.type} whose gender no note tells; ask for {asked.type}"
        return found

    def _gender(self, related: dict[str, Any]) -> str:
        return gender_of(self._vault, self._note(related["path"]), self._words) if related["path"] else ""


def _is_person(value: Any) -> bool:
    """Tell whether a value is an entry of somebody who has a note."""
    return isinstance(value, dict) and bool(value.get("path")) and "name" in value and "line" not in value


def _each_person_once(entries: Iterable[Any]) -> Iterator[Any]:
    """Return the entries with each person only once: friends of friends are many times the same."""
    seen = set()
    for each in entries:
        if _is_person(each):
            if each["path"] in seen:
                continue
            seen.add(each["path"])
        yield each


def _has_label(entry: dict[str, Any], part: str) -> bool:
    wanted = plain_key(part)
    names = [plain_key(str(entry[key])) for key in ("label", "for", "service") if entry.get(key)]
    same = next((group for group in _SAME_LABEL if wanted in group), {wanted})
    return any(name in same for name in names)


def _content(value: Any) -> Any:
    """Return what a labelled entry is about: a date, a value."""
    if isinstance(value, list):
        return [_content(each) for each in value]
    if isinstance(value, _Labelled):
        return next((value[key] for key in _CONTENT if value.get(key)), dict(value))
    return value


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
