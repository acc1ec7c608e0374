"""Names in prose become links: who is mentioned in a text, where exactly one person can be meant.

It works from the words of the text, so that only the names that begin or end with one of them have to be fetched:
first `mention_words`, then `link_mentions` with these rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from prmvault.core.links import link_text
from prmvault.core.markdown import body_lines, link_target, links_in
from prmvault.core.names import fold, name_key
from prmvault.core.people import RANK_ALIAS, RANK_NAME, Name, meant

_MARKED_LETTER = "(?:[^\\W_]|[\u0300-\u036f])"
_WORD_PATTERN = f"{_MARKED_LETTER}{{1,100}}(?:['’-]{_MARKED_LETTER}{{1,100}}){{0,10}}"
_WORD = re.compile(_WORD_PATTERN)
# Links, HTML, addresses of the web and of mail, tags and handles are no prose; what is left are words.
_PROSE = re.compile(
    r"!?\[\[[^\[\]\n]{0,400}\]\]|!?\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)|<[^<>\n]{1,300}>"
    r"|[A-Za-z][A-Za-z0-9+.-]{0,20}://\S{1,2000}|www\.\S{1,2000}|[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
    rf"|[#@][\w/-]{{1,100}}|(?P<word>{_WORD_PATTERN})"
)
_MOST_WORDS = 10
_MOST_FAMILY = 4
_MOST_SIGNS = 20
_BLANKS = re.compile(r"\s{1,1000}")
_SHORTEST_GENITIVE = 3
_QUOTE_MARKS = " \t\"'„“”‚‘’([*_"
_BULLETS = " \t0123456789:.-*+>|[]x"
_ENDS_SENTENCE = tuple(".!?:")

# Words are in their folded form.
_TITLES_OF_NAMES = ("dr", "prof")
_TITLES = frozenset(
    (*_TITLES_OF_NAMES, "herr", "herrn", "frau", "mr", "mrs", "ms", "miss", "mister", "doctor", "doktor", "professor")
)
_MONTHS = frozenset(
    (
        *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october"),
        *("november", "december", "januar", "februar", "marz", "mai", "juni", "juli", "oktober", "dezember"),
    )
)
_DAYS = frozenset(
    (
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "tomorrow"),
        *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonnabend", "sonntag"),
    )
)
_NO_FAMILY = _MONTHS | _DAYS | _TITLES
# Given names that are more often something else, wherever they stand (German writes nouns with a capital letter) …
_NEVER_ALONE = _MONTHS | {"mark", "rose", "heide", "ernst", "angel", "summer", "autumn", "winter", "sommer"}
# … and those that are something else with the capital letter of a sentence's first word.
_NOT_FIRST = frozenset(("will", "grant", "chase", "drew", "bill", "sue", "hope", "faith", "joy", "dawn", "art", "guy"))
# An s at their end is no genitive of Andrea, Luca or Jen.
_NO_GENITIVE = frozenset(
    (
        *("andreas", "carlos", "elias", "ellis", "hannes", "hans", "ines", "jens", "johannes", "jonas", "jules"),
        *("lucas", "louis", "lukas", "marcos", "mats", "nicolas", "niklas", "nikolas"),
    )
)
# Words by which a text is German: there a noun may follow a name, in English only another name begins with a capital.
_GERMAN = frozenset(
    (
        *("und", "mit", "das", "bei", "beim", "vom", "zum", "zur", "ein", "eine", "einen", "ist", "nicht", "auch"),
        *("fur", "uber", "ich", "wir", "nach", "aus", "auf", "wegen"),
    )
)


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


class _Word(NamedTuple):
    """A word of a line from `begin` to `end`, what stands between it and the word before it, and its keys.

    A form is a key and how many characters at the end are no part of the link. The first is the word as it is, the
    second that without a genitive: `Tom's` and `Toms`.
    """

    begin: int
    end: int
    text: str
    gap: str
    forms: tuple[tuple[str, int], ...]


class _Reading(NamedTuple):
    """A name in a line: the number of its last word, the character at which it ends, and whom it means."""

    last: int
    end: int
    paths: tuple[str, ...]
    doubtful: bool = False


class _Known(NamedTuple):
    """The names of people, by how they may be written.

    `whole` are names and aliases by their key without signs at the end; `begun` what they begin with, up to the end of
    each word; `given` and `family` the people by given name and by what may be a family name; `parts` the words of
    a person's names behind the given name.
    """

    whole: dict[str, list[Name]]
    begun: set[str]
    given: dict[str, dict[str, bool]]
    family: dict[str, dict[str, None]]
    parts: dict[str, set[str]]


class _Line(NamedTuple):
    """A line as written, the words of its prose, and what is needed to read names in it."""

    written: str
    words: list[_Word]
    known: _Known
    is_german: bool


def mention_words(text: str) -> Words:
    """Return by which words to look up the names that `link_mentions` needs for `text`."""
    begins = {f"{title}{dot}": None for title in _TITLES_OF_NAMES for dot in ("", ".")}
    ends: dict[str, None] = {}
    keys: dict[str, None] = {}
    for _, written, line in body_lines(text, 1):
        if "[[" in line:
            keys.update((name_key(link_target(link[2])), None) for link in links_in(line))
        words = _words(written, line)
        titled = 0
        for number, word in enumerate(words):
            forms = [key for key, _ in word.forms]
            if len(word.text) > 1 or word.text.isupper():
                begins.update(dict.fromkeys(forms))
            if (titled and word.text[0].isupper()) or (number and _may_go_on(words[number - 1], word)):
                ends.update(dict.fromkeys(forms))
            titled = _MOST_FAMILY if forms[0] in _TITLES else max(0, titled - 1)
    return Words(tuple(begins), tuple(ends), tuple(key for key in keys if key))


def link_mentions(text: str, rows: Iterable[Name], target: Callable[[str], str]) -> Mentions:
    """Return `text` with the first mention of each person as a link, where exactly one person can be meant.

    `rows` are names of people (those that `mention_words` asks for, or more), `target` gives the link's target for a
    path. Whole names and aliases count, given names that only one person has, and family names behind a title (Frau,
    Dr.); the longest goes first, and a whole name or alias before a given name. Nothing is linked in code, addresses,
    links, tags and handles, and nobody who is linked already.
    """
    rows = list(rows)
    known = _known(rows)
    lines = list(body_lines(text, 1))
    linked = _linked(lines, rows)
    is_german = any(fold(word) in _GERMAN for word in set(_WORD.findall(text)))
    found: list[tuple[str, str]] = []
    ties: dict[str, tuple[str, ...]] = {}
    doubtful: dict[str, str] = {}
    result = []
    for raw, (_, written, line) in zip(text.split("\n"), lines, strict=True):
        pieces, done = [], 0
        for begin, reading in _readings(_Line(written, _words(written, line), known, is_german)):
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


def _words(written: str, line: str) -> list[_Word]:
    """Return the words of a line's prose; `line` is the same without its code."""
    words: list[_Word] = []
    done = 0
    for match in _PROSE.finditer(line):
        if match["word"]:
            begin, end = match.span()
            text = written[begin:end]
            words.append(_Word(begin, end, text, written[done:begin], _forms(text)))
            done = end
    return words


def _forms(word: str) -> tuple[tuple[str, int], ...]:
    key = fold(word)
    if word.endswith(("'s", "’s")):
        return ((key, 0), (fold(word[:-2]), 2))
    if word.endswith("s") and len(word) > _SHORTEST_GENITIVE and key not in _NO_GENITIVE:
        return ((key, 0), (fold(word[:-1]), 0))
    return ((key, 0),)


def _known(rows: list[Name]) -> _Known:
    known = _Known({}, set(), {}, {}, {})
    for row in rows:
        words = list(_WORD.finditer(row.key)) if row.rank in (RANK_NAME, RANK_ALIAS) else []
        if not words or words[0].start() or len(words) > _MOST_WORDS or not _is_name(row.key):
            continue
        first = words[0][0]
        known.whole.setdefault(row.key[: words[-1].end()], []).append(row)
        known.begun.update([row.key[: word.end()] for word in words[:-1]])
        if row.rank == RANK_NAME and "," not in row.key:
            # What stands in parentheses tells people apart who have the same name.
            words = [word for word in words if "(" not in row.key[: word.start()]]
            while words and words[0][0] in _TITLES:
                del words[0]
            for word in words[1:] or (words if first in _TITLES else []):
                known.family.setdefault(row.key[word.start() : words[-1].end()], {})[row.path] = None
            known.parts.setdefault(row.path, set()).update(word[0] for word in words[1:])
            if len(words) > 1 and len(words[0][0]) > 1:
                written = name_words[0] if (name_words := _WORD.findall(row.text)) else ""
                known.given.setdefault(words[0][0], {})[row.path] = written[:1].isupper()
    return known


def _is_name(key: str) -> bool:
    """Tell whether a name has more than one letter."""
    return sum(char.isalpha() for char in key) > 1


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
    """Read a whole name or alias; one of a single word begins with a capital letter if it is written with one."""
    words, known = line.words, line.known
    candidates: list[tuple[int, str, int]] = []
    begun = ""
    for last in range(first, min(first + _MOST_WORDS, len(words))):
        begun += _BLANKS.sub(" ", words[last].gap) if begun else ""
        found = [(last, begun + key, cut) for key, cut in words[last].forms if begun + key in known.whole]
        candidates = found + candidates
        begun += words[last].forms[0][0]
        if begun not in known.begun:
            break
    for last, key, cut in candidates:
        begin, end = words[first].begin, words[last].end - cut
        rows = known.whole[key]
        if first == last and words[first].text[0].islower():
            rows = [row for row in rows if not row.text[:1].isupper()]
        signs = {row.key[len(key) :] for row in rows}
        behind = "" if cut else line.written[end : end + _MOST_SIGNS]
        sign = max((sign for sign in signs if behind.startswith(sign)), key=len, default=None)
        if sign is None:
            continue
        rows = [row for row in rows if row.key[len(key) :] == sign]
        reading = _Reading(last, end + len(sign), meant(line.written[begin:end] + sign, rows))
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
        if _has_title(line, first):
            return None  # Herr Paul has Paul as his family name.
        if given in _NEVER_ALONE or (given in _NOT_FIRST and _begins_sentence(line.written, words[first].begin)):
            return reading._replace(doubtful=True)
    return reading if is_genitive or is_complete else _unless_it_goes_on(line, reading)


def _owners(word: _Word, known: _Known) -> tuple[str, int, list[str]] | None:
    """Return the people whose given name a word is, with the form of it (as `_forms` gives it)."""
    for key, cut in word.forms:
        owners = known.given.get(key, {})
        paths = [path for path, has_capital in owners.items() if not (has_capital and word.text[0].islower())]
        if paths:
            return key, cut, paths
    return None


def _also_named(word: _Word, paths: list[str], known: _Known) -> tuple[str, int, list[str]] | None:
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
    keys = [key for key, _ in word.forms]
    if not _may_go_on(line.words[reading.last], word):
        return reading
    if not any(key in known.family for key in keys):
        is_known = any(key in known.whole or key in known.given or key in _NO_FAMILY for key in keys)
        if is_known or line.is_german or word.text.isupper():
            return reading
    return _Reading(reading.last + 1, word.end, reading.paths, doubtful=True)


def _may_go_on(before: _Word, word: _Word) -> bool:
    """Tell whether a word may be the family name to the one before it: both begin with a capital letter."""
    return _is_blank(word.gap) and len(word.text) > 1 and before.text[0].isupper() and word.text[0].isupper()


def _is_blank(gap: str) -> bool:
    return bool(gap) and not gap.strip()


def _has_title(line: _Line, number: int) -> bool:
    word = line.words[number]
    return (
        number > 0
        and word.gap.strip() in ("", ".")
        and word.gap[-1:].isspace()
        and line.words[number - 1].forms[0][0] in _TITLES
        and word.forms[0][0] not in _TITLES
    )


def _begins_sentence(written: str, begin: int) -> bool:
    before = written[:begin].rstrip(_QUOTE_MARKS)
    return before.endswith(_ENDS_SENTENCE) or not before.strip(_BULLETS)
