"""The user's own config: what it says, and what is wrong with it, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prmvault.core.problems import EXIT_NO_VAULT, PrmvaultError
from prmvault.vault.user_config import (
    Address,
    Mail,
    Send,
    UserConfig,
    config_path,
    default_vault,
    mail_settings,
    parse_address,
    parse_config,
    read_config,
)

ME = Address("", "max@example.org")


def mail_of(text: str) -> Mail:
    """Return what `mail:` lines say, all of them right."""
    config = parse_config("c.yaml", "mail:\n" + "".join(f"  {line}\n" for line in text.splitlines()))
    assert config.problems == ()
    assert config.mail is not None
    return config.mail


def problems_of(text: str) -> list[str]:
    return [str(problem) for problem in parse_config("c.yaml", text).problems]


def test_everything_can_be_set() -> None:
    text = """\
vault: ~/notes
mail:
  to: [Max Müller <max@example.org>, eva@münchen.de]
  from: '"Digest" <digest@example.org>'
  host: smtp.example.org
  port: 2525
  security: tls
  user: max
  password_command: pass show mail
  timeout: 10
send: {weekday: Dienstag, hour: 18}
calendar: ~/calendar.ics
"""
    config = parse_config("c.yaml", text)
    home = str(Path.home())
    to = (Address("Max Müller", "max@example.org"), Address("", "eva@xn--mnchen-3ya.de"))
    sender = Address("Digest", "digest@example.org")
    mail = Mail(to, sender, "smtp.example.org", 2525, "tls", "max", "pass show mail", keyring=False, timeout=10)
    assert config == UserConfig("c.yaml", f"{home}/notes", mail, Send(1, 18), f"{home}/calendar.ics")


def test_two_lines_are_enough_and_the_rest_is_as_usual() -> None:
    assert mail_of("to: max@example.org\nhost: smtp.example.org") == Mail(
        (ME,), ME, "smtp.example.org", 587, "starttls"
    )
    assert mail_of("to: max@example.org\nhost: h\nsecurity: tls").port == 465
    assert mail_of("to: max@example.org\nhost: localhost")[3:5] == (25, "none")
    assert mail_of("to: max@example.org\nhost: localhost\nsecurity: starttls")[3:5] == (587, "starttls")
    assert mail_of("to: max@example.org\nhost: h\nuser: max\nkeyring: true").keyring
    assert parse_config("c.yaml", "send: {hour: 9}").send == Send(0, 9)
    assert parse_config("c.yaml", "send: {weekday: So}").send == Send(6, 7)
    assert parse_config("c.yaml", "") == parse_config("c.yaml", "mail:\nsend:\n") == UserConfig("c.yaml")


GOOD = "mail:\n  to: max@example.org\n  host: h\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("calender: x", "c.yaml:1: the setting 'calender' is not known [bad-setting]"),
        ("vault: [a]", "c.yaml:1: vault takes a path [bad-setting]"),
        ("mail: max", "c.yaml:1: mail takes to, host and more [bad-setting]"),
        (GOOD + "  securty: tls", "c.yaml:4: mail: 'securty' is not known [bad-setting]"),
        (GOOD + "  security: ssl", "c.yaml:4: mail: security is starttls, tls, none [bad-setting]"),
        (GOOD + "  port: 0", "c.yaml:4: mail: port is a number from 1 to 65535 [bad-setting]"),
        (GOOD + "  port: [1]", "c.yaml:4: mail: port is a number from 1 to 65535 [bad-setting]"),
        (GOOD + "  timeout: soon", "c.yaml:4: mail: timeout is a number of seconds from 1 to 600 [bad-setting]"),
        (GOOD + "  user: max", "c.yaml:4: mail: a user needs one way to its password [bad-setting]"),
        (GOOD + "  keyring: true", "c.yaml:1: mail: there is a password and no user [bad-setting]"),
        (GOOD + "  from: [a@b.org, c@d.org]", "c.yaml:4: mail: from is one address [bad-setting]"),
        ("mail:\n  host: h\n", "c.yaml:1: mail: to is missing [bad-setting]"),
        ("mail:\n  to: a@b.org\n", "c.yaml:1: mail: host is missing [bad-setting]"),
        ("mail:\n  to: a@b.org\n  host: a b\n", "c.yaml:3: mail: host is the name of the mail server [bad-setting]"),
        ("mail:\n  to: Max\n  host: h\n", "c.yaml:2: mail: 'Max' is no mail address [bad-setting]"),
        ("send: monday", "c.yaml:1: send takes weekday and hour [bad-setting]"),
        ("send:\n  weekday: tomorrow", "c.yaml:2: send: weekday is the name of a day [bad-setting]"),
        ("send:\n  hour: 24", "c.yaml:2: send: hour is a number from 0 to 23 [bad-setting]"),
        ("send:\n  minute: 3", "c.yaml:2: send: 'minute' is not known [bad-setting]"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_sends_nothing(text: str, told: str) -> None:
    config = parse_config("c.yaml", text)
    assert [str(problem) for problem in config.problems] == [told]
    assert config.mail is None
    assert config.send is None


def test_a_password_in_the_file_is_refused_with_better_ways() -> None:
    config = parse_config("c.yaml", GOOD + "  user: max\n  password: geheim\n")
    (problem,) = config.problems
    assert problem.line == 5
    assert "password_command" in problem.hint
    assert "geheim" not in f"{problem}{problem.hint}"
    assert config.mail is None


def test_a_password_does_not_go_over_the_network_in_the_clear() -> None:
    text = "mail: {to: a@b.org, host: %s, security: none, user: max, keyring: true}"
    assert "for all to read" in problems_of(text % "smtp.example.org")[0]
    assert problems_of(text % "localhost") == []


def test_a_wrong_weekday_does_not_take_the_mail_settings_with_it() -> None:
    config = parse_config("c.yaml", GOOD + "send: {weekday: x}\n")
    assert config.send is None
    assert mail_settings(config).host == "h"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there are no settings for mail"),
        (
            "mail: [",
            "c.yaml:1: the front matter is not YAML: a bracket is not closed, or a comma is missing [bad-yaml]",
        ),
        ("foo: 1\nmail: 1\n", "c.yaml:2: mail takes to, host and more [bad-setting]"),
    ],
)
def test_without_usable_settings_the_reason_is_an_error(text: str, told: str) -> None:
    with pytest.raises(PrmvaultError) as failure:
        mail_settings(parse_config("c.yaml", text))
    assert (str(failure.value), failure.value.exit_code) == (told, EXIT_NO_VAULT)
    assert failure.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "", "max", "@example.org", "max@", "a@b@c", "max@example..org", "max@exam ple.org", ".max@example.org",
        "ma..x@example.org", "max@example.org\nBcc: eva@example.org", "Max <max@example.org", "max@example.org>",
        "Max max@example.org", "a@b.org, c@d.org", "Max\r\nBcc: x <max@example.org>", "Max\x00 <max@example.org>",
        "<a@b.org> <c@d.org>", "max@[127.0.0.1]", f"max@{'a' * 64}.org", "max@¨.org",
    ],
)  # fmt: skip
def test_what_is_no_address_or_several_is_refused(text: str) -> None:
    assert parse_address(text) is None


@given(st.text())
@example("¨")
def test_no_text_makes_an_address_that_breaks_a_line(text: str) -> None:
    for written in (text, f"{text} <max@example.org>", f"{text}@example.org", f"max@{text}"):
        address = parse_address(written)
        assert address is None or (address.name.isprintable() and not set(address.address) & set(" \t\r\n<>,;\x00"))
        assert address is None or address.address.rpartition("@")[2].isascii()


@pytest.fixture
def config_file(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = cache / "config" / "prmvault"
    folder.mkdir(parents=True)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda *_, **__: str(folder))
    return folder / "config.yaml"


def test_it_is_read_from_the_users_folder_and_told_by_a_short_path(config_file: Path) -> None:
    assert config_path() == str(config_file)
    assert read_config() == UserConfig("~/config/prmvault/config.yaml")
    assert default_vault() is None
    config_file.write_text("vault: ~/notes\nfoo: 1\n")
    assert default_vault() == str(Path.home() / "notes")
    assert str(read_config().problems[0]).startswith("~/config/prmvault/config.yaml:2: ")


def test_a_config_that_can_not_be_read_is_a_problem(config_file: Path) -> None:
    config_file.write_bytes(b"vault: \xff\n")
    assert [str(each) for each in read_config().problems] == [
        "~/config/prmvault/config.yaml: it can't be read: it is no UTF-8 text [bad-setting]"
    ]
    config_file.unlink()
    config_file.mkdir()
    assert "Is a directory" in str(read_config().problems[0])
    assert default_vault() is None
