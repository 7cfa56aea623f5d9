"""What an order's way says in numbers: the metrics that are counted rather than read."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

from bus.values import Mode, OrderState
from handlers.observing.sampling import UNUSUAL, time_to_send
from handlers.observing.traces import BAD
from handlers.records.alerts import SignalOutcome
from handlers.records.control_hops import FAILED
from handlers.records.lifecycle import FINAL
from telemetry.stages import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from handlers.observing.follower import News
    from handlers.records.control_hops import ControlHop
    from handlers.records.trails import AlertCount, TrailEvent
    from telemetry.meters import Meters

_IN_DOUBT = OrderState.UNKNOWN.value


class Measures:
    """The instruments, by the names of `telemetry.stages`."""

    def __init__(self, meters: Meters, *, brokers: Iterable[str] = ()) -> None:
        self._hops = meters.seconds("fourpass.hop.duration", "From one hop to the next, by hop")
        self._errors = meters.counter(
            "fourpass.hop.errors", "Hops that went wrong, by hop and code"
        )
        self._calls = meters.seconds(
            "fourpass.broker.call.duration", "From sent to answered, by broker and outcome"
        )
        self._to_send = meters.seconds(
            "fourpass.order.time_to_send", "From the edge to the venue, by broker"
        )
        self._finished = meters.counter("fourpass.orders.finished", "Orders that came to an end")
        self._unusual = meters.counter(
            "fourpass.orders.unusual", "Orders that were in doubt, taken over or looked up"
        )
        self._alerts = meters.counter("fourpass.alerts", "Alerts by what they came to")
        self._begin(brokers)

    def _begin(self, brokers: Iterable[str]) -> None:
        """Begin at 0 what is watched for growth: what begins at 1 did not grow."""
        for outcome in SignalOutcome:
            self._alerts.add(0, {"outcome": outcome.value, "code": ""})
        for stage in Stage:
            self._errors.add(0, {"stage": stage.value, "code": ""})
        for broker in brokers:
            for kind in (*sorted(UNUSUAL), _IN_DOUBT):
                self._unusual.add(0, {"broker": broker, "kind": kind})
            for mode, state in product(Mode, sorted(FINAL)):
                told = {"mode": mode.value, "state": state.value, "code": ""}
                self._finished.add(0, {"broker": broker, **told})

    def take(self, news: News) -> None:
        """Count what is new of an order's way."""
        broker = {"broker": news.trail.broker}
        events = news.trail.events
        for hop in news.hops:
            self._take_control_hop(hop)
        for before, event in pairwise(events):
            if event.n > news.told:
                self._take_hop(before, event, _outcome(events, event), broker)
                self._take_error(event, news.trail.error_code)
        if news.told == 0 and (to_send := time_to_send(news.trail)) is not None:
            self._to_send.record(max(0.0, to_send.total_seconds()), broker)
        if any(event.to_state in FINAL for event in events if event.n > news.told):
            self._finished.add(
                1,
                {
                    **broker,
                    "mode": news.trail.mode.value,
                    "state": news.trail.state.value,
                    "code": news.trail.error_code or "",
                },
            )

    def take_alerts(self, counts: Sequence[AlertCount]) -> None:
        """Count alerts; a duplicate is one that was suppressed."""
        for each in counts:
            self._alerts.add(each.count, {"outcome": each.outcome, "code": each.code or ""})

    def _take_control_hop(self, hop: ControlHop) -> None:
        stage = {"stage": hop.stage.value}
        self._hops.record(max(0.0, (hop.done_at - hop.taken_at).total_seconds()), stage)
        if hop.outcome in FAILED:
            self._errors.add(1, {**stage, "code": hop.code or hop.outcome.value})

    def _take_error(self, event: TrailEvent, code: str | None) -> None:
        if event.to_state is not None and event.to_state in BAD:
            self._errors.add(1, {"stage": event.stage.value, "code": code or event.to_state.value})

    def _take_hop(
        self, before: TrailEvent, event: TrailEvent, outcome: str, broker: dict[str, str]
    ) -> None:
        seconds = max(0.0, (event.at - before.at).total_seconds())
        self._hops.record(seconds, {"stage": event.stage.value})
        if event.stage is Stage.ANSWERED:
            self._calls.record(seconds, {**broker, "outcome": outcome})
        if event.stage in UNUSUAL:
            self._unusual.add(1, {**broker, "kind": event.stage.value})
        if event.to_state is OrderState.UNKNOWN:
            self._unusual.add(1, {**broker, "kind": _IN_DOUBT})


def _outcome(events: Sequence[TrailEvent], answer: TrailEvent) -> str:
    """Return the state that an answer led to: it is written down with it, as the next event.

    An answer that was given up only after its order was swept into doubt leads nowhere; then it is
    the state that the order was in.
    """
    states = {each.n: each.to_state for each in events if each.n <= answer.n + 1}
    state = next((states[n] for n in sorted(states, reverse=True) if states[n] is not None), None)
    return "" if state is None else state.value
