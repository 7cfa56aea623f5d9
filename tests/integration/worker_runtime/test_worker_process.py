"""One worker process, started by hand, through what may happen to it and to its servers."""

from __future__ import annotations

import json
import signal
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.ids import uuid7
from bus.values import OrderState, WorkerId
from handlers.launcher.told import tell
from handlers.launcher.wire import Launch
from infra.local.logins import WORKER, told_as
from infra.local.schema import bring_up_to_date
from tests.integration.worker_runtime.hosts import (
    Running,
    Trader,
    a_world,
    frozen,
    running,
)
from tests.servers.postgres import running_postgres
from tests.servers.roles import let_in

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.integration.worker_runtime.hosts import World
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]


@contextmanager
def a_worker(world: World, trader: Trader) -> Generator[Running]:
    with a_task(world, Launch(worker_id=WorkerId(uuid7()), user_id=trader.user)) as worker:
        yield worker


@contextmanager
def a_task(world: World, launch: Launch) -> Generator[Running]:
    """Run one worker as its own process, as a task of ECS is."""
    environment = told_as(WORKER, world.environment) | tell(launch)
    with running("-m", "infra.local.cli", "worker", environment=environment) as worker:
        yield worker


async def test_a_hint_becomes_an_order_on_paper(world: World) -> None:
    trader = await world.add_trader()
    with a_worker(world, trader):
        order = await world.alert(trader)

        assert (await world.until(trader, order)).state is OrderState.FILLED


async def test_without_valkey_orders_are_found_in_the_record(
    world: World, valkey: ValkeyServer
) -> None:
    trader = await world.add_trader()
    with a_worker(world, trader):
        await world.until(trader, await world.alert(trader))
        valkey.kill()
        try:
            order = await world.record(trader)

            while (await world.order(order)).state is not OrderState.FILLED:  # noqa: ASYNC110 - Valkey is away
                await anyio.sleep(0.02)
        finally:
            valkey.start()


@pytest.mark.timeout(40)
async def test_a_worker_outlives_a_crash_of_postgresql(valkey: ValkeyServer) -> None:
    with running_postgres() as postgres:
        await bring_up_to_date(postgres.dsn())
        let_in(postgres)
        async with a_world(postgres.dsn(), valkey.url) as world:
            trader = await world.add_trader()
            with a_worker(world, trader) as worker:
                await world.until(trader, await world.alert(trader))
                await anyio.to_thread.run_sync(postgres.kill)
                await anyio.to_thread.run_sync(postgres.start)
                order = await world.alert(trader)

                settled = await world.until(trader, order)

                assert settled.state is OrderState.FILLED
                assert (await world.worker_of(trader.user)).pid == worker.process.pid


async def test_nothing_more_is_imported_once_a_worker_is_forked(world: World) -> None:
    trader = await world.add_trader()
    told = told_as(WORKER, world.environment) | {"WATCHED_USER": str(trader.user)}
    with running("-m", "tests.integration.worker_runtime.watched", environment=told) as worker:
        await world.until(trader, await world.alert(trader))

        worker.process.send_signal(signal.SIGTERM)

        assert worker.process.wait(10) == 0
        assert worker.log.read_text() == ""


async def test_a_worker_that_was_frozen_past_its_lease_sends_nothing_more(world: World) -> None:
    trader = await world.add_trader()
    with a_worker(world, trader) as first:
        await world.until(trader, await world.alert(trader))
        with frozen(first.process.pid):
            await world.let_lease_run_out(trader.user)
            with a_worker(world, trader):
                second = await world.worker_of(trader.user, other_than=first.process.pid)
                order = await world.alert(trader)
                settled = await world.until(trader, order)

        assert first.process.wait(10) == 0
        assert first.has_said("lease_lost")
        assert settled.epoch == second.epoch


async def test_sigterm_gives_lease_and_mark_back(world: World) -> None:
    trader = await world.add_trader()
    with a_worker(world, trader) as worker:
        await world.until(trader, await world.alert(trader))

        worker.process.send_signal(signal.SIGTERM)

        assert worker.process.wait(10) == 0
        assert await world.store.leases.holder(trader.user) is None
        assert (await world.bus.hints.hint(trader.user)).worker_id is None


async def test_a_task_is_the_worker_that_it_is_told_to_be(world: World) -> None:
    trader, worker = await world.add_trader(), WorkerId(uuid7())
    with a_task(world, Launch(worker_id=worker, user_id=trader.user)) as task:
        serving = await world.worker_of(trader.user)

        assert (serving.id, serving.pid) == (worker, task.process.pid)
        assert task.descendants() == []


async def test_a_task_without_a_user_waits_in_the_pool(world: World) -> None:
    trader, worker = await world.add_trader(), WorkerId(uuid7())
    with a_task(world, Launch(worker_id=worker, user_id=None)):
        await world.pool_of(1)
        order = await world.alert(trader)

        await world.until(trader, order)

        assert (await world.worker_of(trader.user)).id == worker


async def test_a_worker_never_loads_the_driver_of_the_queues(world: World) -> None:
    trader, worker = await world.add_trader(), WorkerId(uuid7())
    on_sqs = {
        "FOURPASS_QUEUES": "sqs",
        "FOURPASS_AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        # Each import is a line of its log.
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    world = replace(world, environment=world.environment | on_sqs)
    with a_task(world, Launch(worker_id=worker, user_id=None)) as task:
        await world.pool_of(1)
        await world.until(trader, await world.alert(trader))
        # What it finds when it looks once more, on its way out.
        await world.record(trader, symbol="LATE")
        task.process.send_signal(signal.SIGTERM)

        assert await anyio.to_thread.run_sync(task.process.wait, 15) == 0
        assert task.has_said("bus.sqs")
        assert not task.has_said("aiobotocore")
        assert not task.has_said("botocore")


async def test_a_task_with_a_wrong_id_does_not_start(world: World) -> None:
    environment = world.environment | {"FOURPASS_WORKER_ID": "seven"}
    with running("-m", "infra.local.cli", "worker", environment=environment) as task:
        code = await anyio.to_thread.run_sync(task.process.wait, 15)

        assert code == 78
        assert task.has_said("FOURPASS_WORKER_ID")


async def test_an_order_that_is_refused_is_a_line_with_its_order_and_trace(world: World) -> None:
    trader = await world.add_trader()
    with a_worker(world, trader) as worker:
        order = await world.alert(trader, symbol="NO SUCH THING")
        settled = await world.until(trader, order)
        while not worker.has_said("order_refused"):  # noqa: ASYNC110 - nobody announces it
            await anyio.sleep(0.02)

        lines = [json.loads(line) for line in worker.log.read_text().splitlines()]

    [said] = [line for line in lines if line["event"] == "order_refused"]
    assert said["order_id"] == str(order)
    assert said["account_id"] == str(trader.account)
    assert (said["state"], said["code"]) == (settled.state.value, settled.error_code)
    assert said["trace_id"] == settled.trace_id
