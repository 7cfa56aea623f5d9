"""What the house keeps: accounts, strategies, orders, and what is written down about them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from telemetry.stages import Stage

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
from handlers.sizing_rules import DriftPolicy, SizingRule


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all records: frozen, by keyword."""


class AccountState(StrEnum):
    """Whether orders may be sent to an account."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class Account(Record, frozen=True, kw_only=True):
    """One account at one broker. Credentials are kept apart, sealed."""

    id: AccountId
    user_id: UserId
    name: str
    broker: str
    mode: Mode
    state: AccountState = AccountState.ENABLED
    options: dict[str, Any] = {}
    multiplier: Decimal = Decimal(1)
    created_at: datetime | None = None


class StrategyState(StrEnum):
    """Whether a strategy's alerts are taken."""

    ACTIVE = "active"
    PAUSED = "paused"


class StrategySettings(Record, frozen=True, kw_only=True):
    """What a trader may tune on a strategy.

    Attributes:
        follows: True takes quantities as sent even where position sizes are given; false syncs to
            the sizes.
        entry_ttl_s: Entries older than this never execute.
        exit_ttl_s: Exits and cancels older than this never execute.
        strict_time: Judge freshness by bar times too.
    """

    follows: bool = False
    drift: DriftPolicy = DriftPolicy.BLOCK
    entry_ttl_s: int = 60
    exit_ttl_s: int = 900
    strict_time: bool = False
    pip_size: Decimal | None = None


class Strategy(Record, frozen=True, kw_only=True):
    """Where alerts come in, and which accounts they reach."""

    id: StrategyId
    user_id: UserId
    name: str
    state: StrategyState
    mode: Mode
    accounts: tuple[AccountId, ...]
    default_quantity: Decimal | None = None
    dedupe_window_s: int = 30
    settings: StrategySettings = StrategySettings()
    created_at: datetime | None = None


class Recognised(Record, frozen=True, kw_only=True):
    """All that a webhook token stands for; the edge keeps it in its cache."""

    strategy: Strategy
    accounts: tuple[Account, ...]
    is_switch_engaged: bool


class Principal(Record, frozen=True, kw_only=True):
    """Who calls the API, and what the key allows."""

    user_id: UserId
    key_id: UUID
    scopes: frozenset[str]
    expires_at: datetime | None


class NewOrder(Record, frozen=True, kw_only=True):
    """An order to be recorded. `side` and `quantity` are open until freeze where sizing says so.

    Attributes:
        denied_code: Set where the order is recorded as `denied` at once, and why.
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
    """It is committed. `to_cancel` are live orders whose cancel must now be hinted."""

    signal_id: SignalId
    to_cancel: tuple[tuple[OrderId, AccountId], ...] = ()


class Duplicate(Record, frozen=True, kw_only=True):
    """The same signal was recorded before; nothing was written but the fact."""

    signal_id: SignalId
    order_ids: tuple[OrderId, ...]


class RefusedAtRecord(Record, frozen=True, kw_only=True):
    """What the cache could not know: the strategy was paused or the switch engaged meanwhile."""

    code: str


class NextLeg(Record, frozen=True, kw_only=True):
    """The opening part of a reversal, recorded when its closing part is final."""

    side: Side
    quantity: Decimal


class Order(Record, frozen=True, kw_only=True):
    """An order as it stands."""

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


class Mark(Record, frozen=True, kw_only=True):
    """A hop that was passed, to be written down with the next transaction that writes anyway."""

    stage: Stage
    at: datetime
    evidence: dict[str, Any] = {}


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
    marks: tuple[Mark, ...] = ()


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
    evidence: dict[str, Any] = {}
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
