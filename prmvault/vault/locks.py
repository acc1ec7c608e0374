"""Locks between processes, kept in a vault's cache folder; the system lets go of them however a process ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from prmvault.core.problems import EXIT_BUSY, PrmvaultError


@contextlib.contextmanager
def held(cache: str, name: str, busy: str, *, timeout_s: int, again: bool = False) -> Iterator[None]:
    """Hold the lock `name`; with `again` it may be taken within itself.

    Raises PrmvaultError with the message `busy` where another process holds it for longer than `timeout_s`. Where the
    cache can't be written there is no lock.
    """
    from filelock import FileLock, Timeout

    lock = None
    try:
        os.makedirs(cache, mode=0o700, exist_ok=True)
        lock = FileLock(os.path.join(cache, name), timeout=timeout_s, is_singleton=again)
        lock.acquire()
    except Timeout:
        raise PrmvaultError(busy, exit_code=EXIT_BUSY, hint="try again in a moment") from None
    except (OSError, NotImplementedError):
        lock = None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()
