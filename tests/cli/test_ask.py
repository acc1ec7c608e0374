"""`find` and `list`: tables for people and for programs, JSON with stable keys."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from prmvault.cli.output import clean, one_line

PERSON_KEYS = {
    "path", "name", "aliases", "emails", "phones", "birthday", "age", "tags", "related", "last_contact", "next_contact",
    "tasks", "gifts", "debts", "dates",
}  # fmt: skip
OBEYED = "\x1b]0;title\x07 \x1b[2J \x9b31m \r \x08 \u202e \u2066 \u200b \u2028 \x7f"
"""What a terminal would obey, or what would turn a line around."""
CONTROLS = [c for c in OBEYED if not c.isprintable()]
ESCAPED = "".join(f"\\u{ord(c):04x}" if not c.isprintable() else c for c in OBEYED)


def found(prmvault: Any, root: str, *text: str) -> list[str]:
    done = prmvault("-C", root, "find", *text, "--paths")
    return [line.removeprefix("people/").removesuffix(".md") for line in done.out.splitlines()]


# find


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("oma", "Gerda Weißhaupt"),
        ("Emily Hartley", "Emily Weißhaupt"),
        ("Renate Köhler", "Renate Weißhaupt"),
        ("sofia", "Sofía Moreno"),
        ("Schroeder", "Anna Schröder"),
        ("Juergen", "Jürgen Oßwald"),
        ("Osswald", "Jürgen Oßwald"),
        ("Ayse", "Ayşe Yılmaz"),
        ("Nguyen", "Lan Nguyễn"),
        ("Boehm", "Reinhold Böhm"),
        ("0171 3920021", "Lukas Weißhaupt"),
        ("+49 171 3920021", "Lukas Weißhaupt"),
        ("olly@example.com", "Oliver Hartley"),
        ("Kammerchor", "Reinhold Böhm"),
        ("Whitfeild", "Anna Whitfield"),
    ],
)
def test_people_are_found_by_whatever_names_them(prmvault: Any, example: str, text: str, name: str) -> None:
    assert found(prmvault, example, *text.split())[0] == name


def test_all_who_may_be_meant_are_found(prmvault: Any, example: str) -> None:
    assert found(prmvault, example, "Anna") == ["Anna Schröder", "Anna Whitfield"]
    assert len(found(prmvault, example, "Weisshaupt")) >= 8


def test_the_json_of_people_has_all_keys(prmvault: Any, example: str) -> None:
    for arguments in (["find", "anna"], ["list"], ["list", "person", "tag:friend"]):
        done = prmvault("-C", example, *arguments, "--json")
        people = json.loads(done.out)
        assert people
        for person in people:
            assert set(person) >= PERSON_KEYS
            assert all(set(each) >= {"type", "name", "path"} for each in person["related"])
            assert person["last_contact"] is None or set(person["last_contact"]) >= {
                "date",
                "channel",
                "text",
                "path",
                "line",
            }
            assert person["next_contact"] is None or set(person["next_contact"]) == {"due", "reason"}


# list


def test_a_table_for_a_program_has_tabs_and_paths(prmvault: Any, example: str) -> None:
    lines = prmvault("-C", example, "list", "person", "tag:friend").out.splitlines()
    assert lines[0].split("\t") == [
        "Anna Schröder", "1984-09-23", "", "+49 30 23125 145", "anna.schroeder@example.org", "friend from/school",
        "people/Anna Schröder.md",
    ]  # fmt: skip
    assert len(lines) == 5


@pytest.mark.parametrize("columns", [80, 120])
def test_a_table_for_a_terminal_is_as_agreed(
    prmvault: Any, example: str, terminal: Callable[[int], None], golden: Any, columns: int
) -> None:
    terminal(columns)
    text = ""
    for arguments in (["list"], ["find", "anna"], ["list", "event"], ["list", "journal", "tag:gift"]):
        text += f"$ prmvault {' '.join(arguments)}\n{prmvault('-C', example, '--color', 'never', *arguments).out}"
    golden(f"list-{columns}.txt", text)


@pytest.mark.parametrize("columns", [40, 80, 120, 300])
def test_no_line_of_a_table_is_wider_than_the_terminal(
    prmvault: Any, vault_at: Any, terminal: Callable[[int], None], columns: int
) -> None:
    terminal(columns)
    vault_at.write(
        "people/A.md", f"---\nname: {'漢字' * 30}\nphones: {'1' * 50}\nemails: {'e' * 60}\norg: {'👨‍👩‍👧' * 20}\n---\n"
    )
    vault_at.write("people/B.md", "---\nname: é́́́ X\n---\n")
    done = prmvault("-C", vault_at.root, "--color", "never", "list")
    assert max(cell_len(line) for line in done.out.splitlines()) <= columns
    assert prmvault("-C", vault_at.root, "list", "-F", "name,phones,emails,org,path").code == 0


def test_columns_can_be_chosen_and_are_all_shown(prmvault: Any, example: str, terminal: Callable[[int], None]) -> None:
    done = prmvault(
        "-C", example, "list", "tag:family", "-F", "name,last_contact.date,org,t_shirt", "--sort", "last_contact.date"
    )
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    assert {len(row) for row in rows} == {4}
    terminal(80)
    header = prmvault(
        "-C", example, "list", "-F", "name,last_contact.date,tags,org,path", "--color", "never"
    ).out.splitlines()[0]
    assert [name[:9] for name in header.split()] == ["name", "last_cont", "tags", "org", "path"]


def test_a_key_that_nobody_has_is_told(prmvault: Any, example: str) -> None:
    done = prmvault("-C", example, "list", "tag:friend", "-F", "name,brithday")
    assert done.err == "prmvault: none of them has 'brithday'\n"
    assert done.out.startswith("Anna Schröder\t\n")


def test_empty_values_are_sorted_last(prmvault: Any, example: str) -> None:
    birthdays = [line.split("\t")[1] for line in prmvault("-C", example, "list", "--sort", "birthday").out.splitlines()]
    assert birthdays[-1] == ""
    assert [each for each in birthdays if each] == sorted(each for each in birthdays if each)


def test_json_and_paths_are_sorted_too(prmvault: Any, example: str) -> None:
    by_date = json.loads(prmvault("-C", example, "list", "tag:friend", "--sort", "last_contact.date", "--json").out)
    paths = prmvault("-C", example, "list", "tag:friend", "--sort", "last_contact.date", "--paths").out.splitlines()
    assert [person["path"] for person in by_date] == paths
    assert paths[0] == "people/Anna Schröder.md"


def test_a_column_that_is_not_there_is_refused(prmvault: Any, example: str) -> None:
    done = prmvault("-C", example, "list", "--sort", "nonsense")
    assert (done.code, done.err.splitlines()[0]) == (2, "prmvault: no column 'nonsense'")


@pytest.mark.parametrize(
    ("note_type", "count"), [("person", 27), ("journal", 67), ("organization", 4), ("event", 4), ("note", 2)]
)
def test_every_type_has_its_table(prmvault: Any, example: str, note_type: str, count: int) -> None:
    assert len(prmvault("-C", example, "list", note_type).out.splitlines()) == count
    assert len(json.loads(prmvault("-C", example, "list", note_type, "--json").out)) == count


def test_an_unknown_type_is_refused(prmvault: Any, example: str) -> None:
    done = prmvault("-C", example, "list", "poeple")
    assert done.code == 2
    assert "known are deal, event, journal, note, organization, person" in done.err


def test_a_query_alone_is_about_people(prmvault: Any, example: str) -> None:
    assert (
        prmvault("-C", example, "list", "tag:friend").out == prmvault("-C", example, "list", "person", "tag:friend").out
    )


def test_csv_has_a_header_and_no_formulas_but_phone_numbers_as_they_are(prmvault: Any, vault_at: Any) -> None:
    vault_at.write("people/A.md", '---\nname: "=1+1, \\"x\\""\nphones: "+49 30 1234567"\n---\n')
    rows = list(csv.reader(io.StringIO(prmvault("-C", vault_at.root, "list", "--csv").out)))
    assert rows == [
        ["name", "birthday", "org", "phone", "email", "tags", "path"],
        ['\'=1+1, "x"', "", "", "+49 30 1234567", "", "", "people/A.md"],
    ]


def test_paths_are_for_xargs(prmvault: Any, example: str) -> None:
    lines = prmvault("-C", example, "list", "tag:friend", "--paths").out
    assert prmvault("-C", example, "list", "tag:friend", "-0").out == lines.replace("\n", "\0")
    assert prmvault("-C", example, "find", "anna", "-0").out == "people/Anna Schröder.md\0people/Anna Whitfield.md\0"


def test_a_terminal_is_told_that_nothing_was_found(
    prmvault: Any, example: str, terminal: Callable[[int], None]
) -> None:
    terminal(80)
    for arguments in (["find", "qqqqqqq"], ["list", "deal"], ["search", "qqqqqqq"]):
        done = prmvault("-C", example, *arguments)
        assert (done.code, done.out, done.err) == (1, "", "prmvault: nothing found\n")


# What a terminal would obey


@pytest.fixture
def hostile(vault_at: Any) -> str:
    vault_at.write(
        "people/Ann.md",
        f'---\nname: "Ann {ESCAPED}"\norg: "{ESCAPED}"\nphones: "12345 {ESCAPED}"\nbirthday: "31-02 {ESCAPED}"\n'
        f'tags: [friend]\nmotto: "{ESCAPED}"\nwishes: ["{ESCAPED}"]\n---\nkeyword {OBEYED}\n- [ ] task {OBEYED}\n',
    )
    vault_at.write("notes/N.md", f"[[dangling {OBEYED.replace(']', '')}]]\n")
    return str(vault_at.root)


COMMANDS = [
    ["find", "ann"], ["list"], ["list", "--csv"], ["list", "-F", "name,org,motto,wishes,tasks"], ["search", "keyword"],
    ["find", "ann", "--json"], ["list", "--json"], ["search", "keyword", "--json"], ["check"], ["check", "--json"],
    ["digest", "--stdout"], ["digest", "--json"], ["status"], ["list", "note"], ["list", "--paths"],
]  # fmt: skip


@pytest.mark.parametrize("width", [0, 80])
@pytest.mark.parametrize("arguments", COMMANDS)
def test_nothing_that_a_terminal_would_obey_is_printed(
    prmvault: Any, hostile: str, terminal: Callable[[int], None], arguments: list[str], width: int
) -> None:
    if width:
        terminal(width)
    done = prmvault("-C", hostile, "--color", "never", *arguments)
    assert done.code in (0, 1)
    assert done.out
    for text in (done.out, done.err):
        left = {c for c in text if not c.isprintable()} - {"\n", "\t"}
        assert not left, [hex(ord(c)) for c in left]


def test_json_keeps_control_characters_as_escapes(prmvault: Any, hostile: str) -> None:
    (person,) = json.loads(prmvault("-C", hostile, "find", "ann", "--json").out)
    assert all(c in person["name"] for c in CONTROLS if not c.isspace())


def test_clean_text_keeps_emoji_and_all_scripts() -> None:
    text = "Müller 👨‍👩‍👧 नमस्ते 漢字 עברית é́"
    assert clean(text) == one_line(text) == text
