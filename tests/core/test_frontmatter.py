from __future__ import annotations

import threading

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core import frontmatter as module
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    FrontMatter,
    parse_front_matter,
    parse_yaml_text,
)

PATH = "people/Anna.md"
BODY = "Body.\n"
SMALL_STACK = 512 * 1024
PATIENCE = 20


def front(yaml_text: str, *, end: str = "\n", begin: str = "") -> FrontMatter:
    text = f"{begin}---\n{yaml_text}\n---\n{BODY}".replace("\n", end)
    return parse_front_matter(PATH, text, split_note(text))


@pytest.fixture(params=["C", "Python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """PyYAML has two parsers; without libyaml the slow one is used."""
    if request.param == "Python":
        monkeypatch.setattr(module, "_Loader", yaml.BaseLoader)
    elif not hasattr(yaml, "CBaseLoader"):
        pytest.skip("this PyYAML was built without libyaml")
    return str(request.param)


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "0170123",
            "NO",
            "no",
            "Yes",
            "on",
            "true",
            "null",
            "12:30",
            "18:30:00",
            "1990-02-30",
            "1987-03-14",
            "01234",
            "1.10",
        ),
        *(
            "1_000",
            "0x1F",
            "0o17",
            "1e3",
            ".inf",
            ".nan",
            "=",
            "+49 170 123",
            "2026-11-21T10:00:00Z",
            "a#b",
            "C#",
            "50%",
        ),
        *(
            "Müller-Lüdenscheidt",
            "李小龍",
            "👩‍👧",
            "it's",
            'the "second"',
            "a, b",
            "http://x.org:80/a",
            "R&D",
            "a*b",
            "ein\xa0Wort",
        ),
        *("-a", "a [b]", "a{b}", "Ann!", "a | b", "x > y", "a@b.c"),
    ],
)
def test_every_scalar_is_the_text_that_was_typed(typed: str, loader: str) -> None:
    read = front(f"key: {typed}\nlist: \n  - {typed}")
    assert read.values == {"key": typed, "list": [typed]}
    assert read.problems == ()


@given(
    st.text(
        st.characters(categories=["L", "M", "N", "P", "S"], exclude_characters="\ufffe\uffff"),
        min_size=1,
        max_size=30,
    )
)
def test_text_without_yaml_syntax_is_read_as_typed(typed: str) -> None:
    # A letter in front takes the meaning from the signs that have one only at the beginning; no blank, no comment.
    typed = "x" + typed.rstrip(":")
    assert front(f"key: {typed}").values == {"key": typed}


@pytest.mark.parametrize("empty", ["", "~", " ", '""', "''"])
def test_nothing_is_an_empty_text(empty: str, loader: str) -> None:
    read = front(f"key: {empty}\nlist:\n  - {empty}")
    assert read.values == {"key": "", "list": [""]}
    assert read.problems == ()


def test_a_quoted_tilde_is_a_tilde() -> None:
    assert front('key: "~"').values == {"key": "~"}


def test_block_texts_maps_and_lists_keep_their_shape(loader: str) -> None:
    read = front("a: |\n  one\n  two\nb: {c: 1, d: [2, 3]}\ne:\n  - f: 4\n    g: 5")
    assert read.values == {
        "a": "one\ntwo\n",
        "b": {"c": "1", "d": ["2", "3"]},
        "e": [{"f": "4", "g": "5"}],
    }


@pytest.mark.parametrize(("end", "begin"), [("\n", ""), ("\r\n", ""), ("\n", "\ufeff"), ("\r\n", "\ufeff")])
def test_keys_and_list_items_know_their_lines(end: str, begin: str, loader: str) -> None:
    read = front("# comment\nname: Ann\n\ntags:\n  - a\n  # not b\n  - c\nlikes: [x, y]", end=end, begin=begin)
    assert list(read.lines.items()) == [
        *(("name", 3), ("tags", 5), ("tags.0", 6), ("tags.1", 8)),
        *(("likes", 9), ("likes.0", 9), ("likes.1", 9)),
    ]


@pytest.mark.parametrize("char", ["\x85", "\u2028", "\u2029", "\r"])
def test_a_line_break_of_yaml_only_shifts_no_line_and_stays_in_the_value(char: str, loader: str) -> None:
    read = front(f'name: Ann{char}Marie\nquoted: "a{char}b"\nx: !y z')
    assert read.values == {"name": f"Ann{char}Marie", "quoted": f"a{char}b", "x": "z"}
    assert read.lines == {"name": 2, "quoted": 3, "x": 4}
    assert [problem.line for problem in read.problems] == [4]


# What was typed, the line of the file, the code, a word of the hint. Line 2 is the first below the fence.
REFUSED = [
    ("name: Max: the second", 2, "bad-yaml", "quotes"),
    ("a: b\nnick: @x", 3, "bad-yaml", "quotes"),
    ("a: b\nnick: `x`", 3, "bad-yaml", "quotes"),
    ("a: b\nshare: %5", 3, "bad-yaml", "quotes"),
    ("a: b\n\tname: x", 3, "bad-yaml", "tab"),
    ("a:\n\t- b", 3, "bad-yaml", "tab"),
    ("title: {{title}}", 2, "bad-key", "quotes"),
    ("a: b\ntitle: {{title}} and more", 3, "bad-key", "quotes"),
    ("a: b\ntags: [#x, #y]\nc: d", 3, "bad-yaml", "#"),
    ("friend: [[Ann]], [[Ben]]", 2, "bad-yaml", "link"),
    ("a: b\nfriend: [[Ann]] and more", 3, "bad-yaml", "link"),
    ("a: b\nno colon here\nc: d\ne: f", 3, "bad-yaml", "blanks after the colon"),
    ("a: b\nphone:0170\nc: d", 3, "bad-yaml", "blanks after the colon"),
    ("phone:0170", 2, "not-keys", "key: value"),
    ('a: b\nname: "Ann\nc: d\ne: f', 3, "bad-yaml", "quotes"),
    ("a: b\nname: 'Ann\nc: d\ne: f", 3, "bad-yaml", "quotes"),
    ("a: b\ntags: [x, y\nc: d\ne: f", 3, "bad-yaml", "quotes"),
    ("a: b\n   c: d", 3, "bad-yaml", "indentation"),
    ("- a\n- b: c", 2, "not-keys", "key: value"),
    ("a: b\nx: &anchor c", 3, "yaml-alias", "quotes"),
    ("a: b\nx: *alias", 3, "yaml-alias", "quotes"),
    ("a: b\n<<: {c: d}", 3, "yaml-alias", "write the keys out"),
    ("a: b\n? [c]\n: d", 3, "bad-key", "quotes"),
    ("a: b\n--- c\nd: e", 3, "bad-yaml", "quotes"),
    ("ä: üüü\nb: x\x00y\nc: d", 3, "control-character", "remove"),
    ("ä: üüüüüüüüüüüü\nb: x\x0by\nc: d", 3, "control-character", "remove"),
    ("ä: üüüüüüüüüüüü\nb: x\x0cy\nc: d", 3, "control-character", "remove"),
    ("a: b\nb: x\ud800y\nc: d", 3, "control-character", "remove"),
    ("a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), 2, "too-deep", "flatter"),
    ("a: " + "x" * MAX_CHARACTERS, 2, "too-large", "body"),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("typed", "line", "code", "hint"), REFUSED, ids=lambda value: repr(value)[:30])
def test_what_yaml_cannot_read_is_one_problem_with_its_line_and_a_remedy(
    typed: str, line: int, code: str, hint: str, end: str, loader: str
) -> None:
    if loader == "Python" and code == "too-large":
        typed = typed[: MAX_CHARACTERS + 10]
    read = front(typed, end=end)
    assert not read.readable
    assert read.values == {}
    (problem,) = read.problems
    assert (problem.path, problem.line, problem.code) == (PATH, line, code)
    assert hint in problem.hint


# The same for what can be read all the same: what was typed, line, code, hint, the values.
REPORTED = [
    ("a: 1\nb: 2\na: 3", 4, "duplicate-key", "keep one", {"a": "3", "b": "2"}),
    ("a: {b: 1,\n b: 2}", 3, "duplicate-key", "keep one", {"a": {"b": "2"}}),
    ("a: b\nfriend: [[Ann]]", 3, "unquoted-link", 'write "[[Ann]]"', {"a": "b", "friend": "[[Ann]]"}),
    ("friend:\n  - [[Ann|A]]", 3, "unquoted-link", '"[[Ann|A]]"', {"friend": ["[[Ann|A]]"]}),
    ("f: [[Müller, Jörg]]", 2, "unquoted-link", '"[[Müller, Jörg]]"', {"f": "[[Müller, Jörg]]"}),
    ("r:\n  - friend: [[Ann]]", 3, "unquoted-link", '"[[Ann]]"', {"r": [{"friend": "[[Ann]]"}]}),
    ("👩‍👧: [[Ann]]", 2, "unquoted-link", '"[[Ann]]"', {"👩‍👧": "[[Ann]]"}),
    ("a: b\ntags: #family", 3, "comment-value", "quotes", {"a": "b", "tags": ""}),
    ("tags:\n  - a\n  - #family", 4, "comment-value", "quotes", {"tags": ["a", ""]}),
    ("a: b\nc: !secret d", 3, "yaml-tag", "quotes", {"a": "b", "c": "d"}),
    ("a: !!int 7", 2, "yaml-tag", "quotes", {"a": "7"}),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(("typed", "line", "code", "hint", "values"), REPORTED)
def test_what_can_be_understood_is_understood_and_reported_with_the_fix(
    typed: str, line: int, code: str, hint: str, values: object, end: str, loader: str
) -> None:
    read = front(typed, end=end)
    assert read.readable
    assert read.values == values
    (problem,) = read.problems
    assert (problem.path, problem.line, problem.code) == (PATH, line, code)
    assert hint in problem.hint


def test_two_unquoted_links_in_brackets_are_two_links() -> None:
    read = front("friends: [[[Ann]], [[Ben]]]")
    assert read.values == {"friends": ["[[Ann]]", "[[Ben]]"]}
    assert [problem.code for problem in read.problems] == ["unquoted-link", "unquoted-link"]


@pytest.mark.parametrize("typed", ["tags: # my tags", "tags: #", "tags: [] #family", "a: b #c"])
def test_a_comment_that_is_one_is_no_problem(typed: str) -> None:
    assert front(typed).problems == ()


def test_a_list_in_a_list_is_no_link() -> None:
    read = front("a: [[1, 2], [3]]\nb: [[x],\n  [y]]\nc: [[[d]]]")
    assert read.values["a"] == [["1", "2"], ["3"]]
    assert read.values["b"] == [["x"], ["y"]]


def test_keys_that_trip_python_frontmatter_are_ordinary_keys() -> None:
    read = front("content: a\nhandler: b\nself: c\nmetadata: d\n1: e\ntrue: f\n~: g")
    assert list(read.values) == ["content", "handler", "self", "metadata", "1", "true", "~"]
    assert read.problems == ()


@pytest.mark.parametrize("body", ['{"a": 1}', "{", "[[Ann]]", "+++\na = 1\n+++", "---\nb: c\n---\n"])
@pytest.mark.parametrize("fences", ["", "---\na: b\n---\n"])
def test_a_body_that_looks_like_another_format_is_a_body(body: str, fences: str) -> None:
    if body.startswith("---") and not fences:
        return
    text = fences + body
    read = parse_front_matter(PATH, text, split_note(text))
    assert read.values == ({"a": "b"} if fences else {})
    assert read.problems == ()


def test_a_missing_closing_fence_is_told_and_nothing_may_be_rewritten() -> None:
    text = "---\nname: Anna\n\nHello\n"
    read = parse_front_matter(PATH, text, split_note(text))
    assert not read.readable
    assert [(problem.line, problem.code) for problem in read.problems] == [(1, "missing-fence")]
    assert "---" in read.problems[0].hint


def test_a_whole_yaml_file_counts_lines_from_its_first() -> None:
    read = parse_yaml_text("prmvault.yaml", "\ufeff# settings\nlanguage: de\nme: [[Ann]]\n")
    assert read.lines["language"] == 2
    assert [(problem.path, problem.line) for problem in read.problems] == [("prmvault.yaml", 3)]
    assert not parse_yaml_text("prmvault.yaml", "a: 'b").readable
    assert parse_yaml_text("prmvault.yaml", "").readable


HOSTILE = {
    "brackets": "a: " + "[" * 25_000,
    "closed brackets": "a: " + "[" * 25_000 + "]" * 25_000,
    "braces": "a: " + "{" * 25_000,
    "maps": "a: " + "{a: " * 20_000,
    "dashes": "a:\n" + "- " * 60_000,
    "questions": "a:\n" + "? " * 60_000,
    "million brackets": "a: " + "[" * 1_000_000,
    "alias bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "\n".join(f"{b}: &{b} [{','.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "self alias": "a: &a [*a]",
    "merge bomb": "a: {x: 1}\n" + "\n".join(f"m{i}: {{<<: [{', '.join(['{y: 1}'] * 50)}]}}" for i in range(20)),
    "huge scalar": "a: " + "x" * 1_000_000,
    "huge quoted": 'a: "' + "x\n" * 60_000 + '"',
    "huge block": "a: |\n" + "  x\n" * 30_000,
    "many lines": "a:\n" + "  - x\n" * 20_000,
    "many keys": "\n".join(f"k{i}: v" for i in range(12_000)),
    "same key": "a:\n" * 40_000,
    "comments": "#\n" * 60_000,
    "long key": "x" * 120_000 + ": y",
    "long flow": "a: [" + "x, " * 40_000 + "]",
    "anchors": "a: " + "&a " * 30_000,
    "tags": "a: " + "!a " * 30_000,
    "quotes": "a: " + "'" * 120_000,
    "escapes": 'a: "' + "\\u0041" * 20_000 + '"',
    "directives": "%TAG ! !\n" * 10_000 + "a: b",
    "spaces": "a: |\n" + " " * 120_000,
    "one megabyte": "\n".join(f"key{i}: some value" for i in range(50_000)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_front_matter_is_read_or_refused_soon_on_a_small_stack(name: str) -> None:
    results: list[FrontMatter] = []
    before = threading.stack_size(SMALL_STACK)
    try:
        thread = threading.Thread(target=lambda: results.append(front(HOSTILE[name])), daemon=True)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join(PATIENCE)
    assert results, "it takes too long, or it failed"
    assert results[0].readable or len(results[0].problems) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("brackets", "too-deep"),
        ("million brackets", "too-large"),
        ("dashes", "too-deep"),
        ("alias bomb", "yaml-alias"),
        ("self alias", "yaml-alias"),
        ("merge bomb", "yaml-alias"),
        ("huge scalar", "too-large"),
        ("one megabyte", "too-large"),
    ],
)
def test_hostile_front_matter_is_refused_for_what_it_is(name: str, code: str) -> None:
    (problem,) = front(HOSTILE[name]).problems
    assert problem.code == code
    assert problem.hint


yaml_like = st.text(st.sampled_from("ab: \n-[]{},&*!|>'\"%@`#?~=<.0\t\r\ufeff\u2028\x85\x0b\x00\\ü👩"), max_size=80)


@given(st.one_of(yaml_like, st.text(max_size=80)))
@example("%YAML 9999999999999999999.1")
@example("a: !<")
@example('a: "\\UFFFFFFFF"')
def test_any_text_is_read_or_refused_with_lines_of_the_file_and_hints(typed: str) -> None:
    text = f"---\n{typed}\n---\n{BODY}"
    read = parse_front_matter(PATH, text, split_note(text))
    last = text.count("\n") + 1
    assert all(1 <= problem.line <= last and problem.message and problem.hint for problem in read.problems)
    assert all(1 <= line <= last for line in read.lines.values())
    assert set(read.values) <= set(read.lines) | {""}
    assert read.readable or not read.values
