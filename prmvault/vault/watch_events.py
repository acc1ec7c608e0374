"""The system's events of a folder, through watchdog: enqueued as hints, with what watchdog keeps to itself.

Watchdog tells its handlers neither that the kernel dropped events nor that a limit left folders without a watch, nor
that one of its threads ended; all three are found out here.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import warnings
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers.api import BaseObserver, ObservedWatch

EventKind = Literal["file", "folder", "overflow", "ended", "stop"]


def top_folders(root: str) -> dict[str, str]:
    """Names and paths of the folders right below `root`, without hidden ones and links; may raise OSError."""
    with os.scandir(root) as entries:
        return {
            entry.name: entry.path
            for entry in entries
            if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
        }


def _count_folders(tops: Collection[str]) -> int:
    """How many readable folders there are from each of `tops` down, without links: those that get a watch."""
    found = 0
    stack = list(tops)
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                stack += [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        except OSError:  # unreadable or gone: nothing to be watched either
            continue
        found += 1
    return found


def inotify_instances() -> frozenset[str]:
    """Descriptors (as text) of this process's inotify instances; none where the system is not Linux."""
    found = set()
    with contextlib.suppress(OSError):
        for link in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(OSError):  # closed since
                if "inotify" in str(link.readlink()):
                    found.add(link.name)
    return frozenset(found)


def count_watches(instances: Collection[str]) -> int:
    """How many watches the kernel holds for these inotify instances (proc(5), `fdinfo`)."""
    found = 0
    for name in instances:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/self/fdinfo/{name}").read_text("ascii", "replace").split("\n")
            found += sum(line.startswith("inotify wd:") for line in lines)
    return found


def _report_end(thread: threading.Thread, put: Callable[[EventKind], None]) -> None:
    thread.join()
    put("ended")


class _Forwarder:
    """What watchdog calls its handler. It only enqueues: what is raised here would end watchdog's thread."""

    def __init__(self, put: Callable[..., None]) -> None:
        self._put = put

    def dispatch(self, event: FileSystemEvent) -> None:
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        self._put("folder" if event.is_directory else "file", *paths)


class OverflowListener(logging.Handler):
    """Hears that the kernel dropped events: watchdog (from 7.1) logs it but tells its handlers nothing."""

    source = "watchdog.observers.inotify_c"

    def __init__(self, put: Callable[[EventKind], None]) -> None:
        super().__init__(logging.WARNING)
        self._put = put
        self._level = logging.NOTSET

    def attach(self) -> None:
        """Begin to hear."""
        source = logging.getLogger(self.source)
        self._level = source.level
        if not source.isEnabledFor(logging.WARNING):
            source.setLevel(logging.WARNING)
        # To its parent, or Python prints watchdog's other lines about an overflow to standard error.
        logging.getLogger("watchdog.observers").addHandler(self)

    def detach(self) -> None:
        """Stop hearing."""
        logging.getLogger("watchdog.observers").removeHandler(self)
        logging.getLogger(self.source).setLevel(self._level)

    def emit(self, record: logging.LogRecord) -> None:
        """Tell an overflow."""
        if record.name == self.source:
            self._put("overflow")


class Subscription:
    """The system's events, through watchdog: of the root alone, and of each visible folder in depth."""

    def __init__(self, root: str, put: Callable[..., None]) -> None:
        """Begin to watch; OSError if the system does not allow it."""
        from watchdog import events
        from watchdog.observers import Observer
        from watchdog.utils import BaseThread

        # Watchdog warns of a new folder that it meets both in its walk and as an event: of no account.
        warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
        self.root = root
        self._handler = cast("FileSystemEventHandler", _Forwarder(put))
        self._folders: dict[str, ObservedWatch] = {}
        gone: list[type[FileSystemEvent]] = [events.DirDeletedEvent, events.DirMovedEvent]
        # Without "opened" and "closed without writing", which overflow the queue when files are only read,
        # and without "folder modified", which comes with every file in it, interesting or not.
        self._kinds: list[type[FileSystemEvent]] = [
            events.FileCreatedEvent,
            events.FileModifiedEvent,
            events.FileAttribEvent,
            events.FileClosedEvent,
            events.FileMovedEvent,
            events.FileDeletedEvent,
            events.DirCreatedEvent,
            *gone,
        ]
        instances, threads = inotify_instances(), set(threading.enumerate())
        self._observer: BaseObserver = Observer()
        try:
            self._observer.start()
            self._threads = [
                thread for thread in threading.enumerate() if isinstance(thread, BaseThread) and thread not in threads
            ]
            self._instances = inotify_instances() - instances
            parent = str(Path(root).parent)
            if parent != root:  # only the parent hears that the root itself is moved
                with contextlib.suppress(OSError):
                    self._observer.schedule(self._handler, parent, event_filter=gone)
            self._surplus = count_watches(self._instances)
            self._root_watch = self._observer.schedule(self._handler, root, event_filter=self._kinds)
            self.follow()
        except BaseException:
            self.close()
            raise
        for thread in self._threads:
            threading.Thread(target=_report_end, args=(thread, put), daemon=True).start()

    def follow(self, renewed: Collection[str] = ()) -> None:
        """Watch the visible folders that are below the root now; OSError if the root cannot be read.

        `renewed` names those that may have become other folders. What happens in a folder before it is
        watched is not heard: the caller owes a wake after this.
        """
        working = {emitter.watch for emitter in self._observer.emitters if emitter.is_alive()}
        present = top_folders(self.root)
        for name, watch in list(self._folders.items()):
            if name not in present or name in renewed or watch not in working:
                del self._folders[name]
                with contextlib.suppress(KeyError):
                    self._observer.unschedule(watch)
        for name in present.keys() - self._folders.keys():
            # Gone since, and its event is on the way, or at the limit, which `is_complete` finds.
            with contextlib.suppress(OSError):
                self._folders[name] = self._observer.schedule(
                    self._handler, present[name], recursive=True, event_filter=self._kinds
                )

    def is_complete(self) -> bool:
        """Whether all folders are watched: at the system's limit watchdog leaves some out in silence."""
        present = top_folders(self.root)
        if present.keys() - self._folders.keys():
            return False
        watched = count_watches(self._instances) - self._surplus
        # None at all: not Linux, or a kernel that does not tell.
        return watched <= 0 or watched >= 1 + _count_folders(present.values())

    def is_working(self) -> bool:
        """Whether the threads that bring the events live."""
        return all(thread.is_alive() for thread in self._threads) and any(
            emitter.watch == self._root_watch and emitter.is_alive() for emitter in self._observer.emitters
        )

    def close(self) -> None:
        """Stop the events and end the threads."""
        self._observer.stop()
        if self._observer.is_alive():
            self._observer.join()
