from __future__ import annotations

import pytest

from prmvault.core.digest_ids import LINE_ID, contact_id, debt_id, gift_id, reminder_id, task_id
from prmvault.core.model import Task

KEY = "urn:uuid:6b3c2a51-0000-4000-8000-000000000001"


def test_an_id_is_a_letter_and_six_hexadecimal_digits_that_obsidian_takes() -> None:
    made = [
        task_id(KEY, Task(3, "call Oma", "open", due="2026-11-20")),
        contact_id("2026-W47", [KEY]),
        reminder_id(KEY, "water the plants", "2026-11-20"),
        gift_id(KEY, "Buch über Eulen", "idea"),
        debt_id(KEY, "20 EUR", "Kino", "2026-10-31"),
    ]

    assert [each[0] for each in made] == list("tcrgd")
    assert all(LINE_ID.search(f"- [ ] call [[Oma]] ^{each}") for each in made)


def test_a_task_keeps_its_id_when_it_moves_or_is_ticked_and_its_next_turn_has_another() -> None:
    task = Task(3, "water the plants", "open", due="2026-11-20", repeat="every week")

    assert task_id(KEY, task._replace(line=9, status="done", done="2026-11-21")) == task_id(KEY, task)
    assert task_id(KEY, task._replace(due="2026-11-27")) != task_id(KEY, task)


def test_a_household_has_one_id_in_whatever_order_its_people_are_named() -> None:
    assert contact_id("2026-W47", ["a", "b"]) == contact_id("2026-W47", ["b", "a"])
    assert contact_id("2026-W48", ["a", "b"]) != contact_id("2026-W47", ["a", "b"])


def test_parts_do_not_run_into_each_other() -> None:
    assert gift_id("ab", "c", "idea") != gift_id("a", "bc", "idea")


@pytest.mark.parametrize("line", ["- call ^c-3f2a1c today", "- call ^x-3f2a1c", "- call ^c-3f2a1", "- call ^c-3F2A1C"])
def test_only_an_id_at_the_end_of_a_line_is_one(line: str) -> None:
    assert LINE_ID.search(line) is None
