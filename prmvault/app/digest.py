"""The digest of a week, from the vault to its file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from prmvault.app.materials import materials_of
from prmvault.app.vault import Vault
from prmvault.core.dates import week_name
from prmvault.core.digest import make_digest
from prmvault.core.gists import shortened
from prmvault.core.markdown import one_line_markdown, without_breaks
from prmvault.core.page_text import without_emphasis
from prmvault.render.environment import render_template
from prmvault.render.language import language_of

_LONGEST = 300
"""How much of a text the page shows, in characters."""

_PATHS = ("path", "others")
_WHOLE = ("link", "date", "when", "latest", "kind", "id", "day", "week", "first", "last")
"""What is not the user's text, or safe already."""


def monday_of(day: date) -> date:
    """Return the first day of the ISO week of `day`."""
    return day - timedelta(days=day.weekday())


def digest_values(vault: Vault, monday: date) -> dict[str, Any]:
    """Return the digest of the week that begins on `monday` as plain values, its texts in English (`core.messages`)."""
    return make_digest(monday, materials_of(vault, monday))


def digest_text(vault: Vault, monday: date) -> str:
    """Return the Markdown of the digest in the vault's language, by the vault's template or the shipped one."""
    code = vault.settings.language
    values = language_of(code).told(digest_values(vault, monday))
    text = render_template(vault.root, "digest.md.j2", _for_markdown(values), code)
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def digest_html(vault: Vault, monday: date) -> str:
    """Return the digest as one HTML page in the vault's language, by the vault's template or the shipped one."""
    code = vault.settings.language
    values = language_of(code).told(digest_values(vault, monday))
    text = render_template(vault.root, "digest.html.j2", _for_html(values), code)
    return "\n".join(line for line in text.split("\n") if line.strip()) + "\n"


def _for_markdown(value: Any, key: str = "") -> Any:
    """Return the digest's values with all texts such that they can't break the page; links are whole already."""
    if isinstance(value, str):
        if key in _WHOLE:
            return value
        if len(value) > _LONGEST and key not in _PATHS:
            value = (value[:_LONGEST].rpartition(" ")[0] or value[:_LONGEST]) + " …"
        return one_line_markdown(value, code=key in _PATHS)
    if isinstance(value, list):
        return [_for_markdown(item, key) for item in value]
    if isinstance(value, dict):
        return {name: _for_markdown(item, name) for name, item in value.items()}
    return value


def _for_html(value: Any) -> Any:
    """Return the digest's values with texts that are not too long; the template escapes what HTML would read."""
    if isinstance(value, str):
        return without_emphasis(shortened(without_breaks(value), _LONGEST))
    if isinstance(value, list):
        return [_for_html(item) for item in value]
    return {name: _for_html(item) for name, item in value.items()} if isinstance(value, dict) else value


def digest_path(vault: Vault, monday: date) -> str:
    """Return the digest's path in the vault: `digest/2026-W47.md`."""
    return f"{vault.settings.digest_folder}/{week_name(monday)}.md"


def write_digest(vault: Vault, monday: date) -> tuple[str, bool]:
    """Write the digest of the week where its text differs; return its path and whether it was written.

    What somebody wrote on the page stays. What was ticked there is to be carried before (`app.listen`).
    """
    from prmvault.app.pages import write_page

    path = digest_path(vault, monday)
    return path, write_page(vault, path, digest_text(vault, monday))
