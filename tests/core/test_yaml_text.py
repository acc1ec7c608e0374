"""Texts, lists and maps written as YAML: every reader gets the same back, and dates stay bare."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.frontmatter import parse_yaml_text
from prmvault.core.yaml_text import Layout, yaml_entry, yaml_flow, yaml_text, yaml_text_like

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufdd0\ufdd1\ufdd2\ufdd3"), max_size=40)
LOOKALIKES = st.from_regex(r"[-+~.]?[0-9a-fxobnulyes_.:, -]{1,8}", fullmatch=True)
VALUES = st.recursive(
    TEXTS | LOOKALIKES | st.sampled_from(["one\ntwo", "one\n\ntwo\n", "[[Ann]]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
LAYOUTS = st.builds(Layout, st.booleans(), st.sampled_from([0, 2, 4]), st.sampled_from([1, 2, 4]))


class Core(yaml.SafeLoader):
    """A loader with the types of YAML 1.2's core schema (chapter 10.3.2)."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as PyYAML has it


for kind, pattern in {
    "null": "null|Null|NULL|~|",
    "bool": "true|True|TRUE|false|False|FALSE",
    "int": "[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
}.items():
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"), None)


@pytest.mark.parametrize(
    "text",
    [
        *("Anna Müller", "李小龍", "it's", "a, b", "0170 123", "+49 30 1", "030/123-45", "20 EUR", "3 weeks", "50%"),
        *("1987-03-14", "1987-03", "1987", "~1987", "--03-14", "03-14", "2026-12-05 19:30"),
        *("anna@example.org", "https://example.org/a#b", "urn:uuid:0b8e", "C#", "a [b]", "(x)", "what?", "/etc"),
    ],
)
def test_what_every_reader_takes_as_it_is_stands_bare(text: str) -> None:
    assert yaml_text(text, in_flow=False) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", " a", "a ", "yes", "No", "ON", "off", "y", "N", "true", "null", "~", "<<", "="),
        *(
            "0",
            "12",
            "0170",
            "0170123",
            "+49",
            "1_000",
            "1,000",
            "1.5",
            ".5",
            "1e3",
            "0x1F",
            "0o17",
            ".inf",
            "-.INF",
            ".NaN",
        ),
        *("12:30", "1:30:00", "1990-02-30", "0170-03-14", "2026-11-21T10:00:00Z", "--13-01", "-", "---", "..."),
        *(
            "a: b",
            "a:",
            "a #b",
            "#tag",
            "- a",
            "? a",
            "[x]",
            "{x}",
            "[[Ann]]",
            "with [[Ann]]",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
        ),
        *("'a'", '"a"', "%a", "@a", "`a`", "a\nb", "a\tb", "\x07", "\x85", "\u2028", "\ufeff", "a\u202eb"),
    ],
)
def test_what_some_reader_takes_otherwise_stands_in_double_quotes(text: str) -> None:
    written = yaml_text(text, in_flow=False)
    assert written.startswith('"')
    assert written.isprintable()
    assert parse_yaml_text("x", f"key: {written}\n").values == {"key": text}


@pytest.mark.parametrize("text", ["a, b", "a [b]", "a{b}", "what?"])
def test_in_brackets_more_has_to_be_quoted(text: str) -> None:
    assert yaml_text(text) == f'"{text}"'


@given(TEXTS | LOOKALIKES, st.booleans())
def test_typed_readers_of_both_versions_read_the_same_text(text: str, in_flow: bool) -> None:
    written = yaml_text(text, in_flow=in_flow)
    if re.fullmatch("[0-9]{4}(-[0-9]{2}-[0-9]{2})?", written):
        return  # A date stays bare.
    source = f"key: [{written}]\n" if in_flow else f"key:\n- {written}\n"
    for loader in (yaml.SafeLoader, Core):
        assert yaml.load(source, Loader=loader) == {"key": [text]}


@given(VALUES)
def test_values_in_brackets_read_back(value: Any) -> None:
    assert parse_yaml_text("x", f"key: {yaml_flow(value)}\n").values == {"key": value}


@given(TEXTS, VALUES, st.integers(0, 4), LAYOUTS)
def test_entries_read_back_in_every_layout(key: str, value: Any, column: int, layout: Layout) -> None:
    read = parse_yaml_text("x", f"{' ' * column}{yaml_entry(key, value, column, layout)}\n{' ' * column}end: x\n")
    assert read.values == {key: value, "end": "x"}
    assert read.problems == ()


@given(TEXTS, st.sampled_from([None, "", "'", '"', "|", ">"]), st.sampled_from(["x", "3"]), st.booleans())
def test_a_text_in_the_style_of_another_reads_back(text: str, style: str | None, was: str, in_flow: bool) -> None:
    written = yaml_text_like(text, style, was, in_flow=in_flow)
    assert "\n" not in written
    assert parse_yaml_text("x", f"key: [{written}]\n" if in_flow else f"key:\n - {written}\n").values == {"key": [text]}


@pytest.mark.parametrize(
    ("value", "layout", "written"),
    [
        ("x", Layout(), "key: x"),
        ("one\ntwo\n", Layout(), "key: |\n  one\n  two"),
        (["x", "a, b"], Layout(), "key:\n  - x\n  - a, b"),
        (["x", "a, b"], Layout(dash=0), "key:\n- x\n- a, b"),
        (["x", "a, b"], Layout(flow_lists=True), 'key: [x, "a, b"]'),
        ({"on": "2026-01-02", "no": "x"}, Layout(), "key: {on: 2026-01-02, no: x}"),
        ({"a": {"b": "x"}}, Layout(step=4), "key:\n    a: {b: x}"),
        ([{"a": "x"}, {"b": "long " * 24 + "z"}], Layout(), f"key:\n  - {{a: x}}\n  - b: {'long ' * 24}z"),
        (
            [{"b": "long " * 24 + "z", "c": "1\n2"}],
            Layout(),
            f"key:\n  - b: {'long ' * 24}z\n    c: |-\n      1\n      2",
        ),
        ([["[[Ann]]"]], Layout(), 'key:\n  - ["[[Ann]]"]'),
        ([[["x"]]], Layout(), "key:\n  - [ [x] ]"),
        ([], Layout(), "key: []"),
        ({}, Layout(), "key: {}"),
    ],
)
def test_lists_and_maps_are_laid_out_as_people_do(value: Any, layout: Layout, written: str) -> None:
    assert yaml_entry("key", value, 0, layout) == written
