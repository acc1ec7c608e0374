"""`show`, `get` and `last`: the card in terminals of any width, for programs, and with hostile notes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from tests.conftest import SampleVault
from tests.fixtures import Golden, Prmvault, without_color

HOSTILE = r'"a\e]0;x\a\e[2Jb\u202ec\u0085d\r\ne"'


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_the_card_is_as_agreed(
    prmvault: Prmvault, example: str, terminal: Callable[[int], None], golden: Golden, columns: int
) -> None:
    terminal(columns)
    text = ""
    for name in ("oma", "me", "Tom Becker", "Opa Heinrich", "Dieter", "Kammerchor"):
        done = prmvault("-C", example, "--color", "never", "show", *name.split())
        assert done.code == 0
        text += f"$ prmvault show {name}\n{done.out}\n"
    # What has no blank to be broken at, such as a path, may be longer.
    assert all(cell_len(line) <= columns or " " not in line.strip() for line in text.splitlines())
    golden(f"card-{columns}.txt", text)


def test_colours_only_colour(
    prmvault: Prmvault, example: str, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(80)
    colored = prmvault("-C", example, "show", "oma").out
    assert "\x1b[2mphone\x1b[0m" in colored
    monkeypatch.setenv("NO_COLOR", "1")
    plain = prmvault("-C", example, "show", "oma").out
    assert "\x1b" not in plain
    assert without_color(colored) == plain


def test_a_program_gets_label_tab_text(prmvault: Prmvault, example: str) -> None:
    lines = prmvault("-C", example, "show", "oma").out.splitlines()
    assert lines[0] == "Gerda Weißhaupt (Oma Gerda, Oma)  #family"
    assert lines[-1] == "people/Gerda Weißhaupt.md"
    rows = [line.split("\t") for line in lines[1:-1]]
    assert {len(row) for row in rows} == {2}
    assert all(label for label, _ in rows)
    assert ["family", "son Klaus Weißhaupt (69)"] in rows


def test_who_has_nothing_but_a_name_has_a_card(prmvault: Prmvault, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "")
    assert prmvault("-C", vault_at.root, "show", "Ann").out == "Ann\nlast\tnever in touch yet\npeople/Ann.md\n"


def test_one_is_not_out_of_touch_with_oneself_nor_with_the_dead(prmvault: Prmvault, vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "me: Max\ncadence: {default: 1 week}\n")
    vault_at.write("people/Max.md", "## Log\n- 2026-01-01 visit\n")
    vault_at.write("people/Old.md", "---\nbirthday: 1930\ndeceased: yes\n---\n")
    assert prmvault("-C", vault_at.root, "show", "me").out == "Max\npeople/Max.md\n"
    assert prmvault("-C", vault_at.root, "show", "Old").out == "Old\nborn\t1930 – †\npeople/Old.md\n"


def test_long_texts_are_cut_in_the_card_and_whole_in_the_json(prmvault: Prmvault, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nfacts: [" + "x" * 3000 + "]\n---\n" + "prose " * 1000 + "\n")
    vault_at.write("journal/2026/2026-11-01.md", "- call [[Ann]]: " + "word " * 400 + "\n")
    lines = prmvault("-C", vault_at.root, "--today", "2026-11-20", "show", "Ann").out.splitlines()
    long = [line for line in lines if line.endswith(" …")]
    assert [line.split("\t")[0] for line in long] == ["last", "facts", "notes"]
    assert max(map(len, lines)) < 420
    known = json.loads(prmvault("-C", vault_at.root, "--today", "2026-11-20", "show", "Ann", "--json").out)
    assert len(known["last_contact"]["text"]) > 1900


@pytest.mark.parametrize("columns", [40, 80])
def test_wide_characters_are_wrapped_by_the_places_that_they_take(
    prmvault: Prmvault, vault_at: Any, terminal: Callable[[int], None], columns: int
) -> None:
    terminal(columns)
    wide = "漢字仮名交じり文" * 20
    front = f"aliases: [田中]\nlikes: [{wide}]\nfacts: ['{'👍🏽 🎉 ' * 40}', '{'カタカナ ' * 30}', {'é' * 10}]\n"
    vault_at.write("people/山田太郎.md", f"---\n{front}---\n")
    lines = prmvault("-C", vault_at.root, "--color", "never", "show", "田中").out.splitlines()
    assert max(map(cell_len, lines)) <= columns
    assert "".join("".join(lines).split()).count("漢字仮名交じり文") == 20


def test_no_note_obtains_control_of_a_terminal(
    prmvault: Prmvault, vault_at: Any, terminal: Callable[[int], None]
) -> None:
    entries = "\n".join(
        f"{key}: {value.replace('X', HOSTILE)}"
        for key, value in {
            "name": "X", "aliases": "[X]", "birthday": "1990-01-01", "tags": "[X]", "phones": "[{value: X, label: X}]",
            "emails": "[X]", "addresses": "[{street: X, locality: X, label: X}]", "social": "[{service: X, user: X}]",
            "org": "[X, X]", "title": "X", "role": "X", "dates": "[{label: X, date: 2020-01-01}]", "likes": "[X]",
            "met": "{where: X, through: X, note: X}", "wishes": "[X]", "gifts": "[{what: X, for: X, url: X}]",
            "debts": "[{amount: 5 EUR, for: X}]", "reminders": "[{text: X, on: 2026-01-01}]", "documents": "[X]",
            "photo": "X", "own": "X", "own list": "[X, {X: X}]", "related": "[{X: X}, {child: X}]", "cadence": "X",
            "deceased": "X", "timezone": "X",
        }.items()
    )  # fmt: skip
    vault_at.write("people/Ann.md", f"---\n{entries}\n---\nprose \x1b[2J \x07 of \x9b31m hers\n")
    vault_at.write("journal/2026/2026-11-01.md", "- call [[Ann]]: \x1b[2J\x07\x9b31m\n- [ ] ask [[Ann]] \x1b[2J\n")
    vault_at.write("organizations/Acme.md", f"---\nname: {HOSTILE}\nemails: [{HOSTILE}]\nown: {{{HOSTILE}: x}}\n---\n")
    for columns in (0, 80):
        if columns:
            terminal(columns)
        for arguments in (
            *(["show", "people/Ann"], ["last", "people/Ann"], ["show", "organizations/Acme"]),
            *(["get", "people/Ann", key] for key in ("name", "phones", "own", "own list", "related", "gifts", "last")),
        ):
            done = prmvault("-C", vault_at.root, "--color", "never", "--today", "2026-11-20", *arguments)
            assert done.code == 0, done.err
            assert [c for c in done.out + done.err if not c.isprintable() and c not in "\n\t"] == []


def test_many_entries_are_counted(prmvault: Prmvault, vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\nwishes: [" + ", ".join(f"w{number}" for number in range(20)) + "]\n---\n")
    lines = prmvault("-C", vault_at.root, "show", "Ann").out.splitlines()
    assert [line for line in lines if line.startswith("wishes")][-2:] == ["wishes\tw5", "wishes\tand 14 more"]


def test_a_tie_ends_with_4_and_the_candidates(prmvault: Prmvault, example: str) -> None:
    for arguments in (["show", "Anna"], ["get", "Anna", "birthday"], ["last", "Anna"], ["tasks", "Anna"]):
        done = prmvault("-C", example, *arguments)
        assert (done.code, done.out) == (4, "")
        assert done.err.splitlines() == [
            'prmvault: "Anna" may mean 2 of them; write more of the name, or the path',
            "    → Anna Schröder: born 1984-09-23, last contact 2026-06-20 (people/Anna Schröder.md)",
            "    → Anna Whitfield: born --03-14, last contact 2026-07-30 (people/Anna Whitfield.md)",
        ]


def test_the_json_of_a_card_is_one_document(prmvault: Prmvault, example: str) -> None:
    known = json.loads(prmvault("-C", example, "show", "Klaus", "--json").out)
    assert known["name"] == "Klaus Weißhaupt"
    other = json.loads(prmvault("-C", example, "show", "Kammerchor", "--json").out)
    assert other["people"] == ["Reinhold Böhm"]


# get


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["Tom", "children.name"], "Ida Becker\nKarl Becker\nEmmi Becker\n"),
        (["Tom", "children", "name"], "Ida Becker\nKarl Becker\nEmmi Becker\n"),
        (["Tom", "children"], "child: Ida Becker\nchild: Karl Becker\nchild: Emmi Becker\n"),
        (["me", "brother.dates.wedding"], "2016-11-19\n"),
        (["oma", "address"], "Kirchgasse 8, 04808 Wurzen, DE (home)\n"),
        (["oma", "next.due"], "2026-11-22\n"),
        (["Kammerchor", "emails"], "post@kammerchor.example.org\n"),
        (["Klaus", "age"], "69\n"),
        (["Tom", "net_debts"], "amount: 13.50 EUR, by: them\n"),
    ],
)
def test_a_fact_is_a_line_or_some(prmvault: Prmvault, example: str, arguments: list[str], out: str) -> None:
    assert prmvault("-C", example, "get", *arguments) == (0, out, "")


def test_a_fact_as_json_is_the_value(prmvault: Prmvault, example: str) -> None:
    assert json.loads(prmvault("-C", example, "get", "Klaus", "age", "--json").out) == 69
    names = json.loads(prmvault("-C", example, "get", "Tom", "children.name", "--json").out)
    assert names == ["Ida Becker", "Karl Becker", "Emmi Becker"]


def test_what_is_not_known_ends_with_1_and_a_word_that_is_meant(prmvault: Prmvault, example: str) -> None:
    done = prmvault("-C", example, "get", "Tom", "brithday")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith('prmvault: Tom Becker has no "brithday"\n    → did you mean birthday')


# last


def test_the_last_contact_says_when_how_and_what_about(prmvault: Prmvault, example: str) -> None:
    done = prmvault("-C", example, "last", "oma", "--channel", "Anruf")
    assert done.out.splitlines()[0] == "Sun 2026-11-08 18:00 · call, 12 days ago · journal/2026/2026-11-08.md:7"
    assert done.out.splitlines()[1].startswith("  call Oma Gerda: wants a garden bench #gift – ")


def test_the_last_contacts_are_as_many_as_asked_for(prmvault: Prmvault, example: str) -> None:
    found = json.loads(prmvault("-C", example, "last", "oma", "-n", "3", "--json").out)
    assert [each["date"] for each in found] == sorted((each["date"] for each in found), reverse=True)
    assert len(found) == 3
    assert set(found[0]) == {"date", "time", "channel", "text", "visited", "path", "line"}


def test_a_visit_at_home_says_whom_it_was_to(prmvault: Prmvault, vault_at: Any) -> None:
    home = "---\naddresses: {street: Am See 1, locality: Ulm}\n---\n"
    for name in ("Ann", "Bob"):
        vault_at.write(f"people/{name}.md", home)
    vault_at.write("journal/2026/2026-11-01.md", "- visit [[Ann]]: cake\n")
    run = ["-C", vault_at.root, "--today", "2026-11-20"]
    assert prmvault(*run, "last", "Bob").out.splitlines()[0] == (
        "Sun 2026-11-01 · visit to Ann, 19 days ago · journal/2026/2026-11-01.md:1"
    )
    card = prmvault(*run, "show", "Bob").out
    assert "last\t19 days ago, Sun 2026-11-01 · visit to Ann · journal/2026/2026-11-01.md:1\n" in card
    assert prmvault(*run, "last", "Ann").out.startswith("Sun 2026-11-01 · visit, 19 days ago")


def test_never_in_touch_ends_with_1(prmvault: Prmvault, example: str) -> None:
    done = prmvault("-C", example, "last", "Dieter")
    assert (done.code, done.out, done.err) == (1, "", "prmvault: no contact with Dieter Saß yet\n")
    done = prmvault("-C", example, "last", "oma", "-c", "mail")
    assert (done.code, done.err) == (1, "prmvault: no contact with Gerda Weißhaupt yet by mail\n")


def test_the_problems_of_a_note_are_told_with_its_card(prmvault: Prmvault, vault_at: SampleVault) -> None:
    vault_at.write("people/Ann.md", "---\ntype: person\nbirthday: 31.2.1983\n---\n")
    vault_at.write("organizations/Choir.md", "---\ntype: organization\ncreated: never\n---\n")
    vault_at.write("people/Bob.md", "---\ntype: person\n---\n")
    done = prmvault("-C", vault_at.root, "show", "Ann")
    assert (done.code, done.out.splitlines()[0]) == (0, "Ann")
    assert done.err.startswith("people/Ann.md:3: ")
    assert "[bad-date]" in done.err
    assert "[bad-date]" in prmvault("-C", vault_at.root, "show", "Choir").err
    assert prmvault("-C", vault_at.root, "show", "Bob").err == ""
