"""The kinds of fields: each turns the text that was typed into a plain value, or says what is wrong with it.

A kind is a function `(value, Report) -> value | None` in the table `KINDS`; None means that nothing usable is
there (the problem is in the report). All values are made of text, lists and dicts, so they go to JSON as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prmvault.core.entry_kinds import (
    read_addresses,
    read_conflicts,
    read_contacts,
    read_dates,
    read_debts,
    read_gifts,
    read_related,
    read_reminders,
    read_social,
)
from prmvault.core.model import Value
from prmvault.core.value_kinds import (
    Report,
    read_cadence,
    read_date,
    read_death,
    read_link,
    read_links,
    read_map,
    read_moment,
    read_money,
    read_number,
    read_partial_date,
    read_raw,
    read_repeat,
    read_tags,
    read_text,
    read_texts,
)

KINDS: dict[str, Callable[[Value, Report], Any]] = {
    "text": read_text,
    "texts": read_texts,
    "tags": read_tags,
    "number": read_number,
    "money": read_money,
    "date": read_date,
    "partial date": read_partial_date,
    "death": read_death,
    "moment": read_moment,
    "link": read_link,
    "links": read_links,
    "contacts": read_contacts,
    "addresses": read_addresses,
    "social": read_social,
    "dates": read_dates,
    "related": read_related,
    "cadence": read_cadence,
    "gifts": read_gifts,
    "debts": read_debts,
    "reminders": read_reminders,
    "repeat": read_repeat,
    "conflicts": read_conflicts,
    "map": read_map,
    "raw": read_raw,
}
