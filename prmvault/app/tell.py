"""Putting down what happened: interactions in the note of the day, lines in the log of a person's note."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.create import journal_day
from prmvault.app.edit import change_note
from prmvault.app.links import link_targets
from prmvault.app.names import link_meanings, resolve, resolve_me
from prmvault.app.values import time_from
from prmvault.core.body_edit import add_item, add_log_line
from prmvault.core.channels import channel_of
from prmvault.core.links import link_text
from prmvault.core.markdown import CHECKBOX, parse_links
from prmvault.core.mentions import likely_people, link_mentions, mention_words
from prmvault.core.messages import message
from prmvault.core.names import fold
from prmvault.core.note import parse_note, split_time
from prmvault.core.people import Name
from prmvault.core.phrases import parse_day
from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.render.language import language_of
from prmvault.vault.refresh import reading_of

if TYPE_CHECKING:
    from prmvault.app.vault import Vault

_DAYS_SAID = ("today", "yesterday", "day before yesterday", "heute", "gestern", "vorgestern")
_BULLET = re.compile(r"[-*+]\s+(?=\S)")


class Logged(NamedTuple):
    """What was put down: the line, its place, and what is read in it.

    `kind` is contact, plan (of a day to come), mention, task or item (nobody is in it, so it counts for nobody);
    `people` are the names of those whom it is about; `ties` are words that may mean several people, with their paths.
    """

    path: str
    line: int
    text: str
    date: str
    time: str
    channel: str
    kind: str
    people: tuple[str, ...]
    ties: tuple[tuple[str, tuple[str, ...]], ...]


class Ticked(NamedTuple):
    """What a ticked line of the digest tells: paths of its people, its id, and the lines written under it."""

    people: tuple[str, ...]
    id: str
    below: tuple[str, ...]


class Linked(NamedTuple):
    """A text with the people in it as links, these people's paths, and the words that may mean several."""

    text: str
    paths: tuple[str, ...]
    ties: tuple[tuple[str, tuple[str, ...]], ...]


def day_said(text: str, today: date, in_english: Callable[[str], str] = str) -> tuple[date, str]:
    """Return the day that the first word of `text` tells, such as yesterday, and the text behind it; else today.

    `in_english` turns a day of the vault's language into one that English says.
    """
    text = _bare(text)
    word, _, rest = text.partition(" ")
    word = fold(in_english(word.rstrip(",:")))
    if word not in _DAYS_SAID:
        return today, text
    return parse_day(word, today, prefer="past"), rest


def log(
    vault: Vault,
    text: str,
    day: date,
    at: str,
    people: Sequence[str],
    channel: str,
    today: date,
    ticked: Ticked | None = None,
) -> Logged:
    """Add an interaction to the note of `day`, which is made if need be; the names in `text` become links.

    `people` are further names (each must mean one person), `at` is a time as people say it, `channel` goes before the
    text where this tells none. What was `ticked` in the digest is put down once, with its id. Raises PrmvaultError, and
    then nothing is written.
    """
    given = ticked or Ticked((), "", ())
    item, everybody, ties = _item(vault, text, at, [resolve(vault, name, today) for name in people], channel, given)
    names = tuple(vault.facts.title(each) for each in everybody)
    # From here on the cache is not asked any more: damage in it must not come between the day and its line.
    path, _ = journal_day(vault, day)
    line = 0

    def add(note: str) -> str:
        nonlocal line
        if given.id and f" ^{given.id}" in note:
            return note
        changed, line = add_item(note, item, given.below)
        return changed

    after = change_note(vault, path, add).after
    return _as_read(vault, after, Logged(path, line, item, day.isoformat(), "", "", "", names, ties), today)


def ticked_item(vault: Vault, text: str, ticked: Ticked) -> str:
    """Return the item (without bullet) as which `log` puts down what was ticked in the digest."""
    return _item(vault, text, "", (), "", ticked)[0]


def add_to_log(vault: Vault, person: str, text: str, day: date, today: date) -> Logged:
    """Add a dated line to the log in the note of the person at path `person`; other people in it become links."""
    linked = linked_text(vault, _bare(text), without=(person,))
    headings = tuple(heading.casefold() for heading in vault.settings.log_headings)
    item = f"{day.isoformat()} {linked.text}"
    language = language_of(vault.settings.language)
    new_heading = language.tell(message("Log"))
    if headings and (language.is_english or new_heading.casefold() not in headings):
        new_heading = vault.settings.log_headings[0]
    names = tuple(vault.facts.title(each) for each in (person, *linked.paths))
    line = 0

    def add(note: str) -> str:
        nonlocal line
        changed, line = add_log_line(note, item, headings, new_heading)
        return changed

    after = change_note(vault, person, add).after
    return _as_read(vault, after, Logged(person, line, item, day.isoformat(), "", "", "", names, linked.ties), today)


def linked_text(vault: Vault, text: str, *, without: Iterable[str] = (), named: Sequence[str] = ()) -> Linked:
    """Return `text` with the names that mean exactly one person as links; the user's own name is none of them.

    What may mean several people means the one of them who is `named` (paths).
    """
    left_out = {*without, resolve_me(vault)}
    asked = vault.facts.names_of_people_in(*mention_words(text))
    rows = [Name(*row) for row in asked if row[2] not in left_out]
    targets = link_targets(vault)
    found = link_mentions(text, rows, targets)
    others = {path for _, paths in found.ties if len({*paths} & {*named}) == 1 for path in paths} - {*named}
    if others and others.isdisjoint(path for path, _ in found.found):
        found = link_mentions(text, [row for row in rows if row.path not in others], targets)
    present = [path for link in parse_links(found.text) for path in _person_meant(vault, link.target)]
    doubtful = tuple((words, (path,)) for words, path in found.doubtful)
    ties = (*found.ties, *doubtful)
    if not (present or ties or named or without):
        # Nobody at all: somebody may be misspelled.
        everybody = [Name(*row) for row in vault.facts.all_names(of_type="person") if row[2] not in left_out]
        ties = likely_people(text, everybody)
    return Linked(found.text, tuple(dict.fromkeys(present)), ties)


def _item(
    vault: Vault, text: str, at: str, people: Sequence[str], channel: str, given: Ticked
) -> tuple[str, tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return the item (without bullet) for what happened, the paths of all in it, and its ties."""
    named = list(dict.fromkeys([*people, *given.people]))
    linked = linked_text(vault, _bare(text), named=named)
    box = CHECKBOX.match(linked.text)
    begin = box.end() if box else 0
    time, said = split_time(linked.text[begin:])
    before = linked.text[: len(linked.text) - len(said)]
    if at:
        if time:
            message = f"the text begins with a time, {time}, and --at tells another"
            raise PrmvaultError(message, exit_code=EXIT_USAGE, hint="leave one of them out")
        before += f"{time_from(at)} "
    if channel:
        said = _with_channel(vault, said, channel)
    targets = link_targets(vault)
    missing = [path for path in named if path not in linked.paths]
    if missing:
        said += f" ({', '.join(link_text(targets(path), vault.facts.title(path)) for path in missing)})"
    item = before + said + (f" ^{given.id}" if given.id else "")
    everybody = tuple(dict.fromkeys([*linked.paths, *named]))
    return item, everybody, linked.ties


def _bare(text: str) -> str:
    """Return the text of an item on one line, without the bullet that somebody has typed with it."""
    text = " ".join(text.split())
    bullet = _BULLET.match(text)
    return text[bullet.end() :] if bullet else text


def _with_channel(vault: Vault, said: str, channel: str) -> str:
    """Return what was said with a channel before it, if it does not tell it itself; raises PrmvaultError (usage)."""
    words = vault.settings.channel_words()
    meant = channel_of(channel, words)
    if not meant:
        known = ", ".join(sorted(set(words.values())))
        raise PrmvaultError(f"there is no channel {channel!r}", exit_code=EXIT_USAGE, hint=f"known are {known}")
    return said if channel_of(said, words) == meant else f"{channel}: {said}"


def _person_meant(vault: Vault, target: str) -> tuple[str, ...]:
    paths = link_meanings(vault.facts, target, of_type="person")
    return paths if len(paths) == 1 else ()


def _as_read(vault: Vault, text: str, told: Logged, today: date) -> Logged:
    """Return what was put down with what the reader of notes finds in its line."""
    note = parse_note(told.path, text, reading_of(vault.settings))
    contact = next((each for each in note.contacts if each.line == told.line), None)
    if contact is not None:
        is_plan = contact.date > today.isoformat()
        kind = "mention" if contact.mention else "plan" if is_plan else "contact" if told.people else "item"
        return told._replace(time=contact.time, channel=contact.channel, kind=kind)
    is_task = any(task.line == told.line for task in note.tasks)
    return told._replace(kind="task" if is_task else "item")
