"""How a segment's terms are written: in Whoosh's own format, but a whole term at a time.

Read by the W3 codec of Whoosh 2.7.4 and later (whoosh.codec.whoosh3), which is where the layout comes from.
"""

from __future__ import annotations

from array import array
from io import BytesIO
from operator import sub
from struct import Struct
from typing import TYPE_CHECKING, Any
from zlib import crc32

from whoosh import compat
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3FieldWriter, W3Segment, W3TermInfo
from whoosh.filedb.filetables import OrderedHashWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from whoosh.filedb.structfile import StructFile
    from whoosh.formats import Format

    # A term's bytes and a flat list of document, weight, value, document …, documents ascending.
    Term = tuple[bytes, list[Any]]

BLOCK = 128
# Terms of so few documents are kept with the term itself.
INLINE = 4
# The first that writes bytes as they are; later ones put a frame around each, which costs 11 bytes a term.
PROTOCOL = 3
# Whoosh's number for blocks that are not compressed: a tenth more on the disk for a seventh less of the
# build, and nothing to unpack in a search.
PLAIN = 0
# Whoosh's number for the hash of a table.
CRC32 = 1

_ITEM = Struct("!ii")
_SLOT = Struct("!Iq")
_EXTENT = Struct("!qi")
_INT = Struct("!i")


class TermsWriter(W3FieldWriter):  # type: ignore[misc] # Whoosh has no types
    """Writes a segment's terms and their postings, a whole term at a time."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        # The same table with a hash that costs a fifth; the file says which one it has.
        self._tindex: HashTable = HashTable(self._tindex.dbfile, self._tindex.extras)
        self._dumps = _Dumps()

    def write_field(self, fieldname: str, form: Format, terms: Iterable[Term], lengths: bytes) -> None:
        """Write all terms of one field, in order; fields come in the order of their names.

        Lengths has a byte for each document, Whoosh's approximation of the field's length in it.
        """
        self._fieldmap[fieldname] = len(self._fieldmap)
        prefix = self._fieldmap[fieldname].to_bytes(2, "big")
        fixed = form.fixed_value_size()
        pack = W3TermInfo._struct.pack  # noqa: SLF001 # the layout is Whoosh's
        dumps = self._dumps
        add = self._tindex.add
        for text, postings in terms:
            key = prefix + text
            if len(postings) == 3:  # noqa: PLR2004 # one document; two thirds of all terms
                number, weight, value = postings
                size = lengths[number] if lengths else 0
                record = pack(1, weight, 1, size, size, weight, number, number)
                add(key, record + dumps(((number,), (float(weight),), (value,))))
                continue
            ids, weights, values = postings[::3], postings[1::3], postings[2::3]
            sizes = [lengths[number] for number in ids] if lengths else [0]
            few = len(ids) <= INLINE
            record = pack(few, sum(weights), len(ids), min(sizes), max(sizes), max(weights), ids[0], ids[-1])
            if few:
                add(key, record + dumps((tuple(ids), tuple(map(float, weights)), tuple(values))))
            else:
                add(key, record + self._write_blocks(ids, weights, values, sizes, fixed))

    def _write_blocks(
        self,
        ids: list[int],
        weights: list[float],
        values: list[bytes],
        sizes: Sequence[int],
        fixed: int | None,
    ) -> bytes:
        file, dumps = self._postfile, self._dumps
        start = file.tell()
        out = [WHOOSH3_HEADER_MAGIC]
        for at in range(0, len(ids), BLOCK):
            some = ids[at : at + BLOCK]
            weigh = weights[at : at + BLOCK]
            size = sizes[at : at + BLOCK]
            value = _minified_values(values[at : at + BLOCK], fixed)
            data = dumps((tuple(map(sub, some, [0, *some[:-1]])), _minified_weights(weigh), value))
            heaviest = float(max(weigh))
            info = dumps((len(some), some[-1], heaviest, PLAIN, min(size, default=0), max(size, default=0)))
            length = len(info) + len(data)
            # Whoosh marks the last block with a negative length.
            out += (_INT.pack(length if at + BLOCK < len(ids) else -length), info, data)
        written = b"".join(out)
        file.write(written)
        return _EXTENT.pack(start, len(written))


class _Dumps:
    """Pickles small tuples without the memory of what was pickled before, which they have no use for."""

    def __init__(self) -> None:
        self._out = BytesIO()
        self._pickler = compat.pickle.Pickler(self._out, PROTOCOL)
        self._pickler.fast = True

    def __call__(self, value: Any) -> bytes:
        out = self._out
        out.seek(0)
        self._pickler.dump(value)
        out.truncate()
        return out.getvalue()


def _minified_weights(weights: list[float]) -> Any:
    """Write weights as Whoosh reads them: nothing for ones, a number for all the same, else one each."""
    first = weights[0]
    if weights.count(first) == len(weights):
        return None if first == 1 else float(first)
    try:
        # A byte for a whole number: the reader takes its items as numbers, whatever holds them.
        return bytes(weights)  # type: ignore[arg-type] # fractions raise, and are written below
    except (TypeError, ValueError):
        return tuple(array("f", weights))


def _minified_values(values: list[bytes], fixed: int | None) -> Any:
    if fixed is None or fixed < 0:
        return tuple(values)
    return b"".join(values) if fixed else None


class HashTable(OrderedHashWriter):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's table of terms, hashed with CRC-32 and written a table at a time."""

    def __init__(self, file: StructFile, extras: dict[str, Any]) -> None:
        file.seek(0)
        super(OrderedHashWriter, self).__init__(file, hashtype=CRC32)
        self.extras = extras
        self._at = file.tell()
        self._positions: list[int] = []

    def add(self, key: bytes, value: bytes) -> None:
        """Write a term; terms come in order."""
        self._positions.append(self._at)
        item = _ITEM.pack(len(key), len(value)) + key + value
        self.dbfile.write(item)
        hashed = crc32(key)
        self.buckets[hashed & 255].append((hashed, self._at))
        self._at += len(item)

    def _write_hashes(self) -> None:
        for entries in self.buckets:
            self.directory.append((self.dbfile.tell(), 2 * len(entries)))
            table = bytearray(2 * len(entries) * _SLOT.size)
            for hashed, position in entries:
                at = (hashed >> 8) % (2 * len(entries)) * _SLOT.size
                # A slot is empty as long as its position is 0, where no term is.
                while any(table[at + 4 : at + _SLOT.size]):
                    at = (at + _SLOT.size) % len(table)
                _SLOT.pack_into(table, at, hashed, position)
            self.dbfile.write(bytes(table))

    def _write_extras(self) -> None:
        typecode = "I" if self._at < 1 << 32 else "q"
        self.extras["indextype"] = typecode
        self.extras["indexlen"] = len(self._positions)
        super(OrderedHashWriter, self)._write_extras()
        self.dbfile.write_array(array(typecode, self._positions))


class TermCodec(W3Codec):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's codec with our writer of terms; a segment names Whoosh's own, so that any Whoosh reads it."""

    def field_writer(self, storage: Any, segment: Any) -> TermsWriter:
        """Make the writer of a segment's terms."""
        return TermsWriter(self, storage, segment)

    def new_segment(self, storage: Any, indexname: str) -> W3Segment:
        """Make the record of a new segment."""
        del storage
        return W3Segment(W3Codec(), indexname)
