"""An open vault: its root, its cache folder, its settings, and facts that are as the files are now."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.core.problems import EXIT_BUSY, PrmvaultError, Problem
from prmvault.vault.facts import Facts, Progress, delete_facts, open_facts, open_private_facts
from prmvault.vault.names_file import keep_names
from prmvault.vault.places import cache_folder
from prmvault.vault.refresh import Refreshed, SettingsChanged, State, ignore_rules, load_state, refresh

if TYPE_CHECKING:
    from prmvault.vault.settings import Settings

Say = Callable[[str], None]
"""`say(text)` tells the user something that is not the answer (standard error)."""

_PATIENCE = 10
"""So often the settings are loaded again because another process has seen others."""

_MANY = 200
"""From this many notes on reading them is shown as progress."""


class Vault(NamedTuple):
    """An open vault. `problems` are those of the look at the folder, not of single notes.

    `written` are the paths of what has been changed through this vault: then a command is not to be run again.
    """

    root: str
    cache: str
    facts: Facts
    state: State
    refreshed: Refreshed
    say: Say
    written: list[str]

    @property
    def settings(self) -> Settings:
        """Return the vault's settings."""
        return self.state.settings

    def ignores(self, path: str) -> bool:
        """Tell whether the settings or .gitignore leave this file out."""
        return ignore_rules(self.root, self.settings)(path)

    def day_in_english(self, text: str) -> str:
        """Return a day that is said in the vault's language as English says it; English and German stay as they are."""
        from prmvault.render.language import language_of

        return language_of(self.settings.language).in_english(text) if text else ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the problems of the settings and of the look at the folder."""
        return (*self.settings.problems, *self.refreshed.problems)


def open_vault(root: str, say: Say, progress: Callable[[str, int], Progress] | None = None) -> Vault:
    """Open the vault at `root` and bring its facts up to date.

    `progress(label, total)` makes a display for long work. A cache that is damaged is built again; one that can't be
    written is replaced by one in memory for this command.
    """
    cache = cache_folder(root)
    try:
        return _opened(root, cache, open_facts(cache), say, progress)
    except sqlite3.DatabaseError as error:
        if _is_locked(error):
            message = "another prmvault is busy with this vault's cache"
            raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="try again in a moment") from None
        if not _is_disk_error(error):
            say(f"the cache was damaged ({error}); it is built again")
            try:
                delete_facts(cache)
                return _opened(root, cache, open_facts(cache), say, progress)
            except (sqlite3.OperationalError, OSError) as second:
                error = sqlite3.OperationalError(str(second))
        say(f"the cache can't be written ({error}); this command works without it, more slowly")
    except OSError as error:
        say(f"the cache can't be used ({error.strerror or error}); this command works without it, more slowly")
    return _opened(root, cache, open_private_facts(), say, progress)


def _opened(root: str, cache: str, facts: Facts, say: Say, progress: Callable[[str, int], Progress] | None) -> Vault:
    shown: list[Progress] = []

    def report(done: int, total: int) -> None:
        if progress is not None and total >= _MANY and not shown:
            shown.append(progress("reading notes", total))
        if shown:
            shown[0](done, total)

    for _ in range(_PATIENCE):
        state = load_state(facts, root, _words_of)
        try:
            refreshed = refresh(facts, root, state, report)
            break
        except SettingsChanged:
            continue
    else:
        raise PrmvaultError("the settings change all the time", exit_code=EXIT_BUSY, hint="try again in a moment")
    keep_names(cache, facts, state)
    return Vault(root, cache, facts, state, refreshed, say, [])


def _words_of(language: str) -> dict[str, Any] | None:
    """Return the words of a language for reading notes; None for English and German, which are read in any case."""
    if language.partition("_")[0] in ("en", "de"):  # Without a look at any catalogue.
        return None
    from prmvault.render.language import language_of

    return language_of(language).note_words()


def refreshed_vault(vault: Vault) -> Vault:
    """Return the vault with facts, and settings, as they are now."""
    if not vault.facts.is_in_place():
        # Somebody deleted the cache: what is written to the old file nobody would ever see.
        vault.facts.close()
        return open_vault(vault.root, vault.say)
    return _opened(vault.root, vault.cache, vault.facts, vault.say, None)


def forget_damaged_cache(error: Exception, root: Callable[[], str], say: Say) -> bool:
    """Delete the cache if `error` tells that its bytes are damaged; only what is read of it shows that."""
    # Its subclasses tell of the disk, of locks and of bugs.
    if type(error) is not sqlite3.DatabaseError:
        return False
    say(f"the cache was damaged ({error}); it is built again")
    delete_facts(cache_folder(root()))
    return True


def _is_locked(error: sqlite3.DatabaseError) -> bool:
    return isinstance(error, sqlite3.OperationalError) and ("locked" in str(error) or "busy" in str(error))


def _is_disk_error(error: sqlite3.DatabaseError) -> bool:
    """Tell apart what lies in the disk (full, read-only, no permission) from a damaged file."""
    if not isinstance(error, sqlite3.OperationalError):
        return False
    return any(word in str(error) for word in ("full", "readonly", "unable to open", "disk I/O"))
