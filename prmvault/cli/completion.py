"""`completion`: the scripts that complete commands and options in bash, zsh and fish; click writes them."""

from __future__ import annotations

import click

from prmvault.cli.context import command
from prmvault.cli.output import echo


@command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> int:
    """Print the script that completes commands and options.

    \b
    Example:
      prmvault completion bash >> ~/.bashrc
      prmvault completion zsh > ~/.zfunc/_prmvault
      prmvault completion fish > ~/.config/fish/completions/prmvault.fish
    """
    from click.shell_completion import get_completion_class

    from prmvault.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    echo(kind(cli, {}, "prmvault", "_PRMVAULT_COMPLETE").source())
    return 0
