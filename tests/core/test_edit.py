"""Edits of front matter: what each one changes, that nothing else changes, and what is refused."""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from prmvault.core import edit, frontmatter
from prmvault.core.edit import append_value, remove_value, set_value
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import MAX_CHARACTERS, FrontMatter, parse_front_matter
from prmvault.core.problems import PrmvaultError
from tests.core.odd_front_matter import Odd, added_values, odd_notes

BODY = "Body --- with a rule\n---\n\n- a: b\n"
Path = tuple[str | int, ...]


def note(front: str, *, eol: str = "\n", bom: str = "") -> str:
    return bom + f"---\n{front}---\n{BODY}".replace("\n", eol)


def read(text: str) -> FrontMatter:
    return parse_front_matter("", text, split_note(text))


@pytest.fixture(params=["C", "Python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """PyYAML has two parsers; without libyaml the slow one is used."""
    if request.param == "Python":
        monkeypatch.setattr(frontmatter, "_Loader", yaml.BaseLoader)
    return str(request.param)


# Before, path, value, after.
SET: list[tuple[str, Path, Any, str]] = [
    # A key that is there, a key that is not.
    ("a: x\nb: y\n", ("a",), "z", "a: z\nb: y\n"),
    ("a: x\n", ("birthday",), "1987-03-14", "a: x\nbirthday: 1987-03-14\n"),
    ("a: x\n\n\n# the end\n", ("b",), "w", "a: x\nb: w\n\n\n# the end\n"),
    ("a: x\n  # about a\n", ("b",), "w", "a: x\n  # about a\nb: w\n"),
    ("", ("a",), "x", "a: x\n"),
    ("# birthday: ?\n", ("a",), "x", "# birthday: ?\na: x\n"),
    ("  a: x\n", ("b",), "w", "  a: x\n  b: w\n"),
    ("{a: x}\n", ("b",), "w", "{a: x, b: w}\n"),
    # Comments, blanks and alignment stay.
    ("# top\na:   x   # why\nb: y\n", ("a",), "z", "# top\na:   z   # why\nb: y\n"),
    ("a:   # why\nb: y\n", ("a",), "z", "a: z   # why\nb: y\n"),
    ("a:  \nb: y\n", ("a",), "z", "a: z\nb: y\n"),
    ("a: ~\n", ("a",), "z", "a: z\n"),
    ("a:\n  x # why\nb: y\n", ("a",), "z", "a: z # why\nb: y\n"),
    ("a: x\n  y\nb: y\n", ("a",), "z", "a: z\nb: y\n"),
    # Quotes stay where they can, and are put where they have to be.
    ("a: 'x'\n", ("a",), "it's", "a: 'it''s'\n"),
    ('a: "x"\n', ("a",), "z", 'a: "z"\n'),
    ("a: 'x'\n", ("a",), "[[Ann]]", 'a: "[[Ann]]"\n'),
    ("a: 'x'\n", ("a",), "tab\t", 'a: "tab\\t"\n'),
    ("a: x\n", ("a",), "0170", 'a: "0170"\n'),
    ("mood: 3\n", ("mood",), "4", "mood: 4\n"),
    ("mood: 3\n", ("mood",), "04", 'mood: "04"\n'),
    ("mood: low\n", ("mood",), "4", 'mood: "4"\n'),
    ("a: [[Ann]]\n", ("a",), "[[Ben]]", 'a: "[[Ben]]"\n'),
    # Text of several lines.
    ("a: x # why\nb: y\n", ("a",), "one\ntwo", "a: |- # why\n  one\n  two\nb: y\n"),
    ("a: x\n", ("a",), "one\n\ntwo\n", "a: |\n  one\n\n  two\n"),
    ('a: "x"\n', ("a",), "one\ntwo", 'a: "one\\ntwo"\n'),
    ("a: x\n", ("a",), " one\ntwo", 'a: " one\\ntwo"\n'),
    ("a: |  # why\n  one\n  two\n\nb: y\n", ("a",), "z", "a: z  # why\n\nb: y\n"),
    ("a: >-\n  one\n  two\nb: y\n", ("a",), "1\n2", "a: |-\n  1\n  2\nb: y\n"),
    ("a: |+\n  one\n\n\nb: y\n", ("a",), "z", "a: z\nb: y\n"),
    ("a: |\n  one\n\n", ("b",), "w", "a: |\n  one\nb: w\n\n"),
    ("a: |+\n  one\n\n", ("b",), "w", "a: |+\n  one\n\nb: w\n"),
    ("a: x\n    \n", ("b",), "1\n2", 'a: x\nb: "1\\n2"\n    \n'),
    # In maps.
    ("met:\n  date: 2014 # June\n  where: X\n", ("met", "where"), "Z", "met:\n  date: 2014 # June\n  where: Z\n"),
    ("met:\n    date: 2014\nb: y\n", ("met", "where"), "Y", 'met:\n    date: 2014\n    where: "Y"\nb: y\n'),
    ("met: {date: 2014}\n", ("met", "where"), "a, b", 'met: {date: 2014, where: "a, b"}\n'),
    ("met: {date: 2014, where: X} # c\n", ("met", "where"), "Z", "met: {date: 2014, where: Z} # c\n"),
    ("met: {}\n", ("met", "where"), "X", "met: {where: X}\n"),
    ("met: { }  # c\n", ("met", "where"), "X", "met: {where: X}  # c\n"),
    ("met:\n", ("met", "where"), "X", "met: {where: X}\n"),
    ("a: x\n", ("met", "where"), "X", "a: x\nmet: {where: X}\n"),
    ("a: x\n", ("a b", "c", "d"), "X", "a: x\na b:\n  c: {d: X}\n"),
    ("m: {a, b: x}\n", ("m", "a"), "z", "m: {a: z, b: x}\n"),
    ("m: {a: , b: x}\n", ("m", "a"), "z", "m: {a: z , b: x}\n"),
    ('m: {"a":1}\n', ("m", "a"), "z", 'm: {"a": z}\n'),
    ("m: {\n  a: x, # c\n  b: y\n}\n", ("m", "c"), "z", "m: {\n  a: x, # c\n  b: y,\n  c: z\n}\n"),
    # In lists.
    (
        "r:\n  - {text: a}\n  - {text: b}\n",
        ("r", 1, "done"),
        "2026-01-02",
        "r:\n  - {text: a}\n  - {text: b, done: 2026-01-02}\n",
    ),
    ("r:\n- text: a # c\n- text: b\n", ("r", 0, "done"), "yes", 'r:\n- text: a # c\n  done: "yes"\n- text: b\n'),
    ("r: [a, 'b', c]\n", ("r", 1), "x", "r: [a, 'x', c]\n"),
    ("r: [home: 1, b]\n", ("r", 0, "home"), "x", "r: [home: x, b]\n"),
    ("r: [home: 1, b]\n", ("r", 0, "pref"), "x", "r: [{home: 1, pref: x}, b]\n"),
    ("r:\n  -   a: x # c\n      b: y\n", ("r", 0, "c"), "z", "r:\n  -   a: x # c\n      b: y\n      c: z\n"),
    ("r:\n  - a # c\n  -\n", ("r", 1), "b", "r:\n  - a # c\n  - b\n"),
    ("r:\n  - a # c\n", ("r", 0), {"x": "1\n2"}, "r:\n  - x: |- # c\n      1\n      2\n"),
    # Another shape.
    ("a: x # c\n", ("a",), ["b", "c"], "a: # c\n  - b\n  - c\n"),
    ("t: [a]\na: x # c\n", ("a",), ["b", "c"], "t: [a]\na: [b, c] # c\n"),
    ("a: [x, y] # c\n", ("a",), "z", "a: z # c\n"),
    ("a: # c\n  - x\n  - y\nb: z\n", ("a",), "z", "a: z # c\nb: z\n"),
    ("a:\n  b: x\n", ("a",), ["y"], 'a:\n  - "y"\n'),
    ("a: x\n", ("a",), {"b": "long " * 30 + "z"}, f"a:\n  b: {'long ' * 30}z\n"),
    ("a: x\n", ("a",), [], "a: []\n"),
    # A list or map that is set as a whole keeps what is the same in it.
    ("a:\n  - x # one\n  - y # two\n", ("a",), ["x", "z"], "a:\n  - x # one\n  - z # two\n"),
    ("a:\n  - x # one\n  - y # two\n", ("a",), ["y"], "a:\n  - y # two\n"),
    ("a:\n  - x # one\n", ("a",), ["x", "w", "v"], "a:\n  - x # one\n  - w\n  - v\n"),
    ("a: {x: 1, z: 2} # c\n", ("a",), {"z": "2", "w": "q"}, "a: {z: 2, w: q} # c\n"),
]

# Before, path, value, after.
APPEND: list[tuple[str, Path, Any, str]] = [
    ("a:\n  - x\nb: y\n", ("a",), "z", "a:\n  - x\n  - z\nb: y\n"),
    ("a:\n- x # c\n# d\nb: y\n", ("a",), "z", "a:\n- x # c\n- z\n# d\nb: y\n"),
    ("a:\n    -   x\n    # off\n\nb: y\n", ("a",), "z", "a:\n    -   x\n    # off\n    -   z\n\nb: y\n"),
    ("a: [x, y] # c\n", ("a",), "z", "a: [x, y, z] # c\n"),
    ("a: [x, y,]\n", ("a",), "z", "a: [x, y, z,]\n"),
    ("a: [ x ]\n", ("a",), "b, c", 'a: [ x, "b, c" ]\n'),
    ("a: []\n", ("a",), "z", "a: [z]\n"),
    ("a: [\n  x, # one\n  y  # two\n]\n", ("a",), "z", "a: [\n  x, # one\n  y,  # two\n  z\n]\n"),
    ("a: [\n  x,\n  y, # two\n]\n", ("a",), "z", "a: [\n  x,\n  y, # two\n  z,\n]\n"),
    ("a: [x,\n    y]\n", ("a",), "z", "a: [x,\n    y, z]\n"),
    ('a: ["x", "w"]\n', ("a",), "z", 'a: ["x", "w", "z"]\n'),
    ("a:\n  - 'x'\n", ("a",), "z", "a:\n  - 'x'\n  - 'z'\n"),
    ('a: ["[[Ann]]"]\n', ("a",), "Ben", 'a: ["[[Ann]]", Ben]\n'),
    ("a: x\n", ("tags",), "z", "a: x\ntags:\n  - z\n"),
    ("a: [x]\n", ("tags",), "z", "a: [x]\ntags: [z]\n"),
    ("a:\n- x\n", ("tags",), "z", "a:\n- x\ntags:\n- z\n"),
    ("tags:\n", ("tags",), "z", "tags:\n  - z\n"),
    ("p: 0170 123 # work\n", ("p",), "030 99", "p:\n  - 0170 123 # work\n  - 030 99\n"),
    ("t: [a]\np: 0170 123 # work\n", ("p",), "030 99", "t: [a]\np: [0170 123, 030 99] # work\n"),
    ("a: |\n  one\n  two\n", ("a",), "z", "a:\n  - |\n    one\n    two\n  - z\n"),
    ("m:\n  a: x # c\n  b: w\n", ("m",), {"a": "v"}, "m:\n  - a: x # c\n    b: w\n  - a: v\n"),
    ("m: {a: x}\n", ("m",), {"a": "v"}, "m:\n  - {a: x}\n  - {a: v}\n"),
    ("r:\n  - {text: a, on: 2026-01-01}\n", ("r",), {"text": "b: c", "on": "--01-02"},
     'r:\n  - {text: a, on: 2026-01-01}\n  - {text: "b: c", on: --01-02}\n'),
    ("r:\n- text: a\n  on: 1\n", ("r",), {"text": "b", "on": "2026-01-02"},
     "r:\n- text: a\n  on: 1\n- text: b\n  on: 2026-01-02\n"),
    ("a: x\n", ("r",), {"text": "b", "on": "2026-01-02"}, "a: x\nr:\n  - {text: b, on: 2026-01-02}\n"),
    ("e: [home: a@b.c]\n", ("e",), {"work": "d@e.f"}, "e: [home: a@b.c, work: d@e.f]\n"),
    ("e:\n  - home: a\n", ("e",), {"work": "d"}, "e:\n  - home: a\n  - work: d\n"),
    ("a:\n  - x\n", ("a",), "1\n2", "a:\n  - x\n  - |-\n    1\n    2\n"),
    ("m: {l: [x]}\n", ("m", "l"), "z", "m: {l: [x, z]}\n"),
    ("m:\n  l: x\n", ("m", "l"), "z", "m:\n  l:\n    - x\n    - z\n"),
    ("m:\n  n: x\n", ("m", "l"), "z", "m:\n  n: x\n  l:\n    - z\n"),
    ("s: [[Ann]]\n", ("s",), "[[Ben]]", 's:\n  - [[Ann]]\n  - "[[Ben]]"\n'),
    ("a:\n  -\n", ("a",), "z", "a:\n  -\n  - z\n"),
    ("a:\n  - [x]\n", ("a", 0), ["z"], "a:\n  - [x, [z]]\n"),
]  # fmt: skip

# Before, path, after.
REMOVE: list[tuple[str, Path, str]] = [
    ("a: x\nb: y\nc: z\n", ("b",), "a: x\nc: z\n"),
    ("# top\na: x # c\n  # more\n\n# next\nb: y\n", ("a",), "# top\n\n# next\nb: y\n"),
    ("a: x\n", ("a",), ""),
    ("a:\nb: y\n", ("a",), "b: y\n"),
    ("a: |\n  one\n  two\n\nb: y\n", ("a",), "\nb: y\n"),
    ("a:\n  - x\n  # c\n  - w\nb: y\n", ("a",), "b: y\n"),
    ("{a: x, b: y}\n", ("a",), "{b: y}\n"),
    # Items.
    ("a:\n  - x\n  - y # c\n  - z\n", ("a", 1), "a:\n  - x\n  - z\n"),
    ("a:\n- x\n# c\n- y\nb: z\n", ("a", 1), "a:\n- x\n# c\nb: z\n"),
    ("a: [x, y, z]\n", ("a", 0), "a: [y, z]\n"),
    ("a: [x, y, z] # c\n", ("a", 2), "a: [x, y] # c\n"),
    ("a: [x, y,]\n", ("a", 1), "a: [x,]\n"),
    ("a: [\n  x, # one\n  y, # two\n  z\n]\n", ("a", 1), "a: [\n  x, # one\n  z\n]\n"),
    ("a: [\n  x, # one\n  y # two\n]\n", ("a", 1), "a: [\n  x # one\n]\n"),
    ("a:\n  - b: x\n    c: y\n  - d\n", ("a", 0), "a:\n  - d\n"),
    # The last one takes the list with it, and the map.
    ("a:\n  - x\nb: y\n", ("a", 0), "b: y\n"),
    ("a: [x]\nb: y\n", ("a", 0), "b: y\n"),
    ("a:\n  - b: [x]\nc: y\n", ("a", 0, "b", 0), "c: y\n"),
    # Keys of maps.
    ("m:\n  a: x\n  b: y # c\n", ("m", "b"), "m:\n  a: x\n"),
    ("m: {a: x, b: y, c: z}\n", ("m", "b"), "m: {a: x, c: z}\n"),
    ("r:\n  - a: x # c\n    b: y\n  - d\n", ("r", 0, "a"), "r:\n  - b: y\n  - d\n"),
    ("r:\n  - a: x\n    b:\n      - y\n  - d\n", ("r", 0, "b"), "r:\n  - a: x\n  - d\n"),
]

EOLS = [("\n", ""), ("\r\n", ""), ("\n", "\ufeff"), ("\r\n", "\ufeff")]


@pytest.mark.parametrize(("eol", "bom"), EOLS)
@pytest.mark.parametrize(("before", "path", "value", "after"), SET)
def test_set_changes_these_lines(
    before: str, path: Path, value: Any, after: str, eol: str, bom: str, loader: str
) -> None:
    assert set_value(note(before, eol=eol, bom=bom), path, value) == note(after, eol=eol, bom=bom)


@pytest.mark.parametrize(("eol", "bom"), EOLS)
@pytest.mark.parametrize(("before", "path", "value", "after"), APPEND)
def test_append_adds_these_lines(
    before: str, path: Path, value: Any, after: str, eol: str, bom: str, loader: str
) -> None:
    assert append_value(note(before, eol=eol, bom=bom), path, value) == note(after, eol=eol, bom=bom)


@pytest.mark.parametrize(("eol", "bom"), EOLS)
@pytest.mark.parametrize(("before", "path", "after"), REMOVE)
def test_remove_takes_these_lines(before: str, path: Path, after: str, eol: str, bom: str, loader: str) -> None:
    assert remove_value(note(before, eol=eol, bom=bom), path) == note(after, eol=eol, bom=bom)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "---\na: x\n---\n"),
        ("Body", "---\na: x\n---\nBody"),
        ("\n\nBody\n", "---\na: x\n---\n\n\nBody\n"),
        ("Body\r\nmore", "---\r\na: x\r\n---\r\nBody\r\nmore"),
        ("\ufeffBody\n", "\ufeff---\na: x\n---\nBody\n"),
        ("---\na rule\n---\n", "---\na: x\n---\n---\na rule\n---\n"),
        ("---\n---", "---\na: x\n---"),
        ("---\r\n---\r\nBody", "---\r\na: x\r\n---\r\nBody"),
        ("---\nb: y\n...\nBody", "---\nb: y\na: x\n...\nBody"),
    ],
)
def test_a_text_without_front_matter_gets_one(before: str, after: str) -> None:
    assert set_value(before, ("a",), "x") == after


# Before, the function with its arguments, a word of the message.
REFUSED: list[tuple[str, Any, tuple[Any, ...], str]] = [
    ("---\na: 'x\n---\n", set_value, (("a",), "y"), "line 2"),
    ("---\na: x\n", set_value, (("a",), "y"), "missing-fence"),
    ("---\na: &x y\nb: *x\n---\n", set_value, (("c",), "y"), "yaml-alias"),
    ("---\na: x\na: y\n---\n", set_value, (("a",), "z"), "twice"),
    ("---\na: x\na: y\n---\n", remove_value, (("a",),), "twice"),
    ("---\nm: {a: x, a: y}\n---\n", append_value, (("m", "a"), "z"), "twice"),
    ("---\na: !!str x\n---\n", set_value, (("a",), "z"), "tag"),
    ("---\na:\n  - !x {b: c}\n---\n", append_value, (("a",), "z"), "tag"),
    ("---\na: x\n---\n", remove_value, (("b",),), "there is no b"),
    ("---\na: x\n---\n", remove_value, (("a", 0),), "there is no a.1"),
    ("---\na: [x]\n---\n", remove_value, (("a", 1),), "there is no a.2"),
    ("Body", remove_value, (("a",),), "there is no a"),
    ("---\na: [x]\n---\n", set_value, (("a", 1), "y"), "the list has 1 items"),
    ("---\na: [x]\n---\n", set_value, (("a", -1), "y"), "the list has 1 items"),
    ("---\na: [x]\n---\n", set_value, (("a", "b"), "y"), "a list in this place"),
    ("---\na: x\n---\n", set_value, (("a", "b"), "y"), "text in this place"),
    ("---\na: x\n---\n", set_value, (("a", 0), "y"), "text in this place"),
    ("---\na: x\n---\n", set_value, ((0,), "y"), "no list"),
    ("---\na:\n  # c\n  - x\n---\n", set_value, (("a",), "y"), "comments in it would be lost"),
    ("---\na: [\n  x # c\n]\n---\n", set_value, (("a",), "y"), "comments in it would be lost"),
    ("---\na: x\n---\n", set_value, (("a",), "y" * MAX_CHARACTERS), "could not be read"),
    ("---\na: x\n---\n", set_value, (("a",), "\ud800"), "could not be read"),
    ("---\na: x\n# c\n---\n", remove_value, (("a",),), "below"),
]


@pytest.mark.parametrize(("text", "function", "arguments", "message"), REFUSED)
def test_what_cannot_be_done_safely_is_refused(
    text: str, function: Any, arguments: tuple[Any, ...], message: str
) -> None:
    with pytest.raises(PrmvaultError) as told:
        function(text, *arguments)
    assert message in str(told.value)
    assert told.value.exit_code == 1
    assert told.value.hint
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("harm", [("b: z", "b: w"), ("# c\n", ""), ("Body", "body"), ("a: w", "a: v"), ("\n", "\r\n")])
def test_a_splice_that_went_wrong_is_not_returned(harm: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    splice = edit._splice
    monkeypatch.setattr(edit, "_splice", lambda *given: splice(*given).replace(*harm))
    with pytest.raises(PrmvaultError, match="can't be changed safely"):
        set_value(note("a: x\n# c\nb: z\n"), ("a",), "w")


def test_a_doubled_key_elsewhere_is_no_obstacle() -> None:
    text = note("a: x\na: y\nb: z\n")
    assert set_value(text, ("b",), "w") == note("a: x\na: y\nb: w\n")


def test_an_odd_item_is_written_anew_with_its_key_where_no_comment_is_lost() -> None:
    before = note("a:\n  - ? b\n    : x\n    ? c\n    : y\nd: z # c\n")
    after = remove_value(before, ("a", 0, "b"))
    assert read(after).values == {"a": [{"c": "y"}], "d": "z"}
    assert after.endswith(f"d: z # c\n---\n{BODY}")
    commented = before.replace(": x", ": x # c")
    with pytest.raises(PrmvaultError, match="comments in it would be lost"):
        remove_value(commented, ("a", 0, "b"))


def test_line_breaks_that_only_yaml_knows_stay_where_they_are() -> None:
    text = "---\na: x\x85y\u2028z\nb: w\n---\n\u2029"
    assert set_value(text, ("b",), "v") == text.replace("b: w", "b: v")
    with pytest.raises(PrmvaultError):
        set_value(text, ("b",), "\ufdd0")  # It stands in for one of them while YAML reads.


def test_a_fence_in_a_text_ends_nothing() -> None:
    text = set_value(note("a: x\n"), ("b",), "one\n---\ntwo")
    assert read(text).values == {"a": "x", "b": "one\n---\ntwo"}
    assert split_note(text).body == BODY


def test_a_long_list_in_brackets_goes_on_as_it_is() -> None:
    text = note(f"a: [{', '.join(['word'] * 40)}]\n")
    assert append_value(text, ("a",), "z") == text.replace("]\n---", ", z]\n---")


def changed(values: dict[str, Any], verb: str, path: Path, value: Any) -> dict[str, Any]:
    """Make a change on the data; raises KeyError, IndexError or TypeError where there is no such place."""
    values = deepcopy(values)
    if verb == "remove":
        chain: list[Any] = [values]
        for step in path:
            chain.append(chain[-1][step])
        for step, parent in zip(reversed(path), reversed(chain[:-1]), strict=True):
            del parent[step]
            if parent:
                break
        return values
    node: Any = values
    for step in path[:-1]:
        if isinstance(node, dict) and node.get(step, "") in ("", []):
            node[step] = {}
        node = node[step]
    if verb == "append":
        old = node.get(path[-1], "") if isinstance(node, dict) else node[path[-1]]
        value = [*old, value] if isinstance(old, list) else [old, value] if old else [value]
    node[path[-1]] = value
    return values


def paths_in(value: Any, path: Path = ()) -> list[Path]:
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(found for key, part in parts for found in paths_in(part, (*path, key)))]


def edited(text: str, verb: str, path: Path, value: Any) -> str:
    if verb == "remove":
        return remove_value(text, path)
    return {"set": set_value, "append": append_value}[verb](text, path, value)


ODD = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@ODD
@given(odd=odd_notes(), verb=st.sampled_from(["set", "append", "remove"]), value=added_values(), data=st.data())
def test_an_edit_is_exact_or_refused(odd: Odd, verb: str, value: Any, data: st.DataObject) -> None:
    front = read(odd.text)
    path = data.draw(st.sampled_from([("new",), ("met", "where"), *paths_in(front.values)]))
    try:
        after = edited(odd.text, verb, path, value)
    except PrmvaultError:
        return
    assert read(after).values == changed(front.values, verb, path, value)
    places = [at for at, (key, _) in enumerate(odd.chunks) if key == path[0]]
    if places:
        before = odd.before + "".join(chunk for _, chunk in odd.chunks[: places[0]])
        behind = "".join(chunk for _, chunk in odd.chunks[places[0] + 1 :]) + odd.after
        assert after.startswith(before)
        assert after.endswith(behind)
        assert len(after) >= len(before) + len(behind)
    else:
        lines = odd.text.splitlines(keepends=True)
        cuts = ["".join(lines[:at]) for at in range(len(lines))]
        assert any(after.startswith(cut) and after.endswith(odd.text[len(cut) :]) for cut in cuts)
    if "\r" in odd.before:
        assert "\n" not in after[: len(after) - len(odd.after)].replace("\r\n", "")


@ODD
@given(odd=odd_notes(), data=st.data())
def test_setting_what_is_there_changes_nothing(odd: Odd, data: st.DataObject) -> None:
    front = read(odd.text)
    assume(front.values)
    path = data.draw(st.sampled_from(paths_in(front.values)))
    value: Any = front.values
    for step in path:
        value = value[step]
    assert set_value(odd.text, path, value) == odd.text


@ODD
@given(odd=odd_notes(), value=added_values())
def test_what_was_added_can_be_removed_without_a_trace(odd: Odd, value: Any) -> None:
    assume(read(odd.text).readable)
    assert remove_value(set_value(odd.text, ("new",), value), ("new",)) == odd.text


@ODD
@given(odd=odd_notes(), value=st.sampled_from(["z", "a: b", "[[Ann]]", "1987-03-14"]))
def test_a_text_in_the_place_of_a_text_is_never_refused(odd: Odd, value: str) -> None:
    front = read(odd.text)
    for path in paths_in(front.values):
        if isinstance(front.values[str(path[0])], str):
            text = set_value(odd.text, path, value)
            assert read(text).values == {**front.values, str(path[0]): value}


@ODD
@given(values=st.lists(added_values(), min_size=2, max_size=4))
def test_a_list_grows_in_order_and_shrinks_to_what_it_was(values: list[Any]) -> None:
    texts = [note("a: x\n# c\nb: y\n")]
    for value in values:
        texts.append(append_value(texts[-1], ("l",), value))
    assert read(texts[-1]).values["l"] == values
    for smaller, larger in reversed(list(pairwise(texts))):
        last = ("l", len(read(larger).values["l"]) - 1)
        assert read(remove_value(larger, last)).values == read(smaller).values


@ODD
@given(odd=odd_notes())
def test_another_editor_makes_the_same_data_of_it(odd: Odd) -> None:
    yaml_edit = pytest.importorskip("yaml_edit", reason="yaml-edit, the other side, is not installed")
    parts, front = split_note(odd.text), read(odd.text)
    assume(front.values and parts.yaml)
    key = next(iter(front.values))
    try:
        document = yaml_edit.Document.parse(parts.yaml)
        document[key] = "Anna"
        other = odd.before + str(document) + odd.after
    except (yaml_edit.YamlError, TypeError):
        return
    try:
        ours = set_value(odd.text, (key,), "Anna")
    except PrmvaultError:
        return
    assert read(ours).values == {**front.values, key: "Anna"}
    if read(other).readable:
        assert read(other).values == read(ours).values
