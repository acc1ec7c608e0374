"""What was sent by mail: kept in the user's state folder, one JSON file a vault, so that no week is sent twice.

An address is `sending` from before the content goes out until the server has taken it, then it is `sent`. Where the
answer never came, by a crash or a lost connection, it stays `sending`: nobody knows whether the mail arrived, and it
is not sent again unless asked.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from prmvault.core.problems import PrmvaultError
from prmvault.vault.files import replace_file
from prmvault.vault.locks import held
from prmvault.vault.places import state_folder, vault_key

SENDING, SENT = "sending", "sent"
_MOST_WEEKS = 60


class Sending(NamedTuple):
    """How one week's mail to one address stands: `sending` or `sent`, and since when (ISO text)."""

    state: str
    at: str


class MailWeek(NamedTuple):
    """What is known of one week's mail.

    `copies` counts how often it was sent as a whole; `failures` those in a row, the last one at `tried` (seconds since
    1970) for this `reason`; `is_lasting` means that trying again does not help before somebody does something.
    """

    to: Mapping[str, Sending] = {}
    copies: int = 0
    failures: int = 0
    tried: float = 0.0
    reason: str = ""
    is_lasting: bool = False

    def missing(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return the addresses to which it is still to be sent."""
        return tuple(address for address in addresses if address not in self.to)

    def unsure(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Return the addresses to which it may have been sent: no answer came."""
        return tuple(each for each in addresses if each in self.to and self.to[each].state == SENDING)


def read_weeks(root: str) -> dict[str, MailWeek]:
    """Return what is known of the mails of the vault at `root`, by week (`2026-W47`).

    Raises PrmvaultError where that can't be read: then nobody knows what was sent.
    """
    path = os.path.join(state_folder(), _name(root))
    try:
        with open(path, encoding="utf-8") as file:
            return {week: _week(told) for week, told in json.load(file).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is damaged"
        hint = f"remove {path} if this week's digest has not arrived, or send with --again after that"
        raise PrmvaultError(f"what was sent can't be read: {reason}", hint=hint) from None


def keep_week(root: str, week: str, told: MailWeek) -> None:
    """Write down how one week's mail stands, safe on disk before this returns; raises PrmvaultError where it can't."""
    weeks = {**read_weeks(root), week: told}
    kept = {name: _plain(weeks[name]) for name in sorted(weeks)[-_MOST_WEEKS:]}
    kept[week] = _plain(told)
    folder = state_folder()
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        replace_file(folder, _name(root), (json.dumps(kept, ensure_ascii=False, indent=1) + "\n").encode())
    except OSError as error:
        hint = f"{folder} needs to be a folder that can be written, with some space left"
        raise PrmvaultError(f"what is sent can't be written down: {error.strerror or error}", hint=hint) from None


@contextlib.contextmanager
def sending_lock(root: str) -> Iterator[None]:
    """Hold the lock of the one process that sends mail about this vault; raises PrmvaultError (busy)."""
    with held(state_folder(), f"{_name(root)}.lock", "another prmvault is sending mail about this vault", timeout_s=1):
        yield


def _name(root: str) -> str:
    return f"mail-{vault_key(root)}.json"


def _plain(week: MailWeek) -> dict[str, Any]:
    return {**week._asdict(), "to": {address: list(sending) for address, sending in week.to.items()}}


def _week(told: dict[str, Any]) -> MailWeek:
    to = {str(address): Sending(str(state), str(at)) for address, (state, at) in told["to"].items()}
    return MailWeek(
        to,
        int(told["copies"]),
        int(told["failures"]),
        float(told["tried"]),
        str(told["reason"]),
        bool(told["is_lasting"]),
    )
