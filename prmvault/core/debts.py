"""Debts netted: what is owed in the end, per currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal


def net_debts(debts: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return, per currency, `{amount: "13.50 EUR", by: me|them}` of a person's debts.

    What is even or settled is left out.
    `debts` are as `core.kinds` reads them: `amount` is `number CURRENCY`, `by` tells who owes.
    """
    open_debts = [debt for debt in debts if not is_settled(debt)]
    if not open_debts:
        return []
    from decimal import Decimal

    sums: dict[str, Decimal] = {}
    places: dict[str, int] = {}
    for debt in open_debts:
        number, _, currency = debt["amount"].partition(" ")
        amount = Decimal(number)
        sums[currency] = sums.get(currency, Decimal(0)) + (amount if debt["by"] == "them" else -amount)
        places[currency] = max(places.get(currency, 0), -int(amount.as_tuple().exponent))
    return [
        {"amount": f"{abs(total):.{places[currency]}f} {currency}".strip(), "by": "them" if total > 0 else "me"}
        for currency, total in sums.items()
        if total
    ]


def is_settled(debt: Mapping[str, Any]) -> bool:
    """Tell whether a debt is paid: `settled` is a day or yes."""
    return str(debt.get("settled") or "").strip().casefold() not in ("", "no", "false", "nein")
