"""Handing a message to a mail server: SMTP with STARTTLS or TLS, each refusal told in one line with its remedy.

The conversation is led step by step (RFC 5321), because it matters when a connection is lost: before the content has
gone out whole nothing was sent; after that, and before the answer, nobody knows.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from prmvault.core.problems import EXIT_BUSY, EXIT_NO_VAULT, EXIT_NOTHING_FOUND, PrmvaultError
from prmvault.vault.user_config import Mail

if TYPE_CHECKING:
    from email.message import EmailMessage
    from smtplib import SMTP

_START_OF_LINE = re.compile(rb"(?m)^\.")
_OK, _FORWARDS, _GO_ON, _LOGGED_IN = 250, 251, 354, 235
_TRY_LATER = range(400, 500)
_LONGEST_REPLY = 200
_PATIENCE = 4
"""So many times longer than for every other step it waits for the answer to the content: servers look at it first."""

_PORTS_HINT = "security: starttls goes with port 587, tls with port 465"


class NoAnswerError(PrmvaultError):
    """The content went out, and no answer came: it may have been sent or not."""


def send_message(
    mail: Mail, message: EmailMessage, to: Sequence[str], password: str, before_content: Callable[[Sequence[str]], None]
) -> dict[str, str]:
    """Send `message` to the addresses `to`; return those that the server refuses, with its reply.

    `before_content` gets the addresses that it takes, right before the content goes out. Raises PrmvaultError where
    nobody gets the message, with EXIT_BUSY where it is worth trying again, and NoAnswerError.
    """
    content = _content(message)
    with _told_in_one_line(mail, password), _connection(mail) as server:
        _log_in(server, mail, password)
        refused = _envelope(server, mail, to, size=len(content), needs_utf8=_needs_utf8(message))
        taken = [address for address in to if address not in refused]
        if not taken:
            raise _nobody(mail, refused)
        code, reply = server.docmd("DATA")
        if code != _GO_ON:
            raise _refusal(mail, "does not take the message", code, reply)
        before_content(taken)
        _send_content(server, mail, content)
    return {address: _quoted(*answer) for address, answer in refused.items()}


def _needs_utf8(message: EmailMessage) -> bool:
    return bool(getattr(message.policy, "utf8", False))


def _content(message: EmailMessage) -> bytes:
    from email.policy import SMTP, SMTPUTF8

    text = message.as_bytes(policy=SMTPUTF8 if _needs_utf8(message) else SMTP)
    return _START_OF_LINE.sub(b"..", text if text.endswith(b"\r\n") else text + b"\r\n") + b".\r\n"


@contextlib.contextmanager
def _connection(mail: Mail) -> Iterator[SMTP]:
    """Connect, encrypted as the settings say; the connection is closed whatever happens."""
    import smtplib
    import ssl

    # The name of this machine is nobody's business, and asking for it can take seconds.
    options: dict[str, Any] = {"local_hostname": "[127.0.0.1]", "timeout": mail.timeout}
    if mail.security == "tls":
        options["context"] = ssl.create_default_context()
    make = smtplib.SMTP_SSL if mail.security == "tls" else smtplib.SMTP
    server = make(mail.host, mail.port, **options)
    try:
        server.ehlo_or_helo_if_needed()
        if mail.security == "starttls":
            if not server.has_extn("starttls"):
                hint = f"{_PORTS_HINT}; security: none is for a server on this machine"
                raise PrmvaultError(
                    f"the mail server {mail.host} offers no STARTTLS", exit_code=EXIT_NO_VAULT, hint=hint
                )
            server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
        yield server
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()  # The message has been taken; how the server says goodbye does not matter.
    finally:
        server.close()


def _log_in(server: SMTP, mail: Mail, password: str) -> None:
    import smtplib

    if not mail.user:
        return
    try:
        if mail.user.isascii() and password.isascii():
            server.login(mail.user, password, initial_response_ok=True)
            return
        # smtplib takes ASCII only; RFC 4616 has UTF-8.
        from base64 import b64encode

        plain = b64encode(f"\0{mail.user}\0{password}".encode()).decode()
        code, reply = server.docmd("AUTH", f"PLAIN {plain}")
        if code != _LOGGED_IN:
            raise smtplib.SMTPAuthenticationError(code, reply)  # noqa: TRY301 - as smtplib does
    except smtplib.SMTPNotSupportedError:
        hint = "security: starttls or tls, or leave user and password away if it asks for none"
        message = f"the mail server {mail.host} takes no password on this port"
        raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint=hint) from None
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code in _TRY_LATER:
            raise
        told = _quoted(error.smtp_code, error.smtp_error, _secrets(mail, password))
        hint = "look at user and password; many providers want a password of its own for each program"
        message = f"the mail server {mail.host} does not let {mail.user} in: {told}"
        raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint=hint) from None


def _envelope(
    server: SMTP, mail: Mail, to: Sequence[str], *, size: int, needs_utf8: bool
) -> dict[str, tuple[int, bytes]]:
    """Name the sender and the recipients; return the refused ones with the server's answer."""
    options = [f"SIZE={size}"] if server.has_extn("size") else []
    if needs_utf8:
        if not server.has_extn("smtputf8"):
            message = f"the mail server {mail.host} takes only addresses in ASCII"
            raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint="use another address in to and from")
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    code, reply = server.mail(mail.sender.address, options)
    if code != _OK:
        raise _refusal(mail, f"does not take mail from {mail.sender.address}", code, reply)
    answers = {address: server.rcpt(address) for address in to}
    return {address: answer for address, answer in answers.items() if answer[0] not in (_OK, _FORWARDS)}


def _send_content(server: SMTP, mail: Mail, content: bytes) -> None:
    """Send the content; what goes wrong before it is out whole means that nothing was sent."""
    import smtplib

    server.send(content)
    if server.sock is not None:
        server.sock.settimeout(_PATIENCE * mail.timeout)
    try:
        code, reply = server.getreply()
    except (smtplib.SMTPException, OSError):
        raise NoAnswerError(f"the mail server {mail.host} did not say whether it took the message") from None
    if code != _OK:
        raise _refusal(mail, "does not take the message", code, reply)


def _nobody(mail: Mail, refused: dict[str, tuple[int, bytes]]) -> PrmvaultError:
    """Return the error where no recipient is taken: to be tried again if that may help for one of them."""
    later = [address for address, (code, _) in refused.items() if code in _TRY_LATER]
    address = later[0] if later else next(iter(refused))
    others = f" nor {len(refused) - 1} more" if len(refused) > 1 else ""
    return _refusal(mail, f"does not take mail to {address}{others}", *refused[address])


def _refusal(mail: Mail, what: str, code: int, reply: bytes | str, secrets: Sequence[bytes] = ()) -> PrmvaultError:
    is_for_now = code in _TRY_LATER
    hint = "try again later" if is_for_now else "the mail server's answer says why"
    message = f"the mail server {mail.host} {what}: {_quoted(code, reply, secrets)}"
    return PrmvaultError(message, exit_code=EXIT_BUSY if is_for_now else EXIT_NOTHING_FOUND, hint=hint)


@contextlib.contextmanager
def _told_in_one_line(mail: Mail, password: str) -> Iterator[None]:
    """Turn what the network, TLS and the server say into errors for people."""
    import smtplib
    import socket
    import ssl

    place = f"{mail.host}, port {mail.port}"
    secrets = _secrets(mail, password)
    again: dict[str, Any] = {"exit_code": EXIT_BUSY, "hint": "try again later; look at host and port if it stays so"}
    try:
        yield
    except (smtplib.SMTPServerDisconnected, ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError) as error:
        is_slow = isinstance(error.__context__, TimeoutError)  # smtplib makes one of both.
        what = f"did not answer within {mail.timeout:g} s" if is_slow else "broke off the conversation"
        raise PrmvaultError(f"the mail server {place} {what}", **again) from None
    except ssl.SSLCertVerificationError as error:
        message = f"the certificate of the mail server {mail.host} is not trusted: {error.verify_message}"
        hint = "host has to be the name for which the certificate was made"
        raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint=hint) from None
    except ssl.SSLError as error:
        message = f"no encrypted connection to {place}: {error.reason or error}"
        raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint=_PORTS_HINT) from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(mail, "refuses", error.smtp_code, error.smtp_error, secrets) from None
    except socket.gaierror:
        raise PrmvaultError(f"there is no way to the mail server {mail.host}: its name is not found", **again) from None
    except TimeoutError:
        raise PrmvaultError(f"the mail server {place} did not answer within {mail.timeout:g} s", **again) from None
    except OSError as error:
        raise PrmvaultError(f"no connection to the mail server {place}: {error.strerror or error}", **again) from None
    except (smtplib.SMTPException, UnicodeError) as error:
        message = f"the mail server {place} can't be talked to: {_quoted(0, str(error), secrets)}"
        raise PrmvaultError(message, exit_code=EXIT_NOTHING_FOUND, hint="look at host, port and security") from None


def _quoted(code: int, reply: bytes | str, secrets: Sequence[bytes] = ()) -> str:
    """Return a server's answer on one line, without the secrets that some servers repeat."""
    told = reply if isinstance(reply, bytes) else str(reply).encode(errors="replace")
    for secret in secrets:
        told = told.replace(secret, "…".encode())
    text = printable_line(told.decode(errors="replace"))
    return f"{code} {text[:_LONGEST_REPLY]}".strip() if code else text[:_LONGEST_REPLY]


def printable_line(text: str) -> str:
    """Return `text` as a header, too, can hold it: one line, no control characters, no halves of characters."""
    return "".join(char for char in " ".join(text.split()) if char.isprintable())


def _secrets(mail: Mail, password: str) -> tuple[bytes, ...]:
    """Return the password in the forms in which it is told to a server."""
    from base64 import b64encode

    plain = password.encode(errors="replace")
    forms = (b64encode(f"\0{mail.user}\0".encode() + plain), b64encode(plain), plain)
    return forms if password else ()
