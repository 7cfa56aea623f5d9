"""Which traces are kept."""

from __future__ import annotations

import secrets

import pytest

from bus.values import OrderState
from handlers.observing.sampling import is_kept, is_remarkable
from handlers.records.control_hops import ControlHop, HopOutcome
from telemetry.stages import Stage
from tests.unit.handlers.observing.ways import FILLED, a_healing, a_hop, a_look, way

LATE = [(stage, ms if n < 6 else ms + 1000, state) for n, (stage, ms, state) in enumerate(FILLED)]
DOUBTED = [
    *FILLED[:7],
    (Stage.ANSWERED, 5000.0, OrderState.UNKNOWN),
    (Stage.RESOLVED, 6000.0, OrderState.FILLED),
]
TAKEN = [*FILLED[:6], (Stage.TAKEN_OVER, 20.0, None), *FILLED[6:]]


def test_plain_order_is_kept_only_as_often_as_asked() -> None:
    assert not is_kept(way(), 0.0)
    assert is_kept(way(), 1.0)


@pytest.mark.parametrize("hops", [LATE, DOUBTED, TAKEN], ids=["slow", "in doubt", "taken over"])
def test_unusual_way_is_always_kept(hops: list[tuple[Stage, float, OrderState | None]]) -> None:
    assert is_kept(way(hops), 0.0)


@pytest.mark.parametrize(
    "state", ["rejected", "denied", "expired", "not_placed", "unknown", "needs_review"]
)
def test_what_went_wrong_is_always_kept(state: str) -> None:
    assert is_kept(way(state=OrderState(state)), 0.0)


@pytest.mark.parametrize(
    "hop",
    [
        a_healing(50, 52),
        a_hop(7, 9, outcome=HopOutcome.AGAIN),
        a_look(50, 52, outcome=HopOutcome.SET_ASIDE),
    ],
    ids=["healed", "start that failed", "look that was set aside"],
)
def test_order_that_the_control_plane_had_trouble_with_is_always_kept(hop: ControlHop) -> None:
    assert is_kept(way(hops=(hop,)), 0.0)


def test_order_whose_worker_was_started_and_that_was_looked_after_is_plain() -> None:
    assert not is_kept(way(hops=(a_hop(7, 9), a_look(50, 52))), 0.0)


def test_plain_order_is_not_remarkable() -> None:
    assert not is_remarkable(way())


def test_ratio_is_the_part_of_all_traces() -> None:
    traces = [way(trace_id=secrets.token_hex(16)) for _ in range(4000)]

    kept = sum(is_kept(trail, 0.25) for trail in traces)

    # Nine standard deviations on either side: it fails once in more runs than there will be.
    assert 750 < kept < 1250


def test_orders_of_one_trace_are_judged_alike() -> None:
    for _ in range(100):
        trace_id = secrets.token_hex(16)
        assert is_kept(way(trace_id=trace_id), 0.5) == is_kept(
            way(trace_id=trace_id, symbol="ETHUSDT"), 0.5
        )
