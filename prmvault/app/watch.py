"""The watcher's work: after every change bring facts, index and digest up to date, and say so in one line."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

from prmvault.app.calendar_file import calendar_told
from prmvault.app.digest import monday_of, write_digest
from prmvault.app.listen import Heard, listen
from prmvault.app.search import refresh_index
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.app.watch_mail import MailInBackground, local_now
from prmvault.app.watch_sync import SyncInBackground
from prmvault.app.watch_vdir import VdirInBackground
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.search.index import Busy
from prmvault.vault.facts import Progress
from prmvault.vault.files import SETTINGS_FILE
from prmvault.vault.places import cache_folder
from prmvault.vault.watch import FolderWatcher, Wake

Log = Callable[[str], None]

_LOCK = "watch.lock"
_INFO = "watch.json"
_MANY = 500
"""From this many changed files on a process of its own does the work, and gives its memory back at its end."""

_LARGE = 3000
"""From this many people on a digest is a second of work; the next save does not wait for it."""

_NAMED = 3


class Running(NamedTuple):
    """A watcher that is at work: its process and since when (ISO text)."""

    pid: int
    since: str


class DigestInBackground:
    """Makes the digest of a large vault in a process of its own, begun again when notes change meanwhile."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self, root: str, today: date) -> None:
        """Begin to make the digest; one that is still being made is out of date and ends (it is written as a whole)."""
        self.end()
        self._process = subprocess.Popen(_command(root, today, "digest"), stdout=subprocess.DEVNULL)  # noqa: S603 - our own module

    def end(self) -> None:
        """End the process, if it is still at work."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


def bring_up_to_date(
    vault: Vault,
    today: date,
    progress: Callable[[str, int], Progress] | None = None,
    background: DigestInBackground | None = None,
    *,
    is_news: bool = True,
) -> str:
    """Bring index and digest up to date with the vault's facts; return what was done, for people.

    With `background` the digest of a large vault is left to a process of its own, if there `is_news` for it.
    """
    done = []
    start = time.perf_counter()
    try:
        count = refresh_index(vault, progress)
        took = (time.perf_counter() - start) * 1000
        done.append(f"index {took:.0f} ms" if count else "index current")
    except Busy:
        done.append("index left to another prmvault")
    except OSError as error:
        done.append(f"index not written: {error.strerror or error}")
    calendar = calendar_told(vault, today)
    if calendar:
        done.append(calendar)
    if background is not None and vault.facts.counts().get("person", 0) >= _LARGE:
        if is_news:
            background.begin(vault.root, today)
        return ", ".join([*done, "digest follows" if is_news else "digest unchanged"])
    try:
        path, written = write_digest(vault, monday_of(today))
        done.append(f"{path} written" if written else "digest unchanged")
    except (PrmvaultError, OSError) as error:
        done.append(f"digest not written: {error}")
    return ", ".join(done)


def watch(
    root: str,
    *,
    today: Callable[[], date],
    log: Log,
    on_start: Callable[[FolderWatcher], None],
    sync_every: float = 0.0,
    sends_mail: bool = False,
) -> None:
    """Keep the vault up to date until the watcher that `on_start` was given is stopped.

    With `sync_every` it also syncs every so many seconds, once edits have come to rest; with `sends_mail` it sends the
    digest when the user's config says so. Where that names a folder of cards (`vdir:`), it syncs with that, too.
    `today` is asked from other threads, too.

    Raises PrmvaultError (busy) where another watcher is at work on this vault.
    """
    background = DigestInBackground()
    with _only_one(root):
        _in_own_process(root, today())
        vault = open_vault(root, log)
        digest_folder = vault.settings.digest_folder
        watcher = FolderWatcher(
            Path(root),
            is_interesting=lambda path: is_interesting(path, digest_folder),
            on_notice=lambda notice: log(f"{notice.message}{': ' if notice.hint else ''}{notice.hint}"),
        )
        on_start(watcher)
        vault = _told_of(listen(vault, today()), log)
        log(f"watching {root}: {bring_up_to_date(vault, today(), background=background)}")
        syncing = SyncInBackground(_command(root, None, "sync"), sync_every, log) if sync_every else None
        cards = VdirInBackground(root, _command(root, None, "vdir"), log)
        mailing = MailInBackground(root, partial(_mail_command, root), log, lambda: local_now(today()))
        try:
            with watcher:
                if syncing is not None:
                    syncing.begin()
                if sends_mail:
                    mailing.begin()
                cards.begin()
                for wake in watcher.wakes():
                    if wake.reason == "stop":
                        break
                    if wake.paths and not _is_digest(wake.paths, digest_folder):
                        cards.note_change()
                        if syncing is not None:
                            syncing.note_change()
                    vault = _handled(vault, wake, today(), log, background)
        finally:
            if syncing is not None:
                syncing.end()
            cards.end()
            mailing.end()
            # However it ends, a folder that went away included: nobody would wait for that process.
            background.end()
            vault.facts.close()


def running_watcher(root: str) -> Running | None:
    """Return the watcher that is at work on the vault, or None."""
    cache = cache_folder(root)
    if not os.path.exists(os.path.join(cache, _LOCK)):
        return None
    from filelock import FileLock, Timeout

    try:
        with FileLock(os.path.join(cache, _LOCK), timeout=0):
            return None
    except Timeout:
        return _running(cache)


def is_interesting(path: str, digest_folder: str) -> bool:
    """Tell whether a change of this file can change facts, index or digest."""
    if any(part.startswith(".") for part in path.split("/")[:-1]):
        return False
    name = path.rsplit("/", 1)[-1]
    if path in (SETTINGS_FILE, ".gitignore"):
        return True
    endings = (".md",) if _is_digest((path,), digest_folder) else (".md", ".j2")
    return not name.startswith(".") and name.endswith(endings)


def _is_digest(paths: Iterable[str], digest_folder: str) -> bool:
    """Tell whether all of these are in the folder of the digests."""
    return all(f"{path}/".startswith(f"{digest_folder}/") for path in paths)


def _handled(vault: Vault, wake: Wake, today: date, log: Log, background: DigestInBackground) -> Vault:
    """Do the work of one wake; what fails is said and tried again at the next one."""
    if wake.reason == "overflow" or len(wake.paths) >= _MANY:
        _in_own_process(vault.root, today)
    try:
        vault = refreshed_vault(vault)
        changed, removed = vault.refreshed.changed, vault.refreshed.removed
        heard = listen(vault, today)
        vault = _told_of(heard, log)
        is_for_us = wake.reason == "changed" and _is_digest(wake.paths, vault.settings.digest_folder)
        if is_for_us and not (changed or removed or heard.carried):
            return vault  # It was we who wrote the page, or somebody who goes on writing.
        is_news = bool(changed or removed or heard.carried or wake.reason != "rescan")
        done = bring_up_to_date(vault, today, background=background, is_news=is_news)
    except (sqlite3.DatabaseError, OSError, PrmvaultError) as error:
        log(f"not done, tried again at the next change: {error}")
        with contextlib.suppress(sqlite3.DatabaseError, OSError, PrmvaultError):
            vault.facts.close()
            vault = open_vault(vault.root, log)
        return vault
    what = [text for text in (_told(changed, "changed"), _told(removed, "removed")) if text]
    if heard.carried:
        what.append("what was carried")
    if not what and not done.startswith("index current"):
        # Another command has read the notes before; the events still name them.
        what = [text for text in [_told(wake.paths, "changed")] if text]
    if what or "written" in done or "not " in done:
        log(f"{'; '.join(what) or wake.reason} → {done}")
    elif wake.reason == "changed" and len(wake.paths) >= _MANY:
        log(f"{len(wake.paths)} files changed → index current")
    return vault


def _told_of(heard: Heard, log: Log) -> Vault:
    """Log what was carried from the digest, and what could not be; return the vault as it is then."""
    for line in (*heard.carried, *map(str, heard.problems)):
        log(line)
    return heard.vault


def _told(paths: tuple[str, ...], what: str) -> str:
    if not paths:
        return ""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"{', '.join(sorted(paths)[:_NAMED])}{more} {what}"


def _in_own_process(root: str, today: date) -> None:
    """Do the bulk of the work in a process that ends: a long-lived one would keep the memory."""
    with subprocess.Popen(_command(root, today, "watch", "--once", "--quiet", "--no-mail")) as child:  # noqa: S603 - our own module
        try:
            child.wait()
        except BaseException:
            child.terminate()
            raise


def _mail_command(root: str, week: str) -> list[str]:
    return _command(root, None, "digest", "--mail", "--week", week)


def _command(root: str, today: date | None, *words: str) -> list[str]:
    """Return the command line of this program, on this vault and day (None: the day on which it runs)."""
    day = () if today is None else ("--today", today.isoformat())
    # -P: the folder in which the user stands may be the vault, and no file of it is a module of ours.
    return [sys.executable, "-P", "-m", "prmvault", "-C", root, *day, *words]


@contextlib.contextmanager
def _only_one(root: str) -> Iterator[None]:
    """Hold the lock of the one watcher; the system lets go of it however the process ends."""
    from filelock import FileLock, Timeout

    cache = cache_folder(root)
    os.makedirs(cache, mode=0o700, exist_ok=True)
    lock = FileLock(os.path.join(cache, _LOCK), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        other = _running(cache)
        who = f"process {other.pid}, since {other.since}" if other else "another process"
        message = f"this vault is being watched already ({who})"
        raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="stop that one first, or leave it to it") from None
    try:
        with open(os.path.join(cache, _INFO), "w", encoding="utf-8") as file:
            json.dump({"pid": os.getpid(), "since": time.strftime("%Y-%m-%d %H:%M:%S")}, file)
        yield
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(cache, _INFO))
        lock.release()


def _running(cache: str) -> Running | None:
    try:
        with open(os.path.join(cache, _INFO), encoding="utf-8") as file:
            told = json.load(file)
        return Running(int(told["pid"]), str(told["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
