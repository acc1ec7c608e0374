"""Files that are there: swapped, removed and moved only as they were read, and never half."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from prmvault.core.problems import PrmvaultError
from prmvault.vault.files import look, move_file, read_file, remove_file, swap_file
from tests.conftest import SampleVault


def test_a_file_is_swapped_only_if_it_is_as_it_was_read(vault_at: SampleVault) -> None:
    note = vault_at.write("people/Anna.md", "old")
    note.chmod(0o640)
    before = read_file(vault_at.root, "people/Anna.md")
    assert swap_file(vault_at.root, "people/Anna.md", before, b"new")
    assert (note.read_bytes(), stat.S_IMODE(note.stat().st_mode)) == (b"new", 0o640)
    assert not swap_file(vault_at.root, "people/Anna.md", before, b"newer")
    assert note.read_bytes() == b"new"
    note.unlink()
    assert not swap_file(vault_at.root, "people/Anna.md", before, b"newer")
    assert os.listdir(f"{vault_at.root}/people") == []


def test_a_link_that_took_the_place_of_a_file_is_not_swapped(vault_at: SampleVault, tmp_path: Path) -> None:
    note = vault_at.write("Anna.md", "old")
    before = read_file(vault_at.root, "Anna.md")
    outside = tmp_path / "outside"
    note.rename(outside)
    note.symlink_to(outside)
    assert not swap_file(vault_at.root, "Anna.md", before, b"new")
    assert outside.read_bytes() == b"old"


def test_an_interrupted_swap_leaves_the_old_file_and_nothing_beside_it(
    vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("write", "fsync", "chmod", "replace"):
        vault_at.write("people/Anna.md", "old")
        before = read_file(vault_at.root, "people/Anna.md")
        with monkeypatch.context() as patch:
            patch.setattr(os, step, interrupted)
            with pytest.raises(KeyboardInterrupt):
                swap_file(vault_at.root, "people/Anna.md", before, b"new")
        assert (vault_at.path / "people/Anna.md").read_bytes() == b"old"
        assert os.listdir(f"{vault_at.root}/people") == ["Anna.md"]


def test_a_swap_keeps_the_owner_where_we_may(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault_at.write("Anna.md", "old")
    before = read_file(vault_at.root, "Anna.md")
    given_to = []
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    monkeypatch.setattr(os, "chown", lambda path, *owner: given_to.append(owner))
    assert swap_file(vault_at.root, "Anna.md", before, b"new")
    status = (vault_at.path / "Anna.md").stat()
    assert given_to == [(status.st_uid, status.st_gid)]


def test_a_file_is_removed_only_if_it_is_as_it_was_read(vault_at: SampleVault) -> None:
    note = vault_at.write("Anna.md", "old")
    before = read_file(vault_at.root, "Anna.md")
    vault_at.replace("Anna.md", "new")
    assert not remove_file(vault_at.root, "Anna.md", before)
    assert note.read_bytes() == b"new"
    assert remove_file(vault_at.root, "Anna.md", read_file(vault_at.root, "Anna.md"))
    assert not note.exists()


def test_a_file_is_moved_with_its_folders_and_never_onto_another(vault_at: SampleVault) -> None:
    vault_at.write("Anna.md", "Anna")
    vault_at.write("people/Tom.md", "Tom")
    with pytest.raises(FileExistsError):
        move_file(vault_at.root, "Anna.md", "people/Tom.md")
    with pytest.raises(FileExistsError):
        move_file(vault_at.root, "Anna.md", "Anna.md")
    move_file(vault_at.root, "Anna.md", "people/family/Anna.md")
    assert {folder.path: folder.names for folder in look(vault_at.root, (), [])} == {
        "": b"",
        "people": b"Tom.md",
        "people/family": b"Anna.md",
    }
    with pytest.raises(PrmvaultError, match="leads out of the vault"):
        move_file(vault_at.root, "people/Tom.md", "../Tom.md")


def test_a_file_is_moved_where_there_are_no_hard_links(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    vault_at.write("Anna.md", "Anna")
    move_file(vault_at.root, "Anna.md", "anna.md")
    assert os.listdir(vault_at.root).count("anna.md") == 1
