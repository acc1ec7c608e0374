"""What two versions of a note said differently is listed, and settled one way or the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from prmvault.app.conflicts import Conflict, conflicts, settle
from prmvault.app.vault import Vault, open_vault
from prmvault.core.problems import PrmvaultError
from tests.conftest import refuse_to_say

PATH = "people/Anna.md"
NOTE = """\
---
name: Anna
names: {given: Ann}
phones:
  - 0170 1  # hers
merge_conflicts:
  - {key: cadence, value: 2 weeks}
  - {key: names.given, value: Anna}
  - {key: cadence, value: 3 weeks}
  - {key: gone.by, value: [a, b]}
---

About her.
"""


@pytest.fixture
def vault(vault_at: Any) -> Iterator[Vault]:
    vault_at.write(PATH, NOTE)
    vault_at.write("people/Tom.md", "---\norg: Lab\nmerge_conflicts: {key: org, value: Acme}\n---\n")
    vault_at.write("people/Odd.md", "---\nmerge_conflicts: [text, {key: x}, {key: [a], value: b}]\n---\n")
    opened = open_vault(vault_at.root, refuse_to_say)
    yield opened
    opened.facts.close()


def read(vault: Vault, path: str = PATH) -> str:
    with open(f"{vault.root}/{path}", encoding="utf-8") as file:
        return file.read()


def test_each_is_listed_with_what_the_note_says_and_what_is_kept(vault: Vault) -> None:
    assert conflicts(vault) == [
        Conflict(PATH, 7, "cadence", "cadence", "", "2 weeks"),
        Conflict(PATH, 8, "names.given", "names.given", "Ann", "Anna"),
        Conflict(PATH, 9, "cadence", "cadence#2", "", "3 weeks"),
        Conflict(PATH, 10, "gone.by", "gone.by", "", "[a, b]"),
        Conflict("people/Tom.md", 3, "org", "org", "Lab", "Acme"),
    ]
    assert {each.path for each in conflicts(vault, "people/Tom.md")} == {"people/Tom.md"}


def test_the_kept_value_takes_the_place_of_the_other(vault: Vault) -> None:
    settle(vault, PATH, "names.given", take=True)
    text = read(vault)
    assert "names: {given: Anna}\n" in text
    assert "names.given" not in text
    assert "  - 0170 1  # hers\n" in text


def test_the_kept_value_is_forgotten(vault: Vault) -> None:
    settle(vault, PATH, "names.given", take=False)
    assert read(vault) == NOTE.replace("  - {key: names.given, value: Anna}\n", "")


def test_with_the_last_one_the_key_goes(vault: Vault) -> None:
    settle(vault, "people/Tom.md", "org", take=True)
    assert read(vault, "people/Tom.md") == "---\norg: Acme\n---\n"


def test_of_several_values_one_has_to_be_named(vault: Vault) -> None:
    with pytest.raises(PrmvaultError, match="keeps 2 values of cadence"):
        settle(vault, PATH, "cadence", take=True)
    settle(vault, PATH, "cadence#2", take=True)
    assert "cadence: 3 weeks\n" in read(vault)
    settle(vault, PATH, "cadence", take=False)
    assert "2 weeks" not in read(vault)


def test_the_first_of_several_has_a_number_too(vault: Vault) -> None:
    settle(vault, PATH, "cadence#1", take=True)
    assert "cadence: 2 weeks\n" in read(vault)


def test_a_key_that_is_not_there_any_more_comes_back(vault: Vault) -> None:
    settle(vault, PATH, "gone.by", take=True)
    assert "gone:" in read(vault)
    assert "merge_conflicts" in read(vault)


def test_what_is_not_kept_is_refused_with_what_is(vault: Vault) -> None:
    with pytest.raises(PrmvaultError, match="no other value of phones") as error:
        settle(vault, PATH, "phones", take=True)
    assert "cadence, names.given, cadence#2" in error.value.hint
    assert read(vault) == NOTE


def test_a_dry_run_tells_and_writes_nothing(vault: Vault) -> None:
    planned = settle(vault, PATH, "names.given", take=True, dry_run=True)
    assert planned.after != planned.before == NOTE
    assert read(vault) == NOTE


@pytest.mark.parametrize(
    ("front", "record", "after"),
    [
        (
            "gifts:\n  - {what: bench, status: given}\n  - {what: globe}",
            "{key: gifts, value: {what: bench, status: planned}}",
            "gifts:\n  - {what: bench, status: planned}\n  - {what: globe}",
        ),
        (
            "reminders:\n  - {text: tulips, on: 2027-03-01}\n  - {text: call, on: 2026-11-20, repeat: weekly, done: 2026-11-22}",
            "{key: reminders, value: {text: call, done: 2026-11-21}}",
            "reminders:\n  - {text: tulips, on: 2027-03-01}\n  - {text: call, on: 2026-11-20, repeat: weekly, done: 2026-11-21}",
        ),
        (
            "debts:\n  - {amount: 20 EUR, by: me, for: tea}\n  - {amount: 5 EUR, by: them}",
            "{key: debts, value: {amount: 20 EUR, by: me, for: cake}}",
            "debts:\n  - {amount: 20 EUR, by: me, for: cake}\n  - {amount: 5 EUR, by: them}",
        ),
        ("phones: [0170 1]", "{key: phones, value: 0170 2}", "phones: [0170 1, 0170 2]"),
    ],
)
def test_of_a_list_only_the_entry_changes_that_was_said_differently(
    vault_at: Any, front: str, record: str, after: str
) -> None:
    vault_at.write(PATH, f"---\n{front}\nmerge_conflicts:\n  - {record}\n---\n")
    opened = open_vault(vault_at.root, refuse_to_say)
    settle(opened, PATH, record.split(",", 1)[0].removeprefix("{key: "), take=True)
    assert read(opened) == f"---\n{after}\n---\n"


def test_where_it_is_not_clear_which_entry_is_meant_nothing_is_changed(vault_at: Any) -> None:
    text = (
        "---\ngifts: [{what: a}, {what: b}]\nmerge_conflicts:\n  - {key: gifts, value: {what: c, status: given}}\n---\n"
    )
    vault_at.write(PATH, text)
    opened = open_vault(vault_at.root, refuse_to_say)
    with pytest.raises(PrmvaultError, match="not clear which of gifts"):
        settle(opened, PATH, "gifts", take=True)
    assert read(opened) == text
