"""What `check` alone tells of people, tags and keys: names that two share, what can't be, what looks like a slip."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from shlex import quote
from typing import TYPE_CHECKING

from prmvault.core.file_names import collision_key
from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, RANK_NAME, linked_name
from prmvault.core.problems import Problem

if TYPE_CHECKING:
    from datetime import date

    from prmvault.app.vault import Vault
    from prmvault.app.world import People
    from prmvault.core.dates import PartialDate
    from prmvault.core.kinship import Impossible, Stated
    from prmvault.core.model import Note

_MOST_NAMED = 6


def duplicate_names(vault: Vault) -> Iterator[Problem]:
    """People who share a name or an alias, unless a note says that they are not the same."""
    from prmvault.app.links import link_targets

    shared: dict[str, dict[str, str]] = {}
    for key, rank, path, text in sorted(vault.facts.all_names(of_type="person"), key=lambda row: (row[2], row[1])):
        if rank in (RANK_NAME, RANK_ALIAS):
            shared.setdefault(key, {}).setdefault(path, text)
    notes: dict[str, Note] = {}
    told: set[tuple[str, str]] = set()
    target = cache(link_targets(vault))
    for key, names in shared.items():
        paths = list(names) if len(names) > 1 else []
        notes.update({path: note for path in paths if path not in notes and (note := vault.facts.note(path))})
        for at, path in enumerate(paths):
            # One of those before it is enough: with many of a name, not each pair is told.
            other = next((each for each in paths[:at] if _are_one_name(vault, notes[each], notes[path])), "")
            if other and (other, path) not in told:
                told.add((other, path))
                line = _line_of_name(notes[path], key)
                yield _duplicate_name((other, path), (target(other), target(path)), line, names[path])


def _are_one_name(vault: Vault, first: Note, second: Note) -> bool:
    """Tell whether nothing says yet that the two are not one, or that one file has to be renamed."""
    from prmvault.app.duplicates import DIFFERENT, names_other

    collide = collision_key(first.path) == collision_key(second.path)
    return not collide and not names_other(vault, first, second, DIFFERENT)


def _duplicate_name(paths: tuple[str, str], names: tuple[str, str], line: int, text: str) -> Problem:
    both = " ".join(map(quote, names))
    hint = (
        f"one person: prmvault merge {both}; two: prmvault dups --not-same {both}, and a middle name or another alias"
    )
    message = f"{paths[0]} has the name {text}, too"
    return Problem(paths[1], line, "duplicate-name", message, hint)


def _line_of_name(note: Note, key: str) -> int:
    """Return the line in which a note says its name or alias; 0 for that of the file."""
    for number, alias in enumerate(note.fields.get("aliases", ())):
        if name_key(alias) == key and name_key(note.title) != key:
            return note.lines.get(f"aliases.{number}", note.lines.get("aliases", note.lines.get("alias", 0)))
    return note.lines.get("name", 0) if name_key(note.title) == key else 0


def impossible_relations(vault: Vault) -> Iterator[Problem]:
    """Relations to oneself, circles of parents, and parents who are younger than their child, or hardly older."""
    from prmvault.app.world import People
    from prmvault.core import kinship
    from prmvault.core.dates import parse_partial_date
    from prmvault.core.relations import relation_of

    people = People(vault)
    words = vault.settings.relation_words()
    kinds: dict[str, str] = {}
    keys: dict[Stated, str] = {}
    for key, path, word in vault.facts.all_relations():
        if word not in kinds:
            kinds[word] = relation_of(word, words).type
        other = people.meant(key)
        if other and people.title(path):
            keys.setdefault(kinship.Stated(path, other, word, kinds[word]), key)
    births = {row[0]: parse_partial_date(row[2]) for row in vault.facts.people_rows() if row[2]}
    for found in kinship.impossible_relations(keys, births):
        note = vault.facts.note(found.stated.path)
        line = _line_of_relation(note, found.stated.word, keys[found.stated]) if note else 0
        yield _impossible(found, line, people, births)


def _line_of_relation(note: Note, word: str, key: str) -> int:
    for entry in note.fields.get("related", ()):
        if entry["type"] == word and name_key(linked_name(entry["person"])) == key:
            return note.line_of("related", entry["item"])
    return note.lines.get("related", 1)


def _impossible(found: Impossible, line: int, people: People, births: dict[str, PartialDate]) -> Problem:
    names = [people.title(path) for path in found.people]
    hint = "correct one of the birthdays, or the relation"
    if found.why == "self":
        message = f"{names[0]} is their own {found.stated.word}"
        hint = "write who is meant, by the path if two have the name"
    elif found.why == "circle":
        message = f"{names[0]} is parent and child of {names[1]}"
        if len(names) > 2:  # noqa: PLR2004 - two are no circle to the eye
            more = ["…"] if len(names) > _MOST_NAMED else []
            message = f"each is a parent of the next, in a circle: {', '.join([*names[:_MOST_NAMED], *more])}"
        hint = "correct the relation that is the wrong way round; it may stand in the other note"
    else:
        days = " and ".join(str(births[path]) for path in found.people)
        years = "1 year" if found.years == 1 else f"{found.years} years"
        gap = "was born later" if found.why == "later" else f"is at most {years} older"
        message = f"{names[0]} is a parent of {names[1]}, but {gap} ({days})"
    return Problem(found.stated.path, line, "impossible-relation", message, hint)


def impossible_dates(vault: Vault, today: date) -> Iterator[Problem]:
    """Birthdays and deaths that are yet to come, and people who died before they were born."""
    from prmvault.core.dates import parse_partial_date
    from prmvault.core.kinship import begins_after
    from prmvault.core.model import DEAD

    for note in vault.facts.remembered():
        texts = {key: note.fields.get(key, "") for key in ("birthday", "deceased")}
        days = {key: parse_partial_date(text) for key, text in texts.items() if text not in ("", DEAD)}
        for key, day in days.items():
            if day.year and (day.year, day.month or 1, day.day or 1) > (today.year, today.month, today.day):
                hint = "correct it; what is expected is a reminder, no birthday" if key == "birthday" else "correct it"
                yield Problem(note.path, note.lines.get(key, 1), "impossible-date", f"{key} {day} is yet to come", hint)
        if len(days) > 1 and begins_after(days["birthday"], days["deceased"]):
            message = f"the birthday {days['birthday']} is after the death, {days['deceased']}"
            line = note.lines.get("deceased", 1)
            yield Problem(note.path, line, "impossible-date", message, "correct one of the two")


def tag_slips(vault: Vault) -> Iterator[Problem]:
    """Tags that are rare and almost like a common one: `familiy`, `Freund` beside `freund`, `choirs`."""
    from prmvault.core.tag_slips import tag_slips as slips_among

    for slip in slips_among(vault.facts.all_tags()):
        here = "one note" if slip.notes == 1 else f"{slip.notes} notes"
        message = f"the tag {slip.tag} is in {here}, {slip.meant} in {slip.meant_notes}"
        line = _line_of_tag(vault, slip.path, slip.tag)
        yield Problem(slip.path, line, "odd-tag", message, f"is it {slip.meant}?")


def _line_of_tag(vault: Vault, path: str, tag: str) -> int:
    """Return the line of a note in which a tag stands, or one that it is the beginning of; 0 where it is not found."""
    from prmvault.app.edit import read_note
    from prmvault.core.fences import split_note
    from prmvault.core.frontmatter import parse_front_matter
    from prmvault.core.markdown import body_lines, parse_tags
    from prmvault.core.problems import PrmvaultError
    from prmvault.core.value_kinds import numbered_items, read_tags
    from prmvault.vault.files import decode_note

    try:
        text, _ = decode_note(path, read_note(vault, path).data)
    except PrmvaultError:
        return 0  # It has gone since the facts were read.
    parts = split_note(text)
    front = parse_front_matter(path, text, parts)
    for key in ("tags", "tag"):
        for number, item in numbered_items(front.values.get(key, "")):
            if _holds(read_tags(item, lambda *_problem: None), tag):
                return front.lines.get(f"{key}.{number}", front.lines.get(key, 1))
    lines = body_lines(parts.body, parts.body_line)
    return next((number for number, _, line in lines if _holds(parse_tags(line), tag)), 0)


def _holds(tags: list[str], tag: str) -> bool:
    return any(f"{each}/".startswith(f"{tag}/") for each in tags)


def old_keys(vault: Vault) -> Iterator[Problem]:
    """Keys that are read here and that Obsidian gave up: `tag` and `alias`."""
    from prmvault.core.repair import OLD_KEYS

    for old, new in OLD_KEYS.items():
        for path, line in vault.facts.key_lines(old):
            message = f"Obsidian reads {old} no longer (from 1.9 on)"
            yield Problem(path, line, "old-key", message, f"write {new}; prmvault check --fix does it")


def misspelled_keys(vault: Vault) -> Iterator[Problem]:
    """Keys that are almost a known one: `phone` for phones, `birthay`. Any other unknown key is the user's own."""
    from prmvault.vault.refresh import types_of

    types = types_of(vault.settings)
    known: dict[tuple[str, str], str] = {}
    for note in vault.facts.notes():
        fields = types[note.type].fields if note.type in types else {}
        for key in note.fields.keys() - fields.keys():
            if (note.type, key) not in known:
                near = get_close_matches(key, fields, n=1, cutoff=0.85)
                known[note.type, key] = near[0] if near and near[0] not in note.fields else ""
            meant = known[note.type, key]
            if meant:
                line = note.lines.get(key, 1)
                yield Problem(note.path, line, "unknown-key", f"{key!r} is no key of a {note.type}", f"is it {meant}?")
