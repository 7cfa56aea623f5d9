"""Taking a working order back from its venue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from broker_adapters.base import AlreadyFinal, Cancelled, CancelOutcome, OrderRef, Unknown
from broker_adapters.errors import BrokerError
from handlers.outcomes import settlement_of_report
from handlers.reconcile import ref_of

if TYPE_CHECKING:
    from bus.values import OrderId, OrderState
    from handlers.desk import Desk

_CANCEL_DEADLINE = 5.0


async def send_cancel(order_id: OrderId, desk: Desk) -> OrderState | None:
    """Ask the venue to cancel, and record what it answers; `None` where nothing is known yet.

    Safe to repeat: a cancel that was lost is asked for again by the backlog.
    """
    order = await desk.orders.load(order_id)
    if order is None or order.account_id != desk.account.id:
        return None
    ref = ref_of(order)
    if ref is None or not await desk.orders.note_cancel_sent(order_id, desk.lease):
        return order.state
    match await _cancel(ref, desk):
        case Cancelled(report=report) | AlreadyFinal(report=report):
            settled = await desk.orders.settle(settlement_of_report(order_id, report, desk))
            await desk.tell(order.user_id)
            return settled.state
        case _:
            return None


async def _cancel(ref: OrderRef, desk: Desk) -> CancelOutcome:
    try:
        with anyio.fail_after(_CANCEL_DEADLINE):
            return await desk.broker.cancel(ref)
    except (BrokerError, TimeoutError) as error:
        return Unknown(why=repr(error))
