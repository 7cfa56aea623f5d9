"""Drives the Lambda entrypoints from queues on SQS, as AWS's event source mapping does.

The functions get what they would get from AWS: an event of plain JSON. What their answer does not
name is deleted; when one fails as a whole nothing is, and the visibility timeout decides.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from importlib import import_module
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import anyio
import anyio.to_thread
import msgspec

from bus.errors import BusError
from lambda_entry.functions import BATCH_SIZE, TRIGGERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bus.base import Destination
    from bus.raw import RawMessage, RawQueues
    from bus.values import Clock

    Function = Callable[[Mapping[str, Any], object], Any]

_AT_ONCE = 8
_WAIT = timedelta(seconds=1)
_PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_REGION, _ACCOUNT = "us-east-1", "000000000000"

_log = logging.getLogger(__name__)


def function(name: str) -> Function:
    """Load an entrypoint, as a cold start does."""
    loaded: Function = import_module(f"lambda_entry.{name}").handler
    return loaded


def sqs_event(arn: str, messages: Sequence[RawMessage]) -> dict[str, Any]:
    """Write the event for a batch, as AWS does."""
    return {"Records": [_record(arn, message) for message in messages]}


def schedule_event(name: str, clock: Clock) -> dict[str, Any]:
    """Write the event of a schedule, as EventBridge does."""
    return {
        "version": "0",
        "id": str(uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": _ACCOUNT,
        "time": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": _REGION,
        "resources": [f"arn:aws:events:{_REGION}:{_ACCOUNT}:rule/{name}"],
        "detail": {},
    }


async def invoke(called: Function, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a function answers what it likes
    """Call a function with its event; `None` if it failed, and somebody should look why."""
    try:
        # Nothing but JSON comes over the wire.
        plain = msgspec.json.decode(msgspec.json.encode(event))
        return await anyio.to_thread.run_sync(called, plain, None)
    except Exception:  # noqa: BLE001 - a function that failed fails alone
        _log.exception("function_failed", extra={"function": called.__module__})
        return None


class EventSource:
    """One queue, mapped to its function."""

    def __init__(self, destination: Destination, queues: RawQueues) -> None:
        self._destination = destination
        self._queues = queues
        self._function = function(TRIGGERS[destination].name)
        self._room = anyio.Semaphore(_AT_ONCE)
        self._arn = ""

    async def run(self, stopping: anyio.Event) -> None:
        """Hand over until it is time to stop, then wait for what is in hand."""
        pauses = chain(_PAUSES, repeat(_PAUSES[-1]))
        async with anyio.create_task_group() as in_hand:
            while not stopping.is_set():
                await self._room.acquire()
                messages = await self._receive()
                if messages:
                    pauses = chain(_PAUSES, repeat(_PAUSES[-1]))
                    in_hand.start_soon(self._hand_over, messages)
                    continue
                self._room.release()
                if messages is None:
                    await anyio.sleep(next(pauses))

    async def _receive(self) -> Sequence[RawMessage] | None:
        """Take a batch; `None` while the server is away. Never cut: see `RawQueues.receive`."""
        with anyio.CancelScope(shield=True):
            try:
                self._arn = self._arn or await self._queues.arn(self._destination)
                return await self._queues.receive(self._destination, limit=BATCH_SIZE, wait=_WAIT)
            except BusError:
                _log.warning("queue_unavailable", extra={"queue": self._destination.value})
                return None

    async def _hand_over(self, messages: Sequence[RawMessage]) -> None:
        try:
            answer = await invoke(self._function, sqs_event(self._arn, messages))
            if answer is None:
                return
            failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
            done = [each.receipt_handle for each in messages if each.message_id not in failed]
            await self._queues.delete(self._destination, done)
        except BusError:
            _log.warning("message_not_deleted", extra={"queue": self._destination.value})
        finally:
            self._room.release()


def _record(arn: str, message: RawMessage) -> dict[str, Any]:
    of_attributes = message.md5_of_message_attributes
    return {
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": dict(message.attributes),
        "messageAttributes": {
            name: {
                "stringValue": given.get("StringValue", ""),
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": given.get("DataType", "String"),
            }
            for name, given in message.message_attributes.items()
        },
        "md5OfBody": message.md5_of_body,
        **({"md5OfMessageAttributes": of_attributes} if of_attributes else {}),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3] if arn.count(":") > 3 else _REGION,
    }
