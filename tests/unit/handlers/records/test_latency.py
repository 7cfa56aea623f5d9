"""Percentiles of hops, by nearest rank."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bus.ids import uuid7
from bus.values import Mode, OrderId, OrderState
from handlers.records.latency import hop_times
from handlers.records.trails import Trail, TrailEvent
from telemetry.stages import Stage

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_trail(*hops: tuple[Stage, float]) -> Trail:
    """Make a way whose hops come these milliseconds after the one before."""
    at, events = START, list[TrailEvent]()
    for n, (stage, ms) in enumerate(hops, start=1):
        at += timedelta(milliseconds=ms)
        events.append(TrailEvent(n=n, at=at, stage=stage, to_state=None, actor="edge"))
    return Trail(
        order_id=OrderId(uuid7()),
        signal_id=None,
        broker="paper",
        mode=Mode.PAPER,
        symbol="BTCUSDT",
        state=OrderState.FILLED,
        error_code=None,
        trace_id="0" * 32,
        traceparent="",
        events=tuple(events),
    )


def test_a_hundred_orders_have_their_ranks() -> None:
    trails = [a_trail((Stage.EDGE_RECEIVED, 0), (Stage.SENT, ms)) for ms in range(1, 101)]

    (sent,) = hop_times(reversed(trails))

    assert (sent.stage, sent.count) == (Stage.SENT, 100)
    assert (sent.p50_ms, sent.p95_ms, sent.p99_ms, sent.max_ms) == (50, 95, 99, 100)


def test_one_order_is_every_percentile_and_hops_stand_in_the_order_of_the_path() -> None:
    hops = hop_times(
        [
            a_trail((Stage.EDGE_RECEIVED, 0), (Stage.SENT, 7), (Stage.ANSWERED, 3)),
            a_trail((Stage.EDGE_RECEIVED, 0), (Stage.EDGE_RECORDED, 2)),
        ]
    )

    assert [(hop.stage, hop.p50_ms, hop.p99_ms) for hop in hops] == [
        (Stage.EDGE_RECORDED, 2, 2),
        (Stage.SENT, 7, 7),
        (Stage.ANSWERED, 3, 3),
    ]


def test_a_clock_that_runs_behind_makes_no_negative_time() -> None:
    (sent,) = hop_times([a_trail((Stage.EDGE_RECEIVED, 0), (Stage.SENT, -4))])

    assert (sent.p50_ms, sent.max_ms) == (0, 0)


def test_nothing_happened() -> None:
    assert hop_times([]) == ()
