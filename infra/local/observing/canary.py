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

_WITHIN_S = 10.0
_LOOK_S = 0.1

# Ends of a flight that are no state of its order; what is watched for growth begins at 0.
_FAILURES = ("refused", "late", "unreachable")

_log = logging.getLogger(__name__)


class _Ordered(msgspec.Struct, frozen=True):
    id: OrderId


class _Answer(msgspec.Struct, frozen=True):
    orders: tuple[_Ordered, ...] = ()


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
        """Fly again and again until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                began = anyio.current_time()
                ended = await self.fly(session)
                self._flights.add(1, {"ended": ended})
                if ended != OrderState.FILLED.value:
                    _log.error("canary_failed", extra={"ended": ended})
                await anyio.sleep(max(0.0, began + self._settings.every - anyio.current_time()))

    async def fly(self, session: aiohttp.ClientSession) -> str:
        """Send one alert and follow its order; returns its final state, or what went wrong."""
        began = anyio.current_time()
        try:
            with anyio.fail_after(_WITHIN_S):
                order = await self._send(session)
                if order is None:
                    return "refused"
                state = await self._end_of(order)
        except TimeoutError:
            return "late"
        except (aiohttp.ClientError, HandlersError, msgspec.DecodeError):
            return "unreachable"
        self._took.record(anyio.current_time() - began, {})
        self._buys = not self._buys
        return state.value

    async def _send(self, session: aiohttp.ClientSession) -> OrderId | None:
        alert = {
            "ticker": "CANARYUSD",
            "action": "buy" if self._buys else "sell",
            "quantity": "0.001",
            "price": "100",
            "id": str(uuid7()),
            "time": self._clock.now().isoformat(),
        }
        async with session.post(self._settings.url, json=alert) as answer:
            if answer.status != 202:
                return None
            said = msgspec.json.decode(await answer.read(), type=_Answer)
        return said.orders[0].id if said.orders else None

    async def _end_of(self, order: OrderId) -> OrderState:
        while True:
            trail = await self._watch.trail(order)
            if trail is not None and trail.state in FINAL:
                return trail.state
            await anyio.sleep(_LOOK_S)
