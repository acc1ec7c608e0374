"""`sync`, `git-setup`, `conflicts`, and the `merge-driver` that git calls."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from prmvault.cli.completion import complete_people
from prmvault.cli.context import command, opened_vault, today, vault_root
from prmvault.cli.output import echo_json, echo_line, echo_table, one_line, say, say_hint
from prmvault.core.problems import EXIT_BUSY, EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prmvault.app.sync import Synced
    from prmvault.app.vault import Vault

_NAMED = 3


@command("sync")
@click.option("-n", "--dry-run", is_flag=True, help="Fetch, tell what there is to do, and change nothing.")
@click.option("--removals", "removes", is_flag=True, help="Go on though a large part of the notes is gone.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def sync_command(dry_run: bool, removes: bool, as_json: bool) -> int:
    """Commit what was written, fetch and merge what others wrote, and push: the vault is the same everywhere.

    Notes are merged key by key, days item by item. What both sides changed has one winner, the other value is kept in
    the note (prmvault conflicts). An edit beats a removal. Nothing is ever forced, and no commit is rewritten.

    Only files of the vault are committed: notes, attachments, templates and settings; what .gitignore names is not.
    Without a way to the remote, all is committed here, and the exit code is 75: try again later.

    \b
    Example:
      prmvault sync
      prmvault sync --dry-run
    """
    from prmvault.app.sync import sync

    is_quiet = not sys.stdin.isatty()
    synced = sync(vault_root(), today(), say, dry_run=dry_run, is_quiet=is_quiet, removes=removes)
    if as_json:
        told = synced._asdict()
        told["copies"] = [copy._asdict() for copy in synced.copies]
        echo_json(told)
    else:
        for line in _would_do(synced) if dry_run else _did(synced):
            echo_line(one_line(line))
    if synced.left:
        say(f"not in git, and left so: {_some(synced.left)}")
        say_hint("git add takes it in, .gitignore keeps it out")
    if synced.clashing and not dry_run:
        say_hint("prmvault conflicts lists what both sides changed, and settles it")
    if synced.offline:
        say(synced.offline)
        return EXIT_BUSY
    return 0


@command("git-setup")
def git_setup_command() -> int:
    """Set this clone up so that git merges notes as notes: once in each clone. `init` and `sync` do it by themselves.

    It adds what is missing to .gitattributes, has .gitignore say of the digests what the setting digest.commit says,
    and adds the merge drivers to the clone's own configuration. Where prmvault is not installed, git merges as text.

    \b
    Example:
      prmvault git-setup
      prmvault git-setup -C ~/vault
    """
    from prmvault.app.sync_files import odd_digests, set_up

    root = vault_root()
    done = set_up(root)
    say(f"set up: {', '.join(done)}" if done else "this clone is set up already")
    odd, hint = odd_digests(root)
    if odd:
        say(odd)
        say_hint(hint)
    return 0


@command("merge-driver")
@click.argument("files", nargs=3, metavar="BASE OURS THEIRS")
@click.argument("marker_size", metavar="SIZE")
@click.argument("path")
def merge_driver_command(files: tuple[str, str, str], marker_size: str, path: str) -> int:
    """Merge three versions of a note; git calls it, as git-setup tells it to (%O %A %B %L %P).

    The result goes into OURS, with exit code 0. Exit code 10: merged as text, with conflicts. Any other: OURS is as
    it was, and has to be merged as text.

    \b
    Example:
      prmvault merge-driver base.md ours.md theirs.md 7 "people/Anna Müller.md"
    """
    from prmvault.vault.merge_files import drive

    return drive([*files, marker_size, path])


@command("conflicts")
@click.argument("name", default="", shell_complete=complete_people)
@click.option("--take", metavar="KEY", help="Put the kept value in the place of the one that won.")
@click.option("--drop", metavar="KEY", help="Leave the value that won, and forget the other.")
@click.option(
    "-n", "--dry-run", is_flag=True, help="With --take or --drop: tell what would change, and change nothing."
)
@click.option("--join", "copy", metavar="COPY", help="Merge a conflict copy of a sync tool into its note.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def conflicts_command(
    name: str, take: str | None, drop: str | None, copy: str | None, dry_run: bool, as_json: bool
) -> int:
    """List what two versions of a note said differently, with the value that is kept; or settle it.

    Merging and joining notes leave such entries under merge_conflicts. Where a key has several, KEY#2 is the second.
    Copies that Syncthing, Dropbox or Nextcloud left are listed, too; --join merges one and removes it.

    \b
    Example:
      prmvault conflicts
      prmvault conflicts "Anna Müller" --take birthday
      prmvault conflicts "Anna Müller" --drop cadence
      prmvault conflicts --join "people/Anna (conflicted copy 2026-01-01).md"
    """
    from prmvault.app.conflicts import conflicts, settle
    from prmvault.app.copies import copies

    if take and drop:
        raise PrmvaultError("--take and --drop exclude each other", exit_code=EXIT_USAGE, hint="settle one at a time")
    key = take or drop
    if key and not name:
        raise PrmvaultError("whose?", exit_code=EXIT_USAGE, hint=f'prmvault conflicts "Anna Müller" --take {key}')
    vault = opened_vault()
    if copy:
        return _join(vault, copy, dry_run=dry_run)
    path = ""
    if name:
        from prmvault.app.names import resolve

        path = resolve(vault, name, today(), of_type="", tolerant=not key)
    if key:
        settled = settle(vault, path, key, take=bool(take), dry_run=dry_run)
        from prmvault.cli.output import echo_change

        if dry_run:
            echo_change(settled.path, settled.before, settled.after)
        else:
            say(f"{settled.path}: {key} is settled")
        return 0
    found = conflicts(vault, path)
    left = [each.path for each in copies(vault)] if not name else []
    for each in left:
        say(f"{each} is a copy of a conflict")
    if left:
        say_hint("prmvault conflicts --join COPY merges it into its note")
    if as_json:
        echo_json([each._asdict() for each in found])
    elif found:
        rows = [(f"{each.path}:{each.line}", each.label, each.now, each.kept) for each in found]
        echo_table(("note", "key", "is", "was also said"), rows)
        say_hint("prmvault conflicts NAME --take KEY puts the other value in its place, --drop KEY forgets it")
    elif not left:
        say("no conflicts")
    return 0 if found or left else EXIT_NOTHING_FOUND


def _join(vault: Vault, copy: str, *, dry_run: bool) -> int:
    from prmvault.app.copies import join_copy
    from prmvault.cli.output import echo_change

    joined = join_copy(vault, copy, dry_run=dry_run)
    echo_change(joined.path, joined.before, joined.after)
    say(f"{copy} {'would be' if dry_run else 'is'} merged into {joined.path}")
    return 0


def _did(synced: Synced) -> Iterator[str]:
    where = f"{synced.remote}/{synced.branch}"
    if synced.set_up:
        yield f"set up: {', '.join(synced.set_up)}"
    if synced.committed:
        yield f"committed: {synced.message} ({_counted(len(synced.paths), 'file')})"
    if synced.merged:
        yield f"merged: {_counted(synced.merged, 'commit')} from {where}, {_counted(len(set(synced.changed)), 'file')}"
    if synced.both:
        yield f"changed on both sides: {_some(synced.both)}"
    if synced.clashing:
        yield f"said differently: {_some(synced.clashing)}"
    if synced.kept:
        yield f"removed or renamed on one side, and kept: {_some(synced.kept)}"
    for copy in synced.copies:
        yield f"not mergeable, both are kept: {copy.path}, {copy.copy}"
    if synced.pushed:
        yield f"pushed: {_counted(synced.pushed, 'commit')} to {where}"
    if synced.offline:
        yield f"not pushed: {_counted(synced.ahead, 'commit')}" if synced.ahead else "not pushed"
    elif not synced.remote:
        yield "there is no remote to push to" if synced.committed else "nothing to commit, and no remote to sync with"
    elif not (synced.committed or synced.merged or synced.pushed):
        yield f"up to date with {where}"


def _would_do(synced: Synced) -> Iterator[str]:
    if synced.set_up:
        yield f"to set up: {', '.join(synced.set_up)}"
    if synced.paths:
        yield f"to commit: {synced.message}"
        yield from (f"  {path}" for path in synced.paths)
    else:
        yield "nothing to commit"
    if synced.ahead is not None and synced.behind is not None:
        here, there = _counted(synced.ahead, "commit"), _counted(synced.behind, "commit")
        yield f"{here} to push to {synced.remote}/{synced.branch}, {there} to merge from it"
    elif not synced.remote:
        yield "there is no remote to push to"


def _some(paths: tuple[str, ...]) -> str:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return ", ".join(paths[:_NAMED]) + more


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
