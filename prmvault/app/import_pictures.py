"""The files that come with records, pictures above all: whether the vault has a place for them, and which are gone."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from prmvault.core.model import texts_in
from prmvault.core.problems import PrmvaultError, Problem
from prmvault.interop.drafts import ATTACHMENTS, Draft
from prmvault.interop.vcard_canonical import FILE_PARAM
from prmvault.vault.files import inside

if TYPE_CHECKING:
    from prmvault.core.model import Value


def is_outside(root: str) -> bool:
    """Tell whether `attachments/` is a link that leads out of the vault: nothing is written there."""
    try:
        inside(root, f"{ATTACHMENTS}x")
    except PrmvaultError:
        return True
    return False


def left_out(drafts: Sequence[Draft]) -> Iterator[Problem]:
    """Yield what is told where the files that come with records have no place."""
    names = {each.name for draft in drafts for each in draft.attachments}
    if names:
        source = next(draft.source for draft in drafts if draft.attachments)
        many = "1 picture or file is" if len(names) == 1 else f"{len(names)} pictures or files are"
        message = f"attachments/ is a link that leads out of the vault: {many} left out"
        hint = "make attachments a folder of the vault (put what is in the other one into it), and import again"
        yield Problem(source, 0, "not-imported", message, hint)


def without_files(fields: Mapping[str, Value]) -> dict[str, Value]:
    """Return a record's fields without what points to a file in `attachments/`."""
    kept = {key: value for key, value in fields.items() if key != "photo"}
    raw = kept.get("vcard")
    if isinstance(raw, list):
        kept["vcard"] = [line for line in raw if f";{FILE_PARAM}=" not in str(line)]
    return kept


def gone(root: str, values: Mapping[str, Any], draft: Draft) -> tuple[str, ...]:
    """Return the keys of a note that name a file of a record, where that file is gone from `attachments/`."""
    return tuple(
        dict.fromkeys(
            [
                each.key
                for each in draft.attachments
                if any(each.name in text for text in texts_in(values.get(each.key, "")))
                and not os.path.lexists(os.path.join(root, ATTACHMENTS + each.name))
            ]
        )
    )
