"""Names in prose become links: who is mentioned in a text, where exactly one person can be meant.

It works from the words of the text, so that only the names that begin or end with one of them have to be fetched:
first `mention_words`, then `link_mentions` with these rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from prmvault.core.known_names import MOST_WORDS, KnownNames, known_names
from prmvault.core.links import link_text
from prmvault.core.markdown import body_lines, link_target, links_in
from prmvault.core.mention_words import (
    GERMAN,
    NEVER_ALONE,
    NEVER_SMALL,
    NO_FAMILY,
    NOT_FIRST,
    SHORT_TITLES,
    TITLES,
    TITLES_OF_NAMES,
)
from prmvault.core.names import fold, name_key
from prmvault.core.people import RANK_NAME, Name, meant
from prmvault.core.prose import WORD, Word, prose_words

_MOST_FAMILY = 4
_MOST_SIGNS = 20
_SHORTEST_SMALL = 3
_ALMOST = 85
_MOST_ASKED = 50
_BLANKS = re.compile(r"\s{1,1000}")
_QUOTE_MARKS = " \t\"'„“”‚‘’([*_"
_BULLETS = " \t0123456789:.-*+>|[]x"
_ENDS_SENTENCE = tuple(".!?:")


class Words(NamedTuple):
    """Which names a text may hold, all folded.

    Wanted are the rows whose key is one of `begins` or goes on behind it with a blank or a sign (from `word + " "` up
    to, not including, `word + "0"`), those whose key holds a blank and behind it one of `ends`, and those whose key
    is one of `keys` (who is linked already). More rows do no harm.
    """

    begins: tuple[str, ...]
    ends: tuple[str, ...]
    keys: tuple[str, ...]


class Mentions(NamedTuple):
    """A text with links, and who was found.

    `found` are (path, words as written) of those who are now linked; `ties` (words, paths) where several may be
    meant; `doubtful` (words, path) where the one who may be meant probably is not: an unknown family name follows, or
    the given name is a common word. Ties and doubtful ones stay as they are, and are told only once, and not at all
    where one of these people is linked elsewhere in the text.
    """

    text: str
    found: tuple[tuple[str, str], ...]
    ties: tuple[tuple[str, tuple[str, ...]], ...]
    doubtful: tuple[tuple[str, str], ...]


class _Reading(NamedTuple):
    """A name in a line: the number of its last word, the character at which it ends, and whom it means."""

    last: int
    end: int
    paths: tuple[str, ...]
    doubtful: bool = False


class _Line(NamedTuple):
    """A line as written, the words of its prose, and what is needed to read names in it."""

    written: str
    words: list[Word]
    known: KnownNames
    is_german: bool


def mention_words(text: str) -> Words:
    """Return by which words to look up the names that `link_mentions` needs for `text`."""
    begins = {f"{title}{dot}": None for title in TITLES_OF_NAMES for dot in ("", ".")}
    ends: dict[str, None] = {}
    keys: dict[str, None] = {}
    for _, written, line in body_lines(text, 1):
        if "[[" in line:
            keys.update((name_key(link_target(link[2])), None) for link in links_in(line))
        words = prose_words(written, line)
        titled = 0
        for number, word in enumerate(words):
            forms = [key for key, _ in word.forms]
            if len(word.text) > 1 or word.text.isupper():
                begins.update(dict.fromkeys(forms))
            # In small letters only the given name right behind a title is read, and it must not be a family name.
            is_titled = titled and (word.text[0].isupper() or titled == _MOST_FAMILY)
            if is_titled or (number and _may_go_on(words[number - 1], word)):
                ends.update(dict.fromkeys(forms))
            titled = _MOST_FAMILY if forms[0] in TITLES else max(0, titled - 1)
    return Words(tuple(begins), tuple(ends), tuple(key for key in keys if key))


def link_mentions(text: str, rows: Iterable[Name], target: Callable[[str], str]) -> Mentions:
    """Return `text` with the first mention of each person as a link, where exactly one person can be meant.

    `rows` are names of people (those that `mention_words` asks for, or more), `target` gives the link's target for a
    path. Whole names and aliases count, given names that only one person has, and family names behind a title (Frau,
    Dr.); the longest goes first, and a whole name or alias before a given name. A single word may be written in small
    letters if it has at least three and is no common word, but then an alias does not go before a given name. Nothing
    is linked in code, addresses, links, tags and handles, and nobody who is linked already.
    """
    rows = list(rows)
    known = known_names(rows)
    lines = list(body_lines(text, 1))
    linked = _linked(lines, rows)
    is_german = any(fold(word) in GERMAN for word in set(WORD.findall(text)))
    found: list[tuple[str, str]] = []
    ties: dict[str, tuple[str, ...]] = {}
    doubtful: dict[str, str] = {}
    result = []
    for raw, (_, written, line) in zip(text.split("\n"), lines, strict=True):
        pieces, done = [], 0
        for begin, reading in _readings(_Line(written, prose_words(written, line), known, is_german)):
            shown = written[begin : reading.end]
            path = reading.paths[0]
            if len(reading.paths) > 1:
                ties.setdefault(shown, reading.paths)
            elif reading.doubtful:
                doubtful.setdefault(shown, path)
            elif path not in linked and (link := link_text(target(path), shown)).startswith("[["):
                if written.lstrip().startswith("|"):
                    link = link.replace("|", "\\|")  # In a table a bar ends the cell.
                linked.add(path)
                found.append((path, shown))
                pieces += [written[done:begin], link]
                done = reading.end
        result.append("".join([*pieces, raw[done:]]))
    return Mentions(
        "\n".join(result),
        tuple(found),
        tuple((words, paths) for words, paths in ties.items() if linked.isdisjoint(paths)),
        tuple((words, path) for words, path in doubtful.items() if path not in linked),
    )


def likely_people(text: str, rows: Iterable[Name]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return (word, paths) for words with a capital letter that are almost a given name or an alias of one word.

    It proposes who may be meant by a typing error in a text in which nobody was found; `rows` are the names of all
    people. Only the first words of a long text are looked at.
    """
    from rapidfuzz import fuzz, process

    known = known_names(rows)
    names: dict[str, dict[str, None]] = {key: dict.fromkeys(paths) for key, paths in known.given.items()}
    for key, named in known.whole.items():
        if " " not in key:
            names.setdefault(key, {}).update((row.path, None) for row in named)
    keys = [key for key in names if len(key) >= _SHORTEST_SMALL]
    found: dict[str, tuple[str, ...]] = {}
    asked = 0
    for _, written, line in body_lines(text, 1):
        for word in prose_words(written, line):
            key = word.forms[-1][0]
            can_be = word.text[0].isupper() and len(key) > _SHORTEST_SMALL and key not in names
            if not can_be or any(form in NEVER_SMALL for form, _ in word.forms):
                continue
            if asked == _MOST_ASKED:
                return tuple(found.items())
            asked += 1
            shown = word.text[: len(word.text) - word.forms[-1][1]]
            best = process.extractOne(key, keys, scorer=fuzz.ratio, score_cutoff=_ALMOST)
            if best is not None:
                found.setdefault(shown, tuple(names[best[0]]))
    return tuple(found.items())


def _linked(lines: list[tuple[int, str, str]], rows: list[Name]) -> set[str]:
    """Return the paths of those whom the text links already."""
    targets = {link_target(link[2]) for _, _, line in lines if "[[" in line for link in links_in(line)}
    by_key: dict[str, list[Name]] = {name_key(target): [] for target in targets}
    for row in rows if targets else ():
        if row.key in by_key:
            by_key[row.key].append(row)
    meanings = [meant(target, by_key[name_key(target)]) for target in targets]
    return {paths[0] for paths in meanings if len(paths) == 1}


def _readings(line: _Line) -> Iterator[tuple[int, _Reading]]:
    """Yield where a name begins in a line, and how it is read: as the longest that is not doubtful."""
    number = 0
    while number < len(line.words):
        readings = [read(line, number) for read in (_whole, _behind_title, _given)]
        best = max(
            [found for found in readings if found], key=lambda found: (not found.doubtful, found.end), default=None
        )
        if best is not None:
            yield line.words[number].begin, best
            number = best.last
        number += 1


def _whole(line: _Line, first: int) -> _Reading | None:
    """Read a whole name or alias; one of a single word begins with a capital letter or is no common word."""
    words, known = line.words, line.known
    candidates: list[tuple[int, str, int]] = []
    begun = ""
    for last in range(first, min(first + MOST_WORDS, len(words))):
        begun += _BLANKS.sub(" ", words[last].gap) if begun else ""
        found = [(last, begun + key, cut) for key, cut in words[last].forms if begun + key in known.whole]
        candidates = found + candidates
        begun += words[last].forms[0][0]
        if begun not in known.begun:
            break
    for last, key, cut in candidates:
        begin, end = words[first].begin, words[last].end - cut
        rows = known.whole[key]
        others: Iterable[str] = ()
        if first == last and words[first].text[0].islower():
            rows = [row for row in rows if not row.text[:1].isupper()]
            if not rows and _may_be_small(words[first], key):
                rows, others = known.whole[key], known.given.get(key, ())
        signs = {row.key[len(key) :] for row in rows}
        behind = "" if cut else line.written[end : end + _MOST_SIGNS]
        sign = max((sign for sign in signs if behind.startswith(sign)), key=len, default=None)
        if sign is None:
            continue
        rows = [row for row in rows if row.key[len(key) :] == sign]
        paths = dict.fromkeys([*meant(line.written[begin:end] + sign, rows), *others])
        reading = _Reading(last, end + len(sign), tuple(paths))
        is_name = first == last and rows[0].rank == RANK_NAME and not cut
        return _unless_it_goes_on(line, reading) if is_name else reading
    return None


def _behind_title(line: _Line, first: int) -> _Reading | None:
    """Read a family name behind Herr, Mrs, Dr. and the like."""
    if not _has_title(line, first):
        return None
    family, best = "", None
    for last in range(first, min(first + _MOST_FAMILY, len(line.words))):
        word = line.words[last]
        if last > first and not _is_blank(word.gap):
            break
        family += " " if family else ""
        for key, cut in word.forms if word.text[0].isupper() else ():
            paths = line.known.family.get(family + key)
            if paths:
                best = _Reading(last, word.end - cut, tuple(paths))
                break
        family += word.forms[0][0]
    return best


def _given(line: _Line, first: int) -> _Reading | None:
    """Read a given name, with further words of the same name where they follow."""
    words, known = line.words, line.known
    owners = _owners(words[first], known)
    if owners is None:
        return None
    given, cut, paths = owners
    last, is_genitive, is_complete = first, given != words[first].forms[0][0], False
    while not is_genitive and last + 1 < len(words) and _is_blank(words[last + 1].gap):
        word = words[last + 1]
        fewer = _also_named(word, paths, known)
        if fewer is None:
            break
        key, cut, paths = fewer
        last, is_genitive = last + 1, key != word.forms[0][0]
        is_complete = not known.family.get(key, {}).keys().isdisjoint(paths)
    reading = _Reading(last, words[last].end - cut, tuple(paths))
    if last == first:
        if _has_title(line, first) and any(key in known.family for key, _ in words[first].forms):
            return None  # Frau Paul has Paul as her family name.
        if given in NEVER_ALONE or (given in NOT_FIRST and _begins_sentence(line.written, words[first].begin)):
            return reading._replace(doubtful=True)
    return reading if is_genitive or is_complete else _unless_it_goes_on(line, reading)


def _owners(word: Word, known: KnownNames) -> tuple[str, int, list[str]] | None:
    """Return the people whose given name a word is, with the form of it (one of `Word.forms`)."""
    for key, cut in word.forms:
        owners = known.given.get(key, {})
        is_small = word.text[0].islower() and not _may_be_small(word, key)
        paths = [path for path, has_capital in owners.items() if not (has_capital and is_small)]
        if paths:
            return key, cut, paths
    return None


def _also_named(word: Word, paths: list[str], known: KnownNames) -> tuple[str, int, list[str]] | None:
    """Return those of `paths` who have a word in the rest of their names, with the form of it."""
    for key, cut in word.forms:
        fewer = [path for path in paths if key in known.parts[path]]
        if fewer:
            return key, cut, fewer
    return None


def _unless_it_goes_on(line: _Line, reading: _Reading) -> _Reading:
    """Return the reading as doubtful, with the next word, where that looks like the family name of somebody else."""
    if reading.last + 1 == len(line.words) or len(reading.paths) > 1:
        return reading
    word, known = line.words[reading.last + 1], line.known
    before, keys = line.words[reading.last], [key for key, _ in word.forms]
    is_small = before.text[0].islower()
    if not (_is_next_name(word) if is_small else _may_go_on(before, word)):
        return reading
    # Behind a small letter the family names are not looked up: nearly every text would need those of all people.
    if is_small or not any(key in known.family for key in keys):
        is_known = any(key in known.whole or key in known.given or key in NO_FAMILY for key in keys)
        if is_known or line.is_german or word.text.isupper():
            return reading
    return _Reading(reading.last + 1, word.end, reading.paths, doubtful=True)


def _may_go_on(before: Word, word: Word) -> bool:
    """Tell whether a word may be the family name to the one before it: both begin with a capital letter."""
    return before.text[0].isupper() and _is_next_name(word)


def _is_next_name(word: Word) -> bool:
    return _is_blank(word.gap) and len(word.text) > 1 and word.text[0].isupper()


def _may_be_small(word: Word, key: str) -> bool:
    """Tell whether a word in small letters may be the name `key`, which is written with a capital letter."""
    # Letters are counted as written: Zoe has two in its key.
    letters = sum(char.isalpha() for char in word.text) - (key != word.forms[0][0])
    return letters >= _SHORTEST_SMALL and not any(form in NEVER_SMALL for form, _ in word.forms)


def _is_blank(gap: str) -> bool:
    return bool(gap) and not gap.strip()


def _has_title(line: _Line, number: int) -> bool:
    if not number:
        return False
    word, before = line.words[number], line.words[number - 1]
    title = before.forms[0][0]
    return (
        title in TITLES
        and (title not in SHORT_TITLES or before.text[0].isupper())
        and word.gap.strip() in ("", ".")
        and word.gap[-1:].isspace()
        and word.forms[0][0] not in TITLES
    )


def _begins_sentence(written: str, begin: int) -> bool:
    before = written[:begin].rstrip(_QUOTE_MARKS)
    return before.endswith(_ENDS_SENTENCE) or not before.strip(_BULLETS)
