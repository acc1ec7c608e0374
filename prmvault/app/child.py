"""Commands of ours as processes beside the watcher: run from a thread, ended from another one."""

from __future__ import annotations

import subprocess
import threading
from abc import ABC, abstractmethod
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


class InBackground(ABC):
    """What runs commands again and again, from a thread called `name`, until it is ended."""

    def __init__(self, name: str) -> None:
        self._child = Child()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    @abstractmethod
    def look(self) -> float:
        """Do what is due; return after how many seconds to look again."""

    def begin(self) -> None:
        """Begin with a first look."""
        self._thread.start()

    def end(self) -> None:
        """End it, and what is under way: each command goes on from there when it is run again."""
        self._child.end()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        pause = 0.0
        while not self._child.ending.wait(pause):
            pause = self.look()
