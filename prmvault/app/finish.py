"""Finishing things: an open task is ticked in its file, a reminder is marked as done in the note that has it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.app.edit import change_note
from prmvault.app.fields import entries_of, with_parts
from prmvault.app.world import People, world_of
from prmvault.core.fences import split_note
from prmvault.core.markdown import parse_body, plain_text
from prmvault.core.model import ONCE
from prmvault.core.names import fold
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.core.reminders import NAMELESS, next_turn, own_reminders
from prmvault.core.tasks import complete_task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prmvault.app.vault import Vault
    from prmvault.core.reminders import Reminder

_DAYS_AHEAD = 31


class Open(NamedTuple):
    """Something that can be finished: a task, or entry `item` of somebody's reminders (-1: it is a task).

    `due` is the day of a reminder that is not overdue: to be done, it has to be done up to then.
    """

    text: str
    path: str
    line: int
    item: int = -1
    due: date = date.min


def find_open(vault: Vault, words: str, today: date) -> Sequence[Open]:
    """Return the open tasks and reminders that `words` mean: at a place `path:line`, of that text, or with all words.

    A reminder is open when it is overdue, or due within its lead or a month; one that comes once, until it is done.
    Where none of these is meant, one that comes later is.
    """
    near, later = _everything_open(vault, today)
    return _meant(near, words) or _meant(later, words)


def finish(vault: Vault, chosen: Open, day: date) -> tuple[int, list[str]]:
    """Tick a task or mark a reminder as done on `day`; return its line now, and what was done, a sentence each.

    Raises PrmvaultError where its note can't be changed, and where it is not there any more.
    """
    told: list[str] = []
    line = chosen.line

    def tick(text: str) -> str:
        nonlocal told, line
        line = _line_of(text, chosen)
        changed, told = complete_task(text, line, day, leap_day=vault.settings.leap_day)
        line += changed.count("\n") - text.count("\n")  # The next one is above it.
        return changed

    def mark(text: str) -> str:
        nonlocal told
        entry = _entry_of(vault, text, chosen)
        until = max(day, chosen.due)
        told = [f"done on {day}" if until == day else f"done for {until}"]
        following = next_turn({**entry, "done": until.isoformat()}, until, vault.settings.leap_day)
        if following is not None:
            told.append(f"next one: {following}")
        return with_parts(text, "reminders", entry["item"], {"done": until.isoformat()})

    change_note(vault, chosen.path, mark if chosen.item >= 0 else tick)
    return line, told


def _line_of(text: str, chosen: Open) -> int:
    """Return the line of the task in its note as it is now; raises PrmvaultError where it is not to be found."""
    parts = split_note(text)
    same = [
        task.line
        for task in parse_body(parts.body, parts.body_line).tasks
        if task.status == "open" and plain_text(task.text) == chosen.text
    ]
    if chosen.line in same or len(same) == 1:
        return chosen.line if chosen.line in same else same[0]
    raise PrmvaultError(f"{chosen.path} changed meanwhile", exit_code=EXIT_BUSY, hint="ask again")


def _entry_of(vault: Vault, text: str, chosen: Open) -> dict[str, Any]:
    """Return the reminder in its note as it is now; raises PrmvaultError where it is not to be found."""
    same = [
        entry
        for entry in entries_of(vault, chosen.path, text, "reminders")
        if (entry.get("text") or NAMELESS) == chosen.text
    ]
    here = [entry for entry in same if entry["item"] == chosen.item]
    if here or len(same) == 1:
        return (here or same)[0]
    raise PrmvaultError(f"{chosen.path} changed meanwhile", exit_code=EXIT_BUSY, hint="ask again")


def _meant(found: Sequence[Open], words: str) -> list[Open]:
    path, _, line = words.rpartition(":")
    if line.isdigit():
        here = [each for each in found if each.path == path and each.line == int(line)]
        if here:
            return here
    wanted = fold(words)
    same = [each for each in found if fold(each.text) == wanted]
    return same or [each for each in found if _has_words(fold(each.text), wanted.split())]


def _everything_open(vault: Vault, today: date) -> tuple[list[Open], list[Open]]:
    """Return what is open now, and the reminders that come again later."""
    later: list[Open] = []
    found = [Open(plain_text(task.text), path, task.line) for path, task in vault.facts.open_tasks()]
    until = today + timedelta(days=_DAYS_AHEAD)
    world = world_of(vault, People(vault), today, (today, until), contacts_until=today)
    due: dict[tuple[str, int], list[Reminder]] = {}
    for each in own_reminders(world, today, until):
        due.setdefault((each.path, each.line), []).append(each)
    for note in world.people:
        for entry in note.fields.get("reminders", ()):
            line = note.line_of("reminders", entry["item"])
            text = entry.get("text") or NAMELESS
            # Several may stand on one line.
            shown = [each for each in due.get((note.path, line), ()) if each.title.startswith(text)]
            turn = next_turn(entry, today, world.leap_day)
            if shown or (turn and entry.get("repeat", ONCE[0]) in ONCE):
                is_late = any(each.overdue_days for each in shown)
                found.append(Open(text, note.path, line, entry["item"], date.min if is_late or not turn else turn))
            elif turn and str(entry.get("done") or "") < today.isoformat():  # Done twice is not done for next time.
                later.append(Open(text, note.path, line, entry["item"], turn))
    return found, later


def _has_words(text: str, words: Sequence[str]) -> bool:
    parts = text.replace("-", " ").split()
    return all(any(part.startswith(word) for part in parts) or word in text for word in words)
