from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from prmvault.vault.places import state_folder
from prmvault.vault.user_config import config_path
from tests.app.vdir_world import World
from tests.conftest import Result
from tests.fixtures import Prmvault

ANNA = "Anna Müller"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_each_step_is_a_line_and_a_second_sync_has_nothing_to_do(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA, "uid: u1\nphones: 0170 1\n")
    world.card("x", "UID:u2", "FN:Tom Becker")
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "--dry-run")
    assert (ran.code, ran.out) == (0, "Tom Becker: note to be created\nAnna Müller: card to be added\n")
    assert len(world.fingerprint()) == 1
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert (ran.code, ran.out) == (0, "Tom Becker: note created\nAnna Müller: card added\n")
    assert ran.err == ""
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert (ran.code, ran.out, ran.err) == (0, "up to date with cards: 2 cards\n", "")


def test_json_tells_the_same_with_stable_keys(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA, "uid: u1\nphones: 0170 1\n")
    world.card("x", "UID:u2", "FN:Anna Müller")
    world.card("broken", "X-FOO:")
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "--json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert told["folder"] == str(world.folder)
    assert (told["only"], told["dry_run"], told["done"]) == (None, False, [])
    assert [(each["file"], each["paths"]) for each in told["held_back"]] == [("x.vcf", [f"people/{ANNA}.md"])]
    assert [each["path"] for each in told["problems"]] == ["broken.vcf"]
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "--json", "--same", ANNA)
    assert json.loads(ran.out)["done"] == [
        {
            "name": ANNA,
            "uid": "u1",
            "path": f"people/{ANNA}.md",
            "file": "x.vcf",
            "note": "joined",
            "card": "changed",
            "conflicts": 0,
        }
    ]


def test_what_is_held_back_is_told_with_the_way_to_settle_it(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA)
    world.card("x", "UID:u2", "FN:Anna Müller")
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert ran.code == 1
    assert "x.vcf: Anna Müller: a note has this name" in ran.err
    assert '--same "Anna Müller" takes it for that one, --new "Anna Müller" makes another note' in ran.err


def test_of_many_that_are_held_back_the_remedy_is_told_once(world: World, prmvault: Prmvault) -> None:
    for name in ("Anna Müller", "Tom Becker"):
        world.note(name)
        world.card(name, f"UID:x{name[0]}", f"FN:{name}")
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "-n")
    assert ran.err.count("it is held back") == 2
    assert ran.err.count("→") == 1
    assert "NAME may be all" in ran.err


def test_same_is_not_proposed_for_a_second_card_as_it_would_do_nothing(world: World, prmvault: Prmvault) -> None:
    for uid in ("u1", "u2"):
        world.card(uid, f"UID:{uid}", "FN:Tom Becker", "EMAIL:tom@example.org")
        ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert "that person has another card" in ran.err
    assert '--new "Tom Becker" makes another note' in ran.err
    assert "--same" not in ran.err


def test_too_many_removals_end_with_one_line_and_the_remedy(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA)
    prmvault("-C", world.vault.root, "vdir", str(world.folder))
    world.delete_card(ANNA)
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("prmvault: 1 of 1 people would go to the trash; nothing was changed\n")
    assert "--force" in ran.err
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "--force")
    assert (ran.code, ran.out) == (0, "Anna Müller: note trashed\n")


def test_the_folder_may_be_that_of_the_users_config(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA)
    ran = prmvault("-C", world.vault.root, "vdir")
    assert ran.code == 2
    assert "vdir: ~/.contacts/people" in ran.err
    os.makedirs(os.path.dirname(config_path()))
    Path(config_path()).write_text(f"vdir: {world.folder}\n")
    assert prmvault("-C", world.vault.root, "vdir").out == "Anna Müller: note updated, card added\n"


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--force"]])
def test_a_folder_that_is_not_there_is_not_made_as_its_name_may_be_mistyped(
    world: World, prmvault: Prmvault, tmp_path: Path, options: list[str]
) -> None:
    world.note(ANNA)
    folder = tmp_path / "my cards" / "people"
    ran = prmvault("-C", world.vault.root, "vdir", str(folder), *options)
    assert (ran.code, ran.out) == (2, "")
    assert f"mkdir -p '{folder}'" in ran.err
    os.makedirs(os.path.dirname(config_path()))
    Path(config_path()).write_text(f"vdir: {folder}\n")
    assert prmvault("-C", world.vault.root, "vdir", *options) == ran
    assert not folder.parent.exists()


def test_who_looks_is_told_the_sum_and_a_log_is_not(
    world: World, prmvault: Prmvault, terminal: Callable[[int], None]
) -> None:
    world.note(ANNA)
    world.card("x", "UID:u2", "FN:Tom Becker")
    assert prmvault("-C", world.vault.root, "vdir", str(world.folder), "-n").err == ""
    terminal(80)
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert "1 note created, 1 note updated, 1 card added" in ran.err


def test_a_note_that_comes_back_is_told_in_words_and_in_json(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA, "uid: u1\nphones: 0170 1\n")
    world.note("Tom Becker")
    world.sync()
    path = world.file_of(ANNA)
    data = path.read_bytes()
    path.unlink()
    world.sync()
    path.write_bytes(data)
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "-n")
    assert (ran.code, ran.out) == (0, "Anna Müller: note to be returned\n")
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "--json")
    [done] = json.loads(ran.out)["done"]
    assert (done["path"], done["note"], done["card"]) == (f"people/{ANNA}.md", "returned", None)


def test_of_namesakes_the_user_says_which_one_a_card_is(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA, "uid: u1\n")
    world.note(f"{ANNA} (2)", f"uid: u2\nname: {ANNA}\n")
    world.sync()
    world.card("x", "UID:u3", f"FN:{ANNA}")
    for path in world.folder.glob("u*.vcf"):
        path.unlink()
    for name in os.listdir(state_folder()):
        os.unlink(os.path.join(state_folder(), name))
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert f'--same "{ANNA}=people/{ANNA}' in ran.err
    assert "card added" not in ran.out
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "--same", f"{ANNA}=people/{ANNA} (2).md")
    assert f"{ANNA}: note joined, card changed" in ran.out
    assert world.front(f"{ANNA} (2)")["former_uids"] == ["u3"]
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder), "--same", f"{ANNA}=nobody")
    assert ran.code == 1
    assert "nobody" in ran.err


def test_a_uid_that_is_no_text_is_told_with_its_place_and_gets_no_card(world: World, prmvault: Prmvault) -> None:
    world.note(ANNA, "uid: {a: b}\n")
    world.note("Tom Becker", "uid:\n")
    before = world.text(ANNA)
    for told in ("Tom Becker: note updated, card added\n", "up to date with cards: 1 cards\n"):
        ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
        assert (ran.code, ran.out) == (1, told)
        assert f"people/{ANNA}.md:3: its uid is no text; it gets no card [not-synced]" in ran.err
    assert world.text(ANNA) == before
    world.edit_note(ANNA, "uid: {a: b}", "uid: a")
    world.settle()
    assert len(world.fingerprint()) == 2


def test_control_characters_of_a_card_never_reach_the_terminal(world: World, prmvault: Prmvault) -> None:
    world.card("x\x1b[31m", "UID:u1", "FN:Eve\x1b[31m")
    world.card("y\x1b[31m", "UID:u1", "FN:Eve\x1b]0;x")
    ran = prmvault("-C", world.vault.root, "vdir", str(world.folder))
    assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + b"x" * 200_000 + b"\r\nEND:VCARD\r\n",
        b"BEGIN:VCARD\r\n" * 10_000,
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:../../../evil\r\nFN:../../evil\r\nPHOTO:../../etc/passwd\r\nEND:VCARD\r\n",
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u\r\nFN:a\\nb\r\nNOTE:---\\nuid: x\\n---\r\nEND:VCARD\r\n",
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + b"u" * 100_000 + b"\r\nFN:Long\r\nEND:VCARD\r\n",
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cut\r\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ",
    ],
    ids=["empty", "nul", "long name", "never closed", "paths", "front matter", "long uid", "cut"],
)
def test_hostile_cards_end_in_clear_lines_and_touch_nothing_else(
    world: World, run_in: object, tmp_path: Path, data: bytes
) -> None:
    world.note(ANNA, "uid: anna\n")
    (world.folder / "evil.vcf").write_bytes(data)
    run: Result = run_in(world.vault.root, "vdir", str(world.folder))  # type: ignore[operator]
    assert run.code in (0, 1)
    assert "Traceback" not in run.err
    assert "Anna Müller: card added" in run.out
    again: Result = run_in(world.vault.root, "vdir", str(world.folder))  # type: ignore[operator]
    assert again.out.startswith("up to date with cards")
    outside = {path.name for path in tmp_path.iterdir()} - {"vault", "cards"}
    assert not outside
    assert all(path.parent.name in ("people", "attachments", "vault") for path in world.vault.path.rglob("*.*"))
