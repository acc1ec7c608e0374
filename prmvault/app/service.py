"""`watch` as a service of the user's own system: systemd's user manager, or launchd on macOS.

A service is one file and some calls of `systemctl` or `launchctl`. Only files that we wrote are changed or deleted, and
each step that fails is told with what to type instead.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from prmvault.app.service_files import (
    ServiceFile,
    Setup,
    is_lasting_agent,
    is_ours,
    launchd_list,
    made_for,
    service_name,
    systemd_unit,
)
from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.vault.files import SETTINGS_FILE, replace_file

_TIMEOUT_S = 60
_STEPS_SINCE = 254
"""The systemd that knows `RestartSteps`."""

_ASKED = ("LoadState", "UnitFileState", "ActiveState", "SubState", "MainPID", "NRestarts")


class Step(NamedTuple):
    """A command of the system; one that `may_fail` is only there to make sure."""

    words: tuple[str, ...]
    may_fail: bool = False


class System(NamedTuple):
    """What runs services here: where their files are, and what is called to start, stop and ask for one.

    `reach` is a command that succeeds where the user's manager can be reached; the functions take a service's name and
    its file. `enable` makes it start at each login, `start` begins it (again).
    """

    folder: str
    ending: str
    reach: tuple[str, ...]
    describe: Callable[[Setup], ServiceFile]
    enable: Callable[[str], tuple[Step, ...]]
    start: Callable[[str, str], tuple[Step, ...]]
    stop: Callable[[str], tuple[Step, ...]]
    after_removal: tuple[Step, ...]
    ask: Callable[[str], tuple[str, ...]]


class Installed(NamedTuple):
    """What `install` did: the file, whether its text is new, and whether the service runs now.

    Where it does not, `typed` are the commands that start it once the user's manager can be reached.
    """

    name: str
    path: str
    written: bool
    running: bool
    typed: tuple[str, ...]
    hints: tuple[str, ...] = ()


class State(NamedTuple):
    """How a service is: its file, and what the user's manager says; `manager` is empty where it can't be asked.

    `lost` is the interpreter that the file names, where that is there no more: prmvault was installed anew elsewhere.
    """

    name: str
    path: str
    installed: bool
    manager: dict[str, str]
    lost: str = ""

    @property
    def is_enabled(self) -> bool:
        """Tell whether it starts with the next login."""
        return self.manager.get("UnitFileState") == "enabled"

    @property
    def is_running(self) -> bool:
        """Tell whether it is at work."""
        return self.manager.get("ActiveState") == "active"


def system_here(platform: str = "") -> System:
    """Return what runs services on this platform; raises PrmvaultError where that is nothing that we know."""
    platform = platform or sys.platform
    home = os.path.expanduser("~")
    if platform == "darwin":
        return _launchd(os.path.join(home, "Library", "LaunchAgents"), f"gui/{os.getuid()}")
    if platform.startswith("linux"):
        config = os.environ.get("XDG_CONFIG_HOME", "")
        base = config if os.path.isabs(config) else os.path.join(home, ".config")
        return _systemd(os.path.join(base, "systemd", "user"))
    hint = "let your system run prmvault watch at login, or prmvault watch --once now and then"
    raise PrmvaultError("services are made for systemd and for macOS only", exit_code=EXIT_USAGE, hint=hint)


def planned(root: str, system: System, sync_every: float) -> ServiceFile:
    """Return the file that `install` writes."""
    if not sys.executable:
        raise PrmvaultError("Python does not know where its interpreter is, so no service can start it")
    version = 0 if system.ending != ".service" else _systemd_version()
    return system.describe(Setup(root, sys.executable, os.environ, sync_every, version >= _STEPS_SINCE))


def install(root: str, system: System, sync_every: float = 0.0) -> Installed:
    """Write the service's file where it differs, and have the service run, now and at each login.

    Raises PrmvaultError where a file of this name is not ours, or a step fails.
    """
    service = planned(root, system, sync_every)
    path = file_of(service.name, system)
    before = _read(path)
    if before and not is_ours(before):
        hint = "give it another name, or delete it"
        raise PrmvaultError(f"{path} was not written by prmvault; nothing was changed", hint=hint)
    written = before != service.data
    if written:
        _write(path, service.data)
    steps = (*system.enable(service.name), *system.start(service.name, path))
    typed = tuple(_typed(step) for step in steps if not step.may_fail)
    done = Installed(service.name, path, written, running=False, typed=typed, hints=_hints(system))
    if not _is_reachable(system):
        return done
    if not written and _state(service.name, path, system).is_running:
        steps = system.enable(service.name)  # It runs as it should, and may be in the midst of something.
    _run_all(steps, f"{path} is written, but the service was not started")
    return done._replace(running=True, typed=())


def state(root: str, system: System) -> State:
    """Return how the vault's service is."""
    name = service_of(root, system)
    return _state(name, file_of(name, system), system)


def remove(name: str, system: System) -> tuple[bool, tuple[str, ...]]:
    """Stop a service and delete its file; return whether there was one, and what is left to type.

    Raises PrmvaultError where the file is not ours, or the service can't be stopped.
    """
    path = file_of(name, system)
    data = _read(path)
    if data is None:
        return False, ()
    if not is_ours(data):
        raise PrmvaultError(f"{path} was not written by prmvault; nothing was changed", hint="delete it by hand")
    reachable = _is_reachable(system)
    if reachable:
        _run_all(system.stop(name), "the service was not stopped, and its file is still there")
    for each in (os.path.join(system.folder, "default.target.wants", os.path.basename(path)), path):
        with contextlib.suppress(FileNotFoundError):
            if each == path or os.path.islink(each):
                os.unlink(each)
    if reachable:
        _run_all(system.after_removal, f"{path} is deleted, but that was not told to the system")
        return True, ()
    return True, tuple(_typed(step) for step in (*system.stop(name)[-1:], *system.after_removal))


def service_of(root: str, system: System) -> str:
    """Return the name of the vault's service."""
    # systemd's names have an ending; the label of a property list has none.
    return service_name(root) + (system.ending if system.ending == ".service" else "")


def orphans(system: System) -> list[tuple[str, str]]:
    """Return the services whose vault is no longer where it was, each with that place."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for file in sorted(os.listdir(system.folder)):
            if not (file.startswith("prmvault-") and file.endswith(system.ending)):
                continue
            data = _read(os.path.join(system.folder, file))
            root = made_for(data)[0] if data and is_ours(data) else ""
            if root and not os.path.isfile(os.path.join(root, SETTINGS_FILE)):
                found.append((file if system.ending == ".service" else file.removesuffix(system.ending), root))
    return found


def file_of(name: str, system: System) -> str:
    """Return the path of a service's file."""
    return os.path.join(system.folder, name.removesuffix(system.ending) + system.ending)


def _systemd(folder: str) -> System:
    return System(
        folder=folder,
        ending=".service",
        reach=_systemctl("show", "--property=Version").words,
        describe=systemd_unit,
        enable=lambda name: (_systemctl("daemon-reload"), _systemctl("enable", name)),
        start=lambda name, _path: (_systemctl("reset-failed", name, may_fail=True), _systemctl("restart", name)),
        stop=lambda name: (_systemctl("disable", name), _systemctl("stop", name)),
        after_removal=(_systemctl("daemon-reload"),),
        ask=lambda name: _systemctl("show", f"--property={','.join(_ASKED)}", name).words,
    )


def _launchd(folder: str, domain: str) -> System:
    def unload(name: str) -> Step:
        return Step(("launchctl", "bootout", f"{domain}/{name}"), may_fail=True)  # It fails for what is not loaded.

    return System(
        folder=folder,
        ending=".plist",
        reach=("launchctl", "print", domain),
        describe=launchd_list,
        enable=lambda name: (Step(("launchctl", "enable", f"{domain}/{name}")),),
        start=lambda name, path: (unload(name), Step(("launchctl", "bootstrap", domain, path))),
        stop=lambda name: (unload(name),),
        after_removal=(),
        ask=lambda name: ("launchctl", "print", f"{domain}/{name}"),
    )


def _systemctl(*words: str, may_fail: bool = False) -> Step:
    return Step(("systemctl", "--user", *words), may_fail)


def _state(name: str, path: str, system: System) -> State:
    data = _read(path)
    code, out, _ = _run(system.ask(name))
    if system.ending == ".service":
        told = dict(line.split("=", 1) for line in out.splitlines() if "=" in line) if code == 0 else {}
    else:
        # `launchctl print` is for people; it succeeds where the service is loaded, and shows "state = running".
        running = code == 0 and "state = running" in out
        told = {"UnitFileState": "enabled", "ActiveState": "active" if running else "inactive"} if code == 0 else {}
    installed = data is not None and is_ours(data)
    python = made_for(data)[1] if data is not None and installed else ""
    return State(name, path, installed, told, "" if os.path.exists(python) else python)


def _hints(system: System) -> tuple[str, ...]:
    """Return what the user may want to know about this machine."""
    if system.ending != ".service":
        return ()
    hints = []
    code, out, _ = _run(("loginctl", "show-user", str(os.getuid()), "--property=Linger"))
    if code == 0 and out.strip() == "Linger=no":
        hints.append("it runs while you are logged in; loginctl enable-linger has it run from the machine's start on")
    if os.environ.get("SSH_AUTH_SOCK") and not is_lasting_agent(os.environ):
        hints.append("this session's ssh agent ends with it: for --sync over ssh, the service needs a key of its own")
    return tuple(hints)


def _systemd_version() -> int:
    """Return systemd's version, or 0."""
    _, out, _ = _run(("systemctl", "--version"))
    words = out.split(maxsplit=2)
    return int(words[1]) if len(words) > 1 and words[1].isascii() and words[1].isdigit() else 0


def _is_reachable(system: System) -> bool:
    return _run(system.reach)[0] == 0


def _run_all(steps: Sequence[Step], otherwise: str) -> None:
    """Run the steps one after the other; the first that fails, and must not, ends it with what to type."""
    for at, step in enumerate(steps):
        code, out, err = _run(step.words)
        if code and not step.may_fail:
            said = (err or out).strip().splitlines() or [f"it ended with {code}"]
            left = "\n".join(_typed(each) for each in steps[at:] if not each.may_fail)
            raise PrmvaultError(f"{otherwise}: {_typed(step)}: {said[0]}", hint=left)


def _typed(step: Step) -> str:
    from shlex import join

    return join(step.words)


def _run(words: Sequence[str]) -> tuple[int, str, str]:
    """Run a command of the system; return its exit code (127: it can't be run), its output and its errors."""
    environment = {**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""}
    # Set by a login, but not where cron or su comes from; the manager may be there all the same.
    own = f"/run/user/{os.getuid()}"
    if "XDG_RUNTIME_DIR" not in environment and os.path.isdir(own):
        environment["XDG_RUNTIME_DIR"] = own
    try:
        done = subprocess.run(  # noqa: S603 - systemctl, launchctl or loginctl, and no shell
            list(words),
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 124, "", f"it did not end within {_TIMEOUT_S} seconds"
    except OSError as error:
        return 127, "", error.strerror or str(error)
    return done.returncode, done.stdout, done.stderr


def _read(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    real = os.path.realpath(path)  # Who keeps such files elsewhere has links here.
    replace_file(os.path.dirname(real), os.path.basename(real), data)
