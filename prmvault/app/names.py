"""Whom a name means: the one place that looks people up, for links, for commands, for prose and for queries.

A name is taken exactly first, then as an alias, then as words or beginnings of words, and only then as a typing
error. What several people share is never guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prmvault.core.dates import quoted
from prmvault.core.names import name_key
from prmvault.core.people import (
    RANK_ALIAS,
    RANK_EMAIL,
    RANK_NAME,
    RANK_PHONE,
    RANK_UID,
    Name,
    almost_so_named,
    find_people,
    linked_name,
    meant,
    partly_so_named,
    phone_key,
    tolerant_matches,
)
from prmvault.core.problems import EXIT_AMBIGUOUS, EXIT_NOTHING_FOUND, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from prmvault.app.vault import Vault
    from prmvault.vault.facts import Facts

_MOST_CANDIDATES = 10
_ME = ("me", "ich")


def find(facts: Facts, text: str, *, tolerant: bool = True) -> list[str]:
    """Return the paths of the people whom `text` may name, best first; spelled almost so, if nobody is named so."""
    rows = [Name(*row) for row in facts.names_like(text, of_type="person")]
    found = find_people(text, rows)
    if found or not tolerant:
        return found
    return tolerant_matches(text, [Name(*row) for row in facts.all_names(of_type="person")])


def resolve(vault: Vault, text: str, today: date, *, of_type: str = "person", tolerant: bool = True) -> str:
    """Return the path of the one note of a type that `text` means (any type if it is empty); `me` is the user.

    With `tolerant` a name that is spelled almost so counts where none is spelled so.

    Raises PrmvaultError: nothing found, or (exit 4) several may be meant, with what tells them apart as of `today`.
    """
    wanted = linked_name(text)
    is_me = name_key(wanted) in _ME
    if is_me and resolve_me(vault):
        return resolve_me(vault)
    # Without the setting `me` may still be somebody's name, but never the beginning of one.
    paths = (
        link_meanings(vault.facts, wanted, of_type=of_type)
        if is_me
        else _meanings(vault, wanted, of_type, tolerant=tolerant)
    )
    if len(paths) == 1:
        return paths[0]
    if paths:
        raise _ambiguous(vault, wanted, sorted(paths), today)
    raise _nobody_is_me(vault) if is_me else _nobody(wanted, of_type)


def resolve_any(vault: Vault, text: str, today: date, *, to_write: bool = False) -> str:
    """Return the path of the note that `text` means: a person's, else any other's. Errors are those of `resolve`.

    A note that is to be written has to be named exactly, if it is no person's: a part of a title is many a note's.
    """
    for of_type, tolerant in (("person", False), ("", False), ("person", True), ("", True)):
        if to_write and not of_type:
            paths = link_meanings(vault.facts, linked_name(text))
            if len(paths) == 1:
                return paths[0]
            continue
        try:
            return resolve(vault, text, today, of_type=of_type, tolerant=tolerant)
        except PrmvaultError as error:
            if error.exit_code != EXIT_NOTHING_FOUND:
                raise
            if of_type == "person":
                told = error
    raise told


def named_so(vault: Vault, text: str) -> set[str]:
    """Return the people and organizations whose name is `text`, else of whose name it is a part; `me` is the user."""
    if name_key(text) in _ME and resolve_me(vault):
        return {resolve_me(vault)}
    kinds = ("person", "organization")
    exact = {path for kind in kinds for path in link_meanings(vault.facts, text, of_type=kind)}
    rows = [Name(*row) for kind in kinds for row in vault.facts.names_like(text, of_type=kind)]
    return exact or set(partly_so_named(text, rows, beginnings=False))


def resolve_me(vault: Vault) -> str:
    """Return the path of the user's own note, as the setting `me` says, or nothing."""
    if not vault.settings.me:
        return ""
    paths = link_meanings(vault.facts, linked_name(vault.settings.me), of_type="person")
    return paths[0] if len(paths) == 1 else ""


def _meanings(vault: Vault, text: str, of_type: str, *, tolerant: bool) -> Sequence[str]:
    """Return what `text` may mean by the first way of naming that finds anything."""
    facts = vault.facts
    exact = link_meanings(facts, text, of_type=of_type) or _by_identity(facts, text, of_type)
    if exact:
        return exact
    found = partly_so_named(text, [Name(*row) for row in facts.names_like(text, of_type=of_type)])
    if found or not tolerant:
        return found
    found = almost_so_named(text, [Name(*row) for row in facts.all_names(of_type=of_type)])
    if len(found) == 1:
        vault.say(f"{quoted(text)} is taken for {facts.title(found[0])}")
    return found


def _by_identity(facts: Facts, text: str, of_type: str) -> tuple[str, ...]:
    """Return the notes whose e-mail, phone or uid `text` is."""
    found: dict[str, None] = {}
    for key, wanted in ((text.casefold(), RANK_EMAIL), (phone_key(text), RANK_PHONE), (text, RANK_UID)):
        for _, rank, path, _ in facts.names_of_key(key, of_type=of_type) if key else ():
            if rank == wanted:
                found[path] = None
    return tuple(found)


def _nobody_is_me(vault: Vault) -> PrmvaultError:
    """Return the error that tells how the setting `me` is to be mended."""
    me = vault.settings.me
    if not me:
        hint = 'add a line to prmvault.yaml: me: "[[Your Name]]"'
        return PrmvaultError("the settings do not say who you are", exit_code=EXIT_NOTHING_FOUND, hint=hint)
    paths = link_meanings(vault.facts, linked_name(me), of_type="person")
    told = f"may mean {', '.join(sorted(paths))}" if paths else "means nobody who has a note"
    hint = "name your own note in prmvault.yaml, by its path if need be"
    return PrmvaultError(f"the setting me: {quoted(me)} {told}", exit_code=EXIT_NOTHING_FOUND, hint=hint)


def _nobody(text: str, of_type: str) -> PrmvaultError:
    from shlex import quote

    shown = quote(quoted(text)[1:-1])
    if of_type == "person":
        hint = f"prmvault find {shown} looks further; prmvault add person {shown} makes a note"
        return PrmvaultError(f"nobody is named {quoted(text)}", exit_code=EXIT_NOTHING_FOUND, hint=hint)
    hint = f"prmvault search {shown} looks in the texts"
    return PrmvaultError(f"no note is named {quoted(text)}", exit_code=EXIT_NOTHING_FOUND, hint=hint)


def _ambiguous(vault: Vault, text: str, paths: Sequence[str], today: date) -> PrmvaultError:
    """Return the error that names the candidates with what tells them apart, a line each."""
    lines = [describe(vault, path, today) for path in paths[:_MOST_CANDIDATES]]
    if len(paths) > _MOST_CANDIDATES:
        lines.append(f"and {len(paths) - _MOST_CANDIDATES} more")
    message = f"{quoted(text)} may mean {len(paths)} of them; write more of the name, or the path"
    return PrmvaultError(message, exit_code=EXIT_AMBIGUOUS, hint="\n".join(lines))


def describe(vault: Vault, path: str, today: date) -> str:
    """Return a note's name with what tells it apart: birthday, organization, last contact, and its path."""
    note = vault.facts.note(path)
    if note is None or note.type != "person":
        return f"{vault.facts.title(path)} ({path})"
    from prmvault.app.people import last_contact, link_keys
    from prmvault.core.people import organizations

    known = []
    if note.fields.get("birthday"):
        known.append(f"born {note.fields['birthday']}")
    if note.fields.get("deceased"):
        known.append("dead")
    known += organizations(note)[:1]
    last = last_contact(vault, note, link_keys(vault.facts, path), today)
    known.append(f"last contact {last['date']}" if last else "no contact yet")
    return f"{note.title}: {', '.join(known)} ({path})"


def link_meanings(facts: Facts, target: str, *, of_type: str = "") -> tuple[str, ...]:
    """Return the paths that a link may mean: one, none (it dangles), or several (a tie)."""
    rows = [Name(*row) for row in facts.names_of_key(name_key(target.removesuffix(".md")), of_type=of_type)]
    return meant(target, rows)


def person_keys(facts: Facts, text: str) -> list[str]:
    """Return the keys of all names of the one person whom `text` means, in a query, or nothing."""
    paths = link_meanings(facts, text, of_type="person")
    if not paths:
        rows = [Name(*row) for row in facts.names_like(text, of_type="person")]
        paths = tuple(partly_so_named(text, rows))
    if len(paths) != 1:
        return []
    return [key for key, rank, _, _ in facts.names_of_path(paths[0]) if RANK_NAME <= rank <= RANK_ALIAS]
