"""The index on disk: current after every change, and built again whenever it is not sound."""

from __future__ import annotations

import errno
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from prmvault.app import search as searching
from prmvault.app.search import index_source, refresh_index, search
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.search import index as indexing
from prmvault.search.document import FORMAT
from prmvault.search.index import Busy, State, delete_index, index_state, is_current, update_index
from tests.conftest import SampleVault, environment, found_paths, refuse_to_say

QUERIES = [
    "garden",
    "bench",
    '"garden bench"',
    "tag:family",
    "person:Anna",
    "type:journal",
    "date:2026",
    "gart*",
    "NOT garden",
]
NOTES = {
    "people/Anna.md": "---\naliases: [Annie]\ntags: [family]\n---\nGarten\n",
    "people/Ben.md": "bench\n",
    "journal/2026/2026-01-05.md": "- call [[Annie]]: garden bench\n",
    "journal/2025/2025-12-24.md": "bench in the garden #family\n",
}


def answers(vault: Vault) -> dict[str, list[str]]:
    """Return what each query finds; the order of hits depends on statistics that deleted notes still count in."""
    return {query: sorted(found_paths(vault, query)) for query in QUERIES}


def freshly_indexed(vault: Vault) -> dict[str, list[str]]:
    with tempfile.TemporaryDirectory() as cache:
        return answers(vault._replace(cache=cache))


def index_files(vault: Vault, ending: str = "") -> list[Path]:
    return sorted(path for path in Path(vault.cache, "index").iterdir() if path.name.endswith(ending))


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def vault(vault_at: SampleVault, said: list[str]) -> Iterator[Vault]:
    """Return a vault with a current index of two segments."""
    for path, content in list(NOTES.items())[:3]:
        vault_at.write(path, content)
    opened = open_vault(vault_at.root, said.append)
    refresh_index(opened)
    vault_at.write("journal/2025/2025-12-24.md", NOTES["journal/2025/2025-12-24.md"])
    opened = refreshed_vault(opened)
    refresh_index(opened)
    assert is_current(opened.cache, index_source(opened))
    yield opened
    opened.facts.close()


# --- being current


def test_a_current_index_is_not_written(vault: Vault) -> None:
    before = {path: path.stat().st_mtime_ns for path in index_files(vault)}
    assert refresh_index(vault) == 0
    answers(vault)
    assert {path: path.stat().st_mtime_ns for path in index_files(vault)} == before


def test_an_update_takes_in_what_changed_and_nothing_else(vault: Vault, vault_at: SampleVault) -> None:
    vault_at.write("people/Ben.md", "no seat\n")
    (vault_at.path / "people/Anna.md").unlink()
    vault_at.write("people/Neu.md", "bench\n")
    vault = refreshed_vault(vault)
    asked: list[str] = []
    source = index_source(vault)

    def documents(paths: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        asked.extend(paths)
        return source.documents(paths)

    counted = source._replace(documents=documents)
    assert update_index(vault.cache, counted, wait=1.0) == 3
    assert asked == ["people/Ben.md", "people/Neu.md"]
    assert answers(vault) == freshly_indexed(vault)
    assert set(found_paths(vault, "bench")) == {
        "people/Neu.md",
        "journal/2026/2026-01-05.md",
        "journal/2025/2025-12-24.md",
    }


def test_many_changes_at_once_are_taken_in(
    vault: Vault, vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_BULK_FROM", 5)
    monkeypatch.setattr(indexing, "_COMMIT_EVERY", 4)
    for number in range(30):
        vault_at.write(f"notes/{number}.md", f"garden {number}\n")
    vault = refreshed_vault(vault)
    assert answers(vault) == freshly_indexed(vault)
    for number in range(30):
        vault_at.write(f"notes/{number}.md", f"bench {number}\n")
    vault = refreshed_vault(vault)
    assert answers(vault) == freshly_indexed(vault)
    assert len(found_paths(vault, "garden")) == 2


def test_a_note_that_goes_between_refresh_and_indexing_is_left_out(vault: Vault, vault_at: SampleVault) -> None:
    vault_at.write("people/Neu.md", "bench\n")
    vault = refreshed_vault(vault)
    (vault_at.path / "people/Neu.md").unlink()
    assert "people/Neu.md" not in found_paths(vault, "bench")
    vault = refreshed_vault(vault)
    assert answers(vault) == freshly_indexed(vault)


@pytest.mark.parametrize("meanwhile", ["gone", "other"])
def test_a_note_that_is_another_only_while_it_is_indexed_is_indexed_again(
    vault: Vault, vault_at: SampleVault, meanwhile: str
) -> None:
    note = vault_at.write("people/Neu.md", "garden\n")
    vault = refreshed_vault(vault)
    if meanwhile == "gone":
        note.rename(vault_at.path / "aside")
    else:
        note.write_text("bench\n")
    refresh_index(vault)
    if meanwhile == "gone":
        (vault_at.path / "aside").rename(note)
    else:
        note.write_text("garden\n")
    vault = refreshed_vault(vault)
    assert "people/Neu.md" in found_paths(vault, "garden")
    assert answers(vault) == freshly_indexed(vault)
    assert is_current(vault.cache, index_source(vault))


def test_an_index_of_other_facts_is_built_again(vault: Vault, vault_at: SampleVault) -> None:
    os.unlink(f"{vault.cache}/facts.db")
    vault_at.write("people/Ben.md", "no seat\n")
    again = open_vault(vault_at.root, refuse_to_say)
    assert index_state(again.cache) is not None
    assert answers(again) == freshly_indexed(again)
    assert index_state(again.cache) == State(again.facts.identity, again.facts.newest_seq())
    again.facts.close()


class Indexes(RuleBasedStateMachine):
    """Whatever happens to the notes: an index kept up to date finds what a fresh one does."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="prmvault-test-"))
        self.sample = SampleVault(self.base / "vault")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PRMVAULT_CACHE_DIR", str(self.base / "cache"))
            self.vault = open_vault(self.sample.root, refuse_to_say)

    def teardown(self) -> None:
        self.vault.facts.close()
        shutil.rmtree(self.base)

    def notes(self) -> list[Path]:
        return sorted(self.sample.path.rglob("*.md"))

    @rule(path=st.sampled_from(list(NOTES)), text=st.sampled_from([*NOTES.values(), "", "garden"]))
    def write(self, path: str, text: str) -> None:
        self.sample.write(path, text)

    @rule(data=st.data())
    @precondition(lambda self: self.notes())
    def delete(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.notes())).unlink()

    @rule(data=st.data(), path=st.sampled_from(list(NOTES)))
    @precondition(lambda self: self.notes())
    def move(self, data: st.DataObject, path: str) -> None:
        target = self.sample.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        data.draw(st.sampled_from(self.notes())).replace(target)

    @rule(text=st.sampled_from(["", "ignore: [people/]\n", "folders: {person: journal}\n"]))
    def change_settings(self, text: str) -> None:
        self.sample.write("prmvault.yaml", text)

    @rule()
    def refresh_only(self) -> None:
        self.vault = refreshed_vault(self.vault)

    @rule()
    def index(self) -> None:
        self.vault = refreshed_vault(self.vault)
        refresh_index(self.vault)

    @rule()
    def ask(self) -> None:
        self.vault = refreshed_vault(self.vault)
        assert answers(self.vault) == freshly_indexed(self.vault)

    @rule()
    def ask_while_the_index_cannot_be_written(self) -> None:
        self.vault = refreshed_vault(self.vault)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(searching, "update_index", full)
            found = answers(self.vault._replace(say=lambda _text: None))
        assert found == freshly_indexed(self.vault)


TestIndexes = Indexes.TestCase
TestIndexes.settings = settings(
    max_examples=8, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


# --- when it can't be written


def full(*_: object, **__: object) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_on_a_full_disk_the_answer_is_right_and_the_old_index_stays(
    vault: Vault, vault_at: SampleVault, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = index_state(vault.cache)
    vault_at.write("people/Neu.md", "garden\n")
    (vault_at.path / "people/Ben.md").unlink()
    vault_at.write(".gitignore", "/journal/2025/\n")
    vault = refreshed_vault(vault)
    with monkeypatch.context() as patch:
        patch.setattr(indexing, "update_writer", full)
        patch.setattr(indexing, "create_index", full)
        found = answers(vault)
    assert "people/Neu.md" in found["garden"]
    assert found["bench"] == ["journal/2026/2026-01-05.md"]
    assert index_state(vault.cache) == before
    assert "No space left" in said[0]
    assert found == answers(vault)


@pytest.mark.parametrize("part", ["create_index", "_write_state", "os.rename"])
def test_on_a_full_disk_a_first_search_is_answered_and_leaves_no_rubbish(
    vault: Vault, said: list[str], monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    expected = answers(vault)
    delete_index(vault.cache)
    with monkeypatch.context() as patch:
        if part == "os.rename":
            patch.setattr(os, "rename", full)
        else:
            patch.setattr(indexing, part, full)
        assert answers(vault) == expected
    assert [name for name in os.listdir(vault.cache) if name.startswith("index") and name != "index.lock"] == []
    assert "No space left" in said[0]
    assert answers(vault) == expected


HOLDER = (
    "import sys\n"
    "from prmvault.search.index import nobody_writing\n"
    "with nobody_writing(sys.argv[1], 5.0):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def held(vault: Vault) -> Iterator[subprocess.Popen[bytes]]:
    """Return a process that holds the write lock of the index."""
    command = [sys.executable, "-c", HOLDER, vault.cache]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment())
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_while_another_process_writes_the_answer_is_right(
    vault: Vault, vault_at: SampleVault, said: list[str], held: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_WAIT_S", 0.01)
    assert answers(vault) == freshly_indexed(vault)
    assert said == []
    vault_at.write("people/Neu.md", "garden\n")
    vault = refreshed_vault(vault)
    assert "people/Neu.md" in found_paths(vault, "garden")
    assert "another prmvault" in said[0]
    with pytest.raises(Busy):
        update_index(vault.cache, index_source(vault), wait=0.01)
    held.kill()
    held.wait()
    assert update_index(vault.cache, index_source(vault), wait=5.0) == 1
    assert answers(vault) == freshly_indexed(vault)


# --- when it is damaged


# Whoosh leaves the file open that it can't make sense of.
damaged = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")


def check(vault: Vault) -> None:
    """Check that all is answered as from the notes, and that the index is sound afterwards."""
    expected = freshly_indexed(vault)
    quiet = vault._replace(say=lambda _text: None)
    assert answers(quiet) == expected
    assert is_current(vault.cache, index_source(vault))
    assert answers(vault._replace(say=refuse_to_say)) == expected


@pytest.mark.parametrize(
    "state",
    ["", "garbage", "1", "999 x 1", "1 other 1", "1  ", "1 \0 x", "1 identity 99999999999999999999\n", "\xff\xfe", "1 identity 1\nx.seg 5",
     "1 identity 1\n../../../etc/passwd 5", "1 identity 1\n"],
)  # fmt: skip
def test_a_state_file_that_is_wrong_costs_a_build_and_no_more(vault: Vault, state: str) -> None:
    state = state.replace("identity", vault.facts.identity)
    Path(vault.cache, "index/prmvault.state").write_text(state, encoding="latin-1")
    quiet = vault._replace(say=lambda _text: None)
    found = answers(quiet)
    if "99999" not in state and not state.endswith(" 1\n"):
        assert found == freshly_indexed(vault)


def test_an_index_without_its_state_or_of_another_format_is_built_again(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.unlink(Path(vault.cache, "index/prmvault.state"))
    check(vault)
    monkeypatch.setattr(indexing, "FORMAT", FORMAT + 1)
    assert index_state(vault.cache) is None
    check(vault)


@damaged
@pytest.mark.parametrize("ending", [".seg", ".toc"])
def test_a_file_that_is_gone_costs_a_build(vault: Vault, ending: str) -> None:
    for which in (0, -1):
        index_files(vault, ending)[which].unlink()
        check(vault)


def test_an_index_folder_that_is_none_costs_a_build(vault: Vault, said: list[str]) -> None:
    delete_index(vault.cache)
    check(vault)
    delete_index(vault.cache)
    Path(vault.cache, "index").mkdir()
    check(vault)
    delete_index(vault.cache)
    Path(vault.cache, "index").write_text("a file")
    assert answers(vault._replace(say=said.append)) == freshly_indexed(vault)


@damaged
@pytest.mark.parametrize("ending", [".seg", ".toc"])
def test_a_file_cut_anywhere_costs_a_build(vault: Vault, ending: str) -> None:
    size = max(path.stat().st_size for path in index_files(vault, ending))
    with index_files(vault, ending)[0].open("ab") as file:
        file.write(b"x")
    assert index_state(vault.cache) is None
    for length in sorted({0, 1, 4, 16, 100, size // 4, size // 2, size - 100, size - 4, size - 1}):
        path = max(index_files(vault, ending), key=lambda path: path.stat().st_size)
        if 0 <= length < path.stat().st_size:
            os.truncate(path, length)
            check(vault)


@damaged
@pytest.mark.parametrize("ending", [".seg", ".toc"])
def test_flipped_bytes_never_end_in_an_error(vault: Vault, ending: str) -> None:
    """A state names sizes, not sums: a byte that says another thing may go unseen, but nothing breaks on it."""
    expected = freshly_indexed(vault)
    whole = Path(vault.cache + ".whole")
    shutil.copytree(vault.cache, whole)
    places = random.Random(7)
    wrong = 0
    count = 30 if ending == ".seg" else 15
    quiet = vault._replace(say=lambda _text: None)
    for _ in range(count):
        path = places.choice(index_files(vault, ending))
        content = bytearray(path.read_bytes())
        for _ in range(places.choice((1, 1, 4))):
            content[places.randrange(len(content))] ^= 1 << places.randrange(8)
        path.write_bytes(content)
        wrong += answers(quiet) != expected
        shutil.rmtree(Path(vault.cache, "index"))
        shutil.copytree(whole / "index", Path(vault.cache, "index"))
    shutil.rmtree(whole)
    assert wrong <= (count // 6 if ending == ".seg" else 0)


@damaged
def test_zeros_in_place_of_the_data_never_end_in_an_error(vault: Vault) -> None:
    for ending in (".seg", ".toc"):
        path = index_files(vault, ending)[0]
        path.write_bytes(bytes(path.stat().st_size))
        check(vault)


@damaged
def test_an_update_of_a_damaged_index_builds_it_again(vault: Vault, vault_at: SampleVault) -> None:
    for path in index_files(vault, ".seg"):
        path.write_bytes(random.Random(3).randbytes(path.stat().st_size))
    vault_at.write("people/Neu.md", "garden\n")
    check(refreshed_vault(vault))


def test_rubbish_of_a_killed_build_is_cleared_away(vault: Vault) -> None:
    rubbish = Path(vault.cache, "index.new123")
    rubbish.mkdir()
    (rubbish / "x.seg").write_bytes(b"x" * 100)
    delete_index(vault.cache)
    check(vault)
    assert not rubbish.exists()


def test_an_index_in_the_vault_is_never_opened(vault: Vault, vault_at: SampleVault) -> None:
    """An index holds pickles, and what is pulled into a vault is not ours."""
    shutil.copytree(Path(vault.cache, "index"), vault_at.path / "index")
    for path in (vault_at.path / "index").iterdir():
        path.write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    check(refreshed_vault(vault))


# --- several processes

WORKER = (
    "import sys\n"
    "from pathlib import Path\n"
    "from prmvault.app.vault import open_vault\n"
    "from prmvault.app.search import search\n"
    "root, name = sys.argv[1:]\n"
    "said = []\n"
    "for number in range(6):\n"
    "    Path(root, 'notes').mkdir(exist_ok=True)\n"
    "    Path(root, 'notes', f'{name}{number}.md').write_text(f'garden {name}{number}')\n"
    "    vault = open_vault(root, said.append)\n"
    "    found = search(vault, f'{name}{number}', most=5).found\n"
    "    assert [f.hit.path for f in found] == [f'notes/{name}{number}.md'], found\n"
    "    vault.facts.close()\n"
    "assert not any('damaged' in text for text in said), said\n"
)


def test_processes_that_change_and_search_at_the_same_time_find_what_is_there(
    vault: Vault, vault_at: SampleVault
) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", WORKER, vault_at.root, name], env=environment(), stderr=subprocess.PIPE)
        for name in ("xa", "yb", "zc")
    ]
    ends = [(process.communicate()[1].decode(), process.returncode) for process in running]
    assert ends == [("", 0)] * 3
    check(refreshed_vault(vault))
    assert len(found_paths(refreshed_vault(vault), "garden")) == 20


def test_the_index_does_not_write_to_the_notes(vault: Vault, vault_at: SampleVault) -> None:
    before = vault_at.fingerprint()
    delete_index(vault.cache)
    search(vault, "garden", most=5)
    assert vault_at.fingerprint() == before
