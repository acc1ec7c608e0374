"""The digest by mail, as commands do it: `digest --mail`, `digest --eml`, and `watch --once` where it is due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from prmvault.cli.output import say, say_hint, write_out
from prmvault.core.problems import EXIT_NOTHING_FOUND, PrmvaultError


def send_digest(vault: Any, monday: date, now: datetime, *, again: bool = False, quiet: bool = False) -> int:
    """Send the digest of the week to whom has not got it, and say so unless `quiet`; return the exit code."""
    from prmvault.app.mail import mail_digest
    from prmvault.vault.user_config import mail_settings, read_config

    sent = mail_digest(vault, monday, mail_settings(read_config()), now=now, again=again)
    if sent.to and not quiet:
        say(f"the digest of {sent.week} is sent to {', '.join(sent.to)}")
    elif not sent.to and not sent.refused:
        say(f"the digest of {sent.week} was sent to {', '.join(sent.before)} already ({sent.last})")
        say_hint("--again sends it once more")
    for address, reply in sent.refused.items():
        say(f"the mail server does not take it to {address}: {reply}")
    return EXIT_NOTHING_FOUND if sent.refused else 0


def write_letter(vault: Any, monday: date, now: datetime, path: str) -> None:
    """Write the digest of the week as a mail to the file `path`; `-` is standard output."""
    from prmvault.app.mail import digest_message
    from prmvault.vault.user_config import Address, parse_address, read_config

    config = read_config()
    to: tuple[Address, ...] = ()
    sender = next(filter(None, map(parse_address, vault.settings.me_addresses)), None)
    if config.mail:
        to, sender = config.mail.to, config.mail.sender
    elif sender:
        to = (sender,)
    write_out(path, digest_message(vault, monday, to, sender, now=now).as_bytes())


def send_if_due(vault: Any, now: datetime, *, quiet: bool) -> int:
    """Send the digest where it is due by the user's config; return 0 or the exit code of what went wrong."""
    from prmvault.app.watch_mail import due_of
    from prmvault.vault.user_config import read_config

    config = read_config()
    try:
        due = due_of(vault.root, config, now)
        return send_digest(vault, due.monday, now, quiet=quiet) if due is not None and due.at <= now else 0
    except PrmvaultError as error:
        say(f"mail: {error}")
        if error.hint:
            say_hint(error.hint)
        return error.exit_code
