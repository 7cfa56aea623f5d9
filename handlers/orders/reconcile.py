"""Finding out what became of a send whose answer never came. Nothing here ever sends an order."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING

import anyio

from broker_adapters.base import FindOutcome, NotFound, OrderRef, OrderReport, Unknown
from broker_adapters.errors import BrokerError
from bus.values import OrderState
from handlers.errors import StoreUnavailableError
from handlers.orders.outcomes import (
    settlement_of_absence,
    settlement_of_report,
    settlement_of_silence,
)
from handlers.records.orders import SEND_SPAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bus.values import OrderId
    from handlers.orders.desk import Desk
    from handlers.records.orders import Lease, Order
    from handlers.store.base import OrderStore

# Seconds after the first look's start; then once a minute for as long as it takes.
_LOOKS_AT = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0)
_SLOW_LOOK = 60.0
_LOOK_DEADLINE = 5.0


async def resolve(order: Order, desk: Desk, *, since: float | None = None) -> OrderState:
    """Look until the order's state is known, and return it.

    The settle time counts on this process's monotonic clock from the moment it first knew that the
    outcome is unknown, plus the whole span a claim allows for a send: no comparison of two
    machines' clocks decides whether an order exists. An order that needs review is looked for ever;
    a later find still wins.

    Args:
        order: What is looked for.
        desk: Where.
        since: That moment, where it was before this session; else it is now.
    """
    began = desk.clock.monotonic()
    settle = (SEND_SPAN + desk.broker.capabilities.settle).total_seconds()
    absence_counts_at = (began if since is None else since) + settle
    for due in _due_times(began, absence_counts_at):
        await anyio.sleep(max(0.0, due - desk.clock.monotonic()))
        may_conclude = desk.clock.monotonic() >= absence_counts_at
        try:
            state = await look(order, desk, may_conclude=may_conclude)
        except StoreUnavailableError:
            continue
        if state is not None and state is not OrderState.NEEDS_REVIEW:
            return state
    raise AssertionError  # the due times never end


async def look(order: Order, desk: Desk, *, may_conclude: bool) -> OrderState | None:
    """Walk the venue's whole ladder once; `None` where the order is still unknown.

    Args:
        order: What is looked for.
        desk: Where.
        may_conclude: The settle time has passed, so that "not found" counts.
    """
    outcome = await _find(order, desk)
    match outcome:
        case OrderReport():
            settlement = settlement_of_report(order.id, outcome, desk)
        case NotFound() if may_conclude and _is_news(order, desk):
            proved = desk.broker.capabilities.can_prove_absence
            settlement = settlement_of_absence(order.id, desk, is_proved=proved)
        case _:
            return None
    settled = await desk.orders.settle(settlement)
    await desk.tell(order.user_id)
    return settled.state


async def leave_for_review(
    order_id: OrderId, orders: OrderStore, lease: Lease
) -> OrderState | None:
    """Tell the user of an order whose venue could not be asked for too long; looks go on.

    It needs no session, and proves nothing: whatever a venue shows later wins. Returns the state
    that the order is in.
    """
    order = await orders.load(order_id)
    if order is None or order.state is not OrderState.UNKNOWN:
        return None if order is None else order.state
    return (await orders.settle(settlement_of_silence(order_id, lease))).state


def _is_news(order: Order, desk: Desk) -> bool:
    """Say whether an absence says more than is known: what waits for review needs a proof."""
    is_reviewed = order.state is OrderState.NEEDS_REVIEW
    return desk.broker.capabilities.can_prove_absence or not is_reviewed


def ref_of(order: Order) -> OrderRef | None:
    """Return all by which the venue can recognise the order; `None` if it was never sent."""
    if order.side is None or order.frozen_quantity is None or order.send_started_at is None:
        return None
    return OrderRef(
        client_order_id=order.client_order_id,
        broker_order_id=order.broker_order_id,
        symbol=order.traded_as or order.symbol,
        side=order.side,
        quantity=order.frozen_quantity,
        sent_at=order.send_started_at,
        order_type=order.order_type,
        limit_price=order.limit_price,
    )


async def _find(order: Order, desk: Desk) -> FindOutcome:
    ref = ref_of(order)
    if ref is None:
        return NotFound()
    try:
        with anyio.fail_after(_LOOK_DEADLINE):
            return await desk.broker.find(ref)
    except (BrokerError, TimeoutError) as error:
        return Unknown(why=repr(error))


def _due_times(began: float, absence_counts_at: float) -> Iterator[float]:
    """Yield when to look: the ladder, with one look just after absence begins to count."""
    last_word = max(began, absence_counts_at) + 0.05
    ladder = sorted({*(began + after for after in _LOOKS_AT), last_word})
    yield from ladder
    for n, step in enumerate(repeat(_SLOW_LOOK), start=1):
        yield ladder[-1] + n * step
