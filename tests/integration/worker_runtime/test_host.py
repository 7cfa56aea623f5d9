"""A worker host with real processes: warm pool, claim, deaths and departures."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest

from bus.values import OrderState
from tests.integration.worker_runtime.hosts import (
    a_host,
    frozen,
    running,
    until_gone,
)
from tests.integration.worker_runtime.slow_venue import a_slow_venue

if TYPE_CHECKING:
    from tests.integration.worker_runtime.hosts import World

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.valkey]


async def test_an_alert_for_a_user_without_a_worker_is_executed_by_a_warm_one(
    world: World,
) -> None:
    async with a_host(world) as host:
        trader = await world.add_trader()
        warm = {child.pid for child in host.descendants()}

        order = await world.alert(trader)

        assert (await world.until(trader, order)).state is OrderState.FILLED
        assert (await world.worker_of(trader.user)).pid in warm


async def test_the_pool_is_filled_again(world: World) -> None:
    async with a_host(world, pool=1):
        first, second = await world.add_trader(), await world.add_trader()
        await world.until(first, await world.alert(first))
        await world.pool_of(1)

        order = await world.alert(second)

        await world.until(second, order)
        pids = {(await world.worker_of(each.user)).pid for each in (first, second)}
        assert len(pids) == 2


async def test_without_a_warm_worker_a_new_one_is_started(world: World) -> None:
    async with a_host(world, pool=0):
        trader = await world.add_trader()

        await world.ask_for_worker(trader.user)

        order = await world.record(trader)
        assert (await world.until(trader, order)).state is OrderState.FILLED


async def test_the_lease_of_a_killed_worker_is_free_at_once(world: World) -> None:
    async with a_host(world):
        trader = await world.add_trader()
        await world.until(trader, await world.alert(trader))
        worker = await world.worker_of(trader.user)

        os.kill(worker.pid, signal.SIGKILL)

        with anyio.fail_after(3):
            while await world.store.leases.holder(trader.user) is not None:  # noqa: ASYNC110 - nobody announces it
                await anyio.sleep(0.02)


async def test_a_user_with_work_left_gets_another_worker_after_a_crash(world: World) -> None:
    async with a_host(world):
        trader = await world.add_trader()
        await world.until(trader, await world.alert(trader))
        worker = await world.worker_of(trader.user)
        with frozen(worker.pid):
            order = await world.record(trader)
            os.kill(worker.pid, signal.SIGKILL)

        assert (await world.until(trader, order)).state is OrderState.FILLED


async def test_an_order_in_mid_send_at_a_kill_is_found_and_not_sent_again(world: World) -> None:
    with a_slow_venue(world, late_ms=1500) as told:
        async with a_host(world, told=told):
            trader = await world.add_trader()
            order = await world.alert(trader)
            await world.until(trader, order, {OrderState.SENDING})
            while not await world.orders_at_venue(trader.account):  # noqa: ASYNC110 - nobody tells
                await anyio.sleep(0.01)

            os.kill((await world.worker_of(trader.user)).pid, signal.SIGKILL)

            settled = await world.until(trader, order)

    assert settled.state is OrderState.FILLED
    assert settled.attempts == 1
    assert await world.orders_at_venue(trader.account) == 1


async def test_a_killed_host_leaves_no_process(world: World) -> None:
    async with a_host(world, pool=2) as host:
        trader = await world.add_trader()
        await world.until(trader, await world.alert(trader))
        descendants = host.descendants()

        host.process.kill()

        with anyio.fail_after(5):
            await until_gone(*descendants)


async def test_workers_outlive_the_process_that_decides(world: World) -> None:
    async with a_host(world) as host:
        trader = await world.add_trader()
        await world.until(trader, await world.alert(trader))
        worker = await world.worker_of(trader.user)
        deciding = min(host.descendants(), key=psutil.Process.create_time)

        deciding.kill()

        await until_gone(deciding)
        assert (await world.until(trader, await world.alert(trader))).state is OrderState.FILLED
        assert (await world.worker_of(trader.user)).pid == worker.pid


async def test_a_new_deciding_process_cleans_up_after_the_workers_it_found(
    world: World,
) -> None:
    async with a_host(world) as host:
        trader = await world.add_trader()
        await world.until(trader, await world.alert(trader))
        worker = await world.worker_of(trader.user)
        deciding = min(host.descendants(), key=psutil.Process.create_time)
        deciding.kill()
        await until_gone(deciding)

        os.kill(worker.pid, signal.SIGKILL)

        with anyio.fail_after(5):
            while await world.store.leases.holder(trader.user) is not None:  # noqa: ASYNC110 - nobody announces it
                await anyio.sleep(0.02)


async def test_sigterm_ends_everything_in_order(world: World) -> None:
    async with a_host(world) as host:
        trader = await world.add_trader()
        await world.until(trader, await world.alert(trader))
        descendants = host.descendants()

        code = await anyio.to_thread.run_sync(host.stop)

        assert code == 0
        await until_gone(*descendants)
        assert await world.store.leases.holder(trader.user) is None
        assert not await world.store.queries.workers(None)


async def test_no_worker_may_leave_a_core_dump(world: World) -> None:
    async with a_host(world) as host:
        limits = [child.rlimit(psutil.RLIMIT_CORE) for child in host.descendants()]

        assert all(limit == (0, 0) for limit in limits)


def test_a_host_without_settings_names_what_is_missing() -> None:
    with running("-m", "infra.local.cli", "worker", environment={"PATH": "/usr/bin"}) as host:
        assert host.process.wait(10) == os.EX_CONFIG
        assert host.has_said("FOURPASS_DATABASE_URL")
