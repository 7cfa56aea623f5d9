"""A control plane that runs over real servers, whatever carries its queues.

On SQS the Lambda entrypoints are what is driven, with the events that AWS would give them.
"""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.base import Destination
from bus.open import create_queues, open_bus, open_raw_queues
from bus.routing import Carrier
from bus.settings import LANES, LaneRules
from bus.values import SystemClock
from handlers.services import Services
from handlers.store.open import StoreSettings, open_store
from infra.local.control.control_plane import serve, serve_functions
from lambda_entry import _container, _serving
from lambda_entry._container import Container, Means, Warm
from tests.contract.bus.transports import a_prefix, settings_of, sqs_settings_of
from tests.servers.emulator import CREDENTIALS, shared_emulator
from tests.unit.handlers.control.control_places import Tasks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator
    from contextlib import AbstractAsyncContextManager

    from bus.bundle import Bus
    from bus.settings import BusSettings
    from tests.servers.valkey import ValkeyServer

CARRIERS = ["valkey", pytest.param("sqs", marks=pytest.mark.aws)]

_CLOCK = SystemClock()
_AT_ONCE = {**LANES, Destination.ORDER_TASKS: LaneRules(visibility=timedelta(seconds=30))}


async def a_post(
    carrier: str, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> BusSettings:
    """Return a post whose queues nobody else uses, none of which holds anything back."""
    if carrier == "valkey":
        return msgspec.structs.replace(settings_of(valkey), lanes=_AT_ONCE)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    made = sqs_settings_of(shared_emulator(), valkey, prefix=a_prefix())
    made = msgspec.structs.replace(made, lanes=_AT_ONCE)
    await create_queues(made)
    return made


@asynccontextmanager
async def _services_at(dsn: str, bus: Bus) -> AsyncGenerator[Services]:
    async with open_store(StoreSettings(database_url=dsn, pool_size=2), _CLOCK) as store:
        yield Services(
            store=store, pool=bus.pool, hints=bus.hints, launcher=Tasks(_CLOCK), clock=_CLOCK
        )


@asynccontextmanager
async def _means_of(settings: BusSettings, dsn: str) -> AsyncGenerator[Means]:
    """Open what the functions work with."""
    async with (
        open_bus(settings) as bus,
        open_raw_queues(settings) as queues,
        _services_at(dsn, bus) as services,
    ):
        yield Means(services=services, publisher=bus.publisher, queues=queues, lanes=settings.lanes)


@contextmanager
def functions_at(
    settings: BusSettings, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> Generator[None]:
    """Have the functions work with this record and this post."""
    warm = Warm(lambda: Container({}))

    def open_means(_: object) -> AbstractAsyncContextManager[Means]:
        return _means_of(settings, dsn)

    monkeypatch.setattr(_container, "open_means", open_means)
    monkeypatch.setattr(_serving, "warm", warm)
    yield
    warm.discard()


@asynccontextmanager
async def served(settings: BusSettings, dsn: str, bus: Bus) -> AsyncGenerator[None]:
    """Run the control plane, as the local process or as the functions."""
    stopping = anyio.Event()
    async with AsyncExitStack() as stack:
        if settings.queues is Carrier.SQS:
            queues = await stack.enter_async_context(open_raw_queues(settings))
            run = partial(serve_functions, queues, stopping)
        else:
            services = await stack.enter_async_context(_services_at(dsn, bus))
            run = partial(serve, bus, services, stopping)
        tasks = await stack.enter_async_context(anyio.create_task_group())
        tasks.start_soon(run)
        yield
        stopping.set()
