from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from prmvault.app import vdir
from prmvault.app.vdir_folder import read_item, write_item
from prmvault.app.vdir_plan import plan_vdir
from tests.app.vdir_world import World


@pytest.fixture
def synced(tmp_path: Path) -> World:
    """Return a world with three people on both sides; more than one, as nobody removes the last."""
    world = World(tmp_path)
    for name in ("Anna", "Bert", "Cora"):
        world.note(name, f"uid: uid-{name}\nphones: 0170 1234567\ntitle: Boss\n", "\n## Notes\n\nfirst\nsecond\n")
    world.sync()
    return world


def messages(world: World) -> list[str]:
    return [f"{problem.path}: {problem.message}" for problem in world.sync().problems]


def test_a_card_that_is_being_written_says_nothing_until_its_end_is_there(synced: World) -> None:
    path, before = synced.file_of("Anna"), synced.vault.fingerprint()
    data = path.read_bytes()
    for size in range(len(data) - 2):
        path.write_bytes(data[:size])
        item = read_item(str(synced.folder), path.name)
        assert (item.draft, item.is_cut) == (None, True), data[:size]
    for size in (0, 20, data.index(b"UID:") + 6, data.index(b"TEL"), len(data) - 5):
        path.write_bytes(data[:size])
        done = synced.sync()
        assert (done.steps, len(done.problems)) == ((), 1)
        assert "is not whole" in done.problems[0].message
    assert synced.vault.fingerprint() == before
    path.write_bytes(data)
    assert synced.sync().steps == ()


def test_a_new_card_is_not_taken_before_it_is_whole(synced: World) -> None:
    path = synced.card("new", "UID:new-uid", "FN:Dora Neu", "EMAIL:dora@example.org")
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"-uid")])
    assert len(messages(synced)) == 1
    assert synced.people() == ["Anna", "Bert", "Cora"]
    path.write_bytes(data)
    synced.settle()
    assert synced.front("Dora Neu")["uid"] == "new-uid"


def test_nobody_goes_to_the_trash_while_a_new_card_is_not_whole_that_may_be_theirs(synced: World) -> None:
    old = synced.file_of("Anna")
    data = old.read_bytes()
    old.unlink()
    new = synced.folder / "renamed.vcf"
    new.write_bytes(data[:-20])
    assert synced.sync().steps == ()
    new.write_bytes(data)
    synced.settle()
    assert synced.people() == ["Anna", "Bert", "Cora"]
    new.unlink()
    assert [step.do for step in synced.sync().steps] == ["trash"]


def test_a_card_that_is_back_by_the_time_of_the_removal_was_only_written_anew(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = synced.file_of("Anna")
    data = path.read_bytes()
    path.unlink()

    def plan(*args: object) -> object:
        planned = real(*args)  # type: ignore[arg-type]
        path.write_bytes(data)
        return planned

    real = plan_vdir
    with monkeypatch.context() as patch:
        patch.setattr(vdir, "plan_vdir", plan)
        assert messages(synced) == ["people/Anna.md: uid-Anna.vcf is back; it is synced the next time"]
    assert synced.sync().steps == ()
    assert synced.people() == ["Anna", "Bert", "Cora"]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_or_folder_in_the_place_of_a_card_is_no_removal(synced: World) -> None:
    link, folder = synced.file_of("Anna"), synced.file_of("Bert")
    for path in (link, folder):
        path.unlink()
    link.symlink_to("away")
    folder.mkdir()
    assert messages(synced) == [
        f"{path}: it is no regular file any more; it is left alone" for path in ("uid-Anna.vcf", "uid-Bert.vcf")
    ]
    assert synced.people() == ["Anna", "Bert", "Cora"]


def test_a_new_card_takes_no_name_that_something_else_has_on_any_system(synced: World) -> None:
    (synced.folder / "uid-dora.vcf").mkdir()
    synced.note("Dora", "uid: uid-dora\n")
    synced.note("Another Cora", "uid: UID-CORA\n")
    done = synced.sync()
    assert [step.do for step in done.steps] == ["add", "add"]
    assert done.problems == ()
    assert len({name.casefold() for name in os.listdir(synced.folder)}) == 6
    assert synced.sync().steps == ()


def test_a_full_disk_ends_the_sync_with_one_line_and_the_next_one_makes_the_rest(
    synced: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Anna", "Bert", "Cora"):
        synced.edit_note(name, "Boss", "Chief")
    written: list[str] = []

    def write(folder: str, file: str, etag: str, text: str) -> str:
        if written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written.append(file)
        return real(folder, file, etag, text)

    real = write_item
    with monkeypatch.context() as patch:
        patch.setattr(vdir, "write_item", write)
        done = synced.sync()
    assert [step.name for step in done.steps] == ["Anna"]
    assert [problem.message for problem in done.problems] == [f"a write has failed: {os.strerror(errno.ENOSPC)}"]
    assert [step.name for step in synced.sync().steps] == ["Bert", "Cora"]
    assert synced.sync().steps == ()
