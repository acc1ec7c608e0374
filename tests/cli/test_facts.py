"""`gift`, `debt`, `remind`, `date`, `set` and `unset` as one types them, and what the asking side says then."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from prmvault.cli.output import echo_change
from tests.conftest import SampleVault
from tests.fixtures import Prmvault, Ran

NOTE = "people/Tom Becker.md"
FILES = {
    NOTE: "---\ntype: person\n---\n",
    "people/Anna Schröder.md": "---\ntype: person\n---\n",
    "people/Anna Whitfield.md": "---\ntype: person\n---\n",
    "organizations/Choir.md": "---\ntype: organization\n---\n",
}


@pytest.fixture
def vault(vault_at: SampleVault, monkeypatch: pytest.MonkeyPatch) -> SampleVault:
    vault_at.write("prmvault.yaml", 'me: "[[Anna Schröder]]"\n')
    for path, text in FILES.items():
        vault_at.write(path, text)
    monkeypatch.setenv("PRMVAULT_TODAY", "2026-11-20")
    monkeypatch.setenv("PRMVAULT_DIR", vault_at.root)
    return vault_at


def front(vault: SampleVault, path: str = NOTE) -> str:
    return (vault.path / path).read_text(encoding="utf-8").split("---\n")[1].partition("\n")[2]


def refused(ran: Ran, code: int) -> str:
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith("prmvault: ")
    return ran.err


# gift


def test_a_gift_is_an_idea_until_it_is_given(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("gift", "tom", "garden", "bench", "--for", "birthday", "--amount", "200 €")
    assert ran.out == (
        f"{NOTE}:3: + gifts:\n{NOTE}:4: +   - {{what: garden bench, status: idea, for: birthday, amount: 200 EUR}}\n"
    )
    assert ran.err == "prmvault: → Tom Becker: garden bench (birthday, 200 EUR)\n"
    ran = prmvault("gift", "tom", "Garden bench", "--status", "given", "-d", "gestern")
    assert ran.out.splitlines()[-1].endswith("status: given, for: birthday, amount: 200 EUR, date: 2026-11-19}")
    assert json.loads(prmvault("show", "Tom", "--json").out)["gifts"][0]["status"] == "given"


def test_gifts_are_listed_of_one_or_of_all(prmvault: Prmvault, vault: SampleVault) -> None:
    assert prmvault("gift") == (1, "", "")
    prmvault("gift", "Tom", "hat")
    prmvault("gift", "Anna Whit", "pen", "--status", "planned", "-d", "24.12.")
    assert prmvault("gift").out == (
        f"Anna Whitfield\tpen\tplanned\t\t\t2026-12-24\tpeople/Anna Whitfield.md:4\nTom Becker\that\tidea\t\t\t\t{NOTE}:4\n"
    )
    assert [gift["what"] for gift in json.loads(prmvault("gift", "Tom", "--json").out)] == ["hat"]
    assert (prmvault("gift", "me", "--json").code, prmvault("gift", "me", "--json").out) == (1, "[]\n")


def test_a_terminal_shows_what_it_is_rather_than_where_it_stands(
    prmvault: Prmvault, vault: SampleVault, terminal: Callable[[int], None]
) -> None:
    prmvault("gift", "Tom", "a garden bench of oak", "--for", "birthday", "--amount", "200 EUR")
    prmvault(
        "remind",
        "Tom",
        "give back the book",
        "--on",
        "morgen",
        "--repeat",
        "FREQ=MONTHLY;BYDAY=1MO",
        "--lead",
        "7 days",
    )
    terminal(80)
    assert "a garden bench of oak" in prmvault("gift").out
    assert "give back the book" in prmvault("remind").out
    terminal(200)
    assert f"{NOTE}:4" in prmvault("gift").out


# debt


def test_a_debt_is_noted_netted_and_settled(prmvault: Prmvault, vault: SampleVault) -> None:
    assert (
        prmvault("debt", "Tom", "20", "EUR", "for", "beer").err == "prmvault: → Tom Becker owes you 20 EUR for beer\n"
    )
    ran = prmvault("debt", "--by", "me", "Tom", "6,50", "€", "--for", "Kino", "-d", "gestern")
    assert ran.err == "prmvault: → Tom Becker gets 6.50 EUR from you for Kino\n"
    assert prmvault("debt").out == f"Tom Becker\t13.50 EUR\tthem\t{NOTE}\n"
    assert prmvault("debt", "Tom").out.splitlines()[1] == f"6.50 EUR\tme\tKino\t2026-11-19\t\t{NOTE}:5"
    assert json.loads(prmvault("debt", "--json").out)[0]["amount"] == "13.50 EUR"
    ran = prmvault("debt", "Tom", "--settle")
    assert ran.err == "prmvault: → Tom Becker is even: 20 EUR, 6.50 EUR settled\n"
    assert (prmvault("debt").code, prmvault("debt").out) == (1, "")
    assert "no debt with Tom Becker is open" in refused(prmvault("debt", "Tom", "--settle"), 1)


def test_an_amount_below_nothing_is_turned_around_by_the_user(prmvault: Prmvault, vault: SampleVault) -> None:
    assert "write 5 EUR --by me" in refused(prmvault("debt", "Tom", "-5 EUR"), 2)
    assert "write 5 EUR --by them" in refused(prmvault("debt", "Tom", "-5", "€", "--by", "me"), 2)


# remind


def test_a_reminder_is_set_listed_and_done(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("remind", "Tom", "give back the book", "--on", "morgen")
    assert ran.err == "prmvault: → Tom Becker: give back the book on Sat 2026-11-21\n"
    assert front(vault) == "reminders:\n  - {text: give back the book, on: 2026-11-21}\n"
    assert prmvault("remind", "Tom").out == f"2026-11-21\tgive back the book\t\t\t\t{NOTE}:4\n"
    assert "give back the book" in prmvault("upcoming").out
    assert prmvault("done", "book").code == 0
    assert "give back the book" not in prmvault("upcoming").out
    assert json.loads(prmvault("remind", "--json").out)[0]["done"] == "2026-11-21"


# date


def test_a_date_is_noted_listed_and_asked_for(prmvault: Prmvault, vault: SampleVault) -> None:
    assert prmvault("date", "Tom", "wedding", "19.11.2016").err == "prmvault: → Tom Becker: wedding 2016-11-19\n"
    assert prmvault("date", "Tom", "Namenstag", "25.", "November").code == 0
    assert prmvault("date", "Tom", "moved", "2019", "--once").code == 0
    assert prmvault("date", "Tom").out.splitlines() == [
        f"2016-11-19\twedding\t\t{NOTE}:4",
        f"--11-25\tNamenstag\t\t{NOTE}:5",
        f"2019\tmoved\tnone\t{NOTE}:6",
    ]
    assert prmvault("get", "Tom", "dates.wedding").out == "2016-11-19\n"
    assert prmvault("date", "Tom", "wedding", "2016-11-19").err.endswith(f"prmvault: {NOTE} says so already\n")


@pytest.mark.parametrize("label", ["birthday", "Geburtstag"])
def test_the_date_of_birth_is_the_birthday(prmvault: Prmvault, vault: SampleVault, label: str) -> None:
    assert prmvault("date", "Tom", label, "14 March").code == 0
    assert front(vault) == "birthday: --03-14\n"


# set and unset


def test_what_is_set_is_shown_as_lines_of_a_diff(prmvault: Prmvault, vault: SampleVault) -> None:
    ran = prmvault("set", "Tom", "birthday=19.7.1983", "tags+=choir", "met.where=Halle")
    assert ran == (
        0,
        f"{NOTE}:3: + birthday: 1983-07-19\n{NOTE}:4: + tags:\n{NOTE}:5: +   - choir\n{NOTE}:6: + met: {{where: Halle}}\n",
        "",
    )
    assert prmvault("set", "Tom", "tags+=choir") == (0, "", f"prmvault: {NOTE} says so already\n")
    assert prmvault("unset", "Tom", "tags=choir", "met.where").out.splitlines()[0] == f"{NOTE}:4: - tags:"
    assert front(vault) == "birthday: 1983-07-19\n"


def test_a_dry_run_shows_the_change_and_writes_nothing(prmvault: Prmvault, vault: SampleVault) -> None:
    before = vault.fingerprint()
    ran = prmvault("set", "Tom", "food=cake", "--dry-run")
    assert (ran.out, ran.err) == (f"{NOTE}:3: + food:\n{NOTE}:4: +   - cake\n", "prmvault: nothing was written\n")
    assert vault.fingerprint() == before


def test_oneself_organizations_and_paths_can_be_meant(prmvault: Prmvault, vault: SampleVault) -> None:
    for name, path in (("me", "people/Anna Schröder.md"), ("choir", "organizations/Choir.md"), (NOTE, NOTE)):
        assert prmvault("set", name, "urls+=https://example.org").code == 0
        assert front(vault, path) == "urls:\n  - https://example.org\n"


# everywhere


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["gift", "Anna", "hat"], 4),
        (["debt", "Anna", "5 EUR"], 4),
        (["remind", "Anna", "x", "--on", "morgen"], 4),
        (["date", "Anna", "wedding", "2016"], 4),
        (["set", "Anna", "food=x"], 4),
        (["unset", "Anna", "food"], 4),
        (["gift", "Nobody Known", "hat"], 1),
        (["gift", "Tom", "hat", "--amount", "much"], 2),
        (["gift", "Tom", "hat", "-d", "3/4/26"], 2),
        (["gift", "Tom", "hat", "--status", "lost"], 2),
        (["debt", "Tom", "beer"], 2),
        (["debt", "--settle"], 2),
        (["remind", "Tom", "x"], 2),
        (["remind", "Tom", "x", "--on", "soon"], 2),
        (["remind", "Tom", "x", "--on", "morgen", "--repeat", "sometimes"], 2),
        (["date", "Tom", "wedding"], 2),
        (["date", "Tom", "wedding", "31.2.1990"], 2),
        (["date", "Tom", "wedding", "3/4/87"], 2),
        (["set", "Tom", "food"], 2),
        (["set", "Tom"], 2),
        (["set", "Tom", "food="], 2),
        (["set", "Tom", "cadence=oft"], 2),
        (["unset", "Tom", "food"], 1),
        (["unset", "Tom", "tags=x"], 1),
    ],
)
def test_what_is_not_understood_writes_nothing(
    prmvault: Prmvault, vault: SampleVault, arguments: list[str], code: int
) -> None:
    before = vault.fingerprint()
    assert "→" in refused(prmvault(*arguments), code)
    assert vault.fingerprint() == before


def test_a_change_of_a_long_note_is_shown_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    lines = "\n" * 200_000
    echo_change("x.md", f"a\n{lines}", f"a\nb\n{lines}")
    assert capsys.readouterr().out == "x.md:2: + b\n"
    echo_change("x.md", f"{lines}a", f"{lines}")
    assert capsys.readouterr().out == "x.md:200001: - a\nx.md:200001: + \n"
    echo_change("x.md", "a\nb\na", "a\na")
    assert capsys.readouterr().out == "x.md:2: - b\n"


# names without quotes


def test_a_full_name_needs_no_quotes(prmvault: Prmvault, vault: SampleVault) -> None:
    assert prmvault("debt", "Tom", "Becker", "5", "EUR").err == "prmvault: → Tom Becker owes you 5 EUR\n"
    assert prmvault("gift", "Anna", "Schröder", "Buch").err == "prmvault: → Anna Schröder: Buch (idea)\n"
    ran = prmvault("remind", "tom", "becker", "call", "back", "--on", "morgen")
    assert ran.err == "prmvault: → Tom Becker: call back on Sat 2026-11-21\n"
    ran = prmvault("date", "Tom", "Becker", "wedding", "2010-01-01")
    assert ran.err == "prmvault: → Tom Becker: wedding 2010-01-01\n"
    assert prmvault("set", "Tom", "Becker", "birthday=14.3.1987", "food=tea").code == 0
    assert prmvault("get", "Tom", "Becker", "birthday").out == "1987-03-14\n"
    assert prmvault("unset", "Tom", "Becker", "food").code == 0
    assert "food" not in front(vault)
    assert prmvault("debt", "Tom", "Becker").out.startswith("5 EUR\t")
    assert prmvault("date", "Tom", "Becker").out.startswith("2010-01-01\t")


def test_a_name_without_more_is_no_fact(prmvault: Prmvault, vault: SampleVault) -> None:
    assert "which fact of Tom Becker?" in refused(prmvault("get", "Tom", "Becker"), 2)
    assert "which key is to be removed?" in refused(prmvault("unset", "Tom", "Becker"), 2)
    assert "'Becker' is not key=value" in refused(prmvault("set", "Tom", "Becker"), 2)


def test_settling_tells_what_is_left(prmvault: Prmvault, vault: SampleVault) -> None:
    for amount in ("5.50 GBP", "20 GBP"):
        prmvault("debt", "Tom", amount)
    ran = prmvault("debt", "Tom", "5.50", "--settle")
    assert ran.err == "prmvault: → Tom Becker settled 5.50 GBP; still owes you 20 GBP\n"
    assert prmvault("debt", "Tom", "--settle").err == "prmvault: → Tom Becker is even: 20 GBP settled\n"


def test_a_birthday_without_its_year_keeps_it_and_is_told_whole(prmvault: Prmvault, vault: SampleVault) -> None:
    prmvault("set", "Tom", "birthday=1987")
    assert prmvault("date", "Tom", "birthday", "14", "March").err == "prmvault: → Tom Becker: birthday 1987-03-14\n"
    ran = prmvault("set", "Tom", "birthday=14 March")
    assert (ran.out, ran.err) == ("", f"prmvault: {NOTE} says so already\n")
    assert "tells less" in refused(prmvault("date", "Tom", "birthday", "1988"), 2)


def test_a_key_in_german_is_answered_with_the_one_that_is_meant(prmvault: Prmvault, vault: SampleVault) -> None:
    told = refused(prmvault("set", "Tom", "Geburtstag=1987-03-14"), 2)
    assert told == "prmvault: there is no key 'Geburtstag'\n    → did you mean birthday?\n"
    told = refused(prmvault("add", "person", "Ann", "--set", "Geburtstag=1987-03-14"), 2)
    assert told.endswith("did you mean birthday?\n")
    assert not (vault.path / "people/Ann.md").exists()


def test_only_a_person_is_written_to_by_a_part_of_the_name(prmvault: Prmvault, vault: SampleVault) -> None:
    before = vault.write("notes/Berta's cake.md", "Sugar.\n").read_bytes()
    refused = prmvault("-C", vault.root, "set", "Berta", "food=plums")
    assert (refused.code, refused.out) == (1, "")
    assert (vault.path / "notes/Berta's cake.md").read_bytes() == before
    assert prmvault("-C", vault.root, "set", "Berta's cake", "food=plums").code == 0
