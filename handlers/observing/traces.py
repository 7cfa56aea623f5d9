"""Folds an order's way into the spans of its trace. Pure: the same way gives the same spans.

A span runs from one hop to the next and is named after the hop it ends with, so that traces,
metrics, the timeline and the budgets speak of the same things. What follows hours later is a trace
of its own, linked to the first. What the control plane did meanwhile is `control_spans`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from bus.values import OrderState
from handlers.observing.control_spans import LATER, Stretch, ns, spans_of_hop
from telemetry.propagation import span_id_in
from telemetry.semantics import (
    ERROR_TYPE,
    HTTP_METHOD,
    HTTP_ROUTE,
    MESSAGING_MESSAGE_ID,
    MESSAGING_OPERATION,
    MESSAGING_OPERATION_TYPE,
    MESSAGING_SYSTEM,
    MESSAGING_TEMPLATE,
)
from telemetry.spans import Attribute, Kind, Link, SpanRecord, span_id_of, trace_id_of
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from handlers.records.control_hops import ControlHop
    from handlers.records.trails import Trail, TrailEvent

_HINTS = "{user}.orders"
_AT_VENUE = frozenset({Stage.ANSWERED, Stage.RESOLVED, Stage.CANCEL_SENT})

BAD = frozenset(
    {
        OrderState.REJECTED,
        OrderState.DENIED,
        OrderState.EXPIRED,
        OrderState.NOT_PLACED,
        OrderState.UNKNOWN,
        OrderState.NEEDS_REVIEW,
    }
)


def spans_of(trail: Trail) -> tuple[SpanRecord, ...]:
    """Return every span of an order's way, the alert's own among them."""
    alert = _alert(trail)
    spans = [] if alert is None else [alert]
    for stretch, events in zip(stretches_of(trail), _parts(trail.events), strict=True):
        spans += [stretch.whole, *_hops(trail, events, stretch.whole)]
    return (*spans, *control_spans_of(trail, trail.hops))


def control_spans_of(trail: Trail, hops: Iterable[ControlHop]) -> tuple[SpanRecord, ...]:
    """Return the spans of what the control plane did about an order."""
    stretches = stretches_of(trail)
    return tuple(span for hop in hops for span in spans_of_hop(hop, trail.order_id, stretches))


def stretches_of(trail: Trail) -> list[Stretch]:
    """Return the parts of an order's way: the first is the alert's trace, each later its own."""
    root = span_id_in(trail.traceparent)
    first, *later = _parts(trail.events)
    whole = _whole(trail, first, trace_id=trail.trace_id, parent_id=root)
    stretches = [_stretch(first, whole, parent_id=root)]
    for events in later:
        trace_id = trace_id_of(trail.order_id, events[0].n)
        after = _whole(trail, events, trace_id=trace_id, parent_id=None, links=(whole.link,))
        stretches.append(_stretch(events, after, parent_id=after.span_id))
    return stretches


def _stretch(events: Sequence[TrailEvent], whole: SpanRecord, *, parent_id: str) -> Stretch:
    times = [event.at for event in events]
    return Stretch(began=min(times), ended=max(times), whole=whole, parent_id=parent_id)


def _parts(events: Sequence[TrailEvent]) -> list[list[TrailEvent]]:
    """Cut the way where nothing happened for long."""
    stretches = [[events[0]]]
    for before, event in pairwise(events):
        if event.at - before.at >= LATER:
            stretches.append([])
        stretches[-1].append(event)
    return stretches


def _alert(trail: Trail) -> SpanRecord | None:
    """Return the edge's part of it, which all orders of an alert share."""
    at = {event.stage: event.at for event in trail.events}
    if Stage.EDGE_RECEIVED not in at or Stage.EDGE_RECORDED not in at:
        return None
    route = "/api/orders" if trail.signal_id is None else "/webhook/tradingview/{token}"
    return SpanRecord(
        trace_id=trail.trace_id,
        span_id=span_id_in(trail.traceparent),
        parent_id=None,
        name=f"POST {route}",
        kind=Kind.SERVER,
        service="edge",
        start_ns=ns(at[Stage.EDGE_RECEIVED]),
        end_ns=ns(at[Stage.EDGE_RECORDED]),
        attributes={
            HTTP_METHOD: "POST",
            HTTP_ROUTE: route,
            **({} if trail.signal_id is None else {"fourpass.signal.id": str(trail.signal_id)}),
        },
    )


def _whole(
    trail: Trail,
    stretch: Sequence[TrailEvent],
    *,
    trace_id: str,
    parent_id: str | None,
    links: tuple[Link, ...] = (),
) -> SpanRecord:
    """Return the span that a stretch's hops are parts of."""
    return SpanRecord(
        trace_id=trace_id,
        span_id=span_id_of(trail.order_id, stretch[0].n, "order"),
        parent_id=parent_id,
        name="order",
        kind=Kind.INTERNAL,
        service=_service(stretch[-1]),
        start_ns=ns(min(event.at for event in stretch)),
        end_ns=ns(max(event.at for event in stretch)),
        attributes={
            "fourpass.order.id": str(trail.order_id),
            "fourpass.order.state": trail.state.value,
            "fourpass.broker": trail.broker,
            "fourpass.mode": trail.mode.value,
            "fourpass.symbol": trail.symbol,
        },
        error=(trail.error_code or trail.state.value) if trail.state in BAD else None,
        links=links,
    )


def _hops(trail: Trail, stretch: Sequence[TrailEvent], whole: SpanRecord) -> Iterator[SpanRecord]:
    for before, event in pairwise(stretch):
        if event.stage is Stage.EDGE_RECORDED:
            continue
        yield _hop(trail, before, event, whole)


def _hop(trail: Trail, before: TrailEvent, event: TrailEvent, whole: SpanRecord) -> SpanRecord:
    is_bad = event.to_state in BAD
    error = (trail.error_code or str(event.to_state)) if is_bad else None
    name, kind, attributes = _described(trail, event)
    if error is not None:
        attributes[ERROR_TYPE] = error
    return SpanRecord(
        trace_id=whole.trace_id,
        span_id=span_id_of(trail.order_id, event.n),
        parent_id=whole.span_id,
        name=name,
        kind=kind,
        service=_service(event),
        # Two processes' clocks may differ by more than a hop takes.
        start_ns=min(ns(before.at), ns(event.at)),
        end_ns=ns(event.at),
        attributes=attributes,
        error=error,
        links=_caused_by(trail, before, event, whole),
    )


def _described(trail: Trail, event: TrailEvent) -> tuple[str, Kind, dict[str, Attribute]]:
    attributes: dict[str, Attribute] = {
        "fourpass.stage": event.stage.value,
        "fourpass.order.id": str(trail.order_id),
    }
    if event.to_state is not None:
        attributes["fourpass.order.state"] = event.to_state.value
    match event.stage:
        case Stage.HINTED | Stage.DELIVERED:
            verb = "send" if event.stage is Stage.HINTED else "receive"
            attributes |= {
                MESSAGING_SYSTEM: "valkey",
                MESSAGING_OPERATION: verb,
                MESSAGING_OPERATION_TYPE: verb,
                MESSAGING_TEMPLATE: _HINTS,
                MESSAGING_MESSAGE_ID: str(trail.order_id),
            }
            kind = Kind.PRODUCER if event.stage is Stage.HINTED else Kind.CONSUMER
            return f"{verb} {_HINTS}", kind, attributes
        case stage if stage in _AT_VENUE:
            attributes["fourpass.broker"] = trail.broker
            return stage.value, Kind.CLIENT, attributes
        case stage:
            return stage.value, Kind.INTERNAL, attributes


def _caused_by(
    trail: Trail, before: TrailEvent, event: TrailEvent, whole: SpanRecord
) -> tuple[Link, ...]:
    """Link what was received to what was sent."""
    if event.stage is not Stage.DELIVERED or before.stage is not Stage.HINTED:
        return ()
    return (Link(trace_id=whole.trace_id, span_id=span_id_of(trail.order_id, before.n)),)


def _service(event: TrailEvent) -> str:
    """Return the kind of process that it happened in; a worker writes down what the edge did."""
    return "edge" if event.stage is Stage.HINTED else event.actor.partition(":")[0]
