"""The digest of a week, from the vault to its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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


def digest_text(vault: Vault, monday: date, values: Mapping[str, Any] | None = None) -> str:
    """Return the Markdown of the digest in the vault's language, by the vault's template or the shipped one.

    `values` are those of `digest_values`, where they are at hand; so with `digest_html`.
    """
    text = _rendered(vault, "digest.md.j2", values or digest_values(vault, monday), _for_markdown)
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def digest_html(vault: Vault, monday: date, values: Mapping[str, Any] | None = None) -> str:
    """Return the digest as one HTML page in the vault's language, by the vault's template or the shipped one."""
    text = _rendered(vault, "digest.html.j2", values or digest_values(vault, monday), _for_html)
    return "\n".join(line for line in text.split("\n") if line.strip()) + "\n"


def _rendered(vault: Vault, template: str, values: Mapping[str, Any], shown: Callable[[str, str], str]) -> str:
    """Render a template with the values told in the vault's language, each text as it is `shown` under its key."""
    code = vault.settings.language

    def ready(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            return shown(value, key)
        if isinstance(value, list):
            return [ready(item, key) for item in value]
        return {name: ready(item, name) for name, item in value.items()} if isinstance(value, dict) else value

    language = language_of(code)
    years = (values["first"][:4], values["last"][:4])

    def near(day: date) -> str:
        return language.day(day, ":MMMEd" if day.isoformat()[:4] in years else ":yMMMd")

    return render_template(vault.root, template, ready(language.for_a_page(near).told(values)), code)


def _for_markdown(text: str, key: str) -> str:
    """Return a text such that it can't break the page; links are whole already."""
    if key in _WHOLE:
        return text
    return one_line_markdown(_not_too_long(text, key), code=key in _PATHS)


def _for_html(text: str, key: str) -> str:
    """Return a text without what only Markdown needs; the template escapes what HTML would read."""
    return without_emphasis(_not_too_long(text, key))


def _not_too_long(text: str, key: str) -> str:
    return text if key in _PATHS else shortened(without_breaks(text), _LONGEST)


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
