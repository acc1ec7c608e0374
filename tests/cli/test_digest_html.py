"""The digest as one HTML page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.digest import digest_html, monday_of
from prmvault.app.vault import open_vault
from prmvault.core.dates import parse_iso_date
from prmvault.core.messages import message
from prmvault.render.environment import render_text

TODAY = "2026-11-20"


class Page(HTMLParser):
    """Collects a page's text by headings, and what does not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: set[str] = set()
        self.headings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "rect", "path", "polyline"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("rect", "path", "polyline"):
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["h1"], ["h2"]):
            self.headings.append(data)


def page_of(sample: Any) -> str:
    vault = open_vault(str(sample.path), lambda _text: None)
    try:
        return digest_html(vault, monday_of(parse_iso_date(TODAY)))
    finally:
        vault.facts.close()


def test_the_page_of_the_example_needs_nothing_outside_of_it(prmvault: Any, example: str, tmp_path: Path) -> None:
    file = tmp_path / "week.html"

    assert prmvault("-C", example, "digest", "--html", str(file)).code == 0

    text = file.read_text(encoding="utf-8")
    assert not re.search(r"src=|href=|url\(|@import|https?:|<script|<link|<img", text)
    assert "default-src 'none'" in text
    assert text.startswith("<!DOCTYPE html>")


def test_the_page_of_the_example_is_well_formed_and_has_its_sections(prmvault: Any, example: str) -> None:
    page = Page(prmvault("-C", example, "digest", "--html", "-").out)

    assert (page.open, page.wrong) == ([], [])
    assert page.headings == [
        *("Week 47", "This week", "To be in touch with", "Overdue", "Gifts to think of", "Debts"),
        *("Open tasks without a date", "Coming up", "In other years"),
    ]
    assert {"svg", "polyline", "details"} <= page.tags


def test_the_page_follows_the_settings_language(vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "language: de\n")
    vault_at.write("people/Ida.md", "---\nbirthday: 2017-11-17\n---\n")

    text = page_of(vault_at)

    assert '<html lang="de">' in text
    assert "Ida wird 9" in text
    assert "16.–22. Nov. 2026" in text


def test_nothing_in_a_note_becomes_html(vault_at: Any) -> None:
    hostile = "<script>alert(1)</script>"
    vault_at.write(
        "people/Eve.md",
        f'---\nname: "{hostile}"\nbirthday: 1987-11-17\nwishes: ["{hostile}", "</style><b>x"]\ncadence: 1 week\n'
        f'debts: [{{amount: 5 EUR, by: them, for: "{hostile}"}}]\n---\n- [ ] {hostile} 📅 {TODAY}\n',
    )
    vault_at.write("journal/2026/2026-10-05.md", f"- call [[Eve]]: {hostile} \x1b[31m\u202e?\n")

    text = page_of(vault_at)

    assert "<script" not in text
    assert text.count("</style>") == 1
    assert "&lt;script&gt;" in text
    assert not {"\x1b", "\u202e"} & {*text}


def test_an_empty_week_says_so(vault_at: Any) -> None:
    text = page_of(vault_at)

    assert "Nothing is noted for this week." in text
    assert Page(text).headings == ["Week 47", "This week"]


def test_html_goes_with_no_other_output(prmvault: Any, example: str) -> None:
    done = prmvault("-C", example, "digest", "--html", "-", "--stdout")

    assert done.code == 2
    assert "only one of" in done.err


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "16–22 Nov 2026, 4.5, 2026-11-20"), ("de", "16.–22. Nov. 2026, 4,5, 2026-11-20")],
)
def test_days_and_numbers_in_a_template_are_the_languages(language: str, shown: str) -> None:
    values = {"first": "2026-11-16", "last": "2026-11-22", "day": message("{day}", day=parse_iso_date(TODAY))}
    source = '{{ first | until(last) }}, {{ _("{number}", number=4.5) }}, {{ day }}'

    assert render_text(source, "a.md.j2", values, language) == shown
