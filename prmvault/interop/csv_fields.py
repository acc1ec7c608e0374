"""From the cells of a row to a draft: entries are put together of their columns, in the forms of the vault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from prmvault.core.dates import DateError
from prmvault.core.model import DEAD, Value
from prmvault.core.names import BEHIND
from prmvault.core.problems import Problem
from prmvault.interop.csv_cells import clean, split_cell, value_of
from prmvault.interop.csv_columns import OWN, SHEET, Columns, Target, plain_key
from prmvault.interop.csv_dates import AmbiguousError, date_of, has_no_day
from prmvault.interop.csv_google import LABELS
from prmvault.interop.csv_outlook import SAYS_NOTHING
from prmvault.interop.drafts import Draft
from prmvault.interop.labels import NO_LABELS, own_label
from prmvault.interop.vcard_facts import ADDRESS_PARTS, NAME_PARTS, tag_of
from prmvault.interop.vcard_values import one_line

_CONTACTS = ("emails", "phones", "urls")
_SERVICES = ("social", "im")
_DAYS = ("birthday", "deceased", "created", "updated", "snoozed")
_LISTS = ("aliases", "languages", "likes", "dislikes", "wishes", "food", "pets", "facts", "documents", "former_uids")
_SPLIT = {"emails": ",;\n", "phones": ";\n", "urls": ";\n", "related": ";\n", "tags": ",;\n", "aliases": ",;"}
_SPLIT |= {"languages": ",;"}
_SPOKEN = ("given", "middle", "family", "suffix")
_GENDERS = {"male": "M", "female": "F", "männlich": "M", "weiblich": "F"}
_YES = (DEAD, "true", "ja", "x")
_INITIALS = ("initials", "initialen")
_EXCHANGE = "/o="
"""So begin addresses that mean something only within one firm's Exchange."""
_MOST_GIVEN = 3
_MOST_VALUES = 200
_LONGEST = 4000
_LONGEST_FIELDS = 60_000
"""Characters: front matter is read up to 131,072 of them."""

ORDER = ("name", "names", "aliases", *_CONTACTS, "addresses", "social", "im", "birthday", "dates", "org", "title")
"""The keys of a draft in their order; all others follow as the columns do."""


class Style(NamedTuple):
    """How the cells of a file are meant: its columns, its name, and the order of its dates (or empty)."""

    columns: Columns
    source: str
    order: str = ""


class _Row:
    """What one row says, put together cell by cell."""

    def __init__(self, style: Style, line: int) -> None:
        self.style = style
        self.line = line
        self.entries: dict[tuple[str, str], dict[str, str]] = {}
        self.texts: dict[str, list[str]] = {}
        self.whole: dict[str, Value] = {}
        self.left: dict[str, Value] = {}
        self.bad: list[tuple[str, str, DateError]] = []
        self.columns: dict[tuple[str, str], int] = {}

    def texts_of(self, key: str) -> list[str]:
        return self.texts.get(key, [])

    def day(self, key: str, cell: str) -> str:
        """Return the date in a cell, or nothing where there is none, or one that cannot be read.

        That is told, and kept under the name of its column; but not what may be two days, as the user will say which.
        """
        if has_no_day(cell):
            return ""
        try:
            return date_of(cell, self.style.order)
        except DateError as error:
            if self.style.columns.format == OWN and key != "dates":
                return cell  # As it stands in the note.
            if not isinstance(error, AmbiguousError):
                column = self.columns.get((key, cell), self.columns[key, ""])
                kept = _free_key(self.left, plain_key(self.style.columns.names[column]))
                self.left[kept] = one_line(cell)
                self.bad.append((key, kept, error))
            return ""


def draft_of(style: Style, line: int, cells: Sequence[str]) -> tuple[Draft | None, list[Problem]]:
    """Return the draft that a row (of `line`) is, and what was wrong in it; None where it names nobody.

    Cells are as they stand in the file, but without the apostrophes of `escaped`. A date that may be two days is left
    out without a word, as it is told once for all rows.
    """
    row = _Row(style, line)
    for number, (target, cell) in enumerate(zip(style.columns.targets, cells, strict=False)):
        if cell and target.key:
            _put(row, number, target, clean(cell))
    fields = _fields(row)
    name, kind = _name_and_kind(row, fields)
    problems = [
        Problem(style.source, line, "bad-date", f'{key} of "{name[:60]}": {error}, and is kept as {kept}', error.hint)
        for key, kept, error in row.bad
    ]
    if not name:
        if not any(says_something(style.columns, cell) and not has_no_day(cell.strip()) for cell in cells):
            return None, []  # As empty as a row is that Outlook writes.
        what = "the row names nobody and is left out"
        is_sheet = style.columns.format == SHEET
        hint = "map a column to name, names.given, emails or org" if is_sheet else "give it a name in the file"
        return None, [Problem(style.source, line, "bad-csv", what, hint)]
    if style.columns.format != OWN and sum(map(_size, fields.values())) > _LONGEST_FIELDS:
        hint = "put long texts into notes with --map"
        return None, [Problem(style.source, line, "too-large", f'"{name[:60]}" has too much text for fields', hint)]
    ordered = {"name": name, **{key: fields[key] for key in ORDER if key in fields}}
    notes = "\n\n".join(row.texts_of("notes"))
    return Draft(kind, name, {**ordered, **fields, "name": name}, notes, (), style.source, line), problems


def says_something(columns: Columns, cell: str) -> bool:
    """Tell whether a cell holds more than what a format writes into every row."""
    text = cell.strip().lower()
    return bool(text) and (columns.format != "outlook" or text not in SAYS_NOTHING)


def _size(value: Value) -> int:
    if isinstance(value, str):
        return len(value)
    parts = value.values() if isinstance(value, dict) else value
    return 8 + sum(map(_size, parts))


def _put(row: _Row, number: int, target: Target, cell: str) -> None:
    """Put a cell where it belongs."""
    key = target.key
    if target.is_own:
        row.whole[key] = value_of(cell)
        return
    text = cell.strip()
    if not text:
        return
    if target.is_left:
        if says_something(row.style.columns, text):
            row.left[_free_key(row.left, key)] = text
        return
    text = _outside(row, number, target, text)
    if not text:
        return
    for cell_text in (text, ""):
        row.columns.setdefault((key, cell_text), number)
    if key == "notes":
        row.texts.setdefault(key, []).append(text)
    elif target.part:
        slot = target.slot or (str(number) if key not in ("names", "met", "org") else "")
        entry = row.entries.setdefault((key, slot), {})
        if target.label:
            entry.setdefault("label", target.label)
        entry[target.part] = f"{entry[target.part]}\n{text}" if target.part in entry else text
    else:
        row.texts.setdefault(key, []).append(text)


def _outside(row: _Row, number: int, target: Target, text: str) -> str:
    """Return a cell without what is kept under a key of its own: a second organization, an address of Exchange."""
    columns = row.style.columns
    if columns.format == OWN:
        return text
    if target.key == "emails" and target.part == "value" and text.lower().startswith(_EXCHANGE):
        row.left[_free_key(row.left, plain_key(columns.names[number]))] = text
        return ""
    is_work = target.key in ("org", "title") or target.slot.startswith("Organization")
    if columns.format == "google" and is_work and ":::" in text:
        text, *others = [part.strip() for part in text.split(":::")[:_MOST_VALUES]]
        what = columns.names[number].removeprefix("Organization").rpartition(" - ")[2]
        for other, part in enumerate(others, 2):
            if part:
                row.left[_free_key(row.left, plain_key(f"organization {other} {what}"))] = part
    return text


def _free_key(there: dict[str, Value], key: str) -> str:
    return key if key not in there else next(name for n in range(2, 5000) if (name := f"{key}_{n}") not in there)


def _fields(row: _Row) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for (key, _), entry in row.entries.items():
        made = _made(row, key, entry)
        if key == "org" and "org" in fields:
            fields["org"] = [*_listed(fields["org"]), *_listed(made["org"])]
        elif key == "custom":
            fields |= {_free_key(fields, name): value for name, value in made.items()}
        elif key in ("names", "met", "org"):
            fields |= made
        elif made:
            old = fields.setdefault(key, [])
            assert isinstance(old, list)
            old.extend(made.values())
    for key, texts in row.texts.items():
        value = _value(row, key, texts)
        if value and key not in ("name", "notes", "type"):
            fields[key] = value
    for key, text in row.left.items():
        if key not in _INITIALS or not _is_made_of(str(text), row.entries.get(("names", ""), {})):
            fields.setdefault(key, text)
    return {key: value for key, value in {**fields, **row.whole}.items() if value}


def _is_made_of(initials: str, parts: dict[str, str]) -> bool:
    """Tell whether initials are those that a program makes of the parts of a name: no news."""
    made = [parts[part][:1] for part in ("given", "middle", "family") if parts.get(part)]
    return [sign.casefold() for sign in initials if sign.isalpha()] == [sign.casefold() for sign in made]


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else [value]


def _value(row: _Row, key: str, texts: list[str]) -> Value:
    """Return the value of a key that has no entries."""
    if key == "deceased" and texts[0].lower() in _YES:
        return DEAD
    if key in _DAYS:
        return row.day(key, texts[0])
    if key == "tags":
        return _tags(text for cell in texts for text in _several(row, key, cell))
    if key in _LISTS:
        return [one_line(text) for cell in texts for text in _several(row, key, cell)]
    joined = ", ".join(one_line(text) for text in texts)
    if key == "gender":
        return "" if joined.lower() in SAYS_NOTHING else _GENDERS.get(joined.lower(), joined)
    return joined


def _tags(labels: Iterable[str]) -> Value:
    names = [label.removeprefix("* ") for label in labels]
    return [*dict.fromkeys(tag for name in names if name not in NO_LABELS and (tag := tag_of(name)))]


def _several(row: _Row, key: str, cell: str) -> list[str]:
    marks = "" if row.style.columns.format in (OWN, "google") else _SPLIT.get(key, ";\n")
    return split_cell(cell, marks)[:_MOST_VALUES]


def _made(row: _Row, key: str, entry: dict[str, str]) -> dict[str, Value]:
    """Return the entries that the parts make; for maps the one key and its value."""
    if key in ("names", "met"):
        parts = {part: one_line(text) for part, text in entry.items()}
        if key == "met" and "date" in parts:
            parts["date"] = row.day("met", parts["date"])
        told: dict[str, Value] = {part: text for part, text in _in_order(parts, NAME_PARTS).items() if text}
        return {key: told} if told and (key == "met" or len(told) > 1) else {}
    if key == "org":
        units: list[Value] = [
            one_line(text) for part in ("name", "unit") for text in split_cell(entry.get(part, ""), "\n")
        ]
        return {"org": units[0] if len(units) == 1 else units}
    if key == "custom":
        return _custom(entry)
    pref, label = _label(entry.get("label", ""))
    if row.style.columns.format != OWN and key != "related":
        label = own_label(label)  # What we wrote ourselves is the user's word.
    if key == "addresses":
        return _numbered(_address(parts, label, "" if number else pref) for number, parts in enumerate(_rows_of(entry)))
    main = {"dates": "date", "related": "person", "im": "user", "social": "user"}.get(key, "value")
    cell = entry.get(main, "") or entry.get("once", "") or entry.get("value", "")
    if label == "child" and row.style.columns.format == "outlook":
        cell = cell.replace(",", ";")
    texts = _several(row, key, cell)
    return _numbered(
        _entry(row, key, entry, (one_line(text), label, "" if number else pref)) for number, text in enumerate(texts)
    )


def _entry(row: _Row, key: str, entry: dict[str, str], told: tuple[str, str, str]) -> Value:
    text, label, pref = told
    made: dict[str, Value]
    if key in _CONTACTS:
        made = {"value": text.removeprefix("mailto:"), "label": label, "pref": pref}
    elif key == "dates":
        made = {"label": label, "date": row.day(key, text), "repeat": "none" if "once" in entry else ""}
        return {part: one for part, one in made.items() if one} if made["date"] else ""
    elif key == "related":
        made = {"type": label or "contact", "person": text}
    else:
        what = "value" if "value" in entry and "user" not in entry else "user"
        made = {"service": entry.get("service", ""), what: text, "label": label}
        if "service" not in entry and label:
            made = {"service": label, what: text}
    made = {part: one for part, one in made.items() if one}
    return text if list(made) == ["value"] and key in _CONTACTS else made


def _numbered(entries: Iterable[Value]) -> dict[str, Value]:
    return {str(number): entry for number, entry in enumerate(entries) if entry}


def _rows_of(entry: dict[str, str]) -> list[dict[str, str]]:
    """Return the addresses in an entry: Google puts those with the same label into one, with ` ::: ` in each part."""
    parts = {part: [text.strip() for text in cell.split(":::")] for part, cell in entry.items() if part != "label"}
    count = min(max(map(len, parts.values()), default=0), _MOST_VALUES)
    return [
        {part: texts[number] for part, texts in parts.items() if number < len(texts)} if count > 1 else entry
        for number in range(count)
    ]


def _address(parts: dict[str, str], label: str, pref: str) -> Value:
    """Return an address; of one in one piece what no part says is the street where there is none."""
    lines = {part: ", ".join(filter(None, map(str.strip, text.split("\n")))) for part, text in parts.items()}
    told = {part: lines[part] for part in ADDRESS_PARTS if lines.get(part)}
    if not told.get("street"):
        whole = [line.strip() for line in parts.get("formatted", "").split("\n")]
        street = ", ".join(line for line in whole if line and not any(part in line for part in told.values()))
        told = {**({"street": street} if street else {}), **told}
    if not told:
        return ""
    made: dict[str, Value] = {"label": label, **told, "pref": pref}
    return {part: text for part, text in made.items() if text}


def _custom(entry: dict[str, str]) -> dict[str, Value]:
    text = one_line(entry.get("value", ""))
    return {plain_key(entry.get("label") or "custom field"): text} if text else {}


def _label(cell: str) -> tuple[str, str]:
    """Return `pref` (yes or nothing) and the label of a cell such as `* Work`."""
    label = one_line(cell)
    is_first = label == "*" or label.startswith("* ")
    label = label.removeprefix("*").strip() if is_first else label
    return "yes" if is_first else "", LABELS.get(label, label)


def _in_order(parts: dict[str, str], order: Iterable[str]) -> dict[str, str]:
    return {**{part: parts[part] for part in order if part in parts}, **parts}


def _name_and_kind(row: _Row, fields: dict[str, Value]) -> tuple[str, str]:
    """Return the name of whom the row is of, and the type of note; an organization's own name is no employer."""
    parts = row.entries.get(("names", ""), {})
    name = one_line(" ".join(row.texts_of("name"))) or one_line(" ".join(parts.get(part, "") for part in _SPOKEN))
    kind = "organization" if row.texts_of("type") == ["organization"] else "person"
    if row.style.columns.format == SHEET and not parts and (turned := _turned(name)):
        fields["names"] = {**turned}
        name = f"{turned['given']} {turned['family']}"
    org = fields.get("org", "")
    firm = org if isinstance(org, str) else next((one for one in org if isinstance(one, str)), "")
    if not name and firm:
        name, kind = firm, "organization"
    if kind == "organization" and firm and firm == name:
        del fields["org"]
        if isinstance(org, list) and len(org) > 1:
            fields["units"] = org[1:]
    if not name:
        name = next(filter(None, (_first(fields.get(key, "")) for key in ("aliases", "emails", "phones"))), "")
    return name[:_LONGEST], kind


def _turned(name: str) -> dict[str, str]:
    """Return the parts of a name such as `Winkler, Rosemarie`; nothing where something else is behind the comma."""
    family, _, given = (part.strip() for part in name.partition(","))
    words = [word.strip(".").casefold() for word in given.split()]
    is_name = all(sign.isalpha() or sign in "-'’. " for sign in family + given)
    if not (family and words and is_name and len(words) <= _MOST_GIVEN) or any(word in BEHIND for word in words):
        return {}
    return {"family": family, "given": given}


def _first(value: Value) -> str:
    one = value[0] if isinstance(value, list) and value else value
    text = one.get("value", "") if isinstance(one, dict) else one
    return text if isinstance(text, str) else ""
