"""Installing and removing a service, with a `systemctl` and a `launchctl` that note what they are asked."""

from __future__ import annotations

import json
import os
import plistlib
import sys
from pathlib import Path

import pytest

from prmvault.app.service import file_of, install, orphans, remove, service_of, state, system_here
from prmvault.app.service_files import MARK
from prmvault.core.problems import PrmvaultError
from tests.conftest import SampleVault
from tests.fixtures import Prmvault

PROGRAM = """\
#!{python} -S
import json, os, sys
log, answers = {log!r}, {answers!r}
words = [os.path.basename(sys.argv[0]), *sys.argv[1:]]
with open(log, "a") as file:
    file.write(json.dumps(words) + "\\n")
with open(answers) as file:
    known = json.load(file)
for part, (code, text) in known.items():
    if part in " ".join(words):
        print(text, file=sys.stderr if code else sys.stdout)
        sys.exit(code)
"""


class Manager:
    """The programs of a service manager; `answers` says how those end whose words hold a text: (exit code, text)."""

    def __init__(self, folder: Path) -> None:
        self._log, self._answers = folder / "log", folder / "answers"
        self.answer({})
        for name in ("systemctl", "launchctl", "loginctl"):
            program = folder / name
            program.write_text(PROGRAM.format(python=sys.executable, log=str(self._log), answers=str(self._answers)))
            program.chmod(0o755)

    def answer(self, answers: dict[str, tuple[int, str]]) -> None:
        self._answers.write_text(json.dumps(answers))

    def asked(self) -> list[str]:
        """Return what was called since the last time, but for mere questions."""
        told = [json.loads(line) for line in self._log.read_text().splitlines()]
        self._log.write_text("")
        questions = {"show", "--version", "show-user", "print"}
        return [" ".join(words).replace("systemctl --user ", "") for words in told if not questions & set(words)]


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manager:
    """Return a user's service manager that can be reached."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return Manager(folder)


def test_a_service_is_written_once_and_started(manager: Manager, vault_at: SampleVault) -> None:
    system = system_here("linux")
    name = service_of(vault_at.root, system)
    done = install(vault_at.root, system)
    assert (done.written, done.running, done.typed) == (True, True, ())
    assert done.path == f"{os.environ['XDG_CONFIG_HOME']}/systemd/user/{name}"
    assert manager.asked() == ["daemon-reload", f"enable {name}", f"reset-failed {name}", f"restart {name}"]
    before = os.stat(done.path).st_ino, os.stat(done.path).st_mtime_ns
    manager.answer({"show": (0, "ActiveState=active")})
    assert install(vault_at.root, system).written is False
    assert (os.stat(done.path).st_ino, os.stat(done.path).st_mtime_ns) == before
    assert manager.asked() == ["daemon-reload", f"enable {name}"]


def test_a_changed_service_is_started_anew(manager: Manager, vault_at: SampleVault) -> None:
    system = system_here("linux")
    install(vault_at.root, system)
    manager.asked()
    manager.answer({"show": (0, "ActiveState=active")})
    assert install(vault_at.root, system, 10.0).written
    assert manager.asked()[-1].startswith("restart ")


def test_where_no_manager_is_reached_the_user_is_told_what_to_type(manager: Manager, vault_at: SampleVault) -> None:
    manager.answer({"--property=Version": (1, "Failed to connect to bus")})
    system = system_here("linux")
    name = service_of(vault_at.root, system)
    done = install(vault_at.root, system)
    assert (done.written, done.running) == (True, False)
    assert done.typed == (
        "systemctl --user daemon-reload",
        f"systemctl --user enable {name}",
        f"systemctl --user restart {name}",
    )
    assert manager.asked() == []
    wants = Path(done.path).parent / "default.target.wants"
    wants.mkdir()
    (wants / name).symlink_to(done.path)
    assert remove(name, system) == (True, (f"systemctl --user stop {name}", "systemctl --user daemon-reload"))
    assert not os.path.lexists(wants / name)
    assert not os.path.exists(done.path)


def test_a_step_that_fails_says_what_is_done_and_what_is_left(manager: Manager, vault_at: SampleVault) -> None:
    manager.answer({"enable": (1, "Read-only file system")})
    system = system_here("linux")
    with pytest.raises(PrmvaultError, match=r"is written, but the service was not started: .*Read-only") as raised:
        install(vault_at.root, system)
    name = service_of(vault_at.root, system)
    assert raised.value.hint == f"systemctl --user enable {name}\nsystemctl --user restart {name}"
    assert os.path.exists(file_of(name, system))


def test_what_can_not_be_stopped_is_not_deleted(manager: Manager, vault_at: SampleVault) -> None:
    system = system_here("linux")
    done = install(vault_at.root, system)
    manager.answer({"stop": (1, "Job failed")})
    with pytest.raises(PrmvaultError, match="its file is still there"):
        remove(done.name, system)
    assert os.path.exists(done.path)
    manager.answer({})
    manager.asked()
    assert remove(done.name, system) == (True, ())
    assert manager.asked() == [f"disable {done.name}", f"stop {done.name}", "daemon-reload"]
    assert remove(done.name, system) == (False, ())


def test_a_file_that_is_not_ours_stays(manager: Manager, vault_at: SampleVault) -> None:
    system = system_here("linux")
    path = Path(file_of(service_of(vault_at.root, system), system))
    path.parent.mkdir(parents=True)
    path.write_text("[Unit]\n")
    for step in (lambda: install(vault_at.root, system), lambda: remove(path.name, system)):
        with pytest.raises(PrmvaultError, match="not written by prmvault"):
            step()
    assert path.read_text() == "[Unit]\n"
    assert not state(vault_at.root, system).installed


def test_a_link_to_a_file_elsewhere_stays_a_link(manager: Manager, vault_at: SampleVault, tmp_path: Path) -> None:
    system = system_here("linux")
    path = Path(file_of(service_of(vault_at.root, system), system))
    path.parent.mkdir(parents=True)
    kept = tmp_path / "dotfiles.service"
    kept.write_text(f"# {MARK}\n")
    path.symlink_to(kept)
    install(vault_at.root, system)
    assert path.is_symlink()
    assert "ExecStart=" in kept.read_text()


def test_a_service_whose_vault_is_gone_is_found(manager: Manager, vault_at: SampleVault) -> None:
    for platform in ("linux", "darwin"):
        system = system_here(platform)
        name = install(vault_at.root, system).name
        assert orphans(system) == []
        (vault_at.path / "prmvault.yaml").rename(vault_at.path / "x")
        assert orphans(system) == [(name, vault_at.root)]
        assert remove(name, system)[0]
        assert orphans(system) == []
        (vault_at.path / "x").rename(vault_at.path / "prmvault.yaml")


def test_macos_has_an_agent_of_launchd(manager: Manager, vault_at: SampleVault) -> None:
    system = system_here("darwin")
    name, domain = service_of(vault_at.root, system), f"gui/{os.getuid()}"
    done = install(vault_at.root, system, 5.0)
    assert done.path == os.path.expanduser(f"~/Library/LaunchAgents/{name}.plist")
    assert plistlib.loads(Path(done.path).read_bytes())["ProgramArguments"][-2:] == ["--sync", "5"]
    started = [f"launchctl enable {domain}/{name}", f"launchctl bootout {domain}/{name}", f"launchctl bootstrap {domain} {done.path}"]  # fmt: skip
    assert manager.asked() == started
    manager.answer({"print": (0, "\tstate = running"), "bootout": (3, "No such process")})
    assert state(vault_at.root, system).is_running
    install(vault_at.root, system, 5.0)
    assert manager.asked() == started[:1]
    assert remove(name, system) == (True, ())
    assert manager.asked() == started[1:2]


def test_elsewhere_there_are_no_services() -> None:
    with pytest.raises(PrmvaultError, match="systemd and for macOS only") as raised:
        system_here("win32")
    assert "watch --once" in raised.value.hint


def test_as_one_types_it(
    manager: Manager, vault_at: SampleVault, prmvault: Prmvault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    manager.answer({"Linger": (0, "Linger=no")})
    here = ("-C", vault_at.root, "service")
    ran = prmvault(*here, "install", "--dry-run", "--sync", "10")
    assert ran.code == 0
    assert ran.out.startswith(f"# {MARK}\n")
    assert '"--sync" "10"' in ran.out
    assert not os.path.exists(os.environ["XDG_CONFIG_HOME"])
    ran = prmvault(*here, "status")
    assert (ran.code, ran.out.split("\n")[1]) == (1, "file      none (prmvault service install writes one)")
    ran = prmvault(*here, "install")
    assert (ran.code, ran.out) == (0, "")
    assert "loginctl enable-linger" in ran.err
    manager.answer({"show": (0, "UnitFileState=enabled\nActiveState=active\nSubState=running\nMainPID=7\nNRestarts=0")})
    ran = prmvault(*here, "status")
    assert ran.code == 0
    assert "enabled   yes\nrunning   yes\nwatcher   none\n" in ran.out
    told = json.loads(prmvault(*here, "status", "--json").out)
    assert (told["installed"], told["enabled"], told["running"], told["manager"]["MainPID"]) == (True, True, True, "7")
    manager.answer({"show": (0, "UnitFileState=enabled\nActiveState=activating\nSubState=auto-restart")})
    ran = prmvault(*here, "status")
    assert (ran.code, "running   activating auto-restart\n" in ran.out, "journalctl" in ran.err) == (1, True, True)
    assert prmvault(*here, "remove").code == 0
    assert "there is no prmvault-vault-" in prmvault(*here, "remove").err
    assert prmvault(*here, "remove", "--gone").err == "prmvault: each service has its vault; nothing was changed\n"


@pytest.mark.parametrize(
    "words", [("status", "--sync", "5"), ("remove", "-n"), ("install", "--json"), ("status", "--gone")]
)
def test_an_option_of_another_action_is_refused(
    words: tuple[str, ...], vault_at: SampleVault, prmvault: Prmvault
) -> None:
    ran = prmvault("-C", vault_at.root, "service", *words)
    assert (ran.code, "only" in ran.err) == (2, True)


def test_a_file_that_is_there_but_not_started_is_an_exit_code_of_its_own(
    manager: Manager, vault_at: SampleVault, prmvault: Prmvault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    manager.answer({"--property=Version": (1, "Failed to connect to bus")})
    ran = prmvault("-C", vault_at.root, "service", "install")
    assert ran.code == 75
    assert "    → systemctl --user daemon-reload\n" in ran.err


def test_a_service_of_an_installation_that_is_gone_is_told(
    manager: Manager, vault_at: SampleVault, prmvault: Prmvault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(sys, "platform", "linux")
    assert prmvault("-C", vault_at.root, "service", "install").code == 0
    assert "any more" not in prmvault("-C", vault_at.root, "service", "status").err
    python.unlink()
    assert f"by {python}, which is not there any more" in prmvault("-C", vault_at.root, "service", "status").err
