"""Reading contacts from CSV: Google, Outlook, LinkedIn, sheets of one's own, any with `--map`, and our own export."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import BinaryIO

from prmvault.core.problems import Problem
from prmvault.interop.csv_cells import unescaped
from prmvault.interop.csv_columns import Columns, find_columns
from prmvault.interop.csv_dates import AmbiguousError, date_of, has_no_day, order_of
from prmvault.interop.csv_fields import Style, draft_of, says_something
from prmvault.interop.csv_rows import Row, head_rows, read_rows
from prmvault.interop.drafts import Draft

_NONE: Mapping[str, str] = MappingProxyType({})
_DATED = ("birthday", "deceased", "created", "updated", "snoozed")
_PARTS = (("dates", "date"), ("dates", "once"), ("met", "date"))
_MOST_DATES = 20_000
_MOST_NAMED = 12
_MAP = 'say what its columns are: --map "E-Mail=emails" --map "Tel privat=phones:home"'


def read_csv(
    data: bytes | BinaryIO,
    source: str,
    *,
    mapping: Mapping[str, str] = _NONE,
    encoding: str = "",
    date_order: str = "",
) -> Iterator[Draft | Problem]:
    """Yield a draft for each row of `data` (bytes, or a stream that can seek), and what was wrong, in the file's order.

    `source` is the file's name, for drafts and problems. `mapping` gives targets for names of columns, see
    `csv_columns.parse_target`; `date_order` is as in `csv_dates.date_of`. The file is gone through twice, and one
    row at a time is in memory. No content raises; PrmvaultError is for a mapping or an encoding that cannot be.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    columns = find_columns(head_rows(stream, encoding), mapping)
    if columns is None:
        yield _unknown(stream, source, encoding)
        return
    if columns.width > len(columns.targets):
        what = f"the table has {columns.width:,} columns, more than {len(columns.targets):,}: nothing of it is read"
        yield Problem(source, columns.line, "too-large", what, "keep the columns that tell of people")
        return
    order, told = _survey(stream, source, columns, encoding, date_order)
    yield from told
    style = Style(columns, source, order)
    for row in read_rows(stream, source, columns.delimiter, encoding, columns.line):
        if isinstance(row, Problem):
            yield row
        elif row.line > columns.line:
            yield from _drafts(style, row)


def is_csv(data: bytes) -> bool:
    """Tell whether the beginning of a file has a header that is known without a mapping."""
    return find_columns(head_rows(io.BytesIO(data[:100_000])), _NONE) is not None


def _drafts(style: Style, row: Row) -> Iterator[Draft | Problem]:
    width = len(style.columns.targets)
    if any(cell.strip() for cell in row.cells[width:]):
        what = f"the row has {len(row.cells)} cells, the header {width}: it is left out, lest they be mixed up"
        yield Problem(style.source, row.line, "bad-csv", what, "put cells that hold the delimiter in quotes")
        return
    draft, problems = draft_of(style, row.line, [unescaped(cell) for cell in row.cells[:width]])
    yield from problems
    if draft:
        yield draft


def _survey(
    stream: BinaryIO, source: str, columns: Columns, encoding: str, date_order: str
) -> tuple[str, list[Problem]]:
    """Return the order of the file's dates, and what is to be told of it as a whole."""
    dated = [number for number, target in enumerate(columns.targets) if _is_date(target.key, target.part)]
    left = {number for number, target in enumerate(columns.targets) if target.is_left and not target.is_known}
    filled: set[int] = set()
    dates: list[tuple[int, str]] = []
    for row in read_rows(stream, source, columns.delimiter, encoding, columns.line):
        if isinstance(row, Problem) or row.line <= columns.line:
            continue
        filled |= {n for n in left - filled if n < len(row.cells) and says_something(columns, row.cells[n])}
        if len(dates) < _MOST_DATES:
            dates += [(row.line, row.cells[n].strip()) for n in dated if n < len(row.cells) and row.cells[n].strip()]
    order = date_order or order_of(cell for _, cell in dates)
    return order, [*_left_told(source, columns, sorted(filled)), *_ambiguous_told(source, dates, order)]


def _is_date(key: str, part: str) -> bool:
    return key in _DATED or (key, part) in _PARTS


def _left_told(source: str, columns: Columns, filled: list[int]) -> Iterator[Problem]:
    if filled:
        named = [f'"{columns.names[n][:60]}" as {columns.targets[n].key}' for n in filled[:_MOST_NAMED]]
        more = f" and {len(filled) - _MOST_NAMED} more" if len(filled) > _MOST_NAMED else ""
        what = f"columns that nobody knows are kept as keys of your own: {', '.join(named)}{more}"
        first = columns.names[filled[0]][:60]
        hint = f'--map "{first}=KEY" gives one its place, --map "{first}=-" leaves it out'
        yield Problem(source, columns.line, "unknown-column", what, hint)


def _ambiguous_told(source: str, dates: list[tuple[int, str]], order: str) -> Iterator[Problem]:
    lines = []
    first = ""
    for line, cell in dates:
        try:
            has_no_day(cell) or date_of(cell, order)
        except AmbiguousError as error:
            first = first or str(error)
            lines.append(line)
        except ValueError:
            continue
    if lines:
        more = f"; {len(lines)} dates like it are left out" if len(lines) > 1 else "; it is left out"
        hint = "say --date-order dmy (day first) or --date-order mdy (month first)"
        yield Problem(source, lines[0], "ambiguous-date", f"{first}, and no row shows which{more}", hint)


def _unknown(stream: BinaryIO, source: str, encoding: str) -> Problem:
    """Return the problem of a file whose header is not known, with the names that may be its columns."""
    rows = list(chain.from_iterable(head_rows(stream, encoding).values()))
    if not rows:
        return Problem(source, 0, "bad-csv", "the file holds no rows that could be read", "")
    row = max(rows, key=lambda row: len([cell for cell in row.cells if cell.strip()]))
    shown = ", ".join(" ".join(cell.split())[:40] for cell in row.cells[:_MOST_NAMED])
    return Problem(
        source, row.line, "unknown-header", f"no row names columns that are known; this may be it: {shown}", _MAP
    )
