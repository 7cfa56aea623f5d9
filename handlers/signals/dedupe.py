"""What makes two alerts the same one: the strategy, all that they mean, and their place."""

from __future__ import annotations

from datetime import UTC
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from handlers.signals.printing import BRACKETS, NUMBERS, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bus.values import StrategyId
    from handlers.signals.signal import Signal

_ENCODER = msgspec.json.Encoder(order="sorted")


def dedupe_key(
    strategy_id: StrategyId, signal: Signal, index: int, printed: Mapping[str, Any] | None = None
) -> bytes:
    """Return 32 bytes that are equal for equal signals of one strategy at one place.

    What is absent is left out, so that a field that alerts learn later changes no older key.

    Args:
        strategy_id: Whose alert it is.
        signal: What it means.
        index: Its place in an array body, so that equal orders of a ladder differ.
        printed: The signal as `printable` has it, where that is known.
    """
    said = _canonical(signal, printable(signal) if printed is None else printed)
    parts = {"strategy": strategy_id, "index": index, "signal": said}
    return sha256(_ENCODER.encode(parts)).digest()


def _canonical(signal: Signal, printed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is equal where the values are: `1.50` and `1.5` are one number."""
    said = {name: value for name, value in printed.items() if value is not None}
    for name in NUMBERS:
        if name in said:
            said[name] = _canonical_number(said[name])
    for name in BRACKETS:
        if name in said:
            said[name] = {part: _canonical_number(text) for part, text in said[name].items()}
    if signal.time is not None:
        said["time"] = signal.time.astimezone(UTC).isoformat()
    if signal.unplaceable is not None:
        said["unplaceable"] = signal.unplaceable
    said["is_bar_time"] = signal.is_bar_time
    return said


def _canonical_number(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
