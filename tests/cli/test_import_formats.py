"""Each producer's file, whole: the notes and the words that come of it, a second import, and the way out and in again.

The files are in `tests/interop/` (`vcards`, `tables`, `calendars`); the people in them are invented.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from prmvault.interop.csv_columns import known_keys
from tests.conftest import REPOSITORY, SampleVault
from tests.interop.vcard_loop import read_back

if TYPE_CHECKING:
    from tests.fixtures import Golden, Prmvault, Ran

INTEROP = REPOSITORY / "tests" / "interop"
FILES = sorted([*INTEROP.glob("vcards/*.vcf"), *INTEROP.glob("tables/*.csv"), *INTEROP.glob("calendars/*.ics")])
OPTIONS = {
    "club.csv": [
        *("--map", "Wer=name", "--map", "Geb.=birthday", "--map", "Tel. abends=phones:home"),
        *("--map", "Tel. tags=phones:work", "--map", "Post an=emails", "--map", "eingetreten=dates:Eintritt.once"),
    ],
}
GERMAN = ("apple.vcf", "google.ics", "nextcloud-birthdays.ics", "club.csv", "outlook-de.csv")
"""These come into a vault whose language is German."""

WAYS = [("vcard",), ("vcard", "--version", "4.0"), ("csv", "-F", "*")]
"""How what was imported goes out again."""

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)


def test_there_are_files_of_every_format() -> None:
    assert {suffix: sum(file.suffix == suffix for file in FILES) for suffix in (".vcf", ".csv", ".ics")} == {
        ".vcf": 9,
        ".csv": 7,
        ".ics": 6,
    }


@each_file
def test_the_notes_that_come_of_a_file_are_as_agreed_and_the_second_time_nothing(
    file: Path, tmp_path: Path, prmvault: Prmvault, golden: Golden
) -> None:
    vault = new_vault(tmp_path / "vault", file)
    ran = imported(prmvault, vault, file)
    golden(f"imports/{file.name}.txt", shown(vault, ran))
    before = vault.fingerprint()
    again = imported(prmvault, vault, file)
    assert vault.fingerprint() == before
    assert (again.code, again.out) == (ran.code, ran.out)
    first, second = (told_without_sum(each) for each in (ran, again))
    assert second == first
    checked = prmvault("-C", vault.root, "check")
    # Two members of LinkedIn with one name are two notes, and any link to that name may mean either.
    told = ["duplicate-name"] if file.name == "linkedin.csv" else []
    assert (checked.code, checked.err) == (len(told), ""), checked.out
    assert re.findall(r"(?m)\[([a-z-]+)\]$", checked.out) == told
    assert again.err.splitlines()[-1] == ran.err.splitlines()[-1].replace("created", "as before")


def imported(prmvault: Prmvault, vault: SampleVault, file: Path) -> Ran:
    ran = prmvault("-C", vault.root, "--today", "2026-11-20", "import", str(file), *OPTIONS.get(file.name, []))
    assert ran.code in (0, 1), ran.err
    return ran


def new_vault(folder: Path, file: Path) -> SampleVault:
    language = "language: de\n" if file.name in GERMAN else ""
    return SampleVault(folder, f"region: DE\nme: [ich@example.org]\n{language}")


def told_without_sum(ran: Ran) -> list[str]:
    return ran.err.splitlines()[:-1]


def shown(vault: SampleVault, ran: Ran) -> str:
    """Return what was told, and all files of the vault: notes as they are, of pictures the size."""
    texts = [f"exit {ran.code}\n{ran.out}{ran.err}"]
    for path in sorted(vault.path.rglob("*")):
        name = path.relative_to(vault.path)
        if path.suffix == ".md":
            texts.append(f"== {name}\n{path.read_text('utf-8')}")
        elif path.is_file() and path.name != "prmvault.yaml":
            texts.append(f"== {name} ({path.stat().st_size} bytes)\n")
    return "\n".join(texts)


@each_file
def test_what_was_imported_goes_out_and_comes_back_as_the_same_notes(
    file: Path, tmp_path: Path, prmvault: Prmvault
) -> None:
    vault = new_vault(tmp_path / "vault", file)
    imported(prmvault, vault, file)
    notes = contacts(vault)
    for number, way in enumerate(WAYS if notes else ()):
        out = tmp_path / f"{number}.{'csv' if way[0] == 'csv' else 'vcf'}"
        assert prmvault("-C", vault.root, "export", *way, "-o", str(out)).code == 0
        other = new_vault(tmp_path / f"other{number}", file)
        ran = prmvault("-C", other.root, "--today", "2026-11-20", "import", str(out))
        assert (way, ran.code, told_without_sum(ran)) == (way, 0, [])
        back, is_card = contacts(other), way[0] == "vcard"
        if is_card:
            assert pictures(other) == pictures(vault)
            # A card has to have N: where a note says nothing of the parts of a name, they are made of the name.
            made = {path for path, (fields, _) in notes.items() if "names" not in fields}
            back = {
                path: (without(fields, "names") if path in made else fields, body)
                for path, (fields, body) in back.items()
            }
        assert {path: (comparable(fields, is_card=is_card), body) for path, (fields, body) in back.items()} == {
            path: (comparable(fields, is_card=is_card), body) for path, (fields, body) in notes.items()
        }, way


def contacts(vault: SampleVault) -> dict[str, tuple[dict[str, Any], str]]:
    """Return what the notes of people and organizations say: uid and path → front matter, body."""
    found = {}
    for path in sorted(vault.path.rglob("*.md")):
        name, text = path.relative_to(vault.path).as_posix(), path.read_text("utf-8")
        if not name.startswith("events/"):
            # Which of two namesakes has the number, and its name in front matter, depends on the order of the file.
            plain = name.replace(" (2).md", ".md")
            fields = {"name": Path(plain).stem, **read_back(text)}
            found[f"{fields['uid']} {plain}"] = fields, text.partition("\n---\n")[2]
    return found


def pictures(vault: SampleVault) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in vault.path.glob("attachments/*")}


def comparable(fields: dict[str, Any], *, is_card: bool) -> dict[str, Any]:
    """Return what a note says without what another way out may change, each for a reason."""
    # A card has no place for keys of one's own, and none for how one has met.
    kept = without(fields, *(({*fields} - known_keys() - {"vcard"}) | {"met"} if is_card else ()))
    # Lines that are kept for the way back have no order; 4.0 writes the type of a picture in another way.
    kept["vcard"] = sorted(line.replace("MEDIATYPE=image/jpeg", "TYPE=JPEG") for line in fields.get("vcard", []))
    # A list of one is written as a text, which means the same.
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value for key, value in kept.items() if value
    }


def without(fields: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key not in keys}
