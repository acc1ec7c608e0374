"""`init`, `add` and `journal` as commands: what they print, and the editor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor with arguments that writes down how it was called."""
    script, log = tmp_path / "my editor.py", tmp_path / "log"
    script.write_text(f"import sys\nopen({str(log)!r}, 'w').write('\\n'.join(sys.argv[1:]))\n")
    monkeypatch.setenv("EDITOR", f'"{sys.executable}" "{script}" --wait')
    return log


def test_init_tells_what_it_made_and_that_a_vault_is_left_alone(prmvault: Any, tmp_path: Path) -> None:
    root = str(tmp_path / "vault")
    done = prmvault("init", root)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("prmvault: made .gitignore, .gitattributes, prmvault.yaml")
    assert done.err.endswith(f"    → cd {root}, then prmvault add person NAME\n")
    again = prmvault("init", root)
    assert (again.code, again.err) == (0, f"prmvault: {root} is a vault already; nothing was changed\n")


def test_init_makes_a_vault_of_the_folder_one_stands_in_or_names(
    prmvault: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert prmvault("-C", "named", "init").code == 0
    assert (tmp_path / "named/prmvault.yaml").exists()
    assert prmvault("init").code == 0
    assert (tmp_path / "prmvault.yaml").exists()


def test_init_where_a_file_is_in_the_way_is_no_bug(prmvault: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = prmvault("init", str(tmp_path / "file"))
    assert done.code == 1
    assert "file" in done.err
    assert "bug" not in done.err


def test_the_example_is_a_vault(prmvault: Any, tmp_path: Path) -> None:
    root = str(tmp_path / "vault")
    assert "made the example vault" in prmvault("init", root, "--example").err
    assert prmvault("-C", root, "find", "oma").code == 0
    refused = prmvault("init", str(tmp_path), "--example")
    assert (refused.code, refused.err.splitlines()[1]) == (2, "    → give the example a folder of its own")


def test_add_prints_the_path(prmvault: Any, vault_at: Any) -> None:
    done = prmvault("-C", vault_at.root, "add", "person", "Anna", "Müller", "--set", "birthday=--03-14")
    assert (done.code, done.out, done.err) == (0, "people/Anna Müller.md\n", "")
    again = prmvault("-C", vault_at.root, "add", "person", "anna müller")
    assert (again.code, again.out) == (2, "")
    assert "people/Anna Müller.md is there already" in again.err


def test_what_was_added_is_found_at_once(prmvault: Any, vault_at: Any) -> None:
    prmvault("-C", vault_at.root, "add", "person", "Anna Müller", "--set", "phones=0170123456")
    assert prmvault("-C", vault_at.root, "find", "0170123456", "--paths").out == "people/Anna Müller.md\n"
    assert prmvault("-C", vault_at.root, "search", "mueller", "--paths").out == "people/Anna Müller.md\n"


def test_a_day_is_told_as_it_was_understood(prmvault: Any, vault_at: Any) -> None:
    done = prmvault("-C", vault_at.root, "--today", "2026-11-20", "journal", "last", "friday")
    assert (done.code, done.out) == (0, "journal/2026/2026-11-13.md\n")
    assert done.err == "prmvault: → Fri 2026-11-13\n"
    assert prmvault("-C", vault_at.root, "--today", "2026-11-20", "journal").out == "journal/2026/2026-11-20.md\n"
    assert prmvault("-C", vault_at.root, "--today", "2026-11-20", "journal", "vor 3 Tagen").out.endswith("11-17.md\n")


@pytest.mark.parametrize("day", ["someday", "3/4/26", "2026-02-30"])
def test_what_is_no_day_is_refused(prmvault: Any, vault_at: Any, day: str) -> None:
    done = prmvault("-C", vault_at.root, "journal", day)
    assert (done.code, done.out) == (2, "")
    assert not (vault_at.path / "journal").exists()


@pytest.mark.parametrize("command", [["add", "person", "Ann Lee"], ["journal", "2026-11-20"]])
def test_the_editor_gets_its_arguments_and_the_file(
    prmvault: Any, vault_at: Any, editor: Path, command: list[str]
) -> None:
    done = prmvault("-C", vault_at.root, *command, "-e")
    assert done.code == 0
    wait, path = editor.read_text().split("\n")
    assert (wait, path) == ("--wait", f"{vault_at.root}/{done.out.strip()}")


def test_visual_counts_before_editor(
    prmvault: Any, vault_at: Any, editor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "false")
    done = prmvault("-C", vault_at.root, "journal", "-e")
    assert done.code == 1
    assert "the editor 'false' ended with 1; the note is as it left it" in done.err
    assert not editor.exists()


@pytest.mark.parametrize("chosen", ["no-such-editor --wait", "'unclosed"])
def test_an_editor_that_cant_be_started_is_told(
    prmvault: Any, vault_at: Any, monkeypatch: pytest.MonkeyPatch, chosen: str
) -> None:
    monkeypatch.setenv("EDITOR", chosen)
    done = prmvault("-C", vault_at.root, "add", "person", "Ann", "-e")
    assert done.code == 2
    assert "can't be started" in done.err
    assert done.out == "people/Ann.md\n"


@pytest.mark.parametrize("command", [["add", "person", "Ann"], ["journal"]])
def test_without_an_editor_nothing_is_made(prmvault: Any, vault_at: Any, command: list[str]) -> None:
    before = vault_at.fingerprint()
    done = prmvault("-C", vault_at.root, *command, "--edit")
    assert (done.code, done.out) == (2, "")
    assert done.err == "prmvault: no editor is set\n    → export EDITOR=vim (or nano, or 'code -w')\n"
    assert vault_at.fingerprint() == before


def test_an_editor_is_no_shell_command(
    prmvault: Any, vault_at: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", f"true; touch {tmp_path}/run")
    prmvault("-C", vault_at.root, "journal", "-e")
    assert not (tmp_path / "run").exists()
