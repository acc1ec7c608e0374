"""Syncing again and again beside the watcher: once edits have come to rest, and less often after failures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from prmvault.app.child import InBackground

REST_S = 20.0
"""So long no note may have changed: nobody wants half a sentence in a commit."""

_LONGEST_REST_S = 600.0
"""After so long a sync comes even where notes change all the time."""

_MOST_DOUBLINGS = 4


def pause_after(every: float, failures: int) -> float:
    """Return how many seconds to wait for the next sync, twice as long after each failure in a row, up to 16 times."""
    return every * 2.0 ** min(failures, _MOST_DOUBLINGS)


class SyncInBackground(InBackground):
    """Runs `command` as a process of its own every so many seconds, from a thread, until it is ended."""

    def __init__(
        self,
        command: Sequence[str],
        every: float,
        log: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__("sync")
        self._command = command
        self._every = every
        self._log = log
        self._clock = clock
        self._changed = clock() - REST_S
        self._failures = 0

    def note_change(self) -> None:
        """Remember that a note has changed just now."""
        self._changed = self._clock()

    def rest_left(self, due_since: float) -> float:
        """Return for how many seconds a sync that is due since then has to wait until edits have come to rest."""
        now = self._clock()
        return max(0.0, min(self._changed + REST_S, due_since + _LONGEST_REST_S) - now)

    def look(self) -> float:
        """Sync as soon as edits have come to rest; return after how many seconds to do so again."""
        ending = self._child.ending
        due = self._clock()
        while left := self.rest_left(due):
            if ending.wait(left):
                return 0.0
        code, lines = self._child.run(self._command)
        if ending.is_set():
            return 0.0
        self._failures = self._failures + 1 if code else 0
        pause = pause_after(self._every, self._failures)
        said = "; ".join(line for line in lines if code or not line.startswith("up to date"))
        if said:
            self._log(f"sync: {said}{f'; next try in {pause / 60:.0f} min' if code else ''}")
        return pause
