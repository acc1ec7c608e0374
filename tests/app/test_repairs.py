"""Safe repairs of notes and file names: what is planned, what is written, and what is left alone."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any

import pytest

from prmvault.app.problems import all_problems
from prmvault.app.repairs import Repairs, day_meant, plan_repairs, repair
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.core.problems import PrmvaultError

TODAY = date(2026, 11, 20)
NFD = unicodedata.normalize("NFD", "José")
NFC = "José"


@pytest.fixture
def opened(vault_at: Any) -> Any:
    def make() -> Vault:
        return open_vault(vault_at.root, lambda _text: None)

    return make


def planned(vault: Vault) -> Repairs:
    return plan_repairs(vault, all_problems(vault, TODAY))


def told(repairs: Repairs) -> list[str]:
    return [f"{each.path}:{each.line} {each.code}" for each in repairs.done]


def test_nothing_is_written_before_the_repairs_are_made(vault_at: Any, opened: Any) -> None:
    vault_at.write("people/A.md", "---\nalias: x\n---\n")
    before = vault_at.fingerprint()
    assert told(planned(opened())) == ["people/A.md:2 old-key"]
    assert vault_at.fingerprint() == before


def test_a_file_name_gets_its_composed_form_after_its_note_was_repaired(vault_at: Any, opened: Any) -> None:
    vault_at.write(f"people/{NFD}.md", "---\nalias: x\n---\n")
    vault = opened()
    repairs = planned(vault)
    assert told(repairs) == [f"people/{NFD}.md:0 name-not-nfc", f"people/{NFD}.md:2 old-key"]
    assert repairs.left == ()
    repair(vault, repairs)
    assert (vault_at.path / f"people/{NFC}.md").read_text() == "---\naliases: x\n---\n"
    assert all_problems(refreshed_vault(vault), TODAY) == []


def test_a_file_name_stays_where_the_composed_one_is_taken(vault_at: Any, opened: Any) -> None:
    vault_at.write(f"people/{NFD}.md", "")
    vault_at.write(f"people/{NFC}.md", "")
    if len(list((vault_at.path / "people").iterdir())) == 1:
        pytest.skip("this file system takes them for one")
    repairs = planned(opened())
    assert repairs.done == ()
    assert [problem.code for problem in repairs.left] == ["name-collision"]


def test_a_folder_in_decomposed_form_is_left_to_the_user(vault_at: Any, opened: Any) -> None:
    vault_at.write(f"people/{NFD}/A.md", "")
    repairs = planned(opened())
    assert (repairs.done, [problem.code for problem in repairs.left]) == ((), ["name-not-nfc"])


def test_a_note_that_does_not_parse_is_never_touched(vault_at: Any, opened: Any) -> None:
    vault_at.write("people/A.md", "---\nalias: x\nbirthday: 14.3.1987\na: [\n---\n")
    vault_at.write("people/B.md", b"---\nalias: M\xfcller\n---\n")
    before = vault_at.fingerprint()
    vault = opened()
    repairs = planned(vault)
    repair(vault, repairs)
    assert vault_at.fingerprint() == before
    assert (repairs.done, {problem.code for problem in repairs.left}) == ((), {"bad-yaml", "not-utf8", "old-key"})


def test_what_is_left_is_what_the_repaired_note_still_has(vault_at: Any, opened: Any) -> None:
    vault_at.write("people/A.md", "---\nbirthday: 14.3.1987\ndeceased: soon\nalias: x\n---\n- [ ] x 📅 2026-02-30\n")
    vault = opened()
    repairs = planned(vault)
    assert [(problem.line, problem.code) for problem in repairs.left] == [(3, "bad-date"), (6, "bad-date")]
    repair(vault, repairs)
    assert tuple(all_problems(refreshed_vault(vault), TODAY)) == repairs.left


def test_a_note_that_changed_meanwhile_is_repaired_as_it_is_now(vault_at: Any, opened: Any) -> None:
    vault_at.write("people/A.md", "---\nalias: x\n---\n")
    vault = opened()
    repairs = planned(vault)
    vault_at.write("people/A.md", "---\nnew: y\nalias: x\n---\nmore\n")
    repair(vault, repairs)
    assert (vault_at.path / "people/A.md").read_text() == "---\nnew: y\naliases: x\n---\nmore\n"


def test_a_note_that_went_meanwhile_stops_the_repairs_before_anything_is_written(vault_at: Any, opened: Any) -> None:
    vault_at.write("people/A.md", "---\nalias: x\n---\n")
    vault_at.write("people/B.md", "---\nalias: x\n---\n")
    vault = opened()
    repairs = planned(vault)
    (vault_at.path / "people/B.md").unlink()
    with pytest.raises(PrmvaultError):
        repair(vault, repairs)
    assert (vault_at.path / "people/A.md").read_text() == "---\nalias: x\n---\n"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("14.3.1987", "1987-03-14"),
        (" 14.03.1987 ", "1987-03-14"),
        ("1987/3/14", "1987-03-14"),
        ("Saturday, March 14, 1987", "1987-03-14"),
        ("14. März", "--03-14"),
        ("1987-03-14", ""),
        ("3/4/1987", ""),
        ("14.3.87", ""),
        ("Friday, March 14, 1987", ""),
        ("last Friday", ""),
        ("1000 days ago", ""),
        ("x" * 100_000, ""),
        ("1987 " * 20_000, ""),
    ],
)
def test_a_day_is_meant_where_no_other_can_be(text: str, day: str) -> None:
    assert day_meant(text) == day


def test_keys_of_own_types_are_repaired_by_their_kind(vault_at: Any, opened: Any) -> None:
    vault_at.write("prmvault.yaml", "types: {pet: {folder: pets, fields: {born: partial date, note: text}}}\n")
    vault_at.write("pets/Rex.md", "---\nborn: 14.3.1987\nnote: 14.3.1987\n---\n")
    vault = opened()
    repair(vault, planned(vault))
    assert (vault_at.path / "pets/Rex.md").read_text() == "---\nborn: 1987-03-14\nnote: 14.3.1987\n---\n"
