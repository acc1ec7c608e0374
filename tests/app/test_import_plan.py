"""Planning an import: whatever is in the file, doing it once is enough, and nobody is taken for somebody else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prmvault.app.import_apply import Report, apply_plan, report_of
from prmvault.app.import_match import Settled
from prmvault.app.import_plan import Choices, Planner
from prmvault.app.import_tags import with_tags
from prmvault.app.vault import open_vault
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.interop.drafts import Draft
from tests.conftest import SampleVault

NAMES = st.sampled_from(["Anna Müller", "anna mueller", "Bernd Müller", "Anna", "Dr. Anna Müller", "A/B", "..."])
VALUES: dict[str, Any] = {
    "uid": st.sampled_from(["u1", "u2", "u3"]),
    "emails": st.lists(st.sampled_from(["a@b.example", "A@b.example", "m@b.example"]), min_size=1, max_size=2),
    "phones": st.lists(st.sampled_from(["0171 3920021", "+49 171 3920021", "030 1234567"]), min_size=1, max_size=2),
    "birthday": st.sampled_from(["1987-03-14", "1990-01-01", "--03-14"]),
    "title": st.sampled_from(["Chef", "Boss"]),
    "tags": st.lists(st.sampled_from(["friend", "Chor"]), min_size=1, max_size=2),
    "related": st.just([{"type": "friend", "person": "u1"}]),
}
DRAFTS = st.lists(
    st.builds(
        lambda name, fields, notes: Draft("person", name, {"name": name, **fields}, notes, (), "a.vcf", 1),
        NAMES,
        st.fixed_dictionaries({}, optional=VALUES),
        st.sampled_from(["", "Tea.", "Tea.\n# Cake"]),
    ),
    max_size=6,
)
WORDS = st.sampled_from([(), ("all",), ("Anna Müller",)])


def imported(root: str, drafts: list[Draft], choices: Choices) -> Report:
    vault = open_vault(root, say=lambda _: None)
    planner = Planner(vault, choices, "2026-11-20")
    plan = apply_plan(vault, planner, planner.plan_parts(drafts), lambda: drafts, lambda _done, _total: None)
    vault.facts.close()
    return report_of(plan)


def notes_in(root: str) -> dict[str, str]:
    return {str(path): path.read_text("utf-8") for path in Path(root).rglob("*.md")}


@given(DRAFTS, DRAFTS, st.sampled_from(["", "file", "vault"]), WORDS, WORDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_import_that_was_done_has_nothing_left_to_do(
    cache: Path, first: list[Draft], second: list[Draft], prefer: str, same: tuple[str, ...], new: tuple[str, ...]
) -> None:
    root = tempfile.mkdtemp(dir=cache)
    os.makedirs(os.path.join(root, "people"))
    Path(root, "prmvault.yaml").write_text("region: DE\n", encoding="utf-8")
    for drafts in (first, second):
        choices = Choices(prefer, Settled(same, new))
        report = imported(root, drafts, choices)
        assert not report.problems
        before = notes_in(root)
        again = imported(root, drafts, choices)
        told = len(again.skipped) + len({(each["line"], each["name"]) for each in again.conflicts if not each["key"]})
        assert not again.created
        assert told <= len(drafts)
        if prefer != "file":  # Two records that clash with each other take turns then.
            assert not again.updated
            assert notes_in(root) == before
        for text in before.values():
            assert parse_front_matter("", text, split_note(text)).readable


@given(DRAFTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_stands_in_a_note_is_there_after_any_import(cache: Path, drafts: list[Draft]) -> None:
    root = tempfile.mkdtemp(dir=cache)
    os.makedirs(os.path.join(root, "people"))
    Path(root, "prmvault.yaml").write_text("", encoding="utf-8")
    lines = ["uid: u1", "title: Mine  # my word", "birthday: 1987-03-14", "Text.", "- [ ] a task"]
    note = Path(root, "people", "Anna Müller.md")
    note.write_text("---\n" + "\n".join(lines[:3]) + "\n---\n" + "\n".join(lines[3:]) + "\n", encoding="utf-8")
    imported(root, drafts, Choices())
    assert [line for line in note.read_text("utf-8").split("\n") if line in lines] == lines


def test_a_group_names_each_member_once_and_the_strangers_by_number() -> None:
    group = Draft("group", "Chor Leipzig", {"members": ["urn:uuid:1", "urn:uuid:2", "urn:uuid:3", "u4"]}, line=7)
    people = [Draft("person", "Anna", {"uid": "1", "tags": ["Chor-Leipzig"]}), Draft("person", "Tom", {})]
    found, problems = with_tags(people, [group], "", lambda uid: ("Eva", "urn:uuid:2") if uid == "2" else ("", ""))
    assert [(draft.name, draft.fields.get("tags")) for draft in found] == [
        ("Anna", ["Chor-Leipzig"]),
        ("Tom", None),
        ("Eva", ["Chor-Leipzig"]),
    ]
    assert [problem.message for problem in problems] == [
        "2 members of the group Chor-Leipzig are neither in the file nor in the vault"
    ]


def test_a_note_that_cannot_be_read_is_left_alone_and_the_rest_goes_on(vault_at: SampleVault) -> None:
    vault_at.write("people/Anna.md", "---\nuid: u1\nemails: a@b.example\n---\n")
    broken = vault_at.write("people/Tom.md", "---\ntitle: [\n---\n")
    drafts = [
        Draft("person", "Anna", {"name": "Anna", "uid": "u1", "title": "Chef"}, source="a.vcf", line=1),
        Draft("person", "Tom", {"name": "Tom", "title": "Chef"}, source="a.vcf", line=5),
    ]
    report = imported(vault_at.root, drafts, Choices(settled=Settled(("all",))))
    assert [entry["path"] for entry in report.updated] == ["people/Anna.md"]
    assert [(entry["code"], entry["line"]) for entry in report.problems] == [("not-imported", 5)]
    assert broken.read_text("utf-8") == "---\ntitle: [\n---\n"
