"""Two machines' versions of a digest's page become one: what either side ticked, wrote or noted is in it.

Generated lines of both sides may stand in it: their hashes are known, and the next time that the page is made they go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prmvault.core.digest_page import (
    ENGLISH,
    Action,
    Page,
    Words,
    action_of,
    is_ours,
    line_id,
    parse_page,
    presence_of,
    written_page,
)
from prmvault.core.digest_told import is_told_mark
from prmvault.core.merge_order import unite_lines


def merge_pages(base: str, ours: str, theirs: str) -> str:
    """Merge three versions of a page (an empty base: it was not there); the sides have no order.

    A line goes where one side has taken it out, unless the other has changed it. There are no conflicts: of two
    wordings both stay.
    """
    if ours in (theirs, base):
        return theirs
    if theirs == base:
        return ours
    for one, other in ((ours, theirs), (theirs, ours)):
        if not one.strip():
            return other
    texts = (base, *sorted((ours, theirs)))
    words = _words([parse_page(text) for text in texts])
    before, left, right = (parse_page(text, words) for text in texts)
    if before.has_mark and not (left.has_mark and right.has_mark):
        # One was made anew, or cut off: what it lacks nobody has taken out.
        before = parse_page("")
    known = set(left.known) | set(right.known)
    body = _body(unite_lines(*(_lines(each.body) for each in (before, left, right))), known)
    done = _done(unite_lines(*(_lines(each.done) for each in (before, left, right))))
    eol = _changed(before, left, right)
    merged = Page(
        bom=left.bom and right.bom,
        eol=eol,
        body=tuple((0, line) for line in body),
        heading=min((each.heading for each in (left, right) if each.heading), default=""),
        done=tuple((0, line) for line in done),
        known=(),
        has_mark=left.has_mark or right.has_mark,
        notes=_notes(before, left, right, eol),
    )
    passed = _passed(left, right, merged)
    # What the journal told of a contact before a side gave it other words.
    passed |= {each for each in before.known if is_told_mark(each)} - (set(left.known) & set(right.known))
    marks = tuple(each for each in dict.fromkeys([*left.known, *right.known]) if each not in passed)
    return written_page(merged._replace(known=marks), words)


def _words(pages: Iterable[Page]) -> Words:
    """Return the words with which the notes begin, in the language of these pages."""
    titles = [page.notes.split("\n", 1)[0].strip("# \t\r") for page in pages if page.has_mark]
    return Words((*ENGLISH.notes, *filter(None, titles)), ENGLISH.done)


def _changed(before: Page, left: Page, right: Page) -> str:
    """Return the line ending that a side has changed to."""
    if left.eol == right.eol:
        return left.eol
    return "\r\n" if before.eol == "\n" and before.body else "\n"


def _lines(numbered: Sequence[tuple[int, str]]) -> list[str]:
    return [line for _, line in numbered]


def _body(lines: Sequence[str], known: set[str]) -> list[str]:
    """Return the lines with those of one id once, if nobody has touched them, and else as they were touched."""
    touched: dict[str, list[str]] = {}
    for line in lines:
        if line_id(line) and not is_ours(line, known):
            touched.setdefault(line_id(line), []).append(line)
    kept: list[str] = []
    there: set[str] = set()
    for line in lines:
        name = line_id(line)
        if name and is_ours(line, known):
            if name in touched or name in there:
                continue
            there.add(name)
        elif name and any(_is_later_twin(line, other) for other in touched[name]):
            continue
        kept.append(line)
    return kept


def _done(lines: Sequence[str]) -> list[str]:
    """Return the lines below Done; of one that was ticked on two days the earlier one stays."""
    return [line for line in lines if not any(_is_later_twin(line, other) for other in lines)]


def _is_later_twin(line: str, other: str) -> bool:
    """Tell whether two lines tell the same but for the day of the tick, and `line` tells the later one."""
    first, second = action_of(line), action_of(other)
    if first is None or second is None or " " in (first.box, second.box):
        return False
    return _sameness(first) == _sameness(second) and (second.closed, other) < (first.closed, line)


def _sameness(action: Action) -> tuple[str, str, bool]:
    return action.id, action.text, action.box == "-"


def _notes(before: Page, left: Page, right: Page, eol: str) -> str:
    """Merge all from the heading of the notes on, line by line."""
    split = [[line.rstrip("\r") for line in each.notes.split("\n")] for each in (before, left, right)]
    headings = list(dict.fromkeys([lines[0] for lines in split[1:] if lines[0].strip()]))
    below = [lines[1:] if any(lines) else [] for lines in split]
    lines = unite_lines(*[each[:-1] if each[-1:] == [""] else each for each in below])
    # One that a side has changed counts; the other one of two becomes one of the notes' own.
    changed = sorted(each for each in headings if each != split[0][0]) or headings
    return "".join([line + eol for line in (*changed, *lines)])


def _passed(left: Page, right: Page, merged: Page) -> set[str]:
    """Return the hashes of lines that one side no longer generates: they were not taken out by hand."""
    there = [{presence_of(line) for _, line in (*page.body, *page.done)} for page in (left, right, merged)]
    taken_out = {
        each for page, own in zip((left, right), there, strict=False) for each in page.known if each not in own
    }
    return (there[0] | there[1]) - there[2] - taken_out
