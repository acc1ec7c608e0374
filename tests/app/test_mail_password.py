"""The password of the mail account."""

from __future__ import annotations

import shlex
import subprocess
import sys
from types import ModuleType

import pytest

from prmvault.app.mail_password import password_of
from prmvault.core.problems import EXIT_BUSY, EXIT_NO_VAULT, PrmvaultError
from prmvault.vault.user_config import Address, Mail

ME = Address("", "max@example.org")


def by_command(command: str) -> str:
    return password_of(Mail((ME,), ME, "h", user="max", password_command=command))


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def test_the_first_line_of_the_command_is_the_password() -> None:
    assert by_command(python("print(' ge heim \\nurl: x')")) == " ge heim "
    assert by_command(python("print('gehéim\\r')")) == "gehéim"


def test_no_shell_reads_the_command() -> None:
    assert by_command(python("import sys; print(sys.argv[1])") + " '$HOME;ls'") == "$HOME;ls"


@pytest.mark.parametrize(
    ("command", "told", "code"),
    [
        ("no-such-command-anywhere x", "no-such-command-anywhere: No such file or directory", EXIT_NO_VAULT),
        ("pass 'show", "No closing quotation", EXIT_NO_VAULT),
        (python("raise SystemExit('gpg: locked\\n now')"), "failed (code 1): gpg: locked now", EXIT_BUSY),
        (python("raise SystemExit(3)"), "failed (code 3)", EXIT_BUSY),
        (python("print()"), "password_command writes nothing", EXIT_NO_VAULT),
    ],
)
def test_what_is_wrong_with_a_command_is_told_with_its_own_words(command: str, told: str, code: int) -> None:
    with pytest.raises(PrmvaultError) as failure:
        by_command(command)
    assert told in str(failure.value)
    assert "\n" not in str(failure.value)
    assert failure.value.exit_code == code
    assert failure.value.hint


def test_a_command_that_waits_for_somebody_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("pass", float(str(options["timeout"])))

    monkeypatch.setattr(subprocess, "run", slow)
    with pytest.raises(PrmvaultError, match="did not end within 60 s") as failure:
        by_command("pass")
    assert failure.value.exit_code == EXIT_BUSY


class FakeError(Exception):
    """What keyring's errors come from."""


class FakeNoKeyringError(FakeError):
    """There is no keyring."""


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], object]:
    """Stand in for the library `keyring`; an exception among its passwords is raised."""
    passwords: dict[tuple[str, str], object] = {}
    fake, errors = ModuleType("keyring"), ModuleType("keyring.errors")

    def get_password(service: str, user: str) -> object:
        password = passwords.get((service, user))
        if isinstance(password, Exception):
            raise password
        return password

    fake.get_password = get_password  # type: ignore[attr-defined]
    errors.KeyringError, errors.NoKeyringError = FakeError, FakeNoKeyringError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", fake)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return passwords


def by_keyring() -> str:
    return password_of(Mail((ME,), ME, "h", user="max", keyring=True))


def test_the_keyring_is_asked_for_the_user(keyring: dict[tuple[str, str], object]) -> None:
    keyring["prmvault", "max"] = "geheim"
    assert by_keyring() == "geheim"


@pytest.mark.parametrize(
    ("answer", "told", "code"),
    [
        (None, "the keyring has no password of max", EXIT_NO_VAULT),
        (FakeNoKeyringError(), "this system has no keyring that can be used", EXIT_NO_VAULT),
        (FakeError("locked"), "the keyring gives no password: locked", EXIT_BUSY),
    ],
)
def test_what_the_keyring_can_not_give_is_told(
    keyring: dict[tuple[str, str], object], answer: object, told: str, code: int
) -> None:
    keyring["prmvault", "max"] = answer
    with pytest.raises(PrmvaultError) as failure:
        by_keyring()
    assert (str(failure.value), failure.value.exit_code) == (told, code)


def test_without_the_library_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(PrmvaultError, match="not installed") as failure:
        by_keyring()
    assert "pip install" in failure.value.hint


def test_without_a_user_there_is_no_password() -> None:
    assert password_of(Mail((ME,), ME, "h")) == ""
