"""How an order gets to its worker: over redis-py, as the seed has it, or over FastStream."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast

from redis.asyncio import Redis
from typing_extensions import override

from bench.peers.seed.bodies import TradingRequest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from uuid import UUID

    Execute = Callable[[TradingRequest], Awaitable[None]]

VARIABLE = "FOURPASS_BENCH_PEER_WAY"
_RESPONSE_S = 60
_PATIENCE_S = 1
_START = "worker:control"


class Way(Protocol):
    """What pushes; and in a worker, what pops and answers."""

    async def push(self, request: TradingRequest) -> None:
        """Push an order to its user's list, and ask for a worker if none is alive."""
        ...

    async def answer(self, request: TradingRequest) -> None:
        """Write the response key."""
        ...

    async def serve(self, user: UUID, execute: Execute) -> None:
        """Execute one order after the other, for ever; FastStream's returns after SIGTERM."""
        ...


@asynccontextmanager
async def open_way() -> AsyncGenerator[Way]:
    """Open the one that the environment names."""
    url = os.environ["FOURPASS_VALKEY_URL"]
    async with open_redis(url) as redis:
        if os.environ.get(VARIABLE) != "faststream":
            yield OverRedis(redis)
            return
        from faststream.redis import RedisBroker  # noqa: PLC0415 - only where it is measured

        broker: Any = cast("Any", RedisBroker)(url, logger=None)
        try:
            await broker.connect()
            yield OverFastStream(redis, broker)
        finally:
            await broker.stop()


def open_redis(url: str) -> Any:  # noqa: ANN401 - redis-py's types are partly unknown
    """Return redis-py's client, to be entered."""
    return cast("Any", Redis).from_url(url)


def mark_of(user: UUID) -> str:
    """Return the key that says that a user's worker is alive."""
    return f"worker:active:{user}"


class OverRedis(Way):
    """Two round trips to push; BLPOP to pop."""

    def __init__(self, redis: Any) -> None:  # noqa: ANN401 - redis-py's types are partly unknown
        self._redis = redis

    @override
    async def push(self, request: TradingRequest) -> None:
        if not await self._redis.exists(mark_of(request.user_id)):
            await self._redis.rpush(_START, str(request.user_id))
        await self._redis.rpush(_list_of(request.user_id), request.model_dump_json())

    @override
    async def answer(self, request: TradingRequest) -> None:
        key = f"trading:response:{request.request_id}"
        await self._redis.set(key, '{"status":"filled"}', ex=_RESPONSE_S)

    @override
    async def serve(self, user: UUID, execute: Execute) -> None:
        while True:
            popped = await self._redis.blpop(_list_of(user), timeout=_PATIENCE_S)
            if popped is not None:
                await execute(TradingRequest.model_validate_json(popped[1]))


class OverFastStream(OverRedis):
    """The same, its lists being FastStream's."""

    def __init__(self, redis: Any, broker: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(redis)
        self._broker = broker

    @override
    async def push(self, request: TradingRequest) -> None:
        if not await self._redis.exists(mark_of(request.user_id)):
            await self._redis.rpush(_START, str(request.user_id))
        await self._broker.publish(request, list=_list_of(request.user_id))

    @override
    async def serve(self, user: UUID, execute: Execute) -> None:
        from faststream import FastStream  # noqa: PLC0415 - only where it is measured

        async def take(message: TradingRequest) -> None:
            await execute(message)

        self._broker.subscriber(list=_list_of(user))(take)
        await cast("Any", FastStream)(self._broker, logger=None).run()


def _list_of(user: UUID) -> str:
    return f"trading:user:{user}:requests"
