"""Words with which other programs label an entry, in English and German, and the vault's own words for the same."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NO_LABELS = ("myContacts", "My Contacts")
"""Google's group that everybody is in."""

_LONGEST = 60

_SAME = {
    "home": ("home", "privat"),
    "work": ("work", "arbeit", "geschäftlich"),
    "mobile": ("mobile", "mobil", "handy", "mobiltelefon", "mobile phone"),
    "main": ("main", "hauptnummer", "haupttelefon", "haupt"),
    "other": ("other", "sonstige", "sonstiges", "weitere", "andere"),
    "fax": ("fax",),
    "home fax": ("home fax", "fax privat", "privates fax"),
    "work fax": ("work fax", "fax geschäftlich", "fax arbeit", "geschäftliches fax"),
    "other fax": ("other fax", "fax sonstige", "weiteres fax"),
    "work mobile": ("work mobile", "mobil geschäftlich", "mobil arbeit"),
    "pager": ("pager", "funkruf"),
    "school": ("school", "schule"),
    "homepage": ("homepage", "home page", "startseite"),
    "profile": ("profile", "profil"),
    "blog": ("blog",),
    "anniversary": ("anniversary", "jahrestag"),
}
_WORDS: Mapping[str, str] = MappingProxyType({word: ours for ours, words in _SAME.items() for word in words})


def own_label(word: str) -> str:
    """Return the vault's word for a label that other programs write (`Mobil`, `Fax (privat)`); any other as it is."""
    if len(word) > _LONGEST:
        return word
    return _WORDS.get(" ".join(word.replace("(", " ").replace(")", " ").split()).casefold(), word)
