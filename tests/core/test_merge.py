"""Merges of three versions of a note, by example: what wins, what is kept, and how it is written."""

from __future__ import annotations

import pytest

from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.merge import Clash, Merged, merge_notes
from tests.core.test_hostile_text import SECONDS, TEXTS, at_most


def merge(base: str, ours: str, theirs: str, kind: str = "note") -> Merged:
    """Merge, both ways round."""
    merged = merge_notes(base, ours, theirs, kind=kind)
    assert merged == merge_notes(base, theirs, ours, kind=kind)
    assert merged.ok
    return merged


def fronts(base: str, ours: str, theirs: str) -> str:
    """Merge front matter above one and the same body."""
    text = merge(*(f"---\n{front}---\n\nText\n" for front in (base, ours, theirs))).text
    assert text.endswith("---\n\nText\n")
    return text.removeprefix("---\n").removesuffix("---\n\nText\n")


# Base, one side, the other side, and what becomes of them.
FRONTS = [
    # Different keys, neighbours too; comments and quotes stay.
    ("a: 1\nb: 2\n", "a: 3\nb: 2\n", "a: 1\nb: 4\n", "a: 3\nb: 4\n"),
    ("a: 1\n", "a: 1\nb: 2\n", "a: 1\nc: 3\n", "a: 1\nb: 2\nc: 3\n"),
    ("# top\na: '1' # x\n\n# b\nb: 2\n# end\n", "# top\na: '1' # x\n\n# b\nb: 3\n# end\n", "# top\na: '5' # x\n\n# b\nb: 2\n# end\n", "# top\na: '5' # x\n\n# b\nb: 3\n# end\n"),
    ("a: 1\nb: 2\n", "b: 2\na: 1\n", "a: 1\nb: 3\n", "b: 3\na: 1\n"),
    ("# why\na: 1\n", "# why not\na: 1\n", "# why\na: 2\n", "# why not\na: 2\n"),
    # Removals: what nobody changed goes, what somebody changed stays, comments that somebody wrote stay.
    ("a: 1\nb: 2\nc: 3\n", "a: 1\nc: 3\n", "a: 1\nb: 2\n", "a: 1\n"),
    ("a: 1\nb: 2\n", "a: 1\n", "a: 1\nb: 3\n", "a: 1\nb: 3\n"),
    ("a: 1\nb: 2\nc: 3\n", "a: 1\n# new\nb: 2\nc: 4\n", "a: 1\nc: 3\n", "a: 1\n# new\nc: 4\n"),
    # One text of two: dates of what is done the later, a gift the further, else the one that says more.
    ("name: A\n", "name: Ann\n", "name: Anna\n", "name: Anna\nmerge_conflicts:\n  - {key: name, value: Ann}\n"),
    ("done: ''\n", "done: 2026-11-20\n", "done: 2026-02-21T10:00\n", "done: 2026-11-20\n"),
    ("name: A\n", "name:\n", "name: B\n", "name: B\n"),
    ("gifts: [{what: Bike}]\n", "gifts: [{what: Bike, status: given}]\n", "gifts: [{what: Bike, status: planned}]\n", "gifts: [{what: Bike, status: given}]\nmerge_conflicts:\n  - key: gifts\n    value: {what: Bike, status: planned}\n"),
    ("", "created: 2026-01-02\nupdated: 2026-01-02\n", "created: 2026-01-01\nupdated: 2026-01-01\n", "created: 2026-01-01\nupdated: 2026-01-02\n"),
    ("", "uid: urn:uuid:1\n", "uid: urn:uuid:2\n", "uid: urn:uuid:2\nformer_uids:\n  - urn:uuid:1\n"),
    # Conflicts are kept once, and stay settled.
    ("name: A\nmerge_conflicts: [{key: a, value: b}]\n", "name: Ann\n", "name: Ann\nmerge_conflicts: [{key: a, value: b}, {key: a, value: c}]\n", "name: Ann\nmerge_conflicts: [{key: a, value: c}]\n"),
    ("name: A\nmerge_conflicts: {key: name, value: Ann}\n", "name: Ann\nmerge_conflicts: {key: name, value: Ann}\n", "name: Anna\nmerge_conflicts: {key: name, value: Ann}\n", "name: Anna\nmerge_conflicts: {key: name, value: Ann}\n"),
    # Lists: in every way of writing, with their comments, a text is a list of one.
    ("tags: [a, b]\n", "tags: [a, b, c]\n", "tags: [b, d]\n", "tags: [b, c, d]\n"),
    ("tags:\n  - a # x\n  - b\n", "tags:\n  - a # x\n  - b\n  - c # y\n", "tags:\n  - z # z\n  - a # x\n  - b\n", "tags:\n  - z # z\n  - a # x\n  - b\n  - c # y\n"),
    ("tags: [a]\n", "tags: [a, b]\n", "tags: [b, a]\n", "tags: [a, b]\n"),
    ("tags: a\n", "tags: a\nx: 1\n", "tags: [a, b]\n", "tags: [a, b]\nx: 1\n"),
    ("emails: a@b.example\n", "emails: c@b.example\n", "emails: [a@b.example, d@b.example]\n", "emails: [c@b.example, d@b.example]\n"),
    ("", "likes: tea\n", "likes: coffee\n", "likes:\n  - coffee\n  - tea\n"),
    ("likes: [a, a, b]\n", "likes: [a, b]\n", "likes: [a, a, b, c]\n", "likes: [a, b, c]\n"),
    ("likes: [a, b]\n", "likes: [a]\n", "likes: [b]\n", ""),
    ("own: [1]\n", "own: [1, 2]\n", "own: 3\n", "own: [3, 2]\n"),
    # Entries are known by what names them; a label or a part is changed in them.
    ("phones: [{value: 1, label: work}]\n", "phones: [{value: 1, label: home}]\n", "phones: [{value: 1, label: work, pref: yes}]\n", "phones: [{value: 1, label: home, pref: yes}]\n"),
    ("", "phones: [1 2]\n", "phones: [{value: 1 2, label: work}]\n", "phones: [{value: 1 2, label: work}]\n"),
    ("phones: [{value: 1, label: work}]\n", "phones: []\n", "phones: [{value: 1, label: home}]\n", "phones: [{value: 1, label: home}]\n"),
    ("debts: [{amount: 20 EUR, for: pizza}]\n", "debts: [{amount: 25 EUR, for: pizza}]\n", "debts: [{amount: 20 EUR, for: pizza, settled: 2026-11-20}]\n", "debts: [{amount: 25 EUR, for: pizza, settled: 2026-11-20}]\n"),
    ("related:\n  - {type: parent, person: Tom}\n", "related:\n  - {type: parent, person: Tom}\n  - {type: parent, person: Eva}\n", "related:\n  - {type: parent, person: Tom}\n  - {type: sibling, person: Eva}\n", "related:\n  - {type: parent, person: Tom}\n  - {type: parent, person: Eva}\n  - {type: sibling, person: Eva}\n"),
    ("related:\n  - parent: Tom\n", "related:\n  - parent: Tom\n  - child: Ida\n", "related:\n  - parent: Tom\n  - child: Max\n", "related:\n  - parent: Tom\n  - child: Ida\n  - child: Max\n"),
    # Half of one address and half of another is none.
    ("addresses: [{label: home, street: A 1, locality: P}]\n", "addresses: [{label: home, street: B 2, locality: Q}]\n", "addresses: [{label: home, street: A 12, locality: P}]\n", "addresses: [{label: home, street: A 12, locality: P}]\nmerge_conflicts:\n  - key: addresses\n    value: {label: home, street: B 2, locality: Q}\n"),
    ("org: [Acme, Lab]\n", "org: [Acme, Shop]\n", "org: [Beta, Lab]\n", "org: [Acme, Shop]\nmerge_conflicts:\n  - key: org\n    value:\n      - Beta\n      - Lab\n"),
    # Maps go part by part; a list and a map of labels are one list; a text and a map clash.
    ("names: {given: A, family: B}\n", "names: {given: C, family: B}\n", "names: {given: A, family: D, suffix: Jr}\n", "names: {given: C, family: D, suffix: Jr}\n"),
    ("names:\n  given: A # a\n", "names:\n  given: B # a\n", "names:\n  given: C # a\n  family: D\n", "names:\n  given: C # a\n  family: D\nmerge_conflicts:\n  - {key: names.given, value: B}\n"),
    ("phones: {work: 1}\n", "phones: {work: 1, home: 2}\n", "phones: [work: 1, 3]\n", 'phones:\n  - {work: "1"}\n  - "3"\n  - {home: "2"}\n'),
    ("cadence: 3 weeks\n", "cadence: 4 weeks\n", "cadence: {every: 5 weeks}\n", "cadence: {every: 5 weeks}\nmerge_conflicts:\n  - {key: cadence, value: 4 weeks}\n"),
    # Comments behind values: what one side wrote stays, above the key if need be, and what one took out is gone.
    ("a: 1\n", "a: 1 # x\n", "a: 2\n", "# x\na: 2\n"),
    ("", "a: 1 # x\n", "a: 1 # y\n", "# x\na: 1 # y\n"),
    ("a: 1 # x\n", "a: 1 # x, or so\n", "a: 2\n", "# x, or so\na: 2\n"),
    ("a: 1 # x\n", "a: 12 # x\n", "a: 2\n", 'a: 12 # x\nmerge_conflicts:\n  - {key: a, value: "2"}\n'),
    ("a: |\n  b\n", "a: | # x\n  b # c\n", "a: '#d'\n", 'a: | # x\n  b # c\nmerge_conflicts:\n  - {key: a, value: "#d"}\n'),
    ("tags: [a]\n", "tags: [a] # x\n", "", "tags: [a] # x\n"),
    # Front matter that nobody could read but that only one side has.
    ("a: 1\n", "a: [\n", "a: 1\n", "a: [\n"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "ours", "theirs", "expected"), FRONTS)
def test_front_matter_is_merged_key_by_key(base: str, ours: str, theirs: str, expected: str) -> None:
    assert fronts(base, ours, theirs) == expected


DAYS = [
    # Both machines have begun the day.
    ("", "- 18:00 call [[A]]\n- walk\n", "- 08:00 run\n- walk\n", "- 08:00 run\n- 18:00 call [[A]]\n- walk\n"),
    ("", "# Day\n\n## Morning\n- a\n\n## Evening\n- b\n", "# Day\n\n## Evening\n- c\n\n## Morning\n- d\n", "# Day\n\n## Evening\n- b\n- c\n\n## Morning\n- a\n- d\n"),
    ("", "- [ ] call\n", "- [x] call ✅ 2026-11-20\n", "- [x] call ✅ 2026-11-20\n"),
    ("", "\n- 08:00 run\n", "\n- 18:00 call\n", "\n- 08:00 run\n- 18:00 call\n"),
    ("", "# Day\n\n- 18:00 call\n\n- walk\n", "# Day\n\n- 08:00 run\n", "# Day\n\n- 08:00 run\n- 18:00 call\n\n- walk\n"),
    ("", "\n- 08:00 run\n", "\nGood day.\n", "\nGood day.\n\n- 08:00 run\n"),
    ("", "Good day.\n", "Bad day.\n", "Bad day.\n\nGood day.\n"),
    # Times, as people write them.
    ("- 8 Uhr Tee\n", "- 8 Uhr Tee\n- 18.30 Uhr Anruf\n", "- 8 Uhr Tee\n- 5 pm Kuchen\n", "- 8 Uhr Tee\n- 5 pm Kuchen\n- 18.30 Uhr Anruf\n"),
    # Children stay with their item and are merged.
    ("- a\n  - b\n- c\n", "- a\n  - b\n  - d\n- c\n", "- a\n  - e\n  - b\n- c\n", "- a\n  - e\n  - b\n  - d\n- c\n"),
    ("- a\n  - [ ] b\n", "- a\n  - [x] b ✅ 2026-11-20\n", "- a now\n  - [ ] b!\n", "- a now\n  - [x] b! ✅ 2026-11-20\n"),
    # Edits, removals and moves of items.
    ("- call [[Ann]] about cake\n- x\n", "- x\n- call [[Ann]] about cake\n", "- call [[Ann]] about cake today\n- x\n", "- x\n- call [[Ann]] about cake today\n"),
    ("- a\n- b\n- c\n", "- a\n- c\n", "- a\n- b\n", "- a\n"),
    ("- a\n- b\n", "- a\n", "- a\n- b!\n", "- a\n- b!\n"),
    ("- 10:00 call [[Ann]]\n", "- 11:00 call [[Ann]]\n", "- 10:00 call [[Ann]]: cake\n", "- 11:00 call [[Ann]]: cake\n"),
    ("- call [[Ann]]\n", "- call [[Ann]]: cake\n  - of plums\n", "- call [[Ann]]: bread\n", "- call [[Ann]]: cake\n- call [[Ann]]: bread\n  - of plums\n"),
    ("- call [[Ann]]\n", "- call [[Ben]]\n", "- [x] call [[Ann]]\n", "- [x] call [[Ann]]\n- call [[Ben]]\n"),
    # Ticks: in Dataview's way, before a block id, of a task that repeats, and one that was taken back.
    ("- [ ] a [due:: 2026-11-20]\n", "- [x] a [due:: 2026-11-20] [completion:: 2026-11-19]\n", "- [ ] a b [due:: 2026-11-20]\n", "- [x] a b [due:: 2026-11-20] [completion:: 2026-11-19]\n"),
    ("- [ ] a ^id\n", "- [x] a ✅ 2026-11-20 ^id\n", "- [ ] a b ^id\n", "- [x] a b ✅ 2026-11-20 ^id\n"),
    ("- [ ] a 🔁 every week 📅 2026-11-20\n", "- [ ] a 🔁 every week 📅 2026-11-27\n- [x] a 🔁 every week 📅 2026-11-20 ✅ 2026-11-20\n", "- [ ] a 🔁 every week 📅 2026-11-27\n- [x] a 🔁 every week 📅 2026-11-20 ✅ 2026-11-21\n", "- [ ] a 🔁 every week 📅 2026-11-27\n- [x] a 🔁 every week 📅 2026-11-20 ✅ 2026-11-21\n"),
    ("- [x] a ✅ 2026-11-20\n", "- [ ] a\n", "- [x] a b ✅ 2026-11-20\n", "- [ ] a b\n"),
    ("- [ ] a\n", "- [-] a ❌ 2026-11-20\n", "- [x] a ✅ 2026-11-20\n", "- [x] a ✅ 2026-11-20\n"),
    # Prose between items.
    ("a\n\n- x\n\nb\n", "a!\n\n- x\n\nb\n", "a\n\n- x\n- y\n\nb!\n", "a!\n\n- x\n- y\n\nb!\n"),
    # What replaces a line stands before what was put behind it.
    ("one\nold words here\nend\n", "one\nsomething new instead\nend\n", "one\nold words here\nadded behind\nend\n", "one\nsomething new instead\nadded behind\nend\n"),
    # Sections: one with a new heading, one that was taken out.
    ("## A\n- first thing\n", "## B\n- first thing\n", "## A\n- first thing\n- second thing\n", "## B\n- first thing\n- second thing\n"),
    ("## A\n- a\n## B\n- b\n", "## B\n- b\n", "## A\n- a\n- new\n## B\n- b\n", "## A\n- new\n## B\n- b\n"),
    # Code is one thing, and no heading or item in it is one.
    ("```\n# a\n- b\n```\n", "```\n# a\n- b\n```\n- x\n", "- y\n```\n# a\n- b\n```\n", "- y\n```\n# a\n- b\n```\n- x\n"),
    # Two tables.
    ("", "| a | b |\n|---|---|\n| 1 | 2 |\n", "| c | d |\n|---|---|\n| 3 | 4 |\n", "| a | b |\n|---|---|\n| 1 | 2 |\n\n| c | d |\n|---|---|\n| 3 | 4 |\n"),
    ("- a\n", "- a\n\ntext\n", "- a\n- b\n", "- a\n- b\n\ntext\n"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "ours", "theirs", "expected"), DAYS)
def test_days_are_united_item_by_item(base: str, ours: str, theirs: str, expected: str) -> None:
    front = "---\ntype: journal\n---\n"
    assert merge(base and front + base, front + ours, front + theirs, "journal").text == front + expected
    assert merge(base, ours, theirs, "journal").text == expected


# How the texts begin, break their lines and end: one side's change of that counts, and LF without BOM in doubt.
FRAMES = [
    ("a\nb\n", "a\r\nb\r\n", "a\nb\nc\n", "a\r\nb\r\nc\r\n"),
    ("a\r\nb\r\n", "a\r\nb!\r\n", "a!\r\nb\r\n", "a!\r\nb!\r\n"),
    ("a\r\nb\r\n", "a\r\nb\r\nc\n", "a\r\nb!\r\n", "a\r\nb!\r\nc\r\n"),
    ("- a\r\nb\n", "- a\r\nb\nc\n", "d\n- a\r\nb\n", "d\n- a\r\nb\nc\n"),
    ("", "a\r\n", "b\n", "a\n\nb\n"),
    ("a\n", "\ufeffa\n", "b\na\n", "\ufeffb\na\n"),
    ("\ufeffa\n", "\ufeffa\nc\n", "b\na\n", "b\na\nc\n"),
    ("", "\ufeffa\n", "a\n", "a\n"),
    ("a\n", "a", "b\na\n", "b\na"),
    ("", "a", "a\n", "a\n"),
    ("a\nb\n", "", "a\nb\nc\n", "a\nb\nc\n"),
    ("", "---\na: 1\n---\nx\n", "x\n", "---\na: 1\n---\nx\n"),
    ("---\na: 1\nb: 2\n---\nx\n", "x\n", "---\na: 1\nb: 3\n---\nx\n", "---\nb: 3\n---\nx\n"),
    ("---\na: 1\n---\nx\n", "x\n", "---\na: 1\n---\nx\ny\n", "x\ny\n"),
    ("---\na: 1\n---\n", "---\na: 1\n...\n", "---\na: 2\n---\n", "---\na: 2\n...\n"),
]


@pytest.mark.parametrize(("base", "ours", "theirs", "expected"), FRAMES)
def test_the_frame_of_a_note_is_merged(base: str, ours: str, theirs: str, expected: str) -> None:
    assert merge(base, ours, theirs).text == expected


@pytest.mark.parametrize("bad", ["---\na: 1\n", "---\na: [\n---\n", "---\na: 1\na: 2\n---\n", "---\na: {b: 1, b: 2}\n---\n", "---\n{a: 1}\n---\n", "---\na: !x 1\n---\n", "---\n- a: b\n---\n", "---\na: &x 1\n---\n"])  # fmt: skip
def test_front_matter_that_can_not_be_taken_apart_is_left_to_others(bad: str) -> None:
    good = ["---\na: 5\n---\n", "---\na: 6\n---\n"]
    for texts in ((bad, *good), (good[0], bad, good[1]), (good[0], good[1], bad)):
        assert merge_notes(*texts, kind="note") == Merged("", ok=False)


def test_a_body_that_would_become_front_matter_is_left_to_others() -> None:
    assert not merge_notes("x\n---\n", "a: b\nx\n---\n", "---\nx\n---\n", kind="note").ok


def test_the_clashes_are_told() -> None:
    base, ours, theirs = (
        f"---\nname: {name}\n---\nBorn in {town}\n" for name, town in (("A", "X"), ("Ann", "Yy"), ("Anna", "Zzz"))
    )
    assert merge(base, ours, theirs).clashes == (Clash("name", "Anna", "Ann"), Clash("", "Born in Zzz", "Born in Yy"))
    assert merge("- a\n", "- a b\n", "- a c\n", "journal").clashes == (Clash("", "- a c", "- a b"),)
    assert merge("## A\n\ntext\n", "## B\n\ntext\n", "## C\n\ntext\n").clashes == (Clash("", "## C", "## B"),)
    assert merge("one\n", "two\n", "six\n").clashes == (Clash("", "two", "six"),)


def test_a_log_is_in_the_order_of_its_dates() -> None:
    head = "# Ann\n\n## Log\n\n"
    merged = merge(
        f"{head}- 2026-01-01 a\n", f"{head}- 2026-01-01 a\n- 2026-03-03 c\n", f"{head}- 2026-01-01 a\n- 2026-02-02 b\n"
    )
    assert merged.text == f"{head}- 2026-01-01 a\n- 2026-02-02 b\n- 2026-03-03 c\n"


def test_three_machines_come_to_the_same_values_in_any_order() -> None:
    texts = [
        f"---\nname: {name}\ntags: [{tag}]\n---\n" for name, tag in (("A", "a"), ("Bb", "b"), ("Ccc", "c"), ("Dd", "d"))
    ]
    results = []
    for first, second, third in ((1, 2, 3), (1, 3, 2), (2, 3, 1)):
        text = merge(texts[0], merge(texts[0], texts[first], texts[second]).text, texts[third]).text
        values = parse_front_matter("", text, split_note(text)).values
        results.append({key: sorted(map(str, value)) for key, value in values.items()})
    assert results[0] == results[1] == results[2]
    assert len(results[0]["tags"]) == 3
    assert len(results[0]["merge_conflicts"]) == 2


def test_hostile_texts_are_merged_soon() -> None:
    for text in [*TEXTS[::7], *[text for text in TEXTS if "\n" in text[:9]][::3]]:
        half = len(text) // 2
        for base, ours, theirs in (
            (text, f"x\n{text[:half]}\n- y\n{text[half:]}", f"{text[:-100]}\nz\n"),
            ("", f"{text}\nx\n", f"y\n{text}"),
            ("---\na: b\n---\n", f"---\na: {text[:half]}\nb: 1\n---\n", f"---\na: c\n---\n{text}"),
        ):
            with at_most(3 * SECONDS, f"{text[:20]!r}…"):
                assert merge_notes(base, ours, theirs, kind="journal").ok in (True, False)
