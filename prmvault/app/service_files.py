"""The files that have the system run `watch` for a vault: a systemd user unit, or a property list for launchd.

Nothing is read or written here: what is found on this machine comes in as a `Setup`. The forms are those of
systemd.service(5), systemd.syntax(7) and launchd.plist(5).
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.vault.places import vault_key

MARK = "Written by prmvault service install. Install again to change it: an edit by hand is lost then."
"""The line by which a file is known to be ours."""

_MADE_FOR = "# Made for: "
_LONGEST_NAME = 40
_KEPT = ("PRMVAULT_CACHE_DIR", "PRMVAULT_STATE_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
"""Variables that say where things are; nothing else of the environment, which may hold secrets, goes into a file."""


class Setup(NamedTuple):
    """What a service needs: the vault, the interpreter of this installation, the environment, minutes between syncs.

    `sync_every` is 0 where the service does not sync. `has_steps`: systemd is new enough (254) to wait longer after
    each failure in a row.
    """

    root: str
    python: str
    environment: Mapping[str, str]
    sync_every: float = 0.0
    has_steps: bool = True


class ServiceFile(NamedTuple):
    """A service's name, as its system knows it, and what is in its file."""

    name: str
    data: bytes


def service_name(root: str) -> str:
    """Return a name for the service of a vault: readable, the same each time, and no other vault's."""
    readable, _, mark = vault_key(root).rpartition("-")
    plain = unicodedata.normalize("NFKD", readable).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:_LONGEST_NAME]
    return f"prmvault-{word or 'vault'}-{mark[:8]}"


def systemd_unit(setup: Setup) -> ServiceFile:
    """Return the systemd user unit of a vault; raises PrmvaultError where a path can't stand in one."""
    command = _command(setup)
    if "$" in setup.python:
        raise PrmvaultError(f"systemd can't start {setup.python}: there is a $ in it", exit_code=EXIT_USAGE)
    # In the program's own name nothing but % is replaced.
    started = " ".join([_quoted(command[0]), *(_quoted(word).replace("$", "$$") for word in command[1:])])
    name = os.path.basename(setup.root).replace("%", "%%")
    kept = [f"Environment={_quoted(f'{key}={value}')}" for key, value in _environment(setup).items()]
    lines = [
        f"# {MARK}",
        f"{_MADE_FOR}{json.dumps([setup.root, setup.python])}",
        "[Unit]",
        f'Description=Keep the vault "{name}" up to date (prmvault)',
        "# It may begin again as often as it has to: a disk that is not there yet is there later.",
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        "Type=exec",
        f"ExecStart={started}",
        *kept,
        "Restart=on-failure",
        "RestartSec=30",
        *(["RestartSteps=6", "RestartMaxDelaySec=30min"] if setup.has_steps else []),
        "# 2: the command line is wrong, and stays so.",
        "RestartPreventExitStatus=2",
        "# A git that is at work ends by itself in a moment; killed, it would leave its locks behind.",
        "KillMode=process",
        "TimeoutStopSec=30",
        "Nice=10",
        "NoNewPrivileges=yes",
        "",
        "[Install]",
        "WantedBy=default.target",
    ]
    return ServiceFile(f"{service_name(setup.root)}.service", ("\n".join(lines) + "\n").encode())


def launchd_list(setup: Setup) -> ServiceFile:
    """Return the launchd property list of a vault; raises PrmvaultError where a path can't stand in one."""
    import plistlib

    label = service_name(setup.root)
    told: dict[str, Any] = {
        "Label": label,
        "ProgramArguments": _command(setup),
        "EnvironmentVariables": _environment(setup),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "ProcessType": "Background",
        "Nice": 10,
        # A git that is at work ends by itself in a moment; killed, it would leave its locks behind.
        "AbandonProcessGroup": True,
    }
    home = setup.environment.get("HOME")
    if home:
        log = os.path.join(home, "Library", "Logs", f"{label}.log")
        told |= {"StandardOutPath": log, "StandardErrorPath": log}
    head, found, rest = plistlib.dumps(told, sort_keys=False).partition(b"<plist ")
    return ServiceFile(label, head + f"<!-- {MARK} -->\n".encode() + found + rest)


def is_ours(data: bytes) -> bool:
    """Tell whether `service install` wrote a file."""
    return MARK.encode() in data


def made_for(data: bytes) -> tuple[str, str]:
    """Return the vault and the interpreter that a file of ours is for, or two empty texts."""
    text = data.decode("utf-8", "replace")
    try:
        if text.startswith("#"):
            root, python = json.loads(text.split("\n", 2)[1].removeprefix(_MADE_FOR))
        else:
            import plistlib

            words = plistlib.loads(data)["ProgramArguments"]
            root, python = words[words.index("-C") + 1], words[0]
    except Exception:  # noqa: BLE001 - a file that was edited by hand may break in any way; then it is for no vault
        return "", ""
    return (root, python) if isinstance(root, str) and isinstance(python, str) else ("", "")


def _command(setup: Setup) -> list[str]:
    """Return the command line of the service; raises PrmvaultError where it can't be told to the system."""
    for path in (setup.python, setup.root):
        if not _can_be_told(path):
            message = f"{path!r} has characters that the file of a service can't hold"
            raise PrmvaultError(message, exit_code=EXIT_USAGE, hint="give the folder another name")
    every = ["--sync", f"{setup.sync_every:g}"] if setup.sync_every else []
    # -P: the folder in which it is started is none of ours to import from.
    return [setup.python, "-P", "-m", "prmvault", "-C", setup.root, "watch", *every]


def _environment(setup: Setup) -> dict[str, str]:
    """Return the variables that the service needs: where git and others are found, and where our files are."""
    given = setup.environment
    folders = [folder for folder in given.get("PATH", os.defpath).split(os.pathsep) if os.path.isabs(folder)]
    kept = {"PATH": os.pathsep.join(dict.fromkeys(folders))}
    kept |= {name: os.path.abspath(given[name]) for name in _KEPT if given.get(name)}
    if is_lasting_agent(given):
        kept["SSH_AUTH_SOCK"] = given["SSH_AUTH_SOCK"]
    return {name: value for name, value in kept.items() if _can_be_told(value)}


def is_lasting_agent(environment: Mapping[str, str]) -> bool:
    """Tell whether the ssh agent has the same address after the next login, as those of a desktop have."""
    socket = environment.get("SSH_AUTH_SOCK", "")
    places = [environment.get("XDG_RUNTIME_DIR", ""), environment.get("HOME", "")]
    return any(place and socket.startswith(place.rstrip("/") + "/") for place in places)


def _can_be_told(text: str) -> bool:
    """Tell whether a text has neither newlines and other control characters nor bytes that are no UTF-8."""
    return not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


def _quoted(word: str) -> str:
    """Return a word in double quotes, as systemd takes it: with its escapes, and no specifier in it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
