"""`export`: the vault for other programs, such as a calendar."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import echo_table, say, say_nothing_found
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from prmvault.app.export import Exported
    from prmvault.app.vault import Vault


def _complete_formats(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    from prmvault.interop.registry import FORMATS

    return [CompletionItem(name, help=made.about) for name, made in FORMATS.items() if name.startswith(typed)]


@command("export")
@click.argument("name", metavar="FORMAT", default="", shell_complete=_complete_formats)
@click.argument("query", nargs=-1)
@click.option("-o", "--output", metavar="FILE|DIR", default="", help="Write this file, or one file an entry into DIR.")
@click.option("--list", "as_list", is_flag=True, help="List the formats.")
def export_command(name: str, query: tuple[str, ...], output: str, as_list: bool) -> int:
    """Write the vault in another program's format: as a file, a folder of files, or to standard output.

    QUERY chooses people, as that of list does; without one it is all. Only what differs is written. A DIR is a folder
    that is there, or a name that ends in a slash; files of this export in it go when their entry has gone. Entries of
    a calendar are marked private, and hold no age, no address and nothing of a note's text. Exit 1 if there is none.

    \b
    Example:
      prmvault export ical -o people.ics
      prmvault export ical -o ~/calendars/people/
      prmvault export ical tag:family -o family.ics
      prmvault export --list
    """
    from prmvault.interop.registry import FORMATS

    if as_list:
        echo_table(("format", "about"), [(each, made.about) for each, made in FORMATS.items()])
        return 0
    made = FORMATS.get(name)
    if made is None:
        told = f"there is no format {name!r}" if name else "a format is needed"
        raise PrmvaultError(told, exit_code=EXIT_USAGE, hint=f"known are {', '.join(FORMATS)}")
    from prmvault.app.export import export_bytes, export_file, export_folder, export_items

    vault = opened_vault()
    items = export_items(vault, name, today(), _people(vault, query))
    if not items:
        say_nothing_found()
        return EXIT_NOTHING_FOUND
    if not output or output == "-":
        click.echo(export_bytes(vault, made, items), nl=False)
        return 0
    path = os.path.expanduser(output)
    is_folder = os.path.isdir(path) or path.endswith(("/", os.sep))
    say(_told((export_folder if is_folder else export_file)(vault, made, items, path), output, is_folder=is_folder))
    return 0


def _people(vault: Vault, query: tuple[str, ...]) -> set[str] | None:
    """Return the paths of the people whom the query finds, or None where there is none."""
    if not query:
        return None
    from prmvault.app.search import search

    return {found.hit.path for found in search(vault, " ".join(query), most=None, note_type="person").found}


def _told(done: Exported, output: str, *, is_folder: bool) -> str:
    entries = "1 entry" if done.items == 1 else f"{done.items} entries"
    if not is_folder:
        return f"{output}: {entries}, {'written' if done.written else 'unchanged'}"
    removed = f", {done.removed} removed" if done.removed else ""
    return f"{output}: {entries}, {done.written} written{removed}"
