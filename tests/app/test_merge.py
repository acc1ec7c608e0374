"""Two notes become one: all that both say is kept, every link means it, also when the process is killed midway."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.merge import plan_merge
from prmvault.app.names import link_meanings
from prmvault.app.problems import vault_problems
from prmvault.app.steps import carry_out, preview
from prmvault.app.vault import Vault, open_vault
from prmvault.core.problems import PrmvaultError

ANNA = """---
type: person
uid: urn:uuid:a
emails: anna@example.org   # home
related:
  - friend: "[[Anna Huber]]"
---
With [[Anna Huber]].

## Log
- 2026-11-01 called
"""
HUBER = """---
type: person
uid: urn:uuid:b
aliases: [Annie]
birthday: 1987-03-14
cadence: 3 weeks
emails: [ANNA@example.org, huber@example.org]
related:
  - spouse: "[[Max]]"
---
About [[people/Anna Huber]] herself.

## Log
- 2026-10-01 walked
- 2026-11-02 wrote
"""
FILES = {
    "people/Anna Müller.md": ANNA,
    "people/Anna Huber.md": HUBER,
    "people/Max.md": "---\ntype: person\nrelated:\n  - wife: Anna Huber\n---\n[[Annie]], [[people/Anna Huber#Log|she]]\n",
    "journal/2026/2026-11-19.md": "- lunch with [[anna huber|Anna]]\n",
}
SETTINGS = 'me: "[[Anna Huber]]"\n'
PATHS = "people/Anna Müller.md", "people/Anna Huber.md"


@pytest.fixture(autouse=True)
def _home(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def vault_of(root: Path, files: dict[str, str] = FILES, settings: str = SETTINGS) -> Vault:
    for path, text in {**files, "prmvault.yaml": settings}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    return look(str(root))


def look(root: str) -> Vault:
    return open_vault(root, lambda _text: None)


def texts(root: str) -> dict[str, str]:
    files = (path for path in Path(root).rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): path.read_bytes().decode()
        for path in files
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
    }


def test_the_first_note_gets_what_the_second_says_and_all_links(tmp_path: Path) -> None:
    vault = vault_of(tmp_path)
    told = preview(vault, plan_merge(vault, *PATHS))
    assert texts(vault.root) == {**FILES, "prmvault.yaml": SETTINGS}
    assert carry_out(vault, plan_merge(vault, *PATHS)) == told
    found = texts(vault.root)
    assert (
        found["people/Anna Müller.md"]
        == """---
type: person
uid: urn:uuid:a
emails:
  - anna@example.org   # home
  - huber@example.org
related:
  - spouse: "[[Max]]"
former_uids:
  - urn:uuid:b
aliases:
  - Anna Huber
  - Annie
birthday: 1987-03-14
cadence: 3 weeks
---
With [[Anna Müller]].

About [[people/Anna Müller]] herself.

## Log
- 2026-10-01 walked
- 2026-11-01 called
- 2026-11-02 wrote
"""
    )
    assert "people/Anna Huber.md" not in found
    assert found["people/Max.md"] == FILES["people/Max.md"].replace("Anna Huber", "Anna Müller")
    assert found["journal/2026/2026-11-19.md"] == "- lunch with [[Anna Müller|Anna]]\n"
    assert found["prmvault.yaml"] == SETTINGS.replace("Huber", "Müller")


def test_what_clashes_is_kept_and_check_finds_it(tmp_path: Path) -> None:
    files = {**FILES, PATHS[0]: "---\ntype: person\ncadence: 1 year\n---\n"}
    vault = vault_of(tmp_path, files)
    carry_out(vault, plan_merge(vault, *PATHS))
    vault = look(vault.root)
    note = vault.facts.note(PATHS[0])
    assert note is not None
    assert note.fields["cadence"] == {"every": "1 year"}
    assert note.fields["merge_conflicts"] == [{"key": "cadence", "value": "3 weeks"}]
    [problem] = [problem for problem in vault_problems(vault) if problem.code == "merge-conflict"]
    assert (problem.path, problem.line) == (PATHS[0], note.lines["merge_conflicts.0"])


def test_a_revert_of_the_commit_brings_back_both_notes(tmp_path: Path) -> None:
    vault = vault_of(tmp_path)
    git = ["git", "-C", vault.root]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], check=True)
    carry_out(vault, plan_merge(vault, *PATHS))
    shown = subprocess.run([*git, "log", "--format=%s"], check=True, capture_output=True, text=True).stdout
    assert shown == "merge Anna Huber into Anna Müller\nfirst\n"
    assert subprocess.run([*git, "status", "--porcelain"], check=True, capture_output=True).stdout == b""
    subprocess.run([*git, "revert", "--no-edit", "HEAD"], check=True, capture_output=True)
    assert texts(vault.root) == {**FILES, "prmvault.yaml": SETTINGS}


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("number", range(12))
def test_killed_at_any_write_nothing_is_lost_and_running_again_makes_the_rest(tmp_path: Path, number: int) -> None:
    undisturbed = vault_of(tmp_path / "undisturbed")
    carry_out(undisturbed, plan_merge(undisturbed, *PATHS))
    vault = vault_of(tmp_path / "killed")
    count = 0

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            nonlocal count
            if ".lock" not in str(arguments[0]):
                count += 1
                if count > number:
                    raise Killed
            return function(*arguments, **options)

        return wrapped

    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "unlink", "link", "rename"):
            patch.setattr(os, name, counting(getattr(os, name)))
        try:
            carry_out(vault, plan_merge(vault, *PATHS))
        except Killed:
            ended = False
        else:
            ended = True
    vault = look(vault.root)
    links = vault.facts.connection.execute("SELECT target FROM links").fetchall()
    assert all(link_meanings(vault.facts, target) for (target,) in links)
    assert set(link_meanings(vault.facts, vault.settings.me)) <= set(PATHS)
    whole = "".join(texts(vault.root).values())
    for line in ("walked", "wrote", "called", "huber@example.org", "1987-03-14", "herself", "urn:uuid:b"):
        assert line in whole
    if not ended:
        carry_out(vault, plan_merge(vault, *PATHS))
    assert texts(vault.root) == texts(undisturbed.root)


def test_the_other_note_is_not_removed_if_it_changed_meanwhile(tmp_path: Path) -> None:
    vault = vault_of(tmp_path)
    plan = plan_merge(vault, *PATHS)
    Path(vault.root, PATHS[1]).write_text(HUBER + "saved in an editor\n")
    with pytest.raises(PrmvaultError, match="changed meanwhile"):
        carry_out(vault, plan)
    assert texts(vault.root)[PATHS[1]].endswith("saved in an editor\n")


def test_notes_of_one_name_in_two_folders_become_one(tmp_path: Path) -> None:
    vault = vault_of(
        tmp_path, {"people/Ann.md": "A\n", "people/old/Ann.md": "B\n", "x.md": "[[Ann]] [[people/old/Ann]]\n"}, ""
    )
    carry_out(vault, plan_merge(vault, "people/Ann.md", "people/old/Ann.md"))
    assert texts(vault.root) == {"people/Ann.md": "A\n\nB\n", "x.md": "[[Ann]] [[people/Ann]]\n", "prmvault.yaml": ""}


def test_the_links_of_a_note_that_cannot_be_read_still_mean_the_joined_note(tmp_path: Path) -> None:
    broken = "---\nname: [\n---\n[[Anna Huber]] [[people/Anna Huber]] [[Annie]]\n"
    vault = vault_of(tmp_path, {**FILES, "x.md": broken})
    plan = plan_merge(vault, *PATHS)
    assert [(left.path, left.line, left.target) for left in plan.left] == [
        ("x.md", 4, "Anna Huber"),
        ("x.md", 4, "people/Anna Huber"),
    ]
    carry_out(vault, plan)
    vault = look(vault.root)
    for target in ("Anna Huber", "people/Anna Huber", "Annie"):
        assert link_meanings(vault.facts, target) == (PATHS[0],)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({PATHS[1]: "---\nname: [\n---\n"}, "it is left as it is: people/Anna Huber.md:2"),
        ({PATHS[0]: "---\nname: [\n---\n"}, "it is left as it is: people/Anna Müller.md:2"),
        ({PATHS[1]: "---\ntype: organization\n---\n"}, "of type person, .* of type organization"),
        ({PATHS[0]: "---\nemails: a\nemails: b\n---\n"}, "emails"),
    ],
)
def test_what_cannot_be_joined_is_refused_before_anything_is_touched(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    vault = vault_of(tmp_path, {**FILES, **files})
    before = texts(vault.root)
    with pytest.raises(PrmvaultError, match=message):
        carry_out(vault, plan_merge(vault, *PATHS))
    assert texts(vault.root) == before


def test_a_note_is_not_joined_with_itself(tmp_path: Path) -> None:
    vault = vault_of(tmp_path)
    with pytest.raises(PrmvaultError, match="both names mean"):
        plan_merge(vault, PATHS[0], PATHS[0])


def test_organizations_can_be_joined_too(tmp_path: Path) -> None:
    files = {
        "organizations/Acme.md": "---\nphones: 1234567\n---\n",
        "organizations/ACME Inc.md": "---\nurls: acme.example\n---\n",
    }
    vault = vault_of(tmp_path, files, "")
    carry_out(vault, plan_merge(vault, *files))
    assert texts(vault.root) == {
        "organizations/Acme.md": "---\nphones: 1234567\naliases:\n  - ACME Inc\nurls:\n  - acme.example\n---\n",
        "prmvault.yaml": "",
    }
