"""When something comes of which somebody told: rather nothing than a wrong day."""

from __future__ import annotations

from datetime import date

import pytest

from prmvault.core.coming import coming_day, may_tell_a_day

SUNDAY = date(2026, 11, 8)


@pytest.mark.parametrize(
    ("clause", "day"),
    [
        ("operation on Tuesday", "2026-11-10"),
        ("exam due on Tuesday", "2026-11-10"),
        ("am Dienstag OP", "2026-11-10"),
        ("wird am Dienstag operiert", "2026-11-10"),
        ("the trip is planned for Tuesday", "2026-11-10"),
        ("bis Freitag", "2026-11-13"),
        ("nächsten Mittwoch Prüfung", "2026-11-11"),
        ("morgen Prüfung", "2026-11-09"),
        ("übermorgen Besuch", "2026-11-10"),
        ("moves tomorrow", "2026-11-09"),
        ("she was glad the surgery is next week", "2026-11-09"),
        ("nächste Woche Umzug", "2026-11-09"),
        ("nächsten Monat neue Stelle", "2026-12-01"),
        ("next year in Rome", "2027-01-01"),
        ("in drei Wochen Umzug", "2026-11-29"),
        ("back in 2 weeks", "2026-11-22"),
        ("am Wochenende Regatta", "2026-11-14"),
        ("she asked twice who fetches her on the 21st", "2026-11-21"),
        ("Tischordnung für den 21.", "2026-11-21"),
        ("am 17. November OP", "2026-11-17"),
        ("Termin am 17.11.", "2026-11-17"),
        ("they leave on 3 December", "2026-12-03"),
        ("exam 2026-12-03", "2026-12-03"),
        ("starts in October", "2027-10-01"),
        ("zieht im März 2027 um", "2027-03-01"),
        ("im Frühling wollen sie kommen", "2027-03-01"),
        ("they may come over in spring", "2027-03-01"),
        ("home for Christmas", "2026-12-24"),
        ("vor Weihnachten", "2026-12-24"),
    ],
)
def test_what_is_to_come_has_its_first_day(clause: str, day: str) -> None:
    found = coming_day(clause, SUNDAY)
    assert found is not None
    assert found.day.isoformat() == day


@pytest.mark.parametrize(
    "clause",
    [
        "",
        "we met on Tuesday",
        "moved on Tuesday",
        "she had her operation on Tuesday",
        "hat am Dienstag geheiratet",
        "war am Dienstag beim Arzt",
        "was in Rome in May",
        "last winter in Rome",
        "has been in the choir since March",
        "letzten Freitag",
        "may come over",
        "he may fall",
        "in November",
        "im Herbst",
        "heute morgen",
        "guten Morgen",
        "exam 2026-11-08",
        "born 1990-03-04",
        "back on 2026-13-40",
        "in 2030-01-01",
        "the 21st birthday",
    ],
)
def test_what_has_been_or_may_have_been_has_none(clause: str) -> None:
    assert coming_day(clause, SUNDAY) is None


@pytest.mark.parametrize(("clause", "is_day"), [("on Tuesday", True), ("in October", False), ("next week", False)])
def test_it_is_known_whether_it_is_a_day_or_the_first_of_more(clause: str, is_day: bool) -> None:
    found = coming_day(clause, SUNDAY)
    assert found is not None
    assert found.is_day is is_day


@pytest.mark.parametrize("told", [date.min, date.max, date(9999, 11, 30)])
def test_at_the_ends_of_the_calendar_there_may_be_none(told: date) -> None:
    for clause in ("on Tuesday", "next week", "next year", "in October", "at the weekend", "on the 31st", "in 2 weeks"):
        found = coming_day(clause, told)
        assert found is None or found.day > told


@pytest.mark.parametrize(
    ("text", "is_written"),
    [
        ("OP am 2. Dezember", True),
        ("OP am 2.12.", True),
        ("OP 2026-12-02", True),
        ("OP on Tuesday", False),
        ("back on the 21st", False),
    ],
)
def test_it_is_known_whether_the_text_tells_day_and_month(text: str, is_written: bool) -> None:
    found = coming_day(text, date(2026, 11, 16))
    assert found is not None
    assert found.is_written == is_written
    assert may_tell_a_day(text, is_near=True)
    assert may_tell_a_day(text, is_near=False) == (text != "OP on Tuesday")
