"""What an alert becomes when it is written down: a signal, orders, cancels."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bus.values import (
    AccountId,
    Mode,
    OrderId,
    OrderType,
    Side,
    SignalId,
    StrategyId,
    TimeInForce,
    UserId,
)
from handlers.records.base import Record
from handlers.records.sizing_rules import SizingRule
from handlers.records.symbols import SymbolMapping


class NewOrder(Record, frozen=True, kw_only=True):
    """An order to be recorded. `side` and `quantity` are open until freeze where sizing says so.

    Attributes:
        denied_code: Set where the order is recorded as `denied` at once, and why.
        error_message: What there is to say of that.
        mapping: How it came by its symbol.
        reference_price: The alert's price; never a limit.
    """

    id: OrderId
    account_id: AccountId
    mode: Mode
    symbol: str
    sizing: SizingRule
    side: Side | None
    quantity: Decimal | None
    order_type: OrderType
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    reference_price: Decimal | None = None
    expires_at: datetime
    client_order_id: str
    parent_id: OrderId | None = None
    denied_code: str | None = None
    error_message: str | None = None
    mapping: SymbolMapping | None = None


class NewCancel(Record, frozen=True, kw_only=True):
    """Working and queued orders whose cancel an alert asks for; no symbol is all of the account."""

    account_id: AccountId
    symbol: str | None


class Dedupe(Record, frozen=True, kw_only=True):
    """What makes a signal the same as an earlier one.

    Attributes:
        hash: SHA-256 of the strategy, the signal's fields and its index.
        window: The sliding window within which the same hash is a duplicate; `None` is for good.
    """

    hash: bytes
    window: timedelta | None


class SignalOutcome(StrEnum):
    """What became of an alert."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    REFUSED = "refused"


class NewSignal(Record, frozen=True, kw_only=True):
    """An alert to be recorded with everything that follows from it, in one transaction.

    Attributes:
        body: The alert as it came, secrets masked.
        signal: The canonical signal as JSON; `None` where the body could not be read.
        outcome: `ACCEPTED`, or `REJECTED`/`REFUSED` with `code` and no orders.
        dedupe: `None` for what is only written down.
        received_at: When its first byte was read.
    """

    id: SignalId
    strategy_id: StrategyId
    user_id: UserId
    dialect: str | None
    body: str
    signal: bytes | None
    outcome: SignalOutcome
    code: str | None = None
    dedupe: Dedupe | None
    received_at: datetime
    trace_id: str
    traceparent: str
    orders: tuple[NewOrder, ...] = ()
    cancels: tuple[NewCancel, ...] = ()


class Recorded(Record, frozen=True, kw_only=True):
    """It is committed.

    Attributes:
        to_cancel: Live orders whose cancel must now be hinted.
        is_id_reused: An earlier alert of the strategy had the same id and other content.
    """

    signal_id: SignalId
    to_cancel: tuple[tuple[OrderId, AccountId], ...] = ()
    is_id_reused: bool = False


class Duplicate(Record, frozen=True, kw_only=True):
    """The same signal was recorded before; nothing was written but the fact."""

    signal_id: SignalId
    order_ids: tuple[OrderId, ...]


class RefusedAtRecord(Record, frozen=True, kw_only=True):
    """What the cache could not know: the strategy was paused or the switch engaged meanwhile."""

    code: str
