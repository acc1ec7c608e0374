"""New things: a vault, a note from its type's template, a journal day. Nothing that is there is ever overwritten."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from unicodedata import normalize
from uuid import uuid4

from prmvault.app.fields import front_values, with_days_in_english, with_fields
from prmvault.app.names import link_meanings
from prmvault.app.values import Assignment, parse_assignment
from prmvault.app.vault import Vault
from prmvault.core.fences import split_note
from prmvault.core.file_names import collision_key, portable_file_name
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.core.schema import Field, NoteType
from prmvault.render.environment import data_folder, has_template, render_template
from prmvault.render.language import language_of
from prmvault.vault.files import SETTINGS_FILE, create_file, find_root, inside
from prmvault.vault.refresh import reading_of, types_of

_SETTINGS = """\
# Settings of this vault; every key is optional. All of them are described in prmvault's docs/format.md.
# language: de                # of what you read: de or en
# languages: [de, en]         # of your texts, for searching
# cadence: {family: 2 weeks, friend: 2 months}
"""
_GITIGNORE = """\
# The digest is made from the notes, on each machine.
/digest/
.obsidian/workspace*
.trash/
.DS_Store
*~
.*.sw?
.*.prmvault.tmp
"""
_NO_FIELDS = "---\n---\n"
_FOLDERS = ("people", "journal", "templates", "attachments")


def init_vault(folder: str, *, example: bool) -> list[str]:
    """Make `folder` a vault; return what was made, for people.

    A folder that is a vault already is left as it is. Notes that are there stay: an Obsidian vault becomes one by
    a settings file. `example` fills a folder that holds no notes with the example vault.
    """
    root = os.path.abspath(os.path.expanduser(folder))
    if os.path.isfile(os.path.join(root, SETTINGS_FILE)):
        return []
    _refuse_place(root)
    made: list[str] = []
    if example and os.path.isdir(root) and any(not name.startswith(".") for name in os.listdir(root)):
        hint = "give the example a folder of its own"
        raise PrmvaultError(f"{folder} is not empty", exit_code=EXIT_USAGE, hint=hint)
    _make_private(root)
    if example:
        shutil.copytree(data_folder("example-vault"), root, dirs_exist_ok=True)
        made.append("the example vault")
    else:
        for name in _FOLDERS:
            os.makedirs(os.path.join(root, name), exist_ok=True)
    from prmvault.vault.git_setup import attributes_text

    texts = {".gitignore": _GITIGNORE, ".gitattributes": attributes_text("journal"), SETTINGS_FILE: _SETTINGS}
    for name, text in texts.items():
        try:
            create_file(root, name, text)
            made.append(name)
        except FileExistsError:
            continue
    from prmvault.vault.git import is_repository, make_repository

    if make_repository(root, _files_below(root) if example else tuple(texts)):
        made.append("git repository")
    if is_repository(root):
        from prmvault.vault.git_config import read_config
        from prmvault.vault.git_setup import set_up_clone

        set_up_clone(root, read_config(root))
    return made


def _refuse_place(root: str) -> None:
    """Refuse the places where a vault is a slip: inside of another one, the home folder, the top of the disk."""
    around = find_root(os.path.dirname(root))
    if around is not None:
        hint = "give the new vault a folder outside of it"
        raise PrmvaultError(f"{root} is inside of the vault {around}", exit_code=EXIT_USAGE, hint=hint)
    if root in (os.path.dirname(root), os.path.expanduser("~")):
        hint = "give the vault a folder of its own, such as prmvault init ~/vault"
        raise PrmvaultError(f"{root} holds much else", exit_code=EXIT_USAGE, hint=hint)


def _files_below(root: str) -> list[str]:
    """Return all files of a folder that this command has filled."""
    return [os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names]


def add_note(vault: Vault, note_type: str, name: str, values: Sequence[str], today: date) -> str:
    """Make a note of a type from its template; `values` are `key=value`, as for `set`. Return its path in the vault.

    What `set` would refuse is refused before anything is made.
    """
    types = types_of(vault.settings)
    chosen = types.get(note_type)
    if chosen is None or note_type == "journal":
        known = ", ".join(sorted(set(types) - {"journal"}))
        hint = "prmvault journal makes a day" if note_type == "journal" else f"known are {known}"
        raise PrmvaultError(f"there is no type {note_type!r} to add", exit_code=EXIT_USAGE, hint=hint)
    try:
        file_name = portable_file_name(name)
    except ValueError as error:
        raise PrmvaultError(str(error), exit_code=EXIT_USAGE) from None
    path = f"{chosen.folder}/{file_name}.md" if chosen.folder else f"{file_name}.md"
    _refuse_collision(vault.root, path)
    namesakes = link_meanings(vault.facts, name, of_type=note_type)
    assignments = with_days_in_english(vault, chosen.fields, [parse_assignment(each) for each in values])
    if any(each.path == ("type",) for each in assignments):
        hint = "prmvault add TYPE NAME tells it"
        raise PrmvaultError("the type of a new note is no key to set", exit_code=EXIT_USAGE, hint=hint)
    template = _template(vault, chosen, "note.md.j2")
    told = {
        "type": note_type,
        "name": " ".join(normalize("NFC", name).split()),
        "file_name": file_name,
        "uid": f"urn:uuid:{uuid4()}",
        "today": today.isoformat(),
    }
    text = _filled(vault, template, told, chosen.fields, assignments, today)
    created = _create(vault, path, text, template)
    for other in namesakes:
        vault.say(f"{other} has this name, too; a link that means one of them needs its path")
    return created


def journal_day(vault: Vault, day: date) -> tuple[str, bool]:
    """Return the path of a day's note, and whether it was made now."""
    known = vault.facts.path_of_day(day.isoformat())
    if known is not None:
        return known, False
    journal = types_of(vault.settings)["journal"]
    path = f"{journal.folder}/{day.strftime(vault.settings.journal_file)}"
    language = language_of(vault.settings.language)
    weekday = day.strftime("%A") if language.is_english else language.day(day, "EEEE")
    values = {"date": day.isoformat(), "weekday": weekday, "week": day.strftime("%G-W%V")}
    template = _template(vault, journal, "journal.md.j2")
    text = render_template(vault.root, template, values, language.code)
    try:
        return _create(vault, path, text, template), True
    except PrmvaultError:
        if os.path.exists(inside(vault.root, path)):
            return path, False
        raise


def chosen_editor() -> str:
    """Return the user's editor, $VISUAL or $EDITOR, with its arguments; raises PrmvaultError where none is set."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not chosen:
        raise PrmvaultError("no editor is set", exit_code=EXIT_USAGE, hint="export EDITOR=vim (or nano, or 'code -w')")
    return chosen


def edit(root: str, path: str) -> None:
    """Open a note in the user's editor; raises PrmvaultError where none is set or it fails."""
    import shlex

    chosen = chosen_editor()
    try:
        done = subprocess.run([*shlex.split(chosen), os.path.join(root, path)], check=False)  # noqa: S603 - the user's own editor
    except (OSError, ValueError) as error:
        raise PrmvaultError(f"the editor {chosen!r} can't be started: {error}", exit_code=EXIT_USAGE) from None
    if done.returncode:
        raise PrmvaultError(f"the editor {chosen!r} ended with {done.returncode}; the note is as it left it")


def _template(vault: Vault, note_type: NoteType, common: str) -> str:
    """Return the template of a type: the one that the settings name, else its own; `common` where that is missing."""
    name = note_type.template or f"{note_type.name}.md.j2"
    if has_template(vault.root, name):
        return name
    if note_type.template:
        vault.say(f"there is no template {name}; {common} is used")
    return common


def _create(vault: Vault, path: str, text: str, template: str) -> str:
    """Write a new note, after reading it as it would be read: a template's mistake makes no broken note."""
    from prmvault.core.note import parse_note

    note = parse_note(path, text, reading_of(vault.settings))
    if note.problems:
        problem = note.problems[0]
        message = f"the note would have a problem in line {problem.line}: {problem.message} [{problem.code}]"
        hint = problem.hint or f"look at the values given and at the template {template}"
        raise PrmvaultError(message, exit_code=EXIT_USAGE, hint=hint)
    try:
        create_file(vault.root, path, text)
    except FileExistsError:
        hint = "edit it, or choose another name"
        raise PrmvaultError(f"{path} is there already", exit_code=EXIT_USAGE, hint=hint) from None
    return path


def _refuse_collision(root: str, path: str) -> None:
    """Refuse a name that differs from another in the folder only by case or normal form."""
    folder, _, name = inside(root, path).rpartition("/")
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    for other in names:
        if collision_key(other) == collision_key(name):
            taken = f"{os.path.dirname(path)}/{other}".lstrip("/")
            hint = "edit it, or choose another name, such as one with a middle name"
            raise PrmvaultError(f"{taken} is there already", exit_code=EXIT_USAGE, hint=hint)


def _filled(
    vault: Vault,
    template: str,
    known: Mapping[str, str],
    fields: Mapping[str, Field],
    assignments: Sequence[Assignment],
    today: date,
) -> str:
    """Return the text of a new note: what the template does not tell itself stands in the place of its `fields`."""
    if not assignments:
        return render_template(vault.root, template, {**known, "fields": ""}, vault.settings.language)
    own = front_values(render_template(vault.root, template, {**known, "fields": ""}, vault.settings.language))
    new = [each for each in assignments if each.path[0] not in own]
    lines = with_fields(_NO_FIELDS, fields, new, today, own=own).removeprefix("---\n").removesuffix("---\n")
    text = render_template(vault.root, template, {**known, "fields": lines}, vault.settings.language)
    if not parse_front_matter("", text, split_note(text)).readable:
        return text  # The template's mistake is told when the note is read.
    there = front_values(text)
    # A template may have no place for the fields.
    rest = [each for each in assignments if each.path[0] in own or each.path[0] not in there]
    return with_fields(text, fields, rest, today)


def _make_private(root: str) -> None:
    """Make the folder readable by its user only; one that is there keeps its mode."""
    parent = os.path.dirname(root)
    os.makedirs(parent, exist_ok=True)
    if not os.path.isdir(root):
        os.mkdir(root, 0o700)
