"""A stream's numbers come from transactions, which commit in another order than they begin."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import pytest

from bus.ids import uuid7
from handlers.store.postgres import streams

if TYPE_CHECKING:
    from tests.contract.store.house import House

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]


async def test_nothing_is_read_before_what_began_before_it(
    house: House, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "_PATIENCE_S", 0.01)
    trader = await house.trader()
    before = (await house.store.streams.position(trader.user)).now
    slow, told = await asyncpg.connect(dsn), UUID(int=uuid7().int)
    try:
        async with slow.transaction():
            await slow.execute("SELECT tell_stream($1, 'worker', $2)", trader.user, told)
            order = await house.queued(trader)

            meanwhile = await house.store.queries.stream_after(trader.user, before, limit=10)
    finally:
        await slow.close()
    monkeypatch.undo()
    entries = await house.store.queries.stream_after(trader.user, before, limit=10)

    assert meanwhile == []
    assert [entry.object_id for entry in entries] == [told, order.id]


async def test_what_another_server_numbered_keeps_nobody_waiting(
    house: House, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that was copied out of one server into another brings its numbers along."""
    monkeypatch.setattr(streams, "_PATIENCE_S", 3600)
    trader = await house.trader()
    before = (await house.store.streams.position(trader.user)).now
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO stream_entries (user_id, stream_n, kind, object_id, at)"
            " VALUES ($1, 1::bigint << 58, 'worker', $1, now())",
            trader.user,
        )
    finally:
        await connection.close()
    order = await house.queued(trader)

    async with asyncio.timeout(5):
        entries = await house.store.queries.stream_after(trader.user, before, limit=10)

    assert [entry.object_id for entry in entries] == [order.id]
