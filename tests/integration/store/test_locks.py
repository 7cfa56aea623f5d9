"""Who waits for whom: the kill switch goes before orders, and orders go by their ids."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bus.values import OrderId, OrderState
from handlers.records.alerts import Recorded
from handlers.records.orders import ClaimedOrder, NotClaimed, WhyNot
from handlers.store.postgres.rows import as_json

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_a_claim_waits_for_the_switch_that_is_being_engaged(house: House, dsn: str) -> None:
    trader = await house.trader()
    order = await house.queued(trader)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                "UPDATE switches SET is_engaged = true WHERE user_id = $1", trader.user
            )
            claim = asyncio.ensure_future(house.store.orders.claim(house.claim(trader, order)))
            await _until_somebody_waits(connection)
            assert not claim.done()
    finally:
        await connection.close()

    answer = await claim
    assert not isinstance(answer, ClaimedOrder)
    assert (await house.load(order.id)).state is OrderState.DENIED


async def test_a_record_waits_for_the_switch_that_is_being_engaged(house: House, dsn: str) -> None:
    trader = await house.trader()
    asked = house.order(trader)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                "UPDATE switches SET is_engaged = true WHERE user_id = $1", trader.user
            )
            record = asyncio.ensure_future(house.store.signals.record(house.signal(trader, asked)))
            await _until_somebody_waits(connection)
            assert not record.done()
    finally:
        await connection.close()

    assert not isinstance(await record, Recorded)
    assert await house.store.orders.load(OrderId(asked.id)) is None


async def test_what_a_settlement_claims_waits_for_the_switch_too(house: House, dsn: str) -> None:
    trader = await house.trader()
    first, second = await house.sending(trader), await house.queued(trader)
    said, wanted = house.settlement(first, OrderState.FILLED), house.claim(trader, second)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(
                "UPDATE switches SET is_engaged = true WHERE user_id = $1", trader.user
            )
            both = asyncio.ensure_future(house.store.orders.settle_and_claim(said, wanted))
            await _until_somebody_waits(connection)
            assert not both.done()
    finally:
        await connection.close()

    settled, answer = await both
    assert settled.state is OrderState.FILLED
    assert answer == NotClaimed(why=WhyNot.KILLED)


async def test_who_settles_and_claims_locks_the_two_by_their_ids(house: House, dsn: str) -> None:
    """As whoever locks several orders of a user does, or one would wait for the other for ever."""
    trader = await house.trader()
    older = await house.queued(await house.elsewhere(trader))
    newer = await house.sending(trader)
    said, wanted = house.settlement(newer, OrderState.FILLED), house.claim(trader, older)
    locked = "SELECT FROM orders WHERE id = $1 FOR UPDATE NOWAIT"
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute(locked, older.id)
            both = asyncio.ensure_future(house.store.orders.settle_and_claim(said, wanted))
            await _until_somebody_waits(connection)

            await connection.execute(locked, newer.id)
    finally:
        await connection.close()

    settled, answer = await both
    assert settled.state is OrderState.FILLED
    assert isinstance(answer, ClaimedOrder)


async def test_of_two_lost_orders_that_are_found_to_be_one_at_once_one_has_it(
    house: House, dsn: str
) -> None:
    trader = await house.trader()
    first, second = [await house.sending(trader, reduce_only=True) for _ in range(2)]
    for lost in (first, second):
        await house.settle(lost, OrderState.UNKNOWN)
    found = as_json(house.settlement(first, OrderState.ACCEPTED, broker_order_id="the only one"))
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("SELECT settle_known($1::jsonb, '{}', false)", found)
            other = asyncio.ensure_future(
                house.settle(second, OrderState.ACCEPTED, broker_order_id="the only one")
            )
            await _until_somebody_waits(connection)
    finally:
        await connection.close()

    assert (await other).state is OrderState.NEEDS_REVIEW
    assert (await house.load(first.id)).broker_order_id == "the only one"


async def _until_somebody_waits(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Return when another connection waits for a lock."""
    await connection.execute(
        "DO $$ BEGIN WHILE NOT EXISTS ("
        "  SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        ") LOOP PERFORM pg_stat_clear_snapshot(); PERFORM pg_sleep(0.005); END LOOP; END $$",
        timeout=5,
    )
