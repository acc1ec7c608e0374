"""The rows about other programs' files: cards into an empty vault, the same again, out of it, and synced with a folder."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from measure import Command, MeasurementError, Paired, median_seconds, run_once
from rows import NOT_INSTALLED, Bench, Group, Result, ratio_row, value_row
from vocabulary import people_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from measure import Run

CARDS, QUICK_CARDS = 5_000, 500
IMPORT, IMPORT_MEMORY, AGAIN = "import vcard", "import vcard, peak memory", "import vcard again"
EXPORT, SYNC = "export vcard", "vdir, nothing to do"
# What any program has to do: read each card and write it again.
READ_AND_WRITE = """\
import sys, vobject
with open(sys.argv[1], encoding="utf-8") as file:
    for card in vobject.readComponents(file):
        sys.stdout.write(card.serialize())
"""


def _measure_exchange(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    cards = QUICK_CARDS if bench.quick else CARDS
    folder = bench.vault / "exchange"
    file = folder / "people.vcf"
    bench = bench._replace(notes=cards, vault=folder / "vault", env=bench.env | _folders(folder))
    folder.mkdir()
    file.write_text("".join(_cards(cards)), encoding="utf-8")
    times = 1 if bench.quick else 3
    runs = {IMPORT: [_fresh_import(bench, file) for _ in range(times)]}
    if {AGAIN, EXPORT, SYNC} & set(names):
        runs[AGAIN] = _several(bench, times, "import", str(file))
        runs[EXPORT] = _several(bench, times, "export", "vcard", "-o", "-")
        run_once(bench.ours("vdir", str(folder / "cards"), timeout=600))
        runs[SYNC] = _several(bench, times, "vdir", str(folder / "cards"))
    theirs = _yardstick(bench, file, times)
    for name in names:
        if name == IMPORT_MEMORY:
            peak = statistics.median(run.megabytes for run in runs[IMPORT])
            yield value_row(bench, name, peak, "MB", 300)
        else:
            yield _row(bench, name, runs[name], theirs)
    shutil.rmtree(folder)


def _row(bench: Bench, name: str, ours: list[Run], theirs: list[Run]) -> Result:
    target = 30 * bench.notes / CARDS if name == IMPORT else None
    row = value_row(bench, name, median_seconds(ours), "s", target, samples=tuple(run.seconds for run in ours))
    if not theirs:
        return row._replace(remark=f"vobject is {NOT_INSTALLED} (PyPI)")
    paired = ratio_row(bench, name, Paired(ours, theirs), None)
    return paired._replace(target=row.target, verdict=row.verdict)


def _folders(folder: Path) -> dict[str, str]:
    return {"PRMVAULT_CACHE_DIR": str(folder / "cache"), "PRMVAULT_STATE_DIR": str(folder / "state")}


def _fresh_import(bench: Bench, file: Path) -> Run:
    """Import into an empty vault that is kept in git."""
    for place in (bench.vault, Path(bench.env["PRMVAULT_CACHE_DIR"])):
        shutil.rmtree(place, ignore_errors=True)
    subprocess.run(
        [bench.program, "init", bench.vault], env=bench.env, cwd=file.parent, check=True, capture_output=True
    )
    run = run_once(bench.ours("import", str(file), timeout=600))
    made = len(list((bench.vault / "people").glob("*.md")))
    if made < bench.notes:
        raise MeasurementError(f"{made} notes came of {bench.notes} cards")
    return run


def _several(bench: Bench, times: int, *arguments: str) -> list[Run]:
    return [run_once(bench.ours(*arguments, timeout=600)) for _ in range(times)]


def _yardstick(bench: Bench, file: Path, times: int) -> list[Run]:
    if find_spec("vobject") is None:
        return []
    command = Command([sys.executable, "-c", READ_AND_WRITE, str(file)], bench.env, file.parent, timeout=600)
    return [run_once(command) for _ in range(times)]


def _cards(count: int) -> Iterator[str]:
    """Yield cards such as a phone has: name, e-mail, phone, address; some with a birthday, a company, a note."""
    chance = Random(1)
    for number, name in enumerate(people_names(chance, count, ())):
        given, _, family = name.partition(" ")
        lines = [
            *("BEGIN:VCARD", "VERSION:3.0", f"UID:bench-{number}", f"N:{family};{given};;;", f"FN:{name}"),
            f"EMAIL;TYPE=home:person{number}@example.org",
            f"TEL;TYPE=cell:+49 151 {20_000_000 + number}",
            f"ADR;TYPE=home:;;Hauptstraße {number % 200 + 1};Leipzig;;04109;Deutschland",
        ]
        if number % 2:
            lines.append(f"BDAY:{1940 + number % 70}-{number % 12 + 1:02}-{number % 28 + 1:02}")
        if number % 3 == 0:
            lines += [f"ORG:Firma {number % 40}", "TITLE:Tischlerin", "NOTE:vom Chor\\, singt Alt"]
        yield "\r\n".join([*lines, "END:VCARD", ""])


EXCHANGE_ROWS = (Group((IMPORT, IMPORT_MEMORY, AGAIN, EXPORT, SYNC), _measure_exchange),)
