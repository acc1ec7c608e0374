"""What changed between two versions of a note, in words and as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.changes import Change, change_words, changes, is_same_note
from tests.core.test_hostile_text import TEXTS, at_most


def words(before: str | None, after: str | None) -> list[str]:
    return [change_words(change) for change in changes(before, after)]


def front(text: str) -> str:
    return f"---\n{text}\n---\n"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("phone: 0170 1", "phone: 0171 2", ["phone: 0170 1 → 0171 2"]),
        ("a: b", "a: b\nbirthday: 1987-03-14", ["birthday: added 1987-03-14"]),
        ("a: b\nbirthday: 1987-03-14", "a: b", ["birthday: removed 1987-03-14"]),
        ("a: b", "a: b\ngifts:\n- {what: garden bench, status: planned}", ["gifts: + garden bench (planned)"]),
        (
            "gifts:\n- {what: bench, status: planned}\n- {what: tea}",
            "gifts:\n- {what: tea}\n- {what: bench, status: given}",
            ["gifts: bench (planned) → bench (given)"],
        ),
        ("tags: [a, b]", "tags: [b, c]", ["tags: - a", "tags: + c"]),
        ("tag: a", "tags: [a, b]", ["tags: + b"]),
        ("phones: 0170 1", "phones: [0170 1, 0171 2]", ["phones: + 0171 2"]),
        ("phones: [0170 1]", "phones:\n- {value: 0170 1, label: work}", ["phones: 0170 1 → 0170 1 (work)"]),
        (
            "phones:\n- {value: 0170 1, label: work}\n- {value: 3}",
            "phones:\n- {value: 0171 2, label: work}\n- {value: 3}",
            ["phones: 0170 1 (work) → 0171 2 (work)"],
        ),
        ("names: {given: Ann, family: Berg}", "names: {given: Ann, family: Sommer}", ["names.family: Berg → Sommer"]),
        (
            'related:\n- brother: "[[Max]]"',
            'related:\n- brother: "[[Max]]"\n- {type: friend, person: "[[Eva]]"}',
            ["related: + Eva (friend)"],
        ),
        ("a: b", 'a: b\nrelated:\n- brother: "[[Max]]"', ["related: + brother Max"]),
        (
            "debts:\n- {amount: 20 EUR, by: me, for: pizza}",
            "a: b",
            ["a: added b", "debts: - 20 EUR (by me, for pizza)"],
        ),
        ("phone: ", "a: 1", ["a: added 1"]),
        ("a: [1, 2]", "a: [2, 1]", ["a: in another order"]),
        ("a: 1 # b", "a: '1'", ["only spacing, order, quotes or comments changed"]),
    ],
)
def test_a_key_that_changed_is_told_in_words(before: str, after: str, told: list[str]) -> None:
    assert words(front(before), front(after)) == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("", "Hello\n\nthere\n", ["text: 2 lines added"]),
        ("a\nb\nc\n", "a\nx\n", ["text: 1 line changed, 1 line removed"]),
        (
            "## Log\n- 2026-01-01 a\n",
            "## Log\n- 2026-01-01 a\n- 2026-01-02 called\n",
            ["log: 1 line added: 2026-01-02 called"],
        ),
        ("## Log\n- x\n## Other\n- y\n", "## Log\n- x\n## Other\n- y\n- z\n", ["text: 1 line added: z"]),
        (
            "- [ ] call [[Tom]]\n",
            "- [x] call [[Tom]] ✅ 2026-01-02\n",
            ["tasks: call Tom → call Tom (done, 2026-01-02)"],
        ),
        ("- [ ] a\n", "- [ ] a\n- [ ] b 📅 2026-01-02\n", ["tasks: + b (due 2026-01-02)"]),
        ("a\n", "a\r\n", ["only spacing, order, quotes or comments changed"]),
        ("a\nb\n", "b\na\n", ["only spacing, order, quotes or comments changed"]),
    ],
)
def test_what_changed_below_the_front_matter_is_counted(before: str, after: str, told: list[str]) -> None:
    assert words(before, after) == told


def test_the_log_is_known_by_its_heading_in_the_settings() -> None:
    found = changes("## Chronik\n", "## Chronik\n- 2026-01-01 a\n", ("chronik",))
    assert found == (Change("lines", "log", [], ["- 2026-01-01 a"]),)


def test_a_new_note_tells_what_it_holds_and_one_that_went_only_that() -> None:
    assert words(None, front("birthday: 1987")) == ["created", "birthday: added 1987"]
    assert words(front("birthday: 1987"), None) == ["deleted"]
    assert words(None, "") == ["created"]
    assert words(None, None) == words("x", "x") == []


def test_a_side_that_cannot_be_read_is_told_with_its_lines() -> None:
    good, bad = front("a: 1\nb: 2"), front("a: 1\nb: [")
    assert words(good, bad)[0].startswith("front matter: can't be read: the front matter is not YAML")
    assert words(good, bad)[1:] == ["front matter: 1 line changed"]
    assert words(bad, good)[0] == "front matter: can be read again"


def test_a_change_is_values_too() -> None:
    old, new = front("gifts: [{what: tea}]"), front("gifts: [{what: tea, status: given}]")
    assert changes(old, new) == (Change("item-changed", "gifts", {"what": "tea"}, {"what": "tea", "status": "given"}),)


def test_words_are_one_line_and_not_too_long() -> None:
    (told,) = words(front("a: b"), front(f'a: b\nlong: "{"x y " * 100}\\nz"'))
    assert "\n" not in told
    assert len(told) < 120


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (front("uid: a\nname: Ann"), front("uid: a\nname: Bob\nphone: 1\nmail: 2\nweb: 3"), True),
        (front("uid: a\nname: Ann\nx: 1\ny: 2"), front("uid: b\nname: Ann\nx: 1\ny: 2"), False),
        (front("type: person\nphone: 1\nmail: 2"), front("type: person\nphone: 1\nmail: 3"), True),
        (front("type: person\nphone: 1"), front("type: person\nphone: 2"), False),
        (front("type: person"), front("type: person"), False),
        ("", "", False),
    ],
)
def test_a_note_is_known_again_by_its_uid_or_by_most_of_its_lines(before: str, after: str, same: bool) -> None:
    assert is_same_note(before, after) is same


PIECES = [
    *("---\n", "a: 1\n", "a: 2\n", "a: [1, {b: c}]\n", "a: {b: [}\n", "tags: [x]\n", "tag: y\n"),
    *("- [ ] a\n", "- [x] a\n", "## Log\n", "- 2026-01-01 a\n", "text\n", "\r\n", "a:\n  - &x 1\n", "{{ }}\n"),
    *("\ufeff", "\0", "\ud800"),
]
TEXT = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(TEXT | st.none(), TEXT | st.none())
def test_any_two_texts_can_be_compared_and_only_equal_ones_do_not_differ(before: str | None, after: str | None) -> None:
    found = words(before, after)
    assert bool(found) == (before != after)
    assert all("\n" not in line for line in found)


@given(TEXT, TEXT)
def test_what_is_added_one_way_is_removed_the_other_way(before: str, after: str) -> None:
    there, back = changes(before, after), changes(after, before)
    for one, other in (("added", "removed"), ("item-added", "item-removed")):
        come = sorted((each.key, str(each.after)) for each in there if each.kind == one)
        gone = sorted((each.key, str(each.before)) for each in back if each.kind == other)
        assert come == gone


@pytest.mark.parametrize("shape", ["{}", "---\na: {}\n---\n", "---\n{}\n---\n", "- [ ] {}", "## Log\n- {}"])
def test_hostile_text_is_compared_soon(shape: str) -> None:
    for text in TEXTS:
        with at_most(4, f"changes of {text[:20]!r}…"):
            for change in changes(shape.replace("{}", "x"), shape.replace("{}", text)):
                change_words(change)


def test_many_items_are_compared_soon() -> None:
    old = "".join(f"- [ ] a{number}\n" for number in range(20_000))
    with at_most(10, "20,000 tasks"):
        found = changes(old, old.replace("[ ]", "[x]"))
    assert len(found) == 20_000
