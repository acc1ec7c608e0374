"""Syncing again and again beside the watcher: once edits have come to rest, and less often after failures."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence

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
        self._ending = threading.Event()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
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
        with self._starting:
            self._ending.set()
        if self._process is not None:
            self._process.terminate()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        failures = 0
        pause = 0.0
        while not self._ending.wait(pause):
            due = self._clock()
            while left := self.rest_left(due):
                if self._ending.wait(left):
                    return
            code, said = self._run()
            if self._ending.is_set():
                return
            failures = failures + 1 if code else 0
            pause = pause_after(self._every, failures)
            if said:
                self._log(f"sync: {said}{f'; next try in {pause / 60:.0f} min' if code else ''}")

    def _run(self) -> tuple[int, str]:
        """Sync; return the exit code and what there is to say about it."""
        with self._starting:
            if self._ending.is_set():
                return 0, ""
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    list(self._command),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    errors="replace",
                )
            except OSError as error:
                return 1, str(error)
        said, _ = self._process.communicate()
        code = self._process.returncode
        lines = [line.removeprefix("prmvault: ") for line in said.splitlines() if not line.startswith("    ")]
        return code, "; ".join(line for line in lines if code or not line.startswith("up to date"))
