"""The formats that the vault can be written in and read from, by their names on the command line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from prmvault.interop.ical_write import write_calendar, write_entries

if TYPE_CHECKING:
    from prmvault.core.problems import Problem
    from prmvault.interop.drafts import Draft

Tell = Callable[[str], str]
"""Tells a message in the reader's language (`render.language`)."""

HEAD_BYTES = 100_000
"""So much of a file's beginning shows of what format it is."""


class Writing(NamedTuple):
    """How a format is to be written.

    `version` is vCard's, `keys`, `bom` and `delimiter` are for CSV, `ending` is a picture's.
    """

    tell: Tell = str
    version: str = "3.0"
    keys: tuple[str, ...] = ()
    bom: bool = False
    delimiter: str = ","
    ending: str = ""


class Asked(NamedTuple):
    """How a file is to be read: the first three are for CSV (`read_csv`), the others for calendars (`read_ical`)."""

    mapping: Mapping[str, str] = MappingProxyType({})
    encoding: str = ""
    date_order: str = ""
    first: date | None = None
    last: date | None = None
    me: tuple[str, ...] = ()
    own: Collection[str] = ()
    zone: str = ""


class Format(NamedTuple):
    """A format: what it is for, how its files end, and what makes them of its items, or reads them.

    `write` makes one file of all items, `write_each` a file of each, with its name. `identify` tells from the
    beginning of a file how surely (0 to 100) it is of this format, `read` yields what is in it; both are missing where
    the format is only written.
    """

    about: str
    ending: str
    write: Callable[[Sequence[Any], Writing], bytes] | None = None
    write_each: Callable[[Sequence[Any], Writing], Iterator[tuple[str, bytes]]] | None = None
    identify: Callable[[bytes], int] | None = None
    read: Callable[[BinaryIO, str, Asked], Iterator[Draft | Problem]] | None = None


def format_of(head: bytes, name: str) -> str:
    """Return the name of the format that a file with this beginning and file name is of, or nothing."""
    best, found = 0, ""
    for each, made in FORMATS.items():
        if made.identify:
            score = made.identify(head) + (10 if made.ending and name.lower().endswith(made.ending) else 0)
            if score > best:
                best, found = score, each
    return found


def _is_vcard(head: bytes) -> int:
    return 100 if b"BEGIN:VCARD" in head[:HEAD_BYTES].replace(b"\0", b"").upper() else 0


def _is_csv(head: bytes) -> int:
    from prmvault.interop.csv_read import is_csv

    return 50 if is_csv(head) else 0


def _read_vcards(file: BinaryIO, source: str, _asked: Asked) -> Iterator[Draft | Problem]:
    from prmvault.interop.vcard_read import read_vcards

    return read_vcards(file, source)


def _read_csv(file: BinaryIO, source: str, asked: Asked) -> Iterator[Draft | Problem]:
    from prmvault.interop.csv_read import read_csv

    return read_csv(file, source, mapping=asked.mapping, encoding=asked.encoding, date_order=asked.date_order)


def _is_ical(head: bytes) -> int:
    from prmvault.interop.ical_read import is_ical

    return 90 if is_ical(head) else 0


def _read_ical(file: BinaryIO, source: str, asked: Asked) -> Iterator[Draft | Problem]:
    from prmvault.interop.ical_read import read_ical

    a = asked
    return read_ical(file, source, first=a.first, last=a.last, me=a.me, own=a.own, zone=a.zone)


def _write_cards(cards: Sequence[Any], how: Writing) -> bytes:
    return b"".join([data for _, data in _each_card(cards, how)])


def _each_card(cards: Sequence[Any], how: Writing) -> Iterator[tuple[str, bytes]]:
    from prmvault.interop.vcard_write import write_card

    for card in cards:
        text = write_card(card.fields, card.notes, card.photo, how.version, kind=card.kind, files=card.files)
        yield f"{card.stem}.vcf", text.encode("utf-8", "replace")


def _write_csv(cards: Sequence[Any], how: Writing) -> bytes:
    from prmvault.interop.csv_write import DEFAULT_KEYS, write_csv
    from prmvault.interop.drafts import Draft

    rows = [Draft(card.kind, card.name, dict(card.fields), card.notes) for card in cards]
    return write_csv(rows, how.keys or DEFAULT_KEYS, bom=how.bom, delimiter=how.delimiter)


def _write_qr(cards: Sequence[Any], how: Writing) -> bytes:
    from prmvault.interop.qr import write_qr

    return write_qr(cards[0], how.ending)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "vcard": Format(
            about="vCard: people and organizations, as phones have them",
            ending=".vcf",
            write=_write_cards,
            write_each=_each_card,
            identify=_is_vcard,
            read=_read_vcards,
        ),
        "csv": Format(
            about="CSV: Google, Outlook, LinkedIn, any table; written with Google's columns",
            ending=".csv",
            write=_write_csv,
            identify=_is_csv,
            read=_read_csv,
        ),
        "ical": Format(
            about="iCalendar: birthdays, dates, reminders, plans and tasks",
            ending=".ics",
            write=lambda entries, how: write_calendar(entries, how.tell),
            write_each=lambda entries, how: write_entries(entries, how.tell),
            identify=_is_ical,
            read=_read_ical,
        ),
        "json": Format(about="JSON: everything that is in the vault, for programs", ending=".json"),
        "qr": Format(
            about="QR code: the card of one person for somebody else's phone",
            ending=".png",
            write=_write_qr,
        ),
    }
)
