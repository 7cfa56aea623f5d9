"""The worker's root: opens record, post and brokers, and serves one user with them."""

from __future__ import annotations

import os
import sys
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from broker_adapters.opening import BrokerAccount, BrokerMeans
from broker_adapters.registry import open_broker, open_paper_venue
from bus.errors import SettingsError
from bus.open import open_bus
from bus.values import SystemClock
from handlers.launcher.wire import Report
from handlers.store.open import open_store, pool_of, usage_of
from handlers.vault.open import check_unsealer, open_unsealer
from telemetry.errors import TelemetrySettingsError
from telemetry.logs import configure as configure_logs
from telemetry.settings import read_settings as read_telemetry_settings
from worker_runtime.drain import Drain, on_signals
from worker_runtime.late import late
from worker_runtime.late_unsealer import late_unsealer
from worker_runtime.pool import wait_for_user
from worker_runtime.ports import OpenBroker, Ports
from worker_runtime.serving import serve_user
from worker_runtime.settings import WorkerSettings, read_settings
from worker_runtime.unsealing import Unsealing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from broker_adapters.base import Broker
    from bus.bundle import Bus
    from bus.values import WorkerId
    from handlers.launcher.wire import Launch
    from handlers.records.accounts import Account
    from handlers.records.orders import Lease
    from handlers.store.base import Store
    from handlers.store.settings import StoreSettings
    from telemetry.vitals import Resources

# asyncpg and the Valkey client are asyncio's; the loop is uvloop's.
EVENT_LOOP: dict[str, Any] = {"backend": "asyncio", "backend_options": {"use_uvloop": True}}


def configure(service: str) -> WorkerSettings | None:
    """Set logging up, read the settings and look at the keys; `None` after saying what is wrong."""
    try:
        configure_logs(read_telemetry_settings(service, os.environ))
        settings = read_settings(os.environ)
        check_unsealer(settings.unsealer)
    except (SettingsError, TelemetrySettingsError, ValueError) as error:
        sys.stderr.write(f"{service}: {error}\n")
        return None
    return settings


def run_worker(
    settings: WorkerSettings,
    launch: Launch,
    report: Callable[[Report], None],
) -> None:
    """Live a worker's whole life in this process.

    Args:
        settings: Where everything is.
        launch: Who this worker is, and whom it serves; a claim tells where no user is named.
        report: Called when it has a user, and again when it has that user's lease.
    """
    anyio.run(work, settings, launch, report, **EVENT_LOOP)


async def work(
    settings: WorkerSettings,
    launch: Launch,
    report: Callable[[Report], None],
) -> None:
    """Open everything, wait for a user if none is given, and serve until it is time to leave."""
    drain = Drain()
    async with open_ports(settings, launch.worker_id) as ports, anyio.create_task_group() as tasks:
        tasks.start_soon(on_signals, drain.begin)
        user = launch.user_id
        if user is None:
            user = await wait_for_user(launch.worker_id, ports, drain=drain)
        if user is not None:
            report(Report(user_id=user, epoch=None))

            def on_lease(lease: Lease) -> None:
                report(Report(user_id=lease.user_id, epoch=lease.epoch))

            await serve_user(user, ports, worker=launch.worker_id, drain=drain, on_lease=on_lease)
        tasks.cancel_scope.cancel()


@asynccontextmanager
async def open_ports(settings: WorkerSettings, worker: WorkerId) -> AsyncGenerator[Ports, None]:
    """Open everything that a worker works with, in the order of an order's path."""
    async with (
        open_record_and_post(settings.store, settings) as (store, bus),
        late_unsealer(partial(open_unsealer, settings.unsealer)) as unsealer,
        open_brokers(
            settings, Unsealing(store=store, unsealer=unsealer, worker=worker)
        ) as make_broker,
    ):
        yield Ports(store=store, bus=bus, clock=SystemClock(), open_broker=make_broker)


@asynccontextmanager
async def open_brokers(
    settings: WorkerSettings, unsealing: Unsealing
) -> AsyncGenerator[OpenBroker, None]:
    """Return how to make an adapter; what adapters share is opened with the first one.

    The paper venue's ledger stands beside the record and is reached by the same connections,
    unless a venue of its own is named.
    """
    async with late(partial(_open_means, settings, unsealing.store)) as means:

        @asynccontextmanager
        async def open_one(account: Account) -> AsyncGenerator[Broker]:
            whose = BrokerAccount(
                id=account.id,
                owner=account.user_id,
                broker=account.broker,
                mode=account.mode,
                options=account.options,
            )
            opened = await means.get()
            secret = await unsealing.credentials_of(account)
            async with open_broker(whose, secret, opened) as broker:
                del secret
                yield broker

        yield open_one


@asynccontextmanager
async def _open_means(settings: WorkerSettings, store: Store) -> AsyncGenerator[BrokerMeans]:
    clock = SystemClock()
    where = settings.paper_venue or pool_of(store) or "memory:"
    async with open_paper_venue(where, clock=clock) as paper:
        yield BrokerMeans(clock=clock, paper=paper, stand_ins=settings.stand_ins)


@asynccontextmanager
async def open_record_and_post(
    record: StoreSettings, settings: WorkerSettings
) -> AsyncGenerator[tuple[Store, Bus], None]:
    """Open the record, as worker or as host, and the post; servers that are away do not stop it."""
    async with (
        open_store(record, SystemClock()) as store,
        open_bus(settings.bus) as bus,
    ):
        yield store, bus


def held_by(store: Store, bus: Bus) -> Resources:
    """Return what says how the connections of record and post are used."""
    return {"postgres": partial(usage_of, store), "valkey": bus.usage}
