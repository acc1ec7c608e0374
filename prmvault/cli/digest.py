"""`digest`: what a week brings."""

from __future__ import annotations

import click

from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import clean, echo, echo_json, echo_line
from prmvault.core.problems import EXIT_USAGE, PrmvaultError


@command("digest")
@click.option("--week", metavar="WEEK", help="An ISO week such as 2026-W47; default: the current one.")
@click.option("--stdout", is_flag=True, help="Print it instead of writing the file.")
@click.option("--json", "as_json", is_flag=True, help="Print its contents as one JSON object.")
def digest_command(week: str | None, stdout: bool, as_json: bool) -> int:
    """Write the digest of a week to digest/2026-W47.md and print the path.

    It is made of the notes and nothing else, and written only when its text changes. Its form is a template:
    put your own digest.md.j2 into the vault's templates folder.

    \b
    Example:
      prmvault digest --stdout
      prmvault digest --week 2026-W52
    """
    from prmvault.app.digest import digest_text, digest_values, monday_of, write_digest
    from prmvault.core.dates import DateError, parse_week

    try:
        monday = parse_week(week) if week else monday_of(today())
    except DateError as error:
        raise PrmvaultError(str(error), exit_code=EXIT_USAGE, hint=error.hint) from None
    vault = opened_vault()
    if as_json:
        echo_json(digest_values(vault, monday))
    elif stdout:
        for line in clean(digest_text(vault, monday)).rstrip("\n").split("\n"):
            echo_line(line)
    else:
        path, _ = write_digest(vault, monday)
        echo(path)
    return 0
