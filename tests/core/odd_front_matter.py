"""A generator of front matter as odd as people and programs write it, in chunks: one for each key, others between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = [
    "x",
    "Anna Müller",
    "0170 123",
    "+49 30 1",
    "1987-03-14",
    "--03-14",
    "no",
    "12:30",
    "a#b",
    "it's",
    "R&D",
    "👩 ü",
]
QUOTED = [*PLAIN, "", "a: b", "# no comment", "- x", "[[Ann]]", "say 'a'", "a, b", "{x}", " blank "]
ADDED = [
    *QUOTED,
    "two\nlines",
    "ends\n",
    "\n",
    '"',
    "\\",
    "tab\there",
    "\x07",
    "---",
    "a\n---\nb",
    "~",
    "null",
    "0123",
    "é" * 150,
]
KEYS = ["name", "tags", "met", "phones", "on", "a key", "ü", "x-y"]
INNER = ["a", "b", "on", "long key"]
COMMENTS = ["", "", "", " # why", "   # [a, 'b", "\t# tab"]
FILLERS = ["", "", "", "\n", "# a comment\n", "\n# one: two\n\n", "# [\n", "   \n"]
BODIES = ["", "Body\n", "Body without end", "\n- a\n---\nb: c\n", "---\n", "a\r\nb\n"]


class Odd(NamedTuple):
    """A note: its text, and which piece of the front matter each key is; `before` and `after` are the rest."""

    before: str
    chunks: tuple[tuple[str, str], ...]
    after: str

    @property
    def text(self) -> str:
        return self.before + "".join(chunk for _, chunk in self.chunks) + self.after


@st.composite
def odd_notes(draw: st.DrawFn) -> Odd:
    """Draw a note; a chunk without a key is blank lines and comments."""
    eol = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    chunks = [("", draw(st.sampled_from(FILLERS)))]
    for key in draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True)):
        written = draw(entries(key, 0))
        filler = draw(st.sampled_from(FILLERS))
        # Blank lines below a block text may be its own.
        chunks += [(key, written), ("", filler.lstrip() if "|" in written or ">" in written else filler)]
    before = draw(st.sampled_from(["", "", "\ufeff"])) + draw(st.sampled_from(["---", "---", "--- "])) + eol
    after = draw(st.sampled_from(["---", "---", "..."])) + draw(st.sampled_from(["", eol]))
    if after.endswith("\n"):
        after += draw(st.sampled_from(BODIES))
    with_eol: Callable[[str], str] = lambda chunk: chunk.replace("\n", eol)  # noqa: E731 - a name for a piece of this
    return Odd(before, tuple((key, with_eol(chunk)) for key, chunk in chunks if chunk), after)


@st.composite
def entries(draw: st.DrawFn, key: str, column: int) -> str:
    """Draw `key: value` for a key in `column`, with its last line break."""
    written = draw(st.sampled_from([key, key, key, f'"{key}"', f"'{key}'", f"{key} "]))
    return f"{written}:" + draw(block_values(column, "key"))


@st.composite
def block_values(draw: st.DrawFn, column: int, place: str) -> str:
    """Draw what follows a colon or dash in `column`, with its last line break."""
    comment = draw(st.sampled_from(COMMENTS))
    gap = draw(st.sampled_from([" ", " ", " ", "   "]))
    kinds = ["empty", "scalar", "scalar", "flow", "flow", "long", "literal"]
    deep = ["list", "list", "map", "map", "below"] if column < 8 else []
    kind = draw(st.sampled_from([*kinds, *deep]))
    if kind == "empty":
        return f"{draw(st.sampled_from(['', ' ', ' ~']))}{comment}\n"
    if kind == "scalar":
        return f"{gap}{draw(scalars())}{comment}\n"
    if kind == "flow":
        return f"{gap}{draw(flows(column))}{comment}\n"
    inner = " " * (column + draw(st.sampled_from([1, 2, 4])))
    if kind == "long":
        return (
            gap
            + draw(st.sampled_from([f"one\n{inner}two", f'"one\n\n{inner}two"', f"'one\n{inner}two'"]))
            + comment
            + "\n"
        )
    if kind == "literal":
        sign = draw(st.sampled_from(["|", "|-", ">", ">-", "|+"]))
        inner = inner if len(inner) > column else inner + " "
        tail = draw(st.sampled_from(["", "\n", f"{inner}# no comment\n"]))
        return f"{gap}{sign}{comment}\n{inner}one: two\n\n{inner}three\n{tail}"
    if kind == "below":
        return f"{comment}\n{inner}{draw(scalars())}\n"
    if kind == "list":
        return draw(block_lists(column, place))
    return draw(block_maps(column, place))


@st.composite
def block_lists(draw: st.DrawFn, column: int, place: str) -> str:
    """Draw a list with a dash a line; that of a key may stand in the key's column."""
    indent = column + draw(st.sampled_from([0, 2, 2, 4] if place == "key" else [2, 4]))
    begin = draw(st.sampled_from(COMMENTS)) + "\n"
    items = []
    for _ in range(draw(st.integers(1, 3))):
        items.append(" " * indent + "-" + draw(block_values(indent, "item")))
        if draw(st.integers(0, 4)) == 0:
            items.append(" " * (indent + 1) + "# in between\n")
    return begin + "".join(items)


@st.composite
def block_maps(draw: st.DrawFn, column: int, place: str) -> str:
    """Draw a map with a key a line; that of an item begins behind the dash."""
    keys = draw(st.lists(st.sampled_from(INNER), min_size=1, max_size=3, unique=True))
    indent = column + 2 if place == "item" else column + draw(st.sampled_from([1, 2, 4]))
    lines = [draw(entries(key, indent)) for key in keys]
    begin = " " if place == "item" else draw(st.sampled_from(COMMENTS)) + "\n" + " " * indent
    between = " " * indent + draw(st.sampled_from(["", "", "# between\n" + " " * indent]))
    return begin + between.join(lines)


@st.composite
def flows(draw: st.DrawFn, column: int, depth: int = 0) -> str:
    """Draw a list or map in brackets, on one line or on several."""
    parts: list[str] = []
    is_list = draw(st.booleans())
    keys = draw(st.lists(st.sampled_from(INNER), max_size=3, unique=True))
    for key in keys:
        is_deep = depth < 2 and draw(st.integers(0, 4)) == 0
        value = draw(flows(column, depth + 1)) if is_deep else draw(scalars(in_flow=True))
        parts.append(value if is_list and draw(st.integers(0, 5)) else f"{key}: {value}")
    begin, end = "[]" if is_list else "{}"
    layout = draw(st.sampled_from(["one", "one", "blanks", "lines", "ragged"]))
    comma = draw(st.sampled_from(["", ""] if not parts else ["", "", ","]))
    if layout == "blanks":
        return f"{begin} {' , '.join(parts)}{comma} {end}"
    inner = "\n" + " " * (column + 2)
    if layout == "lines" and parts:
        notes = [draw(st.sampled_from(["", "", "  # each"])) for _ in parts]
        last = len(parts) - 1
        lines = [f"{part}{',' if at < last else comma}{notes[at]}" for at, part in enumerate(parts)]
        return begin + inner + inner.join(lines) + f"{inner}{end}"
    if layout == "ragged":
        return begin + f",{inner}".join(parts) + comma + end
    return begin + ", ".join(parts) + comma + end


@st.composite
def scalars(draw: st.DrawFn, *, in_flow: bool = False) -> str:
    """Draw a text on one line: plain, or in quotes."""
    style = draw(st.sampled_from(["", "", '"', "'"]))
    if style == '"':
        return '"' + draw(st.sampled_from(QUOTED)).replace('"', '\\"') + '"'
    if style == "'":
        return "'" + draw(st.sampled_from(QUOTED)).replace("'", "''") + "'"
    return draw(st.sampled_from(PLAIN))


def added_values() -> st.SearchStrategy[Any]:
    """Return values to put in: texts, lists and maps."""
    texts = st.sampled_from(ADDED)
    return st.recursive(
        texts,
        lambda inner: (
            st.lists(inner, min_size=1, max_size=3)
            | st.dictionaries(st.sampled_from([*INNER, "a: b", "no"]), inner, min_size=1, max_size=3)
        ),
        max_leaves=5,
    )
