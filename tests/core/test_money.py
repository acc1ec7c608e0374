from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.money import parse_money


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        *(
            ("20 EUR", "20 EUR"),
            ("20EUR", "20 EUR"),
            ("EUR 20", "20 EUR"),
            ("€20", "20 EUR"),
            ("€ 12,50", "12.50 EUR"),
            ("12,50€", "12.50 EUR"),
        ),
        *(
            ("1500 EUR", "1500 EUR"),
            ("1234.56 USD", "1234.56 USD"),
            ("1.234,56 €", "1234.56 EUR"),
            ("1,234.56 $", "1234.56 USD"),
        ),
        *(
            ("1.500 €", "1500 EUR"),
            ("1,500 USD", "1500 USD"),
            ("1.234.567 €", "1234567 EUR"),
            ("1'234.50 CHF", "1234.50 CHF"),
        ),
        *(
            ("1 234,50 €", "1234.50 EUR"),
            ("1\u202f234,50\u00a0€", "1234.50 EUR"),
            ("20,- €", "20 EUR"),
            ("20,-- €", None),
        ),
        *(
            ("0.125 BTC", "0.125 BTC"),
            ("0,5 €", "0.5 EUR"),
            ("-5 EUR", "-5 EUR"),
            ("Fr. 20", "20 CHF"),
            ("20 Euro", "20 EUR"),
        ),
        *(
            ("US$ 20", "20 USD"),
            ("£5", "5 GBP"),
            ("20 zł", "20 ZŁ"),
            ("20", "20"),
            ("100000000 JPY", "100000000 JPY"),
        ),
        *(
            ("about 20 EUR", None),
            ("20 30 EUR", None),
            ("20 EUR 30", None),
            ("EUR", None),
            ("", None),
            ("1,2,3 €", None),
            ("20 EUR?", None),
        ),
        *(("$20 USD", None), ("12.34.56", None), ("٣ EUR", None), ("9" * 400, None), ("EUR" * 40_000, None)),
    ],
)
def test_money_is_read_in_english_and_german_spelling_and_never_guessed(typed: str, amount: str | None) -> None:
    assert parse_money(typed) == amount


@given(st.integers(0, 10**12), st.integers(0, 99), st.sampled_from(["EUR", "USD", "CHF"]))
def test_an_amount_is_the_same_in_both_spellings(whole: int, cents: int, currency: str) -> None:
    english, german = f"{whole:,}.{cents:02}", f"{whole:,}".replace(",", ".") + f",{cents:02}"
    expected = f"{whole}.{cents:02} {currency}"
    assert parse_money(f"{english} {currency}") == expected
    assert parse_money(f"{german} {currency}") == expected
    assert parse_money(expected) == expected
