"""The kinds of fields that hold a list of entries: contacts, addresses, relations, gifts, reminders.

An entry is a map, which may be typed shorter; each entry comes back with the number of its list item.
"""

from __future__ import annotations

from typing import Any

from prmvault.core.dates import DateError
from prmvault.core.model import ONCE, Value, texts_in
from prmvault.core.money import parse_money
from prmvault.core.value_kinds import LINKED, Report, checked_date, checked_repeat, numbered_items, shown


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
        day = checked_date(entry.get("date", ""), report, entry["item"])
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
                one_by_one = LINKED.findall(name) or [name]
                entries.extend({**more, "type": kind, "person": one, "item": number} for one in one_by_one)
    return entries


def read_gifts(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{what, status, date, for, amount, url}` or the plain text of an idea."""
    gifts = _read_maps(value, report, "what", "status", "date", "for", "amount", "url")
    for gift in gifts:
        gift["status"] = gift.get("status") or "idea"
        if gift["status"] not in ("idea", "planned", "given", "received"):
            known = "idea, planned, given or received"
            report("bad-choice", f"gift status {shown(gift['status'])} is not {known}", known, gift["item"])
        _check_date(gift, "date", report)
    return gifts


def read_debts(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{amount, by: me|them, for, date, settled}`."""
    debts = []
    for debt in _read_maps(value, report, "amount", "by", "for", "date", "settled"):
        amount = parse_money(str(debt.get("amount", "")))
        if amount is None:
            hint = "write amount: 20 EUR"
            report("bad-money", f"{shown(debt.get('amount', ''))} is not an amount of money", hint, debt["item"])
            continue
        if debt.get("by", "them") not in ("me", "them"):
            report("bad-choice", f"{shown(debt['by'])} is neither me nor them", "write by: me", debt["item"])
            continue
        _check_date(debt, "date", report)
        debts.append({"by": "them", **debt, "amount": amount})
    return debts


def read_reminders(value: Value, report: Report) -> list[dict[str, Any]]:
    """Read `{text, on, repeat, lead, done, snooze}`."""
    reminders = []
    for reminder in _read_maps(value, report, "text", "on", "repeat", "lead", "done", "snooze"):
        day = checked_date(reminder.get("on", ""), report, reminder["item"])
        if day is None:
            continue
        if len(day) != len("2026-01-01"):
            report("bad-date", f'a reminder needs a full date, not "{day}"', "write YYYY-MM-DD", reminder["item"])
            continue
        _check_recurrence(reminder, report)
        _check_date(reminder, "snooze", report)
        reminders.append({**reminder, "on": day})
    return reminders


def read_conflicts(value: Value, report: Report) -> list[Value]:
    """Read what joining two notes could not settle, `{key, value}`; each is reported until the user has settled it."""
    conflicts = []
    for number, item in numbered_items(value):
        key = item.get("key", "") if isinstance(item, dict) else item
        other = item.get("value", "") if isinstance(item, dict) else ""
        told = f"has {shown(', '.join(texts_in(other)))} for {shown(key)}, from another version of the note"
        report("merge-conflict", told, "prmvault conflicts settles it", number)
        conflicts.append(item)
    return conflicts


def _check_date(entry: dict[str, Any], key: str, report: Report) -> None:
    if entry.get(key):
        _keep(entry, key, checked_date(entry[key], report, entry["item"]))


def _check_recurrence(reminder: dict[str, Any], report: Report) -> None:
    """Drop a repeat or lead that cannot be read, with a problem."""
    from prmvault.core.periods import parse_lead

    if reminder.get("repeat"):
        _keep(reminder, "repeat", checked_repeat(reminder["repeat"], report, reminder["item"]))
    if reminder.get("lead"):
        try:
            parse_lead(reminder["lead"])
        except DateError as error:
            report("bad-period", str(error), error.hint, reminder["item"])
            del reminder["lead"]


def _check_yearly(entry: dict[str, Any], report: Report) -> None:
    """Drop the repeat of a date that says anything else than each year or only once, with a problem."""
    from prmvault.core.recurrence import parse_repeat

    repeat = checked_repeat(entry["repeat"], lambda *_problem: None, entry["item"])
    yearly = parse_repeat("yearly"), parse_repeat("FREQ=YEARLY")
    if repeat is None or not (repeat in ONCE or parse_repeat(repeat) in yearly):
        message = f"come every year or once, not {shown(entry['repeat'])}"
        report("bad-repeat", message, "write repeat: none, or make it a reminder", entry["item"])
        repeat = None
    _keep(entry, "repeat", repeat)


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
