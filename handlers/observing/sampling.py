"""Which traces are kept: everything remarkable, and of the rest the part that was asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from handlers.observing.traces import BAD
from handlers.records.control_hops import FAILED
from telemetry.stages import Stage

if TYPE_CHECKING:
    from handlers.records.control_hops import ControlHop
    from handlers.records.trails import Trail

SLOW = timedelta(seconds=1)
UNUSUAL = frozenset({Stage.TAKEN_OVER, Stage.RESOLVED})
_HEALED = Stage.MAINTENANCE_WORKER
# The part of a trace id that whoever makes it draws at random (W3C Trace Context, level 2).
_RANDOM_DIGITS = 14


def is_kept(trail: Trail, ratio: float) -> bool:
    """Say whether a trace is exported; all orders of one trace are judged alike by the ratio."""
    return is_remarkable(trail) or int(trail.trace_id[-_RANDOM_DIGITS:], 16) < _threshold(ratio)


def is_remarkable(trail: Trail) -> bool:
    """Say whether it went wrong, was slow to reach its venue, or took an unusual way."""
    if trail.state in BAD:
        return True
    if any(event.stage in UNUSUAL or event.to_state in BAD for event in trail.events):
        return True
    if any(is_unusual(hop) for hop in trail.hops):
        return True
    return (sent := time_to_send(trail)) is not None and sent >= SLOW


def is_unusual(hop: ControlHop) -> bool:
    """Say whether the control plane failed at it, or had something to heal."""
    return hop.outcome in FAILED or hop.stage is _HEALED


def time_to_send(trail: Trail) -> timedelta | None:
    """Return the time from the edge to the venue; `None` of an order that was not sent."""
    at = {event.stage: event.at for event in reversed(trail.events)}
    if Stage.EDGE_RECEIVED not in at or Stage.SENT not in at:
        return None
    return at[Stage.SENT] - at[Stage.EDGE_RECEIVED]


def _threshold(ratio: float) -> int:
    return int(ratio * 16**_RANDOM_DIGITS)
