"""Syncing again and again beside the watcher: once edits have come to rest, and less often after failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from prmvault.app.child import Child

REST_S = 20.0
"""So long no note may have changed: nobody wants half a sentence in a commit."""

_LONGEST_REST_S = 600.0
"""After so long a sync comes even where notes change all the time."""

_MOST_DOUBLINGS = 4


def pause_after(every: float, failures: int) -> float:
    """Return how many seconds to wait for the next sync, twice as long after each failure in a row, up to 16 times."""
    return every * 2.0 ** min(failures, _MOST_DOUBLINGS)


class SyncInBackground:
    """Runs `command` as a process of its own every so many seconds, from a thread, until it is ended."""

    def __init__(
        self,
        command: Sequence[str],
        every: float,
        log: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = command
        self._every = every
        self._log = log
        self._clock = clock
        self._child = Child()
        self._changed = clock() - REST_S
        self._thread = threading.Thread(target=self._work, name="sync", daemon=True)

    def begin(self) -> None:
        """Begin with a first sync."""
        self._thread.start()

    def note_change(self) -> None:
        """Remember that a note has changed just now."""
        self._changed = self._clock()

    def rest_left(self, due_since: float) -> float:
        """Return for how many seconds a sync that is due since then has to wait until edits have come to rest."""
        now = self._clock()
        return max(0.0, min(self._changed + REST_S, due_since + _LONGEST_REST_S) - now)

    def end(self) -> None:
        """End it, a sync that is under way, too: the next one goes on from there."""
        self._child.end()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        failures = 0
        pause = 0.0
        ending = self._child.ending
        while not ending.wait(pause):
            due = self._clock()
            while left := self.rest_left(due):
                if ending.wait(left):
                    return
            code, lines = self._child.run(self._command)
            if ending.is_set():
                return
            failures = failures + 1 if code else 0
            pause = pause_after(self._every, failures)
            said = "; ".join(line for line in lines if code or not line.startswith("up to date"))
            if said:
                self._log(f"sync: {said}{f'; next try in {pause / 60:.0f} min' if code else ''}")
