"""The canonical signal: what an alert means, whatever dialect it came in. Printed as it stands.

Absent is null, decimals are strings with the digits that were sent, times are RFC 3339 UTC.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import msgspec

from bus.values import Mode, OrderType, TimeInForce
from handlers.phrases import Phrase


class Action(StrEnum):
    """What the alert asks for."""

    BUY = "buy"
    SELL = "sell"
    LONG_ENTRY = "long_entry"
    SHORT_ENTRY = "short_entry"
    LONG_EXIT = "long_exit"
    SHORT_EXIT = "short_exit"
    EXIT = "exit"
    REVERSE = "reverse"
    ADD = "add"
    REDUCE = "reduce"
    TARGET = "target"
    CANCEL = "cancel"
    CANCEL_ALL = "cancel_all"
    PING = "ping"


EXITS = frozenset({Action.EXIT, Action.LONG_EXIT, Action.SHORT_EXIT, Action.REDUCE})
CANCELS = frozenset({Action.CANCEL, Action.CANCEL_ALL})


class QuantityType(StrEnum):
    """What the quantity counts."""

    FIXED_QUANTITY = "fixed_quantity"
    NOTIONAL = "notional"
    PERCENT_OF_EQUITY = "percent_of_equity"
    RISK_AMOUNT = "risk_amount"
    RISK_PERCENT = "risk_percent"
    PERCENT_OF_POSITION = "percent_of_position"


class Position(StrEnum):
    """Which way a strategy stands."""

    LONG = "long"
    SHORT = "short"
    FLAT = "flat"


class StopType(StrEnum):
    """How a stop-loss is worked."""

    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"


class Bracket(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of brackets: only what was sent is printed."""


class TakeProfit(Bracket, frozen=True, kw_only=True, omit_defaults=True):
    """Where the profit is taken: a price, a percentage from the entry, or an amount of price."""

    limit_price: Decimal | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None


class StopLoss(Bracket, frozen=True, kw_only=True, omit_defaults=True):
    """Where the loss is stopped. Distances as with `TakeProfit`."""

    type: StopType | None = None
    stop_price: Decimal | None = None
    limit_price: Decimal | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    trail_amount: Decimal | None = None
    trail_percent: Decimal | None = None


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One alert's meaning.

    Attributes:
        quantity: In the unit that `quantity_type` names; `None` where the alert names none.
        position_size: The position after the alert, signed; `prev_position_size` the one before.
        price: For reference only; it never makes a limit order.
        time: When the alert fired. `is_bar_time` where it is the bar's time instead.
        id: The sender's idempotency key.
        max_age: Seconds; it may only tighten the strategy's own limit.
        extras: Kept, never interpreted.
        unplaceable: Keys, as typed, that ask for what nothing here carries out.
    """

    ticker: str
    exchange: str | None = None
    action: Action
    quantity: Decimal | None = None
    quantity_type: QuantityType = QuantityType.FIXED_QUANTITY
    position: Position | None = None
    position_size: Decimal | None = None
    prev_position: Position | None = None
    prev_position_size: Decimal | None = None
    order_type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail_amount: Decimal | None = None
    trail_percent: Decimal | None = None
    price: Decimal | None = None
    take_profit: TakeProfit | None = None
    stop_loss: StopLoss | None = None
    time_in_force: TimeInForce | None = None
    time: datetime | None = None
    is_bar_time: bool = False
    id: str | None = None
    order_id: str | None = None
    comment: str | None = None
    interval: str | None = None
    reduce_only: bool = False
    accounts: tuple[str, ...] | None = None
    mode: Mode | None = None
    delay: Decimal | None = None
    max_age: Decimal | None = None
    extras: dict[str, Any] = {}
    unplaceable: tuple[str, ...] | None = None


class Shape(msgspec.Struct, frozen=True, eq=False):
    """What alerts that a strategy repeats have in common; they differ in what `FREE` names alone.

    A shape is one object as long as it is remembered: what follows from it can be remembered too.
    """

    dialect: str
    signal: Signal


# What says nothing of what is traded, and is another in each alert.
FREE_TEXTS = ("id", "order_id", "comment")
FREE = ("price", "time", *FREE_TEXTS)


class Normalised(msgspec.Struct, frozen=True, kw_only=True):
    """What a body came to.

    Attributes:
        signals: One, or up to ten of an array, in the order sent.
        masked: The body with every secret replaced, as it may be stored.
        shape: That of the one signal, where it was read straight.
    """

    dialect: str
    signals: tuple[Signal, ...]
    warnings: tuple[Phrase, ...]
    masked: str
    shape: Shape | None = None
