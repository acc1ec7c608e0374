from __future__ import annotations

from functools import partial
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from prmvault.core.fences import split_note
from prmvault.core.merge_values import Lost
from prmvault.core.notes_section import notes_of, replaced_notes
from prmvault.interop.card_edit import front_of, with_card
from prmvault.interop.card_sync import Card, card_of, is_same
from prmvault.interop.vcard_read import read_all
from prmvault.interop.vcard_write import write_card

WITH_NOTES = partial(replaced_notes, heading="Notes", log_headings=("log",))


def told(text: str) -> Card:
    """Return what a note's card says."""
    fields = {"name": "Anna Müller", "uid": "u", **front_of(text)}
    return card_of(read_all(write_card(fields, notes_of(split_note(text).body)).encode(), "a").drafts[0])


def changed(text: str, notes: str | None = None, lost: tuple[Lost, ...] = (), **fields: Any) -> str:
    """Return the note after its card has come to say this."""
    before = told(text)
    after = {key: value for key, value in {**before.fields, **fields}.items() if value}
    return with_card(text, before, Card(after, before.raw, before.notes if notes is None else notes), lost, WITH_NOTES)


def note(*lines: str) -> str:
    return "".join([f"{line}\n" for line in ("---", *lines, "---", "Text", "")])


@pytest.mark.parametrize(
    ("before", "fields", "after"),
    [
        (["phones: 1  # mine"], {"phones": ["2"]}, ["phones: 2  # mine"]),
        (["phones: {work: '1', home: '2'}"], {"phones": [{"value": "1", "label": "work"}]}, None),
        (["emails:", "  - a@b.c # x", "  - d@e.f"], {"emails": ["a@b.c"]}, ["emails:", "  - a@b.c # x"]),
        (["tags: [x, y]"], {"tags": ["y", "z"]}, None),
        (["tag: x"], {"tags": ["x", "y"]}, None),
        (["alias: Ann"], {"aliases": ["Anni"]}, ["alias: Anni"]),
        (["org: '[[ACME]]'", "cadence: 2 weeks"], {"org": "Other"}, ["org: 'Other'", "cadence: 2 weeks"]),
        (["birthday: 1980-01-01"], {"birthday": None}, []),
        (
            ["social: ['mastodon:@a@b.c', {xmpp: d}]"],
            {"social": [{"service": "mastodon", "user": "@a@b.c"}, {"service": "xmpp", "user": "e"}]},
            ["social: ['mastodon:@a@b.c', {xmpp: e}]"],
        ),
        (
            ["addresses:", "  - street: Weg 1", "    label: home", "    since: '2020'"],
            {"addresses": [{"label": "home", "street": "Weg 2"}]},
            ["addresses:", "  - street: Weg 2", "    label: home", "    since: '2020'"],
        ),
        (
            ["related:", '  - spouse: "[[Ben]]"', '  - child: "[[Eva]] [[Tom]]"'],
            {"related": [{"type": "spouse", "person": "Ben"}, {"type": "child", "person": "Eva"}]},
            None,
        ),
    ],
)
def test_only_what_differs_is_touched_in_the_notes_own_form(
    before: list[str], fields: dict[str, Any], after: list[str] | None
) -> None:
    text = changed(note(*before), **fields)
    if after is not None:
        assert text == note(*after) if after else split_note(text).body == "Text\n\n"
    expected = {key: value for key, value in {**told(note(*before)).fields, **fields}.items() if value}
    assert is_same(told(text), Card(expected))


def test_a_link_to_somebody_else_stays_a_link() -> None:
    text = note("related:", '  - spouse: "[[Ben]]"', '  - friend: "[[Eva]]"')
    both = [{"type": "spouse", "person": "Ben"}, {"type": "friend", "person": "Eva"}]
    assert '"[[Ben]]"' in changed(text, related=[both[0]])
    assert '"[[Ben]]"' in changed(text, related=[*both, {"type": "child", "person": "Tom"}])


@pytest.mark.parametrize(
    ("before", "fields", "after"),
    [
        (
            "names: {given: Ann, family: Lee, phonetic: li}  # said",
            {"names": {"given": "Anna", "family": "Lee", "prefix": "Dr."}},
            "names: {given: Anna, family: Lee, phonetic: li, prefix: Dr.}  # said",
        ),
        (
            "names: {given: Ann, family: Lee, maiden: Huber}",
            {"names.maiden": "Hube", "names.phonetic_given": "En"},
            "names: {given: Ann, family: Lee, maiden: Hube, phonetic_given: En}",
        ),
        ("names: {given: Ann, family: Lee, maiden: Huber}", {"names.maiden": None}, "names: {given: Ann, family: Lee}"),
        (
            "names: {maiden: Huber}",
            {"names": {"given": "A.", "family": "Lee"}},
            "names: {maiden: Huber, family: Lee, given: A.}",
        ),
        ("x: y", {"names.maiden": "Huber"}, "x: y\nnames: {maiden: Huber}"),
        ("names: of Ulm", {"names.maiden": "Huber"}, "names: {note: of Ulm, maiden: Huber}"),
    ],
)
def test_of_names_only_the_parts_that_differ_are_touched(before: str, fields: dict[str, Any], after: str) -> None:
    assert changed(note(before), **fields) == note(after)


def test_what_lost_is_kept_only_once() -> None:
    lost = (Lost(("names", "family"), "A", "B"),)
    text = changed(note("x: y"), lost=lost)
    assert front_of(text)["merge_conflicts"] == [{"key": "names.family", "value": "B"}]
    assert changed(text, lost=lost) == text


def test_a_raw_group_that_comes_gets_a_number_that_is_free() -> None:
    text = note("vcard: ['item1.X-FOO:1', 'item1.X-ABLabel:a']")
    before = told(text)
    after = before._replace(raw=("item1.X-FOO:1", "item1.X-ABLabel:a", "item9.X-BAR:2", "item9.X-ABLabel:b"))
    new = with_card(text, before, after, (), WITH_NOTES)
    assert front_of(new)["vcard"] == ["item1.X-FOO:1", "item1.X-ABLabel:a", "item2.X-BAR:2", "item2.X-ABLabel:b"]
    assert is_same(told(new), after)


def test_notes_take_the_place_of_the_old_ones_and_the_log_below_stays() -> None:
    text = note("x: y") + "## Notes\n\nold\n### more\n\n## Log\n\n- 2026-01-01 call\n"
    new = changed(text, notes="new\n### more\n# no heading")
    assert new == note("x: y") + "## Notes\n\nnew\n### more\n\\# no heading\n\n## Log\n\n- 2026-01-01 call\n"


_WORDS = st.sampled_from(["one", "two", "three", "0170 1", "no", "a: b"])
_LABELS = st.sampled_from(["home", "work", "mobile", "Büro"])
_CONTACT = _WORDS | st.builds(lambda value, label: {"value": value, "label": label}, _WORDS, _LABELS)
_CARD_FIELDS = st.fixed_dictionaries(
    {"name": st.just("Anna Müller")},
    optional={
        "phones": st.lists(_CONTACT, min_size=1, max_size=4),
        "emails": st.lists(_CONTACT, min_size=1, max_size=3),
        "aliases": st.lists(_WORDS, min_size=1, unique=True),
        "tags": st.lists(st.sampled_from(["x", "y", "z"]), min_size=1, unique=True),
        "title": _WORDS,
        "names": st.fixed_dictionaries(
            {},
            optional=dict.fromkeys(
                ("family", "given", "suffix", "phonetic_given", "phonetic_family", "maiden"), _WORDS
            ),
        ),
        "dates": st.lists(
            st.sampled_from([{"label": "x", "date": "2026-01-02"}, {"date": "--02-29", "repeat": "none"}]), min_size=1
        ),
        "birthday": st.sampled_from(["1980-02-03", "--02-29", "~1980"]),
        "related": st.lists(st.builds(lambda who: {"type": "spouse", "person": who}, _WORDS), min_size=1, max_size=2),
        "vcard": st.lists(st.sampled_from(["X-FOO:1", "X-FOO:2", "X-BAR:1"]), min_size=1, unique=True),
    },
)
_NOTES = st.lists(st.sampled_from(["one", "# two", "```", "- three", "\\# four"]), max_size=4).map("\n".join)


@given(_CARD_FIELDS, _NOTES, _CARD_FIELDS, _NOTES)
def test_whatever_a_card_comes_to_say_its_note_says_it_afterwards(
    fields: dict[str, Any], notes: str, wanted: dict[str, Any], new_notes: str
) -> None:
    [start], [goal] = (
        read_all(write_card({**each, "uid": "u"}, text).encode(), "a").drafts
        for each, text in ((fields, notes), (wanted, new_notes))
    )
    empty = "---\nuid: u\n---\n"
    text = with_card(empty, told(empty), card_of(start), (), WITH_NOTES)
    assert is_same(told(text), card_of(start))
    text = with_card(text, told(text), card_of(goal), (), WITH_NOTES)
    assert is_same(told(text), card_of(goal))
