"""Run whole processes and measure them: wall time, peak memory, CPU of a running one, and lines as they come."""

from __future__ import annotations

import os
import queue
import signal
import statistics
import subprocess
import tempfile
import threading
import time
import unicodedata
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType


WARM_UP = 2


class MeasurementError(Exception):
    """What was to be measured did not do its work; the message says why."""


class Command(NamedTuple):
    """A process to start, and what its output must hold for the measurement to count."""

    argv: Sequence[str]
    env: dict[str, str]
    cwd: Path
    accept: Callable[[str], bool] = lambda _: True
    timeout: float = 60


class Run(NamedTuple):
    """One finished process: seconds of wall time, peak RSS in MB, what it wrote."""

    seconds: float
    megabytes: float
    output: str


class Paired(NamedTuple):
    """The runs of two commands that took turns."""

    ours: list[Run]
    yardstick: list[Run]


def clean_environment(home: Path) -> dict[str, str]:
    """Return the environment without what changes Python's or the program's ways, with a home of its own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PRMVAULT", "XDG", "RECOLL", "LC_", "LANG", "VIRTUAL_ENV"))
    }
    return kept | {"HOME": str(home), "LC_ALL": "C.UTF-8", "COLUMNS": "1000"}


def run_once(command: Command, *, keep_output: bool = False) -> Run:
    """Run a command to its end; its output goes to /dev/null, or to a file when it is kept.

    Raises MeasurementError on an exit code other than 0, on output that is not accepted, and on a timeout.
    """
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command.argv,
            env=command.env,
            cwd=command.cwd,
            stdin=subprocess.DEVNULL,
            stdout=output if keep_output else subprocess.DEVNULL,
            stderr=errors,
        )
        timer = threading.Timer(command.timeout, os.kill, (process.pid, signal.SIGKILL))  # kill() would reap it
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        text = _text(output)
        _complain(command, process.returncode, text if keep_output else None, _text(errors))
    return Run(seconds, usage.ru_maxrss / 1024, text)


def run_paired(ours: Command, yardstick: Command, times: int) -> Paired:
    """Run two commands in turn; two more turns come first as a warm-up, and their output is checked."""
    for side in (ours, yardstick) * WARM_UP:
        run_once(side, keep_output=True)
    paired = Paired([], [])
    for _ in range(times):
        for side, runs in zip((ours, yardstick), paired, strict=True):
            runs.append(run_once(side))
    return paired


def median_seconds(runs: Sequence[Run]) -> float:
    """Return the median wall time."""
    return statistics.median(run.seconds for run in runs)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile: the smallest value that `share` of all do not exceed."""
    ranked = sorted(values)
    return ranked[max(0, -int(-share * len(ranked) // 1) - 1)]


def cpu_seconds(pid: int) -> float:
    """Return user and system time of a process and its descendants so far (Linux only)."""
    ticks = 0
    for one in _family(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            # the name in parentheses may hold blanks; utime and stime are fields 14 and 15 of the whole line
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_megabytes(pid: int) -> float:
    """Return the VmRSS of a process and its descendants (Linux only)."""
    total = 0
    for one in _family(pid):
        with suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{one}/status").read_text(encoding="utf-8").splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1])
    return total / 1024


class Watched:
    """A long process whose lines (standard output and error) are kept with the time of their arrival."""

    def __init__(self, command: Command) -> None:
        self.process = subprocess.Popen(
            command.argv,
            env=command.env,
            cwd=command.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.seen: list[str] = []
        self._lines: queue.SimpleQueue[tuple[float, str]] = queue.SimpleQueue()
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            self.process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)
                break
        self._reader.join(timeout=5)

    def wait_for(self, accept: Callable[[str], bool], timeout: float) -> float | None:
        """Return when the next line that is accepted came (perf_counter), None when none came in time."""
        until = time.perf_counter() + timeout
        while (left := until - time.perf_counter()) > 0:
            try:
                moment, line = self._lines.get(timeout=min(left, 0.5))
            except queue.Empty:
                if self.process.poll() is not None:
                    raise MeasurementError(
                        f"the watcher ended ({self.process.returncode}): {self.last_words()}"
                    ) from None
                continue
            if accept(line):
                return moment
        return None

    def settle(self, quiet: float, at_most: float) -> None:
        """Wait until no line came and hardly any CPU was used for `quiet` seconds."""
        until = time.perf_counter() + at_most
        while time.perf_counter() < until:
            used = cpu_seconds(self.process.pid)
            if self.wait_for(lambda _: True, quiet) is None and cpu_seconds(self.process.pid) - used < 0.05 * quiet:
                return

    def last_words(self) -> str:
        """Return the last lines seen, for a message."""
        return " / ".join(self.seen[-3:]) or "no output"

    def _read(self, stream: IO[bytes]) -> None:
        for raw in stream:
            moment = time.perf_counter()
            line = unicodedata.normalize("NFC", raw.decode("utf-8", "replace").rstrip())
            self.seen.append(line)
            self._lines.put((moment, line))


def _family(pid: int) -> list[int]:
    family = [pid]
    for one in family:
        with suppress(FileNotFoundError, ProcessLookupError):
            text = Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii")
            family += [int(child) for child in text.split()]
    return family


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


def _complain(command: Command, code: int, output: str | None, errors: str) -> None:
    name = " ".join([Path(command.argv[0]).name, *command.argv[1:]])
    last = (errors.strip().splitlines() or ["nothing on standard error"])[-1][:200]
    if code == -signal.SIGKILL:
        last = f"killed; {command.timeout:g} s were allowed"
    if code != 0:
        raise MeasurementError(f"`{name}` ended with {code}: {last}")
    if output is not None and not command.accept(output):
        raise MeasurementError(f"`{name}` did not answer as expected: {output.strip()[:120] or last!r}")
