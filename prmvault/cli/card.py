"""A person's card for a terminal: the facts of `app.card` as labelled lines, the most asked for first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from prmvault.cli.output import one_line, paint
from prmvault.core.dates import DateError, full_date, next_occurrence, parse_iso_date, parse_partial_date
from prmvault.core.debts import is_settled
from prmvault.core.markdown import plain_text
from prmvault.core.model import DEAD
from prmvault.core.phrases import describe_day, describe_distance

Row = tuple[str, str]
"""A label and a line of text; the label is empty for further lines of the same."""

_FAMILY = (
    *("spouse", "partner", "child", "parent", "sibling", "grandchild", "grandparent", "step-child", "step-parent"),
    *("step-sibling", "uncle-aunt", "nephew-niece", "cousin", "godchild", "godparent", "parent-in-law", "child-in-law"),
    "sibling-in-law",
)
_MOST = 6
"""How many of a kind the card shows; the rest is counted."""
_LONGEST = 400
"""How much of a text the card shows, in characters; the whole is in the note and in the JSON."""

_LIKINGS = ("likes", "dislikes", "food", "pets", "facts")


def title_line(card: Mapping[str, Any]) -> str:
    """Return the card's first line: name, names besides, tags."""
    aliases = f" ({', '.join(card['aliases'])})" if card["aliases"] else ""
    tags = f"  {paint(' '.join('#' + one_line(tag) for tag in card['tags']), 'hint')}" if card["tags"] else ""
    return f"{paint(one_line(card['name']), 'title', bold=True)}{one_line(aliases)}{tags}"


def rows(card: Mapping[str, Any], today: date, leap_day: str, prose: Sequence[str]) -> Iterator[Row]:
    """Return the card's lines; `prose` are lines of the note's own text."""
    fields = card["fields"]
    yield from _several("born", _born(card, today, leap_day))
    yield from _several(
        "work", filter(None, [", ".join(filter(None, (card["org"], fields.get("title"), fields.get("role"))))])
    )
    yield from _several("phone", map(_reach, card["phones"]))
    yield from _several("e-mail", map(_reach, card["emails"]))
    yield from _several("chat", map(_account, [*_list(fields, "im"), *_list(fields, "social")]))
    yield from _several("web", map(_reach, _list(fields, "urls")))
    yield from _several("address", map(address_text, _list(fields, "addresses")))
    yield from _several("family", _related(card, family=True), most=12)
    yield from _several("others", _related(card, family=False), most=12)
    yield from _several(
        "household", ["with " + ", ".join(each["name"] for each in card["household"])] if card["household"] else []
    )
    yield from _several("last", _last(card, today))
    yield from _several("next", _next(card, today))
    yield from _several("since", [f"{each['date']} {each['text']}" for each in card["since"]])
    yield from _several("tasks", [_task(task, today) for task in card["tasks"]])
    yield from _several("remind", [_reminder(entry, today, leap_day) for entry in card["reminders"]])
    yield from _several("dates", [_date(entry, today, leap_day) for entry in card["dates"]])
    yield from _several("gifts", map(_gift, card["gifts"]))
    yield from _several("wishes", card["wishes"])
    yield from _several("debts", _debts(card))
    for key in _LIKINGS:
        yield from _several(key, [", ".join(fields.get(key, []))] if fields.get(key) else [])
    yield from _several("met", [_met(fields["met"])] if fields.get("met") else [])
    yield from _several("files", [*card["documents"], *filter(None, [fields.get("photo")])])
    yield from _several("more", _own(fields))
    yield from _several("notes", prose)


def _several(label: str, lines: Iterable[str], most: int = _MOST) -> Iterator[Row]:
    shown = [line for line in map(one_line, lines) if line.strip()]
    for number, line in enumerate(shown[:most]):
        yield label if number == 0 else "", _shortened(line)
    if len(shown) > most:
        yield "", f"and {len(shown) - most} more"


def _shortened(text: str) -> str:
    """Return a text that is not too long for the card, cut between words."""
    if len(text) <= _LONGEST:
        return text
    return (text[:_LONGEST].rpartition(" ")[0] or text[:_LONGEST]) + " …"


def _born(card: Mapping[str, Any], today: date, leap_day: str) -> Iterator[str]:
    born, died, age = card["birthday"], card["deceased"], card["age"]
    if died:
        told = f"† {died}" if died != DEAD else "†"
        reached = f", lived {age} years" if age is not None else ""
        yield f"{born or '?'} – {told}{reached}"
        return
    if not born:
        return
    coming = next_occurrence(parse_partial_date(born), today, leap_day)
    when = f", birthday {describe_distance(coming, today)} ({describe_day(coming)})" if coming else ""
    years = f" · {age} years" if age is not None else ""
    yield f"{born}{years}{when}"


def _related(card: Mapping[str, Any], *, family: bool) -> list[str]:
    chosen = [each for each in card["related"] if (each["type"] in _FAMILY) == family]
    if family:
        chosen.sort(key=lambda each: _FAMILY.index(each["type"]))
    return [f"{each['word']} {each['name']}{_aged(each)}" for each in chosen]


def _aged(related: Mapping[str, Any]) -> str:
    if related.get("deceased"):
        return " (†)"
    return f" ({related['age']})" if related.get("age") is not None else ""


def _last(card: Mapping[str, Any], today: date) -> Iterator[str]:
    last = card["last_contact"]
    if last is None and not card["is_me"] and not card["deceased"]:
        yield "never in touch yet"
    if last is None or card["is_me"]:
        return
    day = parse_iso_date(last["date"])
    how = f" · {last['channel']}" if last["channel"] else ""
    how += f" to {last['visited']}" if last["visited"] else ""
    yield f"{describe_distance(day, today)}, {describe_day(day)}{how} · {last['path']}:{last['line']}"
    yield last["text"]


def _next(card: Mapping[str, Any], today: date) -> Iterator[str]:
    due = card["next_contact"]
    if due is not None:
        day = parse_iso_date(due["due"])
        late = (today - day).days
        when = f"{late} days overdue" if late > 1 else describe_distance(day, today)
        yield f"{when}, {describe_day(day)} · {due['reason']}"


def _reach(entry: Mapping[str, Any]) -> str:
    label = f" ({entry['label']})" if entry.get("label") else ""
    return f"{entry.get('value', '')}{label}"


def _account(entry: Mapping[str, Any]) -> str:
    return " ".join(str(entry[key]) for key in ("service", "user", "value") if entry.get(key))


def address_text(entry: Mapping[str, Any]) -> str:
    """Return an address on one line: street, postcode and place, region, country, label."""
    city = " ".join(str(entry[key]) for key in ("postcode", "locality") if entry.get(key))
    parts = [entry.get(key, "") for key in ("pobox", "extended", "street")]
    label = f" ({entry['label']})" if entry.get("label") else ""
    return ", ".join(filter(None, [*parts, city, entry.get("region", ""), entry.get("country", "")])) + label


def _task(task: Mapping[str, Any], today: date) -> str:
    day = task.get("due")
    when = f" · {_when(day, today)}" if day else ""
    return f"[ ] {task['text']}{when}"


def _when(day: str, today: date) -> str:
    try:
        return f"{describe_distance(parse_iso_date(day), today)} ({day})"
    except DateError:
        return day


def _reminder(entry: Mapping[str, Any], today: date, leap_day: str) -> str:
    from prmvault.core.reminders import next_turn

    coming = next_turn(entry, today, leap_day)
    day = coming.isoformat() if coming else entry["on"]
    repeat = f", {entry['repeat']}" if entry.get("repeat") else ""
    done = f", last done {entry['done']}" if entry.get("done") else ""
    return f"{entry.get('text') or 'reminder'} · {_when(day, today)}{repeat}{done}"


def _date(entry: Mapping[str, Any], today: date, leap_day: str) -> str:
    when = parse_partial_date(entry["date"])
    coming = next_occurrence(when, today, leap_day) if not entry.get("repeat") else full_date(when)
    years = coming.year - when.year if coming and when.year else 0
    told = f" · {years} years {describe_distance(coming, today)}" if coming and years > 0 else ""
    return f"{entry.get('label') or 'date'} {entry['date']}{told}"


def _gift(gift: Mapping[str, Any]) -> str:
    about = [gift["status"], gift.get("for", ""), gift.get("amount", ""), gift.get("date", ""), gift.get("url", "")]
    return f"{gift.get('what', '?')} ({', '.join(filter(None, about))})"


def _debts(card: Mapping[str, Any]) -> Iterator[str]:
    """Return the sums per currency, and what they are made of where that is more than one."""
    for net in card["net_debts"]:
        yield f"owes you {net['amount']}" if net["by"] == "them" else f"you owe {net['amount']}"
    owed = [debt for debt in card["debts"] if not is_settled(debt)]
    for debt in owed if len(owed) > 1 or not card["net_debts"] else ():
        yield "  " + debt_text(debt)
    if len(owed) == 1 and card["net_debts"]:
        yield "  " + debt_text(owed[0])


def debt_text(debt: Mapping[str, Any]) -> str:
    """Return a debt in words: `+20 EUR for Kinokarten (2026-10-31)`; + is theirs, - is the user's."""
    sign = "+" if debt["by"] == "them" else "-"
    what = f" for {debt['for']}" if debt.get("for") else ""
    day = f" ({debt['date']})" if debt.get("date") else ""
    settled = f", settled {debt['settled']}" if is_settled(debt) else ""
    return f"{sign}{debt['amount']}{what}{day}{settled}"


def _met(met: Mapping[str, Any]) -> str:
    told = [str(met.get("date", "")), str(met.get("where", ""))]
    if met.get("through"):
        told.append("through " + plain_text(str(met["through"])))
    told.append(str(met.get("note", "")))
    return ", ".join(filter(None, told))


def _own(fields: Mapping[str, Any]) -> Iterator[str]:
    """Return the user's own keys, and those of the note that the card has no line for."""
    shown = {"im", "social", "urls", "addresses", "met", "photo", "type", "uid", "names", "created", "updated", "vcard"}
    shown |= {*_LIKINGS, "title", "role", "cadence", "name", "not_same_as", "gender"}
    for key, value in fields.items():
        if key not in shown:
            yield f"{key}: {_plain(value)}"


def _plain(value: Any) -> str:
    """Return a value of the front matter as one text."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(part)}" for key, part in value.items())
    return ", ".join(map(_plain, value)) if isinstance(value, list) else plain_text(str(value))


def _list(fields: Mapping[str, Any], key: str) -> list[Any]:
    value = fields.get(key)
    return value if isinstance(value, list) else []
