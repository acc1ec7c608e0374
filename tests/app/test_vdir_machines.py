"""Two machines that share a vault by git, and each of which syncs with the same phone: nothing goes to and fro."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from prmvault.app import vdir
from prmvault.app.vault import open_vault
from prmvault.app.vdir import Wanted, sync_vdir
from prmvault.interop.card_edit import front_of
from tests.conftest import refuse_to_say
from tests.interop.vcard_loop import card_of
from tests.machines import ANNA, TODAY, Machine, Machines, machines

__all__ = ["machines"]

OTHER = "people/Tom.md"
PULL = ("pull", "-q", "--no-rebase", "--no-edit", "origin", "main")


class Desk:
    """A machine with its folder of cards, which a program brings to the server and back as vdirsyncer does it."""

    def __init__(self, machine: Machine, server: Path, use: Callable[[Path], None]) -> None:
        self.machine, self.server, self.use = machine, server, use
        self.base = machine.path.parent / f"of-{machine.path.name}"
        self.folder = self.base / "cards"
        self.folder.mkdir(parents=True)
        self.status: dict[str, bytes] = {}

    def work(self) -> None:
        """Do what the user's timer does."""
        self.use(self.base)
        self.machine.sync()
        self.exchange()
        vault = open_vault(self.machine.root, say=refuse_to_say)
        synced = sync_vdir(vault, str(self.folder), Wanted(), TODAY.isoformat())
        vault.facts.close()
        assert synced.problems == ()
        assert synced.maybes == ()
        self.exchange()
        self.machine.sync()

    def exchange(self) -> None:
        """Copy what only one of the two has changed; of both, the server's."""
        names = {path.name for folder in (self.folder, self.server) for path in folder.glob("*.vcf")}
        for name in sorted(names | set(self.status)):
            ours, theirs = (_read(folder / name) for folder in (self.folder, self.server))
            new = ours if theirs == self.status.get(name) else theirs
            for folder, old in ((self.folder, ours), (self.server, theirs)):
                if new is None and old is not None:
                    (folder / name).unlink()
                elif new is not None and old != new:
                    (folder / name).write_bytes(new)
            self.status.pop(name, None)
            if new is not None:
                self.status[name] = new


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


@pytest.fixture
def desks(machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Desk]:
    """Return two machines of one user, in step with each other and the server."""

    def use(base: Path) -> None:
        monkeypatch.setenv("PRMVAULT_CACHE_DIR", str(base / "cache"))
        monkeypatch.setenv("PRMVAULT_STATE_DIR", str(base / "state"))

    server = tmp_path / "server"
    server.mkdir()
    first, second = machines.pair()
    pair = Desk(first, server, use), Desk(second, server, use)
    first.write(OTHER, "---\ntype: person\n---\n")
    for desk in (*pair, *pair):
        desk.work()
    return pair


def everything(desks: tuple[Desk, Desk]) -> list[object]:
    server = {path.name: path.read_bytes() for path in desks[0].server.iterdir()}
    return [server, *[(desk.machine.files(), desk.machine.log()) for desk in desks]]


def come_to_rest(desks: tuple[Desk, Desk]) -> None:
    for desk in (*desks, *desks):
        desk.work()
    before = everything(desks)
    for desk in (*desks, *desks):
        desk.work()
    assert everything(desks) == before


def test_both_machines_give_a_person_the_same_uid_so_the_phone_has_one_card(desks: tuple[Desk, Desk]) -> None:
    assert len(list(desks[0].server.iterdir())) == 2
    first, second = (desk.machine.read(ANNA) for desk in desks)
    assert first == second
    come_to_rest(desks)


def test_edits_on_both_machines_and_on_the_phone_all_arrive(desks: tuple[Desk, Desk]) -> None:
    first, second = (desk.machine for desk in desks)
    first.write(ANNA, first.read(ANNA).replace("phones: 0170 1", "phones: 0170 2"))
    second.write(ANNA, second.read(ANNA).replace("phones:", "title: Dr.\nphones:"))
    [card] = [path for path in desks[0].server.iterdir() if b"FN:Anna" in path.read_bytes()]
    card.write_bytes(card.read_bytes().replace(b"END:VCARD", b"EMAIL:anna@example.org\r\nEND:VCARD"))
    come_to_rest(desks)
    assert first.read(ANNA) == second.read(ANNA)
    front = front_of(first.read(ANNA))
    assert (front["phones"], front["title"], front["emails"]) == ("0170 2", "Dr.", ["anna@example.org"])
    text = card.read_bytes().decode()
    assert all(each in text for each in ("TEL:0170 2", "TITLE:Dr.", "EMAIL:anna@example.org"))
    assert "merge_conflicts" not in front


def test_the_same_thing_said_differently_in_three_places_comes_to_one(desks: tuple[Desk, Desk]) -> None:
    first, second = (desk.machine for desk in desks)
    for machine, title in ((first, "one"), (second, "two")):
        machine.write(ANNA, machine.read(ANNA).replace("phones:", f"title: {title}\nphones:"))
    [card] = [path for path in desks[0].server.iterdir() if b"FN:Anna" in path.read_bytes()]
    card.write_bytes(card.read_bytes().replace(b"END:VCARD", b"TITLE:three\r\nEND:VCARD"))
    come_to_rest(desks)
    text = first.read(ANNA)
    assert text == second.read(ANNA)
    assert all(each in text for each in ("one", "two", "three"))
    assert f"TITLE:{front_of(text)['title']}" in card.read_bytes().decode()


@pytest.mark.parametrize("where", ["first", "second", "phone"])
def test_who_is_deleted_in_one_place_is_gone_everywhere(desks: tuple[Desk, Desk], where: str) -> None:
    first, second = (desk.machine for desk in desks)
    if where == "phone":
        [card] = [path for path in desks[0].server.iterdir() if b"FN:Anna" in path.read_bytes()]
        card.unlink()
    else:
        ({"first": first, "second": second}[where].path / ANNA).unlink()
    come_to_rest(desks)
    assert [path.read_bytes().count(b"FN:Tom") for path in desks[0].server.iterdir()] == [1]
    assert not (first.path / ANNA).exists()
    assert not (second.path / ANNA).exists()


def test_the_same_person_edited_on_two_phones_that_have_no_server_in_common(
    desks: tuple[Desk, Desk], tmp_path: Path
) -> None:
    shutil.copytree(desks[1].server, tmp_path / "other")
    desks[1].server = tmp_path / "other"
    cards = [next(path for path in desk.server.iterdir() if b"FN:Anna" in path.read_bytes()) for desk in desks]
    for number, card in enumerate(cards):
        lines = f"EMAIL:anna{number}@example.org\r\nBDAY:1980-01-0{number + 1}\r\nNOTE:said {number}\r\nEND:VCARD"
        card.write_bytes(card.read_bytes().replace(b"END:VCARD", lines.encode()))
    cards[1].write_bytes(cards[1].read_bytes().replace(b"TEL:0170 1", b"TEL:0170 2"))
    come_to_rest(desks)
    texts = [desk.machine.read(ANNA) for desk in desks]
    assert texts[0] == texts[1]
    front = front_of(texts[0])
    assert sorted(front["emails"]) == ["anna0@example.org", "anna1@example.org"]  # type: ignore[type-var]
    assert "0170 2" in str(front["phones"])
    assert "0170 1" not in str(front["phones"])
    assert {str(front["birthday"]), front["merge_conflicts"][0]["value"]} == {"1980-01-01", "1980-01-02"}  # type: ignore[index,call-overload]
    assert all(f"said {number}" in texts[0] for number in range(2))
    assert cards[0].read_bytes() == cards[1].read_bytes()


@pytest.mark.parametrize("title", ["", "title: Dr.\n"], ids=["goes through", "may be refused"])
@pytest.mark.parametrize("number", range(6))
def test_a_git_pull_in_the_middle_of_a_sync_loses_nothing(
    desks: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch, number: int, title: str
) -> None:
    first, second = desks
    first.machine.write(ANNA, first.machine.read(ANNA).replace("phones:", f"{title}phones:"))
    first.machine.write(OTHER, first.machine.read(OTHER).replace("---\n", "---\nbirthday: 1970-01-01\n", 1))
    first.machine.write("people/Pulled.md", "---\ntype: person\n---\n")
    first.machine.sync()
    for name in ("Anna", "Tom"):
        [card] = [path for path in second.folder.iterdir() if f"FN:{name}".encode() in path.read_bytes()]
        card.write_bytes(card.read_bytes().replace(b"END:VCARD", f"EMAIL:{name}@example.org\r\nEND:VCARD".encode()))
    (second.folder / "new.vcf").write_bytes(card_of("UID:u1", "FN:Eva Neu"))
    second.use(second.base)
    done = itertools.count()

    def pulling(real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **options: object) -> object:
            if next(done) == number:
                second.machine.git(*PULL, fails=True)
            return real(*args, **options)

        return write

    with monkeypatch.context() as patch:
        for name in ("change_note", "create_file", "write_item", "keep_state"):
            patch.setattr(vdir, name, pulling(getattr(vdir, name)))
        vault = open_vault(second.machine.root, say=refuse_to_say)
        sync_vdir(vault, str(second.folder), Wanted(), TODAY.isoformat())
        vault.facts.close()
    second.exchange()
    come_to_rest(desks)
    fronts = [front_of(first.machine.read(path)) for path in (ANNA, OTHER)]
    assert (fronts[0].get("title"), fronts[0]["emails"]) == ("Dr." if title else None, ["Anna@example.org"])
    assert (fronts[1]["birthday"], fronts[1]["emails"]) == ("1970-01-01", ["Tom@example.org"])
    assert not any("merge_conflicts" in front for front in fronts)
    assert len(list(first.server.iterdir())) == 4


def test_a_new_contact_on_the_phone_becomes_one_person_though_both_machines_see_it(desks: tuple[Desk, Desk]) -> None:
    (desks[0].server / "new.vcf").write_bytes(card_of("UID:u1", "FN:Eva Neu", "TEL:0171 1234567", "NOTE:Hi"))
    for desk in desks:
        desk.exchange()
    come_to_rest(desks)
    assert sorted(path.name for path in (desks[1].machine.path / "people").iterdir()) == [
        "Anna Müller.md",
        "Eva Neu.md",
        "Tom.md",
    ]
    assert desks[0].machine.read("people/Eva Neu.md") == desks[1].machine.read("people/Eva Neu.md")
    assert len(list(desks[0].server.iterdir())) == 3
