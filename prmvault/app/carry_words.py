"""Carrying what was written on the digest's page after a tick: to the journal's item that was made of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prmvault.core.digest_page import Edit
from prmvault.core.problems import PrmvaultError

if TYPE_CHECKING:
    from prmvault.app.digest_sources import Sources

_IN_THE_NOTE = "change it in the note itself and delete this line"


def reword(sources: Sources, edit: Edit) -> tuple[str, str]:
    """Give the journal's item the new words of a contact's line below Done; return its place, and the item.

    The place is empty where it has them already. Raises PrmvaultError where the item no longer is what was carried.
    """
    from prmvault.app.edit import change_note
    from prmvault.app.tell import Ticked, ticked_item
    from prmvault.core.digest_told import below_mark, below_told, items_told
    from prmvault.core.told_item import item_lines, reworded_item

    page, name = sources.page, edit.id
    paths = sources.told.get(name, ())
    if not paths:
        message = "the journal has no line with this id any more"
        raise PrmvaultError(message, hint="write it there, then delete the line")
    if sources.closed(name) > 1:
        raise PrmvaultError("another line below Done has this id", hint=f"{_IN_THE_NOTE}: {paths[0]}")
    people = sources.people_of(edit)
    if not people:
        message = "the person that this line is about is not found any more"
        raise PrmvaultError(message, hint=f"{_IN_THE_NOTE}: {paths[0]}")
    item = ticked_item(sources.vault, edit.text, Ticked(people, name, ()))
    carried = below_told(page, name)
    below = [each for each in edit.below if below_mark(each) not in carried]
    gone = carried - {below_mark(each) for each in edit.below}
    line = 0

    def change(text: str) -> str:
        nonlocal line
        found = item_lines(text, name)
        line = next(iter(found), 0)
        if len(found) != 1 or len(paths) > 1:
            raise PrmvaultError("the journal does not have one line with this id", hint=f"{_IN_THE_NOTE}: {paths[0]}")
        try:
            return reworded_item(text, line, item, items_told(page, name), below, gone)
        except PrmvaultError as error:
            raise PrmvaultError(str(error), hint=f"{_IN_THE_NOTE}: {paths[0]}:{line}") from None

    planned = change_note(sources.vault, paths[0], change)
    return f"{paths[0]}:{line}" if planned.after != planned.before else "", item


def is_carried(sources: Sources, edit: Edit) -> bool:
    """Tell whether what a ticked line is about is closed in its note, so that the line only remembers it."""
    from prmvault.core.debts import is_settled
    from prmvault.core.turns import is_done

    kind, name = edit.id[0], edit.id
    if kind == "t":
        return all(task.status != "open" for _, task in sources.tasks.get(name, ()))
    if kind == "c":
        return name in sources.told
    if kind == "r":
        return all(is_done(turn.entry, turn.day) for turn in sources.turns.get(name, ()))
    if kind == "g":
        status, gifts = sources.gifts.get(name, ("", []))
        return any(each.item >= 0 for each in gifts) and all(each.status != status for each in gifts)
    return all(is_settled(entry) for _, entry in sources.debts.get(name, ()))
