"""The edge's root: opens the ports in the order of the path, and serves them over HTTP."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
from litestar import Litestar
from litestar.datastructures import State

from edge import health
from edge.afterwards import Afterwards
from edge.api import accounts, kill_switch, reading, strategies, stream, trading
from edge.dependencies import DEPENDENCIES
from edge.errors import answer_error
from edge.headers import add_headers
from edge.limits import TokenBuckets
from edge.open_streams import OpenStreams
from edge.ports import Ports
from edge.recognition import Recognition
from edge.schema import schema_config
from edge.webhooks import webhook_route

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager

    from bus.bundle import Bus
    from bus.values import Clock
    from edge.meaning import Meaning
    from edge.settings import EdgeSettings
    from handlers.store.base import Store

_API_BODY = 64 * 1024

_ROUTES = (
    *reading.ROUTES,
    *trading.ROUTES,
    *strategies.ROUTES,
    *accounts.ROUTES,
    *kill_switch.ROUTES,
    *stream.ROUTES,
    *health.ROUTES,
)


def ports_of(
    settings: EdgeSettings, store: Store, bus: Bus, clock: Clock, meaning: Meaning
) -> Ports:
    """Put the edge's own parts beside an open store and bus."""
    return Ports(
        settings=settings,
        store=store,
        bus=bus,
        clock=clock,
        meaning=meaning,
        recognition=Recognition(store.identity, clock),
        buckets=TokenBuckets(clock, rate=settings.webhook_rate, burst=settings.webhook_burst),
        afterwards=Afterwards(store.signals, bus.broadcast),
        streams=OpenStreams(),
    )


def app_over(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> Litestar:
    """Build the application over ports that are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with open_ports() as ports, anyio.create_task_group() as tasks:
            app.state.ports = ports
            tasks.start_soon(ports.afterwards.run)
            yield
            tasks.cancel_scope.cancel()
            await ports.afterwards.flush()

    return Litestar(
        route_handlers=[webhook_route(), *_ROUTES],
        lifespan=[lifespan],
        dependencies=DEPENDENCIES,
        exception_handlers={Exception: answer_error},
        before_send=[add_headers],
        openapi_config=schema_config(),
        request_max_body_size=_API_BODY,
        logging_config=None,
        state=State(),
        debug=False,
    )
