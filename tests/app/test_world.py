"""Whom links mean, the last contact of everybody, and that a few questions do not read the names of all."""

from __future__ import annotations

from datetime import date
from typing import Any

from prmvault.app.vault import Vault
from prmvault.app.world import People, with_people, world_of
from prmvault.core.reminders import World, contacts

TODAY = date(2026, 11, 20)


def world(vault: Vault) -> World:
    return world_of(vault, People(vault), TODAY, (TODAY, TODAY), contacts_until=TODAY)


def test_few_links_and_many_mean_the_same(make_vault: Any) -> None:
    files = {f"people/P{number}.md": f"---\naliases: [A{number}, Both]\n---\n" for number in range(120)}
    vault = make_vault({**files, "people/x/P5.md": ""})
    targets = [f"{kind}{number}" for number in range(121) for kind in ("P", "A", "p")]
    few = {target: People(vault).meant(target) for target in [*targets, "Both", "people/P5", "P6.md"]}
    people = People(vault)
    assert {target: people.meant(target) for target in few} == few
    assert few["P5"] == few["Both"] == few["P120"] == ""
    assert few["people/P5"] == few["A5"] == "people/P5.md"
    assert few["P6.md"] == few["p6"] == "people/P6.md"
    assert "_paths" in vars(people)


def test_for_a_few_links_the_names_of_all_are_not_read(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": "- [ ] call [[Bob]]\n", "people/Bob.md": ""})
    people = People(vault)
    ((task, paths),) = with_people(people, vault.facts.open_tasks())
    assert (task.people, paths) == (("Ann", "Bob"), ["people/Ann.md", "people/Bob.md"])
    assert "_paths" not in vars(people)


def test_a_visit_to_one_counts_for_the_household_and_says_whose_it_was(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": '---\nrelated: [{husband: "[[Bob]]"}]\n---\n',
            "people/Bob.md": "",
            "journal/2026/2026-11-01.md": "- call [[Ann]]\n",
            "journal/2026/2026-11-02.md": "- visit [[Bob]]\n",
            "journal/2026/2026-11-03.md": "- call [[Bob]]\n",
        }
    )
    last = world(vault).last
    assert (last["people/Ann.md"].date, last["people/Ann.md"].people) == ("2026-11-02", ("Bob",))
    assert (last["people/Bob.md"].date, last["people/Bob.md"].people) == ("2026-11-03", ("Bob",))


def test_the_rule_for_everybody_is_for_who_has_nothing_but_a_name_but_not_for_the_user(make_vault: Any) -> None:
    files = {"people/Max.md": "---\ncadence: 1 week\n---\n", "people/Ann.md": ""}
    vault = make_vault(files, "me: Max\ncadence: {default: 1 week}\n")
    assert [each.person for each in contacts(world(vault), TODAY, date.max)] == ["Ann"]


def test_a_persons_own_log_is_about_that_person_even_among_namesakes(make_vault: Any) -> None:
    log = "## Log\n- 2026-11-0{} call\n"
    vault = make_vault({"people/a/Zoe.md": log.format(1), "people/b/Zoe.md": log.format(2)})
    last = world(vault).last
    assert {path: told.date for path, told in last.items()} == {
        "people/a/Zoe.md": "2026-11-01",
        "people/b/Zoe.md": "2026-11-02",
    }
