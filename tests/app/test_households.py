"""Who lives with whom: the same answer from all facts at once and from those near one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from prmvault.app.households import all_households, household_of
from prmvault.app.vault import Vault
from prmvault.app.world import People

A_DAY = date(2026, 11, 20)
HOME = "addresses: {street: Am See 1, locality: Ulm}\n"


def person(front: str = "") -> str:
    return f"---\n{front}---\n"


def both_ways(vault: Vault) -> dict[str, tuple[str, ...]]:
    """Return the households of all; it is checked that each person's own question has the same answer."""
    people = People(vault)
    notes = vault.facts.remembered()
    found = all_households(vault, people.titles, notes, people.meant_by_key, A_DAY)
    for path in people.titles:
        assert household_of(vault, path, A_DAY) == found.get(path, (path,))
    return found


def names(group: tuple[str, ...]) -> list[str]:
    return [path.removeprefix("people/").removesuffix(".md") for path in group]


def test_an_address_a_marriage_and_children_make_a_household(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": person(HOME + 'related: [{husband: "[[Bob]]"}]\n'),
            "people/Bob.md": "",
            "people/Kid.md": person('related: [{father: "[[Bob]]"}]\n'),
            "people/Sub.md": person("addresses: {street: am see 1, locality: ULM}\n"),
            "people/Far.md": person("addresses: {street: Am See 2, locality: Ulm}\n"),
        }
    )
    found = both_ways(vault)
    assert names(found["people/Ann.md"]) == ["Ann", "Bob", "Kid", "Sub"]
    assert "people/Far.md" not in found


def test_the_dead_and_the_divorced_are_in_none(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": person('related: [{wife: "[[Old]]"}, {ex-wife: "[[Eve]]"}]\n'),
            "people/Old.md": person("deceased: 2020\n"),
            "people/Eve.md": "",
        }
    )
    assert both_ways(vault) == {}


def test_a_link_that_may_mean_two_people_makes_no_household(make_vault: Any) -> None:
    vault = make_vault(
        {"people/Ann.md": person('related: [{wife: "[[Zoe]]"}]\n'), "people/a/Zoe.md": "", "people/b/Zoe.md": ""}
    )
    assert both_ways(vault) == {}


def test_somebody_who_is_ones_own_parent_lives_alone(make_vault: Any) -> None:
    assert both_ways(make_vault({"people/Ann.md": person('related: [{parent: "[[Ann]]"}]\n')})) == {}


def test_a_family_of_a_thousand_is_found(make_vault: Any) -> None:
    files = {f"people/P{number}.md": person(f'related: [{{partner: "[[P{number + 1}]]"}}]\n') for number in range(1000)}
    vault = make_vault(files)
    assert len(household_of(vault, "people/P500.md", A_DAY)) == 1000


def test_of_many_at_one_address_each_is_looked_at_once(make_vault: Any) -> None:
    vault = make_vault({f"people/P{number}.md": person(HOME) for number in range(300)})
    statements: list[str] = []
    vault.facts.connection.set_trace_callback(statements.append)
    assert len(household_of(vault, "people/P7.md", A_DAY)) == 300
    vault.facts.connection.set_trace_callback(None)
    assert len(statements) < 300 * 8


def test_the_households_of_the_example(example: str) -> None:
    from prmvault.app.vault import open_vault

    vault = open_vault(example, pytest.fail)
    groups = {tuple(names(group)) for group in both_ways(vault).values()}
    assert ("Joan Hartley", "Peter Hartley") in groups
    assert ("Lukas Weißhaupt", "Sofía Moreno") in groups
    assert ("Klaus Weißhaupt", "Renate Weißhaupt") in groups
    assert any({"Jonas Weißhaupt", "Emily Weißhaupt", "Mila Weißhaupt"} <= set(group) for group in groups)
    vault.facts.close()


def test_a_grown_child_lives_with_its_parents_only_by_an_address(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": person('related: [{son: "[[Old]]"}, {son: "[[Young]]"}, {son: "[[Home]]"}]\n' + HOME),
            "people/Old.md": person("birthday: 1985-03-01\n"),
            "people/Young.md": person("birthday: 2010-03-01\n"),
            "people/Home.md": person("birthday: 1985-03-01\n" + HOME),
        }
    )
    found = both_ways(vault)
    assert names(found["people/Ann.md"]) == ["Ann", "Home", "Young"]
    assert "people/Old.md" not in found
