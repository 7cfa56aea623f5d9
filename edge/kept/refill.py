"""Has the pool filled up after this process gave a warm worker away: whoever takes one asks.

The worker itself does not, since it would load the driver of a queue for this one message. A worker
host asks too, for whoever claimed; on ECS there is none. Asking twice fills the pool once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bus.base import Destination
from bus.envelope import seal
from bus.errors import BusError
from bus.ids import uuid7
from bus.messages import KeepPool
from bus.values import HOUSE

if TYPE_CHECKING:
    from bus.base import Publisher
    from bus.values import Clock

# The machine belongs to the order that the worker was taken for; and many claims are one wish.
_GATHER = 0.4
_DEADLINE = 2.0


class Refill:
    """Gathers claims, and asks the control plane to look at the pool."""

    def __init__(self, publisher: Publisher, clock: Clock) -> None:
        self._publisher = publisher
        self._clock = clock
        self._is_wanted = anyio.Event()

    def note_claimed(self) -> None:
        """Remember that the pool is short of one."""
        self._is_wanted.set()

    async def run(self) -> None:
        """Ask after each gathering, for ever; what is lost, the pool's own schedule finds."""
        while True:
            await self._is_wanted.wait()
            await anyio.sleep(_GATHER)
            self._is_wanted = anyio.Event()
            await self._ask()

    async def _ask(self) -> None:
        sealed = seal(KeepPool(user_id=HOUSE), clock=self._clock, dedup_id=f"pool:{uuid7()}")
        try:
            with anyio.fail_after(_DEADLINE):
                await self._publisher.publish(Destination.MAINTENANCE, sealed)
        except (BusError, TimeoutError):
            return
