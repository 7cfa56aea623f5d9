"""Which of an account's queued orders goes first, where their numbers alone do not say it.

Each of these is asked before the claim, which keeps to the order of the numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.records.orders import NotClaimed, WhyNot
from handlers.sizing.same_bar import is_next, may_pass

if TYPE_CHECKING:
    from bus.values import OrderId
    from handlers.orders.desk import Desk
    from handlers.orders.frozen import Seen
    from handlers.records.orders import Order

# Among so many of a user's queued orders the others of its account and symbol are looked for.
_LOOKED_AT = 1000


async def passed_by(order: Order, seen: Seen | None, desk: Desk) -> OrderId | None:
    """Let a newer alert of the same bar go first that starts from what is held; return which.

    It may be recorded already when this one is first looked at, after its window: no worker ran.
    """
    if seen is None or is_next(order, seen.holding, seen.step):
        return None
    for other in await desk.work.oldest_queued(order.user_id, limit=_LOOKED_AT):
        is_newer = other.seq > order.seq
        if is_newer and may_pass(other, order, seen.holding, seen.step):
            has_passed = await desk.work.pass_sibling(other.id, order.id, desk.lease)
            return other.id if has_passed else None
    return None


async def passes(order: Order, seen: Seen, answer: NotClaimed, desk: Desk) -> bool:
    """Change places with the older order that waits for this one, where that is so."""
    if answer.why is not WhyNot.BEHIND or answer.ahead is None or order.sizing.expected is None:
        return False
    ahead = await desk.orders.load(answer.ahead)
    if ahead is None or not may_pass(order, ahead, seen.holding, seen.step):
        return False
    return await desk.work.pass_sibling(order.id, ahead.id, desk.lease)


async def queued_before(order: Order, desk: Desk) -> OrderId | None:
    """Return an older order that will change the position, if one still waits for its send."""
    here, now = (order.account_id, order.symbol), desk.clock.now()
    for other in await desk.work.oldest_queued(order.user_id, limit=_LOOKED_AT):
        is_older = other.seq < order.seq and other.expires_at > now
        if is_older and (other.account_id, other.symbol) == here:
            return other.id
    return None
