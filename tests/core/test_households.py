"""Households: who lives with whom by what notes say, and for whom a visit counts."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.channels import channel_words
from prmvault.core.households import VISIT, Member, Tie, address_keys, households, with_visits
from prmvault.core.note import Reading, parse_note
from prmvault.core.reminders import Happening
from prmvault.core.schema import note_types

READING = Reading(note_types(), channel_words({}))


def of(people: str, *ties: str) -> list[str]:
    """Return the households of `ann@lane bob †cy` (dead) with ties such as `ann spouse bob`, each as one text."""
    members = {}
    for text in people.split():
        name, _, addresses = text.lstrip("†").partition("@")
        known = frozenset(addresses.split(",")) if addresses else frozenset()
        members[name] = Member(name, known, alive=not text.startswith("†"))
    stated = [Tie(left, right, kind) for left, kind, right in (tie.split() for tie in ties)]
    return [" ".join(group) for group in households(members, stated)]


def shares(one: str, other: str) -> bool:
    """Tell whether two addresses in YAML have a key in common."""
    notes = [parse_note("people/A.md", f"---\naddresses: {text}\n---\n", READING) for text in (one, other)]
    assert not any(note.problems for note in notes)
    return not set(address_keys(notes[0])).isdisjoint(address_keys(notes[1]))


@pytest.mark.parametrize(
    ("people", "ties", "expected"),
    [
        pytest.param("ann bob", [], [], id="nothing in common is no household"),
        pytest.param("ann@lane bob@lane cy@mill", [], ["ann bob"], id="one address is one household"),
        pytest.param("ann@lane,mill bob@lane cy@mill", [], ["ann bob cy"], id="two addresses join both"),
        pytest.param("ann bob", ["ann spouse bob"], ["ann bob"], id="spouses"),
        pytest.param("ann bob", ["bob partner ann"], ["ann bob"], id="partners, whoever says it"),
        pytest.param("ann@lane bob", ["ann spouse bob"], ["ann bob"], id="one address of a couple is enough"),
        pytest.param("ann@lane bob@mill", ["ann spouse bob"], [], id="a couple with two addresses lives apart"),
        pytest.param(
            "ann@lane,sea bob@mill,sea", ["ann spouse bob"], ["ann bob"], id="one of several addresses is enough"
        ),
        pytest.param("ann kid", ["ann child kid"], ["ann kid"], id="parent and child"),
        pytest.param("ann@lane kid@mill", ["ann child kid"], [], id="a child with another address has moved out"),
        pytest.param(
            "ann bob kid tot",
            ["ann spouse bob", "ann child kid", "bob child tot"],
            ["ann bob kid tot"],
            id="a family is one household whoever states it",
        ),
        pytest.param("ann bob kid", ["ann child kid", "bob child kid"], ["ann bob kid"], id="parents by their child"),
        pytest.param(
            "ann kid bob", ["ann child kid", "kid spouse bob"], ["bob kid"], id="a married child does not live at home"
        ),
        pytest.param("ann kid", ["ann child kid", "kid partner nobody"], [], id="a partner without a note counts"),
        pytest.param("ann kid †bob", ["ann child kid", "kid spouse bob"], [], id="a widowed child has its own home"),
        pytest.param("ann kid tot", ["ann child kid", "kid child tot"], ["kid tot"], id="so has a child with a child"),
        pytest.param(
            "ann@lane kid@lane tot", ["ann child kid", "kid child tot"], ["ann kid tot"], id="unless it has the address"
        ),
        pytest.param("ann@lane †bob@lane cy", ["bob spouse ann", "bob child cy"], [], id="the dead live with nobody"),
        pytest.param("ann bob", ["ann ex-spouse bob"], [], id="who is separated does not live together"),
        pytest.param("ann@lane bob@lane", ["ann ex-spouse bob"], ["ann bob"], id="unless both have the address"),
        pytest.param(
            "ann@lane bob@mill kid", ["ann child kid", "bob child kid"], [], id="a child of two homes is at neither"
        ),
        pytest.param(
            "ann bob kid", ["ann child kid", "bob child kid", "ann ex-partner bob"], [], id="nor one of a separated pair"
        ),
        pytest.param(
            "ann@lane bob@mill kid@mill",
            ["ann child kid", "bob child kid"],
            ["bob kid"],
            id="the child's own address says where it lives",
        ),
        pytest.param(
            "ann@lane bob@mill cy kid",
            ["ann child kid", "bob child kid", "ann spouse cy"],
            ["ann cy"],
            id="a child of two homes joins no new couple",
        ),
        pytest.param(
            "ann@lane bob@lane kid",
            ["ann child kid", "bob child kid", "ann ex-spouse bob"],
            ["ann bob kid"],
            id="a child of a separated pair that still has one address lives there",
        ),
        pytest.param(
            "ann@lane bob@mill cy kid tot sis",
            [*("ann child kid", "cy child kid"), *("cy child tot", "bob child tot"), *("ann child sis", "bob child sis")],
            ["ann bob cy kid tot"],
            id="whether parents live apart is not asked of their children",
        ),
        pytest.param("ann bob", ["ann friend bob", "ann sibling bob", "ann child x"], [], id="other ties do not count"),
        pytest.param("ann", ["ann spouse ann"], [], id="nobody is a household alone"),
    ],
)  # fmt: skip
def test_who_lives_with_whom(people: str, ties: list[str], expected: list[str]) -> None:
    assert of(people, *ties) == expected
    assert of(" ".join(reversed(people.split())), *reversed(ties)) == expected


HOME = "{street: Lindenstraße 12, postcode: 04177, locality: Leipzig}"


@pytest.mark.parametrize(
    "other",
    [
        HOME,
        "{street: LINDENSTRASSE 12, postcode: 04177}",
        "{street: Lindenstr. 12, locality: leipzig, country: DE}",
        "[{street: elsewhere 1, locality: X}, {label: home, street: Lindenstraße  12, postcode: 04177}]",
    ],
)
def test_an_address_is_the_same_however_it_is_written(other: str) -> None:
    assert shares(HOME, other)


@pytest.mark.parametrize(
    "other",
    [
        "{street: Lindenstraße 12, extended: 3. Stock, postcode: 04177, locality: Leipzig}",
        "{street: Lindenstraße 12, postcode: 04103}",
        "{street: Lindenstraße 21, postcode: 04177}",
        "{label: work, street: Lindenstraße 12, postcode: 04177}",
        "{label: 'Büro, 2. OG', street: Lindenstraße 12, postcode: 04177}",
        "{postcode: 04177, locality: Leipzig}",
        "{street: Lindenstraße 12}",
        "{street: ',', postcode: 04177}",
    ],
)
def test_an_address_at_another_place_or_at_work_is_not_shared(other: str) -> None:
    assert not shares(HOME, other)


def test_colleagues_do_not_live_together() -> None:
    office = "{label: Arbeit, street: Ring 1, postcode: 04109}"
    assert not shares(office, office)


def test_an_address_in_one_line_is_shared_in_the_same_words() -> None:
    assert shares("Am Weg 3, 04668 Grimma", "am weg 3 04668 grimma")
    assert not shares("Hauptstraße", "Hauptstraße")


def told(day: str, channel: str, who: str, time: str = "") -> Happening:
    return Happening(day, time, channel, "talked", (who,), "journal/x.md", 1)


def test_a_visit_to_one_is_a_contact_with_all_of_the_household() -> None:
    call, visit = told("2026-11-10", "call", "Bob"), told("2026-11-08", VISIT, "Ann")
    home = ("ann", "bob", "cy")
    found = with_visits({"ann": visit, "bob": call}, dict.fromkeys(home, home), {"ann": visit})
    assert found == {"ann": visit, "bob": call, "cy": visit}


def test_an_older_visit_counts_for_those_whom_one_has_not_met_since() -> None:
    visit, letter = told("2026-11-08", VISIT, "Ann"), told("2026-11-20", "letter", "Ann")
    found = with_visits({"ann": letter}, {"ann": ("ann", "bob"), "bob": ("ann", "bob")}, {"ann": visit})
    assert found == {"ann": letter, "bob": visit}


def test_the_later_of_a_day_counts_and_ones_own_where_both_are_at_one_time() -> None:
    own, visit = told("2026-11-08", "call", "Bob", "10:00"), told("2026-11-08", VISIT, "Ann", "11:00")
    home = {"ann": ("ann", "bob"), "bob": ("ann", "bob")}
    assert with_visits({"bob": own}, home, {"ann": visit})["bob"] == visit
    assert with_visits({"bob": own}, home, {"ann": visit._replace(time="10:00")})["bob"] == own


def test_who_lives_alone_is_visited_alone_and_nothing_given_is_changed() -> None:
    visit, last = told("2026-11-08", VISIT, "Ann"), {"bob": told("2026-01-01", "call", "Bob")}
    assert with_visits(last, {}, {"ann": visit}) == {**last, "ann": visit}
    assert list(last) == ["bob"]


NAMES = st.sampled_from("abcdefgh")
PEOPLE = st.dictionaries(
    NAMES, st.tuples(st.frozensets(st.sampled_from(["lane", "mill", "sea"]), max_size=2), st.booleans()), max_size=8
)
TIES = st.lists(
    st.builds(Tie, NAMES, NAMES, st.sampled_from(["spouse", "partner", "child", "ex-spouse", "friend"])), max_size=12
)


@given(PEOPLE, TIES, st.randoms(use_true_random=False))
def test_households_part_the_living_whatever_the_order(
    people: dict[str, tuple[frozenset[str], bool]], ties: list[Tie], random: Random
) -> None:
    members = {path: Member(path, addresses, alive) for path, (addresses, alive) in people.items()}
    found = households(members, ties)
    together = [path for group in found for path in group]
    assert len(together) == len(set(together))
    assert all(members[path].alive for path in together)
    assert all(len(group) > 1 and list(group) == sorted(group) for group in found)
    assert list(found) == sorted(found)
    shuffled = list(members.items())
    random.shuffle(shuffled)
    random.shuffle(ties)
    assert households(dict(shuffled), ties) == found
    for one in members.values():
        for other in members.values():
            if one.alive and other.alive and one != other and one.addresses & other.addresses:
                assert any(one.path in group and other.path in group for group in found)


@given(PEOPLE)
def test_without_ties_only_addresses_join(people: dict[str, tuple[frozenset[str], bool]]) -> None:
    members = {path: Member(path, addresses, alive) for path, (addresses, alive) in people.items()}
    for group in households(members, []):
        assert all(members[path].addresses for path in group)


def test_ten_thousand_people_in_a_row_are_one_household() -> None:
    names = [f"p{number:05}" for number in range(10_000)]
    members = {name: Member(name, frozenset(), alive=True) for name in names}
    assert households(members, [Tie(*pair, "spouse") for pair in pairwise(names)]) == (tuple(names),)
