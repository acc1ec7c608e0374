"""The digest by mail: what it says, and that each address gets it once."""

from __future__ import annotations

import email
import json
import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.app import mail as mailing
from prmvault.app.digest import digest_values
from prmvault.app.mail import Letter, digest_message, digest_subject, letter_message, mail_digest
from prmvault.app.mail_state import SENDING, SENT, MailWeek, keep_week, read_weeks, sending_lock
from prmvault.app.vault import Vault
from prmvault.core.digest import make_digest
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.render.language import language_of
from prmvault.vault.user_config import Address, Mail
from tests.mail_server import MailServer

MONDAY = date(2026, 11, 16)
WEEK = "2026-W47"
NOW = datetime(2026, 11, 16, 7, 0)  # noqa: DTZ001 - local, as everywhere
ME = Address("Max", "max@example.org")
EVA = Address("", "eva@example.org")
ANNA = "---\nbirthday: 1986-11-19\n---\n"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRMVAULT_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def vault(make_vault: Callable[..., Vault]) -> Vault:
    return make_vault({"people/Anna.md": ANNA})


def settings(server: MailServer, *to: Address) -> Mail:
    return Mail(to or (ME,), ME, "localhost", server.port, "none", timeout=5)


def ids(server: MailServer) -> list[str]:
    return [mail["Message-ID"] for mail in server.mails]


# The message


@pytest.mark.parametrize(("language", "begin"), [("en", "Week 47: "), ("de", "Woche 47: ")])
def test_the_subject_says_what_the_week_brings(make_vault: Any, language: str, begin: str) -> None:
    vault = make_vault({"people/Anna.md": ANNA}, f"language: {language}\n")
    subject = digest_subject(language_of(language), MONDAY, digest_values(vault, MONDAY)["summary"])
    assert subject.startswith(begin)
    assert "1 " in subject
    assert len(subject) <= 90


def test_a_week_without_anything_is_quiet(make_vault: Any) -> None:
    message = digest_message(make_vault({}), MONDAY, (ME,), ME, now=NOW)
    assert message["Subject"] == "Week 47: a quiet week"


def test_the_digest_of_a_mail_is_made_once(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def make(*given: Any) -> dict[str, Any]:
        made.append(given)
        return make_digest(*given)

    monkeypatch.setattr("prmvault.app.digest.make_digest", make)
    digest_message(vault, MONDAY, (ME,), ME, now=NOW)
    assert len(made) == 1


def test_the_message_has_the_digest_as_text_and_as_html(vault: Vault) -> None:
    message = digest_message(vault, MONDAY, (ME,), ME, now=NOW)
    text, html = message.iter_parts()
    assert "Anna turns 40" in text.get_content()
    assert "Anna turns 40" in html.get_content()
    assert "[[" not in text.get_content()
    again = digest_message(vault, MONDAY, (ME,), ME, now=NOW)
    assert again.as_bytes() == message.as_bytes()
    other = digest_message(vault, MONDAY + timedelta(7), (ME,), ME, now=NOW)
    copy = digest_message(vault, MONDAY, (ME,), ME, now=NOW, copy=1)
    assert len({each["Message-ID"] for each in (message, other, copy)}) == 3


HEADERS = ["Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
ODD = st.text(st.one_of(st.characters(), st.sampled_from('\r\n\x00\x85\u2028\ud800"<>@,;:=?. \t')), max_size=200)


@given(subject=ODD, name=ODD, text=ODD, page=ODD)
@example(subject="", name="000000000¡¡¡¡¡¡¡¡¡𝐀", text="", page="")
def test_no_text_adds_a_header_an_address_or_a_part(subject: str, name: str, text: str, page: str) -> None:
    to = (Address(name, "max@example.org"), EVA)
    letter = Letter("2026-W47.0a", f"Week\n{subject}", f"{text}\n.\nBcc: x@example.org\n", page)
    message = letter_message(letter, to, to[0], NOW)
    read = email.message_from_bytes(message.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    assert read.keys() == HEADERS
    assert [each.addr_spec for each in read["To"].addresses] == ["max@example.org", "eva@example.org"]
    assert [each.addr_spec for each in read["From"].addresses] == ["max@example.org"]
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert not read.defects
    head, _, body = message.as_bytes().partition(b"\r\n\r\n")
    assert all(len(line) <= 998 for line in head.splitlines())
    assert all(len(line) <= 78 for line in body.splitlines())


# Once


def test_it_is_sent_once_and_then_only_when_asked(vault: Vault) -> None:
    with MailServer() as server:
        first = mail_digest(vault, MONDAY, settings(server), now=NOW)
        second = mail_digest(vault, MONDAY, settings(server), now=NOW)
        assert (first.to, second.to, second.before) == (("max@example.org",), (), ("max@example.org",))
        assert second.last == NOW.astimezone().isoformat()
        mail_digest(vault, MONDAY, settings(server), now=NOW, again=True)
        mail_digest(vault, MONDAY, settings(server), now=NOW, again=True)
        mail_digest(vault, MONDAY + timedelta(7), settings(server), now=NOW)
    assert len(set(ids(server))) == len(ids(server)) == 4


def test_who_comes_to_the_addresses_later_gets_the_same_mail(vault: Vault) -> None:
    with MailServer() as server:
        mail_digest(vault, MONDAY, settings(server), now=NOW)
        sent = mail_digest(vault, MONDAY, settings(server, ME, EVA), now=NOW)
    assert (sent.to, sent.before) == (("eva@example.org",), ("max@example.org",))
    assert server.to == [["max@example.org"], ["eva@example.org"]]
    assert len(set(ids(server))) == 1


def test_who_was_refused_is_tried_again_alone(vault: Vault) -> None:
    with MailServer({"eva@example.org": "451 later"}) as server:
        mail = settings(server, ME, EVA)
        assert mail_digest(vault, MONDAY, mail, now=NOW).refused == {"eva@example.org": "451 later"}
        week = read_weeks(vault.root)[WEEK]
        assert (week.failures, week.is_lasting, set(week.to)) == (1, False, {"max@example.org"})
        server.replies.clear()
        assert mail_digest(vault, MONDAY, mail, now=NOW).to == ("eva@example.org",)
    assert read_weeks(vault.root)[WEEK].failures == 0
    assert server.to == [["max@example.org"], ["eva@example.org"]]


def test_what_failed_for_certain_is_counted_and_sent_later(vault: Vault) -> None:
    with MailServer({"DATA": "451 later"}) as server:
        for count in (1, 2):
            with pytest.raises(PrmvaultError) as failure:
                mail_digest(vault, MONDAY, settings(server), now=NOW)
            week = read_weeks(vault.root)[WEEK]
            assert (week.failures, week.tried, week.is_lasting) == (count, NOW.timestamp(), False)
            assert (week.reason, week.to) == (str(failure.value), {})
            assert failure.value.exit_code == EXIT_BUSY
        server.replies["DATA"] = "554 no"
        with pytest.raises(PrmvaultError):
            mail_digest(vault, MONDAY, settings(server), now=NOW)
        assert read_weeks(vault.root)[WEEK].is_lasting
        server.replies.clear()
        mail_digest(vault, MONDAY, settings(server), now=NOW)
    assert read_weeks(vault.root)[WEEK].to["max@example.org"].state == SENT
    assert len(ids(server)) == 1


def test_where_the_answer_did_not_come_it_is_not_sent_again_unless_asked_and_then_as_the_same_mail(
    vault: Vault,
) -> None:
    with MailServer(drop=True) as server:
        for _ in range(2):
            with pytest.raises(PrmvaultError, match="may have been sent to max@") as failure:
                mail_digest(vault, MONDAY, settings(server), now=NOW)
            assert "--again" in failure.value.hint
        assert len(server.mails) == 1
        assert read_weeks(vault.root)[WEEK].to["max@example.org"].state == SENDING
        server.drop = False
        assert mail_digest(vault, MONDAY, settings(server), now=NOW, again=True).to == ("max@example.org",)
        assert len(set(ids(server))) == 1
        mail_digest(vault, MONDAY, settings(server), now=NOW, again=True)
        assert len(set(ids(server))) == 2


def test_a_copy_whose_answer_did_not_come_is_sent_as_the_same_copy(vault: Vault) -> None:
    with MailServer() as server:
        mail_digest(vault, MONDAY, settings(server), now=NOW)
        server.drop = True
        with pytest.raises(PrmvaultError):
            mail_digest(vault, MONDAY, settings(server), now=NOW, again=True)
        server.drop = False
        mail_digest(vault, MONDAY, settings(server), now=NOW, again=True)
    first, second, third = ids(server)
    assert first != second == third


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("at", ["before the content", "after the answer"])
def test_a_process_that_is_killed_never_leads_to_two_mails(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def killed(*arguments: Any) -> None:
        if (at == "after the answer") == any(each.state == SENT for each in arguments[2].to.values()):
            raise Killed
        keep_week(*arguments)

    with MailServer() as server:
        with monkeypatch.context() as patch:
            patch.setattr(mailing, "keep_week", killed)
            with pytest.raises(Killed):
                mail_digest(vault, MONDAY, settings(server), now=NOW)
        if at == "before the content":
            mail_digest(vault, MONDAY, settings(server), now=NOW)
        else:
            with pytest.raises(PrmvaultError, match="may have been sent"):
                mail_digest(vault, MONDAY, settings(server), now=NOW)
    assert len(server.mails) == 1


def test_what_can_not_be_written_down_is_not_sent(vault: Vault, state: Path) -> None:
    state.write_text("a file where the folder should be")
    with MailServer() as server, pytest.raises(PrmvaultError, match=r"what (is|was) sent can't be"):
        mail_digest(vault, MONDAY, settings(server), now=NOW)
    assert server.mails == []


def test_what_was_sent_and_can_not_be_read_stops_everything(vault: Vault, state: Path) -> None:
    with MailServer() as server:
        mail_digest(vault, MONDAY, settings(server), now=NOW)
        (file,) = state.glob("*.json")
        for damaged in ("", "[]", "{", '{"2026-W47": {}}', '{"2026-W47": {"to": 3}}'):
            file.write_text(damaged)
            with pytest.raises(PrmvaultError, match="it is damaged"):
                mail_digest(vault, MONDAY, settings(server), now=NOW)
    assert len(server.mails) == 1


def test_two_processes_do_not_send_at_once(vault: Vault) -> None:
    import threading

    held, done = threading.Event(), threading.Event()

    def other() -> None:
        with sending_lock(vault.root):
            held.set()
            done.wait(30)

    thread = threading.Thread(target=other)
    thread.start()
    assert held.wait(30)
    with MailServer() as server, pytest.raises(PrmvaultError, match="another prmvault is sending") as failure:
        mail_digest(vault, MONDAY, settings(server), now=NOW)
    done.set()
    thread.join()
    assert (failure.value.exit_code, server.mails) == (EXIT_BUSY, [])


def test_the_state_knows_no_password_and_no_text_and_forgets_old_years(vault: Vault, state: Path) -> None:
    for year in range(1990, 2060):
        keep_week(vault.root, f"{year}-W01", MailWeek(copies=1))
    assert next(iter(read_weeks(vault.root))) == "2000-W01"
    with MailServer() as server:
        mail_digest(vault, MONDAY, settings(server), now=NOW)
    (file,) = state.glob("*.json")
    week = json.loads(file.read_text())[WEEK]
    assert week == {
        "to": {"max@example.org": ["sent", NOW.astimezone().isoformat()]},
        "copies": 1, "failures": 0, "tried": 0.0, "reason": "", "is_lasting": False,
    }  # fmt: skip
    assert os.stat(state).st_mode & 0o077 == 0


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_text_says_nothing_of_ticks(make_vault: Callable[..., Vault], language: str) -> None:
    note = "---\nbirthday: 1986-11-19\ngifts: [a lamp]\nwishes: [a hat]\n---\n"
    vault = make_vault({"people/Anna.md": note}, f"language: {language}\n")
    body = digest_message(vault, MONDAY, (ME,), ME, now=NOW).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "- a lamp\n" in text
    assert "→" not in text
