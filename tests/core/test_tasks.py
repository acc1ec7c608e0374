from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.fences import split_note
from prmvault.core.markdown import parse_body
from prmvault.core.model import Task
from prmvault.core.problems import PrmvaultError
from prmvault.core.tasks import cancel_task, complete_task, schedule_task, task_key

TODAY = date(2026, 11, 21)


def tasks(text: str) -> tuple[Task, ...]:
    note = split_note(text)
    return parse_body(note.body, note.body_line).tasks


def ticked(text: str, line: int = 1) -> str:
    return complete_task(text, line, TODAY)[0]


def following(task: str, today: date = TODAY, leap_day: str = "feb-28") -> str:
    """Return the text of the next task behind its checkbox."""
    text, told = complete_task(f"- [ ] {task}", 1, today, leap_day=leap_day)
    new, done = text.split("\n")
    assert done.startswith("- [x] ")
    assert told[1].startswith("next one")
    return new.removeprefix("- [ ] ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- [ ] call", "- [x] call ✅ 2026-11-21"),
        ("- [/] call", "- [x] call ✅ 2026-11-21"),
        ("* [ ] call 📅 2026-12-01 ⏫", "* [x] call 📅 2026-12-01 ⏫ ✅ 2026-11-21"),
        ("- [ ] call ^a1b2", "- [x] call ✅ 2026-11-21 ^a1b2"),
        ("- [ ] call   ", "- [x] call ✅ 2026-11-21   "),
        ("- [ ] call ^a1b2  \r", "- [x] call ✅ 2026-11-21 ^a1b2  \r"),
        ("1. [ ] call", "1. [x] call ✅ 2026-11-21"),
        ("> > - [ ] call", "> > - [x] call ✅ 2026-11-21"),
        ("\t-\t[ ]\tcall", "\t-\t[x]\tcall ✅ 2026-11-21"),
        ("- [ ] ", "- [x] ✅ 2026-11-21"),
        ("- [ ] call ✅ 2020-01-01 #x", "- [x] call #x ✅ 2026-11-21"),
        ("- [ ] call [due:: 2026-12-01]", "- [x] call [due:: 2026-12-01] [completion:: 2026-11-21]"),
        ("- [ ] call (priority:: high) ^b", "- [x] call (priority:: high) (completion:: 2026-11-21) ^b"),
        ("- [ ] call [due:: 2026-12-01] 📅 2026-12-01", "- [x] call [due:: 2026-12-01] 📅 2026-12-01 ✅ 2026-11-21"),
        ("- [ ] [due:: 2026-12-01] [completion:: ]", "- [x] [due:: 2026-12-01] [completion:: 2026-11-21]"),
        ("\ufeff- [ ] call", "\ufeff- [x] call ✅ 2026-11-21"),
    ],
)
def test_a_task_is_ticked_with_the_day(before: str, after: str) -> None:
    assert complete_task(before, 1, TODAY) == (after, ["done on 2026-11-21"])


def test_only_the_one_line_of_the_file_changes() -> None:
    text = "\ufeff---\r\ntags: [a]\r\n---\r\n- [ ] one\r\n  - [ ] two\r\n\r\n- [ ] one\r\nend"
    assert ticked(text, 5) == text.replace("  - [ ] two", "  - [x] two ✅ 2026-11-21")
    assert ticked(text, 7) == text.replace("- [ ] one\r\nend", "- [x] one ✅ 2026-11-21\r\nend")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- [ ] call", 2, "no task on line 2"),
        ("- [ ] call", 0, "no task on line 0"),
        ("- call", 1, "no task on line 1"),
        ("---\na: '- [ ] b'\n---\n", 2, "no task on line 2"),
        ("```\n- [ ] call\n```", 2, "no task on line 2"),
        ("- [x] call", 1, "line 1 is done already"),
        ("- [-] call", 1, "line 1 is cancelled already"),
    ],
)
def test_what_is_no_open_task_is_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(PrmvaultError, match=message):
        complete_task(text, line, TODAY)


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("trash 🔁 every Sunday 📅 2021-04-25", "trash 🔁 every Sunday 📅 2021-05-02"),
        ("a 🔁 every week ⏳ 2021-02-06", "a 🔁 every week ⏳ 2021-02-13"),
        ("a 🔁 every week when done ⏳ 2021-02-06", "a 🔁 every week when done ⏳ 2026-11-28"),
        ("a 🔁 every 2 weeks ⏳ 2021-10-28 📅 2021-10-30", "a 🔁 every 2 weeks ⏳ 2021-11-11 📅 2021-11-13"),
        ("a 🛫 2026-01-01 ⏳ 2026-01-05 🔁 every 10 days", "a 🛫 2026-01-11 ⏳ 2026-01-15 🔁 every 10 days"),
        (
            "a 📅 2026-11-20 🛫 2026-11-10 🔁 every day when done",
            "a 📅 2026-11-22 🛫 2026-11-12 🔁 every day when done",
        ),
        ("a 🔁 every month on the last 📅 2022-01-31", "a 🔁 every month on the last 📅 2022-02-28"),
        ("a 🔁 every month 📅 2021-10-31", "a 🔁 every month 📅 2021-11-30"),
        ("a 🔁 every month 📅 2022-01-30", "a 🔁 every month 📅 2022-02-28"),
        ("a 🔁 every month 📅 2024-01-31", "a 🔁 every month 📅 2024-02-29"),
        ("a 🔁 every month 📅 2022-02-28", "a 🔁 every month 📅 2022-03-28"),
        ("a 🔁 every month on the 31st 📅 2022-01-31", "a 🔁 every month on the 31st 📅 2022-03-31"),
        ("a 🔁 every 3 months 📅 2022-01-31", "a 🔁 every 3 months 📅 2022-04-30"),
        ("a 🔁 every weekday 📅 2026-11-20", "a 🔁 every weekday 📅 2026-11-23"),
        ("a 🔁 every year 📅 2025-12-31", "a 🔁 every year 📅 2026-12-31"),
        ("a 🔁 every January on the 15th 📅 2026-01-15", "a 🔁 every January on the 15th 📅 2027-01-15"),
        ("a [repeat:: every week] [due:: 2026-01-01]", "a [repeat:: every week] [due:: 2026-01-08]"),
        ("a (start::2026-01-01) (repeat:: every week)", "a (start::2026-01-08) (repeat:: every week)"),
    ],
)
def test_the_next_one_is_reckoned_as_obsidian_tasks_does(task: str, expected: str) -> None:
    assert following(task) == expected


@pytest.mark.parametrize(("leap_day", "expected"), [("feb-28", "2025-02-28"), ("mar-01", "2025-03-01")])
def test_years_after_29_february_follow_the_setting(leap_day: str, expected: str) -> None:
    assert following("a 🔁 every year 📅 2024-02-29", leap_day=leap_day).endswith(expected)


def test_monthly_when_done_on_the_31st_is_the_last_day_of_a_shorter_month() -> None:
    assert following("a 🔁 every month when done 📅 2026-01-05", date(2026, 8, 31)).endswith("2026-09-30")


@pytest.mark.parametrize(
    "own",
    [
        "➕ 2026-01-01",
        "❌ 2026-01-01",
        "✅ 2026-01-01",
        "🆔 abc1",
        "⛔ abc1",
        "⛔ a1,b2, c3",
        "[created:: 2026-01-01]",
        "[id:: abc]",
        "[dependsOn:: a, b]",
        "[completion:: 2026-01-01]",
    ],
)
def test_the_next_one_is_without_what_is_the_finished_ones_own(own: str) -> None:
    assert following(f"call {own} 🔁 every week 📅 2026-11-21 ^id1") == "call 🔁 every week 📅 2026-11-28"


def test_words_behind_the_repeat_do_not_become_part_of_it() -> None:
    assert following("🔁 every week ➕ 2026-01-01 call 📅 2026-11-21") == "call 📅 2026-11-28 🔁 every week"


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
def test_the_next_one_stands_above_with_the_same_beginning_and_line_ending(ending: str, last: bool) -> None:
    rest = "" if last else f"{ending}   - more{ending}"
    text = f"- list{ending}> 2)\t[!] Water plants 🔁 every week 📅 2026-11-21{rest}"
    after, told = complete_task(text, 2, TODAY)
    new = f"> 2)\t[ ] Water plants 🔁 every week 📅 2026-11-28{ending}"
    done = "> 2)\t[x] Water plants 🔁 every week 📅 2026-11-21 ✅ 2026-11-21"
    assert after == f"- list{ending}{new}{done}{rest}"
    assert told == ["done on 2026-11-21", "next one: 2026-11-28"]


def test_without_a_date_the_next_one_has_none() -> None:
    text, told = complete_task("- [ ] a 🔁 every week ➕ 2026-01-01", 1, TODAY)
    assert text == "- [ ] a 🔁 every week\n- [x] a 🔁 every week ➕ 2026-01-01 ✅ 2026-11-21"
    assert told[1] == "next one, without a date"


def test_a_repeat_that_says_nothing_is_told_and_the_task_ticked() -> None:
    text, told = complete_task("- [ ] a 🔁 every blue moon 📅 2026-11-21", 1, TODAY)
    assert text == "- [x] a 🔁 every blue moon 📅 2026-11-21 ✅ 2026-11-21"
    assert told[1] == 'no next one: "every blue moon" does not say how often'


def test_a_repeat_by_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(PrmvaultError, match='its due "2026-02-30" is not a date') as refused:
        complete_task("- [ ] a 🔁 every week 📅 2026-02-30", 1, TODAY)
    assert refused.value.hint == "2026-02 has only 28 days."
    assert ticked("- [ ] a 📅 2026-02-30") == "- [x] a 📅 2026-02-30 ✅ 2026-11-21"


@pytest.mark.parametrize("dates", ["📅 9999-12-31", "📅 9999-12-20 🛫 0001-01-01", "⏳ 9999-12-31 📅 9999-12-20"])
def test_no_calendar_goes_past_the_year_9999(dates: str) -> None:
    try:
        text, told = complete_task(f"- [ ] a 🔁 every 20 days {dates}", 1, TODAY)
    except PrmvaultError as error:
        assert "no calendar goes that far" in str(error)  # noqa: PT017 - the end of the rule is an answer as well
    else:
        assert "\n" not in text
        assert "is over" in told[1]


def test_a_finished_task_is_kept_even_if_it_is_marked_for_deletion() -> None:
    text, told = complete_task("- [ ] a 🏁 delete", 1, TODAY)
    assert text == "- [x] a 🏁 delete ✅ 2026-11-21"
    assert told == ["done on 2026-11-21", "the finished one stays, although it is marked 🏁 delete"]


def test_tasks_are_sorted_by_how_they_press() -> None:
    order = [
        Task(1, "long overdue", "open", due="2026-01-01", priority="lowest"),
        Task(1, "scheduled before", "open", due="2026-12-01", scheduled="2026-11-01"),
        Task(1, "overdue, though its start is wrong", "open", due="2026-11-20", start="2027-01-01"),
        Task(1, "today, highest", "open", due="2026-11-21", priority="highest"),
        Task(1, "today", "open", due="2026-11-21", start="2026-11-21"),
        Task(1, "today, low", "open", scheduled="2026-11-21", priority="low"),
        Task(1, "next year", "open", due="2027-11-21", priority="highest"),
        Task(1, "no date, High", "open", priority="High"),
        Task(1, "no date", "open", priority="unheard of"),
        Task(1, "no date, low", "open", start="2026-01-01", priority="low"),
        Task(1, "starts tomorrow", "open", due="2026-11-23", start="2026-11-22", priority="highest"),
        Task(1, "starts later", "open", start="2026-12-22"),
        Task(1, "done", "done", due="2026-01-01", done="2026-01-01"),
    ]
    mixed = [*order[::2], *order[1::2]]
    assert sorted(mixed, key=lambda task: task_key(task, TODAY)) == order


parts = st.sampled_from(
    [
        "call",
        "[[Anna]]",
        "#tag",
        "📅 2026-01-31",
        "⏳ 2026-02-28",
        "🛫 2024-02-29",
        "📅 2026-02-30",
        "➕ 2026-01-01",
        "✅ 2025-01-01",
        "🔁 every month",
        "🔁 every week when done",
        "🔁 every bla",
        "[due:: 2026-03-31]",
        "(repeat:: every 3 days)",
        "🆔 x",
        "⛔ x",
        "^b1",
        "`[x]`",
        "⏫",
        "  ",
        "\u2028",
        "[completion:: x]",
        "🏁 delete",
        "\x0c",
    ]
)
begins = st.sampled_from(["- [ ] ", "  * [/] ", "> - [ ] ", "1. [?]\t", "- [x] ", "- ", "```", "", "- [-] "])
text_lines = st.builds(lambda begin, rest: begin + " ".join(rest), begins, st.lists(parts, max_size=6))


@given(
    st.lists(text_lines, min_size=1, max_size=5),
    st.integers(1, 5),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
)
def test_one_line_changes_and_one_comes_at_most(written: list[str], line: int, ending: str, mark: str) -> None:
    text = mark + ending.join(written)
    is_open = any(task.line == line and task.status == "open" for task in tasks(text))
    try:
        after, told = complete_task(text, line, TODAY)
    except PrmvaultError as error:
        assert not is_open or "2026-02-30" in str(error)  # noqa: PT017 - few are refused
        return
    assert is_open
    lines = after.removeprefix(mark).split("\n")
    old = text.removeprefix(mark).split("\n")
    comes = len(lines) - len(old)
    assert comes == any(sentence.startswith("next one") for sentence in told)
    assert lines[: line - 1] == old[: line - 1]
    assert lines[line + comes :] == old[line:]
    found = {task.line: task for task in tasks(after)}
    assert (found[line + comes].status, found[line + comes].done) == ("done", "2026-11-21")
    assert len(found) == len(tasks(text)) + comes
    if comes:
        before = next(task for task in tasks(text) if task.line == line)
        assert (found[line].status, found[line].done, found[line].repeat) == ("open", "", before.repeat)
        assert found[line].links == before.links


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- [ ] call Anna\n", "- [ ] call Anna ⏳ 2026-11-29\n"),
        ("- [ ] call Anna 📅 2026-11-20 ^abc\r\n", "- [ ] call Anna 📅 2026-11-20 ⏳ 2026-11-29 ^abc\r\n"),
        ("> * [/] call ⏳ 2026-11-20 📅 2026-12-01", "> * [/] call ⏳ 2026-11-29 📅 2026-12-01"),
        ("- [ ] call ⏳️2026-11-20\n", "- [ ] call ⏳️2026-11-29\n"),
        ("\ufeff- [ ] call [due:: 2026-11-20]\n", "\ufeff- [ ] call [due:: 2026-11-20] [scheduled:: 2026-11-29]\n"),
        ("- [ ] call (scheduled:: 2026-11-20) now\n", "- [ ] call (scheduled:: 2026-11-29) now\n"),
        ("- [ ] call 🔁 every week\n- [ ] other\n", "- [ ] call 🔁 every week ⏳ 2026-11-29\n- [ ] other\n"),
    ],
)
def test_a_task_is_put_off_and_nothing_else_changes(before: str, after: str) -> None:
    assert schedule_task(before, 1, date(2026, 11, 29)) == after
    assert schedule_task(after, 1, date(2026, 11, 29)) == after


def test_a_task_is_cancelled_with_the_day() -> None:
    assert (
        cancel_task("- [ ] call 📅 2026-11-20 ^a\n", 1, date(2026, 11, 21))
        == "- [-] call 📅 2026-11-20 ❌ 2026-11-21 ^a\n"
    )
    assert (
        cancel_task("- [/] call [due:: x]\r\n", 1, date(2026, 11, 21))
        == "- [-] call [due:: x] [cancelled:: 2026-11-21]\r\n"
    )
    for change in (cancel_task, schedule_task):
        with pytest.raises(PrmvaultError, match="done already"):
            change("- [x] call\n", 1, date(2026, 11, 21))


def test_only_the_turn_that_was_put_off_is_later() -> None:
    text, _ = complete_task("- [ ] bins 🔁 every week 📅 2026-11-17 ⏳ 2026-11-19\n", 1, date(2026, 11, 19))
    assert text.startswith("- [ ] bins 🔁 every week 📅 2026-11-24\n- [x] bins")
    text, _ = complete_task("- [ ] bins 🔁 every week 📅 2026-11-17 ⏳ 2026-11-16\n", 1, date(2026, 11, 19))
    assert text.startswith("- [ ] bins 🔁 every week 📅 2026-11-24 ⏳ 2026-11-23\n")
