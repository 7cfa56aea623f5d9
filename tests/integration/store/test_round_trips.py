"""How often the record is asked over the network, and what travels there."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import asyncpg
import pytest

from bus.ids import uuid7
from bus.values import OrderState, UserId
from handlers.records.alerts import Dedupe, Recorded
from handlers.records.orders import Mark
from handlers.store.open import StoreSettings
from handlers.store.postgres.connections import Database, open_pool
from telemetry.stages import Stage
from tests.contract.store.conftest import postgres_house
from tests.contract.store.house import a_fill
from tests.servers.proxy import Proxy, running_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from tests.contract.store.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


@pytest.fixture
async def wire(dsn: str) -> AsyncGenerator[Proxy]:
    """Count what goes to PostgreSQL."""
    server = urlsplit(dsn)
    assert server.hostname is not None
    assert server.port is not None
    async with running_proxy(server.hostname, server.port) as proxy:
        yield proxy


@pytest.fixture
async def house(dsn: str, wire: Proxy) -> AsyncGenerator[House]:
    server = urlsplit(dsn)
    address = dsn.replace(f":{server.port}/", f":{wire.port}/")
    async with postgres_house(address) as opened:
        yield opened


async def round_trips(wire: Proxy, act: Callable[[], Awaitable[object]]) -> int:
    """Count what a call costs once its statement is prepared."""
    before = wire.round_trips
    await act()
    return wire.round_trips - before


async def test_recording_an_alert_is_one_round_trip(house: House, wire: Proxy) -> None:
    trader = await house.trader()
    await house.store.signals.record(house.signal(trader))
    signal = house.signal(trader, house.order(trader), house.order(trader))

    assert await round_trips(wire, lambda: house.store.signals.record(signal)) == 1


async def test_answering_a_copy_with_its_first_ids_is_one_round_trip(
    house: House, wire: Proxy
) -> None:
    trader = await house.trader()
    dedupe = Dedupe(hash=b"x" * 32, window=None)
    await house.store.signals.record(house.signal(trader, house.order(trader), dedupe=dedupe))
    copy = house.signal(trader, dedupe=dedupe)

    assert await round_trips(wire, lambda: house.store.signals.record(copy)) == 1


async def test_a_claim_is_one_round_trip(house: House, wire: Proxy) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.FILLED)
    order = await house.queued(trader)
    mark = Mark(stage=Stage.DELIVERED, at=house.clock.now())
    claim = house.claim(trader, order, marks=(mark,))

    assert await round_trips(wire, lambda: house.store.orders.claim(claim)) == 1


async def test_a_settlement_with_fills_is_one_round_trip(house: House, wire: Proxy) -> None:
    trader = await house.trader()
    await house.in_state(trader, OrderState.FILLED)
    order = await house.sending(trader)
    said = house.settlement(
        order, OrderState.FILLED, fills=(a_fill(order, "1"), a_fill(order, "0.5")),
        filled_quantity=Decimal("1.5"),
    )  # fmt: skip

    assert await round_trips(wire, lambda: house.store.orders.settle(said)) == 1


async def test_recognising_a_token_is_one_round_trip(house: House, wire: Proxy) -> None:
    trader = await house.trader()
    await house.store.identity.recognise(trader.token_hash)

    act = partial(house.store.identity.recognise, trader.token_hash)

    assert await round_trips(wire, act) == 1


async def test_the_relay_asks_once(house: House, wire: Proxy) -> None:
    await house.store.relay.due(limit=10)

    assert await round_trips(wire, lambda: house.store.relay.due(limit=10)) == 1


async def test_alerts_that_wait_are_recorded_together(house: House, wire: Proxy) -> None:
    trader = await house.trader()
    await house.store.signals.record(house.signal(trader))
    signals = [house.signal(trader, house.order(trader)) for _ in range(200)]

    wire.reset_counts()
    answers = await asyncio.gather(*(house.store.signals.record(each) for each in signals))

    assert {type(answer) for answer in answers} == {Recorded}
    # Two flights, of which one has to connect and prepare first; then 64 alerts at most a batch.
    assert wire.bursts <= 20


async def test_the_driver_never_looks_types_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_up(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(asyncpg.Connection, "_introspect_types", look_up)
    trader = await house.trader()
    order = await house.in_state(trader, OrderState.FILLED)
    await house.store.signals.mark_hinted([order.id])
    await house.store.relay.due(limit=10)

    assert await house.store.work.take_over(trader.lease) == []
    assert await house.store.queries.order(trader.user, order.id) is not None


async def test_whose_rows_are_read_is_forgotten_with_the_transaction(dsn: str) -> None:
    settings = StoreSettings(database_url=dsn, pool_size=1)
    pool = await open_pool(settings)
    database = Database(pool, deadline_s=2)
    asked = "SELECT current_setting('app.user_id', true)"
    user = UserId(uuid7())

    async with database.as_user(user) as connection:
        inside = await connection.fetchval(asked)
    outside = await database.value(asked)
    pool.terminate()

    assert (inside, outside) == (str(user), "")
