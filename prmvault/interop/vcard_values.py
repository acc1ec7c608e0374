"""The values inside of vCard properties: escaped text, structured values, dates, and the labels of entries."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from prmvault.core.dates import DateError, parse_partial_date
from prmvault.core.relations import Relation, relation_of, relation_words
from prmvault.interop.labels import own_label

_ESCAPE = re.compile(r"\\([\\,;:nN\"])")
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})|-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2}))"
    r"(?P<time>[T ][0-9:.,+Z-]{1,30})?"
    r"|--(?P<month_only>[0-9]{2})-?(?P<day_only>[0-9]{2})"
    r"|(?P<year_of_month>[0-9]{4})-(?P<month_of_year>[0-9]{2})"
    r"|(?P<year_only>[0-9]{4})"
)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:\S{1,2000}")
_APPLE = re.compile(r"_\$!<([^<>]{1,60})>!\$_")
UNKNOWN_YEAR = "1604"
"""What Apple writes as the year of a day whose year is not known."""

LABELS = {"home": "home", "work": "work", "cell": "mobile", "fax": "fax", "pager": "pager", "main": "main"}
LABELS |= {"car": "car", "video": "video", "textphone": "textphone", "iphone": "iphone"}
"""TYPE in vCard → the word for it in a label."""

KNOWN_TYPES = (*LABELS, "voice", "internet", "pref")
_TYPES = {word: kind for kind, word in LABELS.items()}
_SAME = {"home": ("privat", "zuhause", "private", "personal"), "fax": ("telefax",), "main": ("zentrale",)}
_SAME |= {"work": ("arbeit", "büro", "dienstlich", "geschäftlich", "firma", "office", "business")}
_SAME |= {"cell": ("handy", "mobil", "cell")}
_TYPE_OF_WORD = {word: kind for kind, words in _SAME.items() for word in words}
APPLE_LABELS = ("Other", "School", "HomePage", "Anniversary")
APPLE_RELATIONS = (
    *("Father", "Mother", "Parent", "Brother", "Sister", "Child", "Daughter", "Son", "Spouse", "Partner"),
    *("Wife", "Husband", "Friend", "Assistant", "Manager"),
)
_FROM_APPLE = {f"_$!<{word}>!$_": word.lower() for word in (*APPLE_LABELS, *APPLE_RELATIONS)}
_TO_APPLE = {word: apple for apple, word in _FROM_APPLE.items()}


_RELATIONS = (
    *("contact", "acquaintance", "friend", "met", "co-worker", "colleague", "co-resident", "neighbor", "child"),
    *("parent", "sibling", "spouse", "kin", "muse", "crush", "date", "sweetheart", "me", "agent", "emergency"),
)


class Labelled(NamedTuple):
    """How an entry's label is written: as TYPE values, and as the text of an X-ABLabel (or empty)."""

    types: tuple[str, ...]
    label: str


def unescape(text: str) -> str:
    """Return the text that an escaped value means."""
    return _ESCAPE.sub(_meant, text) if "\\" in text else text


def _meant(escape: re.Match[str]) -> str:
    return "\n" if escape[1] in "nN" else escape[1]


def escape(text: str) -> str:
    """Return `text` as a value: backslashes, every comma and semicolon, and line breaks are escaped."""
    escaped = text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return escaped.replace("\r\n", "\\n").replace("\r", "\\n").replace("\n", "\\n")


def escape_uri(text: str) -> str:
    """Return a URI as a value: every comma is escaped, as some readers cut there; a semicolon is left alone."""
    return text.replace("\\", "\\\\").replace(",", "\\,").replace("\r", "").replace("\n", "")


def split_value(value: str, mark: str) -> list[str]:
    """Return the parts of an escaped value between the marks that are not escaped, still escaped."""
    parts = value.split(mark)
    if "\\" not in value:
        return parts
    whole: list[str] = []
    pieces: list[str] = []
    for part in parts:
        pieces.append(part)
        if (len(part) - len(part.rstrip("\\"))) % 2 == 0:
            whole.append(mark.join(pieces))
            pieces = []
    return [*whole, mark.join(pieces)] if pieces else whole


def components(value: str) -> list[str]:
    """Return the texts of a structured value (N, ADR, ORG), blanks at their ends and empty ones at its end left out."""
    texts = [unescape(part).strip() for part in split_value(value, ";")]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def is_uri(text: str) -> bool:
    """Tell whether a text is a URI, and not somebody's name."""
    return _URI.fullmatch(text) is not None


def one_line(text: str) -> str:
    """Return `text` with every run of blanks and line breaks as one blank."""
    return " ".join(text.split())


def partial_date(value: str, omitted_year: str = "") -> tuple[str, str] | None:
    """Return a date in the vault's form and the time of day behind it (or empty); None where it is no date.

    The year `omitted_year` (of X-APPLE-OMIT-YEAR) and 1604 mean that the year is not known.
    """
    match = _DATE.fullmatch(value)
    if match is None:
        return None
    if match["year"]:
        is_unknown = match["year"] in (omitted_year, UNKNOWN_YEAR)
        year = "-" if is_unknown else match["year"]
        text = f"{year}-{match['month'] or match['m'].zfill(2)}-{match['day'] or match['d'].zfill(2)}"
    elif match["month_only"]:
        text = f"--{match['month_only']}-{match['day_only']}"
    else:
        text = value
    if text.startswith("0000"):
        return None
    try:
        return str(parse_partial_date(text)), match["time"] or ""
    except DateError:
        return None


def date_value(date: str, version: str) -> tuple[str, bool]:
    """Return a partial date as vCard writes it, and whether its year is Apple's for an unknown one (3.0 has no other).

    An estimated year (`~1987`) is not for here.
    """
    if date.startswith("--"):
        return (date.replace("-", "").rjust(6, "-"), False) if version == "4.0" else (f"{UNKNOWN_YEAR}{date[1:]}", True)
    is_whole = len(date) == len("1987-03-14")
    return (date.replace("-", "") if is_whole and version == "4.0" else date), False


def label_of(types: list[str], label: str) -> str:
    """Return the label of an entry from its TYPE values (in lower case) and the text of its X-ABLabel.

    Another program's word for a label of ours (`Mobil`) is ours, but not beside a TYPE: so we write the user's own.
    """
    if label:
        apple = _APPLE.fullmatch(label)
        word = apple[1].lower() if apple else ""
        return _FROM_APPLE.get(label) or LABELS.get(word) or (label if _telling(types) else own_label(label))
    words = [LABELS.get(kind, kind) for kind in _telling(types)]
    order = list(_TYPES)
    return " ".join(sorted(dict.fromkeys(words), key=lambda word: order.index(word) if word in order else len(order)))


def _telling(types: list[str]) -> list[str]:
    return [kind for kind in types if kind not in ("voice", "internet", "pref", "")]


def labelled(label: str, *, with_types: bool = True) -> Labelled:
    """Return how `label` is written; a word of the user's own also gets the TYPE that phones know for it."""
    words = label.split()
    if with_types and words and " ".join(words) == label and all(word in _TYPES for word in words):
        return Labelled(tuple([_TYPES[word] for word in words]), "")
    if not label:
        return Labelled((), "")
    kind = _TYPE_OF_WORD.get(label.casefold()) or _TYPES.get(label.casefold())
    same = own_label(label)
    kinds = (kind,) if kind else labelled(same).types if same != label else ()
    return Labelled(kinds if with_types else (), _TO_APPLE.get(label, label))


def apple_type(label: str) -> str:
    """Return the TYPE that an X-ABLabel is in Apple's writing, `_$!<Home>!$_` → home; empty for any other."""
    apple = _APPLE.fullmatch(label)
    return apple[1].lower() if apple and apple[1].lower() in LABELS else ""


def relation_type(word: str) -> str:
    """Return the TYPE of RELATED (RFC 6350 §6.6.6) for a relation word, in English or German; empty where none fits."""
    if word.lower() in _RELATIONS:
        return word.lower()
    kind = relation_of(word, _relation_words()).type
    kind = {"neighbour": "neighbor", "ex-spouse": "", "ex-partner": ""}.get(kind, kind)
    return kind if kind in _RELATIONS else ""


@cache
def _relation_words() -> dict[str, Relation]:
    return relation_words()
