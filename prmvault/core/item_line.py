"""The first line of a list item in parts, and the signs that it is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from prmvault.core.markdown import BLOCK_ID, CHECKBOX, DATAVIEW, DATE_SIGN, DATE_SIGNS, ITEM

_DONE = ("done", "cancelled", "completion")
_BOXES = {" ": 0, "-": 2, "x": 3, "X": 3}
"""Signs in a checkbox by how far they are: what is done on one side is done. Signs of the user's own are 1."""


class ItemLine(NamedTuple):
    """Bullet and checkbox with the blanks behind, time, text, and the signs that it is done."""

    bullet: str
    box: str
    time: str
    text: str
    done: tuple[str, ...]


def item_line(line: str) -> ItemLine:
    """Take the first line of an item apart."""
    from prmvault.core.note import split_time

    bullet = ITEM.match(line)
    assert bullet is not None, "only items have parts"
    checkbox = CHECKBOX.match(line, bullet.end())
    rest = line[(checkbox or bullet).end() :]
    text = split_time(rest)[1]
    done: list[str] = []

    def without(sign: re.Match[str]) -> str:
        if DATE_SIGNS.get(sign[1], sign[1]) not in _DONE:
            return sign[0]
        done.append(sign[0])
        return ""

    time = rest[: len(rest) - len(text)]
    text = DATAVIEW.sub(without, DATE_SIGN.sub(without, text))
    return ItemLine(bullet[0], checkbox[0] if checkbox else "", time, text, tuple(done))


def box_rank(box: str) -> tuple[int, int]:
    """Order checkboxes (as in `ItemLine`) by how far they are; none is before all."""
    return (_BOXES.get(box[1], 1), len(box)) if box else (-1, 0)


def with_done(text: str, done: Sequence[str]) -> str:
    """Return the text with the signs that it is done: at its end, but before a block id."""
    kept = text.rstrip()
    block_id = BLOCK_ID.search(kept)
    place = block_id.start() if block_id else len(kept)
    signs = "".join(
        [sign if sign[0] in " \t" or not (number or place) else f" {sign}" for number, sign in enumerate(done)]
    )
    return f"{kept[:place]}{signs}{text[place:]}"
