"""What is to be done and who has been waiting: by the rules, or by silence, and the tasks of one person."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from prmvault.app.agenda import reminder_json, stale, task_json, tasks, upcoming
from prmvault.app.vault import Vault, open_vault
from prmvault.core.reminders import by_household

TODAY = date(2026, 11, 20)


def waiting(vault: Vault, tag: str = "") -> list[tuple[str, int, str]]:
    return [(each.person, each.overdue_days, each.due) for each in stale(vault, TODAY, tag)]


@pytest.fixture
def answers(example: str) -> Any:
    vault = open_vault(example, lambda _text: None)
    yield vault
    vault.facts.close()


def test_who_is_overdue_comes_worst_first(answers: Vault) -> None:
    assert waiting(answers) == [
        ("Anna Schröder", 92, "2026-08-20"),
        ("Frieda Köhler", 61, "2026-09-20"),
        ("Oliver Hartley", 13, "2026-11-07"),
        ("Marcus Rivera", 5, "2026-11-15"),
    ]
    assert [each.reason.partition(";")[0] for each in stale(answers, TODAY)] == [
        "#friend every 2 months (prmvault.yaml:7)",
        "#family every 3 weeks (prmvault.yaml:6)",
        "cadence 6 weeks (people/Oliver Hartley.md:8)",
        "cadence 3 months (people/Marcus Rivera.md:10)",
    ]


@pytest.mark.parametrize(
    ("tag", "names"),
    [
        ("family", ["Frieda Köhler", "Oliver Hartley"]),
        ("#Family", ["Frieda Köhler", "Oliver Hartley"]),
        ("family/uk", ["Oliver Hartley"]),
        ("fam", []),
    ],
)
def test_a_tag_and_those_below_it_leave_only_its_people(answers: Vault, tag: str, names: list[str]) -> None:
    assert [name for name, _, _ in waiting(answers, tag)] == names


def test_without_a_rule_people_come_by_silence(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": "## Log\n- 2026-10-01 call\n",
            "people/Bob.md": "## Log\n- 2026-11-20 call\n",
            "people/Cem.md": "---\ntags: x\n---\n",
            "people/Old.md": "---\ndeceased: yes\n---\n",
            "people/Max.md": "",
            "people/Nie.md": "---\ncadence: never\n---\n",
            "journal/2026/2026-11-30.md": "- call [[Ann]]\n",
        },
        "me: Max\n",
    )
    found = [(each.person, each.overdue_days, each.reason) for each in stale(vault, TODAY)]
    assert found == [
        ("Cem", 0, "never in touch yet; no cadence is set"),
        ("Ann", 0, "silent for 50 days; no cadence is set"),
        ("Bob", 0, "silent for 0 days; no cadence is set"),
    ]
    assert [each.person for each in stale(vault, TODAY, "x")] == ["Cem"]


def test_where_a_rule_is_set_and_kept_nobody_is_waiting(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": "---\ncadence: 1 year\n---\n## Log\n- 2026-11-01 call\n", "people/Bob.md": ""})
    assert stale(vault, TODAY) == []


def test_a_visit_at_home_keeps_all_of_them_from_waiting(make_vault: Any) -> None:
    home = "---\ncadence: 2 weeks\naddresses: {street: Am See 1, locality: Ulm}\n---\n"
    files = {"people/Ann.md": home, "people/Bob.md": home}
    told = {"people/Ann.md": home + "## Log\n- 2026-11-15 visit\n"}
    assert [name for name, _, _ in waiting(make_vault(files))] == []  # Never in touch: due today, not overdue.
    assert [each.date for each in upcoming(make_vault(files), TODAY, 0)[0]] == [TODAY, TODAY]
    assert upcoming(make_vault({**files, **told}), TODAY, 8)[0] == []


def test_the_contacts_of_a_household_are_one_line(make_vault: Any) -> None:
    home = "---\ncadence: 2 weeks\naddresses: {street: Am See 1, locality: Ulm}\ncreated: 2026-10-01\n---\n"
    found, world = upcoming(make_vault({"people/Ann.md": home, "people/Bob.md": home}), TODAY, 0)
    assert [each.title for each in by_household(found, world)] == ["Ann, Bob"]


def test_a_reminder_has_the_agreed_keys_and_an_age_like_a_person(answers: Vault) -> None:
    found = [reminder_json(each) for each in upcoming(answers, TODAY, 60)[0]]
    assert json.loads(json.dumps(found)) == found
    for each in found:
        assert list(each)[:9] == [
            *("date", "kind", "title", "person", "path", "line", "age", "overdue_days", "reason"),
        ]
        assert each["kind"] in ("birthday", "date", "reminder", "plan", "task", "contact")
    ages = {each["person"]: each["age"] for each in found if each["kind"] == "birthday"}
    assert (ages["Klaus Weißhaupt"], ages["Lan Nguyễn"]) == (70, None)
    assert "Heinrich Weißhaupt" not in ages


def of(vault: Vault, person: str = "", *, closed: bool = False) -> list[str]:
    return [each.task.text for each in tasks(vault, TODAY, person, closed=closed)]


def test_all_open_tasks_come_the_most_urgent_first(answers: Vault) -> None:
    found = tasks(answers, TODAY)
    assert len(found) == 18
    assert (found[0].path, found[0].task.line) == ("notes/Ideas for the garden.md", 26)
    assert len(of(answers, closed=True)) > 18
    assert of(answers, closed=True)[:18] == of(answers)


def test_the_tasks_of_one_of_two_namesakes_are_not_the_others(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/a/Zoe.md": "- [ ] own\n- [x] done\n",
            "people/b/Zoe.md": "---\naliases: [Zed]\n---\n",
            "notes/N.md": "- [ ] by path [[people/b/Zoe]]\n- [ ] of both [[Zoe]]\n- [ ] by alias [[Zed]]\n",
        }
    )
    assert of(vault, "people/a/Zoe.md") == ["own"]
    assert of(vault, "people/b/Zoe.md") == ["by alias Zed", "by path Zoe"]
    assert of(vault, "people/a/Zoe.md", closed=True) == ["own", "done"]


def test_a_task_as_json_has_its_place_and_nothing_where_nothing_is(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": "- [ ] write 📅 2026-12-01 ⏫ 🔁 every month\n- [ ] rest\n"})
    assert [task_json(each) for each in tasks(vault, TODAY)] == [
        {
            "text": "write", "status": "open", "due": "2026-12-01", "scheduled": None, "start": None, "done": None,
            "priority": "high", "repeat": "every month", "people": ["Ann"], "path": "people/Ann.md", "line": 1,
        },
        {
            "text": "rest", "status": "open", "due": None, "scheduled": None, "start": None, "done": None,
            "priority": None, "repeat": None, "people": ["Ann"], "path": "people/Ann.md", "line": 2,
        },
    ]  # fmt: skip
