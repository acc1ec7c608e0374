"""What is known to go wrong in notes: the run goes on, a line of the file and a remedy are told, the rest is there."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from prmvault.core.channels import channel_words
from prmvault.core.note import Reading, parse_note
from prmvault.core.schema import note_types
from prmvault.vault.files import decode_note, look, read_file

if TYPE_CHECKING:
    from pathlib import Path

    from prmvault.core.model import Note

READING = Reading(note_types(), channel_words({}))
ANNA = "people/Anna Müller.md"
REST = "\nCall [[Ben]] #family\n- [ ] ask [[Cleo]] 📅 2026-12-01\n"


def note(text: str) -> Note:
    return parse_note(ANNA, text, READING)


def problems(read: Note) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in read.problems]


# Whatever is wrong in the front matter, the run goes on, one line tells where and what helps, and the
# rest of the note is there. What was typed, line of the file, code, the fields that are left.
NAME = {"name": "Anna"}
TRAPS: list[tuple[str, int, str, dict[str, Any]]] = [
    ("name: Anna\nbirthday: 1990-02-30", 3, "bad-date", NAME),
    ("name: Anna\nbirthday: 14.03.1987", 3, "bad-date", NAME),
    ("name: Anna\nname: Anna", 3, "duplicate-key", NAME),
    ("name: Anna\nfriend: [[Ann]]", 3, "unquoted-link", {**NAME, "friend": "[[Ann]]"}),
    (
        "name: Anna\nrelated:\n  - friend: [[Ann]]",
        4,
        "unquoted-link",
        {**NAME, "related": [{"type": "friend", "person": "[[Ann]]", "item": 0}]},
    ),
    ("name: Anna\ntags: #tag", 3, "comment-value", NAME),
    ("name: Anna\ntags:\n  - a\n  - #tag", 5, "comment-value", {**NAME, "tags": ["a"]}),
    (
        "name: Anna\ndates:\n  -\n  - 2010-05-01\n  - 1990-02-30",
        6,
        "bad-date",
        {**NAME, "dates": [{"date": "2010-05-01", "item": 1}]},
    ),
    (
        "name: Anna\nemails: [a@b.c]\nphones:\n  - [1]\n  - 0170",
        5,
        "bad-entry",
        {**NAME, "emails": [{"value": "a@b.c", "item": 0}], "phones": [{"value": "0170", "item": 1}]},
    ),
    ("name: Anna\ncadence: often", 3, "bad-period", NAME),
    ("name: Anna\nsecret: !vault x", 3, "yaml-tag", {**NAME, "secret": "x"}),
    ("name: Max: the second", 2, "bad-yaml", {}),
    ("name: Anna\nnick: @x", 3, "bad-yaml", {}),
    ("name: Anna\n\ttitle: x", 3, "bad-yaml", {}),
    ("name: {{title}}", 2, "bad-key", {}),
    ("name: Anna\ntags: [#a]", 3, "bad-yaml", {}),
    ("name: Anna\nfriends: [[A]], [[B]]", 3, "bad-yaml", {}),
    ("name: Anna\na: &a x", 3, "yaml-alias", {}),
    ("name: Anna\n<<: {a: b}", 3, "yaml-alias", {}),
    ("name: Anna\na: " + "[" * 25_000, 3, "too-deep", {}),
    ("a: " + "x" * 1_000_000, 2, "too-large", {}),
    ("name: Anna\na: b\x07", 3, "control-character", {}),
    ("- Anna: x", 2, "not-keys", {}),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
@pytest.mark.parametrize(("yaml", "line", "code", "fields"), TRAPS, ids=lambda value: repr(value)[:30])
def test_every_trap_of_front_matter_is_one_problem_and_the_rest_of_the_note_is_there(
    yaml: str, line: int, code: str, fields: dict[str, Any], begin: str, end: str
) -> None:
    text = begin + f"---\n{yaml}\n---\n{REST}".replace("\n", end)
    read = note(text)
    (problem,) = read.problems
    assert (problem.path, problem.line, problem.code) == (ANNA, line, code)
    assert problem.message
    assert problem.hint
    assert read.fields == fields
    assert read.readable == bool(fields)
    assert read.title == ("Anna" if fields else "Anna Müller")
    body_line = yaml.count("\n") + 4
    assert read.links[-2:] == (("Ben", body_line + 1), ("Cleo", body_line + 2))
    assert "family" in read.tags
    assert [(task.text, task.due, task.line) for task in read.tasks] == [("ask [[Cleo]]", "2026-12-01", body_line + 2)]


def test_a_missing_closing_fence_leaves_the_note_to_be_found_but_not_to_be_rewritten() -> None:
    read = note(f"---\nname: Anna\n{REST}")
    assert problems(read) == [(1, "missing-fence")]
    assert not read.readable
    assert [target for target, _ in read.links] == ["Ben", "Cleo"]


def test_a_note_that_starts_with_a_rule_is_an_ordinary_note() -> None:
    read = note(f"---\nHello\n---\n{REST}")
    assert problems(read) == []
    assert read.links == (("Ben", 5), ("Cleo", 6))


def test_latin_1_bytes_are_read_as_such_and_reported() -> None:
    text, found = decode_note(ANNA, "---\nname: Anna\ncity: Köln\n---\nGrüße\n".encode("latin-1"))
    assert [(problem.line, problem.code) for problem in found] == [(3, "not-utf8")]
    assert note(text).fields == {"name": "Anna", "city": "Köln"}


@pytest.mark.parametrize(
    ("text", "line"), [("---\nname: Anna\n---\nx\n[[Ben]]\0", 5), ("---\na: b\nc: \0\n---\n[[Ben]]", 3)]
)
def test_a_nul_byte_is_reported_where_it_is(text: str, line: int) -> None:
    decoded, found = decode_note(ANNA, text.encode())
    assert [(problem.line, problem.code) for problem in found] == [(line, "control-character")]
    assert note(decoded).links == (("Ben", 5),)


def test_a_pipe_blocks_nothing_and_a_link_leads_nowhere(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / "people").mkdir(parents=True)
    (tmp_path / "secret.md").write_text("secret")
    os.mkfifo(vault / "people" / "pipe.md")
    (vault / "people" / "out.md").symlink_to(tmp_path / "secret.md")
    (vault / "all").symlink_to(tmp_path)
    assert [folder.names for folder in look(str(vault), (), [])] == [b"", b""]
    for name in ("people/pipe.md", "people/out.md"):
        with pytest.raises(OSError):  # noqa: PT011 - which error it is depends on the system
            read_file(str(vault), name)
