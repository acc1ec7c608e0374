"""The full-text index on disk: built, brought up to date, searched, and built again whenever it is not sound.

It lives in the user's cache folder and is disposable. `state` says up to which change of the facts it goes and
which files belong to it; it is written after Whoosh's commit, so a crash in between costs no more than indexing the
same notes again. Where the index can't be written now (another process does, the disk is full), the notes that it
lacks are indexed in memory and searched beside it, so that an answer is never stale.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from prmvault.search.compile import Compiler, Wanted
from prmvault.search.document import FORMAT, index_schema
from prmvault.search.query import Node
from prmvault.search.whoosh_speed import bulk_writer, create_index, import_whoosh, open_index, update_writer

_FOLDER = "index"
_STATE = "prmvault.state"
_LOCK = "index.lock"
_BULK_FROM = 500
"""From this many notes on the bulk writer is faster."""
_COMMIT_EVERY = 10_000
"""Notes a commit of the bulk writer; it bounds the memory."""

Progress = Callable[[int, int], None]


class Source(NamedTuple):
    """Where the index gets its notes: `documents(paths)` yields (path, fields for Whoosh) for those that exist.

    `identity` and `seq` are the facts' (an index of other facts is of no use); `changed` and `removed` give the
    paths since a seq; `covered` gives the seq up to which what `documents` yielded is what the facts know.
    """

    identity: str
    seq: int
    changed: Callable[[int], list[str]]
    removed: Callable[[int], list[str]]
    documents: Callable[[Iterable[str]], Iterator[tuple[str, dict[str, Any]]]]
    covered: Callable[[], int]


class Hit(NamedTuple):
    """A note that matches, before it is shown."""

    path: str
    title: str
    type: str
    date: str
    score: float


class State(NamedTuple):
    """What the index on disk covers."""

    identity: str
    seq: int


class Busy(Exception):  # noqa: N818 - a state, not an error: another process writes the index
    """Another process holds the write lock of the index."""


def index_state(cache: str) -> State | None:
    """Return what the index covers, or None where there is none, it is of another format, or a file is not as left."""
    folder = os.path.join(cache, _FOLDER)
    try:
        with open(os.path.join(folder, _STATE), encoding="utf-8") as file:
            first, *files = file.read().split("\n")
        known, identity, seq = first.split(" ")
        if known != str(FORMAT) or any(_size_line(folder, line.rsplit(" ", 1)[0]) != line for line in files):
            return None
        return State(identity, int(seq))
    except (OSError, ValueError):
        return None


def is_current(cache: str, source: Source) -> bool:
    """Tell whether the index on disk covers all that the facts know."""
    return index_state(cache) == State(source.identity, source.seq)


def update_index(cache: str, source: Source, *, wait: float, progress: Progress | None = None) -> int:
    """Bring the index up to date; return the number of notes indexed or removed.

    Waits up to `wait` seconds for another writer, then raises Busy. Raises OSError where the disk does not take it;
    the index is then as it was.
    """
    if is_current(cache, source):
        return 0
    import_whoosh()
    with nobody_writing(cache, wait):
        state = index_state(cache)
        if state is None or state.identity != source.identity:
            return _build(cache, source, progress)
        changed, removed = source.changed(state.seq), source.removed(state.seq)
        try:
            _update(cache, source, changed, removed, progress)
        except OSError:
            raise
        except Exception:  # noqa: BLE001 - a damaged index raises whatever its bytes lead to; it is built again
            return _build(cache, source, progress)
        return len(changed) + len(removed)


def delete_index(cache: str) -> None:
    """Delete the index; nothing is lost but the time to build it."""
    _delete_folder(os.path.join(cache, _FOLDER))


class Search:
    """An open index, with what it lacks indexed in memory. Use it for one question."""

    def __init__(self, cache: str, source: Source, progress: Progress | None = None) -> None:
        """Open the index; what it does not cover is indexed in memory (with `progress`, if that is much)."""
        import_whoosh()
        self._searchers: list[tuple[Any, frozenset[str]]] = []
        state = index_state(cache)
        usable = state is not None and state.identity == source.identity
        pending = source.changed(state.seq if usable and state else 0)
        if usable and state:
            hidden = frozenset(pending) | frozenset(source.removed(state.seq))
            self._searchers.append((open_index(os.path.join(cache, _FOLDER)).searcher(), hidden))
        if pending:
            self._searchers.append((_in_memory(source, pending, progress), frozenset()))

    def find(
        self,
        node: Node,
        most: int | None,
        stem: Callable[[], tuple[Callable[[str], str], ...]],
        keys_of: Callable[[str], Iterable[str]],
    ) -> tuple[list[Hit], Wanted, int]:
        """Return the best `most` hits (None: all), what to mark in them, and how many notes match."""
        hits: list[Hit] = []
        wanted = Wanted()
        total = 0
        for searcher, hidden in self._searchers:
            compiler = Compiler(searcher.reader(), stem, keys_of)
            query = compiler.compile(node)
            wanted = wanted.joined(compiler.wanted())
            limit = None if most is None else most + len(hidden)
            results = searcher.search(query, limit=limit)
            found = [hit for hit in _hits(results) if hit.path not in hidden]
            total += len(found) if limit is None or len(results) <= limit else len(results) - len(hidden)
            hits += found
        hits.sort(key=lambda hit: (-hit.score, hit.path))
        return hits[:most], wanted, total


def _hits(results: Any) -> Iterator[Hit]:
    for hit in results:
        path, title, note_type, day = hit.fields()["path"]
        yield Hit(path, title, note_type, day, round(hit.score or 0.0, 4))


def _build(cache: str, source: Source, progress: Progress | None) -> int:
    """Build the index from nothing in a folder of its own, then put it in place."""
    for name in os.listdir(cache):
        if name.startswith(_FOLDER + ".new"):
            _delete_folder(os.path.join(cache, name))  # A build that was killed.
    folder = os.path.join(cache, f"{_FOLDER}.new{os.getpid()}")
    os.mkdir(folder, 0o700)
    paths = source.changed(0)
    try:
        index = create_index(folder, index_schema())
        _write_all(index, source, paths, progress)
        index.close()
        _write_state(folder, source)
        delete_index(cache)
        os.rename(folder, os.path.join(cache, _FOLDER))
    except BaseException:
        _delete_folder(folder)
        raise
    return len(paths)


def _update(
    cache: str, source: Source, changed: Sequence[str], removed: Sequence[str], progress: Progress | None
) -> None:
    folder = os.path.join(cache, _FOLDER)
    if changed or removed:
        index = open_index(folder)
        if len(changed) >= _BULK_FROM:
            writer = update_writer(index)
            _committed(writer, lambda: [writer.delete_by_term("path", path) for path in [*changed, *removed]])
            _write_all(index, source, changed, progress)
        else:
            writer = update_writer(index)
            _committed(writer, lambda: _replace(writer, source, changed, removed))
        index.close()
    _write_state(folder, source)


def _replace(writer: Any, source: Source, changed: Sequence[str], removed: Sequence[str]) -> None:
    for path in [*changed, *removed]:
        writer.delete_by_term("path", path)
    for _, fields in source.documents(changed):
        writer.add_document(**fields)


def _write_all(index: Any, source: Source, paths: Sequence[str], progress: Progress | None) -> None:
    """Add many notes with a commit every `_COMMIT_EVERY`."""
    for start in range(0, len(paths), _COMMIT_EVERY):
        writer = bulk_writer(index)

        def add(writer: Any = writer, start: int = start) -> None:
            part = paths[start : start + _COMMIT_EVERY]
            for number, (_, fields) in enumerate(source.documents(part), start + 1):
                writer.add_document(**fields)
                if progress is not None and number % 100 == 0:
                    progress(number, len(paths))

        _committed(writer, add)
    if progress is not None:
        progress(len(paths), len(paths))


def _committed(writer: Any, work: Callable[[], object]) -> None:
    """Do the work and commit it, or give the lock back."""
    try:
        work()
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


def _in_memory(source: Source, paths: Sequence[str], progress: Progress | None) -> Any:
    from whoosh.filedb.filestore import RamStorage

    index = RamStorage().create_index(index_schema())
    writer = index.writer()
    for number, (_, fields) in enumerate(source.documents(paths), 1):
        writer.add_document(**fields)
        if progress is not None and number % 100 == 0:
            progress(number, len(paths))
    writer.commit()
    return index.searcher()


@contextlib.contextmanager
def nobody_writing(cache: str, wait: float) -> Iterator[None]:
    """Hold the lock for writing; it goes with the process, however that ends.

    Waits up to `wait` seconds for it, then raises Busy.
    """
    from whoosh.util.filelock import FileLock, try_for

    lock = FileLock(os.path.join(cache, _LOCK))
    if not try_for(lock.acquire, timeout=wait, delay=0.02):
        raise Busy
    try:
        yield
    finally:
        lock.release()


def _write_state(folder: str, source: Source) -> None:
    """Write the state at last and as a whole: what it names is there."""
    sizes = [_size_line(folder, name) for name in sorted(os.listdir(folder)) if name.endswith((".toc", ".seg"))]
    path = os.path.join(folder, _STATE)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write("\n".join([f"{FORMAT} {source.identity} {source.covered()}", *sizes]))
    os.replace(temporary, path)


def _size_line(folder: str, name: str) -> str:
    return f"{name} {os.stat(os.path.join(folder, name)).st_size}"


def _delete_folder(folder: str) -> None:
    from shutil import rmtree  # Late: a search deletes nothing.

    rmtree(folder, ignore_errors=True)
