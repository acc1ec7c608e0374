"""`check`: all that is wrong in the vault, and its safe repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import echo, echo_json, echo_line, echo_problems, one_line, paint, say, say_hint
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from prmvault.app.repairs import Repaired

_REPAIRABLE = ("unquoted-link", "old-key", "name-not-nfc")


@command("check")
@click.option("--fix", is_flag=True, help="Repair what is safe, and tell each repair; the rest stays as it is.")
@click.option("-n", "--dry-run", is_flag=True, help="With --fix: tell the repairs, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array; with --fix of what is left.")
def check_command(fix: bool, dry_run: bool, as_json: bool) -> int:
    """Tell all problems of the vault with file, line, a stable code and the remedy; exit 1 if there are any.

    With --fix, links without quotes get them, 14.3.1987 becomes 1987-03-14 where a date belongs, the keys tag and
    alias become tags and aliases, and accents in file names get their usual form. Nothing is guessed. In a vault that
    is kept in git it is one commit, which git revert takes back.

    \b
    Example:
      prmvault check
      prmvault check --fix --dry-run
      prmvault check --json | jq -r '.[].code' | sort | uniq -c
    """
    if dry_run and not fix:
        raise PrmvaultError("--dry-run goes with --fix", exit_code=EXIT_USAGE, hint="check alone changes nothing")
    from prmvault.app.problems import all_problems

    vault = opened_vault(with_problems=False)
    day = today()
    problems = all_problems(vault, day)
    pending = False
    if fix:
        from prmvault.app.repairs import plan_repairs, repair

        repairs = plan_repairs(vault, problems)
        problems = list(repairs.left)
        if repairs.done and not dry_run:
            from prmvault.app.vault import refreshed_vault

            repair(vault, repairs)
            vault = refreshed_vault(vault)
            click.get_current_context().call_on_close(vault.facts.close)
            problems = all_problems(vault, day)
        for repaired in repairs.done:
            _tell(repaired, err=as_json)
        pending = dry_run and bool(repairs.done)
        if pending:
            say("nothing was changed (--dry-run)")
    if as_json:
        echo_json([problem._asdict() for problem in problems])
    else:
        echo_problems(problems, err=False)
        if not problems:
            echo("no other problems" if pending else "no problems are left" if fix and repairs.done else "no problems")
        elif not fix and any(problem.code in _REPAIRABLE for problem in problems):
            say_hint("prmvault check --fix repairs what is safe")
    return EXIT_NOTHING_FOUND if problems or pending else 0


def _tell(repaired: Repaired, *, err: bool) -> None:
    """Print one repair, to standard error where the output is for a program."""
    place = f"{repaired.path}:{repaired.line}" if repaired.line else repaired.path
    if err:
        say(f"{place}: {repaired.code}: {repaired.message}")
    else:
        echo_line(f"{paint(one_line(place), 'path')}: {repaired.code}: {one_line(repaired.message)}")
