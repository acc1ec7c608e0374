"""How names are compared: by a key that follows Unicode (NFKD and case folding, UAX #15 and #21) and German habit.

ß is ss, and ä, ö, ü may be written ae, oe, ue.
"""

from __future__ import annotations

import re
import unicodedata

# Letters without a decomposition, and the marks that NFKD leaves beside their letters: accents, and the vowel
# signs of Hebrew and Arabic, which most people leave out. (A table starts ten times faster than a pattern.)
_MARKS = (
    (0x300, 0x36F),
    (0x591, 0x5BD),
    (0x64B, 0x652),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
_FOLDED: dict[int, str | None] = {
    **{mark: None for first, last in _MARKS for mark in range(first, last + 1)},
    **dict(zip(map(ord, "øæœłđðþı’"), ("o", "ae", "oe", "l", "d", "d", "th", "i", "'"), strict=True)),
}
_UMLAUT_DIGRAPH = re.compile(r"(?<![aeiouyq])([aou])e+")


def fold(text: str) -> str:
    """Return the key under which `text` is compared: `Müller`, `Mueller`, `MULLER` all give `muller`.

    Case and accents are gone, ß is ss, and ae/oe/ue are a/o/u except after a vowel or q (so `neue` and `Quelle`
    keep theirs). The key is for comparing only: never show it.
    """
    if text.isascii():
        folded = text.lower()
    else:
        # Case again at the end: the compatibility form of ℡ is TEL.
        folded = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_FOLDED)
    return _UMLAUT_DIGRAPH.sub(r"\1", folded) if "e" in folded else folded


def name_key(text: str) -> str:
    """Return the key of a whole name: folded, with runs of blanks as one."""
    return " ".join(fold(text).split())
