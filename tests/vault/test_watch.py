from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import pty
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, NamedTuple, Self

import pytest

from prmvault.core.problems import EXIT_NO_VAULT, PrmvaultError
from prmvault.vault import watch, watch_events
from prmvault.vault.watch import Clock, FolderWatcher, Notice, Wake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD = "---\nname: Anna\n---\n\n" + "old\n" * 2_000
NEW = OLD.replace("old", "new")
LONG = 10.0  # seconds to wait for what must come
NEVER = 600.0

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")


def is_interesting(path: str) -> bool:
    hidden = any(part.startswith(".") for part in path.split("/"))
    return path.endswith(".md") and not hidden and not path.startswith("digest/")


def make_watcher(root: Path, notices: list[Notice] | None = None, **kwargs: float) -> FolderWatcher:
    arguments = {"quiet": 0.05, "longest": 1.0, "rescan_every": NEVER, **kwargs}
    return FolderWatcher(
        root,
        is_interesting=is_interesting,
        quiet=arguments["quiet"],
        longest=arguments["longest"],
        rescan_every=arguments["rescan_every"],
        on_notice=None if notices is None else notices.append,
    )


def started(watcher: FolderWatcher) -> Iterator[Wake]:
    """Return the wakes after the first, which end with "stop" when one does not come in `LONG`."""
    wakes = watcher.wakes()
    assert next(wakes) == Wake("start")
    return within_limits(watcher, wakes)


def within_limits(watcher: FolderWatcher, wakes: Iterator[Wake]) -> Iterator[Wake]:
    while True:
        timer = threading.Timer(LONG, watcher.stop)
        timer.start()
        try:
            wake = next(wakes)
        except StopIteration:
            return
        finally:
            timer.cancel()
        yield wake


def require(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def run(*command: str, cwd: Path | None = None) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, timeout=LONG)


def git(folder: Path, *arguments: str) -> None:
    settings = ["user.name=Ann", "user.email=ann@example.org", "init.defaultBranch=main", "gc.auto=0"]
    options = [option for setting in settings for option in ("-c", setting)]
    run(require("git"), *options, *arguments, cwd=folder)


def notes_below(root: Path) -> dict[str, str]:
    found = {}
    for path in root.rglob("*.md"):
        with contextlib.suppress(FileNotFoundError):
            found[path.relative_to(root).as_posix()] = path.read_text("utf-8")
    return found


class Seen(NamedTuple):
    wake: Wake
    notes: dict[str, str]


class Recorder:
    """Consumes the wakes in a thread, as `watch` does, and notes what the disk holds at each."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.watcher = make_watcher(root, quiet=0.2)
        self.queue: Queue[Seen] = Queue()
        self.seen: list[Seen] = []
        self.thread = threading.Thread(target=self._consume)

    def _consume(self) -> None:
        for wake in self.watcher.wakes():
            self.queue.put(Seen(wake, notes_below(self.root)))

    def __enter__(self) -> Self:
        self.watcher.__enter__()
        self.thread.start()
        assert self.queue.get(timeout=LONG).wake.reason == "start"
        return self

    def __exit__(self, *_: object) -> None:
        self.watcher.stop()
        self.thread.join()
        self.watcher.__exit__()

    def wait_for(self, notes: dict[str, str]) -> Seen:
        """Return the first record that shows these notes; those before are in `seen`."""
        while True:
            record = self.queue.get(timeout=LONG)
            self.seen.append(record)
            assert record.wake.reason == "changed" or (record.wake.reason == "rescan" and record.notes)
            if record.notes == notes:
                return record


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    root = tmp_path / "vault"
    for folder in ("people", "journal/2026", "digest", ".obsidian"):
        (root / folder).mkdir(parents=True)
    (root / "people" / "Anna.md").write_text(OLD, "utf-8")
    return root


def assert_saved_at_once(recorder: Recorder, before: dict[str, str], after: dict[str, str]) -> None:
    """Every wake shows the notes as they were or as they are, never a half-written or missing one."""
    last = recorder.wait_for(after)
    assert last.wake.reason == "changed"
    assert "people/Anna.md" in last.wake.paths
    assert all(is_interesting(path) for record in recorder.seen for path in record.wake.paths)
    assert all(record.notes in (before, after) for record in recorder.seen)


VIM_SETTINGS = [
    "set nobackup nowritebackup",
    "set backup writebackup backupcopy=no",
    "set backup writebackup backupcopy=yes",
    "set nobackup writebackup backupcopy=auto",
]


@pytest.mark.parametrize("settings", VIM_SETTINGS)
def test_a_save_in_vim_arrives_once_it_is_complete(vault: Path, settings: str) -> None:
    vim = require("vim")
    note = vault / "people" / "Anna.md"
    with Recorder(vault) as recorder:
        run(vim, "-Es", "-u", "NONE", "-i", "NONE", "-c", settings, "-c", "%s/old/new/", "-c", "wq", str(note))
        assert_saved_at_once(recorder, {"people/Anna.md": OLD}, {"people/Anna.md": NEW})


def test_a_save_in_nano_arrives_once_it_is_complete(vault: Path) -> None:
    nano = require("nano")
    note = vault / "people" / "Anna.md"
    terminal, inner = pty.openpty()
    command = [nano, "--ignorercfiles", str(note)]
    with Recorder(vault) as recorder:
        with subprocess.Popen(
            command,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "LC_ALL": "C"},
        ) as process:
            os.close(inner)
            screen = b""
            while b"^X" not in screen:  # the line of keys is drawn last
                screen += os.read(terminal, 65_536)
            os.write(terminal, b"# \x0f\r\x18")  # text, write out, the name as it is, exit
            with contextlib.suppress(OSError):  # Linux's way to say that nobody is at the other end
                while os.read(terminal, 65_536):
                    pass
            assert process.wait(timeout=LONG) == 0
        os.close(terminal)
        assert_saved_at_once(recorder, {"people/Anna.md": OLD}, {"people/Anna.md": "# " + OLD})


def save_with_sed(note: Path) -> None:
    run(require("sed"), "-i", "s/old/new/", str(note))


def save_atomically(note: Path) -> None:
    temporary = note.with_name(f".{note.name}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(NEW)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(note)


def save_in_place(note: Path) -> None:
    note.write_text(NEW, "utf-8")


def save_from_another_folder(note: Path) -> None:
    outside = note.parents[2] / "outside.md"
    outside.write_text(NEW, "utf-8")
    run(require("mv"), str(outside), str(note))


@pytest.mark.parametrize("save", [save_with_sed, save_atomically, save_in_place, save_from_another_folder])
def test_a_save_by_another_tool_arrives_once_it_is_complete(vault: Path, save: Callable[[Path], None]) -> None:
    with Recorder(vault) as recorder:
        save(vault / "people" / "Anna.md")
        assert_saved_at_once(recorder, {"people/Anna.md": OLD}, {"people/Anna.md": NEW})


def test_a_checkout_and_a_pull_arrive_and_git_folders_are_left_alone(vault: Path, tmp_path: Path) -> None:
    git(vault, "init")
    git(vault, "add", ".")
    git(vault, "commit", "-m", "old")
    copy = tmp_path / "copy"
    git(tmp_path, "clone", str(vault), str(copy))
    git(vault, "checkout", "-b", "other")
    (vault / "people" / "Anna.md").write_text(NEW, "utf-8")
    (vault / "events").mkdir()
    for number in range(50):
        (vault / "events" / f"{number}.md").write_text(NEW, "utf-8")
    git(vault, "add", ".")
    git(vault, "commit", "-m", "new")
    old, new = {"people/Anna.md": OLD}, notes_below(vault)
    with Recorder(vault) as recorder, Recorder(copy) as second:
        git(vault, "checkout", "main")
        recorder.wait_for(old)
        git(vault, "checkout", "other")
        recorder.wait_for(new)
        git(copy, "pull", "origin", "other")
        second.wait_for(new)
    paths = {path for record in [*recorder.seen, *second.seen] for path in record.wake.paths}
    assert {"events", "people/Anna.md"} <= paths
    assert paths <= {*new, "events"}  # nothing of git's; paths of files in a folder just made may be missing


def test_folders_that_are_copied_or_moved_in_and_out_arrive(vault: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "deep" / "deeper").mkdir(parents=True)
    (outside / "deep" / "deeper" / "Ben.md").write_text(NEW, "utf-8")
    anna = {"people/Anna.md": OLD}
    with Recorder(vault) as recorder:
        run(require("cp"), "-r", str(outside), str(vault / "friends"))
        recorder.wait_for({**anna, "friends/deep/deeper/Ben.md": NEW})
        run(require("mv"), str(outside), str(vault / "people" / "more"))
        recorder.wait_for(
            {**anna, "friends/deep/deeper/Ben.md": NEW, "people/more/deep/deeper/Ben.md": NEW},
        )
        run(require("mv"), str(vault / "people" / "more"), str(outside))
        recorder.wait_for({**anna, "friends/deep/deeper/Ben.md": NEW})
        run(require("mv"), str(vault / "friends" / "deep"), str(vault / "people" / "deep"))
        recorder.wait_for({**anna, "people/deep/deeper/Ben.md": NEW})
        shutil.rmtree(vault / "people" / "deep")
        recorder.wait_for(anna)


def test_files_that_do_not_interest_bring_no_wake(vault: Path) -> None:
    people = vault / "people"
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        for name in (
            "people/.Anna.md.swp",
            "people/4913",
            "digest/2026-W47.md",
            ".obsidian/app.json",
            "x.txt",
        ):
            (vault / name).write_text("x", "utf-8")
            (vault / name).unlink()
        (people / "Anna.md").read_text("utf-8")
        (vault / ".git" / "objects" / "aa").mkdir(parents=True)
        (people / ".trash").mkdir()
        sibling = vault.with_name("sibling")
        sibling.mkdir()
        sibling.rmdir()
        (people / "Ben.md").write_text("x", "utf-8")
        # Their events come before this one's: they would be in the same batch.
        assert next(wakes) == Wake("changed", ("people/Ben.md",))


@linux_only
def test_hidden_folders_at_the_top_are_not_watched_at_all(vault: Path) -> None:
    for number in range(200):
        (vault / ".git" / "objects" / f"{number:02x}").mkdir(parents=True)
    before = watch_events.inotify_instances()
    with make_watcher(vault):
        watches = watch_events.count_watches(watch_events.inotify_instances() - before)
    assert watches == 6  # the root and its parent, people, journal, journal/2026, digest


def test_a_change_of_mode_or_of_times_counts(vault: Path) -> None:
    note = vault / "people" / "Anna.md"
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        note.chmod(0o600)
        assert next(wakes) == Wake("changed", ("people/Anna.md",))
        os.utime(note, ns=(1, 1))
        assert next(wakes) == Wake("changed", ("people/Anna.md",))


def test_a_move_tells_both_paths(vault: Path) -> None:
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        (vault / "people" / "Anna.md").rename(vault / "people" / "Änne.md")
        assert next(wakes) == Wake("changed", ("people/Anna.md", "people/Änne.md"))


@linux_only
def test_a_name_that_is_not_utf_8_does_no_harm(vault: Path) -> None:
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        Path(os.fsdecode(os.fsencode(vault) + b"/people/\xff.md")).touch()
        assert next(wakes) == Wake("changed", ("people/\udcff.md",))


def test_the_paths_of_a_big_batch_are_sorted_and_limited(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MOST_PATHS", 20)
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        for number in range(50):
            (vault / "people" / f"{number}.md").touch()
        paths = next(wakes).paths
    assert len(paths) == 20
    assert list(paths) == sorted(paths)


def test_a_link_to_a_vault_is_as_good_as_the_vault(vault: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(vault)
    with make_watcher(link) as watcher:
        wakes = started(watcher)
        (link / "people" / "Ben.md").touch()
        assert next(wakes) == Wake("changed", ("people/Ben.md",))


def test_what_changes_while_the_consumer_works_is_not_lost(vault: Path) -> None:
    with make_watcher(vault) as watcher:
        (vault / "people" / "Ben.md").touch()
        wakes = started(watcher)
        (vault / "people" / "Cleo.md").touch()
        assert next(wakes) == Wake("changed", ("people/Ben.md", "people/Cleo.md"))


def test_a_file_that_never_rests_is_handed_over_all_the_same(vault: Path) -> None:
    note = vault / "people" / "Anna.md"
    stopped = threading.Event()

    def write_on() -> None:
        with note.open("a", encoding="utf-8", buffering=1) as file:
            while not stopped.wait(0.01):
                file.write("more\n")

    writer = threading.Thread(target=write_on)
    with make_watcher(vault, quiet=5.0, longest=0.2) as watcher:
        wakes = started(watcher)
        writer.start()
        try:
            assert next(wakes) == Wake("changed", ("people/Anna.md",))
            assert next(wakes) == Wake("changed", ("people/Anna.md",))
        finally:
            stopped.set()
            writer.join()


def test_new_folders_are_watched_and_looked_at_once_more(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "RECHECK_AFTER", 0.1)
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        for top in ("deals", "people/family"):
            folder = vault / top / "2026" / "11"
            folder.mkdir(parents=True)
            (folder / "first.md").touch()
            wake = next(wakes)
            assert wake.reason == "changed"
            assert top in wake.paths
            while (wake := next(wakes)).reason == "changed":  # what watchdog finds in it as it begins to watch
                pass
            assert wake.reason == "rescan"
            (folder / "second.md").touch()
            while f"{top}/2026/11/second.md" not in (wake := next(wakes)).paths:
                assert wake.reason in {"changed", "rescan"}


def test_a_top_folder_that_is_renamed_or_made_anew_stays_watched(vault: Path) -> None:
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        (vault / "people").rename(vault / "persons")
        assert {"people", "persons"} <= set(next(wakes).paths)
        (vault / "persons" / "Ben.md").touch()
        while "persons/Ben.md" not in (wake := next(wakes)).paths:
            assert wake.reason == "changed"
        shutil.rmtree(vault / "persons")
        (vault / "persons").mkdir()
        while "persons" not in (wake := next(wakes)).paths:
            assert wake.reason in {"changed", "rescan"}
        (vault / "persons" / "Cleo.md").touch()
        while "persons/Cleo.md" not in (wake := next(wakes)).paths:
            assert wake.reason in {"changed", "rescan"}
        assert (vault / "persons" / "Cleo.md").exists()


@pytest.mark.parametrize("level", [logging.NOTSET, logging.CRITICAL])
def test_an_overflow_is_a_wake_and_a_rescan_follows(vault: Path, monkeypatch: pytest.MonkeyPatch, level: int) -> None:
    monkeypatch.setattr(watch, "RECHECK_AFTER", 0.1)
    logger = logging.getLogger("watchdog.observers.inotify_c")
    monkeypatch.setattr(logger, "level", level)
    logger.manager._clear_cache()  # type: ignore[attr-defined]  # as setLevel does
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        logger.warning("Inotify queue overflowed; filesystem events were lost")
        assert next(wakes).reason == "overflow"
        assert next(wakes).reason == "rescan"
    assert logger.level == level
    assert not logging.getLogger("watchdog.observers").handlers


def thread_that_reads_inotify() -> threading.Thread:
    [thread] = [thread for thread in threading.enumerate() if type(thread).__name__ == "InotifyFD"]
    return thread


@linux_only
def test_a_queue_that_really_overflows_is_a_wake_and_watching_goes_on(
    vault: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text("ascii"))
    if limit > 50_000:
        pytest.skip(f"to overflow a queue of {limit} events takes too long")
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        one, other = vault / "people" / "one", vault / "people" / "other"
        one.touch()
        other.touch()
        with thread_that_reads_inotify()._lock:  # type: ignore[attr-defined]  # it cannot go on reading now
            for _ in range(limit // 2 + 2_000):  # in turn, since equal events become one
                one.chmod(0o600)
                other.chmod(0o600)
            (vault / "people" / "Ben.md").touch()
            (vault / "deals").mkdir()
        assert next(wakes).reason == "overflow"
        (vault / "deals" / "Cleo.md").touch()
        while "deals/Cleo.md" not in (wake := next(wakes)).paths:
            assert wake.reason in {"overflow", "changed"}
    assert capfd.readouterr().err == ""


def end_a_thread(watcher: FolderWatcher, number: int) -> None:
    assert watcher._subscription
    watcher._subscription._threads[number].stop()


def test_a_watching_thread_that_dies_is_replaced_and_in_the_end_polled_for(
    vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "POLL_EVERY", 0.05)
    notices: list[Notice] = []
    with make_watcher(vault, notices) as watcher:
        wakes = started(watcher)
        for number in range(watch.MOST_RESTARTS):
            end_a_thread(watcher, number % 2)
            assert next(wakes).reason == "rescan"
            (vault / "people" / f"{number}.md").touch()
            assert next(wakes) == Wake("changed", (f"people/{number}.md",))
        end_a_thread(watcher, 0)
        assert [next(wakes).reason for _ in range(3)] == ["rescan"] * 3
        assert watcher._subscription is None
    assert [notice.code for notice in notices] == ["watch-restarted", "watch-failed"]


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EMFILE, "watch-limit"), (errno.ENOSPC, "watch-limit"), (errno.ENOSYS, "watch-failed")],
)
def test_where_the_system_refuses_events_it_is_polled_and_said(
    vault: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    def refuse() -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(watch, "POLL_EVERY", 0.02)
    monkeypatch.setattr("watchdog.observers.Observer", refuse)
    notices: list[Notice] = []
    with make_watcher(vault, notices) as watcher:
        wakes = started(watcher)
        assert [next(wakes).reason for _ in range(3)] == ["rescan"] * 3
    assert [notice.code for notice in notices] == [code]


def run_in_a_namespace(script: str, *options: str) -> list[str]:
    """Run Python in a user namespace of its own, where it is root; what it prints as JSON."""
    unshare = [require("unshare"), "--user", "--map-root-user", *options]
    probe = subprocess.run([*unshare, "true"], check=False, capture_output=True, timeout=LONG)
    if probe.returncode:
        pytest.skip(f"no user namespaces here: {probe.stderr.decode()}")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [*unshare, sys.executable, "-c", script],
        cwd=root,
        check=False,
        capture_output=True,
        text=True,
        timeout=2 * LONG,
    )
    assert done.returncode == 0, done.stderr
    result: list[str] = json.loads(done.stdout)
    return result


@linux_only
@pytest.mark.parametrize(
    ("name", "limit", "is_enough"),
    [
        ("vault", 1, False),  # the root's parent alone
        ("vault", 3, False),
        ("vault", 6, True),  # as counted above
        ("deep", 4, False),  # what watchdog leaves out in silence: deep/a/b/c
        ("deep", 5, True),
    ],
)
def test_at_the_limit_of_watches_it_is_polled_and_said(vault: Path, name: str, limit: int, *, is_enough: bool) -> None:
    root = vault.with_name(name)
    (vault.with_name("deep") / "a" / "b" / "c").mkdir(parents=True)
    if not Path("/proc/sys/user/max_inotify_watches").exists():
        pytest.skip("no limit of watches for a namespace")
    script = f"""if True:
        import json
        from pathlib import Path
        from prmvault.vault import watch
        Path("/proc/sys/user/max_inotify_watches").write_text("{limit}")
        watch.POLL_EVERY, watch.RECHECK_AFTER = 0.05, 0.1
        told = []
        with watch.FolderWatcher(
            Path({str(root)!r}),
            is_interesting=lambda path: True,
            rescan_every=0.1,
            on_notice=lambda notice: told.append(notice.code),
        ) as watcher:
            for number, wake in enumerate(watcher.wakes()):
                told.append(wake.reason)
                if number == 4:
                    watcher.stop()
        print(json.dumps(told))
    """
    told = run_in_a_namespace(script)
    assert told.count("watch-limit") == (not is_enough)
    assert [each for each in told if each != "watch-limit"] == ["start", *["rescan"] * 4, "stop"]


@linux_only
def test_a_vault_that_is_unmounted_is_an_error(vault: Path) -> None:
    script = f"""if True:
        import json, subprocess
        from pathlib import Path
        from prmvault.core.problems import PrmvaultError
        from prmvault.vault.watch import FolderWatcher
        root = {str(vault)!r}
        subprocess.run(["mount", "-t", "tmpfs", "none", root], check=True)
        told = []
        try:
            with FolderWatcher(Path(root), is_interesting=lambda path: True, rescan_every=0.2) as watcher:
                for wake in watcher.wakes():
                    told.append(wake.reason)
                    subprocess.run(["umount", root], check=True)
        except PrmvaultError as error:
            told.append(str(error))
        print(json.dumps(told))
    """
    start, error = run_in_a_namespace(script, "--mount")
    assert start == "start"
    assert "was unmounted" in error


def test_a_vault_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with (
        pytest.raises(PrmvaultError, match="cannot be read") as caught,
        make_watcher(tmp_path / "missing"),
    ):
        pass
    assert caught.value.exit_code == EXIT_NO_VAULT
    assert not logging.getLogger("watchdog.observers").handlers


def move_away(root: Path) -> None:
    root.rename(root.with_name("elsewhere"))


def move_far_away(root: Path) -> None:
    (root.parent.parent / "far").mkdir()
    root.rename(root.parent.parent / "far" / "away")


def put_a_file_in_its_place(root: Path) -> None:
    move_away(root)
    root.touch()


@pytest.mark.parametrize("lose", [move_away, move_far_away, put_a_file_in_its_place, shutil.rmtree])
def test_a_vault_that_vanishes_ends_the_watching_with_an_error(vault: Path, lose: Callable[[Path], None]) -> None:
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        lose(vault)
        with pytest.raises(PrmvaultError, match=r"The vault's folder .* (cannot be read|is not a folder)") as caught:
            next(wakes)
    assert caught.value.exit_code == EXIT_NO_VAULT
    assert caught.value.hint


def test_a_folder_that_takes_the_vaults_place_is_watched_instead(vault: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(vault, other)
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        move_away(vault)
        other.rename(vault)
        assert next(wakes).reason == "rescan"
        (vault / "people" / "Ben.md").touch()
        assert next(wakes) == Wake("changed", ("people/Ben.md",))


def test_stop_works_from_a_thread_and_before_the_start(vault: Path) -> None:
    with make_watcher(vault) as watcher:
        wakes = started(watcher)
        thread = threading.Thread(target=watcher.stop)
        thread.start()
        assert list(wakes) == [Wake("stop")]
        thread.join()
        assert list(watcher.wakes()) == [Wake("start"), Wake("stop")]


def test_stop_works_from_a_signal(vault: Path) -> None:
    with make_watcher(vault) as watcher:
        before = signal.signal(signal.SIGALRM, lambda *_: watcher.stop())
        try:
            wakes = started(watcher)
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            assert list(wakes) == [Wake("stop")]
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def test_leaving_ends_all_threads_and_closes_all_descriptors(vault: Path) -> None:
    threads, instances = set(threading.enumerate()), watch_events.inotify_instances()
    with make_watcher(vault) as watcher:
        started(watcher)
        helpers = set(threading.enumerate()) - threads
        assert helpers
    for thread in helpers:
        thread.join(LONG)
    assert not any(thread.is_alive() for thread in helpers)
    assert watch_events.inotify_instances() == instances


class SetClock:
    """Clocks that can be set; between settings they go on as the system's do."""

    def __init__(self, wall: float) -> None:
        self.ahead = wall - time.time()
        self.looks = 0

    def wall(self) -> float:
        self.looks += 1
        return time.time() + self.ahead

    def clock(self) -> Clock:
        return Clock(time.monotonic, self.wall)


def noon() -> float:
    return time.mktime((2026, 11, 21, 12, 0, 0, 0, 0, -1))


def clocked(root: Path, clock: SetClock, rescan_every: float = NEVER) -> FolderWatcher:
    return FolderWatcher(root, is_interesting=is_interesting, rescan_every=rescan_every, clock=clock.clock())


def test_midnight_is_a_wake_and_only_once(vault: Path) -> None:
    clock = SetClock(noon() + 12 * 3600 - 0.1)
    with clocked(vault, clock) as watcher:
        wakes = started(watcher)
        assert next(wakes) == Wake("midnight")
        assert time.localtime(clock.wall())[:3] == (2026, 11, 22)
        (vault / "people" / "Ben.md").touch()
        assert next(wakes).reason == "changed"


@pytest.mark.parametrize(("hours", "reason"), [(8, "rescan"), (-8, "rescan"), (20, "midnight"), (-20, "midnight")])
def test_a_suspend_or_a_clock_that_was_set_is_a_wake(vault: Path, hours: int, reason: str) -> None:
    clock = SetClock(noon())
    with clocked(vault, clock) as watcher:
        wakes = started(watcher)
        clock.ahead += hours * 3600
        watcher._put("file")  # anything that makes it look at the clock, as its next timer does
        assert next(wakes).reason == reason
        (vault / "people" / "Ben.md").touch()
        assert next(wakes).reason == "changed"


def test_it_sleeps_until_the_next_rescan_without_looking_at_the_clock(vault: Path) -> None:
    clock = SetClock(noon())
    with clocked(vault, clock, rescan_every=0.3) as watcher:
        wakes = started(watcher)
        looks = clock.looks
        assert next(wakes) == Wake("rescan")
        assert clock.looks - looks < 6
        assert next(wakes) == Wake("rescan")


DAYS = [
    ("Europe/Berlin", "2026-11-21 12:00", 24),
    ("Europe/Berlin", "2026-03-29 12:00", 23),
    ("Europe/Berlin", "2026-10-25 01:00", 25),
    ("America/Havana", "2026-03-07 12:00", 24),  # the next day begins at 01:00
    ("America/Havana", "2026-03-08 12:00", 23),
    ("America/Havana", "2026-11-01 00:30", 25),  # 00:00 to 01:00 comes twice
    ("Asia/Beirut", "2026-03-28 23:30", 24),
    ("Pacific/Apia", "2011-12-29 12:00", 24),  # the 30th was left out
    ("Asia/Kathmandu", "2026-12-31 12:00", 24),
]


@pytest.fixture
def set_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def apply(zone: str) -> None:
        if not Path("/usr/share/zoneinfo", zone).exists():
            pytest.skip(f"the system has no time zone {zone}")
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield apply
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("zone", "moment", "hours"), DAYS)
def test_a_local_day_ends_where_the_date_changes(
    set_zone: Callable[[str], None], zone: str, moment: str, hours: int
) -> None:
    set_zone(zone)
    now = time.mktime(time.strptime(moment, "%Y-%m-%d %H:%M"))
    start, end = watch.local_day(now)
    assert start <= now < end
    today = time.localtime(now)[:3]
    assert time.localtime(end - 1)[:3] == today
    assert time.localtime(end)[:3] > today
    assert time.localtime(start)[:3] == today
    assert (end - start) / 3600 == hours
