"""The kinds of fields: each turns the text that was typed into a plain value, or says what is wrong with it.

A kind is a function `(value, Report) -> value | None` in the table `KINDS`; None means that nothing usable is
there (the problem is in the report). All values are made of text, lists and dicts, so they go to JSON as they are.
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


_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_TAG_SPLIT = re.compile(r"[,\s]+")
_LINKED = re.compile(r"\[\[[^\[\]\n]{1,400}\]\]")


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
    return _date(value, report, -1)


def read_death(value: Value, report: Report) -> str | None:
    """Read the partial date of a death, or `yes`. What is no date counts as yes, lest the dead be congratulated."""
    word = fold(value.strip()) if isinstance(value, str) else ""
    if word in ("no", "false", "nein"):
        return None
    if word in (DEAD, "true", "ja"):
        return DEAD
    return _date(value, report, -1) or DEAD


def read_date(value: Value, report: Report) -> str | None:
    """Read a full date."""
    text = _date(value, report, -1)
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
    report("bad-number", f"{_shown(value)} is not a number", "write digits, such as 42 or 3.5", -1)
    return None


def read_money(value: Value, report: Report) -> str | None:
    """Read an amount of money, `20 EUR` or `€ 12,50`; `20 EUR` comes back."""
    amount = parse_money(value) if isinstance(value, str) else None
    if amount is None:
        report("bad-money", f"{_shown(value)} is not an amount of money", "write it as 20 EUR", -1)
    return amount


def read_link(value: Value, report: Report) -> str | None:
    """Read one link or name."""
    links = read_links(value, report)
    return links[0] if links else None


def read_links(value: Value, report: Report) -> list[str]:
    """Read links or names; several links in one text are several."""
    found: list[str] = []
    for text in read_texts(value, report):
        found.extend(_LINKED.findall(text) or [text])
    return found


def read_contacts(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read e-mails, phones or URLs: `value`, `{value, label, pref}`, or `label: value`."""
    return _read_maps(value, report, "value", "label", "pref")


def read_addresses(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read addresses with vCard's parts; an address in one line is taken as its street."""
    keys = ("street", "label", "pobox", "extended", "locality", "region", "postcode", "country")
    return _read_maps(value, report, *keys)


def read_social(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{service, value, user}` or `service:user`, also `service: user`."""
    keys = {"service", "value", "user"}
    entries: list[dict[str, Any]] = []
    for number, item in numbered_items(_one_by_one(value, keys)):
        if isinstance(item, str):
            service, colon, user = item.partition(":")
            is_pair = colon and "://" not in item
            entries.append({"service": service.strip(), "user": user.strip()} if is_pair else {"value": item})
        elif isinstance(item, dict) and len(item) == 1 and not keys & set(item) and _is_flat(item):
            entries.extend({"service": service, "user": user} for service, user in item.items())
        elif isinstance(item, dict) and keys & set(item) and _is_flat(item):
            entries.append(dict(item))
        else:
            report("bad-entry", "a service and a user are expected", "write mastodon:@ann@example.org", number)
    return entries


def read_dates(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{label, date, repeat}`, also `label: date`."""
    entries = []
    for entry in _read_maps(value, report, "date", "label", "repeat"):
        day = _date(entry.get("date", ""), report, entry["item"])
        if day is None:
            continue
        entry["date"] = day
        if entry.get("repeat"):
            _check_yearly(entry, report)
        entries.append(entry)
    return entries


def read_related(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{type, person}` or `type: "[[Max]]"`, also `type: [list]`; several links in one text are several."""
    entries: list[dict[str, Any]] = []
    for number, item in numbered_items(value):
        stated: dict[str, Any] = dict(item) if isinstance(item, dict) else {"person": item}
        more: dict[str, Value] = {}
        if "person" in stated:
            kind = stated.get("type") or "contact"
            more = {key: part for key, part in stated.items() if key not in ("type", "person")}
            stated = {kind: stated["person"]} if isinstance(kind, str) else {"": [kind]}
        for kind, people in stated.items():
            for _, name in numbered_items(people):
                if not isinstance(name, str):
                    hint = 'write parent: "[[Tom]]"'
                    report("bad-entry", "a relation and a person are expected", hint, number)
                    continue
                one_by_one = _LINKED.findall(name) or [name]
                entries.extend({**more, "type": kind, "person": one, "item": number} for one in one_by_one)
    return entries


def read_cadence(value: Value, report: Report) -> dict[str, str] | None:
    """Read how often to be in touch: `3 weeks`, `never`, or `{every, at_most}`."""
    from prmvault.core.recurrence import parse_period

    entry = value if isinstance(value, dict) else {"every": value}
    result: dict[str, str] = {}
    for key in ("every", "at_most"):
        text = entry.get(key, "")
        if text in ("", []):
            continue
        if not isinstance(text, str):
            report("bad-period", f"{_shown(text)} is not a period of time", "write 3 weeks, 2 months or never", -1)
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


def read_gifts(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{what, status, date, for, amount, url}` or the plain text of an idea."""
    gifts = _read_maps(value, report, "what", "status", "date", "for", "amount", "url")
    for gift in gifts:
        gift["status"] = gift.get("status") or "idea"
        if gift["status"] not in ("idea", "planned", "given", "received"):
            known = "idea, planned, given or received"
            report("bad-choice", f"gift status {_shown(gift['status'])} is not {known}", known, gift["item"])
        _checked_date(gift, "date", report)
    return gifts


def read_debts(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{amount, by: me|them, for, date, settled}`."""
    debts = []
    for debt in _read_maps(value, report, "amount", "by", "for", "date", "settled"):
        amount = parse_money(str(debt.get("amount", "")))
        if amount is None:
            hint = "write amount: 20 EUR"
            report("bad-money", f"{_shown(debt.get('amount', ''))} is not an amount of money", hint, debt["item"])
            continue
        if debt.get("by", "them") not in ("me", "them"):
            report("bad-choice", f"{_shown(debt['by'])} is neither me nor them", "write by: me", debt["item"])
            continue
        _checked_date(debt, "date", report)
        debts.append({"by": "them", **debt, "amount": amount})
    return debts


def read_reminders(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{text, on, repeat, lead, done}`."""
    reminders = []
    for reminder in _read_maps(value, report, "text", "on", "repeat", "lead", "done"):
        day = _date(reminder.get("on", ""), report, reminder["item"])
        if day is None:
            continue
        if len(day) != len("2026-01-01"):
            report("bad-date", f'a reminder needs a full date, not "{day}"', "write YYYY-MM-DD", reminder["item"])
            continue
        _check_recurrence(reminder, report)
        reminders.append({**reminder, "on": day})
    return reminders


def read_repeat(value: Value, report: Report) -> str | None:
    """Read how something repeats: a period, a phrase, a rule, or `none`, `never`, `no`."""
    text = read_text(value, report)
    return None if text is None else _repeat(text, report, -1)


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


def _date(value: Value, report: Report, item: int) -> str | None:
    if not isinstance(value, str):
        report("bad-date", f"{_shown(value)} is not a date", "write YYYY-MM-DD", item)
        return None
    try:
        return str(parse_partial_date(value))
    except DateError as error:
        report("bad-date", str(error), error.hint, item)
        return None


def _checked_date(entry: dict[str, Any], key: str, report: Report) -> None:
    if entry.get(key):
        _keep(entry, key, _date(entry[key], report, entry["item"]))


def _check_recurrence(reminder: dict[str, Any], report: Report) -> None:
    """Drop a repeat or lead that cannot be read, with a problem."""
    from prmvault.core.recurrence import parse_lead

    if reminder.get("repeat"):
        _keep(reminder, "repeat", _repeat(reminder["repeat"], report, reminder["item"]))
    if reminder.get("lead"):
        try:
            parse_lead(reminder["lead"])
        except DateError as error:
            report("bad-period", str(error), error.hint, reminder["item"])
            del reminder["lead"]


def _check_yearly(entry: dict[str, Any], report: Report) -> None:
    """Drop the repeat of a date that says anything else than each year or only once, with a problem."""
    from prmvault.core.recurrence import parse_repeat

    repeat = _repeat(entry["repeat"], lambda *_problem: None, entry["item"])
    yearly = parse_repeat("yearly"), parse_repeat("FREQ=YEARLY")
    if repeat is None or not (repeat in ONCE or parse_repeat(repeat) in yearly):
        message = f"come every year or once, not {_shown(entry['repeat'])}"
        report("bad-repeat", message, "write repeat: none, or make it a reminder", entry["item"])
        repeat = None
    _keep(entry, "repeat", repeat)


def _repeat(text: str, report: Report, item: int) -> str | None:
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


def _keep(entry: dict[str, Any], key: str, value: str | None) -> None:
    if value is None:
        del entry[key]
    else:
        entry[key] = value


def _read_maps(value: Value, report: Report, main: str, *keys: str) -> list[dict[str, Any]]:
    """Read a list of maps; a bare text is the `main` key, `{x: y}` with an unknown x is label x, main y."""
    entries: list[dict[str, Any]] = []
    for number, item in numbered_items(_one_by_one(value, {main, *keys})):
        if isinstance(item, str):
            entries.append({main: item, "item": number})
        elif isinstance(item, dict) and (main in item or set(keys) & set(item)):
            entry = {key: part for key, part in item.items() if isinstance(part, str)}
            if len(entry) < len(item):
                report("not-text", "text is expected in each part", "write each part on one line", number)
            entries.append({**entry, "item": number})
        elif isinstance(item, dict) and len(item) == 1 and isinstance(next(iter(item.values())), str):
            label, text = next(iter(item.items()))
            entries.append({main: text, "label": label, "item": number})
        else:
            report("bad-entry", "this entry is not understood", f"write {main}: …", number)
    return entries


def _one_by_one(value: Value, keys: set[str]) -> Value:
    """Return `{work: a, home: b}` as a list of its pairs, and everything else as it is."""
    if isinstance(value, dict) and not keys & set(value):
        return [{label: text} for label, text in value.items()]
    return value


def _is_flat(item: dict[str, Value]) -> bool:
    return all(isinstance(part, str) for part in item.values())


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else type(value).__name__
    return f'"{text[:60]}"'


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
    "map": read_map,
    "raw": read_raw,
}
