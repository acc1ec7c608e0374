"""Where things are: the root of the vault that is meant, and its cache folder. Nothing here is slow to load."""

from __future__ import annotations

import os
from collections.abc import Callable

from prmvault.core.problems import EXIT_NO_VAULT, PrmvaultError
from prmvault.vault.files import SETTINGS_FILE, find_root


def resolve_root(given: str | None, user_default: Callable[[], str | None]) -> str:
    """Return the vault's root: the folder `given`, else $PRMVAULT_DIR, else upwards from here, else the user's."""
    chosen = given or os.environ.get("PRMVAULT_DIR")
    found = None if chosen else find_root(os.getcwd())
    if not chosen and not found:
        chosen = user_default()
    if chosen:
        from shlex import quote

        root = os.path.abspath(os.path.expanduser(chosen))
        if not os.path.isdir(root):
            hint = f"prmvault init {quote(chosen)} makes a vault there"
            raise PrmvaultError(f"there is no folder {chosen}", exit_code=EXIT_NO_VAULT, hint=hint)
        if not os.path.isfile(os.path.join(root, SETTINGS_FILE)):
            hint = f"prmvault init {quote(chosen)} makes it one"
            raise PrmvaultError(f"{chosen} is no vault: it has no {SETTINGS_FILE}", exit_code=EXIT_NO_VAULT, hint=hint)
        return root
    if found is None:
        hint = "go into a vault, name it with -C DIR or $PRMVAULT_DIR, or make one with prmvault init DIR"
        raise PrmvaultError(
            f"no vault here: no folder upwards has a {SETTINGS_FILE}", exit_code=EXIT_NO_VAULT, hint=hint
        )
    return found


def cache_folder(root: str) -> str:
    """Return the cache folder of the vault at `root`: in $PRMVAULT_CACHE_DIR or the user's cache folder."""
    base = os.environ.get("PRMVAULT_CACHE_DIR")
    if not base:
        from platformdirs import user_cache_dir

        base = user_cache_dir("prmvault", appauthor=False)
    return os.path.join(base, vault_key(root))


def state_folder() -> str:
    """Return the folder of what has to outlive the cache (what was sent): $PRMVAULT_STATE_DIR or the user's."""
    base = os.environ.get("PRMVAULT_STATE_DIR")
    if base:
        return base
    from platformdirs import user_state_dir

    return user_state_dir("prmvault", appauthor=False)


def vault_key(root: str) -> str:
    """Return the name under which this machine keeps what is about the vault at `root`, whatever path leads there."""
    real = os.path.realpath(root)
    from _blake2 import blake2b  # hashlib would load OpenSSL, which a question does not need

    name = blake2b(os.fsencode(real), digest_size=8).hexdigest()
    return f"{os.path.basename(real)[:40] or 'root'}-{name}"
