"""What lists and details are read as; the edge prints these."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from bus.values import AccountId, OrderId, OrderState, Side, SignalId, StrategyId, UserId, WorkerId
from handlers.records.alerts import SignalOutcome
from handlers.records.control_hops import ControlHop
from handlers.records.orders import Order
from handlers.records.reversal import Reversal
from telemetry.stages import Stage


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all views."""


class OrderEvent(View, frozen=True, kw_only=True):
    """One hop of an order."""

    order_id: OrderId
    n: int
    at: datetime
    stage: Stage
    from_state: OrderState | None
    to_state: OrderState | None
    actor: str
    epoch: int | None
    evidence: dict[str, Any]


class FillView(View, frozen=True, kw_only=True):
    """One execution, as recorded."""

    id: str
    order_id: OrderId
    account_id: AccountId
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    broker_trade_id: str
    at: datetime
    traded_as: str | None = None

    @property
    def held_as(self) -> str:
        """What it added to, or took from: the contract, where the symbol is a name of several."""
        return self.traded_as or self.symbol


class ShownOrder(View, frozen=True, kw_only=True):
    """An order as it is shown: its own row, and where it is a reversal, the whole."""

    order: Order
    reversal: Reversal | None = None

    @property
    def state(self) -> OrderState:
        """The state it is shown in."""
        return self.order.state if self.reversal is None else self.reversal.state


class OrderDetail(ShownOrder, frozen=True, kw_only=True):
    """An order with its timeline and fills, and what the control plane did about it."""

    events: tuple[OrderEvent, ...]
    fills: tuple[FillView, ...]
    hops: tuple[ControlHop, ...] = ()


class SignalView(View, frozen=True, kw_only=True):
    """An alert and what became of it."""

    id: SignalId
    strategy_id: StrategyId
    dialect: str | None
    outcome: SignalOutcome
    code: str | None
    duplicate_of: SignalId | None
    signal: Any
    body: str
    orders: tuple[OrderId, ...]
    received_at: datetime
    trace_id: str


class PositionView(View, frozen=True, kw_only=True):
    """What an account holds of a symbol, by the fills recorded; the quantity is signed.

    Attributes:
        names: Under which it was traded, where these were not its own symbol.
        expired_quantity: What was held of a contract on its last day, which was settled then:
            nothing of it is held now.
    """

    account_id: AccountId
    symbol: str
    quantity: Decimal
    average_price: Decimal | None
    unrealised_pnl: Decimal | None
    updated_at: datetime
    names: tuple[str, ...] = ()
    expired_quantity: Decimal | None = None


class WorkerState(StrEnum):
    """How a worker is: warm, claimed, connecting, active or processing, draining, gone.

    `DEGRADED` is an active one with an account that it cannot reach.
    """

    WARM = "warm"
    CLAIMED = "claimed"
    CONNECTING = "connecting"
    ACTIVE = "active"
    PROCESSING = "processing"
    DEGRADED = "degraded"
    DRAINING = "draining"
    GONE = "gone"


class WorkerView(View, frozen=True, kw_only=True):
    """A worker process; `state` is a `WorkerState`, of this version or another one's."""

    id: WorkerId
    user_id: UserId | None
    state: str
    epoch: int | None
    pid: int
    host: str
    started_at: datetime
    last_seen_at: datetime


class StreamEvent(View, frozen=True, kw_only=True):
    """One entry of a user's live stream: `kind` is order, fill, signal, worker or switch.

    `stream_n` grows from entry to entry, with gaps; all who read see the same order.
    """

    stream_n: int
    kind: str
    object_id: UUID
    at: datetime


class StreamPosition(View, frozen=True, kw_only=True):
    """Where a live stream stands.

    Attributes:
        now: No entry written by now has a greater number that a reader may see first later.
        end: No entry of this moment has a number as great: a greater one was never given.
    """

    now: int
    end: int


class Sought(View, frozen=True, kw_only=True):
    """Which orders an id, or the beginning of one, may mean: those in any of these spans.

    Attributes:
        order_ids: The first that counts and the last; so are `signal_ids`.
        venue_ids: The first that counts, and the text before which all that count stand, compared
            character by character.
    """

    order_ids: tuple[UUID, UUID] | None
    signal_ids: tuple[UUID, UUID] | None
    venue_ids: tuple[str, str]


class Filter(View, frozen=True, kw_only=True):
    """What a list is narrowed to; `None` is everything. `state` is the one that is shown.

    Attributes:
        since: Recorded then or later; `until`: before that. Orders alone.
        sought: Orders alone, likewise.
    """

    account_id: AccountId | None = None
    strategy_id: StrategyId | None = None
    symbol: str | None = None
    state: str | None = None
    signal_id: SignalId | None = None
    order_id: OrderId | None = None
    since: datetime | None = None
    until: datetime | None = None
    sought: Sought | None = None


class Span(View, frozen=True, kw_only=True):
    """Which part of a list, newest first: `limit` rows older than the row of this time and id."""

    limit: int = 50
    before: tuple[datetime, str] | None = None
