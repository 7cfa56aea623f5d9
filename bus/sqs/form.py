"""Envelopes as SQS messages, and back: the body is the envelope."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from bus.base import EXHAUSTED, DeadLetter
from bus.codec import decode, encode, with_attempt
from bus.errors import UndecodableError

if TYPE_CHECKING:
    from types_aiobotocore_sqs.type_defs import (
        MessageAttributeValueTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

    from bus.base import Destination
    from bus.envelope import Envelope
    from bus.raw import RawMessage

REASON = "reason"
ATTEMPTS = "attempts"
SUBJECT = "subject"
TRACEPARENT = "traceparent"

_LONGEST_REASON = 1000
# SQS API reference, SendMessage: 1-128 letters, digits and ASCII punctuation.
_NAME = re.compile(r"[!-~]{1,128}")
# What a body or a string attribute may not contain: the rest of what the same page allows, since
# the allowed ranges themselves take ten times as long to compile.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def entry_of(envelope: Envelope, *, is_fifo: bool) -> SendMessageBatchRequestEntryTypeDef:
    """Return the entry that sends an envelope; its `Id` is the sender's to set."""
    entry: SendMessageBatchRequestEntryTypeDef = {"Id": "", "MessageBody": body_of(envelope)}
    if envelope.traceparent:
        entry["MessageAttributes"] = {TRACEPARENT: _text(envelope.traceparent)}
    if is_fifo:
        entry["MessageGroupId"] = name_of(envelope.group)
        entry["MessageDeduplicationId"] = name_of(envelope.dedup_id)
    return entry


def dead_entry_of(
    message: RawMessage, *, subject: UUID | str, reason: str, attempts: int, is_fifo: bool
) -> SendMessageBatchRequestEntryTypeDef:
    """Return the entry that sets a message aside.

    Each dead letter is a group of its own, so that looking at one hides no other; its dedup id is
    its subject, so that one set aside twice, as after a crash in between, is one.
    """
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": "0",
        "MessageBody": message.body,
        "MessageAttributes": {
            **_trace_of(message),
            REASON: _text(allowed(reason)[:_LONGEST_REASON] or "unknown"),
            ATTEMPTS: _text(str(attempts)),
            SUBJECT: _text(str(subject)),
        },
    }
    if is_fifo:
        entry["MessageGroupId"] = entry["MessageDeduplicationId"] = name_of(str(subject))
    return entry


def envelope_of(message: RawMessage) -> Envelope:
    """Return the envelope in a message, counted as the delivery that it is.

    Raises:
        UndecodableError: There is none.
    """
    return with_attempt(decode(message.body.encode()), receives_of(message))


def dead_letter_of(
    message: RawMessage, destination: Destination, *, max_attempts: int
) -> DeadLetter:
    """Return what was set aside: with a reason by us, without one by the redrive policy."""
    counted = _given(message, ATTEMPTS)
    attempts = int(counted) if counted.isdecimal() else max_attempts
    try:
        envelope = with_attempt(decode(message.body.encode()), attempts)
    except UndecodableError:
        envelope = None
    subject = _given(message, SUBJECT) or (str(envelope.id) if envelope else message.message_id)
    return DeadLetter(
        id=_as_id(subject),
        destination=destination,
        envelope=envelope,
        body=message.body.encode(),
        reason=_given(message, REASON) or EXHAUSTED,
        attempts=attempts,
        dead_at_ns=int(message.attributes.get("SentTimestamp", "0")) * 1_000_000,
    )


def subject_of(message: RawMessage) -> UUID | str:
    """Return what a dead letter of this message is known by: its envelope's id, if it has one."""
    try:
        return decode(message.body.encode()).id
    except UndecodableError:
        return message.message_id


def receives_of(message: RawMessage) -> int:
    """Return how often a message was received, this time included."""
    return int(message.attributes.get("ApproximateReceiveCount", "1"))


def body_of(envelope: Envelope) -> str:
    """Return the envelope's text; two characters that JSON allows and SQS does not are escaped."""
    text = encode(envelope).decode()
    return text.replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def name_of(name: str) -> str:
    """Return a group or dedup id as it is, or its digest where SQS would refuse it."""
    return name if _NAME.fullmatch(name) else sha256(name.encode()).hexdigest()


def allowed(text: str) -> str:
    """Replace what SQS refuses in a text."""
    return _FORBIDDEN.sub("\ufffd", text)


def _trace_of(message: RawMessage) -> dict[str, MessageAttributeValueTypeDef]:
    trace = _given(message, TRACEPARENT)
    return {TRACEPARENT: _text(trace)} if trace else {}


def _given(message: RawMessage, name: str) -> str:
    return message.message_attributes.get(name, {}).get("StringValue", "")


def _text(text: str) -> MessageAttributeValueTypeDef:
    return {"DataType": "String", "StringValue": text}


def _as_id(subject: str) -> UUID:
    try:
        return UUID(subject)
    except ValueError:
        return uuid5(NAMESPACE_URL, subject)
