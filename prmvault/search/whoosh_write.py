"""A Whoosh writer that collects postings by term, and gives its lock back whatever happens.

Imported by whoosh_speed when something is to be written with the Whoosh that this was checked against.
"""

from __future__ import annotations

import copy
from contextlib import suppress
from heapq import merge
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from whoosh.codec.whoosh3 import W3Codec
from whoosh.index import TOC
from whoosh.reading import ReaderClosed, SegmentReader
from whoosh.writing import IndexingError, SegmentWriter

from prmvault.search.whoosh_codec import TermCodec
from prmvault.search.whoosh_read import MappedStorage, TermsField, WordsField, encode_positions, places_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whoosh.codec.whoosh3 import W3TermInfo
    from whoosh.filedb.structfile import StructFile
    from whoosh.formats import Format
    from whoosh.index import FileIndex

    from prmvault.search.whoosh_codec import Term

# The first positions as they are stored: most words are in a note once.
_ONE = tuple(encode_positions((place,)) for place in range(1024))


class TermPool:
    """The postings of a segment to be: for each field and term a flat list of document, weight and value.

    Terms are strings whatever the field, so that sorting them sorts their bytes: UTF-8 for our fields, for
    all others one character for each byte.
    """

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, list[Any]]] = {}
        self.encodings: dict[str, str] = {}

    def terms(self, fieldname: str, field: Any) -> dict[str, list[Any]]:
        """Give the terms of a field, to be added to."""
        if fieldname not in self.fields:
            self.fields[fieldname] = {}
            ours = isinstance(field, WordsField | TermsField)
            self.encodings[fieldname] = "utf-8" if ours else "latin-1"
        return self.fields[fieldname]

    def pop(self, fieldname: str) -> Iterator[Term]:
        """Yield the terms of a field in order, and forget them."""
        terms = self.fields.pop(fieldname, {})
        for text in sorted(terms):
            yield text.encode(self.encodings[fieldname]), terms[text]

    def cleanup(self) -> None:
        """Forget all postings."""
        self.fields.clear()


class TrackedStorage(MappedStorage):
    """A writer's view of the index folder, which can close all files that an error left open."""

    def __init__(self, path: str, files: set[StructFile] | None = None) -> None:
        super().__init__(path)
        self.files = set() if files is None else files

    def create_file(self, name: str, **options: Any) -> StructFile:
        """Make a file in the folder."""
        return self._tracked(super().create_file(name, onclose=self.files.discard, **options))

    def open_file(self, name: str, **options: Any) -> StructFile:
        """Open a file of the folder for reading."""
        if name.endswith(".seg"):
            return super().open_file(name, **options)
        return self._tracked(super().open_file(name, onclose=self.files.discard, **options))

    def temp_storage(self, name: str | None = None) -> TrackedStorage:
        """Make a folder in the folder; its files are closed with the others."""
        plain = super().temp_storage(name)
        return TrackedStorage(plain.folder, self.files)

    def _tracked(self, file: StructFile) -> StructFile:
        self.files.add(file)
        return file

    def close_files(self) -> None:
        """Close what is open, even if the last bytes cannot be written."""
        for file in tuple(self.files):
            with suppress(OSError, ValueError):
                file.close()
        self.files.clear()


def _taken_apart(field: Any, value: Any) -> tuple[int, list[Any]]:
    """Give a field's length and its postings: term, weight, value."""
    if isinstance(field, WordsField):
        coded = [
            (
                word,
                len(places),
                _ONE[places[0]] if len(places) == 1 and places[0] < len(_ONE) else encode_positions(places),
            )
            for word, places in places_of(value).items()
        ]
        return len(value), coded
    if isinstance(field, TermsField):
        return 0, [(term, 1, b"") for term in places_of(value)]
    if not field.indexed:
        return 0, []
    if field.vector or field.separate_spelling():
        raise NotImplementedError("vectors and spelling need Whoosh's own writer")
    found = list(field.index(value))
    return sum(item[1] for item in found), [(text.decode("latin-1"), weight, data) for text, _, weight, data in found]


def _joined(sources: list[Iterator[Term]]) -> Iterator[Term]:
    """Put the terms of several segments together; documents follow in the order of the sources."""
    if len(sources) == 1:
        yield from sources[0]
        return
    before, found = b"", []
    for text, postings in merge(*sources, key=itemgetter(0)):
        if text == before:
            found += postings
            continue
        if found:
            yield before, found
        before, found = text, postings
    if found:
        yield before, found


def _moved(
    reader: SegmentReader, name: str, startdoc: int, docmap: dict[int, int] | None, form: Format
) -> Iterator[Term]:
    """Yield a segment's terms with the postings of the documents that are left, under their new numbers."""
    for (fieldname, text), info in reader._terms.items_from(name, b""):  # noqa: SLF001 # all terms with their records
        if fieldname != name:
            return
        postings: list[Any] = []
        for number, weight, value in zip(*_all_postings(reader, info, form), strict=True):
            new = startdoc + number if docmap is None else docmap.get(number)
            if new is not None:
                postings += (new, whole if (whole := int(weight)) == weight else weight, value)
        if postings:
            yield text, postings


def _all_postings(reader: SegmentReader, info: W3TermInfo, form: Format) -> tuple[Any, Any, Any]:
    """Read all documents, weights and values of a term, those of deleted documents too."""
    if info.is_inlined():
        return cast("tuple[Any, Any, Any]", info.inlined_postings())
    ids: list[int] = []
    weights: list[float] = []
    values: list[bytes] = []
    block = reader.codec().postings_reader(reader._terms._postfile, info, form)  # noqa: SLF001 # as the reader itself
    while block.is_active():
        block._read_ids()  # noqa: SLF001 # one by one it takes five times as long
        block._read_weights()  # noqa: SLF001
        block._read_values()  # noqa: SLF001
        ids += block._ids  # noqa: SLF001
        weights += block._weights  # noqa: SLF001
        values += [value or b"" for value in block._values]  # noqa: SLF001
        block._next_block()  # noqa: SLF001
    return ids, weights, values


class TermWriter(SegmentWriter):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's writer with a pool of terms in the place of its pool of postings."""

    def __init__(self, index: FileIndex) -> None:
        own = copy.copy(index)
        if isinstance(index.storage, MappedStorage):
            own.storage = TrackedStorage(index.storage.folder)
        self.newsegment = None
        self._searcher = None
        self._merged: list[tuple[SegmentReader, int, dict[int, int] | None]] = []
        try:
            super().__init__(own, codec=TermCodec())
        except BaseException:
            self.storage = own.storage
            self._give_up()
            raise
        self.pool = TermPool()

    def add_document(self, **fields: Any) -> None:
        """Add a document: keyword arguments are the names of fields and their values.

        Raises TypeError for a string in the place of words, UnicodeEncodeError for half of a surrogate pair,
        whoosh.fields.UnknownFieldError; nothing of that document is in the index then. Knows no boosts.
        """
        self._check_state()
        names = sorted(name for name in fields if name[0] != "_" and fields[name] is not None)
        self._check_fields(self.schema, names)
        if self._merged:
            raise IndexingError("documents are added before segments are merged")
        # All fields are taken apart first: if one of them is wrong nothing of the document is in the pool.
        parts = [(name, self.schema[name], *_taken_apart(self.schema[name], fields[name])) for name in names]
        number = self.docnum
        document = self.perdocwriter
        document.start_doc(number)
        for name, field, length, postings in parts:
            terms = self.pool.terms(name, field) if postings else {}
            for text, weight, value in postings:
                if text in terms:
                    terms[text] += (number, weight, value)
                else:
                    terms[text] = [number, weight, value]
            kept = fields.get(f"_stored_{name}", fields[name])
            document.add_field(name, field, kept if field.stored else None, length if field.scorable else 0)
            if field.column_type and kept is not None:
                document.add_column_value(name, field.column_type, field.to_column_value(kept))
        document.finish_doc()
        self._added = True
        self.docnum += 1

    def add_postings_to_pool(self, reader: SegmentReader, startdoc: int, docmap: dict[int, int] | None) -> None:
        """Take over the postings of a segment that is merged into this one; flushing reads them."""
        # The merge closes the reader that it gives.
        again = SegmentReader(self.storage, self.schema, reader.segment())
        self._merged.append((again, startdoc, docmap))

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        names = {name for reader, *_ in self._merged for name in reader.indexed_field_names()}
        for name in sorted(names | self.pool.fields.keys()):
            if name in self.schema:
                field = self.schema[name]
                sources = [self.pool.pop(name)]
                sources += [
                    _moved(reader, name, startdoc, docmap, field.format) for reader, startdoc, docmap in self._merged
                ]
                lengths = self._lengths(name) if field.scorable else b""
                self.fieldwriter.write_field(name, field.format, _joined(sources), lengths)
        self.fieldwriter.close()
        self._close_merged()

    def _close_merged(self) -> None:
        for reader, *_ in self._merged:
            reader.close()
        self._merged = []

    def _lengths(self, fieldname: str) -> bytes:
        name = W3Codec.column_filename(self.newsegment, f"_{fieldname}_len")
        if not self.storage.file_exists(name):
            return b""
        with self.storage.open_file(name) as file:
            # Without the zeros at the end: no term is in a field without a length.
            return bytes(file.read())

    def commit(self, *args: Any, **options: Any) -> None:
        """Write all that was added and deleted, with the options of Whoosh's own writer.

        Whatever error there is, the lock is given back and the index is as it was.
        """
        self._check_state()
        try:
            super().commit(*args, **options)
        except BaseException:
            self._give_up()
            raise

    def cancel(self) -> None:
        """Forget all that was added and deleted, if this was not done before."""
        if not self.is_closed:
            self._give_up()

    def _give_up(self) -> None:
        self.is_closed = True
        storage = self.storage
        try:
            if self._searcher is not None:
                with suppress(ReaderClosed):
                    self._searcher._orig_close()  # noqa: SLF001 # Whoosh's own name for it
                self._searcher = None
            self._close_merged()
            if isinstance(storage, TrackedStorage):
                storage.close_files()
            self._remove_unfinished()
        finally:
            lock = getattr(self, "writelock", None)
            # Without a descriptor it is another writer who has the lock.
            if lock is not None and lock.fd is not None:
                lock.release()

    def _remove_unfinished(self) -> None:
        if self.newsegment is None or TOC._latest_generation(self.storage, self.indexname) >= self.generation:  # noqa: SLF001 # no other way to ask
            return
        unfinished = f"{TOC._filename(self.indexname, self.generation)}."  # noqa: SLF001 # no other way to ask
        names = [name for name in self.storage.list() if name.startswith(unfinished)]
        for name in names + self.newsegment.list_files(self.storage):
            with suppress(OSError):
                self.storage.delete_file(name)
        with suppress(OSError):
            self._tempstorage.destroy()
