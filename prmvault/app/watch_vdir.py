"""Syncing with the folder of cards beside the watcher: when notes or cards have changed and come to rest."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from prmvault.app.child import InBackground
from prmvault.app.watch_sync import pause_after
from prmvault.core.problems import EXIT_NOTHING_FOUND
from prmvault.vault.user_config import read_config

LOOK_S = 10.0
"""So often it looks at the folder: a look is a list of its files."""

REST_S = 5.0
"""So long neither notes nor cards may have changed: a program that brings many cards is not to be met in the middle."""


def looked_at(folder: str) -> tuple[tuple[str, int, int], ...]:
    """Return name, time and size of the cards in a folder; nothing where it can't be read."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(".vcf") and not entry.name.startswith("."):
                    status = entry.stat(follow_symlinks=False)
                    found.append((entry.name, status.st_mtime_ns, status.st_size))
    except OSError:
        return ()
    return tuple(sorted(found))


class VdirInBackground(InBackground):
    """Runs `command` as a process of its own after changes, from a thread, until it is ended.

    The folder is that of the user's config (`vdir:`), looked up each time; without one it does nothing.
    """

    def __init__(
        self,
        root: str,
        command: Sequence[str],
        log: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("vdir")
        self._root = root
        self._command = command
        self._log = log
        self._clock = clock
        self._there: tuple[tuple[str, int, int], ...] | None = None
        self._is_due = True
        self._changed = clock() - REST_S
        self._told: tuple[str, ...] = ()
        self._failures = 0

    def note_change(self) -> None:
        """Remember that a note has changed just now."""
        self._changed = self._clock()
        self._is_due = True

    def look(self) -> float:
        """Sync if something has changed and come to rest; return after how many seconds to look again."""
        config = read_config()
        if not config.vdir or not config.is_about(self._root):
            return LOOK_S
        there = looked_at(config.vdir)
        if there != self._there:
            self._changed = self._changed if self._there is None else self._clock()
            self._there, self._is_due = there, True
        left = self._changed + REST_S - self._clock()
        if not self._is_due or left > 0:
            return min(left, LOOK_S) if self._is_due else LOOK_S
        self._is_due = False
        code, said = self._child.run(self._command)
        if self._child.ending.is_set():
            return 0.0
        is_failure = code not in (0, EXIT_NOTHING_FOUND)
        self._failures = self._failures + 1 if is_failure else 0
        self._is_due = self._is_due or is_failure
        pause = pause_after(LOOK_S, self._failures)
        # What stays as it is (a card that is held back) is told once.
        told = "; ".join([line for line in said if line not in self._told and not line.startswith("up to date")])
        self._told = tuple(said)
        if told:
            self._log(f"vdir: {told}{f'; next try in {pause:.0f} s' if is_failure else ''}")
        return pause
