"""The reference of the command line, `docs/cli.md`, written from the commands: `python -m prmvault.cli.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from inspect import cleandoc

import click

from prmvault.cli.help import TOPICS
from prmvault.cli.main import COMMANDS, cli

_HEAD = """\
# The command line

This page is written from the commands themselves (`python -m prmvault.cli.reference > docs/cli.md`); `prmvault help`
and `prmvault COMMAND --help` say the same. Answers go to standard output and everything else to standard error.
"""


def reference() -> str:
    """Return the page in Markdown."""
    commands = [(name, cli.get_command(click.Context(cli), name)) for name in COMMANDS]
    parts = [_HEAD, "## Everywhere\n", "These stand before a command or behind it.\n", _options(cli.params)]
    parts += ["## Commands\n", "".join(f"- [`{name}`](#{name}): {text}\n" for name, (_, text) in COMMANDS.items())]
    for name, command in commands:
        assert command is not None, "the table names commands that are there"
        parts += [f"### {name}\n", _code([_usage(name, command.params)], "sh"), *_help(command.help or "")]
        if _shown_options(command.params):
            parts.append(_options(command.params))
    parts += ["## Topics\n"]
    for name, text in TOPICS.items():
        parts += [f"### {name}\n", _code(text.split("\n"), "text")]
    return "\n".join(parts)


def _usage(name: str, parameters: Iterable[click.Parameter]) -> str:
    words = ["prmvault", name]
    if _shown_options(parameters):
        words.append("[OPTIONS]")
    for each in parameters:
        if isinstance(each, click.Argument):
            word = each.metavar or (each.name or "").upper()
            if not each.required:
                word = f"[{word.removeprefix('[').removesuffix(']')}]"
            words.append(word + "…" if each.nargs == -1 and not word.endswith("…") else word)
    return " ".join(words)


def _help(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; those that click leaves as they are (after \\b) are code."""
    for paragraph in cleandoc(text).split("\n\n"):
        lines = paragraph.split("\n")
        if lines[0] != "\b":
            yield paragraph + "\n"
            continue
        is_example = lines[1].rstrip("s") == "Example:"
        if is_example:
            yield "Example:\n"
        yield _code(cleandoc("\n".join(lines[2 if is_example else 1 :])).split("\n"), "sh" if is_example else "text")


def _options(parameters: Iterable[click.Parameter]) -> str:
    rows = [("option", "does"), ("---", "---")]
    for each in _shown_options(parameters):
        names = ", ".join(f"`{name}`" for name in (*each.opts, *each.secondary_opts))
        value = "" if each.is_flag else f" `{_value(each)}`"
        default = f" Default: {each.default}." if each.show_default else ""
        rows.append((f"{names}{value}", f"{each.help or ''}{default}"))
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def _shown_options(parameters: Iterable[click.Parameter]) -> list[click.Option]:
    return [each for each in parameters if isinstance(each, click.Option) and not each.hidden]


def _value(option: click.Option) -> str:
    """Return what an option takes, for people."""
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "|".join(map(str, option.type.choices))
    return "NUMBER" if isinstance(option.type, click.types.IntParamType) else "TEXT"


def _code(lines: Iterable[str], language: str) -> str:
    return "\n".join([f"```{language}", *lines, "```\n"])


if __name__ == "__main__":
    sys.stdout.write(reference())
