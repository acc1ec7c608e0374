"""Reading front matter: the text between the fences becomes a tree of text, with line numbers and problems.

Nothing is guessed: every scalar stays what was typed (YAML 1.1 would make 18:30 a number and `no` a false), and
the events of the YAML parser are walked before anything is built, because aliases and deep nesting can exhaust
memory and stack. python-frontmatter does the reading through the handler below and never writes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import frontmatter
import yaml
from frontmatter.default_handlers import BaseHandler

from prmvault.core.fences import OPENING, Parts, split_note
from prmvault.core.model import Value
from prmvault.core.problems import Problem

MAX_CHARACTERS = 128 * 1024
MAX_DEPTH = 32

# What YAML 1.1 takes for a line break and no editor does; noncharacters stand in for them while YAML reads.
_BREAKS = {"\r": "\ufdd0", "\x85": "\ufdd1", "\u2028": "\ufdd2", "\u2029": "\ufdd3"}
_BREAK_OF_YAML_ONLY = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_BREAKS_BACK = str.maketrans({stand_in: char for char, stand_in in _BREAKS.items()})
_NOT_IN_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COMMENT_FOR_VALUE = re.compile(r"^[^#\n]{1,200}?[:-][ \t]+#[^\s#]")
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class FrontMatter(NamedTuple):
    """What the front matter says.

    `lines` maps a key to its line in the file, `key.0`, `key.1` … to those of its list items, and `key.part` to those
    of a map's parts. `readable` is False where the YAML could not be read: then `values` is empty and no command may
    rewrite the note.
    """

    values: dict[str, Value]
    lines: dict[str, int]
    problems: tuple[Problem, ...]
    readable: bool


class _Refused(Exception):  # noqa: N818 - a signal inside this module, never seen outside of it
    def __init__(self, line: int, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.line, self.code, self.message, self.hint = line, code, message, hint


def parse_front_matter(path: str, text: str, parts: Parts) -> FrontMatter:
    """Read the front matter of a note whose `text` was cut into `parts`; `path` is for the problems."""
    if parts.unclosed:
        problem = Problem(
            path, 1, "missing-fence", "the front matter is not closed", "add a line --- below the last key"
        )
        return FrontMatter({}, {}, (problem,), readable=False)
    if parts.yaml is None:
        return FrontMatter({}, {}, (), readable=True)
    handler = _NoteHandler(path, parts)
    try:
        values, _ = frontmatter.parse(text, handler=handler)
    except _Refused as refused:
        problem = Problem(path, refused.line, refused.code, refused.message, refused.hint)
        return FrontMatter({}, {}, (problem,), readable=False)
    return FrontMatter(values, handler.lines, tuple(handler.problems), readable=True)


@lru_cache(maxsize=8)
def known_front_matter(text: str) -> FrontMatter:
    """Return the front matter of a note's `text`, the last few of which are remembered: do not change what it returns.

    It is for notes that are being changed: each step reads what the one before has written.
    """
    return parse_front_matter("", text, split_note(text))


def parse_yaml_text(path: str, text: str) -> FrontMatter:
    """Read a whole YAML file (the settings) in the same guarded, text-only way."""
    parts = Parts(text.removeprefix("\ufeff"), "", 1, 1)
    handler = _NoteHandler(path, parts)
    try:
        values = handler.load(parts.yaml or "")
    except _Refused as refused:
        problem = Problem(path, refused.line, refused.code, refused.message, refused.hint)
        return FrontMatter({}, {}, (problem,), readable=False)
    return FrontMatter(values, handler.lines, tuple(handler.problems), readable=True)


def compose_front_matter(text: str) -> yaml.Node | None:
    """Return the tree of nodes of front matter that `parse_front_matter` found readable, marks as places in `text`.

    Comments alone have no node. Not for text that was not read before: nothing guards it here.
    """
    return yaml.compose(_BREAK_OF_YAML_ONLY.sub(lambda char: _BREAKS[char[0]], text), Loader=_Loader)


class _NoteHandler(BaseHandler):  # type: ignore[misc]
    """python-frontmatter's handler for a note: our fences, our guard, text only."""

    FM_BOUNDARY = OPENING

    def __init__(self, path: str, parts: Parts) -> None:
        super().__init__()
        self.path = path
        self.parts = parts
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self._source: list[str] | None = None
        self._has_stand_ins = False

    def split(self, text: str) -> tuple[str, str]:  # noqa: ARG002 - cut already, with lines
        return self.parts.yaml or "", self.parts.body

    def load(self, fm: str) -> dict[str, Value]:
        first = self.parts.yaml_line
        if len(fm) > MAX_CHARACTERS:
            raise _Refused(
                first,
                "too-large",
                f"the front matter has {len(fm):,} characters, at most {MAX_CHARACTERS:,} are read",
                "move long text into the body",
            )
        try:
            if _BREAK_OF_YAML_ONLY.search(fm) is None:
                return self._build(fm)
            self._has_stand_ins = True
            return self._build(_BREAK_OF_YAML_ONLY.sub(lambda char: _BREAKS[char[0]], fm))
        except (yaml.YAMLError, UnicodeEncodeError) as error:
            raise _refusal(error, fm, first) from None

    def _build(self, text: str) -> dict[str, Value]:
        """Walk the parser's events once: guard, build, and note the lines."""
        events = yaml.parse(text, Loader=_Loader)
        result: dict[str, Value] = {}
        documents = 0
        for event in events:
            if isinstance(event, yaml.MappingStartEvent):
                result = self._mapping(event, events, "", 1)
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    line = self._line_of(event)
                    message = "to YAML, the front matter ends before this line"
                    raise _Refused(line, "bad-yaml", message, 'put text that begins with --- in "quotes"')
            elif isinstance(event, yaml.ScalarEvent) and event.value == "":
                continue
            elif isinstance(event, yaml.ScalarEvent | yaml.SequenceStartEvent):
                raise _Refused(
                    self._line_of(event),
                    "not-keys",
                    "the front matter is not made of `key: value` lines",
                    "write each fact as `key: value`, or remove the --- lines",
                )
        return result

    def _mapping(self, start: yaml.Event, events: object, prefix: str, depth: int) -> dict[str, Value]:
        line = self._guard(start, depth)
        result: dict[str, Value] = {}
        for event in events:  # type: ignore[attr-defined]
            if isinstance(event, yaml.MappingEndEvent):
                return result
            line = self._guard(event, depth)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Refused(line, "bad-key", "a key is not plain text", 'put text with braces in "quotes"')
            key = self._text(event)
            if key == "<<" and event.implicit[0]:
                raise _Refused(line, "yaml-alias", "YAML merge keys are not read", "write the keys out")
            if key in result:
                self._report(line, "duplicate-key", f"{key!r} is there twice; the last one counts", "keep one")
            if prefix.count(".") <= 1:
                self.lines[prefix + key] = line
            result[key] = self._value(events, f"{prefix}{key}.", depth)
        return result

    def _value(self, events: object, prefix: str, depth: int) -> Value:
        return self._from_event(next(events), events, prefix, depth)  # type: ignore[call-overload]

    def _from_event(self, event: yaml.Event, events: object, prefix: str, depth: int) -> Value:
        line = self._guard(event, depth)
        if isinstance(event, yaml.ScalarEvent):
            if event.value in ("", "~") and not event.style:
                self._check_comment(line)
                return ""
            return self._text(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(event, events, prefix, depth + 1)
        items: list[Value] = []
        end = event
        for item in events:  # type: ignore[attr-defined]
            if isinstance(item, yaml.SequenceEndEvent):
                end = item
                break
            if prefix.count(".") == 1:
                self.lines[f"{prefix}{len(items)}"] = self._line_of(item)
            items.append(self._from_event(item, events, f"{prefix}{len(items)}.", depth + 1))
        return self._link_or_list(items, event, end, line)

    def _text(self, event: yaml.ScalarEvent) -> str:
        value: str = event.value
        return value.translate(_BREAKS_BACK) if self._has_stand_ins else value

    def _link_or_list(self, items: list[Value], start: yaml.Event, end: yaml.Event, line: int) -> Value:
        """Return `items`, or the link that the user meant: `[[Ann]]` without quotes is a nested list to YAML."""
        if len(items) != 1 or not isinstance(items[0], list):
            return items
        first, last = start.start_mark, end.end_mark
        assert first is not None
        assert last is not None
        if first.line != last.line or any(not isinstance(part, str) for part in items[0]):
            return items
        written = self._line_text(first.line)[first.column : last.column]
        if not (written.startswith("[[") and written.endswith("]]")):
            return items
        self._report(line, "unquoted-link", f"the link {written} has no quotes", f'write "{written}"')
        return written

    def _guard(self, event: yaml.Event, depth: int) -> int:
        line = self._line_of(event)
        if depth > MAX_DEPTH:
            raise _Refused(line, "too-deep", f"more than {MAX_DEPTH} levels of nesting", "make it flatter")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(
                line, "yaml-alias", "YAML anchors and aliases (& and *) are not read", 'put the text in "quotes"'
            )
        tag = getattr(event, "tag", None)
        if tag:
            self._report(line, "yaml-tag", f"the YAML tag {tag} is ignored", 'put the text in "quotes"')
        return line

    def _line_of(self, event: yaml.Event) -> int:
        mark = event.start_mark
        assert mark is not None, "an event that was parsed has its place"
        return mark.line + self.parts.yaml_line

    def _check_comment(self, line: int) -> None:
        written = self._line_text(line - self.parts.yaml_line)
        if _COMMENT_FOR_VALUE.match(written):
            self._report(line, "comment-value", "what follows # is a comment to YAML", 'put it in "quotes"')

    def _line_text(self, index: int) -> str:
        if self._source is None:
            self._source = (self.parts.yaml or "").split("\n")
        return self._source[index] if index < len(self._source) else ""

    def _report(self, line: int, code: str, message: str, hint: str) -> None:
        self.problems.append(Problem(self.path, line, code, message, hint))


def _refusal(error: Exception, text: str, first_line: int) -> _Refused:
    """Say in one line what the YAML parser could not read, and the likely remedy."""
    mark = getattr(error, "problem_mark", None)
    bad = _NOT_IN_YAML.search(text)
    if mark is None and bad is not None:
        line = text.count("\n", 0, bad.start()) + first_line
        message = f"the front matter holds the control character U+{ord(bad[0]):04X}"
        return _Refused(line, "control-character", message, "remove it")
    index, what = mark.line if mark else 0, str(getattr(error, "problem", "") or "unreadable")
    # What is not closed is noticed later; it stands where the parser began to read it.
    context = str(getattr(error, "context", ""))
    begin = getattr(error, "context_mark", None)
    for reading, unclosed in _UNCLOSED.items():
        if begin is not None and reading in context:
            index, what = begin.line, unclosed
    lines = text.split("\n")
    index = min(index, len(lines) - 1)
    while index and not lines[index].strip():
        index -= 1  # Noticed at the end, below the last line that says something.
    return _Refused(index + first_line, "bad-yaml", f"the front matter is not YAML: {what}", _hint(lines[index]))


_UNCLOSED = {
    "while scanning a quoted": "a quote is not closed",
    "while scanning a simple key": "this line is no `key: value`",
    "while parsing a flow": "a bracket is not closed, or a comma is missing",
}


def _hint(line: str) -> str:
    if "\t" in line:
        return "replace the tab by blanks"
    if "{{" in line:
        return 'put text with {{ }} in "quotes"'
    if "[[" in line:
        return 'put each [[link]] in "quotes", several as a list'
    if re.search(r"[\[{,]\s{0,9}#", line):
        return 'put each #tag in "quotes", or write it without #'
    if line.count(":") > 1:
        return 'put a value that holds a colon in "quotes"'
    return 'look at quotes, blanks after the colon and indentation; "quotes" around the value help most often'
