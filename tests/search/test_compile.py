"""What a search finds and what it does not, and in which order."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prmvault.app.search import search
from prmvault.app.vault import Vault
from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from tests.conftest import found_paths

FILES = {
    "people/Müller Jörg.md": "---\ntags: [Familie/Eltern]\naliases: [Jogi]\norg: '[[Acme Werke]]'\nt_shirt: XL\nbirthday: 1960-03-14\n"
    "emails: [jm@acme-werke.example]\nphones: ['+49 171 3920021']\nurls: ['https://acme.example/team']\n---\nWohnt in der Langen Straße.\n",
    "people/Oma Gerda.md": "---\nname: Gerda Weiß\naliases: [Oma]\ntags: [Familie]\n---\n- wünscht sich eine Gartenbank\n",
    "people/李小龍.md": "---\naliases: [Bruce Lee]\n---\n功夫\n",
    "people/Ann-Kathrin Groß.md": "#sport/klettern\n",
    "organizations/Acme Werke.md": "---\nurls: [https://acme.example]\n---\nWerkzeuge.\n",
    "journal/2026/2026-01-05.md": "- call [[Oma Gerda]]: garden bench, she loves gardening\n",
    "journal/2026/2026-02-28.md": "- besucht: [[Oma]] und [[Müller Jörg]]\nSchon wieder schön.\n",
    "journal/2026/2026-03-01.md": "bench in the garden, [[Gerda Weiß]] war da\n",
    "journal/2025/2025-12-24.md": "Weihnachten mit allen, garden\n",
    "notes/schon.md": "Es ist schon spät.\n",
    "notes/schoen.md": "Es ist schön hier.\n",
    "notes/zahlen.md": "Die Zahlen stimmen.\n",
    "notes/zaehlen.md": "Schafe zählen.\n",
    "notes/broken.md": "---\nname: [unclosed\n---\nKaputtes Fundstück\n",
    "notes/latin.md": "Übermut tut selten gut\n".encode("latin-1"),
    "templates/person.md": "Fundstück\n",
    "digest/2026-W01.md": "Fundstück\n",
}


@pytest.fixture(scope="module")
def vault(make_vault: Callable[..., Vault]) -> Vault:
    return make_vault(FILES, "ignore: ['*.draft.md']\n")


def stems(vault: Vault, query: str, **options: Any) -> list[str]:
    return [path.rsplit("/", 1)[-1].removesuffix(".md") for path in found_paths(vault, query, **options)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # folding
        ("strasse", {"Müller Jörg"}),
        ("STRASSE", {"Müller Jörg"}),
        ("straße", {"Müller Jörg"}),
        ("muller", {"Müller Jörg", "2026-02-28"}),
        ("mueller", {"Müller Jörg", "2026-02-28"}),
        ("Müller", {"Müller Jörg", "2026-02-28"}),
        ("gross", {"Ann-Kathrin Groß"}),
        ("ubermut", {"latin"}),
        ("李小龍", {"李小龍"}),
        ("bruce", {"李小龍"}),
        # words, phrases, hyphens
        ("garden bench", {"2026-01-05", "2026-03-01"}),
        ('"garden bench"', {"2026-01-05"}),
        ('"bench garden"', set()),
        ('"bench in the garden"', {"2026-03-01"}),
        ("Ann-Kathrin", {"Ann-Kathrin Groß"}),
        ("Kathrin-Ann", set()),
        # what people paste
        ("jm@acme-werke.example", {"Müller Jörg"}),
        ("+49 171 3920021", {"Müller Jörg"}),
        ("3920021", {"Müller Jörg"}),
        ("https://acme.example", {"Müller Jörg", "Acme Werke"}),
        # beginnings and near spellings
        ("gart*", {"Oma Gerda"}),
        ("Gärt*", {"Oma Gerda"}),
        ("gardn~", {"2026-01-05", "2026-03-01", "2025-12-24"}),
        ("Weihnachtn~", {"2025-12-24"}),
        ("zzzzz*", set()),
        ("zzzzz~", set()),
        # tags
        ("tag:familie", {"Müller Jörg", "Oma Gerda"}),
        ("tag:Familie/Eltern", {"Müller Jörg"}),
        ("tag:#familie", {"Müller Jörg", "Oma Gerda"}),
        ("tag:fam*", {"Müller Jörg", "Oma Gerda"}),
        ("tag:eltern", set()),
        ("tag:sport", {"Ann-Kathrin Groß"}),
        ("tag:sport/klettern", {"Ann-Kathrin Groß"}),
        # people, by any of their names
        ("person:Oma", {"Oma Gerda", "2026-01-05", "2026-02-28", "2026-03-01"}),
        ('person:"Gerda Weiss"', {"Oma Gerda", "2026-01-05", "2026-02-28", "2026-03-01"}),
        ("person:Jogi", {"Müller Jörg", "2026-02-28"}),
        ("person:mueller", {"Müller Jörg", "2026-02-28"}),
        # types, dates, fields
        ("type:journal garden", {"2026-01-05", "2026-03-01", "2025-12-24"}),
        ("type:organization", {"Acme Werke"}),
        ("date:2026 garden", {"2026-01-05", "2026-03-01"}),
        ("date:2026-02-28..2026-03-01", {"2026-02-28", "2026-03-01"}),
        ("date:..2025", {"2025-12-24"}),
        ("date:2026-03..", {"2026-03-01"}),
        ("date:2027..2020", set()),
        ("t_shirt:xl", {"Müller Jörg"}),
        ("org:acme", {"Müller Jörg"}),
        ('org:"Acme Werke"', {"Müller Jörg"}),
        ("birthday:1960-03-14", {"Müller Jörg"}),
        ("nosuchkey:x", set()),
        # and, or, not
        ("garden NOT bench", {"2025-12-24"}),
        ("garden -bench", {"2025-12-24"}),
        ("bench OR weihnachten", {"2026-01-05", "2026-03-01", "2025-12-24"}),
        ("(bench OR weihnachten) date:2026", {"2026-01-05", "2026-03-01"}),
        ("type:journal -garden", {"2026-02-28"}),
        ("type:journal -zzzzz*", {"2026-01-05", "2026-02-28", "2026-03-01", "2025-12-24"}),
        ("type:journal -(garden OR besucht)", set()),
        ("type:journal NOT (NOT garden)", {"2026-01-05", "2026-03-01", "2025-12-24"}),
        ("type:journal -tag:x -person:Nobody -date:2026", {"2025-12-24"}),
        # what cannot be read as meant is found as text; what is no note is not
        ("Fundstück", {"broken"}),
        ("unclosed", {"broken"}),
        ("!?garden!!", {"2026-01-05", "2026-03-01", "2025-12-24"}),
    ],
)
def test_a_query_finds_exactly(vault: Vault, query: str, expected: set[str]) -> None:
    assert set(stems(vault, query)) == expected
    assert set(stems(vault, unicodedata.normalize("NFD", query))) == expected


@pytest.mark.parametrize("query", ["NOT garden", "-garden", "-zzzzz*", "-date:2026", "NOT tag:x", "-garden OR -bench"])
def test_a_negation_alone_finds_everything_else(vault: Vault, query: str) -> None:
    everything = {note.path for note in vault.facts.notes()}
    found = set(found_paths(vault, query))
    without = {"NOT garden": "garden", "-garden": "garden", "-date:2026": "date:2026"}.get(query)
    if query == "-garden OR -bench":
        assert found == everything - set(found_paths(vault, "garden bench"))
    else:
        assert found == everything - (set(found_paths(vault, without)) if without else set())


@pytest.mark.parametrize(
    ("query", "first"),
    [("schön", {"schoen", "2026-02-28"}), ("schon", {"schon", "2026-02-28"}), ("zahlen", {"zahlen"}), ("zählen", {"zaehlen"}),
     ("Scho\u0308n", {"schoen", "2026-02-28"})],
)  # fmt: skip
def test_the_exact_spelling_comes_first(vault: Vault, query: str, first: set[str]) -> None:
    assert set(stems(vault, query)[: len(first)]) == first


def test_a_name_counts_more_than_many_mentions(make_vault: Callable[..., Vault]) -> None:
    vault = make_vault({"notes/a.md": "Zoe Zoe Zoe\n", "notes/b.md": "Zoe, Zoe\n", "people/Zoe.md": "likes tea " * 20})
    assert found_paths(vault, "zoe")[0] == "people/Zoe.md"


def test_a_name_counts_more_than_a_mention(vault: Vault) -> None:
    assert stems(vault, "Gerda")[0] == "Oma Gerda"
    assert stems(vault, "acme")[0] == "Acme Werke"


def test_most_cuts_and_total_tells_how_many_there_are(vault: Vault) -> None:
    answer = search(vault, "garden", most=1)
    assert len(answer.found) == 1
    assert answer.total == 3


def test_the_newest_come_first_where_asked(vault: Vault) -> None:
    assert stems(vault, "garden", by_date=True) == ["2026-03-01", "2026-01-05", "2025-12-24"]
    assert stems(vault, "garden", by_date=True, most=1) == ["2026-03-01"]


def test_a_type_narrows(vault: Vault) -> None:
    assert set(stems(vault, "familie OR garden", note_type="journal")) == {"2026-01-05", "2026-03-01", "2025-12-24"}


# query → word in the note; the text is the word alone
PAIRS = [
    ("Haus", "Häuser"), ("Häuser", "Haus"), ("Kind", "Kinder"), ("Kinder", "Kind"), ("Kindern", "Kinder"),
    ("Geburtstag", "Geburtstage"), ("Geburtstage", "Geburtstags"), ("Bank", "Bänke"), ("Bänken", "Bank"),
    ("Garten", "Gärten"), ("Wunsch", "Wünsche"), ("Wünsche", "Wunsch"), ("Freund", "Freunde"), ("Freundin", "Freundinnen"),
    ("Buch", "Bücher"), ("Bücher", "Buch"), ("Enkel", "Enkeln"), ("Tochter", "Töchter"), ("Mutter", "Mütter"),
    ("Straße", "Straßen"), ("Schwester", "Schwestern"), ("besuchen", "besucht"), ("Besuch", "Besuche"),
    ("telefonieren", "telefoniert"), ("schenken", "geschenkt"), ("lieben", "liebt"), ("gut", "gutes"), ("alt", "alten"),
    ("wish", "wishes"), ("wishes", "wish"), ("garden", "gardening"), ("gardening", "gardens"), ("run", "running"),
    ("running", "runs"), ("child", "children"), ("birthday", "birthdays"), ("party", "parties"), ("parties", "party"),
    ("happy", "happily"), ("baby", "babies"), ("gift", "gifts"), ("friend", "friends"), ("visit", "visited"),
    ("call", "calling"), ("move", "moving"), ("study", "studies"), ("box", "boxes"), ("love", "loved"),
]  # fmt: skip
FLOOR = 0.85


def test_other_forms_of_a_word_are_found(make_vault: Callable[..., Vault]) -> None:
    vault = make_vault({f"notes/{number}.md": f"{word}\n" for number, (_, word) in enumerate(PAIRS)})
    found = [f"notes/{number}.md" in found_paths(vault, query) for number, (query, _) in enumerate(PAIRS)]
    missed = [pair for pair, is_found in zip(PAIRS, found, strict=True) if not is_found]
    assert sum(found) / len(PAIRS) >= FLOOR, missed


def test_only_the_languages_of_the_settings_are_stemmed(make_vault: Callable[..., Vault]) -> None:
    vault = make_vault({"a.md": "Kinder\n", "b.md": "gardening\n"}, "languages: [en]\n")
    assert found_paths(vault, "garden") == ["b.md"]
    assert found_paths(vault, "kind") == []


def test_a_short_beginning_of_many_words_is_answered_by_the_most_common(make_vault: Callable[..., Vault]) -> None:
    words = [f"a{first}{second}{third}" for first in "bcdfg" for second in "bcdfg" for third in "bcdfghjk"]
    vault = make_vault({"common.md": "aaa\n", "too.md": "aaa\n", "rare.md": " ".join(words)})
    assert set(found_paths(vault, "a*")) == {"common.md", "too.md", "rare.md"}


QUERY_PARTS = ["garden", "Oma", "*", "~", '"', "(", ")", "-", "OR", "NOT", ":", "tag:", "person:", "date:", "type:", "2026", "..",
               "a*", "ü~", "\u0308", "\u200b", "\0", "\x1b[31m", "李", "/", "\\", "=", "t_shirt:", "'", "person:*", "tag:*", "x:*"]  # fmt: skip


@settings(deadline=None, max_examples=150)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(QUERY_PARTS), max_size=8).map(" ".join),
                 st.lists(st.sampled_from(QUERY_PARTS), max_size=8).map("".join)))  # fmt: skip
@example("a~")
@example("tag:/")
@example("person:[[")
@example("date:٢٠٢٦")
@example("type:*")
@example("ﷺ*")
def test_any_query_is_answered_or_told(vault: Vault, query: str) -> None:
    try:
        answer = search(vault, query, most=5)
    except PrmvaultError as error:
        assert error.exit_code == EXIT_USAGE  # noqa: PT017 - it may, but need not, be raised
        return
    for found in answer.found:
        assert all(0 <= start < end <= len(found.snippet.text) for start, end in found.snippet.marks)
