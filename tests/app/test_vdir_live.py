"""The whole way to a phone and back: vault ↔ folder ↔ vdirsyncer ↔ Radicale ↔ vdirsyncer ↔ second folder ↔ khard.

It needs a virtual environment with `radicale vdirsyncer khard` from PyPI; $PRMVAULT_LIVE_TOOLS names its folder, and it
is made there if there is none. Without the variable, or without the network, the tests are skipped. The transcript is
added to the file that $PRMVAULT_LIVE_LOG names.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.vdir_world import World
from tests.conftest import REPOSITORY, Result

TOOLS = os.environ.get("PRMVAULT_LIVE_TOOLS", "")
LOG = os.environ.get("PRMVAULT_LIVE_LOG", "")
PATIENCE_S = 20.0

_RADICALE = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[storage]
filesystem_folder = {base}/radicale
[logging]
level = warning
"""
_VDIRSYNCER = """\
[general]
status_path = "{base}/status/"

[pair vault]
a = "vault_local"
b = "server"
collections = ["people"]

[pair phone]
a = "phone_local"
b = "server"
collections = ["people"]

[storage vault_local]
type = "filesystem"
path = "{base}/vault-side/"
fileext = ".vcf"

[storage phone_local]
type = "filesystem"
path = "{base}/phone-side/"
fileext = ".vcf"

[storage server]
type = "carddav"
url = "http://127.0.0.1:{port}/"
username = "me"
password = "any"
"""
_KHARD = """\
[addressbooks]
[[phone]]
path = {base}/phone-side/people
[general]
default_action = list
[vcard]
preferred_version = 3.0
"""


class Loop:
    """All programs of the way, and a transcript of what they are told and say."""

    def __init__(self, base: Path, run_in: Callable[..., Result]) -> None:
        self.base, self.run_in = base, run_in
        self.world = World(base / "sides")
        self.world.folder.rmdir()
        self.world.folder = base / "vault-side/people"
        self.phone = base / "phone-side/people"
        self.log: list[str] = []
        self.environment = {
            **os.environ,
            "VDIRSYNCER_CONFIG": str(base / "vdirsyncer.conf"),
            "XDG_DATA_HOME": str(base / "data"),
            "PYTHONUTF8": "1",
        }

    def tool(self, *words: str, given: str = "", code: int = 0) -> str:
        done = subprocess.run(
            [str(Path(TOOLS, "bin", words[0])), *words[1:]],
            env=self.environment,
            input=given.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            check=False,
        )
        said = done.stdout.decode()
        self.note(" ".join(words), said)
        assert done.returncode == code, said
        return said

    def write_card(self, name: str, text: bytes) -> None:
        """Write a card into the vault's folder, as another program does that works there."""
        (self.world.folder / name).write_bytes(text)
        self.note(f"cat > vault-side/people/{name}", text.decode())

    def edit_card(self, name: str, old: str, new: str) -> None:
        """Change a card in the vault's folder."""
        path = self.world.file_of(name)
        assert old in path.read_bytes().decode()
        self.write_card(path.name, path.read_bytes().replace(old.encode(), new.encode()))

    def khard(self, *words: str, given: str = "") -> str:
        return self.tool("khard", "-c", str(self.base / "khard.conf"), *words, given=given)

    def edit_on_phone(self, name: str, old: str, new: str) -> None:
        """Change a card with khard, which writes the whole card anew."""
        shown = self.khard("show", "--format", "yaml", name)
        assert old in shown
        changed = self.base / "changed.yaml"
        changed.write_text(shown.replace(old, new))
        self.khard("edit", "-i", str(changed), name, given="y\n")

    def prmvault(self, *options: str) -> str:
        done = self.run_in(self.world.vault.root, "vdir", str(self.world.folder), *options)
        self.note(f"prmvault vdir {' '.join(options)}", done.out + done.err)
        assert done.code == 0, done.err
        return done.out

    def note(self, command: str, said: str) -> None:
        self.log.append(f"$ {command}\n{said}")

    def round(self) -> None:
        """Bring everything everywhere, as docs/phone.md tells."""
        self.tool("vdirsyncer", "sync", "phone")
        self.tool("vdirsyncer", "sync", "vault")
        self.prmvault()
        self.tool("vdirsyncer", "sync", "vault")
        self.tool("vdirsyncer", "sync", "phone")

    def phone_card(self, name: str) -> str:
        [text] = [text for text in self.phone_texts() if f"FN:{name}\n" in text]
        return text

    def phone_texts(self) -> list[str]:
        files = sorted(self.phone.glob("*.vcf"))
        return [path.read_bytes().decode().replace("\r\n", "\n").replace("\n ", "") for path in files]


@pytest.fixture
def loop(tmp_path: Path, run_in: Callable[..., Result], request: pytest.FixtureRequest) -> Iterator[Loop]:
    """Return the way with its server running."""
    if not TOOLS:
        pytest.skip("$PRMVAULT_LIVE_TOOLS names no folder")
    _install()
    port = _free_port()
    for name, text in (("radicale.conf", _RADICALE), ("vdirsyncer.conf", _VDIRSYNCER), ("khard.conf", _KHARD)):
        (tmp_path / name).write_text(text.format(base=tmp_path, port=port))
    loop = Loop(tmp_path, run_in)
    loop.log.append(f"# {request.node.name}\n")
    loop.phone.mkdir(parents=True)
    loop.world.folder.mkdir(parents=True)
    with subprocess.Popen(
        [str(Path(TOOLS, "bin", "python")), "-m", "radicale", "--config", str(tmp_path / "radicale.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            _wait_for(port)
            yield loop
        finally:
            server.terminate()
            if LOG:
                with Path(LOG).open("a") as log:
                    log.write("\n".join(loop.log))


def _install() -> None:
    if Path(TOOLS, "bin", "khard").exists():
        return
    venv.create(TOOLS, with_pip=True)
    pip = [str(Path(TOOLS, "bin", "python")), "-m", "pip", "install", "-q", "--retries", "1", "--timeout", "10"]
    done = subprocess.run([*pip, "radicale", "vdirsyncer", "khard"], capture_output=True, check=False)
    if done.returncode:
        shutil.rmtree(TOOLS)
        pytest.skip("the tools can't be installed")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("Radicale does not start")


@pytest.mark.skipif(sys.platform == "win32", reason="the tools are for Unix")
def test_an_edit_an_addition_a_removal_and_a_conflict_from_each_end_arrive_at_the_other(loop: Loop) -> None:
    world = loop.world
    for number in range(10):
        world.note(f"Person {number}", f"phones:\n  - mobile: 0170 {number}\nbirthday: --02-29\n")
    world.note(
        "Zoë Ünal",
        "emails: zoe@example.org\norg: 'ACME; Söhne, Ltd'\ndates:\n  - {label: Name day, date: --07-26}\n"
        "addresses:\n  - {street: 'Weg 1, Hof', locality: Köln, label: home}\ntags: [friend]\n",
        "\n## Notes\n\nfirst, line; with all\nsecond\n",
    )
    loop.prmvault()
    loop.tool("vdirsyncer", "discover", given="y\n" * 10)
    loop.round()
    assert len(loop.phone_texts()) == 11
    listed = loop.khard("list")
    assert "Zoë Ünal" in listed
    assert "Person 9" in listed

    # An edit, an addition and a removal in the vault.
    world.edit_note("Person 1", "0170 1", "0170 111")
    world.note("Neu Ausvault", "phones: '0171 5'\n")
    world.delete_note("Person 2")
    loop.round()
    assert "0170 111" in loop.phone_card("Person 1")
    assert "0171 5" in loop.phone_card("Neu Ausvault")
    assert "Person 2" not in loop.khard("list")

    # The same three at the other end, by khard.
    loop.khard("new", "-a", "phone", given="First name: Eva\nLast name: Handy\nPhone:\n    cell: '0172 9'\n")
    loop.edit_on_phone("Person 3", "0170 3", "0170 333")
    loop.khard("remove", "--force", "Person 4")
    loop.round()
    assert "0172 9" in str(world.front("Eva Handy")["phones"])
    assert "0170 333" in world.text("Person 3")
    assert world.front("Person 3")["birthday"] == "--02-29"
    assert "Person 4" not in world.people()
    assert (world.vault.path / ".trash/Person 4.md").exists()

    # Both ends change one thing differently.
    world.edit_note("Person 5", "birthday: --02-29", "birthday: 1980-05-05")
    loop.edit_on_phone("Person 5", "1604-02-29", "1981-06-06")
    loop.round()
    assert world.front("Person 5")["birthday"] == "1980-05-05"
    assert world.front("Person 5")["merge_conflicts"] == [{"key": "birthday", "value": "1981-06-06"}]
    assert "BDAY:1980-05-05" in loop.phone_card("Person 5")

    # One end removes what the other changes: it stays, changed.
    world.delete_note("Person 6")
    loop.edit_on_phone("Person 6", "0170 6", "0170 666")
    loop.round()
    assert "0170 666" in world.text("Person 6")
    assert "0170 666" in loop.phone_card("Person 6")

    # Nothing is left to do, and nothing was said twice or lost on the way.
    before = world.fingerprint(), world.vault.fingerprint(), loop.phone_texts()
    loop.round()
    assert (world.fingerprint(), world.vault.fingerprint(), loop.phone_texts()) == before
    assert "up to date" in loop.prmvault()
    zoe = loop.phone_card("Zoë Ünal")
    assert "ORG:ACME\\; Söhne\\, Ltd" in zoe
    assert "NOTE:first\\, line\\; with all\\nsecond" in zoe
    assert sorted(world.cards()) == world.people()


@pytest.mark.skipif(sys.platform == "win32", reason="the tools are for Unix")
def test_a_card_that_is_changed_in_the_folder_itself_arrives_in_the_vault_and_at_the_phone(loop: Loop) -> None:
    world = loop.world
    for number in range(6):
        world.note(f"Person {number}", f"phones:\n  - mobile: 0170 {number}\nbirthday: 1970-01-01\n")
    loop.prmvault()
    loop.tool("vdirsyncer", "discover", given="y\n" * 10)
    loop.round()

    # An edit, an addition and a removal.
    loop.edit_card("Person 0", "0170 0", "0170 000")
    loop.write_card("any name.vcf", b"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:direct-1\r\nFN:Dora Direkt\r\nEND:VCARD\r\n")
    loop.note("rm", str(world.file_of("Person 1").name))
    world.delete_card("Person 1")
    loop.round()
    assert world.front("Person 0")["phones"] == [{"mobile": "0170 000"}]
    assert "0170 000" in loop.phone_card("Person 0")
    assert world.front("Dora Direkt")["uid"] == "direct-1"
    assert (world.vault.path / ".trash/Person 1.md").exists()
    listed = loop.khard("list")
    assert "Dora Direkt" in listed
    assert "Person 1" not in listed

    # A conflict with the vault, and one of a change with a removal.
    loop.edit_card("Person 2", "1970-01-01", "1972-02-02")
    world.edit_note("Person 2", "1970-01-01", "1973-03-03")
    loop.edit_card("Person 3", "0170 3", "0170 333")
    world.delete_note("Person 3")
    loop.round()
    assert world.front("Person 2")["birthday"] == "1973-03-03"
    assert world.front("Person 2")["merge_conflicts"] == [{"key": "birthday", "value": "1972-02-02"}]
    assert "BDAY:1973-03-03" in loop.phone_card("Person 2")
    assert "0170 333" in world.text("Person 3")
    assert "0170 333" in loop.phone_card("Person 3")

    # A conflict with the phone is vdirsyncer's: it tells, and both stay until the user has made them one.
    loop.edit_card("Person 4", "0170 4", "0170 444")
    loop.edit_on_phone("Person 4", "1970-01-01", "1974-04-04")
    loop.tool("vdirsyncer", "sync", "phone")
    assert "conflict" in loop.tool("vdirsyncer", "sync", "vault", code=1)
    assert "0170 444" in loop.prmvault() + world.text("Person 4")
    assert "BDAY:1974-04-04" in loop.phone_card("Person 4")
    loop.edit_on_phone("Person 4", "0170 4", "0170 444")
    [ours] = [path for path in loop.phone.glob("*.vcf") if b"FN:Person 4" in path.read_bytes()]
    loop.write_card(world.file_of("Person 4").name, ours.read_bytes())
    loop.round()
    assert world.front("Person 4")["birthday"] == "1974-04-04"
    assert world.front("Person 4")["phones"] == [{"mobile": "0170 444"}]
    assert "merge_conflicts" not in world.front("Person 4")

    before = world.fingerprint(), world.vault.fingerprint(), loop.phone_texts()
    loop.round()
    assert (world.fingerprint(), world.vault.fingerprint(), loop.phone_texts()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="the tools are for Unix")
def test_the_way_that_the_page_tells_works_as_it_is_written(
    tmp_path: Path, run_in: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All files and lines of docs/phone.md but those of the phone itself, in a home of its own and on a free port."""
    if not TOOLS:
        pytest.skip("$PRMVAULT_LIVE_TOOLS names no folder")
    _install()
    page = (REPOSITORY / "docs/phone.md").read_text(encoding="utf-8")
    port = _free_port()
    radicale, vdirsyncer = (
        text.replace("5232", str(port)) for text in re.findall(r"^```ini\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME")
    world = World(tmp_path / "sides")
    world.note("Anna Müller", "phones: 0170 1\n")
    for path, text in (
        (".config/radicale/config", radicale),
        (".config/radicale/users", "me:secret\n"),
        (".config/vdirsyncer/config", vdirsyncer),
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    os.makedirs(tmp_path / ".local/share")
    os.symlink(TOOLS, tmp_path / ".local/share/phone")
    os.makedirs(tmp_path / ".contacts/people")
    tools = tmp_path / ".local/share/phone/bin"
    with subprocess.Popen(
        [str(tools / "radicale"), "--config", str(tmp_path / ".config/radicale/config")], stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for(port)
            for words, given in (("discover", "y\n" * 5), ("sync", "")):
                subprocess.run([str(tools / "vdirsyncer"), words], input=given.encode(), check=True, timeout=60)
            assert run_in(world.vault.root, "vdir", str(tmp_path / ".contacts/people")).code == 0
            subprocess.run([str(tools / "vdirsyncer"), "sync"], check=True, timeout=60)
            assert [text.count("TEL:0170 1") for text in _on_server(tmp_path)] == [1]

            # Step 5: the config and the line for cron.
            [config] = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
            [line] = re.findall(r"^\*/15 \* \* \* \* (.*)$", page, re.MULTILINE)
            own = tmp_path / ".local/bin/prmvault"
            for file, text in (
                (tmp_path / ".config/prmvault/config.yaml", config.replace("~/vault", world.vault.root)),
                (own, f'#!/bin/sh\nexec {sys.executable} -m prmvault "$@"\n'),
            ):
                file.parent.mkdir(parents=True)
                file.write_text(text)
            own.chmod(0o755)
            world.edit_note("Anna Müller", "0170 1", "0170 2")
            ran = subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, timeout=120)
            assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
            assert [text.count("TEL:0170 2") for text in _on_server(tmp_path)] == [1]
        finally:
            server.terminate()


def _on_server(home: Path) -> list[str]:
    found = (home / ".local/share/radicale").rglob("*.vcf")
    return [path.read_text() for path in found if ".Radicale.cache" not in path.parts]
