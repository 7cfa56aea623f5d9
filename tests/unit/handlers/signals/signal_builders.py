"""Signals made by hand, for tests of what happens after reading."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from handlers.signals import Action, Signal


def a_signal(**fields: Any) -> Signal:
    """Return `buy 0.05 BTCUSDT`, changed by `fields`; `quantity=None` leaves it out."""
    usual: dict[str, Any] = {
        "ticker": "BTCUSDT",
        "action": Action.BUY,
        "quantity": Decimal("0.05"),
    }
    return Signal(**{**usual, **fields})
