"""`import`: what becomes of other programs' contacts, seen in the vault and in the report."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from prmvault.app import import_apply
from prmvault.vault.files import create_file
from tests.conftest import REPOSITORY, Result, SampleVault
from tests.fixtures import Golden, Prmvault, Ran

if TYPE_CHECKING:
    from collections.abc import Callable

CARDS = REPOSITORY / "tests" / "interop" / "vcards"
KEYS = ["created", "updated", "skipped", "conflicts", "problems"]
PHOTO = b"\xff\xd8\xff" + b"picture" * 20


class Importing:
    """A vault, a folder with files beside it, and the command."""

    def __init__(self, vault: SampleVault, prmvault: Prmvault, folder: Path) -> None:
        self.vault, self.run, self.folder = vault, prmvault, folder

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)

    def cards(self, *cards: str, name: str = "a.vcf") -> str:
        whole = [f"BEGIN:VCARD\r\nVERSION:3.0\r\n{card}\r\nEND:VCARD\r\n" for card in cards]
        return self.file(name, "".join(whole))

    def __call__(self, *arguments: str) -> Ran:
        return self.run("-C", self.vault.root, "--today", "2026-11-20", "import", *arguments)

    def report(self, *arguments: str) -> dict[str, list[dict[str, Any]]]:
        ran = self(*arguments, "--json")
        assert ran.code in (0, 1), ran.err
        report: dict[str, list[dict[str, Any]]] = json.loads(ran.out)
        assert list(report) == KEYS
        assert all("path" in entry and "source" in entry for entries in report.values() for entry in entries)
        assert ran.code == bool(report["conflicts"] or report["problems"])
        return report

    def counts(self, *arguments: str) -> list[int]:
        return [len(entries) for entries in self.report(*arguments).values()]

    def text(self, path: str) -> str:
        return (self.vault.path / path).read_text(encoding="utf-8")


@pytest.fixture
def imports(vault_at: SampleVault, prmvault: Prmvault, tmp_path: Path) -> Importing:
    folder = tmp_path / "files"
    folder.mkdir()
    vault_at.write("prmvault.yaml", "region: DE\n")
    return Importing(vault_at, prmvault, folder)


def test_a_card_becomes_a_note_and_the_second_time_nothing(imports: Importing) -> None:
    file = imports.cards(
        "UID:urn:uuid:1\r\nFN:Anna Müller\r\nN:Müller;Anna;;;\r\nTEL;TYPE=CELL:0171 3920021\r\nBDAY:1987-03-14\r\n"
        "CATEGORIES:Familie\r\nNOTE:Likes tea.\\n# no heading"
    )
    assert imports.counts(file) == [1, 0, 0, 0, 0]
    assert imports.text("people/Anna Müller.md") == (
        "---\ntype: person\nuid: urn:uuid:1\nnames: {family: Müller, given: Anna}\nbirthday: 1987-03-14\nphones:\n"
        "  - {value: 0171 3920021, label: mobile}\ntags:\n  - Familie\ncreated: 2026-11-20\n---\n\n## Notes\n\n"
        "Likes tea.\n\\# no heading\n"
    )
    before = imports.vault.fingerprint()
    assert imports.counts(file) == [0, 0, 1, 0, 0]
    assert imports.vault.fingerprint() == before


def test_a_dry_run_tells_the_plan_and_does_nothing(imports: Importing, golden: Golden) -> None:
    imports.vault.write("people/Anna Müller.md", "---\nemails: anna@example.org\nbirthday: 1987-03-14\n---\n")
    imports.vault.write("people/Tom.md", "---\nname: Tom Berg\n---\n")
    file = imports.cards(
        "FN:Anna Müller\r\nEMAIL:Anna@example.org\r\nBDAY:1987-03-15\r\nTITLE:Chef",
        "FN:Tom Berg\r\nTEL:030 1234567",
        "FN:Neu Hier\r\nBDAY:gestern",
        "FN:Nobody;BROKEN",
    )
    before = imports.vault.fingerprint()
    ran = imports(file, "--dry-run")
    assert ran.code == 1
    golden("import-plan.txt", f"{ran.out}--\n{ran.err}")
    golden("import-plan.json", imports(file, "-n", "--json").out)
    assert imports.vault.fingerprint() == before


@pytest.mark.parametrize(
    ("card", "by"),
    [
        ("UID:urn:uuid:1\r\nFN:Somebody Else", "uid"),
        ("UID:urn:uuid:old\r\nFN:Somebody Else", "a uid of before"),
        ("FN:Anna Schmidt\r\nEMAIL:ANNA@example.org", "e-mail"),
        ("FN:Mama\r\nTEL:+49 (171) 39 200 21", "phone"),
        ("FN:Anna M.\r\nURL:https://www.linkedin.com/in/anna-m/", "profile"),
        ("FN:Anna Müller\r\nBDAY:19870314", "name and birthday"),
    ],
)
def test_a_record_is_somebody_of_the_vault(imports: Importing, card: str, by: str) -> None:
    imports.vault.write(
        "people/Anna Müller.md",
        "---\nuid: urn:uuid:1\nformer_uids: [urn:uuid:old]\nemails: anna@example.org\nphones: 0171 3920021\n"
        "urls: linkedin.com/in/anna-m\nbirthday: 1987-03-14\n---\n",
    )
    report = imports.report(imports.cards(f"{card}\r\nTITLE:Chef"))
    assert [entry["path"] for entry in report["updated"]] == ["people/Anna Müller.md"], by
    assert "title: Chef\n" in imports.text("people/Anna Müller.md")
    assert not report["created"]


def test_two_members_of_linkedin_are_two_people_of_one_name(imports: Importing) -> None:
    imports.vault.write("people/Lea Linke.md", "---\nurls: https://www.linkedin.com/in/lea-1/\n---\n")
    imports.vault.write("people/José Paz.md", "---\nurls: linkedin.com/in/josé-paz\n---\n")
    imports.vault.write("people/Ned.md", "---\nurls: linkedin.com/pub/ned/1\n---\n")
    file = imports.file(
        "Connections.csv",
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Lea,Linke,https://www.linkedin.com/in/lea-2,,,,\nLea,Linke,https://www.linkedin.com/in/lea-3,,,,\n"
        "José,Paz,https://www.linkedin.com/in/jos%C3%A9-paz,,,Chef,\nNed,,https://www.linkedin.com/in/ned-q,,,,\n",
    )
    report = imports.report(file)
    assert [entry["path"] for entry in report["created"]] == ["people/Lea Linke (2).md", "people/Lea Linke (3).md"]
    assert [entry["path"] for entry in report["updated"]] == ["people/José Paz.md"]
    assert [entry["name"] for entry in report["conflicts"]] == ["Ned"]
    assert imports.counts(file) == [0, 0, 3, 1, 0]


def test_a_name_alone_is_proposed_and_settled_by_the_user(imports: Importing) -> None:
    imports.vault.write("people/Anna Müller.md", "---\nbirthday: 1987-03-14\n---\n")
    imports.vault.write("people/Peter Braun.md", "")
    file = imports.cards("FN:Anna Mueller\r\nTEL:030 1234567", "FN:Peter Braun\r\nTEL:030 7654321")
    before = imports.vault.fingerprint()
    report = imports.report(file)
    assert [entry["path"] for entry in report["conflicts"]] == ["people/Anna Müller.md", "people/Peter Braun.md"]
    assert [entry["key"] for entry in report["conflicts"]] == ["", ""]
    assert '--same "Anna Mueller"' in report["conflicts"][0]["hint"]
    assert imports.vault.fingerprint() == before
    assert imports.counts(file, "--same", "Anna Müller", "--new", "all") == [1, 1, 0, 0, 0]
    assert "phones" in imports.text("people/Anna Müller.md")
    assert "030 7654321" in imports.text("people/Peter Braun (2).md")
    assert imports.counts(file) == [0, 0, 2, 0, 0]


def test_what_was_settled_once_is_settled_for_a_card_without_any_address_too(imports: Importing) -> None:
    imports.vault.write("people/Anna Müller.md", "")
    file = imports.cards("FN:Anna Müller\r\nTITLE:Chef")
    assert imports.counts(file, "--same", "all") == [0, 1, 0, 0, 0]
    assert imports.counts(file) == [0, 0, 1, 0, 0]


def test_namesakes_with_other_birthdays_are_two_people(imports: Importing) -> None:
    imports.vault.write("people/Peter Braun.md", "---\nbirthday: 1950-01-01\n---\n")
    assert imports.counts(imports.cards("FN:Peter Braun\r\nBDAY:1990-02-02\r\nTEL:030 1234567")) == [1, 0, 0, 0, 0]
    assert "birthday: 1990-02-02" in imports.text("people/Peter Braun (2).md")


def test_somebody_of_whom_only_name_and_birthday_are_known_may_have_a_wrong_birthday(imports: Importing) -> None:
    imports.vault.write("people/Peter Braun.md", "---\nbirthday: 1950-01-01\n---\n")
    cards = imports.cards("FN:Peter Braun\r\nBDAY:1950-01-10", "FN:Eva\r\nBDAY:1950", "FN:Eva\r\nBDAY:1951")
    (left,) = imports.report(cards)["conflicts"]
    assert left["message"] == "a note has this name, but another birthday"
    assert imports.counts(cards) == [0, 0, 2, 1, 0]
    assert imports.counts(cards, "--new", "Peter Braun") == [1, 0, 2, 0, 0]
    assert imports.counts(cards) == [0, 0, 3, 0, 0]


def test_another_birthday_at_a_shared_address_is_asked_about_and_in_ones_own_mailbox_it_is_a_clash(
    imports: Importing,
) -> None:
    imports.vault.write(
        "people/Hans Braun.md", "---\nbirthday: 1950-01-01\nphones: 030 1234567\nemails: b@x.org\n---\n"
    )
    son = imports.cards("FN:Hans Braun\r\nTEL:+49 30 1234567\r\nBDAY:1980-02-02")
    (left,) = imports.report(son)["conflicts"]
    assert (left["key"], left["message"]) == ("", "a note has this phone, but another birthday")
    wife = imports.cards("FN:Hanna Braun\r\nEMAIL:b@x.org\r\nBDAY:1952-03-03", name="wife.vcf")
    assert "another name" in imports.report(wife)["conflicts"][0]["message"]
    himself = imports.cards("FN:Hans Braun\r\nEMAIL:b@x.org\r\nBDAY:1950-01-02", name="own.vcf")
    assert [entry["key"] for entry in imports.report(himself)["conflicts"]] == ["birthday"]
    assert imports.counts(son, "--new", "Hans Braun") == [1, 0, 0, 0, 0]
    assert imports.counts(son) == [0, 0, 1, 0, 0]


def test_people_who_share_a_phone_stay_apart_and_a_shared_mailbox_is_asked_about(imports: Importing) -> None:
    imports.vault.write("people/Bernd Müller.md", "---\nphones: 030 1234567\nemails: mueller@example.org\n---\n")
    file = imports.cards("FN:Anna Müller\r\nTEL:+49 30 1234567", "FN:Clara Müller\r\nEMAIL:mueller@example.org")
    report = imports.report(file)
    assert [entry["path"] for entry in report["created"]] == ["people/Anna Müller.md"]
    assert [entry["name"] for entry in report["conflicts"]] == ["Clara Müller"]
    assert "another name" in report["conflicts"][0]["message"]
    assert not report["updated"]


def test_two_records_of_one_person_become_one_note(imports: Importing) -> None:
    file = imports.cards(
        "UID:urn:uuid:1\r\nFN:Anna Müller\r\nEMAIL:a@b.example",
        "UID:urn:uuid:2\r\nFN:Anna Müller\r\nEMAIL:a@b.example\r\nTEL:030 1234567\r\nNOTE:Tea.",
        "FN:Anna Müller\r\nEMAIL:a@b.example",
    )
    assert imports.counts(file) == [1, 1, 1, 0, 0]
    text = imports.text("people/Anna Müller.md")
    assert "030 1234567" in text
    assert "urn:uuid:2" in text
    assert "Tea." in text
    assert imports.counts(file) == [0, 0, 3, 0, 0]


def test_what_the_user_wrote_stays_unless_the_file_is_to_win(imports: Importing) -> None:
    text = "---\nemails: a@b.example  # private\ntitle: Boss\n---\nA text.\n\n## Log\n\n- 2026-01-01 met\n"
    imports.vault.write("people/Anna Müller.md", text)
    file = imports.cards("FN:Anna Müller\r\nEMAIL:a@b.example\r\nTITLE:Chef")
    report = imports.report(file)
    assert [(each["key"], each["vault"], each["file"]) for each in report["conflicts"]] == [("title", "Boss", "Chef")]
    assert imports.text("people/Anna Müller.md") == text
    assert imports.counts(file, "--prefer", "vault") == [0, 0, 1, 0, 0]
    assert imports.counts(file, "--prefer", "file") == [0, 1, 0, 0, 0]
    assert imports.text("people/Anna Müller.md") == text.replace("Boss", "Chef")
    assert imports.counts(file) == [0, 0, 1, 0, 0]


def test_pictures_go_to_attachments_and_are_never_written_over(imports: Importing) -> None:
    data = base64.b64encode(PHOTO).decode()
    file = imports.cards(f"UID:1\r\nFN:Anna Müller\r\nPHOTO;ENCODING=b;TYPE=JPEG:{data}")
    assert imports.counts(file) == [1, 0, 0, 0, 0]
    (picture,) = (imports.vault.path / "attachments").iterdir()
    assert picture.read_bytes() == PHOTO
    assert f"photo: attachments/{picture.name}\n" in imports.text("people/Anna Müller.md")
    picture.write_bytes(b"mine")
    (imports.vault.path / "people" / "Anna Müller.md").unlink()
    assert imports.counts(file) == [1, 0, 0, 0, 0]
    assert picture.read_bytes() == b"mine"


def test_a_picture_that_is_gone_while_the_note_names_it_comes_back(imports: Importing) -> None:
    file = imports.cards(f"UID:1\r\nFN:Anna\r\nPHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(PHOTO).decode()}")
    assert imports.counts(file) == [1, 0, 0, 0, 0]
    (picture,) = (imports.vault.path / "attachments").iterdir()
    text = imports.text("people/Anna.md")
    picture.unlink()
    assert [entry["keys"] for entry in imports.report(file)["updated"]] == [["photo"]]
    assert picture.read_bytes() == PHOTO
    assert imports.text("people/Anna.md") == text
    assert imports.counts(file) == [0, 0, 1, 0, 0]


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_pictures_never_leave_the_vault_by_a_link_and_all_else_comes_in(imports: Importing, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    place = imports.vault.path / "attachments"
    place.symlink_to(outside)
    photo = f"PHOTO;ENCODING=b;TYPE=JPEG:{base64.b64encode(PHOTO).decode()}"
    file = imports.cards(f"UID:1\r\nFN:Anna\r\n{photo}", "UID:2\r\nFN:Tom\r\nTITLE:Chef", f"FN:Ute\r\n{photo}")
    (told,) = imports.report(file)["problems"]
    assert told["message"] == "attachments/ is a link that leads out of the vault: 1 picture or file is left out"
    assert told["hint"].startswith("make attachments a folder of the vault")
    assert list(outside.iterdir()) == []
    assert "photo" not in imports.text("people/Anna.md") + imports.text("people/Ute.md")
    assert "title: Chef" in imports.text("people/Tom.md")
    assert imports.counts(file) == [0, 0, 3, 0, 1]
    place.unlink()
    assert imports.counts(file) == [0, 2, 1, 0, 0]
    assert [each.read_bytes() for each in place.iterdir()] == [PHOTO]
    assert "photo: " in imports.text("people/Ute.md")


def test_a_picture_that_the_note_has_under_another_name_is_the_same(imports: Importing) -> None:
    imports.vault.write("attachments/anna.jpg", PHOTO)
    imports.vault.write("people/Anna Müller.md", "---\nuid: '1'\nphoto: attachments/anna.jpg\n---\n")
    data = base64.b64encode(PHOTO).decode()
    assert imports.counts(imports.cards(f"UID:1\r\nFN:Anna Müller\r\nPHOTO;ENCODING=b:{data}")) == [0, 0, 1, 0, 0]
    other = base64.b64encode(PHOTO + b"!").decode()
    report = imports.report(imports.cards(f"UID:1\r\nFN:Anna Müller\r\nPHOTO;ENCODING=b:{other}"))
    assert [entry["key"] for entry in report["conflicts"]] == ["photo"]


def test_groups_become_tags_also_of_people_who_are_only_in_the_vault(imports: Importing) -> None:
    imports.vault.write("people/Tom.md", "---\nuid: urn:uuid:2\ntags: [friend]\n---\n")
    file = imports.cards(
        "UID:urn:uuid:1\r\nFN:Anna",
        "UID:g\r\nFN:Chor Leipzig\r\nX-ADDRESSBOOKSERVER-KIND:group\r\n"
        "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:2\r\n"
        "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:3",
    )
    report = imports.report(file, "--tag", "phone")
    assert [entry["code"] for entry in report["problems"]] == ["unknown-member"]
    assert "- Chor-Leipzig\n  - phone\n" in imports.text("people/Anna.md")
    assert "tags: [friend, Chor-Leipzig]" in imports.text("people/Tom.md")
    assert imports.counts(file, "--tag", "phone") == [0, 0, 2, 0, 1]


def test_a_relation_by_uid_becomes_a_link_whoever_comes_first(imports: Importing) -> None:
    file = imports.cards(
        "UID:urn:uuid:1\r\nFN:Anna\r\nRELATED;TYPE=spouse:urn:uuid:2\r\nRELATED;TYPE=friend:urn:uuid:9",
        "UID:urn:uuid:2\r\nFN:Tom Berg",
    )
    imports(file)
    assert "[[Tom Berg]]" in imports.text("people/Anna.md")
    assert "urn:uuid:9" in imports.text("people/Anna.md")
    assert imports.counts(file) == [0, 0, 2, 0, 0]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "con",
        "A/B\\C:*?",
        "....",
        "\u202egnp.exe",
        "A" * 500,
        "Anna (Konflikt 2024-01-02)",
        "#a [[b]]",
    ],
)
def test_names_that_no_file_can_have_stay_in_the_folder_and_are_found_again(imports: Importing, name: str) -> None:
    file = imports.cards(f"FN:{name}\r\nEMAIL:x@y.example")
    assert imports.counts(file)[0] == 1
    (note,) = imports.vault.path.rglob("*.md")
    assert note.parent.name == "people"
    assert imports.counts(file)[:3] == [0, 0, 1]
    assert not list(imports.vault.path.parent.rglob("passwd*"))


def test_one_bad_record_never_stops_the_rest(imports: Importing) -> None:
    file = imports.file(
        "a.vcf",
        b"BEGIN:VCARD\nFN:Anna\nNOTE;ENCODING=BASE64:%%%\nEND:VCARD\nrubbish\nBEGIN:VCARD\nEND:VCARD\n"
        b"BEGIN:VCARD\nFN:Tom\nBDAY:nonsense\n",
    )
    report = imports.report(file)
    assert [entry["name"] for entry in report["created"]] == ["Anna", "Tom"]
    assert all(entry["line"] and entry["message"] and entry["code"] for entry in report["problems"])


def test_a_table_of_ones_own_comes_in_with_a_mapping(imports: Importing) -> None:
    file = imports.file("mitglieder.csv", "Mitglied;Tel privat;Eintritt\nAnna Müller;030 1234567;1.2.2020\n")
    ran = imports(file, "--map", "Mitglied=name", "--map", "Tel privat=phones:home", "--map", "Eintritt=-")
    assert ran.code == 0, ran.err
    assert "  - {value: 030 1234567, label: home}\n" in imports.text("people/Anna Müller.md")
    assert "unknown-header" in imports(file, "--map", "Name=name").err
    assert imports(file, "--map", "Name").code == 2
    assert imports(file, "--encoding", "klingon").code == 2


def test_what_is_no_known_file_is_one_clear_line(imports: Importing) -> None:
    file = imports.file("x.bin", b"\x00\x01\x02" * 1000)
    report = imports.report(file)
    assert [(entry["code"], entry["line"]) for entry in report["problems"]] == [("unknown-format", 0)]
    assert "save it as CSV" in imports(imports.file("x.xlsx", b"PK\x03\x04" + b"\x00\x01" * 1000)).err
    assert imports("missing.vcf").code == 2
    assert imports().code == 2
    assert imports(str(imports.folder / "x.bin"), "--from", "pigeon").code == 2
    (imports.folder / "empty").mkdir()
    assert imports(str(imports.folder / "empty")).code == 2


def test_a_folder_and_standard_input_are_read(imports: Importing, monkeypatch: pytest.MonkeyPatch) -> None:
    imports.cards("FN:Anna\r\nEMAIL:a@b.example", name="1.vcf")
    imports.cards("FN:Tom\r\nEMAIL:t@b.example", name=".hidden.vcf")
    (imports.folder / "2.txt").write_text("BEGIN:VCARD", encoding="utf-8")
    assert [entry["source"] for entry in imports.report(str(imports.folder))["created"]] == ["1.vcf"]
    data = base64.b64encode(PHOTO)
    card = b"BEGIN:VCARD\nVERSION:3.0\nFN:Eva\nPHOTO;ENCODING=b:" + data + b"\nEND:VCARD\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(card)))
    assert [entry["source"] for entry in imports.report("-")["created"]] == ["standard input"]
    assert (imports.vault.path / "attachments").is_dir()


def test_the_formats_are_listed(imports: Importing) -> None:
    listed = imports("--list").out
    assert listed.startswith("vcard\t")
    assert "qr" not in listed


def test_real_shaped_files_come_in_whole_and_twice_is_once(imports: Importing) -> None:
    imports(str(CARDS))
    before = imports.vault.fingerprint()
    again = imports.report(str(CARDS))
    assert [again[key] for key in ("created", "updated", "conflicts")] == [[], [], []]
    assert imports.vault.fingerprint() == before
    checked = imports.run("-C", imports.vault.root, "check")
    assert checked.code == 0, checked.out


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode()


def test_in_a_git_vault_it_is_one_commit_and_undo_takes_it_back(imports: Importing, tmp_path: Path) -> None:
    root = tmp_path / "in-git"
    imports.run("init", str(root))
    (root / "people" / "Tom.md").write_text("---\nuid: u2\n---\n", encoding="utf-8")
    imports.vault.path, imports.vault.root = root, str(root)
    data = base64.b64encode(PHOTO).decode()
    file = imports.cards(f"UID:u1\r\nFN:Anna\r\nPHOTO;ENCODING=b:{data}", "UID:u2\r\nFN:Tom\r\nTITLE:Chef")
    assert imports.counts(file) == [1, 1, 0, 0, 0]
    assert git(root, "log", "-1", "--format=%s").strip() == "import: 1 new, 1 changed"
    assert git(root, "status", "--short") == ""
    assert imports.run("-C", str(root), "undo").code == 0
    assert not (root / "people" / "Anna.md").exists()
    assert imports.text("people/Tom.md") == "---\nuid: u2\n---\n"


def test_a_disk_that_is_full_ends_in_one_line_and_the_next_import_makes_the_rest(
    imports: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = imports.cards(*[f"UID:u{n}\r\nFN:Person {n}\r\nEMAIL:p{n}@b.example" for n in range(5)])
    made: list[str] = []

    def fail(root: str, path: str, text: str | bytes) -> None:
        if len(made) == 2:
            raise OSError(28, "No space left on device")
        made.append(path)
        create_file(root, path, text)

    with monkeypatch.context() as patch:
        patch.setattr(import_apply, "create_file", fail)
        ran = imports(file)
    assert ran.code == 1
    assert "2 of 5 notes are written, then: No space left on device" in ran.err
    assert imports.counts(file) == [3, 0, 2, 0, 0]


def test_the_import_runs_as_a_program(imports: Importing, run_in: Any) -> None:
    file = imports.cards("FN:Anna\r\nEMAIL:a@b.example")
    done: Result = run_in(imports.vault.root, "import", file)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("prmvault: 1 created")


def test_the_notes_of_several_tables_are_as_agreed(imports: Importing, golden: Golden) -> None:
    google = imports.file(
        "google.csv",
        "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Birthday,Notes,"
        "Organization Name,Shoe Size\r\n"
        "Erika,Beispiel,Freunde ::: * myContacts,* Home,erika@example.org,Mobile,0170 1 ::: 0170 2,--03-14,"
        '"Zwei\r\nZeilen",Firma AG,38\r\n',
    )
    outlook = imports.file(
        "outlook.csv",
        "Vorname;Nachname;E-Mail-Adresse;Geburtstag;Telefon (privat)\r\n"
        "Max;Probe;max@example.org;14.3.1987;030 7654321\r\nNull;Nichts;n@example.org;0/0/00;\r\n".encode("cp1252"),
    )
    linkedin = imports.file(
        "Connections.csv",
        'Notes:\n"When exporting …"\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\n'
        "Lea,Linke,https://www.linkedin.com/in/lea-linke,,Firma AG,Chefin,15 Jun 2026\n",
    )
    report = imports.report(google, outlook, linkedin)
    golden("import-report.json", json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    notes = sorted(imports.vault.path.rglob("*.md"))
    texts = [f"=== {path.relative_to(imports.vault.path)}\n{path.read_text('utf-8')}" for path in notes]
    golden("import-notes.txt", "".join(texts))
    again = imports.report(google, outlook, linkedin)
    assert [len(again[key]) for key in ("created", "updated", "conflicts")] == [0, 0, 0]


def test_a_plan_leaves_out_what_is_as_before_and_tells_the_remedy_once(imports: Importing) -> None:
    file = imports.cards(*[f"UID:{number}\r\nFN:Person {number}" for number in range(3)])
    assert imports(file).code == 0
    for number in range(3):
        imports.vault.write(f"people/Other {number}.md", f"---\nname: Other {number}\nuid: o{number}\n---\n")
    more = imports.cards(*[f"FN:Other {number}" for number in range(3)], "FN:Neu Hier", name="b.vcf")
    ran = imports(file, more, "--dry-run")
    assert ran.out.splitlines()[-1] == "create\tb.vcf:13\tNeu Hier\tpeople/Neu Hier.md\t"
    assert "Person" not in ran.out
    assert ran.err.count("→") == 1
    assert ran.err.splitlines()[-1] == "prmvault: 1 to create, 3 as before, 3 left to you"


def test_where_same_is_no_answer_its_own_remedy_is_told(imports: Importing) -> None:
    for path in ("Anna", "Berta", "Anna (2)"):
        imports.vault.write(f"people/{path}.md", f"---\nname: {path.removesuffix(' (2)')}\n---\n")
    ran = imports(imports.cards("FN:Anna", "FN:Berta"), "-n")
    assert [line.split()[1] for line in ran.err.splitlines() if "→" in line] == ["--same", "say"]
    assert '--same "Anna=people/Anna (2).md", or --new "Anna"; or join them' in ran.err


def test_of_namesakes_the_user_says_which_one_a_record_is(imports: Importing) -> None:
    for path in ("Thomas Müller", "Thomas Müller (2)"):
        imports.vault.write(f"people/{path}.md", f"---\nname: Thomas Müller\nphones: {len(path)}\n---\n")
    imports.vault.write("people/Ute Roth.md", "---\nemails: u@b.example\n---\n")
    file = imports.cards("FN:Thomas Müller\r\nTITLE:Chef", "FN:Thomas Mueller\r\nEMAIL:u@b.example\r\nROLE:Boss")
    assert [entry["key"] for entry in imports.report(file, "-n")["conflicts"]] == ["", ""]
    answer = ("--same", "thomas müller=people/Thomas Müller (2).md")
    assert imports.counts(file, *answer) == [0, 2, 0, 0, 0]
    text = imports.text("people/Thomas Müller (2).md")
    assert "title: Chef" in text
    assert "role: Boss" in text
    assert "title" not in imports.text("people/Thomas Müller.md")
    assert imports.counts(file) == [0, 0, 2, 0, 0]
    other = imports.cards("FN:Tommi\r\nTITLE:Chef", name="b.vcf")
    assert imports.counts(other, "--same", "Tommi=Ute Roth") == [0, 1, 0, 0, 0]
    assert imports.counts(other) == [0, 0, 1, 0, 0]


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        ("Anna=people/Nobody.md", 1, 'no person\'s note is "people/Nobody.md"'),
        ("Anna=Tom", 4, '"Tom" may be people/Tom (2).md, people/Tom.md'),
        ("Anna=", 2, "says not which note it is"),
    ],
)
def test_a_note_that_is_none_or_several_is_told_before_anything_is_done(
    imports: Importing, answer: str, code: int, told: str
) -> None:
    for path in ("Tom", "Tom (2)"):
        imports.vault.write(f"people/{path}.md", "---\nname: Tom\n---\n")
    before = imports.vault.fingerprint()
    ran = imports(imports.cards("FN:Neu Hier"), "--same", answer)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "→ " in ran.err
    assert imports.vault.fingerprint() == before


def test_problems_are_told_also_beside_many_clashes(imports: Importing) -> None:
    """One kind does not crowd out the other."""
    people = range(30)
    for number in people:
        imports.vault.write(f"people/P{number}.md", f"---\nuid: u{number}\ntitle: Chef\n---\n")
    file = imports.cards(*[f"UID:u{number}\r\nFN:P{number}\r\nTITLE:Chefin" for number in people], "UID:x\r\nBDAY:x")
    ran = imports(file, "-n")
    assert "[bad-date]" in ran.err
    assert ran.err.count("[import-conflict]") == 20
    assert "prmvault: and 10 more; --json has all" in ran.err


def test_a_clash_tells_what_differs_and_not_what_is_preferred(imports: Importing) -> None:
    imports.vault.write("people/Anna.md", "---\nphones: {Mobil: 030 1234567, work: 040 1}\n---\n")
    cards = imports.cards("FN:Anna\r\nTEL;TYPE=CELL,pref:030 1234567", "FN:Anna\r\nTEL:030 1234567\r\nROLE:x")
    ran = imports(cards, "-n", "--prefer", "file")
    assert "phones: 030 1234567 ≠ 030 1234567, mobile [" in ran.err


def test_another_programs_word_for_a_number_never_clashes(imports: Importing) -> None:
    """Google's file after the iPhone's, and the other way round, as often as one likes."""
    phone = imports.cards(
        "FN:Anna Müller\r\nitem1.TEL:0171 3920021\r\nitem1.X-ABLabel:Handy\r\nitem2.TEL:030 99\r\nitem2.X-ABLabel:Oma"
    )
    google = imports.file(
        "g.csv",
        "First Name,Last Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,E-mail 1 - Label,"
        "E-mail 1 - Value\nAnna,Müller,Mobil,+49 171 3920021,Fax (privat),030 99,* Arbeit,a@b.example\n",
    )
    assert imports.counts(phone) == [1, 0, 0, 0, 0]
    assert "vcard:" not in imports.text("people/Anna Müller.md")
    assert imports.counts(google) == [0, 1, 0, 0, 0]
    assert imports.counts(phone) == imports.counts(google) == [0, 0, 1, 0, 0]
    text = imports.text("people/Anna Müller.md")
    assert "{value: 0171 3920021, label: mobile}\n  - {value: 030 99, label: Oma}\n" in text
    assert '{value: a@b.example, label: work, pref: "yes"}' in text


@pytest.mark.parametrize("is_kept", [False, True])
def test_somebody_at_a_terminal_is_told_the_way_back(
    imports: Importing, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    monkeypatch.setattr("prmvault.vault.git.is_repository", lambda _root: is_kept)
    imports.vault.write("prmvault.yaml", "language: de\n")
    terminal(120)
    ran = imports(imports.cards("FN:Anna"), "-n")
    assert "Aktion" in ran.out
    assert "anlegen" in ran.out
    assert "without --dry-run it is done" in ran.err
    assert ("as one commit" if is_kept else "undo can't take it back") in ran.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_read_once_and_imported_like_a_file(imports: Importing) -> None:
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Anna\r\nEND:VCARD\r\n"
    pipe = imports.folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(card,), daemon=True)
    writer.start()
    assert imports.counts(str(pipe)) == [1, 0, 0, 0, 0]
    writer.join()
    assert imports.counts(imports.file("a.vcf", card)) == [0, 0, 1, 0, 0]


def test_a_file_where_a_folder_has_to_be_is_told(imports: Importing) -> None:
    imports.vault.write("attachments", "a file")
    photo = base64.b64encode(PHOTO).decode()
    cards = imports.cards(f"FN:Anna\r\nPHOTO;ENCODING=b;TYPE=JPEG:{photo}")
    (problem,) = imports.report(cards)["problems"]
    assert problem["message"] == "attachments/ can't be made, as a file has its name"
