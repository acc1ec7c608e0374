"""`show`, `get` and `last`: what is known of somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from prmvault.cli.completion import complete_keys, complete_people
from prmvault.cli.context import command, opened_vault, tell_of, today
from prmvault.cli.output import echo_json, echo_line, echo_problems, echo_rows, one_line, paint, progress_bar, say
from prmvault.core.messages import listed, message, word
from prmvault.core.problems import EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Callable

    from prmvault.app.vault import Vault
    from prmvault.core.model import Note

    Tell = Callable[[str], str]

_MOST_PROSE = 5

_LINE = (
    *(
        ("name",),
        ("what",),
        ("on", "text"),
        ("date", "text"),
        ("text",),
        ("value",),
        ("label", "date"),
        ("service", "user"),
    ),
    ("due", "reason"),
)
"""The keys that tell what an entry is about, where it has all of them."""


@command("show")
@click.argument("name", nargs=-1, required=True, shell_complete=complete_people)
@click.option("--at", "at", metavar="DATE", default="", help="The card as it was on a day, by the vault's git history.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object with all that is known.")
def show_command(name: tuple[str, ...], at: str, as_json: bool) -> int:
    """Show the card of a person: how to reach them, family, last and next contact, tasks, gifts, debts, dates.

    NAME is any name, an alias, a part of it, an e-mail or a phone number, or `me`. Organizations and other notes
    have a card, too.

    With --at, the card is that of the last commit up to that day, with the ages and distances of that day; settings
    count as they were then. What was not committed then is not in it.

    \b
    Example:
      prmvault show oma
      prmvault show oma --at 2024-06-01
      prmvault show Tom Becker --json
    """
    vault = opened_vault()
    vault, note = _note_then(vault, " ".join(name), at) if at else (vault, _note_named(vault, " ".join(name)))
    if note.type == "person":
        from prmvault.app.card import card

        known = card(vault, note, today())
        if as_json:
            echo_json(known)
        else:
            _echo_card(vault, note, known, tell_of(vault))
            echo_problems(note.problems)
        return 0
    from prmvault.app.card import other_card

    known = other_card(vault, note)
    if as_json:
        echo_json(known)
    else:
        _echo_other(known, tell_of(vault))
        echo_problems(note.problems)
    return 0


@command("get")
@click.argument("name", shell_complete=complete_people)
@click.argument("fields", metavar="FIELD[.FIELD…]", nargs=-1, required=True, shell_complete=complete_keys)
@click.option("--json", "as_json", is_flag=True, help="The value as JSON.")
def get_command(name: str, fields: tuple[str, ...], as_json: bool) -> int:
    """Print one fact, also through relations, a line each.

    A FIELD is a key of `show --json`, a key of the note's own, a relation (brother, children, Oma), or a label such as
    `wedding` in `dates.wedding`. Exit 1 if nothing is known.

    \b
    Example:
      prmvault get Tom children.name
      prmvault get me brother.dates.wedding
      prmvault get oma last.text
    """
    from prmvault.app.get import get_fact
    from prmvault.app.leading_name import split_name

    vault = opened_vault()
    path, steps = split_name(vault, (name, *fields), today(), only_people=False)
    if not steps:
        message = f"which fact of {vault.facts.title(path)}?"
        raise PrmvaultError(message, exit_code=EXIT_USAGE, hint="such as birthday, phones, last.text, children.name")
    value = get_fact(vault, path, ".".join(steps), today())
    if as_json:
        echo_json(value)
        return 0
    tell = tell_of(vault)
    for line in _lines_of(value):
        echo_line(one_line(tell(line)))
    return 0


@command("last")
@click.argument("name", nargs=-1, required=True, shell_complete=complete_people)
@click.option("-n", "--number", "most", type=click.IntRange(1), default=1, show_default=True, help="The last so many.")
@click.option("-c", "--channel", default="", help="Only contacts by this channel, such as call or visit.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
def last_command(name: tuple[str, ...], most: int, channel: str, as_json: bool) -> int:
    """Tell when you were last in touch with somebody, how, and what it was about; exit 1 if never.

    A visit to one counts for all of the household.

    \b
    Example:
      prmvault last oma
      prmvault last oma --channel call
      prmvault last Tom -n 5
    """
    from prmvault.app.card import contacts_with
    from prmvault.app.names import resolve
    from prmvault.core.channels import channel_of

    vault = opened_vault()
    path = resolve(vault, " ".join(name), today())
    note = vault.facts.note(path)
    assert note is not None, "a path that was resolved has its note"
    wanted = channel and (channel_of(channel, vault.settings.channel_words()) or channel)
    found = contacts_with(vault, note, today(), wanted)[:most]
    if as_json:
        echo_json(found)
    elif not found:
        say(f"no contact with {note.title} yet" + (f" by {wanted}" if wanted else ""))
    else:
        tell = tell_of(vault)
        for each in found:
            _echo_contact(each, tell)
    return 0 if found else EXIT_NOTHING_FOUND


def _note_named(vault: Vault, name: str) -> Note:
    """Return the note that a name means: a person's, else any other's."""
    from prmvault.app.names import resolve_any

    note = vault.facts.note(resolve_any(vault, name, today()))
    assert note is not None, "a path that was resolved has its note"
    return note


def _note_then(vault: Vault, name: str, at: str) -> tuple[Vault, Note]:
    """Return the vault and the note as they were on a day, which then counts as today."""
    from prmvault.app.past import past_vault, resolve_then
    from prmvault.app.values import day_from
    from prmvault.core.phrases import describe_day

    context = click.get_current_context()
    day = day_from(vault.day_in_english(at), today())
    past = context.with_resource(past_vault(vault, day, progress_bar))
    context.find_root().meta["prmvault.today"] = day
    path = resolve_then(past, name, day)
    say(f"as of {describe_day(day)}, by the commit {past.commit.name[:10]} of {past.commit.date[:10]}")
    note = past.vault.facts.note(path)
    assert note is not None, "a path that was resolved has its note"
    return past.vault, note


def _echo_card(vault: Vault, note: Note, known: dict[str, Any], tell: Tell) -> None:
    from prmvault.app.card import prose_of
    from prmvault.cli.card import rows, title_line

    echo_line(title_line(known))
    echo_rows(list(rows(known, today(), vault.settings.leap_day, prose_of(vault, note)[:_MOST_PROSE], tell)))
    echo_line(paint(one_line(note.path), "path"))


def _echo_other(known: dict[str, Any], tell: Tell) -> None:
    echo_line(f"{paint(one_line(known['title']), 'title', bold=True)}  {known['type']}")
    rows = [(tell(word("row", "date")), known["date"])] if known["date"] else []
    for key, value in known["fields"].items():
        if key not in ("type", "uid", "title", "name"):
            rows += [(key if number == 0 else "", one_line(tell(line))) for number, line in enumerate(_lines_of(value))]
    label = tell(word("row", "people"))
    rows += [(label if number == 0 else "", one_line(name)) for number, name in enumerate(known["people"])]
    echo_rows(rows)
    echo_line(paint(one_line(known["path"]), "path"))


def _echo_contact(each: dict[str, Any], tell: Tell) -> None:
    from prmvault.cli.card import how_text
    from prmvault.core.dates import parse_iso_date
    from prmvault.core.phrases import describe_day, describe_distance

    day = parse_iso_date(each["date"])
    when = f"{tell(describe_day(day))}{' ' + each['time'] if each['time'] else ''}"
    how = listed(", ", [how_text(each["channel"] or "", each["visited"] or ""), describe_distance(day, today())])
    place = paint(one_line(f"{each['path']}:{each['line']}"), "path")
    echo_line(f"{paint(one_line(when), 'title', bold=True)} · {one_line(tell(how))} · {place}")
    echo_line(f"  {one_line(each['text'])}")


def _lines_of(value: Any) -> list[str]:
    """Return a JSON value as lines for people: a person by name, an entry by what it is about."""
    if isinstance(value, list):
        return [line for each in value for line in _lines_of(each)]
    if not isinstance(value, dict):
        return ["" if value is None else str(value)]
    if "word" in value and "name" in value:
        return [message("{word}: {name}", word=value["word"], name=value["name"])]
    if "street" in value:
        from prmvault.cli.card import address_text

        return [address_text(value)]
    for keys in _LINE:
        if all(value.get(key) for key in keys):
            return [" ".join(str(value[key]) for key in keys)]
    return [", ".join(f"{key}: {each}" for key, each in value.items() if isinstance(each, str | int))]
