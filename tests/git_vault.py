"""A vault that is kept in a real git, with a user who has a name and nothing else of this machine's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from prmvault.app.vault import Vault, open_vault
from tests.conftest import SampleVault, refuse_to_say

if TYPE_CHECKING:
    import pytest


class GitVault(SampleVault):
    """A vault with a repository."""

    def __init__(self, root: Path, settings: str = "") -> None:
        super().__init__(root, settings)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, day: str = "2026-01-01T12:00:00+0000") -> str:
        """Run git on a day; return what it prints."""
        dates = {"GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
        done = subprocess.run(
            ["git", "-c", "core.quotePath=false", *arguments],
            cwd=self.root,
            env={**os.environ, **dates},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def commit(self, message: str, day: str = "2026-01-01") -> str:
        """Commit all that is there at noon of a day; return the commit's name."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, day=f"{day}T12:00:00+0000")
        return self.git("rev-parse", "HEAD").strip()

    def text(self, path: str) -> str:
        """Return the text of a file."""
        return (self.path / path).read_bytes().decode()

    def open(self) -> Vault:
        """Open the vault; nothing may be said meanwhile."""
        return open_vault(self.root, say=refuse_to_say)


def alone_with_git(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give git a user with a name, and nothing of this machine's."""
    (home / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
