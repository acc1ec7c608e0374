"""What is done on the digest's pages lands where it belongs, once."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app import listen as listening
from prmvault.app.listen import Heard, listen, waiting_problems
from prmvault.app.vault import Vault, open_vault
from prmvault.core.digest_ids import contact_id, debt_id, gift_id, reminder_id, task_id
from prmvault.core.digest_join import join_page
from prmvault.core.model import Task
from prmvault.vault import files
from tests.conftest import SampleVault, environment

TODAY = date(2026, 11, 20)
PAGE = "digest/2026-W47.md"
JOURNAL = "journal/2026/2026-11-20.md"
GERDA = "people/Gerda Weißhaupt.md"
TOM = "people/Tom.md"
NOTES = {
    GERDA: """---
type: person
aliases: [Oma Gerda]
uid: urn:uuid:1
reminders:
  - text: water her plants
    on: 2026-11-19
    repeat: weekly
  - text: renew her passport
    on: 2026-12-01
gifts:
  - what: garden bench   # she said so
    status: idea
  - what: tea
    status: planned
wishes: [an owl]
---

- [ ] fix the lamp 📅 2026-11-18
- [ ] oil the door ⏳ 2026-11-18
- [ ] water the lemon 🔁 every week
""",
    TOM: """---
type: person
debts:
  - {amount: 20 EUR, by: them, for: cinema, date: 2026-11-01}
---
""",
    "people/Ida.md": "---\ntype: person\n---\n",
}
LAMP = task_id("urn:uuid:1", Task(0, "fix the lamp", "open", due="2026-11-18"))
DOOR = task_id("urn:uuid:1", Task(0, "oil the door", "open", scheduled="2026-11-18"))
LEMON = task_id("urn:uuid:1", Task(0, "water the lemon", "open"))
TALK = contact_id("2026-W47", ["urn:uuid:1"])
BOTH = contact_id("2026-W47", ["urn:uuid:1", TOM])
PLANTS = reminder_id("urn:uuid:1", "water her plants", "2026-11-19")
PASSPORT = reminder_id("urn:uuid:1", "renew her passport", "2026-12-01")
BENCH = gift_id("urn:uuid:1", "garden bench", "idea")
TEA = gift_id("urn:uuid:1", "tea", "planned")
OWL = gift_id("urn:uuid:1", "an owl", "idea")
CINEMA = debt_id(TOM, "20 EUR", "cinema", "2026-11-01")
GENERATED = f"""# Week 2026-W47

## To be in touch with

- [ ] call [[Gerda Weißhaupt|Oma Gerda]] ⏳ 2026-11-20 ^{TALK}
  - last: the garden
- [ ] visit [[Gerda Weißhaupt|Oma Gerda]], [[Tom]] ⏳ 2026-11-20 ^{BOTH}

## Overdue

- [ ] fix the lamp ⏳ 2026-11-18 ^{LAMP}
- [ ] oil the door ⏳ 2026-11-18 ^{DOOR}
- [ ] water the lemon ^{LEMON}
- [ ] 🔔 water her plants ⏳ 2026-11-19 ^{PLANTS}
- [ ] 🔔 renew her passport ⏳ 2026-12-01 ^{PASSPORT}

## Gifts

- [ ] garden bench (idea → planned) ^{BENCH}
- [ ] tea (planned → given) ^{TEA}
- [ ] an owl (idea → planned) ^{OWL}

## Debts

- [ ] 20 EUR from Tom, cinema ^{CINEMA}
"""


class Listener:
    """A vault with a page, whose lines are ticked as an editor would."""

    def __init__(self, sample: SampleVault) -> None:
        self.sample = sample
        for path, text in NOTES.items():
            sample.write(path, text)
        sample.write(PAGE, join_page(GENERATED, ""))
        self.opened: list[Vault] = []

    def text(self, path: str) -> str:
        return (self.sample.path / path).read_bytes().decode() if (self.sample.path / path).exists() else ""

    def edit(self, old: str, new: str, path: str = PAGE) -> None:
        text = self.text(path)
        assert old in text
        self.sample.replace(path, text.replace(old, new, 1))

    def tick(self, name: str, more: str = "", box: str = "x") -> None:
        lines = self.text(PAGE).split("\n")
        at = next(at for at, line in enumerate(lines) if line.endswith(name) and line.startswith("- [ ]"))
        lines[at] = lines[at].replace("[ ]", f"[{box}]").replace(" ⏳", f"{more} ⏳").replace(f" ^{name}", f" ^{name}")
        self.sample.replace(PAGE, "\n".join(lines))

    def put_off(self, name: str, day: str) -> None:
        lines = self.text(PAGE).split("\n")
        at = next(at for at, line in enumerate(lines) if line.endswith(name))
        before, _, _ = lines[at].rpartition("⏳")
        lines[at] = f"{before}⏳ {day} ^{name}"
        self.sample.replace(PAGE, "\n".join(lines))

    def listen(self, today: date = TODAY) -> Heard:
        vault = open_vault(self.sample.root, say=lambda _: None)
        try:
            heard = listen(vault, today)
        finally:
            vault.facts.close()
        return heard

    def done(self) -> list[str]:
        _, _, rest = self.text(PAGE).partition("## Done\n")
        return [line for line in rest.partition("<!--")[0].split("\n") if line.strip()]


@pytest.fixture
def there(vault_at: SampleVault) -> Listener:
    return Listener(vault_at)


def test_nothing_is_done_where_nothing_was_touched(there: Listener) -> None:
    before = there.sample.fingerprint()
    assert there.listen()[1:] == ((), ())
    assert there.listen()[1:] == ((), ())
    assert there.sample.fingerprint() == before


def test_a_ticked_task_is_ticked_in_its_note(there: Listener) -> None:
    there.tick(LAMP)
    heard = there.listen()
    assert heard.carried == (f"digest: ticked fix the lamp → {GERDA}:19",)
    assert "- [x] fix the lamp 📅 2026-11-18 ✅ 2026-11-20\n" in there.text(GERDA)
    assert there.done() == [f"- [x] fix the lamp ✅ 2026-11-20 ^{LAMP}"]


def test_the_day_that_an_editor_added_counts(there: Listener) -> None:
    there.tick(LAMP, more=" ✅ 2026-11-19")
    there.listen()
    assert "- [x] fix the lamp 📅 2026-11-18 ✅ 2026-11-19\n" in there.text(GERDA)
    assert there.done() == [f"- [x] fix the lamp ✅ 2026-11-19 ^{LAMP}"]


def test_a_task_that_repeats_gets_the_next_one_once_and_again_when_it_is_ticked_again(there: Listener) -> None:
    there.tick(LEMON)
    there.listen()
    assert there.text(GERDA).count("- [ ] water the lemon") == 1 == there.text(GERDA).count("- [x] water the lemon")
    there.sample.write(PAGE, join_page(GENERATED, there.text(PAGE)))
    there.tick(LEMON)
    there.listen()
    assert there.text(GERDA).count("- [x] water the lemon") == 2
    assert there.text(GERDA).count("- [ ] water the lemon") == 1


def test_a_task_that_was_done_and_written_again_is_ticked_again(there: Listener) -> None:
    bread = task_id("urn:uuid:1", Task(0, "buy bread", "open"))
    there.sample.write(GERDA, NOTES[GERDA] + "- [x] buy bread ✅ 2026-11-17\n- [ ] buy bread\n")
    there.edit("## Overdue\n", f"## Overdue\n\n- [x] buy bread ^{bread}\n")
    assert len(there.listen().carried) == 1
    assert there.text(GERDA).endswith("- [x] buy bread ✅ 2026-11-17\n- [x] buy bread ✅ 2026-11-20\n")


def test_of_two_equal_tasks_the_other_one_stays_open_where_the_ticked_one_was_carried_before(there: Listener) -> None:
    bread = task_id("urn:uuid:1", Task(0, "buy bread", "open"))
    there.sample.write(GERDA, NOTES[GERDA] + "- [x] buy bread ✅ 2026-11-20\n- [ ] buy bread\n")
    there.edit("## Overdue\n", f"## Overdue\n\n- [x] buy bread ^{bread}\n- [ ] buy bread ^{bread}\n")
    assert there.listen().carried == ()
    assert there.text(GERDA).endswith("- [ ] buy bread\n")


@pytest.mark.parametrize(
    ("path", "line", "wanted"),
    [
        (
            GERDA,
            f"fix the lamp ^{task_id(GERDA, Task(0, 'fix the lamp', 'open', due='2026-11-18'))}",
            "lamp 📅 2026-11-18 ✅",
        ),
        (GERDA, f"water her plants ^{reminder_id(GERDA, 'water her plants', '2026-11-19')}", "done: 2026-11-20"),
        (GERDA, f"garden bench ^{gift_id(GERDA, 'garden bench', 'idea')}", "said so\n    status: planned"),
        (GERDA, f"an owl ^{gift_id(GERDA, 'an owl', 'idea')}", "what: an owl"),
        (TOM, f"20 EUR ^{CINEMA}", "settled: 2026-11-20"),
        (JOURNAL, f"call [[Gerda Weißhaupt]] ^{contact_id('2026-W47', [GERDA])}", "- call [[Gerda Weißhaupt]] ^c-"),
        (JOURNAL, f"call ^{contact_id('2026-W47', [GERDA])}", "- call ([[Gerda Weißhaupt]]) ^c-"),
        (JOURNAL, f"see [[Gerda Weißhaupt]], [[Tom]] ^{BOTH}", "- see [[Gerda Weißhaupt]], [[Tom]] ^c-"),
    ],
)
def test_a_line_is_carried_where_its_note_has_got_its_uid_since(
    there: Listener, path: str, line: str, wanted: str
) -> None:
    there.edit("type: person\n", "type: person\nuid: urn:uuid:2\n", TOM)
    there.edit("## Overdue\n", f"## Overdue\n\n- [x] {line}\n")
    heard = there.listen()
    assert (len(heard.carried), heard.problems) == (1, ())
    assert wanted in there.text(path)
    assert there.listen()[1:] == ((), ())


def test_pages_behind_a_link_that_leads_out_of_the_vault_are_not_heard(there: Listener) -> None:
    there.tick(LAMP)
    folder = there.sample.path / "digest"
    elsewhere = folder.rename(there.sample.path.parent / "elsewhere")
    folder.symlink_to(elsewhere)
    heard = there.listen()
    assert heard.carried == ()
    assert "leads out of the vault" in heard.problems[0].message
    assert there.text(GERDA) == NOTES[GERDA]


def test_a_page_full_of_strange_ticks_holds_nobody_up(there: Listener) -> None:
    strange = "".join(f"- [x] ^t-{number:06x}\n" for number in range(20_000))
    there.edit("## Overdue\n", f"## Overdue\n\n{strange}")
    problems = there.listen().problems
    assert (len(problems), problems[-1].message) == (11, "… and 19990 more")
    assert "check" in problems[-1].hint
    assert len(waiting_problems(open_vault(there.sample.root, say=lambda _: None))) == 20_000


@pytest.mark.parametrize(("written", "carried"), [("task 521", 1), ("task 1217", 1), ("the other one", 0)])
def test_of_two_tasks_that_share_an_id_by_chance_the_one_that_the_line_tells_of_is_ticked(
    there: Listener, written: str, carried: int
) -> None:
    name, other = (task_id("urn:uuid:1", Task(0, f"task {number}", "open")) for number in (521, 1217))
    assert name == other
    there.sample.write(GERDA, NOTES[GERDA] + "- [ ] task 521\n- [ ] task 1217\n")
    there.edit("## Overdue\n", f"## Overdue\n\n- [x] {written} ^{name}\n")
    heard = there.listen()
    assert (len(heard.carried), len(heard.problems)) == (carried, 1 - carried)
    assert (f"- [x] {written} ✅ 2026-11-20\n" in there.text(GERDA)) == bool(carried)
    assert there.text(GERDA).count("- [x]") == carried


def test_a_cancelled_task_is_cancelled_in_its_note(there: Listener) -> None:
    there.tick(LAMP, box="-")
    there.listen()
    assert "- [-] fix the lamp 📅 2026-11-18 ❌ 2026-11-20\n" in there.text(GERDA)
    assert there.done() == [f"- [-] fix the lamp ❌ 2026-11-20 ^{LAMP}"]


def test_a_ticked_contact_becomes_a_line_of_the_day_with_what_was_written(there: Listener) -> None:
    there.tick(TALK, more=": the knee is better")
    there.edit("  - last: the garden\n", "  - last: the garden\n  - wants a visit #plan\n    - in May\n")
    heard = there.listen()
    assert heard.carried == (f"digest: logged call Oma Gerda: the knee is better → {JOURNAL}:6",)
    item = f"- call [[Gerda Weißhaupt|Oma Gerda]]: the knee is better ^{TALK}\n  - wants a visit #plan\n    - in May\n"
    assert item in there.text(JOURNAL)
    assert there.done() == [
        f"- [x] call [[Gerda Weißhaupt|Oma Gerda]]: the knee is better ✅ 2026-11-20 ^{TALK}",
        "  - wants a visit #plan",
        "    - in May",
    ]
    assert "last: the garden" not in there.text(PAGE)


def test_what_was_talked_about_may_stand_behind_the_id(there: Listener) -> None:
    there.tick(TALK)
    there.edit(f"^{TALK}", f"^{TALK}: the knee is better")
    there.listen()
    assert f"- call [[Gerda Weißhaupt|Oma Gerda]]: the knee is better ^{TALK}\n" in there.text(JOURNAL)
    assert there.done()[0] == f"- [x] call [[Gerda Weißhaupt|Oma Gerda]]: the knee is better ✅ 2026-11-20 ^{TALK}"


def test_the_facts_know_of_it_at_once(there: Listener) -> None:
    there.tick(TALK)
    vault = open_vault(there.sample.root, say=lambda _: None)
    heard = listen(vault, TODAY)
    last = [told.contact.date for told in heard.vault.facts.last_contacts("2026-12-31")]
    assert last == ["2026-11-20"]
    assert not heard.vault.written, "the command may be run again"


def test_a_contact_with_two_people_whose_links_were_deleted_names_both(there: Listener) -> None:
    there.edit(
        f"- [ ] visit [[Gerda Weißhaupt|Oma Gerda]], [[Tom]] ⏳ 2026-11-20 ^{BOTH}",
        f"- [x] had tea with [[Tom]] and [[Gerda Weißhaupt]] and [[Ida]] ^{BOTH}",
    )
    there.listen()
    assert f"- had tea with [[Tom]] and [[Gerda Weißhaupt]] and [[Ida]] ^{BOTH}" in there.text(JOURNAL)


def test_a_contact_without_its_link_is_about_the_person_all_the_same(there: Listener) -> None:
    there.edit(f"call [[Gerda Weißhaupt|Oma Gerda]] ⏳ 2026-11-20 ^{TALK}", f"talked long ^{TALK}")
    there.tick(TALK)
    there.listen()
    assert f"- talked long ([[Gerda Weißhaupt]]) ^{TALK}" in there.text(JOURNAL)


def test_a_line_of_the_day_that_has_the_id_is_enough(there: Listener) -> None:
    there.sample.write("journal/2026/2026-11-18.md", f"- call [[Gerda Weißhaupt]], from the phone ^{TALK}\n")
    there.tick(TALK)
    assert there.listen().carried == ()
    assert not there.text(JOURNAL)
    assert there.done()


def test_a_ticked_reminder_is_done(there: Listener) -> None:
    there.tick(PLANTS)
    there.tick(PASSPORT)
    there.listen()
    text = there.text(GERDA)
    assert "    repeat: weekly\n    done: 2026-11-20\n" in text
    assert "    on: 2026-12-01\n    done: 2026-12-01\n" in text


def test_a_tick_for_an_old_turn_is_none_for_the_one_that_has_come_since(there: Listener) -> None:
    there.tick(PLANTS)
    there.listen(date(2026, 11, 27))
    assert "done: 2026-11-19\n" in there.text(GERDA)


def test_gifts_go_one_step_further(there: Listener) -> None:
    for name in (BENCH, TEA, OWL):
        there.tick(name)
    heard = there.listen()
    text = there.text(GERDA)
    assert "  - what: garden bench   # she said so\n    status: planned\n" in text
    assert "  - what: tea\n    status: given\n    date: 2026-11-20\n" in text
    assert "  - what: an owl\n    status: planned\n" in text
    assert len(heard.carried) == 3


def test_a_debt_is_settled(there: Listener) -> None:
    there.tick(CINEMA)
    there.listen()
    assert "settled: 2026-11-20" in there.text(TOM)


def test_another_day_puts_off(there: Listener) -> None:
    for name in (LAMP, DOOR, PLANTS, TALK):
        there.put_off(name, "2026-11-29")
    heard = there.listen()
    text = there.text(GERDA)
    assert "- [ ] fix the lamp 📅 2026-11-18 ⏳ 2026-11-29\n" in text
    assert "- [ ] oil the door ⏳ 2026-11-29\n" in text
    assert "    repeat: weekly\n    snooze: 2026-11-29\n" in text
    assert "snoozed: 2026-11-29\n" in text
    assert len(heard.carried) == 4
    assert there.listen().carried == ()
    assert not there.done()
    door = task_id("urn:uuid:1", Task(0, "oil the door", "open", scheduled="2026-11-29"))
    assert f"- [ ] oil the door ⏳ 2026-11-29 ^{door}\n" in there.text(PAGE)
    there.put_off(PLANTS, "2026-11-19")
    there.listen()
    assert "snooze:" not in there.text(GERDA)


def test_a_day_of_the_past_hears_nothing_of_later_ticks(there: Listener) -> None:
    there.tick(TALK)
    assert there.listen(date(2026, 11, 1))[1:] == ((), ())
    assert there.listen(date(2026, 11, 15)).carried == ("digest: logged call Oma Gerda → journal/2026/2026-11-15.md:6",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (f"- [ ] fix the lamp ⏳ 2026-11-18 ^{LAMP}", "- [x] who knows ^t-123456", "not found"),
        ("⏳ 2026-11-18 ^" + LAMP, "⏳ 2026-11-31 ^" + LAMP, "2026-11-31"),
        ("⏳ 2026-12-01 ^" + PASSPORT, "⏳ 2026-11-29 ^" + PASSPORT, "before the reminder's own day"),
        ("⏳ 2026-11-18 ^" + LAMP, "⏳ friday ^" + LAMP, "no day behind"),
        (
            "⏳ 2026-11-18 ^" + LAMP,
            "⏳ 2026-11-17 ^" + LAMP,
            "it is due on 2026-11-18; a day before that changes nothing",
        ),
        (f"- [ ] tea (planned → given) ^{TEA}", f"- [-] tea (planned → given) ^{TEA}", "can't be cancelled"),
        (f"- [ ] fix the lamp ⏳ 2026-11-18 ^{LAMP}", f"- [x] fix the lamp ✅ 2027-01-01 ^{LAMP}", "yet to come"),
        (
            f"- [ ] fix the lamp ⏳ 2026-11-18 ^{LAMP}",
            f"- [x] fix the lamp ^{LAMP}\n- [-] fix the lamp ^{LAMP}",
            "another line",
        ),
    ],
)
def test_what_is_not_understood_stays_and_is_told_once(there: Listener, old: str, new: str, told: str) -> None:
    there.edit(old, new)
    before = there.sample.fingerprint()
    heard = there.listen()
    assert all(told in problem.message for problem in heard.problems)
    assert {problem.code for problem in heard.problems} == {"digest-edit"}
    assert there.sample.fingerprint() == before
    again = there.listen()
    assert again.problems == ()
    vault = open_vault(there.sample.root, say=lambda _: None)
    assert waiting_problems(vault) == list(heard.problems)
    place = new.split("\n", maxsplit=1)[0]
    assert there.text(PAGE).split("\n")[heard.problems[0].line - 1].endswith(place)
    assert new in join_page(GENERATED, there.text(PAGE))


def test_what_could_not_be_carried_is_when_the_note_can_be_edited_again(there: Listener) -> None:
    there.tick(LAMP)
    whole = there.text(GERDA)
    there.sample.write(GERDA, whole.replace("type: person", "type: [person"))
    assert len(there.listen().problems) == 1
    there.sample.write(GERDA, whole)
    assert len(there.listen().carried) == 1
    assert waiting_problems(open_vault(there.sample.root, say=lambda _: None)) == []


def test_a_disk_that_takes_nothing_is_told_once(there: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    def full(source: str, *_: object) -> None:
        nonlocal count
        count += 1
        raise OSError(errno.ENOSPC, "No space left on device", f"{source}.{count}")

    for name, told in ((LAMP, ["the page was not heard: No space left on device"]), (CINEMA, [])):
        there.tick(name)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            assert [each.message for each in there.listen().problems] == told
    assert count == 2
    assert len(there.listen().carried) == 2


def test_an_unticked_line_below_done_is_told(there: Listener) -> None:
    there.tick(LAMP)
    there.listen()
    there.edit(f"- [x] fix the lamp ✅ 2026-11-20 ^{LAMP}", f"- [ ] fix the lamp ✅ 2026-11-20 ^{LAMP}")
    assert "can't be taken back" in there.listen().problems[0].message


def done_with_talk(there: Listener, below: str = "") -> str:
    """Have a contact carried, with `below` under it; return its line below Done without the id."""
    there.tick(TALK)
    if below:
        there.edit("  - last: the garden\n", f"  - last: the garden\n{below}")
    there.listen()
    return "- [x] call [[Gerda Weißhaupt|Oma Gerda]] ✅ 2026-11-20"


@pytest.mark.parametrize("form", ["before", "behind the day", "behind the id"])
def test_what_is_written_after_the_tick_was_carried_reaches_the_journal_once(there: Listener, form: str) -> None:
    line = done_with_talk(there)
    said = ": the knee is better"
    new = {
        "before": line.replace(" ✅", f"{said} ✅") + f" ^{TALK}",
        "behind the day": f"{line}{said} ^{TALK}",
        "behind the id": f"{line} ^{TALK}{said}",
    }[form]
    there.edit(f"{line} ^{TALK}", new)
    before = there.text(JOURNAL)
    heard = there.listen()
    assert heard.carried == (f"digest: reworded call Oma Gerda{said} → {JOURNAL}:6",)
    item = "- call [[Gerda Weißhaupt|Oma Gerda]]"
    assert there.text(JOURNAL) == before.replace(f"{item} ^", f"{item}{said} ^")
    if form != "behind the day":
        assert there.done() == [line.replace(" ✅", f"{said} ✅") + f" ^{TALK}"]
    page = there.text(PAGE)
    there.sample.write(PAGE, join_page(GENERATED, page))
    assert there.listen()[1:] == ((), ())
    there.edit(f"{said}", "")
    assert len(there.listen().carried) == 1
    assert there.text(JOURNAL) == before


def test_lines_written_under_a_carried_line_come_under_its_item_and_one_that_goes_on_is_no_second_one(
    there: Listener,
) -> None:
    line = done_with_talk(there, "  - wants\n")
    there.edit("  - wants\n", "  - wants\n  - from a phone\n", JOURNAL)
    there.edit(f"{line} ^{TALK}\n  - wants\n", f"{line} ^{TALK}\n  - wants a visit\n    - in May\n\n  - and cake\n")
    assert len(there.listen().carried) == 1
    under = "  - wants a visit\n  - from a phone\n    - in May\n  - and cake\n"
    assert there.text(JOURNAL).endswith(f" ^{TALK}\n{under}")
    assert there.listen()[1:] == ((), ())


def test_later_words_come_into_a_journal_of_another_systems_lines_byte_for_byte(there: Listener) -> None:
    day = "\ufeffHello\r\n\r\n1. first\r\n   - more\r\n2. second\r\n\r\n## Evening\r\n\r\n- quiet"
    there.sample.write(JOURNAL, day)
    line = done_with_talk(there, "  - a visit\n")
    there.edit(
        f"{line} ^{TALK}\n  - a visit\n", f"{line.replace(' ✅', ': well ✅')} ^{TALK}\n  - a visit\n  - and cake\n"
    )
    there.listen()
    item = f"3. call [[Gerda Weißhaupt|Oma Gerda]]: well ^{TALK}\r\n   - a visit\r\n   - and cake\r\n"
    assert there.text(JOURNAL) == day.replace("second\r\n", f"second\r\n{item}")


def test_a_deleted_cache_carries_later_words_once(there: Listener, cache: Path) -> None:
    line = done_with_talk(there)
    there.edit(f"{line} ^{TALK}\n", f"{line.replace(' ✅', ': well ✅')} ^{TALK}\n  - and cake\n")
    there.listen()
    for file in cache.glob("*/digest-*"):
        file.unlink()
    journal = there.text(JOURNAL)
    assert there.listen()[1:] == ((), ())
    assert there.text(JOURNAL) == journal


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (f"]] ^{TALK}", f"]], at noon ^{TALK}", "tells something else by now"),
        (f" ^{TALK}", "", "no line with this id"),
        (f"^{TALK}\n", f"^{TALK}\n- again ^{TALK}\n", "does not have one line"),
    ],
)
def test_new_words_for_a_line_of_the_journal_that_was_changed_are_told_and_change_nothing(
    there: Listener, old: str, new: str, told: str
) -> None:
    line = done_with_talk(there)
    there.edit(old, new, JOURNAL)
    there.edit(line, line.replace(" ✅", ": well ✅"))
    before = there.sample.fingerprint()
    (problem,) = there.listen().problems
    assert told in problem.message
    assert there.sample.fingerprint() == before
    assert there.listen()[1:] == ((), ())
    if f"^{TALK}" in there.text(JOURNAL):
        assert JOURNAL in problem.hint


def test_other_lines_below_done_may_be_reworded(there: Listener) -> None:
    there.tick(LAMP)
    line = done_with_talk(there)
    there.edit("fix the lamp ✅", "fix the old lamp ✅")
    there.edit(f"{line} ^{TALK}\n", f"{line} ^{TALK}\n\n- [x] call [[Ida]] ✅ 2026-11-20 ^c-123456\n")
    assert there.listen()[1:] == ((), ())


def test_what_was_true_only_before_is_not_kept_below_done(there: Listener) -> None:
    for told in ("fix the lamp, 2 days overdue", "fix the lamp, 1 day overdue"):
        there.sample.write(GERDA, NOTES[GERDA])
        there.sample.write(PAGE, join_page(GENERATED.replace("fix the lamp", told), ""))
        there.tick(LAMP)
        assert there.listen().carried == (f"digest: ticked fix the lamp → {GERDA}:19",)
        assert there.done() == [f"- [x] fix the lamp ✅ 2026-11-20 ^{LAMP}"]
    there.sample.write("prmvault.yaml", "language: de\n")
    there.edit("- [ ] oil the door", "- [ ] oil the door, 2 Tage überfällig")
    there.tick(DOOR)
    there.listen()
    assert f"- [x] oil the door ✅ 2026-11-20 ^{DOOR}" in there.done()


def test_it_is_told_what_was_done(there: Listener) -> None:
    for name in (PLANTS, BENCH, TEA, CINEMA):
        there.tick(name)
    there.tick(LAMP, box="-")
    there.put_off(DOOR, "2026-11-30")
    assert [line.split(" → ")[0].removeprefix("digest: ") for line in there.listen().carried] == [
        "cancelled fix the lamp",
        "put off to 2026-11-30: oil the door",
        "done 🔔 water her plants",
        "planned garden bench (idea",
        "given tea (planned",
        "settled 20 EUR from Tom, cinema",
    ]


@pytest.mark.parametrize("name", [LAMP, TALK, PLANTS, TEA, CINEMA])
@pytest.mark.parametrize("place", ["notes", "callout"])
def test_a_tick_in_the_notes_is_told_unless_it_was_carried(there: Listener, name: str, place: str) -> None:
    line = next(line for line in there.text(PAGE).split("\n") if line.endswith(f" ^{name}"))
    ticked = line.replace("- [ ]", "- [x]")
    if place == "notes":
        there.edit(f"{line}\n", "")
        there.edit("## Notes\n", f"## Notes\n\n{ticked}\n")
    else:
        there.edit(line, f"> {ticked}")
    before = there.sample.fingerprint()
    (problem,) = there.listen().problems
    assert "above the notes only" in problem.message
    assert there.text(PAGE).split("\n")[problem.line - 1].endswith(ticked)
    assert there.sample.fingerprint() == before
    there.sample.write(PAGE, join_page(GENERATED, ""))
    there.tick(name)
    there.listen()
    (line,) = there.done()
    there.edit(f"{line}\n", "")
    there.edit("## Notes\n", f"## Notes\n\n{line}\n")
    assert there.listen()[1:] == ((), ())


def test_free_text_is_no_problem(there: Listener) -> None:
    there.edit("## Overdue\n", "## Overdue\n\nthat can wait\n")
    there.edit("## Notes\n", "## Notes\n\n- [x] mine ^mine\n- [ ] other\n")
    assert there.listen().problems == ()


def test_a_page_that_is_saved_meanwhile_is_read_again(there: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    saved: list[str] = []
    swap = files.swap_file

    def save_first(*given: Any) -> bool:
        if not saved:
            saved.append("")
            there.edit("## Notes\n", "## Notes\nI was faster\n")
            there.tick(CINEMA)
        return swap(*given)

    monkeypatch.setattr(listening, "swap_file", save_first)
    there.tick(TALK)
    there.listen()
    assert "I was faster" in there.text(PAGE)
    assert there.text(JOURNAL).count(TALK) == 1
    assert "settled: 2026-11-20" in there.text(TOM)
    assert len(there.done()) == 2


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that ends the process before its n-th step that a disk would remember."""
    count = 0
    limit = -1
    replace = os.replace
    link = os.link

    def counted(step: Callable[..., None]) -> Callable[..., None]:
        def run(*given: object, **named: object) -> None:
            nonlocal count
            if count == limit:
                raise Killed
            count += 1
            step(*given, **named)

        return run

    monkeypatch.setattr(os, "replace", counted(replace))
    monkeypatch.setattr(os, "link", counted(link))

    def begin(steps: int) -> None:
        nonlocal count, limit
        count, limit = 0, steps

    return begin


def listen_through_a_kill(there: Listener, kill_at: Callable[[int], None], steps: int) -> int:
    """Listen, be killed after so many steps, and listen again; return how often it was killed: once, or not at all."""
    kill_at(steps)
    try:
        there.listen()
    except Killed:
        kill_at(-1)
        there.listen()
        return 1
    kill_at(-1)
    return 0


@pytest.mark.parametrize("name", [LAMP, LEMON, TALK, PLANTS, BENCH, OWL, TEA, CINEMA, "off " + DOOR, "off " + TALK])
def test_a_kill_between_any_two_steps_ends_in_one_effect(
    there: Listener, kill_at: Callable[[int], None], name: str
) -> None:
    def touch() -> None:
        if name.startswith("off "):
            there.put_off(name[4:], "2026-11-29")
        else:
            there.tick(name, more=": done it")

    touch()
    killed = 0
    there.listen()
    wanted = {path: there.text(path) for path in (GERDA, TOM, JOURNAL, PAGE)}
    for steps in range(8):
        for path, text in NOTES.items():
            there.sample.write(path, text)
        (there.sample.path / JOURNAL).unlink(missing_ok=True)
        there.sample.write(PAGE, join_page(GENERATED, ""))
        touch()
        killed += listen_through_a_kill(there, kill_at, steps)
        assert {path: there.text(path) for path in wanted} == wanted
    assert killed >= 2


def test_a_kill_while_later_words_are_carried_ends_in_one_effect(
    there: Listener, kill_at: Callable[[int], None]
) -> None:
    line = done_with_talk(there, "  - a visit\n")
    there.edit(f"{line} ^{TALK}\n", f"{line.replace(' ✅', ': well ✅')} ^{TALK}\n  - and cake\n")
    begun = {path: there.text(path) for path in (JOURNAL, PAGE)}
    there.listen()
    wanted = {path: there.text(path) for path in begun}
    killed = 0
    for steps in range(6):
        for path, text in begun.items():
            there.sample.write(path, text)
        killed += listen_through_a_kill(there, kill_at, steps)
        assert {path: there.text(path) for path in wanted} == wanted
    assert killed >= 2


def test_a_process_that_is_killed_at_any_moment_leaves_each_edit_with_one_effect(there: Listener) -> None:
    for name in (LAMP, LEMON, TALK, PLANTS, BENCH, TEA, OWL, CINEMA):
        there.tick(name)
    code = (
        "import os, signal, sys\n"
        "from datetime import date\n"
        "from prmvault.app.listen import listen\n"
        "from prmvault.app.vault import open_vault\n"
        "left = int(sys.argv[2])\n"
        "step = os.fsync\n"
        "def fsync(descriptor):\n"
        "    global left\n"
        "    left -= 1\n"
        "    if left < 0:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    step(descriptor)\n"
        "os.fsync = fsync\n"
        "listen(open_vault(sys.argv[1], print), date(2026, 11, 20))\n"
    )
    for steps in (1, 2, 3, 5, 8, 99):
        command = [sys.executable, "-c", code, there.sample.root, str(steps)]
        ended = subprocess.run(command, env=environment(), capture_output=True, check=False)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr.decode()
    text = there.text(GERDA)
    assert ended.returncode == 0
    assert text.count("- [x] fix the lamp") == text.count("- [x] water the lemon") == 1
    assert text.count("- [ ] water the lemon") == text.count("what: an owl") == 1
    assert there.text(JOURNAL).count(TALK) == 1
    assert len(there.done()) == 8


def test_a_deleted_cache_carries_nothing_twice(there: Listener, cache: Path) -> None:
    there.tick(TALK)
    there.listen()
    for folder in cache.iterdir():
        for file in folder.glob("digest-*"):
            file.unlink()
    assert there.listen()[1:] == ((), ())
    assert there.text(JOURNAL).count(TALK) == 1
