from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter, parse_yaml_text
from prmvault.core.model import Value
from prmvault.core.problems import Problem
from prmvault.core.yaml_text import yaml_text
from prmvault.interop.csv_cells import cell_of, escaped, unescaped, value_of
from prmvault.interop.csv_columns import known_keys, own_header
from prmvault.interop.csv_read import read_csv
from prmvault.interop.csv_write import ALL, DEFAULT_KEYS, write_csv
from prmvault.interop.drafts import Draft
from prmvault.interop.vcard_facts import facts_in


def person(name: str, notes: str = "", /, **fields: Value) -> Draft:
    return Draft("person", name, fields, notes)


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def again(*drafts: Draft, keys: tuple[str, ...] = (ALL,)) -> list[Draft]:
    """Return what is read of what is written, which must have no problem."""
    found = list(read_csv(write_csv(drafts, keys), "people.csv"))
    assert not [one for one in found if isinstance(one, Problem)]
    return [one for one in found if isinstance(one, Draft)]


def meaning(fields: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    known = {key: value for key, value in fields.items() if key in known_keys()}
    return facts_in(dict(sorted(known.items()))), {key: fields[key] for key in sorted(fields) if key not in known}


ANNA = person(
    "Anna Müller",
    "- Allergic to cats.\n- Met at the choir.",
    uid="urn:uuid:3e1b",
    name="Anna Müller",
    names={"given": "Anna", "family": "Müller", "prefix": "Dr."},
    aliases=["Annie", "Anna Huber"],
    emails=["anna@example.org", {"work": "anna@maps.example"}],
    phones=[{"value": "+49 170 123", "label": "mobile", "pref": "yes"}, {"home": "030 99"}],
    addresses={"label": "home", "street": "Am Weg 3", "locality": "Grimma", "postcode": "04668"},
    social=["mastodon:@anna@example.org"],
    im={"signal": "anna.07"},
    birthday="--03-14",
    dates={"wedding": "2016-08-20"},
    org=["Stadtkarten eG", "Atlases"],
    title="Cartographer",
    related=[{"spouse": "[[Max Müller]]"}, {"type": "colleague", "person": "Priya Raman", "since": "2019"}],
    tags=["family", "friends/choir"],
    cadence="3 weeks",
    likes=["peonies", "tea"],
    food="no hazelnuts",
    met={"date": "2014", "where": "Leipzig"},
    gifts=[{"what": "tea pot", "status": "planned", "amount": "20 EUR"}],
    debts=[{"amount": "20 EUR", "by": "me", "for": "cinema"}],
    children=["Mia", "Tom"],
    shoe_size="38",
)


def test_a_person_is_written_in_googles_columns_and_our_keys() -> None:
    assert table(write_csv([ANNA], [ALL])) == [
        {
            "uid": "urn:uuid:3e1b",
            "name": "Anna Müller",
            "Name Prefix": "Dr.",
            "First Name": "Anna",
            "Last Name": "Müller",
            "Nickname": "Annie ::: Anna Huber",
            "E-mail 1 - Value": "anna@example.org",
            "E-mail 2 - Label": "Work",
            "E-mail 2 - Value": "anna@maps.example",
            "Phone 1 - Label": "* Mobile",
            "Phone 1 - Value": "+49 170 123",
            "Phone 2 - Label": "Home",
            "Phone 2 - Value": "030 99",
            "Address 1 - Label": "Home",
            "Address 1 - Street": "Am Weg 3",
            "Address 1 - City": "Grimma",
            "Address 1 - Postal Code": "04668",
            "social": "mastodon:@anna@example.org",
            "IM 1 - Service": "signal",
            "IM 1 - Value": "anna.07",
            "Birthday": "--03-14",
            "Event 1 - Label": "wedding",
            "Event 1 - Value": "2016-08-20",
            "Organization Name": "Stadtkarten eG",
            "Organization Department": "Atlases",
            "Organization Title": "Cartographer",
            "related": '[{"spouse": "[[Max Müller]]"}, {"type": "colleague", "person": "Priya Raman", "since": "2019"}]',
            "Labels": "family ::: friends/choir",
            "Notes": "'- Allergic to cats.\r\n- Met at the choir.".replace("\r\n", "\n"),
            "cadence": "3 weeks",
            "likes": "peonies ::: tea",
            "food": "no hazelnuts",
            "met": '{"date": "2014", "where": "Leipzig"}',
            "gifts": '[{"what": "tea pot", "status": "planned", "amount": "20 EUR"}]',
            "debts": '[{"amount": "20 EUR", "by": "me", "for": "cinema"}]',
            "children": "Mia ::: Tom",
            "shoe_size": "38",
        }
    ]


def test_what_is_written_is_read_as_it_was() -> None:
    (read,) = again(ANNA)
    assert (read.kind, read.name, read.notes) == ("person", "Anna Müller", ANNA.notes)
    assert meaning(read.fields) == meaning(ANNA.fields)


def test_links_to_people_are_their_names_for_other_programs() -> None:
    anna = person("Anna", related={"spouse": "[[Max Müller|Max]]"}, org="[[Stadtkarten eG]]")
    row = table(write_csv([anna]))[0]
    assert (row["Relation 1 - Value"], row["Organization Name"]) == ("Max Müller", "Stadtkarten eG")


def test_a_name_that_nobody_has_cut_is_googles_first_name() -> None:
    row = table(write_csv([person("Anna Müller")]))[0]
    assert row == {"uid": "", "name": "Anna Müller", "First Name": "Anna Müller"}
    assert again(person("Anna Müller"))[0].fields == {"name": "Anna Müller"}


def test_an_organization_stays_one() -> None:
    shop = Draft("organization", "Brightwater Books", {"phones": ["+44 20 1"]}, "sells maps")
    row = table(write_csv([shop]))[0]
    assert (row["type"], row["Organization Name"]) == ("organization", "Brightwater Books")
    (read,) = again(shop)
    assert read[:4] == (
        "organization",
        "Brightwater Books",
        {"name": "Brightwater Books", "phones": ["+44 20 1"]},
        "sells maps",
    )


def test_only_chosen_keys_are_written_in_their_order() -> None:
    data = write_csv([ANNA], ["children", "birthday", "emails"])
    assert list(table(data)[0]) == [
        *("uid", "name", "children", "Birthday", "E-mail 1 - Value", "E-mail 2 - Label", "E-mail 2 - Value")
    ]
    assert "cadence" not in table(write_csv([ANNA]))[0]
    assert "notes" in DEFAULT_KEYS


def test_numbered_columns_are_as_many_as_anybody_needs() -> None:
    header = write_csv([person("A", phones="1"), person("B", phones=["1", "2", "3"])]).decode().split("\r\n")[0]
    assert header == "uid,name,First Name,Phone 1 - Value,Phone 2 - Value,Phone 3 - Value"


def test_typed_fields_are_written_like_those_of_the_note() -> None:
    fields: dict[str, Any] = {
        "emails": [{"value": "a@b.example", "item": 0}],
        "gifts": [{"what": "tea", "status": "idea", "item": 0}],
    }
    row = table(write_csv([Draft("person", "Anna", fields)], [ALL]))[0]
    assert row["E-mail 1 - Value"] == "a@b.example"
    assert row["gifts"] == '[{"what": "tea", "status": "idea"}]'


def test_everybody_in_the_example_vault_comes_back(example: str) -> None:
    paths = sorted([*Path(example).glob("people/*.md"), *Path(example).glob("organizations/*.md")])
    assert len(paths) > 10
    drafts = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        front = parse_front_matter(path.name, text, split_note(text))
        kind = "person" if path.parent.name == "people" else "organization"
        drafts.append(Draft(kind, path.stem, {key: front.values[key] for key in front.values if key != "type"}, "- x"))
    for draft, read in zip(drafts, again(*drafts), strict=True):
        told = {key: value for key, value in read.fields.items() if key != "name"}
        assert (read.kind, read.name, read.notes) == (draft.kind, draft.name, "- x")
        assert meaning(told) == meaning({key: value for key, value in draft.fields.items() if key != "name"})


@pytest.mark.parametrize(
    "fields",
    [
        {"birthday": "14.3.1987"},
        {"birthday": "~1987"},
        {"dates": [{"label": "exam", "date": "2020-01-02", "repeat": "none"}]},
        {"dates": [{"exam": "next year"}]},
        {"emails": ["a@b.example ::: c"]},
        {"emails": [{"value": " a@b.example"}]},
        {"emails": [{"value": "a@b.example", "pref": "1"}]},
        {"phones": [{"value": "1", "label": "* x"}]},
        {"phones": [{"value": "1", "label": "*"}]},
        {"addresses": ["Hof 1, Grimma"]},
        {"addresses": [{"street": "Hof 1", "floor": "3"}]},
        {"addresses": [{"street": "Hof ::: 1"}]},
        {"names": {"given": "Anna"}},
        {"names": {"given": "Anna", "family": "Müller", "maiden": "Huber"}},
        {"org": ["A", "B", "C"]},
        {"org": ["A ::: B"]},
        {"title": "a ::: b"},
        {"tags": ["Ümläut", "a/b", "2026-"]},
        {"related": [{"spouse": ["[[A]]", "B"]}, "C"]},
        {"im": [{"service": "x", "user": "y", "label": "Zuhause"}, "signal:z"]},
        {"social": [{"service": "x", "user": "y", "value": "https://z.example"}]},
        {"Notes": "mine", "notes": "of mine", "type": "of mine", "First Name": "x", ".dot": "y", "=1": "z"},
        {"own": ["one"], "other": [["a", ["b"]], {"c": {"d": "e"}}], "third": "[[1]]", "fourth": "a ::: b"},
        {"own": " blank ", "other": "two\nlines", "third": "a\rb", "fourth": '{"a": "b"}', "fifth": "\x07\u202e"},
    ],
)
def test_whatever_googles_columns_cannot_say_comes_back_too(fields: dict[str, Value]) -> None:
    draft = Draft("person", "Anna Müller", fields)
    (read,) = again(draft)
    told = {key: value for key, value in read.fields.items() if key != "name"}
    assert meaning(told) == meaning({key: value for key, value in fields.items() if key != "type"})


def test_a_file_for_excel_begins_with_a_byte_order_mark_and_may_have_semicolons() -> None:
    data = write_csv([ANNA], bom=True, delimiter=";")
    assert data.startswith(b"\xef\xbb\xbfuid;name;")
    found = [one for one in read_csv(data, "x.csv") if isinstance(one, Draft)]
    assert found[0].fields["title"] == "Cartographer"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3+A1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "-x", "'=1", "''=1", "=", "@anna"],
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert escaped(cell) == f"'{cell}"
    assert unescaped(escaped(cell)) == cell


def test_a_formula_without_an_apostrophe_is_read_as_it_is() -> None:
    assert [unescaped(cell) for cell in ("=1+1", "@anna", "-x")] == ["=1+1", "@anna", "-x"]


@pytest.mark.parametrize(
    "cell", ["+49 30 123", "+49 (0)30/123-4", "--03-14", "-1.5", "'tis", "", "a=b", "O'Brien", "'"]
)
def test_phone_numbers_and_days_without_a_year_stay_as_other_programs_want_them(cell: str) -> None:
    assert escaped(cell) == cell
    assert unescaped(cell) == cell


def test_no_value_of_a_note_is_a_formula_in_the_file() -> None:
    bad = "=HYPERLINK(1)"
    draft = person(bad, bad, uid=bad, aliases=[bad], emails=[bad], org=bad, own=bad, title="@SUM(1)", tags=["+x"])
    draft.fields[bad] = "x"
    rows = list(csv.reader(io.StringIO(write_csv([draft], [ALL]).decode(), newline="")))
    cells = [cell for row in rows for cell in row]
    assert sum(cell.startswith("'") for cell in cells) >= 8
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    (read,) = again(draft)
    assert (read.name, read.notes, read.fields["uid"], read.fields[bad]) == (bad, bad, bad, "x")


def test_a_key_that_names_a_column_of_google_gets_a_dot() -> None:
    assert own_header("Notes") == ".Notes"
    assert own_header(".x") == "..x"
    assert own_header("cadence") == "cadence"


TEXT = st.text(max_size=12)
LETTERS = st.characters(categories=("L", "N", "P", "S"), exclude_characters="\u00ad")
LINE = st.text(LETTERS | st.just(" "), min_size=1, max_size=12).map(lambda text: " ".join(text.split()) or "x")
KEY = st.from_regex(r"[A-Za-z.=@-][A-Za-z _.-]{0,10}[A-Za-z]", fullmatch=True).filter(
    lambda key: key not in known_keys()
)
VALUES = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
CONTACTS = st.lists(
    LINE | st.fixed_dictionaries({"value": LINE}, optional={"label": LINE, "pref": st.just("yes")}),
    min_size=1,
    max_size=3,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "uid": LINE,
        "emails": CONTACTS,
        "phones": CONTACTS,
        "urls": CONTACTS,
        "aliases": st.lists(LINE, min_size=1, max_size=3),
        "tags": st.lists(LINE, min_size=1, max_size=3),
        "org": st.lists(LINE, min_size=1, max_size=3),
        "title": LINE,
        "names": st.dictionaries(st.sampled_from(["given", "middle", "family", "prefix", "x"]), LINE, max_size=3),
        "related": st.lists(st.fixed_dictionaries({"type": LINE, "person": LINE}), min_size=1, max_size=3),
        "dates": st.lists(
            st.fixed_dictionaries(
                {"label": LINE, "date": st.sampled_from(["2020-02-29", "--02-29", "~1987", "1987", "x"])}
            ),
            min_size=1,
            max_size=3,
        ),
        "addresses": st.lists(
            st.dictionaries(st.sampled_from(["street", "locality", "label", "country", "x"]), LINE, min_size=1),
            max_size=3,
        ),
        "birthday": st.sampled_from(["1987-03-14", "--03-14", "1987-03", "~1987", "1.1.1"]),
        "likes": st.lists(LINE, max_size=3),
        "gifts": st.lists(st.dictionaries(st.sampled_from(["what", "status", "for"]), LINE, min_size=1), max_size=2),
    },
)


@given(LINE, FIELDS, st.dictionaries(KEY, VALUES, max_size=3), TEXT)
def test_writing_and_reading_gives_the_same_values(
    name: str, fields: dict[str, Value], own: dict[str, Value], notes: str
) -> None:
    draft = Draft("person", name, {**own, **fields}, notes)
    found = list(read_csv(write_csv([draft], [ALL]), "x.csv"))
    (read,) = [one for one in found if isinstance(one, Draft)]
    told = {key: value for key, value in read.fields.items() if key != "name"}
    expected = {key: value for key, value in draft.fields.items() if value}
    assert folded(meaning(told)) == folded(meaning(expected))
    assert read.name == name


def folded(told: tuple[Any, dict[str, Any]]) -> Any:
    """Return the meaning without the case of labels that Google has, too."""
    return json.dumps([fact.value for fact in told[0]], sort_keys=True).casefold(), told[1]


@given(TEXT | VALUES)
def test_any_value_survives_a_cell(value: Value) -> None:
    assert value_of(cell_of(value)) == value


@given(st.text())
def test_any_cell_survives_the_apostrophe(cell: str) -> None:
    assert unescaped(escaped(cell)) == cell


def test_fields_as_a_note_holds_them_are_written() -> None:
    text = "phones: 0170 123\nemails: {work: a@b.example}\nbirthday: 1987-03-14\nlikes: " + yaml_text("- tea")
    front = parse_yaml_text("x.md", text)
    row = table(write_csv([Draft("person", "Ida", front.values)], [ALL]))[0]
    assert (row["Phone 1 - Value"], row["E-mail 1 - Label"], row["likes"]) == ("0170 123", "Work", "'- tea")
