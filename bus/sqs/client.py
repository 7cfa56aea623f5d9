"""The calls of SQS that the post needs, each with a deadline, by queue name."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Protocol, cast

import anyio
import anyio.to_thread

from bus.errors import RefusedError
from bus.raw import RawMessage
from bus.sqs.errors import ReceiptRunOutError, failure_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager, AbstractContextManager
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


class Driver(Protocol):
    """The module `bus.sqs.driver`."""

    def open_client(self, settings: SqsSettings) -> AbstractAsyncContextManager[SQSClient]:
        """Open a client."""
        ...

    def translated(self) -> AbstractContextManager[None]:
        """Turn what the driver raises into our errors."""
        ...


class Sqs:
    """One client for all queues. Everything it raises is one of our errors.

    The driver is loaded at the first call: most processes that open the post never make one.
    """

    def __init__(self, settings: SqsSettings, closing: AsyncExitStack) -> None:
        self._settings = settings
        self._closing = closing
        self._answer_seconds = settings.answer_within.total_seconds()
        self._opening = anyio.Lock()
        self._driver: Driver | None = None
        self._client: SQSClient | None = None
        self._urls: dict[str, str] = {}

    async def create(self, name: str, attributes: Mapping[str, str]) -> str:
        """Create a queue, or give one that is there these attributes; return its ARN."""
        wanted = cast("dict[QueueAttributeNameType, str]", dict(attributes))
        async with self._calling() as client:
            try:
                made = await client.create_queue(QueueName=name, Attributes=wanted)
                self._urls[name] = made["QueueUrl"]
            except client.exceptions.QueueNameExists:
                wanted.pop("FifoQueue", None)  # the one that cannot be changed
                url = await self._url(client, name)
                await client.set_queue_attributes(QueueUrl=url, Attributes=wanted)
        return (await self.attributes(name, "QueueArn"))["QueueArn"]

    async def attributes(self, name: str, *wanted: QueueAttributeNameType) -> Mapping[str, str]:
        """Return what the queue says of itself."""
        async with self._calling() as client:
            url = await self._url(client, name)
            reply = await client.get_queue_attributes(QueueUrl=url, AttributeNames=[*wanted])
        return {str(key): value for key, value in reply.get("Attributes", {}).items()}

    async def send(
        self, name: str, entries: Sequence[SendMessageBatchRequestEntryTypeDef]
    ) -> Mapping[str, BusError]:
        """Send up to ten; return the entries, by id, that were not stored, and why."""
        async with self._calling() as client:
            url = await self._url(client, name)
            reply = await client.send_message_batch(QueueUrl=url, Entries=[*entries])
        return {
            failed["Id"]: failure_of(failed["Code"], f"{failed['Code']}: {failed.get('Message')}")
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
        async with self._calling(wait_seconds=wait_seconds) as client:
            request: ReceiveMessageRequestTypeDef = {
                "QueueUrl": await self._url(client, name),
                "MaxNumberOfMessages": min(limit, MOST_AT_ONCE),
                "WaitTimeSeconds": wait_seconds,
                "MessageSystemAttributeNames": ["All"],
                "MessageAttributeNames": ["All"],
            }
            if visibility_seconds is not None:
                request["VisibilityTimeout"] = visibility_seconds
            if attempt_id is not None:
                request["ReceiveRequestAttemptId"] = attempt_id
            reply = await client.receive_message(**request)
        return [_raw(message) for message in reply.get("Messages", ())]

    async def delete(self, name: str, receipt: str) -> None:
        """Finish a message.

        Raises:
            ReceiptRunOutError: Nothing is finished.
        """
        async with self._settling() as client:
            url = await self._url(client, name)
            await client.delete_message(QueueUrl=url, ReceiptHandle=receipt)

    async def hide(self, name: str, receipt: str, after: timedelta) -> None:
        """Show a message again after this long, rounded up to seconds.

        Raises:
            ReceiptRunOutError: Nothing is changed.
        """
        async with self._settling() as client:
            await client.change_message_visibility(
                QueueUrl=await self._url(client, name),
                ReceiptHandle=receipt,
                VisibilityTimeout=whole_seconds(after),
            )

    @asynccontextmanager
    async def _settling(self) -> AsyncGenerator[SQSClient]:
        """Make a call whose only parameter that can be wrong is a receipt."""
        try:
            async with self._calling() as client:
                yield client
        except RefusedError as error:
            raise ReceiptRunOutError(str(error)) from error

    @asynccontextmanager
    async def _calling(self, *, wait_seconds: int = 0) -> AsyncGenerator[SQSClient]:
        """Give the client to one call, and translate what goes wrong with it."""
        if self._driver is None:
            self._driver = await anyio.to_thread.run_sync(_load)
        driver = self._driver
        with driver.translated(), anyio.fail_after(self._answer_seconds + wait_seconds):
            yield await self._opened(driver)

    async def _opened(self, driver: Driver) -> SQSClient:
        async with self._opening:
            if self._client is None:
                opening = driver.open_client(self._settings)
                self._client = await self._closing.enter_async_context(opening)
        return self._client

    async def _url(self, client: SQSClient, name: str) -> str:
        if name not in self._urls:
            self._urls[name] = (await client.get_queue_url(QueueName=name))["QueueUrl"]
        return self._urls[name]


@asynccontextmanager
async def open_sqs(settings: SqsSettings) -> AsyncGenerator[Sqs]:
    """Open a client; nothing is loaded or connected before its first call."""
    async with AsyncExitStack() as closing:
        yield Sqs(settings, closing)


def _load() -> Driver:
    """Import the driver; in a thread, so that the loop goes on meanwhile."""
    from bus.sqs import driver  # noqa: PLC0415 - loads at the first call

    return driver


def whole_seconds(time: timedelta) -> int:
    """Round a time up to what SQS counts in, within what it takes."""
    return min(max(-int(-time.total_seconds() // 1), 0), LONGEST_VISIBILITY_SECONDS)


def _raw(message: MessageTypeDef) -> RawMessage:
    attributes = message.get("MessageAttributes", {})
    return RawMessage(
        message_id=message.get("MessageId", ""),
        receipt_handle=message.get("ReceiptHandle", ""),
        body=message.get("Body", ""),
        md5_of_body=message.get("MD5OfBody", ""),
        md5_of_message_attributes=message.get("MD5OfMessageAttributes", ""),
        attributes={str(key): value for key, value in message.get("Attributes", {}).items()},
        message_attributes={
            name: {"StringValue": value.get("StringValue", ""), "DataType": value["DataType"]}
            for name, value in attributes.items()
        },
    )
