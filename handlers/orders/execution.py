"""An order's way from the queue to the venue: freeze, claim, exactly one send, settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bus.values import OrderState
from handlers.orders.claiming import claim, claim_of, not_claimed, send_until
from handlers.orders.executed import Executed
from handlers.orders.following import reading_of
from handlers.orders.freeze import NotNow, freeze
from handlers.orders.frozen import Frozen, Refused
from handlers.orders.precedence import passed_by, passes, queued_before
from handlers.orders.sending import Sendable, send_and_settle
from handlers.records.orders import NotClaimed, WhyNot
from handlers.sizing.same_bar import patience_of

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.orders.behind import Behind
    from handlers.orders.desk import Desk
    from handlers.records.orders import Mark, Order

# Refusals that another position would not have met.
_BY_POSITION = frozenset({"nothing_to_do", "position_drift", "position_rule"})


async def execute(
    order_id: OrderId, desk: Desk, *, marks: tuple[Mark, ...] = (), behind: Behind | None = None
) -> Executed:
    """Execute a queued order once; doing it again for the same order is harmless.

    With `behind`, orders that wait behind it may be executed with it; what became of the last one
    is returned, and `behind` is told of the others.

    Raises:
        StoreUnavailableError: The record is away; the order is where it was, or `sending`, and
            then the sweep finds it.
    """
    order = await desk.orders.load(order_id)
    if order is None or order.state is not OrderState.QUEUED:
        return Executed(state=None if order is None else order.state, why=WhyNot.GONE)
    if behind is not None:
        behind.begun(order)
    executed = await _execute_queued(order, desk, marks, behind)
    if executed.trace_id:
        return executed
    return msgspec.structs.replace(executed, trace_id=order.trace_id)


async def _execute_queued(
    order: Order, desk: Desk, marks: tuple[Mark, ...], behind: Behind | None
) -> Executed:
    patience = patience_of(order, marks, desk.clock.now())
    read_at = desk.clock.monotonic()
    frozen = await freeze(order, desk, patience=patience)
    if isinstance(frozen, NotNow):
        return Executed(state=OrderState.QUEUED, retry_after=frozen.retry_after)
    first = await passed_by(order, frozen.seen, desk)
    if first is not None:
        return Executed(state=OrderState.QUEUED, why=WhyNot.BEHIND, ahead=first)
    if isinstance(frozen, Refused):
        return await _refuse(order, frozen, desk)
    sendable = await _claimed(order, frozen, desk, marks)
    if isinstance(sendable, NotClaimed):
        return await not_claimed(order, sendable, desk)
    reading = reading_of(order, frozen, read_at=read_at)
    sendable = msgspec.structs.replace(sendable, reading=reading)
    return await send_and_settle(sendable, desk, behind)


async def _refuse(order: Order, refused: Refused, desk: Desk) -> Executed:
    """Deny the order, unless the position it was judged by may still turn out to be another."""
    if refused.code in _BY_POSITION:
        if await _is_beside_unresolved(order, desk):
            return Executed(state=OrderState.QUEUED, why=WhyNot.BLOCKED)
        ahead = await queued_before(order, desk)
        if ahead is not None:
            return Executed(state=OrderState.QUEUED, why=WhyNot.BEHIND, ahead=ahead)
    await desk.orders.deny(order.id, code=refused.code, message=refused.message, lease=desk.lease)
    await desk.tell(order.user_id)
    return Executed(state=OrderState.DENIED, code=refused.code)


async def _is_beside_unresolved(order: Order, desk: Desk) -> bool:
    unresolved = await desk.work.sweep(desk.lease)
    here = (order.account_id, order.symbol)
    return any((other.account_id, other.symbol) == here for other in unresolved)


async def _claimed(
    order: Order, frozen: Frozen, desk: Desk, marks: tuple[Mark, ...]
) -> Sendable | NotClaimed:
    until = send_until(desk)
    claimed = await claim(order, claim_of(order, frozen, marks, desk), desk)
    if isinstance(claimed, NotClaimed) and await passes(order, frozen.seen, claimed, desk):
        first = "An older alert of the same bar waits: this one starts from what is held."
        frozen = msgspec.structs.replace(frozen, notes=(*frozen.notes, first))
        until = send_until(desk)
        claimed = await claim(order, claim_of(order, frozen, marks, desk), desk)
    if isinstance(claimed, NotClaimed):
        return claimed
    return Sendable(claimed=claimed, frozen=frozen, until=until)
