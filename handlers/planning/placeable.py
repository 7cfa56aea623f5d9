"""What an alert may ask for that nothing here can place yet: refused, never left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bus.values import OrderType
from handlers.phrases import Phrase, phrase
from handlers.records.refusals import Refusal, unsupported
from handlers.signals import QuantityType

if TYPE_CHECKING:
    from collections.abc import Callable

    from handlers.signals import Signal

_TRAILING = frozenset({OrderType.TRAILING_STOP})
_RISK = frozenset({QuantityType.RISK_AMOUNT, QuantityType.RISK_PERCENT})
_NO_TRAIL = phrase("no_trail")
# Each field, what of its values asks for more than there is, and what is said of it.
_CHECKS: tuple[tuple[str, Callable[[Any], bool], Phrase], ...] = (
    ("take_profit", bool, phrase("no_take_profit")),
    ("stop_loss", bool, phrase("no_stop_loss")),
    ("order_type", _TRAILING.__contains__, _NO_TRAIL),
    ("trail_amount", bool, _NO_TRAIL),
    ("trail_percent", bool, _NO_TRAIL),
    ("delay", bool, phrase("no_delay")),
    ("quantity_type", _RISK.__contains__, phrase("no_risk")),
)


def refuse_unplaceable(signal: Signal) -> Refusal | None:
    """Return why the alert cannot be carried out as it is; `None` where it can."""
    for field, is_asked, message in _CHECKS:
        if is_asked(getattr(signal, field)):
            return unsupported(field, message)
    for key in signal.unplaceable or ():
        return unsupported(key, phrase("nothing_does_it"), phrase("own_names"))
    return None
