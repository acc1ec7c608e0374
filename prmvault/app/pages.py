"""The digest's pages as files: read as text, and written with all that somebody wrote on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prmvault.core.digest_join import join_page
from prmvault.core.digest_page import ENGLISH, Words
from prmvault.core.messages import counted, message
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.render.language import language_of
from prmvault.vault.files import MAX_NOTE_BYTES, Content, create_file, inside, read_file, swap_file

if TYPE_CHECKING:
    from prmvault.app.vault import Vault

_PATIENCE = 5
_LONGEST_DAYS = 6


def write_page(vault: Vault, path: str, generated: str) -> bool:
    """Write the page at `path` with the lines that are generated now; tell whether its text differs.

    What somebody wrote on it stays (`join_page`). Raises PrmvaultError where it can't be read, or changes all the time.
    """
    words = page_words(vault)
    for _ in range(_PATIENCE):
        try:
            content, text = read_page(vault, path)
        except FileNotFoundError:
            try:
                create_file(vault.root, path, join_page(generated, "", words))
            except FileExistsError:
                continue
            return True
        new = join_page(generated, text, words)
        if new == text:
            return False
        if swap_file(vault.root, path, content, new.encode()):
            return True
    raise PrmvaultError(f"{path} changes all the time; it was not written", exit_code=EXIT_BUSY, hint="try again")


def page_words(vault: Vault) -> Words:
    """Return the words of a page's own headings in the vault's language; English is understood, too."""
    tell = language_of(vault.settings.language).tell
    notes, done = (tell(message("Notes")), *ENGLISH.notes), (tell(message("Done")), *ENGLISH.done)
    return Words(tuple(dict.fromkeys(notes)), tuple(dict.fromkeys(done)))


def lasting_text(vault: Vault, text: str) -> str:
    """Return the text of an overdue line without what was true only before (`, 5 days overdue`), as the page has it."""
    before, _, behind = text.rpartition(", ")
    days = next((int(word) for word in behind.split() if word.isdecimal() and len(word) <= _LONGEST_DAYS), 0)
    told = counted("{count} day overdue", "{count} days overdue", days)
    return before if before and behind in (told, language_of(vault.settings.language).tell(told)) else text


def read_page(vault: Vault, path: str) -> tuple[Content, str]:
    """Read a page; raises FileNotFoundError where it is not there, and PrmvaultError where it can't be read."""
    try:
        inside(vault.root, path)  # The folder may be a link that a pull brought.
        content = read_file(vault.root, path)
        text = content.data.decode("utf-8")
    except FileNotFoundError:
        raise
    except UnicodeDecodeError:
        raise PrmvaultError(f"{path} is not UTF-8; it is left as it is", hint="save it as UTF-8") from None
    except OSError as error:
        hint = "put a plain file there, or delete it"
        raise PrmvaultError(f"{path} can't be read ({error.strerror or error}); it is left so", hint=hint) from None
    if len(content.data) > MAX_NOTE_BYTES:
        raise PrmvaultError(f"{path} is too large; it is left as it is", hint="move its notes into a file of their own")
    return content, text
