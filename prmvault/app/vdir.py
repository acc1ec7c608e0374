"""Two-way sync of the people with a folder of cards (a vdir), which vdirsyncer and the like bring to phones.

The steps are such that a sync which is killed between any two of them loses nothing, and the next one makes the rest:
first the note, then the card, and what was synced is written down at the end.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from errno import EACCES
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.edit import change_note, editable_text, editing, move_note, read_note
from prmvault.app.import_match import Settled as Names
from prmvault.app.vdir_cards import Settled, Told, Whose, heading_of, settled, stamp_of_text, told_by
from prmvault.app.vdir_folder import file_names, read_item, remove_item, uid_of, write_item
from prmvault.app.vdir_plan import (
    ABSORB,
    ADD,
    CREATE,
    FORGET,
    REMOVE,
    RETURN,
    SETTLE,
    TRASH,
    Maybe,
    Planned,
    Step,
    Wish,
    file_for,
    most_removed,
    plan_vdir,
)
from prmvault.app.vdir_state import Known, State, keep_state, lock_name, read_state, state_file
from prmvault.app.vdir_trash import trash_path, with_own_name
from prmvault.core.edit import append_value, set_value
from prmvault.core.file_names import collision_key, stem_of
from prmvault.core.join import FORMER_UIDS
from prmvault.core.new_note import new_note
from prmvault.core.problems import EXIT_USAGE, PrmvaultError, Problem
from prmvault.interop.card_edit import front_of
from prmvault.interop.card_sync import Bases
from prmvault.interop.drafts import ATTACHMENTS, Attachment, Draft
from prmvault.vault.files import create_file
from prmvault.vault.locks import held
from prmvault.vault.places import state_folder

if TYPE_CHECKING:
    from prmvault.app.vault import Vault
    from prmvault.vault.facts import Progress

_MANY = 200
_LOCK_TIMEOUT_S = 30


class Wanted(NamedTuple):
    """What the user has asked for: a query that chooses people (None: the one of the last time), and answers.

    `force` lets a sync remove the larger part of a side.
    """

    only: str | None = None
    names: Names = Names()
    force: bool = False
    dry_run: bool = False


class VdirSynced(NamedTuple):
    """What a sync has done, or would do: its steps, the cards that it has held back, and what went wrong.

    `cards` are the files that were there before.
    """

    folder: str
    only: str
    steps: tuple[Step, ...]
    maybes: tuple[Maybe, ...]
    problems: tuple[Problem, ...]
    cards: int


def sync_vdir(
    vault: Vault,
    folder: str,
    wanted: Wanted,
    today: str,
    progress: Callable[[str, int], Progress] | None = None,
) -> VdirSynced:
    """Sync the vault's people with the cards in `folder`, both ways.

    Raises PrmvaultError before anything is touched where the folder can't be read, where it is in the vault, where a
    part of a side would be removed that is too large, and where another sync is at work.
    """
    folder = os.path.abspath(os.path.expanduser(folder))
    _refuse_place(vault, folder)
    busy = "another prmvault is syncing with this folder"
    with held(state_folder(), lock_name(vault.root, folder), busy, timeout_s=_LOCK_TIMEOUT_S):
        state = read_state(vault.root, folder)
        only = state.only if wanted.only is None else wanted.only.strip()
        _refuse_missing(vault.root, folder, state)
        wanted.names.check(vault)
        wish = Wish(_chosen(vault, only), wanted.names)
        planned = plan_vdir(vault, folder, state, wish)
        too_much = most_removed(planned.steps, state.known)
        if too_much and not wanted.force and not wanted.dry_run:
            hint = "look with --dry-run; if it is right so, --force does it"
            raise PrmvaultError(f"{too_much}; nothing was changed", hint=hint)
        if too_much and wanted.dry_run:
            vault.say(f"{too_much}: that needs --force")
        done = planned.steps
        problems = list(planned.problems)
        if not wanted.dry_run:
            done, failed = _carried_out(_Sync(vault, folder, state, wish, today), planned, only, progress)
            problems += failed
    changing = tuple([step for step in done if step.is_noted or step.is_carded])
    return VdirSynced(folder, only, changing, planned.maybes, tuple(problems), planned.cards)


def _refuse_place(vault: Vault, folder: str) -> None:
    real, root = os.path.realpath(folder), os.path.realpath(vault.root)
    if real == root or real.startswith(root + os.sep) or root.startswith(real + os.sep):
        hint = "give the cards a folder of their own, such as ~/.contacts/people"
        raise PrmvaultError(f"{folder} and the vault lie in one another", exit_code=EXIT_USAGE, hint=hint)


def _refuse_missing(root: str, folder: str, state: State) -> None:
    if os.path.isdir(folder):
        return
    if state.known:
        hint = f"bring it back; to fill a new one with all cards, remove {state_file(root, folder)} first"
        raise PrmvaultError(f"{folder} is gone, and was synced before; nothing was changed", hint=hint)
    raise PrmvaultError(f"there is no folder {folder}", exit_code=EXIT_USAGE, hint=f"mkdir -p {quote(folder)}")


def _chosen(vault: Vault, only: str) -> set[str] | None:
    if not only:
        return None
    from prmvault.app.search import search

    return {found.hit.path for found in search(vault, only, most=None, note_type="person").found}


def _carried_out(
    sync: _Sync, planned: Planned, only: str, progress: Callable[[str, int], Progress] | None
) -> tuple[tuple[Step, ...], list[Problem]]:
    """Do all steps, those on notes as one commit in a git vault; return those that were done, and what went wrong."""
    from prmvault.vault.git import as_one_commit

    done: list[Step] = []
    problems: list[Problem] = []
    steps = planned.steps
    report = progress("syncing cards", len(steps)) if progress and len(steps) >= _MANY else None
    paths = list(dict.fromkeys([path for step in steps for path in step.paths]))
    try:
        with editing(sync.vault):
            if paths:
                with as_one_commit(sync.vault.root, f"vdir {os.path.basename(sync.folder)}", paths):
                    _do_all(sync, steps, done, problems, report)
            else:
                _do_all(sync, steps, done, problems, report)
    finally:
        keep_state(sync.vault.root, sync.folder, State(sync.known, only))
    return tuple(done), problems


def _do_all(
    sync: _Sync, steps: Iterable[Step], done: list[Step], problems: list[Problem], report: Progress | None
) -> None:
    todo = list(steps)
    for number, step in enumerate(todo, 1):
        try:
            sync.do(step)
            done.append(step)
        except PrmvaultError as error:
            path = step.whose.path or (step.item.file if step.item else "")
            problems.append(Problem(path, 0, "not-synced", str(error), error.hint))
        except OSError as error:
            path = step.item.file if step.item and not step.is_noted else step.whose.path
            told = f"a write has failed: {error.strerror or error}"
            problems.append(Problem(path, 0, "not-synced", told, "put that right, then sync again"))
            if error.errno != EACCES:
                break  # The disk is full, or can't be written: so it would be for all the others.
        if report:
            report(number, len(todo))


class _Sync:
    """A sync that is under way: what is known of each card by now."""

    def __init__(self, vault: Vault, folder: str, state: State, wish: Wish, today: str) -> None:
        self.vault, self.folder, self.wish, self.today = vault, folder, wish, today
        self.known = dict(state.known)
        self.files = {collision_key(name) for name in file_names(folder)}
        self._ways: dict[str, Callable[[Step], None]] = {
            SETTLE: self._settle,
            CREATE: self._create,
            ADD: self._add,
            TRASH: self._to_trash,
            RETURN: self._return,
            REMOVE: self._remove,
            ABSORB: self._absorb,
            FORGET: self._forget,
        }

    def do(self, step: Step) -> None:
        """Do one step."""
        self._ways[step.do](step)

    def _settle(self, step: Step) -> None:
        """Bring a note and its card together: first the pictures, then the note, then the card."""
        assert step.item is not None, "it has a card"
        whose, file = step.whose, step.item.file
        draft, etag = self._draft(file, step.item.etag)
        last = self.known.get(whose.uid)
        found: list[Settled] = []
        card_uid = uid_of(draft)

        def change(text: str) -> str:
            if step.source:
                text = with_own_name(text, step.source, whose.path, draft.name)
            one = settled(self.vault, whose, text, draft, last.bases if last else None)
            found[:] = [one]
            self._attach(one.attachments)
            return _with_uid(one.text, whose.uid, card_uid)

        planned = change_note(self.vault, whose.path, change)
        one = found[0]
        if one.card:
            etag = write_item(self.folder, file, etag, one.card)
        self._keep(whose, file, etag, planned.after, one.bases)
        if card_uid != whose.uid:
            self.known.pop(card_uid, None)

    def _create(self, step: Step) -> None:
        """Make the note of a card that nobody knew, then go on as if it had been there."""
        assert step.item is not None, "it has a card"
        draft, _ = self._draft(step.item.file, step.item.etag)
        path, uid = step.whose.path, step.whose.uid
        self._attach(draft.attachments)
        heading = heading_of(self.vault)
        text = new_note(step.whose.kind, uid, stem_of(path), draft.fields, draft.notes, self.today, heading)
        try:
            create_file(self.vault.root, path, text)
        except FileExistsError:
            raise PrmvaultError(f"{path} is there by now", hint="sync again") from None
        self.vault.written.append(path)
        self.known.pop(uid, None)
        self._settle(step)

    def _add(self, step: Step) -> None:
        """Write the card of a note that has none."""
        whose = step.whose
        planned = change_note(self.vault, whose.path, lambda text: _with_uid(text, whose.uid, ""))
        told = self._told(whose, planned.after)
        file = file_for(whose.uid, self.files)
        self.files.add(collision_key(file))
        etag = write_item(self.folder, file, "", told.text)
        self._keep(whose, file, etag, planned.after, Bases(told.card, told.card))

    def _to_trash(self, step: Step) -> None:
        last = self.known.get(step.whose.uid)
        if last and collision_key(last.file) in map(collision_key, file_names(self.folder)):
            raise PrmvaultError(f"{last.file} is back; it is synced the next time", hint="sync again")
        move_note(self.vault, step.whose.path, trash_path(self.vault.root, step.whose.path))
        self.known.pop(step.whose.uid, None)

    def _return(self, step: Step) -> None:
        """Bring a note back from the trash, then go on as if it had been there."""
        try:
            move_note(self.vault, step.source, step.whose.path)
        except PrmvaultError:
            raise PrmvaultError(f"{step.whose.path} is there by now", hint="sync again") from None
        self._settle(step)

    def _remove(self, step: Step) -> None:
        assert step.item is not None, "it has a card"
        remove_item(self.folder, step.item.file, step.item.etag)
        self.known.pop(step.whose.uid, None)

    def _absorb(self, step: Step) -> None:
        """Put what a card says that is new into the note that its person was joined with; then the card goes."""
        assert step.item is not None, "it has a card"
        draft, etag = self._draft(step.item.file, step.item.etag)
        if step.is_noted:
            own = front_of(self._text(step.whose.path)).get("uid", "")
            whose = step.whose._replace(uid=str(own))
            last = self.known.get(whose.uid) if whose.uid == step.whose.uid else None
            bases = last.bases if last else None
            self._attach(draft.attachments)
            change_note(self.vault, whose.path, lambda text: settled(self.vault, whose, text, draft, bases).text)
        remove_item(self.folder, step.item.file, etag)
        self.known.pop(step.whose.uid, None)

    def _forget(self, step: Step) -> None:
        self.known.pop(step.whose.uid, None)

    def _draft(self, file: str, etag: str) -> tuple[Draft, str]:
        """Read a card again; raises PrmvaultError where it is not the one that was planned with."""
        item = read_item(self.folder, file)
        if item.draft is None or item.etag != etag:
            raise PrmvaultError(f"{file} was changed meanwhile; it is synced the next time", hint="sync again")
        return item.draft, item.etag

    def _text(self, path: str) -> str:
        return editable_text(path, read_note(self.vault, path))

    def _told(self, whose: Whose, text: str) -> Told:
        return told_by(self.vault.root, whose, text)

    def _attach(self, attachments: Iterable[Attachment]) -> None:
        """Write pictures and the like; their names tell what they hold, so what is there is the same."""
        for each in attachments:
            try:
                create_file(self.vault.root, ATTACHMENTS + each.name, each.data)
            except FileExistsError:
                continue

    def _keep(self, whose: Whose, file: str, etag: str, text: str, bases: Bases) -> None:
        chosen = self.wish.chosen
        is_chosen = chosen is None or whose.path in chosen
        self.known[whose.uid] = Known(file, etag, whose.path, stamp_of_text(self.vault, text), bases, is_chosen)


def _with_uid(text: str, uid: str, card_uid: str) -> str:
    """Return a note's text with its uid, and with that of a card of its that had another one."""
    values = front_of(text)
    if not values.get("uid"):
        text = set_value(text, ("uid",), uid)
    former = values.get(FORMER_UIDS, [])
    if card_uid not in ("", uid) and card_uid not in (former if isinstance(former, list) else [former]):
        text = append_value(text, (FORMER_UIDS,), card_uid)
    return text
