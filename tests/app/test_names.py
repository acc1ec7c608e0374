"""Whom a name means: in which order names are tried, what is a tie, and what is said of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from prmvault.app.names import person_keys, resolve, resolve_any, resolve_me
from prmvault.app.vault import Vault
from prmvault.core.problems import EXIT_AMBIGUOUS, EXIT_NOTHING_FOUND, PrmvaultError

TODAY = date(2026, 11, 20)
FILES: dict[str, str | bytes] = {
    "people/Ann Lee.md": "---\nbirthday: 1984-09-23\norg: Acme\nuid: urn:uuid:1-ABC\n---\n## Log\n- 2026-11-01 call\n",
    "people/Anna Müller.md": "---\naliases: [Annie]\nemails: Anna.M@Example.org\nphones: '+49 171 3920011'\n---\n",
    "people/Bob Lee.md": "---\ndeceased: 2020\n---\n",
    "people/Bob.md": "",
    "people/Bo-Peter Roß.md": "---\naliases: [Bob, Meier]\n---\n",
    "people/x/Zoe.md": "",
    "people/y/Zoe.md": "",
    "organizations/Acme Works.md": "",
    "notes/Zoology.md": "",
    "people/Max Muster.md": "---\naliases: [Chef]\n---\n",
}


@pytest.fixture(scope="module")
def vault(make_vault: Any) -> Vault:
    opened: Vault = make_vault(FILES, 'me: "[[Max Muster]]"\n')
    return opened


def failed(vault: Vault, text: str, **options: Any) -> PrmvaultError:
    with pytest.raises(PrmvaultError) as error:
        resolve(vault, text, TODAY, **options)
    return error.value


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Bob", "people/Bob.md"),  # A name goes before an alias and before the words of others.
        ("bob", "people/Bob.md"),
        ("Bob Lee", "people/Bob Lee.md"),
        ("Annie", "people/Anna Müller.md"),
        ("ann", "people/Ann Lee.md"),  # A whole word goes before the beginning of one.
        ("Mueller", "people/Anna Müller.md"),
        ("MULLER anna", "people/Anna Müller.md"),
        ("ross", "people/Bo-Peter Roß.md"),
        ("peter", "people/Bo-Peter Roß.md"),
        ("[[Bob|Bobby]]", "people/Bob.md"),
        ("[[people/Bob.md]]", "people/Bob.md"),
        ("people/x/Zoe", "people/x/Zoe.md"),
        ("people/x/Zoe.md", "people/x/Zoe.md"),
        ("anna.m@example.org", "people/Anna Müller.md"),
        ("Anna.M@Example.org", "people/Anna Müller.md"),
        ("0171 3920011", "people/Anna Müller.md"),
        ("urn:uuid:1-ABC", "people/Ann Lee.md"),
        ("me", "people/Max Muster.md"),
        ("ICH", "people/Max Muster.md"),
    ],
)
def test_one_person_is_meant(vault: Vault, text: str, path: str) -> None:
    assert resolve(vault, text, TODAY) == path


def test_a_tie_is_never_guessed_but_told_with_what_tells_apart(vault: Vault) -> None:
    error = failed(vault, "lee")
    assert error.exit_code == EXIT_AMBIGUOUS
    assert str(error) == '"lee" may mean 2 of them; write more of the name, or the path'
    assert error.hint.split("\n") == [
        "Ann Lee: born 1984-09-23, Acme, last contact 2026-11-01 (people/Ann Lee.md)",
        "Bob Lee: dead, no contact yet (people/Bob Lee.md)",
    ]


def test_namesakes_are_told_apart_by_their_paths(vault: Vault) -> None:
    assert failed(vault, "Zoe").hint.split("\n") == [
        "Zoe: no contact yet (people/x/Zoe.md)",
        "Zoe: no contact yet (people/y/Zoe.md)",
    ]


def test_of_many_candidates_the_first_ten_are_told(make_vault: Any) -> None:
    many = make_vault({f"people/Ann {number:02}.md": "" for number in range(13)})
    assert failed(many, "ann").hint.split("\n")[10:] == ["and 3 more"]


def test_a_typing_error_is_forgiven_and_said(make_vault: Any) -> None:
    said: list[str] = []
    vault = make_vault(FILES)._replace(say=said.append)
    assert resolve(vault, "Anna Mulelr", TODAY) == "people/Anna Müller.md"
    assert said == ['"Anna Mulelr" is taken for Anna Müller']
    assert failed(vault, "Anna Mulelr", tolerant=False).exit_code == EXIT_NOTHING_FOUND


@pytest.mark.parametrize("text", ["", " ", "nobody at all", "[[]]", "\x1b[2J", "?" * 100_000, "a b " * 20_000])
def test_who_is_not_there_is_nobody_in_a_short_message(vault: Vault, text: str) -> None:
    error = failed(vault, text)
    assert error.exit_code == EXIT_NOTHING_FOUND
    assert len(str(error)) < 100
    assert len(error.hint) < 200
    assert str(error).isprintable()


def test_any_note_is_meant_after_people(vault: Vault) -> None:
    assert resolve_any(vault, "Acme Works", TODAY) == "organizations/Acme Works.md"
    assert resolve_any(vault, "acme", TODAY) == "organizations/Acme Works.md"
    assert resolve_any(vault, "zoo", TODAY) == "notes/Zoology.md"
    assert resolve_any(vault, "bob", TODAY) == "people/Bob.md"
    with pytest.raises(PrmvaultError, match="may mean 2"):
        resolve_any(vault, "Zoe", TODAY)
    with pytest.raises(PrmvaultError, match='nobody is named "qqqq"'):
        resolve_any(vault, "qqqq", TODAY)


def test_without_the_setting_nobody_whose_name_begins_so_is_me(make_vault: Any) -> None:
    vault = make_vault(FILES)
    assert resolve_me(vault) == ""
    error = failed(vault, "me")
    assert (str(error), error.exit_code) == ("the settings do not say who you are", EXIT_NOTHING_FOUND)
    assert error.hint == 'add a line to prmvault.yaml: me: "[[Your Name]]"'


def test_somebody_may_be_named_so_where_the_setting_is_missing(make_vault: Any) -> None:
    assert resolve(make_vault({"people/Me.md": ""}), "me", TODAY) == "people/Me.md"


@pytest.mark.parametrize(
    ("me", "told"),
    [
        ("Zoe", 'the setting me: "Zoe" may mean people/x/Zoe.md, people/y/Zoe.md'),
        ("Nobody", 'the setting me: "Nobody" means nobody who has a note'),
    ],
)
def test_a_setting_that_means_nobody_or_several_is_told(make_vault: Any, me: str, told: str) -> None:
    assert str(failed(make_vault(FILES, f'me: "[[{me}]]"\n'), "me")) == told


def test_a_name_with_control_characters_reaches_no_terminal(
    prmvault: Any, vault_at: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    del capsys
    for name in ("One", "Two"):
        vault_at.write(f"people/{name}.md", '---\nname: "Ann\\e]0;x\\a\\u202e Lee"\norg: "A\\e[2Jcme"\n---\n')
    done = prmvault("-C", vault_at.root, "show", "Ann")
    assert done.code == EXIT_AMBIGUOUS
    assert all(line.isprintable() for line in done.err.splitlines())


def test_a_query_knows_all_names_of_the_one_who_is_meant(vault: Vault) -> None:
    assert set(person_keys(vault.facts, "Annie")) == {"anna muller", "annie"}
    assert set(person_keys(vault.facts, "müll")) == {"anna muller", "annie"}
    assert person_keys(vault.facts, "lee") == []
