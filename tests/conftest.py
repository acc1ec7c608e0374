"""What the tests share: a vault of one's own, a cache of one's own, and the program as a process."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from prmvault.app.search import search
from prmvault.app.vault import Vault, open_vault

pytest_plugins = ["tests.fixtures"]

REPOSITORY = Path(__file__).resolve().parent.parent
FAILED = 70
"""The exit code of a bug: no test may ever see it."""


class Result(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str


class SampleVault:
    """A vault in a temporary folder, with shortcuts to write and touch its files."""

    def __init__(self, root: Path, settings: str = "") -> None:
        self.path = root
        self.root = str(root)
        root.mkdir(parents=True, exist_ok=True)
        self.write("prmvault.yaml", settings)

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file, with its folders."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def replace(self, path: str, content: str) -> None:
        """Write a file as most editors do: beside it, then renamed onto it."""
        beside = self.write(f"{path}.tmp", content)
        beside.replace(self.path / path)

    def fingerprint(self) -> dict[str, tuple[int, int, str]]:
        """Return mtime, mode and hash of every file in the vault."""
        found = {}
        for folder, _, names in os.walk(self.root):
            for name in names:
                file = Path(folder, name)
                status = file.lstat()
                digest = hashlib.sha256(file.read_bytes()).hexdigest()
                found[str(file.relative_to(self.path))] = (status.st_mtime_ns, status.st_mode, digest)
        return found


@pytest.fixture(autouse=True)
def _every_cache_is_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test opened: from Python 3.13 on, SQLite warns of a connection that is left to the collector."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def remembered(*args: Any, **options: Any) -> sqlite3.Connection:
        opened.append(connect(*args, **options))
        return opened[-1]

    monkeypatch.setattr(sqlite3, "connect", remembered)
    yield
    for connection in opened:
        connection.close()


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a cache folder and a home of its own, and nothing of the user's environment."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("PRMVAULT_CACHE_DIR", str(folder))
    monkeypatch.setenv("PRMVAULT_STATE_DIR", str(folder / "state"))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    for name in ("PRMVAULT_DIR", "PRMVAULT_TODAY", "NO_COLOR", "EDITOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def vault_at(tmp_path: Path) -> SampleVault:
    """Return an empty vault."""
    return SampleVault(tmp_path / "vault")


def command_line(root: str, *arguments: str) -> list[str]:
    """Return the command line that runs the program on the vault at `root`."""
    return [sys.executable, "-m", "prmvault", "-C", root, *arguments]


def environment() -> dict[str, str]:
    """Return the environment for the program as a process: this repository's code, the test's cache."""
    return {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"}


@pytest.fixture
def run_in() -> Callable[..., Result]:
    """Return a function that runs the program on a vault and waits for it; a bug in it fails the test."""

    def run(root: str, *arguments: str, timeout: float = 60.0) -> Result:
        done = subprocess.run(
            command_line(root, *arguments),
            env=environment(),
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert result.code != FAILED, result.err
        return result

    return run


@pytest.fixture
def start_in() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Return a function that starts the program on a vault; what still runs at the end of the test is killed."""
    started: list[subprocess.Popen[bytes]] = []

    def start(root: str, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            command_line(root, *arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def next_tick(folder: Path) -> None:
    """Wait until the file system's clock (some milliseconds a tick) has moved on: a later change shows in the ctime."""
    probe = folder / "tick"
    probe.write_bytes(b"")
    first = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == first:
        probe.write_bytes(b"x")
    probe.unlink()


@pytest.fixture(scope="module")
def make_vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Vault]]:
    """Return a function that opens a vault of these files (path → text), for tests that only read it."""
    opened: list[Vault] = []

    def make(files: dict[str, str | bytes], settings: str = "") -> Vault:
        base = tmp_path_factory.mktemp("vault")
        sample = SampleVault(base / "vault", settings)
        for path, content in files.items():
            sample.write(path, content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PRMVAULT_CACHE_DIR", str(base / "cache"))
            opened.append(open_vault(sample.root, say=refuse_to_say))
        return opened[-1]

    yield make
    for vault in opened:
        vault.facts.close()


def refuse_to_say(text: str) -> None:
    """Fail the test: nothing was to be said."""
    raise AssertionError(text)


def found_paths(vault: Vault, query: str, **options: Any) -> list[str]:
    """Return the paths that a search finds, best first."""
    return [found.hit.path for found in search(vault, query, most=options.pop("most", None), **options).found]
