from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.channels import channel_words
from prmvault.core.note import Reading, is_conflict_copy, parse_note
from prmvault.core.schema import Field, NoteType, note_types
from prmvault.vault.files import decode_note

if TYPE_CHECKING:
    from prmvault.core.model import Contact, Note

OWN = {
    "deal": NoteType(
        "deal",
        "",
        {
            "stage": Field("choice", ("lead", "won"), required=True),
            "calls": Field("list of date"),
            "sums": Field("list of money"),
        },
    )
}
READING = Reading(note_types(own=OWN), channel_words({}))
ANNA = "people/Anna Müller.md"
DAY = "journal/2026/2026-11-21.md"


def note(text: str, path: str = ANNA, reading: Reading = READING) -> Note:
    return parse_note(path, text, reading)


def person(yaml: str) -> Note:
    return note(f"---\n{yaml}\n---\n")


def contact(item: str) -> Contact:
    (only,) = note(f"- {item}\n", DAY).contacts
    return only


def problems(read: Note) -> list[tuple[int, str]]:
    return [(problem.line, problem.code) for problem in read.problems]


@pytest.mark.parametrize(
    ("path", "yaml", "kind"),
    [
        ("people/A.md", "", "person"),
        ("people/friends/A.md", "", "person"),
        ("peoples/A.md", "", "note"),
        ("A.md", "", "note"),
        ("A.md", "type: person", "person"),
        ("A.md", "type: Person", "person"),
        ("people/A.md", "type: organization", "organization"),
        ("people/A.md", "type: contact", "person"),
        ("people/A.md", "type: [person]", "person"),
        ("deals/A.md", "", "deal"),
    ],
)
def test_the_type_is_the_declared_one_else_the_folders(path: str, yaml: str, kind: str) -> None:
    assert note(f"---\n{yaml}\n---\n", path).type == kind


@pytest.mark.parametrize(
    ("path", "yaml", "title"),
    [
        (ANNA, "", "Anna Müller"),
        (ANNA, "name: Dr. Anna", "Dr. Anna"),
        (ANNA, "title: Professor", "Anna Müller"),
        (ANNA, "title: Professor\norg: ACME", "Anna Müller"),
        (ANNA, "name: ' '", "Anna Müller"),
        ("deals/x.md", "title: Sale\norg: '[[ACME]]'\nstage: won", "Sale"),
        ("events/x.md", "title: Party", "Party"),
        ("x.md", "title: [a, {b: c}]", "x"),
    ],
)
def test_the_title_is_the_name_and_a_job_title_is_none(path: str, yaml: str, title: str) -> None:
    assert note(f"---\n{yaml}\n---\n", path).title == title


def test_unknown_keys_are_kept_as_they_are() -> None:
    read = person("shoe: 42\nempty:\nlist: [a, b]\nmap: {c: '01'}\nContent: x")
    assert read.fields == {"shoe": "42", "empty": "", "list": ["a", "b"], "map": {"c": "01"}, "Content": "x"}
    assert read.problems == ()


def test_singular_keys_and_the_body_add_to_tags_and_aliases() -> None:
    read = note("---\ntags: [b, a]\ntag: c\nalias: Annie\n---\n#a #d\n")
    assert read.tags == ("b", "a", "c", "d")
    assert read.fields["aliases"] == ["Annie"]
    assert "tag" not in read.fields


def test_names_are_kept_part_by_part() -> None:
    assert person("names:\n  given: Anna\n  family: Müller\n  prefix: Dr.").fields["names"] == {
        "given": "Anna",
        "family": "Müller",
        "prefix": "Dr.",
    }


def test_links_of_the_front_matter_are_told_with_the_line_of_their_item() -> None:
    read = person(
        'org: "[[ACME]]"\nrelated:\n  - friend: "[[Ben|B]]"\n  - parent: "[[people/Tom]]"\nmet: {through: "[[Ina#x]]"}'
    )
    assert read.links == (("ACME", 2), ("Ben", 4), ("people/Tom", 5), ("Ina", 6))


def test_own_types_have_choices_required_fields_and_lists() -> None:
    read = note("---\nstage: lost\ncalls: [2026-01-01, x]\nsums: 20 €\n---\n", "deals/x.md")
    assert read.fields == {"calls": ["2026-01-01"], "sums": ["20 EUR"]}
    assert problems(read) == [(1, "missing-field"), (2, "bad-choice"), (3, "bad-date")]
    assert all(problem.hint for problem in read.problems)


@pytest.mark.parametrize(
    ("path", "yaml", "date"),
    [
        (DAY, "", "2026-11-21"),
        ("journal/2026-11-21 Saturday.md", "", "2026-11-21"),
        (DAY, "date: 2026-11-20", "2026-11-20"),
        ("journal/today.md", "date: 2026-11-20", "2026-11-20"),
        ("events/x.md", "start: 2026-12-05 19:30", "2026-12-05"),
        ("x.md", "date: 2026-12-05", "2026-12-05"),
        ("x.md", "date: 2026-99-99", ""),
        ("x.md", "date: soon", ""),
        ("people/2026-11-21.md", "", ""),
    ],
)
def test_the_date_is_the_days_or_the_events(path: str, yaml: str, date: str) -> None:
    read = note(f"---\n{yaml}\n---\n", path)
    assert read.date == date
    assert read.problems == ()


@pytest.mark.parametrize(
    ("pattern", "path", "date"),
    [
        ("%Y/%m/%d.md", "journal/2026/11/21.md", "2026-11-21"),
        ("%d.%m.%Y.md", "journal/21.11.2026.md", "2026-11-21"),
        ("%Y/%B/%A %d %m.md", "journal/2026/November/Samstag 21 11.md", "2026-11-21"),
        ("%Y/%Y.%m.%d.md", "journal/2026/2026.11.21.md", "2026-11-21"),
        ("%Y/%Y.%m.%d.md", "journal/2025/2026.11.21.md", ""),
        ("%Y/%m/%d.md", "journal/2026/02/30.md", ""),
        ("%Y%%%m%d.md", "journal/2026%1121.md", "2026-11-21"),
        ("%Y.md", "journal/2026.md", ""),
        ("%", "journal/x.md", ""),
    ],
)
def test_a_journal_day_has_its_date_from_the_pattern_of_the_settings(pattern: str, path: str, date: str) -> None:
    read = note("", path, READING._replace(journal_file=pattern))
    assert read.date == date
    assert problems(read) == ([] if date else [(1, "no-date")])


@pytest.mark.parametrize("path", ["journal/notes.md", "journal/2026-02-30.md", "journal/2026/ideas.md"])
def test_a_journal_day_without_a_date_is_a_problem_and_has_no_contacts(path: str) -> None:
    read = note("- call [[Anna]]\n", path)
    assert problems(read) == [(1, "no-date")]
    assert read.contacts == ()
    assert read.links == (("Anna", 1),)


def test_a_wrong_date_key_is_reported_and_the_file_name_counts() -> None:
    read = note("---\nmood: 4\ndate: 2026-02-30\n---\n", DAY)
    assert (read.date, problems(read)) == ("2026-11-21", [(3, "bad-date")])


@pytest.mark.parametrize("mood", ["1", "5"])
def test_a_mood_is_a_number_from_1_to_5(mood: str) -> None:
    assert note(f"---\nmood: {mood}\n---\n", DAY).fields == {"mood": mood}


@pytest.mark.parametrize("mood", ["0", "6", "4.5", "good"])
def test_a_mood_of_another_kind_is_a_problem(mood: str) -> None:
    read = note(f"---\nplace: x\nmood: {mood}\n---\n", DAY)
    assert (read.fields, problems(read)) == ({"place": "x"}, [(3, "bad-choice")])


@pytest.mark.parametrize("end", ["2026-12-05", "2026-12-05 22:00", "2026-12-05T9:00", "2026-12-05 8:00Z", "2027-01-01"])
def test_an_event_ends_when_it_began_or_later(end: str) -> None:
    read = note(f"---\nend: {end}\nstart: 2026-12-05 09:00\n---\n", "events/x.md")
    assert read.problems == ()
    assert "end" in read.fields


@pytest.mark.parametrize("end", ["2026-12-04", "2026-12-04 22:00", "2026-12-05 8:59", "1999-12-31"])
def test_an_end_before_the_start_is_a_problem_on_its_line(end: str) -> None:
    read = note(f"---\nend: {end}\nstart: 2026-12-05 09:00\n---\n", "events/x.md")
    assert problems(read) == [(2, "bad-date")]
    assert set(read.fields) == {"start"}


def test_a_repeat_of_an_event_that_cannot_be_read_is_a_problem_on_its_line() -> None:
    read = note("---\nstart: 2026-12-05\nrepeat: now and then\n---\n", "events/x.md")
    assert (read.fields, problems(read)) == ({"start": "2026-12-05"}, [(3, "bad-repeat")])
    assert note("---\nrepeat: every 2 weeks\n---\n", "events/x.md").fields == {"repeat": "every 2 weeks"}


def test_a_list_item_of_a_day_that_links_somebody_is_a_contact() -> None:
    text = "---\nmood: 4\n---\n# Day\nMet nobody but [[Zoe]].\n- 18:00 call [[Oma Gerda|Oma]]: wants a bench #gift ^b1\n  and [[people/Tom]] was there\n- rain\n- [ ] call [[Ben]]\n- [x] visit [[Cleo]]\n- [-] lunch [[Dora]]\n"
    first, second = note(text, DAY).contacts
    assert first == (
        *("2026-11-21", "18:00", "call", "call Oma: wants a bench #gift – and Tom was there", 6),
        *(("Oma Gerda", "people/Tom"), ("gift",), False, ("people/Tom",)),
    )
    assert (second.line, second.channel, second.targets) == (10, "visit", ("Cleo",))


@pytest.mark.parametrize(
    ("begin", "time"),
    [
        *(
            ("18:00", "18:00"),
            ("8:05", "08:05"),
            ("0:00", "00:00"),
            ("23:59:", "23:59"),
            ("18:00,", "18:00"),
            ("18:00 –", "18:00"),
        ),
        *(
            ("18.00 Uhr", "18:00"),
            ("18:00 Uhr", "18:00"),
            ("18 Uhr", "18:00"),
            ("7 Uhr:", "07:00"),
            ("18-19 Uhr", "18:00"),
        ),
        *(
            ("9:30-10:15", "09:30"),
            ("9:30 – 10:15 Uhr", "09:30"),
            ("9.30–10.15 Uhr", "09:30"),
            ("9.30 Uhr", "09:30"),
        ),
        *(
            ("6:30 pm", "18:30"),
            ("6:30pm", "18:30"),
            ("6pm", "18:00"),
            ("12 am", "00:00"),
            ("12:15 pm", "12:15"),
            ("11 am", "11:00"),
        ),
    ],
)
def test_an_item_may_begin_with_a_time(begin: str, time: str) -> None:
    told = contact(f"{begin} call [[Anna]]")
    assert (told.time, told.text, told.channel) == (time, "call Anna", "call")


@pytest.mark.parametrize(
    "begin", ["25:00", "18:60", "18", "3 times", "1.2.2026:", "18:00call", "12 Uhren", "5 pmx", "at 18:00"]
)
def test_what_is_no_time_stays_text(begin: str) -> None:
    told = contact(f"{begin} call [[Anna]]")
    assert (told.time, told.text) == ("", f"{begin} call Anna")


def test_a_mention_is_told_apart() -> None:
    assert contact("thought of [[Anna]] #mention").mention
    assert not contact("call [[Anna]]").mention


@pytest.mark.parametrize("heading", ["## Log", "# Verlauf", "### LOG"])
def test_dated_items_under_the_log_heading_of_a_person_are_contacts(heading: str) -> None:
    text = f"- 2026-01-01 too early\n{heading}\n- 2026-11-20: 18:00 call about the bench\n- 2026-11-21 lunch with [[Ben]]\n- undated call\n- [ ] 2026-11-22 call\n## More\n- 2026-11-23 call\n"
    first, second = note(text).contacts
    assert first[:6] == ("2026-11-20", "18:00", "call", "call about the bench", 3, ("Anna Müller",))
    assert (second.date, second.targets) == ("2026-11-21", ("Anna Müller", "Ben"))
    assert note(text, "organizations/ACME.md").contacts == ()


def test_a_log_item_on_a_day_that_does_not_exist_is_a_problem() -> None:
    read = note("## Log\n- 2026-02-30 call\n- 2026-02-28 call\n")
    assert problems(read) == [(2, "bad-date")]
    assert [each.date for each in read.contacts] == ["2026-02-28"]


@pytest.mark.parametrize(
    ("written", "due", "found"),
    [
        ("📅 2026-12-01", "2026-12-01", []),
        ("[due:: 2026-12-01 10:00]", "2026-12-01", []),
        ("📅 2026-02-30", "", [(2, "bad-date")]),
        ("[due:: tomorrow]", "", [(2, "bad-date")]),
        ("[due:: 2026-12]", "", [(2, "bad-date")]),
    ],
)
def test_a_date_of_a_task_is_one_or_a_problem(written: str, due: str, found: list[tuple[int, str]]) -> None:
    read = note(f"Tasks\n- [ ] call {written}\n")
    assert [(task.text, task.due) for task in read.tasks] == [("call", due)]
    assert problems(read) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("🔁 every month on the last 📅 2026-12-01", []),
        ("🔁 every 2 weeks when done", []),
        ("[repeat:: FREQ=WEEKLY;BYDAY=MO]", []),
        ("🔁 every blue moon 📅 2026-12-01", [(2, "bad-repeat")]),
        ("[repeat:: often]", [(2, "bad-repeat")]),
    ],
)
def test_a_repeat_of_a_task_that_cannot_be_read_is_a_problem_and_the_task_stays(
    written: str, found: list[tuple[int, str]]
) -> None:
    read = note(f"Tasks\n- [ ] call {written}\n")
    assert [(task.text, task.status, bool(task.repeat)) for task in read.tasks] == [("call", "open", True)]
    assert problems(read) == found


@pytest.mark.parametrize("marker", ["<<<<<<< HEAD", ">>>>>>> theirs"])
def test_what_a_merge_left_behind_is_a_problem(marker: str) -> None:
    assert problems(note(f"a\nb\n{marker}\n")) == [(3, "conflict-marker")]
    assert problems(note("<<<<<<<<\n=======\n> > > > >\n")) == []


@pytest.mark.parametrize(
    "name",
    [
        "Anna.sync-conflict-20261121-101010-ABCDEFG.md",
        "Anna (conflicted copy 2026-11-21 101010).md",
        "Anna (Tom's conflicted copy 2026-11-21).md",
        "Anna (in Konflikt stehende Kopie von Tom 2026-11-21).md",
    ],
)
def test_conflict_copies_of_sync_tools_are_known(name: str) -> None:
    assert is_conflict_copy(f"people/{name}")


@pytest.mark.parametrize("name", ["Anna.md", "Anna (Konfliktberaterin).md", "Anna (conflicted).md", "sync-conflict.md"])
def test_people_with_a_telling_name_are_no_conflict_copies(name: str) -> None:
    assert not is_conflict_copy(f"people/{name}")


def check_any_note(text: str, path: str) -> None:
    read = parse_note(path, text, READING)
    last = text.count("\n") + 1
    assert all(1 <= problem.line <= last and problem.path == path and problem.message for problem in read.problems)
    assert all(1 <= line <= last for line in read.lines.values())
    assert all(1 <= line <= last for _, line in read.links)
    assert all(1 <= line <= last for line in [task.line for task in read.tasks] + [told.line for told in read.contacts])
    assert read.path == path
    assert read.readable or any(problem.hint for problem in read.problems)


paths = st.sampled_from(
    [ANNA, DAY, "journal/x.md", "deals/a.md", "events/e.md", "organizations/o.md", "a.md", ".md", ""]
)
keys = st.sampled_from(
    [*READING.types["person"].fields, "start", "date", "stage", "mood", "people", "x", "<<", "-", "?"]
)
typed = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("ab: \n-[]{},&*!|>'\"%@`#?~=<.0129\t\r\ufeff\u2028\x85\x00\\ü"), max_size=40),
    st.sampled_from(
        ["[[Ann]]", "[a, {b: c}]", "{a: b}", "\n  - a: b\n    c: d\n  - e", "1990-02-30", "20 EUR", "3 weeks"]
    ),
)
front_matters = st.lists(st.builds("{}: {}".format, keys, typed), max_size=6).map("\n".join)
bodies = st.text(st.sampled_from("ab1 [[]]|#-*+`~>!\t\n\r:.()^xü📅🔁2026-12\u2028"), max_size=80)


@given(st.one_of(st.text(), st.builds("---\n{}\n---\n## Log\n{}".format, front_matters, bodies)), paths)
@example("---\na: \ud800\n---\n", ANNA)
@example("\ud800", DAY)
@example("---\ntags: {a: b}\ntag: [[a], {b: c}]\nalias: {d: [e]}\n---\n", ANNA)
def test_any_text_becomes_a_note_with_lines_of_the_file(text: str, path: str) -> None:
    check_any_note(text, path)


@given(st.one_of(st.binary(), st.builds(b"---\n%b\n---\n%b".__mod__, st.tuples(st.binary(), st.binary()))), paths)
def test_any_bytes_become_a_note(data: bytes, path: str) -> None:
    text, found = decode_note(path, data)
    assert all(problem.line <= text.count("\n") + 1 for problem in found)
    check_any_note(text, path)


@pytest.mark.parametrize("written", ["12.11.2026", "1/2/2026", "12. 11. 26"])
def test_a_date_as_people_write_it_is_told_where_it_is_not_read(written: str) -> None:
    found = note(f"## Log\n- {written} phoned\n- [ ] call 📅 {written}\n", "people/Ann.md")
    assert [(problem.line, problem.code) for problem in found.problems] == [(2, "bad-date"), (3, "bad-date")]
    assert found.contacts == ()


def test_an_entry_of_a_list_has_its_line_or_that_of_its_key() -> None:
    apart = person("gifts:\n  - tea pot\n  - what: book\n    status: given")
    assert [apart.line_of("gifts", item) for item in (0, 1)] == [3, 4]
    assert person("gifts: [tea pot, book]").line_of("gifts", 1) == 2
    assert person("name: Anna").line_of("gifts", 0) == 1
