from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from prmvault.core.merge_values import Lost
from prmvault.core.model import Value
from prmvault.interop.card_sync import Bases, Card, card_of, is_same, is_up_to_date, merge_cards
from tests.interop.vcard_loop import draft_of

PHONES: list[Value] = ["1", {"value": "2", "label": "home"}]


def both(card: Card) -> Bases:
    return Bases(card, card)


def test_order_of_entries_groups_and_names_of_properties_do_not_count() -> None:
    one = card_of(draft_of("FN:A", "TEL:1", "TEL:2", "item1.X-FOO:x", "item1.X-ABLabel:y", "BDAY:1980-02-03"))
    other = card_of(
        draft_of("bday:19800203", "g2.X-ABLABEL:y", "g2.x-foo:x", "tel;type=voice:2", "TEL:1", "FN:A", "REV:1")
    )
    assert is_same(one, other)
    assert not is_same(one, one._replace(notes="x"))
    assert not is_same(one, one._replace(fields={**one.fields, "title": "x"}))


def test_what_only_the_folder_changed_is_taken_over() -> None:
    base = Card({"name": "A", "phones": PHONES, "birthday": "1980-02-03"})
    folder = Card({"name": "B", "phones": [PHONES[0]]}, notes="new")
    assert merge_cards(both(base), base, folder).card == Card({"name": "B", "phones": [PHONES[0]]}, notes="new")


def test_what_only_the_vault_changed_stays() -> None:
    base = Card({"name": "A", "phones": PHONES, "birthday": "1980-02-03"}, ("X-FOO:1",), "old")
    vault = Card({"name": "B", "phones": [PHONES[0]]}, ("X-FOO:2",), "")
    assert merge_cards(both(base), vault, base) == (vault, ())


def test_of_a_value_that_both_changed_the_vaults_stays_and_the_other_is_told() -> None:
    base, vault, folder = (Card({"title": text}) for text in "abc")
    merged = merge_cards(both(base), vault, folder)
    assert merged.card.fields == {"title": "b"}
    assert merged.lost == (Lost(("title",), "b", "c"),)


def test_of_names_only_the_part_that_both_changed_clashes() -> None:
    base = Card({"names": {"family": "M", "given": "A"}})
    vault = Card({"names": {"family": "N", "given": "A"}})
    folder = Card({"names": {"family": "O", "given": "A", "prefix": "Dr."}})
    merged = merge_cards(both(base), vault, folder)
    assert merged.card.fields == {"names": {"family": "N", "given": "A", "prefix": "Dr."}}
    assert merged.lost == (Lost(("names", "family"), "N", "O"),)


def test_a_change_goes_before_a_removal() -> None:
    base, changed, removed = Card({"title": "a"}), Card({"title": "b"}), Card({})
    assert merge_cards(both(base), changed, removed).card.fields == {"title": "b"}
    assert merge_cards(both(base), removed, changed).card.fields == {"title": "b"}


def test_entries_of_both_sides_are_united_and_removals_of_both_count() -> None:
    base = Card({"emails": ["a", "b", "c"]})
    merged = merge_cards(both(base), Card({"emails": ["b", "c", "d"]}), Card({"emails": ["a", "c", "e"]}))
    assert merged.card.fields == {"emails": ["c", "d", "e"]}
    assert merged.lost == ()


def test_without_bases_all_is_united_and_the_same_number_is_not_there_twice() -> None:
    vault = Card({"name": "A", "phones": ["0170 1234567"], "emails": ["a@b.example"]}, notes="ours")
    folder = Card(
        {"name": "A B", "phones": [{"value": "+49 170 1234567", "label": "mobile"}, "5"], "emails": ["A@B.example"]},
        ("X-FOO:1",),
        "theirs",
    )
    merged = merge_cards(None, vault, folder)
    assert merged.card.fields == {
        "name": "A",
        "phones": [{"value": "0170 1234567", "label": "mobile"}, "5"],
        "emails": ["a@b.example"],
    }
    assert merged.card.raw == ("X-FOO:1",)
    assert set(merged.card.notes.split("\n")) == {"ours", "theirs"}
    assert merged.lost == (Lost(("name",), "A", "A B"),)


def test_something_rare_that_is_gone_was_dropped_by_a_server_and_not_removed() -> None:
    base = Card({"name": "A", "pronouns": "she", "title": "Dr."}, ("X-FOO:1",))
    assert merge_cards(both(base), base, Card({"name": "A"})).card == Card(
        {"name": "A", "pronouns": "she"}, ("X-FOO:1",)
    )
    assert is_up_to_date(both(base), base, Card({"name": "A", "title": "Dr."}))
    assert not is_up_to_date(both(base), base._replace(fields={**base.fields, "pronouns": "x"}), Card({"name": "A"}))


def test_how_a_name_sounds_is_dropped_by_a_server_and_the_parts_of_n_are_not() -> None:
    lines = "FN:A", "N:B;A;;Dr.;", "X-PHONETIC-FIRST-NAME:Aa", "X-MAIDENNAME:C"
    base = card_of(draft_of(*lines))
    folder = card_of(draft_of("FN:A", "N:B;A;;;", "X-MAIDENNAME:D"))
    assert merge_cards(both(base), base, folder).card == Card(
        {"name": "A", "names": {"family": "B", "given": "A"}, "names.phonetic_given": "Aa", "names.maiden": "D"}
    )
    assert is_up_to_date(both(base), base, card_of(draft_of(*lines[:2])))


ONCE: dict[str, Value] = {"label": "met", "date": "2026-06-15", "repeat": "none"}


@pytest.mark.parametrize(
    ("folder", "merged"),
    [
        ([{"label": "met", "date": "2026-06-15"}], [ONCE]),
        ([{"date": "2026-06-16", "label": "met"}], [{"label": "met", "date": "2026-06-16", "repeat": "none"}]),
        ([{"label": "seen", "date": "2026-06-15"}], [{"label": "seen", "date": "2026-06-15", "repeat": "none"}]),
        ([{"label": "met", "date": "2026-06-15", "repeat": "yearly"}], [{**ONCE, "repeat": "yearly"}]),
        ([{"label": "met", "date": "2025-01-01"}, {"label": "wedding", "date": "2016-08-20"}], None),
        ([], None),
    ],
)
def test_a_day_that_comes_once_does_so_after_a_phone_that_has_no_word_for_it(
    folder: list[Value], merged: list[Value] | None
) -> None:
    other: Value = {"label": "met", "date": "2025-01-01"}
    base = Card({"name": "A", "dates": [ONCE, other]})
    theirs = Card({"name": "A", "dates": [*folder, other] if merged else folder})
    settled = merge_cards(both(base), base, theirs).card.fields.get("dates", [])
    assert is_same(Card({"dates": settled}), Card({"dates": [*merged, other] if merged else folder}))
    assert is_up_to_date(both(base), base, theirs) == (merged == [ONCE])


def test_a_day_that_the_vault_has_come_to_know_as_once_is_told_to_the_folder() -> None:
    base = Card({"dates": [{"label": "met", "date": "2026-06-15"}]})
    vault = Card({"dates": [ONCE]})
    assert merge_cards(both(base), vault, base).card == vault
    assert not is_up_to_date(both(base), vault, base)
    assert merge_cards(None, vault, base).card == vault
    assert merge_cards(both(vault), base, vault).card == base


def test_a_raw_line_that_says_something_else_now_takes_the_place_of_the_old_one() -> None:
    base = Card({}, ("X-FOO:1", "X-BAR:1"))
    assert set(merge_cards(both(base), base, Card({}, ("X-FOO:2", "X-BAR:1"))).card.raw) == {"X-FOO:2", "X-BAR:1"}


def test_raw_groups_of_two_sides_are_not_mixed() -> None:
    ours, theirs = ("item1.X-FOO:1", "item1.X-ABLabel:a"), ("item1.X-BAR:2", "item1.X-ABLabel:b")
    merged = merge_cards(None, Card({}, ours), Card({}, theirs))
    assert len({line.partition(".")[0] for line in merged.card.raw}) == 2
    assert len(merged.card.raw) == 4


_TEXTS = st.sampled_from("abcd")
_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "title": _TEXTS,
        "birthday": st.sampled_from(["1980-01-01", "--02-29"]),
        "emails": st.lists(_TEXTS, min_size=1, unique=True),
        "phones": st.lists(st.builds(lambda text, label: {"value": text, "label": label}, _TEXTS, _TEXTS), min_size=1),
        "names": st.dictionaries(st.sampled_from(["family", "given"]), _TEXTS, min_size=1),
    },
)
_CARDS = st.builds(
    lambda fields, raw, notes: Card(fields, tuple(raw), "\n".join(notes)),
    _FIELDS,
    st.lists(st.sampled_from(["X-FOO:1", "X-FOO:2", "X-BAR:1"]), unique=True),
    st.lists(_TEXTS, unique=True),
)


@given(_CARDS, _CARDS, _CARDS)
def test_a_second_merge_of_what_was_merged_changes_nothing(base: Card, vault: Card, folder: Card) -> None:
    merged = merge_cards(both(base), vault, folder).card
    again = merge_cards(both(merged), merged, merged)
    assert again == (merged, ())
    # A sync that was killed after the note, or after both were written, finds its old bases.
    assert is_same(merge_cards(both(base), merged, merged).card, merged)


@given(_CARDS, _CARDS)
def test_a_side_that_has_not_changed_never_wins(base: Card, changed: Card) -> None:
    assert is_same(merge_cards(both(base), changed, base).card, changed)
    merged = merge_cards(both(base), base, changed)
    assert merged.lost == ()


@given(_CARDS, _CARDS)
def test_without_bases_each_text_of_either_side_is_there_or_told(vault: Card, folder: Card) -> None:
    merged = merge_cards(None, vault, folder)
    said = str((merged.card, merged.lost))
    for card in (vault, folder):
        for key in ("title", "birthday"):
            assert str(card.fields.get(key, "")) in said
        emails = merged.card.fields.get("emails", [])
        assert set(card.fields.get("emails", [])) <= set(emails)
        assert set(card.notes.split("\n")) <= {*merged.card.notes.split("\n"), ""}
        assert set(card.raw) <= set(merged.card.raw)
