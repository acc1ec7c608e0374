"""`check` as a command: each problem with its place and remedy, and the repairs that are safe."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "format.md"
TODAY = "2026-11-20"
DECOMPOSED = unicodedata.normalize("NFD", "José")
SETTINGS = """\
colour: red
types: {book: {folder: books, fields: {author: {kind: text, required: true}, pages: number}}}
"""
FILES: dict[str, str | bytes] = {
    "books/Emma.md": "---\npages: many\n---\n",
    "journal/a day.md": "- call\n",
    "journal/2026/2026-11-18.md": "---\ntags: [familiy]\n---\nSee [[places/Cid Berg]], [[Ann Brg]], [[Nadja]] and [[Ann]].\n",
    "notes/Ann.md": "#choirs\n",
    "notes/bidi.md": "a\nb \u202e c\n",
    "notes/conflict.md": "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n",
    "notes/large.md": f"---\na: {'x' * 140_000}\n---\n",
    "notes/deep.md": f"---\na: {'[' * 40}{']' * 40}\n---\n",
    "notes/latin.md": b"M\xfcller\n",
    "people/Ann Berg.md": (
        "---\nbirthday: 2010-01-01\nchild: yes\nrelated:\n  - child: '[[Bob Berg]]'\n  - sister: '[[Ann Berg]]'\ntags: family\n---\n"
    ),
    "people/Bob Berg.md": "---\nbirthday: 2001-05-05\nrelated:\n  - child: '[[Cid Berg]]'\n---\n#Choir\n",
    "people/Cid Berg.md": "---\nbirthday: 2040\nrelated: {child: '[[Ann Berg]]', friend: [[Ann]]}\ntags: [family, choir]\n---\n",
    "people/Dora.md": "---\nbirthday: 1990-05-01\ndeceased: 1980\nalias: Doro\ntags: [family, choir]\n---\n",
    "people/Doro.md": "---\ntag: family, choir\naliases: Dodo\ntags: family\nphone: 0170 123456\n---\n",
    "people/Ann.md": "---\nuid: x\nname: A\nname: B\ntags: [family, choir]\n---\n",
    "people/Eva.md": "---\nuid: x\nbirthday: 14.3.1987\ncadence: sometimes\ndebts: much\n---\n#choir\n",
    "people/Fay.md": "---\nreminders:\n  - {text: x, on: 2027-01-01, repeat: now}\nnames: [a]\nname: {a: b}\n---\n#family #choir\n",
    "people/Gus.md": "---\nrelated:\n  - father: {a: b}\ngifts: [{what: x, status: lost}]\nnote: #family\n---\n",
    "people/Hal.md": "---\nname: &x A\n---\n",
    "people/Ian.md": "---\nname: !!str Ian\nmerge_conflicts: [{key: cadence, value: 2 weeks}]\n---\n",
    "people/Joe.md": "---\nname: A\n",
    "people/Kim.md": "---\n{a: b}: c\n---\n",
    "people/Lou.md": '---\nname: "A\n---\n',
    "people/Max.md": "---\n- a: b\n---\n",
    "people/Nadja Becker.md": "",
    "people/nadja becker.md": "",
    f"people/{DECOMPOSED}.md": "",
    "people/Ann.sync-conflict-20261120-120000-ABCDEFG.md": "x",
    "digest/2026-W47.md": "- [x] call [[Nobody]] ^t-3f2a1c\n",
}
OF_IMPORTS = {
    *("ambiguous-date", "bad-csv", "bad-ical", "bad-vcard", "import-conflict", "left-out", "not-imported"),
    *("not-synced", "unknown-column", "unknown-format", "unknown-header", "unknown-member", "unknown-zone"),
}
NOT_HERE = {"bad-template", "unreadable", "no-merge-driver", *OF_IMPORTS}
"""Codes that `check` does not tell, or not where all may be read."""


def fill(sample: Any) -> None:
    sample.write("prmvault.yaml", SETTINGS)
    for path, text in FILES.items():
        sample.write(path, text)


def check(prmvault: Any, sample: Any, *options: str) -> Any:
    return prmvault("-C", sample.root, "--today", TODAY, "check", *options)


def files_of(sample: Any) -> dict[str, bytes]:
    return {str(path.relative_to(sample.path)): path.read_bytes() for path in sample.path.rglob("*.md")}


def test_check_tells_every_problem_that_there_can_be(prmvault: Any, vault_at: Any, golden: Any) -> None:
    fill(vault_at)
    if len(list((vault_at.path / "people").glob("*.md"))) != sum(path.startswith("people/") for path in FILES):
        pytest.skip("this file system takes two of the names for one")
    done = check(prmvault, vault_at)
    assert done.code == 1
    golden("check.txt", done.out)
    table = PAGE.read_text("utf-8").partition("## Problem codes")[2]
    documented = set(re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE))
    told = {problem["code"] for problem in json.loads(check(prmvault, vault_at, "--json").out)}
    assert told == documented - NOT_HERE
    golden("check-fix.txt", check(prmvault, vault_at, "--fix").out)


def test_check_of_the_example_vault(prmvault: Any, example: str, golden: Any) -> None:
    done = prmvault("-C", example, "check")
    assert (done.code, done.err) == (1, "")
    golden("check-example.txt", done.out)


def test_the_json_of_problems_has_exactly_the_keys_that_scripts_rely_on(prmvault: Any, example: str) -> None:
    problems = json.loads(prmvault("-C", example, "check", "--json").out)
    assert all(set(problem) == {"path", "line", "code", "message", "hint"} for problem in problems)
    assert {"dangling-link", "bad-date", "bad-yaml"} <= {problem["code"] for problem in problems}


@pytest.mark.parametrize("options", [(), ("--fix",)])
def test_a_vault_without_problems_is_0(prmvault: Any, vault_at: Any, options: tuple[str, ...]) -> None:
    assert prmvault("-C", vault_at.root, "check", *options) == (0, "no problems\n", "")
    assert prmvault("-C", vault_at.root, "check", "--json", *options) == (0, "[]\n", "")


def test_problems_are_broken_between_words(prmvault: Any, example: str, terminal: Callable[[int], None]) -> None:
    terminal(60)
    done = prmvault("-C", example, "check", "--color", "never")
    assert max(map(len, done.out.splitlines())) <= 60
    assert "\n    → prmvault add person 'Nadja Becker'\n" in done.out


def test_what_can_be_repaired_is_said(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nalias: Annie\n---\n")
    assert "check --fix" in check(prmvault, vault_at).err


def test_each_repair_is_said_and_what_is_left_is_the_exit_code(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nbirthday: 14.3.1987\nfriend: [[Bob]]  # ours\n---\n")
    vault_at.write("people/Bob.md", "---\nbirthday: 3/4/1987\n---\n")
    done = check(prmvault, vault_at, "--fix")
    assert done.code == 1
    assert done.out.splitlines()[:3] == [
        'people/Ann.md:2: bad-date: "14.3.1987" written as 1987-03-14',
        'people/Ann.md:3: unquoted-link: "[[Bob]]" put in quotes',
        'people/Bob.md:2: birthday "3/4/1987" is not a date [bad-date]',
    ]
    assert files_of(vault_at)["people/Ann.md"] == b'---\nbirthday: 1987-03-14\nfriend: "[[Bob]]"  # ours\n---\n'
    vault_at.write("people/Bob.md", "")
    vault_at.write("people/Ann.md", "---\nalias: Annie\n---\n")
    done = check(prmvault, vault_at, "--fix")
    assert (done.code, done.out) == (0, "people/Ann.md:2: old-key: alias written as aliases\nno problems are left\n")


def test_a_second_run_finds_nothing_to_repair(prmvault: Any, vault_at: Any) -> None:
    fill(vault_at)
    first = check(prmvault, vault_at, "--fix")
    before = vault_at.fingerprint()
    second = check(prmvault, vault_at, "--fix")
    assert vault_at.fingerprint() == before
    assert first.out.endswith(second.out)
    assert check(prmvault, vault_at, "--fix", "--dry-run").out == second.out


def test_a_dry_run_tells_the_same_and_writes_nothing(prmvault: Any, vault_at: Any) -> None:
    fill(vault_at)
    before = vault_at.fingerprint()
    told = check(prmvault, vault_at, "--fix", "-n")
    assert vault_at.fingerprint() == before
    assert (told.code, told.err) == (1, "prmvault: nothing was changed (--dry-run)\n")
    # The lines are those of the notes as they are: a repair may make a note shorter.
    numbers = re.compile(r"(?<=\.md:)[0-9]+", re.MULTILINE)
    assert numbers.sub("N", told.out) == numbers.sub("N", check(prmvault, vault_at, "--fix").out)


def test_a_dry_run_of_repairs_alone_is_1_as_they_are_still_to_be_made(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nalias: Annie\n---\n")
    done = check(prmvault, vault_at, "--fix", "-n")
    assert (done.code, done.out.splitlines()[-1]) == (1, "no other problems")


def test_a_dry_run_without_fix_is_wrong_usage(prmvault: Any, vault_at: Any) -> None:
    assert check(prmvault, vault_at, "-n").code == 2


def test_json_has_what_is_left_and_the_repairs_go_to_standard_error(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nalias: Annie\nbirthday: soon\n---\n")
    done = check(prmvault, vault_at, "--fix", "--json")
    assert [problem["code"] for problem in json.loads(done.out)] == ["bad-date"]
    assert done.err == "prmvault: people/Ann.md:2: old-key: alias written as aliases\n"


def test_only_the_lines_that_are_repaired_change(prmvault: Any, vault_at: Any) -> None:
    fill(vault_at)
    before = files_of(vault_at)
    done = check(prmvault, vault_at, "--fix")
    after = files_of(vault_at)
    after[f"people/{DECOMPOSED}.md"] = after.pop("people/José.md")
    assert after.keys() == before.keys()
    changed = {path for path, data in before.items() if after[path] != data}
    lines = re.findall(r"^(\S.*?\.md):(\d+): (?:bad-date|unquoted-link|old-key): ", done.out, re.MULTILINE)
    assert changed == {path for path, _ in lines}
    for path in changed - {"people/Doro.md"}:
        pairs = zip(before[path].split(b"\n"), after[path].split(b"\n"), strict=True)
        differing = {str(number) for number, (old, new) in enumerate(pairs, start=1) if old != new}
        assert differing == {line for each, line in lines if each == path}
    assert after["people/Doro.md"] == b"---\naliases: Dodo\ntags:\n  - family\n  - choir\nphone: 0170 123456\n---\n"


def test_in_a_git_vault_the_repairs_are_one_commit(prmvault: Any, vault_at: Any, cache: Path) -> None:
    (cache / ".gitconfig").write_text("[user]\nname = Ann\nemail = ann@example.org\n")

    def git(*arguments: str) -> str:
        command = ["git", "-c", "core.quotePath=false", *arguments]
        return subprocess.run(command, cwd=vault_at.root, capture_output=True, check=True, text=True).stdout

    git("init", "-q")
    vault_at.write("people/Ann.md", "---\nalias: Annie\n---\n")
    vault_at.write(f"people/{DECOMPOSED}.md", "---\nbirthday: 14.03.1987\n---\n")
    git("add", ".")
    git("commit", "-qm", "all")
    assert check(prmvault, vault_at, "--fix").code == 0
    assert git("log", "--format=%s").splitlines() == ["Repair 3 problems that check found", "all"]
    assert git("status", "--porcelain") == ""
    git("revert", "--no-edit", "HEAD")
    assert check(prmvault, vault_at, "--fix", "-n").out.count(": ") == 6
