"""What a person does by hand: an order, and taking one back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from bus.ids import uuid7
from bus.messages import ExecuteOrder
from bus.values import OrderId, OrderType, Side, TimeInForce
from edge.alerts.dispatch import cancel_hints, tell_worker
from edge.alerts.meaning import refused_by
from edge.api import values
from edge.api.idempotency import IdempotencyHeader, conflict, hash_body, require_key
from edge.api.own import own_account
from edge.api.shapes import OrderBody, order_body
from edge.door.doing import DoerGiven
from edge.door.guards import TAKES_RISK_AWAY, needs
from edge.errors import ApiError, not_found
from edge.given import Caller, IdInPath, PortsGiven
from handlers.planning.client_ids import client_order_id
from handlers.records.accounts import ENTRY_TTL_S, EXIT_TTL_S
from handlers.records.alerts import NewOrder
from handlers.records.orders import CancelAnswer
from handlers.records.sizing_rules import Fixed
from handlers.records.views import ShownOrder
from handlers.store.hints import execute_hint
from handlers.store.reviews import Resolution, ReviewOutcome
from handlers.symbols import Mapped, UnknownSymbol, map_symbol, refusal_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge.ports import Ports
    from handlers.records.accounts import Account
    from handlers.records.orders import Order
    from handlers.records.symbols import SymbolOverride

_TRADE = [needs("trade")]
_PLACED = frozenset({OrderType.MARKET, OrderType.LIMIT, OrderType.STOP, OrderType.STOP_LIMIT})
_NEEDS_LIMIT = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
_NEEDS_STOP = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


class ManualOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order asked for by hand; its numbers are exact, best sent as strings."""

    account_id: UUID
    symbol: str
    side: Side
    quantity: Decimal
    order_type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False


class OrderResolution(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the user saw at the venue."""

    outcome: ReviewOutcome


@post("/api/orders", guards=_TRADE, status_code=202, tags=["Orders"], summary="Place an order")
async def place_order(
    ports: PortsGiven,
    doer: DoerGiven,
    principal: Caller,
    data: JSONBody[ManualOrder],
    idempotency_key: IdempotencyHeader = None,
) -> Response[OrderBody]:
    """Record an order and hand it to your worker; 200 with the same order on repetition."""
    key = require_key(idempotency_key)
    account = await own_account(ports, principal.user_id, data.account_id)
    overrides = await ports.store.symbols.overrides(principal.user_id)
    new = _new_order(ports, account, data, overrides)
    recorded = await ports.store.signals.record_manual(
        principal.user_id,
        new,
        key=key,
        body_hash=hash_body(data),
        trace=(doer.trace.trace_id, doer.trace.traceparent),
        deed=doer.does("order.place"),
    )
    if recorded is None:
        raise conflict()
    order, is_new = recorded
    if is_new:
        await _hint(ports, order)
    return Response(order_body(ShownOrder(order=order)), status_code=202 if is_new else 200)


@post(
    "/api/orders/{order_id:uuid}/cancel",
    guards=_TRADE,
    status_code=202,
    tags=["Orders"],
    opt=TAKES_RISK_AWAY,
    summary="Cancel an order",
)
async def cancel_order(
    ports: PortsGiven,
    doer: DoerGiven,
    principal: Caller,
    order_id: IdInPath,
) -> OrderBody:
    """Cancel a queued order at once; a working one is taken back from its venue."""
    wanted = OrderId(order_id)
    answer = await ports.store.orders.request_cancel(
        principal.user_id, wanted, deed=doer.does("order.cancel")
    )
    detail = await ports.store.queries.order(principal.user_id, wanted)
    if answer is CancelAnswer.NOT_FOUND or detail is None:
        raise not_found("order")
    if answer is CancelAnswer.ALREADY_FINAL:
        state = detail.state.value
        raise ApiError(409, "already_final", f"The order is {state} already.")
    ports.afterwards.stir(principal.user_id)
    if answer is CancelAnswer.REQUESTED:
        parent = doer.trace.traceparent
        # Of a reversal it is the newest leg that is taken back.
        newest = wanted if detail.reversal is None else detail.reversal.legs[-1].order_id
        hints = cancel_hints(
            ports, principal.user_id, [(newest, detail.order.account_id)], parent=parent
        )
        await tell_worker(ports, principal.user_id, hints, cause=wanted, parent=parent)
    return order_body(detail)


@post(
    "/api/orders/{order_id:uuid}/resolve",
    guards=_TRADE,
    status_code=200,
    tags=["Orders"],
    summary="Say what became of an order in review",
)
async def resolve_order(
    ports: PortsGiven,
    doer: DoerGiven,
    principal: Caller,
    order_id: IdInPath,
    data: JSONBody[OrderResolution],
) -> OrderBody:
    """Close an order in `needs_review`, whose venue could not be asked; look there first.

    Entries of its account and symbol are free again. What the venue shows later still wins. Nothing
    is sent by this, so it needs no idempotency key: the second time, the order is not in review.
    """
    user, wanted = principal.user_id, OrderId(order_id)
    before = await ports.store.queries.order(user, wanted)
    if before is None:
        raise not_found("order")
    is_filled = data.outcome is ReviewOutcome.FILLED
    answer = await ports.store.reviews.resolve(
        user,
        wanted,
        data.outcome,
        filled_quantity=before.order.frozen_quantity if is_filled else None,
        deed=doer.does("order.resolve"),
    )
    detail = await ports.store.queries.order(user, wanted)
    if answer is Resolution.NOT_FOUND or detail is None:
        raise not_found("order")
    if answer is Resolution.NOT_IN_REVIEW:
        state = detail.state.value
        message = f"The order is {state}; only one in needs_review can be resolved."
        raise ApiError(409, "not_in_review", message)
    ports.afterwards.stir(user)
    return order_body(detail)


def _new_order(
    ports: Ports, account: Account, data: ManualOrder, overrides: Sequence[SymbolOverride]
) -> NewOrder:
    order_id = OrderId(uuid7())
    quantity = values.positive("quantity", data.quantity, code="invalid_quantity")
    _check_prices(data)
    mapped = _mapped(account, data.symbol, overrides)
    return NewOrder(
        id=order_id,
        account_id=account.id,
        mode=account.mode,
        symbol=mapped.symbol,
        mapping=mapped.how,
        sizing=Fixed(side=data.side, quantity=quantity),
        side=data.side,
        quantity=quantity,
        order_type=data.order_type,
        limit_price=_price("limit_price", data.limit_price),
        stop_price=_price("stop_price", data.stop_price),
        time_in_force=data.time_in_force,
        reduce_only=data.reduce_only,
        expires_at=ports.clock.now()
        + timedelta(seconds=EXIT_TTL_S if data.reduce_only else ENTRY_TTL_S),
        client_order_id=client_order_id(order_id),
    )


def _mapped(account: Account, text: str, overrides: Sequence[SymbolOverride]) -> Mapped:
    """Return what the account's venue calls a symbol, as for an alert; the venue's name is one."""
    chart = values.chart("symbol", text)
    found = map_symbol(chart, account, overrides)
    if isinstance(found, UnknownSymbol):
        raise refused_by(refusal_of([found], chart, field="symbol"))
    return found


def _check_prices(data: ManualOrder) -> None:
    """What moves money is carried out or refused: a price that would not be used is refused."""
    kind = data.order_type
    if kind not in _PLACED:
        raise ApiError(
            400, "unsupported_field", f"{kind.value} orders cannot be placed.", field="order_type"
        )
    for field, given, users in (
        ("limit_price", data.limit_price, _NEEDS_LIMIT),
        ("stop_price", data.stop_price, _NEEDS_STOP),
    ):
        if kind in users and given is None:
            message = f"A {kind.value} order needs {field}."
            raise ApiError(400, "price_required", message, field=field)
        if kind not in users and given is not None:
            message = f"A {kind.value} order has no {field}."
            raise ApiError(400, "conflicting_fields", message, field=field)


def _price(field: str, number: Decimal | None) -> Decimal | None:
    return None if number is None else values.positive(field, number, code="invalid_price")


async def _hint(ports: Ports, order: Order) -> None:
    ports.afterwards.stir(order.user_id)
    envelope = execute_hint(
        ExecuteOrder(user_id=order.user_id, order_id=order.id, account_id=order.account_id),
        ports.clock,
        until=order.expires_at,
        parent=order.traceparent,
    )
    await tell_worker(ports, order.user_id, [envelope], cause=order.id, parent=order.traceparent)


ROUTES = (place_order, cancel_order, resolve_order)
