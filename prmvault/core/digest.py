"""The digest of a week: a pure function of the vault's facts and the week, as plain values for templates and JSON.

Nothing in it depends on when it is made, so that every machine makes the same text and it changes only with the
notes. The week is seen from its Monday: what was due before is overdue. What can be done has the `id` of its line
(`core.digest_ids`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple, TypeVar

from prmvault.core.cadence import reason_text
from prmvault.core.dates import week_days, week_name
from prmvault.core.digest_ids import contact_id, debt_id, gift_id, reminder_id, task_id
from prmvault.core.gift_days import gift_days
from prmvault.core.gifts import MOST_IDEAS, NEXT, Choice, Idea, choices, given_before, was_given
from prmvault.core.messages import Amount, counted
from prmvault.core.model import Note
from prmvault.core.occasions import BIRTHDAY, CHRISTMAS, NAMEDAY, is_round, meant_occasion
from prmvault.core.owed import Owed, entry_text, owed_with
from prmvault.core.problems import Problem
from prmvault.core.reminders import (
    CONTACTS,
    KINDS,
    WITHOUT_CONTACTS,
    Happening,
    OpenTask,
    Reminder,
    World,
    by_household,
    happening_values,
    priority_text,
    reminder_values,
    reminders,
)
from prmvault.core.threads import Said
from prmvault.core.touch import (
    STALE_DAYS,
    THREAD,
    Place,
    by_need,
    dated_threads,
    place_of,
    threads_beside,
    touch_values,
)
from prmvault.core.weeks import plots, weeks_before

T = TypeVar("T")

MOST = 12
"""How many lines a long section shows; the rest is counted."""

YEARS_AGO = (1, 5, 10)

_MOST_OF_A_YEAR = 6
_MOST_BESIDE = 2
_A_WEEK = timedelta(weeks=1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SIGNS = {"birthday": "🎂", "memorial": "🕯️", "nameday": "🌼", "wedding": "💍", "christmas": "🎄"}
_SIGNS_OF_KINDS = {"date": "📌", "plan": "📍", "reminder": "🔔", "task": "☑️", "contact": "💬", THREAD: "📆"}
_TO_KNOW_EARLY = ("birthday", "date", THREAD)


class Materials(NamedTuple):
    """What the digest is made of, beside the world seen from Monday: all of it plain.

    `years` are how many years ago and what happened in the same days then; `ideas` what people wished for; `moods` and
    `contacts` the mood and the number of contacts by day. `link` turns a note's path into the text of a link, `key`
    into what the ids of its lines are made of, and `said` gives what was told of a person lately, newest first. `dated`
    are the paths of those of whom was told that something comes on a day of the page; `meant` turns a link's target
    into a person's path, `title` that into the name, both into nothing for nobody.
    """

    world: World
    horizon: timedelta
    years: Sequence[tuple[int, Sequence[Happening]]]
    ideas: Sequence[Idea]
    problems: Sequence[Problem]
    moods: Mapping[str, int]
    contacts: Mapping[str, int]
    link: Callable[[str], str]
    key: Callable[[str], str]
    said: Callable[[str], Sequence[Said]]
    dated: Sequence[str]
    meant: Callable[[str], str]
    title: Callable[[str], str]


def make_digest(monday: date, materials: Materials) -> dict[str, Any]:
    """Return the digest of the week that begins on `monday`."""
    return _Page(monday, materials).values()


class _Page:
    """A digest while it is made: no id stands on it twice, so who comes first has it."""

    def __init__(self, monday: date, materials: Materials) -> None:
        self._materials = materials
        self._world = materials.world
        self._link = materials.link
        self._days = week_days(monday)
        self._ids: set[str] = set()
        self._threads: set[Place] = set()
        self._dead = {note.path for note in materials.world.people if note.fields.get("deceased")}
        self._events = {note.path: note for note in materials.world.events}

    def values(self) -> dict[str, Any]:
        monday, sunday = self._days[0], self._days[-1]
        world, materials = self._world, self._materials
        until = sunday + materials.horizon
        # From Monday on: what began this week and goes on is told there.
        found = reminders(world, monday, until, WITHOUT_CONTACTS)
        week = [each for each in found if each.date <= sunday]
        later = [each for each in found if each.date > sunday]
        late = [each for each in week if each.overdue_days]
        self._week = [each for each in week if not each.overdue_days]
        threads = self._dated_threads(until)
        week = [*week, *self._told_once(threads, monday, sunday)]
        contacts = by_household(by_need(reminders(world, monday, sunday, CONTACTS)), world)
        # In the order of the page: the first line of two with the same id has it.
        days = [self._day(day, week) for day in self._days if _of_day(day, week)]
        touch = _cut(contacts, self._contact)
        # Who is to be called has the open threads there; those of others stand beside the plan with them.
        self._put_threads(days, {path for line in touch["lines"] for path in (line["path"], *line["others"])})
        later += self._told_once(threads, sunday + timedelta(days=1), until)
        overdue = _cut(sorted(late, key=_long_late_last), self._entry)
        occasions = gift_days([*week, *later], world, monday, until)
        gifts = _cut(list(self._gifts(occasions)), self._gift)
        debts = [owed for note in world.people if (owed := owed_with(note))]
        debt_lines = _cut(debts, self._debts)
        undated = [each for each in world.tasks if _is_undated(each, sunday)]
        undated_lines = _cut(undated, self._undated)
        coming = sorted(_first_of_each(later), key=lambda each: each.date)
        coming = [each for each in coming if not self._is_told(each)]
        weeks = weeks_before(monday, materials.moods, materials.contacts)
        return {
            "week": week_name(monday),
            "first": monday.isoformat(),
            "last": sunday.isoformat(),
            "summary": _summary(days, len(late), len(contacts)),
            "days": days,
            "contacts": touch,
            "overdue": overdue,
            "gifts": gifts,
            "debts": debt_lines,
            "undated": undated_lines,
            "coming": _cut(_most_important(coming), self._entry),
            "years": [self._year(*each) for each in materials.years if each[1]],
            "weeks": weeks,
            "plots": plots(weeks),
            "problems": _cut(materials.problems, lambda problem: problem._asdict()),
        }

    def _day(self, day: date, found: Iterable[Reminder]) -> dict[str, Any]:
        entries = [self._entry(each) for each in sorted(_of_day(day, found), key=_by_kind)]
        return {"date": day.isoformat(), "weekday": _WEEKDAYS[day.weekday()], "entries": entries}

    def _entry(self, each: Reminder) -> dict[str, Any]:
        line_id = self._taken(self._id_of(each))
        day = max(each.date, each.turn or each.date)
        return {
            **reminder_values(each),
            # The page says why, the JSON of `upcoming` also in which line that stands.
            "reason": reason_text(each.contact, place=False) if each.contact else each.reason,
            "sign": _SIGNS.get(each.occasion) or _SIGNS_OF_KINDS.get(each.kind, ""),
            "weekday": _WEEKDAYS[each.date.weekday()],
            "time": each.time,
            "text": each.text if each.kind == "plan" else each.title,
            "link": ", ".join([self._link(path) for path in (each.path, *each.others)]),
            "is_round": is_round(each.occasion, each.age),
            "threads": [],
            "id": line_id,
            "day": day.isoformat() if line_id else "",
        }

    def _id_of(self, each: Reminder) -> str:
        """Return the id of what can be done; nothing for what only is."""
        key = self._materials.key
        if each.kind == "task" and each.task:
            return self._task_id(each.task)
        if each.kind == "reminder" and each.turn:
            return reminder_id(key(each.path), each.text, each.turn.isoformat())
        if each.kind == "contact":
            return contact_id(week_name(self._days[0]), [key(path) for path in (each.path, *each.others)])
        return ""

    def _task_id(self, each: OpenTask) -> str:
        return task_id(self._materials.key(each.path), each.task._replace(text=each.written or each.task.text))

    def _taken(self, line_id: str) -> str:
        """Return an id for the first line that asks for it, and nothing for the next one."""
        if not line_id or line_id in self._ids:
            return ""
        self._ids.add(line_id)
        return line_id

    def _is_told(self, each: Reminder) -> bool:
        """Tell whether a turn stands on the page already, or what comes every week does in this one."""
        if each.kind == "reminder" and self._id_of(each) in self._ids:
            return True
        source, day = _source(each), each.turn or each.date
        return each.kind in ("plan", "reminder") and any(
            _source(other) == source and day - (other.turn or other.date) <= _A_WEEK for other in self._week
        )

    def _dated_threads(self, until: date) -> list[tuple[Reminder, Place]]:
        """Return what was told of the living that comes on a day of the page, but for what stands there as it is."""
        names = {path: self._materials.title(path) for path in self._materials.dated if path not in self._dead}
        told = {path: self._materials.said(path) for path in names}
        shown = {(each.path, each.line) for each in self._week}
        found = dated_threads(told, names, self._days[0], until)
        return [each for each in found if (each[0].path, each[0].line) not in shown]

    def _told_once(self, threads: Iterable[tuple[Reminder, Place]], first: date, last: date) -> list[Reminder]:
        """Return the threads of some days that do not stand on the page yet; now they do."""
        found = [each for each in threads if first <= each[0].date <= last and each[1] not in self._threads]
        self._threads.update(place for _, place in found)
        return [each for each, _ in found]

    def _put_threads(self, days: Iterable[Mapping[str, Any]], done: set[str]) -> None:
        """Put beside the week's plans what is open with their people, but those who are `done`: each once."""
        about = {(each.path, each.line): self._about(each) for each in self._week if each.kind == "plan"}
        for entry in (entry for day in days for entry in day["entries"] if entry["kind"] == "plan"):
            skipped = self._dead | done
            names = {path: self._materials.title(path) for path in about[entry["path"], entry["line"]]}
            told = {path: self._materials.said(path) for path, name in names.items() if name and path not in skipped}
            done |= told.keys()
            found = threads_beside(told, names, self._days[0], self._threads, _MOST_BESIDE)
            self._threads.update(map(place_of, found))
            entry["threads"] = [{**thread._asdict(), "link": self._link(thread.path)} for thread in found]

    def _about(self, each: Reminder) -> Sequence[str]:
        """Return the paths of the people of a plan: a journal day's has them, an event links them."""
        event = self._events.get(each.path)
        links = event.fields.get("people", ()) if event else ()
        targets = [link.strip("[]").split("|")[0].split("#")[0].strip() for link in links]
        return each.about or list(filter(None, map(self._materials.meant, targets)))

    def _contact(self, each: Reminder) -> dict[str, Any]:
        touch = touch_values(each, self._world, self._materials.said, self._days[0], self._threads)
        self._threads.update((told["path"], told["line"], told["text"]) for told in touch["threads"])
        values = {**self._entry(each), **touch, "this_week": self._this_week({each.path, *each.others})}
        for told in (values["last"], *values["threads"]):
            if told:
                told["link"] = self._link(told["path"])
        return values

    def _this_week(self, paths: set[str]) -> list[dict[str, str]]:
        """Return the birthdays of people and the plans with them that this week brings."""
        found = []
        for each in self._week:
            about = {each.path} if each.kind == "birthday" else self._about(each) if each.kind == "plan" else ()
            if not paths.isdisjoint(about):
                sign = _SIGNS.get(each.occasion) or _SIGNS_OF_KINDS[each.kind]
                found.append({"kind": each.kind, "sign": sign, "date": each.date.isoformat()})
        return found

    def _gifts(self, occasions: Iterable[Reminder]) -> Iterator[tuple[Reminder, Note, list[Choice]]]:
        """Return the occasions for which there is something to give, and what: nothing that was given already."""
        notes = {note.path: note for note in self._world.people}
        for each in occasions:
            note = notes[each.path]
            ideas = choices(note, self._materials.ideas, each.occasion)
            if each.occasion == CHRISTMAS:
                ideas = [idea for idea in ideas if meant_occasion(idea.occasion) == CHRISTMAS]
            is_liked = note.fields.get("likes") and each.occasion in (BIRTHDAY, NAMEDAY)
            if ideas or (is_liked and not was_given(note, each.occasion, each.date)):
                yield each, note, ideas

    def _gift(self, found: tuple[Reminder, Note, list[Choice]]) -> dict[str, Any]:
        each, note, ideas = found
        return {
            **self._entry(each),
            "ideas": [self._choice(note, idea) for idea in ideas[:MOST_IDEAS]],
            "more": max(0, len(ideas) - MOST_IDEAS),
            "given": given_before(note),
            "likes": [] if ideas else list(note.fields.get("likes", ())),
        }

    def _choice(self, note: Note, idea: Choice) -> dict[str, Any]:
        status = "planned" if idea.status == "planned" else "idea"
        return {
            "id": self._taken(gift_id(self._materials.key(note.path), idea.told, status)),
            "text": idea.text,
            "day": "",
            "status": idea.status,
            "next": NEXT[status],
            "source": idea.source,
            "amount": Amount(idea.amount),
            "url": idea.url,
            "for": idea.occasion,
            "date": idea.date,
            "path": idea.path,
            "line": idea.line,
            "link": self._link(idea.path),
        }

    def _debts(self, owed: Owed) -> dict[str, Any]:
        note = owed.note
        entries = []
        for entry in owed.entries:
            what, day = entry.get("for", ""), entry.get("date", "")
            line_id = debt_id(self._materials.key(note.path), entry["amount"], what, day)
            line = note.line_of("debts", entry["item"])
            amount = Amount(entry["amount"])
            told = {"id": self._taken(line_id), "day": "", "amount": amount, "by": entry["by"], "what": what}
            entries.append({**told, "date": day, "text": entry_text(note, entry), "path": note.path, "line": line})
        place = {"person": note.title, "path": note.path, "link": self._link(note.path)}
        return {**place, "net": owed.net, "is_even": not owed.net, "entries": entries}

    def _undated(self, task: OpenTask) -> dict[str, Any]:
        return {
            "id": self._taken(self._task_id(task)),
            "title": task.task.text,
            "person": ", ".join(task.people),
            "path": task.path,
            "line": task.task.line,
            "link": self._link(task.path),
            "reason": priority_text(task.task.priority),
            "day": "",
        }

    def _year(self, years: int, happened: Sequence[Happening]) -> dict[str, Any]:
        told = [{**happening_values(each), "link": self._link(each.path)} for each in happened]
        return {"years": years, "lines": told[:_MOST_OF_A_YEAR], "more": max(0, len(told) - _MOST_OF_A_YEAR)}


def _of_day(day: date, found: Iterable[Reminder]) -> list[Reminder]:
    return [each for each in found if each.date == day and not each.overdue_days]


def _by_kind(each: Reminder) -> int:
    """Order the lines of a day, which are in order but for the threads at their end."""
    return (*KINDS[: KINDS.index("plan")], THREAD, *KINDS[KINDS.index("plan") :]).index(each.kind)


def _summary(days: Iterable[Mapping[str, Any]], late: int, contacts: int) -> list[str]:
    """Return how much of what the week brings, each in words; nothing for what there is nothing of."""
    kinds = [entry["kind"] for day in days for entry in day["entries"]]
    birthdays, dates, plans = (kinds.count(kind) for kind in ("birthday", "date", "plan"))
    to_do = kinds.count("task") + kinds.count("reminder")
    words = (
        counted("{count} birthday", "{count} birthdays", birthdays),
        counted("{count} day to remember", "{count} days to remember", dates),
        counted("{count} plan", "{count} plans", plans),
        counted("{count} thing to do", "{count} things to do", to_do),
        counted("{count} thing overdue", "{count} things overdue", late),
        counted("{count} person to be in touch with", "{count} people to be in touch with", contacts),
    )
    return [text for text in words if text.number]


def _long_late_last(each: Reminder) -> tuple[bool, int, str]:
    """What is late for more than a year must not fill the page: the longer, the further down."""
    is_long = each.overdue_days > STALE_DAYS
    return is_long, each.date.toordinal() * (-1 if is_long else 1), each.title


def _first_of_each(coming: Iterable[Reminder]) -> list[Reminder]:
    """Return each line of a note once: of what repeats within the horizon, the next time is enough."""
    first: dict[tuple[str, str, int, str], Reminder] = {}
    for each in coming:
        first.setdefault(_source(each), each)
    return list(first.values())


def _source(each: Reminder) -> tuple[str, str, int, str]:
    """Return what all turns of a line have in common; several reminders or threads can stand in one line."""
    return each.kind, each.path, each.line, each.text if each.kind in ("reminder", THREAD) else ""


def _is_undated(each: OpenTask, sunday: date) -> bool:
    """Tell whether a task has no day and begins up to Sunday."""
    return not (each.task.due or each.task.scheduled) and each.task.start <= sunday.isoformat()


def _most_important(coming: Sequence[Reminder]) -> list[Reminder]:
    """Return what is coming with all birthdays, dates and threads before the rest is cut."""
    by_importance = sorted(range(len(coming)), key=lambda at: (coming[at].kind not in _TO_KNOW_EARLY, at))
    kept = set(by_importance[:MOST])
    return [coming[at] for at in sorted(range(len(coming)), key=lambda at: (at not in kept, at))]


def _cut(section: Sequence[T], shown: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """Return the first of a section as they are `shown`, and how many more there are."""
    return {"lines": [shown(each) for each in section[:MOST]], "more": max(0, len(section) - MOST)}
