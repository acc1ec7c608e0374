"""Three versions of a file become one: what git's merge driver calls, and what `sync` does without git's help.

A version that can't be merged as a note is merged as text, by git; what is left then is for the caller.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from prmvault.core.fences import split_note
from prmvault.vault.files import SETTINGS_FILE

MARKED = 10
"""The exit code for a text with conflict markers. (1 is how Python ends that can't even start.)"""

_NOT_OURS = 2
_FENCE = "---\n"
_TYPE = re.compile(r"^type:[ \t]{0,9}[\"']?([\w-]{1,60})[\"']?[ \t\r]{0,9}$", re.MULTILINE)
_JOURNAL = "journal"
_DIGEST = "digest"


class Versions(NamedTuple):
    """A file as it was (empty: it was not there) and as the two sides have it."""

    base: bytes
    ours: bytes
    theirs: bytes


class MergedFile(NamedTuple):
    """A merged file, and how many values or lines of it were changed on both sides."""

    data: bytes
    clashes: int = 0


def drive(arguments: Sequence[str]) -> int:
    """Do what git asks of a merge driver: %O %A %B %L %P; the result goes into %A. Return the exit code.

    0: merged. MARKED: merged as text, and there are conflicts. Anything else: %A is as it was, and the caller has to
    merge it as text. No failure of ours may end in another way: the user is in the middle of a merge.
    """
    try:
        return _drive(*arguments)
    except Exception:  # noqa: BLE001 - whatever it is, git's own merge is better than a traceback
        return _NOT_OURS


def _drive(base: str, ours: str, theirs: str, size: str, path: str) -> int:
    if not is_note(path):
        return _NOT_OURS
    versions = Versions(*[_bytes_of(name) for name in (base, ours, theirs)])
    folder = vault_folder(path)
    inner = path[len(folder) + 1 :] if folder else path
    merged = merge_file(inner, versions, journal_folder(folder or "."), digest_folder(folder or "."))
    if merged is not None:
        _write(ours, merged.data)
        return 0
    data, conflicts = merge_text(versions, "--marker-size", size)
    if conflicts and _is_marked_above_the_body(data):
        # Markers would make the whole front matter unreadable; git still says that there is a conflict.
        data, _ = merge_text(versions, "--union")
    _write(ours, data)
    return MARKED if conflicts else 0


def merge_file(path: str, versions: Versions, journal: str, digests: str = "") -> MergedFile | None:
    """Merge a note, a page or the settings; `path` is in the vault, `journal` the folder of days, `digests` of pages.

    None where a version can't be read, or the settings say different things: there is no place to keep both.
    """
    from prmvault.core.merge import merge_notes

    try:
        texts = [data.decode("utf-8") for data in versions]
    except UnicodeDecodeError:
        return None
    if "\0" in "".join(texts):
        return None
    if path == SETTINGS_FILE:
        return _merged_settings(texts)
    if is_page(path, digests):
        from prmvault.core.merge_page import merge_pages

        return MergedFile(merge_pages(*texts).encode())
    merged = merge_notes(*texts, kind=_kind(path, texts, journal))
    return MergedFile(merged.text.encode(), len(merged.clashes)) if merged.ok else None


def merge_text(versions: Versions, *options: str) -> tuple[bytes, int]:
    """Merge files as text, as git does; return the result and the number of conflicts.

    Raises ValueError for what is no text.
    """
    import subprocess
    import tempfile

    with tempfile.TemporaryDirectory(prefix="prmvault-") as folder:
        names = ("base", "ours", "theirs")
        for name, data in zip(names, versions, strict=True):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
        labels = [part for name in ("ours", "base", "theirs") for part in ("-L", name)]
        done = subprocess.run(  # noqa: S603 - git with our own arguments
            ["git", "merge-file", "-p", "--quiet", *options, *labels, "ours", "base", "theirs"],  # noqa: S607 - the user's git
            cwd=folder,
            env={**os.environ, "GIT_CEILING_DIRECTORIES": folder, "GIT_DIR": os.devnull},
            capture_output=True,
            check=False,
        )
    if not 0 <= done.returncode <= 127:  # noqa: PLR2004 - so many conflicts git counts; beyond is an error
        raise ValueError(done.stderr.decode("utf-8", "replace"))
    return done.stdout, done.returncode


def is_note(path: str) -> bool:
    """Tell whether a path is one that is merged key by key."""
    return path.endswith(".md") or os.path.basename(path) == SETTINGS_FILE


def vault_folder(path: str) -> str:
    """Return the vault's folder in the work tree for a path in it; the work tree itself is empty."""
    folder = os.path.dirname(path)
    while folder and not os.path.isfile(os.path.join(folder, SETTINGS_FILE)):
        folder = os.path.dirname(folder)
    return folder


def is_page(path: str, digests: str) -> bool:
    """Tell whether a path in the vault is that of a digest's page; `digests` is their folder."""
    from prmvault.core.dates import DateError, parse_week

    folder, _, name = path.rpartition("/")
    if not digests or folder != digests or not name.endswith(".md"):
        return False
    try:
        parse_week(name.removesuffix(".md"))
    except DateError:
        return False
    return True


def journal_folder(root: str) -> str:
    """Return the folder of the days, as the settings of the vault at `root` say."""
    text = _settings_text(root)
    if "folders" not in text:
        return _JOURNAL
    from prmvault.vault.read_settings import parse_settings

    return parse_settings(text).folders.get(_JOURNAL, _JOURNAL)


def digest_folder(root: str) -> str:
    """Return the folder of the digest's pages, as the settings of the vault at `root` say."""
    text = _settings_text(root)
    if "digest" not in text:
        return _DIGEST
    from prmvault.vault.read_settings import parse_settings

    return parse_settings(text).digest_folder


def _settings_text(root: str) -> str:
    try:
        with open(os.path.join(root, SETTINGS_FILE), encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return ""


def _kind(path: str, texts: Sequence[str], journal: str) -> str:
    """Return how the note is merged: as a day or as any other, by its type, else by its folder."""
    for text in texts:
        found = _TYPE.search(split_note(text).yaml or "")
        if found:
            return _JOURNAL if found[1].casefold() == _JOURNAL else "note"
    return _JOURNAL if journal and path.startswith(f"{journal}/") else "note"


def _merged_settings(texts: Sequence[str]) -> MergedFile | None:
    """Merge settings as the front matter of a note."""
    from prmvault.core.merge import merge_notes

    ended = [text if text.endswith("\n") or not text else f"{text}\n" for text in texts]
    notes = [f"{_FENCE}{text}{_FENCE}" for text in ended]
    if any(split_note(note).yaml != text for note, text in zip(notes, ended, strict=True)):
        return None
    merged = merge_notes(*notes, kind="note")
    parts = split_note(merged.text)
    if not merged.ok or merged.clashes or parts.yaml is None or parts.body:
        return None
    return MergedFile(parts.yaml.encode())


def _is_marked_above_the_body(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    parts = split_note(text)
    if parts.yaml is None:
        return parts.unclosed or text.removeprefix("\ufeff").startswith("---")
    return any(line.startswith(("<<<<<<<", "=======", ">>>>>>>")) for line in parts.yaml.split("\n"))


def _bytes_of(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _write(path: str, data: bytes) -> None:
    """Write a file as a whole: a process that is killed leaves it as it was."""
    beside = f"{path}.prmvault.tmp"
    try:
        with open(beside, "wb") as file:
            file.write(data)
        os.replace(beside, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise
