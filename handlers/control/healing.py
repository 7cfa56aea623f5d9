"""Heals one finding of maintenance: looks again first, and leaves alone what is well by now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from bus.messages import (
    CancelOrder,
    CompareAccount,
    ExecuteOrder,
    Finding,
    HealOrphan,
    KeepPool,
    Message,
)
from bus.values import HOUSE, OrderState
from handlers.asking.wanted_worker import wanted_worker
from handlers.control.fleet import fleet
from handlers.launcher.base import LauncherUnavailableError
from handlers.records.lifecycle import LIVE
from handlers.records.orders import Lease
from handlers.records.views import WorkerState

if TYPE_CHECKING:
    from bus.values import WorkerId
    from handlers.control.fleet import Member
    from handlers.records.orders import Order
    from handlers.services import Services

Cure = Callable[[HealOrphan, "Services"], Awaitable[Sequence[Message]]]

_MARK_TTL = timedelta(seconds=15)


async def heal(message: HealOrphan, services: Services) -> Sequence[Message]:
    """Heal exactly this finding; healing it again changes nothing.

    While nothing tells what runs, it is left to the next turn, which finds it again.
    """
    try:
        return await _CURES[message.finding](message, services)
    except LauncherUnavailableError:
        return ()


async def _unmark(message: HealOrphan, services: Services) -> Sequence[Message]:
    """Take a mark away whose worker does not serve the user: hints then ask for another one."""
    holder = await services.store.leases.holder(message.user_id)
    worker = _named(message)
    if holder is None or holder.worker_id != worker:
        await services.hints.unmark(message.user_id, worker)
    return ()


async def _mark(message: HealOrphan, services: Services) -> Sequence[Message]:
    """Mark the worker that serves the user, unless it is leaving: it took its mark itself then."""
    user, worker = message.user_id, _named(message)
    holder = await services.store.leases.holder(user)
    if holder is None or (holder.worker_id, holder.epoch) != (worker, message.epoch):
        return ()
    rows = {row.id: row for row in await services.store.queries.workers(user)}
    if worker not in rows or rows[worker].state == WorkerState.DRAINING:
        return ()
    if (await services.hints.look(user, before_epoch=holder.epoch)).worker_id is None:
        await services.hints.mark(user, worker, ttl=_MARK_TTL)
    return ()


async def _forget_inflight(message: HealOrphan, services: Services) -> Sequence[Message]:
    """Delete the lists of epochs that are over; what was in them is found in the record."""
    holder = await services.store.leases.holder(message.user_id)
    before = (message.epoch or 0) if holder is None else holder.epoch
    await services.hints.forget_inflight(message.user_id, before_epoch=before)
    return ()


async def _release(message: HealOrphan, services: Services) -> Sequence[Message]:
    """End the lease of a worker that does not run and that nobody saw lately."""
    user, worker = message.user_id, _named(message)
    if await _member(worker, services) is not None:
        return ()
    if any(row.id == worker for row in await services.store.queries.workers(user)):
        return ()
    lease = Lease(user_id=user, worker_id=worker, epoch=message.epoch or 0)
    await services.store.leases.end(lease)
    return await _worker_if_wanted(message, services)


async def _end_claimed(message: HealOrphan, services: Services) -> Sequence[Message]:
    """End a worker that has a user and no lease, and give the user another one."""
    user, worker = message.user_id, _named(message)
    holder = await services.store.leases.holder(user)
    if holder is not None and holder.worker_id == worker:
        return ()
    member = await _member(worker, services)
    if member is not None:
        await services.launcher.stop(member.task)
    await services.hints.unmark(user, worker)
    await services.store.workers.drop(worker)
    return await _worker_if_wanted(message, services)


async def _end_pool_member(message: HealOrphan, services: Services) -> Sequence[Message]:
    """End a member of the pool that says nothing any more, and have it replaced."""
    worker = _named(message)
    if any(row.id == worker for row in await services.store.queries.workers(None)):
        return ()
    member = await _member(worker, services)
    await services.pool.withdraw(worker)
    if member is not None:
        await services.launcher.stop(member.task)
    await services.store.workers.drop(worker)
    return (KeepPool(user_id=HOUSE),)


async def _expire(message: HealOrphan, services: Services) -> Sequence[Message]:
    if message.order_id is not None:
        await services.store.upkeep.expire(message.order_id)
    return ()


async def _worker_if_wanted(message: HealOrphan, services: Services) -> Sequence[Message]:
    """Ask for a worker if the user has work and nobody who does it."""
    user = message.user_id
    if await services.store.leases.holder(user) is not None:
        return ()
    if not await services.store.work.has_work(user):
        return ()
    return (wanted_worker(user, services.clock, cause=message.order_id),)


async def _say_again(message: HealOrphan, services: Services) -> Sequence[Message]:
    """Hint a command that the relay should have hinted, and see to a worker."""
    order = None
    if message.order_id is not None:
        order = await services.store.orders.load(message.order_id)
    command = None if order is None else _command_of(order, services)
    if command is None:
        return ()
    return (command, *await _worker_if_wanted(message, services))


def _command_of(order: Order, services: Services) -> Message | None:
    user, account = order.user_id, order.account_id
    if order.state is OrderState.QUEUED and order.expires_at > services.clock.now():
        return ExecuteOrder(user_id=user, order_id=order.id, account_id=account)
    if order.state in LIVE and order.cancel_requested_at and not order.cancel_sent_at:
        return CancelOrder(user_id=user, order_id=order.id, account_id=account)
    return None


async def _ask_to_compare(message: HealOrphan, services: Services) -> Sequence[Message]:
    """Have the user's worker compare an account; it knows whether that was done meanwhile."""
    if message.account_id is None:
        return ()
    user = message.user_id
    command = CompareAccount(user_id=user, account_id=message.account_id)
    if await services.store.leases.holder(user) is not None:
        return (command,)
    return command, wanted_worker(user, services.clock)


async def _member(worker: WorkerId, services: Services) -> Member | None:
    return next((each for each in await fleet(services) if each.worker_id == worker), None)


def _named(message: HealOrphan) -> WorkerId:
    if message.worker_id is None:
        msg = f"{message.finding} names no worker"
        raise ValueError(msg)
    return message.worker_id


_CURES: Mapping[Finding, Cure] = MappingProxyType(
    {
        Finding.MARK_WITHOUT_WORKER: _unmark,
        Finding.WORKER_WITHOUT_MARK: _mark,
        Finding.DEAD_INFLIGHT: _forget_inflight,
        Finding.STALE_LEASE: _release,
        Finding.CLAIMED_WITHOUT_LEASE: _end_claimed,
        Finding.EXPIRED_POOL_MEMBER: _end_pool_member,
        Finding.QUEUED_PAST_TTL: _expire,
        Finding.UNATTENDED_ORDER: _worker_if_wanted,
        Finding.OUTBOX_LEFTOVER: _say_again,
        Finding.COMPARISON_DUE: _ask_to_compare,
    }
)
