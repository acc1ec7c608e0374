"""What of a vault goes into git, and how this clone is set up for it."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prmvault.vault.files import SETTINGS_FILE, read_file
from prmvault.vault.git import run_git
from prmvault.vault.git_config import Config, read_config
from prmvault.vault.git_setup import (
    ATTRIBUTES,
    IGNORED,
    add_attributes,
    ignore_digests,
    ignores_digests,
    is_ignored,
    keep_digests,
    missing_attributes,
    missing_drivers,
    set_up_clone,
)
from prmvault.vault.git_sync import Changes, Repository, look_at
from prmvault.vault.merge_files import journal_folder

if TYPE_CHECKING:
    from prmvault.vault.settings import Settings

_TOLD = 12
"""The texts of so many files are compared for the message of a commit."""

_LARGEST_BYTES = 50_000_000
"""A larger file that git doesn't know is left to the user: hosts refuse it, and no later commit gets it out again."""

_FOLDERS = ("templates/", "attachments/")

_ENDINGS = (
    *(".md", ".txt", ".pdf", ".csv", ".vcf", ".ics", ".j2", ".canvas", ".base"),
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".heic", ".mp3", ".m4a", ".ogg", ".mp4", ".mov"),
)


def set_up(root: str) -> list[str]:
    """Set this clone up for merging notes: attributes, ignored files and drivers; return what was done, for people."""
    look_at(root)
    return set_up_with(root, read_config(root))


def set_up_with(root: str, config: Config) -> list[str]:
    """Do what `set_up` does, with the configuration that was read."""
    settings = _settings(root)
    ignore_or_keep = keep_digests if settings.digest_commit else ignore_digests
    return [
        *add_attributes(root, missing_attributes(root, journal_folder(root))),
        *ignore_or_keep(root, settings.digest_folder),
        *set_up_clone(root, config),
    ]


def not_set_up(root: str) -> bool:
    """Tell whether this clone has a remote, and would merge what comes from there as mere text."""
    config = read_config(root)
    return bool(config.remotes() and (missing_attributes(root, journal_folder(root)) or missing_drivers(config)))


def has_digests_to_keep(root: str) -> bool:
    """Tell whether the settings say that digests are kept in git, while our line in `.gitignore` says otherwise."""
    if b"commit" not in read_file(root, SETTINGS_FILE).data:
        return False  # What most vaults have; reading all of the settings takes longer.
    settings = _settings(root)
    return settings.digest_commit and ignores_digests(root, settings.digest_folder)


def odd_digests(root: str) -> tuple[str, str]:
    """Return how git keeps digests otherwise than the settings say, and what to do about it; else two empty texts."""
    settings = _settings(root)
    folder = settings.digest_folder
    if settings.digest_commit:
        if not is_ignored(root, folder):
            return "", ""
        hint = f"git check-ignore -v {folder}/2026-W01.md tells which line to take out"
        return f"the settings say that git keeps {folder}/, but a pattern of yours has git ignore it", hint
    if run_git(root, "ls-files", "-z", "--", f"{folder}/").out:
        hint = f"git rm -r --cached {folder} takes them out; the next sync then deletes them on your other machines"
        return f"git still keeps pages in {folder}/, as they were added before", hint
    return "", ""


def chosen_files(root: str, changes: Changes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which of the files that differ are committed, and which are left as they are."""
    if not changes.unknown:
        return changes.known, ()
    settings = _settings(root)
    digests = "" if settings.digest_commit else f"{settings.digest_folder}/"
    unknown = [
        path
        for path in changes.unknown
        if not (path.endswith(".prmvault.tmp") or (digests and path.startswith(digests)))
    ]
    new = [path for path in unknown if _belongs(root, path)]
    left = [path for path in unknown if path not in set(new)]
    return tuple(sorted([*changes.known, *new])), tuple(left)


def message_of(repository: Repository, paths: Sequence[str]) -> str:
    """Return the commit's message, from what the last commit and the files say."""
    from prmvault.core.commit_message import Written, commit_message
    from prmvault.vault.files import decode_note
    from prmvault.vault.git_blobs import texts_at

    told = [path for path in paths if path.endswith(".md")][:_TOLD]
    before = texts_at(repository, told)
    after: dict[str, str | None] = {}
    for path in told:
        try:
            after[path] = decode_note(path, read_file(repository.root, path).data)[0]
        except OSError:
            after[path] = None
    others = [path for path in paths if path not in after]
    return commit_message([Written(path, before.get(path), after.get(path)) for path in [*told, *others]])


def _belongs(root: str, path: str) -> bool:
    """Tell whether a file that git does not know belongs into the vault's history.

    Notes, attachments, templates and settings do; what is hidden, a link, or the copy of a conflict does not, nor
    what is too large.
    """
    from prmvault.core.note import is_conflict_copy

    if path in (SETTINGS_FILE, ATTRIBUTES, IGNORED):
        return True
    if any(part.startswith(".") for part in path.split("/")) or is_conflict_copy(path):
        return False
    if not (path.startswith(_FOLDERS) or path.lower().endswith(_ENDINGS)):
        return False
    try:
        status = os.lstat(os.path.join(root, path))
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size <= _LARGEST_BYTES


def _settings(root: str) -> Settings:
    from prmvault.vault.read_settings import parse_settings

    return parse_settings(read_file(root, SETTINGS_FILE).data.decode("utf-8", "replace"))
