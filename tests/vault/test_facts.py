from __future__ import annotations

import errno
import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from prmvault.core.note import parse_note
from prmvault.vault import facts as caching
from prmvault.vault.fact_rows import note_from_json, to_json
from prmvault.vault.facts import FILE_NAME, FORMAT, Facts, delete_facts, open_facts, open_private_facts
from prmvault.vault.refresh import load_state, reading_of, refresh
from prmvault.vault.settings import Settings
from tests.conftest import SampleVault, environment


@pytest.fixture
def folder(cache: Path) -> Path:
    return cache / "v"


@pytest.fixture
def filled(vault_at: SampleVault, folder: Path) -> Iterator[Facts]:
    """Return the facts of a small vault."""
    vault_at.write("people/Anna.md", "---\naliases: [Annie]\nrelated: [{sister: '[[Ben]]'}]\nemails: [a@b.de]\n---\n")
    vault_at.write("people/Ben.md", "---\nbirthday: 1990-02-30\norg: '[[Acme]]'\n---\n## Log\n- 2026-01-02 call\n")
    vault_at.write("journal/2026/2026-01-01.md", "- call [[Anna]] and [[Ben]] #gift\n- [ ] Karte 📅 2026-12-01\n")
    facts = open_facts(str(folder))
    refresh(facts, vault_at.root, load_state(facts, vault_at.root))
    yield facts
    facts.close()


def seen(facts: Facts) -> list[str]:
    return [note.path for note in facts.notes()]


# --- what goes in comes out


def test_a_note_comes_back_as_it_was_read() -> None:
    text = "---\nname: Ännchen\ntags: [a/b]\nrelated: [{sister: '[[Ben]]'}]\n---\n- [ ] x [[Ben]] 📅 2026-12-01\n## Log\n- 2026-01-02 call\n"
    note = parse_note("people/Anna.md", text, reading_of(Settings()))
    assert note.tasks
    assert note.contacts
    assert note_from_json(to_json(note)) == note


def test_the_tables_answer_what_is_asked_of_them(filled: Facts) -> None:
    assert filled.counts() == {"journal": 1, "person": 2}
    assert filled.path_of_day("2026-01-01") == "journal/2026/2026-01-01.md"
    assert filled.path_of_day("2026-01-02") is None
    assert filled.title("people/Ben.md") == "Ben"
    assert filled.note("people/Nobody.md") is None
    assert [note.path for note in filled.notes("journal")] == ["journal/2026/2026-01-01.md"]
    assert {path for _, _, path, _ in filled.names_of_key("annie")} == {"people/Anna.md"}
    assert [(told.target, told.path) for told in filled.contacts_of(["anna"], "2026-12-31")] == [
        ("Anna", "journal/2026/2026-01-01.md")
    ]
    assert list(filled.contacts_of(["anna"], "2025-12-31")) == []
    assert filled.relations_to(["ben"]) == [("people/Anna.md", "sister")]
    assert [task.due for _, task in filled.open_tasks()] == ["2026-12-01"]
    assert [problem.code for problem in filled.problems()] == ["bad-date"]


def test_names_with_the_signs_of_sql_are_found_like_others(vault_at: SampleVault, folder: Path) -> None:
    for name in ("50% Rabatt", "a_b", "O'Neill", 'x"y', "a;b -- c", "*"):
        vault_at.write(f"people/{name}.md", "x")
    facts = open_facts(str(folder))
    refresh(facts, vault_at.root, load_state(facts, vault_at.root))
    assert {path for _, _, path, _ in facts.names_like("50%")} == {"people/50% Rabatt.md"}
    assert {path for _, _, path, _ in facts.names_like("O'Neill")} == {"people/O'Neill.md"}
    assert {path for _, _, path, _ in facts.names_like("*")} == {"people/*.md"}
    assert facts.names_like("") is not None
    facts.close()


def test_changes_are_numbered_so_that_an_index_knows_what_it_lacks(filled: Facts, vault_at: SampleVault) -> None:
    seq = filled.newest_seq()
    assert filled.changed_since(seq) == filled.removed_since(seq) == []
    vault_at.write("people/Anna.md", "new")
    (vault_at.path / "people/Ben.md").unlink()
    refresh(filled, vault_at.root, load_state(filled, vault_at.root))
    assert filled.changed_since(seq) == ["people/Anna.md"]
    assert filled.removed_since(seq) == ["people/Ben.md"]
    vault_at.write("people/Ben.md", "back")
    refresh(filled, vault_at.root, load_state(filled, vault_at.root))
    assert filled.changed_since(seq) == ["people/Anna.md", "people/Ben.md"]
    assert filled.removed_since(seq) == []


def test_the_cache_is_for_the_user_only(filled: Facts, folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_look_again_at_what_is_doubtful_is_no_change(filled: Facts, vault_at: SampleVault) -> None:
    seq = filled.newest_seq()
    vault_at.write("private/x.md", "ignored from the first")
    vault_at.write(".gitignore", "private/\n")
    refresh(filled, vault_at.root, load_state(filled, vault_at.root))
    seq = filled.newest_seq()
    refresh(filled, vault_at.root, load_state(filled, vault_at.root))
    assert filled.newest_seq() == seq
    assert filled.removed_since(0) == []


# --- a cache that is not as it should be


def file_of(folder: Path) -> Path:
    return folder / FILE_NAME


def garbage(folder: Path) -> None:
    file_of(folder).write_bytes(random.Random(1).randbytes(20_000))


def text(folder: Path) -> None:
    file_of(folder).write_text("this is no database at all, but long enough to look like one\n" * 100)


def empty(folder: Path) -> None:
    file_of(folder).write_bytes(b"")


def half(folder: Path) -> None:
    os.truncate(file_of(folder), file_of(folder).stat().st_size // 2)


def one_page(folder: Path) -> None:
    os.truncate(file_of(folder), 4096)


def header_only(folder: Path) -> None:
    os.truncate(file_of(folder), 100)


def a_few_bytes(folder: Path) -> None:
    os.truncate(file_of(folder), 10)


def future_format(folder: Path) -> None:
    statement(folder, f"PRAGMA user_version = {FORMAT + 1}")


def old_format(folder: Path) -> None:
    statement(folder, "PRAGMA user_version = 1")


def no_format(folder: Path) -> None:
    statement(folder, "PRAGMA user_version = 0")


def no_identity(folder: Path) -> None:
    statement(folder, "DELETE FROM meta WHERE key = 'identity'")


def no_tables(folder: Path) -> None:
    statement(folder, "DROP TABLE meta")


def foreign_journal(folder: Path) -> None:
    (folder / f"{FILE_NAME}-journal").write_bytes(random.Random(2).randbytes(5_000))


def deleted(folder: Path) -> None:
    file_of(folder).unlink()


def folder_deleted(folder: Path) -> None:
    file_of(folder).unlink()
    folder.rmdir()


def statement(folder: Path, sql: str) -> None:
    connection = sqlite3.connect(file_of(folder))
    connection.execute(sql)
    connection.commit()
    connection.close()


DAMAGES = [garbage, text, empty, half, one_page, header_only, a_few_bytes, future_format, old_format, no_format,
           no_identity, no_tables, foreign_journal, deleted, folder_deleted]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_cache_that_is_not_sound_is_built_again(
    vault_at: SampleVault, folder: Path, filled: Facts, damage: Callable[[Path], None]
) -> None:
    filled.close()
    damage(folder)
    facts = open_facts(str(folder))
    refresh(facts, vault_at.root, load_state(facts, vault_at.root))
    assert len(seen(facts)) == 3
    assert facts.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    facts.close()


def test_a_cache_that_is_built_again_is_another_one(folder: Path, filled: Facts) -> None:
    filled.close()
    delete_facts(str(folder))
    facts = open_facts(str(folder))
    assert facts.identity != filled.identity
    facts.close()


def test_a_cache_that_somebody_deleted_is_no_longer_in_place(folder: Path, filled: Facts) -> None:
    assert filled.is_in_place()
    file_of(folder).unlink()
    assert not filled.is_in_place()
    other = open_facts(str(folder))
    assert other.is_in_place()
    assert not filled.is_in_place()
    other.close()
    private = open_private_facts()
    assert private.is_in_place()
    private.close()


def test_deleting_what_is_not_there_is_no_error(folder: Path) -> None:
    delete_facts(str(folder))


def test_a_folder_that_takes_no_file_is_an_error_that_the_caller_can_tell(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "makedirs", refused)
    with pytest.raises(PermissionError):
        open_facts(str(folder))


# --- locks


HOLDER = (
    "import sqlite3, sys\n"
    "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    "connection.execute('BEGIN ' + sys.argv[2])\n"
    "print('held', flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture
def hold(folder: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Return a function that starts a process which holds the write lock until its input ends."""
    started: list[subprocess.Popen[bytes]] = []

    def start(mode: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", HOLDER, str(file_of(folder)), mode]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("mode", ["IMMEDIATE", "EXCLUSIVE"])
def test_a_lock_that_stays_ends_in_an_error_and_harms_nothing(
    vault_at: SampleVault, folder: Path, filled: Facts, monkeypatch: pytest.MonkeyPatch,
    hold: Callable[[str], subprocess.Popen[bytes]], mode: str,
) -> None:  # fmt: skip
    filled.close()
    monkeypatch.setattr(caching, "_LOCK_TIMEOUT_S", 0.05)
    vault_at.write("people/Neu.md", "x")
    holder = hold(mode)

    def try_it() -> None:
        facts = open_facts(str(folder))
        try:
            refresh(facts, vault_at.root, load_state(facts, vault_at.root))
        finally:
            facts.close()

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        try_it()
    holder.kill()
    holder.wait()
    facts = open_facts(str(folder))
    assert facts.identity == filled.identity
    refresh(facts, vault_at.root, load_state(facts, vault_at.root))
    assert "people/Neu.md" in seen(facts)
    facts.close()


def test_reading_goes_on_while_another_process_writes(
    folder: Path, filled: Facts, monkeypatch: pytest.MonkeyPatch, hold: Callable[[str], subprocess.Popen[bytes]]
) -> None:
    filled.close()
    monkeypatch.setattr(caching, "_LOCK_TIMEOUT_S", 0.05)
    hold("IMMEDIATE")
    facts = open_facts(str(folder))
    assert len(seen(facts)) == 3
    facts.close()


def test_processes_that_make_the_cache_at_the_same_time_get_the_same_one(folder: Path) -> None:
    code = (
        "import sys\n"
        "from prmvault.vault.facts import open_facts\n"
        "for _ in range(5):\n"
        "    facts = open_facts(sys.argv[1])\n"
        "    identity = facts.identity\n"
        "    facts.close()\n"
        "print(identity)\n"
    )
    command = [sys.executable, "-c", code, str(folder)]
    running = [
        subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)
    ]
    outputs = [process.communicate() for process in running]
    assert [errors for _, errors in outputs] == [b""] * 4
    assert len({identity for identity, _ in outputs}) == 1
