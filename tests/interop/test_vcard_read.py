from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import pytest

from prmvault.core.note import Reading, parse_note
from prmvault.core.schema import note_types
from prmvault.interop.drafts import Draft
from prmvault.interop.vcard_read import read_all, read_vcards
from tests.interop.vcard_loop import card_of, draft_of, note_of, problems_of

if TYPE_CHECKING:
    from prmvault.core.model import Value

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20


def fields_of(*properties: str, version: str = "3.0") -> dict[str, Value]:
    """Return what a card says beside the name."""
    fields = draft_of("FN:A", *properties, version=version).fields
    return {key: value for key, value in fields.items() if key != "name"}


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("UID:urn:uuid:1", "uid", "urn:uuid:1"),
        ("N:Müller;Anna;Maria,Luise;Dr.;jr.", "names", None),
        ("X-PHONETIC-FIRST-NAME:An\\,na", "names", {"phonetic_given": "An,na"}),
        ("X-PHONETIC-MIDDLE-NAME:Lu", "names", {"phonetic_middle": "Lu"}),
        ("X-PHONETIC-LAST-NAME:Mü", "names", {"phonetic_family": "Mü"}),
        ("X-MaidenName:Huber", "names", {"maiden": "Huber"}),
        ("NICKNAME:Annie,An\\,ni", "aliases", ["Annie", "An,ni"]),
        ("EMAIL;TYPE=INTERNET:a@b.example", "emails", ["a@b.example"]),
        ("EMAIL;TYPE=WORK,pref:a@b.example", "emails", [{"value": "a@b.example", "label": "work", "pref": "yes"}]),
        ("TEL;VALUE=uri;PREF=1:tel:+49-30-1", "phones", [{"value": "+49-30-1", "pref": "yes"}]),
        ("URL:http\\://x.example", "urls", ["http://x.example"]),
        ("ADR:;;Weg 3\\nHof;Grimma;;04668;", "addresses", None),
        ("BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29", "birthday", "--02-29"),
        ("BDAY;VALUE=text:~1987", "birthday", "~1987"),
        ("DEATHDATE;VALUE=text:yes", "deceased", "yes"),
        ("DEATHDATE:2019-05", "deceased", "2019-05"),
        ("ORG:Acme\\, Inc.;Sales;", "org", ["Acme, Inc.", "Sales"]),
        ("ORG:Acme;", "org", "Acme"),
        ("TITLE:Boss", "title", "Boss"),
        ("CATEGORIES:family,choir", "tags", ["family", "choir"]),
        ("GENDER:M;he", "gender", "M;he"),
        ("LANG:de", "languages", ["de"]),
        ("TZ;VALUE=text:Europe/Berlin", "timezone", "Europe/Berlin"),
        ("REV:20260102T030405Z", "updated", "2026-01-02"),
        ("KIND:location", "kind", "location"),
        ("IMPP:xmpp:a@b.example", "im", [{"service": "xmpp", "user": "a@b.example"}]),
        ("X-SOCIALPROFILE;TYPE=x;X-USER=a:http://x.example", "social", None),
        ("RELATED;TYPE=friend;VALUE=text:Max", "related", [{"type": "friend", "person": "Max"}]),
        ("RELATED;TYPE=spouse:Max", "related", [{"type": "spouse", "person": "Max"}]),
        (
            "X-ABDATE;X-PRMVAULT-REPEAT=none:2026-06-15",
            "dates",
            [{"date": "2026-06-15", "repeat": "none"}],
        ),
        ("ANNIVERSARY:20160820", "dates", [{"label": "anniversary", "date": "2016-08-20"}]),
    ],
)
def test_a_property_that_a_key_holds_is_that_key_and_no_raw_line(line: str, key: str, value: Value | None) -> None:
    fields = fields_of(line)
    assert list(fields) == [key]
    if value is not None:
        assert fields[key] == value


def test_structured_values_have_the_vaults_parts() -> None:
    fields = fields_of("N:Müller;Anna;Maria,Luise;Dr.;jr.", "ADR;TYPE=HOME:PF 1;2. OG;Weg 3\\nHof;Grimma;SN;04668;DE")
    assert fields["names"] == {
        "family": "Müller", "given": "Anna", "middle": "Maria,Luise", "prefix": "Dr.", "suffix": "jr.",
    }  # fmt: skip
    assert fields["addresses"] == [
        {
            "label": "home", "pobox": "PF 1", "extended": "2. OG", "street": "Weg 3\nHof", "locality": "Grimma",
            "region": "SN", "postcode": "04668", "country": "DE",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "X-FOO;BAR=1:baz",
        "CATEGORIES:myContacts",
        "BDAY;VALUE=text:circa 1800",
        "PHOTO;VALUE=uri:https://x.example/a.jpg",
        "GEO:51.3,12.4",
        "LABEL;TYPE=HOME:Weg 3",
        "LOGO;TYPE=PNG;ENCODING=b:iVBORw0KGgo=",
        "AGENT:BEGIN:VCARD\\nFN:B\\nEND:VCARD",
    ],
)
def test_a_property_that_no_key_holds_is_kept_as_it_is(line: str) -> None:
    assert fields_of(line) == {"vcard": [line]}


@pytest.mark.parametrize(
    ("line", "raw", "fields"),
    [
        (
            "BDAY:1980-02-03T10:00:00Z",
            "BDAY;X-PRMVAULT-KEY=birthday:1980-02-03T10:00:00Z",
            {"birthday": "1980-02-03"},
        ),
        ("TEL;TYPE=PCS:1", "TEL;X-PRMVAULT-KEY=phones;TYPE=PCS:1", {"phones": [{"value": "1", "label": "pcs"}]}),
        (
            "CATEGORIES:Arbeit & mehr",
            "CATEGORIES;X-PRMVAULT-KEY=tags:Arbeit & mehr",
            {"tags": ["Arbeit-mehr"]},
        ),
        (
            "X-SPOUSE:Max",
            "X-SPOUSE;X-PRMVAULT-KEY=related:Max",
            {"related": [{"type": "spouse", "person": "Max"}]},
        ),
        (
            "X-ABDATE;X-PRMVAULT-REPEAT=monthly:2026-06-15",
            "X-ABDATE;X-PRMVAULT-KEY=dates;X-PRMVAULT-REPEAT=monthly:2026-06-15",
            {"dates": [{"date": "2026-06-15"}]},
        ),
        ("X-MAIDENNAME;LANGUAGE=de:H", "X-MAIDENNAME;X-PRMVAULT-KEY=names;LANGUAGE=de:H", {"names": {"maiden": "H"}}),
        ("X-JABBER:a@b", "X-JABBER;X-PRMVAULT-KEY=im:a@b", {"im": [{"service": "jabber", "user": "a@b"}]}),
    ],
)
def test_a_property_that_a_key_holds_in_other_words_is_both(line: str, raw: str, fields: dict[str, Value]) -> None:
    assert fields_of(line) == {**fields, "vcard": [raw]}


def test_of_several_where_the_vault_has_one_the_first_counts_and_the_others_stay_raw() -> None:
    draft = draft_of("FN:A", "FN;LANGUAGE=en:B", "NOTE:one", "NOTE:two", "BDAY:1980", "BDAY:1981", "TITLE:a", "TITLE:b")
    assert draft.name == "A"
    assert draft.notes == "one"
    assert draft.fields["birthday"] == "1980"
    assert draft.fields["vcard"] == ["FN;LANGUAGE=en:B", "NOTE:two", "BDAY:1981", "TITLE:b"]


def test_apples_groups_are_one_entry_with_its_label() -> None:
    fields = fields_of(
        "item1.TEL;type=pref:1", "item1.X-ABLabel:Ferienhaus",
        "item2.X-ABDATE:2001-01-01", "item2.X-ABLabel:Namenstag",
        "item3.X-ABRELATEDNAMES:Gerda", "item3.X-ABLabel:_$!<Mother>!$_",
        "item4.ADR:;;Weg 1;;;;", "item4.X-ABADR:de",
    )  # fmt: skip
    assert fields == {
        "phones": [{"value": "1", "label": "Ferienhaus", "pref": "yes"}],
        "dates": [{"label": "Namenstag", "date": "2001-01-01"}],
        "related": [{"type": "mother", "person": "Gerda"}],
        "addresses": [{"street": "Weg 1", "country_code": "de"}],
    }


def test_a_relation_by_uid_keeps_the_uid_beside_the_name() -> None:
    uid = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
    assert fields_of(f"RELATED;TYPE=spouse:{uid}") == {"related": [{"type": "spouse", "person": uid, "uid": uid}]}


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (["N:Müller;Anna;;Dr.;"], "Dr. Anna Müller"),
        (["X-MAIDENNAME:Huber", "N:Müller;Anna;;;"], "Anna Müller"),
        (["X-PHONETIC-FIRST-NAME:Huber", "ORG:Acme"], "Acme"),
        (["FN:", "ORG:Acme;Sales"], "Acme"),
        (["EMAIL:a@b.example"], "a@b.example"),
        (["TEL:1"], "1"),
        (["URL:http://x.example"], "unnamed"),
    ],
)
def test_a_card_without_fn_has_a_name_all_the_same(lines: list[str], name: str) -> None:
    draft = draft_of(*lines)
    assert (draft.name, draft.fields["name"]) == (name, name)


def test_a_company_is_an_organization_and_its_own_name_is_not_its_employer() -> None:
    for line in ("KIND:org", "X-ABShowAs:COMPANY"):
        draft = draft_of("FN:Acme", "N:;;;;", "ORG:Acme;", line)
        assert (draft.kind, draft.fields) == ("organization", {"name": "Acme"})


def test_a_group_tells_its_members() -> None:
    draft = draft_of("FN:Chor", "X-ADDRESSBOOKSERVER-KIND:group", "X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1")
    assert (draft.kind, draft.fields) == ("group", {"name": "Chor", "members": ["urn:uuid:1"]})


def test_a_photo_is_an_attachment_named_by_its_content() -> None:
    text = base64.b64encode(JPEG).decode()
    one = draft_of("FN:A", f"PHOTO;TYPE=PNG;ENCODING=b:{text}")
    two = draft_of("FN:B", f"PHOTO:data:image/jpeg;base64,{text}", version="4.0")
    assert [(each.name, each.media_type, each.key) for each in one.attachments] == [
        ("photo-14fd8c14e83a9860.jpg", "image/jpeg", "photo")
    ]
    assert one.attachments == two.attachments
    assert one.attachments[0].data == JPEG
    assert one.fields == {"name": "A", "photo": "attachments/photo-14fd8c14e83a9860.jpg"}


def test_a_photo_with_more_to_it_is_not_written_into_the_note() -> None:
    draft = draft_of("FN:A", f"PHOTO;X-CROP=1;ENCODING=b:{base64.b64encode(JPEG).decode()}")
    name = draft.attachments[0].name
    assert len(draft.attachments) == 1
    assert draft.fields["vcard"] == [f"PHOTO;X-PRMVAULT-KEY=photo;X-CROP=1;ENCODING=b;X-PRMVAULT-FILE={name}:"]


def test_long_raw_values_are_attachments() -> None:
    sound = base64.b64encode(b"OggS" * 1000).decode()
    draft = draft_of("FN:A", "X-LONG:" + "ä" * 5000, f"SOUND;TYPE=OGG;ENCODING=b:{sound}")
    assert [each.name.rpartition("-")[0] + "." + each.name.rpartition(".")[2] for each in draft.attachments] == [
        "vcard.txt",
        "sound.ogg",
    ]
    assert draft.attachments[0].data == ("ä" * 5000).encode()
    assert len(str(draft.fields["vcard"])) < 200


def test_a_card_of_ten_thousand_lines_becomes_a_note_that_can_be_read() -> None:
    many = [f"X-A{number}:{number}" for number in range(5000)]
    draft = draft_of("FN:A", *many, *[f"TEL:{number:040}" for number in range(5000)])
    text = note_of(draft)
    assert len(text) < 128 * 1024
    assert parse_note("people/A.md", text, Reading(note_types(), {})).readable


def test_fields_are_read_in_a_note_without_any_problem() -> None:
    draft = draft_of(
        "FN:A: b #c", "N:# x;@y;*z;", "TEL:0170", "TITLE:no", "ADR:;;1:2\\n- x;;;007;NO", "CATEGORIES:2026,#a",
        "BDAY:--0314", "X-FOO:[[x]]", 'X-Y;A="b: c":{d}',
    )  # fmt: skip
    note = parse_note("people/A.md", note_of(draft), Reading(note_types(), {}))
    assert note.problems == ()
    assert note.title == "A: b #c"
    assert note.fields["names"] == {"family": "# x", "given": "@y", "middle": "*z"}
    assert note.tags == ("2026-", "a")
    assert note.fields["addresses"][0]["country"] == "NO"


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["FN:A\\nB"], "a.vcf:3: the name has a line break, which is read as a blank [bad-vcard]"),
        (["FN:A", "BDAY:70-7-14"], 'a.vcf:4: BDAY "70-7-14" is no date and is kept as it is [bad-date]'),
        (["FN:A", "PHOTO;ENCODING=b:!!!"], "a.vcf:4: PHOTO is no base64 and is kept as it is [bad-vcard]"),
        (
            ["FN:A", "PHOTO;VALUE=uri:file:///etc/passwd"],
            'a.vcf:4: the photo is not in the vCard, but said to be at "file:///etc/passwd"; it is not fetched [bad-vcard]',
        ),
    ],
)
def test_what_is_odd_is_told_once_and_nothing_is_left_out(lines: list[str], problem: str) -> None:
    assert problems_of(card_of(*lines)) == [problem]
    draft = read_all(card_of(*lines), "a.vcf").drafts[0]
    assert len(draft.fields["vcard"]) == 1
    assert "birthday" not in draft.fields
    assert "photo" not in draft.fields


def test_a_card_that_says_nothing_is_left_out_and_told() -> None:
    assert problems_of(card_of("FN:", "N:;;;;")) == ["a.vcf:1: the vCard says nothing and is left out [bad-vcard]"]


def test_drafts_know_where_they_come_from() -> None:
    drafts = read_all(card_of("FN:A") + card_of("FN:B"), "a.vcf").drafts
    assert [(draft.source, draft.line) for draft in drafts] == [("a.vcf", 1), ("a.vcf", 5)]


def test_what_somebody_sends_as_our_own_parameters_is_not_believed() -> None:
    fields = fields_of("X-FOO;X-PRMVAULT-KEY=birthday;X-PRMVAULT-FILE=../../secret:bar")
    assert fields == {"vcard": ["X-FOO:bar"]}


def test_cards_are_read_one_by_one() -> None:
    class Stream(io.BytesIO):
        """Counts how much of it was read."""

        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.taken += len(data)
            return data

    stream = Stream(card_of("FN:A", "NOTE:" + "x" * 100_000) * 50)
    first = next(iter(read_vcards(stream, "a.vcf")))
    assert isinstance(first, Draft)
    assert stream.taken <= 1024 * 1024


def test_members_of_what_is_no_group_are_kept() -> None:
    assert fields_of("MEMBER:urn:uuid:1") == {"vcard": ["MEMBER:urn:uuid:1"]}


def test_a_label_of_androids_own_is_a_label() -> None:
    line = "EMAIL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=56=65=72=65=69=6E):a@b.example"
    fields = fields_of(line, version="2.1")
    assert fields["emails"] == [{"value": "a@b.example", "label": "Verein"}]
    assert fields["vcard"] == ["EMAIL;X-PRMVAULT-KEY=emails;TYPE=Verein:a@b.example"]


def test_what_android_has_no_property_for_is_understood() -> None:
    custom = "X-ANDROID-CUSTOM:vnd.android.cursor.item/"
    fields = fields_of(
        f"{custom}nickname;Soph;1;;;", f"{custom}relation;Karl;14;;", f"{custom}relation;Ida;0;Patin;",
        f"{custom}contact_event;2010-05-05;1;;", f"{custom}website;x;;",
    )  # fmt: skip
    assert fields["aliases"] == ["Soph"]
    assert fields["related"] == [{"type": "spouse", "person": "Karl"}, {"type": "Patin", "person": "Ida"}]
    assert fields["dates"] == [{"label": "anniversary", "date": "2010-05-05"}]
    assert isinstance(fields["vcard"], list)
    assert len(fields["vcard"]) == 5


def test_how_a_name_sounds_is_a_part_of_it_wherever_it_stands_and_a_second_one_stays_raw() -> None:
    lines = "X-MAIDENNAME:Huber", "X-PHONETIC-LAST-NAME:Mü", "N:Müller;Anna;;;", "X-MAIDENNAME:Lang", "N:M;A;;;"
    assert fields_of(*lines) == {
        "names": {"family": "Müller", "given": "Anna", "phonetic_family": "Mü", "maiden": "Huber"},
        "vcard": ["X-MAIDENNAME:Lang", "N:M;A;;;"],
    }


def test_what_google_calls_everybody_is_no_tag() -> None:
    assert fields_of("CATEGORIES:choir,myContacts") == {"tags": ["choir"], "vcard": ["CATEGORIES:myContacts"]}


def test_two_categories_that_give_the_same_tag_are_both_kept() -> None:
    fields = fields_of("CATEGORIES:choir-north,choir north")
    assert fields == {"tags": ["choir-north"], "vcard": ["CATEGORIES:choir north"]}


def test_a_card_with_too_many_properties_is_cut_and_told() -> None:
    data = card_of("FN:A", *[f"X-A{number}:1" for number in range(20_000)])
    assert problems_of(data) == [
        "a.vcf:20002: the vCard has more than 20,000 properties; those that follow are left out [too-large]"
    ]


def test_what_a_card_says_twice_is_in_the_note_once() -> None:
    fields = fields_of("EMAIL:a@b.example", "email;type=internet:a@b.example", "NICKNAME:B,B", "X-FOO:1", "X-FOO:1")
    assert fields == {"aliases": ["B"], "emails": ["a@b.example"], "vcard": ["X-FOO:1"]}


def test_a_name_that_is_too_long_for_a_note_is_told() -> None:
    reading = read_all(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + b"x" * 70_000 + b"\r\nEND:VCARD\r\n", "a.vcf")
    assert reading.drafts[0].name == "unnamed"
    assert [problem.code for problem in reading.problems] == ["too-large"]
