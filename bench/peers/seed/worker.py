"""The seed's worker: one user's orders, one after the other.

python -m bench.peers.seed.worker USER

Its broker answers at once, as ours does beside it. With FOURPASS_BENCH_PEER_CLAIMS=no it leaves
out the commit before the call, as the description does.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import asyncpg
import uvloop

from bench.peers.seed.record import answered, claim
from bench.peers.seed.ways import Way, mark_of, open_redis, open_way

if TYPE_CHECKING:
    from bench.peers.seed.bodies import TradingRequest
    from bench.peers.seed.record import Pool

CLAIMS_VARIABLE = "FOURPASS_BENCH_PEER_CLAIMS"
_MARK_S = 30
_MARK_EVERY_S = 5.0


class Worker:
    """Executes what is popped."""

    def __init__(self, pool: Pool, way: Way) -> None:
        self._pool = pool
        self._way = way
        self._claims = os.environ.get(CLAIMS_VARIABLE) != "no"

    async def execute(self, request: TradingRequest) -> None:
        """Claim, call the broker, commit its answer, write the response key."""
        if self._claims and not await claim(self._pool, request.request_id):
            return
        called_at = datetime.now(UTC)
        broker_order = await _place(request)
        await answered(self._pool, request.request_id, broker_order, called_at)
        await self._way.answer(request)


async def _place(request: TradingRequest) -> str:
    del request
    return str(uuid4())


async def _keep_marked(user: UUID) -> None:
    async with open_redis(os.environ["FOURPASS_VALKEY_URL"]) as redis:
        while True:
            await redis.set(mark_of(user), "1", ex=_MARK_S)
            await asyncio.sleep(_MARK_EVERY_S)


async def work(user: UUID) -> None:
    """Work until told to end, where the way hears of it, else until killed."""
    url = os.environ["FOURPASS_DATABASE_URL"]
    async with (
        asyncpg.create_pool(url, min_size=1, max_size=2) as pool,
        open_way() as way,
        asyncio.TaskGroup() as tasks,
    ):
        marking = tasks.create_task(_keep_marked(user))
        await way.serve(user, Worker(pool, way).execute)
        marking.cancel()


if __name__ == "__main__":
    uvloop.run(work(UUID(sys.argv[1])))
