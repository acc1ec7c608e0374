"""Front matter changed key by key: every kind of field, every form, and nothing that can't be answered afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.fields import checked, set_fields, unset_fields, with_parts
from prmvault.app.get import get_fact
from prmvault.app.values import parse_assignment
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.core.problems import PrmvaultError
from prmvault.core.schema import note_types
from tests.conftest import SampleVault

TODAY = date(2026, 11, 20)
NOTE = "people/Anna.md"
SETTINGS = """\
types:
  person:
    fields:
      t_shirt: {kind: choice, of: [S, M]}
      shoe_size: number
      budget: money
      mentor_of: link
  boat: {folder: boats, fields: {built: partial date, price: money, crew: list of link}}
"""


@pytest.fixture
def vault(vault_at: SampleVault) -> Iterator[Vault]:
    vault_at.write("prmvault.yaml", SETTINGS)
    vault_at.write(NOTE, "---\ntype: person\n---\nbody\n")
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


def with_front(vault: Vault, front: str) -> Vault:
    Path(vault.root, NOTE).write_text(f"---\ntype: person\n{front}---\nbody\n")
    return refreshed_vault(vault)


def put(vault: Vault, *typed: str, path: str = NOTE) -> Vault:
    """Set what was typed; the note has no new problem afterwards."""
    set_fields(vault, path, [parse_assignment(each) for each in typed], TODAY)
    refreshed = refreshed_vault(vault)
    note = refreshed.facts.note(path)
    assert note is not None
    assert note.problems == ()
    return refreshed


def front(vault: Vault) -> str:
    text = Path(vault.root, NOTE).read_text()
    assert text.startswith("---\ntype: person\n")
    assert text.endswith("---\nbody\n")
    return text.removeprefix("---\ntype: person\n").removesuffix("---\nbody\n")


def refused(vault: Vault, *typed: str) -> PrmvaultError:
    before = Path(vault.root, NOTE).read_bytes()
    with pytest.raises(PrmvaultError) as told:
        set_fields(vault, NOTE, [parse_assignment(each) for each in typed], TODAY)
    assert Path(vault.root, NOTE).read_bytes() == before
    assert "\n" not in str(told.value)
    assert told.value.hint
    return told.value


# --- set, then get

GIVEN: dict[str, tuple[str, str, Any]] = {
    "text": ("gender=F", "gender", "F"),
    "texts": ("food=no nuts: never", "food", ["no nuts: never"]),
    "tags": ("tags=#family/uk, choir", "tags", ["family/uk", "choir"]),
    "date": ("created=gestern", "created", "2026-11-19"),
    "partial date": ("birthday=14.3.1987", "birthday", "1987-03-14"),
    "death": ("deceased=2019-05", "deceased", "2019-05"),
    "contacts": ("phones.work=0341 123", "phones.work", "0341 123"),
    "addresses": ("addresses.locality=Halle", "addresses.locality", ["Halle"]),
    "social": ("social=mastodon: @anna@example.org", "social.mastodon", "@anna@example.org"),
    "dates": ("dates+=wedding: 20.8.2016", "dates.wedding", "2016-08-20"),
    "related": ("related+=child: Ida Becker", "child.name", "Ida Becker"),
    "cadence": ("cadence=alle 3 Wochen", "cadence.every", "alle 3 Wochen"),
    "map": ("met.where=Halle", "met.where", "Halle"),
    "gifts": ("gifts+=tea pot", "gifts.what", ["tea pot"]),
    "debts": ("debts+=6,50 €", "debts.amount", ["6.50 EUR"]),
    "reminders": ("reminders.text=x", "", None),
    "choice": ("t_shirt=M", "t_shirt", "M"),
    "number": ("shoe_size=38,5", "shoe_size", "38.5"),
    "money": ("budget=1.200,50 €", "budget", "1200.50 EUR"),
    "links": ("not_same_as=[[Ida]]", "not_same_as", ["[[Ida]]"]),
    "link": ("mentor_of=[[Ida]]", "mentor_of", "[[Ida]]"),
    "own": ("hat size=58", "hat size", "58"),
    "german": ("Größe=1,70 m", "größe", "1,70 m"),
    "own list": ("nick+=Annie", "nick", ["Annie"]),
    "own map": ("car.plate=L-AB 12", "car.plate", "L-AB 12"),
}


@pytest.mark.parametrize("kind", [kind for kind in GIVEN if kind != "reminders"])
def test_what_was_set_can_be_asked_for(vault: Vault, kind: str) -> None:
    typed, asked, answer = GIVEN[kind]
    vault = put(vault, typed)
    assert get_fact(vault, NOTE, asked, TODAY) == answer
    unset_fields(vault, NOTE, [typed.partition("=")[0].rstrip("+").partition(".")[0]])
    assert front(vault) == ""


def test_every_kind_of_a_persons_fields_is_tried_here() -> None:
    kinds = {field.kind for field in note_types()["person"].fields.values()}
    assert kinds - set(GIVEN) <= {"conflicts"}  # Those are written by a synchronization.


def test_a_field_that_needs_more_is_refused_by_itself(vault: Vault) -> None:
    assert "[bad-date]" in str(refused(vault, GIVEN["reminders"][0]))


def test_a_type_of_ones_own_has_its_fields(vault_at: SampleVault, vault: Vault) -> None:
    vault_at.write("boats/Rosa.md", "# Rosa\n")
    vault = put(refreshed_vault(vault), "built=1987", "price=20 €", "crew+=[[Anna]]", path="boats/Rosa.md")
    assert Path(vault.root, "boats/Rosa.md").read_text() == (
        '---\nbuilt: 1987\nprice: 20 €\ncrew:\n  - "[[Anna]]"\n---\n# Rosa\n'
    )
    with pytest.raises(PrmvaultError, match="bad-date"):
        put(vault, "created=1987", path="boats/Rosa.md")


# --- lists


def test_a_key_that_is_given_twice_or_added_to_becomes_a_list(vault: Vault) -> None:
    put(vault, "food=cake", "food=tea", "food+=tea", "nick=A", "nick+=B")
    assert front(vault) == "food:\n  - cake\n  - tea\nnick:\n  - A\n  - B\n"


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("tags: [a]\n", "tags+=b", "tags: [a, b]\n"),
        ("tags: [a]  # mine\n", "tags+=a", "tags: [a]  # mine\n"),
        ("org: Old\n", "org=New", "org: New\n"),
        ("org: Old\n", "org+=New", "org:\n  - Old\n  - New\n"),
        ("phones: 1\n", "phones+=work: 2", "phones:\n  - 1\n  - {work: 2}\n"),
        ("phones: {home: 1, work: 2}\n", "phones+=mobile: 3", "phones: {home: 1, work: 2, mobile: 3}\n"),
        ("phones: {home: 1, work: 2}\n", "phones.work=3", "phones: {home: 1, work: 3}\n"),
        (
            "phones: [{home: 1}, {value: 2, label: Work}]\n",
            "phones.home=3",
            "phones: [{home: 3}, {value: 2, label: Work}]\n",
        ),
        (
            "phones: [{home: 1}, {value: 2, label: Work}]\n",
            "phones.work=3",
            "phones: [{home: 1}, {value: 3, label: Work}]\n",
        ),
        ("phones: [{home: 1}]\n", "phones.work=3", "phones: [{home: 1}, {work: 3}]\n"),
        ("dates: [{wedding: 2016-08-20}]\n", "dates.wedding=20.8.2017", "dates: [{wedding: 2017-08-20}]\n"),
        ("im: [{service: signal, user: a}]\n", "im.signal=b", "im: [{service: signal, user: b}]\n"),
        (
            "gifts:\n  - what: tea pot  # red\n",
            "gifts.status=given",
            "gifts:\n  - what: tea pot  # red\n    status: given\n",
        ),
        ("addresses:\n  - {street: A 1}\n", "addresses.locality=B", "addresses:\n  - {street: A 1, locality: B}\n"),
    ],
)
def test_what_is_there_keeps_its_form(vault: Vault, before: str, typed: str, after: str) -> None:
    vault = put(with_front(vault, before), typed)

    def plain(text: str) -> str:
        return text.replace('"', "").replace("'", "")

    assert plain(front(vault)) == plain(after)


@pytest.mark.parametrize(
    ("before", "typed", "code"),
    [
        ("", "cadence=oft", 2),
        ("", "t_shirt=XXL", 2),
        ("", "shoe_size=big", 2),
        ("", "budget=much", 2),
        ("", "debts+=much", 2),
        ("", "birthday=31.2.1990", 2),
        ("", "created=1987", 2),
        ("", "birthday=", 2),
        ("phones: {home: 1, work: 2}\n", "phones+=3", 1),
        ("phones: {home: 1, work: 2}\n", "phones+=home: 3", 1),
        ("phones: [{home: 1}, {home: 2}]\n", "phones.home=3", 1),
        ("addresses: [{street: A}, {street: B}]\n", "addresses.locality=C", 1),
        ("met: a text\n", "met.where=Halle", 1),
        ("food: [a]\n", "food.b=1", 1),
        ("birthday: 1987\nbirthday: 1988\n", "birthday=1989", 1),
    ],
)
def test_what_has_no_place_or_makes_no_sense_is_refused(vault: Vault, before: str, typed: str, code: int) -> None:
    assert refused(with_front(vault, before), typed).exit_code == code


def test_several_assignments_are_made_together_or_not_at_all(vault: Vault) -> None:
    refused(vault, "food=cake", "t_shirt=XXL")
    assert front(vault) == ""


def test_a_problem_that_was_there_keeps_nobody_from_another_key(vault: Vault) -> None:
    vault = with_front(vault, "birthday: 31-02-1990\n")
    set_fields(vault, NOTE, [parse_assignment("food=cake")], TODAY)
    assert front(vault) == "birthday: 31-02-1990\nfood:\n  - cake\n"
    twice = checked(vault, NOTE, lambda text: text.replace("food:", "birthday: x\nfood:"))
    with pytest.raises(PrmvaultError, match="nothing was written"):
        twice(Path(vault.root, NOTE).read_text())


@pytest.mark.parametrize(
    "value",
    [
        "a: b",
        "# x",
        "[x",
        "{",
        "- x",
        "'",
        '"',
        "&a",
        "*a",
        "!x",
        "%",
        "@x",
        "`x`",
        "no",
        "null",
        "~",
        "1e3",
        "0x1",
        "x #y",
    ],
)
def test_no_text_breaks_the_front_matter(vault: Vault, value: str) -> None:
    vault = put(vault, f"food={value}", f"gender={value}", f"my key={value}")
    note = vault.facts.note(NOTE)
    assert note is not None
    assert (note.fields["food"], note.fields["gender"], note.fields["my key"]) == ([value], value, value)


# --- unset


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("a: 1\nfood: [x]\nb: 2\n", ["food"], "a: 1\nb: 2\n"),
        ("tags: [a, b]  # my tags\n", ["tags=A"], "tags: [b]  # my tags\n"),
        ("tags: [a]\n", ["tags=a"], ""),
        ("tags: a\n", ["tags=a"], ""),
        ("met: {where: Halle, date: 2014}\n", ["met.where"], "met: {date: 2014}\n"),
        ("phones: [{home: 1}, {value: 2, label: work}]\n", ["phones.work"], "phones: [{home: 1}]\n"),
        ("phones: [{home: 1}, {value: 2, label: work}]\n", ["phones=1"], "phones: [{value: 2, label: work}]\n"),
        (
            'related:\n  - child: "[[Ida]]"\n  - friend: "[[Tom]]"\n',
            ["related=Ida"],
            'related:\n  - friend: "[[Tom]]"\n',
        ),
        ("shoe size: 38\n", ["shoe size"], ""),
    ],
)
def test_keys_and_items_are_removed_and_the_rest_stays(vault: Vault, before: str, keys: list[str], after: str) -> None:
    vault = with_front(vault, before)
    unset_fields(vault, NOTE, keys)
    assert front(vault) == after


@pytest.mark.parametrize(
    "key", ["nothing", "met.what", "tags=zz", "nothing=x", "food=x", "met.where.x", "phones.fax", ""]
)
def test_what_is_not_there_cannot_be_removed(vault: Vault, key: str) -> None:
    before = "met: {where: Halle}\ntags: [a]\nfood: [x, x]\nphones: [1]\n"
    vault = with_front(vault, before)
    with pytest.raises(PrmvaultError) as told:
        unset_fields(vault, NOTE, ["tags", key])
    assert told.value.exit_code == 1
    assert "\n" not in str(told.value)
    assert front(vault) == before


def test_what_something_else_needs_cannot_be_removed(vault: Vault) -> None:
    before = "reminders:\n  - {text: x, on: 2027-01-01}\n"
    vault = with_front(vault, before)
    with pytest.raises(PrmvaultError, match="nothing was written"):
        unset_fields(vault, NOTE, ["reminders.on"])
    assert front(vault) == before


# --- parts of entries


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("debts: 5 EUR\n", "debts:\n  - {amount: 5 EUR, settled: x}\n"),
        ("debts: [5 EUR]\n", "debts: [{amount: 5 EUR, settled: x}]\n"),
        ("debts:\n  - 5 EUR  # beer\n", "debts:\n  - {amount: 5 EUR, settled: x}  # beer\n"),
        ("debts: {amount: 5 EUR}\n", "debts: {amount: 5 EUR, settled: x}\n"),
        ("debts:\n  - beer: 5 EUR\n", "debts:\n  - amount: 5 EUR\n    label: beer\n    settled: x\n"),
        ("debts:\n  - amount: 5 EUR\n    by: me\n", "debts:\n  - amount: 5 EUR\n    by: me\n    settled: x\n"),
    ],
)
def test_an_entry_gets_a_part_in_any_form(before: str, after: str) -> None:
    assert with_parts(f"---\n{before}---\n", "debts", 0, {"settled": "x"}) == f"---\n{after}---\n"


def test_entries_by_label_have_no_place_for_a_part() -> None:
    with pytest.raises(PrmvaultError, match="debts has its entries by label"):
        with_parts("---\ndebts: {beer: 5 EUR, tea: 1 EUR}\n---\n", "debts", 0, {"settled": "x"})


# --- keys that are slips, and birthdays that would tell less


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Geburtstag", "birthday"), ("Birthday", "birthday"), ("Telefon", "phones"), ("Handy", "phones"),
        ("phone", "phones"), ("Mail", "emails"), ("E-Mail", "emails"), ("Adresse", "addresses"), ("address", "addresses"),
        ("Spitzname", "aliases"), ("Rhythmus", "cadence"), ("Wünsche", "wishes"), ("Wuensche", "wishes"),
        ("Geschenke", "gifts"), ("gift", "gifts"), ("Schulden", "debts"), ("TAGS", "tags"), ("T-Shirt", "t_shirt"),
    ],
)  # fmt: skip
def test_a_key_that_is_another_ones_slip_is_refused(vault: Vault, given: str, meant: str) -> None:
    for typed in (f"{given}=x", f"{given}+=x", f"{given}.work=x"):
        with pytest.raises(PrmvaultError, match="there is no key") as told:
            set_fields(vault, NOTE, [parse_assignment("food=tea"), parse_assignment(typed)], TODAY)
        assert (told.value.exit_code, told.value.hint) == (2, f"did you mean {meant}?")
    assert front(vault) == ""


def test_a_key_that_the_note_has_or_that_means_nothing_else_is_its_own(vault: Vault) -> None:
    vault = with_front(vault, "Geburtstag: x\n")
    put(vault, "Geburtstag=z", "hobby=chess", "age=three", "tag=a")
    assert front(vault) == "Geburtstag: z\nhobby: chess\nage: three\ntag:\n  - a\n"


@pytest.mark.parametrize(
    ("old", "typed", "new"),
    [
        ("1987-03-14", "14 March", "1987-03-14"),
        ("1987", "14 March", "1987-03-14"),
        ("1987-03", "--03-14", "1987-03-14"),
        ("--03-14", "1987", "1987-03-14"),
        ("--03-14", "1987-03", "1987-03-14"),
        ("--03-14", "15 March", "--03-15"),
        ("1987-03-14", "1988-04-15", "1988-04-15"),
        ("~1952", "1952", "1952"),
        ("~1952", "1953-02-01", "1953-02-01"),
        ("someday", "14 March", "--03-14"),
        ("", "14 March", "--03-14"),
    ],
)
def test_a_birthday_keeps_what_is_not_told_anew(vault: Vault, old: str, typed: str, new: str) -> None:
    vault = with_front(vault, f"birthday: {old}\n")
    put(vault, f"birthday={typed}")
    assert front(vault) == f"birthday: {new}\n"


@pytest.mark.parametrize(
    ("old", "typed"),
    [
        ("1987-03-14", "15 March"), ("1987-03", "1 April"), ("1987-03-14", "1987"), ("1987-03-14", "1987-03"),
        ("~1952", "14 March"), ("--03-14", "~1952"), ("1987", "29 February"), ("--03-14", "1987-04"),
    ],
)  # fmt: skip
def test_a_birthday_that_would_tell_less_is_refused(vault: Vault, old: str, typed: str) -> None:
    vault = with_front(vault, f"birthday: {old}\n")
    with pytest.raises(PrmvaultError, match="tells less than the birthday that is there") as told:
        put(vault, f"birthday={typed}")
    assert told.value.exit_code == 2
    assert "unset" in told.value.hint
    assert front(vault) == f"birthday: {old}\n"
