from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.interop.content_lines import Line, clean_line, fold_line, line_text, parse_line, write_lines
from tests.interop.vcard_loop import card_of, lines_of, problems_of


def line_of(text: str | bytes, version: str = "3.0") -> Line:
    row = text.encode() if isinstance(text, str) else text
    card = f"BEGIN:VCARD\r\nVERSION:{version}\r\n".encode() + row + b"\r\nEND:VCARD\r\n"
    lines = [line for line in lines_of(card)[0] if line.key != "VERSION"]
    assert len(lines) == 1
    return lines[0]


def test_a_line_is_cut_into_its_parts() -> None:
    line = parse_line('item1.X-Foo;type=a,b;x="c;d:e,f";TYPE=g:v;w:x')
    assert line == Line("item1", "X-Foo", (("TYPE", ("a", "b", "g")), ("X", ("c;d:e,f",))), "v;w:x")


@pytest.mark.parametrize("text", ["", "FN", ":x", "FN;", "FN;A=b", 'FN;A="b', "Ä:x", "FN x:y", "a b.FN:x", ";:x"])
def test_what_is_no_property_is_none(text: str) -> None:
    assert parse_line(text) is None


def test_a_quote_that_is_not_closed_is_a_character() -> None:
    assert parse_line('FN;A="b:c') == Line("", "FN", (("A", ('"b',)),), "c")


def test_rfc_6868_is_read_and_written() -> None:
    line = parse_line("ADR;LABEL=\"a^nb, ^'c^' ^^\":;")
    assert line is not None
    assert line.param("LABEL") == ('a\nb, "c" ^',)
    assert line_text(line) == "ADR;LABEL=\"a^nb, ^'c^' ^^\":;"


def test_folds_are_taken_out_in_the_middle_of_a_character() -> None:
    text = "NOTE:Möwe".encode()
    middle = text.index(b"\xb6")
    assert line_of(text[:middle] + b"\r\n " + text[middle:]).value == "Möwe"
    assert line_of(b"NOTE:a\r\n  b\r\n\tc\r\n \r\n d").value == "a bcd"


def test_the_blank_of_a_fold_belongs_to_the_text_in_version_2() -> None:
    assert line_of(b"NOTE:one\r\n two", "2.1").value == "one two"


@pytest.mark.parametrize(
    ("row", "value"),
    [
        (b"NOTE;ENCODING=QUOTED-PRINTABLE:f=C3=BCr=0D=0Ama=\r\nx", "für\\nmax"),
        (b"NOTE;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:f=FCr", "für"),
        (b"NOTE;CHARSET=windows-1252:\x80uro", "€uro"),
        (b"NOTE:f\xfcr \x93dich\x94", "für “dich”"),
        ("NOTE;CHARSET=UTF-8:für".encode(), "für"),
        ("NOTE;CHARSET=no-such-thing:für".encode(), "für"),
        ("NOTE;CHARSET=punycode:für".encode(), "für"),
        (b"NOTE;ENCODING=8BIT:a=20b", "a=20b"),
        (b"NOTE;CHARSET=utf-8;ENCODING=BASE64:SGFs\r\n bMO2\r\n\r\n", "Hallö"),
        (b"NOTE;ENCODING=QUOTED-PRINTABLE:cut=", "cut"),
    ],
)
def test_encodings_of_text_are_taken_off(row: bytes, value: str) -> None:
    line = line_of(row, "2.1")
    assert (line.value, line.params) == (value, ())


@pytest.mark.parametrize(
    "row",
    [
        b"PHOTO;JPEG;BASE64:/9j/\r\n 4AAQ",
        b"PHOTO;ENCODING=BASE64;TYPE=JPEG:/9j/\r\n4AAQ\r\n",
        b"PHOTO;TYPE=JPEG;ENCODING=b:/9j/4AAQ",
        b"PHOTO;JPEG;B:\r\n /9j/4AAQ\r\n",
    ],
)
def test_binary_data_are_base64_behind_one_parameter_however_they_were_written(row: bytes) -> None:
    line = line_of(row, "2.1")
    assert (line.param("ENCODING"), line.param("TYPE"), line.value) == (("b",), ("JPEG",), "/9j/4AAQ")


def test_a_data_uri_is_base64_and_becomes_one_again_in_version_4() -> None:
    line = line_of("PHOTO;PREF=1:data:image/png;base64,iVBORw0KGgo=", "4.0")
    assert line.params == (("PREF", ("1",)), ("MEDIATYPE", ("image/png",)), ("ENCODING", ("b",)))
    assert "PHOTO;PREF=1:data:image/png;base64,iVBORw0KGgo=\r\n" in write_lines([line], "4.0")
    assert "PHOTO;PREF=1;MEDIATYPE=image/png;ENCODING=b:iVBORw0KGgo=\r\n" in write_lines([line], "3.0")


def test_bare_parameters_of_version_2_are_types() -> None:
    assert line_of("TEL;HOME;VOICE:1", "2.1").params == (("TYPE", ("HOME", "VOICE")),)
    assert line_of('TEL;TYPE="HOME,VOICE":1').params == (("TYPE", ("HOME", "VOICE")),)


def test_an_agent_of_version_2_becomes_one_escaped_line() -> None:
    card = b"AGENT:\r\nBEGIN:VCARD\r\nN:B;C\r\nNOTE:x\\,y\r\nEND:VCARD"
    line = line_of(card, "2.1")
    assert line.value == "BEGIN:VCARD\\nN:B\\;C\\nNOTE:x\\\\\\,y\\nEND:VCARD"


def test_lines_that_are_no_properties_are_one_problem_of_their_card() -> None:
    assert problems_of(card_of("FN:A", "so what", "and\x1b[2Jmore", "TEL:1")) == [
        'a.vcf:4: "so what" is no property and is left out (as are 1 more) [bad-vcard]'
    ]


def test_control_characters_are_left_out_and_told_once() -> None:
    data = card_of("FN:A\x00\x1b[31m", "NOTE;X=\x07a:\ud800b\u202ec", "TEL:1")
    assert problems_of(data) == ["a.vcf:3: control characters are left out [control-character]"]
    assert [line.value for line in lines_of(data)[0]] == ["3.0", "A[31m", "bc", "1"]


def test_a_line_is_folded_at_75_octets_and_no_character_is_split() -> None:
    text = "NOTE:" + "ä€🎂x" * 100
    folded = fold_line(text)
    rows = folded.split("\r\n")
    assert all(len(row.encode()) <= 75 for row in rows)
    assert all(len(row.encode()) >= 71 for row in rows[:-1])
    assert rows[0] + "".join(row[1:] for row in rows[1:]) == text


def test_what_is_written_has_crlf_and_no_line_of_its_own_making() -> None:
    evil = Line("", "NOTE", (("X", ("a\r\nEND:VCARD",)),), "b\nEND:VCARD\r\nBEGIN:VCARD\rFN:x\0")
    text = write_lines([evil], "3.0")
    assert text == (
        'BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE;X="a^nEND:VCARD":b\\nEND:VCARD\\nBEGIN:VCARD\\nFN:x\r\nEND:VCARD\r\n'
    )
    assert len(lines_of(text.encode())) == 1


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
names = st.from_regex(r"\A[A-Z][A-Z0-9-]{0,8}\Z").filter(lambda name: name not in ("AGENT", "ENCODING", "CHARSET"))
values = st.lists(words.map(str.strip).filter(lambda word: "\u202d" not in word and "\u202e" not in word), min_size=1)
lines = st.builds(
    Line,
    group=st.sampled_from(["", "item1"]),
    name=names,
    params=st.dictionaries(names, values.map(tuple), max_size=3).map(lambda params: tuple(params.items())),
    value=words,
    number=st.just(0),
)


@given(lines)
def test_every_line_reads_back_as_it_was_written(line: Line) -> None:
    line = clean_line(line)
    expected = line
    if "TYPE" in dict(line.params):  # Types in one pair of quotes are several.
        parts = {"TYPE": tuple(part.strip() for value in line.param("TYPE") for part in value.split(","))}
        expected = line._replace(params=tuple((name, parts.get(name, value)) for name, value in line.params))
    assert parse_line(line_text(line)) == expected
    unfolded = fold_line(line_text(line)).encode().replace(b"\r\n ", b"").decode()
    assert unfolded == line_text(line)
