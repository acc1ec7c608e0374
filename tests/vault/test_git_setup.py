"""What a clone needs for merging notes: the attributes as git reads them, and drivers that never lose the other side."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from prmvault.app.create import init_vault
from prmvault.core.problems import PrmvaultError
from prmvault.vault.git_config import read_config, refuse_foreign
from prmvault.vault.git_setup import (
    DRIVERS,
    add_attributes,
    attributes_text,
    ignore_digests,
    ignores_digests,
    is_ignored,
    keep_digests,
    missing_attributes,
    missing_drivers,
    set_up_clone,
)

NOTE = "---\ntype: person\nphones: '1'\n---\n\nAbout her.\n"


@pytest.fixture(autouse=True)
def home(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with a name in git's configuration, and nothing of this machine's."""
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n[init]\ndefaultBranch = main\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return cache


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "vault"
    (folder / "people").mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "prmvault.yaml").write_text("")
    (folder / ".gitattributes").write_text(attributes_text("journal"))
    (folder / "people/Ann.md").write_text(NOTE)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def git(folder: Path, *arguments: str, fails: bool = False) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert fails or done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("path", "driver"),
    [
        ("people/Ann.md", "prmvault"),
        ("my days/2026/2026-11-20.md", "union"),
        ("my days/2026-11-20.md", "union"),
        ("other/my days/x.md", "prmvault"),
        ("prmvault.yaml", "prmvault"),
        (".gitignore", "union"),
        ("attachments/a.jpg", "unspecified"),
    ],
)
def test_git_reads_the_attributes_as_they_are_meant(root: Path, path: str, driver: str) -> None:
    (root / ".gitattributes").write_text(attributes_text("my days"))
    assert git(root, "check-attr", "merge", path).strip().endswith(f"merge: {driver}")


def test_what_is_missing_is_added_once_and_below_what_is_there(root: Path) -> None:
    (root / ".gitattributes").write_text("*.md text\n*.jpg binary")
    missing = missing_attributes(str(root), "journal")
    assert add_attributes(str(root), missing) == [".gitattributes"]
    assert (root / ".gitattributes").read_text().startswith("*.md text\n*.jpg binary\n# ")
    assert missing_attributes(str(root), "journal") == []
    assert add_attributes(str(root), []) == []
    assert "text: unset" in git(root, "check-attr", "text", "a.md")


def test_a_clone_is_set_up_once(root: Path) -> None:
    assert missing_drivers(read_config(str(root))) == list(DRIVERS)
    assert set_up_clone(str(root), read_config(str(root))) == ["merge drivers", "core.symlinks=false"]
    assert missing_drivers(read_config(str(root))) == []
    assert set_up_clone(str(root), read_config(str(root))) == []


def test_where_the_vault_has_links_git_keeps_making_them(root: Path) -> None:
    (root / "people/Link.md").symlink_to("Ann.md")
    git(root, "add", ".")
    assert set_up_clone(str(root), read_config(str(root))) == ["merge drivers"]


@pytest.mark.parametrize("broken", ["missing", "fails", "killed"])
def test_where_prmvault_does_not_run_git_merges_as_text_and_keeps_their_side(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    set_up_clone(str(root), read_config(str(root)))
    tools = tmp_path / "bin"
    tools.mkdir()
    if broken != "missing":
        program = tools / "prmvault"
        program.write_text("#!/bin/sh\n" + ("exit 1\n" if broken == "fails" else "kill -9 $$\n"))
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    conflict_in_both(root)
    git(root, "merge", "-q", "theirs", fails=True)
    merged = (root / "people/Ann.md").read_text()
    assert "phones: '2'" in merged
    assert "phones: '3'" in merged
    assert "<<<<<<< ours" in merged
    assert git(root, "ls-files", "-u")


def test_where_prmvault_does_not_run_days_are_the_lines_of_both(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up_clone(str(root), read_config(str(root)))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    day = root / "journal/2026-11-20.md"
    day.parent.mkdir()
    git(root, "checkout", "-q", "-b", "theirs")
    for branch, item in (("theirs", "visit"), ("main", "call")):
        git(root, "checkout", "-q", branch)
        day.parent.mkdir(exist_ok=True)
        day.write_text(f"---\ntype: journal\n---\n\n- {item}\n")
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", item)
    git(root, "merge", "-q", "--no-edit", "theirs")
    assert day.read_text() == "---\ntype: journal\n---\n\n- call\n- visit\n"


def conflict_in_both(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "theirs")
    (root / "people/Ann.md").write_text(NOTE.replace("'1'", "'2'"))
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "main")
    (root / "people/Ann.md").write_text(NOTE.replace("'1'", "'3'"))
    git(root, "commit", "-qam", "ours")


FOREIGN = [
    ("core.sshCommand", "touch {0}"),
    ("core.askPass", "touch {0}"),
    ("credential.helper", "!touch {0}"),
    ("credential.https://example.org.helper", "!touch {0}"),
    ("remote.origin.uploadpack", "touch {0}; git-upload-pack"),
    ("remote.origin.receivepack", "touch {0}; git-receive-pack"),
    ("gpg.program", "touch {0}"),
    ("gpg.ssh.defaultKeyCommand", "touch {0}"),
    ("merge.other.driver", "touch {0}"),
    ("filter.x.smudge", "touch {0}"),
    ("lfs.extension.x.clean", "touch {0}"),
    ("lfs.customtransfer.x.path", "touch"),
    ("gc.recentObjectsHook", "touch {0}"),
    ("http.cookieFile", "/home/x/.profile"),
    ("protocol.ext.allow", "always"),
    ("core.worktree", "/"),
    ("http.proxy", "http://example.org"),
    ("url.ext::sh.insteadOf", "https:"),
]


@pytest.mark.parametrize(("key", "value"), FOREIGN)
def test_what_a_copied_vault_brings_along_is_refused(root: Path, key: str, value: str) -> None:
    git(root, "config", key, value)
    with pytest.raises(PrmvaultError, match=key.split(".", maxsplit=1)[0]) as error:
        refuse_foreign(str(root), read_config(str(root)), "origin")
    assert "prmvault.trusted" in error.value.hint


@pytest.mark.parametrize(("key", "value"), FOREIGN)
def test_what_the_user_has_in_their_own_configuration_is_taken(root: Path, key: str, value: str) -> None:
    git(root, "config", "--global", key, value)
    if key != "core.worktree":
        git(root, "config", key, value)
    refuse_foreign(str(root), read_config(str(root)), "origin")


def test_a_vault_that_the_user_vouches_for_may_name_commands(root: Path) -> None:
    git(root, "config", "core.sshCommand", "ssh -i key")
    git(root, "config", "--global", "--add", "prmvault.trusted", str(root))
    refuse_foreign(str(root), read_config(str(root)), "origin")


def test_a_vault_cannot_vouch_for_itself(root: Path) -> None:
    git(root, "config", "core.sshCommand", "ssh -i key")
    git(root, "config", "prmvault.trusted", str(root))
    with pytest.raises(PrmvaultError):
        refuse_foreign(str(root), read_config(str(root)), "origin")


@pytest.mark.parametrize("address", ["../remote.git", "file://{root}/remote.git", "{root}/.x", "remote"])
def test_a_remote_that_comes_with_the_vault_is_refused(root: Path, address: str) -> None:
    git(root, "remote", "add", "origin", address.format(root=root))
    with pytest.raises(PrmvaultError, match="hooks"):
        refuse_foreign(str(root), read_config(str(root)), "origin")


@pytest.mark.parametrize(
    "address", ["/elsewhere/remote.git", "https://example.org/x.git", "git@example.org:x.git", "ssh://h/x"]
)
def test_a_remote_elsewhere_is_taken(root: Path, address: str) -> None:
    git(root, "remote", "add", "origin", address)
    refuse_foreign(str(root), read_config(str(root)), "origin")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("*~\n", "*~\n"),
        ("", ""),
        ("*~", "*~\n"),
        ("a\r\nb\r\n", "a\r\nb\r\n"),
    ],
)
def test_digests_are_ignored_and_kept_again_and_nothing_else_of_gitignore_changes(
    root: Path, before: str, after: str
) -> None:
    (root / ".gitignore").write_bytes(before.encode())
    assert keep_digests(str(root), "digest") == []
    assert ignore_digests(str(root), "digest") == [".gitignore"]
    assert (ignores_digests(str(root), "digest"), is_ignored(str(root), "digest")) == (True, True)
    assert ignore_digests(str(root), "digest") == []
    assert keep_digests(str(root), "digest") == [".gitignore"]
    assert (ignores_digests(str(root), "digest"), is_ignored(str(root), "digest")) == (False, False)
    assert (root / ".gitignore").read_bytes().decode() == after


def test_only_our_own_line_is_taken_out_of_gitignore(root: Path) -> None:
    text = "# mine\n/digest/ \n/digest/old/\n!digest/\n"
    (root / ".gitignore").write_text(text)
    assert keep_digests(str(root), "digest") == [".gitignore"]
    assert (root / ".gitignore").read_text() == "# mine\n/digest/old/\n!digest/\n"
    (root / ".gitignore").write_text("dig*\n")
    assert keep_digests(str(root), "digest") == []
    assert is_ignored(str(root), "digest")


def test_the_line_of_a_new_vault_is_ours(tmp_path: Path) -> None:
    init_vault(str(tmp_path / "new"), example=False)
    text = (tmp_path / "new" / ".gitignore").read_text()
    assert keep_digests(str(tmp_path / "new"), "digest") == [".gitignore"]
    first = "# The digest is made from the notes, on each machine.\n/digest/\n"
    assert text.startswith(first)
    assert (tmp_path / "new" / ".gitignore").read_text() == text.removeprefix(first)


def test_without_a_gitignore_nothing_is_ignored_by_us(root: Path) -> None:
    assert not ignores_digests(str(root), "digest")
    assert keep_digests(str(root), "digest") == []
