"""A command of ours as a process beside the watcher: run from a thread, ended from another one."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence


class Child:
    """Runs commands one after the other until it is ended; a process that is under way ends, too."""

    def __init__(self) -> None:
        self.ending = threading.Event()
        self._starting = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def run(self, command: Sequence[str]) -> tuple[int, list[str]]:
        """Run `command`; return its exit code and the lines that it said, without hints."""
        with self._starting:
            if self.ending.is_set():
                return 0, []
            try:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    encoding="utf-8",
                    errors="replace",
                )
            except OSError as error:
                return 1, [str(error)]
        said, _ = self._process.communicate()
        lines = [line.removeprefix("prmvault: ") for line in said.splitlines() if not line.startswith("    ")]
        return self._process.returncode, lines

    def end(self) -> None:
        """End it, and the process that is under way."""
        with self._starting:
            self.ending.set()
        if self._process is not None:
            self._process.terminate()
