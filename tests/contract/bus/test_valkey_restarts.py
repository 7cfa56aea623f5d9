"""The post on Valkey while the server is away, frozen, or back and empty."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING
from uuid import uuid4

import anyio
import pytest

from bus.errors import TransportUnavailableError
from bus.open import open_bus
from bus.settings import LANES, BusSettings, parse_address
from tests.contract.bus.letters import LANE, PATIENCE, a_letter, a_user, ms, taken
from tests.contract.bus.transports import settings_of
from tests.servers.proxy import running_proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bus.base import HintDelivery
    from bus.bundle import Bus
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_server_that_is_away_is_told_and_then_at_once(own_valkey: ValkeyServer) -> None:
    own_valkey.kill()
    async with open_bus(settings_of(own_valkey)) as bus:
        for _ in range(2):
            with pytest.raises(TransportUnavailableError):
                await bus.publisher.publish(LANE, a_letter())


async def test_a_server_that_comes_back_is_served_again(own_valkey: ValkeyServer) -> None:
    async with open_bus(settings_of(own_valkey)) as bus:
        await bus.ping()
        own_valkey.kill()
        with pytest.raises(TransportUnavailableError):
            await bus.ping()
        own_valkey.start()
        await _until_answered(bus)
        await bus.publisher.publish(LANE, a_letter())


async def test_a_frozen_server_is_given_up_within_the_time_out(own_valkey: ValkeyServer) -> None:
    async with open_bus(settings_of(own_valkey, timeout=ms(150))) as bus:
        await bus.ping()
        own_valkey.freeze()
        began = monotonic()
        try:
            with pytest.raises(TransportUnavailableError):
                await bus.hints.hint(a_user())
            assert monotonic() - began < 1.0
        finally:
            own_valkey.thaw()


async def test_all_that_wait_for_a_lost_server_fail(own_valkey: ValkeyServer) -> None:
    failures: list[Exception] = []
    async with open_bus(settings_of(own_valkey)) as bus:
        await bus.ping()
        own_valkey.freeze()

        async def hint() -> None:
            try:
                await bus.hints.hint(a_user())
            except TransportUnavailableError as error:
                failures.append(error)

        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(hint)
            await anyio.sleep(0.05)
            own_valkey.kill()

    assert len(failures) == 20


async def test_a_receiving_consumer_outlives_an_empty_restart(own_valkey: ValkeyServer) -> None:
    async with (
        open_bus(settings_of(own_valkey)) as bus,
        bus.subscriber.receive(LANE) as deliveries,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(taken, deliveries)
        await anyio.sleep(0.05)
        own_valkey.kill()
        own_valkey.start()
        await _until_answered(bus)
        await bus.publisher.publish(LANE, a_letter())


async def test_a_worker_outlives_an_empty_restart(own_valkey: ValkeyServer) -> None:
    user = a_user()
    async with (
        open_bus(settings_of(own_valkey)) as bus,
        bus.hints.commands(user, 1) as commands,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(_next_of, commands)
        await anyio.sleep(0.05)
        own_valkey.kill()
        own_valkey.start()
        await _until_answered(bus)
        with anyio.fail_after(PATIENCE):
            await bus.hints.hint(user, a_letter())


async def test_a_listener_is_told_of_a_lost_connection(own_valkey: ValkeyServer) -> None:
    async with open_bus(settings_of(own_valkey)) as bus, bus.broadcast.listen("t") as heard:
        own_valkey.kill()
        own_valkey.start()
        with anyio.fail_after(PATIENCE):
            assert await anext(heard) == b""
            await bus.broadcast.announce("t", b"a")
            assert await anext(heard) == b"a"


async def test_a_listener_that_came_while_the_server_was_away_is_told_when_it_is_back(
    own_valkey: ValkeyServer,
) -> None:
    own_valkey.kill()
    async with open_bus(settings_of(own_valkey)) as bus, bus.broadcast.listen("t") as heard:
        own_valkey.start()
        with anyio.fail_after(PATIENCE):
            assert await anext(heard) == b""


async def test_a_listener_notices_a_server_that_fell_silent(
    valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bus.valkey.broadcast._HEARTBEAT_SECONDS", 0.05)
    async with (
        running_proxy(valkey.host, valkey.port) as proxy,
        open_bus(_through(proxy.port, timeout_ms=150)) as bus,
        bus.broadcast.listen("t") as heard,
    ):
        proxy.swallows_replies = True
        await anyio.sleep(0.3)
        proxy.swallows_replies = False
        with anyio.fail_after(PATIENCE):
            assert await anext(heard) == b""


async def test_a_reply_is_found_after_the_wire_was_cut(valkey: ValkeyServer) -> None:
    user, request = a_user(), uuid4()
    found: list[bytes | None] = []
    async with (
        running_proxy(valkey.host, valkey.port) as proxy,
        open_bus(_through(proxy.port)) as bus,
        open_bus(settings_of(valkey)) as worker,
    ):

        async def wait() -> None:
            found.append(await bus.replies.await_answer(user, request, timeout=ms(5000)))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.sleep(0.05)
            proxy.cut()
            await worker.replies.answer(user, request, b"yes")

    assert found == [b"yes"]


async def test_a_server_that_forgot_the_scripts_is_told_them_again(valkey: ValkeyServer) -> None:
    async with (
        open_bus(settings_of(valkey)) as bus,
        bus.subscriber.receive(LANE) as deliveries,
    ):
        for _ in range(2):
            await bus.publisher.publish(LANE, a_letter())
            delivery = await taken(deliveries)
            valkey.ask("SCRIPT", "FLUSH")
            await delivery.ack()


def _through(port: int, *, timeout_ms: int = 2000) -> BusSettings:
    address = parse_address(f"redis://127.0.0.1:{port}")
    return BusSettings(valkey=address, lanes=LANES, command_timeout=ms(timeout_ms))


async def _next_of(commands: AsyncIterator[HintDelivery]) -> None:
    await anext(commands)


async def _until_answered(bus: Bus) -> None:
    with anyio.fail_after(PATIENCE):
        while True:
            try:
                await bus.ping()
            except TransportUnavailableError:
                await anyio.sleep(0.01)
            else:
                return
