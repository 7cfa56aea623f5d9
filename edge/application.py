"""The application: its routes and background tasks over ports that somebody else opens."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import anyio
from litestar.datastructures import State

from edge import dashboard, health
from edge.api import (
    account_probe,
    accounts,
    api_keys,
    audit,
    auth,
    auth_password,
    auth_sessions,
    auth_totp,
    brokers,
    comparisons,
    dead_letters,
    explaining,
    kill_switch,
    operations,
    paper,
    reading,
    strategies,
    strategy_changes,
    stream,
    symbol_search,
    symbols,
    trading,
    trial_alerts,
)
from edge.dependencies import DEPENDENCIES
from edge.door.access import listen_for_access
from edge.error_replies import answer_error
from edge.front import Front
from edge.headers import add_headers
from edge.kept.afterwards import Afterwards
from edge.kept.answers import Answers
from edge.kept.limits import TokenBuckets
from edge.kept.open_streams import OpenStreams
from edge.kept.patience import Patience
from edge.kept.quotas import Quotas
from edge.kept.recognition import Recognition
from edge.kept.refill import Refill
from edge.ports import Ports, SetPrice
from edge.relay import run_relay
from edge.schema import schema_config
from edge.strict_request import StrictRequest
from edge.supervisor import keep_running

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from litestar import Litestar

    from bus.bundle import Bus
    from edge.settings import EdgeSettings
    from handlers.identity.services import IdentityServices
    from handlers.vault.base import Sealer
    from telemetry.lines import PreparedLine

_API_BODY = 64 * 1024
_FLOODS_WRITTEN_PER_S = 1 / 60

_ROUTES = (
    *dashboard.ROUTES,
    *health.ROUTES,
    *reading.ROUTES,
    *trading.ROUTES,
    *strategies.ROUTES,
    *strategy_changes.ROUTES,
    *trial_alerts.ROUTES,
    *symbols.ROUTES,
    *symbol_search.ROUTES,
    *accounts.ROUTES,
    *account_probe.ROUTES,
    *comparisons.ROUTES,
    *kill_switch.ROUTES,
    *explaining.ROUTES,
    *paper.ROUTES,
    *dead_letters.ROUTES,
    *audit.ROUTES,
    *brokers.ROUTES,
    *operations.ROUTES,
    *stream.ROUTES,
    *auth.ROUTES,
    *auth_sessions.ROUTES,
    *auth_password.ROUTES,
    *auth_totp.ROUTES,
    *api_keys.ROUTES,
)


def ports_of(  # noqa: PLR0913 - whatever the edge works with, opened by others
    settings: EdgeSettings,
    bus: Bus,
    identity: IdentityServices,
    *,
    set_price: SetPrice,
    sealer: Sealer,
    alert_line: PreparedLine | None = None,
) -> Ports:
    """Put the edge's own parts beside an open bus and an open door, with its store and clock."""
    store, clock = identity.store, identity.clock
    return Ports(
        settings=settings,
        store=store,
        bus=bus,
        clock=clock,
        recognition=Recognition(store.identity, clock),
        buckets=TokenBuckets(clock, rate=settings.webhook_rate, burst=settings.webhook_burst),
        refused=TokenBuckets(clock, rate=settings.webhook_rate, burst=settings.webhook_burst),
        floods=TokenBuckets(clock, rate=_FLOODS_WRITTEN_PER_S, burst=1),
        quotas=Quotas(identity.throttle, clock, settings),
        patience=Patience(),
        answers=Answers(),
        afterwards=Afterwards(store.signals, bus.broadcast, alert_line),
        refill=Refill(bus.publisher, clock),
        streams=OpenStreams(),
        identity=identity,
        set_price=set_price,
        sealer=sealer,
    )


def app_over(open_ports: Callable[[], AbstractAsyncContextManager[Ports]]) -> Litestar:
    """Build the application over ports that are opened when it starts."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncGenerator[None]:
        async with open_ports() as ports, anyio.create_task_group() as tasks:
            app.state.ports = ports
            for name, task in _tasks(ports).items():
                tasks.start_soon(keep_running, name, task)
            yield
            tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await ports.afterwards.flush()
                await ports.identity.mail.flush()
                await ports.identity.refused.flush()

    return Front(
        route_handlers=_ROUTES,
        lifespan=[lifespan],
        dependencies=DEPENDENCIES,
        exception_handlers={Exception: answer_error},
        before_send=[add_headers],
        openapi_config=schema_config(),
        request_class=StrictRequest,
        request_max_body_size=_API_BODY,
        logging_config=None,
        state=State(),
        debug=False,
    )


def _tasks(ports: Ports) -> dict[str, Callable[[], Awaitable[None]]]:
    return {
        "afterwards": ports.afterwards.run,
        "patience": ports.patience.run,
        "recognition": partial(ports.recognition.listen, ports.bus.broadcast),
        "access": partial(listen_for_access, ports),
        "refill": ports.refill.run,
        "relay": partial(run_relay, ports),
        "mail": ports.identity.mail.run,
        "refused sign-ins": ports.identity.refused.run,
    }
