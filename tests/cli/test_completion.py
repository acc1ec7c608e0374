"""Completion: what is offered, and that what a shell puts on the line is read back as the name and runs nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmvault.cli.main import COMMANDS, cli
from prmvault.cli.shell_words import quoted, split_line, written
from tests.conftest import REPOSITORY, SampleVault

HOSTILE = [
    "Xa $(touch pwned)",
    "Xb `touch pwned`",
    'Xc "quoted" !! \\back',
    "Xd;touch pwned&",
    "Xe'; touch pwned; '",
    'Xf"; touch pwned; "',
    "Xg $HOME ~ {a,b}*?[x]",
    "Xh #1 <a >b |c (d)",
    "Xi !x ^y %z",
    "Xj –•ñ Ω 名前",
]
PEOPLE = ["Anna Müller", "Anna Becker", "O'Brien Pat", "Müller Bert", "Mueller Carl", "-rf", "Esc \x1b[31m", *HOSTILE]


@pytest.fixture
def vault(vault_at: SampleVault, prmvault: Any, monkeypatch: pytest.MonkeyPatch) -> SampleVault:
    """Return a vault with these people that a command has looked at; it is where the user is."""
    for name in PEOPLE:
        vault_at.write(f"people/{name}.md", "")
    vault_at.write("people/Gerda Weißhaupt.md", "---\naliases: [Oma Gerda, Omi]\n---\n")
    vault_at.write("notes/Anna's plans.md", "")
    assert prmvault("-C", vault_at.root, "list").code == 0
    monkeypatch.chdir(vault_at.root)
    return vault_at


def offered(capsys: pytest.CaptureFixture[str], shell: str, *typed: str) -> list[str]:
    """Return the lines that a shell gets: what they are, then each."""
    from prmvault.cli.completion import answer

    capsys.readouterr()
    answer(shell, [*typed])
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out.splitlines()


# What is offered


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (["find", "An"], ["words", "Anna Becker", "Anna Müller"]),
        (["find", "Anna M"], ["words", "Anna Müller"]),
        (["find", "Anna", "M"], ["words", "Müller"]),
        (["find", "anna", "mue"], ["others", "Müller"]),
        (["find", "Anna Müller", ""], ["words"]),
        (["find", "omi"], ["others", "Omi"]),
        (["find", "weiss"], ["others", "Gerda Weißhaupt"]),
        (["find", "brien"], ["others", "O'Brien Pat"]),
        (["find", "Mue"], ["words", "Mueller Carl"]),
        (["find", "mul"], ["others", "Müller Bert", "Mueller Carl"]),
        (["find", "nobody"], ["words"]),
        (["find", "-r"], ["words"]),
        (["find", "Esc"], ["words"]),
        (["list", "j"], ["words", "journal"]),
        (["list", "--color=a"], ["words", "auto", "always"]),
        (["find", "--pa"], ["words", "--paths\tOnly the paths, a line each."]),
        (["-C", ""], ["folders"]),
        (["find", "x", "-C", "so"], ["folders"]),
        (["find", "--json", "Anna M"], ["words", "Anna Müller"]),
        (["search", "x", "-n", "3", "--sort", "d"], ["words", "date"]),
        (["search", "x", "--sort=date", "-n", ""], ["words"]),
        (["comp"], ["words", f"completion\t{COMMANDS['completion'][1]}"]),
        (["help", "exit"], ["words", "exit-codes"]),
        (["nonsense", "x"], []),
    ],
)
def test_what_may_come_next_is_offered(
    vault: SampleVault, capsys: pytest.CaptureFixture[str], typed: list[str], expected: list[str]
) -> None:
    assert offered(capsys, "zsh", *typed) == expected


def test_every_command_is_offered_without_loading_any(vault: SampleVault) -> None:
    program = (
        "import sys; from prmvault.cli.completion import answer; answer('zsh', ['']);"
        "print([name for name in sys.modules if name.startswith('prmvault.cli.')])"
    )
    done = python(program)
    assert [line.partition("\t")[0] for line in done.splitlines()[1:-1]] == list(COMMANDS)
    assert set(eval(done.splitlines()[-1])) == {
        f"prmvault.cli.{name}" for name in ("completion", "context", "main", "output")
    }


def test_names_are_completed_without_sqlite_whoosh_or_yaml(vault: SampleVault) -> None:
    program = (
        "import sys; from prmvault.cli.completion import answer; answer('bash', ['prmvault find An', 'An']);"
        "print(sorted({'sqlite3', 'whoosh', 'yaml', 'rich', 'jinja2', 'hashlib', 'rapidfuzz'} & set(sys.modules)))"
    )
    assert python(program).splitlines() == ["words", r"Anna\ Becker", r"Anna\ Müller", "[]"]


def test_where_there_is_no_vault_there_are_no_names(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert offered(capsys, "zsh", "find", "An") == ["words"]
    assert offered(capsys, "zsh", "-C", "nowhere", "find", "An") == ["words"]
    assert offered(capsys, "bash", "prmvault find An", "An") == ["words"]
    assert offered(capsys, "bash") == []


def test_a_vault_that_no_command_has_looked_at_has_no_names_yet(
    vault_at: SampleVault, capsys: pytest.CaptureFixture[str], cache: Path
) -> None:
    vault_at.write("people/Anna.md", "")
    assert offered(capsys, "zsh", "-C", vault_at.root, "find", "An") == ["words"]
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"names-1", b"\xff\xfe", b"names-0 a b 1\nperson\n\nanna\tAnna\tx.md\n"])
def test_a_file_of_names_that_cannot_be_read_is_none(
    vault: SampleVault, capsys: pytest.CaptureFixture[str], cache: Path, content: bytes
) -> None:
    (file,) = cache.glob("*/names.txt")
    file.write_bytes(content)
    assert offered(capsys, "zsh", "find", "An") == ["words"]


def test_the_vault_is_found_as_commands_find_it(
    vault: SampleVault, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vault.path / "people/deep").mkdir()
    monkeypatch.chdir(vault.path / "people/deep")
    assert len(offered(capsys, "zsh", "find", "An")) == 3
    monkeypatch.chdir(tmp_path)
    assert len(offered(capsys, "zsh", "find", "An")) == 1
    assert len(offered(capsys, "zsh", "-C", "vault", "find", "An")) == 3
    assert len(offered(capsys, "zsh", "find", "--vault=vault", "An")) == 3
    assert len(offered(capsys, "zsh", "find", "An", "-C", "vault", "-0", "An")) == 1
    assert len(offered(capsys, "zsh", "find", "-C", "vault", "-0", "An")) == 3
    monkeypatch.setenv("VAULTS", str(tmp_path))
    assert len(offered(capsys, "zsh", "-C", "$VAULTS/vault", "find", "An")) == 3
    monkeypatch.setenv("PRMVAULT_DIR", vault.root)
    assert len(offered(capsys, "zsh", "find", "An")) == 3


def test_keys_are_those_of_the_type_and_of_people_else(
    vault_at: SampleVault, prmvault: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from prmvault.cli.completion import complete_assignments, complete_keys

    vault_at.write("prmvault.yaml", "types:\n  meeting:\n    folder: meetings\n    fields: {minutes: text}\n")
    prmvault("-C", vault_at.root, "list")
    context = click.Context(cli)
    context.meta["prmvault.vault"] = vault_at.root
    parameter = click.Argument(["key"])
    assert complete_keys(context, parameter, "birth") == ["birthday"]
    assert complete_keys(context, parameter, "minutes") == []
    context.params["note_type"] = "meeting"
    assert complete_assignments(context, parameter, "min") == ["minutes="]
    assert complete_assignments(context, parameter, "minutes=x") == []
    assert offered(capsys, "zsh", "-C", vault_at.root, "list", "mee") == ["words", "meeting"]


PEOPLE_OF = {
    "name": ["show", "get", "last", "tasks", "gift", "debt", "remind", "date", "set", "unset", "rename", "merge"],
    "text": ["find"],
    "person": ["note"],
    "people": ["log"],
}


@pytest.mark.parametrize(
    ("command", "parameter"),
    [(command, parameter) for parameter, names in PEOPLE_OF.items() for command in names if command in COMMANDS],
)
def test_where_a_person_is_named_people_are_offered(vault: SampleVault, command: str, parameter: str) -> None:
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    context = click.Context(found, parent=click.Context(cli), resilient_parsing=True)
    places = [each for each in found.params if each.name == parameter or isinstance(each, click.Argument)]
    chosen = next((each for each in places if each.name == parameter), places[0])
    assert [item.value for item in chosen.shell_complete(context, "Anna M")] == ["Anna Müller"]


# Bash


@pytest.mark.parametrize(
    ("line", "last", "expected"),
    [
        ("prmvault find An", "An", ["words", r"Anna\ Becker", r"Anna\ Müller"]),
        (r"prmvault find Anna\ ", "Anna\\ ", ["words", r"Anna\ Becker", r"Anna\ Müller"]),
        ("prmvault find Anna\\", "Anna\\", ["words", r"Anna\ Becker", r"Anna\ Müller"]),
        ('prmvault find "Anna M', "Anna M", ["words", "Anna Müller"]),
        ('prmvault find An"na M', 'An"na M', ["words", 'An"na Müller']),
        ("prmvault find O'B", "B", ["words", "''\\''Brien Pat"]),
        ("prmvault find mul", "mul", ["others", r" Müller\ Bert", r"Mueller\ Carl"]),
        ('prmvault find "mue', "mue", ["others", " Müller Bert", "Mueller Carl"]),
        ("prmvault find weiss", "weiss", ["others", r"Gerda\ Weißhaupt"]),
        ("prmvault find --color=al", "al", ["words", "always"]),
        ("prmvault find --color=al", "--color=al", ["words", "--color=always"]),
        ("prmvault find $(touch pwned", "pwned", ["words"]),
        ("prmvault find An$X", "An$X", ["words"]),
        ("prmvault find ~", "~", ["words"]),
        ("prmvault find X > f", "f", ["files"]),
        ("prmvault", "prmvault", []),
    ],
)
def test_bash_gets_what_it_replaces(
    vault: SampleVault, capsys: pytest.CaptureFixture[str], line: str, last: str, expected: list[str]
) -> None:
    assert offered(capsys, "bash", line, last) == expected


needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")


@needs_bash
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_a_completed_name_is_that_name_and_runs_nothing(vault: SampleVault, tmp_path: Path, quote: str) -> None:
    begun = [f"find {quote}{name[:2]}" for name in HOSTILE]
    lines = [f"prmvault {each}" for each in begun]
    replies = bash_replies(tmp_path, [(line, line.rpartition(" ")[2].removeprefix(quote)) for line in lines])
    assert [len(each) for each in replies] == [1] * len(HOSTILE)
    whole = [
        line.removesuffix(line.rpartition(" ")[2].removeprefix(quote)) + reply[0] + quote
        for line, reply in zip(lines, replies, strict=True)
    ]
    empty = tmp_path / "empty"
    empty.mkdir()
    read = subprocess.run(
        ["bash", "-c", "prmvault() { printf '%s\\0' \"${@:2}\"; }\n" + "\n".join(whole)],
        cwd=empty,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    assert read.stdout.decode().split("\0")[:-1] == HOSTILE
    assert list(empty.iterdir()) == []


@needs_bash
def test_bash_puts_no_blank_behind_a_key(vault: SampleVault, tmp_path: Path) -> None:
    script = completion_script("bash")
    told = "compopt() { echo \"$*\" >&2; }\n_PRMVAULT_TEST=1\nprmvault() { printf 'keys\\nbirthday=\\n'; }\n"
    call = "COMP_LINE='prmvault set x b' COMP_POINT=16; _prmvault_completion prmvault b x; echo \"${COMPREPLY[@]}\"\n"
    # The script keeps what compopt says from the prompt; here it is to be seen.
    done = run_shell(["bash", "-c", script.replace("esac 2>/dev/null", "esac") + told + call], tmp_path)
    assert done.stdout == b"birthday=\n"
    assert done.stderr == b"-o nospace\n"


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1), min_size=1, max_size=30))
@settings(max_examples=100)
def test_what_is_quoted_is_read_back(names: list[str]) -> None:
    for name in names:
        for quote in ("", "'"):
            (word,) = split_line(quote + quoted(name, quote) + quote)
            assert (word.text, word.quote) == (name, "")
        for half in range(len(name)):
            word = split_line(f"prmvault {quoted(name[:half], '')}")[-1]
            if word.is_plain:
                assert split_line(written(word, word.text, name))[-1].text == name


@needs_bash
@given(st.lists(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1), min_size=1, max_size=30))
@settings(max_examples=15, deadline=None)
def test_bash_reads_what_is_quoted_as_it_was(names: list[str]) -> None:
    words = [quote + quoted(name, quote) + quote for name in names for quote in ("", "'", '"')]
    done = subprocess.run(
        ["bash", "-c", "printf '%s\\0' " + " ".join(words)],
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().split("\0")[:-1] == [name for name in names for _ in range(3)]


# Zsh and fish


def test_zsh_is_given_names_and_does_the_quoting(vault: SampleVault, tmp_path: Path) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("there is no zsh")
    stubs = (
        'compdef() { : }; compset() { print -r -- compset "$@" }; _files() { print -r -- files "$@" }\n'
        'compadd() { print -rN -- compadd "$@"; print -rN -- "${values[@]}"; }\n'
    )
    call = "words=(prmvault find {quote}X) CURRENT=3 PREFIX=X; typeset -A compstate; _prmvault\n".format(quote="")
    done = run_shell(["zsh", "-fc", stubs + completion_script("zsh") + call], tmp_path)
    assert done.stderr == b""
    assert [name for name in done.stdout.decode().split("\0") if name in HOSTILE] == HOSTILE


def test_fish_is_given_names_and_does_the_quoting(vault: SampleVault, tmp_path: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("there is no fish")
    asked = "\n".join(f"complete -C 'prmvault find {typed}'" for typed in ("Xa", "An", '"Anna M', "--color=al"))
    done = run_shell(["fish", "--no-config", "-c", completion_script("fish") + asked], tmp_path)
    assert done.stderr == b""
    assert done.stdout.decode().splitlines() == [
        HOSTILE[0],
        "Anna Becker",
        "Anna Müller",
        "Anna Müller",
        "--color=always",
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_for_each_shell(prmvault: Any, shell: str) -> None:
    done = prmvault("completion", shell)
    assert done.code == 0
    assert f"_PRMVAULT_COMPLETE={shell}" in done.out
    if shutil.which(shell):
        subprocess.run([shell, "-n", "/dev/stdin"], input=done.out.encode(), check=True)


def python(program: str) -> str:
    """Return what a program prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    return done.stdout.decode()


def completion_script(shell: str) -> str:
    from prmvault.cli.completion import SCRIPTS

    return SCRIPTS[shell]


def bash_replies(folder: Path, asked: list[tuple[str, str]]) -> list[list[str]]:
    """Return what bash offers for each line, of which it replaces the end."""
    calls = [
        f"COMP_LINE={_single(line)} COMP_POINT=${{#COMP_LINE}}\nCOMP_POINT=${{#COMP_LINE}}\n"
        f"_prmvault_completion prmvault {_single(last)} find; printf '%s\\n' \"${{COMPREPLY[@]}}\"; printf '\\0'\n"
        for line, last in asked
    ]
    done = run_shell(["bash", "-c", completion_script("bash") + "".join(calls)], folder)
    assert done.stderr == b""
    return [answer.splitlines() for answer in done.stdout.decode().split("\0")[:-1]]


def _single(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def run_shell(command: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a shell in which there is a `prmvault`."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    program = programs / "prmvault"
    program.write_text(f'#!/bin/sh\nexec {_single(sys.executable)} -m prmvault "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(command, env=environment, capture_output=True, check=False)
