"""A canary: now and then an alert of our own, through the front door, to a paper account.

It is what says that orders get through when nobody sends any. It needs a strategy of its own with
a paper account, made like any other; its webhook's URL is the setting, and is a secret.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import aiohttp
import anyio
import msgspec

from bus.ids import uuid7
from bus.values import OrderId, OrderState
from handlers.errors import HandlersError
from handlers.records.lifecycle import FINAL

if TYPE_CHECKING:
    from bus.values import Clock
    from handlers.store.watching import WatchStore
    from infra.local.observing.canary_settings import CanarySettings
    from telemetry.meters import Meters

# Longer than an order is tried that nothing takes: what became of it is the better answer.
_WITHIN_S = 15.0
_LOOK_S = 0.1

# Ends of a flight that are no state of its order; what is watched for growth begins at 0.
_FAILURES = ("refused", "late", "unreachable")

_log = logging.getLogger(__name__)


class _Ordered(msgspec.Struct, frozen=True):
    id: OrderId


class _Answer(msgspec.Struct, frozen=True):
    trace_id: str = ""
    orders: tuple[_Ordered, ...] = ()


class Flight(msgspec.Struct, frozen=True, kw_only=True):
    """How one flight went.

    Attributes:
        ended: Its order's final state, or what went wrong.
        status: What its alert was answered with; `None` without an answer.
        order_id: Its order, if there is one.
        trace_id: Finds all of it in logs and traces; empty without an answer.
    """

    ended: str = "late"
    status: int | None = None
    order_id: OrderId | None = None
    trace_id: str = ""


class Canary:
    """Buys a little, and sells it with the next alert."""

    def __init__(
        self, settings: CanarySettings, watch: WatchStore, clock: Clock, meters: Meters
    ) -> None:
        self._settings = settings
        self._watch = watch
        self._clock = clock
        self._took = meters.seconds("fourpass.canary.duration", "From alert to final state")
        self._flights = meters.counter("fourpass.canary.flights", "Flights by how they ended")
        for ended in (OrderState.FILLED.value, *_FAILURES):
            self._flights.add(0, {"ended": ended})
        self._buys = True

    async def run(self) -> None:
        """Fly again and again until cancelled; not at once, as what it tests may still start."""
        due = anyio.current_time() + self._settings.every
        async with aiohttp.ClientSession() as session:
            while True:
                await anyio.sleep_until(due)
                flight = await self.fly(session)
                self._flights.add(1, {"ended": flight.ended})
                if flight.ended != OrderState.FILLED.value:
                    _log.error("canary_failed", extra=_told(flight))
                due = max(due + self._settings.every, anyio.current_time())

    async def fly(self, session: aiohttp.ClientSession) -> Flight:
        """Send one alert and follow its order to its end, or until something goes wrong."""
        began = anyio.current_time()
        flight = Flight()
        try:
            with anyio.fail_after(_WITHIN_S):
                flight = await self._send(session)
                if flight.order_id is None:
                    return flight
                state = await self._end_of(flight.order_id)
        except TimeoutError:
            return flight
        except (aiohttp.ClientError, HandlersError, msgspec.DecodeError):
            return msgspec.structs.replace(flight, ended="unreachable")
        self._took.record(anyio.current_time() - began, {})
        self._buys = not self._buys
        return msgspec.structs.replace(flight, ended=state.value)

    async def _send(self, session: aiohttp.ClientSession) -> Flight:
        alert = {
            "ticker": "CANARYUSD",
            "action": "buy" if self._buys else "sell",
            "quantity": "0.001",
            "price": "100",
            "id": str(uuid7()),
            "time": self._clock.now().isoformat(),
        }
        async with session.post(self._settings.url, json=alert) as answer:
            said = msgspec.json.decode(await answer.read(), type=_Answer)
        order = said.orders[0].id if answer.status == 202 and said.orders else None
        ended = "refused" if order is None else "late"
        return Flight(ended=ended, status=answer.status, order_id=order, trace_id=said.trace_id)

    async def _end_of(self, order: OrderId) -> OrderState:
        while True:
            trail = await self._watch.trail(order)
            if trail is not None and trail.state in FINAL:
                return trail.state
            await anyio.sleep(_LOOK_S)


def _told(flight: Flight) -> dict[str, object]:
    order = None if flight.order_id is None else str(flight.order_id)
    return {**msgspec.structs.asdict(flight), "order_id": order}
