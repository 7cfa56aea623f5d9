"""One turn of a lane: the order it tries, and those behind it that go on with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from typing_extensions import override

from handlers.orders.behind import Behind, make_ready
from handlers.orders.executed import Executed

if TYPE_CHECKING:
    from collections import deque

    from bus.values import OrderId
    from handlers.orders.desk import Desk
    from handlers.orders.following import Ready
    from handlers.records.orders import Mark, Order

# Told what the attempt came to; `None` where it waits for its time already or found no room.
Done = Callable[[Executed | None], None]

# So many are read and frozen at a time.
_LOOKED_AT = 16


@dataclass(slots=True)
class Item:
    """An order that a lane has in hand."""

    order_id: OrderId
    marks: tuple[Mark, ...] = ()
    trace_id: str = ""
    told: list[Done] = field(default_factory=list["Done"])
    was_tried: bool = False
    was_looked_at: bool = False
    ready: Ready | None = None
    due: float = 0.0
    behind: OrderId | None = None

    def tell(self, executed: Executed) -> None:
        """Tell everyone who waits for the first attempt."""
        self.was_tried = True
        told, self.told = self.told, []
        for done in told:
            done(executed)


class Turn(Behind):
    """The orders that one attempt takes in turn.

    Attributes:
        item: The one under way.
        may_go_on: Whether another may be begun now; whoever makes the attempt says.
        on_done: Called for each but the last, before its lane goes by it.
    """

    def __init__(
        self, item: Item, ready: deque[Item], finish: Callable[[Item, Executed], None]
    ) -> None:
        self.item = item
        self.may_go_on: Callable[[], bool] = _never
        self.on_done: Callable[[OrderId, Executed], None] = _ignore
        self._waiting = ready
        self._finish = finish
        self._next: Item | None = None

    @override
    def begun(self, order: Order) -> None:
        self.item.trace_id = order.trace_id

    @override
    def wants_look(self) -> bool:
        return bool(self._waiting) and not self._waiting[0].was_looked_at and self.may_go_on()

    @override
    async def look(self, desk: Desk) -> None:
        items = [item for item in self._waiting if not item.was_looked_at][:_LOOKED_AT]
        for item in items:
            item.was_looked_at = True
        ready = await make_ready([(item.order_id, item.marks) for item in items], desk)
        for item in items:
            item.ready = ready.get(item.order_id)
            if item.ready is not None:
                item.trace_id = item.ready.order.trace_id

    @override
    def take(self) -> Ready | None:
        if not self._waiting or self._waiting[0].ready is None or not self.may_go_on():
            return None
        self._next = self._waiting.popleft()
        return self._next.ready

    @override
    def done(self, executed: Executed) -> None:
        if self._next is None:
            raise RuntimeError("nothing was taken")
        finished, self.item, self._next = self.item, self._next, None
        self.item.ready = None
        self.on_done(finished.order_id, executed)
        self._finish(finished, executed)

    def end(self) -> None:
        """Put back what was taken and did not begin; what was read serves no other turn."""
        if self._next is not None:
            self._waiting.appendleft(self._next)
            self._next = None
        for item in self._waiting:
            if item.ready is not None:
                item.ready, item.was_looked_at = None, False


def _never() -> bool:
    return False


def _ignore(order: OrderId, executed: Executed) -> None:
    del order, executed
