"""What observers read of the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from bus.values import Mode, OrderId, OrderState, SignalId
from handlers.records.base import Record
from handlers.records.control_hops import ControlHop
from handlers.records.lifecycle import FINAL
from handlers.records.views import WorkerView
from telemetry.stages import Stage

# An order that works for hours is told of once nothing has happened for this long.
QUIET_AFTER = timedelta(seconds=30)


class TrailEvent(Record, frozen=True, kw_only=True):
    """One hop."""

    n: int
    at: datetime
    stage: Stage
    to_state: OrderState | None
    actor: str


class Trail(Record, frozen=True, kw_only=True):
    """The way of one order so far: at least one event, in the order of their numbers.

    Attributes:
        hops: What the control plane did about it, in the order in which it began; of an order that
            works for long the newest hundred.
    """

    order_id: OrderId
    signal_id: SignalId | None
    broker: str
    mode: Mode
    symbol: str
    state: OrderState
    error_code: str | None
    trace_id: str
    traceparent: str
    events: tuple[TrailEvent, ...]
    hops: tuple[ControlHop, ...] = ()

    @property
    def moved_at(self) -> datetime:
        """When its last event happened."""
        return max(event.at for event in self.events)

    @property
    def last_at(self) -> datetime:
        """When anything happened to it, or somebody last looked after it."""
        return max([self.moved_at, *(hop.done_at for hop in self.hops)])

    def is_told(self, now: datetime) -> bool:
        """Say whether it is time to tell of it: it is over, or nothing happens for a while."""
        return self.state in FINAL or now - self.moved_at >= QUIET_AFTER


class Census(Record, frozen=True, kw_only=True):
    """How many of what there are at this moment; ages in seconds, 0 where there is none.

    Attributes:
        orders: Orders that are not over, by state.
        oldest: The age of the oldest order that is queued, or in doubt, by state.
        leases: Leases that run.
        taken_over: Leases so far that their holders did not give back.
        workers: Worker processes that are not gone, by state.
        unsent: Commands in the outbox that no worker has taken.
        comparisons: Accounts that were to be compared within the last day, by what came of it.
        differing: Accounts among them with differences that their owners have not acknowledged.
        found_fills: Fills that were found by comparing alone.
    """

    orders: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    oldest: Mapping[str, float] = msgspec.field(default_factory=dict[str, float])
    leases: int = 0
    taken_over: int = 0
    workers: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    unsent: int = 0
    comparisons: Mapping[str, int] = msgspec.field(default_factory=dict[str, int])
    differing: int = 0
    found_fills: int = 0


class HopTimes(Record, frozen=True, kw_only=True):
    """How long it took to come to a stage from the event before it, by nearest rank.

    Attributes:
        count: How many times it was come to.
    """

    stage: Stage
    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


class Operations(Record, frozen=True, kw_only=True):
    """What an operator sees of everybody.

    Attributes:
        workers: Worker processes that are not gone, those that were seen longest ago first.
        measured: How many orders the hops are of.
        hops: In the order of the path.
    """

    census: Census
    workers: tuple[WorkerView, ...] = ()
    measured: int = 0
    hops: tuple[HopTimes, ...] = ()


class AlertCount(Record, frozen=True, kw_only=True):
    """How many alerts came to the same outcome within a stretch of time."""

    outcome: str
    code: str | None
    count: int
