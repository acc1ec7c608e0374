"""Card → note → card: nothing is lost, in either version; and nothing that is in a file is too much for the reader."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from prmvault.interop.content_lines import Line, line_text, write_lines
from prmvault.interop.vcard_read import read_all
from tests.interop.vcard_loop import card_of, lines_of, lost, meaning_of, note_of, read_back, written

if TYPE_CHECKING:
    from collections.abc import Iterable

CARDS = Path(__file__).parent / "vcards"
FILES = sorted(CARDS.glob("*.vcf"))
few = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_there_are_cards_of_all_producers() -> None:
    assert len(FILES) >= 9


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_cards_of_other_programs_come_back_whole(path: Path, version: str) -> None:
    assert lost(path.read_bytes(), version) == []


def words_in(texts: Iterable[str]) -> set[str]:
    plain = " ".join(texts).replace("\\n", " ").replace("tel:", "")
    return set(re.findall(r"\w{2,}", plain.casefold()))


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_word_of_a_card_is_in_the_one_that_comes_back(path: Path, version: str) -> None:
    """Nothing of how we compare cards is in this: of values that are text, all words must be somewhere."""
    other_form = ("VERSION", "PRODID", "REV", "BDAY", "ANNIVERSARY", "X-ABDATE", "KIND", "X-ABSHOWAS")
    data = path.read_bytes()
    for draft, before in zip(read_all(data, path.name).drafts, lines_of(data), strict=True):
        texts = [line.value for line in before if line.key not in other_form and not line.param("ENCODING")]
        after = lines_of(written(draft, version).encode())[0]
        assert words_in(texts) - words_in(line_text(line) for line in after) == set()


@pytest.mark.parametrize("version", ["3.0", "4.0"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_card_that_was_written_gives_the_same_note_again(path: Path, version: str) -> None:
    for draft in read_all(path.read_bytes(), path.name).drafts:
        again = read_all(written(draft, version).encode(), path.name)
        assert [problem for problem in again.problems if problem.code != "bad-date"] == []
        told = {key: value for key, value in again.drafts[0].fields.items() if key not in ("uid", "names", "vcard")}
        before = {key: value for key, value in draft.fields.items() if key not in ("uid", "names", "vcard")}
        assert {key: sorted(map(str, told[key])) for key in told} == {
            key: sorted(map(str, before[key])) for key in before
        }
        assert again.drafts[0].notes == draft.notes
        assert again.drafts[0].kind == draft.kind
        assert set(draft.attachments) == set(again.drafts[0].attachments)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_note_holds_what_the_draft_says(path: Path) -> None:
    for draft in read_all(path.read_bytes(), path.name).drafts:
        assert read_back(note_of(draft)) == draft.fields


def test_few_properties_need_to_be_kept_raw() -> None:
    drafts = [draft for path in FILES for draft in read_all(path.read_bytes(), path.name).drafts]
    properties = sum(len(lines) for path in FILES for lines in lines_of(path.read_bytes()))
    raw = sum(len(draft.fields.get("vcard", [])) for draft in drafts)
    assert (len(drafts), raw < properties / 3) == (14, True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("encode", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_the_encoding_of_the_file_makes_no_difference(path: Path, encode: str) -> None:
    text = path.read_text("utf-8")
    assert read_all(text.replace("\n", "\r\n").encode(encode), "a").drafts == read_all(text.encode(), "a").drafts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_that_breaks_off_anywhere_gives_what_is_there(path: Path) -> None:
    data = path.read_bytes()
    whole = read_all(data, "a").drafts
    for end in range(0, len(data), 37):
        reading = read_all(data[:end], "a")
        assert len(reading.drafts) <= len(whole)
        assert reading.problems or reading.drafts == whole[: len(reading.drafts)]


texts = st.text(st.characters(codec="utf-8"), max_size=30)
hard = st.text(st.sampled_from(list("a;,:\\\"^\n\r =\t#'ä€🎂-/@[]_$!<>\u2028\x85\x00\u202e")), max_size=12)
words = st.one_of(
    texts, hard, st.sampled_from(["myContacts", "1980-02-03", "--0203", "1604-01-01", "tel:1", "urn:uuid:1", "[[x]]"])
)
known = st.sampled_from(
    [
        *("FN", "N", "NICKNAME", "EMAIL", "TEL", "URL", "ADR", "BDAY", "ANNIVERSARY", "X-ABDATE", "DEATHDATE", "ORG"),
        *("TITLE", "ROLE", "NOTE", "PHOTO", "LOGO", "RELATED", "X-ABRELATEDNAMES", "X-SPOUSE", "SOCIALPROFILE", "TZ"),
        *("X-SOCIALPROFILE", "IMPP", "X-AIM", "CATEGORIES", "GENDER", "LANG", "KIND", "REV", "X-FOO", "X-ABLabel"),
        *("X-PHONETIC-FIRST-NAME", "X-PHONETIC-MIDDLE-NAME", "X-PHONETIC-LAST-NAME", "X-MAIDENNAME"),
        *("X-ABADR", "UID", "PRONOUNS", "X-ANDROID-CUSTOM", "X-ABShowAs", "MEMBER", "X-EVOLUTION-ANNIVERSARY"),
    ]
)
types = st.sampled_from(["home", "WORK", "cell", "voice", "pref", "internet", "x-y", "fax", "", "msg", "friend"])
params = st.lists(
    st.one_of(
        st.tuples(st.just("TYPE"), st.lists(types, min_size=1, max_size=3).map(tuple)),
        st.tuples(st.just("PREF"), st.sampled_from([("1",), ("2",)])),
        st.tuples(st.just("VALUE"), st.sampled_from([("text",), ("uri",), ("date",), ("x",)])),
        st.tuples(st.just("X-PRMVAULT-REPEAT"), st.sampled_from([("none",), ("yearly",), ("monthly",), ("a", "b")])),
        st.tuples(st.just("X-APPLE-OMIT-YEAR"), st.sampled_from([("1604",), ("1980",)])),
        st.tuples(st.sampled_from(["LANGUAGE", "X-SERVICE-TYPE", "USERNAME", "LABEL"]), st.tuples(words)),
    ),
    max_size=3,
    unique_by=lambda param: param[0],
).map(tuple)
cards = st.builds(
    Line, group=st.sampled_from(["", "", "item1", "item2"]), name=known, params=params, value=words, number=st.just(0)
)


@few
@given(st.lists(cards, max_size=12))
@example([Line("", "ADR", (("LABEL", ("x",)),), ";;;")])
@example([Line("", "FN", (), "A"), Line("", "SOCIALPROFILE", (), ";\\n")])
@example([Line("item1", "X-ABLabel", (), "x"), Line("item1", "X-ABLabel", (), "y")])
def test_any_card_comes_back_whole(card: list[Line]) -> None:
    data = write_lines(card, "3.0").encode()
    if meaning_of(data):
        assert lost(data, "3.0") == []
        assert lost(data, "4.0") == []


pieces = st.sampled_from(
    [
        *(
            b"BEGIN:VCARD\r\n",
            b"END:VCARD\n",
            b"AGENT:\n",
            b"BEGIN:X\n",
            b"VERSION:2.1\n",
            b"FN:A\n",
            b" fold\n",
            b"\n",
        ),
        *(
            b"PHOTO;BASE64:",
            b"NOTE;ENCODING=QUOTED-PRINTABLE:=C3=\n",
            b"item1.TEL;",
            b"\xff\xfe",
            b"\xc3",
            b"\0",
            b"\r",
        ),
        *(b"N:;;;", b"BDAY:1980", b";CHARSET=utf-7:+AGE-", b';X="', b"X-ABLabel:", b"data:a/b;base64,", b"=", b":"),
    ]
)


@few
@given(st.lists(st.one_of(pieces, st.binary(max_size=20)), max_size=40).map(b"".join))
def test_no_bytes_are_too_much_for_the_reader(data: bytes) -> None:
    reading = read_all(data, "a.vcf")
    assert reading.drafts or reading.problems
    for draft in reading.drafts:
        assert read_back(note_of(draft)) == draft.fields
        assert len(lines_of(written(draft, "4.0").encode())) == 1


PROPERTIES = [
    "FN:A",
    "NOTE:",
    "TEL;TYPE=",
    'X;A="',
    "PHOTO;ENCODING=b:",
    "BDAY:",
    "N:",
    "NOTE;ENCODING=QUOTED-PRINTABLE:",
]
REPEATED = [*'a;,:\\"^=\n\r \t.-1', "\r\n ", ";A=", ";a", '"a', "\\;", "=\n", "=C3", "item1.", "[[a]]", "_$!<", "1604-"]


@pytest.mark.parametrize("begin", PROPERTIES)
def test_long_hostile_values_are_read_soon(begin: str) -> None:
    for piece in REPEATED:
        data = card_of("FN:A", begin + piece * (100_000 // len(piece)))
        for draft in read_all(data, "a.vcf").drafts:
            assert len(note_of(draft)) < 128 * 1024


def test_a_name_full_of_paths_stays_a_text() -> None:
    data = card_of("FN:../../etc/passwd", "PHOTO;VALUE=uri;X-FILENAME=../../x:../../x.jpg", "UID:../1")
    reading = read_all(data, "../../a.vcf")
    assert reading.drafts[0].name == "../../etc/passwd"
    assert reading.drafts[0].attachments == ()
    assert lost(data, "3.0") == []


def test_a_hundred_agents_in_each_other_are_one_raw_value() -> None:
    data = b"BEGIN:VCARD\nFN:A\n" + b"AGENT:\nBEGIN:VCARD\nFN:B\n" * 10_000 + b"END:VCARD\n" * 10_001
    reading = read_all(data, "a.vcf")
    assert reading.problems == ()
    assert [draft.name for draft in reading.drafts] == ["A"]
    assert lost(data, "3.0") == []


@pytest.mark.skipif(importlib.util.find_spec("vobject") is None, reason="vobject is not installed")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vobject_reads_what_is_written_as_we_do(path: Path) -> None:
    import vobject  # type: ignore[import-untyped, unused-ignore]

    for draft in read_all(path.read_bytes(), path.name).drafts:
        text = written(draft, "3.0")
        card = vobject.readOne(text)
        assert card.fn.value == draft.name
        assert {each.value for each in card.contents.get("email", [])} == {
            entry["value"] if isinstance(entry, dict) else entry for entry in draft.fields.get("emails", [])
        }
        assert [each.value for each in card.contents.get("note", [])][:1] == ([draft.notes] if draft.notes else [])
        kept = {"EMAIL", "TEL", "NOTE", "FN", "BDAY", "TITLE"}
        ours, theirs = (lines_of(each.encode())[0] for each in (text, card.serialize()))
        told = [sorted((line.key, line.value) for line in lines if line.key in kept) for lines in (ours, theirs)]
        assert told[0] == told[1]


def test_no_file_is_opened_by_reading_or_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened")

    data = [path.read_bytes() for path in FILES]
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(os, "open", refuse)
    assert sum(len(read_all(each, "a.vcf").drafts) for each in data) == 14
