from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.fences import split_note


def test_front_matter_lies_between_exact_fences_and_the_body_begins_after_them() -> None:
    parts = split_note("---\nname: Anna\n---\nHello\n")
    assert parts == ("name: Anna\n", "Hello\n", 2, 4, False)


@pytest.mark.parametrize("closing", ["---", "...", "--- ", "...\t"])
def test_three_dots_and_blanks_after_the_fence_close_it_too(closing: str) -> None:
    parts = split_note(f"---\nname: Anna\n{closing}\nHello")
    assert (parts.yaml, parts.body, parts.body_line) == ("name: Anna\n", "Hello", 4)


@pytest.mark.parametrize("line", ["----", " ---", "--- x", "-- -", "....", "—--"])
def test_what_only_resembles_a_fence_closes_nothing(line: str) -> None:
    assert split_note(f"---\nname: Anna\n{line}\nHello").unclosed


@pytest.mark.parametrize("opening", ["\ufeff---\n", "---\r\n", "--- \n", "\ufeff---\t\r\n"])
def test_a_byte_order_mark_and_windows_line_endings_shift_no_line(opening: str) -> None:
    end = "\r\n" if "\r" in opening else "\n"
    parts = split_note(opening + f"a: b{end}c: d{end}---{end}Hello{end}")
    assert parts.yaml == f"a: b{end}c: d{end}"
    assert (parts.body, parts.yaml_line, parts.body_line) == (f"Hello{end}", 2, 5)


def test_a_byte_order_mark_is_no_part_of_a_body_without_front_matter() -> None:
    assert split_note("\ufeffHello") == (None, "Hello", 1, 1, False)


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nA rule opens this text.\n\n---\nMore.\n",
        "---\nHello there\n",
        "---\n",
        "---",
        "",
        "\n---\na: b\n---\n",
    ],
)
def test_a_text_that_starts_with_a_horizontal_rule_has_no_front_matter(text: str) -> None:
    assert split_note(text) == (None, text, 1, 1, False)


def test_a_missing_closing_fence_leaves_everything_in_the_body() -> None:
    text = "---\nname: Anna\n\nHello [[Ben]]\n"
    assert split_note(text) == (None, text, 1, 1, True)


@pytest.mark.parametrize(("text", "yaml"), [("---\n---\n", ""), ("---\n\n---\n", "\n"), ("---\n---", "")])
def test_empty_front_matter_is_front_matter(text: str, yaml: str) -> None:
    parts = split_note(text)
    assert (parts.yaml, parts.body) == (yaml, "")


@given(st.text(alphabet=st.sampled_from("-.\n\r \ta:\ufeff\u2028\x0b\x0c\x85"), max_size=60))
def test_yaml_and_body_are_cut_out_of_the_text_as_they_are_on_the_lines_that_are_told(text: str) -> None:
    parts = split_note(text)
    assert text.endswith(parts.body)
    lines = text.split("\n")
    if parts.yaml is None:
        assert parts.body == text.removeprefix("\ufeff")
    else:
        yaml_lines = lines[parts.yaml_line - 1 : parts.body_line - 2]
        assert "".join(f"{line}\n" for line in yaml_lines) == parts.yaml
        assert "\n".join(lines[parts.body_line - 1 :]) == parts.body
