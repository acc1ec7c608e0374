"""The user's own config, `config.yaml` in the user's config folder: what belongs to a person's machine, not to a vault.

Every key is optional. What is unknown or wrong is reported with file and line. Mail settings count only as a whole:
with one of them misread, mail could go astray.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from prmvault.core.problems import EXIT_NO_VAULT, PrmvaultError, Problem

CONFIG_FILE = "config.yaml"

PORTS = {"starttls": 587, "tls": 465, "none": 25}
"""The usual port of each kind of security."""

_MAIL_KEYS = ("to", "from", "host", "port", "security", "user", "password_command", "keyring", "timeout")
_MAIL_EXAMPLE = "mail: {to: you@example.org, host: smtp.example.org, user: you, password_command: pass show mail}"
_REMEDY = "password_command: pass show mail, or keyring: true after keyring set prmvault USER"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ADDRESS = re.compile(
    r'(?:(?P<name>[^<>]{0,200})<)?(?P<user>[^\s<>@,;:"()\[\]\\]{1,64})@(?P<domain>[^\s<>@,;:"()\[\]\\]{1,255})>?'
)
_DOMAIN = re.compile(r"[a-zA-Z0-9_-]{1,63}(?:\.[a-zA-Z0-9_-]{1,63}){0,60}")
_HOST = re.compile(r"[\w.:-]{1,255}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,5}")


class Address(NamedTuple):
    """A mail address: the name that is shown (may be empty) and the address itself, its domain in ASCII (IDNA)."""

    name: str
    address: str


class Mail(NamedTuple):
    """How mail is sent: to whom, from whom, and by which server.

    `security` is starttls, tls or none; the password of `user` comes from `password_command` or, with `keyring`, from
    the system's keyring. `timeout` is in seconds, for each step.
    """

    to: tuple[Address, ...]
    sender: Address
    host: str
    port: int = PORTS["starttls"]
    security: str = "starttls"
    user: str = ""
    password_command: str = ""
    keyring: bool = False
    timeout: float = 30.0


class Send(NamedTuple):
    """When the watcher sends the digest: the weekday (0 is Monday) and the hour of the local clock."""

    weekday: int = 0
    hour: int = 7


class UserConfig(NamedTuple):
    """The config; `mail` and `send` are None where they are not set or not as they should be.

    `vault`, `calendar` and `vdir` are paths (`~` is resolved) or empty; `path` is the file's, for people.
    """

    path: str
    vault: str = ""
    mail: Mail | None = None
    send: Send | None = None
    calendar: str = ""
    vdir: str = ""
    problems: tuple[Problem, ...] = ()

    def is_about(self, root: str) -> bool:
        """Tell whether mail and calendar are those of the vault at `root`: a config that names another one is not."""
        return not self.vault or os.path.realpath(self.vault) == os.path.realpath(root)


def config_path() -> str:
    """Return the path of the user's config, whether it is there or not."""
    from platformdirs import user_config_dir

    return os.path.join(user_config_dir("prmvault", appauthor=False), CONFIG_FILE)


def default_vault() -> str | None:
    """Return the vault that the user's own config names (`vault: DIR`), or None."""
    return read_config(only="vault").vault or None


def read_config(*, only: str = "") -> UserConfig:
    """Read the user's config, or `only` one key of it; without a file, everything is at its default."""
    path = config_path()
    shown = _shown(path)
    try:
        with open(path, encoding="utf-8") as file:
            return parse_config(shown, file.read(), only=only)
    except FileNotFoundError:
        return UserConfig(shown)
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is no UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        return UserConfig(shown, problems=(Problem(shown, 0, "bad-setting", f"it can't be read: {reason}"),))


def parse_config(path: str, text: str, *, only: str = "") -> UserConfig:
    """Read the text of a config, or `only` one key of it; `path` is for its problems."""
    from prmvault.core.frontmatter import parse_yaml_text

    front = parse_yaml_text(path, text)
    problems = list(front.problems)
    values: dict[str, Any] = {}
    for key, value in front.values.items():
        if only and key != only:
            continue

        def report(message: str, hint: str = "", *, at: str = key) -> None:
            line = front.lines.get(at, front.lines.get(at.partition(".")[0], 1))
            problems.append(Problem(path, line, "bad-setting", message, hint))

        reader = _READERS.get(key)
        if reader is None:
            report(f"the setting {key!r} is not known", f"known are {', '.join(_READERS)}")
        elif value not in ("", [], {}):
            values[key] = reader(key, value, report)
    found = {key: value for key, value in values.items() if value is not None}
    return UserConfig(path, **found, problems=tuple(problems))


def mail_settings(config: UserConfig) -> Mail:
    """Return the settings for mail; raises PrmvaultError (bad settings) where there are none or one is wrong."""
    if config.mail is not None:
        return config.mail
    if config.problems:
        problem = next((each for each in config.problems if each.message.startswith("mail")), config.problems[0])
        raise PrmvaultError(str(problem), exit_code=EXIT_NO_VAULT, hint=problem.hint)
    hint = f"write into {config.path}: {_MAIL_EXAMPLE}"
    raise PrmvaultError("there are no settings for mail", exit_code=EXIT_NO_VAULT, hint=hint)


_Tell = Callable[..., None]


def _path(key: str, value: Any, report: _Tell) -> str | None:
    if isinstance(value, str):
        return os.path.expanduser(value)
    report(f"{key} takes a path")
    return None


def _send(key: str, value: Any, report: _Tell) -> Send | None:
    if not isinstance(value, dict):
        report(f"{key} takes weekday and hour", "send: {weekday: monday, hour: 7}")
        return None
    from prmvault.core.phrases import weekday_number

    count = _Count(report)
    for name in value:
        if name not in ("weekday", "hour"):
            count(f"send: {name!r} is not known", "known are weekday, hour", at=f"send.{name}")
    weekday = weekday_number(_text(value, "weekday") or "monday")
    if weekday is None:
        count("send: weekday is the name of a day", "such as monday or Montag", at="send.weekday")
    hour = _number(_text(value, "hour") or "7", 0, 23)
    if hour is None:
        count("send: hour is a number from 0 to 23", at="send.hour")
    return None if count.problems or weekday is None or hour is None else Send(weekday, hour)


def _mail(key: str, value: Any, report: _Tell) -> Mail | None:
    if not isinstance(value, dict):
        report(f"{key} takes to, host and more", _MAIL_EXAMPLE)
        return None
    count = _Count(report)
    for name in value:
        if name == "password":
            message = "mail: a password is not kept in this file: it would go wherever the file is copied"
            count(message, _REMEDY, at="mail.password")
        elif name not in _MAIL_KEYS:
            count(f"mail: {name!r} is not known", f"known are {', '.join(_MAIL_KEYS)}", at=f"mail.{name}")
    to = _addresses(value, "to", count)
    sender = _addresses(value, "from", count) or to
    host = _text(value, "host")
    if not _HOST.fullmatch(host):
        message = "mail: host is the name of the mail server" if host else "mail: host is missing"
        count(message, "such as host: smtp.example.org", at="mail.host")
    if not value.get("to"):
        count("mail: to is missing", "to: you@example.org", at="mail")
    security = _text(value, "security") or ("none" if host in _LOOPBACK else "starttls")
    if security not in PORTS:
        count(f"mail: security is {', '.join(PORTS)}", "starttls for port 587, tls for port 465", at="mail.security")
    port = _number(_text(value, "port") or str(PORTS.get(security, 1)), 1, 65535)
    if port is None:
        count("mail: port is a number from 1 to 65535", "leave it out for the usual one", at="mail.port")
    timeout = _number(_text(value, "timeout") or "30", 1, 600)
    if timeout is None:
        count("mail: timeout is a number of seconds from 1 to 600", at="mail.timeout")
    user, command, keyring = _log_in(value, count)
    if user and security == "none" and host not in _LOOPBACK:
        message = "mail: with security: none the password would go over the network for all to read"
        count(message, "security: starttls or tls", at="mail.security")
    if count.problems or port is None or timeout is None:
        return None
    return Mail(to, sender[0], host, port, security, user, command, keyring, timeout)


def _log_in(value: dict[str, Any], count: _Count) -> tuple[str, str, bool]:
    user, command = _text(value, "user"), _text(value, "password_command")
    flag = _text(value, "keyring") or "false"
    if flag not in ("true", "yes", "false", "no"):
        count("mail: keyring is true or false", at="mail.keyring")
    keyring = flag in ("true", "yes")
    if not user.isprintable():
        count("mail: user holds control characters", "remove them", at="mail.user")
    if (command or keyring) and not user:
        count("mail: there is a password and no user", "user: the name to log in with", at="mail")
    if user and bool(command) == keyring and "password" not in value:
        count("mail: a user needs one way to its password", _REMEDY, at="mail.user")
    return user, command, keyring


def _addresses(value: dict[str, Any], key: str, count: _Count) -> tuple[Address, ...]:
    given = value.get(key) or []
    items = given if isinstance(given, list) else [given]
    found = []
    for item in items:
        address = parse_address(item) if isinstance(item, str) else None
        if address is None:
            told = repr(item[:60]) if isinstance(item, str) else "this"
            hint = "you@example.org or Your Name <you@example.org>"
            count(f"mail: {told} is no mail address", hint, at=f"mail.{key}")
        else:
            found.append(address)
    if key == "from" and len(items) > 1:
        count("mail: from is one address", at="mail.from")
    return tuple(dict.fromkeys(found))


def parse_address(text: str) -> Address | None:
    """Return the address that `text` is, alone or behind a name; None where it could be read in several ways."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None or not text.isprintable() or text.rstrip().endswith(">") != (match["name"] is not None):
        return None
    user = match["user"]
    if ".." in user or user.startswith(".") or user.endswith("."):
        return None
    try:
        domain = match["domain"].encode("idna").decode()
    except UnicodeError:
        return None
    if not _DOMAIN.fullmatch(domain):  # IDNA takes some signs apart, into blanks and others.
        return None
    return Address((match["name"] or "").strip().strip('"').strip(), f"{user}@{domain}")


class _Count:
    """Passes problems on and counts them."""

    def __init__(self, report: _Tell) -> None:
        self._report = report
        self.problems = 0

    def __call__(self, message: str, hint: str = "", *, at: str) -> None:
        self.problems += 1
        self._report(message, hint, at=at)


def _text(value: dict[str, Any], key: str) -> str:
    """Return a text, or one that no setting takes where it is a list or a map."""
    given = value.get(key, "")
    return given.strip() if isinstance(given, str) else "[…]"


def _number(text: str, least: int, most: int) -> int | None:
    return int(text) if _WHOLE_NUMBER.fullmatch(text) and least <= int(text) <= most else None


def _shown(path: str) -> str:
    """Return the path with `~` for the user's home."""
    home = os.path.expanduser("~")
    return f"~{path[len(home) :]}" if home != "/" and path.startswith(home + os.sep) else path


_READERS: dict[str, Callable[[str, Any, _Tell], Any]] = {
    "vault": _path,
    "mail": _mail,
    "send": _send,
    "calendar": _path,
    "vdir": _path,
}
