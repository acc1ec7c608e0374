"""Carrying what was done to the digest's lines to where these come from: tasks, reminders, people, gifts, debts, days.

Nothing else remembers what was carried: the source tells it. So a process may be killed at any point, and the same
page may be heard on two machines: each edit has one effect.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from prmvault.app.carry_words import is_carried, reword
from prmvault.app.digest_sources import Sources, id_of_debt
from prmvault.app.edit import Change, change_note
from prmvault.app.fields import appended, checked, entries_of, front_values, with_parts
from prmvault.app.finish import Open, finish
from prmvault.core.dates import DateError, parse_iso_date
from prmvault.core.debts import is_settled
from prmvault.core.digest_ids import task_id
from prmvault.core.digest_page import CANCELLED, DONE, MISPLACED, REWORDED, SNOOZED, UNTICKED, Edit
from prmvault.core.gifts import NEXT
from prmvault.core.markdown import plain_text
from prmvault.core.names import fold
from prmvault.core.note import parse_note
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.core.reminders import NAMELESS
from prmvault.core.tasks import cancel_task, complete_task, schedule_task
from prmvault.vault.refresh import reading_of, types_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from prmvault.core.model import Task

_Source = TypeVar("_Source")

_REACH = 400
"""So many days around its new one a task's former day is looked for."""

_ANOTHER_TIME = "undo that in the page, or do it in the note itself"


class Carried(NamedTuple):
    """What became of an edit: where it went (`path:line`; empty where it had been carried before), and on which day.

    `id` is the one that the line has from then on. `did` tells what was done (`ticked`, `put off to 2026-11-29:`),
    `item` what the journal has of a contact.
    """

    place: str
    day: str
    id: str
    did: str = ""
    item: str = ""


def carry(sources: Sources, edit: Edit, today: date) -> Carried:
    """Carry an edit to its source, unless that has been done before; raises PrmvaultError where it can't be."""
    if edit.what == UNTICKED:
        message = "a line below Done has no tick any more, and what was done can't be taken back from here"
        raise PrmvaultError(message, hint="take it back in the note itself, then delete this line")
    if edit.what == MISPLACED:
        if not is_carried(sources, edit):
            raise PrmvaultError("it is heard above the notes only", hint="put it back there, and not into a callout")
        return Carried("", "", edit.id)
    if edit.what == REWORDED:
        place, item = reword(sources, edit)
        return Carried(place, edit.day, edit.id, "reworded", item)
    carried = _carried(sources, edit, _day_of(edit, today), today)
    return carried._replace(did=carried.did or _did(edit, carried.day))


def _carried(sources: Sources, edit: Edit, day: date, today: date) -> Carried:
    kind = edit.id[0]
    if kind == "t":
        return _carry_task(sources, edit, day)
    if kind == "c" and edit.what in (DONE, SNOOZED):
        return _carry_contact(sources, edit, day, today)
    if kind == "r" and edit.what in (DONE, SNOOZED):
        return _carry_reminder(sources, edit, day)
    if kind == "g" and edit.what == DONE:
        return _carry_gift(sources, edit, day)
    if kind == "d" and edit.what == DONE:
        return _carry_debt(sources, edit, day)
    what = "cancelled" if edit.what == CANCELLED else "put off"
    raise PrmvaultError(f"a line of this kind can't be {what} from here", hint=_ANOTHER_TIME)


def _did(edit: Edit, day: str) -> str:
    if edit.what == SNOOZED:
        return f"put off to {day}:"
    return (
        "cancelled"
        if edit.what == CANCELLED
        else {"t": "ticked", "c": "logged", "d": "settled"}.get(edit.id[0], "done")
    )


def _day_of(edit: Edit, today: date) -> date:
    if not edit.day and edit.what == SNOOZED:
        raise PrmvaultError("there is no day behind ⏳", hint="write it as ⏳ 2026-11-22")
    try:
        day = parse_iso_date(edit.day) if edit.day else today
    except DateError as error:
        raise PrmvaultError(str(error), hint=error.hint) from None
    if edit.what != SNOOZED and day > today:
        raise PrmvaultError(f"{day} is yet to come", hint="tick it without a day, or with the one on which it was done")
    return day


def _carry_task(sources: Sources, edit: Edit, day: date) -> Carried:
    vault = sources.vault
    found = sources.tasks.get(edit.id) or (_rescheduled(sources, edit, day) if edit.what == SNOOZED else [])
    found = _meant(edit, found, lambda each: (each[0], each[1].text))
    if not found:
        raise _unknown("task")
    waiting = [(path, task) for path, task in found if task.status == "open"]
    # Where it repeats without a date, the next one looks like the one that was done. One that does not repeat and is
    # open was written again, or is another one that has a line of its own.
    since = [task for _, task in found if task.status != "open" and task.done >= sources.monday.isoformat()]
    is_twin = any(task.repeat for _, task in waiting) or sources.lines(edit.id) > len(waiting)
    if edit.what != SNOOZED and (not waiting or (is_twin and len(since) > sources.closed(edit.id))):
        return Carried("", day.isoformat(), edit.id)
    if not waiting:
        raise PrmvaultError("the task is not open any more", hint="delete the line")
    path, task = waiting[0]
    if edit.what == SNOOZED and day.isoformat() < task.due:
        message = f"it is due on {task.due}; a day before that changes nothing"
        raise PrmvaultError(message, hint="change 📅 in the note")
    line, name = task.line, edit.id

    def change(text: str) -> str:
        nonlocal line, name
        tasks = [each for each in parse_note(path, text, reading_of(vault.settings)).tasks if each.status == "open"]
        same = [each for each in tasks if each._replace(line=task.line) == task]
        if not same:
            raise PrmvaultError(f"{path} changed meanwhile", exit_code=EXIT_BUSY, hint="it is tried again")
        line = next((each.line for each in same if each.line == task.line), same[0].line)
        if edit.what == SNOOZED:
            after = schedule_task(text, line, day)
            tasks = list(parse_note(path, after, reading_of(vault.settings)).tasks)
            name = next(task_id(sources.key(path), each) for each in tasks if each.line == line)
            return after
        if edit.what == CANCELLED:
            return cancel_task(text, line, day)
        after, _ = complete_task(text, line, day, leap_day=vault.settings.leap_day)
        line += after.count("\n") - text.count("\n")  # The next one is above it.
        return after

    planned = change_note(vault, path, change)
    place = f"{path}:{line}" if planned.after != planned.before else ""
    return Carried(place, day.isoformat(), name)


def _rescheduled(sources: Sources, edit: Edit, day: date) -> list[tuple[str, Task]]:
    """Return the task that has been put off to `day` already: without a due day, its id was made of its former one."""
    from prmvault.core.turns import moved

    days = [moved(day, timedelta(days=by)).isoformat() for by in range(-_REACH, _REACH + 1)]
    for found in sources.tasks.values():
        for path, task in found:
            if task.status == "open" and task.scheduled == day.isoformat() and not task.due:
                formers = product(sources.keys(path), ("", *days))
                if any(task_id(key, task._replace(scheduled=former)) == edit.id for key, former in formers):
                    return [(path, task)]
    return []


def _carry_contact(sources: Sources, edit: Edit, day: date, today: date) -> Carried:
    from prmvault.app.links import link_targets
    from prmvault.app.tell import Ticked, log, ticked_item
    from prmvault.core.links import link_text

    vault = sources.vault
    people = sources.people_of(edit)
    is_told = edit.what == DONE and edit.id in sources.told
    if not people:
        if is_told:
            return Carried("", day.isoformat(), edit.id)
        raise _unknown("person")
    if edit.what == SNOOZED:
        for path in people:
            change_note(vault, path, checked(vault, path, _with_key("snoozed", day)))
        return Carried(people[0], day.isoformat(), edit.id)
    text = edit.text or link_text(link_targets(vault)(people[0]), vault.facts.title(people[0]))
    ticked = Ticked(people, edit.id, edit.below)
    if is_told:
        return Carried("", day.isoformat(), edit.id, item=ticked_item(vault, text, ticked))
    told = log(vault, text, day, "", (), "", today, ticked)
    return Carried(f"{told.path}:{told.line}", day.isoformat(), edit.id, item=told.text)


def _carry_reminder(sources: Sources, edit: Edit, day: date) -> Carried:
    from prmvault.core.turns import is_done, occurrences

    turns = _meant(edit, sources.turns.get(edit.id, []), lambda each: (each.path, each.entry.get("text") or NAMELESS))
    if not turns:
        raise _unknown("reminder")
    turn = turns[-1]
    vault = sources.vault
    if is_done(turn.entry, turn.day):
        if edit.what == SNOOZED:
            raise PrmvaultError("the reminder is done already", hint="delete the line")
        return Carried("", day.isoformat(), edit.id)
    chosen = Open(turn.entry.get("text") or NAMELESS, turn.path, turn.line, turn.entry["item"], turn.day)
    if edit.what == SNOOZED:
        if day < turn.day:
            message = f"{day} is before the reminder's own day, {turn.day}"
            raise PrmvaultError(message, hint="to have it earlier, change its day in the note")
        change_note(vault, turn.path, checked(vault, turn.path, _with_snooze(sources, chosen, day)))
    else:
        bare = {**turn.entry, "done": turn.day.isoformat(), "snooze": ""}
        came_again = occurrences(bare, turn.day, day, vault.settings.leap_day)
        # A later turn has a line of its own; this tick is none for it.
        finish(vault, chosen, turn.day if came_again else day)
    return Carried(f"{turn.path}:{turn.line}", day.isoformat(), edit.id)


def _with_snooze(sources: Sources, chosen: Open, day: date) -> Change:
    """Return the change that puts a reminder off to a day; on its own day it is not put off any more."""
    from prmvault.core.edit import remove_value

    def change(text: str) -> str:
        found = entries_of(sources.vault, chosen.path, text, "reminders")
        same = [entry for entry in found if (entry.get("text") or NAMELESS) == chosen.text]
        here = [entry for entry in same if entry["item"] == chosen.item] or same
        if not here:
            raise PrmvaultError(f"{chosen.path} changed meanwhile", exit_code=EXIT_BUSY, hint="it is tried again")
        item = here[0]["item"]
        if day > chosen.due:
            return with_parts(text, "reminders", item, {"snooze": day.isoformat()})
        is_list = isinstance(front_values(text).get("reminders"), list)
        steps = ("reminders", item, "snooze") if is_list else ("reminders", "snooze")
        return remove_value(text, steps) if here[0].get("snooze") else text

    return change


def _with_key(key: str, day: date) -> Change:
    from prmvault.core.edit import set_value

    return lambda text: set_value(text, (key,), day.isoformat())


def _carry_gift(sources: Sources, edit: Edit, day: date) -> Carried:
    status, found = sources.gifts.get(edit.id, ("", []))
    texts = {each.path: each.what for each in reversed(found)}
    found = _meant(edit, found, lambda each: (each.path, texts[each.path]))
    if not found:
        raise _unknown("gift")
    vault, path, what = sources.vault, found[0].path, fold(found[0].what)
    waiting = [each for each in found if each.item >= 0 and each.status == status]
    is_only_told = all(each.item < 0 for each in found)
    if not waiting and not is_only_told:
        return Carried("", day.isoformat(), edit.id)
    parts = {"status": NEXT[status], **({"date": day.isoformat()} if NEXT[status] == "given" else {})}
    line = 0

    def change(text: str) -> str:
        nonlocal line
        entries = [entry for entry in entries_of(vault, path, text, "gifts") if fold(entry.get("what", "")) == what]
        here = [entry for entry in entries if entry["status"] == status]
        here = [entry for entry in here if waiting and entry["item"] == waiting[0].item] or here
        if here:
            after = with_parts(text, "gifts", here[0]["item"], parts)
        elif entries:
            return text
        else:
            field = types_of(vault.settings)["person"].fields["gifts"]
            after = appended(text, field, "gifts", {"what": found[0].what, **parts})
        note = parse_note(path, after, reading_of(vault.settings))
        item = here[0]["item"] if here else max(entry["item"] for entry in note.fields["gifts"])
        line = note.line_of("gifts", item)
        return after

    planned = change_note(vault, path, checked(vault, path, change))
    place = f"{path}:{line}" if planned.after != planned.before else ""
    return Carried(place, day.isoformat(), edit.id, NEXT[status])


def _carry_debt(sources: Sources, edit: Edit, day: date) -> Carried:
    found = _meant(edit, sources.debts.get(edit.id, []), lambda each: (each[0], str(each[1].get("for") or "")))
    if not found:
        raise _unknown("debt")
    vault, path = sources.vault, found[0][0]
    since = [entry for _, entry in found if str(entry.get("settled") or "") >= sources.monday.isoformat()]
    waiting = [entry for _, entry in found if not is_settled(entry)]
    if not waiting or len(since) > sources.closed(edit.id):
        return Carried("", day.isoformat(), edit.id)
    line = 0

    def change(text: str) -> str:
        nonlocal line
        note = parse_note(path, text, reading_of(vault.settings))
        here = [
            entry
            for entry in note.fields.get("debts", ())
            if not is_settled(entry) and edit.id in [id_of_debt(key, entry) for key in sources.keys(path)]
        ]
        if not here:
            return text
        line = note.line_of("debts", here[0]["item"])
        return with_parts(text, "debts", here[0]["item"], {"settled": day.isoformat()})

    planned = change_note(vault, path, checked(vault, path, change))
    return Carried(f"{path}:{line}" if planned.after != planned.before else "", day.isoformat(), edit.id)


def _meant(edit: Edit, found: list[_Source], told: Callable[[_Source], tuple[str, str]]) -> list[_Source]:
    """Return those of the sources with an id that the line tells of: among thousands two may share one by chance.

    `told` gives path and text of each. Raises PrmvaultError where it could be several.
    """
    about = [(path, fold(plain_text(text))) for path, text in map(told, found)]
    line = fold(plain_text(edit.text))
    if len(set(about)) > 1:
        same = [(each, what) for each, what in zip(found, about, strict=True) if what[1] in line]
        if len({what for _, what in same}) != 1:
            message = "two things have this id, and the line tells of neither or both"
            raise PrmvaultError(message, hint=_ANOTHER_TIME)
        return [each for each, _ in same]
    return found


def _unknown(what: str) -> PrmvaultError:
    message = f"the {what} that this line is about is not found any more"
    return PrmvaultError(message, hint="do it in the note itself, then delete this line")
