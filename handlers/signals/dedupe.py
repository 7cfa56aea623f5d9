"""What makes two alerts the same one: the strategy, all that they mean, and their place."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from handlers.signals.printing import as_json, plain_number

if TYPE_CHECKING:
    from bus.values import StrategyId
    from handlers.signals.signal import Signal

_ENCODER = msgspec.json.Encoder(order="sorted")


def dedupe_key(strategy_id: StrategyId, signal: Signal, index: int) -> bytes:
    """Return 32 bytes that are equal for equal signals of one strategy at one place.

    What is absent is left out, so that a field that alerts learn later changes no older key.

    Args:
        strategy_id: Whose alert it is.
        signal: What it means.
        index: Its place in an array body, so that equal orders of a ladder differ.
    """
    parts = {"strategy": str(strategy_id), "index": index, "signal": as_json(signal, _canonical)}
    return sha256(_ENCODER.encode(parts)).digest()


def _canonical(value: object) -> object:
    """Return what is equal where the values are: `1.50` and `1.5` are one number."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        digits = plain_number(value)
        return digits.rstrip("0").rstrip(".") if "." in digits else digits
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
