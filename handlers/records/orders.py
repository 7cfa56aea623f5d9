"""An order as it stands, and what is said, claimed and settled about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from broker_adapters.base import Fill
from bus.envelope import Envelope
from bus.values import (
    AccountId,
    Mode,
    OrderId,
    OrderState,
    OrderType,
    Side,
    SignalId,
    StrategyId,
    TimeInForce,
    UserId,
    WorkerId,
)
from handlers.records.base import Record
from handlers.records.sizing_rules import SizingRule
from handlers.records.symbols import SymbolMapping
from telemetry.stages import Stage


class NextLeg(Record, frozen=True, kw_only=True):
    """The opening part of a reversal, recorded when its closing part is final."""

    side: Side
    quantity: Decimal


class Order(Record, frozen=True, kw_only=True):
    """An order as it stands.

    Attributes:
        traded_as: The contract that was traded, where the symbol is a name that leads to another
            one from month to month; known since it was claimed.
    """

    id: OrderId
    user_id: UserId
    account_id: AccountId
    strategy_id: StrategyId | None
    signal_id: SignalId | None
    parent_id: OrderId | None
    leg: int
    seq: int
    mode: Mode
    symbol: str
    sizing: SizingRule
    side: Side | None
    quantity: Decimal | None
    frozen_quantity: Decimal | None
    next_leg: NextLeg | None
    order_type: OrderType
    limit_price: Decimal | None
    stop_price: Decimal | None
    time_in_force: TimeInForce
    reduce_only: bool
    reference_price: Decimal | None
    state: OrderState
    filled_quantity: Decimal
    average_price: Decimal | None
    client_order_id: str
    broker_order_id: str | None
    epoch: int | None
    send_started_at: datetime | None
    send_by: datetime | None
    attempts: int
    expires_at: datetime
    cancel_requested_at: datetime | None
    cancel_sent_at: datetime | None
    error_code: str | None
    error_message: str | None
    trace_id: str
    traceparent: str
    created_at: datetime
    updated_at: datetime
    mapping: SymbolMapping | None = None
    traded_as: str | None = None


class Mark(Record, frozen=True, kw_only=True):
    """A hop that was passed, to be written down with the next transaction that writes anyway."""

    stage: Stage
    at: datetime
    evidence: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


class Lease(Record, frozen=True, kw_only=True):
    """The right to send for a user. A greater epoch makes all smaller ones void."""

    user_id: UserId
    worker_id: WorkerId
    epoch: int


class Claim(Record, frozen=True, kw_only=True):
    """What freeze decided, to be written by the claim."""

    order_id: OrderId
    lease: Lease
    side: Side
    frozen_quantity: Decimal
    reduce_only: bool
    next_leg: NextLeg | None = None
    traded_as: str | None = None
    marks: tuple[Mark, ...] = ()


# How long after its claim an order may be handed over; the record's claim has the same span.
SEND_SPAN = timedelta(seconds=2)


class ClaimedOrder(Record, frozen=True, kw_only=True):
    """The order is `sending`; its one send may begin, and not after `send_by`."""

    order: Order
    send_by: datetime


class WhyNot(StrEnum):
    """Why a claim got no row. `EXPIRED`, `KILLED` and `DISABLED` made the order final."""

    GONE = "gone"
    LEASE_LOST = "lease_lost"
    EXPIRED = "expired"
    KILLED = "killed"
    DISABLED = "disabled"
    BLOCKED = "blocked"
    BEHIND = "behind"


class NotClaimed(Record, frozen=True, kw_only=True):
    """The claim got no row. `ahead` is the older order that goes first, when `BEHIND`."""

    why: WhyNot
    ahead: OrderId | None = None


class Settlement(Record, frozen=True, kw_only=True):
    """What is now known of an order that was claimed.

    Attributes:
        state: What the evidence shows; `QUEUED` only for a send that provably never happened.
        filled_quantity: Cumulative, as the venue says; what is recorded never falls.
        epoch: The writer's; `QUEUED` and `UNKNOWN` count only for the epoch that claimed.
    """

    order_id: OrderId
    state: OrderState
    epoch: int
    actor: str
    broker_order_id: str | None = None
    filled_quantity: Decimal | None = None
    average_price: Decimal | None = None
    fills: tuple[Fill, ...] = ()
    error_code: str | None = None
    error_message: str | None = None
    evidence: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])
    marks: tuple[Mark, ...] = ()


class Settled(Record, frozen=True, kw_only=True):
    """What the settlement came to; `child` is a reversal's second leg, recorded with it."""

    state: OrderState
    has_changed: bool
    child: OrderId | None = None


class CancelAnswer(StrEnum):
    """What asking for a cancel came to."""

    CANCELLED = "cancelled"
    REQUESTED = "requested"
    ALREADY_FINAL = "already_final"
    NOT_FOUND = "not_found"


class SwitchState(Record, frozen=True, kw_only=True):
    """A user's kill switch."""

    is_engaged: bool
    allows_exits: bool
    since: datetime | None


class SwitchChange(Record, frozen=True, kw_only=True):
    """What engaging or releasing the kill switch did."""

    switch: SwitchState
    denied: tuple[OrderId, ...]
    to_cancel: tuple[tuple[OrderId, AccountId], ...]


class OutboxItem(Record, frozen=True, kw_only=True):
    """A command that has made no progress and is hinted (again). `attempt` counts from 1."""

    id: UUID
    envelope: Envelope
    attempt: int
