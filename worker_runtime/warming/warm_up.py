"""Asks the servers what a worker will ask, for nobody: connections are made, statements prepared.

Nothing here writes: there is no such user, order or account.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import anyio

from bus.errors import TransportUnavailableError
from bus.ids import uuid7
from bus.values import OrderId, OrderState, Side, UserId, WorkerId
from handlers.errors import HandlersError, NotFoundError
from handlers.records.orders import Claim, Lease, Settlement

if TYPE_CHECKING:
    from handlers.store.base import Store
    from worker_runtime.ports import Ports

_PATIENCE = 5.0

_log = logging.getLogger(__name__)


async def warm_up(ports: Ports) -> bool:
    """Ask once, and say whether all answered; who is away is met later, with its errors."""
    nobody = UserId(uuid7())
    try:
        with anyio.fail_after(_PATIENCE):
            await _ask_record(ports.store, nobody)
            await _ask_post(ports, nobody)
    except (HandlersError, TransportUnavailableError, TimeoutError):
        _log.info("not_warmed_up")
        return False
    return True


async def _ask_record(store: Store, nobody: UserId) -> None:
    lease = Lease(user_id=nobody, worker_id=WorkerId(nobody), epoch=0)
    order = OrderId(nobody)
    await store.leases.renew(lease)
    await store.work.take_over(lease)
    await store.work.oldest_queued(nobody, limit=1)
    await store.work.wanted_cancels(nobody, limit=1)
    await store.work.working(nobody)
    await store.catalogue.accounts(nobody)
    await store.orders.load(order)
    await store.orders.claim(
        Claim(
            order_id=order,
            lease=lease,
            side=Side.BUY,
            frozen_quantity=Decimal(1),
            reduce_only=False,
        )
    )
    try:
        await store.orders.settle(
            Settlement(order_id=order, state=OrderState.UNKNOWN, epoch=0, actor="warm-up")
        )
    except NotFoundError:
        return


async def _ask_post(ports: Ports, nobody: UserId) -> None:
    await ports.bus.ping()
    await ports.bus.hints.unmark(nobody, WorkerId(nobody))
    await ports.bus.pool.await_claim(WorkerId(nobody), timeout=timedelta(0))
