"""`status`: what the vault holds, and whether it is up to date."""

from __future__ import annotations

import click

from prmvault.cli.context import command, opened_vault
from prmvault.cli.output import echo, echo_json, one_line, paint


@command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status_command(as_json: bool) -> int:
    """Tell what the vault holds, how fresh the index is, and whether a watcher is at work.

    \b
    Example:
      prmvault status
    """
    from prmvault.app.problems import links_without_note, vault_problems
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
    dangling = len(links_without_note(vault))
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
