"""Syncing beside the watcher: when edits have come to rest, and less often after failures."""

from __future__ import annotations

import queue
import sys

import pytest

from prmvault.app.watch_sync import REST_S, SyncInBackground, pause_after


def test_after_failures_it_waits_twice_as_long_each_time_up_to_a_limit() -> None:
    assert [pause_after(600, failures) for failures in (0, 1, 2, 4, 5, 99)] == [600, 1200, 2400, 9600, 9600, 9600]


def test_it_waits_until_edits_have_come_to_rest_but_not_for_ever() -> None:
    now = [1000.0]
    syncing = SyncInBackground(["true"], 600, print, lambda: now[0])
    assert syncing.rest_left(1000) == 0
    syncing.note_change()
    now[0] += 5
    assert syncing.rest_left(1000) == REST_S - 5
    now[0] += 900
    syncing.note_change()
    assert syncing.rest_left(1000) == 0
    assert syncing.rest_left(1900) == REST_S


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("print('pushed: 1 commit'); print('    → hint')", "sync: pushed: 1 commit"),
        ("print('prmvault: git failed'); raise SystemExit(1)", "sync: git failed; next try in 20 min"),
    ],
)
def test_what_a_sync_says_is_told_in_one_line(script: str, told: str) -> None:
    said: queue.Queue[str] = queue.Queue()
    syncing = SyncInBackground([sys.executable, "-c", script], 600, said.put)
    syncing.begin()
    assert said.get(timeout=30) == told
    syncing.end()


def test_ending_it_ends_a_sync_that_hangs(tmp_path: object) -> None:
    said: queue.Queue[str] = queue.Queue()
    syncing = SyncInBackground([sys.executable, "-c", "import time; time.sleep(600)"], 600, said.put)
    syncing.begin()
    syncing.end()
    assert said.empty()


def test_a_program_that_is_gone_is_told() -> None:
    said: queue.Queue[str] = queue.Queue()
    syncing = SyncInBackground(["/no/such/program"], 60, said.put)
    syncing.begin()
    assert "next try in 2 min" in said.get(timeout=30)
    syncing.end()
