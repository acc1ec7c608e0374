"""The card of a day that has gone: as it would have been then, whatever has changed since."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.card import card, prose_of
from prmvault.app.past import past_vault, resolve_then
from prmvault.app.rename import plan_rename
from prmvault.app.steps import carry_out
from prmvault.app.vault import open_vault
from prmvault.core.problems import PrmvaultError
from prmvault.vault.refresh import note_rows
from tests.conftest import SampleVault
from tests.git_vault import GitVault, alone_with_git

ANN, TOM, EVA = "people/Ann.md", "people/Tom.md", "people/Eva.md"
NOTES = {
    ANN: "---\ntype: person\nbirthday: 1987-03-14\nphones: [0170 1]\n---\nShe sings.\n",
    TOM: '---\ntype: person\nrelated:\n- father: "[[Ann]]"\n---\n',
    EVA: '---\ntype: person\naddresses: [{street: Ring 1, locality: Ulm}]\nrelated:\n- spouse: "[[Ann]]"\n---\n',
    "journal/2024/2024-05-20.md": "- call [[Ann]]: the bench #gift\n- met [[Tom]]\n",
    "journal/2024/2024-05-22.md": "- visit [[Eva]]\n",
    "journal/2024/2024-05-24.md": "- alone\n",
    "journal/2024/2024-05-25.md": "Wrote to [[Ann]] about it.\n",
    "journal/2024/2024-06-10.md": "- lunch with [[Ann]]\n",
}


@pytest.fixture
def sample(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> GitVault:
    alone_with_git(cache, monkeypatch)
    vault = GitVault(tmp_path / "vault")
    for path, text in NOTES.items():
        vault.write(path, text)
    vault.commit("first", "2024-05-30")
    return vault


def card_then(sample: SampleVault, name: str, day: str) -> dict[str, Any]:
    vault, then = open_vault(sample.root, print), date.fromisoformat(day)
    with past_vault(vault, then) as past:
        note = past.vault.facts.note(resolve_then(past, name, then))
        assert note is not None
        return {**card(past.vault, note, then), "prose": prose_of(past.vault, note)}


def card_of_a_copy(tmp_path: Path, name: str, day: str, files: dict[str, str], settings: str = "") -> dict[str, Any]:
    """Return the card as a vault of these files gives it: what the past has to say, too."""
    copy = SampleVault(tmp_path / f"copy-{day}", settings)
    for path, text in files.items():
        copy.write(path, text)
    vault, then = open_vault(copy.root, print), date.fromisoformat(day)
    note = next(note for note in vault.facts.notes() if note.title == name)
    return {**card(vault, note, then), "prose": prose_of(vault, note)}


def scrambled(sample: GitVault) -> None:
    """Change all that a card of Ann's can tell, some of it uncommitted."""
    sample.write(ANN, "---\ntype: person\nbirthday: 1990-01-01\nphones: [0171 2]\nemails: [a@b.de]\n---\nShe paints.\n")
    sample.write(TOM, "---\ntype: person\n---\n")
    sample.write("people/Anton.md", '---\ntype: person\naliases: [Ann]\nrelated:\n- child: "[[Ann]]"\n---\n')
    sample.write("journal/2024/2024-05-20.md", "- nothing\n")
    sample.write("journal/2024/2024-05-22.md", "- alone\n")
    sample.write("journal/2024/2024-05-24.md", "- call [[Ann]]\n")
    sample.write("journal/2024/2024-05-28.md", "- call [[Ann]]\n")
    sample.commit("second", "2025-01-01")
    (sample.path / EVA).unlink()
    sample.write("journal/2024/2024-05-29.md", "- visited [[Ann]]\n")


def test_the_card_is_that_of_a_vault_which_never_went_on(sample: GitVault, tmp_path: Path) -> None:
    expected = card_of_a_copy(tmp_path, "Ann", "2024-06-01", NOTES)
    assert card_then(sample, "Ann", "2024-06-01") == expected
    scrambled(sample)
    assert card_then(sample, "Ann", "2024-06-01") == expected
    assert (expected["age"], expected["last_contact"]["date"]) == (37, "2024-05-22")
    assert [each["text"] for each in expected["since"]] == ["Wrote to Ann about it."]
    assert expected["gifts"]
    assert len(expected["related"]) == 2


def test_today_counts_what_is_committed_only(sample: GitVault) -> None:
    scrambled(sample)
    then = card_then(sample, ANN, "2026-01-01")
    assert then["emails"] == [{"value": "a@b.de"}]
    assert then["last_contact"]["date"] == "2024-06-10"
    assert "people/Eva.md" in [each["path"] for each in then["related"]]


def test_settings_count_as_they_were_then(sample: GitVault, tmp_path: Path) -> None:
    sample.write("prmvault.yaml", "folders: {person: friends}\n")
    sample.git("mv", "people", "friends")
    for name in ("Ann", "Tom", "Eva"):
        path = f"friends/{name}.md"
        sample.write(path, sample.text(path).replace("type: person\n", ""))
    sample.commit("second", "2025-01-01")
    assert card_then(sample, "Ann", "2024-06-01") == card_of_a_copy(tmp_path, "Ann", "2024-06-01", NOTES)
    assert card_then(sample, "Ann", "2025-06-01")["path"] == "friends/Ann.md"


def test_days_that_are_no_journal_any_more_are_read_as_they_were(sample: GitVault) -> None:
    expected = card_then(sample, "Ann", "2024-06-01")
    sample.write("prmvault.yaml", "folders: {journal: days}\n")
    sample.commit("second", "2025-01-01")
    assert card_then(sample, "Ann", "2024-06-01") == expected
    assert card_then(sample, "Ann", "2025-06-01")["last_contact"] is None


def test_a_path_that_was_another_note_then_is_not_taken_for_it(sample: GitVault) -> None:
    sample.git("mv", ANN, "people/Anna.md")
    sample.commit("away", "2025-01-01")
    sample.git("mv", TOM, ANN)
    sample.commit("another", "2025-01-02")
    assert card_then(sample, "people/Ann", "2024-06-01")["path"] == TOM
    assert card_then(sample, "people/Anna", "2024-06-01")["path"] == ANN


def test_what_was_ignored_then_is_no_note_then(sample: GitVault) -> None:
    sample.write(".gitignore", "people/Tom.md\n")
    sample.commit("second", "2025-01-01")
    assert "people/Tom.md" not in [each["path"] for each in card_then(sample, "Ann", "2025-06-01")["related"]]


def test_a_name_of_today_means_the_note_under_its_name_of_then(sample: GitVault) -> None:
    vault = sample.open()
    carry_out(vault, plan_rename(vault, ANN, "Ann", "Cleo"))
    sample.write(ANN, "---\ntype: person\nphones: [0999 9]\nemails: [x@y.de]\n---\nAnother.\n")
    sample.commit("second", "2025-01-01")
    then = card_then(sample, "Cleo", "2024-06-01")
    assert (then["path"], then["name"], then["last_contact"]["date"]) == (ANN, "Ann", "2024-05-22")


def test_a_name_of_then_is_understood_where_nobody_has_it_today(sample: GitVault) -> None:
    (sample.path / EVA).unlink()
    sample.commit("second", "2025-01-01")
    assert card_then(sample, "Eva", "2024-06-01")["path"] == EVA


def test_somebody_who_was_not_there_yet_is_told(sample: GitVault) -> None:
    sample.write("people/Zoe.md", "---\ntype: person\n---\n")
    sample.commit("second", "2025-01-01")
    with pytest.raises(PrmvaultError, match="there was no note about Zoe on Sat 2024-06-01"):
        card_then(sample, "Zoe", "2024-06-01")


def test_a_day_before_the_first_commit_is_told(sample: GitVault) -> None:
    with pytest.raises(PrmvaultError, match="git knows nothing of the vault on") as told:
        card_then(sample, "Ann", "2024-05-01")
    assert told.value.hint == "the first commit is of 2024-05-30"


def test_a_journal_day_and_an_organization_have_a_past_too(sample: GitVault) -> None:
    scrambled(sample)
    vault, then = open_vault(sample.root, print), date(2024, 6, 1)
    with past_vault(vault, then) as past:
        path = resolve_then(past, "2024-05-20", then)
        note = past.vault.facts.note(path)
    assert note is not None
    assert [target for target, _ in note.links] == ["Ann", "Tom"]


def test_nothing_is_left_and_nothing_is_changed(sample: GitVault, tmp_path: Path) -> None:
    import tempfile

    before = sample.fingerprint()
    vault, then = sample.open(), date(2024, 6, 1)
    rows = vault.facts.titles()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(tmp_path))
        with past_vault(vault, then) as past:
            resolve_then(past, "Ann", then)
            assert Path(past.vault.root).parent == tmp_path
            assert Path(past.vault.root).stat().st_mode & 0o077 == 0
        assert not list(tmp_path.glob("prmvault-*"))
    assert sample.fingerprint() == before
    assert vault.facts.titles() == rows


def test_reading_many_notes_is_shown(sample: GitVault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prmvault.app.past._MANY", 2)
    monkeypatch.setattr("prmvault.app.past._STEP", 2)
    scrambled(sample)
    shown: list[tuple[int, int]] = []
    with past_vault(sample.open(), date(2024, 6, 1), lambda _, total: lambda done, _: shown.append((done, total))):
        pass
    assert shown == [(2, 6), (4, 6), (6, 6)]


def test_in_a_copied_folder_only_what_differs_is_read(sample: GitVault, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = card_then(sample, "Ann", "2024-06-01")
    for path, text in NOTES.items():
        sample.replace(path, text)  # Another inode: to git it may be another text.
    sample.write(TOM, "---\ntype: person\n---\n")
    read: list[str] = []

    def remembered(path: str, *rest: Any) -> Any:
        read.append(path)
        return note_rows(path, *rest)

    monkeypatch.setattr("prmvault.app.past.note_rows", remembered)
    assert card_then(sample, "Ann", "2024-06-01") == expected
    assert read == [TOM]


def test_links_and_files_that_are_no_notes_are_left_out(sample: GitVault) -> None:
    (sample.path / "people/Link.md").symlink_to("Ann.md")
    for path in ("templates/x.md", ".hidden/x.md", "people/.x.md", "digest/2024-W01.md", "people/x.txt"):
        sample.write(path, "x")
    sample.commit("second", "2024-05-31")
    with past_vault(sample.open(), date(2024, 6, 1)) as past:
        assert sorted(past.files) == sorted(NOTES)
