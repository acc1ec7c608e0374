"""The digest of a week, from the vault to its file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from prmvault.app.ideas import told_ideas
from prmvault.app.links import link_targets
from prmvault.app.problems import vault_problems
from prmvault.app.vault import Vault
from prmvault.app.world import People, happenings, world_of
from prmvault.core.dates import day_in_year, week_name
from prmvault.core.digest import Materials, make_digest
from prmvault.core.markdown import one_line_markdown, plain_text
from prmvault.core.periods import add_period, parse_period
from prmvault.render.environment import render_template
from prmvault.vault.files import replace_file

_LONGEST = 300
"""How much of a text the page shows, in characters."""

_PATHS = ("path", "others")
_NO_LINK = re.compile(r"[\[\]|#^`\x00-\x1f]")


def monday_of(day: date) -> date:
    """Return the first day of the ISO week of `day`."""
    return day - timedelta(days=day.weekday())


def digest_values(vault: Vault, monday: date) -> dict[str, Any]:
    """Return the digest of the week that begins on `monday` as plain values."""
    people = People(vault)
    sunday = monday + timedelta(days=6)
    until = add_period(sunday, parse_period(vault.settings.digest_horizon))
    # What was said up to Sunday counts as the last contact; later plans do not.
    world = world_of(vault, people, monday, (monday, until), contacts_until=sunday)
    ago = [day_in_year(day.year - 1, day.month, day.day) for day in (monday, sunday)]
    happened = vault.facts.contacts_between(ago[0].isoformat(), ago[1].isoformat())
    materials = Materials(
        world=world,
        horizon=until - sunday,
        year_ago=happenings(people, happened),
        ideas=told_ideas(vault, people.meant),
        problems=vault_problems(vault),
        link=_linker(vault),
    )
    return make_digest(monday, materials)


def digest_text(vault: Vault, monday: date) -> str:
    """Return the Markdown of the digest, by the vault's template or the shipped one."""
    text = render_template(vault.root, "digest.md.j2", _for_markdown(digest_values(vault, monday)))
    lines = [line.rstrip() for line in text.split("\n")]
    kept = [line for number, line in enumerate(lines) if line or (number and lines[number - 1])]
    return "\n".join(kept).strip("\n") + "\n"


def _for_markdown(value: Any, key: str = "") -> Any:
    """Return the digest's values with all texts such that they can't break the page; links are whole already."""
    if isinstance(value, str):
        if key in ("link", "date", "latest", "kind"):
            return value
        if len(value) > _LONGEST and key not in _PATHS:
            value = (value[:_LONGEST].rpartition(" ")[0] or value[:_LONGEST]) + " …"
        return one_line_markdown(value, code=key in _PATHS)
    if isinstance(value, list):
        return [_for_markdown(item, key) for item in value]
    if isinstance(value, dict):
        return {name: _for_markdown(item, name) for name, item in value.items()}
    return value


def digest_path(vault: Vault, monday: date) -> str:
    """Return the digest's path in the vault: `digest/2026-W47.md`."""
    return f"{vault.settings.digest_folder}/{week_name(monday)}.md"


def write_digest(vault: Vault, monday: date) -> tuple[str, bool]:
    """Write the digest of the week where its text differs; return its path and whether it was written."""
    path, text = digest_path(vault, monday), digest_text(vault, monday)
    try:
        with open(os.path.join(vault.root, path), "rb") as file:
            if file.read() == text.encode():
                return path, False
    except FileNotFoundError:
        pass
    replace_file(vault.root, path, text.encode())
    return path, True


def _linker(vault: Vault) -> Callable[[str], str]:
    """Return a function that writes a link to a note, which shows its title."""
    target_of = link_targets(vault)

    def link(path: str) -> str:
        if _NO_LINK.search(path):
            return f"`{one_line_markdown(path, code=True)}`"
        target = target_of(path)
        title = " ".join(_NO_LINK.sub(" ", plain_text(vault.facts.title(path))).split())
        is_plain = title and one_line_markdown(title) == title  # In a link nothing can be escaped.
        return f"[[{target}|{title}]]" if is_plain and title != target else f"[[{target}]]"

    return link
