"""The long form of the simulation of three machines: `python -m tests.bench.sync_simulation --steps 400 --rounds 4`."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.simulation import ENVIRONMENT, simulate


def run_as_process(root: str, *arguments: str) -> int:
    """Run prmvault as a process; what it says is shown where it fails."""
    command = [sys.executable, "-m", "prmvault", "-C", root, *arguments]
    done = subprocess.run(command, env={**os.environ, **ENVIRONMENT}, capture_output=True, check=False)
    if done.returncode:
        print(" ".join(command), done.stdout.decode(), done.stderr.decode(), sep="\n", file=sys.stderr)
    return done.returncode


def _rounds(steps: int, seeds: Iterator[int], base: Path) -> bool:
    good = True
    for seed in seeds:
        folder = base / str(seed)
        folder.mkdir()
        report = simulate(folder, seed, steps, run_as_process)
        good = good and report.is_good()
        counts = ", ".join(f"{name} {count}" for name, count in sorted(report.counts.items()))
        print(
            f"seed {seed}: steps {report.steps}, merges {report.counts['merges']}, edits tracked {report.edits}, "
            f"lost {len(report.lost)}, unticked {len(report.unticked)}, invalid {len(report.invalid)}, "
            f"diverged {len(report.diverged)} ({report.seconds:.0f} s; {counts})",
            flush=True,
        )
        for what in (report.lost, report.unticked, report.invalid, report.diverged):
            if what:
                print("   ", *what[:8], f"in {folder}")
        if report.is_good():
            shutil.rmtree(folder)
    return good


def main() -> int:
    """Run the simulation as the command line says; 1 where something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="sync-simulation-"))
    os.environ["PRMVAULT_CACHE_DIR"] = str(base / "cache")
    os.environ["HOME"] = str(base)
    (base / ".gitconfig").write_text("[user]\nname = Sim\nemail = sim@example.org\n[gc]\nauto = 0\n")
    good = _rounds(options.steps, iter(range(options.seed, options.seed + options.rounds)), base)
    if good:
        shutil.rmtree(base)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
