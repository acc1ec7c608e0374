"""Whose record it is: the people of a vault by their signs, and the note that each record of a file belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from prmvault.core.dates import DateError, full_date, parse_partial_date, quoted
from prmvault.core.duplicates import birthdays_contradict
from prmvault.core.identity import (
    Signs,
    email_key,
    is_same_name,
    members_of,
    names_agree,
    signs_of,
    uid_of_note,
)
from prmvault.core.names import name_key
from prmvault.core.people import RANK_ALIAS, RANK_EMAIL, RANK_NAME, RANK_PHONE, RANK_UID
from prmvault.core.problems import EXIT_AMBIGUOUS, EXIT_NOTHING_FOUND, EXIT_USAGE, PrmvaultError

if TYPE_CHECKING:
    from collections.abc import Callable

    from prmvault.app.vault import Vault
    from prmvault.core.model import Value

ALL = "all"
"""In the place of a name: whatever name it is."""


BY_NAME, BY_BIRTHDAY = "name", "name and birthday"
"""By what a record was matched: the user's word, or more than its name."""


class Settled(NamedTuple):
    """What the user says of records whose name is a note's: names (or `all`) that are `same` people, or `new` ones.

    `NAME=NOTE` in `same` says which note it is, by a path or a name that means only one.
    """

    same: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    def of(self, name: str) -> str:
        """Return what the user said of a name: `same`, `new` or nothing; a name goes before `all`."""
        for key in (name_key(name), ALL):
            for word, names in (("same", self.same), ("new", self.new)):
                if key in map(name_key, names):
                    return word
        return ""

    def note_of(self, name: str) -> str:
        """Return the note that the user named for a name, as typed; else nothing."""
        for text in self.same:
            who, _, note = text.partition("=")
            if note.strip() and name_key(who) == name_key(name):
                return note.strip()
        return ""

    def check(self, vault: Vault) -> None:
        """Raise PrmvaultError for a note that is named in `same` and that no note is, or several are."""
        for text in self.same:
            who, is_pair, note = text.partition("=")
            if is_pair and not (who.strip() and note.strip()):
                hint = '--same NAME, or --same "NAME=people/Name (2).md"'
                raise PrmvaultError(f"{quoted(text)} says not which note it is", exit_code=EXIT_USAGE, hint=hint)
            if is_pair:
                named_note(vault, note.strip())


class Match(NamedTuple):
    """Where a record belongs: to the note at `path` because of `by`, to a new note (both empty), or nobody knows.

    Then `doubt` says why, and `paths` are the notes that it may be about.
    """

    path: str = ""
    by: str = ""
    doubt: str = ""
    paths: tuple[str, ...] = ()


class Index:
    """The notes of one type by their signs; it grows with what an import adds."""

    def __init__(self, vault: Vault, note_type: str, phone_of: Callable[[str], str]) -> None:
        self.phone_of = phone_of
        self.names: dict[str, list[str]] = {}
        self.birthdays: dict[str, str] = {}
        self._type = note_type
        self._vault = vault
        self._by: tuple[dict[str, list[str]], ...] = ({}, {}, {}, {})
        self._by_name: dict[str, list[str]] = {}
        self._without_uid: dict[str, None] = {}
        self._made: set[str] = set()
        self._made_uids: dict[str, str] | None = None
        self._has_profiles = False
        self._members: dict[str, frozenset[str]] = {}
        self._read(vault)

    def _read(self, vault: Vault) -> None:
        with_uid: set[str] = set()
        for key, rank, path, text in vault.facts.all_names(of_type=self._type):
            if rank in (RANK_NAME, RANK_ALIAS):
                self._add_name(path, key)
            elif rank == RANK_UID:
                with_uid.add(path)
                self._put(0, key, path)
            elif rank == RANK_EMAIL:
                self._put(1, email_key(text), path)
            elif rank == RANK_PHONE:
                self._put(2, self.phone_of(text), path)
        self._without_uid = dict.fromkeys(path for path in self.names if path not in with_uid)
        if self._type == "person":
            self.birthdays = {row[0]: row[2] for row in vault.facts.people_rows() if row[2]}

    def add(self, path: str, names: Iterable[str], fields: Mapping[str, Value]) -> None:
        """Take what an import adds to the note at `path`, new or not: later records are compared with it."""
        if path not in self.names:
            self._made.add(path)
        for name in names:
            self._add_name(path, name_key(name))
        for which, signs in enumerate(signs_of(fields, self.phone_of)):
            for sign in signs:
                self._put(which, sign, path)
        self._add_members(path, fields)
        birthday = fields.get("birthday", "")
        if isinstance(birthday, str) and birthday:
            self.birthdays.setdefault(path, birthday)

    def path_of_uid(self, uid: str) -> str:
        """Return the one note that has a uid, or had it, or is given to other programs under it; else nothing."""
        found = self._by[0].get(uid) or []
        if not found:
            if self._made_uids is None:
                self._made_uids = {uid_of_note(path): path for path in self._without_uid}
            return self._made_uids.get(uid, "")
        return found[0] if len(found) == 1 else ""

    def match(self, name: str, fields: Mapping[str, Value], settled: Settled) -> Match:
        """Return where a record of this name belongs: by uid, then e-mail, phone, profile, never by name alone."""
        signs = signs_of(fields, self.phone_of)
        found = self._by_uid(signs)
        birthday = fields.get("birthday", "")
        day = birthday if isinstance(birthday, str) else ""
        found = found or self._if_born_so(self._by_address(1, signs.emails, name, "e-mail"), name, day)
        found = found or self._if_born_so(self._by_address(2, signs.phones, name, "phone"), name, day)
        found = found or self._by_profile(signs, name)
        found = found or self._named(name, day, signs, members_of(fields))
        if found is None and not self._by_name.get(name_key(name)) and settled.note_of(name):
            found = Match(doubt="no note has this name")
        if found is None or not found.doubt:
            return found or Match()
        note = settled.note_of(name)
        path = named_note(self._vault, note) if note else ""
        if path in self.names:
            return Match(path, BY_NAME)
        word = settled.of(name)
        if word == "new":
            return Match()
        return Match(found.paths[0], BY_NAME) if word == "same" and len(found.paths) == 1 else found

    def _by_uid(self, signs: Signs) -> Match | None:
        for uid in signs.uids:
            several = self._by[0].get(uid, ())
            if len(several) > 1:
                return Match(doubt="several notes have this uid", paths=tuple(several))
            path = self.path_of_uid(uid)
            if path:
                return Match(path, "uid")
        return None

    def _by_address(self, which: int, signs: Iterable[str], name: str, what: str) -> Match | None:
        """Return whose e-mail, or phone, it is; of a phone that a family shares, only that of whom is named so."""
        paths = list(dict.fromkeys([path for sign in signs for path in self._by[which].get(sign, ())]))
        if not paths:
            return None
        agreeing = [path for path in paths if names_agree(name, self.names.get(path, ()))]
        if len(agreeing) > 1:
            agreeing = [path for path in agreeing if any(is_same_name(name, own) for own in self.names[path])] or paths
        if len(agreeing) == 1:
            return Match(agreeing[0], what)
        if agreeing:
            return Match(doubt=f"several notes have this {what}", paths=tuple(agreeing))
        if what == "phone":
            return None  # Two whole names at one number: people who live together.
        return Match(doubt=f"a note has this {what}, but another name", paths=tuple(paths))

    def _if_born_so(self, found: Match | None, name: str, day: str) -> Match | None:
        """Return the match by an address, or a doubt where two birthdays say that it is shared.

        Father and son of one name may share a phone; nobody of the same name shares a mailbox.
        """
        if found is None or not found.path or not _differ(day, self.birthdays.get(found.path, "")):
            return found
        if found.by == "e-mail" and any(is_same_name(name, own) for own in self.names.get(found.path, ())):
            return found
        return Match(doubt=f"a note has this {found.by}, but another birthday", paths=(found.path,))

    def _by_profile(self, signs: Signs, name: str) -> Match | None:
        if signs.profiles and not self._has_profiles:
            self._has_profiles = True
            for note in self._vault.facts.notes(self._type):
                for profile in signs_of(note.fields, self.phone_of).profiles:
                    self._put(3, profile, note.path)
                self._add_members(note.path, note.fields)
        return self._by_address(3, signs.profiles, name, "profile")

    def _named(self, name: str, day: str, signs: Signs, members: frozenset[str]) -> Match | None:
        """Return who has the name: only a proposal, unless the whole birthday is the same.

        Two birthdays make two people of one name, but not where the name is all that the record has (a calendar of
        birthdays): then one of the days may be wrong. Two members of LinkedIn are two people.
        """
        named = [
            path
            for path in self._by_name.get(name_key(name), ())
            if not (members and path in self._members and members.isdisjoint(self._members[path]))
        ]
        paths = [path for path in named if not _differ(day, self.birthdays.get(path, ""))]
        same = [path for path in paths if _is_whole(day) and self.birthdays.get(path) == day]
        if len(same) == 1:
            return Match(same[0], BY_BIRTHDAY)
        if paths:
            return Match(
                doubt="a note has this name, and nothing else tells whether it is the same", paths=tuple(paths)
            )
        known = [path for path in named if path not in self._made]
        if known and not (signs.emails or signs.phones or signs.profiles):
            return Match(doubt="a note has this name, but another birthday", paths=tuple(known))
        return None

    def _add_name(self, path: str, key: str) -> None:
        own = self.names.setdefault(path, [])
        if key and key not in own:
            own.append(key)
            self._by_name.setdefault(key, []).append(path)

    def _add_members(self, path: str, fields: Mapping[str, Value]) -> None:
        if members := members_of(fields):
            self._members[path] = self._members.get(path, frozenset()) | members

    def _put(self, which: int, sign: str, path: str) -> None:
        paths = self._by[which].setdefault(sign, []) if sign else [path]
        if path not in paths:
            paths.append(path)


def named_note(vault: Vault, text: str) -> str:
    """Return the path of the person or organization that `text` means, a path or a name; raises PrmvaultError."""
    from prmvault.app.names import link_meanings

    found = [path for kind in ("person", "organization") for path in link_meanings(vault.facts, text, of_type=kind)]
    if len(found) == 1:
        return found[0]
    told = f"{quoted(text)} may be {', '.join(sorted(found))}" if found else f"no person's note is {quoted(text)}"
    hint = "name it by its path in the vault, such as people/Anna Müller.md"
    raise PrmvaultError(told, exit_code=EXIT_AMBIGUOUS if found else EXIT_NOTHING_FOUND, hint=hint)


def _differ(left: str, right: str) -> bool:
    """Tell whether two birthdays can't be one person's."""
    try:
        return bool(left and right) and birthdays_contradict(parse_partial_date(left), parse_partial_date(right))
    except DateError:
        return False


def _is_whole(day: str) -> bool:
    try:
        return bool(day) and full_date(parse_partial_date(day)) is not None
    except DateError:
        return False
