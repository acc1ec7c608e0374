"""Gifts, debts, dates and reminders: put into every form that a note may have, read again, and listed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.get import get_fact
from prmvault.app.keep import (
    add_debt,
    debts,
    entries,
    gifts,
    net_of_all,
    put_date,
    put_gift,
    put_reminder,
    settle_debts,
)
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.core.model import Note
from prmvault.core.problems import PrmvaultError
from tests.conftest import SampleVault

TODAY = date(2026, 11, 20)
NOTE = "people/Anna.md"


@pytest.fixture
def vault(vault_at: SampleVault) -> Iterator[Vault]:
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


def with_front(vault: Vault, front: str) -> tuple[Vault, Note]:
    path = Path(vault.root, NOTE)
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"---\ntype: person\n{front}---\nbody\n")
    vault = refreshed_vault(vault)
    return vault, note_of(vault)


def note_of(vault: Vault) -> Note:
    note = vault.facts.note(NOTE)
    assert note is not None
    return note


def front(vault: Vault) -> str:
    """Return the front matter, after a look whether it can be read without a problem."""
    assert note_of(refreshed_vault(vault)).problems == ()
    text = Path(vault.root, NOTE).read_text()
    return text.removeprefix("---\ntype: person\n").removesuffix("---\nbody\n")


# --- gifts

MANY_FORMS = {
    "nothing": "",
    "empty": "{key}:\n",
    "text": "{key}: {text}\n",
    "texts": "{key}: [{text}, {other}]\n",
    "items": "{key}:\n  - {text}  # a remark\n  - {other}\n",
    "map": "{key}: {{{main}: {text}}}\n",
    "maps": "{key}:\n  - {{{main}: {text}}}\n  - {main}: {other}\n",
    "label": "{key}: {{Anna: {text}}}\n",
    "labels": "{key}: {{Anna: {text}, Tom: {other}}}\n",
    "label items": "{key}:\n  - Anna: {text}\n  - Tom: {other}\n",
}


@pytest.mark.parametrize("form", MANY_FORMS)
@pytest.mark.parametrize("what", ["tea pot", "fountain pen"])
def test_a_gift_is_added_or_completed_in_any_form_or_refused_with_nothing_lost(
    vault: Vault, form: str, what: str
) -> None:
    before = MANY_FORMS[form].format(key="gifts", main="what", text="tea pot", other="book")
    vault, note = with_front(vault, before)
    told: PrmvaultError | None = None
    try:
        put_gift(vault, note, what, {"status": "given", "date": "2026-11-20"})
    except PrmvaultError as error:
        told = error
    if told is not None:
        assert form in ("label", "labels")
        assert told.hint
        assert front(vault) == before
        return
    vault = refreshed_vault(vault)
    known = {gift["what"]: gift["status"] for gift in note_of(vault).fields["gifts"]}
    expected = {} if form in ("nothing", "empty") else {"tea pot": "idea"}
    expected |= {"book": "idea"} if form in ("texts", "items", "maps", "labels", "label items") else {}
    assert known == {**expected, what: "given"}
    assert "given" in get_fact(vault, NOTE, "gifts.status", TODAY)
    assert ("# a remark" in front(vault)) == (form == "items")


def test_a_gift_that_is_an_idea_says_so(vault: Vault) -> None:
    vault, note = with_front(vault, "")
    put_gift(vault, note, "garden bench", {})
    assert front(vault) == "gifts:\n  - {what: garden bench, status: idea}\n"


def test_a_gift_is_looked_for_in_the_note_as_it_is_now(vault: Vault) -> None:
    vault, note = with_front(vault, "gifts: [tea pot]\n")
    with_front(vault, "gifts: [book, tea pot]\n")
    put_gift(vault, note, "Tea Pot", {"status": "given"})
    assert front(vault) == "gifts: [book, {what: tea pot, status: given}]\n"


def test_ideas_are_listed_with_those_of_the_journal(vault_at: SampleVault, vault: Vault) -> None:
    vault_at.write("journal/2026-11-20.md", "- lunch with [[Anna]], wants a hat #gift\n")
    vault, _ = with_front(vault, "gifts:\n  - tea pot\n  - {what: book, status: given}\n")
    assert [(gift["what"], gift["line"]) for gift in gifts(vault, "", TODAY)] == [
        ("tea pot", 4),
        ("lunch with Anna, wants a hat", 1),
    ]
    assert [gift["status"] for gift in gifts(vault, NOTE, TODAY)] == ["idea", "given", "idea"]
    assert list(gifts(vault, "people/Nobody.md", TODAY)) == []


# --- debts


@pytest.mark.parametrize(
    ("given", "amount", "reason"),
    [
        ("20 EUR", "20 EUR", None),
        ("20EUR for beer", "20 EUR", "beer"),
        ("6,50 € für Kino", "6.50 EUR", "Kino"),
        ("€ 6,50 beer", "6.50 EUR", "beer"),
        ("20 EUR beer for two", "20 EUR", "beer for two"),
        ("20 for beer", "20", "beer"),
        ("20 cinema tickets", "20", "cinema tickets"),
        ("5 beers", "5 BEERS", None),
        ("1.200,50 EUR", "1200.50 EUR", None),
        ("20", "20", None),
    ],
)
def test_an_amount_and_what_it_is_for_may_be_said_in_one(
    vault: Vault, given: str, amount: str, reason: str | None
) -> None:
    vault, note = with_front(vault, "")
    _, told = add_debt(vault, note, given, "them", "", TODAY)
    assert told == f"owes you {amount}" + (f" for {reason}" if reason else "")
    (debt,) = debts(refreshed_vault(vault), note)
    assert (debt["amount"], debt.get("for"), debt["by"], debt["date"]) == (amount, reason, "them", "2026-11-20")


@pytest.mark.parametrize("given", ["beer", "for 20 EUR", "twenty", "-5 EUR", ""])
def test_what_is_no_amount_is_refused(vault: Vault, given: str) -> None:
    vault, note = with_front(vault, "")
    with pytest.raises(PrmvaultError) as told:
        add_debt(vault, note, given, "me", "", TODAY)
    assert told.value.exit_code == 2
    assert front(vault) == ""


def test_the_same_debt_may_come_twice(vault: Vault) -> None:
    vault, note = with_front(vault, "")
    for by in ("me", "me", "them"):
        add_debt(vault, note, "5 EUR", by, "beer", TODAY)
    vault = refreshed_vault(vault)
    assert len(list(debts(vault, note))) == 3
    assert [(net["amount"], net["by"]) for net in net_of_all(vault)] == [("5 EUR", "me")]


@pytest.mark.parametrize("form", [form for form in MANY_FORMS if form not in ("nothing", "empty")])
def test_debts_are_settled_in_any_form_or_refused_with_nothing_lost(vault: Vault, form: str) -> None:
    before = MANY_FORMS[form].format(key="debts", main="amount", text="5 EUR", other="7 GBP")
    vault, note = with_front(vault, before)
    told: PrmvaultError | None = None
    try:
        settle_debts(vault, note, "", TODAY)
    except PrmvaultError as error:
        told = error
    if told is not None:
        assert form in ("label", "labels")
        assert told.hint
        assert front(vault) == before
        return
    vault = refreshed_vault(vault)
    assert {debt["settled"] for debt in note_of(vault).fields["debts"]} == {"2026-11-20"}
    assert list(net_of_all(vault)) == []
    assert ("# a remark" in front(vault)) == (form == "items")
    with pytest.raises(PrmvaultError, match="no debt with Anna is open"):
        settle_debts(vault, note, "", TODAY)


def test_only_the_debts_over_an_amount_are_settled_if_it_is_given(vault: Vault) -> None:
    vault, note = with_front(vault, "debts: [5 EUR, 7 EUR, 5.00 EUR, {amount: 5 EUR, settled: 2020-01-01}]\n")
    _, told = settle_debts(vault, note, "5,0 €", TODAY)
    assert told == "settled 5 EUR, 5.00 EUR; still owes you 7 EUR"
    assert front(vault) == (
        "debts: [{amount: 5 EUR, settled: 2026-11-20}, 7 EUR, {amount: 5.00 EUR, settled: 2026-11-20}, "
        "{amount: 5 EUR, settled: 2020-01-01}]\n"
    )
    with pytest.raises(PrmvaultError, match="is open over 9 EUR"):
        settle_debts(vault, note, "9 EUR", TODAY)


@pytest.mark.parametrize(
    ("debts", "given", "told"),
    [
        ("[5.50 GBP, 20 GBP]", "5.50 GBP", "settled 5.50 GBP; still owes you 20 GBP"),
        ("[5.50 GBP, 20 GBP]", "", "is even: 5.50 GBP, 20 GBP settled"),
        ("[20 EUR, 7 EUR]", "20", "settled 20 EUR; still owes you 7 EUR"),
        ("[20 EUR]", "20,00", "is even: 20 EUR settled"),
        ("[20, 20 EUR]", "20", "settled 20; still owes you 20 EUR"),
        (
            "[5 EUR, {amount: 9 GBP, by: me}, 1 CHF]",
            "5 EUR",
            "settled 5 EUR; still gets 9 GBP from you and owes you 1 CHF",
        ),
        ("[5 EUR, 9 GBP, {amount: 9 GBP, by: me}]", "5 EUR", "is even: 5 EUR settled"),
    ],
)
def test_what_was_settled_and_what_is_left_is_told(vault: Vault, debts: str, given: str, told: str) -> None:
    vault, note = with_front(vault, f"debts: {debts}\n")
    assert settle_debts(vault, note, given, TODAY)[1] == told


def test_a_number_that_may_be_of_two_currencies_is_not_guessed(vault: Vault) -> None:
    vault, note = with_front(vault, "debts: [20 EUR, 20 GBP]\n")
    with pytest.raises(PrmvaultError, match="20 may be 20 EUR or 20 GBP") as told:
        settle_debts(vault, note, "20", TODAY)
    assert told.value.exit_code == 4
    with pytest.raises(PrmvaultError, match="is open over 21"):
        settle_debts(vault, note, "21", TODAY)
    assert front(vault) == "debts: [20 EUR, 20 GBP]\n"


# --- dates


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "dates:\n  - {label: wedding, date: 2016-11-19}\n"),
        ("dates: {wedding: 2015}\n", "dates: {wedding: 2016-11-19}\n"),
        ("dates: {Wedding: 2015, name day: --11-25}\n", "dates: {Wedding: 2016-11-19, name day: --11-25}\n"),
        ("dates: {name day: --11-25}\n", "dates: {name day: --11-25, wedding: 2016-11-19}\n"),
        ("dates: [{wedding: 2015}]  # x\n", "dates: [{wedding: 2016-11-19}]  # x\n"),
        ("dates:\n  - label: wedding\n    date: 2015\n", "dates:\n  - label: wedding\n    date: 2016-11-19\n"),
        ("dates: {label: wedding, date: 2015}\n", "dates: {label: wedding, date: 2016-11-19}\n"),
        ("dates:\n  - {label: wedding, date: 2016-11-19}\n", "dates:\n  - {label: wedding, date: 2016-11-19}\n"),
    ],
)
def test_a_date_is_added_or_corrected_in_the_form_that_is_there(vault: Vault, before: str, after: str) -> None:
    vault, note = with_front(vault, before)
    put_date(vault, note, "wedding", "2016-11-19", once=False)
    assert front(vault) == after
    assert get_fact(refreshed_vault(vault), NOTE, "dates.wedding", TODAY) == "2016-11-19"


@pytest.mark.parametrize("before", ["", "dates: [{moved: 2015}]\n", "dates: 2015\n", "dates: {label: x, date: 2015}\n"])
def test_a_date_that_comes_once_says_so(vault: Vault, before: str) -> None:
    vault, note = with_front(vault, before)
    put_date(vault, note, "moved", "2019-02-01", once=True)
    assert front(vault)
    (moved,) = [each for each in entries(refreshed_vault(vault), "dates", NOTE) if each.get("label") == "moved"]
    assert (moved["date"], moved["repeat"]) == ("2019-02-01", "none")


# --- reminders


def test_a_reminder_gets_a_new_day_until_it_is_done_and_is_a_new_one_then(vault: Vault) -> None:
    vault, note = with_front(vault, "")
    put_reminder(vault, note, "book", {"on": "2026-12-01", "lead": "7 days"})
    put_reminder(vault, note, "Book", {"on": "2026-12-05"})
    assert front(vault) == "reminders:\n  - {text: book, on: 2026-12-05, lead: 7 days}\n"
    vault, note = with_front(vault, "reminders:\n  - {text: book, on: 2026-12-05, done: 2026-12-05}\n")
    put_reminder(vault, note, "book", {"on": "2027-01-01"})
    assert front(vault).endswith("done: 2026-12-05}\n  - {text: book, on: 2027-01-01}\n")


@pytest.mark.parametrize(("part", "value"), [("repeat", "sometimes"), ("lead", "often"), ("on", "2027-02-30")])
def test_a_reminder_that_cannot_be_read_is_not_written(vault: Vault, part: str, value: Any) -> None:
    vault, note = with_front(vault, "")
    with pytest.raises(PrmvaultError, match="nothing was written"):
        put_reminder(vault, note, "x", {"on": "2027-01-01", part: value})
    assert front(vault) == ""


@pytest.mark.parametrize(
    "front_matter", ["gifts: [\n", "&a x: 1\ngifts: *a\n", "gifts: [a]\ngifts: [b]\n", "gifts: 'a\n"]
)
def test_a_note_that_does_not_parse_gets_nothing(vault: Vault, front_matter: str) -> None:
    vault, note = with_front(vault, front_matter)
    before = Path(vault.root, NOTE).read_bytes()
    with pytest.raises(PrmvaultError):
        put_gift(vault, note, "hat", {})
    assert Path(vault.root, NOTE).read_bytes() == before
