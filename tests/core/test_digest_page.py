"""One page of what is generated and what somebody wrote on it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prmvault.core.digest_join import join_page
from prmvault.core.digest_page import Words, edits_of, line_id, parse_page, with_done, with_snoozed

GENERATED = """# Week 2026-W47

## This week

### Monday

- 🎂 Anna turns 30
- [ ] pay it ⏳ 2026-11-17 ^t-aaaaaa

### Tuesday

- 📍 dentist

## To be in touch with

- [ ] call [[Oma Gerda]] ⏳ 2026-11-22 ^c-3f2a1c
  - last: the garden
  - every 2 weeks
- [ ] visit [[Tom]] ⏳ 2026-11-22 ^c-3f2a1d

… and 3 more
"""
PAGE = join_page(GENERATED, "")
GERMAN = Words(("Notizen", "Notes"), ("Erledigt", "Done"))


def test_a_new_page_has_a_mark_and_room_for_notes() -> None:
    assert PAGE.startswith(GENERATED)
    assert PAGE.endswith(" -->\n\n## Notes\n")
    assert join_page(GENERATED, PAGE) == PAGE


def test_lines_that_were_generated_before_go_and_new_ones_come() -> None:
    other = GENERATED.replace("dentist", "barber").replace("- 🎂 Anna turns 30\n", "")
    assert join_page(other, PAGE).split("<!--")[0] == join_page(other, "").split("<!--")[0]


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_notes_stay_byte_for_byte(eol: str) -> None:
    page = PAGE.replace("\n", eol)
    notes = f"## Notes  {eol}{eol}{eol}  text \t{eol}\n## My own heading{eol}- [x] a ^c-3f2a1c{eol}## Notes{eol}no end"
    changed = page.replace(f"## Notes{eol}", notes)
    joined = join_page(GENERATED.replace("dentist", "barber"), changed)
    assert joined.endswith(notes)
    assert joined.split("## Notes")[0].count("\r\n") == (
        joined.split("## Notes")[0].count("\n") if eol == "\r\n" else 0
    )
    assert edits_of(parse_page(changed)) == []


def test_a_bom_stays() -> None:
    assert join_page(GENERATED, "\ufeff" + PAGE) == "\ufeff" + PAGE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- 📍 dentist\n", "- 📍 dentist\n- and the barber\n"),
        ("- 📍 dentist\n", "- 📍 dentist\n\na paragraph\nof two lines\n"),
        ("### Tuesday\n", "### Tuesday\n\nquiet, for once\n"),
        ("# Week 2026-W47\n", "my title\n\n# Week 2026-W47\n"),
        ("  - last: the garden\n", "  - last: the garden\n  - she was glad\n    - very\n"),
        ("… and 3 more\n", "… and 3 more\n\n## My own\n\n- [ ] buy milk\n"),
        ("- [ ] pay it ⏳ 2026-11-17 ^t-aaaaaa\n", "- [ ] pay it, by card ⏳ 2026-11-17 ^t-aaaaaa\n"),
        ("- [ ] pay it ⏳ 2026-11-17 ^t-aaaaaa\n", "- pay it, by card ^t-aaaaaa\n"),
        ("- [ ] pay it ⏳ 2026-11-17 ^t-aaaaaa\n", ""),
        ("- 📍 dentist\n", "- 📍 dentist at the station\n"),
        ("- 🎂 Anna turns 30\n", ""),
    ],
)
def test_what_was_changed_by_hand_stays_where_it_is(old: str, new: str) -> None:
    changed = PAGE.replace(old, new)
    assert join_page(GENERATED, changed) == changed
    other = GENERATED.replace("turns 30", "turns 31").replace("every 2 weeks", "every 3 weeks")
    assert new in join_page(other, changed)


def test_a_heading_under_which_all_was_taken_out_goes_too() -> None:
    assert "Tuesday" not in join_page(GENERATED, PAGE.replace("- 📍 dentist\n", ""))


def test_a_line_whose_place_has_gone_goes_to_the_notes() -> None:
    changed = PAGE.replace("- 📍 dentist\n", "- 📍 dentist\n- and the barber\n  - cut\n").replace(
        "## Notes\n", "## Notes\nmine\n"
    )
    joined = join_page(GENERATED.replace("- 📍 dentist\n", "- 📍 opera\n"), changed)
    assert joined.endswith("## Notes\nmine\n\n- and the barber\n  - cut\n")


def test_a_reworded_line_that_is_no_longer_generated_goes_to_the_notes_and_a_ticked_one_waits() -> None:
    changed = PAGE.replace("- [ ] pay it ⏳", "- [ ] pay it, by card ⏳").replace("- [ ] visit", "- [x] visit")
    other = GENERATED.replace("- [ ] pay it ⏳ 2026-11-17 ^t-aaaaaa\n", "").split("- [ ] visit")[0]
    joined = join_page(other, changed)
    assert joined.endswith("## Notes\n\n- [ ] pay it, by card ⏳ 2026-11-17 ^t-aaaaaa\n")
    assert "- [x] visit [[Tom]] ⏳ 2026-11-22 ^c-3f2a1d\n" in joined.split("<!--")[0]
    assert join_page(other, joined) == joined


def test_a_page_without_a_mark_is_made_in_full_and_loses_nothing() -> None:
    joined = join_page(GENERATED, "# Week 2026-W47\n\n- from another time\n\n## Notes\n\nmine\n")
    assert joined.startswith(GENERATED.split("\n", maxsplit=1)[0])
    assert all(line in joined.split("\n") for line in [*GENERATED.split("\n"), "- from another time", "mine"])
    assert edits_of(parse_page(joined)) == []


def test_two_marks_count_together() -> None:
    mark = next(line for line in PAGE.split("\n") if line.startswith("<!--"))
    hashes = mark.split()
    two = f"{' '.join(hashes[:6])} -->\n{' '.join([*hashes[:2], *hashes[6:]])}"
    assert join_page("# Week\n", PAGE.replace(mark, two)).startswith("# Week\n\n<!--")


def test_notes_in_another_language_keep_their_heading() -> None:
    german = join_page(GENERATED, "", GERMAN)
    assert german.endswith("## Notizen\n")
    assert join_page(GENERATED, german + "mine\n") == german + "mine\n"
    assert join_page(GENERATED, PAGE, GERMAN) == PAGE


def test_notes_whose_heading_was_deleted_are_notes_all_the_same() -> None:
    assert join_page(GENERATED, PAGE.replace("## Notes\n", "mine\n")) == PAGE + "\nmine\n"


def test_an_edit_tells_text_day_and_what_stands_under_the_line() -> None:
    changed = PAGE.replace("call [[Oma Gerda]] ⏳ 2026-11-22", "call [[Oma Gerda]]: well ⏳ 2026-11-22 ✅ 2026-11-21")
    changed = changed.replace("- [ ] call", "* [X] call").replace("the garden\n", "the garden\n\t- soon\n")
    (edit,) = edits_of(parse_page(changed))
    assert edit[2:] == ("c-3f2a1c", "done", "call [[Oma Gerda]]: well", "2026-11-21", ("\t- soon",))
    after = with_done(changed, edit, "2026-11-21", GERMAN)
    assert "## Erledigt\n\n* [x] call [[Oma Gerda]]: well ✅ 2026-11-21 ^c-3f2a1c\n\t- soon\n\n<!--" in after
    assert "the garden" not in after
    assert join_page(GENERATED, after) == after, "known in any language by the mark; a contact that was had stays away"


def test_a_day_that_an_editor_put_behind_the_id_is_read_all_the_same() -> None:
    changed = PAGE.replace("- [ ] call", "- [x] call").replace("^c-3f2a1c", "^c-3f2a1c ✅ 2026-11-21 ")
    (edit,) = edits_of(parse_page(changed))
    assert edit[2:] == ("c-3f2a1c", "done", "call [[Oma Gerda]]", "2026-11-21", ())
    assert "- [x] call [[Oma Gerda]] ✅ 2026-11-21 ^c-3f2a1c\n" in with_done(changed, edit, "2026-11-21")


@pytest.mark.parametrize("text", [": the knee is better", " about the knee, ^well", ", gut. ", ": (2026)\t"])
def test_what_is_written_behind_the_id_belongs_to_the_line(text: str) -> None:
    changed = PAGE.replace("- [ ] call", "- [x] call").replace("^c-3f2a1c", f"^c-3f2a1c{text}")
    (edit,) = edits_of(parse_page(changed))
    assert edit[2:] == ("c-3f2a1c", "done", f"call [[Oma Gerda]]{text.rstrip()}", "", ())
    after = with_done(changed, edit, "2026-11-21")
    assert f"- [x] call [[Oma Gerda]]{text.rstrip()} ✅ 2026-11-21 ^c-3f2a1c\n" in after
    unticked = changed.replace("- [x] call", "- [ ] call")
    assert edits_of(parse_page(unticked)) == []
    assert join_page(GENERATED, unticked).count("c-3f2a1c") == 1


def test_a_line_with_an_id_under_another_is_no_part_of_it_and_stays() -> None:
    other, its = "  - [x] pay it ^t-123456", "  - [ ] visit [[Tom]] ⏳ 2026-11-22 ^c-3f2a1d"
    changed = PAGE.replace("- [ ] call", "- [x] call").replace("- [ ] visit", "  - [ ] visit")
    changed = changed.replace("  - last: the garden\n", f"  - well\n{other}\n")
    edit, second = edits_of(parse_page(changed))
    assert (edit.below, second.id) == (("  - well",), "t-123456")
    body, _, done = with_done(changed, edit, "2026-11-21").partition("## Done\n")
    assert f"\n{other}\n{its}\n" in body
    assert done.startswith("\n- [x] call [[Oma Gerda]] ✅ 2026-11-21 ^c-3f2a1c\n  - well\n\n<!--")


def test_what_was_written_under_a_line_that_is_below_done_already_comes_under_it_there() -> None:
    ticked = PAGE.replace("- [ ] call", "- [x] call").replace("- [ ] visit", "- [x] visit")
    after = ticked
    for edit in edits_of(parse_page(ticked)):
        after = with_done(after, edit, "2026-11-21")
    again = after.replace("## Done", "- [x] call [[Oma Gerda]] ^c-3f2a1c\n  - mine\n\n## Done")
    (edit,) = edits_of(parse_page(again))
    done = with_done(again, edit, "2026-11-22").partition("## Done\n")[2]
    assert done.startswith("\n- [x] call [[Oma Gerda]] ✅ 2026-11-21 ^c-3f2a1c\n  - mine\n- [x] visit")


def test_another_day_behind_the_id_puts_off() -> None:
    changed = PAGE.replace("^c-3f2a1c", "^c-3f2a1c ⏳ 2026-12-24")
    assert [(edit.what, edit.day) for edit in edits_of(parse_page(changed))] == [("snoozed", "2026-12-24")]


def test_a_day_that_was_carried_is_no_edit_any_more() -> None:
    changed = PAGE.replace("[[Tom]] ⏳ 2026-11-22", "[[Tom]], at last ⏳ 2026-11-29")
    (edit,) = edits_of(parse_page(changed))
    after = with_snoozed(changed, edit, edit.id)
    assert edits_of(parse_page(after)) == []
    assert "- [ ] visit [[Tom]], at last ⏳ 2026-11-29 ^c-3f2a1d" in join_page(GENERATED, after)


def test_a_copied_line_of_another_week_is_no_edit() -> None:
    assert edits_of(parse_page(PAGE + "")) == []
    changed = PAGE.replace("## To be", "- [ ] call [[Ida]] ⏳ 2026-10-01 ^c-999999\n\n## To be")
    assert edits_of(parse_page(changed)) == []


TITLES = ("call", "visit", "pay", "write to", "mend")
PLAIN = st.integers(0, 12).map(lambda n: f"- plan {n}")
ACTION = st.tuples(st.integers(0, 6), st.integers(1, 3)).map(
    lambda n: f"- [ ] {TITLES[n[0] % 5]} [[P{n[0]}]] ⏳ 2026-11-2{n[1]} ^c-00000{n[0]}\n  - last: told {n[0]}"
)
SECTION = st.tuples(st.integers(0, 4), st.lists(st.one_of(PLAIN, ACTION), max_size=5, unique=True)).map(
    lambda each: "\n".join([f"## Section {each[0]}", "", *each[1]])
)


def once(page: str) -> str:
    """Return a page on which the first line alone has an id, as the digest's template writes it."""
    seen: set[str] = set()
    lines = []
    for line in page.split("\n"):
        name = line_id(line)
        lines.append(line.replace("- [ ] ", "- again: ").removesuffix(f" ^{name}") if name in seen else line)
        seen |= {name} if name else set()
    return "\n".join(lines)


PAGES = st.lists(SECTION, max_size=4, unique_by=lambda text: text.split("\n")[0]).map(
    lambda sections: once("\n\n".join(["# Week 2026-W47", *sections]) + "\n")
)


class Hand:
    """Edits a page at random, and remembers each line that it wrote."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.written: set[str] = set()
        self.count = 0

    def word(self) -> str:
        self.count += 1
        return f"mine{self.count}"

    def edit(self, text: str) -> str:
        """Make some edits; what is deleted by hand is no longer to be found."""
        lines = text.split("\n")
        for _ in range(self.random.randint(0, 6)):
            at = self.random.randrange(len(lines) + 1)
            kind = self.random.choice(
                ["add", "nested", "heading", "change", "tick", "delete", "move", "strip", "fence"]
            )
            if kind in ("add", "nested", "heading", "fence"):
                before = {"add": "", "nested": "    - ", "heading": "## ", "fence": "``` "}[kind]
                lines.insert(at, before + self.word())
            elif at == len(lines) or "<!--" in lines[at] or not lines[at].strip():
                continue
            elif kind == "change":
                lines[at] = self._changed(lines[at])
            elif kind == "tick":
                lines[at] = lines[at].replace("[ ]", "[x]")
            elif kind == "delete":
                del lines[at]
            elif kind == "move":
                lines.insert(self.random.randrange(len(lines)), lines.pop(at))
            else:
                lines = [line.rstrip() for line in lines]
        self.written = {word for line in lines for word in line.replace(",", " ").split() if word.startswith("mine")}
        return "\n".join(lines)

    def _changed(self, line: str) -> str:
        head, sign, block_id = line.rpartition(" ^")
        return f"{head}, {self.word()} ^{block_id}" if sign else f"{line}, {self.word()}"


@settings(max_examples=300, deadline=None)
@given(pages=st.lists(PAGES, min_size=2, max_size=5), seed=st.integers(0, 2**32), crlf=st.booleans())
def test_no_line_of_the_users_is_ever_lost(pages: list[str], seed: int, crlf: bool) -> None:
    hand = Hand(seed)
    page = join_page(pages[0], "")
    page = page.replace("\n", "\r\n") if crlf else page
    for generated in pages[1:]:
        page = hand.edit(page)
        for edit in edits_of(parse_page(page))[:1]:
            page = with_done(page, edit, "2026-11-20")
        joined = join_page(generated, page)
        words = joined.replace(",", " ").split()
        assert hand.written <= set(words)
        assert join_page(generated, joined) == joined
        page = joined
