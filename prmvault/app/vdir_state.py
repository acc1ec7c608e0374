"""What the last sync with a folder of cards has left: kept in the user's state folder, for each vault and folder.

Without it nothing is ever removed: both sides are united.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from prmvault.core.problems import PrmvaultError
from prmvault.interop.card_sync import Bases, Card
from prmvault.vault.files import replace_file
from prmvault.vault.places import state_folder, vault_key

_FORM = 1
"""The number goes up with the form in which cards are kept."""

_CARDS = "cards-"
_MOST_DIGITS = 10


class Known(NamedTuple):
    """A card that was synced: its file and the hash of its bytes, its note and the stamp of that, and what both said.

    `chosen` tells that the query that chooses people found the person.
    """

    file: str
    etag: str
    path: str
    stamp: str
    bases: Bases
    chosen: bool = True


class State(NamedTuple):
    """All cards that were synced, by uid, and the query that chooses people (empty: all)."""

    known: Mapping[str, Known]
    only: str = ""
    is_new: bool = False


def read_state(root: str, folder: str) -> State:
    """Return what is known of the last sync; raises PrmvaultError where the file is there and can't be used."""
    path = state_file(root, folder)
    try:
        with open(path, encoding="utf-8") as file:
            told = json.load(file)
        _refuse_foreign(path, root, told)
        cards = {uid: _known(each) for uid, each in told[f"{_CARDS}{_FORM}"].items()}
        return State(cards, str(told["only"]))
    except FileNotFoundError:
        return State({}, is_new=True)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is damaged"
        hint = _remove(path)
        raise PrmvaultError(f"what was synced last can't be read: {reason}", hint=hint) from None


def _refuse_foreign(path: str, root: str, told: dict[str, Any]) -> None:
    """Refuse a state that a newer version has written, or that was copied from another vault."""
    forms = [key.removeprefix(_CARDS) for key in told if key.startswith(_CARDS)]
    if any(form.isdecimal() and len(form) < _MOST_DIGITS and int(form) > _FORM for form in forms):
        message = "what was synced last was written by a newer version; nothing was changed"
        raise PrmvaultError(message, hint=f"update prmvault; or {_remove(path)}")
    if os.path.realpath(str(told["vault"])) != os.path.realpath(root):
        message = f"what was synced last is of another vault, {told['vault']}; nothing was changed"
        raise PrmvaultError(message, hint=_remove(path))


def _remove(path: str) -> str:
    return f"remove {path}; the next sync then unites both sides and removes nothing"


def keep_state(root: str, folder: str, state: State) -> None:
    """Write the state, safe on disk before this returns; raises PrmvaultError where it can't."""
    cards = {uid: _plain(state.known[uid]) for uid in sorted(state.known)}
    told = {"vault": root, "folder": folder, "only": state.only, f"{_CARDS}{_FORM}": cards}
    kept_in = state_folder()
    try:
        os.makedirs(kept_in, mode=0o700, exist_ok=True)
        replace_file(kept_in, _name(root, folder), (json.dumps(told, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        hint = f"{kept_in} needs to be a folder that can be written, with some space left"
        raise PrmvaultError(f"what was synced can't be written down: {error.strerror or error}", hint=hint) from None


def state_file(root: str, folder: str) -> str:
    """Return the path of the file that holds the state."""
    return os.path.join(state_folder(), _name(root, folder))


def lock_name(root: str, folder: str) -> str:
    """Return the name of the lock of a sync of this vault with this folder."""
    return f"{_name(root, folder)}.lock"


def _name(root: str, folder: str) -> str:
    which = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:16]
    return f"vdir-{vault_key(root)}-{which}.json"


def _plain(known: Known) -> dict[str, Any]:
    ours, theirs = known.bases
    cards = {"vault": ours._asdict(), **({"folder": theirs._asdict()} if theirs != ours else {})}
    return {**known._asdict(), "bases": cards}


def _known(told: dict[str, Any]) -> Known:
    ours = _card(told["bases"]["vault"])
    theirs = _card(told["bases"]["folder"]) if "folder" in told["bases"] else ours
    file, etag, path, stamp = (str(told[key]) for key in ("file", "etag", "path", "stamp"))
    return Known(file, etag, path, stamp, Bases(ours, theirs), bool(told["chosen"]))


def _card(told: dict[str, Any]) -> Card:
    return Card(dict(told["fields"]), tuple([str(line) for line in told["raw"]]), str(told["notes"]))
