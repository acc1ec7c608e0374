from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.kinds import KINDS
from prmvault.core.value_kinds import numbered_items


def read(kind: str, value: Any) -> tuple[Any, list[tuple[str, int]]]:
    """Return what the kind makes of `value`, and code and item of each problem; every problem has a remedy."""
    problems: list[tuple[str, int]] = []

    def report(code: str, message: str, hint: str, item: int) -> None:
        assert message
        assert hint
        problems.append((code, item))

    return KINDS[kind](value, report), problems


def good(kind: str, value: Any) -> Any:
    result, problems = read(kind, value)
    assert problems == []
    return result


def entries(kind: str, value: Any) -> Any:
    return [{key: part for key, part in entry.items() if key != "item"} for entry in good(kind, value)]


def test_scalar_and_list_are_both_a_list_and_empty_items_keep_the_numbers_of_the_others() -> None:
    assert numbered_items("a") == [(0, "a")]
    assert numbered_items("") == []
    assert numbered_items(["", "a", "", "b"]) == [(1, "a"), (3, "b")]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", "a", "a"),
        ("text", ["a", "b"], "a, b"),
        ("texts", "a, b", ["a, b"]),
        ("texts", ["a", "", {"allergy": "nuts"}], ["a", "allergy: nuts"]),
        ("tags", "#family, work/team friend", ["family", "work/team", "friend"]),
        ("tags", ["#a", "b", "a", "#", "c/"], ["a", "b", "c"]),
        ("partial date", "03-14", "--03-14"),
        ("partial date", "~1987", "~1987"),
        ("date", "2026-11-20 18:00", "2026-11-20"),
        ("moment", "2026-12-05", "2026-12-05"),
        ("moment", "2026-12-05T19:30", "2026-12-05 19:30"),
        ("number", "3,5", "3.5"),
        ("number", "-4", "-4"),
        ("link", "[[Ann]]", "[[Ann]]"),
        ("link", "Ann", "Ann"),
        ("links", "[[Ann]], [[Ben]]", ["[[Ann]]", "[[Ben]]"]),
        ("links", ["[[Ann]]", "Ben"], ["[[Ann]]", "Ben"]),
        ("map", {"date": "2019", "where": "Rome"}, {"date": "2019", "where": "Rome"}),
        ("map", "in Rome", {"note": "in Rome"}),
        ("raw", {"a": ["b"]}, {"a": ["b"]}),
        ("repeat", "every 2 weeks", "every 2 weeks"),
        ("repeat", "jährlich", "jährlich"),
        ("repeat", "every month on the last", "every month on the last"),
        ("repeat", "RRULE:FREQ=WEEKLY;BYDAY=WE", "RRULE:FREQ=WEEKLY;BYDAY=WE"),
        ("repeat", ["FREQ=MONTHLY;BYDAY=1MO", "3MO"], "FREQ=MONTHLY;BYDAY=1MO, 3MO"),
        ("repeat", "None", "none"),
        ("repeat", "never", "never"),
        ("repeat", "no", "no"),
        ("cadence", "3 weeks", {"every": "3 weeks"}),
        ("cadence", {"at_most": "2 months"}, {"at_most": "2 months"}),
        ("cadence", "alle 2 Wochen", {"every": "alle 2 Wochen"}),
        ("cadence", "never", {"every": "never"}),
        ("cadence", {"every": "3 weeks", "at_most": "2 months"}, {"every": "3 weeks", "at_most": "2 months"}),
        ("cadence", {"every": "3 weeks", "at_most": "never"}, {"every": "3 weeks"}),
        ("social", "mastodon:@ann@example.org", [{"service": "mastodon", "user": "@ann@example.org"}]),
        ("social", "https://example.org/@ann", [{"value": "https://example.org/@ann"}]),
        ("social", [{"matrix": "@ann:example.org"}], [{"service": "matrix", "user": "@ann:example.org"}]),
        (
            "social",
            {"signal": "1", "xmpp": "a@b"},
            [{"service": "signal", "user": "1"}, {"service": "xmpp", "user": "a@b"}],
        ),
        (
            "social",
            {"service": "x", "value": "https://x.org/ann"},
            [{"service": "x", "value": "https://x.org/ann"}],
        ),
    ],
)
def test_a_kind_reads_each_form(kind: str, value: Any, expected: Any) -> None:
    assert good(kind, value) == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("contacts", "a@b.org", [{"value": "a@b.org"}]),
        (
            "contacts",
            ["0170123", {"value": "0171", "label": "work", "pref": "1"}],
            [{"value": "0170123"}, {"value": "0171", "label": "work", "pref": "1"}],
        ),
        ("contacts", [{"work": "a@b.org"}], [{"value": "a@b.org", "label": "work"}]),
        (
            "contacts",
            {"work": "a@b.org", "home": "c@d.org"},
            [{"value": "a@b.org", "label": "work"}, {"value": "c@d.org", "label": "home"}],
        ),
        ("addresses", "Hauptstr. 1, 01234 Ort", [{"street": "Hauptstr. 1, 01234 Ort"}]),
        (
            "addresses",
            ["A 1", {"street": "B 2", "postcode": "01234"}],
            [{"street": "A 1"}, {"street": "B 2", "postcode": "01234"}],
        ),
        ("addresses", {"locality": "Rome", "country": "IT"}, [{"locality": "Rome", "country": "IT"}]),
        ("dates", "2010-05-01", [{"date": "2010-05-01"}]),
        (
            "dates",
            {"wedding": "2010-05-01", "name day": "07-26"},
            [{"label": "wedding", "date": "2010-05-01"}, {"label": "name day", "date": "--07-26"}],
        ),
        ("dates", [{"wedding": "2010-05-01"}], [{"label": "wedding", "date": "2010-05-01"}]),
        (
            "dates",
            [{"label": "exam", "date": "2026-12-01", "repeat": "none"}],
            [{"label": "exam", "date": "2026-12-01", "repeat": "none"}],
        ),
        *(
            ("dates", [{"date": "2016", "repeat": repeat}], [{"date": "2016", "repeat": repeat}])
            for repeat in ("yearly", "every year", "jährlich", "1 year", "12 months", "FREQ=YEARLY", "never", "no")
        ),
        ("dates", [{"date": "2016", "repeat": ""}], [{"date": "2016", "repeat": ""}]),
        ("related", "[[Max]]", [{"type": "contact", "person": "[[Max]]"}]),
        ("related", ["Max"], [{"type": "contact", "person": "Max"}]),
        ("related", {"parent": "[[Tom]]"}, [{"type": "parent", "person": "[[Tom]]"}]),
        (
            "related",
            [{"parent": "[[Tom]]"}, {"Oma": "Gerda"}],
            [{"type": "parent", "person": "[[Tom]]"}, {"type": "Oma", "person": "Gerda"}],
        ),
        (
            "related",
            {"friend": ["[[A]]", "[[B]]"]},
            [{"type": "friend", "person": "[[A]]"}, {"type": "friend", "person": "[[B]]"}],
        ),
        (
            "related",
            {"friend": "[[A]], [[B]]"},
            [{"type": "friend", "person": "[[A]]"}, {"type": "friend", "person": "[[B]]"}],
        ),
        (
            "related",
            [{"type": "friend", "person": ["A", "B"]}],
            [{"type": "friend", "person": "A"}, {"type": "friend", "person": "B"}],
        ),
        ("related", [{"person": "[[A]]"}], [{"type": "contact", "person": "[[A]]"}]),
        (
            "related",
            [{"type": "friend", "person": "A", "since": "2010"}],
            [{"type": "friend", "person": "A", "since": "2010"}],
        ),
        ("related", [{"friend": ""}], []),
        ("gifts", "a book", [{"what": "a book", "status": "idea"}]),
        (
            "gifts",
            [{"what": "a book", "status": "given", "date": "2026-12"}],
            [{"what": "a book", "status": "given", "date": "2026-12"}],
        ),
        ("debts", {"amount": "20 €", "by": "me"}, [{"amount": "20 EUR", "by": "me"}]),
        ("debts", "1.234,50 €", [{"amount": "1234.50 EUR", "by": "them"}]),
        (
            "reminders",
            {"text": "call", "on": "2026-12-01 10:00", "repeat": "yearly", "lead": "7 days"},
            [{"text": "call", "on": "2026-12-01", "repeat": "yearly", "lead": "7 days"}],
        ),
        *(
            ("reminders", {"on": "2026-12-01", "repeat": typed}, [{"on": "2026-12-01", "repeat": repeat}])
            for typed, repeat in (
                ("none", "none"),
                ("Never", "never"),
                ("no", "no"),
                ("every weekday", "every weekday"),
            )
        ),
    ],
)
def test_a_list_of_entries_takes_the_short_and_the_long_form(kind: str, value: Any, expected: Any) -> None:
    assert entries(kind, value) == expected


def test_an_entry_knows_its_number_in_the_list() -> None:
    assert [entry["item"] for entry in good("dates", ["", "2010", "", "2011"])] == [1, 3]
    assert [entry["item"] for entry in good("related", ["", {"friend": ["A", "B"]}])] == [1, 1]


@pytest.mark.parametrize(
    ("kind", "value", "problems", "kept"),
    [
        ("text", {"a": "b"}, [("not-text", -1)], None),
        ("texts", ["a", ["b"], "c"], [("not-text", 1)], 2),
        ("partial date", "1990-02-30", [("bad-date", -1)], None),
        ("partial date", ["1990"], [("bad-date", -1)], None),
        ("date", "1990-02", [("bad-date", -1)], None),
        ("date", "morgen", [("bad-date", -1)], None),
        ("moment", {"a": "b"}, [("bad-date", -1)], None),
        ("moment", "1990-02-30 10:00", [("bad-date", -1)], None),
        *(
            (("number", text, [("bad-number", -1)], None))
            for text in ("four", "4/5", "nan", "inf", "1_000", "1e999", "")
        ),
        ("number", ["4"], [("bad-number", -1)], None),
        ("money", "plenty", [("bad-money", -1)], None),
        ("money", ["20 EUR"], [("bad-money", -1)], None),
        ("contacts", ["a", {"x": "b", "y": "c"}, "d"], [("bad-entry", 1)], 2),
        ("contacts", ["a", {"value": "b", "label": ["c"]}], [("not-text", 1)], 2),
        ("contacts", ["", ["a"]], [("bad-entry", 1)], 0),
        (
            "social",
            ["a:b", ["c"], {"d": ["e"]}, {"f": "g", "h": "i"}],
            [("bad-entry", 1), ("bad-entry", 2), ("bad-entry", 3)],
            1,
        ),
        ("dates", ["2010", "", "1990-02-30"], [("bad-date", 2)], 1),
        ("dates", [{"label": "wedding"}], [("bad-date", 0)], 0),
        *(
            ("dates", ["2010", {"date": "2010", "repeat": repeat}], [("bad-repeat", 1)], 2)
            for repeat in ("monthly", "now and then", "every 2 years", "FREQ=YEARLY;COUNT=3", "FREQ=YEARLY;BYMONTH=5")
        ),
        *(("repeat", text, [("bad-repeat", -1)], None) for text in ("now and then", "FREQ=HOURLY", "yes", "0 weeks")),
        ("repeat", {"a": "b"}, [("not-text", -1)], None),
        ("related", [{"type": ["a"], "person": "x"}], [("bad-entry", 0)], 0),
        ("related", ["A", {"friend": {"a": "b"}}, ["c"]], [("bad-entry", 1)], 2),
        ("cadence", "often", [("bad-period", -1)], None),
        ("cadence", ["3 weeks"], [("bad-period", -1)], None),
        ("cadence", {"every": "3 weeks", "at_most": "x"}, [("bad-period", -1)], 1),
        ("gifts", [{"what": "a", "status": "lost"}], [("bad-choice", 0)], 1),
        ("gifts", [{"what": "a", "date": "1990-02-30"}], [("bad-date", 0)], 1),
        ("debts", ["", "much"], [("bad-money", 1)], 0),
        ("debts", [{"amount": "20 EUR", "by": "Tom"}], [("bad-choice", 0)], 0),
        ("reminders", [{"text": "a"}], [("bad-date", 0)], 0),
        ("reminders", [{"text": "a", "on": "2026-12"}], [("bad-date", 0)], 0),
        ("reminders", [{"text": "a", "on": "2026-12-01", "repeat": "sometimes"}], [("bad-repeat", 0)], 1),
        ("reminders", [{"text": "a", "on": "2026-12-01", "lead": "soon"}], [("bad-period", 0)], 1),
        ("map", ["a"], [("not-a-map", -1)], None),
    ],
)
def test_what_cannot_be_read_is_one_problem_with_its_item_and_the_rest_stays(
    kind: str, value: Any, problems: list[tuple[str, int]], kept: int | None
) -> None:
    result, found = read(kind, value)
    assert found == problems
    assert (result if result is None else len(result)) == kept


texts = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "2026-12-01", "1990-02-30", "20 EUR", "[[A]]", "3 weeks", "None", "FREQ=YEARLY", "a:b"]),
)
keys = st.one_of(
    st.sampled_from(
        ["value", "type", "person", "date", "label", "on", "amount", "by", "status", "what", "every", "repeat"]
    ),
    st.text(max_size=5),
)
values = st.recursive(
    texts,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=4)),
    max_leaves=10,
)


@pytest.mark.parametrize("kind", KINDS)
@given(value=values)
def test_no_value_breaks_a_kind_and_what_comes_out_goes_to_json(kind: str, value: Any) -> None:
    result, problems = read(kind, value)
    assert json.loads(json.dumps(result)) == result
    size = len(value) if isinstance(value, list) else 1
    assert all(-1 <= item < max(size, len(value)) for _, item in problems)


@pytest.mark.parametrize("kind", ["contacts", "addresses", "social", "dates", "gifts", "debts", "reminders"])
@given(value=values)
def test_every_part_of_an_entry_is_text(kind: str, value: Any) -> None:
    result, _ = read(kind, value)
    assert all(isinstance(part, str) for entry in result for key, part in entry.items() if key != "item")


@given(value=values)
def test_type_and_person_of_a_relation_are_text(value: Any) -> None:
    result, _ = read("related", value)
    assert all(isinstance(entry[key], str) for entry in result for key in ("type", "person"))
