"""What changed about a note, commit by commit: its own file, under all names that it had, and notes joined into it."""

from __future__ import annotations

import contextlib
import heapq
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.changes import Change, changes, is_same_note
from prmvault.core.fences import split_note
from prmvault.core.file_names import collision_key, stem_of
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.problems import PrmvaultError
from prmvault.vault.files import decode_note, read_file
from prmvault.vault.git import is_repository
from prmvault.vault.git_log import (
    Commit,
    FileChange,
    changes_between,
    changes_on_disk,
    commits_of,
    contents,
    has_commits,
    last_deleted,
    text_name,
)
from prmvault.vault.refresh import types_of

if TYPE_CHECKING:
    from prmvault.app.vault import Vault

_MOST_COMPARED = 100
"""So many files that went are read to see whether one of them is the note under its former name."""


class Entry(NamedTuple):
    """A commit, or None for what is not committed yet, with what it changed; `path` is the note's then."""

    commit: Commit | None
    path: str
    changes: tuple[Change, ...]


class _Step(NamedTuple):
    """A commit that changed the note; `origin` is the note's path before it, `joined` that of a note it took in."""

    commit: Commit
    path: str
    origin: str = ""
    joined: str = ""


def history(vault: Vault, path: str, most: int) -> list[Entry]:
    """Return the newest `most` changes of the note at `path`, the newest first, what is not committed before all.

    Raises PrmvaultError where the vault is not kept in git.
    """
    refuse_without_git(vault)
    if not has_commits(vault.root):
        return list(_uncommitted(vault, path, "", None))
    start = _committed_as(vault, path)
    found: list[Entry] = []
    head = contents(vault.root, [text_name("HEAD", start)])[0] if start else None
    found += _uncommitted(vault, path, start, head)
    with contextlib.closing(_steps(vault.root, start or path)) as steps:
        while len(found) < most and (some := list(islice(steps, most - len(found)))):
            found += _entries(vault, some)
    return found


def deleted_note(vault: Vault, name: str) -> str:
    """Return the path of a note that has gone, by its path or the name of its file, or nothing."""
    if not (name and is_repository(vault.root) and has_commits(vault.root)):
        return ""
    bare = name.removesuffix(".md")
    folders = dict.fromkeys(each.folder for each in types_of(vault.settings).values() if each.folder)
    paths = [f"{bare}.md", *(f"{folder}/{bare}.md" for folder in folders)]
    stored = contents(vault.root, [text_name("HEAD", path) for path in paths])
    here = next((path for path, data in zip(paths, stored, strict=True) if data is not None), "")
    return here or last_deleted(vault.root, paths)


def path_before(vault: Vault, path: str, commit: str) -> str:
    """Return the path that the note at `path` had in a commit of the past; one that was not there yet has none."""
    name, start = _committed_as(vault, path), "HEAD"
    while name:
        with contextlib.closing(commits_of(vault.root, name, start=start, since=commit)) as found:
            new = next((made for made, is_new in found if is_new), None)
        if new is None:
            break
        name = _origin(vault.root, new, name)
        start = new.parents[0] if new.parents else ""
    return name


def refuse_without_git(vault: Vault) -> None:
    """Raise PrmvaultError where the vault is not kept in git."""
    if not is_repository(vault.root):
        hint = "git init, git add and git commit begin a history"
        raise PrmvaultError("the vault is not kept in git, so nothing is known of the past", hint=hint)


def note_text(data: bytes | None) -> str | None:
    """Return the text of a version of a note."""
    return None if data is None else decode_note("", data)[0]


def _committed_as(vault: Vault, path: str) -> str:
    """Return the path under which HEAD has the note, nothing if it has not: the file may have been moved since."""
    if contents(vault.root, [text_name("HEAD", path)])[0] is not None:
        return path
    now = _on_disk(vault, path)
    gone = [each for each in changes_on_disk(vault.root, "HEAD") if each.status == "D"]
    return "" if now is None else _likely_origin(vault.root, path, now, gone)


def _on_disk(vault: Vault, path: str) -> bytes | None:
    try:
        return read_file(vault.root, path).data
    except OSError:
        return None


def _uncommitted(vault: Vault, path: str, committed: str, head: bytes | None) -> Iterator[Entry]:
    now = _on_disk(vault, path)
    # Line endings are git's to convert (core.autocrlf).
    if committed == path and now is not None and head is not None and now.replace(b"\r\n", b"\n") == head:
        return
    found = changes(note_text(head), note_text(now), _headings(vault))
    if committed and committed != path and now is not None:
        found = (Change("renamed", "file", committed, path), *found)
    if found:
        yield Entry(None, path, found)


def _steps(root: str, path: str, start: str = "HEAD") -> Generator[_Step, None, None]:
    """Yield the commits that changed the note, newest first, with those of its former names and of joined notes."""
    lines: list[tuple[int, int, _Step, Iterator[_Step]]] = []
    count = 0

    def follow(line: Iterator[_Step]) -> None:
        nonlocal count
        step = next(line, None)
        if step is not None:
            count += 1
            heapq.heappush(lines, (-step.commit.committed, count, step, line))

    follow(_steps_of_path(root, path, start))
    while lines:
        _, _, step, line = heapq.heappop(lines)
        yield step
        if step.joined:
            follow(_steps_of_path(root, step.joined, step.commit.parents[0]))
        if step.origin:
            follow(_steps_of_path(root, step.origin, step.commit.parents[0]))
        else:
            follow(line)


def _steps_of_path(root: str, path: str, start: str) -> Iterator[_Step]:
    for commit, is_new in commits_of(root, path, start=start):
        origin = _origin(root, commit, path) if is_new else ""
        joined = _joined(root, commit, path) if not is_new and commit.subject.startswith("merge ") else ""
        yield _Step(commit, path, origin, joined)


def _origin(root: str, commit: Commit, path: str) -> str:
    """Return which file of the commit's parent the note at `path`, which is new in it, was there, or nothing."""
    if len(commit.parents) != 1:
        return ""
    differing = changes_between(root, commit.parents[0], commit.name)
    gone = [each for each in differing if each.status == "D"]
    come = [each for each in differing if each.status == "A" and each.path.endswith(".md")]
    own = next((each for each in come if each.path == path), None)
    if own is None or not gone:
        return ""
    if len(come) == 1:
        # As `rename` writes it; a short note has few lines by which it could be known.
        named = [each for each in gone if commit.subject.startswith(f"rename {stem_of(each.path)} to ")]
        if len(named) == 1:
            return named[0].path
    now = contents(root, [own.after])[0]
    return "" if now is None else _likely_origin(root, path, now, gone, own.after)


def _likely_origin(root: str, path: str, now: bytes, gone: Iterable[FileChange], blob: str = "") -> str:
    """Return which of the files that went is the note `now` at `path`: by its content or its uid, or by most lines."""
    files = [each for each in gone if each.path.endswith(".md") and each.is_regular]
    # The likeliest first; of a folder that was moved as a whole not all files need to be read.
    files.sort(
        key=lambda each: (each.before != blob, collision_key(stem_of(each.path)) != collision_key(stem_of(path)))
    )
    files = files[:_MOST_COMPARED]
    after = note_text(now) or ""
    for each, before in zip(files, contents(root, [each.before for each in files]), strict=True):
        if before == now or (before is not None and is_same_note(note_text(before) or "", after)):
            return each.path
    return ""


def _joined(root: str, commit: Commit, path: str) -> str:
    """Return the note that the commit joined into that at `path`, if it is one of `merge`, as its message tells."""
    if len(commit.parents) != 1:
        return ""
    differing = changes_between(root, commit.parents[0], commit.name)
    gone = [each for each in differing if each.status == "D" and each.path.endswith(".md")][:_MOST_COMPARED]
    texts = contents(root, [text_name(commit.parents[0], path), *(each.before for each in gone)])
    titles = _titles(path, texts[0])
    for each, text in zip(gone, texts[1:], strict=True):
        if any(commit.subject == f"merge {other} into {own}" for other in _titles(each.path, text) for own in titles):
            return each.path
    return ""


def _titles(path: str, data: bytes | None) -> list[str]:
    text = note_text(data) or ""
    values = parse_front_matter(path, text, split_note(text)).values
    told = [value for key in ("name", "title") if isinstance(value := values.get(key), str)]
    return [" ".join(title.split()) for title in (stem_of(path), *told)]


def _entries(vault: Vault, steps: Sequence[_Step]) -> Iterator[Entry]:
    """Yield what the steps changed; a merge of branches counts only with what is in none of them."""
    names: list[str] = []
    for step in steps:
        names.append(text_name(step.commit.name, step.path))
        names += [text_name(parent, step.origin or step.path) for parent in step.commit.parents]
    texts = map(note_text, contents(vault.root, names))
    for step in steps:
        after = next(texts)
        before = [next(texts) for _ in step.commit.parents] or [None]
        found = list(changes(before[0], after, _headings(vault)))
        for other in before[1:]:
            also = changes(other, after, _headings(vault))
            found = [each for each in found if each in also]
        if step.joined:
            found.insert(0, Change("joined", "note", step.joined, None))
        if step.origin:
            found.insert(0, Change("renamed", "file", step.origin, step.path))
        if found:
            yield Entry(step.commit, step.path, tuple(found))


def _headings(vault: Vault) -> tuple[str, ...]:
    return tuple(heading.casefold() for heading in vault.settings.log_headings)
