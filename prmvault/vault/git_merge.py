"""Merging two commits without touching a file: git finds what both sides changed, and each note is merged here.

What git leaves open is settled: an edit beats a removal, of two new names both are kept, and what can't be merged is
kept twice, once under its name and once as the copy of a conflict, which `check` finds. No text gets markers.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from prmvault.core.problems import PrmvaultError
from prmvault.vault.git import git_failure, git_or_fail, run_git, with_nuls
from prmvault.vault.git_blobs import Blob, inner_path, read_blobs, write_blobs
from prmvault.vault.git_config import Config
from prmvault.vault.git_sync import Repository, commit_tree, passing_index
from prmvault.vault.merge_files import Versions, is_note, is_page, journal_folder, merge_file, merge_text

_FILE = "100"
_UNION = (".gitignore", ".gitattributes")
_CHUNK = 500
"""So many files are merged at once."""

_OPTIONS = (
    "-c", "merge.renames=true",
    # A note that is new in a folder which the other side has moved stays where it was made.
    "-c", "merge.directoryRenames=false",
    "-c", "merge.renormalize=false",
)  # fmt: skip


class Copy(NamedTuple):
    """A file that could not be merged: one side's text is at `path`, the other's in `copy`."""

    path: str
    copy: str


class Merge(NamedTuple):
    """Two commits merged: the new commit, and what a person should know of it, as paths in the vault.

    `both` were changed on both sides; `kept` were removed or renamed on one side and are there all the same; in
    `clashing` both sides said something else, and the loser is kept under `merge_conflicts`.
    """

    commit: str
    both: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    clashing: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()


class _Found(NamedTuple):
    """What git's merge found: a tree, the versions of each open path (1 base, 2 ours, 3 theirs), and its remarks."""

    tree: str
    open: dict[str, dict[int, Blob]]
    remarks: tuple[tuple[str, tuple[str, ...]], ...]


class _Settled(NamedTuple):
    """What takes the place of open paths, and the remarks on them."""

    blobs: dict[str, Blob | None]
    texts: dict[str, tuple[str, bytes]]
    kept: list[str]
    clashing: list[str]
    copies: list[Copy]


def is_ancestor(repository: Repository, old: str, new: str) -> bool:
    """Tell whether the commit `new` has `old` behind it."""
    return run_git(repository.root, "merge-base", "--is-ancestor", old, new).code == 0


def merge_commits(repository: Repository, config: Config, theirs: str, message: str, digests: str) -> Merge:
    """Merge the commit `theirs` with what is checked out, as a new commit that no branch has yet.

    What is in the folder `digests` and no page is generated: one side's is taken. Raises PrmvaultError where the two
    have nothing in common, or where files outside of the vault can't be merged.
    """
    ours = repository.head
    bases = _bases(repository, theirs)
    # git asks its drivers file by file; those that stay open are merged here, all at once, in a tenth of the time.
    found = _merged(repository, theirs, "false")
    if len(bases) > 1 or any(_is_twisted(kind, paths) for kind, paths in found.remarks):
        # Where git merges more than the files that stay open (several common ancestors, renames onto each other),
        # the driver has to take part in it.
        found = _merged(repository, theirs, _driver())
    if len(bases) == 1:
        found = _with_renames(repository, found, bases[0], theirs)
    _refuse_outside(repository, found)
    settled = _settle(repository, found, theirs, digests)
    tree = _tree(repository, found.tree, settled)
    commit = commit_tree(repository, config, tree, message, [ours, theirs])
    both = [path for path, stages in found.open.items() if 2 in stages and 3 in stages]  # noqa: PLR2004 - git's numbers
    inner = partial(inner_path, repository)
    return Merge(
        commit,
        both=tuple(map(inner, both)),
        kept=tuple(map(inner, sorted(settled.kept))),
        clashing=tuple(map(inner, sorted(settled.clashing))),
        copies=tuple(Copy(inner(each.path), inner(each.copy)) for each in settled.copies),
    )


def _bases(repository: Repository, theirs: str) -> list[str]:
    done = run_git(repository.root, "merge-base", "--all", repository.head, theirs)
    bases = done.out.split()
    if not bases:
        hint = f"if they belong together: git merge --allow-unrelated-histories {theirs[:12]}, then sync again"
        raise PrmvaultError(
            "the remote's branch has no commit in common with this vault; nothing was merged", hint=hint
        )
    return bases


def _merged(repository: Repository, theirs: str, driver: str) -> _Found:
    """Let git merge the two commits in memory, with one command as the driver of notes and days."""
    drivers = ("-c", f"merge.prmvault.driver={driver}", "-c", f"merge.union.driver={driver}")
    done = run_git(
        repository.top, *_OPTIONS, *drivers, "merge-tree", "--write-tree", "-z", "--messages", repository.head, theirs
    )
    if done.code not in (0, 1):
        if "usage:" in done.err:
            raise PrmvaultError("this git is too old to sync with", hint="install git 2.38 or newer")
        raise git_failure("merge-tree", done)
    parts = iter(done.out.split("\0"))
    tree = next(parts)
    conflicted: dict[str, dict[int, Blob]] = {}
    for line in parts:
        if not line:
            break
        told, _, path = line.partition("\t")
        mode, oid, stage = told.split(" ")
        conflicted.setdefault(path, {})[int(stage)] = Blob(mode, oid)
    remarks = []
    for count in parts:
        if not count.isdigit():
            break
        paths = tuple(next(parts) for _ in range(int(count)))
        remarks.append((next(parts), paths))
        next(parts, "")
    return _Found(tree, conflicted, tuple(remarks))


def _with_renames(repository: Repository, found: _Found, base: str, theirs: str) -> _Found:
    """Return what was found with the renames that git does not see: a note with a new name and much new text.

    git goes by the likeness of the texts alone; a note is known by its uid, too.
    """
    removed = {
        path: stages
        for path, stages in found.open.items()
        if 1 in stages and (2 in stages) != (3 in stages) and is_note(path)  # noqa: PLR2004 - git's numbers of the sides
    }
    if not removed:
        return found
    added = {2: _added_notes(repository, base, repository.head), 3: _added_notes(repository, base, theirs)}
    everything: list[Mapping[Any, Blob]] = [*removed.values(), *added.values()]
    blobs = read_blobs(repository, {blob.oid for stages in everything for blob in stages.values()})
    changed = dict(found.open)
    for path, stages in removed.items():
        side = 3 if 2 in stages else 2  # noqa: PLR2004
        before = blobs[stages[1].oid]
        new = [
            each for each, blob in added[side].items() if each not in found.open and _is_same(before, blobs[blob.oid])
        ]
        if len(new) == 1:
            changed[path] = {1: stages[1]}
            changed[new[0]] = {**stages, side: added[side].pop(new[0])}
    return found._replace(open=changed)


def _added_notes(repository: Repository, base: str, side: str) -> dict[str, Blob]:
    """Return the notes that a side has and the common ancestor has not."""
    told = git_or_fail(repository.top, "diff-tree", "-r", "-z", "--no-renames", "--diff-filter=A", base, side).split(
        "\0"
    )
    found = {}
    for line, path in zip(told[::2], told[1::2], strict=False):
        _, mode, _, oid, _ = line.split(" ")
        if is_note(path) and mode.startswith(_FILE):
            found[path] = Blob(mode, oid)
    return found


def _is_same(before: bytes, after: bytes) -> bool:
    from prmvault.core.changes import is_same_note

    try:
        return is_same_note(before.decode(), after.decode())
    except UnicodeDecodeError:
        return False


def _is_twisted(kind: str, paths: Sequence[str]) -> bool:
    """Tell whether git has merged contents on its way to this conflict, which it does not show."""
    if kind == "CONFLICT (rename/rename)":
        return len(set(paths)) != 3  # noqa: PLR2004 - one note with two new names
    return kind.startswith("CONFLICT (rename") and kind != "CONFLICT (rename/delete)"


def _driver() -> str:
    """Return the command of this same program, which need not be on the path.

    git calls it in the vault: without -P, Python would take a file there, such as yaml.py, for a module of its own.
    """
    return f"{shlex.quote(sys.executable)} -P -m prmvault merge-driver %O %A %B %L %P"


def _refuse_outside(repository: Repository, found: _Found) -> None:
    for path, stages in found.open.items():
        odd = [blob for blob in stages.values() if not blob.mode.startswith(_FILE)]
        if odd or not path.startswith(repository.prefix):
            what = "which is no plain file" if odd else "which is not in the vault"
            hint = "git merge shows what there is to settle; then sync again"
            raise PrmvaultError(f"both sides changed {path}, {what}; nothing was merged", hint=hint)


def _settle(repository: Repository, found: _Found, theirs: str, digests: str) -> _Settled:
    settled = _Settled({}, {}, [], [], [])
    journal = journal_folder(repository.root)
    day = ""
    renamed = {path: paths for kind, paths in found.remarks if kind == "CONFLICT (rename/rename)" for path in paths}
    waiting = list(found.open)
    for start in range(0, len(waiting), _CHUNK):
        chunk = waiting[start : start + _CHUNK]
        wanted = {blob.oid for path in chunk for blob in _versions_of(found, path, renamed).values()}
        blobs = read_blobs(repository, wanted)
        for path in chunk:
            stages = _versions_of(found, path, renamed)
            own = found.open[path]
            if 2 not in own and 3 not in own:  # noqa: PLR2004 - git's numbers of the sides
                settled.blobs[path] = None  # The old name of a note that has two new ones.
                continue
            if 2 not in stages or 3 not in stages:  # noqa: PLR2004
                settled.blobs[path] = stages.get(2) or stages[3]
                settled.kept.append(path)
                continue
            if path in renamed:
                settled.kept.append(path)
            versions = Versions(*[blobs[stages[number].oid] if number in stages else b"" for number in (1, 2, 3)])
            inner = inner_path(repository, path)
            mode = min(stages[2].mode, stages[3].mode)
            if digests and inner.startswith(f"{digests}/") and not is_page(inner, digests):
                settled.blobs[path] = min(stages[2], stages[3])
                continue
            data, clashes = _content(inner, versions, journal, digests)
            if data is not None:
                settled.texts[path] = (mode, data)
                settled.clashing.extend([path] if clashes else [])
                continue
            day = day or _day(repository, theirs)
            first, second = _winner_first(stages[2], stages[3], blobs)
            copy = _copy_name(path, day, second.oid)
            settled.blobs.update({path: first, copy: second})
            settled.copies.append(Copy(path, copy))
    return settled


def _versions_of(found: _Found, path: str, renamed: Mapping[str, Sequence[str]]) -> dict[int, Blob]:
    """Return the versions to be merged at a path: a note with two new names is merged for both of them.

    Where a new name is also that of another note, the two that meet there are merged instead.
    """
    stages = found.open[path]
    if path not in renamed or len(stages) > 1 or 1 in stages:
        return stages
    blobs = [found.open.get(each, {}).get(number) for number, each in enumerate(renamed[path], start=1)]
    together = {number: blob for number, blob in enumerate(blobs, start=1) if blob is not None}
    return together if len(together) == len(blobs) == 3 else stages  # noqa: PLR2004 - base, ours, theirs


def _content(path: str, versions: Versions, journal: str, digests: str) -> tuple[bytes | None, int]:
    """Return the merged content, or None where there is none without a conflict; and how many values clash."""
    if is_note(path):
        merged = merge_file(path, versions, journal, digests)
        if merged is not None:
            return merged
    try:
        if path in _UNION:
            return merge_text(versions, "--union")[0], 0
        data, conflicts = merge_text(versions)
    except ValueError:
        return None, 0
    return (None if conflicts else data), 0


def _winner_first(ours: Blob, theirs: Blob, blobs: Mapping[str, bytes]) -> tuple[Blob, Blob]:
    """Return the two versions, the one that keeps the name first: that can be read, or else by a rule without sides."""
    first, second = sorted((ours, theirs), key=lambda blob: (not _is_readable(blobs[blob.oid]), blob.oid))
    return first, second


def _is_readable(data: bytes) -> bool:
    from prmvault.core.fences import split_note
    from prmvault.core.frontmatter import parse_front_matter

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return parse_front_matter("", text, split_note(text)).readable


def _copy_name(path: str, day: str, oid: str) -> str:
    """Return the name of a conflict's copy, as file sync tools write it: it is told by `check`, and never a person."""
    stem, dot, ending = path.rpartition(".")
    if not dot or "/" in ending or not stem.rpartition("/")[2]:
        stem, dot, ending = path, "", ""
    return f"{stem} (conflicted copy {day} {oid[:8]}){dot}{ending}"


def _day(repository: Repository, theirs: str) -> str:
    """Return the day of the later of both commits: the same for each machine that merges them."""
    shown = [
        git_or_fail(repository.root, "log", "-1", "--no-show-signature", "--format=%ct", commit)
        for commit in (repository.head, theirs)
    ]
    return datetime.fromtimestamp(max(map(int, shown)), UTC).date().isoformat()


def _tree(repository: Repository, tree: str, settled: _Settled) -> str:
    """Return git's tree with what was settled in its place."""
    entries = {**settled.blobs, **write_blobs(repository, settled.texts)}
    if not entries:
        return tree
    lines = [
        f"{blob.mode} {blob.oid}\t{path}" if blob else f"0 {'0' * len(tree)}\t{path}" for path, blob in entries.items()
    ]
    with passing_index(repository, tree) as index:
        git_or_fail(repository.top, "update-index", "-z", "--index-info", given=with_nuls(lines), index=index)
        return git_or_fail(repository.top, "write-tree", index=index)
