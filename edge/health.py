"""Whether this process lives, and whether alerts can be recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import msgspec
from litestar import Response, get

from bus.errors import BusError
from edge.given import PortsGiven
from handlers.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from edge.ports import Ports

_PATIENCE = 1.0


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "ok"


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """Whether alerts are recorded, and how each part is: `ok`, `down`, or `none` running."""

    status: str
    parts: dict[str, str]


@get("/health/live", tags=["Health"], summary="Does the process answer?")
async def live() -> Live:
    """Return `ok` whenever the process can answer at all."""
    return Live()


@get("/health/ready", tags=["Health"], summary="Can alerts be recorded?")
async def ready(ports: PortsGiven) -> Response[Ready]:
    """Return 503 only where alerts cannot be recorded; without Valkey or SQS they still are."""
    parts: dict[str, str] = {"postgres": "down", "valkey": "down", "workers": "down"}

    async def ask(part: str, question: Callable[[], Awaitable[str]]) -> None:
        try:
            with anyio.fail_after(_PATIENCE):
                parts[part] = await question()
        except (StoreUnavailableError, BusError, TimeoutError):
            parts[part] = "down"

    async with anyio.create_task_group() as asking:
        asking.start_soon(ask, "postgres", lambda: _store(ports))
        asking.start_soon(ask, "valkey", lambda: _bus(ports))
        asking.start_soon(ask, "workers", lambda: _workers(ports))
        if (ping_queues := ports.bus.ping_queues) is not None:
            asking.start_soon(ask, "sqs", lambda: _queues(ping_queues))
    status = _fold(parts)
    return Response(Ready(status=status, parts=parts), status_code=503 if status == "down" else 200)


def _fold(parts: dict[str, str]) -> str:
    if parts["postgres"] != "ok":
        return "down"
    return "ok" if all(state == "ok" for state in parts.values()) else "degraded"


async def _store(ports: Ports) -> str:
    await ports.store.ping()
    return "ok"


async def _bus(ports: Ports) -> str:
    await ports.bus.ping()
    return "ok"


async def _queues(ping_queues: Callable[[], Awaitable[None]]) -> str:
    await ping_queues()
    return "ok"


async def _workers(ports: Ports) -> str:
    if await ports.bus.pool.ready():
        return "ok"
    return "ok" if await ports.store.queries.workers(None) else "none"


ROUTES = (live, ready)
