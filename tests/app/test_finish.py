"""Finishing things: one task in its file, one reminder in its note, and never another one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.finish import Open, find_open, finish
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.core.problems import PrmvaultError
from tests.conftest import SampleVault

TODAY = date(2026, 11, 20)
NOTE = "people/Anna.md"


@pytest.fixture
def vault(vault_at: SampleVault) -> Iterator[Vault]:
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


def with_note(vault: Vault, text: str) -> Vault:
    path = Path(vault.root, NOTE)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    return refreshed_vault(vault)


def read(vault: Vault) -> str:
    return Path(vault.root, NOTE).read_bytes().decode()


def only(vault: Vault, words: str, today: date = TODAY) -> Open:
    (found,) = find_open(vault, words, today)
    return found


def reminders(front: str, body: str = "") -> str:
    return f"---\ntype: person\nreminders:{front}\n---\n{body}"


# --- tasks

TASKS = (
    "---\ntype: person\n---\n- [ ] wrap the bike bags\n- [ ] call the bike shop\n- [x] bike\n- [ ] Müll rausbringen\n"
)


def test_a_task_is_found_by_its_words_its_text_or_its_place(vault: Vault) -> None:
    vault = with_note(vault, TASKS)
    assert [each.line for each in find_open(vault, "bike", TODAY)] == [4, 5]
    assert only(vault, "bike bag").line == 4
    assert only(vault, "CALL THE BIKE SHOP").line == 5
    assert only(vault, f"{NOTE}:5").text == "call the bike shop"
    assert only(vault, "mull raus").text == "Müll rausbringen"
    assert only(vault, "Muell").text == "Müll rausbringen"
    assert find_open(vault, f"{NOTE}:6", TODAY) == []
    assert find_open(vault, "nothing of it", TODAY) == []


def test_a_task_is_ticked_in_its_line_and_nothing_else_changes(vault: Vault) -> None:
    vault = with_note(vault, TASKS.replace("\n", "\r\n"))
    line, told = finish(vault, only(vault, "bags"), TODAY)
    assert (line, told) == (4, ["done on 2026-11-20"])
    done = TASKS.replace("- [ ] wrap the bike bags", "- [x] wrap the bike bags ✅ 2026-11-20")
    assert read(vault) == done.replace("\n", "\r\n")


def test_a_task_that_repeats_gets_its_next_one_above_it(vault: Vault) -> None:
    vault = with_note(vault, "- [ ] pay the choir 🔁 every month 📅 2026-10-31\n")
    line, told = finish(vault, only(vault, "choir"), TODAY)
    assert (line, told) == (2, ["done on 2026-11-20", "next one: 2026-11-30"])
    assert read(vault) == (
        "- [ ] pay the choir 🔁 every month 📅 2026-11-30\n"
        "- [x] pay the choir 🔁 every month 📅 2026-10-31 ✅ 2026-11-20\n"
    )
    assert only(refreshed_vault(vault), "choir").line == 1


def test_a_task_whose_line_has_moved_meanwhile_is_still_the_one(vault: Vault) -> None:
    chosen = only(with_note(vault, TASKS), "bags")
    Path(vault.root, NOTE).write_text(TASKS.replace("- [ ] wrap", "- [ ] new\n- [ ] wrap"))
    line, _ = finish(vault, chosen, TODAY)
    assert line == 5
    assert "- [ ] new\n- [x] wrap the bike bags ✅" in read(vault)


@pytest.mark.parametrize("now", [TASKS.replace("wrap", "unwrap"), "- [ ] wrap the bike bags\n" * 2, ""])
def test_a_task_that_is_not_there_any_more_or_twice_elsewhere_is_not_guessed(vault: Vault, now: str) -> None:
    chosen = only(with_note(vault, TASKS), "bags")
    Path(vault.root, NOTE).write_text(now)
    with pytest.raises(PrmvaultError, match="changed meanwhile") as told:
        finish(vault, chosen, TODAY)
    assert told.value.exit_code == 75
    assert read(vault) == now


def test_a_task_in_a_note_that_does_not_parse_is_seen_but_not_ticked(vault: Vault) -> None:
    text = "---\na: [\n---\n- [ ] wrap\n"
    vault = with_note(vault, text)
    with pytest.raises(PrmvaultError, match=rf"it is left as it is: {NOTE}:\d+: "):
        finish(vault, only(vault, "wrap"), TODAY)
    assert read(vault) == text


# --- reminders


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (" {text: call, on: 2026-11-18}", " {text: call, on: 2026-11-18, done: 2026-11-20}"),
        (" [{text: call, on: 2026-11-18}]", " [{text: call, on: 2026-11-18, done: 2026-11-20}]"),
        (
            "\n  - text: call  # soon\n    on: 2026-11-18\n  - {text: y, on: 2026-11-18}",
            "\n  - text: call  # soon\n    on: 2026-11-18\n    done: 2026-11-20\n  - {text: y, on: 2026-11-18}",
        ),
        (
            "\n  - {text: y, on: 2026-01-01, done: yes}\n  - {text: call, on: 2026-11-18, done: 2025-01-01}",
            "\n  - {text: y, on: 2026-01-01, done: yes}\n  - {text: call, on: 2026-11-18, done: 2026-11-20}",
        ),
    ],
)
def test_a_reminder_is_marked_as_done_in_the_form_that_it_has(vault: Vault, before: str, after: str) -> None:
    vault = with_note(vault, reminders(before, "- [ ] body\n"))
    _, told = finish(vault, only(vault, "call"), TODAY)
    assert told == ["done on 2026-11-20"]
    assert read(vault) == reminders(after, "- [ ] body\n")
    assert find_open(refreshed_vault(vault), "call", TODAY) == []


def test_a_reminder_that_repeats_tells_its_next_turn(vault: Vault) -> None:
    vault = with_note(vault, reminders("\n  - {text: call, on: 2026-01-04, repeat: weekly, done: 2026-11-08}"))
    _, told = finish(vault, only(vault, "call"), TODAY)
    assert told == ["done on 2026-11-20", "next one: 2026-11-22"]
    _, told = finish(vault, only(refreshed_vault(vault), "call"), TODAY)  # Done before its day: that turn is done.
    assert told == ["done for 2026-11-22", "next one: 2026-11-29"]
    assert "done: 2026-11-22" in read(vault)


def test_a_reminder_that_comes_once_can_be_done_at_any_time_before(vault: Vault) -> None:
    vault = with_note(
        vault, reminders("\n  - {text: passport, on: 2027-06-01}\n  - {text: no, on: 2027-06-01, repeat: yearly}")
    )
    finish(vault, only(vault, "passport"), TODAY)
    assert "{text: passport, on: 2027-06-01, done: 2027-06-01}" in read(vault)
    assert find_open(refreshed_vault(vault), "passport", date(2027, 6, 2)) == []
    assert only(vault, "no").due == date(2027, 6, 1)


def test_a_reminder_that_comes_later_is_meant_where_nothing_nearer_is(vault: Vault) -> None:
    text = reminders("\n  - {text: buy tulips, on: 2026-03-01, repeat: yearly, done: 2026-03-01}")
    vault = with_note(vault, text + "- [ ] buy bread\n")
    assert only(vault, "buy").text == "buy bread"
    assert only(vault, f"{NOTE}:4").text == "buy tulips"
    _, told = finish(vault, only(vault, "tulips"), TODAY)
    assert told == ["done for 2027-03-01", "next one: 2028-03-01"]
    assert "done: 2027-03-01" in read(vault)
    # Once more is a slip: it would be for the year after.
    assert find_open(refreshed_vault(vault), "tulips", TODAY) == []


def test_of_two_reminders_on_one_line_only_the_one_that_is_meant_is_open(vault: Vault) -> None:
    line = " [{text: a call, on: 2026-11-18}, {text: a card, on: 2026-01-06, repeat: yearly, done: 2026-01-06}]"
    vault = with_note(vault, reminders(line))
    finish(vault, only(vault, "a"), TODAY)
    assert read(vault) == reminders(line.replace("11-18}", "11-18, done: 2026-11-20}"))


def test_a_reminder_whose_place_has_changed_meanwhile_is_still_the_one(vault: Vault) -> None:
    entry = "\n  - {text: call, on: 2026-11-18}"
    chosen = only(with_note(vault, reminders(entry)), "call")
    Path(vault.root, NOTE).write_text(reminders(f"\n  - {{text: new, on: 2026-11-18}}{entry}"))
    finish(vault, chosen, TODAY)
    assert read(vault) == reminders(
        "\n  - {text: new, on: 2026-11-18}\n  - {text: call, on: 2026-11-18, done: 2026-11-20}"
    )
    Path(vault.root, NOTE).write_text(reminders("\n  - {text: other, on: 2026-11-18}"))
    with pytest.raises(PrmvaultError, match="changed meanwhile"):
        finish(vault, chosen, TODAY)


def test_tasks_and_reminders_are_asked_for_together(vault: Vault) -> None:
    text: Any = reminders("\n  - {text: call Tom, on: 2026-11-20}", "- [ ] call Ida\n")
    vault = with_note(vault, text)
    assert [each.text for each in find_open(vault, "call", TODAY)] == ["call Ida", "call Tom"]
