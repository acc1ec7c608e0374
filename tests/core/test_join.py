"""Two notes joined: nothing of either is lost, what is untouched stays byte for byte, and doing it twice is once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.join import SELF, Joining, Stated, join_notes, people_in
from prmvault.core.join_body import join_bodies
from prmvault.core.model import texts_in
from prmvault.core.names import name_key
from prmvault.core.relations import relation_of, relation_words
from prmvault.core.schema import note_types

WORDS = relation_words()


def person_of(name: str) -> str:
    return SELF if name_key(name) in ("ann", "bea") else name_key(name)


JOINING = Joining(
    note_types()["person"].fields,
    ("Bea",),
    ("Ann",),
    ("name",),
    person_of,
    lambda word: relation_of(word, WORDS).type,
    ("log",),
)


def values(front: str) -> dict[str, Any]:
    text = f"---\n{front}---\n"
    read = parse_front_matter("", text, split_note(text))
    assert read.readable
    return read.values


def joined(ours: str, theirs: str) -> str:
    """Return the front matter of two notes that are joined; their names are aliases already."""
    text = join_notes(f"---\naliases: [Bea]\n{ours}---\n", f"---\n{theirs}---\n", JOINING)
    assert text.startswith("---\naliases: [Bea]\n")
    assert join_notes(text, f"---\n{theirs}---\n", JOINING) == text
    return text.removeprefix("---\naliases: [Bea]\n").removesuffix("---\n")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        # What only the other has is taken over, what both have stays as it is written.
        ("", "gender: F\n", "gender: F\n"),
        ("gender: 'F'  # sure\n", "gender: F\n", "gender: 'F'  # sure\n"),
        ("gender:\n", "gender: F\n", "gender: F\n"),
        ("own: 1\n", "own: 1\n", "own: 1\n"),
        # A clash is kept.
        ("gender: F\n", "gender: M\n", "gender: F\nmerge_conflicts:\n  - {key: gender, value: M}\n"),
        ("own: 1\n", "own: 2\n", 'own: 1\nmerge_conflicts:\n  - {key: own, value: "2"}\n'),
        ("org: [Acme, Lab]\n", "org: Other\n", "org: [Acme, Lab]\nmerge_conflicts:\n  - {key: org, value: Other}\n"),
        ("merge_conflicts: [{key: a, value: b}]\n", "merge_conflicts: [{key: a, value: b}, {key: a, value: c}]\n", "merge_conflicts: [{key: a, value: b}, {key: a, value: c}]\n"),
        # A date that says more is no clash.
        ("birthday: --03-14\n", "birthday: 1987-03-14\n", "birthday: 1987-03-14\n"),
        ("birthday: 1987-03-14\n", "birthday: 1987\n", "birthday: 1987-03-14\n"),
        ("birthday: 1987\n", "birthday: 1987-03\n", "birthday: 1987-03\n"),
        ("birthday: 1987-03-14\n", "birthday: --03-15\n", 'birthday: 1987-03-14\nmerge_conflicts:\n  - {key: birthday, value: "--03-15"}\n'),
        # The earlier created; uids; updated is nobody's.
        ("created: 2020-01-02\n", "created: 2019-01-02\n", "created: 2019-01-02\n"),
        ("created: 2019-01-02\n", "created: 2020-01-02\n", "created: 2019-01-02\n"),
        ("uid: a\n", "uid: b\nupdated: 2020-01-01\n", "uid: a\nformer_uids:\n  - b\n"),
        ("", "uid: b\nformer_uids: c\n", "uid: b\nformer_uids:\n  - c\n"),
        # Contacts are what they reach.
        ("emails: a@x.org\n", "emails: [A@X.org, b@x.org]\n", "emails:\n  - a@x.org\n  - b@x.org\n"),
        ("phones: [0171 3920021]\n", "phones: +49 171 3920021\n", "phones: [0171 3920021]\n"),
        ("phones: [0171 3920021]\n", "phones: {value: 01713920021, label: work}\n", "phones: [{value: 0171 3920021, label: work}]\n"),
        ("phones: {home: 030 11111, work: 030 22222}\n", "phones: [{cell: 0171 3333333}, 030 22222]\n", "phones: {home: 030 11111, work: 030 22222, cell: 0171 3333333}\n"),
        ("phones: {home: 030 11111, work: 030 22222}\n", "phones: {home: 030 33333, x: 030 11111}\n", "phones:\n  - {home: 030 11111}\n  - {work: 030 22222}\n  - {home: 030 33333}\nmerge_conflicts: [{key: phones, value: {x: 030 11111}}]\n"),
        ("addresses: {street: Am Weg 3, locality: Ulm}\n", "addresses: {locality: ulm, street: am weg 3, label: home}\n", "addresses: {street: Am Weg 3, locality: Ulm, label: home}\n"),
        ('addresses: [{street: "1 Campus Way, Building 4"}]\n', 'addresses: [{street: "1 Campus Way\\nBuilding 4", label: work}]\n', 'addresses: [{street: "1 Campus Way, Building 4", label: work}]\n'),
        # Lists are sets.
        ("tags: family, choir\n", "tag: [Choir, work]\n", "tags:\n  - family, choir\n  - work\n"),
        ("tag: a\n", "tags: a b\n", "tag: a\ntags:\n  - b\n"),
        ("likes: [tea]\n", "likes: [Tea, {cake: plum}]\n", "likes: [tea, {cake: plum}]\n"),
        ("gifts: [tea]\n", "gifts: [tea, {what: tea, status: given}]\n", "gifts: [tea, {what: tea, status: given}]\n"),
        ("debts: [{amount: 20 EUR, for: x}]\n", "debts: {amount: €20, by: them, for: x}\n", "debts: [{amount: 20 EUR, for: x}]\n"),
        ("dates: {wedding: 2016-08-20}\n", "dates: {wedding: 2016-08-20, met: 2014-01-01}\n", "dates:\n  - {wedding: 2016-08-20}\n  - {met: 2014-01-01}\n"),
        ("x: [1]\n", "x: 2\n", "x: [1, 2]\n"),
        # What is not understood is kept, too.
        ("emails: a@x.org\n", "emails: [{a: b, c: [d]}]\n", "emails:\n  - a@x.org\n  - a: b\n    c: [d]\n"),
        # Maps go key by key.
        ("names: {given: Ann}\n", "names: {given: Anna, family: Lee}\n", "names: {given: Ann, family: Lee}\nmerge_conflicts:\n  - {key: names.given, value: Anna}\n"),
        ("met: at school\n", "met: {where: Ulm}\n", "met: {note: at school, where: Ulm}\n"),
        # Relations are who is what to one; nobody is related to oneself.
        ('related:\n  - spouse: "[[Max]]"\n', 'related: {husband: "[[Max|M]]", friend: ["[[Ann]]", Eva]}\n', 'related:\n  - spouse: "[[Max]]"\n  - friend: Eva\n'),
        ('related: {friend: "[[Bea]]", mother: "[[Eva]]"}\n', "", 'related: {mother: "[[Eva]]"}\n'),
        ('related: "[[Bea]]"\n', "related: Eva\n", "related:\n  - {contact: Eva}\n"),
        ("related: [{type: friend, person: Bea, since: 2019}]\n", "", ""),
        ("", "related: [{type: friend, person: Eva, since: 2019}]\n", 'related:\n  - {type: friend, person: Eva, since: "2019"}\n'),
        ('not_same_as: ["[[Bea]]", "[[Eva]]"]\n', 'not_same_as: "[[Ann]]"\n', 'not_same_as: ["[[Eva]]"]\n'),
    ],
)  # fmt: skip
def test_what_the_other_note_says_is_united_with_what_the_first_says(ours: str, theirs: str, expected: str) -> None:
    assert values(joined(ours, theirs)) == values(expected)


def test_names_of_the_other_note_become_aliases_once() -> None:
    text = join_notes(
        "---\nname: Ann\nalias: Bee\n---\n", "---\nname: Bea\naliases: [ann, bee, Beate, '']\n---\n", JOINING
    )
    assert values(text.split("---\n")[1]) == {"name": "Ann", "alias": "Bee", "aliases": ["Bea", "Beate"]}


def test_what_is_not_joined_stays_byte_for_byte() -> None:
    ours = "\ufeff---\r\n# top\r\ngender:   'F' # sure\r\naliases: [  Bea ]\r\n\r\nemails:\r\n- a@x.org # home\r\n# end\r\n---\r\nBody  \r\n"
    assert join_notes(ours, "---\ngender: F\nemails: A@x.org\n---\nBody  \n", JOINING) == ours
    changed = join_notes(ours, "---\nemails: b@x.org\n---\n", JOINING)
    assert changed.replace("- b@x.org\r\n", "") == ours


@pytest.mark.parametrize(
    ("related", "found"),
    [
        ("Max", [((), "contact", "Max")]),
        ({"mother": "Eva"}, [(("mother",), "mother", "Eva")]),
        ({"type": "friend", "person": "Eva"}, [(("person",), "friend", "Eva")]),
        ([{"friend": ["A", "B"]}, "C", {"person": ["D"]}], [((0, "friend", 0), "friend", "A"), ((0, "friend", 1), "friend", "B"), ((1,), "contact", "C"), ((2, "person", 0), "contact", "D")]),
        ([["x"], {"friend": {"a": "b"}}], []),
    ],
)  # fmt: skip
def test_people_are_found_in_each_form_of_related(related: Any, found: list[Any]) -> None:
    assert list(people_in(related)) == [Stated(*each) for each in found]


# Bodies

LOG = "## Log\n"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("", "", ""),
        ("A\n", "", "A\n"),
        ("", "B\n", "B\n"),
        ("A", "B", "A\n\nB\n"),
        ("A\n\n\n", "\n\nB\n\n", "A\n\nB\n"),
        ("A\r\n", "B\nC\n", "A\r\n\r\nB\r\nC\r\n"),
        ("A\n", "A\n", "A\n"),
        ("Annabelle\n", "Anna\n", "Annabelle\n\nAnna\n"),
        ("A\n\n## Log\n- 2026-01-01 x\n", "B\n", "A\n\nB\n\n## Log\n- 2026-01-01 x\n"),
        ("A\n\n## Log\n- 2026-01-01 x\n\n## More\nC\n", "B\n", "A\n\n## Log\n- 2026-01-01 x\n\n## More\nC\n\nB\n"),
        ("A\n", "B\n\n## Log\n- 2026-01-01 x\n", "A\n\nB\n\n## Log\n- 2026-01-01 x\n"),
        (
            LOG + "- 2026-01-01 a\n- 2026-03-01 c\n",
            LOG + "- 2026-02-01 b\n  more\n- 2026-04-01 d\n",
            LOG + "- 2026-01-01 a\n- 2026-02-01 b\n  more\n- 2026-03-01 c\n- 2026-04-01 d\n",
        ),
        (
            LOG + "- 2026-03-01 c\n- 2026-01-01 a\n",
            LOG + "- 2026-02-01 b\n- 2026-04-01 d\n",
            LOG + "- 2026-04-01 d\n- 2026-03-01 c\n- 2026-02-01 b\n- 2026-01-01 a\n",
        ),
        (
            LOG + "- 2026-02-01 b\n- 2026-01-01 a\n- 2026-03-01 c\n",
            LOG + "- 2026-01-15 x\n",
            LOG + "- 2026-02-01 b\n- 2026-01-01 a\n- 2026-03-01 c\n- 2026-01-15 x\n",
        ),
        (LOG + "- 2026-01-01 a\n", LOG + "- 2026-01-01 a\n", LOG + "- 2026-01-01 a\n"),
        (LOG + "- 2026-01-01 a", LOG + "- 2026-01-02 b", LOG + "- 2026-01-01 a\n- 2026-01-02 b\n"),
        (LOG, LOG + "- 2026-01-02 b\n", LOG + "\n- 2026-01-02 b\n"),
        (
            LOG + "- 2026-01-01 a\n\n# End\n",
            "# X\n\n" + LOG + "said\n- 2026-01-02 b\n",
            LOG + "- 2026-01-01 a\n- 2026-01-02 b\n\n# End\n\n# X\n\nsaid\n",
        ),
        ("```\n## Log\n```\n", LOG + "- 2026-01-02 b\n", "```\n## Log\n```\n\n## Log\n- 2026-01-02 b\n"),
    ],
)
def test_bodies_come_one_after_the_other_and_logs_as_one(ours: str, theirs: str, expected: str) -> None:
    assert join_bodies(ours, theirs, ("log",)) == expected
    assert join_bodies(expected, theirs, ("log",)) == expected


LINES = st.sampled_from(
    [
        "A",
        "B",
        "",
        "  C",
        "## Log",
        "# X",
        "- 2026-01-01 a",
        "- 2026-02-02 b",
        "- 2026-03-03 c",
        "- d",
        "```",
        "1. 2026-01-02 e",
        "- [ ] f",
    ]
)
BODIES = st.builds(
    lambda lines, eol, end: eol.join(lines) + end,
    st.lists(LINES, max_size=9),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n"]),
)


@given(BODIES, BODIES)
def test_no_line_of_either_body_is_lost_and_none_is_invented(ours: str, theirs: str) -> None:
    result = join_bodies(ours, theirs, ("log",))
    lines = {line.strip() for line in result.split("\n")}
    both = {line.strip() for text in (ours, theirs) for line in text.split("\n")}
    lost = both - lines
    assert lost <= {"## Log", ""}
    assert lines <= both | {""}
    # Our lines stay in their order, but for a log that was in order and still is.
    assert join_bodies(ours, "", ("log",)) == ours


SCALARS = st.sampled_from(
    [
        "x",
        "y",
        "Ann",
        "[[Eva]]",
        "1987-03-14",
        "--03-14",
        "a@x.org",
        "A@X.org",
        "0171 3920021",
        "+49 171 3920021",
        "20 EUR",
        "no",
        "a, b",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["home", "value", "label", "what", "person", "type", "friend", "street"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
COMMON = st.sampled_from(
    ["emails", "phones", "tags", "likes", "gifts", "met", "birthday", "dates", "addresses", "own", "cadence"]
)
KEYS = COMMON | st.sampled_from([key for key in note_types()["person"].fields if key not in ("type", "uid", "name")])
FRONTS = st.dictionaries(KEYS, VALUES, max_size=4)


def note(front: dict[str, Any]) -> str:
    import yaml

    written = yaml.safe_dump(front, allow_unicode=True, default_style='"') if front else ""
    return f"---\n{written}---\n"


@given(FRONTS, FRONTS)
@example({"deceased": "x"}, {"deceased": "Ann"})
@example({"emails": {"label": "x"}}, {"emails": {"value": ["y"]}})
@example({"gifts": {"home": "x", "label": "x"}}, {"gifts": [{"home": "x", "value": "x"}]})
def test_no_value_of_either_front_matter_is_lost(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    text = join_notes(note(ours), note(theirs), JOINING)
    front = parse_front_matter("", text, split_note(text))
    assert front.readable
    assert join_notes(text, note(theirs), JOINING) == text
    kept = {sign for value in texts_in(front.values) for sign in meanings(value)}
    for front_matter in (ours, theirs):
        for key, value in front_matter.items():
            if key in ("updated", "created", "related", "not_same_as", "aliases", "alias", "type"):
                continue  # These have their own rules, each a test above.
            for each in texts_in(value):
                assert meanings(each) & kept or each == "--03-14", (key, each)


def meanings(text: str) -> set[str]:
    """Return what a text may be found as in a joined note."""
    return {text, text.casefold(), text.replace("+49 ", "0")} | {
        part.casefold() for part in text.replace(",", " ").split()
    }
