"""How the processes themselves fare, as Prometheus and a collector are told."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING

import anyio
import asyncpg
import httpx
import pytest

from handlers.store.open import StoreSettings, open_store, pool_of, usage_of
from infra.local.embedded.addresses import free_port
from telemetry.export_settings import ExportSettings
from telemetry.vitals import LoopLag, Usage, vitals_shown
from tests.builders import ManualClock
from tests.integration.edge.edges import an_edge
from tests.integration.telemetry.test_meters import lines
from tests.integration.worker_runtime.hosts import a_host
from tests.servers.collector import running_collector

if TYPE_CHECKING:
    from tests.integration.worker_runtime.hosts import World
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(60)]


async def shown(port: int) -> str:
    async with httpx.AsyncClient(timeout=5) as client:
        return (await client.get(f"http://127.0.0.1:{port}/metrics")).text


async def test_memory_files_lag_and_what_is_held_are_shown() -> None:
    port = free_port()
    settings = ExportSettings(metrics_address=("127.0.0.1", port))
    held = {"postgres": lambda: Usage(is_up=True, in_use=3, waiting=2)}

    async with vitals_shown(settings, "edge", held):
        text = await shown(port)

    mib = lines(text, "fourpass_process_memory_bytes")[""] / 2**20
    assert 5 < mib < 4096
    assert lines(text, "fourpass_process_open_files")[""] >= 3
    assert lines(text, "fourpass_process_loop_lag_seconds") == {"": 0}
    assert lines(text, "fourpass_resource_is_up") == {'{resource="postgres"}': 1}
    assert lines(text, "fourpass_resource_in_use") == {'{resource="postgres"}': 3}
    assert lines(text, "fourpass_resource_waiting") == {'{resource="postgres"}': 2}


async def test_a_collector_is_told_by_the_end_at_the_latest() -> None:
    with running_collector() as collector:
        settings = ExportSettings(otlp_endpoint=collector.address)
        async with vitals_shown(
            settings, "edge", {"valkey": lambda: Usage(is_up=True, in_use=1, waiting=0)}
        ):
            pass

        assert {"fourpass.process.memory", "fourpass.resource.waiting"} <= collector.metrics


async def test_a_collector_that_is_away_holds_nobody_up() -> None:
    settings = ExportSettings(otlp_endpoint=f"http://127.0.0.1:{free_port()}")

    with anyio.fail_after(10):
        async with vitals_shown(settings, "edge", {}):
            pass


async def test_a_port_in_use_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = ExportSettings(metrics_address=taken.getsockname())

        async with vitals_shown(settings, "edge", {}):
            pass

    assert [record.msg for record in caplog.records] == ["vitals_not_shown"]


async def test_without_anybody_to_tell_the_sdk_is_not_even_loaded() -> None:
    code = (
        "import anyio, sys\n"
        "from telemetry.export_settings import ExportSettings\n"
        "from telemetry.vitals import vitals_shown\n"
        "async def main():\n"
        "    async with vitals_shown(ExportSettings(), 'edge', {}):\n"
        "        print(any(name.startswith('opentelemetry') for name in sys.modules))\n"
        "anyio.run(main)\n"
    )

    said = await anyio.run_process([sys.executable, "-c", code])

    assert said.stdout.split() == [b"False"]


async def test_a_loop_that_is_held_up_shows_by_how_much() -> None:
    lag = LoopLag()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lag.run)
        await anyio.sleep(0.1)
        ends = anyio.current_time() + 0.9
        while anyio.current_time() < ends:
            pass
        while not lag.worst_s:  # noqa: ASYNC110 - measured in its own time
            await anyio.sleep(0.01)
        tasks.cancel_scope.cancel()

    assert lag.worst_s > 0.3


@pytest.mark.postgres
async def test_who_waits_for_a_connection_is_counted(postgres_dsn: str) -> None:
    settings = StoreSettings(database_url=postgres_dsn, pool_size=1)
    async with open_store(settings, ManualClock()) as store:
        assert usage_of(store) == Usage(is_up=True, in_use=0, waiting=0)
        blocker = await asyncpg.connect(postgres_dsn)
        await blocker.execute("CREATE TABLE held (n int)")
        async with anyio.create_task_group() as tasks, blocker.transaction():
            await blocker.execute("LOCK TABLE held")
            pool = pool_of(store)
            assert pool is not None
            tasks.start_soon(pool.execute, "SELECT * FROM held")
            while usage_of(store).in_use < 1:  # noqa: ASYNC110 - nobody announces it
                await anyio.sleep(0.01)
            tasks.start_soon(store.ping)
            while usage_of(store).waiting < 1:  # noqa: ASYNC110 - nobody announces it
                await anyio.sleep(0.01)

            assert usage_of(store) == Usage(is_up=True, in_use=1, waiting=1)
            await blocker.execute("ROLLBACK; BEGIN")
        await blocker.close()


@pytest.mark.postgres
@pytest.mark.valkey
async def test_an_edge_shows_that_its_valkey_is_gone(world: World, valkey: ValkeyServer) -> None:
    port = free_port()
    where = f"127.0.0.1:{port}"
    dsn = world.environment["FOURPASS_DATABASE_URL"]
    async with an_edge(dsn, valkey.url, FOURPASS_EDGE_METRICS_ADDRESS=where) as edge:
        await edge.alert()
        assert lines(await shown(port), "fourpass_resource_is_up") == {
            '{resource="postgres"}': 1,
            '{resource="valkey"}': 1,
        }

        valkey.kill()
        try:
            while lines(await shown(port), "fourpass_resource_is_up")['{resource="valkey"}']:
                await edge.alert()
        finally:
            valkey.start()


@pytest.mark.postgres
@pytest.mark.valkey
async def test_a_host_shows_how_many_workers_it_has(world: World) -> None:
    port = free_port()
    told = {"FOURPASS_HOST_METRICS_ADDRESS": f"127.0.0.1:{port}"}
    async with a_host(world, pool=2, told=told) as host:
        text = await shown(port)
        assert host.process.poll() is None

    assert lines(text, "fourpass_host_workers") == {"": 2}
    assert lines(text, "fourpass_process_memory_bytes")[""] > 0
