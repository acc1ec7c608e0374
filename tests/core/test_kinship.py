"""What can't be between parents and children, and what can."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.dates import parse_partial_date
from prmvault.core.kinship import Impossible, Stated, begins_after, impossible_relations


def found(relations: Iterable[tuple[str, str, str]], births: dict[str, str] | None = None) -> list[Impossible]:
    stated = [Stated(path, other, word, word) for path, word, other in relations]
    days = {path: parse_partial_date(text) for path, text in (births or {}).items()}
    return list(impossible_relations(stated, days))


def test_a_family_is_possible() -> None:
    relations = [
        ("a", "child", "b"),
        ("b", "parent", "a"),
        ("b", "child", "c"),
        ("a", "spouse", "d"),
        ("d", "child", "b"),
    ]
    assert found(relations, {"a": "1950", "b": "1980-01-01", "c": "--05-01", "d": "~1975"}) == []


def test_a_relation_to_oneself_is_told_whatever_it_is() -> None:
    (only,) = found([("a", "friend", "a"), ("a", "friend", "b")])
    assert (only.why, only.people, only.stated.word) == ("self", ("a",), "friend")


@pytest.mark.parametrize(
    "relations",
    [
        [("a", "parent", "b"), ("a", "child", "b")],
        [("a", "parent", "b"), ("b", "parent", "a")],
        [("a", "child", "b"), ("b", "child", "a"), ("a", "child", "c"), ("c", "child", "d")],
    ],
)
def test_parent_and_child_of_the_same_person_is_told_once(relations: list[tuple[str, str, str]]) -> None:
    (only,) = found(relations)
    assert (only.why, only.people) == ("circle", ("a", "b"))


def test_a_circle_of_parents_of_any_length_is_told_in_its_order() -> None:
    size = 3000
    paths = [f"{number:05}" for number in range(size)]
    (only,) = found((paths[at], "child", paths[(at + 1) % size]) for at in range(size))
    assert only.people == tuple(paths)


def test_of_circles_that_hang_together_the_shortest_of_one_person_is_told() -> None:
    relations = [
        ("a", "child", "b"),
        ("b", "child", "c"),
        ("c", "child", "a"),
        ("c", "child", "b"),
        ("b", "child", "a"),
    ]
    assert [(each.why, each.people) for each in found(relations)] == [("circle", ("a", "b"))]
    apart = [("x", "child", "y"), ("y", "child", "x"), ("b", "child", "x")]
    assert [each.people for each in found([*relations, *apart])] == [("a", "b"), ("x", "y")]


@pytest.mark.parametrize(
    ("parent", "child", "why", "years"),
    [
        ("1990-06-01", "1990-05-31", "later", -1),
        ("1991", "1990", "later", -1),
        ("1990-05-31", "1990-06-01", "close", 0),
        ("1980-01-02", "1992-01-01", "close", 11),
        ("1980", "1991", "close", 11),
        ("~1990", "1970", "later", -1),
        ("1999", "~2000", "close", 11),
    ],
)
def test_a_parent_who_is_younger_or_hardly_older_is_told(parent: str, child: str, why: str, years: int) -> None:
    for relation in (("p", "child", "c"), ("c", "parent", "p")):
        (only,) = found([relation], {"p": parent, "c": child})
        assert (only.why, only.people, only.years) == (why, ("p", "c"), years)


@pytest.mark.parametrize(
    ("parent", "child"),
    [("1980-01-01", "1992-01-01"), ("1980", "1992-01"), ("~1980", "1985"), ("--01-01", "1990"), ("~1990", "1993")],
)
def test_what_may_be_is_not_told(parent: str, child: str) -> None:
    assert found([("p", "child", "c")], {"p": parent, "c": child}) == []


def test_other_relations_say_nothing_of_ages() -> None:
    assert found([("a", "grandparent", "b"), ("a", "step-parent", "b")], {"a": "1960", "b": "1990"}) == []


@pytest.mark.parametrize(
    ("born", "died", "is_after"),
    [
        ("1990", "1989", True),
        ("1990-05-02", "1990-05-01", True),
        ("1990", "1990-05-01", False),
        ("~1990", "1985", False),
        ("~1990", "1970", True),
        ("--05-02", "1980", False),
    ],
)
def test_nobody_dies_before_the_birthday(born: str, died: str, is_after: bool) -> None:
    assert begins_after(parse_partial_date(born), parse_partial_date(died)) is is_after


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=25))
def test_a_circle_is_told_just_where_somebody_is_an_ancestor_of_themselves(edges: list[tuple[int, int]]) -> None:
    told = found((str(parent), "child", str(child)) for parent, child in edges)
    circles = [each.people for each in told if each.why == "circle"]
    reach = {(str(parent), str(child)) for parent, child in edges if parent != child}
    for middle in map(str, range(7)):
        reach |= {(a, d) for a, b in reach for c, d in reach if b == middle == c}
    knots = {frozenset(b for a, b in reach if a == person and (b, a) in reach) for person in map(str, range(7))}
    assert {knot for knot in knots if len(knot) > 1} == {
        next(knot for knot in knots if set(circle) <= knot) for circle in circles
    }
    assert len(circles) == len([knot for knot in knots if len(knot) > 1])
    for circle in circles:
        steps = zip(circle, (*circle[1:], circle[0]), strict=True)
        assert all((int(parent), int(child)) in edges for parent, child in steps)
