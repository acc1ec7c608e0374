"""Renaming a note: its file, its name, and every link that means it; the old name stays as an alias.

First the old name becomes an alias, then the file moves, then the links follow: whenever a process is killed, each
link still means its note. A link by the note's path is kept alive in between by an alias that is that path.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from prmvault.app.names import link_meanings
from prmvault.app.steps import (
    Edit,
    Left,
    Move,
    Plan,
    Remove,
    reason_against,
    retargeting,
    retargeting_settings,
    text_of,
)
from prmvault.core.edit import append_value, remove_value, set_value
from prmvault.core.fences import split_note
from prmvault.core.file_names import collision_key, portable_file_name
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.model import texts_in
from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, RANK_NAME, RANK_PATH, Name, linked_name, meant
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError
from prmvault.vault.files import SETTINGS_FILE, inside

if TYPE_CHECKING:
    from prmvault.app.edit import Change
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note


class Retargeted(NamedTuple):
    """What becomes of the links that mean a note: an edit for each note that holds one, and those that stay."""

    edits: tuple[Edit, ...]
    left: tuple[Left, ...]


def plan_rename(vault: Vault, path: str, old_name: str, new_name: str) -> Plan:
    """Return what renaming the note at `path` does; `old_name` is how the user called it.

    Raises PrmvaultError where the new name is taken, or would take links away from another note.
    """
    note = editable_note(vault, path)
    folder, _, stem = path.removesuffix(".md").rpartition("/")
    # A path is taken for one, as it is wherever a note is named.
    new = " ".join(normalize("NFC", new_name).removesuffix(".md").removeprefix(_joined(folder, "")).split())
    try:
        file_name = portable_file_name(new)
    except ValueError as error:
        raise PrmvaultError(str(error), exit_code=EXIT_USAGE) from None
    bare = _joined(folder, file_name)
    is_there = _is_there(vault.root, path, f"{bare}.md")
    key, title = _title(note)
    # The file's name and the note's are one to most people. Who keeps them apart may mean either.
    follows = bool(title) and (title == new or _is_name(title, stem) or _is_name(title, linked_name(old_name)))
    new_title = new if follows or (not title and new != file_name) else ""
    olds = _old_names(note, (stem, file_name), title if follows and title != new else "", linked_name(old_name))
    names = (file_name, new_title or title or file_name)
    kept = [name for name in olds if collision_key(name) not in {collision_key(each) for each in (*names, new)}]
    rows = _future_names(note, bare, names, kept)
    _refuse_taking_links(vault, path, (file_name, new), rows)
    target = file_name if _meanings(vault, path, file_name, rows) == (f"{bare}.md",) else bare
    bares = [_joined(folder, name) for name in (olds if stem == file_name else [stem])]
    links = links_of(vault, path, [*olds, *bares], (target, bare))
    by_path = [each for each in bares if "/" in each and (each in _aliases(note) or _is_linked(vault, each, path))]
    steps: list[Edit | Move | Remove] = [Edit(path, _naming(key, new_title, [*kept, *by_path]))]
    if is_there:
        steps.append(Remove(path, text_of(vault, path)))
    elif stem != file_name:
        steps.append(Move(path, f"{bare}.md"))
    steps += [edit._replace(path=f"{bare}.md") if edit.path == path else edit for edit in links.edits]
    still = {name_key(left.target) for left in links.left}
    gone = [each for each in by_path if name_key(each) not in still]
    if gone:
        steps.append(Edit(f"{bare}.md", _without_aliases(gone)))
    remarks = (f"{key}: stays {title}; prmvault set changes it",) if title and not follows else ()
    return Plan(f"rename {stem} to {new}", tuple(steps), links.left, remarks)


def editable_note(vault: Vault, path: str) -> Note:
    """Return the note at `path`; raises PrmvaultError for a journal day, and for a note that can't be read."""
    note = vault.facts.note(path)
    if note is None:
        raise PrmvaultError(f"{path} is not there any more", hint="ask again")
    if note.type == "journal":
        hint = "a day is known by its date; move or edit the file by hand"
        raise PrmvaultError(f"{path} is a journal day", exit_code=EXIT_USAGE, hint=hint)
    if not note.readable:
        raise PrmvaultError(f"it is left as it is: {note.problems[0]}", hint=note.problems[0].hint)
    return note


def links_of(vault: Vault, path: str, names: Iterable[str], targets: tuple[str, str]) -> Retargeted:
    """Return what becomes of the links that mean the note at `path` by one of `names`, its old path among them.

    `targets` are the new target of links by name, and that of links by path. What may mean several notes stays.
    """
    facts = vault.facts
    keys = {name_key(name) for name in names}
    links: dict[str, dict[str, str]] = {}
    lines: dict[tuple[str, str], int] = {}
    left: list[Left] = []
    for place, written, line in facts.links_to(keys):
        new = targets["/" in written]
        if link_meanings(facts, written) != (path,) or new == written:
            continue
        note = facts.note(place)
        if note is not None and note.readable:
            links.setdefault(place, {})[written] = new
            lines[place, written] = line
        else:
            left.append(Left(place, line, written, "its note can't be read"))
    bare: dict[str, dict[str, str]] = {}
    for place, _ in facts.relations_to(keys):
        note = facts.note(place)
        for name in [entry["person"] for entry in note.fields.get("related", ())] if note else ():
            is_meant = "[[" not in name and name_key(name) in keys and name != targets[0]
            if is_meant and link_meanings(facts, name, of_type="person") == (path,):
                bare.setdefault(place, {})[name] = targets[0]
    edits = []
    for place in sorted({*links, *bare}):
        change = retargeting(links.get(place, {}), bare.get(place, {}))
        why = reason_against(vault, place, change)
        if why:
            left += [Left(place, lines[place, written], written, why) for written in links.get(place, {})]
        else:
            edits.append(Edit(place, change))
    return Retargeted((*edits, *_settings_edit(vault, path, keys, targets)), tuple(left))


def _settings_edit(vault: Vault, path: str, keys: set[str], targets: tuple[str, str]) -> list[Edit]:
    """Return the edit of `me` in prmvault.yaml, if it means the note."""
    me = vault.settings.me
    if not me or name_key(me) not in keys or link_meanings(vault.facts, me) != (path,):
        return []
    return [Edit(SETTINGS_FILE, retargeting_settings(me, targets["/" in me]))]


def _title(note: Note) -> tuple[str, str]:
    """Return the key that holds the note's name beside the file's, and what stands there, if anything."""
    for key in ("name",) if note.type == "person" else ("name", "title"):
        value = note.fields.get(key)
        if isinstance(value, str) and value.strip():
            return key, value
    return ("name" if note.type in ("person", "organization") else "title"), ""


def _is_name(title: str, name: str) -> bool:
    """Tell whether a title is just this name, as a file can have it."""
    if name_key(title) == name_key(name):
        return True
    try:
        return portable_file_name(title) == name
    except ValueError:
        return False


def _old_names(note: Note, stems: tuple[str, str], title: str, typed: str) -> list[str]:
    """Return the names that go: the file's, if it changes, and the note's.

    Where the file has its new name already (a process was killed, or the file was moved by hand), it is the name that
    the user typed, if it is an alias or another spelling.
    """
    stem, file_name = stems
    olds = [stem] if stem != file_name else []
    if stem == file_name and typed != file_name:
        known = [alias for alias in _aliases(note) if name_key(alias) == name_key(typed)]
        olds += known or ([typed] if name_key(typed) == name_key(stem) else [])
    return list(dict.fromkeys([*olds, *([title] if title else [])]))


def _aliases(note: Note) -> list[str]:
    return list(note.fields.get("aliases", ()))


def _future_names(note: Note, bare: str, names: Iterable[str], kept: Iterable[str]) -> list[Name]:
    """Return the rows of names that the note will have."""
    ranked = [(RANK_PATH, bare), *((RANK_NAME, name) for name in names)]
    ranked += [(RANK_ALIAS, alias) for alias in (*_aliases(note), *kept)]
    return [Name(name_key(text), rank, f"{bare}.md", text) for rank, text in ranked]


def _meanings(vault: Vault, path: str, target: str, rows: Iterable[Name]) -> tuple[str, ...]:
    """Return what a link will mean when the note at `path` has the names `rows`."""
    others = [Name(*row) for row in vault.facts.names_of_key(name_key(target)) if row[2] != path]
    return meant(target, [*others, *(row for row in rows if row.key == name_key(target))])


def _refuse_taking_links(vault: Vault, path: str, names: Iterable[str], rows: list[Name]) -> None:
    """Refuse a name by which links mean another note, if they would not any more."""
    for place, written, line in vault.facts.links_to({name_key(name) for name in names}):
        before = link_meanings(vault.facts, written)
        if len(before) == 1 and before[0] != path and _meanings(vault, path, written, rows) != before:
            message = f"{place}:{line}: [[{written}]] means {before[0]} and would become ambiguous"
            hint = f"choose another name, or write [[{before[0].removesuffix('.md')}]] there"
            raise PrmvaultError(message, exit_code=EXIT_NOTHING_FOUND, hint=hint)


def _is_there(root: str, old: str, new: str) -> bool:
    """Tell whether the file is at its new place already, and still at the old one: a process was killed in between.

    Raises PrmvaultError where another file has the new name, or one that is the same on some systems.
    """
    folder, name = os.path.split(inside(root, new))
    for other in os.listdir(folder):
        if old == new or collision_key(other) != collision_key(name):
            continue
        taken = _joined(os.path.dirname(new), other)
        if taken == new and os.path.samefile(inside(root, old), inside(root, new)) and os.path.basename(old) != other:
            names = os.listdir(os.path.dirname(inside(root, old)))
            if os.path.basename(old) in names:
                return True
        elif taken != old:
            hint = "choose another name, or prmvault merge joins the two"
            raise PrmvaultError(f"{taken} is there already", exit_code=EXIT_NOTHING_FOUND, hint=hint)
    return False


def _is_linked(vault: Vault, target: str, path: str) -> bool:
    """Tell whether a link to the note at `path` is written as `target`."""
    links = vault.facts.links_to([name_key(target)])
    return any(link_meanings(vault.facts, written) == (path,) for _, written, _ in links)


def _naming(key: str, title: str, aliases: Iterable[str]) -> Change:
    """Return the change that adds aliases and sets the title, if there is a new one."""

    def change(text: str) -> str:
        for alias in aliases:
            text = with_alias(text, alias)
        return set_value(text, (key,), title) if title else text

    return change


def with_alias(text: str, alias: str) -> str:
    """Return a note's text with one more alias, if it has none like it."""
    values = parse_front_matter("", text, split_note(text)).values
    have = [name for key in ("aliases", "alias") for name in texts_in(values.get(key, ""))]
    return text if name_key(alias) in map(name_key, have) else append_value(text, ("aliases",), alias)


def _without_aliases(aliases: Iterable[str]) -> Change:
    def change(text: str) -> str:
        for alias in aliases:
            value = parse_front_matter("", text, split_note(text)).values.get("aliases", "")
            if isinstance(value, list) and alias in value:
                text = remove_value(text, ("aliases", value.index(alias)))
            elif value == alias:
                text = remove_value(text, ("aliases",))
        return text

    return change


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
