"""A note gets another name, and every link still means it: at the end, and whenever the process is killed."""

from __future__ import annotations

import os
import subprocess
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.names import link_meanings, resolve
from prmvault.app.rename import plan_rename
from prmvault.app.steps import Changed, carry_out, preview
from prmvault.app.vault import Vault, open_vault
from prmvault.core.problems import PrmvaultError

TODAY = date(2026, 11, 20)
SETTINGS = "# ours\nme: '[[Nadja Becker]]'  # me\nlanguage: de\n"
NADJA = """---
type: person
# a comment
phones: 0170 123456
aliases: [Nadi]
---
See [[#Log]] and [[Nadja Becker#Log|below]].

## Log
- 2026-11-01 called
"""
FILES = {
    "people/Nadja Becker.md": NADJA,
    "people/Tom Becker.md": '---\ntype: person\nrelated:\n  - spouse: Nadja Becker   # bare\n  - friend: ["[[Eva]]", nadja becker]\n---\n[[Nadi]]\n',
    "people/Eva.md": "---\r\ntype: person\r\norg: '[[Acme]]'\r\n---\r\nWith [[people/Nadja Becker|her]], ![[Nadja Becker.md#Log]] and [[nadja becker]].\r\n",
    "organizations/Acme.md": "Boss: [[Nadja Becker|the boss]]; `[[Nadja Becker]]` is code.\n\n```\n[[Nadja Becker]]\n```\n",
    "journal/2026/2026-11-19.md": "---\npeople: ['[[Nadja Becker]]']\n---\n- lunch with [[Nadja Becker]] and [[Tom Becker]]\n",
    "templates/person.md.j2": "[[Nadja Becker]]\n",
    "digest/2026-W47.md": "[[Nadja Becker]]\n",
}


@pytest.fixture(autouse=True)
def _home(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def opened(vault_at: Any) -> Callable[..., Vault]:
    def make(files: dict[str, str] = FILES, settings: str = SETTINGS) -> Vault:
        vault_at.write("prmvault.yaml", settings)
        for path, text in files.items():
            vault_at.write(path, text)
        return look(vault_at.root)

    return make


def look(root: str) -> Vault:
    return open_vault(root, lambda _text: None)


def rename(vault: Vault, old: str, new: str) -> list[Changed]:
    return carry_out(vault, plan_rename(vault, resolve(vault, old, TODAY, of_type=""), old, new))


def texts(root: str) -> dict[str, str]:
    """Return the notes' texts by path, as they are on disk."""
    files = (path for path in Path(root).rglob("*") if path.is_file())
    return {
        str(path.relative_to(root)): path.read_bytes().decode()
        for path in files
        if not any(part.startswith(".") for part in path.relative_to(root).parts)
    }


def git(root: str, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def meanings(vault: Vault) -> dict[tuple[str, int, str], tuple[str, ...]]:
    rows = vault.facts.connection.execute("SELECT path, line, target FROM links")
    return {(path, line, target): link_meanings(vault.facts, target) for path, line, target in rows}


def test_every_link_that_means_the_note_gets_the_new_name_and_nothing_else_changes(
    opened: Callable[..., Vault],
) -> None:
    vault = opened()
    rename(vault, "Nadja Becker", "Nadja Sommer")
    found = texts(vault.root)
    expected = {
        path.replace("Nadja Becker", "Nadja Sommer"): text.replace("[[Nadja Becker", "[[Nadja Sommer")
        for path, text in FILES.items()
    }
    expected["people/Nadja Sommer.md"] = expected["people/Nadja Sommer.md"].replace("[Nadi]", "[Nadi, Nadja Becker]")
    expected["people/Tom Becker.md"] = (
        FILES["people/Tom Becker.md"].replace("Nadja Becker ", "Nadja Sommer ").replace("nadja becker", "Nadja Sommer")
    )
    expected["people/Eva.md"] = (
        FILES["people/Eva.md"].replace("Nadja Becker", "Nadja Sommer").replace("nadja becker", "Nadja Sommer")
    )
    expected["organizations/Acme.md"] = FILES["organizations/Acme.md"].replace("[[Nadja Becker|", "[[Nadja Sommer|")
    for path in ("templates/person.md.j2", "digest/2026-W47.md"):
        expected[path] = FILES[path]
    expected["prmvault.yaml"] = SETTINGS.replace("Becker", "Sommer")
    assert found == expected


def test_a_dry_run_tells_each_line_and_touches_nothing(opened: Callable[..., Vault], vault_at: Any) -> None:
    vault = opened()
    before = vault_at.fingerprint()
    told = preview(vault, plan_rename(vault, "people/Nadja Becker.md", "Nadja Becker", "Nadja Sommer"))
    assert vault_at.fingerprint() == before
    assert told[0] == Changed("people/Nadja Becker.md", 0, "people/Nadja Becker.md", "people/Nadja Sommer.md")
    assert (
        Changed(
            "journal/2026/2026-11-19.md",
            4,
            "- lunch with [[Nadja Becker]] and [[Tom Becker]]",
            "- lunch with [[Nadja Sommer]] and [[Tom Becker]]",
        )
        in told
    )
    assert Changed("prmvault.yaml", 2, "me: '[[Nadja Becker]]'  # me", "me: '[[Nadja Sommer]]'  # me") in told
    assert {each.path for each in told} == {
        path for path in FILES if path.endswith(".md") and not path.startswith("digest")
    } | {"prmvault.yaml"}
    assert carry_out(vault, plan_rename(vault, "people/Nadja Becker.md", "Nadja Becker", "Nadja Sommer")) == told


def test_a_revert_of_the_commit_brings_back_every_byte(opened: Callable[..., Vault]) -> None:
    vault = opened()
    git(vault.root, "init", "-q")
    git(vault.root, "add", ".")
    git(vault.root, "commit", "-q", "-m", "first")
    Path(vault.root, "people/Tom Becker.md").write_text(
        FILES["people/Tom Becker.md"] + "not committed, [[Nadja Becker]]\n"
    )
    Path(vault.root, "people/Other.md").write_text("not committed\n")
    vault = look(vault.root)
    before = texts(vault.root)
    rename(vault, "Nadja Becker", "Nadja Sommer")
    assert git(vault.root, "log", "--format=%s").splitlines() == [
        "rename Nadja Becker to Nadja Sommer", "Before: rename Nadja Becker to Nadja Sommer", "first",
    ]  # fmt: skip
    assert git(vault.root, "status", "--porcelain") == "?? people/Other.md\n"
    git(vault.root, "revert", "--no-edit", "HEAD")
    assert texts(vault.root) == before


class Killed(BaseException):
    """The process ends here."""


def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Make the process end before its write of this number: a rename, a link, or a removal."""
    count = [0]

    def counting(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **options: Any) -> Any:
            if ".lock" not in str(arguments[0]):
                count[0] += 1
                if count[0] > number:
                    raise Killed
            return function(*arguments, **options)

        return wrapped

    for name in ("replace", "rename", "link", "unlink"):
        monkeypatch.setattr(os, name, counting(getattr(os, name)))
    return monkeypatch


@pytest.mark.parametrize("number", range(24))
def test_killed_at_any_write_each_link_means_the_note_and_running_again_makes_the_rest(
    opened: Callable[..., Vault], number: int, tmp_path: Path
) -> None:
    vault = opened()
    before = meanings(vault)
    note = "people/Nadja Becker.md", "people/Nadja Sommer.md"
    whole = "".join(FILES.values())
    with pytest.MonkeyPatch.context() as patch:
        killed_at(number, patch)
        try:
            rename(vault, "Nadja Becker", "Nadja Sommer")
        except Killed:
            ended = False
        else:
            ended = True
    vault.facts.close()
    vault = look(vault.root)
    for (path, _, target), means in meanings(vault).items():
        assert means, f"[[{target}]] in {path} dangles"
    assert link_meanings(vault.facts, vault.settings.me) in ((note[0],), (note[1],), note)
    found = "".join(texts(vault.root).values())
    assert all(
        line.replace("Becker", "Sommer") in found.replace("Becker", "Sommer")
        for line in whole.split("\n")
        if "nadja" not in line and "aliases" not in line
    )
    assert sum(1 for means in before.values() if means)
    if not ended:
        rename(vault, "Nadja Becker", "Nadja Sommer")
    again = texts(vault.root)
    assert again == expected_of(tmp_path)


def expected_of(folder: Path) -> dict[str, str]:
    """Return the texts after a rename that nobody killed."""
    root = folder / "undisturbed"
    for path, text in {**FILES, "prmvault.yaml": SETTINGS}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    vault = look(str(root))
    rename(vault, "Nadja Becker", "Nadja Sommer")
    vault.facts.close()
    return texts(str(root))


def test_what_was_renamed_already_changes_nothing(opened: Callable[..., Vault]) -> None:
    vault = opened()
    rename(vault, "Nadja Becker", "Nadja Sommer")
    after = texts(vault.root)
    for old in ("Nadja Becker", "Nadja Sommer"):
        assert rename(look(vault.root), old, "Nadja Sommer") == []
    assert texts(vault.root) == after


@pytest.mark.parametrize(
    ("old", "new"), [("anna", "Anna"), (unicodedata.normalize("NFD", "José"), "José"), ("Müller", "Mueller")]
)
def test_a_name_may_change_in_case_or_form_only(opened: Callable[..., Vault], old: str, new: str) -> None:
    vault = opened({f"people/{old}.md": "---\ntype: person\n---\n", "x.md": f"[[{old}]]\n"}, "")
    rename(vault, old, new)
    found = texts(vault.root)
    assert sorted(found) == sorted([f"people/{new}.md", "x.md", "prmvault.yaml"])
    assert found["x.md"] == f"[[{new}]]\n"
    # Only a name that a file system takes for another one stays as an alias.
    assert ("aliases" in found[f"people/{new}.md"]) == (new == "Mueller")


def test_a_name_that_is_taken_is_refused(opened: Callable[..., Vault]) -> None:
    vault = opened({"people/Ann.md": "", "people/BOB.md": "", "x.md": "[[Ann]]"}, "")
    before = texts(vault.root)
    for new in ("BOB", "Bob", "bob"):
        with pytest.raises(PrmvaultError, match=r"people/BOB\.md is there already"):
            rename(vault, "Ann", new)
    assert texts(vault.root) == before


def test_a_name_by_which_links_mean_another_note_is_refused_with_the_place(opened: Callable[..., Vault]) -> None:
    vault = opened({"people/Ann.md": "", "people/Bob.md": "---\naliases: [Bobby]\n---\n", "x.md": "\n[[Bobby]]\n"}, "")
    with pytest.raises(PrmvaultError, match=r"x\.md:2: \[\[Bobby\]\] means people/Bob\.md") as refused:
        rename(vault, "Ann", "Bobby")
    assert refused.value.exit_code == 1
    assert "[[people/Bob]]" in refused.value.hint


def test_where_a_name_is_shared_links_are_written_as_paths(opened: Callable[..., Vault]) -> None:
    vault = opened({"people/Ann.md": "", "organizations/Acme.md": "", "x.md": "[[Ann]], [[Ann|her]]\n"}, "")
    rename(vault, "Ann", "Acme")
    assert texts(vault.root)["x.md"] == "[[people/Acme]], [[people/Acme|her]]\n"


def test_ambiguous_links_stay_as_they_are(opened: Callable[..., Vault]) -> None:
    vault = opened({"people/Ann.md": "", "friends/Ann.md": "", "x.md": "[[Ann]], [[people/Ann]]\n"}, "")
    rename(vault, "people/Ann", "Ann Lee")
    assert texts(vault.root)["x.md"] == "[[Ann]], [[people/Ann Lee]]\n"


def test_the_links_of_a_note_that_cannot_be_read_stay_and_are_told(opened: Callable[..., Vault]) -> None:
    broken = "---\nname: [\n---\n[[Ann]] and [[people/Ann]]\n"
    vault = opened({"people/Ann.md": "", "x.md": broken, "y.md": "[[people/Ann]]"}, "")
    plan = plan_rename(vault, "people/Ann.md", "Ann", "Ann Lee")
    assert [(left.path, left.line, left.target) for left in plan.left] == [
        ("x.md", 4, "Ann"),
        ("x.md", 4, "people/Ann"),
    ]
    carry_out(vault, plan)
    found = texts(vault.root)
    assert found["x.md"] == broken
    assert found["y.md"] == "[[people/Ann Lee]]"
    vault = look(vault.root)
    assert all(means == ("people/Ann Lee.md",) for means in meanings(vault).values())


@pytest.mark.parametrize(
    ("name", "typed", "new", "after", "aliases"),
    [
        ("name: Ann\n", "Ann", "Ann Lee", "name: Ann Lee\n", ["Ann"]),
        ("name: Ann M. Lee\n", "Ann", "Ann Lee", "name: Ann M. Lee\n", ["Ann"]),
        ("name: Ann M. Lee\n", "Ann M. Lee", "Ann Lee", "name: Ann Lee\n", ["Ann", "Ann M. Lee"]),
        ("", "Ann", "Ann/Lee", "name: Ann/Lee\n", ["Ann"]),
        ("title: boss\n", "Ann", "Ann Lee", "title: boss\n", ["Ann"]),
    ],
)
def test_the_name_in_the_note_follows_where_it_was_the_one_that_is_meant(
    opened: Callable[..., Vault], name: str, typed: str, new: str, after: str, aliases: list[str]
) -> None:
    vault = opened({"people/Ann.md": f"---\ntype: person\n{name}---\n"}, "")
    rename(vault, typed, new)
    [path] = [path for path in texts(vault.root) if path.startswith("people/")]
    assert path == "people/Ann Lee.md"
    assert after in texts(vault.root)[path]
    note = look(vault.root).facts.note(path)
    assert note is not None
    assert note.fields["aliases"] == aliases


@pytest.mark.parametrize("new", ["people/Ann Lee", "Ann Lee.md", "people/Ann Lee.md", " Ann  Lee "])
def test_the_new_name_may_be_typed_as_a_path(opened: Callable[..., Vault], new: str) -> None:
    vault = opened({"people/Ann.md": ""}, "")
    rename(vault, "people/Ann.md", new)
    assert texts(vault.root) == {"people/Ann Lee.md": "---\naliases:\n  - Ann\n---\n", "prmvault.yaml": ""}


def test_a_note_in_the_root_is_renamed_too(opened: Callable[..., Vault]) -> None:
    vault = opened({"Ann.md": "", "x.md": "[[Ann]] ![[ann.md#x]]"}, "")
    rename(vault, "Ann", "Bea")
    assert texts(vault.root)["x.md"] == "[[Bea]] ![[Bea.md#x]]"
    assert "Bea.md" in texts(vault.root)


def test_a_journal_day_and_a_note_that_cannot_be_read_are_refused(opened: Callable[..., Vault]) -> None:
    vault = opened({"journal/2026/2026-11-19.md": "", "people/Ann.md": "---\nname: [\n---\n"}, "")
    with pytest.raises(PrmvaultError, match="is a journal day"):
        rename(vault, "2026-11-19", "x")
    with pytest.raises(PrmvaultError, match=r"it is left as it is: people/Ann\.md:2"):
        rename(vault, "Ann", "Bob")


@pytest.mark.parametrize(
    "settings",
    [
        "me: Ann\n",
        'me: ["[[Ann]]", ann@example.org]\n',
        "me:\r\n  - Ann  # me\r\n  - ann@example.org\r\nlanguage: de",
        "\ufeffme: '[[people/Ann]]'",
    ],
)
def test_the_setting_me_follows_however_it_is_written(opened: Callable[..., Vault], settings: str) -> None:
    vault = opened({"people/Ann.md": ""}, settings)
    rename(vault, "Ann", "Bea")
    assert Path(vault.root, "prmvault.yaml").read_bytes().decode() == settings.replace("Ann", "Bea")
