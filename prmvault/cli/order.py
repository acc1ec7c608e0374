"""`rename`, `merge` and `dups`: keeping the vault in order."""

from __future__ import annotations

import sys
from shlex import quote
from typing import TYPE_CHECKING

import click

from prmvault.cli.completion import complete_people
from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import (
    echo_json,
    echo_line,
    echo_paths,
    echo_table,
    one_line,
    paint,
    say,
    say_hint,
    say_nothing_found,
)
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from prmvault.app.duplicates import Duplicate
    from prmvault.app.steps import Changed, Plan
    from prmvault.app.vault import Vault

_DRY_RUN = "Tell each line that would change, and change nothing."


@command("rename")
@click.argument("old", shell_complete=complete_people)
@click.argument("new")
@click.option("-n", "--dry-run", is_flag=True, help=_DRY_RUN)
def rename_command(old: str, new: str, dry_run: bool) -> int:
    """Give a note another name: its file, its name, and all links to it; the old name stays as an alias.

    In a vault that is kept in git it is one commit, which git revert takes back.

    \b
    Example:
      prmvault rename "Nadja Becker" "Nadja Sommer" --dry-run
      prmvault rename "Brightwater" "Brightwater Books"
    """
    from prmvault.app.rename import plan_rename

    vault = opened_vault()
    return _run(vault, plan_rename(vault, _note_named(vault, old), old, new), dry_run=dry_run)


@command("merge")
@click.argument("kept", metavar="A", shell_complete=complete_people)
@click.argument("other", metavar="B", shell_complete=complete_people)
@click.option("-n", "--dry-run", is_flag=True, help=_DRY_RUN)
def merge_command(kept: str, other: str, dry_run: bool) -> int:
    """Join the note B into the note A: what B says is put into A, links to B become links to A, and B goes.

    Where both say something else, A's value stays, and B's is kept under merge_conflicts, where check finds it. In a
    vault that is kept in git it is one commit, which git revert takes back.

    \b
    Example:
      prmvault merge "Anna Müller" "Anna Huber" --dry-run
      prmvault merge people/Tom people/imported/Tom
    """
    from prmvault.app.merge import plan_merge

    vault = opened_vault()
    return _run(vault, plan_merge(vault, _note_named(vault, kept), _note_named(vault, other)), dry_run=dry_run)


@command("dups")
@click.option(
    "--not-same",
    nargs=2,
    metavar="A B",
    shell_complete=complete_people,
    help="Remember in A's note that B is somebody else.",
)
@click.option("-n", "--dry-run", is_flag=True, help="With --not-same: tell what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array of pairs.")
def dups_command(not_same: tuple[str, str] | None, dry_run: bool, as_json: bool) -> int:
    """Propose pairs of people that may be one, the likeliest first, with the reasons and the command that joins them.

    People with different birthdays, and people who are related to each other, are never proposed.

    \b
    Example:
      prmvault dups
      prmvault dups --not-same "Anna Müller" "Anna Mueller"
    """
    vault = opened_vault()
    if not_same:
        return _remember_different(vault, not_same, dry_run=dry_run)
    from prmvault.app.duplicates import duplicates

    found = duplicates(vault)
    if as_json:
        echo_json([each._asdict() for each in found])
    elif found:
        _echo_pairs(found)
    else:
        say_nothing_found()
    return 0 if found else EXIT_NOTHING_FOUND


def _echo_pairs(found: list[Duplicate]) -> None:
    """Print pairs: a table for a program; in a terminal two lines each, for a command that is cut is none."""
    commands = [f"prmvault merge {quote(each.targets[0])} {quote(each.targets[1])}" for each in found]
    if not sys.stdout.isatty():
        rows = [(*each.names, ", ".join(each.reasons), line) for each, line in zip(found, commands, strict=True)]
        echo_table(("name", "other", "why", "command"), rows)
        return
    for each, line in zip(found, commands, strict=True):
        names = " and ".join(paint(one_line(name), "match") for name in each.names)
        echo_line(f"{names}: {one_line(', '.join(each.reasons))}")
        echo_line("    → " + paint(one_line(line), "hint"))
    say_hint("prmvault dups --not-same A B remembers that two are not one")


def _remember_different(vault: Vault, names: tuple[str, str], *, dry_run: bool) -> int:
    from prmvault.app.duplicates import plan_different

    paths = [_note_named(vault, name, of_type="person") for name in names]
    if paths[0] == paths[1]:
        hint = "name two people, by path if need be"
        raise PrmvaultError(f"both names mean {paths[0]}", exit_code=EXIT_USAGE, hint=hint)
    return _run(vault, plan_different(vault, *paths), dry_run=dry_run)


def _note_named(vault: Vault, name: str, *, of_type: str = "") -> str:
    """Return the path of the note that is meant; what changes many notes is not done on a guess at a typing error."""
    from prmvault.app.names import resolve

    return resolve(vault, name, today(), of_type=of_type, tolerant=False)


def _run(vault: Vault, plan: Plan, *, dry_run: bool) -> int:
    """Show or carry out a plan; what stays as it is is told, and where the note is now is the answer."""
    from prmvault.app.steps import carry_out, path_of, preview

    changed = preview(vault, plan) if dry_run else carry_out(vault, plan)
    if dry_run:
        for each in changed:
            _echo_changed(each)
    for remark in plan.remarks:
        say(remark)
    for left in plan.left:
        say(f"{left.path}:{left.line}: [[{left.target}]] stays as it is: {left.why}")
    if plan.left:
        say_hint("these links keep their meaning by an alias; rewrite them by hand if you like")
    if not changed:
        say("nothing is to be changed")
    elif not dry_run:
        say(f"{plan.message}: {_counted(changed)}")
        echo_paths([path_of(plan)], nul=False)
    return 0


def _counted(changed: list[Changed]) -> str:
    lines = sum(1 for each in changed if each.line)
    notes = len({each.path for each in changed})
    return f"{lines} {'line' if lines == 1 else 'lines'} in {notes} {'note' if notes == 1 else 'notes'} changed"


def _echo_changed(each: Changed) -> None:
    place = paint(one_line(f"{each.path}:{each.line}" if each.line else each.path), "path")
    old, new = one_line(each.old.strip()), one_line(each.new.strip())
    if not each.line:
        echo_line(f"{place} → {paint(new, 'path')}" if new else f"{place}: removed")
    elif old and new:
        echo_line(f"{place}: {old} → {paint(new, 'match')}")
    else:
        echo_line(f"{place}: + {paint(new, 'match')}" if new else f"{place}: - {old}")
