from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from prmvault.app import vdir, vdir_folder
from prmvault.app.undo import plan_undo, undo
from prmvault.core.problems import PrmvaultError
from prmvault.vault.places import state_folder
from tests.app.vdir_world import World
from tests.conftest import SampleVault
from tests.machines import Machines, machines

__all__ = ["machines"]

ANNA = "Anna Müller"
UID = "urn:uuid:11111111-1111-4111-8111-111111111111"
OWN = f"uid: {UID}\nphones: 0170 1234567\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def synced(world: World) -> World:
    """Return a world in which Anna, with a phone, is on both sides."""
    world.note(ANNA, OWN)
    world.sync()
    return world


def verbs(world: World, **wanted: object) -> list[tuple[str, str]]:
    return [(step.do, step.name) for step in world.sync(**wanted).steps]


def test_a_person_becomes_a_card_with_uid_name_and_parts_of_the_name(synced: World) -> None:
    assert synced.cards() == {
        ANNA: [f"UID:{UID}", "FN:Anna Müller", "N:Müller;Anna;;;", "TEL:0170 1234567"],
    }
    assert [path.name for path in synced.folder.iterdir()] == ["11111111-1111-4111-8111-111111111111.vcf"]


def test_a_person_without_uid_gets_one_and_nothing_else_of_the_note_changes(world: World) -> None:
    world.note(ANNA, "phones:   [ '0170' ]  # old\n", "\nBody\n")
    assert verbs(world) == [("add", ANNA)]
    uid = world.front(ANNA)["uid"]
    assert world.text(ANNA) == f"---\ntype: person\nphones:   [ '0170' ]  # old\nuid: {uid}\n---\n\nBody\n"
    assert world.cards()[ANNA][0] == f"UID:{uid}"


def test_a_new_card_becomes_a_person(world: World) -> None:
    world.card("x", "UID:u1", "FN:Tom Becker", "N:Becker;Tom;;;", "TEL;TYPE=CELL:0171 1", "BDAY:1980-02-03", "NOTE:Hi")
    assert verbs(world) == [("create", "Tom Becker")]
    assert world.text("Tom Becker").endswith("\n\n## Notes\n\nHi\n")
    assert world.front("Tom Becker")["birthday"] == "1980-02-03"
    assert world.front("Tom Becker")["uid"] == "u1"
    assert [path.name for path in world.folder.iterdir()] == ["x.vcf"]
    assert world.sync().steps == ()


def test_a_card_without_uid_gets_one_in_its_own_file(world: World) -> None:
    world.card("x", "FN:Tom Becker", "TEL:0171 1234567")
    world.settle()
    assert world.cards()["Tom Becker"][0] == f"UID:{world.front('Tom Becker')['uid']}"
    assert [path.name for path in world.folder.iterdir()] == ["x.vcf"]


def test_an_edit_in_the_vault_changes_just_that_of_the_card(synced: World) -> None:
    synced.edit_note(ANNA, "0170 1234567", "0170 7654321")
    assert verbs(synced) == [("settle", ANNA)]
    assert "TEL:0170 7654321" in synced.cards()[ANNA]
    assert synced.sync().steps == ()


def test_an_edit_of_the_card_changes_just_that_line_of_the_note(synced: World) -> None:
    synced.vault.write(
        f"people/{ANNA}.md",
        f"---\n# mine\ntype: person\nuid: {UID}\nphones:\n  - home: 030 1  # old\n  - mobile: 0170 2\nlikes: [tea]\n---\nText\n",
    )
    synced.sync()
    synced.edit_card(ANNA, "0170 2", "0170 3")
    synced.sync()
    assert synced.text(ANNA) == (
        f"---\n# mine\ntype: person\nuid: {UID}\nphones:\n  - home: 030 1  # old\n"
        "  - mobile: 0170 3\nlikes: [tea]\n---\nText\n"
    )
    assert synced.sync().steps == ()


def test_what_both_changed_differently_keeps_the_vaults_value_and_the_other_in_the_note(synced: World) -> None:
    synced.edit_note(ANNA, "phones", "birthday: 1980-01-01\nphones")
    synced.sync()
    synced.edit_note(ANNA, "1980-01-01", "1980-01-02")
    synced.edit_card(ANNA, "1980-01-01", "1980-01-03")
    done = synced.sync()
    assert [step.lost for step in done.steps] == [1]
    assert synced.front(ANNA)["birthday"] == "1980-01-02"
    assert synced.front(ANNA)["merge_conflicts"] == [{"key": "birthday", "value": "1980-01-03"}]
    assert "BDAY:1980-01-02" in synced.cards()[ANNA]
    assert synced.sync().steps == ()


def test_both_sides_changing_other_things_loses_neither(synced: World) -> None:
    synced.edit_note(ANNA, "phones", "title: Dr.\nphones")
    synced.add_to_card(ANNA, "EMAIL:anna@example.org")
    assert verbs(synced) == [("settle", ANNA)]
    assert synced.front(ANNA)["emails"] == ["anna@example.org"]
    assert {"TITLE:Dr.", "EMAIL:anna@example.org"} <= set(synced.cards()[ANNA])


def test_what_other_programs_rewrite_without_a_change_of_meaning_is_no_change(synced: World) -> None:
    lines = synced.cards()[ANNA]
    synced.edit_note(ANNA, "phones:", "birthday: --02-29\ndates:\n  - {label: Name day, date: --07-26}\nphones:")
    synced.sync()
    before = synced.text(ANNA)
    card = synced.cards()[ANNA]
    assert "BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29" in card
    again = [line.replace("item1.", "group7.").replace(";X-APPLE-OMIT-YEAR=1604", "") for line in reversed(card)]
    path = synced.file_of(ANNA)
    path.unlink()
    synced.card("renamed", *again, "REV:20261120T120000Z", "PRODID:-//khard")
    assert lines[0] in again
    assert synced.sync().steps == ()
    assert synced.text(ANNA) == before
    assert [path.name for path in synced.folder.iterdir()] == ["renamed.vcf"]


def test_a_new_revision_alone_changes_nothing(synced: World) -> None:
    synced.add_to_card(ANNA, "REV:2026-11-20T10:00:00Z")
    before = synced.fingerprint(), synced.text(ANNA)
    assert synced.sync().steps == ()
    assert (synced.fingerprint(), synced.text(ANNA)) == before


def test_what_a_server_drops_of_what_it_does_not_know_stays_in_the_note_and_is_not_sent_again(synced: World) -> None:
    synced.edit_note(ANNA, "phones", "pronouns: she/her\nlanguages: [de]\nvcard: [X-FOO:bar]\nphones")
    synced.sync()
    for line in ("PRONOUNS:she/her\r\n", "LANG:de\r\n", "X-FOO:bar\r\n"):
        synced.edit_card(ANNA, line, "")
    before = synced.fingerprint(), synced.text(ANNA)
    assert synced.sync().steps == ()
    assert (synced.fingerprint(), synced.text(ANNA)) == before
    synced.edit_card(ANNA, "0170 1234567", "0170 2")
    synced.sync()
    assert synced.front(ANNA)["pronouns"] == "she/her"
    assert synced.front(ANNA)["vcard"] == ["X-FOO:bar"]
    assert synced.sync().steps == ()
    synced.edit_note(ANNA, "she/her", "they/them")
    synced.sync()
    assert "PRONOUNS:they/them" in synced.cards()[ANNA]


def test_how_a_name_sounds_and_that_a_day_comes_once_outlive_a_phone_that_knows_neither(synced: World) -> None:
    names = "names: {given: Anna, family: Müller, maiden: Huber, phonetic_given: An-na, said: loud}\n"
    synced.edit_note(ANNA, "phones", f"{names}dates: [{{label: met, date: 2026-06-15, repeat: none}}]\nphones")
    synced.sync()
    assert synced.cards()[ANNA][2:] == [
        "N:Müller;Anna;;;",
        "X-PHONETIC-FIRST-NAME:An-na",
        "X-MAIDENNAME:Huber",
        "item1.X-ABDATE;X-PRMVAULT-REPEAT=none:2026-06-15",
        "item1.X-ABLabel:met",
        "TEL:0170 1234567",
    ]
    for part in (";X-PRMVAULT-REPEAT=none", "X-MAIDENNAME:Huber\r\n", "X-PHONETIC-FIRST-NAME:An-na\r\n"):
        synced.edit_card(ANNA, part, "")
    before = synced.fingerprint(), synced.text(ANNA)
    assert synced.sync().steps == ()
    assert (synced.fingerprint(), synced.text(ANNA)) == before
    synced.edit_card(ANNA, "Anna;;;", "Anna;;Dr.;")
    synced.add_to_card(ANNA, "X-PHONETIC-LAST-NAME:Mü")
    synced.sync()
    assert synced.text(ANNA) == before[1].replace("loud}", "loud, prefix: Dr., phonetic_family: Mü}")
    assert synced.sync().steps == ()
    synced.edit_note(ANNA, "Huber", "Lang")
    synced.sync()
    assert {"X-MAIDENNAME:Lang", "item1.X-ABDATE;X-PRMVAULT-REPEAT=none:2026-06-15"} < set(synced.cards()[ANNA])


def test_what_is_removed_on_the_phone_is_removed_in_the_note(synced: World) -> None:
    synced.edit_note(ANNA, "phones", "birthday: 1980-01-01\nemails: [a@example.org, b@example.org]\nphones")
    synced.sync()
    synced.edit_card(ANNA, "BDAY:1980-01-01\r\n", "")
    synced.edit_card(ANNA, "EMAIL:a@example.org\r\n", "")
    synced.sync()
    assert "birthday" not in synced.front(ANNA)
    assert synced.front(ANNA)["emails"] == ["b@example.org"]
    assert synced.sync().steps == ()


def test_notes_come_and_go_and_lines_of_both_sides_stay(synced: World) -> None:
    synced.add_to_card(ANNA, "NOTE:one\\n# two\\nthree")
    synced.sync()
    assert synced.text(ANNA).endswith("\n## Notes\n\none\n\\# two\nthree\n")
    synced.vault.write(
        f"people/{ANNA}.md", synced.text(ANNA).replace("three", "three!") + "\n## Log\n\n- 2026-01-01 call\n"
    )
    synced.edit_card(ANNA, "one\\n", "one\\nand a half\\n")
    synced.sync()
    assert synced.text(ANNA).endswith("\n\none\nand a half\n\\# two\nthree!\n\n## Log\n\n- 2026-01-01 call\n")
    assert "NOTE:one\\nand a half\\n# two\\nthree!" in synced.cards()[ANNA]
    assert synced.sync().steps == ()


def test_a_deleted_card_sends_the_note_to_the_trash(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    synced.delete_card(ANNA)
    before = synced.text(ANNA)
    assert verbs(synced) == [("trash", ANNA)]
    assert synced.people() == ["Tom Becker"]
    assert (synced.vault.path / f".trash/{ANNA}.md").read_bytes().decode() == before
    assert synced.sync().steps == ()


def test_a_deleted_note_takes_its_card_with_it(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    synced.delete_note(ANNA)
    assert verbs(synced) == [("remove", ANNA)]
    assert list(synced.cards()) == ["Tom Becker"]
    assert synced.sync().steps == ()


def test_an_edit_goes_before_a_removal_on_either_side(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    synced.delete_card(ANNA)
    synced.edit_note(ANNA, "0170 1234567", "0170 2")
    synced.delete_note("Tom Becker")
    synced.add_to_card("Tom Becker", "TEL:0171 1")
    synced.sync()
    assert "TEL:0170 2" in synced.cards()[ANNA]
    assert synced.front("Tom Becker")["phones"] == ["0171 1"]
    assert synced.sync().steps == ()


def test_a_change_of_the_note_that_no_card_tells_is_no_edit_against_a_removal(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    synced.delete_card(ANNA)
    synced.edit_note(ANNA, "phones", "cadence: 2 weeks\nphones")
    assert verbs(synced) == [("trash", ANNA)]


@pytest.mark.parametrize("side", ["vault", "folder"])
def test_a_side_is_never_emptied_without_the_users_word(world: World, side: str) -> None:
    for number in range(3):
        world.note(f"Person {number}")
    world.sync()
    for number in range(3):
        (world.delete_note if side == "vault" else world.delete_card)(f"Person {number}")
    before = world.fingerprint(), world.people()
    with pytest.raises(PrmvaultError, match="3 of 3") as failed:
        world.sync()
    assert "--force" in failed.value.hint
    assert (world.fingerprint(), world.people()) == before
    assert len(world.sync(force=True).steps) == 3
    assert (world.fingerprint(), world.people()) == ({}, [])


def test_more_than_a_fifth_is_not_removed_without_the_users_word(world: World) -> None:
    for number in range(24):
        world.note(f"Person {number}")
    world.sync()
    for number in range(4):
        world.delete_card(f"Person {number}")
    assert len(world.sync().steps) == 4
    for number in range(4, 9):
        world.delete_card(f"Person {number}")
    with pytest.raises(PrmvaultError, match="5 of 20"):
        world.sync()
    assert len(world.people()) == 20


def test_a_note_that_cannot_be_read_is_no_removal(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    text = synced.text(ANNA)
    synced.vault.write(f"people/{ANNA}.md", text.replace("phones: ", "phones: [: "))
    done = synced.sync()
    assert done.steps == ()
    assert [problem.path for problem in done.problems] == [f"people/{ANNA}.md"]
    assert ANNA in synced.cards()
    assert synced.sync().problems == done.problems
    synced.vault.write(f"people/{ANNA}.md", text)
    assert synced.sync().steps == ()


@pytest.mark.parametrize("now", ["uid: other\n", ""])
def test_a_note_that_lost_its_uid_is_left_alone_with_its_card(synced: World, now: str) -> None:
    synced.note("Tom Becker")
    synced.sync()
    synced.edit_note(ANNA, f"uid: {UID}\n", now)
    done = synced.sync()
    message = "it has another uid than its card, or none; both are left alone"
    assert [problem.message for problem in done.problems] == [message]
    assert done.steps == ()
    assert len(synced.fingerprint()) == 2
    synced.edit_note(ANNA, f"type: person\n{now}", f"type: person\nuid: {UID}\n")
    assert synced.sync() == done._replace(problems=())


def test_a_note_that_never_could_be_read_is_for_check_to_tell(synced: World) -> None:
    synced.note("Tom Becker", "phones: [: x\n")
    done = synced.sync()
    assert (done.steps, done.problems) == ((), ())


def test_a_card_that_cannot_be_read_is_no_removal(synced: World) -> None:
    path = synced.file_of(ANNA)
    data = path.read_bytes()
    path.write_bytes(data + data)
    done = synced.sync()
    assert (done.steps, len(done.problems)) == ((), 1)
    assert synced.people() == [ANNA]
    path.write_bytes(b"")
    assert synced.sync().steps == ()
    assert synced.people() == [ANNA]
    path.write_bytes(data)
    assert synced.sync().problems == ()


def test_without_the_state_both_sides_are_united_and_nothing_is_removed(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    for name in os.listdir(state_folder()):
        os.unlink(os.path.join(state_folder(), name))
    synced.delete_card("Tom Becker")
    synced.add_to_card(ANNA, "EMAIL:a@example.org")
    synced.edit_note(ANNA, "phones", "title: Dr.\nphones")
    synced.edit_card(ANNA, "TEL:0170 1234567", "TEL:+49 170 1234567")
    assert verbs(synced) == [("settle", ANNA), ("add", "Tom Becker")]
    assert synced.front(ANNA)["emails"] == ["a@example.org"]
    assert synced.front(ANNA)["phones"] == "0170 1234567"
    assert {"TITLE:Dr.", "EMAIL:a@example.org", "TEL:0170 1234567"} <= set(synced.cards()[ANNA])
    assert synced.sync().steps == ()


def test_a_damaged_state_is_told_and_nothing_is_done(synced: World) -> None:
    [name] = [name for name in os.listdir(state_folder()) if name.endswith(".json")]
    Path(state_folder(), name).write_text("{")
    with pytest.raises(PrmvaultError, match="it is damaged") as failed:
        synced.sync()
    assert "unites both sides" in failed.value.hint


@pytest.mark.parametrize(
    ("old", "new", "told", "remedy"),
    [
        ('"cards-1"', '"cards-2"', "by a newer version; nothing was changed", "update prmvault; or remove "),
        ('"vault": "', '"vault": "/else', "is of another vault, /else", "unites both sides"),
    ],
)
def test_a_state_that_is_not_ours_to_read_is_told_and_nothing_is_done(
    synced: World, old: str, new: str, told: str, remedy: str
) -> None:
    [name] = [name for name in os.listdir(state_folder()) if name.endswith(".json")]
    path = Path(state_folder(), name)
    path.write_text(path.read_text().replace(old, new))
    synced.delete_note(ANNA)
    before = synced.fingerprint(), path.read_text()
    with pytest.raises(PrmvaultError, match=told) as failed:
        synced.sync()
    assert remedy in failed.value.hint
    assert (synced.fingerprint(), path.read_text()) == before


def test_a_card_is_joined_to_the_note_with_its_phone_and_takes_the_notes_uid(world: World) -> None:
    world.note(ANNA, OWN)
    world.card("x", "UID:phone-1", "FN:Anna Müller", "TEL:+49 170 1234567", "EMAIL:anna@example.org")
    done = world.sync()
    assert [(step.do, step.is_joined) for step in done.steps] == [("settle", True)]
    assert world.front(ANNA)["former_uids"] == ["phone-1"]
    assert world.front(ANNA)["phones"] == "0170 1234567"
    assert world.cards()[ANNA][0] == f"UID:{UID}"
    assert world.sync().steps == ()
    assert world.people() == [ANNA]


def test_a_note_without_uid_takes_that_of_its_card(world: World) -> None:
    world.note(ANNA, "phones: 0170 1234567\n")
    world.card("x", "UID:phone-1", "FN:Anna Müller", "TEL:+49 170 1234567")
    world.settle()
    assert world.front(ANNA)["uid"] == "phone-1"
    assert "former_uids" not in world.front(ANNA)


def test_a_name_alone_is_held_back_on_both_sides_until_the_user_has_said(world: World) -> None:
    world.note(ANNA)
    world.card("x", "UID:u1", "FN:Anna Müller", "TEL:030 1234567")
    done = world.sync()
    assert done.steps == ()
    assert [(each.file, each.paths) for each in done.maybes] == [("x.vcf", (f"people/{ANNA}.md",))]
    assert "uid" not in world.front(ANNA)
    assert [(step.do, step.is_joined) for step in world.sync(same=[ANNA]).steps] == [("settle", True)]
    assert world.front(ANNA)["phones"] == ["030 1234567"]
    assert world.sync().maybes == ()


def test_a_card_of_a_namesake_becomes_another_note(world: World) -> None:
    world.note(ANNA)
    world.card("x", "UID:u1", "FN:Anna Müller", "TEL:030 1234567")
    assert {step.do for step in world.sync(new=["all"]).steps} == {"create", "add"}
    assert world.people() == [ANNA, f"{ANNA} (2)"]
    assert len(world.fingerprint()) == 2
    assert world.sync().steps == ()


def test_a_second_card_of_somebody_is_held_back_until_the_user_has_said(synced: World) -> None:
    synced.card("x", "UID:u1", "FN:Anna Müller", "TEL:0170 1234567")
    done = synced.sync()
    assert (done.steps, [each.why for each in done.maybes]) == ((), ["that person has another card"])
    assert verbs(synced, new=[ANNA]) == [("create", ANNA)]
    assert synced.people() == [ANNA, f"{ANNA} (2)"]


def test_the_card_of_somebody_who_was_joined_with_another_goes(synced: World) -> None:
    synced.note("A. Müller", "uid: other\n")
    synced.sync()
    synced.delete_note("A. Müller")
    synced.edit_note(ANNA, "phones", "former_uids: [other]\nphones")
    assert verbs(synced) == [("absorb", ANNA)]
    assert list(synced.cards()) == [ANNA]
    assert synced.sync().steps == ()


def test_what_was_added_to_the_card_of_somebody_who_was_joined_is_not_lost(synced: World) -> None:
    synced.note("A. Müller", "uid: other\n")
    synced.sync()
    synced.delete_note("A. Müller")
    synced.edit_note(ANNA, "phones", "former_uids: [other]\nphones")
    synced.add_to_card("A. Müller", "EMAIL:a@example.org")
    synced.sync()
    assert synced.front(ANNA)["emails"] == ["a@example.org"]
    assert "EMAIL:a@example.org" in synced.cards()[ANNA]
    assert synced.sync().steps == ()


def test_only_those_whom_the_query_finds_are_in_the_folder_and_it_is_remembered(world: World) -> None:
    world.note(ANNA, "tags: [phone]\n")
    world.note("Tom Becker")
    assert verbs(world, only="tag:phone") == [("add", ANNA)]
    world.card("x", "UID:u1", "FN:Eva Neu")
    world.edit_note("Tom Becker", "type: person", "type: person\ntags: [phone]")
    assert sorted(verbs(world)) == [("add", "Tom Becker"), ("create", "Eva Neu")]
    assert world.sync().steps == ()
    world.edit_note(ANNA, "tags: [phone]\n", "")
    assert verbs(world) == [("remove", ANNA)]
    assert world.people() == [ANNA, "Eva Neu", "Tom Becker"]
    assert world.sync().steps == ()
    assert verbs(world, only="") == [("add", ANNA)]


def test_a_company_becomes_an_organization_and_a_group_is_left_alone(world: World) -> None:
    world.card("c", "UID:c1", "FN:ACME", "ORG:ACME", "X-ABShowAs:COMPANY", "TEL:030 1")
    group = world.card("g", "UID:g1", "FN:Friends", "X-ADDRESSBOOKSERVER-KIND:group")
    done = world.sync()
    assert [(step.do, step.whose.path) for step in done.steps] == [("create", "organizations/ACME.md")]
    assert done.problems == ()
    assert group.exists()
    assert world.sync().steps == ()


def test_photos_go_both_ways(synced: World) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 100
    synced.vault.write("attachments/anna.png", png)
    synced.edit_note(ANNA, "phones", 'photo: "[[anna.png]]"\nphones')
    synced.sync()
    assert any(line.startswith("PHOTO;TYPE=PNG;ENCODING=b:iVBORw0KGgp4") for line in synced.cards()[ANNA])
    assert synced.sync().steps == ()
    synced.vault.write("attachments/anna.png", png + b"y")
    assert verbs(synced) == [("settle", ANNA)]
    old = next(line for line in synced.cards()[ANNA] if line.startswith("PHOTO"))
    path = synced.file_of(ANNA)
    path.write_bytes(
        path.read_bytes().replace(b"\r\n ", b"").replace(old.encode(), b"PHOTO;TYPE=PNG;ENCODING=b:iVBORw0KGgp6")
    )
    synced.sync()
    photo = str(synced.front(ANNA)["photo"])
    assert photo.startswith("attachments/photo-")
    assert (synced.vault.path / photo).read_bytes() == b"\x89PNG\r\n\x1a\nz"
    assert (synced.vault.path / "attachments/anna.png").exists()
    assert synced.sync().steps == ()


def test_a_photo_that_is_not_on_this_machine_stays_on_the_card(synced: World) -> None:
    synced.vault.write("attachments/anna.png", b"\x89PNG\r\n\x1a\nxx")
    synced.edit_note(ANNA, "phones", "photo: attachments/anna.png\nphones")
    synced.sync()
    (synced.vault.path / "attachments/anna.png").unlink()
    synced.edit_note(ANNA, "0170 1234567", "0170 2")
    synced.sync()
    assert any(line.startswith("PHOTO;") for line in synced.cards()[ANNA])
    assert synced.front(ANNA)["photo"] == "attachments/anna.png"
    assert synced.sync().steps == ()


def test_a_dry_run_changes_nothing(synced: World) -> None:
    synced.note("Tom Becker")
    synced.card("x", "UID:u1", "FN:Eva Neu")
    synced.edit_card(ANNA, "0170 1234567", "0170 2")
    before = synced.fingerprint(), synced.vault.fingerprint()
    planned = verbs(synced, dry_run=True)
    assert (synced.fingerprint(), synced.vault.fingerprint()) == before
    assert verbs(synced) == planned


def test_two_files_of_one_uid_are_told_and_the_known_one_counts(synced: World) -> None:
    data = synced.file_of(ANNA).read_bytes()
    (synced.folder / "0.vcf").write_bytes(data.replace(b"1234567", b"999"))
    done = synced.sync()
    assert [problem.path for problem in done.problems] == ["0.vcf"]
    assert done.steps == ()
    assert synced.front(ANNA)["phones"] == "0170 1234567"


def test_a_folder_in_the_vault_is_refused(world: World) -> None:
    world.folder = world.vault.path / "cards"
    with pytest.raises(PrmvaultError, match="lie in one another"):
        world.sync()


def test_a_folder_that_is_gone_is_no_removal_of_all(synced: World) -> None:
    synced.folder.rename(synced.folder.with_name("moved"))
    with pytest.raises(PrmvaultError, match="is gone"):
        synced.sync()
    assert synced.people() == [ANNA]


@pytest.mark.parametrize("name", ["../../evil", "a/b", "con", ".hidden", "x" * 300, "a\nb", "-", "ü", "a.", ""])
def test_file_names_are_safe_whatever_the_uid_is(name: str) -> None:
    file = vdir_folder.file_name(name)
    assert file.endswith(".vcf")
    assert set(file) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+-")
    assert file[0] not in ".-"
    assert len(file) < 140
    assert file.lower() != "con.vcf"


def test_a_link_in_the_folder_is_not_followed(synced: World, tmp_path: Path) -> None:
    outside = tmp_path / "outside.vcf"
    outside.write_text("BEGIN:VCARD\nVERSION:3.0\nUID:u\nFN:Eve\nEND:VCARD\n")
    (synced.folder / "link.vcf").symlink_to(outside)
    assert synced.sync().steps == ()


def test_a_note_that_is_no_utf8_is_neither_removed_nor_changed(synced: World) -> None:
    synced.note("Tom Becker")
    synced.sync()
    latin = synced.text(ANNA).replace("0170 1234567", "Ä 0170 2").encode("latin-1")
    synced.vault.write(f"people/{ANNA}.md", latin)
    synced.delete_card(ANNA)
    done = synced.sync()
    assert done.steps == ()
    assert [problem.path for problem in done.problems] == [f"people/{ANNA}.md"]
    assert (synced.vault.path / f"people/{ANNA}.md").read_bytes() == latin


def test_in_a_git_vault_it_is_one_commit_that_undo_takes_back(world: World, machines: Machines) -> None:
    machine = machines.first()
    world.vault = SampleVault(machine.path)
    machine.sync()
    before = machine.files()
    count = len(machine.log())
    world.card("x", "UID:u1", "FN:Eva Neu", "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgp4")
    world.card("y", "UID:u2", "FN:Anna Müller", "TEL:0170 1", "BDAY:1980-02-03")
    world.sync(same=["all"])
    assert machine.log()[0] == "vdir cards"
    assert len(machine.log()) == count + 1
    assert machine.is_clean()
    vault = world.open()
    undo(vault, plan_undo(vault))
    vault.facts.close()
    assert machine.files() == before


def test_undo_takes_no_cards_from_the_phone_and_undone_once_more_all_is_as_before(
    world: World, machines: Machines
) -> None:
    machine = machines.first()
    world.vault = SampleVault(machine.path)
    machine.sync()
    world.sync()
    for number in range(3):
        world.card(f"x{number}", f"UID:u{number}", f"FN:Eva Neu {number}")
    world.sync()
    _undo(world)
    cards = world.fingerprint()
    done = world.sync()
    assert done.steps == ()
    assert [problem.message for problem in done.problems] == ["its note was taken back by undo; the card stays"] * 3
    assert world.fingerprint() == cards
    world.delete_card("Eva Neu 2")
    assert len(world.sync().problems) == 2
    _undo(world)
    world.card("x2", "UID:u2", "FN:Eva Neu 2")
    world.settle()
    world.delete_note("Eva Neu 0")
    assert verbs(world) == [("remove", "Eva Neu 0")]


def _undo(world: World) -> None:
    vault = world.open()
    with contextlib.closing(vault.facts):
        undo(vault, plan_undo(vault))


class _Killed(BaseException):
    """The process is gone at this point."""


@pytest.mark.parametrize("number", range(20))
def test_a_sync_that_is_killed_is_made_good_by_the_next_one(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    for name in ("Anna", "Bert", "Cora", "Dora", "Emil"):
        world.note(name, f"uid: uid-{name}\nphones: 0170 1\n")
    world.sync()
    world.edit_card("Anna", "0170 1", "0170 2")
    world.edit_note("Bert", "0170 1", "0170 3")
    world.delete_card("Cora")
    world.delete_note("Dora")
    world.edit_note("Emil", "phones", "title: here\nphones")
    world.add_to_card("Emil", "EMAIL:emil@example.org")
    world.note("Frida")
    world.card("g", "FN:Gerd", "TEL:0171 99999")
    world.vault.write(".trash/Hans.md", "---\ntype: person\nuid: hans\ncadence: 2 weeks\nphones: 0172 1\n---\n")
    world.card("h", "UID:hans", "FN:Hans", "TEL:0172 1", "TITLE:Boss")
    with monkeypatch.context() as patch:
        _kill_at(patch, number)
        with contextlib.suppress(_Killed):
            world.sync()
    world.settle()
    assert world.people() == ["Anna", "Bert", "Emil", "Frida", "Gerd", "Hans"]
    cards = world.cards()
    assert sorted(cards) == ["Anna", "Bert", "Emil", "Frida", "Gerd", "Hans"]
    assert (world.front("Hans")["cadence"], world.front("Hans")["title"]) == ("2 weeks", "Boss")
    assert world.front("Anna")["phones"] == "0170 2"
    assert "TEL:0170 3" in cards["Bert"]
    assert "TITLE:here" in cards["Emil"]
    assert world.front("Emil")["emails"] == ["emil@example.org"]
    assert "merge_conflicts" not in world.text("Emil")


def _kill_at(patch: pytest.MonkeyPatch, number: int) -> None:
    """Have the process end before its write with this number, whatever that writes."""
    done = itertools.count()

    def killed(real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **options: object) -> object:
            if next(done) >= number:
                raise _Killed
            return real(*args, **options)

        return write

    for name in ("change_note", "move_note", "create_file", "write_item", "remove_item", "keep_state"):
        patch.setattr(vdir, name, killed(getattr(vdir, name)))
