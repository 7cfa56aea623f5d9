"""An order's way as spans."""

from __future__ import annotations

from uuid import UUID

from bus.values import OrderId, OrderState
from handlers.observing.traces import spans_of
from telemetry.spans import Kind, SpanRecord
from telemetry.stages import Stage
from tests.unit.handlers.observing.ways import FILLED, ORDER, SPAN_ID, TRACE_ID, a_look, way

HOUR = 3_600_000.0


def named(spans: tuple[SpanRecord, ...]) -> dict[str, SpanRecord]:
    return {span.name: span for span in spans}


def ms(span: SpanRecord) -> float:
    return (span.end_ns - span.start_ns) / 1_000_000


def test_every_hop_is_a_span_of_one_trace() -> None:
    spans = spans_of(way())

    assert [(span.name, span.service, ms(span)) for span in spans] == [
        ("POST /webhook/tradingview/{token}", "edge", 5),
        ("order", "worker", 38),
        ("send {user}.orders", "edge", 1),
        ("receive {user}.orders", "worker", 2),
        ("frozen", "worker", 2),
        ("claimed", "worker", 3),
        ("sent", "worker", 1),
        ("answered", "worker", 20),
        ("settled", "worker", 4),
    ]
    assert {span.trace_id for span in spans} == {TRACE_ID}
    assert len({span.span_id for span in spans}) == len(spans)


def test_alert_is_the_root_and_hops_belong_to_the_order() -> None:
    spans = named(spans_of(way()))
    alert, order = spans["POST /webhook/tradingview/{token}"], spans["order"]

    assert (alert.span_id, alert.parent_id, alert.kind) == (SPAN_ID, None, Kind.SERVER)
    assert order.parent_id == SPAN_ID
    assert {span.parent_id for span in spans.values() if span not in (alert, order)} == {
        order.span_id
    }


def test_every_span_but_the_alert_s_names_its_order() -> None:
    alert, *others = spans_of(way(hops=(a_look(40_000, 40_001),)))

    assert alert.name.startswith("POST ")
    assert {span.attributes["fourpass.order.id"] for span in others} == {str(ORDER)}


def test_what_is_received_links_to_what_was_sent() -> None:
    spans = named(spans_of(way()))

    sent, received = spans["send {user}.orders"], spans["receive {user}.orders"]
    assert (sent.kind, received.kind) == (Kind.PRODUCER, Kind.CONSUMER)
    assert received.links == (sent.link,)
    assert received.attributes["messaging.operation.type"] == "receive"
    assert spans["answered"].kind is Kind.CLIENT


def test_orders_of_one_alert_share_its_span_and_nothing_else() -> None:
    other = OrderId(UUID("0190a1b2-0000-7000-8000-000000000002"))
    first, second = spans_of(way()), spans_of(way(order_id=other))

    assert {span.span_id for span in first} & {span.span_id for span in second} == {SPAN_ID}


def test_same_way_gives_the_same_spans() -> None:
    assert spans_of(way()) == spans_of(way())


def test_refusal_is_an_error_with_its_code() -> None:
    refused = [*FILLED[:8], (Stage.SETTLED, 40.0, OrderState.REJECTED)]

    spans = named(spans_of(way(refused, error_code="insufficient_funds")))

    assert spans["order"].error == spans["settled"].error == "insufficient_funds"
    assert spans["settled"].attributes["error.type"] == "insufficient_funds"
    assert spans["answered"].error is None


def test_what_follows_hours_later_is_a_trace_of_its_own_with_a_link() -> None:
    worked = [
        *FILLED[:8],
        (Stage.SETTLED, 38.0, OrderState.ACCEPTED),
        (Stage.CANCEL_REQUESTED, HOUR, None),
        (Stage.CANCEL_SENT, HOUR + 2, None),
        (Stage.SETTLED, HOUR + 9, OrderState.CANCELLED),
    ]

    spans = spans_of(way(worked))

    first, later = (span for span in spans if span.name == "order")
    assert first.trace_id == TRACE_ID
    assert later.trace_id != TRACE_ID
    assert (later.parent_id, later.links) == (None, (first.link,))
    assert ms(first) == 38
    assert ms(later) == 9
    hops = [span.name for span in spans if span.trace_id == later.trace_id]
    assert hops == ["order", "cancel_sent", "settled"]


def test_order_by_hand_begins_at_the_api() -> None:
    assert spans_of(way(signal_id=None))[0].name == "POST /api/orders"


def test_second_leg_hangs_under_the_alert_that_it_comes_from() -> None:
    leg = [(stage, at, state) for stage, at, state in FILLED if stage is not Stage.EDGE_RECEIVED]

    spans = spans_of(way(leg))

    assert spans[0].name == "order"
    assert spans[0].parent_id == SPAN_ID


def test_clock_that_lags_gives_no_span_that_ends_before_it_begins() -> None:
    odd = [*FILLED[:3], (Stage.DELIVERED, 2.0, None), *FILLED[4:]]

    assert all(span.start_ns <= span.end_ns for span in spans_of(way(odd)))


def test_order_is_named_in_every_trace_of_it() -> None:
    assert named(spans_of(way()))["order"].attributes["fourpass.order.id"] == str(ORDER)
