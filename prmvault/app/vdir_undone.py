"""Notes that are gone because `undo` took back the sync that made them: nobody wanted their cards off the phone."""

from __future__ import annotations

from collections.abc import Collection

_UNDONE = "undo: vdir "
"""How the commits begin by which `undo` takes back one of `vdir`."""


def undone(root: str, paths: Collection[str]) -> set[str]:
    """Return those of `paths`, which are not there any more, whose last commit takes back one of `vdir`."""
    if not paths:
        return set()
    from prmvault.vault.git import is_repository, run_git

    if not is_repository(root) or not run_git(root, "log", "-1", "--format=%h", f"--grep=^{_UNDONE}").out:
        return set()
    last = ("--literal-pathspecs", "log", "-1", "--format=%s", "--")
    return {path for path in paths if run_git(root, *last, path).out.startswith(_UNDONE)}
