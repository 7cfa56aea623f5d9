"""The lease: without it nothing is sent. Taken, kept, watched by our own clock, given back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from handlers.errors import LeaseLostError, StoreUnavailableError
from worker_runtime.pace import Pauses

if TYPE_CHECKING:
    from collections.abc import Callable

    from bus.values import Clock, UserId, WorkerId
    from handlers.records.orders import Lease
    from handlers.store.base import LeaseStore
    from worker_runtime.pace import Pace
    from worker_runtime.ports import Ports

_RELEASE_PATIENCE = 2.0

_log = logging.getLogger(__name__)


async def take(
    user: UserId, worker: WorkerId, ports: Ports, *, is_wanted: Callable[[], bool]
) -> Lease | None:
    """Take the user's lease; `None` if another worker keeps it, or this one is not wanted.

    No worker waits for long: a lease that a lost host left behind runs out meanwhile, and the relay
    has another worker claimed. Time in which PostgreSQL gives no answer does not count.
    """
    clock, pace = ports.clock, ports.pace
    pauses = Pauses(pace)
    waited = 0.0
    while is_wanted():
        asked = clock.monotonic()
        try:
            lease = await ports.store.leases.take(user, worker)
        except StoreUnavailableError:
            await anyio.sleep(pauses.take())
            continue
        if lease is not None or waited >= pace.lease_patience:
            return lease
        await anyio.sleep(pace.lease_retry)
        waited += clock.monotonic() - asked
    return None


class LeaseKeeper:
    """Renews a lease until it is lost or given back."""

    def __init__(self, lease: Lease, leases: LeaseStore, *, clock: Clock, pace: Pace) -> None:
        self.lease = lease
        self._leases = leases
        self._clock = clock
        self._pace = pace
        self._renewed_at = clock.monotonic()
        self._hurry = anyio.Event()

    @property
    def may_send(self) -> bool:
        """False when no renewal was answered for so long that the lease may have run out.

        It is the process's own clock that says so: after a freeze it knows before PostgreSQL does.
        """
        return self._clock.monotonic() - self._renewed_at < self._pace.renew_guard

    def renew_now(self) -> None:
        """Renew without waiting for the next time: somebody doubts the lease."""
        self._hurry.set()

    async def run(self) -> None:
        """Renew again and again.

        Raises:
            LeaseLostError: Another worker took the user over. Stop at once.
        """
        pauses = Pauses(self._pace)
        while True:
            with anyio.move_on_after(self._pace.renew):
                await self._hurry.wait()
            self._hurry = anyio.Event()
            asked = self._clock.monotonic()
            try:
                with anyio.fail_after(self._pace.renew):
                    is_renewed = await self._leases.renew(self.lease)
            except (StoreUnavailableError, TimeoutError):
                _log.warning("lease_not_renewed", extra={"user_id": str(self.lease.user_id)})
                await anyio.sleep(pauses.take())
                self._hurry.set()
                continue
            if not is_renewed:
                raise LeaseLostError
            self._renewed_at = asked
            pauses.reset()

    async def release(self) -> None:
        """Give the lease back; if that fails it runs out by itself."""
        with anyio.move_on_after(_RELEASE_PATIENCE, shield=True):
            try:
                await self._leases.release(self.lease)
            except StoreUnavailableError:
                _log.warning("lease_not_released", extra={"user_id": str(self.lease.user_id)})
