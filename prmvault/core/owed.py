"""Open debts as the digest tells them: who owes whom in the end, and the entries that make it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from prmvault.core.debts import is_settled, net_debts
from prmvault.core.messages import Amount, message
from prmvault.core.model import Note


class Owed(NamedTuple):
    """The open debts with one person: the net amounts and the entries, both as maps for the page."""

    note: Note
    net: list[dict[str, str]]
    entries: list[Mapping[str, Any]]


def owed_with(note: Note) -> Owed | None:
    """Return what is open between the user and the person, or None."""
    entries = [debt for debt in note.fields.get("debts", ()) if not is_settled(debt)]
    if not entries:
        return None
    nets = [{**each, "amount": Amount(each["amount"])} for each in net_debts(entries)]
    net = [{**each, "text": _net_text(note.title, each)} for each in nets]
    return Owed(note, net, entries)


def entry_text(note: Note, entry: Mapping[str, Any]) -> str:
    """Return one debt in words, without what it is for."""
    amount = Amount(entry["amount"])
    if entry["by"] == "me":
        return message("{amount} to {name}", amount=amount, name=note.title)
    return message("{amount} from {name}", amount=amount, name=note.title)


def _net_text(name: str, net: Mapping[str, str]) -> str:
    if net["by"] == "me":
        return message("you owe {name} {amount}", name=name, amount=net["amount"])
    return message("{name} owes you {amount}", name=name, amount=net["amount"])
