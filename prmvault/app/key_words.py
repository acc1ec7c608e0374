"""Words for the keys of notes: in the singular or plural, in short or in German, each with the key that it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prmvault.core.names import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

# Folded words for the keys of a person.
_KEYS = {
    "last_contact": "last letzter kontakt",
    "next_contact": "next",
    "phones": "phone tel telephone telefon telefonnummer nummer handy handynummer mobil mobile cell",
    "emails": "email e-mail mail",
    "addresses": "address home adresse anschrift",
    "urls": "url web website webseite",
    "wishes": "wish wunsche wunsch",
    "gifts": "geschenke geschenk",
    "net_debts": "debt owes schulden",
    "aliases": "alias nickname nicknames spitzname",
    "org": "employer company work firma arbeitgeber",
    "related": "relations family familie",
    "birthday": "bday born geburtstag",
    "age": "alter",
    "tasks": "todo todos aufgaben",
    "dates": "daten",
    "household": "haushalt",
    "cadence": "rhythmus",
    "reminders": "erinnerung erinnerungen",
    "languages": "sprache sprachen",
    "pets": "haustier haustiere",
    "deceased": "died gestorben verstorben todestag",
    "photo": "foto",
}
SHORT = {word: key for key, words in _KEYS.items() for word in words.split()}
"""The folded words, with the keys that they mean."""


def key_in(known: Iterable[str], part: str) -> str:
    """Return the one of the keys that `part` means, in the singular or plural, in short or in German, or nothing."""
    by_fold: dict[str, str] = {}
    for key in known:
        by_fold.setdefault(plain_key(key), key)
    word = plain_key(part)
    short = SHORT.get(fold(part), "")
    # What is told as a net sum is written as debts.
    forms = [word, plain_key(short), plain_key(short.removeprefix("net_")), word + "s", word + "es"]
    forms += [word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("y") + "ies"]
    return next((by_fold[form] for form in forms if form in by_fold), "")


def plain_key(key: str) -> str:
    """Return a key as it is compared: `t_shirt`, `t-shirt` and `T shirt` are the same."""
    return " ".join(fold(key).replace("_", " ").replace("-", " ").split())
