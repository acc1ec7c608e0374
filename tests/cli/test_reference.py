"""docs/cli.md is what the commands say of themselves, and each of them says enough."""

from __future__ import annotations

import json
import re
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click
import pytest

from prmvault.app.conflicts import Conflict
from prmvault.app.import_apply import Report
from prmvault.app.sync import Synced
from prmvault.app.tell import Logged
from prmvault.cli.help import TOPICS
from prmvault.cli.main import COMMANDS, cli
from prmvault.cli.reference import reference

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "cli.md"


def command_named(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def test_the_reference_is_as_the_commands_are(request: pytest.FixtureRequest) -> None:
    text = reference()
    if request.config.getoption("--update"):
        PAGE.write_bytes(text.encode())
    assert text == PAGE.read_bytes().decode(), "if it is right so: python -m prmvault.cli.reference > docs/cli.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(name: str) -> None:
    text, _, examples = cleandoc(command_named(name).help or "").partition("\b\nExample:\n")
    assert text.strip()
    lines = [line.strip() for line in examples.splitlines() if line.strip()]
    assert lines
    assert any(re.match(rf"prmvault {name}\b", line) for line in lines), lines


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name: str) -> None:
    for option in (*command_named(name).params, *cli.params):
        if isinstance(option, click.Option):
            assert option.help, option.opts
            assert option.help.endswith((".", "…")), option.help
            assert len(option.help) < 120


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_line_in_the_readme(name: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("| command | does |", 1)[1].split("\n\n", 1)[0]
    assert re.search(rf"^\|[^|]*`{name}[ `]", table, re.MULTILINE)


def test_every_topic_is_named_where_help_is_explained() -> None:
    assert all(re.search(rf"\b{topic}\b", command_named("help").help or "") for topic in TOPICS)


SHOWN = {
    "person": ["find", "oma", "--json"],
    "card": ["show", "oma", "--json"],
    "any other note": ["list", "journal", "--json"],
    "search hit": ["search", "bench", "--json"],
    "reminder": ["upcoming", "--json"],
    "task": ["tasks", "--json"],
    "contact": ["last", "oma", "--json"],
    "problem": ["check", "--json"],
    "pair": ["dups", "--json"],
}


def documented() -> dict[str, list[str]]:
    """Return the keys of each document that `help json` names."""
    found: dict[str, list[str]] = {}
    for paragraph in TOPICS["json"].split("\n\n")[1:]:
        head, *lines = paragraph.split("\n")
        keys = [re.split(r"  +", line[2:])[0] for line in lines if re.match(r"  \S", line)]
        found[re.sub(r" \(.*", "", head)] = [key for part in keys for key in part.strip(",").split(", ")]
    return found


def test_the_json_that_is_documented_is_all_looked_at() -> None:
    others: dict[str, Any] = {
        "put down": Logged,
        "import report": Report,
        "what was done": Synced,
        "conflict": Conflict,
    }
    assert list(documented()) == [*list(SHOWN)[:-2], "put down", *list(SHOWN)[-2:], *list(others)[1:]]
    for name, kind in others.items():
        assert set(documented()[name]) == set(kind._fields)


@pytest.mark.parametrize("kind", SHOWN)
def test_the_json_keys_are_those_that_are_documented(prmvault: Any, example: str, kind: str) -> None:
    printed = json.loads(prmvault("-C", example, *SHOWN[kind]).out)
    printed = printed if isinstance(printed, list) else [printed]
    keys = documented()[kind]
    assert len(keys) > 4
    for document in printed:
        assert set(keys) <= set(document)
