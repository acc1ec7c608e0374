"""Anything that people do on two sides, in any order: after a sync both say the same, and nothing that was said is lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from prmvault.core.edit import append_value, remove_value, set_value
from prmvault.core.model import texts_in
from prmvault.core.notes_section import notes_of, replaced_notes
from prmvault.interop.vcard_read import read_all
from tests.app.vdir_world import World

_MOST_PEOPLE = 2
"""With more of them hardly anything would happen to the same person on both sides."""

SIDES = st.sampled_from(["vault", "folder"])


class Side:
    """What one side says of a person: e-mails, title and lines of notes; each text is said only once in a run."""

    def __init__(self) -> None:
        self.emails: set[str] = set()
        self.title = ""
        self.notes: set[str] = set()

    def all(self) -> tuple[set[str], str, set[str]]:
        return self.emails, self.title, self.notes

    def copy(self) -> Side:
        other = Side()
        other.emails, other.title, other.notes = set(self.emails), self.title, set(self.notes)
        return other


class Syncs(RuleBasedStateMachine):
    """`base` is what both sides said after the last sync, by name; each side says something of its own until the next."""

    people = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.temporary = tempfile.TemporaryDirectory()
        base = Path(self.temporary.name)
        self.patch.setenv("PRMVAULT_CACHE_DIR", str(base / "cache"))
        self.patch.setenv("PRMVAULT_STATE_DIR", str(base / "state"))
        self.world = World(base)
        self.sides: dict[str, dict[str, Side]] = {"vault": {}, "folder": {}}
        self.base: dict[str, Side] = {}
        self.count = 0

    def teardown(self) -> None:
        try:
            self.sync()
        finally:
            self.patch.undo()
            self.temporary.cleanup()

    def said(self) -> str:
        self.count += 1
        return f"said{self.count}"

    @initialize(target=people, side=SIDES)
    def begin(self, side: str) -> str:
        return self.add_person(side)

    @precondition(lambda self: len(self.base) < _MOST_PEOPLE)
    @rule(target=people, side=SIDES)
    def add(self, side: str) -> str:
        return self.add_person(side)

    def add_person(self, side: str) -> str:
        self.count += 1
        name = f"P{self.count} Q{self.count}"
        self.sides[side][name] = Side()
        if side == "vault":
            self.world.note(name)
        else:
            self.world.card(f"file{self.count}", f"UID:uid-{self.count}", f"FN:{name}")
        return name

    @rule(name=people, side=SIDES)
    def add_email(self, name: str, side: str) -> None:
        if name not in self.sides[side]:
            return
        email = f"{self.said()}@example.org"
        self.sides[side][name].emails.add(email)
        if side == "vault":
            self.edit(name, append_value(self.world.text(name), ("emails",), email))
        else:
            self.world.add_to_card(name, f"EMAIL:{email}")

    @rule(name=people, side=SIDES, data=st.data())
    def remove_email(self, name: str, side: str, data: st.DataObject) -> None:
        if name not in self.sides[side] or not self.sides[side][name].emails:
            return
        email = data.draw(st.sampled_from(sorted(self.sides[side][name].emails)))
        self.sides[side][name].emails.remove(email)
        if side == "vault":
            there = self.world.front(name)["emails"]
            path = ("emails", there.index(email)) if isinstance(there, list) else ("emails",)
            self.edit(name, remove_value(self.world.text(name), path))
        else:
            self.world.edit_card(name, f"EMAIL:{email}\r\n", "")

    @rule(name=people, side=SIDES)
    def set_title(self, name: str, side: str) -> None:
        if name not in self.sides[side]:
            return
        old, new = self.sides[side][name].title, self.said()
        self.sides[side][name].title = new
        if side == "vault":
            self.edit(name, set_value(self.world.text(name), ("title",), new))
        elif old:
            self.world.edit_card(name, f"TITLE:{old}\r\n", f"TITLE:{new}\r\n")
        else:
            self.world.add_to_card(name, f"TITLE:{new}")

    @rule(name=people, side=SIDES)
    def add_to_notes(self, name: str, side: str) -> None:
        if name not in self.sides[side]:
            return
        line = self.said()
        has_notes = bool(self.sides[side][name].notes)
        self.sides[side][name].notes.add(line)
        if side == "vault":
            text = self.world.text(name)
            self.edit(name, replaced_notes(text, f"{notes_of(text)}\n{line}".strip(), "Notes", ("log",)))
        elif has_notes:
            [note] = [each for each in self.world.cards()[name] if each.startswith("NOTE:")]
            path = self.world.file_of(name)
            whole = path.read_bytes().decode().replace("\r\n ", "")
            path.write_bytes(whole.replace(note, f"{note}\\n{line}").encode())
        else:
            self.world.add_to_card(name, f"NOTE:{line}")

    @rule(name=people, side=SIDES)
    def delete(self, name: str, side: str) -> None:
        if name in self.sides[side] and name in self.base:
            del self.sides[side][name]
            (self.world.delete_note if side == "vault" else self.world.delete_card)(name)

    @rule(name=people, order=st.randoms(use_true_random=False))
    def write_the_card_in_another_way(self, name: str, order: object) -> None:
        if name in self.sides["folder"]:
            path = self.world.file_of(name)
            lines = [line for line in self.world.cards()[name] if not line.startswith(("REV", "PRODID"))]
            order.shuffle(lines)  # type: ignore[attr-defined]
            path.unlink()
            self.count += 1
            self.world.card(f"other{self.count}", *lines, "PRODID:-//other//", f"REV:2026-11-20T10:{self.count:05}Z")

    @rule()
    def sync(self) -> None:
        self.world.sync(force=True)
        before = self.world.fingerprint(), self.world.vault.fingerprint()
        again = self.world.sync(force=True)
        assert (again.steps, again.problems, again.maybes) == ((), (), ())
        assert (self.world.fingerprint(), self.world.vault.fingerprint()) == before
        expected = {}
        for name in {*self.sides["vault"], *self.sides["folder"]}:
            merged = self.expected(name)
            if merged is not None:
                expected[name] = merged
        assert self.world.people() == sorted(expected)
        assert sorted(self.world.cards()) == sorted(expected)
        for name, side in expected.items():
            self.look(name, side)
        self.base = {name: side.copy() for name, side in expected.items()}
        self.sides = {which: {name: side.copy() for name, side in expected.items()} for which in self.sides}

    @invariant()
    def no_person_is_there_twice(self) -> None:
        assert not [name for name in self.world.people() if "(" in name]

    def edit(self, name: str, text: str) -> None:
        self.world.vault.write(f"people/{name}.md", text)

    def expected(self, name: str) -> Side | None:
        """Return what both sides have to say of somebody after a sync."""
        vault, folder, base = self.sides["vault"].get(name), self.sides["folder"].get(name), self.base.get(name)
        if vault is None or folder is None:
            left = vault or folder
            return left if left and (base is None or left.all() != base.all()) else None
        base = base or Side()
        merged = Side()
        merged.emails = (vault.emails | folder.emails) - (base.emails - (vault.emails & folder.emails))
        merged.title = folder.title if vault.title == base.title else vault.title
        merged.notes = vault.notes | folder.notes
        return merged

    def look(self, name: str, side: Side) -> None:
        front = self.world.front(name)
        emails = front.get("emails", [])
        assert set(emails if isinstance(emails, list) else [emails]) == side.emails
        assert front.get("title", "") == side.title
        assert set(notes_of(self.world.text(name)).split("\n")) - {""} == side.notes
        [draft] = read_all(self.world.file_of(name).read_bytes(), name).drafts
        assert set(draft.fields.get("emails", [])) == side.emails
        assert draft.fields.get("title", "") == side.title
        assert set(draft.notes.split("\n")) - {""} == side.notes
        lost = {text for which in self.sides.values() if name in which for text in [which[name].title] if text}
        kept = {side.title, self.base[name].title if name in self.base else ""}
        known = self.sides["vault"].get(name) and self.sides["folder"].get(name)
        assert not known or lost - kept <= set(texts_in(front.get("merge_conflicts", [])))


TestSyncs = Syncs.TestCase
TestSyncs.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
