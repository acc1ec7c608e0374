"""A page of Markdown that we wrote (a digest) as a mail shows it: without the marks that only programs need.

This reads what our own templates write and users change in theirs; it is no reader of all of Markdown.
"""

from __future__ import annotations

import re

from prmvault.core.markdown import plain_text

_HEADING = re.compile(r"(#{1,6}) +(\S[^\n]{0,500})")
_BOX = re.compile(r"([ \t]{0,40}[-*+] )\[.\] ")
_DAY_TO_CHANGE = re.compile(r" ⏳ [0-9]{4}-[0-9]{2}-[0-9]{2}(?= \^[\w-]{1,60}$)")
_COMMENT = re.compile(r"<!--[^\n]{0,10000}?-->")
_MARK = re.compile(r"`([^`\n]{1,1000})`|\\([!-/:-@\[-`{-~])|\*\*")
_MARKDOWN_LINK = re.compile(r"(?<!\\)\[([^\[\]\n]{1,200})\]\((https?://[^\s()]{1,500})\)")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,2})(?=[^\s*])([^*\n]{1,300})(?<=\S)\1(?![\w*])")
# What a line can become when it is ticked is told on the page only.
_GIFT = re.compile(r" \(([^()→\n]{1,60}) → ([^()→,\n]{1,60})((?:, [^()\n]{1,80})?)\)(?=[^\n]{0,400} \^g-[0-9a-f]{6}$)")
_DAY_LINK = re.compile(
    r" · \[\[(?:[^\[\]|\n]{1,300}\|)?[0-9]{4}-[0-9]{2}-[0-9]{2}\]\](?=$|, [^·\n]{1,80}$| \^[\w-]{1,60}$)"
)
_UNDERLINES = {1: "=", 2: "-"}


def page_text(page: str, plain: str = "") -> str:
    """Return a page as it is read: headings underlined, links by what they show, no boxes, block ids and escapes.

    The day behind ⏳ is there to be changed in the page, so it goes with the block id that makes a line answer, and so
    do links to journal days at the end of a line. Of a gift it is told what it is, unless that is `plain` (`idea`).
    """

    def gift(found: re.Match[str]) -> str:
        told = f"{'' if found[1] == plain else found[1]}{found[3]}".removeprefix(", ")
        return f" ({told})" if told else ""

    lines: list[str] = []
    for line in page.splitlines():
        heading = _HEADING.fullmatch(line)
        if heading:
            title = _plain(heading[2])
            lines += [title, _UNDERLINES[len(heading[1])] * len(title)] if len(heading[1]) in _UNDERLINES else [title]
        elif not _COMMENT.fullmatch(line):
            told = _DAY_TO_CHANGE.sub("", _BOX.sub(r"\1", _GIFT.sub(gift, line, count=1), count=1))
            lines.append(_plain(_DAY_LINK.sub("", told)))
    return "\n".join(lines).rstrip("\n") + "\n"


def _plain(line: str) -> str:
    shown = _MARKDOWN_LINK.sub(r"\1 (\2)", plain_text(line))
    return _MARK.sub(lambda mark: mark[1] or mark[2] or "", shown).rstrip()


def without_emphasis(text: str) -> str:
    """Return a text without the stars around what it stresses."""
    return _EMPHASIS.sub(r"\2", text)
