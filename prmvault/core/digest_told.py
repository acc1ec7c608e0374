"""What people write on the digest's page after a tick was carried, or where it is not heard.

A contact's line below Done has hashes of its text, of its item in the journal and of the lines under it in the page's
mark: words that come later are told by these from those that the journal has.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from prmvault.core.digest_page import (
    ENGLISH,
    MISPLACED,
    REWORDED,
    Edit,
    Page,
    Words,
    action_of,
    collapsed,
    edits_of,
    end_of,
    hash_of,
    parse_page,
    with_id_last,
    written_page,
)
from prmvault.core.markdown import QUOTE

_HASH = 8
_TEXT, _BELOW = 3 * _HASH, 2 * _HASH
"""How long a mark is that tells a text with its item, or a line under it; the first hash of both is that of the id."""

_TICKED = ("x", "X", "-")


def edits_on(page: Page) -> list[Edit]:
    """Return all that was done by hand to the page's actionable lines, in their order."""
    return sorted([*edits_of(page), *_reworded(page), *_misplaced(page)])


def told_marks(name: str, text: str, item: str, below: Iterable[str]) -> tuple[str, ...]:
    """Return the hashes of a contact that was carried: its text on the page, its item there, the lines under it."""
    begin = hash_of("told", name)
    lines = [begin + below_mark(line) for line in below if line.strip()]
    return (begin + hash_of("text", text) + item_mark(item), *lines)


def item_mark(item: str) -> str:
    """Return the hash of a journal item, without its bullet."""
    return hash_of("item", item)


def below_mark(line: str) -> str:
    """Return the hash of a line under an item, however it is indented."""
    return hash_of("below", " ".join(line.split()))


def items_told(page: Page, name: str) -> set[str]:
    """Return the hashes of the items by which a contact was carried."""
    return {mark[_BELOW:] for mark in _marks(page).get(hash_of("told", name), ()) if len(mark) == _TEXT}


def below_told(page: Page, name: str) -> set[str]:
    """Return the hashes of the lines that were carried with a contact."""
    return {mark[_HASH:] for mark in _marks(page).get(hash_of("told", name), ()) if len(mark) == _BELOW}


def kept_marks(page: Page) -> list[str]:
    """Return those of the page's marks that tell of its lines below Done."""
    marks = _marks(page)
    actions = [action for _, line in page.done if (action := action_of(line))]
    begins = dict.fromkeys(hash_of("told", each.id) for each in actions)
    return [mark for begin in begins for mark in marks.get(begin, ())]


def is_told_mark(mark: str) -> bool:
    """Tell whether a mark tells the text of a contact that was carried."""
    return len(mark) == _TEXT


def with_told(text: str, edit: Edit, marks: Collection[str], words: Words = ENGLISH) -> str:
    """Return the page's text with the new words of a line below Done as known by `marks`, its id at its end."""
    page = parse_page(text, words)
    if (edit.line, edit.written) not in page.done:
        return text
    done = tuple(
        (number, with_id_last(line)) if (number, line) == (edit.line, edit.written) else (number, line)
        for number, line in page.done
    )
    old = set(_marks(page).get(hash_of("told", edit.id), ()))
    known = dict.fromkeys([*(each for each in page.known if each not in old), *marks])
    return written_page(page._replace(done=done, known=tuple(known)), words)


def _marks(page: Page) -> dict[str, list[str]]:
    """Return the page's marks that are longer than that of a line, by their first hash."""
    marks: dict[str, list[str]] = {}
    for mark in page.known:
        if len(mark) > _HASH:
            marks.setdefault(mark[:_HASH], []).append(mark)
    return marks


def _reworded(page: Page) -> list[Edit]:
    """Return the ticked contacts below Done that tell more, or something else, than when they were carried."""
    found = []
    marks = _marks(page)
    for at, (number, line) in enumerate(page.done):
        action = action_of(line)
        if action is None or action.id[0] != "c" or action.box not in ("x", "X") or not action.text:
            continue
        own = marks.get(hash_of("told", action.id), ())
        texts = {mark[_HASH:_BELOW] for mark in own if len(mark) == _TEXT}
        if not texts:
            continue  # It comes from a time, or a hand, that left no mark: what was carried is not known.
        below = [each for each in _below(page.done, at) if action_of(each) is None]
        known = {mark[_HASH:] for mark in own if len(mark) == _BELOW}
        is_told = all(below_mark(each) in known for each in below if each.strip())
        if not (is_told and hash_of("text", action.text) in texts):
            under = tuple(collapsed(below))
            found.append(Edit(number, line, action.id, REWORDED, action.text, action.closed, under))
    return found


def _below(lines: Sequence[tuple[int, str]], at: int) -> list[str]:
    return [line for _, line in lines[at + 1 : end_of(lines, at)]]


def _misplaced(page: Page) -> list[Edit]:
    """Return the lines that were ticked in the notes or in a callout, and stand nowhere else on the page."""
    notes = enumerate(page.notes.split("\n"), page.notes_line)
    lines = [(number, line.rstrip("\r")) for number, line in notes if "^" in line]
    quoted = [(number, line) for number, line in page.body if "^" in line and QUOTE.match(line)]
    if not (lines or quoted):
        return []
    known = set(page.known)
    heard = {action.id for _, line in (*page.body, *page.done) if (action := action_of(line))}
    found = []
    for number, line in (*quoted, *lines):
        quote = QUOTE.match(line)
        action = action_of(line[quote.end() :] if quote else line)
        if action is None or action.box not in _TICKED or action.id in heard:
            continue
        if hash_of("id", action.id) in known:
            found.append(Edit(number, line, action.id, MISPLACED, action.text, action.closed))
    return found
