"""The queues as SQS shows them: how they are made, and what who hands messages on finds there."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from bus.base import Destination
from bus.codec import decode
from bus.errors import SettingsError, UnroutableError
from bus.open import create_queues, open_bus, open_raw_queues
from bus.queues import queues_of
from bus.settings import LANES, BusSettings, ValkeyAddress
from tests.contract.bus.letters import LANE, a_lane, a_letter, text_of
from tests.contract.bus.transports import a_prefix, sqs_settings_of
from tests.contract.bus.wire import sqs_client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_aiobotocore_sqs.client import SQSClient

    from tests.servers.emulator import EmulatorServer
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.aws, pytest.mark.valkey]
_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_NOW = timedelta(0)
_SOON = timedelta(seconds=1)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def settings(emulator: EmulatorServer, valkey: ValkeyServer) -> BusSettings:
    """Settings whose queues stand."""
    made = sqs_settings_of(emulator, valkey, prefix=a_prefix())
    await create_queues(made)
    return made


async def test_queues_are_made_exactly_as_their_data_say(settings: BusSettings) -> None:
    assert settings.sqs is not None
    async with sqs_client(settings) as (client, _):
        for queue in queues_of(LANES, prefix=settings.sqs.prefix):
            shown = await _shown(client, queue.name)

            assert {name: shown[name] for name in queue.attributes} == queue.attributes
            if queue.dead_letter_queue is not None:
                policy = json.loads(shown["RedrivePolicy"])
                dead = await _shown(client, queue.dead_letter_queue)
                assert policy["deadLetterTargetArn"] == dead["QueueArn"]
                assert int(policy["maxReceiveCount"]) == queue.max_receive_count


async def test_making_them_again_changes_nothing(settings: BusSettings) -> None:
    async with open_bus(settings) as bus, open_raw_queues(settings) as raw:
        await bus.publisher.publish(LANE, a_letter("kept"))
        await create_queues(settings)
        (message,) = await raw.receive(LANE, limit=1, wait=_SOON)

    assert text_of(decode(message.body.encode())) == "kept"


async def test_queues_that_are_there_are_made_as_their_data_say(settings: BusSettings) -> None:
    changed = msgspec.structs.replace(settings, lanes=a_lane(visibility_ms=7000, max_attempts=5))
    await create_queues(changed)
    assert settings.sqs is not None
    async with sqs_client(settings) as (client, _):
        shown = await _shown(client, f"{settings.sqs.prefix}{LANE}.fifo")

    assert shown["VisibilityTimeout"] == "7"
    assert json.loads(shown["RedrivePolicy"])["maxReceiveCount"] in (5, "5")


async def test_a_message_shows_its_group_its_dedup_id_and_its_trace(settings: BusSettings) -> None:
    letter = msgspec.structs.replace(a_letter(group="g", dedup_id="start:1"), traceparent=_TRACE)
    async with open_bus(settings) as bus, open_raw_queues(settings) as raw:
        await bus.publisher.publish(LANE, letter)
        (message,) = await raw.receive(LANE, limit=1, wait=_SOON)

    assert decode(message.body.encode()) == letter
    assert message.message_attributes["traceparent"]["StringValue"] == _TRACE
    assert {
        name: message.attributes[name]
        for name in ("MessageGroupId", "MessageDeduplicationId", "ApproximateReceiveCount")
    } == {
        "MessageGroupId": "g",
        "MessageDeduplicationId": "start:1",
        "ApproximateReceiveCount": "1",
    }


async def test_ten_of_one_group_are_received_at_once_and_in_order(settings: BusSettings) -> None:
    letters = [a_letter(str(number), group="g") for number in range(12)]
    async with open_bus(settings) as bus, open_raw_queues(settings) as raw:
        await bus.publisher.publish(LANE, *letters)
        received = await raw.receive(LANE, limit=10, wait=_SOON)

        texts = [text_of(decode(message.body.encode())) for message in received]
        assert texts == [str(number) for number in range(10)]
        assert not await raw.receive(LANE, limit=10, wait=_NOW)


async def test_what_is_deleted_is_gone_and_what_is_shown_again_comes_again(
    settings: BusSettings,
) -> None:
    async with open_bus(settings) as bus, open_raw_queues(settings) as raw:
        await bus.publisher.publish(LANE, a_letter("a", group="g"), a_letter("b", group="g"))
        first, second = await raw.receive(LANE, limit=10, wait=_SOON)
        assert not await raw.delete(LANE, [first.receipt_handle])
        assert await raw.change_visibility(LANE, second.receipt_handle, _NOW)
        (again,) = await raw.receive(LANE, limit=10, wait=_SOON)

    assert text_of(decode(again.body.encode())) == "b"
    assert again.attributes["ApproximateReceiveCount"] == "2"


async def test_a_receipt_that_holds_nothing_is_told(settings: BusSettings) -> None:
    async with open_bus(settings) as bus, open_raw_queues(settings) as raw:
        await bus.publisher.publish(LANE, a_letter())
        (message,) = await raw.receive(LANE, limit=1, wait=_SOON)
        await raw.delete(LANE, [message.receipt_handle])

        assert await raw.delete(LANE, [message.receipt_handle]) == [message.receipt_handle]
        assert not await raw.change_visibility(LANE, message.receipt_handle, _NOW)


async def test_a_queue_tells_its_arn(settings: BusSettings) -> None:
    assert settings.sqs is not None
    async with open_raw_queues(settings) as raw:
        arn = await raw.arn(Destination.POOL_CLAIM)

    assert arn.split(":")[:4] == ["arn", "aws", "sqs", "us-east-1"]
    assert arn.endswith(f":{settings.sqs.prefix}pool-claim")


async def test_orders_are_no_queue(settings: BusSettings) -> None:
    async with open_raw_queues(settings) as raw:
        with pytest.raises(UnroutableError):
            await raw.arn(Destination.ORDERS)


async def test_queues_on_valkey_have_no_raw_side() -> None:
    with pytest.raises(SettingsError, match="FOURPASS_QUEUES"):
        async with open_raw_queues(BusSettings(valkey=ValkeyAddress())):
            pass


async def test_more_dead_letters_than_one_request_brings_are_listed_and_put_back(
    settings: BusSettings,
) -> None:
    letters = [a_letter(str(number), group="g") for number in range(23)]
    async with open_bus(settings) as bus, bus.subscriber.receive(LANE) as deliveries:
        for letter in letters:
            await bus.publisher.publish(LANE, letter)
            await (await anext(deliveries)).dead_letter("no use")
        listings = [await bus.dead_letters.dead(LANE, limit=100) for _ in range(2)]

    wanted = {letter.id for letter in letters}
    assert [{dead.id for dead in listing} for listing in listings] == [wanted, wanted]


async def _shown(client: SQSClient, name: str) -> Mapping[str, str]:
    url = (await client.get_queue_url(QueueName=name))["QueueUrl"]
    reply = await client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(key): value for key, value in reply["Attributes"].items()}
