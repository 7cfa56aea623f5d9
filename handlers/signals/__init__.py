"""Alert bodies: bytes in, `Signal` out, or a `SignalError`; pure."""

from handlers.signals.errors import Code, SignalError
from handlers.signals.normalise import find_token, masked_body, normalise
from handlers.signals.signal import (
    CANCELS,
    EXITS,
    Action,
    Bracket,
    Normalised,
    Position,
    QuantityType,
    Signal,
    StopLoss,
    StopType,
    TakeProfit,
)

__all__ = (
    "CANCELS",
    "EXITS",
    "Action",
    "Bracket",
    "Code",
    "Normalised",
    "Position",
    "QuantityType",
    "Signal",
    "SignalError",
    "StopLoss",
    "StopType",
    "TakeProfit",
    "find_token",
    "masked_body",
    "normalise",
)
