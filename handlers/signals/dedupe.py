"""What makes two alerts the same one: the strategy, all that they mean, and their place."""

from __future__ import annotations

from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from handlers.signals.printing import Spelling, plain_number, spelt

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

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
    fields = spelt(signal, _CANONICAL)
    said = {name: value for name, value in fields.items() if value is not None}
    parts = {"strategy": strategy_id, "index": index, "signal": said}
    return sha256(_ENCODER.encode(parts)).digest()


def _canonical_number(number: Decimal) -> str:
    """Return what is equal where the values are: `1.50` and `1.5` are one number."""
    digits = plain_number(number)
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _canonical_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


_CANONICAL = Spelling(_canonical_number, _canonical_instant)
