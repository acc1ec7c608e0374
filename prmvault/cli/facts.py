"""`gift`, `debt`, `remind`, `date`, `set` and `unset`: facts of a person, put down in the front matter and listed."""

from __future__ import annotations

import sys
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.completion import complete_assignments, complete_keys, complete_people
from prmvault.cli.context import command, opened_vault, tell_of, today
from prmvault.cli.output import echo_json, echo_table, one_line, say, say_nothing_found
from prmvault.core.label_names import gift_status
from prmvault.core.messages import listed, message
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from prmvault.app.edit import Planned
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note

# What a narrow terminal shows shorter, or not at all.
_GIVE_WAY = ("place", "path", "lead", "for", "repeat", "done")
_BIRTHDAY = ("birthday", "geburtstag")


@command("gift")
@click.argument("name", default="", shell_complete=complete_people)
@click.argument("what", nargs=-1)
@click.option("--status", type=click.Choice(["idea", "planned", "given", "received"]), help="Else it is an idea.")
@click.option("--for", "occasion", metavar="OCCASION", help="What for, such as birthday.")
@click.option("--amount", help="What it costs, such as 20 EUR.")
@click.option("--url", help="Where it is to be had.")
@click.option("-d", "--date", "day", metavar="DATE", help="When it is or was given.")
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON array.")
def gift_command(
    name: str,
    what: tuple[str, ...],
    status: str | None,
    occasion: str | None,
    amount: str | None,
    url: str | None,
    day: str | None,
    as_json: bool,
) -> int:
    """Note a gift or an idea for somebody; without WHAT list those of NAME, without NAME all ideas and plans.

    A gift that is there already gets what is given anew, such as another status.

    \b
    Example:
      prmvault gift oma "garden bench" --for birthday --amount "200 EUR"
      prmvault gift oma "garden bench" --status given
      prmvault gift
    """
    from prmvault.app.keep import put_gift
    from prmvault.app.values import amount_from, day_from, entry_of

    vault = opened_vault()
    note, words = _person_and_rest(vault, name, *what)
    text = " ".join(" ".join(words).split())
    if not note or not text:
        return _list_gifts(vault, note, as_json=as_json)
    price = amount_from(amount) if amount else None
    parts = entry_of({"status": status, "for": occasion, "amount": price, "url": url})
    is_over = status in ("given", "received")
    if day or is_over:
        parts["date"] = day_from(vault.day_in_english(day or ""), today(), future=not is_over).isoformat()
    planned = put_gift(vault, note, text, parts)
    about = listed(", ", [gift_status(str(part)) if key == "status" else str(part) for key, part in parts.items()])
    return _done(
        planned,
        message("{name}: {text} ({about})", name=note.title, text=text, about=about or gift_status("idea")),
        vault,
    )


@command("debt")
@click.argument("name", default="", shell_complete=complete_people)
@click.argument("amount", nargs=-1)
@click.option("--by", type=click.Choice(["them", "me"]), default="them", show_default=True, help="Who owes it.")
@click.option("--for", "reason", metavar="WHAT", help="What for.")
@click.option("-d", "--date", "day", metavar="DATE", help="Since when; else today.")
@click.option("--settle", is_flag=True, help="All that is open with NAME is settled (or just the AMOUNT given).")
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON array.")
def debt_command(
    name: str, amount: tuple[str, ...], by: str, reason: str | None, day: str | None, settle: bool, as_json: bool
) -> int:
    """Note a debt; without AMOUNT list those of NAME, without NAME what is owed in the end, per currency.

    \b
    Example:
      prmvault debt Tom 20 EUR --for cinema
      prmvault debt Tom "6,50 €" --by me
      prmvault debt Tom --settle
    """
    from prmvault.app.keep import add_debt, settle_debts
    from prmvault.app.values import day_from

    vault = opened_vault()
    note, words = _person_and_rest(vault, name, *amount)
    given = " ".join(" ".join(words).split())
    if not given and not settle:
        return _list_debts(vault, note, as_json=as_json)
    if not note:
        raise PrmvaultError("whose debts are settled?", exit_code=EXIT_USAGE, hint="prmvault debt NAME --settle")
    when = day_from(vault.day_in_english(day or ""), today())
    if settle:
        planned, told = settle_debts(vault, note, given, when)
    else:
        planned, told = add_debt(vault, note, given, by, reason or "", when)
    return _done(planned, message("{name} {told}", name=note.title, told=told), vault)


@command("remind")
@click.argument("name", default="", shell_complete=complete_people)
@click.argument("text", nargs=-1)
@click.option("--on", metavar="DATE", help="The day, or the first of several.")
@click.option("--repeat", help="weekly, every 2 months, yearly, or a rule such as FREQ=MONTHLY;BYDAY=1MO.")
@click.option("--lead", help="How long ahead to tell of it: 7 days, or 2 weeks, 1 day.")
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON array.")
def remind_command(
    name: str, text: tuple[str, ...], on: str | None, repeat: str | None, lead: str | None, as_json: bool
) -> int:
    """Set a reminder about somebody; without TEXT list those of NAME, without NAME all.

    An open one with the same text gets the new day. `prmvault done` ticks it off.

    \b
    Example:
      prmvault remind oma "buy tulips" --on "1 March" --repeat yearly
      prmvault remind Tom "give back the book" --on tomorrow
    """
    from prmvault.app.keep import put_reminder
    from prmvault.app.values import day_from, entry_of
    from prmvault.core.phrases import describe_day

    vault = opened_vault()
    note, words = _person_and_rest(vault, name, *text)
    told = " ".join(" ".join(words).split())
    if not note or not told:
        return _list_entries(vault, note, "reminders", ("on", "text", "repeat", "lead", "done"), as_json=as_json)
    if not on:
        raise PrmvaultError("a reminder needs its day", exit_code=EXIT_USAGE, hint="--on tomorrow, --on 2027-03-01")
    day = day_from(vault.day_in_english(on), today(), future=True)
    parts = entry_of({"on": day.isoformat(), "repeat": repeat, "lead": lead})
    planned = put_reminder(vault, note, told, parts)
    said = message("{name}: {text} on {day}", name=note.title, text=told, day=describe_day(day))
    return _done(planned, said, vault)


@command("date")
@click.argument("name", default="", shell_complete=complete_people)
@click.argument("label", default="")
@click.argument("day", nargs=-1)
@click.option("--once", is_flag=True, help="It does not come again each year.")
@click.option("--json", "as_json", is_flag=True, help="The list as one JSON array.")
def date_command(name: str, label: str, day: tuple[str, ...], once: bool, as_json: bool) -> int:
    """Note a date of somebody, such as a wedding; without LABEL list those of NAME, without NAME all.

    DAY may be a part of a date: --03-14 or 14 March (no year), 1987-03, 1987. A LABEL that is there already gets the
    new day; the label `birthday` sets the birthday.

    \b
    Example:
      prmvault date Lukas wedding 2016-11-19
      prmvault date Kathi Namenstag 25.11.
    """
    from prmvault.app.fields import front_values, set_fields
    from prmvault.app.keep import put_date
    from prmvault.app.values import Assignment, known_day
    from prmvault.core.names import fold

    vault = opened_vault()
    note, words = _person_and_rest(vault, name, label, *day)
    label, *said = words or ("",)
    if not note or not label:
        return _list_entries(vault, note, "dates", ("date", "label", "repeat"), as_json=as_json)
    if not said:
        hint = "write it behind the label: 2016-11-19, or 25 November without a year"
        raise PrmvaultError(f"{label!r} needs its day", exit_code=EXIT_USAGE, hint=hint)
    when = str(known_day(vault.day_in_english(" ".join(said)), today()))
    if fold(label) in _BIRTHDAY:
        planned = set_fields(vault, note.path, [Assignment(("birthday",), when, adds=False)], today())
        when = str(front_values(planned.after)["birthday"])
    else:
        planned = put_date(vault, note, " ".join(label.split()), when, once=once)
    return _done(planned, f"{note.title}: {label} {when}", vault)


@command("set")
@click.argument("name", shell_complete=complete_people)
@click.argument("assignments", metavar="KEY=VALUE…", nargs=-1, required=True, shell_complete=complete_assignments)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
def set_command(name: str, assignments: tuple[str, ...], dry_run: bool) -> int:
    """Set keys of a note's front matter, and leave every other byte as it is.

    KEY+=VALUE adds to a list, KEY.PART=VALUE sets a part, or what has that label (phones.work). A key that is given
    twice becomes a list. Dates may be said in any way (30 May, 14.3.1987). What the key can't hold is refused, and a
    slip of a known key (Birthday, phone, Geburtstag), and a birthday that would tell less than the one that is there.

    \b
    Example:
      prmvault set Tom birthday=1983-07-19 food="no celery"
      prmvault set Tom tags+=choir met.where=Halle
      prmvault set Tom phones+="work: 0341 123456" related+="child: Ida Becker"
    """
    from prmvault.app.fields import set_fields
    from prmvault.app.names import resolve_any
    from prmvault.app.values import parse_assignment

    # Words without = at the beginning belong to the name.
    begin = next((count for count, each in enumerate(assignments) if "=" in each), 0)
    parsed = [parse_assignment(each) for each in assignments[begin:]]
    vault = opened_vault()
    path = resolve_any(vault, " ".join([name, *assignments[:begin]]), today(), to_write=True)
    planned = set_fields(vault, path, parsed, today(), dry_run=dry_run)
    return _show_change(planned, dry_run=dry_run)


@command("unset")
@click.argument("name", shell_complete=complete_people)
@click.argument("keys", metavar="KEY…", nargs=-1, required=True, shell_complete=complete_keys)
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
def unset_command(name: str, keys: tuple[str, ...], dry_run: bool) -> int:
    """Remove keys from a note's front matter, or an item from a list (KEY=ITEM).

    \b
    Example:
      prmvault unset Tom cadence
      prmvault unset Tom tags=choir met.where
    """
    from prmvault.app.fields import unset_fields
    from prmvault.app.leading_name import split_name

    vault = opened_vault()
    path, rest = split_name(vault, (name, *keys), today(), only_people=False)
    if not rest:
        hint = f"such as prmvault unset {quote(vault.facts.title(path))} cadence"
        raise PrmvaultError("which key is to be removed?", exit_code=EXIT_USAGE, hint=hint)
    planned = unset_fields(vault, path, rest, dry_run=dry_run)
    return _show_change(planned, dry_run=dry_run)


def _person_and_rest(vault: Vault, name: str, *words: str) -> tuple[Note | None, tuple[str, ...]]:
    """Return the person whom a name means, which may go on in `words`, and the rest; nobody where there is no name."""
    if not name:
        return None, words
    from prmvault.app.leading_name import split_name

    path, rest = split_name(vault, (name, *filter(None, words)), today())
    note = vault.facts.note(path)
    assert note is not None, "a path that was resolved has its note"
    return note, rest


def _done(planned: Planned, told: str, vault: Vault) -> int:
    say("→ " + one_line(tell_of(vault)(told)))
    return _show_change(planned, dry_run=False)


def _show_change(planned: Planned, *, dry_run: bool) -> int:
    """Print the lines that changed, as a diff has them."""
    from prmvault.cli.output import echo_change

    if planned.after == planned.before:
        say(f"{planned.path} says so already")
    else:
        echo_change(planned.path, planned.before, planned.after)
    if dry_run:
        say("nothing was written")
    return 0


def _list_gifts(vault: Vault, note: Note | None, *, as_json: bool) -> int:
    from prmvault.app.keep import gifts

    found = gifts(vault, note.path if note else "", today())
    header = ("what", "status", "for", "amount", "date", "place")
    return _list(vault, found, header if note else ("name", *header), as_json=as_json)


def _list_debts(vault: Vault, note: Note | None, *, as_json: bool) -> int:
    from prmvault.app.keep import debts, net_of_all

    if note:
        header = ("amount", "by", "for", "date", "settled", "place")
        return _list(vault, debts(vault, note), header, as_json=as_json)
    return _list(vault, net_of_all(vault), ("name", "amount", "by", "path"), as_json=as_json)


def _list_entries(vault: Vault, note: Note | None, key: str, parts: tuple[str, ...], *, as_json: bool) -> int:
    from prmvault.app.keep import entries

    found = entries(vault, key, note.path if note else "")
    return _list(vault, found, (*(() if note else ("name",)), *parts, "place"), as_json=as_json)


def _list(vault: Vault, found: Iterable[dict[str, Any]], header: tuple[str, ...], *, as_json: bool) -> int:
    rows = list(found)
    if as_json:
        echo_json(rows)
    elif rows:
        tell = tell_of(vault)
        # A program reads the words of the notes, as the JSON has them.
        told = ({**row, **_told(row, tell)} for row in rows) if sys.stdout.isatty() else rows
        echo_table(header, list(_cells(told, header)), [column for column in _GIVE_WAY if column in header], tell)
    else:
        say_nothing_found()
    return 0 if rows else EXIT_NOTHING_FOUND


def _told(row: dict[str, Any], tell: Callable[[str], str]) -> dict[str, str]:
    """Return those words of a row that are told in the reader's language."""
    from prmvault.core import label_names
    from prmvault.core.phrases import describe_period

    names = {
        "status": label_names.gift_status,
        "by": label_names.owing_name,
        "for": label_names.label_name,
        "label": label_names.label_name,
        "repeat": describe_period,
        "lead": describe_period,
    }
    return {key: tell(name(row[key])) for key, name in names.items() if isinstance(row.get(key), str)}


def _cells(rows: Iterable[dict[str, Any]], header: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        place = f"{row['path']}:{row['line']}" if row.get("line") else row["path"]
        yield tuple(place if key == "place" else str(row.get(key) or "") for key in header)
