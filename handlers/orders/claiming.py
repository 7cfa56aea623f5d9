"""The right to send an order once: claimed just before, given back where nothing was sent."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import anyio

from broker_adapters.base import NotSent
from bus.values import OrderState
from handlers.errors import StoreUnavailableError
from handlers.orders.executed import Executed
from handlers.orders.outcomes import settlement_of_submit
from handlers.records.orders import SEND_SPAN, Claim, ClaimedOrder, Mark, NotClaimed, Order, WhyNot
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.orders.desk import Desk
    from handlers.orders.frozen import Frozen


def claim_of(order: Order, frozen: Frozen, marks: tuple[Mark, ...], desk: Desk) -> Claim:
    """Return what to claim an order by, as it was frozen."""
    frozen_mark = Mark(stage=Stage.FROZEN, at=desk.clock.now(), evidence=_told(order, frozen))
    return Claim(
        order_id=order.id,
        lease=desk.lease,
        side=frozen.side,
        frozen_quantity=frozen.quantity,
        reduce_only=frozen.reduce_only,
        next_leg=frozen.next_leg,
        traded_as=frozen.traded_as,
        marks=(*marks, frozen_mark),
    )


def send_until(desk: Desk) -> float:
    """Return until when a send may begin, by this process's clock; to be read before the claim.

    The database's `send_by` can only lie behind this one.
    """
    return desk.clock.monotonic() + SEND_SPAN.total_seconds()


async def claim(order: Order, wanted: Claim, desk: Desk) -> ClaimedOrder | NotClaimed:
    """Claim an order.

    Raises:
        StoreUnavailableError: The record is away; what it may have claimed was given back, as far
            as it could be reached.
    """
    try:
        return await desk.orders.claim(wanted)
    except StoreUnavailableError:
        await give_back(order, desk)
        raise


async def give_back(order: Order, desk: Desk) -> None:
    """Put an order back whose claim may have been committed while its answer was lost.

    This process alone may send under its lease, and it knows that it did not.
    """
    unsent = NotSent(why="the claim's answer was lost; nothing was sent")
    with anyio.move_on_after(SEND_SPAN.total_seconds()):
        for pause in pauses():
            await anyio.sleep(pause)
            try:
                now = await desk.orders.load(order.id)
                if now is not None and _is_mine(now, desk):
                    await desk.orders.settle(settlement_of_submit(order.id, unsent, desk, ()))
            except StoreUnavailableError:
                continue
            return


async def not_claimed(order: Order, answer: NotClaimed, desk: Desk) -> Executed:
    """Return what a refused claim means for its lane."""
    state = {
        WhyNot.EXPIRED: OrderState.EXPIRED,
        WhyNot.KILLED: OrderState.DENIED,
        WhyNot.DISABLED: OrderState.DENIED,
    }.get(answer.why)
    if state is not None:
        await desk.tell(order.user_id)
    return Executed(
        state=state,
        why=answer.why,
        ahead=answer.ahead,
        code=None if state is None else answer.why.value,
        trace_id=order.trace_id,
    )


def pauses() -> Iterator[float]:
    """Yield how long to wait between tries: quickly longer, then every second."""
    return chain((0.05, 0.1, 0.2, 0.5), repeat(1.0))


def _told(order: Order, frozen: Frozen) -> dict[str, Any]:
    """Return what the timeline tells of a freeze: its notes, and what the symbol comes from."""
    told: dict[str, Any] = {"notes": list(frozen.notes)} if frozen.notes else {}
    if order.mapping is not None:
        chart, by = order.mapping.chart, order.mapping.by.value
        told["symbol"] = {"chart": chart, "venue": order.symbol, "by": by}
    if frozen.traded_as is not None:
        told["traded_as"] = frozen.traded_as
    return told


def _is_mine(order: Order, desk: Desk) -> bool:
    return order.state is OrderState.SENDING and order.epoch == desk.lease.epoch
