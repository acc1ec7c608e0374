"""Whom to be in touch with: how, why now, what was talked about last, and what is still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from prmvault.core.channels import channel_name
from prmvault.core.gists import gist_beside
from prmvault.core.messages import message
from prmvault.core.reminders import OpenTask, Reminder, World, task_day
from prmvault.core.threads import Said, Thread, last_channel, most_pressing, open_threads

TOUCH = "touch"
STALE_DAYS = 365
"""Whoever is overdue for longer comes after all others: it has waited for so long, and must not fill the page."""

_FAR_DAYS = 60
"""A task that is to be done later than that is no matter for the next talk."""

_ACTIONS = {
    "call": "call",
    "video": "video",
    "visit": "visit",
    "meeting": "meet",
    "meal": "meet",
    "mail": "mail",
    "letter": "letter",
    "chat": "message",
}


def by_need(found: Iterable[Reminder]) -> list[Reminder]:
    """Return contacts with the one that waits longest first, but those that wait for more than a year at the end."""
    return sorted(
        found,
        key=lambda each: (
            each.overdue_days > STALE_DAYS,
            each.date.toordinal() * (-1 if each.overdue_days > STALE_DAYS else 1),
            each.title,
        ),
    )


def action_of(said: Sequence[Said]) -> str:
    """Return how one is mostly in touch: call, video, visit, meet, mail, letter, message; else touch."""
    return _ACTIONS.get(last_channel(said), TOUCH)


def todo(action: str, name: str) -> str:
    """Return what is to be done, as a person says it. Its first words tell the channel, for the line that logs it."""
    texts = {
        "call": message("call {name}", name=name),
        "video": message("video call with {name}", name=name),
        "visit": message("visit {name}", name=name),
        "meet": message("meet {name}", name=name),
        "mail": message("mail to {name}", name=name),
        "letter": message("letter to {name}", name=name),
        "message": message("message to {name}", name=name),
    }
    return texts.get(action) or message("get in touch with {name}", name=name)


def touch_values(each: Reminder, world: World, said: Callable[[str], Sequence[Said]], today: date) -> dict[str, Any]:
    """Return what the page tells beside the person's name: action, rule, last talk and open threads, without links."""
    paths = (each.path, *each.others)
    names = {note.path: note.title for note in world.people if note.path in paths}
    told = {path: said(path) for path in paths}
    action = action_of([item for path in paths for item in told[path]])
    threads = _threads(told, names, world, today)
    due, last = each.contact, world.last.get(each.path)
    return {
        "action": action,
        "todo": todo(action, each.title),
        "rule": due.rule if due else "",
        "since": due.since if due else "",
        "snoozed": due.snoozed.isoformat() if due and due.snoozed else "",
        "is_stale": each.overdue_days > STALE_DAYS,
        "last": _last(each, last, threads) if last else None,
        "threads": [thread._asdict() for thread in threads],
    }


def _last(each: Reminder, told: Any, threads: Sequence[Thread]) -> dict[str, Any]:
    texts = {thread.text for thread in threads if (thread.path, thread.line) == (told.path, told.line)}
    return {
        "date": told.date,
        "channel": told.channel,
        "channel_name": channel_name(told.channel),
        "text": told.text,
        "gist": gist_beside(told.text, texts),
        "with": "" if set(told.people) & set(each.person.split(", ")) else ", ".join(told.people),
        "path": told.path,
        "line": told.line,
    }


def _threads(told: Mapping[str, Sequence[Said]], names: Mapping[str, str], world: World, today: date) -> list[Thread]:
    """Return the open threads with all of a household; what is about several of them bears no name."""
    found: dict[tuple[str, int, str], Thread] = {}
    for path, said in told.items():
        for thread in open_threads(said, _tasks_about(path, world.tasks, today), today):
            place = (thread.path, thread.line, thread.text)
            name = names.get(path, "") if len(told) > 1 and place not in found else ""
            found[place] = thread._replace(person=name)
    return most_pressing(found.values(), today)


def _tasks_about(path: str, tasks: Iterable[OpenTask], today: date) -> Iterator[Thread]:
    for each in tasks:
        if path in each.paths and not each.task.start > today.isoformat():
            day = task_day(each.task)
            if day is not None and (day - today).days > _FAR_DAYS:
                continue
            is_past = day is not None and day <= today
            yield Thread("task", "", day.isoformat() if day else "", each.task.text, each.path, each.task.line, is_past)
