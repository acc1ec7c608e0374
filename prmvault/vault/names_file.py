"""`names.txt` in the cache folder: what a shell completes (people, note types, keys), read without SQLite.

The first line tells of which state of the facts it is. Then comes a line for each note type, with its keys, and below
a blank line one for each name of a person: its key (`core.names.name_key`), the name as written, and the note's path.
What is on a line is parted by tabs.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.names import name_key

if TYPE_CHECKING:
    from prmvault.vault.facts import Facts
    from prmvault.vault.refresh import State

FILE_NAME = "names.txt"

_FORMAT = "names-1"
_MANY = 20
"""From this many changed notes on all names are fetched again, rather than those of each."""

_LINES_SQL = "SELECT key, text, path FROM names WHERE type = 'person' AND rank BETWEEN 1 AND 2"  # names, aliases


class Words(NamedTuple):
    """What can be completed: note types with keys; `people` is the text of their lines, a line end before each."""

    types: dict[str, list[str]] = {}  # noqa: RUF012 - never changed
    people: str = "\n"


def read_words(cache: str) -> Words:
    """Read the file in the cache folder; empty where it is not there, can't be read or is of another format."""
    try:
        with open(os.path.join(cache, FILE_NAME), "rb") as file:  # As a whole: text would be read in small pieces.
            head, _, rest = file.read().decode().partition("\n")
    except (OSError, ValueError):
        return Words()
    if not head.startswith(_FORMAT + " "):
        return Words()
    kinds, _, people = rest.partition("\n\n")
    return Words({name: keys for name, *keys in [line.split("\t") for line in kinds.split("\n")]}, "\n" + people)


def names_that_begin(people: str, typed: str) -> list[tuple[str, str]]:
    """Return (key, name) of the names that begin with `typed`, folded; where none does, of those with such a word."""
    key = name_key(typed)
    if key and typed[-1:].isspace():
        key += " "
    found = list(_lines_with("\n" + key, people))
    if not found and key:
        found = [line for mark in " -'" for line in _lines_with(mark + key, people)]
    rows = sorted(line.split("\t", 2)[:2] for line in found)
    return list(dict.fromkeys((key, name) for key, name in rows))


def _lines_with(mark: str, people: str) -> list[str]:
    """Return the lines in whose key `mark` stands (a line end at its start: in which it stands first)."""
    found = []
    at = people.find(mark)
    while at >= 0:
        start = at + 1 if mark[0] == "\n" else people.rindex("\n", 0, at) + 1
        end = people.find("\n", start)
        if end < 0:
            break
        if people.find("\t", start, end) > at:
            found.append(people[start:end])
        at = people.find(mark, end if mark[0] == "\n" else end + 1)
    return found


def keep_names(cache: str, facts: Facts, state: State) -> None:
    """Bring the file up to date with the facts; a cache that can't be written goes without."""
    head = f"{_FORMAT} {facts.identity} {state.reading} ".encode()
    seq = b"%d\n" % facts.newest_seq()
    path = os.path.join(cache, FILE_NAME)
    content = None
    with contextlib.suppress(OSError, ValueError), open(path, "rb") as file:
        known, found, its_seq = file.readline(300).partition(head)
        if found and not known:
            if its_seq == seq:
                return
            content = _changed_content(file.read(), facts, int(its_seq))
    if content is None:
        content = _whole_content(facts, state)
    with contextlib.suppress(OSError):
        _replace(path, head + seq + content)


def _changed_content(content: bytes, facts: Facts, seq: int) -> bytes | None:
    """Return what is below the first line with the names of changed notes put in; None where many changed."""
    changed = {*facts.changed_since(seq), *facts.removed_since(seq)}
    if len(changed) >= _MANY:
        return None
    people = content.index(b"\n\n") + 1
    for path in changed:
        end = f"\t{path}\n".encode(errors="replace")
        old = []
        at = content.find(end, people)
        while at >= 0:
            old.append(content[content.rindex(b"\n", 0, at) + 1 : at + len(end)])
            at = content.find(end, at + len(end) - 1)
        new = _lines(facts, f"{_LINES_SQL} AND path = ?", (path,))
        if sorted(old) != sorted(new):
            for line in old:
                content = content.replace(b"\n" + line, b"\n", 1)
            content += b"".join(new)
    return content


def _whole_content(facts: Facts, state: State) -> bytes:
    from prmvault.vault.refresh import types_of

    kinds = [(name, *kind.fields) for name, kind in types_of(state.settings).items()]
    rows = ["\t".join(word for word in words if word.isprintable()) for words in kinds]
    return "\n".join([*rows, "\n"]).encode() + b"".join(_lines(facts, f"{_LINES_SQL} ORDER BY key", ()))


def _lines(facts: Facts, sql: str, values: tuple[str, ...]) -> list[bytes]:
    """Return the lines of the names in these rows; a name or a path that could not be shown is left out."""
    rows = facts.connection.execute(sql, values)
    # A name is typed with single blanks, whatever kind of blanks it is written with.
    lines = ((key, " ".join(text.split()), path) for key, text, path in rows)
    return [f"{key}\t{text}\t{path}\n".encode() for key, text, path in lines if f"{key}{text}{path}".isprintable()]


def _replace(path: str, content: bytes) -> None:
    """Write the file as a whole, readable by the user only; nothing is lost with it, so that it need not be safe."""
    beside = f"{path}.{os.getpid()}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with open(descriptor, "wb") as file:
        file.write(content)
    os.replace(beside, path)
