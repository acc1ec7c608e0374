"""Merging two changed versions of a note with the one that both were made from, without markers and without loss.

The sides have no order: two machines that merge the same versions get the same bytes. What both changed of one thing
has one winner; the other value is kept in the note, where `check` finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from prmvault.core.fences import split_note
from prmvault.core.merge_body import merge_bodies
from prmvault.core.merge_items import Clash

__all__ = ["Clash", "Merged", "merge_notes"]

_BOM = "\ufeff"
_T = TypeVar("_T", bool, str)


class Merged(NamedTuple):
    """A merged note; without `ok` it can't be merged here, there is no text, and git's own merge has to do."""

    text: str
    clashes: tuple[Clash, ...] = ()
    ok: bool = True


class _Cut(NamedTuple):
    """A note cut into its parts; None where a text is too short to say how it is written."""

    bom: bool | None
    eol: str | None
    is_ended: bool | None
    opening: str | None
    yaml: str | None
    closing: str | None
    body: tuple[str, ...]


_REFUSED = Merged("", ok=False)


def merge_notes(base: str, ours: str, theirs: str, *, kind: str) -> Merged:
    """Merge the texts of a note; `kind` is "journal" or "note", `base` is empty where both sides have added it.

    Keys that nobody touched stay byte for byte. A change beats what is as it was, an edit beats a removal, lists are
    united, and what is ticked stays so. A line ending, BOM or final newline that one side has changed is changed.
    An emptied note counts as removed. `ok` is False where the front matter of a side that counts can't be read.
    """
    if ours in (theirs, base):
        return Merged(theirs)
    if theirs == base:
        return Merged(ours)
    for one, other in ((ours, theirs), (theirs, ours)):
        if not one.strip():
            return Merged(other if other.strip() else max(ours, theirs))
    has_crlf = any(_is_crlf(text) for text in (base, ours, theirs))
    before, *sides = (_cut(text, has_crlf=has_crlf) for text in (base, ours, theirs))
    if any(split_note(text).unclosed for text in (base, ours, theirs)):
        return _REFUSED
    # Each part is sorted for itself, so that nothing depends on who merges, nor on what stands elsewhere in the note.
    yaml, *others = sorted([cut.yaml for cut in sides], key=lambda yaml: yaml or "")
    bodies = sorted([cut.body for cut in sides])
    clashes: tuple[Clash, ...] = ()
    if yaml == before.yaml:
        yaml = others[0]
    elif others[0] not in (yaml, before.yaml):
        from prmvault.core.merge_front import NotMergeableError, merge_fronts
        from prmvault.core.yaml_text import yaml_flow

        try:
            yaml, lost = merge_fronts(before.yaml, yaml, others[0])
        except NotMergeableError:
            return _REFUSED
        clashes = tuple(Clash(".".join(each.path), yaml_flow(each.kept), yaml_flow(each.other)) for each in lost)
    body, more = merge_bodies(before.body, bodies[0], bodies[1], kind)
    return _put_together((before, sides[0], sides[1]), yaml, body, (*clashes, *more))


def _put_together(
    versions: tuple[_Cut, _Cut, _Cut], yaml: str | None, body: Sequence[str], clashes: tuple[Clash, ...]
) -> Merged:
    """Return the note that has these parts; refuse what would be cut into other ones."""
    before, left, right = versions
    lines: list[str] = []
    if yaml is not None:
        opening = _one_of(before.opening, left.opening, right.opening, min) or "---"
        closing = _one_of(before.closing, left.closing, right.closing, min) or "---"
        lines = [opening, *yaml.split("\n")[:-1], closing]
    text = "\n".join([*lines, *body])
    parts = split_note(text)
    if parts.unclosed or parts.yaml != yaml or parts.body != "\n".join(body):
        return _REFUSED
    if _one_of(before.is_ended, left.is_ended, right.is_ended, max) and (lines or body):
        text += "\n"
    if _one_of(before.eol, left.eol, right.eol, min) == "\r\n":
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    bom = _one_of(before.bom, left.bom, right.bom, min)
    return Merged(_BOM + text if bom else text, clashes)


def _is_crlf(text: str) -> bool:
    return 0 < text.count("\n") == text.count("\r\n")


def _cut(text: str, *, has_crlf: bool) -> _Cut:
    """Cut a note; with `has_crlf` one that has some lines with \\r\\n is read as if all were so.

    Then another version is written so, and a program that added lines of its own did not mean the others.
    """
    if not text:
        return _Cut(None, None, None, None, None, None, ())
    bom = text.startswith(_BOM)
    text = text.removeprefix(_BOM)
    is_crlf = _is_crlf(text) or (has_crlf and "\r\n" in text)
    eol = None if "\n" not in text else "\r\n" if is_crlf else "\n"
    if eol == "\r\n":
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    is_ended = not lines[-1]
    if is_ended:
        lines.pop()
    parts = split_note(text)
    if parts.yaml is None:
        return _Cut(bom, eol, is_ended, None, None, None, tuple(lines))
    at = parts.body_line - 1
    return _Cut(bom, eol, is_ended, lines[0], parts.yaml, lines[at - 1], tuple(lines[at:]))


def _one_of(base: _T | None, left: _T | None, right: _T | None, otherwise: Callable[[_T, _T], _T]) -> _T | None:
    """Return what one side has changed, or, where both have, what `otherwise` chooses."""
    if left is None or right is None:
        return right if left is None else left
    if left in (right, base):
        return right
    return left if right == base else otherwise(left, right)
