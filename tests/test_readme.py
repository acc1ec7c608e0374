"""What the README shows is what its commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shown() -> list[tuple[str, list[str]]]:
    """Return the commands of the section "A look at it" with the lines below each."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```console\n(.*?)```", text.split("## A look at it", 1)[1], re.DOTALL)
    assert block is not None
    commands: list[tuple[str, list[str]]] = []
    for line in block[1].splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif line.strip():
            commands[-1][1].append(line)
    return commands


@pytest.mark.parametrize(("command", "lines"), shown(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_command_of_the_readme_prints_what_is_shown(
    command: str, lines: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRMVAULT_CACHE_DIR", str(tmp_path / "cache"))
    words = shlex.split(command)
    assert words[0] == "prmvault"
    done = subprocess.run(
        [sys.executable, "-m", "prmvault", *words[1:]],
        cwd=ROOT / "example-vault",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    printed = done.stdout.splitlines()
    if not any(line.endswith("…") for line in lines):
        assert [line for line in printed if line.strip()] == lines
        return
    # Lines left out are shown as …, at the end of a line too; the others come in this order.
    rest = iter(printed)
    for line in lines:
        if line != "…":
            start = line.removesuffix("…")
            assert any(each == line or (start != line and each.startswith(start)) for each in rest), line
