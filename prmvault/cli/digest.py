"""`digest`: what a week brings."""

from __future__ import annotations

import click

from prmvault.cli.context import command, opened_vault, today
from prmvault.cli.output import clean, echo, echo_json, echo_line, write_out
from prmvault.core.problems import EXIT_USAGE, PrmvaultError


@command("digest")
@click.option("--week", metavar="WEEK", help="An ISO week such as 2026-W47; default: the current one.")
@click.option("--stdout", is_flag=True, help="Print it instead of writing the file.")
@click.option("--html", metavar="FILE", help="Write it as a web page; - is standard output.")
@click.option("--json", "as_json", is_flag=True, help="Print its contents as one JSON object.")
@click.option("--mail", is_flag=True, help="Send it by mail, as the user's config says, to whom has not got it.")
@click.option("--again", is_flag=True, help="With --mail: send it also where it was sent before.")
@click.option("--eml", metavar="FILE", help="Write it as a mail to a file; - is standard output.")
def digest_command(
    week: str | None, stdout: bool, html: str | None, as_json: bool, mail: bool, again: bool, eml: str | None
) -> int:
    """Write the digest of a week to digest/2026-W47.md and print the path.

    It is made of the notes, and written only when its text changes. Tick a line in it, or change the day behind ⏳, and
    the next command carries that to its note; what you write below Notes, or anywhere else, stays. Its form is a
    template: put your own digest.md.j2 (or digest.html.j2) into the vault's templates folder.

    \b
    Example:
      prmvault digest --stdout
      prmvault digest --week 2026-W52
      prmvault digest --html week.html
      prmvault digest --mail
    """
    if sum((stdout, html is not None, as_json, mail, eml is not None)) > 1 or (again and not mail):
        one = "only one of --stdout, --html, --json, --mail and --eml"
        message = "--again goes with --mail" if again and not mail else one
        raise PrmvaultError(message, exit_code=EXIT_USAGE, hint="prmvault digest --help")
    from prmvault.app.digest import digest_html, digest_text, digest_values, monday_of, write_digest
    from prmvault.core.dates import DateError, parse_week

    try:
        monday = parse_week(week) if week else monday_of(today())
    except DateError as error:
        raise PrmvaultError(str(error), exit_code=EXIT_USAGE, hint=error.hint) from None
    vault = opened_vault()
    if mail or eml is not None:
        from prmvault.app.watch_mail import local_now
        from prmvault.cli.digest_mail import send_digest, write_letter

        if mail:
            return send_digest(vault, monday, local_now(today()), again=again)
        write_letter(vault, monday, local_now(today()), eml or "-")
    elif html is not None:
        write_out(html, digest_html(vault, monday).encode())
    elif as_json:
        echo_json(digest_values(vault, monday))
    elif stdout:
        for line in clean(digest_text(vault, monday)).rstrip("\n").split("\n"):
            echo_line(line)
    else:
        path, _ = write_digest(vault, monday)
        echo(path)
    return 0
