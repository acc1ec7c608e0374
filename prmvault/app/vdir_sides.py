"""What a sync with a folder of cards finds: notes and cards that can be synced, by uid, and what is wrong with others.

What can't be read just now, or is not clear, is left alone with its counterpart: it is never taken for a removal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from prmvault.app.edit import editable_text, read_note
from prmvault.app.vdir_folder import Item, etags, file_names, read_item, uid_of
from prmvault.core.frontmatter import known_front_matter
from prmvault.core.problems import PrmvaultError, Problem

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.app.vdir_state import State
    from prmvault.core.model import Note

KINDS = ("person", "organization")


class Sides:
    """The notes and cards as they are read, and which of them are taken already (`claimed`, paths of notes).

    `notes` and `items` are by uid, `former` tells whose a former uid is, `new_items` nobody knows; of the uids in
    `kept` nothing is changed, not even what is known of them.
    """

    def __init__(self, vault: Vault, folder: str, state: State) -> None:
        self.vault, self.folder, self.state = vault, folder, state
        self.problems: list[Problem] = []
        self.kept: set[str] = set()
        self.claimed: set[str] = set()
        self.notes: dict[str, Note] = {}
        self.without_uid: list[Note] = []
        self.former: dict[str, str] = {}
        self.items: dict[str, Item] = {}
        self.new_items: dict[str, Item] = {}
        self.cards = 0
        self.is_any_cut = False
        self._read_notes()
        self._read_folder()

    def tell(self, path: str, message: str, hint: str, line: int = 0) -> None:
        """Remember what is wrong with a note or a card."""
        self.problems.append(Problem(path, line, "not-synced", message, hint))

    def _read_notes(self) -> None:
        shared = {uid for uid, _ in self.vault.facts.shared_uids()}
        synced = {known.path: uid for uid, known in self.state.known.items()}
        for note in (note for kind in KINDS for note in self.vault.facts.notes(kind)):
            uid = note.fields.get("uid")
            if not note.readable:
                self.claimed.add(note.path)
                if note.path in synced:
                    self.kept.add(synced[note.path])
                    self.tell(note.path, "it can't be read, and is left alone", "prmvault check tells why")
            elif (not isinstance(uid, str) or not uid) and "uid" in note.lines and self._is_uid_odd(note.path):
                self.claimed.add(note.path)
                if note.path not in synced:  # Else its card is told with it.
                    hint = "write it on one line, or remove it: the note then gets one"
                    self.tell(note.path, "its uid is no text; it gets no card", hint, note.lines["uid"])
            elif not isinstance(uid, str) or not uid:
                self.without_uid.append(note)
            elif uid in shared:
                self.kept.add(uid)
                self.tell(note.path, "it shares its uid with another note, and is left alone", "prmvault check")
            else:
                self.notes[uid] = note
                self.former.update(dict.fromkeys(map(str, note.fields.get("former_uids", ())), uid))
        for uid, known in self.state.known.items():
            if uid not in self.notes and uid not in self.former and uid not in self.kept and self._is_there(known.path):
                self.kept.add(uid)
                self.claimed.add(known.path)
                hint = "give it its uid back, or add that to former_uids"
                self.tell(known.path, "it has another uid than its card, or none; both are left alone", hint)

    def _is_uid_odd(self, path: str) -> bool:
        """Tell whether a note that has no uid to go by has something in its place."""
        try:
            text = editable_text(path, read_note(self.vault, path))
        except PrmvaultError:
            return True
        return bool(known_front_matter(text).values.get("uid"))

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
                    self.tell(file, f"{item.problem}; it is left alone", "")
            else:
                self._take(_without_data(_with_uid(item)))
        for file in sorted((file_names(self.folder) & known.keys()) - files.keys()):
            self.kept.add(known[file][0])
            self.tell(
                file, "it is no regular file any more; it is left alone", "put the card in its place, or remove it"
            )

    def _take(self, item: Item) -> None:
        assert item.draft is not None, "it was read"
        uid = uid_of(item.draft)
        if uid in self.items:
            self.tell(item.file, f"it has the same UID as {self.items[uid].file}; it is left alone", "remove one")
        elif uid in self.notes or uid in self.state.known or uid in self.former:
            self.items[uid] = item
        elif uid in self.new_items:
            self.tell(item.file, f"it has the same UID as {self.new_items[uid].file}; it is left alone", "remove one")
        else:
            self.new_items[uid] = item


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
