from __future__ import annotations

import io
import re
import tracemalloc
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.dates import DateError
from prmvault.core.problems import PrmvaultError, Problem
from prmvault.interop import csv_cells, csv_columns, csv_dates, csv_fields, csv_read, csv_rows
from prmvault.interop.csv_dates import AmbiguousError, date_of, has_no_day, order_of
from prmvault.interop.csv_read import read_csv
from prmvault.interop.csv_rows import Row, head_rows, read_rows
from prmvault.interop.drafts import Draft

HEAD = b"Name,E-Mail\n"


def rows(data: bytes, mark: str = ",") -> list[Row | Problem]:
    return list(read_rows(io.BytesIO(data), "x.csv", mark))


def lines_of(found: list[Row | Problem]) -> list[tuple[str, int]]:
    return [(type(one).__name__, one.line) for one in found]


def counted(found: list[Draft | Problem]) -> tuple[int, list[str]]:
    return sum(isinstance(one, Draft) for one in found), [one.code for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_rows_are_numbered_by_lines_with_any_line_end(end: bytes) -> None:
    data = end.join([b'a,"b', b'c"', b"", b",", b"d,e"])
    assert rows(data) == [Row(1, ["a", "b\nc"]), Row(5, ["d", "e"])]


def test_signs_that_only_python_takes_for_line_breaks_are_none() -> None:
    data = "a\x0bb,c\x1cd\x85e\u2028f".encode()
    assert rows(data) == [Row(1, ["a\x0bb", "c\x1cd\x85e\u2028f"])]


def test_a_line_in_another_encoding_is_read_and_the_rest_is_utf_8() -> None:
    assert rows("Jürgen\n".encode() + "Jürgen\n".encode("cp1252") + b"\x81\n") == [
        *(Row(1, ["Jürgen"]), Row(2, ["Jürgen"]), Row(3, ["\x81"])),
    ]


def test_blanks_before_a_quoted_cell_are_no_part_of_it() -> None:
    assert rows(b'a, "b, c"\n') == [Row(1, ["a", "b, c"])]
    assert rows(b"a\t\tb\n", "\t") == [Row(1, ["a", "", "b"])]


def test_the_head_is_cut_with_each_delimiter() -> None:
    head = head_rows(io.BytesIO(b"sep=;\nName;E-Mail\n" + b"x\n" * 40))
    assert head[";"][1] == Row(2, ["Name", "E-Mail"])
    assert len(head[","]) == 12


def test_a_line_of_100_mb_is_one_problem_and_takes_little_memory() -> None:
    line = b'"' + b"x" * 100_000_000
    stream = io.BytesIO(HEAD + b"Ida,a@b.example\n" + line + b"\nTom,t@b.example\n")
    tracemalloc.start()
    found = list(read_csv(stream, "x.csv"))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted(found) == (2, ["too-large"])
    assert most < 120_000_000


@pytest.mark.parametrize(
    ("bad", "codes"),
    [
        (b'"' + b"x" * 200_000 + b'",y', ["too-large"]),
        (b"x," * 600_000, ["too-large"]),
        (b'"a"b,c', ["bad-csv"]),
        (b"x" * 200_000, ["too-large"]),
        (b",".join([b"x"] * 3), ["bad-csv"]),
    ],
)
def test_one_bad_row_is_one_problem_and_the_rest_is_read(bad: bytes, codes: list[str]) -> None:
    assert counted(list(read_csv(HEAD + b"Ida,a\n" + bad + b"\nTom,t\n", "x.csv"))) == (2, codes)


def test_an_open_quote_at_the_end_of_the_head_is_told_once() -> None:
    assert counted(list(read_csv(HEAD + b'"Ida,a\n' + b"Tom,t\n" * 50, "x.csv"))) == (50, ["bad-csv"])


@pytest.mark.parametrize("line", [b'a",",""b\n', b'"a\n', b'"\n', b'x,"""\n', b'"""\n', b'","",\n'])
def test_quotes_in_all_the_wrong_places_take_no_more_than_a_few_looks_at_each_line(
    line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0

    class Counted(csv_rows._Lines):
        def __next__(self) -> str:
            nonlocal looks
            looks += 1
            return super().__next__()

    monkeypatch.setattr(csv_rows, "_Lines", Counted)
    monkeypatch.setattr(csv_rows, "_FREE", 10_000)
    count = 100_000 // len(line)
    rows(b"Name\n" + line * count)
    assert looks <= 4 * count + 10_000 // len(line)


@given(st.binary(max_size=300))
def test_random_bytes_never_raise(data: bytes) -> None:
    for found in (list(read_csv(data, "x.csv")), list(read_csv(HEAD + data, "x.csv"))):
        assert all(isinstance(one, Draft | Problem) for one in found)


CELL = st.sampled_from(
    ['"', '""', ",", ";", "\t", "\n", "\r\n", "Ida", "a@b.example", "1/2/1990", "'=", " ::: ", "[{", "\x00"]
)
COLUMN = st.sampled_from(
    ["uid", "name", "Name", "E-mail 1 - Value", "Birthday", "Firma", "Vorname", "notes", "x", "Labels"]
)


@given(st.lists(COLUMN, min_size=1, max_size=6), st.lists(CELL, max_size=40))
def test_whatever_the_cells_are_drafts_have_a_name_and_problems_a_place(names: list[str], cells: list[str]) -> None:
    data = (",".join(names) + "\n" + "".join(cells)).encode()
    for one in read_csv(data, "x.csv"):
        if isinstance(one, Draft):
            assert one.name
            assert one.name.isprintable()
            assert one.line > 1
        else:
            assert one.path == "x.csv"
            assert "\n" not in one.message


def patterns(module: ModuleType) -> list[re.Pattern[str]]:
    return [value for value in vars(module).values() if isinstance(value, re.Pattern)]


PATTERNS = [one for module in (csv_cells, csv_columns, csv_dates, csv_fields, csv_read) for one in patterns(module)]


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:30])
def test_no_pattern_looks_at_hostile_text_for_long(pattern: re.Pattern[str]) -> None:
    # Each is bounded, or has a single run: what takes longer than a test run may shows a mistake.
    for piece in ("a", "1", " ", "-", ".", "1.", "a b ", "E-mail 1 - ", "+1 ", ":a", "\x00", "\u202e"):
        text = piece * (100_000 // len(piece))
        pattern.fullmatch(text)
        for _ in pattern.finditer(text):
            pass


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1987-03-14", "1987-03-14"),
        ("1987-03-14 00:00:00", "1987-03-14"),
        ("--03-14", "--03-14"),
        ("1987", "1987"),
        ("14.3.1987", "1987-03-14"),
        ("14. 03. 1987", "1987-03-14"),
        ("14.03.", "--03-14"),
        ("1987/03/14", "1987-03-14"),
        ("3/14/1987", "1987-03-14"),
        ("14/3/1987 00:00:00", "1987-03-14"),
        ("3/14/1987 12:00:00 AM", "1987-03-14"),
        ("7/7/1987", "1987-07-07"),
        ("15 Jun 2026", "2026-06-15"),
        ("Jun 15, 2026", "2026-06-15"),
        ("15. Juni 2026", "2026-06-15"),
    ],
)
def test_a_date_that_can_mean_one_day_is_read(text: str, day: str) -> None:
    assert date_of(text) == day


@pytest.mark.parametrize(
    "text", ["3/14/87", "14.3.87", "31.2.1990", "yesterday", "May", "x" * 100_000, "1" * 60, "0000-00-00"]
)
def test_what_is_no_certain_date_is_refused(text: str) -> None:
    with pytest.raises(DateError):
        date_of(text)


def test_an_order_decides_what_may_be_two_days() -> None:
    with pytest.raises(AmbiguousError, match="1987-03-04 or 1987-04-03"):
        date_of("3/4/1987")
    assert [date_of("3/4/1987", order) for order in ("dmy", "mdy")] == ["1987-04-03", "1987-03-04"]
    assert date_of("26/5/1990", "mdy") == "1990-05-26"


def test_the_order_is_that_of_the_dates_which_leave_no_choice() -> None:
    assert order_of(["3/4/1987", "26/5/1990"]) == "dmy"
    assert order_of(["3/4/1987", "5/26/1990", "1990-01-02"]) == "mdy"
    assert order_of(["26/5/1990", "5/26/1990"]) == ""
    assert order_of(["3/4/1987", "x"]) == ""


@pytest.mark.parametrize("text", ["0/0/00", "00.00.0000", "0000-00-00", "1/1/4501", "  "])
def test_no_date_is_said_in_many_ways(text: str) -> None:
    assert has_no_day(text)
    assert not has_no_day("10/10/1990")


def test_a_mapping_with_a_bad_target_raises_before_anything_is_read() -> None:
    with pytest.raises(PrmvaultError):
        list(read_csv(HEAD, "x.csv", mapping={"Name": "a:b:c"}))
