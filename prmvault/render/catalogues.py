"""Catalogues of messages made anew from code and templates: `python -m prmvault.render.catalogues`, in a checkout.

It writes `locale/prmvault.pot`, brings each `.po` beside it up to date (what is new in it is empty and to be
translated), and compiles those without gaps to `.mo`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from prmvault.core.day_words import PHRASES, WORDS
from prmvault.core.relations import relation_names
from prmvault.render.environment import data_folder
from prmvault.render.language import BUILT_IN, DOMAIN, FOLDER

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

DAY_WORDS = "day words"

_PACKAGE = os.path.dirname(FOLDER)
_KEYWORDS: dict[str, Any] = {
    "message": None,
    "counted": (1, 2),
    "word": ((1, "c"), 2),
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
}
# A clock in the files would change them each time.
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
_NOTE = "Texts of prmvault. A word with a context may be several with | between them: the first is shown, all are read."


def template() -> Catalog:
    """Return the catalogue of all messages of the code and the templates, without translations."""
    from babel.messages.catalog import Catalog

    catalogue = Catalog(
        domain=DOMAIN,
        project=DOMAIN,
        creation_date=_MADE,
        revision_date=_MADE,
        charset="utf-8",
        msgid_bugs_address="",
        last_translator=DOMAIN,
        header_comment=f"# {_NOTE}",
        fuzzy=False,
    )
    for place, text, context in sorted(_extracted(), key=str):
        catalogue.add(text, locations=[(place, 0)], context=context or None)
    for _, _, name in relation_names():
        catalogue.add(name.source, locations=[("core/relations.py", 0)], context=name.context)
    for phrase in (*PHRASES, *WORDS):
        catalogue.add(phrase, locations=[("core/day_words.py", 0)], context=DAY_WORDS)
    return catalogue


def languages() -> list[str]:
    """Return the languages of the shipped catalogues."""
    return sorted(name for name in os.listdir(FOLDER) if os.path.isdir(os.path.join(FOLDER, name)))


def read(language: str) -> Catalog:
    """Return a shipped catalogue as its `.po` is."""
    from babel.messages.pofile import read_po

    with open(_path(language, "po"), "rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def updated(language: str) -> Catalog:
    """Return a shipped catalogue with just the messages that there are now."""
    catalogue, wanted = read(language), template()
    if language in BUILT_IN:
        for phrase in (*PHRASES, *WORDS):  # These days are read by core.phrases itself.
            wanted.delete(phrase, context=DAY_WORDS)
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.revision_date = _MADE
    return catalogue


def po_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as a `.po` or `.pot` file has it."""
    from io import BytesIO

    from babel.messages.pofile import write_po

    file = BytesIO()
    write_po(file, catalogue, width=100, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = file.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(b'"Generated-By:'))  # Babel's version is no news.


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as a `.mo` file has it."""
    from io import BytesIO

    from babel.messages.mofile import write_mo

    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def gaps(catalogue: Catalog) -> list[Message]:
    """Return the messages of a catalogue that are not translated, or not surely."""
    return [each for each in catalogue if each.id and (each.fuzzy or not each.string or not all(_strings(each)))]


def main() -> int:
    """Write the template and all shipped catalogues anew; tell what is still to be translated."""
    _write(os.path.join(FOLDER, f"{DOMAIN}.pot"), po_bytes(template()))
    missing = 0
    for language in languages():
        catalogue = updated(language)
        _write(_path(language, "po"), po_bytes(catalogue))
        _write(_path(language, "mo"), mo_bytes(catalogue))
        for each in gaps(catalogue):
            missing += 1
            sys.stdout.write(f"{language}: {each.context or ''} {each.id!r}\n")
    return 1 if missing else 0


def _extracted() -> Iterator[tuple[str, Any, str]]:
    """Return (file, text or texts, context) of each message, in the order of the files."""
    from babel.messages.extract import extract_from_dir

    options: dict[str, str] = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
    for folder, methods in (
        (_PACKAGE, [("**.py", "python")]),
        (data_folder("templates"), [("**.j2", "jinja2.ext:babel_extract")]),
    ):
        found = extract_from_dir(
            folder,
            method_map=methods,
            options_map={"**.j2": options},
            keywords=_KEYWORDS,
            comment_tags=(),
            directory_filter=lambda path: os.path.basename(path) not in ("_data", "__pycache__", "locale"),
        )
        for name, _line, text, _comments, context in found:
            yield name.replace(os.sep, "/"), text, context or ""


def _strings(each: Message) -> list[str]:
    return [each.string] if isinstance(each.string, str) else list(each.string or ())


def _path(language: str, ending: str) -> str:
    return os.path.join(FOLDER, language, "LC_MESSAGES", f"{DOMAIN}.{ending}")


def _write(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


if __name__ == "__main__":
    raise SystemExit(main())
