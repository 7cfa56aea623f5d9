"""Taking a working order back from its venue."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import anyio
import msgspec

from broker_adapters.base import (
    AlreadyFinal,
    Cancelled,
    CancelOutcome,
    OrderRef,
    Rejected,
    Unknown,
)
from broker_adapters.errors import BrokerError
from bus.values import OrderState
from handlers.asking.replies import Reason, Reply, done, failed
from handlers.orders.outcomes import settlement_of_report
from handlers.orders.reconcile import look, ref_of
from handlers.records.lifecycle import FINAL, UNRESOLVED

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.orders.desk import Desk, OnRead
    from handlers.records.orders import Order

_CANCEL_DEADLINE = 5.0


class CancelSent(msgspec.Struct, frozen=True, kw_only=True):
    """What sending a cancel came to.

    Attributes:
        state: The order's; `None` where nothing is known yet.
        reply: What to say to whoever waits for it.
    """

    state: OrderState | None
    reply: Reply


async def send_cancel(
    order_id: OrderId, desk: Desk, *, on_read: OnRead | None = None
) -> CancelSent:
    """Ask the venue to cancel, and record what it answers.

    Safe to repeat: a cancel that was lost is asked for again by the backlog.
    """
    order = await desk.orders.load(order_id)
    if order is None or order.account_id != desk.account.id:
        return CancelSent(state=None, reply=failed(Reason.NOT_FOUND))
    if on_read is not None:
        on_read(order)
    ref = ref_of(order)
    if ref is None or not await desk.orders.note_cancel_sent(order_id, desk.lease):
        is_over = order.state in FINAL
        word = failed(Reason.ALREADY_FINAL if is_over else Reason.CANCEL_PENDING, state=order.state)
        return CancelSent(state=order.state, reply=word)
    if not (order.broker_order_id or desk.broker.capabilities.client_id_max):
        found = await _identified(order, desk)
        ref = None if found.broker_order_id is None else ref_of(found)
        if ref is None or found.state in FINAL:
            return CancelSent(state=found.state, reply=_told(found.state))
    return await _recorded(await _cancel(ref, desk), order, desk)


async def _recorded(outcome: CancelOutcome, order: Order, desk: Desk) -> CancelSent:
    match outcome:
        case Cancelled(report=report) | AlreadyFinal(report=report):
            settled = await desk.orders.settle(settlement_of_report(order.id, report, desk))
            await desk.tell(order.user_id)
            return CancelSent(state=settled.state, reply=_told(settled.state))
        case Rejected(message=why):
            return CancelSent(state=None, reply=failed(Reason.CANCEL_REFUSED, why=why))
        case Unknown(why=why):
            return CancelSent(state=None, reply=failed(Reason.CANCEL_PENDING, why=why))
        case _:
            assert_never(outcome)


async def _identified(order: Order, desk: Desk) -> Order:
    """Look an order up that nothing names at its venue, so that it gets its id where it has one.

    A venue that recognises it by what it is may take another one for it. The record knows whose
    that is, and a cancel would be known too late to be the other one's.
    """
    if order.state not in UNRESOLVED:
        return order
    await look(order, desk, may_conclude=False)
    return await desk.orders.load(order.id) or order


def _told(state: OrderState) -> Reply:
    """Say what the venue showed: a cancel may have come too late, or not have its effect yet."""
    if state is OrderState.CANCELLED:
        return done("cancelled", state=state)
    return failed(Reason.ALREADY_FINAL if state in FINAL else Reason.CANCEL_PENDING, state=state)


async def _cancel(ref: OrderRef, desk: Desk) -> CancelOutcome:
    try:
        with anyio.fail_after(_CANCEL_DEADLINE):
            return await desk.broker.cancel(ref)
    except (BrokerError, TimeoutError) as error:
        return Unknown(why=repr(error))
