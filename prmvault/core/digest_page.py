"""The digest's page: the lines that were generated, and all that somebody wrote between, below and over them.

A mark in the page itself, `<!-- prmvault: … -->`, holds a hash for each line that was written. So the page alone tells
what is ours and what was touched by hand, on any machine, without a cache.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from prmvault.core.digest_ids import LINE_ID
from prmvault.core.markdown import CHECKBOX, DATE_SIGN, DATE_SIGNS, HEADING, ITEM, indent_of

_BOM = "\ufeff"
_MARK = "<!-- prmvault:"
_MARK_END = "-->"
_SNOOZE_SIGN = "⏳"
_LEVEL = 2
"""The page's own headings, Notes and Done, have two signs."""

_ID_WITHIN = re.compile(r"[ \t]\^[tcrgd]-[0-9a-f]{6}(?![\w-])")
"""An id with something behind it, although it is the last of its line."""

DONE, CANCELLED, SNOOZED, UNTICKED = "done", "cancelled", "snoozed", "unticked"
REWORDED, MISPLACED = "reworded", "misplaced"
"""These two `core.digest_told` finds."""
_BOXES = {"x": DONE, "X": DONE, "-": CANCELLED}


class Words(NamedTuple):
    """The words of the page's own headings: the first of each is written, the others are understood, too."""

    notes: tuple[str, ...] = ("Notes",)
    done: tuple[str, ...] = ("Done",)


ENGLISH = Words()


class Page(NamedTuple):
    """A page cut into its parts. `body` and `done` are lines with their numbers (from 1), without line endings.

    `known` are the hashes of its marks. `heading` is that of `done`, or empty; `notes` is all from the heading of the
    notes on, byte for byte, and begins on `notes_line`.
    """

    bom: str
    eol: str
    body: tuple[tuple[int, str], ...]
    heading: str
    done: tuple[tuple[int, str], ...]
    known: tuple[str, ...]
    has_mark: bool
    notes: str
    notes_line: int = 0


class Action(NamedTuple):
    """The parts of an actionable line: what stands before the text, the sign in its box, its text without signs.

    `scheduled` is the last day behind ⏳, `closed` that behind ✅ or ❌; both are ISO text as written, or empty.
    """

    bullet: str
    box: str
    text: str
    scheduled: str
    closed: str
    id: str


class Edit(NamedTuple):
    """What somebody did to an actionable line. `what` is done, cancelled, snoozed, unticked or reworded (below Done).

    `text` is the line's without signs, `day` the day that it tells (as written, or empty), and `below` are the lines
    that were written under it.
    """

    line: int
    written: str
    id: str
    what: str
    text: str
    day: str
    below: tuple[str, ...] = ()


def parse_page(text: str, words: Words = ENGLISH) -> Page:
    """Cut a page into its parts; any text is one."""
    bom = _BOM if text.startswith(_BOM) else ""
    text = text.removeprefix(_BOM)
    raw = text.split("\n")
    lines = [line.rstrip("\r") for line in raw]
    marks = [at for at, line in enumerate(lines) if _is_mark(line)]
    begin = _notes_at(lines, marks, words)
    notes = "\n".join(raw[begin:])
    above = text[: len(text) - len(notes)]
    eol = "\r\n" if above.count("\r\n") * 2 > above.count("\n") else "\n"
    notes_line = begin + 1
    if begin < len(lines) and not _is_heading(lines[begin]):
        notes = f"## {words.notes[0]}{eol}{eol}{notes}"
        notes_line -= 2
    known = dict.fromkeys(each for at in marks if at < begin for each in _hashes(lines[at]))
    body: list[tuple[int, str]] = []
    done: list[tuple[int, str]] = []
    heading, is_done = "", False
    for number, line in enumerate(lines[:begin], 1):
        if _is_mark(line):
            is_done = False
            continue
        if _is_heading(line):
            is_done = _is_own_heading(line, words.done) or hash_of("done", line) in known
            if is_done:
                heading = heading or line
                continue
        (done if is_done else body).append((number, line))
    return Page(bom, eol, tuple(body), heading, tuple(done), tuple(known), bool(marks), notes, notes_line)


def written_page(page: Page, words: Words = ENGLISH) -> str:
    """Return the text of a page; one blank line stands between its parts, and never two within the first of them."""
    lines = collapsed([line for _, line in page.body])
    done = _trimmed([line for _, line in page.done])
    known = page.known
    if done or page.heading:
        heading = page.heading or f"## {words.done[0]}"
        lines += [*([""] if lines else []), heading, *([""] if done else []), *done]
        known = tuple(dict.fromkeys([*known, hash_of("done", heading)]))
    if page.has_mark:
        lines += [*([""] if lines else []), f"{' '.join([_MARK, *known])} {_MARK_END}"]
    lines += [""] if lines else []
    notes = page.notes or f"## {words.notes[0]}{page.eol}"
    return page.bom + "".join([line + page.eol for line in lines]) + notes


def edits_of(page: Page) -> list[Edit]:
    """Return what was done by hand to the page's actionable lines, in their order."""
    known = set(page.known)
    found = []
    for at, (number, line) in enumerate(page.body):
        action = action_of(line)
        if action is None:
            continue
        what = _BOXES.get(action.box, "")
        day = action.closed
        if (
            action.box == " "
            and hash_of("id", action.id) in known
            and _day_mark(action.id, action.scheduled) not in known
        ):
            is_snooze = action.scheduled or _SNOOZE_SIGN in line
            what, day = (SNOOZED, action.scheduled) if is_snooze else ("", "")
        if what:
            below = collapsed(_own_below(page, at, known))
            found.append(Edit(number, line, action.id, what, action.text, day, tuple(below)))
    for number, line in page.done:
        action = action_of(line)
        if action is not None and action.box == " ":
            found.append(Edit(number, line, action.id, UNTICKED, action.text, ""))
    return sorted(found)


def with_done(text: str, edit: Edit, day: str, words: Words = ENGLISH, marks: Iterable[str] = ()) -> str:
    """Return the page's text with the line of `edit` below Done, as closed on `day`; as it is where it has gone.

    What was written under the line goes with it; what was generated under it has had its time. A line with an id of its
    own stays. `marks` are hashes by which the new line is known.
    """
    page = parse_page(text, words)
    at = _place(page, edit)
    action = action_of(edit.written)
    if at < 0 or action is None:
        return text
    end = end_of(page.body, at)
    below = _trimmed(_own_below(page, at, set(page.known)))
    stays = tuple(each for each in page.body[at + 1 : end] if action_of(each[1]) is not None)
    sign, box = ("❌", "-") if edit.what == CANCELLED else ("✅", "x")
    line = f"{action.bullet}[{box}] {edit.text} {sign} {day} ^{edit.id}"
    done = [(0, other) for other in _trimmed([other for _, other in page.done])]
    twin = next((at for at, (_, other) in enumerate(done) if _is_closed_twin(other, edit)), -1)
    place = end_of(done, twin) if twin >= 0 else len(done)
    done[place:place] = [(0, each) for each in ([] if twin >= 0 else [line]) + below]
    body = page.body[:at] + stays + page.body[end:]
    known = tuple(dict.fromkeys([*page.known, *marks]))
    return written_page(page._replace(body=body, done=tuple(done), known=known), words)


def with_snoozed(text: str, edit: Edit, name: str, words: Words = ENGLISH) -> str:
    """Return the page's text with the day of `edit` as one that we know; its line has the id `name` from then on."""
    page = parse_page(text, words)
    at = _place(page, edit)
    if at < 0:
        return text
    number, line = page.body[at]
    new = line.replace(f"^{edit.id}", f"^{name}")
    # The day that it had before is one that it may be put back to.
    known = [each for each in page.known if not each.startswith(hash_of("id", edit.id))]
    marks = [hash_of("id", name), _day_mark(name, edit.day)]
    marks += [hash_of("text", name, edit.text)] if hash_of("text", edit.id, edit.text) in known else []
    body = (*page.body[:at], (number, new), *page.body[at + 1 :])
    return written_page(page._replace(body=body, known=tuple(dict.fromkeys([*known, *marks]))), words)


def action_of(line: str) -> Action | None:
    """Return the parts of a line that has a checkbox and an id of a digest's, else None."""
    line = with_id_last(line)
    block_id = LINE_ID.search(line)
    item = ITEM.match(line) if block_id else None
    box = CHECKBOX.match(line, item.end()) if item else None
    if block_id is None or item is None or box is None or box.end() > block_id.start():
        return None
    content = line[box.end() : block_id.start()]
    days = {"scheduled": "", "done": "", "cancelled": ""}
    for sign in DATE_SIGN.finditer(content):
        if DATE_SIGNS[sign[1]] in days:
            days[DATE_SIGNS[sign[1]]] = sign[2]
    text = DATE_SIGN.sub(lambda sign: "" if DATE_SIGNS[sign[1]] in days else sign[0], content)
    return Action(
        item[0], box[1], " ".join(text.split()), days["scheduled"], days["done"] or days["cancelled"], block_id[1]
    )


def line_id(line: str) -> str:
    """Return the digest's id at the end of a line, or nothing."""
    found = LINE_ID.search(with_id_last(line)) if "^" in line else None
    return found[1] if found else ""


def with_id_last(line: str) -> str:
    """Return a task's line with its id at the end: at the end of a line people go on to write, and programs, too."""
    if "^" not in line or LINE_ID.search(line):
        return line
    item = ITEM.match(line)
    found = _ID_WITHIN.search(line) if item and CHECKBOX.match(line, item.end()) else None
    if found is None:
        return line
    before, behind = line[: found.start()], line[found.end() :].rstrip()
    sign = None if DATE_SIGN.match(behind) else DATE_SIGN.search(before)
    at = sign.start() if sign else len(before)
    return before[:at] + behind + before[at:] + found[0]


def is_ours(line: str, known: set[str]) -> bool:
    """Tell whether a line is as it was written by us."""
    action = action_of(line)
    return (action is None or action.box == " ") and all(each in known for each in hashes_of(line))


def hashes_of(line: str) -> tuple[str, ...]:
    """Return the hashes by which a line is known; for an actionable one also its id's and its day's."""
    plain = " ".join(line.split())
    if not plain:
        return ()
    action = action_of(line)
    if action is None:
        return (hash_of("line", plain),)
    # Each for itself, so that of a line which was touched we know what is as it was.
    return (
        hash_of("id", action.id),
        _day_mark(action.id, action.scheduled),
        hash_of("text", action.id, action.text),
    )


def presence_of(line: str) -> str:
    """Return the hash by which a line is known to have been on a page, in whatever words and with whatever day."""
    name = line_id(line)
    return hash_of("id", name) if name else next(iter(hashes_of(line)), "")


def _notes_at(lines: Sequence[str], marks: Sequence[int], words: Words) -> int:
    """Return the number (from 0) of the line with which the notes begin."""
    if not marks:
        return next((at for at, line in enumerate(lines) if _is_own_heading(line, words.notes)), len(lines))
    behind = [at for at in range(marks[0] + 1, len(lines)) if lines[at].strip() and not _is_mark(lines[at])]
    # Directly behind the mark it is that heading, in any language.
    begin = behind[0] if behind else len(lines)
    if begin < len(lines) and not _is_heading(lines[begin]):
        begin = next((at for at in behind if _is_own_heading(lines[at], words.notes)), begin)
    return begin


def _is_heading(line: str) -> bool:
    found = HEADING.match(line)
    return found is not None and len(found[1]) <= _LEVEL


def _is_own_heading(line: str, words: Iterable[str]) -> bool:
    found = HEADING.match(line)
    if found is None or len(found[1]) != _LEVEL:
        return False
    return found[2].strip(" #\t").casefold() in [word.casefold() for word in words]


def _is_mark(line: str) -> bool:
    plain = line.strip()
    return plain.startswith(_MARK) and plain.endswith(_MARK_END)


def _hashes(mark: str) -> Iterator[str]:
    yield from mark.strip().removeprefix(_MARK).removesuffix(_MARK_END).split()


def _day_mark(name: str, day: str) -> str:
    """Return the hash of a line's day, behind that of its id."""
    return hash_of("id", name) + hash_of("day", day)


def hash_of(*parts: str) -> str:
    """Return a short hash of some texts, as the marks have it."""
    from _blake2 import blake2b  # hashlib would load OpenSSL

    return blake2b("\0".join(parts).encode(errors="replace"), digest_size=4).hexdigest()


def end_of(body: Sequence[tuple[int, str]], at: int) -> int:
    """Return the place behind the lines that are indented below the one at `at`."""
    depth = indent_of(body[at][1])
    end = at + 1
    for number in range(at + 1, len(body)):
        line = body[number][1]
        if line.strip():
            if indent_of(line) <= depth:
                break
            end = number + 1
    return end


def _own_below(page: Page, at: int, known: set[str]) -> list[str]:
    """Return what somebody wrote under the line at `at`, without lines that have an id of their own."""
    below = [line for _, line in page.body[at + 1 : end_of(page.body, at)]]
    return [line for line in below if action_of(line) is None and not is_ours(line, known)]


def _place(page: Page, edit: Edit) -> int:
    """Return which line of the body is that of `edit`, wherever it stands now, or -1."""
    if (edit.line, edit.written) in page.body:
        return page.body.index((edit.line, edit.written))
    return next((at for at, (_, line) in enumerate(page.body) if line == edit.written), -1)


def _is_closed_twin(line: str, edit: Edit) -> bool:
    other = action_of(line)
    return other is not None and other.box != " " and (other.id, other.text) == (edit.id, edit.text)


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Return lines without the blank ones at both ends."""
    there = [at for at, line in enumerate(lines) if line.strip()]
    return list(lines[there[0] : there[-1] + 1]) if there else []


def collapsed(lines: Sequence[str]) -> list[str]:
    """Return lines without blank ones at both ends, and with one where there were several."""
    lines = _trimmed(lines)
    return [line if line.strip() else "" for at, line in enumerate(lines) if line.strip() or lines[at - 1].strip()]
