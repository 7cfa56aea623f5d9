"""What the API prints: decimals as plain strings, times as RFC 3339 UTC, ids as UUIDs."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

import msgspec

from bus.values import Mode, OrderState, OrderType, Side, TimeInForce
from edge.api.order_mapping import OrderMappingBody, mapping_body
from edge.api.reversals import ReversalBody, reversal_body
from edge.api.timeline import ControlHopBody, EventBody, control_hop_bodies, event_bodies
from handlers.records.alerts import SignalOutcome
from handlers.symbols import Market

if TYPE_CHECKING:
    from decimal import Decimal

    from handlers.records.views import (
        FillView,
        OrderDetail,
        PositionView,
        ShownOrder,
        SignalView,
        WorkerView,
    )

T = TypeVar("T")


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all shapes."""


class Page(Shape, Generic[T], frozen=True, kw_only=True):
    """A part of a list, newest first; `next_cursor` is null at the end."""

    items: list[T]
    next_cursor: str | None


class OrderBody(Shape, frozen=True, kw_only=True):
    """An order. `side` and `quantity` are null until freeze where the signal leaves them open.

    An order that asks for a reversal is its closing leg; its `state` is that of both legs.
    """

    id: UUID
    signal_id: UUID | None
    strategy_id: UUID | None
    account_id: UUID
    parent_id: UUID | None
    leg: int
    seq: int
    mode: Mode
    symbol: str
    side: Side | None
    quantity: str | None
    frozen_quantity: str | None
    order_type: OrderType
    limit_price: str | None
    stop_price: str | None
    time_in_force: TimeInForce
    reduce_only: bool
    state: OrderState
    filled_quantity: str
    average_price: str | None
    client_order_id: str
    broker_order_id: str | None
    error_code: str | None
    error_message: str | None
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    trace_id: str
    reversal: ReversalBody | None
    mapping: OrderMappingBody | None


class FillBody(Shape, frozen=True, kw_only=True):
    """One execution."""

    id: str
    order_id: UUID
    account_id: UUID
    symbol: str
    side: Side
    quantity: str
    price: str
    fee: str
    fee_currency: str
    broker_trade_id: str
    at: datetime


class OrderDetailBody(OrderBody, frozen=True, kw_only=True):
    """An order with its fills, the timeline of its hops, and what the control plane did for it."""

    fills: list[FillBody]
    events: list[EventBody]
    control_hops: list[ControlHopBody]


class SignalBody(Shape, frozen=True, kw_only=True):
    """An alert and what became of it; `body` is what was sent, secrets masked.

    Attributes:
        signal: What it meant, where it was understood, of a refused one too; of an array that is
            refused whole, the signal at fault, else the first.
    """

    id: UUID
    strategy_id: UUID
    dialect: str | None
    outcome: SignalOutcome
    code: str | None
    duplicate_of: UUID | None
    signal: Any
    body: str
    orders: list[UUID]
    received_at: datetime
    trace_id: str


class PositionBody(Shape, frozen=True, kw_only=True):
    """What an account holds of a symbol; the quantity is signed.

    Attributes:
        unrealised_pnl: At the price of the last fill, in what the price is in. Null of what is
            flat, and of a future: the record does not have what a point of it is worth.
        expired_quantity: What was held of a contract on its last day: it was settled then, in
            money, and is flat now. Null of all else.
    """

    account_id: UUID
    symbol: str
    side: str
    quantity: str
    average_price: str | None
    unrealised_pnl: str | None
    updated_at: datetime
    expired_quantity: str | None


class WorkerBody(Shape, frozen=True, kw_only=True):
    """A worker process."""

    id: UUID
    user_id: UUID | None
    state: str
    epoch: int | None
    pid: int
    host: str
    started_at: datetime
    last_seen_at: datetime


def plain(number: Decimal | None) -> str | None:
    """Return a decimal without an exponent, its digits as they were sent."""
    return None if number is None else format(number, "f")


def order_fields(shown: ShownOrder) -> dict[str, Any]:
    """Return the fields of an order as the API prints them."""
    order, whole = shown.order, shown.reversal
    return {
        "id": order.id,
        "signal_id": order.signal_id,
        "strategy_id": order.strategy_id,
        "account_id": order.account_id,
        "parent_id": order.parent_id,
        "leg": order.leg,
        "seq": order.seq,
        "mode": order.mode,
        "symbol": order.symbol,
        "side": order.side,
        "quantity": plain(order.quantity),
        "frozen_quantity": plain(order.frozen_quantity),
        "order_type": order.order_type,
        "limit_price": plain(order.limit_price),
        "stop_price": plain(order.stop_price),
        "time_in_force": order.time_in_force,
        "reduce_only": order.reduce_only,
        "state": shown.state,
        "filled_quantity": plain(order.filled_quantity),
        "average_price": plain(order.average_price),
        "client_order_id": order.client_order_id,
        "broker_order_id": order.broker_order_id,
        "error_code": order.error_code if whole is None else whole.error_code,
        "error_message": order.error_message,
        "expires_at": order.expires_at,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "trace_id": order.trace_id,
        "reversal": None if whole is None else reversal_body(whole),
        "mapping": mapping_body(order.mapping),
    }


def order_body(shown: ShownOrder) -> OrderBody:
    """Print an order."""
    return OrderBody(**order_fields(shown))


def detail_body(detail: OrderDetail) -> OrderDetailBody:
    """Print an order with its timeline."""
    return OrderDetailBody(
        **order_fields(detail),
        fills=[fill_body(fill) for fill in detail.fills],
        events=event_bodies(detail.events),
        control_hops=control_hop_bodies(detail.hops),
    )


def fill_body(fill: FillView) -> FillBody:
    """Print an execution."""
    return FillBody(
        id=fill.id,
        order_id=fill.order_id,
        account_id=fill.account_id,
        symbol=fill.symbol,
        side=fill.side,
        quantity=format(fill.quantity, "f"),
        price=format(fill.price, "f"),
        fee=format(fill.fee, "f"),
        fee_currency=fill.fee_currency,
        broker_trade_id=fill.broker_trade_id,
        at=fill.at,
    )


def signal_body(signal: SignalView) -> SignalBody:
    """Print an alert."""
    return SignalBody(
        id=signal.id,
        strategy_id=signal.strategy_id,
        dialect=signal.dialect,
        outcome=signal.outcome,
        code=signal.code,
        duplicate_of=signal.duplicate_of,
        signal=signal.signal,
        body=signal.body,
        orders=list(signal.orders),
        received_at=signal.received_at,
        trace_id=signal.trace_id,
    )


def position_body(position: PositionView, market: Market | None) -> PositionBody:
    """Print a position in a market."""
    side = "long" if position.quantity > 0 else "short" if position.quantity < 0 else "flat"
    return PositionBody(
        account_id=position.account_id,
        symbol=position.symbol,
        side=side,
        quantity=format(position.quantity, "f"),
        average_price=plain(position.average_price),
        unrealised_pnl=None if market is Market.FUTURES else plain(position.unrealised_pnl),
        updated_at=position.updated_at,
        expired_quantity=plain(position.expired_quantity),
    )


def worker_body(worker: WorkerView) -> WorkerBody:
    """Print a worker."""
    return WorkerBody(
        id=worker.id,
        user_id=worker.user_id,
        state=worker.state,
        epoch=worker.epoch,
        pid=worker.pid,
        host=worker.host,
        started_at=worker.started_at,
        last_seen_at=worker.last_seen_at,
    )
