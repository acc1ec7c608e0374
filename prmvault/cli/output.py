"""What a person or a script gets to see: clean text, colours that mean something, tables, JSON, progress."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from prmvault.core.characters import LOW, UNSEEN, escaped_json
from prmvault.core.problems import Problem

# What a terminal would obey, but the joiner of emoji.
# (Compiled when it is first needed: most text is printable, and a question has no time to lose.)
_CONTROL = f"[{LOW}{UNSEEN}\u200c]"

COLORS = {
    "match": "yellow",
    "path": "magenta",
    "problem": "red",
    "hint": "cyan",
    "late": "red",
    "soon": "green",
    "title": None,
    "label": None,
}
"""Colours by meaning, such that each can be read on dark and on light; a title is bold, a label dim."""

_GAP = 3
_LEAST = 28
_GIVEN_WAY = 14
_KEPT = 18
_ROOM_FOR_PLACES = 100
_FIRST_WIDE = "\u1100"
_PAINT = "\x1b\\[[0-9;]*m"


def clean(text: str) -> str:
    """Return `text` without what a terminal would obey."""
    return text if text.isprintable() else re.sub(_CONTROL, "", text)


def one_line(text: str) -> str:
    """Return `text` clean and on one line."""
    return text if text.isprintable() else clean(re.sub(r"[\r\n\t]+", " ", text))


def uses_color(stream: Any = None) -> bool:
    """Tell whether colours are wanted: as --color says, else where the output is a terminal without NO_COLOR."""
    context = click.get_current_context(silent=True)
    choice = context.find_root().meta.get("prmvault.color", "auto") if context else "auto"
    if choice != "auto":
        return bool(choice == "always")
    return (stream or sys.stdout).isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, meaning: str, *, bold: bool = False, stream: Any = None) -> str:
    """Return `text` in the colour of its meaning, where colours are wanted."""
    if not uses_color(stream):
        return text
    return click.style(text, fg=COLORS[meaning], bold=bold or None, dim=meaning == "label" or None)


def say(text: str) -> None:
    """Tell the user something that is not the answer."""
    _echo_wrapped(f"prmvault: {one_line(text)}", sys.stderr)


def say_hint(text: str) -> None:
    """Tell the user what to do about what was said."""
    _echo_wrapped("    → " + paint(one_line(text), "hint", stream=sys.stderr), sys.stderr)


def echo(text: str = "") -> None:
    """Print a piece of the answer, as it is (clean it first)."""
    click.echo(text, color=uses_color())


def say_nothing_found() -> None:
    """Tell somebody who looks at a terminal that there is no answer; a script has the exit code."""
    if sys.stdout.isatty():
        say("nothing found")


def echo_line(text: str, *, indent: int = 6, place: str = "") -> None:
    """Print one line of an answer (clean and painted), wrapped between words where a terminal is narrow.

    A `place` is told behind it in a terminal that is wide enough for most of them.
    """
    if place:
        from shutil import get_terminal_size

        width = get_terminal_size().columns
        placed = f"{text} · {paint(one_line(place), 'path')}"
        fits = width >= _ROOM_FOR_PLACES and len(re.sub(_PAINT, "", placed)) <= width
        text = placed if fits else text
    _echo_wrapped(text, sys.stdout, indent)


def _echo_wrapped(text: str, stream: Any, indent: int = 6) -> None:
    if stream.isatty():
        from shutil import get_terminal_size

        width = get_terminal_size().columns
        # A character takes two places at most, and one that takes two is beyond those of Europe.
        if len(text) > width or (2 * len(text) > width and max(text) >= _FIRST_WIDE):
            text = _wrapped(text, width, indent)
    click.echo(text, file=stream, color=uses_color(stream))


def echo_rows(rows: Iterable[tuple[str, str]]) -> None:
    """Print labelled lines (clean): for a terminal below each other, wrapped; for a program with a tab between."""
    if not sys.stdout.isatty():
        label = ""
        for name, text in rows:
            label = name or label
            echo(f"{label}\t{text}")
        return
    known = list(rows)
    indent = max((len(name) for name, _ in known), default=0) + 3
    for name, text in known:
        label = (paint(name, "label") if name else "") + " " * (indent - 1 - len(name))
        _echo_wrapped(f" {label}{text}", sys.stdout, indent)


def _wrapped(text: str, width: int, indent: int) -> str:
    """Return `text` broken between words, continued below by an indent; colours take no room."""
    from rich.cells import cell_len

    lines, left = [""], width
    # A text without blanks between words may be broken behind any of its wide characters.
    for word in re.split("(?<= )(?=[^ ])|(?<=[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uff60])", text):
        long = cell_len(re.sub(_PAINT, "", word))
        if long - word.endswith(" ") > left and lines[-1].strip():
            lines.append(" " * indent)
            left = width - indent
        lines[-1] += word
        left -= long
    return "\n".join(line.rstrip() for line in lines)


def write_out(output: str, data: bytes) -> None:
    """Write a file that the user named, as a whole; `-` is standard output."""
    if output == "-":
        click.echo(data, nl=False)
        return
    from prmvault.app.export import write_if_changed

    write_if_changed(output, data)


def echo_json(value: Any) -> None:
    """Print one JSON document; control characters stand in it as escapes."""
    import json

    click.echo(escaped_json(json.dumps(value, ensure_ascii=False, indent=2)))


def echo_paths(paths: Iterable[str], *, nul: bool) -> None:
    """Print paths a line each, or for `xargs -0`: as they are, but to a terminal without what it would obey."""
    end = "\0" if nul else "\n"
    for path in paths:
        click.echo((one_line(path) if sys.stdout.isatty() else path) + end, nl=False)


def echo_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    gives_way: Sequence[str] = (),
    tell: Callable[[str], str] = str,
) -> None:
    """Print a table: fitted to the terminal, or with tabs where the output is read by a program.

    Where a terminal is too narrow, the columns `gives_way` are cut first and left out then, in this order. `tell`
    tells the header in the reader's language.
    """
    whole = "".join(["".join(row) for row in rows])
    # What is printable has no control characters: one quick look instead of ten thousand patterns.
    cells = rows if whole.isprintable() else [[one_line(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        click.echo("".join(["\t".join(row) + "\n" for row in cells]), nl=False)
        return
    from rich import box
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from prmvault.core.label_names import column_name

    heads = [one_line(tell(column_name(name))) for name in header]
    longest = {}
    for at, name in enumerate(heads):
        tells = any(row[at] and not (at and row[at] == row[at - 1]) for row in cells)
        if tells:  # An empty column says nothing, and a repetition of the one before it nothing new.
            longest[at] = max(cell_len(name), *(cell_len(row[at]) for row in cells))
    console = Console(color_system="auto" if uses_color() else None, highlight=False)
    least = _least_widths(longest, [header.index(name) for name in gives_way], console.width)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for at in least:
        # A column that is not to be cut is one that does not wrap; the cells of the others are cut instead.
        table.add_column(heads[at], no_wrap=longest[at] <= _KEPT)
    for row in cells:
        table.add_row(*[Text(row[at], no_wrap=True, overflow="ellipsis") for at in least])
    if least:
        console.print(table)


def _least_widths(longest: dict[int, int], gives_way: Sequence[int], room: int) -> dict[int, int]:
    """Return the columns that are shown, each with the width that it needs; those that give way are left out first."""
    least = {at: min(width, _GIVEN_WAY if at in gives_way else _LEAST) for at, width in longest.items()}
    for at in gives_way:
        if sum(least.values()) + _GAP * (len(least) - 1) > room:
            least.pop(at, None)
    return least


def echo_problems(problems: Sequence[Problem], *, err: bool = True) -> None:
    """Print problems, a line each with its place, message and code, and the remedy below."""
    stream = sys.stderr if err else sys.stdout
    for problem in problems:
        place = f"{problem.path}:{problem.line}" if problem.line else problem.path
        what = f"{one_line(problem.message)} [{problem.code}]"
        _echo_wrapped(f"{paint(one_line(place), 'path', stream=stream)}: {what}", stream)
        if problem.hint:
            _echo_wrapped("    → " + paint(one_line(problem.hint), "hint", stream=stream), stream)


def echo_change(path: str, before: str, after: str) -> None:
    """Print the lines of a note that change, with their numbers: `-` as they were, `+` as they are."""
    from difflib import SequenceMatcher

    old, new = before.split("\n"), after.split("\n")
    # What is equal at both ends is left out: matching many equal lines takes the square of their number.
    same, most = 0, min(len(old), len(new))
    while same < most and old[same] == new[same]:
        same += 1
    left = 0
    while left < most - same and old[-1 - left] == new[-1 - left]:
        left += 1
    old_part, new_part = old[same : len(old) - left], new[same : len(new) - left]
    for tag, *places in SequenceMatcher(None, old_part, new_part, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        start, end, new_start, new_end = (place + same for place in places)
        for number in range(start, end):
            echo_line(
                f"{paint(one_line(f'{path}:{number + 1}'), 'path')}: {paint('- ' + one_line(old[number]), 'late')}"
            )
        for number in range(new_start, new_end):
            echo_line(
                f"{paint(one_line(f'{path}:{number + 1}'), 'path')}: {paint('+ ' + one_line(new[number]), 'soon')}"
            )


def progress_bar(label: str, total: int) -> Callable[[int, int], None]:
    """Return a display of progress on standard error; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        return lambda _done, _total: None
    bar: Any = click.progressbar(length=total, label=label, file=sys.stderr, show_pos=True)
    bar.__enter__()

    def report(done: int, _total: int) -> None:
        bar.update(done - bar.pos)
        if done >= total:
            bar.__exit__(None, None, None)

    return report
