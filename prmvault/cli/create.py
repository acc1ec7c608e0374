"""`init`, `add` and `journal`: new vaults and notes."""

from __future__ import annotations

import os
from shlex import quote

import click

from prmvault.cli.completion import complete_assignments, complete_folders, complete_types
from prmvault.cli.context import command, opened_vault, option_value, today
from prmvault.cli.output import echo_paths, say, say_hint
from prmvault.core.problems import EXIT_USAGE, PrmvaultError


@command("init")
@click.argument("folder", metavar="[DIR]", default="", shell_complete=complete_folders)
@click.option("--example", is_flag=True, help="Fill it with a small example, to look around in.")
def init_command(folder: str, example: bool) -> int:
    """Make a vault: settings, folders, .gitignore, .gitattributes and a git repository.

    Notes that are there stay as they are: in an Obsidian vault this adds a settings file. A vault is left alone.

    \b
    Example:
      prmvault init ~/vault
      prmvault init ~/vault-to-play-with --example
    """
    from prmvault.app.create import init_vault

    folder = folder or option_value("vault") or "."
    made = init_vault(folder, example=example)
    if not made:
        say(f"{folder} is a vault already; nothing was changed")
        return 0
    say(f"made {', '.join(made)} in {os.path.abspath(folder)}")
    first = "prmvault digest --stdout" if example else "prmvault add person NAME"
    say_hint(first if folder == "." else f"cd {quote(folder)}, then {first}")
    return 0


@command("add")
@click.argument("note_type", metavar="TYPE", shell_complete=complete_types)
@click.argument("name", nargs=-1, required=True)
@click.option(
    "--set",
    "values",
    metavar="KEY=VALUE",
    multiple=True,
    help="A front matter key, as `prmvault set` has it; may be given again.",
    shell_complete=complete_assignments,
)
@click.option("-e", "--edit", "opens", is_flag=True, help="Open it in $VISUAL or $EDITOR.")
def add_command(note_type: str, name: tuple[str, ...], values: tuple[str, ...], opens: bool) -> int:
    """Make a note from its type's template and print its path: person, organization, event, deal or your own type.

    \b
    Example:
      prmvault add person "Anna Müller" --set birthday="14 March"
      prmvault add person Tom --set tags=friend --set phones="work: 0341 1234"
      prmvault add deal "New website" --set amount="4000 EUR" -e
    """
    from prmvault.app.create import add_note, chosen_editor, edit

    if opens:
        chosen_editor()  # Rather no note than one that was to be written and is not.
    vault = opened_vault()
    path = add_note(vault, note_type, " ".join(name), values, today())
    echo_paths([path], nul=False)
    if opens:
        edit(vault.root, path)
    return 0


@command("journal")
@click.argument("day", metavar="[DATE]", nargs=-1)
@click.option("-e", "--edit", "opens", is_flag=True, help="Open it in $VISUAL or $EDITOR.")
def journal_command(day: tuple[str, ...], opens: bool) -> int:
    """Make the note of a day if it is not there yet, and print its path; DATE is today if left out.

    \b
    Example:
      prmvault journal -e
      prmvault journal last friday
      prmvault journal vor 3 Tagen
    """
    from prmvault.app.create import chosen_editor, edit, journal_day
    from prmvault.core.dates import DateError
    from prmvault.core.phrases import describe_day, parse_day

    chosen, vault = today(), opened_vault()
    if day:
        try:
            chosen = parse_day(vault.day_in_english(" ".join(day)), chosen, prefer="past")
        except DateError as error:
            raise PrmvaultError(str(error), exit_code=EXIT_USAGE, hint=error.hint) from None
        say(f"→ {describe_day(chosen)}")
    if opens:
        chosen_editor()
    path, _ = journal_day(vault, chosen)
    echo_paths([path], nul=False)
    if opens:
        edit(vault.root, path)
    return 0
