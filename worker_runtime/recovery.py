"""Orders whose outcome is unknown: each is looked for by a task of its own until it is known."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from bus.values import OrderState
from handlers.errors import StoreUnavailableError
from handlers.orders import reconcile
from handlers.records.lifecycle import UNRESOLVED
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from anyio.abc import TaskGroup

    from bus.values import OrderId
    from handlers.records.orders import Lease, Order
    from worker_runtime.ports import Ports
    from worker_runtime.sessions import Sessions

_log = logging.getLogger(__name__)


class Recovery:
    """Finds unresolved orders and keeps one resolver for each."""

    def __init__(
        self,
        lease: Lease,
        ports: Ports,
        *,
        sessions: Sessions,
        on_found: Callable[[], None],
        on_resolved: Callable[[Order], None],
    ) -> None:
        self._lease = lease
        self._work = ports.store.work
        self._orders = ports.store.orders
        self._clock = ports.clock
        self._sessions = sessions
        self._on_found = on_found
        self._on_resolved = on_resolved
        self._pace = ports.pace
        self._watched: set[OrderId] = set()
        # Since when each outcome is known to be unknown, on this process's own clock.
        self._since: dict[OrderId, float] = {}
        self._nudged = anyio.Event()

    def nudge(self) -> None:
        """Sweep now: an order has just become unknown."""
        self._nudged.set()

    async def run(self, unresolved: Iterable[Order]) -> None:
        """Look for these orders, and sweep again and again for more.

        A sweep turns sends past their time into unknown ones.
        """
        pauses = Pauses(self._pace)
        async with anyio.create_task_group() as tasks:
            self._watch(tasks, unresolved)
            while True:
                with anyio.move_on_after(self._pace.sweep):
                    await self._nudged.wait()
                self._nudged = anyio.Event()
                try:
                    self._watch(tasks, await self._work.sweep(self._lease))
                except StoreUnavailableError:
                    await anyio.sleep(pauses.take())
                else:
                    pauses.reset()

    def _watch(self, tasks: TaskGroup, orders: Iterable[Order]) -> None:
        for order in orders:
            if order.id not in self._since:
                self._since[order.id] = self._clock.monotonic()
                tasks.start_soon(self._review_in_time, order)
            if order.id not in self._watched:
                self._watched.add(order.id)
                tasks.start_soon(self._resolve, order)
                self._on_found()

    async def _resolve(self, order: Order) -> None:
        """Look for one order; if its session closes meanwhile the next sweep begins anew."""
        state: OrderState | None = None
        try:
            async with self._sessions.watch(order.account_id) as desk:
                state = await reconcile.resolve(order, desk, since=self._since[order.id])
        except StoreUnavailableError:
            _log.warning("account_unreadable", extra=_names(order))
        except Exception:  # noqa: BLE001 - one order's fault must not end the search for others
            _log.exception("order_not_resolved", extra=_names(order))
        finally:
            self._watched.discard(order.id)
        _tell(order, state)
        if state is not None:
            self._since.pop(order.id, None)
            self._on_resolved(order)

    async def _review_in_time(self, order: Order) -> None:
        """Tell the user when nothing was proved for long, though no session may ever open."""
        await anyio.sleep(self._pace.review)
        pauses = Pauses(self._pace)
        while True:
            try:
                state = await reconcile.leave_for_review(order.id, self._orders, self._lease)
            except StoreUnavailableError:
                await anyio.sleep(pauses.take())
            else:
                break
        _tell(order, state)
        if state in UNRESOLVED:
            self._on_found()


def _tell(order: Order, state: OrderState | None) -> None:
    """Write a line, once, of an order that only its user can close now."""
    if state is OrderState.NEEDS_REVIEW and order.state is not state:
        _log.warning("order_needs_review", extra=_names(order))


def _names(order: Order) -> dict[str, str]:
    return {"order_id": str(order.id), "trace_id": order.trace_id}
