"""What the columns of a CSV file mean: the language of `--map`, and how a file is recognised by its header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from prmvault.core.names import fold
from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.core.schema import note_types
from prmvault.interop import csv_google, csv_linkedin, csv_outlook
from prmvault.interop.csv_cells import clean, unescaped
from prmvault.interop.csv_rows import Row
from prmvault.interop.vcard_facts import ADDRESS_PARTS

PARTS: Mapping[str, tuple[str, ...]] = {
    "emails": ("value", "label"),
    "phones": ("value", "label"),
    "urls": ("value", "label"),
    "addresses": ("street", "label", "formatted", *(part for part in ADDRESS_PARTS if part != "street")),
    "dates": ("date", "label", "once"),
    "related": ("person", "label"),
    "social": ("user", "label", "service", "value"),
    "im": ("user", "label", "service", "value"),
    "custom": ("value", "label"),
    "names": (),
    "met": (),
    "org": ("name", "unit"),
}
"""Keys whose entries have parts; the first is meant where none is named. Of `names` and `met` any word is one."""

OWN, SHEET = "prmvault", "sheet"
_SOME_COLUMNS = 2
_MOST_COLUMNS = 2000
_WHO = ("name", "names", "emails", "phones", "org", "aliases")
_TARGET = re.compile(r"([^\s:.][^:.\n]{0,60})(?::([^:\n]{1,60}?))?(?:\.([\w-]{1,30}))?")
_NUMBERED = re.compile(r"([A-Za-z-]{2,12}(?: [A-Za-z]{1,9})?) ([0-9]{1,3}) - ([A-Za-z -]{2,20})")
_NO_WORD = re.compile(r"[^\w]+|_")
_RESERVED = ("name", "notes", "type", "Notes")


class Target(NamedTuple):
    """Where the cells of a column go: a part of an entry of a key, or with `is_own` the key as a whole, as we wrote it.

    Columns with the same `slot` are parts of one entry. Without a key they are left out; `is_left` are those that
    have no place, whose cells are kept under a plain key: with `is_known` the format's own, else what nobody knows.
    """

    key: str
    label: str = ""
    part: str = ""
    slot: str = ""
    is_own: bool = False
    is_left: bool = False
    is_known: bool = False


class Columns(NamedTuple):
    """A header that was understood: the line it is on, what cuts its cells, whose format it is, and the targets.

    `width` is the number of its cells: more than the targets where these are too many to be read.
    """

    line: int
    delimiter: str
    format: str
    names: Sequence[str]
    targets: Sequence[Target]
    width: int = 0


def find_columns(head: Mapping[str, list[Row]], mapping: Mapping[str, str]) -> Columns | None:
    """Return the header among the first rows of a file (by delimiter), or None where no row is one.

    `mapping` gives a target for names of columns, `{"Tel privat": "phones:home"}`, and goes before what is known.
    Raises PrmvaultError for a target that cannot be, and for a column that no row has.
    """
    wanted = {header_key(name): parse_target(text) for name, text in mapping.items()}
    best: tuple[int, Columns] | None = None
    for delimiter, rows in head.items():
        for row in rows:
            names = [" ".join(clean(cell).split()) for cell in row.cells[:_MOST_COLUMNS]]
            name, targets = _recognised([unescaped(cell) for cell in names], wanted)
            score = sum(bool(target.key or target.part) and not target.is_left for target in targets)
            score += sum(header_key(cell) in wanted for cell in names)
            if name and (best is None or score > best[0]):
                best = score, Columns(row.line, delimiter, name, names, targets, len(row.cells))
    if best:
        there = {header_key(cell) for cell in best[1].names}
        for missing in [name for name in mapping if header_key(name) not in there]:
            shown = ", ".join(best[1].names)[:200]
            raise PrmvaultError(
                f'no column is called "{missing[:60]}"', exit_code=EXIT_USAGE, hint=f"there are {shown}"
            )
    return best[1] if best else None


def parse_mapping(texts: Iterable[str]) -> dict[str, str]:
    """Return what `--map` was given, `Tel privat=phones:home`, as a mapping; raises PrmvaultError for another form."""
    mapping = {}
    for text in texts:
        name, is_pair, target = text.rpartition("=")
        if not (is_pair and name.strip()):
            hint = 'write COLUMN=KEY, such as "Tel privat=phones:home"'
            raise PrmvaultError(f'"{text[:60]}" says nothing of a column', exit_code=EXIT_USAGE, hint=hint)
        parse_target(target)
        mapping[name.strip()] = target.strip()
    return mapping


def parse_target(text: str) -> Target:
    """Return where `key`, `key:label`, `key.part` or `key:label.part` send a column; `-` leaves it out.

    The label of `related` is the relation, that of `social` and `im` the service. Raises PrmvaultError.
    """
    if text.strip() in ("-", ""):
        return Target("", part="-")
    match = _TARGET.fullmatch(text.strip())
    if match is None:
        raise _bad_target(text, "write key, key:label, key.part or key:label.part, such as phones:home")
    key, label, part = match[1].strip(), (match[2] or "").strip(), match[3] or ""
    parts = PARTS.get(key)
    if parts is None and (label or part):
        raise _bad_target(text, f"{key} has neither labels nor parts; those that have: {', '.join(PARTS)}")
    if label and parts is not None and "label" not in parts:
        raise _bad_target(text, f"{key} has no labels")
    if parts and part and part not in parts:
        raise _bad_target(text, f"the parts of {key} are {', '.join(parts)}")
    if parts == () and not part:
        raise _bad_target(text, f"name a part, such as {key}.{'given' if key == 'names' else 'where'}")
    slot = label or ("one" if part else "") if key == "addresses" else ""
    return Target(key, label, part or (parts[0] if parts else ""), slot)


def header_key(name: str) -> str:
    """Return the key by which names of columns are compared: without case, accents and signs."""
    return " ".join(_NO_WORD.sub(" ", fold(name[:200])).split())


def plain_key(name: str) -> str:
    """Return a column's name as a key of the front matter: `User 1` → `user_1`; never one that means something."""
    key = "_".join(_NO_WORD.sub(" ", name[:60].lower()).split()) or "column"
    return f"csv_{key}" if key in known_keys() or key in _RESERVED or key in PARTS else key


@cache
def known_keys() -> frozenset[str]:
    """Return the keys that mean something in the notes of people and organizations."""
    types = note_types()
    return frozenset([*types["person"].fields, *types["organization"].fields])


def own_header(key: str) -> str:
    """Return the header of a column that holds a key as a whole: the key, after a dot if that means something else."""
    target = _own_target(key)
    return key if target.is_own and target.key == key else f".{key}"


def _recognised(cells: list[str], wanted: Mapping[str, Target]) -> tuple[str, list[Target]]:
    if len(cells) >= _SOME_COLUMNS and cells[:2] == ["uid", "name"]:
        return OWN, [wanted.get(header_key(cell)) or _own_target(cell) for cell in cells]
    keys = [header_key(cell) for cell in cells]
    mapped = [wanted.get(key) for key in keys]
    best, name = _known(cells, keys, SHEET), SHEET
    for other in ("linkedin", "google", "outlook"):
        targets = _known(cells, keys, other)
        if _count(targets) > _count(best):
            best, name = targets, other
    together = [own or target for own, target in zip(mapped, best, strict=True)]
    enough = _count(together) >= _SOME_COLUMNS and any(target and target.key in _WHO for target in together)
    if not any(mapped) and not enough:
        return "", []
    return name, [target or _left(cell) for target, cell in zip(together, cells, strict=True)]


def _count(targets: Iterable[Target | None]) -> int:
    return sum(target is not None and not target.is_left for target in targets)


def _known(cells: list[str], keys: list[str], name: str) -> list[Target | None]:
    if name == "google":
        return [_google(cell) or _table(name).get(key) for cell, key in zip(cells, keys, strict=True)]
    table = _table(name)
    if name == SHEET:
        return [_keys().get(cell) or table.get(key) for cell, key in zip(cells, keys, strict=True)]
    return [table.get(key) for key in keys]


@cache
def _keys() -> dict[str, Target]:
    """Return our own keys as names of columns: what people write who know them."""
    return {key: parse_target(key) for key in known_keys() if PARTS.get(key) != ()}


@cache
def _table(name: str) -> dict[str, Target]:
    tables = {
        SHEET: csv_linkedin.SHEET,
        "linkedin": csv_linkedin.COLUMNS,
        "google": csv_google.COLUMNS,
        "outlook": csv_outlook.COLUMNS,
    }
    kept = {"google": csv_google.KEPT, "outlook": csv_outlook.KEPT}.get(name, ())
    return {
        **{header_key(column): _kept(column) for column in kept},
        **{header_key(column): parse_target(target) for column, target in tables[name].items()},
    }


def _google(cell: str) -> Target | None:
    if cell in csv_google.COLUMNS:
        return parse_target(csv_google.COLUMNS[cell])
    match = _NUMBERED.fullmatch(cell)
    if not match:
        return None
    target = csv_google.NUMBERED.get(match[1], {}).get(match[3])
    # A second organization is neither a unit of the first nor another title there.
    if match[1] in csv_google.KEPT_NUMBERED and (not target or (target != "-" and match[2] != "1")):
        return _kept(cell)
    return parse_target(target)._replace(slot=f"{match[1]} {match[2]}") if target else None


def _own_target(cell: str) -> Target:
    if cell in ("name", "notes", "type"):
        return Target(cell)
    return _google(cell) or (Target(cell.removeprefix("."), is_own=True) if cell.strip(".") else _left(cell))


def _left(cell: str) -> Target:
    return Target(plain_key(cell), is_left=True)


def _kept(cell: str) -> Target:
    return Target(plain_key(cell), is_left=True, is_known=True)


def _bad_target(text: str, hint: str) -> PrmvaultError:
    return PrmvaultError(f'"{text[:60]}" is nothing that a column can be', exit_code=EXIT_USAGE, hint=hint)
