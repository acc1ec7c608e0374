"""`log`, `note` and `done` as one types them: what is understood, what is told, how they end."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SampleVault, command_line, environment
from tests.fixtures import Prmvault, Ran

DAY = "journal/2026/2026-11-20.md"
FILES = {
    "people/Grace Hopper.md": "---\ntype: person\n---\n",
    "people/Heinrich Weißhaupt.md": "---\ntype: person\naliases: [Opa]\n---\n",
    "people/Anna Schröder.md": "---\ntype: person\nbirthday: 1984-09-23\n---\n",
    "people/Anna Whitfield.md": "---\ntype: person\n---\n",
    "notes/todo.md": "- [ ] wrap the bike bags\n- [ ] mend the bike\n- [ ] buy \x1b[31mred\x1b[0m tulips\n",
}


@pytest.fixture
def vault(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> SampleVault:
    for path, text in FILES.items():
        vault_at.write(path, text)
    monkeypatch.setenv("PRMVAULT_TODAY", "2026-11-20")
    monkeypatch.setenv("PRMVAULT_DIR", vault_at.root)
    return vault_at


def day(vault: SampleVault, path: str = DAY) -> list[str]:
    text = (vault.path / path).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith("- ")]


def refused(ran: Ran, code: int) -> str:
    assert (ran.code, ran.out) == (code, "")
    assert "Traceback" not in ran.err
    return ran.err


# log


def test_what_was_logged_is_printed_with_its_place_and_what_was_understood_told(
    prmvault: Prmvault, vault: SampleVault
) -> None:
    ran = prmvault("log", "lunch with Grace and Opa, he wants a garden bench #gift", "-d", "gestern", "--at", "12.30")
    item = "12:30 lunch with [[Grace Hopper|Grace]] and [[Heinrich Weißhaupt|Opa]], he wants a garden bench #gift"
    assert day(vault, "journal/2026/2026-11-19.md") == [f"- {item}"]
    place, _, line = ran.out.partition(": ")
    assert line == f"- {item}\n"
    assert (vault.path / place.rpartition(":")[0]).exists()
    assert ran.err == "prmvault: → Thu 2026-11-19 12:30 · meal · Grace Hopper, Heinrich Weißhaupt\n"
    assert prmvault("last", "Opa").out.count("garden bench") == 1


def test_words_need_no_quotes_and_options_may_stand_anywhere(prmvault: Prmvault, vault: SampleVault) -> None:
    for arguments in (
        ["log", "lunch", "with", "Grace", "-d", "yesterday"],
        ["log", "-d", "yesterday", "lunch", "with", "Grace"],
        ["log", "lunch", "-d", "yesterday", "with", "Grace"],
    ):
        assert prmvault(*arguments).code == 0
    assert day(vault, "journal/2026/2026-11-19.md") == ["- lunch with [[Grace Hopper|Grace]]"] * 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["-5 degrees with Grace"], "- -5 degrees with [[Grace Hopper|Grace]]"),
        (["-5", "degrees", "-c", "call", "Grace"], "- call: -5 degrees [[Grace Hopper|Grace]]"),
        (["- [ ] call Grace"], "- [ ] call [[Grace Hopper|Grace]]"),
        (["–", "Grace"], "- – [[Grace Hopper|Grace]]"),
        (["--", "--really Grace"], "- --really [[Grace Hopper|Grace]]"),
        (["- Grace", "-w", "- Opa"], "- [[Grace Hopper|Grace]] ([[Heinrich Weißhaupt]])"),
    ],
)
def test_a_text_may_begin_with_a_dash(prmvault: Prmvault, vault: SampleVault, arguments: list[str], line: str) -> None:
    assert prmvault("log", *arguments).code == 0
    assert day(vault) == [line]


def test_a_name_that_several_have_is_told_and_stays_plain(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("log", "lunch with Anna")
    assert (ran.code, day(vault)) == (0, ["- lunch with Anna"])
    assert ran.err.splitlines() == [
        "prmvault: → Fri 2026-11-20",
        "prmvault: 'Anna' may mean Anna Schröder, Anna Whitfield; it stays plain",
        "    → nobody was recognized, so it is no contact; -w PERSON names somebody",
    ]


def test_a_person_who_is_not_the_only_one_writes_nothing(prmvault: Prmvault, vault: SampleVault) -> None:
    before = vault.fingerprint()
    told = refused(prmvault("log", "lunch", "-w", "Anna"), 4)
    assert "Anna Schröder: born 1984-09-23, no contact yet (people/Anna Schröder.md)" in told
    assert "Anna Whitfield" in told
    refused(prmvault("note", "Anna", "x"), 4)
    assert vault.fingerprint() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["log"],
        ["log", " ", "\n"],
        ["log", "x", "-d", "3/4/26"],
        ["log", "x", "-d", "soon"],
        ["log", "x", "--at", "25:00"],
        ["log", "x", "-c", "smoke"],
        ["note", "Grace"],
        ["note", "Grace", "x", "-d", "31.2."],
        ["done"],
    ],
)
def test_what_is_not_understood_is_refused_in_a_line_with_a_hint(
    prmvault: Prmvault, vault: SampleVault, arguments: list[str]
) -> None:
    before = vault.fingerprint()
    told = refused(prmvault(*arguments), 2)
    assert told.startswith("prmvault: ")
    assert vault.fingerprint() == before


def test_log_as_json_tells_all_that_was_understood(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("log", "dinner with Grace and Anna", "-d", "in 2 weeks", "--at", "7pm", "--json")
    assert json.loads(ran.out) == {
        "path": "journal/2026/2026-12-04.md",
        "line": len((vault.path / "journal/2026/2026-12-04.md").read_text().splitlines()),
        "text": "19:00 dinner with [[Grace Hopper|Grace]] and Anna",
        "date": "2026-12-04",
        "time": "19:00",
        "channel": "meal",
        "kind": "plan",
        "people": ["Grace Hopper"],
        "ties": [{"words": "Anna", "paths": ["people/Anna Schröder.md", "people/Anna Whitfield.md"]}],
    }


def test_a_day_that_does_not_parse_is_named_with_its_line(prmvault: Prmvault, vault: SampleVault) -> None:
    vault.write(DAY, "---\ntype: journal\nmood: [\n---\n")
    assert f"it is left as it is: {DAY}:" in refused(prmvault("log", "Grace"), 1)


# note


def test_a_note_goes_to_the_log_of_its_person(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("note", "grace", "telefoniert:", "Opa", "geht es gut", "-d", "vorgestern")
    line = "- 2026-11-18 telefoniert: [[Heinrich Weißhaupt|Opa]] geht es gut"
    assert ran.out == f"people/Grace Hopper.md:7: {line}\n"
    assert ran.err == "prmvault: → Wed 2026-11-18 · call · Grace Hopper, Heinrich Weißhaupt\n"
    assert day(vault, "people/Grace Hopper.md") == [line]
    assert json.loads(prmvault("last", "Opa", "--json").out)[0]["channel"] == "call"


# done


def test_a_task_is_ticked_and_told(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("done", "bike", "bags", "-d", "gestern")
    assert ran == (0, "notes/todo.md:1: wrap the bike bags\n", "prmvault: → done on 2026-11-19\n")
    assert day(vault, "notes/todo.md")[0] == "- [x] wrap the bike bags ✅ 2026-11-19"
    assert "\x1b" not in prmvault("done", "tulips").out
    assert "no open task or reminder has 'tulips'" in refused(prmvault("done", "tulips"), 1)


def test_several_that_are_meant_are_listed_with_numbers_and_none_is_ticked(
    prmvault: Prmvault, vault: SampleVault
) -> None:
    before = vault.fingerprint()
    told = refused(prmvault("done", "bike"), 4)
    assert told.splitlines()[1:] == [
        "    → 1  wrap the bike bags (notes/todo.md:1)",
        "    → 2  mend the bike (notes/todo.md:2)",
    ]
    refused(prmvault("done", "bike", "-n", "3"), 4)
    refused(prmvault("done", "bike", "-n", "0"), 2)
    assert vault.fingerprint() == before
    assert prmvault("done", "bike", "-n", "2").out == "notes/todo.md:2: mend the bike\n"


def test_a_task_in_a_note_that_does_not_parse_is_refused_with_its_place(prmvault: Prmvault, vault: SampleVault) -> None:
    vault.write("notes/broken.md", "---\na: [\n---\n- [ ] sweep\n")
    assert "it is left as it is: notes/broken.md:" in refused(prmvault("done", "sweep"), 1)


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals of this kind")
@pytest.mark.parametrize(("answer", "code", "ticked"), [(b"2\n", 0, 2), (b"7\n1\n", 0, 1), (b"\x04", 130, 0)])
def test_in_a_terminal_one_is_asked_which_one(vault: SampleVault, answer: bytes, code: int, ticked: int) -> None:
    child, terminal = pty.fork()
    if not child:
        signal.alarm(60)  # It is killed rather than that the test waits for ever.
        os.execve(sys.executable, command_line(vault.root, "done", "bike"), environment())
    seen = b""
    try:
        while b"which one" not in seen:
            seen += os.read(terminal, 4096)
        os.write(terminal, answer)
        while chunk := os.read(terminal, 4096):
            seen += chunk
    except OSError:
        pass  # So the end of a terminal is told on Linux.
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == code
    assert b"1  wrap the bike bags (notes/todo.md:1)" in seen
    assert [line[:5] for line in day(vault, "notes/todo.md")[:2]] == [
        "- [x]" if number == ticked else "- [ ]" for number in (1, 2)
    ]


# a cache that turns out to be damaged


def test_a_line_is_not_put_down_twice_when_the_cache_is_damaged_behind_it(
    prmvault: Prmvault, vault: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: object, **__: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with monkeypatch.context() as patch:
        patch.setattr("prmvault.cli.tell._tell_logged", damaged)
        ran = prmvault("log", "Grace")
    assert (ran.code, ran.out) == (0, "")
    assert f"{DAY} is written all the same" in ran.err
    assert day(vault) == ["- [[Grace Hopper|Grace]]"]


def test_a_command_is_run_again_when_the_cache_is_damaged_before_it_writes(
    prmvault: Prmvault, vault: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prmvault.app import tell

    linked, calls = tell.linked_text, []

    def damaged_once(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 1:
            raise sqlite3.DatabaseError("database disk image is malformed")
        return linked(*arguments, **options)

    monkeypatch.setattr(tell, "linked_text", damaged_once)
    ran = prmvault("log", "Grace")
    assert (ran.code, len(calls)) == (0, 2)
    assert "it is built again" in ran.err
    assert day(vault) == ["- [[Grace Hopper|Grace]]"]


def test_no_command_asks_the_cache_between_the_day_and_its_line(
    prmvault: Prmvault, vault: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prmvault.app import tell
    from prmvault.app.create import journal_day

    made = journal_day

    def made_and_closed(opened: Any, *arguments: Any) -> Any:
        done = made(opened, *arguments)
        opened.facts.close()
        return done

    monkeypatch.setattr(tell, "journal_day", made_and_closed)
    assert prmvault("log", "Grace", "-w", "Opa").code == 0
    assert day(vault) == ["- [[Grace Hopper|Grace]] ([[Heinrich Weißhaupt]])"]
    assert Path(vault.root, DAY).exists()


# the day and the name in the words


@pytest.mark.parametrize(
    ("text", "on", "item"),
    [
        ("yesterday lunch with Grace", "2026-11-19", "lunch with [[Grace Hopper|Grace]]"),
        ("Gestern: 18:00 bei Opa", "2026-11-19", "18:00 bei [[Heinrich Weißhaupt|Opa]]"),
        ("- vorgestern Grace", "2026-11-18", "[[Grace Hopper|Grace]]"),
        ("heute Grace", "2026-11-20", "[[Grace Hopper|Grace]]"),
        ("yesterday's cake with Grace", "2026-11-20", "yesterday's cake with [[Grace Hopper|Grace]]"),
        ("Grace came yesterday", "2026-11-20", "[[Grace Hopper|Grace]] came yesterday"),
    ],
)
def test_a_text_that_begins_with_a_day_tells_it(
    prmvault: Prmvault, vault: SampleVault, text: str, on: str, item: str
) -> None:
    ran = prmvault("log", *text.split())
    assert day(vault, f"journal/2026/{on}.md") == [f"- {item}"]
    assert on in ran.err


def test_with_a_day_given_the_text_stays(prmvault: Prmvault, vault: SampleVault) -> None:
    prmvault("log", "yesterday was long, said Grace", "-d", "2026-11-18")
    assert day(vault, "journal/2026/2026-11-18.md") == ["- yesterday was long, said [[Grace Hopper|Grace]]"]
    assert "there is no text" in refused(prmvault("log", "gestern"), 2)
    assert not (vault.path / "journal/2026/2026-11-19.md").exists()


def test_a_note_about_a_full_name_without_quotes(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("note", "Anna", "Schröder", "hallo", "welt")
    assert ran.out.endswith(": - 2026-11-20 hallo welt\n")
    assert ran.out.startswith("people/Anna Schröder.md:")
    assert "there is no text" in refused(prmvault("note", "Anna", "Schröder"), 2)
    assert prmvault("note", "Opa", "Weißhaupt", "is", "fine").out.endswith("2026-11-20 Weißhaupt is fine\n")
