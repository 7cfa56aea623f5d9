"""Envelopes as SQS messages, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bus.base import Destination
from bus.codec import encode
from bus.raw import RawMessage
from bus.sqs.form import (
    allowed,
    body_of,
    dead_entry_of,
    dead_letter_of,
    entry_of,
    envelope_of,
    name_of,
)
from tests.contract.bus.letters import a_letter

if TYPE_CHECKING:
    from bus.base import DeadLetter
    from bus.envelope import Envelope

_ALLOWED = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def a_message(envelope: Envelope, **attributes: str) -> RawMessage:
    entry = entry_of(envelope, is_fifo=True)
    return RawMessage(
        message_id=str(uuid4()), receipt_handle="r", body=entry["MessageBody"],
        attributes={"ApproximateReceiveCount": "2", "SentTimestamp": "1500", **attributes},
    )  # fmt: skip


def aside(message: RawMessage) -> DeadLetter:
    return dead_letter_of(message, Destination.WORKER_CONTROL, max_attempts=3)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_travels_in_characters_that_sqs_takes(text: str) -> None:
    letter = a_letter(text)

    assert _ALLOWED.fullmatch(body_of(letter))
    assert envelope_of(a_message(letter)).message == letter.message


def test_a_message_counts_its_receives_as_attempts() -> None:
    assert envelope_of(a_message(a_letter(), ApproximateReceiveCount="3")).attempt == 3


def test_group_and_dedup_id_go_beside_the_body() -> None:
    entry = entry_of(a_letter(group="g", dedup_id="start:1"), is_fifo=True)

    assert (entry.get("MessageGroupId"), entry.get("MessageDeduplicationId")) == ("g", "start:1")


def test_a_standard_queue_gets_neither() -> None:
    assert entry_of(a_letter(), is_fifo=False).keys() == {"Id", "MessageBody"}


def test_the_trace_context_goes_in_an_attribute() -> None:
    letter = msgspec.structs.replace(a_letter(), traceparent=_TRACE)

    assert entry_of(letter, is_fifo=True).get("MessageAttributes") == {
        "traceparent": {"DataType": "String", "StringValue": _TRACE}
    }


@given(st.text(max_size=300))
def test_every_id_becomes_a_name_that_sqs_takes_always_the_same(text: str) -> None:
    try:
        name = name_of(text)
    except UnicodeEncodeError:
        return

    assert re.fullmatch("[!-~]{1,128}", name)
    assert name == name_of(text)


def test_a_fitting_id_is_its_own_name() -> None:
    assert name_of("verify:0192:1") == "verify:0192:1"


@given(st.text())
def test_a_reason_is_made_of_what_sqs_takes(text: str) -> None:
    assert _ALLOWED.fullmatch(allowed(text))


def test_a_letter_set_aside_by_us_tells_why() -> None:
    letter = a_letter()
    message = a_message(letter)
    entry = dead_entry_of(message, subject=letter.id, reason="no use", attempts=2, is_fifo=True)
    attributes = {
        name: {"StringValue": value.get("StringValue", ""), "DataType": "String"}
        for name, value in entry.get("MessageAttributes", {}).items()
    }

    dead = aside(msgspec.structs.replace(message, message_attributes=attributes))

    assert (dead.id, dead.reason, dead.attempts) == (letter.id, "no use", 2)
    assert (dead.dead_at_ns, dead.body) == (1_500_000_000, encode(letter))


def test_a_letter_set_aside_by_the_redrive_policy_had_all_its_attempts() -> None:
    letter = a_letter()

    dead = aside(a_message(letter, ApproximateReceiveCount="17"))

    assert (dead.id, dead.reason, dead.attempts) == (letter.id, "attempts_exhausted", 3)


def test_each_dead_letter_is_a_group_of_its_own() -> None:
    letter = a_letter(group="g")
    entry = dead_entry_of(
        a_message(letter), subject=letter.id, reason="r", attempts=1, is_fifo=True
    )

    assert entry.get("MessageGroupId") == entry.get("MessageDeduplicationId") == str(letter.id)


def test_bytes_that_are_no_envelope_are_shown_as_they_are() -> None:
    number = uuid4()

    dead = aside(RawMessage(message_id=str(number), receipt_handle="r", body="poison"))

    assert (dead.id, dead.envelope, dead.body) == (number, None, b"poison")


def test_hostile_attributes_spoil_no_listing() -> None:
    hostile = {name: {"StringValue": "x", "DataType": "String"} for name in ("attempts", "subject")}

    dead = aside(
        RawMessage(
            message_id="no id", receipt_handle="r", body="poison", message_attributes=hostile
        )
    )

    assert (dead.attempts, type(dead.id)) == (3, UUID)


def test_a_reason_is_cut_and_never_empty() -> None:
    reasons = [
        dead_entry_of(a_message(a_letter()), subject="s", reason=given, attempts=1, is_fifo=False)
        .get("MessageAttributes", {})["reason"]
        .get("StringValue")
        for given in ("x" * 5000, "")
    ]

    assert reasons == ["x" * 1000, "unknown"]
