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
BEHIND = frozenset(
    (
        *("jr", "sr", "jun", "sen", "ii", "iii", "iv", "esq", "dr", "prof", "med", "dipl", "mag"),
        *("md", "phd", "msc", "bsc", "ma", "ba", "mba"),
        *("ltd", "inc", "llc", "plc", "co", "gmbh", "ag", "kg", "ohg", "eg", "ev"),
    )
)
"""Words that stand behind the comma of a name and are no given name, folded and without dots."""

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


def cut_name(name: str) -> dict[str, str]:
    """Return the parts of a name that nobody has taken apart: the family's is the last word, or what a comma follows.

    Of `Martin Luther King, Jr.` the last part is a suffix. What has no letter, as a phone number, is one part.
    """
    whole = " ".join(name.split())
    if not any(map(str.isalpha, whole)):
        return {"given": whole}
    before, _, after = whole.partition(",")
    before, after = before.strip(), after.strip()
    if before and after and "," not in after:
        if all(word.replace(".", "").casefold() in BEHIND for word in after.split()):
            return {**cut_name(before), "suffix": after}
        return {"family": before, "given": after}
    given, _, family = whole.rpartition(" ")
    return {"family": family, "given": given} if given else {"given": family}


def name_key(text: str) -> str:
    """Return the key of a whole name: folded, with runs of blanks as one."""
    return " ".join(fold(text).split())
