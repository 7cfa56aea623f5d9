"""What comes back of a batch: the first failure of a group and all that follows it there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambda_entry._batch import Batch, EventRecord, records_of

EVENTS = Path(__file__).parents[2] / "events"
QUEUE = "arn:aws:sqs:us-east-2:123456789012:fourpass-worker-control.fifo"


def captured(name: str) -> dict[str, Any]:
    return msgspec.json.decode((EVENTS / f"{name}.json").read_bytes())


def a_record(number: int, group: str | None) -> EventRecord:
    attributes = {} if group is None else {"MessageGroupId": group}
    return EventRecord(
        message_id=str(number),
        receipt_handle=f"receipt-{number}",
        body="",
        attributes=attributes,
        event_source_arn=QUEUE,
    )


def serve(messages: list[tuple[str | None, bool]]) -> tuple[list[int], list[int]]:
    """Return which messages were handled, and which came back."""
    batch, handled = Batch(), list[int]()
    for number, (group, is_well) in enumerate(messages):
        record = a_record(number, group)
        if batch.holds_back(record):
            batch.fail(record)
            continue
        handled.append(number)
        if not is_well:
            batch.fail(record)
    returned = [int(each["itemIdentifier"]) for each in batch.response()["batchItemFailures"]]
    return handled, returned


_FIFO = st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=10)
_STANDARD = st.lists(st.tuples(st.none(), st.booleans()), max_size=10)


@given(_FIFO)
def test_of_each_group_what_was_done_comes_before_what_comes_back(
    messages: list[tuple[str | None, bool]],
) -> None:
    _, returned = serve(messages)

    for group in {group for group, _ in messages}:
        fates = [n in returned for n, (of, _) in enumerate(messages) if of == group]
        assert fates == sorted(fates)


@given(_FIFO)
def test_exactly_the_first_failure_of_a_group_and_its_followers_come_back(
    messages: list[tuple[str | None, bool]],
) -> None:
    _, returned = serve(messages)

    broken: set[str | None] = set()
    expected: list[int] = []
    for number, (group, is_well) in enumerate(messages):
        if not is_well or group in broken:
            broken.add(group)
            expected.append(number)
    assert returned == expected


@given(_FIFO)
def test_nothing_is_handled_behind_a_failure_of_its_group(
    messages: list[tuple[str | None, bool]],
) -> None:
    handled, _ = serve(messages)

    for group in {group for group, _ in messages}:
        fates = [messages[n][1] for n in handled if messages[n][0] == group]
        assert all(fates[:-1])


@given(_STANDARD)
def test_of_a_standard_queue_only_failures_come_back(
    messages: list[tuple[str | None, bool]],
) -> None:
    handled, returned = serve(messages)

    assert handled == list(range(len(messages)))
    assert returned == [n for n, (_, is_well) in enumerate(messages) if not is_well]


def test_a_captured_event_of_a_fifo_queue_is_read() -> None:
    [record] = records_of(captured("sqs_fifo"))

    message = record.message()
    assert record.queue == "fourpass-worker-control.fifo"
    assert message.attributes["MessageGroupId"] == "1"
    assert message.message_attributes["traceparent"]["StringValue"].startswith("00-")
    assert message.body == "Test message."


def test_a_captured_event_of_a_standard_queue_is_read() -> None:
    records = records_of(captured("sqs_standard"))

    assert [record.queue for record in records] == ["fourpass-maintenance"] * 2
    assert len({record.message_id for record in records}) == 2


def test_an_event_of_something_else_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        records_of(captured("eventbridge_schedule"))
