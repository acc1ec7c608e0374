"""What can be wrong: problems found in notes are values, a command that cannot go on raises."""

from __future__ import annotations

from typing import NamedTuple

EXIT_NOTHING_FOUND = 1
EXIT_USAGE = 2
EXIT_NO_VAULT = 3
EXIT_AMBIGUOUS = 4
EXIT_BUG = 70
EXIT_BUSY = 75
EXIT_INTERRUPTED = 130


class Problem(NamedTuple):
    """One thing that is wrong in a note, with its place and its remedy.

    `path` is relative to the vault, with forward slashes; `line` counts from 1, and 0 means the whole file;
    `code` is stable and for scripts; `hint` says what to do and may be empty.
    """

    path: str
    line: int
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.message} [{self.code}]"


class PrmvaultError(Exception):
    """A command cannot go on; `exit_code` is the process's, `hint` the remedy."""

    def __init__(self, message: str, *, exit_code: int = EXIT_NOTHING_FOUND, hint: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.hint = hint
