"""A page as a mail shows it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.markdown import one_line_markdown
from prmvault.core.page_text import page_text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("# Week 47\n\n## Overdue\n\n### Monday\n", "Week 47\n=======\n\nOverdue\n-------\n\nMonday\n"),
        ("- [ ] call [[Gerda Weißhaupt|Oma Gerda]] ⏳ 2026-11-22 ^c-3f2a1c\n", "- call Oma Gerda\n"),
        ("- post it ⏳ 2026-11-22\n", "- post it ⏳ 2026-11-22\n"),
        ("  - [x] [[journal/2026-11-17]]\n", "  - 2026-11-17\n"),
        ("- **88 days overdue**, `people/A *b*.md:3`\n", "- 88 days overdue, people/A *b*.md:3\n"),
        ("- \\[[x 2 \\* 3 \\<b>\n", "- [[x 2 * 3 <b>\n"),
        ("- [a list](https://example.org/a) of it\n", "- a list (https://example.org/a) of it\n"),
        ("a\n<!-- prmvault: 12 -->\nb\n", "a\nb\n"),
        ("#gift is no heading, 5 [ ] neither\n", "#gift is no heading, 5 [ ] neither\n"),
    ],
)
def test_marks_for_programs_are_gone(page: str, text: str) -> None:
    assert page_text(page) == text


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="`*^[]\\#!")))
def test_what_the_page_escapes_is_read_as_it_was_meant(text: str) -> None:
    meant = " ".join(text.split())
    if meant and not meant.startswith(("-", "+", "=")):
        assert page_text(f"x {one_line_markdown(meant)}\n") == f"x {meant}\n"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("- [ ] a lamp (idea → planned) · [[2026-11-15]] ^g-3f2a1c", "- a lamp"),
        ("- [ ] a lamp (idea → planned, 5 EUR) ^g-3f2a1c", "- a lamp (5 EUR)"),
        ("- [ ] a lamp (planned → given, 12,50 EUR) ^g-3f2a1c", "- a lamp (planned, 12,50 EUR)"),
        ("- [ ] a lamp (wish → planned) ^g-3f2a1c", "- a lamp (wish)"),
        (
            "- [ ] post (a → b) · [[2026-11-15]], 6 days overdue ⏳ 2026-11-01 ^t-3f2a1c",
            "- post (a → b), 6 days overdue",
        ),
        ("- tea · [[journal/2026-11-15|2026-11-15]]", "- tea"),
        ("- tea · [[Choir]]", "- tea · Choir"),
        ("- on [[2026-11-15]] we had tea · [[2026-11-15]] · [[Ann]]", "- on 2026-11-15 we had tea · 2026-11-15 · Ann"),
    ],
)
def test_what_a_tick_would_do_and_the_place_in_the_journal_are_for_the_page_only(line: str, told: str) -> None:
    assert page_text(line + "\n", "idea") == told + "\n"
