"""Commits of exactly what a command changed, in a real git, and nothing that a prepared repository names is run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from prmvault.core.problems import PrmvaultError
from prmvault.vault.git import as_one_commit, commit, is_repository, refuse_unfinished


@pytest.fixture(autouse=True)
def _home(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A user with a name in git's configuration, and nothing of this machine's."""
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n[init]\ndefaultBranch = main\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    (folder / "people").mkdir(parents=True)
    git(folder, "init", "-q")
    for name in ("prmvault.yaml", "people/Ann.md", "people/Bob.md"):
        (folder / name).write_text(f"{name}\n")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def told(folder: Path, revision: str = "HEAD") -> list[str]:
    """Return what a commit did, a line a file."""
    return git(
        folder, "-c", "core.quotePath=false", "show", "--format=", "--name-status", "--no-renames", revision
    ).splitlines()


def test_a_commit_has_new_changed_and_removed_files_and_no_other(root: Path) -> None:
    (root / "people/Ann.md").write_text("changed\n")
    (root / "people/Bob.md").unlink()
    (root / "people/Cid.md").write_text("new\n")
    (root / "prmvault.yaml").write_text("language: de\n")
    (root / "unknown.md").write_text("not yet\n")
    made = commit(str(root), "three", ["people/Ann.md", "people/Bob.md", "people/Cid.md"])
    assert made == git(root, "rev-parse", "HEAD").strip()
    assert told(root) == ["M\tpeople/Ann.md", "D\tpeople/Bob.md", "A\tpeople/Cid.md"]
    assert git(root, "status", "--porcelain").splitlines() == [" M prmvault.yaml", "?? unknown.md"]
    assert git(root, "log", "-1", "--format=%an %s") == "Jonas three\n"


def test_what_was_staged_of_other_files_stays_staged(root: Path) -> None:
    (root / "prmvault.yaml").write_text("staged\n")
    git(root, "add", "prmvault.yaml")
    (root / "prmvault.yaml").write_text("and more\n")
    (root / "people/Ann.md").write_text("changed\n")
    commit(str(root), "one", ["people/Ann.md"])
    assert told(root) == ["M\tpeople/Ann.md"]
    assert git(root, "status", "--porcelain") == "MM prmvault.yaml\n"
    assert git(root, "show", ":prmvault.yaml") == "staged\n"


def test_where_nothing_differs_there_is_no_commit(root: Path) -> None:
    before = git(root, "rev-parse", "HEAD")
    assert commit(str(root), "nothing", ["people/Ann.md", "people/nobody.md"]) == ""
    assert git(root, "rev-parse", "HEAD") == before


def test_a_revert_brings_back_just_what_was_before_uncommitted_changes_too(root: Path) -> None:
    (root / "people/Ann.md").write_bytes(b"mine, \xff not committed yet\r\n")
    (root / "people/Cid.md").write_text("never committed\n")
    before = contents(root)
    with as_one_commit(
        str(root), "rename Ann to Anna", ["people/Ann.md", "people/Anna.md", "people/Bob.md", "people/Cid.md"]
    ):
        (root / "people/Ann.md").rename(root / "people/Anna.md")
        (root / "people/Bob.md").write_text("[[Anna]]\n")
        (root / "people/Cid.md").write_text("[[Anna]]\n")
    assert git(root, "log", "--format=%s").splitlines() == ["rename Ann to Anna", "Before: rename Ann to Anna", "first"]
    assert git(root, "status", "--porcelain") == ""
    git(root, "revert", "--no-edit", "HEAD")
    assert contents(root) == before


def test_a_change_that_fails_is_not_committed(root: Path) -> None:
    def fail() -> None:
        with as_one_commit(str(root), "broken", ["people/Ann.md"]):
            (root / "people/Ann.md").write_text("half\n")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert git(root, "log", "--format=%s") == "first\n"


def test_the_first_commit_of_a_fresh_repository(tmp_path: Path) -> None:
    (tmp_path / "prmvault.yaml").write_text("")
    (tmp_path / "Ann.md").write_text("")
    git(tmp_path, "init", "-q")
    assert commit(str(tmp_path), "nothing", ["no.md"]) == ""
    commit(str(tmp_path), "one", ["Ann.md"])
    assert told(tmp_path) == ["A\tAnn.md"]
    assert git(tmp_path, "status", "--porcelain") == "?? prmvault.yaml\n"


@pytest.mark.parametrize(
    "name", [":(top)prmvault.yaml", "*.md", "[a].md", "-v.md", " blank ", "Ä\u0308.md", "a\nb.md", '"x".md', "#.md"]
)
def test_a_name_is_a_name_and_no_pattern(root: Path, name: str) -> None:
    (root / "prmvault.yaml").write_text("changed\n")
    (root / "people/Ann.md").write_text("changed\n")
    (root / name).write_text("new\n")
    commit(str(root), "one", [name])
    assert git(root, "show", "--format=", "--name-only", "-z", "HEAD") == f"{name}\0"
    (root / name).unlink()
    commit(str(root), "gone", [name])
    assert git(root, "status", "--porcelain") == " M people/Ann.md\n M prmvault.yaml\n"


def test_a_message_is_one_line(root: Path) -> None:
    (root / "people/Ann.md").write_text("changed\n")
    commit(str(root), "# rename\n\x1b[31mÄnne\tx", ["people/Ann.md"])
    assert git(root, "log", "-1", "--format=%B").strip() == "# rename [31mÄnne x"


@pytest.mark.parametrize(
    ("config", "author"),
    [
        ("[user]\nuseConfigOnly = true\n", "prmvault <prmvault@localhost>"),
        ("[user]\nuseConfigOnly = true\nname = Jonas\n", "Jonas <prmvault@localhost>"),
    ],
)
def test_without_a_name_in_git_the_commit_bears_one_of_our_own(
    root: Path, cache: Path, config: str, author: str
) -> None:
    (cache / ".gitconfig").write_text(config)
    (root / "people/Ann.md").write_text("changed\n")
    commit(str(root), "one", ["people/Ann.md"])
    assert git(root, "log", "-1", "--format=%an <%ae>").strip() == author


def test_a_detached_head_moves_along(root: Path) -> None:
    git(root, "checkout", "-q", "--detach")
    (root / "people/Ann.md").write_text("changed\n")
    made = commit(str(root), "one", ["people/Ann.md"])
    assert git(root, "rev-parse", "HEAD").strip() == made
    assert git(root, "rev-parse", "main").strip() != made


def test_a_vault_in_a_subfolder_commits_its_own_paths(root: Path) -> None:
    below = root / "people"
    (below / "prmvault.yaml").write_text("")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "second")
    (below / "Ann.md").write_text("changed\n")
    (below / "Bob.md").unlink()
    commit(str(below), "one", ["Ann.md", "Bob.md"])
    assert told(root) == ["M\tpeople/Ann.md", "D\tpeople/Bob.md"]
    assert git(root, "status", "--porcelain") == ""


def test_what_git_ignores_is_not_committed_but_what_it_tracks_is(root: Path) -> None:
    (root / ".gitignore").write_text("people/*\n")
    (root / "people/Ann.md").write_text("changed\n")
    (root / "people/Cid.md").write_text("private\n")
    commit(str(root), "one", ["people/Ann.md", "people/Cid.md"])
    assert told(root) == ["M\tpeople/Ann.md"]


def test_a_vault_is_kept_in_git_where_git_knows_it(root: Path, tmp_path: Path) -> None:
    assert is_repository(str(root))
    inside = root / "another"
    inside.mkdir()
    (inside / "prmvault.yaml").write_text("")
    assert not is_repository(str(inside))  # A home folder with its dotfiles is no vault's repository.
    git(root, "add", "another/prmvault.yaml")
    assert is_repository(str(inside))
    alone = tmp_path / "alone"
    alone.mkdir()
    assert not is_repository(str(alone))
    with as_one_commit(str(alone), "just edited", ["x.md"]):
        (alone / "x.md").write_text("")


def test_without_git_nothing_is_kept_in_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    assert not is_repository(str(root))


def test_the_variables_of_a_hook_lead_to_no_other_repository(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    (root / "people/Ann.md").write_text("changed\n")
    made = commit(str(root), "one", ["people/Ann.md"])
    monkeypatch.delenv("GIT_DIR")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert git(root, "rev-parse", "HEAD").strip() == made


def conflict(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "side")
    (root / "people/Ann.md").write_text("side\n")
    git(root, "commit", "-q", "-a", "-m", "side")
    git(root, "checkout", "-q", "main")
    (root / "people/Ann.md").write_text("main\n")
    git(root, "commit", "-q", "-a", "-m", "main")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (["merge", "side"], "merge"),
        (["cherry-pick", "side"], "cherry-pick"),
        (["rebase", "side"], "rebase"),
        (["stash", "pop"], "conflicts"),
    ],
)
def test_in_the_middle_of_a_merge_nothing_is_begun(root: Path, what: list[str], said: str) -> None:
    conflict(root)
    if what[0] == "stash":
        (root / "people/Ann.md").write_text("stashed\n")
        git(root, "stash")
        (root / "people/Ann.md").write_text("meanwhile\n")
        git(root, "commit", "-q", "-a", "-m", "meanwhile")
    assert subprocess.run(["git", *what], cwd=root, capture_output=True, check=False).returncode != 0
    before, at = contents(root), git(root, "rev-parse", "HEAD")
    with (
        pytest.raises(PrmvaultError, match=f"{said}.*nothing was changed"),
        as_one_commit(str(root), "rename", ["people/Bob.md"]),
    ):
        pytest.fail("the edit was begun")
    assert contents(root) == before
    assert git(root, "rev-parse", "HEAD") == at


def test_while_another_git_is_at_work_it_is_busy(root: Path) -> None:
    (root / ".git/index.lock").write_text("")
    with pytest.raises(PrmvaultError, match="another git") as busy:
        refuse_unfinished(str(root))
    assert busy.value.exit_code == 75


# A copied vault


def test_no_command_of_a_prepared_repository_is_run(root: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    sprung = tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\necho $0 >> '{sprung}'\n")
    trap.chmod(0o700)
    hooks = root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    names = (
        "pre-commit",
        "commit-msg",
        "post-commit",
        "post-index-change",
        "reference-transaction",
        "prepare-commit-msg",
    )
    for name in names:
        (hooks / name).symlink_to(trap)
    for key in (
        "core.fsmonitor",
        "core.sshCommand",
        "core.editor",
        "core.pager",
        "gpg.program",
        "alias.commit",
        "alias.update-index",
        "diff.external",
        "core.askPass",
        "credential.helper",
    ):
        git(root, "config", key, str(trap))
    git(root, "config", "commit.gpgSign", "true")
    git(root, "config", "core.hooksPath", str(hooks))
    (root / "people/Ann.md").write_text("changed\n")
    (root / "people/Cid.md").write_text("new\n")
    with as_one_commit(str(root), "one", ["people/Ann.md", "people/Cid.md"]):
        (root / "people/Ann.md").unlink()
    assert not sprung.exists()
    assert told(root) == ["D\tpeople/Ann.md"]
    # The trap is one: git's own commit would have sprung it.
    (root / "people/Bob.md").write_text("changed\n")
    subprocess.run(["git", "commit", "-a", "-m", "x"], cwd=root, capture_output=True, check=False)
    assert sprung.exists()


@pytest.mark.parametrize("place", ["config", "included"])
def test_a_filter_of_the_vault_itself_is_refused_before_anything_is_touched(
    root: Path, tmp_path: Path, place: str
) -> None:
    sprung = tmp_path / "sprung"
    command = f"tee '{sprung}'"
    (root / ".gitattributes").write_text("*.md filter=tidy.up\n")
    if place == "config":
        git(root, "config", "filter.tidy.up.clean", command)
    else:
        (root / "more.txt").write_text(f'[filter "tidy.up"]\nclean = "{command}"\n')
        git(root, "config", "include.path", "../more.txt")
    with (
        pytest.raises(PrmvaultError, match=r"filter 'tidy.up', on people/Ann.md; nothing was") as refused,
        as_one_commit(str(root), "x", ["people/Ann.md"]),
    ):
        pytest.fail("the edit was begun")
    assert "git config --global" in refused.value.hint
    (root / "people/Ann.md").write_text("changed\n")
    with pytest.raises(PrmvaultError, match="filter"):
        commit(str(root), "x", ["people/Ann.md"])
    assert not sprung.exists()
    (root / "prmvault.yaml").write_text("changed\n")
    assert commit(str(root), "another file", ["prmvault.yaml"])


def test_an_extension_of_git_lfs_is_a_command_too(root: Path, cache: Path) -> None:
    (root / ".gitattributes").write_text("*.md filter=lfs\n")
    git(root, "config", "--global", "filter.lfs.clean", "git-lfs clean -- %f")
    git(root, "config", "lfs.extension.x.clean", "touch sprung")
    with pytest.raises(PrmvaultError, match=r"lfs\.extension\.x|filter 'lfs'"):
        commit(str(root), "x", ["people/Ann.md"])


def test_a_filter_of_the_user_is_used(root: Path, cache: Path) -> None:
    (root / ".gitattributes").write_text("*.md filter=upper\n")
    git(root, "config", "--global", "filter.upper.clean", "tr a-z A-Z")
    (root / "people/Ann.md").write_text("changed\n")
    commit(str(root), "x", ["people/Ann.md"])
    assert git(root, "show", "HEAD:people/Ann.md") == "CHANGED\n"


def test_a_name_that_changed_in_case_only_leaves_one_file(root: Path) -> None:
    (root / "people/Ann.md").rename(root / "people/ANN.md")
    commit(str(root), "case", ["people/Ann.md", "people/ANN.md"])
    assert told(root) == ["A\tpeople/ANN.md", "D\tpeople/Ann.md"]


def test_where_case_does_not_matter_the_old_name_is_gone_all_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "people/Ann.md").rename(root / "people/ANN.md")
    exists = os.path.lexists
    monkeypatch.setattr(os.path, "lexists", lambda path: exists(path) or str(path).endswith("Ann.md"))
    commit(str(root), "case", ["people/Ann.md", "people/ANN.md"])
    assert told(root) == ["A\tpeople/ANN.md", "D\tpeople/Ann.md"]
