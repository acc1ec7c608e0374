"""When something is to come of which somebody told: `on Tuesday`, `in October`, `im Frühling`, in English and German.

Only what surely lies after the day on which it was told counts: a weekday or a month in a sentence about the past
(`was in Rome in May`) is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from prmvault.core.dates import DateError
from prmvault.core.names import fold
from prmvault.core.periods import within_calendar
from prmvault.core.phrases import parse_day
from prmvault.core.turns import moved

_LONGEST = 600
"""How much of a clause is read."""

_A_DAY = timedelta(days=1)
_A_YEAR = timedelta(days=366)
_SATURDAY = 5
_SEASONS = {
    **dict.fromkeys(("spring", "fruhling", "fruhjahr"), 3),
    **dict.fromkeys(("summer", "sommer"), 6),
    **dict.fromkeys(("autumn", "fall", "herbst"), 9),
    "winter": 12,
}
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            *("january januar janner", "february februar", "march marz", "april", "may mai", "june juni", "july juli"),
            *("august", "september", "october oktober", "november", "december dezember"),
        ),
        start=1,
    )
    for word in words.split()
}
_WEEKDAYS = "|".join(
    fold(word)
    for word in (
        *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        *("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonnabend", "Sonntag"),
    )
)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_NUMBER = (
    r"(?:[0-9]{1,3}|an?|one|two|three|four|five|six|eine[mrn]?|zwei|drei|vier|funf|sechs|a few|ein paar|couple of)"
)
# Of these words (folded, as all that is read here) a sentence about the past has at least one, nearly always.
_PAST = re.compile(
    r"\b(?:was|were|had|did|went|came|got|saw|met|took|made|told|said|been|ago|since|last|yesterday|[a-z]{3,20}ed|"
    r"war|waren|hatten?|wurden?|gingen?|kam|kamen|sah|gestern|letzte[mnrs]?|vorige[mnrs]?|seit|damals|"
    r"ge[a-z]{2,20}(?:t|en)|besucht|erzahlt|bekommen|verlassen)\b"
)
_WILL = re.compile(
    r"\b(?:will|is to|are to|du|planned|scheduled|expected|booked|asked|next|until|"
    r"wird|werden|soll|sollen|geplant|gebucht|gefragt|nachste[mnrs]?|kommende[mnrs]?|bis)\b"
)
# As an adverb it is written small; the day after it is another word.
_MORGEN = re.compile(r"(?<!heute )(?<!gestern )\bmorgen\b")


class Coming(NamedTuple):
    """The first day on which something that was told comes, and whether this is sure in a sentence about the past, too.

    `is_day`: it is that day; else the first of a week, a month or a season. `is_written`: day and month are told.
    """

    day: date
    is_sure: bool
    is_day: bool = True
    is_written: bool = False


def coming_day(clause: str, told: date) -> Coming | None:
    """Return the first day, after that on which it was `told`, on which something comes of which the clause tells."""
    folded = fold(_MORGEN.sub("tomorrow", clause[:_LONGEST]))
    is_past = _PAST.search(folded) is not None and _WILL.search(folded) is None
    found = [each for read in _READERS for each in read(folded, told) if told < each.day <= moved(told, _A_YEAR)]
    first = min((each for each in found if each.is_sure or not is_past), default=None)
    if first is None:
        return None
    return first._replace(is_written=any(each.is_written and each.day == first.day for each in found))


def may_tell_a_day(text: str, *, is_near: bool) -> bool:
    """Tell, at little cost, whether a text may tell of a day to come; `is_near`: it was told shortly before that."""
    return (_SOME_DAY if is_near else _SOME_DATE).search(text) is not None


def _iso_days(text: str, told: date) -> list[Coming]:
    return [each._replace(is_written=True) for each in _parsed(_ISO.findall(text), told, is_sure=True)]


def _near_days(text: str, told: date) -> list[Coming]:
    """Tomorrow, in three weeks, next week, at the weekend."""
    found = _parsed([_english_tomorrow(match[0]) for match in _TOMORROW.finditer(text)], told, is_sure=True)
    found += [
        each._replace(is_day=False)
        for each in _parsed([match[0] for match in _IN_PERIOD.finditer(text)], told, is_sure=True)
    ]
    for match in _NEXT_UNIT.finditer(text):
        unit = match[1]
        if unit in ("week", "woche"):
            day = moved(told, timedelta(days=7 - told.weekday()))
        elif unit in ("month", "monat"):
            day = within_calendar(told.replace(day=1), 1)
        elif unit in ("year", "jahr"):
            day = within_calendar(told.replace(month=1, day=1), 12)
        else:
            day = _next_saturday(told)
        found.append(Coming(day, is_sure=True, is_day=False))
    if _WEEKEND.search(text):
        found.append(Coming(_next_saturday(told), is_sure=False, is_day=False))
    return found


def _next_saturday(told: date) -> date:
    return moved(told, timedelta(days=(_SATURDAY - told.weekday()) % 7 or 7))


def _weekdays(text: str, told: date) -> list[Coming]:
    found = []
    for match in _ON_WEEKDAY.finditer(text):
        found += _parsed([match[2]], moved(told, _A_DAY), is_sure=match[1] in _SURELY_NEXT)
    return found


def _dated(text: str, told: date) -> list[Coming]:
    """5 May, am 21.12., the 21st."""
    found = _parsed([match[1] for match in _DAY_AND_MONTH.finditer(text)], told, is_sure=False)
    found = [each._replace(is_written=True) for each in found]
    for match in _DAY_ALONE.finditer(text):
        number = int(match[1] or match[2])
        for months in (0, 1, 2):
            begin = within_calendar(told.replace(day=1), months)
            try:
                day = begin.replace(day=number)
            except ValueError:
                continue
            if day > told:
                found.append(Coming(day, is_sure=False))
                break
    return found


def _parts_of_years(text: str, told: date) -> list[Coming]:
    """In October, im Frühling, at Christmas."""
    found = []
    for match in _IN_MONTH.finditer(text):
        number = _MONTHS.get(match[1]) or _SEASONS[match[1]]
        length = 1 if match[1] in _MONTHS else 3
        if not match[2] and (told.month - number) % 12 < length:
            continue  # It may be the one that goes on, and has begun already.
        year = int(match[2]) if match[2] else told.year + (number < told.month)
        if date.min.year <= year <= date.max.year:
            found.append(Coming(date(year, number, 1), is_sure=bool(match[2]), is_day=False))
    if _CHRISTMAS.search(text):
        found.append(Coming(date(told.year, 12, 24), is_sure=False))
    return found


def _parsed(phrases: list[str], told: date, *, is_sure: bool) -> list[Coming]:
    found = []
    for phrase in phrases:
        try:
            found.append(Coming(parse_day(phrase, told, prefer="future"), is_sure))
        except DateError:
            continue
    return found


def _english_tomorrow(phrase: str) -> str:
    return "ubermorgen" if phrase in ("day after tomorrow", "ubermorgen") else "tomorrow"


# In text that is not folded.
_SOME_DATE = re.compile(
    r"[0-9]-[0-9]|[0-9]\.(?!\w{2})|[0-9](?:st|nd|rd|th)\b|"
    r"[0-9] (?:of )?(?:jan|jän|feb|mar|mär|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])|"
    r"(?:y|ch|[eilrtz]) [0-9]{1,2}(?![0-9:])|christmas|weihnacht",
    re.IGNORECASE,
)
_SOME_DAY = re.compile(r"[0-9]|day|tag|mittwoch|sonnabend|morrow|morgen|christmas|weihnacht", re.IGNORECASE)
_ISO = re.compile(r"(?<![\w-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w-])")
_TOMORROW = re.compile(r"\b(?:day after tomorrow|tomorrow|ubermorgen)\b")
_IN_PERIOD = re.compile(rf"\bin {_NUMBER} (?:days?|weeks?|months?|tage[n]?|wochen?|monate[n]?|monat)\b")
_NEXT_UNIT = re.compile(
    r"\b(?:next|coming|nachste[mnrs]?|kommende[mnrs]?) (week|month|year|weekend|woche|monat|jahr|wochenende)\b"
)
_WEEKEND = re.compile(r"\b(?:at the|on the|this|over the|am) (?:weekend|wochenende)\b")
_SURELY_NEXT = ("next", "coming", "this coming", "until", "till", "nachsten", "nachste", "kommenden", "kommende", "bis")
_ON_WEEKDAY = re.compile(
    rf"\b(on|by|for|fur|this|until|till|next|coming|this coming|am|bis|ab|nachste[n]?|kommende[n]?) ({_WEEKDAYS})\b"
)
_DAY_AND_MONTH = re.compile(
    rf"\b(?:on|by|until|from|am|bis|ab|vom|zum|der|den|the|dem)(?: the| zum)? "
    rf"([0-9]{{1,2}}(?:\.|st|nd|rd|th)? ?(?:of )?(?:{_MONTH})|(?:{_MONTH}) [0-9]{{1,2}}(?:st|nd|rd|th)?|"
    rf"[0-9]{{1,2}}\.[0-9]{{1,2}}\.)(?![\w])"
)
_DAY_ALONE = re.compile(
    rf"\b(?:on|until|by) the ([0-9]{{1,2}})(?:st|nd|rd|th)\b(?! (?:of|birthday|{_MONTH}))"
    rf"|\b(?:am|bis zum|fur den|ab dem) ([0-9]{{1,2}})\.(?! ?(?:[0-9]|{_MONTH}|\w))"
)
_IN_MONTH = re.compile(
    rf"\b(?:in|im|ab|for|fur|from|until|bis|by|over|this|next|nachste[mnrs]?|kommende[mnrs]?)(?: early| late| the)? "
    rf"({_MONTH}|{'|'.join(_SEASONS)})\b(?! [0-9]{{1,2}}\b)(?: ([0-9]{{4}})\b)?"
)
_CHRISTMAS = re.compile(r"\b(?:at|for|over|before|zu|an|vor|uber) (?:christmas|weihnachten)\b")

_READERS: tuple[Callable[[str, date], list[Coming]], ...] = (
    *(_iso_days, _near_days, _weekdays, _dated, _parts_of_years),
)
