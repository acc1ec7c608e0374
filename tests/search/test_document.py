"""What of a note is in the index: all but the fields that the settings keep out of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prmvault.app.vault import Vault, open_vault
from tests.conftest import SampleVault, found_paths, refuse_to_say

SETTINGS = """\
types:
  person:
    fields:
      debts: {kind: debts, indexed: false}
      doctor: {kind: link, indexed: false}
      insurance: {kind: text, indexed: false}
      school: text
"""
ANNA = """\
---
debts: [{amount: 20 EUR, for: cinema}]
doctor: "[[Dr. Weber]]"
insurance: Z4711
school: Gymnasium
related: {friend: "[[Tom Becker]]"}
---
Met [[Ida Becker]].
"""


@pytest.fixture(scope="module")
def vault(make_vault: Callable[..., Vault]) -> Vault:
    return make_vault({"people/Anna.md": ANNA, "notes/Bank.md": "---\ndoctor: Weber\n---\ncinema\n"}, SETTINGS)


@pytest.mark.parametrize(
    "query", ["Z4711", "insurance:Z4711", "debts:cinema", '"20 EUR"', 'person:"Dr. Weber"', "doctor:Weber"]
)
def test_a_field_that_is_not_indexed_is_found_neither_by_word_nor_by_key_nor_by_link(vault: Vault, query: str) -> None:
    assert "people/Anna.md" not in found_paths(vault, query)


@pytest.mark.parametrize(
    "query", ["Anna", "Gymnasium", "school:Gymnasium", 'person:"Tom Becker"', 'person:"Ida Becker"']
)
def test_the_rest_of_the_note_is_found(vault: Vault, query: str) -> None:
    assert found_paths(vault, query) == ["people/Anna.md"]


@pytest.mark.parametrize("query", ["cinema", "doctor:Weber"])
def test_a_field_of_one_type_is_another_matter_in_others(vault: Vault, query: str) -> None:
    assert found_paths(vault, query) == ["notes/Bank.md"]


def test_a_change_of_the_settings_counts_at_once(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", ANNA)
    for settings, expected in (("", ["people/Anna.md"]), (SETTINGS, []), ("types: {}\n", ["people/Anna.md"])):
        vault_at.write("prmvault.yaml", settings)
        opened = open_vault(vault_at.root, say=refuse_to_say)
        assert found_paths(opened, "Z4711") == expected
        opened.facts.close()


RELATIVES = """\
---
related:
  - Kind: "[[Lea]]"
  - daughter: "[[Zoë]]"
---
"""


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("related:child", ["people/Uwe.md"]),
        ("related:Kind", ["people/Uwe.md"]),
        ("related:daughter", ["people/Uwe.md"]),
        ("related:son", []),
        ("channel:call person:Lea", ["journal/2026-11-08.md"]),
        ("channel:visit person:Lea", []),
    ],
)
def test_relations_are_found_by_their_type_and_days_by_their_channels(
    make_vault: Callable[..., Vault], query: str, paths: list[str]
) -> None:
    files = {"people/Uwe.md": RELATIVES, "people/Lea.md": "x", "journal/2026-11-08.md": "- telefoniert mit [[Lea]]\n"}
    vault = make_vault(files, "")
    assert [path for path in found_paths(vault, query) if path != "people/Lea.md"] == paths
