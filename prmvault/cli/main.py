"""The entry: a table of commands, each loaded when it is used, and one place where every failure ends."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any, NoReturn

import click

from prmvault import __version__
from prmvault.core.problems import EXIT_BUG, EXIT_INTERRUPTED, EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

SECTIONS = {
    "Begin": {
        "init": ("create", "Make a vault, or fill a new one with the example."),
        "add": ("create", "Make a note from its type's template."),
        "journal": ("create", "Make or open the note of a day."),
        "git-setup": ("sync", "Set a clone of the vault up for merging notes."),
    },
    "Ask": {
        "show": ("show", "Show the card of a person."),
        "get": ("show", "Print one fact, also through relations."),
        "last": ("show", "Tell the last contact with somebody, and its gist."),
        "history": ("history", "Tell what changed about somebody, and when, from git."),
        "find": ("ask", "Find people by name, e-mail, phone or organization."),
        "search": ("search", "Search the text of all notes."),
        "list": ("ask", "List the notes of a type in a table."),
        "today": ("agenda", "Tell what today brings, and what is overdue."),
        "upcoming": ("agenda", "Tell what the coming days bring."),
        "stale": ("agenda", "Tell who has been waiting to hear from you."),
        "tasks": ("agenda", "List the open tasks of all notes."),
    },
    "Tell": {
        "log": ("tell", "Put down what happened with whom on a day."),
        "note": ("tell", "Add a dated line to a person's log."),
        "done": ("tell", "Tick a task or a reminder."),
        "gift": ("facts", "Note a gift or an idea, or list them."),
        "debt": ("facts", "Note a debt, settle it, or list what is owed."),
        "remind": ("facts", "Set a reminder about somebody, or list them."),
        "date": ("facts", "Note a date of somebody, or list them."),
        "set": ("facts", "Set keys of a note's front matter."),
        "unset": ("facts", "Remove keys from a note's front matter."),
    },
    "Keep order": {
        "check": ("check", "Tell all problems with file, line and remedy."),
        "rename": ("order", "Give a note another name, and all links to it."),
        "merge": ("order", "Join two notes that are about one thing."),
        "dups": ("order", "Propose people who are in the vault twice."),
        "conflicts": ("sync", "List what two versions of a note said differently."),
        "undo": ("history", "Take back the last commit that prmvault made."),
    },
    "Keep going": {
        "sync": ("sync", "Commit, fetch, merge and push."),
        "vdir": ("vdir", "Sync people with a folder of cards, for phones."),
        "digest": ("digest", "Write the digest of a week."),
        "import": ("import_", "Take other programs' contacts into the vault."),
        "export": ("export", "Write the vault for other programs, such as a calendar."),
        "watch": ("watch", "Keep index and digest up to date while notes change."),
        "service": ("service", "Have the system run watch: systemd, or launchd."),
        "status": ("status", "Tell what the vault holds and how fresh the index is."),
        "completion": ("completion", "Print the script that completes in a shell."),
        "help": ("help", "Explain a command or a topic, such as exit-codes."),
    },
}
"""Section of the help page → command → its module in this package and one line of help; no module is loaded for it."""

COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}
_HIDDEN = {"merge-driver": ("sync", "Merge three versions of a note, for git.")}
"""What only git calls (mostly by `cli/start.py`, without coming here)."""

EPILOG = """\b
Examples:
  prmvault init ~/vault --example     a vault to look around in
  prmvault show oma                   all that is known of her
  prmvault log "lunch with Tom"       what happened, in today's note
  prmvault today                      what the day brings
  prmvault search garden bench        notes with both words, in any form

\b
More:
  prmvault help COMMAND               the same as prmvault COMMAND --help
  prmvault help query                 how to ask: phrases, keys, dates
  prmvault help exit-codes            what the numbers mean to a script
"""


class QuickHelp(click.Command):
    """A command whose `--help` does not look for translations of click's own words (a millisecond a command)."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option `-h, --help`."""
        names = ctx.help_option_names
        return click.Option(
            names, is_flag=True, is_eager=True, expose_value=False, callback=_help, help="Show this help."
        )


class Lazy(QuickHelp, click.Group):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the table, which is that of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of this name, from its module."""
        entry = COMMANDS.get(cmd_name) or _HIDDEN.get(cmd_name)
        if entry is None:
            return None
        from importlib import import_module

        module = import_module(f"prmvault.cli.{entry[0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown one name those that are spelled almost so."""
        if args[0] not in (*COMMANDS, *_HIDDEN) and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=2, cutoff=0.68)  # serch is search, not service
            hint = f"did you mean {' or '.join(near)}?" if near else "prmvault --help lists them"
            raise PrmvaultError(f"there is no command {args[0]!r}", exit_code=EXIT_USAGE, hint=hint)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Return the commands and options that begin so, without loading any."""
        from click.shell_completion import CompletionItem

        found = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands."""
        widest = max(map(len, COMMANDS))
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(widest), text) for name, (_, text) in commands.items()])


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Keep a common option for the command, wherever on the line it stood."""
    if value is not None:
        context.find_root().meta[f"prmvault.{parameter.name}"] = value


def _keep_day(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    """Keep the day that is to count as today; a wrong one is refused by every command, also where it needs none."""
    if not value or context.resilient_parsing:
        return
    from datetime import date

    from prmvault.core.dates import DateError
    from prmvault.core.phrases import parse_day

    try:
        day = parse_day(value, date.today(), prefer="past")  # noqa: DTZ011 - the user's day is the local one
    except DateError as error:
        raise PrmvaultError(f"--today: {error}", exit_code=EXIT_USAGE, hint=error.hint) from None
    context.find_root().meta["prmvault.today"] = day


def _complete_folders(context: click.Context, parameter: click.Parameter, typed: str) -> list[Any]:
    from prmvault.cli.completion import complete_folders

    return complete_folders(context, parameter, typed)


def _help(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


def _version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        click.echo(f"prmvault {__version__}")
        context.exit()


def common_options(*, hidden: bool) -> list[click.Option]:
    """Return the options that stand before a command or behind it."""
    settings: Any = {"expose_value": False, "hidden": hidden}
    return [
        click.Option(
            ["-C", "--vault", "vault"],
            metavar="DIR",
            callback=_keep,
            shell_complete=_complete_folders,
            help="The vault; else $PRMVAULT_DIR, else the nearest folder upwards, else that of your config.",
            **settings,
        ),
        click.Option(
            ["--today"],
            metavar="DATE",
            callback=_keep_day,
            help="Answer as if it were this day.",
            envvar="PRMVAULT_TODAY",
            **settings,
        ),
        click.Option(
            ["--color"],
            type=click.Choice(["auto", "always", "never"]),
            callback=_keep,
            help="When to use colours; auto: in a terminal, unless NO_COLOR is set.",
            **settings,
        ),
    ]


cli = Lazy(
    name="prmvault",
    params=[
        *common_options(hidden=False),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
        ),
    ],
    help="Remember what matters to the people you know, in a folder of plain Markdown notes.",
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


# click 8.1 has none: it prints the help, and that is all.
_NO_ARGUMENTS: type[click.UsageError] | tuple[()] = getattr(click.exceptions, "NoArgsIsHelpError", ())


def run() -> NoReturn:
    """Run the program: every way to end comes through here, with its exit code."""
    code = EXIT_BUG
    # A question makes many values and no rubbish; looking for rubbish among them would cost a tenth of its time.
    gc.set_threshold(100_000, 20, 20)
    _open_streams()
    try:
        shell = os.environ.get("_PRMVAULT_COMPLETE")
        arguments = [_as_text(argument) for argument in sys.argv[1:]]
        code = _complete(shell, arguments) if shell in ("bash", "zsh", "fish") else _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        code = 0  # The reader had enough.
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except OSError as error:
        code = code or _failed(error)  # A command that failed at it has told so.
    try:
        sys.stderr.flush()
    finally:
        # Everything is written and closed; taking modules apart would cost the user another 15 ms.
        os._exit(code)


def _complete(shell: str, typed: list[str]) -> int:
    from prmvault.cli.completion import answer

    return answer(shell, typed)


def _open_streams() -> None:
    """Give closed streams (`>&-`) a place to write to, and make all output UTF-8, whatever the locale says."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it lives as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    chosen = os.environ.get("PYTHONIOENCODING", "")
    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if chosen and ":" not in chosen:
            stream.reconfigure(errors="replace")  # type: ignore[union-attr] # an emoji is no reason to fail
        elif not chosen and getattr(stream, "encoding", "").lower() != "utf-8":
            stream.reconfigure(encoding="utf-8", errors=errors)  # type: ignore[union-attr]


def _as_text(argument: str) -> str:
    """Return an argument as UTF-8, which is what it is also where the locale says otherwise."""
    return argument if argument.isascii() else os.fsencode(argument).decode("utf-8", "surrogateescape")


def _run(arguments: list[str]) -> int:
    output = sys.stdout
    try:
        result = cli.main(arguments, prog_name="prmvault", standalone_mode=False)
    except click.exceptions.Abort:
        return EXIT_INTERRUPTED
    except _NO_ARGUMENTS as error:
        error.show()
        return EXIT_USAGE
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        path = context.command_path if context else "prmvault"
        return _tell(error.format_message(), f"{path} --help", error.exit_code)
    except PrmvaultError as error:
        return _tell(str(error), error.hint, error.exit_code)
    except SystemExit as end:
        # The end of a completion, or click's answer to a closed pipe: then it has muffled the output.
        return 0 if sys.stdout is not output else int(end.code or 0)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except OSError as error:
        return _failed(error)
    except Exception:  # noqa: BLE001 - the last resort: a bug is written down and told in two lines
        return _bug()
    return result if isinstance(result, int) else 0


def _tell(message: str, hint: str, code: int) -> int:
    from prmvault.cli.output import say, say_hint

    say(message)
    for line in hint.split("\n") if hint else ():
        say_hint(line)
    return code


def _failed(error: OSError) -> int:
    """Tell what the system refused (a full disk, a missing permission): no bug, and nothing to report."""
    place = f"{error.filename}: " if error.filename else ""
    return _tell(f"{place}{error.strerror or error}", "", EXIT_NOTHING_FOUND)


def _bug() -> int:
    import tempfile
    import traceback

    text = traceback.format_exc()
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="prmvault-bug-", suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(f"prmvault {__version__}, Python {sys.version}\n{text}")
    except OSError:
        click.echo(text, err=True)  # No place for a file: then the whole is told.
        return EXIT_BUG
    hint = f"this is prmvault's fault, not yours; please report it with {file.name}"
    return _tell(f"a bug: {text.strip().splitlines()[-1][:200]}", hint, EXIT_BUG)
