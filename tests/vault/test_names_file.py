"""The names that a shell completes are those of the notes, after every change, and cost next to nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from prmvault.app.vault import open_vault
from prmvault.vault.names_file import FILE_NAME, Words, names_that_begin, read_words
from prmvault.vault.places import cache_folder
from tests.conftest import SampleVault, refuse_to_say


def look(vault: SampleVault) -> Words:
    """Return what can be completed after a command has looked at the vault."""
    open_vault(vault.root, say=refuse_to_say).facts.close()
    return read_words(cache_folder(vault.root))


def names(vault: SampleVault) -> list[str]:
    return sorted(line.split("\t")[1] for line in look(vault).people.splitlines()[1:])


def file_of(vault: SampleVault) -> Path:
    return Path(cache_folder(vault.root), FILE_NAME)


def written_anew(vault: SampleVault) -> list[bytes]:
    """Return the sorted lines of the file as it is made when it is not there."""
    file_of(vault).unlink()
    look(vault)
    return sorted(file_of(vault).read_bytes().splitlines())


def test_people_are_in_the_file_by_names_and_aliases_and_nobody_else(vault_at: SampleVault) -> None:
    vault_at.write(
        "people/anna.md", "---\nname: Anna Müller\naliases: [Anni]\nemails: [a@example.org]\norg: Acme\n---\n"
    )
    vault_at.write("organizations/Acme.md", "")
    vault_at.write("journal/2026/2026-11-20.md", "- call [[anna]]\n")
    assert names(vault_at) == ["Anna Müller", "Anni", "anna"]


def test_the_file_follows_every_change(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", "---\naliases: [Anni]\n---\n")
    vault_at.write("people/Bert.md", "")
    assert names(vault_at) == ["Anna", "Anni", "Bert"]
    vault_at.write("people/Anna.md", "---\naliases: [Ännchen, Anna M]\n---\n")
    assert names(vault_at) == ["Anna", "Anna M", "Bert", "Ännchen"]
    vault_at.write("people/Carl.md", "Friend of Bert.\n")
    (vault_at.path / "people/Bert.md").unlink()
    assert names(vault_at) == ["Anna", "Anna M", "Carl", "Ännchen"]
    vault_at.write("people/Carl.md", "---\ntype: note\n---\n")
    assert names(vault_at) == ["Anna", "Anna M", "Ännchen"]
    (vault_at.path / "people/Anna.md").rename(vault_at.path / "people/Anna Müller.md")
    assert names(vault_at) == ["Anna M", "Anna Müller", "Ännchen"]
    assert sorted(file_of(vault_at).read_bytes().splitlines()) == written_anew(vault_at)


def test_many_changes_at_once_are_followed(vault_at: SampleVault) -> None:
    for number in range(50):
        vault_at.write(f"people/Person {number:02}.md", "")
    assert len(names(vault_at)) == 50
    for number in range(30):
        vault_at.write(f"people/Person {number:02}.md", f"---\naliases: [P{number}]\n---\n")
    assert len(names(vault_at)) == 80
    assert sorted(file_of(vault_at).read_bytes().splitlines()) == written_anew(vault_at)


def test_two_people_of_one_name_do_not_take_it_from_each_other(vault_at: SampleVault) -> None:
    vault_at.write("people/a/Anna.md", "")
    vault_at.write("people/b/Anna.md", "")
    assert names(vault_at) == ["Anna", "Anna"]
    (vault_at.path / "people/a/Anna.md").unlink()
    assert names(vault_at) == ["Anna"]
    assert [name for _, name in names_that_begin(look(vault_at).people, "an")] == ["Anna"]


def test_the_file_is_left_alone_while_no_note_changes(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", "")
    look(vault_at)
    before = file_of(vault_at).stat()
    look(vault_at)
    after = file_of(vault_at).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_deleted_or_damaged_file_is_made_again(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", "")
    look(vault_at)
    whole = file_of(vault_at).read_bytes()
    head = whole.splitlines()[0].rpartition(b" ")[0]
    for content in (None, b"", b"\xff\n", head + b" 0", head + b" x\n", head + b" 0\nperson\n"):
        file_of(vault_at).unlink()
        if content is not None:
            file_of(vault_at).write_bytes(content)
        assert names(vault_at) == ["Anna"], content
        assert file_of(vault_at).read_bytes() == whole


def test_other_settings_give_other_types_and_keys(vault_at: SampleVault) -> None:
    assert "meeting" not in look(vault_at).types
    vault_at.write("prmvault.yaml", "types:\n  meeting:\n    folder: meetings\n    fields: {minutes: text}\n")
    types = look(vault_at).types
    assert "minutes" in types["meeting"]
    assert {"birthday", "cadence"} <= set(types["person"])
    assert "birthday" not in types["journal"]


def test_only_the_user_can_read_the_file(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", "")
    look(vault_at)
    assert file_of(vault_at).stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(cache_folder(vault_at.root))) == ["facts.db", FILE_NAME]


def test_a_file_that_cannot_be_written_is_no_failure(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", "")
    look(vault_at)
    file_of(vault_at).unlink()
    file_of(vault_at).mkdir()
    assert look(vault_at) == Words()


def test_a_name_that_cannot_be_shown_is_left_out(vault_at: SampleVault) -> None:
    for name in ("Tab\there", "Line\nend", "Escape \x1b[31m", "Right\u202eleft", "No-break\u00a0blank"):
        vault_at.write(f"people/{name}.md", "")
    assert names(vault_at) == []
    vault_at.write("people/x.md", "---\nname: A\u00a0B\u2003C\naliases: ['D\\tE', \"F\\x07G\"]\n---\n")
    assert names(vault_at) == ["A B C", "D\\tE", "x"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Anna", ["Anna Becker", "Anna Müller", "Annabel"]),
        ("anna ", ["Anna Becker", "Anna Müller"]),
        ("ANNA MUE", ["Anna Müller"]),
        ("muller", ["Anna Müller"]),
        ("lu", ["Jean-Luc"]),
        ("brien", ["Pat O'Brien"]),
        ("ller", []),
        ("people", []),
        ("", ["Anna Becker", "Anna Müller", "Annabel", "Jean-Luc", "Pat O'Brien"]),
    ],
)
def test_names_are_found_by_how_they_begin_and_else_by_a_word(
    vault_at: SampleVault, typed: str, expected: list[str]
) -> None:
    for name in ("Anna Müller", "Anna Becker", "Annabel", "Jean-Luc", "Pat O'Brien"):
        vault_at.write(f"people/{name}.md", "")
    assert [name for _, name in names_that_begin(look(vault_at).people, typed)] == expected
