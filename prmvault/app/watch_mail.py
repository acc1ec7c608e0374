"""Sending the digest by mail beside the watcher: on its weekday and hour, and later where the machine slept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from prmvault.app.child import InBackground
from prmvault.app.mail_state import MailWeek, read_weeks
from prmvault.app.watch_sync import pause_after
from prmvault.core.dates import week_name
from prmvault.core.problems import PrmvaultError
from prmvault.vault.user_config import Send, UserConfig, read_config

LOOK_S = 300.0
"""So often it looks at the clock: a machine that slept does not wake what waits for an hour."""

_LASTING_S = 3600.0
"""The first pause after a failure that somebody has to do something about (a wrong password)."""

_FRIDAY = 4


class Due(NamedTuple):
    """The Monday of the week whose digest is the next to be sent, and from when on (local time)."""

    monday: date
    at: datetime


def local_now(today: date) -> datetime:
    """Return the local time on the day that counts as today."""
    return datetime.combine(today, datetime.now().time())  # noqa: DTZ005 - the user's hour is the local one


def next_due(now: datetime, send: Send, weeks: Mapping[str, MailWeek], addresses: Iterable[str]) -> Due:
    """Return which digest is the next to be sent to `addresses`, and when: at or before `now`, it is due.

    `now` is local time. What was missed is due as long as its week lasts; after failures it comes later, twice as
    late each time. On Saturday and Sunday the digest of the week that comes is sent.
    """
    wanted = tuple(addresses)
    monday = now.date() - timedelta(days=now.weekday())
    if _time_of(monday + timedelta(days=7), send) <= now:
        monday += timedelta(days=7)  # The weekend's digest takes the place of the one of the week that ends.
    while True:
        week = weeks.get(week_name(monday), MailWeek())
        if week.missing(wanted) or not wanted:
            return Due(monday, max(_time_of(monday, send), _retry(week, now)))
        monday += timedelta(days=7)


def _time_of(monday: date, send: Send) -> datetime:
    """Return when the digest of the week is to be sent, in that week or on the weekend before it."""
    begin = monday if send.weekday <= _FRIDAY else monday - timedelta(days=7)
    return datetime.combine(begin + timedelta(days=send.weekday), time(send.hour))


def _retry(week: MailWeek, now: datetime) -> datetime:
    """Return when it is tried again after failures; a clock that was set back does not make it wait for longer."""
    if not week.failures:
        return datetime.min  # noqa: DTZ901 - local time as all here
    pause = pause_after(_LASTING_S if week.is_lasting else LOOK_S, week.failures - 1)
    left = min(pause, week.tried + pause - now.timestamp())
    return now + timedelta(seconds=left)


def due_of(root: str, config: UserConfig, now: datetime) -> Due | None:
    """Return which digest of the vault at `root` is the next to be sent, by the user's config; None where none is.

    Where the config names a vault, mail is sent for that one only. Raises PrmvaultError (state unreadable).
    """
    if config.mail is None or config.send is None or not config.is_about(root):
        return None
    return next_due(now, config.send, read_weeks(root), [each.address for each in config.mail.to])


class MailInBackground(InBackground):
    """Sends the digest when it is due, from a thread, by `command` and its week; until it is ended."""

    def __init__(
        self,
        root: str,
        command: Callable[[str], list[str]],
        log: Callable[[str], None],
        now: Callable[[], datetime],
    ) -> None:
        super().__init__("mail")
        self._root = root
        self._command = command
        self._log = log
        self._now = now
        self._told = ""
        self._failures = 0

    def look(self) -> float:
        """Send what is due; return after how many seconds to look again."""
        due = self._due()
        if due is None or due.at > self._now():
            return LOOK_S
        code, said = self._child.run(self._command(week_name(due.monday)))
        if self._child.ending.is_set():
            return 0.0
        self._failures = self._failures + 1 if code else 0
        again = self._due() if code else None
        told = "; ".join(said) or f"no answer (code {code})"
        if again is None or again.monday != due.monday:
            self._log(f"mail: {told}")
            return LOOK_S
        # The pause after a failure is kept with the mail; this one is for a failure that could not even be kept.
        left = (again.at - self._now()).total_seconds()
        pause = left if left > 0 else pause_after(LOOK_S, self._failures - 1)
        self._log(f"mail: {told}; next try in {pause / 60:.0f} min")
        return min(pause, LOOK_S) if left > 0 else pause

    def _due(self) -> Due | None:
        """Return what is the next to be sent; what stands against it is said once."""
        config = read_config()
        due, problems = None, [str(problem) for problem in config.problems]
        try:
            due = due_of(self._root, config, self._now())
        except PrmvaultError as error:
            problems.append(str(error))
        told = "; ".join(problems)
        if told and told != self._told:
            self._log(f"mail: {told}")
        self._told = told
        return due
