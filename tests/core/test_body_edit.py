from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.body_edit import add_item, add_log_line
from prmvault.core.fences import split_note
from prmvault.core.markdown import Item, parse_body
from prmvault.core.problems import EXIT_USAGE, PrmvaultError


def items(text: str) -> tuple[Item, ...]:
    note = split_note(text)
    return parse_body(note.body, note.body_line).items


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "- NEW\n"),
        ("\n", "- NEW\n\n"),
        ("- a\n", "- a\n- NEW\n"),
        ("- a\n- b\n\nProse.\n", "- a\n- b\n- NEW\n\nProse.\n"),
        ("- a\n  - b\n  more\n\n  still a\n\nProse.\n", "- a\n  - b\n  more\n\n  still a\n- NEW\n\nProse.\n"),
        ("* a\n", "* a\n* NEW\n"),
        ("+   a\n", "+   a\n+   NEW\n"),
        ("-\ta\n", "-\ta\n-\tNEW\n"),
        ("1. a\n2. b\n", "1. a\n2. b\n3. NEW\n"),
        ("9) a\n", "9) a\n10) NEW\n"),
        ("999999999. a\n", "999999999. a\n999999999. NEW\n"),
        ("  - a\n", "  - a\n  - NEW\n"),
        ("- [ ] a\n- [x] b\n", "- [ ] a\n- [x] b\n- NEW\n"),
        ("- a\n- b\n\n* c\n", "- a\n- b\n\n* c\n* NEW\n"),
        ("- a\n\n- b\n", "- a\n\n- b\n- NEW\n"),
        ("> - said\n\n- a\n", "> - said\n\n- a\n- NEW\n"),
    ],
)
def test_an_item_goes_behind_the_last_one_and_looks_like_it(before: str, after: str) -> None:
    assert add_item(before, "NEW")[0] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Prose.\n", "Prose.\n\n- NEW\n"),
        ("Prose.\n\n", "Prose.\n\n- NEW\n"),
        ("Prose.\n\n\n\n", "Prose.\n\n- NEW\n\n\n"),
        ("> - said\n", "> - said\n\n- NEW\n"),
        ("```\n- a\n```\n", "```\n- a\n```\n\n- NEW\n"),
        ("Prose.\n## Log\n- a\n", "Prose.\n\n- NEW\n\n## Log\n- a\n"),
        ("Prose.\n\n## Log\n", "Prose.\n\n- NEW\n\n## Log\n"),
        ("Prose.\n\n\n## Log\n", "Prose.\n\n- NEW\n\n## Log\n"),
        ("## Log\n- a\n", "- NEW\n\n## Log\n- a\n"),
        ("- a\n## Log\n- b\n", "- a\n- NEW\n## Log\n- b\n"),
    ],
)
def test_without_a_list_an_item_goes_to_the_end_of_what_is_before_the_first_heading(before: str, after: str) -> None:
    assert add_item(before, "NEW")[0] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# Saturday\n\n- a\n\n## Log\n", "# Saturday\n\n- a\n- NEW\n\n## Log\n"),
        ("# Saturday\n", "# Saturday\n\n- NEW\n"),
        (
            "---\ndate: 2026-11-21\n---\n\n# Saturday\n## Log\n",
            "---\ndate: 2026-11-21\n---\n\n# Saturday\n\n- NEW\n\n## Log\n",
        ),
    ],
)
def test_a_title_on_top_is_no_end_of_the_first_part(before: str, after: str) -> None:
    assert add_item(before, "NEW")[0] == after


@pytest.mark.parametrize("front", ["---\ndate: 2026-11-21\n---", "\ufeff---\ntags: [a]\n---", "---\n---"])
@pytest.mark.parametrize("rest", ["", "\n", "\n\n"])
def test_front_matter_stays_and_a_blank_line_follows_it(front: str, rest: str) -> None:
    assert add_item(front + rest, "NEW") == (f"{front}\n\n- NEW\n", front.count("\n") + 3)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a", "- a\n- NEW\n"),
        ("- a\r\n- b", "- a\r\n- b\r\n- NEW\r\n"),
        ("- a\r\n\r\nProse.", "- a\r\n- NEW\r\n\r\nProse."),
        ("Prose.\r\n", "Prose.\r\n\r\n- NEW\r\n"),
        ("\ufeff- a\r\n", "\ufeff- a\r\n- NEW\r\n"),
        ("\ufeff", "\ufeff- NEW\n"),
        ("---\r\na: b\r\n---", "---\r\na: b\r\n---\r\n\r\n- NEW\r\n"),
        ("- a\x0b\u2028b\n", "- a\x0b\u2028b\n- NEW\n"),
    ],
)
def test_line_endings_and_the_mark_at_the_beginning_stay(before: str, after: str) -> None:
    assert add_item(before, "NEW")[0] == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a\nand on\n  and on\n", "- a\nand on\n  and on\n- NEW\n"),
        ("- a\n> said\n", "- a\n- NEW\n> said\n"),
        ("- a\n---\n", "- a\n- NEW\n---\n"),
        ("- a\n  ```\n  code\n\n- code\n  ```\n", "- a\n  ```\n  code\n\n- code\n  ```\n- NEW\n"),
        ("- a\n```\ncode\n```\n", "- a\n- NEW\n```\ncode\n```\n"),
        ("- a\n\n```\n- code\n", "- a\n- NEW\n\n```\n- code\n"),
    ],
)
def test_what_belongs_to_an_item_stays_with_it(before: str, after: str) -> None:
    assert add_item(before, "NEW")[0] == after


@pytest.mark.parametrize("text", ["```\ncode\n", "- a\n  ```\n  code\n\n", "Prose.\n\n~~~\n```\n"])
def test_nothing_is_added_to_a_code_block_that_nothing_closes(text: str) -> None:
    with pytest.raises(PrmvaultError, match="code block there is not closed") as refused:
        add_item(text, "NEW")
    assert refused.value.hint.startswith("Close the code block that begins on line ")
    with pytest.raises(PrmvaultError, match="code block there is not closed"):
        add_log_line(text, "NEW", ("log",), "Log")


def test_nothing_is_added_where_the_front_matter_is_not_closed() -> None:
    with pytest.raises(PrmvaultError, match="front matter is not closed"):
        add_item("---\ndate: 2026-11-21\n\n- a\n", "NEW")


@pytest.mark.parametrize("item", ["", " ", "\n\t\n"])
def test_an_item_says_something(item: str) -> None:
    with pytest.raises(PrmvaultError, match="nothing to add") as refused:
        add_item("", item)
    assert refused.value.exit_code == EXIT_USAGE


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ("two\r\n  lines\n", "- two lines"),
        ("``` code", "- \\``` code"),
        ("```code```", "- ```code```"),
        ("[ ] task", "- [ ] task"),
    ],
)
def test_an_item_is_one_line_that_opens_no_code_block(item: str, line: str) -> None:
    assert add_item("", item)[0] == f"{line}\n"


def test_the_line_of_the_new_item_is_told() -> None:
    text, line = add_item("---\na: b\n---\n\nProse.\n\n## Log\n", "NEW")
    assert text.split("\n")[line - 1] == "- NEW"


def log(text: str, item: str) -> str:
    return add_log_line(text, item, ("log", "verlauf"), "Log")[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## Log\n- 2026-01-01 a\n\n## X\n", "## Log\n- 2026-01-01 a\n- 2026-03-03 N\n\n## X\n"),
        ("## VERLAUF ##\n\n* 2026-01-01 a", "## VERLAUF ##\n\n* 2026-01-01 a\n* 2026-03-03 N\n"),
        ("- z\n\n# Log\n", "- z\n\n# Log\n\n- 2026-03-03 N\n"),
        ("## Log\n\n## X\n- y\n", "## Log\n\n- 2026-03-03 N\n\n## X\n- y\n"),
        ("## Log\nProse.\n### Log\n- y\n", "## Log\nProse.\n\n- 2026-03-03 N\n\n### Log\n- y\n"),
        ("```\n## Log\n```\n## Log\n", "```\n## Log\n```\n## Log\n\n- 2026-03-03 N\n"),
    ],
)
def test_a_log_line_goes_under_the_heading_of_the_log(before: str, after: str) -> None:
    assert log(before, "2026-03-03 N") == after


@pytest.mark.parametrize(
    ("dates", "place"),
    [
        (["2026-01-01", "2026-02-02"], 2),
        (["2026-01-01", "2026-04-04"], 1),
        (["2026-04-04", "2026-05-05"], 0),
        (["2026-04-04"], 0),
        (["2026-03-03", "2026-03-03"], 2),
        (["2026-02-02", "2026-01-01"], 0),
        (["2026-04-04", "2026-03-03", "2026-01-01"], 1),
        (["2026-05-05", "2026-04-04"], 2),
        (["2026-04-04", "2026-01-01", "2026-05-05"], 3),
        (["2026-01-01", "[x] 2026-04-04"], 1),
        (["2026-01-01", "no date", "2026-04-04", "none"], 2),
        (["2026-01-01", "no date"], 2),
        (["no date"], 1),
    ],
)
def test_a_log_line_keeps_the_order_of_the_dates(dates: list[str], place: int) -> None:
    before = "## Log\n" + "".join(f"- {date} x\n  more\n" for date in dates)
    lines = log(before, "2026-03-03 NEW").split("\n")
    assert lines.index("- 2026-03-03 NEW") == 1 + 2 * place
    lines.remove("- 2026-03-03 NEW")
    assert "\n".join(lines) == before


def test_a_log_line_without_a_date_goes_to_the_end() -> None:
    assert log("## Log\n- 2026-02-02 a\n- 2026-01-01 b\n", "N") == "## Log\n- 2026-02-02 a\n- 2026-01-01 b\n- N\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "## Log\n\n- N\n"),
        ("---\na: b\n---", "---\na: b\n---\n\n## Log\n\n- N\n"),
        ("Prose.\r\n", "Prose.\r\n\r\n## Log\r\n\r\n- N\r\n"),
        ("Prose.\n\n", "Prose.\n\n## Log\n\n- N\n"),
        ("Prose.", "Prose.\n\n## Log\n\n- N\n"),
        ("## Logbook\n- a\n", "## Logbook\n- a\n\n## Log\n\n- N\n"),
    ],
)
def test_a_log_is_begun_at_the_end_where_there_is_none(before: str, after: str) -> None:
    assert log(before, "N") == after


lines = st.sampled_from(
    [
        "",
        "- a",
        "  - b",
        "* 2026-01-01 c",
        "2026-02-02",
        "\t- [ ] d",
        "1. e",
        "Prose [[Anna]]",
        "  in [[Ben]]",
        "> - q",
        "# T",
        "## Log",
        "```",
        "  ```",
        "~~~",
        "---",
        "a: b",
        "- ```",
        "`x`",
        "- - f",
        "    - g",
        "|a|",
        "- 2026-03-03 h",
        "\x0c",
        "-",
        " ",
    ]
)
notes = st.builds(
    lambda front, body, ending, last: ending.join([*front, *body]) + (ending if last else ""),
    st.sampled_from([[], ["\ufeff"], ["---", "date: 2026-11-21", "---"], ["\ufeff---", "---"]]),
    st.lists(lines, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
new_items = st.sampled_from(
    ["NEW", "[ ] NEW", "2026-02-15 NEW", "``` NEW", "- NEW", "# NEW", "> NEW", "--- NEW", "NEW\nline"]
)


def same(one: str, other: str) -> int:
    """Return how many characters are the same from the beginning on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


@given(notes, new_items, st.booleans())
def test_there_is_just_one_item_more_and_all_other_bytes_stay(text: str, item: str, to_log: bool) -> None:
    try:
        after, line = add_log_line(text, item, ("log",), "Log") if to_log else add_item(text, item)
    except PrmvaultError as error:
        assert "is not closed" in str(error)  # noqa: PT017 - most texts are not refused
        return
    before_items = [old._replace(line=0) for old in items(text)]
    new = [old for old in items(after) if old.line == line]
    assert len(new) == 1
    assert "NEW" in new[0].text
    assert [old._replace(line=0) for old in items(after) if old.line != line] == before_items
    written = after.split("\n")
    assert "NEW" in written[line - 1]
    assert "\r" not in after.replace("\r\n", "")
    assert "\r\n" in text or "\r" not in after
    same_begin = same(text, after)
    same_end = same(text[::-1], after[::-1])
    assert same_begin + same_end >= len(text)


def test_what_stands_under_an_item_comes_with_it() -> None:
    text, line = add_item("- one\r\n\r\nprose\r\n", "two", ["\t- three", "", "\t\tfour"])
    assert (text, line) == ("- one\r\n- two\r\n  - three\r\n      four\r\n\r\nprose\r\n", 2)
    with pytest.raises(PrmvaultError, match="under the item"):
        add_item("- one\n\n## More\n\n- two\n", "three", ["  ```", "  x"])
    assert add_item("", "one", ["- two"])[0] == "- one\n  - two\n"
