"""Watch a vault's folder and say when it is time to compare it with what is known.

An event of the system is only a hint that something changed: whoever consumes the wakes compares the whole
folder, so the watcher may be vague about paths, but it never keeps quiet about a change. Git's folder and
every other hidden folder right below the root is left out: a checkout or pull shows in the work tree anyway,
while `.git/objects` costs hundreds of watches (thousands with annexes) and a `git gc` floods the queue.
"""

from __future__ import annotations

import errno
import logging
import math
import os
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from stat import S_ISDIR
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from prmvault.core.problems import EXIT_NO_VAULT, PrmvaultError
from prmvault.vault.watch_events import EventKind, OverflowListener, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


MOST_PATHS = 1_000
RECHECK_AFTER = 1.0  # seconds after a wake that folder events led to
POLL_EVERY = 5.0  # seconds between rescans where the system's events cannot be relied on
CLOCK_JUMP = 5.0  # seconds between wall clock and monotonic clock that mean a suspend or a clock that was set
MOST_RESTARTS = 3

Reason = Literal["start", "changed", "rescan", "overflow", "midnight", "stop"]

_log = logging.getLogger(__name__)


class Wake(NamedTuple):
    """A moment to compare the folder with what is known (but for "stop", after which nothing more comes).

    `paths` are relative to the root, with forward slashes, sorted, at most `MOST_PATHS`; for the log only.
    """

    reason: Reason
    paths: tuple[str, ...] = ()


class Notice(NamedTuple):
    """Something that the user should know about the watching; told once for each `code`."""

    code: Literal["watch-limit", "watch-failed", "watch-restarted"]
    message: str
    hint: str = ""


class Clock(NamedTuple):
    """Two clocks, in seconds: one that never jumps and stands still in a suspend, and the calendar's."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


SYSTEM_CLOCK = Clock()


class _Hint(NamedTuple):
    """What comes from other threads: an event, an overflow of the queue, a thread's end, or a nudge."""

    at: float
    kind: EventKind
    paths: tuple[str, ...]


def local_day(now: float) -> tuple[float, float]:
    """First moment of the local day that `now` lies in, and of the day after it (seconds since the epoch)."""
    today = time.localtime(now)
    start, end = (
        time.mktime((today.tm_year, today.tm_mon, today.tm_mday + more, 0, 0, 0, 0, 0, -1)) for more in (0, 1)
    )
    # Where summer time begins at midnight, that midnight does not exist and may come out an hour early.
    while time.localtime(end).tm_yday == today.tm_yday:
        end += 900
    return start, end


class _Batch:
    """What was heard since the last wake."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = -math.inf
        self.paths: set[str] = set()
        self.has_folders = False
        self.has_overflowed = False

    def add(self, at: float, path: str = "") -> None:
        self.first = at if self.first is None else self.first
        self.last = max(self.last, at)
        if path and len(self.paths) < MOST_PATHS:
            self.paths.add(path)


class FolderWatcher:
    """Yields a `Wake` whenever a folder should be compared with what is known; sleeps in between.

    `is_interesting` gets the relative path (forward slashes) of a file and says whether its events count;
    those of folders count unless a part of their path begins with a dot. Links to folders are not followed.
    Times are in seconds. A batch is handed over after `quiet` without an event, at the latest `longest` after
    its first event (or after the consumer came back, if that is later); after `rescan_every` without a wake,
    "rescan" comes. `on_notice` is called in the consumer's thread.
    """

    def __init__(
        self,
        root: Path,
        *,
        is_interesting: Callable[[str], bool],
        quiet: float = 0.2,
        longest: float = 1.0,
        rescan_every: float = 300.0,
        clock: Clock = SYSTEM_CLOCK,
        on_notice: Callable[[Notice], None] | None = None,
    ) -> None:
        self._root = root.absolute()
        self._is_interesting = is_interesting
        self._quiet = quiet
        self._longest = longest
        self._rescan_every = rescan_every
        self._clock = clock
        self._on_notice = on_notice
        self._told: set[str] = set()
        self._inbox: SimpleQueue[_Hint] = SimpleQueue()
        self._listener = OverflowListener(self._put)
        self._subscription: Subscription | None = None
        self._since = -math.inf  # when it began
        self._device, self._inode = 0, 0
        self._stopping = False
        self._restarts = 0
        self._is_polling = False
        self._is_doubtful = False  # fewer watches than folders, but perhaps only for a moment
        self._batch = _Batch()
        self._renewed: set[str] = set()  # names of folders below the root that may have become others
        self._rescan_at = math.inf
        self._recheck_at = math.inf
        self._day = (-math.inf, math.inf)
        self._difference = 0.0  # of the clocks: it changes by a suspend or when the clock is set

    def __enter__(self) -> Self:
        """Begin to watch: nothing is missed from here on. PrmvaultError if the folder is not there."""
        status = self._root_status()
        self._device, self._inode = status.st_dev, status.st_ino
        self._listener.attach()
        try:
            self._subscribe()
            self._check_coverage()
        except BaseException:
            self.__exit__()
            raise
        self._day = local_day(self._clock.wall())
        self._difference = self._clock.wall() - self._clock.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self._unsubscribe()
        self._listener.detach()

    def stop(self) -> None:
        """End the wakes, from any thread or from a signal's handler."""
        self._stopping = True
        self._put("stop")  # SimpleQueue.put is reentrant

    def wakes(self) -> Iterator[Wake]:
        """Yield "start", then block until the next wake; after `stop` yield "stop" and end.

        PrmvaultError when the folder is no longer there: a compare would find that every note was deleted.
        """
        wake = Wake("start")
        while wake.reason != "stop":
            needs_recheck = self._is_doubtful or self._batch.has_folders or self._batch.has_overflowed
            self._batch = _Batch()
            yield wake
            now = self._clock.monotonic()
            self._rescan_at = now + self._rescan_every
            if needs_recheck:
                # A file may have been written after the compare and before its new folder was watched.
                self._recheck_at = now + RECHECK_AFTER
            wake = self._wait(now)
        yield wake

    def _put(self, kind: EventKind, *paths: str) -> None:
        self._inbox.put(_Hint(self._clock.monotonic(), kind, paths))

    def _wait(self, ready: float) -> Wake:
        while not self._stopping:
            now = self._clock.monotonic()
            reason, due, latest = self._next_due(now, ready)
            if now >= latest or (now >= due and self._inbox.empty()):
                return self._hand_over(reason)
            try:
                hint = self._inbox.get(timeout=max(due - now, 0.0))
            except Empty:
                continue
            self._take(hint)
            if self._renewed and self._inbox.empty():
                self._follow()  # at once, so that what goes on in a new folder prolongs the batch
        return Wake("stop")

    def _next_due(self, now: float, ready: float) -> tuple[Reason, float, float]:
        """Say what comes next, when, and until when hints that still wait may put it off."""
        wall = self._clock.wall()
        if abs(wall - now - self._difference) > CLOCK_JUMP:
            self._difference = wall - now
            self._rescan_at = now
        if self._batch.first is not None:  # timers wait until the batch has settled
            latest = max(self._batch.first, ready) + self._longest
            due = min(self._batch.last + self._quiet, latest)
            return ("overflow" if self._batch.has_overflowed else "changed"), due, latest
        start, end = self._day
        midnight = now + end - wall if wall >= start else -math.inf
        rescan = min(self._rescan_at, self._recheck_at)
        due = min(midnight, rescan)
        return ("midnight" if midnight <= rescan else "rescan"), due, due + self._longest

    def _hand_over(self, reason: Reason) -> Wake:
        status = self._root_status()
        if status.st_ino != self._inode:  # another folder took the root's place
            self._inode = status.st_ino
            self._subscribe()
        elif self._subscription and not self._subscription.is_working():
            self._restart()
        elif self._renewed or reason in {"rescan", "overflow"}:
            self._follow()
        if reason == "rescan":
            self._recheck_at = math.inf
            self._check_coverage()
        elif reason == "midnight":
            self._day = local_day(self._clock.wall())
        return Wake(reason, tuple(sorted(self._batch.paths)))

    def _take(self, hint: _Hint) -> None:
        if hint.kind == "ended":
            if self._subscription and not self._subscription.is_working():
                self._restart()
                self._rescan_at = -math.inf
        elif hint.kind == "overflow":
            self._batch.has_overflowed = True
            self._batch.add(hint.at)
        elif self._subscription:
            for path in hint.paths:
                self._take_path(path, hint, self._subscription.root)

    def _take_path(self, path: str, hint: _Hint, root: str) -> None:
        relative = path.removeprefix(root.rstrip("/") + "/")
        if path == root:  # moved or deleted, and perhaps another folder took its place
            self._root_status()
            if hint.at >= self._since:
                self._inode, self._rescan_at = 0, -math.inf
        elif relative == path:
            return  # the parent's other folders
        elif hint.kind == "file":
            if self._is_interesting(relative):
                self._batch.add(hint.at, relative)
        elif not (relative.startswith(".") or "/." in relative):
            self._batch.has_folders = True
            self._batch.add(hint.at, relative)
            if "/" not in relative:
                self._renewed.add(relative)

    def _root_status(self) -> os.stat_result:
        try:
            status = self._root.stat()
        except OSError as error:
            raise self._loss(f"cannot be read: {error.strerror}") from error
        if not S_ISDIR(status.st_mode):
            raise self._loss("is not a folder")
        if self._device and status.st_dev != self._device:
            raise self._loss("was unmounted, or another file system took its place")
        return status

    def _loss(self, what: str) -> PrmvaultError:
        hint = "Start the watching again when the folder is there."
        return PrmvaultError(f"The vault's folder {self._root} {what}", exit_code=EXIT_NO_VAULT, hint=hint)

    def _subscribe(self) -> None:
        self._unsubscribe()
        self._renewed.clear()
        self._since = self._clock.monotonic()
        try:
            self._subscription = Subscription(os.path.realpath(self._root), self._put)
        except OSError as error:
            self._root_status()
            self._poll(error)

    def _unsubscribe(self) -> None:
        if self._subscription:
            self._subscription.close()
            self._subscription = None

    def _follow(self) -> None:
        renewed = frozenset(self._renewed)
        self._renewed.clear()
        if self._subscription:
            try:
                self._subscription.follow(renewed)
            except OSError as error:
                self._root_status()
                self._poll(error)

    def _restart(self) -> None:
        """Watch anew after one of the observer's threads died; after some times, do without events."""
        self._restarts += 1
        _log.warning("a thread that brings file events died (number %d)", self._restarts)
        if self._restarts > MOST_RESTARTS:
            self._unsubscribe()
            self._poll(None)
        else:
            self._tell(Notice("watch-restarted", "File events stopped unexpectedly; watching was started again."))
            self._subscribe()

    def _check_coverage(self) -> None:
        """Poll if folders are left out twice in a row: once, they may just have been made."""
        if self._subscription and not self._is_polling:
            try:
                is_complete = self._subscription.is_complete()
            except OSError:  # the root: the next look at it says so
                is_complete = True
            if self._is_doubtful and not is_complete:
                self._poll(OSError(errno.ENOSPC, ""))
            self._is_doubtful = not (is_complete or self._is_polling)

    def _poll(self, error: OSError | None) -> None:
        """Ask for a compare often from now on, since events cannot be relied on."""
        self._is_polling = True
        self._rescan_every = min(self._rescan_every, POLL_EVERY)
        instead = f"The folder is compared every {self._rescan_every:g} s instead."
        if error and error.errno in {errno.ENOSPC, errno.EMFILE}:
            message = f"The system's limit of watched folders is reached, some changes are not reported. {instead}"
            hint = "Raise fs.inotify.max_user_watches or max_user_instances with sysctl, then start again."
            self._tell(Notice("watch-limit", message, hint))
        else:
            reason = f" ({error.strerror})" if error else ""
            self._tell(Notice("watch-failed", f"File events cannot be used here{reason}. {instead}"))

    def _tell(self, notice: Notice) -> None:
        if notice.code not in self._told:
            self._told.add(notice.code)
            _log.warning("%s", notice.message)
            if self._on_notice:
                self._on_notice(notice)
