"""Staying in touch: which rule counts, from when, until when at the latest, and why somebody is never due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.cadence import NextContact, next_contact, reason_text
from prmvault.core.channels import channel_words
from prmvault.core.model import Note
from prmvault.core.note import Reading, parse_note
from prmvault.core.schema import note_types

READING = Reading(note_types(), channel_words({}))
TODAY = date(2026, 11, 21)


def note(yaml: str) -> Note:
    return parse_note("people/Anna Müller.md", f"---\n{yaml}\n---\n", READING)


def due(yaml: str, last: str = "", *, today: date = TODAY, **by_tag: str) -> NextContact:
    found = next_contact(note(yaml), last, by_tag=by_tag, today=today)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("yaml", "last", "due", "latest"),
    [
        ("cadence: 3 weeks", "2026-11-01", "2026-11-22", None),
        ("cadence: {every: 3 weeks, at_most: 2 months}", "2026-11-01", "2026-11-22", "2027-01-01"),
        ("cadence: {every: 3 weeks, at_most: never}", "2026-11-01", "2026-11-22", None),
        ("cadence: {at_most: 2 months}", "2026-11-01", "2027-01-01", "2027-01-01"),
        ("cadence: {at_most: 2 months}\ntags: [family]", "2026-11-01", "2027-01-01", "2027-01-01"),
        ("cadence: {every: 2 months, at_most: 3 weeks}", "2026-11-01", "2026-11-22", "2026-11-22"),
        ("cadence: {at_most: 2 months}", "", "2026-11-21", None),
        ("cadence: 3 weeks\ncreated: 2026-11-10", "", "2026-12-01", None),
        ("cadence: 3 weeks", "", "2026-11-21", None),
        ("tags: [family/close, friend]", "2026-11-01", "2026-11-15", None),
        ("tags: [friend]", "2026-11-01", "2027-01-01", None),
        ("tags: [other]", "2026-11-01", "2027-11-01", None),
        ("tags: [friend]\ncadence: 1 week", "2026-11-01", "2026-11-08", None),
    ],
)
def test_the_next_contact_is_due_by_the_own_rule_else_the_shortest_of_the_tags(
    yaml: str, last: str, due: str, latest: str | None
) -> None:
    by_tag = {"family": "2 weeks", "friend": "2 months", "default": "1 year"}
    found = next_contact(note(yaml), last, by_tag=by_tag, today=TODAY)
    assert found is not None
    assert (found.due.isoformat(), found.latest and found.latest.isoformat()) == (due, latest)
    assert reason_text(found)


@pytest.mark.parametrize(
    "yaml",
    [
        "cadence: never",
        "cadence: nie",
        "tags: [work]",
        "",
        "cadence: 1 week\ndeceased: 2020",
        "cadence: often",
        "cadence: {at_most: never}",
        "cadence: 3 weeks\ncreated: 9999-12-31",
    ],
)
def test_nobody_is_due_without_a_rule_or_after_death_or_beyond_the_calendar(yaml: str) -> None:
    assert next_contact(note(yaml), "", by_tag={"work": "never"}, today=TODAY) is None


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("3 weeks", "cadence 3 weeks (people/Anna Müller.md:3); last contact 2026-11-01"),
        (
            "{every: 1 week, at_most: 3 weeks}",
            "cadence 1 week (people/Anna Müller.md:3); last contact 2026-11-01; at the latest 2026-11-22",
        ),
        (
            "{at_most: 1 month}",
            "cadence at most 1 month (people/Anna Müller.md:3); last contact 2026-11-01; at the latest 2026-12-01",
        ),
        (
            "{every: 1 week, at_most: 19 days}",
            "cadence 1 week (people/Anna Müller.md:3); last contact 2026-11-01; at the latest 2026-11-20, which has passed",
        ),
    ],
)
def test_the_reason_names_rule_file_line_and_until_when_at_the_latest(rule: str, reason: str) -> None:
    found = due(f"name: A\ncadence: {rule}", "2026-11-01")
    assert reason_text(found) == reason
    assert reason_text(found, place=False) == reason.replace(" (people/Anna Müller.md:3)", "")


def test_the_reason_of_a_tag_is_in_the_settings() -> None:
    found = next_contact(note("tags: a"), "2026-11-01", by_tag={"a": "1 week"}, today=TODAY, lines={"a": 7})
    assert found is not None
    assert (found.path, found.line) == ("prmvault.yaml", 7)
    assert reason_text(found) == "#a every 1 week (prmvault.yaml:7); last contact 2026-11-01"
    assert reason_text(due("tags: a", "2026-11-01", a="1 week")) == (
        "#a every 1 week (prmvault.yaml); last contact 2026-11-01"
    )


def test_the_reason_of_everybodys_rule_says_so_unless_a_tag_has_its_name() -> None:
    assert due("tags: b", default="1 year").rule == "everybody every 1 year"
    assert due("tags: default", default="1 year").rule == "#default every 1 year"


def test_the_reason_tells_from_when_it_counts() -> None:
    assert due("cadence: 3 weeks", "2026-11-01").since == "last contact 2026-11-01"
    assert due("cadence: 3 weeks\ncreated: 2026-11-10").since == "in the vault since 2026-11-10"
    assert due("cadence: 3 weeks").since == "never in touch yet"


def test_the_limit_has_passed_the_day_after_it() -> None:
    rule = "cadence: {every: 1 week, at_most: 3 weeks}"
    assert [
        due(rule, "2026-11-01", today=today).is_past_latest for today in (date(2026, 11, 22), date(2026, 11, 23))
    ] == [False, True]


@given(st.dates(), st.dates(), st.sampled_from(["1 day", "3 weeks", "2 months", "100 years"]))
def test_whenever_the_last_contact_was_somebody_is_due_after_it_or_never(last: date, today: date, every: str) -> None:
    found = next_contact(note(f"cadence: {every}"), last.isoformat(), by_tag={}, today=today)
    assert found is None or found.due > last
    assert found is not None or last > date(9890, 1, 1)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(1, 400), st.integers(1, 400))
def test_nobody_is_due_after_the_limit(last: date, every: int, at_most: int) -> None:
    found = due(f"cadence: {{every: {every} days, at_most: {at_most} days}}", last.isoformat())
    assert found.due == last + timedelta(days=min(every, at_most))
    assert found.latest == last + timedelta(days=at_most)
