"""How a link to a note is written: by its file name where that means just this note, else by its path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prmvault.core.names import name_key
from prmvault.core.people import RANK_NAME

if TYPE_CHECKING:
    from prmvault.app.vault import Vault


def link_targets(vault: Vault) -> Callable[[str], str]:
    """Return a function from a note's path to the text by which a link means it."""

    def target(path: str) -> str:
        bare = path.removesuffix(".md")
        stem = bare.rsplit("/", 1)[-1]
        # Whoever else has the name, in whatever spelling: other programs do not look at case.
        sharers = {row[2] for row in vault.facts.names_of_key(name_key(stem)) if row[1] <= RANK_NAME}
        return stem if sharers == {path} else bare

    return target
