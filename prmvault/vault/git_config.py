"""A repository's configuration as git reads it, and the refusal of what in it would run commands during a sync.

A vault that was copied (not cloned) brings its `.git/config` along. What it names there is refused, unless the user's
own configuration says the same or vouches for the vault (`prmvault.trusted`).
"""

from __future__ import annotations

import os
from typing import NamedTuple

from prmvault.core.problems import PrmvaultError
from prmvault.vault.git import KNOWN_FILTERS, run_git

_COMMANDS = {
    "core": ("sshcommand", "gitproxy", "askpass", "alternaterefscommand", "worktree"),
    "credential": ("helper",),
    "remote": ("uploadpack", "receivepack", "proxy", "vcs"),
    "gpg": ("program", "defaultkeycommand"),
    "merge": ("driver",),
    "filter": ("clean", "smudge", "process"),
    "protocol": ("allow",),
    "http": ("proxy", "sslverify", "cookiefile"),
    "gc": ("recentobjectshook",),
    "lfs": ("path", "clean", "smudge", "standalonetransferagent"),
    "url": ("insteadof", "pushinsteadof"),
}
"""Keys whose values are commands, or lead git to others or elsewhere: section → the last part of the key."""

_OURS = ("merge.prmvault.driver", "merge.union.driver")
"""Set by `git-setup`; a sync merges without them."""

TRUSTED = "prmvault.trusted"


class Entry(NamedTuple):
    """One line of git's configuration: where it comes from (`local`, `global` …), its key, its value."""

    scope: str
    key: str
    value: str


class Config(NamedTuple):
    """All of git's configuration for a repository, in the order in which git reads it."""

    entries: tuple[Entry, ...]

    def value(self, key: str) -> str:
        """Return the last value of a key, or nothing."""
        return next((entry.value for entry in reversed(self.entries) if entry.key == key), "")

    def is_true(self, key: str) -> bool:
        """Tell whether a switch is on; one that is named without a value is."""
        return any(entry.key == key for entry in self.entries) and self.value(key).lower() in (
            "",
            "true",
            "yes",
            "on",
            "1",
        )

    def remotes(self) -> list[str]:
        """Return the names of the remotes that have an address."""
        names = [entry.key[len("remote.") : -len(".url")] for entry in self.entries if _is_address(entry.key)]
        return list(dict.fromkeys(names))


def read_config(root: str) -> Config:
    """Return the configuration that counts for the repository of the vault at `root`."""
    told = run_git(root, "config", "--list", "-z", "--show-scope").out.split("\0")
    pairs = zip(told[::2], told[1::2], strict=False)
    return Config(tuple(Entry(scope, *_parted(text)) for scope, text in pairs))


def refuse_foreign(root: str, config: Config, remote: str = "") -> None:
    """Raise PrmvaultError where the repository's own configuration would run commands in a sync with `remote`.

    A remote that lies in the vault, or is named by a relative path, counts too: its hooks would run at a push.
    """
    own = {(entry.key, entry.value) for entry in config.entries if entry.scope in ("global", "system")}
    real = os.path.realpath(root)
    if any(key == TRUSTED and os.path.realpath(os.path.expanduser(value)) == real for key, value in own):
        return
    for entry in config.entries:
        if entry.scope not in ("local", "worktree") or (entry.key, entry.value) in own:
            continue
        named = f"{entry.key} of this vault's own configuration"
        if _is_command(entry):
            raise _refused(root, f"git would use {named}, which can run commands")
        if remote and entry.key in (f"remote.{remote}.url", f"remote.{remote}.pushurl") and _is_near(root, entry.value):
            raise _refused(root, f"git would run the hooks of {entry.value}, {named}")


def _is_command(entry: Entry) -> bool:
    section, _, rest = entry.key.partition(".")
    part = rest.rpartition(".")[2]
    if not entry.value or part not in _COMMANDS.get(section, ()):
        return False
    return entry.key not in _OURS and not (section == "filter" and entry.value in KNOWN_FILTERS)


def _is_near(root: str, address: str) -> bool:
    """Tell whether an address is a folder in the vault or one that is named from there."""
    path = address.removeprefix("file://")
    if path == address and ("://" in address or ":" in address.partition("/")[0]):
        return False
    path = os.path.expanduser(path)
    real = os.path.realpath(root)
    return not os.path.isabs(path) or os.path.commonpath([real, os.path.realpath(path)]) == real


def _refused(root: str, message: str) -> PrmvaultError:
    from shlex import quote

    hint = f"if you trust it: git config --global --add {TRUSTED} {quote(os.path.realpath(root))}"
    return PrmvaultError(f"{message}; nothing was done", hint=hint)


def _is_address(key: str) -> bool:
    return key.startswith("remote.") and key.endswith(".url") and len(key) > len("remote..url")


def _parted(text: str) -> tuple[str, str]:
    key, _, value = text.partition("\n")
    return key, value
