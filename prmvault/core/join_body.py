"""Joining the bodies of two notes: one after the other, and their logs as one, in order of date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from prmvault.core.markdown import HEADING, body_lines

_DATED = re.compile(r"(?:[-*+]|\d{1,9}[.)])[ \t]{1,9}(\d{4}-\d{2}-\d{2})(?!\d)")


class _Entry(NamedTuple):
    """An item of a log that begins with a date, with what belongs to it."""

    date: str
    lines: tuple[str, ...]


class _Log(NamedTuple):
    """A log section: its lines from `begin` (the heading) up to `end`, and the number of `blank` ones at its end.

    `above` is what stands before the first item that begins with a date.
    """

    begin: int
    end: int
    above: tuple[str, ...]
    entries: tuple[_Entry, ...]
    blank: int


def join_bodies(ours: str, theirs: str, log_headings: Sequence[str]) -> str:
    """Return the body `ours` with what `theirs` says behind it; what is there already is not added again.

    The items of the logs (headings in `log_headings`, casefolded) come under one heading, in the order that ours has:
    newest last or newest first. Where our log is the last section, the other text goes before it, lest it be taken
    for a part of it.
    """
    eol = "\r" if "\r\n" in ours else ""
    lines = ours.split("\n")
    other = [line.rstrip("\r") + eol for line in theirs.split("\n")]
    mine, others = _logs(lines, log_headings), _logs(other, log_headings)
    if mine and others:
        for log in reversed(others):
            other[log.begin : log.end] = log.above
        entries = [entry for log in others for entry in log.entries]
        lines = _with_entries(lines, mine[0], entries, eol)
        mine = _logs(lines, log_headings)
    rest = _stripped(other)
    if not rest or _plain(["", *rest, ""]) in _plain(["", *lines, ""]):
        return "\n".join(lines)
    is_last = bool(mine) and mine[-1].end == len(lines)
    at = mine[-1].begin if is_last else len(lines)
    before, after = lines[:at], lines[at:]
    while before and not before[-1].strip():
        before.pop()
    if before:
        before = [*_ended(before, eol), eol]
    return "\n".join([*before, *_ended(rest, eol), *([eol, *after] if is_last else [""])])


def _logs(lines: Sequence[str], headings: Sequence[str]) -> list[_Log]:
    """Return the log sections in the lines of a body; a heading in code is none."""
    found: list[_Log] = []
    marks: list[tuple[int, str]] = []
    for number, written, line in body_lines("\n".join(lines), 0):
        title = HEADING.match(written) if line else None
        if title:
            marks.append((number, title[2].strip(" #").casefold()))
    for place, (begin, title_text) in enumerate(marks):
        if title_text in headings:
            end = marks[place + 1][0] if place + 1 < len(marks) else len(lines)
            found.append(_log(lines, begin, end))
    return found


def _log(lines: Sequence[str], begin: int, end: int) -> _Log:
    last = end
    while last > begin + 1 and not lines[last - 1].strip():
        last -= 1
    above: list[str] = []
    entries: list[tuple[str, list[str]]] = []
    code = [not line for _, _, line in body_lines("\n".join(lines[begin:last]), 0)]
    for number in range(begin + 1, last):
        dated = None if code[number - begin] else _DATED.match(lines[number])
        if dated:
            entries.append((dated[1], [lines[number]]))
        else:
            (entries[-1][1] if entries else above).append(lines[number])
    read = tuple(_Entry(day, tuple(part)) for day, part in entries)
    return _Log(begin, end, tuple(above), read, end - last)


def _with_entries(lines: list[str], log: _Log, more: Sequence[_Entry], eol: str) -> list[str]:
    """Return the lines with more entries in the log, those that it has left out."""
    have = {_plain(entry.lines) for entry in log.entries}
    new = [_Entry(entry.date, _stripped(entry.lines)) for entry in more]
    new = [entry for entry in new if _plain(entry.lines) not in have]
    if not new:
        return lines
    days = [entry.date for entry in log.entries] if len(log.entries) > 1 else [entry.date for entry in new]
    newest_first = days == sorted(days, reverse=True) and days[0] != days[-1]
    own = [_Entry(entry.date, tuple(_ended(entry.lines, eol))) for entry in log.entries]
    new.sort(key=lambda entry: entry.date, reverse=newest_first)
    together = [*own, *new]
    if newest_first or days == sorted(days):
        together.sort(key=lambda entry: entry.date, reverse=newest_first)  # What is in order stays as it is.
    # Of the blank lines at the end, the last is what the text behind the final newline splits into.
    tail = lines[log.end - log.blank : log.end] or [""] * (log.end == len(lines))
    above = list(log.above) if log.entries or not any(line.strip() for line in log.above) else [*log.above, eol]
    if not log.entries and not log.above:
        above = [eol]
    head = _ended(lines[: log.begin + 1], eol)
    return [*head, *above, *(line for entry in together for line in entry.lines), *tail, *lines[log.end :]]


def _ended(lines: Sequence[str], eol: str) -> list[str]:
    """Return lines the last of which had no line ending, perhaps, with that of the others."""
    if eol and lines and not lines[-1].endswith(eol):
        return [*lines[:-1], lines[-1] + eol]
    return list(lines)


def _stripped(lines: Sequence[str]) -> tuple[str, ...]:
    """Return lines without the blank ones at both ends."""
    kept = [number for number, line in enumerate(lines) if line.strip()]
    return tuple(lines[kept[0] : kept[-1] + 1]) if kept else ()


def _plain(lines: Sequence[str]) -> str:
    return "\n".join(lines).replace("\r", "")
