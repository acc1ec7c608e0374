"""Conflict copies of file sync tools: merged into their notes, with what was committed as base."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from prmvault.app.copies import copies, join_copy
from prmvault.app.vault import open_vault
from prmvault.core.note import copied_from
from prmvault.core.problems import PrmvaultError
from tests.conftest import SampleVault, refuse_to_say

BASE = "---\nphone: 1\ntags: [a, b]\n---\nText.\n"
OURS = "---\nphone: 2\ntags: [a, b]\n---\nText.\nOur line.\n"
THEIRS = "---\nphone: 1\ntags: [a, c]\nbirthday: 1987-03-14\n---\nText.\nTheir line.\n"
COPY = "people/Ann.sync-conflict-20260101-120000-ABCDEFG.md"


@pytest.mark.parametrize(
    "name",
    [
        "Ann.sync-conflict-20260101-120000-ABCDEFG.md",
        "Ann (conflicted copy 2026-01-01).md",
        "Ann (Max Muster's conflicted copy 2026-01-01).md",
        "Ann (conflicted copy 2026-01-01 120000).md",
        "Ann (In Konflikt stehende Kopie von Max 2026-01-01).md",
    ],
)
def test_the_name_of_a_copy_tells_the_note(name: str) -> None:
    assert copied_from(f"people/{name}") == "people/Ann.md"


def git(vault: SampleVault, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=vault.root, check=True, capture_output=True)


@pytest.mark.parametrize("in_git", [True, False])
def test_a_copy_is_merged_and_removed(vault_at: SampleVault, in_git: bool) -> None:
    note = vault_at.write("people/Ann.md", BASE)
    if in_git:
        git(vault_at, "init", "-q")
        git(vault_at, "add", "-A")
        git(vault_at, "commit", "-q", "-m", "base")
    note.write_text(OURS)
    copy = vault_at.write(COPY, THEIRS)
    vault = open_vault(vault_at.root, refuse_to_say)
    assert [each.path for each in copies(vault)] == [COPY]
    before = note.read_text()
    assert join_copy(vault, COPY, dry_run=True).after != before
    assert note.read_text() == before
    assert copy.exists()
    join_copy(vault, COPY)
    text = note.read_text()
    assert not copy.exists()
    for part in ("phone: 2", "birthday: 1987-03-14", "Our line.", "Their line."):
        assert part in text
    # With the committed version as base it is known who removed what, and that only one side changed the phone.
    assert ("tags: [a, c]" in text) == in_git
    assert ("merge_conflicts" in text) != in_git


def test_what_is_no_copy_or_has_no_note_is_refused(vault_at: SampleVault) -> None:
    vault_at.write("people/Ann.md", BASE)
    vault_at.write("people/Bob (conflicted copy 2026-01-01).md", THEIRS)
    vault = open_vault(vault_at.root, refuse_to_say)
    with pytest.raises(PrmvaultError, match="no copy of a conflict"):
        join_copy(vault, "people/Ann.md")
    with pytest.raises(PrmvaultError, match="is not there"):
        join_copy(vault, "people/Bob (conflicted copy 2026-01-01).md")


@pytest.mark.parametrize("broken", ["people/Ann.md", COPY])
def test_where_one_side_does_not_parse_nothing_is_changed(vault_at: SampleVault, broken: str) -> None:
    vault_at.write("people/Ann.md", OURS)
    vault_at.write(COPY, THEIRS)
    vault_at.write(broken, '---\nphone: "1\n---\n')
    before = vault_at.fingerprint()
    vault = open_vault(vault_at.root, refuse_to_say)
    with pytest.raises(PrmvaultError, match="bad-yaml"):
        join_copy(vault, COPY)
    assert vault_at.fingerprint() == before


def test_the_command_lists_and_joins_copies(prmvault: Any, vault_at: SampleVault) -> None:
    vault_at.write("people/Ann.md", OURS)
    vault_at.write(COPY, THEIRS)
    listed = prmvault("-C", vault_at.root, "conflicts")
    assert (listed.code, listed.out) == (0, "")
    assert "--join COPY" in listed.err
    joined = prmvault("-C", vault_at.root, "conflicts", "--join", COPY)
    assert joined.code == 0
    assert "+ birthday: 1987-03-14" in joined.out
    assert not (vault_at.path / COPY).exists()
