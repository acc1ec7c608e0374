from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.search.query import And, DateRange, Fuzzy, Keyed, Node, Not, Or, Phrase, Prefix, Word, parse_query

A, B, C = Word("a", "a"), Word("b", "b"), Word("c", "c")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("Garten", Word("garten", "garten")),
        ("Straße", Word("strasse", "straße")),
        ("Gerda's", Phrase(("gerda", "s"))),
        ("Scho\u0308n!", Word("schon", "schön")),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("NOT a", Not(A)),
        ("-a", Not(A)),
        ("NOT NOT a", A),
        ("NOT -a", A),
        ("a -b", And((A, Not(B)))),
        ("NOT (a b)", Not(And((A, B)))),
        ("c -(a OR b)", And((C, Not(Or((A, B)))))),
        ("NOT -(a)", A),
        ("a - (b)", And((A, B))),
        ('"a b"', Phrase(("a", "b"))),
        ('"a b', Phrase(("a", "b"))),
        ('-"a b"', Not(Phrase(("a", "b")))),
        ('"a"', Phrase(("a",))),
        ("gart*", Prefix("gart")),
        ("Gärtn~", Fuzzy("gartn")),
        ("e-mail", Phrase(("e", "mail"))),
        ("anna@example.org", Phrase(("anna", "example", "org"))),
        ("https://example.org/x", Phrase(("https", "example", "org", "x"))),
        ("+49171", Word("49171", "+49171")),
        ("18:00", Phrase(("18", "00"))),
        ("tag:a/b", Keyed("tag", "a/b")),
        ("Person:Oma", Keyed("person", "Oma")),
        ('person:"Oma Gerda"', Keyed("person", "Oma Gerda")),
        ("-tag:x", Not(Keyed("tag", "x"))),
        ("t_shirt:XL", Keyed("t_shirt", "XL")),
        ("date:2026", DateRange(20260101, 20261231)),
        ("date:2026-02", DateRange(20260201, 20260231)),
        ("date:2026-2-3", DateRange(20260203, 20260203)),
        ("date:2026-01..2026-03", DateRange(20260101, 20260331)),
        ("date:2026..", DateRange(20260101, 99991231)),
        ("date:..2026", DateRange(0, 20261231)),
        ("or and not", And((Word("or", "or"), Word("and", "and"), Word("not", "not")))),
        ("((((a))))", A),
        (")a(", A),
        ("a OR", A),
        ("OR a", A),
        ("a NOT", A),
        ("a () b", And((A, B))),
        ("李小龍", Word("李小龍", "李小龍")),
        ("Anna:", Word("anna", "anna:".rstrip(":"))),
    ],
)
def test_a_query_is_read_as(text: str, node: Node) -> None:
    assert parse_query(text) == node


@pytest.mark.parametrize(
    "text", ["", "  ", "()", "OR", "NOT", "-", "*", "~", '""', "...", "🎂", "((", "AND OR NOT", "- -"]
)
def test_a_query_without_a_word_is_told(text: str) -> None:
    with pytest.raises(PrmvaultError, match="nothing to search") as raised:
        parse_query(text)
    assert raised.value.exit_code == EXIT_USAGE


@pytest.mark.parametrize(
    "text", ["date:yesterday", "date:2026-", "date:x..y", "date:..", "date:20..2026", "date:2026-1-2-3"]
)
def test_a_date_that_is_none_is_told_with_a_remedy(text: str) -> None:
    if text == "date:..":
        assert parse_query(text) == DateRange(0, 99991231)
        return
    with pytest.raises(PrmvaultError, match="range of dates") as raised:
        parse_query(text)
    assert raised.value.exit_code == EXIT_USAGE
    assert raised.value.hint


def test_a_query_that_is_too_long_is_told() -> None:
    with pytest.raises(PrmvaultError, match="longer than"):
        parse_query("a " * 2000)


@given(st.text(max_size=200))
@example("(" * 200 + "a" + ")" * 200)
@example("NOT " * 300 + "a")
@example('"' * 199)
@example("a:" * 100)
@example("date:٢٠٢٦")
def test_any_text_is_a_query_or_is_told(text: str) -> None:
    try:
        parse_query(text)
    except PrmvaultError as error:
        assert error.exit_code == EXIT_USAGE  # noqa: PT017 - it may, but need not, be raised


@given(
    st.lists(
        st.sampled_from(["a", "b", "(", ")", "OR", "NOT", "AND", "-a", '"', "a b", "x*", "x~", "tag:x", ":", "-("]),
        max_size=60,
    )
)
def test_any_order_of_signs_is_a_query_or_is_told(parts: list[str]) -> None:
    try:
        parse_query(" ".join(parts))
    except PrmvaultError as error:
        assert error.exit_code == EXIT_USAGE  # noqa: PT017


@pytest.mark.parametrize(
    "text", ['"' * 1999, "a:" * 999, "((" * 999, "-" * 1999, "a" * 1999, '"a' * 900, "w:" + '"' * 1900]
)
def test_long_queries_of_few_signs_take_no_time(text: str) -> None:
    try:
        parse_query(text)
    except PrmvaultError as error:
        assert error.exit_code == EXIT_USAGE  # noqa: PT017
