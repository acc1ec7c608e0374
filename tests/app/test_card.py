"""The card: all that is known of a person, with what journal days tell; the contacts; other notes."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from prmvault.app.card import asked_card, card, contacts_with, other_card, prose_of
from prmvault.app.vault import Vault, open_vault

TODAY = date(2026, 11, 20)
CARD_KEYS = [
    *("path", "name", "is_me", "aliases", "emails", "phones", "org", "birthday", "deceased", "age", "tags", "related"),
    *("last_contact", "next_contact", "tasks", "gifts", "wishes", "debts", "dates", "household", "net_debts"),
    *("reminders", "since", "documents", "fields"),
]


def known(vault: Vault, name: str) -> dict[str, Any]:
    note = vault.facts.note(f"people/{name}.md")
    assert note is not None
    found = card(vault, note, TODAY)
    assert json.loads(json.dumps(found)) == found
    return found


def day(number: int, text: str) -> dict[str, str]:
    return {f"journal/2026/2026-11-{number:02}.md": text}


def test_the_keys_are_those_that_are_agreed(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": "", "people/Bob.md": '---\nrelated: [{friend: "[[Ann]]"}]\n---\n'})
    found = known(vault, "Ann")
    assert list(found) == CARD_KEYS
    assert found["related"] == [
        {"type": "friend", "word": "friend", "name": "Bob", "path": "people/Bob.md", "age": None, "deceased": None}
    ]
    assert found["fields"] == {}


def test_a_derived_relation_has_the_word_for_the_gender(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": "",
            "people/Bea.md": '---\ngender: female\nrelated: [{mother: "[[Ann]]"}]\n---\n',
            "people/Carl.md": '---\nrelated: [{Mutter: "[[Ann]]"}]\n---\n',
            "people/Dan.md": '---\nrelated: [{parent: "[[Ann]]"}, {Bruder: "[[Carl]]"}]\n---\n',
            "people/Eve.md": '---\ngender: X\nrelated: [{parent: "[[Ann]]"}, {sister: "[[Eve]]"}]\n---\n',
        }
    )
    words = {each["name"]: each["word"] for each in known(vault, "Ann")["related"]}
    assert words == {"Bea": "daughter", "Carl": "son", "Dan": "child", "Eve": "child"}
    assert {each["word"] for each in known(vault, "Dan")["related"]} == {"parent", "Bruder"}


def test_who_is_said_to_be_both_is_said_to_be_neither(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": '---\nrelated: [{parent: "[[Bo]]"}]\n---\n',
            "people/Bo.md": '---\nrelated: [{child: "[[Kim]]"}]\n---\n',
            "people/Kim.md": '---\nrelated: [{father: "[[Ann]]"}, {sister: "[[Ann]]"}]\n---\n',
        }
    )
    assert known(vault, "Bo")["related"][1]["word"] == "child"


def test_somebody_may_be_named_as_ones_own_parent(make_vault: Any) -> None:
    found = known(make_vault({"people/Ann.md": '---\nrelated: [{parent: "[[Ann]]"}]\n---\n'}), "Ann")
    assert [(each["word"], each["path"]) for each in found["related"]] == [("parent", "people/Ann.md")]
    assert found["household"] == []


def test_a_thousand_relations_are_all_there(make_vault: Any) -> None:
    files = {f"people/P{number}.md": '---\nrelated: [{boss: "[[Ann]]"}]\n---\n' for number in range(1000)}
    found = known(make_vault({**files, "people/Ann.md": ""}), "Ann")
    assert {each["type"] for each in found["related"]} == {"report"}
    assert len(found["related"]) == 1000


def test_a_visit_at_home_is_the_last_contact_of_all_and_says_whose_it_was(make_vault: Any) -> None:
    home = "addresses: {street: Am See 1, locality: Ulm}\n"
    vault = make_vault(
        {
            "people/Ann.md": f"---\n{home}---\n",
            "people/Bob.md": f"---\n{home}cadence: 1 week\n---\n",
            "people/Old.md": f"---\n{home}deceased: yes\n---\n",
            **day(1, "- 10:00 call [[Bob]]\n- 11:00 visit [[Ann]]: cake\n- visit [[Bob]] and [[Ann]]\n"),
            **day(2, "- visit [[Ann]] #mention\n- call [[Ann]]\n"),
            **day(3, "- visit [[Old]]\n"),
        }
    )
    bob = known(vault, "Bob")
    assert bob["last_contact"] == {
        "date": "2026-11-01", "time": "11:00", "channel": "visit", "text": "visit Ann: cake", "visited": "Ann",
        "path": "journal/2026/2026-11-01.md", "line": 2,
    }  # fmt: skip
    assert bob["next_contact"]["due"] == "2026-11-08"
    assert bob["household"] == [{"name": "Ann", "path": "people/Ann.md"}]
    assert known(vault, "Ann")["last_contact"]["text"] == "call Ann"
    assert known(vault, "Old")["last_contact"]["date"] == "2026-11-03"
    note = vault.facts.note("people/Bob.md")
    assert note is not None
    told = [(each["text"], each["visited"]) for each in contacts_with(vault, note, TODAY)]
    assert told == [("visit Ann: cake", "Ann"), ("call Bob", None), ("visit Bob and Ann", None)]
    assert [each["text"] for each in contacts_with(vault, note, TODAY, "call")] == ["call Bob"]
    assert len(contacts_with(vault, note, TODAY, "visit")) == 2


def test_the_user_is_not_due(make_vault: Any) -> None:
    vault = make_vault({"people/Max.md": ""}, "me: Max\ncadence: {default: 1 week}\n")
    assert (known(vault, "Max")["is_me"], known(vault, "Max")["next_contact"]) == (True, None)


def test_wishes_and_ideas_of_the_journal_are_beside_those_of_the_note(make_vault: Any) -> None:
    files = {"people/Ann.md": "---\nwishes: [a kite]\ngifts: [a book]\n---\n"}
    vault = make_vault(
        {
            **files,
            **day(1, "- call [[Ann]]\n  - a kite #wish\n  - a lamp #wish\n"),
            **day(2, "- [[Ann]]: a hat #gift\n"),
        }
    )
    found = known(vault, "Ann")
    assert found["wishes"][0] == "a kite"
    assert [each["what"] for each in found["gifts"]] == ["a book", "Ann: a hat"]
    assert found["gifts"][1] == {
        "what": "Ann: a hat", "status": "idea", "date": "2026-11-02", "path": "journal/2026/2026-11-02.md", "line": 1,
    }  # fmt: skip


def test_since_has_mentions_and_prose_after_the_last_contact_and_no_task_twice(make_vault: Any) -> None:
    vault = make_vault(
        {
            "people/Ann.md": "",
            **day(1, "Before, of [[Ann]].\n\n- call [[Ann]]\n"),
            **day(2, "Thought of [[Ann]].\n\n- Bob told of [[Ann]] #mention\n- [ ] ask [[Ann]]\n"),
            **day(25, "Later, of [[Ann]].\n"),
        }
    )
    found = known(vault, "Ann")
    assert [(each["date"], each["text"]) for each in found["since"]] == [
        ("2026-11-02", "Bob told of Ann #mention"),
        ("2026-11-02", "Thought of Ann."),
    ]
    assert [task["text"] for task in found["tasks"]] == ["ask Ann"]


def test_of_two_hundred_lines_since_the_newest_are_shown(make_vault: Any) -> None:
    text = "- [[Ann]] is mentioned #mention\n\nprose of [[Ann]]\n\n" * 50
    found = known(make_vault({"people/Ann.md": "", **day(1, text), **day(2, text)}), "Ann")
    assert [each["date"] for each in found["since"]] == ["2026-11-02"] * 8


def test_own_keys_are_fields_even_where_they_are_named_as_a_part(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": "---\nage: 7\nhousehold: big\nsize: {shoe: 42}\nbirthday: 1990\n---\n"})
    assert known(vault, "Ann")["fields"] == {"age": "7", "household": "big", "size": {"shoe": "42"}}


def test_reminders_that_are_done_are_left_out_but_for_those_that_come_again(make_vault: Any) -> None:
    text = (
        "---\nreminders:\n  - {text: a, on: 2026-01-01, done: 2026-01-02}\n  - {text: b, on: 2026-01-01}\n"
        "  - {text: c, on: 2026-01-01, repeat: weekly, done: 2026-01-02}\n---\n"
    )
    found = known(make_vault({"people/Ann.md": text}), "Ann")
    assert [(each["text"], each["line"]) for each in found["reminders"]] == [("b", 4), ("c", 5)]


def test_only_what_is_asked_for_is_worked_out(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": "---\nbirthday: 1990-01-01\n---\n"})
    note = vault.facts.note("people/Ann.md")
    assert note is not None
    asked = asked_card(vault, note, TODAY)
    vault.facts.connection.set_trace_callback(lambda sql: (_ for _ in ()).throw(AssertionError(sql)))
    assert (asked["age"], asked["name"], asked["fields"]) == (36, "Ann", {})
    vault.facts.connection.set_trace_callback(None)


def test_prose_is_paragraphs_without_log_tasks_headings_and_code(make_vault: Any) -> None:
    text = (
        "---\nbirthday: 1990\n---\n# Ann\nOne line\nand more of [[Bob|him]].\n\n> quoted\n- item\n- [ ] task\n"
        "1. first\n2026 was a year\n\n## Log\n- 2026-11-01 call\n\nafter\n"
    )
    vault = make_vault({"people/Ann.md": text, "people/Bob.md": "```\ncode\n```\n"})
    ann, bob = vault.facts.note("people/Ann.md"), vault.facts.note("people/Bob.md")
    assert ann is not None
    assert bob is not None
    assert prose_of(vault, ann) == ["One line and more of him.", "> quoted", "- item", "1. first 2026 was a year"]
    assert prose_of(vault, bob) == []


def test_an_organization_has_its_people(make_vault: Any) -> None:
    vault = make_vault(
        {
            "organizations/Acme.md": "---\nemails: a@example.org\n---\n",
            "people/Ann.md": '---\norg: "[[Acme]]"\n---\n',
            "people/Bob.md": "Met at [[Acme]].\n",
        }
    )
    note = vault.facts.note("organizations/Acme.md")
    assert note is not None
    found = other_card(vault, note)
    assert (found["type"], found["title"], found["people"]) == ("organization", "Acme", ["Ann", "Bob"])
    assert found["fields"]["emails"] == [{"value": "a@example.org"}]


def test_of_a_broken_note_there_is_a_card(example: str) -> None:
    vault = open_vault(example, lambda _text: None)
    assert known(vault, "Wilhelm Bruch")["name"] == "Wilhelm Bruch"
    vault.facts.close()
