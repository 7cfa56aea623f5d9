"""Finds what is out of order and fans it out, one message a finding; `healing` heals each.

It reads the record and the launcher's list and scans no keys. A finding is a suspicion: whoever
heals it looks again first, so finding the same thing twice, or too early, does no harm.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bus.envelope import InTrace, Result
from bus.errors import TransportUnavailableError
from bus.messages import Finding, HealOrphan, Message
from bus.values import HOUSE
from handlers.control.fleet import fleet
from handlers.errors import StoreUnavailableError
from handlers.launcher.base import LauncherUnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.messages import FindOrphans
    from handlers.control.fleet import Member
    from handlers.records.upkeep import LeaseSeen
    from handlers.services import Services

_OF_EACH_KIND = 100
_LEASES = 1000
# Whoever was away for long does not ask all workers at once.
_COMPARISONS = 20
# A new process may take this long until it first says something.
_GROWN_AFTER = timedelta(seconds=60)


async def find_orphans(message: FindOrphans, services: Services) -> Sequence[Result]:
    """Look once at everything; a server that is away hides only what it would have told."""
    del message
    found: list[Result] = [
        *await _orders(services),
        *await _traces(services),
        *await _comparisons(services),
    ]
    try:
        members = await fleet(services)
    except LauncherUnavailableError:
        return found
    return [*found, *await _stale_leases(services, members), *await _workers(services, members)]


async def _orders(services: Services) -> list[InTrace]:
    return [
        InTrace(
            message=HealOrphan(user_id=each.user_id, finding=each.finding, order_id=each.order_id),
            traceparent=each.traceparent,
        )
        for each in await services.store.upkeep.order_findings(limit=_OF_EACH_KIND)
    ]


async def _comparisons(services: Services) -> list[Message]:
    """Find accounts whose venue was not compared with the record today, a few a turn.

    It sums up fills, which may take longer than a turn has: no order waits for it.
    """
    try:
        due = await services.store.comparisons.due(limit=_COMPARISONS)
    except StoreUnavailableError:
        return []
    return [
        HealOrphan(user_id=each.user_id, finding=Finding.COMPARISON_DUE, account_id=each.account_id)
        for each in due
    ]


async def _traces(services: Services) -> list[Message]:
    """Compare each user's lease with what is on the bus."""
    found: list[Message] = []
    try:
        for seen in await services.store.upkeep.leases(limit=_LEASES):
            found += await _traces_of(seen, services)
    except TransportUnavailableError:
        return found
    return found


async def _traces_of(seen: LeaseSeen, services: Services) -> list[Message]:
    lease = seen.lease
    before = lease.epoch if seen.is_running else lease.epoch + 1
    traces = await services.hints.look(lease.user_id, before_epoch=before)
    server = lease.worker_id if seen.is_running else None
    found: list[Message] = []
    if traces.worker_id not in {None, server}:
        found.append(
            HealOrphan(
                user_id=lease.user_id,
                finding=Finding.MARK_WITHOUT_WORKER,
                worker_id=traces.worker_id,
            )
        )
    if server is not None and traces.worker_id is None:
        found.append(_about(seen, Finding.WORKER_WITHOUT_MARK, lease.epoch))
    if traces.has_old_inflight:
        found.append(_about(seen, Finding.DEAD_INFLIGHT, before))
    return found


async def _stale_leases(services: Services, members: Sequence[Member]) -> list[Message]:
    """Find leases that run while their worker does not: somebody or something prolonged them."""
    running = {member.worker_id for member in members}
    return [
        _about(seen, Finding.STALE_LEASE, seen.lease.epoch)
        for seen in await services.store.upkeep.leases(limit=_LEASES)
        if seen.is_running and not seen.is_seen and seen.lease.worker_id not in running
    ]


async def _workers(services: Services, members: Sequence[Member]) -> list[Message]:
    """Find rows that nobody keeps fresh, and processes that never said anything."""
    lost = {
        row.id: row.user_id for row in await services.store.upkeep.lost_workers(limit=_OF_EACH_KIND)
    }
    grown = services.clock.now() - _GROWN_AFTER
    for member in members:
        if member.row is None and member.task.started_at <= grown:
            lost.setdefault(member.worker_id, member.user_id)
    return [
        HealOrphan(
            user_id=HOUSE if user is None else user,
            finding=Finding.EXPIRED_POOL_MEMBER if user is None else Finding.CLAIMED_WITHOUT_LEASE,
            worker_id=worker,
        )
        for worker, user in lost.items()
    ]


def _about(seen: LeaseSeen, finding: Finding, epoch: int) -> HealOrphan:
    lease = seen.lease
    return HealOrphan(
        user_id=lease.user_id, finding=finding, worker_id=lease.worker_id, epoch=epoch
    )
