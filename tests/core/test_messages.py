from __future__ import annotations

import json
from datetime import date

from prmvault.core.messages import counted, fill, message


def test_a_message_is_its_english_text() -> None:
    told = message("{name} turns {age}", name="Ida", age=9)

    assert told == "Ida turns 9"
    assert json.dumps([told]) == '["Ida turns 9"]'
    assert (told.source, dict(told.parts)) == ("{name} turns {age}", {"name": "Ida", "age": 9})


def test_a_day_in_a_message_is_iso() -> None:
    assert message("due {day}", day=date(2026, 11, 20)) == "due 2026-11-20"


def test_a_count_chooses_the_form_and_is_a_part() -> None:
    assert [counted("{count} day", "{count} days", count) for count in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


def test_a_message_within_a_message_is_kept_as_one() -> None:
    inner = counted("{count} year", "{count} years", 8)
    outer = message("{what} ago", what=inner)

    assert outer == "8 years ago"
    assert outer.parts["what"].many == "{count} years"


def test_a_translation_reaches_nothing_but_the_parts_by_their_names() -> None:
    hostile = "{name.__class__} {name!r} {0} {} {other} {name:>99999999} %s"

    assert fill(hostile, {"name": "Ida"}, str) == hostile


def test_braces_in_a_part_are_not_filled_again() -> None:
    assert message("{a} and {b}", a="{b}", b="c") == "{b} and c"
