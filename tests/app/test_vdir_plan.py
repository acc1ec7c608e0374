from __future__ import annotations

import os
from pathlib import Path

import pytest

from prmvault.core.problems import PrmvaultError
from tests.app.vdir_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def verbs(world: World, **wanted: object) -> list[tuple[str, str]]:
    return [(step.do, step.name) for step in world.sync(**wanted).steps]


def test_of_two_new_cards_of_one_uid_the_second_is_told_and_makes_no_note(world: World) -> None:
    world.card("a", "UID:x", "FN:Anna Alt")
    world.card("b", "UID:x", "FN:Bert Bär")
    done = world.sync()
    assert [(step.do, step.name) for step in done.steps] == [("create", "Anna Alt")]
    message = "it has the same UID as a.vcf; it is left alone"
    assert [(problem.path, problem.message) for problem in done.problems] == [("b.vcf", message)]
    assert world.sync().problems == done.problems
    assert world.people() == ["Anna Alt"]


def test_what_was_said_on_a_card_comes_into_the_note_before_the_card_leaves_with_the_query(world: World) -> None:
    world.note("Anna", "uid: a\ntags: [phone]\ntitle: Boss\n")
    world.note("Bert", "uid: b\ntags: [phone]\n")
    world.sync(only="tag:phone")
    world.edit_note("Anna", "[phone]", "[]")
    world.add_to_card("Anna", "TEL:0170 9")
    world.edit_card("Anna", "TITLE:Boss\r\n", "")
    assert verbs(world) == [("absorb", "Anna")]
    assert world.front("Anna")["phones"] == ["0170 9"]
    assert "title" not in world.front("Anna")
    assert list(world.cards()) == ["Bert"]
    assert world.sync().steps == ()


def test_a_note_that_takes_the_path_of_a_renamed_one_gets_a_uid_of_its_own(world: World) -> None:
    world.note("Anna", "phones: 0170 1\n")
    world.sync()
    (world.vault.path / "people/Anna.md").rename(world.vault.path / "people/Anna Alt.md")
    world.note("Anna", "phones: 0171 2\n")
    world.settle()
    assert world.front("Anna")["uid"] != world.front("Anna Alt")["uid"]
    assert sorted(world.cards()) == ["Anna", "Anna Alt"]


def test_a_side_is_not_emptied_when_somebody_is_gone_from_both_already(world: World) -> None:
    for name in ("Anna", "Bert", "Cora"):
        world.note(name)
    world.sync()
    world.delete_note("Anna")
    for name in ("Anna", "Bert", "Cora"):
        world.delete_card(name)
    with pytest.raises(PrmvaultError, match="2 of 3"):
        world.sync()
    assert world.people() == ["Bert", "Cora"]


@pytest.mark.parametrize("text", ["", "name: Anna Alt\n"])
def test_a_new_name_on_the_phone_leaves_the_parts_of_the_name_as_the_card_has_them(world: World, text: str) -> None:
    world.note("Anna Alt", f"uid: a\n{text}")
    world.sync()
    world.edit_card("Anna Alt", "FN:Anna Alt", "FN:Anna Neu")
    world.settle()
    front = world.front("Anna Alt")
    assert (front["name"], front["names"]) == ("Anna Neu", {"family": "Alt", "given": "Anna"})
    assert world.cards()["Anna Neu"] == ["UID:a", "FN:Anna Neu", "N:Alt;Anna;;;"]
    assert os.listdir(world.vault.path / "people") == ["Anna Alt.md"]
