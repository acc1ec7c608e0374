"""Writing YAML: text, lists and maps such that every reader, of YAML 1.1 or 1.2, typed or not, gets the same text back.

What typed readers take for something else is quoted (YAML 1.1: yaml.org/type; 1.2: chapter 10.3), except dates.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from prmvault.core.dates import DateError, parse_partial_date
from prmvault.core.model import Value

WIDTH = 110
_WORDS = ("yes", "no", "on", "off", "true", "false", "null", "y", "n")
_KEYS = ("on", "off", "yes", "no", "y", "n")
_NUMBER = re.compile(
    r"[-+]?(?:0[xXoObB][0-9a-fA-F_]*|\.?[0-9][0-9_,.:]*(?:[eE][-+]?[0-9]*)?|\.(?:inf|Inf|INF|nan|NaN|NAN))"
)
_TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]{1,9})[0-9]{1,2}:[0-9]{2}:.*)?")
_DATE = re.compile(r"[1-9][0-9]{3}(?:-[0-9]{2}){0,2}|--[0-9]{2}-[0-9]{2}|~[1-9][0-9]{3}")
_BEGINS = "-?:,[]{}#&*!|>'\"%@`=<~."
_WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")
# What YAML 1.1 does not allow (section 5.1) or takes for a line break, noncharacters, and what turns text around.
_NOT_RAW = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


class Layout(NamedTuple):
    """How somebody writes lists and maps: texts in brackets, and how far dashes and inner keys are indented.

    Without `literals` text of several lines is written on one, in quotes.
    """

    flow_lists: bool = False
    dash: int = 2
    step: int = 2
    literals: bool = True


def yaml_text(text: str, *, in_flow: bool = True) -> str:
    """Return `text` as a YAML scalar on one line that reads back as just this text: in double quotes where needed.

    It is safe in every place; without `in_flow` it may be such as is not safe inside of brackets and braces.
    """
    return text if _is_plain(text, in_flow=in_flow) else _in_double_quotes(text)


def yaml_text_like(text: str, style: str | None, was: str, *, in_flow: bool) -> str:
    """Return `text` as a scalar on one line, in the `style` (a quote, or none) of the scalar `was` where it can."""
    if style == '"':
        return _in_double_quotes(text)
    if style == "'" and text.isprintable() and "[[" not in text and not _NOT_RAW.search(text):
        return "'" + text.replace("'", "''") + "'"
    if not style and _WHOLE_NUMBER.fullmatch(was) and _WHOLE_NUMBER.fullmatch(text):
        return text  # The user counts without quotes, and no reader changes such a number.
    return yaml_text(text, in_flow=in_flow)


def yaml_key(key: str) -> str:
    """Return `key` as it is written before a colon, for every place; `on` and its like stay as people write them."""
    return key if key in _KEYS else yaml_text(key)


def yaml_flow(value: Value) -> str:
    """Return `value` on one line: lists in brackets, maps in braces."""
    if isinstance(value, str):
        return yaml_text(value)
    if isinstance(value, list):
        written = ", ".join([yaml_flow(item) for item in value])
        return f"[ {written} ]" if written.startswith("[") else f"[{written}]"  # [[x]] would be a link.
    return "{" + ", ".join([f"{yaml_key(key)}: {yaml_flow(part)}" for key, part in value.items()]) + "}"


def yaml_entry(key: str, value: Value, column: int = 0, layout: Layout = Layout()) -> str:  # noqa: B008 - a frozen value
    """Return `key: value` for a key in `column`, without its last line break; the first line is not indented."""
    name = yaml_key(key)
    return f"{name}:{yaml_after_colon(value, column, layout, len(name))}"


def yaml_after_colon(value: Value, column: int, layout: Layout, used: int = 0) -> str:
    """Return what follows the colon of a key in `column` that is `used` characters long."""
    if isinstance(value, str):
        return _block_text(value, column, layout)
    room = WIDTH - column - used - 2
    if isinstance(value, list):
        if not value or (layout.flow_lists and _fits(value, room)):
            return f" {yaml_flow(value)}"
        begin = "\n" + " " * (column + layout.dash) + "-"
        return "".join([f"{begin}{yaml_after_dash(item, column + layout.dash, layout)}" for item in value])
    if _fits(value, room):
        return f" {yaml_flow(value)}"
    inner = column + layout.step
    begin = "\n" + " " * inner
    return "".join([f"{begin}{yaml_entry(key, part, inner, layout)}" for key, part in value.items()])


def yaml_after_dash(value: Value, column: int, layout: Layout, gap: str = " ", *, flow_maps: bool = True) -> str:
    """Return what follows the dash of a list item in `column`; `gap` are the blanks between."""
    if isinstance(value, str):
        return gap.removesuffix(" ") + _block_text(value, column, layout)
    if isinstance(value, list) or not value or (flow_maps and _fits(value, WIDTH - column - 2)):
        return gap + yaml_flow(value)
    inner = column + 1 + len(gap)
    return gap + ("\n" + " " * inner).join([yaml_entry(key, part, inner, layout) for key, part in value.items()])


def _fits(value: Value, room: int) -> bool:
    """Tell whether `value` reads well on one line of `room` characters: not nested, no lines, and not too much."""
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else [value]
    return all(isinstance(part, str) and "\n" not in part for part in parts) and len(yaml_flow(value)) <= room


def _block_text(text: str, column: int, layout: Layout) -> str:
    """Return a text behind a colon or dash in `column`: as a literal block where it has lines, else on one line."""
    lines = text.removesuffix("\n").split("\n")
    # A first line that is empty or indented needs an indicator, and blanks at the ends of lines are lost on the way.
    is_literal = (
        layout.literals
        and "\n" in text
        and not text.startswith((" ", "\n"))
        and all(line.isprintable() and line == line.rstrip() and not _NOT_RAW.search(line) for line in lines)
        and lines[-1]
    )
    if not is_literal:
        return f" {yaml_text(text, in_flow=False)}"
    indent = " " * (column + 2)
    below = "".join([f"\n{indent}{line}" if line else "\n" for line in lines])
    return f" |{'' if text.endswith(chr(10)) else '-'}{below}"


def _is_plain(text: str, *, in_flow: bool) -> bool:
    if not text or text != text.strip() or not text.isprintable() or _NOT_RAW.search(text):
        return False
    if _is_date(text):
        return True
    if text[0] in _BEGINS or text.endswith(":") or ": " in text or " #" in text or "[[" in text:
        return False
    if in_flow and any(sign in text for sign in ",[]{}?"):
        return False
    is_typed = text.casefold() in _WORDS or _NUMBER.fullmatch(text) or _TIMESTAMP.fullmatch(text)
    return not is_typed


def _is_date(text: str) -> bool:
    """Tell whether `text` is a date of the calendar as people write it in front matter, or the part that is known."""
    if not _DATE.fullmatch(text):
        return False
    try:
        parse_partial_date(text)
    except DateError:
        return False
    return True


def _in_double_quotes(text: str) -> str:
    return _NOT_RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
