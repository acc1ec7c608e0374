"""The language of queries: text → a small tree of values.

Words are joined by AND; `"phrases"`, `prefix*`, `fuzzy~`, `key:value`, `date:2026-01..2026-03`, `OR`, `NOT` or `-`, and
parentheses. A query is a person's and never fails for its form: what makes no sense as a sign is a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from unicodedata import normalize

from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.search.analysis import words

_TOKEN = re.compile(r'-?\(|\)|-?(?:[\w./-]{1,60}:)?"[^"]{0,500}"?[*~]?|[^\s()"]+')
_KEYED = re.compile(r"([^\W\d_][\w.-]{0,59}):(.{1,500})", re.DOTALL)
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_MAX_CHARACTERS = 2000
_MAX_TOKENS = 100
_MAX_DEPTH = 20


class Word(NamedTuple):
    """A word, folded; `spelled` is how it was typed (lower case), for ranking."""

    text: str
    spelled: str = ""


class Prefix(NamedTuple):
    """The beginning of a word, folded."""

    text: str


class Fuzzy(NamedTuple):
    """A word that may be spelled a little differently, folded."""

    text: str


class Phrase(NamedTuple):
    """Words in a row, folded."""

    words: tuple[str, ...]


class Keyed(NamedTuple):
    """`key:value`, the value as typed."""

    key: str
    value: str


class DateRange(NamedTuple):
    """Days from `first` to `last`, both as numbers 20261121 and both included."""

    first: int
    last: int


class Not(NamedTuple):
    """What is not to match."""

    node: Node


class And(NamedTuple):
    """All of them."""

    nodes: tuple[Node, ...]


class Or(NamedTuple):
    """Any of them."""

    nodes: tuple[Node, ...]


Node = Word | Prefix | Fuzzy | Phrase | Keyed | DateRange | Not | And | Or


def parse_query(text: str) -> Node:
    """Read a query; raises PrmvaultError (usage) where nothing is left to search for, or for a bad date range."""
    if len(text) > _MAX_CHARACTERS:
        raise PrmvaultError(f"the query is longer than {_MAX_CHARACTERS} characters", exit_code=EXIT_USAGE)
    tokens = _TOKEN.findall(text)[:_MAX_TOKENS]
    node, _ = _alternatives(tokens, 0, 0)
    if node is None:
        hint = "type a word, a name or key:value; see prmvault search --help"
        raise PrmvaultError("there is nothing to search for", exit_code=EXIT_USAGE, hint=hint)
    return node


def _alternatives(tokens: Sequence[str], at: int, depth: int) -> tuple[Node | None, int]:
    """Read up to the closing parenthesis or the end; AND binds closer than OR."""
    groups: list[list[Node]] = [[]]
    negated = False
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token == ")":  # noqa: S105 - a sign of the query language
            if depth:
                break
            continue
        if token == "OR":  # noqa: S105 - a word of the query language
            groups.append([])
            continue
        if token == "AND":  # noqa: S105
            continue
        if token == "NOT":  # noqa: S105
            negated = not negated
            continue
        node: Node | None
        if token in ("(", "-("):
            if depth >= _MAX_DEPTH:
                continue
            node, at = _alternatives(tokens, at, depth + 1)
            negated = negated != (token == "-(")  # noqa: S105
        elif len(token) > 1 and token[0] == "-":
            node, negated = _single(token[1:]), not negated
        else:
            node = _single(token)
        if node is not None:
            groups[-1].append(Not(node) if negated else node)
        negated = False
    alternatives = [_joined(And, group) for group in groups if group]
    return (_joined(Or, alternatives) if alternatives else None), at


def _joined(kind: type[And | Or], nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))


def _single(token: str) -> Node | None:
    keyed = _KEYED.fullmatch(token)
    if keyed and not keyed[2].startswith("//"):
        key, value = keyed[1].casefold(), keyed[2].strip('"').strip()
        if key == "date":
            return _date_range(value)
        return Keyed(key, value) if words(value) or any(c.isalnum() for c in value) else None
    ending = token[-1] if token[-1] in "*~" else ""
    found = words(token)
    if not found:
        return None
    if len(found) > 1 or token.startswith('"'):
        return Phrase(tuple(found))
    if ending == "*":
        return Prefix(found[0])
    if ending == "~":
        return Fuzzy(found[0])
    return Word(found[0], normalize("NFC", token).strip(".,;:!?'\"").lower())


def _date_range(value: str) -> DateRange:
    """Read `2026`, `2026-11`, `2026-11-21`, `2026-01..2026-03`, `2026..` or `..2026`."""
    first, dots, last = value.partition("..")
    if not dots:
        last = first
    numbers = []
    for text, missing in ((first.strip(), (1, 1)), (last.strip(), (12, 31))):
        match = _PARTIAL.fullmatch(text)
        if match:
            numbers.append(int(match[1]) * 10000 + int(match[2] or missing[0]) * 100 + int(match[3] or missing[1]))
        elif not text and dots:
            numbers.append(0 if missing == (1, 1) else 99991231)
        else:
            hint = "write date:2026, date:2026-11 or date:2026-01..2026-03"
            raise PrmvaultError(f"{value!r} is not a range of dates", exit_code=EXIT_USAGE, hint=hint)
    return DateRange(numbers[0], numbers[1])
