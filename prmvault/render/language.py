"""The reader's language: catalogues of messages (gettext), and days as CLDR writes them (Babel).

English needs neither: it is what the program's texts are written in. The shipped catalogues are in `locale/`; those of
further languages are in the user's own config folder, never in a vault: that comes in with a pull.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from prmvault.core.characters import LOW, UNSEEN
from prmvault.core.messages import Amount, Message, fill

if TYPE_CHECKING:
    from gettext import NullTranslations

    from prmvault.core.day_words import DayWords

DOMAIN = "prmvault"
ENGLISH = "en"
BUILT_IN = (ENGLISH, "de")
"""The languages whose words are read by the program itself, in days and in notes."""

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "locale")

_CODE = r"[a-z]{2,3}(?:_[A-Za-z]{2,8}){0,2}"
_ALTERNATIVES = "|"
# A catalogue is somebody's file: what a terminal would obey is taken out before it can get anywhere.
# (Compiled when it is first needed: most text is printable.)
_CONTROL = f"[\t{LOW}{UNSEEN}]"


class Language:
    """Tells texts and days in one language; `code` is such as `de`, or `de_AT` for the days of a country.

    `days` writes the days within messages (else they are ISO text).
    """

    def __init__(
        self, code: str, catalogue: NullTranslations | None, days: Callable[[date], str] | None = None
    ) -> None:
        self.code = code
        self.is_english = catalogue is None
        self.is_built_in = code.partition("_")[0] in BUILT_IN
        self._catalogue = catalogue
        self._days = days

    def for_a_page(self, days: Callable[[date], str]) -> Language:
        """Return this language with days within messages as `days` writes them, and amounts with its signs."""
        return Language(self.code, self._catalogue, days)

    def tell(self, text: str) -> str:
        """Return a message in this language, with all messages among its parts; any other text as it is."""
        if isinstance(text, Amount) and self._days is not None:
            return self._amount(text)
        if not isinstance(text, Message) or (self._catalogue is None and (self._days is None or text.context)):
            return str(text)
        if not text.source:
            return text.many.join([self.part(part) for part in text.parts.values()])
        return fill(self.form(text), text.parts, self.part)

    def form(self, text: Message) -> str:
        """Return a message in this language with its `{names}` still in it."""
        if self._catalogue is None or not text.source:  # Under the empty text a catalogue has its own header.
            return text.many if text.many and text.number != 1 else text.source
        if text.context:
            return next(iter(self.words(text.context, text.source)), str(text))
        if text.many:
            try:
                return _clean(self._catalogue.ngettext(text.source, text.many, text.number))
            except ArithmeticError:  # The rule for plurals is the catalogue's own, and may divide by zero.
                return text.many if text.number != 1 else text.source
        return _clean(self._catalogue.gettext(text.source))

    def told(self, value: Any) -> Any:
        """Return plain values (lists and maps of texts) with all messages in them told in this language."""
        if isinstance(value, str):
            return self.tell(value)
        if isinstance(value, list | tuple):
            return [self.told(item) for item in value]
        if isinstance(value, Mapping):
            return {key: self.told(item) for key, item in value.items()}
        return value

    def day(self, day: date | str, pattern: str = "medium") -> str:
        """Return a day (or ISO text of one) as this language writes it.

        `pattern` is a form (full, long, medium, short), one of CLDR's such as `EEEE`, or a skeleton such as `:MMMd`.
        """
        from babel.dates import format_date, format_skeleton

        when = day if isinstance(day, date) else date.fromisoformat(day)
        if pattern.startswith(":"):
            return str(format_skeleton(pattern[1:], when, locale=self._locale))
        return str(format_date(when, pattern, locale=self._locale))

    def days(self, first: date | str, last: date | str) -> str:
        """Return the days from `first` to `last` (or ISO text of them) as this language writes them: 16–22 Nov 2026."""
        from babel.dates import format_interval

        begin, end = (day if isinstance(day, date) else date.fromisoformat(day) for day in (first, last))
        return str(format_interval(begin, end, "yMMMMd", locale=self._locale))

    def words(self, context: str, text: str) -> tuple[str, ...]:
        """Return the words that this language's catalogue gives for `text` (`call`), none where it has none.

        Several of them stand in the catalogue with `|` between them: the first is shown, and all are read.
        """
        found = self._catalogue.pgettext(context, text) if self._catalogue is not None else text
        return () if found == text else tuple(filter(None, map(str.strip, _clean(found).split(_ALTERNATIVES))))

    def note_words(self) -> dict[str, Any]:
        """Return what notes are read with in a language that is not built in, as plain values: else nothing.

        `channels` are channel → words, `relations` type → `words` of any gender, `female` and `male` ones.
        """
        if self.is_built_in:
            return {}
        from prmvault.core.channels import channel_names
        from prmvault.core.relations import relation_names

        relations: dict[str, dict[str, Any]] = {}
        for kind, gender, name in relation_names():
            key = {"F": "female", "M": "male"}.get(gender, "words")
            told = relations.setdefault(kind, {"inverse": "", "words": [], "female": [], "male": []})
            told[key] += self.words(name.context, name.source)
        channels = {str(name): list(self.words(name.context, name.source)) for name in channel_names()}
        return {"channels": channels, "relations": relations}

    def in_english(self, text: str) -> str:
        """Return a day as people say it in this language (`eergisteren`) as English says it; else the text itself."""
        if self.is_built_in:
            return text
        from prmvault.core.day_words import in_english

        return in_english(text, self._day_words)

    @cached_property
    def _day_words(self) -> DayWords:
        from babel.dates import get_day_names, get_month_names

        from prmvault.core.day_words import MONTHS, PHRASES, WEEKDAYS, WORDS, DayWords

        names: dict[str, tuple[str, ...]] = {word: self.words("day words", word) for word in WORDS}
        for width in ("wide", "abbreviated"):
            for number, word in enumerate(WEEKDAYS):
                names[word] = (*names.get(word, ()), str(get_day_names(width, locale=self._locale)[number]))
            for number, word in enumerate(MONTHS, start=1):
                names[word] = (*names.get(word, ()), str(get_month_names(width, locale=self._locale)[number]))
        return DayWords({phrase: self.words("day words", phrase) for phrase in PHRASES}, names)

    @cached_property
    def _locale(self) -> Any:
        """Return CLDR's data; British English where it has none for this language."""
        from babel.core import Locale, UnknownLocaleError

        try:
            return Locale.parse("en_GB" if self.code == ENGLISH else self.code)
        except (UnknownLocaleError, ValueError):
            return Locale.parse("en_GB")

    def part(self, part: Any) -> str:
        """Return a part of a message as it is shown: a message told, a number with its sign, a day as ISO text."""
        if isinstance(part, date) and self._days is not None:
            return self._days(part)
        if isinstance(part, float):
            from babel.numbers import format_decimal

            return str(format_decimal(part, "0.0", locale=self._locale))
        return part.isoformat() if isinstance(part, date) else self.tell(part) if isinstance(part, str) else str(part)

    def _amount(self, text: str) -> str:
        from decimal import Decimal

        from babel.numbers import format_decimal

        number, space, currency = text.partition(" ")
        if not re.fullmatch(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,9})?", number):
            return str(text)  # What could not be read as an amount stays as it was written.
        places = len(number.partition(".")[2])
        pattern = f"#,##0.{'0' * places}" if places else "#,##0"
        return f"{format_decimal(Decimal(number), pattern, locale=self._locale)}{space}{currency}"


@lru_cache(maxsize=4)
def language_of(code: str) -> Language:
    """Return the language with this code; one without a catalogue tells everything in English."""
    if is_code(code) and code.partition("_")[0] == ENGLISH:
        return Language(code, None)
    path = catalogue_path(code)
    catalogue = _read(path) if path else None
    return Language(code if catalogue else ENGLISH, catalogue)


def is_code(text: str) -> bool:
    """Tell whether a text has the form of a language's code, such as `de` or `pt_BR`."""
    return re.fullmatch(_CODE, text) is not None


def catalogue_path(code: str) -> str:
    """Return the file of a language's compiled catalogue, shipped or the user's own, or nothing where there is none."""
    if not is_code(code):
        return ""
    codes = dict.fromkeys((code, code.partition("_")[0]))
    for folder in (FOLDER, ""):
        for each in codes:
            path = _path_in(folder or own_folder(), each)
            if os.path.isfile(path):
                return path
    return ""


def catalogue_place(code: str) -> str:
    """Return the path at which the user's own catalogue of a language is looked for."""
    return _path_in(own_folder(), code)


def own_folder() -> str:
    """Return the folder of the user's own catalogues."""
    from platformdirs import user_config_dir

    return os.path.join(user_config_dir(DOMAIN, appauthor=False), "locale")


def _path_in(folder: str, code: str) -> str:
    return os.path.join(folder, code, "LC_MESSAGES", f"{DOMAIN}.mo")


def _read(path: str) -> NullTranslations | None:
    """Return the catalogue in a file, or None where there is none that can be read."""
    import struct
    from gettext import GNUTranslations

    try:
        with open(path, "rb") as file:
            return GNUTranslations(file)
    except (OSError, ValueError, LookupError, struct.error):
        return None


def _clean(text: str) -> str:
    return text if text.isprintable() else re.sub(_CONTROL, "", re.sub(r"[\r\n]{1,9}", " ", text))
