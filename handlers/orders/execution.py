"""An order's way from the queue to the venue: freeze, claim, exactly one send, settle."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

import anyio
import msgspec

from broker_adapters.base import NotSent, OrderRequest, SubmitOutcome, Unknown
from bus.values import OrderId, OrderState
from handlers.asking.replies import Reply
from handlers.errors import StoreUnavailableError
from handlers.orders.freeze import Frozen, NotNow, Refused, freeze
from handlers.orders.outcomes import settlement_of_submit
from handlers.orders.precedence import passed_by, passes, queued_before
from handlers.records.orders import (
    SEND_SPAN,
    Claim,
    ClaimedOrder,
    Mark,
    NotClaimed,
    Order,
    Settled,
    Settlement,
    WhyNot,
)
from handlers.sizing.same_bar import patience_of
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.orders.desk import Desk

# What the venue's answer may take before the outcome counts as unknown, past its own settle time.
_ANSWER_GRACE = timedelta(seconds=1)
# Refusals that another position would not have met.
_BY_POSITION = frozenset({"nothing_to_do", "position_drift", "position_rule"})
_LAST_WORD = 2.0


class Executed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one attempt to execute an order.

    Attributes:
        state: The state it was left in; `None` where it was not looked at.
        why: Set where the order could not be claimed.
        ahead: The older order that goes first, when `why` is `BEHIND`.
        child: A reversal's second leg, now queued.
        retry_after: When to try the same order again; `None` where that makes no sense.
        is_link: It was one of a chain of sizes: what waits for a sibling may be next now.
        reply: What to say to whoever waits for it, where the command lets somebody wait.
        code: Why it was refused, or is in doubt, as a stable code.
        trace_id: The trace of the alert that it came from.
    """

    state: OrderState | None
    why: WhyNot | None = None
    ahead: OrderId | None = None
    child: OrderId | None = None
    retry_after: timedelta | None = None
    is_link: bool = False
    reply: Reply | None = None
    code: str | None = None
    trace_id: str = ""


async def execute(order_id: OrderId, desk: Desk, *, marks: tuple[Mark, ...] = ()) -> Executed:
    """Execute a queued order once; doing it again for the same order is harmless.

    Raises:
        StoreUnavailableError: The record is away; the order is where it was, or `sending`, and
            then the sweep finds it.
    """
    order = await desk.orders.load(order_id)
    if order is None or order.state is not OrderState.QUEUED:
        return Executed(state=None if order is None else order.state, why=WhyNot.GONE)
    executed = await _execute_queued(order, desk, marks)
    return msgspec.structs.replace(executed, trace_id=order.trace_id)


async def _execute_queued(order: Order, desk: Desk, marks: tuple[Mark, ...]) -> Executed:
    patience = patience_of(order, marks, desk.clock.now())
    frozen = await freeze(order, desk, patience=patience)
    if isinstance(frozen, NotNow):
        return Executed(state=OrderState.QUEUED, retry_after=frozen.retry_after)
    first = await passed_by(order, frozen.seen, desk)
    if first is not None:
        return Executed(state=OrderState.QUEUED, why=WhyNot.BEHIND, ahead=first)
    if isinstance(frozen, Refused):
        return await _refuse(order, frozen, desk)
    return await _claim_and_send(order, frozen, desk, marks)


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


async def _claim_and_send(
    order: Order, frozen: Frozen, desk: Desk, marks: tuple[Mark, ...]
) -> Executed:
    claimed, send_until = await _claim(order, frozen, desk, marks)
    if isinstance(claimed, NotClaimed) and await passes(order, frozen.seen, claimed, desk):
        first = "An older alert of the same bar waits: this one starts from what is held."
        noted = msgspec.structs.replace(frozen, notes=(*frozen.notes, first))
        claimed, send_until = await _claim(order, noted, desk, marks)
    if isinstance(claimed, NotClaimed):
        return await _not_claimed(order, claimed, desk)
    executed = await _send_and_settle(claimed, frozen, desk, send_until)
    expected = order.sizing.expected
    is_link = expected is not None and expected.size is not None
    return msgspec.structs.replace(executed, is_link=is_link)


async def _claim(
    order: Order, frozen: Frozen, desk: Desk, marks: tuple[Mark, ...]
) -> tuple[ClaimedOrder | NotClaimed, float]:
    """Claim, and return with it until when its one send may begin, by this process's clock."""
    frozen_mark = Mark(stage=Stage.FROZEN, at=desk.clock.now(), evidence=_told(order, frozen))
    claim = Claim(
        order_id=order.id,
        lease=desk.lease,
        side=frozen.side,
        frozen_quantity=frozen.quantity,
        reduce_only=frozen.reduce_only,
        next_leg=frozen.next_leg,
        marks=(*marks, frozen_mark),
    )
    # Read before the claim is sent: the database's `send_by` can only lie behind this one.
    send_until = desk.clock.monotonic() + SEND_SPAN.total_seconds()
    try:
        return await desk.orders.claim(claim), send_until
    except StoreUnavailableError:
        await _give_back(order, desk)
        raise


def _told(order: Order, frozen: Frozen) -> dict[str, Any]:
    """Return what the timeline tells of a freeze: its notes, and what the symbol comes from."""
    told: dict[str, Any] = {"notes": list(frozen.notes)} if frozen.notes else {}
    if order.mapping is not None:
        chart, by = order.mapping.chart, order.mapping.by.value
        told["symbol"] = {"chart": chart, "venue": order.symbol, "by": by}
    return told


async def _give_back(order: Order, desk: Desk) -> None:
    """Put an order back whose claim may have been committed while its answer was lost.

    This process alone may send under its lease, and it knows that it did not.
    """
    unsent = NotSent(why="the claim's answer was lost; nothing was sent")
    with anyio.move_on_after(SEND_SPAN.total_seconds()):
        for pause in _pauses():
            await anyio.sleep(pause)
            try:
                now = await desk.orders.load(order.id)
                if now is not None and _is_mine(now, desk):
                    await desk.orders.settle(settlement_of_submit(order.id, unsent, desk, ()))
            except StoreUnavailableError:
                continue
            return


def _is_mine(order: Order, desk: Desk) -> bool:
    return order.state is OrderState.SENDING and order.epoch == desk.lease.epoch


async def _not_claimed(order: Order, answer: NotClaimed, desk: Desk) -> Executed:
    state = {
        WhyNot.EXPIRED: OrderState.EXPIRED,
        WhyNot.KILLED: OrderState.DENIED,
        WhyNot.DISABLED: OrderState.DENIED,
    }.get(answer.why)
    if state is not None:
        await desk.tell(order.user_id)
    code = None if state is None else answer.why.value
    return Executed(state=state, why=answer.why, ahead=answer.ahead, code=code)


async def _send_and_settle(
    claimed: ClaimedOrder, frozen: Frozen, desk: Desk, send_until: float
) -> Executed:
    order = claimed.order
    sent = Mark(stage=Stage.SENT, at=desk.clock.now())
    try:
        outcome = await _send_once(claimed, frozen, desk, send_until)
    except anyio.get_cancelled_exc_class():
        # Bytes may have left: whoever looks next must not take this order for unsent.
        with anyio.move_on_after(_LAST_WORD, shield=True):
            unknown = Unknown(why="cancelled while sending")
            await desk.orders.settle(settlement_of_submit(order.id, unknown, desk, (sent,)))
        raise
    answered = Mark(stage=Stage.ANSWERED, at=desk.clock.now())
    settlement = settlement_of_submit(order.id, outcome, desk, (sent, answered))
    settled = await _settle(settlement, desk)
    await desk.tell(order.user_id)
    retry_after = outcome.retry_after if isinstance(outcome, NotSent) else None
    is_queued = settled.state is OrderState.QUEUED
    return Executed(
        state=settled.state,
        child=settled.child,
        retry_after=retry_after if is_queued else None,
        code=settlement.error_code,
    )


async def _send_once(
    claimed: ClaimedOrder, frozen: Frozen, desk: Desk, send_until: float
) -> SubmitOutcome:
    """Write the order to the venue: the only place in the house that does."""
    if desk.clock.monotonic() >= send_until:
        return NotSent(why="the claim took too long; nothing was sent")
    patience = (
        send_until
        - desk.clock.monotonic()
        + (desk.broker.capabilities.settle + _ANSWER_GRACE).total_seconds()
    )
    with anyio.move_on_after(patience):
        return await desk.broker.submit(_request_of(claimed, frozen), send_by=claimed.send_by)
    return Unknown(why="no answer in time")


def _request_of(claimed: ClaimedOrder, frozen: Frozen) -> OrderRequest:
    order = claimed.order
    return OrderRequest(
        account_id=order.account_id,
        client_order_id=order.client_order_id,
        mode=order.mode,
        symbol=order.symbol,
        side=frozen.side,
        quantity=frozen.quantity,
        order_type=order.order_type,
        limit_price=frozen.limit_price,
        stop_price=frozen.stop_price,
        time_in_force=order.time_in_force,
        reduce_only=frozen.reduce_only,
        reference_price=order.reference_price,
    )


async def _settle(settlement: Settlement, desk: Desk) -> Settled:
    """Record the outcome, however long the record is away: only this process knows it.

    It ends with the lease: whoever takes over looks the order up at its venue.
    """
    pauses = _pauses()
    while True:
        try:
            return await desk.orders.settle(settlement)
        except StoreUnavailableError:
            await anyio.sleep(next(pauses))


def _pauses() -> Iterator[float]:
    """Yield how long to wait between tries: quickly longer, then every second."""
    return chain((0.05, 0.1, 0.2, 0.5), repeat(1.0))
