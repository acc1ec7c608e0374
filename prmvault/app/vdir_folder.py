"""A folder of cards as vdirs are (vdirsyncer's vdir format): one card a file, whose name says nothing.

Files are known by a hash of their content, written as a whole, and never over what somebody else has written meanwhile.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from typing import NamedTuple

from prmvault.core.problems import PrmvaultError
from prmvault.interop.content_split import marked, physical_lines
from prmvault.interop.drafts import Draft
from prmvault.interop.vcard_read import read_all
from prmvault.vault.files import Content, create_file, is_text, read_file, remove_file, stats_of, swap_file

ENDING = ".vcf"
MAX_CARD = 64 * 1024 * 1024
"""Bytes of a card's file, its photo in it; a larger one is left alone."""

_BEGIN = b"BEGIN:VCARD"
_UUID = "urn:uuid:"
_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,120}")
_RESERVED_ON_WINDOWS = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..{0,120})?")


class Item(NamedTuple):
    """A file of the folder as it was read: the hash of its bytes, and its draft, or what is wrong with it.

    A group has neither: it is nobody's card. `is_cut` tells of a card without its end.
    """

    file: str
    etag: str
    draft: Draft | None = None
    problem: str = ""
    is_cut: bool = False


def etags(folder: str) -> dict[str, str]:
    """Return the hash of each card's file by its name; empty for one that can't be read.

    Raises PrmvaultError where the folder can't be read.
    """
    return {name: _etag(folder, name) for name in sorted(_names(folder))}


def read_item(folder: str, file: str) -> Item:
    """Read a file of the folder; what is wrong with it is told and not raised."""
    try:
        data = read_file(folder, file, most=MAX_CARD).data
    except OSError as error:
        return Item(file, "", problem=f"it can't be read: {error.strerror or error}")
    etag = _hash(data)
    if len(data) > MAX_CARD:
        return Item(file, etag, problem=f"it is larger than {MAX_CARD // 1024**2} MB")
    if _is_cut(data):
        return Item(file, etag, problem="it is not whole: END:VCARD is missing", is_cut=True)
    reading = read_all(data, file)
    lasting = [problem for problem in reading.problems if problem.code == "too-large"]
    if len(reading.drafts) != 1:
        told = reading.problems[0].message if reading.problems and not reading.drafts else ""
        return Item(file, etag, problem=told or f"it holds {len(reading.drafts)} cards; each needs a file of its own")
    if lasting:
        return Item(file, etag, problem=lasting[0].message)
    draft = reading.drafts[0]
    if draft.kind == "group":
        return Item(file, etag)
    return Item(file, etag, draft)


def uid_of(draft: Draft) -> str:
    """Return the card's UID; empty where it has none."""
    uid = draft.fields.get("uid", "")
    return uid if isinstance(uid, str) else ""


def file_name(uid: str) -> str:
    """Return the name for a new card's file: its uid where every system takes that, else a hash of it."""
    bare = uid.removeprefix(_UUID)
    is_safe = _SAFE.fullmatch(bare) and not _RESERVED_ON_WINDOWS.fullmatch(bare) and not bare.endswith(".")
    return (bare if is_safe else hashlib.sha256(uid.encode("utf-8", "surrogatepass")).hexdigest()[:32]) + ENDING


def write_item(folder: str, file: str, etag: str, text: str) -> str:
    """Write a card over the file that had the hash `etag`, or as a new file where that is empty; return the new hash.

    Raises PrmvaultError where the file is not as it was any more: the next sync sees to that.
    """
    data = text.encode()
    if not etag:
        try:
            create_file(folder, file, text)
        except FileExistsError:
            raise _changed(file) from None
        return _hash(data)
    if not swap_file(folder, file, _as_it_was(folder, file, etag), data):
        raise _changed(file)
    return _hash(data)


def remove_item(folder: str, file: str, etag: str) -> None:
    """Remove the file that had the hash `etag`; raises PrmvaultError where it is not as it was any more."""
    if stats_of(folder, file) is not None and not remove_file(folder, file, _as_it_was(folder, file, etag)):
        raise _changed(file)


def file_names(folder: str) -> set[str]:
    """Return the names of everything in the folder, whatever it is; raises PrmvaultError where it can't be read."""
    try:
        return set(os.listdir(folder))
    except OSError as error:
        raise PrmvaultError(f"{folder} can't be read: {error.strerror or error}", hint="name a folder") from None


def _names(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                is_card = entry.name.endswith(ENDING) and not entry.name.startswith(".") and is_text(entry.name)
                if is_card and entry.is_file(follow_symlinks=False):
                    yield entry.name
    except OSError as error:
        raise PrmvaultError(f"{folder} can't be read: {error.strerror or error}", hint="name a folder") from None


def _etag(folder: str, file: str) -> str:
    try:
        return _hash(read_file(folder, file, most=MAX_CARD).data)
    except OSError:
        return ""


def _is_cut(data: bytes) -> bool:
    """Tell whether a card has no end: another program may be writing it just now, or have died over it.

    What a reader makes of the rest looks as if somebody had removed all that is missing.
    """
    marks = [marked(line) for _, line in physical_lines(io.BytesIO(data)) if line is not None]
    begins = marks.count(("BEGIN", "VCARD")) or _BEGIN.startswith(data[: len(_BEGIN)].upper())
    return begins > marks.count(("END", "VCARD"))


def _as_it_was(folder: str, file: str, etag: str) -> Content:
    try:
        content = read_file(folder, file, most=MAX_CARD)
    except OSError:
        raise _changed(file) from None
    if _hash(content.data) != etag:
        raise _changed(file)
    return content


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]


def _changed(file: str) -> PrmvaultError:
    return PrmvaultError(f"{file} was changed meanwhile; it is synced the next time", hint="sync again")
