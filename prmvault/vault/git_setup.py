"""What a clone needs so that git merges notes as notes: lines in `.gitattributes`, and drivers in its configuration.

The lines travel with the vault, the drivers don't: git never takes a command from a pull, and where a driver is
missing it merges as text without a word. So each clone is set up once, and `sync` and `check` look whether it is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from prmvault.core.problems import PrmvaultError
from prmvault.vault.files import SETTINGS_FILE, Content, create_file, read_file, swap_file
from prmvault.vault.git import git_or_fail, run_git
from prmvault.vault.git_config import Config
from prmvault.vault.merge_files import MARKED

ATTRIBUTES = ".gitattributes"
IGNORED = ".gitignore"

_CALL = f"prmvault merge-driver %O %A %B %L %P; r=$?; case $r in 0|{MARKED}) exit $r;; esac"
_TEXT = "git merge-file --quiet --marker-size=%L -L ours -L base -L theirs"

DRIVERS = {
    "merge.prmvault.name": "notes, key by key (prmvault)",
    # Where prmvault is not there or fails, it has left the file alone, and git merges it as text: a driver that is
    # missing would leave our side without a marker, and the next commit would lose theirs.
    "merge.prmvault.driver": f"{_CALL}; {_TEXT} %A %O %B || exit 1",
    "merge.union.name": "journal days by their items (prmvault), else the lines of both",
    # git's own merge of this name takes the lines of both; this is that, but for days.
    "merge.union.driver": f"{_CALL}; {_TEXT} --union %A %O %B || exit 1",
}
"""Configuration of each clone; git replaces %O, %A, %B (files), %L (length of markers) and %P (path, quoted)."""


def attribute_lines(journal: str) -> tuple[str, ...]:
    """Return the lines for `.gitattributes`, `journal` being the folder of the days.

    Where prmvault isn't set up, git reads `merge=prmvault` as its own text merge, and `merge=union` as the lines of
    both sides, which is right for days.
    """
    days = (f"/{_pattern(journal)}/**/*.md -text merge=union",) if journal else ()
    return (
        "*.md -text merge=prmvault",
        *days,
        f"{SETTINGS_FILE} -text merge=prmvault",
        ".gitignore merge=union",
        ".gitattributes merge=union",
    )


def attributes_text(journal: str) -> str:
    """Return a whole `.gitattributes` for a new vault."""
    return "\n".join([f"# {_WHY}", *attribute_lines(journal)]) + "\n"


_WHY_IGNORED = "# The digest is made from the notes, on each machine."
_WHY = "Notes are kept byte for byte, on every system, and merged by prmvault (in each clone: prmvault git-setup)."


def missing_attributes(root: str, journal: str) -> list[str]:
    """Return the lines that `.gitattributes` of the vault does not have."""
    try:
        text = read_file(root, ATTRIBUTES).data.decode("utf-8", "replace")
    except OSError:
        text = ""
    there = {" ".join(line.split()) for line in text.splitlines()}
    return [line for line in attribute_lines(journal) if line not in there]


def missing_drivers(config: Config) -> list[str]:
    """Return the keys that this clone's configuration does not have as they should be."""
    return [key for key, value in DRIVERS.items() if config.value(key) != value]


def set_up_clone(root: str, config: Config) -> list[str]:
    """Write what is missing in this clone's configuration; return what was done, for people."""
    missing = missing_drivers(config)
    for key in missing:
        git_or_fail(root, "config", "--local", key, DRIVERS[key])
    done = ["merge drivers"] if missing else []
    if not config.value("core.symlinks") and not _has_links(root):
        # A link that a pull brings becomes a small text file, and leads nowhere.
        git_or_fail(root, "config", "--local", "core.symlinks", "false")
        done.append("core.symlinks=false")
    return done


def add_attributes(root: str, lines: Sequence[str]) -> list[str]:
    """Add lines at the end of `.gitattributes`, where the last one counts; return what was done, for people."""
    return _add(root, ATTRIBUTES, [f"# {_WHY}", *lines]) if lines else []


def ignore_digests(root: str, folder: str) -> list[str]:
    """Let git ignore the digests, which each machine makes for itself; return what was done, for people."""
    if is_ignored(root, folder):
        return []
    return _add(root, IGNORED, [_WHY_IGNORED, f"/{folder}/"])


def keep_digests(root: str, folder: str) -> list[str]:
    """Take the line by which git ignores the digests out of `.gitignore`; return what was done, for people.

    Only the line that we wrote goes, with its comment: another pattern is the user's.
    """
    if not ignores_digests(root, folder):
        return []
    before = read_file(root, IGNORED)
    lines = before.data.splitlines(keepends=True)
    ours = {at for at, line in enumerate(lines) if line.strip() == f"/{folder}/".encode()}
    ours |= {at - 1 for at in ours if at and lines[at - 1].strip() == _WHY_IGNORED.encode()}
    _swap(root, IGNORED, before, b"".join(line for at, line in enumerate(lines) if at not in ours))
    return [IGNORED]


def ignores_digests(root: str, folder: str) -> bool:
    """Tell whether `.gitignore` has the line by which `init` and `git-setup` let git ignore the digests."""
    try:
        data = read_file(root, IGNORED).data
    except OSError:
        return False
    return any(line.strip() == f"/{folder}/".encode() for line in data.splitlines())


def is_ignored(root: str, folder: str) -> bool:
    """Tell whether git ignores the digests, by whatever pattern."""
    asked = os.path.join(".", folder, "2026-W01.md")
    return run_git(root, "check-ignore", "--quiet", "--no-index", "--", asked).code == 0


def _add(root: str, name: str, lines: Sequence[str]) -> list[str]:
    """Add lines at the end of one of git's files in the vault."""
    added = "\n".join(lines) + "\n"
    try:
        before = read_file(root, name)
    except FileNotFoundError:
        create_file(root, name, added)
        return [name]
    except OSError as error:
        raise PrmvaultError(f"{name} can't be read: {error.strerror or error}") from None
    gap = b"" if before.data.endswith(b"\n") or not before.data else b"\n"
    _swap(root, name, before, before.data + gap + added.encode())
    return [name]


def _swap(root: str, name: str, before: Content, data: bytes) -> None:
    if not swap_file(root, name, before, data):
        raise PrmvaultError(f"{name} was changed at the same time", hint="try again")


def _has_links(root: str) -> bool:
    """Tell whether the vault has symbolic links in git, or in its own folder: then the user wants them."""
    return any(line.startswith("120000 ") for line in run_git(root, "ls-files", "-s", "-z").out.split("\0")) or any(
        entry.is_symlink() for entry in os.scandir(root)
    )


def _pattern(folder: str) -> str:
    """Return a folder's name as a pattern of `.gitattributes`, in which a blank ends it and some signs are wild."""
    return "".join("[[:space:]]" if char.isspace() else f"\\{char}" if char in "[]*?\\" else char for char in folder)
