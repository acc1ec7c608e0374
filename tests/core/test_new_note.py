"""The text of a note that an import makes."""

from __future__ import annotations

import pytest

from prmvault.core.model import Value
from prmvault.core.new_note import new_note
from prmvault.core.problems import PrmvaultError


def test_a_note_looks_like_one_that_add_makes() -> None:
    fields: dict[str, Value] = {
        "name": "Anna Müller",
        "birthday": "1987-03-14",
        "tags": ["friend"],
        "org": "",
        "created": "2020-01-01",
    }
    assert new_note("person", "u", "Anna Müller", fields, "Likes #tea.\n# no heading", "2026-01-01", "Notes") == (
        "---\ntype: person\nuid: u\nbirthday: 1987-03-14\ntags:\n  - friend\ncreated: 2020-01-01\n---\n\n"
        "## Notes\n\nLikes #tea.\n\\# no heading\n"
    )


def test_a_name_that_no_file_can_have_is_a_key() -> None:
    assert "name: A/B\n" in new_note("person", "u", "A B", {"name": "A/B"}, "", "2026-01-01", "Notes")


def test_what_would_be_too_large_to_be_read_is_refused() -> None:
    with pytest.raises(PrmvaultError, match="front matter has"):
        new_note("person", "u", "A", {"mine": "x" * 140_000}, "", "2026-01-01", "Notes")
