"""What is put right in a front matter: only what is certain, and nothing beside it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.app.repairs import day_meant
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.note import Reading, parse_note
from prmvault.core.repair import Repair, repaired
from prmvault.core.schema import Field, note_types
from tests.core.odd_front_matter import Odd, odd_notes

FIELDS = {
    **note_types()["person"].fields,
    "start": Field("moment"),
    "close": Field("date"),
    "visits": Field("list of date"),
}


def front(yaml: str, body: str = "") -> str:
    return f"---\n{yaml}\n---\n{body}"


def repair(yaml: str) -> tuple[str, list[Repair]]:
    text, done = repaired(front(yaml, "[[a]]\n"), FIELDS, day_meant)
    assert text.startswith("---\n")
    assert text.endswith("\n---\n[[a]]\n")
    return text.removeprefix("---\n").removesuffix("\n---\n[[a]]\n"), done


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("friend: [[Ann]]", 'friend: "[[Ann]]"'),
        ("friend:   [[Ann|A]]   # why", 'friend:   "[[Ann|A]]"   # why'),
        ("friend:\n  - [[Ann]]\n  - Bob\n  - [[Cid, Dora]]", 'friend:\n  - "[[Ann]]"\n  - Bob\n  - "[[Cid, Dora]]"'),
        ("friend: [[[Ann]], [[Bob]]]", 'friend: ["[[Ann]]", "[[Bob]]"]'),
        ("friend: [[[Ann]]]", 'friend: ["[[Ann]]"]'),
        ("related: {friend: [[Ann]], x: y}", 'related: {friend: "[[Ann]]", x: y}'),
        ("a:\n  b:\n    c: [[Ä 👩]]", 'a:\n  b:\n    c: "[[Ä 👩]]"'),
        ("friend: [['Ann']]", "friend: \"[['Ann']]\""),
        ('friend: [["Ann"]]', 'friend: "[[\\"Ann\\"]]"'),
    ],
)
def test_a_link_without_quotes_gets_them(before: str, after: str) -> None:
    assert repair(before)[0] == after


@pytest.mark.parametrize(
    "yaml", ["a: [[x], [y]]", "a: [[x, [y]]]", "a: [[x],\n  [y]]", "a: [\n  [x]]", 'a: "[[x]]"', "a: [ [x] ]", "a: [x]"]
)
def test_lists_stay_lists(yaml: str) -> None:
    assert repair(yaml) == (yaml, [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("birthday: 14.3.1987", "birthday: 1987-03-14"),
        ("birthday: '14.03.1987'  # hers", "birthday: '1987-03-14'  # hers"),
        ("birthday: 14. 3. 1987", "birthday: 1987-03-14"),
        ("birthday: 1987/03/14", "birthday: 1987-03-14"),
        ("birthday: March 14, 1987", "birthday: 1987-03-14"),
        ("birthday: 14. März 1987", "birthday: 1987-03-14"),
        ("birthday: 14th of March 1987", "birthday: 1987-03-14"),
        ("birthday: 31/12/1987", "birthday: 1987-12-31"),
        ("birthday: 14.3.", "birthday: --03-14"),
        ("birthday: 29 February", "birthday: --02-29"),
        ("deceased: 1.2.2003", "deceased: 2003-02-01"),
        ("created: 1.2.2003", "created: 2003-02-01"),
        ("start: 1.2.2003", "start: 2003-02-01"),
        ("visits: [1.2.2003, 2003-02-02]", "visits: [2003-02-01, 2003-02-02]"),
        ("visits:\n  - 1.2.2003 # a\n  - 2.2.2003", "visits:\n  - 2003-02-01 # a\n  - 2003-02-02"),
        ("dates: 1.2.2003", "dates: 2003-02-01"),
        ("dates: {wedding: 1.2.2003, met: 2.2.2003}", "dates: {wedding: 2003-02-01, met: 2003-02-02}"),
        ("dates:\n  - wedding: 1.2.2003", "dates:\n  - wedding: 2003-02-01"),
        ("dates:\n  - {label: met, date: 1.2.2003}", "dates:\n  - {label: met, date: 2003-02-01}"),
        ("reminders:\n  - text: x\n    on: 1.2.2027", "reminders:\n  - text: x\n    on: 2027-02-01"),
        ("gifts: [{what: x, date: 1.2.2003}]", "gifts: [{what: x, date: 2003-02-01}]"),
        ("debts: {amount: 1 EUR, date: 1.2.2003}", "debts: {amount: 1 EUR, date: 2003-02-01}"),
    ],
)
def test_a_date_that_has_one_reading_is_written_as_a_vault_has_it(before: str, after: str) -> None:
    text, done = repair(before)
    assert text == after
    assert {each.code for each in done} == {"bad-date"}


@pytest.mark.parametrize(
    "day",
    [
        *(
            "3/4/87",
            "3/4/1987",
            "14.3.87",
            "31-02-1990",
            "31.2.1990",
            "14-3-1987",
            "3/14",
            "14.3",
            "March 1987",
            "about 1987",
        ),
        *("yesterday", "last friday", "in 2000 days", "2000 days ago", "soon", "1987?", "Monday 14.3.1987", "1.5"),
    ],
)
def test_what_could_be_another_day_stays(day: str) -> None:
    assert repair(f"birthday: {day}") == (f"birthday: {day}", [])


@pytest.mark.parametrize("day", ["1987-03-14 10:30", "1987-03-14T10:30", "03-14", "~ 1987", "'1987 '", "yes"])
def test_what_is_read_already_stays(day: str) -> None:
    for key in ("birthday", "start", "deceased", "created"):
        assert repair(f"{key}: {day}") == (f"{key}: {day}", [])


@pytest.mark.parametrize(
    "yaml", ["close: 14.3.", "created: 14. März", "start: 14.3.", "reminders: [{text: x, on: 14.3.}]"]
)
def test_a_day_without_year_is_not_put_where_a_year_is_needed(yaml: str) -> None:
    assert repair(yaml) == (yaml, [])


@pytest.mark.parametrize(
    "yaml", ["own: 14.3.1987", "name: 14.3.1987", "gifts: 14.3.1987", "met: {date: 14.3.1987}", "birtday: 14.3.1987"]
)
def test_what_need_not_be_a_date_stays(yaml: str) -> None:
    assert repair(yaml) == (yaml, [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("alias: Annie # hers", "aliases: Annie # hers"),
        ("tag:\n- a\n- b", "tags:\n- a\n- b"),
        ("tag: a, b\nname: x\ntags: [a, c]", "name: x\ntags: [a, c, b]"),
        ("alias: Annie\naliases:", "aliases:\n  - Annie"),
        ("aliases: Annie\nalias: [Annie, Nan]", "aliases: [Annie, Nan]"),
        ("tag:\ntags: a", "tags: a"),
    ],
)
def test_old_keys_are_written_as_they_are_now(before: str, after: str) -> None:
    text, done = repair(before)
    assert text == after
    assert [each.code for each in done] == ["old-key"]


@pytest.mark.parametrize(
    "yaml", ["alias: {a: b}", "alias: [a, [b]]", '"alias": a', "alias: a\naliases: {b: c}", "alias: a\nalias: b"]
)
def test_an_old_key_that_is_in_doubt_stays(yaml: str) -> None:
    assert repair(yaml)[0] == yaml


def test_each_repair_has_the_line_of_the_note_as_it_was() -> None:
    text, done = repaired(
        "---\r\nalias: A\r\naliases: B\r\nbirthday: 1.2.2003\r\nrelated:\r\n  - [[C]]\r\n---\r\nx", FIELDS, day_meant
    )
    assert [(each.line, each.code) for each in done] == [(2, "old-key"), (4, "bad-date"), (6, "unquoted-link")]
    assert text == '---\r\naliases:\r\n  - B\r\n  - A\r\nbirthday: 2003-02-01\r\nrelated:\r\n  - "[[C]]"\r\n---\r\nx'


@pytest.mark.parametrize(
    "text", ["", "x", "birthday: 14.3.1987\n", "---\nbirthday: 14.3.1987\n", "---\nalias: a\nb: [\n---\n"]
)
def test_what_can_not_be_read_stays(text: str) -> None:
    assert repaired(text, FIELDS, day_meant) == (text, [])


ODD = [
    "alias: Annie\n",
    "tag: [a, b]\n",
    "birthday: 14.3.1987 # x\n",
    "friend: [[Ann]]\n",
    "dates:\n  - wedding: 1.2.2003\n",
]


@given(odd_notes(), st.lists(st.sampled_from(ODD), unique=True), st.integers(0, 9))
def test_a_repair_keeps_what_it_is_not_about_and_what_the_note_says(odd: Odd, more: list[str], at: int) -> None:
    eol = "\r\n" if "\r\n" in odd.before else "\n"
    chunks = [chunk for _, chunk in odd.chunks]
    added = [line.replace("\n", eol) for line in more]
    whole = [*chunks[:at], *added, *chunks[at:]]
    text = odd.before + "".join(whole) + odd.after
    before = parse_front_matter("", text, split_note(text))
    new, done = repaired(text, FIELDS, day_meant)
    if not before.readable:
        assert (new, done) == (text, [])
        return
    after = parse_front_matter("", new, split_note(new))
    assert after.readable
    assert split_note(new).body == split_note(text).body
    assert repaired(new, FIELDS, day_meant) == (new, [])
    touched = {each.code for each in done}
    if not touched:
        assert new == text
    if touched <= {"unquoted-link", "bad-date"}:
        lines = {each.line for each in done}
        pairs = zip(text.split("\n"), new.split("\n"), strict=True)
        assert {number for number, (old, now) in enumerate(pairs, 1) if old != now} <= lines
    reading = Reading(types={**note_types()}, channels={})
    first, second = (parse_note("people/A.md", each, reading) for each in (text, new))
    assert (first.tags, first.links) == (second.tags, second.links) or "old-key" in touched
    assert first.fields.get("aliases") == second.fields.get("aliases")
    assert set(first.tags) == set(second.tags)
