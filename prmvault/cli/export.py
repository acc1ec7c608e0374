"""`export`: the vault for other programs, such as a calendar."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import echo_table, say, say_hint, say_nothing_found
from prmvault.core.dates import quoted
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prmvault.app.export import Exported
    from prmvault.app.vault import Vault

_DELIMITERS = (",", ";", "\t")
"""What cuts the cells of a table, and is found by reading it."""


def _complete_formats(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[Any]:
    from click.shell_completion import CompletionItem

    from prmvault.interop.registry import FORMATS

    return [CompletionItem(name, help=made.about) for name, made in FORMATS.items() if name.startswith(typed)]


@command("export")
@click.argument("name", metavar="FORMAT", default="", shell_complete=_complete_formats)
@click.argument("query", nargs=-1)
@click.option("-o", "--output", metavar="FILE|DIR", default="", help="Write this file, or one file an entry into DIR.")
@click.option("--version", type=click.Choice(["3.0", "4.0"]), default="3.0", help="Of vCard; phones take 3.0.")
@click.option(
    "-F", "--fields", metavar="KEYS", default="", help="For CSV: what is told, such as emails,birthday; * is all."
)
@click.option("--bom", is_flag=True, help="For CSV that Excel is to open.")
@click.option(
    "--delimiter", metavar="SIGN", default=",", help='For CSV: , or ; or tab; ";" with --bom is for a German Excel.'
)
@click.option("--list", "as_list", is_flag=True, help="List the formats.")
def export_command(name: str, query: tuple[str, ...], output: str, fields: str, as_list: bool, **given: Any) -> int:
    """Write the vault in another program's format: as a file, a folder of files, or to standard output.

    QUERY is a name or a part of one (Anna, Müller), else it chooses people as that of list does; without one it is
    all, of vcard and csv organizations, too. Only what differs is written. A DIR is a folder that is there, or a name
    that ends in a slash; files of a calendar in it go when their entry has gone. A card has the section Notes of the
    note, and its picture; nothing else of the text. Entries of a calendar are marked private, and hold no age, no
    address and nothing of a note's text. qr takes a name and makes a code for somebody's camera: in the terminal, or as
    FILE, a .png or .svg. Exit 1 if there is nothing.

    \b
    Example:
      prmvault export vcard "Anna Müller" -o anna.vcf
      prmvault export vcard -o people.vcf
      prmvault export csv tag:family -F emails,phones,birthday -o family.csv
      prmvault export csv --bom --delimiter ";" -o people.csv
      prmvault export qr oma -o oma.png
      prmvault export ical -o people.ics
      prmvault export ical -o ~/calendars/people/
      prmvault export ical tag:family -o family.ics
      prmvault export json -o vault.json
      prmvault export --list
    """
    from prmvault.interop.registry import FORMATS, Writing

    if as_list:
        echo_table(("format", "about"), [(each, made.about) for each, made in FORMATS.items()])
        return 0
    made = FORMATS.get(name)
    if made is None:
        told = f"there is no format {name!r}" if name else "a format is needed"
        raise PrmvaultError(told, exit_code=EXIT_USAGE, hint=f"known are {', '.join(FORMATS)}")
    if name == "json":
        return _export_json(opened_vault(), query, output)
    from prmvault.app.export import export_bytes, export_file, export_folder, export_items

    path = os.path.expanduser(output)
    is_folder = os.path.isdir(path) or path.endswith(("/", os.sep))
    if is_folder and made.write_each is None:
        raise PrmvaultError(f"{name} is one file", exit_code=EXIT_USAGE, hint=f"-o {name}{made.ending}")
    ending = os.path.splitext(path)[1].lower() if output != "-" else made.ending
    how = Writing(
        version=given["version"],
        keys=tuple(key.strip() for key in fields.split(",") if key.strip()),
        bom=given["bom"],
        delimiter=_delimiter(given["delimiter"]),
        ending=ending,
    )
    vault = opened_vault()
    items = export_items(vault, name, today(), _person(vault, query) if name == "qr" else _people(vault, query))
    if not items:
        say_nothing_found()
        return EXIT_NOTHING_FOUND
    if not output or output == "-":
        data = export_bytes(vault, made, items, how)
        _tell_unknown(how.keys, items)
        click.echo(_on_black(data) if name == "qr" and not output and sys.stdout.isatty() else data, nl=False)
        return 0
    done = (export_folder if is_folder else export_file)(vault, made, items, path, how)
    _tell_unknown(how.keys, items)
    say(_told(done, output, is_folder=is_folder))
    return 0


def _delimiter(text: str) -> str:
    """Return the sign between the cells of a table; raises PrmvaultError for one that no reader finds."""
    sign = {"tab": "\t"}.get(text.casefold(), text)
    if sign not in _DELIMITERS:
        hint = 'write --delimiter ",", ";" or tab'
        raise PrmvaultError(f"cells can't be cut by {quoted(text)}", exit_code=EXIT_USAGE, hint=hint)
    return sign


def _tell_unknown(keys: Iterable[str], items: Iterable[Any]) -> None:
    """Tell the fields that were asked for and that nobody has: most likely they are written otherwise."""
    known = {"*", "uid", "name", "type", "notes"}
    for key in keys:
        if key not in known and not any(key in item.fields for item in items):
            say(f"none of them has {key!r}")


def _export_json(vault: Vault, query: tuple[str, ...], output: str) -> int:
    """Write the vault as JSON, a note at a time."""
    from prmvault.app.export_json import count_notes, export_json_file, json_pieces, place_of

    chosen = _people(vault, query)
    if chosen is not None and not chosen:
        say_nothing_found()
        return EXIT_NOTHING_FOUND
    if output and output != "-":
        path = os.path.expanduser(output)
        if os.path.isdir(path) or path.endswith(("/", os.sep)):
            raise PrmvaultError("JSON is one file", exit_code=EXIT_USAGE, hint="name a file: -o vault.json")
        state = "written" if export_json_file(vault, path, chosen) else "unchanged"
        count = count_notes(vault, chosen)
        say(f"{output}: {'1 note' if count == 1 else f'{count} notes'}, {state}")
        return 0
    place = None
    with contextlib.suppress(OSError, ValueError):  # A test's stream is no file.
        place = place_of(os.fstat(sys.stdout.fileno()))
    for piece in json_pieces(vault, chosen, place):
        click.echo(piece.encode(), nl=False)
    return 0


def _people(vault: Vault, query: tuple[str, ...]) -> set[str] | None:
    """Return the paths of those who are called so, else of whom the query finds, or None where there is no query."""
    if not query:
        return None
    from prmvault.app.names import named_so
    from prmvault.app.search import search

    text = " ".join(query)
    return named_so(vault, text) or {
        found.hit.path for found in search(vault, text, most=None, note_type="person").found
    }


def _person(vault: Vault, query: tuple[str, ...]) -> set[str]:
    """Return the path of the one person whose code is wanted."""
    if not query:
        raise PrmvaultError("a name is needed", exit_code=EXIT_USAGE, hint="prmvault export qr NAME")
    from prmvault.app.names import resolve

    return {resolve(vault, " ".join(query), today())}


def _on_black(code: bytes) -> bytes:
    """Return a code whose light parts are signs in white on black, whatever the colours of the terminal are.

    Raises PrmvaultError where the terminal would break its lines: no camera reads that.
    """
    from shutil import get_terminal_size

    lines, size = code.decode().splitlines(), get_terminal_size()
    if len(lines[0]) > size.columns:
        told = f"the code takes {len(lines[0])} columns, and the terminal has {size.columns}"
        raise PrmvaultError(told, hint="make its letters smaller (Ctrl and -), or write a picture: -o card.png")
    if len(lines) >= size.lines:
        say_hint(
            f"it has {len(lines)} lines: if it is cut off, make the letters smaller, or write a picture: -o card.png"
        )
    return b"".join([b"\x1b[97;40m" + line + b"\x1b[0m\n" for line in code.rstrip(b"\n").split(b"\n")])


def _told(done: Exported, output: str, *, is_folder: bool) -> str:
    entries = "1 entry" if done.items == 1 else f"{done.items} entries"
    if not is_folder:
        return f"{output}: {entries}, {'written' if done.written else 'unchanged'}"
    removed = f", {done.removed} removed" if done.removed else ""
    return f"{output}: {entries}, {done.written} written{removed}"
