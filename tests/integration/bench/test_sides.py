from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest

from bench.house import open_house
from bench.rivals import Seed, open_floor, open_seed
from bench.servers import Servers
from bench.sides import calls, clear, send

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bench.sides import Side
    from tests.integration.worker_runtime.hosts import World

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.postgres,
    pytest.mark.valkey,
    pytest.mark.timeout(60),
]
ALERTS = 6
SIZE = {"users": 2, "live": 2, "opened": 2}


@pytest.fixture
async def stack() -> AsyncGenerator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def servers(world: World) -> Servers:
    told = dict(world.environment)
    return Servers(
        database_url=told.pop("FOURPASS_DATABASE_URL"),
        valkey_url=told.pop("FOURPASS_VALKEY_URL"),
        keys=told,
    )


async def executed(side: Side) -> int:
    """Send alerts; return how many orders came to the broker's door, and not before their time."""
    sent = await send(side, per_second=50.0, total=ALERTS)
    called = await calls(side, sent, expected=ALERTS)
    return sum(called[order] >= due for order, due in sent.due.items())


@pytest.mark.parametrize(
    "seed",
    [Seed(), Seed(way="faststream"), Seed(claims=False)],
    ids=["redis-py", "faststream", "unclaimed"],
)
async def test_seed_executes_every_order(
    stack: AsyncExitStack, servers: Servers, seed: Seed
) -> None:
    side = await open_seed(stack, servers, seed, **SIZE)

    assert await executed(side) == ALERTS
    states = await side.observer.fetch("SELECT DISTINCT state FROM seed.orders")
    assert [row["state"] for row in states] == ["filled"]


async def test_floor_executes_every_order(stack: AsyncExitStack, servers: Servers) -> None:
    side = await open_floor(stack, servers, opened=2)

    assert await executed(side) == ALERTS


async def test_we_execute_every_order_at_a_venue_that_answers_at_once(
    stack: AsyncExitStack, servers: Servers
) -> None:
    side = await open_house(stack, servers, **SIZE)

    assert await executed(side) == ALERTS
    row = await side.observer.fetchrow(side.books.done)
    assert row is not None
    assert row["count"] == ALERTS


async def test_cleared_side_has_no_orders(stack: AsyncExitStack, servers: Servers) -> None:
    side = await open_floor(stack, servers, opened=2)
    await executed(side)

    await clear(side.observer, side.books)

    row = await side.observer.fetchrow(side.books.done)
    assert row is not None
    assert row["count"] == 0
