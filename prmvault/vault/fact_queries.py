"""The questions that the facts cache answers: each a few rows, for the notes as they were last read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, RANK_ORG, RANK_UID, phone_key
from prmvault.core.problems import Problem

if TYPE_CHECKING:
    from prmvault.core.model import Note, Task
    from prmvault.vault.fact_rows import Told


def keys_text(targets: Iterable[str]) -> str:
    """Return the keys of links as one text in which each can be looked for as a whole."""
    return "".join(f"\n{name_key(target)}\n" for target in targets)


class FactQueries:
    """The read-only half of `facts.Facts`."""

    connection: sqlite3.Connection

    def counts(self) -> dict[str, int]:
        """Return the number of notes by type."""
        return dict(self.connection.execute("SELECT type, count(*) FROM notes GROUP BY type ORDER BY type"))

    def titles(self) -> list[tuple[str, str]]:
        """Return (path, title) of every note."""
        return self.connection.execute("SELECT path, title FROM notes ORDER BY path").fetchall()

    def path_of_day(self, day: str) -> str | None:
        """Return the path of the journal note of a day (ISO text), if there is one."""
        sql = "SELECT path FROM notes WHERE type = 'journal' AND date = ? ORDER BY path"
        row = self.connection.execute(sql, (day,)).fetchone()
        return str(row[0]) if row else None

    def title(self, path: str) -> str:
        """Return the title of the note at `path`, or the path where there is none."""
        row = self.connection.execute("SELECT title FROM notes WHERE path = ?", (path,)).fetchone()
        return str(row[0]) if row else path

    def files(self) -> Iterator[str]:
        """Return the paths of all Markdown files that were seen, read or not, as they can be shown."""
        for folder, names, _ in self.connection.execute("SELECT path, names, stats FROM folders ORDER BY path"):
            for name in names.decode("utf-8", "replace").split("\0") if names else ():
                yield f"{folder}/{name}" if folder else name

    def note(self, path: str) -> Note | None:
        """Return the note at `path`."""
        row = self.connection.execute("SELECT facts FROM notes WHERE path = ?", (path,)).fetchone()
        if row is None:
            return None
        from prmvault.vault.fact_rows import note_from_json

        return note_from_json(row[0])

    def notes(self, type_name: str = "") -> Iterator[Note]:
        """Return the notes of a type, or all, in the order of their paths."""
        from prmvault.vault.fact_rows import note_from_json

        where, values = ("WHERE type = ?", (type_name,)) if type_name else ("", ())
        for (facts,) in self.connection.execute(f"SELECT facts FROM notes {where} ORDER BY path", values):  # noqa: S608 - no value in the text
            yield note_from_json(facts)

    def remembered(self) -> list[Note]:
        """Return the people of whom there is something to remember, with the fields that `core.people` keeps for it."""
        sql = "SELECT path, name, facts FROM people JOIN remembered USING (path) ORDER BY path"
        rows = self.connection.execute(sql).fetchall()
        from prmvault.vault.fact_rows import remembered_people

        return remembered_people(rows)

    def people_titles(self) -> dict[str, str]:
        """Return path → name of all people."""
        return dict(self.connection.execute("SELECT path, name FROM people"))

    def addresses(self) -> list[tuple[str, str]]:
        """Return (key, path) of all addresses of people."""
        return self.connection.execute("SELECT key, path FROM addresses").fetchall()

    def addresses_of(self, path: str) -> list[str]:
        """Return the keys of a person's addresses."""
        return [key for (key,) in self.connection.execute("SELECT key FROM addresses WHERE path = ?", (path,))]

    def people_at_address(self, key: str) -> list[str]:
        """Return the paths of those who have an address."""
        return [path for (path,) in self.connection.execute("SELECT path FROM addresses WHERE key = ?", (key,))]

    def all_relations(self) -> list[tuple[str, str, str]]:
        """Return (key, path, word) of every relation that a note at `path` states to somebody linked under `key`."""
        return self.connection.execute("SELECT key, path, word FROM relations").fetchall()

    def relations_of(self, path: str) -> list[tuple[str, str]]:
        """Return (key, word) of the relations that the note at `path` states."""
        return self.connection.execute("SELECT key, word FROM relations WHERE path = ?", (path,)).fetchall()

    def all_names(self, *, of_type: str = "") -> list[tuple[str, int, str, str]]:
        """Return (key, rank, path, text) of every name, of notes of a type if one is given."""
        return self._names("1", (), of_type)

    def unshared_names(self) -> dict[str, str]:
        """Return key → path of the names that links use and only one person has."""
        where = f"type = 'person' AND rank <= {RANK_ALIAS} GROUP BY key HAVING count(DISTINCT path) = 1"
        return dict(self.connection.execute(f"SELECT key, min(path) FROM names WHERE {where}"))  # noqa: S608 - a number

    def names_of_key(self, key: str, *, of_type: str = "") -> list[tuple[str, int, str, str]]:
        """Return the names that have just this key."""
        return self._names("key = ?", (key,), of_type)

    def names_of_path(self, path: str) -> list[tuple[str, int, str, str]]:
        """Return the names of one note."""
        return self._names("path = ?", (path,), "")

    def names_like(self, text: str, *, of_type: str = "") -> list[tuple[str, int, str, str]]:
        """Return the names that hold the first word of `text` or its digits; the caller looks closer."""
        words = name_key(text).split() or [text.casefold()]
        parts = tuple({words[0], phone_key(text) or words[0], text.strip().casefold()})
        return self._names(" OR ".join(["instr(key, ?)"] * len(parts)), parts, of_type)

    def names_of_people_in(
        self, begins: Iterable[str], ends: Sequence[str], keys: Iterable[str]
    ) -> list[tuple[str, int, str, str]]:
        """Return the names of people that begin with one of `begins`, end with one of `ends`, or are one of `keys`."""
        found: dict[tuple[str, int, str, str], None] = {}
        # The plus keeps SQLite from going through all names of people instead of the few that begin so.
        columns = "SELECT key, rank, path, text FROM names WHERE +type = 'person' AND"
        for word in begins:
            where = "(key = ? OR key >= ? AND key < ?)"
            values = (word, f"{word} ", f"{word}0")
            found.update(dict.fromkeys(self.connection.execute(f"{columns} {where}", values)))
        for key in keys:
            found.update(dict.fromkeys(self.connection.execute(f"{columns} key = ?", (key,))))
        if ends:
            wanted = tuple(f" {word}" for word in ends)
            for row in self.all_names(of_type="person"):
                if row[0].endswith(wanted):
                    found[row] = None
        return list(found)

    def _names(self, where: str, values: tuple[str, ...], of_type: str) -> list[tuple[str, int, str, str]]:
        if of_type:
            where, values = f"type = ? AND ({where})", (of_type, *values)
        sql = f"SELECT key, rank, path, text FROM names WHERE {where}"  # noqa: S608 - values are bound
        return self.connection.execute(sql, values).fetchall()

    def contacts_of(self, keys: Iterable[str], until: str) -> Iterator[Told]:
        """Return what tells of those linked under `keys`, up to the day `until`, newest first."""
        wanted = tuple(keys)
        marks = ", ".join("?" * len(wanted))
        where = f"WHERE key IN ({marks}) AND date <= ? ORDER BY date DESC, time DESC, line"
        return self._told(where, (*wanted, until))

    def contacts_between(self, first: str, last: str) -> Iterator[Told]:
        """Return what tells of anybody on the days from `first` to `last`, in order, once for each link."""
        return self._told("WHERE date BETWEEN ? AND ? ORDER BY date, path, line, target", (first, last))

    def last_contacts(self, until: str, *, channel: str = "") -> Iterator[Told]:
        """Return, for each way in which people are linked, the newest contact up to a day, by a channel if given."""
        own_log = "CASE WHEN path LIKE '%' || target || '.md' THEN path END"
        by, values = ("AND channel = ?", (until, channel)) if channel else ("", (until,))
        where = f"WHERE mention = 0 AND date <= ? {by} GROUP BY target, {own_log}"
        return self._told(where, values, newest=True)

    def moods_between(self, first: str, last: str) -> dict[str, int]:
        """Return the mood (1 to 5) of the journal days from `first` to `last` that tell one, by day."""
        from prmvault.core.model import Note

        mood = f"json_extract(facts, '$[{Note._fields.index('fields')}].mood')"
        sql = f"SELECT date, {mood} FROM notes WHERE type = 'journal' AND date BETWEEN ? AND ?"  # noqa: S608 - ours
        rows = self.connection.execute(sql, (first, last))
        return {day: int(mood) for day, mood in rows if mood in ("1", "2", "3", "4", "5")}

    def contacts_tagged(self, tags: Iterable[str]) -> Iterator[Told]:
        """Return the items about people that bear one of `tags`, mentions too, newest first."""
        wanted = tuple(tags)
        where = " OR ".join(["' ' || tags || ' ' LIKE ?"] * len(wanted))
        return self._told(f"WHERE {where} ORDER BY date DESC, path, line", tuple(f"% {tag} %" for tag in wanted))

    def _told(self, where: str, values: tuple[str, ...], *, newest: bool = False) -> Iterator[Told]:
        """Return items about people; `newest`: of each group the one with the latest day and time."""
        from prmvault.vault.fact_rows import TOLD_COLUMNS, told_from_row

        # Beside max() SQLite gives the other columns of the row that has it.
        columns = f"{TOLD_COLUMNS}, max(date || time)" if newest else TOLD_COLUMNS
        sql = f"SELECT {columns} FROM contacts {where}"  # noqa: S608 - values are bound
        return map(told_from_row, self.connection.execute(sql, values))

    def open_tasks(self, about: tuple[str, Iterable[str]] | None = None) -> list[tuple[str, Task]]:
        """Return (path, task) of the tasks that are neither done nor cancelled, in the order of paths and lines.

        `about` (path, keys) leaves only those in the note at that path, and those that link one of the keys.
        """
        where = ""
        values: tuple[str, ...] = ()
        if about is not None:
            values = (about[0], *(keys_text([key]) for key in about[1]))
            where = f"AND (path = ?{' OR instr(keys, ?)' * (len(values) - 1)})"
        sql = f"SELECT path, task FROM tasks WHERE status = 'open' {where} ORDER BY path, line"  # noqa: S608 - values are bound
        rows = self.connection.execute(sql, values)
        from prmvault.vault.fact_rows import task_from_json

        return [(path, task_from_json(task)) for path, task in rows]

    def all_tasks(self) -> list[tuple[str, Task]]:
        """Return (path, task) of all tasks, done and cancelled ones too, in the order of paths and lines."""
        from prmvault.vault.fact_rows import task_from_json

        rows = self.connection.execute("SELECT path, task FROM tasks ORDER BY path, line")
        return [(path, task_from_json(task)) for path, task in rows]

    def relations_to(self, keys: Iterable[str]) -> list[tuple[str, str]]:
        """Return (path, word) of the notes that state a relation to somebody linked under one of `keys`."""
        wanted = tuple(keys)
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT path, word FROM relations WHERE key IN ({marks}) ORDER BY path"  # noqa: S608 - values are bound
        return self.connection.execute(sql, wanted).fetchall()

    def links_to(self, keys: Iterable[str]) -> list[tuple[str, str, int]]:
        """Return (path, target, line) of the links under one of `keys`; the caller looks whom they mean."""
        wanted = tuple(keys)
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT path, target, line FROM links WHERE key IN ({marks}) ORDER BY path, line"  # noqa: S608 - values are bound
        return self.connection.execute(sql, wanted).fetchall()

    def journal_lines_with(self, keys: Iterable[str], after: str, until: str) -> list[tuple[str, str, int, str]]:
        """Return (day, path, line, target) of the links under `keys` in journal days after a day and up to another."""
        wanted = tuple(keys)
        marks = ", ".join("?" * len(wanted))
        where = f"key IN ({marks}) AND type = 'journal' AND date > ? AND date <= ?"
        sql = f"SELECT DISTINCT date, path, line, target FROM links JOIN notes USING (path) WHERE {where}"  # noqa: S608 - values are bound
        return self.connection.execute(sql, (*wanted, after, until)).fetchall()

    def notes_linking(self, keys: Iterable[str], *, of_type: str) -> list[str]:
        """Return the paths of the notes of a type that link one of `keys`."""
        wanted = tuple(keys)
        marks = ", ".join("?" * len(wanted))
        where = f"key IN ({marks}) AND type = ? ORDER BY path"
        sql = f"SELECT DISTINCT path FROM links JOIN notes USING (path) WHERE {where}"  # noqa: S608 - values are bound
        return [path for (path,) in self.connection.execute(sql, (*wanted, of_type))]

    def people_of_organization(self, keys: Iterable[str]) -> list[str]:
        """Return the paths of the people whose employer is named by one of `keys`."""
        wanted = tuple(keys)
        marks = ", ".join("?" * len(wanted))
        sql = f"SELECT DISTINCT path FROM names WHERE rank = {RANK_ORG} AND key IN ({marks}) ORDER BY path"  # noqa: S608
        return [path for (path,) in self.connection.execute(sql, wanted)]

    def tied_links(self) -> Iterator[tuple[str, str, int]]:
        """Return (path, target, line) of the links whose key is that of several notes; the caller looks closer."""
        tied = f"SELECT key FROM names WHERE rank <= {RANK_ALIAS} GROUP BY key HAVING count(DISTINCT path) > 1"  # noqa: S608 - a number
        return self.connection.execute(f"SELECT path, target, line FROM links WHERE key IN ({tied})")  # noqa: S608

    def dangling_links(self) -> Iterator[tuple[str, str, int]]:
        """Return (path, target, line) of the links whose key is no note's."""
        known = f"SELECT key FROM names WHERE rank <= {RANK_ALIAS}"  # noqa: S608 - a number
        return self.connection.execute(f"SELECT path, target, line FROM links WHERE key NOT IN ({known})")  # noqa: S608

    def shared_uids(self) -> Iterator[tuple[str, str]]:
        """Return (uid, path) of the notes that have a uid in common with another, in the order of paths."""
        shared = f"SELECT key FROM names WHERE rank = {RANK_UID} GROUP BY key HAVING count(*) > 1"  # noqa: S608 - a number
        where = f"rank = {RANK_UID} AND key IN ({shared})"
        return self.connection.execute(f"SELECT key, path FROM names WHERE {where} ORDER BY path")  # noqa: S608

    def marks(self) -> dict[str, tuple[str, str]]:
        """Return path → (uid, ISO day of `updated` or else `created`) of the notes that tell either."""
        from prmvault.core.model import Note

        key = f"$[{Note._fields.index('fields')}]."
        told = f"'{key}uid', '{key}updated', '{key}created'"
        where = "instr(facts, '\"uid\":') OR instr(facts, '\"updated\":') OR instr(facts, '\"created\":')"
        rows = self.connection.execute(f"SELECT path, json_extract(facts, {told}) FROM notes WHERE {where}")  # noqa: S608 - ours
        from json import loads

        known = {path: loads(text) for path, text in rows}
        return {path: (uid or "", updated or created or "") for path, (uid, updated, created) in known.items()}

    def all_tags(self) -> list[tuple[str, str]]:
        """Return (tag, path) of every tag of every note."""
        from prmvault.core.model import Note

        sql = f"SELECT value, notes.path FROM notes, json_each(facts, '$[{Note._fields.index('tags')}]')"  # noqa: S608 - a number
        return self.connection.execute(sql).fetchall()

    def key_lines(self, key: str) -> list[tuple[str, int]]:
        """Return (path, line) of the notes whose front matter has a key; a plain word, not one of the user's own."""
        from prmvault.core.model import Note

        line = f"json_extract(facts, '$[{Note._fields.index('lines')}].{key}')"
        sql = f"SELECT path, {line} FROM notes WHERE instr(facts, ?) AND {line} ORDER BY path"  # noqa: S608 - ours
        return self.connection.execute(sql, (f'"{key}":',)).fetchall()

    def people_rows(self) -> list[tuple[str, str, str, str, str, str, str]]:
        """Return path, name, birthday, organization, phone, e-mail and tags of all people, by name."""
        return self.connection.execute("SELECT * FROM people ORDER BY name, path").fetchall()

    def people_at(self, paths: Iterable[str]) -> list[tuple[str, str, str, str, str, str, str]]:
        """Return the rows of `people_rows` for some paths, in their order."""
        rows = (self.connection.execute("SELECT * FROM people WHERE path = ?", (path,)).fetchone() for path in paths)
        return [row for row in rows if row is not None]

    def overview(self, type_name: str) -> list[tuple[str, str, str, str]]:
        """Return path, type, title and date of the notes of a type, or of all, by title."""
        where, values = ("WHERE type = ?", (type_name,)) if type_name else ("", ())
        sql = f"SELECT path, type, title, date FROM notes {where} ORDER BY title, path"  # noqa: S608 - no value in the text
        return self.connection.execute(sql, values).fetchall()

    def problems(self) -> list[Problem]:
        """Return the problems of single notes."""
        rows = self.connection.execute("SELECT path, line, code, message, hint FROM problems ORDER BY path, line")
        return [Problem(*row) for row in rows]
