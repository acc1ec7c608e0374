"""`history` and `undo`: what changed about somebody, and taking back what a command did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.completion import complete_people
from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import echo_json, echo_line, echo_paths, one_line, paint, say, say_hint
from prmvault.core.changes import change_words
from prmvault.core.problems import EXIT_NOTHING_FOUND, PrmvaultError

if TYPE_CHECKING:
    from prmvault.app.history import Entry
    from prmvault.app.vault import Vault

_MOST_CHANGES = 12
"""How many changes of one commit are told; the JSON has all."""

_SHORT = 10


@command("history")
@click.argument("name", nargs=-1, required=True, shell_complete=complete_people)
@click.option("-n", "--number", "most", type=click.IntRange(1), default=20, show_default=True, help="The last so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array, with the values before and after.")
def history_command(name: tuple[str, ...], most: int, as_json: bool) -> int:
    """Tell what changed about somebody and when, newest first: key by key, from the commits of a vault kept in git.

    It is the history of the note itself, also of its former names and of notes that were joined into it. What journal
    days tell is not part of it; prmvault last -n 20 lists that. Any note has a history, also one that was deleted.

    \b
    Example:
      prmvault history oma
      prmvault history Tom Becker -n 5
    """
    from prmvault.app.history import history

    vault = opened_vault()
    path = _path_of(vault, " ".join(name))
    # One more than is shown tells whether there is more.
    found = history(vault, path, most + 1)
    if as_json:
        echo_json([_json(entry) for entry in found[:most]])
    else:
        for entry in found[:most]:
            _echo_entry(entry, path)
        if not found:
            say(f"no change of {path} is known")
        elif len(found) > most:
            say_hint(f"there is more: -n {2 * most} shows it")
    return 0 if found else EXIT_NOTHING_FOUND


@command("undo")
@click.option("-n", "--dry-run", is_flag=True, help="Tell what would be taken back, and change nothing.")
def undo_command(dry_run: bool) -> int:
    """Take back the last commit that prmvault itself made: by rename, merge, check --fix, or undo.

    Notes become as they were before it, by a further commit; nothing of the history goes. A second undo takes the first
    one back. If one of these notes has been changed since, nothing is done. Commits of your own are git revert's.

    \b
    Example:
      prmvault undo --dry-run
      prmvault undo
    """
    from prmvault.app.undo import plan_undo, undo

    vault = opened_vault()
    plan = plan_undo(vault)
    if dry_run:
        for each in plan.restored:
            for change in each.changes:
                _echo_change(each.path, change_words(change))
    else:
        undo(vault, plan)
    count = len(plan.restored)
    made = plan.commit.date[:_SHORT]
    told = f"{'would undo' if dry_run else 'undone'}: {plan.commit.subject} (of {made}); {count} "
    say(told + ("file" if count == 1 else "files"))
    if not dry_run:
        echo_paths([each.path for each in plan.restored if not each.is_gone], nul=False)
    return 0


def _path_of(vault: Vault, name: str) -> str:
    """Return the path of the note that is meant, also of one that has been deleted."""
    from prmvault.app.history import deleted_note
    from prmvault.app.names import resolve_any

    try:
        return resolve_any(vault, name, today())
    except PrmvaultError as error:
        path = deleted_note(vault, name) if error.exit_code == EXIT_NOTHING_FOUND else ""
        if not path:
            raise
    return path


def _json(entry: Entry) -> dict[str, Any]:
    commit = entry.commit
    return {
        "date": commit.date if commit else None,
        "author": commit.author if commit else None,
        "commit": commit.name if commit else None,
        "message": commit.subject if commit else None,
        "path": entry.path,
        "changes": [{**change._asdict(), "text": change_words(change)} for change in entry.changes],
    }


def _echo_entry(entry: Entry, path: str) -> None:
    commit = entry.commit
    if commit is None:
        echo_line(paint("not committed yet", "title", bold=True))
    else:
        when = paint(commit.date[:16].replace("T", " "), "title", bold=True)
        name = paint(commit.name[:_SHORT], "path")
        echo_line(f"{when}  {name}  {one_line(commit.author)}: {one_line(commit.subject)}")
    prefix = "" if entry.path == path or entry.changes[0].kind == "renamed" else f"{one_line(entry.path)}: "
    for change in entry.changes[:_MOST_CHANGES]:
        echo_line(f"  {paint(prefix, 'path')}{one_line(change_words(change))}")
    if len(entry.changes) > _MOST_CHANGES:
        echo_line(f"  and {len(entry.changes) - _MOST_CHANGES} more")


def _echo_change(path: str, words: str) -> None:
    echo_line(f"{paint(one_line(path), 'path')}: {one_line(words)}")
