"""`export json`: the schema in docs describes what comes out, nothing is left out, and the same vault gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from prmvault.app.export_json import export_json_file, json_pieces
from prmvault.app.vault import Vault, open_vault
from prmvault.core.model import Contact, Note, Task
from prmvault.core.schema import note_types
from prmvault.vault.settings import Settings
from tests.conftest import REPOSITORY, SampleVault, refuse_to_say

SCHEMA = json.loads((REPOSITORY / "docs" / "json-schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

ANNA = """\
---
name: Anna Müller
uid: urn:uuid:1
birthday: --03-14
deceased: yes
phones: [{value: 0170 123, label: work, pref: yes}, home: 030 99]
addresses: {label: home, street: Am Weg 3}
social: ["mastodon:@anna@example.org"]
dates: {wedding: 2016-08-20}
related: [{mother: "[[Gerda]]"}, friend: Nobody]
cadence: {every: 3 weeks, at_most: 2 months}
gifts: [tea pot]
debts: [{amount: 20 EUR, by: me}]
reminders: [{text: Passport, on: 2027-02-01, lead: 2 weeks}]
photo: attachments/anna.jpg
my own: {a: [b, c: d]}
---
Text with [[Gerda]] and ![[plan.pdf]].
- [ ] call [[Gerda]] 📅 2026-12-01
## Log
- 2026-11-02 called about [[Tom]] #gift
"""
FILES: dict[str, str | bytes] = {
    "people/Anna.md": ANNA,
    "people/Gerda.md": "",
    "people/Broken.md": "---\na: [\n---\nstill here",
    "people/Windows.md": "---\r\nname: W\r\n---\r\none\r\ntwo",
    "people/Old.md": "name: \xe4".encode("latin-1"),
    "events/Choir.md": "---\nstart: 2026-12-05 19:30\nend: 2026-12-05\nrepeat: weekly\npeople: Anna\n---\n",
    "journal/2026/2026-11-21.md": "---\nmood: 4\n---\n- 18:00 call [[Anna]]: hello #mention\n",
    "deals/Site.md": "---\namount: 20 EUR\nclose: 2027-01-31\norg: X\n---\n",
    "organizations/X.md": "---\nemails: x@example.org\n---\n",
    "pets/Rex.md": "---\nowner: Anna\nborn: ~2021\npeople: {a: b}\nbirthday: [x]\n---\n",
    "loose.md": "a \x9b8m \u202e \x07 note",
    "attachments/anna.jpg": b"\xff\xd8picture",
    "attachments/deep/plan.pdf": b"",
    "attachments/.hidden": b"x",
    ".obsidian/app.json": b"{}",
    "secret/key.pem": b"x",
    "templates/person.md.j2": "x",
}
SETTINGS = """\
me: ["[[Anna]]", a@example.org]
cadence: {family: 3 weeks}
channels: {sauna: [sweated]}
relations: {landlord: {inverse: tenant, female: [Vermieterin]}}
ignore: [secret/]
types:
  pet: {folder: pets, fields: {owner: {kind: link, required: true}, born: partial date}}
  person: {fields: {shirt: {kind: choice, of: [S, M]}}}
"""


def told(vault: Vault, chosen: set[str] | None = None) -> dict[str, Any]:
    known: dict[str, Any] = json.loads("".join(json_pieces(vault, chosen)))
    errors = [f"{list(error.absolute_path)}: {error.message}" for error in VALIDATOR.iter_errors(known)]
    assert not errors
    return known


@pytest.fixture(scope="module")
def vault(make_vault: Callable[..., Vault]) -> Vault:
    return make_vault(FILES, SETTINGS)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_knows_the_keys_of_each_built_in_type_and_each_setting() -> None:
    types = {part["if"]["properties"]["type"]["const"]: part for part in SCHEMA["$defs"]["note"]["allOf"]}
    every = {*SCHEMA["$defs"]["note"]["properties"]["fields"]["properties"]}
    assert every == {*note_types()["note"].fields}
    for name, part in types.items():
        assert every | {*part["then"]["properties"]["fields"]["properties"]} == {*note_types()[name].fields}, name
    assert {*types} == {*note_types()} - {"note"}
    own = {"problems", "cadence_lines", "language_words"}
    assert {*Settings._fields} - own == {*SCHEMA["$defs"]["settings"]["properties"]}


def test_the_page_tells_each_key() -> None:
    page = (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8")
    parts = [SCHEMA, *(SCHEMA["$defs"][name] for name in ("note", "task", "interaction", "relation", "link", "file"))]
    keys = {key for part in parts for key in part["properties"]}
    assert {key for key in keys if not re.search(rf"[`{{, ]{key}[`}},]", page)} == set()


def test_a_wrong_document_is_refused_by_the_schema(vault: Vault) -> None:
    known = told(vault)
    known["notes"][0]["extra"] = 1
    known["notes"][1]["tasks"] = [{}]
    assert len({tuple(error.absolute_path)[:2] for error in VALIDATOR.iter_errors(known)}) == 2


def test_the_example_is_as_the_schema_says(prmvault: Any, example: str) -> None:
    done = prmvault("-C", example, "export", "json")
    known = json.loads(done.out)
    VALIDATOR.validate(known)
    assert (done.code, done.err) == (0, "")
    assert len(known["notes"]) == len([*Path(example).rglob("*.md")])
    assert {file["path"] for file in known["files"]} == {"attachments/Zusatz zum Mietvertrag.txt", "prmvault.yaml"}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_generated_vault_is_as_the_schema_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: str) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "tests" / "bench"))
    import make_vault as generator

    monkeypatch.setattr(sys, "argv", ["make_vault.py", str(tmp_path / "v"), "300", seed])
    generator.main()
    assert len(told(open_vault(str(tmp_path / "v"), say=lambda _text: None))["notes"]) == 300


def test_each_note_is_there_with_the_text_of_its_file(vault: Vault) -> None:
    notes = {note["path"]: note for note in told(vault)["notes"]}
    assert [*notes] == sorted(path for path in FILES if path.endswith(".md"))
    anna = notes["people/Anna.md"]
    assert f"---\n{anna['front_matter']}---\n{anna['body']}" == ANNA
    assert anna["fields"]["my own"] == {"a": ["b", {"c": "d"}]}
    assert anna["fields"]["gifts"] == [{"what": "tea pot", "status": "idea"}]
    assert notes["people/Broken.md"]["front_matter"] == "a: [\n"
    assert notes["people/Broken.md"]["body"] == "still here"
    assert [problem["code"] for problem in notes["people/Broken.md"]["problems"]] == ["bad-yaml"]
    assert notes["people/Windows.md"]["body"] == "one\r\ntwo"
    assert notes["people/Old.md"]["body"] == "name: ä"
    assert notes["people/Gerda.md"]["front_matter"] is None


def test_relations_and_links_are_told_from_both_sides(vault: Vault) -> None:
    notes = {note["path"]: note for note in told(vault)["notes"]}
    anna, gerda = notes["people/Anna.md"], notes["people/Gerda.md"]
    assert {(each["type"], each["word"], each["path"]) for each in anna["relations"]} == {
        ("parent", "mother", "people/Gerda.md"),
        ("friend", "friend", None),
    }
    assert [(each["type"], each["path"]) for each in gerda["relations"]] == [("child", "people/Anna.md")]
    assert {each["path"] for each in gerda["linked_from"]} == {"people/Anna.md"}
    assert [(each["target"], each["paths"]) for each in anna["links"]][-2:] == [
        ("Gerda", ["people/Gerda.md"]),
        ("Tom", []),
    ]
    assert anna["tasks"][0]["links"] == [{"target": "Gerda", "paths": ["people/Gerda.md"]}]
    assert anna["interactions"][0]["people"][0]["paths"] == ["people/Anna.md"]
    day = notes["journal/2026/2026-11-21.md"]["interactions"][0]
    assert (day["time"], day["channel"], day["mention"]) == ("18:00", "call", True)


def test_nothing_that_a_note_is_known_by_is_forgotten(vault: Vault) -> None:
    note = next(each for each in told(vault)["notes"] if each["tasks"])
    assert {*Note._fields} - {"lines", "contacts", "readable"} <= {*note}
    assert {*Task._fields} == {*note["tasks"][0]}
    told_as = {"targets": "people", "no_idea_for": ""}
    assert {told_as.get(name, name) for name in Contact._fields} - {""} == {*note["interactions"][0]}


def test_files_are_there_with_size_and_hash_and_hidden_or_ignored_ones_are_not(vault: Vault) -> None:
    files = {file["path"]: (file["size"], file["sha256"]) for file in told(vault)["files"]}
    picture = b"\xff\xd8picture"
    assert files["attachments/anna.jpg"] == (len(picture), hashlib.sha256(picture).hexdigest())
    assert [*files] == [
        "attachments/anna.jpg",
        "attachments/deep/plan.pdf",
        "prmvault.yaml",
        "templates/person.md.j2",
    ]


def test_settings_are_there_as_they_count_and_as_they_stand(vault: Vault) -> None:
    known = told(vault)
    assert known["settings_text"] == SETTINGS
    assert known["settings"]["types"]["pet"]["fields"]["owner"] == {
        "kind": "link",
        "of": [],
        "required": True,
        "indexed": True,
    }
    assert known["settings"]["me_addresses"] == ["a@example.org"]


def test_a_terminal_obeys_nothing_of_it(vault: Vault) -> None:
    text = "".join(json_pieces(vault))
    assert r"a \u009b8m \u202e \u0007 note" in text
    assert text.replace("\n", "").isprintable()


def test_a_query_leaves_those_people_and_the_files_that_they_name(vault: Vault) -> None:
    known = told(vault, {"people/Anna.md"})
    assert [note["path"] for note in known["notes"]] == ["people/Anna.md"]
    assert [file["path"] for file in known["files"]] == ["attachments/anna.jpg", "attachments/deep/plan.pdf"]
    assert told(vault, {"people/Gerda.md"})["files"] == []


def test_an_empty_vault_is_a_document_too(vault_at: SampleVault) -> None:
    known = told(open_vault(vault_at.root, say=refuse_to_say))
    assert (known["notes"], [file["path"] for file in known["files"]]) == ([], ["prmvault.yaml"])


def test_the_bytes_depend_on_the_files_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []
    for number, order in enumerate([[*FILES], [*FILES][::-1]]):
        monkeypatch.setenv("PRMVAULT_CACHE_DIR", str(tmp_path / f"cache{number}"))
        sample = SampleVault(tmp_path / str(number), SETTINGS)
        for path in order:
            sample.write(path, FILES[path])
            if number:
                open_vault(sample.root, say=refuse_to_say).facts.close()
        texts.append("".join(json_pieces(open_vault(sample.root, say=refuse_to_say))))
    assert texts[0] == texts[1]


def test_a_file_in_the_vault_is_written_once_and_then_left_alone(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", ANNA)
    vault = open_vault(vault_at.root, say=refuse_to_say)
    path = vault_at.path / "out" / "all.json"
    assert export_json_file(vault, str(path))
    before = path.stat()
    assert not export_json_file(vault, str(path))
    assert path.stat() == before
    assert [file["path"] for file in json.loads(path.read_bytes())["files"]] == ["prmvault.yaml"]
    assert os.listdir(path.parent) == ["all.json"]


def test_to_standard_output_it_is_the_same(run_in: Any, vault_at: SampleVault, tmp_path: Path) -> None:
    vault_at.write("people/Anna.md", ANNA)
    out = tmp_path / "all.json"
    assert run_in(vault_at.root, "export", "json", "-o", str(out)).err.endswith("all.json: 1 note, written\n")
    assert run_in(vault_at.root, "export", "json", "-o", str(out)).err.endswith("all.json: 1 note, unchanged\n")
    assert run_in(vault_at.root, "export", "json").out == out.read_bytes().decode()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["show", "oma"], "card"),
        (["show", "me"], "card"),
        (["show", "Chorprobe"], "other_note"),
        (["find", "a"], "[person"),
        (["list", "person"], "[person"),
        (["list", "event"], "[other_note"),
        (["last", "oma", "-n", "9"], "[contact"),
        (["upcoming"], "[reminder"),
        (["today"], "[reminder"),
        (["tasks", "--all"], "[listed_task"),
        (["check"], "[told_problem"),
        (["search", "Oma"], "[hit"),
    ],
)
def test_what_other_commands_tell_as_json_is_as_the_schema_says(
    prmvault: Any, example: str, words: list[str], kind: str
) -> None:
    known = json.loads(prmvault("-C", example, *words, "--json").out)
    assert known
    one = {"$ref": f"#/$defs/{kind.strip('[')}"}
    schema = {"type": "array", "items": one} if kind[0] == "[" else one
    Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]}).validate(known)


def test_a_folder_is_refused_and_nobody_found_is_told(prmvault: Any, example: str, tmp_path: Path) -> None:
    assert prmvault("-C", example, "export", "json", "-o", f"{tmp_path}/").code == 2
    assert prmvault("-C", example, "export", "json", "name:nobodyatall").code == 1
    assert prmvault("-C", example, "export", "json", "tag:choir").code == 0
