"""Open threads: what somebody told that has come to pass since, or is to come; what was asked, and what others told.

Few and right rather than many: what may have been settled in a later talk is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from prmvault.core.coming import coming_day, may_tell_a_day
from prmvault.core.dates import day_or_none
from prmvault.core.gists import THREAD_TAG, clause_text, clauses, lines_of, without_lead
from prmvault.core.names import fold
from prmvault.core.periods import within_calendar
from prmvault.core.turns import moved

MOST_THREADS = 3

_LAST_CONTACTS = 3
_MONTHS_BACK = 6
_A_FORTNIGHT = timedelta(days=14)
_LEAST = 8
_MOST_READ = 4000
"""Of a longer item the beginning is read."""

# In folded text. Who asks leaves something open, whoever it was.
_ASKED = re.compile(
    r"\b(?:asks?|asked|wonders?|wondered|wants? to know|wanted to know)\b.{0,30}?"
    r"\b(?:whether|if|who|whom|when|where|what|which|how|why|about)\b"
    r"|\b(?:fragte?|gefragt|fragt sich|will wissen|wollte wissen)\b.{0,30}?"
    r"\b(?:ob|wer|wen|wem|wann|wo|wohin|was|welche[mnrs]?|wie|warum|nach)\b"
)
_QUESTION = re.compile(r"\?[\"'”“»«)]{0,2}$")


class Said(NamedTuple):
    """An item about somebody: a contact, or a mere `mention`. `date` is ISO text."""

    date: str
    time: str
    channel: str
    text: str
    path: str
    line: int
    mention: bool = False


class Thread(NamedTuple):
    """Something to come back to: `date` is the day on which it was told, `when` its own day (ISO text or empty).

    `kind` is plan, question, tag, mention or task; `is_past` tells that its day has come, `is_day` that it
    is just that day and not the first of a month or so, `says_day` that the text tells day and month itself. `person`
    is whom it is about, where there are several.
    """

    kind: str
    date: str
    when: str
    text: str
    path: str
    line: int
    is_past: bool = False
    is_day: bool = True
    person: str = ""
    says_day: bool = False


def open_threads(said: Sequence[Said], tasks: Iterable[Thread], today: date) -> list[Thread]:
    """Return what is to be asked or told when one is in touch with somebody next, the most pressing first.

    `said` is what was told of that person up to today, newest first; `tasks` are open tasks about the same person. What
    has a day is open until one is in touch on that day or later; a question is open until one is in touch again.
    """
    return most_pressing([*all_threads(said, today), *tasks], today)


def all_threads(said: Sequence[Said], today: date) -> list[Thread]:
    """Return all that is open from what was told of somebody, in no order."""
    begin = threads_since(today).isoformat()
    talks = [each for each in said if not each.mention and each.date >= begin][:_LAST_CONTACTS]
    last = next((each for each in said if not each.mention), None)
    since = last.date if last else begin
    found = [thread for at, talk in enumerate(talks) for thread in _told_in(talk, since, today, is_last=at == 0)]
    begin = max(begin, since)
    heard = (
        each._replace(text=each.text[:_MOST_READ])
        for each in said
        if each.mention and each.date >= begin and not _is_same_line(each, last)
    )
    return found + [_thread("mention", each, without_lead(each.text), today) for each in heard]


def threads_since(today: date) -> date:
    """Return the day from which on what was told can be open on `today`."""
    return within_calendar(today, -_MONTHS_BACK)


def tells_a_day(text: str, told: str, first: date, last: date) -> bool:
    """Tell whether an item of the day `told` (ISO text) tells of something that comes from `first` to `last`."""
    is_near = told >= moved(first, -_A_FORTNIGHT).isoformat()
    day = day_or_none(told) if may_tell_a_day(text, is_near=is_near) else None
    if day is None:
        return False
    for clause in clauses(without_lead(text[:_MOST_READ])):
        coming = coming_day(clause, day) if may_tell_a_day(clause, is_near=is_near) else None
        if coming is not None and coming.is_day and first <= coming.day <= last:
            return True
    return False


def most_pressing(found: Iterable[Thread], today: date) -> list[Thread]:
    """Return the few that press most: what bears a tag, then what is nearest to today, then what has no day."""
    distinct: dict[str, Thread] = {}
    for each in found:
        distinct.setdefault(fold(each.text), each)

    def pressing(each: Thread) -> tuple[bool, bool, int]:
        day = day_or_none(each.when)
        return (each.kind != "tag", day is None, abs((day - today).days) if day else 0)

    newest_first = sorted(distinct.values(), key=lambda each: each.date, reverse=True)
    return sorted(newest_first, key=pressing)[:MOST_THREADS]


def last_channel(said: Iterable[Said], most: int = 6) -> str:
    """Return the channel most used in the last contacts, the latest of those used as often; nothing if none is told."""
    used: dict[str, int] = {}
    counted = 0
    for each in said:
        if each.mention or not each.channel:
            continue
        used[each.channel] = used.get(each.channel, 0) + 1
        counted += 1
        if counted == most:
            break
    return max(used, key=lambda channel: used[channel], default="")


def _told_in(talk: Said, since: str, today: date, *, is_last: bool) -> Iterator[Thread]:
    """Return the threads of one talk: of each clause at most one."""
    for line in lines_of(without_lead(talk.text[:_MOST_READ])):
        parts = clauses(line)
        for clause in parts:
            thread = _thread("plan", talk, clause, today)
            # Behind a question in its line stands the answer.
            is_question = is_last and clause == parts[-1] and _is_question(clause)
            if len(thread.text) < _LEAST:
                continue
            if THREAD_TAG.search(clause):
                yield thread._replace(kind="tag")
            elif thread.when > since:
                yield thread
            elif is_question and not thread.when:
                yield thread._replace(kind="question")


def _thread(kind: str, each: Said, text: str, today: date) -> Thread:
    told = day_or_none(each.date)
    coming = coming_day(text, told) if told else None
    if coming is None:
        return Thread(kind, each.date, "", clause_text(text), each.path, each.line)
    is_past = coming.day <= today
    thread = Thread(kind, each.date, coming.day.isoformat(), clause_text(text), each.path, each.line, is_past)
    return thread._replace(is_day=coming.is_day, says_day=coming.is_written)


def _is_question(clause: str) -> bool:
    return _QUESTION.search(clause) is not None or _ASKED.search(fold(clause[:400])) is not None


def _is_same_line(one: Said, other: Said | None) -> bool:
    return other is not None and (one.path, one.line) == (other.path, other.line)
