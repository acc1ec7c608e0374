"""Tasks: ticking one in its note, with the next one where it repeats, cancelling it, putting it off, and their order.

The semantics are those of Obsidian's Tasks plug-in, https://publish.obsidian.md/tasks (pages Recurring Tasks, Dates,
Dataview Format).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from prmvault.core.dates import DateError, parse_iso_date
from prmvault.core.fences import split_note
from prmvault.core.markdown import (
    BLOCK_ID,
    CHECKBOX,
    DATAVIEW,
    DATE_SIGN,
    DATE_SIGNS,
    ITEM,
    QUOTE,
    REPEAT_SIGN,
    parse_body,
)
from prmvault.core.model import Task
from prmvault.core.problems import PrmvaultError

_SHIFTED = ("due", "scheduled", "start")
# What belongs to the one task and not to the next: its dates of life, its id, and what it waits for.
_OWN_SIGN = re.compile(
    r"[ \t]?(?:🆔\ufe0f?[ \t]?[\w-]{1,60}|⛔\ufe0f?[ \t]?[\w-]{1,60}(?:[ \t]?,[ \t]?[\w-]{1,60}){0,20})"
)
_OWN_FIELD = re.compile(r"[ \t]?[\[(](?:created|completion|cancelled|id|dependsOn)::[^\])\n]{0,200}[\])]")
_COMPLETION = re.compile(r"[ \t]?[\[(]completion::[^\])\n]{0,60}[\])]")
_DELETE = re.compile(r"🏁\ufe0f?[ \t]?delete|[\[(]onCompletion::[ \t]?delete[ \t]?[\])]", re.IGNORECASE)
_PRIORITIES = ("highest", "high", "medium", "", "low", "lowest")


def complete_task(text: str, line: int, today: date, *, leap_day: str = "feb-28") -> tuple[str, list[str]]:
    """Tick the open task on line `line` (from 1) of a note's `text` as done `today`; return the text and what was done.

    Where it repeats, the next one comes on a new line above it: reference is its due date, else the scheduled, else
    the start, and the others keep their distance in days to it. A month without such a day gives its last day, and
    years after 29 February follow `leap_day`. Raises PrmvaultError if there is no open task on that line, and if it
    repeats by a date that is none.
    """
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = text.removeprefix(mark).split("\n")
    task = _open_task(text, line)
    raw = lines[line - 1]
    written = raw.rstrip("\r")
    ending = raw[len(written) :] or ("\r" if line == len(lines) and "\r\n" in text else "")
    box, begin = _box_and_content(written)
    content = written[begin:]
    told = [f"done on {today}"]
    lines[line - 1] = f"{written[:box]}x{written[box + 1 : begin]}{_with_done(content, today)}{raw[len(written) :]}"
    if task.repeat:
        following, sentence = _next_content(task, _as_planned(task, content), today, leap_day)
        told.append(sentence)
        if following is not None:
            lines.insert(line - 1, f"{written[:box]} {written[box + 1 : begin]}{following}{ending}")
    if _DELETE.search(content):
        told.append("the finished one stays, although it is marked 🏁 delete")
    return mark + "\n".join(lines), told


def cancel_task(text: str, line: int, today: date) -> str:
    """Return a note's `text` with the open task on line `line` (from 1) cancelled `today`; errors are as above."""
    return _with_task(text, line, "-", lambda content: _with_day(content, today, "❌", "cancelled"))


def schedule_task(text: str, line: int, day: date) -> str:
    """Return a note's `text` with the open task on line `line` (from 1) scheduled for `day`; errors are as above.

    A day that it is scheduled for already is replaced where it stands.
    """

    def schedule(content: str) -> str:
        for sign in DATE_SIGN.finditer(content):
            if DATE_SIGNS[sign[1]] == "scheduled":
                return f"{content[: sign.start(2)]}{day}{content[sign.end(2) :]}"
        for field in DATAVIEW.finditer(content):
            if field[1] == "scheduled":
                return f"{content[: field.start(2)]}{day}{content[field.end(2) :]}"
        return _with_day(content, day, "⏳", "scheduled")

    return _with_task(text, line, " ", schedule)


def task_key(task: Task, today: date) -> tuple[int, str, int, str]:
    """Return the key by which tasks are sorted, most pressing first.

    The overdue come first, by date, then what is due, by date, then what has no date, each by priority; then what
    starts in the future, by its start, and last what is no longer open. What is scheduled after it is due was put off.
    """
    now = today.isoformat()
    is_put_off = task.due and task.scheduled > task.due
    day = task.scheduled if is_put_off else min([day for day in (task.due, task.scheduled) if day], default="")
    priority = _PRIORITIES.index(task.priority.lower() if task.priority.lower() in _PRIORITIES else "")
    if task.status != "open":
        return (3, task.done, priority, task.text)
    if task.start > now and not (day and day < now):
        return (2, task.start, priority, task.text)
    return (0 if day else 1, day, priority, task.text)


def _open_task(text: str, line: int) -> Task:
    parts = split_note(text)
    tasks = parse_body(parts.body, parts.body_line).tasks
    task = next((task for task in tasks if task.line == line), None)
    if task is None:
        raise PrmvaultError(f"there is no task on line {line}", hint="A task is a list item such as - [ ] call Anna.")
    if task.status != "open":
        raise PrmvaultError(f"the task on line {line} is {task.status} already")
    return task


def _box_and_content(written: str) -> tuple[int, int]:
    """Return where the sign in the checkbox stands and where the text behind it begins."""
    quote = QUOTE.match(written)
    item = ITEM.match(written, quote.end() if quote else 0)
    assert item is not None, "the reader found a task here"
    checkbox = CHECKBOX.match(written, item.end())
    assert checkbox is not None, "the reader found a task here"
    return checkbox.start(1), checkbox.end()


def _with_done(content: str, today: date) -> str:
    """Return the text of a task with the day on which it was done, and no other such day."""
    content = DATE_SIGN.sub(lambda sign: "" if DATE_SIGNS[sign[1]] == "done" else sign[0], content)
    return _with_day(_COMPLETION.sub("", content), today, "✅", "completion")


def _with_task(text: str, line: int, box: str, change: Callable[[str], str]) -> str:
    """Return a note's text with this sign in the box of the open task on a line, and its content changed."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = text.removeprefix(mark).split("\n")
    _open_task(text, line)
    raw = lines[line - 1]
    written = raw.rstrip("\r")
    at, begin = _box_and_content(written)
    sign = written[at] if box == " " else box
    lines[line - 1] = f"{written[:at]}{sign}{written[at + 1 : begin]}{change(written[begin:])}{raw[len(written) :]}"
    return mark + "\n".join(lines)


def _with_day(content: str, day: date, sign: str, key: str) -> str:
    """Return the text of a task with a day behind a sign (or as a field, if it has these): last, but for a block id."""
    if DATAVIEW.search(content) and not DATE_SIGN.search(content):
        field = DATAVIEW.search(content)
        open_sign, close_sign = "()" if field and field[0].strip().startswith("(") else "[]"
        told = f" {open_sign}{key}:: {day}{close_sign}"
    else:
        told = f" {sign} {day}"
    kept = content.rstrip()
    block_id = BLOCK_ID.search(kept)
    place = block_id.start() if block_id else len(kept)
    return f"{kept[:place]}{told if place else told.lstrip()}{content[place:]}"


def _next_content(task: Task, content: str, today: date, leap_day: str) -> tuple[str | None, str]:
    """Return the text of the next task and a sentence on it; None where there is none."""
    from prmvault.core.recurrence import next_repeat, parse_task_repeat

    try:
        rule, from_done = parse_task_repeat(task.repeat)
    except DateError as error:
        return None, f"no next one: {error}"
    reference = _reference(task)
    if reference is None:
        return _shifted(content, timedelta(0)), "next one, without a date"
    begin = today if from_done else reference
    try:
        following = next_repeat(begin, rule, begin + timedelta(days=1), leap_day=leap_day)
        if following is None:
            return None, f'no next one: "{task.repeat}" is over'
        return _shifted(content, following - reference), f"next one: {following}"
    except (OverflowError, DateError):
        raise PrmvaultError(f"no calendar goes that far from {begin}") from None


def _as_planned(task: Task, content: str) -> str:
    """Return the text of a task without the day, behind its due day, to which it was put off: only this turn was."""
    if not (task.due and task.scheduled > task.due):
        return content
    content = DATE_SIGN.sub(lambda sign: "" if DATE_SIGNS[sign[1]] == "scheduled" else sign[0], content)
    return DATAVIEW.sub(lambda field: "" if field[1] == "scheduled" else field[0], content)


def _reference(task: Task) -> date | None:
    """Return the date by which a task repeats."""
    found: list[date] = []
    for key in _SHIFTED:
        written: str = getattr(task, key)
        if not written:
            continue
        try:
            found.append(parse_iso_date(written))
        except DateError as error:
            message = f"the task repeats, but its {key} {error}"
            raise PrmvaultError(message, hint=error.hint or "Correct it in the note first.") from None
    return found[0] if found else None


def _shifted(content: str, distance: timedelta) -> str:
    """Return the text of a task with its dates moved, and without what belongs to the one that was done."""
    new = _moved_dates(content, distance)
    before, after = REPEAT_SIGN.search(content), REPEAT_SIGN.search(new)
    if before is None or after is None or before[1].strip() == after[1].strip():
        return new
    # What separated the repeat from words behind it is gone, so it goes behind them.
    return f"{_moved_dates(content.replace(before[0], ' ', 1), distance).rstrip()} {before[0].strip()}"


def _moved_dates(content: str, distance: timedelta) -> str:
    def sign(match: re.Match[str]) -> str:
        if DATE_SIGNS[match[1]] not in _SHIFTED:
            return ""
        return match[0].replace(match[2], _moved(match[2], distance))

    def field(match: re.Match[str]) -> str:
        day = match[2].strip()
        return match[0].replace(day, _moved(day, distance)) if match[1] in _SHIFTED else match[0]

    content = BLOCK_ID.sub("", content.rstrip()) + content[len(content.rstrip()) :]
    content = _OWN_FIELD.sub("", _OWN_SIGN.sub("", content))
    return DATAVIEW.sub(field, DATE_SIGN.sub(sign, content)).lstrip(" \t")


def _moved(written: str, distance: timedelta) -> str:
    """Return a date that much later, with what stands behind it; what is no date stays."""
    try:
        day = parse_iso_date(written)
    except DateError:
        return written
    return f"{day + distance}{written[len('2026-11-20') :]}"
