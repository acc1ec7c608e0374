"""`check --fix`: what can be put right without asking, said line by line, and made as one commit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from prmvault.app.steps import Edit, Move, Plan, carry_out, text_of
from prmvault.app.values import known_day
from prmvault.core.dates import DateError, parse_partial_date
from prmvault.core.note import parse_note
from prmvault.core.problems import PrmvaultError, Problem
from prmvault.core.repair import repaired
from prmvault.vault.refresh import reading_of, types_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from prmvault.app.vault import Vault
    from prmvault.core.schema import Field

_IN_NOTES = ("unquoted-link", "bad-date", "old-key")
"""Codes of what may be repaired inside of a note."""

_PROBES = (date(2000, 6, 15), date(2012, 3, 9))
"""What a text tells on both of these days has nothing to do with today."""

_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_DAY_AND_MONTH = re.compile(r"[0-9]{1,2}\. ?[0-9]{1,2}\.|[^/]{0,20}[^\W\d_]{3}[^/]{0,20}")


class Repaired(NamedTuple):
    """One thing that was put right: its place as it was, the code of the problem, and what was done."""

    path: str
    line: int
    code: str
    message: str


class Repairs(NamedTuple):
    """What can be repaired, how it is done, and the problems that stay."""

    done: tuple[Repaired, ...]
    plan: Plan
    left: tuple[Problem, ...]


def plan_repairs(vault: Vault, problems: Sequence[Problem]) -> Repairs:
    """Return what of `problems` can be repaired safely; nothing is written yet."""
    done: list[Repaired] = []
    steps: list[Edit | Move] = []
    gone: set[tuple[str, int, str]] = set()
    new: dict[str, list[Problem]] = {}
    types, reading = types_of(vault.settings), reading_of(vault.settings)
    for path in dict.fromkeys(problem.path for problem in problems if problem.code in _IN_NOTES):
        note = vault.facts.note(path)
        fields = types[note.type].fields if note and note.readable and note.type in types else {}
        try:
            text, repairs = repaired(text_of(vault, path), fields, day_meant) if fields else ("", [])
        except PrmvaultError:
            continue  # It went, or changed to something that does not parse: it stays as it is.
        if repairs:
            done += [Repaired(path, *repair) for repair in repairs]
            steps.append(Edit(path, partial(_repaired_text, fields=fields)))
            new[path] = [problem for problem in parse_note(path, text, reading).problems if problem.code in _IN_NOTES]
            gone |= {(path, repair.line, repair.code) for repair in repairs if repair.code == "old-key"}
    for old, path in _composed_names(vault, problems):
        done.append(Repaired(old, 0, "name-not-nfc", f"renamed to {path}, which looks the same"))
        steps.append(Move(old, path))
        gone.add((old, 0, "name-not-nfc"))
    left = [problem for path in new for problem in new[path]]
    left += [
        problem
        for problem in problems
        if problem[:3] not in gone and not (problem.path in new and problem.code in ("unquoted-link", "bad-date"))
    ]
    left.sort(key=lambda problem: (problem.path, problem.line, problem.code))
    count = f"{len(done)} problem" if len(done) == 1 else f"{len(done)} problems"
    return Repairs(tuple(sorted(done)), Plan(f"Repair {count} that check found", tuple(steps)), tuple(left))


def repair(vault: Vault, repairs: Repairs) -> None:
    """Make the repairs, as one commit where the vault is kept in git; raises PrmvaultError as `carry_out` does."""
    carry_out(vault, repairs.plan)


def day_meant(text: str) -> str:
    """Return the one day that a text can mean, whoever reads it and whenever, as a partial date; else nothing.

    `14.3.1987`, `1987/03/14`, `March 14, 1987` and `14. März` are such; 3/4/1987 and 14.3.87 are not. What is a partial
    date already, perhaps with a time behind it, gives nothing.
    """
    if _is_date(text) or not (_YEAR.search(text) or _DAY_AND_MONTH.fullmatch(text.strip())):
        return ""
    try:
        days = {known_day(text, probe) for probe in _PROBES}
    except PrmvaultError:
        return ""
    day = str(days.pop())
    return "" if days else day


def _is_date(text: str) -> bool:
    try:
        parse_partial_date(text)
    except DateError:
        return False
    return True


def _repaired_text(text: str, fields: Mapping[str, Field]) -> str:
    return repaired(text, fields, day_meant)[0]


def _composed_names(vault: Vault, problems: Iterable[Problem]) -> Iterator[tuple[str, str]]:
    """Return (path, new path) of the files whose names can be written in NFC: no file and no folder is in the way."""
    there = set(vault.facts.files())
    for path in [problem.path for problem in problems if problem.code == "name-not-nfc"]:
        folder, slash, name = path.rpartition("/")
        new = f"{folder}{slash}{normalize('NFC', name)}"
        if new not in there and new != path:
            there.add(new)
            yield path, new
