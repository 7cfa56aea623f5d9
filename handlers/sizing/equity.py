"""What of an account's money a share of the equity is a share of. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from handlers.sizing.rounding import EXACT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from broker_adapters.base import Balance, Instrument


def equity_in(instrument: Instrument, balances: Sequence[Balance]) -> Decimal:
    """Return the account's money of the currency that the instrument's price is in.

    Money of another currency is worth nothing here: nobody says at which price it is changed.
    """
    equity = Decimal(0)
    for balance in balances:
        if instrument.currency in {None, balance.currency}:
            equity = EXACT.add(equity, balance.total)
    return equity
