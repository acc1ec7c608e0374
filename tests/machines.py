"""Several machines that share one vault by a bare repository, for the tests of `sync`."""

from __future__ import annotations

import os
import subprocess
from datetime import date
from pathlib import Path

import pytest

from prmvault.app import sync as module
from prmvault.app.sync import Synced, sync
from prmvault.vault.git_setup import attributes_text

TODAY = date(2026, 11, 20)
ANNA = "people/Anna Müller.md"
NOTE = "---\ntype: person\nphones: 0170 1\n---\n\nAbout Anna.\n"
DAY = "journal/2026/2026-11-20.md"


class Machine:
    """One clone of the vault."""

    def __init__(self, root: Path) -> None:
        self.path = root
        self.root = str(root)
        self.said: list[str] = []

    def git(self, *arguments: str, fails: bool = False) -> str:
        """Run git here; return its output."""
        done = subprocess.run(["git", *arguments], cwd=self.path, capture_output=True, check=False)
        assert fails or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file, with its folders."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, path: str) -> str:
        """Return the text of a file, line endings in it."""
        return (self.path / path).read_bytes().decode()

    def files(self) -> dict[str, bytes]:
        """Return the contents of all files but git's own."""
        found = (path for path in self.path.rglob("*") if path.is_file() and ".git" not in path.parts)
        return {str(path.relative_to(self.path)): path.read_bytes() for path in found}

    def sync(self, *, dry_run: bool = False) -> Synced:
        """Sync this clone."""
        return sync(self.root, TODAY, self.said.append, dry_run=dry_run)

    def log(self) -> list[str]:
        """Return the subjects of the commits, newest first."""
        return self.git("log", "--topo-order", "--format=%s").splitlines()

    def is_clean(self) -> bool:
        """Tell whether index and files are as the last commit has them, and nothing is left over."""
        return not self.git("status", "--porcelain") and not self.git("for-each-ref", "refs/worktree")


class Machines:
    """A bare remote and clones of it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.remote = Machine(base / "remote.git")
        subprocess.run(["git", "init", "-q", "--bare", "-b", "main", self.remote.root], check=True)

    def first(self, name: str = "first") -> Machine:
        """Make a vault with a remote that is still empty."""
        machine = Machine(self.base / name)
        for path, text in (
            ("prmvault.yaml", ""),
            (".gitattributes", attributes_text("journal")),
            (".gitignore", "/digest/\n"),
            (ANNA, NOTE),
        ):
            machine.write(path, text)
        machine.git("init", "-q")
        machine.git("remote", "add", "origin", self.remote.root)
        return machine

    def pair(self) -> tuple[Machine, Machine]:
        """Return two clones of a vault with one note, in step."""
        first = self.first()
        first.sync()
        return first, self.clone("second")

    def clone(self, name: str) -> Machine:
        """Return a further clone."""
        machine = Machine(self.base / name)
        subprocess.run(["git", "clone", "-q", self.remote.root, machine.root], check=True)
        return machine


@pytest.fixture
def machines(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    """Return a remote for the machines of a user with a name in git's configuration."""
    (cache / ".gitconfig").write_text(
        "[user]\nname = Jonas\nemail = jonas@example.org\n[init]\ndefaultBranch = main\n[gc]\nauto = 0\n"
    )
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    # Index and digest are what takes the time; test_index_and_digest_know_what_came_in sees to them.
    monkeypatch.setattr(module, "_refresh", lambda *_: None)
    return Machines(tmp_path)
