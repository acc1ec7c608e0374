"""`service`: have the system run `watch`."""

from __future__ import annotations

import click

from prmvault.cli.context import command, vault_root
from prmvault.cli.output import echo, echo_json, one_line, say, say_hint
from prmvault.core.problems import EXIT_BUSY, EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError


@command("service")
@click.argument("action", type=click.Choice(["install", "status", "remove"]))
@click.option("--sync", "minutes", type=click.FloatRange(min=1), metavar="MINUTES", help="As for watch: sync, too.")
@click.option("-n", "--dry-run", is_flag=True, help="For install: print the file, and change nothing.")
@click.option("--gone", is_flag=True, help="For remove: the services of vaults that are no longer there.")
@click.option("--json", "as_json", is_flag=True, help="For status: one JSON object.")
def service_command(action: str, minutes: float | None, dry_run: bool, gone: bool, as_json: bool) -> int:
    """Have the system keep this vault up to date: `prmvault watch` from login on, begun again where it fails.

    It is a user unit of systemd, or an agent of launchd on macOS; no rights are needed. Each vault has its own. Install
    again to change it, or after prmvault has moved. The log is in `journalctl --user -u NAME`, on macOS in
    ~/Library/Logs. Exit code 75: the file is there, but must be started by hand.

    \b
    Example:
      prmvault service install --sync 10
      prmvault service status
      prmvault service remove
    """
    for name, given, meant in (
        ("--sync", minutes, "install"),
        ("--dry-run", dry_run, "install"),
        ("--gone", gone, "remove"),
        ("--json", as_json, "status"),
    ):
        if given and action != meant:
            raise PrmvaultError(f"{name} goes with service {meant} only", exit_code=EXIT_USAGE)
    if action == "install":
        return _install(minutes or 0.0, dry_run=dry_run)
    return _status(as_json=as_json) if action == "status" else _remove(gone=gone)


def _install(minutes: float, *, dry_run: bool) -> int:
    from prmvault.app.service import file_of, install, planned, system_here
    from prmvault.app.watch import running_watcher

    root, system = vault_root(), system_here()
    if dry_run:
        service = planned(root, system, minutes)
        say(f"{file_of(service.name, system)} would be")
        echo(service.data.decode().rstrip("\n"))
        return 0
    other = running_watcher(root)
    done = install(root, system, minutes)
    say(f"{done.path} is {'written' if done.written else 'as it should be'}")
    if not done.running:
        say("the user's service manager can't be reached from here; where you are logged in, type")
        for line in done.typed:
            say_hint(line)
        return EXIT_BUSY
    say(f"{done.name} runs, now and from each login on")
    now = running_watcher(root)
    if other is not None and now is not None and now.pid == other.pid and done.written:
        say_hint(f"process {other.pid} watches this vault already; the service takes over when that ends")
    for line in done.hints:
        say_hint(line)
    return 0


def _status(*, as_json: bool) -> int:
    from prmvault.app.service import orphans, state, system_here
    from prmvault.app.watch import running_watcher

    root, system = vault_root(), system_here()
    found, watcher = state(root, system), running_watcher(root)
    fine = found.installed and found.is_running
    if as_json:
        echo_json(
            {
                "name": found.name,
                "file": found.path,
                "installed": found.installed,
                "enabled": found.is_enabled,
                "running": found.is_running,
                "manager": found.manager or None,
                "watcher": watcher._asdict() if watcher else None,
            }
        )
        return 0 if fine else EXIT_NOTHING_FOUND
    unknown = "unknown: the user's service manager can't be reached from here"
    running = (
        "no"
        if not found.manager
        else " ".join(filter(None, [found.manager.get("ActiveState"), found.manager.get("SubState")]))
    )
    shown = {
        "service": found.name,
        "file": found.path if found.installed else "none (prmvault service install writes one)",
        "enabled": ("yes" if found.is_enabled else "no") if found.manager else unknown,
        "running": ("yes" if found.is_running else running) if found.manager else unknown,
        "watcher": f"process {watcher.pid}, since {watcher.since}" if watcher else "none",
    }
    for name, text in shown.items():
        echo(f"{name:9} {one_line(text)}")
    for name, place in orphans(system):
        say(f"{name} is for a vault that is not there: {place}")
        say_hint("prmvault service remove --gone takes such services away")
    if found.lost:
        say(f"the service starts prmvault by {found.lost}, which is not there any more")
        say_hint("prmvault service install writes it for this installation")
    elif found.installed and found.manager and not found.is_running:
        is_unit = found.name.endswith(".service")
        log = f"journalctl --user -u {found.name}" if is_unit else f"~/Library/Logs/{found.name}.log"
        say_hint(f"{log} may tell why")
    return 0 if fine else EXIT_NOTHING_FOUND


def _remove(*, gone: bool) -> int:
    from prmvault.app.service import orphans, remove, service_of, system_here

    system = system_here()
    names = [name for name, _ in orphans(system)] if gone else [service_of(vault_root(), system)]
    if not names:
        say("each service has its vault; nothing was changed")
    for name in names:
        was_there, typed = remove(name, system)
        say(f"{name} is removed" if was_there else f"there is no {name}; nothing was changed")
        if typed:
            say("the user's service manager can't be reached from here; if the service still runs, type")
        for line in typed:
            say_hint(line)
    return 0
