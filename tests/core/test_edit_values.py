"""Adding several keys in one go is the same as adding one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.edit import add_values, set_value
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.model import Value
from prmvault.core.problems import PrmvaultError

VALUES: dict[str, Value] = {"x": "1", "y": ["a", {"b": "c: d"}], "z": "two\nlines"}
NOTES = [
    "",
    "Text.\n",
    "---\n---\nText.\n",
    "---\na: b\n---\nText.\n",
    "---\r\na: b\r\n---\r\nText.\r\n",
    "---\na: b # why\n# the end\n---\n",
    "---\na: b\n\n---\n",
    "---\n{a: b}\n---\n",
    "---\n  a: b\n---\n",
    "---\na: |\n  text\n---\n",
    "---\na:\n- one\n- two\n---\nText.",
]


@pytest.mark.parametrize("text", NOTES)
def test_several_keys_are_added_as_one_after_the_other(text: str) -> None:
    one_by_one = text
    for key, value in VALUES.items():
        one_by_one = set_value(one_by_one, (key,), value)
    assert add_values(text, VALUES) == one_by_one


@given(st.dictionaries(st.text("abc: #-", min_size=1, max_size=4), st.text(max_size=12), max_size=4))
def test_what_was_added_is_read_back_and_nothing_else_changed(values: dict[str, Value]) -> None:
    text = "---\nfirst: 1  # mine\nlist:\n  - a\n---\nBody.\n"
    try:
        result = add_values(text, values)
    except PrmvaultError:
        return  # Text that no YAML can hold.
    front = parse_front_matter("", result, split_note(result))
    assert front.values == {"first": "1", "list": ["a"], **values}
    assert result.startswith("---\nfirst: 1  # mine\nlist:\n  - a\n")
    assert result.endswith("---\nBody.\n")


def test_a_note_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(PrmvaultError):
        add_values("---\na: [\n---\n", VALUES)
