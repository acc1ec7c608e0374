"""What a file of somebody else's becomes before it is a note: drafts, and what was wrong in the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from prmvault.core.model import Value
from prmvault.core.problems import Problem

ATTACHMENTS = "attachments/"
"""The folder of the vault in which attachments are; fields that point to one begin with it."""

OWN_ENTRY = "own entry"
"""The kind of a draft that our own export has made: there is nothing to do about it."""


class Attachment(NamedTuple):
    """A file that comes with a draft: the name it should have in `attachments/`, what it holds, and of what type.

    `name` is made of letters, digits and the hash of the data, so it is safe, and the same file has it again. `key` is
    the field that points to it: `photo`, or `vcard` for what a raw line there names.
    """

    name: str
    data: bytes
    media_type: str
    key: str


class Draft(NamedTuple):
    """A note that could be: `fields` as `core/edit.set_value` writes them, `notes` for the body's notes.

    `kind` is a type of note (person, organization), OWN_ENTRY, or `group`, whose `fields["members"]` are the uids of
    those who get its name as a tag. `source` is the name of the file and `line` the draft's first line in it.
    """

    kind: str
    name: str
    fields: dict[str, Value]
    notes: str = ""
    attachments: tuple[Attachment, ...] = ()
    source: str = ""
    line: int = 0


class Reading(NamedTuple):
    """All that a file holds; the problems' paths are the file's name."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


def gathered(parts: Iterable[Draft | Problem]) -> Reading:
    """Return all at once what a reader yields one by one."""
    found = [*parts]
    drafts = tuple([each for each in found if isinstance(each, Draft)])
    return Reading(drafts, tuple([each for each in found if isinstance(each, Problem)]))
