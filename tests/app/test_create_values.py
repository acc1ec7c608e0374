"""Values of new notes: understood as `set` understands them, wherever the template has its place for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from prmvault.app.create import add_note
from prmvault.app.fields import front_values, set_fields
from prmvault.app.values import parse_assignment
from prmvault.app.vault import Vault, open_vault, refreshed_vault
from prmvault.core.note import parse_note
from prmvault.vault.refresh import reading_of
from tests.conftest import SampleVault

TODAY = date(2026, 11, 20)


@pytest.fixture
def vault(vault_at: SampleVault) -> Iterator[Vault]:
    opened = open_vault(vault_at.root, lambda _text: None)
    yield opened
    opened.facts.close()


def add(vault: Vault, name: str, *values: str) -> str:
    return add_note(vault, "person", name, values, TODAY)


def read(vault: Vault, path: str) -> str:
    return Path(vault.root, path).read_bytes().decode()


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        (("related=husband: James",), "related:\n  - husband: '[[James]]'\n"),
        (("phones=work: 020", "phones=0171"), "phones:\n  - work: '020'\n  - '0171'\n"),
        (("phones.work=020",), "phones:\n  work: '020'\n"),
        (("met.where=Leipzig", "met.date=14.3.2019"), "met:\n  where: Leipzig\n  date: 2019-03-14\n"),
        (("tags=friend, choir", "tags+=work"), "tags: [friend, choir, work]\n"),
        (("birthday=14 March",), "birthday: --03-14\n"),
        (("dates=wedding: 20.8.2016",), "dates:\n  - wedding: 2016-08-20\n"),
        (("likes=tea, with milk",), "likes: ['tea, with milk']\n"),
    ],
)
def test_values_are_understood_as_set_understands_them(vault: Vault, given: tuple[str, ...], lines: str) -> None:
    added = add(vault, "Ann", *given)
    other = add(vault, "Bob")
    set_fields(refreshed_vault(vault), other, [parse_assignment(each) for each in given], TODAY)
    note, its = (parse_note(path, read(vault, path), reading_of(vault.settings)) for path in (added, other))
    assert note.problems == ()
    wanted = yaml.load(lines, yaml.BaseLoader)
    assert {key: front_values(read(vault, added))[key] for key in wanted} == wanted
    assert {key: note.fields[key] for key in wanted} == {key: its.fields[key] for key in wanted}


def test_what_the_template_tells_itself_is_set_in_its_place(vault_at: Any) -> None:
    vault_at.write("templates/person.md.j2", "---\ntype: person\ntags: [new]\nHandy: x\n{{ fields }}food: ''\n---\n")
    opened = open_vault(vault_at.root, lambda _text: None)
    path = add(opened, "Ann", "tags+=friend", "motto=m", "food=no celery", "Handy=0171")
    text = read(opened, path)
    assert list(front_values(text)) == ["type", "tags", "Handy", "motto", "food"]
    assert front_values(text)["tags"] == ["new", "friend"]
    assert front_values(text)["food"] == ["no celery"]
    assert front_values(text)["Handy"] == "0171"
    vault_at.write("templates/person.md.j2", "---\ntype: person\n---\nno place\n")
    assert read(opened, add(opened, "Bob", "motto=m")) == "---\ntype: person\nmotto: m\n---\nno place\n"
    opened.facts.close()
