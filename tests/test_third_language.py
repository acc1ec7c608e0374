"""A language that the program does not know is a catalogue in the user's config: no Python is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.day_words import PHRASES, WORDS, DayWords, in_english
from prmvault.render import catalogues
from prmvault.render.language import language_of
from tests.fixtures import Prmvault, Ran

NL = Path(__file__).parent / "languages/nl.po"
DAY = "2026-11-20"
ANN = """---
type: person
birthday: 1980-02-03
phones: "+49 30 23125 1"
cadence: 2 weeks
related:
  - child: "[[Bo]]"
  - broer: "[[Cas]]"
---
## Log

- 2026-11-01 gebeld, twee uur lang
"""


@pytest.fixture
def dutch(vault_at: Any, cache: Path) -> Iterator[str]:
    """Return the root of a vault in Dutch, whose catalogue is in the user's config."""
    with NL.open("rb") as file:
        catalogue = read_po(file, locale="nl")
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    folder = cache / "config/prmvault/locale/nl/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "prmvault.mo").write_bytes(compiled.getvalue())
    language_of.cache_clear()
    vault_at.write("prmvault.yaml", "language: nl\n")
    vault_at.write("people/Ann.md", ANN)
    vault_at.write("people/Bo.md", "---\ntype: person\ngender: F\nbirthday: 2017-11-22\n---\n")
    vault_at.write("people/Cas.md", "---\ntype: person\ngender: M\n---\n")
    yield vault_at.root
    language_of.cache_clear()


def test_what_the_catalogue_asks_for_is_there_to_be_translated() -> None:
    with NL.open("rb") as file:
        known = {(each.context, str(each.id)) for each in read_po(file, locale="nl") if each.id}
    wanted = {(each.context, str(each.id)) for each in catalogues.template()}
    assert known - wanted == set()
    assert {(catalogues.DAY_WORDS, each) for each in (*PHRASES, *WORDS)} <= wanted


def test_a_card_is_told_in_it(prmvault: Prmvault, dutch: str) -> None:
    told = prmvault("-C", dutch, "--today", DAY, "show", "Ann").out
    assert "geboren\t1980-02-03 · 46 jaar, verjaardag over 2 maanden (wo 2027-02-03)\n" in told
    assert "familie\tdochter Bo (8)\n" in told
    assert "familie\tbroer Cas\n" in told
    assert "laatst\t19 dagen geleden, zo 2026-11-01 · telefoontje · people/Ann.md:12\n" in told
    assert (
        "volgende\t5 dagen te laat, zo 2026-11-15 · ritme 2 weken (people/Ann.md:5); laatste contact 2026-11-01\n"
        in told
    )


def test_its_words_are_read_in_notes(prmvault: Prmvault, dutch: str, vault_at: Any) -> None:
    card = json.loads(prmvault("-C", dutch, "--today", DAY, "show", "Ann", "--json").out)
    assert card["last_contact"]["channel"] == "call"
    assert [(each["type"], each["word"]) for each in card["related"]] == [("child", "child"), ("sibling", "broer")]
    assert prmvault("-C", dutch, "get", "Ann", "zoontje").code == 1
    assert prmvault("-C", dutch, "get", "Ann", "dochter").out == "dochter: Bo\n"
    told = prmvault("-C", dutch, "--today", DAY, "show", "Cas").out
    assert "familie\tbroer of zus Ann" in told
    assert prmvault("-C", dutch, "--today", DAY, "last", "Ann", "-c", "gebeld").out.startswith(
        "zo 2026-11-01 · telefoontje"
    )


def test_notes_are_read_again_when_its_words_change(prmvault: Prmvault, dutch: str, cache: Path) -> None:
    def channel() -> str:
        card = json.loads(prmvault("-C", dutch, "--today", DAY, "show", "Ann", "--json").out)
        return str(card["last_contact"]["channel"])

    assert channel() == "call"
    (cache / "config/prmvault/locale/nl/LC_MESSAGES/prmvault.mo").unlink()
    language_of.cache_clear()
    assert channel() == "None"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        *(
            ("vandaag", "2026-11-20"),
            ("gisteren", "2026-11-19"),
            ("Eergisteren", "2026-11-18"),
            ("overmorgen", "2026-11-22"),
        ),
        *(("3 weken geleden", "2026-10-30"), ("een week geleden", "2026-11-13"), ("over twee maanden", "2027-01-20")),
        *(("afgelopen vrijdag", "2026-11-13"), ("vorige week", "2026-11-13"), ("volgende maandag", "2026-11-23")),
        *(("30 mei", "2026-05-30"), ("30 mei 2026", "2026-05-30"), ("op vrijdag 30 oktober", "2026-10-30")),
        *(("3 mrt 2025", "2025-03-03"), ("einde maand", "2026-10-31"), ("2026-11-02", "2026-11-02")),
        # What is built in goes on to be understood.
        *(("yesterday", "2026-11-19"), ("vor 3 Tagen", "2026-11-17"), ("last friday", "2026-11-13")),
    ],
)
def test_days_are_understood_in_it(prmvault: Prmvault, dutch: str, said: str, day: str) -> None:
    done = prmvault("-C", dutch, "--today", DAY, "journal", *said.split())
    assert (done.code, done.out) == (0, f"journal/{day[:4]}/{day}.md\n")


def test_a_day_may_be_said_wherever_one_is_typed(prmvault: Prmvault, dutch: str, vault_at: Any) -> None:
    def run(*arguments: str) -> Ran:
        return prmvault("-C", dutch, "--today", DAY, *arguments)

    assert run("log", "gisteren koffie met Ann").out.startswith("journal/2026/2026-11-19.md:")
    assert "2026-11-18" in run("note", "Ann", "gebeld", "-d", "eergisteren").out
    assert run("remind", "Ann", "boek", "--on", "over drie weken").code == 0
    assert run("date", "Ann", "huwelijk", "3 mei 2010").code == 0
    assert run("set", "Cas", "birthday=14 maart 1987").code == 0
    assert run("add", "person", "Dirk", "--set", "birthday=1 augustus 1990").code == 0
    ann = (vault_at.path / "people/Ann.md").read_text(encoding="utf-8")
    assert "2026-12-11" in ann
    assert "2010-05-03" in ann
    assert "birthday: 1987-03-14" in (vault_at.path / "people/Cas.md").read_text(encoding="utf-8")
    assert "birthday: 1990-08-01" in (vault_at.path / "people/Dirk.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("said", ["volgende", "over", "drie geleden", "blauwe maandag", "40 mei", "gisteren morgen"])
def test_what_is_no_day_in_it_is_refused(prmvault: Prmvault, dutch: str, said: str) -> None:
    done = prmvault("-C", dutch, "--today", DAY, "journal", *said.split())
    assert done.code == 2
    assert "is not a day" in done.err


def test_the_digest_is_told_in_it(prmvault: Prmvault, dutch: str) -> None:
    page = prmvault("-C", dutch, "--today", DAY, "digest", "--stdout").out
    assert "Deze week" in page
    assert "22 november" in page
    assert "Bo wordt 9" in page
    assert "1 dag te laat" in page


@given(
    st.text(max_size=80),
    st.dictionaries(st.sampled_from([*PHRASES, *WORDS]), st.lists(st.text(max_size=20)).map(tuple)),
)
def test_any_words_and_any_text_give_a_text(text: str, words: dict[str, tuple[str, ...]]) -> None:
    phrases = {key: known for key, known in words.items() if key in PHRASES}
    names = {key: known for key, known in words.items() if key in WORDS}
    assert isinstance(in_english(text, DayWords(phrases, names)), str)


def test_english_and_german_days_are_left_to_those_who_know_them() -> None:
    for code in ("en", "de", "en_US", "de_AT"):
        assert language_of(code).in_english("übermorgen") == "übermorgen"
        assert language_of(code).note_words() == {}
