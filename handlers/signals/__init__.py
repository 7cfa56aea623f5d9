"""Alert bodies: bytes in, `Signal` out, or a `SignalError`; pure."""

from handlers.signals.dedupe import dedupe_key
from handlers.signals.errors import Code, SignalError
from handlers.signals.explain import Explained, Unexplained, explain, explained
from handlers.signals.meaning import meaning
from handlers.signals.normalise import find_token, masked_body, normalise
from handlers.signals.printing import encode_printed, printable
from handlers.signals.signal import (
    CANCELS,
    EXITS,
    FREE,
    Action,
    Bracket,
    Normalised,
    Position,
    QuantityType,
    Shape,
    Signal,
    StopLoss,
    StopType,
    TakeProfit,
)

__all__ = (
    "CANCELS",
    "EXITS",
    "FREE",
    "Action",
    "Bracket",
    "Code",
    "Explained",
    "Normalised",
    "Position",
    "QuantityType",
    "Shape",
    "Signal",
    "SignalError",
    "StopLoss",
    "StopType",
    "TakeProfit",
    "Unexplained",
    "dedupe_key",
    "encode_printed",
    "explain",
    "explained",
    "find_token",
    "masked_body",
    "meaning",
    "normalise",
    "printable",
)
