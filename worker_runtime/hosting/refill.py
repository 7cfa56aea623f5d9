"""Asks the control plane to fill the pool up: a worker that has a user waits in it no more.

Who forked the workers asks for them, so that no worker loads the driver of a queue for one message.
The edge has a refill as well, for where no host is (ECS). This one asks whoever claimed, and is
still there if who claimed is not; asking twice fills the pool once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from bus.base import Destination
from bus.envelope import seal
from bus.ids import uuid7
from bus.messages import KeepPool
from bus.values import HOUSE

if TYPE_CHECKING:
    from bus.base import Publisher
    from bus.values import Clock
    from handlers.launcher.local import LocalLauncher
    from worker_runtime.pace import Pace


class Refill:
    """Has the control plane look whether enough workers wait."""

    def __init__(self, publisher: Publisher, clock: Clock, pace: Pace) -> None:
        self._publisher = publisher
        self._clock = clock
        self._pace = pace

    async def ask(self) -> None:
        """Ask once.

        Raises:
            TransportUnavailableError: Nobody was asked.
        """
        sealed = seal(KeepPool(user_id=HOUSE), clock=self._clock, dedup_id=f"pool:{uuid7()}")
        await self._publisher.publish(Destination.MAINTENANCE, sealed)

    async def ask_later(self) -> None:
        """Ask a moment after a claim: the machine belongs to the order that it was made for."""
        await anyio.sleep(self._pace.settle_in)
        await self.ask()

    async def ask_after_claims(self, launcher: LocalLauncher) -> None:
        """Ask now, and after each claim of a worker of this host; run it again if it fails.

        Raises:
            TransportUnavailableError: Nobody was asked.
        """
        await self.ask()
        while True:
            await launcher.claimed()
            await self.ask_later()
