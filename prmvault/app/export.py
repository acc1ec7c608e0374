"""The vault for other programs: what a format is to hold, from the facts, and writing it where it differs."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.app.world import People, happenings, with_people
from prmvault.core.people import linked_name
from prmvault.vault.files import replace_file

if TYPE_CHECKING:
    from prmvault.app.export_cards import Card
    from prmvault.app.vault import Vault
    from prmvault.core.reminders import Happening
    from prmvault.interop.entries import Entry
    from prmvault.interop.registry import Format, Writing
    from prmvault.render.language import Language

_OURS = r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
"""What the names of our files in a folder look like (uuid5)."""

_LAST_DAY = "9998-12-31"
"""The end of a day has to be a day, too."""

_HEAD_BYTES = 300
"""Within so many bytes a file of ours says so."""


class Exported(NamedTuple):
    """How an export ended: so many items, and so many files written and removed."""

    items: int
    written: int
    removed: int = 0


def export_items(vault: Vault, name: str, today: date, chosen: Collection[str] | None = None) -> list[Any]:
    """Return what the format of this name is made of; with `chosen` only what is about the people at these paths."""
    return _ITEMS[name](vault, today, chosen)


def export_bytes(vault: Vault, made: Format, items: list[Any], how: Writing | None = None) -> bytes:
    """Return the items as one file."""
    assert made.write is not None, "a format that is written"
    return made.write(items, _writing(vault, how))


def export_file(vault: Vault, made: Format, items: list[Any], path: str, how: Writing | None = None) -> Exported:
    """Write the items to the file at `path`, where it differs."""
    return Exported(len(items), int(write_if_changed(path, export_bytes(vault, made, items, how))))


def export_folder(vault: Vault, made: Format, items: list[Any], folder: str, how: Writing | None = None) -> Exported:
    """Write each item to a file of its own in `folder`, where it differs; files of ours whose item went away go.

    Another program's files are left alone. Whatever is ours in the folder belongs to this export: two vaults, or two
    choices of people, need two folders.
    """
    assert made.write_each is not None, "a format that has files for each"
    kept, written = set(), 0
    for name, data in made.write_each(items, _writing(vault, how)):
        kept.add(name)
        written += write_if_changed(os.path.join(folder, name), data)
    gone = [name for name in _own_files(folder, made.ending) if name not in kept]
    for name in gone:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, name))
    return Exported(len(items), written, len(gone))


def write_if_changed(path: str, data: bytes) -> bool:
    """Write a file that is ours as a whole, with its folders, unless it is as it should be; tell whether it was not.

    Where `path` is a link, what it leads to is written.
    """
    target = os.path.realpath(os.path.expanduser(path))
    try:
        with open(target, "rb") as file:
            if file.read(len(data) + 1) == data:
                return False
    except FileNotFoundError:
        pass
    replace_file(os.path.dirname(target), os.path.basename(target), data)
    return True


def card_items(vault: Vault, _today: date, chosen: Collection[str] | None = None) -> list[Card]:
    """Return the people and organizations, or those who are chosen."""
    from prmvault.app.export_cards import cards

    return cards(vault, chosen)


def calendar_entries(vault: Vault, today: date, chosen: Collection[str] | None = None) -> list[Entry]:
    """Return what belongs into a calendar; of journal days what is planned for `today` or later."""
    from prmvault.interop.entries import Facts, calendar_entries

    people = People(vault)
    events = vault.facts.notes("event")
    tasks = list(with_people(people, vault.facts.all_tasks()))
    ticked = {(task.path, task.task.line) for task, _ in tasks}  # An item with a box is a task, and no plan beside it.
    return calendar_entries(
        Facts(
            people=[note for note in vault.facts.remembered() if chosen is None or note.path in chosen],
            events=[note for note in events if chosen is None or _is_about(note.fields, people, chosen)],
            tasks=[task for task, paths in tasks if chosen is None or any(path in chosen for path in paths)],
            happenings=[each for each in _plans(vault, people, today, chosen) if (each.path, each.line) not in ticked],
            marks=vault.facts.marks(),
            leap_day=vault.settings.leap_day,
        )
    )


def _is_about(fields: Mapping[str, Any], people: People, chosen: Collection[str]) -> bool:
    return any(people.meant(linked_name(text)) in chosen for text in fields.get("people", ()))


def _plans(vault: Vault, people: People, today: date, chosen: Collection[str] | None) -> Iterable[Happening]:
    """Return what is planned; what a person's own log tells of today has happened."""
    now = today.isoformat()
    rows = [
        told
        for told in vault.facts.contacts_between(now, _LAST_DAY)
        if told.contact.date > now or not people.title(told.path)
    ]
    wanted = {
        (told.path, told.contact.line)
        for told in rows
        if chosen is None or told.path in chosen or people.meant(told.target) in chosen
    }
    return (each for each in happenings(people, rows) if (each.path, each.line) in wanted)


def _own_files(folder: str, ending: str) -> list[str]:
    """Return the names of the files in `folder` that an export wrote."""
    from prmvault.interop.ical_write import PRODUCT

    found = []
    with os.scandir(folder) if os.path.isdir(folder) else contextlib.nullcontext(()) as entries:
        for entry in entries:
            if re.fullmatch(_OURS + re.escape(ending), entry.name) and entry.is_file(follow_symlinks=False):
                with open(entry.path, "rb") as file:
                    if f"PRODID:{PRODUCT}\r\n".encode() in file.read(_HEAD_BYTES):
                        found.append(entry.name)
    return sorted(found)


def _writing(vault: Vault, how: Writing | None) -> Writing:
    from prmvault.interop.registry import Writing

    return (how or Writing())._replace(tell=_language(vault).tell)


def _language(vault: Vault) -> Language:
    from prmvault.render.language import language_of

    return language_of(vault.settings.language)


_ITEMS: Mapping[str, Callable[[Vault, date, Collection[str] | None], list[Any]]] = MappingProxyType(
    {"vcard": card_items, "csv": card_items, "ical": calendar_entries, "qr": card_items}
)
"""By the name of a format, what gathers its items."""
