"""`vdir`: two-way sync of the people with a folder of cards, which other programs bring to phones."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import echo_json, echo_line, echo_problems, one_line, progress_bar, say, say_hint
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from prmvault.app.vdir import VdirSynced
    from prmvault.app.vdir_plan import Maybe, Step


@command("vdir")
@click.argument("folder", metavar="DIR", default="", type=click.Path())
@click.option("-n", "--dry-run", is_flag=True, help="Tell what there is to do, and change nothing.")
@click.option("--force", is_flag=True, help="Go on though the larger part of a side would be removed.")
@click.option("--only", metavar="QUERY", help='Only these people, as list finds them; remembered ("" is all again).')
@click.option(
    "--same",
    multiple=True,
    metavar="NAME[=NOTE]",
    help="A card of this name is the note of this name (or all), or NOTE.",
)
@click.option("--new", multiple=True, metavar="NAME", help="A card of this name is somebody else (or all).")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def vdir_command(
    folder: str,
    dry_run: bool,
    force: bool,
    only: str | None,
    same: tuple[str, ...],
    new: tuple[str, ...],
    as_json: bool,
) -> int:
    """Sync the people with a folder of cards, both ways: vdirsyncer, khard and others bring it to phones.

    New cards become people, new people become cards. What changed on one side comes to the other, property by
    property; of what both changed the vault's value stays, and the other is kept in the note (prmvault conflicts).
    A card that was deleted sends the note to the vault's trash (.trash/), and brings it back from there if it comes
    back; a note that was deleted takes its card with it; an edit goes before a removal. Nothing is removed on the first
    sync of a folder.

    Cards are matched by uid, then as import does it; one that only has the name of a note is held back until --same
    or --new tells. Without DIR it is the one of the user's config (vdir: DIR), which watch keeps in sync, too.

    \b
    Example:
      prmvault vdir ~/.contacts/people --dry-run
      prmvault vdir ~/.contacts/people
      prmvault vdir ~/.contacts/people --only tag:phone
      prmvault vdir ~/.contacts/people --same "Anna Müller"
    """
    from prmvault.app.import_match import Settled
    from prmvault.app.vdir import Wanted, sync_vdir
    from prmvault.vault.user_config import read_config

    chosen = folder or read_config(only="vdir").vdir
    if not chosen:
        hint = "prmvault vdir ~/.contacts/people, or vdir: ~/.contacts/people in the user's config"
        raise PrmvaultError("which folder?", exit_code=EXIT_USAGE, hint=hint)
    vault = opened_vault()
    wanted = Wanted(only, Settled(same, new), force, dry_run)
    synced = sync_vdir(vault, chosen, wanted, today().isoformat(), progress_bar)
    if as_json:
        echo_json(_json(synced, dry_run=dry_run))
    else:
        for line in _lines(synced, dry_run=dry_run):
            echo_line(one_line(line))
        if len(synced.steps) > 1 and sys.stderr.isatty():  # Not into logs, nor into cron's mail.
            say(_sum(synced, dry_run=dry_run))
    for maybe in synced.maybes:
        say(one_line(f"{maybe.file}: {maybe.name}: {maybe.why} ({', '.join(maybe.paths)}); it is held back"))
    for hint in _remedies(synced.maybes):
        say_hint(one_line(hint))
    if synced.problems:
        echo_problems(synced.problems)
    return EXIT_NOTHING_FOUND if synced.problems or synced.maybes else 0


def _remedies(maybes: Sequence[Maybe]) -> Iterator[str]:
    """Yield what to do about the cards that are held back: once, whatever their number."""
    from prmvault.app.vdir_plan import OTHER_CARD

    for is_other in (False, True):
        names = [each.name.replace('"', "'") for each in maybes if (each.why == OTHER_CARD) is is_other]
        if not names:
            continue
        name, more = ("NAME", " (NAME may be all, for every such name)") if len(names) > 1 else (f'"{names[0]}"', "")
        if is_other:
            yield f"if it is one person, join the two cards there; --new {name} makes another note{more}"
        else:
            yield f"--same {name} takes it for that one, --new {name} makes another note{more}"
    several = next((each for each in maybes if len(each.paths) > 1), None)
    if several:
        which = f"{several.name}={several.paths[-1]}".replace('"', "'")
        yield f'where several notes are named, say which one it is: --same "{which}"'


_NOTE_WORDS = {"create": "created", "trash": "trashed", "return": "returned"}
_CARD_WORDS = {"add": "added", "remove": "removed", "absorb": "removed"}


def _on_note(step: Step) -> str:
    """Return what happens to the note."""
    return _NOTE_WORDS.get(step.do, "joined" if step.is_joined else "updated") if step.is_noted else ""


def _on_card(step: Step) -> str:
    """Return what happens to the card."""
    return _CARD_WORDS.get(step.do, "changed") if step.is_carded else ""


def _lines(synced: VdirSynced, *, dry_run: bool) -> list[str]:
    to = "to be " if dry_run else ""
    lines = []
    for step in synced.steps:
        what = [f"note {to}{word}" for word in [_on_note(step)] if word]
        what += [f"card {to}{word}" for word in [_on_card(step)] if word]
        lost = f" ({step.lost} said differently: prmvault conflicts)" if step.lost else ""
        lines.append(f"{step.name}: {', '.join(what)}{lost}")
    return lines or [f"up to date with {os.path.basename(synced.folder)}: {synced.cards} cards"]


def _sum(synced: VdirSynced, *, dry_run: bool) -> str:
    """Return how many notes and cards come, change and go: that is what one looks for before a sync is let go."""
    to = "to be " if dry_run else ""
    done = [("note", word) for step in synced.steps for word in [_on_note(step)] if word]
    done += [("card", word) for step in synced.steps for word in [_on_card(step)] if word]
    counted = [(done.count(each), *each) for each in dict.fromkeys(done)]
    return ", ".join([f"{count} {what if count == 1 else what + 's'} {to}{word}" for count, what, word in counted])


def _json(synced: VdirSynced, *, dry_run: bool) -> dict[str, Any]:
    steps = [
        {
            "name": step.name,
            "uid": step.whose.uid,
            "path": step.whose.path or None,
            "file": step.item.file if step.item else None,
            "note": _on_note(step) or None,
            "card": _on_card(step) or None,
            "conflicts": step.lost,
        }
        for step in synced.steps
    ]
    return {
        "folder": synced.folder,
        "only": synced.only or None,
        "dry_run": dry_run,
        "done": steps,
        "held_back": [each._asdict() for each in synced.maybes],
        "problems": [each._asdict() for each in synced.problems],
    }
