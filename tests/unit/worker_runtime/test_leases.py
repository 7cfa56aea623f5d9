"""The lease: kept while it can be, and nothing is sent when nobody can say that it still runs."""

from __future__ import annotations

import anyio
import pytest
from typing_extensions import override

from bus.ids import uuid7
from bus.values import SystemClock, UserId, WorkerId
from handlers.errors import LeaseLostError, StoreUnavailableError
from handlers.records.orders import Lease
from handlers.store.base import LeaseStore
from worker_runtime.leases import LeaseKeeper
from worker_runtime.pace import Pace

pytestmark = pytest.mark.anyio

LEASE = Lease(user_id=UserId(uuid7()), worker_id=WorkerId(uuid7()), epoch=1)
RENEWED, LOST = True, False
FAST = Pace(renew=0.01, shortest_pause=0.001, longest_pause=0.01)


class Machine(SystemClock):
    """A monotonic clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 100.0

    @override
    def monotonic(self) -> float:
        return self.seconds


class Leases(LeaseStore):
    """Renewals that end as the test says."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.renewed = anyio.Event()
        self.asked = 0

    @override
    async def take(self, user: UserId, worker: WorkerId) -> Lease | None:
        raise NotImplementedError

    @override
    async def renew(self, lease: Lease) -> bool:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else True
        if isinstance(answer, Exception):
            raise answer
        if not self.answers:
            self.renewed.set()
        return answer

    @override
    async def release(self, lease: Lease) -> None:
        raise StoreUnavailableError

    @override
    async def end(self, lease: Lease) -> None:
        raise NotImplementedError

    @override
    async def holder(self, user: UserId) -> Lease | None:
        raise NotImplementedError


async def test_a_renewal_that_finds_no_row_ends_everything_at_once() -> None:
    keeper = LeaseKeeper(LEASE, Leases(LOST), clock=SystemClock(), pace=FAST)

    with pytest.raises(LeaseLostError):
        await keeper.run()


async def test_a_record_that_is_away_does_not_end_the_lease() -> None:
    leases = Leases(StoreUnavailableError(), StoreUnavailableError(), RENEWED)
    keeper = LeaseKeeper(LEASE, leases, clock=SystemClock(), pace=FAST)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await leases.renewed.wait()
        tasks.cancel_scope.cancel()

    assert leases.asked >= 3


def test_nothing_is_sent_when_renewals_stay_unanswered() -> None:
    clock = Machine()
    keeper = LeaseKeeper(LEASE, Leases(), clock=clock, pace=Pace())

    clock.seconds += 11.9
    may_send_before = keeper.may_send
    clock.seconds += 0.2

    assert may_send_before
    assert not keeper.may_send


async def test_a_renewal_counts_from_when_it_was_asked_for() -> None:
    clock = Machine()

    class Slow(Leases):
        @override
        async def renew(self, lease: Lease) -> bool:
            clock.seconds += 13.0
            return await super().renew(lease)

    leases = Slow()
    keeper = LeaseKeeper(LEASE, leases, clock=clock, pace=Pace(renew=0.01))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)
        await leases.renewed.wait()
        tasks.cancel_scope.cancel()

    assert not keeper.may_send


async def test_a_doubted_lease_is_renewed_without_waiting() -> None:
    leases = Leases()
    keeper = LeaseKeeper(LEASE, leases, clock=SystemClock(), pace=Pace(renew=60))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(keeper.run)

        keeper.renew_now()

        with anyio.fail_after(5):
            await leases.renewed.wait()
        tasks.cancel_scope.cancel()


async def test_a_lease_that_cannot_be_released_runs_out_by_itself() -> None:
    keeper = LeaseKeeper(LEASE, Leases(), clock=SystemClock(), pace=FAST)

    await keeper.release()
