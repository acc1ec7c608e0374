"""`find` and `list`: people by name, and tables of notes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.completion import complete_people, complete_types
from prmvault.cli.context import command, opened_vault, tell_of, today
from prmvault.cli.output import echo_json, echo_paths, echo_table, one_line, say, say_nothing_found
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Callable

    from prmvault.app.vault import Vault

_PERSON_HEADER = ("name", "birthday", "org", "phone", "email", "tags", "path")


@command("find")
@click.argument("text", nargs=-1, required=True, shell_complete=complete_people)
@click.option("--json", "as_json", is_flag=True, help="One JSON array with all that is known of each.")
@click.option("--paths", is_flag=True, help="Only the paths, a line each.")
@click.option("-0", "nul", is_flag=True, help="Only the paths, for xargs -0.")
def find_command(text: tuple[str, ...], as_json: bool, paths: bool, nul: bool) -> int:
    """Find people by any name, e-mail, phone or organization.

    Accents, case and ß do not matter, ü is ue or u; where nobody is named so, names that are spelled almost so count.

    \b
    Example:
      prmvault find mueller
      prmvault find 0171 3920021 --json
    """
    from prmvault.app.names import find

    vault = opened_vault()
    found = find(vault.facts, " ".join(text))
    if as_json:
        echo_json(_people_json(vault, found))
    elif paths or nul:
        echo_paths(found, nul=nul)
    else:
        echo_people([_person_cells(row) for row in vault.facts.people_at(found)], tell_of(vault))
    return 0 if found else EXIT_NOTHING_FOUND


@command("list")
@click.argument("note_type", metavar="[TYPE]", default="person", shell_complete=complete_types)
@click.argument("query", nargs=-1)
@click.option("-F", "--fields", metavar="KEY,KEY…", default="", help="Columns: front matter keys, or JSON keys.")
@click.option("--sort", "sort_by", metavar="KEY", default="", help="Order by this column.")
@click.option("--csv", "as_csv", is_flag=True, help="CSV with a header.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.option("--paths", is_flag=True, help="Only the paths, a line each.")
@click.option("-0", "nul", is_flag=True, help="Only the paths, for xargs -0.")
def list_command(
    note_type: str,
    query: tuple[str, ...],
    fields: str,
    sort_by: str,
    as_csv: bool,
    as_json: bool,
    paths: bool,
    nul: bool,
) -> int:
    """List the notes of a type in a table: person (the default), journal, organization, event, note or your own.

    To a program the columns go with tabs between them. A narrow terminal gets the most important ones; -F chooses.

    \b
    Example:
      prmvault list person tag:family
      prmvault list person -F name,birthday,last_contact.date --sort birthday
      prmvault list journal --csv
    """
    vault = opened_vault()
    if ":" in note_type:  # A query on people: no type has a colon.
        note_type, query = "person", (note_type, *query)
    if note_type not in _known_types(vault):
        known = ", ".join(_known_types(vault))
        raise PrmvaultError(f"there is no note type {note_type!r}", exit_code=EXIT_USAGE, hint=f"known are {known}")
    chosen = _matching(vault, note_type, query)
    wanted = [key.strip() for key in fields.split(",") if key.strip()]
    if as_json:
        documents = _documents(vault, note_type, chosen, sort_by)
        echo_json(documents)
        return 0 if documents else EXIT_NOTHING_FOUND
    if paths or nul:
        listed = _paths(vault, note_type, chosen, sort_by)
        echo_paths(listed, nul=nul)
        return 0 if listed else EXIT_NOTHING_FOUND
    header, rows = _table(vault, note_type, wanted, chosen)
    if sort_by:
        if sort_by not in header:
            known = ", ".join(header)
            raise PrmvaultError(f"no column {sort_by!r}", exit_code=EXIT_USAGE, hint=f"columns are {known}")
        at = header.index(sort_by)
        rows.sort(key=lambda row: _empty_last(row[at]))
    for at, key in enumerate(wanted):
        if rows and not any(row[at] for row in rows):
            say(f"none of them has {key!r}")
    if as_csv:
        from prmvault.interop.csv_cells import table_text

        click.echo(table_text([header, *(map(one_line, row) for row in rows)], line_end="\n"), nl=False)
    elif header == _PERSON_HEADER:
        echo_people(rows, tell_of(vault))
    elif rows:
        echo_table(header, rows, tell=tell_of(vault))
    else:
        say_nothing_found()
    return 0 if rows else EXIT_NOTHING_FOUND


def echo_people(rows: list[tuple[str, ...]], tell: Callable[[str], str]) -> None:
    """Print people: for a program with their paths, for a person without (the names tell as much)."""
    if not rows:
        say_nothing_found()
        return
    path = len(_PERSON_HEADER) - 1
    if sys.stdout.isatty():
        echo_table(_PERSON_HEADER[:path], [row[:path] for row in rows], gives_way=("org", "tags"), tell=tell)
    else:
        echo_table(_PERSON_HEADER, rows)


def _known_types(vault: Vault) -> list[str]:
    return sorted({"person", "journal", "organization", "event", "deal", "note", *vault.settings.types})


def _matching(vault: Vault, note_type: str, query: tuple[str, ...]) -> set[str] | None:
    """Return the paths that match the query, or None where there is none."""
    if not query:
        return None
    from prmvault.app.search import search

    return {found.hit.path for found in search(vault, " ".join(query), most=None, note_type=note_type).found}


def _table(
    vault: Vault, note_type: str, wanted: list[str], chosen: set[str] | None
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    if wanted:
        documents = _documents(vault, note_type, chosen, "")
        return tuple(wanted), [tuple(_cell(document, key) for key in wanted) for document in documents]
    if note_type == "person":
        people = vault.facts.people_rows()
        return _PERSON_HEADER, [_person_cells(row) for row in people if chosen is None or row[0] in chosen]
    overview = vault.facts.overview(note_type)
    rows = [(title, day, path) for path, _, title, day in overview if chosen is None or path in chosen]
    return ("title", "date", "path"), list(rows)


def _documents(vault: Vault, note_type: str, chosen: set[str] | None, sort_by: str) -> list[dict[str, Any]]:
    from prmvault.app.people import note_json

    notes = [note for note in vault.facts.notes(note_type) if chosen is None or note.path in chosen]
    documents = [note_json(vault, note, today()) for note in notes]
    if sort_by:
        documents.sort(key=lambda document: _empty_last(_cell(document, sort_by)))
    return documents


def _paths(vault: Vault, note_type: str, chosen: set[str] | None, sort_by: str) -> list[str]:
    if sort_by:
        return [document["path"] for document in _documents(vault, note_type, chosen, sort_by)]
    return [row[0] for row in vault.facts.overview(note_type) if chosen is None or row[0] in chosen]


def _empty_last(text: str) -> tuple[bool, str]:
    return text == "", text


def _person_cells(row: tuple[str, ...]) -> tuple[str, ...]:
    return (*row[1:], row[0])


def _people_json(vault: Vault, paths: list[str]) -> list[dict[str, Any]]:
    from prmvault.app.people import note_json

    notes = [vault.facts.note(path) for path in paths]
    return [note_json(vault, note, today()) for note in notes if note is not None]


def _cell(document: dict[str, Any], key: str) -> str:
    """Return the text of `key` (also `a.b`) in a note's JSON, looked up among its own fields as well."""
    first, *rest = key.split(".")
    if first not in document and first not in document["fields"]:
        first += "s"  # `phone` heads a column, and is short for the list.
    parts = [first, *rest]
    value: Any = document if first in document else document["fields"]
    for part in parts:
        value = value.get(part) if isinstance(value, dict) else None
    return _text_of(value)


def _text_of(value: Any) -> str:
    if isinstance(value, dict) and "word" in value:
        return f"{value['word']}: {value['name']}"
    if isinstance(value, dict):
        return _text_of(value.get("value") or value.get("name") or value.get("date") or list(value.values()))
    if isinstance(value, list):
        return ", ".join(_text_of(each) for each in value)
    return "" if value is None else str(value)
