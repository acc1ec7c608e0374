"""What a day in somebody's life is: a birthday, a name day, a wedding, a day of mourning; and which years are round."""

from __future__ import annotations

from prmvault.core.names import fold

BIRTHDAY, MEMORIAL, NAMEDAY, WEDDING, OTHER, CHRISTMAS = (
    *("birthday", "memorial", "nameday", "wedding", "other", "christmas"),
)

_WORDS = {
    NAMEDAY: ("name day", "nameday", "name-day", "namenstag", "saint's day"),
    MEMORIAL: ("death", "died", "funeral", "todestag", "gestorben", "verstorben", "beerdigung", "begrabnis"),
    WEDDING: ("wedding", "marriage", "married", "hochzeit", "heirat", "trauung", "vermahlung", "eheschliessung"),
    CHRISTMAS: ("christmas", "xmas", "weihnacht", "heiligabend", "bescherung"),
    BIRTHDAY: ("birthday", "geburtstag"),
}
# vCard's ANNIVERSARY (RFC 6350) is that of a marriage; within a longer label the word tells nothing.
_WEDDING_ALONE = ("anniversary", "jahrestag")
_ROUND_YEARS, _QUARTER, _OF_AGE = 10, 25, 18


def occasion_of(label: str, *, is_alive: bool = True) -> str:
    """Return what the day with this label is; whatever is remembered of the dead is a day of mourning."""
    if not is_alive:
        return MEMORIAL
    found = meant_occasion(label)
    return found if found in (NAMEDAY, MEMORIAL, WEDDING) else OTHER


def meant_occasion(text: str) -> str:
    """Return the occasion that a text in English or German names, such as what a gift is for; nothing for others."""
    folded = fold(text)
    if folded.strip() in _WEDDING_ALONE:
        return WEDDING
    return next((kind for kind, words in _WORDS.items() if any(word in folded for word in words)), "")


def is_round(occasion: str, years: str) -> bool:
    """Tell whether so many years are to be celebrated more: tens and quarters of a hundred, and who comes of age."""
    if not years.isdigit():
        return False
    count = int(years)
    is_whole = count % _ROUND_YEARS == 0 or count % _QUARTER == 0
    return is_whole or (occasion == BIRTHDAY and count == _OF_AGE)
