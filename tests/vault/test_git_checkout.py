"""Files go from one commit to another as a whole: a kill at any step, and a save at any time, lose nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prmvault.vault import git_checkout
from prmvault.vault.git_checkout import bring, finish, is_unfinished
from prmvault.vault.git_sync import Repository, look_at

OLD = {
    "prmvault.yaml": "",
    "people/changed.md": "old\n",
    "people/gone.md": "gone\n",
    "deep/er/moved.md": "moved\n",
    "same.md": "same\n",
}
NEW = {
    "prmvault.yaml": "",
    "people/changed.md": "new\n",
    "people/come.md": "come\n",
    "else/moved.md": "moved\n",
    "same.md": "same\n",
}
MOST_STEPS = 60


class KilledError(BaseException):
    """What stands for `kill -9`: nothing catches it."""


@pytest.fixture
def root(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a vault at the commit OLD, with the commit NEW behind the name `new`."""
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n[init]\ndefaultBranch = main\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "vault"
    folder.mkdir()
    run(folder, "init", "-q", "--template=")
    for files in (OLD, NEW):
        run(folder, "rm", "-rqf", "--ignore-unmatch", ".")
        for path, text in files.items():
            write(folder, path, text)
        run(folder, "add", ".")
        run(folder, "commit", "-q", "-m", "x")
    run(folder, "branch", "new")
    run(folder, "reset", "-q", "--hard", "HEAD~")
    return folder


def run(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def write(folder: Path, path: str, text: str) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_text() for path in found}


def opened(folder: Path) -> tuple[Repository, str]:
    return look_at(str(folder)), run(folder, "rev-parse", "new").strip()


def is_at(folder: Path, revision: str) -> bool:
    """Tell whether branch, index and files are those of a commit, and nothing is left over."""
    same = run(folder, "rev-parse", "HEAD") == run(folder, "rev-parse", revision)
    return same and not run(folder, "status", "--porcelain") and not is_unfinished(look_at(str(folder)))


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Any]:
    """Return a function that makes the program die before its n-th step: a call of git, or a change of a file."""

    def arrange(step: int) -> Any:
        patch = pytest.MonkeyPatch()
        left = [step]

        def dying(call: Callable[..., Any]) -> Callable[..., Any]:
            def wrapped(*args: Any, **options: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    raise KilledError
                return call(*args, **options)

            return wrapped

        patch.setattr(subprocess, "run", dying(subprocess.run))
        patch.setattr(git_checkout, "_replace", dying(git_checkout._replace))
        patch.setattr(git_checkout, "_remove", dying(git_checkout._remove))
        return patch

    return arrange


def crashes(root: Path, kill_at: Callable[[int], Any]) -> Iterator[Path]:
    """Yield the vault as it is after a kill before each of the steps."""
    kept = root.parent / "kept"
    shutil.copytree(root, kept, symlinks=True)
    for step in range(MOST_STEPS):
        shutil.rmtree(root)
        shutil.copytree(kept, root, symlinks=True)
        repository, new = opened(root)
        patch = kill_at(step)
        try:
            bring(repository, new, "come")
        except KilledError:
            patch.undo()
            yield root
        else:
            patch.undo()
            assert step > 10
            return
    raise AssertionError("there are more steps than that")


def test_branch_index_and_files_are_those_of_the_new_commit(root: Path) -> None:
    repository, new = opened(root)
    assert bring(repository, new, "come") == ()
    assert is_at(root, "new")
    assert files(root) == NEW
    assert not (root / "deep").exists()
    assert run(root, "reflog", "-1", "--format=%gs") == "come\n"


def test_after_a_kill_at_any_step_it_goes_on(root: Path, kill_at: Callable[[int], Any]) -> None:
    for folder in crashes(root, kill_at):
        repository, new = opened(folder)
        finish(repository, "go on")
        repository, _ = opened(folder)
        assert bring(repository, new, "come") == ()
        assert is_at(folder, "new")
        assert files(folder) == NEW


def test_after_a_kill_each_file_is_old_or_new(root: Path, kill_at: Callable[[int], Any]) -> None:
    for folder in crashes(root, kill_at):
        for path, text in files(folder).items():
            assert text in (OLD.get(path), NEW.get(path))


@pytest.mark.parametrize("path", ["people/changed.md", "people/come.md"])
def test_what_is_saved_after_a_kill_stays_and_all_else_goes_back(
    root: Path, kill_at: Callable[[int], Any], path: str
) -> None:
    for folder in crashes(root, kill_at):
        if is_at(folder, "new") or not is_unfinished(look_at(str(folder))):
            continue
        if run(folder, "rev-parse", "HEAD") == run(folder, "rev-parse", "new"):
            continue
        write(folder, path, "saved since\n")
        repository, _ = opened(folder)
        finish(repository, "go on")
        assert files(folder) == {**OLD, path: "saved since\n"}
        assert not is_unfinished(look_at(str(folder)))
        assert run(folder, "rev-parse", "HEAD") != run(folder, "rev-parse", "new")


@pytest.mark.parametrize("path", ["people/changed.md", "people/come.md", "people/gone.md"])
def test_a_file_that_was_saved_before_stands_in_the_way_and_nothing_changes(root: Path, path: str) -> None:
    write(root, path, "mine\n")
    repository, new = opened(root)
    assert bring(repository, new, "come") == (path,)
    assert files(root) == {**OLD, path: "mine\n"}
    assert not is_unfinished(look_at(str(root)))


def test_a_file_that_is_saved_at_the_last_moment_stays_and_all_else_goes_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = git_checkout._staged

    def saved_meanwhile(*args: Any) -> Any:
        write(root, "people/changed.md", "saved just now\n")
        monkeypatch.setattr(git_checkout, "_staged", staged)
        return staged(*args)

    monkeypatch.setattr(git_checkout, "_staged", saved_meanwhile)
    repository, new = opened(root)
    assert bring(repository, new, "come") == ("people/changed.md",)
    assert files(root) == {**OLD, "people/changed.md": "saved just now\n"}
    assert not is_unfinished(look_at(str(root)))


def test_a_file_keeps_its_mode_and_gets_the_one_that_a_commit_gives_it(root: Path) -> None:
    (root / "people/changed.md").chmod(0o600)
    repository, new = opened(root)
    bring(repository, new, "come")
    assert (root / "people/changed.md").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_is_a_link_to_elsewhere_is_not_written_through(root: Path, tmp_path: Path) -> None:
    from prmvault.core.problems import PrmvaultError

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "else").symlink_to(elsewhere)
    repository, new = opened(root)
    with pytest.raises(PrmvaultError, match="leads out"):
        bring(repository, new, "come")
    assert list(elsewhere.iterdir()) == []
    assert {path: text for path, text in files(root).items() if path in OLD} == OLD


def test_a_file_that_can_not_be_put_leaves_nothing_beside_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    (tmp_path / "source.md").write_text("new\n")
    before = sorted(root.iterdir())
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(PermissionError):
        git_checkout._replace(str(tmp_path / "source.md"), str(root / "same.md"))
    assert sorted(root.iterdir()) == before


def test_where_the_user_has_moved_on_nothing_is_done(root: Path, kill_at: Callable[[int], Any]) -> None:
    for folder in crashes(root, kill_at):
        if is_unfinished(look_at(str(folder))) and run(folder, "diff", "HEAD", "--name-only"):
            break
    run(root, "add", "-A")
    run(root, "commit", "-q", "-m", "by hand")
    before = files(root)
    repository, _ = opened(root)
    assert finish(repository, "go on")
    assert files(root) == before
    assert not finish(repository, "go on")


def test_what_is_staged_elsewhere_stays_staged(root: Path) -> None:
    write(root, "same.md", "staged\n")
    run(root, "add", "same.md")
    repository, new = opened(root)
    assert bring(repository, new, "come") == ()
    assert run(root, "status", "--porcelain") == "M  same.md\n"


def test_a_commit_that_was_made_meanwhile_stops_it_before_anything_changes(root: Path) -> None:
    from prmvault.core.problems import PrmvaultError

    repository, new = opened(root)
    run(root, "commit", "-q", "--allow-empty", "-m", "meanwhile")
    with pytest.raises(PrmvaultError, match="meanwhile"):
        bring(repository, new, "come")
    assert files(root) == OLD
