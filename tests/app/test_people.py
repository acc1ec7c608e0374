"""A person as JSON: own facts, relations from both sides, the last contact and the next one."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from prmvault.app.people import person_json
from prmvault.app.vault import open_vault

TODAY = date(2026, 11, 20)


def person(sample: Any, name: str, today: date = TODAY) -> dict[str, Any]:
    root = sample if isinstance(sample, str) else sample.root
    vault = open_vault(root, lambda _text: None)
    try:
        note = vault.facts.note(f"people/{name}.md")
        assert note is not None
        known = person_json(vault, note, today)
        assert json.loads(json.dumps(known)) == known
        return known
    finally:
        vault.facts.close()


def test_an_empty_note_has_all_keys(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "")
    assert person(vault_at, "Ann") == {
        "path": "people/Ann.md", "name": "Ann", "is_me": False, "aliases": [], "emails": [], "phones": [], "org": None,
        "birthday": None, "deceased": None, "age": None, "tags": [], "related": [], "last_contact": None,
        "next_contact": None, "tasks": [], "gifts": [], "wishes": [], "debts": [], "dates": [],
    }  # fmt: skip


def test_the_note_of_a_broken_person_still_answers(example: str) -> None:
    known = person(example, "Wilhelm Bruch")
    assert (known["name"], known["birthday"]) == ("Wilhelm Bruch", None)


@pytest.mark.parametrize(
    ("front", "age"),
    [
        ("birthday: 1990-11-20", 36),
        ("birthday: 1990-11-21", 35),
        ("birthday: 1990", "about 36"),
        ("birthday: ~1948", "about 78"),
        ("birthday: --11-20", None),
        ("birthday: 1931-11-24\ndeceased: 2018-02-09", 86),
        ("birthday: 1931-11-24\ndeceased: yes", None),
        ("birthday: 1931-11-24\ndeceased: 2018", None),
        ("name: x", None),
    ],
)
def test_the_age_is_a_number_about_a_number_or_nothing(vault_at: Any, front: str, age: object) -> None:
    vault_at.write("people/Ann.md", f"---\n{front}\n---\n")
    assert person(vault_at, "Ann")["age"] == age


def test_the_last_contact_is_where_and_how_it_was(example: str) -> None:
    last = person(example, "Gerda Weißhaupt")["last_contact"]
    assert {key: last[key] for key in ("date", "time", "channel", "path", "line")} == {
        "date": "2026-11-08", "time": "18:00", "channel": "call", "path": "journal/2026/2026-11-08.md", "line": 7,
    }  # fmt: skip
    assert last["text"].startswith("call Oma Gerda: wants a garden bench")


@pytest.mark.parametrize(
    ("name", "day", "path", "line"),
    [
        ("Marcus Rivera", "2026-08-15", "people/Marcus Rivera.md", 23),
        ("Anna Schröder", "2026-06-20", "journal/2026/2026-06-20.md", 1),
        ("Frieda Köhler", "2026-08-30", "journal/2026/2026-08-30.md", 1),
        ("Oliver Hartley", "2026-09-26", "journal/2026/2026-09-26.md", 1),
    ],
)
def test_mentions_tasks_and_plans_are_no_contacts(example: str, name: str, day: str, path: str, line: int) -> None:
    last = person(example, name)["last_contact"]
    assert (last["date"], last["path"], last["line"]) == (day, path, line)


def test_a_plan_is_a_contact_when_its_day_has_come(example: str) -> None:
    last = person(example, "Marcus Rivera", date(2026, 11, 25))["last_contact"]
    assert (last["path"], last["line"]) == ("journal/2026/2026-11-25.md", 2)


@pytest.mark.parametrize(
    ("name", "due", "rule"),
    [
        ("Anna Schröder", "2026-08-20", "#friend every 2 months (prmvault.yaml"),
        ("Oliver Hartley", "2026-11-07", "cadence 6 weeks (people/Oliver Hartley.md"),
        ("Gerda Weißhaupt", "2026-11-22", "cadence 2 weeks (people/Gerda Weißhaupt.md"),
        ("Lan Nguyễn", "2027-02-10", "#neighbour every 3 months (prmvault.yaml"),
    ],
)
def test_the_next_contact_has_its_reason(example: str, name: str, due: str, rule: str) -> None:
    found = person(example, name)["next_contact"]
    assert found["due"] == due
    assert found["reason"].startswith(rule)
    assert "); last contact 2026-" in found["reason"]


@pytest.mark.parametrize("name", ["Reinhold Böhm", "Ayşe Yılmaz", "Heinrich Weißhaupt", "Jonas Weißhaupt"])
def test_who_is_never_due_has_no_next_contact(example: str, name: str) -> None:
    assert person(example, name)["next_contact"] is None


def related(sample: Any, name: str) -> set[tuple[str, str, str | None]]:
    return {(each["type"], each["name"], each["path"]) for each in person(sample, name)["related"]}


def test_relations_are_seen_from_both_sides(example: str) -> None:
    assert {("child", "Jonas Weißhaupt", "people/Jonas Weißhaupt.md"), ("child", "Lukas Weißhaupt", "people/Lukas Weißhaupt.md")} <= related(example, "Klaus Weißhaupt")  # fmt: skip
    assert ("grandchild", "Jonas Weißhaupt", "people/Jonas Weißhaupt.md") in related(example, "Gerda Weißhaupt")
    assert ("parent", "Jonas Weißhaupt", "people/Jonas Weißhaupt.md") in related(example, "Mila Weißhaupt")
    assert ("spouse", "Jonas Weißhaupt", "people/Jonas Weißhaupt.md") in related(example, "Emily Weißhaupt")


def test_people_without_a_note_are_related_all_the_same(example: str) -> None:
    children = {each for each in related(example, "Tom Becker") if each[0] == "child"}
    assert children == {
        ("child", "Ida Becker", "people/Ida Becker.md"), ("child", "Karl Becker", None), ("child", "Emmi Becker", None),
    }  # fmt: skip


def test_a_relation_stated_on_both_sides_is_one(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", '---\nrelated: [{Bruder: "[[Bob]]"}]\n---\n')
    vault_at.write("people/Bob.md", '---\nrelated: [{sister: "[[Ann]]"}]\n---\n')
    assert person(vault_at, "Ann")["related"] == [
        {"type": "sibling", "word": "Bruder", "name": "Bob", "path": "people/Bob.md"}
    ]


def test_relations_of_the_settings_are_seen_from_both_sides(vault_at: Any) -> None:
    vault_at.write("prmvault.yaml", "relations: {landlord: {inverse: tenant, female: [Vermieterin]}}\n")
    vault_at.write("people/Ann.md", '---\nrelated: [{Vermieterin: "[[Bea]]"}, {tenant: "[[Carl]]"}]\n---\n')
    vault_at.write("people/Bea.md", "")
    vault_at.write("people/Carl.md", "")
    assert related(vault_at, "Ann") == {
        ("landlord", "Bea", "people/Bea.md"),
        ("tenant", "Carl", "people/Carl.md"),
    }
    assert related(vault_at, "Bea") == {("tenant", "Ann", "people/Ann.md")}
    assert related(vault_at, "Carl") == {("landlord", "Ann", "people/Ann.md")}


def test_a_link_that_may_mean_two_people_relates_neither(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", '---\nrelated: [{friend: "[[Bob]]"}]\n---\n')
    for folder in ("a", "b"):
        vault_at.write(f"people/{folder}/Bob.md", "")
    assert person(vault_at, "Ann")["related"] == [{"type": "friend", "word": "friend", "name": "Bob", "path": None}]
    assert person(vault_at, "a/Bob")["related"] == []


def test_a_contact_with_one_of_two_namesakes_is_not_the_others(vault_at: Any) -> None:
    vault_at.write("people/a/Bob.md", "## Log\n- 2026-11-01 call\n")
    vault_at.write("people/b/Bob.md", "")
    vault_at.write("journal/2026/2026-11-02.md", "- call [[people/b/Bob]]\n- visit [[Bob]]\n")
    assert person(vault_at, "a/Bob")["last_contact"]["date"] == "2026-11-01"
    assert person(vault_at, "b/Bob")["last_contact"]["channel"] == "call"


def test_tasks_are_those_of_the_note_and_those_that_link_it(vault_at: Any) -> None:
    vault_at.write("people/Ann.md", "---\naliases: [Annie]\n---\n- [ ] own 📅 2026-12-01\n- [x] done\n")
    vault_at.write("notes/N.md", "- [ ] ask [[Annie]] ⏳ 2026-12-02\n- [ ] else\n")
    assert [(task["text"], task["due"], task["path"], task["line"]) for task in person(vault_at, "Ann")["tasks"]] == [
        ("own", "2026-12-01", "people/Ann.md", 4),
        ("ask Annie", "2026-12-02", "notes/N.md", 1),
    ]


def test_gifts_debts_and_dates_are_as_they_stand(vault_at: Any) -> None:
    vault_at.write(
        "people/Ann.md",
        "---\ngifts: [a book]\nwishes: [a kite]\ndebts: [{amount: '€ 12,50', by: me}]\ndates: [{wedding: 2016-11-19}]\n"
        "emails: {work: ann@example.org}\n---\n",
    )
    known = person(vault_at, "Ann")
    assert known["gifts"] == [{"what": "a book", "status": "idea"}]
    assert known["wishes"] == ["a kite"]
    assert known["debts"] == [{"by": "me", "amount": "12.50 EUR"}]
    assert known["dates"] == [{"label": "wedding", "date": "2016-11-19"}]
    assert known["emails"] == [{"value": "ann@example.org", "label": "work"}]
