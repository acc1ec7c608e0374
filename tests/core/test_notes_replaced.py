"""`replaced_notes` of core/notes_section.py."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from prmvault.core.fences import split_note
from prmvault.core.notes_section import as_text, notes_of, replaced_notes

HEAD = "---\ntype: person\n---\n\nHello\n\n"
LOG = "## Log\n\n- 2026-01-01 call\n"


def replaced(text: str, notes: str) -> str:
    return replaced_notes(text, notes, "Notes", ("log",))


@pytest.mark.parametrize(
    ("before", "notes", "after"),
    [
        ("", "new", "## Notes\n\nnew\n"),
        ("## Notes\n\nold\n", "new", "## Notes\n\nnew\n"),
        ("## Notizen\nold", "new", "## Notizen\n\nnew\n"),
        (f"## Notes\n\nold\n\n{LOG}", "new", f"## Notes\n\nnew\n\n{LOG}"),
        (f"## Notes\n\nold\n\n{LOG}", "", f"## Notes\n\n{LOG}"),
        ("## Notes\n\n### A\n\n* x\n", "### A\n\n* x\n# B", "## Notes\n\n### A\n\n* x\n\\# B\n"),
        ("## Notes\r\n\r\nold\r\n", "new\nmore", "## Notes\r\n\r\nnew\r\nmore\r\n"),
        (f"## Notes\n\n```\n# code\n```\n\n{LOG}", "```\n# code", f"## Notes\n\n\\```\n\\# code\n\n{LOG}"),
    ],
)
def test_the_section_says_just_the_new_notes_and_all_around_it_stays(before: str, notes: str, after: str) -> None:
    assert replaced(HEAD + before, notes) == HEAD + after
    assert notes_of(split_note(HEAD + after).body) == notes
    assert replaced(HEAD + after, notes) == HEAD + after


@given(
    st.lists(st.sampled_from(["one", "# two", "```", "~~~", "\\# x", "    code", "- a", "", "---", "## Log"])),
    st.lists(st.sampled_from(["one", "# two", "```", "~~~", "\\# x", "    code", "- a", "", "---", "## Log"])),
)
def test_whatever_the_notes_are_they_are_read_back_and_the_log_is_left_alone(old: list[str], new: list[str]) -> None:
    start, notes = (notes_of(f"## Notes\n\n{as_text(chr(10).join(lines))}\n") for lines in (old, new))
    text = replaced(f"{HEAD}{LOG}", start)
    text = replaced(text, notes)
    assert notes_of(split_note(text).body) == notes
    assert text.startswith(HEAD)
    assert LOG.strip() in text
