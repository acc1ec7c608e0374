"""What changed about a note, in a real git: through renames, joins and merges, and what is not committed yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from prmvault.app.history import history, path_before
from prmvault.app.merge import plan_merge
from prmvault.app.rename import plan_rename
from prmvault.app.steps import carry_out
from prmvault.core.changes import change_words
from prmvault.core.problems import PrmvaultError
from tests.conftest import SampleVault
from tests.git_vault import GitVault, alone_with_git

ANN = "people/Ann.md"
BOB = "people/Bob.md"


@pytest.fixture
def sample(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> GitVault:
    alone_with_git(cache, monkeypatch)
    return GitVault(tmp_path / "vault")


def told(sample: SampleVault, path: str, most: int = 20) -> list[str]:
    """Return the history, a line a commit: its subject and its changes."""
    from prmvault.app.vault import open_vault

    found = history(open_vault(sample.root, say=print), path, most)
    return [
        f"{entry.commit.subject if entry.commit else 'now'}: {'; '.join(map(change_words, entry.changes))}"
        for entry in found
    ]


def test_each_commit_that_changed_the_note_is_told_newest_first(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 0170 1\n---\n")
    sample.commit("one", "2026-01-01")
    sample.write(BOB, "---\nphone: 3\n---\n")
    sample.commit("two", "2026-01-02")
    sample.write(ANN, "---\nphone: 0171 2\nbirthday: 1987-03-14\n---\n")
    name = sample.commit("three", "2026-01-03")
    assert told(sample, ANN) == [
        "three: phone: 0170 1 → 0171 2; birthday: added 1987-03-14",
        "one: created; phone: added 0170 1",
    ]
    (newest,) = history(sample.open(), ANN, 1)
    assert newest.commit is not None
    assert newest.commit[0] == name
    assert (newest.commit.author, newest.commit.date) == ("Jonas", "2026-01-03T12:00:00+00:00")


def test_what_is_not_committed_yet_comes_first(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\n---\n")
    sample.commit("one")
    sample.write(ANN, "---\nphone: 2\n---\n")
    sample.write(BOB, "---\nphone: 3\n---\n")
    assert told(sample, ANN) == ["now: phone: 1 → 2", "one: created; phone: added 1"]
    assert told(sample, ANN, 1) == ["now: phone: 1 → 2"]
    assert told(sample, BOB) == ["now: created; phone: added 3"]


def test_a_note_that_was_moved_and_not_committed_keeps_its_history(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\nmail: 2\n---\n")
    sample.commit("one")
    (sample.path / ANN).rename(sample.path / "people/Anna.md")
    sample.write(BOB, "---\nphone: 1\n---\n")
    assert told(sample, "people/Anna.md") == [
        "now: file: people/Ann.md → people/Anna.md",
        "one: created; phone: added 1; mail: added 2",
    ]


def test_nothing_is_committed_yet(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\n---\n")
    assert told(sample, ANN) == ["now: created; phone: added 1"]


def test_a_rename_is_followed_also_where_git_would_not_know_the_note_again(sample: GitVault) -> None:
    sample.write(ANN, "---\ntype: person\n---\n")
    sample.write(BOB, "see [[Ann]]\n")
    sample.commit("one", "2026-01-01")
    sample.write(ANN, "---\ntype: person\nphone: 1\n---\n")
    sample.commit("two", "2026-01-02")
    vault = sample.open()
    carry_out(vault, plan_rename(vault, ANN, "Ann", "Cleopatra Ptolemaia"))
    found = told(sample, "people/Cleopatra Ptolemaia.md")
    assert found[0].startswith(
        "rename Ann to Cleopatra Ptolemaia: file: people/Ann.md → people/Cleopatra Ptolemaia.md; "
    )
    assert "aliases: + Ann" in found[0]
    assert found[1:] == ["two: phone: added 1", "one: created; type: added person"]
    assert told(sample, BOB)[0].startswith("rename Ann to Cleopatra Ptolemaia: text: 1 line changed")


def test_a_rename_of_a_note_that_says_nothing_is_known_by_its_message(sample: GitVault) -> None:
    sample.write(ANN, "")
    sample.commit("one", "2026-01-01")
    vault = sample.open()
    carry_out(vault, plan_rename(vault, ANN, "Ann", "Cleo"))
    assert [line.partition(":")[0] for line in told(sample, "people/Cleo.md")] == ["rename Ann to Cleo", "one"]


def test_no_signature_is_checked(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\n---\n")
    sample.commit("one")
    head, _, body = sample.git("cat-file", "commit", "HEAD").partition("\n\n")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    sample.write("commit.txt", f"{head}\n{signature}\n\n{body}")
    sample.git("update-ref", "HEAD", sample.git("hash-object", "-w", "-t", "commit", "commit.txt").strip())
    sample.write("gpg", f"#!/bin/sh\ntouch '{sample.path}/run'\n").chmod(0o755)
    sample.git("config", "gpg.program", f"{sample.path}/gpg")
    sample.git("config", "log.showSignature", "true")
    assert told(sample, ANN) == ["one: created; phone: added 1"]
    assert not (sample.path / "run").exists()


def test_a_note_that_was_moved_by_hand_is_followed(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\nmail: a\nweb: b\n---\n")
    sample.write("people/Zoe.md", "---\nphone: 9\nmail: 8\nweb: 7\n---\n")
    sample.commit("one", "2026-01-01")
    (sample.path / ANN).unlink()
    (sample.path / "people/Zoe.md").unlink()
    sample.write("friends/Anna Berg.md", "---\nphone: 1\nmail: a\nweb: c\n---\n")
    sample.commit("two", "2026-01-02")
    assert told(sample, "friends/Anna Berg.md") == [
        "two: file: people/Ann.md → friends/Anna Berg.md; web: b → c",
        "one: created; phone: added 1; mail: added a; web: added b",
    ]


def test_a_folder_of_equal_notes_that_was_moved_keeps_each_with_its_own(sample: GitVault) -> None:
    for number in range(3):
        sample.write(f"people/P{number}.md", "---\ntags: [x]\n---\n")
    sample.commit("one", "2026-01-01")
    sample.git("mv", "people", "friends")
    sample.commit("two", "2026-01-02")
    assert told(sample, "friends/P1.md")[0] == "two: file: people/P1.md → friends/P1.md"


def test_another_note_under_the_old_name_is_not_taken_for_the_same(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\nmail: a\n---\n")
    sample.commit("one", "2026-01-01")
    (sample.path / ANN).unlink()
    sample.write(BOB, "---\nphone: 7\nmail: z\n---\n")
    sample.commit("two", "2026-01-02")
    assert told(sample, BOB) == ["two: created; phone: added 7; mail: added z"]


def test_a_joined_note_brings_its_history(sample: GitVault) -> None:
    sample.write(ANN, "---\ntype: person\nphones: [1]\n---\n")
    sample.write("people/Anna.md", "---\ntype: person\nname: Anna Berg\nemails: [a@b.de]\n---\n")
    sample.write(BOB, "[[Anna]]\n")
    sample.commit("one", "2026-01-01")
    sample.write("people/Anna.md", "---\ntype: person\nname: Anna Berg\nemails: [a@b.de]\ncity: Ulm\n---\n")
    sample.commit("two", "2026-01-02")
    vault = sample.open()
    carry_out(vault, plan_merge(vault, ANN, "people/Anna.md"))
    found = told(sample, ANN)
    assert found[0].startswith("merge Anna Berg into Ann: joined with people/Anna.md; ")
    assert "city: added Ulm" in found[0]
    assert found[1] == "two: city: added Ulm"
    assert sorted(line.partition(";")[0] for line in found[2:]) == ["one: created", "one: created"]
    assert [line.partition(":")[0] for line in told(sample, BOB)] == ["merge Anna Berg into Ann", "one"]


def test_a_merge_of_branches_tells_only_what_is_in_none_of_them(sample: GitVault) -> None:
    sample.write(ANN, "---\na: 1\nb: 1\nc: 1\nd: 1\n---\n")
    sample.commit("one", "2026-01-01")
    sample.git("checkout", "-q", "-b", "side")
    sample.write(ANN, "---\na: 2\nb: 1\nc: 1\nd: 1\n---\n")
    sample.commit("side", "2026-01-02")
    sample.git("checkout", "-q", "main")
    sample.write(ANN, "---\na: 1\nb: 1\nc: 1\nd: 3\n---\n")
    sample.commit("main", "2026-01-03")
    sample.git("merge", "-q", "--no-commit", "-s", "ours", "side")
    sample.write(ANN, "---\na: 2\nb: 1\nc: 5\nd: 3\n---\n")
    sample.commit("both", "2026-01-04")
    assert told(sample, ANN) == [
        "both: c: 1 → 5",
        "main: d: 1 → 3",
        "side: a: 1 → 2",
        "one: created; a: added 1; b: added 1; c: added 1; d: added 1",
    ]


def test_a_vault_in_a_folder_of_a_repository_has_its_history(sample: GitVault) -> None:
    inner = SampleVault(sample.path / "notes" / "vault")
    inner.write(ANN, "---\nphone: 1\n---\n")
    sample.commit("one", "2026-01-01")
    (inner.path / ANN).rename(inner.path / BOB)
    sample.commit("two", "2026-01-02")
    inner.write(BOB, "---\nphone: 2\n---\n")
    assert told(inner, BOB) == [
        "now: phone: 1 → 2",
        "two: file: people/Ann.md → people/Bob.md",
        "one: created; phone: added 1",
    ]


@pytest.mark.parametrize("name", [":(top)Ann", "*", "-n", "Ä ö", "a\tb"])
def test_odd_names_are_names(sample: GitVault, name: str) -> None:
    sample.write(f"people/{name}.md", "---\nphone: 1\n---\n")
    sample.write(ANN, "---\nphone: 1\n---\n")
    sample.commit("one")
    assert told(sample, f"people/{name}.md") == ["one: created; phone: added 1"]


def test_line_endings_that_git_converts_are_no_change(sample: GitVault) -> None:
    sample.git("config", "core.autocrlf", "true")
    sample.write(ANN, "---\r\nphone: 1\r\n---\r\n")
    sample.commit("one")
    assert told(sample, ANN) == ["one: created; phone: added 1"]


def test_without_git_it_is_said_in_a_line(vault_at: SampleVault) -> None:
    vault_at.write(ANN, "x")
    with pytest.raises(PrmvaultError, match="not kept in git"):
        told(vault_at, ANN)


def test_settings_of_the_user_and_of_a_copied_repository_change_nothing(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\nweb: 2\n---\n")
    sample.commit("one", "2026-01-01")
    (sample.path / ANN).rename(sample.path / BOB)
    sample.commit("two", "2026-01-02")
    before = told(sample, BOB)
    mark = sample.path / "run"
    for key, value in {
        "log.showSignature": "true",
        "gpg.program": f"touch {mark};",
        "core.pager": f"touch {mark};",
        "diff.external": f"touch {mark};",
        "core.fsmonitor": f"touch {mark};",
        "log.follow": "true",
        "log.showRoot": "false",
        "log.decorate": "full",
        "log.diffMerges": "separate",
        "diff.renames": "copies",
        "diff.relative": "false",
        "color.ui": "always",
        "format.pretty": "fuller",
        "core.abbrev": "4",
    }.items():
        sample.git("config", key, value)
    assert told(sample, BOB) == before
    assert not mark.exists()


def test_the_path_of_a_note_in_a_former_commit(sample: GitVault) -> None:
    sample.write(ANN, "---\nphone: 1\nweb: 2\n---\n")
    one = sample.commit("one", "2026-01-01")
    (sample.path / ANN).rename(sample.path / BOB)
    two = sample.commit("two", "2026-01-02")
    sample.write(ANN, "---\nphone: 7\nweb: 8\n---\n")
    sample.commit("three", "2026-01-03")
    vault = sample.open()
    assert path_before(vault, BOB, one) == ANN
    assert path_before(vault, BOB, two) == BOB
    assert path_before(vault, ANN, one) == ""
    assert path_before(vault, "people/Nobody.md", one) == ""
