"""Who may send for a user, and since when not any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.ids import uuid7
from bus.values import WorkerId

if TYPE_CHECKING:
    from handlers.records.orders import Lease
    from tests.contract.store.house import House

pytestmark = pytest.mark.anyio


def worker() -> WorkerId:
    return WorkerId(uuid7())


async def test_the_first_lease_has_epoch_one(house: House) -> None:
    user, mine = await house.user(), worker()

    lease = await house.store.leases.take(user, mine)

    assert lease is not None
    assert (lease.user_id, lease.worker_id, lease.epoch) == (user, mine, 1)


async def test_a_running_lease_is_nobody_elses(house: House) -> None:
    trader = await house.trader()

    assert await house.store.leases.take(trader.user, worker()) is None


async def test_not_even_its_holder_takes_a_running_lease_again(house: House) -> None:
    trader = await house.trader()

    assert await house.store.leases.take(trader.user, trader.lease.worker_id) is None


@pytest.mark.parametrize(("after_s", "is_free"), [(14.0, False), (15.0, True)])
async def test_a_lease_runs_for_fifteen_seconds(
    house: House, after_s: float, *, is_free: bool
) -> None:
    trader = await house.trader()
    await house.later(after_s)

    taken = await house.store.leases.take(trader.user, worker())

    assert (taken is not None) is is_free


async def test_each_take_over_counts_the_epoch_up(house: House) -> None:
    trader = await house.trader()
    await house.later(15)

    taken = await house.store.leases.take(trader.user, worker())

    assert taken is not None
    assert taken.epoch == trader.lease.epoch + 1


async def test_of_concurrent_takers_exactly_one_gets_the_lease(house: House) -> None:
    user = await house.user()
    taken: list[Lease | None] = []

    async def take() -> None:
        taken.append(await house.store.leases.take(user, worker()))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(take)

    assert len([lease for lease in taken if lease is not None]) == 1


async def test_renewing_runs_it_for_fifteen_seconds_more(house: House) -> None:
    trader = await house.trader()
    await house.later(14)

    assert await house.store.leases.renew(trader.lease)

    await house.later(14)
    assert await house.store.leases.holder(trader.user) == trader.lease


async def test_an_overdue_lease_that_nobody_took_is_renewed(house: House) -> None:
    trader = await house.trader()
    await house.later(20)

    assert await house.store.leases.renew(trader.lease)
    assert await house.store.leases.holder(trader.user) == trader.lease


async def test_a_lease_taken_by_another_is_lost(house: House) -> None:
    trader = await house.trader()
    await house.later(15)
    await house.store.leases.take(trader.user, worker())

    assert not await house.store.leases.renew(trader.lease)


async def test_an_epoch_gone_by_is_lost_even_to_the_same_worker(house: House) -> None:
    trader = await house.trader()
    await house.later(15)
    await house.store.leases.take(trader.user, trader.lease.worker_id)

    assert not await house.store.leases.renew(trader.lease)


async def test_a_released_lease_is_free_at_once(house: House) -> None:
    trader = await house.trader()

    await house.store.leases.release(trader.lease)

    assert await house.store.leases.holder(trader.user) is None
    assert await house.store.leases.take(trader.user, worker()) is not None


async def test_a_released_lease_is_not_renewed(house: House) -> None:
    trader = await house.trader()
    await house.store.leases.release(trader.lease)

    assert not await house.store.leases.renew(trader.lease)


async def test_releasing_a_lost_lease_leaves_the_new_one(house: House) -> None:
    trader = await house.trader()
    await house.later(15)
    taken = await house.store.leases.take(trader.user, worker())

    await house.store.leases.release(trader.lease)

    assert await house.store.leases.holder(trader.user) == taken


async def test_the_epoch_outlives_a_release(house: House) -> None:
    trader = await house.trader()
    await house.store.leases.release(trader.lease)

    taken = await house.store.leases.take(trader.user, worker())

    assert taken is not None
    assert taken.epoch == trader.lease.epoch + 1


async def test_a_lease_of_another_worker_is_not_renewed(house: House) -> None:
    trader = await house.trader()
    stolen = msgspec.structs.replace(trader.lease, worker_id=worker())

    assert not await house.store.leases.renew(stolen)


async def test_the_lease_of_the_dead_is_free_at_once(house: House) -> None:
    trader = await house.trader()

    await house.store.leases.end(trader.lease)

    assert not await house.store.leases.renew(trader.lease)
    assert await house.store.leases.take(trader.user, worker()) is not None


async def test_nobody_ends_a_later_lease(house: House) -> None:
    trader = await house.trader()
    await house.store.leases.end(trader.lease)
    later = await house.store.leases.take(trader.user, worker())

    await house.store.leases.end(trader.lease)

    assert later is not None
    assert await house.store.leases.renew(later)
