from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmvault.core.note import Reading, parse_note
from prmvault.core.schema import note_types
from prmvault.interop.vcard_write import files_of, write_card
from tests.interop.vcard_loop import draft_of, lines_of, note_of, read_back, written

if TYPE_CHECKING:
    from prmvault.core.model import Value

JPEG = b"\xff\xd8\xff\xe0" + bytes(100)
NOTE = """---
type: person
uid: urn:uuid:1
name: Anna Müller
aliases: [Annie, "Huber, Anna"]
birthday: --02-29
emails: {work: anna@example.org, privat: a@example.com}
phones: 0170 123456
addresses: {label: home, street: Am Weg 3, locality: Grimma}
social: ["mastodon:@anna@example.org"]
im: {signal: anna.07}
org: "[[Stadtkarten eG]]"
gender: weiblich
dates: {wedding: 2016-08-20, anniversary: 2016-08-21}
related:
  - mother: "[[Gerda|Mama]]"
  - friend: ["[[Max]]", Moritz]
tags: [family, choir/alto]
deceased: yes
cadence: 3 weeks
gifts: [{what: tea pot}]
photo: attachments/anna.jpg
---
"""
THREE = """\
BEGIN:VCARD
VERSION:3.0
UID:urn:uuid:1
FN:Anna Müller
NICKNAME:Annie
NICKNAME:Huber\\, Anna
BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29
EMAIL;TYPE=WORK:anna@example.org
item1.EMAIL;TYPE=HOME:a@example.com
item1.X-ABLabel:privat
TEL:0170 123456
ADR;TYPE=HOME:;;Am Weg 3;Grimma;;;
X-SOCIALPROFILE;TYPE=mastodon;X-USER=@anna@example.org:
IMPP:signal:anna.07
ORG:Stadtkarten eG
GENDER:F;weiblich
item2.X-ABDATE:2016-08-20
item2.X-ABLabel:wedding
item3.X-ABDATE:2016-08-21
item3.X-ABLabel:_$!<Anniversary>!$_
item4.X-ABRELATEDNAMES:Gerda
item4.X-ABLabel:_$!<Mother>!$_
item5.X-ABRELATEDNAMES:Max
item5.X-ABLabel:_$!<Friend>!$_
item6.X-ABRELATEDNAMES:Moritz
item6.X-ABLabel:_$!<Friend>!$_
DEATHDATE;VALUE=text:yes
NOTE:Allergic to cats\\; likes tea.
PHOTO;TYPE=JPEG;ENCODING=b:/9j/4AAA
N:Müller;Anna;;;
CATEGORIES:family,choir/alto
END:VCARD
"""
FOUR = """\
BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:1
FN:Anna Müller
N:Müller;Anna;;;
NICKNAME:Annie
NICKNAME:Huber\\, Anna
BDAY:--0229
EMAIL;TYPE=work:anna@example.org
item1.EMAIL;TYPE=home:a@example.com
item1.X-ABLabel:privat
TEL:0170 123456
ADR;TYPE=home:;;Am Weg 3;Grimma;;;
SOCIALPROFILE;SERVICE-TYPE=mastodon;USERNAME=@anna@example.org;VALUE=text:
IMPP:signal:anna.07
ORG:Stadtkarten eG
GENDER:F;weiblich
item2.X-ABDATE:20160820
item2.X-ABLabel:wedding
ANNIVERSARY:20160821
item3.RELATED;TYPE=parent;VALUE=text:Gerda
item3.X-ABLabel:_$!<Mother>!$_
RELATED;TYPE=friend;VALUE=text:Max
RELATED;TYPE=friend;VALUE=text:Moritz
DEATHDATE;VALUE=text:yes
NOTE:Allergic to cats\\; likes tea.
PHOTO:data:image/jpeg;base64,/9j/4AAA
CATEGORIES:family,choir/alto
END:VCARD
"""


def rows(text: str) -> list[str]:
    return text.split("\r\n")[:-1]


def card(fields: dict[str, Any], version: str = "3.0", **more: Any) -> list[str]:
    return rows(write_card(fields, version=version, **more))[2:-1]


@pytest.mark.parametrize(("version", "expected"), [("3.0", THREE), ("4.0", FOUR)])
def test_a_note_made_by_hand_becomes_a_card(version: str, expected: str) -> None:
    text = write_card(read_back(NOTE), "Allergic to cats; likes tea.\n", JPEG[:6], version)
    assert sorted(rows(text)) == sorted(expected.splitlines())
    assert [row.partition(":")[0] for row in rows(text)[:4]] == ["BEGIN", "VERSION", "UID", "FN"]
    assert rows(text)[4].startswith("N:")


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_typed_fields_of_a_note_give_the_same_card_as_its_text(version: str) -> None:
    note = parse_note("people/Anna Müller.md", NOTE, Reading(note_types(), {}))
    assert write_card(note.fields, version=version) == write_card(read_back(NOTE), version=version)


def test_uid_fn_and_n_are_always_there() -> None:
    lines = card({})
    assert lines == ["UID:urn:uuid:ad1cb244-8e22-53d9-a159-7b2c01e02ea3", "FN:unnamed", "N:;unnamed;;;"]
    assert card({"name": "Dr. Anna Berg"})[2] == "N:Berg;Dr. Anna;;;"
    assert card({"name": "Winkler, Rosemarie"})[2] == "N:Winkler;Rosemarie;;;"
    assert card({"phones": "03437 5550106"})[2] == "N:;03437 5550106;;;"
    assert card({"emails": "a@b.example"})[1] == "FN:a@b.example"


def test_an_organization_is_shown_as_one_by_phones() -> None:
    fields = {"name": "Acme", "uid": "1", "phones": "030 1"}
    assert card(fields, kind="organization") == [
        "UID:1", "FN:Acme", "N:;;;;", "TEL:030 1", "X-ABShowAs:COMPANY", "ORG:Acme",
    ]  # fmt: skip
    assert "KIND:org" in card(fields, "4.0", kind="organization")


def test_a_group_has_its_members() -> None:
    fields = {"name": "Chor", "uid": "1", "members": ["urn:uuid:2", "urn:uuid:3"]}
    assert card(fields, "4.0", kind="group")[3:] == ["KIND:group", "MEMBER:urn:uuid:2", "MEMBER:urn:uuid:3"]
    assert card(fields, kind="group")[3:] == [
        "X-ADDRESSBOOKSERVER-KIND:group",
        "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:2",
        "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:3",
    ]


def test_a_raw_line_speaks_for_its_key_until_the_user_changes_it() -> None:
    draft = draft_of("FN:A", "UID:1", "BDAY:1980-02-03T10:00:00Z", "TEL;TYPE=PCS:1", "X-FOO:bar")
    fields = read_back(note_of(draft))
    assert {"BDAY:1980-02-03T10:00:00Z", "TEL;TYPE=PCS:1", "X-FOO:bar"} < set(rows(written(draft, "3.0", fields)))
    changed: dict[str, Value] = {**fields, "birthday": "1980-02-04", "phones": []}
    lines = rows(written(draft, "3.0", changed))
    assert [line for line in lines if line.startswith(("BDAY", "TEL", "X-"))] == ["BDAY:1980-02-04", "X-FOO:bar"]


def test_what_else_is_in_a_changed_group_stays() -> None:
    draft = draft_of("FN:A", "UID:1", "item1.TEL:1", "item1.X-FOO:bar", "item1.X-ABLabel:Hof")
    fields = read_back(note_of(draft))
    assert {"item1.TEL:1", "item1.X-FOO:bar", "item1.X-ABLabel:Hof"} < set(rows(written(draft, "3.0", fields)))
    lines = rows(written(draft, "3.0", {**fields, "phones": "2"}))
    assert {"TEL:2", "X-FOO:bar"} < set(lines)
    assert "TEL:1" not in " ".join(lines)


def test_raw_lines_that_would_end_the_card_do_not() -> None:
    fields: dict[str, Value] = {
        "name": "A",
        "uid": "1",
        "vcard": ["END:VCARD", "BEGIN:VCARD", "VERSION:2.1", "no line", "X-A:b\nEND:VCARD"],
    }
    text = write_card(fields)
    assert rows(text)[-2:] == ["X-A:b\\nEND:VCARD", "END:VCARD"]
    assert len(lines_of(text.encode())) == 1


def test_only_files_that_an_import_made_are_asked_for() -> None:
    names = ["../../.ssh/id_rsa", "/etc/passwd", "logo-1234abcd.png", "a/b.txt", ".git"]
    fields: dict[str, Value] = {"vcard": [f'LOGO;ENCODING=b;X-PRMVAULT-FILE="{name}":' for name in names]}
    assert files_of(fields) == ["logo-1234abcd.png"]
    lines = card({"name": "A", **fields}, files=dict.fromkeys(names, b"x"))
    assert lines[3:] == ["LOGO;ENCODING=b:eA=="]


def test_a_raw_line_whose_file_is_missing_is_left_out() -> None:
    assert len(card({"name": "A", "vcard": ["LOGO;ENCODING=b;X-PRMVAULT-FILE=logo-1.png:"]})) == 3


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_what_has_no_part_in_n_is_a_property_beside_it(version: str) -> None:
    names = {"given": "Anna", "maiden": "Huber", "phonetic_given": "An-na", "phonetic": "en"}
    assert card({"name": "A", "uid": "1", "names": names}, version) == [
        "UID:1", "FN:A", "N:;Anna;;;", "X-PHONETIC-FIRST-NAME:An-na", "X-MAIDENNAME:Huber",
    ]  # fmt: skip
    assert card({"name": "Anna Berg", "uid": "1", "names": {"maiden": "Huber"}}, version) == [
        "UID:1", "FN:Anna Berg", "N:Berg;Anna;;;", "X-MAIDENNAME:Huber",
    ]  # fmt: skip


def test_a_raw_line_of_a_part_of_the_name_speaks_until_that_part_is_changed() -> None:
    draft = draft_of("FN:A", "UID:1", "N:Berg;Anna;;;", "X-MAIDENNAME;LANGUAGE=de:Huber")
    fields = read_back(note_of(draft))
    parts: dict[str, Value] = {"family": "Burg", "given": "Anna", "maiden": "Huber"}
    assert rows(written(draft, "3.0", {**fields, "names": parts}))[4:-1] == [
        "N:Burg;Anna;;;", "X-MAIDENNAME;LANGUAGE=de:Huber",
    ]  # fmt: skip
    assert rows(written(draft, "3.0", {**fields, "names": {**parts, "maiden": "Lang"}}))[4:-1] == [
        "N:Burg;Anna;;;", "X-MAIDENNAME:Lang",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("version", "lines"),
    [
        ("3.0", ["X-ABDATE;X-PRMVAULT-REPEAT=none:2026-06-15", "X-ABDATE;X-PRMVAULT-REPEAT=never:2026-06-16"]),
        ("4.0", ["X-ABDATE;X-PRMVAULT-REPEAT=none:20260615", "ANNIVERSARY;X-PRMVAULT-REPEAT=never:20260616"]),
    ],
)
def test_a_day_that_comes_once_says_so_on_the_card_and_comes_back_as_one(version: str, lines: list[str]) -> None:
    days = [
        {"label": "met", "date": "2026-06-15", "repeat": "none"},
        {"label": "anniversary", "date": "2026-06-16", "repeat": "never"},
        {"date": "2026-06-17"},
    ]
    text = card({"name": "A", "uid": "1", "dates": days}, version)
    assert [row.removeprefix("item1.").removeprefix("item2.") for row in text if "REPEAT" in row] == lines
    assert draft_of(*text, version=version).fields["dates"] == days


def test_every_comma_is_escaped() -> None:
    fields = {
        "name": "A, B",
        "names": {"family": "A, B"},
        "title": "x, y",
        "urls": "http://x.example/a,b",
        "org": "C, D",
    }
    lines = card({"uid": "1,2", **fields}, notes="e, f")
    assert all("," not in line.replace("\\,", "") for line in lines)
    assert len(lines) == 7


def test_fields_that_are_wrong_in_the_note_are_left_out() -> None:
    fields = {
        "name": "A",
        "birthday": "3/4/87",
        "emails": [["x"], {"a": {"b": "c"}}],
        "related": [{"friend": {"x": "y"}}],
    }
    assert len(card(fields)) == 3


anything = st.recursive(
    st.one_of(
        st.text(max_size=12), st.sampled_from(["1980-02-03", "yes", "[[A]]", "[[A]] [[B]]", "a:b", "x;y,z\n", "~1987"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["value", "label", "pref", "date", "type", "person", "service", "user", "street", "given", ""]
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)
keys = st.sampled_from([*note_types()["person"].fields])


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(keys, anything, max_size=6), st.text(max_size=20), st.sampled_from(["3.0", "4.0"]))
def test_whatever_a_note_says_one_card_comes_out(fields: dict[str, Any], notes: str, version: str) -> None:
    text = write_card(fields, notes, b"x", version)
    cards = lines_of(text.encode())
    assert len(cards) == 1
    assert {"UID", "FN", "N"} <= {line.key for line in cards[0]}
    assert len(cards[0]) == sum(not row.startswith(" ") for row in rows(text)) - 2
