"""Small changes of front matter's text: each is a list of splices, and none of them touches another key's lines.

What is written follows the neighbours: block or flow, indentation, quotes, maps on one line or on several. A layout
that is too odd for that raises OddLayoutError. Nothing here is safe by itself: `core/edit.py` checks what comes out.
"""

from __future__ import annotations

from typing import NamedTuple

import yaml

from prmvault.core.model import Value
from prmvault.core.yaml_nodes import (
    OddLayoutError,
    Place,
    begin_of,
    column_of,
    end_of,
    entries_of,
    has_brackets,
    has_comments,
    line_end,
    line_start,
    lines_end,
    next_line,
    sign_end,
    skip,
    start_of,
)
from prmvault.core.yaml_text import (
    Layout,
    yaml_after_colon,
    yaml_after_dash,
    yaml_entry,
    yaml_flow,
    yaml_key,
    yaml_text,
    yaml_text_like,
)

_COMMENTS = "comments in it would be lost"


class Splice(NamedTuple):
    """Put `new` in the place of the text from `start` to `end`; its line breaks are bare."""

    start: int
    end: int
    new: str


def spliced(text: str, splices: list[Splice], eol: str) -> str:
    """Return `text` with all `splices` made, with `eol` as line break in what is new."""
    for splice in sorted(splices, reverse=True):
        text = text[: splice.start] + splice.new.replace("\n", eol) + text[splice.end :]
    return text


def add_key(text: str, node: yaml.Node | None, key: str, value: Value, layout: Layout) -> list[Splice]:
    """Add a key at the end of a map; without a node at the end of the text."""
    if node is None:
        return [Splice(len(text), len(text), f"{yaml_entry(key, value, 0, layout)}\n")]
    if not isinstance(node, yaml.MappingNode):
        raise OddLayoutError("it is no map")
    if has_brackets(text, node):
        return _into_brackets(text, node, f"{yaml_key(key)}: {yaml_flow(value)}")
    if node.flow_style:
        end = end_of(text, node)
        wrapped = f", {yaml_key(key)}: {yaml_flow(value)}}}"
        return [Splice(start_of(node), start_of(node), "{"), Splice(end, end, wrapped)]
    column = column_of(node)
    # Comments at the margin below the last key are about the whole, or about what comes next.
    end = lines_end(text, end_of(text, node), max(column, 1))
    return [Splice(end, end, f"{' ' * column}{yaml_entry(key, value, column, layout)}\n")]


def add_item(text: str, place: Place, value: Value, layout: Layout) -> list[Splice]:
    """Add an item to the list at `place`, in the way of the items that are there."""
    node = place.node
    if not isinstance(node, yaml.SequenceNode):
        raise OddLayoutError("it is no list")
    items: list[yaml.Node] = node.value
    if has_brackets(text, node):
        written = _scalar_among(value, items, in_flow=True) if isinstance(value, str) else yaml_flow(value)
        is_pair = bool(items) and isinstance(items[-1], yaml.MappingNode) and not has_brackets(text, items[-1])
        if is_pair and isinstance(value, dict) and len(value) == 1:
            written = written[1:-1]
        return _into_brackets(text, node, written)
    column = column_of(node)
    last = Place(node, len(items) - 1, None, items[-1], in_flow=False)
    begin = sign_end(text, last)
    gap = text[begin : start_of(items[-1])]
    if not gap or gap.strip(" "):
        gap = " "
    maps = [item for item in items if isinstance(item, yaml.MappingNode)]
    if isinstance(value, str) and "\n" not in value:
        written = gap + _scalar_among(value, items, in_flow=False)
    else:
        flow_maps = not maps or has_brackets(text, maps[-1])
        written = yaml_after_dash(value, column, layout, gap, flow_maps=flow_maps)
    inside = column if place.key is None else max(column, column_of(place.key) + 1)
    end = lines_end(text, end_of(text, node), inside)
    return [Splice(end, end, f"{' ' * column}-{written}\n")]


def wrap_in_list(text: str, place: Place, value: Value, layout: Layout) -> list[Splice]:
    """Make the value at `place` the first item of a block list, as it is written, and add `value` as the second."""
    node, key = place.node, place.key
    is_short_text = isinstance(node, yaml.ScalarNode) and isinstance(value, str) and "\n" not in node.value + value
    if place.in_flow or key is None or (layout.flow_lists and is_short_text):
        raise OddLayoutError("it is written anew")
    sign, start, end = sign_end(text, place), start_of(node), end_of(text, node)
    if "\n" in text[sign:start]:
        dash, shift = column_of(node), 2
        splices = [Splice(start, start, "- ")]
    else:
        dash = column_of(key) + layout.dash
        # Just so much keeps an explicit indentation (|2) right, too.
        shift = layout.dash
        splices = [Splice(sign, sign, f"\n{' ' * dash}-")]
    line = next_line(text, start)
    while line < end:
        if line_end(text, line) > line:
            splices.append(Splice(line, line, " " * shift))
        line = next_line(text, line)
    after = lines_end(text, end, column_of(key) + 1)
    is_block = isinstance(node, yaml.MappingNode) and not has_brackets(text, node)
    written = yaml_after_dash(value, dash, layout, flow_maps=not is_block)
    return [*splices, Splice(after, after, f"{' ' * dash}-{written}\n")]


def replace_value(text: str, place: Place, value: Value, layout: Layout) -> list[Splice]:
    """Put `value` in the place of the one that is there; comments behind it stay, those inside of it refuse it."""
    node = place.node
    start, end = start_of(node), end_of(text, node)
    if place.in_flow:
        return [_replace_in_flow(text, place, value)]
    sign = sign_end(text, place)
    head, _, below = _block_value(text, place, value, layout).partition("\n")
    splices = []
    first_line = text[sign : line_end(text, sign)]
    if start == end:
        only_blanks = not first_line.strip()
        splices.append(Splice(sign, sign + len(first_line) if only_blanks else sign, head))
        end = sign
    elif has_comments(text, max(start, sign), node):
        raise OddLayoutError(_COMMENTS)
    elif "\n" in text[sign:start]:
        if "#" in text[sign + len(first_line) : start]:
            raise OddLayoutError(_COMMENTS)
        splices.append(Splice(sign, end, head + first_line.rstrip()))
    else:
        kept = _header_comment(text, node)
        gap = text[sign:start]
        splices.append(Splice(sign, end, (gap + head[1:] if gap and head and not below else head) + kept))
    if below:
        behind = line_end(text, end)
        splices.append(Splice(behind, behind, f"\n{below}"))
    return splices


def remove_entry(text: str, place: Place) -> list[Splice]:
    """Remove a key with its value, or an item; comments above stay, those behind and inside go with it."""
    if place.in_flow:
        return _out_of_brackets(text, place)
    begin = begin_of(text, place)
    column = column_of(place.parent)
    end = max(sign_end(text, place), end_of(text, place.node))
    after = lines_end(text, end, column + 1)
    line = line_start(text, begin)
    if not text[line:begin].strip():
        return [Splice(line, after, "")]
    # The first entry of an item, behind its dash: the next one takes its place.
    if place.at or len(place.parent.value) == 1:
        raise OddLayoutError("it does not begin its line")
    following = skip(text, after)
    if text[after:following].strip():
        raise OddLayoutError(_COMMENTS)
    return [Splice(begin, following, "")]


def _block_value(text: str, place: Place, value: Value, layout: Layout) -> str:
    """Return what follows the colon or dash at `place`, beginning with a blank or a line break."""
    node = place.node
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode) and ("\n" not in value or node.style == '"'):
        return f" {yaml_text_like(value, node.style, node.value, in_flow=False)}"
    if place.key is None:
        return yaml_after_dash(value, column_of(place.parent), layout)
    # Brackets stay brackets, and a block stays a block.
    if isinstance(value, list) and isinstance(node, yaml.SequenceNode):
        layout = layout._replace(flow_lists=has_brackets(text, node))
    used = end_of(text, place.key) - start_of(place.key)
    return yaml_after_colon(value, column_of(place.key), layout, used)


def _replace_in_flow(text: str, place: Place, value: Value) -> Splice:
    node = place.node
    start, end = start_of(node), end_of(text, node)
    if has_comments(text, start, node):
        raise OddLayoutError(_COMMENTS)
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode):
        written = yaml_text_like(value, node.style, node.value, in_flow=True)
    else:
        written = yaml_flow(value)
    if start == end and place.key is not None:
        key_end = end_of(text, place.key)
        colon = skip(text, key_end)
        if text[colon] != ":":
            return Splice(key_end, key_end, f": {written}")
        start = end = colon + 1
    return Splice(start, end, f" {written}" if text[start - 1] == ":" else written)


def _into_brackets(text: str, node: yaml.CollectionNode, new: str) -> list[Splice]:
    """Add an entry at the end of a flow list or map; one that has a line for each gets a line more."""
    start, close = start_of(node), int(node.end_mark.index) - 1
    if not node.value:
        if text[start + 1 : close].strip():
            raise OddLayoutError("there are comments in the brackets")
        return [Splice(start + 1, close, new)]
    begin, end = entries_of(text, node)[-1]
    comma = skip(text, end)
    has_comma = text[comma] == ","
    after = comma + 1 if has_comma else end
    indent = text[line_start(text, begin) : begin]
    if not indent.strip() and next_line(text, after) <= line_start(text, close):
        line = next_line(text, after)
        added = Splice(line, line, f"{indent}{new}{',' if has_comma else ''}\n")
        return [added] if has_comma else [Splice(end, end, ","), added]
    return [Splice(after, after, f" {new}," if has_comma else f", {new}")]


def _out_of_brackets(text: str, place: Place) -> list[Splice]:
    entries = entries_of(text, place.parent)
    begin, end = entries[place.at]
    is_last = place.at == len(entries) - 1
    comma = skip(text, end)
    has_comma = text[comma : comma + 1] == ","
    after = comma + 1 if has_comma else end
    before = entries[place.at - 1][1] if place.at else begin
    line, rest = line_start(text, begin), text[after : line_end(text, after)].strip()
    if not text[line:begin].strip() and (not rest or rest[0] == "#"):
        splices = [Splice(line, next_line(text, after), "")]
        if is_last and not has_comma and place.at:
            comma = skip(text, before)
            splices.append(Splice(comma, comma + 1, ""))
        return splices
    if is_last and place.at:
        start, stop, gap = before, end, text[before:begin]
    else:
        stop = after if is_last else entries[place.at + 1][0]
        start, gap = begin, text[end:stop]
    if "#" in gap:
        raise OddLayoutError(_COMMENTS)
    return [Splice(start, stop, "")]


def _scalar_among(text: str, items: list[yaml.Node], *, in_flow: bool) -> str:
    """Return `text` as an item beside `items`: in quotes where all of them are, and not all have to be."""
    scalars = [item for item in items if isinstance(item, yaml.ScalarNode)]
    styles = {item.style for item in scalars}
    is_habit = any(yaml_text(item.value, in_flow=in_flow) == item.value for item in scalars)
    style = styles.pop() if is_habit and len(styles) == 1 and len(scalars) == len(items) else ""
    return yaml_text_like(text, style if style in ("'", '"') else "", "", in_flow=in_flow)


def _header_comment(text: str, node: yaml.Node) -> str:
    """Return the comment behind the | or > of a block text, with the blanks before it."""
    if not isinstance(node, yaml.ScalarNode) or node.style not in ("|", ">"):
        return ""
    header = text[start_of(node) : line_end(text, start_of(node))]
    sign, mark, comment = header.partition("#")
    return sign[len(sign.rstrip()) :] + mark + comment if mark else ""
