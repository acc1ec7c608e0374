"""A plug-in of the tests: golden files (`--update` writes them anew), the program in this process, the example vault."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

FOLDER = Path(__file__).parent / "golden"
EXAMPLE = Path(__file__).parent.parent / "example-vault"
A_DAY = "2026-11-20"
"""The day on which the example vault is looked at."""

Golden = Callable[[str, str], None]


class Ran(NamedTuple):
    """How a command ended: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Prmvault = Callable[..., Ran]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden files anew instead of comparing")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Return a function that compares a text with the golden file of that name."""

    def compare(name: str, text: str) -> None:
        file = FOLDER / name
        if request.config.getoption("--update"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        assert text == file.read_bytes().decode(), f"{name} differs; if it is right so: pytest --update"

    return compare


@pytest.fixture
def prmvault(capsys: pytest.CaptureFixture[str]) -> Prmvault:
    """Return a function that runs a command line in this process, as `run` does, without its end of the process."""
    from prmvault.cli.main import _run

    def run(*arguments: str) -> Ran:
        capsys.readouterr()
        code = _run([*arguments])
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[int], None]:
    """Return a function that makes standard output and error a terminal of so many columns."""

    def make(columns: int) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return make


@pytest.fixture(scope="session")
def _example(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    root = tmp_path_factory.mktemp("example") / "vault"
    shutil.copytree(EXAMPLE, root)
    return str(root), str(tmp_path_factory.mktemp("example-cache"))


@pytest.fixture
def example(_example: tuple[str, str], monkeypatch: pytest.MonkeyPatch, cache: Path) -> str:
    """Return the root of a copy of the example vault, for reading only; all tests share it and its cache."""
    root, its_cache = _example
    monkeypatch.setenv("PRMVAULT_CACHE_DIR", its_cache)
    monkeypatch.setenv("PRMVAULT_TODAY", A_DAY)
    return root


def without_color(text: str) -> str:
    """Return `text` without colours."""
    return re.sub("\x1b\\[[0-9;]*m", "", text)
