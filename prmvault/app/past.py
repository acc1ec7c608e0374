"""The vault as it was on a day of the past: the facts of its last commit up to then, without a checkout.

The facts that are at hand are copied, and only notes that have changed since are read from git; of journal days only
those that link whom the question is about. Settings count as they were then; if they differ from today's, no note is
copied.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.history import note_text, path_before, refuse_without_git
from prmvault.app.households import household_of
from prmvault.app.names import resolve, resolve_any
from prmvault.app.people import last_contact, link_keys
from prmvault.app.vault import Vault
from prmvault.core.changes import is_same_note
from prmvault.core.markdown import parse_links
from prmvault.core.names import name_key
from prmvault.core.note import is_conflict_copy
from prmvault.core.phrases import describe_day
from prmvault.core.problems import EXIT_NOTHING_FOUND, PrmvaultError
from prmvault.vault.facts import open_private_facts
from prmvault.vault.files import MAX_NOTE_BYTES, SETTINGS_FILE, decode_note, inside, read_file
from prmvault.vault.git_log import (
    Commit,
    Stored,
    changes_on_disk,
    commit_until,
    contents,
    files_at,
    first_commit,
    has_commits,
)
from prmvault.vault.read_settings import parse_settings
from prmvault.vault.refresh import Refreshed, State, content_hash, note_rows, reading_of, types_of

if TYPE_CHECKING:
    from prmvault.vault.facts import Progress

_IGNORE_FILE = ".gitignore"
_TEMPLATES = "templates"
_STEP = 500
_DAY = "journal"
_TYPE = re.compile(rb"^type:(?![ \t\"']{0,20}journal\b)", re.MULTILINE)
_MANY = 200
"""From this many notes on reading them is shown as progress."""


class Past(NamedTuple):
    """The vault as it was in a commit, made from the `present` one.

    Its root is a passing folder, where of its `files` those lie that a card looks into. `days` are the paths of
    journal days that have not been read yet.
    """

    vault: Vault
    commit: Commit
    files: Mapping[str, Stored]
    days: set[str]
    present: Vault


@contextlib.contextmanager
def past_vault(vault: Vault, day: date, progress: Callable[[str, int], Progress] | None = None) -> Iterator[Past]:
    """Give the vault as it was in the last commit up to the end of `day`.

    Raises PrmvaultError where the vault is not kept in git, or not yet then.
    """
    refuse_without_git(vault)
    commit = _commit_on(vault.root, day)
    files = files_at(vault.root, commit.name)
    own = [files[name].blob if name in files else "" for name in (SETTINGS_FILE, _IGNORE_FILE)]
    settings, ignored = (data or b"" for data in contents(vault.root, own))
    is_read_so = [settings, ignored] == [_on_disk(vault.root, name) for name in (SETTINGS_FILE, _IGNORE_FILE)]
    state = vault.state
    if not is_read_so:
        own_then = parse_settings(settings.decode("utf-8", "replace"))
        state = State("", own_then._replace(language_words=vault.settings.language_words).to_json())
    facts = open_private_facts()
    try:
        with tempfile.TemporaryDirectory(prefix="prmvault-") as root:
            with open(os.path.join(root, _IGNORE_FILE), "wb") as file:
                file.write(ignored)
            then = Vault(root, vault.cache, facts, state, Refreshed((), ()), vault.say, [])
            notes = {path: stored for path, stored in files.items() if _is_note(then, path, stored)}
            past = Past(then, commit, notes, set(), vault)
            _read(past, _take_over(past) if is_read_so else list(notes), progress)
            yield past
    finally:
        facts.close()


def resolve_then(past: Past, name: str, day: date) -> str:
    """Return the path that the note `name` had then; all that its card needs is read then.

    A name is that of today, also where the note had another one then; else it is one of that time. Errors are those of
    `resolve_any`.
    """
    try:
        path = _path_then(past, resolve_any(past.present, name, day))
    except PrmvaultError as error:
        if error.exit_code != EXIT_NOTHING_FOUND:
            raise
        path = resolve_any(past.vault, name, day)
    if path not in past.files:
        try:
            path = resolve(past.vault, name, day, of_type="", tolerant=False)
        except PrmvaultError as error:
            if error.exit_code != EXIT_NOTHING_FOUND:
                raise
            message = f"there was no note about {name} on {describe_day(day)}"
            raise PrmvaultError(message, hint="prmvault history tells since when there is one") from None
    _read_days(past, path, day)
    _bring_texts(past, path, day)
    return path


def _path_then(past: Past, path: str) -> str:
    """Return the path that the note at `path` had then."""
    if path in past.files:
        then = contents(past.present.root, [past.files[path].blob])[0]
        now = _on_disk(past.present.root, path)
        # Only where the name may have been somebody else's, the commits are gone through.
        if is_same_note(note_text(then) or "", note_text(now) or ""):
            return path
    return path_before(past.present, path, past.commit.name)


def _commit_on(root: str, day: date) -> Commit:
    end = datetime.combine(day + timedelta(days=1), time.min).astimezone()
    commit = commit_until(root, int(end.timestamp()) - 1) if has_commits(root) else None
    if commit is None:
        message = f"git knows nothing of the vault on {describe_day(day)}"
        first = first_commit(root).date[:10] if has_commits(root) else ""
        hint = f"the first commit is of {first}" if first else "there is no commit yet"
        raise PrmvaultError(message, hint=hint)
    return commit


def _on_disk(root: str, name: str) -> bytes:
    try:
        return read_file(root, name).data
    except OSError:
        return b""


def _is_note(then: Vault, path: str, stored: Stored) -> bool:
    """Tell whether a file is read as a note, by the rules of the look at the folder (`refresh`)."""
    if not path.endswith(".md") or stored.size > MAX_NOTE_BYTES or not path.isprintable():
        return False
    folder = path.rpartition("/")[0]
    if path.startswith(".") or "/." in path or is_conflict_copy(path):
        return False
    if any(f"{folder}/".startswith(f"{skipped}/") for skipped in (_TEMPLATES, then.settings.digest_folder)):
        return False
    return not then.ignores(path)


def _take_over(past: Past) -> list[str]:
    """Copy today's facts of all notes that are in the commit; return those that may be other than they were then."""
    facts = past.vault.facts
    past.present.facts.connection.backup(facts.connection)
    known = {path for path, _ in facts.titles()}
    with facts.transaction():
        facts.write((), known - past.files.keys(), (), ())
    differing = {each.path for each in changes_on_disk(past.present.root, past.commit.name)}
    return [path for path in past.files if path in differing or path not in known]


def _read(past: Past, paths: Sequence[str], progress: Callable[[str, int], Progress] | None) -> None:
    """Read notes from the object store; journal days are put off."""
    facts, folder = past.vault.facts, types_of(past.vault.settings)[_DAY].folder
    shown = progress("reading notes", len(paths)) if progress is not None and len(paths) >= _MANY else None
    for first in range(0, len(paths), _STEP):
        step = paths[first : first + _STEP]
        data = contents(past.present.root, [past.files[path].blob for path in step])
        texts = {path: text for path, text in zip(step, data, strict=True) if text is not None}
        # In a copied folder, git takes all files for changed.
        other = {path: text for path, text in texts.items() if facts.hash_of(path) != content_hash(text)}
        days = {path for path, text in other.items() if path.startswith(f"{folder}/") and _TYPE.search(text) is None}
        past.days.update(days)
        _write(past.vault, {path: text for path, text in other.items() if path not in days}, gone=days)
        if shown is not None:
            shown(min(first + _STEP, len(paths)), len(paths))


def _read_days(past: Past, path: str, day: date) -> None:
    """Read the note at `path` and, of the journal days, those that link the person or somebody of the household."""
    facts = past.vault.facts
    keys = {key for each in (path, *household_of(past.vault, path, day)) for key in link_keys(facts, each)}
    days = sorted(past.days)
    for first in range(0, len(days), _STEP):
        step = days[first : first + _STEP]
        data = contents(past.present.root, [past.files[each].blob for each in step])
        read = {each: text for each, text in zip(step, data, strict=True) if text is not None}
        _write(past.vault, {each: text for each, text in read.items() if each == path or _links_one_of(text, keys)})
        past.days.difference_update(step)


def _links_one_of(data: bytes, keys: Container[str]) -> bool:
    links = parse_links(decode_note("", data)[0])
    return any(name_key(link.target.removesuffix(".md")) in keys or name_key(link.target) in keys for link in links)


def _write(then: Vault, texts: Mapping[str, bytes], gone: Iterable[str] = ()) -> None:
    reading = reading_of(then.settings)
    rows = [note_rows(path, data, content_hash(data), reading) for path, data in texts.items()]
    with then.facts.transaction():
        then.facts.write(rows, gone, (), ())


def _bring_texts(past: Past, path: str, day: date) -> None:
    """Put the texts that a card looks into where it looks: the note, and the journal days since the last contact."""
    facts = past.vault.facts
    note = facts.note(path)
    if note is None:
        return
    keys = link_keys(facts, path)
    last = last_contact(past.vault, note, keys, day) if note.type == "person" else None
    lines = facts.journal_lines_with(keys, last["date"] if last else "", day.isoformat())
    paths = list(dict.fromkeys([path, *(place for _, place, _, _ in lines)]))
    for each, data in zip(paths, contents(past.present.root, [past.files[each].blob for each in paths]), strict=True):
        target = inside(past.vault.root, each)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data or b"")
