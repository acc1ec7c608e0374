"""Gifts, debts, dates and reminders: listed from the facts, and put into the notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any

from prmvault.app.edit import Planned, change_note
from prmvault.app.fields import appended, checked, entries_of, front_values, with_parts
from prmvault.app.ideas import told_ideas
from prmvault.core.debts import is_settled, net_debts
from prmvault.core.edit import set_value
from prmvault.core.messages import Message, message
from prmvault.core.money import parse_money
from prmvault.core.names import fold, name_key
from prmvault.core.problems import EXIT_AMBIGUOUS, EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError
from prmvault.core.schema import Field

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note, Value

_FOR = ("for", "für", "fuer")
_MOST_WORDS = 3
_LONGEST_CODE = 3


def put_gift(vault: Vault, note: Note, what: str, parts: Mapping[str, Value]) -> Planned:
    """Add a gift to a person's note, or give the one that is there already these parts."""
    new: dict[str, Value] = {"what": what, "status": "idea", **parts}
    return _put(vault, note, "gifts", "what", new, parts)


def put_reminder(vault: Vault, note: Note, text: str, parts: Mapping[str, Value]) -> Planned:
    """Add a reminder to a person's note, or give the open one with this text these parts."""
    return _put(vault, note, "reminders", "text", {"text": text, **parts}, parts)


def put_date(vault: Vault, note: Note, label: str, day: str, *, once: bool) -> Planned:
    """Add a date to a person's note, or give the one with this label another day."""
    parts: dict[str, Value] = {"date": day, **({"repeat": "none"} if once else {})}

    def change(text: str) -> str:
        value = front_values(text).get("dates")
        lists = value if isinstance(value, list) else [value or ""]
        for number, entry in enumerate(lists):
            # `wedding: 2016-11-19`, alone or among others, keeps its form.
            key = next((key for key in entry if fold(key) == fold(label)), "") if isinstance(entry, dict) else ""
            if key and not once and key not in ("date", "label", "repeat"):
                return set_value(text, ("dates", number, key) if isinstance(value, list) else ("dates", key), day)
        for known in entries_of(vault, note.path, text, "dates"):
            if fold(known.get("label", "")) == fold(label):
                return with_parts(text, "dates", known["item"], parts)
        if isinstance(value, dict) and not once:
            return appended(text, Field("dates"), "dates", {label: day})
        return appended(text, Field("dates"), "dates", {"label": label, **parts})

    return change_note(vault, note.path, checked(vault, note.path, change))


def add_debt(vault: Vault, note: Note, given: str, by: str, reason: str, day: date) -> tuple[Planned, str]:
    """Add a debt to a person's note: `20 EUR`, `20 EUR for cinema`; return also what was understood."""
    amount, rest = _amount_in(given)
    if amount.startswith("-"):
        other = "them" if by == "me" else "me"
        why = f"{amount} is less than nothing"
        raise PrmvaultError(why, exit_code=EXIT_USAGE, hint=f"write {amount[1:]} --by {other}")
    reason = reason or rest
    entry: dict[str, Value] = {"amount": amount, "by": by}
    entry |= {"for": reason} if reason else {}
    entry["date"] = day.isoformat()

    def change(text: str) -> str:
        return appended(text, Field("debts"), "debts", entry, again=True)

    planned = change_note(vault, note.path, checked(vault, note.path, change))
    owed = _owed(amount, by)
    return planned, message("{owed} for {reason}", owed=owed, reason=reason) if reason else owed


def settle_debts(vault: Vault, note: Note, given: str, day: date) -> tuple[Planned, str]:
    """Mark the open debts with a person as settled on `day`, only those of an amount if one is given.

    Return also what was settled and what is still open. An amount without a currency is the only open one of that
    number. Raises PrmvaultError where there is none, or (exit 4) it may be several.
    """
    wanted = _amount_in(given)[0] if given else ""
    settled: list[str] = []
    left: list[dict[str, str]] = []

    def change(text: str) -> str:
        open_debts = [debt for debt in entries_of(vault, note.path, text, "debts") if not is_settled(debt)]
        chosen = _chosen(open_debts, wanted)
        if not chosen:
            message = f"no debt with {note.title} is open" + (f" over {wanted}" if wanted else "")
            raise PrmvaultError(message, exit_code=EXIT_NOTHING_FOUND, hint=_listing("debt", note))
        for debt in chosen:
            text = with_parts(text, "debts", debt["item"], {"settled": day.isoformat()})
        settled[:] = [debt["amount"] for debt in chosen]
        left[:] = net_debts([debt for debt in open_debts if debt not in chosen])
        return text

    planned = change_note(vault, note.path, checked(vault, note.path, change))
    if not left:
        return planned, message("is even: {amounts} settled", amounts=", ".join(settled))
    rest = reduce(lambda one, two: message("{one} and {two}", one=one, two=two), (_owed(**net) for net in left))
    return planned, message("settled {amounts}; still {rest}", amounts=", ".join(settled), rest=rest)


def gifts(vault: Vault, path: str, today: date) -> Iterator[dict[str, Any]]:
    """Return the gifts of the person at `path`, or the ideas and plans for everybody, those of journal days too."""
    from prmvault.app.world import People

    del today
    for entry in entries(vault, "gifts", path):
        if path or entry["status"] in ("idea", "planned"):
            yield entry
    people = People(vault)
    for idea in told_ideas(vault, people.meant):
        if path in ("", idea.person):
            name = people.title(idea.person)
            told = {"name": name, "what": idea.text, "status": "idea", "date": idea.date}
            yield {**told, "path": idea.path, "line": idea.line}


def debts(vault: Vault, note: Note) -> Iterator[dict[str, Any]]:
    """Return the debts with a person, settled ones too."""
    yield from entries(vault, "debts", note.path)


def net_of_all(vault: Vault) -> Iterator[dict[str, Any]]:
    """Return what everybody owes in the end, or is owed, per currency."""
    for note in vault.facts.notes("person"):
        for net in net_debts(note.fields.get("debts", ())):
            yield {"name": note.title, **net, "path": note.path}


def entries(vault: Vault, key: str, path: str) -> Iterator[dict[str, Any]]:
    """Return the entries of a list of people with their places: of the person at `path`, or of all."""
    for note in _people(vault, path):
        for entry in note.fields.get(key, ()):
            line = note.line_of(key, entry["item"])
            known = {name: value for name, value in entry.items() if name != "item"}
            yield {"name": note.title, **known, "path": note.path, "line": line}


def _people(vault: Vault, path: str) -> Iterable[Note]:
    if not path:
        return vault.facts.notes("person")
    note = vault.facts.note(path)
    return (note,) if note else ()


def _put(
    vault: Vault, note: Note, key: str, main: str, new: Mapping[str, Value], parts: Mapping[str, Value]
) -> Planned:
    """Add an entry to a list, or give the one that has the same `main` part, and is not done, these parts."""

    def change(text: str) -> str:
        for entry in entries_of(vault, note.path, text, key):
            is_over = entry.get("done") and not entry.get("repeat")
            if name_key(entry.get(main, "")) == name_key(str(new[main])) and not is_over:
                return with_parts(text, key, entry["item"], parts)
        return appended(text, Field(key), key, dict(new))

    return change_note(vault, note.path, checked(vault, note.path, change))


def _owed(amount: str, by: str) -> Message:
    if by == "them":
        return message("owes you {amount}", amount=amount)
    return message("gets {amount} from you", amount=amount)


def _chosen(open_debts: Sequence[Mapping[str, Any]], wanted: str) -> Sequence[Mapping[str, Any]]:
    """Return the debts of an amount, all if it is empty; raises PrmvaultError where it may be of several currencies."""
    same = [debt for debt in open_debts if not wanted or _is_same(debt["amount"], wanted)]
    if same or " " in wanted:
        return same
    same = [debt for debt in open_debts if Decimal(debt["amount"].partition(" ")[0]) == Decimal(wanted)]
    currencies = sorted({debt["amount"].partition(" ")[2] for debt in same})
    if len(currencies) > 1:
        message = f"{wanted} may be {' or '.join(f'{wanted} {currency}' for currency in currencies)}"
        raise PrmvaultError(message, exit_code=EXIT_AMBIGUOUS, hint="write the currency, too")
    return same


def _listing(command: str, note: Note) -> str:
    from shlex import quote

    return f"prmvault {command} {quote(note.title)} lists them"


def _amount_in(given: str) -> tuple[str, str]:
    """Return the amount at the beginning of `given`, and what it is for; raises PrmvaultError (usage)."""
    words = given.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        amount = parse_money(" ".join(words[:count]))
        rest = words[count:]
        if not amount or not {words[0].casefold(), words[count - 1].casefold()}.isdisjoint(_FOR):
            continue
        if rest and rest[0].casefold() not in _FOR and _is_odd_currency(amount):
            continue  # 20 cinema tickets: the tickets are what it is for.
        return amount, " ".join(rest[1:] if rest and rest[0].casefold() in _FOR else rest)
    raise PrmvaultError(f"{given!r} is no amount of money", exit_code=EXIT_USAGE, hint="write it as 20 EUR")


def _is_odd_currency(amount: str) -> bool:
    """Tell whether the currency is longer than a code."""
    return len(amount.partition(" ")[2]) > _LONGEST_CODE


def _is_same(amount: str, other: str) -> bool:
    """Tell whether two amounts are equal, in whatever decimal places."""
    (number, _, currency), (second, _, its_currency) = amount.partition(" "), other.partition(" ")
    return currency == its_currency and Decimal(number) == Decimal(second)
