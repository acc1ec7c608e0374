"""What stands in the files of services: read back by systemd itself and by plistlib."""

from __future__ import annotations

import os
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.app.service_files import (
    MARK,
    Setup,
    is_lasting_agent,
    is_ours,
    launchd_list,
    made_for,
    service_name,
    systemd_unit,
)
from prmvault.core.problems import PrmvaultError

HOSTILE = [
    "plain",
    "with blanks  and two",
    "100% %h %n",
    'a "quoted" one',
    "it's",
    "back\\slash\\n",
    "ends with \\",
    "Büro & Köln",
    "$HOME ${HOME} $$",
    "; rm -rf",
    "#hash",
    "-dash",
    "日本語 👩\u200d👧 \u00a0nbsp",
]
SETUP = Setup("/home/anna/vault", sys.executable, {"PATH": "/usr/bin:/bin", "HOME": "/home/anna"})


def lines(data: bytes) -> list[str]:
    return data.decode().splitlines()


def exec_start(data: bytes) -> str:
    return next(line for line in lines(data) if line.startswith("ExecStart="))


def test_a_unit_starts_this_installations_watcher_on_this_vault() -> None:
    unit = systemd_unit(SETUP)
    assert exec_start(unit.data) == f'ExecStart="{sys.executable}" "-P" "-m" "prmvault" "-C" "/home/anna/vault" "watch"'
    assert "WantedBy=default.target" in lines(unit.data)
    assert "Restart=on-failure" in lines(unit.data)
    assert re.fullmatch(r"prmvault-vault-[0-9a-f]{8}\.service", unit.name)


def test_minutes_between_syncs_go_to_the_watcher() -> None:
    assert exec_start(systemd_unit(SETUP._replace(sync_every=10.0)).data).endswith('"watch" "--sync" "10"')
    assert exec_start(systemd_unit(SETUP._replace(sync_every=2.5)).data).endswith('"watch" "--sync" "2.5"')


def test_an_older_systemd_is_not_told_what_it_does_not_know() -> None:
    assert b"RestartSteps=" in systemd_unit(SETUP).data
    assert b"RestartSteps=" not in systemd_unit(SETUP._replace(has_steps=False)).data


def test_a_name_can_be_read_and_is_no_other_vaults(tmp_path: Path) -> None:
    one, other = tmp_path / "a" / "Büro & Co", tmp_path / "b" / "Büro & Co"
    assert re.fullmatch(r"prmvault-Buro-Co-[0-9a-f]{8}", service_name(str(one)))
    assert service_name(str(one)) != service_name(str(other))
    assert service_name(str(one)) == service_name(f"{one}/")
    assert service_name(str(tmp_path / "日本")).startswith("prmvault-vault-")


def test_nothing_secret_of_the_environment_goes_into_a_file() -> None:
    environment = {
        "PATH": "/usr/bin:.:relative::/usr/bin:/opt/git/bin",
        "PRMVAULT_CACHE_DIR": "/var/cache/x",
        "PRMVAULT_TODAY": "2026-11-20",
        "API_TOKEN": "secret",
        "XDG_CONFIG_HOME": "/home/anna/conf",
        "PRMVAULT_STATE_DIR": "/a\nb",
    }
    setup = SETUP._replace(environment=environment)
    told = [line for line in lines(systemd_unit(setup).data) if line.startswith("Environment=")]
    assert told == [
        'Environment="PATH=/usr/bin:/opt/git/bin"',
        'Environment="PRMVAULT_CACHE_DIR=/var/cache/x"',
        'Environment="XDG_CONFIG_HOME=/home/anna/conf"',
    ]


@pytest.mark.parametrize(
    ("socket", "lasts"),
    [("/run/user/1000/keyring/ssh", True), ("/home/anna/.1password/agent.sock", True), ("/tmp/ssh-Xy/agent.7", False), ("", False)],
)  # fmt: skip
def test_only_an_ssh_agent_that_is_there_after_the_next_login_is_named(socket: str, lasts: bool) -> None:
    environment = {"SSH_AUTH_SOCK": socket, "XDG_RUNTIME_DIR": "/run/user/1000", "HOME": "/home/anna"}
    assert is_lasting_agent(environment) is lasts
    assert (f"SSH_AUTH_SOCK={socket}".encode() in systemd_unit(SETUP._replace(environment=environment)).data) is lasts


@pytest.mark.parametrize("root", ["/a\nExecStartPre=/bin/rm", "/a\rb", "/a\udcff", "/a\x1b[0m"])
def test_a_path_that_no_line_can_hold_is_refused(root: str) -> None:
    for make in (systemd_unit, launchd_list):
        with pytest.raises(PrmvaultError, match="can't hold"):
            make(SETUP._replace(root=root))


def test_an_interpreter_with_a_dollar_is_refused_by_systemd_only() -> None:
    setup = SETUP._replace(python="/opt/$x/python")
    with pytest.raises(PrmvaultError, match="there is a"):
        systemd_unit(setup)
    assert plistlib.loads(launchd_list(setup).data)["ProgramArguments"][0] == "/opt/$x/python"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=30))
def test_any_other_path_is_one_line_and_the_vault_is_found_again(name: str) -> None:
    setup = SETUP._replace(root=f"/home/{name}")
    unit, agent = systemd_unit(setup), launchd_list(setup)
    assert len(unit.data.split(b"\n")) == len(systemd_unit(SETUP).data.split(b"\n"))
    assert made_for(unit.data) == made_for(agent.data) == (setup.root, setup.python)
    assert is_ours(unit.data)
    assert is_ours(agent.data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"# x\n# Made for: {\n",
        b"# x",
        b"<plist",
        b"# a\n# Made for: 3\n",
        b"# a\n# Made for: [1, 2]\n",
        b"\xff\xfe",
    ],
)
def test_a_file_that_is_no_longer_as_we_wrote_it_is_for_no_vault(data: bytes) -> None:
    assert made_for(data) == ("", "")
    assert not is_ours(data)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_property_list_says_all_of_it(name: str) -> None:
    setup = SETUP._replace(root=f"/Users/anna/{name}", sync_every=10.0)
    agent = launchd_list(setup)
    assert MARK.encode() in agent.data
    told = plistlib.loads(agent.data)
    assert told["ProgramArguments"] == [
        sys.executable,
        "-P",
        "-m",
        "prmvault",
        "-C",
        setup.root,
        "watch",
        "--sync",
        "10",
    ]
    assert told["Label"] == agent.name
    assert told["RunAtLoad"] is True
    assert told["KeepAlive"] == {"SuccessfulExit": False}
    assert told["EnvironmentVariables"] == {"PATH": "/usr/bin:/bin"}
    assert told["StandardErrorPath"] == f"/home/anna/Library/Logs/{agent.name}.log"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
@pytest.mark.parametrize("name", HOSTILE)
def test_systemd_takes_the_unit_and_reads_the_same_words(name: str, tmp_path: Path) -> None:
    has_steps = False  # Nothing that any systemd since 240 does not know.
    environment = {"PATH": f"/usr/bin:/opt/{name}"}
    unit = systemd_unit(Setup(f"/home/{name}", sys.executable, environment, 10.0, has_steps))
    file = tmp_path / unit.name
    file.write_bytes(unit.data)
    (tmp_path / "run").mkdir(mode=0o700)
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", str(file)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path / "run"), "SYSTEMD_LOG_LEVEL": "debug", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = [
        line for line in checked.stderr.splitlines() if unit.name in line and re.search(r":\d+: |error|Unknown", line)
    ]
    assert (checked.returncode, said) == (0, [])
    found = re.search(r"Command Line: (.*)\n", checked.stdout)
    if found is None:
        pytest.skip("this systemd does not print what it has read")
    words = words_of(found[1])
    assert [word.replace("$$", "$") for word in words] == [
        sys.executable, "-P", "-m", "prmvault", "-C", f"/home/{name}", "watch", "--sync", "10",
    ]  # fmt: skip
    assert f"Environment: PATH=/usr/bin:/opt/{name}\n" in checked.stdout
    assert f'Description: Keep the vault "{name}" up to date (prmvault)\n' in checked.stdout


def words_of(printed: str) -> list[str]:
    """Return the words of a command line as systemd prints it: quoted where need be, with backslashes."""
    found = re.findall(r'"((?:\\.|[^"\\])*)"|(\S+)', printed)
    return [re.sub(r"\\(.)", r"\1", quoted) if quoted else plain for quoted, plain in found]
