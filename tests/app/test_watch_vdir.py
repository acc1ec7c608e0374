from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from prmvault.app.watch_vdir import LOOK_S, REST_S, VdirInBackground
from prmvault.vault.user_config import config_path
from tests.app.vdir_world import World


class Beside:
    """A sync beside the watcher, whose clock the test sets, and whose process counts how often it ran."""

    def __init__(self, base: Path, code: int = 0, says: str = "Anna: card changed") -> None:
        self.world = World(base)
        self.ran = base / "ran"
        self.ran.write_text("")
        program = f"open({str(self.ran)!r}, 'a').write('x'); print({says!r}); raise SystemExit({code})"
        self.now = 100.0
        self.log: list[str] = []
        self.vdir = VdirInBackground(
            self.world.vault.root, [sys.executable, "-c", program], self.log.append, lambda: self.now
        )

    def configure(self, text: str) -> None:
        os.makedirs(os.path.dirname(config_path()), exist_ok=True)
        Path(config_path()).write_text(text)

    def times(self) -> int:
        return len(self.ran.read_text())


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    beside = Beside(tmp_path)
    beside.configure(f"vdir: {beside.world.folder}\n")
    return beside


def test_without_a_folder_in_the_config_nothing_is_run(tmp_path: Path) -> None:
    beside = Beside(tmp_path)
    assert beside.vdir.look() == LOOK_S
    beside.configure(f"vdir: {beside.world.folder}\nvault: {tmp_path}/another\n")
    assert beside.vdir.look() == LOOK_S
    assert beside.times() == 0


def test_it_syncs_at_the_beginning_and_then_only_after_changes_have_come_to_rest(beside: Beside) -> None:
    assert beside.vdir.look() == LOOK_S
    assert beside.times() == 1
    beside.now += LOOK_S
    beside.vdir.look()
    assert beside.times() == 1
    beside.world.card("x", "UID:u", "FN:Eva")
    beside.now += LOOK_S
    assert beside.vdir.look() == REST_S
    assert beside.times() == 1
    beside.now += REST_S
    beside.vdir.look()
    assert beside.times() == 2
    beside.vdir.note_change()
    assert beside.vdir.look() == REST_S
    beside.now += REST_S
    beside.vdir.look()
    assert beside.times() == 3


def test_what_stays_as_it_is_is_told_once(beside: Beside) -> None:
    beside.vdir.look()
    beside.vdir.note_change()
    beside.now += REST_S
    beside.vdir.look()
    assert beside.times() == 2
    assert beside.log == ["vdir: Anna: card changed"]


def test_a_failure_is_tried_again_less_often_each_time(tmp_path: Path) -> None:
    beside = Beside(tmp_path, code=75, says="prmvault: busy")
    beside.configure(f"vdir: {beside.world.folder}\n")
    assert beside.vdir.look() == 2 * LOOK_S
    assert beside.vdir.look() == 4 * LOOK_S
    assert beside.times() == 2
    assert beside.log == ["vdir: busy; next try in 20 s"]
