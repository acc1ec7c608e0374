"""`status` and `check` as commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def test_status_tells_what_the_vault_holds(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: soon\n---\n")
    vault_at.write("journal/2026/2026-11-20.md", "- call [[Ann]]\n")
    lines = dict(line.split(maxsplit=1) for line in prmvault("-C", vault_at.root, "status").out.splitlines())
    assert lines["vault"] == vault_at.root
    assert lines["notes"] == "2 (journal 1, person 1)"
    assert lines["index"] == "not built yet; the first search does it"
    assert lines["watcher"] == "none (prmvault watch starts one)"
    assert lines["problems"] == "1, see prmvault check"
    prmvault("-C", vault_at.root, "search", "ann")
    assert "\nindex     current\n" in prmvault("-C", vault_at.root, "status").out
    vault_at.write("people/Bob.md", "")
    assert "\nindex     1 note behind; the next search catches up\n" in prmvault("-C", vault_at.root, "status").out


def test_status_of_an_empty_vault_says_how_to_begin(prmvault: Any, vault_at: Any) -> None:
    done = prmvault("-C", vault_at.root, "status")
    assert done.code == 0
    assert "\nnotes     none yet; prmvault add person NAME makes one\n" in done.out


def test_status_is_json_too(prmvault: Any, example: str) -> None:
    told = json.loads(prmvault("-C", example, "status", "--json").out)
    assert set(told) == {"vault", "cache", "notes", "index", "watcher", "problems", "dangling_links"}
    assert (told["notes"]["person"], told["notes"]["journal"], told["problems"], told["watcher"]) == (27, 67, 2, None)


def test_check_tells_each_problem_with_place_code_and_remedy(prmvault: Any, example: str, golden: Any) -> None:
    done = prmvault("-C", example, "check")
    assert (done.code, done.err) == (1, "")
    golden("check.txt", done.out)


def test_the_json_of_problems_has_exactly_the_keys_that_scripts_rely_on(prmvault: Any, example: str) -> None:
    problems = json.loads(prmvault("-C", example, "check", "--json").out)
    assert all(set(problem) == {"path", "line", "code", "message", "hint"} for problem in problems)
    assert [problem["code"] for problem in problems] == ["dangling-link", "dangling-link", "bad-date", "bad-yaml"]


def test_a_vault_without_problems_is_0(prmvault: Any, vault_at: Any) -> None:
    assert prmvault("-C", vault_at.root, "check")[:2] == (0, "no problems\n")
    assert prmvault("-C", vault_at.root, "check", "--json")[:2] == (0, "[]\n")


def test_problems_are_broken_between_words(prmvault: Any, example: str, terminal: Callable[[int], None]) -> None:
    terminal(60)
    done = prmvault("-C", example, "check", "--color", "never")
    assert max(map(len, done.out.splitlines())) <= 60
    assert "\n    → prmvault add person 'Nadja Becker'\n" in done.out
