"""Measure prmvault against its targets, each figure paired with a yardstick of the same minute (see README.md)."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import rows
from exchange import EXCHANGE_ROWS
from make_vault import GENERATOR, TODAY
from measure import Command, MeasurementError, clean_environment, run_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rows import Bench, Result

SIZES = (865, 5_650, 30_000)
HEADINGS = ("work", "notes", "measured", "yardstick", "ratio", "target", "verdict")


class Options(NamedTuple):
    """The command line."""

    sizes: list[int]
    quick: bool
    only: str
    program: Path
    vaults: Path
    report: Path | None


def parse_arguments(argv: list[str]) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure prmvault against its targets.")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of notes (default: %(default)s)")
    parser.add_argument("--quick", action="store_true", help="865 notes and few runs: does everything still work?")
    parser.add_argument("--only", default="", metavar="NAME", help="only the rows with this text in their name")
    parser.add_argument(
        "--program", type=Path, default=Path(sys.executable).parent / "prmvault", help="what to measure"
    )
    parser.add_argument(
        "--vaults",
        type=Path,
        default=Path(tempfile.gettempdir()) / "prmvault-bench",
        help="where vaults are kept",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", dest="report", help="write the results here as well")
    known = parser.parse_args(argv)
    sizes = [865] if known.quick else [int(size) for size in known.sizes.split(",")]
    return Options(sizes, known.quick, known.only, known.program.absolute(), known.vaults.absolute(), known.report)


def prepare_vault(folder: Path, notes: int) -> Path:
    """Return a vault of that size, kept from an earlier run where there is one."""
    vault = folder / str(notes)
    mark = folder / f"{notes}.generator"
    if not mark.exists() or mark.read_text(encoding="ascii") != str(GENERATOR):
        shutil.rmtree(vault, ignore_errors=True)
        maker = Path(__file__).with_name("make_vault.py")
        # a process of its own: a child's peak memory begins with that of the process it was forked from
        subprocess.run([sys.executable, maker, vault, str(notes)], check=True, stdout=subprocess.DEVNULL)
        mark.write_text(str(GENERATOR), encoding="ascii")
    return vault


def measure_size(options: Options, notes: int, home: Path) -> Iterator[Result]:
    """Measure every chosen row that depends on the size of the vault."""
    vault = prepare_vault(options.vaults, notes)
    env = clean_environment(home) | {
        "PRMVAULT_CACHE_DIR": str(home / f"cache-{notes}"),
        "PRMVAULT_TODAY": str(TODAY),
    }
    bench = rows.Bench(str(options.program), vault, notes, env, options.quick)
    yield from _chosen(options, bench, rows.BUILD_ROWS)
    later = [(group, wanted) for group in rows.LATER_ROWS if (wanted := _names(options, group.names))]
    if not later:
        return
    try:
        run_once(Command([str(options.program), "watch", "--once"], env, vault, timeout=1_800))
    except (MeasurementError, OSError) as error:
        yield from (rows.failure(bench, name, str(error)) for _, wanted in later for name in wanted)
        return
    for group, _ in later:
        yield from _chosen(options, bench, (group,))


def _names(options: Options, names: Iterable[str]) -> list[str]:
    return [name for name in names if options.only.casefold() in name.casefold()]


def _chosen(options: Options, bench: Bench, groups: Iterable[rows.Group]) -> Iterator[Result]:
    for group in groups:
        if wanted := _names(options, group.names):
            try:
                results = list(group.measure(bench, wanted))
            except (MeasurementError, OSError) as error:
                results = [rows.failure(bench, name, str(error)) for name in wanted]
            yield from results


def print_table(results: list[Result]) -> None:
    """Print the rows aligned, and what is to be said about them below."""
    cells = [HEADINGS, *(_cells(result) for result in results)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADINGS))]
    for row in cells:
        first, *rest = (
            text.ljust(width) if column in {0, 6} else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *rest)).rstrip())
    for result in results:
        if result.remark:
            print(f"- {result.work}, {result.notes or 'any'}: {result.remark}")


def _cells(result: Result) -> tuple[str, ...]:
    return (
        result.work,
        f"{result.notes:,}" if result.notes else "any",
        _quantity(result.measured, result.unit),
        _quantity(result.yardstick, result.unit),
        "-" if result.ratio is None else f"{result.ratio:.2f}",
        result.target,
        result.verdict,
    )


def _quantity(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "s" and value < 1:
        return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value * 1000:.0f} ms"
    return f"{value:.2f} {unit}"


def as_json(options: Options, results: list[Result]) -> dict[str, Any]:
    """Return the results with what is worth knowing about the machine."""
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    return {"machine": machine, "quick": options.quick, "rows": [result._asdict() for result in results]}


def main(argv: list[str]) -> None:
    """Measure and print; ends with 0 whatever the verdicts are."""
    options = parse_arguments(argv)
    options.vaults.mkdir(parents=True, exist_ok=True)
    results: list[Result] = []
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="prmvault-bench-home-")))
        everywhere = rows.Bench(str(options.program), home, 0, clean_environment(home), options.quick)
        for source in (
            _chosen(options, everywhere, rows.START_ROWS),
            _chosen(options, everywhere, EXCHANGE_ROWS),
            *(measure_size(options, notes, home) for notes in options.sizes),
        ):
            for result in source:
                print(
                    f"{result.work} ({result.notes or 'any'} notes): {result.verdict}",
                    file=sys.stderr,
                    flush=True,
                )
                results.append(result)
    print_table(results)
    if options.report:
        options.report.write_text(json.dumps(as_json(options, results), indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
