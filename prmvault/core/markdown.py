"""Reading a note's body: links, tags, tasks, list items and headings, each with its line.

Links and tags are Obsidian's, tasks those of its Tasks plug-in (emoji signs) and of Dataview (`[due:: …]`). Code,
fenced or inline, holds none of them. Every pattern is bounded, so hostile text costs no more than long text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from prmvault.core.model import Task

_LINK = re.compile(r"(!?)\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{0,200}))?\]\]")
# Accents written as characters of their own (NFD) belong to the word; `](#place)` is a link's.
_TAG = re.compile("(?:^|(?<=[\\s(]))(?<!\\]\\()#([\\w/\u0300-\u036f-]{1,100})")
_FENCE = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t]){0,20}(`{3,}|~{3,})")
QUOTE = re.compile(r"(?: {0,3}>[ \t]?){1,8}")
_INLINE_CODE = re.compile(r"(`{1,3})[^`\n]{1,2000}\1")
HEADING = re.compile(r"(#{1,6})[ \t]+(\S.{0,500})")
ITEM = re.compile(r"([ \t]{0,40})(?:[-*+]|\d{1,9}[.)])[ \t]+(?=\S)")
CHECKBOX = re.compile(r"\[(.)\][ \t]+")
DATE_SIGNS = {"📅": "due", "⏳": "scheduled", "🛫": "start", "✅": "done", "❌": "cancelled", "➕": "created"}
DATE_SIGN = re.compile(r"[ \t]?(📅|⏳|🛫|✅|❌|➕)\ufe0f?[ \t]?(\d{4}-\d{2}-\d{2})")
REPEAT_SIGN = re.compile(r"[ \t]?🔁\ufe0f?[ \t]?([\w ,]{1,60})")
_PRIORITY_SIGN = re.compile(r"[ \t]?([🔺⏫🔼🔽⏬])\ufe0f?")
DATAVIEW = re.compile(
    r"[ \t]?[\[(](due|scheduled|start|completion|cancelled|repeat|priority)::[ \t]?([^\])\n]{1,60})[\])]"
)
BLOCK_ID = re.compile(r"[ \t]\^[\w-]{1,60}$")
# What opens HTML, a comment of Obsidian's, mathematics, a link or a picture; what makes a block of a line.
_BREAKS_PAGE = re.compile(r"<(?=[a-zA-Z/!?])|%(?=%)|\$(?=\$)|\[(?=\[(?![^\[\]]+\]\]))|!(?=\[)")
_BLOCK_BEGIN = re.compile(
    r"(?=#{1,6}(?: |$)|>|[-+*](?: |$)|([-*_])(?: ?\1){2}|={3}|`{3}|~{3}|\[.\](?: |$))|\d{1,9}(?=[.)](?: |$))"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_PRIORITIES = {"🔺": "highest", "⏫": "high", "🔼": "medium", "🔽": "low", "⏬": "lowest"}
_CLOSED = {"x": "done", "X": "done", "-": "cancelled"}


class Link(NamedTuple):
    """A wikilink: where it points (heading and block cut off), what it shows, and its line."""

    target: str
    line: int
    shown: str = ""
    embed: bool = False


class Item(NamedTuple):
    """A top-level list item with what is indented under it.

    `text` is the first line without its bullet, `more` the lines below; `links` are the targets of all of them.
    `box` is the sign in its checkbox, or empty; `heading` the heading under which it stands.
    """

    line: int
    text: str
    more: tuple[str, ...]
    links: tuple[str, ...]
    tags: tuple[str, ...]
    box: str
    heading: str


class Body(NamedTuple):
    """What a body holds."""

    links: tuple[Link, ...]
    tags: tuple[str, ...]
    tasks: tuple[Task, ...]
    items: tuple[Item, ...]


def parse_body(text: str, first_line: int = 1) -> Body:
    """Read `text`, whose first line is line `first_line` of the file."""
    links: list[Link] = []
    tags: dict[str, None] = {}
    tasks: list[Task] = []
    items: list[Item] = []
    heading = ""
    block: list[tuple[int, str, str]] = []
    indent = 0
    box = ""

    def close_item() -> None:
        if block:
            items.append(_item(block, box, heading))
            block.clear()

    for number, written, line in body_lines(text, first_line):
        if not line or not written.strip():
            if written[:1].strip():
                close_item()  # A code block at the margin ends an item as other text does.
            continue
        found = parse_links(line, number) if "[[" in line else ()
        links.extend(found)
        if "#" in line:
            tags.update(dict.fromkeys(parse_tags(line)))
        # Tasks count in a quotation, too; items there are somebody's words, not what happened.
        quote = QUOTE.match(written) if ">" in written[:4] else None
        item = ITEM.match(written, quote.end() if quote else 0)
        checkbox = CHECKBOX.match(written, item.end()) if item else None
        if checkbox:
            tasks.append(_task(number, written[checkbox.end() :], checkbox[1], found))
        if item is None or quote:
            if written[0] not in " \t":
                close_item()
                title = HEADING.match(written)
                heading = title[2].strip(" #") if title else heading
            elif block:
                block.append((number, written.strip(), line))
            continue
        depth = len(item[1].expandtabs(4))
        if not block or depth <= indent:
            close_item()
            indent, box = depth, checkbox[1] if checkbox else ""
        block.append((number, written[(checkbox or item).end() :], line))
    close_item()
    return Body(tuple(links), tuple(tags), tuple(tasks), tuple(items))


def body_lines(text: str, first_line: int) -> Iterator[tuple[int, str, str]]:
    """Return each line with its number and without its code: empty in a code block, blanks for inline code."""
    fence = ""
    for number, raw in enumerate(text.split("\n"), first_line):
        written = line = raw.rstrip("\r")
        if fence or "`" in line or "~~~" in line:
            # Code is blanked, not cut, so that places in `line` are places in what was written, too.
            fence, line = without_code(line, fence)
        yield number, written, line


def without_code(line: str, fence: str) -> tuple[str, str]:
    """Return the fence that is open after `line`, and the line without its code."""
    mark = _FENCE.match(line)
    if fence:
        closes = mark is not None and mark[1].startswith(fence) and not line.strip(" \t>`~")
        return ("" if closes else fence), ""
    if mark and not (mark[1][0] == "`" and "`" in line[mark.end() :]):
        return mark[1], ""
    return "", _INLINE_CODE.sub(lambda code: " " * len(code[0]), line) if "`" in line else line


def links_in(line: str) -> Iterator[re.Match[str]]:
    """Yield the match of each link of one line; its groups are `!` (embeds), the target as written, what it shows."""
    return _LINK.finditer(line)


def parse_links(line: str, number: int = 0) -> tuple[Link, ...]:
    """Return the links of one line of text (or of a front matter value)."""
    found = []
    for bang, written, shown in _LINK.findall(line):
        target = link_target(written)
        if target:
            found.append(Link(target, number, shown, bool(bang)))
    return tuple(found)


def link_target(written: str) -> str:
    """Return the note that a link's text names: `Anna#Log` → `Anna`, `people/Anna.md` → `people/Anna`."""
    return written.split("#", 1)[0].rstrip("\\").strip().removesuffix(".md")


def parse_tags(line: str) -> list[str]:
    """Return the tags of one line, without their #; `#1` is no tag."""
    return [tag.strip("/") for tag in _TAG.findall(line) if not tag.isdigit() and tag.strip("/-")]


def plain_text(text: str) -> str:
    """Return `text` as a person reads it: links by what they show, no block ids."""
    if "[[" in text:
        text = _LINK.sub(lambda link: link[3] or link_target(link[2]).rsplit("/", 1)[-1], text)
    return BLOCK_ID.sub("", text)


def one_line_markdown(text: str, *, code: bool = False) -> str:
    """Return `text` such that it stays a piece of one line of a page: no break, no block, no comment begins in it.

    Emphasis and tags stay what they are. With `code` it is for between backticks.
    """
    text = without_breaks(text)
    if code:
        return text.replace("`", "'")
    text = _BREAKS_PAGE.sub(r"\\\g<0>", text)
    if text.count("`") % 2:
        text = text.replace("`", "\\`")
    begin = _BLOCK_BEGIN.match(text)
    return f"{text[: begin.end()]}\\{text[begin.end() :]}" if begin else text


def indent_of(line: str) -> int:
    """Return how deep a line is indented, in columns."""
    return len(line[: len(line) - len(line.lstrip(" \t"))].expandtabs(4))


def without_breaks(text: str) -> str:
    """Return `text` as one line, without the characters that control a terminal or turn the direction of all text."""
    return _CONTROL.sub("", " ".join(text.split()))


def _item(block: list[tuple[int, str, str]], box: str, heading: str) -> Item:
    number, text, _ = block[0]
    more = tuple(below for _, below, _ in block[1:])
    whole = "\n".join([without_code for _, _, without_code in block])
    links = tuple(dict.fromkeys(link.target for link in parse_links(whole))) if "[[" in whole else ()
    tags = tuple(dict.fromkeys(parse_tags(whole))) if "#" in whole else ()
    return Item(number, text, more, links, tags, box, heading)


def _task(number: int, content: str, box: str, links: tuple[Link, ...]) -> Task:
    fields: dict[str, str] = {}
    for sign, day in DATE_SIGN.findall(content):
        fields.setdefault(DATE_SIGNS[sign], day)
    for key, value in DATAVIEW.findall(content):
        fields.setdefault("done" if key == "completion" else key, value.strip())
    repeat = REPEAT_SIGN.search(content)
    if repeat:
        fields.setdefault("repeat", repeat[1].strip())
    priority = _PRIORITY_SIGN.search(content)
    if priority:
        fields.setdefault("priority", _PRIORITIES[priority[1]])
    text = content
    for pattern in (BLOCK_ID, DATE_SIGN, REPEAT_SIGN, DATAVIEW, _PRIORITY_SIGN):
        text = pattern.sub("", text)
    return Task(
        line=number,
        text=text.strip(),
        status=_CLOSED.get(box, "open"),
        due=fields.get("due", ""),
        scheduled=fields.get("scheduled", ""),
        start=fields.get("start", ""),
        done=fields.get("done", ""),
        priority=fields.get("priority", ""),
        repeat=fields.get("repeat", ""),
        links=tuple(dict.fromkeys(link.target for link in links)),
    )
