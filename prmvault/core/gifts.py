"""What could be given to somebody: ideas, wishes and what was told, each once, and nothing that was given already."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from prmvault.core.dates import day_or_none
from prmvault.core.model import Note
from prmvault.core.names import fold
from prmvault.core.occasions import BIRTHDAY, CHRISTMAS, meant_occasion

MOST_IDEAS = 5
NEXT = {"idea": "planned", "planned": "given"}
"""What becomes of a gift when its line on the digest is ticked."""

_SHORTLY_BEFORE = timedelta(weeks=12)
_LONGEST = 400
_MOST_GIVEN = 4
_ALIKE = 86
"""Points of 100 from which on two words are one with a slip of the pen."""

_LEAST_FOR_SLIPS = 5
_STEM = 4
_SAME_SHARE = 0.66
_WORD = re.compile(r"[^\W_]{1,60}")
_ENGLISH = "a an the some proper new one of for with in on and or to like as his her my about over something"
_GERMAN = (
    "ein eine einen einem einer der die das den dem des und oder mit ohne in im für von vom zum zur wie auf über etwas "
    "neue neuer neues neuen"
)
_WISHING = (
    "wants wish wishes wished wanted would likes needs asked size no "
    "wünscht wünschte will wollte möchte hätte gern gerne braucht sich grösse gr nr"
)
_NO_WORDS = frozenset(fold(word) for words in (_ENGLISH, _GERMAN, _WISHING) for word in words.split())


class Idea(NamedTuple):
    """Something to give to somebody: a gift idea or a wish (`kind` gift or wish), where it is written, and when.

    `text` is all of it, `gist` what is to be given, if that is shorter.
    """

    person: str
    text: str
    path: str
    line: int
    kind: str = "gift"
    date: str = ""
    gist: str = ""


class Choice(NamedTuple):
    """A gift that could be given: `status` is idea, planned or wish; `told` what its line's id is made of."""

    text: str
    status: str
    source: str
    told: str
    path: str
    line: int
    date: str = ""
    amount: str = ""
    url: str = ""
    occasion: str = ""


def choices(note: Note, told: Iterable[Idea], occasion: str) -> list[Choice]:
    """Return what could be given to the person on an occasion: what is planned, ideas, wishes, and what was told.

    What was given already is left out, whatever the occasion was; of what is in the vault twice the first stays.
    """
    own = frozenset(_WORD.findall(fold(note.title)))
    given = [gift_words(gift["what"], own) for gift in _gifts(note, "given") if gift.get("what")]
    kept: list[Choice] = []
    seen: list[list[str]] = []
    for choice in (*_own_ideas(note, occasion), *_wishes(note), *_told(note, told)):
        words = gift_words(choice.text, own)
        # What says the same as an idea that was given is gone, too: a journal day tells of the wish in other words.
        if not any(_is_same(words, other) for other in seen) and not any(_holds(words, old) for old in given):
            kept.append(choice)
        seen.append(words)
    return kept


def given_before(note: Note) -> list[dict[str, str]]:
    """Return what the person was given, newest first: `{year, what}`, the year empty where it is not known."""
    gifts = sorted(_gifts(note, "given"), key=lambda gift: gift.get("date", ""), reverse=True)
    return [{"year": gift.get("date", "")[:4].lstrip("-"), "what": gift["what"]} for gift in gifts if gift.get("what")][
        :_MOST_GIVEN
    ]


def was_given(note: Note, occasion: str, day: date) -> bool:
    """Tell whether the person got something for the occasion that comes on `day`: for it, or shortly before."""
    for gift in _gifts(note, "given"):
        meant, given = meant_occasion(gift.get("for", "")), gift.get("date", "")
        when = day_or_none(given)
        is_near = when is not None and timedelta() <= day - when <= _SHORTLY_BEFORE
        if (meant in ("", occasion) and is_near) or (meant == occasion and given == str(day.year)):
            return True
    return False


def gift_words(text: str, own: Collection[str] = ()) -> list[str]:
    """Return the folded words by which gifts are compared: no articles, no wishing, not the person's name (`own`).

    Where nothing else is there, it is the whole text.
    """
    folded = fold(text[:_LONGEST])
    return [word for word in _WORD.findall(folded) if word not in _NO_WORDS and word not in own] or [folded]


def _own_ideas(note: Note, occasion: str) -> list[Choice]:
    found = []
    for status in ("planned", "idea"):
        for gift in _gifts(note, status):
            meant = meant_occasion(gift.get("for", ""))
            is_for_another = meant in (BIRTHDAY, CHRISTMAS) and meant != occasion
            if is_for_another or not gift.get("what"):
                continue
            line = note.line_of("gifts", gift["item"])
            parts = (gift.get("date", ""), gift.get("amount", ""), gift.get("url", ""), gift.get("for", ""))
            found.append(Choice(gift["what"], status, "gifts", gift["what"], note.path, line, *parts))
    return found


def _wishes(note: Note) -> list[Choice]:
    wishes = enumerate(note.fields.get("wishes", ()))
    return [Choice(wish, "wish", "wishes", wish, note.path, note.line_of("wishes", at)) for at, wish in wishes]


def _told(note: Note, told: Iterable[Idea]) -> list[Choice]:
    return [
        Choice(
            idea.gist or idea.text,
            "wish" if idea.kind == "wish" else "idea",
            "journal",
            idea.text,
            idea.path,
            idea.line,
            idea.date,
        )
        for idea in told
        if idea.person == note.path
    ]


def _gifts(note: Note, status: str) -> list[dict[str, Any]]:
    return [gift for gift in note.fields.get("gifts", ()) if gift["status"] == status]


def _holds(words: Sequence[str], given: Sequence[str]) -> bool:
    """Tell whether all words of a gift are among those of an idea."""
    return all(any(_are_alike(old, word) for word in words) for old in given)


def _is_same(words: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two ideas are one: most of one is said by the other, or they share size and stem."""
    few, many = sorted((words, other), key=lambda each: sum(map(len, each)))
    shared = [word for word in few if any(_are_alike(word, another) for another in many)]
    if sum(map(len, shared)) >= _SAME_SHARE * sum(map(len, few)):
        return any(not word.isdigit() for word in shared)
    numbers = {word for word in few if word.isdigit()} & set(many)
    return bool(numbers) and any(_share_stem(one, another) for one in few for another in many)


def _are_alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if one.isdigit() or other.isdigit() or min(len(one), len(other)) < _LEAST_FOR_SLIPS:
        return False
    from rapidfuzz.fuzz import ratio

    return ratio(one, other) >= _ALIKE


def _share_stem(one: str, other: str) -> bool:
    return not one.isdigit() and len(one) > _STEM and len(other) > _STEM and one[:_STEM] == other[:_STEM]
