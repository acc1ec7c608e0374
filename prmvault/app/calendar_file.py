"""The calendar file that the watcher keeps current: only entries that differ are made anew."""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date
from typing import TYPE_CHECKING

from prmvault.app.export import calendar_entries, write_if_changed
from prmvault.core.problems import PrmvaultError
from prmvault.render.language import language_of
from prmvault.vault.files import replace_file

if TYPE_CHECKING:
    from prmvault.app.vault import Vault

_STATE = "calendar.json"
"""In the cache folder: the pieces that the calendar was made of the last time, by the hash of what they tell."""


def write_calendar(vault: Vault, path: str, today: date) -> bool:
    """Write the calendar to the file at `path` if it differs; tell whether it did.

    Pieces of entries that are as they were are taken from the last time: the library takes a second for thousands.
    Raises OSError where it can't be written.
    """
    from prmvault import __version__
    from prmvault.interop.ical_write import write_calendar as calendar_of

    known = _known(vault.cache, __version__)
    before = set(known)
    data = calendar_of(calendar_entries(vault, today), language_of(vault.settings.language).tell, known)
    written = write_if_changed(path, data)
    if known.keys() != before:
        with contextlib.suppress(OSError):  # Without it, the next time takes longer, and that is all.
            replace_file(vault.cache, _STATE, json.dumps([__version__, known]).encode())
    return written


def calendar_told(vault: Vault, today: date) -> str:
    """Keep the calendar of the user's config current, if it names one for this vault; return what was done, for people.

    A config that names another vault keeps that one's calendar.
    """
    from prmvault.vault.user_config import read_config

    config = read_config()
    if not config.calendar or not config.is_about(vault.root):
        return ""
    try:
        return "calendar written" if write_calendar(vault, config.calendar, today) else "calendar unchanged"
    except (PrmvaultError, OSError) as error:
        return f"calendar not written: {error}"


def _known(cache: str, version: str) -> dict[str, str]:
    """Return the pieces of the last time; none where another version made them, or they can't be read."""
    try:
        with open(os.path.join(cache, _STATE), encoding="utf-8") as file:
            made_by, known = json.load(file)
        return dict(known) if made_by == version else {}
    except (OSError, ValueError, TypeError):
        return {}
