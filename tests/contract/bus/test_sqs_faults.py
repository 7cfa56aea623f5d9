"""What becomes of messages on SQS when the server, a consumer or a message is bad."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio
import msgspec
import pytest

from bus.base import EXHAUSTED
from bus.errors import RefusedError, TransportUnavailableError
from bus.open import create_queues, open_bus, open_raw_queues
from bus.settings import LANES
from tests.contract.bus.letters import LANE, PATIENCE, a_lane, a_letter, taken, text_of
from tests.contract.bus.transports import a_prefix, sqs_settings_of
from tests.contract.bus.wire import sqs_client
from tests.servers.emulator import running_emulator

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from bus.bundle import Bus
    from bus.settings import BusSettings
    from tests.contract.bus.transports import Lanes
    from tests.servers.emulator import EmulatorServer
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.aws, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def settings(emulator: EmulatorServer, valkey: ValkeyServer) -> BusSettings:
    """Queues that nobody has made yet."""
    return _settings(emulator, valkey)


@pytest.fixture
def own_emulator(emulator: EmulatorServer) -> Iterator[EmulatorServer]:
    """A server that the test may kill; the shared one is asked for, as it sets who signs."""
    del emulator
    with running_emulator() as server:
        yield server


def _settings(emulator: EmulatorServer, valkey: ValkeyServer, lanes: Lanes = LANES) -> BusSettings:
    used = {LANE: lanes[LANE]}
    return sqs_settings_of(emulator, valkey, used, prefix=a_prefix())


@asynccontextmanager
async def _opened(settings: BusSettings) -> AsyncGenerator[Bus]:
    await create_queues(settings)
    async with open_bus(settings) as bus:
        yield bus


async def test_a_server_that_is_away_does_not_stop_the_opening(
    own_emulator: EmulatorServer, valkey: ValkeyServer
) -> None:
    own_emulator.kill()
    async with open_bus(_settings(own_emulator, valkey)) as bus:
        for _ in range(2):
            with pytest.raises(TransportUnavailableError):
                await bus.publisher.publish(LANE, a_letter())


async def test_a_queue_that_is_not_made_yet_is_unavailable_and_then_served(
    settings: BusSettings,
) -> None:
    async with open_bus(settings) as bus:
        with pytest.raises(TransportUnavailableError):
            await bus.publisher.publish(LANE, a_letter())
        await create_queues(settings)
        async with bus.subscriber.receive(LANE) as deliveries:
            await bus.publisher.publish(LANE, a_letter("after"))

            assert text_of((await taken(deliveries)).envelope) == "after"


async def test_a_stream_outlives_a_server_that_comes_back_empty(
    own_emulator: EmulatorServer, valkey: ValkeyServer
) -> None:
    settings = _settings(own_emulator, valkey)
    found: list[str] = []
    async with _opened(settings) as bus, bus.subscriber.receive(LANE) as deliveries:

        async def wait() -> None:
            found.append(text_of((await anext(deliveries)).envelope))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait)
            await anyio.sleep(0.1)
            own_emulator.kill()
            await anyio.to_thread.run_sync(own_emulator.start)
            await create_queues(settings)
            await bus.publisher.publish(LANE, a_letter("after"))
            tasks.cancel_scope.deadline = anyio.current_time() + PATIENCE

    assert found == ["after"]


async def test_a_frozen_server_counts_as_unavailable(
    own_emulator: EmulatorServer, valkey: ValkeyServer
) -> None:
    settings = _settings(own_emulator, valkey)
    assert settings.sqs is not None
    await create_queues(settings)
    hasty = msgspec.structs.replace(settings.sqs, answer_within=timedelta(milliseconds=500))
    async with open_bus(msgspec.structs.replace(settings, sqs=hasty)) as bus:
        own_emulator.freeze()
        try:
            with pytest.raises(TransportUnavailableError):
                await bus.publisher.publish(LANE, a_letter())
        finally:
            own_emulator.thaw()


async def test_bytes_that_are_no_envelope_are_set_aside_at_once_and_the_stream_goes_on(
    settings: BusSettings,
) -> None:
    async with _opened(settings) as bus, bus.subscriber.receive(LANE) as deliveries:
        async with sqs_client(settings) as (client, url_of):
            await client.send_message(
                QueueUrl=await url_of(LANE), MessageBody="poison",
                MessageGroupId="g", MessageDeduplicationId="1",
            )  # fmt: skip
        await bus.publisher.publish(LANE, a_letter("good", group="g"))

        assert text_of((await taken(deliveries)).envelope) == "good"
        (dead,) = await bus.dead_letters.dead(LANE, limit=10)
        assert (dead.envelope, dead.body, dead.attempts) == (None, b"poison", 1)
        assert dead.reason.startswith("undecodable: ")


async def test_a_message_that_sqs_refuses_is_not_called_unavailable(settings: BusSettings) -> None:
    async with _opened(settings) as bus:
        with pytest.raises(RefusedError):
            await bus.publisher.publish(LANE, a_letter("x" * 1_100_000))


@pytest.mark.parametrize("is_fifo", [True, False])
async def test_a_crash_between_setting_aside_and_deleting_leaves_one_letter(
    settings: BusSettings, *, is_fifo: bool
) -> None:
    letter = a_letter(group="g")
    settings = msgspec.structs.replace(settings, lanes={LANE: a_lane(is_fifo=is_fifo)[LANE]})
    async with _opened(settings) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, letter)
        held = await taken(deliveries)
        await held.dead_letter("no use")
        # What the crash leaves: the letter stands, and the message comes again.
        await bus.publisher.publish(LANE, msgspec.structs.replace(letter, dedup_id="again"))
        again = await taken(deliveries)
        await again.dead_letter("no use")

        assert [dead.id for dead in await bus.dead_letters.dead(LANE, limit=10)] == [letter.id]
        assert await bus.dead_letters.discard(LANE, letter.id)
        assert not await bus.dead_letters.dead(LANE, limit=10)


async def test_a_message_that_was_set_aside_but_not_deleted_comes_again(
    settings: BusSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = a_lane(visibility_ms=1000)
    settings = msgspec.structs.replace(settings, lanes={LANE: lanes[LANE]})
    async with _opened(settings) as bus, bus.subscriber.receive(LANE) as deliveries:
        await bus.publisher.publish(LANE, a_letter())
        held = await taken(deliveries)
        with monkeypatch.context() as patched:
            patched.setattr("bus.sqs.client.Sqs.delete", _away)
            patched.setattr("bus.sqs.lane._BURYING", timedelta(seconds=1))
            with pytest.raises(TransportUnavailableError):
                await held.dead_letter("no use")

        assert (await taken(deliveries)).attempt == 2


async def test_what_a_killed_consumer_held_comes_to_another(
    emulator: EmulatorServer, valkey: ValkeyServer
) -> None:
    settings = _settings(emulator, valkey, a_lane(visibility_ms=1000))
    assert settings.sqs is not None
    async with _opened(settings) as bus:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        told = [valkey.url, emulator.url, settings.sqs.prefix]
        command = [sys.executable, "-c", _CONSUMER, *told]
        async with await anyio.open_process(command, stderr=None) as consumer:
            assert consumer.stdout is not None
            with anyio.fail_after(15):
                assert (await consumer.stdout.receive()).startswith(b"taken")
            consumer.kill()
        async with bus.subscriber.receive(LANE) as deliveries:
            delivery = await taken(deliveries)

    assert (text_of(delivery.envelope), delivery.attempt) == ("a", 2)


async def test_who_never_settles_leaves_a_dead_letter_by_the_redrive_policy(
    settings: BusSettings,
) -> None:
    letter = a_letter()
    async with _opened(settings) as bus, open_raw_queues(settings) as raw:
        await bus.publisher.publish(LANE, letter)
        for _ in range(3):
            (message,) = await raw.receive(LANE, limit=1, wait=timedelta(seconds=1))
            await raw.change_visibility(LANE, message.receipt_handle, timedelta(0))

        assert not await raw.receive(LANE, limit=1, wait=timedelta(0))
        (dead,) = await bus.dead_letters.dead(LANE, limit=10)
        assert (dead.id, dead.reason, dead.attempts) == (letter.id, EXHAUSTED, 3)


async def _away(*_: object) -> None:
    raise TransportUnavailableError("cut")


_CONSUMER = """
import sys
from datetime import timedelta
import anyio
from bus.base import Destination
from bus.open import open_bus
from bus.settings import BusSettings, LaneRules, parse_address
from bus.routing import Carrier
from bus.sqs_settings import SqsSettings

async def main():
    valkey, url, prefix = sys.argv[1:]
    lane = Destination.WORKER_CONTROL
    settings = BusSettings(
        valkey=parse_address(valkey), queues=Carrier.SQS,
        sqs=SqsSettings(region="us-east-1", endpoint_url=url, prefix=prefix),
        lanes={lane: LaneRules(visibility=timedelta(seconds=1))},
    )
    async with open_bus(settings) as bus, bus.subscriber.receive(lane) as deliveries:
        await anext(deliveries)
        print("taken", flush=True)
        await anyio.sleep_forever()

anyio.run(main)
"""
