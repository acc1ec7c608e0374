"""A card as QR code (ISO/IEC 18004), for a phone's camera: only so much of it as is still easy to read."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from prmvault.core.model import Value
from prmvault.core.problems import EXIT_USAGE, PrmvaultError
from prmvault.interop.vcard_write import write_card

MOST_BYTES = 600
"""A code of more than about 90 dots a side is hard to read from a screen."""

_KEYS = ("name", "names", "phones", "emails", "org", "title", "birthday", "addresses", "urls")
"""What is told, in the order in which it counts; entries of lists one by one."""

_LISTS = ("phones", "emails", "addresses", "urls")
_NOT_NEEDED = ("UID:", "PRODID:", "REV:")


def write_qr(card: Any, ending: str) -> bytes:
    """Return a card as a picture, `.svg` or `.png`, or with no ending as signs for a terminal (UTF-8)."""
    import segno

    try:
        code = segno.make_qr(card_text(card.fields, card.kind), error="l", encoding="utf-8", eci=False)
    except ValueError:
        raise PrmvaultError("the name is too long for a QR code", hint="give the note a shorter name") from None
    if ending in (".svg", ".png"):
        picture = io.BytesIO()
        options: dict[str, Any] = {"xmldecl": False} if ending == ".svg" else {}
        code.save(picture, kind=ending[1:], scale=8, border=4, **options)
        return picture.getvalue()
    if ending:
        raise PrmvaultError(
            f"a QR code can't be written as {ending}", exit_code=EXIT_USAGE, hint="name it x.png or x.svg"
        )
    text = io.StringIO()
    code.terminal(out=text, border=4, compact=True)
    return text.getvalue().encode()


def card_text(fields: Mapping[str, Value], kind: str) -> str:
    """Return as much of a card as fits, the most useful first: a vCard 3.0, without what only machines need."""
    told: dict[str, Value] = {}
    text = _written({"name": fields.get("name", "")}, kind)
    for key, value in _pieces(fields):
        have = told.get(key)
        tried = {**told, key: [*have, value] if isinstance(have, list) else [value] if key in _LISTS else value}
        written = _written(tried, kind)
        if len(written.encode()) <= MOST_BYTES or not told:
            told, text = tried, written
    return text


def _pieces(fields: Mapping[str, Value]) -> list[tuple[str, Value]]:
    pieces: list[tuple[str, Value]] = []
    for key in _KEYS:
        value = fields.get(key, "")
        items = value if isinstance(value, list) and key in _LISTS else [value]
        pieces += [(key, item) for item in items if item]
    return pieces


def _written(fields: Mapping[str, Value], kind: str) -> str:
    lines = write_card(fields, kind=kind).split("\r\n")
    return "\r\n".join([line for line in lines if not line.upper().startswith(_NOT_NEEDED)])
