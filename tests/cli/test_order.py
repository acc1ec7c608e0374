"""`rename`, `merge` and `dups` as one types them: what they print, and how they end."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures import Prmvault

FILES = {
    "people/Anna Müller.md": "---\ntype: person\nphones: 0170 123456\n---\n",
    "people/Anna Mueller.md": "---\ntype: person\n---\n",
    "people/Tom's Dad.md": "---\ntype: person\n---\n",
    "journal/2026/2026-11-19.md": "- lunch with [[Tom's Dad]] and \x1b[31m[[Anna Mueller]]\n",
}


@pytest.fixture
def root(vault_at: Any) -> str:
    for path, text in FILES.items():
        vault_at.write(path, text)
    return str(vault_at.root)


def text(root: str, path: str) -> str:
    return Path(root, path).read_text(encoding="utf-8")


def test_rename_prints_the_new_path_and_tells_how_much_changed(prmvault: Prmvault, root: str) -> None:
    ran = prmvault("-C", root, "rename", "tom's dad", "Bernd O'Neil")
    assert (ran.code, ran.out) == (0, "people/Bernd O'Neil.md\n")
    assert ran.err == "prmvault: rename Tom's Dad to Bernd O'Neil: 3 lines in 2 notes changed\n"
    assert "[[Bernd O'Neil]]" in text(root, "journal/2026/2026-11-19.md")


def test_a_dry_run_prints_each_line_and_changes_nothing(prmvault: Prmvault, root: str, vault_at: Any) -> None:
    before = vault_at.fingerprint()
    ran = prmvault("-C", root, "rename", "Tom's Dad", "Bernd", "--dry-run")
    assert vault_at.fingerprint() == before
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "people/Tom's Dad.md → people/Bernd.md\n"
        "people/Tom's Dad.md:3: + aliases:\n"
        "people/Tom's Dad.md:3: + - Tom's Dad\n"
        "journal/2026/2026-11-19.md:1: - lunch with [[Tom's Dad]] and [31m[[Anna Mueller]] → "
        "- lunch with [[Bernd]] and [31m[[Anna Mueller]]\n"
    )


def test_links_that_stay_are_told(prmvault: Prmvault, root: str, vault_at: Any) -> None:
    vault_at.write("x.md", "---\nname: [\n---\n[[Tom's Dad]]\n")
    ran = prmvault("-C", root, "rename", "Tom's Dad", "Bernd")
    assert ran.code == 0
    assert "x.md:4: [[Tom's Dad]] stays as it is: its note can't be read" in ran.err


def test_nothing_to_change_is_said(prmvault: Prmvault, root: str) -> None:
    ran = prmvault("-C", root, "rename", "Tom's Dad", "Tom's Dad")
    assert (ran.code, ran.out, ran.err) == (0, "", "prmvault: nothing is to be changed\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("rename", "Nobody", "x"), 1, "no note is named"),
        (("rename", "Tom's Dad", "..."), 2, "no character that a file name can hold"),
        (("rename", "Tom's Dad", "anna müller"), 1, "is there already"),
        (("rename", "2026-11-19", "x"), 2, "is a journal day"),
        (("merge", "Tom's Dad", "Tom's Dad"), 2, "both names mean"),
        (("dups", "--not-same", "Tom's Dad", "tom's dad"), 2, "both names mean"),
        (("rename", "Anna", "x"), 4, "may mean 2"),
        (("merge", "Anna Müller", "Toms Dad"), 1, "no note is named"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_line(
    prmvault: Prmvault, root: str, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = prmvault("-C", root, *arguments)
    assert ran.code == code
    assert said in ran.err
    assert ran.out == ""


def test_dups_proposes_the_command_that_joins_the_two(prmvault: Prmvault, root: str) -> None:
    ran = prmvault("-C", root, "dups")
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out == "Anna Müller\tAnna Mueller\tsame name\tprmvault merge 'people/Anna Müller' 'people/Anna Mueller'\n"
    )
    told = json.loads(prmvault("-C", root, "dups", "--json").out)
    assert told == [
        {
            "paths": ["people/Anna Müller.md", "people/Anna Mueller.md"],
            "names": ["Anna Müller", "Anna Mueller"],
            "targets": ["people/Anna Müller", "people/Anna Mueller"],
            "score": 60,
            "reasons": ["same name"],
        }
    ]
    assert prmvault("-C", root, "merge", "people/Anna Müller", "people/Anna Mueller").out == "people/Anna Müller.md\n"
    assert not Path(root, "people/Anna Mueller.md").exists()
    assert "[[Anna Müller]]" in text(root, "journal/2026/2026-11-19.md")
    assert prmvault("-C", root, "dups") == (1, "", "")
    assert prmvault("-C", root, "dups", "--json")[:2] == (1, "[]\n")


def test_in_a_narrow_terminal_the_command_is_not_cut(prmvault: Prmvault, root: str, terminal: Any) -> None:
    terminal(80)
    ran = prmvault("-C", root, "--color", "never", "dups")
    assert ran.out == (
        "Anna Müller and Anna Mueller: same name\n    → prmvault merge 'people/Anna Müller' 'people/Anna Mueller'\n"
    )
    assert "prmvault dups --not-same A B" in ran.err


def test_dups_is_told_once_who_is_not_the_same(prmvault: Prmvault, root: str) -> None:
    ran = prmvault("-C", root, "dups", "--not-same", "Anna Müller", "Anna Mueller", "-n")
    assert (
        ran.out == 'people/Anna Müller.md:4: + not_same_as:\npeople/Anna Müller.md:4: + - "[[people/Anna Mueller]]"\n'
    )
    ran = prmvault("-C", root, "dups", "--not-same", "Anna Müller", "Anna Mueller")
    assert (ran.code, ran.out) == (0, "people/Anna Müller.md\n")
    assert prmvault("-C", root, "dups").code == 1


def test_a_merge_of_two_in_a_terminal_shows_what_comes_and_goes(prmvault: Prmvault, root: str, terminal: Any) -> None:
    terminal(80)
    ran = prmvault("-C", root, "--color", "always", "merge", "Anna Müller", "Anna Mueller", "-n")
    assert ran.code == 0
    assert "people/Anna Mueller.md" in ran.out
    assert "removed" in ran.out
    assert max(map(len, ran.err.splitlines()), default=0) <= 80
