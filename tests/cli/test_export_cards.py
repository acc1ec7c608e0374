"""`export vcard`, `export csv` and `export qr`: what leaves the vault, and that it comes back as nothing new."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from prmvault.app.export_cards import Card
from prmvault.core.problems import PrmvaultError
from prmvault.interop.qr import MOST_BYTES, card_text, write_qr
from tests.conftest import SampleVault
from tests.fixtures import EXAMPLE, Golden, Prmvault
from tests.interop.vcard_loop import meaning_of

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = {
    "people/Anna; Müller, geb. B.md": "---\nuid: 'x;y,z'\norg: 'A;B, C\\D'\nemails: 'a@b.example'\n---\n## Notes\n\n\\# no, heading;\n",
    "people/=cmd|' calc'!A0.md": "---\naliases: ['+1', '-2', '@x', '=y']\ntitle: '=HYPERLINK(1)'\n---\n",
    "people/Ünï 🎉 名.md": "---\nname: \"Zwei  Worte\\tTab\"\ntags: [a/b]\nrelated: [friend: '[[Ghost]]']\n---\n",
    "people/Nur Vorname.md": "---\nname: Cher\nphones: {work: 'call: me', home: 030 1}\nbirthday: ~1950\nmine: {a: [b, c]}\n---\n",
    "people/Kaputt.md": "---\nbirthday: 31.02.1990\nemails: [{nothing: [x]}]\n---\n",
    "organizations/A & B <GmbH>.md": "---\nemails: info@ab.example\naddresses: 'Weg 1; Haus, 2'\n---\n",
}


def out_of(prmvault: Prmvault, root: str, *arguments: str) -> Any:
    ran = prmvault("-C", root, "export", *arguments)
    assert ran.code == 0, ran.err
    return ran


@pytest.mark.parametrize(
    "arguments",
    [
        *(["vcard"], ["vcard", "--version", "4.0"], ["vcard", "folder"], ["csv"], ["csv", "--delimiter", "tab"]),
        *(["csv", "-F", "*", "--bom"], ["csv", "-F", "*", "--bom", "--delimiter", ";"]),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("hostile", [False, True], ids=["example", "hostile"])
def test_what_was_exported_changes_nothing_when_it_comes_back(
    prmvault: Prmvault, vault_at: SampleVault, tmp_path: Path, arguments: list[str], hostile: bool
) -> None:
    if hostile:
        for path, text in HOSTILE.items():
            vault_at.write(path, text)
    else:
        shutil.rmtree(vault_at.root)
        shutil.copytree(EXAMPLE, vault_at.root)
        (vault_at.path / "people" / "Wilhelm Bruch.md").unlink()  # A note that no command may change.
    target = f"{tmp_path}/out.{arguments[0]}"
    if arguments[-1] == "folder":
        arguments, target = arguments[:-1], f"{tmp_path}/out/"
    out_of(prmvault, vault_at.root, *arguments, "-o", target)
    before = vault_at.fingerprint()
    ran = prmvault("-C", vault_at.root, "import", target, "--json")
    report = json.loads(ran.out)
    assert report["created"] == []
    assert report["updated"] == []
    assert report["conflicts"] == []
    assert report["skipped"]
    assert vault_at.fingerprint() == before


def test_an_empty_vault_gets_all_of_an_export(prmvault: Prmvault, example: str, vault_at: SampleVault) -> None:
    file = vault_at.path.parent / "all.vcf"
    out_of(prmvault, example, "vcard", "-o", str(file))
    assert prmvault("-C", vault_at.root, "import", str(file)).code == 0
    for version in ("3.0", "4.0"):
        second = vault_at.path.parent / "second.vcf"
        out_of(prmvault, example, "vcard", "--version", version, "-o", str(file))
        out_of(prmvault, vault_at.root, "vcard", "--version", version, "-o", str(second))
        mine, theirs = meaning_of(file.read_bytes()), meaning_of(second.read_bytes())
        assert len(mine) == len(theirs)
        assert [card for card in mine if card not in theirs] == []


def test_cards_are_of_those_whom_the_query_finds(prmvault: Prmvault, example: str, golden: Golden) -> None:
    golden("cards.vcf", out_of(prmvault, example, "vcard", "person:oma").out.replace("\r\n", "\n"))
    assert prmvault("-C", example, "export", "vcard", "tag:nobody").code == 1


def test_a_name_is_that_person_and_not_all_who_are_told_to_know_her(prmvault: Prmvault, example: str) -> None:
    for name, full in (
        ("Ida", "Ida Becker"),
        ("anna schroeder", "Anna Schröder"),
        ("böhm", "Reinhold Böhm"),
        ("me", "Jonas Weißhaupt"),
    ):
        told = out_of(prmvault, example, "vcard", name).out
        assert re.findall(r"^FN:(.*?)\r?$", told, re.MULTILINE) == [full]
    assert "ORG" in out_of(prmvault, example, "vcard", "Stadtkarten eG").out


def test_a_folder_has_a_card_for_each_by_name(prmvault: Prmvault, example: str, tmp_path: Path) -> None:
    ran = out_of(prmvault, example, "vcard", "-o", f"{tmp_path}/cards/")
    names = [path.name for path in (tmp_path / "cards").iterdir()]
    assert "Anna Schröder.vcf" in names
    assert f"{len(names)} written" in ran.err
    assert "0 written" in out_of(prmvault, example, "vcard", "-o", f"{tmp_path}/cards/").err


def test_a_picture_is_in_the_card_but_nothing_from_outside_of_the_vault(
    prmvault: Prmvault, vault_at: SampleVault, tmp_path: Path
) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"\xff\xd8\xffsecret")
    vault_at.write("attachments/anna.jpg", b"\xff\xd8\xffpicture")
    (vault_at.path / "attachments" / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    vault_at.write("people/Anna.md", "---\nphoto: attachments/anna.jpg\n---\n")
    vault_at.write("people/Bea.md", "---\nphoto: ../secret.jpg\n---\n")
    vault_at.write("people/Cem.md", "---\nphoto: attachments/link.jpg\n---\n")
    vault_at.write("people/Dan.md", f"---\nphoto: {tmp_path}/secret.jpg\n---\n")
    cards = out_of(prmvault, vault_at.root, "vcard").out
    assert "/9j/cGljdHVyZQ==" in cards
    assert cards.count("PHOTO;") == 1


def test_csv_has_the_fields_that_are_asked_for(prmvault: Prmvault, example: str) -> None:
    ran = out_of(prmvault, example, "csv", "tag:family", "-F", "birthday,likes")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert {"uid", "name", "Birthday", "likes"} == set(rows[0])
    assert out_of(prmvault, example, "csv", "--bom").out.startswith("\ufeff")
    assert prmvault("-C", example, "export", "csv", "-o", "/tmp/").code == 2


def test_a_code_for_the_camera_holds_a_small_card(prmvault: Prmvault, example: str, tmp_path: Path) -> None:
    assert "█" in out_of(prmvault, example, "qr", "oma").out
    for name in ("oma.png", "oma.svg"):
        out_of(prmvault, example, "qr", "oma", "-o", str(tmp_path / name))
    data = (tmp_path / "oma.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width == height > 100
    assert b"<svg" in (tmp_path / "oma.svg").read_bytes()
    for wrong in (["qr"], ["qr", "oma", "-o", str(tmp_path / "oma.gif")]):
        assert prmvault("-C", example, "export", *wrong).code == 2
    assert prmvault("-C", example, "export", "qr", "anna").code == 4


def test_a_code_that_the_terminal_would_break_is_refused_with_the_way_out(
    prmvault: Prmvault, example: str, terminal: Callable[[int], None]
) -> None:
    terminal(50)
    ran = prmvault("-C", example, "export", "qr", "oma")
    assert (ran.code, ran.out) == (1, "")
    assert "takes 57 columns" in ran.err
    assert "-o card.png" in ran.err
    terminal(200)
    ran = out_of(prmvault, example, "qr", "oma")
    assert "█" in ran.out
    assert "lines: if it is cut off" in ran.err


def test_a_field_that_nobody_has_is_told(prmvault: Prmvault, example: str) -> None:
    assert out_of(prmvault, example, "csv", "-F", "name, notes,*,emails,").err == ""
    assert out_of(prmvault, example, "csv", "-F", "nmae,emails").err == "prmvault: none of them has 'nmae'\n"


def test_of_much_only_what_fits_is_in_the_code_and_the_name_always() -> None:
    fields: dict[str, Any] = {
        "name": "Anna",
        "phones": [f"0171 {number:07d}" for number in range(50)],
        "uid": "urn:uuid:1",
        "vcard": ["X-FOO:bar"],
    }
    text = card_text(fields, "person")
    assert len(text.encode()) <= MOST_BYTES
    assert "FN:Anna" in text
    assert text.count("TEL") > 10
    assert not [line for line in text.split("\r\n") if line.startswith(("UID", "X-FOO"))]
    assert write_qr(Card("A", "person", "A" * 900, {"name": "A" * 900}), "")
    with pytest.raises(PrmvaultError):
        write_qr(Card("A", "person", "A", {"name": "A" * 9000}), "")


def test_a_table_is_cut_by_what_a_spreadsheet_of_ones_country_wants(prmvault: Prmvault, example: str) -> None:
    for sign, cut in ((";", ";"), ("tab", "\t"), ("TAB", "\t"), (",", ",")):
        header = out_of(prmvault, example, "csv", "-F", "emails", "--delimiter", sign).out.splitlines()[0]
        assert header.startswith(f"uid{cut}name{cut}")
    ran = prmvault("-C", example, "export", "csv", "--delimiter", "::")
    assert (ran.code, ran.out) == (2, "")
    assert '"::"' in ran.err
    assert 'write --delimiter ",", ";" or tab' in ran.err
