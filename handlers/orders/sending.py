"""Exactly one send of what was claimed, and writing down what it came to."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import anyio
import msgspec

from broker_adapters.base import (
    Accepted,
    NotSent,
    OrderRequest,
    SubmitOutcome,
    Unknown,
)
from broker_adapters.together import together
from bus.values import OrderState
from handlers.errors import HandlersError, StoreUnavailableError
from handlers.orders.claiming import claim_of, give_back, not_claimed, pauses, send_until
from handlers.orders.executed import Executed
from handlers.orders.following import Reading, Ready, freeze_behind, reading_after
from handlers.orders.frozen import Frozen
from handlers.orders.outcomes import settlement_of_submit
from handlers.records.orders import ClaimedOrder, Mark, NotClaimed, Order, Settled, Settlement
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from handlers.orders.behind import Behind
    from handlers.orders.desk import Desk

# What the venue's answer may take before the outcome counts as unknown, past its own settle time.
_ANSWER_GRACE = timedelta(seconds=1)
_LAST_WORD = 2.0
# At least so long after the first, second and third try of an order that never left.
_TRIES_APART = (timedelta(0), timedelta(seconds=2), timedelta(seconds=8))


class Sendable(msgspec.Struct, frozen=True, kw_only=True):
    """An order that may be sent once.

    Attributes:
        until: When it may be sent no more, by this process's clock.
        reading: What was held before it, where others may be frozen by that.
    """

    claimed: ClaimedOrder
    frozen: Frozen
    until: float
    reading: Reading | None = None


async def send_and_settle(sendable: Sendable, desk: Desk, behind: Behind | None) -> Executed:
    """Send an order and settle it; then each order behind it that the settlement's commit claimed.

    Returns what became of the last one; of the others `behind` was told.
    """
    while True:
        order = sendable.claimed.order
        outcome, settlement = await _sent(sendable, desk, behind)
        following = _following(sendable, outcome, desk, behind)
        if behind is None or following is None:
            settled = await _settle(settlement, desk)
            return await _executed(order, outcome, settlement, settled, desk)
        ready, frozen = following
        until = send_until(desk)
        settled, answer = await _settle_and_claim(settlement, ready, frozen, desk)
        behind.done(await _executed(order, outcome, settlement, settled, desk))
        if answer is None:
            again, trace_id = timedelta(0), ready.order.trace_id
            return Executed(state=OrderState.QUEUED, retry_after=again, trace_id=trace_id)
        if isinstance(answer, NotClaimed):
            return await not_claimed(ready.order, answer, desk)
        reading = reading_after(sendable.reading, ready.order, frozen)
        sendable = Sendable(claimed=answer, frozen=frozen, until=until, reading=reading)


def _following(
    sendable: Sendable, outcome: SubmitOutcome, desk: Desk, behind: Behind | None
) -> tuple[Ready, Frozen] | None:
    """Return the order that goes on with this one; none behind what its venue did not take.

    A refusal may mean that what the venue said of the symbol holds no more.
    """
    if behind is None or not isinstance(outcome, Accepted):
        return None
    ready = behind.take()
    if ready is None:
        return None
    try:
        frozen = freeze_behind(ready, sendable.reading, desk)
    except Exception:  # noqa: BLE001 - it is tried in its turn and says so then; this one is sent
        return None
    return None if frozen is None else (ready, frozen)


async def _sent(
    sendable: Sendable, desk: Desk, behind: Behind | None
) -> tuple[SubmitOutcome, Settlement]:
    """Send it, and return what that came to in both its forms."""
    order = sendable.claimed.order
    marks = [Mark(stage=Stage.SENT, at=desk.clock.now())]
    # Until the venue has answered: bytes may have left, and nobody may take it for unsent.
    outcome: SubmitOutcome = Unknown(why="cancelled while sending")

    async def send() -> None:
        nonlocal outcome
        outcome = await _send_once(sendable, desk)
        marks.append(Mark(stage=Stage.ANSWERED, at=desk.clock.now()))

    try:
        await _looking_behind(send, desk, behind)
    except anyio.get_cancelled_exc_class():
        with anyio.move_on_after(_LAST_WORD, shield=True):
            await desk.orders.settle(settlement_of_submit(order.id, outcome, desk, tuple(marks)))
        raise
    return outcome, settlement_of_submit(order.id, outcome, desk, tuple(marks))


async def _looking_behind(
    send: Callable[[], Awaitable[None]], desk: Desk, behind: Behind | None
) -> None:
    """Send, and while the venue answers make ready what waits behind it."""
    if behind is None or not behind.wants_look():
        await send()
    else:
        await together(send, partial(behind.look, desk))


async def _send_once(sendable: Sendable, desk: Desk) -> SubmitOutcome:
    """Write the order to the venue: the only place in the house that does."""
    if desk.clock.monotonic() >= sendable.until:
        return NotSent(why="the claim took too long; nothing was sent")
    patience = (
        sendable.until
        - desk.clock.monotonic()
        + (desk.broker.capabilities.settle + _ANSWER_GRACE).total_seconds()
    )
    with anyio.move_on_after(patience):
        return await desk.broker.submit(_request_of(sendable), send_by=sendable.claimed.send_by)
    return Unknown(why="no answer in time")


def _request_of(sendable: Sendable) -> OrderRequest:
    order, frozen = sendable.claimed.order, sendable.frozen
    return OrderRequest(
        account_id=order.account_id,
        client_order_id=order.client_order_id,
        mode=order.mode,
        symbol=frozen.traded_as or order.symbol,
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
    waits = pauses()
    while True:
        try:
            return await desk.orders.settle(settlement)
        except StoreUnavailableError:
            await anyio.sleep(next(waits))


async def _settle_and_claim(
    settlement: Settlement, ready: Ready, frozen: Frozen, desk: Desk
) -> tuple[Settled, ClaimedOrder | NotClaimed | None]:
    """Record the outcome and claim the next, in one commit; `None` where that claim was lost.

    Whatever is wrong with the claim, it keeps no outcome from being recorded.
    """
    wanted = claim_of(ready.order, frozen, ready.marks, desk)
    try:
        return await desk.orders.settle_and_claim(settlement, wanted)
    except HandlersError:
        settled = await _settle(settlement, desk)
        await give_back(ready.order, desk)
        return settled, None


async def _executed(
    order: Order, outcome: SubmitOutcome, settlement: Settlement, settled: Settled, desk: Desk
) -> Executed:
    await desk.tell(order.user_id)
    is_queued = settled.state is OrderState.QUEUED
    expected = order.sizing.expected
    return Executed(
        state=settled.state,
        child=settled.child,
        retry_after=_retry_after(order, outcome) if is_queued else None,
        is_link=expected is not None and expected.size is not None,
        code=settlement.error_code,
        trace_id=order.trace_id,
    )


def _retry_after(order: Order, outcome: SubmitOutcome) -> timedelta | None:
    """Return when to try an unsent order again: its few tries outlast a venue's short absence."""
    if not isinstance(outcome, NotSent):
        return None
    least = _TRIES_APART[min(order.attempts, len(_TRIES_APART)) - 1]
    return max(outcome.retry_after, least)
