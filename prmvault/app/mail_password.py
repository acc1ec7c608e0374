"""The password of the mail account: from a command of the user's, or from the system's keyring. It is kept nowhere."""

from __future__ import annotations

from prmvault.core.problems import EXIT_BUSY, EXIT_NO_VAULT, PrmvaultError
from prmvault.vault.user_config import Mail

SERVICE = "prmvault"
"""The name under which the keyring has the passwords, with the user's name."""

_SECONDS = 60
_LONGEST = 200


def password_of(mail: Mail) -> str:
    """Return the password of `mail.user`, or nothing where there is none to log in.

    Raises PrmvaultError, with EXIT_BUSY where it may be had later (a locked store of passwords).
    """
    if mail.password_command:
        return _from_command(mail.password_command)
    return _from_keyring(mail.user) if mail.keyring else ""


def _from_command(command: str) -> str:
    import os
    import shlex
    import subprocess

    try:
        words = [os.path.expanduser(word) for word in shlex.split(command)]
    except ValueError as error:
        raise PrmvaultError(f"password_command: {error}", exit_code=EXIT_NO_VAULT, hint="close each quote") from None
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, and no shell reads it
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        message = f"password_command did not end within {_SECONDS} s"
        raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="does it wait for somebody? unlock its store") from None
    except OSError as error:
        message = f"password_command: {words[0]}: {error.strerror or error}"
        hint = "it is run without a shell: for pipes, write sh -c '…'"
        raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint=hint) from None
    if done.returncode:
        said = " ".join(done.stderr.decode(errors="replace").split())[-_LONGEST:]
        message = f"password_command failed (code {done.returncode}){': ' if said else ''}{said}"
        raise PrmvaultError(message, exit_code=EXIT_BUSY, hint=f"try it in a terminal: {command}")
    first = done.stdout.decode(errors="replace").split("\n", 1)[0].rstrip("\r")
    if not first:
        hint = "the first line that it writes is the password"
        raise PrmvaultError("password_command writes nothing", exit_code=EXIT_NO_VAULT, hint=hint)
    return first


def _from_keyring(user: str) -> str:
    from importlib import import_module

    try:
        keyring = import_module("keyring")
        errors = import_module("keyring.errors")
    except ImportError:
        message = "keyring: true needs the library keyring, which is not installed"
        hint = 'pip install "prmvault[keyring]", or password_command instead'
        raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint=hint) from None
    try:
        password = keyring.get_password(SERVICE, user)
    except errors.NoKeyringError:
        message = "this system has no keyring that can be used"
        raise PrmvaultError(message, exit_code=EXIT_NO_VAULT, hint="password_command instead") from None
    except errors.KeyringError as error:
        message = f"the keyring gives no password: {str(error)[:_LONGEST] or type(error).__name__}"
        raise PrmvaultError(message, exit_code=EXIT_BUSY, hint="unlock it, and try again") from None
    if not password:
        hint = f"keyring set {SERVICE} {user}"
        raise PrmvaultError(f"the keyring has no password of {user}", exit_code=EXIT_NO_VAULT, hint=hint)
    return str(password)
