"""Where new notes go: file names that no file has, on no system."""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import chain, count

from prmvault.core.file_names import collision_key, portable_file_name


class NewPaths:
    """The paths of the new notes of the vault at `root`; each is given once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._taken: dict[str, set[str]] = {}

    def free(self, folder: str, stems: Iterable[str]) -> str:
        """Return a path in `folder` for a note: the first of `stems` that is free, else the first with a number."""
        taken = self._names_in(folder)
        first, *others = stems
        numbered = (f"{first} ({number})" for number in count(2))
        names = (f"{stem}.md" for stem in chain((first, *others), numbered))
        name = next(name for name in names if collision_key(name) not in taken)
        taken.add(collision_key(name))
        return f"{folder}/{name}" if folder else name

    def _names_in(self, folder: str) -> set[str]:
        if folder not in self._taken:
            try:
                names = os.listdir(os.path.join(self._root, folder))
            except OSError:
                names = []
            self._taken[folder] = {collision_key(name) for name in names}
        return self._taken[folder]


def file_stem(name: str) -> str:
    """Return what the file of a new note of this name is called, without its ending."""
    try:
        return portable_file_name(name)
    except ValueError:
        return "unnamed"
