"""`digest` as a command."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from prmvault.core.digest import MOST


@pytest.mark.parametrize("week", ["2026-W47", "2026-W48", "2026-W53", "2026-W29", "2027-W06"])
def test_the_digest_of_the_example_is_as_agreed(prmvault: Any, example: str, golden: Any, week: str) -> None:
    done = prmvault("-C", example, "digest", "--stdout", "--week", week)
    assert (done.code, done.err) == (0, "")
    golden(f"digest-{week}.md", done.out)


def test_without_a_week_it_is_the_current_one(prmvault: Any, example: str) -> None:
    assert (
        prmvault("-C", example, "digest", "--stdout").out
        == prmvault("-C", example, "digest", "--stdout", "--week", "2026-W47").out
    )


def test_it_is_written_and_its_path_printed(prmvault: Any, vault_at: Any) -> None:
    run = ["-C", vault_at.root, "digest", "--week", "2026-W47"]
    assert prmvault(*run).out == "digest/2026-W47.md\n"
    page = vault_at.path / "digest/2026-W47.md"
    os.utime(page, ns=(1, 1))
    assert prmvault(*run).out == "digest/2026-W47.md\n"
    assert page.stat().st_mtime_ns == 1
    assert page.read_text(encoding="utf-8").startswith(prmvault(*run, "--stdout").out)


def test_a_round_year_of_a_death_is_no_feast(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Opa.md", "---\nbirthday: 1926-11-19\ndeceased: 2016-11-20\n---\n")
    page = prmvault("-C", vault_at.root, "digest", "--stdout", "--week", "2026-W47").out
    assert "\n- 🕯️ 10 years ago [[Opa]] died\n" in page
    assert "🎉" not in page


def test_the_digest_of_the_vault_is_no_note(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: --11-20\n---\n")
    before = vault_at.fingerprint()
    prmvault("-C", vault_at.root, "digest", "--week", "2026-W47")
    assert prmvault("-C", vault_at.root, "search", "Ann", "--paths").out == "people/Ann.md\n"
    assert {path: numbers for path, numbers in vault_at.fingerprint().items() if path in before} == before


def test_a_terminal_gets_lines_that_fit(prmvault: Any, example: str, terminal: Callable[[int], None]) -> None:
    page = prmvault("-C", example, "digest", "--stdout").out
    terminal(80)
    shown = prmvault("-C", example, "digest", "--stdout").out
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    assert shown.split() == page.split()


def test_a_long_story_is_cut(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\ncadence: 1 week\n---\n")
    vault_at.write("journal/2026/2026-01-01.md", "- call [[Ann]]: " + "blah " * 500 + "\n")
    page = prmvault("-C", vault_at.root, "digest", "--stdout", "--week", "2026-W47").out
    (line,) = [line for line in page.splitlines() if "blah" in line]
    assert 150 < len(line) < 220
    assert line.endswith(" blah … · [[2026-01-01]]")


def test_its_values_are_json(prmvault: Any, example: str) -> None:
    values = json.loads(prmvault("-C", example, "digest", "--json", "--week", "2026-W47").out)
    assert {
        "week",
        "first",
        "last",
        "summary",
        "days",
        "contacts",
        "overdue",
        "gifts",
        "debts",
        "undated",
        "coming",
        "years",
        "weeks",
        "plots",
        "problems",
    } == set(values)
    assert (len(values["coming"]["lines"]), values["coming"]["more"]) == (MOST, 8)
    reminder = {"date", "kind", "title", "person", "path", "line", "age", "overdue_days", "reason"}
    assert all(set(entry) >= reminder for day in values["days"] for entry in day["entries"])


@pytest.mark.parametrize(
    "week", ["2026-W54", "2025-W53", "2026-W00", "2026-11-20", "47", "soon", "2026-W4711", "9999-W52"]
)
def test_what_is_no_week_is_refused(prmvault: Any, example: str, week: str) -> None:
    done = prmvault("-C", example, "digest", "--stdout", "--week", week)
    assert (done.code, done.out) in ((2, ""), (0, done.out if week == "9999-W52" else None))
    if done.code == 2:
        assert "→" in done.err


@pytest.mark.parametrize("week", ["2026W53", "2026-w53"])
def test_a_week_may_be_written_as_iso_has_it(prmvault: Any, vault_at: Any, week: str) -> None:
    assert prmvault("-C", vault_at.root, "digest", "--stdout", "--week", week).out.startswith("# Week 2026-W53\n")


def test_a_broken_template_is_told_and_not_a_bug(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("templates/digest.md.j2", "a\n{{ nonsense }}\n")
    done = prmvault("-C", vault_at.root, "digest")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("prmvault: templates/digest.md.j2:2: 'nonsense' is undefined [bad-template]\n    → ")
