"""`upcoming`, `today`, `stale` and `tasks`: as they are seen, as a program reads them, and with hostile notes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from tests.fixtures import Golden, Prmvault, without_color

COMMANDS = (["upcoming"], ["today"], ["stale"], ["tasks"], ["tasks", "Klaus"])


@pytest.mark.parametrize("columns", [80, 120])
def test_what_is_to_be_done_is_shown_as_agreed(
    prmvault: Prmvault, example: str, terminal: Callable[[int], None], golden: Golden, columns: int
) -> None:
    terminal(columns)
    text = ""
    for arguments in COMMANDS:
        text += f"$ prmvault {' '.join(arguments)}\n"
        text += prmvault("-C", example, "--color", "never", *arguments).out + "\n"
    assert max(map(cell_len, text.splitlines())) <= columns
    golden(f"agenda-{columns}.txt", text)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_colours_only_colour(
    prmvault: Prmvault,
    example: str,
    terminal: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    terminal(80)
    colored = prmvault("-C", example, *arguments).out
    assert "\x1b[" in colored
    monkeypatch.setenv("NO_COLOR", "1")
    assert prmvault("-C", example, *arguments).out == without_color(colored)


def test_a_program_gets_a_line_each_with_tabs(prmvault: Prmvault, example: str) -> None:
    for arguments, columns in zip(COMMANDS, (6, 6, 5, 4, 4), strict=True):
        done = prmvault("-C", example, *arguments)
        assert (done.code, done.err) == (0, "")
        assert {line.count("\t") + 1 for line in done.out.splitlines()} == {columns}
    line = prmvault("-C", example, "stale").out.splitlines()[2].split("\t")
    assert line == [
        "13 days overdue", "Oliver Hartley", "2026-09-26",
        "cadence 6 weeks (people/Oliver Hartley.md:8); last contact 2026-09-26", "people/Oliver Hartley.md",
    ]  # fmt: skip


def test_the_json_has_the_agreed_keys(prmvault: Prmvault, example: str) -> None:
    found = json.loads(prmvault("-C", example, "upcoming", "--days", "60", "--json").out)
    keys = {"date", "kind", "title", "person", "path", "line", "age", "overdue_days", "reason"}
    assert all(set(each) >= keys for each in found)
    klaus = next(each for each in found if each["kind"] == "birthday")
    assert (klaus["person"], klaus["age"], klaus["reason"]) == ("Klaus Weißhaupt", 70, None)
    waiting = json.loads(prmvault("-C", example, "stale", "--json").out)
    assert set(waiting[0]) == {"person", "path", "due", "overdue_days", "reason", "last"}
    assert waiting[0]["last"]["people"] == ["Anna Schröder"]
    open_tasks = json.loads(prmvault("-C", example, "tasks", "--json").out)
    assert len(open_tasks) == 18
    every = json.loads(prmvault("-C", example, "tasks", "--all", "--json").out)
    assert {each["status"] for each in every} >= {"open", "done"}


def test_at_most_so_many_are_waiting(prmvault: Prmvault, example: str) -> None:
    assert len(prmvault("-C", example, "stale", "-n", "2").out.splitlines()) == 2
    assert len(prmvault("-C", example, "stale", "--tag", "family").out.splitlines()) == 2


@pytest.mark.parametrize("arguments", [["upcoming"], ["today"], ["stale"], ["tasks"], ["tasks", "Ann"]], ids=" ".join)
def test_nothing_to_do_ends_with_1(
    prmvault: Prmvault, vault_at: Any, terminal: Callable[[int], None], arguments: list[str]
) -> None:
    vault_at.write("people/Ann.md", "---\ncadence: never\n---\n")
    assert prmvault("-C", vault_at.root, *arguments) == (1, "", "")
    assert prmvault("-C", vault_at.root, *arguments, "--json") == (1, "[]\n", "")
    terminal(80)
    assert prmvault("-C", vault_at.root, *arguments) == (1, "", "prmvault: nothing found\n")


def test_those_of_whom_one_never_heard_wait_without_a_rule(
    prmvault: Prmvault, vault_at: Any, terminal: Callable[[int], None]
) -> None:
    vault_at.write("people/Ann.md", "")
    assert prmvault("-C", vault_at.root, "stale").out == (
        "waiting\tAnn\t\tnever in touch yet; no cadence is set\tpeople/Ann.md\n"
    )
    terminal(80)
    shown = prmvault("-C", vault_at.root, "--color", "never", "stale").out
    assert shown == "Ann · waiting · never in touch yet; no cadence is set\n"


def test_a_visit_to_somebody_of_the_household_says_to_whom(
    prmvault: Prmvault, vault_at: Any, terminal: Callable[[int], None]
) -> None:
    home = "---\ncadence: 1 week\naddresses: {street: Am See 1, locality: Ulm}\n---\n"
    for name in ("Ann", "Bob"):
        vault_at.write(f"people/{name}.md", home)
    vault_at.write("journal/2026/2026-11-01.md", "- visit [[Ann]]: cake\n")
    terminal(120)
    lines = prmvault("-C", vault_at.root, "--color", "never", "--today", "2026-11-20", "stale").out.splitlines()
    assert [line for line in lines if line.startswith(" ")] == [
        "  2026-11-01 visit, visit Ann: cake · journal/2026/2026-11-01.md:1",
        "  2026-11-01 visit to Ann, visit Ann: cake · journal/2026/2026-11-01.md:1",
    ]
    shown = prmvault("-C", vault_at.root, "--color", "never", "--today", "2026-11-20", "today").out
    assert "  Ann, Bob · 12 days overdue · " in shown


def test_no_note_obtains_control_of_a_terminal(
    prmvault: Prmvault, vault_at: Any, terminal: Callable[[int], None]
) -> None:
    hostile = r'"a\e]0;x\a\e[2Jb\u202ec\u0085d\r\ne"'
    vault_at.write(
        "people/Ann.md",
        f"---\nname: {hostile}\nbirthday: 2000-11-20\ncadence: 1 week\ntags: [x]\ndates: [{{label: {hostile}, "
        f"date: 2000-11-20}}]\nreminders: [{{text: {hostile}, on: 2026-11-20}}]\n---\n- [ ] a \x1b[2J \x07 📅 2026-11-20\n"
        "## Log\n- 2026-01-01 call \x1b[2J \x9b31m\n",
    )
    vault_at.write("events/E.md", f"---\ntitle: {hostile}\nstart: 2026-11-20\nplace: {hostile}\n---\n")
    vault_at.write("journal/2026/2026-11-20.md", "- [[Ann]] \x1b[2J \u202e\n")
    for columns in (0, 80):
        if columns:
            terminal(columns)
        for arguments in (["upcoming"], ["today"], ["tasks"], ["tasks", "people/Ann"], ["stale", "--tag", "x"]):
            done = prmvault("-C", vault_at.root, "--color", "never", "--today", "2026-11-20", *arguments)
            assert [c for c in done.out + done.err if not c.isprintable() and c not in "\n\t"] == []
            assert done.code == (1 if arguments[0] == "stale" else 0)
