"""Taking back what a command committed: exactly that, as a new commit, and never over a later edit."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from prmvault.app import undo as undoing
from prmvault.app.merge import plan_merge
from prmvault.app.rename import plan_rename
from prmvault.app.steps import Edit, Plan, carry_out
from prmvault.app.undo import plan_undo, undo
from prmvault.core.changes import change_words
from prmvault.core.problems import PrmvaultError
from prmvault.vault import git
from tests.conftest import SampleVault
from tests.git_vault import GitVault, alone_with_git

pytestmark = pytest.mark.skipif(
    "made" not in inspect.signature(git.commit).parameters, reason="commits do not bear the trailer yet"
)

ANN, CLEO, BOB = "people/Ann.md", "people/Cleo.md", "people/Bob.md"


@pytest.fixture
def sample(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> GitVault:
    alone_with_git(cache, monkeypatch)
    vault = GitVault(tmp_path / "vault")
    vault.write(ANN, "---\r\ntype: person\r\n---\r\n[[Ann]]")
    vault.write(BOB, "---\ntype: person\n---\nsee [[Ann]], of [[Cleo Patra]]\n")
    vault.write("people/Cleo Patra.md", "---\ntype: person\nname: Cleo Patra\n---\n")
    vault.commit("mine")
    return vault


def rename(sample: GitVault, old: str = "Ann", new: str = "Cleo") -> None:
    vault = sample.open()
    carry_out(vault, plan_rename(vault, f"people/{old}.md", old, new))


def take_back(sample: GitVault) -> list[str]:
    vault = sample.open()
    plan = plan_undo(vault)
    undo(vault, plan)
    return [each.path for each in plan.restored]


def notes(sample: SampleVault) -> dict[str, bytes]:
    files = (path for path in sample.path.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(sample.path)): path.read_bytes() for path in files}


def subjects(sample: GitVault) -> list[str]:
    return sample.git("log", "--format=%s").splitlines()


def test_a_rename_is_taken_back_byte_for_byte_by_a_further_commit(sample: GitVault) -> None:
    before, commits = notes(sample), len(subjects(sample))
    (sample.path / ANN).chmod(0o600)
    rename(sample)
    assert take_back(sample) == [ANN, BOB, CLEO]
    assert notes(sample) == before
    assert (sample.path / ANN).stat().st_mode & 0o777 == 0o600
    assert subjects(sample)[:2] == ["undo: rename Ann to Cleo", "rename Ann to Cleo"]
    assert len(subjects(sample)) == commits + 2
    assert sample.git("status", "--porcelain") == ""


def test_an_undo_is_undone_and_that_too(sample: GitVault) -> None:
    before = notes(sample)
    rename(sample)
    after = notes(sample)
    take_back(sample)
    take_back(sample)
    assert notes(sample) == after
    take_back(sample)
    assert notes(sample) == before
    assert subjects(sample)[:3] == ["undo: rename Ann to Cleo", "redo: rename Ann to Cleo", "undo: rename Ann to Cleo"]


def test_a_joined_note_comes_back(sample: GitVault) -> None:
    before = notes(sample)
    vault = sample.open()
    carry_out(vault, plan_merge(vault, ANN, "people/Cleo Patra.md"))
    take_back(sample)
    assert notes(sample) == before
    assert sample.git("status", "--porcelain") == ""


def test_edits_of_the_user_before_the_command_stay(sample: GitVault) -> None:
    sample.write(BOB, "---\ntype: person\n---\nsee [[Ann]], whom I met\n")
    before = notes(sample)
    rename(sample)
    take_back(sample)
    assert notes(sample) == before
    assert "Before: rename Ann to Cleo" in subjects(sample)


def test_commits_of_the_user_in_between_stay(sample: GitVault) -> None:
    rename(sample)
    sample.write("people/Dan.md", "new\n")
    sample.commit("mine too\n\nMade-by: prmvault, almost")
    take_back(sample)
    assert sample.text("people/Dan.md") == "new\n"
    assert (sample.path / ANN).exists()


@pytest.mark.parametrize("committed", [True, False])
def test_a_later_edit_of_one_of_the_notes_stops_it(sample: GitVault, committed: bool) -> None:
    rename(sample)
    sample.write(BOB, sample.text(BOB) + "more\n")
    if committed:
        sample.commit("mine")
    before = notes(sample)
    with pytest.raises(PrmvaultError, match=r"rename Ann to Cleo can't be undone: 1 file was changed since") as told:
        take_back(sample)
    assert f"changed: {BOB}" in told.value.hint
    assert notes(sample) == before


def test_a_later_edit_that_is_only_staged_stops_it(sample: GitVault) -> None:
    rename(sample)
    kept = sample.text(BOB)
    sample.write(BOB, kept + "more\n")
    sample.git("add", BOB)
    sample.write(BOB, kept)
    with pytest.raises(PrmvaultError, match="changed since"):
        take_back(sample)
    assert "more" in sample.git("show", f":{BOB}")


def test_a_note_that_has_taken_the_old_name_stops_it(sample: GitVault) -> None:
    rename(sample)
    sample.write(ANN, "another Ann\n")
    with pytest.raises(PrmvaultError, match="changed since"):
        take_back(sample)
    assert sample.text(ANN) == "another Ann\n"


def test_a_note_that_went_since_stops_it(sample: GitVault) -> None:
    rename(sample)
    (sample.path / CLEO).unlink()
    with pytest.raises(PrmvaultError, match="changed since"):
        take_back(sample)


def test_what_was_taken_back_by_hand_is_not_taken_back_again(sample: GitVault) -> None:
    rename(sample)
    sample.git("revert", "--no-edit", "HEAD")
    with pytest.raises(PrmvaultError, match="taken back already"):
        take_back(sample)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_an_undo_that_was_killed_goes_on(sample: GitVault, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    before = notes(sample)
    rename(sample)
    left = steps

    def dying(what: object) -> object:
        def call(*arguments: object) -> object:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            return what(*arguments)  # type: ignore[operator]

        return call

    with monkeypatch.context() as patch:
        for name in ("move_file", "swap_file", "create_file", "remove_file"):
            patch.setattr(undoing, name, dying(getattr(undoing, name)))
        try:
            vault = sample.open()
            undo(vault, plan_undo(vault))
        except KeyboardInterrupt:
            assert notes(sample) != before
            patch.undo()
            take_back(sample)
    assert notes(sample) == before
    assert sample.git("status", "--porcelain") == ""


def test_line_endings_that_git_converts_stay(sample: GitVault) -> None:
    sample.git("config", "core.autocrlf", "true")
    sample.write("people/Eve.md", "---\r\ntype: person\r\n---\r\n[[Bob]]\r\n")
    sample.commit("mine")
    before = notes(sample)
    rename(sample, "Bob", "Robert")
    take_back(sample)
    assert notes(sample) == before


def test_a_note_that_does_not_parse_is_given_back_too(sample: GitVault) -> None:
    vault = sample.open()
    carry_out(vault, Plan("repair", (Edit(BOB, lambda text: text.replace("type: person", "type: person\nx: y")),)))
    name = sample.git("rev-parse", "HEAD").strip()
    sample.git("reset", "-q", "--hard", "HEAD^")
    sample.write(BOB, "---\nx: [\n---\n")
    sample.commit("broken")
    sample.git("checkout", "-q", name, "--", BOB)
    sample.git("commit", "-q", "-m", "repaired\n\nMade-by: prmvault")
    take_back(sample)
    assert sample.text(BOB) == "---\nx: [\n---\n"


def test_a_dry_look_changes_nothing_and_says_what_would_change(sample: GitVault) -> None:
    rename(sample)
    before = notes(sample)
    plan = plan_undo(sample.open())
    assert {each.path: [change_words(change) for change in each.changes] for each in plan.restored} == {
        ANN: ["file: people/Cleo.md → people/Ann.md"],
        BOB: ["text: 1 line changed"],
        CLEO: ["deleted"],
    }
    assert notes(sample) == before


def test_where_no_command_committed_anything_it_is_said(sample: GitVault) -> None:
    with pytest.raises(PrmvaultError, match="has made no commit"):
        take_back(sample)


def test_in_the_middle_of_a_merge_nothing_is_done(sample: GitVault) -> None:
    rename(sample)
    (sample.path / ".git" / "MERGE_HEAD").write_text(sample.git("rev-parse", "HEAD"))
    with pytest.raises(PrmvaultError, match="in the middle of a git merge"):
        take_back(sample)


def test_only_the_last_paragraph_tells_who_made_a_commit(sample: GitVault) -> None:
    rename(sample)
    assert sample.git("log", "-1", "--format=%(trailers:key=Made-by,valueonly)").strip() == "prmvault"
    sample.write(BOB, "x\n")
    sample.commit("Made-by: prmvault is what\n\nMade-by: prmvault\n\nsays")
    assert plan_undo_subject(sample) == "rename Ann to Cleo"


def plan_undo_subject(sample: GitVault) -> str:
    from prmvault.vault.git_log import last_made

    found = last_made(sample.root)
    return found.subject if found else ""
