"""Leases that were not given back are counted once, whoever ends them."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from bus.ids import uuid7
from bus.values import WorkerId
from tests.contract.store.conftest import postgres_house
from tests.contract.store.seats import at
from tests.servers.postgres import fresh_database
from tests.servers.roles import CONTROL
from tests.servers.store import migrated_template

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.contract.store.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def house() -> AsyncGenerator[House]:
    async with AsyncExitStack() as stack:
        dsn = stack.enter_context(fresh_database(template=migrated_template()))
        yield await stack.enter_async_context(postgres_house(dsn))


async def taken_over(house: House) -> int:
    return (await house.store.watch.census()).taken_over


async def test_lease_of_the_dead_is_one_although_another_worker_takes_it_then(
    house: House,
) -> None:
    trader = await house.trader()

    for _ in range(2):
        await at(house, CONTROL).leases.release(trader.lease)
    assert await house.store.leases.take(trader.user, WorkerId(uuid7()))

    assert await taken_over(house) == 1


async def test_lease_that_was_given_back_is_none(house: House) -> None:
    trader = await house.trader()

    await house.store.leases.release(trader.lease)
    await at(house, CONTROL).leases.release(trader.lease)

    assert await taken_over(house) == 0
