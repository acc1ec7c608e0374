"""docs/automation.md shows what works: commands that are there, units that systemd takes, a hook that git runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from prmvault.cli.main import cli
from tests.conftest import REPOSITORY, environment
from tests.machines import ANNA, NOTE, Machines, machines

__all__ = ["machines"]

PAGE = (REPOSITORY / "docs" / "automation.md").read_text(encoding="utf-8")
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")

LAST = (59, 23, 31, 12, 7)
"""The last minute, hour, day, month and weekday of cron."""


def fenced(language: str) -> list[str]:
    """Return the blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def cron_lines() -> list[list[str]]:
    return [
        line.split(None, 5) for block in fenced("cron") for line in block.splitlines() if not line.startswith("PATH=")
    ]


def commands() -> list[str]:
    """Return the command lines of prmvault on the page, up to what a shell does with them."""
    lines = [line for block in fenced("sh") for line in block.splitlines()]
    lines += [fields[5] for fields in cron_lines()]
    lines += re.findall(r"^ExecStart=%h/\.local/bin/(.*)$", PAGE, re.MULTILINE)
    found = [re.split(r" [>|&]", line.removeprefix("exec "))[0] for line in lines]
    return sorted({line for line in found if line.startswith("prmvault ")})


@pytest.mark.parametrize("line", commands())
def test_each_command_of_the_page_is_one(line: str) -> None:
    words = shlex.split(line)[1:]
    with cli.make_context("prmvault", words, resilient_parsing=True):
        pass
    words = words[2:] if words[0] == "-C" else words
    command = cli.get_command(click.Context(cli), words[0])
    assert command is not None
    with click.Context(cli) as around, command.make_context(words[0], words[1:], parent=around):
        pass


def test_the_lines_for_cron_have_times_that_there_are() -> None:
    assert cron_lines()
    for *times, command in cron_lines():
        for time, last in zip(times, LAST, strict=True):
            assert re.fullmatch(r"\*(/\d{1,2})?|\d{1,2}", time)
            assert int(time.removeprefix("*").lstrip("/") or 0) <= last
        assert command.startswith("prmvault -C /")
        assert "%" not in command


@needs_systemd
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = fenced("systemd")
    assert len(units) == 3
    (tmp_path / "run").mkdir(mode=0o700)
    for number, unit in enumerate(units):
        ending = "timer" if "[Timer]" in unit else "service"
        file = tmp_path / f"vault-{'mail' if number < 2 else 'sync'}.{ending}"
        file.write_text(unit.replace("%h/.local/bin/prmvault", sys.executable))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", *map(str, sorted(tmp_path.glob("vault-*")))],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, [line for line in done.stderr.splitlines() if "vault-" in line]) == (0, [])


@needs_systemd
def test_systemd_knows_the_times_of_the_timers() -> None:
    times = re.findall(r"OnCalendar=([^`\n]+)", PAGE)
    assert len(times) == 2
    subprocess.run(["systemd-analyze", "calendar", *times], check=True, capture_output=True)


def test_git_runs_the_hook_after_a_pull(machines: Machines, tmp_path: Path) -> None:
    first, second = machines.pair()
    program = tmp_path / "bin" / "prmvault"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m prmvault "$@"\n')
    program.chmod(0o755)
    hook = second.path / ".git" / "hooks" / "post-merge"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(next(block for block in fenced("sh") if block.startswith("#!/bin/sh")))
    hook.chmod(0o755)
    first.write(ANNA, NOTE + "More.\n")
    first.sync()
    around = {
        **environment(),
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PRMVAULT_TODAY": "2026-11-20",
    }
    done = subprocess.run(
        ["git", "pull", "-q"], cwd=second.path, env=around, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (second.path / "digest" / "2026-W47.md").is_file()
    assert second.is_clean()


def test_links_of_the_page_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    known = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= known
    for file in re.findall(r"\]\(([\w.]+)#", PAGE):
        assert (REPOSITORY / "docs" / file).is_file()
