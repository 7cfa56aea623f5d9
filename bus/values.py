"""The words that every folder speaks: typed ids, closed choices, exact numbers.

Never a float: prices and quantities are `Decimal`, instants are aware UTC or integer nanoseconds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from typing import NewType, Protocol
from uuid import UUID

UserId = NewType("UserId", UUID)
AccountId = NewType("AccountId", UUID)
StrategyId = NewType("StrategyId", UUID)
SignalId = NewType("SignalId", UUID)
OrderId = NewType("OrderId", UUID)
WorkerId = NewType("WorkerId", UUID)

# Whose messages are that concern no user: the pool, the turns of maintenance.
HOUSE = UserId(UUID(int=0))


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "buy"
    SELL = "sell"


class Mode(StrEnum):
    """Whether an order may touch real money. A payload may only downgrade `live` to `paper`."""

    PAPER = "paper"
    LIVE = "live"


class OrderType(StrEnum):
    """How an order meets the market."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class TimeInForce(StrEnum):
    """How long an order works: today, until cancelled, at once in part, or at once in whole."""

    DAY = "day"
    GTC = "gtc"
    IOC = "ioc"
    FOK = "fok"


class OrderState(StrEnum):
    """Where an order stands; the transitions are those of `handlers.records.lifecycle`."""

    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"
    DENIED = "denied"
    UNKNOWN = "unknown"
    NOT_PLACED = "not_placed"
    NEEDS_REVIEW = "needs_review"


# An order in one of these stands at its venue, and more may come of it.
WORKING = frozenset({OrderState.ACCEPTED, OrderState.PARTIALLY_FILLED})


class Clock(Protocol):
    """The time, passed in so that it can be simulated."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds on a clock that never steps back; only differences mean anything."""
        ...


class SystemClock(Clock):
    """The machine's own clocks."""

    def now(self) -> datetime:
        """Return the wall-clock time, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the monotonic clock's seconds."""
        return monotonic()
