"""The program as a whole: help, options, exit codes, and how it ends."""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from prmvault.cli.main import COMMANDS

REPOSITORY = Path(__file__).resolve().parent.parent.parent
PAGES = ["", *COMMANDS]


def started(*arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a process."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **more.pop("env", {})}
    command = [sys.executable, "-m", "prmvault", *arguments]
    return subprocess.run(command, env=environment, check=False, timeout=60, **{"capture_output": True, **more})


# Help


def help_page(prmvault: Any, name: str) -> str:
    done = prmvault(*([name] if name else []), "--help")
    assert (done.code, done.err) == (0, "")
    return str(done.out)


@pytest.mark.parametrize("name", PAGES)
def test_every_help_page_fits_80_columns_and_has_an_example(
    prmvault: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    page = help_page(prmvault, name)
    example = re.search(r"^  Examples?:\n((?:    prmvault .*\n)+)", page, re.MULTILINE)
    assert example, page
    assert name in example[1]
    for line in page.splitlines():
        assert cell_len(line) <= 80, line
        assert line == line.rstrip()
        assert "\b" not in line


def test_the_first_page_of_the_help_is_as_agreed(prmvault: Any, golden: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    golden("help.txt", help_page(prmvault, ""))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_in_the_help_are_command_lines_that_exist(prmvault: Any, name: str) -> None:
    import click

    from prmvault.cli.main import cli

    for line in re.findall(r"^    prmvault (\S+) ?(.*)$", help_page(prmvault, name), re.MULTILINE):
        command = cli.get_command(click.Context(cli), line[0])
        assert command is not None, line
        import shlex

        words = shlex.split(line[1].split(" | ")[0].split(" > ")[0])
        command.make_context(line[0], words, parent=click.Context(cli), resilient_parsing=True)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-") and not word[1:2].isdigit()} <= known | {"-e"}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_explains_a_command_as_its_option_does(prmvault: Any, name: str) -> None:
    assert prmvault("help", name).out == help_page(prmvault, name)


def test_help_without_a_word_is_the_page_of_the_program(prmvault: Any) -> None:
    assert prmvault("help").out == help_page(prmvault, "")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 70, 75, 130])
def test_the_exit_codes_are_explained(prmvault: Any, code: int) -> None:
    done = prmvault("help", "exit-codes")
    assert re.search(rf"^  {code} +\w", done.out, re.MULTILINE)
    assert all(cell_len(line) <= 80 for line in done.out.splitlines())


def test_the_language_of_queries_is_explained(prmvault: Any) -> None:
    done = prmvault("help", "query")
    assert all(sign in done.out for sign in ("AND", "NOT", "tag:", "date:", "person:", "~", "*"))
    assert all(cell_len(line) <= 80 for line in done.out.splitlines())


def test_there_is_no_help_on_nonsense(prmvault: Any) -> None:
    done = prmvault("help", "nonsense")
    assert (done.code, done.out) == (2, "")
    assert "there is no help on 'nonsense'" in done.err


def test_the_version_is_told(prmvault: Any) -> None:
    assert re.fullmatch(r"prmvault \d+\.\d+\.\d+\n", prmvault("--version").out)


# Usage


@pytest.mark.parametrize(("typed", "meant"), [("serch", "search"), ("serach", "search"), ("jornal", "journal")])
def test_for_an_unknown_command_the_nearest_is_named(prmvault: Any, typed: str, meant: str) -> None:
    done = prmvault(typed)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"prmvault: there is no command {typed!r}\n    → did you mean {meant}?\n"


def test_for_nonsense_nothing_is_guessed(prmvault: Any) -> None:
    assert prmvault("xyzzy").err.endswith("→ prmvault --help lists them\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ["list", "--nonsense"], ["search"], ["find"], ["add"], ["add", "person"], ["-C"], ["search", "-n", "0", "x"],
        ["search", "--sort", "size", "x"], ["completion", "tcsh"], ["list", "--color", "pink"], ["--today", "soon", "list"],
        ["list", "--today", "soon"], ["status", "extra"], ["digest", "--week", "2026-W54"],
    ],
)  # fmt: skip
def test_wrong_usage_is_2_and_told_in_two_lines_on_standard_error(
    prmvault: Any, example: str, arguments: list[str]
) -> None:
    done = prmvault(*(["-C", example] if arguments[0] != "-C" else []), *arguments)
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first.startswith("prmvault: ")
    assert second.startswith("    → ")


def test_without_a_command_the_help_is_shown(prmvault: Any) -> None:
    done = prmvault()
    assert done.code in (0, 2)  # click 8.1 took it for a question.
    assert "Keep order:" in done.out + done.err


# Exit codes


def test_done_is_0_and_nothing_found_is_1(prmvault: Any, example: str) -> None:
    assert prmvault("-C", example, "find", "oma").code == 0
    for arguments in (["find", "qqqqqq"], ["search", "qqqqqq"], ["list", "deal"], ["list", "deal", "--json"],
                      ["list", "deal", "--paths"], ["list", "tag:qqqqqq"], ["search", "--json", "qqqqqq"]):  # fmt: skip
        done = prmvault("-C", example, *arguments)
        assert (done.code, done.out, done.err) == (1, "[]\n" if "--json" in arguments else "", ""), arguments


def test_problems_are_1(prmvault: Any, example: str) -> None:
    assert prmvault("-C", example, "check").code == 1


def test_no_vault_is_3(prmvault: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (["list"], ["-C", "missing", "list"], ["-C", ".", "list"]):
        done = prmvault(*arguments)
        assert (done.code, done.out) == (3, "")
        assert "prmvault init" in done.err


def test_a_bug_is_70_with_two_lines_and_a_log(
    prmvault: Any, example: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a \x1b[31msecret\x07 reason")

    monkeypatch.setattr("prmvault.app.names.find", fail)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = prmvault("-C", example, "find", "oma")
    assert (done.code, done.out) == (70, "")
    first, second = done.err.splitlines()
    assert first == "prmvault: a bug: ZeroDivisionError: a [31msecret reason"
    log = Path(second.rsplit(" ", 1)[-1])
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0


def test_a_bug_without_a_place_for_its_log_is_told_whole(
    prmvault: Any, example: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prmvault.app.names.find", lambda *_: 1 / 0)
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    done = prmvault("-C", example, "find", "oma")
    assert done.code == 70
    assert "ZeroDivisionError" in done.err


def test_a_locked_cache_is_75(prmvault: Any, example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr("prmvault.app.vault.open_facts", locked)
    done = prmvault("-C", example, "list")
    assert (done.code, done.out) == (75, "")
    assert "try again" in done.err


@pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
def test_an_interruption_is_130(
    prmvault: Any, example: str, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("prmvault.app.names.find", stop)
    assert prmvault("-C", example, "find", "oma").code == 130


def test_ctrl_c_ends_a_running_command_with_130(vault_at: Any, start_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt = "import os, signal, time; os.kill(os.getppid(), signal.SIGINT); time.sleep(5)"
    monkeypatch.setenv("EDITOR", f'"{sys.executable}" -c "{interrupt}"')
    process = start_in(vault_at.root, "journal", "2026-11-20", "-e")
    told, errors = process.communicate(timeout=60)
    assert (process.returncode, told) == (130, b"journal/2026/2026-11-20.md\n")
    assert b"Traceback" not in errors


def test_what_the_system_refuses_is_no_bug(prmvault: Any, example: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/vault/people/x.md")

    monkeypatch.setattr("prmvault.app.names.find", full)
    done = prmvault("-C", example, "find", "oma")
    assert (done.code, done.err) == (1, "prmvault: /vault/people/x.md: No space left on device\n")


# Streams


@pytest.fixture
def large(vault_at: Any) -> str:
    """A vault whose list is larger than a pipe holds."""
    for number in range(120):
        vault_at.write(f"people/P{number:03}.md", f"---\norg: {'x' * 900}\n---\n")
    return str(vault_at.root)


@pytest.mark.parametrize(
    "arguments", [["list"], ["list", "--json"], ["list", "--csv"], ["search", "-n", "500", "type:person"]]
)
def test_a_closed_pipe_is_a_quiet_success(large: str, arguments: list[str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "prmvault", "-C", large, *arguments]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.read(10)
    process.stdout.close()
    assert process.stderr is not None
    told = process.stderr.read()
    process.stderr.close()
    assert (process.wait(60), told) == (0, b"")


def test_closed_streams_are_no_bug(example: str) -> None:
    for closed in (">&-", "2>&-", "<&-", ">&- 2>&- <&-"):
        line = f'"{sys.executable}" -m prmvault -C "{example}" list {closed}'
        done = subprocess.run(
            ["sh", "-c", line], env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, b""), closed


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["search", "type:person"]])
def test_a_full_disk_is_told_once(large: str, arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = started("-C", large, *arguments, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert (done.returncode, done.stderr) == (1, b"prmvault: No space left on device\n")


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
        {"LC_ALL": "de_DE.ISO-8859-1", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_output_is_utf8_whatever_the_locale(example: str, environment: dict[str, str]) -> None:
    for arguments in (
        ["find", "oma"],
        ["find", "oma", "--json"],
        ["digest", "--stdout"],
        ["find", "nguyen", "--paths"],
    ):
        done = started("-C", example, *arguments, env=environment)
        assert done.returncode == 0, done.stderr
        assert "ß" in done.stdout.decode() or "ễ" in done.stdout.decode()


# Which vault, which day


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two vaults, one and two, each with a person of its name."""
    for name in ("one", "two"):
        (tmp_path / name / "people" / "sub").mkdir(parents=True)
        (tmp_path / name / "prmvault.yaml").write_text("")
        (tmp_path / name / "people" / f"{name}.md").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(prmvault: Any, *arguments: str) -> str:
    done = prmvault(*arguments)
    assert done.code == 0, done.err
    return str(done.out)


def test_the_vault_stands_before_or_behind_the_command(prmvault: Any, two: Path) -> None:
    for arguments in (
        ["-C", "one", "list", "--paths"],
        ["list", "-C", "one", "--paths"],
        ["list", "--paths", "--vault=one"],
    ):
        assert listed(prmvault, *arguments) == "people/one.md\n"


def test_the_option_counts_before_the_environment_and_this_before_the_folder(
    prmvault: Any, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(two / "one" / "people" / "sub")
    assert listed(prmvault, "list", "--paths") == "people/one.md\n"
    monkeypatch.setenv("PRMVAULT_DIR", str(two / "two"))
    assert listed(prmvault, "list", "--paths") == "people/two.md\n"
    assert listed(prmvault, "-C", str(two / "one"), "list", "--paths") == "people/one.md\n"
    monkeypatch.setenv("PRMVAULT_DIR", "/nowhere")
    assert prmvault("list").code == 3


def test_the_users_own_vault_comes_last(prmvault: Any, two: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = cache / "config" / "prmvault"
    config.mkdir(parents=True)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(config))
    (config / "config.yaml").write_text(f"vault: {two / 'two'}\n")
    assert listed(prmvault, "list", "--paths") == "people/two.md\n"
    monkeypatch.chdir(two / "one")
    assert listed(prmvault, "list", "--paths") == "people/one.md\n"
    monkeypatch.chdir(two)
    (config / "config.yaml").write_text("vault: /nowhere\n")
    done = prmvault("list")
    assert (done.code, done.err.splitlines()[0]) == (3, "prmvault: there is no folder /nowhere")
    (config / "config.yaml").write_text("vault: [\n")
    assert prmvault("list").code == 3


@pytest.mark.parametrize("place", ["before", "behind", "environment"])
def test_today_can_be_another_day(prmvault: Any, vault_at: Any, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["-C", vault_at.root, "digest", "--stdout"]
    if place == "environment":
        monkeypatch.setenv("PRMVAULT_TODAY", "2027-01-01")
    else:
        option = ["--today", "2027-01-01"]
        arguments = [*option, *arguments] if place == "before" else [*arguments, *option]
    assert listed(prmvault, *arguments).startswith("# Week 2026-W53\n")


# Colours


COLOR = "\x1b["


def test_colours_are_for_terminals(prmvault: Any, example: str, terminal: Callable[[int], None]) -> None:
    command = ["-C", example, "search", "telescope"]
    assert COLOR not in prmvault(*command).out
    assert COLOR in prmvault("--color", "always", *command).out
    terminal(80)
    assert COLOR in prmvault(*command).out
    assert COLOR in prmvault("-C", example, "list").out
    assert COLOR not in prmvault(*command, "--color", "never").out
    assert COLOR not in prmvault("-C", example, "list", "--color=never").out


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_the_environment_can_forbid_colours(
    prmvault: Any, example: str, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    terminal(80)
    monkeypatch.setenv(name, value)
    for arguments in (["search", "telescope"], ["list"], ["check"], ["status"], ["lst"]):
        done = prmvault("-C", example, *arguments)
        assert COLOR not in done.out + done.err, arguments
    assert COLOR in prmvault("-C", example, "search", "telescope", "--color", "always").out
