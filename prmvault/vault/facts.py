"""What the notes say, parsed and kept in SQLite in the user's cache folder, and always as the files are now.

The cache is disposable: it holds nothing that is not in the notes, has a format number, and is built again when it
is missing, damaged or of another format. A file is known by its mtime, ctime, size and inode; where these can't
be trusted (the file changed within the clock's last ticks before it was read), its content is hashed again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from prmvault.core.names import name_key
from prmvault.vault.fact_queries import FactQueries, keys_text

if TYPE_CHECKING:
    from prmvault.vault.fact_rows import NoteRows

Progress = Callable[[int, int], None]
"""`progress(done, total)` is called while notes are read."""

FORMAT = 16
"""Raise this whenever a table or what stands in it changes: an older cache is then built again."""

FILE_NAME = "facts.db"
_LOCK_TIMEOUT_S = 30.0

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE folders (path TEXT PRIMARY KEY, names BLOB, stats BLOB);
CREATE TABLE notes (path TEXT PRIMARY KEY, type TEXT, title TEXT, date TEXT, hash BLOB, seq INTEGER, facts TEXT);
CREATE INDEX notes_by_seq ON notes (seq);
CREATE INDEX notes_by_type ON notes (type);
CREATE TABLE removed (path TEXT PRIMARY KEY, seq INTEGER);
CREATE TABLE names (key TEXT, rank INTEGER, path TEXT, text TEXT, type TEXT);
CREATE INDEX names_by_type ON names (type);
CREATE INDEX names_by_key ON names (key);
CREATE INDEX names_by_path ON names (path);
CREATE TABLE people (path TEXT PRIMARY KEY, name TEXT, birthday TEXT, org TEXT, phone TEXT, email TEXT, tags TEXT);
CREATE INDEX people_by_name ON people (name, path);
CREATE TABLE remembered (path TEXT PRIMARY KEY, facts TEXT);
CREATE TABLE addresses (key TEXT, path TEXT);
CREATE INDEX addresses_by_key ON addresses (key);
CREATE INDEX addresses_by_path ON addresses (path);
CREATE TABLE contacts (key TEXT, target TEXT, path TEXT, date TEXT, time TEXT, channel TEXT, text TEXT,
    line INTEGER, tags TEXT, mention INTEGER);
CREATE INDEX contacts_by_date ON contacts (date);
CREATE INDEX contacts_by_key ON contacts (key, date);
CREATE INDEX contacts_by_path ON contacts (path);
CREATE TABLE relations (key TEXT, path TEXT, word TEXT);
CREATE INDEX relations_by_key ON relations (key);
CREATE INDEX relations_by_path ON relations (path);
CREATE TABLE links (key TEXT, target TEXT, path TEXT, line INTEGER);
CREATE INDEX links_by_key ON links (key);
CREATE INDEX links_by_path ON links (path);
CREATE TABLE tasks (path TEXT, line INTEGER, status TEXT, keys TEXT, task TEXT);
CREATE INDEX tasks_by_path ON tasks (path);
CREATE INDEX tasks_by_status ON tasks (status);
CREATE TABLE problems (path TEXT, line INTEGER, code TEXT, message TEXT, hint TEXT);
CREATE INDEX problems_by_path ON problems (path);
"""
_TABLES_BY_PATH = (
    *("notes", "names", "people", "remembered", "addresses", "contacts", "relations", "links", "tasks", "problems"),
)


class Damaged(Exception):  # noqa: N818 - it tells of a state: the cache is to be built again
    """The cache can't be read; delete it and build it again."""


class Facts(FactQueries):
    """An open facts cache. `seq` numbers grow with every change, so that an index knows what it has not seen."""

    def __init__(self, connection: sqlite3.Connection, identity: str, path: str) -> None:
        self.connection = connection
        self.identity = identity
        self._path = path
        self._file = _file_at(path)

    def close(self) -> None:
        """Close the cache."""
        self.connection.close()

    def settings(self, key: str) -> tuple[str, str] | None:
        """Return `reading` and settings (JSON) that were stored under `key` (the state of their file)."""
        known, _, rest = (self._meta("settings") or "").partition("\n")
        if known != key:
            return None
        reading, _, text = rest.partition("\n")
        return reading, text

    def store_settings(self, key: str, reading: str, settings: str) -> None:
        """Keep the settings (JSON) and their `reading` under `key`."""
        self._store_meta("settings", f"{key}\n{reading}\n{settings}")

    def reading(self) -> str:
        """Return the state of the settings with which the notes were read."""
        return self._meta("reading") or ""

    def folders(self) -> dict[str, tuple[bytes, bytes]]:
        """Return the manifest: folder → its names and stats (`files.Folder`)."""
        rows = self.connection.execute("SELECT path, names, stats FROM folders")
        return {path: (names, stats) for path, names, stats in rows}

    def skipped(self) -> frozenset[str]:
        """Return the folders that the ignore rules leave out."""
        stored = self._meta("skipped")
        return frozenset(stored.split("\0")) if stored else frozenset()

    def hash_of(self, path: str) -> bytes | None:
        """Return the hash of the content that a note was read from, or None for an unknown note."""
        row = self.connection.execute("SELECT hash FROM notes WHERE path = ?", (path,)).fetchone()
        return row[0] if row else None

    def seq_of(self, path: str) -> int:
        """Return the number of the last change of a note; 0 where there is none."""
        row = self.connection.execute("SELECT seq FROM notes WHERE path = ?", (path,)).fetchone()
        return int(row[0]) if row else 0

    def newest_seq(self) -> int:
        """Return the newest change's number."""
        return int(self._meta("seq") or 0)

    def changed_since(self, seq: int) -> list[str]:
        """Return the paths of notes that are new or changed since `seq`, in the order of their paths."""
        # Sorted here: SQLite would walk all notes in the order of their paths rather than sort the few.
        rows = self.connection.execute("SELECT path FROM notes WHERE seq > ?", (seq,))
        return sorted(path for (path,) in rows)

    def removed_since(self, seq: int) -> list[str]:
        """Return the paths of notes that went away since `seq`."""
        rows = self.connection.execute("SELECT path FROM removed WHERE seq > ?", (seq,))
        return [path for (path,) in rows]

    def write(
        self,
        rows: Sequence[NoteRows],
        removed: Iterable[str],
        folders: Iterable[tuple[str, bytes, bytes]],
        gone_folders: Iterable[str],
    ) -> None:
        """Put changed notes, removed paths and the folders' new state in, within the open transaction."""
        execute = self.connection.execute
        forgotten = [path for path in removed if self.hash_of(path) is not None]
        seq = self.newest_seq() + 1
        if rows or forgotten:
            self._store_meta("seq", str(seq))
        for path in forgotten:
            self._forget(path)
            execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (path, seq))
        for row in rows:
            self._forget(row.note.path)
            self._insert(row, seq)
        self.connection.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?, ?)", folders)
        self.connection.executemany("DELETE FROM folders WHERE path = ?", [(path,) for path in gone_folders])

    def store_scan(self, reading: str, skipped: Iterable[str]) -> None:
        """Keep the state of the settings with which the notes are read, and the folders left out."""
        self._store_meta("reading", reading)
        self._store_meta("skipped", "\0".join(sorted(skipped)))

    def forget_folders(self) -> None:
        """Make the manifest's numbers and the hashes void, so that every note is read again.

        The names stay, so that the next look sees which notes have gone or are left out now.
        """
        self.connection.execute("UPDATE folders SET stats = zeroblob(length(stats))")
        self.connection.execute("UPDATE notes SET hash = x''")

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock; all is written at the end, or nothing."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:  # Where the disk is full, SQLite has rolled back by itself.
                self.connection.execute("ROLLBACK")
            raise

    def is_in_place(self) -> bool:
        """Tell whether the open cache is still the one that other processes find, and not a deleted file."""
        return self._file is None or self._file == _file_at(self._path)

    def foreign_changes(self) -> int:
        """Return a number that differs once another process has written."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def _forget(self, path: str) -> None:
        for table in _TABLES_BY_PATH:
            self.connection.execute(f"DELETE FROM {table} WHERE path = ?", (path,))  # noqa: S608 - our own names

    def _insert(self, row: NoteRows, seq: int) -> None:
        from prmvault.vault.fact_rows import to_json

        execute, many = self.connection.execute, self.connection.executemany
        note = row.note
        execute("DELETE FROM removed WHERE path = ?", (note.path,))
        execute(
            "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?)",
            (note.path, note.type, note.title, note.date, row.hash, seq, to_json(note)),
        )
        many(
            "INSERT INTO names VALUES (?, ?, ?, ?, ?)",
            [(key, rank, note.path, text, note.type) for key, rank, text in row.names],
        )
        if row.person is not None:
            execute("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", (note.path, *row.person))
        if row.remembered is not None:
            execute("INSERT INTO remembered VALUES (?, ?)", (note.path, to_json(row.remembered)))
        many("INSERT INTO addresses VALUES (?, ?)", [(key, note.path) for key in row.addresses])
        many(
            "INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (key, target, note.path, *told[:5], " ".join(told.tags), told.mention)
                for key, target, told in row.contacts
            ],
        )
        many(
            "INSERT INTO links VALUES (?, ?, ?, ?)",
            [(name_key(target), target, note.path, line) for target, line in note.links],
        )
        many("INSERT INTO relations VALUES (?, ?, ?)", [(key, note.path, word) for key, word in row.relations])
        many(
            "INSERT INTO tasks VALUES (?, ?, ?, ?, ?)",
            [(note.path, task.line, task.status, keys_text(task.links), to_json(task)) for task in note.tasks],
        )
        many("INSERT INTO problems VALUES (?, ?, ?, ?, ?)", note.problems)

    def _meta(self, key: str) -> str | None:
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def _store_meta(self, key: str, value: str) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def open_facts(folder: str) -> Facts:
    """Open the cache in `folder` (made if missing, readable by the user only); a cache of another format goes."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    path = os.path.join(folder, FILE_NAME)
    try:
        return _prepared(path)
    except (Damaged, sqlite3.DatabaseError) as error:
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise
        delete_facts(folder)
        return _prepared(path)


def open_private_facts() -> Facts:
    """Return an empty cache in memory, for when the one on disk can be neither read nor written."""
    return _prepared(":memory:")


def delete_facts(folder: str) -> None:
    """Delete the cache; nothing is lost but the time to build it."""
    for ending in ("", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, FILE_NAME + ending))


def _file_at(path: str) -> tuple[int, int] | None:
    try:
        s = os.stat(path)
    except OSError:
        return None
    return s.st_dev, s.st_ino


def _prepared(path: str) -> Facts:
    """Connect to the cache, new if it is not there; raises Damaged for another format."""
    connection = sqlite3.connect(path, timeout=_LOCK_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        return Facts(connection, _checked(connection), path)
    except BaseException:
        connection.close()
        raise


def _checked(connection: sqlite3.Connection) -> str:
    """Check the format, or make the tables in a new cache; return the cache's identity."""
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, FORMAT):
        raise Damaged(f"format {found}")
    if found == 0:
        connection.execute("BEGIN IMMEDIATE")
        # Another process may have made the tables while this one waited for the lock.
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('identity', ?)", (os.urandom(8).hex(),))
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    connection.execute("PRAGMA synchronous = NORMAL")
    # Room for what one step writes: a cache that overflows would shut readers out before the commit.
    connection.execute("PRAGMA cache_size = -64000")
    row = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    if row is None:
        raise Damaged("no identity")
    return str(row[0])
