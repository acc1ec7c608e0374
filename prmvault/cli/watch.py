"""`watch`: keep everything current while notes change."""

from __future__ import annotations

import signal
import sys
import time
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.context import command, opened_vault, option_value, today, vault_root
from prmvault.cli.output import one_line, progress_bar
from prmvault.core.problems import EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from prmvault.vault.watch import FolderWatcher


@command("watch")
@click.option("--once", is_flag=True, help="Bring everything up to date, then stop (for cron).")
@click.option("--quiet", is_flag=True, help="Say nothing but errors.")
@click.option(
    "--sync",
    "minutes",
    type=click.FloatRange(min=1),
    metavar="MINUTES",
    help="Also sync every so many minutes, once edits have come to rest; less often after failures.",
)
@click.option("--no-mail", is_flag=True, help="Send no mail, whatever the user's config says.")
def watch_command(once: bool, quiet: bool, minutes: float | None, no_mail: bool) -> int:
    """Keep search index and digest up to date while notes change; end it with Ctrl-C.

    Nothing depends on it: every command answers from the notes as they are, with or without a watcher. With one, the
    digest is always there, and the index has nothing left to do when you ask. Where the user's config says when
    (`send:`), it sends the digest by mail.

    \b
    Example:
      prmvault watch
      prmvault watch --once
      prmvault watch --sync 10
    """
    if once and minutes:
        hint = "prmvault sync && prmvault watch --once"
        raise PrmvaultError("--sync does not go with --once", exit_code=EXIT_USAGE, hint=hint)
    from prmvault.app.watch import bring_up_to_date, watch

    if once:
        vault = opened_vault()
        count = len(vault.refreshed.changed)
        done = bring_up_to_date(vault, today(), progress_bar)
        if not quiet:
            _log(f"{count} notes read → {done}")
        code = 0 if "not " not in done else 1
        if no_mail:
            return code
        from prmvault.app.watch_mail import local_now
        from prmvault.cli.digest_mail import send_if_due

        return send_if_due(vault, local_now(today()), quiet=quiet) or code
    root = vault_root()
    watch(
        root,
        today=partial(_day, option_value("today")),
        log=_log,
        on_start=_stop_on_signals,
        sync_every=60 * (minutes or 0),
        sends_mail=not no_mail,
    )
    _log("stopped")
    return 0


def _day(chosen: date | None) -> date:
    """Return the day that counts as today; unlike `today`, also in a thread, which knows no command line."""
    return chosen or date.today()  # noqa: DTZ011 - the user's day is the local one


def _stop_on_signals(watcher: FolderWatcher) -> None:
    def stop(_number: int, _frame: Any) -> None:
        watcher.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _log(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {one_line(text)}\n")
    sys.stderr.flush()
