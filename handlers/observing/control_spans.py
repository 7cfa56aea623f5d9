"""Folds what the control plane did about an order into spans. Pure, like `traces`, and for it.

A message that is handled while the order is on its way is a part of the order's trace, under the
span that it was sent under: what it carried says which. One that is handled hours later begins a
trace of its own, and links to the order instead.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from handlers.records.control_hops import FAILED
from telemetry.semantics import (
    ERROR_TYPE,
    MESSAGING_DESTINATION,
    MESSAGING_MESSAGE_ID,
    MESSAGING_OPERATION,
    MESSAGING_OPERATION_TYPE,
    MESSAGING_SYSTEM,
)
from telemetry.spans import Attribute, Kind, Link, SpanRecord, span_id_of, trace_id_of
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bus.values import OrderId
    from handlers.records.control_hops import ControlHop

LATER = timedelta(minutes=10)
"""What follows a rest as long as this is no part of the same trace."""
SERVICE = "control-plane"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an order's way without a long rest, and the span that its hops are parts of.

    Attributes:
        parent_id: The span that a message was sent under, as far as the order knows.
    """

    began: datetime
    ended: datetime
    whole: SpanRecord
    parent_id: str

    def holds(self, hop: ControlHop) -> bool:
        """Say whether a message was handled within it, or soon enough after it."""
        return self.began <= hop.done_at and hop.taken_at - self.ended < LATER


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message's spans belong."""

    trace_id: str
    parent_id: str | None
    links: tuple[Link, ...]


def spans_of_hop(
    hop: ControlHop, order: OrderId, stretches: Sequence[Stretch]
) -> tuple[SpanRecord, ...]:
    """Return the spans of a message: that it waited, told once, and that it was handled."""
    place = _place(hop, stretches)
    handled = _span(hop, order, place, verb="process")
    if hop.attempt > 1:
        return (handled,)
    return _span(hop, order, place, verb="receive"), handled


def _place(hop: ControlHop, stretches: Sequence[Stretch]) -> _Place:
    """Find a message's trace: that of the stretch it fell into, or one of its own."""
    first = stretches[0]
    held = [stretch for stretch in stretches if stretch.holds(hop)]
    sender = _sender(hop)
    # All orders of a trace wait for one worker: its spans are none of them's.
    about = () if hop.stage is Stage.WORKER_CONTROL else (first.whole.link,)
    if not held:
        links = _distinct(first.whole.link, sender)
        return _Place(trace_id=trace_id_of(hop.id), parent_id=None, links=links)
    stretch = held[-1]
    if sender is not None and sender.trace_id == stretch.whole.trace_id:
        return _Place(trace_id=sender.trace_id, parent_id=sender.span_id, links=about)
    return _Place(
        trace_id=stretch.whole.trace_id,
        parent_id=stretch.parent_id,
        links=_distinct(*about, sender),
    )


def _sender(hop: ControlHop) -> Link | None:
    if not hop.traceparent:
        return None
    return Link(trace_id=hop.trace_id, span_id=hop.sender_span_id)


def _distinct(*links: Link | None) -> tuple[Link, ...]:
    return tuple(dict.fromkeys(link for link in links if link is not None))


def _span(hop: ControlHop, order: OrderId, place: _Place, *, verb: str) -> SpanRecord:
    is_handling = verb == "process"
    error = (hop.code or hop.outcome.value) if is_handling and hop.outcome in FAILED else None
    start, end = (hop.taken_at, hop.done_at) if is_handling else (hop.sent_at, hop.taken_at)
    return SpanRecord(
        trace_id=place.trace_id,
        span_id=span_id_of(hop.id, hop.attempt, verb),
        parent_id=place.parent_id,
        name=f"{verb} {hop.destination}",
        kind=Kind.CONSUMER,
        service=SERVICE,
        # Two processes' clocks may differ by more than a message takes.
        start_ns=min(ns(start), ns(end)),
        end_ns=ns(end),
        attributes=_attributes(hop, order, verb, error),
        error=error,
        links=place.links,
    )


def _attributes(
    hop: ControlHop, order: OrderId, verb: str, error: str | None
) -> dict[str, Attribute]:
    attributes: dict[str, Attribute] = {
        "fourpass.stage": hop.stage.value,
        "fourpass.message": hop.message,
        "fourpass.attempt": hop.attempt,
        MESSAGING_SYSTEM: hop.system,
        MESSAGING_OPERATION: verb,
        MESSAGING_OPERATION_TYPE: verb,
        MESSAGING_DESTINATION: hop.destination,
        MESSAGING_MESSAGE_ID: str(hop.id),
    }
    if hop.stage is not Stage.WORKER_CONTROL:
        attributes["fourpass.order.id"] = str(order)
    if verb == "process":
        attributes["fourpass.outcome"] = hop.outcome.value
    if error is not None:
        attributes[ERROR_TYPE] = error
    return attributes


def ns(at: datetime) -> int:
    """Return an instant in nanoseconds since the epoch."""
    return (at - _EPOCH) // timedelta(microseconds=1) * 1000
