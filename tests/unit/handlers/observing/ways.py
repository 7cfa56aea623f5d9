"""Ways of orders, for tests: stages and the milliseconds at which they were passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bus.values import Mode, OrderId, OrderState, SignalId
from handlers.records.control_hops import ControlHop, HopOutcome
from handlers.records.trails import Trail, TrailEvent
from telemetry.stages import Stage

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SPAN_ID = "b7ad6b7169203331"
ORDER = OrderId(UUID("0190a1b2-0000-7000-8000-000000000001"))
SIGNAL = SignalId(UUID("0190a1b2-0000-7000-8000-0000000000aa"))

# Stage, milliseconds since the first, state it led to.
FILLED: list[tuple[Stage, float, OrderState | None]] = [
    (Stage.EDGE_RECEIVED, 0, None),
    (Stage.EDGE_RECORDED, 5, OrderState.QUEUED),
    (Stage.HINTED, 6, None),
    (Stage.DELIVERED, 8, None),
    (Stage.FROZEN, 10, None),
    (Stage.CLAIMED, 13, OrderState.SENDING),
    (Stage.SENT, 14, None),
    (Stage.ANSWERED, 34, None),
    (Stage.SETTLED, 38, OrderState.FILLED),
]


def at(ms: float) -> datetime:
    return BEGAN + timedelta(milliseconds=ms)


def a_hop(taken: float, done: float, *, sent: float = 0, **fields: Any) -> ControlHop:
    """Make a handled message of the order's trace; times are milliseconds since it began."""
    told: dict[str, Any] = {
        "id": UUID(int=int(taken * 1000) + 1),
        "attempt": 1,
        "stage": Stage.WORKER_CONTROL,
        "message": "start_worker",
        "destination": "worker-control",
        "system": "valkey",
        "traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01",
        "outcome": HopOutcome.DONE,
    }
    return ControlHop(sent_at=at(sent), taken_at=at(taken), done_at=at(done), **(told | fields))


def a_look(taken: float, done: float, **fields: Any) -> ControlHop:
    """Make a look at the order's fills."""
    look: dict[str, Any] = {
        "stage": Stage.ORDER_TASKS, "message": "verify_order", "destination": "order-tasks",
    }  # fmt: skip
    return a_hop(taken, done, **(look | fields))


def a_healing(taken: float, done: float, **fields: Any) -> ControlHop:
    """Make the healing of a finding about the order."""
    healing: dict[str, Any] = {
        "stage": Stage.MAINTENANCE_WORKER, "message": "heal_orphan", "destination": "maintenance",
    }  # fmt: skip
    return a_hop(taken, done, **(healing | fields))


def way(stages: list[tuple[Stage, float, OrderState | None]] | None = None, **fields: Any) -> Trail:
    passed = FILLED if stages is None else stages
    states = [state for _, _, state in passed if state is not None]
    asked: dict[str, Any] = {
        "order_id": ORDER,
        "signal_id": SIGNAL,
        "broker": "paper",
        "mode": Mode.PAPER,
        "symbol": "BTCUSDT",
        "state": states[-1],
        "error_code": None,
        "trace_id": TRACE_ID,
        "traceparent": f"00-{TRACE_ID}-{SPAN_ID}-01",
        "events": tuple(
            TrailEvent(
                n=n,
                at=at(ms),
                stage=stage,
                to_state=state,
                actor="edge" if n < 3 else "worker:0190a1b2",
            )
            for n, (stage, ms, state) in enumerate(passed, 1)
        ),
    }
    return Trail(**(asked | fields))
