"""Tags that an import gives: those of the groups that somebody is in, and one for all whom the files name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from prmvault.core.problems import Problem
from prmvault.interop.drafts import Draft
from prmvault.interop.vcard_facts import tag_of

if TYPE_CHECKING:
    from prmvault.core.model import Value

_URN = "urn:uuid:"


def with_tags(
    drafts: Sequence[Draft], groups: Sequence[Draft], tag: str, member_of: Callable[[str], tuple[str, str]]
) -> tuple[list[Draft], list[Problem]]:
    """Return the records with the tags of the groups that name them, and with `tag`.

    Members who are not in the files, but known to `member_of` (uid without its scheme → name and uid, or nothing), get
    a record of their own; the number of all others is a problem of the group.
    """
    tags: dict[str, list[tuple[str, Draft]]] = {}
    for group in groups:
        name, members = tag_of(group.name), group.fields.get("members", [])
        for member in members if name and isinstance(members, list) else ():
            tags.setdefault(str(member).removeprefix(_URN), []).append((name, group))
    every = [tag_of(tag)] if tag_of(tag) else []
    found: list[Draft] = []
    for draft in drafts:
        uid = str(draft.fields.get("uid", "")).removeprefix(_URN)
        new = [*[name for name, _ in tags.pop(uid, [])], *every]
        found.append(_tagged(draft, new) if new else draft)
    unknown: dict[tuple[str, str, int], int] = {}
    for uid, named in tags.items():
        name, whole = member_of(uid)
        group = named[0][1]
        if whole:
            member_draft = Draft("person", name, {"name": name, "uid": whole}, source=group.source, line=group.line)
            found.append(_tagged(member_draft, [each for each, _ in named]))
            continue
        for each, its in named:
            unknown[each, its.source, its.line] = unknown.get((each, its.source, its.line), 0) + 1
    return found, [
        Problem(source, line, "unknown-member", _told(count, name), "import their cards, too")
        for (name, source, line), count in unknown.items()
    ]


def _told(count: int, name: str) -> str:
    who = "1 member" if count == 1 else f"{count} members"
    return f"{who} of the group {name} {'is' if count == 1 else 'are'} neither in the file nor in the vault"


def _tagged(draft: Draft, tags: Sequence[str]) -> Draft:
    own = draft.fields.get("tags", [])
    known: list[Value] = [*own] if isinstance(own, list) else [own]
    return draft._replace(fields={**draft.fields, "tags": [*known, *[tag for tag in tags if tag not in known]]})
