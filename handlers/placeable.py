"""What an alert may ask for that nothing here can place yet: refused, never left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.values import OrderType
from handlers.refusals import Refusal, unsupported
from handlers.signals import QuantityType

if TYPE_CHECKING:
    from handlers.signals import Signal

_RISK = frozenset({QuantityType.RISK_AMOUNT, QuantityType.RISK_PERCENT})


def refuse_unplaceable(signal: Signal) -> Refusal | None:
    """Return why the alert cannot be carried out as it is; `None` where it can."""
    asked = (
        ("take_profit", signal.take_profit is not None, "No take-profit order is placed yet."),
        ("stop_loss", signal.stop_loss is not None, "No stop-loss order is placed yet."),
        (
            "order_type",
            signal.order_type is OrderType.TRAILING_STOP,
            "No trailing stop is placed yet.",
        ),
        ("trail_amount", signal.trail_amount is not None, "No trailing stop is placed yet."),
        ("trail_percent", signal.trail_percent is not None, "No trailing stop is placed yet."),
        ("delay", bool(signal.delay), "No order is delayed yet."),
        (
            "quantity_type",
            signal.quantity_type in _RISK,
            "No quantity is taken from a risk yet: it needs a stop-loss.",
        ),
    )
    for field, is_asked, message in asked:
        if is_asked:
            return unsupported(field, message)
    for key in signal.unplaceable or ():
        return unsupported(key, "This would change what is traded, and nothing here does it.")
    return None
