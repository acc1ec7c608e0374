"""The section `## Notes` of a note's body: what other programs call a contact's note, in and out.

A line that would be a heading, a tag or a fence of code has a backslash before that sign, so that it stays text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from prmvault.core.characters import HALVES, NOT_IN_NOTES
from prmvault.core.fences import split_note
from prmvault.core.join_body import join_bodies
from prmvault.core.markdown import HEADING, body_lines

HEADINGS = {"en": "Notes", "de": "Notizen"}
"""By language, what the section is called; each is read in every vault."""

_LIST = r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t]){0,20}"
_ESCAPE = re.compile(rf"^([ \t]{{0,80}}|{_LIST}(?=\\{{0,200}}(?:`{{3}}|~{{3}})))(\\{{0,200}})(?=#|`{{3}}|~{{3}})")
_ESCAPED = re.compile(rf"^([ \t]{{0,80}}|{_LIST}(?=\\{{1,200}}(?:`{{3}}|~{{3}})))\\(?=\\{{0,200}}(?:#|`{{3}}|~{{3}}))")
_CONTROL = re.compile(f"[\0\r\x85{NOT_IN_NOTES}{HALVES}]")


def notes_of(body: str) -> str:
    """Return the text of the section in a note's body, without what keeps its lines text; empty where there is none."""
    begin, end = _section(body.split("\n"))
    if begin < 0:
        return ""
    lines = [line.rstrip("\r") for line in body.split("\n")[begin + 1 : end]]
    return "\n".join([_ESCAPED.sub(r"\1", line, count=1) if "\\" in line else line for line in lines]).strip("\n")


def section_text(notes: str, heading: str) -> str:
    """Return notes as a section of a body, with the heading of that name."""
    return f"## {heading}\n\n{as_text(notes)}\n"


def as_text(notes: str) -> str:
    """Return notes such that each line is plain text in a body, without control characters."""
    plain = _CONTROL.sub("", notes.replace("\r\n", "\n").replace("\r", "\n"))
    lines = [_ESCAPE.sub(r"\1\\\2", line, count=1) for line in plain.split("\n")]
    return "\n".join([line.rstrip() for line in lines]).strip("\n")


def with_notes(text: str, notes: str, heading: str, log_headings: Sequence[str]) -> str:
    """Return the note `text` with `notes` at the end of the section, made if need be; what is there is not added again.

    `log_headings` are casefolded; a log that is the last section stays so.
    """
    body = split_note(text).body
    head = text[: len(text) - len(body)]
    new = as_text(notes)
    if not new.strip() or f"\n{_plain(new)}\n" in f"\n{_plain(body)}\n":
        return text
    lines = body.split("\n")
    begin, end = _section(lines)
    if begin < 0:
        if head and not head.endswith("\n"):
            head += "\n"
        return head + join_bodies(body, section_text(notes, heading), log_headings)
    eol = "\r" if lines[begin].endswith("\r") else ""
    last = end
    while last > begin + 1 and not lines[last - 1].strip():
        last -= 1
    added = [eol, *[f"{line}{eol}" for line in new.split("\n")]]
    kept = [*lines[: last - 1], lines[last - 1].rstrip("\r") + eol]
    return head + "\n".join([*kept, *added, *(lines[last:] or [""])])


def replaced_notes(text: str, notes: str, heading: str, log_headings: Sequence[str]) -> str:
    """Return the note `text` with `notes` as all that its section says; lines that stay are kept as they are written.

    Where nothing is left to say, the heading stays.
    """
    body = split_note(text).body
    lines = body.split("\n")
    begin, end = _section(lines)
    if notes_of(body) == notes:
        return text
    if begin < 0:
        return with_notes(text, notes, heading, log_headings)
    there = [line.rstrip("\r") for line in lines[begin + 1 : end]]
    kept = {_ESCAPED.sub(r"\1", line, count=1): line for line in there}
    for known in (kept, {}):
        eol = "\r" if lines[begin].endswith("\r") else ""
        new = [f"{known.get(line, as_text(line))}{eol}" for line in notes.split("\n")] if notes.strip() else []
        goes_on = [eol, *lines[end:]] if end < len(lines) else [""]
        changed = "\n".join([*lines[: begin + 1], *([eol, *new] if new else []), *goes_on])
        if notes_of(changed) == notes:  # Else a block of code that lost its end reaches past the section.
            break
    return text[: len(text) - len(body)] + changed


def _section(lines: Sequence[str]) -> tuple[int, int]:
    """Return the line of the section's heading and the line behind its end; -1 where there is none."""
    begin, level = -1, 0
    for number, written, line in body_lines("\n".join(lines), 0):
        title = HEADING.match(written) if line else None
        if title is None:
            continue
        if begin >= 0 and len(title[1]) <= level:
            return begin, number
        if begin < 0 and title[2].strip(" #\r") in HEADINGS.values():
            begin, level = number, len(title[1])
    return begin, len(lines)


def _plain(text: str) -> str:
    return "\n".join([line.strip() for line in text.split("\n")])
