from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from prmvault.vault import refresh as refreshing
from prmvault.vault.facts import Facts, open_facts, open_private_facts
from prmvault.vault.files import Content, Folder, folder_entries, look, pack_folder, read_file
from prmvault.vault.refresh import Refreshed, SettingsChanged, load_state, refresh
from tests.conftest import SampleVault, environment, next_tick

TABLES = {
    "notes": "path, type, title, date, hash, facts",
    "names": "*",
    "people": "*",
    "contacts": "*",
    "relations": "*",
    "tasks": "*",
    "problems": "*",
    "folders": "path, names",
}


def tables(facts: Facts) -> dict[str, list[Any]]:
    """Return all that the facts say, in an order of its own, without what tells of their history."""
    found = {
        name: sorted(facts.connection.execute(f"SELECT {columns} FROM {name}").fetchall(), key=repr)
        for name, columns in TABLES.items()
    }
    # The order of names in a folder is the system's, and folders without notes do not matter.
    found["folders"] = [(path, sorted(names.split(b"\0"))) for path, names in found["folders"] if names]
    return found


def up_to_date(facts: Facts, root: str) -> Refreshed:
    return refresh(facts, root, load_state(facts, root))


def built_anew(root: str) -> dict[str, list[Any]]:
    facts = open_private_facts()
    up_to_date(facts, root)
    found = tables(facts)
    facts.close()
    return found


def paths(facts: Facts) -> list[str]:
    return [path for path, _ in facts.titles()]


def title_of(facts: Facts, path: str) -> str:
    return facts.title(path)


@pytest.fixture
def facts(cache: Path) -> Iterator[Facts]:
    opened = open_facts(str(cache / "v"))
    yield opened
    opened.close()


@pytest.fixture
def settle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that refreshes as if all files had been changed long ago: none of them is doubtful."""

    def settled(facts: Facts, root: str) -> Refreshed:
        now = time.time_ns
        with monkeypatch.context() as patch:
            patch.setattr(time, "time_ns", lambda: now() + 10_000_000_000)
            found = up_to_date(facts, root)
        next_tick(tmp_path)
        return found

    return settled


def person(name: str, more: str = "") -> str:
    return f"---\nname: {name}\n---\n{more}"


# --- nothing to do


def test_an_untouched_vault_is_not_read_twice(
    vault_at: SampleVault, facts: Facts, settle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault_at.write("people/Anna.md", person("Anna"))
    vault_at.write("journal/2026/2026-11-21.md", "- call [[Anna]]\n")
    assert len(settle(facts, vault_at.root).changed) == 2
    seq = facts.newest_seq()
    monkeypatch.setattr(refreshing, "read_file", None)
    assert up_to_date(facts, vault_at.root) == Refreshed((), ())
    assert facts.newest_seq() == seq


def test_progress_counts_what_is_to_be_read_and_comes_to_its_end(
    vault_at: SampleVault, facts: Facts, settle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One edit in a folder of many is one, and files that were only touched are done, too."""
    monkeypatch.setattr(refreshing, "STEP", 2)
    told: list[tuple[int, int]] = []

    def count(facts: Facts, root: str, state: Any) -> Refreshed:
        told.clear()
        return refreshing.refresh(facts, root, state, lambda done, total: told.append((done, total)))

    monkeypatch.setattr(sys.modules[__name__], "refresh", count)
    for number in range(5):
        vault_at.write(f"people/P{number}.md", person("x"))
    settle(facts, vault_at.root)
    assert told == [(2, 5), (4, 5), (5, 5)]
    settle(facts, vault_at.root)
    assert told == []
    vault_at.write("people/P3.md", person("y"))
    settle(facts, vault_at.root)
    assert told == [(1, 1)]
    for number in range(5):
        os.utime(vault_at.path / f"people/P{number}.md", (1, 1))
    settle(facts, vault_at.root)
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_touched_file_with_the_same_text_is_no_change(vault_at: SampleVault, facts: Facts, settle: Any) -> None:
    note = vault_at.write("people/Anna.md", person("Anna"))
    settle(facts, vault_at.root)
    os.utime(note, ns=(1, 1))
    assert up_to_date(facts, vault_at.root).changed == ()


# --- every way in which a file can change


def changes(vault: SampleVault) -> dict[str, Any]:
    """Return the ways to change a vault with people/Anna.md and people/Ben.md."""
    anna = vault.path / "people/Anna.md"
    old = anna.stat()

    def same_size_and_mtime() -> None:
        anna.write_text(person("Anja"))
        os.utime(anna, ns=(old.st_atime_ns, old.st_mtime_ns))

    def replaced_with_same_size_and_mtime() -> None:
        vault.replace("people/Anna.md", person("Anja"))
        os.utime(anna, ns=(old.st_atime_ns, old.st_mtime_ns))

    def deleted_and_created() -> None:
        anna.unlink()
        vault.write("people/Anna.md", person("Anja"))

    def file_to_folder() -> None:
        anna.unlink()
        vault.write("people/Anna.md/inner.txt", "x")

    def swapped() -> None:
        ben = vault.path / "people/Ben.md"
        anna.rename(vault.path / "x")
        ben.rename(anna)
        (vault.path / "x").rename(ben)

    def to_link() -> None:
        anna.rename(vault.path.parent / "Anna.md")
        anna.symlink_to(vault.path.parent / "Anna.md")

    return {
        "written in place": lambda: anna.write_text(person("Anja Neu")),
        "same size and mtime": same_size_and_mtime,
        "replaced, same size and mtime": replaced_with_same_size_and_mtime,
        "replaced": lambda: vault.replace("people/Anna.md", person("Anja")),
        "truncated": lambda: os.truncate(anna, 3),
        "appended": lambda: anna.write_text(anna.read_text() + "more #new\n"),
        "deleted": anna.unlink,
        "deleted and created": deleted_and_created,
        "renamed": lambda: anna.rename(vault.path / "people/Zoe.md"),
        "renamed in case only": lambda: anna.rename(vault.path / "people/ANNA.md"),
        "moved to another folder": lambda: shutil.move(anna, vault.path / "journal" / "Anna.md"),
        "moved over another": lambda: anna.rename(vault.path / "people/Ben.md"),
        "swapped": swapped,
        "hidden": lambda: anna.rename(vault.path / "people/.Anna.md"),
        "no longer Markdown": lambda: anna.rename(vault.path / "people/Anna.txt"),
        "became a folder": file_to_folder,
        "became a link": to_link,
        "folder renamed": lambda: (vault.path / "people").rename(vault.path / "friends"),
        "folder moved out": lambda: (vault.path / "people").rename(vault.path.parent / "people"),
        "folder hidden": lambda: (vault.path / "people").rename(vault.path / ".people"),
        "folder deleted": lambda: shutil.rmtree(vault.path / "people"),
        "folder copied in": lambda: shutil.copytree(vault.path / "people", vault.path / "copies" / "people"),
        "note in a new folder": lambda: vault.write("events/2026/Fest.md", "---\nstart: 2026-12-05\n---\n"),
        "hard link": lambda: os.link(anna, vault.path / "people/Zoe.md"),
        "conflict copy": lambda: anna.rename(vault.path / "people/Anna.sync-conflict-20261121-101010-ABC.md"),
        "settings: another folder": lambda: vault.write("prmvault.yaml", "folders: {person: friends}\n"),
        "settings: a type": lambda: vault.write(
            "prmvault.yaml", "types: {person: {fields: {size: {kind: number, required: true}}}}\n"
        ),
        "settings: a channel word": lambda: vault.write("prmvault.yaml", "channels: {visit: [Telefonat]}\n"),
        "settings: a heading": lambda: vault.write("prmvault.yaml", "log_headings: [Historie]\n"),
        "settings: digest elsewhere": lambda: vault.write("prmvault.yaml", "digest: {folder: private}\n"),
        "settings: ignored folder": lambda: vault.write("prmvault.yaml", "ignore: [people/]\n"),
        "settings: ignored file": lambda: vault.write("prmvault.yaml", 'ignore: ["Ann*"]\n'),
        "settings: gone": (vault.path / "prmvault.yaml").unlink,
        "gitignore": lambda: vault.write(".gitignore", "journal/\n"),
    }


NAMES = [
    "written in place", "same size and mtime", "replaced, same size and mtime", "replaced", "truncated", "appended",
    "deleted", "deleted and created", "renamed", "renamed in case only", "moved to another folder", "moved over another",
    "swapped", "hidden", "no longer Markdown", "became a folder", "became a link", "folder renamed", "folder moved out",
    "folder hidden", "folder deleted", "folder copied in", "note in a new folder", "hard link", "conflict copy",
    "settings: another folder", "settings: a type", "settings: a channel word", "settings: a heading",
    "settings: digest elsewhere", "settings: ignored folder", "settings: ignored file", "settings: gone", "gitignore",
]  # fmt: skip


def sample(vault: SampleVault) -> None:
    vault.write("people/Anna.md", person("Anna", "## Log\n- 2026-01-01 Telefonat\n"))
    vault.write("people/Ben.md", person("Ben", "## Historie\n- 2026-01-02 Anruf\n- [ ] Karte [[Anna]]\n"))
    vault.write("journal/2026/2026-11-21.md", "- 18:00 Telefonat mit [[Anna]] #gift\n")
    vault.write("digest/2026-W47.md", "- nothing\n")


def test_the_table_of_changes_is_whole(vault_at: SampleVault) -> None:
    sample(vault_at)
    assert sorted(changes(vault_at)) == sorted(NAMES)


@pytest.mark.parametrize("is_settled", [True, False], ids=["settled", "at once"])
@pytest.mark.parametrize("name", NAMES)
def test_the_next_refresh_sees_a_change(
    vault_at: SampleVault, facts: Facts, settle: Any, name: str, is_settled: bool
) -> None:
    sample(vault_at)
    (settle if is_settled else up_to_date)(facts, vault_at.root)
    before = tables(facts)
    changes(vault_at)[name]()
    up_to_date(facts, vault_at.root)
    after = tables(facts)
    assert after == built_anew(vault_at.root)
    # An empty settings file and none say the same.
    assert (after != before) == (name != "settings: gone")


@pytest.mark.parametrize("rules", ["ignore: [people/]\n", 'ignore: ["*.md"]\n', "ignore: [journal/2026]\n"])
def test_ignored_notes_come_back_when_the_rule_goes(
    vault_at: SampleVault, facts: Facts, settle: Any, rules: str
) -> None:
    sample(vault_at)
    settle(facts, vault_at.root)
    before = tables(facts)
    vault_at.write("prmvault.yaml", rules)
    settle(facts, vault_at.root)
    assert len(paths(facts)) < 3
    vault_at.write("people/Neu.md", "x")
    (vault_at.path / "people/Neu.md").unlink()
    vault_at.write("prmvault.yaml", "")
    settle(facts, vault_at.root)
    assert tables(facts) == before


def test_a_note_that_goes_while_the_settings_change_is_forgotten(
    vault_at: SampleVault, facts: Facts, settle: Any
) -> None:
    sample(vault_at)
    settle(facts, vault_at.root)
    (vault_at.path / "people/Anna.md").unlink()
    shutil.rmtree(vault_at.path / "journal")
    vault_at.write("prmvault.yaml", "language: de\n")
    removed = settle(facts, vault_at.root).removed
    assert sorted(removed) == ["journal/2026/2026-11-21.md", "people/Anna.md"]
    assert paths(facts) == ["people/Ben.md"]
    assert set(facts.removed_since(0)) == set(removed)


def test_the_folder_of_the_digest_is_never_read(vault_at: SampleVault, facts: Facts) -> None:
    sample(vault_at)
    up_to_date(facts, vault_at.root)
    assert "digest/2026-W47.md" not in paths(facts)


# --- changes that the clock hides


class FrozenClock:
    """A file system whose clock stands still, as a coarse one does between two ticks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tick = 1_800_000_000_000_000_000
        self.now = self.tick
        monkeypatch.setattr(refreshing, "look", self._look)
        monkeypatch.setattr(refreshing, "read_file", self._read_file)
        monkeypatch.setattr(refreshing, "stats_of", self._stats_of)
        monkeypatch.setattr(time, "time_ns", lambda: self.now)

    def _numbers(self, numbers: tuple[int, ...]) -> tuple[int, int, int, int]:
        return self.tick, self.tick, numbers[2], 7

    def _look(self, root: str, skipped: Any, unreadable: list[str]) -> Iterator[Folder]:
        for folder in look(root, skipped, unreadable):
            yield pack_folder(folder.path, {k: self._numbers(v) for k, v in folder_entries(folder).items()})

    def _read_file(self, root: str, path: str) -> Content:
        content = read_file(root, path)
        return content._replace(stats=self._numbers(content.stats))

    def _stats_of(self, root: str, path: str) -> tuple[int, int, int, int] | None:
        return self._numbers((0, 0, os.stat(f"{root}/{path}").st_size)) if os.path.exists(f"{root}/{path}") else None


@pytest.mark.parametrize("after_ms", [0, 1, 20, 1999])
def test_a_second_change_within_one_tick_of_the_clock_is_seen(
    vault_at: SampleVault, facts: Facts, monkeypatch: pytest.MonkeyPatch, after_ms: int
) -> None:
    clock = FrozenClock(monkeypatch)
    vault_at.write("people/Anna.md", person("Anna"))
    vault_at.write("prmvault.yaml", "folders: {person: people}\n")
    clock.now = clock.tick + after_ms * 1_000_000
    up_to_date(facts, vault_at.root)
    for name in ("Anja", "Anka", "Anna"):
        vault_at.write("people/Anna.md", person(name))
        assert up_to_date(facts, vault_at.root).changed == ("people/Anna.md",)
        assert title_of(facts, "people/Anna.md") == name
    clock.now += 60_000_000_000
    assert up_to_date(facts, vault_at.root).changed == ()


def test_settings_changed_twice_within_one_tick_are_seen(
    vault_at: SampleVault, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    FrozenClock(monkeypatch)
    vault_at.write("aaaaaa/Anna.md", "x")
    vault_at.write("bbbbbb/Ben.md", "x")
    for name in ("aaaaaa", "bbbbbb", "aaaaaa"):
        vault_at.write("prmvault.yaml", f"folders: {{person: {name}}}\n")
        up_to_date(facts, vault_at.root)
        assert [path for path, *_ in facts.people_rows()] == [f"{name}/{'Anna' if name[0] == 'a' else 'Ben'}.md"]
    for name in ("aaaaaa", "bbbbbb"):
        vault_at.write(".gitignore", f"{name}/\n")
        up_to_date(facts, vault_at.root)
        assert [path[0] for path in paths(facts)] == ["b" if name[0] == "a" else "a"]


def test_a_file_that_changes_while_it_is_read_is_read_again(
    vault_at: SampleVault, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault_at.write("people/Anna.md", person("Anna"))
    real = read_file

    def slow(root: str, path: str) -> Content:
        content = real(root, path)
        vault_at.write(path, person("Anja"))
        return content

    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "read_file", slow)
        up_to_date(facts, vault_at.root)
    up_to_date(facts, vault_at.root)
    assert title_of(facts, "people/Anna.md") == "Anja"


# --- what cannot be read


def test_a_note_without_permission_is_forgotten_and_comes_back(
    vault_at: SampleVault, facts: Facts, settle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = vault_at.write("people/Anna.md", person("Anna"))
    settle(facts, vault_at.root)
    note.write_text(person("Anna", "more"))
    real = read_file

    def refused(root: str, path: str) -> Content:
        if path.endswith("Anna.md"):
            raise PermissionError(path)
        return real(root, path)

    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "read_file", refused)
        settle(facts, vault_at.root)
        assert paths(facts) == []
    settle(facts, vault_at.root)
    assert tables(facts) == built_anew(vault_at.root)
    assert paths(facts) == ["people/Anna.md"]


@pytest.mark.parametrize("closed", ["people", "people/close", ""])
def test_notes_in_a_folder_without_permission_are_kept_and_told(
    vault_at: SampleVault, facts: Facts, settle: Any, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    vault_at.write("people/close/Anna.md", person("Anna"))
    vault_at.write("people/close/by/Ben.md", person("Ben"))
    settle(facts, vault_at.root)
    real = look

    def partly(root: str, skipped: Any, unreadable: list[str]) -> Iterator[Folder]:
        for folder in real(root, skipped, unreadable):
            if not (folder.path + "/").startswith(closed + "/" if closed else ""):
                yield folder
        unreadable.append(closed)

    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "look", partly)
        found = settle(facts, vault_at.root)
    assert found.removed == ()
    assert [(problem.code, problem.path) for problem in found.problems] == [("unreadable", closed or ".")]
    assert len(paths(facts)) == 2
    assert settle(facts, vault_at.root) == Refreshed((), ())


@pytest.mark.skipif(sys.platform != "linux", reason="file names of arbitrary bytes")
def test_names_of_any_bytes_do_no_harm(vault_at: SampleVault, facts: Facts, settle: Any) -> None:
    vault_at.write("people/Anna.md", person("Anna"))
    folder = os.fsencode(vault_at.path)
    os.mkdir(folder + b"/caf\xe9")
    for name in (b"/people/caf\xe9.md", b"/caf\xe9/a.md", b"/people/a\nb\x1b.md"):
        Path(os.fsdecode(folder + name)).write_text("x")
    found = settle(facts, vault_at.root)
    assert paths(facts) == ["people/Anna.md", "people/a\nb\x1b.md"]
    assert [problem.path for problem in found.problems] == ["caf\ufffd"]
    assert "people/caf\ufffd.md" in set(facts.files())
    os.unlink(folder + b"/people/caf\xe9.md")
    settle(facts, vault_at.root)
    assert tables(facts) == built_anew(vault_at.root)


@pytest.mark.parametrize("name", ["prmvault.yaml", ".gitignore"])
@pytest.mark.parametrize("kind", ["folder", "link", "pipe"])
def test_settings_that_are_no_plain_file_are_told_and_never_followed(
    vault_at: SampleVault, facts: Facts, name: str, kind: str
) -> None:
    vault_at.write("people/Anna.md", person("Anna"))
    (vault_at.path.parent / "outside").write_text("people/\n")
    place = vault_at.path / name
    place.unlink(missing_ok=True)
    if kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to(vault_at.path.parent / "outside")
    else:
        os.mkfifo(place)
    state = load_state(facts, vault_at.root)
    refresh(facts, vault_at.root, state)
    assert paths(facts) == ["people/Anna.md"]
    assert [(problem.path, problem.code) for problem in state.settings.problems] == [(name, "unreadable")]


@pytest.mark.parametrize("line", ["!", "\\", "[z-a]", "[", "***/[", "(?", "\x00", "a\\ ", "//"])
def test_an_ignore_rule_that_is_none_is_passed_over(vault_at: SampleVault, facts: Facts, line: str) -> None:
    vault_at.write("people/Anna.md", person("Anna"))
    vault_at.write("people/Ben.md", person("Ben"))
    vault_at.write(".gitignore", f"{line}\nBen.md\n")
    up_to_date(facts, vault_at.root)
    assert paths(facts) == ["people/Anna.md"]


# --- steps, and two processes


def test_a_vault_larger_than_a_step_is_read_in_several_and_whole(
    vault_at: SampleVault, facts: Facts, settle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "STEP", 7)
    for number in range(40):
        vault_at.write(f"people/{number % 3}/{number}.md", person(f"P{number}"))
    told: list[tuple[int, int]] = []
    found = refresh(facts, vault_at.root, load_state(facts, vault_at.root), lambda *numbers: told.append(numbers))
    assert len(found.changed) == len(set(found.changed)) == 40
    assert told[-1] == (40, 40)
    assert len(told) >= 6
    assert tables(facts) == built_anew(vault_at.root)
    settle(facts, vault_at.root)
    for number in range(0, 40, 2):
        (vault_at.path / f"people/{number % 3}/{number}.md").unlink()
    settle(facts, vault_at.root)
    assert tables(facts) == built_anew(vault_at.root)


def test_a_refresh_that_breaks_off_goes_on_where_it_was(
    vault_at: SampleVault, facts: Facts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "STEP", 5)
    for number in range(23):
        vault_at.write(f"people/{number}.md", person(f"P{number}"))

    def stop(done: int, _total: int) -> None:
        if done >= 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(facts, vault_at.root, load_state(facts, vault_at.root), stop)
    assert len(paths(facts)) == 10
    assert len(up_to_date(facts, vault_at.root).changed) == 13
    assert tables(facts) == built_anew(vault_at.root)


def test_what_another_process_read_meanwhile_is_not_read_again(
    vault_at: SampleVault, facts: Facts, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "STEP", 5)
    for number in range(20):
        vault_at.write(f"people/{number}.md", person(f"P{number}"))
    other = open_facts(str(cache / "v"))
    read_by_other: list[str] = []

    def meanwhile(_done: int, _total: int) -> None:
        if not read_by_other:
            read_by_other.extend(up_to_date(other, vault_at.root).changed)

    found = refresh(facts, vault_at.root, load_state(facts, vault_at.root), meanwhile)
    assert len(found.changed) == 5
    assert len(read_by_other) == 15
    assert tables(facts) == tables(other) == built_anew(vault_at.root)
    other.close()


def test_a_look_that_another_process_overtook_is_not_written(
    vault_at: SampleVault, facts: Facts, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = vault_at.write("people/Anna.md", person("Anna"))
    up_to_date(facts, vault_at.root)
    other = open_facts(str(cache / "v"))
    real = refreshing._compare
    looks: list[Any] = []

    def overtaken(*arguments: Any) -> Any:
        looks.append(real(*arguments))
        if len(looks) == 1:
            note.write_text(person("Anja"))
            up_to_date(other, vault_at.root)
        return looks[-1]

    note.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "_compare", overtaken)
        up_to_date(facts, vault_at.root)
    assert title_of(facts, "people/Anna.md") == "Anja"
    other.close()


def test_settings_are_not_taken_from_the_cache_where_the_notes_were_read_with_others(
    vault_at: SampleVault, facts: Facts, settle: Any
) -> None:
    sample(vault_at)
    settle(facts, vault_at.root)
    with facts.transaction():
        facts.store_scan("others", ())
    assert len(settle(facts, vault_at.root).changed) == 3
    assert tables(facts) == built_anew(vault_at.root)


def test_settings_that_another_process_saw_first_are_not_mixed_with_the_old_ones(
    vault_at: SampleVault, facts: Facts, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refreshing, "STEP", 5)
    for number in range(20):
        vault_at.write(f"friends/{number}.md", person(f"P{number}"))
    other = open_facts(str(cache / "v"))

    def meanwhile(done: int, _total: int) -> None:
        if done == 5:
            vault_at.write("prmvault.yaml", "folders: {person: friends}\n")
            load_state(other, vault_at.root)

    with pytest.raises(SettingsChanged):
        refresh(facts, vault_at.root, load_state(facts, vault_at.root), meanwhile)
    up_to_date(facts, vault_at.root)
    assert tables(facts) == built_anew(vault_at.root)
    assert facts.counts() == {"person": 20}
    other.close()


def test_a_process_killed_between_settings_and_notes_leaves_nothing_stale(
    vault_at: SampleVault, facts: Facts, settle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(vault_at)
    settle(facts, vault_at.root)
    vault_at.write("prmvault.yaml", "folders: {person: journal}\n")
    now = time.time_ns
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: now() + 10_000_000_000)
        load_state(facts, vault_at.root)  # and then it is killed
    up_to_date(facts, vault_at.root)
    assert tables(facts) == built_anew(vault_at.root)


def test_another_version_of_the_program_reads_everything_again(
    vault_at: SampleVault, facts: Facts, settle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample(vault_at)
    settle(facts, vault_at.root)
    assert settle(facts, vault_at.root).changed == ()
    monkeypatch.setattr(refreshing, "__version__", "999")
    assert len(settle(facts, vault_at.root).changed) == 3
    assert settle(facts, vault_at.root).changed == ()


def test_processes_that_refresh_at_the_same_time_end_equal(vault_at: SampleVault, cache: Path) -> None:
    for number in range(150):
        vault_at.write(f"people/{number % 7}/{number}.md", person(f"P{number}", "## Log\n- 2026-01-01 call\n"))
    code = (
        "import sys\n"
        "from prmvault.vault import refresh as r\n"
        "from prmvault.vault.facts import open_facts\n"
        "r.STEP = 10\n"
        "facts = open_facts(sys.argv[1])\n"
        "r.refresh(facts, sys.argv[2], r.load_state(facts, sys.argv[2]))\n"
        "facts.close()\n"
    )
    command = [sys.executable, "-c", code, str(cache / "v"), vault_at.root]
    running = [subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE) for _ in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in running] == [(b"", 0)] * 3
    facts = open_facts(str(cache / "v"))
    assert tables(facts) == built_anew(vault_at.root)
    assert facts.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    facts.close()


def test_a_full_disk_in_the_middle_of_a_step_leaves_the_facts_as_they_were(
    vault_at: SampleVault, facts: Facts, settle: Any
) -> None:
    sample(vault_at)
    settle(facts, vault_at.root)
    before = tables(facts)
    pages = facts.connection.execute("PRAGMA page_count").fetchone()[0]
    facts.connection.execute(f"PRAGMA max_page_count = {pages}")
    for number in range(200):
        vault_at.write(f"people/{number}.md", person(f"P{number}", "text " * 200))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        up_to_date(facts, vault_at.root)
    assert not facts.connection.in_transaction
    assert tables(facts) == before
    facts.connection.execute("PRAGMA max_page_count = 1000000")
    up_to_date(facts, vault_at.root)
    assert tables(facts) == built_anew(vault_at.root)


# --- anything, in any order

FOLDERS = ("", "people", "people/in", "journal/2026", "private", "digest", ".hidden")
FILES = ("Anna.md", "Ben.md", "2026-11-21.md", "Anna.sync-conflict-20261121-101010-X.md", "x.txt")
TEXTS = (
    "",
    "- 18:00 call [[Anna]] #gift\n- [ ] Karte 📅 2026-12-01\n",
    person("Anna", "## Log\n- 2026-01-01 call\n"),
    person("Anja", "## Log\n- 2026-01-02 call\n"),
    "---\nbirthday: 1990-02-30\nrelated: [{sister: '[[Ben]]'}]\n---\n",
    "---\nbroken: [\n---\n",
)
SETTINGS = (
    "",
    "ignore: [private/]\n",
    "ignore: ['Ann*']\n",
    "folders: {person: private}\n",
    "digest: {folder: private}\n",
    "journal_file: '%Y/%m/%d.md'\n",
)


class Vaults(RuleBasedStateMachine):
    """Whatever happens to the files: facts kept up to date say the same as facts built anew."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="prmvault-test-"))
        self.vault = SampleVault(self.base / "vault")
        self.facts = open_facts(str(self.base / "cache"))
        self.is_fresh = True

    def teardown(self) -> None:
        self.facts.close()
        shutil.rmtree(self.base)

    def notes(self) -> list[Path]:
        return sorted(path for path in self.vault.path.rglob("*") if path.is_file() and path.parent != self.vault.path)

    @rule(folder=st.sampled_from(FOLDERS), name=st.sampled_from(FILES), text=st.sampled_from(TEXTS))
    def write(self, folder: str, name: str, text: str) -> None:
        target = self.vault.path / folder / name
        if not target.is_dir():
            self.vault.write(f"{folder}/{name}" if folder else name, text)

    @rule(data=st.data(), text=st.sampled_from(TEXTS))
    @precondition(lambda self: self.notes())
    def change_keeping_the_mtime(self, data: st.DataObject, text: str) -> None:
        note = data.draw(st.sampled_from(self.notes()))
        old = note.stat()
        note.write_text(text)
        os.utime(note, ns=(old.st_atime_ns, old.st_mtime_ns))

    @rule(data=st.data())
    @precondition(lambda self: self.notes())
    def delete(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.notes())).unlink()

    @rule(data=st.data(), folder=st.sampled_from(FOLDERS), name=st.sampled_from(FILES))
    @precondition(lambda self: self.notes())
    def move(self, data: st.DataObject, folder: str, name: str) -> None:
        target = self.vault.path / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        data.draw(st.sampled_from(self.notes())).replace(target)

    @rule(source=st.sampled_from(FOLDERS[1:]), to=st.sampled_from(("people/moved", "private/moved", "../out")))
    def move_folder(self, source: str, to: str) -> None:
        old, new = self.vault.path / source, self.vault.path / to
        if old.is_dir() and not new.exists() and old not in new.parents:
            new.parent.mkdir(parents=True, exist_ok=True)
            old.rename(new)

    @rule(to=st.sampled_from(("people/back", "private")))
    def move_folder_in(self, to: str) -> None:
        old, new = self.base / "out", self.vault.path / to
        if old.is_dir() and not new.exists():
            new.parent.mkdir(parents=True, exist_ok=True)
            old.rename(new)

    @rule(text=st.sampled_from(SETTINGS))
    def change_settings(self, text: str) -> None:
        self.vault.write("prmvault.yaml", text)

    @rule(text=st.sampled_from(("", "private/\n", "*.md\n!Ben.md\n")))
    def change_gitignore(self, text: str) -> None:
        self.vault.write(".gitignore", text)

    @rule()
    def refresh_at_once(self) -> None:
        up_to_date(self.facts, self.vault.root)
        self.compare()

    @rule()
    def refresh_much_later(self) -> None:
        now, really = time.time_ns, time.time_ns
        try:
            time.time_ns = lambda: now() + 10_000_000_000
            up_to_date(self.facts, self.vault.root)
        finally:
            time.time_ns = really
        self.compare()
        next_tick(self.base)

    @rule(limit=st.integers(1, 3))
    def be_killed_after_some_steps(self, limit: int) -> None:
        def stop(done: int, _total: int) -> None:
            if done >= limit:
                raise KeyboardInterrupt

        whole = refreshing.STEP
        refreshing.STEP = 1
        try:
            refresh(self.facts, self.vault.root, load_state(self.facts, self.vault.root), stop)
        except KeyboardInterrupt:
            pass
        finally:
            refreshing.STEP = whole

    @rule()
    def open_again(self) -> None:
        self.facts.close()
        self.facts = open_facts(str(self.base / "cache"))

    @invariant()
    def is_sound(self) -> None:
        assert not self.facts.connection.in_transaction

    def compare(self) -> None:
        assert tables(self.facts) == built_anew(self.vault.root)


TestVaults = Vaults.TestCase
TestVaults.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
