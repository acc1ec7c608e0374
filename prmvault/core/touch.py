"""Whom to be in touch with: how, why now, what was talked about last, and what is still open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from prmvault.core.channels import channel_name, channel_of, channel_words
from prmvault.core.gists import gist_beside
from prmvault.core.messages import message
from prmvault.core.names import fold
from prmvault.core.reminders import OpenTask, Reminder, World, task_day
from prmvault.core.threads import Said, Thread, all_threads, last_channel, most_pressing

Place = tuple[str, int, str]
"""Where a thread was told, and its text."""

TOUCH = "touch"
THREAD = "thread"
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


def touch_values(
    each: Reminder,
    world: World,
    said: Callable[[str], Sequence[Said]],
    today: date,
    elsewhere: Collection[Place] = (),
) -> dict[str, Any]:
    """Return what the page tells beside the person's name: action, rule, last talk and open threads, without links.

    The threads that stand `elsewhere` on the page are left out.
    """
    paths = (each.path, *each.others)
    names = {note.path: note.title for note in world.people if note.path in paths}
    told = {path: said(path) for path in paths}
    action = action_of([item for path in paths for item in told[path]])
    threads = [each for each in _threads(told, names, world, today) if place_of(each) not in elsewhere]
    shown = most_pressing(threads, today)
    due, last = each.contact, world.last.get(each.path)
    return {
        "action": action,
        "todo": todo(action, each.title),
        "rule": due.rule if due else "",
        "since": due.since if due else "",
        "snoozed": due.snoozed.isoformat() if due and due.snoozed else "",
        "is_stale": each.overdue_days > STALE_DAYS,
        "last": _last(each, last, [*elsewhere, *map(place_of, shown)]) if last else None,
        "threads": [thread._asdict() for thread in shown],
    }


def place_of(thread: Thread) -> Place:
    """Return what tells a thread from all others."""
    return thread.path, thread.line, thread.text


def threads_beside(
    told: Mapping[str, Sequence[Said]], names: Mapping[str, str], today: date, elsewhere: Collection[Place], most: int
) -> list[Thread]:
    """Return the open threads to be told beside a plan of the week with these people, `told` of each by path."""
    before = {path: _before(said, today) for path, said in told.items()}
    found = _named({path: all_threads(said, today) for path, said in before.items()}, names)
    left = (each for each in found if place_of(each) not in elsewhere and not (each.kind == "mention" and each.is_past))
    return most_pressing(left, today)[:most]


def dated_threads(
    told: Mapping[str, Sequence[Said]], names: Mapping[str, str], first: date, last: date
) -> list[tuple[Reminder, Place]]:
    """Return the open threads that have their day from `first` (seen from which they are open) to `last`, by day."""
    found: dict[Place, tuple[Thread, list[str]]] = {}
    for path, said in told.items():
        for thread in all_threads(_before(said, first), first):
            if thread.is_day and first.isoformat() <= thread.when <= last.isoformat():
                people = found.setdefault(place_of(thread), (thread, []))[1]
                people.append(names[path])
    threads = []
    for place, (thread, people) in found.items():
        who = ", ".join(people)
        title = message("{name}: {text}", name=who, text=thread.text)
        day = date.fromisoformat(thread.when)
        threads.append((Reminder(day, THREAD, title, who, thread.path, thread.line, text=thread.text), place))
    return sorted(threads, key=lambda each: (each[0].date, each[0].title))


def _before(said: Sequence[Said], today: date) -> list[Said]:
    """Return what was told before a week: what stands in it tells itself, and a plan settles nothing yet."""
    return [each for each in said if each.mention or each.date < today.isoformat()]


def _last(each: Reminder, told: Any, threads: Iterable[Place]) -> dict[str, Any]:
    gist = gist_beside(told.text, {text for path, line, text in threads if (path, line) == (told.path, told.line)})
    return {
        "date": told.date,
        "channel": told.channel,
        "channel_name": "" if _begins_with(gist, told.channel) else channel_name(told.channel),
        "text": told.text,
        "gist": gist,
        "with": "" if set(told.people) & set(each.person.split(", ")) else ", ".join(told.people),
        "path": told.path,
        "line": told.line,
    }


def _threads(told: Mapping[str, Sequence[Said]], names: Mapping[str, str], world: World, today: date) -> list[Thread]:
    """Return all open threads with a household."""
    threads = {}
    for path, said in told.items():
        threads[path] = [*all_threads(said, today), *_tasks_about(path, world.tasks, today)]
    return _named(threads, names)


def _named(threads: Mapping[str, Iterable[Thread]], names: Mapping[str, str]) -> list[Thread]:
    """Return the threads with several people, with a name; what is about more than one of them bears none."""
    found: dict[Place, Thread] = {}
    for path, own in threads.items():
        for thread in own:
            place = place_of(thread)
            name = names.get(path, "") if len(threads) > 1 and place not in found else ""
            found[place] = thread._replace(person=name)
    return list(found.values())


def _begins_with(gist: str, channel: str) -> bool:
    """Tell whether the first word of a gist tells the channel already."""
    first = gist.partition(" ")[0]
    return bool(channel and first) and (fold(first.strip(":,.")) == fold(channel) or _channel_of(first) == channel)


@lru_cache(maxsize=64)
def _channel_of(word: str) -> str:
    return channel_of(word, channel_words({}))


def _tasks_about(path: str, tasks: Iterable[OpenTask], today: date) -> Iterator[Thread]:
    for each in tasks:
        if path in each.paths and not each.task.start > today.isoformat():
            day = task_day(each.task)
            if day is not None and (day - today).days > _FAR_DAYS:
                continue
            is_past = day is not None and day <= today
            yield Thread("task", "", day.isoformat() if day else "", each.task.text, each.path, each.task.line, is_past)
