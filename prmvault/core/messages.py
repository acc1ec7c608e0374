"""Texts for people: each is English, and knows how it was made, so that it can be told in another language.

The English text is the key of the catalogues (gettext's msgid); `{name}` in it stands for a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

_PART = re.compile(r"\{([a-z_]{1,40})\}")


class Message(str):
    """An English text that can be told in other languages.

    `source` is its form with `{names}`, `many` the one for several (or empty), `number` how many decides between the
    two, and `parts` what stands for the names: texts, messages, numbers, days. `context` tells apart words that are
    the same in English only. One without a source is a list of its parts.
    """

    __slots__ = ("context", "many", "number", "parts", "source")

    source: str
    many: str
    number: int
    parts: Mapping[str, Any]
    context: str


class Amount(str):
    """An amount of money as its number and its currency (`12.50 EUR`), told with the signs of the language."""

    __slots__ = ()


def message(source: str, /, **parts: Any) -> Message:
    """Return the text `source` with its `{names}` filled in by `parts`; days in it are ISO.

    The first argument is a literal, so that the catalogues' tool finds it.
    """
    return _made(source, "", 1, parts)


def counted(one: str, many: str, /, count: int, **parts: Any) -> Message:
    """Return the text `one` for a count of 1, else `many`; `{count}` in them is the count. Both are literals."""
    return _made(one, many, count, {"count": count, **parts})


def word(context: str, text: str, /, *, shown: str = "") -> Message:
    """Return a word that is translated by what it is in (`channel`, `kind`), such as `call`; both are literals.

    `shown` is what stands for it in English, if this is another one: a word as somebody has typed it.
    """
    made = Message(shown or text)
    made.source, made.many, made.number, made.parts, made.context = text, "", 1, {}, context
    return made


def listed(between: str, texts: Iterable[str]) -> Message:
    """Return `texts` (plain ones and messages) in a row, with `between` between them; empty ones are left out."""
    kept = [text for text in texts if text]
    made = Message(between.join(kept))
    made.source, made.many, made.number, made.context = "", between, len(kept), ""
    made.parts = {str(number): text for number, text in enumerate(kept)}
    return made


def fill(text: str, parts: Mapping[str, Any], shown: Callable[[Any], str]) -> str:
    """Return `text` with each `{name}` replaced by its part as it is `shown`.

    Nothing but plain names is understood (a translation can't reach into values); an unknown one stays as it is.
    """
    return _PART.sub(lambda match: shown(parts[match[1]]) if match[1] in parts else match[0], text)


def _made(one: str, many: str, count: int, parts: Mapping[str, Any]) -> Message:
    made = Message(fill(many if many and count != 1 else one, parts, _in_english))
    made.source, made.many, made.number, made.parts, made.context = one, many, count, parts, ""
    return made


def _in_english(part: Any) -> str:
    return part.isoformat() if isinstance(part, date) else str(part)
