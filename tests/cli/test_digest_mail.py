"""`digest --mail`, `digest --eml`, and the watcher that sends by itself."""

from __future__ import annotations

import email
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.mail_server import MailServer

WEEK = ["--week", "2026-W47"]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRMVAULT_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def config(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of the user's config, in this process and in others."""
    from platformdirs import user_config_dir

    folder = Path(user_config_dir("prmvault", appauthor=False))
    assert cache in folder.parents
    folder.mkdir(parents=True)
    return folder / "config.yaml"


def mail_lines(server: MailServer, to: str = "max@example.org", more: str = "") -> str:
    return f"mail: {{to: [{to}], host: localhost, port: {server.port}{more}}}\n"


def read(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_it_is_sent_and_said_and_sent_again_only_when_asked(prmvault: Any, example: str, config: Path) -> None:
    with MailServer() as server:
        config.write_text(mail_lines(server, "Max <max@example.org>, eva@example.org"))
        run = ["-C", example, "digest", "--mail"]
        first, second, third = prmvault(*run), prmvault(*run, *WEEK), prmvault(*run, "--again")
    told = "prmvault: the digest of 2026-W47 is sent to max@example.org, eva@example.org\n"
    assert first == third == (0, "", told)
    assert (second.code, second.out) == (0, "")
    assert "was sent to max@example.org, eva@example.org already (" in second.err
    assert "--again" in second.err
    assert len(server.mails) == 2
    text, html = (part.get_content() for part in server.mails[0].iter_parts())
    for part in (text, html):
        assert "Klaus Weißhaupt" in part
    assert server.mails[0]["Subject"].startswith("Week 47: ")


def test_who_is_refused_is_said_and_the_exit_code_tells(prmvault: Any, example: str, config: Path) -> None:
    with MailServer({"eva@example.org": "550 no such user"}) as server:
        config.write_text(mail_lines(server, "max@example.org, eva@example.org"))
        done = prmvault("-C", example, "digest", "--mail")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "prmvault: the digest of 2026-W47 is sent to max@example.org",
        "prmvault: the mail server does not take it to eva@example.org: 550 no such user",
    ]


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("", 3, "there are no settings for mail"),
        ("mail: {to: a@b.org, host: h, password: x}\n", 3, "config.yaml:1: mail: a password is not kept in this file"),
        ("mail: {to: a@b.org, host: localhost, user: a, password_command: 'false'}\n", 75, "password_command failed"),
        ("mail: {to: a@b.org, host: localhost, port: 1, timeout: 5}\n", 75, "Connection refused"),
    ],
)
def test_what_stands_against_it_is_told_with_its_exit_code(
    prmvault: Any, example: str, config: Path, text: str, code: int, told: str
) -> None:
    config.write_text(text)
    done = prmvault("-C", example, "digest", "--mail")
    assert (done.code, done.out) == (code, "")
    assert told in done.err
    assert "    → " in done.err


@pytest.mark.parametrize(
    "options", [["--mail", "--json"], ["--mail", "--eml", "-"], ["--stdout", "--eml", "x"], ["--again"]]
)
def test_what_does_not_go_together_is_refused(prmvault: Any, example: str, options: list[str]) -> None:
    assert prmvault("-C", example, "digest", *options).code == 2


def test_it_is_written_as_a_file_without_any_server(run_in: Any, vault_at: Any, config: Path, tmp_path: Path) -> None:
    vault_at.write("people/Anna.md", "---\nbirthday: 1986-11-19\n---\n")
    file = tmp_path / "digest.eml"
    assert run_in(vault_at.root, "digest", *WEEK, "--eml", str(file))[:2] == (0, "")
    message = read(file.read_bytes())
    assert (message["To"], message["From"], message["Subject"]) == (None, None, "Week 47: 1 birthday")
    vault_at.write("prmvault.yaml", 'me: ["[[Max]]", max@example.org]\n')
    message = read(run_in(vault_at.root, "digest", *WEEK, "--eml", "-").out.encode())
    assert (message["To"], message["From"]) == ("max@example.org", "max@example.org")
    config.write_text("mail: {to: Eva <eva@example.org>, host: h}\n")
    message = read(run_in(vault_at.root, "digest", *WEEK, "--eml", "-").out.encode())
    assert (message["To"], message["From"]) == ("Eva <eva@example.org>", "Eva <eva@example.org>")
    assert not (tmp_path / "state").exists()


def test_once_sends_what_is_due_and_not_twice(prmvault: Any, vault_at: Any, config: Path) -> None:
    with MailServer() as server:
        config.write_text(mail_lines(server) + "send: {weekday: monday, hour: 0}\n")
        for today in ("2026-11-17", "2026-11-18", "2026-11-23"):
            assert prmvault("-C", vault_at.root, "--today", today, "watch", "--once", "--no-mail").code == 0
            assert prmvault("-C", vault_at.root, "--today", today, "watch", "--once", "--quiet")[::2] == (0, "")
    assert [mail["Subject"] for mail in server.mails] == ["Week 47: a quiet week", "Week 48: a quiet week"]


def test_once_says_what_failed_and_waits_before_it_tries_again(prmvault: Any, vault_at: Any, config: Path) -> None:
    with MailServer({"DATA": "451 later"}) as server:
        config.write_text(mail_lines(server) + "send: {weekday: monday, hour: 0}\n")
        run = ["-C", vault_at.root, "--today", "2026-11-17", "watch", "--once", "--quiet"]
        failed = prmvault(*run)
        assert (failed.code, failed.err.splitlines()[0]) == (
            75,
            "prmvault: mail: the mail server localhost does not take the message: 451 later",
        )
        assert prmvault(*run).code == 0


def test_the_watcher_sends_once_over_two_runs_and_says_so(
    start_in: Callable[..., subprocess.Popen[bytes]], vault_at: Any, config: Path
) -> None:
    def watched(until: str) -> str:
        process = start_in(vault_at.root, "--today", "2026-11-18", "watch")
        assert process.stderr is not None
        lines = []
        for line in process.stderr:
            lines.append(line.decode())
            if until in lines[-1] or "Traceback" in lines[-1] or "next try" in lines[-1]:
                break
        process.terminate()
        return "".join(lines) + process.communicate(timeout=30)[1].decode()

    with MailServer() as server:
        config.write_text(mail_lines(server) + "send: {weekday: mittwoch, hour: 0}\n")
        assert "mail: the digest of 2026-W47 is sent to max@example.org" in watched("is sent")
        vault_at.write("people/Anna.md", "x")
        assert "mail" not in watched("watching")
    assert len(server.mails) == 1
