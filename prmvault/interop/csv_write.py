"""Writing contacts as CSV: Google's columns where Google has them, our keys for all else, such that both read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import count
from typing import Any

from prmvault.core.kinds import KINDS
from prmvault.core.model import Value
from prmvault.core.schema import note_types
from prmvault.interop.csv_cells import SEPARATOR, cell_of, table_text
from prmvault.interop.csv_columns import OWN, Columns, find_columns, own_header
from prmvault.interop.csv_fields import Style, draft_of
from prmvault.interop.csv_google import LABELS
from prmvault.interop.csv_rows import Row
from prmvault.interop.drafts import Draft
from prmvault.interop.vcard_facts import Fact, facts_in

DEFAULT_KEYS = (
    *("names", "aliases", "emails", "phones", "addresses", "urls", "social", "im", "birthday", "dates"),
    *("org", "title", "role", "related", "tags", "notes"),
)
"""What is written unless somebody chooses; `uid` and `name` always are."""

ALL = "*"
"""In the place of keys: the default ones, and all others that any note has."""

_BOM = "\ufeff"
_GOOGLE_LABELS = {ours: theirs for theirs, ours in reversed([*LABELS.items()])}
_NAME_COLUMNS = {
    "prefix": "Name Prefix",
    "given": "First Name",
    "middle": "Middle Name",
    "family": "Last Name",
    "suffix": "Name Suffix",
}
_ADDRESS_COLUMNS = {
    "street": "Street",
    "extended": "Extended Address",
    "pobox": "PO Box",
    "locality": "City",
    "region": "Region",
    "postcode": "Postal Code",
    "country": "Country",
}
_ENTRIES = {
    "emails": ("E-mail", {"value": "Value"}),
    "phones": ("Phone", {"value": "Value"}),
    "urls": ("Website", {"value": "Value"}),
    "addresses": ("Address", _ADDRESS_COLUMNS),
    "dates": ("Event", {"date": "Value"}),
    "related": ("Relation", {"person": "Value"}),
    "im": ("IM", {"service": "Service", "user": "Value"}),
}
Cells = dict[str, str]


def write_csv(
    drafts: Sequence[Draft], keys: Sequence[str] = DEFAULT_KEYS, *, bom: bool = False, delimiter: str = ","
) -> bytes:
    """Return people and organizations as CSV in UTF-8, one row each, with the chosen front matter keys (and `notes`).

    Their fields are as read from the notes, or typed. `bom` is for Excel, which takes a file without it for
    Windows-1252. Cells that a spreadsheet would compute begin with an apostrophe (`csv_cells.escaped`). What Google's
    columns can't say is in a column of its own, as JSON; `read_csv` gives back what the notes say.
    """
    chosen = [key for key in dict.fromkeys(_chosen(drafts, keys)) if key not in ("uid", "name", "type")]
    rows = [_row(draft, chosen) for draft in drafts]
    header = _header(rows, chosen)
    text = table_text([header, *([row.get(name, "") for name in header] for row in rows)], delimiter=delimiter)
    return ((_BOM if bom else "") + text).encode("utf-8", "replace")


def _chosen(drafts: Iterable[Draft], keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        if key == ALL:
            yield from DEFAULT_KEYS
            yield from [own for draft in drafts for own in draft.fields]
        else:
            yield key


def _row(draft: Draft, keys: Iterable[str]) -> Cells:
    """Return what is said of one person, by the names of the columns."""
    fields = {key: _texts_only(value) for key, value in draft.fields.items()}
    facts = {key: _sound_facts(key, fields[key]) for key in keys if fields.get(key) and key != "notes"}
    made = {key: cells for key, told in facts.items() if told and (cells := _google_cells(key, told))}
    wrong = _not_read_back(facts, made)
    cells = {"uid": _plain(fields.get("uid", "")), "name": draft.name}
    if draft.kind != "person":
        cells["type"] = draft.kind
    for key in keys:
        value = fields.get(key, "")
        if key == "notes":
            cells["Notes"] = draft.notes.strip()
            cells[own_header(key)] = cell_of(value) if value else ""
        elif key in made and key not in wrong:
            cells |= made[key]
        elif value:
            cells[own_header(key)] = _own_cell(key, value, facts[key])
        if key == "names" and (key not in made or key in wrong):
            # Google asks for a first name; a name that nobody has cut is not cut here.
            cells["Organization Name" if draft.kind == "organization" else "First Name"] = draft.name
    return {name: cell for name, cell in cells.items() if cell}


def _own_cell(key: str, value: Value, facts: list[Fact]) -> str:
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        # A list of one is read from a text as well, where the key is one that means something.
        value = value[0] if facts and _sound_facts(key, value[0]) == facts else value
    return cell_of(value)


def _not_read_back(facts: Mapping[str, list[Fact]], made: Mapping[str, Cells]) -> set[str]:
    """Return the keys of which something else is read from Google's columns than was said."""
    cells = {name: cell for of_key in made.values() for name, cell in of_key.items() if cell}
    style = Style(_columns(("uid", "name", *cells)), "")
    draft, _ = draft_of(style, 1, ["", "x", *cells.values()])
    assert draft is not None, "it has a name"
    read: dict[str, list[Fact]] = {}
    for fact in facts_in(draft.fields):
        read.setdefault(fact.key, []).append(_folded(fact))
    return {key for key in made if read.get(key) != facts[key]}


def _sound_facts(key: str, value: Value) -> list[Fact]:
    """Return the facts of a key if nothing in its value is odd: what no reader understands is kept as it is."""
    kind = _kinds().get(key)
    problems: list[str] = []

    def report(code: str, _message: str, _hint: str, _item: int) -> None:
        problems.append(code)

    if kind is None:
        return []
    KINDS[kind](value, report)
    return [] if problems else [_folded(fact) for fact in facts_in({key: value})]


@cache
def _kinds() -> dict[str, str]:
    return {key: field.kind for key, field in note_types()["person"].fields.items()}


def _folded(fact: Fact) -> Fact:
    """Return a fact with a label of Google's as ours: `Home` and `home` are the same."""
    if not isinstance(fact.value, dict):
        return fact
    part = "type" if fact.key == "related" else "label"
    label = fact.value.get(part, "")
    same = LABELS.get(label, label) if isinstance(label, str) else label
    return Fact(fact.key, {**fact.value, part: same} if same else fact.value)


@lru_cache(maxsize=1000)
def _columns(names: tuple[str, ...]) -> Columns:
    found = find_columns({",": [Row(1, [*names])]}, {})
    assert found is not None, "two columns are always known"
    assert found.format == OWN, "and ours"
    return found


def _google_cells(key: str, facts: list[Fact]) -> Cells:
    value: Any = facts[0].value
    if key == "names":
        return {_NAME_COLUMNS[part]: text for part, text in value.items() if part in _NAME_COLUMNS}
    if key == "org":
        units: list[str] = value if isinstance(value, list) else [value]
        return {"Organization Name": units[0], "Organization Department": SEPARATOR.join(units[1:])}
    if key in _TEXTS:
        column, text_of = _TEXTS[key]
        return {column: text_of([fact.value for fact in facts])}
    return _numbered(key, facts) if key in _ENTRIES else {}


def _first_text(values: list[Any]) -> str:
    return str(values[0])


def _joined(values: list[Any]) -> str:
    return SEPARATOR.join(map(str, values))


_TEXTS: Mapping[str, tuple[str, Callable[[list[Any]], str]]] = {
    "aliases": ("Nickname", _joined),
    "tags": ("Labels", _joined),
    "birthday": ("Birthday", _first_text),
    "title": ("Organization Title", _first_text),
}


def _numbered(key: str, facts: list[Fact]) -> Cells:
    group, columns = _ENTRIES[key]
    cells: Cells = {}
    for number, (_, entry) in zip(count(1), facts, strict=False):
        if not isinstance(entry, dict):
            return {}
        label = str(entry.get("type" if key == "related" else "label", ""))
        label = _GOOGLE_LABELS.get(label, label)
        cells[f"{group} {number} - Label"] = f"* {label}".strip() if entry.get("pref") else label
        for part, column in columns.items():
            cells[f"{group} {number} - {column}"] = str(entry.get(part, ""))
    return cells


def _header(rows: list[Cells], keys: Iterable[str]) -> list[str]:
    """Return the columns that any row has, in the order of the keys, those with numbers in their order."""
    there = {name for row in rows for name in row}
    header = ["uid", "name", *(["type"] if "type" in there else [])]
    for key in keys:
        for name in [*_columns_of(key, there), own_header(key)]:
            if name in there and name not in header:
                header.append(name)
    return [*header, *sorted(there.difference(header))]


def _columns_of(key: str, there: set[str]) -> list[str]:
    if key in _ENTRIES:
        group, columns = _ENTRIES[key]
        numbers = [name.removeprefix(f"{group} ").partition(" - ")[0] for name in there if name.startswith(f"{group} ")]
        most = max((int(number) for number in numbers if number.isdecimal()), default=0)
        return [f"{group} {n} - {column}" for n in range(1, most + 1) for column in ("Label", *columns.values())]
    if key == "names":
        return [*_NAME_COLUMNS.values()]
    if key == "org":
        return ["Organization Name", "Organization Department"]
    return ["Notes"] if key == "notes" else [_TEXTS[key][0]] if key in _TEXTS else []


def _plain(value: Value) -> str:
    return value if isinstance(value, str) else cell_of(value)


def _texts_only(value: Any) -> Value:
    """Return a value without the numbers of items that typed fields have."""
    if isinstance(value, dict):
        return {str(key): _texts_only(part) for key, part in value.items() if isinstance(part, str | list | dict)}
    if isinstance(value, list | tuple):
        return [_texts_only(part) for part in value]
    return str(value)
