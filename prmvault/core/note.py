"""A note: what one file says, typed by its schema. Whatever the file holds, a note comes out, with its problems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from prmvault.core.channels import channel_of
from prmvault.core.characters import NOT_IN_NOTES
from prmvault.core.dates import DateError, parse_iso_date
from prmvault.core.fences import split_note
from prmvault.core.file_names import stem_of
from prmvault.core.frontmatter import FrontMatter, parse_front_matter
from prmvault.core.kinds import KINDS
from prmvault.core.markdown import Body, Item, parse_body, parse_links, parse_tags, plain_text
from prmvault.core.model import IDEA_TAGS, Contact, Note, Task, Value, texts_in
from prmvault.core.problems import Problem
from prmvault.core.schema import Field, NoteType, type_of
from prmvault.core.value_kinds import Report, numbered_items

_TIME = re.compile(
    # A dot needs its "Uhr" behind it: 3.50 EUR is no time.
    r"(?:(?P<h>[01]?[0-9]|2[0-3])(?::|\.(?=[0-9.–-]{2,8}\s?Uhr\b))(?P<m>[0-5][0-9])"
    r"|(?P<hour>[01]?[0-9]|2[0-3])(?=(?:\s?[-–]\s?[0-9]{1,2})?(?:\s?Uhr\b|\s?[ap]m\b)))"
    r"(?:\s?[-–]\s?[0-9]{1,2}(?:[:.][0-9]{2})?)?(?:\s?Uhr\b|\s?(?P<half>[ap])m\b)?[:,]?\s+(?:[-–—]\s+)?"
)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_LOG_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})[:,]?\s*")
_OTHER_DATE = re.compile(r"\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d{2})(?!\d)")
_SIGN_WITH_OTHER_DATE = re.compile(f"[📅⏳🛫✅]\ufe0f?[ \t]?({_OTHER_DATE.pattern})")
_CONTROL = re.compile(f"[{NOT_IN_NOTES}]")
_CONFLICT_MARKER = re.compile(r"^(?:<{7} |>{7} )", re.MULTILINE)
# With a date, because Anna Berg (Konfliktberaterin) is a person.
_CONFLICT_COPY = re.compile(
    r"\.sync-conflict-\d{8}|\(.{0,60}(?:conflicted copy|[Kk]onflikt).{0,40}\d{4}-\d{2}-\d{2}.{0,20}\)"
)
_COPY_MARK = re.compile(rf"(?:{_CONFLICT_COPY.pattern})(?:-\d{{6}})?(?:-[A-Z0-9]{{1,12}})?(?=\.md$)")


class Reading(NamedTuple):
    """How notes are read: the settings that matter for it, all of them plain values."""

    types: Mapping[str, NoteType]
    channels: Mapping[str, str]
    journal_file: str = "%Y/%Y-%m-%d.md"
    log_headings: tuple[str, ...] = ("log", "verlauf")


def parse_note(path: str, text: str, reading: Reading) -> Note:
    """Read the note at `path` (relative to the vault, with forward slashes)."""
    parts = split_note(text)
    front = parse_front_matter(path, text, parts)
    body = parse_body(parts.body, parts.body_line)
    problems = [*front.problems]
    declared = front.values.get("type", "")
    note_type = type_of(path, declared if isinstance(declared, str) else "", reading.types)
    fields = _typed(path, front, note_type, problems)
    if note_type.name == "event" and _ends_too_early(fields):
        message = f"end {fields.pop('end')} is before the start, {fields['start']}"
        hint = "write the day on which it ends, YYYY-MM-DD"
        problems.append(Problem(path, front.lines.get("end", 1), "bad-date", message, hint))
    stem = stem_of(path)
    day = _date_of(path, stem, note_type, fields, front, problems, reading)
    tasks = tuple([_checked_task(task, path, problems) for task in body.tasks])
    contacts = _contacts(body, path, note_type.name, day, problems, reading)
    marker = _CONFLICT_MARKER.search(text)
    if marker:
        line = text.count("\n", 0, marker.start()) + 1
        problems.append(Problem(path, line, "conflict-marker", "a merge left its markers here", "settle it by hand"))
    control = _CONTROL.search(text)
    if control and all(problem.code != "control-character" for problem in front.problems):
        line = text.count("\n", 0, control.start()) + 1
        message = f"the control character U+{ord(control[0]):04X} is in the text"
        problems.append(Problem(path, line, "control-character", message, "remove it"))
    return Note(
        path=path,
        type=note_type.name,
        title=_title(note_type.name, fields, stem),
        date=day,
        fields=fields,
        lines=front.lines,
        links=_links(front, body),
        tags=tuple(dict.fromkeys([*fields.get("tags", ()), *body.tags])),
        tasks=tasks,
        contacts=contacts,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        readable=front.readable,
    )


def copied_from(path: str) -> str:
    """Return the path of the note that a conflict copy is a copy of."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + re.sub(r" {2,9}", " ", _COPY_MARK.sub("", name)).replace(" .md", ".md")


def is_conflict_copy(path: str) -> bool:
    """Tell whether a file sync tool (Syncthing, Dropbox, Nextcloud) left this as the copy of a conflict."""
    return _CONFLICT_COPY.search(path.rsplit("/", 1)[-1]) is not None


def _typed(path: str, front: FrontMatter, note_type: NoteType, problems: list[Problem]) -> dict[str, Any]:
    """Return the fields by the kinds that the schema gives them; unknown keys stay as they are."""
    fields: dict[str, Any] = {}
    for key, value in front.values.items():
        field = note_type.fields.get(key)
        if field is None:
            fields[key] = value
        elif value not in ("", []):
            typed = _read(field, value, _reporter(path, key, front.lines, problems))
            if typed not in (None, [], ""):
                fields[key] = typed
    for plural, singular in (("tags", "tag"), ("aliases", "alias")):
        if singular in fields:
            fields[plural] = list(dict.fromkeys([*fields.get(plural, []), *fields.pop(singular)]))
    for key, field in note_type.fields.items():
        if field.required and key not in fields and front.readable:
            hint = f"add a line `{key}: …`"
            problems.append(Problem(path, 1, "missing-field", f"a {note_type.name} needs {key!r}", hint))
    return fields


def _read(field: Field, value: Value, report: Report) -> Any:
    if field.kind.startswith("list of "):
        one = field._replace(kind=field.kind.removeprefix("list of "))
        read = [_read(one, item, _at(number, report)) for number, item in numbered_items(value)]
        return [item for item in read if item is not None]
    if field.kind != "choice":
        return KINDS[field.kind](value, report)
    if isinstance(value, str) and value in field.of:
        return value
    shown = value if isinstance(value, str) else type(value).__name__
    report("bad-choice", f'"{shown[:60]}" is none of {", ".join(field.of)}', "write one of these", -1)
    return None


def _at(number: int, report: Report) -> Report:
    return lambda code, message, hint, _item: report(code, message, hint, number)


def _reporter(path: str, key: str, lines: Mapping[str, int], problems: list[Problem]) -> Report:
    def report(code: str, message: str, hint: str, item: int) -> None:
        line = lines.get(f"{key}.{item}", lines.get(key, 1))
        problems.append(Problem(path, line, code, f"{key} {message}", hint))

    return report


def _title(note_type: str, fields: Mapping[str, Any], stem: str) -> str:
    # A person's `title` is a job title.
    for key in ("name",) if note_type == "person" else ("name", "title"):
        title = fields.get(key)
        if isinstance(title, str) and title.strip():
            return " ".join(title.split())
    return stem


def _date_of(
    path: str,
    stem: str,
    note_type: NoteType,
    fields: Mapping[str, Any],
    front: FrontMatter,
    problems: list[Problem],
    reading: Reading,
) -> str:
    """Return the day that the note is about, for the types that have one."""
    if note_type.name != "journal":
        start = fields.get("start") or fields.get("date")
        return start.strip()[:10] if isinstance(start, str) and _is_date(start) else ""
    if "date" in fields:
        return str(fields["date"])
    written = _ISO_DATE.search(stem)
    try:
        if written:
            return parse_iso_date(written[0]).isoformat()
        inside = path.removeprefix(note_type.folder + "/")
        return parse_iso_date(_day_in_path(inside, reading.journal_file)).isoformat()
    except DateError:
        line = front.lines.get("date", 1)
        hint = "name the file YYYY-MM-DD.md or add `date: YYYY-MM-DD`"
        problems.append(Problem(path, line, "no-date", "this journal day has no date", hint))
        return ""


def _day_in_path(path: str, journal_file: str) -> str:
    """Return the day that `path` tells, made as the pattern `journal_file` says, as year-month-day; else nothing."""
    pattern = ""
    for part in re.split(r"(%.)", journal_file):
        sign = part[1:] if part.startswith("%") else ""
        if sign and sign in "Ymd":
            digits = 4 if sign == "Y" else 2
            pattern += f"(?P={sign})" if f"<{sign}>" in pattern else f"(?P<{sign}>[0-9]{{{digits}}})"
        else:
            pattern += "[^/]{1,20}" if sign and sign != "%" else re.escape(part.removeprefix("%"))
    match = re.fullmatch(pattern, path)
    return "-".join(match.groupdict().get(sign) or "" for sign in "Ymd") if match else ""


def _links(front: FrontMatter, body: Body) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    for key, value in front.values.items():
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            line = front.lines.get(f"{key}.{number}", front.lines.get(key, 1))
            texts = [text for text in texts_in(item) if "[[" in text]
            found.extend((link.target, line) for text in texts for link in parse_links(text))
    found.extend((link.target, link.line) for link in body.links)
    return tuple(found)


def _ends_too_early(fields: Mapping[str, Any]) -> bool:
    """Tell whether an event's end lies before its start; times count where both are plain hours and minutes."""
    start, end = str(fields.get("start", "")), str(fields.get("end", ""))
    if not start or not end or start[:10] != end[:10]:
        return bool(start and end) and end[:10] < start[:10]
    times = [moment[11:] for moment in (start, end)]
    return all(_CLOCK.fullmatch(time) for time in times) and times[1].zfill(5) < times[0].zfill(5)


def _checked_task(task: Task, path: str, problems: list[Problem]) -> Task:
    """Return the task with canonical dates; what is no date goes, with a problem. A bad repeat is only reported."""
    if task.repeat:
        from prmvault.core.recurrence import parse_task_repeat

        try:
            parse_task_repeat(task.repeat)
        except DateError as error:
            problems.append(Problem(path, task.line, "bad-repeat", f"repeat {error}", error.hint))
    other = _SIGN_WITH_OTHER_DATE.search(task.text)
    if other:
        problems.append(_bad_date(path, task.line, "the task's date", other[1]))
    changed = {}
    for key in ("due", "scheduled", "start", "done"):
        text = getattr(task, key)
        if not text:
            continue
        try:
            day = parse_iso_date(text).isoformat()
        except DateError as error:
            problems.append(Problem(path, task.line, "bad-date", f"{key} {error}", error.hint))
            day = ""
        if day != text:
            changed[key] = day
    return Task(**{**task._asdict(), **changed}) if changed else task


def _bad_date(path: str, line: int, what: str, written: str) -> Problem:
    """Return the problem of a date that is written as people do, and not as it is read."""
    try:
        parse_iso_date(written)
    except DateError as error:
        return Problem(path, line, "bad-date", f"{what} {error}", error.hint)
    raise AssertionError(written)


def _contacts(
    body: Body, path: str, note_type: str, day: str, problems: list[Problem], reading: Reading
) -> tuple[Contact, ...]:
    """Return the items of a journal day or of a person's log that tell of people."""
    contacts = []
    owner = stem_of(path) if note_type == "person" else ""
    for item in body.items:
        if item.box not in ("", "x", "X"):
            continue
        if note_type == "journal" and item.links and day:
            contacts.append(_contact(item, day, item.text, item.links, reading))
        elif owner and item.heading.casefold() in reading.log_headings:
            begin = _LOG_DATE.match(item.text)
            other = _OTHER_DATE.match(item.text)
            if other:
                problems.append(_bad_date(path, item.line, "the line's date", other[0]))
            elif begin and not _is_date(begin[1]):
                message = f'"{begin[1]}" is not a date'
                problems.append(Problem(path, item.line, "bad-date", message, "write YYYY-MM-DD"))
            elif begin:
                people = tuple(dict.fromkeys([owner, *item.links]))
                contacts.append(_contact(item, begin[1], item.text[begin.end() :], people, reading))
    return tuple(contacts)


def _others_than_idea(item: Item) -> tuple[str, ...]:
    """Return those for whom a gift idea or wish in the item is not: it is for those whom its line links, if any."""
    lines = [line for line in (item.text, *item.more) if any(tag in IDEA_TAGS for tag in parse_tags(line))]
    linked = [{link.target for link in parse_links(line)} for line in lines]
    if not lines or not all(linked):
        return ()
    return tuple(target for target in item.links if not any(target in targets for targets in linked))


def _contact(item: Item, day: str, text: str, people: tuple[str, ...], reading: Reading) -> Contact:
    at, text = split_time(text)
    told = " – ".join(plain_text(line) for line in [text, *item.more])
    mention = "mention" in item.tags
    channel = channel_of(text, reading.channels)
    others = _others_than_idea(item)
    return Contact(day, at, channel, told, item.line, people, item.tags, mention, others)


def split_time(text: str) -> tuple[str, str]:
    """Return the time with which an item's text begins, as `18:00` or empty, and the text behind it."""
    time = _TIME.match(text)
    if time is None:
        return "", text
    hour = int(time["h"] or time["hour"])
    if time["half"] and hour in range(1, 13):
        hour = hour % 12 + (12 if time["half"] == "p" else 0)
    return f"{hour:02}:{time['m'] or '00'}", text[time.end() :]


def _is_date(text: str) -> bool:
    try:
        parse_iso_date(text)
    except DateError:
        return False
    return True
