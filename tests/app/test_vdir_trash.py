from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.app.vdir_world import World

ANNA = "Anna Müller"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def synced(world: World) -> World:
    """Return a world in which Anna, with a phone, is on both sides."""
    world.note(ANNA, "uid: anna\nphones: 0170 1234567\n")
    world.sync()
    return world


def verbs(world: World, **wanted: object) -> list[tuple[str, str]]:
    return [(step.do, step.name) for step in world.sync(**wanted).steps]


def test_a_card_that_comes_back_brings_its_note_back_from_the_trash(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    synced.vault.write(f"people/{ANNA}.md", synced.text(ANNA) + "\n## Log\n\n- 2026-01-01 call\n")
    synced.sync()
    path, before = synced.file_of(ANNA), synced.text(ANNA)
    data = path.read_bytes()
    path.unlink()
    synced.sync()
    synced.card("another", *data.decode().split("\r\n")[2:-2], "EMAIL:anna@example.org")
    assert verbs(synced) == [("return", ANNA)]
    assert synced.text(ANNA) == before.replace("\n---\n", "\nemails:\n  - anna@example.org\n---\n")
    assert os.listdir(synced.vault.path / ".trash") == []
    assert [each.name for each in synced.folder.glob("another*")] == ["another.vcf"]
    assert synced.sync().steps == ()


def test_of_several_in_the_trash_the_newest_comes_back_and_never_over_another_note(synced: World) -> None:
    synced.note(ANNA, "uid: else\n")
    for number, (name, title) in enumerate([("a", "old"), (f"{ANNA} (2)", "new"), ("c", "older")]):
        path = synced.vault.write(f".trash/{name}.md", f"---\ntype: person\nuid: back\ntitle: {title}\n---\n")
        os.utime(path, (1000 - 100 * abs(1 - number),) * 2)
    synced.card("x", "UID:back", f"FN:{ANNA}", "TEL:030 1")
    synced.sync(new=[ANNA])
    assert synced.front(ANNA) == {"type": "person", "uid": "else"}
    front = synced.front(f"{ANNA} (2)")
    assert (front["title"], front["name"]) == ("new", ANNA)
    assert "merge_conflicts" not in front
    assert sorted(os.listdir(synced.vault.path / ".trash")) == ["a.md", "c.md"]


def test_a_note_in_the_trash_is_found_by_a_former_uid_too_and_keeps_its_own(world: World) -> None:
    world.vault.write(".trash/Eva.md", "---\ntype: person\nuid: own\nformer_uids: [old]\nlikes: [tea]\n---\n")
    world.card("x", "UID:old", "FN:Eva")
    assert verbs(world) == [("return", "Eva")]
    assert world.front("Eva")["likes"] == ["tea"]
    assert world.cards()["Eva"][0] == "UID:own"
    assert world.sync().steps == ()


def test_two_cards_of_one_note_in_the_trash_end_as_one(world: World) -> None:
    world.vault.write(".trash/Eva.md", "---\ntype: person\nuid: own\nformer_uids: [old]\n---\n")
    world.card("a", "UID:old", "FN:Eva Neu", "TEL:030 1")
    world.card("b", "UID:own", "FN:Eva", "TEL:030 2")
    world.sync()
    world.settle()
    assert world.people() == ["Eva"]
    assert len(world.fingerprint()) == 1
    assert world.front("Eva")["phones"] == ["030 2", "030 1"]


def test_only_regular_notes_in_the_trash_come_back(world: World, tmp_path: Path) -> None:
    text = "---\ntype: person\nuid: back\ntitle: secret\n---\n"
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Eva.md").write_text(text)
    world.vault.write(".trash/broken.md", "---\nuid: [back\n---\n")
    (world.vault.path / ".trash/link.md").symlink_to(outside / "Eva.md")
    (world.vault.path / ".trash/folder").symlink_to(outside)
    world.card("x", "UID:back", "FN:Eva Neu")
    assert verbs(world) == [("create", "Eva Neu")]
    assert "secret" not in world.text("Eva Neu")
    assert (outside / "Eva.md").exists()


def test_a_trash_that_is_a_link_is_not_read(world: World, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "Eva.md").write_text("---\ntype: person\nuid: back\n---\n")
    (world.vault.path / ".trash").symlink_to(outside)
    world.card("x", "UID:back", "FN:Eva Neu")
    assert verbs(world) == [("create", "Eva Neu")]


def test_a_note_that_was_put_into_the_trash_comes_back_when_its_card_was_changed_meanwhile(synced: World) -> None:
    synced.edit_note(ANNA, "phones", "cadence: 2 weeks\nphones")
    synced.sync()
    (synced.vault.path / ".trash").mkdir()
    (synced.vault.path / f"people/{ANNA}.md").rename(synced.vault.path / f".trash/{ANNA}.md")
    synced.edit_card(ANNA, "0170 1234567", "0170 2")
    assert verbs(synced) == [("return", ANNA)]
    assert (synced.front(ANNA)["phones"], synced.front(ANNA)["cadence"]) == ("0170 2", "2 weeks")
    assert synced.sync().steps == ()


def test_a_note_that_stays_in_the_trash_is_not_wanted_where_the_vault_has_one_of_its_uid(world: World) -> None:
    world.vault.write(".trash/Eva.md", "---\ntype: person\nuid: own\nformer_uids: [old]\n---\n")
    world.note("Eva", "uid: own\n")
    world.card("x", "UID:old", "FN:Somebody Else")
    assert ("create", "Somebody Else") in verbs(world)
    assert os.listdir(world.vault.path / ".trash") == ["Eva.md"]
