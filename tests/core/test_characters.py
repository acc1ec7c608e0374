"""The classes of characters that are no text."""

from __future__ import annotations

import re
import sys

import pytest

from prmvault.core.characters import HALVES, LOW, NOT_IN_NOTES, UNSEEN


@pytest.mark.parametrize("characters", [LOW, HALVES, UNSEEN, NOT_IN_NOTES])
def test_none_is_printable_so_that_the_quick_question_is_enough(characters: str) -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    found = re.findall(f"[{characters}]", everything)
    assert found
    assert not any(each.isprintable() for each in found)


def test_what_text_needs_is_in_none() -> None:
    needed = "\t\n\u00a0\u200c\u200d\ufe0f\u2019ü李😀"  # The joiners: Persian, and emoji of families.
    assert not re.search(f"[{LOW}{UNSEEN}{NOT_IN_NOTES}]", needed)


def test_marks_of_direction_may_stand_in_notes() -> None:
    assert not re.search(f"[{NOT_IN_NOTES}]", "\u200e\u200f\u061c\r\x85")
