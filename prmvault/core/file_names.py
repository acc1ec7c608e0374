"""How names become file names: the union of what Windows, Android, macOS, git and Obsidian's links cannot take."""

from __future__ import annotations

import re
import unicodedata

_FORBIDDEN = re.compile(r'[\\/:*?"<>|#^\[\]%\x00-\x1f\x7f-\x9f]')
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_RESERVED_ON_WINDOWS = re.compile(r"(?i)(con|conin\$|conout\$|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)")
_MAX_BYTES = 200


def portable_file_name(name: str) -> str:
    """Return `name` as a file name (without ending) that every system and Obsidian's links can take.

    Raises ValueError if nothing is left of it.
    """
    text = _INVISIBLE.sub("", _FORBIDDEN.sub(" ", name))
    text = " ".join(unicodedata.normalize("NFC", text).split()).strip(" .-~")
    if _RESERVED_ON_WINDOWS.match(text):
        text = "_" + text
    text = text.encode()[:_MAX_BYTES].decode("utf-8", "ignore").rstrip(" .-~")
    if not text:
        raise ValueError(f"{name[:60]!r} has no character that a file name can hold")
    return text


def stem_of(path: str) -> str:
    """Return the bare name of a note: `people/Anna Müller.md` → `Anna Müller`."""
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def collision_key(file_name: str) -> str:
    """Return the key on which two file names of one folder collide on macOS or Windows."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", file_name).casefold())
