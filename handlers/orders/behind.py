"""What waits behind an order at its desk: the commit that writes its answer down claims it.

It is read while the order before it is at the venue, and frozen when that one is answered, where
nothing more has to be asked for it (`following`). The claim still decides if it may be sent.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import anyio

from bus.values import OrderId, OrderState
from handlers.orders.following import Ready, may_follow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.orders.desk import Desk
    from handlers.orders.executed import Executed
    from handlers.records.orders import Mark, Order

# The answer that is waited for meanwhile is written down so much later at most.
_LOOK_WITHIN = 0.25

_log = logging.getLogger(__name__)


class Behind(Protocol):
    """What waits behind the order that is under way; a lane is."""

    def begun(self, order: Order) -> None:
        """Be told which order is under way, as it was read; each that is taken counts as told."""
        ...

    def wants_look(self) -> bool:
        """Say whether something waits that was not looked at yet."""
        ...

    async def look(self, desk: Desk) -> None:
        """Make ready what waits, within a moment; never raises."""
        ...

    def take(self) -> Ready | None:
        """Take the next order out if it is ready; it goes back if the one before it is not done."""
        ...

    def done(self, executed: Executed) -> None:
        """Be told that the order under way is done, and that the one that was taken is now."""
        ...


async def make_ready(
    waiting: Sequence[tuple[OrderId, tuple[Mark, ...]]], desk: Desk
) -> Mapping[OrderId, Ready]:
    """Read these orders, and for those that may follow their symbols."""
    marks, ready = dict(waiting), dict[OrderId, Ready]()
    try:
        with anyio.move_on_after(_LOOK_WITHIN):
            for order in await desk.orders.load_some([order for order, _ in waiting]):
                if order.state is not OrderState.QUEUED or not may_follow(order.sizing):
                    continue
                instrument = await desk.broker.instrument(order.symbol)
                # What a name leads to, and holds elsewhere, is looked at in its turn.
                if instrument.leads_to is None:
                    ready[order.id] = Ready(
                        order=order, instrument=instrument, marks=marks[order.id]
                    )
    except Exception:  # noqa: BLE001 - what is not ready is tried in its turn, and says so then
        _log.debug("not_made_ready", exc_info=True)
    return ready
