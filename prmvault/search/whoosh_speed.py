"""The door to Whoosh: a light import, our field types, an index read in place and writers that sort terms.

All that changes how Whoosh-Reloaded behaves is here and in whoosh_read, whoosh_codec and whoosh_write, only
for the version that it was checked against; with any other one gets Whoosh's own, slower, parts.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from whoosh.fields import FieldType
    from whoosh.index import FileIndex
    from whoosh.writing import SegmentWriter

CHECKED_VERSION = (2, 7, 5)

# What a search needs; Whoosh itself would import the last two in the middle of the first search.
_PARTS = (
    "whoosh.index",
    "whoosh.fields",
    "whoosh.filedb.filestore",
    "whoosh.codec.whoosh3",
    "whoosh.query",
    "whoosh.searching",
    "whoosh.collectors",
)

# Modules that Whoosh imports at its top for functions that a search never calls, with the names that it takes
# from them by `from … import …`. All together they are two thirds of its import.
_PUT_OFF: dict[str, tuple[str, ...]] = {
    "calendar": (),
    "hashlib": ("md5",),
    "html": ("escape",),
    "queue": (),
    "random": (),
    "shutil": ("copyfileobj",),
    "tempfile": (),
    "urllib.request": ("urlretrieve",),
    "whoosh.automata.lev": (),
    "whoosh.lang.dmetaphone": ("double_metaphone",),
    "whoosh.lang.morph_en": ("variations",),
    "whoosh.lang.porter": ("stem",),
    "whoosh.sorting": (),
}


class _PutOff(ModuleType):
    """Stands for a module until someone asks it for something."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_real(self.__name__, self), name)


def _real(name: str, stand_in: ModuleType) -> ModuleType:
    if sys.modules.get(name) is stand_in:
        del sys.modules[name]
    return importlib.import_module(name)


def _call_later(stand_in: ModuleType, name: str) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(_real(stand_in.__name__, stand_in), name)(*args, **kwargs)

    call.__name__ = call.__qualname__ = name
    call.__module__ = stand_in.__name__
    return call


def _stand_ins() -> Iterator[tuple[str, ModuleType]]:
    import _pickle
    import functools

    for name, functions in _PUT_OFF.items():
        stand_in = _PutOff(name)
        for function in functions:
            setattr(stand_in, function, _call_later(stand_in, function))
        yield name, stand_in
    # Its C half has all that Whoosh takes from pickle; the Python half costs 3 ms.
    yield "pickle", _pickle
    # The package of this name imports asyncio and ssl for one decorator, which functools has as well.
    cached = ModuleType("cached_property")
    cached.cached_property = functools.cached_property  # type: ignore[attr-defined] # a module made by hand
    yield "cached_property", cached


def is_checked_version() -> bool:
    """Say whether the installed Whoosh is the one that our changes were checked against."""
    import whoosh

    return tuple(getattr(whoosh, "__version__", ())) == CHECKED_VERSION


def import_whoosh() -> None:
    """Import the parts of Whoosh that reading and searching need, without what they drag in needlessly.

    Call it before anything else imports Whoosh, and not while another thread imports. Afterwards every module
    that was put off can be imported as ever.
    """
    if "whoosh.searching" in sys.modules and "whoosh.collectors" in sys.modules:
        return
    put = {}
    if is_checked_version():
        put = {name: module for name, module in _stand_ins() if name not in sys.modules}
    sys.modules.update(put)
    try:
        for part in _PARTS:
            importlib.import_module(part)
    finally:
        for name, module in put.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def words_field(*, stored: bool = False) -> FieldType:
    """Make a field of words: a list of ready-folded words in order, scored, with positions for phrases."""
    import_whoosh()
    from prmvault.search.whoosh_read import WordsField

    return WordsField(stored=stored)


def terms_field(*, stored: bool = False) -> FieldType:
    """Make a field of marks (`tag:friend`): terms in any order, neither scored nor with positions."""
    import_whoosh()
    from prmvault.search.whoosh_read import TermsField

    return TermsField(stored=stored)


def create_index(folder: str | Path, schema: Any) -> FileIndex:
    """Make an empty index in a folder that exists; one that is there already is emptied."""
    import_whoosh()
    from whoosh.filedb.filestore import FileStorage
    from whoosh.index import TOC

    TOC.create(FileStorage(str(folder)), schema)
    return open_index(folder)


def open_index(folder: str | Path) -> FileIndex:
    """Open an index whose segments are read where the system maps them, without a copy.

    Raises whoosh.index.EmptyIndexError if the folder has no index, what unpickling raises if it is damaged.
    """
    import_whoosh()
    from prmvault.search.whoosh_read import index_in

    return index_in(str(folder))


def bulk_writer(index: FileIndex, *, multisegment: bool = True) -> SegmentWriter:
    """Open a writer for many documents; it keeps all postings in memory until commit().

    About 10 MB for a thousand notes of 260 words: commit every 10,000 and open the next. With multisegment
    (the default) a commit leaves the segments that are there alone, otherwise it merges small ones.
    Raises whoosh.index.LockError if another writer is open.
    """
    writer = update_writer(index)
    writer.merge = not multisegment
    return writer


def update_writer(index: FileIndex) -> SegmentWriter:
    """Open a writer for a few documents; its commit() merges small segments, so that there never are many.

    Raises whoosh.index.LockError if another writer is open. commit() and cancel() give the lock back whatever
    happens; after an error in commit() the index is as it was.
    """
    import_whoosh()
    if not is_checked_version():
        return index.writer(limitmb=256)
    from prmvault.search.whoosh_write import TermWriter

    return TermWriter(index)
