"""What makes two alerts the same one: the strategy, all that they mean, and their place."""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from handlers.signals.printing import BRACKETS, NUMBERS, plain_number, printable
from handlers.signals.signal import FREE_TEXTS

if TYPE_CHECKING:
    from datetime import datetime

    from bus.values import StrategyId
    from handlers.signals.signal import Shape, Signal

_ENCODER = msgspec.json.Encoder(order="sorted")


def dedupe_key(
    strategy_id: StrategyId, signal: Signal, index: int, shape: Shape | None = None
) -> bytes:
    """Return 32 bytes that are equal for equal signals of one strategy at one place.

    What is absent is left out, so that a field that alerts learn later changes no older key.

    Args:
        strategy_id: Whose alert it is.
        signal: What it means.
        index: Its place in an array body, so that equal orders of a ladder differ.
        shape: The signal's, where it has one: of what that says the form is remembered.
    """
    said = _canonical(signal) if shape is None else _completed(_canonical_shape(shape), signal)
    parts = {"strategy": strategy_id, "index": index, "signal": said}
    return sha256(_ENCODER.encode(parts)).digest()


def _canonical(signal: Signal) -> dict[str, Any]:
    """Return what is equal where the values are: `1.50` and `1.5` are one number."""
    said = {name: value for name, value in printable(signal).items() if value is not None}
    for name in NUMBERS:
        if name in said:
            said[name] = _canonical_number(said[name])
    for name in BRACKETS:
        if name in said:
            said[name] = {part: _canonical_number(text) for part, text in said[name].items()}
    if signal.time is not None:
        said["time"] = _canonical_time(signal.time)
    if signal.unplaceable is not None:
        said["unplaceable"] = signal.unplaceable
    said["is_bar_time"] = signal.is_bar_time
    return said


@lru_cache(maxsize=4096)
def _canonical_shape(shape: Shape) -> dict[str, Any]:
    return _canonical(shape.signal)


def _completed(shape: dict[str, Any], signal: Signal) -> dict[str, Any]:
    """Return a shape's form with what its alerts differ in."""
    said = shape.copy()
    if signal.price is not None:
        said["price"] = _canonical_number(plain_number(signal.price))
    if signal.time is not None:
        said["time"] = _canonical_time(signal.time)
    for name in FREE_TEXTS:
        text = getattr(signal, name)
        if text is not None:
            said[name] = text
    return said


def _canonical_time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _canonical_number(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
