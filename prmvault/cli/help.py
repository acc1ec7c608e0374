"""`help`: commands and topics explained."""

from __future__ import annotations

import click

from prmvault.cli.context import command
from prmvault.cli.main import COMMANDS, cli
from prmvault.cli.output import echo
from prmvault.core.problems import EXIT_USAGE, PrmvaultError

TOPICS = {
    "exit-codes": """\
Exit codes:

  0    done
  1    nothing found, or problems found
  2    wrong usage
  3    no vault, or bad settings
  4    a name that may mean several people
  70   a bug; the traceback is in a log file that the message names
  75   busy, or no way to the remote (sync) or the mail server: try again
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
    "json": """\
What --json prints: one document, UTF-8, lists as arrays. Days are ISO dates,
paths are relative to the vault, lines count from 1, and a key that has no value
is there with null, "" or []. These keys stay; there may be more of them.
The whole vault: prmvault export json, with its schema in docs/json.md.

person (show, find, list person)
  path, name, is_me, aliases, org, deceased, tags, wishes
  emails, phones        [{value, label …}]
  birthday              1987-03-14, or what is known: --03-14, 1987-03, 1987
  age                   a number, or "about 48"; at death for the dead
  related               [{type, word, name, path}], both ways;
                        path is null where there is no note
  last_contact          {date, time, channel, text, path, line, visited}; visited
                        is the one of the household whom the visit was to, or null
  next_contact          {due, reason}
  tasks                 [{text, due, path, line}], the open ones
  gifts, debts, dates   the entries of the front matter
  fields                all other keys of the front matter

card (show): a person, and
  household             [{name, path}], who else lives there
  net_debts             [{amount, by}], what is owed in the end, per currency
  reminders, since      open reminders; what was written since the last contact
  documents             paths

any other note (list, show)
  path, type, title, date, tags, fields

search hit (search)
  path, type, title, date, score, line, snippet

reminder (upcoming, today)
  date, kind            birthday, date, reminder, plan, task or contact
  title, person         what, and about whom
  path, line            where it stands; line 0 is the whole file
  age, reason           for a birthday the age, for a contact the rule
  overdue_days          0 if it is not

task (tasks)
  text, status          status is open, done or cancelled
  due, scheduled, start, done, priority, repeat, people, path, line

contact (last)
  date, time, channel, text, path, line, visited

put down (log, note)
  path, line, text, date, time, channel, people
  kind                  contact, plan, mention, task, or item: about nobody
  ties                  [{words, paths}], names that may mean several people

problem (check)
  path, line, code, message, hint

pair (dups)
  paths, names, targets  of the two; targets are names that mean just one note
  score, reasons        100 is sure

import report (import)
  created, updated, skipped
                        [{path, source, line, name}]; updated also keys
  conflicts             [{path, source, line, name, key, vault, file, message,
                        hint}]; without a key it is not sure
                        who is meant: vault is the paths of the notes
  problems              [{path, source, line, code, message, hint}]; path is null

what was done (sync)
  branch, remote, set_up, refreshed
  committed, message, paths
  left                  files that git does not know, and that are left so
  merged, pushed        how many commits
  changed               files that came in
  both, kept, clashing  of them: changed on both sides; removed on one; both say
                        something else
  copies                [{path, copy}], files that could not be merged
  ahead, behind         what is left to do; null where the remote was not asked
  offline               why not

conflict (conflicts)
  path, line, key, label, now, kept""",
}


def _complete_topics(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    return [name for name in (*TOPICS, *COMMANDS) if name.startswith(typed)]


@command("help")
@click.argument("topic", nargs=-1, shell_complete=_complete_topics)
def help_command(topic: tuple[str, ...]) -> int:
    """Explain a command, or a topic: exit-codes, query, json.

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
    if name in TOPICS:
        echo(TOPICS[name])
        return 0
    if name in COMMANDS:
        chosen = cli.get_command(context, name)
        assert chosen is not None
        echo(chosen.get_help(click.Context(chosen, parent=context, info_name=name)))
        return 0
    known = ", ".join([*TOPICS, *COMMANDS])
    raise PrmvaultError(f"there is no help on {name!r}", exit_code=EXIT_USAGE, hint=f"known are {known}")
