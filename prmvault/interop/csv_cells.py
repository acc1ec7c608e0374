"""Single cells of CSV: what a spreadsheet would take for a formula, control characters, and values as one text.

The risk is OWASP's "CSV Injection": a cell that begins with one of = + - @, a tab or a carriage return is computed.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable

from prmvault.core.characters import LOW, UNSEEN, escaped_json
from prmvault.core.model import Value

SEPARATOR = " ::: "
"""Between several values in one cell, as Google writes them."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_JUST_NUMBERS = re.compile(r"[+-][-+0-9 ()/.,]{0,60}")
_CONTROL = re.compile(f"[{LOW}{UNSEEN}]")
_JSON_BEGINS = ("[", "{", '"')


def table_text(rows: Iterable[Iterable[str]], *, delimiter: str = ",", line_end: str = "\r\n") -> str:
    """Return rows of cells as CSV, each cell `escaped`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([escaped(cell) for cell in row] for row in rows)
    return text.getvalue()


def escaped(cell: str) -> str:
    """Return a cell that no spreadsheet computes: with an apostrophe before what begins like a formula.

    Phone numbers (`+49 30 123`) and days without a year (`--03-14`) stay as they are, as other programs want them: of
    digits, blanks and signs alone nothing but a number can come.
    """
    return f"'{cell}" if _is_risky(cell.lstrip("'")) else cell


def unescaped(cell: str) -> str:
    """Return what `escaped` was given: only an apostrophe that it writes goes."""
    return cell[1:] if cell.startswith("'") and _is_risky(cell.lstrip("'")) else cell


def clean(cell: str) -> str:
    """Return a cell without control characters (but tab and line break) and without signs that turn text around."""
    return cell if cell.isprintable() else _CONTROL.sub("", cell)


def cell_of(value: Value) -> str:
    """Return a front matter value as one text: a text as it is, a list of texts with ` ::: ` between, else JSON."""
    if isinstance(value, list) and len(value) > 1 and all(isinstance(item, str) for item in value):
        plain = SEPARATOR.join(map(str, value))
    else:
        plain = value if isinstance(value, str) else ""
    if plain and value_of(clean(plain)) == value:
        return plain
    return escaped_json(json.dumps(value, ensure_ascii=False))


def value_of(cell: str) -> Value:
    """Return the value that `cell_of` wrote; what is no JSON of texts, lists and maps of text is a text."""
    if cell.startswith(_JSON_BEGINS):
        try:
            value = json.loads(cell, parse_int=_refuse, parse_float=_refuse, parse_constant=_refuse)
        except (ValueError, RecursionError):
            value = None
        if _is_value(value):
            return value  # type: ignore[no-any-return]  # checked in the line above
    if SEPARATOR in cell:
        return [*split_cell(cell)]
    return cell.strip()


def split_cell(cell: str, marks: Iterable[str] = ()) -> list[str]:
    """Return the texts in a cell: between ` ::: `, and the further `marks`; blank ones are left out."""
    for mark in marks:
        cell = cell.replace(mark, SEPARATOR)
    return [text for part in cell.split(":::") if (text := part.strip())]


def _is_risky(text: str) -> bool:
    return text.startswith(_RISKY) and not _JUST_NUMBERS.fullmatch(text)


def _refuse(number: str) -> None:
    raise ValueError(number)


def _is_value(value: object) -> bool:
    """Tell whether all that is in a value is text; deeper than notes may be nested is not for them."""
    level = [value]
    for _ in range(32):
        level = [
            part
            for each in level
            if not isinstance(each, str)
            for part in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else [None])
        ]
        if not level:
            return value is not None
        if None in level:
            return False
    return False
