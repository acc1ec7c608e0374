"""`search`: hits with path, line and snippet."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from prmvault.cli.search import _text
from tests.fixtures import without_color

HIT_KEYS = {"path", "type", "title", "date", "score", "line", "snippet"}


def hits(prmvault: Any, root: str, *arguments: str) -> list[dict[str, Any]]:
    done = prmvault("-C", root, "search", "--json", *arguments)
    assert done.code == (0 if json.loads(done.out) else 1)
    return list(json.loads(done.out))


def test_a_hit_has_exactly_the_keys_that_scripts_rely_on(prmvault: Any, example: str) -> None:
    for hit in hits(prmvault, example, "telescope"):
        assert set(hit) == HIT_KEYS


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (["Teleskop", "-t", "person"], "people/Mila Weißhaupt.md:8"),
        (["telescope", "-t", "journal"], "journal/2026/2026-05-03.md:4"),
        (["garden bench"], "journal/2026/2026-11-08.md:7"),
        (["Drehorgelspieler"], "people/Wilhelm Bruch.md:9"),
        (['"spare key"'], "people/Lan Nguyễn.md:"),
        (["Zwetschgenkuchen", "-t", "note"], "recipes/Omas Zwetschgenkuchen.md:"),
    ],
)
def test_a_question_finds_its_place(prmvault: Any, example: str, query: list[str], place: str) -> None:
    assert any(f"{hit['path']}:{hit['line']}".startswith(place) for hit in hits(prmvault, example, *query))


def test_the_lines_of_a_search_are_as_agreed(
    prmvault: Any, example: str, terminal: Callable[[int], None], golden: Any
) -> None:
    text = prmvault("-C", example, "search", "person:Oma", "bench").out
    terminal(80)
    colored = prmvault("-C", example, "search", "person:Oma", "bench").out
    golden("search.txt", f"{text}\n{colored.replace(chr(27), '<ESC>')}")
    assert "".join(without_color(colored).split()) == "".join(text.split())


@pytest.mark.parametrize("columns", [30, 80, 120])
def test_a_line_is_broken_between_words(
    prmvault: Any, example: str, terminal: Callable[[int], None], columns: int
) -> None:
    terminal(columns)
    done = prmvault("-C", example, "search", "person:Oma", "--color", "never")
    words = set(done.out.split())
    for line in done.out.splitlines():
        assert cell_len(line) <= columns or " " not in line.strip()
    assert "[[Oma" in words


def test_newest_first_where_dates_order(prmvault: Any, example: str) -> None:
    dates = [hit["date"] or "" for hit in hits(prmvault, example, "person:Oma", "--sort", "date")]
    assert dates == sorted(dates, reverse=True)
    assert dates[0] == "2026-11-21"


def test_the_number_of_hits_has_a_limit(prmvault: Any, example: str) -> None:
    assert len(hits(prmvault, example, "person:Oma", "-n", "3")) == 3


def test_paths_are_for_xargs(prmvault: Any, example: str) -> None:
    lines = prmvault("-C", example, "search", "telescope", "--paths").out
    assert set(lines.splitlines()) == {hit["path"] for hit in hits(prmvault, example, "telescope")}
    assert prmvault("-C", example, "search", "telescope", "-0").out == lines.replace("\n", "\0")


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        (("garden", "bench"), "garden bench"),
        (("garden bench",), "garden bench"),
        (("two words", "third"), '"two words" third'),
        (("tag:x word", "third"), "tag:x word third"),
        (('"quoted words"', "third"), '"quoted words" third'),
    ],
)
def test_words_that_the_shell_kept_together_are_a_phrase(arguments: tuple[str, ...], query: str) -> None:
    assert _text(arguments) == query


@pytest.mark.parametrize("query", ["(", "date:soon", '""'])
def test_what_is_no_query_is_told(prmvault: Any, example: str, query: str) -> None:
    done = prmvault("-C", example, "search", query)
    assert (done.code, done.out) == (2, "")
    assert "    → " in done.err
