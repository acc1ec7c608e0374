"""What every command begins with: its common options, the vault, and the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import click

from prmvault.cli.main import QuickHelp, common_options
from prmvault.cli.output import echo_problems, progress_bar, say

_MARK = "\0"


class Command(QuickHelp):
    """A command that also takes the common options (`-C`, `--today`, `--color`) behind its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options(hidden=True)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; one such as `- [ ] call` or `-5 degrees` is text, not an option that nobody knows."""
        known = {name for parameter in self.params for name in parameter.opts}
        # Marked, click does not take it for an option. (What comes from a command line holds no NUL.)
        args = [_MARK + arg if _is_text(arg) and arg[:2] not in known else arg for arg in args]
        try:
            rest = super().parse_args(ctx, args)
        except click.UsageError as error:
            told = error.format_message().replace(repr(_MARK)[1:-1], "")
            raise click.UsageError(told, ctx) from None
        for name, value in ctx.params.items():
            if isinstance(value, tuple):
                ctx.params[name] = tuple(each.removeprefix(_MARK) if isinstance(each, str) else each for each in value)
            elif isinstance(value, str):
                ctx.params[name] = value.removeprefix(_MARK)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; once more with a new cache, if a part of the cache turns out to be damaged.

        What has changed a note by then is not run again: it would put its line down twice.
        """
        try:
            return super().invoke(ctx)
        except Exception as error:
            from prmvault.app.vault import forget_damaged_cache

            if not forget_damaged_cache(error, vault_root, say):
                raise
        written = ctx.meta.get("prmvault.written")
        if written:
            say(f"{', '.join(dict.fromkeys(written))} is written all the same")
            return 0
        return super().invoke(ctx)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Say where the common options are explained."""
        formatter.write("\nAlso -C DIR, --today DATE and --color WHEN: see prmvault --help.\n")


def _is_text(argument: str) -> bool:
    return argument[:1] == "-" and not (argument[1:2] == "-" or (argument[1:2].isascii() and argument[1:2].isalpha()))


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a function a command; its docstring is the help, with an example."""
    return click.command(name, cls=Command, **settings)


def option_value(name: str) -> Any:
    """Return a common option's value, or None."""
    return click.get_current_context().find_root().meta.get(f"prmvault.{name}")


def vault_root() -> str:
    """Return the root of the vault that the command is about."""
    from prmvault.vault.places import resolve_root

    return resolve_root(option_value("vault"), default_vault)


def opened_vault(*, with_problems: bool = True) -> Any:
    """Return the vault, up to date, also with what was done on the digest's pages; it is closed with the command.

    What could not be carried from the pages is told, unless the command tells all problems itself.
    """
    from prmvault.app.listen import listen
    from prmvault.app.vault import open_vault

    heard = listen(open_vault(vault_root(), say, progress_bar), today())
    vault = heard.vault
    for line in heard.carried:
        say(line)
    if heard.problems and with_problems:
        echo_problems(heard.problems)
    context = click.get_current_context()
    context.call_on_close(vault.facts.close)
    context.meta["prmvault.written"] = vault.written
    return vault


def tell_of(vault: Any) -> Callable[[str], str]:
    """Return the function that tells a text in the vault's language; without a text, nothing is loaded for it."""

    def tell(text: str) -> str:
        from prmvault.render.language import language_of

        return language_of(vault.settings.language).tell(text)

    return tell


def today() -> date:
    """Return the day that counts as today."""
    chosen: date | None = option_value("today")
    return chosen or date.today()  # noqa: DTZ011 - the user's day is the local one


def default_vault() -> str | None:
    """Return the vault that the user's own config names (`vault: DIR` in config.yaml), or None."""
    from prmvault.vault import user_config

    return user_config.default_vault()
