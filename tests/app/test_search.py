"""Searching as a command does: current without a watcher, unharmed by kills, and never at the cost of a note."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmvault.app import search as searching
from prmvault.app.digest import monday_of, write_digest
from prmvault.app.search import refresh_index, search
from prmvault.app.texts import note_text
from prmvault.app.vault import Vault, open_vault
from prmvault.search import index as indexing
from prmvault.vault.places import cache_folder
from tests.conftest import Result, SampleVault, command_line, environment, found_paths, refuse_to_say

Run = Callable[..., Result]


def hits(run_in: Run, sample: SampleVault, *query: str) -> list[str]:
    return run_in(sample.root, "search", "--paths", "-n", "1000", *query).out.splitlines()


# --- the answer is that of the notes as they are


def test_each_change_is_found_by_the_next_command(vault_at: SampleVault, run_in: Run) -> None:
    note = vault_at.write("people/Anna.md", "likes apples\n")
    assert hits(run_in, vault_at, "apples") == ["people/Anna.md"]
    status = note.stat()
    note.write_text("likes grapes\n")
    os.utime(note, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert hits(run_in, vault_at, "apples") == []
    assert hits(run_in, vault_at, "grapes") == ["people/Anna.md"]
    note.rename(vault_at.path / "Ben.md")
    assert hits(run_in, vault_at, "grapes") == ["Ben.md"]
    vault_at.write(".gitignore", "Ben.md\n")
    assert hits(run_in, vault_at, "grapes") == []


def test_a_hit_names_the_line_where_the_words_stand(vault_at: SampleVault, run_in: Run) -> None:
    text = unicodedata.normalize(
        "NFD", "\ufeff---\r\nname: Jörg\r\nlikes: [Äpfel]\r\n---\r\n\r\nWohnt in der Straße.\r\n"
    )
    vault_at.write("people/Jörg.md", text)
    assert run_in(vault_at.root, "search", "strasse").out == "people/Jörg.md:6: Wohnt in der Straße.\n"
    assert run_in(vault_at.root, "search", "apfel").out == "people/Jörg.md:3: likes: [Äpfel]\n"
    shown = run_in(vault_at.root, "--color", "always", "search", "straße").out
    assert "\x1b[1mStraße\x1b[0m" in shown.replace("\x1b[33m", "")
    (found,) = json.loads(run_in(vault_at.root, "search", "--json", "wohnt").out)
    assert (found["path"], found["line"], found["snippet"]) == ("people/Jörg.md", 6, "Wohnt in der Straße.")


def test_nothing_found_is_told_by_the_exit_code(vault_at: SampleVault, run_in: Run) -> None:
    vault_at.write("people/Anna.md", "x")
    assert run_in(vault_at.root, "search", "nowhere") == Result(1, "", "")
    assert run_in(vault_at.root, "search", "...").code == 2


def test_hostile_notes_are_searched_and_shown_harmlessly(vault_at: SampleVault, run_in: Run, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "huge.md": "findme\n" + "x " * 2_500_000,
        "utf16.md": "findme Müller\n".encode("utf-16"),
        "latin.md": "findme Müller\n".encode("latin-1"),
        "nul.md": b"findme \0 here\n",
        "binary.md": random.Random(4).randbytes(3000) + b" findme ",
        "escape.md": "findme \x1b]0;title\x07\x1b[2J \u202e evil\n",
        "a\nb\x1b[31m.md": "findme\n",
        "bomb.md": "---\na: &a [x, x]\nb: &b [*a, *a, *a]\n---\nfindme\n",
        "nested.md": "---\na: " + "[" * 30_000 + "\n---\nfindme\n",
        "long.md": "findme" + " word" * 50_000,
        "open.md": "---\nfindme: \n",
    }
    for path, content in files.items():
        vault_at.write(path, content)
    os.mkfifo(vault_at.path / "pipe.md")
    (tmp_path / "secret.md").write_text("findme")
    (vault_at.path / "link.md").symlink_to(tmp_path / "secret.md")
    (vault_at.path / "out").symlink_to(tmp_path)
    found = run_in(vault_at.root, "search", "--json", "-n", "100", "findme")
    assert {hit["path"] for hit in json.loads(found.out)} == set(files)
    shown = run_in(vault_at.root, "search", "findme").out
    assert len(shown.splitlines()) == len(files)
    assert not set(shown) & {"\x1b", "\x07", "\u202e", "\0"}
    assert run_in(vault_at.root, "digest", "--stdout").code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="file names of arbitrary bytes")
def test_names_that_are_no_text_are_told_and_do_no_harm(vault_at: SampleVault, run_in: Run) -> None:
    vault_at.write("people/Anna.md", "findme\n")
    folder = os.fsencode(vault_at.path)
    os.mkdir(folder + b"/caf\xe9")
    for name in (b"/people/caf\xe9.md", b"/caf\xe9/a.md"):
        Path(os.fsdecode(folder + name)).write_text("findme")
    assert hits(run_in, vault_at, "findme") == ["people/Anna.md"]
    problems = json.loads(run_in(vault_at.root, "check", "--json").out)
    assert sorted(problem["path"] for problem in problems) == ["caf\ufffd", "people/caf\ufffd.md"]
    assert run_in(vault_at.root, "digest", "--stdout").code == 0
    assert run_in(vault_at.root, "status").code == 0


# --- notes are never written


def test_no_question_writes_to_a_note(vault_at: SampleVault, run_in: Run) -> None:
    vault_at.write("people/Anna.md", "---\nbirthday: 11-24\n---\n\r\ntrailing  \n\n")
    vault_at.write("journal/2026/2026-11-21.md", b"\xef\xbb\xbf- call [[Anna]]\r\n- [ ] x \xf0\x9f\x93\x85 2026-11-23")
    vault_at.write("broken.md", b"---\na: [\n---\n\xff\0")
    (vault_at.path / "people/Anna.md").chmod(0o400)
    before = vault_at.fingerprint()
    for arguments in (["search", "call"], ["find", "Anna"], ["list"], ["status"], ["check"], ["digest", "--stdout"]):
        run_in(vault_at.root, "--today", "2026-11-21", *arguments)
    assert vault_at.fingerprint() == before
    for arguments in (["digest"], ["watch", "--once"]):
        run_in(vault_at.root, "--today", "2026-11-21", *arguments)
    after = vault_at.fingerprint()
    assert after.pop("digest/2026-W47.md")
    assert after == before


def test_the_digest_is_written_only_when_its_text_differs(vault_at: SampleVault) -> None:
    from datetime import date

    vault_at.write("people/Anna.md", "---\nbirthday: 11-24\n---\n")
    vault = open_vault(vault_at.root, refuse_to_say)
    assert write_digest(vault, monday_of(date(2026, 11, 21))) == ("digest/2026-W47.md", True)
    before = vault_at.fingerprint()
    assert write_digest(vault, monday_of(date(2026, 11, 22))) == ("digest/2026-W47.md", False)
    assert vault_at.fingerprint() == before
    vault.facts.close()


# --- when the cache can't be used


@pytest.mark.parametrize("kind", ["a file", "a link to nowhere", "a file in the way"])
def test_without_a_cache_a_search_is_answered_and_says_so(
    vault_at: SampleVault, run_in: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    vault_at.write("people/Anna.md", "findme\n")
    place = tmp_path / "no-cache"
    if kind == "a link to nowhere":
        place.symlink_to("/proc/nowhere")
    else:
        place.write_text("x")
    monkeypatch.setenv("PRMVAULT_CACHE_DIR", str(place / "deeper" if kind == "a file in the way" else place))
    found = run_in(vault_at.root, "search", "--paths", "findme")
    assert (found.code, found.out) == (0, "people/Anna.md\n")
    assert "works without it" in found.err
    assert "index" in found.err


def test_with_facts_in_memory_and_no_index_a_search_is_answered(
    vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault_at.write("people/Anna.md", "findme\n")
    said: list[str] = []

    def refused(*_: Any, **__: Any) -> Any:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("prmvault.app.vault.open_facts", refused)
    monkeypatch.setattr(indexing, "_build", refused)
    vault = open_vault(vault_at.root, said.append)
    os.makedirs(vault.cache, exist_ok=True)
    assert found_paths(vault, "findme") == ["people/Anna.md"]
    assert len(said) == 2
    vault.facts.close()


# --- killed at any point

COUNT = 100
KILLED = """
import os, signal, sys
from prmvault.app.search import refresh_index
from prmvault.app.vault import open_vault
from prmvault.search import index
from prmvault.vault import refresh
root, where, when = sys.argv[1], sys.argv[2], int(sys.argv[3])
count = 0
def die(*_):
    global count
    count += 1
    if count >= when:
        os.kill(os.getpid(), signal.SIGKILL)
def before(function):
    def killed(*arguments, **options):
        die()
        return function(*arguments, **options)
    return killed
refresh.STEP = 50
if where == "notes":
    refresh.note_rows = before(refresh.note_rows)
elif where == "documents":
    from prmvault.app import search
    search.document = before(search.document)
elif where == "commit":
    index._committed = before(index._committed)
elif where == "rename":
    os.rename = before(os.rename)
elif where == "replace":
    os.replace = before(os.replace)
elif where == "state":
    index._write_state = before(index._write_state)
elif where == "write":
    from whoosh.filedb.filestore import FileStorage
    FileStorage.create_file = before(FileStorage.create_file)
refresh_index(open_vault(root, print))
"""


def large(sample: SampleVault, count: int = COUNT) -> None:
    for number in range(count):
        sample.write(f"people/{number % 5}/P{number}.md", f"---\nname: P{number}\n---\nfindme word{number}\n")


def check(sample: SampleVault, expected: int = COUNT) -> None:
    """Check that a search finds all notes, once each, and that nothing is left of what was killed."""
    vault = open_vault(sample.root, refuse_to_say)
    found = found_paths(vault, "findme")
    assert len(found) == len(set(found)) == expected
    assert len(found_paths(vault, "word7")) == 1
    refresh_index(vault)
    vault.facts.close()
    assert [name for name in os.listdir(vault.cache) if name.startswith("index.new")] == []


@pytest.mark.parametrize(
    ("where", "when"),
    [("notes", 1), ("notes", 60), ("documents", 70), ("commit", 1), ("write", 1), ("rename", 1), ("rename", 2),
     ("state", 1), ("replace", 1)],
)  # fmt: skip
def test_a_first_build_killed_anywhere_harms_nothing(vault_at: SampleVault, where: str, when: int) -> None:
    large(vault_at)
    process = subprocess.run(
        [sys.executable, "-c", KILLED, vault_at.root, where, str(when)], env=environment(), check=False
    )
    assert process.returncode == -signal.SIGKILL
    check(vault_at)


@pytest.mark.parametrize(
    ("where", "when"),
    [("notes", 10), ("documents", 10), ("commit", 1), ("write", 1), ("rename", 1), ("state", 1), ("replace", 1)],
)
def test_an_update_killed_anywhere_harms_nothing(vault_at: SampleVault, where: str, when: int) -> None:
    large(vault_at)
    check(vault_at)
    for number in range(0, COUNT, 5):
        vault_at.write(f"people/0/P{number}.md", f"findme again word{number}\n")
    (vault_at.path / "people/1/P1.md").unlink()
    process = subprocess.run(
        [sys.executable, "-c", KILLED, vault_at.root, where, str(when)], env=environment(), check=False
    )
    assert process.returncode == -signal.SIGKILL
    check(vault_at, COUNT - 1)
    vault = open_vault(vault_at.root, refuse_to_say)
    assert len(found_paths(vault, "again")) == COUNT / 5
    vault.facts.close()


def test_a_build_killed_at_any_moment_harms_nothing(vault_at: SampleVault) -> None:
    large(vault_at, 300)
    moments = random.Random(11)
    for _ in range(4):
        shutil.rmtree(cache_folder(vault_at.root), ignore_errors=True)
        for _ in range(2):
            process = subprocess.Popen(
                command_line(vault_at.root, "search", "findme"), env=environment(), stdout=subprocess.DEVNULL
            )
            time.sleep(moments.uniform(0.05, 0.4))
            process.kill()
            process.wait()
        check(vault_at, 300)


# --- several at once


def test_commands_that_start_at_the_same_time_all_get_the_whole_answer(
    vault_at: SampleVault, start_in: Callable[..., subprocess.Popen[bytes]]
) -> None:
    large(vault_at)
    running = [start_in(vault_at.root, "search", "--paths", "-n", "1000", "findme") for _ in range(4)]
    for process in running:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert len(out.splitlines()) == COUNT
        assert b"damaged" not in err


def test_only_the_best_are_read_from_disk(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    large(vault_at)
    vault: Vault = open_vault(vault_at.root, refuse_to_say)
    refresh_index(vault)
    read: list[str] = []
    real = note_text

    def counted(root: str, path: str) -> str | None:
        read.append(path)
        return real(root, path)

    monkeypatch.setattr(searching, "note_text", counted)
    assert len(search(vault, "findme", most=5).found) == 5
    assert len(read) <= 30
    vault.facts.close()
