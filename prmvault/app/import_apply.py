"""Doing what an import has planned: pictures first, then each note as a whole, all of it as one commit.

Whenever the process is killed, each note is there or not; the next import finds those that are, and makes the rest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from prmvault.app.edit import change_note, editing
from prmvault.core.problems import PrmvaultError, Problem
from prmvault.interop.drafts import ATTACHMENTS, Attachment, Draft
from prmvault.vault.files import create_file, inside

if TYPE_CHECKING:
    from prmvault.app.import_plan import Conflict, Plan, Planner, Step
    from prmvault.app.vault import Vault

MANY = 200
"""From this many records on progress is shown."""

Progress = Callable[[int, int], None]
Reread = Callable[[], Iterable[Draft | Problem]]
"""Reads the files once more, for the data of what is to be written to `attachments/`."""


class Report(NamedTuple):
    """How an import ended (or would end), each list in the order of the file."""

    created: tuple[dict[str, Any], ...]
    updated: tuple[dict[str, Any], ...]
    skipped: tuple[dict[str, Any], ...]
    conflicts: tuple[dict[str, Any], ...]
    problems: tuple[dict[str, Any], ...]


def apply_plan(vault: Vault, planner: Planner, plan: Plan, reread: Reread, progress: Progress) -> Plan:
    """Make the notes and changes of a plan; return the plan as it came out, with what could not be done as problems.

    In a git vault it is one commit. Raises PrmvaultError where git can't take it now, or the disk is full.
    """
    from prmvault.vault.git import as_one_commit

    steps = [step for step in plan.steps if step.action != "skip"]
    if not steps:
        return plan
    done: set[str] = set()
    failed: list[Problem] = []
    wanted = _attachments(steps)
    count = sum(step.action == "create" for step in steps)
    message = f"import: {count} new, {len(steps) - count} changed"
    try:
        with (
            editing(vault),
            as_one_commit(vault.root, message, [*[ATTACHMENTS + name for name in wanted], *[s.path for s in steps]]),
        ):
            failed += _write_attachments(vault, wanted, reread)
            for number, step in enumerate(steps):
                try:
                    _do(vault, planner, step)
                    done.add(step.path)
                except PrmvaultError as error:
                    first = step.drafts[0]
                    failed.append(Problem(first.source, first.line, "not-imported", str(error), error.hint))
                progress(number + 1, len(steps))
    except OSError as error:
        told = f"{len(done)} of {len(steps)} notes are written, then: {error.strerror or error}"
        raise PrmvaultError(told, hint="the same import again makes the rest") from None
    kept = [step for step in plan.steps if step.action == "skip" or step.path in done]
    return plan._replace(steps=tuple(kept), problems=(*plan.problems, *failed))


def report_of(plan: Plan) -> Report:
    """Return a plan as lists for people and programs; what is the vault's own entry belongs to no note."""
    lists: dict[str, list[dict[str, Any]]] = {"create": [], "update": [], "skip": []}
    for step in plan.steps:
        for number, draft in enumerate(step.drafts):
            keys = step.keys[number]
            is_new = step.action == "create" and number == 0
            action = "create" if is_new else "update" if keys else "skip"
            entry = {"path": step.path, **_origin(draft)}
            lists[action].append({**entry, "keys": [*keys]} if action == "update" else entry)
    lists["skip"] += [{"path": None, **_origin(draft)} for draft in plan.own]
    for found in lists.values():
        found.sort(key=lambda entry: (entry["source"], entry["line"]))
    return Report(
        tuple(lists["create"]),
        tuple(lists["update"]),
        tuple(lists["skip"]),
        tuple([_conflict(each) for each in sorted(plan.conflicts, key=_place)]),
        tuple([_problem(each) for each in plan.problems]),
    )


def _place(each: Conflict) -> tuple[str, int]:
    return each.draft.source, each.draft.line


def _origin(draft: Draft) -> dict[str, Any]:
    return {"source": draft.source, "line": draft.line, "name": draft.name}


def _conflict(each: Conflict) -> dict[str, Any]:
    told = {"key": each.key, "vault": each.ours, "file": each.theirs, "message": each.why, "hint": each.hint}
    return {"path": each.path, **_origin(each.draft), **told}


def _problem(each: Problem) -> dict[str, Any]:
    told = {"code": each.code, "message": each.message, "hint": each.hint}
    return {"path": None, "source": each.path, "line": each.line, **told}


def _do(vault: Vault, planner: Planner, step: Step) -> None:
    if step.action == "create":
        try:
            _create(vault, step.path, step.text)
        except FileExistsError:
            raise PrmvaultError(f"{step.path} is there by now", hint="import it again") from None
        vault.written.append(step.path)
        return

    def change(text: str) -> str:
        for draft, by in zip(step.drafts, step.by, strict=True):
            text = planner.change(step.path, draft, by)(text)
        return text

    change_note(vault, step.path, change)


def _attachments(steps: Iterable[Step]) -> dict[str, None]:
    """Return the names of the attachments that what is written points to."""
    names: dict[str, None] = {}
    for step in steps:
        for draft, keys in zip(step.drafts, step.keys, strict=True):
            for each in draft.attachments:
                if each.key in keys:
                    names[each.name] = None
    return names


def _write_attachments(vault: Vault, wanted: dict[str, None], reread: Reread) -> Iterable[Problem]:
    """Write the files that notes are going to point to; one that is there is left alone."""
    left = {name for name in wanted if not os.path.lexists(inside(vault.root, ATTACHMENTS + name))}
    if not left:
        return
    for part in reread():
        for each in part.attachments if isinstance(part, Draft) else ():
            if each.name in left:
                left.discard(each.name)
                yield from _write_attachment(vault, each)
        if not left:
            return


def _write_attachment(vault: Vault, each: Attachment) -> Iterable[Problem]:
    try:
        _create(vault, ATTACHMENTS + each.name, each.data)
    except FileExistsError:
        return
    except PrmvaultError as error:
        yield Problem(each.name, 0, "not-imported", str(error), error.hint)


def _create(vault: Vault, path: str, text: str | bytes) -> None:
    """Create a file and its folders; raises FileExistsError where it is there, PrmvaultError where these can't be."""
    try:
        create_file(vault.root, path, text)
    except (FileExistsError, NotADirectoryError):
        if os.path.lexists(os.path.join(vault.root, path)):
            raise
        folder = os.path.dirname(path)
        told = f"{folder}/ can't be made, as a file has its name"
        raise PrmvaultError(told, hint=f"give the file {folder} another name, and import again") from None
