"""`search`: full text, with snippets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from prmvault.cli.completion import complete_types
from prmvault.cli.context import command, opened_vault
from prmvault.cli.output import echo_json, echo_line, echo_paths, one_line, paint, progress_bar, say_nothing_found
from prmvault.core.problems import EXIT_NOTHING_FOUND

if TYPE_CHECKING:
    from prmvault.app.search import Found


@command("search")
@click.argument("query", nargs=-1, required=True)
@click.option(
    "-t",
    "--type",
    "note_type",
    metavar="TYPE",
    default="",
    help="Only notes of this type.",
    shell_complete=complete_types,
)
@click.option("-n", "--number", "most", type=click.IntRange(1), default=20, show_default=True, help="At most so many.")
@click.option("--sort", type=click.Choice(["score", "date"]), default="score", help="Best first, or newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@click.option("--paths", is_flag=True, help="Only the paths, a line each.")
@click.option("-0", "nul", is_flag=True, help="Only the paths, for xargs -0.")
def search_command(
    query: tuple[str, ...], note_type: str, most: int, sort: str, as_json: bool, paths: bool, nul: bool
) -> int:
    """Search the text of all notes.

    Words are joined by AND and found in other forms too (Bank: Bänke; garden: gardening), ß is ss, ü is ue or u.

    \b
      "two words"    in this order          wor*           words that begin so
      spelin~        almost so spelled      A OR B, NOT C  or -C
      tag:family     type:journal           person:Oma     org:acme, any key
      date:2026-11   date:2026-01..2026-03  date:2024..

    \b
    Example:
      prmvault search "garden bench" date:2026
      prmvault search -t journal person:Oma wunsch*
    """
    from prmvault.app.search import search

    vault = opened_vault()
    answer = search(vault, _text(query), most=most, by_date=sort == "date", note_type=note_type, progress=progress_bar)
    if as_json:
        echo_json([_as_json(found) for found in answer.found])
    elif paths or nul:
        echo_paths([found.hit.path for found in answer.found], nul=nul)
    else:
        for found in answer.found:
            _print(found)
        if not answer.found:
            say_nothing_found()
    return 0 if answer.found else EXIT_NOTHING_FOUND


def _text(query: tuple[str, ...]) -> str:
    """Return the query as one text: an argument with blanks, which the shell took out of quotes, is a phrase again.

    But `'a OR b'` and `'tag:x word'` in quotes are meant as a query.
    """
    if len(query) == 1:
        return query[0]
    return " ".join(f'"{part}"' if " " in part and '"' not in part and ":" not in part else part for part in query)


def _as_json(found: Found) -> dict[str, object]:
    hit = found.hit
    return {
        "path": hit.path,
        "type": hit.type,
        "title": hit.title,
        "date": hit.date or None,
        "score": hit.score,
        "line": found.snippet.line,
        "snippet": found.snippet.text,
    }


def _print(found: Found) -> None:
    text, at, parts = found.snippet.text, 0, []
    for start, end in found.snippet.marks:
        parts += [one_line(text[at:start]), paint(one_line(text[start:end]), "match", bold=True)]
        at = end
    parts.append(one_line(text[at:]))
    echo_line(f"{paint(one_line(f'{found.hit.path}:{found.snippet.line}'), 'path')}: {''.join(parts)}")
