"""Which note a link may mean that means none."""

from __future__ import annotations

from prmvault.core.likely import Likely, likely_meant
from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, RANK_EMAIL, RANK_NAME, RANK_PATH, Name

NAMES = {
    "people/Nadja Becker-Klein": ["Nadi"],
    "people/Ann Berg": ["Annie"],
    "people/Ann Burg": [],
    "people/Tom": [],
    "trips/Bretagne 2026": [],
    "journal/2026/2026-11-20": [],
    "organizations/Brightwater Books": [],
}
ROWS = [
    Name(name_key(text), rank, f"{bare}.md", text)
    for bare, aliases in NAMES.items()
    for rank, texts in ((RANK_PATH, [bare]), (RANK_NAME, [bare.rpartition("/")[2]]), (RANK_ALIAS, aliases))
    for text in texts
]


def meant(target: str) -> list[str]:
    found = likely_meant([target], ROWS).get(target, Likely((), is_moved=False))
    return [path.removesuffix(".md").rpartition("/")[2] for path in found.paths]


def test_a_note_in_another_folder_was_moved() -> None:
    assert likely_meant(["friends/Tom"], ROWS) == {"friends/Tom": Likely(("people/Tom.md",), is_moved=True)}


def test_a_name_with_one_more_word_may_be_the_new_one() -> None:
    assert meant("Nadja Becker") == meant("Nadja") == ["Nadja Becker-Klein"]


def test_a_name_with_words_that_the_note_lacks_may_be_the_old_one() -> None:
    assert meant("Brightwater Books Ltd") == ["Brightwater Books"]
    assert meant("Tom Huber") == []


def test_a_slip_of_the_pen_is_understood_in_names_and_aliases() -> None:
    assert meant("Brightwatr Books") == ["Brightwater Books"]
    assert meant("Anniee") == ["Ann Berg"]
    assert meant("Ann Borg") == ["Ann Berg", "Ann Burg"]


def test_numbers_are_no_slips() -> None:
    assert meant("Bretagne 2027") == meant("2026-11-21") == []


def test_other_names_than_those_of_links_do_not_count() -> None:
    assert likely_meant(["ann@x.org"], [Name("ann@x.org", RANK_EMAIL, "people/Ann.md", "ann@x.org")]) == {}


def test_more_than_two_are_no_hint() -> None:
    rows = [
        Name(f"ann {word}", RANK_NAME, f"people/Ann {word}.md", f"Ann {word}") for word in ("berg", "huber", "roth")
    ]
    assert likely_meant(["Ann"], rows) == {}


def test_many_names_with_the_same_word_are_not_all_looked_at() -> None:
    rows = [Name(f"ann {number:05}x", RANK_NAME, f"{number}.md", "") for number in range(20_000)]
    assert likely_meant([f"Ann {number}" for number in range(20_000)], rows) == {}
