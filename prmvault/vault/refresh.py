"""Bringing the facts up to date with the files: look, compare, read only what differs.

Everything runs without a watcher: a command calls `refresh` first and answers from what it then knows. The look is
cheap (one `stat` a file), the comparison is one of bytes a folder, and reading is done in the write transaction of
the cache, in steps, so that a killed process loses no more than a step and two processes never do the same work.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault import __version__
from prmvault.core.problems import Problem
from prmvault.vault.facts import Facts, Progress
from prmvault.vault.files import SETTINGS_FILE, Folder, folder_entries, is_text, look, pack_folder, read_file, stats_of

if TYPE_CHECKING:
    from prmvault.core.note import Reading
    from prmvault.core.schema import NoteType
    from prmvault.vault.fact_rows import NoteRows
    from prmvault.vault.settings import Settings

STEP = 2000
"""Notes read in one transaction."""

_DOUBTFUL_NS = 2_000_000_000
"""A file that changed this shortly before it was read may change again without its numbers telling (the coarsest
clock of a file system in use, FAT's, ticks every two seconds)."""

_IGNORE_FILE = ".gitignore"
_ALWAYS_SKIPPED = ("templates",)
_WITH_WORDS = " words"

Numbers = tuple[int, ...]


class SettingsChanged(Exception):  # noqa: N818 - a state, not an error: load the settings again
    """Another process found other settings than those at hand; what they say of the notes would not fit together."""


class State:
    """The settings, made when they are asked for, and `reading`: a hash of all that decides how notes are read."""

    def __init__(self, reading: str, settings_json: str) -> None:
        self.reading = reading
        self._settings_json = settings_json

    @cached_property
    def settings(self) -> Settings:
        """Return the vault's settings."""
        from prmvault.vault.settings import settings_from_json

        return settings_from_json(self._settings_json)


class Refreshed(NamedTuple):
    """What differed: paths of notes read again, paths that are gone, and problems of the look itself."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


class _Difference(NamedTuple):
    """What a look found to differ from the manifest."""

    seen: dict[str, dict[str, Numbers]]  # folders that differ: all their files, in the order of the look
    known: dict[str, dict[str, Numbers]]  # the same folders as the manifest knows them
    gone: list[str]
    gone_folders: list[str]
    skipped: set[str]
    unreadable: list[str]

    def is_empty(self) -> bool:
        return not (self.seen or self.gone_folders)

    def left(self) -> int:
        """Return how many files are still to be looked into."""
        return sum(
            self.known[folder].get(name) != numbers
            for folder, entries in self.seen.items()
            for name, numbers in entries.items()
        )


def load_state(facts: Facts, root: str, words_of: Callable[[str], dict[str, Any] | None] | None = None) -> State:
    """Return the vault's settings: the kept ones while the file is untouched, else read again.

    `words_of` gives the words of a language for reading notes, from its catalogue (None: it needs no catalogue); they
    are kept with the settings.
    """
    stats = (stats_of(root, SETTINGS_FILE), stats_of(root, _IGNORE_FILE))
    # Another version of the program may read settings and notes otherwise.
    key = f"{__version__} {stats!r}"
    for name in (key, key + _WITH_WORDS):
        kept = facts.settings(name)
        if kept is not None and kept[0] == facts.reading():
            state = State(*kept)
            # Only where a catalogue counts, which may have changed, the settings have to be looked at.
            if name == key or words_of is None or words_of(state.settings.language) == state.settings.language_words:
                return state
    now = time.time_ns()
    unreadable: list[Problem] = []
    texts = [_text_of(root, name, unreadable) for name in (SETTINGS_FILE, _IGNORE_FILE)]
    from prmvault.vault.read_settings import parse_settings

    settings = parse_settings(texts[0])
    words = words_of(settings.language) if words_of is not None else None
    settings = settings._replace(language_words=words or {})
    text = settings._replace(problems=(*unreadable, *settings.problems)).to_json()
    is_settled = not unreadable and all(numbers is None or numbers[1] < now - _DOUBTFUL_NS for numbers in stats)
    reading = content_hash("\0".join([__version__, *texts, *([repr(words)] if words else [])]).encode()).hex()
    is_other = reading != facts.reading()
    if is_other or is_settled:
        with facts.transaction():
            if is_other:
                facts.forget_folders()
                facts.store_scan(reading, (*_ALWAYS_SKIPPED, settings.digest_folder))
            if is_settled:
                facts.store_settings(key if words is None else key + _WITH_WORDS, reading, text)
    return State(reading, text)


def refresh(facts: Facts, root: str, state: State, progress: Progress | None = None) -> Refreshed:
    """Make `facts` say what the files say now.

    Raises SettingsChanged where another process has read other settings since `state` was loaded.
    """
    version = facts.foreign_changes()
    difference = _compare(facts, root, state)
    changed: list[str] = []
    removed: list[str] = []
    total = difference.left() if progress is not None else 0
    while not difference.is_empty():
        with facts.transaction():
            if facts.reading() != state.reading:
                raise SettingsChanged
            if facts.foreign_changes() != version:
                version = facts.foreign_changes()
                difference = _compare(facts, root, state)
            step_changed, step_removed = _step(facts, root, state, difference)
        changed += step_changed
        removed += step_removed
        if progress is not None:
            left = difference.left()
            total = max(total, left)  # It grows where files change meanwhile.
            progress(total - left, total)
    return Refreshed(tuple(changed), tuple(removed), _look_problems(difference.unreadable))


def _compare(facts: Facts, root: str, state: State) -> _Difference:
    """Look at the files and keep what differs from the manifest."""
    manifest = facts.folders()
    skipped = set(facts.skipped())
    unreadable: list[str] = []
    seen: dict[str, dict[str, Numbers]] = {}
    known: dict[str, dict[str, Numbers]] = {}
    gone: list[str] = []
    looked = set()
    ignores: Callable[[str], bool] | None = None
    for folder in look(root, skipped, unreadable):
        looked.add(folder.path)
        stored = manifest.get(folder.path)
        if stored == (folder.names, folder.stats):
            continue
        ignores = ignores or ignore_rules(root, state.settings)
        is_new = stored is None or not any(stored[1])
        if is_new and folder.path and _is_skipped(folder.path, skipped, ignores):
            # Its own folders were queued already; they find the same here.
            looked.discard(folder.path)
            continue
        seen[folder.path] = folder_entries(folder)
        known[folder.path] = folder_entries(Folder(folder.path, *stored)) if stored else {}
        gone += [_join(folder.path, name) for name in known[folder.path].keys() - seen[folder.path].keys()]
    gone_folders = []
    for path in manifest.keys() - looked:
        if not any(closed in ("", path) or path.startswith(closed + "/") for closed in unreadable):
            gone_folders.append(path)
            gone += [_join(path, name) for name in folder_entries(Folder(path, *manifest[path]))]
    return _Difference(seen, known, [path for path in gone if is_text(path)], gone_folders, skipped, unreadable)


def _step(facts: Facts, root: str, state: State, difference: _Difference) -> tuple[list[str], list[str]]:
    """Read at most `STEP` files of the difference, write what they say, and take them out of the difference."""
    reading = reading_of(state.settings)
    ignores = ignore_rules(root, state.settings)
    rows: list[NoteRows] = []
    written: list[tuple[str, bytes, bytes]] = []
    removed = [path for path in difference.gone if facts.hash_of(path) is not None]
    lost = list(difference.gone)
    difference.gone.clear()
    left = STEP
    for folder in list(difference.seen):
        entries, known = difference.seen[folder], difference.known[folder]
        done: dict[str, Numbers] = {}
        for name, numbers in entries.items():
            if known.get(name) == numbers:
                done[name] = numbers
            elif left > 0:
                left -= 1
                kept = _read(facts, root, _join(folder, name), numbers, reading, ignores, rows, lost)
                done[name] = known[name] = kept
        packed = pack_folder(folder, done)
        written.append((packed.path, packed.names, packed.stats))
        if len(done) == len(entries):
            del difference.seen[folder]
        else:
            # What was kept as doubtful counts as read for this run; the next command looks again.
            entries.update(done)
            known.update(done)
        if left <= 0:
            break
    facts.write(rows, lost, written, difference.gone_folders)
    difference.gone_folders.clear()
    facts.store_scan(state.reading, difference.skipped)
    return [row.note.path for row in rows], removed


def _read(
    facts: Facts,
    root: str,
    path: str,
    numbers: Numbers,
    reading: Reading,
    ignores: Callable[[str], bool],
    rows: list[NoteRows],
    lost: list[str],
) -> Numbers:
    """Read one file if it has to be; return the numbers to keep for it, with ctime 0 where they are doubtful."""
    from prmvault.core.note import is_conflict_copy

    if not is_text(path):
        return numbers
    doubtful = (numbers[0], 0, *numbers[2:])
    if ignores(path) or is_conflict_copy(path):
        lost.append(path)
        return numbers
    before = time.time_ns()
    try:
        content = read_file(root, path)
    except OSError:
        lost.append(path)
        return doubtful
    digest = content_hash(content.data)
    if facts.hash_of(path) != digest:
        rows.append(note_rows(path, content.data, digest, reading))
    if content.stats[1] > before - _DOUBTFUL_NS:
        return (content.stats[0], 0, *content.stats[2:])
    return content.stats


def note_rows(path: str, data: bytes, digest: bytes, reading: Reading) -> NoteRows:
    """Return what the facts hold of a note with this content."""
    from prmvault.core.households import address_keys
    from prmvault.core.note import parse_note
    from prmvault.core.people import contact_keys, note_names, person_row, relation_rows, remembered
    from prmvault.vault.fact_rows import NoteRows
    from prmvault.vault.files import decode_note

    text, problems = decode_note(path, data)
    note = parse_note(path, text, reading)
    if problems:
        note = note._replace(problems=(*problems, *note.problems), readable=False)
    return NoteRows(
        note,
        digest,
        note_names(note),
        contact_keys(note),
        relation_rows(note),
        person_row(note),
        remembered(note),
        address_keys(note) if note.type == "person" else (),
    )


def _look_problems(unreadable: Iterable[str]) -> tuple[Problem, ...]:
    return tuple(
        Problem(path or ".", 0, "unreadable", "the folder can't be read", "look at its permissions and its name")
        for path in unreadable
    )


def reading_of(settings: Settings) -> Reading:
    """Return how the vault's notes are read."""
    from prmvault.core.note import Reading

    return Reading(
        types=types_of(settings),
        channels=settings.channel_words(),
        journal_file=settings.journal_file,
        log_headings=tuple(heading.casefold() for heading in settings.log_headings),
    )


def types_of(settings: Settings) -> dict[str, NoteType]:
    """Return the vault's note types."""
    from prmvault.core.schema import FOLDERS, Field, NoteType, note_types

    own = {
        name: NoteType(
            name,
            declared["folder"],
            {key: Field(kind, tuple(of), *flags) for key, (kind, of, *flags) in declared["fields"].items()},
            declared["template"],
        )
        for name, declared in settings.types.items()
    }
    return note_types({**FOLDERS, **settings.folders}, own)


def ignore_rules(root: str, settings: Settings) -> Callable[[str], bool]:
    """Return the test for paths that `ignore:` in the settings or `.gitignore` leave out."""
    lines = [*_text_of(root, _IGNORE_FILE, []).splitlines(), *settings.ignore]
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return lambda _path: False
    from pathspec import GitIgnoreSpec

    try:
        matches = GitIgnoreSpec.from_lines(lines).match_file
    except (ValueError, re.error):
        # As git does, what is no pattern is passed over.
        matches = GitIgnoreSpec.from_lines([line for line in lines if _is_pattern(line)]).match_file
    return lambda path: bool(matches(path))


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


def _is_skipped(folder: str, skipped: set[str], ignores: Callable[[str], bool]) -> bool:
    """Tell whether the rules leave this folder out, and remember the topmost one that they do."""
    for parent in _parents(folder):
        if parent in skipped:
            return True
        if ignores(parent + "/"):
            skipped.add(parent)
            return True
    return False


def _parents(folder: str) -> Iterator[str]:
    parts = folder.split("/")
    for count in range(1, len(parts) + 1):
        yield "/".join(parts[:count])


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _text_of(root: str, name: str, problems: list[Problem]) -> str:
    try:
        return read_file(root, name).data.decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        # A link, which is never followed; a folder; no permission.
        hint = "make it a plain file that may be read"
        problems.append(Problem(name, 0, "unreadable", f"it can't be read ({error.strerror or error})", hint))
        return ""


def content_hash(data: bytes) -> bytes:
    """Return the hash by which the facts know a file's content."""
    from hashlib import blake2b

    return blake2b(data, digest_size=16).digest()
