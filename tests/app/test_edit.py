"""The one editor: the old text or the new one, never over foreign changes, and nothing that can't be read."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from prmvault.app import edit
from prmvault.app.edit import change_note, editing, move_note, plan_change, remove_note
from prmvault.app.vault import Vault, open_vault
from prmvault.core.problems import PrmvaultError
from prmvault.vault.files import MAX_NOTE_BYTES
from tests.conftest import SampleVault, environment

NOTE = "people/Anna.md"
OLD = "---\ntype: person\n---\nold\n"


@pytest.fixture
def vault(vault_at: SampleVault) -> Iterator[Vault]:
    vault_at.write(NOTE, OLD)
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


def more(text: str) -> str:
    return text + "new\n"


def note(vault: Vault) -> Path:
    return Path(vault.root, NOTE)


def refused(vault: Vault, change: Callable[[str], str] = more, path: str = NOTE) -> PrmvaultError:
    """Change a note in vain; nothing of the vault may change."""
    before = everything(vault)
    with pytest.raises(PrmvaultError) as told:
        change_note(vault, path, change)
    assert everything(vault) == before
    assert "\n" not in str(told.value)
    return told.value


def everything(vault: Vault) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in Path(vault.root).rglob("*") if file.is_file()}


# --- what is written


def test_a_change_is_written_as_a_whole_and_remembered(vault: Vault) -> None:
    planned = change_note(vault, NOTE, more)
    assert (planned.before, planned.after) == (OLD, more(OLD))
    assert note(vault).read_text() == more(OLD)
    assert vault.written == [NOTE]


def test_a_dry_run_and_a_change_that_changes_nothing_leave_the_file_alone(vault: Vault) -> None:
    before = note(vault).stat()
    assert change_note(vault, NOTE, more, dry_run=True).after == more(OLD)
    assert plan_change(vault, NOTE, more).after == more(OLD)
    assert change_note(vault, NOTE, lambda text: text).after == OLD
    assert note(vault).stat() == before
    assert vault.written == []


@pytest.mark.parametrize("text", ["\ufeff---\r\na: b\r\n---\r\nold\r\n", "no front matter, no end", "a\rb\r\n\n\n"])
def test_bom_line_endings_and_the_end_of_the_file_stay_as_they_are(vault: Vault, text: str) -> None:
    note(vault).write_bytes(text.encode())
    change_note(vault, NOTE, lambda old: old.replace("a", "ä"))
    assert note(vault).read_bytes() == text.replace("a", "ä").encode()


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_mode(vault: Vault, mode: int) -> None:
    note(vault).chmod(mode)
    change_note(vault, NOTE, more)
    assert stat.S_IMODE(note(vault).stat().st_mode) == mode


def test_what_is_written_is_at_no_time_readable_to_others(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    note(vault).chmod(0o600)
    modes = []
    fsync = os.fsync

    def look(descriptor: int) -> None:
        modes.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", look)
    change_note(vault, NOTE, more)
    assert modes[0] == 0o600


def test_a_further_hard_link_keeps_the_old_text_as_a_backup_does(vault: Vault) -> None:
    os.link(note(vault), Path(vault.root, "backup"))
    change_note(vault, NOTE, more)
    assert note(vault).read_text() == more(OLD)
    assert Path(vault.root, "backup").read_text() == OLD


def test_a_vault_behind_a_link_is_edited_like_any_other(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(vault.root)
    linked = open_vault(str(tmp_path / "link"), lambda _text: None)
    change_note(linked, NOTE, more)
    assert linked.cache == vault.cache
    assert note(vault).read_text() == more(OLD)


# --- what is refused


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"---\na: [1\n---\n", f"{NOTE}:"),
        (b"---\na: 1\nb\n", f"{NOTE}:"),
        (b"line\nM\xfcller\n", f"{NOTE}:2: the file is not UTF-8 [not-utf8]"),
        ("text\n".encode("utf-16"), f"{NOTE}:1: the file is not UTF-8 [not-utf8]"),
        ("text\n".encode("utf-16-le"), f"{NOTE}:1: a NUL byte is in the text [control-character]"),
        (b"a\nb\n\0\n", f"{NOTE}:3: a NUL byte is in the text [control-character]"),
        (b"x" * (MAX_NOTE_BYTES + 1), f"{NOTE} is too large to be changed [too-large]"),
        (b"x" * (MAX_NOTE_BYTES - 2), f"{NOTE} would be too large to be read [too-large]"),
    ],
)
def test_what_does_not_parse_is_left_as_it_is_with_its_place(vault: Vault, content: bytes, told: str) -> None:
    note(vault).write_bytes(content)
    error = refused(vault)
    assert told in str(error)
    assert error.hint
    assert error.exit_code == 1


def test_a_change_that_would_leave_a_note_unreadable_is_refused(vault: Vault) -> None:
    assert "can't be read" in str(refused(vault, lambda text: text.replace("person", "[")))


def test_a_note_that_vanished_is_not_made_anew(vault: Vault) -> None:
    note(vault).unlink()
    assert "not there any more" in str(refused(vault))


def test_a_note_that_vanishes_while_it_is_changed_is_not_made_anew(vault: Vault) -> None:
    def change(text: str) -> str:
        note(vault).unlink()
        return more(text)

    with pytest.raises(PrmvaultError, match="not there any more"):
        change_note(vault, NOTE, change)
    assert os.listdir(f"{vault.root}/people") == []


def test_links_folders_and_pipes_in_the_place_of_a_note_are_left_alone(vault: Vault, tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text(OLD)
    note(vault).unlink()
    note(vault).symlink_to(outside)
    assert str(refused(vault)) == f"{NOTE} is a link to another file; it is left as it is"
    assert outside.read_text() == OLD
    note(vault).unlink()
    note(vault).mkdir()
    refused(vault)
    note(vault).rmdir()
    os.mkfifo(note(vault))
    with pytest.raises(PrmvaultError, match="can't be read"):
        change_note(vault, NOTE, more)


def test_a_path_that_leads_out_of_the_vault_is_refused(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "Anna.md").write_text(OLD)
    with pytest.raises(PrmvaultError, match="leads out of the vault"):
        change_note(vault, "../Anna.md", more)
    assert (tmp_path / "Anna.md").read_text() == OLD


# --- foreign changes


@pytest.mark.parametrize("write", ["in place", "as a whole"])
def test_a_change_is_made_again_on_what_somebody_else_wrote_meanwhile(vault: Vault, write: str) -> None:
    seen: list[str] = []

    def change(text: str) -> str:
        if not seen:
            if write == "in place":
                note(vault).write_text(OLD + "foreign\n")
            else:
                beside = Path(vault.root, "beside")
                beside.write_text(OLD + "foreign\n")
                beside.replace(note(vault))
        seen.append(text)
        return more(text)

    change_note(vault, NOTE, change)
    assert seen == [OLD, OLD + "foreign\n"]
    assert note(vault).read_text() == OLD + "foreign\nnew\n"


def test_a_file_that_changes_all_the_time_is_given_up_with_nothing_lost(vault: Vault) -> None:
    count = 0

    def change(text: str) -> str:
        nonlocal count
        count += 1
        note(vault).write_text(text + f"foreign {count}\n")
        return more(text)

    with pytest.raises(PrmvaultError) as told:
        change_note(vault, NOTE, change)
    assert told.value.exit_code == 75
    assert note(vault).read_text() == OLD + "".join(f"foreign {number}\n" for number in range(1, count + 1))
    assert os.listdir(f"{vault.root}/people") == ["Anna.md"]
    assert vault.written == []


def test_a_removal_and_a_move_never_take_a_foreign_change_with_them(vault: Vault) -> None:
    with pytest.raises(PrmvaultError) as told:
        remove_note(vault, NOTE, "something else")
    assert told.value.exit_code == 75
    Path(vault.root, "people/Tom.md").write_text("Tom")
    with pytest.raises(PrmvaultError, match="is there already"):
        move_note(vault, NOTE, "people/Tom.md")
    assert note(vault).read_text() == OLD
    move_note(vault, NOTE, "family/Anna.md")
    remove_note(vault, "family/Anna.md", OLD)
    assert vault.written == ["family/Anna.md", "family/Anna.md"]
    assert everything(vault).keys() == {f"{vault.root}/prmvault.yaml", f"{vault.root}/people/Tom.md"}


# --- the lock


def test_the_lock_can_be_taken_again_by_who_has_it(vault: Vault) -> None:
    with editing(vault), editing(vault):
        change_note(vault, NOTE, more)
    change_note(vault, NOTE, more)
    assert note(vault).read_text() == more(more(OLD))


def test_a_command_waits_for_another_and_gives_up_in_the_end(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, filelock; l = filelock.FileLock(sys.argv[1]); l.acquire(); print('held', flush=True); input()"
    lock = f"{vault.cache}/edit.lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, lock], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        monkeypatch.setattr(edit, "_LOCK_TIMEOUT_S", 0.05)
        error = refused(vault)
        assert (error.exit_code, str(error)) == (75, "another prmvault is changing notes of this vault")
        holder.communicate("\n")
    change_note(vault, NOTE, more)
    assert note(vault).read_text() == more(OLD)


def test_a_lock_that_was_left_by_a_killed_process_holds_nobody_up(vault: Vault) -> None:
    code = "import os, sys, filelock; filelock.FileLock(sys.argv[1]).acquire(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, f"{vault.cache}/edit.lock"], check=False)
    change_note(vault, NOTE, more)
    assert note(vault).read_text() == more(OLD)


def test_a_cache_that_cannot_be_written_does_not_keep_from_editing(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    change_note(vault._replace(cache=str(tmp_path / "file" / "cache")), NOTE, more)
    assert note(vault).read_text() == more(OLD)


# --- what goes wrong in the middle


def fail(code: int) -> Callable[..., NoReturn]:
    def failing(*_arguments: Any, **_options: Any) -> NoReturn:
        raise OSError(code, os.strerror(code))

    return failing


@pytest.mark.parametrize("step", ["write", "fsync", "chmod", "replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_fails_at_any_step_leaves_the_old_text_and_nothing_beside_it(
    vault: Vault, step: str, code: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, step, fail(code))
        with pytest.raises(OSError, match=os.strerror(code)):
            change_note(vault, NOTE, more)
    assert note(vault).read_text() == OLD
    assert os.listdir(f"{vault.root}/people") == ["Anna.md"]
    change_note(vault, NOTE, more)
    assert note(vault).read_text() == more(OLD)


def test_a_full_disk_is_one_line_and_exit_code_1(
    prmvault: Any, vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault_at.write(NOTE, OLD)
    monkeypatch.setattr(os, "write", fail(errno.ENOSPC))
    done = prmvault("-C", vault_at.root, "set", "Anna", "food=cake")
    assert done == (1, "", "prmvault: No space left on device\n")
    assert Path(vault_at.root, NOTE).read_text() == OLD


def test_a_folder_without_permission_is_one_line_and_exit_code_1(
    prmvault: Any, vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault_at.write(NOTE, OLD)
    opened = os.open

    def open_for_reading(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if flags & os.O_CREAT and str(path).startswith(vault_at.root):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return opened(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", open_for_reading)
    done = prmvault("-C", vault_at.root, "set", "Anna", "food=cake")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("Permission denied\n")
    assert Path(vault_at.root, NOTE).read_text() == OLD


HAMMER = """
import sys
from prmvault.app.edit import change_note
from prmvault.app.vault import open_vault
vault = open_vault(sys.argv[1], print)
print("go", flush=True)
while True:
    change_note(vault, "people/Anna.md", lambda text: (text if len(text) < 400 else text[:25]) + "new\\n")
"""


def test_an_editor_that_is_killed_leaves_the_old_text_or_the_new_one(vault: Vault) -> None:
    for number in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", HAMMER, vault.root], env=environment(), stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"go\n"
            before = note(vault).stat().st_ino
            edits = 0
            while edits <= number:  # Killed after some edits, at whatever step it is in then.
                now = note(vault).stat().st_ino
                edits += now != before
                before = now
            process.send_signal(signal.SIGKILL)
        text = note(vault).read_text()
        assert text == OLD + "new\n" * ((len(text) - len(OLD)) // 4)
        assert not [name for name in os.listdir(f"{vault.root}/people") if name != "Anna.md" and name[0] != "."]
        change_note(vault, NOTE, more)
        assert note(vault).read_text() == more(text)


# --- two at once


def test_two_processes_that_log_at_once_lose_no_line(vault_at: SampleVault, start_in: Any) -> None:
    vault_at.write(NOTE, OLD)
    for number in range(5):
        running = [start_in(vault_at.root, "log", f"{name} {number} with Anna", "-d", "2026-11-20") for name in "ab"]
        for process in running:
            _, told = process.communicate(timeout=60)
            assert process.returncode == 0, told.decode()
    lines = Path(vault_at.root, "journal/2026/2026-11-20.md").read_text().splitlines()
    assert sorted(line for line in lines if line.startswith("- ")) == sorted(
        f"- {name} {number} with [[Anna]]" for name in "ab" for number in range(5)
    )
