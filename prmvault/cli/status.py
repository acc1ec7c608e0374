"""`status` and `check`: what the vault holds, and what is wrong in it."""

from __future__ import annotations

import click

from prmvault.cli.context import command, opened_vault
from prmvault.cli.output import echo, echo_json, echo_problems, one_line, paint
from prmvault.core.problems import EXIT_NOTHING_FOUND


@command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status_command(as_json: bool) -> int:
    """Tell what the vault holds, how fresh the index is, and whether a watcher is at work.

    \b
    Example:
      prmvault status
    """
    from prmvault.app.problems import dangling_links, vault_problems
    from prmvault.app.search import index_source
    from prmvault.app.watch import running_watcher
    from prmvault.search.index import index_state

    vault = opened_vault()
    counts = vault.facts.counts()
    source = index_source(vault)
    state = index_state(vault.cache)
    if state is None or state.identity != source.identity:
        missing = len(source.changed(0))
    else:
        missing = len(source.changed(state.seq)) + len(source.removed(state.seq))
    watcher = running_watcher(vault.root)
    problems = len(vault_problems(vault))
    dangling = len(list(dangling_links(vault)))
    if as_json:
        echo_json(
            {
                "vault": vault.root,
                "cache": vault.cache,
                "notes": counts,
                "index": {"exists": state is not None, "missing": missing},
                "watcher": watcher._asdict() if watcher else None,
                "problems": problems,
                "dangling_links": dangling,
            }
        )
        return 0
    index = "not built yet; the first search does it" if state is None else "current"
    if state is not None and missing:
        index = f"{missing} {'note' if missing == 1 else 'notes'} behind; the next search catches up"
    watching = f"process {watcher.pid}, since {watcher.since}" if watcher else "none (prmvault watch starts one)"
    kinds = sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))
    notes = ", ".join(f"{kind} {count}" for kind, count in kinds)
    shown = {
        "vault": vault.root,
        "notes": f"{sum(counts.values())} ({notes})" if notes else "none yet; prmvault add person NAME makes one",
        "index": index,
        "watcher": watching,
        "problems": paint(f"{problems}, see prmvault check", "problem") if problems else "none",
        "links": f"{dangling} without a note, see prmvault check" if dangling else "all have their note",
        "cache": vault.cache,
    }
    for name, text in shown.items():
        echo(f"{name:9} {one_line(text)}" if name != "problems" else f"{name:9} {text}")
    return 0


@command("check")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def check_command(as_json: bool) -> int:
    """Tell all problems of the vault with file, line, a stable code and the remedy; exit 1 if there are any.

    \b
    Example:
      prmvault check
      prmvault check --json | jq -r '.[].code' | sort | uniq -c
    """
    from prmvault.app.problems import THOROUGH, vault_problems

    vault = opened_vault()
    problems = vault_problems(vault)
    for check in THOROUGH:
        problems += check(vault)
    problems.sort(key=lambda problem: (problem.path, problem.line, problem.code))
    if as_json:
        echo_json([problem._asdict() for problem in problems])
    else:
        echo_problems(problems, err=False)
        if not problems:
            echo("no problems")
    return EXIT_NOTHING_FOUND if problems else 0
