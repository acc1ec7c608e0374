"""Changes of several notes that belong together: planned as a whole, then shown, or made as one commit.

The order of the steps is the plan's: it is such that a process which is killed between two of them loses nothing and
leaves no link without its note, and the same command makes the rest when it is given again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from prmvault.app.edit import (
    Change,
    change_note,
    editable_text,
    editing,
    move_note,
    plan_change,
    read_note,
    remove_note,
)
from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter, parse_yaml_text
from prmvault.core.problems import EXIT_BUSY, PrmvaultError
from prmvault.vault.files import SETTINGS_FILE, swap_file

if TYPE_CHECKING:
    from prmvault.app.vault import Vault

_PATIENCE = 5
_MOST_LINES = 2000
"""More lines are not compared each with each."""


class Edit(NamedTuple):
    """The text at `path` becomes what `change` makes of it."""

    path: str
    change: Change


class Move(NamedTuple):
    """The file at `old` gets the path `new`."""

    old: str
    new: str


class Remove(NamedTuple):
    """The file at `path` goes, if its text still is `expected`."""

    path: str
    expected: str


class Left(NamedTuple):
    """A link that stays as it is, and why."""

    path: str
    line: int
    target: str
    why: str


class Plan(NamedTuple):
    """What a command is going to do: `message` names it in git; `left` and `remarks` are for the user."""

    message: str
    steps: tuple[Edit | Move | Remove, ...]
    left: tuple[Left, ...] = ()
    remarks: tuple[str, ...] = ()


class Changed(NamedTuple):
    """One line of a note before and after, one of them empty where it is new or goes.

    `line` is that of the note as it is; 0 is the file itself, with its paths (none: it goes).
    """

    path: str
    line: int
    old: str
    new: str


def preview(vault: Vault, plan: Plan) -> list[Changed]:
    """Return what carrying out the plan changes, without touching anything; raises what `carry_out` would raise."""
    origin: dict[str, str] = {}
    before: dict[str, str] = {}
    now: dict[str, str] = {}
    files: list[Changed] = []
    for step in plan.steps:
        if isinstance(step, Move):
            origin[step.new] = step.old
            files.append(Changed(step.old, 0, step.old, step.new))
            if step.old in now:
                now[step.new] = now.pop(step.old)
        elif isinstance(step, Remove):
            files.append(Changed(step.path, 0, step.path, ""))
        else:
            path = origin.get(step.path, step.path)
            if step.path not in now:
                before[path] = now[step.path] = text_of(vault, path)
            now[step.path] = step.change(now[step.path])
            _refuse_unreadable(step.path, now[step.path])
    changed = [*files]
    for path, text in now.items():
        old = origin.get(path, path)
        changed += _changed_lines(old, before[old], text)
    return changed


def carry_out(vault: Vault, plan: Plan) -> list[Changed]:
    """Make the plan's changes, as one commit where the vault is kept in git; return what has changed.

    Raises PrmvaultError before anything is touched where one of them can't be made, or git can't commit now.
    """
    from prmvault.vault.git import as_one_commit

    with editing(vault):
        changed = preview(vault, plan)
        if not changed:
            return []
        with as_one_commit(vault.root, plan.message, list(_paths(plan))):
            for step in plan.steps:
                _do(vault, step)
    return changed


def path_of(plan: Plan) -> str:
    """Return where the note that the plan is about is in the end."""
    moved = {step.old: step.new for step in plan.steps if isinstance(step, Move)}
    first = next(step.path for step in plan.steps if isinstance(step, Edit))
    return moved.get(first, first)


def reason_against(vault: Vault, path: str, change: Change) -> str:
    """Return why a note can't be changed so, or nothing where it can."""
    try:
        plan_change(vault, path, change)
    except PrmvaultError as error:
        return str(error)
    return ""


def text_of(vault: Vault, path: str) -> str:
    """Return the text of a note, or of the settings, as it is edited."""
    content = read_note(vault, path)
    return content.data.decode("utf-8") if path == SETTINGS_FILE else editable_text(path, content)


def retargeting(links: Mapping[str, str], names: Mapping[str, str]) -> Change:
    """Return the change that gives links other targets: `links` as they are written, `names` without brackets.

    Names without brackets are those of people in `related`.
    """
    from prmvault.core.edit import set_value
    from prmvault.core.join import people_in
    from prmvault.core.links import rewrite_links

    def change(text: str) -> str:
        text, _ = rewrite_links(text, links.get)
        if names:
            related = parse_front_matter("", text, split_note(text)).values.get("related", "")
            for stated in people_in(related):
                if stated.name in names:
                    text = set_value(text, ("related", *stated.path), names[stated.name])
        return text

    return change


def retargeting_settings(old: str, new: str) -> Change:
    """Return the change that makes the setting `me` name `new` instead of `old`; nothing else of the file changes."""
    from prmvault.core.edit import set_value
    from prmvault.core.links import rewrite_links

    def change(text: str) -> str:
        # Between fences the settings are a note's front matter, which can be edited byte for byte.
        bom = "\ufeff" if text.startswith("\ufeff") else ""
        ending = "" if text.endswith("\n") else "\n"
        note = f"---\n{text.removeprefix(bom)}{ending}---\n"
        me = parse_yaml_text(SETTINGS_FILE, text).values.get("me", "")
        for number, item in enumerate(me if isinstance(me, list) else [me]):
            if item == old:
                note = set_value(note, ("me", number) if isinstance(me, list) else ("me",), new)
        note, _ = rewrite_links(note, {old: new}.get)
        return bom + note.removeprefix("---\n").removesuffix(f"{ending}---\n")

    return change


def _do(vault: Vault, step: Edit | Move | Remove) -> None:
    if isinstance(step, Move):
        move_note(vault, step.old, step.new)
    elif isinstance(step, Remove):
        remove_note(vault, step.path, step.expected)
    elif step.path == SETTINGS_FILE:
        _change_settings(vault, step.change)
    else:
        change_note(vault, step.path, step.change)


def _change_settings(vault: Vault, change: Change) -> None:
    """Change `prmvault.yaml`, as `change_note` changes a note."""
    for _ in range(_PATIENCE):
        content = read_note(vault, SETTINGS_FILE)
        text = content.data.decode("utf-8")
        new = change(text)
        if new == text or swap_file(vault.root, SETTINGS_FILE, content, new.encode()):
            return
    raise PrmvaultError(f"{SETTINGS_FILE} changes all the time", exit_code=EXIT_BUSY, hint="try again in a moment")


def _refuse_unreadable(path: str, text: str) -> None:
    if path == SETTINGS_FILE:
        return
    front = parse_front_matter(path, text, split_note(text))
    if not front.readable:
        problem = front.problems[0]
        raise PrmvaultError(f"the change would leave a note that can't be read: {problem}", hint=problem.hint)


def _paths(plan: Plan) -> Iterable[str]:
    """Return all paths that the plan touches."""
    for step in plan.steps:
        yield from (step.old, step.new) if isinstance(step, Move) else (step.path,)


def _changed_lines(path: str, before: str, after: str) -> list[Changed]:
    """Return the lines that differ, those that only come or go as blank ones left out."""
    old, new = before.split("\n"), after.split("\n")
    same = min(len(old), len(new))
    first = next((at for at in range(same) if old[at] != new[at]), same)
    last = next((at for at in range(same - first) if old[-1 - at] != new[-1 - at]), same - first)
    old, new = old[first : len(old) - last], new[first : len(new) - last]
    # Links change within their lines; where lines came or went, what differs most is looked at as a whole.
    blocks: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    if len(old) != len(new) and max(len(old), len(new)) < _MOST_LINES:
        blocks = SequenceMatcher(None, old, new).get_opcodes()
    found = []
    for what, left, left_end, right, right_end in blocks:
        gone, come = old[left:left_end], new[right:right_end]
        line = first + left + 1
        if what == "equal":
            continue
        if len(gone) == len(come):
            pairs = enumerate(zip(gone, come, strict=True))
            found += [Changed(path, line + at, was, now) for at, (was, now) in pairs if was != now]
        else:
            found += [Changed(path, line + at, was, "") for at, was in enumerate(gone)]
            found += [Changed(path, line, "", now) for now in come]
    return [each for each in found if each.old.strip() or each.new.strip()]
