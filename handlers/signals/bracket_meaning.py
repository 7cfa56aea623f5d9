"""What an alert's take-profit and stop-loss ask for, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.values import OrderType
from handlers.phrases import listed, phrase
from handlers.signals.printing import plain_number
from handlers.signals.signal import QuantityType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.phrases import Phrase
    from handlers.signals.signal import Bracket, Signal

_RISK = frozenset({QuantityType.RISK_AMOUNT, QuantityType.RISK_PERCENT})


def bracket_sentences(signal: Signal) -> Iterator[Phrase]:
    """Say where profit is taken and loss stopped, and that none of it is ever left out."""
    unit = "pips" if signal.extras.get("distance_unit") == "pip" else "amount"
    if signal.take_profit is not None:
        yield phrase("means_take_profit", parts=_parts(signal.take_profit, unit=unit))
    if signal.stop_loss is not None:
        kind = signal.stop_loss.type
        words = "means_stop_loss" if kind is None else f"means_stop_loss_{kind}"
        yield phrase(words, parts=_parts(signal.stop_loss, unit=unit))
    if _may_be_unplaceable(signal):
        yield phrase("means_all_or_nothing")


def _parts(bracket: Bracket, *, unit: str) -> str | Phrase:
    return listed(
        phrase(f"means_bracket_{unit if name == 'amount' else name}", number=plain_number(number))
        for name in bracket.__struct_fields__
        if name != "type" and (number := getattr(bracket, name)) is not None
    )


def _may_be_unplaceable(signal: Signal) -> bool:
    return (
        signal.take_profit is not None
        or signal.stop_loss is not None
        or signal.order_type is OrderType.TRAILING_STOP
        or signal.trail_amount is not None
        or signal.trail_percent is not None
        or bool(signal.delay)
        or signal.quantity_type in _RISK
    )
