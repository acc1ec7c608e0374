"""docs/format.md says what the code does: each code, setting, kind and key is in it, and its examples are read."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.create import _SETTINGS
from prmvault.core.channels import channel_of, channel_words
from prmvault.core.kinds import KINDS
from prmvault.core.note import parse_note
from prmvault.core.relations import inverse_type, relation_of, relation_words
from prmvault.core.schema import PLAIN_NOTE, note_types
from prmvault.vault.read_settings import _READERS, parse_settings
from prmvault.vault.refresh import reading_of

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = REPOSITORY / "prmvault"
PAGE = (REPOSITORY / "docs" / "format.md").read_text(encoding="utf-8")
CODE_AT = {"Problem": 2, "_Refused": 1, "_report": 1, "report": 0}
"""Which argument of a call is the code of a problem."""
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+|unreadable")
TOLD_WITH_A_MESSAGE = re.compile(r"\[([a-z]+(?:-[a-z]+)+)\]")


def section(heading: str) -> str:
    """Return the text below a heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{2,{level}}} |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no heading {heading}"
    return found[1]


def rows(heading: str) -> list[list[str]]:
    """Return the rows of the tables below a heading, as their cells."""
    lines = [line for line in section(heading).splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def first_cells(heading: str) -> list[str]:
    """Return all that is in backticks in the first column of the tables below a heading."""
    return [word for cells in rows(heading) for word in re.findall(r"`([^`]+)`", cells[0])]


def fenced(language: str) -> list[str]:
    """Return the examples in fences of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def texts_in(node: ast.AST) -> Iterator[str]:
    """Return the texts that an argument may be, both of `a if b else c` and what an f-string ends with."""
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def codes_of(source: str) -> set[str]:
    """Return the codes of problems that a module makes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        place = CODE_AT.get(name)
        if place is not None and len(node.args) > place:
            found.update(text for text in texts_in(node.args[place]) if CODE.fullmatch(text))
        if name == "PrmvaultError":
            found.update(
                code
                for argument in node.args
                for text in texts_in(argument)
                for code in TOLD_WITH_A_MESSAGE.findall(text)
            )
    return found


def codes_used() -> set[str]:
    return set().union(*(codes_of(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")))


def settings_of_page() -> str:
    return next(text for text in fenced("yaml") if text.startswith("# prmvault.yaml\n"))


def test_codes_are_found_in_every_way_in_which_problems_are_made() -> None:
    source = 'Problem(p, 1, "a-b", "m")\nself._report(1, "c-d", "m")\nreport("e-f" if x else "g-h", "m", "", -1)\n'
    source += 'raise _Refused(1, "i-j", "m", "")\nPrmvaultError(f"{x}: bad [k-l]")\nother("m-n")\n'
    assert codes_of(source) == {"a-b", "c-d", "e-f", "g-h", "i-j", "k-l"}


def test_the_page_has_each_code_of_a_problem_once_and_no_other() -> None:
    assert first_cells("## Problem codes") == sorted(codes_used())


def test_every_code_has_a_meaning_and_a_remedy() -> None:
    assert all(len(cells) == 3 and all(cells) for cells in rows("## Problem codes"))


def test_the_page_has_each_setting_once_and_no_other() -> None:
    assert first_cells("## Settings") == list(_READERS)


@pytest.mark.parametrize("cells", rows("## Settings"), ids=lambda cells: cells[0])
def test_the_example_of_a_setting_is_read_without_problems(cells: list[str]) -> None:
    assert parse_settings(cells[-1].strip("`") + "\n").problems == ()


@pytest.mark.parametrize("text", fenced("yaml"))
def test_an_example_of_settings_is_read_without_problems(text: str) -> None:
    assert parse_settings(text).problems == ()


def test_the_settings_that_init_writes_are_examples_of_what_does_something() -> None:
    unused = {cells[0].strip("`") for cells in rows("## Settings") if cells[1].endswith("used by nothing yet")}
    text = "\n".join(re.findall(r"^# (\w+: .*)$", _SETTINGS, re.MULTILINE))
    settings = parse_settings(text)
    assert settings.problems == ()
    told = set(re.findall(r"^\w+", text, re.MULTILINE))
    assert told
    assert not told & unused


def test_the_page_has_every_kind_of_field() -> None:
    kinds = first_cells("## Own types and fields")
    assert set(kinds) == {*KINDS, "choice", "list of …"}
    assert len(kinds) == len(set(kinds))


def test_the_page_has_a_table_for_each_built_in_type() -> None:
    headings = set(re.findall(r"^### (\w+)$", section("## Keys of the built-in types"), re.MULTILINE))
    assert {name.capitalize() for name in note_types()} - headings == {"Note", "Organization"}


@pytest.mark.parametrize(
    ("name", "headings"),
    [
        ("person", ["### Person and organization", "### Person"]),
        ("organization", ["### Person and organization"]),
        ("journal", ["### Journal"]),
        ("event", ["### Event"]),
        ("deal", ["### Deal"]),
    ],
)
def test_the_tables_of_a_type_have_each_of_its_keys_and_no_other(name: str, headings: list[str]) -> None:
    told = [key for heading in ["### Every note", *headings] for key in first_cells(heading)]
    assert sorted(told) == sorted(note_types()[name].fields)


def test_plain_notes_have_the_keys_of_every_note() -> None:
    assert sorted(first_cells("### Every note")) == sorted(PLAIN_NOTE.fields)


KEY_ROWS = [
    (name, cells)
    for name, headings in {
        "person": ["### Every note", "### Person and organization", "### Person"],
        "journal": ["### Journal"],
        "event": ["### Event"],
        "deal": ["### Deal"],
    }.items()
    for heading in headings
    for cells in rows(heading)
]


@pytest.mark.parametrize(("name", "cells"), KEY_ROWS, ids=lambda part: part if isinstance(part, str) else part[0])
def test_each_key_has_an_example_that_is_read_without_problems(name: str, cells: list[str]) -> None:
    folder = note_types()[name].folder
    written_as = {"tag": "tags", "alias": "aliases"}
    examples = re.findall(r"`([^`]+)`", cells[-1])
    assert [example.partition(":")[0] for example in examples] == re.findall(r"`([^`]+)`", cells[0])
    for example in examples:
        key = example.partition(":")[0]
        note = parse_note(f"{folder}/2026-11-21.md", f"---\n{example}\n---\n", reading_of(parse_settings("")))
        assert [problem.code for problem in note.problems] == ["merge-conflict"] * (key == "merge_conflicts")
        assert set(note.fields) == {written_as.get(key, key)}


@pytest.mark.parametrize("text", fenced("markdown"))
def test_an_example_note_is_read_without_problems(text: str) -> None:
    settings = parse_settings(settings_of_page())
    assert settings.problems == ()
    note = parse_note("note.md", text, reading_of(settings))
    assert note.type != "note"
    assert note.problems == ()


def test_there_are_example_notes_of_people_days_and_an_own_type() -> None:
    reading = reading_of(parse_settings(settings_of_page()))
    types = {parse_note("note.md", text, reading).type for text in fenced("markdown")}
    assert types == {"person", "journal", "pet"}


def test_the_example_day_has_the_contacts_that_the_page_tells_of() -> None:
    [day] = [text for text in fenced("markdown") if "type: journal" in text]
    contacts = parse_note("note.md", day, reading_of(parse_settings(""))).contacts
    assert [(contact.channel, contact.targets, contact.mention) for contact in contacts] == [
        ("call", ("Oma Gerda", "Tom Becker"), False),
        ("meal", ("Anna Müller",), False),
        ("", ("Ada Lovelace",), True),
    ]


def test_a_word_in_the_table_of_channels_tells_its_channel() -> None:
    table = channel_words({})
    told = {cells[0].strip("`"): cells[1].removesuffix("|").strip(" …") for cells in rows("## The body")}
    assert set(told) == set(table.values())
    for channel, words in told.items():
        assert {channel_of(word, table) for word in [channel, *words.split(", ")]} == {channel}


def test_a_word_in_the_table_of_relations_is_understood_as_its_type() -> None:
    table = relation_words()
    told = [(re.findall(r"`([^`]+)`", cells[0]), cells) for cells in rows("## Relations")]
    types = [kind for kinds, _ in told for kind in kinds]
    assert sorted(types) == sorted({relation.type for relation in table.values()})
    for kinds, (_, other, words) in told:
        for word in re.split(r"[,;] ", words.removesuffix("|").replace(" …", "").strip()):
            assert relation_of(word, table).type in kinds
        opposite = {kind: inverse_type(kind) for kind in kinds}
        if other == "itself":
            assert all(left == right for left, right in opposite.items())
        else:
            assert other == "each other"
            assert opposite == {kinds[0]: kinds[1], kinds[1]: kinds[0]}


def keys_in(value: object) -> Iterator[str]:
    """Return all keys of a JSON value, however deep."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from keys_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys_in(part)


def test_the_page_has_every_value_of_the_digest(tmp_path: Path, run_in: Callable[..., Any]) -> None:
    root = tmp_path / "vault"
    shutil.copytree(REPOSITORY / "example-vault", root)
    (root / "people" / "Broken.md").write_text("---\nbirthday: 1990-02-30\n---\n", encoding="utf-8")
    digest = json.loads(run_in(str(root), "--today", "2026-11-21", "digest", "--json").out)
    for name, part in digest.items():
        lines = part.get("lines", part) if isinstance(part, dict) else part
        assert lines, f"the example has nothing for {name}, so its keys are not looked at"
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`]+`", section("## The digest")))))
    assert set(keys_in(digest)) <= told
