"""A whole edge process under noise: what it answered, what it recorded, how much it grew."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import anyio
import asyncpg
import psutil

from tests.attacks.noise import noise
from tests.integration.edge.edges import an_edge
from tests.unit.edge.house import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.attacks.noise import Noise
    from tests.integration.edge.edges import Edge

_CALLERS = 8
_WARM_UP = 800
_MIB = 1024 * 1024
_PATHS = ("tradingview/{0}", "tradingview/{0}", "tradingview", "{0}/order?simulation=false")
PROMISED = {200, 202, 400, 401, 413}


class Fuzzed(NamedTuple):
    """How it went."""

    statuses: Counter[int]
    faults: list[str]
    orders: int
    grown_mib: float


async def fuzz(dsn: str, valkey_url: str, *, count: int, seed: int) -> Fuzzed:
    """Send noise from several callers at a time, after enough of it that all is in its place."""
    # Unlimited, so that each body is read for what it is.
    async with an_edge(
        dsn, valkey_url, FOURPASS_WEBHOOK_RATE="1000000", FOURPASS_WEBHOOK_BURST="1000000"
    ) as edge:
        process = psutil.Process(edge.process.pid)
        await _send(edge, noise(_WARM_UP, seed=seed + 1))
        before = process.memory_info().rss
        statuses, faults = await _send(edge, noise(count, seed=seed))
        grown = (process.memory_info().rss - before) / _MIB
    connection = await asyncpg.connect(dsn)
    try:
        orders = await connection.fetchval("SELECT count(*) FROM orders")
    finally:
        await connection.close()
    return Fuzzed(statuses=statuses, faults=faults, orders=orders, grown_mib=grown)


async def _send(edge: Edge, requests: Iterable[Noise]) -> tuple[Counter[int], list[str]]:
    statuses: Counter[int] = Counter()
    faults: list[str] = []
    waiting = enumerate(requests)

    async def call() -> None:
        for number, one in waiting:
            path = _PATHS[number // 9 % len(_PATHS)].format(TOKEN)
            answer = await edge.client.post(
                f"/webhook/{path}", content=one.body, headers=[(b"content-type", one.content_type)]
            )
            statuses[answer.status_code] += 1
            if answer.status_code not in PROMISED or b'"summary"' in answer.content:
                faults.append(f"{answer.status_code} {one.body[:200]!r} {answer.text[:200]}")

    async with anyio.create_task_group() as callers:
        for _ in range(_CALLERS):
            callers.start_soon(call)
    return statuses, faults
