"""The other sides: the seed design, behind Gunicorn or over FastStream, and the floor."""

from __future__ import annotations

import secrets
import tempfile
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import asyncpg
import msgspec

from bench.load import listens, post
from bench.peers import floor
from bench.peers.seed import record, ways, worker
from bench.processes import running
from bench.servers import postgres_pid
from bench.sides import Books, Side
from bench.traders import ALERT
from infra.local.embedded.addresses import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AsyncExitStack
    from uuid import UUID

    from bench.servers import Servers
    from bench.sides import Observer

_SEED_BOOKS = Books(
    called="SELECT id, called_at AS at FROM seed.orders"
    " WHERE called_at IS NOT NULL AND id = ANY($1::uuid[])",
    done="SELECT count(answered_at), max(answered_at) AS last FROM seed.orders",
    empty="TRUNCATE seed.orders",
)
_FLOOR_BOOKS = Books(
    called="SELECT id, called_at AS at FROM floor.orders"
    " WHERE called_at IS NOT NULL AND id = ANY($1::uuid[])",
    done="SELECT count(called_at), max(called_at) AS last FROM floor.orders",
    empty="TRUNCATE floor.orders",
)
_GUNICORN = (
    *("-m", "gunicorn", "bench.peers.seed.app:app"),
    *("--worker-class", "uvicorn_worker.UvicornWorker"),
    *("--access-logfile", "-", "--log-level", "info", "--keep-alive", "75"),
)


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """Which seed: so many Gunicorn workers; redis-py or FastStream; a commit before the call."""

    processes: int = 1
    way: str = "redis"
    claims: bool = True


async def open_seed(  # noqa: PLR0913 - as many as there are to choose
    stack: AsyncExitStack, servers: Servers, seed: Seed, *, users: int, live: int, opened: int
) -> Side:
    """Open one, with users of its own, of whom the first ones have live workers."""
    observer = await asyncpg.connect(servers.database_url)
    stack.push_async_callback(observer.close)
    tokens = [f"seed_{secrets.token_urlsafe(32)}" for _ in range(users)]
    ids = await record.make(observer, tokens)
    port = free_port()
    environment = {
        **servers.environment(),
        ways.VARIABLE: seed.way,
        worker.CLAIMS_VARIABLE: "yes" if seed.claims else "no",
    }
    edge = await stack.enter_async_context(
        running(*_GUNICORN, "--workers", str(seed.processes), "--bind", f"127.0.0.1:{port}",
                environment=environment)
    )  # fmt: skip
    workers = [
        await stack.enter_async_context(
            running("-m", "bench.peers.seed.worker", str(user), environment=environment)
        )
        for user in ids[:live]
    ]
    await edge.until(lambda: listens(port))
    await edge.until(lambda: _are_marked(servers, ids[:live]))
    return Side(
        edge=edge,
        workers=tuple(each.pid for each in workers),
        database=await postgres_pid(observer),
        port=port,
        connections=opened,
        make=_alerts_to(tokens),
        books=_SEED_BOOKS,
        observer=observer,
    )


async def open_floor(stack: AsyncExitStack, servers: Servers, *, opened: int) -> Side:
    """Open the floor: one edge, one worker."""
    observer: Observer = await asyncpg.connect(servers.database_url)
    stack.push_async_callback(observer.close)
    await observer.execute(floor.SCHEMA)
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fourpass-bench-"))
    path = str(Path(folder) / "woken.sock")
    port = free_port()
    environment = {**servers.environment(), "FOURPASS_PORT": str(port)}
    module = ("-m", "bench.peers.floor")
    woken = await stack.enter_async_context(
        running(*module, "worker", path, environment=environment)
    )
    await woken.until(anyio.Path(path).exists)
    edge = await stack.enter_async_context(running(*module, "edge", path, environment=environment))
    await edge.until(lambda: listens(port))
    return Side(
        edge=edge,
        workers=(woken.pid,),
        database=await postgres_pid(observer),
        port=port,
        connections=opened,
        make=_alerts_to(["x"]),
        books=_FLOOR_BOOKS,
        observer=observer,
    )


def _alerts_to(tokens: Sequence[str]) -> Callable[[], bytes]:
    numbers, turns = count(), cycle(tokens)
    return lambda: post(f"/webhook/tradingview/{next(turns)}", ALERT % f"alert {next(numbers)}")


async def _are_marked(servers: Servers, users: Sequence[UUID]) -> bool:
    async with ways.open_redis(servers.valkey_url) as client:
        return await client.exists(*map(ways.mark_of, users)) == len(users)
