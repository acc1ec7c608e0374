"""What holds for every merge. Both sides are made from the base by edits that mostly meet in the same few places.

Each text that an edit writes holds a word of its own, so that it can be followed: nothing is lost, nothing comes back.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.merge import Merged, merge_notes
from prmvault.core.yaml_text import Layout, yaml_entry

if TYPE_CHECKING:
    import random

    from prmvault.core.model import Value

TOKEN = re.compile(r"w\d+w")
DONE = " ✅ 2026-11-20"
SCALARS = ["name", "title", "own key"]
LISTS = ["likes", "tags"]
ENTRIES = ["phones", "gifts"]
MAPS = ["names", "met"]
KEYS = [*SCALARS, *LISTS, *ENTRIES, *MAPS]
few = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Unit:
    """A line, a code block or an item of a body; `core` is the word that it keeps through all edits."""

    kind: str
    core: str
    text: str
    box: str = ""
    time: str = ""
    done: str = ""
    gap: bool = False
    below: list[Unit] = field(default_factory=list)


@dataclass
class Section:
    core: str
    title: str
    units: list[Unit]


@dataclass
class Sample:
    """A note as data; the front matter has for each key its value and how it is written."""

    front: dict[str, tuple[Value, int]]
    sections: list[Section]
    moved: bool = False


class Case:
    """Three versions of a note."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.count = 0
        empty = chance.random() < 0.15
        self.base = Sample({}, [Section("", "", [])]) if empty else self.sample()
        places = [unit.core for section in self.base.sections for unit in section.units]
        self.hot_section = chance.randrange(len(self.base.sections))
        here = [unit.core for unit in self.base.sections[self.hot_section].units] or places
        self.hot = {*chance.sample(KEYS, chance.randrange(1, 3)), *chance.sample(here, min(1, len(here)))}
        self.both = {key: self.value(key) for key in KEYS}, [self.unit(), self.unit()]
        if empty:
            # Both machines add the note from one template.
            self.base_text = ""
            start = Sample({}, [Section("", "", []), Section("", "## Log", [])])
        else:
            self.base_text = written(self.base)
            start = self.base
        self.left, self.right = self.changed(start), self.changed(start)
        self.texts = self.base_text, written(self.left), written(self.right)

    def merged(self, kind: str = "note") -> Merged:
        base, left, right = self.texts
        return merge_notes(base, left, right, kind=kind)

    def word(self) -> str:
        self.count += 1
        return f"w{self.count}w"

    def sample(self) -> Sample:
        chance = self.chance
        keys = [key for key in KEYS if chance.random() < 0.7]
        front = {key: (self.value(key), chance.randrange(4)) for key in keys}
        sections = [Section("", "", [self.unit() for _ in range(chance.randrange(3))])]
        for _ in range(chance.randrange(3)):
            core = self.word()
            sections.append(Section(core, f"## {core}", [self.unit() for _ in range(chance.randrange(5))]))
        return Sample(front, sections)

    def value(self, key: str) -> Value:
        if key in SCALARS:
            return self.word()
        if key in MAPS:
            return {part: self.word() for part in self.chance.sample(["given", "family", "note"], 2)}
        return [self.item(key) for _ in range(self.chance.randrange(1, 4))]

    def item(self, key: str) -> Value:
        if key in LISTS or (key == "phones" and self.chance.random() < 0.4):
            return self.word()
        main = "value" if key == "phones" else "what"
        return {main: self.word(), "label": self.word(), **({"amount": self.word()} if main == "what" else {})}

    def unit(self, depth: int = 0) -> Unit:
        chance = self.chance
        core = self.word()
        kind = chance.choice(["item", "item", "item", "line", "code"] if not depth else ["item", "line"])
        text = " ".join([core, *(self.word() for _ in range(3))])
        unit = Unit(kind, core, text, gap=kind == "line" and not depth and chance.random() < 0.7)
        if kind == "item":
            unit.box = chance.choice(["", "[ ] ", "[ ] ", "[x] "])
            unit.done = DONE if unit.box == "[x] " else ""
            unit.time = chance.choice(["", "", f"{chance.randrange(10, 24)}:00 "])
            unit.below = [self.unit(1) for _ in range(chance.randrange(3) if not depth else 0)]
        return unit

    def changed(self, before: Sample) -> Sample:
        note = copy.deepcopy(before)
        for _ in range(self.chance.randrange(1, 5)):
            self.change_front(note)
            self.change_body(note)
        units = note.sections[0].units
        for at, unit in enumerate(self.both[1]):
            if self.chance.random() < 0.3:  # Both sides may put the same into one place.
                units.insert(len(units) if at else 0, copy.deepcopy(unit))
        for old, new in zip(before.sections[1:], note.sections[1:], strict=False):
            if old == new and old.units and old.core and self.chance.random() < 0.1:
                new.title += f" {self.word()}"
        if len(before.sections) > 1 and len(note.sections) > 1 and self.chance.random() < 0.1:
            del note.sections[self.chance.randrange(1, len(note.sections))]
        return note

    def change_front(self, note: Sample) -> None:
        chance = self.chance
        key = chance.choice(sorted(self.hot & set(KEYS)) if chance.random() < 0.85 else KEYS)
        if key not in note.front:
            value = copy.deepcopy(self.both[0][key]) if chance.random() < 0.4 else self.value(key)
            note.front[key] = (value, chance.randrange(4))
            return
        value, style = note.front[key]
        if chance.random() < 0.15:
            del note.front[key]
        elif isinstance(value, str):
            note.front[key] = (self.word(), style)
        elif isinstance(value, dict):
            self.change_map(value)
        elif isinstance(value, list):
            at = chance.choice([0, chance.randrange(len(value))])
            what = chance.random()
            part = value[at]
            both = self.both[0][key]
            if what < 0.1 and isinstance(both, list) and name_of(both[0]) not in map(name_of, value):
                value.append(copy.deepcopy(both[0]))
            elif what < 0.3:
                value.insert(chance.choice([len(value), at]), self.item(key))
            elif what < 0.5 and len(value) > 1:
                del value[at]
            elif isinstance(part, dict):
                part[chance.choice(["label", "label", "amount", "url"] if key == "gifts" else ["label", "url"])] = (
                    self.word()
                )
            else:
                value[at] = self.item(key)

    def change_map(self, value: dict[str, Value]) -> None:
        part = self.chance.choice(["given", "family", "note"])
        if part in value and len(value) > 1 and self.chance.random() < 0.3:
            del value[part]
        else:
            value[part] = self.word()

    def change_body(self, note: Sample) -> None:
        chance = self.chance
        section = note.sections[min(self.hot_section, len(note.sections) - 1)]
        if chance.random() < 0.3:
            section = chance.choice(note.sections)
        if chance.random() < 0.05:
            core = self.word()
            note.sections.append(Section(core, f"## {core}", [self.unit()]))
        elif not section.units or chance.random() < 0.3:
            section.units.insert(
                chance.choice([len(section.units), chance.randrange(len(section.units) + 1)]), self.unit()
            )
        else:
            hot = [at for at, unit in enumerate(section.units) if unit.core in self.hot]
            self.change_unit(
                note, section, chance.choice(hot if hot and chance.random() < 0.8 else range(len(section.units)))
            )

    def change_unit(self, note: Sample, section: Section, at: int) -> None:
        chance = self.chance
        unit = section.units[at]
        what = chance.random()
        if what < 0.12:
            del section.units[at]
        elif unit.kind != "item":
            unit.text += f" {self.word()}"
        elif what < 0.3:
            unit.box, unit.done = ("[ ] ", "") if unit.box == "[x] " else ("[x] ", DONE)
        elif what < 0.36:
            unit.time = f"{chance.randrange(10, 24)}:30 "
        elif what < 0.43:
            unit.below.append(self.unit(1))
        elif what < 0.5 and unit.below:
            del unit.below[0]
        elif what < 0.58 and unit.below:
            unit.below[-1].text += f" {self.word()}"
        elif what < 0.65 and unit.text.count(" ") == 3:
            section.units.insert(chance.randrange(len(section.units)), section.units.pop(at))
            note.moved = True
        else:
            unit.text += f" {self.word()}"


def written(note: Sample) -> str:
    front = "".join([chunk(key, value, style) for key, (value, style) in note.front.items()])
    lines: list[str] = []
    for section in note.sections:
        lines += ["", section.title, ""] if section.title else []
        for unit in section.units:
            lines += unit_lines(unit)
    return (f"---\n{front}---\n" if front else "") + "".join([f"{line}\n" for line in lines])


def chunk(key: str, value: Value, style: int) -> str:
    """Write a key in one of four ways."""
    above = f"# about {key}\n" if style == 1 else ""
    comment = "  # why" if style == 3 and isinstance(value, str) else ""
    return f"{above}{yaml_entry(key, value, 0, Layout(flow_lists=style == 2))}{comment}\n"


def unit_lines(unit: Unit) -> list[str]:
    if unit.kind == "code":
        return ["```", unit.text, "```"]
    bullet = "- " if unit.kind == "item" else ""
    lines = [f"{bullet}{unit.box}{unit.time}{unit.text}{unit.done}"]
    for below in unit.below:
        lines += [f"  {line}" for line in unit_lines(below)]
    return ["", *lines] if unit.gap else lines


cases = st.randoms(use_true_random=True).map(Case)


def tokens(value: object) -> Counter[str]:
    return Counter(TOKEN.findall(str(value)))


def front_of(text: str) -> dict[str, Value]:
    read = parse_front_matter("", text, split_note(text))
    assert read.readable, read.problems
    assert not read.problems
    return read.values


def values_of(note: Sample) -> dict[str, Value]:
    return {key: value for key, (value, _) in note.front.items()}


def units_of(note: Sample) -> dict[str, tuple[Unit, str]]:
    """Return the units by their core, each with the core of the item that it is in."""
    found: dict[str, tuple[Unit, str]] = {}
    for section in note.sections:
        for unit in section.units:
            found[unit.core] = (unit, "")
            found.update({below.core: (below, unit.core) for below in unit.below})
    return found


def gone(base: Value | None, left: Value | None, right: Value | None) -> set[str]:
    """Return the words of a value that one side took out while the other left what holds them as it was."""
    if isinstance(base, list):
        left, right = ([] if value is None else value for value in (left, right))
    if base in (left, right):
        return set(tokens(base)) - set(tokens(left if right == base else right))
    if isinstance(base, dict) and isinstance(left, dict) and isinstance(right, dict):
        return set().union(*(gone(base[key], left.get(key), right.get(key)) for key in base))
    if isinstance(base, list) and isinstance(left, list) and isinstance(right, list):
        named = [{name_of(item): item for item in items} for items in (left, right)]
        return set().union(*(gone(item, *(each.get(name_of(item)) for each in named)) for item in base))
    return set()


def name_of(item: Value) -> str:
    return str(item.get("value") or item.get("what")) if isinstance(item, dict) else str(item)


@few
@given(cases)
def test_a_merge_is_readable_without_markers_and_the_same_whoever_merges(case: Case) -> None:
    base, left, right = case.texts
    for kind in ("note", "journal"):
        merged = merge_notes(base, left, right, kind=kind)
        assert merged == merge_notes(base, right, left, kind=kind)
        assert merged.ok
        front_of(merged.text)
        assert not re.search(r"^(<<<<<<<|=======|>>>>>>>)", merged.text, re.MULTILINE)
        assert merge_notes(merged.text, merged.text, left, kind=kind).text == left


@few
@given(cases)
def test_what_only_one_side_changed_is_taken_byte_for_byte(case: Case) -> None:
    base, left, _ = case.texts
    for text in (left, left.replace("\n", "\r\n"), "\ufeff" + left, left.removesuffix("\n"), left + "<<<<<<< x\n"):
        assert merge_notes(base, text, text, kind="note") == Merged(text)
        assert merge_notes(base, text, base, kind="note") == Merged(text)
        assert merge_notes(base, base, text, kind="note") == Merged(text)


@few
@given(cases)
def test_every_change_of_the_front_matter_is_there_as_a_value_or_a_conflict(case: Case) -> None:
    base, left, right = (values_of(note) for note in (case.base, case.left, case.right))
    merged = case.merged().text
    front = split_note(merged).yaml or ""
    assert set(tokens(front)) <= set(tokens(left)) | set(tokens(right)), "nothing is invented"
    assert (set(tokens(left)) | set(tokens(right))) - set(tokens(base)) <= set(tokens(front)), "nothing is lost"
    assert set(tokens(front)) >= set(tokens(left)) & set(tokens(right))


@few
@given(cases)
def test_what_a_side_takes_out_of_the_front_matter_does_not_come_back(case: Case) -> None:
    base, left, right = (values_of(note) for note in (case.base, case.left, case.right))
    values = front_of(case.merged().text)
    values.pop("merge_conflicts", None)
    for key in base:
        assert not gone(base[key], left.get(key), right.get(key)) & set(tokens(values.get(key)))
    for key in {*base, *left, *right}:
        if base.get(key) in (left.get(key), right.get(key)):
            assert values.get(key) == (left if base.get(key) == right.get(key) else right).get(key)
        else:
            parts = base.get(key), left.get(key), right.get(key)
            assert key in values or not set(tokens(parts[1:])) - gone(*parts), "an edit beats a removal"
    for key in ENTRIES:
        names = [name_of(item) for item in values.get(key) or []]
        assert len(set(names)) == len(names), "an item that both have changed is one"
    for key in LISTS:
        texts = [str(item) for item in values.get(key) or []]
        assert len(set(texts)) == len(texts), "a text that both have added is one"


@few
@given(cases)
def test_keys_that_at_most_one_side_has_touched_stay_byte_for_byte(case: Case) -> None:
    front = split_note(case.merged().text).yaml or ""
    for key in {*case.left.front, *case.right.front}:
        versions = [note.front.get(key) for note in (case.base, case.left, case.right)]
        changed = versions[2] if versions[1] == versions[0] else versions[1] if versions[2] == versions[0] else None
        if changed:
            assert f"\n{chunk(key, *changed)}" in f"\n{front}"


@few
@given(cases)
def test_two_values_of_one_key_have_a_winner_and_a_conflict(case: Case) -> None:
    base, left, right = (values_of(note) for note in (case.base, case.left, case.right))
    merged = case.merged()
    values = front_of(merged.text)
    records = values.get("merge_conflicts", [])
    assert isinstance(records, list)
    for key in SCALARS:
        versions = [note.get(key) for note in (base, left, right)]
        if None not in versions[1:] and len({str(version) for version in versions}) == 3:
            kept, other = values[key], versions[1] if values[key] == versions[2] else versions[2]
            assert kept in versions[1:]
            assert {"key": key, "value": other} in records
            assert (key, str(kept), str(other)) in [tuple(clash) for clash in merged.clashes]
    assert len(records) == len([clash for clash in merged.clashes if clash.key])


@few
@given(cases)
def test_a_part_of_a_note_is_merged_alike_whatever_stands_in_the_other_parts(case: Case) -> None:
    cuts = [split_note(text) for text in case.texts]
    fronts = [text.removesuffix(cut.body) for text, cut in zip(case.texts, cuts, strict=True)]
    assume(all(fronts[1:]) or not any(fronts[1:]))
    assume(all(cut.body for cut in cuts[1:]))
    merged = case.merged()
    crossed = merge_notes(case.texts[0], fronts[2] + cuts[1].body, fronts[1] + cuts[2].body, kind="note")
    assert crossed == merged
    values = front_of(merged.text)
    records: list[Value] = []
    for key in {*case.left.front, *case.right.front}:
        alone = [
            chunk(key, *note.front[key]) if key in note.front else "" for note in (case.base, case.left, case.right)
        ]
        front = [f"---\n{text}---\n" for text in alone]
        expected = front_of(merge_notes(front[0] if case.texts[0] else "", front[1], front[2], kind="note").text)
        lost = expected.pop("merge_conflicts", [])
        records += lost if isinstance(lost, list) else [lost]
        assert ({key: values[key]} if key in values else {}) == expected
    assert Counter(map(str, records)) == Counter(map(str, values.get("merge_conflicts", [])))


def stays(core: str, base: Sample, left: Sample, right: Sample) -> bool:
    """Tell whether a unit has to be in the merged note."""
    old, mine, other = (units_of(note).get(core) for note in (base, left, right))
    only = mine or other
    if only is None or (mine and other):
        return only is not None
    if old is None or old[0] != only[0]:
        return True
    parent = only[1]
    return bool(parent) and parent not in units_of(right if mine else left) and stays(parent, base, left, right)


@few
@given(cases, st.sampled_from(["note", "journal"]))
def test_no_line_is_lost_none_comes_back_and_none_is_there_twice(case: Case, kind: str) -> None:
    notes = case.base, case.left, case.right
    body = tokens(split_note(case.merged(kind).text).body)
    everything = [units_of(note) for note in notes]
    for core in {*everything[0], *everything[1], *everything[2]}:
        old, mine, other = (units.get(core, (None, ""))[0] for units in everything)
        assert (body[core] > 0) == stays(core, *notes), core
        wordings = [(unit.text, unit.time) if unit else None for unit in (old, mine, other)]
        is_clash = None not in wordings[1:] and len(set(wordings)) == 3
        is_half = mine and other and old and mine.text != old.text != other.text
        # A line that both have put beside something that one of them took out may be there twice; an item may not.
        is_line = old is None and mine is not None and mine.kind != "item"
        assert body[core] <= 1 + (is_clash or bool(is_half) or is_line), core
    new = (tokens(case.texts[1]) | tokens(case.texts[2])) - tokens(case.texts[0])
    front = tokens(values_of(case.left)) + tokens(values_of(case.right))
    assert not set(new) - set(front) - set(body), "no word of a line is lost"
    assert not set(body) - set(tokens(case.texts[1])) - set(tokens(case.texts[2])), "nothing is invented"


@few
@given(cases)
def test_what_is_ticked_on_one_side_stays_ticked_whatever_the_other_writes(case: Case) -> None:
    notes = [units_of(note) for note in (case.base, case.left, case.right)]
    lines = split_note(case.merged("journal").text).body.split("\n")
    for core in set(notes[1]) & set(notes[2]):
        old, mine, other = (units.get(core, (None, ""))[0] for units in notes)
        if old and mine and other and old.kind == "item":
            boxes = old.box, mine.box, other.box
            box = boxes[2] if boxes[1] == boxes[0] else boxes[1]
            if len(set(boxes)) == 3:
                box = "[x] "
            for line in lines:
                if f"{core} " in line:
                    assert line.strip().startswith(f"- {box}")
                    assert line.count(DONE) == (box == "[x] "), line
                    assert "[" not in line.replace(box, "", 1)


@few
@given(cases, st.sampled_from(["note", "journal"]))
def test_headings_keep_their_items_and_the_items_their_order(case: Case, kind: str) -> None:
    assume(not case.left.moved)
    assume(not case.right.moved)
    merged = case.merged(kind).text
    place = {word: at for at, word in reversed(list(enumerate(TOKEN.findall(split_note(merged).body))))}
    for note in (case.left, case.right):
        for section in note.sections:
            once = [unit.core for unit in section.units if unit.core in place and merged.count(unit.core) == 1]
            assert [place[core] for core in once] == sorted(place[core] for core in once)
            if section.core and once:
                assert place[section.core] < place[once[0]]
                later = [
                    other.core for other in note.sections[note.sections.index(section) + 1 :] if other.core in place
                ]
                assert all(place[once[-1]] < place[core] for core in later if merged.count(core) == 1)


times = st.lists(st.integers(600, 1430), unique=True, max_size=5)


@few
@given(times, times, times, st.sampled_from(["\n", "\r\n"]))
@example([600], [601, 700], [650], "\n")
def test_a_day_of_timed_items_stays_in_the_order_of_time(
    base: list[int], left: list[int], right: list[int], eol: str
) -> None:
    def day(*minutes: list[int]) -> str:
        every = sorted({minute for part in minutes for minute in part})
        return "".join([f"- {minute // 60:02}:{minute % 60:02} call w{minute}w\n  - more\n" for minute in every])

    merged = merge_notes(day(base), day(base, left).replace("\n", eol), day(base[1:], right), kind="journal")
    if set(left) - set(base) and (base[1:] or right) and not set(base[:1]) & {*left, *right}:
        expected = day(base[1:], left, right)
        assert merged.text == (expected.replace("\n", eol) if base or not right else expected)


@few
@given(st.lists(st.integers(1, 28), unique=True, max_size=4), st.lists(st.integers(1, 28), unique=True, max_size=4))
def test_a_log_with_the_newest_first_stays_so(left: list[int], right: list[int]) -> None:
    def log(*days: list[int]) -> str:
        every = sorted({29, 30, *(day for part in days for day in part)}, reverse=True)
        return "## Log\n" + "".join([f"- 2026-01-{day:02} call\n" for day in every])

    assert merge_notes(log(), log(left), log(right), kind="note").text == log(left, right)


pieces = st.sampled_from(
    [
        "---\n",
        "a: b\n",
        "a: [b\n",
        "- x\n",
        "  - x\n",
        "\n",
        "\r\n",
        "```\n",
        "# H\n",
        "…",
        "\ufeff",
        "tags: [a]\n",
        "\t",
        "{",
        "- [ ] do\n",
    ]
    + [f"word{number}\n" for number in range(9)]
)
garbage = st.lists(pieces, max_size=9).map("".join)


@settings(max_examples=250, deadline=None)
@given(garbage, garbage, garbage, st.sampled_from(["note", "journal"]))
def test_garbage_neither_crashes_nor_loses(base: str, left: str, right: str, kind: str) -> None:
    merged = merge_notes(base, left, right, kind=kind)
    assert merged == merge_notes(base, right, left, kind=kind)
    if not merged.ok:
        assert merged.text == ""
        assert left not in (base, right)
        assert right != base
    elif base.strip() or (left.strip() and right.strip()):
        was = set(re.findall(r"word\d", base))
        for side in (left, right):
            assert set(re.findall(r"word\d", side)) - was <= set(re.findall(r"word\d", merged.text))
