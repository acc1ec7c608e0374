"""`sync`, `git-setup` and `conflicts` as one types them: what they print, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import environment
from tests.fixtures import Prmvault
from tests.machines import ANNA, DAY, NOTE, Machine, Machines, machines

__all__ = ["machines"]


def test_each_step_is_a_line(prmvault: Prmvault, machines: Machines) -> None:
    first, second = machines.pair()
    first.write(ANNA, NOTE.replace("phones:", "cadence: 2 weeks\nphones:"))
    ran = prmvault("-C", first.root, "sync")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "committed: Anna Müller: cadence (1 file)\npushed: 1 commit to origin/main\n"
    second.write(ANNA, NOTE.replace("phones:", "cadence: 3 weeks\nphones:"))
    second.write(DAY, "- call\n")
    second.write(".env", "x\n")
    ran = prmvault("-C", second.root, "sync")
    assert ran.out == (
        "set up: merge drivers, core.symlinks=false\n"
        "committed: Anna Müller: cadence; journal 2026-11-20 (2 files)\n"
        "merged: 1 commit from origin/main, 1 file\n"
        "changed on both sides: people/Anna Müller.md\n"
        "said differently: people/Anna Müller.md\n"
        "pushed: 2 commits to origin/main\n"
    )
    assert "not in git, and left so: .env" in ran.err
    assert "prmvault conflicts lists" in ran.err
    assert prmvault("-C", second.root, "sync").out == "up to date with origin/main\n"


def test_json_tells_all_of_it(prmvault: Prmvault, machines: Machines) -> None:
    first, _ = machines.pair()
    first.write(ANNA, NOTE + "More.\n")
    told = json.loads(prmvault("-C", first.root, "sync", "--json").out)
    assert told["message"] == "Anna Müller: text"
    assert (told["branch"], told["remote"], told["pushed"], told["ahead"]) == ("main", "origin", 1, 0)


def test_a_dry_run_lists_what_would_be_committed(prmvault: Prmvault, machines: Machines) -> None:
    first, _ = machines.pair()
    first.write(ANNA, NOTE + "More.\n")
    assert prmvault("-C", first.root, "sync", "--dry-run").out == (
        "to commit: Anna Müller: text\n"
        "  people/Anna Müller.md\n"
        "0 commits to push to origin/main, 0 commits to merge from it\n"
    )


def test_without_a_way_to_the_remote_the_code_says_try_again(prmvault: Prmvault, machines: Machines) -> None:
    first, _ = machines.pair()
    first.git("remote", "set-url", "origin", "/nowhere.git")
    first.write(ANNA, NOTE + "More.\n")
    ran = prmvault("-C", first.root, "sync")
    assert ran.code == 75
    assert ran.out == "committed: Anna Müller: text (1 file)\nnot pushed\n"
    assert "origin can't be reached" in ran.err


def test_a_vault_that_is_not_kept_in_git_is_told_so(prmvault: Prmvault, tmp_path: Path) -> None:
    Machine(tmp_path / "v").write("prmvault.yaml", "")
    ran = prmvault("-C", str(tmp_path / "v"), "sync")
    assert (ran.code, ran.out) == (1, "")
    assert "not kept in git" in ran.err


def test_git_setup_sets_up_once_and_check_tells_where_it_is_missing(prmvault: Prmvault, machines: Machines) -> None:
    _, second = machines.pair()
    assert "[no-merge-driver]" in prmvault("-C", second.root, "check").out
    assert prmvault("-C", second.root, "git-setup").err == "prmvault: set up: merge drivers, core.symlinks=false\n"
    assert prmvault("-C", second.root, "git-setup").err == "prmvault: this clone is set up already\n"
    assert "[no-merge-driver]" not in prmvault("-C", second.root, "check").out


def test_a_vault_from_init_is_set_up(prmvault: Prmvault, machines: Machines) -> None:
    root = machines.base / "new"
    prmvault("init", str(root))
    new = Machine(root)
    assert "prmvault merge-driver" in new.git("config", "merge.prmvault.driver")
    assert "[no-merge-driver]" not in prmvault("-C", new.root, "check").out
    assert new.git("status", "--porcelain") == ""


def test_conflicts_are_listed_and_settled(prmvault: Prmvault, machines: Machines) -> None:
    first = machines.first()
    first.write(ANNA, NOTE.replace("phones:", "merge_conflicts: [{key: phones, value: 0171 2}]\nphones:"))
    ran = prmvault("-C", first.root, "conflicts")
    assert (ran.code, ran.out) == (0, f"{ANNA}:3\tphones\t0170 1\t0171 2\n")
    assert json.loads(prmvault("-C", first.root, "conflicts", "--json").out)[0]["kept"] == "0171 2"
    assert "+ phones: 0171 2" in prmvault("-C", first.root, "conflicts", "anna", "--take", "phones", "-n").out
    assert prmvault("-C", first.root, "conflicts", "anna", "--take", "phones").code == 0
    assert "phones: 0171 2\n" in first.read(ANNA)
    ran = prmvault("-C", first.root, "conflicts")
    assert (ran.code, ran.err) == (1, "prmvault: no conflicts\n")


@pytest.mark.parametrize("words", [["--take", "a"], ["anna", "--take", "a", "--drop", "b"]])
def test_what_is_to_be_settled_has_to_be_clear(prmvault: Prmvault, machines: Machines, words: list[str]) -> None:
    assert prmvault("-C", machines.first().root, "conflicts", *words).code == 2


def test_the_merge_driver_goes_without_click(tmp_path: Path) -> None:
    for name, text in (("base", "- a\n"), ("ours", "- a\n- b\n"), ("theirs", "- a\n- c\n")):
        (tmp_path / name).write_text(text)
    code = (
        "import os, sys; from prmvault.cli import start; sys.argv = ['prmvault', 'merge-driver', 'base', 'ours', 'theirs', '7', 'x.md']\n"
        "os._exit = lambda code: (print(code, 'click' in sys.modules, 'prmvault.cli.main' in sys.modules), sys.exit())\n"
        "start.run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stdout == "0 False False\n", done.stderr
    assert (tmp_path / "ours").read_text().count("- ") == 3


def test_the_merge_driver_is_a_command_that_help_does_not_list(prmvault: Prmvault, tmp_path: Path) -> None:
    for name, text in (("base", "a\n"), ("ours", "b\n"), ("theirs", "a\n")):
        (tmp_path / name).write_text(text)
    names = [str(tmp_path / name) for name in ("base", "ours", "theirs")]
    assert prmvault("merge-driver", *names, "7", "x.md").code == 0
    assert "merge-driver" not in prmvault("--help").out


PAGE = "digest/2026-W47.md"


def test_with_the_setting_the_pages_go_with_the_notes(prmvault: Prmvault, machines: Machines) -> None:
    first, second = machines.pair()
    first.write(PAGE, "# Week 47\n")
    assert prmvault("-C", first.root, "sync").out == "up to date with origin/main\n"
    first.write("prmvault.yaml", "digest: {commit: true}\n")
    dry = prmvault("-C", first.root, "sync", "--dry-run").out
    assert dry.startswith("to set up: .gitignore\n")
    assert first.read(".gitignore") == "/digest/\n"
    ran = prmvault("-C", first.root, "sync")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("set up: .gitignore\n")
    assert set(first.git("ls-files").split()) >= {PAGE, ".gitignore", "prmvault.yaml"}
    assert prmvault("-C", first.root, "sync").out == "up to date with origin/main\n"
    assert prmvault("-C", second.root, "sync").code == 0
    assert (second.read(PAGE), second.read(".gitignore")) == ("# Week 47\n", "")
    second.write(PAGE, "# Week 47\n\nMine.\n")
    assert prmvault("-C", second.root, "sync").code == 0
    assert prmvault("-C", first.root, "sync").code == 0
    assert first.read(PAGE) == "# Week 47\n\nMine.\n"


def test_git_setup_has_git_ignore_the_pages_again_and_names_those_that_git_still_keeps(
    prmvault: Prmvault, machines: Machines
) -> None:
    first, _ = machines.pair()
    first.write("prmvault.yaml", "digest: {commit: true}\n")
    first.write(PAGE, "# Week 47\n")
    prmvault("-C", first.root, "sync")
    assert prmvault("-C", first.root, "git-setup").err == "prmvault: this clone is set up already\n"
    first.write("prmvault.yaml", "digest: {commit: false}\n")
    ran = prmvault("-C", first.root, "git-setup")
    assert ran.err.startswith("prmvault: set up: .gitignore\nprmvault: git still keeps pages in digest/")
    assert "git rm -r --cached digest" in ran.err
    assert "/digest/\n" in first.read(".gitignore")
    assert PAGE in first.files()


def test_git_setup_names_a_pattern_of_the_user_that_the_setting_is_against(
    prmvault: Prmvault, machines: Machines
) -> None:
    first, _ = machines.pair()
    first.write("prmvault.yaml", "digest: {commit: true}\n")
    first.write(".gitignore", "/dig*\n/digest/\n")
    ran = prmvault("-C", first.root, "git-setup")
    assert "a pattern of yours has git ignore it" in ran.err
    assert "git check-ignore -v digest/2026-W01.md" in ran.err
    assert first.read(".gitignore") == "/dig*\n"
