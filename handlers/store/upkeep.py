"""What the control plane reads and notes: a port that looks at everybody's rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import OrderId, UserId
    from handlers.records.control_hops import ControlHop
    from handlers.records.upkeep import DueCheck, LeaseSeen, OrderFinding
    from handlers.records.views import WorkerView


class UpkeepStore(Protocol):
    """What keeps orders and workers in order when nobody's process does."""

    async def due_checks(self, *, limit: int) -> Sequence[DueCheck]:
        """Take orders at a venue whose looks have not begun, or broke off 3 minutes ago.

        Each is given out once, however many ask; an order not yet final is given out again if
        nothing is noted about it for that long. What a crash loses comes back.
        """
        ...

    async def note_check(self, order: OrderId, attempt: int) -> bool:
        """Note that this look is under way; false where a later one was noted already.

        An order that the record does not know raises `NotFoundError`.
        """
        ...

    async def note_hop(self, user: UserId, order: OrderId | None, hop: ControlHop) -> None:
        """Note a message that was handled with the order it names; noted twice it is one.

        One for the user's worker is noted with every order of its trace. An order keeps its newest
        hundred; an order that is not known, or another user's, keeps nothing.
        """
        ...

    async def order_findings(self, *, limit: int) -> Sequence[OrderFinding]:
        """Return orders that nobody moves, `limit` of each kind.

        Queued 10 s past their time; at a venue (or sent 5 s past `send_by`) while no lease of
        their user runs, one a user; commands in the outbox without progress for 30 s.
        """
        ...

    async def expire(self, order: OrderId) -> bool:
        """Turn one queued order past its time into `expired`; false if it is not one."""
        ...

    async def leases(self, *, limit: int) -> Sequence[LeaseSeen]:
        """Return leases that run or ended within the hour, those that end last first."""
        ...

    async def lost_workers(self, *, limit: int) -> Sequence[WorkerView]:
        """Return workers that nobody saw for 30 s, or that have a user and for 10 s no lease."""
        ...
