"""`completion`: the scripts that complete commands, options and people in bash, zsh and fish, and what they ask for.

A script runs `prmvault` with `$_PRMVAULT_COMPLETE` set and what was typed as arguments; the first line of the answer
says what the others are. The names come from notes that others may have written: no script ever evaluates a line.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from prmvault.cli.context import command, default_vault
from prmvault.cli.output import echo

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from prmvault.vault.names_file import Words

_BASH = r"""_prmvault_completion() {
    local program=$1 kind= line
    [[ $program == "~/"* ]] && program=$HOME${program#"~"}
    COMPREPLY=()
    {
        IFS= read -r kind
        while IFS= read -r line; do COMPREPLY+=("$line"); done
    } < <(_PRMVAULT_COMPLETE=bash "$program" "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
    case $kind in
        keys) compopt -o nospace ;;
        folders) compopt -o dirnames ;;
        files) compopt -o default ;;
    esac 2>/dev/null
}
complete -o nosort -F _prmvault_completion prmvault 2>/dev/null || complete -F _prmvault_completion prmvault
"""

_ZSH = r"""#compdef prmvault
_prmvault() {
    local line value
    local -a lines values shown flags
    local program=${(Q)words[1]}
    [[ $program == "~/"* ]] && program=$HOME${program#"~"}
    lines=("${(@f)$(_PRMVAULT_COMPLETE=zsh "$program" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    for line in "${(@)lines[2,-1]}"; do
        value=${line%%$'\t'*}
        values+=("$value")
        shown+=("${line//$'\t'/  -- }")
    done
    [[ ${lines[2]} == *$'\t'* ]] && flags+=(-l)
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    case ${lines[1]} in
        folders) _files -/ ;;
        files) _files ;;
        keys) compadd -S '' "${(@)flags}" -V prmvault -d shown -a values ;;
        others)
            compadd -U "${(@)flags}" -V prmvault -d shown -a values
            # What they have in common may be less than was typed: rather one after the other.
            (( $#values > 1 )) && compstate[insert]=menu
            ;;
        words) compadd "${(@)flags}" -V prmvault -d shown -a values ;;
    esac
}
if [[ ${zsh_eval_context[-1]} == loadautofunc ]]; then
    _prmvault "$@"
else
    compdef _prmvault prmvault
fi
"""

_FISH = r"""function __prmvault_complete
    set -l typed (commandline -opc)
    set -l current (commandline -ct)
    set -l answer (env _PRMVAULT_COMPLETE=fish $typed "$current" 2>/dev/null)
    switch "$answer[1]"
        case folders
            __fish_complete_directories "$current"
        case files
            __fish_complete_path "$current"
        case '*'
            printf '%s\n' $answer[2..-1]
    end
end
complete --command prmvault --no-files --keep-order --arguments '(__prmvault_complete)'
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


@command("completion")
@click.argument("shell", type=click.Choice(list(SCRIPTS)))
def completion_command(shell: str) -> int:
    """Print the script that completes commands, options and the names of people in your shell.

    The names are those that the last command saw in the vault. Where none begins as you typed, bash and zsh take one
    that is meant: mue becomes Müller, and becker Anna Becker. For zsh, ~/.zshrc needs `fpath+=~/.zfunc` before its
    compinit.

    \b
    Example:
      prmvault completion bash >> ~/.bashrc
      prmvault completion zsh > ~/.zfunc/_prmvault
      prmvault completion fish > ~/.config/fish/completions/prmvault.fish
    """
    echo(SCRIPTS[shell].rstrip("\n"))
    return 0


def answer(shell: str, arguments: list[str]) -> int:
    """Print what completes a line: bash gives the line up to the cursor and what it replaces, the others the words.

    Nothing that goes wrong may be seen: the user is in the midst of typing.
    """
    try:
        if shell == "bash":
            kind, lines = _answer_of_line(*arguments)
        else:
            *words, typed = arguments
            kind, lines = _answer_of_words(shell, words, typed)
        sys.stdout.write("\n".join([kind, *lines]) + "\n")
    except Exception:  # noqa: BLE001 - no traceback on a prompt
        return 1
    return 0


def completions(words: list[str], typed: str) -> tuple[str, list[CompletionItem]]:
    """Return what may stand in the place of `typed` (for `--option=value` of the value) behind `words`.

    The first says what they are: `words` that begin with what was typed, `others` that do not, `keys` (behind which no
    blank comes), or all `folders` or `files`.
    """
    from click.shell_completion import ShellComplete

    from prmvault.cli.main import cli

    asked = typed
    if words and words[-1][0:1] == "-" and words[-1] != "--" and "=" not in words[-1] and typed[0:1] != "-":
        # click would not understand a line that ends with an option without its value, and forget all of it.
        *words, option = words
        asked = f"{option}={typed}"
    items = ShellComplete(cli, {}, "prmvault", "_PRMVAULT_COMPLETE").get_completions(words, asked)
    for item in items:
        if item.type in ("dir", "file"):
            return "folders" if item.type == "dir" else "files", []
    begun = value_typed(typed)
    exact = [item for item in items if item.value.startswith(begun)]
    kind = "words" if exact or not items else "others"
    chosen = exact or items
    return "keys" if chosen and all(item.value.endswith("=") for item in chosen) else kind, chosen


def value_typed(typed: str) -> str:
    """Return the part of `typed` that is completed: behind `--option=` the value."""
    return typed.partition("=")[2] if typed.startswith("--") and "=" in typed else typed


def _answer_of_line(line: str, last: str) -> tuple[str, list[str]]:
    """Return the answer to bash, whose `last` is what it replaces: the end of the word, from a quote, = or : on."""
    from prmvault.cli.shell_words import quoted, replies, split_line, written

    *before, word = split_line(line)
    if not word.is_plain:
        return "words", []
    if before[-1].raw[-1] in "<>":
        return "files", []
    kind, items = completions([each.text for each in before[1:]], word.text)
    lines = [written(word, value_typed(word.text), item.value) for item in items]
    if not items and word.quote == "'":
        # O'Br: to the shell a quote is open, but it is meant as an apostrophe.
        head, _, tail = word.raw.rpartition("'")
        kind, items = completions([each.text for each in before[1:]], f"{head}'{tail}")
        lines = [f"{head}'{quoted(item.value[len(head) :], word.quote)}" for item in items]
    return kind, replies(lines, word, last)


def _answer_of_words(shell: str, words: list[str], typed: str) -> tuple[str, list[str]]:
    """Return the answer to zsh and fish, which do the quoting themselves; fish replaces `--option=` as well."""
    if shell == "fish":
        from prmvault.cli.shell_words import split_line

        typed = split_line(typed)[0].text
    kind, items = completions(words, typed)
    before = typed.removesuffix(value_typed(typed)) if shell == "fish" else ""
    return kind, [f"{before}{item.value}" + (f"\t{item.help}" if item.help else "") for item in items]


def complete_people(context: click.Context, parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Complete the name of a person; where a name may be several arguments, what follows those before."""
    from click.shell_completion import CompletionItem

    from prmvault.core.names import name_key
    from prmvault.vault.names_file import names_that_begin

    given = context.params.get(parameter.name or "") if parameter.nargs == -1 else None
    begun = " ".join(given or ()).split()
    names = names_that_begin(_words(context).people, " ".join([*begun, typed]))
    rests = []
    for _, name in names:
        parts = name.split(" ")
        if name_key(" ".join(parts[: len(begun)])) == name_key(" ".join(begun)) and len(parts) > len(begun):
            rests.append(" ".join(parts[len(begun) :]))
    # One that looks like an option would be taken for one.
    return [CompletionItem(rest) for rest in dict.fromkeys(rests) if rest[0] != "-"]


def complete_types(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Complete the name of a note type."""
    return [name for name in _words(context).types if name.startswith(typed)]


def complete_keys(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
    """Complete a front matter key: of the type that the command names, else of people."""
    types = _words(context).types
    keys = types.get(context.params.get("note_type") or "", types.get("person", []))
    return [key for key in keys if key.startswith(typed)]


def complete_assignments(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """Complete the `key=` of a `key=value`."""
    return [f"{key}=" for key in complete_keys(context, parameter, typed)]


def complete_folders(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
    """Leave it to the shell to complete the name of a folder."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="dir")]


def _words(context: click.Context) -> Words:
    """Return what can be completed in the vault that the line is about; nothing where there is none."""
    from prmvault.core.problems import PrmvaultError
    from prmvault.vault.names_file import Words, read_words
    from prmvault.vault.places import cache_folder, resolve_root

    given = context.find_root().meta.get("prmvault.vault")
    try:
        return read_words(cache_folder(resolve_root(os.path.expandvars(given) if given else None, default_vault)))
    except (OSError, PrmvaultError):
        return Words()
