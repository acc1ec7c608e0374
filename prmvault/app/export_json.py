"""The whole vault as one JSON document, piece by piece: what `docs/json.md` describes.

It is a function of the files alone (no clock, no version of the program), so an unchanged vault gives the same bytes.
"""

from __future__ import annotations

import contextlib
import filecmp
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from prmvault.app.names import link_meanings
from prmvault.app.people import link_keys, other_json, relations
from prmvault.app.texts import note_text
from prmvault.core.characters import escaped_json
from prmvault.core.fences import split_note
from prmvault.core.model import texts_in
from prmvault.core.schema import Field
from prmvault.vault.files import SETTINGS_FILE, shown_path

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Contact, Note, Task

FORMAT, VERSION = "prmvault", 1
"""What the document says it is. The version grows with every change over which a reader could stumble."""

_NO_SETTINGS = ("problems", "cadence_lines", "language_words")
_BLOCK = 1024 * 1024
_MOST_KNOWN = 50_000


Place = tuple[int, int]
"""A file by its device and inode."""


class _Targets:
    """Whom links mean: each target is looked up once, as long as there are not too many."""

    def __init__(self, vault: Vault) -> None:
        self._facts = vault.facts
        self._known: dict[tuple[str, str], list[str]] = {}

    def __call__(self, target: str, of_type: str = "") -> list[str]:
        """Return the paths of the notes that a link may mean, in their order."""
        key = target, of_type
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = sorted(link_meanings(self._facts, target, of_type=of_type))
        return self._known[key]


def json_pieces(vault: Vault, chosen: Collection[str] | None = None, without: Place | None = None) -> Iterator[str]:
    """Yield the document in pieces, one for each note and file; no more than one note is in memory.

    With `chosen` only the notes at these paths, and the files that they name. `without` is the file that the document
    goes to: it may lie in the vault, and cannot tell its own hash.
    """
    targets = _Targets(vault)
    text = note_text(vault.root, SETTINGS_FILE) or ""
    head = {"format": FORMAT, "version": VERSION, "settings": _settings(vault), "settings_text": text}
    yield f"{_line(head)[:-1]},\n"
    yield from _array("notes", _notes(vault, targets, chosen))
    yield ",\n"
    named = None if chosen is None else _named_files(vault, chosen)
    yield from _array("files", _files(vault, named, without))
    yield "}\n"


def count_notes(vault: Vault, chosen: Collection[str] | None = None) -> int:
    """Return how many notes the document has."""
    return sum(vault.facts.counts().values()) if chosen is None else len(chosen)


def export_json_file(vault: Vault, path: str, chosen: Collection[str] | None = None) -> bool:
    """Write the document to the file at `path`, with its folders, as a whole; tell whether it differed."""
    target = os.path.realpath(os.path.expanduser(path))
    folder = os.path.dirname(target)
    os.makedirs(folder, exist_ok=True)
    # Hidden, so that it is none of the files of the vault.
    descriptor, beside = tempfile.mkstemp(dir=folder, prefix=".prmvault-", suffix=".json")
    try:
        with os.fdopen(descriptor, "wb") as file:
            place = place_of(os.stat(target)) if os.path.exists(target) else None
            file.writelines(piece.encode() for piece in json_pieces(vault, chosen, place))
        if place and filecmp.cmp(beside, target, shallow=False):
            return False
        if place:
            os.chmod(beside, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(beside, target)
        return True
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(beside)


def place_of(status: os.stat_result) -> Place:
    """Return the place of a file."""
    return status.st_dev, status.st_ino


def _array(name: str, items: Iterable[Any]) -> Iterator[str]:
    yield f'"{name}":['
    for number, item in enumerate(items):
        yield f"{',' if number else ''}\n{_line(item)}"
    yield "\n]"


def _line(value: Any) -> str:
    return escaped_json(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _settings(vault: Vault) -> dict[str, Any]:
    told = {name: value for name, value in vault.settings._asdict().items() if name not in _NO_SETTINGS}
    types = {
        name: {**made, "fields": {key: Field(*field)._asdict() for key, field in made["fields"].items()}}
        for name, made in told["types"].items()
    }
    return {**told, "types": types}


def _notes(vault: Vault, targets: _Targets, chosen: Collection[str] | None) -> Iterator[dict[str, Any]]:
    for note in vault.facts.notes():
        if chosen is None or note.path in chosen:
            yield _note(vault, note, targets)


def _note(vault: Vault, note: Note, targets: _Targets) -> dict[str, Any]:
    """Return all that is known of a note, and its text as it stands in the file."""
    parts = split_note(note_text(vault.root, note.path) or "")
    keys = link_keys(vault.facts, note.path)
    return {
        **other_json(note),
        "front_matter": parts.yaml,
        "body": parts.body,
        "tasks": [_task(task, targets) for task in note.tasks],
        "interactions": [_interaction(contact, targets) for contact in note.contacts],
        "relations": relations(vault, note, keys) if note.type == "person" else [],
        "links": [{"target": target, "line": line, "paths": targets(target)} for target, line in note.links],
        "linked_from": [
            {"path": path, "line": line}
            for path, target, line in vault.facts.links_to(sorted(keys))
            if targets(target) == [note.path]
        ],
        "problems": [{"line": line, "code": code, "message": told} for _, line, code, told, _ in note.problems],
    }


def _task(task: Task, targets: _Targets) -> dict[str, Any]:
    days = {name: getattr(task, name) or None for name in ("due", "scheduled", "start", "done", "priority", "repeat")}
    links = [{"target": target, "paths": targets(target)} for target in task.links]
    return {"line": task.line, "text": task.text, "status": task.status, **days, "links": links}


def _interaction(told: Contact, targets: _Targets) -> dict[str, Any]:
    return {
        "line": told.line,
        "date": told.date,
        "time": told.time or None,
        "channel": told.channel or None,
        "text": told.text,
        "people": [{"name": target, "paths": targets(target, "person")} for target in told.targets],
        "tags": list(told.tags),
        "mention": told.mention,
    }


def _named_files(vault: Vault, chosen: Collection[str]) -> set[str]:
    """Return the paths and names of files that notes name, in links and in front matter."""
    named: set[str] = set()
    for note in vault.facts.notes():
        if note.path in chosen:
            named.update(target for target, _ in note.links)
            named.update(texts_in(list(note.fields.values())))
    return named


def _files(vault: Vault, named: Collection[str] | None, without: Place | None) -> Iterator[dict[str, Any]]:
    """Yield all files of the vault that are no notes: photos, documents, templates; what is hidden is left out."""
    from prmvault.vault.refresh import ignore_rules

    ignores = ignore_rules(vault.root, vault.settings)
    notes = {path for path, _ in vault.facts.titles()}
    waiting = [""]
    found: list[str] = []
    while waiting:
        folder = waiting.pop()
        with contextlib.suppress(OSError), os.scandir(os.path.join(vault.root, folder)) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                is_folder = entry.is_dir(follow_symlinks=False)
                if entry.name.startswith(".") or ignores(f"{path}/" if is_folder else path):
                    continue
                if is_folder:
                    waiting.append(path)
                elif entry.is_file(follow_symlinks=False) and path not in notes:
                    found += [path] if place_of(entry.stat(follow_symlinks=False)) != without else []
    for path in sorted(found, key=os.fsencode):
        if named is None or path in named or path.rsplit("/", 1)[-1] in named:
            with contextlib.suppress(OSError):
                yield {"path": shown_path(path), **_numbers(os.path.join(vault.root, path))}


def _numbers(path: str) -> dict[str, Any]:
    """Return size (bytes) and SHA-256 of a file."""
    size, known = 0, hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            size += len(block)
            known.update(block)
    return {"size": size, "sha256": known.hexdigest()}
