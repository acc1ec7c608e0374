"""What happened, put down: names that become links, the day's note in all its forms, and what is read in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from prmvault.app.tell import Logged, add_to_log, linked_text, log
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.core.problems import PrmvaultError
from tests.conftest import SampleVault

TODAY = date(2026, 11, 20)
DAY = "journal/2026/2026-11-20.md"
PEOPLE = {
    "people/Grace Hopper.md": "---\ntype: person\n---\n",
    "people/Heinrich Weißhaupt.md": "---\ntype: person\naliases: [Opa]\n---\n",
    "people/Anna Schröder.md": "---\ntype: person\n---\n",
    "people/Anna Whitfield.md": "---\ntype: person\nbirthday: --03-14\n---\n",
    "people/Max Muster.md": "---\ntype: person\n---\n",
}


@pytest.fixture
def vault(vault_at: SampleVault) -> Iterator[Vault]:
    vault_at.write("prmvault.yaml", 'me: "[[Max Muster]]"\n')
    for path, text in PEOPLE.items():
        vault_at.write(path, text)
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


def put(
    vault: Vault, text: str, *, day: date = TODAY, at: str = "", people: Sequence[str] = (), channel: str = ""
) -> Logged:
    return log(vault, text, day, at, people, channel, TODAY)


def read(vault: Vault, path: str = DAY) -> str:
    return Path(vault.root, path).read_bytes().decode()


def everything(vault: Vault) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in Path(vault.root).rglob("*") if file.is_file()}


# --- log


def test_an_interaction_is_a_line_of_the_day_with_its_people_as_links(vault: Vault) -> None:
    done = put(vault, "lunch with Grace and Opa, he wants a garden bench #gift", day=date(2026, 11, 19))
    item = "lunch with [[Grace Hopper|Grace]] and [[Heinrich Weißhaupt|Opa]], he wants a garden bench #gift"
    path = "journal/2026/2026-11-19.md"
    people = ("Grace Hopper", "Heinrich Weißhaupt")
    assert done == Logged(path, done.line, item, "2026-11-19", "", "meal", "contact", people, ())
    assert read(vault, path).splitlines()[done.line - 1] == f"- {item}"
    refreshed = refreshed_vault(vault)
    assert refreshed.problems == ()
    ideas = refreshed.facts.contacts_tagged(("gift",))
    assert next(iter(ideas)).contact.text.startswith("lunch with Grace and Opa")


def test_every_line_comes_below_the_one_before_it(vault: Vault) -> None:
    lines = [put(vault, f"{word} with Grace").line for word in ("first", "second", "third")]
    assert lines == [lines[0], lines[0] + 1, lines[0] + 2]
    assert [line for line in read(vault).splitlines() if line.startswith("- ")] == [
        f"- {word} with [[Grace Hopper|Grace]]" for word in ("first", "second", "third")
    ]


def test_names_that_several_have_stay_plain_and_are_told(vault: Vault) -> None:
    done = put(vault, "lunch with Anna and Grace")
    assert done.text == "lunch with Anna and [[Grace Hopper|Grace]]"
    assert done.people == ("Grace Hopper",)
    assert done.ties == (("Anna", ("people/Anna Schröder.md", "people/Anna Whitfield.md")),)


def test_a_name_that_several_have_means_the_one_who_was_there(vault: Vault) -> None:
    done = put(vault, "lunch with Anna", people=["Anna Whit"])
    assert (done.text, done.ties) == ("lunch with [[Anna Whitfield|Anna]]", ())
    done = put(vault, "Anna Schröder and Anna", people=["Anna Whitfield"])
    assert done.people == ("Anna Schröder", "Anna Whitfield")


def test_those_whom_the_text_does_not_name_stand_behind_it(vault: Vault) -> None:
    done = put(vault, "talked about the move", people=["grace", "Opa", "Grace Hopper"], channel="call")
    assert done.text == "call: talked about the move ([[Grace Hopper]], [[Heinrich Weißhaupt]])"
    assert put(vault, "call with Grace", people=["grace"], channel="call").text == "call with [[Grace Hopper|Grace]]"


@pytest.mark.parametrize(
    ("text", "at", "channel", "item", "time", "kind"),
    [
        ("talked with Grace", "7:30", "", "07:30 talked with [[Grace Hopper|Grace]]", "07:30", "contact"),
        ("Grace", "7pm", "call", "19:00 call: [[Grace Hopper|Grace]]", "19:00", "contact"),
        ("18:00 Grace", "", "call", "18:00 call: [[Grace Hopper|Grace]]", "18:00", "contact"),
        ("19 Uhr Grace", "", "", "19 Uhr [[Grace Hopper|Grace]]", "19:00", "contact"),
        ("[ ] call Grace", "9", "", "[ ] 09:00 call [[Grace Hopper|Grace]]", "", "task"),
        ("[x] call Grace", "9", "", "[x] 09:00 call [[Grace Hopper|Grace]]", "09:00", "contact"),
        ("- call Grace", "", "", "call [[Grace Hopper|Grace]]", "", "contact"),
        ("Grace #mention", "", "", "[[Grace Hopper|Grace]] #mention", "", "mention"),
        ("nobody", "", "", "nobody", "", "item"),
        ("-5 degrees, Grace froze", "", "", "-5 degrees, [[Grace Hopper|Grace]] froze", "", "contact"),
    ],
)
def test_times_channels_and_boxes_stand_where_they_are_read(
    vault: Vault, text: str, at: str, channel: str, item: str, time: str, kind: str
) -> None:
    done = put(vault, text, at=at, channel=channel)
    assert (done.text, done.time, done.kind) == (item, time, kind)


def test_a_day_to_come_is_a_plan(vault: Vault) -> None:
    assert put(vault, "dinner with Grace", day=date(2026, 12, 1)).kind == "plan"


@pytest.mark.parametrize(
    "text",
    [
        "a\nb  with\tGrace",
        "`Grace` and https://example.org/Grace and [[Grace Hopper]]",
        "# not a heading, [[Grace",
        "--- Grace",
        "> said Grace",
        "| a | Grace |",
        "{a: b} *Grace & 'c' \"d\" %e @f",
        "``` Grace",
        "1. Grace",
    ],
)
def test_any_text_is_one_item_and_leaves_the_others_as_they_are(vault: Vault, text: str) -> None:
    put(vault, "before")
    before = read(vault)
    done = put(vault, text)
    put(vault, "after with Opa")
    lines = read(vault).splitlines(keepends=True)
    del lines[done.line - 1 : done.line + 1]
    assert "".join(lines) == before
    refreshed = refreshed_vault(vault)
    day = refreshed.facts.note(DAY)
    assert day is not None
    assert day.problems == ()
    assert day.contacts[-1].text == "after with Opa"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- first", "- first\n- Opa\n"),
        ("---\r\ntype: journal\r\n---\r\n- first\r\n", "---\r\ntype: journal\r\n---\r\n- first\r\n- Opa\r\n"),
        ("", "- Opa\n"),
        ("\ufeff* first\n\n# Later\ntext\n", "\ufeff* first\n* Opa\n\n# Later\ntext\n"),
        ("prose\n```\ncode\n```\n", "prose\n```\ncode\n```\n\n- Opa\n"),
    ],
)
def test_a_day_in_any_form_gets_the_line_and_stays_as_it_was(
    vault_at: SampleVault, vault: Vault, before: str, after: str
) -> None:
    vault_at.write(DAY, before)
    put(refreshed_vault(vault), "Opa")
    assert read(vault) == after.replace("Opa", "[[Heinrich Weißhaupt|Opa]]")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("---\na: [\n---\n- x\n", f"it is left as it is: {DAY}:"),
        ("text\n```\ncode without end\n", "a code block there is not closed"),
        (b"M\xfcller\n", f"{DAY}:1: the file is not UTF-8"),
    ],
)
def test_a_day_that_cannot_be_edited_is_refused_with_its_place(
    vault_at: SampleVault, vault: Vault, content: str | bytes, told: str
) -> None:
    vault_at.write(DAY, content)
    with pytest.raises(PrmvaultError) as error:
        put(refreshed_vault(vault), "Opa")
    assert told in str(error.value)
    assert error.value.hint
    assert Path(vault.root, DAY).read_bytes() == (content.encode() if isinstance(content, str) else content)


def test_a_day_under_another_name_is_the_day(vault_at: SampleVault, vault: Vault) -> None:
    vault_at.write("journal/a good day.md", "---\ntype: journal\ndate: 2026-11-20\n---\n")
    assert put(refreshed_vault(vault), "Opa").path == "journal/a good day.md"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"people": ["Anna"]}, 4),
        ({"people": ["Nobody Known"]}, 1),
        ({"channel": "smoke signs"}, 2),
        ({"at": "25:00"}, 2),
        ({"at": "soon"}, 2),
        ({"at": "18:00-19:00"}, 2),
    ],
)
def test_what_is_not_understood_writes_nothing_not_even_an_empty_day(
    vault: Vault, options: dict[str, Any], code: int
) -> None:
    before = everything(vault)
    with pytest.raises(PrmvaultError) as told:
        put(vault, "lunch", **options)
    assert told.value.exit_code == code
    assert told.value.hint
    assert everything(vault) == before


def test_a_second_time_is_refused(vault: Vault) -> None:
    with pytest.raises(PrmvaultError, match="begins with a time, 18:00"):
        put(vault, "18:00 Opa", at="19:00")


# --- the log of a person


def test_a_line_of_a_persons_log_is_a_contact(vault: Vault) -> None:
    path = "people/Grace Hopper.md"
    done = add_to_log(vault, path, "called: Opa is well, says Max Muster", TODAY, TODAY)
    assert done.text == "2026-11-20 called: [[Heinrich Weißhaupt|Opa]] is well, says Max Muster"
    assert (done.kind, done.channel, done.people) == ("contact", "call", ("Grace Hopper", "Heinrich Weißhaupt"))
    assert read(vault, path) == f"---\ntype: person\n---\n\n## Log\n\n- {done.text}\n"
    older = add_to_log(vault, path, "- 18:00 dinner with Grace", date(2026, 11, 1), TODAY)
    assert (older.line, older.time) == (done.line, "18:00")
    assert "[[Grace" not in read(vault, path)


def test_the_log_has_the_heading_of_the_settings(vault_at: SampleVault, vault: Vault) -> None:
    vault_at.write("prmvault.yaml", "log_headings: [Verlauf, Log]\n")
    add_to_log(refreshed_vault(vault), "people/Grace Hopper.md", "x", TODAY, TODAY)
    assert "## Verlauf\n" in read(vault, "people/Grace Hopper.md")


# --- names in a text


def test_only_names_of_one_person_become_links_and_never_ones_own(vault: Vault) -> None:
    linked = linked_text(vault, "Grace and Max Muster met Opa; Anna did not")
    assert linked.text == "[[Grace Hopper|Grace]] and Max Muster met [[Heinrich Weißhaupt|Opa]]; Anna did not"
    assert linked.paths == ("people/Grace Hopper.md", "people/Heinrich Weißhaupt.md")
    assert [words for words, _ in linked.ties] == ["Anna"]


def test_a_link_that_was_typed_counts_as_it_is(vault: Vault) -> None:
    text = "[[opa]] and [[Grace Hopper|she]] and [[Nobody]] and [[Anna]]"
    linked = linked_text(vault, text)
    assert linked.text == text
    assert linked.paths == ("people/Heinrich Weißhaupt.md", "people/Grace Hopper.md")


def test_only_the_names_that_may_be_in_a_text_are_looked_up(vault: Vault) -> None:
    rows = vault.facts.names_of_people_in(["grace"], ["weisshaupt"], ["opa"])
    assert {row[2] for row in rows} == {"people/Grace Hopper.md", "people/Heinrich Weißhaupt.md"}
    assert vault.facts.names_of_people_in([], [], []) == []
    assert {row[2] for row in vault.facts.names_of_people_in(["anna"], [], [])} == {
        "people/Anna Schröder.md",
        "people/Anna Whitfield.md",
    }


def test_a_misspelled_name_is_proposed_where_nobody_is_recognized(vault: Vault) -> None:
    linked = linked_text(vault, "lunch with Gracce")
    assert linked == ("lunch with Gracce", (), (("Gracce", ("people/Grace Hopper.md",)),))
    assert linked_text(vault, "Opa met Gracce").ties == ()
