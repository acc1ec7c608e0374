"""Open threads: what is to be asked when one is in touch next, and what is not, because it was settled."""

from __future__ import annotations

from datetime import date

import pytest

from prmvault.core.threads import MOST_THREADS, Said, Thread, last_channel, most_pressing, open_threads

MONDAY = date(2026, 11, 16)


def said(day: str, text: str, *, mention: bool = False, channel: str = "call", line: int = 1) -> Said:
    return Said(day, "", channel, text, f"journal/{day}.md", line, mention)


def texts(*items: Said, tasks: tuple[Thread, ...] = (), today: date = MONDAY) -> list[str]:
    return [thread.text for thread in open_threads(items, tasks, today)]


def test_what_has_come_since_the_last_talk_is_open() -> None:
    (thread,) = open_threads([said("2026-11-08", "call Ann: operation on Tuesday; all fine")], (), MONDAY)
    assert thread == Thread(
        "plan", "2026-11-08", "2026-11-10", "operation on Tuesday", "journal/2026-11-08.md", 1, is_past=True
    )


def test_what_is_yet_to_come_is_open_and_not_past() -> None:
    (thread,) = open_threads([said("2026-08-15", "they may come over in spring")], (), MONDAY)
    assert (thread.when, thread.is_past, thread.is_day) == ("2027-03-01", False, False)


def test_what_had_its_day_before_a_later_talk_is_closed() -> None:
    later = said("2026-11-12", "call Ann: fine")
    assert texts(later, said("2026-11-08", "operation on Tuesday")) == []
    assert texts(later, said("2026-11-08", "operation on Sunday")) == ["operation on Sunday"]


def test_a_talk_on_the_day_itself_closes_it() -> None:
    assert texts(said("2026-11-10", "call"), said("2026-11-08", "operation on Tuesday")) == []


def test_a_mention_closes_nothing() -> None:
    heard = said("2026-11-12", "Bob says she is well", mention=True)
    assert texts(heard, said("2026-11-08", "operation on Tuesday")) == ["operation on Tuesday", "Bob says she is well"]


@pytest.mark.parametrize(
    "text",
    [
        "how is the cat?",
        "he asked about Christmas",
        "she asked twice who fetches her",
        "fragt, ob wir kommen",
        "er hat gefragt, wann wir kommen",
        "will wissen, was Ida sich wünscht",
    ],
)
def test_a_question_is_open_until_the_next_talk(text: str) -> None:
    asked = said("2026-10-01", f"call Ann: {text}")
    assert texts(asked) == [text]
    assert texts(said("2026-10-02", "call Ann: fine"), asked) == []


@pytest.mark.parametrize(
    "text",
    [
        "we talked about cats",
        "who brings the plates? (he does)",
        "coming to the party? yes, all four",
        "she said hello",
        "das Knie ist besser, die Ärztin zufrieden",
        "sie fragte nicht",
    ],
)
def test_what_was_answered_or_asks_nothing_is_no_thread(text: str) -> None:
    assert texts(said("2026-10-01", text)) == []


@pytest.mark.parametrize("tag", ["#thread", "#offen", "#followup", "#follow-up", "#Offen"])
def test_what_bears_the_tag_is_open_and_comes_first(tag: str) -> None:
    found = texts(
        said("2026-11-10", "call Ann: fine"), said("2026-11-08", f"operation on Sunday – lend her the book {tag}")
    )
    assert found == ["lend her the book", "operation on Sunday"]


@pytest.mark.parametrize("tag", ["#threads", "#offen/x", "x#thread", "#opened"])
def test_other_tags_are_none(tag: str) -> None:
    assert texts(said("2026-11-08", f"lend her the book {tag}")) == []


def test_what_others_told_after_the_last_talk_is_open_and_what_they_told_before_is_not() -> None:
    before = said("2026-11-01", "Bob says she is ill", mention=True)
    after = said("2026-11-12", "#mention Ann: Bob saw her prints", mention=True)
    assert texts(after, said("2026-11-08", "call"), before) == ["Bob saw her prints"]


def test_of_somebody_with_whom_one_never_talked_it_is_what_others_told_lately() -> None:
    old, new = (said(day, f"Bob met her in {day}", mention=True) for day in ("2025-01-01", "2026-10-01"))
    assert texts(new, old) == [new.text]


def test_only_the_last_three_talks_of_half_a_year_count() -> None:
    marked = [said(f"2026-11-0{day}", f"thing number {day} #thread") for day in (8, 7, 6, 5)]
    assert texts(*marked) == ["thing number 8", "thing number 7", "thing number 6"]
    assert texts(said("2026-05-01", "a thing #thread")) == []


def test_the_most_pressing_are_few_and_the_nearest_come_first() -> None:
    days = ("2026-12-24", "2026-11-10", "2026-11-17", "2027-03-01")
    threads = [Thread("plan", "2026-11-01", day, f"on {day}", "j.md", 1) for day in days]
    found = most_pressing([Thread("question", "2026-11-01", "", "and?", "j.md", 1), *threads], MONDAY)
    assert len(found) == MOST_THREADS
    assert [thread.when for thread in found] == ["2026-11-17", "2026-11-10", "2026-12-24"]


def test_what_is_told_twice_is_one_thread() -> None:
    assert texts(said("2026-11-08", "move on Sunday"), said("2026-11-07", "Move on Sunday")) == ["move on Sunday"]


def test_a_long_one_is_cut_and_its_tags_are_gone() -> None:
    (text,) = texts(said("2026-11-08", f"{'word ' * 60}on Sunday #a/b #thread"))
    assert len(text) < 150
    assert "#" not in text


def test_an_item_without_a_real_day_breaks_nothing() -> None:
    assert texts(said("2026-99-99", "operation on Tuesday")) == []


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        (("call", "visit", "call"), "call"),
        (("visit", "call"), "visit"),
        (("", "mail", ""), "mail"),
        ((), ""),
        (("call",) * 6 + ("visit",) * 9, "call"),
    ],
)
def test_the_channel_is_the_one_most_used_lately(channels: tuple[str, ...], expected: str) -> None:
    items = [
        said("2026-11-01", "x", mention=True, channel="letter"),
        *(said("2026-10-01", "x", channel=c) for c in channels),
    ]
    assert last_channel(items) == expected
