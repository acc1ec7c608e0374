"""`watch`: keep everything current while notes change."""

from __future__ import annotations

import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.context import command, opened_vault, today, vault_root
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
def watch_command(once: bool, quiet: bool, minutes: float | None) -> int:
    """Keep search index and digest up to date while notes change; end it with Ctrl-C.

    Nothing depends on it: every command answers from the notes as they are, with or without a watcher. With one, the
    digest is always there, and the index has nothing left to do when you ask.

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
        return 0 if "not " not in done else 1
    root = vault_root()
    watch(root, today=today, log=_log, on_start=_stop_on_signals, sync_every=60 * (minutes or 0))
    _log("stopped")
    return 0


def _stop_on_signals(watcher: FolderWatcher) -> None:
    def stop(_number: int, _frame: Any) -> None:
        watcher.stop()

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _log(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {one_line(text)}\n")
    sys.stderr.flush()
