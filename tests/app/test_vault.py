"""Opening a vault: whatever state its cache is in, the command gets facts that are as the files are now."""

from __future__ import annotations

import errno
import os
import random
import shutil
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from prmvault.app import vault as opening
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.core.problems import EXIT_BUSY, EXIT_NO_VAULT, PrmvaultError
from prmvault.vault import facts as caching
from prmvault.vault.facts import Facts, open_facts
from prmvault.vault.places import cache_folder, resolve_root
from prmvault.vault.refresh import SettingsChanged, refresh
from tests.conftest import Result, SampleVault, refuse_to_say

Run = Callable[..., Result]


@pytest.fixture
def sample(vault_at: SampleVault) -> SampleVault:
    vault_at.write("people/Anna.md", "---\nbirthday: 1987-03-14\n---\n")
    vault_at.write("journal/2026/2026-11-21.md", "- call [[Anna]]\n")
    return vault_at


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def opened(said: list[str]) -> Iterator[Callable[[SampleVault], Vault]]:
    vaults: list[Vault] = []

    def open_it(sample: SampleVault) -> Vault:
        vaults.append(open_vault(sample.root, said.append))
        return vaults[-1]

    yield open_it
    for vault in vaults:
        vault.facts.close()


def notes(vault: Vault) -> list[str]:
    return [path for path, _ in vault.facts.titles()]


ALL = ["journal/2026/2026-11-21.md", "people/Anna.md"]


# --- which vault


def test_a_vault_is_named_or_found_from_below(sample: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    assert resolve_root(sample.root, lambda: None) == sample.root
    monkeypatch.setenv("PRMVAULT_DIR", sample.root)
    assert resolve_root(None, lambda: None) == sample.root
    monkeypatch.delenv("PRMVAULT_DIR")
    monkeypatch.chdir(sample.path / "journal/2026")
    assert resolve_root(None, lambda: None) == sample.root
    monkeypatch.chdir(sample.path.parent)
    assert resolve_root(None, lambda: sample.root) == sample.root


def test_what_is_no_vault_is_told(sample: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample.path.parent)
    for given in (None, str(sample.path.parent), str(sample.path / "nothing"), str(sample.path / "people/Anna.md")):
        with pytest.raises(PrmvaultError) as raised:
            resolve_root(given, lambda: None)
        assert raised.value.exit_code == EXIT_NO_VAULT
        assert raised.value.hint


def test_each_vault_has_a_cache_of_its_own_also_behind_a_link(sample: SampleVault, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(sample.path)
    (tmp_path / "other" / "vault").mkdir(parents=True)
    assert cache_folder(str(tmp_path / "link")) == cache_folder(sample.root)
    assert cache_folder(str(tmp_path / "other/vault")) != cache_folder(sample.root)
    assert not cache_folder(sample.root).startswith(sample.root)


# --- whatever the cache is like


def broken_inside(cache: Path) -> None:
    """Leave the first page as it is and garbage in all others."""
    content = (cache / "facts.db").read_bytes()
    (cache / "facts.db").write_bytes(content[:4096] + random.Random(5).randbytes(len(content) - 4096))


def in_its_place(cache: Path, kind: str) -> None:
    shutil.rmtree(cache)
    if kind == "a file":
        cache.write_text("x")
        return
    cache.mkdir()
    if kind == "a folder":
        (cache / "facts.db").mkdir()
    else:
        (cache / "facts.db").symlink_to("/nowhere/x")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "gone": shutil.rmtree,
    "empty": lambda cache: (cache / "facts.db").write_bytes(b""),
    "garbage": lambda cache: (cache / "facts.db").write_bytes(b"garbage" * 1000),
    "short": lambda cache: os.truncate(cache / "facts.db", 5000),
    "broken inside": broken_inside,
    "a file in its place": lambda cache: in_its_place(cache, "a file"),
    "a folder in its place": lambda cache: in_its_place(cache, "a folder"),
    "a link to nowhere": lambda cache: in_its_place(cache, "a link"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_cache_never_keeps_a_command_from_its_answer(
    sample: SampleVault, opened: Callable[[SampleVault], Vault], run_in: Run, name: str
) -> None:
    vault = opened(sample)
    vault.facts.close()
    DAMAGES[name](Path(vault.cache))
    assert notes(opened(sample)) == ALL
    assert run_in(sample.root, "search", "--paths", "call").out == "journal/2026/2026-11-21.md\n"


@pytest.mark.parametrize("table", ["contacts", "names", "notes", "people", "problems"])
def test_a_cache_that_turns_out_to_be_damaged_in_the_middle_of_a_command_is_built_again(
    sample: SampleVault, opened: Callable[[SampleVault], Vault], run_in: Run, table: str
) -> None:
    vault = opened(sample)
    (page,) = vault.facts.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    vault.facts.close()
    expected = run_in(sample.root, "digest", "--stdout")
    with Path(vault.cache, "facts.db").open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(random.Random(6).randbytes(4096))
    found = run_in(sample.root, "digest", "--stdout")
    assert (found.code, found.out) == (0, expected.out)
    assert run_in(sample.root, "digest", "--stdout") == expected


def test_a_cache_that_may_not_be_written_is_done_without_and_told(
    sample: SampleVault, opened: Callable[[SampleVault], Vault], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "makedirs", refused)
    assert notes(opened(sample)) == ALL
    assert said == ["the cache can't be used (Permission denied); this command works without it, more slowly"]


@pytest.mark.parametrize("message", ["database or disk is full", "attempt to write a readonly database", "disk I/O error",
                                     "unable to open database file"])  # fmt: skip
def test_a_disk_that_takes_nothing_is_done_without_and_told(
    sample: SampleVault,
    opened: Callable[[SampleVault], Vault],
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    message: str,
) -> None:
    real = Facts.write

    def refused(self: Facts, *arguments: Any) -> None:
        if not self.connection.execute("PRAGMA database_list").fetchone()[2]:  # in memory
            real(self, *arguments)
            return
        raise sqlite3.OperationalError(message)

    monkeypatch.setattr(Facts, "write", refused)
    assert notes(opened(sample)) == ALL
    assert len(said) == 1
    assert message in said[0]


def test_a_full_disk_at_the_first_opening_is_done_without(
    sample: SampleVault, opened: Callable[[SampleVault], Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect

    def small(path: str, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(path, **options)
        if path != ":memory:":
            connection.execute("PRAGMA max_page_count = 4")
        return connection

    monkeypatch.setattr(sqlite3, "connect", small)
    assert notes(opened(sample)) == ALL


def test_a_cache_that_stays_locked_ends_busy(sample: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching, "_LOCK_TIMEOUT_S", 0.05)
    other = open_facts(cache_folder(sample.root))
    other.connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(PrmvaultError) as raised:
        open_vault(sample.root, refuse_to_say)
    assert raised.value.exit_code == EXIT_BUSY
    other.close()
    open_vault(sample.root, refuse_to_say).facts.close()


def test_what_needs_no_writing_does_not_wait_for_a_writer(
    sample: SampleVault, opened: Callable[[SampleVault], Vault], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: now() + 10_000_000_000)
        first = opened(sample)
    first.facts.connection.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(caching, "_LOCK_TIMEOUT_S", 0.05)
    assert notes(opened(sample)) == ALL
    assert said == []


def test_settings_that_another_process_saw_are_loaded_again(
    sample: SampleVault, opened: Callable[[SampleVault], Vault], monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []

    def overtaken(*arguments: Any) -> Any:
        times.append(1)
        if len(times) < 3:
            raise SettingsChanged
        return refresh(*arguments)

    monkeypatch.setattr(opening, "refresh", overtaken)
    assert notes(opened(sample)) == ALL
    assert len(times) == 3

    def always(*_: Any) -> Any:
        raise SettingsChanged

    monkeypatch.setattr(opening, "refresh", always)
    with pytest.raises(PrmvaultError) as raised:
        opened(sample)
    assert raised.value.exit_code == EXIT_BUSY


def test_an_open_vault_sees_changes_and_a_cache_that_was_deleted_meanwhile(
    sample: SampleVault, said: list[str]
) -> None:
    vault = open_vault(sample.root, said.append)
    sample.write("people/Ben.md", "x")
    vault = refreshed_vault(vault)
    assert notes(vault) == [*ALL, "people/Ben.md"]
    shutil.rmtree(vault.cache)
    other = open_vault(sample.root, said.append)
    vault = refreshed_vault(vault)
    assert vault.facts.identity == other.facts.identity
    assert notes(vault) == [*ALL, "people/Ben.md"]
    other.facts.close()
    vault.facts.close()


def test_the_cache_is_closed_to_others_and_nothing_is_written_into_the_vault(
    sample: SampleVault, opened: Callable[[SampleVault], Vault]
) -> None:
    before = sample.fingerprint()
    vault = opened(sample)
    assert stat.S_IMODE(os.stat(vault.cache).st_mode) == 0o700
    assert sample.fingerprint() == before


def test_many_notes_are_read_with_a_display(sample: SampleVault) -> None:
    for number in range(opening._MANY):
        sample.write(f"notes/{number}.md", "x")
    shown: list[Any] = []

    def display(label: str, total: int) -> Callable[[int, int], None]:
        shown.append((label, total))
        return lambda done, total: shown.append((done, total))

    vault = open_vault(sample.root, refuse_to_say, display)
    vault.facts.close()
    assert shown[0] == ("reading notes", opening._MANY + 2)
    assert shown[-1] == (opening._MANY + 2, opening._MANY + 2)
