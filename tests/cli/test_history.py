"""`history`, `undo` and `show --at` as one types them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
import pytest

from prmvault.cli.history import history_command, undo_command
from prmvault.cli.main import COMMANDS, cli
from tests.fixtures import Prmvault
from tests.git_vault import GitVault, alone_with_git

ANN = "people/Ann.md"

not_yet = pytest.mark.skipif("undo" not in COMMANDS, reason="the table of commands does not have it yet")


@pytest.fixture
def sample(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> GitVault:
    alone_with_git(cache, monkeypatch)
    for name, command in (("history", history_command), ("undo", undo_command)):
        if name not in COMMANDS:
            monkeypatch.setitem(COMMANDS, name, ("history", str(command.help)))
    vault = GitVault(tmp_path / "vault")
    vault.write(ANN, "---\ntype: person\nphone: 0170 1\nbirthday: 1987-03-14\n---\n")
    vault.commit("first", "2026-01-01")
    vault.write(ANN, "---\ntype: person\nphone: 0171 2\nbirthday: 1987-03-14\n---\n")
    vault.commit("second", "2026-01-05")
    return vault


def test_the_history_is_a_line_a_commit_and_a_line_a_change(prmvault: Prmvault, sample: GitVault) -> None:
    second, first = sample.git("log", "--format=%H").split()
    sample.write(ANN, sample.text(ANN) + "Sings.\n")
    ran = prmvault("-C", sample.root, "history", "ann")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "not committed yet\n"
        "  text: 1 line added: Sings.\n"
        f"2026-01-05 12:00  {second[:10]}  Jonas: second\n"
        "  phone: 0170 1 → 0171 2\n"
        f"2026-01-01 12:00  {first[:10]}  Jonas: first\n"
        "  created\n"
        "  type: added person\n"
        "  phone: added 0170 1\n"
        "  birthday: added 1987-03-14\n"
    )


def test_where_there_is_more_it_is_said(prmvault: Prmvault, sample: GitVault) -> None:
    ran = prmvault("-C", sample.root, "history", "ann", "-n", "1")
    assert len(ran.out.splitlines()) == 2
    assert "there is more: -n 2 shows it" in ran.err
    assert prmvault("-C", sample.root, "history", "ann", "-n", "2").err == ""


def test_the_json_has_the_values(prmvault: Prmvault, sample: GitVault) -> None:
    second = sample.git("rev-parse", "HEAD").strip()
    sample.write(ANN, sample.text(ANN) + "Sings.\n")
    found: Any = json.loads(prmvault("-C", sample.root, "history", "ann", "-n", "2", "--json").out)
    assert found[0]["commit"] is None
    assert found[1] == {
        "date": "2026-01-05T12:00:00+00:00",
        "author": "Jonas",
        "commit": second,
        "message": "second",
        "path": ANN,
        "changes": [
            {"kind": "changed", "key": "phone", "before": "0170 1", "after": "0171 2", "text": "phone: 0170 1 → 0171 2"}
        ],
    }


def test_what_a_hostile_commit_says_is_cleaned(prmvault: Prmvault, sample: GitVault) -> None:
    sample.write(ANN, '---\ntype: person\nphone: "a\\e[31mb\\u202e"\n---\n\x1b]0;x\x07\n')
    sample.git("add", "-A")
    sample.git("-c", "user.name=Mal\x1b[2Jlory\r", "commit", "-q", "-m", "x\x1b]0;owned\x07\u202ey")
    ran = prmvault("-C", sample.root, "history", "ann", "-n", "1")
    assert ran.code == 0
    assert not [char for char in ran.out if not char.isprintable() and char != "\n"]
    assert "Mal" in ran.out
    assert json.loads(prmvault("-C", sample.root, "history", "ann", "--json").out)


def test_a_vault_without_git_is_told_in_a_line(prmvault: Prmvault, sample: GitVault) -> None:
    (sample.path / ".git").rename(sample.path.parent / "away")
    for command in (("history", "ann"), ("undo",)):
        ran = prmvault("-C", sample.root, *command)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("prmvault: the vault is not kept in git, so nothing is known of the past\n")


def test_a_note_of_which_nothing_is_known_is_told(prmvault: Prmvault, sample: GitVault) -> None:
    assert prmvault("-C", sample.root, "history", "nobody").code == 1
    assert prmvault("-C", sample.root, "undo").err.startswith("prmvault: prmvault has made no commit here")


def test_a_note_that_was_deleted_has_its_history(prmvault: Prmvault, sample: GitVault) -> None:
    (sample.path / ANN).unlink()
    ran = prmvault("-C", sample.root, "history", "Ann", "-n", "1")
    assert (ran.code, ran.out) == (0, "not committed yet\n  deleted\n")
    sample.commit("third", "2026-01-07")
    for name in ("Ann", "people/Ann", "people/Ann.md"):
        ran = prmvault("-C", sample.root, "history", name)
        assert ran.code == 0
        assert [line for line in ran.out.splitlines() if line.startswith("2026")] == [
            f"2026-01-0{day} 12:00  {commit[:10]}  Jonas: {subject}"
            for day, commit, subject in zip(
                (7, 5, 1), sample.git("log", "--format=%H").split(), ("third", "second", "first"), strict=True
            )
        ]


def test_many_changes_of_one_commit_are_counted(prmvault: Prmvault, sample: GitVault) -> None:
    sample.write(ANN, "---\n" + "".join(f"key{number}: x\n" for number in range(30)) + "---\n")
    sample.commit("third", "2026-01-07")
    ran = prmvault("-C", sample.root, "history", "ann", "-n", "1")
    assert len(ran.out.splitlines()) == 14
    assert ran.out.endswith("  and 21 more\n")


@not_yet
def test_undo_says_what_it_took_back(prmvault: Prmvault, sample: GitVault) -> None:
    prmvault("-C", sample.root, "rename", "Ann", "Cleo")
    day = sample.git("log", "-1", "--format=%aI")[:10]
    ran = prmvault("-C", sample.root, "undo", "--dry-run")
    assert (ran.code, ran.out) == (0, "people/Ann.md: file: people/Cleo.md → people/Ann.md\npeople/Cleo.md: deleted\n")
    assert ran.err == f"prmvault: would undo: rename Ann to Cleo (of {day}); 2 files\n"
    assert (sample.path / "people/Cleo.md").exists()
    ran = prmvault("-C", sample.root, "undo")
    assert (ran.code, ran.out) == (0, "people/Ann.md\n")
    assert ran.err == f"prmvault: undone: rename Ann to Cleo (of {day}); 2 files\n"
    assert os.listdir(sample.path / "people") == ["Ann.md"]


@not_yet
def test_show_at_a_day_is_the_card_of_that_day(prmvault: Prmvault, sample: GitVault) -> None:
    sample.write(ANN, sample.text(ANN).replace("birthday: 1987-03-14\n", "") + "Sings.\n")
    first = sample.git("log", "--format=%H").split()[1]
    ran = prmvault("-C", sample.root, "--today", "2026-11-20", "show", "ann", "--at", "2026-01-03")
    assert ran.code == 0
    assert "born\t1987-03-14 · 38 years, birthday in 2 months" in ran.out
    assert "0170 1" in ran.out
    assert ran.err == f"prmvault: as of Sat 2026-01-03, by the commit {first[:10]} of 2026-01-01\n"
    found = json.loads(prmvault("-C", sample.root, "show", "ann", "--at", "2026-01-10", "--json").out)
    assert (found["age"], found["fields"]["phone"]) == (38, "0171 2")
    ran = prmvault("-C", sample.root, "show", "ann", "--at", "2025-01-01")
    assert (ran.code, ran.out) == (1, "")
    assert prmvault("-C", sample.root, "show", "ann", "--at", "soonish").code == 2


def test_both_have_a_help_with_an_example() -> None:
    for command in (history_command, undo_command):
        assert "Example:" in command.get_help(click.Context(command, parent=click.Context(cli)))
