"""The envelope a message travels in, with all that a transport needs to keep its promises."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from bus.ids import uuid7
from bus.messages import Message
from telemetry.propagation import trace_id_in

if TYPE_CHECKING:
    from bus.values import Clock, OrderId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message on its way.

    Attributes:
        id: Unique to this envelope.
        message: What is asked.
        group: Messages of one group are delivered in order, one at a time; here the user's id.
        dedup_id: Two envelopes with one dedup id within 300 s are delivered once (SQS FIFO's rule).
        sent_at_ns: Nanoseconds since the epoch, UTC.
        deadline_ns: After this instant nobody wants it any more; `None` is for ever.
        traceparent: W3C trace context, version 00, or an empty string.
        attempt: The delivery's count, 1 at first; a transport fills it in on delivery.
    """

    id: UUID
    message: Message
    group: str
    dedup_id: str
    sent_at_ns: int
    deadline_ns: int | None = None
    traceparent: str = ""
    attempt: int = 1


class InTrace(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is sent in another trace than that of what led to it: an order's own."""

    message: Message
    traceparent: str


Result = Message | InTrace
"""What a handler returns."""


def as_ns(instant: datetime) -> int:
    """Return an aware instant as integer nanoseconds since the epoch, exactly."""
    passed = instant - _EPOCH
    return ((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds) * 1_000


def order_of(envelope: Envelope) -> OrderId | None:
    """Return the order that an envelope is about; of a message that an order caused, that one."""
    message = envelope.message
    return getattr(message, "order_id", None) or getattr(message, "cause", None)


def named(envelope: Envelope) -> dict[str, str]:
    """Return what a line of a log says of an envelope: what, whose, which order, which trace."""
    message, order = envelope.message, order_of(envelope)
    return {
        "type": type(message).__name__,
        "user_id": envelope.group,
        **({} if order is None else {"order_id": str(order)}),
        **({"trace_id": trace_id_in(envelope.traceparent)} if envelope.traceparent else {}),
    }


def seal(
    message: Message,
    *,
    clock: Clock,
    dedup_id: str,
    deadline: datetime | None = None,
    traceparent: str = "",
) -> Envelope:
    """Put a message into an envelope of its user's group."""
    sent_at_ns = as_ns(clock.now())
    return Envelope(
        id=uuid7(sent_at_ns),
        message=message,
        group=str(message.user_id),
        dedup_id=dedup_id,
        sent_at_ns=sent_at_ns,
        deadline_ns=None if deadline is None else as_ns(deadline),
        traceparent=traceparent,
    )
