"""What `check` tells: each kind of problem with its file, line and code."""

from __future__ import annotations

import os
import unicodedata
from typing import Any

import pytest

from prmvault.app.problems import THOROUGH, vault_problems
from prmvault.app.vault import open_vault
from prmvault.core.problems import Problem


def problems_of(sample: Any, *, thorough: bool = False) -> list[Problem]:
    vault = open_vault(sample.root, lambda _text: None)
    try:
        found = vault_problems(vault)
        for check in THOROUGH if thorough else ():
            found += check(vault)
        return found
    finally:
        vault.facts.close()


def front(text: str) -> str:
    return f"---\n{text}\n---\n"


@pytest.mark.parametrize(
    ("path", "content", "place"),
    [
        ("people/A.md", '---\nname: "A\n---\n', "people/A.md:2 bad-yaml"),
        ("people/A.md", "---\nname: A\n", "people/A.md:1 missing-fence"),
        ("people/A.md", front("name: A\nname: B"), "people/A.md:3 duplicate-key"),
        ("people/A.md", front("name: &x A"), "people/A.md:2 yaml-alias"),
        ("people/A.md", front("a: b\nbirthday: 31-02-1990"), "people/A.md:3 bad-date"),
        ("people/A.md", front("deceased: in spring"), "people/A.md:2 bad-date"),
        ("people/A.md", front("cadence: sometimes"), "people/A.md:2 bad-period"),
        ("people/A.md", front("debts:\n  - {amount: 20 EUR}\n  - {amount: much}"), "people/A.md:4 bad-money"),
        ("people/A.md", front("debts: [{amount: 20 EUR, by: us}]"), "people/A.md:2 bad-choice"),
        ("people/A.md", front("gifts: [{what: x, status: lost}]"), "people/A.md:2 bad-choice"),
        ("people/A.md", front("reminders:\n  - {text: x, on: soon}"), "people/A.md:3 bad-date"),
        ("people/A.md", front("reminders:\n  - {text: x, on: 2026-01-01, repeat: now}"), "people/A.md:3 bad-repeat"),
        ("people/A.md", front("related:\n  - father: {a: b}"), "people/A.md:3 bad-entry"),
        ("people/A.md", front("name: {a: b}"), "people/A.md:2 not-text"),
        ("people/A.md", front("names: [a]"), "people/A.md:2 not-a-map"),
        ("people/A.md", "\n- [ ] x 📅 2026-02-30\n", "people/A.md:2 bad-date"),
        ("people/A.md", "## Log\n\n- 2026-02-30 call\n", "people/A.md:3 bad-date"),
        ("people/A.md", "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n", "people/A.md:2 conflict-marker"),
        ("people/A.md", b"a\nM\xfcller\n", "people/A.md:2 not-utf8"),
        ("people/A.md", "a\nb\n".encode("utf-16"), "people/A.md:1 not-utf8"),
        ("people/A.md", "a\n\0b\n", "people/A.md:2 control-character"),
        ("people/A.md", b"a" * (4 * 1024 * 1024 + 1), "people/A.md:0 too-large"),
        ("journal/x.md", "- call\n", "journal/x.md:1 no-date"),
        ("deals/A.md", front("a: b\nstage: maybe"), "deals/A.md:3 bad-choice"),
        ("people/A.sync-conflict-20261120-120000-ABCDEFG.md", "x", "people/A.sync-conflict-20261120-120000-ABCDEFG.md:0 conflict-copy"),
        ("prmvault.yaml", "language: en\ncolour: red\n", "prmvault.yaml:2 bad-setting"),
        ("prmvault.yaml", "a: [\n", "prmvault.yaml:1 bad-yaml"),
    ],
)  # fmt: skip
def test_each_problem_has_its_line_and_its_code(vault_at: Any, path: str, content: str | bytes, place: str) -> None:
    vault_at.write(path, content)
    found = problems_of(vault_at)
    assert [f"{problem.path}:{problem.line} {problem.code}" for problem in found] == [place]
    assert all(problem.message and problem.hint for problem in found)


def test_an_entry_with_a_missing_field_is_told(vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "types: {book: {folder: books, fields: {author: {kind: text, required: true}}}}\n")
    vault_at.write("books/A.md", "x")
    (problem,) = problems_of(vault_at)
    assert (problem.path, problem.line, problem.code) == ("books/A.md", 1, "missing-field")


def test_a_vault_without_mistakes_has_no_problems(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", front("birthday: 1990-02-28\nwhatever: [1, {a: b}]"))
    vault_at.write("journal/2026/2026-11-20.md", "- call [[Ann]]\n")
    assert problems_of(vault_at, thorough=True) == []


def test_an_ambiguous_link_names_the_notes(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "")
    vault_at.write("notes/Ann.md", "see\n[[Ann]] and [[people/Ann]]\n")
    (problem,) = problems_of(vault_at)
    assert (problem.path, problem.line, problem.code) == ("notes/Ann.md", 2, "ambiguous-link")
    assert sorted(problem.hint.removeprefix("write the path, such as ").split(" or ")) == [
        "[[notes/Ann]]",
        "[[people/Ann]]",
    ]


def test_a_dangling_link_is_told_by_check_alone(vault_at: Any) -> None:
    vault_at.write("notes/A.md", "\n[[O'Brien $(x)]] ![[photo.PNG]] `[[code]]` [[A]]\n")
    assert problems_of(vault_at) == []
    (problem,) = problems_of(vault_at, thorough=True)
    assert (problem.path, problem.line, problem.code) == ("notes/A.md", 2, "dangling-link")
    assert problem.hint == """prmvault add person 'O'"'"'Brien $(x)'"""


def test_two_notes_with_one_uid_are_told(vault_at: Any) -> None:
    vault_at.write("people/A.md", front("uid: x"))
    vault_at.write("people/B.md", front("a: b\nuid: x"))
    (problem,) = problems_of(vault_at)
    assert (problem.path, problem.line, problem.code) == ("people/B.md", 3, "duplicate-uid")


def test_names_that_some_systems_take_for_one_are_told(vault_at: Any) -> None:
    vault_at.write("people/ann.md", "")
    vault_at.write("people/Ann.md", "")
    if len(os.listdir(vault_at.path / "people")) == 1:
        pytest.skip("this file system takes them for one")
    (problem,) = problems_of(vault_at)
    assert (problem.line, problem.code) == (0, "name-collision")


def test_a_decomposed_name_is_told(vault_at: Any) -> None:
    vault_at.write("people/" + unicodedata.normalize("NFD", "José") + ".md", "")
    assert [problem.code for problem in problems_of(vault_at)] == ["name-not-nfc"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(vault_at: Any) -> None:
    file = vault_at.write("people/A.md", "x")
    file.chmod(0)
    folder = vault_at.write("closed/B.md", "x").parent
    folder.chmod(0)
    try:
        assert [(problem.path, problem.code) for problem in problems_of(vault_at)] == [
            ("closed", "unreadable"), ("people/A.md", "unreadable"),
        ]  # fmt: skip
    finally:
        folder.chmod(0o700)


def test_a_file_that_goes_unread_is_told_again_at_the_next_look(vault_at: Any) -> None:
    vault_at.write("people/A.md", front("birthday: no"))
    assert problems_of(vault_at) == problems_of(vault_at) != []


def test_a_key_that_is_almost_a_known_one_is_told_by_check_alone(vault_at: Any) -> None:
    vault_at.write("people/A.md", front("birthay: 1990-01-01\nphone: 0351 123456\nshoe_size: 41\nKaffee: schwarz"))
    assert not problems_of(vault_at)
    told = [(problem.line, problem.code, problem.hint) for problem in problems_of(vault_at, thorough=True)]
    assert sorted(told) == [(2, "unknown-key", "is it birthday?"), (3, "unknown-key", "is it phones?")]
