"""The page that is written: what is generated now, and all that somebody has written on the page that is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from prmvault.core.digest_page import (
    ENGLISH,
    Page,
    Words,
    action_of,
    hashes_of,
    is_ours,
    line_id,
    parse_page,
    presence_of,
    written_page,
)
from prmvault.core.digest_told import kept_marks
from prmvault.core.markdown import HEADING, ITEM, indent_of

_Key = tuple[str, int]
"""By what a line is found again: its id or its text, and the how-manieth with it on the page."""

_TOP: _Key = ("", 0)


class _Group:
    """Lines of the user's that stand together. `anchors` are the lines behind which they may stand, the best first."""

    def __init__(self, anchors: Sequence[_Key], *, is_apart: bool) -> None:
        self.anchors = tuple(anchors)
        self.is_apart = is_apart
        self.lines: list[str] = []
        self.is_pending = False
        self.ends_apart = False


class _Read(NamedTuple):
    """What the user has on the page: groups of lines, wordings of lines with an id, and the hashes these keep."""

    groups: list[_Group]
    wordings: dict[_Key, str]
    kept: dict[str, None]


def join_page(generated: str, current: str, words: Words = ENGLISH) -> str:
    """Return the page to write: the generated lines, and all that the user wrote on the page as it is.

    Below the heading of the notes, and below Done, each byte stays. A line that was added stays behind the one that it
    followed, or goes to the notes where that has gone; one with an id stays as it was reworded while its id is
    generated. A list item that was taken out stays out, as long as the page has its mark.
    """
    page, new = parse_page(current, words), parse_page(generated, words)
    lines = [line for _, line in new.body]
    known = set(page.known) | {each for line in lines for each in hashes_of(line)}
    left_out = _left_out(page, lines, known)
    keys = _keys_of(lines, left_out)
    read = _read(page, set(keys), known)
    placed: dict[_Key, list[_Group]] = {}
    tail: list[_Group] = []
    lost: list[_Group] = []
    there = {_TOP, *keys}
    for group in read.groups:
        anchor = next((each for each in group.anchors if each in there), None)
        if anchor is not None:
            placed.setdefault(anchor, []).append(group)
        else:
            (tail if group.is_pending else lost).append(group)
    body = _woven(lines, keys, left_out, read.wordings, placed)
    for group in tail:
        body += ["", *group.lines]
    marks = dict.fromkeys([*(each for line in lines for each in hashes_of(line)), *read.kept, *kept_marks(page)])
    notes = _with_lost(page.notes or new.notes or f"## {words.notes[0]}{page.eol}", lost, page.eol)
    whole = page._replace(body=tuple((0, line) for line in body), known=tuple(marks), has_mark=True, notes=notes)
    return written_page(whole, words)


def _read(page: Page, generated: set[_Key], known: set[str]) -> _Read:
    """Sort the lines of the page that is there: what is ours goes, what is the user's comes back."""
    read = _Read([], {}, {})
    seen: Counter[str] = Counter()
    anchor = parent = _TOP
    group: _Group | None = None
    is_apart = False
    for _, line in page.body:
        if not line.strip():
            is_apart = True
            continue
        name = _name(line)
        key = (name, seen[name])
        is_reworded = bool(line_id(line)) and not is_ours(line, known)
        goes = is_reworded and key not in generated and not _is_pending(line)
        if is_reworded and not goes:
            kept = hashes_of(line)
            # Without a mark nothing is known of the line; then nothing of it counts as changed from here on.
            read.kept.update(dict.fromkeys(each for each in kept if each in page.known or not page.has_mark))
        if is_ours(line, known) or (is_reworded and key in generated):
            if is_reworded:
                read.wordings[key] = line
            seen[name] += 1
            if group is not None:
                group.ends_apart = is_apart
            group, is_apart = None, False
            anchor = key
            parent = key if not indent_of(line) else parent
            continue
        if goes or (group is not None and not group.anchors and not indent_of(line)):
            group = None  # What is under a line that goes to the notes goes with it, and nothing else.
        if group is None:
            anchors = () if goes else (anchor, parent) if indent_of(line) else (anchor,)
            group = _Group(anchors, is_apart=is_apart)
            read.groups.append(group)
        elif is_apart:
            group.lines.append("")
        group.lines.append(line)
        group.is_pending = group.is_pending or _is_pending(line)
        is_apart = False
    return read


def _is_pending(line: str) -> bool:
    """Tell whether a line was ticked: it waits to be carried, and stays on the page until then."""
    action = action_of(line)
    return action is not None and action.box in ("x", "X", "-")


def _left_out(page: Page, lines: Sequence[str], known: set[str]) -> set[int]:
    """Return the places of the generated lines that somebody has taken out, with what is under them."""
    there = {presence_of(line) for _, line in (*page.body, *page.done)}
    gone = {each for each in page.known if each not in there} if page.has_mark else set()
    closed = {action.id for _, line in page.done if (action := action_of(line)) and action.box != " "}
    reworded = {line_id(line) for _, line in page.body if line_id(line) and not is_ours(line, known)}
    left_out: set[int] = set()
    depth = -1
    for at, line in enumerate(lines):
        if not line.strip():
            continue
        is_below = depth >= 0 and indent_of(line) > depth
        is_gone = ITEM.match(line) is not None and presence_of(line) in gone
        if (is_below or is_gone or _was_talk(line, closed)) and line_id(line) not in reworded:
            depth = depth if is_below else indent_of(line)
            left_out.add(at)
        else:
            depth = -1
    return left_out


def _woven(
    lines: Sequence[str],
    keys: Sequence[_Key],
    left_out: set[int],
    wordings: dict[_Key, str],
    placed: dict[_Key, list[_Group]],
) -> list[str]:
    """Return the generated lines with the user's between them, without what was taken out."""
    out: list[tuple[str, int]] = []
    is_close = _put(out, placed.get(_TOP, ()))
    for at, line in enumerate(lines):
        if not line.strip():
            # What the user wrote directly above a line stays there.
            if not is_close:
                out.append(("", -1))
            continue
        if at not in left_out:
            out.extend([("", -1)] if is_close and _level(line) else [])
            out.append((wordings.get(keys[at], line), at))
            is_close = False
        is_close = _put(out, placed.get(keys[at], ())) or is_close
    return _without_emptied(out, lines, left_out)


def _was_talk(line: str, closed: Iterable[str]) -> bool:
    """Tell whether a line asks to be in touch with somebody with whom one was: a page of the past may still say so."""
    return line_id(line).startswith("c-") and line_id(line) in closed


def _put(out: list[tuple[str, int]], groups: Sequence[_Group]) -> bool:
    """Add groups to the lines; tell whether the last of them stood directly above something."""
    for group in groups:
        if group.is_apart:
            out.append(("", -1))
        out.extend((line, -1) for line in group.lines)
        if group.ends_apart:
            out.append(("", -1))
    return bool(groups) and not groups[-1].ends_apart


def _without_emptied(out: Sequence[tuple[str, int]], lines: Sequence[str], left_out: set[int]) -> list[str]:
    """Return the lines without headings under which everything was taken out."""
    kept: list[tuple[str, int]] = []
    for line, at in reversed(out):
        level = _level(line) if at >= 0 else 0
        if level and left_out:
            end = next((n for n in range(at + 1, len(lines)) if 0 < _level(lines[n]) <= level), len(lines))
            if _is_empty(kept, end) and any(at < n < end for n in left_out):
                continue
        kept.append((line, at))
    return [line for line, _ in reversed(kept)]


def _is_empty(behind: Sequence[tuple[str, int]], end: int) -> bool:
    """Tell whether no text stands before the generated line `end`; the lines behind come last one first."""
    for line, at in reversed(behind):
        if at >= end:
            break
        if line.strip():
            return False
    return True


def _level(line: str) -> int:
    found = HEADING.match(line)
    return len(found[1]) if found else 0


def _keys_of(lines: Sequence[str], left_out: set[int]) -> list[_Key]:
    """Return the key of each line; of equal ones those that are shown are counted first, as on the page."""
    seen: Counter[str] = Counter()
    keys = [("", -1)] * len(lines)
    for at in sorted(range(len(lines)), key=lambda at: at in left_out):
        name = _name(lines[at])
        if name:
            keys[at] = name, seen[name]
            seen[name] += 1
    return keys


def _name(line: str) -> str:
    return line_id(line) or " ".join(line.split())


def _with_lost(notes: str, lost: Sequence[_Group], eol: str) -> str:
    """Return the notes with what has no place on the page any more behind them."""
    for group in lost:
        end = "" if notes.endswith("\n") else eol
        gap = "" if notes.endswith(("\n\n", "\r\n\r\n")) else eol
        notes += end + gap + "".join([line + eol for line in group.lines])
    return notes
