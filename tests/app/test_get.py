"""One fact by its path: keys, labels, relations, and what is said where nothing is known."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prmvault.app.get import get_fact
from prmvault.app.vault import Vault
from prmvault.core.problems import EXIT_NOTHING_FOUND, PrmvaultError

TODAY = date(2026, 11, 20)
ANN = """---
birthday: 1984-06-12
aliases: [Annie]
emails: {work: ann@example.com}
phones:
  - {value: "+49 171 3920011", label: cell}
  - {value: "+49 30 23125 1", label: Büro}
  - {value: "+49 30 23125 2", label: work}
addresses: {street: Am See 1, locality: Ulm}
social: {service: mastodon, user: "@ann@example.social"}
dates: [{Hochzeit: 2012-08-04}, {label: name day, date: --11-25}]
wishes: [a kite, a lamp]
debts: [{amount: 20 EUR, by: them}, {amount: 5 EUR, by: me}]
cadence: 3 weeks
T-Shirt: L
shoe size: 42
Kaffee: schwarz
hobbies: [chess, go]
table: [[a, b], [c, [d]]]
map: {one: {two: deep}}
related:
  - {wife: "[[Bea]]"}
  - {Tochter: "[[Cleo]]"}
  - {child: "[[Dan]]"}
  - {child: "[[Eve]]"}
  - {child: Finn}
  - {Oma: "[[Gerda]]"}
  - {Lieblingsnachbar: "[[Hal]]"}
---
"""
FILES: dict[str, str | bytes] = {
    "people/Ann.md": ANN,
    "people/Bea.md": '---\nbirthday: 1985\nrelated: [{mother: "[[Ida]]"}]\n---\n',
    "people/Cleo.md": "---\nbirthday: 2014-03-01\n---\n",
    "people/Dan.md": "---\nbirthday: 2016-04-02\ngender: M\nschool: Pestalozzi\n---\n",
    "people/Eve.md": "---\nname: Eve\n---\n",
    "people/Gerda.md": "---\ndeceased: 2018-02-09\n---\n",
    "people/Hal.md": "",
    "people/Ida.md": '---\nrelated: [{son: "[[Jo]]"}, {child: "[[Bea]]"}]\n---\n',
    "people/Jo.md": '---\nrelated: [{sister: "[[Bea]]"}]\n---\n',
    "organizations/Acme.md": "---\nemails: a@example.org\naddresses: {street: Weg 2}\n---\n",
    "journal/2026/2026-11-01.md": "- 10:00 call [[Ann]]: fine\n",
}


@pytest.fixture(scope="module")
def vault(make_vault: Any) -> Vault:
    opened: Vault = make_vault(FILES)
    return opened


def got(vault: Vault, steps: str, path: str = "people/Ann.md") -> Any:
    value = get_fact(vault, path, steps, TODAY)
    assert json.loads(json.dumps(value)) == value
    return value


def failed(vault: Vault, steps: str, path: str = "people/Ann.md") -> PrmvaultError:
    with pytest.raises(PrmvaultError) as error:
        get_fact(vault, path, steps, TODAY)
    return error.value


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        ("birthday", "1984-06-12"),
        ("Geburtstag", "1984-06-12"),
        ("age", 42),
        ("name", "Ann"),
        ("alias", ["Annie"]),
        ("nickname", ["Annie"]),
        ("emails.work", "ann@example.com"),
        ("email.office", "ann@example.com"),
        ("phones.mobile", "+49 171 3920011"),
        ("phone.Handy", "+49 171 3920011"),
        ("phones.value", ["+49 171 3920011", "+49 30 23125 1", "+49 30 23125 2"]),
        ("phones.work", ["+49 30 23125 1", "+49 30 23125 2"]),
        ("phones.label", ["cell", "Büro", "work"]),
        ("address.street", ["Am See 1"]),
        ("social.mastodon", "@ann@example.social"),
        ("dates.wedding", "2012-08-04"),
        ("dates.Hochzeitstag", "2012-08-04"),
        ("dates.wedding.date", "2012-08-04"),
        ("dates.name_day", "--11-25"),
        ("wedding", "2012-08-04"),
        ("wish", ["a kite", "a lamp"]),
        ("Wünsche", ["a kite", "a lamp"]),
        ("net_debts.amount", ["15 EUR"]),
        ("Schulden.by", ["them"]),
        ("cadence.every", "3 weeks"),
        ("last.text", "call Ann: fine"),
        ("last.channel", "call"),
        ("last contact.date", "2026-11-01"),
        ("next.due", "2026-11-22"),
        ("t_shirt", "L"),
        ("t shirt", "L"),
        ("T-SHIRT", "L"),
        ("shoe_size", "42"),
        ("kaffee", "schwarz"),
        ("hobby", ["chess", "go"]),
        ("table", [["a", "b"], ["c", ["d"]]]),
        ("map.one.two", "deep"),
        ("household.name", ["Bea", "Cleo", "Dan", "Eve"]),
        (" birthday . ", "1984-06-12"),
    ],
)
def test_keys_labels_and_lists_are_understood(vault: Vault, steps: str, value: object) -> None:
    assert got(vault, steps) == value


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        ("children.name", ["Cleo", "Dan", "Eve", "Finn"]),
        ("child.name", ["Cleo", "Dan", "Eve", "Finn"]),
        ("Kinder.name", ["Cleo", "Dan", "Eve", "Finn"]),
        ("children.birthday", ["2014-03-01", "2016-04-02"]),
        ("children.age", [12, 10]),
        ("children.school", ["Pestalozzi"]),
        ("children.word", ["Tochter", "child", "child", "child"]),
        ("daughter.name", "Cleo"),
        ("Töchter.birthday", "2014-03-01"),
        ("son.name", "Dan"),
        ("spouse.birthday", "1985"),
        ("Frau.age", "about 41"),
        ("wife.mother.name", "Ida"),
        ("Frau.Bruder.name", "Jo"),
        ("wife.sibling.word", "brother"),
        ("grandmother.deceased", "2018-02-09"),
        ("Oma.deceased", "2018-02-09"),
        ("Lieblingsnachbar.name", "Hal"),
        ("related.name", ["Bea", "Cleo", "Dan", "Eve", "Finn", "Gerda", "Hal"]),
        ("family.spouse.name", ["Ann"]),
    ],
)
def test_relations_are_followed(vault: Vault, steps: str, value: object) -> None:
    assert got(vault, steps) == value


def test_what_is_worked_out_goes_before_an_own_key_of_that_name(make_vault: Any) -> None:
    vault = make_vault(
        {"people/Ann.md": "---\nbirthday: 2000-01-01\nage: 7\n---\n", "people/Bob.md": "---\nage: 7\n---\n"}
    )
    assert got(vault, "age") == 26
    assert got(vault, "age", "people/Bob.md") == "7"


def test_people_are_given_as_they_are_related(vault: Vault) -> None:
    assert got(vault, "wife") == {
        "type": "spouse", "word": "wife", "name": "Bea", "path": "people/Bea.md", "age": "about 41", "deceased": None,
    }  # fmt: skip
    assert [each["name"] for each in got(vault, "children")] == ["Cleo", "Dan", "Eve", "Finn"]


def test_of_relations_there_and_back_each_person_comes_once(vault: Vault) -> None:
    assert [each["name"] for each in got(vault, "children.parent")] == ["Ann"]


def test_who_is_of_no_known_gender_is_no_brother_but_is_told(make_vault: Any) -> None:
    vault = make_vault({"people/Ann.md": '---\nrelated: [{sibling: "[[Kim]]"}]\n---\n', "people/Kim.md": ""})
    for word in ("brother", "Schwester"):
        error = failed(vault, word)
        assert str(error) == f'nothing is known of "{word}" for Ann'
        assert error.hint == "Kim is a sibling whose gender no note tells; ask for sibling"


@pytest.mark.parametrize(
    ("steps", "message", "hint"),
    [
        ("brithday", 'Ann has no "brithday"', "did you mean birthday"),
        ("T_Shrit", 'Ann has no "T_Shrit"', "did you mean T-Shirt"),
        ("bruther", 'Ann has no "bruther"', "did you mean brother"),
        ("zzz", 'Ann has no "zzz"', "such as birthday, phones"),
        ("wife.zzz", 'Bea has no "zzz"', "such as birthday"),
        ("org", 'nothing is known of "org" for Ann', ""),
        ("cousin", 'nothing is known of "cousin" for Ann', ""),
        ("dates.jubilee", 'nothing is known of "dates.jubilee" for Ann', ""),
        ("child.hobby", 'nothing is known of "child.hobby" for Ann', ""),
        ("wife.mother.hobby", 'Ida has no "hobby"', ""),
        ("birthday.year", 'nothing is known of "birthday.year" for Ann', ""),
        ("Finn", 'Ann has no "Finn"', ""),
    ],
)
def test_what_is_not_known_is_said_with_what_might_be_meant(vault: Vault, steps: str, message: str, hint: str) -> None:
    error = failed(vault, steps)
    assert (str(error), error.exit_code) == (message, EXIT_NOTHING_FOUND)
    assert error.hint.startswith(hint)


@pytest.mark.parametrize("steps", ["", ".", " . ", ".".join(["friend"] * 13)])
def test_a_path_has_some_steps_but_not_many(vault: Vault, steps: str) -> None:
    assert "is no path of 1 to 12 steps" in str(failed(vault, steps))


def test_loops_and_friends_of_friends_come_to_an_end(make_vault: Any) -> None:
    everybody = [f"P{number}" for number in range(40)]
    links = ", ".join(f'{{friend: "[[{name}]]"}}' for name in everybody)
    files = {f"people/{name}.md": f'---\nrelated: [{links}, {{parent: "[[{name}]]"}}]\n---\n' for name in everybody}
    vault = make_vault(files)
    assert len(got(vault, ".".join(["friends"] * 5), "people/P1.md")) == 40
    assert got(vault, ".".join(["parent"] * 11 + ["name"]), "people/P1.md") == "P1"


def test_a_thousand_friends_are_named(make_vault: Any) -> None:
    files = {f"people/P{number}.md": '---\nrelated: [{friend: "[[Ann]]"}]\n---\n' for number in range(1000)}
    assert len(got(make_vault({**files, "people/Ann.md": ""}), "friends.name")) == 1000


def test_the_facts_of_an_organization_can_be_asked_too(vault: Vault) -> None:
    acme = "organizations/Acme.md"
    assert got(vault, "emails.value", acme) == ["a@example.org"]
    assert got(vault, "address.street", acme) == ["Weg 2"]
    assert got(vault, "title", acme) == "Acme"
    assert str(failed(vault, "people", acme)) == 'nothing is known of "people" for Acme'
    assert str(failed(vault, "boss", acme)) == 'Acme has no "boss"'


def test_the_four_questions_are_answered_each_by_one_get(example: str) -> None:
    from prmvault.app.vault import open_vault

    vault = open_vault(example, lambda _text: None)
    try:
        assert got(vault, "children.name", "people/Tom Becker.md") == ["Ida Becker", "Karl Becker", "Emmi Becker"]
        assert got(vault, "brother.dates.wedding", "people/Jonas Weißhaupt.md") == "2016-11-19"
        assert got(vault, "last.text", "people/Gerda Weißhaupt.md").startswith("call Oma Gerda: wants a garden bench")
        assert got(vault, "wishes", "people/Mila Weißhaupt.md")[0].startswith("ein Teleskop")
    finally:
        vault.facts.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=40) | st.lists(st.sampled_from(["wife", "child", "dates", "last", "name", "x"])).map(".".join))
def test_any_path_has_an_answer_or_one_line(vault: Vault, steps: str) -> None:
    told = ""
    try:
        got(vault, steps)
    except PrmvaultError as error:
        told = str(error)
    assert told.isprintable()
    assert len(told) < 120
