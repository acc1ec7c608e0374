"""Amounts of money in English and German spelling, as one text: `20 EUR`."""

from __future__ import annotations

import re

_CURRENCY = r"[^\W\d_]{0,10}\.?[$€£¥₹₺₽₴₩₪₫]?"
_MONEY = re.compile(
    rf"({_CURRENCY}) ?([+-]?(?:[0-9]{{1,3}}(?:[ .,'’][0-9]{{3}}){{1,5}}|[0-9]{{1,15}})(?:[.,][0-9]{{1,4}})?)"
    rf"(?:,[-–—])? ?({_CURRENCY})"
)
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
_CURRENCIES = {
    "€": "EUR",
    "EURO": "EUR",
    "EUROS": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "FR": "CHF",
}


def parse_money(text: str) -> str | None:
    """Return `number CURRENCY` for an amount in English or German spelling, or None."""
    match = _MONEY.fullmatch(" ".join(text[:100].split()))
    if match is None or (match[1] and match[3]):
        return None
    currency = (match[1] or match[3]).upper().rstrip(".")
    plain = re.sub(r"[ '’]", "", match[2])
    if "," in plain and "." in plain:
        decimal = max(plain.rfind(","), plain.rfind("."))
        plain = re.sub(r"[.,]", "", plain[:decimal]) + "." + plain[decimal + 1 :]
    elif _THOUSANDS.fullmatch(plain):
        plain = re.sub(r"[.,]", "", plain)
    else:
        plain = plain.replace(",", ".")
    return f"{plain} {_CURRENCIES.get(currency, currency)}".strip()
