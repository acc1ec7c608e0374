"""Where the front matter of a note begins and ends: exact `---` lines, the first of them the file's first line."""

from __future__ import annotations

import re
from typing import NamedTuple

OPENING = re.compile(r"\ufeff?---[ \t]*\r?\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_LOOKS_LIKE_A_KEY = re.compile(r"[\w-]{1,60}:(?: |\r?\n|$)")


class Parts(NamedTuple):
    """A note's text cut at the fences.

    `yaml` is None where there is no front matter; `yaml_line` and `body_line` are the lines of the file, counted
    from 1, on which the two begin; `unclosed` tells of an opening fence that nothing closes.
    """

    yaml: str | None
    body: str
    yaml_line: int
    body_line: int
    unclosed: bool = False


def split_note(text: str) -> Parts:
    """Cut `text` at exact `---` fences (`...` may close too; a BOM may come first)."""
    opening = OPENING.match(text)
    if opening is None:
        return Parts(None, text.removeprefix("\ufeff"), 1, 1)
    start = opening.end()
    closing = _CLOSING.search(text, start)
    if closing is None:
        unclosed = _LOOKS_LIKE_A_KEY.match(text, start) is not None
        return Parts(None, text.removeprefix("\ufeff"), 1, 1, unclosed)
    body_start = min(closing.end() + 1, len(text))
    block = text[start : closing.start()]
    if block.strip() and ":" not in block:
        # A horizontal rule that opens the text, not a fence: no line of it could be a key.
        return Parts(None, text.removeprefix("\ufeff"), 1, 1)
    return Parts(block, text[body_start:], 2, 3 + block.count("\n"))
