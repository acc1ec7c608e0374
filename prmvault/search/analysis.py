"""Words as the index knows them: folded, in order; and their stems, by which a query finds other forms.

Words are stemmed when a question is asked, not when a note is indexed: a stemmed field would double the index, and
the few words that begin like the one asked for are stemmed in less than a millisecond.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from prmvault.core.names import fold

_WORD = re.compile(r"[^\W_]+")
_STEMMERS = {"de": ("german_stemmer", "GermanStemmer"), "en": ("english_stemmer", "EnglishStemmer")}
_MIN_STEM = 3

EXACT = "="
"""Begins the term of a word as it is spelled, for words that folding changes."""


def words(text: str) -> list[str]:
    """Return the folded words of `text` in their order."""
    return _WORD.findall(fold(text))


def special_words(text: str) -> set[str]:
    """Return the terms for the exact spelling of words with letters beyond ASCII: `Schön` → `=schön`."""
    if text.isascii():
        return set()
    composed = unicodedata.normalize("NFC", text).lower()
    return {EXACT + word for word in _WORD.findall(composed) if not word.isascii()}


def word_spans(line: str) -> Iterator[tuple[str, int, int]]:
    """Return each word of `line` (in NFC) folded, with the places where it begins and ends."""
    for match in _WORD.finditer(line):
        yield fold(match[0]), match.start(), match.end()


def stemmers(languages: Iterable[str]) -> tuple[Callable[[str], str], ...]:
    """Return a stemming function for each language (de, en)."""
    return tuple(_stemmer(*_STEMMERS[language]) for language in languages if language in _STEMMERS)


def same_stem(word: str, candidates: Iterable[str], stem: tuple[Callable[[str], str], ...]) -> list[str]:
    """Return those of `candidates` that share a stem with `word` in one of the languages."""
    stems = [each(word) for each in stem]
    return [
        candidate
        for candidate in candidates
        if any(each(candidate) == mine for each, mine in zip(stem, stems, strict=True))
    ]


def stem_prefix(word: str, stem: tuple[Callable[[str], str], ...]) -> str:
    """Return how every word begins that may share a stem with `word`; nothing where the word is too short."""
    if len(word) < _MIN_STEM or not stem or not word.isalpha():
        return ""
    shortest = min((each(word) for each in stem), key=lambda each: (len(each), not each.endswith("i")))
    # A stem may end in another letter than the word has there: baby, babies → babi.
    is_cut = len(shortest) > _MIN_STEM + 1 or (len(shortest) > _MIN_STEM and shortest.endswith("i"))
    return word[: max(len(shortest) - is_cut, _MIN_STEM)]


def _stemmer(module: str, name: str) -> Callable[[str], str]:
    from importlib import import_module
    from importlib.machinery import PathFinder
    from types import ModuleType

    package = "snowballstemmer"
    if package in sys.modules:
        return getattr(import_module(f"{package}.{module}"), name)().stemWord  # type: ignore[no-any-return]
    # The package imports some thirty languages (12 ms); what stands in for it here imports the one that is asked for.
    found = PathFinder.find_spec(package)
    if found is None or found.submodule_search_locations is None:
        raise ModuleNotFoundError(package)
    stand_in = ModuleType(package)
    stand_in.__path__ = found.submodule_search_locations
    sys.modules[package] = stand_in
    try:
        return getattr(import_module(f"{package}.{module}"), name)().stemWord  # type: ignore[no-any-return]
    finally:
        del sys.modules[package]
