"""Talking to mail servers: a real one on this machine, encrypted and not, and all that can go wrong."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from prmvault.app.mail import Letter, letter_message
from prmvault.app.mail_send import NoAnswerError, send_message
from prmvault.core.problems import EXIT_BUSY, EXIT_NO_VAULT, EXIT_NOTHING_FOUND, PrmvaultError
from prmvault.vault.user_config import Address, Mail
from tests.mail_server import PASSWORD, USER, MailServer

ME = Address("Max Müller", "max@example.org")
EVA = Address("", "eva@example.org")
NOW = datetime(2026, 11, 16, 7, 0)  # noqa: DTZ001 - local, as everywhere
LETTER = Letter("2026-W47.abc", "Woche 47", "Grüße\n.\n..\n.Punkt\n" + "lang " * 500 + "\n", "<p>Grüße</p>\n")


class Certificate:
    """A certificate for `localhost` that signs itself, and the context of a server that has it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "cert.pem"
        key = folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", key, "-out", self.file, "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost",
             "-addext", "keyUsage=critical,digitalSignature,keyCertSign"],
            check=True, capture_output=True,
        )  # fmt: skip
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.file, key)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    return certificate


def settings(server: MailServer, security: str = "none", to: Sequence[Address] = (ME,), **more: object) -> Mail:
    return Mail(tuple(to), ME, "localhost", server.port, security, timeout=5)._replace(**more)  # type: ignore[arg-type]


def send(mail: Mail, password: str = "", letter: Letter = LETTER) -> dict[str, str]:
    message = letter_message(letter, mail.to, mail.sender, NOW)
    return send_message(mail, message, [each.address for each in mail.to], password, lambda _: None)


def refused(mail: Mail, password: str = "") -> PrmvaultError:
    with pytest.raises(PrmvaultError) as failure:
        send(mail, password)
    assert "\n" not in str(failure.value)
    assert failure.value.hint
    assert PASSWORD not in str(failure.value)
    return failure.value


def test_a_mail_arrives_as_it_was_with_all_its_dots_and_long_lines() -> None:
    with MailServer() as server:
        assert send(settings(server, to=(ME, EVA))) == {}
    (mail,) = server.mails
    assert server.to == [["max@example.org", "eva@example.org"]]
    assert (mail["Subject"], mail["To"]) == ("Woche 47", "Max Müller <max@example.org>, eva@example.org")
    assert mail["From"] == "Max Müller <max@example.org>"
    assert mail["Message-ID"] == "<prmvault.2026-W47.abc@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW.astimezone()
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().replace("\r\n", "\n") == LETTER.html
    assert max(map(len, server.raw[0].split(b"\r\n"))) <= 78
    assert server.raw[0].isascii()
    assert b"\n" not in server.raw[0].replace(b"\r\n", b"")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_is_encrypted_and_logs_in(trusted: Certificate, security: str) -> None:
    with MailServer(tls=trusted.context, is_tls_from_the_start=security == "tls", wants_login=True) as server:
        send(settings(server, security, user=USER), PASSWORD)
    assert (len(server.mails), server.logins) == (1, 1)


def test_a_password_that_is_not_ascii_is_understood(trusted: Certificate) -> None:
    with MailServer(tls=trusted.context, wants_login=True, password="gehéim ☂") as server:
        send(settings(server, "starttls", user=USER), "gehéim ☂")
        failed = refused(settings(server, "starttls", user=USER), "gehéim")
    assert len(server.mails) == 1
    assert failed.exit_code == EXIT_NO_VAULT


def test_an_address_that_is_not_ascii_arrives_where_the_server_knows_such() -> None:
    far = Address("Jürgen", "jürgen@xn--mnchen-3ya.de")
    with MailServer() as server:
        send(settings(server, to=(far,)))
    assert server.to == [["jürgen@xn--mnchen-3ya.de"]]
    assert "\r\nTo: Jürgen <jürgen@xn--mnchen-3ya.de>\r\n".encode() in server.raw[0]
    with MailServer(has_utf8=False) as server:
        failed = refused(settings(server, to=(far,)))
    assert (failed.exit_code, server.mails) == (EXIT_NO_VAULT, [])


def test_without_login_data_or_with_wrong_ones_the_remedy_is_told(trusted: Certificate) -> None:
    with MailServer(tls=trusted.context, wants_login=True) as server:
        wrong = refused(settings(server, "starttls", user=USER), "falsch")
        none = refused(settings(server, "starttls"))
    assert (wrong.exit_code, server.mails) == (EXIT_NO_VAULT, [])
    assert str(wrong) == "the mail server localhost does not let max in: 535 5.7.8 Authentication credentials invalid"
    assert "530" in str(none)


def test_a_server_that_repeats_the_password_does_not_bring_it_into_the_message(trusted: Certificate) -> None:
    with MailServer({"AUTH": "535 {} is wrong"}, tls=trusted.context, wants_login=True) as server:
        assert str(refused(settings(server, "starttls", user=USER), PASSWORD)).endswith("535 … is wrong")


def test_a_login_that_can_not_be_checked_now_is_for_later(trusted: Certificate) -> None:
    with MailServer({"AUTH": "454 4.7.0 later"}, tls=trusted.context, wants_login=True) as server:
        assert refused(settings(server, "starttls", user=USER), PASSWORD).exit_code == EXIT_BUSY


def test_a_certificate_that_nobody_vouches_for_is_refused(certificate: Certificate) -> None:
    with MailServer(tls=certificate.context) as server:
        failed = refused(settings(server, "starttls"))
    assert failed.exit_code == EXIT_NO_VAULT
    assert str(failed).startswith("the certificate of the mail server localhost is not trusted: ")


def test_a_certificate_for_another_name_is_refused(trusted: Certificate) -> None:
    with MailServer(tls=trusted.context) as server:
        failed = refused(settings(server, "starttls", host="127.0.0.1"))
    assert "127.0.0.1" in str(failed)
    assert server.mails == []


def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    with MailServer(wants_login=True) as server:
        failed = refused(settings(server, "starttls", user=USER), PASSWORD)
    assert str(failed) == "the mail server localhost offers no STARTTLS"
    assert (failed.exit_code, server.logins, server.mails) == (EXIT_NO_VAULT, 0, [])


def test_tls_where_there_is_none_is_told_with_the_usual_ports() -> None:
    with MailServer() as server:
        failed = refused(settings(server, "tls"))
    assert failed.exit_code == EXIT_NO_VAULT
    assert "465" in failed.hint


def test_a_server_that_wants_no_password_is_told_so() -> None:
    with MailServer() as server:
        failed = refused(settings(server, user=USER), PASSWORD)
    assert str(failed) == "the mail server localhost takes no password on this port"


def test_who_is_refused_among_several_is_returned_and_the_others_get_it() -> None:
    with MailServer({"eva@example.org": "550 5.1.1 no such user"}) as server:
        assert send(settings(server, to=(ME, EVA))) == {"eva@example.org": "550 5.1.1 no such user"}
    assert server.to == [["max@example.org"]]


@pytest.mark.parametrize(
    ("replies", "code", "told"),
    [
        ({"max@example.org": "550 unknown"}, EXIT_NOTHING_FOUND, "does not take mail to max@example.org: 550 unknown"),
        ({"max@example.org": "451 grey"}, EXIT_BUSY, "does not take mail to max@example.org: 451 grey"),
        ({"MAIL": "550 not you"}, EXIT_NOTHING_FOUND, "does not take mail from max@example.org: 550 not you"),
        ({"MAIL": "421 too many"}, EXIT_BUSY, "does not take mail from max@example.org: 421 too many"),
        ({"DATA": "451 later"}, EXIT_BUSY, "does not take the message: 451 later"),
        ({"DATA": "554 spam\x1b[31m"}, EXIT_NOTHING_FOUND, "does not take the message: 554 spam[31m"),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(replies: dict[str, str], code: int, told: str) -> None:
    with MailServer(replies) as server:
        failed = refused(settings(server))
    assert (str(failed), failed.exit_code) == (f"the mail server localhost {told}", code)
    assert server.mails == []


def test_when_nobody_is_taken_one_that_may_be_taken_later_decides() -> None:
    with MailServer({"max@example.org": "550 no", "eva@example.org": "451 later"}) as server:
        failed = refused(settings(server, to=(ME, EVA)))
    assert failed.exit_code == EXIT_BUSY
    assert "eva@example.org nor 1 more: 451 later" in str(failed)


@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_an_answer_that_does_not_come_leaves_open_whether_it_was_sent(fault: str) -> None:
    with MailServer(drop=fault == "drop", hang=fault == "hang") as server:
        with pytest.raises(NoAnswerError):
            send(settings(server, timeout=0.05))
        assert len(server.mails) == (fault == "drop")


def test_nothing_listens_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        mail = Mail((ME,), ME, "127.0.0.1", taken.getsockname()[1], "none")
        failed = refused(mail)
    assert failed.exit_code == EXIT_BUSY
    assert str(failed).endswith("Connection refused")


def test_a_name_that_is_not_found_is_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    failed = refused(Mail((ME,), ME, "smtp.example.org", 587))
    assert (failed.exit_code, str(failed)) == (
        EXIT_BUSY,
        "there is no way to the mail server smtp.example.org: its name is not found",
    )


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_says_nothing_is_not_waited_for_for_ever(security: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = Mail((ME,), ME, "127.0.0.1", silent.getsockname()[1], security, timeout=0.05)
        failed = refused(mail)
    assert failed.exit_code == EXIT_BUSY
    assert "did not answer within 0.05 s" in str(failed)


@pytest.mark.parametrize("greeting", [b"554 go away\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\xff\xfe\r\n"])
def test_what_is_no_mail_server_is_told_in_one_line(greeting: bytes) -> None:
    import threading

    with socket.create_server(("127.0.0.1", 0)) as odd:

        def answer() -> None:
            connection, _ = odd.accept()
            with connection:
                connection.sendall(greeting)

        thread = threading.Thread(target=answer)
        thread.start()
        refused(Mail((ME,), ME, "127.0.0.1", odd.getsockname()[1], "none", timeout=5))
        thread.join()
