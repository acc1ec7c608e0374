"""The digest by mail: the message, and sending it once a week to each address."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.digest import digest_html, digest_text, digest_values
from prmvault.app.mail_password import password_of
from prmvault.app.mail_send import NoAnswerError, printable_line, send_message
from prmvault.app.mail_state import SENDING, SENT, MailWeek, Sending, keep_week, read_weeks, sending_lock
from prmvault.app.vault import Vault
from prmvault.core.dates import week_name
from prmvault.core.messages import message
from prmvault.core.page_text import page_text
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.render.language import language_of
from prmvault.vault.places import vault_key
from prmvault.vault.user_config import Address, Mail

if TYPE_CHECKING:
    from email.headerregistry import Address as HeaderAddress
    from email.message import EmailMessage

    from prmvault.render.language import Language

_LONGEST_SUBJECT = 70
_LONGEST_REASON = 300


class Letter(NamedTuple):
    """What a mail says: all its parts as text. `name` tells it from all others and holds nothing but ASCII letters."""

    name: str
    subject: str
    text: str
    html: str


class Sent(NamedTuple):
    """How sending went: to which addresses, which the server refused and with what words, who had it before."""

    week: str
    to: tuple[str, ...]
    refused: dict[str, str]
    before: tuple[str, ...]
    last: str = ""


def digest_message(
    vault: Vault, monday: date, to: Sequence[Address], sender: Address | None, *, now: datetime, copy: int = 0
) -> EmailMessage:
    """Return the digest of the week as a mail: text and HTML, in the vault's language.

    Its Message-ID is made of vault, week and `copy` (how often it was sent as a whole before), so that a mail program
    shows one that arrived twice only once.
    """
    week = week_name(monday)
    name = f"{week}.{vault_key(vault.root).rpartition('-')[2]}{f'.{copy}' if copy else ''}"
    values = digest_values(vault, monday)
    language = language_of(vault.settings.language)
    subject = digest_subject(language, monday, values["summary"])
    # As the page says it: what is told of each gift is what becomes of it.
    idea = language.tell(message("idea → planned")).partition(" → ")[0]
    text = page_text(digest_text(vault, monday, values), idea)
    return letter_message(Letter(name, subject, text, digest_html(vault, monday, values)), to, sender, now)


def digest_subject(language: Language, monday: date, summary: Sequence[str]) -> str:
    """Return the subject in a language: the week and what it brings (the digest's `summary`)."""
    number = monday.isocalendar().week
    told = ""
    for count in summary:
        longer = f"{told}, {language.tell(count)}" if told else language.tell(count)
        if told and len(longer) > _LONGEST_SUBJECT:
            break
        told = longer
    if not told:
        return language.tell(message("Week {week}: a quiet week", week=number))
    return language.tell(message("Week {week}: {summary}", week=number, summary=told))


def letter_message(letter: Letter, to: Sequence[Address], sender: Address | None, now: datetime) -> EmailMessage:
    """Return a mail; nothing in its parts can add a header or a part to it."""
    from email.message import EmailMessage
    from email.policy import SMTP, SMTPUTF8
    from email.utils import format_datetime

    everybody = [*to, *([sender] if sender else [])]
    # Only the part of an address before the @ may need it: domains are ASCII (IDNA).
    policy = SMTP if all(each.address.isascii() for each in everybody) else SMTPUTF8
    mail = EmailMessage(policy=policy)
    mail["Subject"] = printable_line(letter.subject)
    if sender:
        mail["From"] = _header_address(sender)
    if to:
        mail["To"] = [_header_address(each) for each in to]
    mail["Date"] = format_datetime(now.astimezone())
    domain = sender.address.rpartition("@")[2] if sender else "localhost"
    mail["Message-ID"] = f"<prmvault.{letter.name}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    # Quoted-printable passes every server, and its = keeps lines short and apart from the boundary.
    mail.set_content(_text(letter.text), cte="quoted-printable")
    mail.add_alternative(_text(letter.html), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_prmvault_{letter.name}")
    # Python 3.11 loses an address when it folds a long name before it; RFC 5322 allows lines of 998 characters.
    mail.policy = policy.clone(max_line_length=900)
    return mail


def mail_digest(vault: Vault, monday: date, mail: Mail, *, now: datetime, again: bool = False) -> Sent:
    """Send the digest of the week to all addresses that have not got it, or with `again` to all; say who got it.

    It is sent at most once: what broke off so late that nobody knows is not sent again by itself. Raises PrmvaultError
    (EXIT_BUSY where it is worth trying again) where nobody got it; that is remembered for the watcher.
    """
    week = week_name(monday)
    addresses = tuple(each.address for each in mail.to)
    with sending_lock(vault.root):
        known = read_weeks(vault.root).get(week, MailWeek())
        missing = addresses if again else known.missing(addresses)
        unsure = () if again else known.unsure(addresses)
        if unsure and not missing:
            raise _unsure(week, unsure, known)
        if not missing:
            last = max(known.to[each].at for each in addresses)
            return Sent(week, (), {}, addresses, last)
        # Whoever might have the first copy gets the same Message-ID again.
        copy = known.copies if again and not known.unsure(addresses) else max(0, known.copies - 1)
        at = now.astimezone().isoformat(timespec="seconds")

        def begin(taken: Sequence[str]) -> None:
            to = {**known.to, **dict.fromkeys(taken, Sending(SENDING, at))}
            keep_week(vault.root, week, known._replace(to=to, copies=copy + 1))

        try:
            password = password_of(mail)
            letter = digest_message(vault, monday, mail.to, mail.sender, now=now, copy=copy)
            refused = send_message(mail, letter, missing, password, begin)
        except NoAnswerError as error:
            begun = read_weeks(vault.root)[week]
            raise _unsure(week, begun.unsure(addresses), begun, str(error)) from None
        except PrmvaultError as error:
            _keep_failure(vault.root, week, known, error, now)
            raise
        taken = tuple(each for each in missing if each not in refused)
        sent = {**known.to, **dict.fromkeys(taken, Sending(SENT, at))}
        told = MailWeek(sent, copy + 1)
        if refused:
            reason = "; ".join(f"{address}: {reply}" for address, reply in refused.items())
            told = _failed(told, known.failures, reason, now, is_lasting=not _is_for_now(refused))
        keep_week(vault.root, week, told)
        return Sent(week, taken, refused, tuple(each for each in addresses if each in known.to and each not in taken))


def _keep_failure(root: str, week: str, known: MailWeek, error: PrmvaultError, now: datetime) -> None:
    """Remember a failure, and that nothing was sent by it."""
    told = _failed(known, known.failures, str(error), now, is_lasting=error.exit_code != EXIT_BUSY)
    with contextlib.suppress(PrmvaultError):  # That nothing was sent is the news.
        keep_week(root, week, told)


def _failed(week: MailWeek, failures: int, reason: str, now: datetime, *, is_lasting: bool) -> MailWeek:
    return week._replace(
        failures=failures + 1, tried=now.timestamp(), reason=reason[:_LONGEST_REASON], is_lasting=is_lasting
    )


def _is_for_now(refused: dict[str, str]) -> bool:
    return any(reply.startswith("4") for reply in refused.values())


def _unsure(week: str, addresses: Sequence[str], known: MailWeek, why: str = "") -> PrmvaultError:
    at = known.to[addresses[0]].at
    told = f"the digest of {week} may have been sent to {', '.join(addresses)} or not"
    hint = "look into the mailbox; prmvault digest --mail --again sends it (once more)"
    return PrmvaultError(f"{told}: {why or f'the answer of the mail server did not come ({at})'}", hint=hint)


def _header_address(address: Address) -> HeaderAddress:
    from email.headerregistry import Address as HeaderAddress

    user, _, domain = address.address.rpartition("@")
    return HeaderAddress(printable_line(address.name), user, domain)


def _text(text: str) -> str:
    """Return `text` as it can be encoded: without halves of characters."""
    return text.encode(errors="replace").decode()
