"""What the control plane did about an order, as spans."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from bus.values import OrderId, OrderState
from handlers.observing.traces import spans_of
from handlers.records.control_hops import HopOutcome
from telemetry.spans import Kind, Link, SpanRecord
from telemetry.stages import Stage
from tests.unit.handlers.observing.ways import (
    FILLED,
    ORDER,
    SPAN_ID,
    TRACE_ID,
    a_healing,
    a_hop,
    a_look,
    way,
)

if TYPE_CHECKING:
    from handlers.records.control_hops import ControlHop

HOUR = 3_600_000.0
WORKING = [*FILLED[:8], (Stage.SETTLED, 38.0, OrderState.ACCEPTED)]
SENT_UNDER = Link(trace_id=TRACE_ID, span_id=SPAN_ID)


def told(*hops: ControlHop) -> tuple[list[SpanRecord], SpanRecord]:
    """Return the control plane's spans of a working order, and the order's own."""
    spans = spans_of(way(WORKING, hops=hops))
    [order] = [span for span in spans if span.name == "order"]
    return [span for span in spans if span.service == "control-plane"], order


def test_start_is_a_part_of_the_trace_under_the_span_it_was_sent_under() -> None:
    spans, _ = told(a_hop(7, 9, sent=6))

    assert [(span.name, span.start_ns % 10**9, span.end_ns % 10**9) for span in spans] == [
        ("receive worker-control", 6_000_000, 7_000_000),
        ("process worker-control", 7_000_000, 9_000_000),
    ]
    assert {(span.trace_id, span.parent_id, span.links) for span in spans} == {
        (TRACE_ID, SPAN_ID, ())
    }
    assert {span.kind for span in spans} == {Kind.CONSUMER}


def test_conventions_of_messaging_are_kept_and_the_stage_is_named() -> None:
    hop = a_hop(7, 9, system="aws_sqs")
    [_, handled], _ = told(hop)

    assert handled.attributes == {
        "fourpass.stage": "worker_control",
        "fourpass.message": "start_worker",
        "fourpass.attempt": 1,
        "fourpass.outcome": "done",
        "messaging.system": "aws_sqs",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "worker-control",
        "messaging.message.id": str(hop.id),
    }


@pytest.mark.parametrize("make", [a_look, a_healing], ids=["look", "healing"])
def test_what_comes_soon_is_in_the_trace_and_links_to_the_order(make: type) -> None:
    spans, order = told(make(30_000, 30_004))

    assert {(span.trace_id, span.parent_id) for span in spans} == {(TRACE_ID, SPAN_ID)}
    assert {span.links for span in spans} == {(order.link,)}
    assert {span.attributes["fourpass.order.id"] for span in spans} == {str(ORDER)}


@pytest.mark.parametrize("make", [a_look, a_healing, a_hop], ids=["look", "healing", "start"])
def test_what_comes_hours_later_is_a_trace_of_its_own_with_links_and_no_parent(make: type) -> None:
    spans, order = told(make(HOUR, HOUR + 4), make(2 * HOUR, 2 * HOUR + 4))

    assert len({span.trace_id for span in spans}) == 2
    assert TRACE_ID not in {span.trace_id for span in spans}
    assert {(span.parent_id, span.links) for span in spans} == {(None, (order.link, SENT_UNDER))}


def test_what_happens_with_a_later_part_of_the_way_is_in_that_part_s_trace() -> None:
    cancelled = [
        *WORKING,
        (Stage.CANCEL_REQUESTED, HOUR, None),
        (Stage.CANCEL_SENT, HOUR + 9, None),
    ]

    spans = spans_of(way(cancelled, hops=(a_look(HOUR + 3, HOUR + 5),)))

    first, later = (span for span in spans if span.name == "order")
    looks = [span for span in spans if span.service == "control-plane"]
    assert {(span.trace_id, span.parent_id) for span in looks} == {(later.trace_id, later.span_id)}
    assert {span.links for span in looks} == {(first.link, SENT_UNDER)}


def test_message_of_another_trace_is_shown_with_the_order_and_linked() -> None:
    other = Link(trace_id="1" * 32, span_id="2" * 16)

    spans, _ = told(a_hop(7, 9, traceparent=f"00-{other.trace_id}-{other.span_id}-01"))

    assert {(span.trace_id, span.parent_id, span.links) for span in spans} == {
        (TRACE_ID, SPAN_ID, (other,))
    }


def test_each_further_try_is_a_span_and_the_wait_is_told_once() -> None:
    first = a_hop(7, 9, outcome=HopOutcome.AGAIN, code="LauncherUnavailableError")
    second = a_hop(2009, 2012, id=first.id, attempt=2)

    spans, _ = told(first, second)

    assert [(span.name, span.error) for span in spans] == [
        ("receive worker-control", None),
        ("process worker-control", "LauncherUnavailableError"),
        ("process worker-control", None),
    ]
    assert spans[1].attributes["error.type"] == "LauncherUnavailableError"
    assert len({span.span_id for span in spans}) == 3


def test_orders_of_an_alert_share_the_start_of_their_worker() -> None:
    hop = a_hop(7, 9)
    first = spans_of(way(hops=(hop,)))
    other = spans_of(way(order_id=OrderId(UUID(int=7)), hops=(hop,)))

    starts = [[span for span in each if "worker-control" in span.name] for each in (first, other)]
    assert starts[0] == starts[1]


def test_clock_that_lags_gives_no_span_that_ends_before_it_begins() -> None:
    spans, _ = told(a_hop(7, 9, sent=8))

    assert all(span.start_ns <= span.end_ns for span in spans)
