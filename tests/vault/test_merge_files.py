"""The merge driver, as git calls it: the result is in the file, or the file is as it was."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from prmvault.vault import merge_files
from prmvault.vault.git_config import read_config
from prmvault.vault.git_setup import attributes_text, set_up_clone
from prmvault.vault.merge_files import (
    MARKED,
    MergedFile,
    Versions,
    digest_folder,
    drive,
    is_page,
    merge_file,
    merge_text,
)
from tests.conftest import REPOSITORY

BASE = "---\nname: Anna\nphones: '1'\norg: Acme\n---\n\nOne.\n\nTwo.\n\nThree.\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work tree that is a vault, in which git calls its drivers."""
    (tmp_path / "prmvault.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def driven(base: str | bytes, ours: str | bytes, theirs: str | bytes, path: str = "people/Anna.md") -> tuple[int, str]:
    """Return how the driver ends, and what is in the file then."""
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    code = drive(["base", "ours", "theirs", "7", path])
    assert sorted(os.listdir()) == ["base", "ours", "prmvault.yaml", "theirs"]
    return code, Path("ours").read_bytes().decode("utf-8", "replace")


def test_a_note_is_merged_key_by_key() -> None:
    code, text = driven(BASE, BASE.replace("'1'", "'2'"), BASE.replace("Acme", "Lab"))
    assert (code, text) == (0, BASE.replace("'1'", "'2'").replace("Acme", "Lab"))


def test_what_both_changed_is_kept_in_the_note_and_is_no_conflict_of_git() -> None:
    code, text = driven(BASE, BASE.replace("Acme", "Lab"), BASE.replace("Acme", "Office"))
    assert code == 0
    assert "merge_conflicts:" in text
    assert "Lab" in text
    assert "Office" in text


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("journal/2026/2026-11-20.md", ""),
        ("days/2026/2026-11-20.md", "folders: {journal: days}\n"),
    ],
)
def test_a_day_is_merged_by_its_items(path: str, settings: str) -> None:
    Path("prmvault.yaml").write_text(settings)
    code, text = driven("- 10:00 a\n", "- 10:00 a\n- 12:00 c\n", "- 10:00 a\n- 11:00 b\n", path)
    assert (code, text) == (0, "- 10:00 a\n- 11:00 b\n- 12:00 c\n")


def test_a_day_elsewhere_is_known_by_its_type() -> None:
    head = "---\ntype: journal\n---\n"
    code, text = driven(f"{head}- 10:00 a\n", f"{head}- 10:00 a\n- 12:00 c\n", f"{head}- 10:00 a\n- 11:00 b\n", "x.md")
    assert (code, text) == (0, f"{head}- 10:00 a\n- 11:00 b\n- 12:00 c\n")


def test_a_vault_within_a_repository_has_its_own_settings() -> None:
    Path("prmvault.yaml").rename("base")  # git's top is no vault
    sub = Path("sub")
    sub.mkdir()
    (sub / "prmvault.yaml").write_text("folders: {journal: days}\n")
    for name, text in (
        ("base", "- 10:00 a\n"),
        ("ours", "- 10:00 a\n- 12:00 c\n"),
        ("theirs", "- 10:00 a\n- 11:00 b\n"),
    ):
        Path(name).write_text(text)
    assert drive(["base", "ours", "theirs", "7", "sub/days/x.md"]) == 0
    assert Path("ours").read_text() == "- 10:00 a\n- 11:00 b\n- 12:00 c\n"


def test_a_note_that_does_not_parse_is_merged_as_text_where_that_goes_without_a_conflict() -> None:
    broken = BASE.replace("'1'", "['1'")
    code, text = driven(BASE, broken, BASE.replace("Three", "3"))
    assert (code, text) == (0, broken.replace("Three", "3"))


def test_a_conflict_as_text_has_markers_in_the_body_only() -> None:
    broken = BASE.replace("Acme", "[Acme").replace("Three", "3")
    code, text = driven(BASE, broken, BASE.replace("Anna", "Ann").replace("Three", "III"))
    assert code == MARKED
    assert text.count("<<<<<<< ours") == 1
    front = text.partition("\n---\n")[0]
    assert "<<<" not in front


def test_a_conflict_in_the_front_matter_leaves_the_lines_of_both_without_markers() -> None:
    broken = BASE.replace("Acme", "[Acme")
    code, text = driven(BASE, broken, BASE.replace("Acme", "Lab"))
    assert code == MARKED
    assert "org: [Acme\n" in text
    assert "org: Lab\n" in text
    assert "<<<<" not in text


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("code.py", ("a\n", "b\n", "c\n")),
        (".gitignore", ("", "a\n", "b\n")),
        ("people/binary.md", (b"\x00a", b"\x00b", b"\x00c")),
        ("people/binary.md", (b"\xff a", b"\xff\x00 b", b"\xff c")),
    ],
)
def test_what_it_can_not_merge_it_leaves_alone(path: str, texts: tuple[str, str, str]) -> None:
    code, text = driven(*texts, path)
    ours = texts[1] if isinstance(texts[1], bytes) else texts[1].encode()
    assert code not in (0, MARKED)
    assert text == ours.decode("utf-8", "replace")


def test_no_failure_of_ours_ends_in_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(merge_files, "merge_file", fail)
    code, text = driven(BASE, BASE.replace("Acme", "Lab"), BASE.replace("Acme", "Office"))
    assert code not in (0, MARKED)
    assert text == BASE.replace("Acme", "Lab")
    assert drive(["no", "such", "file", "7", "x.md"]) not in (0, MARKED)
    assert drive([]) not in (0, MARKED)


def test_settings_are_merged_by_their_keys_and_refused_where_they_clash() -> None:
    base = "# mine\nlanguage: de\n"
    merged = merge_file("prmvault.yaml", versions(base, "# mine\nlanguage: en\n", base + "me: Tom\n"), "journal")
    assert merged is not None
    assert merged.data.decode() == "# mine\nlanguage: en\nme: Tom\n"
    assert merge_file("prmvault.yaml", versions("me: A\n", "me: B\n", "me: C\n"), "journal") is None
    assert merge_file("prmvault.yaml", versions("", "me: [\n", "me: C\n"), "journal") is None
    only_comments = merge_file("prmvault.yaml", versions("", "# a\n", "# a\nme: C\n"), "journal")
    assert only_comments is None or b"me: C\n" in only_comments.data


def test_settings_without_a_last_line_end_are_settings() -> None:
    merged = merge_file("prmvault.yaml", versions("me: A", "me: B", "me: A\nlanguage: de"), "journal")
    assert merged is not None
    assert merged.data.decode() == "me: B\nlanguage: de\n"


def versions(*texts: str) -> Versions:
    return Versions(*[text.encode() for text in texts])


def test_text_is_merged_whatever_the_user_s_git_is_set_to(cache: Path) -> None:
    (cache / ".gitconfig").write_text("[merge]\nconflictStyle = zdiff3\n[core]\nautocrlf = true\n")
    assert merge_text(versions("a\n\n\nb\n", "1\n\n\nb\n", "a\n\n\n2\n")) == (b"1\n\n\n2\n", 0)


def test_git_calls_it_for_each_note_that_both_sides_changed(
    folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / ".gitconfig").write_text("[user]\nname = Jonas\nemail = jonas@example.org\n[init]\ndefaultBranch = main\n")
    tools = cache / "bin"
    tools.mkdir()
    program = tools / "prmvault"
    code = "import sys; from prmvault.vault.merge_files import drive; sys.exit(drive(sys.argv[2:]))"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={REPOSITORY} exec {sys.executable} -c "{code}" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    name, day = "people/Anna's O'Neil.md", "journal/2026-11-20.md"
    (folder / "people").mkdir()
    (folder / "journal").mkdir()
    (folder / ".gitattributes").write_text(attributes_text("journal"))
    head = "---\ntype: journal\n---\n"
    git("init", "-q")
    set_up_clone(str(folder), read_config(str(folder)))
    for branch, text, items in (
        ("main", BASE, "- 10:00 a\n"),
        ("theirs", BASE.replace("Acme", "Lab"), "- 10:00 a\n- 11:00 b\n"),
        ("main", BASE.replace("'1'", "'2'"), "- 10:00 a\n- 12:00 c\n"),
    ):
        if branch == "theirs":
            git("branch", "-q", "theirs")
        if git("branch", "--list"):
            git("checkout", "-q", branch)
        (folder / name).write_text(text)
        (folder / day).write_text(head + items)
        git("add", ".")
        git("commit", "-q", "-m", branch)
    git("merge", "-q", "--no-edit", "theirs")
    assert (folder / name).read_text() == BASE.replace("Acme", "Lab").replace("'1'", "'2'")
    assert (folder / day).read_text() == head + "- 10:00 a\n- 11:00 b\n- 12:00 c\n"


def git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


def test_a_page_of_the_digest_is_merged_as_one(tmp_path: Path) -> None:
    page = "# Week\n\n- [ ] a ^c-123456\n\n## Notes\n"
    versions = Versions(page.encode(), page.replace("[ ]", "[x]").encode() + b"mine\n", page.encode() + b"yours\n")
    merged = merge_file("digest/2026-W47.md", versions, "journal", "digest")
    assert merged == MergedFile(b"# Week\n\n- [x] a ^c-123456\n\n## Notes\nmine\nyours\n")
    (tmp_path / "prmvault.yaml").write_text("digest: {folder: weeks/all}\n")
    assert digest_folder(str(tmp_path)) == "weeks/all"
    assert is_page("weeks/all/2026-W47.md", "weeks/all")
    assert not any(
        is_page(path, "digest") for path in ("digest/a.md", "digest/x/2026-W47.md", "2026-W47.md", "digest/2026-W54.md")
    )
