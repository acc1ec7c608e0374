"""The one way in which a command changes notes: read, change, check, write as a whole, and never over foreign changes.

A change is a function from a note's text to its new text. It is applied again to the new content where the file
changed meanwhile (an editor saved, a pull came in), so it must not remember what it saw the first time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.frontmatter import known_front_matter
from prmvault.core.problems import EXIT_BUSY, EXIT_NOTHING_FOUND, PrmvaultError
from prmvault.vault.files import MAX_NOTE_BYTES, Content, move_file, read_file, remove_file, swap_file
from prmvault.vault.locks import held

if TYPE_CHECKING:
    from prmvault.app.vault import Vault

Change = Callable[[str], str]
"""Text of a note → its new text; raises PrmvaultError where it can't be done."""

_PATIENCE = 5
"""So often a change is applied again because the file changed meanwhile."""

_LOCK_TIMEOUT_S = 30
_SMALLER = "move data into attachments/"


class Planned(NamedTuple):
    """A change that can be made: the note, what was read, and the texts before and after."""

    path: str
    read: Content
    before: str
    after: str


@contextlib.contextmanager
def editing(vault: Vault) -> Iterator[None]:
    """Hold the lock under which commands change notes, so that two of them never overwrite each other.

    It may be taken again within itself. Raises PrmvaultError (busy) where another command holds it too long. Where
    the cache can't be written there is no lock: each write still looks whether the file is as it was read.
    """
    busy = "another prmvault is changing notes of this vault"
    with held(vault.cache, "edit.lock", busy, timeout_s=_LOCK_TIMEOUT_S, again=True):
        yield


def plan_change(vault: Vault, path: str, change: Change) -> Planned:
    """Return what `change` makes of the note at `path`, without writing it.

    Raises PrmvaultError for a note that can't be read or doesn't parse, and where the result would not parse.
    """
    content = read_note(vault, path)
    before = editable_text(path, content)
    after = change(before)
    if after != before:
        _refuse_unreadable(path, after, "the change would leave a note that can't be read")
        if len(after.encode()) > MAX_NOTE_BYTES:
            raise _refused(f"{path} would be too large to be read [too-large]", _SMALLER)
    return Planned(path, content, before, after)


def change_note(vault: Vault, path: str, change: Change, *, dry_run: bool = False) -> Planned:
    """Change the note at `path`, as a whole or not at all; return what was done. Errors are those of `plan_change`.

    With `dry_run` nothing is written.
    """
    if dry_run:
        return plan_change(vault, path, change)
    with editing(vault):
        for _ in range(_PATIENCE):
            planned = plan_change(vault, path, change)
            if planned.after == planned.before:
                return planned
            if swap_file(vault.root, path, planned.read, planned.after.encode()):
                vault.written.append(path)
                return planned
    message = f"{path} changes all the time; nothing was written"
    raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="close the program that writes it, and try again")


def remove_note(vault: Vault, path: str, expected: str) -> None:
    """Remove the note at `path`, if its text still is `expected`; raises PrmvaultError where it is not."""
    with editing(vault):
        content = read_note(vault, path)
        if content.data != expected.encode() or not remove_file(vault.root, path, content):
            message = f"{path} changed meanwhile; it was not removed"
            raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="look at it, and try again")
        vault.written.append(path)


def move_note(vault: Vault, old: str, new: str) -> None:
    """Give the file at `old` the path `new`, also where only case differs; raises PrmvaultError if it is taken."""
    with editing(vault):
        try:
            move_file(vault.root, old, new)
        except FileExistsError:
            raise PrmvaultError(f"{new} is there already", hint="choose another name") from None
        vault.written.append(new)


def read_note(vault: Vault, path: str) -> Content:
    """Read the file at `path`; raises PrmvaultError where it is not there or no plain file."""
    try:
        return read_file(vault.root, path)
    except FileNotFoundError:
        raise PrmvaultError(f"{path} is not there any more", hint="ask again") from None
    except OSError as error:
        if os.path.islink(os.path.join(vault.root, path)):
            message = f"{path} is a link to another file; it is left as it is"
            raise PrmvaultError(message, hint="put the file itself there") from None
        raise PrmvaultError(f"{path} can't be read: {error.strerror or error}") from None


def editable_text(path: str, content: Content) -> str:
    """Return a note's text as it is edited, BOM and line endings in it; raises PrmvaultError where it doesn't parse."""
    if len(content.data) > MAX_NOTE_BYTES:
        raise _refused(f"{path} is too large to be changed [too-large]", _SMALLER)
    try:
        text = content.data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.data.count(b"\n", 0, error.start) + 1
        raise _refused(f"{path}:{line}: the file is not UTF-8 [not-utf8]", "save it as UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise _refused(f"{path}:{line}: a NUL byte is in the text [control-character]", "remove it")
    _refuse_unreadable(path, text, "")
    return text


def _refuse_unreadable(path: str, text: str, because: str) -> None:
    front = known_front_matter(text)
    if not front.readable:
        problem = front.problems[0]._replace(path=path)
        raise _refused(f"{because}: {problem}" if because else f"it is left as it is: {problem}", problem.hint)


def _refused(message: str, hint: str) -> PrmvaultError:
    return PrmvaultError(message, exit_code=EXIT_NOTHING_FOUND, hint=hint)
