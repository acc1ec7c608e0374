"""Pairs that may be one person, in a vault: who is proposed, into whom to merge, and what the user has said of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.duplicates import Duplicate, duplicates, plan_different
from prmvault.app.steps import carry_out
from prmvault.app.vault import Vault, open_vault

PERSON = "---\ntype: person\n---\n"


@pytest.fixture
def opened(vault_at: Any) -> Callable[[dict[str, str]], Vault]:
    def make(files: dict[str, str]) -> Vault:
        for path, text in files.items():
            vault_at.write(path, text)
        return open_vault(vault_at.root, lambda _text: None)

    return make


def test_the_note_that_says_more_is_the_one_to_keep(opened: Callable[..., Vault]) -> None:
    full = "---\ntype: person\nphones: 0170 123456\nbirthday: 1987-03-14\n---\n"
    vault = opened({"people/Anna Mueller.md": PERSON, "people/Anna Müller.md": full, "people/Tom.md": PERSON})
    assert duplicates(vault) == [
        Duplicate(
            ("people/Anna Müller.md", "people/Anna Mueller.md"),
            ("Anna Müller", "Anna Mueller"),
            ("people/Anna Müller", "people/Anna Mueller"),
            60,
            ("same name",),
        )
    ]


def test_who_has_a_name_alone_is_named_by_it(opened: Callable[..., Vault]) -> None:
    [found] = duplicates(opened({"people/Ann Lee.md": PERSON, "people/Ann M. Lee.md": PERSON}))
    assert found.targets == ("Ann Lee", "Ann M. Lee")


def test_the_likeliest_come_first(opened: Callable[..., Vault]) -> None:
    files = {
        "people/Ann Lee.md": "---\ntype: person\nuid: x\n---\n",
        "people/Other.md": "---\ntype: person\nuid: x\n---\n",
        "people/Anna Müller.md": PERSON,
        "people/Anna Mueller.md": PERSON,
        "people/Katharina Schmidt.md": PERSON,
        "people/Katarina Schmitt.md": PERSON,
    }
    found = duplicates(opened(files))
    assert [each.reasons for each in found] == [("same uid",), ("same name",), ("names almost the same",)]


@pytest.mark.parametrize(
    "related", ['parent: "[[people/old/Hans Lang]]"', "type: father\n    person: people/old/Hans Lang"]
)
def test_father_and_son_of_one_name_are_two(opened: Callable[..., Vault], related: str) -> None:
    files = {
        "people/Hans Lang.md": f"---\ntype: person\nrelated:\n  - {related}\n---\n",
        "people/old/Hans Lang.md": PERSON,
    }
    assert duplicates(opened(files)) == []


def test_organizations_are_not_proposed(opened: Callable[..., Vault]) -> None:
    assert duplicates(opened({"organizations/Acme.md": "", "organizations/old/Acme.md": ""})) == []


def test_what_the_user_said_is_in_the_note_and_is_heeded(opened: Callable[..., Vault]) -> None:
    vault = opened({"people/Anna Müller.md": PERSON, "people/Anna Mueller.md": PERSON})
    [found] = duplicates(vault)
    carry_out(vault, plan_different(vault, *found.paths))
    written = Path(vault.root, found.paths[0]).read_text(encoding="utf-8")
    assert written == f'---\ntype: person\nnot_same_as:\n  - "[[{found.targets[1]}]]"\n---\n'
    vault = open_vault(vault.root, lambda _text: None)
    assert duplicates(vault) == []
    assert carry_out(vault, plan_different(vault, *found.paths)) == []
