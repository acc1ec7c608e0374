from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.problems import PrmvaultError
from prmvault.vault import files
from prmvault.vault.files import (
    MAX_NOTE_BYTES,
    create_file,
    decode_note,
    find_root,
    folder_entries,
    inside,
    look,
    pack_folder,
    read_file,
    replace_file,
    shown_path,
    stats_of,
)
from tests.conftest import SampleVault

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="file names of arbitrary bytes")


def seen(root: str, skipped: frozenset[str] = frozenset()) -> tuple[list[str], list[str]]:
    """Return the paths of all notes that a look finds, and the folders that it could not read."""
    unreadable: list[str] = []
    paths = []
    for folder in look(root, skipped, unreadable):
        paths += [f"{folder.path}/{name}" if folder.path else name for name in folder_entries(folder)]
    return sorted(paths), unreadable


# --- finding and looking


def test_the_root_is_found_from_a_folder_deep_below_and_nowhere_else(vault_at: SampleVault) -> None:
    vault_at.write("journal/2026/2026-11-21.md", "")
    assert find_root(f"{vault_at.root}/journal/2026") == vault_at.root
    assert find_root(str(vault_at.path.parent)) is None


def test_a_look_finds_markdown_files_and_leaves_out_what_is_hidden_or_skipped(vault_at: SampleVault) -> None:
    for path in (
        "a.md",
        "people/Anna.md",
        "people/x/y/z.md",
        "digest/2026-W47.md",
        ".obsidian/x.md",
        ".hidden.md",
        "people/note.txt",
        "people/Anna.md.bak",
        "people/.#Anna.md",
        "people/Anna.md~",
    ):
        vault_at.write(path, "text")
    assert seen(vault_at.root, frozenset({"digest"})) == (["a.md", "people/Anna.md", "people/x/y/z.md"], [])


def test_two_looks_at_an_untouched_folder_are_equal_byte_for_byte(vault_at: SampleVault) -> None:
    for number in range(50):
        vault_at.write(f"people/{number}.md", str(number))
    assert list(look(vault_at.root, (), [])) == list(look(vault_at.root, (), []))


def test_a_vault_behind_a_link_is_looked_at_like_any_other(vault_at: SampleVault, tmp_path: Path) -> None:
    vault_at.write("people/Anna.md", "text")
    (tmp_path / "link").symlink_to(vault_at.path)
    assert seen(str(tmp_path / "link")) == (["people/Anna.md"], [])


def test_links_pipes_and_folders_named_like_notes_are_no_notes(vault_at: SampleVault, tmp_path: Path) -> None:
    vault_at.write("people/Anna.md", "text")
    secret = tmp_path / "outside" / "secret.md"
    secret.parent.mkdir()
    secret.write_text("secret")
    people = vault_at.path / "people"
    (people / "link.md").symlink_to(secret)
    (people / "dangling.md").symlink_to(tmp_path / "nothing")
    (people / "loop").symlink_to(people)
    (vault_at.path / "out").symlink_to(secret.parent)
    os.mkfifo(people / "pipe.md")
    (people / "folder.md").mkdir()
    assert seen(vault_at.root) == (["people/Anna.md"], [])


@linux_only
def test_file_names_may_hold_any_bytes(vault_at: SampleVault) -> None:
    folder = os.fsencode(vault_at.path)
    for name in (b"a\nb.md", b"\x01\x1b[31m.md", b"latin-\xe9.md", "u\u0308.md".encode(), b" .md", b"-rf.md"):
        (folder_path := Path(os.fsdecode(folder + b"/" + name))).write_text("x")
        assert folder_path.exists()
    found, unreadable = seen(vault_at.root)
    assert {os.fsencode(path) for path in found} == set(os.listdir(folder)) - {b"prmvault.yaml"}
    assert unreadable == []


@linux_only
def test_a_folder_whose_name_is_no_utf8_is_told_and_not_entered(vault_at: SampleVault) -> None:
    folder = os.fsencode(vault_at.path) + b"/caf\xe9"
    os.mkdir(folder)
    Path(os.fsdecode(folder + b"/a.md")).write_text("x")
    assert seen(vault_at.root) == ([], ["caf\ufffd"])


def test_a_folder_that_may_not_be_read_is_told(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault_at.write("people/Anna.md", "x")
    vault_at.write("secret/Ben.md", "x")
    real = os.open

    def closed(path: str, *arguments: int, **options: int) -> int:
        if str(path).endswith("/secret"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", closed)
    assert seen(vault_at.root) == (["people/Anna.md"], ["secret"])


@linux_only
def test_folders_deeper_than_a_path_may_be_long_are_told_and_do_no_harm(vault_at: SampleVault) -> None:
    vault_at.write("a.md", "x")
    descriptor = os.open(vault_at.root, os.O_RDONLY)
    for _ in range(50):
        os.mkdir("d" * 100, dir_fd=descriptor)
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    paths, unreadable = seen(vault_at.root)
    assert paths == ["a.md"]
    assert len(unreadable) == 1


@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1),
        st.tuples(*[st.integers(-(2**63), 2**63 - 1)] * 4),
    )
)
def test_a_folder_comes_back_as_it_was_packed(entries: dict[str, tuple[int, ...]]) -> None:
    assert folder_entries(pack_folder("people", entries)) == entries


# --- reading


def test_reading_gives_the_bytes_and_the_numbers_that_a_look_finds(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", b"\xef\xbb\xbfline\r\n\0end")
    content = read_file(vault_at.root, "people/Anna.md")
    assert content.data == b"\xef\xbb\xbfline\r\n\0end"
    assert content.stats == stats_of(vault_at.root, "people/Anna.md")
    assert content.stats in [
        numbers for folder in look(vault_at.root, (), []) for numbers in folder_entries(folder).values()
    ]


def test_what_is_no_regular_file_is_refused_at_once(vault_at: SampleVault, tmp_path: Path) -> None:
    os.mkfifo(vault_at.path / "pipe.md")
    (tmp_path / "secret").write_text("secret")
    (vault_at.path / "link.md").symlink_to(tmp_path / "secret")
    (vault_at.path / "folder.md").mkdir()
    for name in ("pipe.md", "link.md", "folder.md", "missing.md"):
        with pytest.raises(OSError):  # noqa: PT011 - each has a number of its own
            read_file(vault_at.root, name)
        assert stats_of(vault_at.root, name) is None


@pytest.mark.parametrize(
    ("data", "text", "codes"),
    [
        ("Müller\n".encode(), "Müller\n", []),
        ("\ufeffMüller".encode(), "\ufeffMüller", []),
        ("eins\nMüller".encode("latin-1"), "eins\nMüller", [("not-utf8", 2)]),
        (b"\x93quoted\x94", "“quoted”", [("not-utf8", 1)]),
        ("Müller".encode("utf-16"), "Müller", [("not-utf8", 1)]),
        (b"\xff\xfea", "\ufffd", [("not-utf8", 1)]),
        (b"one\ntwo\0", "one\ntwo\0", [("control-character", 2)]),
        (b"", "", []),
    ],
)
def test_text_that_is_no_utf8_is_read_as_well_as_can_be(data: bytes, text: str, codes: list[tuple[str, int]]) -> None:
    read, problems = decode_note("a.md", data)
    assert read == text
    assert [(problem.code, problem.line) for problem in problems] == codes


def test_of_a_huge_note_the_beginning_is_read(vault_at: SampleVault) -> None:
    vault_at.write("huge.md", "ä" * (MAX_NOTE_BYTES // 2) + "x" * 1024)
    text, problems = decode_note("huge.md", read_file(vault_at.root, "huge.md").data)
    assert len(text.encode()) == MAX_NOTE_BYTES
    assert [problem.code for problem in problems] == ["too-large"]


@given(st.binary(max_size=300))
def test_any_bytes_become_text_that_can_be_stored(data: bytes) -> None:
    text, _ = decode_note("a.md", data)
    text.encode()


def test_a_path_of_arbitrary_bytes_can_be_shown() -> None:
    assert shown_path(os.fsdecode(b"people/caf\xe9.md")) == "people/caf\ufffd.md"
    assert shown_path("people/Müller.md") == "people/Müller.md"


# --- staying inside


@pytest.mark.parametrize(
    "path",
    ["../x.md", "people/../../x.md", "..", "/etc/passwd", "a\\b.md", "..\\x.md", "a\0.md", "../vault-evil/x.md",
     "out/x.md", "out/../x.md/../../y.md", "people/../../vault-evil/x.md"],
)  # fmt: skip
def test_a_path_that_leads_out_is_refused(vault_at: SampleVault, tmp_path: Path, path: str) -> None:
    (tmp_path / "vault-evil").mkdir()
    (vault_at.path / "out").symlink_to(tmp_path / "vault-evil")
    with pytest.raises(PrmvaultError):
        inside(vault_at.root, path)
    with pytest.raises(PrmvaultError):
        create_file(vault_at.root, path, "x")
    with pytest.raises(PrmvaultError):
        replace_file(vault_at.root, path, b"x")
    assert os.listdir(tmp_path / "vault-evil") == []


def test_a_path_inside_is_its_real_place(vault_at: SampleVault, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(vault_at.path)
    assert inside(str(tmp_path / "link"), "people/Anna.md") == f"{os.path.realpath(vault_at.root)}/people/Anna.md"
    assert inside(vault_at.root, "a..b/c.md").endswith("/a..b/c.md")


# --- writing


def test_creating_makes_folders_and_leaves_nothing_else_behind(vault_at: SampleVault) -> None:
    create_file(vault_at.root, "people/neu/Anna Müller.md", "Grüße\r\n")
    assert (vault_at.path / "people/neu/Anna Müller.md").read_bytes() == "Grüße\r\n".encode()
    assert os.listdir(vault_at.path / "people/neu") == ["Anna Müller.md"]


@pytest.mark.parametrize("has_links", [True, False])
def test_creating_never_overwrites(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch, has_links: bool) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", refusal(errno.EPERM))
    vault_at.write("people/Anna.md", "mine")
    with pytest.raises(FileExistsError):
        create_file(vault_at.root, "people/Anna.md", "other")
    assert (vault_at.path / "people/Anna.md").read_text() == "mine"
    assert os.listdir(vault_at.path / "people") == ["Anna.md"]


def test_creating_never_overwrites_what_comes_into_being_meanwhile(
    vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def meanwhile(descriptor: int) -> None:
        real(descriptor)
        vault_at.write("people/Anna.md", "faster")

    monkeypatch.setattr(os, "fsync", meanwhile)
    with pytest.raises(FileExistsError):
        create_file(vault_at.root, "people/Anna.md", "slower")
    assert (vault_at.path / "people/Anna.md").read_text() == "faster"


def test_creating_works_where_there_are_no_hard_links(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", refusal(errno.EPERM))
    create_file(vault_at.root, "people/Anna.md", "text")
    assert (vault_at.path / "people/Anna.md").read_text() == "text"
    assert os.listdir(vault_at.path / "people") == ["Anna.md"]


def test_creating_does_not_follow_a_link_at_its_place(vault_at: SampleVault, tmp_path: Path) -> None:
    (vault_at.path / "link.md").symlink_to(tmp_path / "outside.md")
    with pytest.raises(FileExistsError):
        create_file(vault_at.root, "link.md", "x")
    assert not (tmp_path / "outside.md").exists()


def test_replacing_keeps_the_mode_and_does_not_write_through_a_link(vault_at: SampleVault, tmp_path: Path) -> None:
    note = vault_at.write("digest/2026-W47.md", "old")
    note.chmod(0o640)
    replace_file(vault_at.root, "digest/2026-W47.md", b"new")
    assert note.read_bytes() == b"new"
    assert stat.S_IMODE(note.stat().st_mode) == 0o640
    outside = tmp_path / "outside.md"
    outside.write_text("theirs")
    note.unlink()
    note.symlink_to(outside)
    replace_file(vault_at.root, "digest/2026-W47.md", b"new")
    assert outside.read_text() == "theirs"
    assert os.listdir(note.parent) == ["2026-W47.md"]


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_replacing_on_a_full_disk_leaves_the_old_file_and_nothing_else(
    vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    note = vault_at.write("digest/2026-W47.md", "old")
    monkeypatch.setattr(os, step, refusal(errno.ENOSPC))
    with pytest.raises(OSError, match="No space"):
        replace_file(vault_at.root, "digest/2026-W47.md", b"new")
    assert note.read_text() == "old"
    assert os.listdir(note.parent) == ["2026-W47.md"]


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_creating_on_a_full_disk_leaves_nothing(
    vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(os, step, refusal(errno.ENOSPC))
    with pytest.raises(OSError, match="No space"):
        create_file(vault_at.root, "people/Anna.md", "text")
    assert os.listdir(vault_at.path / "people") == []


@pytest.mark.parametrize("step", ["open", "replace"])
def test_creating_without_hard_links_on_a_full_disk_leaves_no_temporary_file(
    vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(os, "link", refusal(errno.EPERM))
    real_open = os.open

    def open_(path: str, flags: int, *arguments: int) -> int:
        if flags & os.O_EXCL:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_open(path, flags, *arguments)

    monkeypatch.setattr(os, step, open_ if step == "open" else refusal(errno.ENOSPC))
    with pytest.raises(OSError, match="No space"):
        create_file(vault_at.root, "people/Anna.md", "text")
    assert [name for name in os.listdir(vault_at.path / "people") if name != "Anna.md"] == []


def test_a_temporary_file_is_never_taken_for_a_note(vault_at: SampleVault) -> None:
    temporary = files._write_beside(f"{vault_at.root}/Anna.md", b"half")
    assert seen(vault_at.root) == ([], [])
    os.unlink(temporary)


def test_a_temporary_file_is_not_written_through_a_link_that_waits_there(vault_at: SampleVault, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("theirs")
    (vault_at.path / f".{os.getpid()}.prmvault.tmp").symlink_to(outside)
    replace_file(vault_at.root, "note.md", b"mine")
    assert outside.read_text() == "theirs"
    assert (vault_at.path / "note.md").read_text() == "mine"


def refusal(number: int) -> object:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse
