"""What a sync with a folder of cards has to do, person by person: looked up, and nothing touched.

Cards and notes belong together by uid, never by the file's name. A card that nobody knows is matched as an import
matches its records (`import_match`); one that shares only the name with a note is held back until the user has said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.edit import editable_text, read_note
from prmvault.app.import_match import Index, Match
from prmvault.app.import_match import Settled as Names
from prmvault.app.new_paths import NewPaths, file_stem
from prmvault.app.vdir_cards import Settled, Whose, settled, stamp_of, told_by
from prmvault.app.vdir_folder import Item, file_name, read_item, uid_of
from prmvault.app.vdir_sides import KINDS, Sides
from prmvault.app.vdir_trash import Trashed, notes_in_trash, stems_of, with_own_name
from prmvault.app.vdir_undone import undone
from prmvault.core.file_names import collision_key
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

SETTLE, CREATE, ADD, TRASH, RETURN = "settle", "create", "add", "trash", "return"
REMOVE, ABSORB, FORGET = "remove", "absorb", "forget"
"""What is to be done with a person: bring note and card together, make the note, make the card, move the note to the
trash or back from there, remove the card, put it into the note of somebody it was joined with, no longer know of it."""


class Step(NamedTuple):
    """What is to be done with one person.

    `item` is the folder's file as it was read; `is_noted` and `is_carded` tell what changes, `lost` how much was said
    differently; `source` is where in the trash the note lies.
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
    source: str = ""


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
        self.sides = Sides(vault, folder, state)
        self.maybes: list[Maybe] = []
        self.indexes: dict[str, Index] = {}
        self.paths = NewPaths(vault.root)
        self.undone: set[str] = set()
        self.trash: dict[str, Trashed] | None = None

    def planned(self) -> Planned:
        steps = [*self._absorbed()]
        notes, items = self.sides.notes, self.sides.items
        self.sides.claimed |= {notes[uid].path for uid in items if uid in notes}
        gone = [self.state.known[uid].path for uid in items if uid not in notes and uid not in self.sides.kept]
        self.undone = undone(self.vault.root, gone)
        again = {step.whose.path for step in steps}
        steps += [step for uid in sorted(items) for step in self._of_item(uid, again)]
        steps += [step for item in self.sides.new_items.values() for step in self._of_new(item)]
        steps += [step for note in [*notes.values(), *self.sides.without_uid] for step in self._of_note(note)]
        done = {step.whose.uid for step in steps}
        steps += [self._forget(uid) for uid in self.state.known if self._is_gone(uid) and uid not in done]
        return Planned(tuple(steps), tuple(self.maybes), tuple(self.sides.problems), self.sides.cards)

    def _absorbed(self) -> Iterator[Step]:
        """Yield what becomes of the cards of people who were joined with somebody else."""
        for uid in [uid for uid in self.sides.items if uid in self.sides.former and uid not in self.sides.notes]:
            item, note = self.sides.items.pop(uid), self.sides.notes[self.sides.former[uid]]
            last = self.state.known.get(uid)
            whose = Whose(note.path, note.type, uid)
            is_noted = not (last and last.etag == item.etag) and not self._is_as_known(item, last)
            paths = (note.path, *_named(item.draft)) if is_noted else ()
            yield Step(ABSORB, note.title, whose, item._replace(draft=None), is_noted, is_carded=True, paths=paths)

    def _is_as_known(self, item: Item, last: Known | None) -> bool:
        return last is not None and item.draft is not None and is_same(card_of(item.draft), last.bases.folder)

    def _of_item(self, uid: str, again: Collection[str]) -> Iterator[Step]:
        """Yield what is to be done with a card whose uid is that of a note, or was."""
        item, last, note = self.sides.items[uid], self.state.known.get(uid), self.sides.notes.get(uid)
        if uid in self.sides.kept:
            return
        if note is None:
            assert last is not None, "else it is new"
            is_changed = item.etag != last.etag and not self._is_as_known(item, last)
            whose = Whose(last.path, "person", uid)
            name = str(last.bases.folder.fields.get("name", ""))
            if is_changed:
                yield from self._creation(item)
            elif last.path in self.undone:
                self.sides.kept.add(uid)
                hint = "undo once more brings the note back; or delete the card on the phone, too"
                self.sides.tell(item.file, "its note was taken back by undo; the card stays", hint)
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
            yield from self._settling(note.title, whose, item)

    def _settling(
        self, title: str, whose: Whose, item: Item, *, is_joined: bool = False, back: Trashed | None = None
    ) -> Iterator[Step]:
        draft = read_item(self.folder, item.file).draft
        if draft is None:
            self.sides.kept.add(whose.uid)
            return
        last = self.state.known.get(whose.uid)
        try:
            text = back.text if back else editable_text(whose.path, read_note(self.vault, whose.path))
            done = settled(self.vault, whose, text, draft, last.bases if last else None)
        except PrmvaultError as error:
            self.sides.kept.add(whose.uid)
            self.sides.tell(back.path if back else whose.path, str(error), error.hint)
            return
        is_noted = done.text != text or is_joined or back is not None
        yield Step(
            RETURN if back else SETTLE,
            title,
            whose,
            item._replace(draft=None),
            is_noted=is_noted,
            is_carded=bool(done.card),
            is_joined=is_joined,
            lost=len(done.lost),
            paths=(*([whose.path] if is_noted else []), *([back.path] if back else []), *_named(done)),
            source=back.path if back else "",
        )

    def _of_new(self, item: Item) -> Iterator[Step]:
        """Yield what is to be done with a card that nobody knows."""
        draft = item.draft
        assert draft is not None, "it was read"
        if draft.kind not in KINDS:
            self.sides.tell(item.file, f"a card of {draft.kind} is left alone", "")
            return
        match = self._index(draft.kind).match(draft.name, draft.fields, self.wish.settled)
        if match.path in self.sides.claimed and self.wish.settled.of(draft.name) != "new":
            match = Match(doubt=OTHER_CARD, paths=(match.path,))
        if match.doubt:
            self.sides.claimed.update(match.paths)
            self.maybes.append(Maybe(item.file, draft.name, match.doubt, match.paths))
            return
        note = self.vault.facts.note(match.path) if match.path not in self.sides.claimed else None
        if note is None:
            yield from self._creation(item)
            return
        self.sides.claimed.add(note.path)
        own = note.fields.get("uid")
        uid = own if isinstance(own, str) and own else uid_of(draft)
        yield from self._settling(note.title, Whose(note.path, note.type, uid), item, is_joined=True)

    def _creation(self, item: Item) -> Iterator[Step]:
        """Yield how a card gets a note: its own one that lies in the trash, else a new one."""
        draft = item.draft
        assert draft is not None, "it was read, as it is new or has changed"
        uid = uid_of(draft)
        back = self._in_trash(uid)
        if back and back.uid != uid and (back.uid in self.sides.items or back.uid in self.sides.new_items):
            return  # That card says what becomes of the note; this one is for the next sync.
        kind = back.kind if back and back.kind in KINDS else draft.kind
        path = self.paths.free(
            types_of(self.vault.settings)[kind].folder,
            stems_of(back.path, draft.name) if back else (file_stem(draft.name),),
        )
        self.sides.claimed.add(path)
        self._index(kind).add(path, [draft.name], {**draft.fields, "uid": ""})
        if back:
            back = back._replace(text=with_own_name(back.text, back.path, path, draft.name))
            yield from self._settling(draft.name, Whose(path, kind, back.uid), item, back=back)
            return
        paths = (path, *_named(draft))
        yield Step(CREATE, draft.name, Whose(path, kind, uid), item._replace(draft=None), is_noted=True, paths=paths)

    def _in_trash(self, uid: str) -> Trashed | None:
        """Return the note in the trash that a card is of, unless the vault has one of that uid."""
        if self.trash is None:
            self.trash = notes_in_trash(self.vault.root)
        back = self.trash.get(uid)
        return None if back is None or back.uid in self.sides.notes or back.uid in self.sides.kept else back

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
        if uid in self.sides.items or uid in self.sides.kept or note.path in self.sides.claimed:
            return
        last, is_chosen = self.state.known.get(uid), self._is_chosen(note)
        whose = Whose(note.path, note.type, uid or self._free_uid(note.path))
        if last and not is_chosen and last.chosen:
            return  # It is not to be in the folder any more, and is not.
        try:
            is_as_known = last and (last.stamp == stamp_of(self.vault, note) or self._is_told(whose, last.bases.vault))
        except PrmvaultError as error:
            self.sides.kept.add(uid)
            self.sides.tell(note.path, str(error), error.hint)
            return
        if is_as_known and self.sides.is_any_cut:
            self.sides.kept.add(uid)  # The card that is not whole may be this one's, by another name.
        elif is_as_known:
            yield Step(TRASH, note.title, whose, is_noted=True, paths=(note.path,))
        elif last or (is_chosen and note.type == "person"):  # An edit goes before a removal.
            paths = () if uid else (note.path,)
            yield Step(ADD, note.title, whose, is_noted=not uid, is_carded=True, paths=paths)

    def _free_uid(self, path: str) -> str:
        """Return a uid for a note that has none, not that of a note which was at this path before."""
        taken = (self.sides.notes, self.sides.former, self.state.known, self.sides.items, self.sides.new_items)
        names = (f"{path}{f' {number}' if number > 1 else ''}" for number in count(1))
        return next(uid for name in names if not any((uid := uid_of_note(name)) in uids for uids in taken))

    def _is_told(self, whose: Whose, card: Card) -> bool:
        text = editable_text(whose.path, read_note(self.vault, whose.path))
        return is_same(told_by(self.vault.root, whose, text).card, card)

    def _is_gone(self, uid: str) -> bool:
        """Tell whether there is nothing to sync under a uid any more."""
        note = self.sides.notes.get(uid)
        is_left = note is not None and self.state.known[uid].chosen and not self._is_chosen(note)
        return uid not in self.sides.items and uid not in self.sides.kept and (note is None or is_left)

    def _forget(self, uid: str) -> Step:
        return Step(FORGET, uid, Whose("", "", uid))

    def _is_chosen(self, note: Note) -> bool:
        return self.wish.chosen is None or note.path in self.wish.chosen


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


def file_for(uid: str, taken: Collection[str]) -> str:
    """Return the name of a new card's file; `taken` are the collision keys of those that are there."""
    names = (file_name(uid + " " * number) for number in count())
    return next(name for name in names if collision_key(name) not in taken)
