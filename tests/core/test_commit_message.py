"""The messages of commits tell what changed: names, keys and days."""

from __future__ import annotations

from prmvault.core.commit_message import Written, commit_message

ANNA = "---\nname: Anna\nphones: '1'\n---\n\nAbout her.\n"


def test_keys_of_people_and_days_of_the_journal_are_told() -> None:
    written = [
        Written("journal/2026/2026-11-20.md", "a", "b"),
        Written("journal/2026/2026-11-21.md", None, "b"),
        Written("people/Anna Müller.md", ANNA, ANNA.replace("'1'", "'2'")),
    ]
    assert commit_message(written) == "Anna Müller: phones; journal 2026-11-20, 21"


def test_days_of_two_months_are_told_in_full_and_many_days_as_a_span() -> None:
    days = [Written(f"journal/{day}.md", "", "x") for day in ("2026-10-31", "2026-11-01", "2026-11-02")]
    assert commit_message(days) == "journal 2026-10-31, 2026-11-01, 02"
    many = [Written(f"journal/2026-11-{day:02d}.md", "", "x") for day in range(1, 21)]
    assert commit_message(many) == "journal 2026-11-01 to 2026-11-20 (20 days)"


def test_new_and_removed_notes_and_other_files_are_told() -> None:
    written = [
        Written("people/A.md", None, "x"),
        Written("people/B.md", "x", None),
        Written("attachments/c.jpg", None, None),
    ]
    assert commit_message(written) == "A: new; B: removed; c.jpg"


def test_a_change_of_the_text_is_told_so() -> None:
    assert commit_message([Written("people/A.md", ANNA, ANNA + "More.\n")]) == "A: text"


def test_of_many_files_the_first_are_told_and_the_rest_counted() -> None:
    assert commit_message([Written(f"people/{name}.md", None, "") for name in "ABCDEFG"]) == (
        "A: new; B: new; C: new; D: new; E: new; 2 more files"
    )


def test_a_note_that_does_not_parse_is_told_too() -> None:
    message = commit_message([Written("people/A.md", ANNA, "---\nname: [\n---\n")])
    assert message.startswith("A: ")
