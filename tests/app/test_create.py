"""New vaults, notes and days: nothing is ever overwritten, and no note is made broken."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import unicodedata
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from prmvault.app.create import add_note, init_vault, journal_day
from prmvault.app.vault import Vault, open_vault
from prmvault.core.note import parse_note
from prmvault.core.problems import PrmvaultError
from prmvault.vault.refresh import reading_of

TODAY = date(2026, 11, 20)


@pytest.fixture
def vault(vault_at: Any) -> Any:
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


def add(vault: Vault, name: str, *values: str, kind: str = "person") -> str:
    return add_note(vault, kind, name, values, TODAY)


def read(vault: Vault, path: str) -> str:
    return Path(vault.root, path).read_bytes().decode()


def refused(vault: Vault, name: str, *values: str, kind: str = "person") -> str:
    before = sorted(os.walk(vault.root))
    with pytest.raises(PrmvaultError) as told:
        add(vault, name, *values, kind=kind)
    assert sorted(os.walk(vault.root)) == before
    assert told.value.exit_code == 2
    return f"{told.value} → {told.value.hint}"


# Notes


def test_a_new_person_is_a_small_note(vault: Vault) -> None:
    path = add(vault, "Anna Müller", "birthday=--03-14", "phones=0170123456", "tags=family", "tags=choir")
    assert path == "people/Anna Müller.md"
    lines = read(vault, path).splitlines()
    assert lines[2].startswith("uid: urn:uuid:")
    del lines[2]
    assert lines == [
        "---", "type: person", "birthday: --03-14", "phones:", '  - "0170123456"', "tags:", "  - family", "  - choir",
        "created: 2026-11-20", "---", "",
    ]  # fmt: skip


def test_two_notes_have_two_identities(vault: Vault) -> None:
    notes = [read(vault, add(vault, name)).splitlines()[2] for name in ("Ann", "Bob")]
    assert notes[0] != notes[1]


@pytest.mark.parametrize(
    ("name", "file_name"),
    [
        ("AC/DC: Live?", "AC DC Live"),
        ("A [x] | B # C ^ %", "A x B C"),
        ("con", "_con"),
        ("COM1.txt", "_COM1.txt"),
        ("..hidden", "hidden"),
        ("trailing. ", "trailing"),
        ("two   blanks", "two blanks"),
        ("tab\there", "tab here"),
        ("../../etc/passwd", "etc passwd"),
    ],
)
def test_a_name_that_no_file_can_have_is_kept_in_the_note(vault: Vault, name: str, file_name: str) -> None:
    path = add(vault, name)
    assert path == f"people/{file_name}.md"
    note = parse_note(path, read(vault, path), reading_of(vault.settings))
    assert note.title == " ".join(name.split())
    assert note.problems == ()


def test_a_long_name_gives_a_file_name_that_every_system_takes(vault: Vault) -> None:
    path = add(vault, "ü" * 500)
    assert len(os.path.basename(path).encode()) <= 255
    assert parse_note(path, read(vault, path), reading_of(vault.settings)).title == "ü" * 500


@pytest.mark.parametrize("name", ["", "   ", "...", "///", "\u200b", "\x00"])
def test_a_name_of_nothing_is_refused(vault: Vault, name: str) -> None:
    assert "has no character that a file name can hold" in refused(vault, name)


@pytest.mark.parametrize("other", ["Ann Lee", "ann lee", "ANN LEE", "Ann  Lee", "Ann/Lee"])
def test_a_name_that_is_taken_in_another_case_is_refused(vault: Vault, other: str) -> None:
    add(vault, "Ann Lee")
    assert "people/Ann Lee.md is there already" in refused(vault, other)


def test_a_name_that_is_taken_in_another_normal_form_is_refused(vault: Vault) -> None:
    decomposed = unicodedata.normalize("NFD", "José")
    Path(vault.root, "people").mkdir()
    Path(vault.root, "people", f"{decomposed}.md").write_text("")
    assert "is there already" in refused(vault, "José")


def test_a_decomposed_name_is_composed(vault: Vault) -> None:
    path = add(vault, unicodedata.normalize("NFD", "José"))
    assert path == "people/José.md"
    assert "name:" not in read(vault, path)


def test_a_link_in_the_way_is_not_followed(vault: Vault, tmp_path: Path) -> None:
    Path(vault.root, "people").mkdir()
    Path(vault.root, "people", "Ann.md").symlink_to(tmp_path / "elsewhere.md")
    assert "is there already" in refused(vault, "Ann")
    assert not (tmp_path / "elsewhere.md").exists()


def test_a_folder_that_leads_out_is_refused(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    Path(vault.root, "people").symlink_to(tmp_path / "outside")
    with pytest.raises(PrmvaultError, match="leads out of the vault"):
        add(vault, "Ann")
    assert os.listdir(tmp_path / "outside") == []


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("person", "birthday=1990-02-30", "1990-02-30"),
        ("person", "type=deal", "the type of a new note"),
        ("person", "food=", "there is no value"),
        ("person", "Geburtstag=1990-02-03", "no key 'Geburtstag'"),
        ("person", "Telefon.work=020", "no key 'Telefon'"),
        ("person", "met.date=someday", "someday"),
        ("person", "cadence=sometimes", "[bad-"),
        ("deal", "amount=much", "[bad-money]"),
        ("deal", "stage=maybe", "[bad-choice]"),
    ],
)
def test_a_value_that_would_be_a_problem_is_refused(vault: Vault, kind: str, value: str, code: str) -> None:
    assert code in refused(vault, "A/B", value, kind=kind)


@pytest.mark.parametrize("value", ["nothing", "=x", " =x", "a\nb=x", "a..b=x", "a\x1b=x"])
def test_what_is_no_key_and_value_is_refused(vault: Vault, value: str) -> None:
    assert "is not key=value" in refused(vault, "Ann", value)


@pytest.mark.parametrize("key", ["a:b", "#a", "[a", "- a", "? a", "&a", "<<", "|", "it's", '"'])
def test_a_key_and_a_value_may_hold_signs(vault: Vault, key: str) -> None:
    path = add(vault, "Ann", f"{key}=a=b: c # d")
    fields = parse_note(path, read(vault, path), reading_of(vault.settings)).fields
    assert fields[key] == "a=b: c # d"


@pytest.mark.parametrize("kind", ["journal", "nonsense", ""])
def test_only_types_that_have_names_can_be_added(vault: Vault, kind: str) -> None:
    assert f"there is no type {kind!r} to add" in refused(vault, "Ann", kind=kind)


def test_a_type_of_ones_own_has_the_plain_template_or_its_own(vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "types: {book: {folder: books, fields: {author: {kind: text, required: true}}}}\n")
    opened = open_vault(vault_at.root, lambda _text: None)
    assert "[missing-field]" in refused(opened, "Emma", kind="book")
    assert "type: book\n" in read(opened, add(opened, "Emma", "author=Austen", kind="book"))
    vault_at.write("templates/book.md.j2", "---\ntype: book\n{{ fields }}---\n# {{ name }}\n")
    assert read(opened, add(opened, "Persuasion", "author=Austen", kind="book")) == (
        "---\ntype: book\nauthor: Austen\n---\n# Persuasion\n"
    )
    vault_at.write("templates/book.md.j2", "---\ntype: [\n---\n")
    assert "the note would have a problem in line" in refused(opened, "Sanditon", "author=Austen", kind="book")
    opened.facts.close()


def test_the_settings_name_the_template_of_a_type(vault_at: Any) -> None:
    vault_at.write(
        "prmvault.yaml",
        "types: {book: {template: thing.md.j2}, person: {template: thing.md.j2}, journal: {template: d.md.j2}}\n",
    )
    vault_at.write("templates/book.md.j2", "not this one\n")
    vault_at.write("templates/thing.md.j2", "---\ntype: {{ type }}\n---\n# {{ name }}\n")
    vault_at.write("templates/d.md.j2", "---\ntype: journal\n---\n# {{ weekday }}\n")
    said: list[str] = []
    opened = open_vault(vault_at.root, said.append)
    assert opened.problems == ()
    assert read(opened, add(opened, "Emma", kind="book")) == "---\ntype: book\n---\n# Emma\n"
    assert read(opened, add(opened, "Ann")) == "---\ntype: person\n---\n# Ann\n"
    assert read(opened, journal_day(opened, TODAY)[0]) == "---\ntype: journal\n---\n# Friday\n"
    assert said == []
    opened.facts.close()


def test_a_template_that_is_missing_is_told_and_the_common_one_taken(vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "types: {book: {template: thing.md.j2}, journal: {template: d.md.j2}}\n")
    said: list[str] = []
    opened = open_vault(vault_at.root, said.append)
    assert "type: book\n" in read(opened, add(opened, "Emma", kind="book"))
    assert "type: journal\n" in read(opened, journal_day(opened, TODAY)[0])
    assert said == [
        "there is no template thing.md.j2; note.md.j2 is used",
        "there is no template d.md.j2; journal.md.j2 is used",
    ]
    opened.facts.close()


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
KEYS = st.sampled_from(["motto", "likes", "emails", "wishes", "t shirt", "x-y", "Größe", "title", "role"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, st.dictionaries(KEYS, NAMES, max_size=3))
@example("yes", {"motto": "no"})
@example("A", {"emails": "work: x"})
@example("0", {"motto": "012"})
@example("Ann \ufffe", {"motto": "a\u2028b"})
@example('"', {"motto": "'"})
@example("a\x07b", {"likes": "[[x]]"})
@example("\ufdd0", {"motto": "\ufdd1"})
@example("{{ name }}", {"motto": "{% x %}"})
def test_a_note_says_what_was_asked_for_or_is_not_made(vault: Vault, name: str, values: dict[str, str]) -> None:
    shutil.rmtree(Path(vault.root, "people"), ignore_errors=True)
    try:
        path = add(vault, name, *[f"{key}={value}" for key, value in values.items()])
    except PrmvaultError as error:
        assert error.exit_code == 2  # noqa: PT017 - either answer is right
        assert not Path(vault.root, "people").exists() or os.listdir(Path(vault.root, "people")) == []
        return
    note = parse_note(path, read(vault, path), reading_of(vault.settings))
    assert note.problems == ()
    assert note.title == " ".join(unicodedata.normalize("NFC", name).split())
    for key, value in values.items():
        if key == "emails" and ": " in " ".join(value.split()):
            continue  # It has a label.
        told = note.fields.get(key, "")
        told = told[0] if isinstance(told, list) else told
        told = told["value"] if isinstance(told, dict) else told
        assert (told or "") == value.strip()


@pytest.mark.parametrize("text", ["\udcff", "a\ud800b"])
def test_half_characters_are_refused(vault: Vault, text: str) -> None:
    refused(vault, f"Ann {text}")
    refused(vault, "Ann", f"motto={text}")


# Days


def test_a_day_is_made_once(vault: Vault) -> None:
    assert journal_day(vault, TODAY) == ("journal/2026/2026-11-20.md", True)
    Path(vault.root, "journal/2026/2026-11-20.md").write_text("mine")
    assert journal_day(vault, TODAY) == ("journal/2026/2026-11-20.md", False)
    assert read(vault, "journal/2026/2026-11-20.md") == "mine"


def test_a_day_that_lies_elsewhere_is_found(vault_at: Any) -> None:
    vault_at.write("journal/misc/2026-11-20 Friday.md", "x")
    opened = open_vault(vault_at.root, lambda _text: None)
    assert journal_day(opened, TODAY) == ("journal/misc/2026-11-20 Friday.md", False)
    opened.facts.close()


def test_the_file_of_a_day_is_as_the_settings_say(vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", 'folders: {journal: Tagebuch}\njournal_file: "%Y/%m/%d.md"\n')
    opened = open_vault(vault_at.root, lambda _text: None)
    assert journal_day(opened, TODAY) == ("Tagebuch/2026/11/20.md", True)
    opened.facts.close()


# Vaults


@pytest.fixture
def git_home(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with a name in git's configuration."""
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return cache


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def test_a_new_vault_is_a_repository_with_its_files_committed(tmp_path: Path, git_home: Path) -> None:
    root = tmp_path / "a" / "vault"
    assert init_vault(str(root), example=False) == [".gitignore", ".gitattributes", "prmvault.yaml", "git repository"]
    assert sorted(os.listdir(root)) == [".git", ".gitattributes", ".gitignore", "attachments", "journal", "people", "prmvault.yaml", "templates"]  # fmt: skip
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "ls-files").split() == [".gitattributes", ".gitignore", "prmvault.yaml"]
    opened = open_vault(str(root), lambda _text: None)
    assert opened.problems == ()
    opened.facts.close()


def test_a_new_folder_is_for_its_user_only(tmp_path: Path, git_home: Path) -> None:
    init_vault(str(tmp_path / "vault"), example=False)
    assert stat.S_IMODE((tmp_path / "vault").stat().st_mode) == 0o700


def test_a_vault_is_left_alone(tmp_path: Path, git_home: Path) -> None:
    root = tmp_path / "vault"
    init_vault(str(root), example=False)
    (root / "prmvault.yaml").write_text("language: de\n")
    before = sorted((str(path), path.stat().st_mtime_ns) for path in root.rglob("*"))
    assert init_vault(str(root), example=False) == init_vault(str(root), example=True) == []
    assert sorted((str(path), path.stat().st_mtime_ns) for path in root.rglob("*")) == before


def test_in_a_folder_with_notes_nothing_is_changed_but_what_was_missing(vault_at: Any, git_home: Path) -> None:
    (vault_at.path / "prmvault.yaml").unlink()
    vault_at.write("people/Ann.md", "mine")
    vault_at.write(".gitignore", "secret\n")
    before = vault_at.fingerprint()
    made = init_vault(vault_at.root, example=False)
    assert made == [".gitattributes", "prmvault.yaml", "git repository"]
    after = vault_at.fingerprint()
    assert {path: after[path] for path in before} == before


def test_in_a_repository_nothing_is_committed(tmp_path: Path, git_home: Path) -> None:
    git(tmp_path, "init", "-q")
    made = init_vault(str(tmp_path / "vault"), example=False)
    assert "git repository" not in made
    assert not (tmp_path / "vault" / ".git").exists()
    assert subprocess.run(["git", "log"], cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_without_git_it_is_a_vault_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert init_vault(str(tmp_path / "vault"), example=False) == [".gitignore", ".gitattributes", "prmvault.yaml"]


def test_without_a_name_in_git_the_first_commit_bears_that_of_the_program(tmp_path: Path, git_home: Path) -> None:
    (git_home / ".gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    root = tmp_path / "vault"
    assert "git repository" in init_vault(str(root), example=False)
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "log", "--format=%an <%ae> %s") == "prmvault <prmvault@localhost> A new vault\n"


def test_the_example_needs_a_folder_without_notes(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("mine")
    with pytest.raises(PrmvaultError, match="is not empty"):
        init_vault(str(tmp_path), example=True)
    assert os.listdir(tmp_path) == ["note.md"]


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("mine")
    with pytest.raises((PrmvaultError, OSError)):
        init_vault(str(tmp_path / "vault"), example=False)
    assert (tmp_path / "vault").read_text() == "mine"


def committed(root: Path) -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True)
    return sorted(listed.stdout.split("\n")[:-1])


def test_the_first_commit_of_a_folder_with_files_has_only_what_init_made(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/.env").write_text("SECRET=1")
    (tmp_path / "old/film.mp4").write_bytes(b"x" * 1000)
    init_vault(str(tmp_path / "old"), example=False)
    assert committed(tmp_path / "old") == [".gitattributes", ".gitignore", "prmvault.yaml"]


def test_the_first_commit_of_the_example_has_all_of_it(tmp_path: Path) -> None:
    init_vault(str(tmp_path / "new"), example=True)
    assert "people/Tom Becker.md" in committed(tmp_path / "new")


@pytest.mark.parametrize("below", ["people", "a/b"])
def test_no_vault_is_made_inside_of_another(tmp_path: Path, below: str) -> None:
    init_vault(str(tmp_path), example=False)
    with pytest.raises(PrmvaultError, match="inside of the vault"):
        init_vault(str(tmp_path / below), example=False)
    assert not (tmp_path / below / "prmvault.yaml").exists()


def test_neither_home_nor_the_top_of_the_disk_becomes_a_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for place in (str(tmp_path), os.path.abspath(os.sep)):
        with pytest.raises(PrmvaultError, match="holds much else"):
            init_vault(place, example=False)
    assert not (tmp_path / "prmvault.yaml").exists()


def test_a_name_that_somebody_has_in_another_spelling_is_told(vault: Vault) -> None:
    told: list[str] = []
    add_note(vault, "person", "Jürgen Müller", [], TODAY)
    vault = open_vault(vault.root, told.append)
    assert add_note(vault, "person", "Juergen Mueller", [], TODAY) == "people/Juergen Mueller.md"
    assert told == ["people/Jürgen Müller.md has this name, too; a link that means one of them needs its path"]
