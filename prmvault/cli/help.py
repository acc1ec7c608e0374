"""`help`: commands and topics explained."""

from __future__ import annotations

import click

from prmvault.cli.context import command
from prmvault.cli.main import COMMANDS, cli
from prmvault.cli.output import echo
from prmvault.core.problems import EXIT_USAGE, PrmvaultError

_TOPICS = {
    "exit-codes": """\
Exit codes:

  0    done
  1    nothing found, or problems found
  2    wrong usage
  3    no vault, or bad settings
  4    a name that may mean several people
  70   a bug; the traceback is in a log file that the message names
  75   busy: another prmvault is at work, try again
  130  interrupted (Ctrl-C)""",
    "query": """\
The language of queries (search, list):

  garden bench          notes with both words, in any form: gardening, Bänke
  "garden bench"        just these words in this order
  gard*                 words that begin so
  gardn~                words that are spelled almost so
  garden OR Garten      one of them; AND binds closer; ( ) groups
  NOT garden, -garden   without it
  tag:family            with the tag, or one below it (family/uk)
  type:journal          of this type
  person:Oma            about this person, by any of her names
  org:acme, KEY:value   with this front matter value; birthday:1988* begins so
  related:child         with a child, whatever the word: Kind, daughter
  channel:call          a journal day with a call: Anruf, telefoniert
  date:2026-11          of these days: journal days, events
  date:2026-01..2026-03, date:2024..""",
}


@command("help")
@click.argument("topic", nargs=-1)
def help_command(topic: tuple[str, ...]) -> int:
    """Explain a command, or a topic: exit-codes, query.

    \b
    Example:
      prmvault help search
      prmvault help exit-codes
    """
    context = click.get_current_context().find_root()
    name = " ".join(topic)
    if not name:
        echo(cli.get_help(context))
        return 0
    if name in _TOPICS:
        echo(_TOPICS[name])
        return 0
    if name in COMMANDS:
        chosen = cli.get_command(context, name)
        assert chosen is not None
        echo(chosen.get_help(click.Context(chosen, parent=context, info_name=name)))
        return 0
    known = ", ".join([*_TOPICS, *COMMANDS])
    raise PrmvaultError(f"there is no help on {name!r}", exit_code=EXIT_USAGE, hint=f"known are {known}")
