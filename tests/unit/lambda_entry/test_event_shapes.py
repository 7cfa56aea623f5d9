"""The events that tests use have the fields that AWS says its own have: `tests/events/README.md`.

What is compared is each field's name and type. What plays AWS on one machine is held to the same.
"""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING, Any, cast

import pytest

from bus.raw import RawMessage
from infra.local.control.functions import schedule_event, sqs_event
from lambda_entry._batch import records_of
from tests.builders import ManualClock
from tests.unit.lambda_entry.test_batch import captured

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
RECORD = frozenset(
    [
        "messageId:str", "receiptHandle:str", "body:str", "md5OfBody:str",
        "messageAttributes:dict", "eventSource:str", "eventSourceARN:str", "awsRegion:str",
        "attributes:dict", "attributes.ApproximateReceiveCount:str",
        "attributes.SentTimestamp:str", "attributes.SenderId:str",
        "attributes.ApproximateFirstReceiveTimestamp:str",
    ]
)  # fmt: skip
FIFO_RECORD = RECORD | frozenset(
    [
        "attributes.SequenceNumber:str", "attributes.MessageGroupId:str",
        "attributes.MessageDeduplicationId:str", "md5OfMessageAttributes:str",
        "messageAttributes.traceparent:dict", "messageAttributes.traceparent.dataType:str",
        "messageAttributes.traceparent.stringValue:str",
        "messageAttributes.traceparent.stringListValues:list",
        "messageAttributes.traceparent.binaryListValues:list",
    ]
)  # fmt: skip
SCHEDULE = frozenset(
    [
        "version:str", "id:str", "detail-type:str", "source:str", "account:str", "time:str",
        "region:str", "resources:list", "detail:dict",
    ]
)  # fmt: skip


def fields_of(event: Mapping[str, Any], within: str = "") -> frozenset[str]:
    """Return the names of all fields, with their types."""
    found: set[str] = set()
    for name, value in event.items():
        found.add(f"{within}{name}:{type(value).__name__}")
        if isinstance(value, dict):
            found |= fields_of(cast("dict[str, Any]", value), f"{within}{name}.")
    return frozenset(found)


@pytest.mark.parametrize(
    ("name", "published"), [("sqs_standard", RECORD), ("sqs_fifo", FIFO_RECORD)]
)
def test_a_message_has_the_fields_that_aws_publishes(name: str, published: frozenset[str]) -> None:
    event = captured(name)

    assert fields_of(event) == {"Records:list"}
    assert {fields_of(record) for record in event["Records"]} == {published}


def test_a_schedule_has_the_fields_that_aws_publishes() -> None:
    event = captured("eventbridge_schedule")

    assert fields_of(event) == SCHEDULE
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")


@pytest.mark.parametrize("name", ["sqs_standard", "sqs_fifo"])
def test_what_plays_aws_writes_an_event_as_aws_does(name: str) -> None:
    event = captured(name)
    arn = event["Records"][0]["eventSourceARN"]
    received = [_as_received(record) for record in event["Records"]]

    assert sqs_event(arn, received) == event


def test_what_plays_aws_writes_a_schedule_as_aws_does() -> None:
    written = schedule_event("my-scheduled-rule", ManualClock())

    assert fields_of(written) == SCHEDULE
    for name in ("version", "detail-type", "source"):
        assert written[name] == captured("eventbridge_schedule")[name]


def test_digests_are_those_that_sqs_makes() -> None:
    [record] = captured("sqs_fifo")["Records"]

    assert record["md5OfBody"] == md5(record["body"].encode()).hexdigest()
    assert record["md5OfMessageAttributes"] == _digest("traceparent", TEXT)
    # One that SQS made: of an attribute of somebody else's, in a public event.
    assert _digest("someattr", "someval") == "1e4b169c724503f3886d943e5bbe88e5"


def test_what_aws_sends_beside_them_is_read_over() -> None:
    [record] = captured("sqs_fifo")["Records"]
    traced = record["attributes"] | {"AWSTraceHeader": "Root=1-5759e988-bd862e3fe1be46a994272793"}
    more = record | {"attributes": traced, "md5OfMessageAttributes": None}

    [read] = records_of({"Records": [more]})

    assert read.message_id == record["messageId"]


def _as_received(record: dict[str, Any]) -> RawMessage:
    """Return the message as the queue's own server shows it."""
    return RawMessage(
        message_id=record["messageId"],
        receipt_handle=record["receiptHandle"],
        body=record["body"],
        md5_of_body=record["md5OfBody"],
        md5_of_message_attributes=record.get("md5OfMessageAttributes", ""),
        attributes=record["attributes"],
        message_attributes={
            name: {"DataType": each["dataType"], "StringValue": each["stringValue"]}
            for name, each in record["messageAttributes"].items()
        },
    )


def _digest(name: str, text: str) -> str:
    """MD5 of one attribute (SQS developer guide, "Calculating the MD5 message digest")."""
    parts = (name.encode(), b"String", text.encode())
    named, kind, value = (len(part).to_bytes(4) + part for part in parts)
    return md5(named + kind + b"\x01" + value).hexdigest()
