"""A mail server for tests: aiosmtpd in a thread, with what real ones do and what broken ones do."""

from __future__ import annotations

import asyncio
import email
import ssl
import threading
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "max", "geheim"


class MailServer:
    """A server on a free port of this machine, from `with` on; `mails` is what arrived, `to` for whom.

    `replies` are what it says instead of 250: for an address to RCPT, for `DATA` to the content. `drop` breaks off
    when the content is there, `hang` says nothing then, until the end of `with`.
    """

    def __init__(
        self,
        replies: Mapping[str, str] | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        is_tls_from_the_start: bool = False,
        wants_login: bool = False,
        password: str = PASSWORD,
        drop: bool = False,
        hang: bool = False,
        has_utf8: bool = True,
    ) -> None:
        self.replies = dict(replies or {})
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.to: list[list[str]] = []
        self.logins = 0
        self.drop = drop
        self.hang = hang
        self.port = 0
        self._password = password
        self._tls = tls
        self._from_the_start = is_tls_from_the_start
        self._options: dict[str, Any] = {"enable_SMTPUTF8": has_utf8, "hostname": "mail.example.org"}
        if wants_login:
            by_starttls = tls is not None and not is_tls_from_the_start
            self._options |= {"authenticator": self._check, "auth_required": by_starttls}
            self._options |= {"auth_require_tls": by_starttls}
        if tls and not is_tls_from_the_start:
            self._options |= {"tls_context": tls, "require_starttls": True}
        self._loop = asyncio.new_event_loop()
        self._released = asyncio.Event()
        self._ready = threading.Event()
        self._protocols: list[SMTP] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._released.set)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        context = self._tls if self._from_the_start else None
        server = self._loop.run_until_complete(self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=context))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for protocol in self._protocols:
                _abort(protocol)
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(server.wait_closed())
            self._loop.close()

    def _protocol(self) -> SMTP:
        protocol = SMTP(self, loop=self._loop, **self._options)
        self._protocols.append(protocol)
        return protocol

    def _check(self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        self.logins += 1
        assert isinstance(data, LoginPassword)
        is_right = data.login.decode() == USER and data.password.decode() == self._password
        if "AUTH" in self.replies:
            return AuthResult(success=False, handled=False, message=self.replies["AUTH"].format(data.password.decode()))
        return AuthResult(success=is_right, handled=False)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.replies:
            return self.replies["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hang:
            await self._released.wait()
        if "DATA" in self.replies:
            return self.replies["DATA"]
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        message = email.message_from_bytes(content, policy=SMTPUTF8)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.to.append(list(envelope.rcpt_tos))
        if self.drop:
            _abort(server)
        return "250 OK"


def _abort(protocol: SMTP) -> None:
    if isinstance(protocol.transport, asyncio.WriteTransport):
        protocol.transport.abort()
