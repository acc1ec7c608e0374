"""The section of notes: what goes in comes out, and stays text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.fences import split_note
from prmvault.core.markdown import parse_body
from prmvault.core.notes_section import as_text, notes_of, section_text, with_notes

LOG = ("log",)
LINES = st.lists(
    st.one_of(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12),
        st.sampled_from(["# a", "#tag", "\\# b", "```", "- ~~~", "> ```py", "## Notes", "  # c", "\\\\#", "---", ""]),
    ),
    max_size=8,
)


@given(LINES)
def test_notes_come_out_of_a_body_as_they_went_in(lines: list[str]) -> None:
    notes = "\n".join([line.rstrip() for line in lines]).strip("\n")
    note = f"---\na: b\n---\n\n{section_text(notes, 'Notes')}"
    more = f"{note}\n## Log\n\n- 2026-01-01 met\n"
    assert notes_of(split_note(note).body) == notes
    assert notes_of(split_note(more).body) == notes
    assert with_notes(more, notes, "Notes", LOG) == more


@given(LINES)
def test_no_line_of_notes_is_a_heading_or_a_tag_at_its_beginning(lines: list[str]) -> None:
    body = parse_body(section_text("\n".join(lines), "Notes") + "\n- [[A]] item\n")
    assert [item.heading for item in body.items][-1] == "Notes"
    assert not any(line.lstrip().startswith("#") for line in as_text("\n".join(lines)).split("\n"))


def test_notes_go_to_the_end_of_the_section_that_is_there() -> None:
    text = "---\na: b\n---\n\n## Notizen\n\nLikes tea.\n\n## Log\n\n- 2026-01-01 met\n"
    changed = with_notes(text, "Has a cat.", "Notes", LOG)
    assert changed == text.replace("Likes tea.\n", "Likes tea.\n\nHas a cat.\n")
    assert with_notes(changed, "Has a cat.", "Notes", LOG) == changed
    assert with_notes(changed, "Likes tea.", "Notes", LOG) == changed


def test_a_section_is_made_before_the_log_where_that_comes_last() -> None:
    text = "---\na: b\n---\nText.\n\n## Log\n\n- 2026-01-01 met\n"
    changed = with_notes(text, "Has a cat.", "Notes", LOG)
    assert changed == "---\na: b\n---\nText.\n\n## Notes\n\nHas a cat.\n\n## Log\n\n- 2026-01-01 met\n"
    assert with_notes(changed, "Has a cat.", "Notes", LOG) == changed


def test_windows_line_endings_stay() -> None:
    text = "---\r\na: b\r\n---\r\n\r\n## Notes\r\n\r\nTea.\r\n"
    changed = with_notes(text, "A cat.\nA dog.", "Notes", LOG)
    assert "\n" not in changed.replace("\r\n", "")
    assert notes_of(split_note(changed).body) == "Tea.\n\nA cat.\nA dog."


def test_notes_without_front_matter_and_without_a_last_line_break() -> None:
    changed = with_notes("Text.", "A cat.", "Notes", LOG)
    assert changed == "Text.\n\n## Notes\n\nA cat.\n"
    assert with_notes("", "A cat.", "Notes", LOG).strip() == "## Notes\n\nA cat."


def test_control_characters_do_not_come_into_a_note() -> None:
    assert as_text("a\x00b\x1b[31m\u202e\r\nc") == "ab[31m\nc"
