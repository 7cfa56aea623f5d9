"""What the pool of warm workers promises."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest

from bus.values import UserId, WorkerId
from tests.contract.bus.letters import PATIENCE, a_user, ms
from tests.contract.bus.transports import NO_LANES

if TYPE_CHECKING:
    from tests.contract.bus.transports import Transport

pytestmark = pytest.mark.anyio

_LONG = ms(int(PATIENCE * 1000))


async def test_an_empty_pool_has_nobody_to_give(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        assert await bus.pool.claim(a_user()) is None


async def test_an_offered_worker_is_handed_the_user(transport: Transport) -> None:
    user, worker = a_user(), _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(worker)

        assert await bus.pool.claim(user) == worker
        assert await bus.pool.await_claim(worker, timeout=_LONG) == user


async def test_a_waiting_worker_is_woken_by_the_claim(transport: Transport) -> None:
    user, worker = a_user(), _worker()
    found: list[UserId | None] = []
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(worker)

        async def wait() -> None:
            found.append(await bus.pool.await_claim(worker, timeout=_LONG))

        with anyio.fail_after(PATIENCE / 2):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(wait)
                await anyio.sleep(0.05)
                await bus.pool.claim(user)

    assert found == [user]


async def test_waiting_for_a_claim_ends_after_its_time(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        with anyio.fail_after(PATIENCE):
            assert await bus.pool.await_claim(_worker(), timeout=ms(30)) is None


async def test_a_worker_is_given_once(transport: Transport) -> None:
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(_worker())
        await bus.pool.claim(a_user())

        assert await bus.pool.claim(a_user()) is None


async def test_many_claims_at_once_give_each_worker_once(transport: Transport) -> None:
    workers = {_worker() for _ in range(20)}
    given: list[WorkerId | None] = []
    async with transport.open(NO_LANES) as bus:
        for worker in workers:
            await bus.pool.offer(worker)

        async def claim() -> None:
            given.append(await bus.pool.claim(a_user()))

        async with anyio.create_task_group() as tasks:
            for _ in range(40):
                tasks.start_soon(claim)

    assert sorted(worker for worker in given if worker) == sorted(workers)
    assert given.count(None) == 20


async def test_the_worker_seen_last_is_given_first(transport: Transport) -> None:
    first, second = _worker(), _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(second)
        await anyio.sleep(0.003)
        await bus.pool.offer(first)
        await anyio.sleep(0.003)
        await bus.pool.offer(second)

        assert [await bus.pool.claim(a_user()) for _ in range(2)] == [second, first]


async def test_an_offer_said_again_counts_once(transport: Transport) -> None:
    worker = _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(worker)
        await bus.pool.offer(worker)

        assert await bus.pool.ready() == 1


async def test_a_withdrawn_worker_is_not_given(transport: Transport) -> None:
    worker = _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(worker)
        await bus.pool.withdraw(worker)

        assert await bus.pool.ready() == 0
        assert await bus.pool.claim(a_user()) is None


async def test_a_claimed_worker_that_still_offers_itself_is_not_given_again(
    transport: Transport,
) -> None:
    user, worker = a_user(), _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(worker)
        await bus.pool.claim(user)
        await bus.pool.offer(worker)

        assert await bus.pool.claim(a_user()) is None
        assert await bus.pool.await_claim(worker, timeout=_LONG) == user


async def test_a_worker_may_come_back_to_the_pool(transport: Transport) -> None:
    worker = _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(worker)
        await bus.pool.claim(a_user())
        await bus.pool.await_claim(worker, timeout=_LONG)
        await bus.pool.offer(worker)

        assert await bus.pool.claim(a_user()) == worker


def _worker() -> WorkerId:
    return WorkerId(uuid4())


async def test_a_claim_that_comes_twice_takes_one_worker(transport: Transport) -> None:
    user = a_user()
    async with transport.open(NO_LANES) as bus:
        for _ in range(2):
            await bus.pool.offer(_worker())

        claimed = {await bus.pool.claim(user) for _ in range(3)}

        assert len(claimed) == 1
        assert await bus.pool.ready() == 1


async def test_a_worker_that_ended_is_not_named_again(transport: Transport) -> None:
    user, first, second = a_user(), _worker(), _worker()
    async with transport.open(NO_LANES) as bus:
        await bus.pool.offer(first)
        assert await bus.pool.claim(user) == first
        await bus.pool.offer(second)

        await bus.pool.forget(user, _worker())
        still = await bus.pool.claim(user)
        await bus.pool.forget(user, first)

        assert (still, await bus.pool.claim(user)) == (first, second)
