"""What git tells of the past, from a real git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from prmvault.vault.git_log import (
    changes_between,
    changes_on_disk,
    commit_until,
    commits_of,
    contents,
    files_at,
    first_commit,
    has_commits,
    last_made,
    staged,
    text_name,
)
from tests.git_vault import GitVault, alone_with_git

NOON = 1767268800
"""2026-01-01, 12:00 UTC."""

DAY = 24 * 3600


@pytest.fixture
def sample(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> GitVault:
    alone_with_git(cache, monkeypatch)
    return GitVault(tmp_path / "vault")


def test_commits_of_a_file_come_as_they_are_asked_for(sample: GitVault) -> None:
    for number in range(1, 5):
        sample.write("a.md", f"{number}\n")
        sample.commit(f"number {number}\n\nwith a body", f"2026-01-0{number}")
    found = commits_of(sample.root, "a.md")
    commit, is_new = next(found)
    assert (commit.subject, commit.message, is_new) == ("number 4", "number 4\n\nwith a body\n", False)
    assert (commit.author, commit.committed) == ("Jonas", NOON + 3 * DAY)
    found.close()
    assert [(each.subject, new) for each, new in commits_of(sample.root, "a.md")] == [
        ("number 4", False),
        ("number 3", False),
        ("number 2", False),
        ("number 1", True),
    ]
    assert [each.subject for each, _ in commits_of(sample.root, "a.md", start="HEAD~1", since="HEAD~2")] == ["number 3"]
    assert list(commits_of(sample.root, "b.md")) == []


def test_git_is_ended_when_nobody_listens_any_more(sample: GitVault, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def remembered(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
        started.append(popen(*arguments, **options))  # type: ignore[call-overload]
        return started[-1]

    sample.write("a.md", "1\n")
    sample.commit("one")
    monkeypatch.setattr("prmvault.vault.git_log.subprocess.Popen", remembered)
    found = commits_of(sample.root, "a.md")
    next(found)
    found.close()
    assert [process.returncode is None for process in started] == [False]


def test_the_commit_of_a_day_is_the_last_one_up_to_it(sample: GitVault) -> None:
    assert not has_commits(sample.root)
    sample.commit("one", "2026-01-01")
    sample.commit("two", "2026-01-03")
    assert has_commits(sample.root)
    assert commit_until(sample.root, NOON - 1) is None
    for moment, subject in ((NOON, "one"), (NOON + 2 * DAY - 1, "one"), (NOON + 2 * DAY, "two"), (NOON * 2, "two")):
        found = commit_until(sample.root, moment)
        assert found is not None
        assert found.subject == subject
    assert first_commit(sample.root).subject == "one"


def test_what_came_by_a_merge_later_does_not_count_for_a_day_before(sample: GitVault) -> None:
    sample.commit("one", "2026-01-01")
    sample.git("checkout", "-q", "-b", "side")
    sample.commit("elsewhere", "2026-01-02")
    sample.git("checkout", "-q", "main")
    sample.git("merge", "-q", "--no-ff", "-m", "both", "side", day="2026-01-04T12:00:00+0000")
    found = commit_until(sample.root, NOON + 2 * DAY)
    assert found is not None
    assert found.subject == "one"


def test_differences_and_files_are_told_with_their_hashes(sample: GitVault) -> None:
    sample.write("sub/Ä b.md", "one\n")
    sample.write("gone.md", "two\n")
    one = sample.commit("one")
    sample.write("sub/Ä b.md", "three\n")
    (sample.path / "gone.md").unlink()
    (sample.path / "link.md").symlink_to("x")
    two = sample.commit("two")
    differing = {each.path: each for each in changes_between(sample.root, one, two)}
    assert {path: (each.status, each.is_regular) for path, each in differing.items()} == {
        "sub/Ä b.md": ("M", True),
        "gone.md": ("D", True),
        "link.md": ("A", False),
    }
    hashes = [differing["sub/Ä b.md"].before, differing["sub/Ä b.md"].after, differing["gone.md"].before]
    assert contents(sample.root, hashes) == [b"one\n", b"three\n", b"two\n"]
    assert differing["gone.md"].after == differing["link.md"].before == ""
    assert sorted(files_at(sample.root, two)) == ["prmvault.yaml", "sub/Ä b.md"]
    assert {each.path for each in changes_between(sample.root, "", one)} == {"gone.md", "prmvault.yaml", "sub/Ä b.md"}
    sample.write("sub/Ä b.md", "four\n")
    assert [(each.status, each.path) for each in changes_on_disk(sample.root, two)] == [("M", "sub/Ä b.md")]
    assert staged(sample.root, ["sub/Ä b.md", "none.md"]) == {"sub/Ä b.md": differing["sub/Ä b.md"].after}
    assert staged(sample.root, []) == {}


def test_contents_are_bytes_in_the_order_asked_for(sample: GitVault, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [b"", b"\n", b"a\n\n", b"\xff\xfe\0x", b"no end", b"a blob 3\n"]
    for number, text in enumerate(texts):
        sample.write(f"{number}.md", text)
    sample.commit("one")
    names = [text_name("HEAD", f"{number}.md") for number in range(len(texts))]
    missing = [text_name("HEAD", "none.md"), text_name("HEAD", "a\nb.md"), "", "HEAD"]
    monkeypatch.setattr("prmvault.vault.git_log._STEP", 4)
    assert contents(sample.root, [*missing, *names, names[0]]) == [None, None, None, None, *texts, texts[0]]
    monkeypatch.setattr("prmvault.vault.git_log.MAX_NOTE_BYTES", 4)
    assert contents(sample.root, names) == [b"", b"\n", b"a\n\n", b"\xff\xfe\0x", None, None]


@pytest.mark.parametrize(
    ("message", "is_made"),
    [
        ("rename\n\nMade-by: prmvault", True),
        ("Made-by: prmvault", True),
        ("rename\n\nMade-by: prmvault\n\nand more", False),
        ("rename\n\nMade-by: prmvault 2", False),
        ("rename\n\nx Made-by: prmvault", False),
    ],
)
def test_a_commit_of_a_command_is_known_by_its_last_line(sample: GitVault, message: str, is_made: bool) -> None:
    assert last_made(sample.root) is None
    sample.commit(message)
    sample.commit("mine")
    assert (last_made(sample.root) is not None) == is_made
