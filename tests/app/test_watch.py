"""The watcher at work: as a process, and what it does after each wake."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest

from prmvault.app import watch as watching
from prmvault.app.search import index_source
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.app.watch import DigestInBackground, bring_up_to_date, is_interesting, running_watcher
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.search.index import Busy, is_current
from prmvault.vault.places import cache_folder
from prmvault.vault.watch import Wake
from tests.conftest import REPOSITORY, Result, SampleVault, found_paths, refuse_to_say

TODAY = date(2026, 11, 21)
LONG = 20.0  # seconds to wait for what must come
Run = Callable[..., Result]
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def sample(vault_at: SampleVault) -> SampleVault:
    vault_at.write("people/Anna.md", "---\nbirthday: 11-24\n---\nlikes apples\n")
    return vault_at


@pytest.fixture
def vault(sample: SampleVault) -> Iterator[Vault]:
    opened = open_vault(sample.root, refuse_to_say)
    yield opened
    opened.facts.close()


# --- what it does


@pytest.mark.parametrize(
    ("path", "expected"),
    [("people/Anna.md", True), ("Anna.md", True), ("prmvault.yaml", True), (".gitignore", True),
     ("templates/digest.md.j2", True), ("people/prmvault.yaml", False), ("people/.gitignore", False),
     ("digest/2026-W47.md", True), ("digest/a.j2", False), ("digests/x.md", True), (".obsidian/x.md", False), ("people/.git/x.md", False),
     ("people/.Anna.md.swp", False), ("people/.#Anna.md", False), ("people/.12.prmvault.tmp", False), ("people/4913", False),
     ("people/photo.jpg", False), ("people/Anna.md~", False), ("people/Anna.md.tmp", False)],
)  # fmt: skip
def test_a_change_of_this_file_matters(path: str, expected: bool) -> None:
    assert is_interesting(path, "digest") is expected


def test_index_and_digest_are_brought_up_to_date_and_then_left_alone(vault: Vault, sample: SampleVault) -> None:
    assert bring_up_to_date(vault, TODAY).endswith("digest/2026-W47.md written")
    assert is_current(vault.cache, index_source(vault))
    assert "Anna" in (sample.path / "digest/2026-W47.md").read_text()
    before = sample.fingerprint()
    assert bring_up_to_date(vault, TODAY) == "index current, digest unchanged"
    assert sample.fingerprint() == before


def test_what_can_not_be_done_is_told_and_the_rest_is_done(
    vault: Vault, sample: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> int:
        raise Busy

    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(watching, "refresh_index", full)
        assert bring_up_to_date(vault, TODAY).startswith("index not written: No space left on device, digest/")
    with monkeypatch.context() as patch:
        patch.setattr(watching, "refresh_index", busy)
        patch.setattr(watching, "write_digest", full)
        assert (
            bring_up_to_date(vault, TODAY)
            == "index left to another prmvault, digest not written: [Errno 28] No space left on device"
        )
    sample.write("templates/digest.md.j2", "{{ nonsense(")
    assert "digest not written" in bring_up_to_date(vault, TODAY)


def test_a_wake_takes_in_what_changed_and_says_so_in_one_line(vault: Vault, sample: SampleVault) -> None:
    log: list[str] = []
    bring_up_to_date(vault, TODAY)
    for number in range(5):
        sample.write(f"notes/{number}.md", "x")
    (sample.path / "people/Anna.md").unlink()
    vault = watching._handled(vault, Wake("changed", ("notes/0.md",)), TODAY, log.append, DigestInBackground())
    vault = watching._handled(vault, Wake("rescan"), TODAY, log.append, DigestInBackground())
    assert len(log) == 1
    assert log[0].startswith("notes/0.md, notes/1.md, notes/2.md and 2 more changed; people/Anna.md removed → index ")
    assert log[0].endswith("digest/2026-W47.md written")


def test_what_another_command_read_before_is_named_by_the_events(vault: Vault, sample: SampleVault) -> None:
    log: list[str] = []
    bring_up_to_date(vault, TODAY)
    sample.write("notes/new.md", "x")
    refreshed_vault(vault)  # as a search in another terminal does
    watching._handled(vault, Wake("changed", ("notes/new.md",)), TODAY, log.append, DigestInBackground())
    assert log[0].startswith("notes/new.md changed → index ")


def test_the_digest_of_a_large_vault_is_made_beside_the_watcher_and_begun_again_by_the_next_change(
    vault: Vault, sample: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_LARGE", 1)
    background = DigestInBackground()
    assert bring_up_to_date(vault, TODAY, background=background).endswith("digest follows")
    first = background._process
    assert bring_up_to_date(vault, TODAY, background=background).endswith("digest follows")
    assert first is not None
    assert first.returncode is not None
    second = background._process
    assert bring_up_to_date(vault, TODAY, background=background, is_news=False).endswith("digest unchanged")
    assert background._process is second
    assert second is not None
    assert second.wait(timeout=30) == 0
    assert "Anna" in (sample.path / "digest/2026-W47.md").read_text()
    background.end()


@pytest.mark.parametrize(
    "error", [sqlite3.DatabaseError("malformed"), OSError(errno.EIO, "error"), PrmvaultError("busy")]
)
def test_a_wake_that_fails_is_told_and_the_next_one_works(
    vault: Vault, sample: SampleVault, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    log: list[str] = []

    def failing(*_: Any) -> Any:
        raise error

    sample.write("notes/new.md", "findme")
    with monkeypatch.context() as patch:
        patch.setattr(watching, "refreshed_vault", failing)
        patch.setattr(watching, "open_vault", failing)
        vault = watching._handled(vault, Wake("changed"), TODAY, log.append, DigestInBackground())
    assert log == [f"not done, tried again at the next change: {error}"]
    vault = watching._handled(vault, Wake("changed"), TODAY, log.append, DigestInBackground())
    vault = watching._handled(vault, Wake("changed"), TODAY, log.append, DigestInBackground())
    assert found_paths(vault, "findme") == ["notes/new.md"]
    vault.facts.close()


def test_a_cache_deleted_under_the_watcher_is_made_again_and_shared(vault: Vault, sample: SampleVault) -> None:
    log: list[str] = []
    bring_up_to_date(vault, TODAY)
    shutil.rmtree(vault.cache)
    sample.write("notes/new.md", "findme")
    vault = watching._handled(vault, Wake("changed"), TODAY, log.append, DigestInBackground())
    other = open_vault(sample.root, refuse_to_say)
    assert other.facts.identity == vault.facts.identity
    assert is_current(other.cache, index_source(other))
    other.facts.close()
    vault.facts.close()


def test_a_flood_of_changes_is_left_to_a_process_of_its_own(
    vault: Vault, sample: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    log: list[str] = []
    monkeypatch.setattr(watching, "_in_own_process", lambda root, _today: done.append(root))
    watching._handled(vault, Wake("overflow"), TODAY, log.append, DigestInBackground())
    watching._handled(
        vault, Wake("changed", tuple(f"{n}.md" for n in range(watching._MANY))), TODAY, log.append, DigestInBackground()
    )
    watching._handled(vault, Wake("changed", ("1.md",)), TODAY, log.append, DigestInBackground())
    assert done == [sample.root] * 2


# --- as a process


class Watcher:
    """A watcher at work, and the lines that it says."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._lines: Queue[str] = Queue()
        self._heard: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.put(line.decode())

    def wait_for(self, text: str) -> str:
        """Return the next line that holds `text`."""
        while True:
            try:
                line = self._lines.get(timeout=LONG)
            except Empty:
                pytest.fail(f"{text!r} never came; heard {self._heard}")
            self._heard.append(line)
            if text in line:
                return line

    def end(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(timeout=LONG)
        self._reader.join(timeout=LONG)
        return code


@pytest.fixture
def watch(sample: SampleVault, start_in: Start) -> Callable[[], Watcher]:
    """Return a function that starts a watcher and waits until it watches."""

    def start() -> Watcher:
        watcher = Watcher(start_in(sample.root, "--today", "2026-11-21", "watch"))
        watcher.wait_for("watching ")
        return watcher

    return start


def test_a_watcher_takes_in_each_change_and_ends_when_told(
    sample: SampleVault, watch: Callable[[], Watcher], run_in: Run
) -> None:
    watcher = watch()
    assert "Anna" in (sample.path / "digest/2026-W47.md").read_text()
    sample.replace("people/Anna.md", "---\nbirthday: 11-25\n---\nlikes grapes\n")
    line = watcher.wait_for("people/Anna.md changed")
    assert "digest/2026-W47.md written" in line
    status = json.loads(run_in(sample.root, "status", "--json").out)
    assert status["watcher"]["pid"] == watcher.process.pid
    assert status["index"] == {"exists": True, "missing": 0}
    assert run_in(sample.root, "search", "--paths", "grapes").out == "people/Anna.md\n"
    sample.write("people/Ben.md", "new\n")
    watcher.wait_for("people/Ben.md changed")
    (sample.path / "people/Ben.md").unlink()
    watcher.wait_for("people/Ben.md removed")
    sample.write("prmvault.yaml", "language: de\n")
    watcher.wait_for("people/Anna.md changed")
    assert watcher.end(signal.SIGTERM) == 0
    assert running_watcher(sample.root) is None
    assert json.loads(run_in(sample.root, "status", "--json").out)["watcher"] is None


def test_a_tick_in_the_digest_is_carried_at_once_and_what_is_written_there_wakes_nobody(
    sample: SampleVault, watch: Callable[[], Watcher]
) -> None:
    sample.write("people/Anna.md", "- [ ] mend the lamp 📅 2026-11-19\n")
    watcher = watch()
    page = (sample.path / "digest/2026-W47.md").read_text()
    sample.replace("digest/2026-W47.md", page.replace("- [ ]", "- [x]") + "\nmine\n")
    line = watcher.wait_for("digest: ")
    assert line.endswith(" → people/Anna.md:1\n")
    assert "digest/2026-W47.md written" in watcher.wait_for("what was carried → index")
    after = (sample.path / "digest/2026-W47.md").read_text()
    assert re.search(r"## Done\n\n- \[x\] .*mend the lamp.* ✅ 2026-11-21 \^t-", after)
    assert after.endswith("## Notes\n\nmine\n")
    sample.replace("digest/2026-W47.md", after + "more\n")
    sample.write("people/Ben.md", "new\n")
    assert "digest: " not in watcher.wait_for("people/Ben.md changed")
    assert (sample.path / "digest/2026-W47.md").read_text().endswith("mine\nmore\n")


def test_only_a_page_that_was_ticked_is_work_for_the_watcher(vault: Vault, sample: SampleVault) -> None:
    log: list[str] = []
    bring_up_to_date(vault, TODAY)
    background = DigestInBackground()
    sample.write("templates/digest.md.j2", "another page\n")
    wake = Wake("changed", ("digest", "digest/2026-W47.md"))
    assert watching._handled(vault, wake, TODAY, log.append, background).root == vault.root
    assert log == []
    assert "another page" not in (sample.path / "digest/2026-W47.md").read_text()


def test_a_second_watcher_is_refused_and_a_killed_one_is_succeeded(
    sample: SampleVault, watch: Callable[[], Watcher], run_in: Run
) -> None:
    first = watch()
    refused = run_in(sample.root, "watch")
    assert refused.code == EXIT_BUSY
    assert f"process {first.process.pid}" in refused.err
    running = running_watcher(sample.root)
    assert running is not None
    assert running.pid == first.process.pid
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    assert running_watcher(sample.root) is None
    second = watch()
    running = running_watcher(sample.root)
    assert running is not None
    assert running.pid == second.process.pid
    assert second.end(signal.SIGINT) == 0


def test_a_watcher_that_cannot_tell_who_is_at_work_says_so(sample: SampleVault) -> None:
    cache = Path(cache_folder(sample.root))
    with watching._only_one(sample.root):
        (cache / "watch.json").write_text("{broken")
        with pytest.raises(PrmvaultError, match="another process") as raised, watching._only_one(sample.root):
            pass
        assert raised.value.exit_code == EXIT_BUSY
        assert running_watcher(sample.root) is None
    assert not (cache / "watch.json").exists()


def test_once_brings_everything_up_to_date_and_ends(sample: SampleVault, run_in: Run) -> None:
    first = run_in(sample.root, "--today", "2026-11-21", "watch", "--once")
    assert (first.code, first.out) == (0, "")
    assert "1 notes read → index " in first.err
    assert "digest/2026-W47.md written" in first.err
    again = run_in(sample.root, "--today", "2026-11-21", "watch", "--once", "--quiet")
    assert again == Result(0, "", "")
    assert os.listdir(sample.path / "digest") == ["2026-W47.md"]


def test_no_file_of_the_vault_is_taken_for_a_module(vault_at: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    vault_at.write("click.py", "open('ran', 'w').close()\n")
    monkeypatch.chdir(vault_at.root)
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    watching._in_own_process(vault_at.root, date(2026, 11, 20))
    assert not (vault_at.path / "ran").exists()
    assert (vault_at.path / "digest/2026-W47.md").exists()
