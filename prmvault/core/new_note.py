"""The text of a note that an import makes: front matter and notes, in the form of the shipped templates."""

from __future__ import annotations

from collections.abc import Mapping

from prmvault.core.fences import split_note
from prmvault.core.frontmatter import parse_front_matter
from prmvault.core.model import Value
from prmvault.core.notes_section import section_text
from prmvault.core.problems import PrmvaultError
from prmvault.core.yaml_text import yaml_entry

_OWN = ("type", "uid", "created")
_EMPTY: tuple[Value, ...] = ("", [], {})


def new_note(kind: str, uid: str, stem: str, fields: Mapping[str, Value], notes: str, today: str, heading: str) -> str:
    """Return a note of a type with these `fields`; `stem` is its file's name, which stands for `name` if it is equal.

    Raises PrmvaultError where it would not be read as it is meant: too much text, for one.
    """
    told = {key: value for key, value in fields.items() if key not in _OWN and value not in _EMPTY}
    if told.get("name") == stem:
        del told["name"]
    values: dict[str, Value] = {"type": kind, "uid": uid, **told, "created": str(fields.get("created") or today)}
    lines = "".join([f"{yaml_entry(key, value)}\n" for key, value in values.items()])
    text = f"---\n{lines}---\n\n"
    front = parse_front_matter("", text, split_note(text))
    if not front.readable or front.values != values:
        why = front.problems[0].message if front.problems else "it would be read as something else"
        raise PrmvaultError(f"no note can be made of it: {why}", hint=front.problems[0].hint if front.problems else "")
    return text + (section_text(notes, heading) if notes.strip() else "")
