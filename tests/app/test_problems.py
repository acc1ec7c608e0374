"""What `check` tells: each kind of problem with its file, line and code."""

from __future__ import annotations

import os
import unicodedata
from datetime import date
from typing import Any

import pytest

from prmvault.app.problems import all_problems, vault_problems
from prmvault.app.vault import open_vault
from prmvault.core.problems import Problem

TODAY = date(2026, 11, 20)


def problems_of(sample: Any, *, thorough: bool = False) -> list[Problem]:
    vault = open_vault(sample.root, lambda _text: None)
    try:
        return all_problems(vault, TODAY) if thorough else vault_problems(vault)
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
        ("people/A.md", "a\tb\r\n\x1b[31m\n\x07", "people/A.md:2 control-character"),
        ("people/A.md", "---\na: b\n---\n\n\x9b", "people/A.md:5 control-character"),
        ("people/A.md", "---\na: b\u202e\n---\n", "people/A.md:2 control-character"),
        ("people/A.md", "---\na: b\x07\n---\n\x07", "people/A.md:2 control-character"),
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


def told(sample: Any, code: str) -> list[tuple[str, int, str, str]]:
    """Return path, line, message and hint of the problems of one code."""
    return [
        (each.path, each.line, each.message, each.hint)
        for each in problems_of(sample, thorough=True)
        if each.code == code
    ]


def test_text_that_is_written_from_right_to_left_is_no_problem(vault_at: Any) -> None:
    vault_at.write("people/A.md", "\u200fשלום\u200f \u202b\u0645\u202c \u2067x\u2069\n")
    assert problems_of(vault_at, thorough=True) == []


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("friends/Ann Berg", "did you mean [[Ann Berg]]?"),
        ("Ann Brg", "did you mean [[Ann Berg]]? If it has a new name: prmvault set 'Ann Berg' aliases+='Ann Brg'"),
        ("Berg", "did you mean [[Ann Berg]]? If it has a new name: prmvault set 'Ann Berg' aliases+=Berg"),
        ("Zoe", "prmvault add person Zoe"),
    ],
)
def test_a_dangling_link_is_told_with_the_note_that_may_be_meant(vault_at: Any, target: str, hint: str) -> None:
    vault_at.write("people/Ann Berg.md", "")
    vault_at.write("notes/A.md", f"[[{target}]]\n\n[[{target}]]\n")
    message = f"[[{target}]] has no note"
    assert told(vault_at, "dangling-link") == [("notes/A.md", 1, message, hint), ("notes/A.md", 3, message, hint)]


def test_people_who_share_a_name_are_told_where_the_second_one_has_it(vault_at: Any) -> None:
    vault_at.write("people/Anna Müller.md", "")
    vault_at.write("people/b/Anna Mueller.md", front("a: b"))
    vault_at.write("people/Cid.md", front("a: b\nname: ANNA MULLER"))
    vault_at.write("people/Dora.md", front("aliases:\n  - Do\n  - anna müller"))
    vault_at.write("people/Eva.md", front("alias: Do"))
    assert [row[:3] for row in told(vault_at, "duplicate-name")] == [
        ("people/Cid.md", 3, "people/Anna Müller.md has the name ANNA MULLER, too"),
        ("people/Dora.md", 4, "people/Anna Müller.md has the name anna müller, too"),
        ("people/Eva.md", 2, "people/Dora.md has the name Do, too"),
        ("people/b/Anna Mueller.md", 0, "people/Anna Müller.md has the name Anna Mueller, too"),
    ]


def test_how_a_shared_name_is_settled_is_told(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "")
    vault_at.write("people/b/Ann.md", "")
    ((*_, hint),) = told(vault_at, "duplicate-name")
    assert hint.startswith(
        "one person: prmvault merge people/Ann people/b/Ann; two: prmvault dups --not-same people/Ann people/b/Ann,"
    )


@pytest.mark.parametrize("place", ["people/Ann.md", "people/b/Ann.md"])
def test_people_who_are_said_to_be_two_may_share_a_name(vault_at: Any, place: str) -> None:
    vault_at.write("people/Ann.md", "")
    vault_at.write("people/b/Ann.md", "")
    other = {"people/Ann.md": "people/b/Ann", "people/b/Ann.md": "people/Ann"}[place]
    vault_at.write(place, front(f'not_same_as: "[[{other}]]"'))
    assert told(vault_at, "duplicate-name") == []
    vault_at.write("people/c/Ann.md", "")
    assert [row[:3] for row in told(vault_at, "duplicate-name")] == [
        ("people/c/Ann.md", 0, "people/Ann.md has the name Ann, too")
    ]


def test_other_notes_may_be_called_like_a_person(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", front("name: Ann\naliases: [ANN, Ann]"))
    vault_at.write("organizations/Ann.md", "")
    assert told(vault_at, "duplicate-name") == []


def test_files_that_are_one_on_some_systems_are_told_as_that(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "")
    vault_at.write("people/ann.md", "")
    if len(os.listdir(vault_at.path / "people")) == 1:
        pytest.skip("this file system takes them for one")
    assert [each.code for each in problems_of(vault_at, thorough=True)] == ["name-collision"]


def test_relations_that_can_not_be_are_told_where_they_stand(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", front("related:\n  - Schwester: '[[Ann]]'\n  - {type: Tochter, person: '[[Bob]]'}"))
    vault_at.write("people/Bob.md", front("birthday: 1980-01-01\nrelated: {children: ['[[Ann]]', Cid, Dora]}"))
    vault_at.write("people/Cid.md", front("birthday: 1979"))
    vault_at.write("people/Dora.md", front("birthday: 1991-06-01"))
    vault_at.write("people/Eva.md", front("related: {mother: '[[Fay]]', friend: '[[Eva|me]]'}"))
    vault_at.write("people/Fay.md", front("a: b\nrelated:\n  - mother: '[[Gus]]'\n"))
    vault_at.write("people/Gus.md", front("related:\n  mother: Eva\n"))
    assert [row[:3] for row in told(vault_at, "impossible-relation")] == [
        ("people/Ann.md", 3, "Ann is their own Schwester"),
        ("people/Ann.md", 4, "Ann is parent and child of Bob"),
        ("people/Bob.md", 3, "Bob is a parent of Cid, but was born later (1980-01-01 and 1979)"),
        ("people/Bob.md", 3, "Bob is a parent of Dora, but is at most 11 years older (1980-01-01 and 1991-06-01)"),
        ("people/Eva.md", 2, "Eva is their own friend"),
        ("people/Eva.md", 2, "each is a parent of the next, in a circle: Eva, Gus, Fay"),
    ]


def test_relations_to_somebody_of_whom_there_are_two_say_nothing(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", front("related: {mother: '[[Ann]]'}"))
    vault_at.write("people/b/Ann.md", "")
    assert told(vault_at, "impossible-relation") == []


def test_words_of_the_settings_count_in_relations(vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "relations: {parent: {words: [Mami]}}\n")
    vault_at.write("people/Ann.md", front("birthday: 2000\nrelated: {Mami: Bob}"))
    vault_at.write("people/Bob.md", front("birthday: 2001"))
    assert [row[:3] for row in told(vault_at, "impossible-relation")] == [
        ("people/Ann.md", 3, "Bob is a parent of Ann, but was born later (2001 and 2000)")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("birthday: 2026-11-21", "birthday 2026-11-21 is yet to come"),
        ("birthday: 2027", "birthday 2027 is yet to come"),
        ("deceased: 2026-12", "deceased 2026-12 is yet to come"),
        ("deceased: 1980\nbirthday: 1990-05-01", "the birthday 1990-05-01 is after the death, 1980"),
    ],
)
def test_dates_that_can_not_be_are_told(vault_at: Any, text: str, message: str) -> None:
    vault_at.write("people/Ann.md", front(f"a: b\n{text}"))
    assert [row[:3] for row in told(vault_at, "impossible-date")] == [("people/Ann.md", 3, message)]


@pytest.mark.parametrize(
    "text", ["birthday: 2026-11-20", "birthday: 2026", "birthday: --12-24", "deceased: yes\nbirthday: 1990"]
)
def test_dates_that_may_be_are_not_told(vault_at: Any, text: str) -> None:
    vault_at.write("people/Ann.md", front(text))
    assert problems_of(vault_at, thorough=True) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\n`#familiy` is #familiy\n", 3),
        ("---\na: familiy\ntags:\n  - x\n  - familiy/uk\n---\n", 5),
        ("---\ntags: x, familiy\n---\n", 2),
        ('---\na: b\ntags: [x, "#familiy"]\n---\n#familiy\n', 3),
    ],
)
def test_an_odd_tag_is_told_where_it_stands(vault_at: Any, text: str, line: int) -> None:
    for number in range(5):
        vault_at.write(f"notes/{number}.md", "#family\n")
    vault_at.write("notes/odd.md", text)
    assert told(vault_at, "odd-tag") == [
        ("notes/odd.md", line, "the tag familiy is in one note, family in 5", "is it family?")
    ]


def test_a_rare_tag_in_two_notes_is_told_once(vault_at: Any) -> None:
    for number in range(6):
        vault_at.write(f"notes/{number}.md", "#choir\n")
    vault_at.write("notes/b.md", "#choirs\n")
    vault_at.write("notes/a.md", "#choirs\n")
    assert told(vault_at, "odd-tag") == [("notes/a.md", 1, "the tag choirs is in 2 notes, choir in 6", "is it choir?")]


def test_keys_that_obsidian_gave_up_are_told_by_check_alone(vault_at: Any) -> None:
    vault_at.write("people/A.md", front("a: b\nalias: x\ntag: y"))
    vault_at.write("people/B.md", front("a: {alias: x}\nb: 'alias: c'"))
    assert not problems_of(vault_at)
    assert [row[:3] for row in told(vault_at, "old-key")] == [
        ("people/A.md", 3, "Obsidian reads alias no longer (from 1.9 on)"),
        ("people/A.md", 4, "Obsidian reads tag no longer (from 1.9 on)"),
    ]
