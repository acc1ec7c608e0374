"""What a sync with a folder of cards has to do, person by person: looked up, and nothing touched.

Cards and notes belong together by uid, never by the file's name. A card that nobody knows is matched as an import
matches its records (`import_match`); one that shares only the name with a note is held back until the user has said.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from prmvault.app.edit import editable_text, read_note
from prmvault.app.import_match import Index, Match
from prmvault.app.import_match import Settled as Names
from prmvault.app.vdir_cards import Settled, Whose, settled, stamp_of, told_by
from prmvault.app.vdir_folder import Item, etags, file_name, file_names, read_item, uid_of
from prmvault.app.vdir_undone import undone
from prmvault.core.file_names import collision_key, portable_file_name
from prmvault.core.identity import uid_of_note
from prmvault.core.phones import phone_reader, region_of
from prmvault.core.problems import PrmvaultError, Problem
from prmvault.interop.card_sync import Card, card_of, is_same
from prmvault.interop.drafts import ATTACHMENTS
from prmvault.vault.refresh import types_of

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.app.vdir_state import Known, State
    from prmvault.core.model import Note
    from prmvault.interop.drafts import Draft

KINDS = ("person", "organization")

SETTLE, CREATE, ADD, TRASH, REMOVE, ABSORB, FORGET = "settle", "create", "add", "trash", "remove", "absorb", "forget"
"""What is to be done with a person: bring note and card together, make the note, make the card, move the note to the
trash, remove the card, put it into the note of somebody it was joined with, and no longer know of it."""


class Step(NamedTuple):
    """What is to be done with one person.

    `item` is the folder's file as it was read; `is_noted` and `is_carded` tell what changes, `lost` how much was said
    differently.
    """

    do: str
    name: str
    whose: Whose
    item: Item | None = None
    is_noted: bool = False
    is_carded: bool = False
    is_joined: bool = False
    lost: int = 0
    paths: tuple[str, ...] = ()


OTHER_CARD = "that person has another card"
"""Why a card is held back for which `same` is no answer."""


class Maybe(NamedTuple):
    """A card that shares only the name with notes: nothing is done with them until the user has said."""

    file: str
    name: str
    why: str
    paths: tuple[str, ...]


class Planned(NamedTuple):
    """All that is to be done, and the number of files that there were."""

    steps: tuple[Step, ...]
    maybes: tuple[Maybe, ...]
    problems: tuple[Problem, ...]
    cards: int


class Wish(NamedTuple):
    """What the user has said: who is to be in the folder (None: all), and of cards that only share a name."""

    chosen: Collection[str] | None = None
    settled: Names = Names()


def plan_vdir(vault: Vault, folder: str, state: State, wish: Wish) -> Planned:
    """Return what a sync with `folder` does; raises PrmvaultError where the folder can't be read."""
    return _Planner(vault, folder, state, wish).planned()


class _Planner:
    """The notes and cards, and which of them have found each other so far."""

    def __init__(self, vault: Vault, folder: str, state: State, wish: Wish) -> None:
        self.vault, self.folder, self.state, self.wish = vault, folder, state, wish
        self.problems: list[Problem] = []
        self.maybes: list[Maybe] = []
        self.kept: set[str] = set()  # Of these uids nothing is changed, not even what is known of them.
        self.notes: dict[str, Note] = {}
        self.without_uid: list[Note] = []
        self.former: dict[str, str] = {}
        self.items: dict[str, Item] = {}
        self.new_items: dict[str, Item] = {}
        self.claimed: set[str] = set()
        self.indexes: dict[str, Index] = {}
        self.taken: dict[str, set[str]] = {}
        self.cards = 0
        self.is_any_cut = False
        self.undone: set[str] = set()

    def planned(self) -> Planned:
        self._read_notes()
        self._read_folder()
        steps = [*self._absorbed()]
        self.claimed |= {self.notes[uid].path for uid in self.items if uid in self.notes}
        gone = [self.state.known[uid].path for uid in self.items if uid not in self.notes and uid not in self.kept]
        self.undone = undone(self.vault.root, gone)
        again = {step.whose.path for step in steps}
        steps += [step for uid in sorted(self.items) for step in self._of_item(uid, again)]
        steps += [step for item in self.new_items.values() for step in self._of_new(item)]
        steps += [step for note in [*self.notes.values(), *self.without_uid] for step in self._of_note(note)]
        done = {step.whose.uid for step in steps}
        steps += [self._forget(uid) for uid in self.state.known if self._is_gone(uid) and uid not in done]
        return Planned(tuple(steps), tuple(self.maybes), tuple(self.problems), self.cards)

    def _read_notes(self) -> None:
        shared = {uid for uid, _ in self.vault.facts.shared_uids()}
        synced = {known.path: uid for uid, known in self.state.known.items()}
        for note in (note for kind in KINDS for note in self.vault.facts.notes(kind)):
            uid = note.fields.get("uid")
            if not note.readable:
                self.claimed.add(note.path)
                if note.path in synced:
                    self.kept.add(synced[note.path])
                    self._problem(note.path, "it can't be read, and is left alone", "prmvault check tells why")
            elif not isinstance(uid, str) or not uid:
                self.without_uid.append(note)
            elif uid in shared:
                self.kept.add(uid)
                self._problem(note.path, "it shares its uid with another note, and is left alone", "prmvault check")
            else:
                self.notes[uid] = note
                self.former.update(dict.fromkeys(map(str, note.fields.get("former_uids", ())), uid))
        for uid, known in self.state.known.items():
            if uid not in self.notes and uid not in self.former and uid not in self.kept and self._is_there(known.path):
                self.kept.add(uid)
                self.claimed.add(known.path)
                hint = "give it its uid back, or add that to former_uids"
                self._problem(known.path, "it has another uid than its card, or none; both are left alone", hint)

    def _is_there(self, path: str) -> bool:
        """Tell whether the note of a card is still there, though not with the card's uid."""
        note = self.vault.facts.note(path)
        return note is not None and note.fields.get("uid") not in self.state.known

    def _read_folder(self) -> None:
        files = etags(self.folder)
        self.cards = len(files)
        known = {each.file: (uid, each) for uid, each in self.state.known.items()}
        for file in sorted(files, key=lambda name: (name not in known, name)):
            uid, last = known.get(file, ("", None))
            if last and files[file] == last.etag:
                self.items[uid] = Item(file, last.etag)
                continue
            item = read_item(self.folder, file)
            if item.draft is None:
                self.kept |= {uid} - {""}
                self.is_any_cut |= item.is_cut and not uid
                if item.problem:
                    self._problem(file, f"{item.problem}; it is left alone", "")
            else:
                self._take(_without_data(_with_uid(item)))
        for file in sorted((file_names(self.folder) & known.keys()) - files.keys()):
            self.kept.add(known[file][0])
            self._problem(
                file, "it is no regular file any more; it is left alone", "put the card in its place, or remove it"
            )

    def _take(self, item: Item) -> None:
        assert item.draft is not None, "it was read"
        uid = uid_of(item.draft)
        if uid in self.items:
            self._problem(item.file, f"it has the same UID as {self.items[uid].file}; it is left alone", "remove one")
        elif uid in self.notes or uid in self.state.known or uid in self.former:
            self.items[uid] = item
        elif uid in self.new_items:
            self._problem(
                item.file, f"it has the same UID as {self.new_items[uid].file}; it is left alone", "remove one"
            )
        else:
            self.new_items[uid] = item

    def _absorbed(self) -> Iterator[Step]:
        """Yield what becomes of the cards of people who were joined with somebody else."""
        for uid in [uid for uid in self.items if uid in self.former and uid not in self.notes]:
            item, note = self.items.pop(uid), self.notes[self.former[uid]]
            last = self.state.known.get(uid)
            whose = Whose(note.path, note.type, uid)
            is_noted = not (last and last.etag == item.etag) and not self._is_as_known(item, last)
            paths = (note.path, *_named(item.draft)) if is_noted else ()
            yield Step(ABSORB, note.title, whose, item._replace(draft=None), is_noted, is_carded=True, paths=paths)

    def _is_as_known(self, item: Item, last: Known | None) -> bool:
        return last is not None and item.draft is not None and is_same(card_of(item.draft), last.bases.folder)

    def _of_item(self, uid: str, again: Collection[str]) -> Iterator[Step]:
        """Yield what is to be done with a card whose uid is that of a note, or was."""
        item, last, note = self.items[uid], self.state.known.get(uid), self.notes.get(uid)
        if uid in self.kept:
            return
        if note is None:
            assert last is not None, "else it is new"
            is_changed = item.etag != last.etag and not self._is_as_known(item, last)
            whose = Whose(last.path, "person", uid)
            name = str(last.bases.folder.fields.get("name", ""))
            if is_changed:
                yield self._creation(item)
            elif last.path in self.undone:
                self.kept.add(uid)
                hint = "undo once more brings the note back; or delete the card on the phone, too"
                self._problem(item.file, "its note was taken back by undo; the card stays", hint)
            else:
                yield Step(REMOVE, name, whose, item, is_carded=True)
            return
        whose = Whose(note.path, note.type, uid)
        is_chosen = self._is_chosen(note)
        if last and last.chosen and not is_chosen:
            if item.etag == last.etag or self._is_as_known(item, last):
                yield Step(REMOVE, note.title, whose, item, is_carded=True)
            else:  # What was said on the card meanwhile comes into the note before it goes.
                paths = (note.path, *_named(item.draft))
                bare = item._replace(draft=None)
                yield Step(ABSORB, note.title, whose, bare, is_noted=True, is_carded=True, paths=paths)
        elif (
            last is None
            or note.path in again
            or (last.etag, last.stamp, last.path, last.chosen)
            != (item.etag, stamp_of(self.vault, note), note.path, is_chosen)
        ):
            yield from self._settling(note, whose, item)

    def _settling(self, note: Note, whose: Whose, item: Item, *, is_joined: bool = False) -> Iterator[Step]:
        draft = read_item(self.folder, item.file).draft
        if draft is None:
            self.kept.add(whose.uid)
            return
        last = self.state.known.get(whose.uid)
        try:
            text = editable_text(note.path, read_note(self.vault, note.path))
            done = settled(self.vault, whose, text, draft, last.bases if last else None)
        except PrmvaultError as error:
            self.kept.add(whose.uid)
            self.problems.append(Problem(note.path, 0, "not-synced", str(error), error.hint))
            return
        is_noted = done.text != text or is_joined
        yield Step(
            SETTLE,
            note.title,
            whose,
            item._replace(draft=None),
            is_noted=is_noted,
            is_carded=bool(done.card),
            is_joined=is_joined,
            lost=len(done.lost),
            paths=(*([note.path] if is_noted else []), *_named(done)),
        )

    def _of_new(self, item: Item) -> Iterator[Step]:
        """Yield what is to be done with a card that nobody knows."""
        draft = item.draft
        assert draft is not None, "it was read"
        if draft.kind not in KINDS:
            self._problem(item.file, f"a card of {draft.kind} is left alone", "")
            return
        match = self._index(draft.kind).match(draft.name, draft.fields, self.wish.settled)
        if match.path in self.claimed and self.wish.settled.of(draft.name) != "new":
            match = Match(doubt=OTHER_CARD, paths=(match.path,))
        if match.doubt:
            self.claimed.update(match.paths)
            self.maybes.append(Maybe(item.file, draft.name, match.doubt, match.paths))
            return
        note = self.vault.facts.note(match.path) if match.path not in self.claimed else None
        if note is None:
            yield self._creation(item)
            return
        self.claimed.add(note.path)
        own = note.fields.get("uid")
        uid = own if isinstance(own, str) and own else uid_of(draft)
        yield from self._settling(note, Whose(note.path, note.type, uid), item, is_joined=True)

    def _creation(self, item: Item) -> Step:
        draft = item.draft
        assert draft is not None, "it was read, as it is new or has changed"
        path = self._new_path(draft)
        self.claimed.add(path)
        self._index(draft.kind).add(path, [draft.name], {**draft.fields, "uid": ""})
        whose = Whose(path, draft.kind, uid_of(draft))
        paths = (path, *_named(draft))
        return Step(CREATE, draft.name, whose, item._replace(draft=None), is_noted=True, paths=paths)

    def _new_path(self, draft: Draft) -> str:
        """Return a path that no file has, on no system, for a new note."""
        folder = types_of(self.vault.settings)[draft.kind].folder
        if folder not in self.taken:
            parent = os.path.join(self.vault.root, folder)
            names = os.listdir(parent) if os.path.isdir(parent) else []
            self.taken[folder] = {collision_key(name) for name in names}
        try:
            stem = portable_file_name(draft.name)
        except ValueError:
            stem = "unnamed"
        numbered = (f"{stem}{f' ({number})' if number > 1 else ''}.md" for number in count(1))
        name = next(name for name in numbered if collision_key(name) not in self.taken[folder])
        self.taken[folder].add(collision_key(name))
        return f"{folder}/{name}" if folder else name

    def _index(self, kind: str) -> Index:
        if kind not in self.indexes:
            settings = self.vault.settings
            phone_of = phone_reader(region_of(settings.region, settings.language))
            self.indexes[kind] = Index(self.vault, kind, phone_of)
        return self.indexes[kind]

    def _of_note(self, note: Note) -> Iterator[Step]:
        """Yield what is to be done with a note that has no card in the folder."""
        own = note.fields.get("uid")
        uid = own if isinstance(own, str) else ""
        if uid in self.items or uid in self.kept or note.path in self.claimed:
            return
        last, is_chosen = self.state.known.get(uid), self._is_chosen(note)
        whose = Whose(note.path, note.type, uid or self._free_uid(note.path))
        if last and not is_chosen and last.chosen:
            return  # It is not to be in the folder any more, and is not.
        try:
            is_as_known = last and (last.stamp == stamp_of(self.vault, note) or self._is_told(whose, last.bases.vault))
        except PrmvaultError as error:
            self.kept.add(uid)
            self.problems.append(Problem(note.path, 0, "not-synced", str(error), error.hint))
            return
        if is_as_known and self.is_any_cut:
            self.kept.add(uid)  # The card that is not whole may be this one's, by another name.
        elif is_as_known:
            yield Step(TRASH, note.title, whose, is_noted=True, paths=(note.path,))
        elif last or (is_chosen and note.type == "person"):  # An edit goes before a removal.
            paths = () if uid else (note.path,)
            yield Step(ADD, note.title, whose, is_noted=not uid, is_carded=True, paths=paths)

    def _free_uid(self, path: str) -> str:
        """Return a uid for a note that has none, not that of a note which was at this path before."""
        taken = (self.notes, self.former, self.state.known, self.items, self.new_items)
        names = (f"{path}{f' {number}' if number > 1 else ''}" for number in count(1))
        return next(uid for name in names if not any((uid := uid_of_note(name)) in uids for uids in taken))

    def _is_told(self, whose: Whose, card: Card) -> bool:
        text = editable_text(whose.path, read_note(self.vault, whose.path))
        return is_same(told_by(self.vault.root, whose, text).card, card)

    def _is_gone(self, uid: str) -> bool:
        """Tell whether there is nothing to sync under a uid any more."""
        note = self.notes.get(uid)
        is_left = note is not None and self.state.known[uid].chosen and not self._is_chosen(note)
        return uid not in self.items and uid not in self.kept and (note is None or is_left)

    def _forget(self, uid: str) -> Step:
        return Step(FORGET, uid, Whose("", "", uid))

    def _is_chosen(self, note: Note) -> bool:
        return self.wish.chosen is None or note.path in self.wish.chosen

    def _problem(self, path: str, message: str, hint: str) -> None:
        self.problems.append(Problem(path, 0, "not-synced", message, hint))


def most_removed(steps: Iterable[Step], known: Mapping[str, Known]) -> str:
    """Return what is too much to be removed without the user's word: the larger part of a side; empty if nothing is."""
    counts = Counter([step.do for step in steps])
    is_all = counts[TRASH] + counts[REMOVE] + counts[FORGET] == len(known)
    for do, what in ((TRASH, "people would go to the trash"), (REMOVE, "cards would be removed")):
        if counts[do] and (is_all or (counts[do] >= _MANY and counts[do] * _SHARE > len(known))):
            return f"{counts[do]} of {len(known)} {what}"
    return ""


_MANY = 5
_SHARE = 5


def _named(done: Draft | Settled | None) -> list[str]:
    """Return the paths of the attachments that come with a card."""
    return [ATTACHMENTS + each.name for each in done.attachments] if done else []


def _without_data(item: Item) -> Item:
    """Return a card without what its pictures hold: those of all cards would fill the memory."""
    assert item.draft is not None, "it was read"
    bare = tuple([each._replace(data=b"") for each in item.draft.attachments])
    return item._replace(draft=item.draft._replace(attachments=bare))


def _with_uid(item: Item) -> Item:
    """Return a card with a uid, made of its content where it has none: a sync that was killed makes the same again."""
    draft = item.draft
    assert draft is not None, "it was read"
    if uid_of(draft):
        return item
    uid = f"urn:uuid:{uuid5(NAMESPACE_URL, f'prmvault:{item.etag}')}"
    return item._replace(draft=draft._replace(fields={**draft.fields, "uid": uid}))


def file_for(uid: str, taken: Collection[str]) -> str:
    """Return the name of a new card's file; `taken` are the collision keys of those that are there."""
    names = (file_name(uid + " " * number) for number in count())
    return next(name for name in names if collision_key(name) not in taken)
