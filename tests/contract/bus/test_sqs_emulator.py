"""Where the server that plays SQS is known to break a documented rule of AWS.

Each test is the rule, by its name, and fails on that server: the day it passes, this says so. What
the house does holds by the rule and not by the server: see the suites beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from bus.open import create_queues
from tests.contract.bus.letters import LANE
from tests.contract.bus.transports import a_prefix, sqs_settings_of
from tests.contract.bus.wire import sqs_client

if TYPE_CHECKING:
    from types_aiobotocore_sqs.client import SQSClient

    from bus.settings import BusSettings
    from tests.servers.emulator import EmulatorServer
    from tests.servers.valkey import ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.aws, pytest.mark.valkey]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def settings(emulator: EmulatorServer, valkey: ValkeyServer) -> BusSettings:
    """Settings whose queues stand."""
    made = sqs_settings_of(emulator, valkey, prefix=a_prefix())
    await create_queues(made)
    return made


@pytest.mark.xfail(
    strict=True,
    reason="AWS, DeleteMessage: on a FIFO queue a receipt handle that has expired is refused",
)
async def test_a_receipt_that_ran_out_deletes_nothing(settings: BusSettings) -> None:
    async with sqs_client(settings) as (client, url_of):
        url = await url_of(LANE)
        await _send(client, url)
        receipt = await _receive(client, url)
        await client.change_message_visibility(
            QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0
        )

        with pytest.raises(ClientError):
            await client.delete_message(QueueUrl=url, ReceiptHandle=receipt)


@pytest.mark.xfail(
    strict=True,
    reason="AWS, ReceiveMessage: a repeated ReceiveRequestAttemptId gives the same messages again",
)
async def test_a_receive_can_be_repeated_by_its_attempt_id(settings: BusSettings) -> None:
    async with sqs_client(settings) as (client, url_of):
        url = await url_of(LANE)
        await _send(client, url)
        for _ in range(2):
            reply = await client.receive_message(QueueUrl=url, ReceiveRequestAttemptId="one")

            assert len(reply.get("Messages", ())) == 1


@pytest.mark.xfail(
    strict=True,
    reason="AWS, dead-letter queues: that of a FIFO queue must be a FIFO queue too",
)
async def test_a_fifo_queue_takes_no_standard_queue_for_its_dead_letters(
    settings: BusSettings,
) -> None:
    assert settings.sqs is not None
    async with sqs_client(settings) as (client, url_of):
        dead = (await client.create_queue(QueueName=f"{settings.sqs.prefix}plain"))["QueueUrl"]
        arn = (await client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]))[
            "Attributes"
        ]["QueueArn"]
        policy = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": 3}}'

        with pytest.raises(ClientError):
            await client.set_queue_attributes(
                QueueUrl=await url_of(LANE), Attributes={"RedrivePolicy": policy}
            )


async def _send(client: SQSClient, url: str) -> None:
    await client.send_message(
        QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="1"
    )


async def _receive(client: SQSClient, url: str) -> str:
    (message,) = (await client.receive_message(QueueUrl=url))["Messages"]
    return message.get("ReceiptHandle", "")
