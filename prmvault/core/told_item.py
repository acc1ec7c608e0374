"""Giving an item of a journal day the new words of the line that it was made of; all other lines stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from prmvault.core.body_edit import add_below
from prmvault.core.digest_page import line_id
from prmvault.core.digest_told import below_mark, item_mark
from prmvault.core.fences import split_note
from prmvault.core.markdown import ITEM, indent_of, parse_body
from prmvault.core.problems import PrmvaultError

_BOM = "\ufeff"


def item_lines(text: str, name: str) -> list[int]:
    """Return the lines (from 1) of a note's items that have this id."""
    lines = text.removeprefix(_BOM).split("\n")
    return [number for number, line in enumerate(lines, 1) if f"^{name}" in line and line_id(line) == name]


def reworded_item(
    text: str, line: int, item: str, told: Collection[str], below: Sequence[str], gone: Collection[str]
) -> str:
    """Return a note's `text` with the item on `line` as `item` (without bullet), and the lines `below` under it.

    The item has to be as it was `told`, or as it is to be (`digest_told.item_mark`), else PrmvaultError is raised. What
    stands under it already is not added again. A line that is a beginning of a new one and one of those that have
    `gone` from the page (`digest_told.below_mark`) was gone on with there, and is here.
    """
    mark = _BOM if text.startswith(_BOM) else ""
    lines = text.removeprefix(mark).split("\n")
    raw = lines[line - 1]
    written = raw.rstrip("\r")
    bullet = ITEM.match(written)
    content = written[bullet.end() :] if bullet else ""
    if bullet is None or (content != item and item_mark(content) not in told):
        raise PrmvaultError("the journal's own line tells something else by now")
    lines[line - 1] = written[: bullet.end()] + item + raw[len(written) :]
    end = line
    for number in range(line, len(lines)):
        if lines[number].strip():
            if indent_of(lines[number]) <= indent_of(written):
                break
            end = number + 1
    new = []
    for each in below:
        plain = " ".join(each.split())
        there = {at: " ".join(lines[at].split()) for at in range(line, end) if lines[at].strip()}
        if not plain or plain in there.values():
            continue
        begun = [at for at, old in there.items() if plain.startswith(old) and below_mark(old) in gone]
        if begun:
            old = lines[begun[0]]
            lines[begun[0]] = old[: len(old) - len(old.lstrip())] + each.strip() + ("\r" if old.endswith("\r") else "")
        else:
            new.append(each)
    result = mark + "\n".join(lines)
    counts = {len(parse_body(note.body, note.body_line).items) for note in (split_note(text), split_note(result))}
    if len(counts) > 1:
        raise PrmvaultError("the new words can't be put there without changing what stands around them")
    return add_below(result, line, new, end)
