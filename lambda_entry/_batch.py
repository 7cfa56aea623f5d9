"""Which messages of an SQS batch are done, and which come back: the partial batch response.

Pure. Of a FIFO queue, what follows a failure in its group comes back with it, unhandled, or the
group's order would be lost (AWS Lambda developer guide, "Reporting batch item failures").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

import msgspec

from bus.raw import RawMessage

GROUP = "MessageGroupId"

Event = Mapping[str, object]


class ItemFailure(TypedDict):
    """One message that comes back."""

    itemIdentifier: str


class Response(TypedDict):
    """What Lambda's event source mapping reads: whatever it does not name is deleted."""

    batchItemFailures: list[ItemFailure]


class EventAttribute(msgspec.Struct, frozen=True, rename="camel"):
    """A sender's attribute, as an event spells it."""

    data_type: str
    string_value: str = ""


class EventRecord(msgspec.Struct, frozen=True, rename="camel"):
    """One message in an event; fields that nobody here needs are left out."""

    message_id: str
    receipt_handle: str
    body: str
    attributes: Mapping[str, str]
    event_source_arn: str = msgspec.field(name="eventSourceARN")
    message_attributes: Mapping[str, EventAttribute] = {}
    md5_of_body: str = ""

    @property
    def queue(self) -> str:
        """The name of the queue that it came from."""
        return self.event_source_arn.rpartition(":")[2]

    def message(self) -> RawMessage:
        """Return it as the queue itself shows it."""
        return RawMessage(
            message_id=self.message_id,
            receipt_handle=self.receipt_handle,
            body=self.body,
            md5_of_body=self.md5_of_body,
            attributes=self.attributes,
            message_attributes={
                name: {"DataType": each.data_type, "StringValue": each.string_value}
                for name, each in self.message_attributes.items()
            },
        )


class _SqsEvent(msgspec.Struct, frozen=True):
    records: tuple[EventRecord, ...] = msgspec.field(name="Records")


def records_of(event: Event) -> tuple[EventRecord, ...]:
    """Read an event.

    Raises:
        msgspec.ValidationError: It is none of SQS's.
    """
    return msgspec.convert(event, _SqsEvent).records


class Batch:
    """Tells, message by message, whether it may be handled, and in the end what comes back."""

    def __init__(self) -> None:
        self._broken: set[str] = set()
        self._failures: list[ItemFailure] = []

    def holds_back(self, record: EventRecord) -> bool:
        """Say whether an earlier message of its group failed."""
        return record.attributes.get(GROUP) in self._broken

    def fail(self, record: EventRecord) -> None:
        """Have it come back, and all that follow it in its group."""
        self._failures.append({"itemIdentifier": record.message_id})
        group = record.attributes.get(GROUP)
        if group is not None:
            self._broken.add(group)

    def response(self) -> Response:
        """Return what Lambda shall be told."""
        return {"batchItemFailures": self._failures}
