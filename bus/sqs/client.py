"""The calls of SQS that the post needs, each with a deadline, by queue name."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, cast

import anyio
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from bus.raw import RawMessage
from bus.sqs.faults import (
    QueueMissingError,
    failure_of,
    plain_code,
    translated,
    translated_receipt,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from datetime import timedelta

    from types_aiobotocore_sqs.client import SQSClient
    from types_aiobotocore_sqs.literals import QueueAttributeNameType
    from types_aiobotocore_sqs.type_defs import (
        MessageTypeDef,
        ReceiveMessageRequestTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

    from bus.errors import BusError
    from bus.sqs_settings import SqsSettings

MOST_AT_ONCE = 10
LONGEST_VISIBILITY_SECONDS = 12 * 60 * 60
_CONNECT_SECONDS = 2
_LONGEST_WAIT_SECONDS = 20
# Every waiting stream holds one connection, and sends go beside them.
_CONNECTIONS = 64


class Sqs:
    """One client for all queues. Everything it raises is one of our errors."""

    def __init__(self, client: SQSClient, settings: SqsSettings) -> None:
        self._client = client
        self._answer_seconds = settings.answer_within.total_seconds()
        self._urls: dict[str, str] = {}

    async def create(self, name: str, attributes: Mapping[str, str]) -> str:
        """Create a queue, or give one that is there these attributes; return its ARN."""
        wanted = cast("dict[QueueAttributeNameType, str]", dict(attributes))
        with translated(), anyio.fail_after(self._answer_seconds):
            try:
                await self._client.create_queue(QueueName=name, Attributes=wanted)
            except self._client.exceptions.QueueNameExists:
                wanted.pop("FifoQueue", None)  # the one that cannot be changed
                url = (await self._client.get_queue_url(QueueName=name))["QueueUrl"]
                await self._client.set_queue_attributes(QueueUrl=url, Attributes=wanted)
        return (await self.attributes(name, "QueueArn"))["QueueArn"]

    async def attributes(self, name: str, *wanted: QueueAttributeNameType) -> Mapping[str, str]:
        """Return what the queue says of itself."""
        async with self._calling(name) as url:
            reply = await self._client.get_queue_attributes(QueueUrl=url, AttributeNames=[*wanted])
        return {str(key): value for key, value in reply.get("Attributes", {}).items()}

    async def send(
        self, name: str, entries: Sequence[SendMessageBatchRequestEntryTypeDef]
    ) -> Mapping[str, BusError]:
        """Send up to ten; return the entries, by id, that were not stored, and why."""
        async with self._calling(name) as url:
            reply = await self._client.send_message_batch(QueueUrl=url, Entries=[*entries])
        return {
            failed["Id"]: _failure(failed["Code"], failed.get("Message", ""))
            for failed in reply.get("Failed", ())
        }

    async def receive(
        self,
        name: str,
        *,
        limit: int = 1,
        wait_seconds: int = 0,
        visibility_seconds: int | None = None,
        attempt_id: str | None = None,
    ) -> Sequence[RawMessage]:
        """Take up to `limit` messages; the visibility is the queue's own if not given.

        Asked again with the same `attempt_id` within 5 minutes, a FIFO queue of AWS gives the same
        messages again, had the first answer been lost.
        """
        request: ReceiveMessageRequestTypeDef = {
            "QueueUrl": "",
            "MaxNumberOfMessages": min(limit, MOST_AT_ONCE),
            "WaitTimeSeconds": min(wait_seconds, _LONGEST_WAIT_SECONDS),
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        }
        if visibility_seconds is not None:
            request["VisibilityTimeout"] = visibility_seconds
        if attempt_id is not None:
            request["ReceiveRequestAttemptId"] = attempt_id
        async with self._calling(name, wait_seconds=wait_seconds) as url:
            request["QueueUrl"] = url
            reply = await self._client.receive_message(**request)
        return [_raw(message) for message in reply.get("Messages", ())]

    async def delete(self, name: str, receipt: str) -> None:
        """Finish a message.

        Raises:
            ReceiptRunOutError: Nothing is finished.
        """
        async with self._calling(name) as url:
            with translated_receipt():
                await self._client.delete_message(QueueUrl=url, ReceiptHandle=receipt)

    async def hide(self, name: str, receipt: str, after: timedelta) -> None:
        """Show a message again after this long, rounded up to seconds.

        Raises:
            ReceiptRunOutError: Nothing is changed.
        """
        async with self._calling(name) as url:
            with translated_receipt():
                await self._client.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=whole_seconds(after)
                )

    @asynccontextmanager
    async def _calling(self, name: str, *, wait_seconds: int = 0) -> AsyncGenerator[str]:
        """Give the queue's URL to one call, and translate what goes wrong with it."""
        try:
            with translated(), anyio.fail_after(self._answer_seconds + wait_seconds):
                if name not in self._urls:
                    self._urls[name] = (await self._client.get_queue_url(QueueName=name))[
                        "QueueUrl"
                    ]
                yield self._urls[name]
        except QueueMissingError:
            self._urls.pop(name, None)
            raise


@asynccontextmanager
async def open_sqs(settings: SqsSettings) -> AsyncGenerator[Sqs]:
    """Open a client; nothing is connected before its first call."""
    answer_seconds = settings.answer_within.total_seconds()
    config = AioConfig(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=answer_seconds + _LONGEST_WAIT_SECONDS,
        max_pool_connections=_CONNECTIONS,
        # A second try is safe for every verb here, and one idle connection in many is stale.
        retries={"total_max_attempts": 2, "mode": "standard"},
        parameter_validation=False,
    )
    session = get_session()
    async with session.create_client(  # pyright: ignore[reportUnknownMemberType] - has one overload for each service, most without stubs here
        "sqs",
        region_name=settings.region,
        endpoint_url=settings.endpoint_url,
        aws_access_key_id="nobody" if settings.signs_as_nobody else None,
        aws_secret_access_key="nothing" if settings.signs_as_nobody else None,
        config=config,
    ) as client:
        yield Sqs(client, settings)


def whole_seconds(time: timedelta) -> int:
    """Round a time up to what SQS counts in, within what it takes."""
    return min(max(-int(-time.total_seconds() // 1), 0), LONGEST_VISIBILITY_SECONDS)


def _failure(code: str, text: str) -> BusError:
    return failure_of(plain_code(code), f"{code}: {text}")


def _raw(message: MessageTypeDef) -> RawMessage:
    attributes = message.get("MessageAttributes", {})
    return RawMessage(
        message_id=message.get("MessageId", ""),
        receipt_handle=message.get("ReceiptHandle", ""),
        body=message.get("Body", ""),
        md5_of_body=message.get("MD5OfBody", ""),
        attributes={str(key): value for key, value in message.get("Attributes", {}).items()},
        message_attributes={
            name: {"StringValue": value.get("StringValue", ""), "DataType": value["DataType"]}
            for name, value in attributes.items()
        },
    )
