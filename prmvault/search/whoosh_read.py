"""Our Whoosh field types, how they store positions, and a storage that reads segments in place.

Imported by whoosh_speed when Whoosh is loaded. An index's schema names the classes of this module.
"""

from __future__ import annotations

import mmap
from array import array
from io import BytesIO
from itertools import accumulate
from struct import Struct
from sys import byteorder
from typing import TYPE_CHECKING, Any

from whoosh.fields import FieldType
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.formats import Existence, Format
from whoosh.index import FileIndex

from prmvault.search.whoosh_speed import is_checked_version

try:
    # The half of it that import_whoosh() gave to Whoosh.
    from whoosh.compat import pickle
except ImportError:
    import pickle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from whoosh.reading import IndexReader

_HIGH = bytes(range(128, 256))
_INT = Struct("!i")
_UINT = Struct("!I")
_USHORT = Struct("!H")
_LONG = Struct("!q")
# A block of postings starts with a pickle of six small numbers, about 40 bytes.
_SHORT_PICKLE = 64


def encode_positions(positions: Iterable[int]) -> bytes:
    """Write ascending positions as distances: seven bits a byte, the lowest first, the last below 128."""
    out = bytearray()
    before = 0
    for position in positions:
        distance = position - before
        before = position
        while distance > 127:  # noqa: PLR2004 # what seven bits hold
            out.append(distance & 127 | 128)
            distance >>= 7
        out.append(distance)
    return bytes(out)


def decode_positions(data: bytes) -> list[int]:
    """Read what encode_positions wrote."""
    if data.isascii():
        return list(accumulate(data))
    positions = []
    position = shift = 0
    for byte in data:
        position += (byte & 127) << shift
        if byte & 128:
            shift += 7
        else:
            positions.append(position)
            shift = 0
    return positions


def places_of(words: Sequence[str]) -> dict[str, list[int]]:
    """Map each word to its ascending positions; raises TypeError for a string in the place of a list."""
    if isinstance(words, str):
        raise TypeError("this field takes a list of words, not a string")
    # Finds what is no string, or has no UTF-8 form, before anything of the note is in the index.
    "".join(words).encode()
    places: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        if word in places:
            places[word].append(position)
        else:
            places[word] = [position]
    return places


class WordFormat(Format):  # type: ignore[misc] # Whoosh has no types
    """A posting's value: the word's positions in the field; how many there are is its frequency."""

    posting_size = -1

    def decode_positions(self, data: bytes) -> list[int]:
        """List the positions."""
        return decode_positions(data)

    def decode_frequency(self, data: bytes) -> int:
        """Count the positions."""
        return len(data) if data.isascii() else len(data.translate(None, _HIGH))

    def decode_weight(self, data: bytes) -> float:
        """Weigh the posting by its frequency."""
        return float(self.decode_frequency(data) * self.field_boost)

    def decode_position_boosts(self, data: bytes) -> list[tuple[int, int]]:
        """List the positions, each with the boost 1."""
        return [(position, 1) for position in decode_positions(data)]

    def encode(self, positions: Iterable[int]) -> bytes:
        """Write positions as this format stores them."""
        return encode_positions(positions)

    def combine(self, values: Iterable[bytes]) -> bytes:
        """Put several postings of one document together."""
        return encode_positions(sorted({place for value in values for place in decode_positions(value)}))


class WordsField(FieldType):  # type: ignore[misc] # Whoosh has no types
    """A list of ready-folded words in order: scored, positions 0 … n-1."""

    def __init__(self, *, stored: bool = False) -> None:
        super().__init__(WordFormat(), None, scorable=True, stored=stored)

    def index(self, value: Sequence[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield each word with its frequency, weight and coded positions, as Whoosh's writer wants it."""
        for word, positions in places_of(value).items():
            yield word.encode(), len(positions), float(len(positions)), encode_positions(positions)

    def process_text(self, qstring: str, mode: str = "", **_: Any) -> Iterator[str]:
        """Take the text of a query as the words that are in it; folding is the caller's."""
        del mode
        return iter(qstring.split())


class TermsField(FieldType):  # type: ignore[misc] # Whoosh has no types
    """A list of terms in any order: neither scored nor with positions."""

    def __init__(self, *, stored: bool = False) -> None:
        super().__init__(Existence(), None, scorable=False, stored=stored)

    def index(self, value: Sequence[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield each different term once, as Whoosh's own writer wants them."""
        for term in places_of(value):
            yield term.encode(), 1, 1.0, b""

    def process_text(self, qstring: str, mode: str = "", **_: Any) -> Iterator[str]:
        """Take the text of a query as one term."""
        del mode
        return iter((qstring,))


class ViewFile(StructFile):  # type: ignore[misc] # Whoosh has no types
    """A file for reading over a part of the memory where a segment is mapped; copies what is read."""

    is_real = False

    def __init__(self, view: memoryview, name: str) -> None:
        self.onclose = None
        self.is_closed = False
        self._name = name
        self._view = view
        self._at = 0

    @property
    def file(self) -> ViewFile:
        """Be the plain file too, without a circle that only the garbage collector would open."""
        return self

    def subset(self, offset: int, length: int, name: str | None = None) -> ViewFile:
        """Make a file of a part of this one."""
        return ViewFile(self._view[offset : offset + length], name or self._name)

    def read(self, size: int | None = None) -> bytes:
        """Read on from where the file stands, to the end if no size is given."""
        start = self._at
        data = self._view[start:].tobytes() if size is None else self._view[start : start + size].tobytes()
        self._at = start + len(data)
        return data

    def readline(self) -> bytes:
        """Read on to the end of a line."""
        start = self._at
        line = BytesIO(self._view[start:]).readline()
        self._at = start + len(line)
        return line

    def seek(self, offset: int, whence: int = 0) -> int:
        """Stand at an offset from the start (0), from here (1) or from the end (2)."""
        self._at = offset + (0, self._at, len(self._view))[whence]
        return self._at

    def tell(self) -> int:
        """Say where the file stands."""
        return self._at

    def get(self, position: int, length: int) -> bytes:
        """Read a part, wherever the file stands."""
        return self._view[position : position + length].tobytes()

    def get_byte(self, position: int) -> int:
        """Read an unsigned byte."""
        return self._view[position]

    def get_int(self, position: int) -> int:
        """Read four bytes with a sign."""
        return int(_INT.unpack_from(self._view, position)[0])

    def get_uint(self, position: int) -> int:
        """Read four bytes without a sign."""
        return int(_UINT.unpack_from(self._view, position)[0])

    def get_ushort(self, position: int) -> int:
        """Read two bytes without a sign."""
        return int(_USHORT.unpack_from(self._view, position)[0])

    def get_long(self, position: int) -> int:
        """Read eight bytes with a sign."""
        return int(_LONG.unpack_from(self._view, position)[0])

    def get_array(self, position: int, typecode: str, length: int) -> array[Any]:
        """Read numbers of one kind, stored with the highest byte first."""
        numbers = array(typecode)
        numbers.frombytes(self._view[position : position + length * numbers.itemsize])
        if byteorder == "little":
            numbers.byteswap()
        return numbers

    def read_array(self, typecode: str, length: int) -> array[Any]:
        """Read numbers of one kind from where the file stands."""
        numbers = self.get_array(self._at, typecode, length)
        self._at += length * numbers.itemsize
        return numbers

    def read_pickle(self) -> Any:
        """Read an object from where the file stands, and stand after it."""
        start = self._at
        try:
            part = BytesIO(self._view[start : start + _SHORT_PICKLE])
            value = pickle.load(part)  # noqa: S301 # our own index, in a folder of the user
        except (EOFError, pickle.UnpicklingError):
            part = BytesIO(self._view[start:])
            value = pickle.load(part)  # noqa: S301 # our own index, in a folder of the user
        self._at = start + part.tell()
        return value

    def close(self) -> None:
        """Give the memory back; the last part of a mapped file that does so ends the mapping."""
        self.is_closed = True
        self._view.release()


class MappedStorage(FileStorage):  # type: ignore[misc] # Whoosh has no types
    """A folder of index files whose segments are mapped into memory and read there.

    It tells Whoosh that it cannot map, so that Whoosh asks the file for its parts instead of copying them.
    """

    def __init__(self, path: str) -> None:
        super().__init__(path, supports_mmap=False)

    def open_file(self, name: str, **options: Any) -> StructFile:
        """Open a file of the index for reading."""
        if not name.endswith(".seg"):
            return super().open_file(name, **options)
        with open(self._fpath(name), "rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return ViewFile(memoryview(mapped), name)


class MappedIndex(FileIndex):  # type: ignore[misc] # Whoosh has no types
    """An index that opens all segments anew when a searcher is refreshed.

    Whoosh takes over the old segments, with the documents that have been deleted since; opening costs less.
    """

    def reader(self, reuse: IndexReader | None = None) -> IndexReader:
        """Open a reader for the index as it is now; closes the one that it replaces."""
        if reuse is not None:
            reuse.close()
        return super().reader()


def index_in(folder: str) -> FileIndex:
    """Open the index in a folder: our way with the Whoosh that it was checked against, else Whoosh's own."""
    if is_checked_version():
        return MappedIndex(MappedStorage(folder))
    return FileIndex(FileStorage(folder))
