"""A person's card for a terminal: the facts of `app.card` as labelled lines, the most asked for first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from prmvault.cli.output import one_line, paint
from prmvault.core.channels import channel_name
from prmvault.core.dates import DateError, full_date, next_occurrence, parse_iso_date, parse_partial_date
from prmvault.core.debts import is_settled
from prmvault.core.label_names import gift_status, label_name
from prmvault.core.markdown import plain_text
from prmvault.core.messages import Message, counted, listed, message, word
from prmvault.core.model import DEAD
from prmvault.core.phrases import describe_day, describe_distance, describe_overdue, describe_period

Row = tuple[str, str]
"""A label and a line of text; the label is empty for further lines of the same."""

Section = tuple[Message, Iterable[str]]
"""A label and all lines of text for it."""

_FAMILY = (
    *("spouse", "partner", "child", "parent", "sibling", "grandchild", "grandparent", "step-child", "step-parent"),
    *("step-sibling", "uncle-aunt", "nephew-niece", "cousin", "godchild", "godparent", "parent-in-law", "child-in-law"),
    "sibling-in-law",
)
_MOST = 6
"""How many of a kind the card shows; the rest is counted."""
_LONGEST = 400
"""How much of a text the card shows, in characters; the whole is in the note and in the JSON."""

_LIKINGS = (
    *(word("row", "likes"), word("row", "dislikes"), word("row", "food"), word("row", "pets"), word("row", "facts")),
)
_LONG_LISTS = ("family", "others")
_MOST_PEOPLE = 12


def title_line(card: Mapping[str, Any]) -> str:
    """Return the card's first line: name, names besides, tags."""
    aliases = f" ({', '.join(card['aliases'])})" if card["aliases"] else ""
    tags = f"  {paint(' '.join('#' + one_line(tag) for tag in card['tags']), 'hint')}" if card["tags"] else ""
    return f"{paint(one_line(card['name']), 'title', bold=True)}{one_line(aliases)}{tags}"


def rows(
    card: Mapping[str, Any], today: date, leap_day: str, prose: Sequence[str], tell: Callable[[str], str]
) -> Iterator[Row]:
    """Return the card's lines as `tell` tells them; `prose` are lines of the note's own text."""
    for label, lines in _sections(card, today, leap_day, prose):
        shown = [line for line in (one_line(tell(each)) for each in lines) if line.strip()]
        most = _MOST_PEOPLE if label in _LONG_LISTS else _MOST
        for number, line in enumerate(shown[:most]):
            yield one_line(tell(label)) if number == 0 else "", _shortened(line)
        if len(shown) > most:
            yield "", tell(counted("and {count} more", "and {count} more", len(shown) - most))


def _sections(card: Mapping[str, Any], today: date, leap_day: str, prose: Sequence[str]) -> Iterator[Section]:
    fields = card["fields"]
    yield word("row", "born"), _born(card, today, leap_day)
    yield word("row", "work"), [", ".join(filter(None, (card["org"], fields.get("title"), fields.get("role"))))]
    yield word("row", "phone"), map(_reach, card["phones"])
    yield word("row", "e-mail"), map(_reach, card["emails"])
    yield word("row", "chat"), map(_account, [*_list(fields, "im"), *_list(fields, "social")])
    yield word("row", "web"), map(_reach, _list(fields, "urls"))
    yield word("row", "address"), map(address_text, _list(fields, "addresses"))
    yield word("row", "family"), _related(card, family=True)
    yield word("row", "others"), _related(card, family=False)
    home = ", ".join(each["name"] for each in card["household"])
    yield word("row", "household"), [message("with {names}", names=home)] if home else []
    yield word("row", "last"), _last(card, today)
    yield word("row", "next"), _next(card, today)
    yield word("row", "since"), [f"{each['date']} {each['text']}" for each in card["since"]]
    yield word("row", "tasks"), [_task(task, today) for task in card["tasks"]]
    yield word("row", "remind"), [_reminder(entry, today, leap_day) for entry in card["reminders"]]
    yield word("row", "dates"), [_date(entry, today, leap_day) for entry in card["dates"]]
    yield word("row", "gifts"), map(_gift, card["gifts"])
    yield word("row", "wishes"), card["wishes"]
    yield word("row", "debts"), _debts(card)
    for key in _LIKINGS:
        yield key, [", ".join(fields.get(key, []))]
    yield word("row", "met"), [_met(fields["met"])] if fields.get("met") else []
    yield word("row", "files"), [*card["documents"], *filter(None, [fields.get("photo")])]
    yield word("row", "more"), _own(fields)
    yield word("row", "notes"), prose


def _shortened(text: str) -> str:
    """Return a text that is not too long for the card, cut between words."""
    if len(text) <= _LONGEST:
        return text
    return (text[:_LONGEST].rpartition(" ")[0] or text[:_LONGEST]) + " …"


def _born(card: Mapping[str, Any], today: date, leap_day: str) -> Iterator[str]:
    born, died, age = card["birthday"], card["deceased"], card["age"]
    years = _years(age) if age is not None else ""
    if died:
        told = f"† {died}" if died != DEAD else "†"
        yield listed(", ", [f"{born or '?'} – {told}", message("lived {years}", years=years) if years else ""])
        return
    if not born:
        return
    coming = next_occurrence(parse_partial_date(born), today, leap_day)
    when = ""
    if coming:
        distance, day = describe_distance(coming, today), describe_day(coming)
        when = message("birthday {distance} ({day})", distance=distance, day=day)
    yield listed(", ", [listed(" · ", [born, years]), when])


def _years(age: int | str) -> Message:
    """Return an age in words; one that is not certain is a text (`about 48`)."""
    return counted("{count} year", "{count} years", age) if isinstance(age, int) else message("{age} years", age=age)


def _related(card: Mapping[str, Any], *, family: bool) -> Sequence[str]:
    chosen = [each for each in card["related"] if (each["type"] in _FAMILY) == family]
    if family:
        chosen.sort(key=lambda each: _FAMILY.index(each["type"]))
    return [listed(" ", [each["word"], each["name"], _aged(each)]) for each in chosen]


def _aged(related: Mapping[str, Any]) -> str:
    if related.get("deceased"):
        return "(†)"
    return message("({age})", age=related["age"]) if related.get("age") is not None else ""


def _last(card: Mapping[str, Any], today: date) -> Iterator[str]:
    last = card["last_contact"]
    if last is None and not card["is_me"] and not card["deceased"]:
        yield message("never in touch yet")
    if last is None or card["is_me"]:
        return
    day = parse_iso_date(last["date"])
    when = listed(", ", [describe_distance(day, today), describe_day(day)])
    yield listed(
        " · ", [when, how_text(last["channel"] or "", last["visited"] or ""), f"{last['path']}:{last['line']}"]
    )
    yield last["text"]


def how_text(channel: str, visited: str) -> str:
    """Return the channel of a contact; for a visit to somebody else of the household with whom it was to."""
    name = channel_name(channel)
    return message("{channel} to {name}", channel=name, name=visited) if visited and channel else name


def _next(card: Mapping[str, Any], today: date) -> Iterator[str]:
    due = card["next_contact"]
    if due is not None:
        day = parse_iso_date(due["due"])
        late = (today - day).days
        when = describe_overdue(late) if late > 1 else describe_distance(day, today)
        yield listed(" · ", [listed(", ", [when, describe_day(day)]), due["reason"]])


def _reach(entry: Mapping[str, Any]) -> str:
    return _labelled(str(entry.get("value", "")), entry)


def _labelled(text: str, entry: Mapping[str, Any]) -> str:
    return message("{text} ({label})", text=text, label=label_name(entry["label"])) if entry.get("label") else text


def _account(entry: Mapping[str, Any]) -> str:
    return " ".join(str(entry[key]) for key in ("service", "user", "value") if entry.get(key))


def address_text(entry: Mapping[str, Any]) -> str:
    """Return an address on one line: street, postcode and place, region, country, label."""
    city = " ".join(str(entry[key]) for key in ("postcode", "locality") if entry.get(key))
    parts = [entry.get(key, "") for key in ("pobox", "extended", "street")]
    text = ", ".join(filter(None, [*parts, city, entry.get("region", ""), entry.get("country", "")]))
    return _labelled(text, entry)


def _task(task: Mapping[str, Any], today: date) -> str:
    day = task.get("due")
    return listed(" · ", [f"[ ] {task['text']}", _when(day, today) if day else ""])


def _when(day: str, today: date) -> str:
    try:
        return listed(" ", [describe_distance(parse_iso_date(day), today), f"({day})"])
    except DateError:
        return day


def _reminder(entry: Mapping[str, Any], today: date, leap_day: str) -> str:
    from prmvault.core.reminders import next_turn

    coming = next_turn(entry, today, leap_day)
    day = coming.isoformat() if coming else entry["on"]
    repeat = describe_period(entry["repeat"]) if entry.get("repeat") else ""
    done = message("last done {day}", day=entry["done"]) if entry.get("done") else ""
    what = listed(" · ", [entry.get("text") or label_name("reminder"), _when(day, today)])
    return listed(", ", [what, repeat, done])


def _date(entry: Mapping[str, Any], today: date, leap_day: str) -> str:
    when = parse_partial_date(entry["date"])
    coming = next_occurrence(when, today, leap_day) if not entry.get("repeat") else full_date(when)
    years = coming.year - when.year if coming and when.year else 0
    told: str = ""
    if coming and years > 0:
        told = message("{years} {distance}", years=_years(years), distance=describe_distance(coming, today))
    return listed(" · ", [listed(" ", [label_name(entry.get("label") or "date"), entry["date"]]), told])


def _gift(gift: Mapping[str, Any]) -> str:
    about = [gift_status(gift["status"]), label_name(gift.get("for", "")), gift.get("amount", "")]
    details = listed(", ", [*about, gift.get("date", ""), gift.get("url", "")])
    return message("{what} ({details})", what=gift.get("what", "?"), details=details)


def _debts(card: Mapping[str, Any]) -> Iterator[str]:
    """Return the sums per currency, and what they are made of where that is more than one."""
    for net in card["net_debts"]:
        amount = net["amount"]
        yield (
            message("owes you {amount}", amount=amount)
            if net["by"] == "them"
            else message("you owe {amount}", amount=amount)
        )
    owed = [debt for debt in card["debts"] if not is_settled(debt)]
    for debt in owed if len(owed) > 1 or not card["net_debts"] else ():
        yield debt_text(debt)
    if len(owed) == 1 and card["net_debts"]:
        yield debt_text(owed[0])


def debt_text(debt: Mapping[str, Any]) -> str:
    """Return a debt in words, indented: `  +20 EUR for Kinokarten (2026-10-31)`; + is theirs, - is the user's."""
    amount = f"  {'+' if debt['by'] == 'them' else '-'}{debt['amount']}"
    told = message("{amount} for {what}", amount=amount, what=debt["for"]) if debt.get("for") else amount
    day = f"({debt['date']})" if debt.get("date") else ""
    settled = message("settled {day}", day=debt["settled"]) if is_settled(debt) else ""
    return listed(", ", [listed(" ", [told, day]), settled])


def _met(met: Mapping[str, Any]) -> str:
    told = [str(met.get("date", "")), str(met.get("where", ""))]
    if met.get("through"):
        told.append(message("through {name}", name=plain_text(str(met["through"]))))
    told.append(str(met.get("note", "")))
    return listed(", ", told)


def _own(fields: Mapping[str, Any]) -> Iterator[str]:
    """Return the user's own keys, and those of the note that the card has no line for."""
    shown = {"im", "social", "urls", "addresses", "met", "photo", "type", "uid", "names", "created", "updated", "vcard"}
    shown |= {*map(str, _LIKINGS), "title", "role", "cadence", "name", "not_same_as", "gender"}
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
