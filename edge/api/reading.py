"""What is read of a user's record: orders, alerts, fills, positions, workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import get
from litestar.di import Provide

from bus.values import OrderId, OrderState
from edge.api.paging import (
    ALERT_LIST,
    FILL_LIST,
    ORDER_LIST,
    PLAIN_LIST,
    POSITION_LIST,
    SpanGiven,
    one_more,
    page_in_memory,
    page_of,
    read_fill_filter,
    read_order_filter,
    read_position_filter,
    require_state,
)
from edge.api.shapes import (
    FillBody,
    OrderBody,
    OrderDetailBody,
    Page,
    PositionBody,
    SignalBody,
    WorkerBody,
    detail_body,
    fill_body,
    order_body,
    position_body,
    signal_body,
    worker_body,
)
from edge.door.guards import needs
from edge.errors import not_found
from edge.given import Caller, FilterGiven, IdInPath, PortsGiven
from handlers.records.alerts import SignalOutcome
from handlers.symbols import VENUES

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.records.views import FillView, PositionView, ShownOrder, SignalView, WorkerView

_READ = [needs("read")]
_BY_ORDER = {"where": Provide(read_order_filter, sync_to_thread=False)}
_BY_FILL = {"where": Provide(read_fill_filter, sync_to_thread=False)}
_BY_POSITION = {"where": Provide(read_position_filter, sync_to_thread=False)}


@get(
    "/api/orders",
    guards=_READ,
    tags=["Orders"],
    summary="List orders",
    opt=ORDER_LIST,
    dependencies=_BY_ORDER,
)
async def list_orders(
    ports: PortsGiven, principal: Caller, where: FilterGiven, span: SpanGiven
) -> Page[OrderBody]:
    """Return orders, newest first."""
    require_state(where, OrderState)
    rows = await ports.store.queries.orders(principal.user_id, where, one_more(span))
    return page_of(rows, span, key=_order_key, show=order_body)


@get("/api/orders/{order_id:uuid}", guards=_READ, tags=["Orders"], summary="Read one order")
async def read_order(ports: PortsGiven, principal: Caller, order_id: IdInPath) -> OrderDetailBody:
    """Return an order with its fills and the timeline of its hops."""
    detail = await ports.store.queries.order(principal.user_id, OrderId(order_id))
    if detail is None:
        raise not_found("order")
    return detail_body(detail)


@get("/api/signals", guards=_READ, tags=["Signals"], summary="List alerts", opt=ALERT_LIST)
async def list_signals(
    ports: PortsGiven, principal: Caller, where: FilterGiven, span: SpanGiven
) -> Page[SignalBody]:
    """Return alerts and what became of them, newest first, the refused ones too."""
    require_state(where, SignalOutcome)
    rows = await ports.store.queries.signals(principal.user_id, where, one_more(span))
    return page_of(rows, span, key=_signal_key, show=signal_body)


@get(
    "/api/fills",
    guards=_READ,
    tags=["Orders"],
    summary="List executions",
    opt=FILL_LIST,
    dependencies=_BY_FILL,
)
async def list_fills(
    ports: PortsGiven, principal: Caller, where: FilterGiven, span: SpanGiven
) -> Page[FillBody]:
    """Return executions, newest first."""
    rows = await ports.store.queries.fills(principal.user_id, where, one_more(span))
    return page_of(rows, span, key=_fill_key, show=fill_body)


@get(
    "/api/positions",
    guards=_READ,
    tags=["Positions"],
    summary="List positions",
    opt=POSITION_LIST,
    dependencies=_BY_POSITION,
)
async def list_positions(
    ports: PortsGiven, principal: Caller, where: FilterGiven, span: SpanGiven
) -> Page[PositionBody]:
    """Return what is held, by the fills recorded."""
    rows = [
        row
        for row in await ports.store.queries.positions(principal.user_id)
        if where.account_id in (None, row.account_id)
        and where.symbol in (None, row.symbol, *row.names)
    ]
    accounts = await ports.store.catalogue.accounts(principal.user_id)
    venues = {account.id: VENUES[account.broker] for account in accounts}

    def show(row: PositionView) -> PositionBody:
        venue = venues.get(row.account_id)
        return position_body(row, None if venue is None else venue.market_of(row.symbol))

    return page_in_memory(rows, span, key=_position_key, show=show)


@get(
    "/api/workers", guards=_READ, tags=["Workers"], summary="List worker processes", opt=PLAIN_LIST
)
async def list_workers(ports: PortsGiven, principal: Caller, span: SpanGiven) -> Page[WorkerBody]:
    """Return the processes that hold your broker sessions."""
    rows = await ports.store.queries.workers(principal.user_id)
    return page_in_memory(rows, span, key=_worker_key, show=worker_body)


def _order_key(shown: ShownOrder) -> tuple[datetime, str]:
    return shown.order.created_at, str(shown.order.id)


def _signal_key(signal: SignalView) -> tuple[datetime, str]:
    return signal.received_at, str(signal.id)


def _fill_key(fill: FillView) -> tuple[datetime, str]:
    return fill.at, fill.id


def _position_key(position: PositionView) -> tuple[datetime, str]:
    return position.updated_at, f"{position.account_id}:{position.symbol}"


def _worker_key(worker: WorkerView) -> tuple[datetime, str]:
    return worker.started_at, str(worker.id)


ROUTES = (list_orders, read_order, list_signals, list_fills, list_positions, list_workers)
