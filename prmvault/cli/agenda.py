"""`upcoming`, `today`, `stale` and `tasks`: what the coming days bring, who has been waiting, what is to be done."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.completion import complete_people
from prmvault.cli.context import command, opened_vault, tell_of, today
from prmvault.cli.output import echo, echo_json, echo_line, echo_table, one_line, paint, say_nothing_found
from prmvault.core.label_names import kind_name, priority_name
from prmvault.core.messages import counted, listed, message
from prmvault.core.problems import EXIT_NOTHING_FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from prmvault.core.messages import Message
    from prmvault.core.reminders import Reminder

    Tell = Callable[[str], str]

_DAYS = 14
_LEAST_KIND = 8


@command("upcoming")
@click.option("--days", type=click.IntRange(0, 3660), default=_DAYS, show_default=True, help="How far to look ahead.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def upcoming_command(days: int, as_json: bool) -> int:
    """Tell what the coming days bring: birthdays with age, dates, plans, reminders, tasks, contacts that are due.

    What is overdue comes first. Exit 1 if there is nothing.

    \b
    Example:
      prmvault upcoming
      prmvault upcoming --days 60
      prmvault upcoming --json | jq -r '.[].title'
    """
    return _tell(days, as_json=as_json)


@command("today")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def today_command(as_json: bool) -> int:
    """Tell what today brings, and what is overdue. Exit 1 if there is nothing.

    \b
    Example:
      prmvault today
      prmvault today --today tomorrow
    """
    return _tell(0, as_json=as_json)


@command("stale")
@click.option("--tag", default="", metavar="TAG", help="Only people with this tag, or one below it.")
@click.option("-n", "--number", "most", type=click.IntRange(1), default=None, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def stale_command(tag: str, most: int | None, as_json: bool) -> int:
    """Tell who is overdue to hear from you, worst first, and why: which rule, in which line.

    The rule is a person's `cadence`, else that of a tag in the settings. Where none is set, people are listed by how
    long there was silence. Exit 1 if nobody is waiting.

    \b
    Example:
      prmvault stale
      prmvault stale --tag family
    """
    from prmvault.app.agenda import stale
    from prmvault.core.reminders import happening_values

    vault = opened_vault()
    waiting = stale(vault, today(), tag)[:most]
    if as_json:
        echo_json(
            [
                {
                    **each._asdict(),
                    "due": each.due or None,
                    "last": happening_values(each.last) if each.last else None,
                }
                for each in waiting
            ]
        )
    elif sys.stdout.isatty():
        _echo_waiting(waiting, tell_of(vault))
    else:
        tell, header = tell_of(vault), ("overdue", "name", "last", "reason", "path")
        echo_table(
            header,
            [
                (tell(_late(each)), each.person, each.last.date if each.last else "", tell(each.reason), each.path)
                for each in waiting
            ],
        )
    if not waiting:
        say_nothing_found()
    return 0 if waiting else EXIT_NOTHING_FOUND


@command("tasks")
@click.argument("name", nargs=-1, shell_complete=complete_people)
@click.option("--all", "closed", is_flag=True, help="Also those that are done or cancelled.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def tasks_command(name: tuple[str, ...], closed: bool, as_json: bool) -> int:
    """List the open tasks of all notes, the most urgent first; with NAME those about this person.

    `prmvault done` ticks one. Exit 1 if there is none.

    \b
    Example:
      prmvault tasks
      prmvault tasks Klaus
    """
    from prmvault.app.agenda import task_json, tasks
    from prmvault.app.names import resolve

    vault = opened_vault()
    person = resolve(vault, " ".join(name), today()) if name else ""
    found = tasks(vault, today(), person, closed=closed)
    if as_json:
        echo_json([task_json(each) for each in found])
    elif sys.stdout.isatty():
        tell = tell_of(vault)
        for each in found:
            _echo_task(task_json(each), tell)
    else:
        rows = [task_json(each) for each in found]
        header = ("due", "task", "people", "place")
        echo_table(header, [(_day_of(row), _boxed(row), ", ".join(row["people"]), _place(row)) for row in rows])
    if not found:
        say_nothing_found()
    return 0 if found else EXIT_NOTHING_FOUND


def _tell(days: int, *, as_json: bool) -> int:
    from prmvault.app.agenda import reminder_json, upcoming
    from prmvault.core.reminders import by_household

    vault = opened_vault()
    found, world = upcoming(vault, today(), days)
    if as_json:
        echo_json([reminder_json(each) for each in found])
    elif sys.stdout.isatty():
        _echo_agenda(by_household(found, world), tell_of(vault))
    else:
        tell, header = tell_of(vault), ("date", "kind", "title", "overdue", "reason", "place")
        echo_table(header, [_cells(each, tell) for each in by_household(found, world)])
    if not found:
        say_nothing_found()
    return 0 if found else EXIT_NOTHING_FOUND


def _cells(each: Reminder, tell: Tell) -> tuple[str, ...]:
    """Return what a program reads: the kind as the JSON has it, texts in the reader's language."""
    late = str(each.overdue_days) if each.overdue_days else ""
    place = f"{each.path}:{each.line}" if each.line else each.path
    return each.date.isoformat(), each.kind, tell(each.title), late, tell(each.reason), place


def _echo_agenda(found: Sequence[Reminder], tell: Tell) -> None:
    """Print what is overdue, then day by day, then whom to contact."""
    contacts = [each for each in found if each.kind == "contact"]
    late = [each for each in found if each.overdue_days and each.kind != "contact"]
    rest = [each for each in found if not each.overdue_days and each.kind != "contact"]
    width = max([_LEAST_KIND, *(len(tell(kind_name(each.kind))) for each in (*late, *rest))]) + 1
    if late:
        _head(tell(message("overdue")), "late")
        for each in sorted(late, key=lambda each: each.date):
            told = tell(listed(", ", [each.date.isoformat(), _days(each.overdue_days)]))
            _echo_entry(each, told, tell, width)
    for day in sorted({each.date for each in rest}):
        _head(tell(_day_title(day)), "title")
        for each in rest:
            if each.date == day:
                _echo_entry(each, "", tell, width)
    if contacts:
        from prmvault.core.phrases import describe_overdue

        _head(tell(message("to be in touch with")), "title")
        for each in sorted(contacts, key=lambda each: (each.date, each.title)):
            due = message("due {day}", day=_day_title(each.date))
            if each.overdue_days:
                due = describe_overdue(each.overdue_days)
            when = paint(one_line(tell(due)), "late" if each.overdue_days else "soon")
            echo_line(f"  {one_line(tell(each.title))} · {when} · {one_line(tell(each.reason))}")


def _head(text: str, meaning: str) -> None:
    echo(paint(one_line(text), meaning, bold=True))


def _echo_entry(each: Reminder, late: str, tell: Tell, width: int) -> None:
    told = f" · {paint(late, 'late')}" if late else ""
    reason = f" · {one_line(tell(each.reason))}" if each.reason else ""
    title, kind = one_line(tell(each.title)), one_line(tell(kind_name(each.kind)))
    people = f" · {one_line(each.person)}" if each.person and each.person not in title and each.kind != "plan" else ""
    line = f"  {paint(kind.ljust(width), 'label')}{title}{people}{told}{reason}"
    echo_line(line, indent=width + 2, place=f"{each.path}:{each.line}")


def _day_title(day: date) -> Message:
    from prmvault.core.phrases import describe_day, describe_distance

    return listed(", ", [describe_day(day), describe_distance(day, today())])


def _days(count: int) -> Message:
    return counted("{count} day", "{count} days", count)


def _echo_waiting(waiting: Iterable[Any], tell: Tell) -> None:
    from prmvault.cli.card import how_text

    for each in waiting:
        name = paint(one_line(each.person), "title", bold=True)
        echo_line(f"{name} · {paint(one_line(tell(_late(each))), 'late')} · {one_line(tell(each.reason))}")
        if each.last:
            # A visit to somebody of the household: whom it was to is said.
            whom = "" if each.person in each.last.people else ", ".join(each.last.people)
            how = one_line(tell(how_text(each.last.channel, whom)))
            place = paint(one_line(f"{each.last.path}:{each.last.line}"), "path")
            echo_line(f"  {each.last.date} {how + ', ' if how else ''}{one_line(each.last.text)} · {place}")


def _late(each: Any) -> Message:
    from prmvault.core.phrases import describe_overdue

    return describe_overdue(each.overdue_days) if each.overdue_days else message("waiting")


def _echo_task(row: dict[str, Any], tell: Tell) -> None:
    from prmvault.core.phrases import describe_period

    day = _day_of(row)
    late = bool(day) and row["status"] == "open" and day < today().isoformat()
    title = one_line(tell(_day_title(date.fromisoformat(day)))) if day else ""
    due = f" · {paint(title, 'late' if late else 'soon')}" if day else ""
    priority = f" · {one_line(tell(priority_name(row['priority'])))}" if row["priority"] else ""
    repeat = f" · {one_line(tell(describe_period(row['repeat'])))}" if row["repeat"] else ""
    people = f" · {one_line(', '.join(row['people']))}" if row["people"] else ""
    echo_line(f"{one_line(_boxed(row))}{due}{priority}{repeat}{people} · {paint(one_line(_place(row)), 'path')}")


def _boxed(row: dict[str, Any]) -> str:
    return f"[{ {'open': ' ', 'done': 'x', 'cancelled': '-'}[row['status']] }] {row['text']}"


def _day_of(row: dict[str, Any]) -> str:
    return row["due"] or row["scheduled"] or ""


def _place(row: dict[str, Any]) -> str:
    return f"{row['path']}:{row['line']}"
