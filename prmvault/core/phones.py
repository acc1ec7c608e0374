"""By which key two phone numbers are the same: E.164 (ITU-T) where the region of numbers without a country is known."""

from __future__ import annotations

from collections.abc import Callable

from prmvault.core.people import phone_key

_LONGEST = 40
"""Characters; what is longer is no phone number, and not worth a look."""

_REGIONS = {"de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "da": "DK", "sv": "SE", "cs": "CZ"}


def region_of(region: str, language: str) -> str:
    """Return the region of the settings, else that of the vault's language where nearly all who speak it are at home.

    Empty where neither tells one: English is spoken in too many places.
    """
    if region:
        return region
    code, _, country = language.partition("_")
    return country.upper() if len(country) == len("DE") else _REGIONS.get(code, "")


def phone_reader(region: str) -> Callable[[str], str]:
    """Return a function from a number as typed to its key, `+4917139…` for `0171 39…` in region DE.

    Numbers that can't be read so, and all numbers without a region, have their digits (`people.phone_key`) as key.
    """
    if not region:
        return phone_key
    known: dict[str, str] = {}

    def key_of(text: str) -> str:
        if text not in known:
            digits = phone_key(text)
            known[text] = (_e164(text, region) or digits) if digits else ""
        return known[text]

    return key_of


def _e164(text: str, region: str) -> str:
    if len(text) > _LONGEST:
        return ""
    from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse

    try:
        number = parse(text, region)
    except NumberParseException:
        return ""
    return str(format_number(number, PhoneNumberFormat.E164)) if is_possible_number(number) else ""
