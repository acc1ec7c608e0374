from __future__ import annotations

import codecs
import io

import pytest

from prmvault.core.problems import Problem
from prmvault.interop import content_split
from prmvault.interop.content_split import RawCard, physical_lines, split_cards

CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Änne\nEND:VCARD\n"


def split(data: bytes) -> tuple[list[list[bytes]], list[str]]:
    parts = list(split_cards(io.BytesIO(data), "a.vcf"))
    cards = [[row for _, row in part.rows] for part in parts if isinstance(part, RawCard)]
    return cards, [str(part) for part in parts if isinstance(part, Problem)]


@pytest.mark.parametrize("eol", ["\n", "\r\n", "\r", "\r\r\n"])
def test_any_line_end_will_do(eol: str) -> None:
    cards, problems = split((CARD * 2).replace("\n", eol).encode())
    assert cards == [[b"VERSION:3.0", "FN:Änne".encode()]] * 2
    assert problems == []


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + CARD.encode(),
        codecs.BOM_UTF16_LE + CARD.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + CARD.encode("utf-16-be"),
        CARD.encode("utf-16-le"),
        CARD.encode("utf-16-be"),
    ],
)
def test_byte_order_marks_and_utf_16_are_understood(data: bytes) -> None:
    assert split(data) == ([[b"VERSION:3.0", "FN:Änne".encode()]], [])


def test_lines_keep_their_numbers_however_the_blocks_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "BEGIN:VCARD\r\nFN:A\r\n\r\nNOTE:b\r\nEND:VCARD\r\n" * 3
    whole = list(physical_lines(io.BytesIO(text.encode())))
    for size in (1, 2, 3, 7, 11):
        monkeypatch.setattr(content_split, "_BLOCK", size)
        assert list(physical_lines(io.BytesIO(text.encode()))) == whole
    assert whole[7] == (8, b"")


def test_a_card_that_is_not_closed_ends_where_the_next_begins() -> None:
    cards, problems = split(b"BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\nEND:VCARD\nBEGIN:VCARD\nFN:C\n")
    assert cards == [[b"FN:A"], [b"FN:B"], [b"FN:C"]]
    assert problems == [
        "a.vcf:1: the vCard is not closed [bad-vcard]",
        "a.vcf:6: the vCard is not closed [bad-vcard]",
    ]


def test_a_file_that_breaks_off_is_to_be_exported_again_and_not_mended_by_hand() -> None:
    data = b"BEGIN:VCARD\nFN:A\nBEGIN:VCARD\nFN:B\n"
    hints = [part.hint for part in split_cards(io.BytesIO(data), "a.vcf") if isinstance(part, Problem)]
    assert hints == ["add a line END:VCARD", "export it again: the file is not whole"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-be"])
def test_a_card_of_which_half_a_line_is_there_is_left_out(codec: str) -> None:
    cards, problems = split(f"{CARD}BEGIN:VCARD\r\nFN:B\r\nTEL:030 12".encode(codec))
    assert len(cards) == 1
    assert problems == ["a.vcf:5: the file ends within this vCard, which is left out [bad-vcard]"]
    assert len(split("BEGIN:VCARD\r\nFN:B\r\nTEL:030 12\r\n".encode(codec))[0]) == 1


def test_the_card_inside_of_an_agent_does_not_end_the_card_around_it() -> None:
    agent = b"AGENT:\nBEGIN:VCARD\nFN:B\nAGENT:BEGIN:VCARD\nFN:C\nEND:VCARD\nEND:VCARD\n"
    cards, problems = split(b"BEGIN:VCARD\nFN:A\n" + agent + b"TEL:1\nEND:VCARD\n" + CARD.encode())
    assert problems == []
    assert [card[-1] for card in cards] == [b"TEL:1", "FN:Änne".encode()]
    assert len(cards[0]) == 9


def test_text_outside_of_cards_is_told_once() -> None:
    _, problems = split(b"hello\nyou\n" + CARD.encode() + b"bye\nEND:VCARD\n")
    assert problems == ["a.vcf:1: text outside of the vCards is left out [bad-vcard]"]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello\n", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", b"END:VCARD\n" * 9])
def test_a_file_without_a_card_is_one_problem(data: bytes) -> None:
    assert split(data) == ([], ["a.vcf: the file holds no vCard [bad-vcard]"])


def test_ten_thousand_nested_components_are_one_problem() -> None:
    nested = b"BEGIN:X\n" * 10_000 + b"FN:no\n" + b"END:X\n" * 10_000
    cards, problems = split(b"BEGIN:VCARD\nFN:A\n" + nested + b"TEL:1\nEND:VCARD\n")
    assert cards == [[b"FN:A", b"TEL:1"]]
    assert problems == ["a.vcf:3: X inside of a vCard is left out [bad-vcard]"]


def test_ten_thousand_cards_that_only_begin_are_two_problems() -> None:
    _, problems = split(b"BEGIN:VCARD\n" * 10_000 + b"FN:A\n")
    assert problems == [
        "a.vcf:1: the vCard is empty and not closed [bad-vcard]",
        "a.vcf:10000: the vCard is not closed [bad-vcard]",
    ]


def test_another_component_that_is_not_closed_ends_with_the_card() -> None:
    cards, _ = split(b"BEGIN:VCARD\nFN:A\nBEGIN:X\nFN:no\nEND:VCARD\n" + CARD.encode())
    assert cards == [[b"FN:A"], [b"VERSION:3.0", "FN:Änne".encode()]]


def test_a_line_that_is_too_long_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_split, "MAX_LINE", 2 * 1024 * 1024)
    data = b"BEGIN:VCARD\r\nFN:A\r\nNOTE:" + b"x" * 5_000_000 + b"\r\nTEL:1\r\nEND:VCARD\r\n"
    cards, problems = split(data)
    assert cards == [[b"FN:A", b"TEL:1"]]
    assert problems == ["a.vcf:3: a line of more than 2 MB is left out [too-large]"]


def test_a_line_that_never_ends_takes_no_more_memory_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_split, "MAX_LINE", 1024 * 1024)

    class Endless(io.RawIOBase):
        """A hundred megabytes that nobody holds."""

        left = 100

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"x" * size if self.left >= 0 else b""

    parts = list(physical_lines(Endless()))
    assert parts == [(1, None)]


def test_a_card_that_is_too_large_is_cut_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_split, "_MAX_ROWS", 10)
    cards, problems = split(b"BEGIN:VCARD\n" + b"TEL:1\n" * 50 + b"END:VCARD\n" + CARD.encode())
    assert [len(card) for card in cards] == [10, 2]
    assert problems == ["a.vcf:12: the vCard is too large; what follows in it is left out [too-large]"]
