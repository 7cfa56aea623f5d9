"""What becomes of messages on Valkey when the wire, a consumer or a message is bad."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import anyio
import pytest

from bus.errors import RefusedError, TransportUnavailableError
from bus.open import open_bus
from bus.settings import LANES, BusSettings, parse_address
from tests.contract.bus.letters import LANE, PATIENCE, a_lane, a_letter, a_user, ms, taken, text_of
from tests.contract.bus.transports import settings_of
from tests.servers.proxy import running_proxy

if TYPE_CHECKING:
    from bus.bundle import Bus
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_what_was_sent_and_not_answered_is_not_sent_again(valkey: ValkeyServer) -> None:
    user = a_user()
    async with (
        running_proxy(valkey.host, valkey.port) as proxy,
        open_bus(_through(proxy.port, timeout_ms=150)) as bus,
    ):
        await bus.hints.hint(user, a_letter())
        proxy.mute()
        with pytest.raises(TransportUnavailableError):
            await bus.hints.hint(user, a_letter())
        await bus.ping()

    assert valkey.ask("LLEN", f"trading:user:{{{user}}}:requests") == 2


async def test_what_a_killed_consumer_held_comes_to_another(valkey: ValkeyServer) -> None:
    lanes = a_lane(visibility_ms=300)
    async with open_bus(settings_of(valkey, lanes)) as bus:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        command = [sys.executable, "-c", _CONSUMER, valkey.url]
        async with await anyio.open_process(command, stderr=None) as consumer:
            assert consumer.stdout is not None
            with anyio.fail_after(PATIENCE):
                assert (await consumer.stdout.receive()).startswith(b"taken")
            consumer.kill()
        async with bus.subscriber.receive(LANE) as deliveries:
            delivery = await taken(deliveries)

    assert (text_of(delivery.envelope), delivery.attempt) == ("a", 2)


async def test_a_taken_message_whose_answer_was_lost_comes_again_at_once(
    valkey: ValkeyServer,
) -> None:
    found: list[int] = []
    async with (
        running_proxy(valkey.host, valkey.port) as proxy,
        open_bus(_through(proxy.port)) as bus,
        bus.subscriber.receive(LANE) as deliveries,
        open_bus(settings_of(valkey)) as other,
        anyio.create_task_group() as tasks,
    ):

        async def wait() -> None:
            found.append((await taken(deliveries)).attempt)

        tasks.start_soon(wait)
        await anyio.sleep(0.05)
        proxy.swallows_replies = True
        await other.publisher.publish(LANE, a_letter())
        await anyio.sleep(0.05)
        proxy.swallows_replies = False
        proxy.cut()

    # Not after the visibility timeout, and not as a second attempt.
    assert found == [1]


async def test_bytes_that_are_no_envelope_are_set_aside(valkey: ValkeyServer) -> None:
    letter = a_letter("x", group="g")
    async with (
        open_bus(settings_of(valkey)) as bus,
        bus.subscriber.receive(LANE) as deliveries,
    ):
        await bus.publisher.publish(LANE, letter, a_letter("good", group="g"))
        valkey.ask("HSET", "lane:{worker-control}:messages", "1:body", "poison")

        assert text_of((await taken(deliveries)).envelope) == "good"
        (dead,) = await bus.dead_letters.dead(LANE, limit=1)
        assert (dead.id, dead.envelope, dead.body) == (letter.id, None, b"poison")
        assert dead.reason.startswith("undecodable: ")


@pytest.mark.parametrize("mark", ["garbage", "\x00", "x" * 36, "-" * 36])
async def test_a_mark_that_is_no_id_is_no_mark(valkey: ValkeyServer, mark: str) -> None:
    user = a_user()
    async with open_bus(settings_of(valkey)) as bus:
        valkey.ask("SET", f"worker:active:{{{user}}}", mark)

        assert (await bus.hints.hint(user, a_letter())).worker_id is None


async def test_where_a_mark_is_no_id_the_first_asker_claims(valkey: ValkeyServer) -> None:
    user = a_user()
    async with open_bus(settings_of(valkey)) as bus:
        valkey.ask("SET", f"worker:active:{{{user}}}", "garbage")

        assert (await bus.hints.hint(user, a_letter())).should_claim


async def test_a_hint_that_is_no_envelope_is_skipped(valkey: ValkeyServer) -> None:
    user = a_user()
    async with open_bus(settings_of(valkey)) as bus, bus.hints.commands(user, 1) as commands:
        valkey.ask("RPUSH", f"trading:user:{{{user}}}:requests", "poison")
        await bus.hints.hint(user, a_letter("good"))

        assert text_of((await anext(commands)).envelope) == "good"
        assert valkey.ask("LLEN", f"trading:user:{{{user}}}:inflight:1") == 1


async def test_a_lane_whose_messages_were_deleted_goes_on(valkey: ValkeyServer) -> None:
    async with (
        open_bus(settings_of(valkey)) as bus,
        bus.subscriber.receive(LANE) as deliveries,
    ):
        await bus.publisher.publish(LANE, a_letter(group="a"), a_letter(group="b"))
        await taken(deliveries)
        valkey.ask("DEL", "lane:{worker-control}:messages")
        await bus.publisher.publish(LANE, a_letter("after", group="c"))

        assert text_of((await taken(deliveries)).envelope) == "after"


async def test_a_full_server_is_unavailable(own_valkey: ValkeyServer) -> None:
    async with open_bus(settings_of(own_valkey)) as bus:
        own_valkey.ask("CONFIG", "SET", "maxmemory", 1)
        with pytest.raises(TransportUnavailableError):
            await bus.publisher.publish(LANE, a_letter())


async def test_a_command_that_the_server_refuses_is_not_called_unavailable(
    valkey: ValkeyServer,
) -> None:
    user = a_user()
    valkey.ask("SET", f"trading:user:{{{user}}}:requests", "no list")
    async with open_bus(settings_of(valkey)) as bus:
        with pytest.raises(RefusedError):
            await bus.hints.hint(user, a_letter())


async def test_publishing_again_after_a_lost_answer_delivers_once(valkey: ValkeyServer) -> None:
    letter = a_letter()
    async with (
        running_proxy(valkey.host, valkey.port) as proxy,
        open_bus(_through(proxy.port, timeout_ms=150)) as bus,
    ):
        await bus.publisher.publish(LANE, a_letter())
        proxy.swallows_replies = True
        with pytest.raises(TransportUnavailableError):
            await bus.publisher.publish(LANE, letter)
        proxy.swallows_replies = False
        await _until_answered(bus)
        await bus.publisher.publish(LANE, letter)

    assert valkey.ask("ZCARD", "lane:{worker-control}:ready") == 2
    assert valkey.ask("HGET", "lane:{worker-control}:messages", "count") == b"2"


_CONSUMER = """
import sys
import anyio
from datetime import timedelta
from bus import BusSettings, Destination, LANES, LaneRules, parse_address
from bus.open import open_bus

async def main():
    lanes = {**LANES, Destination.WORKER_CONTROL: LaneRules(visibility=timedelta(seconds=0.3))}
    settings = BusSettings(valkey=parse_address(sys.argv[1]), lanes=lanes)
    async with open_bus(settings) as bus:
        async with bus.subscriber.receive(Destination.WORKER_CONTROL) as deliveries:
            async for _ in deliveries:
                print("taken", flush=True)
                await anyio.sleep_forever()

anyio.run(main)
"""


def _through(port: int, *, timeout_ms: int = 2000) -> BusSettings:
    address = parse_address(f"redis://127.0.0.1:{port}")
    return BusSettings(valkey=address, lanes=LANES, command_timeout=ms(timeout_ms))


async def _until_answered(bus: Bus) -> None:
    with anyio.fail_after(PATIENCE):
        while True:
            try:
                await bus.ping()
            except TransportUnavailableError:
                await anyio.sleep(0.01)
            else:
                return
