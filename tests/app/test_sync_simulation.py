"""The simulation in short: three machines, one without prmvault, and nothing is lost."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from prmvault.app import sync as module
from prmvault.app.sync import sync
from prmvault.cli.main import _run
from tests.machines import TODAY
from tests.simulation import simulate


@pytest.mark.parametrize("seed", [1, 2])
def test_three_machines_lose_nothing(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n[gc]\nauto = 0\n")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setattr(module, "_refresh", lambda *_: None)

    def run(root: str, *arguments: str) -> int:
        if arguments == ("sync",):
            return 1 if sync(root, TODAY, lambda _: None).offline else 0
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return _run(["-C", root, *arguments])

    report = simulate(tmp_path, seed, 60, run, kills=False)
    assert (report.lost, report.unticked, report.invalid, report.diverged) == ([], [], [], [])
    assert report.edits > 12
    assert report.counts["merges"] > 3
