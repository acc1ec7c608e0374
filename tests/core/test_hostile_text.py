"""100 kB of whatever a pattern may not like: each must be done within seconds, not hours."""

from __future__ import annotations

import importlib
import pkgutil
import re
import signal
import threading
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import prmvault.core
from prmvault.core.body_edit import add_item, add_log_line
from prmvault.core.channels import channel_of, channel_words
from prmvault.core.dates import parse_partial_date
from prmvault.core.edit import set_value
from prmvault.core.fences import split_note
from prmvault.core.file_names import portable_file_name
from prmvault.core.frontmatter import parse_yaml_text
from prmvault.core.gifts import gift_words
from prmvault.core.gists import gist, gist_beside
from prmvault.core.kinds import KINDS
from prmvault.core.links import rewrite_links
from prmvault.core.markdown import parse_body, plain_text
from prmvault.core.mentions import link_mentions, mention_words
from prmvault.core.names import name_key
from prmvault.core.note import Reading, is_conflict_copy, parse_note
from prmvault.core.people import Name, linked_name, phone_key
from prmvault.core.problems import PrmvaultError
from prmvault.core.relations import relation_of, relation_words
from prmvault.core.schema import note_types
from prmvault.core.tasks import complete_task
from prmvault.core.threads import Said, open_threads
from prmvault.vault.read_settings import parse_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

SIZE = 100_000
A_DAY = date(2026, 11, 20)
SECONDS = 2
MODULES = [
    *(f"prmvault.core.{found.name}" for found in pkgutil.iter_modules(prmvault.core.__path__)),
    "prmvault.vault.settings",
]

PIECES = [
    *("a", "1", " ", "\t", "\n", "-", "~", "`", "#", "[", "(", ":", "'"),
    *("[[", "[[a", "[[a|", "![[a]]", " #a/", "- ", "- [ ] ", "- a\n", "> > ", "1. ", "```\n", "`a` "),
    *(" 📅 2026-12-0", "🔁 every ", "[due:: ", " ^a", "](#a"),
    *("1 000", "1.000,", "1,", "1 EUR ", "12:30 - ", "18 Uhr", "2026-12-01 ", "--01-0"),
    *(
        "a:",
        "a: #",
        "---\n",
        "<<<<<<< ",
        "%Y",
        "(conflicted copy ",
        "(Konflikt ",
        "http://a",
        "a@b",
        "ae",
        "\u0308",
        "\u2028",
    ),
]
TEXTS = [
    *((piece * (SIZE // len(piece) + 1))[:SIZE] for piece in PIECES),
    *(f"{piece}{'a' * SIZE}" for piece in ("[[", "#", "- [ ] ", "`", "a: ", "[due:: ", "(", "http://", " ^")),
    *(f"{piece}{' ' * SIZE}{piece}" for piece in ("a", "-", "---", "#", "📅", "1", "[[", "a:")),
    *(f"{piece}{'1' * SIZE}x" for piece in ("", "1.", "20", "+", "-", "2026-")),
]


@contextmanager
def at_most(seconds: float, what: str) -> Iterator[None]:
    """Fail when the block takes longer; a regular expression can be interrupted by a signal only."""

    def too_late(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"{what} takes more than {seconds} s")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def patterns_in(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from patterns_in(part, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        yield from patterns_in([*value, *value.values()], depth + 1)


def all_patterns() -> dict[str, re.Pattern[str]]:
    found = {}
    for module in MODULES:
        for name, value in vars(importlib.import_module(module)).items():
            for number, pattern in enumerate(patterns_in(value)):
                found[f"{module}.{name}.{number}"] = pattern
    return found


PATTERNS = all_patterns()


def test_the_patterns_of_the_modules_are_found() -> None:
    assert len(PATTERNS) >= 30
    assert {"prmvault.core.markdown._LINK.0", "prmvault.core.note._TIME.0"} <= set(PATTERNS)


def test_the_watchdog_stops_a_pattern_that_never_ends() -> None:
    assert threading.current_thread() is threading.main_thread()
    with pytest.raises(AssertionError, match="takes more than"), at_most(0.2, "it"):
        re.fullmatch("(?:a+)+b", "a" * 60)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_pattern_is_done_with_hostile_text_soon(name: str) -> None:
    pattern = PATTERNS[name]
    for text in TEXTS:
        with at_most(SECONDS, f"{name} on {text[:20]!r}…"):
            pattern.fullmatch(text)
            for _ in pattern.finditer(text):
                pass


READING = Reading(note_types(), channel_words({}))
RELATIONS = relation_words()


def read_kinds(text: str) -> None:
    for kind in KINDS.values():
        kind(text, lambda *_: None)
        kind([{"person": text, "date": text, "amount": text}], lambda *_: None)


FUNCTIONS: dict[str, Callable[[str], Any]] = {
    "split_note": split_note,
    "parse_body": parse_body,
    "plain_text": plain_text,
    "parse_yaml_text": lambda text: parse_yaml_text("x.yaml", text),
    "front matter": lambda text: parse_note("people/A.md", f"---\na: {text}\n---\n", READING),
    "quoted front matter": lambda text: parse_note(
        "people/A.md", f'---\nbirthday: "{text}"\nrelated: "{text}"\n---\n', READING
    ),
    "person": lambda text: parse_note("people/A.md", f"## Log\n- 2026-01-01 {text}\n- [ ] {text}", READING),
    "day": lambda text: parse_note("journal/2026-01-01.md", f"- [[A]] {text}\n{text}", READING),
    "file name": lambda text: parse_note(f"journal/{text}.md", "", READING),
    "is_conflict_copy": is_conflict_copy,
    "channel_of": lambda text: channel_of(text, READING.channels),
    "kinds": read_kinds,
    "name_key": name_key,
    "portable_file_name": lambda text: portable_file_name("x" + text),
    "phone_key": phone_key,
    "linked_name": linked_name,
    "relation_of": lambda text: relation_of(text, RELATIONS),
    "parse_settings": lambda text: parse_settings(
        f'language: "{text}"\ncadence: {{a: "{text}"}}\njournal_file: "{text}%Y%m%d.md"'
    ),
    "add_item": lambda text: done_or_refused(add_item, "- a\n", text),
    "add_log_line": lambda text: done_or_refused(add_log_line, text, "2026-01-01 a", ("log",), "Log"),
    "complete_task": lambda text: done_or_refused(complete_task, f"- [ ] 🔁 every week 📅 2026-01-01 {text}", 1, A_DAY),
    "rewrite_links": lambda text: done_or_refused(rewrite_links, f"---\na: {text}\n---\n{text}", lambda _: "b"),
    "link_mentions": lambda text: link_mentions(text, [Name("ann", 1, "people/Ann.md", "Ann")], lambda _: "Ann"),
    "mention_words": mention_words,
    "gist": lambda text: gist(text) + gist_beside(text, {"x"}),
    "gift_words": gift_words,
    "open_threads": lambda text: open_threads(
        [Said("2026-11-08", "", "", text, "j.md", 1, mention) for mention in (False, True)], (), A_DAY
    ),
    "set_value": lambda text: done_or_refused(set_value, f"---\na: {text}\n---\n", ("b",), text),
}


def done_or_refused(change: Callable[..., Any], *arguments: Any) -> None:
    with suppress(PrmvaultError):
        change(*arguments)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_reader_is_done_with_hostile_text_soon(name: str) -> None:
    for text in TEXTS:
        with at_most(SECONDS, f"{name} on {text[:20]!r}…"):
            FUNCTIONS[name](text)


def test_a_date_of_any_length_is_refused_soon() -> None:
    for text in TEXTS:
        with at_most(SECONDS, "parse_partial_date"), pytest.raises(ValueError, match="is not a date"):
            parse_partial_date(text)
