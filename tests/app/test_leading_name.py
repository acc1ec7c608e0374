"""Names at the beginning of a command's words: the longest that is exactly one person's, or the first word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from prmvault.app.leading_name import split_name
from prmvault.app.vault import Vault, open_vault
from prmvault.core.problems import PrmvaultError
from tests.conftest import SampleVault

TODAY = date(2026, 11, 20)


@pytest.fixture
def vault(vault_at: SampleVault) -> Iterator[Vault]:
    vault_at.write("people/Tom Becker.md", "---\ntype: person\naliases: [Tom from the choir]\n---\n")
    vault_at.write("people/Anna Lee.md", "---\ntype: person\n---\n")
    vault_at.write("people/Anna Lee Miller.md", "---\ntype: person\n---\n")
    vault_at.write("people/Ida.md", "---\ntype: person\naliases: [Tom Sawyer]\n---\n")
    vault_at.write("people/a/Jo Roe.md", "---\ntype: person\n---\n")
    vault_at.write("people/b/Jo Roe.md", "---\ntype: person\n---\n")
    vault_at.write("people/Kim.md", "---\ntype: person\naliases: [Kim X]\n---\n")
    vault_at.write("people/Lou.md", "---\ntype: person\naliases: [Kim Book]\n---\n")
    vault_at.write("organizations/Old Choir.md", "---\ntype: organization\n---\n")
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


@pytest.mark.parametrize(
    ("words", "path", "rest"),
    [
        ("Tom Becker hallo welt", "people/Tom Becker.md", "hallo welt"),
        ("tom becker", "people/Tom Becker.md", ""),
        ("Tom from the choir sang", "people/Tom Becker.md", "sang"),
        ("Anna Lee Miller sang", "people/Anna Lee Miller.md", "sang"),
        ("Anna Lee sang", "people/Anna Lee.md", "sang"),
        ("Becker Tom sang", "people/Tom Becker.md", "Tom sang"),
        ("Tom Sawyer sang", "people/Ida.md", "sang"),
        ("Kim X sang", "people/Kim.md", "sang"),
        ("Kim Book", "people/Kim.md", "Book"),
        ("Ida Tom", "people/Ida.md", "Tom"),
    ],
)
def test_the_longest_run_of_words_that_is_a_name_is_it(vault: Vault, words: str, path: str, rest: str) -> None:
    assert split_name(vault, words.split(), TODAY) == (path, tuple(rest.split()))


def test_a_name_in_quotes_is_one_word(vault: Vault) -> None:
    assert split_name(vault, ["Tom Becker", "a b"], TODAY) == ("people/Tom Becker.md", ("a b",))


@pytest.mark.parametrize(("words", "code"), [("Jo Roe sang", 4), ("Anna sang", 4), ("Nobody At All", 1)])
def test_what_is_nobodys_or_several_peoples_is_refused(vault: Vault, words: str, code: int) -> None:
    with pytest.raises(PrmvaultError) as told:
        split_name(vault, words.split(), TODAY)
    assert told.value.exit_code == code


def test_other_notes_are_meant_only_where_they_may_be(vault: Vault) -> None:
    assert split_name(vault, ["Old", "Choir", "food"], TODAY, only_people=False) == (
        "organizations/Old Choir.md",
        ("food",),
    )
    with pytest.raises(PrmvaultError):
        split_name(vault, ["Old", "Choir", "food"], TODAY)


def test_many_words_are_no_long_work(vault: Vault) -> None:
    assert split_name(vault, ["Kim", *["x"] * 100_000], TODAY)[0] == "people/Kim.md"
