"""Debts netted: per currency, in the places of the amounts, without what is settled."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prmvault.core.debts import is_settled, net_debts


def debt(amount: str, by: str = "them", **more: str) -> dict[str, Any]:
    return {"amount": amount, "by": by, **more}


def test_what_both_owe_is_netted() -> None:
    owed = [debt("20 EUR"), debt("6.50 EUR", "me")]
    assert net_debts(owed) == [{"amount": "13.50 EUR", "by": "them"}]


def test_each_currency_is_netted_by_itself() -> None:
    owed = [debt("20 EUR"), debt("45 GBP", "me"), debt("5 EUR", "me")]
    assert net_debts(owed) == [{"amount": "15 EUR", "by": "them"}, {"amount": "45 GBP", "by": "me"}]


def test_what_is_even_is_not_told() -> None:
    assert net_debts([debt("20 EUR"), debt("20.00 EUR", "me")]) == []


@pytest.mark.parametrize("settled", ["2026-10-25", "yes", "true", "ja"])
def test_a_settled_debt_does_not_count(settled: str) -> None:
    assert is_settled(debt("1 EUR", settled=settled))
    assert net_debts([debt("12.50 EUR", settled=settled), debt("1 EUR")]) == [{"amount": "1 EUR", "by": "them"}]


@pytest.mark.parametrize("settled", ["", "no", "false", "nein", "No "])
def test_a_debt_that_is_said_not_to_be_settled_counts(settled: str) -> None:
    assert not is_settled(debt("1 EUR", settled=settled))
    assert not is_settled(debt("1 EUR"))


def test_an_amount_without_a_currency_is_netted_too() -> None:
    assert net_debts([debt("3"), debt("1.5", "me")]) == [{"amount": "1.5", "by": "them"}]


@given(st.lists(st.tuples(st.integers(1, 10**9), st.sampled_from(["me", "them"])), max_size=30))
def test_no_cent_is_lost(entries: list[tuple[int, str]]) -> None:
    found = net_debts([debt(f"{Decimal(cents) / 100} EUR", by) for cents, by in entries])
    total = sum(cents if by == "them" else -cents for cents, by in entries)
    if not total:
        assert found == []
        return
    (net,) = found
    assert Decimal(net["amount"].removesuffix(" EUR")) * 100 == abs(total)
    assert net["by"] == ("them" if total > 0 else "me")
