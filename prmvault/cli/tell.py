"""`log`, `note` and `done`: what happened, put down in one line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from prmvault.cli.completion import complete_people
from prmvault.cli.context import command, opened_vault, tell_of, today
from prmvault.cli.output import echo_json, echo_line, one_line, paint, say, say_hint
from prmvault.core.problems import EXIT_AMBIGUOUS, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prmvault.app.finish import Open
    from prmvault.app.tell import Logged
    from prmvault.app.vault import Vault


@command("log")
@click.argument("text", nargs=-1, required=True)
@click.option("-d", "--date", "day", metavar="DATE", help="The day, such as yesterday or letzten Freitag; else today.")
@click.option("--at", metavar="HH:MM", default="", help="The time, also 7pm or 19 Uhr.")
@click.option(
    "-w",
    "--with",
    "people",
    metavar="PERSON",
    multiple=True,
    help="Somebody whom TEXT does not name.",
    shell_complete=complete_people,
)
@click.option("-c", "--channel", default="", help="How, where TEXT does not tell: call, visit, mail …")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with what was understood.")
def log_command(
    text: tuple[str, ...], day: str | None, at: str, people: tuple[str, ...], channel: str, as_json: bool
) -> int:
    """Put down what happened with whom, in the note of the day.

    Names in TEXT that mean exactly one person become links; names that several people have stay as they are, and you
    are told. `#gift` and `#wish` make it an idea for them, `#mention` no contact. Where TEXT begins with today,
    yesterday, heute, gestern or vorgestern, that is the day.

    \b
    Example:
      prmvault log "lunch with Opa, he wants a garden bench #gift" -d yesterday
      prmvault log "talked about the move" -w Tom -c call --at 18:00
    """
    from prmvault.app.tell import day_said, log
    from prmvault.app.values import day_from

    vault = opened_vault()
    said = _text(text)
    when = day_from(vault.day_in_english(day or ""), today())
    if day is None:
        when, said = day_said(said, when, vault.day_in_english)
    done = log(vault, _text((said,)), when, at, people, channel, today())
    _tell_logged(vault, done, as_json=as_json)
    if not done.people and not as_json:
        say_hint("nobody was recognized, so it is no contact; -w PERSON names somebody")
    return 0


@command("note")
@click.argument("person", shell_complete=complete_people)
@click.argument("text", nargs=-1, required=True)
@click.option("-d", "--date", "day", metavar="DATE", help="The day; else today.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with what was understood.")
def note_command(person: str, text: tuple[str, ...], day: str | None, as_json: bool) -> int:
    """Add a dated line to the log in a person's own note; it counts as a contact on that day.

    \b
    Example:
      prmvault note Tom "thinks about a new job"
      prmvault note oma "telefoniert: Knie ist besser" -d gestern
    """
    from prmvault.app.leading_name import split_name
    from prmvault.app.tell import add_to_log
    from prmvault.app.values import day_from

    vault = opened_vault()
    path, words = split_name(vault, (person, *text), today())
    done = add_to_log(vault, path, _text(words), day_from(vault.day_in_english(day or ""), today()), today())
    _tell_logged(vault, done, as_json=as_json)
    return 0


@command("done")
@click.argument("task", nargs=-1, required=True)
@click.option("-d", "--date", "day", metavar="DATE", help="The day on which it was done; else today.")
@click.option("-n", "--number", type=click.IntRange(1), help="Which one, where several are meant.")
def done_command(task: tuple[str, ...], day: str | None, number: int | None) -> int:
    """Tick a task in its file, or a reminder; one that repeats gets its next turn.

    TASK is words of it, or its place as `prmvault tasks` tells it (path:line). Where several are meant they are listed
    with numbers: in a terminal you are asked, else the exit code is 4.

    \b
    Example:
      prmvault done bike bags
      prmvault done "people/Klaus Weißhaupt.md:34"
    """
    from prmvault.app.finish import find_open, finish
    from prmvault.app.values import day_from

    vault = opened_vault()
    chosen_day = day_from(vault.day_in_english(day or ""), today())
    found = find_open(vault, " ".join(task), chosen_day)
    if not found:
        hint = "prmvault tasks lists the open tasks, prmvault remind the reminders"
        raise PrmvaultError(f"no open task or reminder has {' '.join(task)!r}", hint=hint)
    chosen = found[0] if len(found) == 1 else _chosen(found, number)
    line, told = finish(vault, chosen, chosen_day)
    echo_line(f"{paint(one_line(f'{chosen.path}:{line}'), 'path')}: {one_line(chosen.text)}")
    say("→ " + " · ".join(told))
    return 0


def _chosen(found: Sequence[Open], number: int | None) -> Open:
    """Return the one that the user means by its number."""
    if number is not None and number <= len(found):
        return found[number - 1]
    listed = [f"{count}  {each.text} ({each.path}:{each.line})" for count, each in enumerate(found, 1)]
    if number is not None or not (sys.stdin.isatty() and sys.stderr.isatty()):
        message = f"{len(found)} open tasks are meant; write more of it, or -n NUMBER"
        raise PrmvaultError(message, exit_code=EXIT_AMBIGUOUS, hint="\n".join(listed))
    for line in listed:
        click.echo(one_line(line), err=True)
    answer = click.prompt("which one", type=click.IntRange(1, len(found)), err=True)
    return found[int(answer) - 1]


def _text(words: tuple[str, ...]) -> str:
    text = " ".join(" ".join(words).split())
    if not text:
        raise PrmvaultError("there is no text", exit_code=EXIT_USAGE)
    return text


def _tell_logged(vault: Vault, done: Logged, *, as_json: bool) -> None:
    from datetime import date

    from prmvault.core.channels import channel_name
    from prmvault.core.messages import listed, message
    from prmvault.core.phrases import describe_day

    if as_json:
        ties = [{"words": words, "paths": list(paths)} for words, paths in done.ties]
        echo_json({**done._asdict(), "people": list(done.people), "ties": ties})
    else:
        echo_line(f"{paint(one_line(f'{done.path}:{done.line}'), 'path')}: - {one_line(done.text)}")
    kinds = {
        "plan": message("a plan"),
        "task": message("an open task"),
        "mention": message("a mention, no contact"),
    }
    when = listed(" ", [describe_day(date.fromisoformat(done.date)), done.time])
    read = listed(" · ", [when, kinds.get(done.kind, ""), channel_name(done.channel), ", ".join(done.people)])
    say("→ " + tell_of(vault)(read))
    for words, paths in done.ties:
        names = ", ".join(vault.facts.title(path) for path in paths)
        say(f"{words!r} may mean {names}; it stays plain")
