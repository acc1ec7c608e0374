"""The digest that listens, as one meets it: in any command, on two machines, and beside the watcher."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.conftest import SampleVault
from tests.fixtures import Prmvault
from tests.machines import ANNA, Machine, Machines, machines

__all__ = ["machines"]

PAGE = "digest/2026-W47.md"
DAY = "journal/2026/2026-11-20.md"
PERSON = "---\ntype: person\ncadence: 1 week\n---\n\n- [ ] mend the lamp 📅 2026-11-18\n"


def tick(path: Path, kind: str, more: str = "") -> str:
    """Tick the first line of a kind, as an editor does; return its id."""
    text = path.read_bytes().decode()
    found = re.search(rf"^- \[ \] (.*?)( ⏳ \S+)? \^({kind}-[0-9a-f]{{6}})$", text, re.MULTILINE)
    assert found is not None, text
    line = f"- [x] {found[1]}{more}{found[2] or ''} ^{found[3]}"
    path.write_bytes(text.replace(found[0], line).encode())
    return found[3]


@pytest.fixture
def vault(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> SampleVault:
    monkeypatch.setenv("PRMVAULT_TODAY", "2026-11-20")
    vault_at.write(ANNA, PERSON)
    return vault_at


def test_any_command_carries_what_was_ticked_and_answers_with_it(vault: SampleVault, prmvault: Prmvault) -> None:
    prmvault("-C", vault.root, "digest")
    name = tick(vault.path / PAGE, "c", ": she is well")
    ran = prmvault("-C", vault.root, "show", "Anna", "--json")
    assert json.loads(ran.out)["last_contact"]["date"] == "2026-11-20"
    assert re.fullmatch(rf"prmvault: digest: .*Anna Müller.*: she is well → {DAY}:\d+\n", ran.err)
    assert prmvault("-C", vault.root, "show", "Anna", "--json").err == ""
    assert (vault.path / DAY).read_text().count(name) == 1


def test_what_can_not_be_carried_stops_no_command_and_is_told_by_check(vault: SampleVault, prmvault: Prmvault) -> None:
    prmvault("-C", vault.root, "digest")
    page = vault.path / PAGE
    page.write_text(page.read_text() + "\nmine\n")
    tick(page, "t", ", well done")
    vault.write(ANNA, PERSON.replace("mend the lamp", "mend the chair"))
    ran = prmvault("-C", vault.root, "find", "Anna")
    assert ran.code == 0
    assert "[digest-edit]" in ran.err
    assert "→ do it in the note itself" in ran.err
    assert prmvault("-C", vault.root, "find", "Anna").err == ""
    assert "[digest-edit]" in prmvault("-C", vault.root, "check").out
    prmvault("-C", vault.root, "digest")
    assert "well done" in page.read_text()
    page.write_text("".join(line for line in page.read_text().splitlines(keepends=True) if "well done" not in line))
    assert prmvault("-C", vault.root, "check").out == "no problems\n"
    assert page.read_text().endswith("\nmine\n")


def test_stdout_prints_what_is_generated(vault: SampleVault, prmvault: Prmvault) -> None:
    prmvault("-C", vault.root, "digest")
    page = vault.path / PAGE
    page.write_text(page.read_text() + "\nmine\n")
    out = prmvault("-C", vault.root, "digest", "--stdout").out
    assert "mine" not in out
    assert "<!--" not in out
    assert page.read_text().startswith(out)


def test_a_page_that_can_not_be_read_is_left_as_it_is(vault: SampleVault, prmvault: Prmvault) -> None:
    vault.write(PAGE, b"# caf\xe9\n- [x] x ^c-123456\n")
    assert "not UTF-8" in prmvault("-C", vault.root, "find", "Anna").err
    ran = prmvault("-C", vault.root, "digest")
    assert (ran.code, ran.out) == (1, "")
    assert (vault.path / PAGE).read_bytes() == b"# caf\xe9\n- [x] x ^c-123456\n"


@pytest.mark.parametrize("commit", [False, True])
def test_one_line_ticked_on_two_machines_has_one_effect(
    machines: Machines, prmvault: Prmvault, *, commit: bool
) -> None:
    first = machines.first()
    first.write(ANNA, PERSON)
    if commit:
        first.write("prmvault.yaml", "digest: {commit: true}\n")
        first.write(".gitignore", "")
    first.sync()
    second = machines.clone("second")
    both: tuple[tuple[Machine, str], ...] = ((first, "2026-11-20"), (second, "2026-11-21"))
    for machine, _ in both:
        prmvault("-C", machine.root, "--today", "2026-11-20", "digest")
        page = machine.path / PAGE
        page.write_text(f"{page.read_text()}\n{machine.path.name} was here\n")
        machine.sync()
    if commit:
        first.sync()
        assert "second was here" in first.read(PAGE)
    for machine, day in both:
        talk = tick(machine.path / PAGE, "c")
        assert prmvault("-C", machine.root, "--today", "2026-11-20", "status").code == 0
        task = tick(machine.path / PAGE, "t", f" ✅ {day}")
        assert prmvault("-C", machine.root, "--today", "2026-11-21", "status").code == 0
        assert machine.read(DAY).count(talk) == 1
    for machine, _ in (*both, *both):
        assert prmvault("-C", machine.root, "--today", "2026-11-21", "sync").code == 0
    assert first.read(DAY) == second.read(DAY)
    assert first.read(DAY).count(talk) == 1
    assert first.read(ANNA) == second.read(ANNA)
    assert first.read(ANNA).count("✅") == first.read(ANNA).count("mend the lamp") == 1
    for machine, _ in both:
        assert machine.read(PAGE).count(f"^{talk}") == machine.read(PAGE).count(f"^{task}") == 1
        assert machine.read(PAGE).count("was here") == 1 + commit
        assert machine.is_clean()


def test_ticks_that_are_synced_before_any_command_has_heard_them_have_one_effect(
    machines: Machines, prmvault: Prmvault
) -> None:
    first = machines.first()
    first.write(ANNA, PERSON)
    first.write("prmvault.yaml", "digest: {commit: true}\n")
    first.write(".gitignore", "")
    prmvault("-C", first.root, "--today", "2026-11-20", "digest")
    first.sync()
    second = machines.clone("second")
    for machine in (first, second):
        talk = tick(machine.path / PAGE, "c")
        machine.git("add", "-A")
        machine.git("commit", "-qm", "by hand")
    for machine in (first, second, first, second, first):
        assert prmvault("-C", machine.root, "--today", "2026-11-20", "sync").code == 0
    assert first.files() == second.files()
    assert first.read(DAY).count(talk) == first.read(PAGE).count(f"^{talk}") == 1
