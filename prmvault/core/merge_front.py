"""Front matter in three versions: cut into its keys with what stands above each, and put together again.

What at most one side has touched is taken over as it is written. A value of both sides is written as one of them has
it, else as their lines together, else by an edit of the one that says more; each is read again before it is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import yaml

from prmvault.core.edit import set_value
from prmvault.core.frontmatter import compose_front_matter, parse_yaml_text
from prmvault.core.join import CONFLICTS, FORMER_UIDS
from prmvault.core.merge_order import Order, unite_lines, weave
from prmvault.core.merge_values import Lost, Settled, settle
from prmvault.core.model import Value, canonical
from prmvault.core.problems import PrmvaultError
from prmvault.core.yaml_nodes import column_of, comments_of, end_of, has_brackets, line_start, lines_end, start_of
from prmvault.core.yaml_text import yaml_entry


class NotMergeableError(Exception):
    """This front matter can't be merged key by key: it is not readable, or oddly laid out."""


class _Entry(NamedTuple):
    """A key as it is written: the lines above it (comments, blank lines), its own, and its value."""

    above: str
    text: str
    value: Value


class _Front(NamedTuple):
    entries: Mapping[str, _Entry]
    below: str


def merge_fronts(base: str | None, left: str | None, right: str | None) -> tuple[str | None, tuple[Lost, ...]]:
    """Merge the YAML between the fences; None is a note without any. Return it, and which values lost.

    What lost is in the text, too, under `merge_conflicts` (a uid under `former_uids`). Raises NotMergeableError.
    """
    if left in (right, base):
        return right, ()
    if right == base:
        return left, ()
    fronts = [_read(each) for each in (base, left, right)]
    keys = weave(Order(str), *(list(front.entries) for front in fronts))
    settled = {key: _settle_key(key, *(front.entries.get(key) for front in fronts)) for key in keys}
    lost = tuple(each for part in settled.values() for each in part.lost)
    for key, record in _records(lost):
        kept = settled.get(key, Settled(None)).value or []
        items = kept if isinstance(kept, list) else [kept]
        if canonical(record) not in [canonical(item) for item in items]:
            settled[key] = Settled([*items, record])
    text, carried = "", ""
    for key, part in settled.items():
        entries = [front.entries.get(key) for front in fronts]
        if part.value is None:
            carried += _kept_above(*entries)
            continue
        above = [each.above if each else None for each in entries]
        written = _written(key, part.value, *entries)
        text += carried + _merged_text(*above) + _comments_left_out(written, *entries) + written
        carried = ""
    text += carried + _merged_text(*(front.below for front in fronts))
    expected = {key: part.value for key, part in settled.items() if part.value is not None}
    if _values(text) != expected:
        raise NotMergeableError("it would be read as something else")
    return (None if not text and None in (left, right) else text), lost


def _read(text: str | None) -> _Front:
    read = parse_yaml_text("", text or "")
    if not read.readable:
        raise NotMergeableError(read.problems[0].message)
    if any(problem.code in ("duplicate-key", "yaml-tag") for problem in read.problems):
        raise NotMergeableError("a key is there twice, or has a tag")
    root = compose_front_matter(text or "")
    if text is None or not isinstance(root, yaml.MappingNode):
        return _Front({}, text or "")
    if has_brackets(text, root):
        raise NotMergeableError("it is written in braces")
    entries: dict[str, _Entry] = {}
    begin = 0
    for key, node in root.value:
        start = line_start(text, start_of(key))
        if column_of(key) != column_of(root) or start < begin or text[start : start_of(key)].strip():
            raise NotMergeableError("a key does not begin its line")
        end = lines_end(text, max(end_of(text, key), end_of(text, node)), column_of(key) + 1)
        entries[key.value] = _Entry(text[begin:start], text[start:end], read.values[key.value])
        begin = end
    return _Front(entries, text[begin:])


def _settle_key(key: str, base: _Entry | None, left: _Entry | None, right: _Entry | None) -> Settled:
    texts = [each.text if each else None for each in (base, left, right)]
    values = [each.value if each else None for each in (base, left, right)]
    if texts[1] in (texts[2], texts[0]):
        return Settled(values[2])
    if texts[2] == texts[0]:
        return Settled(values[1])
    if isinstance(values[0], list) and any(isinstance(value, list) and value != values[0] for value in values[1:]):
        values = [[] if value is None else value for value in values]  # All of its items were removed.
    if values[1] is None or values[2] is None:
        return Settled(values[2] if values[1] is None else values[1])  # Even a changed comment beats a removal.
    return settle((key,), values[0], values[1], values[2])


def _records(lost: Sequence[Lost]) -> Iterator[tuple[str, Value]]:
    for each in lost:
        if each.path == ("uid",):
            yield FORMER_UIDS, each.other
        else:
            yield CONFLICTS, {"key": ".".join(each.path), "value": each.other}


def _kept_above(base: _Entry | None, left: _Entry | None, right: _Entry | None) -> str:
    """Return the comments that somebody has put above a key which is gone."""
    known = set(base.above.split("\n") if base else ())
    return "".join(
        [
            f"{line}\n"
            for each in (left, right)
            if each and base
            for line in each.above.split("\n")
            if line.strip() and line not in known
        ]
    )


def _merged_text(base: str | None, left: str | None, right: str | None) -> str:
    """Merge whole lines; a side that has not got the key does not count."""
    if left is None or right is None:
        return (right if left is None else left) or ""
    return "".join(unite_lines(_lines(base or ""), _lines(left), _lines(right)))


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if text else []


def _written(key: str, value: Value, base: _Entry | None, left: _Entry | None, right: _Entry | None) -> str:
    """Return the lines of `key` with `value`."""
    old = base.text if base else ""
    texts = {each.text for each in (left, right) if each}
    candidates = sorted(texts, key=lambda text: (text != old, len(text), text), reverse=True)
    together = [_merged_text(old, left.text, right.text)] if left and right else []
    for text in (*candidates, *together):
        if _values(text) == {key: value}:
            return text
    for text in candidates:
        try:
            note = set_value(f"---\n{text}---\n", (key,), value)
        except PrmvaultError:
            continue
        return note.removeprefix("---\n").removesuffix("---\n")
    return yaml_entry(key, value) + "\n"


def _comments_left_out(written: str, base: _Entry | None, left: _Entry | None, right: _Entry | None) -> str:
    """Return, as lines to stand above a key, the comments at its value that neither side has taken out."""
    if not (left and right) or "#" not in left.text + right.text:
        return ""
    old, mine, other, now = (_comments(each) for each in (base.text if base else "", left.text, right.text, written))
    left_out = [each for each in dict.fromkeys([*mine, *other]) if each not in now]
    indent = written[: len(written) - len(written.lstrip(" "))]
    return "".join(f"{indent}{each}\n" for each in left_out if each not in old or (each in mine and each in other))


def _comments(text: str) -> list[str]:
    root = compose_front_matter(text)
    return comments_of(text, root) if root else []


def _values(text: str) -> dict[str, Value] | None:
    read = parse_yaml_text("", text)
    if not read.readable or any(problem.code == "duplicate-key" for problem in read.problems):
        return None
    return read.values
