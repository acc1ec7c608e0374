"""The kinds of fields that hold one value, or a plain list: text, tags, dates, numbers, money, links.

Each turns the text that was typed into a plain value, or says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from prmvault.core.dates import DateError, full_date, parse_partial_date
from prmvault.core.model import DEAD, ONCE, Value
from prmvault.core.money import parse_money
from prmvault.core.names import fold

Report = Callable[[str, str, str, int], None]
"""`report(code, message, hint, item)`: `item` is the number of the list item, or -1 for the key itself."""

LINKED = re.compile(r"\[\[[^\[\]\n]{1,400}\]\]")
"""A link in a value of the front matter."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_TAG_SPLIT = re.compile(r"[,\s]+")


def numbered_items(value: Value) -> list[tuple[int, Value]]:
    """Return the items of `value` with their numbers, empty ones left out; a scalar is a list of one."""
    items = value if isinstance(value, list) else [value]
    return [(number, item) for number, item in enumerate(items) if item != ""]


def read_text(value: Value, report: Report) -> str | None:
    """Read one text; a list of texts is joined."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(str(item) for item in value)
    if isinstance(value, str):
        return value
    report("not-text", "text is expected here", "write it on one line", -1)
    return None


def read_texts(value: Value, report: Report) -> list[str]:
    """Read a list of texts."""
    texts = []
    for number, item in numbered_items(value):
        if isinstance(item, str):
            texts.append(item)
        elif isinstance(item, dict) and all(isinstance(part, str) for part in item.values()):
            # `- allergy: nuts` is how people write facts.
            texts.append(", ".join(f"{key}: {part}" for key, part in item.items()))
        else:
            report("not-text", "a list of texts is expected here", "write one text an item", number)
    return texts


def read_tags(value: Value, report: Report) -> list[str]:
    """Read Obsidian tags: a list, or one text with commas or blanks; a leading # is dropped."""
    tags: dict[str, None] = {}
    for text in read_texts(value, report):
        tags.update(dict.fromkeys(tag.strip("#/") for tag in _TAG_SPLIT.split(text) if tag.strip("#/")))
    return list(tags)


def read_partial_date(value: Value, report: Report) -> str | None:
    """Read a partial date; its canonical text comes back."""
    return checked_date(value, report, -1)


def read_death(value: Value, report: Report) -> str | None:
    """Read the partial date of a death, or `yes`. What is no date counts as yes, lest the dead be congratulated."""
    word = fold(value.strip()) if isinstance(value, str) else ""
    if word in ("no", "false", "nein"):
        return None
    if word in (DEAD, "true", "ja"):
        return DEAD
    return checked_date(value, report, -1) or DEAD


def read_date(value: Value, report: Report) -> str | None:
    """Read a full date."""
    text = checked_date(value, report, -1)
    if text is not None and full_date(parse_partial_date(text)) is None:
        report("bad-date", f'"{text}" is not a full date', "write YYYY-MM-DD", -1)
        return None
    return text


def read_moment(value: Value, report: Report) -> str | None:
    """Read a date with an optional time: `2026-12-05` or `2026-12-05 19:30`; the time stays as typed."""
    if not isinstance(value, str):
        report("bad-date", "a date is expected here", "write YYYY-MM-DD or YYYY-MM-DD HH:MM", -1)
        return None
    day = read_date(value, report)
    rest = value.strip()[10:].strip(" T")
    return None if day is None else f"{day} {rest}".strip()


def read_number(value: Value, report: Report) -> str | None:
    """Read a number; its text comes back with a decimal point."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return value.strip().replace(",", ".")
    report("bad-number", f"{shown(value)} is not a number", "write digits, such as 42 or 3.5", -1)
    return None


def read_money(value: Value, report: Report) -> str | None:
    """Read an amount of money, `20 EUR` or `€ 12,50`; `20 EUR` comes back."""
    amount = parse_money(value) if isinstance(value, str) else None
    if amount is None:
        report("bad-money", f"{shown(value)} is not an amount of money", "write it as 20 EUR", -1)
    return amount


def read_link(value: Value, report: Report) -> str | None:
    """Read one link or name."""
    links = read_links(value, report)
    return links[0] if links else None


def read_links(value: Value, report: Report) -> list[str]:
    """Read links or names; several links in one text are several."""
    found: list[str] = []
    for text in read_texts(value, report):
        found.extend(LINKED.findall(text) or [text])
    return found


def read_cadence(value: Value, report: Report) -> dict[str, str] | None:
    """Read how often to be in touch: `3 weeks`, `never`, or `{every, at_most}`."""
    from prmvault.core.periods import parse_period

    entry = value if isinstance(value, dict) else {"every": value}
    result: dict[str, str] = {}
    for key in ("every", "at_most"):
        text = entry.get(key, "")
        if text in ("", []):
            continue
        if not isinstance(text, str):
            report("bad-period", f"{shown(text)} is not a period of time", "write 3 weeks, 2 months or never", -1)
            continue
        try:
            if fold(text) not in ("never", "nie", "niemals"):
                parse_period(text)
            elif key == "at_most":
                continue
        except DateError as error:
            report("bad-period", str(error), "write 3 weeks, 2 months or never", -1)
        else:
            result[key] = text
    return result or None


def read_repeat(value: Value, report: Report) -> str | None:
    """Read how something repeats: a period, a phrase, a rule, or `none`, `never`, `no`."""
    text = read_text(value, report)
    return None if text is None else checked_repeat(text, report, -1)


def read_map(value: Value, report: Report) -> dict[str, Any] | None:
    """Read a map; its parts stay as typed."""
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, str) and value:
        return {"note": value}
    report("not-a-map", "`key: value` lines are expected here", "indent them under the key", -1)
    return None


def read_raw(value: Value, _report: Report) -> Value:
    """Keep what is the user's own as it is."""
    return value


def checked_date(value: Value, report: Report, item: int) -> str | None:
    """Return the canonical text of a partial date, or None with a problem of that item."""
    if not isinstance(value, str):
        report("bad-date", f"{shown(value)} is not a date", "write YYYY-MM-DD", item)
        return None
    try:
        return str(parse_partial_date(value))
    except DateError as error:
        report("bad-date", str(error), error.hint, item)
        return None


def checked_repeat(text: str, report: Report, item: int) -> str | None:
    """Return a repeat that was checked, the words for none in lower case; None for everything else."""
    from prmvault.core.recurrence import parse_repeat

    word = fold(text.strip())
    if word in ONCE:
        return word
    try:
        parse_repeat(text)
    except DateError as error:
        report("bad-repeat", str(error), error.hint, item)
        return None
    return text


def shown(value: object) -> str:
    """Return a value in quotes for a message, or what it is where it is no text."""
    text = value if isinstance(value, str) else type(value).__name__
    return f'"{text[:60]}"'
