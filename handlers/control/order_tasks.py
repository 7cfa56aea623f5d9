"""Looking again after orders at a venue, until they are final; the user's worker does the looking.

No handler waits for it, and none holds credentials: each look asks the worker for its answer and
the queue for the next look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bus.messages import Message, VerifyFills, VerifyOrder
from handlers.asking.wanted_worker import wanted_worker
from handlers.errors import NotFoundError
from handlers.records.lifecycle import FINAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.services import Services


async def verify_order(message: VerifyOrder, services: Services) -> Sequence[Message]:
    """Have the user's worker look the order up, and look again later; ends with a final order.

    A look that a later one has overtaken asks for nothing: there is one chain of looks an order.
    """
    user, order_id, account = message.user_id, message.order_id, message.account_id
    order = await services.store.orders.load(order_id)
    if order is None or order.user_id != user:
        raise NotFoundError(str(order_id))
    if order.state in FINAL or not await services.store.upkeep.note_check(
        order_id, message.attempt
    ):
        return ()
    look = VerifyFills(user_id=user, order_id=order_id, account_id=account, attempt=message.attempt)
    again = VerifyOrder(
        user_id=user, order_id=order_id, account_id=account, attempt=message.attempt + 1
    )
    if await services.store.leases.holder(user) is not None:
        return look, again
    return look, wanted_worker(user, services.clock, cause=order_id), again
