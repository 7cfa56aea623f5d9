"""Takes in what a venue tells by itself, and looks for what it told while nobody listened."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from broker_adapters.base import Fill, OrderReport, SessionLost
from handlers.errors import StoreUnavailableError
from handlers.orders import fills, reconcile
from handlers.records.lifecycle import WORKING
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from broker_adapters.base import BrokerEvent
    from handlers.orders.desk import Desk
    from handlers.records.orders import Order
    from handlers.store.work import WorkStore
    from worker_runtime.pace import Pace

_log = logging.getLogger(__name__)


class Listener:
    """Listens at desks: the stream is opened first, then what was missed is looked up."""

    def __init__(self, work: WorkStore, *, on_change: Callable[[], None], pace: Pace) -> None:
        self._work = work
        self._on_change = on_change
        self._pace = pace

    async def listen(self, desk: Desk) -> None:
        """Record the venue's events until its stream ends.

        Raises:
            BrokerError: The stream broke; the session must be opened anew.
        """
        async with anyio.create_task_group() as tasks, ended(desk.broker.events()) as events:
            tasks.start_soon(self._catch_up, desk)
            async for event in events:
                if isinstance(event, SessionLost):
                    tasks.start_soon(self._catch_up, desk)
                else:
                    await self._take(event, desk)

    async def _take(self, event: OrderReport | Fill, desk: Desk) -> None:
        """Record one event, however long PostgreSQL is away: the venue may not say it again."""
        about = {"account_id": str(desk.account.id), "client_order_id": event.client_order_id}

        def name(order: Order) -> None:
            about.update(order_id=str(order.id), trace_id=order.trace_id)

        pauses = Pauses(self._pace)
        while True:
            try:
                state = await fills.take_event(event, desk, on_read=name)
            except StoreUnavailableError:
                await anyio.sleep(pauses.take())
                continue
            except Exception:  # noqa: BLE001 - one event's fault must not end the stream
                _log.exception("event_not_taken", extra=about)
                return
            if state is not None and state not in WORKING:
                self._on_change()
            return

    async def _catch_up(self, desk: Desk) -> None:
        """Look up once what something may have been missed of: what works, what is not all told."""
        user, pauses = desk.lease.user_id, Pauses(self._pace)
        while True:
            try:
                for order in (*await self._work.working(user), *await self._work.untold(user)):
                    if order.account_id == desk.account.id:
                        await reconcile.look(order, desk, may_conclude=False)
            except StoreUnavailableError:
                await anyio.sleep(pauses.take())
            else:
                self._on_change()
                return


@asynccontextmanager
async def ended(events: AsyncIterator[BrokerEvent]) -> AsyncGenerator[AsyncIterator[BrokerEvent]]:
    """End a stream with whoever reads it, in the midst of an event too, and not later on."""
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
