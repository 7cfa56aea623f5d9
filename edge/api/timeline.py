"""An order's timeline as the API prints it: its hops, and what the control plane did about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bus.values import OrderState
from handlers.records.control_hops import HopOutcome
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.records.control_hops import ControlHop
    from handlers.records.views import OrderEvent

_MILLISECOND = timedelta(milliseconds=1)


class EventBody(msgspec.Struct, frozen=True, kw_only=True):
    """One hop of an order, and how long after the one before it was passed."""

    n: int
    at: datetime
    stage: Stage
    from_state: OrderState | None
    to_state: OrderState | None
    actor: str
    ms_since_previous: float | None
    evidence: dict[str, Any]


class ControlHopBody(msgspec.Struct, frozen=True, kw_only=True):
    """One message that the control plane handled about an order.

    Attributes:
        at: When it was taken up.
        message: What was asked: `start_worker`, `claim_worker`, `verify_order`, `heal_orphan`.
        attempt: Which of its deliveries this was, 1 at first.
        waited_ms: From its sending until it was taken up; looks are held back for 30 s.
        took_ms: Until it was handled.
        code: What went wrong, as the error's name.
    """

    at: datetime
    stage: Stage
    message: str
    attempt: int
    waited_ms: float
    took_ms: float
    outcome: HopOutcome
    code: str | None


def event_bodies(events: Sequence[OrderEvent]) -> list[EventBody]:
    """Print a timeline; an event's distance is from the one before it, by time."""
    before: datetime | None = None
    bodies: list[EventBody] = []
    for event in events:
        bodies.append(
            EventBody(
                n=event.n,
                at=event.at,
                stage=event.stage,
                from_state=event.from_state,
                to_state=event.to_state,
                actor=event.actor,
                ms_since_previous=None if before is None else _ms(event.at - before),
                evidence=event.evidence,
            )
        )
        before = event.at
    return bodies


def control_hop_bodies(hops: Sequence[ControlHop]) -> list[ControlHopBody]:
    """Print what the control plane did, oldest first; two clocks that differ are no wait."""
    return [
        ControlHopBody(
            at=hop.taken_at,
            stage=hop.stage,
            message=hop.message,
            attempt=hop.attempt,
            waited_ms=max(0.0, _ms(hop.taken_at - hop.sent_at)),
            took_ms=max(0.0, _ms(hop.done_at - hop.taken_at)),
            outcome=hop.outcome,
            code=hop.code,
        )
        for hop in hops
    ]


def _ms(passed: timedelta) -> float:
    return round(passed / _MILLISECOND, 3)
