"""What the digest is made of, gathered from the vault's facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from prmvault.app.ideas import told_ideas
from prmvault.app.links import link_targets
from prmvault.app.people import link_keys
from prmvault.app.problems import vault_problems
from prmvault.app.world import People, about_person, happenings, world_of
from prmvault.core.dates import day_in_year, day_or_none
from prmvault.core.digest import YEARS_AGO, Materials
from prmvault.core.markdown import one_line_markdown, plain_text
from prmvault.core.model import CANCELLED
from prmvault.core.periods import add_period, parse_period, within_calendar
from prmvault.core.reminders import Happening
from prmvault.core.threads import Said, tells_a_day, threads_since
from prmvault.core.weeks import first_of_weeks

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.core.model import Note
    from prmvault.vault.fact_rows import Told

_NO_LINK = re.compile(r"[\[\]|#^`\x00-\x1f]")
_MONTHS_BACK = 12
_MOST_SAID = 60
"""So many items about a person are looked at, from the newest on."""


def materials_of(vault: Vault, monday: date) -> Materials:
    """Return what the digest of the week that begins on `monday` is made of."""
    people = People(vault)
    sunday = monday + timedelta(days=6)
    until = add_period(sunday, parse_period(vault.settings.digest_horizon))
    # What was said up to Sunday counts as the last contact; later plans do not.
    world = world_of(vault, people, monday, (monday, until), contacts_until=sunday)
    before = first_of_weeks(monday).isoformat(), (monday - timedelta(days=1)).isoformat()
    lately = list(vault.facts.contacts_between(threads_since(monday).isoformat(), sunday.isoformat()))
    return Materials(
        world=world,
        horizon=until - sunday,
        years=[(years, _years_ago(vault, people, world.events, monday, years)) for years in YEARS_AGO],
        ideas=told_ideas(vault, people.meant),
        problems=vault_problems(vault),
        moods=vault.facts.moods_between(*before),
        contacts=_counts(happenings(people, (told for told in lately if before[0] <= told.contact.date <= before[1]))),
        link=linker(vault),
        key=key_of(vault),
        said=_sayings(vault, people, sunday),
        dated=_dated(lately, people, monday, until),
        meant=people.meant,
        title=people.title,
    )


def _dated(lately: Iterable[Told], people: People, first: date, last: date) -> list[str]:
    """Return the paths of those of whom was told that something comes on one of the days from `first` to `last`."""
    found = (told for told in lately if tells_a_day(told.contact.text, told.contact.date, first, last))
    return [path for path in dict.fromkeys(about_person(told, people) for told in found) if path]


def key_of(vault: Vault) -> Callable[[str], str]:
    """Return a function from a note's path to what the ids of its lines are made of: its `uid`, else the path."""

    @cache
    def key(path: str) -> str:
        note = vault.facts.note(path)
        uid = note.fields.get("uid") if note else None
        return uid if isinstance(uid, str) and uid else path

    return key


def linker(vault: Vault) -> Callable[[str], str]:
    """Return a function that writes a link to a note, which shows its title."""
    target_of = link_targets(vault)

    @cache
    def link(path: str) -> str:
        if _NO_LINK.search(path):
            return f"`{one_line_markdown(path, code=True)}`"
        target = target_of(path)
        title = " ".join(_NO_LINK.sub(" ", plain_text(vault.facts.title(path))).split())
        is_plain = title and one_line_markdown(title) == title  # In a link nothing can be escaped.
        return f"[[{target}|{title}]]" if is_plain and title != target else f"[[{target}]]"

    return link


def _years_ago(vault: Vault, people: People, events: Iterable[Note], monday: date, years: int) -> list[Happening]:
    """Return what happened in the same days so many years before: items about people, and events that began."""
    if monday.year - years < date.min.year:
        return []
    days = (monday, monday + timedelta(days=6))
    first, last = (day_in_year(day.year - years, day.month, day.day).isoformat() for day in days)
    found = list(happenings(people, vault.facts.contacts_between(first, last)))
    for note in events:
        start = note.fields.get("start", "")
        is_once = not note.fields.get("repeat") and note.fields.get("status") != CANCELLED
        if first <= start[:10] <= last and is_once:
            place = note.fields.get("place", "")
            text = f"{note.title}, {place}" if place else note.title
            found.append(Happening(start[:10], start[11:], "", text, (), note.path, note.lines.get("start", 1)))
    return sorted(found, key=lambda each: (each.date, each.time))


def _counts(found: Iterable[Happening]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in found:
        counts[each.date] = counts.get(each.date, 0) + 1
    return counts


def _sayings(vault: Vault, people: People, sunday: date) -> Callable[[str], Sequence[Said]]:
    """Return a function that gives what was told about the person at a path lately, newest first."""
    begin = within_calendar(sunday, -_MONTHS_BACK).isoformat()

    def said(path: str) -> Sequence[Said]:
        found: dict[tuple[str, int], Said] = {}
        for told in vault.facts.contacts_of(link_keys(vault.facts, path), sunday.isoformat()):
            contact = told.contact
            if contact.date < begin or len(found) == _MOST_SAID:
                break
            if about_person(told, people) == path and day_or_none(contact.date):
                each = Said(
                    contact.date, contact.time, contact.channel, contact.text, told.path, contact.line, contact.mention
                )
                found.setdefault((told.path, contact.line), each)
        return list(found.values())

    return said
