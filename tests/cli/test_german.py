"""What people read of a German vault; what programs read of it stays as it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.fixtures import A_DAY, EXAMPLE, Golden, Prmvault, without_color


@pytest.fixture(scope="module")
def _german(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    root = tmp_path_factory.mktemp("german") / "vault"
    shutil.copytree(EXAMPLE, root)
    settings = root / "prmvault.yaml"
    text = settings.read_text(encoding="utf-8")
    assert "language: en " in text
    settings.write_text(text.replace("language: en ", "language: de "), encoding="utf-8")
    return str(root), str(tmp_path_factory.mktemp("german-cache"))


@pytest.fixture
def german(_german: tuple[str, str], monkeypatch: pytest.MonkeyPatch, cache: Path) -> str:
    """Return the root of a copy of the example vault in German, for reading only."""
    root, its_cache = _german
    monkeypatch.setenv("PRMVAULT_CACHE_DIR", its_cache)
    monkeypatch.setenv("PRMVAULT_TODAY", A_DAY)
    return root


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        (
            "card",
            (["show", "Tom"], ["show", "Oma"], ["show", "me"], ["show", "Opa", "Heinrich"], ["show", "Kammerchor"]),
        ),
        ("agenda", (["upcoming"], ["today"], ["stale"], ["tasks"])),
        (
            "lists",
            (["last", "oma", "-n", "3"], ["gift"], ["debt"], ["debt", "Tom"], ["remind"], ["date"], ["find", "Tom"]),
        ),
    ],
)
def test_a_german_vault_is_told_in_german(
    prmvault: Prmvault, german: str, terminal: Callable[[int], None], golden: Golden, name: str, commands: Any
) -> None:
    terminal(100)
    text = ""
    for arguments in commands:
        text += f"$ prmvault {' '.join(arguments)}\n"
        text += prmvault("-C", german, "--color", "never", *arguments).out + "\n"
    assert max(map(cell_len, text.splitlines())) <= 100
    golden(f"german-{name}.txt", text)


@pytest.mark.parametrize(
    "arguments",
    [["show", "Tom"], ["upcoming"], ["stale"], ["tasks"], ["gift"], ["last", "oma"], ["list"], ["find", "Tom"]],
    ids=" ".join,
)
def test_the_json_is_the_same_in_every_language(
    prmvault: Prmvault, german: str, example: str, arguments: list[str]
) -> None:
    told = prmvault("-C", german, *arguments, "--json").out
    assert json.loads(told) == json.loads(prmvault("-C", example, *arguments, "--json").out)


def test_a_program_reads_the_words_of_the_notes_in_tables(prmvault: Prmvault, german: str) -> None:
    assert {line.split("\t")[1] for line in prmvault("-C", german, "upcoming").out.splitlines()} == {
        *("birthday", "date", "plan", "reminder", "task", "contact"),
    }
    assert {line.split("\t")[2] for line in prmvault("-C", german, "gift").out.splitlines()} == {"idea", "planned"}
    assert prmvault("-C", german, "debt", "Tom").out.splitlines()[0].startswith("20 EUR\tthem\t")


def test_colours_only_colour(
    prmvault: Prmvault, german: str, terminal: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal(80)
    for arguments in (["show", "oma"], ["upcoming"], ["stale"], ["tasks"], ["gift"]):
        colored = prmvault("-C", german, *arguments).out
        monkeypatch.setenv("NO_COLOR", "1")
        assert prmvault("-C", german, *arguments).out == without_color(colored)
        monkeypatch.delenv("NO_COLOR")


def test_a_new_log_has_the_heading_of_the_language(prmvault: Prmvault, vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "language: de\n")
    ann = vault_at.write("people/Ann.md", "---\ntype: person\n---\n")
    assert prmvault("-C", vault_at.root, "--today", A_DAY, "note", "Ann", "telefoniert").code == 0
    assert ann.read_text(encoding="utf-8").endswith("## Verlauf\n\n- 2026-11-20 telefoniert\n")
    vault_at.write("prmvault.yaml", "language: de\nlog_headings: [Kontakte]\n")
    bea = vault_at.write("people/Bea.md", "---\ntype: person\n---\n")
    assert prmvault("-C", vault_at.root, "--today", A_DAY, "note", "Bea", "telefoniert").code == 0
    assert "## Kontakte\n" in bea.read_text(encoding="utf-8")


def test_a_ticked_contact_reads_as_something_that_was_done(prmvault: Prmvault, vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "language: de\n")
    for name in ("Ann", "Ben", "Cem"):
        vault_at.write(f"people/{name}.md", "---\ncadence: 1 week\n---\n")
    vault_at.write("journal/2026/2026-11-01.md", "- Anruf [[Ann]]\n- Besuch [[Ben]]\n- Treffen [[Cem]]\n")
    run = ["-C", vault_at.root, "--today", A_DAY]
    prmvault(*run, "digest")
    page = vault_at.path / "digest/2026-W47.md"
    text = page.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("- [ ] ") and "^c-" in line]
    page.write_text(text.replace("- [ ] ", "- [x] "), encoding="utf-8")
    prmvault(*run, "today")
    day = (vault_at.path / "journal/2026/2026-11-20.md").read_text(encoding="utf-8")
    for told in ("Anruf bei [[Ann]]", "Besuch bei [[Ben]]", "Treffen mit [[Cem]]"):
        assert any(line.startswith(f"- [ ] {told} ⏳") for line in lines), lines
        assert f"- {told} ^c-" in day


def test_the_weekday_in_a_template_is_that_of_the_language(prmvault: Prmvault, vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "language: de\n")
    source = '---\ntype: journal\ndate: {{ date }}\n---\n# {{ weekday }}, {{ date | day("long") }}\n{{ _("today") }}\n'
    vault_at.write("templates/journal.md.j2", source)
    assert prmvault("-C", vault_at.root, "--today", A_DAY, "journal").code == 0
    text = (vault_at.path / "journal/2026/2026-11-20.md").read_text(encoding="utf-8")
    assert text.endswith("# Freitag, 20. November 2026\nheute\n")


@pytest.mark.parametrize("code", ["xx", "pt_BR"])
def test_a_language_without_a_catalogue_is_told_by_check_and_is_english(
    prmvault: Prmvault, vault_at: Any, code: str
) -> None:
    vault_at.write("prmvault.yaml", f"# ours\nlanguage: {code}\n")
    vault_at.write("people/Ann.md", "")
    told = prmvault("-C", vault_at.root, "check")
    assert f"prmvault.yaml:2: there is no catalogue of the language '{code}' here" in told.out
    assert "[bad-setting]" in told.out
    assert f"locale/{code}/LC_MESSAGES/prmvault.mo" in told.out.replace("\n", "")
    assert prmvault("-C", vault_at.root, "show", "Ann").out.startswith("Ann\nlast\tnever in touch yet\n")


@pytest.mark.parametrize("written", ["../../x", "[de]", "DE", "de.UTF-8", "deutsch", "{a: b}"])
def test_what_is_no_code_of_a_language_is_a_bad_setting(prmvault: Prmvault, vault_at: Any, written: str) -> None:
    vault_at.write("prmvault.yaml", f"language: {written}\n")
    told = prmvault("-C", vault_at.root, "check")
    assert "prmvault.yaml:1: language takes a code such as de, en or pt_BR [bad-setting]" in told.out
