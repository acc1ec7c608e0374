"""Listening to the digest: what was ticked, put off or written on its pages since they were last looked at.

What the pages were like then is kept in the cache. It only saves time: without it all pages are read, and what has been
carried from them before is found to be so.
"""

from __future__ import annotations

import contextlib
import os
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.core.problems import PrmvaultError, Problem
from prmvault.vault.files import Content, Folder, folder_entries, look, pack_folder, swap_file
from prmvault.vault.places import cache_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from prmvault.app.vault import Vault
    from prmvault.core.digest_page import Edit

_STATE = "digest-heard"
_PATIENCE = 20
_MOST = 10
"""So many problems of one page are told at once."""
_AHEAD = timedelta(days=7)
_DOUBTFUL_NS = 2_000_000_000
"""A page that changed this shortly before it was read may change again without its numbers telling."""


class Heard(NamedTuple):
    """The vault as it is then, what was carried (a line each, for people), and what is told for the first time."""

    vault: Vault
    carried: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class _State(NamedTuple):
    """The pages as they were last heard; `waiting` has, by name, what could not be carried then, as problems.

    It is tried again when what it was `tried` with (the day, the notes) has changed. `folder` is the pages' as the
    settings say that have the hash `reading`.
    """

    reading: str
    folder: str
    names: bytes
    stats: bytes
    waiting: dict[str, list[list[Any]]]
    tried: str


class _PageHeard(NamedTuple):
    """What became of a page: the numbers under which it was read last (none: it has gone), and what was done."""

    stats: tuple[int, ...]
    carried: list[str]
    problems: list[Problem]


def listen(vault: Vault, today: date) -> Heard:
    """Carry what was done on the digest's pages to where it belongs, each once; never raises PrmvaultError or OSError.

    Where no page was touched it is done after a look at their folder. What can't be carried stays in its page.
    """
    state = _kept_of(vault)
    folder = _look(vault.root, state.folder)
    tried = f"{today} {vault.facts.newest_seq()}"
    is_same = folder is None or (state.names, state.stats) == (folder.names, folder.stats)
    if folder is None or (is_same and (not state.waiting or state.tried == tried)):
        if state.reading != vault.state.reading:
            _keep(vault, state._replace(reading=vault.state.reading))
        return Heard(vault)
    before = folder_entries(Folder("", state.names, state.stats))
    entries = folder_entries(folder)
    names = [name for name, stats in entries.items() if before.get(name) != stats or name in state.waiting]
    return _listened(vault, today, entries, names, state)


def is_touched(root: str) -> bool:
    """Tell whether a page may have been touched since the pages were heard, without opening the vault."""
    state = _kept(cache_folder(root))
    folder = _look(root, state.folder)
    if not state.folder or folder is None:
        return not state.folder
    return bool(state.waiting) or (state.names, state.stats) != (folder.names, folder.stats)


def waiting_problems(vault: Vault) -> list[Problem]:
    """Return what stands on the digest's pages and could not be carried when they were last heard."""
    state = _kept_of(vault)
    folder = _look(vault.root, state.folder)
    names = folder_entries(folder) if folder else {}
    return [Problem(*each) for name, found in state.waiting.items() if name in names for each in found]


def _listened(
    vault: Vault, today: date, entries: Mapping[str, tuple[int, ...]], names: Sequence[str], state: _State
) -> Heard:
    """Hear the pages with these names, and keep how they all are."""
    from prmvault.core.dates import DateError, parse_week
    from prmvault.core.turns import moved

    # What is written here is none of the command's writing: it can be run again.
    own = vault._replace(written=[])
    kept = dict(entries)
    carried: list[str] = []
    waiting = {name: found for name, found in state.waiting.items() if name in entries}
    told: list[Problem] = []
    for name in names:
        try:
            monday = parse_week(name.removesuffix(".md"))
        except DateError:
            continue
        if monday > moved(today, _AHEAD):
            kept[name] = ()  # With `--today` somebody looks at the past; what was ticked since is none of that day's.
            continue
        path = f"{vault.settings.digest_folder}/{name}"
        own, heard = _heard(own, path, monday, today)
        kept[name] = heard.stats
        carried += heard.carried
        known = {tuple(each[2:]) for each in waiting.get(name, ())}
        told += _not_too_many([each for each in heard.problems if tuple(each[2:]) not in known], path)
        waiting[name] = [list(each) for each in heard.problems]
    now = own._replace(written=vault.written)
    tried = f"{today} {now.facts.newest_seq()}"
    packed = pack_folder("", {name: stats for name, stats in kept.items() if stats})
    waiting = {name: found for name, found in waiting.items() if found}
    _keep(vault, _State(now.state.reading, now.settings.digest_folder, packed.names, packed.stats, waiting, tried))
    return Heard(now, tuple(carried), tuple(told))


def _not_too_many(problems: list[Problem], path: str) -> list[Problem]:
    more = len(problems) - _MOST
    if more <= 0:
        return problems
    return [*problems[:_MOST], Problem(path, 0, "digest-edit", f"… and {more} more", "prmvault check lists them")]


def _heard(vault: Vault, path: str, monday: date, today: date) -> tuple[Vault, _PageHeard]:
    """Carry the edits of one page; what keeps one from being carried becomes a problem of its line."""
    from prmvault.app.pages import page_words, read_page
    from prmvault.core.digest_page import parse_page
    from prmvault.core.digest_told import edits_on

    heard = _PageHeard((), [], [])
    try:
        content, text = read_page(vault, path)
        if "^" not in text or not edits_on(parse_page(text, page_words(vault))):
            return vault, heard._replace(stats=_lasting(content))
        from prmvault.app.edit import editing
        from prmvault.app.vault import refreshed_vault

        with editing(vault):
            vault = refreshed_vault(vault)
            return _carried(vault, path, monday, today, heard)
    except FileNotFoundError:
        return vault, heard
    except PrmvaultError as error:
        return vault, heard._replace(problems=[_unheard(path, str(error), error.hint)])
    except OSError as error:
        # Not the path in it: that of a file beside is another one each time, and this is to be told once.
        return vault, heard._replace(problems=[_unheard(path, error.strerror or "it can't be read or written")])


def _unheard(path: str, why: str, hint: str = "") -> Problem:
    return Problem(path, 0, "digest-edit", f"the page was not heard: {why}", hint)


def _carried(vault: Vault, path: str, monday: date, today: date, heard: _PageHeard) -> tuple[Vault, _PageHeard]:
    """Carry the page's edits until none is left that can be; each time that it is written it is read again."""
    from prmvault.app.carry import carry
    from prmvault.app.digest_sources import Sources
    from prmvault.app.pages import lasting_text, page_words, read_page
    from prmvault.app.vault import refreshed_vault
    from prmvault.core.digest_page import MISPLACED, REWORDED, SNOOZED, parse_page, with_done, with_snoozed
    from prmvault.core.digest_told import edits_on, told_marks, with_told
    from prmvault.core.markdown import plain_text

    words = page_words(vault)
    refused: dict[Edit, Problem] = {}
    kept: set[Edit] = set()
    for _ in range(_PATIENCE):
        content, text = read_page(vault, path)
        page = parse_page(text, words)
        found = edits_on(page)
        there = set(found)
        refused = {edit: problem for edit, problem in refused.items() if edit in there}
        refused |= {edit: _contradiction(path, edit) for edit in _contradicting(found)}
        todo = {edit.id: edit for edit in reversed(found) if edit not in refused and edit not in kept}
        if not todo:
            return vault, heard._replace(stats=_lasting(content), problems=list(refused.values()))
        sources = Sources(vault, page, monday)
        after = text
        for edit in reversed(todo.values()):
            try:
                carried = carry(sources, edit, today)
            except PrmvaultError as error:
                refused[edit] = Problem(path, edit.line, "digest-edit", f"{_shown(edit)}: {error}", error.hint)
                continue
            shown = lasting_text(vault, edit.text) if edit.id[0] in "tr" else edit.text
            if carried.place:
                heard.carried.append(f"digest: {carried.did} {plain_text(shown)} → {carried.place}")
            marks = told_marks(edit.id, shown, carried.item, edit.below) if carried.item else ()
            if edit.what == SNOOZED:
                after = with_snoozed(after, edit, carried.id, words)
            elif edit.what == REWORDED:
                after = with_told(after, edit, marks, words)
            elif edit.what == MISPLACED:
                kept.add(edit)
            else:
                after = with_done(after, edit._replace(text=shown), carried.day, words, marks)
        if after != text:
            swap_file(vault.root, path, content, after.encode())
        vault = refreshed_vault(vault)
    raise PrmvaultError("it changes all the time", hint="close the program that writes it")


def _contradicting(found: Sequence[Edit]) -> list[Edit]:
    """Return the edits of lines with one id that do not want the same."""
    from prmvault.core.digest_page import CANCELLED, DONE, SNOOZED

    wanted: dict[str, set[tuple[str, str]]] = {}
    above = [edit for edit in found if edit.what in (DONE, CANCELLED, SNOOZED)]
    for edit in above:
        wanted.setdefault(edit.id, set()).add((edit.what, edit.day if edit.what == SNOOZED else ""))
    return [edit for edit in above if len(wanted[edit.id]) > 1]


def _contradiction(path: str, edit: Edit) -> Problem:
    message = f"{_shown(edit)}: another line with ^{edit.id} says something else"
    return Problem(path, edit.line, "digest-edit", message, "delete the one that is not meant")


def _shown(edit: Edit) -> str:
    from prmvault.core.dates import quoted
    from prmvault.core.markdown import plain_text

    return quoted(plain_text(edit.text))


def _look(root: str, folder: str) -> Folder | None:
    """Return the digest's pages as they are on disk: one `stat` a file."""
    return next(look(os.path.join(root, folder), (), []), None)


def _lasting(content: Content) -> tuple[int, ...]:
    """Return the numbers to keep for a page, with ctime 0 where they are doubtful."""
    is_doubtful = content.stats[1] > time.time_ns() - _DOUBTFUL_NS
    return (content.stats[0], 0, *content.stats[2:]) if is_doubtful else content.stats


def _kept_of(vault: Vault) -> _State:
    """Return the state of the vault's pages; none was heard where they were in another folder."""
    state = _kept(vault.cache)
    if state.reading == vault.state.reading:
        return state  # To know the folder, the settings need not be read.
    folder = vault.settings.digest_folder
    return state if state.folder == folder else _State("", folder, b"", b"", {}, "")


def _kept(cache: str) -> _State:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        with open(os.path.join(cache, _STATE), "rb") as file:
            head, _, rest = file.read().partition(b"\n")
        reading, folder, tried, names, waiting = head.decode().split("\0")
        return _State(reading, folder, rest[: int(names)], rest[int(names) :], _waiting(waiting), tried)
    return _State("", "", b"", b"", {}, "")


def _waiting(text: str) -> dict[str, list[list[Any]]]:
    if not text:
        return {}
    import json

    told: dict[str, list[list[Any]]] = json.loads(text)
    return told


def _keep(vault: Vault, state: _State) -> None:
    """Write the state; where the cache can't be written, all pages are read the next time."""
    waiting = ""
    if state.waiting:
        import json

        waiting = json.dumps(state.waiting)
    head = "\0".join([state.reading, state.folder, state.tried, str(len(state.names)), waiting])
    path = os.path.join(vault.cache, _STATE)
    beside = f"{path}.{os.getpid()}"
    with contextlib.suppress(OSError):
        os.makedirs(vault.cache, mode=0o700, exist_ok=True)
        with open(beside, "wb") as file:
            file.write(head.encode() + b"\n" + state.names + state.stats)
        os.replace(beside, path)
